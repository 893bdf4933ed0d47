//! Messages that wait until it can be read which rules run: the database was away when they came.
//!
//! They take places among those of all lanes, and go to their rules in the order in which they came.

use super::engine::{Engine, LONGEST_PAUSE, PAUSE};
use super::lane::{Arrived, Lanes, Place};
use crate::app::error::{Error, Kind};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

/// Those that wait.
#[derive(Default)]
pub(super) struct Unread {
    waiting: Mutex<VecDeque<(Arc<Arrived>, Place)>>,
    /// Whether some wait, for those who ask with each message.
    some: AtomicBool,
}

/// What became of a message that is to wait.
pub(super) enum Pushed {
    /// Nobody reads the rules for it yet.
    First,
    /// Others wait, and somebody reads for all.
    Behind,
    /// There is no room.
    LeftOut,
}

impl Unread {
    /// Whether some wait.
    pub(super) fn is_waiting(&self) -> bool {
        self.some.load(Ordering::Acquire)
    }

    pub(super) fn push(&self, arrived: Arc<Arrived>, lanes: &Arc<Lanes>) -> Pushed {
        let Some(place) = lanes.place(&arrived) else {
            return Pushed::LeftOut;
        };
        let mut waiting = self.waiting.lock();
        waiting.push_back((arrived, place));
        self.some.store(true, Ordering::Release);
        match waiting.len() {
            1 => Pushed::First,
            _ => Pushed::Behind,
        }
    }

    /// The next one, which goes on waiting until [`Self::done`].
    fn first(&self) -> Option<Arc<Arrived>> {
        let waiting = self.waiting.lock();
        waiting.front().map(|(arrived, _)| Arc::clone(arrived))
    }

    /// The next one waits no longer; whether others do.
    fn done(&self) -> bool {
        let mut waiting = self.waiting.lock();
        drop(waiting.pop_front());
        let some = !waiting.is_empty();
        self.some.store(some, Ordering::Release);
        some
    }
}

/// Reads which rules run as soon as that can be done, and hands over what waits for it.
pub(super) async fn read_rules(engine: Weak<Engine>) {
    let mut pause = PAUSE;
    loop {
        tokio::time::sleep(pause).await;
        // Where the server ends there is none any more.
        let Some(engine) = engine.upgrade() else {
            return;
        };
        let rules = &engine.rules;
        loop {
            let running = match rules.live.get(rules).await {
                Err(error) if error.kind == Kind::Unavailable => break,
                read => read,
            };
            let Some(arrived) = rules.unread.first() else {
                return;
            };
            match running {
                Ok(running) => {
                    let again = || Arc::clone(&arrived);
                    rules.hand_over(&running, &arrived.topic, arrived.hops, again);
                }
                Err(error) => passed_by(&arrived.topic, &error),
            }
            if !rules.unread.done() {
                return;
            }
        }
        pause = LONGEST_PAUSE.min(pause * 2);
    }
}

/// A message passes all rules by, since they are not readable, and will not be.
pub(super) fn passed_by(topic: &str, error: &Error) {
    tracing::error!(
        topic,
        "a message passes all rules by, since they cannot be read: {error:?}"
    );
}
