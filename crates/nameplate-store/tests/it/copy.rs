//! A registry that moves: every table, there and back, broken off and taken up, and what is refused.
//!
//! Tables are found in the database itself and filled by the kinds of their columns, so that one that a migration adds is
//! tested from its first day.

use crate::fixture::{Done, is_sqlite, open_quietly};
use crate::server;
use nameplate_store::{Copied, Copy, Error, Location, PostgresOptions, Progress, Step};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

/// What a registry is known by.
const IDENTITY: &[&str] = &["directory-roots"];
/// Rows of a table; of things, a few batches.
const FEW: i64 = 5;
pub const MANY: i64 = 3000;

pub type Tables = BTreeMap<String, Vec<Vec<Value>>>;

pub fn file(directory: &Path) -> std::path::PathBuf {
    directory.join("nameplate.db")
}

fn names(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut names = db.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )?;
    names.query_map([], |row| row.get(0))?.collect()
}

/// Everything that is in a registry.
pub fn dump(directory: &Path) -> rusqlite::Result<Tables> {
    let db = Connection::open(file(directory))?;
    let mut all = Tables::new();
    for name in names(&db)? {
        let mut rows = db.prepare(&format!("SELECT * FROM {name}"))?;
        let columns = rows.column_count();
        let mut found: Vec<Vec<Value>> = rows
            .query_map([], |row| (0..columns).map(|at| row.get(at)).collect())?
            .collect::<rusqlite::Result<_>>()?;
        found.sort_by_key(|row| format!("{row:?}"));
        all.insert(name, found);
    }
    Ok(all)
}

/// A value of a column of the row of this number.
fn value(kind: &str, name: &str, number: i64, key: bool, nullable: bool) -> Value {
    if nullable && number % 2 == 1 {
        return Value::Null;
    }
    match kind {
        "BYTEA" => {
            let mut bytes = vec![0, 255, b'\\', b'\''];
            bytes.extend_from_slice(&number.to_be_bytes());
            bytes.resize(32, 7);
            Value::Blob(bytes)
        }
        "TEXT" => Value::Text(format!("{name} {number} \"\\'\n\t,{{}} ü→\u{1F426}")),
        _ if !key && number == 2 => Value::Integer(i64::MAX / 3),
        _ if !key && number == 4 => Value::Integer(i64::MIN / 3),
        _ => Value::Integer(number),
    }
}

/// Fills every table of a fresh registry.
pub fn filled(directory: &Path, identity: &str) -> Done {
    let store = nameplate_store::Store::open(
        &nameplate_store::StoreOptions {
            directory: directory.to_owned(),
            engine: nameplate_store::EngineOptions::Sqlite,
            attempts: 100,
            cluster: None,
        },
        |_| {},
    )?;
    store.close();
    drop(store);
    fill(&Connection::open(file(directory))?, identity)?;
    let empty: Vec<String> = dump(directory)?
        .into_iter()
        .filter_map(|(name, rows)| rows.is_empty().then_some(name))
        .collect();
    assert!(empty.is_empty(), "{empty:?} has nothing in it");
    Ok(())
}

/// Puts rows into every table that is there.
pub fn fill(db: &Connection, identity: &str) -> Done {
    let writing = db.unchecked_transaction()?;
    for table in names(db)? {
        let mut columns =
            db.prepare("SELECT name, type, pk, \"notnull\" FROM pragma_table_info(?1)")?;
        let columns: Vec<(String, String, bool, bool)> = columns
            .query_map([&table], |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get::<_, i64>(2)? > 0,
                    row.get(3)?,
                ))
            })?
            .collect::<rusqlite::Result<_>>()?;
        let marks = vec!["?"; columns.len()].join(", ");
        for number in 1..=(if table == "thing" { MANY } else { FEW }) {
            let row = columns.iter().map(|(name, kind, key, not_null)| {
                value(kind, name, number, *key, !key && !not_null)
            });
            writing.execute(
                &format!("INSERT INTO {table} VALUES ({marks})"),
                rusqlite::params_from_iter(row),
            )?;
        }
    }
    writing.execute(
        "INSERT INTO meta VALUES ('directory-roots', ?1)",
        [identity],
    )?;
    Ok(writing.commit()?)
}

pub fn at(directory: &Path) -> Location {
    Location::Directory(directory.to_owned())
}

/// A database of its own, empty at first.
fn database(directory: &Path) -> Result<Location, Error> {
    let url = server::database_of(directory);
    let options = PostgresOptions::parse(&url).map_err(Error::Refused)?;
    Ok(Location::Database(Box::new(options)))
}

fn copy(from: &Location, to: &Location) -> Result<Copied, Error> {
    Copy::open(from, to, IDENTITY, &mut |_| {})?.run(&mut |_| ControlFlow::Continue(()))
}

/// Copies until so many things are carried, and ends there as a process that is killed does.
fn broken_off(from: &Location, to: &Location, things: u64) -> Done {
    let ended = Copy::open(from, to, IDENTITY, &mut |_| {})?.run(&mut |progress: Progress<'_>| {
        assert_eq!(progress.step, Step::Copying);
        match progress.table == "thing" && progress.rows >= things {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    assert!(matches!(ended, Err(Error::Closed)), "{ended:?}");
    Ok(())
}

#[track_caller]
fn refused(result: Result<Copied, Error>, told: &str) {
    let error = result.map(drop).expect_err("it is refused");
    let text = error.to_string();
    assert!(text.contains(told) && !text.contains('\n'), "{text}");
}

/// A place of the other kind, in the engine that the tests run over.
pub fn other(directory: &Path) -> Result<Location, Error> {
    match is_sqlite() {
        true => Ok(at(directory)),
        false => database(directory),
    }
}

#[test]
fn every_table_goes_there_and_back() -> Done {
    let (first, between, second) = (
        tempfile::tempdir()?,
        tempfile::tempdir()?,
        tempfile::tempdir()?,
    );
    filled(first.path(), "one")?;
    let before = dump(first.path())?;
    let (from, through, to) = (at(first.path()), other(between.path())?, at(second.path()));
    let there = copy(&from, &through)?;
    let back = copy(&through, &to)?;
    assert_eq!(there, back);
    assert_eq!(there.found, 0);
    assert_eq!(there.tables, before.len());
    let rows: usize = before.values().map(Vec::len).sum();
    assert_eq!(there.rows, rows as u64);
    assert_eq!(dump(second.path())?, before);
    // The first is as it was, and both are registries that a server opens.
    assert_eq!(dump(first.path())?, before);
    if is_sqlite() {
        let store = open_quietly(second.path())?;
        let counts = tokio::runtime::Runtime::new()?.block_on(store.counts())?;
        assert_eq!(counts, (MANY as usize, FEW as usize));
    }
    refused(copy(&from, &through), "already");
    refused(copy(&through, &to), "is there already");
    Ok(())
}

#[test]
fn what_was_broken_off_goes_on() -> Done {
    let (first, between, second, third) = (
        tempfile::tempdir()?,
        tempfile::tempdir()?,
        tempfile::tempdir()?,
        tempfile::tempdir()?,
    );
    filled(first.path(), "one")?;
    filled(third.path(), "two")?;
    let (from, through, to) = (at(first.path()), other(between.path())?, at(second.path()));
    broken_off(&from, &through, 1000)?;
    // Half a registry is served by nobody, and is taken for no other registry's.
    if let Location::Database(options) = &through {
        let read = nameplate_store::remembered(
            between.path(),
            &nameplate_store::EngineOptions::Postgres(options.clone()),
            IDENTITY,
        );
        refused(
            read.map(|_| unreachable!("it was read")),
            "holds a copy that was not finished",
        );
    } else {
        assert!(!file(between.path()).exists());
    }
    refused(copy(&at(third.path()), &through), "is another registry");
    refused(
        copy(&through, &to),
        if is_sqlite() {
            "no registry"
        } else {
            "not finished"
        },
    );
    let there = copy(&from, &through)?;
    assert!(there.found >= 1000, "{there:?}");
    broken_off(&through, &to, 2000)?;
    broken_off(&through, &to, 2500)?;
    let sqlite = nameplate_store::EngineOptions::Sqlite;
    let read = nameplate_store::remembered(second.path(), &sqlite, IDENTITY);
    refused(
        read.map(|_| unreachable!("it was read")),
        "is a copy that was not finished",
    );
    if is_sqlite() {
        let served = open_quietly(second.path());
        refused(
            served.map(|_| unreachable!("it was served")),
            "is a copy that was not finished",
        );
    }
    let back = copy(&through, &to)?;
    assert!(back.found >= 2500, "{back:?}");
    assert_eq!(there.digest, back.digest);
    assert_eq!(dump(second.path())?, dump(first.path())?);
    Ok(())
}

#[test]
fn a_registry_that_changed_in_between_is_not_called_copied() -> Done {
    let (first, between) = (tempfile::tempdir()?, tempfile::tempdir()?);
    filled(first.path(), "one")?;
    let (from, to) = (at(first.path()), other(between.path())?);
    broken_off(&from, &to, 1000)?;
    Connection::open(file(first.path()))?
        .execute("UPDATE thing SET attributes = '{}' WHERE id = 1", [])?;
    refused(copy(&from, &to), "the table thing has 3000 rows");
    // Nor with less.
    Connection::open(file(first.path()))?.execute("DELETE FROM thing WHERE id = 2", [])?;
    refused(copy(&from, &to), "the table thing has 2999 rows");
    Ok(())
}

#[test]
fn what_cannot_be_copied_is_told() -> Done {
    let (first, empty, second) = (
        tempfile::tempdir()?,
        tempfile::tempdir()?,
        tempfile::tempdir()?,
    );
    let (from, to) = (at(first.path()), other(second.path())?);
    let nowhere = at(&empty.path().join("nowhere"));
    refused(copy(&at(empty.path()), &to), "there is no registry in");
    refused(copy(&nowhere, &to), "there is no registry in");
    assert!(!empty.path().join("nowhere").exists());
    filled(first.path(), "one")?;
    refused(copy(&from, &from), "to itself");
    // What is left of a database that was moved away would be read into the one that comes.
    std::fs::write(empty.path().join("nameplate.db-wal"), "frames")?;
    refused(
        copy(&from, &at(empty.path())),
        "nameplate.db-wal is there already",
    );
    let db = Connection::open(file(first.path()))?;
    let version: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (found, told) in [
        (version - 1, "by an earlier release"),
        (version + 1, "by a newer release"),
    ] {
        db.execute_batch(&format!("PRAGMA user_version = {found}"))?;
        refused(copy(&from, &to), told);
    }
    db.execute_batch(&format!("PRAGMA user_version = {version}"))?;
    drop(db);
    let running = nameplate_store::DirectoryLock::take(first.path())?;
    refused(copy(&from, &to), "in use by another server");
    drop(running);
    copy(&from, &to)?;
    Ok(())
}

#[test]
fn what_postgresql_cannot_take_is_told() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (first, second, third) = (
        tempfile::tempdir()?,
        tempfile::tempdir()?,
        tempfile::tempdir()?,
    );
    filled(first.path(), "one")?;
    let (from, to) = (at(first.path()), database(second.path())?);
    Connection::open(file(first.path()))?
        .execute("UPDATE thing SET attributes = char(0) WHERE id = 7", [])?;
    refused(copy(&from, &to), "U+0000 in attributes");
    Connection::open(file(first.path()))?
        .execute("UPDATE thing SET attributes = '{}' WHERE id = 7", [])?;
    copy(&from, &to)?;
    // A server that runs on it is waited for, in case it has died, and refused.
    let running = nameplate_store::Store::open(
        &nameplate_store::StoreOptions {
            directory: second.path().to_owned(),
            engine: match &to {
                Location::Database(options) => {
                    nameplate_store::EngineOptions::Postgres(options.clone())
                }
                Location::Directory(_) => nameplate_store::EngineOptions::Sqlite,
            },
            attempts: 100,
            cluster: None,
        },
        |_| {},
    )?;
    let mut waited = Vec::new();
    let tried = Copy::open(&to, &at(third.path()), IDENTITY, &mut |why| {
        waited.push(why.to_owned());
    });
    let told = tried.err().ok_or("it was opened")?.to_string();
    assert!(told.contains("in use by another server"), "{told}");
    assert_eq!(waited.len(), 1, "{waited:?}");
    running.close();
    Ok(())
}
