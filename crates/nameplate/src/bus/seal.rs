//! Packets sealed: whoever can reach the bus but has not the fleet's key can neither read nor make nor repeat one.
//!
//! AES-256-GCM with a key for each sender and receiver, derived from the fleet's; the nonce counts. A key is never used by
//! two processes, since no two starts of nodes have the same incarnation.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use bytes::{BufMut, Bytes, BytesMut};
use std::collections::HashMap;

/// Version, sender, receiver and counter.
const HEADER: usize = 1 + 8 + 8 + 8;
const VERSION: u8 = 1;

/// Receiver of what is for all.
pub(super) const ALL: i64 = -1;

/// Seals what one node sends.
pub(super) struct Sealer {
    fleet: hmac::Key,
    own: i64,
    keys: HashMap<i64, (LessSafeKey, u64)>,
}

/// Opens what one node receives.
pub(super) struct Opener {
    fleet: hmac::Key,
    own: i64,
    /// By sender, and whether it is for all: the key, and the highest counter.
    keys: HashMap<(i64, bool), (LessSafeKey, u64)>,
}

/// An opened packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Incarnation of its sender.
    pub from: i64,
    /// The packet.
    pub packet: Bytes,
}

fn key(fleet: &hmac::Key, from: i64, to: i64) -> LessSafeKey {
    let mut label = b"packets".to_vec();
    label.put_i64(from);
    label.put_i64(to);
    let derived = hmac::sign(fleet, &label);
    let key = UnboundKey::new(&AES_256_GCM, derived.as_ref());
    LessSafeKey::new(key.expect("SHA-256 is as long as a key of AES-256"))
}

fn nonce(counter: u64) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[NONCE_LEN - 8..].copy_from_slice(&counter.to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}

impl Sealer {
    pub(super) fn new(fleet: &[u8; 32], own: i64) -> Self {
        Self {
            fleet: hmac::Key::new(hmac::HMAC_SHA256, fleet),
            own,
            keys: HashMap::new(),
        }
    }

    /// The packet for `to`, a node's incarnation or [`ALL`].
    pub(super) fn seal(&mut self, to: i64, packet: &[u8]) -> Bytes {
        let (fleet, own) = (&self.fleet, self.own);
        let (key, counter) = self
            .keys
            .entry(to)
            .or_insert_with(|| (key(fleet, own, to), 0));
        *counter += 1;
        let mut sealed = BytesMut::with_capacity(HEADER + packet.len() + AES_256_GCM.tag_len());
        sealed.put_u8(VERSION);
        sealed.put_i64(own);
        sealed.put_i64(to);
        sealed.put_u64(*counter);
        let aad = Aad::from(<[u8; HEADER]>::try_from(&sealed[..]).expect("the header alone"));
        let mut body = packet.to_vec();
        // It fails for lengths only that no packet has.
        match key.seal_in_place_append_tag(nonce(*counter), aad, &mut body) {
            Ok(()) => sealed.put_slice(&body),
            Err(_) => sealed.clear(),
        }
        sealed.freeze()
    }

    /// A node is gone for ever.
    pub(super) fn forget(&mut self, to: i64) {
        self.keys.remove(&to);
    }
}

impl Opener {
    pub(super) fn new(fleet: &[u8; 32], own: i64) -> Self {
        Self {
            fleet: hmac::Key::new(hmac::HMAC_SHA256, fleet),
            own,
            keys: HashMap::new(),
        }
    }

    /// Opens a packet for this node; `None` where it is none, of another fleet's key, damaged, or had before.
    pub(super) fn open(&mut self, sealed: &[u8]) -> Option<Opened> {
        let (header, body) = sealed.split_at_checked(HEADER)?;
        let number = |at: usize| i64::from_be_bytes(header[at..at + 8].try_into().expect("eight"));
        let (from, to) = (number(1), number(9));
        let counter = number(17).cast_unsigned();
        if header[0] != VERSION || !(to == self.own || to == ALL) {
            return None;
        }
        let known = self.keys.get(&(from, to == ALL));
        if known.is_some_and(|(_, last)| counter <= *last) {
            return None;
        }
        let fresh = known.is_none().then(|| key(&self.fleet, from, to));
        let aad = Aad::from(<[u8; HEADER]>::try_from(header).expect("of its length"));
        let mut body = body.to_vec();
        let open = |key: &LessSafeKey, body: &mut Vec<u8>| {
            let opened = key.open_in_place(nonce(counter), aad, body);
            opened.ok().map(|opened| opened.len())
        };
        // A sender is remembered only once something of it was real.
        let length = match (&fresh, known) {
            (Some(key), _) => open(key, &mut body)?,
            (None, Some((key, _))) => open(key, &mut body)?,
            (None, None) => return None,
        };
        body.truncate(length);
        match fresh {
            Some(key) => {
                self.keys.insert((from, to == ALL), (key, counter));
            }
            None => {
                if let Some((_, last)) = self.keys.get_mut(&(from, to == ALL)) {
                    *last = counter;
                }
            }
        }
        Some(Opened {
            from,
            packet: body.into(),
        })
    }

    /// A node is gone for ever.
    pub(super) fn forget(&mut self, from: i64) {
        // The counters stay meaningless: nobody has that incarnation again, and members alone are listened to.
        self.keys.remove(&(from, true));
        self.keys.remove(&(from, false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_fleet_reads_and_each_packet_once() {
        let fleet = [7; 32];
        let mut sealer = Sealer::new(&fleet, 1);
        let (mut second, mut third) = (Opener::new(&fleet, 2), Opener::new(&fleet, 3));
        let mut stranger = Opener::new(&[8; 32], 2);
        let for_second = sealer.seal(2, b"hello");
        let opened = Opened {
            from: 1,
            packet: Bytes::from_static(b"hello"),
        };
        assert!(!for_second.windows(5).any(|part| part == b"hello"));
        assert_eq!(third.open(&for_second), None, "for another node");
        assert_eq!(stranger.open(&for_second), None, "of another fleet");
        assert_eq!(second.open(&for_second), Some(opened.clone()));
        assert_eq!(second.open(&for_second), None, "again");
        let for_all = sealer.seal(ALL, b"hello");
        assert_eq!(third.open(&for_all), Some(opened.clone()));
        assert_eq!(second.open(&for_all), Some(opened));
        let later = sealer.seal(2, b"x");
        for at in 0..later.len() {
            let mut damaged = later.to_vec();
            damaged[at] ^= 1;
            assert_eq!(second.open(&damaged), None, "byte {at}");
            assert_eq!(second.open(&later[..at]), None, "cut at {at}");
        }
        assert!(second.open(&later).is_some());
    }
}
