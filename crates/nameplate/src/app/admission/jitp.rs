//! Just-in-time provisioning: a first connection becomes what the template of its CA says. AWS guide: jit-provisioning.

use super::attempt::{Attempt, Stage};
use super::first::{FirstLeaf, NewLeaf, certificate_parameters, refuse, refuse_status};
use super::{Admission, Admitted, Entrance, Seen};
use crate::app::cached::{Generations, Kept};
use crate::app::error::{Error, Result};
use crate::app::events::Announcer;
use crate::app::provisioning::{Actor, Prepared, Run, Stop};
use crate::app::registry::authorities::Program;
use crate::config::FirstConnect;
use nameplate_core::ctx::Ctx;
use nameplate_core::provisioning::PlanError;
use nameplate_core::registry::certificate::Status;
use nameplate_core::registry::event::EventKind;
use nameplate_core::template::FailureClass;
use nameplate_store::Tx;
use std::sync::Arc;

/// What the transaction of a first connection came to.
enum First {
    // Somebody else registered or provisioned it meanwhile.
    Known(i64),
    Status(Status),
    Provisioned {
        key: i64,
        // By this run.
        registered: bool,
        // What it is now, unless anything but this run is heard of.
        seen: Option<Seen>,
        plan: Vec<String>,
    },
    Failed {
        refusal: PlanError,
        registered: bool,
    },
}

impl Admission {
    /// Provisions a first connection, or only registers it where the template cannot be carried out.
    pub(super) async fn provision_first(
        &self,
        leaf: &FirstLeaf,
        attempt: &mut Attempt,
    ) -> Result<Entrance> {
        attempt.flow = Some("jitp");
        let ctx = self.kernel.ctx();
        let program = leaf
            .authority
            .program
            .as_ref()
            .ok_or_else(|| Error::internal("a CA that provisions has no program"))?;
        attempt.template = Some(program.label.clone());
        if let Err(refused) = self.admit_registration(&leaf.hash).await {
            return Ok(Entrance::Refuse(refused));
        }

        // All that needs no registry is done before the transaction; a failure still registers the certificate.
        let prepared = match self.prepare_first(leaf, program, &ctx).await {
            Ok(prepared) => Ok(prepared),
            Err(Stop::Refused(refusal)) => Err(refusal),
            Err(Stop::Failed(error)) => return Err(error),
        };
        if let Ok((prepared, _)) = &prepared {
            // Also of one that fails: its owner looks for it by this name.
            let thing = prepared.desired().thing.as_ref();
            attempt.thing = thing.map(|thing| thing.name.clone());
            if let Err(refused) = self.admit_provisioning(prepared.desired()) {
                return Ok(Entrance::Refuse(refused));
            }
        }
        let work = Work {
            hash: leaf.hash,
            row: leaf.row(),
            prepared,
            event: leaf.registered_event(&ctx),
            announcer: self.kernel.announcer(&ctx).await?,
            generations: Arc::clone(&self.kernel.generations),
            ctx,
        };
        let store = &self.kernel.store;
        match store.tx("first-connection", move |tx| work.run(tx)).await {
            Ok(outcome) => Ok(self.first_entrance(leaf, program, outcome, attempt)),
            Err(error) => {
                self.kernel.metrics.provision("jitp", "server_error");
                Err(error)
            }
        }
    }

    /// All that a first connection needs besides the registry, and the role it runs as.
    async fn prepare_first(
        &self,
        leaf: &FirstLeaf,
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
            None => ctx.realm.ca_certificate(&leaf.authority.ca.id()),
        };
        let heard = self.kernel.heard([Kept::Iam]);
        let assume = || self.iam.service_role(&program.role_arn, &source, ctx);
        let role = match assume().await? {
            // It may have been made or changed at another node a moment ago.
            Err(_) if self.kernel.has_news_since(&heard).await? => assume().await?,
            assumed => assumed,
        };
        let role = role.map_err(|why| PlanError::no_role(&program.role_arn, &why))?;
        let parameters = certificate_parameters(&leaf.certificate, &hex::encode(leaf.hash));
        let authorities = self.registry.authorities().await?;
        let prepared = self
            .provisioning
            .prepare(template, &parameters, &authorities, ctx)?;
        Ok((prepared.with_unregistered(leaf.hash), Actor::Role(role)))
    }

    /// What follows from what the transaction came to: counters, the attempt's stages, and whether the client may go on.
    fn first_entrance(
        &self,
        leaf: &FirstLeaf,
        program: &Program,
        outcome: First,
        attempt: &mut Attempt,
    ) -> Entrance {
        let now = self.kernel.now();
        match outcome {
            First::Known(key) => {
                attempt.passed_with(
                    Stage::AutoRegistered,
                    now,
                    "by another connection meanwhile".into(),
                );
                Entrance::Enter(leaf.admitted(key))
            }
            First::Status(status) => refuse_status(Stage::AutoRegistered, status),
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
                refuse(
                    Stage::Provisioned,
                    format!("provisioning-{}", refusal.code()),
                    format!("provisioning by {} failed: {refusal}", program.label),
                )
            }
            First::Provisioned {
                key,
                registered,
                seen,
                plan,
            } => {
                self.kernel.metrics.provision("jitp", "success");
                if registered {
                    attempt.passed(Stage::AutoRegistered, now);
                }
                attempt.passed(Stage::Template, now);
                attempt.passed(Stage::Provisioned, now);
                attempt.plan = plan;
                if seen.is_none_or(|seen| seen.entry.status != Status::Active) {
                    return refuse(
                        Stage::Activated,
                        "certificate-inactive",
                        "the certificate was provisioned, and its template leaves it INACTIVE; activate it with update-certificate",
                    );
                }
                if self.kernel.settings.first_connect == FirstConnect::Aws {
                    return Entrance::ComeBack;
                }
                Entrance::Enter(Admitted {
                    seen,
                    ..leaf.admitted(key)
                })
            }
        }
    }
}

/// What the transaction of a first connection is to do. May run twice.
struct Work {
    ctx: Ctx,
    hash: [u8; 32],
    row: NewLeaf,
    prepared: std::result::Result<(Prepared, Actor), PlanError>,
    event: (String, Vec<u8>),
    announcer: Announcer,
    generations: Arc<Generations>,
}

impl Work {
    fn run(&self, tx: &mut Tx<'_>) -> Result<First> {
        let mark = self.generations.mark(&self.hash);
        let entry = tx.certificate_entry(&self.hash)?;
        match entry {
            Some(entry) if entry.status == Status::Active => {
                return Ok(First::Known(entry.key));
            }
            Some(entry) if entry.status != Status::PendingActivation => {
                return Ok(First::Status(entry.status));
            }
            _ => {}
        }
        let planned = match &self.prepared {
            Ok((prepared, actor)) => {
                let mut run = Run::new(&self.ctx, actor, &self.announcer);
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
            None => {
                let planned = planned.as_ref().ok();
                let id = hex::encode(self.hash);
                let set = planned.and_then(|(_, plan, _)| plan.status_set(&id));
                self.row.insert(tx, set, self.ctx.now)?
            }
        };
        if self.announcer.on(EventKind::CaCertificate) {
            let (topic, payload) = self.event.clone();
            tx.owe_event(topic, payload)?;
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
        // The commit moves the mark by as much, and whatever else is heard of by more.
        let (number, everyone) = mark;
        let mark = (number + tx.notices_of(&self.hash), everyone);
        let entry = tx.certificate_entry(&self.hash)?;
        Ok(First::Provisioned {
            key,
            registered,
            seen: entry.map(|entry| Seen { entry, mark }),
            plan: plan.steps.iter().map(ToString::to_string).collect(),
        })
    }
}
