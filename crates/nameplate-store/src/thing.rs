//! Things and thing types.

use crate::sql::{Row, Value};
use crate::tx::{Notice, Tx};
use crate::{Conn, Error, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::thing::{Attributes, PARENT, Thing, ThingType};

/// What `ListThings` may be narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThingFilter {
    /// Only things of this type.
    pub type_key: Option<i64>,
    /// Only things with this attribute and value.
    pub attribute: Option<(String, String)>,
    /// The attribute's value is a prefix.
    pub prefix: bool,
}

pub(crate) fn attributes_text(attributes: &Attributes) -> String {
    serde_json::Value::Object(
        attributes
            .iter()
            .map(|(name, value)| (name.clone(), serde_json::Value::String(value.clone())))
            .collect(),
    )
    .to_string()
}

pub(crate) fn attributes_value(text: &str) -> Result<Attributes> {
    serde_json::from_str(text).map_err(|e| Error::Damaged {
        what: "attributes",
        detail: e.to_string(),
    })
}

/// A query for rows that [`thing`] reads: its columns, and the rest of the statement.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.name, t.uuid, y.name, t.attributes, t.version, b.name FROM thing t \
             LEFT JOIN thing_type y ON y.id = t.type_id LEFT JOIN billing_group b ON b.id = t.billing_group_id ",
            $rest
        )
    };
}

pub(crate) use select as select_thing;

pub(crate) fn thing(row: &Row<'_>) -> Result<Thing> {
    Ok(Thing {
        key: row.int(0)?,
        name: row.text(1)?,
        thing_id: row.text(2)?,
        thing_type: row.opt_text(3)?,
        attributes: attributes_value(&row.text(4)?)?,
        version: row.int(5)?,
        billing_group: row.opt_text(6)?,
    })
}

fn thing_type(row: &Row<'_>) -> Result<ThingType> {
    Ok(ThingType {
        key: row.int(0)?,
        name: row.text(1)?,
        thing_type_id: row.text(2)?,
        properties: row.text(3)?,
        deprecated: row.opt_int(4)?.map(Millis),
        created: Millis(row.int(5)?),
    })
}

impl Conn<'_> {
    /// The thing of this name.
    pub fn thing(&self, name: &str) -> Result<Option<Thing>> {
        match self.thing_key(name)? {
            Some(key) => self.thing_by_key(key),
            None => Ok(None),
        }
    }

    /// The same, for a caller who makes the thing in this transaction where there is none, or does nothing about it: that there
    /// is none holds until then for nobody else.
    pub fn thing_to_make(&self, name: &str) -> Result<Option<Thing>> {
        match self.is_free(name)? {
            true => Ok(None),
            false => self.thing(name),
        }
    }

    /// The thing in this row.
    pub fn thing_by_key(&self, key: i64) -> Result<Option<Thing>> {
        self.one(select!("WHERE t.id = $1"), &[key.into()], thing)
    }

    /// Names of the things whose attribute `parent` has this name, as they were created, at most `limit`.
    pub fn children(&self, parent: &str, limit: usize) -> Result<Vec<String>> {
        self.all(
            "SELECT t.name FROM thing_child c JOIN thing t ON t.id = c.thing_id \
             WHERE c.parent = $1 ORDER BY c.thing_id LIMIT $2",
            &[parent.into(), Value::Int(limit as i64)],
            |row| row.text(0),
        )
    }

    fn parent(&self, key: i64) -> Result<Option<String>> {
        self.one(
            "SELECT parent FROM thing_child WHERE thing_id = $1",
            &[key.into()],
            |row| row.text(0),
        )
    }

    /// Name of the thing in this row, without the rest of it.
    pub fn thing_name(&self, key: i64) -> Result<Option<String>> {
        self.one(
            "SELECT name FROM thing WHERE id = $1",
            &[key.into()],
            |row| row.text(0),
        )
    }

    /// Things after `after` in the order they were created, at most `limit`.
    pub(crate) fn things_beyond(&self, after: i64, limit: usize) -> Result<Vec<Thing>> {
        self.all(
            select!("WHERE t.id > $1 ORDER BY t.id LIMIT $2"),
            &[after.into(), Value::Int(limit as i64)],
            thing,
        )
    }

    /// Things after `after` in the order they were created: at most `limit` that match, and the key to go on from
    /// where there may be more. Looks at no more than 20,000 rows, so a page may be short.
    pub fn things(
        &self,
        filter: &ThingFilter,
        after: i64,
        limit: usize,
    ) -> Result<(Vec<Thing>, Option<i64>)> {
        const LOOKED_AT: usize = 20_000;
        let mut found: Vec<Thing> = Vec::new();
        let mut last = after;
        let mut looked_at = 0usize;
        loop {
            let page = 250.min(LOOKED_AT - looked_at);
            if page == 0 {
                return Ok((found, Some(last)));
            }
            let rows = match filter.type_key {
                Some(type_key) => self.all(
                    select!("WHERE t.type_id = $1 AND t.id > $2 ORDER BY t.id LIMIT $3"),
                    &[type_key.into(), last.into(), Value::Int(page as i64)],
                    thing,
                )?,
                None => self.things_beyond(last, page)?,
            };
            let full = rows.len() == page;
            for row in rows {
                looked_at += 1;
                if found.len() == limit {
                    return Ok((found, Some(last)));
                }
                last = row.key;
                let wanted = filter.attribute.as_ref().is_none_or(|(name, value)| {
                    row.attributes.get(name).is_some_and(|has| {
                        if filter.prefix {
                            has.starts_with(value.as_str())
                        } else {
                            has == value
                        }
                    })
                });
                if wanted {
                    found.push(row);
                }
            }
            if !full {
                return Ok((found, None));
            }
        }
    }

    /// The thing type of this name.
    pub fn thing_type(&self, name: &str) -> Result<Option<ThingType>> {
        self.one(
            "SELECT id, name, uuid, properties, deprecated, created FROM thing_type WHERE name = $1",
            &[name.into()],
            thing_type,
        )
    }

    /// Thing types whose name begins with `prefix`, in the order they were created.
    pub fn thing_types(&self, prefix: &str, after: i64, limit: usize) -> Result<Vec<ThingType>> {
        self.all(
            "SELECT id, name, uuid, properties, deprecated, created FROM thing_type
             WHERE id > $1 AND substr(name, 1, $2) = $3 ORDER BY id LIMIT $4",
            &[
                after.into(),
                Value::Int(prefix.chars().count() as i64),
                prefix.into(),
                Value::Int(limit as i64),
            ],
            thing_type,
        )
    }

    /// Whether any thing has this type.
    pub fn type_in_use(&self, type_key: i64) -> Result<bool> {
        Ok(self
            .one(
                "SELECT 1 FROM thing WHERE type_id = $1 LIMIT 1",
                &[type_key.into()],
                |_| Ok(()),
            )?
            .is_some())
    }
}

impl Tx<'_> {
    /// Adds a thing; its key. The caller has seen that the name is free.
    pub fn insert_thing(
        &mut self,
        name: &str,
        thing_id: &str,
        type_key: Option<i64>,
        billing_group: Option<i64>,
        attributes: &Attributes,
    ) -> Result<i64> {
        let key = self.next_key("thing")?;
        self.write(
            "INSERT INTO thing (id, name, uuid, type_id, billing_group_id, attributes, version)
             VALUES ($1, $2, $3, $4, $5, $6, 1)",
            &[
                key.into(),
                name.into(),
                thing_id.into(),
                type_key.into(),
                billing_group.into(),
                (&attributes_text(attributes)).into(),
            ],
        )?;
        self.index_thing(name, Some(key));
        self.notice(Notice::NewThing(key));
        self.set_parent(key, None, attributes.get(PARENT))?;
        Ok(key)
    }

    /// Keeps whose child a thing is, and tells of the one that loses a child and of the one that gets it: what they may
    /// has changed.
    fn set_parent(
        &mut self,
        key: i64,
        before: Option<&String>,
        after: Option<&String>,
    ) -> Result<()> {
        if before == after {
            return Ok(());
        }
        match after {
            Some(after) => self.write(
                "INSERT INTO thing_child (thing_id, parent) VALUES ($1, $2)
                 ON CONFLICT (thing_id) DO UPDATE SET parent = excluded.parent",
                &[key.into(), after.into()],
            )?,
            None => self.write("DELETE FROM thing_child WHERE thing_id = $1", &[key.into()])?,
        };
        for parent in [before, after].into_iter().flatten() {
            if let Some(parent) = self.thing_key(parent)? {
                self.notice(Notice::Thing(parent));
            }
        }
        Ok(())
    }

    /// Replaces a thing's type and attributes and counts its version up.
    pub fn update_thing(
        &mut self,
        key: i64,
        type_key: Option<i64>,
        attributes: &Attributes,
    ) -> Result<()> {
        self.write(
            "UPDATE thing SET type_id = $1, attributes = $2, version = version + 1 WHERE id = $3",
            &[
                type_key.into(),
                (&attributes_text(attributes)).into(),
                key.into(),
            ],
        )?;
        self.notice(Notice::Thing(key));
        let before = self.parent(key)?;
        self.set_parent(key, before.as_ref(), attributes.get(PARENT))
    }

    /// Puts a thing into a billing group or takes it out of one.
    pub fn set_thing_billing_group(&mut self, key: i64, billing_group: Option<i64>) -> Result<()> {
        self.write(
            "UPDATE thing SET billing_group_id = $1 WHERE id = $2",
            &[billing_group.into(), key.into()],
        )?;
        Ok(())
    }

    /// Removes a thing and its group memberships. The caller has seen that no principal is attached.
    pub fn delete_thing(&mut self, key: i64, name: &str) -> Result<()> {
        self.write("DELETE FROM thing WHERE id = $1", &[key.into()])?;
        self.write(
            "DELETE FROM thing_group_member WHERE thing_id = $1",
            &[key.into()],
        )?;
        self.write(
            "DELETE FROM thing_connectivity WHERE thing_id = $1",
            &[key.into()],
        )?;
        let parent = self.parent(key)?;
        self.set_parent(key, parent.as_ref(), None)?;
        self.index_thing(name, None);
        self.notice(Notice::Thing(key));
        Ok(())
    }

    /// Adds a thing type; its key.
    pub fn insert_thing_type(
        &mut self,
        name: &str,
        thing_type_id: &str,
        properties: &str,
        created: Millis,
    ) -> Result<i64> {
        let key = self.next_key("thing_type")?;
        self.write(
            "INSERT INTO thing_type (id, name, uuid, properties, created) VALUES ($1, $2, $3, $4, $5)",
            &[
                key.into(),
                name.into(),
                thing_type_id.into(),
                properties.into(),
                created.0.into(),
            ],
        )?;
        Ok(key)
    }

    /// Deprecates a thing type, or with `None` takes that back.
    pub fn set_thing_type_deprecated(&mut self, key: i64, at: Option<Millis>) -> Result<()> {
        self.write(
            "UPDATE thing_type SET deprecated = $1 WHERE id = $2",
            &[at.map(|m| m.0).into(), key.into()],
        )?;
        Ok(())
    }

    /// Replaces a thing type's properties.
    pub fn set_thing_type_properties(&mut self, key: i64, properties: &str) -> Result<()> {
        self.write(
            "UPDATE thing_type SET properties = $1 WHERE id = $2",
            &[properties.into(), key.into()],
        )?;
        Ok(())
    }

    /// Removes a thing type. The caller has seen that no thing has it.
    pub fn delete_thing_type(&mut self, key: i64) -> Result<()> {
        self.write("DELETE FROM thing_type WHERE id = $1", &[key.into()])?;
        Ok(())
    }
}
