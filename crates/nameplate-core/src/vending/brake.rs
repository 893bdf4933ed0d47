//! What slows guessing: failures counted by whose they are, forgotten at a steady pace.

use crate::ctx::Millis;
use std::collections::HashMap;

/// How many names are held at most. Whoever fills them makes the others' failures be forgotten, not counted.
const HELD: usize = 65_536;

/// Failures by name: so many at once are free, and one is forgotten in each interval.
#[derive(Debug)]
pub struct Brake {
    free: i64,
    interval: i64,
    // When all of a name's failures will be forgotten, milliseconds.
    forgotten: HashMap<Box<str>, i64>,
}

impl Brake {
    /// A brake that lets `free` failures pass, and one more after each `interval` milliseconds.
    pub fn new(free: u32, interval: u32) -> Self {
        Self {
            free: i64::from(free),
            interval: i64::from(interval),
            forgotten: HashMap::new(),
        }
    }

    /// Milliseconds that `name` has to wait before it may try; 0 where it may now.
    pub fn wait(&self, name: &str, now: Millis) -> u64 {
        let Some(forgotten) = self.forgotten.get(name) else {
            return 0;
        };
        let most = self.free * self.interval;
        // A clock that steps back shall not lock anybody out.
        let owed = (forgotten - now.0).min(most + self.interval * self.free);
        (owed - most + self.interval).max(0).unsigned_abs()
    }

    /// Counts a failure of `name`.
    pub fn failed(&mut self, name: &str, now: Millis) {
        if self.forgotten.len() >= HELD && !self.forgotten.contains_key(name) {
            self.forgotten.retain(|_, forgotten| *forgotten > now.0);
            if self.forgotten.len() >= HELD {
                self.forgotten.clear();
            }
        }
        let forgotten = self.forgotten.entry(name.into()).or_default();
        let most = now.0 + self.interval * self.free * 2;
        *forgotten = (*forgotten).clamp(now.0, most) + self.interval;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_are_free_and_one_a_time_after_them() {
        let mut brake = Brake::new(3, 100);
        let at = Millis(1_000_000);
        for _ in 0..3 {
            assert_eq!(brake.wait("a", at), 0);
            brake.failed("a", at);
        }
        assert_eq!(brake.wait("a", at), 100);
        assert_eq!(brake.wait("a", Millis(at.0 + 60)), 40);
        assert_eq!(brake.wait("a", Millis(at.0 + 100)), 0);
        assert_eq!(brake.wait("b", at), 0);
        brake.failed("a", Millis(at.0 + 100));
        assert_eq!(brake.wait("a", Millis(at.0 + 100)), 100);
        assert_eq!(brake.wait("a", Millis(at.0 + 10_000)), 0);
    }

    #[test]
    fn a_name_waits_no_longer_than_it_takes_to_be_forgotten() {
        let mut brake = Brake::new(3, 100);
        let at = Millis(1_000_000);
        for _ in 0..1000 {
            brake.failed("a", at);
        }
        assert!(brake.wait("a", at) <= 500, "{}", brake.wait("a", at));
        // The clock was wrong.
        assert!(brake.wait("a", Millis(0)) <= 500);
    }

    #[test]
    fn what_is_held_is_bounded() {
        let mut brake = Brake::new(3, 100);
        for number in 0..HELD + 10 {
            brake.failed(&number.to_string(), Millis(1));
        }
        assert!(brake.forgotten.len() <= HELD);
    }
}
