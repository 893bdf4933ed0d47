//! What slows guessing at custom authorizers: each guess may cost a call of the owner's function. Only failures count,
//! and they are forgotten at a steady pace.

use nameplate_core::ctx::Millis;
use nameplate_core::vending::Brake;
use parking_lot::Mutex;
use std::net::IpAddr;

/// Failures of one user name from one source that are free, and milliseconds after which one is forgotten.
const OF_USER: (u32, u32) = (10, 6_000);
/// The same of all from one source: a site's devices may share it.
const OF_SOURCE: (u32, u32) = (100, 200);

/// Failures of this process.
pub(super) struct Guesses {
    users: Mutex<Brake>,
    sources: Mutex<Brake>,
}

impl Default for Guesses {
    fn default() -> Self {
        Self {
            users: Mutex::new(Brake::new(OF_USER.0, OF_USER.1)),
            sources: Mutex::new(Brake::new(OF_SOURCE.0, OF_SOURCE.1)),
        }
    }
}

fn pair(source: IpAddr, user: &str) -> String {
    format!("{source} {user}")
}

impl Guesses {
    /// Seconds that somebody has to wait; 0 where it may try now. Who names no user, as over HTTP, is told from others of
    /// the same source by nothing.
    pub(super) fn wait(&self, source: IpAddr, user: &str, now: Millis) -> u64 {
        let of_user = match user {
            "" => 0,
            user => self.users.lock().wait(&pair(source, user), now),
        };
        let of_source = self.sources.lock().wait(&source.to_string(), now);
        of_user.max(of_source).div_ceil(1000)
    }

    /// Counts a failure.
    pub(super) fn failed(&self, source: IpAddr, user: &str, now: Millis) {
        if !user.is_empty() {
            self.users.lock().failed(&pair(source, user), now);
        }
        self.sources.lock().failed(&source.to_string(), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn guessing_is_slowed_and_others_are_not() {
        let (guesses, now) = (Guesses::default(), Millis(1_000_000));
        let here = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
        let there = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
        for _ in 0..10 {
            assert_eq!(guesses.wait(here, "a", now), 0);
            guesses.failed(here, "a", now);
        }
        assert_eq!(guesses.wait(here, "a", now), 6);
        assert_eq!(guesses.wait(there, "a", now), 0);
        assert_eq!(guesses.wait(here, "b", now), 0);
        for _ in 0..20 {
            guesses.failed(there, "", now);
            assert_eq!(guesses.wait(there, "", now), 0);
        }
        for number in 0..90 {
            guesses.failed(here, &number.to_string(), now);
        }
        assert_eq!(guesses.wait(here, "b", now), 1);
        assert_eq!(guesses.wait(here, "b", Millis(now.0 + 1000)), 0);
    }
}
