//! Removing things, certificates and CAs with all they own, one transaction for each.
//!
//! Owns the reading of what is there and the writing of the plan; the plan is `core::registry::removal`'s. Without
//! `cascade` the ordinary deletions are asked, so that what AWS refuses is refused by the same rules. Retained messages
//! and events that are still owed stay: they are not the device's.

use super::Refusal;
use super::Registry;
use super::certificate::parse_id;
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::events::Announcer;
use crate::app::iam::Identity;
use crate::app::messaging::shadow;
use nameplate_core::ctx::Ctx;
use nameplate_core::registry::removal::{HeldCertificate, Holdings, Removal, Root, plan};
use nameplate_store::{Conn, Tx};
use std::collections::BTreeSet;

/// How much is removed, and whether at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// With all it owns.
    pub cascade: bool,
    /// Only say what would be removed.
    pub dry_run: bool,
}

/// Rows read at a time.
const PAGE: usize = 1000;

impl Registry {
    /// Removes what `root` names; the steps. Nothing is removed where something is refused.
    pub async fn remove(
        &self,
        caller: &Caller,
        root: Root,
        extent: Extent,
    ) -> Result<Vec<Removal>> {
        let ctx = &caller.ctx;
        let identity = caller.identity()?;
        let (identity, context) = (identity.clone(), ctx.clone());
        let announcer = self.kernel.announcer(ctx).await?;
        if extent.cascade && !extent.dry_run {
            return self
                .kernel
                .change(caller, "remove", move |tx| {
                    let steps = planned(tx, &root, &identity, &context)?;
                    for step in &steps {
                        apply(tx, step, &context, &announcer)?;
                    }
                    Ok(steps)
                })
                .await;
        }
        let steps = self
            .kernel
            .store
            .read(|conn| planned(conn, &root, &identity, &context))
            .await?;
        if extent.cascade {
            return Ok(steps);
        }
        let obstacles: Vec<String> = steps
            .iter()
            .filter_map(|step| step.stands_in_the_way_of(&root))
            .collect();
        if !obstacles.is_empty() {
            return Err(Error::new(Kind::InUse, in_the_way(&root, &obstacles)));
        }
        // Nothing else goes, so the root is the last step.
        let only = steps
            .into_iter()
            .filter(|step| is_root(step, &root))
            .collect();
        if !extent.dry_run {
            match &root {
                Root::Thing(name) => self.delete_thing(caller, name, None).await?,
                Root::Certificate(id) => self.delete_certificate(caller, id, false).await?,
                Root::Ca(id) => self.delete_ca(caller, id).await?,
            }
        }
        Ok(only)
    }
}

fn is_root(step: &Removal, root: &Root) -> bool {
    match (step, root) {
        (Removal::DeleteThing { name, .. }, Root::Thing(root)) => name == root,
        (Removal::DeleteCertificate { id, .. }, Root::Certificate(root)) => id == root,
        (Removal::DeleteCa { id, .. }, Root::Ca(root)) => id == root,
        _ => false,
    }
}

fn in_the_way(root: &Root, obstacles: &[String]) -> String {
    const SHOWN: usize = 10;
    let (kind, name) = match root {
        Root::Thing(name) => ("thing", name),
        Root::Certificate(id) => ("certificate", id),
        Root::Ca(id) => ("CA certificate", id),
    };
    let mut text = obstacles[..obstacles.len().min(SHOWN)].join("; ");
    if let Some(more) = obstacles.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        text.push_str(&format!("; and {more} more"));
    }
    format!("The {kind} {name} is not removed: {text}")
}

/// The plan, which the caller is allowed as a whole.
fn planned(conn: &Conn<'_>, root: &Root, identity: &Identity, ctx: &Ctx) -> Result<Vec<Removal>> {
    let mut held = holdings(conn, root)?;
    held.shared_policies = shared_policies(conn, root, &held)?;
    let steps = plan(root, &held)
        .map_err(|refused| Error::new(Refusal::CertificateState, refused.to_string()))?;
    for step in &steps {
        for (action, resource) in step.permissions(&ctx.realm) {
            let keys = step.keys(&ctx.realm);
            identity.may_in(conn, action, &resource, &keys, ctx.now)?;
        }
    }
    Ok(steps)
}

fn holdings(conn: &Conn<'_>, root: &Root) -> Result<Holdings> {
    let mut held = Holdings::default();
    match root {
        Root::Thing(name) => {
            let key = conn
                .thing_key(name)?
                .ok_or_else(|| Error::not_found(format!("There is no thing {name:?}")))?;
            for group in conn.groups_of_thing(key)? {
                held.groups.push(group.name);
            }
            let mut certificates = BTreeSet::new();
            let mut after = 0;
            loop {
                let page = conn.principals_of_thing(key, after, PAGE)?;
                let Some(last) = page.last() else { break };
                after = last.certificate;
                for principal in &page {
                    hold(conn, &principal.hash, &mut held)?;
                    certificates.insert(hex::encode(principal.hash));
                }
            }
            held.things.insert(name.clone(), certificates);
        }
        Root::Certificate(id) => {
            if !hold(conn, &parse_id(id)?, &mut held)? {
                return Err(Error::not_found(format!("There is no certificate {id}")));
            }
        }
        Root::Ca(id) => {
            let ca = conn
                .ca(&parse_id(id)?)?
                .ok_or_else(|| Error::not_found(format!("There is no CA certificate {id}")))?;
            held.active_ca = ca.active;
            let mut from = None;
            loop {
                let page = conn.certificates(Some(ca.key), true, from, PAGE)?;
                let Some(last) = page.last() else { break };
                from = Some(last.key);
                for certificate in &page {
                    hold(conn, &certificate.hash, &mut held)?;
                }
            }
            let things: BTreeSet<String> = held
                .certificates
                .values()
                .flat_map(|certificate| certificate.things.iter().cloned())
                .collect();
            for name in things {
                let Some(key) = conn.thing_key(&name)? else {
                    continue;
                };
                let mut certificates = BTreeSet::new();
                let mut after = 0;
                loop {
                    let page = conn.principals_of_thing(key, after, PAGE)?;
                    let Some(last) = page.last() else { break };
                    after = last.certificate;
                    certificates.extend(page.iter().map(|found| hex::encode(found.hash)));
                }
                held.things.insert(name, certificates);
            }
        }
    }
    for name in held.things.keys() {
        let shadows: Vec<String> = conn
            .shadows_of(name)?
            .into_iter()
            .map(|(name, ..)| name)
            .collect();
        if !shadows.is_empty() {
            held.shadows.insert(name.clone(), shadows);
        }
    }
    Ok(held)
}

/// Adds a certificate; whether there is one.
fn hold(conn: &Conn<'_>, hash: &[u8; 32], held: &mut Holdings) -> Result<bool> {
    let Some(entry) = conn.certificate_entry(hash)? else {
        return Ok(false);
    };
    let mut things = BTreeSet::new();
    let mut after = 0;
    loop {
        let page = conn.things_of_certificate(entry.key, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.thing;
        things.extend(page.into_iter().map(|attachment| attachment.name));
    }
    let mut policies = BTreeSet::new();
    for key in conn.policies_of_certificate(entry.key)? {
        if let Some(policy) = conn.policy_by_key(key)? {
            policies.insert(policy.name);
        }
    }
    let status = entry.status;
    held.certificates.insert(
        hex::encode(hash),
        HeldCertificate {
            status,
            things,
            policies,
        },
    );
    Ok(true)
}

/// Those policies of the certificates that go which something else has, too.
fn shared_policies(conn: &Conn<'_>, root: &Root, held: &Holdings) -> Result<BTreeSet<String>> {
    let going = held.certificates_to_remove(root);
    let policies: BTreeSet<&String> = held
        .certificates
        .iter()
        .filter(|(id, _)| going.contains(*id))
        .flat_map(|(_, certificate)| &certificate.policies)
        .collect();
    let mut shared = BTreeSet::new();
    for name in policies {
        if let Some(policy) = conn.policy(name)?
            && has_others(conn, policy.key, &going)?
        {
            shared.insert(name.clone());
        }
    }
    Ok(shared)
}

fn has_others(conn: &Conn<'_>, policy: i64, going: &BTreeSet<String>) -> Result<bool> {
    if !conn.groups_of_policy(policy, 0, 1)?.is_empty() {
        return Ok(true);
    }
    let mut from = None;
    loop {
        let page = conn.certificates_of_policy(policy, true, from, PAGE)?;
        let Some((last, _)) = page.last() else {
            return Ok(false);
        };
        from = Some(*last);
        if page
            .iter()
            .any(|(_, hash)| !going.contains(&hex::encode(hash)))
        {
            return Ok(true);
        }
    }
}

fn apply(tx: &mut Tx<'_>, step: &Removal, ctx: &Ctx, announcer: &Announcer) -> Result<()> {
    let vanished = |what: &str| {
        // The plan was made in this transaction.
        Error::internal(format!("{what} vanished between plan and removal"))
    };
    match step {
        Removal::DetachThing { thing, certificate } => {
            let hash = parse_id(certificate)?;
            let key = tx
                .certificate_entry(&hash)?
                .ok_or_else(|| vanished(certificate))?;
            let thing = tx.thing_key(thing)?.ok_or_else(|| vanished(thing))?;
            tx.detach_thing(key.key, &hash, thing)?;
        }
        Removal::DetachPolicy {
            policy,
            certificate,
        } => {
            let hash = parse_id(certificate)?;
            let key = tx
                .certificate_entry(&hash)?
                .ok_or_else(|| vanished(certificate))?;
            let policy = tx.policy(policy)?.ok_or_else(|| vanished(policy))?;
            tx.detach_policy(policy.key, key.key, &hash)?;
        }
        Removal::DeleteCertificate { id, .. } => tx.delete_certificate(&parse_id(id)?)?,
        Removal::DeleteShadow { thing, name } => shadow::delete(tx, thing, name, ctx.now)?,
        Removal::DeleteThing { name, .. } => {
            let thing = tx.thing(name)?.ok_or_else(|| vanished(name))?;
            announcer.thing_deleted(tx, &thing)?;
            tx.delete_thing(thing.key, name)?;
        }
        Removal::DeletePolicy { name } => {
            let policy = tx.policy(name)?.ok_or_else(|| vanished(name))?;
            tx.delete_policy(policy.key)?;
            tx.delete_all_tags(&ctx.realm.policy(name))?;
        }
        Removal::DeleteCa { id, .. } => {
            let ca = tx.ca(&parse_id(id)?)?.ok_or_else(|| vanished(id))?;
            tx.delete_ca(ca.key, ctx.now)?;
            tx.delete_all_tags(&ctx.realm.ca_certificate(id))?;
        }
    }
    Ok(())
}
