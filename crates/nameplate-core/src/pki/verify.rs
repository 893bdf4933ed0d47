//! Whether a certificate keeps the rules, and whether a key made a signature.
//!
//! Owns the rules of registration: key strength, signature algorithm, validity, what makes a CA, and the
//! proof of possession by a verification certificate. Must not know which certificates are registered.

use super::algorithm::{KeyKind, PublicKey, SignatureAlgorithm};
use super::certificate::{Certificate, Demand};
use super::der::MalformedDer;
use super::name::Field;
use super::validity::Validity;
use crate::ctx::Millis;
use aws_lc_rs::signature::VerificationAlgorithm as _;
use rustls_pki_types::SignatureVerificationAlgorithm;
use webpki::aws_lc_rs as algorithms;

/// Shortest RSA modulus, bits (AWS guide: audit-chk-device-cert-key-quality).
const RSA_BITS: usize = 2048;

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// SHA-1, MD5, DSA or something else that is not accepted.
    #[error(
        "signed with {algorithm}; accepted are SHA-256, SHA-384 and SHA-512 with RSA, RSA-PSS or ECDSA"
    )]
    Algorithm {
        /// How it is signed.
        algorithm: SignatureAlgorithm,
    },
    /// A key of this kind makes no such signatures, or is too short to be believed.
    #[error("signed with {algorithm}, which the issuer's key ({key}) cannot have made")]
    Key {
        /// How it is signed.
        algorithm: SignatureAlgorithm,
        /// The key it would have to come from.
        key: KeyKind,
    },
    /// The signature is not by this key.
    #[error("the signature was not made by the issuer's key")]
    Mismatch,
    /// The issuer's key cannot be read.
    #[error("the issuer's public key cannot be read: {0}")]
    Unreadable(#[from] MalformedDer),
}

/// Checks that `child` was signed by the key in `issuer_spki` (DER of a SubjectPublicKeyInfo).
///
/// Names and times are not looked at. Certificates of version 1 count like any other.
pub fn verify_signed_by(child: &Certificate, issuer_spki: &[u8]) -> Result<(), SignatureError> {
    verify(
        issuer_spki,
        child.signature_algorithm(),
        child.algorithm_der(),
        child.tbs(),
        child.signature(),
    )
}

/// Checks one signature. `identifier` is the content of the AlgorithmIdentifier that `algorithm` was read
/// from.
pub(super) fn verify(
    spki: &[u8],
    algorithm: &SignatureAlgorithm,
    identifier: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let key = PublicKey::parse(spki)?;
    let unsupported = || SignatureError::Algorithm {
        algorithm: algorithm.clone(),
    };
    let wrong_key = || SignatureError::Key {
        algorithm: algorithm.clone(),
        key: key.kind.clone(),
    };
    if let SignatureAlgorithm::RsaPss(parameters) = algorithm {
        let (KeyKind::Rsa { bits } | KeyKind::RsaPss { bits }) = key.kind else {
            return Err(wrong_key());
        };
        if bits < RSA_BITS || !parameters.suits_key(key.algorithm) {
            return Err(wrong_key());
        }
        return parameters
            .verifier()
            .verify_sig(key.bits, message, signature)
            .map_err(|_| SignatureError::Mismatch);
    }
    let mut candidates = verifiers(algorithm);
    // The identifier carries NULL or nothing for PKCS#1.
    candidates.retain(|verifier| verifier.signature_alg_id().as_ref() == identifier);
    if candidates.is_empty() {
        return Err(unsupported());
    }
    let verifier = candidates
        .into_iter()
        .find(|verifier| suits(*verifier, &key))
        .ok_or_else(wrong_key)?;
    verifier
        .verify_signature(key.bits, message, signature)
        .map_err(|_| SignatureError::Mismatch)
}

fn suits(verifier: &dyn SignatureVerificationAlgorithm, key: &PublicKey<'_>) -> bool {
    match &key.kind {
        KeyKind::Rsa { bits } if *bits < RSA_BITS => false,
        _ => verifier.public_key_alg_id().as_ref() == key.algorithm,
    }
}

/// Every way of checking signatures of one algorithm: one for each curve, or with and without parameters.
fn verifiers(algorithm: &SignatureAlgorithm) -> Vec<&'static dyn SignatureVerificationAlgorithm> {
    match algorithm {
        SignatureAlgorithm::RsaSha256 => vec![
            algorithms::RSA_PKCS1_2048_8192_SHA256,
            algorithms::RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS,
        ],
        SignatureAlgorithm::RsaSha384 => vec![
            algorithms::RSA_PKCS1_2048_8192_SHA384,
            algorithms::RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS,
        ],
        SignatureAlgorithm::RsaSha512 => vec![
            algorithms::RSA_PKCS1_2048_8192_SHA512,
            algorithms::RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS,
        ],
        SignatureAlgorithm::EcdsaSha256 => vec![
            algorithms::ECDSA_P256_SHA256,
            algorithms::ECDSA_P384_SHA256,
            algorithms::ECDSA_P521_SHA256,
        ],
        SignatureAlgorithm::EcdsaSha384 => vec![
            algorithms::ECDSA_P256_SHA384,
            algorithms::ECDSA_P384_SHA384,
            algorithms::ECDSA_P521_SHA384,
        ],
        SignatureAlgorithm::EcdsaSha512 => vec![
            algorithms::ECDSA_P256_SHA512,
            algorithms::ECDSA_P384_SHA512,
            algorithms::ECDSA_P521_SHA512,
        ],
        SignatureAlgorithm::Ed25519 => vec![algorithms::ED25519],
        // PSS has a salt of any length, and so no fixed way.
        SignatureAlgorithm::RsaPss(_)
        | SignatureAlgorithm::RsaPssUnfit { .. }
        | SignatureAlgorithm::Other { .. } => vec![],
    }
}

/// A rule of registration that a certificate or request breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// RSA with a short modulus.
    #[error("its key is {key}; RSA keys need at least 2048 bits")]
    KeyTooShort {
        /// Kind and size of the key that was found.
        key: KeyKind,
    },
    /// Another curve or kind of key.
    #[error(
        "its key is {key}; accepted are RSA of 2048 bits or more and EC P-256, P-384 and P-521"
    )]
    KeyKind {
        /// Kind and size of the key that was found.
        key: KeyKind,
    },
    /// SHA-1, MD5, DSA, Ed25519 and the like.
    #[error(
        "it is signed with {algorithm}; accepted are SHA-256, SHA-384 and SHA-512 with RSA, RSA-PSS or ECDSA"
    )]
    SignatureAlgorithm {
        /// How it is signed.
        algorithm: SignatureAlgorithm,
    },
    /// The clock here is before notBefore.
    #[error("it is not valid before {not_before}; the time here is {now}")]
    NotYetValid {
        /// First moment of its validity.
        not_before: Millis,
        /// The time it was compared with.
        now: Millis,
    },
    /// The clock here is after notAfter.
    #[error("it was valid until {not_after}; the time here is {now}")]
    Expired {
        /// Last moment of its validity.
        not_after: Millis,
        /// The time it was compared with.
        now: Millis,
    },
    /// A CA certificate of X.509 version 1 or 2, which cannot say that it is one.
    #[error(
        "it is of X.509 version {version}; a CA certificate must be version 3 with the extension basicConstraints CA:TRUE"
    )]
    CaVersion {
        /// 1 or 2.
        version: u8,
    },
    /// No basicConstraints.
    #[error(
        "it lacks the extension basicConstraints; a CA certificate needs basicConstraints CA:TRUE"
    )]
    NoBasicConstraints,
    /// basicConstraints says that it is no CA.
    #[error("its basicConstraints say CA:FALSE; a CA certificate needs CA:TRUE")]
    NotCa,
    /// keyUsage is there and does not allow signing certificates.
    #[error("its keyUsage lacks keyCertSign, which an intermediate with a keyUsage needs")]
    NoKeyCertSign,
    /// It limits the names below it.
    #[error("it has nameConstraints, which are not evaluated here")]
    NameConstraints,
    /// Its critical extKeyUsage is for other purposes.
    #[error("its critical extKeyUsage does not include client authentication")]
    ExtendedKeyUsage,
    /// A critical extension that nobody here knows.
    #[error("it has the critical extension {oid}, which is not known here")]
    CriticalExtension {
        /// Dotted object identifier.
        oid: String,
    },
}

/// Checks a device certificate by itself: key, signature algorithm, validity (AWS guide: x509-client-certs).
pub fn check_device(certificate: &Certificate, now: Millis) -> Result<(), RuleError> {
    check_key(certificate.key())?;
    check_algorithm(certificate.signature_algorithm())?;
    check_validity(certificate.validity(), now)
}

/// Checks a CA certificate that its owner registers: version 3, `CA:TRUE`, validity, key, and the signature algorithm
/// unless it is its own issuer.
///
/// A keyUsage without `keyCertSign` is taken, as AWS does. A root's signature on itself proves nothing, so a weak one
/// takes nothing away (AWS guide: register-CA-cert).
pub fn check_ca(certificate: &Certificate, now: Millis) -> Result<(), RuleError> {
    check_ca_form(certificate)?;
    check_validity(certificate.validity(), now)?;
    check_key(certificate.key())?;
    if certificate.is_self_issued() {
        return Ok(());
    }
    check_algorithm(certificate.signature_algorithm())
}

/// Checks a CA certificate that a client presents, which nobody here has vouched for: as [`check_ca`], and
/// `keyCertSign` if there is a keyUsage, a strong signature in any case, and nothing demanded that is not honoured
/// (RFC 5280, 6.1.4).
pub fn check_intermediate(certificate: &Certificate, now: Millis) -> Result<(), RuleError> {
    check_ca_form(certificate)?;
    if certificate.key_cert_sign() == Some(false) {
        return Err(RuleError::NoKeyCertSign);
    }
    if let Some(demand) = certificate.demands().first() {
        return Err(match demand {
            Demand::Names => RuleError::NameConstraints,
            Demand::Usage => RuleError::ExtendedKeyUsage,
            Demand::Critical(oid) => RuleError::CriticalExtension { oid: oid.clone() },
        });
    }
    check_validity(certificate.validity(), now)?;
    check_key(certificate.key())?;
    check_algorithm(certificate.signature_algorithm())
}

fn check_ca_form(certificate: &Certificate) -> Result<(), RuleError> {
    if certificate.version() != 3 {
        return Err(RuleError::CaVersion {
            version: certificate.version(),
        });
    }
    match certificate.ca_flag() {
        None => Err(RuleError::NoBasicConstraints),
        Some(false) => Err(RuleError::NotCa),
        Some(true) => Ok(()),
    }
}

/// Checks the kind and length of a key (AWS guide: x509-client-certs).
pub fn check_key(key: &KeyKind) -> Result<(), RuleError> {
    match key {
        KeyKind::Rsa { bits } | KeyKind::RsaPss { bits } if *bits < RSA_BITS => {
            Err(RuleError::KeyTooShort { key: key.clone() })
        }
        KeyKind::Rsa { .. }
        | KeyKind::RsaPss { .. }
        | KeyKind::EcP256
        | KeyKind::EcP384
        | KeyKind::EcP521 => Ok(()),
        KeyKind::Ed25519 | KeyKind::Other { .. } => Err(RuleError::KeyKind { key: key.clone() }),
    }
}

pub(super) fn check_algorithm(algorithm: &SignatureAlgorithm) -> Result<(), RuleError> {
    match algorithm {
        SignatureAlgorithm::Ed25519
        | SignatureAlgorithm::RsaPssUnfit { .. }
        | SignatureAlgorithm::Other { .. } => Err(RuleError::SignatureAlgorithm {
            algorithm: algorithm.clone(),
        }),
        _ => Ok(()),
    }
}

/// Checks that `now` is within a certificate's validity.
pub fn check_validity(validity: Validity, now: Millis) -> Result<(), RuleError> {
    if validity.contains(now) {
        Ok(())
    } else if now < validity.not_before {
        Err(RuleError::NotYetValid {
            not_before: validity.not_before,
            now,
        })
    } else {
        Err(RuleError::Expired {
            not_after: validity.not_after,
            now,
        })
    }
}

/// Why a verification certificate proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerificationError {
    /// Made with another key than the CA's.
    #[error("the verification certificate is not signed by the CA certificate's key: {0}")]
    NotSignedByCa(SignatureError),
    /// Its common name is not the registration code.
    #[error(
        "the verification certificate's common name must be the registration code {expected:?}; it is {}",
        .found.as_ref().map_or("missing".to_owned(), |found| format!("{found:?}"))
    )]
    CommonName {
        /// The account's registration code.
        expected: String,
        /// What stands there.
        found: Option<String>,
    },
    /// Its time is over or has not come.
    #[error("the verification certificate cannot be used: {0}")]
    Validity(RuleError),
}

/// Checks the proof of possession of a CA's private key: `verification` is signed by it, and its common name
/// is the registration code (AWS guide: register-CA-cert).
pub fn check_verification(
    verification: &Certificate,
    ca: &Certificate,
    registration_code: &str,
    now: Millis,
) -> Result<(), VerificationError> {
    verify_signed_by(verification, ca.spki()).map_err(VerificationError::NotSignedByCa)?;
    let found = verification.subject().first(Field::CommonName);
    // Hex digits; their case proves nothing more.
    if !found.is_some_and(|found| found.eq_ignore_ascii_case(registration_code)) {
        return Err(VerificationError::CommonName {
            expected: registration_code.to_owned(),
            found: found.map(str::to_owned),
        });
    }
    check_validity(verification.validity(), now).map_err(VerificationError::Validity)
}
