//! Keys of new rows: growing numbers, none given twice.
//!
//! A key stands in pagination tokens and change notices that outlive its row, so it must not come back after the
//! highest row was deleted, a write was undone or the server restarted. Keys are therefore given in blocks: the
//! commit that uses the first key of a block also writes the block's end down, and a start goes on behind it. That
//! is one small row per table every thousand keys, and gaps, which do no harm.

use super::view::View;
use crate::sql::Conn;
use crate::{Error, Result};
use std::collections::HashMap;

const BLOCK: i64 = 1024;

struct Counter {
    /// The last key given.
    last: i64,
    /// The last key of the block written down.
    reserved: i64,
}

/// The counters of all tables, loaded when they are first asked.
#[derive(Default)]
pub(crate) struct Counters(HashMap<&'static str, Counter>);

impl Counters {
    pub(crate) fn next(&mut self, conn: &Conn<'_>, table: &'static str) -> Result<i64> {
        let counter = match self.0.entry(table) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(unknown) => {
                let reserved = conn
                    .one(
                        "SELECT value FROM counter WHERE name = $1",
                        &[table.into()],
                        |row| row.int(0),
                    )?
                    .unwrap_or(0);
                unknown.insert(Counter {
                    last: reserved,
                    reserved,
                })
            }
        };
        counter.last = counter.last.checked_add(1).ok_or_else(|| Error::Damaged {
            what: "counter",
            detail: format!("no keys are left for {table}"),
        })?;
        Ok(counter.last)
    }

    /// Writes down the blocks that the transaction has begun. To be called last in it.
    pub(crate) fn reserve(&self, view: &View<'_>) -> Result<Vec<(&'static str, i64)>> {
        let begun: Vec<(&'static str, i64)> = self
            .0
            .iter()
            .filter(|(_, counter)| counter.last > counter.reserved)
            .map(|(table, counter)| (*table, counter.last.saturating_add(BLOCK)))
            .collect();
        for (table, end) in &begun {
            view.execute(
                "INSERT INTO counter (name, value) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                &[(*table).into(), (*end).into()],
            )?;
        }
        Ok(begun)
    }

    /// The transaction that wrote these down is on disk.
    pub(crate) fn reserved(&mut self, blocks: Vec<(&'static str, i64)>) {
        for (table, end) in blocks {
            if let Some(counter) = self.0.get_mut(table) {
                counter.reserved = end;
            }
        }
    }
}
