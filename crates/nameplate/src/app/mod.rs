//! Use cases. The only code that holds the store; handlers, pages and connection tasks come here.
//!
//! Calls go down to `core` and the store. What must happen elsewhere after a commit (messages, disconnections)
//! leaves as [`Effect`]s on a queue that the broker drains; nothing here calls up.

pub mod attempt;
pub mod authorities;
pub mod authorization;
pub mod authorize;
pub mod authorizer;
pub mod billing_group;
pub mod bulk;
pub mod ca;
pub mod certificate;
pub mod connect;
pub mod connectivity;
pub mod directory;
pub mod domain;
pub mod error;
pub mod event_config;
pub(crate) mod events;
pub mod explain;
pub mod fleet;
pub mod group;
mod heavy;
pub mod iam;
pub mod logging;
pub mod metrics;
pub mod object;
mod pass_role;
pub mod policy;
pub mod principal;
pub mod provision;
pub mod publish;
pub mod quota;
mod remedy;
pub mod remove;
pub mod retained;
pub mod role_alias;
pub mod shadow;
mod signing;
pub mod simulate;
pub mod tag;
pub mod template;
pub mod thing;
pub mod thing_type;
pub mod transfer;

pub use error::{Error, Kind, Result};

use crate::authority::DeviceAuthority;
use crate::config::{FirstConnect, Objects, Quotas, Refusals};
use authorities::Authorities;
use authorize::PolicyCache;
use events::Switches;
use nameplate_core::arn::Realm;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::endpoint::EndpointType;
use nameplate_store::iam::AccessKey;
use nameplate_store::{Change, EngineOptions, Event, Store, StoreOptions};
use parking_lot::Mutex;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Something the broker must do because of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// A certificate's status, policies or things changed: look at its open connections again.
    Certificate([u8; 32]),
    /// A thing changed: look at the open connections of its certificates again.
    Thing(i64),
    /// Policies or groups changed: look at all open connections again.
    Everyone,
    /// Publish an event, then settle it.
    Publish(Event),
    /// Send a message to those who subscribe to its topic now.
    Message(Message),
}

/// A message of ours, or one that came over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its topic.
    pub topic: String,
    /// Its payload.
    pub payload: Vec<u8>,
    /// At most once, or at least once.
    pub at_least_once: bool,
}

impl Message {
    /// An answer or announcement of a service.
    pub(crate) fn plain(topic: String, payload: Vec<u8>) -> Self {
        Self {
            topic,
            payload,
            at_least_once: true,
        }
    }
}

/// What of the settings the use cases need.
#[derive(Debug, Clone)]
pub struct AppSettings {
    /// Account and region.
    pub realm: Arc<Realm>,
    /// Where the registry is kept.
    pub engine: EngineOptions,
    /// What `DescribeEndpoint` answers.
    pub endpoint_host: String,
    /// Where S3's objects have their bodies.
    pub objects: Objects,
    /// What follows a successful first provisioning.
    pub first_connect: FirstConnect,
    /// How refusals look.
    pub refusals: Refusals,
    /// How long a just-in-time registration is held, seconds.
    pub jitr_wait_seconds: u64,
    /// Connection attempts kept.
    pub attempts: u32,
    /// How long a thing type must have been deprecated before it can be deleted, seconds.
    pub thing_type_deletion_wait_seconds: u64,
    /// Whether AWS's rates are held to.
    pub quotas: Quotas,
}

/// Counters that commits move, by which caches know that they are stale.
pub(crate) struct Generations {
    pub(crate) authorities: AtomicU64,
    pub(crate) policies: AtomicU64,
    pub(crate) iam: AtomicU64,
    // By the first byte of the digest, so that one device's change seldom concerns another.
    certificates: [AtomicU64; 256],
    everyone: AtomicU64,
}

impl Default for Generations {
    fn default() -> Self {
        Self {
            authorities: AtomicU64::new(0),
            policies: AtomicU64::new(0),
            iam: AtomicU64::new(0),
            certificates: [const { AtomicU64::new(0) }; 256],
            everyone: AtomicU64::new(0),
        }
    }
}

impl Generations {
    fn certificate(&self, hash: &[u8; 32]) -> &AtomicU64 {
        &self.certificates[usize::from(hash[0])]
    }
}

/// The clock: milliseconds since the epoch. Given from `main`, so that tests can hold it still.
pub type Clock = fn() -> Millis;

/// All use cases. Shared by every listener as an `Arc`.
pub struct App {
    pub(crate) settings: AppSettings,
    pub(crate) store: Store,
    pub(crate) device_authority: Arc<DeviceAuthority>,
    pub(crate) clock: Clock,
    pub(crate) generations: Arc<Generations>,
    pub(crate) switches: Arc<Switches>,
    pub(crate) fleet: Arc<fleet::Fleet>,
    pub(crate) connections: connectivity::Connections,
    pub(crate) policies: PolicyCache,
    pub(crate) iam: iam::IamCache,
    pub(crate) metrics: metrics::Metrics,
    quotas: Option<Box<quota::Quotas>>,
    pub(crate) objects: object::ObjectFiles,
    pub(crate) bulk: bulk::Bulk,
    pub(crate) domains: Arc<domain::Domains>,
    pub(crate) logging: Arc<logging::Logging>,
    effects: UnboundedSender<Effect>,
    signing_keys: signing::SigningKeys,
    pub(crate) root_key: AccessKey,
    pub(crate) root_credential: Arc<iam::Credential>,
    authorities: Mutex<Arc<Authorities>>,
    token_key: [u8; 32],
    directory_id: String,
    heavy: heavy::Heavy,
    strangers: connect::Strangers,
    // Woken when a certificate changes; held first connections wait on it.
    pub(crate) certificate_changed: tokio::sync::broadcast::Sender<[u8; 32]>,
}

impl App {
    /// Opens the store in `directory`. The receiver gets what the broker must do after commits, events that were
    /// still owed from the last run first.
    pub async fn open(
        directory: &Path,
        settings: AppSettings,
        device_authority: DeviceAuthority,
        root_key: AccessKey,
        clock: Clock,
    ) -> Result<(Arc<Self>, UnboundedReceiver<Effect>)> {
        let (effects, receiver) = unbounded_channel();
        let generations = Arc::new(Generations::default());
        let switches = Arc::new(Switches::starting());
        let fleet = Arc::new(fleet::Fleet::default());
        let domains = Arc::new(domain::Domains::default());
        let logging = Arc::new(logging::Logging::default());
        let (certificate_changed, _) = tokio::sync::broadcast::channel(1024);
        let options = StoreOptions {
            directory: directory.to_owned(),
            engine: settings.engine.clone(),
            attempts: settings.attempts,
        };
        let store = Store::open(&options, {
            let generations = Arc::clone(&generations);
            let switches = Arc::clone(&switches);
            let fleet = Arc::clone(&fleet);
            let domains = Arc::clone(&domains);
            let logging = Arc::clone(&logging);
            let effects = effects.clone();
            let certificate_changed = certificate_changed.clone();
            move |mut changes| {
                changes.retain(|change| match change {
                    Change::Domains(now) => {
                        domains.replace(now.clone());
                        false
                    }
                    Change::Logging(now) => {
                        logging.replace(now.clone());
                        false
                    }
                    _ => true,
                });
                changes.iter().for_each(|change| fleet.note(change));
                pass_on(
                    changes,
                    &generations,
                    &switches,
                    &effects,
                    &certificate_changed,
                );
            }
        })?;
        let named = store.read(|conn| conn.object_files()).await?;
        let identity = hex::encode(device_authority.derived_key(b"owner of bodies of objects"));
        let objects = object::ObjectFiles::open(
            directory,
            &settings.objects,
            &identity,
            clock,
            named.into_iter().collect(),
        )
        .await
        .map_err(Error::internal)?;
        let app = Self {
            objects,
            bulk: bulk::Bulk::new(directory),
            token_key: device_authority.derived_key(b"pagination tokens"),
            directory_id: directory::id_of(directory, &device_authority),
            heavy: heavy::Heavy::default(),
            strangers: connect::Strangers::default(),
            policies: PolicyCache::default(),
            iam: iam::IamCache::default(),
            metrics: metrics::Metrics::default(),
            quotas: (settings.quotas == Quotas::Aws)
                .then(|| Box::new(quota::Quotas::new(&settings.realm.region))),
            domains,
            logging,
            effects: effects.clone(),
            signing_keys: signing::SigningKeys::default(),
            authorities: Mutex::new(Arc::new(Authorities::never())),
            root_credential: Arc::new(Self::root_credential(&settings.realm, root_key.clone())),
            root_key,
            settings,
            store,
            device_authority: Arc::new(device_authority),
            clock,
            generations,
            switches,
            fleet,
            connections: connectivity::Connections::default(),
            certificate_changed,
        };
        // Nobody writes yet, so nothing can overtake this.
        let kinds = app.store.read(|conn| conn.event_kinds()).await?;
        app.switches.set(kinds);
        app.fleet.open(&app.store).await?;
        let kept = app
            .store
            .read(|conn| Ok::<_, Error>((conn.domains()?, conn.log_levels()?)))
            .await?;
        app.domains.replace(kept.0);
        app.logging.replace(kept.1);
        let owed = app.store.read(|conn| conn.owed_events()).await?;
        for event in owed {
            // The receiver is alive: it is returned below.
            let _ = effects.send(Effect::Publish(event));
        }
        let app = Arc::new(app);
        fleet::start(&app).map_err(Error::internal)?;
        Ok((app, receiver))
    }

    /// Account and region.
    pub fn realm(&self) -> &Arc<Realm> {
        &self.settings.realm
    }

    /// The server's name.
    pub fn endpoint_host(&self) -> &str {
        &self.settings.endpoint_host
    }

    /// What `DescribeEndpoint` answers.
    pub fn endpoint_host_of(&self, kind: EndpointType) -> String {
        nameplate_core::endpoint::host_of(&self.settings.endpoint_host, kind)
    }

    /// Now.
    pub fn now(&self) -> Millis {
        (self.clock)()
    }

    /// Surroundings of a call that begins now.
    pub fn ctx(&self) -> Ctx {
        Ctx {
            realm: Arc::clone(&self.settings.realm),
            now: self.now(),
            request_id: uuid::Uuid::new_v4().to_string(),
        }
    }

    /// The key that pagination tokens are authenticated with; the same after a restart.
    pub fn token_key(&self) -> &[u8; 32] {
        &self.token_key
    }

    /// How refusals look.
    pub fn refusals(&self) -> Refusals {
        self.settings.refusals
    }

    /// The account's first key, which its root signs with.
    pub fn root_access_key(&self) -> &AccessKey {
        &self.root_key
    }

    /// Counters.
    pub fn metrics(&self) -> &metrics::Metrics {
        &self.metrics
    }

    /// How many things and certificates are registered.
    pub async fn counts(&self) -> Result<(usize, usize)> {
        Ok(self.store.counts().await?)
    }

    /// The registered CAs and what they provision by, as of the last commit.
    pub(crate) async fn authorities(&self) -> Result<Arc<Authorities>> {
        let wanted = self.generations.authorities.load(Ordering::Acquire);
        let current = Arc::clone(&self.authorities.lock());
        if current.is_of(wanted) {
            return Ok(current);
        }
        let fresh = Arc::new(Authorities::read(&self.store, wanted).await?);
        *self.authorities.lock() = Arc::clone(&fresh);
        Ok(fresh)
    }

    /// An event has been published: it is owed no more, nor is any before it.
    pub async fn settle_events(&self, key: i64) -> Result<()> {
        self.store
            .tx("settle-events", move |tx| {
                Ok::<_, Error>(tx.settle_events(key)?)
            })
            .await
    }

    /// The certificates attached to a thing.
    pub async fn certificates_of_thing(&self, thing: i64) -> Result<Vec<[u8; 32]>> {
        self.store
            .read(|conn| {
                let mut found = Vec::new();
                let mut after = 0;
                loop {
                    let page = conn.principals_of_thing(thing, after, 250)?;
                    let Some(last) = page.last() else { break };
                    after = last.certificate;
                    found.extend(page.iter().map(|principal| principal.hash));
                }
                Ok(found)
            })
            .await
    }

    /// A number that any change which may concern a connection of this certificate moves. Taken before a decision
    /// and compared after the connection has been registered, it tells whether the decision may still stand.
    pub fn mark(&self, hash: &[u8; 32]) -> (u64, u64) {
        (
            self.generations.certificate(hash).load(Ordering::Acquire),
            self.generations.everyone.load(Ordering::Acquire),
        )
    }

    /// Writes everything down and closes the store. Blocks.
    pub fn close(&self) {
        self.fleet.stop();
        self.store.close();
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.fleet.stop();
    }
}

fn pass_on(
    changes: Vec<Change>,
    generations: &Generations,
    switches: &Switches,
    effects: &UnboundedSender<Effect>,
    certificate_changed: &tokio::sync::broadcast::Sender<[u8; 32]>,
) {
    let mut everyone = false;
    let send = |effect| {
        // Without a broker there are no connections to tell.
        let _ = effects.send(effect);
    };
    for change in changes {
        match change {
            Change::Certificate(hash) => {
                generations
                    .certificate(&hash)
                    .fetch_add(1, Ordering::Release);
                let _ = certificate_changed.send(hash);
                send(Effect::Certificate(hash));
            }
            Change::Thing(key) => {
                generations.everyone.fetch_add(1, Ordering::Release);
                send(Effect::Thing(key));
            }
            Change::Policy(_) | Change::Group(_) => everyone = true,
            Change::Authorities => {
                generations.authorities.fetch_add(1, Ordering::Release);
            }
            Change::Iam => {
                generations.iam.fetch_add(1, Ordering::Release);
            }
            Change::EventKinds(kinds) => switches.set(kinds),
            // Fleet indexing takes note of these by itself.
            Change::Indexing(_)
            | Change::NewThing(_)
            | Change::GroupData(_)
            | Change::GroupGone { .. }
            | Change::Shadow(_) => {}
            Change::Event(event) => send(Effect::Publish(event)),
            Change::Message { topic, payload } => {
                send(Effect::Message(Message::plain(topic, payload)));
            }
            // In force already.
            Change::Domains(_) | Change::Logging(_) => {}
        }
    }
    if everyone {
        generations.policies.fetch_add(1, Ordering::Release);
        generations.everyone.fetch_add(1, Ordering::Release);
        send(Effect::Everyone);
    }
}
