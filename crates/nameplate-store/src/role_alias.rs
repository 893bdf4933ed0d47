//! Role aliases.

use crate::sql::Row;
use crate::tx::Tx;
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::role_alias::RoleAlias;

fn role_alias(row: &Row<'_>) -> Result<RoleAlias> {
    Ok(RoleAlias {
        key: row.int(0)?,
        name: row.text(1)?,
        role_arn: row.text(2)?,
        seconds: row.int(3)?,
        created: Millis(row.int(4)?),
        modified: Millis(row.int(5)?),
    })
}

impl Conn<'_> {
    /// The role alias of this name.
    pub fn role_alias(&self, name: &str) -> Result<Option<RoleAlias>> {
        self.one(
            "SELECT id, name, role_arn, seconds, created, modified FROM role_alias WHERE name = $1",
            &[name.into()],
            role_alias,
        )
    }

    /// All role aliases, in the order they were created.
    pub fn role_aliases(&self) -> Result<Vec<RoleAlias>> {
        self.all(
            "SELECT id, name, role_arn, seconds, created, modified FROM role_alias ORDER BY id",
            &[],
            role_alias,
        )
    }

    /// How many role aliases there are.
    pub fn role_alias_count(&self) -> Result<i64> {
        let count = self.one("SELECT COUNT(*) FROM role_alias", &[], |row| row.int(0))?;
        Ok(count.unwrap_or(0))
    }
}

impl Tx<'_> {
    /// Creates a role alias. Its key and `modified` are not read. The caller has seen that the name is free.
    pub fn insert_role_alias(&mut self, new: &RoleAlias) -> Result<()> {
        let key = self.next_key("role_alias")?;
        self.write(
            "INSERT INTO role_alias (id, name, role_arn, seconds, created, modified)
             VALUES ($1, $2, $3, $4, $5, $5)",
            &[
                key.into(),
                (&new.name).into(),
                (&new.role_arn).into(),
                new.seconds.into(),
                new.created.0.into(),
            ],
        )?;
        Ok(())
    }

    /// Writes role, duration and `modified`.
    pub fn update_role_alias(&mut self, alias: &RoleAlias) -> Result<()> {
        self.write(
            "UPDATE role_alias SET role_arn = $1, seconds = $2, modified = $3 WHERE id = $4",
            &[
                (&alias.role_arn).into(),
                alias.seconds.into(),
                alias.modified.0.into(),
                alias.key.into(),
            ],
        )?;
        Ok(())
    }

    /// Removes a role alias.
    pub fn delete_role_alias(&mut self, key: i64) -> Result<()> {
        self.write("DELETE FROM role_alias WHERE id = $1", &[key.into()])?;
        Ok(())
    }
}
