//! What slows guessing, without locking honest devices out: only failures count, they are forgotten at a steady pace,
//! and nobody's failures stand in the way of another serial number at another address.

use nameplate_core::ctx::Millis;
use nameplate_core::vending::{Brake, source};
use parking_lot::Mutex;
use std::net::IpAddr;

/// Failures of one serial number from one address that are free, and milliseconds after which one is forgotten.
const OF_DEVICE: (u32, u32) = (5, 10_000);
/// The same of all serial numbers from one address: a factory's devices may share it.
const OF_ADDRESS: (u32, u32) = (50, 200);
/// Whose address has failed often is answered this much later at most, milliseconds; beyond it, it is sent away.
const LONGEST_PAUSE: u64 = 3000;

/// Failures of this process.
pub(super) struct Slow(Mutex<Brakes>);

struct Brakes {
    devices: Brake,
    addresses: Brake,
}

/// Whether somebody may try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    /// After so many milliseconds.
    After(u64),
    /// Not before so many seconds have passed.
    Refused(u32),
}

impl Default for Slow {
    fn default() -> Self {
        Self(Mutex::new(Brakes {
            devices: Brake::new(OF_DEVICE.0, OF_DEVICE.1),
            addresses: Brake::new(OF_ADDRESS.0, OF_ADDRESS.1),
        }))
    }
}

impl Slow {
    pub(super) fn may_try(&self, serial: &str, address: IpAddr, now: Millis) -> Leave {
        let source = source(address);
        self.0.lock().leave(&pair(serial, &source), &source, now)
    }

    /// A try has been judged: the seconds to wait where it is to be refused whatever was decided, as [`Brake::judged`]
    /// says. Otherwise a failure counts.
    pub(super) fn judged(
        &self,
        serial: &str,
        address: IpAddr,
        right: bool,
        now: Millis,
    ) -> Option<u32> {
        let source = source(address);
        let pair = pair(serial, &source);
        let mut brakes = self.0.lock();
        match brakes.leave(&pair, &source, now) {
            Leave::Refused(seconds) => return Some(seconds),
            // It was kept waiting, or was let in before others failed.
            Leave::After(_) if right => {}
            Leave::After(_) => brakes.failed(&pair, &source, now),
        }
        None
    }

    pub(super) fn failed(&self, serial: &str, address: IpAddr, now: Millis) {
        let source = source(address);
        self.0.lock().failed(&pair(serial, &source), &source, now);
    }
}

impl Brakes {
    fn leave(&self, pair: &str, source: &str, now: Millis) -> Leave {
        let seconds = |millis: u64| u32::try_from(millis.div_ceil(1000)).unwrap_or(u32::MAX);
        let device = self.devices.wait(pair, now);
        if device > 0 {
            return Leave::Refused(seconds(device));
        }
        match self.addresses.wait(source, now) {
            pause if pause <= LONGEST_PAUSE => Leave::After(pause),
            pause => Leave::Refused(seconds(pause)),
        }
    }

    fn failed(&mut self, pair: &str, source: &str, now: Millis) {
        self.devices.failed(pair, now);
        self.addresses.failed(source, now);
    }
}

fn pair(serial: &str, source: &str) -> String {
    format!("{source} {serial}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    #[test]
    fn guessing_is_slowed_and_others_are_not() {
        let (slow, now) = (Slow::default(), Millis(1_000_000));
        let (here, there) = (Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2));
        for _ in 0..5 {
            assert_eq!(slow.may_try("a", here.into(), now), Leave::After(0));
            slow.failed("a", here.into(), now);
        }
        assert_eq!(slow.may_try("a", here.into(), now), Leave::Refused(10));
        // The device itself is elsewhere, and others share the address.
        assert_eq!(slow.may_try("a", there.into(), now), Leave::After(0));
        assert_eq!(slow.may_try("b", here.into(), now), Leave::After(0));
        let later = Millis(now.0 + 10_000);
        assert_eq!(slow.may_try("a", here.into(), later), Leave::After(0));
    }

    #[test]
    fn guesses_that_come_together_count_one_after_another() {
        let (slow, now) = (Slow::default(), Millis(1_000_000));
        let (here, there) = (Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2));
        for _ in 0..5 {
            assert_eq!(slow.judged("a", here.into(), false, now), None);
        }
        // The right one among them, too.
        for right in [false, true] {
            assert_eq!(slow.judged("a", here.into(), right, now), Some(10));
        }
        assert_eq!(slow.judged("a", there.into(), true, now), None);
        assert_eq!(slow.judged("b", here.into(), true, now), None);
        // Of many serial numbers from one address, as many as it may be kept waiting for.
        let told = (0..200).map(|number| slow.judged(&number.to_string(), here.into(), false, now));
        assert_eq!(told.filter(Option::is_none).count(), 60);
        assert!(slow.judged("b", here.into(), true, now).is_some());
    }

    #[test]
    fn whoever_tries_many_serial_numbers_is_slowed_too() {
        let (slow, now) = (Slow::default(), Millis(1_000_000));
        let address = |last| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, last));
        for number in 0..60 {
            slow.failed(&number.to_string(), address(number), now);
        }
        assert_eq!(slow.may_try("x", address(99), now), Leave::After(2200));
        for number in 0..60 {
            slow.failed(&number.to_string(), address(number), now);
        }
        assert!(matches!(
            slow.may_try("x", address(99), now),
            Leave::Refused(_)
        ));
        let elsewhere = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 2, 0, 0, 0, 1));
        assert_eq!(slow.may_try("x", elsewhere, now), Leave::After(0));
    }
}
