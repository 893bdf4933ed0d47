//! The embedded database as one side of a copy.
//!
//! A copy is made in a file beside the one that servers open, and renamed when it is whole.

use super::{DATABASE, READER_CACHE_KIB, WRITER_CACHE_KIB, connect, private_file, version_of};
use crate::copy::{Kind, Origin, Side, Table, identity_of, tables};
use crate::directory::{DirectoryLock, io};
use crate::sql::Datum;
use crate::store::MIGRATIONS;
use crate::{Error, Result, dialect};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A copy that is not whole yet.
const UNFINISHED: &str = "nameplate.db.copy";
/// What SQLite may leave beside a database, and would take for a part of another one put in its place.
const BESIDE: [&str; 3] = [
    "nameplate.db-wal",
    "nameplate.db-shm",
    "nameplate.db-journal",
];

/// Refuses a directory with a copy that is not whole: a server would make a new registry beside it.
pub(super) fn refuse_unfinished(directory: &Path) -> Result<()> {
    let path = directory.join(UNFINISHED);
    if directory.join(DATABASE).exists() || !path.exists() {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "{} is a copy that was not finished; go on with the same `nameplate copy`, or remove the directory and make the \
         copy, or restore the backup, anew",
        path.display()
    )))
}

/// A data directory, held.
pub(crate) struct SqliteSide {
    directory: PathBuf,
    // `None` only when the copy is finished.
    db: Option<rusqlite::Connection>,
    _lock: Arc<DirectoryLock>,
}

impl SqliteSide {
    /// A registry to read. Nothing in the directory is changed.
    pub(crate) fn source(directory: &Path) -> Result<Self> {
        let path = directory.join(DATABASE);
        if !path.metadata().is_ok_and(|found| found.len() > 0) {
            return Err(Error::Refused(format!(
                "there is no registry in {}: it has no {DATABASE}",
                directory.display()
            )));
        }
        let lock = DirectoryLock::take(directory)?;
        let open = || -> Result<rusqlite::Connection> {
            let db = connect(&path, READER_CACHE_KIB)?;
            db.set_db_config(
                rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                true,
            )?;
            db.execute_batch("PRAGMA query_only = ON;")?;
            let found = version_of(&db, &path)?;
            same_version(found, &path.display().to_string())?;
            Ok(db)
        };
        let db = open().map_err(|error| match error {
            Error::Engine(engine) => Error::unusable(&path, engine),
            other => other,
        })?;
        Ok(Self {
            directory: directory.to_owned(),
            db: Some(db),
            _lock: Arc::new(lock),
        })
    }

    /// One state of a registry that is served, read over a connection of its own.
    pub(super) fn snapshot(db: rusqlite::Connection, lock: Arc<DirectoryLock>) -> Result<Self> {
        db.execute_batch("BEGIN")?;
        // The state is settled by the first read.
        db.query_row("SELECT COUNT(*) FROM meta", [], |row| row.get::<_, i64>(0))?;
        Ok(Self {
            directory: PathBuf::new(),
            db: Some(db),
            _lock: lock,
        })
    }

    /// A place for a copy of that registry, empty or with a part of it.
    pub(crate) fn target(directory: &Path, origin: &Origin, identity: &[&str]) -> Result<Self> {
        let mut side = Self::place(directory, origin, MIGRATIONS.len())?;
        side.check_origin(origin, identity, &directory.join(UNFINISHED))?;
        Ok(side)
    }

    /// A place for a registry of that version, empty or with a part of it; whose part is not asked.
    pub(crate) fn place(directory: &Path, origin: &Origin, version: usize) -> Result<Self> {
        let lock = DirectoryLock::take(directory)?;
        for name in std::iter::once(DATABASE).chain(BESIDE) {
            let path = directory.join(name);
            if path.exists() {
                return Err(Error::Refused(format!(
                    "{} is there already; a registry is copied only to where there is none, so move it away or name \
                     another directory",
                    path.display()
                )));
            }
        }
        let path = directory.join(UNFINISHED);
        if !path.exists() {
            private_file(&path).map_err(io(&path))?;
        }
        let db = connect(&path, WRITER_CACHE_KIB)?;
        // Whole pages of new rows: the journal is small, and nothing of it is left when the file is renamed.
        let empty: bool = db.query_row("SELECT COUNT(*) = 0 FROM sqlite_master", [], |row| {
            row.get(0)
        })?;
        if empty {
            let mut script = String::from("BEGIN IMMEDIATE;");
            for migration in &MIGRATIONS[..version] {
                script.push_str(&dialect::sqlite(migration));
            }
            script.push_str("CREATE TABLE copy_of (registry TEXT NOT NULL, place TEXT NOT NULL);");
            db.execute_batch(&script)?;
            db.execute(
                "INSERT INTO copy_of VALUES (?1, ?2)",
                [origin.registry(), origin.place.clone()],
            )?;
            db.execute_batch(&format!("PRAGMA user_version = {version}; COMMIT"))?;
        }
        Ok(Self {
            directory: directory.to_owned(),
            db: Some(db),
            _lock: Arc::new(lock),
        })
    }

    /// Refuses what is an unfinished copy of another registry.
    fn check_origin(&mut self, origin: &Origin, identity: &[&str], path: &Path) -> Result<()> {
        let db = self.db()?;
        same_version(version_of(db, path)?, &path.display().to_string())?;
        let noted: bool = db.query_row(
            "SELECT COUNT(*) FROM sqlite_master WHERE name = 'copy_of'",
            [],
            |row| row.get(0),
        )?;
        let (registry, place) = if noted {
            db.query_row("SELECT registry, place FROM copy_of", [], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })?
        } else {
            // It was whole, and only its name was not changed any more.
            let whole = Origin {
                identity: identity_of(self, &tables()?, identity)?,
                place: "another registry".to_owned(),
            };
            (whole.registry(), whole.place)
        };
        if registry != origin.registry() {
            return Err(Error::Refused(format!(
                "{} is an unfinished copy of {place}, which is another registry; remove it, or name another directory",
                path.display()
            )));
        }
        Ok(())
    }

    fn db(&self) -> Result<&rusqlite::Connection> {
        self.db.as_ref().ok_or(Error::Closed)
    }
}

/// Rows are copied between tables of one version only: this one's.
fn same_version(found: i64, place: &str) -> Result<()> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    crate::copy::same_version(found, known, place)
}

impl rusqlite::ToSql for Datum {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Datum::Null => ToSqlOutput::Owned(Value::Null),
            Datum::Int(v) => ToSqlOutput::Owned(Value::Integer(*v)),
            Datum::Text(v) => ToSqlOutput::Borrowed(ValueRef::Text(v.as_bytes())),
            Datum::Blob(v) => ToSqlOutput::Borrowed(ValueRef::Blob(v)),
        })
    }
}

fn read(table: &Table, row: &rusqlite::Row<'_>) -> rusqlite::Result<Vec<Datum>> {
    let read = |(at, column): (usize, &crate::copy::Column)| {
        Ok(match (row.get_ref(at)?, column.kind) {
            (ValueRef::Null, _) => Datum::Null,
            (_, Kind::Int) => Datum::Int(row.get(at)?),
            (_, Kind::Text) => Datum::Text(row.get(at)?),
            (_, Kind::Blob) => Datum::Blob(row.get(at)?),
        })
    };
    table.columns.iter().enumerate().map(read).collect()
}

impl Side for SqliteSide {
    fn page(
        &mut self,
        table: &Table,
        behind: Option<&[Datum]>,
        limit: usize,
    ) -> Result<Vec<Vec<Datum>>> {
        let mut statement = self
            .db()?
            .prepare_cached(&table.page(behind.is_some(), limit))?;
        let params = rusqlite::params_from_iter(behind.unwrap_or_default());
        let rows = statement.query_map(params, |row| read(table, row))?;
        rows.map(|row| row.map_err(|failed| unreadable(table, failed)))
            .collect()
    }

    fn count(&mut self, table: &Table) -> Result<u64> {
        let count = format!("SELECT COUNT(*) FROM {}", table.name);
        let found: i64 = self.db()?.query_row(&count, [], |row| row.get(0))?;
        Ok(u64::try_from(found).unwrap_or(0))
    }

    fn last(&mut self, table: &Table) -> Result<Option<Vec<Datum>>> {
        use rusqlite::OptionalExtension as _;
        let row = self
            .db()?
            .query_row(&table.last(), [], |row| read(table, row));
        Ok(row.optional()?)
    }

    fn append(&mut self, table: &Table, rows: Vec<Vec<Datum>>) -> Result<()> {
        let db = self.db.as_mut().ok_or(Error::Closed)?;
        let transaction = db.transaction()?;
        let marks = vec!["?"; table.columns.len()].join(", ");
        let mut insert = transaction.prepare_cached(&format!(
            "INSERT INTO {} ({}) VALUES ({marks})",
            table.name,
            table.column_names()
        ))?;
        for row in &rows {
            insert.execute(rusqlite::params_from_iter(row))?;
        }
        drop(insert);
        Ok(transaction.commit()?)
    }

    fn finish(&mut self) -> Result<()> {
        let db = self.db.take().ok_or(Error::Closed)?;
        db.execute_batch("DROP TABLE IF EXISTS copy_of")?;
        db.close().map_err(|(_, failed)| failed)?;
        let (unfinished, whole) = (
            self.directory.join(UNFINISHED),
            self.directory.join(DATABASE),
        );
        std::fs::rename(&unfinished, &whole).map_err(io(&whole))?;
        // The name is on disk when the directory is.
        std::fs::File::open(&self.directory)
            .and_then(|directory| directory.sync_all())
            .map_err(io(&self.directory))
    }

    fn release(self: Box<Self>) {}
}

fn unreadable(table: &Table, failed: rusqlite::Error) -> Error {
    match failed {
        rusqlite::Error::FromSqlConversionFailure(at, ..)
        | rusqlite::Error::InvalidColumnType(at, ..) => Error::Refused(format!(
            "a row of the table {} cannot be read: {} holds what it should not ({failed})",
            table.name,
            table
                .columns
                .get(at)
                .map_or("a column", |c| c.name.as_str())
        )),
        other => other.into(),
    }
}
