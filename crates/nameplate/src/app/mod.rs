//! Use cases. The only code that holds the store; handlers, pages and connection tasks come here.
//!
//! Calls go down to `core`, the store and the router. What must happen after a commit (messages, another look at
//! connections) waits in [`effects`] for the pump; nothing here calls up.

pub mod acm;
pub mod admission;
pub(crate) mod arrived;
pub mod audit;
pub mod backup;
pub mod bulk;
mod cached;
pub mod caller;
mod cluster;
pub mod device_cas;
pub mod directory;
pub mod effects;
pub mod error;
pub(crate) mod events;
pub(crate) mod expiry;
pub mod faults;
pub mod fleet_provisioning;
pub mod functions;
pub mod gateway;
pub mod ground;
mod heavy;
pub mod history;
pub mod iam;
pub mod ids;
pub mod ingress;
pub mod jobs;
pub mod kernel;
pub mod log_groups;
pub mod log_ins;
pub mod messaging;
pub mod metrics;
pub mod objects;
mod patience;
pub mod peers;
pub mod presence;
pub mod provisioning;
mod pump;
pub mod quota;
pub mod registry;
pub mod rehearsal;
mod reset;
pub mod revocation;
pub mod rules;
mod sealed;
pub mod search;
mod spent;
pub mod status;
pub mod streams;
mod successors;
pub mod tables;
pub mod takeover;
pub mod time;
pub mod traces;
pub mod vending;
pub mod wills;

pub use error::{Error, Kind, Result};
pub use kernel::{Clock, Kernel};
pub use pump::pump;

use crate::authority::DeviceAuthority;
use crate::bus;
use crate::config::{self, FirstConnect, Quotas, Refusals};
use crate::outbound::aws::AwsPlaces;
use crate::router::{Router, RouterLimits};
use admission::Admission;
use bulk::Bulk;
use fleet_provisioning::FleetProvisioning;
use functions::Functions;
use ground::Ground;
use iam::Iam;
use ingress::Ingress;
use jobs::Jobs;
use messaging::Messaging;
use messaging::sessions::Sessions;
use nameplate_core::arn::Realm;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::endpoint::EndpointType;
use nameplate_core::registry::domain::Domain;
use nameplate_store::iam::AccessKey;
use nameplate_store::{ClusterOptions, EngineOptions};
use objects::Objects;
use peers::Peers;
use presence::Presence;
use provisioning::Provisioning;
use quota::Quota;
use registry::Registry;
use rehearsal::Rehearsals;
use revocation::Revocation;
use rules::Rules;
use search::Search;
use std::path::Path;
use std::sync::Arc;
use streams::Streams;
use tables::Tables;
use vending::Vending;
use wills::Wills;

/// What of the settings the use cases need.
#[derive(Debug, Clone)]
pub struct AppSettings {
    /// Account and region.
    pub realm: Arc<Realm>,
    /// Where the registry is kept.
    pub engine: EngineOptions,
    /// That other servers may serve the same registry, and what this one says of itself to them.
    pub cluster: Option<ClusterOptions>,
    /// What `DescribeEndpoint` answers.
    pub endpoint_host: String,
    /// Other names and addresses that are this server.
    pub further_hosts: Vec<String>,
    /// Where S3's objects have their bodies.
    pub objects: config::Objects,
    /// Where topic rules reach services of AWS, and as whom.
    pub rule_places: AwsPlaces,
    /// What follows a successful first provisioning.
    pub first_connect: FirstConnect,
    /// How refusals look.
    pub refusals: Refusals,
    /// How long a just-in-time registration is held, seconds.
    pub jitr_wait_seconds: u64,
    /// For how long an expired certificate may still be renewed, days.
    pub renew_expired_days: u32,
    /// Connection attempts kept.
    pub attempts: u32,
    /// Megabytes of the audit log that are kept; 0 keeps none.
    pub audit_megabytes: u64,
    /// How long a thing type must have been deprecated before it can be deleted, seconds.
    pub thing_type_deletion_wait_seconds: u64,
    /// Whether AWS's rates are held to.
    pub quotas: Quotas,
    /// Whether the registry may be emptied, the clock moved and faults made by an API call.
    pub allow_reset: bool,
    /// The bus between nodes.
    pub bus: bus::Setting,
    /// Where it is told what happened.
    pub traces: Arc<traces::Traces>,
}

/// All use cases, each in the service that owns it. Shared by every listener as an `Arc`.
///
/// A service holds the kernel and the services that it calls; none calls one that is further down here.
pub struct App {
    pub(crate) kernel: Arc<Kernel>,
    /// AWS's rates, where they are held to.
    pub quota: Arc<Quota>,
    /// Identities, their policies, and who may pass a role.
    pub iam: Arc<Iam>,
    /// Buckets and objects.
    pub objects: Arc<Objects>,
    /// Certificates for names of owners' own.
    pub acm: acm::Acm,
    /// Tables of DynamoDB.
    pub tables: Arc<Tables>,
    /// Functions of Lambda.
    pub functions: Arc<Functions>,
    /// APIs of API Gateway.
    pub gateway: gateway::Gateway,
    /// Log groups of CloudWatch Logs.
    pub log_groups: Arc<log_groups::LogGroups>,
    /// Things, certificates, CAs, policies, templates, and what else is registered.
    pub registry: Arc<Registry>,
    /// Our own CAs.
    pub device_cas: device_cas::DeviceCas,
    /// The ends of certificates, told ahead.
    pub(crate) expiry: expiry::Expiry,
    /// The fleet's years, played.
    pub rehearsals: Rehearsals,
    /// Revocation lists of registered CAs, and of our own.
    pub revocation: Arc<Revocation>,
    /// Fleet indexing and dynamic thing groups.
    pub search: Arc<Search>,
    /// From a template to what it changes.
    pub provisioning: Arc<Provisioning>,
    /// Devices that come with a claim certificate.
    pub fleet_provisioning: Arc<FleetProvisioning>,
    /// Jobs, templates of them, and what things do of them.
    pub jobs: Arc<Jobs>,
    /// Files that devices read in blocks.
    pub streams: Arc<Streams>,
    /// A connection, from its certificate to its permit.
    pub admission: Arc<Admission>,
    /// Retained messages and shadows.
    pub messaging: Arc<Messaging>,
    /// Sessions that outlive their connection.
    pub sessions: Sessions,
    /// Who is connected, and who subscribes to what.
    pub router: Arc<Router>,
    /// The other nodes of the fleet, where there may be some.
    pub peers: Option<Arc<Peers>>,
    /// Topic rules, and which messages they are for.
    pub rules: Arc<Rules>,
    /// The entrance for messages.
    pub ingress: Arc<Ingress>,
    /// Wills of connections.
    pub wills: Arc<Wills>,
    /// What carries topic rules out.
    pub rule_engine: Arc<rules::Engine>,
    /// Who is connected.
    pub presence: Presence,
    /// Bulk registration.
    pub bulk: Arc<Bulk>,
    /// Devices that shipped without a certificate.
    pub vending: Arc<Vending>,
    /// Who is logged in to the console.
    pub log_ins: log_ins::LogIns,
}

impl App {
    /// Opens the store in `directory`. What commits owe from then on, and what is still owed from the last run, is
    /// carried out by [`pump()`].
    pub async fn open(
        directory: &Path,
        settings: AppSettings,
        device_authority: DeviceAuthority,
        root_key: AccessKey,
        clock: Clock,
    ) -> Result<Arc<Self>> {
        let ground = Ground::open(directory, settings, device_authority, root_key, clock)?;
        let opened = Self::over(&ground).await;
        if opened.is_err() {
            // Others over the same registry are not to wait for a server that did not start.
            let store = ground.store();
            let _ = tokio::task::spawn_blocking(move || store.close()).await;
        }
        opened
    }

    /// The same over a store that is open: all services, made anew.
    pub async fn over(ground: &Arc<Ground>) -> Result<Arc<Self>> {
        let directory = &ground.directory;
        let index = Arc::new(search::Fleet::default());
        let watch = Arc::new(jobs::Watch::default());
        let heard = Arc::new(revocation::Heard::default());
        let followers = vec![index.follower(), watch.follower(), heard.follower()];
        let kernel = Kernel::over(ground, followers);
        let quota = Arc::new(Quota::new(Arc::clone(&kernel)));
        let iam = Arc::new(Iam::new(Arc::clone(&kernel), ground.root_key.clone()));
        let objects = Objects::open(Arc::clone(&kernel), Arc::clone(&iam), directory).await?;
        let objects = Arc::new(objects);
        let acm = acm::Acm::new(Arc::clone(&kernel))?;
        let tables = Tables::open(&kernel, &objects);
        let functions = Arc::new(Functions::open(
            Arc::clone(&kernel),
            Arc::clone(&iam),
            Arc::clone(&objects),
            directory,
        )?);
        let jobs = Arc::new(Jobs::new(
            Arc::clone(&kernel),
            Arc::clone(&iam),
            Arc::clone(&objects),
            watch,
        ));
        let streams = Arc::new(Streams::new(
            Arc::clone(&kernel),
            Arc::clone(&iam),
            Arc::clone(&objects),
        ));
        let gateway = gateway::Gateway::new(Arc::clone(&kernel), Arc::clone(&functions));
        let registry = Arc::new(Registry::new(Arc::clone(&kernel), Arc::clone(&iam)));
        let provisioning = Arc::new(Provisioning {
            kernel: Arc::clone(&kernel),
            quota: Arc::clone(&quota),
            functions: Arc::clone(&functions),
            registry: Arc::clone(&registry),
        });
        let device_cas = device_cas::DeviceCas::new(Arc::clone(&kernel));
        let expiry = expiry::Expiry::new(Arc::clone(&kernel));
        let rehearsals = Rehearsals::new(Arc::clone(&kernel), Arc::clone(&registry));
        let revocation = Revocation::open(Arc::clone(&kernel), heard);
        let revocation = Arc::new(revocation.await?);
        let rules = Arc::new(Rules::new(Arc::clone(&kernel), Arc::clone(&iam))?);
        let services = admission::Services {
            iam: Arc::clone(&iam),
            functions: Arc::clone(&functions),
            rules: Arc::clone(&rules),
            registry: Arc::clone(&registry),
            revocation: Arc::clone(&revocation),
            provisioning: Arc::clone(&provisioning),
        };
        let (of_kernel, of_quota) = (Arc::clone(&kernel), Arc::clone(&quota));
        let admission = Arc::new(Admission::new(of_kernel, of_quota, services));
        let fleet_provisioning = FleetProvisioning::open(
            Arc::clone(&kernel),
            Arc::clone(&quota),
            Arc::clone(&iam),
            Arc::clone(&functions),
            Arc::clone(&registry),
            Arc::clone(&provisioning),
        );
        let fleet_provisioning = Arc::new(fleet_provisioning.await?);
        let messaging = Messaging::open(Arc::clone(&kernel), Arc::clone(&quota)).await?;
        let messaging = Arc::new(messaging);
        let router = Router::new(RouterLimits::SERVER, ids::seed());
        let peers = Peers::open(&kernel, &router).await?;
        let sessions = Sessions::open(Arc::clone(&kernel), &router, peers.clone()).await?;
        let log_groups = Arc::new(log_groups::LogGroups::new(
            Arc::clone(&kernel),
            Arc::clone(&functions),
            peers.clone(),
        ));
        tables.start_imports(&log_groups);
        let ingress = Arc::new(Ingress::new(
            Arc::clone(&kernel),
            Arc::clone(&quota),
            Arc::clone(&messaging),
            (Arc::clone(&router), peers.clone()),
            Arc::clone(&rules),
            ingress::Services {
                fleet_provisioning: Arc::clone(&fleet_provisioning),
                jobs: Arc::clone(&jobs),
                streams: Arc::clone(&streams),
            },
        ));
        let wills = Arc::new(Wills::new(
            Arc::clone(&kernel),
            Arc::clone(&router),
            Arc::clone(&ingress),
        ));
        let presence = Presence::new(
            Arc::clone(&kernel),
            Arc::clone(&ingress),
            Arc::clone(&router),
            peers.clone(),
        );
        let rule_engine = rules::Engine::start(
            &rules,
            rules::Services {
                iam: Arc::clone(&iam),
                objects: Arc::clone(&objects),
                tables: Arc::clone(&tables),
                log_groups: Arc::clone(&log_groups),
                registry: Arc::clone(&registry),
                messaging: Arc::clone(&messaging),
                ingress: Arc::clone(&ingress),
                functions: Arc::clone(&functions),
            },
        );
        let bulk = Arc::new(Bulk::new(
            Arc::clone(&kernel),
            Arc::clone(&quota),
            Arc::clone(&iam),
            Arc::clone(&objects),
            Arc::clone(&registry),
            Arc::clone(&provisioning),
            directory,
        ));
        let search = Search::open(Arc::clone(&kernel), index).await?;
        let vending = Vending::open(
            Arc::clone(&kernel),
            Arc::clone(&iam),
            Arc::clone(&registry),
            Arc::clone(&provisioning),
        );
        let vending = Arc::new(vending.await?);
        let app = Self {
            log_ins: log_ins::LogIns::new(Arc::clone(&kernel)),
            kernel,
            quota,
            iam,
            objects,
            acm,
            tables,
            functions,
            gateway,
            log_groups,
            registry,
            device_cas,
            expiry,
            rehearsals,
            revocation,
            search,
            provisioning,
            fleet_provisioning,
            jobs,
            streams,
            admission,
            messaging,
            sessions,
            router,
            peers,
            rules,
            ingress,
            wills,
            presence,
            rule_engine,
            bulk,
            vending,
        };
        Ok(Arc::new(app))
    }

    /// Account and region.
    pub fn realm(&self) -> &Arc<Realm> {
        self.kernel.realm()
    }

    /// The server's name.
    pub fn endpoint_host(&self) -> &str {
        self.kernel.endpoint_host()
    }

    /// What `DescribeEndpoint` answers.
    pub fn endpoint_host_of(&self, kind: EndpointType) -> String {
        self.kernel.endpoint_host_of(kind)
    }

    /// The certificate of a name that has one of its own, which whoever dials it is shown: that of a domain configuration,
    /// or of a custom domain name of API Gateway. `None` where it has none, and where that cannot be read: then the
    /// server's own is shown.
    pub async fn certificate_of_host(
        &self,
        host: &str,
        domain: Option<&Domain>,
    ) -> Option<Arc<acm::Ready>> {
        let found = match domain {
            Some(domain) => Ok(domain.server_certificate.clone()),
            None => self.gateway.certificate_of_host(host).await,
        };
        let ready = match found {
            Ok(Some(arn)) => self.acm.ready(&arn).await,
            Ok(None) => return None,
            Err(error) => Err(error),
        };
        let read = ready.inspect_err(|error| {
            tracing::warn!("the certificate of a name cannot be read: {error:?}")
        });
        read.ok().flatten()
    }

    /// Now.
    pub fn now(&self) -> Millis {
        self.kernel.now()
    }

    /// The clock.
    pub(crate) fn time(&self) -> &Arc<time::Time> {
        self.kernel.time()
    }

    /// What is to go wrong.
    pub(crate) fn faults(&self) -> &faults::Faults {
        self.kernel.faults()
    }

    /// Surroundings of a call that begins now.
    pub fn ctx(&self) -> Ctx {
        self.kernel.ctx()
    }

    /// The key that pagination tokens are authenticated with; the same after a restart.
    pub fn token_key(&self) -> &[u8; 32] {
        self.kernel.token_key()
    }

    /// How refusals look.
    pub fn refusals(&self) -> Refusals {
        self.kernel.refusals()
    }

    /// Counters.
    pub fn metrics(&self) -> &metrics::Metrics {
        &self.kernel.metrics
    }

    /// Traces.
    pub(crate) fn traces(&self) -> &traces::Traces {
        &self.kernel.settings.traces
    }

    /// The audit log.
    pub fn audit(&self) -> &audit::Audit {
        &self.kernel.audit
    }

    /// Whether this server is one of those that serve the registry, now and when it changes.
    pub fn standing(&self) -> tokio::sync::watch::Receiver<nameplate_store::Standing> {
        self.kernel.store.standing()
    }

    /// Follows what other nodes have committed by now; whether there may be others. See [`kernel::Kernel::catch_up`].
    ///
    /// # Errors
    /// That the store does not say.
    pub(crate) async fn catch_up(&self) -> Result<bool> {
        self.kernel.catch_up().await
    }

    /// Whether a commit may concern open connections that have not been told of it yet.
    pub(crate) fn owes_a_look(&self) -> bool {
        self.kernel.effects.owes_a_look()
    }

    /// What this node has heard so far of what requests to deployed APIs and functions' URLs are decided by.
    pub(crate) fn heard_of_deployed(&self) -> kernel::Heard<3> {
        let kinds = [
            cached::Kept::Gateway,
            cached::Kept::Functions,
            cached::Kept::Iam,
        ];
        self.kernel.heard(kinds)
    }

    /// Whether a refusal of such a request is to be decided anew. See [`kernel::Kernel::may_be_outdated`].
    ///
    /// # Errors
    /// That the store does not say.
    pub(crate) async fn may_be_outdated(&self, before: &kernel::Heard<3>) -> Result<bool> {
        self.kernel.may_be_outdated(before).await
    }

    /// Whether there may be other nodes.
    pub(crate) fn has_others(&self) -> bool {
        self.kernel.store.is_clustered()
    }

    /// How many things and certificates are registered.
    pub async fn counts(&self) -> Result<(usize, usize)> {
        self.kernel.counts().await
    }

    /// Does work that grows with the fleet: apart from other tasks where it is large.
    pub(crate) async fn over_the_fleet<T>(&self, work: impl Future<Output = T>) -> T {
        self.kernel.over_the_fleet(work).await
    }

    /// Does `work` where no other task waits for the thread, once there is a place for it.
    pub(crate) async fn heavily<T>(&self, work: impl Future<Output = T>) -> T {
        self.kernel.heavily(work).await
    }

    /// Remembers what the data directory is, for the next start. What is remembered already stays.
    pub async fn remember(&self, kept: &directory::Kept) -> Result<()> {
        self.kernel.remember(kept).await
    }

    /// What the server of this data directory, and no other, calls it: a copy of the directory has another place, and
    /// another directory has other keys. The same after a restart.
    pub fn directory_id(&self) -> &str {
        self.kernel.directory_id()
    }

    /// Writes everything down and closes the store. Blocks.
    pub fn close(&self) {
        self.tables.stop();
        self.functions.stop();
        self.search.stop();
        self.sessions.stop();
        self.kernel.store.close();
        self.kernel.audit.close();
        self.kernel.settings.traces.stop();
    }
}
