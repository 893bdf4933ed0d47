//! One token bucket (the generic cell rate algorithm: a bucket is the moment at which it will be full again).

use crate::ctx::Millis;

/// What a bucket holds, in nanoseconds of its rate.
const SECOND: i64 = 1_000_000_000;
/// More debt than this is forgiven, and so is a clock that steps back.
const MOST_DEBT: i64 = 60 * SECOND;

/// How many a second. A bucket of that rate holds as many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(u32);

impl Rate {
    /// So many a second, at least one.
    pub const fn per_second(count: u32) -> Self {
        Rate(if count == 0 { 1 } else { count })
    }

    /// How many a second.
    pub const fn get(self) -> u32 {
        self.0
    }

    fn cost(self, count: u64) -> i64 {
        let most = (MOST_DEBT / SECOND).unsigned_abs() * u64::from(self.0) + u64::from(self.0);
        let nanos =
            u128::from(count.min(most)) * u128::from(SECOND.unsigned_abs()) / u128::from(self.0);
        i64::try_from(nanos).unwrap_or(MOST_DEBT)
    }
}

/// A token bucket, full at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bucket {
    // Nanoseconds since the epoch; past where it is full.
    full_at: i64,
}

impl Bucket {
    fn base(&self, now: i64) -> i64 {
        self.full_at.clamp(now, now.saturating_add(MOST_DEBT))
    }

    /// Takes so many, or none where so many are not there.
    pub fn take(&mut self, rate: Rate, count: u32, now: Millis) -> bool {
        let now = nanos(now);
        self.full_at = self.base(now);
        let full_at = self.full_at.saturating_add(rate.cost(count.into()));
        let there = full_at - now <= SECOND;
        if there {
            self.full_at = full_at;
        }
        there
    }

    /// Takes so many though they be not there; the bucket is in debt then.
    pub fn charge(&mut self, rate: Rate, count: u64, now: Millis) {
        let now = nanos(now);
        self.full_at = self.base(now).saturating_add(rate.cost(count));
    }

    /// Milliseconds until it is no longer in debt; 0 where it is not.
    pub fn debt(&self, now: Millis) -> u64 {
        let now = nanos(now);
        let over = self.base(now) - now - SECOND;
        over.max(0).unsigned_abs().div_ceil(1_000_000)
    }
}

fn nanos(at: Millis) -> i64 {
    at.0.saturating_mul(1_000_000)
}
