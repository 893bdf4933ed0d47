//! Whether things are connected, as fleet indexing tells of it.

use crate::tx::Tx;
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;

/// What is known of a thing's connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectivityRow {
    /// Key of the thing.
    pub thing: i64,
    /// Whether it is connected.
    pub connected: bool,
    /// Since when it is, or is not.
    pub at: Millis,
    /// Why it is not.
    pub reason: Option<String>,
    /// One more at each change.
    pub version: i64,
}

impl Conn<'_> {
    /// Of all things that ever were connected.
    pub fn connectivity(&self) -> Result<Vec<ConnectivityRow>> {
        self.all(
            "SELECT thing_id, connected, at, reason, version FROM thing_connectivity ORDER BY thing_id",
            &[],
            |row| {
                Ok(ConnectivityRow {
                    thing: row.int(0)?,
                    connected: row.int(1)? != 0,
                    at: Millis(row.int(2)?),
                    reason: row.opt_text(3)?,
                    version: row.int(4)?,
                })
            },
        )
    }
}

impl Tx<'_> {
    /// Keeps what is known of a thing's connection now. Nothing is kept of a thing that is gone.
    pub fn put_connectivity(&mut self, row: &ConnectivityRow) -> Result<()> {
        let thing = self.one(
            "SELECT id FROM thing WHERE id = $1",
            &[row.thing.into()],
            |row| row.int(0),
        )?;
        if thing.is_none() {
            return Ok(());
        }
        self.write(
            "INSERT INTO thing_connectivity (thing_id, connected, at, reason, version) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (thing_id) DO UPDATE SET connected = excluded.connected, at = excluded.at,
             reason = excluded.reason, version = excluded.version",
            &[
                row.thing.into(),
                i64::from(row.connected).into(),
                row.at.0.into(),
                row.reason.as_deref().into(),
                row.version.into(),
            ],
        )
    }
}
