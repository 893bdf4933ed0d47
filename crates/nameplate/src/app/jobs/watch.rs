//! Which things changed since jobs were last held against them, and that there is something to do.

use crate::app::kernel::Follower;
use nameplate_store::Notice;
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// Things that wait to be looked at; where there are more, all groups are.
const THINGS: usize = 4096;

/// What commits leave for the worker. They pay for the key of a thing, and that only while there are jobs.
pub(crate) struct Watch {
    things: Mutex<Changed>,
    /// Whether changes of things concern any job.
    watches: AtomicBool,
    pub(super) wake: Notify,
}

/// Things that changed.
#[derive(Debug, Default)]
pub(super) struct Changed {
    /// Their keys.
    pub(super) keys: BTreeSet<i64>,
    /// There were too many to be kept.
    pub(super) many: bool,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            things: Mutex::default(),
            // Until the worker knows better.
            watches: AtomicBool::new(true),
            wake: Notify::new(),
        }
    }
}

impl Watch {
    /// Hears of commits.
    pub(crate) fn follower(self: &Arc<Self>) -> Follower {
        let watch = Arc::clone(self);
        Box::new(move |notice| match notice {
            Notice::Thing(key) if watch.watches.load(Ordering::Relaxed) => watch.note(*key),
            Notice::Everything => watch.note_all(),
            _ => {}
        })
    }

    /// All of them may have changed.
    pub(super) fn note_all(&self) {
        let mut changed = self.things.lock();
        changed.many = true;
        changed.keys.clear();
        drop(changed);
        self.wake.notify_one();
    }

    pub(super) fn note(&self, key: i64) {
        let mut changed = self.things.lock();
        if !changed.many {
            changed.keys.insert(key);
        }
        if changed.keys.len() > THINGS {
            changed.many = true;
            changed.keys.clear();
        }
        drop(changed);
        self.wake.notify_one();
    }

    /// What changed; nothing is left.
    pub(super) fn take(&self) -> Changed {
        std::mem::take(&mut self.things.lock())
    }

    /// What was taken could not be seen to.
    pub(super) fn put_back(&self, changed: &Changed) {
        match changed.many {
            true => self.note_all(),
            false => changed.keys.iter().for_each(|key| self.note(*key)),
        }
    }

    /// Whether changes of things are kept from now on.
    pub(super) fn set(&self, watches: bool) {
        self.watches.store(watches, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_things_are_one_notice() {
        let watch = Arc::new(Watch::default());
        let follow = watch.follower();
        follow(&Notice::Thing(7));
        follow(&Notice::NewThing(8));
        assert_eq!(watch.take().keys, BTreeSet::from([7]));
        for key in 0..=THINGS as i64 {
            follow(&Notice::Thing(key));
        }
        let changed = watch.take();
        assert!(changed.many && changed.keys.is_empty());
        watch.set(false);
        follow(&Notice::Thing(7));
        assert!(watch.take().keys.is_empty());
    }
}
