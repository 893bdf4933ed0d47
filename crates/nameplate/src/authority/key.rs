//! Private keys: made, kept as PKCS#8, and signing.

use super::AuthorityError;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256,
};
use nameplate_core::pki::{KeyKind, key_of};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;

/// Kinds of keys that are made here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    EcP256,
    Rsa2048,
}

/// A private key with its two serialised halves.
pub(crate) struct PrivateKey {
    signer: Signer,
    pkcs8: Vec<u8>,
    spki: Vec<u8>,
}

enum Signer {
    EcP256(EcdsaKeyPair),
    Rsa(rsa::KeyPair),
}

/// AlgorithmIdentifier of ecdsa-with-SHA256.
const ECDSA_SHA256: &[u8] = &[
    0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02,
];
/// AlgorithmIdentifier of sha256WithRSAEncryption.
const RSA_SHA256: &[u8] = &[
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00,
];

impl PrivateKey {
    /// Makes a key. RSA takes some tens of milliseconds and more; not for an async thread.
    pub(crate) fn generate(kind: Kind) -> Result<Self, AuthorityError> {
        let failed = |_| AuthorityError::Crypto {
            action: "make a key",
        };
        match kind {
            Kind::EcP256 => {
                let rng = SystemRandom::new();
                let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &rng)
                    .map_err(failed)?;
                PrivateKey::from_pkcs8(pkcs8.as_ref())
            }
            Kind::Rsa2048 => {
                let key = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).map_err(failed)?;
                let pkcs8 = AsDer::<Pkcs8V1Der<'static>>::as_der(&key).map_err(failed)?;
                PrivateKey::from_pkcs8(pkcs8.as_ref())
            }
        }
        .ok_or(AuthorityError::Crypto {
            action: "read the key that it made",
        })
    }

    /// Reads a P-256 or RSA key; anything else is none.
    pub(crate) fn from_pkcs8(pkcs8: &[u8]) -> Option<Self> {
        let (signer, spki) = match EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8)
        {
            Ok(key) => {
                let spki = key.public_key().as_der().ok()?.as_ref().to_vec();
                (Signer::EcP256(key), spki)
            }
            Err(_) => {
                let key = rsa::KeyPair::from_pkcs8(pkcs8).ok()?;
                let spki = key.public_key().as_der().ok()?.as_ref().to_vec();
                (Signer::Rsa(key), spki)
            }
        };
        Some(PrivateKey {
            signer,
            pkcs8: pkcs8.to_vec(),
            spki,
        })
    }

    /// Reads what OpenSSL writes: PKCS#8, PKCS#1 of RSA keys, or SEC 1 of P-256 ones, in PEM and not encrypted. Says what is
    /// wrong otherwise, and never what stands there.
    pub(crate) fn from_pem(text: &str) -> Result<Self, &'static str> {
        if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
            || text.contains("Proc-Type: 4,ENCRYPTED")
        {
            return Err("the key is encrypted; decrypt it first, for instance with `openssl pkey`");
        }
        let unusable = "the key is neither RSA with 2048 bits or more nor P-256";
        let unreadable = "the key cannot be read: it must be PEM, with one block PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY";
        let key = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| unreadable)?;
        match key {
            PrivateKeyDer::Pkcs8(der) => Self::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => rsa::KeyPair::from_der(der.secret_pkcs1_der())
                .ok()
                .and_then(|key| AsDer::<Pkcs8V1Der<'static>>::as_der(&key).ok())
                .and_then(|pkcs8| Self::from_pkcs8(pkcs8.as_ref())),
            PrivateKeyDer::Sec1(der) => EcdsaKeyPair::from_private_key_der(
                &ECDSA_P256_SHA256_ASN1_SIGNING,
                der.secret_sec1_der(),
            )
            .ok()
            .and_then(|key| key.to_pkcs8v1().ok())
            .and_then(|pkcs8| Self::from_pkcs8(pkcs8.as_ref())),
            _ => None,
        }
        .ok_or(unusable)
    }

    pub(crate) fn kind(&self) -> Option<Kind> {
        match key_of(&self.spki) {
            Ok(KeyKind::EcP256) => Some(Kind::EcP256),
            Ok(KeyKind::Rsa { bits: 2048 }) => Some(Kind::Rsa2048),
            _ => None,
        }
    }

    /// Whether it signs with ECDSA, which takes microseconds; RSA takes the better part of a millisecond.
    pub(super) fn is_ecdsa(&self) -> bool {
        matches!(self.signer, Signer::EcP256(_))
    }

    /// DER of the private half, PKCS#8.
    pub(crate) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// DER of the public half, SubjectPublicKeyInfo.
    pub(crate) fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// AlgorithmIdentifier of the signatures that `sign` makes.
    pub(crate) fn signature_algorithm(&self) -> &'static [u8] {
        match self.signer {
            Signer::EcP256(_) => ECDSA_SHA256,
            Signer::Rsa(_) => RSA_SHA256,
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, AuthorityError> {
        let failed = |_| AuthorityError::Crypto { action: "sign" };
        let rng = SystemRandom::new();
        match &self.signer {
            Signer::EcP256(key) => Ok(key.sign(&rng, message).map_err(failed)?.as_ref().to_vec()),
            Signer::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &rng, message, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
        }
    }
}

/// Fills a buffer from the system's generator.
pub(super) fn random<const N: usize>() -> Result<[u8; N], AuthorityError> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| AuthorityError::Crypto {
        action: "draw random bytes",
    })?;
    Ok(bytes)
}
