//! Thing groups and who is in them.

use crate::sql::{Row, Value};
use crate::thing::{attributes_text, attributes_value};
use crate::tx::{Notice, Tx};
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::limits;
use nameplate_core::registry::thing::{Attributes, ThingGroup};

/// A query for rows that [`group`] reads: its columns, and the rest of the statement.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, uuid, parent_id, description, attributes, query, version, created FROM thing_group ",
            $rest
        )
    };
}

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
    /// Free: the caller has looked.
    pub name: &'a str,
    /// `thingGroupId`, a UUID.
    pub group_id: &'a str,
    /// Key of its parent.
    pub parent: Option<i64>,
    /// At most 2028 characters.
    pub description: Option<&'a str>,
    /// Values by name.
    pub attributes: &'a Attributes,
    /// The query of a dynamic group.
    pub query: Option<&'a str>,
    /// Now.
    pub created: Millis,
}

impl Conn<'_> {
    /// The thing group of this name.
    pub fn group(&self, name: &str) -> Result<Option<ThingGroup>> {
        self.one(select!("WHERE name = $1"), &[name.into()], group)
    }

    /// The thing group in this row.
    pub fn group_by_key(&self, key: i64) -> Result<Option<ThingGroup>> {
        self.one(select!("WHERE id = $1"), &[key.into()], group)
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

    /// Thing groups whose name begins with `prefix`, in the order they were created; with `roots` only those that
    /// have no parent.
    pub fn groups(
        &self,
        roots: bool,
        prefix: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<ThingGroup>> {
        let params = [
            after.into(),
            Value::Int(prefix.chars().count() as i64),
            prefix.into(),
            Value::Int(limit as i64),
        ];
        if roots {
            self.all(
                select!("WHERE id > $1 AND substr(name, 1, $2) = $3 AND parent_id IS NULL ORDER BY id LIMIT $4"),
                &params,
                group,
            )
        } else {
            self.all(
                select!("WHERE id > $1 AND substr(name, 1, $2) = $3 ORDER BY id LIMIT $4"),
                &params,
                group,
            )
        }
    }

    /// Keys of the direct children of a thing group; at most a hundred, in the order they were created.
    pub fn child_groups(&self, parent: i64) -> Result<Vec<i64>> {
        self.all(
            "SELECT id FROM thing_group WHERE parent_id = $1 ORDER BY id",
            &[parent.into()],
            |row| row.int(0),
        )
    }

    /// Key of the oldest direct child of a thing group that is younger than the one of key `after`.
    pub fn child_group_after(&self, parent: i64, after: i64) -> Result<Option<i64>> {
        self.one(
            "SELECT id FROM thing_group WHERE parent_id = $1 AND id > $2 ORDER BY id LIMIT 1",
            &[parent.into(), after.into()],
            |row| row.int(0),
        )
    }

    /// Things in a group, key and name, beyond `after` in key order.
    pub fn things_of_group(
        &self,
        group: i64,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(i64, String)>> {
        self.all(
            "SELECT t.id, t.name FROM thing_group_member m JOIN thing t ON t.id = m.thing_id
             WHERE m.group_id = $1 AND m.thing_id > $2 ORDER BY m.thing_id LIMIT $3",
            &[group.into(), after.into(), Value::Int(limit as i64)],
            |row| Ok((row.int(0)?, row.text(1)?)),
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

/// Puts a thing into a group, unless it is in it.
const JOIN_GROUP: &str = "INSERT INTO thing_group_member (group_id, thing_id) VALUES ($1, $2)
     ON CONFLICT (group_id, thing_id) DO NOTHING";

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
        self.notice(Notice::GroupData(key));
        Ok(key)
    }

    /// Replaces a thing group's description and attributes and counts its version up.
    pub fn update_group(
        &mut self,
        key: i64,
        description: Option<&str>,
        attributes: &Attributes,
    ) -> Result<()> {
        self.write(
            "UPDATE thing_group SET description = $1, attributes = $2, version = version + 1 WHERE id = $3",
            &[
                description.into(),
                (&attributes_text(attributes)).into(),
                key.into(),
            ],
        )?;
        self.notice(Notice::GroupData(key));
        Ok(())
    }

    /// Removes a thing group: its policies are detached, its things leave. The caller has seen that it has no child.
    pub fn delete_group(&mut self, key: i64) -> Result<()> {
        let name = self.group_by_key(key)?.map(|group| group.name);
        self.write(
            "DELETE FROM policy_group WHERE group_id = $1",
            &[key.into()],
        )?;
        self.write(
            "DELETE FROM thing_group_member WHERE group_id = $1",
            &[key.into()],
        )?;
        self.write("DELETE FROM thing_group WHERE id = $1", &[key.into()])?;
        if let Some(name) = name {
            self.notice(Notice::GroupGone { key, name });
        }
        self.notice(Notice::Group(key));
        Ok(())
    }

    /// Puts a thing into a group; whether it was not in it.
    pub fn add_to_group(&mut self, thing: i64, group: i64) -> Result<bool> {
        let added = self.count(JOIN_GROUP, &[group.into(), thing.into()])?;
        self.notice(Notice::Thing(thing));
        Ok(added > 0)
    }

    /// The same where nobody asks whether it was in it, so that no answer is waited for.
    pub fn put_into_group(&mut self, thing: i64, group: i64) -> Result<()> {
        self.write(JOIN_GROUP, &[group.into(), thing.into()])?;
        self.notice(Notice::Thing(thing));
        Ok(())
    }

    /// Takes a thing out of a group; whether it was in it.
    pub fn remove_from_group(&mut self, thing: i64, group: i64) -> Result<bool> {
        let removed = self.count(
            "DELETE FROM thing_group_member WHERE group_id = $1 AND thing_id = $2",
            &[group.into(), thing.into()],
        )?;
        self.notice(Notice::Thing(thing));
        Ok(removed > 0)
    }
}
