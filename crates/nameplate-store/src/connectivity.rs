//! Whether things are connected, as fleet indexing tells of it.

use crate::sql::Value;
use crate::tx::Tx;
use crate::{Conn, Result, Row};
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
    /// Which of several servers it is connected at, by its incarnation; 0 where there is one, or it is at none.
    pub owner: i64,
}

/// `SELECT` of all columns; columns as [`read`] takes them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT thing_id, connected, at, reason, version, owner FROM thing_connectivity",
            " ",
            $rest
        )
    };
}

fn read(row: &Row<'_>) -> Result<ConnectivityRow> {
    Ok(ConnectivityRow {
        thing: row.int(0)?,
        connected: row.int(1)? != 0,
        at: Millis(row.int(2)?),
        reason: row.opt_text(3)?,
        version: row.int(4)?,
        owner: row.int(5)?,
    })
}

impl Conn<'_> {
    /// Of all things that ever were connected.
    pub fn connectivity(&self) -> Result<Vec<ConnectivityRow>> {
        self.all(select!("ORDER BY thing_id"), &[], read)
    }

    /// Of one thing.
    pub fn connectivity_of(&self, thing: i64) -> Result<Option<ConnectivityRow>> {
        self.one(select!("WHERE thing_id = $1"), &[thing.into()], read)
    }

    /// Of things that are connected at this one of several servers, so many at most.
    pub fn connected_at(&self, owner: i64, limit: usize) -> Result<Vec<ConnectivityRow>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(
            select!("WHERE owner = $1 AND owner > 0 ORDER BY thing_id LIMIT $2"),
            &[owner.into(), limit.into()],
            read,
        )
    }
}

/// Things that are read by one query.
const AT_ONCE: usize = 16;

impl Conn<'_> {
    /// Of these things, those of which something is kept.
    pub fn connectivity_of_all(&self, things: &[i64]) -> Result<Vec<ConnectivityRow>> {
        let mut all = Vec::with_capacity(things.len());
        for some in things.chunks(AT_ONCE) {
            let one = |at: usize| some.get(at).or(some.first()).copied().unwrap_or_default();
            let keys: [crate::sql::Value<'_>; AT_ONCE] = std::array::from_fn(|at| one(at).into());
            all.extend(self.all(
                select!(
                    "WHERE thing_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                     ORDER BY thing_id"
                ),
                &keys,
                read,
            )?);
        }
        Ok(all)
    }
}

/// Keeps a row, and where there is one already, in its place under this condition. Nothing is kept of a thing that is gone.
macro_rules! keep {
    ($condition:literal) => {
        concat!(
            "INSERT INTO thing_connectivity (thing_id, connected, at, reason, version, owner)
             SELECT id, $1, $2, $3, $4, $5 FROM thing WHERE id = $6
             ON CONFLICT (thing_id) DO UPDATE SET connected = excluded.connected, at = excluded.at,
             reason = excluded.reason, version = excluded.version, owner = excluded.owner",
            $condition
        )
    };
}

impl ConnectivityRow {
    /// Its columns, in the order of the statement above.
    fn values(&self) -> [Value<'_>; 6] {
        [
            i64::from(self.connected).into(),
            self.at.0.into(),
            self.reason.as_deref().into(),
            self.version.into(),
            self.owner.into(),
            self.thing.into(),
        ]
    }
}

impl Tx<'_> {
    /// Keeps what this one of several servers knows of a thing's connection, unless the thing is connected at another and
    /// not here: then what is known here is of the past.
    pub fn put_connectivity_of(&mut self, row: &ConnectivityRow, own: i64) -> Result<()> {
        let [connected, at, reason, version, owner, thing] = row.values();
        self.write(
            keep!(
                " WHERE excluded.connected = 1 OR thing_connectivity.connected = 0 OR thing_connectivity.owner IN (0, $7)"
            ),
            &[connected, at, reason, version, owner, thing, own.into()],
        )
    }

    /// Keeps what is known of a thing's connection now. Nothing is kept of a thing that is gone.
    pub fn put_connectivity(&mut self, row: &ConnectivityRow) -> Result<()> {
        self.write(keep!(""), &row.values())
    }
}
