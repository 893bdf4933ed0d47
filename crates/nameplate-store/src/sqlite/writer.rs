//! The one writer: a thread that takes all closures that wait, runs them in one transaction, commits, and only
//! then answers. Group commit is the whole point: a flush to disk costs the same for one device as for a hundred.
//!
//! A closure that fails after it has written is undone alone, which takes a savepoint around it. A savepoint costs a copy
//! of every page that changes behind it, nearly half of what a device's statements cost, and nearly all closures that
//! fail do so before they write. So there are none until one is missed: then the whole transaction is undone and run
//! again with them, and so are the next ones, since such failures seldom come alone.

use super::index::Index;
use super::journal::Journal;
use super::view::{View, Writing};
use crate::attempt::{AttemptQueue, Taken, lost};
use crate::directory::DirectoryLock;
use crate::queue::Queue;
use crate::sql::Conn;
use crate::tx::{Change, Job, Tx};
use crate::{Error, Result};
use std::sync::Arc;

/// Transactions whose closures have savepoints after one was missed.
const CAREFUL: u32 = 64;

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
    pub(crate) writing: Writing,
    /// Transactions that are yet to have savepoints.
    pub(crate) careful: u32,
    // The directory is another server's only when nothing is written any more.
    pub(crate) _lock: Arc<DirectoryLock>,
}

impl Writer {
    /// Runs until the queue is closed and empty. Connection attempts are written with what comes, or after a moment.
    pub(crate) fn run(mut self) {
        let requests = Arc::clone(&self.requests);
        requests.serve(|batch| {
            self.commit(batch);
            self.journal.make_room();
        });
        self.journal.write_back(&self.db);
    }

    /// Runs a batch of closures and writes the connection attempts that wait, in one commit, and answers.
    fn commit(&mut self, batch: &mut Vec<Box<dyn Job>>) {
        let attempts = self.attempts.take();
        if batch.is_empty() && attempts.is_empty() {
            return;
        }
        match self.run_again_if_spoilt(batch, &attempts) {
            Ok(committed) => {
                // Readers see the rows already; now they find them, and only then does anyone hear of it.
                self.index.merge(&mut self.writing.overlay.borrow_mut());
                self.writing
                    .counters
                    .borrow_mut()
                    .reserved(committed.blocks);
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
                tracing::error!(error = %text, "{} failed: {text}", lost(batch.len(), attempts.len()));
                self.undo();
                self.attempts.put_back();
                for job in batch.drain(..) {
                    job.finish(Err(Error::Commit(text.clone())));
                }
            }
        }
    }

    fn undo(&self) {
        // The engine may have rolled back by itself; then there is nothing left to do.
        let _ = self.db.execute_batch("ROLLBACK");
        self.writing.overlay.borrow_mut().clear();
    }

    fn run_again_if_spoilt(
        &mut self,
        batch: &mut [Box<dyn Job>],
        attempts: &Taken,
    ) -> Result<Committed> {
        let savepoints = self.careful > 0;
        self.careful = self.careful.saturating_sub(1);
        let mut ran = 0;
        let first = self.transaction(batch, attempts, savepoints, &mut ran);
        if first.is_ok() || !self.writing.is_spoilt() {
            return first;
        }
        self.undo();
        self.careful = CAREFUL;
        batch.iter().take(ran).for_each(|job| job.retried());
        self.transaction(batch, attempts, true, &mut 0)
    }

    /// Runs a batch and commits; `ran` counts the closures that it has come to.
    fn transaction(
        &self,
        batch: &mut [Box<dyn Job>],
        attempts: &Taken,
        savepoints: bool,
        ran: &mut usize,
    ) -> Result<Committed> {
        self.writing.begin(savepoints);
        let view = View {
            db: &self.db,
            index: &self.index,
            writing: Some(&self.writing),
        };
        let mut tx = Tx::new(Conn(crate::sql::View::Sqlite(view)));
        view.execute("BEGIN IMMEDIATE", &[])?;
        for job in batch {
            *ran += 1;
            tx.apart(|tx| job.run(tx))?;
        }
        if !attempts.is_empty() {
            tx.apart(|tx| {
                crate::attempt::write(tx, attempts, &self.attempts)
                    .inspect_err(|failed| {
                        tracing::error!(error = %failed, "connection attempts were not recorded: {failed}");
                    })
                    .is_ok()
            })?;
        }
        let blocks = self.writing.counters.borrow().reserve(&view)?;
        view.execute("COMMIT", &[])?;
        Ok(Committed {
            changes: tx.into_changes(),
            blocks,
        })
    }
}
