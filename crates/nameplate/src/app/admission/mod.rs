//! A device's connection: from a finished TLS handshake to the permit to go on, or the reason why not.
//!
//! [`Admission::admit`] decides by the certificate. Once CONNECT has come, [`Admission::enter`] registers or provisions a first
//! connection, and [`Admission::open_connection`] decides by the policies. A known device costs one lookup in memory and one
//! read.

mod admit;
pub mod attempt;
pub mod authorization;
mod authorize;
pub mod authorizer;
mod callback;
mod claim;
pub mod credentials;
mod custom;
pub mod explain;
mod first;
mod guesses;
mod guest;
mod jitp;
mod jitr;
mod late;
mod presented;
mod record;
mod remedy;
mod request;
pub mod simulate;
mod strangers;
mod throttle;
mod who;

pub(crate) use admit::rule_code;
pub(crate) use authorize::associated_thing;
pub use custom::{Authenticated, Offer};
pub(crate) use first::certificate_parameters;
pub use guest::{Guest, OverHttp};
pub use record::Refusal;
pub use request::{Answers, Requester};
pub(crate) use strangers::Strangers;
pub use who::Who;
pub(crate) use who::is_caller;

use crate::app::error::{Error, log_failure};
use crate::app::functions::Functions;
use crate::app::iam::Iam;
use crate::app::kernel::{Heard, Kernel};
use crate::app::provisioning::Provisioning;
use crate::app::quota::Quota;
use crate::app::registry::Registry;
use crate::app::registry::authorities::Authority;
use crate::app::revocation::Revocation;
use crate::app::rules::Rules;
use attempt::Stage;
use authorize::{Asker, PolicyCache};
use nameplate_core::admission::{self, ServerName};
use nameplate_core::pki::Certificate;
use nameplate_core::policy::iam::refusal;
use nameplate_core::policy::{Authorizer, ConnectFacts, MqttAction};
use nameplate_core::registry::certificate::Status;
use nameplate_core::registry::domain::Domain;
use nameplate_core::topic;
use nameplate_store::CertificateEntry;
use std::net::SocketAddr;
use std::sync::Arc;

/// What the TLS handshake established.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The peer's address.
    pub address: SocketAddr,
    /// DER of the certificates it sent, its own first.
    pub chain: Vec<Vec<u8>>,
    /// Server name indication, and whether it is a name of ours.
    pub server_name: ServerName,
    /// By which way it came.
    pub dialled: Dialled,
}

/// What a connection's way in says of how its client is to prove who it is.
#[derive(Debug, Clone, Default)]
pub struct Dialled {
    /// The domain configuration whose name was dialled.
    pub domain: Option<Arc<Domain>>,
    /// ALPN has agreed on `mqtt`, by which clients ask for a custom authorizer.
    pub mqtt_alpn: bool,
}

/// A refusal of a connection: a code for programs, a text for people, and the stage that could not be passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Stable word, the label of the counter.
    pub code: String,
    /// One or two sentences.
    pub reason: String,
    /// Where it ended.
    pub stage: Stage,
    /// Ours rather than the device's.
    pub internal: bool,
}

impl Refused {
    /// A refusal that is the device's to mend.
    pub fn new(stage: Stage, code: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            reason: reason.into(),
            stage,
            internal: false,
        }
    }

    /// The same, where it is the server's, and may pass.
    #[must_use]
    pub fn for_now(self) -> Self {
        Self {
            internal: true,
            ..self
        }
    }

    fn internal(stage: Stage, error: &Error) -> Self {
        log_failure!(error, error = ?error, "a connection could not be decided: {error:?}");
        Self {
            code: "internal".into(),
            reason: "the server could not decide; its log says why".into(),
            stage,
            internal: true,
        }
    }
}

/// A certificate that may go on to CONNECT.
#[derive(Debug, Clone)]
pub struct Admitted {
    /// SHA-256 of its DER.
    pub hash: [u8; 32],
    /// Key of its row.
    pub key: i64,
    /// The certificate.
    pub certificate: Arc<Certificate>,
    seen: Option<Seen>,
}

/// What was read of a certificate when it was admitted. It counts for its CONNECT as long as nothing was heard since that
/// may concern it, as an open connection's permit does.
#[derive(Debug, Clone, Copy)]
struct Seen {
    entry: CertificateEntry,
    /// Taken before the entry was read.
    mark: (u64, u64),
}

/// How admission ended.
#[derive(Debug)]
pub enum Admit {
    /// Go on to CONNECT.
    Enter(Who),
    /// Go on to CONNECT, which then has the certificate registered or provisioned: [`Admission::enter`].
    First(Box<Newcomer>),
    /// Go on to CONNECT, which then shows who it is: [`Admission::greet`].
    Ask(Box<Guest>),
    /// No.
    Refuse(Refused),
}

/// A certificate that is to be registered or provisioned once its CONNECT is there.
#[derive(Debug)]
pub struct Newcomer {
    certificate: Arc<Certificate>,
    hash: [u8; 32],
    peer: Peer,
    considered: Considered,
    // As of when.
    heard: Heard<2>,
}

/// What the admission table says of a certificate.
#[derive(Debug)]
pub(crate) enum Considered {
    /// Registered and ACTIVE.
    Known(CertificateEntry),
    /// A first connection.
    New {
        // By a template; otherwise it is only registered.
        provision: bool,
        // It is registered already, and waits for activation.
        registered: bool,
        authority: Arc<Authority>,
    },
    /// No.
    Refused(Closed),
}

/// Why the admission table says no, before that is a connection's refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Closed {
    pub(crate) stage: Stage,
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

impl From<Closed> for Refused {
    fn from(closed: Closed) -> Self {
        Refused::new(closed.stage, closed.code, closed.reason)
    }
}

/// What became of a first connection.
#[derive(Debug)]
pub enum Entrance {
    /// Registered and ACTIVE: go on.
    Enter(Admitted),
    /// Provisioned or registered; close and let the device come back (`--first-connect aws`).
    ComeBack,
    /// No.
    Refuse(Refused),
}

/// What CONNECT told, as far as policies ask for it.
#[derive(Debug, Clone)]
pub struct ConnectAsk<'a> {
    /// Client identifier.
    pub client_id: &'a str,
    /// Clean session off.
    pub persistent: bool,
    /// Topic of the will, and whether it is retained.
    pub will: Option<(&'a str, bool)>,
}

/// The proof that policies allowed a connection. Routing a message takes what only this can give.
#[derive(Debug, Clone)]
pub struct Permit {
    /// The connection's policies.
    pub authorizer: Arc<Authorizer>,
    asker: Arc<Asker>,
    principal: String,
    exclusive_thing: Option<i64>,
    /// Counts it, where it is a caller's.
    _caller: Option<Arc<()>>,
}

impl Permit {
    /// Id of the certificate or caller that it was given to.
    pub(crate) fn principal(&self) -> &str {
        &self.principal
    }

    /// Key of the thing that its certificate belonged to alone when it was given (AWS guide: exclusive-thing).
    pub(crate) fn exclusive_thing(&self) -> Option<i64> {
        self.exclusive_thing
    }

    /// Address that its client connected from.
    pub(crate) fn source_ip(&self) -> Option<std::net::IpAddr> {
        Some(self.asker.source_ip)
    }

    /// Whom an authorizer knows, where it was given to one.
    pub fn authenticated(&self) -> Option<&Authenticated> {
        match &self.asker.who {
            Who::Custom(known) => Some(known),
            Who::Certificate(_) | Who::Claim(..) | Who::Late(_) | Who::Caller(_) => None,
        }
    }

    /// The client identifier that it was given to.
    pub fn client_id(&self) -> &str {
        &self.asker.client_id
    }

    /// Digest of the certificate that it was given to; a caller of the API has none.
    pub fn certificate(&self) -> Option<&[u8; 32]> {
        let certificate = self.asker.who.certificate();
        certificate.map(|admitted| &admitted.hash)
    }
}

/// What another look at an open connection found.
#[derive(Debug)]
pub enum Recheck {
    /// It may stay, under these policies.
    Stay(Permit),
    /// That cannot be read now, and is to be asked again in a moment.
    NotNow,
    /// It may not.
    End(Refused),
}

/// The use cases of connections.
pub struct Admission {
    kernel: Arc<Kernel>,
    quota: Arc<Quota>,
    iam: Arc<Iam>,
    functions: Arc<Functions>,
    rules: Arc<Rules>,
    registry: Arc<Registry>,
    revocation: Arc<Revocation>,
    provisioning: Arc<Provisioning>,
    policies: PolicyCache,
    strangers: Strangers,
    guesses: guesses::Guesses,
    presented: presented::Presented,
    credentials: credentials::Asked,
    callers: Arc<()>,
}

/// The services that admission calls.
pub(crate) struct Services {
    pub(crate) iam: Arc<Iam>,
    pub(crate) functions: Arc<Functions>,
    pub(crate) rules: Arc<Rules>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) revocation: Arc<Revocation>,
    pub(crate) provisioning: Arc<Provisioning>,
}

impl Admission {
    pub(crate) fn new(kernel: Arc<Kernel>, quota: Arc<Quota>, services: Services) -> Self {
        let Services {
            iam,
            functions,
            rules,
            registry,
            revocation,
            provisioning,
        } = services;
        Self {
            kernel,
            quota,
            iam,
            functions,
            rules,
            registry,
            revocation,
            provisioning,
            policies: PolicyCache::default(),
            strangers: Strangers::default(),
            guesses: guesses::Guesses::default(),
            presented: presented::Presented::default(),
            credentials: credentials::Asked::default(),
            callers: Arc::default(),
        }
    }

    /// The domain configuration in force for devices that dial `host`. Where it cannot be read, nobody is let in by it.
    pub async fn domain_of_host(&self, host: &str) -> std::result::Result<Option<Domain>, Refused> {
        let found = self.registry.domain_of_host(host).await;
        found.map_err(|error| Refused::internal(Stage::Tls, &error))
    }

    /// Decides a CONNECT by the policies. The caller has registered the connection under its principal before, so
    /// that a change from now on finds it.
    pub async fn open_connection(
        &self,
        who: &Who,
        ask: &ConnectAsk<'_>,
        address: SocketAddr,
    ) -> std::result::Result<Permit, Refused> {
        let asker = Arc::new(Asker {
            who: who.clone(),
            client_id: ask.client_id.to_owned(),
            source_ip: address.ip().to_canonical(),
            connect: ConnectFacts::new(
                self.kernel.realm(),
                ask.persistent,
                ask.will.map(|(topic, _)| topic),
            ),
        });
        let seen = who.certificate().and_then(|admitted| admitted.seen);
        match self.permit_with_will(&asker, ask.will, seen).await {
            Ok(permit) => Ok(permit),
            Err(refused) => {
                // What lets it in may have been done at another node a moment ago.
                let has_others = self.kernel.catch_up().await;
                match has_others.map_err(|error| Refused::internal(Stage::Authorized, &error))? {
                    true => self.permit_with_will(&asker, ask.will, None).await,
                    false => Err(refused),
                }
            }
        }
    }

    async fn permit_with_will(
        &self,
        asker: &Arc<Asker>,
        will: Option<(&str, bool)>,
        seen: Option<Seen>,
    ) -> std::result::Result<Permit, Refused> {
        let permit = self.permit(Arc::clone(asker), seen).await?;
        if let Some((name, retain)) = will {
            if let Err(nobody) = topic::publishing(name, retain) {
                return Err(Refused::new(
                    Stage::Authorized,
                    "will-denied",
                    format!("the will may not be published: {nobody}"),
                ));
            }
            let mut actions = vec![MqttAction::Publish];
            if retain {
                actions.push(MqttAction::RetainPublish);
            }
            for action in actions {
                let decision = permit.authorizer.decide(action, name, self.kernel.now());
                if !decision.is_allowed() {
                    return Err(Refused::new(
                        Stage::Authorized,
                        "will-denied",
                        format!("the will may not be published: {decision}"),
                    ));
                }
            }
        }
        Ok(permit)
    }

    /// Decides by what was seen of a certificate at its admission, where that still counts, or by the store.
    async fn permit(
        &self,
        asker: Arc<Asker>,
        seen: Option<Seen>,
    ) -> std::result::Result<Permit, Refused> {
        let internal = |error| Refused::internal(Stage::Authorized, &error);
        let mut exclusive_thing = None;
        let (authorizer, caller) = match &asker.who {
            Who::Certificate(admitted) => {
                let entry = self.check_active(admitted, seen).await?;
                exclusive_thing = entry.things.exclusive();
                let authorizer = self.authorizer(admitted, &entry, &asker).await;
                (authorizer.map_err(internal)?, None)
            }
            Who::Late(admitted) => {
                let entry = self.check_active(admitted, seen).await?;
                exclusive_thing = entry.things.exclusive();
                self.check_late(admitted).await?;
                // Whether it may connect under this client id is its own policies' to say, and the rest is fixed.
                let own = self.authorizer(admitted, &entry, &asker).await;
                let own = own.map_err(internal)?;
                let now = self.kernel.now();
                let decision = own.decide(MqttAction::Connect, &asker.client_id, now);
                if !decision.is_allowed() {
                    let reason = decision.to_string();
                    return Err(Refused::new(Stage::Authorized, "policy-denied", reason));
                }
                (Arc::new(self.late_authorizer().map_err(internal)?), None)
            }
            Who::Claim(admitted, template) => {
                self.check_claim(admitted).await?;
                let authorizer = self.claim_authorizer(template).map_err(internal)?;
                (Arc::new(authorizer), None)
            }
            Who::Caller(identity) => {
                // Before its policies are read: whatever changes from now on is told to it.
                let counted = Arc::clone(&self.callers);
                let identity = self.caller_again(identity).await?;
                let (client_id, connect) = (&asker.client_id, asker.connect.clone());
                let now = self.kernel.now();
                let authorizer = self.iam.authorizer(&identity, client_id, connect, now);
                (Arc::new(authorizer.map_err(internal)?), Some(counted))
            }
            Who::Custom(known) => {
                if let Some(admitted) = &known.certificate {
                    exclusive_thing = self.check_active(admitted, seen).await?.things.exclusive();
                }
                (Arc::new(self.authorizer_of(known, &asker)), None)
            }
        };
        let now = self.kernel.now();
        if authorizer
            .check(MqttAction::Connect, &asker.client_id, || now)
            .is_allowed()
        {
            return Ok(Permit {
                authorizer,
                principal: asker.who.principal(),
                exclusive_thing,
                asker,
                _caller: caller,
            });
        }
        let decision = authorizer.decide(MqttAction::Connect, &asker.client_id, now);
        let (code, reason) = match &asker.who {
            Who::Certificate(_) if decision.policies.is_empty() => (
                "no-policy",
                "the certificate is ACTIVE, but no policy is attached to it; attach one with attach-policy".to_owned(),
            ),
            Who::Certificate(_) | Who::Claim(..) | Who::Late(_) | Who::Custom(_) => {
                ("policy-denied", decision.to_string())
            }
            Who::Caller(identity) => ("policy-denied", refusal(identity.arn(), &decision)),
        };
        Err(Refused::new(Stage::Authorized, code, reason))
    }

    /// Whether a certificate that was admitted is still there and ACTIVE, and what else is known of it.
    async fn check_active(
        &self,
        admitted: &Admitted,
        seen: Option<Seen>,
    ) -> std::result::Result<CertificateEntry, Refused> {
        let known = match seen.filter(|seen| self.counts(admitted, seen)) {
            Some(seen) => Some(seen.entry),
            None => self
                .kernel
                .store
                .certificate_entry(&admitted.hash)
                .await
                .map_err(|error| Refused::internal(Stage::Authorized, &error.into()))?,
        };
        match known {
            Some(entry) if entry.status == Status::Active && entry.key == admitted.key => {
                let checked = self
                    .revocation
                    .check(&admitted.certificate, self.kernel.now())
                    .await
                    .map_err(|error| Refused::internal(Stage::Authorized, &error))?;
                checked.map(|()| entry).map_err(|refusal| {
                    Refused::new(Stage::Authorized, refusal.code(), refusal.to_string())
                })
            }
            Some(entry) => {
                let refusal = admission::Refusal::Status(entry.status);
                Err(Refused::new(
                    Stage::Authorized,
                    refusal.code(),
                    refusal.to_string(),
                ))
            }
            None => Err(Refused::new(
                Stage::Authorized,
                "certificate-deleted",
                "the certificate was deleted while the connection was open",
            )),
        }
    }

    /// Whether nothing was heard since that may concern what was seen.
    fn counts(&self, admitted: &Admitted, seen: &Seen) -> bool {
        seen.mark == self.kernel.generations.mark(&admitted.hash)
    }

    /// Whether a decision needs no look at the certificate.
    #[cfg(test)]
    pub(crate) fn has_seen(&self, who: &Who) -> bool {
        who.certificate().is_some_and(|admitted| {
            let seen = admitted.seen.as_ref();
            seen.is_some_and(|seen| self.counts(admitted, seen))
        })
    }

    /// Looks at an open connection again after a change that may concern it.
    pub async fn recheck(&self, permit: &Permit) -> Recheck {
        match self.permit(Arc::clone(&permit.asker), None).await {
            Ok(permit) => Recheck::Stay(permit),
            // A disk that fails must not end every connection at once.
            Err(refused) if refused.internal => Recheck::NotNow,
            Err(refused) => Recheck::End(refused),
        }
    }
}
