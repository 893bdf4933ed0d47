//! Secrets that servers over one database share. They come sealed, and before the registry is opened.

use super::failure::{Failure, FailureKind};
use super::options::PostgresOptions;
use super::session::Session;
use super::{migrate, waiting};
use crate::Result;
use crate::sql::{Conn, View};
use crate::tx::Tx;
use std::time::Duration;

/// The tables of secrets. A copy of the registry has none of them.
pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS secret (
    name TEXT PRIMARY KEY, key_id TEXT NOT NULL, sealed BYTEA NOT NULL);
ALTER TABLE secret ADD COLUMN IF NOT EXISTS leaving BIGINT;
CREATE TABLE IF NOT EXISTS ticket_key (
    number BIGINT PRIMARY KEY, key_id TEXT NOT NULL, sealed BYTEA NOT NULL, made TIMESTAMPTZ NOT NULL);";

/// A secret that servers share, sealed by a key that the store does not know.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedSecret {
    /// Its name.
    pub name: String,
    /// Which key it is sealed by.
    pub key_id: String,
    /// Itself, sealed.
    pub sealed: Vec<u8>,
}

impl std::fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SharedSecret").field(&self.name).finish()
    }
}

/// The secrets that servers over this database share, by name; none before the first has put them there. Blocks.
pub fn shared_secrets(server: &PostgresOptions) -> Result<Vec<SharedSecret>> {
    waiting(|| {
        let session = Session::first(server)?;
        migrate::check(&session, server)?;
        let there = session.ask("SELECT to_regclass('ticket_key') IS NOT NULL");
        if there.map_err(|failed| server.refusal(&failed))?.as_deref() != Some("t") {
            migrate::prepare(&session, server)?;
        }
        read(&session).map_err(|failed| server.refusal(&failed))
    })
}

/// A key that servers seal the tickets of TLS sessions with, itself sealed as [`SharedSecret`]s are.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedTicketKey {
    /// Grows with each.
    pub number: i64,
    /// Which key it is sealed by.
    pub key_id: String,
    /// Itself, sealed.
    pub sealed: Vec<u8>,
    /// Since when it is there, by the database's clock.
    pub age: Duration,
}

/// The keys of tickets, the newest last: `next` becomes one where the newest is older than `turn`, and those older than
/// `life` are gone. Of servers that come at the same time one adds its own. Blocks.
pub fn ticket_keys(
    server: &PostgresOptions,
    (key_id, next): (&str, &[u8]),
    (turn, life): (Duration, Duration),
) -> Result<Vec<SharedTicketKey>> {
    waiting(|| {
        let session = Session::first(server)?;
        turned(&session, (key_id, next), (turn, life)).map_err(|failed| server.refusal(&failed))
    })
}

fn turned(
    session: &Session,
    (key_id, next): (&str, &[u8]),
    (turn, life): (Duration, Duration),
) -> Result<Vec<SharedTicketKey>, Failure> {
    session.rows(
        "INSERT INTO ticket_key (number, key_id, sealed, made)
         SELECT COALESCE(MAX(number), 0) + 1, $1::TEXT, $2::BYTEA, now() FROM ticket_key
         HAVING COALESCE(MAX(made) < now() - make_interval(secs => $3::FLOAT8), TRUE)
         ON CONFLICT (number) DO NOTHING",
        &[&key_id, &next, &turn.as_secs_f64()],
    )?;
    session.rows(
        "DELETE FROM ticket_key WHERE made < now() - make_interval(secs => $1::FLOAT8)",
        &[&life.as_secs_f64()],
    )?;
    let rows = session.rows(
        "SELECT number, key_id, sealed, (EXTRACT(EPOCH FROM now() - made) * 1000)::BIGINT FROM ticket_key ORDER BY number",
        &[],
    )?;
    let wrong = |failed| Failure::of(&failed);
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let age: i64 = row.try_get(3).map_err(wrong)?;
        found.push(SharedTicketKey {
            number: row.try_get(0).map_err(wrong)?,
            key_id: row.try_get(1).map_err(wrong)?,
            sealed: row.try_get(2).map_err(wrong)?,
            age: Duration::from_millis(age.max(0).unsigned_abs()),
        });
    }
    Ok(found)
}

/// Removes the keys of tickets that are sealed by another key than this. Blocks.
pub fn forget_ticket_keys(server: &PostgresOptions, but_of: &str) -> Result<()> {
    waiting(|| {
        let session = Session::first(server)?;
        let gone = session.rows("DELETE FROM ticket_key WHERE key_id <> $1", &[&but_of]);
        gone.map(drop).map_err(|failed| server.refusal(&failed))
    })
}

/// Puts secrets there for all servers, all or none; false where there is one of these names already. Blocks.
pub fn share_secrets(server: &PostgresOptions, secrets: &[SharedSecret]) -> Result<bool> {
    loop {
        let before = shared_secrets(server)?;
        let is_there = |new: &SharedSecret| before.iter().any(|old| old.name == new.name);
        if secrets.iter().any(is_there) {
            return Ok(false);
        }
        let mut after = before.clone();
        after.extend_from_slice(secrets);
        if exchange_secrets(server, &before, &after)? {
            return Ok(true);
        }
    }
}

/// Brings the secrets from `before` to `after`, all or nothing; false where they are others than `before` by now. Blocks.
pub fn exchange_secrets(
    server: &PostgresOptions,
    before: &[SharedSecret],
    after: &[SharedSecret],
) -> Result<bool> {
    waiting(|| {
        let session = Session::first(server)?;
        match exchange(&session, before, after) {
            Ok(done) => Ok(done),
            // Another server was faster.
            Err(failed)
                if matches!(failed.kind, FailureKind::Conflict | FailureKind::Duplicate) =>
            {
                Ok(false)
            }
            Err(failed) => Err(server.refusal(&failed)),
        }
    })
}

fn exchange(
    session: &Session,
    before: &[SharedSecret],
    after: &[SharedSecret],
) -> Result<bool, Failure> {
    session.batch("BEGIN ISOLATION LEVEL SERIALIZABLE")?;
    let found = read(session)?;
    if found.len() != before.len() || found.iter().any(|secret| !before.contains(secret)) {
        session.batch("ROLLBACK")?;
        return Ok(false);
    }
    let is_gone = |old: &&SharedSecret| after.iter().all(|new| new.name != old.name);
    for old in before.iter().filter(is_gone) {
        session.rows("DELETE FROM secret WHERE name = $1", &[&old.name.as_str()])?;
    }
    for new in after.iter().filter(|new| !before.contains(new)) {
        session.rows(
            "INSERT INTO secret (name, key_id, sealed) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed, leaving = NULL",
            &[
                &new.name.as_str(),
                &new.key_id.as_str(),
                &new.sealed.as_slice(),
            ],
        )?;
    }
    session.batch("COMMIT")?;
    Ok(true)
}

/// Says that a secret is about to be removed, or is not. When this returns, whatever was registered by it before is
/// committed, and nothing more is by any server, see [`Tx::secret_stands`]. Blocks.
pub fn leave_secret(server: &PostgresOptions, name: &str, is_leaving: bool) -> Result<()> {
    waiting(|| {
        let session = Session::first(server)?;
        let said = session.rows(
            "UPDATE secret SET leaving = $2 WHERE name = $1",
            &[&name, &is_leaving.then_some(1_i64)],
        );
        said.map(drop).map_err(|failed| server.refusal(&failed))
    })
}

impl Tx<'_> {
    /// Whether what a secret is for may still be relied on when this commits: it is there, and nobody removes it. Always
    /// where no other servers share it.
    pub fn secret_stands(&self, name: &str) -> Result<bool> {
        let conn: &Conn<'_> = self;
        match &conn.0 {
            View::Postgres(session) if session.options().has_others() => {
                if session.knows_standing(name) {
                    return Ok(true);
                }
                // Whoever removes it waits for this transaction.
                let found = session.query(
                    "SELECT 1 FROM secret WHERE name = $1 AND leaving IS NULL FOR SHARE",
                    &[name.into()],
                )?;
                if found.is_empty() {
                    return Ok(false);
                }
                session.know_standing(name);
                Ok(true)
            }
            _ => Ok(true),
        }
    }
}

fn read(session: &Session) -> Result<Vec<SharedSecret>, Failure> {
    let rows = session.rows("SELECT name, key_id, sealed FROM secret", &[])?;
    let wrong = |failed| Failure::of(&failed);
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.push(SharedSecret {
            name: row.try_get(0).map_err(wrong)?,
            key_id: row.try_get(1).map_err(wrong)?,
            sealed: row.try_get(2).map_err(wrong)?,
        });
    }
    // Not by the database's own order of texts.
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}
