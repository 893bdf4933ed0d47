//! A data directory of each earlier release, with rows in every table that it had, opened by this one.
//!
//! The migrations are what earlier releases were: the tables of a release are those of the migrations that it had.

use crate::copy::{Tables, dump, file, fill};
use crate::fixture::{Done, is_sqlite, open_quietly};
use nameplate_store::{Location, Restoration, schema_version};
use std::collections::BTreeMap;
use std::path::Path;

/// A registry as the release with so many migrations left it.
fn of_release(version: usize, directory: &Path) -> Result<Tables, Box<dyn std::error::Error>> {
    let to = Location::Directory(directory.to_owned());
    Restoration::begin(&to, None, version, &BTreeMap::new(), "", &mut |_| {})?.finish()?;
    let db = rusqlite::Connection::open(file(directory))?;
    let found: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    assert_eq!(usize::try_from(found)?, version);
    fill(&db, "one")?;
    drop(db);
    Ok(dump(directory)?)
}

#[test]
fn the_registry_of_every_earlier_release_opens_with_all_its_rows() -> Done {
    if !is_sqlite() {
        return Ok(());
    }
    for version in 1..=schema_version() {
        let directory = tempfile::tempdir()?;
        let before = of_release(version, directory.path())?;
        for _ in 0..2 {
            let store = open_quietly(directory.path())
                .map_err(|error| format!("of version {version}: {error}"))?;
            store.close();
        }
        let after = dump(directory.path())?;
        for (table, rows) in &before {
            // Counters may have been reserved further, and attempts are kept to a number.
            if table != "counter" {
                assert_eq!(
                    after.get(table).map(Vec::len),
                    Some(rows.len()),
                    "{table} of version {version}"
                );
            }
        }
        let db = rusqlite::Connection::open(file(directory.path()))?;
        let found: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        assert_eq!(usize::try_from(found)?, schema_version());
        let whole: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        assert_eq!(whole, "ok", "version {version}");
    }
    Ok(())
}
