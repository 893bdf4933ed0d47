//! A chain of CA certificates that an owner hands in for a key of ours: the CA's own certificate first, then the one that
//! issued it, and so on.
//!
//! Owns what such a text may hold and whether the chain holds together. Must not know where keys are.

use super::certificate::{Certificate, CertificateError};
use super::verify::{self, RuleError, SignatureError};
use crate::ctx::Millis;

/// Most certificates of a chain.
const LENGTH: usize = 10;
/// Longest text, bytes.
const TEXT_BYTES: usize = 256 * 1024;

/// Why a chain is not taken. Certificates are counted from 1, as they stand in the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// The text is too long.
    #[error("the chain has {0} bytes; at most {TEXT_BYTES} are read")]
    Long(usize),
    /// It has a block of another kind.
    #[error(
        "the chain holds a PEM block {0:?}; only blocks CERTIFICATE may stand there (a key is handed in by itself)"
    )]
    Block(String),
    /// Something follows its last block.
    #[error("something follows the last certificate of the chain")]
    Trailing,
    /// A block cannot be read.
    #[error("the chain cannot be read: {0}")]
    Unreadable(#[from] CertificateError),
    /// Too many certificates.
    #[error("the chain has {0} certificates; at most {LENGTH} may stand there")]
    Count(usize),
    /// The same certificate stands there twice.
    #[error("certificate {0} of the chain stands there twice")]
    Twice(usize),
    /// The first certificate is of another key, and so are all others.
    #[error(
        "the chain does not fit the key: its first certificate ({subject}) is of another key than the one that it is for"
    )]
    OtherKey {
        /// Whom the first certificate is about.
        subject: String,
    },
    /// The key's certificate is there, in another place.
    #[error(
        "the chain is in the wrong order: certificate {0} is the one of the key; it must come first, and after each          certificate the one that issued it"
    )]
    Order(usize),
    /// A certificate breaks a rule.
    #[error("certificate {at} of the chain ({subject}) cannot be used: {rule}")]
    Rule {
        /// Which one.
        at: usize,
        /// Whom it is about.
        subject: String,
        /// What is wrong with it.
        rule: RuleError,
    },
    /// keyUsage without `cRLSign`.
    #[error(
        "certificate 1 of the chain has a keyUsage without cRLSign; this server signs revocation lists with its key"
    )]
    NoCrlSign,
    /// A certificate's issuer is not the next one's subject.
    #[error(
        "certificate {at} of the chain was issued by {issuer}, and certificate {next} is about {subject}: after each          certificate must come the one that issued it", next = at + 1
    )]
    Name {
        /// The one that was issued.
        at: usize,
        /// Who issued it.
        issuer: String,
        /// Whom the next one is about.
        subject: String,
    },
    /// A certificate is not signed by the next one's key.
    #[error("certificate {at} of the chain was not signed by the key of the one after it: {why}")]
    Signature {
        /// The one that was to be signed.
        at: usize,
        /// Why its signature does not count.
        why: SignatureError,
    },
    /// Something follows a root.
    #[error("certificate {0} of the chain is a root, and another follows it")]
    AfterRoot(usize),
    /// A path length does not let the CA stand where it does.
    #[error(
        "certificate {at} of the chain ({subject}) has the path length {length}, and {below} CAs stand below it in the chain"
    )]
    PathLength {
        /// Which one.
        at: usize,
        /// Whom it is about.
        subject: String,
        /// Its limit.
        length: u32,
        /// How many CAs the chain has below it.
        below: usize,
    },
}

/// A CA's certificate, with those above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaChain(Vec<Certificate>);

impl CaChain {
    /// Reads PEM: blocks CERTIFICATE, with text before them as OpenSSL prints it, and nothing else.
    pub fn read(text: &str) -> Result<Self, ChainError> {
        if text.len() > TEXT_BYTES {
            return Err(ChainError::Long(text.len()));
        }
        let mut after = text;
        while let Some((_, rest)) = after.split_once("-----BEGIN ") {
            let label = rest.split("-----").next().unwrap_or_default();
            if !matches!(label, "CERTIFICATE" | "X509 CERTIFICATE") {
                return Err(ChainError::Block(label.chars().take(40).collect()));
            }
            let end = format!("-----END {label}-----");
            // A block without an end is named below.
            after = rest.split_once(end.as_str()).map_or("", |(_, rest)| rest);
        }
        let all = Certificate::parse_pem_many(text)?;
        if !after.trim().is_empty() {
            return Err(ChainError::Trailing);
        }
        if all.len() > LENGTH {
            return Err(ChainError::Count(all.len()));
        }
        let twice = (1..all.len()).find(|at| all[..*at].contains(&all[*at]));
        match twice {
            Some(at) => Err(ChainError::Twice(at + 1)),
            None => Ok(Self(all)),
        }
    }

    /// All certificates, the CA's own first; at least one.
    pub fn certificates(&self) -> &[Certificate] {
        &self.0
    }

    /// Checks that it is a chain of CA certificates in order, all valid now, the first of which is of this key (DER of a
    /// SubjectPublicKeyInfo) and may issue certificates for devices. It need not reach a root.
    pub fn check(&self, spki: &[u8], now: Millis) -> Result<(), ChainError> {
        let own = &self.0[0];
        if own.spki() != spki {
            let elsewhere = self.0.iter().position(|found| found.spki() == spki);
            return Err(match elsewhere {
                Some(at) => ChainError::Order(at + 1),
                None => ChainError::OtherKey {
                    subject: own.subject().to_string(),
                },
            });
        }
        let last = self.0.len() - 1;
        for (at, ca) in self.0.iter().enumerate() {
            let is_root = ca.is_self_issued() && verify::verify_signed_by(ca, ca.spki()).is_ok();
            let checked = match is_root {
                true => verify::check_ca(ca, now),
                false => verify::check_intermediate(ca, now),
            };
            let subject = || ca.subject().to_string();
            checked.map_err(|rule| ChainError::Rule {
                at: at + 1,
                subject: subject(),
                rule,
            })?;
            match ca.path_length() {
                Some(length) if usize::try_from(length).is_ok_and(|length| length < at) => {
                    return Err(ChainError::PathLength {
                        at: at + 1,
                        subject: subject(),
                        length,
                        below: at,
                    });
                }
                _ => {}
            }
            if at < last {
                if is_root {
                    return Err(ChainError::AfterRoot(at + 1));
                }
                issued(ca, &self.0[at + 1], at)?;
            }
        }
        match own.crl_sign() {
            Some(false) => Err(ChainError::NoCrlSign),
            _ => Ok(()),
        }
    }
}

fn issued(ca: &Certificate, above: &Certificate, at: usize) -> Result<(), ChainError> {
    if !ca.issuer().matches(above.subject()) {
        return Err(ChainError::Name {
            at: at + 1,
            issuer: ca.issuer().to_string(),
            subject: above.subject().to_string(),
        });
    }
    verify::verify_signed_by(ca, above.spki())
        .map_err(|why| ChainError::Signature { at: at + 1, why })
}
