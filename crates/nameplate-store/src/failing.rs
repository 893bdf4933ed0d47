//! Transactions and reads that a test wants to fail as those of a database that is away do, on any engine.

use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How a transaction fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failing {
    /// It is not made.
    Away,
    /// It is made, and nobody is told so.
    Unanswered,
}

/// Those that are to fail, by their names.
#[derive(Debug, Default)]
pub(crate) struct ToFail {
    // So that nobody waits for the lock where there are none.
    count: AtomicUsize,
    names: Mutex<Vec<(&'static str, Failing)>>,
    reads: AtomicBool,
}

impl ToFail {
    pub(crate) fn set_reads(&self, fail: bool) {
        self.reads.store(fail, Ordering::Release);
    }

    pub(crate) fn fails_reads(&self) -> bool {
        self.reads.load(Ordering::Acquire)
    }

    pub(crate) fn add(&self, name: &'static str, how: Failing) {
        let mut names = self.names.lock();
        names.push((name, how));
        self.count.store(names.len(), Ordering::Release);
    }

    /// Whether the transaction of this name that is about to be made fails, and how.
    pub(crate) fn take(&self, name: &str) -> Option<Failing> {
        if self.count.load(Ordering::Acquire) == 0 {
            return None;
        }
        let mut names = self.names.lock();
        let at = names.iter().position(|(wanted, _)| *wanted == name)?;
        let (_, how) = names.remove(at);
        self.count.store(names.len(), Ordering::Release);
        Some(how)
    }
}
