//! The decision: what a device's provisioning changes, or why it is refused.
//!
//! Owns the order of steps. Every precondition is checked before there is a plan, so that a plan can be applied whole
//! or not at all.

use super::existing::Existing;
use super::plan::{Fresh, Plan};
use super::{PlanError, certificates, children, policies, things};
use crate::ctx::Ctx;
use crate::template::{Desired, Named};

/// Decides what provisioning changes. AWS guide: provision-template; the order of steps is that of AWS's
/// just-in-time provisioning.
///
/// `fresh.certificate` must be given where [`Desired::certificate`] has a signing request, and where it has a PEM
/// that is not registered.
///
/// # Errors
/// A [`PlanError`] that names logical resource, property and the values in conflict. Nothing must then be written.
pub fn plan(
    ctx: &Ctx,
    desired: &Desired,
    existing: &Existing,
    fresh: &Fresh,
) -> Result<Plan, PlanError> {
    let mut plan = Plan {
        device_configuration: desired.device_configuration.clone(),
        notes: desired.notes.clone(),
        ..Plan::default()
    };
    let mut status_change = None;
    if let Some(certificate) = &desired.certificate {
        let (id, change) = certificates::register(certificate, existing, fresh, &mut plan.steps)?;
        status_change = change;
        plan.certificate = Some(Named {
            logical: certificate.logical.clone(),
            name: id,
        });
    }
    if let Some(thing) = &desired.thing {
        things::plan(thing, existing, fresh, &mut plan.steps)?;
        children::plan(thing, existing, fresh, &mut plan.steps)?;
        plan.thing = Some(Named {
            logical: thing.logical.clone(),
            name: thing.name.clone(),
        });
    }
    policies::plan(ctx, desired, existing, &mut plan)?;
    if let (Some(thing), Some(certificate)) = (&desired.thing, &desired.certificate) {
        certificates::attach(thing, certificate, existing, &mut plan)?;
    }
    plan.steps.extend(status_change);
    Ok(plan)
}
