//! The CA behind CreateKeysAndCertificate and CreateCertificateFromCsr.

use super::AuthorityError;
use super::der;
use super::files::{self, Pair, Readers};
use super::issue::{self, COMMON_NAME, Content, END_OF_2049, ORGANIZATIONAL_UNIT, Purpose};
use super::key::{Kind, PrivateKey};
use aws_lc_rs::hmac;
use nameplate_core::ctx::Millis;
use nameplate_core::fleet_provisioning::renewed_until;
use nameplate_core::pki::{Certificate, CertificateRequest, to_pem};
use std::fmt;
use std::path::Path;
use x509_parser::asn1_rs::{Any, FromDer, Integer, OctetString, Sequence};

/// The issuer of AWS's device certificates: one attribute with all of it as its value (AWS guide:
/// cert-policy-variables).
const ISSUER: &str = "Amazon Web Services O=Amazon.com Inc. L=Seattle ST=Washington C=US";
/// The subject of certificates for keys that the service makes.
const SUBJECT: &str = "AWS IoT Certificate";
/// How far device certificates reach back, for clocks that are a little slow.
const BACKDATED_MILLIS: i64 = 2 * 60 * 1000;

/// What the CA that issues device certificates signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaKey {
    /// RSA with 2048 bits and SHA-256, as AWS's does: small TLS stacks may be unable to read a certificate of their own
    /// that ECDSA signed.
    Rsa2048,
    /// ECDSA with P-256 and SHA-256: shorter certificates, and some eight times as many a second.
    EcdsaP256,
}

impl CaKey {
    fn kind(self) -> Kind {
        match self {
            CaKey::Rsa2048 => Kind::Rsa2048,
            CaKey::EcdsaP256 => Kind::EcP256,
        }
    }

    /// Name of the CA's files. Each kind has its own, so that a server may go back.
    pub(super) fn files(self) -> &'static str {
        match self {
            CaKey::Rsa2048 => "device-ca",
            CaKey::EcdsaP256 => "device-ca-ecdsa",
        }
    }
}

/// The CA that issues device certificates.
pub struct DeviceAuthority {
    pair: Pair,
    // How long what it issues is valid, days, where nobody says otherwise.
    days: Option<u32>,
    // What issued before, and still answers for what it issued.
    others: Vec<Pair>,
    // Of the CA that the data directory had first, so that it stays when another kind of key is asked for.
    secret: hmac::Key,
}

/// A device certificate and the keys made for it, which exist nowhere else.
pub struct IssuedWithKeys {
    /// The certificate.
    pub certificate: Certificate,
    /// `-----BEGIN RSA PRIVATE KEY-----` (PKCS#1).
    pub private_key_pem: String,
    /// `-----BEGIN PUBLIC KEY-----`.
    pub public_key_pem: String,
}

impl fmt::Debug for IssuedWithKeys {
    /// Without the private key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedWithKeys")
            .field("certificate", &self.certificate.id())
            .finish_non_exhaustive()
    }
}

impl DeviceAuthority {
    /// Reads the CA of this kind from the data directory, making it at the first start with it, and keeps
    /// `device-ca.pem` in step: what device certificates chain to, those of the other kind too. Blocks.
    pub fn open(data_dir: &Path, ca_key: CaKey, now: Millis) -> Result<Self, AuthorityError> {
        files::directory(data_dir)?;
        let pair = match files::read_pair(data_dir, ca_key.files())? {
            Some(pair) => pair,
            None => Self::make(data_dir, ca_key, now)?,
        };
        let mut certificates = pair.certificate.to_pem();
        let secret = |pair: &Pair| hmac::Key::new(hmac::HMAC_SHA256, pair.key.pkcs8());
        let since = |pair: &Pair| pair.certificate.validity().not_before;
        let mut first = secret(&pair);
        let mut others = Vec::new();
        let kinds = [CaKey::Rsa2048, CaKey::EcdsaP256].into_iter();
        for other in kinds.filter(|other| *other != ca_key) {
            if let Some(other) = files::read_pair(data_dir, other.files())? {
                certificates.push_str(&other.certificate.to_pem());
                if since(&other) < since(&pair) {
                    first = secret(&other);
                }
                others.push(other);
            }
        }
        let path = data_dir.join("device-ca.pem");
        if files::read(&path)?.as_deref() != Some(&certificates) {
            files::write(&path, certificates.as_bytes(), Readers::Everyone)?;
        }
        Ok(DeviceAuthority {
            pair,
            days: None,
            others,
            secret: first,
        })
    }

    fn make(data_dir: &Path, ca_key: CaKey, now: Millis) -> Result<Pair, AuthorityError> {
        let key = PrivateKey::generate(ca_key.kind())?;
        let subject = der::name(&[(ORGANIZATIONAL_UNIT, ISSUER)]);
        let content = Content {
            subject: &subject,
            spki: key.spki(),
            not_before: Millis(now.0 - BACKDATED_MILLIS),
            not_after: END_OF_2049,
            purpose: Purpose::Authority,
        };
        let certificate = issue::issue(&content, &subject, &key)?;
        let pair = Pair { key, certificate };
        files::write_pair(data_dir, ca_key.files(), &pair)?;
        Ok(pair)
    }

    /// The CA's own certificate. It is not in the registry: what it issues is registered when issued.
    pub fn certificate(&self) -> &Certificate {
        &self.pair.certificate
    }

    /// The same, which issues for so many days where nobody says otherwise.
    pub fn issuing_for(self, days: Option<u32>) -> Self {
        Self { days, ..self }
    }

    /// Until when a certificate is valid that is issued now: for so many days, else as usual here, and never longer than the
    /// CA's own.
    fn end(&self, days: Option<u32>, now: Millis) -> Millis {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        let end = self.pair.certificate.validity().not_after;
        match days.or(self.days) {
            Some(days) => Millis(now.0.saturating_add(i64::from(days) * DAY)).min(end),
            None => end,
        }
    }

    /// The certificates of this CA and of those that issued before it, this one's first.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.pairs().map(|pair| &pair.certificate)
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = &Pair> {
        std::iter::once(&self.pair).chain(&self.others)
    }

    /// A secret for another purpose, the same at each start: HMAC-SHA256 of `purpose` under the private key of the CA
    /// that the data directory had first.
    pub fn derived_key(&self, purpose: &[u8]) -> [u8; 32] {
        let tag = hmac::sign(&self.secret, purpose);
        let mut derived = [0; 32];
        derived.copy_from_slice(tag.as_ref());
        derived
    }

    /// Makes an RSA 2048 key and a certificate for it with the subject `CN=AWS IoT Certificate`
    /// (CreateKeysAndCertificate). Takes tens of milliseconds and more; not for an async thread.
    pub fn create_keys_and_certificate(
        &self,
        now: Millis,
    ) -> Result<IssuedWithKeys, AuthorityError> {
        let key = PrivateKey::generate(Kind::Rsa2048)?;
        let subject = der::name(&[(COMMON_NAME, SUBJECT)]);
        let pkcs1 = pkcs1_of(key.pkcs8()).ok_or(AuthorityError::Crypto {
            action: "take the RSA key out of PKCS#8",
        })?;
        Ok(IssuedWithKeys {
            certificate: self.issue(&subject, key.spki(), now, self.end(None, now))?,
            private_key_pem: to_pem("RSA PRIVATE KEY", &pkcs1),
            public_key_pem: to_pem("PUBLIC KEY", key.spki()),
        })
    }

    /// The same with a key of the CA's own kind, which whoever chose it can read, and with another end.
    pub fn create_keys_and_certificate_until(
        &self,
        now: Millis,
        not_after: Option<Millis>,
    ) -> Result<IssuedWithKeys, AuthorityError> {
        let kind = self.pair.key.kind().unwrap_or(Kind::Rsa2048);
        let key = PrivateKey::generate(kind)?;
        let subject = der::name(&[(COMMON_NAME, SUBJECT)]);
        let not_after = not_after.unwrap_or_else(|| self.end(None, now));
        Ok(IssuedWithKeys {
            certificate: self.issue(&subject, key.spki(), now, not_after)?,
            private_key_pem: match kind {
                // The form that CreateKeysAndCertificate has.
                Kind::Rsa2048 => match pkcs1_of(key.pkcs8()) {
                    Some(pkcs1) => to_pem("RSA PRIVATE KEY", &pkcs1),
                    None => to_pem("PRIVATE KEY", key.pkcs8()),
                },
                Kind::EcP256 => to_pem("PRIVATE KEY", key.pkcs8()),
            },
            public_key_pem: to_pem("PUBLIC KEY", key.spki()),
        })
    }

    /// Grants a request: its key, and its subject byte for byte (CreateCertificateFromCsr). The same request
    /// again gives another certificate.
    pub fn certificate_from_request(
        &self,
        request: &CertificateRequest,
        now: Millis,
    ) -> Result<Certificate, AuthorityError> {
        self.certificate_from_request_until(request, now, None)
    }

    /// The same with another end.
    pub fn certificate_from_request_until(
        &self,
        request: &CertificateRequest,
        now: Millis,
        not_after: Option<Millis>,
    ) -> Result<Certificate, AuthorityError> {
        let not_after = not_after.unwrap_or_else(|| self.end(None, now));
        self.issue(request.subject().der(), request.spki(), now, not_after)
    }

    /// The successor of a certificate: its subject, the request's key, and for so many days, else for the old one's length
    /// of time.
    pub fn renewed(
        &self,
        old: &Certificate,
        request: &CertificateRequest,
        days: Option<u32>,
        now: Millis,
    ) -> Result<Certificate, AuthorityError> {
        let end = self.pair.certificate.validity().not_after;
        let not_after = renewed_until(old, days.or(self.days), now, end);
        self.issue(old.subject().der(), request.spki(), now, not_after)
    }

    fn issue(
        &self,
        subject: &[u8],
        spki: &[u8],
        now: Millis,
        not_after: Millis,
    ) -> Result<Certificate, AuthorityError> {
        let content = Content {
            subject,
            spki,
            not_before: Millis(now.0 - BACKDATED_MILLIS),
            not_after,
            purpose: Purpose::Device,
        };
        let issuer = self.pair.certificate.subject().der();
        issue::issue(&content, issuer, &self.pair.key)
    }
}

/// The RSAPrivateKey inside `SEQUENCE { version, algorithm, OCTET STRING }`.
fn pkcs1_of(pkcs8: &[u8]) -> Option<Vec<u8>> {
    let (_, outer) = Sequence::from_der(pkcs8).ok()?;
    let (rest, _version) = Integer::from_der(&outer.content).ok()?;
    let (rest, _algorithm) = Any::from_der(rest).ok()?;
    let (_, key) = OctetString::from_der(rest).ok()?;
    Some(key.as_cow().to_vec())
}
