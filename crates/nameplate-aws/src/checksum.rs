//! The checksums of S3's bodies, computed as the bytes pass.
//!
//! Owns the algorithms, their names on the wire, and how those of parts make that of the whole. Must not know where
//! bodies come from or go to.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::{CrcAlgorithm, Digest as Crc};
use md5::Digest as _;

/// A checksum algorithm that clients may name. XXHash is not among them: it is optional for every SDK, and a value
/// that is not known is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// `CRC32`
    Crc32,
    /// `CRC32C`
    Crc32c,
    /// `CRC64NVME`
    Crc64Nvme,
    /// `SHA1`
    Sha1,
    /// `SHA256`
    Sha256,
    /// `SHA512`
    Sha512,
    /// `MD5`
    Md5,
}

/// CRC-32 of bytes, as DynamoDB sends it in decimal.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new(CrcAlgorithm::Crc32IsoHdlc);
    crc.update(bytes);
    // It has 32 bits.
    crc.finalize() as u32
}

impl Algorithm {
    /// All algorithms.
    pub const ALL: &'static [Self] = &[
        Self::Crc32,
        Self::Crc32c,
        Self::Crc64Nvme,
        Self::Sha1,
        Self::Sha256,
        Self::Sha512,
        Self::Md5,
    ];

    /// Its name in `x-amz-checksum-algorithm`, such as `CRC32`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
            Self::Md5 => "MD5",
        }
    }

    /// The algorithm of this name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        let same = |algorithm: &&Self| algorithm.name().eq_ignore_ascii_case(name);
        Self::ALL.iter().find(same).copied()
    }

    /// The header or trailer that carries the value.
    pub fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
            Self::Sha512 => "x-amz-checksum-sha512",
            Self::Md5 => "x-amz-checksum-md5",
        }
    }

    /// The algorithm whose header this is, in any case.
    pub fn of_header(name: &str) -> Option<Self> {
        let same = |algorithm: &&Self| algorithm.header().eq_ignore_ascii_case(name);
        Self::ALL.iter().find(same).copied()
    }

    /// The XML element that carries the value, such as `ChecksumCRC32`.
    pub fn element(self) -> &'static str {
        match self {
            Self::Crc32 => "ChecksumCRC32",
            Self::Crc32c => "ChecksumCRC32C",
            Self::Crc64Nvme => "ChecksumCRC64NVME",
            Self::Sha1 => "ChecksumSHA1",
            Self::Sha256 => "ChecksumSHA256",
            Self::Sha512 => "ChecksumSHA512",
            Self::Md5 => "ChecksumMD5",
        }
    }

    /// Whether the value of a whole can be had from those of its parts.
    pub fn combines(self) -> bool {
        self.crc().is_some()
    }

    /// Begins a computation.
    pub fn hasher(self) -> Hasher {
        let crc = |algorithm, bytes| State::Crc(Box::new(Crc::new(algorithm)), bytes);
        Hasher(match self {
            Self::Crc32 => crc(CrcAlgorithm::Crc32IsoHdlc, 4),
            Self::Crc32c => crc(CrcAlgorithm::Crc32Iscsi, 4),
            Self::Crc64Nvme => crc(CrcAlgorithm::Crc64Nvme, 8),
            Self::Sha1 => State::Sha(digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY)),
            Self::Sha256 => State::Sha(digest::Context::new(&digest::SHA256)),
            Self::Sha512 => State::Sha(digest::Context::new(&digest::SHA512)),
            Self::Md5 => State::Md5(md5::Md5::new()),
        })
    }

    /// The value of the whole from base64 values and lengths of its parts, in order; `None` where the algorithm cannot
    /// do that or a value is none of it.
    pub fn combined<'a>(self, parts: impl IntoIterator<Item = (&'a str, u64)>) -> Option<String> {
        let (algorithm, bytes) = self.crc()?;
        let mut whole = 0;
        for (value, length) in parts {
            let value = STANDARD.decode(value).ok()?;
            if value.len() != bytes {
                return None;
            }
            let value = value
                .iter()
                .fold(0, |value, byte| (value << 8) | u64::from(*byte));
            whole = crc_fast::checksum_combine(algorithm, whole, value, length);
        }
        Some(STANDARD.encode(&whole.to_be_bytes()[8 - bytes..]))
    }

    /// The checksum of checksums: of the parts' values, one after the other, and their number.
    /// [S3: checking object integrity, composite checksums]
    pub fn composite<'a>(self, parts: impl IntoIterator<Item = &'a str>) -> Option<String> {
        let mut hasher = self.hasher();
        let mut count = 0;
        for value in parts {
            hasher.update(&STANDARD.decode(value).ok()?);
            count += 1;
        }
        Some(format!("{}-{count}", hasher.base64()))
    }

    /// The cyclic redundancy check that it is, and the bytes of its value.
    fn crc(self) -> Option<(CrcAlgorithm, usize)> {
        match self {
            Self::Crc32 => Some((CrcAlgorithm::Crc32IsoHdlc, 4)),
            Self::Crc32c => Some((CrcAlgorithm::Crc32Iscsi, 4)),
            Self::Crc64Nvme => Some((CrcAlgorithm::Crc64Nvme, 8)),
            _ => None,
        }
    }
}

/// A checksum under way.
pub struct Hasher(State);

enum State {
    // And the bytes of its value.
    Crc(Box<Crc>, usize),
    Sha(digest::Context),
    Md5(md5::Md5),
}

impl Hasher {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Crc(crc, _) => crc.update(bytes),
            State::Sha(context) => context.update(bytes),
            State::Md5(context) => context.update(bytes),
        }
    }

    /// The value, most significant byte first.
    pub fn bytes(self) -> Vec<u8> {
        match self.0 {
            State::Crc(crc, bytes) => crc.finalize().to_be_bytes()[8 - bytes..].to_vec(),
            State::Sha(context) => context.finish().as_ref().to_vec(),
            State::Md5(context) => context.finalize().to_vec(),
        }
    }

    /// The value as headers carry it.
    pub fn base64(self) -> String {
        STANDARD.encode(self.bytes())
    }
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hasher(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(algorithm: Algorithm, bytes: &[u8]) -> String {
        let mut hasher = algorithm.hasher();
        hasher.update(bytes);
        hasher.base64()
    }

    #[test]
    fn known_values() {
        let check = |algorithm: Algorithm, hex: &str| {
            let mut hasher = algorithm.hasher();
            hasher.update(b"123456789");
            assert_eq!(hex::encode(hasher.bytes()), hex, "{algorithm:?}");
        };
        // The check values of the catalogue of CRC algorithms, and RFC 1321's kind of value.
        check(Algorithm::Crc32, "cbf43926");
        check(Algorithm::Crc32c, "e3069283");
        check(Algorithm::Crc64Nvme, "ae8b14860a799888");
        check(Algorithm::Md5, "25f9e794323b453885f5181f1b624d0b");
        check(Algorithm::Sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441");
        assert_eq!(of(Algorithm::Crc32, b"hello"), "NhCmhg==");
        assert_eq!(of(Algorithm::Crc32, b""), "AAAAAA==");
    }

    #[test]
    fn names() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::named(algorithm.name()), Some(*algorithm));
            assert_eq!(Algorithm::of_header(algorithm.header()), Some(*algorithm));
            assert_eq!(
                algorithm.element().strip_prefix("Checksum"),
                Some(algorithm.name())
            );
        }
        assert_eq!(Algorithm::named("XXHASH64"), None);
    }

    proptest! {
        #[test]
        fn parts_make_the_whole(
            pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..80), 0..6),
        ) {
            let whole: Vec<u8> = pieces.concat();
            for algorithm in Algorithm::ALL {
                let mut hasher = algorithm.hasher();
                pieces.iter().for_each(|piece| hasher.update(piece));
                prop_assert_eq!(hasher.base64(), of(*algorithm, &whole));
                let values: Vec<(String, u64)> = pieces
                    .iter()
                    .map(|piece| (of(*algorithm, piece), piece.len() as u64))
                    .collect();
                let combined = algorithm
                    .combined(values.iter().map(|(value, length)| (value.as_str(), *length)));
                if algorithm.combines() {
                    prop_assert_eq!(combined, Some(of(*algorithm, &whole)));
                } else {
                    prop_assert_eq!(combined, None);
                }
            }
        }
    }
}
