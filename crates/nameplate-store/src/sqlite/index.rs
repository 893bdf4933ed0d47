//! Lookups by scattered values, kept in memory.
//!
//! A database index over names or digests would cost one rewritten page per device at every commit (the figures
//! are in `docs/adr/0002-store.md`). So the tables are keyed by growing numbers, and the way from a thing's name or
//! a certificate's digest to its row is here: read at start, changed at each commit. 200 to 350 bytes a device, by how
//! full the tables are (`scripts/bench store`).

use crate::Result;
use crate::entry::CertificateEntry;
use parking_lot::RwLock;
use siphasher::sip128::SipHasher13;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

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
type NameMap<V> = HashMap<[u8; 16], V, BuildHasherDefault<DigestHasher>>;

/// The committed lookups, shared by all readers.
pub(crate) struct Index {
    /// Of names there are only digests: one place in memory to look at instead of two, and less of it. The digest is
    /// keyed anew at each start and has 128 bits, so nobody can make two names that share one, and chance will not.
    names: SipHasher13,
    things: RwLock<NameMap<i64>>,
    certificates: RwLock<DigestMap<CertificateEntry>>,
}

/// What the writer has changed since the last commit; `None` is a removal.
#[derive(Default)]
pub(crate) struct Overlay {
    things: HashMap<Box<str>, Option<i64>>,
    certificates: DigestMap<Option<CertificateEntry>>,
    // What stands in the place of all that is committed, below these, where that was replaced.
    base: Option<Box<Index>>,
    // What the running closure has covered, so that its failure can be taken back alone.
    covered: Vec<Covered>,
}

type Things = HashMap<Box<str>, Option<i64>>;
type Certificates = DigestMap<Option<CertificateEntry>>;

/// An entry as it was before; the outer `None` is "not in the overlay".
enum Covered {
    Thing(Box<str>, Option<Option<i64>>),
    Certificate([u8; 32], Option<Option<CertificateEntry>>),
    All(Things, Certificates, Option<Box<Index>>),
}

impl Overlay {
    pub(crate) fn thing(&self, name: &str) -> Option<Option<i64>> {
        let found = self.things.get(name).copied();
        found.or_else(|| self.base.as_ref().map(|base| base.thing(name)))
    }

    pub(crate) fn certificate(&self, hash: &[u8; 32]) -> Option<Option<CertificateEntry>> {
        let found = self.certificates.get(hash).copied();
        found.or_else(|| self.base.as_ref().map(|base| base.certificate(hash)))
    }

    /// All lookups are these from now on.
    pub(crate) fn set_base(&mut self, base: Index) {
        self.covered.push(Covered::All(
            std::mem::take(&mut self.things),
            std::mem::take(&mut self.certificates),
            self.base.replace(Box::new(base)),
        ));
    }

    pub(crate) fn set_thing(&mut self, name: &str, key: Option<i64>) {
        let before = self.things.insert(name.into(), key);
        self.covered.push(Covered::Thing(name.into(), before));
    }

    pub(crate) fn set_certificate(&mut self, hash: [u8; 32], entry: Option<CertificateEntry>) {
        let before = self.certificates.insert(hash, entry);
        self.covered.push(Covered::Certificate(hash, before));
    }

    /// The running closure ended well.
    pub(crate) fn keep(&mut self) {
        self.covered.clear();
    }

    /// The running closure failed: as if it had not run.
    pub(crate) fn take_back(&mut self) {
        while let Some(covered) = self.covered.pop() {
            match covered {
                Covered::Thing(name, Some(before)) => {
                    self.things.insert(name, before);
                }
                Covered::Thing(name, None) => {
                    self.things.remove(&name);
                }
                Covered::Certificate(hash, Some(before)) => {
                    self.certificates.insert(hash, before);
                }
                Covered::Certificate(hash, None) => {
                    self.certificates.remove(&hash);
                }
                Covered::All(things, certificates, base) => {
                    self.things = things;
                    self.certificates = certificates;
                    self.base = base;
                }
            }
        }
    }

    /// The whole transaction failed.
    pub(crate) fn clear(&mut self) {
        self.things.clear();
        self.certificates.clear();
        self.base = None;
        self.covered.clear();
    }
}

impl Default for Index {
    fn default() -> Self {
        Self {
            names: SipHasher13::new_with_key(uuid::Uuid::new_v4().as_bytes()),
            things: RwLock::default(),
            certificates: RwLock::default(),
        }
    }
}

impl Index {
    /// One of the same names without an entry.
    pub(crate) fn emptied(&self) -> Self {
        Self {
            names: self.names,
            ..Self::default()
        }
    }

    /// What a thing's name is looked up by.
    pub(crate) fn digest(&self, name: &str) -> [u8; 16] {
        self.names.hash(name.as_bytes()).as_bytes()
    }

    pub(crate) fn thing(&self, name: &str) -> Option<i64> {
        let digest = self.digest(name);
        self.things.read().get(&digest).copied()
    }

    pub(crate) fn certificate(&self, hash: &[u8; 32]) -> Option<CertificateEntry> {
        self.certificates.read().get(hash).copied()
    }

    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.things.read().len(), self.certificates.read().len())
    }

    /// Adds what a start reads.
    pub(crate) fn fill(
        &self,
        things: impl Iterator<Item = Result<([u8; 16], i64)>>,
        certificates: impl Iterator<Item = Result<([u8; 32], CertificateEntry)>>,
    ) -> Result<()> {
        let mut by_name = self.things.write();
        for thing in things {
            let (digest, key) = thing?;
            by_name.insert(digest, key);
        }
        let mut by_hash = self.certificates.write();
        for certificate in certificates {
            let (hash, entry) = certificate?;
            by_hash.insert(hash, entry);
        }
        Ok(())
    }

    /// Makes a commit's changes visible to everyone.
    pub(crate) fn merge(&self, overlay: &mut Overlay) {
        if let Some(base) = overlay.base.take() {
            *self.things.write() = std::mem::take(&mut *base.things.write());
            *self.certificates.write() = std::mem::take(&mut *base.certificates.write());
        }
        if !overlay.things.is_empty() {
            let mut things = self.things.write();
            for (name, key) in overlay.things.drain() {
                let digest = self.digest(&name);
                match key {
                    Some(key) => things.insert(digest, key),
                    None => things.remove(&digest),
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
