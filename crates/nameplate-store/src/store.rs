//! Opening the store, and the two ways in: [`Store::read`] and [`Store::tx`].

use crate::attempt::AttemptQueue;
use crate::attempt_row::{AttemptFilter, AttemptRow};
use crate::cluster::ClusterOptions;
use crate::directory::DirectoryLock;
use crate::entry::CertificateEntry;
use crate::failing::{Failing, ToFail};
use crate::postgres::{Postgres, PostgresOptions};
use crate::queue::{Queue, Request};
use crate::sqlite::Sqlite;
use crate::summary::SummaryOf;
use crate::transactions::Transactions;
use crate::tx::{Change, Tx, job};
use crate::{Conn, Error, Result, Snapshot};
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The migrations, oldest first; the schema version is how many have been run.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_shadows.sql"),
    include_str!("migrations/0003_attempt_summaries.sql"),
    include_str!("migrations/0004_registration_certificates.sql"),
    include_str!("migrations/0005_vending.sql"),
    include_str!("migrations/0006_functions.sql"),
    include_str!("migrations/0007_rules.sql"),
    include_str!("migrations/0008_fleet_provisioning.sql"),
    include_str!("migrations/0009_certificate_callback.sql"),
    include_str!("migrations/0010_sessions.sql"),
    include_str!("migrations/0011_dynamodb.sql"),
    include_str!("migrations/0012_retained_properties.sql"),
    include_str!("migrations/0013_gateway.sql"),
    include_str!("migrations/0014_provisioning_claims.sql"),
    include_str!("migrations/0015_renewals.sql"),
    include_str!("migrations/0016_wills.sql"),
    include_str!("migrations/0017_connectivity.sql"),
    include_str!("migrations/0018_revocation.sql"),
    include_str!("migrations/0019_certificate_expiry.sql"),
    include_str!("migrations/0020_jobs.sql"),
    include_str!("migrations/0021_streams.sql"),
    include_str!("migrations/0022_certificate_ends.sql"),
    include_str!("migrations/0023_children.sql"),
    include_str!("migrations/0024_cluster.sql"),
    include_str!("migrations/0025_session_owners.sql"),
    include_str!("migrations/0026_session_keys.sql"),
    include_str!("migrations/0027_vending_pending.sql"),
    include_str!("migrations/0028_attempt_notable.sql"),
    include_str!("migrations/0029_job_walk.sql"),
    include_str!("migrations/0030_groups_and_bucket_settings.sql"),
    include_str!("migrations/0031_pending_in_order.sql"),
    include_str!("migrations/0032_gateway_usage.sql"),
    include_str!("migrations/0033_acm.sql"),
    include_str!("migrations/0034_dynamodb_policies.sql"),
    include_str!("migrations/0035_dynamodb_imports.sql"),
];

/// The version of this program's tables: how many migrations there are.
pub fn schema_version() -> usize {
    MIGRATIONS.len()
}

/// Where the registry is kept.
#[derive(Debug, Clone, Default)]
pub enum EngineOptions {
    /// A file of the data directory.
    #[default]
    Sqlite,
    /// A database of PostgreSQL.
    Postgres(Box<PostgresOptions>),
}

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// The data directory, which one server holds whatever the engine.
    pub directory: PathBuf,
    /// Where the registry is kept.
    pub engine: EngineOptions,
    /// How many connection attempts are kept.
    pub attempts: u32,
    /// That other servers may serve the same database; only an engine behind a network can be shared.
    pub cluster: Option<ClusterOptions>,
}

/// The single values kept under these names, from a store that no server has open; none where there is no store yet.
/// Changes nothing. Blocks until it is known.
pub fn remembered(
    directory: &Path,
    engine: &EngineOptions,
    names: &[&str],
) -> Result<BTreeMap<String, String>> {
    match engine {
        EngineOptions::Sqlite => crate::sqlite::remembered(directory, names),
        EngineOptions::Postgres(server) => crate::postgres::remembered(server, names),
    }
}

/// The registry, kept durably. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    // Which of those that followed each other it is. [`Store::replaced`] begins the next.
    number: u64,
}

pub(crate) enum Engine {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

struct Inner {
    engine: Engine,
    attempts: Arc<AttemptQueue>,
    queue: Arc<Queue>,
    transactions: Transactions,
    to_fail: ToFail,
    /// The number of the one that reads and writes.
    current: Arc<AtomicU64>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
    // Held for as long as anything of the store lives.
    lock: Arc<DirectoryLock>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl Store {
    /// Opens or creates the store, and migrates it.
    ///
    /// `changes` is called on the writer's thread after each commit that changed something others watch; it must
    /// only pass them on, also from several threads at once. Fails with [`Error::InUse`] where another server holds the directory, and with
    /// [`Error::Refused`] where the database of an engine behind a network cannot be used. Blocks until it is known.
    pub fn open(
        options: &StoreOptions,
        changes: impl Fn(Vec<Change>) + Send + Sync + 'static,
    ) -> Result<Self> {
        let lock = Arc::new(DirectoryLock::take(&options.directory)?);
        let queue = Arc::new(Queue::default());
        let (engine, attempts, thread) = match &options.engine {
            EngineOptions::Sqlite if options.cluster.is_some() => {
                return Err(Error::Refused(
                    "several servers cannot share a data directory; give them a database with --store postgres://…".into(),
                ));
            }
            EngineOptions::Sqlite => {
                let (engine, attempts, thread) = Sqlite::open(options, &lock, &queue, changes)?;
                (Engine::Sqlite(engine), attempts, thread)
            }
            EngineOptions::Postgres(server) => {
                let (engine, attempts, thread) =
                    Postgres::open(options, server, &lock, &queue, changes)?;
                (Engine::Postgres(Box::new(engine)), attempts, thread)
            }
        };
        Ok(Self {
            inner: Arc::new(Inner {
                engine,
                attempts,
                queue,
                transactions: Transactions::default(),
                to_fail: ToFail::default(),
                current: Arc::default(),
                thread: Mutex::new(Some(thread)),
                lock,
            }),
            number: 0,
        })
    }

    /// Runs `body` over one committed state of the data.
    ///
    /// With SQLite it runs at once on the caller's thread, which takes microseconds. With PostgreSQL the caller's
    /// thread waits for the network; the runtime's other tasks go on.
    pub async fn read<T, E>(
        &self,
        body: impl FnOnce(&Conn<'_>) -> Result<T, E> + Send,
    ) -> Result<T, E>
    where
        T: Send,
        E: From<Error> + Send,
    {
        self.read_now(body)
    }

    /// As [`Store::read`] for what a query alone tells, or several whose answers need not be of one moment: an engine behind
    /// a network begins no transaction for it.
    pub async fn look<T: Send>(
        &self,
        body: impl FnOnce(&Conn<'_>) -> Result<T> + Send,
    ) -> Result<T> {
        self.may_read()?;
        match &self.inner.engine {
            Engine::Sqlite(engine) => engine.read(body),
            Engine::Postgres(engine) => engine.look(body),
        }
    }

    fn read_now<T, E>(&self, body: impl FnOnce(&Conn<'_>) -> Result<T, E> + Send) -> Result<T, E>
    where
        T: Send,
        E: From<Error> + Send,
    {
        self.may_read()?;
        match &self.inner.engine {
            Engine::Sqlite(engine) => engine.read(body),
            Engine::Postgres(engine) => engine.read(body),
        }
    }

    fn may_read(&self) -> Result<()> {
        if !self.is_current() {
            return Err(Error::Closed);
        }
        match self.inner.to_fail.fails_reads() {
            true => Err(Error::Away("a test wants it so".into())),
            false => Ok(()),
        }
    }

    /// Runs `body` in a transaction and answers after the commit. `name` is for logs and metrics, so it is a word from a
    /// closed set.
    ///
    /// `body` may run twice, and others may be in the same commit, so it must do nothing but read and write through
    /// its argument. An `Err` undoes all that it wrote, and so does a panic, which the caller gets as
    /// [`Error::Panicked`]. When the commit fails the answer is [`Error::Commit`], whatever `body` said; [`Error::Away`] where
    /// a server was not to be had, and [`Error::Unanswered`] where it was lost with the commit.
    pub async fn tx<T, E, F>(&self, name: &'static str, body: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (current, number) = (Arc::clone(&self.inner.current), self.number);
        let mut body = body;
        self.tx_of_any(name, move |tx| {
            if current.load(Ordering::Acquire) != number {
                return Err(Error::Closed.into());
            }
            body(tx)
        })
        .await
    }

    /// The same, whether or not this one still writes.
    pub(crate) async fn tx_of_any<T, E, F>(&self, name: &'static str, body: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let failing = self.inner.to_fail.take(name);
        let why = || "a test wants it so".to_owned();
        if failing == Some(Failing::Away) {
            return Err(Error::Away(why()).into());
        }
        let (answer, answered) = tokio::sync::oneshot::channel();
        self.inner
            .queue
            .push(Request::Job(job(
                self.inner.transactions.asked(name),
                body,
                answer,
            )))
            .map_err(|_| Error::Closed)?;
        match answered.await {
            Ok(Ok(_)) if failing.is_some() => Err(Error::Unanswered(why()).into()),
            Ok(result) => result,
            Err(_) => Err(Error::Closed.into()),
        }
    }

    /// Has the next transaction of this name fail in this way. For tests of what happens while a database is away.
    pub fn fail_next(&self, name: &'static str, how: Failing) {
        self.inner.to_fail.add(name, how);
    }

    /// Has all reads fail, or no more. For the same tests.
    pub fn fail_reads(&self, fail: bool) {
        self.inner.to_fail.set_reads(fail);
    }

    /// Whether it reads and writes: it has not been replaced.
    pub fn is_current(&self) -> bool {
        self.inner.current.load(Ordering::Acquire) == self.number
    }

    pub(crate) fn attempt_queue(&self) -> Arc<AttemptQueue> {
        Arc::clone(&self.inner.attempts)
    }

    /// How the next one takes over from this.
    pub(crate) fn succession(&self) -> Result<Succession> {
        if !self.is_current() {
            return Err(Error::Closed);
        }
        Ok(Succession {
            current: Arc::clone(&self.inner.current),
            from: self.number,
        })
    }

    /// The one that has taken over.
    pub(crate) fn successor(&self, by: &Succession) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            number: by.from + 1,
        }
    }

    /// What is known of the certificate with this digest.
    pub async fn certificate_entry(&self, hash: &[u8; 32]) -> Result<Option<CertificateEntry>> {
        self.certificate_entry_now(hash)
    }

    /// The same for work that is not asynchronous; the calling thread waits where the engine is behind a network.
    pub fn certificate_entry_now(&self, hash: &[u8; 32]) -> Result<Option<CertificateEntry>> {
        match &self.inner.engine {
            Engine::Sqlite(engine) => Ok(engine.certificate_entry(hash)),
            Engine::Postgres(engine) => engine.look(|conn| conn.certificate_entry(hash)),
        }
    }

    /// Which of the certificates with these digests are registered; one question where the engine is behind a network, for
    /// which the calling thread waits.
    pub fn registered_now(&self, hashes: &[[u8; 32]]) -> Result<HashSet<[u8; 32]>> {
        match &self.inner.engine {
            Engine::Sqlite(engine) => {
                let known = |hash: &&[u8; 32]| engine.certificate_entry(hash).is_some();
                Ok(hashes.iter().filter(known).copied().collect())
            }
            Engine::Postgres(_) if hashes.is_empty() => Ok(HashSet::new()),
            Engine::Postgres(engine) => engine.look(|conn| conn.registered(hashes)),
        }
    }

    /// Key of the thing of this name.
    pub async fn thing_key(&self, name: &str) -> Result<Option<i64>> {
        match &self.inner.engine {
            Engine::Sqlite(engine) => Ok(engine.thing_key(name)),
            Engine::Postgres(engine) => engine.look(|conn| conn.thing_key(name)),
        }
    }

    /// Whether something can be read and written now. With SQLite that is not in question. With PostgreSQL the server is
    /// asked, which waits for it as a read does, and whether the registry is still this server's.
    pub async fn check(&self) -> Result<()> {
        match &self.inner.engine {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(engine) => engine.check(),
        }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// How long transactions took and how they ended, by name.
    pub fn transactions(&self) -> &Transactions {
        &self.inner.transactions
    }

    /// How many statements the writer has run, transactions' own included: what a change costs, for tests.
    pub fn statements(&self) -> u64 {
        match &self.inner.engine {
            Engine::Sqlite(engine) => engine.statements(),
            Engine::Postgres(engine) => engine.statements(),
        }
    }

    /// How many things and device certificates are registered.
    pub async fn counts(&self) -> Result<(usize, usize)> {
        match &self.inner.engine {
            Engine::Sqlite(engine) => Ok(engine.counts()),
            Engine::Postgres(engine) => engine.read(crate::postgres::counts),
        }
    }

    /// The state of the last commit, for as long as the snapshot lives, whatever is written meanwhile. Blocks; with SQLite
    /// the journal grows until it is dropped.
    pub fn snapshot(&self) -> Result<Snapshot> {
        match &self.inner.engine {
            Engine::Sqlite(engine) => {
                Snapshot::over(Box::new(engine.snapshot(Arc::clone(&self.inner.lock))?))
            }
            Engine::Postgres(engine) => Snapshot::over(Box::new(engine.snapshot()?)),
        }
    }

    /// Notes a connection attempt; its sequence number. One that has been replaced notes nothing.
    pub fn record_attempt(&self, row: AttemptRow) -> i64 {
        if !self.is_current() {
            return 0;
        }
        self.inner.attempts.push(row)
    }

    /// Notes an attempt or refusal that may repeat, as one row for its key: the newest, with the count of all. How often
    /// it has come by now; `count` of the row says how often it came this time.
    pub fn summarise_attempt(&self, of: SummaryOf, key: &str, row: AttemptRow) -> i64 {
        if !self.is_current() {
            return 0;
        }
        self.inner.attempts.summarise(of, key, row)
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
        if let Engine::Postgres(engine) = &self.inner.engine {
            engine.release();
        }
    }
}

/// How one store takes over from another.
#[derive(Clone)]
pub(crate) struct Succession {
    current: Arc<AtomicU64>,
    from: u64,
}

impl Succession {
    /// The next one reads and writes from now on.
    pub(crate) fn hand_over(&self) {
        self.current.store(self.from + 1, Ordering::Release);
    }

    /// It did not come to it.
    pub(crate) fn take_back(&self) {
        self.current.store(self.from, Ordering::Release);
    }
}
