//! Whether a database may be used, and bringing it to this version's tables.

use super::failure::{Failure, FailureKind};
use super::options::PostgresOptions;
use super::session::Session;
use crate::copy::Origin;
use crate::store::MIGRATIONS;
use crate::{Error, Result, dialect};
use std::time::Duration;

/// How often a script that another server runs at the same time is tried again.
const TOGETHER: u32 = 10;
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
    let has_version = || ask("SELECT to_regclass('schema_version') IS NOT NULL");
    if has_version()? != "t" {
        // Those too that this user may not read, which the information schema leaves out. None that another server makes at
        // this moment: it makes them in one commit with the version, which the condition sees no earlier than the tables.
        let table = ask(
            "SELECT relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
             AND to_regclass('schema_version') IS NULL LIMIT 1",
        )?;
        if !table.is_empty() {
            return refused(format!(
                "the database {place} has tables of another program, such as {table:?}; give Nameplate one of its own"
            ));
        }
        if has_version()? != "t" {
            return Ok(());
        }
    }
    let program = ask("SELECT program FROM schema_version LIMIT 1")?;
    if program == COPYING {
        return refused(format!(
            "the database {place} holds a copy that was not finished; go on with the same `nameplate copy`, or drop it and \
             make an empty one"
        ));
    }
    if program != PROGRAM {
        return refused(format!(
            "the database {place} belongs to another program; give Nameplate one of its own"
        ));
    }
    let found = version_of(session, options)?;
    let known = known();
    let is_usable = found <= known
        || options.has_others() && usable_from(session, options)?.is_some_and(|from| from <= known);
    if !is_usable {
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
/// What it says while a registry is being copied there: no server of any release serves it.
const COPYING: &str = "nameplate copy";

/// The migrations after which the program of the version before cannot go on with the tables, and why. Every other one,
/// from the first with which servers shared a database, only adds what that program does not name: new tables, indexes,
/// and columns that fill themselves. The test at the end of this file holds them to that.
const BREAKS: &[(i64, &str)] = &[
    (
        25,
        "sessions and wills have an owner: who does not know it adopts those of servers that live",
    ),
    (
        29,
        "a job's place among groups is one of another order: who goes on from it leaves some out",
    ),
];

/// The lowest version whose program can use these tables too, beside this one.
pub(super) const USABLE_FROM: i64 = usable_since(BREAKS);

const fn usable_since(breaks: &[(i64, &str)]) -> i64 {
    match breaks.last() {
        Some((version, _)) => *version,
        None => 0,
    }
}

/// The version from which on a program can use the tables that are there, where the one that made them said so.
fn usable_from(session: &Session, options: &PostgresOptions) -> Result<Option<i64>> {
    let ask = |sql: &str| session.ask(sql).map_err(|failed| options.refusal(&failed));
    let is_said = ask(
        "SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('schema_version')
         AND attname = 'usable_from' AND NOT attisdropped",
    )?;
    if is_said.is_none() {
        return Ok(None);
    }
    let from = ask("SELECT usable_from FROM schema_version LIMIT 1")?;
    Ok(from.and_then(|from| from.parse().ok()))
}

/// The version of this program's tables.
pub(super) fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// The version of the tables that are there.
pub(super) fn version_of(session: &Session, options: &PostgresOptions) -> Result<i64> {
    let found = session
        .ask("SELECT version FROM schema_version LIMIT 1")
        .map_err(|failed| options.refusal(&failed))?;
    Ok(found.and_then(|found| found.parse().ok()).unwrap_or(0))
}

/// Whether there is a registry.
pub(super) fn is_there(session: &Session, options: &PostgresOptions) -> Result<bool> {
    let found = session
        .ask("SELECT to_regclass('meta') IS NOT NULL")
        .map_err(|failed| options.refusal(&failed))?;
    Ok(found.as_deref() == Some("t"))
}

/// Makes an empty database ready for a copy of that registry. Refuses one that is not empty, unless it is an unfinished
/// copy of the same.
pub(super) fn prepare_copy(
    session: &Session,
    options: &PostgresOptions,
    origin: &Origin,
    version: usize,
) -> Result<()> {
    let wanted = i64::try_from(version).unwrap_or(i64::MAX);
    let place = options.place();
    let ask = |sql: &str| {
        session
            .ask(sql)
            .map(Option::unwrap_or_default)
            .map_err(|failed| options.refusal(&failed))
    };
    let has_version = ask("SELECT to_regclass('schema_version') IS NOT NULL")? == "t";
    if has_version && ask("SELECT program FROM schema_version LIMIT 1")? == COPYING {
        let found = version_of(session, options)?;
        crate::copy::same_version(found, wanted, &place)?;
        if ask("SELECT registry FROM copy_of LIMIT 1")? != origin.registry() {
            return Err(Error::Refused(format!(
                "the database {place} holds an unfinished copy of {}, which is another registry; name an empty one",
                ask("SELECT place FROM copy_of LIMIT 1")?
            )));
        }
        return Ok(());
    }
    check(session, options)?;
    if has_version {
        return Err(Error::Refused(format!(
            "the database {place} holds a registry already; a registry is copied only to where there is none, so name an \
             empty one"
        )));
    }
    let mut script = format!(
        "BEGIN;
         CREATE TABLE schema_version (program TEXT PRIMARY KEY, version BIGINT NOT NULL);
         INSERT INTO schema_version (program, version) VALUES ('{COPYING}', {wanted});
         {LEASE}
         CREATE TABLE copy_of (registry TEXT NOT NULL, place TEXT NOT NULL);
         INSERT INTO copy_of (registry, place) VALUES ({}, {});",
        quoted(&origin.registry()),
        quoted(&origin.place),
    );
    for migration in &MIGRATIONS[..version] {
        script.push_str(&dialect::postgres(migration));
    }
    script.push_str("; COMMIT");
    session
        .batch(&script)
        .map_err(|failed| options.refusal(&failed))
}

/// The copy is whole: from now on it is a registry.
pub(super) fn finish_copy(session: &Session, options: &PostgresOptions) -> Result<()> {
    session
        .batch(&format!(
            "BEGIN;
             DROP TABLE copy_of;
             UPDATE schema_version SET program = '{PROGRAM}' WHERE program = '{COPYING}';
             COMMIT"
        ))
        .map_err(|failed| options.refusal(&failed))
}

/// A text as it stands in a statement.
fn quoted(text: &str) -> String {
    format!(
        "E'{}'",
        text.replace('\\', "\\\\")
            .replace('\'', "''")
            .replace('\0', "")
    )
}

/// The table of the one server that holds the registry.
const LEASE: &str = "CREATE TABLE IF NOT EXISTS lease (
    name TEXT PRIMARY KEY, node TEXT NOT NULL, until TIMESTAMPTZ NOT NULL, epoch BIGINT NOT NULL);";

/// What servers that prepare a database at the same moment wait for each other by. `IF NOT EXISTS` alone is no protection:
/// of two that find no table, one fails when it makes it.
const PREPARING: i64 = i64::from_be_bytes(*b"namplate");

/// Makes what must be there before anything else: the version and the lease.
pub(super) fn prepare(session: &Session, options: &PostgresOptions) -> Result<()> {
    let script = format!(
        "BEGIN;
         SELECT pg_advisory_xact_lock({PREPARING});
         CREATE TABLE IF NOT EXISTS schema_version (program TEXT PRIMARY KEY, version BIGINT NOT NULL);
         ALTER TABLE schema_version ADD COLUMN IF NOT EXISTS usable_from BIGINT;
         INSERT INTO schema_version (program, version) VALUES ('{PROGRAM}', 0) ON CONFLICT (program) DO NOTHING;
         {LEASE}
         {}
         {}
         COMMIT",
        super::cluster::TABLES,
        super::secret::TABLE
    );
    together(session, &script).map_err(|failed| options.refusal(&failed))
}

/// Runs a script that a server may be running too which does not wait.
fn together(session: &Session, script: &str) -> Result<(), Failure> {
    for _ in 0..TOGETHER {
        match session.batch(script) {
            Err(failed)
                if matches!(failed.kind, FailureKind::Duplicate | FailureKind::Conflict) =>
            {
                let _ = session.batch("ROLLBACK");
                std::thread::sleep(Duration::from_millis(50));
            }
            other => return other,
        }
    }
    session.batch(script)
}

/// Brings the tables to this version, each step whole or not at all; a new registry's in one.
pub(super) fn run(session: &Session, options: &PostgresOptions) -> Result<()> {
    let found =
        || -> Result<usize> { Ok(usize::try_from(version_of(session, options)?).unwrap_or(0)) };
    let mut from = found()?;
    while from < MIGRATIONS.len() {
        let to = match from {
            0 => MIGRATIONS.len(),
            _ => from + 1,
        };
        // The version's row first: another server that is at the same waits for it, and so does one that joins. Who has
        // waited looks again whether this step is still to be made: made twice, one that only changes rows would not fail.
        let held = session.batch("BEGIN").and_then(|()| {
            session.ask(&format!(
                "UPDATE schema_version SET version = {to}, usable_from = {USABLE_FROM} WHERE version = {from} RETURNING version"
            ))
        });
        if matches!(held, Ok(None)) {
            session
                .batch("ROLLBACK")
                .map_err(|failed| options.refusal(&failed))?;
            let now = found()?;
            if now <= from {
                let place = options.place();
                return Err(Error::Refused(format!(
                    "the tables of the database {place} are brought back to an earlier version while this server starts; start it again when that is done"
                )));
            }
            from = now;
            continue;
        }
        if held.is_ok()
            && options.has_others()
            && let Err(refused) = super::cluster::refuse_others_of_another_schema(session, options)
        {
            let _ = session.batch("ROLLBACK");
            return Err(refused);
        }
        let mut steps = MIGRATIONS[from..to].iter();
        let made = held
            .and_then(|_| steps.try_for_each(|step| session.batch(&dialect::postgres(step))))
            .and_then(|()| session.batch("COMMIT"));
        if let Err(failed) = made {
            let _ = session.batch("ROLLBACK");
            // Another may have made them.
            if found()? <= from {
                return Err(options.refusal(&failed));
            }
        }
        from = found()?;
    }
    // Who brought them to this version may have known less of what breaks.
    let known = known();
    session
        .batch(&format!(
            "UPDATE schema_version SET usable_from = {USABLE_FROM}
             WHERE version = {known} AND (usable_from IS NULL OR usable_from < {USABLE_FROM})"
        ))
        .map_err(|failed| options.refusal(&failed))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a migration does that the program of the version before could not bear, by its statements.
    fn trouble(migration: &str) -> Option<String> {
        let text: String = migration
            .lines()
            .map(|line| line.split("--").next().unwrap_or_default())
            .collect::<Vec<_>>()
            .join(" ");
        let mut new: Vec<String> = Vec::new();
        for statement in text.split(';') {
            let words: Vec<&str> = statement.split_whitespace().collect();
            let upper: Vec<String> = words.iter().map(|word| word.to_uppercase()).collect();
            let upper: Vec<&str> = upper.iter().map(String::as_str).collect();
            // A table with what stands behind its name, and a column of a table.
            let table = |at: usize| words[at].split('(').next().unwrap_or_default().to_owned();
            let is_new = |name: &str, new: &[String]| new.iter().any(|known| known == name);
            match upper.as_slice() {
                [] | ["}"] => {}
                ["CREATE", "TABLE", ..] => new.push(table(2)),
                // A unique one refuses rows that the earlier program writes.
                ["CREATE", "INDEX", ..] => {}
                // Without one that is not unique the earlier program is slower, and right.
                ["DROP", "INDEX", _]
                    if MIGRATIONS
                        .iter()
                        .any(|made| made.contains(&format!("CREATE INDEX {} ON", words[2]))) => {}
                ["CREATE", "UNIQUE", "INDEX", _, "ON", ..] if is_new(&table(5), &new) => {}
                ["{LOOKUP", _, "ON", ..] if is_new(&table(3), &new) => {}
                ["ALTER", "TABLE", _, "ADD", "COLUMN", _, _, rest @ ..] => {
                    let is_filled = !rest.contains(&"NOT") || rest.contains(&"DEFAULT");
                    if !is_filled || rest.contains(&"UNIQUE") || rest.contains(&"REFERENCES") {
                        return Some(format!("a column that does not fill itself: {statement}"));
                    }
                    new.push(format!("{}.{}", words[2], words[5]));
                }
                ["INSERT", "INTO", ..] if is_new(&table(2), &new) => {}
                // What stands in a column that there was before stays.
                ["UPDATE", _, "SET", _, "=", ..]
                    if is_new(words[1], &new)
                        || is_new(&format!("{}.{}", words[1], words[3]), &new) => {}
                _ => return Some(statement.trim().to_owned()),
            }
        }
        None
    }

    #[test]
    fn a_migration_adds_only_or_is_said_to_break() {
        // The first with which two releases may meet over one database.
        let first = 24;
        for (at, migration) in MIGRATIONS.iter().enumerate().skip(first - 1) {
            let version = i64::try_from(at + 1).expect("few");
            let breaks = BREAKS.iter().any(|(broken, _)| *broken == version);
            let found = trouble(migration);
            assert!(
                breaks || found.is_none(),
                "migration {version} is not for the program before it: {}",
                found.unwrap_or_default()
            );
        }
        assert!(BREAKS.is_sorted_by(|one, next| one.0 < next.0));
        assert!(USABLE_FROM <= known());
    }

    #[test]
    fn what_an_earlier_program_cannot_bear() {
        for fine in [
            "",
            "-- DROP TABLE thing;\nCREATE TABLE a (id {KEY}, n TEXT NOT NULL);\nINSERT INTO a SELECT id, name FROM thing;",
            "CREATE TABLE a (id {KEY}, n TEXT); {LOOKUP a_n ON a(n)}; CREATE UNIQUE INDEX a_i ON a(id);",
            "CREATE INDEX thing_x ON thing(x) WHERE x = 1;",
            "DROP INDEX job_execution_pending;",
            "ALTER TABLE thing ADD COLUMN x BIGINT; UPDATE thing SET x = 3 WHERE id = 1;",
            "ALTER TABLE thing ADD COLUMN x BIGINT NOT NULL DEFAULT 0;",
        ] {
            assert_eq!(trouble(fine), None, "{fine}");
        }
        for broken in [
            "DROP TABLE thing;",
            "DROP INDEX job_execution_of_job;",
            "ALTER TABLE thing RENAME TO gadget;",
            "ALTER TABLE thing DROP COLUMN name;",
            "ALTER TABLE thing ADD COLUMN x BIGINT NOT NULL;",
            "CREATE UNIQUE INDEX thing_x ON thing(x);",
            "{LOOKUP thing_x ON thing(x)};",
            "UPDATE thing SET name = 'x';",
            "DELETE FROM thing;",
            "INSERT INTO thing VALUES (1);",
        ] {
            assert!(trouble(broken).is_some(), "{broken}");
        }
    }
}
