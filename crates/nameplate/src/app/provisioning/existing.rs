//! Reading what a plan must know of the registry.

use crate::app::error::Result;
use nameplate_core::pki::CertificateId;
use nameplate_core::provisioning::{
    Existing, ExistingCertificate, ExistingThing, Group, GroupKind, Lookups, Membership, ThingType,
};
use nameplate_core::registry::ca::CaCertificate;
use nameplate_core::registry::certificate::Status;
use nameplate_core::registry::thing::{PARENT, Thing, ThingGroup};
use nameplate_store::{Ahead, Attached, CertificateEntry, Conn, Tx};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What one transaction has read already and nobody but its own runs could have changed since: the lines of a bulk
/// registration name the same type, groups and policies.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    thing_types: HashMap<String, Option<(i64, ThingType)>>,
    groups: HashMap<String, Option<(i64, Group)>>,
    billing_groups: HashMap<String, Option<i64>>,
    policies: HashMap<String, Policy>,
    // Of things that are there, since lines of one registration seldom name the same.
    things: HashMap<String, i64>,
    cas: HashMap<i64, Option<Arc<CaCertificate>>>,
    policy_names: HashMap<i64, Option<String>>,
    memberships: HashMap<i64, Option<Membership>>,
    // What was read for all runs at once, without what one of them has changed or had since.
    ahead: Ahead,
}

/// What is known under a policy's name.
#[derive(Debug, Clone)]
enum Policy {
    Iot { key: i64, document: Option<String> },
    Iam,
    Absent,
}

impl Memory {
    /// Key and state of a thing type.
    pub(super) fn thing_type(
        &mut self,
        conn: &Conn<'_>,
        name: &str,
    ) -> Result<Option<(i64, ThingType)>> {
        remembered(&mut self.thing_types, name, || {
            let found = conn.thing_type(name)?;
            Ok(found.map(|found| {
                let deprecated = found.deprecated.is_some();
                (found.key, ThingType { deprecated })
            }))
        })
    }

    /// Key and place of a thing group.
    pub(super) fn group(&mut self, conn: &Conn<'_>, name: &str) -> Result<Option<(i64, Group)>> {
        remembered(&mut self.groups, name, || match conn.group(name)? {
            Some(group) => Ok(Some((group.key, described(conn, &group)?))),
            None => Ok(None),
        })
    }

    /// Key of a billing group.
    pub(super) fn billing_group(&mut self, conn: &Conn<'_>, name: &str) -> Result<Option<i64>> {
        remembered(&mut self.billing_groups, name, || {
            Ok(conn.billing_group_key(name)?)
        })
    }

    /// Key of an IoT policy.
    pub(super) fn policy_key(&mut self, conn: &Conn<'_>, name: &str) -> Result<Option<i64>> {
        Ok(match self.policy(conn, name)? {
            Policy::Iot { key, .. } => Some(key),
            Policy::Iam | Policy::Absent => None,
        })
    }

    /// Reads things and certificates that runs are going to ask for.
    pub(super) fn read_ahead(&mut self, tx: &Tx<'_>, lookups: &[Lookups]) -> Result<()> {
        let (mut names, mut hashes) = (BTreeSet::new(), BTreeSet::new());
        for wanted in lookups {
            names.extend(wanted.thing.iter().chain(&wanted.children));
            if let Some(id) = &wanted.certificate
                && let Ok(CertificateId(hash)) = id.parse()
            {
                hashes.insert(hash);
            }
        }
        let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
        let hashes: Vec<[u8; 32]> = hashes.into_iter().collect();
        self.ahead = tx.read_ahead(&names, &hashes)?;
        Ok(())
    }

    /// A run changes this thing.
    pub(super) fn changes_thing(&mut self, name: &str) {
        self.ahead.things.remove(name);
    }

    /// A run changes this certificate.
    pub(super) fn changes_certificate(&mut self, hash: &[u8; 32]) {
        self.ahead.attached.remove(hash);
    }

    /// A thing, and what it is in.
    fn thing(&mut self, conn: &Conn<'_>, name: &str) -> Result<Option<(Thing, Vec<Membership>)>> {
        if let Some((thing, keys)) = self.ahead.things.remove(name) {
            let mut groups = Vec::new();
            for key in keys {
                groups.extend(self.membership(conn, key)?);
            }
            return Ok(Some((thing, groups)));
        }
        let Some(thing) = conn.thing_to_make(name)? else {
            return Ok(None);
        };
        let mut groups = Vec::new();
        for group in conn.groups_of_thing(thing.key)? {
            groups.push(Membership {
                group: described(conn, &group)?,
                name: group.name,
            });
        }
        Ok(Some((thing, groups)))
    }

    fn membership(&mut self, conn: &Conn<'_>, key: i64) -> Result<Option<Membership>> {
        if let Some(known) = self.memberships.get(&key) {
            return Ok(known.clone());
        }
        let found = match conn.group_by_key(key)? {
            Some(group) => Some(Membership {
                group: described(conn, &group)?,
                name: group.name,
            }),
            None => None,
        };
        self.memberships.insert(key, found.clone());
        Ok(found)
    }

    /// The thing that speaks for a child; `None` where there is no such child.
    fn parent_of(&self, conn: &Conn<'_>, child: &str) -> Result<Option<Option<String>>> {
        let parent = |thing: &Thing| thing.attributes.get(PARENT).cloned();
        Ok(match self.ahead.things.get(child) {
            Some((child, _)) => Some(parent(child)),
            None => conn.thing(child)?.as_ref().map(parent),
        })
    }

    /// A registered CA, or one that was.
    pub(super) fn ca(&mut self, conn: &Conn<'_>, key: i64) -> Result<Option<Arc<CaCertificate>>> {
        if let Some(known) = self.cas.get(&key) {
            return Ok(known.clone());
        }
        let found = conn.ca_by_key(key)?.map(Arc::new);
        self.cas.insert(key, found.clone());
        Ok(found)
    }

    fn policy_name(&mut self, conn: &Conn<'_>, key: i64) -> Result<Option<String>> {
        if let Some(known) = self.policy_names.get(&key) {
            return Ok(known.clone());
        }
        let found = conn.policy_by_key(key)?.map(|policy| policy.name);
        self.policy_names.insert(key, found.clone());
        Ok(found)
    }

    fn certificate(
        &mut self,
        conn: &Conn<'_>,
        (id, hash): (&str, [u8; 32]),
        entry: CertificateEntry,
    ) -> Result<ExistingCertificate> {
        let keys = match entry.policies.keys() {
            Some(keys) => keys,
            None => conn.policies_of_certificate(entry.key)?,
        };
        let mut policies = BTreeSet::new();
        for key in keys {
            policies.extend(self.policy_name(conn, key)?);
        }
        let attached = match (entry.things, self.ahead.attached.remove(&hash)) {
            (Attached::None, _) => Vec::new(),
            (Attached::One { .. }, Some(attachment)) => vec![attachment],
            _ => conn.things_of_certificate(entry.key, 0, 1000)?,
        };
        let things = attached
            .into_iter()
            .map(|attachment| (attachment.name, attachment.kind))
            .collect();
        Ok(ExistingCertificate {
            id: id.to_owned(),
            status: entry.status,
            policies,
            things,
        })
    }

    /// Key of a thing.
    pub(super) fn thing_key(&mut self, conn: &Conn<'_>, name: &str) -> Result<Option<i64>> {
        if let Some(key) = self.things.get(name) {
            return Ok(Some(*key));
        }
        Ok(conn.thing_key(name)?)
    }

    /// A thing that a run has read or created.
    pub(super) fn knows_thing(&mut self, name: &str, key: i64) {
        self.things.insert(name.to_owned(), key);
    }

    /// A policy that a run has created.
    pub(super) fn created_policy(&mut self, name: &str, key: i64, document: &str) {
        let document = Some(document.to_owned());
        self.policies
            .insert(name.to_owned(), Policy::Iot { key, document });
    }

    fn policy(&mut self, conn: &Conn<'_>, name: &str) -> Result<Policy> {
        remembered(&mut self.policies, name, || {
            Ok(match conn.policy_in_force_named(name)? {
                Some((key, document)) => Policy::Iot { key, document },
                None if conn.managed_policy_named(name)? => Policy::Iam,
                None => Policy::Absent,
            })
        })
    }
}

fn remembered<T: Clone>(
    known: &mut HashMap<String, T>,
    name: &str,
    read: impl FnOnce() -> Result<T>,
) -> Result<T> {
    if let Some(found) = known.get(name) {
        return Ok(found.clone());
    }
    let found = read()?;
    known.insert(name.to_owned(), found.clone());
    Ok(found)
}

/// Reads from the registry what a plan must know. `unregistered` is a certificate that the flow registers itself: the
/// plan sees it as PENDING_ACTIVATION with nothing attached.
pub(crate) fn existing_for(
    conn: &Conn<'_>,
    memory: &mut Memory,
    lookups: &Lookups,
    unregistered: Option<[u8; 32]>,
) -> Result<Existing> {
    let mut existing = Existing::default();
    if let Some(name) = &lookups.thing
        && let Some((thing, groups)) = memory.thing(conn, name)?
    {
        memory.knows_thing(name, thing.key);
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
        existing.thing_type = memory.thing_type(conn, name)?.map(|(_, found)| found);
    }
    for name in &lookups.groups {
        if let Some((_, group)) = memory.group(conn, name)? {
            existing.groups.insert(name.clone(), group);
        }
    }
    if let Some(name) = &lookups.billing_group {
        existing.billing_group = memory.billing_group(conn, name)?.is_some();
    }
    if let Some(id) = &lookups.certificate
        && let Ok(CertificateId(hash)) = id.parse::<CertificateId>()
    {
        existing.certificate = match conn.certificate_entry(&hash)? {
            Some(entry) => Some(memory.certificate(conn, (id, hash), entry)?),
            None => unregistered
                .filter(|new| *new == hash)
                .map(|_| ExistingCertificate {
                    id: id.clone(),
                    status: Status::PendingActivation,
                    policies: Default::default(),
                    things: Default::default(),
                }),
        };
    }
    for name in &lookups.policies {
        match memory.policy(conn, name)? {
            Policy::Iot { document, .. } => {
                if let Some(document) = document {
                    existing.policies.insert(name.clone(), document);
                }
            }
            Policy::Iam => {
                existing.iam_policies.insert(name.clone());
            }
            Policy::Absent => {}
        }
    }
    for name in &lookups.children {
        if let Some(parent) = memory.parent_of(conn, name)? {
            existing.children.insert(name.clone(), parent);
        }
    }
    Ok(existing)
}

fn described(conn: &Conn<'_>, group: &ThingGroup) -> Result<Group> {
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
