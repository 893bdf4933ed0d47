//! Provisioning: what a template wants is planned against what exists, and the plan is applied, in one transaction.
//!
//! Every flow comes here: just-in-time provisioning (`connect.rs`), RegisterThing, bulk registration. They differ only
//! in where the template's parameters come from and in how they tell a failure. `App::prepare` does all that needs
//! no registry, before the transaction; a `Run` does the rest in it.
//!
//! Must not know: where parameters come from, AWS's error names.

mod apply;
mod existing;
mod prepare;
mod register_thing;

pub(crate) use existing::{Memory, existing_for};
pub(crate) use prepare::Prepared;
pub use register_thing::Registered;

use super::error::{Error, Kind};
use super::events::Announcer;
use super::iam::{Identity, RoleView};
use nameplate_core::ctx::Ctx;
use nameplate_core::policy::{Dialect, PolicyDocument};
use nameplate_core::provisioning::{Plan, PlanError, plan};
use nameplate_core::template::{Environment, FailureClass};
use nameplate_store::Tx;
use std::sync::Arc;

/// Why a run did not come to its end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The device is not provisioned; nothing was written.
    Refused(PlanError),
    /// Ours; what was written must be undone.
    Failed(Error),
}

impl From<PlanError> for Stop {
    fn from(refusal: PlanError) -> Self {
        Stop::Refused(refusal)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Failed(error)
    }
}

impl From<nameplate_store::Error> for Stop {
    fn from(error: nameplate_store::Error) -> Self {
        Stop::Failed(error.into())
    }
}

impl From<Stop> for Error {
    /// As RegisterThing tells it. AWS guide: single-thing-provisioning.
    fn from(stop: Stop) -> Self {
        let refusal = match stop {
            Stop::Failed(error) => return error,
            Stop::Refused(refusal) => refusal,
        };
        let kind = match refusal.class() {
            FailureClass::MissingValue | FailureClass::Invalid | FailureClass::Limit => {
                Kind::Invalid
            }
            FailureClass::Absent => Kind::ProvisioningFailed,
            FailureClass::Conflict => Kind::ProvisioningConflict,
            FailureClass::Denied => Kind::Denied,
        };
        Error::new(kind, refusal.to_string())
    }
}

/// On whose behalf a run is made: whose permissions count.
#[derive(Debug, Clone)]
pub(crate) enum Actor {
    /// Whoever calls RegisterThing.
    Caller(Identity),
    /// A role that the service has assumed.
    Role(Arc<RoleView>),
}

impl Actor {
    /// Refuses what neither the role nor the caller may do.
    pub(crate) fn may(&self, action: &str, resource: &str, ctx: &Ctx) -> Result<(), PlanError> {
        self.may_where(action, resource, &[], ctx)
    }

    /// The same for a question that brings condition keys of its own.
    fn may_where(
        &self,
        action: &str,
        resource: &str,
        keys: &[(String, String)],
        ctx: &Ctx,
    ) -> Result<(), PlanError> {
        match self {
            Actor::Role(role) if role.allows(action, resource, keys, ctx) => Ok(()),
            Actor::Role(role) => Err(PlanError::denied(&role.arn, action, resource)),
            Actor::Caller(identity) => identity
                .may_where(action, resource, keys, ctx.now)
                .map_err(|why| PlanError::not_authorized(&why.message)),
        }
    }

    /// Whether all that a plan does is allowed; the first thing that is not is the refusal.
    fn permitted(&self, plan: &Plan, ctx: &Ctx) -> Result<(), PlanError> {
        if matches!(self, Actor::Caller(identity) if identity.is_root()) {
            return Ok(());
        }
        for permission in plan.steps.iter().flat_map(|s| s.permissions(&ctx.realm)) {
            let keys = permission.keys();
            let mut answers = permission
                .any_of
                .iter()
                .map(|action| self.may_where(action, &permission.resource, &keys, ctx));
            // The first of several actions is the one that users know.
            let first = answers.next().unwrap_or(Ok(()));
            if first.is_err() && !answers.any(|answer| answer.is_ok()) {
                return first;
            }
        }
        Ok(())
    }
}

/// What the runs of one transaction share.
pub(crate) struct Run<'a> {
    ctx: &'a Ctx,
    actor: &'a Actor,
    announcer: &'a Announcer,
    memory: Memory,
}

impl<'a> Run<'a> {
    /// Begins in a transaction that has read nothing yet.
    pub(crate) fn new(ctx: &'a Ctx, actor: &'a Actor, announcer: &'a Announcer) -> Self {
        Self {
            ctx,
            actor,
            announcer,
            memory: Memory::default(),
        }
    }

    /// Plans a prepared device against the registry as this transaction sees it, and asks whether the actor may do all
    /// that the plan does. Writes nothing.
    pub(crate) fn decide(&mut self, tx: &Tx<'_>, prepared: &Prepared) -> Result<Plan, Stop> {
        let lookups = prepared.desired.lookups();
        let existing = existing_for(tx, &mut self.memory, &lookups, prepared.unregistered)?;
        if existing.certificate.is_none()
            && let Some(brought) = &prepared.brought
        {
            brought.may_register(tx)?;
        }
        let plan = plan(self.ctx, &prepared.desired, &existing, &prepared.fresh)?;
        self.actor.permitted(&plan, self.ctx)?;
        Ok(plan)
    }

    /// Decides and applies: the device is provisioned, or nothing was written and the refusal says why.
    pub(crate) fn provision(&mut self, tx: &mut Tx<'_>, prepared: &Prepared) -> Result<Plan, Stop> {
        let plan = self.decide(tx, prepared)?;
        self.apply(tx, &plan, prepared)?;
        Ok(plan)
    }
}

/// What templates are resolved with.
pub(crate) fn environment(ctx: &Ctx) -> Environment<'_> {
    Environment {
        realm: &ctx.realm,
        check_policy,
    }
}

/// Whether a text is an IoT policy document; if not, why.
pub(crate) fn check_policy(document: &str) -> std::result::Result<(), String> {
    PolicyDocument::parse(document, Dialect::Iot)
        .map(drop)
        .map_err(|error| error.to_string())
}
