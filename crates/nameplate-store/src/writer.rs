//! The one writer: a thread that takes all closures that wait, runs them in one transaction, commits, and only
//! then answers. Group commit is the whole point: a flush to disk costs the same for one device as for a hundred.
//!
//! Each closure that writes does so behind a savepoint of its own, so one that fails or panics is undone alone. An
//! engine that detects conflicts may run a closure again: it must neither send nor log success.

use crate::attempt::AttemptQueue;
use crate::counter::Counters;
use crate::index::{CertificateEntry, Index, Overlay};
use crate::journal::Journal;
use crate::outbox::Event;
use crate::queue::{Queue, Request};
use crate::sql::{Conn, Value};
use crate::store::DirectoryLock;
use crate::{Error, Result};
use nameplate_core::registry::domain::Domain;
use nameplate_core::registry::event::EventKinds;
use nameplate_core::registry::logging::Levels;
use nameplate_core::search::Configuration;
use std::cell::RefCell;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Something that open connections or caches must hear of, sent after the commit that made it true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A device certificate's status, policies or things changed, or it is gone.
    Certificate([u8; 32]),
    /// A policy has another document in force, or is gone.
    Policy(i64),
    /// A thing was created.
    NewThing(i64),
    /// A thing's attributes, type or groups changed, or it is gone.
    Thing(i64),
    /// A thing group's policies or place changed.
    Group(i64),
    /// A thing group was created, or its description, attributes or query changed.
    GroupData(i64),
    /// A thing group is gone, and its things left it.
    GroupGone {
        /// Its key.
        key: i64,
        /// Its name.
        name: String,
    },
    /// The registered CAs or what they provision by changed.
    Authorities,
    /// Users, roles, keys or IAM policies changed.
    Iam,
    /// Other kinds of events are switched on; these.
    EventKinds(EventKinds),
    /// The domain configurations are these now.
    Domains(Vec<Domain>),
    /// The log levels are these now.
    Logging(Levels),
    /// What is indexed is this now.
    Indexing(Configuration),
    /// An event waits to be published.
    Event(Event),
    /// A shadow of a registered thing changed, or is gone.
    Shadow(i64),
    /// A message to send, which is not kept.
    Message {
        /// Its topic.
        topic: String,
        /// Its payload.
        payload: Vec<u8>,
    },
}

pub(crate) trait Job: Send {
    /// Runs the closure and keeps its result; `false` where it failed.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Answers the caller.
    fn finish(self: Box<Self>, commit: Result<()>);
}

struct Closure<T, E, F> {
    name: &'static str,
    body: F,
    result: Option<Result<T, E>>,
    answer: tokio::sync::oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Closure<T, E, F>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let result = (self.body)(tx);
        let ok = result.is_ok();
        self.result = Some(result);
        ok
    }

    fn finish(self: Box<Self>, commit: Result<()>) {
        let result = match (commit, self.result) {
            // A refusal too: it may rest on what another closure wrote and the failed commit took away.
            (Err(failed), _) => Err(failed.into()),
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(Error::Panicked(self.name).into()),
        };
        // A caller that went away has lost interest, not its data.
        let _ = self.answer.send(result);
    }
}

pub(crate) fn job<T, E, F>(
    name: &'static str,
    body: F,
    answer: tokio::sync::oneshot::Sender<Result<T, E>>,
) -> Box<dyn Job>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    Box::new(Closure {
        name,
        body,
        result: None,
        answer,
    })
}

/// A view that can also write. Dereferences to [`Conn`] for reading, its own writes included.
pub struct Tx<'t> {
    conn: Conn<'t>,
    overlay: &'t RefCell<Overlay>,
    counters: &'t RefCell<Counters>,
    // Whether the running closure has written, and so has a savepoint.
    wrote: bool,
    changes: Vec<Change>,
}

impl<'t> Deref for Tx<'t> {
    type Target = Conn<'t>;
    fn deref(&self) -> &Conn<'t> {
        &self.conn
    }
}

impl Tx<'_> {
    /// Runs a statement that changes rows; how many it changed.
    pub(crate) fn write(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<usize> {
        self.still_open()?;
        if !self.wrote {
            self.conn.execute("SAVEPOINT closure", &[])?;
            self.wrote = true;
        }
        self.conn.execute(sql, params)
    }

    /// Some failures, such as a full disk, make the engine roll back by itself. What came after would then be
    /// committed statement by statement.
    fn still_open(&self) -> Result<()> {
        if self.conn.db.is_autocommit() {
            return Err(Error::Commit("the database gave the transaction up".into()));
        }
        Ok(())
    }

    /// The next key of a table; keys grow and are never used twice.
    pub(crate) fn next_key(&mut self, table: &'static str) -> Result<i64> {
        self.counters.borrow_mut().next(&self.conn, table)
    }

    /// Notes what others must hear of after the commit.
    pub fn changed(&mut self, change: Change) {
        if self.changes.last() != Some(&change) {
            self.changes.push(change);
        }
    }

    pub(crate) fn index_thing(&mut self, name: &str, key: Option<i64>) {
        self.overlay.borrow_mut().set_thing(name, key);
    }

    pub(crate) fn index_certificate(&mut self, hash: [u8; 32], entry: Option<CertificateEntry>) {
        self.overlay.borrow_mut().set_certificate(hash, entry);
    }

    /// Runs something that writes all it wants or, when it fails or panics, nothing. Fails only where the whole
    /// transaction is lost.
    fn apart(&mut self, body: impl FnOnce(&mut Self) -> bool) -> Result<()> {
        let changes = self.changes.len();
        self.wrote = false;
        // Nothing of a closure that panicked is looked at again: its rows, lookups and changes are taken back.
        let kept = catch_unwind(AssertUnwindSafe(|| body(self))).unwrap_or(false);
        self.still_open()?;
        if !kept {
            self.changes.truncate(changes);
            self.overlay.borrow_mut().take_back();
            if self.wrote {
                self.conn.execute("ROLLBACK TO closure", &[])?;
            }
        }
        if self.wrote {
            self.conn.execute("RELEASE closure", &[])?;
        }
        self.overlay.borrow_mut().keep();
        Ok(())
    }
}

/// What a commit makes true outside the database.
struct Committed {
    changes: Vec<Change>,
    blocks: Vec<(&'static str, i64)>,
}

pub(crate) struct Writer {
    pub(crate) db: rusqlite::Connection,
    pub(crate) journal: Journal,
    pub(crate) index: Arc<Index>,
    pub(crate) requests: Arc<Queue>,
    pub(crate) attempts: Arc<AttemptQueue>,
    pub(crate) changes: Box<dyn Fn(Vec<Change>) + Send>,
    pub(crate) overlay: RefCell<Overlay>,
    pub(crate) counters: RefCell<Counters>,
    // The directory is another server's only when nothing is written any more.
    pub(crate) _lock: Arc<DirectoryLock>,
}

impl Writer {
    /// Runs until the queue is closed and empty. Connection attempts are written with what comes, or after a moment.
    pub(crate) fn run(mut self) {
        let _end = self.requests.closed_at_the_end();
        let mut taken = Vec::new();
        let mut batch: Vec<Box<dyn Job>> = Vec::new();
        let mut flushes = Vec::new();
        let mut last = 0;
        let mut open = true;
        while open {
            open = self.requests.take(last, &mut taken);
            for request in taken.drain(..) {
                match request {
                    Request::Job(job) => batch.push(job),
                    Request::Flush(done) => flushes.push(done),
                }
            }
            last = batch.len();
            self.commit(&mut batch);
            self.journal.make_room();
            for done in flushes.drain(..) {
                // Who no longer waits needs no answer.
                let _ = done.send(());
            }
        }
    }

    /// Runs a batch of closures and writes the connection attempts that wait, in one commit, and answers.
    fn commit(&self, batch: &mut Vec<Box<dyn Job>>) {
        let attempts = self.attempts.take();
        if batch.is_empty() && attempts.is_empty() {
            return;
        }
        match self.transaction(batch, &attempts) {
            Ok(committed) => {
                // Readers see the rows already; now they find them, and only then does anyone hear of it.
                self.index.merge(&mut self.overlay.borrow_mut());
                self.counters.borrow_mut().reserved(committed.blocks);
                self.attempts.written();
                if !committed.changes.is_empty() {
                    (self.changes)(committed.changes);
                }
                for job in batch.drain(..) {
                    job.finish(Ok(()));
                }
            }
            Err(failed) => {
                let text = match failed {
                    Error::Engine(engine) => engine.to_string(),
                    Error::Commit(text) => text,
                    other => other.to_string(),
                };
                tracing::error!(error = %text, "{} writes failed: {text}", batch.len());
                // The engine may have rolled back by itself; then there is nothing left to do.
                let _ = self.db.execute_batch("ROLLBACK");
                self.overlay.borrow_mut().clear();
                self.attempts.put_back();
                for job in batch.drain(..) {
                    job.finish(Err(Error::Commit(text.clone())));
                }
            }
        }
    }

    fn transaction(
        &self,
        batch: &mut [Box<dyn Job>],
        attempts: &[crate::AttemptRow],
    ) -> Result<Committed> {
        let mut tx = Tx {
            conn: Conn {
                db: &self.db,
                index: &self.index,
                overlay: Some(&self.overlay),
            },
            overlay: &self.overlay,
            counters: &self.counters,
            wrote: false,
            changes: Vec::new(),
        };
        tx.conn.execute("BEGIN IMMEDIATE", &[])?;
        for job in batch {
            tx.apart(|tx| job.run(tx))?;
        }
        if !attempts.is_empty() {
            tx.apart(|tx| {
                crate::attempt::write(tx, attempts, self.attempts.kept)
                    .inspect_err(|failed| {
                        tracing::error!(error = %failed, "connection attempts were not recorded: {failed}");
                    })
                    .is_ok()
            })?;
        }
        let blocks = self.counters.borrow().reserve(&tx.conn)?;
        tx.conn.execute("COMMIT", &[])?;
        Ok(Committed {
            changes: tx.changes,
            blocks,
        })
    }
}
