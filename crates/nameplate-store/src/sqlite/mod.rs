//! SQLite, embedded: one file of the data directory, one writer, readers on their callers' threads.

mod copy;
mod counter;
mod index;
mod journal;
#[cfg(test)]
mod plans;
mod view;
mod writer;

pub(crate) use copy::SqliteSide;
pub(crate) use view::View;

use crate::attempt::AttemptQueue;
use crate::directory::{DirectoryLock, io};
use crate::entry::{Attached, CertificateEntry, Few};
use crate::queue::Queue;
use crate::sql::Conn;
use crate::store::{MIGRATIONS, StoreOptions};
use crate::summary::Summaries;
use crate::tx::Change;
use crate::{Error, Result, dialect};
use index::Index;
use journal::Journal;
use nameplate_core::registry::certificate::{Mode, Status};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use view::Writing;
use writer::Writer;

/// The database file, open.
pub(crate) struct Sqlite {
    path: PathBuf,
    index: Arc<Index>,
    // Connections at rest; a reader takes one and puts it back.
    readers: Mutex<Vec<rusqlite::Connection>>,
    statements: Arc<AtomicU64>,
}

/// The database's file in the data directory.
const DATABASE: &str = "nameplate.db";

/// The single values kept under these names, from a directory that no server holds; none where it has no database.
/// Changes nothing.
pub(crate) fn remembered(directory: &Path, names: &[&str]) -> Result<BTreeMap<String, String>> {
    copy::refuse_unfinished(directory)?;
    let path = directory.join(DATABASE);
    if !path.metadata().is_ok_and(|found| found.len() > 0) {
        return Ok(BTreeMap::new());
    }
    let read = || -> Result<BTreeMap<String, String>> {
        let db = connect(&path, READER_CACHE_KIB)?;
        // The journal is the store's to write back, which comes next.
        db.set_db_config(
            rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
            true,
        )?;
        if version_of(&db, &path)? == 0 {
            return Ok(BTreeMap::new());
        }
        let mut found = BTreeMap::new();
        let mut value = db.prepare("SELECT value FROM meta WHERE name = ?1")?;
        for name in names {
            use rusqlite::OptionalExtension as _;
            if let Some(text) = value.query_row([name], |row| row.get(0)).optional()? {
                found.insert((*name).to_owned(), text);
            }
        }
        Ok(found)
    };
    read().map_err(|error| match error {
        Error::Engine(engine) => Error::unusable(&path, engine),
        other => other,
    })
}

/// Idle reading connections kept; more are opened when needed and closed after.
const IDLE_READERS: usize = 8;

/// What an engine hands to the store when it is open.
pub(crate) type Opened<E> = (E, Arc<AttemptQueue>, std::thread::JoinHandle<()>);

impl Sqlite {
    /// Opens or creates the database, migrates it, fills the lookups, and starts the writer.
    pub(crate) fn open(
        options: &StoreOptions,
        lock: &Arc<DirectoryLock>,
        queue: &Arc<Queue>,
        changes: impl Fn(Vec<Change>) + Send + 'static,
    ) -> Result<Opened<Self>> {
        copy::refuse_unfinished(&options.directory)?;
        let path = options.directory.join(DATABASE);
        if !path.exists() {
            // The database holds access keys: only its owner may read it. SQLite gives its side files the same mode.
            private_file(&path).map_err(io(&path))?;
        }
        let Database { db, journal, index } =
            open_database(&path).map_err(|error| match error {
                Error::Engine(engine) => Error::unusable(&path, engine),
                other => other,
            })?;
        let view = View {
            db: &db,
            index: &index,
            writing: None,
        };
        let conn = Conn(crate::sql::View::Sqlite(view));
        let summaries = Summaries::read(&conn)?;
        let next = AttemptQueue::next(&conn)?;
        let kept = i64::from(options.attempts.max(1));
        let attempts = Arc::new(AttemptQueue::new(next, kept, summaries));
        let writing = Writing::default();
        let statements = Arc::clone(&writing.statements);
        let writer = Writer {
            db,
            journal,
            index: Arc::clone(&index),
            requests: Arc::clone(queue),
            attempts: Arc::clone(&attempts),
            changes: Box::new(changes),
            writing,
            careful: 0,
            _lock: Arc::clone(lock),
        };
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run())
            .map_err(io(&path))?;
        let readers = Mutex::default();
        Ok((
            Self {
                path,
                index,
                readers,
                statements,
            },
            attempts,
            thread,
        ))
    }

    /// Runs `body` over committed data, at once, on the caller's thread.
    pub(crate) fn read<T, E>(&self, body: impl FnOnce(&Conn<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<Error>,
    {
        let idle = self.readers.lock().pop();
        let db = match idle {
            Some(db) => db,
            None => self.open_reader()?,
        };
        let view = || View {
            db: &db,
            index: &self.index,
            writing: None,
        };
        // One state of the data for all that the body asks. A connection whose body panics is dropped with it.
        view().execute("BEGIN", &[])?;
        let result = body(&Conn(crate::sql::View::Sqlite(view())));
        view().execute("COMMIT", &[])?;
        let mut readers = self.readers.lock();
        if readers.len() < IDLE_READERS {
            readers.push(db);
        }
        result
    }

    /// The state of the last commit, as one side of a copy.
    pub(crate) fn snapshot(&self, lock: Arc<DirectoryLock>) -> Result<SqliteSide> {
        SqliteSide::snapshot(self.open_reader()?, lock)
    }

    fn open_reader(&self) -> Result<rusqlite::Connection> {
        let db = connect(&self.path, READER_CACHE_KIB)?;
        db.execute_batch("PRAGMA query_only = ON;")?;
        Ok(db)
    }

    /// What is known of the certificate with this digest, from memory.
    pub(crate) fn certificate_entry(&self, hash: &[u8; 32]) -> Option<CertificateEntry> {
        self.index.certificate(hash)
    }

    /// Key of the thing of this name, from memory.
    pub(crate) fn thing_key(&self, name: &str) -> Option<i64> {
        self.index.thing(name)
    }

    /// How many statements the writer has run.
    pub(crate) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// How many things and device certificates are registered.
    pub(crate) fn counts(&self) -> (usize, usize) {
        self.index.counts()
    }
}

/// The writer's pages. It changes a few hot ones at the end of each table.
const WRITER_CACHE_KIB: u32 = 65_536;
/// A reader's pages; what is not in the journal it reads through the mapping, which all share.
const READER_CACHE_KIB: u32 = 2_048;

/// The way to files on which one process alone works, so that readers and the writer find each other's locks in memory
/// instead of asking the system for each. The directory is locked for one server anyway.
const VFS: &std::ffi::CStr = c"unix-excl";

fn connect(path: &Path, cache_kib: u32) -> Result<rusqlite::Connection> {
    use rusqlite::OpenFlags;
    let db = rusqlite::Connection::open_with_flags_and_vfs(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        VFS,
    )?;
    // FULL: a commit is on disk before it is answered, power cuts included.
    db.execute_batch(&format!(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -{cache_kib};
         PRAGMA mmap_size = 1073741824; PRAGMA temp_store = MEMORY;"
    ))?;
    db.busy_timeout(std::time::Duration::from_secs(10))?;
    // Without this, SQLite plans a statement anew whenever a parameter it is planned by is bound to another value:
    // three times for each connection, a sixth of its cost. Our plans are the same for every value.
    db.set_db_config(
        rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG,
        true,
    )?;
    // More than there are statements.
    db.set_prepared_statement_cache_capacity(1024);
    Ok(db)
}

fn private_file(path: &Path) -> std::io::Result<()> {
    std::fs::File::options()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .map(drop)
}

/// What opening a database comes to.
struct Database {
    db: rusqlite::Connection,
    journal: Journal,
    index: Arc<Index>,
}

fn open_database(path: &Path) -> Result<Database> {
    let mut db = connect(path, WRITER_CACHE_KIB)?;
    let found = version_of(&db, path)?;
    db.execute_batch("PRAGMA journal_mode = WAL;")?;
    let journal = Journal::watch(&mut db, path)?;
    migrate(&db, found)?;
    let index = Arc::new(Index::default());
    fill(&db, &index)?;
    Ok(Database { db, journal, index })
}

/// The schema's version, 0 in a new file. Refuses a database of somebody else and one from a newer release, before
/// anything is changed in it.
fn version_of(db: &rusqlite::Connection, path: &Path) -> Result<i64> {
    let found: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let (tables, ours): (i64, i64) = db.query_row(
        "SELECT COUNT(*), COALESCE(SUM(name IN ('meta', 'thing', 'certificate', 'attempt')), 0)
         FROM sqlite_master WHERE type = 'table'",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let is_new = found == 0 && tables == 0;
    if !is_new && (found <= 0 || ours < 4) {
        return Err(Error::foreign(path));
    }
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(Error::FromTheFuture {
            path: path.display().to_string(),
            found,
            known,
        });
    }
    Ok(found)
}

/// Brings the tables from the version found to this one, in one commit: the flush of one for each step was most of what
/// a first start took.
fn migrate(db: &rusqlite::Connection, found: i64) -> Result<()> {
    let missing = MIGRATIONS
        .iter()
        .skip(usize::try_from(found).unwrap_or(0))
        .map(|migration| dialect::sqlite(migration));
    let script: String = missing.collect();
    if !script.is_empty() {
        db.execute_batch(&format!(
            "BEGIN IMMEDIATE; {script} PRAGMA user_version = {}; COMMIT;",
            MIGRATIONS.len()
        ))?;
    }
    Ok(())
}

fn fill(db: &rusqlite::Connection, index: &Index) -> Result<()> {
    let mut things = db.prepare("SELECT name, id FROM thing")?;
    let things = things.query_map([], |row| {
        let name = row.get_ref(0)?.as_str()?;
        Ok((index.digest(name), row.get(1)?))
    })?;
    // Three walks in the order of certificates' keys, side by side.
    let mut policies = db.prepare(
        "SELECT certificate_id, policy_id FROM policy_certificate ORDER BY certificate_id, policy_id",
    )?;
    let mut policies = policies
        .query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?
        .peekable();
    let mut attached = db.prepare(
        "SELECT certificate_id, thing_id, exclusive FROM thing_principal ORDER BY certificate_id, thing_id",
    )?;
    let mut attached = attached
        .query_map([], |row| {
            Ok((
                row.get(0)?,
                (row.get::<_, i64>(1)?, row.get::<_, i64>(2)? != 0),
            ))
        })?
        .peekable();
    let mut certificates =
        db.prepare("SELECT hash, id, ca_id, status, mode FROM certificate ORDER BY id")?;
    let certificates = certificates.query_map([], |row| {
        let key = row.get(1)?;
        let mut entry = CertificateEntry {
            key,
            ca: row.get(2)?,
            // A status that cannot be understood lets nobody in.
            status: Status::from_code(row.get(3)?).unwrap_or(Status::Inactive),
            mode: Mode::from_code(row.get(4)?),
            policies: Few::None,
            things: Attached::None,
        };
        while let Some(policy) = next_of(&mut policies, key)? {
            entry.policies = entry.policies.with(policy);
        }
        while let Some((thing, exclusive)) = next_of(&mut attached, key)? {
            entry.things = entry.things.with(thing, exclusive);
        }
        Ok((row.get::<_, [u8; 32]>(0)?, entry))
    })?;
    index.fill(
        things.map(|thing| Ok(thing?)),
        certificates.map(|certificate| Ok(certificate?)),
    )
}

/// The next row of this certificate; rows of certificates before it, which there should not be, are passed over.
fn next_of<T>(
    rows: &mut std::iter::Peekable<impl Iterator<Item = rusqlite::Result<(i64, T)>>>,
    certificate: i64,
) -> rusqlite::Result<Option<T>> {
    loop {
        match rows.peek() {
            Some(Ok((key, _))) if *key > certificate => return Ok(None),
            None => return Ok(None),
            Some(_) => {}
        }
        match rows.next().transpose()? {
            Some((key, row)) if key == certificate => return Ok(Some(row)),
            _ => {}
        }
    }
}
