//! Documents of API Gateway: APIs, their deployments, API keys and usage plans. What they hold is their readers' business.
//! And what keys have used of their plans.

use crate::tx::{Notice, Tx};
use crate::{Conn, Result};

impl Conn<'_> {
    /// A document of a kind.
    pub fn gateway_document(&self, kind: &str, id: &str) -> Result<Option<String>> {
        self.one(
            "SELECT document FROM gateway_document WHERE kind = $1 AND id = $2",
            &[kind.into(), id.into()],
            |row| row.text(0),
        )
    }

    /// All documents of a kind with their ids, in the order of these.
    pub fn gateway_documents(&self, kind: &str) -> Result<Vec<(String, String)>> {
        self.all(
            "SELECT id, document FROM gateway_document WHERE kind = $1 ORDER BY id",
            &[kind.into()],
            |row| Ok((row.text(0)?, row.text(1)?)),
        )
    }

    /// How many requests a key was let through with under a plan on each day of a range, whose ends are part of it: days
    /// since 1970, in their order, without those on which there were none.
    pub fn gateway_usage(
        &self,
        plan: &str,
        key: &str,
        days: (i64, i64),
    ) -> Result<Vec<(i64, i64)>> {
        self.all(
            "SELECT day, used FROM gateway_usage WHERE plan = $1 AND key = $2 AND day BETWEEN $3 AND $4 ORDER BY day",
            &[plan.into(), key.into(), days.0.into(), days.1.into()],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )
    }
}

impl Tx<'_> {
    /// Writes a document in the place of the one of this id.
    pub fn put_gateway_document(&mut self, kind: &str, id: &str, document: &str) -> Result<()> {
        self.write(
            "INSERT INTO gateway_document (kind, id, document) VALUES ($1, $2, $3)
             ON CONFLICT (kind, id) DO UPDATE SET document = excluded.document",
            &[kind.into(), id.into(), document.into()],
        )?;
        self.notice(Notice::Gateway);
        Ok(())
    }

    /// Removes a document.
    pub fn delete_gateway_document(&mut self, kind: &str, id: &str) -> Result<()> {
        self.write(
            "DELETE FROM gateway_document WHERE kind = $1 AND id = $2",
            &[kind.into(), id.into()],
        )?;
        self.notice(Notice::Gateway);
        Ok(())
    }

    /// Removes all documents of a kind.
    pub fn delete_gateway_documents(&mut self, kind: &str) -> Result<()> {
        self.write(
            "DELETE FROM gateway_document WHERE kind = $1",
            &[kind.into()],
        )?;
        self.notice(Notice::Gateway);
        Ok(())
    }

    /// Counts so many more requests of a key under a plan on a day.
    pub fn add_gateway_usage(&mut self, plan: &str, key: &str, day: i64, count: i64) -> Result<()> {
        self.write(
            "INSERT INTO gateway_usage (plan, key, day, used) VALUES ($1, $2, $3, $4)
             ON CONFLICT (plan, key, day) DO UPDATE SET used = gateway_usage.used + excluded.used",
            &[plan.into(), key.into(), day.into(), count.into()],
        )
    }

    /// Forgets what was used before a day.
    pub fn forget_gateway_usage(&mut self, before: i64) -> Result<()> {
        self.write("DELETE FROM gateway_usage WHERE day < $1", &[before.into()])
    }

    /// Forgets what was used of a plan.
    pub fn delete_gateway_usage(&mut self, plan: &str) -> Result<()> {
        self.write("DELETE FROM gateway_usage WHERE plan = $1", &[plan.into()])
    }
}
