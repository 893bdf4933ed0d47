//! Provisioning: what a template wants is planned against what exists, and the plan is applied, in one transaction.
//!
//! Every flow comes here; they differ only in where the template's parameters come from.

use super::error::{Error, Result};
use super::events::Announcer;
use super::group;
use super::iam::RoleView;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::pki::CertificateId;
use nameplate_core::policy::{Dialect, PolicyDocument};
use nameplate_core::provisioning::{
    Existing, ExistingCertificate, ExistingThing, Group, GroupKind, Lookups, Membership, Plan,
    PlanError, Step, ThingType,
};
use nameplate_core::registry::certificate::Status;
use nameplate_core::template::Environment;
use nameplate_store::{Conn, Tx};

/// The certificate that a run starts from, where it is not registered yet: first connections.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unregistered {
    /// SHA-256 of the DER.
    pub(crate) hash: [u8; 32],
}

/// Reads from the registry what a plan must know. `unregistered` is a certificate that the run registers itself: the
/// plan sees it as PENDING_ACTIVATION with nothing attached.
pub(crate) fn existing_for(
    conn: &Conn<'_>,
    lookups: &Lookups,
    unregistered: Option<Unregistered>,
) -> Result<Existing> {
    let mut existing = Existing::default();
    if let Some(name) = &lookups.thing
        && let Some(thing) = conn.thing(name)?
    {
        let mut groups = Vec::new();
        for group in conn.groups_of_thing(thing.key)? {
            groups.push(Membership {
                group: described(conn, &group)?,
                name: group.name,
            });
        }
        existing.thing = Some(ExistingThing {
            thing_id: thing.thing_id,
            version: thing.version,
            attributes: thing.attributes,
            thing_type: thing.thing_type,
            groups,
            billing_group: thing.billing_group,
        });
    }
    if let Some(name) = &lookups.thing_type {
        existing.thing_type = conn.thing_type(name)?.map(|found| ThingType {
            deprecated: found.deprecated.is_some(),
        });
    }
    for name in &lookups.groups {
        if let Some(group) = conn.group(name)? {
            let group = described(conn, &group)?;
            existing.groups.insert(name.clone(), group);
        }
    }
    if let Some(name) = &lookups.billing_group {
        existing.billing_group = conn.billing_group_key(name)?.is_some();
    }
    if let Some(id) = &lookups.certificate
        && let Ok(CertificateId(hash)) = id.parse::<CertificateId>()
    {
        existing.certificate = match conn.certificate_entry(&hash) {
            Some(entry) => Some(certificate(conn, id, entry.key, entry.status)?),
            None => unregistered
                .filter(|new| new.hash == hash)
                .map(|_| ExistingCertificate {
                    id: id.clone(),
                    status: Status::PendingActivation,
                    policies: Default::default(),
                    things: Default::default(),
                }),
        };
    }
    for name in &lookups.policies {
        if let Some(policy) = conn.policy(name)? {
            if let Some((_, document)) = conn.policy_in_force(policy.key)? {
                existing.policies.insert(name.clone(), document);
            }
        } else if conn.managed_policy_named(name)? {
            existing.iam_policies.insert(name.clone());
        }
    }
    Ok(existing)
}

fn described(
    conn: &Conn<'_>,
    group: &nameplate_core::registry::thing::ThingGroup,
) -> Result<Group> {
    let root = conn
        .group_and_ancestors(group.key)?
        .pop()
        .map_or_else(|| group.name.clone(), |root| root.name);
    Ok(Group {
        kind: if group.query.is_some() {
            GroupKind::Dynamic
        } else {
            GroupKind::Static
        },
        root,
    })
}

fn certificate(conn: &Conn<'_>, id: &str, key: i64, status: Status) -> Result<ExistingCertificate> {
    let mut policies = std::collections::BTreeSet::new();
    for policy in conn.policies_of_certificate(key)? {
        if let Some(policy) = conn.policy_by_key(policy)? {
            policies.insert(policy.name);
        }
    }
    let things = conn
        .things_of_certificate(key, 0, 1000)?
        .into_iter()
        .map(|attachment| (attachment.name, attachment.kind))
        .collect();
    Ok(ExistingCertificate {
        id: id.to_owned(),
        status,
        policies,
        things,
    })
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

/// Whether a role may do all that a plan does; the first thing it may not is the refusal.
pub(crate) fn permitted(
    plan: &Plan,
    role: &RoleView,
    ctx: &Ctx,
) -> std::result::Result<(), PlanError> {
    for step in &plan.steps {
        for permission in step.permissions(&ctx.realm) {
            let allowed = permission
                .any_of
                .iter()
                .any(|action| role.allows(action, &permission.resource, ctx));
            if !allowed {
                let action = permission.any_of.first().copied().unwrap_or_default();
                return Err(PlanError::denied(&role.arn, action, &permission.resource));
            }
        }
    }
    Ok(())
}

/// Writes a plan's steps and owes their events. The certificates they name are registered, or registered by an
/// earlier step.
pub(crate) fn apply(
    tx: &mut Tx<'_>,
    plan: &Plan,
    now: Millis,
    announcer: &Announcer,
) -> Result<()> {
    for step in &plan.steps {
        apply_step(tx, step, now, announcer)?;
    }
    Ok(())
}

fn apply_step(tx: &mut Tx<'_>, step: &Step, now: Millis, announcer: &Announcer) -> Result<()> {
    match step {
        Step::CreateThing {
            name,
            thing_id,
            thing_type,
            attributes,
        } => {
            let type_key = type_key(tx, thing_type.as_deref())?;
            let key = tx.insert_thing(name, thing_id, type_key, None, attributes)?;
            announcer.thing_created(tx, key)?;
        }
        Step::UpdateThing {
            name,
            thing_type,
            attributes,
            ..
        } => {
            let before = tx.thing(name)?.ok_or_else(|| vanished("thing", name))?;
            let type_key = type_key(tx, thing_type.as_deref())?;
            tx.update_thing(before.key, type_key, attributes)?;
            announcer.thing_updated(tx, before.key, before.thing_type.as_deref())?;
        }
        Step::AddThingToGroup { thing, group } => {
            let (thing, group) = (thing_key(tx, thing)?, group_key(tx, group)?);
            group::join(tx, announcer, thing, group)?;
        }
        Step::RemoveThingFromGroup { thing, group } => {
            let (thing, group) = (thing_key(tx, thing)?, group_key(tx, group)?);
            group::leave(tx, announcer, thing, group)?;
        }
        Step::SetBillingGroup {
            thing,
            billing_group,
            ..
        } => {
            let thing = thing_key(tx, thing)?;
            let group = tx
                .billing_group_key(billing_group)?
                .ok_or_else(|| vanished("billing group", billing_group))?;
            tx.set_thing_billing_group(thing, Some(group))?;
        }
        Step::CreatePolicy { name, document } => {
            tx.insert_policy(name, document, now)?;
        }
        Step::AttachPolicy {
            policy,
            certificate,
        } => {
            let (key, hash) = certificate_key(tx, certificate)?;
            let policy_key = tx
                .policy(policy)?
                .ok_or_else(|| vanished("policy", policy))?
                .key;
            tx.attach_policy(policy_key, key, &hash)?;
        }
        Step::AttachThingPrincipal {
            thing,
            certificate,
            principal_type,
        } => {
            let (key, hash) = certificate_key(tx, certificate)?;
            let thing = thing_key(tx, thing)?;
            tx.attach_thing(key, &hash, thing, *principal_type)?;
        }
        Step::SetCertificateStatus {
            certificate, to, ..
        } => {
            let (_, hash) = certificate_key(tx, certificate)?;
            tx.set_certificate_status(&hash, *to, now)?;
        }
        Step::RegisterCertificate { .. } | Step::IssueCertificate { .. } => {
            // Only flows whose template brings a certificate of its own plan these, and they are not built; a
            // just-in-time template that has one is refused when it is saved.
            return Err(Error::internal(
                "a plan registers a certificate outside its flow",
            ));
        }
    }
    Ok(())
}

fn vanished(what: &str, name: &str) -> Error {
    // The plan was made in this transaction from what this transaction read.
    Error::internal(format!("{what} {name} vanished between plan and apply"))
}

fn thing_key(tx: &Tx<'_>, name: &str) -> Result<i64> {
    tx.thing_key(name).ok_or_else(|| vanished("thing", name))
}

fn group_key(tx: &Tx<'_>, name: &str) -> Result<i64> {
    Ok(tx
        .group(name)?
        .ok_or_else(|| vanished("thing group", name))?
        .key)
}

fn type_key(tx: &Tx<'_>, name: Option<&str>) -> Result<Option<i64>> {
    match name {
        Some(name) => Ok(Some(
            tx.thing_type(name)?
                .ok_or_else(|| vanished("thing type", name))?
                .key,
        )),
        None => Ok(None),
    }
}

fn certificate_key(tx: &Tx<'_>, id: &str) -> Result<(i64, [u8; 32])> {
    let CertificateId(hash) = id.parse::<CertificateId>().map_err(Error::internal)?;
    let entry = tx
        .certificate_entry(&hash)
        .ok_or_else(|| vanished("certificate", id))?;
    Ok((entry.key, hash))
}
