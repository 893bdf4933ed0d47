//! What slows guessing at custom authorizers: each guess may cost a call of the owner's function. Only failures count,
//! and they are forgotten at a steady pace.

use nameplate_core::ctx::Millis;
use nameplate_core::vending::{self, Brake};
use parking_lot::Mutex;
use std::net::IpAddr;

/// Failures of one user name from one source that are free, and milliseconds after which one is forgotten.
const OF_USER: (u32, u32) = (10, 6_000);
/// The same of all from one source: a site's devices may share it.
const OF_SOURCE: (u32, u32) = (100, 200);

/// Failures of this process.
pub(super) struct Guesses(Mutex<Brakes>);

struct Brakes {
    users: Brake,
    sources: Brake,
}

impl Default for Guesses {
    fn default() -> Self {
        Self(Mutex::new(Brakes {
            users: Brake::new(OF_USER.0, OF_USER.1),
            sources: Brake::new(OF_SOURCE.0, OF_SOURCE.1),
        }))
    }
}

/// What failures are counted by: the user name at the source, and the source. Who names no user, as over HTTP, is told
/// from others of the same source by nothing.
struct By {
    user: Option<String>,
    source: String,
}

impl By {
    fn of(source: IpAddr, user: &str) -> Self {
        let source = vending::source(source);
        let user = (!user.is_empty()).then(|| format!("{source} {user}"));
        Self { user, source }
    }
}

impl Guesses {
    /// Seconds that somebody has to wait; 0 where it may try now.
    pub(super) fn wait(&self, source: IpAddr, user: &str, now: Millis) -> u64 {
        self.0.lock().wait(&By::of(source, user), now)
    }

    /// An attempt has been judged: 0, and a failure counts; or the seconds to wait where so many have failed meanwhile
    /// that it is to be refused either way. Those that come together are let in together.
    pub(super) fn judged(&self, source: IpAddr, user: &str, right: bool, now: Millis) -> u64 {
        let by = By::of(source, user);
        let mut brakes = self.0.lock();
        let wait = brakes.wait(&by, now);
        if wait == 0 && !right {
            brakes.failed(&by, now);
        }
        wait
    }

    /// Counts a failure.
    pub(super) fn failed(&self, source: IpAddr, user: &str, now: Millis) {
        self.0.lock().failed(&By::of(source, user), now);
    }
}

impl Brakes {
    fn wait(&self, by: &By, now: Millis) -> u64 {
        let of_user = by.user.as_ref();
        let of_user = of_user.map_or(0, |user| self.users.wait(user, now));
        let of_source = self.sources.wait(&by.source, now);
        of_user.max(of_source).div_ceil(1000)
    }

    fn failed(&mut self, by: &By, now: Millis) {
        if let Some(user) = &by.user {
            self.users.failed(user, now);
        }
        self.sources.failed(&by.source, now);
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
        // What was let in before is judged all the same.
        assert_eq!(guesses.judged(here, "b", true, now), 1);
        assert_eq!(guesses.wait(here, "b", Millis(now.0 + 1000)), 0);
    }
}
