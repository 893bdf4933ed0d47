//! Provisioning: what a template wants is planned against what exists, and the plan is applied, in one transaction.
//!
//! Every flow comes here: just-in-time provisioning (`connect.rs`), RegisterThing, bulk registration. They differ only
//! in where the template's parameters come from and in how they tell a failure. `Provisioning::prepare` does all that needs
//! no registry, before the transaction; a `Run` does the rest in it.
//!
//! Must not know: where parameters come from, AWS's error names.

mod apply;
mod existing;
mod hook;
mod parsed;
mod prepare;
mod refusal;
mod register_thing;

pub(crate) use existing::{Memory, existing_for};
pub use hook::HookRefused;
pub(crate) use parsed::ParsedTemplates;
pub(crate) use prepare::{Prepared, Resolved};
pub use refusal::Refusal;
pub use register_thing::Registered;

use crate::app::error::{Error, Kind};
use crate::app::events::Announcer;
use crate::app::functions::Functions;
use crate::app::iam::Identity;
use crate::app::iam::service_role::ServiceRole;
use crate::app::kernel::Kernel;
use crate::app::quota::Quota;
use crate::app::registry::Registry;
use nameplate_core::ctx::Ctx;
use nameplate_core::policy::{Decision, Dialect, PolicyDocument, Verdict, iam};
use nameplate_core::provisioning::{Lookups, Plan, PlanError, plan};
use nameplate_core::template::{CertificateSource, Environment, FailureClass};
use nameplate_store::{Conn, Tx};
use std::borrow::Cow;
use std::sync::Arc;

/// The use cases of provisioning.
pub struct Provisioning {
    pub(super) kernel: Arc<Kernel>,
    pub(super) quota: Arc<Quota>,
    pub(super) functions: Arc<Functions>,
    pub(super) registry: Arc<Registry>,
}

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
            FailureClass::Absent => Refusal::Absent.into(),
            FailureClass::Conflict => Refusal::Conflict.into(),
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
    Role(Arc<ServiceRole>),
}

impl Actor {
    /// Refuses what neither the role nor the caller may do.
    pub(crate) fn may(
        &self,
        conn: &Conn<'_>,
        action: &str,
        resource: &str,
        ctx: &Ctx,
    ) -> Result<(), Stop> {
        match self.denied(conn, action, resource, &[], ctx)? {
            Some(decision) => Err(self.refusal(&decision).into()),
            None => Ok(()),
        }
    }

    /// The decision of the role's or caller's policies, where it is against it.
    fn denied(
        &self,
        conn: &Conn<'_>,
        action: &str,
        resource: &str,
        keys: &[(String, String)],
        ctx: &Ctx,
    ) -> Result<Option<Decision>, Error> {
        let decision = match self {
            Actor::Role(role) => Some(role.decision_in(conn, action, resource, keys, ctx)?),
            Actor::Caller(identity) => {
                identity.decision_in(conn, action, resource, keys, ctx.now)?
            }
        };
        Ok(decision.filter(|decision| !decision.is_allowed()))
    }

    fn refusal(&self, decision: &Decision) -> PlanError {
        match self {
            Actor::Role(role) => {
                PlanError::denied(role.arn(), &decision.action, &decision.resource)
            }
            Actor::Caller(identity) => {
                PlanError::not_authorized(&iam::refusal(identity.arn(), decision))
            }
        }
    }

    /// Whether all that a plan does is allowed; the first thing that is not is the refusal. Of several actions one
    /// suffices, and the next is tried where the one before is only not allowed: what is denied stays denied.
    fn permitted(&self, conn: &Conn<'_>, plan: &Plan, ctx: &Ctx) -> Result<(), Stop> {
        for permission in plan.steps.iter().flat_map(|s| s.permissions(&ctx.realm)) {
            let keys = permission.keys();
            // The first of several actions is the one that users know.
            let mut first = None;
            for action in &permission.any_of {
                let denied = self.denied(conn, action, &permission.resource, &keys, ctx)?;
                let Some(decision) = denied else {
                    first = None;
                    break;
                };
                let explicit = decision.verdict == Verdict::ExplicitDeny;
                let refusal = self.refusal(&decision);
                if explicit {
                    return Err(refusal.into());
                }
                first.get_or_insert(refusal);
            }
            if let Some(refusal) = first {
                return Err(refusal.into());
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
    keeps_certificates: bool,
}

impl<'a> Run<'a> {
    /// Begins in a transaction that has read nothing yet.
    pub(crate) fn new(ctx: &'a Ctx, actor: &'a Actor, announcer: &'a Announcer) -> Self {
        Self {
            ctx,
            actor,
            announcer,
            memory: Memory::default(),
            keeps_certificates: false,
        }
    }

    /// Whether a device that has a certificate for its signing request keeps it.
    pub(crate) fn keeping_certificates(mut self, keeps: bool) -> Self {
        self.keeps_certificates = keeps;
        self
    }

    /// Reads at once what the devices of this transaction name, where each question would be waited for.
    pub(crate) fn read_ahead<'p>(
        &mut self,
        tx: &Tx<'_>,
        devices: impl Iterator<Item = &'p Prepared>,
    ) -> Result<(), Error> {
        if !tx.reads_ahead() {
            return Ok(());
        }
        let lookups: Vec<Lookups> = devices.map(|device| device.desired.lookups()).collect();
        self.memory.read_ahead(tx, &lookups)
    }

    /// Plans a prepared device against the registry as this transaction sees it, and asks whether the actor may do all
    /// that the plan does. Writes nothing.
    pub(crate) fn decide(&mut self, tx: &Tx<'_>, prepared: &Prepared) -> Result<Plan, Stop> {
        let mut desired = Cow::Borrowed(&prepared.desired);
        if self.keeps_certificates
            && let Some(id) = prepared.earlier_certificate(tx)?
            && let Some(certificate) = &mut desired.to_mut().certificate
        {
            certificate.source = CertificateSource::Id(id);
        }
        let lookups = desired.lookups();
        let existing = existing_for(tx, &mut self.memory, &lookups, prepared.unregistered)?;
        if existing.certificate.is_none()
            && let Some(brought) = &prepared.brought
        {
            brought.may_register(tx, &mut self.memory)?;
        }
        let plan = plan(self.ctx, &desired, &existing, &prepared.fresh)?;
        self.actor.permitted(tx, &plan, self.ctx)?;
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
