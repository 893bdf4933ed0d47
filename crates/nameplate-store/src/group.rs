//! Static thing groups, billing groups and who is in them.

use crate::sql::Row;
use crate::thing::{attributes_text, attributes_value};
use crate::writer::{Change, Tx};
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::limits;
use nameplate_core::registry::thing::{Attributes, ThingGroup};

fn group(row: &Row<'_>) -> Result<ThingGroup> {
    Ok(ThingGroup {
        key: row.int(0)?,
        name: row.text(1)?,
        group_id: row.text(2)?,
        parent: row.opt_int(3)?,
        description: row.opt_text(4)?,
        attributes: attributes_value(&row.text(5)?)?,
        query: row.opt_text(6)?,
        version: row.int(7)?,
        created: Millis(row.int(8)?),
    })
}

/// A thing group to be created.
#[derive(Debug, Clone)]
pub struct NewGroup<'a> {
    /// Its name.
    pub name: &'a str,
    /// `thingGroupId`, a UUID.
    pub group_id: &'a str,
    /// Key of its parent.
    pub parent: Option<i64>,
    /// Its description.
    pub description: Option<&'a str>,
    /// Its attributes.
    pub attributes: &'a Attributes,
    /// The query of a dynamic group.
    pub query: Option<&'a str>,
    /// Now.
    pub created: Millis,
}

impl Conn<'_> {
    /// The thing group of this name.
    pub fn group(&self, name: &str) -> Result<Option<ThingGroup>> {
        self.one(
            "SELECT id, name, uuid, parent_id, description, attributes, query, version, created FROM thing_group
             WHERE name = $1",
            &[name.into()],
            group,
        )
    }

    /// The thing group in this row.
    pub fn group_by_key(&self, key: i64) -> Result<Option<ThingGroup>> {
        self.one(
            "SELECT id, name, uuid, parent_id, description, attributes, query, version, created FROM thing_group
             WHERE id = $1",
            &[key.into()],
            group,
        )
    }

    /// The groups a thing is in; at most ten.
    pub fn groups_of_thing(&self, thing: i64) -> Result<Vec<ThingGroup>> {
        self.all(
            "SELECT g.id, g.name, g.uuid, g.parent_id, g.description, g.attributes, g.query, g.version, g.created
             FROM thing_group_member m JOIN thing_group g ON g.id = m.group_id
             WHERE m.thing_id = $1 ORDER BY m.group_id",
            &[thing.into()],
            group,
        )
    }

    /// A group and all its ancestors, the group itself first.
    pub fn group_and_ancestors(&self, key: i64) -> Result<Vec<ThingGroup>> {
        let mut line = Vec::new();
        let mut next = Some(key);
        while let Some(key) = next
            && line.len() < limits::GROUP_DEPTH
        {
            let Some(group) = self.group_by_key(key)? else {
                break;
            };
            next = group.parent;
            line.push(group);
        }
        Ok(line)
    }

    /// Key of the billing group of this name.
    pub fn billing_group_key(&self, name: &str) -> Result<Option<i64>> {
        self.one(
            "SELECT id FROM billing_group WHERE name = $1",
            &[name.into()],
            |row| row.int(0),
        )
    }
}

impl Tx<'_> {
    /// Creates a thing group; its key. The caller has seen that the name is free and the parent has room.
    pub fn insert_group(&mut self, new: &NewGroup<'_>) -> Result<i64> {
        let key = self.next_key("thing_group")?;
        self.write(
            "INSERT INTO thing_group
             (id, name, uuid, parent_id, description, attributes, query, version, created)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8)",
            &[
                key.into(),
                new.name.into(),
                new.group_id.into(),
                new.parent.into(),
                new.description.into(),
                (&attributes_text(new.attributes)).into(),
                new.query.into(),
                new.created.0.into(),
            ],
        )?;
        Ok(key)
    }

    /// Puts a thing into a group; again is no change.
    pub fn add_to_group(&mut self, thing: i64, group: i64) -> Result<()> {
        self.write(
            "INSERT INTO thing_group_member (group_id, thing_id) VALUES ($1, $2)
             ON CONFLICT (group_id, thing_id) DO NOTHING",
            &[group.into(), thing.into()],
        )?;
        self.changed(Change::Thing(thing));
        Ok(())
    }

    /// Takes a thing out of a group.
    pub fn remove_from_group(&mut self, thing: i64, group: i64) -> Result<()> {
        self.write(
            "DELETE FROM thing_group_member WHERE group_id = $1 AND thing_id = $2",
            &[group.into(), thing.into()],
        )?;
        self.changed(Change::Thing(thing));
        Ok(())
    }
}
