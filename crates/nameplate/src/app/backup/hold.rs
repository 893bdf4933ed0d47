//! What must stay while a backup is made: files that rows of its snapshot name.
//!
//! Held before the snapshot is taken. Whoever removes a file asks afterwards, when its row has gone with a commit: where
//! nothing is held by then, the snapshot comes after that commit and does not name the file.

use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;

/// How often the end of a backup is looked for.
const LOOK: Duration = Duration::from_millis(200);

/// Whether a backup is made, and what waits for its end.
#[derive(Debug, Default)]
pub struct Hold {
    // `None` while there is no backup.
    waiting: Arc<Mutex<Option<Vec<String>>>>,
}

/// A backup that is made.
pub struct Held {
    waiting: Arc<Mutex<Option<Vec<String>>>>,
}

impl Hold {
    /// Holds everything from now on; `None` where that is so already.
    pub(super) fn begin(&self) -> Option<Held> {
        let mut waiting = self.waiting.lock();
        if waiting.is_some() {
            return None;
        }
        *waiting = Some(Vec::new());
        Some(Held {
            waiting: Arc::clone(&self.waiting),
        })
    }

    /// Whether a backup is made.
    pub fn is_held(&self) -> bool {
        self.waiting.lock().is_some()
    }

    /// Waits while a backup is made.
    pub async fn ended(&self) {
        while self.is_held() {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Which of these bodies may be removed now; the others are kept for the end of the backup.
    pub fn removable(&self, names: Vec<String>) -> Vec<String> {
        match &mut *self.waiting.lock() {
            Some(waiting) => {
                waiting.extend(names);
                Vec::new()
            }
            None => names,
        }
    }
}

impl Held {
    /// Ends it; what has waited.
    pub(super) fn end(&self) -> Vec<String> {
        self.waiting.lock().take().unwrap_or_default()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // What waited and was not asked for is removed by the next start.
        self.waiting.lock().take();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_removed_meanwhile_waits() {
        let hold = Hold::default();
        let names = |of: &str| vec![of.to_owned()];
        assert_eq!(hold.removable(names("a")), names("a"));
        let held = hold.begin().expect("none is made");
        assert!(hold.begin().is_none());
        assert!(hold.is_held());
        assert!(hold.removable(names("b")).is_empty());
        assert_eq!(held.end(), names("b"));
        drop(held);
        assert_eq!(hold.removable(names("c")), names("c"));
        drop(hold.begin());
        assert!(!hold.is_held());
    }
}
