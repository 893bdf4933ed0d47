//! Opening the store, migrating it, and the two ways in: [`Store::read`] and [`Store::tx`].

use crate::attempt::{AttemptFilter, AttemptQueue, AttemptRow};
use crate::index::{Attached, CertificateEntry, Few, Index};
use crate::journal::Journal;
use crate::queue::{Queue, Request};
use crate::writer::{Change, Tx, Writer, job};
use crate::{Conn, Error, Result, dialect};
use nameplate_core::registry::certificate::{Mode, Status};
use parking_lot::Mutex;
use std::cell::RefCell;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The migrations, oldest first; the schema version is how many have been run.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_shadows.sql"),
];

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Directory of the database file.
    pub directory: PathBuf,
    /// How many connection attempts are kept.
    pub attempts: u32,
}

/// The registry, kept durably. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    index: Arc<Index>,
    attempts: Arc<AttemptQueue>,
    queue: Arc<Queue>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
    // Connections at rest; a reader takes one and puts it back.
    readers: Mutex<Vec<rusqlite::Connection>>,
    // Held for as long as anything of the store lives.
    _lock: Arc<DirectoryLock>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// A program that the last holder was starting as it let go has the lock, too, for the moment until it is its own: so
/// often, and after such pauses, the lock is asked for again.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: std::time::Duration = std::time::Duration::from_millis(10);

/// The data directory, held for one server alone for as long as this lives, also against a process that dies.
#[derive(Debug)]
pub struct DirectoryLock {
    _file: std::fs::File,
}

impl DirectoryLock {
    /// Creates the directory if need be and takes it. Fails with [`Error::InUse`] where another server holds it.
    pub fn take(directory: &Path) -> Result<Self> {
        private_directory(directory).map_err(io(directory))?;
        let path = directory.join("lock");
        let file = std::fs::File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(io(&path))?;
        let mut left = LOCK_TRIES;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(std::fs::TryLockError::WouldBlock) if left > 0 => {
                    left -= 1;
                    std::thread::sleep(LOCK_PAUSE);
                }
                Err(std::fs::TryLockError::WouldBlock) => {
                    return Err(Error::InUse(directory.display().to_string()));
                }
                Err(std::fs::TryLockError::Error(source)) => return Err(io(&path)(source)),
            }
        }
    }
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.display().to_string();
    move |source| Error::Io { path, source }
}

/// Idle reading connections kept; more are opened when needed and closed after.
const IDLE_READERS: usize = 8;

impl Store {
    /// Opens or creates the store in a directory, migrates it, and fills the lookups.
    ///
    /// `changes` is called on the writer's thread after each commit that changed something others watch; it must
    /// only pass them on. Fails with [`Error::InUse`] where another server holds the directory.
    pub fn open(
        options: &StoreOptions,
        changes: impl Fn(Vec<Change>) + Send + 'static,
    ) -> Result<Self> {
        let lock = Arc::new(DirectoryLock::take(&options.directory)?);
        let path = options.directory.join("nameplate.db");
        if !path.exists() {
            // The database holds access keys: only its owner may read it. SQLite gives its side files the same mode.
            private_file(&path).map_err(io(&path))?;
        }
        let mut db = connect(&path, WRITER_CACHE_KIB)?;
        db.execute_batch("PRAGMA journal_mode = WAL;")?;
        let journal = Journal::watch(&mut db, &path)?;
        migrate(&db)?;
        let index = Arc::new(Index::default());
        fill(&db, &index)?;
        let next: i64 = db.query_row("SELECT COALESCE(MAX(seq) + 1, 0) FROM attempt", [], |r| {
            r.get(0)
        })?;
        let attempts = Arc::new(AttemptQueue::new(next, i64::from(options.attempts.max(1))));
        let queue = Arc::new(Queue::default());
        let writer = Writer {
            db,
            journal,
            index: Arc::clone(&index),
            requests: Arc::clone(&queue),
            attempts: Arc::clone(&attempts),
            changes: Box::new(changes),
            overlay: RefCell::default(),
            counters: RefCell::default(),
            _lock: Arc::clone(&lock),
        };
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run())
            .map_err(io(&path))?;
        Ok(Self {
            inner: Arc::new(Inner {
                path,
                index,
                attempts,
                queue,
                thread: Mutex::new(Some(thread)),
                readers: Mutex::default(),
                _lock: lock,
            }),
        })
    }

    /// Runs `body` over committed data.
    ///
    /// With SQLite it runs at once on the caller's thread, which takes microseconds; it is `async` since an engine
    /// behind a network will not.
    pub async fn read<T, E>(
        &self,
        body: impl FnOnce(&Conn<'_>) -> Result<T, E> + Send,
    ) -> Result<T, E>
    where
        E: From<Error>,
    {
        self.read_now(body)
    }

    fn read_now<T, E>(&self, body: impl FnOnce(&Conn<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<Error>,
    {
        let idle = self.inner.readers.lock().pop();
        let db = match idle {
            Some(db) => db,
            None => self.open_reader()?,
        };
        let conn = Conn {
            db: &db,
            index: &self.inner.index,
            overlay: None,
        };
        // One state of the data for all that the body asks. A connection whose body panics is dropped with it.
        conn.execute("BEGIN", &[])?;
        let result = body(&conn);
        conn.execute("COMMIT", &[])?;
        let mut readers = self.inner.readers.lock();
        if readers.len() < IDLE_READERS {
            readers.push(db);
        }
        result
    }

    fn open_reader(&self) -> Result<rusqlite::Connection> {
        let db = connect(&self.inner.path, READER_CACHE_KIB)?;
        db.execute_batch("PRAGMA query_only = ON;")?;
        Ok(db)
    }

    /// Runs `body` in a transaction and answers after the commit. `name` is for logs.
    ///
    /// `body` may run twice, and others may be in the same commit, so it must do nothing but read and write through
    /// its argument. An `Err` undoes all that it wrote, and so does a panic, which the caller gets as
    /// [`Error::Panicked`]. When the commit fails the answer is [`Error::Commit`], whatever `body` said.
    pub async fn tx<T, E, F>(&self, name: &'static str, body: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (answer, answered) = tokio::sync::oneshot::channel();
        self.inner
            .queue
            .push(Request::Job(job(name, body, answer)))
            .map_err(|_| Error::Closed)?;
        match answered.await {
            Ok(result) => result,
            Err(_) => Err(Error::Closed.into()),
        }
    }

    /// What is known of the certificate with this digest, from memory.
    pub fn certificate_entry(&self, hash: &[u8; 32]) -> Option<CertificateEntry> {
        self.inner.index.certificate(hash)
    }

    /// Key of the thing of this name, from memory.
    pub fn thing_key(&self, name: &str) -> Option<i64> {
        self.inner.index.thing(name)
    }

    /// How many things and device certificates are registered.
    pub fn counts(&self) -> (usize, usize) {
        self.inner.index.counts()
    }

    /// Notes a connection attempt; its sequence number.
    pub fn record_attempt(&self, row: AttemptRow) -> i64 {
        self.inner.attempts.push(row)
    }

    /// The newest attempts that match, newest first.
    pub async fn attempts(&self, filter: &AttemptFilter, limit: usize) -> Result<Vec<AttemptRow>> {
        self.read_now(|conn| crate::attempt::read(conn, &self.inner.attempts, filter, limit))
    }

    /// Waits until everything given to the store so far is on disk.
    pub async fn flush(&self) {
        let (done, wait) = tokio::sync::oneshot::channel();
        if self.inner.queue.push(Request::Flush(done)).is_ok() {
            let _ = wait.await;
        }
    }

    /// Writes what is left and ends the writer. Blocks until it has ended. Reading goes on working; another server
    /// gets the directory when the last clone is dropped.
    pub fn close(&self) {
        self.inner.queue.close();
        let thread = self.inner.thread.lock().take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
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
    db.set_prepared_statement_cache_capacity(256);
    Ok(db)
}

fn private_directory(path: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

fn private_file(path: &Path) -> std::io::Result<()> {
    std::fs::File::options()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .map(drop)
}

fn migrate(db: &rusqlite::Connection) -> Result<()> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let found: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(Error::FromTheFuture { found, known });
    }
    for (at, migration) in MIGRATIONS
        .iter()
        .enumerate()
        .skip(usize::try_from(found).unwrap_or(0))
    {
        db.execute_batch(&format!(
            "BEGIN IMMEDIATE; {} PRAGMA user_version = {}; COMMIT;",
            dialect::sqlite(migration),
            at + 1
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
