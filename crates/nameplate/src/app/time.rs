//! The clock that everything is decided by, which a test may move, and waits that end when it is moved past them.
//!
//! What a peer's own clock is held against, and what is said to others of theirs, goes by the machine's time: signatures
//! of requests, calls of services elsewhere. So does patience with the network.

use super::Clock;
use nameplate_core::ctx::Millis;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// The clock.
pub struct Time {
    machine: Clock,
    ahead: AtomicI64,
    moved: watch::Sender<()>,
}

impl Time {
    pub(super) fn new(machine: Clock) -> Self {
        Self {
            machine,
            ahead: AtomicI64::new(0),
            moved: watch::Sender::new(()),
        }
    }

    /// Now.
    pub(crate) fn now(&self) -> Millis {
        let ahead = self.ahead.load(Ordering::Acquire);
        Millis((self.machine)().0.saturating_add(ahead))
    }

    pub(super) fn machine_clock(&self) -> Clock {
        self.machine
    }

    /// Now, by the machine.
    pub(crate) fn machine(&self) -> Millis {
        (self.machine)()
    }

    /// How far it is ahead of the machine's, milliseconds.
    pub(crate) fn ahead(&self) -> i64 {
        self.ahead.load(Ordering::Acquire)
    }

    /// It is so far ahead of the machine's from now on, in milliseconds.
    pub(super) fn set_ahead(&self, ahead: i64) {
        self.ahead.store(ahead, Ordering::Release);
        self.moved.send_replace(());
    }

    /// Waits so long, by this clock.
    pub(crate) async fn sleep(&self, duration: Duration) {
        let mut moved = self.moved.subscribe();
        let whole = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        let until = self.now().0.saturating_add(whole);
        let mut left = duration;
        loop {
            tokio::select! {
                () = tokio::time::sleep(left) => return,
                Ok(()) = moved.changed() => {
                    let now = self.now().0;
                    if now >= until {
                        return;
                    }
                    left = Duration::from_millis((until - now).unsigned_abs());
                }
            }
        }
    }

    /// Waits for `work`, at most so long by this clock; `None` when that is over.
    pub(crate) async fn at_most<T>(
        &self,
        duration: Duration,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.sleep(duration) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waits_end_when_the_clock_is_past_them() {
        let time = Time::new(|| Millis(1000));
        assert_eq!(time.now(), Millis(1000));
        let hour = Duration::from_secs(3600);
        let wait = time.at_most(hour, std::future::pending::<()>());
        let moves = async {
            time.set_ahead(3_599_000);
            tokio::task::yield_now().await;
            time.set_ahead(3_600_000);
        };
        let (waited, ()) = tokio::join!(wait, moves);
        assert_eq!(waited, None);
        assert_eq!(
            (time.now(), time.machine()),
            (Millis(3_601_000), Millis(1000))
        );
        // What is done by then counts.
        assert_eq!(time.at_most(Duration::ZERO, async { 7 }).await, Some(7));
    }
}
