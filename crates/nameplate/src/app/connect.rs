//! A device's connection: from a finished TLS handshake to the permit to go on, or the reason why not.
//!
//! [`App::admit`] decides by the certificate, and provisions a first connection; [`App::open_connection`] decides by
//! the policies once CONNECT has come. A known device costs one lookup in memory and one read.

use super::attempt::{Attempt, Stage};
use super::authorities::{Authority, Program};
use super::authorize::{Asker, policies_of_groups};
use super::error::{Error, Result};
use super::provision::{Actor, Prepared, Run, Stop};
use super::{App, attempt};
use crate::config::FirstConnect;
use nameplate_core::admission::{self, Admission, ServerName};
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::pki::{self, Bridging, Certificate, CertificateId};
use nameplate_core::policy::{Authorizer, ConnectFacts, MqttAction};
use nameplate_core::provisioning::PlanError;
use nameplate_core::registry::certificate::Status;
use nameplate_core::registry::event::EventKind;
use nameplate_core::registry::logging::Level;
use nameplate_core::template::{FailureClass, Parameters, SubjectField};
use nameplate_store::{NewCertificate, Tx};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// What the TLS handshake established.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The peer's address.
    pub address: SocketAddr,
    /// DER of the certificates it sent, its own first.
    pub chain: Vec<Vec<u8>>,
    /// Server name indication, and whether it is a name of ours.
    pub server_name: ServerName,
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
    fn new(stage: Stage, code: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            reason: reason.into(),
            stage,
            internal: false,
        }
    }

    fn internal(stage: Stage, error: &Error) -> Self {
        tracing::error!(error = ?error, "a connection could not be decided: {error:?}");
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
}

/// How admission ended.
#[derive(Debug)]
pub enum Admit {
    /// Go on to CONNECT.
    Enter(Admitted),
    /// Provisioned; close and let the device come back (`--first-connect aws`).
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
}

/// What another look at an open connection found.
#[derive(Debug)]
pub enum Recheck {
    /// It may stay, under these policies.
    Stay(Permit),
    /// It may not.
    End(Refused),
}

enum First {
    // Somebody else registered or provisioned it meanwhile.
    Known(i64),
    Status(Status),
    Provisioned {
        key: i64,
        active: bool,
        plan: Vec<String>,
    },
    Failed(PlanError),
}

impl App {
    /// Decides by the certificate whether the connection may go on to CONNECT. A first connection is provisioned
    /// here, durably, before this returns.
    pub async fn admit(&self, peer: &Peer, attempt: &mut Attempt) -> Admit {
        match self.try_admit(peer, attempt).await {
            Ok(admit) => admit,
            Err(error) => Admit::Refuse(Refused::internal(Stage::Registered, &error)),
        }
    }

    /// Reads a device's certificate and checks it by itself; what it says of the device goes into the record.
    pub fn look_at(
        &self,
        leaf: &[u8],
        attempt: &mut Attempt,
    ) -> std::result::Result<Arc<Certificate>, Refused> {
        let CertificateId(hash) = CertificateId::of(leaf);
        attempt.certificate = Some(hash);
        let certificate = Certificate::parse_der(leaf).map_err(|malformed| {
            Refused::new(
                Stage::Certificate,
                "certificate-unreadable",
                format!("the certificate cannot be read: {malformed}"),
            )
        })?;
        attempt.serial = Some(certificate.serial_hex());
        attempt.subject = Some(certificate.subject().to_string());
        attempt.issuer = Some(certificate.issuer().to_string());
        pki::check_device(&certificate, self.now()).map_err(|rule| {
            Refused::new(
                Stage::Certificate,
                rule_code(&rule),
                format!("the certificate is not accepted: {rule}"),
            )
        })?;
        Ok(Arc::new(certificate))
    }

    async fn try_admit(&self, peer: &Peer, attempt: &mut Attempt) -> Result<Admit> {
        let Some(leaf) = peer.chain.first() else {
            return Ok(refuse(
                Stage::Certificate,
                "no-certificate",
                "the client sent no certificate",
            ));
        };
        let certificate = match self.look_at(leaf, attempt) {
            Ok(certificate) => certificate,
            Err(refused) => return Ok(Admit::Refuse(refused)),
        };
        let CertificateId(hash) = CertificateId::of(leaf);
        let now = self.now();
        attempt.passed(Stage::Certificate, now);

        let entry = self.store.certificate_entry(&hash);
        let admitted = |key| Admitted {
            hash,
            key,
            certificate: Arc::clone(&certificate),
        };
        let authorities;
        let authority: Arc<Authority>;
        let admission = match entry {
            Some(entry) if entry.status == Status::Active => {
                attempt.passed(Stage::Registered, now);
                match admission::registered(entry.status, entry.mode, None, &peer.server_name) {
                    Admission::Refuse(refusal) => {
                        return Ok(refuse(
                            Stage::Registered,
                            refusal.code(),
                            refusal.to_string(),
                        ));
                    }
                    _ => return Ok(Admit::Enter(admitted(entry.key))),
                }
            }
            Some(entry) => {
                attempt.passed_with(
                    Stage::Registered,
                    now,
                    format!("status {}", entry.status.as_str()),
                );
                authorities = self.authorities().await?;
                let ca = entry.ca.and_then(|key| authorities.by_key(key)).cloned();
                let facts = ca.as_ref().map(|ca| ca.facts());
                let admission = admission::registered(
                    entry.status,
                    entry.mode,
                    facts.as_ref(),
                    &peer.server_name,
                );
                match (admission, ca) {
                    (Admission::Refuse(refusal), _) => {
                        return Ok(refuse(
                            Stage::Registered,
                            refusal.code(),
                            refusal.to_string(),
                        ));
                    }
                    (admission, Some(ca)) => {
                        authority = ca;
                        admission
                    }
                    (_, None) => return Ok(Admit::Enter(admitted(entry.key))),
                }
            }
            None => {
                authorities = self.authorities().await?;
                if authorities.is_ca(&hash) {
                    let refusal = admission::Refusal::IsCa;
                    return Ok(refuse(Stage::Issuer, refusal.code(), refusal.to_string()));
                }
                let presented: Vec<Certificate> = peer
                    .chain
                    .iter()
                    .skip(1)
                    .filter_map(|der| Certificate::parse_der(der).ok())
                    .collect();
                let issuer = pki::find_issuer(
                    &certificate,
                    &presented,
                    Bridging::Allowed,
                    now,
                    |subject| authorities.by_subject(subject),
                );
                match issuer {
                    Ok(issuer) => authority = issuer.ca.0,
                    Err(none) => {
                        return Ok(refuse(Stage::Issuer, issuer_code(&none), none.to_string()));
                    }
                }
                attempt.passed_with(
                    Stage::Issuer,
                    now,
                    format!("CA certificate {}", authority.ca.id()),
                );
                admission::unknown(&authority.facts(), &peer.server_name)
            }
        };
        match admission {
            Admission::Known => Ok(refuse(
                Stage::Registered,
                "internal",
                "an unknown certificate cannot be known",
            )),
            Admission::Refuse(refusal) => {
                Ok(refuse(Stage::Issuer, refusal.code(), refusal.to_string()))
            }
            Admission::Provision => {
                self.provision_first(&certificate, hash, &authority, peer, attempt)
                    .await
            }
            Admission::Register => {
                self.register_only(&certificate, hash, &authority, peer, attempt)
                    .await
            }
        }
    }

    /// Just-in-time provisioning. AWS guide: jit-provisioning.
    async fn provision_first(
        &self,
        certificate: &Arc<Certificate>,
        hash: [u8; 32],
        authority: &Arc<Authority>,
        peer: &Peer,
        attempt: &mut Attempt,
    ) -> Result<Admit> {
        attempt.flow = Some("jitp");
        let ctx = self.ctx();
        let id = hex::encode(hash);
        let program = authority
            .program
            .as_ref()
            .ok_or_else(|| Error::internal("a CA that provisions has no program"))?;
        attempt.template = Some(program.label.clone());

        // All that needs no registry is done before the transaction; a failure still registers the certificate.
        let prepared = match self.prepare_first(certificate, hash, program, &ctx).await {
            Ok(prepared) => Ok(prepared),
            Err(Stop::Refused(refusal)) => Err(refusal),
            Err(Stop::Failed(error)) => return Err(error),
        };
        let new = NewLeaf::of(certificate, hash, authority);
        let event = registered_event(&ctx, &id, &authority.ca.id(), peer);
        let announcer = self.announcer(&ctx);
        let outcome = {
            let ctx = ctx.clone();
            self.store
                .tx("first-connection", move |tx| {
                    let entry = tx.certificate_entry(&hash);
                    match entry {
                        Some(entry) if entry.status == Status::Active => {
                            return Ok(First::Known(entry.key));
                        }
                        Some(entry) if entry.status != Status::PendingActivation => {
                            return Ok(First::Status(entry.status));
                        }
                        _ => {}
                    }
                    let planned = match &prepared {
                        Ok((prepared, actor)) => {
                            let mut run = Run::new(&ctx, actor, &announcer);
                            match run.decide(tx, prepared) {
                                Ok(plan) => Ok((run, plan, prepared)),
                                Err(Stop::Refused(refusal)) => Err(refusal),
                                Err(Stop::Failed(error)) => return Err(error),
                            }
                        }
                        Err(refusal) => Err(refusal.clone()),
                    };
                    let key = match entry {
                        Some(entry) => entry.key,
                        None => new.insert(tx, ctx.now)?,
                    };
                    if announcer.on(EventKind::CaCertificate) {
                        tx.owe_event(event.0.clone(), event.1.clone())?;
                    }
                    let (mut run, plan, prepared) = match planned {
                        Ok(planned) => planned,
                        Err(refusal) => return Ok(First::Failed(refusal)),
                    };
                    run.apply(tx, &plan, prepared)?;
                    let active = tx
                        .certificate_entry(&hash)
                        .is_some_and(|entry| entry.status == Status::Active);
                    Ok::<_, Error>(First::Provisioned {
                        key,
                        active,
                        plan: plan.steps.iter().map(ToString::to_string).collect(),
                    })
                })
                .await
        };
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => {
                self.metrics.provision("jitp", "server_error");
                return Err(error);
            }
        };
        let now = self.now();
        match outcome {
            First::Known(key) => {
                attempt.passed_with(
                    Stage::Registered,
                    now,
                    "by another connection meanwhile".into(),
                );
                Ok(Admit::Enter(Admitted {
                    hash,
                    key,
                    certificate: Arc::clone(certificate),
                }))
            }
            First::Status(status) => {
                let refusal = admission::Refusal::Status(status);
                Ok(refuse(
                    Stage::Registered,
                    refusal.code(),
                    refusal.to_string(),
                ))
            }
            First::Failed(refusal) => {
                let outcome = if refusal.class() == FailureClass::Denied {
                    "denied"
                } else {
                    "client_error"
                };
                self.metrics.provision("jitp", outcome);
                attempt.passed(Stage::AutoRegistered, now);
                attempt.remedy = refusal.remedy_text().map(str::to_owned);
                Ok(refuse(
                    Stage::Provisioned,
                    format!("provisioning-{}", refusal.code()),
                    format!("provisioning by {} failed: {refusal}", program.label),
                ))
            }
            First::Provisioned { key, active, plan } => {
                self.metrics.provision("jitp", "success");
                attempt.passed(Stage::AutoRegistered, now);
                attempt.passed(Stage::Template, now);
                attempt.passed(Stage::Provisioned, now);
                attempt.plan = plan;
                if !active {
                    return Ok(refuse(
                        Stage::Registered,
                        "certificate-inactive",
                        "the certificate was provisioned, and its template leaves it INACTIVE; activate it with update-certificate",
                    ));
                }
                if self.settings.first_connect == FirstConnect::Aws {
                    return Ok(Admit::ComeBack);
                }
                Ok(Admit::Enter(Admitted {
                    hash,
                    key,
                    certificate: Arc::clone(certificate),
                }))
            }
        }
    }

    /// All that a first connection needs besides the registry, and the role it runs as.
    async fn prepare_first(
        &self,
        certificate: &Certificate,
        hash: [u8; 32],
        program: &Program,
        ctx: &Ctx,
    ) -> std::result::Result<(Prepared, Actor), Stop> {
        let template = match &program.template {
            Ok(template) => template,
            Err(why) => return Err(PlanError::no_template(why).into()),
        };
        let role = match self.service_role(&program.role_arn, ctx).await? {
            Ok(role) => role,
            Err(why) => return Err(PlanError::no_role(&program.role_arn, &why).into()),
        };
        let parameters = certificate_parameters(certificate, &hex::encode(hash));
        let authorities = self.authorities().await?;
        let prepared = self.prepare(template, &parameters, &authorities, ctx)?;
        Ok((prepared.with_unregistered(hash), Actor::Role(role)))
    }

    /// Just-in-time registration: the certificate is registered, an event says so, and somebody else decides.
    /// AWS guide: auto-register-device-cert.
    async fn register_only(
        &self,
        certificate: &Arc<Certificate>,
        hash: [u8; 32],
        authority: &Arc<Authority>,
        peer: &Peer,
        attempt: &mut Attempt,
    ) -> Result<Admit> {
        attempt.flow = Some("jitr");
        let ctx = self.ctx();
        let event = registered_event(&ctx, &hex::encode(hash), &authority.ca.id(), peer);
        let announcer = self.announcer(&ctx);
        let new = NewLeaf::of(certificate, hash, authority);
        // Listen before the event can be heard, so that no answer to it is missed.
        let mut changed = self.certificate_changed.subscribe();
        let now = ctx.now;
        let (key, status) = self
            .store
            .tx("register-first", move |tx| {
                let entry = match tx.certificate_entry(&hash) {
                    Some(entry) if entry.status != Status::PendingActivation => {
                        return Ok::<_, Error>((entry.key, entry.status));
                    }
                    Some(entry) => entry.key,
                    None => new.insert(tx, now)?,
                };
                if announcer.on(EventKind::CaCertificate) {
                    tx.owe_event(event.0.clone(), event.1.clone())?;
                }
                Ok((entry, Status::PendingActivation))
            })
            .await?;
        attempt.passed(Stage::AutoRegistered, self.now());
        let admitted = Admitted {
            hash,
            key,
            certificate: Arc::clone(certificate),
        };
        if status == Status::Active {
            return Ok(Admit::Enter(admitted));
        }
        if status != Status::PendingActivation {
            let refusal = admission::Refusal::Status(status);
            return Ok(refuse(
                Stage::Registered,
                refusal.code(),
                refusal.to_string(),
            ));
        }
        self.metrics.provision("jitr", "success");
        if self.settings.first_connect == FirstConnect::Aws {
            return Ok(Admit::ComeBack);
        }
        let limit = Duration::from_secs(self.settings.jitr_wait_seconds);
        let ready = tokio::time::timeout(limit, async {
            loop {
                if self.is_ready(&hash).await? {
                    return Ok::<_, Error>(());
                }
                // A lagging receiver has missed some changes; looking again is right in every case.
                if let Err(tokio::sync::broadcast::error::RecvError::Closed) = changed.recv().await
                {
                    return Ok(());
                }
            }
        })
        .await;
        match ready {
            Ok(result) => result?,
            Err(_) => {
                let told = if self.switches.on(EventKind::CaCertificate) {
                    let ca = authority.ca.id();
                    format!("$aws/events/certificates/registered/{ca} was published")
                } else {
                    "nobody was told, because CA_CERTIFICATE events are switched off".to_owned()
                };
                return Ok(refuse(
                    Stage::Activated,
                    "activation-timeout",
                    format!(
                        "the certificate was registered as PENDING_ACTIVATION and {told}; \
                         nobody made it ACTIVE with a policy within {} s",
                        limit.as_secs()
                    ),
                ));
            }
        }
        match self.store.certificate_entry(&hash) {
            Some(entry) if entry.status == Status::Active => {
                attempt.passed(Stage::Activated, self.now());
                Ok(Admit::Enter(admitted))
            }
            Some(entry) => {
                let refusal = admission::Refusal::Status(entry.status);
                Ok(refuse(
                    Stage::Activated,
                    refusal.code(),
                    refusal.to_string(),
                ))
            }
            None => Ok(refuse(
                Stage::Activated,
                "certificate-deleted",
                "the certificate was deleted while its first connection was held",
            )),
        }
    }

    /// ACTIVE with a policy, or decided otherwise.
    async fn is_ready(&self, hash: &[u8; 32]) -> Result<bool> {
        let Some(entry) = self.store.certificate_entry(hash) else {
            return Ok(true);
        };
        match entry.status {
            Status::PendingActivation => Ok(false),
            Status::Active => {
                self.store
                    .read(|conn| {
                        if !conn.policies_of_certificate(entry.key)?.is_empty() {
                            return Ok(true);
                        }
                        // A policy may also come through a group of a thing.
                        for attachment in conn.things_of_certificate(entry.key, 0, 10)? {
                            if !policies_of_groups(conn, attachment.thing)?.is_empty() {
                                return Ok(true);
                            }
                        }
                        Ok(false)
                    })
                    .await
            }
            _ => Ok(true),
        }
    }

    /// Decides a CONNECT by the policies. The caller has registered the connection under its certificate before, so
    /// that a change from now on finds it.
    pub async fn open_connection(
        &self,
        admitted: &Admitted,
        ask: &ConnectAsk<'_>,
        address: SocketAddr,
    ) -> std::result::Result<Permit, Refused> {
        let asker = Arc::new(Asker {
            hash: admitted.hash,
            certificate_key: admitted.key,
            certificate: Arc::clone(&admitted.certificate),
            client_id: ask.client_id.to_owned(),
            source_ip: address.ip().to_canonical(),
            connect: ConnectFacts::new(
                self.realm(),
                ask.persistent,
                ask.will.map(|(topic, _)| topic),
            ),
        });
        let permit = self.permit(asker).await?;
        if let Some((topic, retain)) = ask.will {
            let mut actions = vec![MqttAction::Publish];
            if retain {
                actions.push(MqttAction::RetainPublish);
            }
            for action in actions {
                let decision = permit.authorizer.decide(action, topic, self.now());
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

    async fn permit(&self, asker: Arc<Asker>) -> std::result::Result<Permit, Refused> {
        match self.store.certificate_entry(&asker.hash) {
            Some(entry) if entry.status == Status::Active && entry.key == asker.certificate_key => {
            }
            Some(entry) => {
                let refusal = admission::Refusal::Status(entry.status);
                return Err(Refused::new(
                    Stage::Registered,
                    refusal.code(),
                    refusal.to_string(),
                ));
            }
            None => {
                return Err(Refused::new(
                    Stage::Registered,
                    "certificate-deleted",
                    "the certificate was deleted while the connection was open",
                ));
            }
        }
        let authorizer = self
            .authorizer(&asker)
            .await
            .map_err(|error| Refused::internal(Stage::Authorized, &error))?;
        let now = self.now();
        if authorizer
            .check(MqttAction::Connect, &asker.client_id, now)
            .is_allowed()
        {
            return Ok(Permit { authorizer, asker });
        }
        let decision = authorizer.decide(MqttAction::Connect, &asker.client_id, now);
        let (code, reason) = if decision.policies.is_empty() {
            (
                "no-policy",
                "the certificate is ACTIVE, but no policy is attached to it; attach one with attach-policy".to_owned(),
            )
        } else {
            ("policy-denied", decision.to_string())
        };
        Err(Refused::new(Stage::Authorized, code, reason))
    }

    /// Looks at an open connection again after a change that may concern it.
    pub async fn recheck(&self, permit: &Permit) -> Recheck {
        match self.permit(Arc::clone(&permit.asker)).await {
            Ok(permit) => Recheck::Stay(permit),
            // A disk that fails must not end every connection at once.
            Err(refused) if refused.internal => Recheck::Stay(permit.clone()),
            Err(refused) => Recheck::End(refused),
        }
    }

    /// Records an attempt that ended well.
    pub async fn record_connected(&self, mut attempt: Attempt) {
        let now = self.now();
        attempt.passed(Stage::Connected, now);
        self.metrics.attempt(attempt::CONNECTED);
        if self.logs_attempt(Level::Info, &attempt).await {
            tracing::info!(
                client.id = attempt.client_id.as_deref(),
                certificate.id = attempt.certificate.map(hex::encode),
                peer = %attempt.address(),
                flow = attempt.flow,
                "{} connected as {:?}{}",
                attempt.address(),
                attempt.client_id.as_deref().unwrap_or_default(),
                if attempt.has_passed(Stage::Provisioned) { ", provisioned" } else { "" },
            );
        }
        let reason = if attempt.has_passed(Stage::Provisioned) {
            "provisioned and connected"
        } else {
            "connected"
        };
        self.store
            .record_attempt(attempt.into_row(attempt::CONNECTED, reason, None, now));
    }

    /// Records an attempt that was provisioned and closed.
    pub async fn record_come_back(&self, attempt: Attempt) {
        if attempt.has_passed(Stage::Provisioned) {
            let reason =
                "provisioned; closed as --first-connect aws does, the device must connect again";
            self.record_end(attempt, attempt::PROVISIONED, reason, None)
                .await;
        } else {
            let reason = "registered as PENDING_ACTIVATION and announced by an event; closed as --first-connect aws \
                          does, the device must connect again";
            self.record_end(attempt, attempt::REGISTERED, reason, None)
                .await;
        }
    }

    /// Records an attempt that was refused or broke.
    pub async fn record_refused(&self, attempt: Attempt, refused: &Refused) {
        self.record_end(attempt, &refused.code, &refused.reason, Some(refused.stage))
            .await;
    }

    async fn record_end(&self, attempt: Attempt, code: &str, reason: &str, failed: Option<Stage>) {
        let now = self.now();
        self.metrics.attempt(code);
        // AWS logs a failed Connect as ERROR; a device that is to come back has failed at nothing.
        let level = match failed {
            Some(_) => Level::Error,
            None => Level::Info,
        };
        if self.logs_attempt(level, &attempt).await {
            tracing::warn!(
                client.id = attempt.client_id.as_deref(),
                certificate.id = attempt.certificate.map(hex::encode),
                peer = %attempt.address(),
                reason = code,
                "{} not connected ({code}): {reason}",
                attempt.address(),
            );
        }
        self.store
            .record_attempt(attempt.into_row(code, reason, failed, now));
    }

    /// Records that an open connection ended; `failed` where its client is to blame or was thrown out.
    pub async fn record_disconnected(
        &self,
        permit: &Permit,
        reason: &str,
        text: &str,
        failed: bool,
    ) {
        let level = if failed { Level::Error } else { Level::Info };
        let (client_id, address) = (permit.asker.client_id.as_str(), permit.asker.source_ip);
        if !self
            .logs(
                level,
                Some(client_id),
                Some(permit.asker.hash),
                Some(address),
            )
            .await
        {
            return;
        }
        let id = hex::encode(permit.asker.hash);
        let line = format!("{client_id} disconnected ({reason}): {text}");
        if failed {
            tracing::warn!(client.id = %client_id, certificate.id = %id, reason, "{line}");
        } else {
            tracing::info!(client.id = %client_id, certificate.id = %id, reason, "{line}");
        }
    }

    /// A refusal before there is a certificate or after it was accepted: TLS and MQTT failures.
    pub fn refused(stage: Stage, code: &'static str, reason: impl Into<String>) -> Refused {
        Refused::new(stage, code, reason)
    }
}

fn refuse(stage: Stage, code: impl Into<String>, reason: impl Into<String>) -> Admit {
    Admit::Refuse(Refused::new(stage, code, reason))
}

/// A leaf that may have to be registered, with all it takes to do so.
#[derive(Clone)]
struct NewLeaf {
    hash: [u8; 32],
    der: Arc<Certificate>,
    ca: i64,
    mode: nameplate_core::registry::certificate::Mode,
}

impl NewLeaf {
    fn of(certificate: &Arc<Certificate>, hash: [u8; 32], authority: &Authority) -> Self {
        Self {
            hash,
            der: Arc::clone(certificate),
            ca: authority.ca.key,
            mode: authority.ca.mode,
        }
    }

    fn insert(&self, tx: &mut Tx<'_>, now: Millis) -> Result<i64> {
        let validity = self.der.validity();
        Ok(tx.insert_certificate(&NewCertificate {
            hash: self.hash,
            der: self.der.der(),
            status: Status::PendingActivation,
            mode: self.mode,
            ca: Some(self.ca),
            created: now,
            not_before: validity.not_before,
            not_after: validity.not_after,
        })?)
    }
}

/// The template parameters that a certificate supplies. AWS guide: jit-provisioning.
pub(crate) fn certificate_parameters(certificate: &Certificate, id: &str) -> Parameters {
    let subject: Vec<(SubjectField, String)> = certificate
        .subject()
        .fields()
        .iter()
        .map(|(field, value)| (SubjectField::from_oid(field.oid()), value.clone()))
        .collect();
    Parameters::from_certificate(id, &subject, &certificate.serial_decimal())
}

/// Topic and payload of the event that a certificate waits for activation.
fn registered_event(ctx: &Ctx, id: &str, ca: &str, peer: &Peer) -> (String, Vec<u8>) {
    let payload = json!({
        "certificateId": id,
        "caCertificateId": ca,
        "timestamp": ctx.now.0,
        "certificateStatus": Status::PendingActivation.as_str(),
        "awsAccountId": ctx.realm.account,
        "certificateRegistrationTimestamp": ctx.now.0.to_string(),
        "sourceIp": peer.address.ip().to_canonical().to_string(),
    });
    (
        format!("$aws/events/certificates/registered/{ca}"),
        payload.to_string().into_bytes(),
    )
}

fn rule_code(rule: &pki::RuleError) -> &'static str {
    use pki::RuleError;
    match rule {
        RuleError::KeyTooShort { .. } | RuleError::KeyKind { .. } => "certificate-weak-key",
        RuleError::SignatureAlgorithm { .. } => "certificate-weak-signature",
        RuleError::NotYetValid { .. } => "certificate-not-yet-valid",
        RuleError::Expired { .. } => "certificate-expired",
        _ => "certificate-unacceptable",
    }
}

fn issuer_code(none: &pki::NoIssuer) -> &'static str {
    use pki::NoIssuer;
    match none {
        NoIssuer::Unknown { .. } => "ca-unknown",
        NoIssuer::SelfSigned { .. } => "certificate-self-signed",
        NoIssuer::Signature { .. } => "certificate-signature",
        NoIssuer::OnlyItsIssuer { .. } => "ca-issuer-unregistered",
        NoIssuer::UnfitIntermediate { .. } => "ca-intermediate-unfit",
    }
}
