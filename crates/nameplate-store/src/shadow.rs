//! Device shadows, by the name of their thing and their own; the classic one has the empty name.

use crate::sql::Value;
use crate::tx::{Change, Notice, Tx};
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;

/// A shadow's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShadowRow {
    /// Version of the last change.
    pub version: u64,
    /// The state with its metadata; `None` where the shadow was deleted.
    pub content: Option<String>,
    /// When it was last changed or deleted.
    pub modified: Millis,
}

impl Conn<'_> {
    /// A shadow, or what is remembered of one that was deleted.
    pub fn shadow(&self, thing: &str, name: &str) -> Result<Option<ShadowRow>> {
        self.one(
            "SELECT version, content, modified FROM shadow WHERE thing = $1 AND name = $2",
            &[thing.into(), name.into()],
            |row| {
                Ok(ShadowRow {
                    version: row.int(0)?.unsigned_abs(),
                    content: row.opt_text(1)?,
                    modified: Millis(row.int(2)?),
                })
            },
        )
    }

    /// All shadows of a thing: name, version and content, in the order of their names.
    pub fn shadows_of(&self, thing: &str) -> Result<Vec<(String, u64, String)>> {
        self.all(
            "SELECT name, version, content FROM shadow WHERE thing = $1 AND content IS NOT NULL ORDER BY name",
            &[thing.into()],
            |row| Ok((row.text(0)?, row.int(1)?.unsigned_abs(), row.text(2)?)),
        )
    }

    /// How many named shadows a thing has.
    pub fn count_named_shadows(&self, thing: &str) -> Result<i64> {
        let count = self.one(
            "SELECT COUNT(*) FROM shadow WHERE thing = $1 AND name > '' AND content IS NOT NULL",
            &[thing.into()],
            |row| row.int(0),
        )?;
        Ok(count.unwrap_or_default())
    }

    /// How many shadows there are of all things.
    pub fn count_shadows(&self) -> Result<u64> {
        let count = self.one(
            "SELECT COUNT(*) FROM shadow WHERE content IS NOT NULL",
            &[],
            |row| row.int(0),
        )?;
        Ok(count.unwrap_or_default().unsigned_abs())
    }

    /// Names of a thing's named shadows after `after`, in their order.
    pub fn named_shadows(&self, thing: &str, after: &str, limit: usize) -> Result<Vec<String>> {
        self.all(
            "SELECT name FROM shadow WHERE thing = $1 AND name > $2 AND content IS NOT NULL ORDER BY name LIMIT $3",
            &[thing.into(), after.into(), Value::Int(limit as i64)],
            |row| row.text(0),
        )
    }
}

impl Tx<'_> {
    /// Keeps a shadow.
    pub fn set_shadow(
        &mut self,
        thing: &str,
        name: &str,
        version: u64,
        content: &str,
        now: Millis,
    ) -> Result<()> {
        let version = i64::try_from(version).unwrap_or(i64::MAX);
        self.write(
            "INSERT INTO shadow (thing, name, version, content, modified) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (thing, name) DO UPDATE SET version = excluded.version, content = excluded.content,
             modified = excluded.modified",
            &[thing.into(), name.into(), version.into(), content.into(), now.0.into()],
        )?;
        self.shadow_changed(thing)
    }

    /// Deletes a shadow, remembers its version, and forgets those of shadows that were deleted before `forgotten`.
    pub fn delete_shadow(
        &mut self,
        thing: &str,
        name: &str,
        now: Millis,
        forgotten: Millis,
    ) -> Result<()> {
        self.write(
            "UPDATE shadow SET content = NULL, modified = $1 WHERE thing = $2 AND name = $3",
            &[now.0.into(), thing.into(), name.into()],
        )?;
        self.write(
            "DELETE FROM shadow WHERE content IS NULL AND modified < $1",
            &[forgotten.0.into()],
        )?;
        self.shadow_changed(thing)
    }

    /// Forgets the versions of deleted shadows but of about so many, the last ones.
    pub fn forget_deleted_shadows_but(&mut self, most: i64) -> Result<()> {
        self.write(
            "DELETE FROM shadow WHERE content IS NULL AND modified < (SELECT modified FROM shadow
             WHERE content IS NULL ORDER BY modified DESC LIMIT 1 OFFSET $1)",
            &[Value::Int(most)],
        )
    }

    /// A message to send after the commit. It is not kept: where the process ends before it is sent, so do the
    /// connections that it was for.
    pub fn say(&mut self, topic: String, payload: Vec<u8>) {
        self.send(Change::Message { topic, payload });
    }

    fn shadow_changed(&mut self, thing: &str) -> Result<()> {
        if let Some(key) = self.thing_key(thing)? {
            self.notice(Notice::Shadow(key));
        }
        Ok(())
    }
}
