//! A certificate for the server that its owner brings: read from two files, put in order, and read again when they change.
//!
//! Owns what such files may hold and what is said of them. Must not know how TLS uses the certificate.

use super::AuthorityError;
use super::files::{self, Readers};
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{Certificate, verify_signed_by};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::sign::{CertifiedKey, SigningKey};
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest file that is read, bytes: a chain of some dozen certificates is a tenth of it.
const MOST: u64 = 1024 * 1024;
/// A certificate that ends so soon is spoken of when it is read, days.
const SOON_DAYS: i64 = 14;
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Where an owner's certificate and key are. Both are PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedFiles {
    /// The certificate, with those between it and its root.
    pub certificate: PathBuf,
    /// Its private key: PKCS#8, SEC1 or PKCS#1, not encrypted.
    pub key: PathBuf,
}

/// What tells that files are others than before, without reading them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp([Option<(u64, u64, i64, i64)>; 2]);

/// Why the files cannot be used; never what they hold.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct OwnedError {
    path: PathBuf,
    reason: String,
}

/// An owner's certificate, ready to be used.
#[derive(Debug)]
pub struct Owned {
    /// Key and chain, leaf first.
    pub certified: Arc<CertifiedKey>,
    /// Host names and addresses that the certificate has.
    pub names: Vec<String>,
    /// PEM of the last certificate of the chain, which is what clients are given to trust.
    pub trust: String,
    /// What the owner should hear of it: one sentence each.
    pub remarks: Vec<String>,
}

impl OwnedFiles {
    /// What the files look like now. Links are followed, so that where one is pointed elsewhere, as Kubernetes does, it
    /// shows.
    pub fn stamp(&self) -> Stamp {
        Stamp([&self.certificate, &self.key].map(|path| {
            let about = std::fs::metadata(path).ok()?;
            Some((about.ino(), about.len(), about.mtime(), about.mtime_nsec()))
        }))
    }

    /// Reads both files. Blocks.
    ///
    /// # Errors
    /// Where one of them cannot be read, or they do not belong together.
    pub fn read(&self, provider: &CryptoProvider, now: Millis) -> Result<Owned, OwnedError> {
        let mut remarks = Vec::new();
        let key = self.read_key(&mut remarks)?;
        let key = provider
            .key_provider
            .load_private_key(key)
            .map_err(|error| {
                fault(
                    &self.key,
                    format!("the private key cannot be used: {error}"),
                )
            })?;
        let spki = key
            .public_key()
            .ok_or_else(|| fault(&self.key, "the private key does not tell its public key"))?;
        let certificates = self.read_certificates()?;
        let chain = self.in_order(certificates, &spki, &mut remarks)?;
        let leaf = &chain[0];
        remarks.extend(about_validity(&self.certificate, leaf, now));
        let der = |certificate: &Certificate| CertificateDer::from(certificate.der().to_vec());
        let certified = CertifiedKey::new(chain.iter().map(der).collect(), key);
        Ok(Owned {
            certified: Arc::new(certified),
            names: names_of(leaf),
            trust: chain.last().map(Certificate::to_pem).unwrap_or_default(),
            remarks,
        })
    }

    fn read_key(&self, remarks: &mut Vec<String>) -> Result<PrivateKeyDer<'static>, OwnedError> {
        let path = &self.key;
        let text = read(path)?;
        if let Ok(about) = std::fs::metadata(path)
            && about.mode() & 0o077 != 0
        {
            remarks.push(format!(
                "{} has mode {:04o}: others than its owner can use the private key; chmod 600 it",
                path.display(),
                about.mode() & 0o7777
            ));
        }
        key_of(&text).map_err(|reason| fault(path, reason))
    }

    fn read_certificates(&self) -> Result<Vec<Certificate>, OwnedError> {
        let path = &self.certificate;
        let text = read(path)?;
        let mut certificates = Vec::new();
        for der in CertificateDer::pem_slice_iter(&text) {
            let der = der.map_err(|error| fault(path, format!("it is no whole PEM: {error}")))?;
            let number = certificates.len() + 1;
            let certificate = Certificate::parse_der(&der).map_err(|error| {
                fault(
                    path,
                    format!("certificate {number} cannot be read: {error}"),
                )
            })?;
            certificates.push(certificate);
        }
        match certificates.is_empty() {
            true => Err(fault(path, "there is no certificate in PEM in it")),
            false => Ok(certificates),
        }
    }

    /// The certificate of the key, then each one's issuer. What belongs to neither is left out.
    fn in_order(
        &self,
        mut certificates: Vec<Certificate>,
        spki: &[u8],
        remarks: &mut Vec<String>,
    ) -> Result<Vec<Certificate>, OwnedError> {
        let path = &self.certificate;
        let leaf = certificates
            .iter()
            .position(|certificate| certificate.spki() == spki)
            .ok_or_else(|| {
                let key = self.key.display();
                fault(
                    path,
                    format!("none of its certificates has the private key of {key}"),
                )
            })?;
        let as_found: Vec<Vec<u8>> = certificates.iter().map(|c| c.der().to_vec()).collect();
        let mut chain = vec![certificates.remove(leaf)];
        while let Some(last) = chain.last()
            && !last.is_self_issued()
            && let Some(next) = certificates.iter().position(|issuer| {
                last.issuer().matches(issuer.subject())
                    && verify_signed_by(last, issuer.spki()).is_ok()
            })
        {
            let next = certificates.remove(next);
            chain.push(next);
        }
        if !certificates.is_empty() {
            let subjects: Vec<String> = certificates
                .iter()
                .map(|certificate| certificate.subject().to_string())
                .collect();
            remarks.push(format!(
                "{} has certificates that are no issuers of the server's and are not sent: {}",
                path.display(),
                subjects.join("; ")
            ));
        } else if chain
            .iter()
            .map(Certificate::der)
            .ne(as_found.iter().map(Vec::as_slice))
        {
            remarks.push(format!(
                "{} does not begin with the server's certificate and go on with each one's issuer; it is sent in that order",
                path.display()
            ));
        }
        if let Some(last) = chain.last()
            && !last.is_self_issued()
        {
            remarks.push(format!(
                "the chain of {} ends with {}: clients must have the certificate of {} already",
                path.display(),
                last.subject(),
                last.issuer()
            ));
        }
        Ok(chain)
    }
}

fn key_of(text: &[u8]) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_slice(text).map_err(|error| {
        let encrypted = b"ENCRYPTED".as_slice();
        match error {
            _ if text.windows(encrypted.len()).any(|part| part == encrypted) => {
                "the private key is encrypted, and nobody is there to ask for its password".into()
            }
            pem::Error::NoItemsFound => "there is no private key in PEM in it".into(),
            other => format!("it holds no whole private key in PEM: {other}"),
        }
    })
}

/// A private key that its owner hands in: PEM of PKCS#8, SEC1 or PKCS#1, not encrypted.
#[derive(Debug)]
pub struct HandedKey(Arc<dyn SigningKey>);

impl HandedKey {
    /// Reads it.
    ///
    /// # Errors
    /// Why it cannot be used; never what it is.
    pub fn read(pem: &[u8]) -> Result<Self, String> {
        let loaded = aws_lc_rs::default_provider()
            .key_provider
            .load_private_key(key_of(pem)?);
        loaded
            .map(Self)
            .map_err(|error| format!("the private key cannot be used: {error}"))
    }

    /// DER of the public key that belongs to it (SubjectPublicKeyInfo).
    ///
    /// # Errors
    /// That it does not tell.
    pub fn public(&self) -> Result<Vec<u8>, String> {
        let public = self.0.public_key().map(|key| key.to_vec());
        public.ok_or_else(|| "the private key does not tell its public key".into())
    }

    /// What a server shows with it: these certificates, its own first.
    pub fn certified<'c>(
        self,
        chain: impl IntoIterator<Item = &'c Certificate>,
    ) -> Arc<CertifiedKey> {
        let der = |certificate: &Certificate| CertificateDer::from(certificate.der().to_vec());
        let chain = chain.into_iter().map(der).collect();
        Arc::new(CertifiedKey::new(chain, self.0))
    }
}

fn fault(path: &Path, reason: impl Into<String>) -> OwnedError {
    OwnedError {
        path: path.to_owned(),
        reason: reason.into(),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, OwnedError> {
    let cannot = |error: std::io::Error| fault(path, format!("it cannot be read: {error}"));
    let about = std::fs::metadata(path).map_err(cannot)?;
    if !about.is_file() || about.len() > MOST {
        return Err(fault(
            path,
            format!("it is no file of at most {MOST} bytes"),
        ));
    }
    std::fs::read(path).map_err(cannot)
}

/// What its alternative names say; its common name where it has none, as clients of old have it.
fn names_of(leaf: &Certificate) -> Vec<String> {
    let alternative = leaf.alternative_names();
    let names: Vec<String> = alternative
        .dns
        .iter()
        .chain(&alternative.ip)
        .cloned()
        .collect();
    if !names.is_empty() {
        return names;
    }
    let fields = leaf.subject().fields();
    let common = fields
        .iter()
        .filter(|(field, _)| field.variable_name() == "CommonName");
    common.map(|(_, value)| value.clone()).collect()
}

fn about_validity(path: &Path, leaf: &Certificate, now: Millis) -> Option<String> {
    let validity = leaf.validity();
    let (path, ends) = (path.display(), validity.not_after);
    let days = (ends.0 - now.0).div_euclid(DAY_MILLIS);
    if validity.not_before > now {
        return Some(format!(
            "the certificate of {path} is not valid before {}",
            validity.not_before
        ));
    }
    match days {
        ..0 => Some(format!(
            "the certificate of {path} ended at {ends}; clients refuse it"
        )),
        0..SOON_DAYS => Some(format!(
            "the certificate of {path} ends at {ends}, in {days} days"
        )),
        _ => None,
    }
}

/// What clients trust an owner's certificate by, beside `root-ca.pem` in the data directory while it is in use.
const TRUST_FILE: &str = "tls-root-ca.pem";

/// The file that clients trust an owner's certificate by, whether or not it is there.
pub fn owned_trust(data_dir: &Path) -> PathBuf {
    data_dir.join(TRUST_FILE)
}

/// The file that clients of a data directory's server trust it by: that of an owner's certificate where the server was
/// last started with one, else `root-ca.pem`.
pub fn trust_in_use(data_dir: &Path) -> PathBuf {
    let owned = owned_trust(data_dir);
    match owned.is_file() {
        true => owned,
        false => data_dir.join("root-ca.pem"),
    }
}

/// Keeps the PEM that an owner's certificate is trusted by in the data directory; without one, removes it.
pub fn keep_trust(data_dir: &Path, pem: Option<&str>) -> Result<(), AuthorityError> {
    let path = owned_trust(data_dir);
    match pem {
        Some(pem) => files::write(&path, pem.as_bytes(), Readers::Everyone),
        None => match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(AuthorityError::File {
                    action: "remove",
                    path,
                    source,
                })
            }
            _ => Ok(()),
        },
    }
}
