//! Parameters of RSASSA-PSS (RFC 4055, 3.1): what stands in the AlgorithmIdentifier of a signature, or restricts a key.
//!
//! Owns which of them are accepted. A salt may have any length that the key has room for: `openssl` makes the longest
//! one unless told otherwise, and the encoding's own default is 20.

use super::der::{self, Element, Reader};
use aws_lc_rs::signature::{self, RsaParameters, RsaPssSaltLength};

const RSASSA_PSS: &str = "1.2.840.113549.1.1.10";
const MGF1: &str = "1.2.840.113549.1.1.8";

/// Digests that signatures may be made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

/// Accepted parameters: one digest for message and mask, and a salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PssParameters {
    digest: Digest,
    salt: u16,
}

impl PssParameters {
    /// From the content of an AlgorithmIdentifier, the identifier itself included. The error completes "RSA-PSS with".
    pub(super) fn parse(identifier: &[u8]) -> Result<Self, &'static str> {
        const UNREADABLE: &str = "parameters that cannot be read";
        let mut reader = Reader::new(identifier);
        reader.element().map_err(|_| UNREADABLE)?;
        if reader.is_empty() {
            return Err("no parameters, which a signature must state");
        }
        let sequence = reader
            .expect(der::SEQUENCE, UNREADABLE)
            .map_err(|_| UNREADABLE)?;
        reader.finish(UNREADABLE).map_err(|_| UNREADABLE)?;
        let mut fields = reader.inside(&sequence);
        // What is left out means SHA-1, SHA-1, 20 and 1.
        let (mut digest, mut mask, mut salt) = (None, None, 20);
        let mut last = 0;
        while !fields.is_empty() {
            let field = fields.element().map_err(|_| UNREADABLE)?;
            if field.tag <= last {
                return Err(UNREADABLE);
            }
            last = field.tag;
            let mut inside = fields.inside(&field);
            let value = inside.element().map_err(|_| UNREADABLE)?;
            inside.finish(UNREADABLE).map_err(|_| UNREADABLE)?;
            match (field.tag, value.tag) {
                (0xa0, der::SEQUENCE) => digest = digest_of(&inside, &value),
                (0xa1, der::SEQUENCE) => {
                    let mut generation = inside.inside(&value);
                    let oid = generation.element().map_err(|_| UNREADABLE)?;
                    if der::dotted(generation.body(&oid)) != MGF1 {
                        return Err("a mask that is not MGF1's");
                    }
                    let of = generation.element().map_err(|_| UNREADABLE)?;
                    mask = digest_of(&generation, &of);
                }
                (0xa2, der::INTEGER) => {
                    salt = match inside.body(&value) {
                        [low @ 0..=0x7f] => u16::from(*low),
                        [high @ 0..=0x7f, low] => u16::from_be_bytes([*high, *low]),
                        _ => return Err("a salt longer than any key's room for it"),
                    }
                }
                (0xa3, der::INTEGER) if inside.body(&value) == [1] => {}
                (0xa3, _) => return Err("another trailer than 0xbc"),
                _ => return Err(UNREADABLE),
            }
        }
        match (digest, mask) {
            (None, _) => Err("another digest than SHA-256, SHA-384 and SHA-512"),
            (_, None) => Err("another mask digest than SHA-256, SHA-384 and SHA-512"),
            (Some(digest), Some(mask)) if digest != mask => {
                Err("two digests, one for the message and another for the mask")
            }
            (Some(digest), Some(_)) => Ok(PssParameters { digest, salt }),
        }
    }

    /// What checks signatures of this form.
    pub(super) fn verifier(self) -> RsaParameters {
        match self.digest {
            Digest::Sha256 => signature::RSA_PSS_2048_8192_SHA256,
            Digest::Sha384 => signature::RSA_PSS_2048_8192_SHA384,
            Digest::Sha512 => signature::RSA_PSS_2048_8192_SHA512,
        }
        .with_pss_salt_length(RsaPssSaltLength::Custom(self.salt))
    }

    /// Whether a key with this AlgorithmIdentifier (its content) may make signatures of this form: a key for PSS only
    /// can state one digest and a shortest salt (RFC 4055, 3.3).
    pub(super) fn suits_key(self, identifier: &[u8]) -> bool {
        let mut reader = Reader::new(identifier);
        let Ok(oid) = reader.element() else {
            return false;
        };
        if der::dotted(reader.body(&oid)) != RSASSA_PSS || reader.is_empty() {
            return true;
        }
        PssParameters::parse(identifier)
            .is_ok_and(|key| key.digest == self.digest && key.salt <= self.salt)
    }
}

/// The digest in an AlgorithmIdentifier, whose parameters are NULL or left out; `None` where it is not accepted.
fn digest_of(reader: &Reader<'_>, identifier: &Element) -> Option<Digest> {
    let mut reader = reader.inside(identifier);
    let oid = reader.expect(der::OBJECT_IDENTIFIER, "").ok()?;
    let oid = der::dotted(reader.body(&oid));
    if !reader.is_empty() {
        let null = reader.expect(der::NULL, "").ok()?;
        if !null.body.is_empty() || !reader.is_empty() {
            return None;
        }
    }
    match oid.as_str() {
        "2.16.840.1.101.3.4.2.1" => Some(Digest::Sha256),
        "2.16.840.1.101.3.4.2.2" => Some(Digest::Sha384),
        "2.16.840.1.101.3.4.2.3" => Some(Digest::Sha512),
        _ => None,
    }
}
