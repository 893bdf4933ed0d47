//! The one writer: a thread that takes all closures that wait, runs them in one transaction, commits, and only
//! then answers. Group commit is the whole point: a flush to disk costs the same for one device as for a hundred.
//!
//! A closure that fails after it has written something makes the writer roll the transaction back and run each
//! closure again in a transaction of its own, so a closure may run twice: it must neither send nor log success.

use crate::attempt::{AttemptQueue, AttemptRow};
use crate::index::{CertificateEntry, Index, Overlay};
use crate::outbox::Event;
use crate::sql::{Conn, Value};
use crate::{Error, Result};
use nameplate_core::registry::event::EventKinds;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

/// Something that open connections or caches must hear of, sent after the commit that made it true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A device certificate's status, policies or things changed, or it is gone.
    Certificate([u8; 32]),
    /// A policy has another document in force, or is gone.
    Policy(i64),
    /// A thing's attributes, type or groups changed, or it is gone.
    Thing(i64),
    /// A thing group's policies or place changed.
    Group(i64),
    /// The registered CAs or what they provision by changed.
    Authorities,
    /// Users, roles, keys or IAM policies changed.
    Iam,
    /// Other kinds of events are switched on; these.
    EventKinds(EventKinds),
    /// An event waits to be published.
    Event(Event),
}

/// The most closures in one commit: bounds how long the first of them waits.
const BATCH: usize = 256;
/// How long the writer waits for more when the last commit had several: gathers a burst into fewer flushes.
const GATHER: Duration = Duration::from_millis(1);
/// How long connection attempts may lie in memory when nothing else is written.
const ATTEMPT_DELAY: Duration = Duration::from_millis(200);

pub(crate) enum Request {
    Job(Box<dyn Job>),
    /// Write what is queued and answer.
    Flush(tokio::sync::oneshot::Sender<()>),
}

pub(crate) trait Job: Send {
    fn name(&self) -> &'static str;
    /// Runs the closure; `false` where it failed.
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
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let result = (self.body)(tx);
        let ok = result.is_ok();
        self.result = Some(result);
        ok
    }

    fn finish(self: Box<Self>, commit: Result<()>) {
        let result = match (self.result, commit) {
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Ok(_)), Err(failed)) => Err(failed.into()),
            (Some(Err(refused)), _) => Err(refused),
            (None, Err(failed)) => Err(failed.into()),
            (None, Ok(())) => Err(Error::Closed.into()),
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
    next: &'t RefCell<HashMap<&'static str, i64>>,
    wrote: Cell<bool>,
    changes: Vec<Change>,
    slots: i64,
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
        self.wrote.set(true);
        self.conn.execute(sql, params)
    }

    /// The next key of a table; keys grow and are never used twice.
    pub(crate) fn next_key(&mut self, table: &'static str, max: &'static str) -> Result<i64> {
        if let Some(next) = self.next.borrow_mut().get_mut(table) {
            *next += 1;
            return Ok(*next);
        }
        let highest = self
            .conn
            .one(max, &[], |row| row.opt_int(0))?
            .flatten()
            .unwrap_or(0);
        self.next.borrow_mut().insert(table, highest + 1);
        Ok(highest + 1)
    }

    /// Notes what others must hear of after the commit.
    pub fn changed(&mut self, change: Change) {
        if self.changes.last() != Some(&change) {
            self.changes.push(change);
        }
    }

    /// How many connection attempts are kept.
    pub(crate) fn slots(&self) -> i64 {
        self.slots
    }

    pub(crate) fn index_thing(&mut self, name: &str, key: Option<i64>) {
        if let Some(overlay) = self.conn.overlay {
            overlay.borrow_mut().things.insert(name.into(), key);
        }
    }

    pub(crate) fn index_certificate(&mut self, hash: [u8; 32], entry: Option<CertificateEntry>) {
        if let Some(overlay) = self.conn.overlay {
            overlay.borrow_mut().certificates.insert(hash, entry);
        }
    }
}

pub(crate) struct Writer {
    pub(crate) db: rusqlite::Connection,
    pub(crate) index: Arc<Index>,
    pub(crate) requests: Receiver<Request>,
    pub(crate) attempts: Arc<AttemptQueue>,
    pub(crate) changes: Option<Box<dyn Fn(Vec<Change>) + Send>>,
}

impl Writer {
    /// Runs until every sender is gone, then writes what is left.
    pub(crate) fn run(self) {
        let overlay = RefCell::new(Overlay::default());
        let next = RefCell::new(HashMap::new());
        let mut gather = false;
        let mut batch: Vec<Box<dyn Job>> = Vec::with_capacity(BATCH);
        let mut flushes = Vec::new();
        loop {
            let mut open = true;
            match self.requests.recv_timeout(ATTEMPT_DELAY) {
                Ok(Request::Job(job)) => batch.push(job),
                Ok(Request::Flush(done)) => flushes.push(done),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => open = false,
            }
            if !batch.is_empty() {
                while batch.len() < BATCH {
                    let more = if gather {
                        self.requests.recv_timeout(GATHER).ok()
                    } else {
                        self.requests.try_recv().ok()
                    };
                    match more {
                        Some(Request::Job(job)) => batch.push(job),
                        Some(Request::Flush(done)) => flushes.push(done),
                        None => break,
                    }
                }
            }
            gather = batch.len() > 1;
            let attempts = self.attempts.take();
            if !batch.is_empty() || !attempts.is_empty() {
                self.commit(&mut batch, attempts, &overlay, &next);
            }
            for done in flushes.drain(..) {
                let _ = done.send(());
            }
            if !open {
                return;
            }
        }
    }

    fn tx<'t>(
        &'t self,
        overlay: &'t RefCell<Overlay>,
        next: &'t RefCell<HashMap<&'static str, i64>>,
    ) -> Tx<'t> {
        Tx {
            conn: Conn {
                db: &self.db,
                index: &self.index,
                overlay: Some(overlay),
            },
            next,
            wrote: Cell::new(false),
            changes: Vec::new(),
            slots: self.attempts.slots,
        }
    }

    fn commit(
        &self,
        batch: &mut Vec<Box<dyn Job>>,
        attempts: Vec<AttemptRow>,
        overlay: &RefCell<Overlay>,
        next: &RefCell<HashMap<&'static str, i64>>,
    ) {
        if let Err(failed) = self.db.execute_batch("BEGIN IMMEDIATE") {
            let text = failed.to_string();
            tracing::error!(error = %text, "cannot begin a transaction: {text}");
            for job in batch.drain(..) {
                job.finish(Err(Error::Commit(text.clone())));
            }
            return;
        }
        let mut tx = self.tx(overlay, next);
        let mut spoiled = false;
        for job in batch.iter_mut() {
            tx.wrote.set(false);
            let changes = tx.changes.len();
            if !job.run(&mut tx) {
                tx.changes.truncate(changes);
                if tx.wrote.get() {
                    spoiled = true;
                    break;
                }
            }
        }
        if spoiled {
            self.roll_back(overlay, next);
            if batch.len() == 1 {
                // Alone in its transaction: it has its answer, and nothing else was lost.
                for job in batch.drain(..) {
                    job.finish(Ok(()));
                }
                self.write_attempts(attempts, overlay, next);
                return;
            }
            tracing::debug!(
                jobs = batch.len(),
                "one of {} writes failed half way; running each alone",
                batch.len()
            );
            let mut attempts = Some(attempts);
            for job in batch.drain(..) {
                self.commit(
                    &mut vec![job],
                    attempts.take().unwrap_or_default(),
                    overlay,
                    next,
                );
            }
            return;
        }
        let changes = std::mem::take(&mut tx.changes);
        if let Err(failed) = crate::attempt::write(&mut tx, &attempts) {
            tracing::error!(error = %failed, "connection attempts were not recorded: {failed}");
        }
        drop(tx);
        let committed = self.db.execute_batch("COMMIT").map_err(|failed| {
            let text = failed.to_string();
            tracing::error!(error = %text, "commit failed: {text}");
            text
        });
        match committed {
            Ok(()) => {
                self.index.merge(&mut overlay.borrow_mut());
                self.attempts.written();
                if let (Some(tell), false) = (&self.changes, changes.is_empty()) {
                    tell(changes);
                }
                for job in batch.drain(..) {
                    tracing::trace!(tx = job.name(), "committed {}", job.name());
                    job.finish(Ok(()));
                }
            }
            Err(text) => {
                self.roll_back(overlay, next);
                for job in batch.drain(..) {
                    job.finish(Err(Error::Commit(text.clone())));
                }
            }
        }
    }

    fn write_attempts(
        &self,
        attempts: Vec<AttemptRow>,
        overlay: &RefCell<Overlay>,
        next: &RefCell<HashMap<&'static str, i64>>,
    ) {
        if !attempts.is_empty() {
            self.commit(&mut Vec::new(), attempts, overlay, next);
        }
    }

    fn roll_back(&self, overlay: &RefCell<Overlay>, next: &RefCell<HashMap<&'static str, i64>>) {
        // After a failed COMMIT there may be no transaction left to roll back; that is what we want.
        let _ = self.db.execute_batch("ROLLBACK");
        overlay.borrow_mut().clear();
        next.borrow_mut().clear();
    }
}

/// Sends closures to the writer.
#[derive(Clone)]
pub(crate) struct WriterHandle(pub(crate) Sender<Request>);
