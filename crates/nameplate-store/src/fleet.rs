//! What fleet indexing reads: things with their groups, many at a time, and the dynamic groups.

use crate::tx::{Notice, Tx};
use crate::{Conn, Result};
use nameplate_core::registry::thing::{Thing, ThingGroup};

/// A thing group as one of its members has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Key of the group.
    pub group: i64,
    /// Name of the group, which documents of the index have.
    pub name: String,
    /// Its things are found by a query.
    pub dynamic: bool,
}

impl Conn<'_> {
    /// Things after `after` in the order they were created, each with the groups it is in.
    pub fn things_with_groups(
        &self,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(Thing, Vec<Membership>)>> {
        let things = self.things_beyond(after, limit)?;
        let (Some(first), Some(last)) = (things.first(), things.last()) else {
            return Ok(Vec::new());
        };
        let memberships = self.all(
            "SELECT m.thing_id, g.id, g.name, g.query IS NOT NULL FROM thing_group_member m
             JOIN thing_group g ON g.id = m.group_id
             WHERE m.thing_id >= $1 AND m.thing_id <= $2 ORDER BY m.thing_id, m.group_id",
            &[first.key.into(), last.key.into()],
            |row| {
                let membership = Membership {
                    group: row.int(1)?,
                    name: row.text(2)?,
                    dynamic: row.flag(3)?,
                };
                Ok((row.int(0)?, membership))
            },
        )?;
        let mut memberships = memberships.into_iter().peekable();
        let mut found = Vec::with_capacity(things.len());
        for thing in things {
            let mut groups = Vec::new();
            while let Some((_, membership)) = memberships.next_if(|(of, _)| *of <= thing.key) {
                groups.push(membership);
            }
            found.push((thing, groups));
        }
        Ok(found)
    }

    /// The thing in this row with the groups it is in.
    pub fn thing_with_groups(&self, key: i64) -> Result<Option<(Thing, Vec<Membership>)>> {
        match self.thing_by_key(key)? {
            Some(thing) => Ok(Some((thing, self.memberships(key)?))),
            None => Ok(None),
        }
    }

    /// The groups a thing is in, in the order they were created.
    pub fn memberships(&self, thing: i64) -> Result<Vec<Membership>> {
        self.all(
            "SELECT g.id, g.name, g.query IS NOT NULL FROM thing_group_member m
             JOIN thing_group g ON g.id = m.group_id WHERE m.thing_id = $1 ORDER BY m.group_id",
            &[thing.into()],
            |row| {
                Ok(Membership {
                    group: row.int(0)?,
                    name: row.text(1)?,
                    dynamic: row.flag(2)?,
                })
            },
        )
    }

    /// The dynamic groups, key and query; at most a hundred, in the order they were created.
    pub fn dynamic_groups(&self) -> Result<Vec<(i64, String)>> {
        self.all(
            "SELECT id, query FROM thing_group WHERE query IS NOT NULL AND id > 0 ORDER BY id",
            &[],
            |row| Ok((row.int(0)?, row.text(1)?)),
        )
    }

    /// Thing groups after `after` in the order they were created.
    pub fn all_groups(&self, after: i64, limit: usize) -> Result<Vec<ThingGroup>> {
        self.groups(false, "", after, limit)
    }
}

impl Tx<'_> {
    /// Gives a dynamic group another query.
    pub fn set_group_query(&mut self, key: i64, query: &str) -> Result<()> {
        self.write(
            "UPDATE thing_group SET query = $1 WHERE id = $2",
            &[query.into(), key.into()],
        )?;
        self.notice(Notice::GroupData(key));
        Ok(())
    }
}
