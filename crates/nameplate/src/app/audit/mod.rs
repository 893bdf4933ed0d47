//! The audit log: who changed what, from where, and how each provisioning ended. One line of JSON each.
//!
//! Owns what is an entry, what of a call is told, and the bound on disk (`files`). An entry has names and ids, never a
//! document, key, token or payload. It is written after what it tells of, on a thread of its own. Where the disk takes no
//! more, calls go on: what could not be written is counted (`nameplate_audit_lost_total`), and the next line that can be
//! written says how many are missing.
//!
//! Must not know: HTTP, the store.

mod call;
mod files;
mod provisioning;

pub(crate) use call::task_ended;
pub use call::{Call, Door, changes, is_traffic};
pub use files::Position;
pub(crate) use provisioning::is_provisioning;

use super::error::{Error, Result};
use files::Files;
use nameplate_core::escape;
use parking_lot::Mutex;
use prometheus_client::metrics::counter::Counter;
use serde_json::Value;
use std::borrow::Cow;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

/// Lines that may wait for the disk.
const WAITING: usize = 16_384;
/// How long lines are gathered after some were written.
const GATHER: Duration = Duration::from_millis(20);
/// Bytes that are written at a time.
const PIECE: usize = 256 * 1024;
/// Files that the log is made of; the oldest gives way.
const FILES: u64 = 10;

enum Sent {
    Line(String),
    /// Everything before is to be on disk, and then this is told.
    Flush(SyncSender<()>),
}

/// The log of a server.
#[derive(Debug)]
pub struct Audit {
    // `None` where nothing is logged.
    lines: Mutex<Option<SyncSender<Sent>>>,
    directory: std::path::PathBuf,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
    counters: Counters,
}

/// What is counted.
#[derive(Debug, Clone, Default)]
pub struct Counters {
    /// Entries that were written.
    pub written: Counter,
    /// Entries that could not be.
    pub lost: Counter,
}

impl Audit {
    /// Opens the log below a data directory, `megabytes` of it at most; 0 logs nothing.
    pub(crate) fn open(data_dir: &Path, megabytes: u64, counters: Counters) -> Self {
        let directory = data_dir.join("audit");
        let (mut lines, mut thread) = (None, None);
        if megabytes > 0 {
            let (sender, receiver) = sync_channel(WAITING);
            let files = Files::new(&directory, megabytes * 1_000_000 / FILES, FILES);
            let of_thread = counters.clone();
            let started = std::thread::Builder::new()
                .name("audit".into())
                .spawn(move || keep(&receiver, files, &of_thread));
            match started {
                Ok(started) => (lines, thread) = (Some(sender), Some(started)),
                Err(error) => tracing::error!("the audit log cannot be kept: {error}"),
            }
        }
        Self {
            lines: Mutex::new(lines),
            directory,
            thread: Mutex::new(thread),
            counters,
        }
    }

    /// Whether anything is logged.
    pub fn is_kept(&self) -> bool {
        self.lines.lock().is_some()
    }

    /// Adds an entry. Waits for nothing.
    pub fn add(&self, entry: &Value) {
        if self.is_kept() {
            self.add_line(entry.to_string());
        }
    }

    /// Adds an entry that is written as JSON, in one line.
    fn add_line(&self, entry: String) {
        let sender = self.lines.lock().clone();
        let Some(sender) = sender else { return };
        let line = match escape::json(&entry) {
            Cow::Borrowed(_) => entry,
            Cow::Owned(escaped) => escaped,
        };
        if let Err(TrySendError::Full(_)) = sender.try_send(Sent::Line(line)) {
            self.counters.lost.inc();
        }
    }

    /// The entries behind a position, some of them, oldest first, and the position behind those. A position whose file has
    /// given way is the oldest that is left. Blocks.
    pub fn read(&self, from: Position) -> Result<(Vec<Value>, Position)> {
        self.flush();
        let (lines, next) = files::read(&self.directory, from, PIECE).map_err(Error::internal)?;
        let entries = lines
            .split('\n')
            .filter_map(|line| serde_json::from_str(line).ok());
        Ok((entries.collect(), next))
    }

    /// Waits until everything that was added is written, or could not be.
    pub(crate) fn flush(&self) {
        let sender = self.lines.lock().clone();
        let (done, wait) = sync_channel(1);
        if let Some(sender) = sender
            && sender.send(Sent::Flush(done)).is_ok()
        {
            self.wake();
            let _ = wait.recv();
        }
    }

    /// Has what waits written now.
    fn wake(&self) {
        if let Some(thread) = &*self.thread.lock() {
            thread.thread().unpark();
        }
    }

    /// Writes what is left, and ends. Blocks.
    pub(crate) fn close(&self) {
        drop(self.lines.lock().take());
        self.wake();
        let thread = self.thread.lock().take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

/// Writes what comes, as much at a time as has come in a moment.
fn keep(lines: &Receiver<Sent>, mut files: Files, counters: &Counters) {
    let mut full = false;
    while let Ok(first) = lines.recv() {
        let (mut text, mut count, mut flushed) = (String::new(), 0, Vec::new());
        let mut next = Some(first);
        while let Some(sent) = next {
            match sent {
                Sent::Line(line) => {
                    text.push_str(&line);
                    text.push('\n');
                    count += 1;
                }
                Sent::Flush(done) => flushed.push(done),
            }
            next = match text.len() < PIECE {
                true => lines.try_recv().ok(),
                false => None,
            };
        }
        match files.write(&text, count) {
            Ok(()) => {
                full = false;
                counters.written.inc_by(count);
            }
            Err(error) => {
                counters.lost.inc_by(count);
                // Once, until it goes on.
                if !full {
                    tracing::error!(
                        "the audit log cannot be written, and entries are lost: {error}"
                    );
                }
                full = true;
            }
        }
        for done in flushed {
            let _ = done.send(());
        }
        // Nobody who adds a line until then pays for waking this thread.
        if text.len() < PIECE {
            std::thread::park_timeout(GATHER);
        }
    }
}

#[cfg(test)]
mod tests;
