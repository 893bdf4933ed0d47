//! What kind of key a certificate holds and how it was signed, by name.
//!
//! Owns the reading of AlgorithmIdentifier and SubjectPublicKeyInfo; the rules on them are in `verify`.

use super::der::{self, MalformedDer, Reader};
use super::pem::{self, PemError};
use super::pss::PssParameters;
use std::fmt;

/// How a certificate or request is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// SHA-256 with RSA, PKCS#1 v1.5.
    RsaSha256,
    /// SHA-384 with RSA, PKCS#1 v1.5.
    RsaSha384,
    /// SHA-512 with RSA, PKCS#1 v1.5.
    RsaSha512,
    /// RSA-PSS.
    RsaPss(PssParameters),
    /// RSA-PSS with parameters that are not accepted, such as those that mean SHA-1.
    RsaPssUnfit {
        /// What they have; completes "RSA-PSS with".
        what: &'static str,
    },
    /// ECDSA with SHA-256.
    EcdsaSha256,
    /// ECDSA with SHA-384.
    EcdsaSha384,
    /// ECDSA with SHA-512.
    EcdsaSha512,
    /// Ed25519, which AWS does not list for certificates.
    Ed25519,
    /// Anything else: SHA-1, MD5, DSA and what nobody expected.
    Other {
        /// Dotted object identifier.
        oid: String,
    },
}

impl SignatureAlgorithm {
    /// From the content of an AlgorithmIdentifier.
    pub(super) fn parse(identifier: &[u8]) -> Result<Self, MalformedDer> {
        let mut reader = Reader::new(identifier);
        let oid = reader.expect(
            der::OBJECT_IDENTIFIER,
            "a signature algorithm has no identifier",
        )?;
        let oid = der::dotted(reader.body(&oid));
        Ok(match oid.as_str() {
            "1.2.840.113549.1.1.11" => SignatureAlgorithm::RsaSha256,
            "1.2.840.113549.1.1.12" => SignatureAlgorithm::RsaSha384,
            "1.2.840.113549.1.1.13" => SignatureAlgorithm::RsaSha512,
            "1.2.840.113549.1.1.10" => match PssParameters::parse(identifier) {
                Ok(parameters) => SignatureAlgorithm::RsaPss(parameters),
                Err(what) => SignatureAlgorithm::RsaPssUnfit { what },
            },
            "1.2.840.10045.4.3.2" => SignatureAlgorithm::EcdsaSha256,
            "1.2.840.10045.4.3.3" => SignatureAlgorithm::EcdsaSha384,
            "1.2.840.10045.4.3.4" => SignatureAlgorithm::EcdsaSha512,
            "1.3.101.112" => SignatureAlgorithm::Ed25519,
            _ => SignatureAlgorithm::Other { oid },
        })
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SignatureAlgorithm::RsaSha256 => "SHA-256 with RSA",
            SignatureAlgorithm::RsaSha384 => "SHA-384 with RSA",
            SignatureAlgorithm::RsaSha512 => "SHA-512 with RSA",
            SignatureAlgorithm::RsaPss(_) => "RSA-PSS",
            SignatureAlgorithm::RsaPssUnfit { what } => return write!(f, "RSA-PSS with {what}"),
            SignatureAlgorithm::EcdsaSha256 => "ECDSA with SHA-256",
            SignatureAlgorithm::EcdsaSha384 => "ECDSA with SHA-384",
            SignatureAlgorithm::EcdsaSha512 => "ECDSA with SHA-512",
            SignatureAlgorithm::Ed25519 => "Ed25519",
            SignatureAlgorithm::Other { oid } => {
                let name = match oid.as_str() {
                    "1.2.840.113549.1.1.2" => "MD2 with RSA",
                    "1.2.840.113549.1.1.4" => "MD5 with RSA",
                    "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => "SHA-1 with RSA",
                    "1.2.840.113549.1.1.14" => "SHA-224 with RSA",
                    "1.2.840.10045.4.1" => "ECDSA with SHA-1",
                    "1.2.840.10045.4.3.1" => "ECDSA with SHA-224",
                    "1.2.840.10040.4.3" => "DSA with SHA-1",
                    "2.16.840.1.101.3.4.3.1" => "DSA with SHA-224",
                    "2.16.840.1.101.3.4.3.2" => "DSA with SHA-256",
                    "1.3.101.113" => "Ed448",
                    _ => "unknown algorithm",
                };
                return write!(f, "{name} ({oid})");
            }
        })
    }
}

/// A public key's kind and strength.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA for any use.
    Rsa {
        /// Length of the modulus, bits.
        bits: usize,
    },
    /// RSA that may only be used with PSS (`id-RSASSA-PSS`).
    RsaPss {
        /// Length of the modulus, bits.
        bits: usize,
    },
    /// EC, NIST P-256.
    EcP256,
    /// EC, NIST P-384.
    EcP384,
    /// EC, NIST P-521.
    EcP521,
    /// Ed25519, which AWS does not list for certificates.
    Ed25519,
    /// Another curve or kind of key.
    Other {
        /// What it is, with its dotted object identifier.
        name: String,
    },
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyKind::Rsa { bits } => write!(f, "RSA {bits}"),
            KeyKind::RsaPss { bits } => write!(f, "RSA-PSS {bits}"),
            KeyKind::EcP256 => f.write_str("EC P-256"),
            KeyKind::EcP384 => f.write_str("EC P-384"),
            KeyKind::EcP521 => f.write_str("EC P-521"),
            KeyKind::Ed25519 => f.write_str("Ed25519"),
            KeyKind::Other { name } => f.write_str(name),
        }
    }
}

/// The kind of the key in a SubjectPublicKeyInfo.
pub fn key_of(spki: &[u8]) -> Result<KeyKind, MalformedDer> {
    Ok(PublicKey::parse(spki)?.kind)
}

/// Why a text holds no public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// The text around it.
    #[error(transparent)]
    Pem(#[from] PemError),
    /// The key itself.
    #[error(transparent)]
    Malformed(#[from] MalformedDer),
}

/// The kind of the first public key in a PEM text.
pub fn public_key_of_pem(text: &str) -> Result<KeyKind, PublicKeyError> {
    Ok(key_of(&spki_of_public_key(text)?)?)
}

/// The DER of the first public key in a PEM text, a SubjectPublicKeyInfo where it is what its label says.
pub fn spki_of_public_key(text: &str) -> Result<Vec<u8>, PublicKeyError> {
    Ok(pem::first(text, pem::PUBLIC_KEY)?)
}

/// A SubjectPublicKeyInfo taken apart.
#[derive(Debug, Clone)]
pub(super) struct PublicKey<'a> {
    pub(super) kind: KeyKind,
    /// Content of the AlgorithmIdentifier.
    pub(super) algorithm: &'a [u8],
    /// The key itself: the BIT STRING's bytes.
    pub(super) bits: &'a [u8],
}

impl<'a> PublicKey<'a> {
    pub(super) fn parse(spki: &'a [u8]) -> Result<Self, MalformedDer> {
        let mut reader = Reader::new(spki);
        let outer = reader.expect(der::SEQUENCE, "the public key is not a SEQUENCE")?;
        reader.finish("something follows the public key")?;
        let mut inner = reader.inside(&outer);
        let identifier = inner.expect(der::SEQUENCE, "the key algorithm is not a SEQUENCE")?;
        let bits = inner.expect(der::BIT_STRING, "the key is not a BIT STRING")?;
        inner.finish("something follows the key")?;
        let bits = &spki[der::whole_bytes(&inner, &bits)?];

        let mut parameters = inner.inside(&identifier);
        let oid = parameters.expect(
            der::OBJECT_IDENTIFIER,
            "the key algorithm has no identifier",
        )?;
        let oid = der::dotted(parameters.body(&oid));
        let kind = match oid.as_str() {
            "1.2.840.113549.1.1.1" => KeyKind::Rsa {
                bits: modulus_bits(bits)?,
            },
            "1.2.840.113549.1.1.10" => KeyKind::RsaPss {
                bits: modulus_bits(bits)?,
            },
            "1.2.840.10045.2.1" => match parameters.element() {
                Ok(curve) if curve.tag == der::OBJECT_IDENTIFIER => {
                    let curve = der::dotted(parameters.body(&curve));
                    match curve.as_str() {
                        "1.2.840.10045.3.1.7" => KeyKind::EcP256,
                        "1.3.132.0.34" => KeyKind::EcP384,
                        "1.3.132.0.35" => KeyKind::EcP521,
                        "1.3.132.0.10" => KeyKind::Other {
                            name: format!("EC secp256k1 ({curve})"),
                        },
                        _ => KeyKind::Other {
                            name: format!("EC curve {curve}"),
                        },
                    }
                }
                _ => KeyKind::Other {
                    name: "EC with explicit parameters".to_owned(),
                },
            },
            "1.3.101.112" => KeyKind::Ed25519,
            "1.3.101.113" => KeyKind::Other {
                name: format!("Ed448 ({oid})"),
            },
            "1.2.840.10040.4.1" => KeyKind::Other {
                name: format!("DSA ({oid})"),
            },
            _ => KeyKind::Other {
                name: format!("unknown kind ({oid})"),
            },
        };
        Ok(PublicKey {
            kind,
            algorithm: inner.body(&identifier),
            bits,
        })
    }
}

/// Bits of the modulus in an `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`.
fn modulus_bits(key: &[u8]) -> Result<usize, MalformedDer> {
    let mut reader = Reader::new(key);
    let outer = reader.expect(der::SEQUENCE, "the RSA key is not a SEQUENCE")?;
    let mut inner = reader.inside(&outer);
    let modulus = inner.expect(der::INTEGER, "the RSA modulus is not an INTEGER")?;
    inner.expect(der::INTEGER, "the RSA exponent is not an INTEGER")?;
    let modulus = inner.body(&modulus);
    let significant = &modulus[modulus.iter().take_while(|byte| **byte == 0).count()..];
    Ok(match significant.first() {
        Some(first) => significant.len() * 8 - first.leading_zeros() as usize,
        None => 0,
    })
}
