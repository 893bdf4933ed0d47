//! Certificate revocation lists (RFC 5280, 5): reading one, and asking it for a serial number.
//!
//! Owns what a list must be to be believed for a CA: complete, direct, of the CA's name and signed by its key. Must not
//! know where lists come from, which is in force, or what follows from a certificate being on one.

mod serials;
#[cfg(test)]
mod tests;

pub use serials::{Reason, Revoked};

use super::algorithm::SignatureAlgorithm;
use super::certificate::{Certificate, unsigned};
use super::der::{self, Element, MalformedDer, Reader};
use super::name::Name;
use super::pem::{self, PemError};
use super::validity::moment;
use super::verify::{self, RuleError, SignatureError};
use crate::ctx::Millis;
use serials::Serials;

/// Largest list that is read, bytes: some million and a half serial numbers of 20 bytes.
pub const REVOCATION_LIST_BYTES: usize = 64 * 1024 * 1024;
/// How far ahead of this clock a list may have been made, milliseconds: clocks of CAs differ a little.
const AHEAD: i64 = 5 * 60 * 1000;

// Identifiers of extensions in the arc 2.5.29 (id-ce), by their last number.
const ISSUER_ALT_NAME: u8 = 18;
const CRL_NUMBER: u8 = 20;
const REASON_CODE: u8 = 21;
const INVALIDITY_DATE: u8 = 24;
const DELTA: u8 = 27;
const DISTRIBUTION_POINT: u8 = 28;
const CERTIFICATE_ISSUER: u8 = 29;
const AUTHORITY_KEY: u8 = 35;
const FRESHEST: u8 = 46;

const BOOLEAN: u8 = 0x01;
const OCTET_STRING: u8 = 0x04;
const ENUMERATED: u8 = 0x0a;

/// Why bytes are not a list that is believed for a CA.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevocationListError {
    /// More than [`REVOCATION_LIST_BYTES`].
    #[error("the revocation list has {bytes} bytes; at most {REVOCATION_LIST_BYTES} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It looks like PEM and holds no usable `X509 CRL` block.
    #[error(transparent)]
    Pem(#[from] PemError),
    /// Not a CertificateList.
    #[error("not a certificate revocation list: {0}")]
    Der(#[from] MalformedDer),
    /// Another CA's.
    #[error(
        "the revocation list is of {found:?}, and the CA certificate's subject is {expected:?}"
    )]
    Issuer {
        /// The name in the list.
        found: String,
        /// The CA's.
        expected: String,
    },
    /// A signature algorithm that is not accepted of certificates either.
    #[error("the revocation list is refused: {0}")]
    Rule(#[from] RuleError),
    /// Made with another key than the CA's, or changed since.
    #[error("the revocation list is not signed by the CA certificate's key: {0}")]
    Signature(SignatureError),
    /// It holds only what changed since another.
    #[error(
        "it is a delta list (deltaCRLIndicator), which is not evaluated here; hand in the complete list"
    )]
    Delta,
    /// It speaks for other CAs.
    #[error(
        "it is an indirect list (of certificates of other issuers), which is not evaluated here"
    )]
    Indirect,
    /// It leaves out what matters here.
    #[error("its issuingDistributionPoint says {0}, so it is not complete for devices")]
    Partial(&'static str),
    /// An extension that must be understood and is not.
    #[error("it has the critical extension {0}, which is not known here")]
    Critical(String),
    /// Made in the future.
    #[error("it was made at {this_update}, and the time here is {now}")]
    NotYet {
        /// thisUpdate.
        this_update: Millis,
        /// The time it was compared with.
        now: Millis,
    },
    /// Its successor is due.
    #[error("it is stale: the next list was due at {next_update}, and the time here is {now}")]
    Stale {
        /// nextUpdate.
        next_update: Millis,
        /// The time it was compared with.
        now: Millis,
    },
    /// Made before the one that is in force.
    #[error("it was made at {this_update}, before the list that is in force ({in_force})")]
    Older {
        /// thisUpdate.
        this_update: Millis,
        /// thisUpdate of the other.
        in_force: Millis,
    },
}

/// A list that its CA has signed.
#[derive(Debug)]
pub struct RevocationList {
    number: Option<Vec<u8>>,
    this_update: Millis,
    next_update: Option<Millis>,
    serials: Serials,
}

/// The DER of a list that is handed in as DER or PEM.
pub fn revocation_list_der(bytes: &[u8]) -> Result<Vec<u8>, RevocationListError> {
    // PEM is a third larger.
    let most = REVOCATION_LIST_BYTES / 2 * 3;
    if bytes.len() > most {
        return Err(RevocationListError::TooLarge { bytes: bytes.len() });
    }
    let is_text = bytes.trim_ascii_start().first() != Some(&der::SEQUENCE);
    let der = match std::str::from_utf8(bytes) {
        Ok(text) if is_text => pem::first(text, pem::REVOCATION_LIST)?,
        _ => bytes.to_vec(),
    };
    match der.len() > REVOCATION_LIST_BYTES {
        true => Err(RevocationListError::TooLarge { bytes: der.len() }),
        false => Ok(der),
    }
}

impl RevocationList {
    /// Reads the DER of a list and holds it against the CA that it must come from. Its times are not looked at.
    pub fn read(bytes: &[u8], ca: &Certificate) -> Result<Self, RevocationListError> {
        if bytes.len() > REVOCATION_LIST_BYTES {
            return Err(RevocationListError::TooLarge { bytes: bytes.len() });
        }
        let mut outer = Reader::new(bytes);
        let signed = der::read_signed(&mut outer)?;
        outer.finish("something follows the list")?;
        let mut tbs = outer.inside(&signed.message);
        if tbs.peek_tag() == Some(der::INTEGER) {
            let version = tbs.element()?;
            if tbs.body(&version) != [1] {
                return Err(MalformedDer("its version is not 2").into());
            }
        }
        let inner = tbs.expect(der::SEQUENCE, "the inner algorithm is not a SEQUENCE")?;
        let issuer = tbs.expect(der::SEQUENCE, "the issuer is not a SEQUENCE")?;
        let issuer = Name::parse(&bytes[issuer.full])?;
        if !issuer.matches(ca.subject()) {
            return Err(RevocationListError::Issuer {
                found: issuer.to_string(),
                expected: ca.subject().to_string(),
            });
        }
        let algorithm = &bytes[signed.algorithm.clone()];
        if tbs.body(&inner) != algorithm {
            return Err(
                MalformedDer("its two statements of the signature algorithm differ").into(),
            );
        }
        let kind = SignatureAlgorithm::parse(algorithm)?;
        verify::check_algorithm(&kind)?;
        // Before the millions of entries: a forged list costs no more than one signature.
        verify::verify(
            ca.spki(),
            &kind,
            algorithm,
            &bytes[signed.message.full.clone()],
            &bytes[signed.signature.clone()],
        )
        .map_err(RevocationListError::Signature)?;
        Self::read_content(&mut tbs)
    }

    fn read_content(tbs: &mut Reader<'_>) -> Result<Self, RevocationListError> {
        let this_update = moment(tbs)?;
        let next_update = match tbs.peek_tag() {
            Some(der::UTC_TIME | der::GENERALIZED_TIME) => Some(moment(tbs)?),
            _ => None,
        };
        let entries = match tbs.peek_tag() {
            Some(der::SEQUENCE) => Some(tbs.element()?),
            _ => None,
        };
        let mut number = None;
        if tbs.peek_tag() == Some(0xa0) {
            let tagged = tbs.element()?;
            let mut inside = tbs.inside(&tagged);
            let all = inside.expect(der::SEQUENCE, "the extensions are not a SEQUENCE")?;
            number = list_extensions(&inside, &all)?;
        }
        tbs.finish("something follows the list's extensions")?;
        let mut serials = Serials::default();
        if let Some(entries) = entries {
            let mut entries = tbs.inside(&entries);
            while !entries.is_empty() {
                let entry = entries.expect(der::SEQUENCE, "an entry is not a SEQUENCE")?;
                let mut inside = entries.inside(&entry);
                let serial = inside.expect(der::INTEGER, "a serial number is not an INTEGER")?;
                let at = moment(&mut inside)?;
                let reason = match inside.peek_tag() {
                    Some(der::SEQUENCE) => {
                        let all = inside.element()?;
                        entry_extensions(&inside, &all)?
                    }
                    _ => Reason::Unspecified,
                };
                inside.finish("something follows an entry's extensions")?;
                serials.push(unsigned(inside.body(&serial)), Revoked { at, reason });
            }
        }
        serials.seal();
        Ok(Self {
            number,
            this_update,
            next_update,
            serials,
        })
    }

    /// Whether a certificate of the CA is on the list, by its serial number as unsigned big-endian bytes.
    pub fn revoked(&self, serial: &[u8]) -> Option<Revoked> {
        self.serials.find(serial)
    }

    /// When it was made.
    pub fn this_update(&self) -> Millis {
        self.this_update
    }

    /// When the next one is due; `None` where it does not say.
    pub fn next_update(&self) -> Option<Millis> {
        self.next_update
    }

    /// How many certificates are on it.
    pub fn len(&self) -> usize {
        self.serials.len()
    }

    /// Whether nothing is on it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether its successor is overdue.
    pub fn is_stale(&self, now: Millis) -> bool {
        self.next_update.is_some_and(|due| due < now)
    }

    /// Whether it may be put in force now, in the place of another.
    pub fn check_successor(
        &self,
        in_force: Option<&Self>,
        now: Millis,
    ) -> Result<(), RevocationListError> {
        let this_update = self.this_update;
        if this_update.0 > now.0 + AHEAD {
            return Err(RevocationListError::NotYet { this_update, now });
        }
        if let Some(next_update) = self.next_update.filter(|_| self.is_stale(now)) {
            return Err(RevocationListError::Stale { next_update, now });
        }
        // Otherwise whoever is in between could bring back a list from before a revocation.
        match in_force {
            Some(held) if self.precedes(held) => Err(RevocationListError::Older {
                this_update,
                in_force: held.this_update,
            }),
            _ => Ok(()),
        }
    }

    fn precedes(&self, held: &Self) -> bool {
        let numbers = self.number.as_ref().zip(held.number.as_ref());
        let lower = numbers.is_some_and(|(mine, its)| (mine.len(), mine) < (its.len(), its));
        self.this_update < held.this_update || lower
    }
}

/// What is read of one extension: the last number of its identifier where it is in the arc 2.5.29, the identifier
/// itself, whether it is critical, and the content of its value.
struct Extension<'r> {
    id_ce: Option<u8>,
    oid: &'r [u8],
    critical: bool,
    value: Element,
}

fn each_extension<'r>(
    reader: &Reader<'r>,
    all: &Element,
    mut each: impl FnMut(&Extension<'r>, Reader<'r>) -> Result<(), RevocationListError>,
) -> Result<(), RevocationListError> {
    let mut rest = reader.inside(all);
    while !rest.is_empty() {
        let one = rest.expect(der::SEQUENCE, "an extension is not a SEQUENCE")?;
        let mut inside = rest.inside(&one);
        let oid = inside.expect(der::OBJECT_IDENTIFIER, "an extension has no identifier")?;
        let critical = match inside.peek_tag() {
            Some(BOOLEAN) => {
                let flag = inside.element()?;
                inside.body(&flag) != [0]
            }
            _ => false,
        };
        let value = inside.expect(OCTET_STRING, "an extension's value is not an OCTET STRING")?;
        inside.finish("something follows an extension's value")?;
        let oid = inside.body(&oid);
        let id_ce = match oid {
            [0x55, 0x1d, last] => Some(*last),
            _ => None,
        };
        let extension = Extension {
            id_ce,
            oid,
            critical,
            value,
        };
        each(&extension, inside)?;
    }
    Ok(())
}

impl Extension<'_> {
    fn unknown(&self) -> Result<(), RevocationListError> {
        match self.critical {
            true => Err(RevocationListError::Critical(der::dotted(self.oid))),
            false => Ok(()),
        }
    }
}

/// The list's number, where every other extension lets it be believed.
fn list_extensions(
    reader: &Reader<'_>,
    all: &Element,
) -> Result<Option<Vec<u8>>, RevocationListError> {
    let mut number = None;
    each_extension(reader, all, |extension, reader| match extension.id_ce {
        Some(CRL_NUMBER) => {
            let mut inside = reader.inside(&extension.value);
            let found = inside.expect(der::INTEGER, "the list's number is not an INTEGER")?;
            number = Some(unsigned(inside.body(&found)).to_vec());
            Ok(())
        }
        Some(DELTA) => Err(RevocationListError::Delta),
        Some(DISTRIBUTION_POINT) => distribution_point(reader.inside(&extension.value)),
        Some(ISSUER_ALT_NAME | AUTHORITY_KEY | FRESHEST) => Ok(()),
        _ => extension.unknown(),
    })?;
    Ok(number)
}

/// IssuingDistributionPoint (RFC 5280, 5.2.5): where it is published says nothing against a list, what it leaves out does.
fn distribution_point(mut reader: Reader<'_>) -> Result<(), RevocationListError> {
    let point = reader.expect(
        der::SEQUENCE,
        "an issuingDistributionPoint is not a SEQUENCE",
    )?;
    let mut inside = reader.inside(&point);
    while !inside.is_empty() {
        let member = inside.element()?;
        let set = inside.body(&member).iter().any(|byte| *byte != 0);
        match member.tag {
            0x82 if set => return Err(RevocationListError::Partial("onlyContainsCACerts")),
            0x83 => return Err(RevocationListError::Partial("onlySomeReasons")),
            0x84 if set => return Err(RevocationListError::Indirect),
            0x85 if set => {
                return Err(RevocationListError::Partial("onlyContainsAttributeCerts"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The reason of an entry.
fn entry_extensions(reader: &Reader<'_>, all: &Element) -> Result<Reason, RevocationListError> {
    let mut reason = Reason::Unspecified;
    each_extension(reader, all, |extension, reader| match extension.id_ce {
        Some(REASON_CODE) => {
            let mut inside = reader.inside(&extension.value);
            let code = inside.expect(ENUMERATED, "a reason is not an ENUMERATED")?;
            let code = match inside.body(&code) {
                [code] => Reason::from_code(*code),
                _ => None,
            };
            // A reason that nobody knows is one all the same.
            reason = code.unwrap_or_default();
            Ok(())
        }
        Some(CERTIFICATE_ISSUER) => Err(RevocationListError::Indirect),
        Some(INVALIDITY_DATE) => Ok(()),
        _ => extension.unknown(),
    })?;
    Ok(reason)
}
