//! Writing a plan. The executor has no choice left to make.

use super::prepare::Prepared;
use super::{Memory, Run};
use crate::app::error::{Error, Result};
use crate::app::registry::group;
use nameplate_core::pki::CertificateId;
use nameplate_core::provisioning::{Plan, Step};
use nameplate_store::{CertificateEntry, Tx};

impl Run<'_> {
    /// Writes a plan's steps and owes their events. The certificates they name are registered, or registered by an
    /// earlier step.
    pub(crate) fn apply(
        &mut self,
        tx: &mut Tx<'_>,
        plan: &Plan,
        prepared: &Prepared,
    ) -> Result<()> {
        for step in &plan.steps {
            self.apply_step(tx, step, plan, prepared)?;
        }
        Ok(())
    }

    fn apply_step(
        &mut self,
        tx: &mut Tx<'_>,
        step: &Step,
        plan: &Plan,
        prepared: &Prepared,
    ) -> Result<()> {
        let (now, announcer, memory) = (self.ctx.now, self.announcer, &mut self.memory);
        match step {
            Step::RegisterCertificate { id, status, .. }
            | Step::IssueCertificate { id, status, .. } => {
                let brought = prepared
                    .brought
                    .as_ref()
                    .ok_or_else(|| vanished("certificate", id))?;
                brought.insert(tx, *status, now)?;
            }
            Step::CreateThing {
                name,
                thing_id,
                thing_type,
                attributes,
            } => {
                let type_key = type_key(tx, memory, thing_type.as_deref())?;
                // With its billing group at once, which its event tells.
                let billing_group = match billing_group_of(plan, name) {
                    Some(group) => Some(billing_group_key(tx, memory, group)?),
                    None => None,
                };
                let key = tx.insert_thing(name, thing_id, type_key, billing_group, attributes)?;
                memory.knows_thing(name, key);
                announcer.thing_created(tx, key)?;
            }
            Step::UpdateThing {
                name,
                thing_type,
                attributes,
                ..
            } => {
                memory.changes_thing(name);
                let before = tx.thing(name)?.ok_or_else(|| vanished("thing", name))?;
                let type_key = type_key(tx, memory, thing_type.as_deref())?;
                if let Some(group) = billing_group_of(plan, name) {
                    let group = billing_group_key(tx, memory, group)?;
                    tx.set_thing_billing_group(before.key, Some(group))?;
                }
                tx.update_thing(before.key, type_key, attributes)?;
                announcer.thing_updated(tx, before.key, before.thing_type.as_deref())?;
            }
            Step::AddThingToGroup { thing, group } => {
                memory.changes_thing(thing);
                let (thing, group) = (thing_key(tx, memory, thing)?, group_key(tx, memory, group)?);
                group::join(tx, announcer, thing, group)?;
            }
            Step::RemoveThingFromGroup { thing, group } => {
                memory.changes_thing(thing);
                let (thing, group) = (thing_key(tx, memory, thing)?, group_key(tx, memory, group)?);
                group::leave(tx, announcer, thing, group)?;
            }
            Step::SetBillingGroup {
                thing,
                billing_group,
                ..
            } => {
                memory.changes_thing(thing);
                let thing = thing_key(tx, memory, thing)?;
                let group = billing_group_key(tx, memory, billing_group)?;
                tx.set_thing_billing_group(thing, Some(group))?;
            }
            Step::CreatePolicy { name, document } => {
                let key = tx.insert_policy(name, document, now)?;
                memory.created_policy(name, key, document);
            }
            Step::AttachPolicy {
                policy,
                certificate,
            } => {
                let (entry, hash) = certificate_entry(tx, memory, certificate)?;
                let policy_key = memory
                    .policy_key(tx, policy)?
                    .ok_or_else(|| vanished("policy", policy))?;
                tx.attach_policy(policy_key, entry.key, &hash)?;
            }
            Step::AttachThingPrincipal {
                thing,
                certificate,
                principal_type,
            } => {
                let (entry, hash) = certificate_entry(tx, memory, certificate)?;
                let thing = thing_key(tx, memory, thing)?;
                tx.attach_thing(entry.key, &hash, thing, *principal_type)?;
            }
            Step::SetCertificateStatus {
                certificate, to, ..
            } => {
                let (entry, hash) = certificate_entry(tx, memory, certificate)?;
                // A flow that registers it in this transaction has registered it as what it is to be.
                if entry.status != *to {
                    tx.set_certificate_status(&hash, *to, now)?;
                }
            }
        }
        Ok(())
    }
}

fn vanished(what: &str, name: &str) -> Error {
    // The plan was made in this transaction from what this transaction read.
    Error::internal(format!("{what} {name} vanished between plan and apply"))
}

fn thing_key(tx: &Tx<'_>, memory: &mut Memory, name: &str) -> Result<i64> {
    let found = memory.thing_key(tx, name)?;
    found.ok_or_else(|| vanished("thing", name))
}

fn group_key(tx: &Tx<'_>, memory: &mut Memory, name: &str) -> Result<i64> {
    let found = memory.group(tx, name)?;
    Ok(found.ok_or_else(|| vanished("thing group", name))?.0)
}

/// The billing group that a plan puts a thing into.
fn billing_group_of<'p>(plan: &'p Plan, name: &str) -> Option<&'p str> {
    plan.steps.iter().find_map(|step| match step {
        Step::SetBillingGroup {
            thing,
            billing_group,
            ..
        } if thing == name => Some(billing_group.as_str()),
        _ => None,
    })
}

fn billing_group_key(tx: &Tx<'_>, memory: &mut Memory, name: &str) -> Result<i64> {
    let found = memory.billing_group(tx, name)?;
    found.ok_or_else(|| vanished("billing group", name))
}

fn type_key(tx: &Tx<'_>, memory: &mut Memory, name: Option<&str>) -> Result<Option<i64>> {
    let Some(name) = name else { return Ok(None) };
    let found = memory.thing_type(tx, name)?;
    Ok(Some(found.ok_or_else(|| vanished("thing type", name))?.0))
}

/// A certificate that is about to be changed.
fn certificate_entry(
    tx: &Tx<'_>,
    memory: &mut Memory,
    id: &str,
) -> Result<(CertificateEntry, [u8; 32])> {
    let CertificateId(hash) = id.parse::<CertificateId>().map_err(Error::internal)?;
    memory.changes_certificate(&hash);
    let entry = tx
        .certificate_entry(&hash)?
        .ok_or_else(|| vanished("certificate", id))?;
    Ok((entry, hash))
}
