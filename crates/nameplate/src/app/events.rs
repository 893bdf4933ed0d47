//! Registry events: who watches `$aws/events/…` learns what every flow changed.
//!
//! Owns their topics and payloads (AWS guide: registry-events). A use case calls the [`Announcer`] beside its write,
//! in the same transaction: what is owed is committed with what it tells, and published after. Where a kind is
//! switched off, nothing is read and nothing is written.
//!
//! A thing that goes leaves its groups and its type, which is told too. A group that goes is told as one event: what
//! was in it may be the whole fleet.
//!
//! Must not know: connections, subscriptions, which flow calls.

use super::error::Result;
use crate::app::ids;
use crate::app::kernel::Kernel;
use crate::app::registry::thing_type;
use nameplate_core::arn::Realm;
use nameplate_core::ctx::Ctx;
use nameplate_core::registry::event::{EventKind, EventKinds};
use nameplate_core::registry::thing::{Thing, ThingGroup, ThingType};
use nameplate_store::{Conn, Tx};
use serde_json::{Map, Value, json};

/// What happened to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happened {
    /// It is new.
    Created,
    /// It changed.
    Updated,
    /// It is gone.
    Deleted,
}

impl Happened {
    fn word(self) -> &'static str {
        match self {
            Happened::Created => "created",
            Happened::Updated => "updated",
            Happened::Deleted => "deleted",
        }
    }
}

/// Owes the events of one call.
#[derive(Debug, Clone)]
pub(crate) struct Announcer {
    ctx: Ctx,
    kinds: EventKinds,
}

impl Kernel {
    /// What owes the events of a call.
    pub(crate) async fn announcer(&self, ctx: &Ctx) -> Result<Announcer> {
        Ok(Announcer {
            ctx: ctx.clone(),
            kinds: self.event_kinds().await?,
        })
    }
}

impl Announcer {
    /// Whether a kind of event is switched on.
    pub(crate) fn on(&self, kind: EventKind) -> bool {
        self.kinds.contains(kind)
    }

    fn realm(&self) -> &Realm {
        &self.ctx.realm
    }

    /// A thing was created, in this transaction: it, and the type it came with.
    pub(crate) fn thing_created(&self, tx: &mut Tx<'_>, key: i64) -> Result<()> {
        if !self.on(EventKind::Thing) && !self.on(EventKind::ThingTypeAssociation) {
            return Ok(());
        }
        if let Some(thing) = tx.thing_by_key(key)? {
            self.thing(tx, Happened::Created, &thing)?;
            self.retyped(tx, &thing, None, thing.thing_type.as_deref())?;
        }
        Ok(())
    }

    /// A thing was changed, in this transaction. `type_before` is the name of the type that it had.
    pub(crate) fn thing_updated(
        &self,
        tx: &mut Tx<'_>,
        key: i64,
        type_before: Option<&str>,
    ) -> Result<()> {
        if !self.on(EventKind::Thing) && !self.on(EventKind::ThingTypeAssociation) {
            return Ok(());
        }
        if let Some(thing) = tx.thing_by_key(key)? {
            self.thing(tx, Happened::Updated, &thing)?;
            self.retyped(tx, &thing, type_before, thing.thing_type.as_deref())?;
        }
        Ok(())
    }

    /// A thing is about to be deleted: it leaves its groups and its type, and goes.
    pub(crate) fn thing_deleted(&self, tx: &mut Tx<'_>, thing: &Thing) -> Result<()> {
        if self.on(EventKind::ThingGroupMembership) {
            for group in tx.groups_of_thing(thing.key)? {
                self.membership(tx, thing, &group, "removed")?;
            }
        }
        self.retyped(tx, thing, thing.thing_type.as_deref(), None)?;
        self.thing(tx, Happened::Deleted, thing)
    }

    fn thing(&self, tx: &mut Tx<'_>, happened: Happened, thing: &Thing) -> Result<()> {
        if !self.on(EventKind::Thing) {
            return Ok(());
        }
        let members = json!({
            "accountId": self.realm().account,
            "thingId": thing.thing_id,
            "thingName": thing.name,
            "versionNumber": thing.version,
            "thingTypeName": thing.thing_type,
            // AWS's spelling.
            "billinGroupName": thing.billing_group,
            "attributes": thing.attributes,
        });
        let about = format!("thing/{}", thing.name);
        self.owe(tx, "THING_EVENT", &about, happened.word(), members)
    }

    fn retyped(
        &self,
        tx: &mut Tx<'_>,
        thing: &Thing,
        before: Option<&str>,
        after: Option<&str>,
    ) -> Result<()> {
        if before == after || !self.on(EventKind::ThingTypeAssociation) {
            return Ok(());
        }
        for (name, word) in [(before, "removed"), (after, "added")] {
            let Some(name) = name else { continue };
            let members = json!({
                "thingId": thing.thing_id,
                "thingName": thing.name,
                "thingTypeName": name,
            });
            let about = format!("thingTypeAssociation/thing/{}/thingType/{name}", thing.name);
            self.owe(tx, "THING_TYPE_ASSOCIATION_EVENT", &about, word, members)?;
        }
        Ok(())
    }

    /// A thing type was created or changed in this transaction, or was deleted by it. Deprecating is a change.
    pub(crate) fn thing_type(
        &self,
        tx: &mut Tx<'_>,
        happened: Happened,
        found: &ThingType,
    ) -> Result<()> {
        if !self.on(EventKind::ThingType) {
            return Ok(());
        }
        let properties = thing_type::Properties::of(found)?.into_members();
        let searchable = properties.get("searchableAttributes").cloned();
        let members = json!({
            "accountId": self.realm().account,
            "thingTypeId": found.thing_type_id,
            "thingTypeName": found.name,
            "isDeprecated": found.deprecated.is_some(),
            "deprecationDate": found.deprecated.map(|at| at.0),
            "searchableAttributes": searchable.unwrap_or_else(|| json!([])),
            "description": properties.get("thingTypeDescription"),
        });
        let about = format!("thingType/{}", found.name);
        self.owe(tx, "THING_TYPE_EVENT", &about, happened.word(), members)
    }

    /// A thing group was created or changed in this transaction, or was deleted by it; as a child it joined or left
    /// its parent with that.
    pub(crate) fn thing_group(
        &self,
        tx: &mut Tx<'_>,
        happened: Happened,
        group: &ThingGroup,
    ) -> Result<()> {
        if !self.on(EventKind::ThingGroup) && !self.on(EventKind::ThingGroupHierarchy) {
            return Ok(());
        }
        let ancestors = ancestors(tx, group)?;
        let parent = ancestors.last();
        if let (Some(parent), Happened::Deleted) = (parent, happened) {
            self.hierarchy(tx, parent, group, "removed")?;
        }
        if self.on(EventKind::ThingGroup) {
            let above: Vec<Value> = ancestors
                .iter()
                .map(|above| {
                    json!({"groupArn": self.realm().thing_group(&above.name), "groupId": above.group_id})
                })
                .collect();
            let members = json!({
                "accountId": self.realm().account,
                "thingGroupId": group.group_id,
                "thingGroupName": group.name,
                "versionNumber": group.version,
                "parentGroupName": parent.map(|parent| &parent.name),
                "parentGroupId": parent.map(|parent| &parent.group_id),
                "description": group.description,
                "rootToParentThingGroups": above,
                "attributes": group.attributes,
                "dynamicGroupMappingId": null,
            });
            let about = format!("thingGroup/{}", group.name);
            self.owe(tx, "THING_GROUP_EVENT", &about, happened.word(), members)?;
        }
        if let (Some(parent), Happened::Created) = (parent, happened) {
            self.hierarchy(tx, parent, group, "added")?;
        }
        Ok(())
    }

    fn hierarchy(
        &self,
        tx: &mut Tx<'_>,
        parent: &ThingGroup,
        child: &ThingGroup,
        word: &str,
    ) -> Result<()> {
        if !self.on(EventKind::ThingGroupHierarchy) {
            return Ok(());
        }
        let members = json!({
            "accountId": self.realm().account,
            "thingGroupId": parent.group_id,
            "thingGroupName": parent.name,
            "childGroupId": child.group_id,
            "childGroupName": child.name,
        });
        let about = format!(
            "thingGroupHierarchy/thingGroup/{}/childThingGroup/{}",
            parent.name, child.name
        );
        self.owe(tx, "THING_GROUP_HIERARCHY_EVENT", &about, word, members)
    }

    /// A thing joined a group in this transaction.
    pub(crate) fn joined(&self, tx: &mut Tx<'_>, thing: i64, group: i64) -> Result<()> {
        self.moved(tx, thing, group, "added")
    }

    /// A thing left a group in this transaction.
    pub(crate) fn left(&self, tx: &mut Tx<'_>, thing: i64, group: i64) -> Result<()> {
        self.moved(tx, thing, group, "removed")
    }

    fn moved(&self, tx: &mut Tx<'_>, thing: i64, group: i64, word: &str) -> Result<()> {
        if !self.on(EventKind::ThingGroupMembership) {
            return Ok(());
        }
        match (tx.thing_by_key(thing)?, tx.group_by_key(group)?) {
            (Some(thing), Some(group)) => self.membership(tx, &thing, &group, word),
            _ => Ok(()),
        }
    }

    fn membership(
        &self,
        tx: &mut Tx<'_>,
        thing: &Thing,
        group: &ThingGroup,
        word: &str,
    ) -> Result<()> {
        let members = json!({
            "accountId": self.realm().account,
            "groupArn": self.realm().thing_group(&group.name),
            "groupId": group.group_id,
            "thingArn": self.realm().thing(&thing.name),
            "thingId": thing.thing_id,
            "membershipId": membership_id(thing, group),
        });
        let about = format!(
            "thingGroupMembership/thingGroup/{}/thing/{}",
            group.name, thing.name
        );
        self.owe(tx, "THING_GROUP_MEMBERSHIP_EVENT", &about, word, members)
    }

    fn owe(
        &self,
        tx: &mut Tx<'_>,
        event_type: &str,
        about: &str,
        word: &str,
        members: Value,
    ) -> Result<()> {
        let mut payload = Map::new();
        payload.insert("eventType".into(), json!(event_type));
        payload.insert("eventId".into(), json!(ids::uuid()));
        payload.insert("timestamp".into(), json!(self.ctx.now.0));
        payload.insert("operation".into(), json!(word.to_ascii_uppercase()));
        if let Value::Object(members) = members {
            payload.extend(members);
        }
        let topic = format!("$aws/events/{about}/{word}");
        tx.owe_event(topic, Value::Object(payload).to_string().into_bytes())?;
        Ok(())
    }
}

/// The groups above a group, the root first.
pub(crate) fn ancestors(conn: &Conn<'_>, group: &ThingGroup) -> Result<Vec<ThingGroup>> {
    let Some(parent) = group.parent else {
        return Ok(Vec::new());
    };
    let mut line = conn.group_and_ancestors(parent)?;
    line.reverse();
    Ok(line)
}

/// The same for joining and leaving, without being kept anywhere: a membership is the pair of its ends.
fn membership_id(thing: &Thing, group: &ThingGroup) -> String {
    use aws_lc_rs::digest::{SHA256, digest};
    let pair = format!("{} {}", thing.thing_id, group.group_id);
    let hash = digest(&SHA256, pair.as_bytes());
    let mut bytes = [0; 16];
    for (byte, of_hash) in bytes.iter_mut().zip(hash.as_ref()) {
        *byte = *of_hash;
    }
    uuid::Builder::from_custom_bytes(bytes)
        .into_uuid()
        .to_string()
}
