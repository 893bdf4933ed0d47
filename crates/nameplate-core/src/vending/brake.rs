//! What slows guessing: failures counted by whose they are, forgotten at a steady pace.

use crate::ctx::Millis;
use std::collections::HashMap;
use std::net::IpAddr;

/// How many names are held at most. Whoever fills them makes those be forgotten that would have been the soonest.
const HELD: usize = 65_536;

/// Whose failures from an address are: an IPv4 address, or the network of an IPv6 one, of which a single subscriber has
/// all addresses.
pub fn source(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

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
                let mut ends: Vec<i64> = self.forgotten.values().copied().collect();
                let (_, middle, _) = ends.select_nth_unstable(HELD / 2);
                let middle = *middle;
                let mut spare = HELD / 2;
                self.forgotten.retain(|_, forgotten| {
                    let kept = *forgotten > middle || (*forgotten == middle && spare > 0);
                    spare -= usize::from(kept && *forgotten == middle);
                    kept
                });
            }
        }
        let forgotten = self.forgotten.entry(name.into()).or_default();
        let most = now.0 + self.interval * self.free * 2;
        *forgotten = (*forgotten).clamp(now.0, most) + self.interval;
    }

    /// A try of `name` has been judged. Those that come together are all let in before the first of them counts: who
    /// could not be let in any more by now is to be refused as if it came now, right or wrong, after so many
    /// milliseconds. Where that is 0 what is decided stands, and a failure counts.
    pub fn judged(&mut self, name: &str, right: bool, now: Millis) -> u64 {
        let wait = self.wait(name, now);
        if wait == 0 && !right {
            self.failed(name, now);
        }
        wait
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
    fn what_is_held_is_bounded_and_who_failed_most_is_held_longest() {
        let mut brake = Brake::new(3, 100);
        for _ in 0..5 {
            brake.failed("often", Millis(1));
        }
        for number in 0..2 * HELD {
            brake.failed(&number.to_string(), Millis(1));
            assert!(brake.forgotten.len() <= HELD);
        }
        assert!(brake.wait("often", Millis(1)) > 0);
    }

    #[test]
    fn tries_that_come_together_count_in_the_order_they_are_judged_in() {
        let mut brake = Brake::new(3, 100);
        let at = Millis(1_000_000);
        // All of them were let in.
        assert_eq!(brake.wait("a", at), 0);
        assert_eq!(brake.judged("a", true, at), 0);
        for _ in 0..3 {
            assert_eq!(brake.judged("a", false, at), 0);
        }
        for _ in 0..3 {
            assert_eq!(brake.judged("a", false, at), 100);
            // Otherwise one of many would find what is right.
            assert_eq!(brake.judged("a", true, at), 100);
        }
        assert_eq!(brake.judged("a", true, Millis(at.0 + 100)), 0);
    }

    #[test]
    fn a_source_is_who_has_the_address() {
        let of = |text: &str| text.parse().map(source);
        assert_eq!(of("192.0.2.7"), Ok("192.0.2.7".into()));
        assert_eq!(of("::ffff:192.0.2.7"), Ok("192.0.2.7".into()));
        assert_eq!(of("2001:db8:0:1::7"), of("2001:db8:0:1:ffff::1"));
        assert_ne!(of("2001:db8:0:1::7"), of("2001:db8:0:2::7"));
    }
}
