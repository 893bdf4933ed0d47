//! What slows guessing, without locking honest devices out: only failures count, they are forgotten at a steady pace,
//! and nobody's failures stand in the way of another serial number at another address.

use nameplate_core::ctx::Millis;
use nameplate_core::vending::Brake;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Failures of one serial number from one address that are free, and milliseconds after which one is forgotten.
const OF_DEVICE: (u32, u32) = (5, 10_000);
/// The same of all serial numbers from one address: a factory's devices may share it.
const OF_ADDRESS: (u32, u32) = (50, 200);
/// Whose address has failed often is answered this much later at most, milliseconds; beyond it, it is sent away.
const LONGEST_PAUSE: u64 = 3000;

/// Requests of one serial number from one address that are judged at the same time. What is being judged has not failed
/// yet: without a bound, as many guesses as there are connections would pass before the first of them counts.
const AT_ONCE: usize = 5;

/// Failures of this process.
pub(super) struct Slow {
    devices: Mutex<Brake>,
    addresses: Mutex<Brake>,
    judged: Mutex<Judged>,
}

/// By whose they are; there while somebody has or wants a turn.
type Judged = HashMap<Box<str>, Arc<Semaphore>>;

/// One of the requests of a serial number from an address that are being judged, until it is dropped.
pub(super) struct Turn<'s> {
    slow: &'s Slow,
    pair: String,
    permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut judged = self.slow.judged.lock();
        self.permit = None;
        if let Some(places) = judged.get(self.pair.as_str())
            && Arc::strong_count(places) == 1
        {
            judged.remove(self.pair.as_str());
        }
    }
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
        Self {
            devices: Mutex::new(Brake::new(OF_DEVICE.0, OF_DEVICE.1)),
            addresses: Mutex::new(Brake::new(OF_ADDRESS.0, OF_ADDRESS.1)),
            judged: Mutex::default(),
        }
    }
}

impl Slow {
    pub(super) fn may_try(&self, serial: &str, address: IpAddr, now: Millis) -> Leave {
        let seconds = |millis: u64| u32::try_from(millis.div_ceil(1000)).unwrap_or(u32::MAX);
        let source = source(address);
        let device = self.devices.lock().wait(&pair(serial, &source), now);
        if device > 0 {
            return Leave::Refused(seconds(device));
        }
        match self.addresses.lock().wait(&source, now) {
            pause if pause <= LONGEST_PAUSE => Leave::After(pause),
            pause => Leave::Refused(seconds(pause)),
        }
    }

    /// A turn, once there is one. Ask [`Self::may_try`] then: those before it may have failed.
    pub(super) async fn turn(&self, serial: &str, address: IpAddr) -> Turn<'_> {
        let pair = pair(serial, &source(address));
        let mut turn = Turn {
            slow: self,
            pair,
            permit: None,
        };
        let places = {
            let mut judged = self.judged.lock();
            let places = judged
                .entry(turn.pair.as_str().into())
                .or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE)));
            Arc::clone(places)
        };
        // Never closed.
        turn.permit = places.acquire_owned().await.ok();
        turn
    }

    pub(super) fn failed(&self, serial: &str, address: IpAddr, now: Millis) {
        let source = source(address);
        self.devices.lock().failed(&pair(serial, &source), now);
        self.addresses.lock().failed(&source, now);
    }
}

fn pair(serial: &str, source: &str) -> String {
    format!("{source} {serial}")
}

/// An IPv4 address, or the network of an IPv6 one, of which a single subscriber has all addresses.
fn source(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
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

    #[tokio::test]
    async fn guesses_that_come_together_are_judged_a_few_at_a_time() {
        use futures_util::FutureExt as _;
        let slow = Slow::default();
        let (here, there) = (Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2));
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE {
            turns.push(slow.turn("a", here.into()).await);
        }
        assert!(slow.turn("a", here.into()).now_or_never().is_none());
        // Others need not wait for them.
        for (serial, address) in [("b", here), ("a", there)] {
            assert!(slow.turn(serial, address.into()).now_or_never().is_some());
        }
        turns.pop();
        assert!(slow.turn("a", here.into()).now_or_never().is_some());
        drop(turns);
        assert!(slow.judged.lock().is_empty());
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
