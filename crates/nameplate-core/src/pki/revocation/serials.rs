//! Serial numbers of revoked certificates, so that one of a million is found in a fraction of a microsecond.
//!
//! Entries of 28 bytes stand sorted by the last bits of their serial numbers, which both counting and random issuers
//! spread evenly, and a table says where those of each bits begin: a look-up touches the table and one or two cache
//! lines. Whatever a CA does with its numbers, it is no slower than a binary search.

use crate::ctx::Millis;
use std::fmt;

/// Bytes of a serial number (RFC 5280, 4.1.2.2).
const BYTES: usize = 20;
/// Most places in the table.
const PLACES: usize = 1 << 16;

/// Why a certificate was revoked (RFC 5280, 5.3.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    /// Nobody said.
    #[default]
    Unspecified = 0,
    /// Its key is known to others.
    KeyCompromise = 1,
    /// Its CA's key is.
    CaCompromise = 2,
    /// What it says of its subject is no longer so.
    AffiliationChanged = 3,
    /// Another took its place.
    Superseded = 4,
    /// It is no longer needed.
    CessationOfOperation = 5,
    /// For a while.
    CertificateHold = 6,
    /// It may no longer say what it says.
    PrivilegeWithdrawn = 9,
    /// An attribute authority's key is known to others.
    AaCompromise = 10,
}

impl Reason {
    /// The reason of this number; `None` for numbers that have no meaning in a complete list.
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Reason::Unspecified,
            1 => Reason::KeyCompromise,
            2 => Reason::CaCompromise,
            3 => Reason::AffiliationChanged,
            4 => Reason::Superseded,
            5 => Reason::CessationOfOperation,
            6 => Reason::CertificateHold,
            9 => Reason::PrivilegeWithdrawn,
            10 => Reason::AaCompromise,
            _ => return None,
        })
    }
}

impl fmt::Display for Reason {
    /// The name in RFC 5280.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Unspecified => "unspecified",
            Reason::KeyCompromise => "keyCompromise",
            Reason::CaCompromise => "cACompromise",
            Reason::AffiliationChanged => "affiliationChanged",
            Reason::Superseded => "superseded",
            Reason::CessationOfOperation => "cessationOfOperation",
            Reason::CertificateHold => "certificateHold",
            Reason::PrivilegeWithdrawn => "privilegeWithdrawn",
            Reason::AaCompromise => "aACompromise",
        })
    }
}

/// What a list says of a certificate that is on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revoked {
    /// When it was revoked, to the second.
    pub at: Millis,
    /// Why.
    pub reason: Reason,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    serial: [u8; BYTES],
    // Seconds since 1970, until 2106.
    at: u32,
    reason: Reason,
}

/// The serial numbers of a list.
#[derive(Debug, Default)]
pub(super) struct Serials {
    entries: Vec<Entry>,
    // Where the entries of each place begin, and the end.
    begins: Vec<u32>,
    // Longer than RFC 5280 allows: some issuers exceed it a little.
    long: Vec<(Vec<u8>, Revoked)>,
}

fn padded(serial: &[u8]) -> Option<[u8; BYTES]> {
    let mut padded = [0; BYTES];
    padded
        .get_mut(BYTES.checked_sub(serial.len())?..)?
        .copy_from_slice(serial);
    Some(padded)
}

/// How many places so many entries have: a power of two.
fn places(entries: usize) -> usize {
    (entries / 8).next_power_of_two().min(PLACES)
}

fn place(serial: &[u8; BYTES], places: usize) -> usize {
    usize::from(u16::from_be_bytes([serial[BYTES - 2], serial[BYTES - 1]])) & (places - 1)
}

impl Serials {
    /// Adds one; it is found after [`Serials::seal`].
    pub(super) fn push(&mut self, serial: &[u8], revoked: Revoked) {
        match padded(serial) {
            Some(serial) => self.entries.push(Entry {
                serial,
                at: u32::try_from(revoked.at.as_seconds()).unwrap_or_default(),
                reason: revoked.reason,
            }),
            None => self.long.push((serial.to_vec(), revoked)),
        }
    }

    /// Puts them in order.
    pub(super) fn seal(&mut self) {
        let places = places(self.entries.len());
        let key = |entry: &Entry| (place(&entry.serial, places), entry.serial);
        self.entries.sort_unstable_by_key(key);
        self.entries.shrink_to_fit();
        self.begins = Vec::with_capacity(places + 1);
        let mut at = 0;
        for begins in 0..=places {
            while self
                .entries
                .get(at)
                .is_some_and(|entry| place(&entry.serial, places) < begins)
            {
                at += 1;
            }
            self.begins.push(at as u32);
        }
        self.long
            .sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    }

    pub(super) fn find(&self, serial: &[u8]) -> Option<Revoked> {
        let Some(serial) = padded(serial) else {
            let found = self
                .long
                .binary_search_by(|(known, _)| known.as_slice().cmp(serial));
            return found.ok().map(|at| self.long[at].1);
        };
        let place = place(&serial, self.begins.len().checked_sub(1)?);
        let (from, to) = (self.begins[place] as usize, self.begins[place + 1] as usize);
        let entries = &self.entries[from..to];
        let at = entries
            .binary_search_by(|entry| entry.serial.cmp(&serial))
            .ok()?;
        Some(Revoked {
            at: Millis(i64::from(entries[at].at) * 1000),
            reason: entries[at].reason,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len() + self.long.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(serials: impl Iterator<Item = Vec<u8>>) -> Serials {
        let mut all = Serials::default();
        for (number, serial) in serials.enumerate() {
            let at = Millis(number as i64 * 1000);
            let reason = Reason::KeyCompromise;
            all.push(&serial, Revoked { at, reason });
        }
        all.seal();
        all
    }

    fn trimmed(number: u64) -> Vec<u8> {
        let bytes = number.to_be_bytes();
        bytes[number.leading_zeros() as usize / 8..].to_vec()
    }

    #[test]
    fn each_is_found_and_no_other() {
        let check = |count: u64, serial: fn(u64) -> Vec<u8>| {
            let all = of((0..count).map(|number| serial(number * 2)));
            assert_eq!(all.len(), count as usize);
            for number in 0..count {
                let found = all.find(&serial(number * 2)).expect("it is there");
                assert_eq!(found.at, Millis(number as i64 * 1000));
                assert_eq!(all.find(&serial(number * 2 + 1)), None, "{number}");
            }
        };
        for count in [0, 1, 7, 100, 5000] {
            check(count, trimmed);
            // All with the same end: one place, and a binary search.
            check(count, |number| {
                [trimmed(number | 1 << 40), vec![7; 12]].concat()
            });
            // Twenty bytes, and twenty-one.
            check(count, |number| {
                [vec![0x7f; 12], (number | 1 << 60).to_be_bytes().to_vec()].concat()
            });
            check(count, |number| {
                [vec![0x7f; 13], (number | 1 << 60).to_be_bytes().to_vec()].concat()
            });
        }
        assert_eq!(Serials::default().find(&[1]), None, "before it is sealed");
    }
}
