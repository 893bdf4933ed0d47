//! A clock that all nodes agree on as far as it matters: what a node does after it heard of another's stamp gets a higher one.
//!
//! Stamps follow wall clocks where nodes do not hear of each other, and each other where they do (hybrid logical clocks,
//! Kulkarni et al. 2014), so that clocks which differ by minutes do no harm while the bus is there.

use std::sync::atomic::{AtomicU64, Ordering};

/// Stamps that fit into a millisecond.
const PER_MILLISECOND: u64 = 1 << 12;

/// The clock of one node.
#[derive(Debug, Default)]
pub struct Clock(AtomicU64);

impl Clock {
    /// A stamp higher than all that were given or heard.
    pub fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// The highest stamp that was given or heard.
    pub fn last(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// How long ago a stamp was given here, milliseconds, as far as this clock has gone on since: never too much.
    pub fn age_ms(&self, stamp: u64) -> u64 {
        self.last().saturating_sub(stamp) / PER_MILLISECOND
    }

    /// Another node has given this stamp.
    pub fn hear(&self, stamp: u64) {
        self.0.fetch_max(stamp, Ordering::AcqRel);
    }

    /// The wall clock shows so many milliseconds since the epoch.
    pub fn tick(&self, now_ms: i64) {
        self.hear(
            u64::try_from(now_ms)
                .unwrap_or_default()
                .saturating_mul(PER_MILLISECOND),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn what_comes_after_has_a_higher_stamp_though_a_wall_clock_is_behind() {
        let (ahead, behind) = (Clock::default(), Clock::default());
        ahead.tick(1_000_060_000);
        behind.tick(1_000_000_000);
        let first = ahead.next();
        behind.hear(first);
        let second = behind.next();
        assert!(second > first);
        behind.tick(1_000_000_500);
        assert!(behind.next() > second, "a clock never goes back");
        assert_eq!(ahead.age_ms(first), 0);
        ahead.tick(1_000_063_000);
        assert_eq!(ahead.age_ms(first), 2999);
        assert_eq!(behind.age_ms(u64::MAX), 0);
        ahead.tick(1_000_061_000);
        assert!(ahead.next() > behind.last(), "and follows the wall");
    }
}
