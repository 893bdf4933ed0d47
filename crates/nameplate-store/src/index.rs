//! Lookups by scattered values, kept in memory.
//!
//! A database index over names or digests would cost one rewritten page per device at every commit (the figures
//! are in `docs/adr/0002-store.md`). So the tables are keyed by growing numbers, and the way from a thing's name or
//! a certificate's digest to its row is here: read at start, changed at each commit. About 100 bytes a device.

use nameplate_core::registry::certificate::{Mode, Status};
use parking_lot::RwLock;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// What a connection asks about a certificate, without touching the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificateEntry {
    /// Key of its row.
    pub key: i64,
    /// Key of the CA it was registered through.
    pub ca: Option<i64>,
    /// Its status.
    pub status: Status,
    /// Whether SNI must be present.
    pub mode: Mode,
}

/// Digests are spread evenly already: eight of their bytes are the hash.
#[derive(Default)]
pub(crate) struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk::<8>() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    // The length prefix of an array says nothing.
    fn write_usize(&mut self, _: usize) {}
}

pub(crate) type DigestMap<V> = HashMap<[u8; 32], V, BuildHasherDefault<DigestHasher>>;

/// The committed lookups, shared by all readers.
#[derive(Default)]
pub(crate) struct Index {
    things: RwLock<HashMap<Box<str>, i64>>,
    certificates: RwLock<DigestMap<CertificateEntry>>,
}

/// What the writer has changed since the last commit; `None` is a removal.
#[derive(Default)]
pub(crate) struct Overlay {
    pub(crate) things: HashMap<Box<str>, Option<i64>>,
    pub(crate) certificates: DigestMap<Option<CertificateEntry>>,
}

impl Overlay {
    pub(crate) fn clear(&mut self) {
        self.things.clear();
        self.certificates.clear();
    }
}

impl Index {
    pub(crate) fn thing(&self, name: &str) -> Option<i64> {
        self.things.read().get(name).copied()
    }

    pub(crate) fn certificate(&self, hash: &[u8; 32]) -> Option<CertificateEntry> {
        self.certificates.read().get(hash).copied()
    }

    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.things.read().len(), self.certificates.read().len())
    }

    pub(crate) fn fill(
        &self,
        things: impl Iterator<Item = (Box<str>, i64)>,
        certificates: impl Iterator<Item = ([u8; 32], CertificateEntry)>,
    ) {
        self.things.write().extend(things);
        self.certificates.write().extend(certificates);
    }

    /// Makes a commit's changes visible to everyone.
    pub(crate) fn merge(&self, overlay: &mut Overlay) {
        if !overlay.things.is_empty() {
            let mut things = self.things.write();
            for (name, key) in overlay.things.drain() {
                match key {
                    Some(key) => things.insert(name, key),
                    None => things.remove(&name),
                };
            }
        }
        if !overlay.certificates.is_empty() {
            let mut certificates = self.certificates.write();
            for (hash, entry) in overlay.certificates.drain() {
                match entry {
                    Some(entry) => certificates.insert(hash, entry),
                    None => certificates.remove(&hash),
                };
            }
        }
    }
}
