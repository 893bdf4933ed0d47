//! Billing groups and the things in them.

use crate::sql::{Row, Value};
use crate::tx::Tx;
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::thing::BillingGroup;

fn billing_group(row: &Row<'_>) -> Result<BillingGroup> {
    Ok(BillingGroup {
        key: row.int(0)?,
        name: row.text(1)?,
        billing_group_id: row.text(2)?,
        description: row.opt_text(3)?,
        version: row.int(4)?,
        created: Millis(row.int(5)?),
    })
}

impl Conn<'_> {
    /// The billing group of this name.
    pub fn billing_group(&self, name: &str) -> Result<Option<BillingGroup>> {
        self.one(
            "SELECT id, name, uuid, description, version, created FROM billing_group WHERE name = $1",
            &[name.into()],
            billing_group,
        )
    }

    /// Whether there are `count` billing groups or more.
    pub fn has_billing_groups(&self, count: usize) -> Result<bool> {
        Ok(self
            .one(
                "SELECT id FROM billing_group WHERE id > 0 ORDER BY id LIMIT 1 OFFSET $1",
                &[Value::Int(count.saturating_sub(1) as i64)],
                |_| Ok(()),
            )?
            .is_some())
    }

    /// Billing groups whose name begins with `prefix`, in the order they were created.
    pub fn billing_groups(
        &self,
        prefix: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<BillingGroup>> {
        self.all(
            "SELECT id, name, uuid, description, version, created FROM billing_group
             WHERE id > $1 AND substr(name, 1, $2) = $3 ORDER BY id LIMIT $4",
            &[
                after.into(),
                Value::Int(prefix.chars().count() as i64),
                prefix.into(),
                Value::Int(limit as i64),
            ],
            billing_group,
        )
    }

    /// Things in a billing group, key and name, beyond `after` in key order.
    pub fn things_of_billing_group(
        &self,
        group: i64,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(i64, String)>> {
        self.all(
            "SELECT id, name FROM thing WHERE billing_group_id = $1 AND id > $2 ORDER BY id LIMIT $3",
            &[group.into(), after.into(), Value::Int(limit as i64)],
            |row| Ok((row.int(0)?, row.text(1)?)),
        )
    }
}

impl Tx<'_> {
    /// Creates a billing group; its key. The caller has seen that the name is free.
    pub fn insert_billing_group(
        &mut self,
        name: &str,
        billing_group_id: &str,
        description: Option<&str>,
        created: Millis,
    ) -> Result<i64> {
        let key = self.next_key("billing_group")?;
        self.write(
            "INSERT INTO billing_group (id, name, uuid, description, version, created)
             VALUES ($1, $2, $3, $4, 1, $5)",
            &[
                key.into(),
                name.into(),
                billing_group_id.into(),
                description.into(),
                created.0.into(),
            ],
        )?;
        Ok(key)
    }

    /// Replaces a billing group's description and counts its version up.
    pub fn update_billing_group(&mut self, key: i64, description: Option<&str>) -> Result<()> {
        self.write(
            "UPDATE billing_group SET description = $1, version = version + 1 WHERE id = $2",
            &[description.into(), key.into()],
        )?;
        Ok(())
    }

    /// Removes a billing group; its things are in none then.
    pub fn delete_billing_group(&mut self, key: i64) -> Result<()> {
        self.write(
            "UPDATE thing SET billing_group_id = NULL WHERE billing_group_id = $1",
            &[key.into()],
        )?;
        self.write("DELETE FROM billing_group WHERE id = $1", &[key.into()])?;
        Ok(())
    }
}
