//! A certificate's first connection: just-in-time provisioning, or registration and waiting for somebody to decide.

use super::attempt::{Attempt, Stage};
use super::authorize::policies_of_groups;
use super::{Admission, Admitted, Considered, Entrance, Newcomer, Peer, Refused};
use crate::app::error::{Error, Result};
use crate::app::provisioning::{Actor, Prepared, Run, Stop};
use crate::app::registry::authorities::{Authority, Program};
use crate::config::FirstConnect;
use nameplate_core::admission;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::pki::Certificate;
use nameplate_core::provisioning::PlanError;
use nameplate_core::registry::certificate::{Mode, Status};
use nameplate_core::registry::event::EventKind;
use nameplate_core::template::{FailureClass, Parameters, SubjectField};
use nameplate_store::{NewCertificate, Tx};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

enum First {
    // Somebody else registered or provisioned it meanwhile.
    Known(i64),
    Status(Status),
    Provisioned {
        key: i64,
        // By this run.
        registered: bool,
        active: bool,
        plan: Vec<String>,
    },
    Failed {
        refusal: PlanError,
        registered: bool,
    },
}

impl Admission {
    /// Registers or provisions a first connection, durably, now that its CONNECT is there: a handshake alone changes
    /// nothing, as at AWS. `gone` ends when the client has closed the connection, and is
    /// looked at only while the client is held.
    pub async fn enter(
        &self,
        newcomer: Newcomer,
        attempt: &mut Attempt,
        gone: impl Future<Output = ()>,
    ) -> Entrance {
        match self.try_enter(newcomer, attempt, gone).await {
            Ok(entrance) => entrance,
            Err(error) => Entrance::Refuse(Refused::internal(Stage::AutoRegistered, &error)),
        }
    }

    async fn try_enter(
        &self,
        newcomer: Newcomer,
        attempt: &mut Attempt,
        gone: impl Future<Output = ()>,
    ) -> Result<Entrance> {
        let Newcomer {
            certificate,
            hash,
            peer,
            mut considered,
        } = newcomer;
        // Its CA or template may have changed between the handshake and CONNECT.
        if let Considered::New { authorities, .. } = &considered
            && !Arc::ptr_eq(authorities, &self.registry.authorities().await?)
        {
            considered = self.consider(&peer, &certificate, hash).await?;
        }
        match considered {
            Considered::Refused(closed) => Ok(Entrance::Refuse(closed.into())),
            Considered::Known(key) => Ok(Entrance::Enter(Admitted {
                hash,
                key,
                certificate,
            })),
            Considered::New {
                provision: true,
                authority,
                ..
            } => {
                self.provision_first(&certificate, hash, &authority, &peer, attempt)
                    .await
            }
            Considered::New { authority, .. } => {
                self.register_only(&certificate, hash, &authority, &peer, attempt, gone)
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
    ) -> Result<Entrance> {
        attempt.flow = Some("jitp");
        let ctx = self.kernel.ctx();
        let id = hex::encode(hash);
        let program = authority
            .program
            .as_ref()
            .ok_or_else(|| Error::internal("a CA that provisions has no program"))?;
        attempt.template = Some(program.label.clone());
        if let Err(refused) = self.admit_registration(&hash).await {
            return Ok(Entrance::Refuse(refused));
        }

        // All that needs no registry is done before the transaction; a failure still registers the certificate.
        let ca = authority.ca.id();
        let prepared = self
            .prepare_first(certificate, hash, &ca, program, &ctx)
            .await;
        let prepared = match prepared {
            Ok(prepared) => Ok(prepared),
            Err(Stop::Refused(refusal)) => Err(refusal),
            Err(Stop::Failed(error)) => return Err(error),
        };
        if let Ok((prepared, _)) = &prepared
            && let Err(refused) = self.admit_provisioning(prepared.desired())
        {
            return Ok(Entrance::Refuse(refused));
        }
        let new = NewLeaf::of(certificate, hash, authority);
        let event = registered_event(&ctx, &id, &authority.ca.id(), peer);
        let announcer = self.kernel.announcer(&ctx);
        let outcome = {
            let ctx = ctx.clone();
            self.kernel
                .store
                .tx("first-connection", move |tx| {
                    let entry = tx.certificate_entry(&hash)?;
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
                    let registered = entry.is_none();
                    let (mut run, plan, prepared) = match planned {
                        Ok(planned) => planned,
                        Err(refusal) => {
                            return Ok(First::Failed {
                                refusal,
                                registered,
                            });
                        }
                    };
                    run.apply(tx, &plan, prepared)?;
                    let active = tx
                        .certificate_entry(&hash)?
                        .is_some_and(|entry| entry.status == Status::Active);
                    Ok::<_, Error>(First::Provisioned {
                        key,
                        registered,
                        active,
                        plan: plan.steps.iter().map(ToString::to_string).collect(),
                    })
                })
                .await
        };
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => {
                self.kernel.metrics.provision("jitp", "server_error");
                return Err(error);
            }
        };
        let now = self.kernel.now();
        match outcome {
            First::Known(key) => {
                attempt.passed_with(
                    Stage::AutoRegistered,
                    now,
                    "by another connection meanwhile".into(),
                );
                Ok(Entrance::Enter(Admitted {
                    hash,
                    key,
                    certificate: Arc::clone(certificate),
                }))
            }
            First::Status(status) => {
                let refusal = admission::Refusal::Status(status);
                Ok(refuse(
                    Stage::AutoRegistered,
                    refusal.code(),
                    refusal.to_string(),
                ))
            }
            First::Failed {
                refusal,
                registered,
            } => {
                let outcome = if refusal.class() == FailureClass::Denied {
                    "denied"
                } else {
                    "client_error"
                };
                self.kernel.metrics.provision("jitp", outcome);
                if registered {
                    attempt.passed(Stage::AutoRegistered, now);
                }
                attempt.remedy = refusal.remedy_text().map(str::to_owned);
                Ok(refuse(
                    Stage::Provisioned,
                    format!("provisioning-{}", refusal.code()),
                    format!("provisioning by {} failed: {refusal}", program.label),
                ))
            }
            First::Provisioned {
                key,
                registered,
                active,
                plan,
            } => {
                self.kernel.metrics.provision("jitp", "success");
                if registered {
                    attempt.passed(Stage::AutoRegistered, now);
                }
                attempt.passed(Stage::Template, now);
                attempt.passed(Stage::Provisioned, now);
                attempt.plan = plan;
                if !active {
                    return Ok(refuse(
                        Stage::Activated,
                        "certificate-inactive",
                        "the certificate was provisioned, and its template leaves it INACTIVE; activate it with update-certificate",
                    ));
                }
                if self.kernel.settings.first_connect == FirstConnect::Aws {
                    return Ok(Entrance::ComeBack);
                }
                Ok(Entrance::Enter(Admitted {
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
        ca: &str,
        program: &Program,
        ctx: &Ctx,
    ) -> std::result::Result<(Prepared, Actor), Stop> {
        let template = match &program.template {
            Ok(template) => template,
            Err(why) => return Err(PlanError::no_template(why).into()),
        };
        // IoT guide: cross-service confused deputy prevention, JITP.
        let source = match &program.named {
            Some(name) => ctx.realm.provisioning_template(name),
            None => ctx.realm.ca_certificate(ca),
        };
        let role = match self
            .iam
            .service_role(&program.role_arn, &source, ctx)
            .await?
        {
            Ok(role) => role,
            Err(why) => return Err(PlanError::no_role(&program.role_arn, &why).into()),
        };
        let parameters = certificate_parameters(certificate, &hex::encode(hash));
        let authorities = self.registry.authorities().await?;
        let prepared = self
            .provisioning
            .prepare(template, &parameters, &authorities, ctx)?;
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
        gone: impl Future<Output = ()>,
    ) -> Result<Entrance> {
        attempt.flow = Some("jitr");
        if let Err(refused) = self.admit_registration(&hash).await {
            return Ok(Entrance::Refuse(refused));
        }
        let ctx = self.kernel.ctx();
        let event = registered_event(&ctx, &hex::encode(hash), &authority.ca.id(), peer);
        let announcer = self.kernel.announcer(&ctx);
        let new = NewLeaf::of(certificate, hash, authority);
        // Listen before the event can be heard, so that no answer to it is missed.
        let mut changed = self.kernel.certificate_changed.subscribe();
        let now = ctx.now;
        let (key, status, registered) = self
            .kernel
            .store
            .tx("register-first", move |tx| {
                let (entry, registered) = match tx.certificate_entry(&hash)? {
                    Some(entry) if entry.status != Status::PendingActivation => {
                        return Ok::<_, Error>((entry.key, entry.status, false));
                    }
                    Some(entry) => (entry.key, false),
                    None => (new.insert(tx, now)?, true),
                };
                if announcer.on(EventKind::CaCertificate) {
                    tx.owe_event(event.0.clone(), event.1.clone())?;
                }
                Ok((entry, Status::PendingActivation, registered))
            })
            .await?;
        if registered {
            attempt.passed(Stage::AutoRegistered, self.kernel.now());
        }
        let admitted = Admitted {
            hash,
            key,
            certificate: Arc::clone(certificate),
        };
        if status == Status::Active {
            return Ok(Entrance::Enter(admitted));
        }
        if status != Status::PendingActivation {
            let refusal = admission::Refusal::Status(status);
            return Ok(refuse(
                Stage::AutoRegistered,
                refusal.code(),
                refusal.to_string(),
            ));
        }
        self.kernel.metrics.provision("jitr", "success");
        if self.kernel.settings.first_connect == FirstConnect::Aws {
            return Ok(Entrance::ComeBack);
        }
        let limit = Duration::from_secs(self.kernel.settings.jitr_wait_seconds);
        let ready = async {
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
        };
        let ready = tokio::select! {
            ready = tokio::time::timeout(limit, ready) => ready,
            () = gone => {
                return Ok(refuse(
                    Stage::Activated,
                    "activation-abandoned",
                    "the certificate was registered as PENDING_ACTIVATION, and the client closed the connection before \
                     anybody made it ACTIVE with a policy",
                ));
            }
        };
        match ready {
            Ok(result) => result?,
            Err(_) => {
                let told = if self.kernel.switches.on(EventKind::CaCertificate) {
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
        match self.kernel.store.certificate_entry(&hash).await? {
            Some(entry) if entry.status == Status::Active => {
                attempt.passed(Stage::Activated, self.kernel.now());
                Ok(Entrance::Enter(admitted))
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
        let Some(entry) = self.kernel.store.certificate_entry(hash).await? else {
            return Ok(true);
        };
        match entry.status {
            Status::PendingActivation => Ok(false),
            Status::Active => {
                self.kernel
                    .store
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
}

fn refuse(stage: Stage, code: impl Into<String>, reason: impl Into<String>) -> Entrance {
    Entrance::Refuse(Refused::new(stage, code, reason))
}

/// A leaf that may have to be registered, with all it takes to do so.
#[derive(Clone)]
struct NewLeaf {
    hash: [u8; 32],
    der: Arc<Certificate>,
    ca: i64,
    mode: Mode,
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
