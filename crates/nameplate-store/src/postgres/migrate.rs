//! Whether a database may be used, and bringing it to this version's tables.

use super::options::PostgresOptions;
use super::session::Session;
use crate::store::MIGRATIONS;
use crate::{Error, Result, dialect};

/// The oldest server that is used, as `server_version_num` writes it.
const OLDEST: i64 = 150_000;

/// Refuses a server that is too old, keeps another encoding, or takes no writes, and a database of another program or
/// of a newer version.
pub(super) fn check(session: &Session, options: &PostgresOptions) -> Result<()> {
    let place = options.place();
    let ask = |sql: &str| {
        session
            .ask(sql)
            .map(Option::unwrap_or_default)
            .map_err(|failed| options.refusal(&failed))
    };
    let refused = |words: String| Err(Error::Refused(words));
    let version = ask("SHOW server_version_num")?;
    if version.parse::<i64>().unwrap_or(0) < OLDEST {
        return refused(format!(
            "the server at {place} is version {}; PostgreSQL 15 or newer is needed",
            ask("SHOW server_version")?
        ));
    }
    let encoding = ask("SHOW server_encoding")?;
    if encoding != "UTF8" {
        return refused(format!(
            "the database {place} keeps its texts as {encoding}; make one with: createdb -E UTF8 -T template0"
        ));
    }
    if ask("SHOW transaction_read_only")? == "on" {
        return refused(format!(
            "the database {place} takes no writes; name the primary server, or a user who may write"
        ));
    }
    if ask("SELECT to_regclass('schema_version') IS NOT NULL")? != "t" {
        let table = ask(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() LIMIT 1",
        )?;
        if !table.is_empty() {
            return refused(format!(
                "the database {place} has tables of another program, such as {table:?}; give Nameplate one of its own"
            ));
        }
        return Ok(());
    }
    let program = ask("SELECT program FROM schema_version LIMIT 1")?;
    if program != PROGRAM {
        return refused(format!(
            "the database {place} belongs to another program; give Nameplate one of its own"
        ));
    }
    let found = version_of(session, options)?;
    let known = known();
    if found > known {
        return Err(Error::FromTheFuture {
            path: place,
            found,
            known,
        });
    }
    Ok(())
}

/// What the version's row says who wrote it.
const PROGRAM: &str = "nameplate";

fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

fn version_of(session: &Session, options: &PostgresOptions) -> Result<i64> {
    let found = session
        .ask("SELECT version FROM schema_version LIMIT 1")
        .map_err(|failed| options.refusal(&failed))?;
    Ok(found.and_then(|found| found.parse().ok()).unwrap_or(0))
}

/// Makes what must be there before anything else: the version and the lease.
pub(super) fn prepare(session: &Session, options: &PostgresOptions) -> Result<()> {
    session
        .batch(&format!(
            "BEGIN;
             CREATE TABLE IF NOT EXISTS schema_version (program TEXT PRIMARY KEY, version BIGINT NOT NULL);
             INSERT INTO schema_version (program, version) VALUES ('{PROGRAM}', 0) ON CONFLICT (program) DO NOTHING;
             CREATE TABLE IF NOT EXISTS lease (
                 name TEXT PRIMARY KEY, node TEXT NOT NULL, until TIMESTAMPTZ NOT NULL, epoch BIGINT NOT NULL);
             COMMIT"
        ))
        .map_err(|failed| options.refusal(&failed))
}

/// Brings the tables to this version, each step whole or not at all.
pub(super) fn run(session: &Session, options: &PostgresOptions) -> Result<()> {
    let found = usize::try_from(version_of(session, options)?).unwrap_or(0);
    for (at, migration) in MIGRATIONS.iter().enumerate().skip(found) {
        session
            .batch(&format!(
                "BEGIN; {} UPDATE schema_version SET version = {}; COMMIT",
                dialect::postgres(migration),
                at + 1
            ))
            .map_err(|failed| options.refusal(&failed))?;
    }
    Ok(())
}
