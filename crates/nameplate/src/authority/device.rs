//! The CAs behind CreateKeysAndCertificate and CreateCertificateFromCsr: what they issue.

use super::AuthorityError;
use super::der;
use super::files;
use super::issue::{
    self, COMMON_NAME, Content, END_OF_2049, ORGANIZATIONAL_UNIT, Purpose, key_id_of,
};
use super::key::{Kind, PrivateKey};
use super::own::{self, OwnCa};
use super::shared::SharedSecrets;
use super::spare::SpareKeys;
use arc_swap::ArcSwap;
use aws_lc_rs::hmac;
use nameplate_core::ctx::Millis;
use nameplate_core::fleet_provisioning::renewed_until;
use nameplate_core::pki::{Certificate, CertificateRequest, Turn, issuing, to_pem};
use parking_lot::Mutex;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
    pub(super) fn kind(self) -> Kind {
        match self {
            CaKey::Rsa2048 => Kind::Rsa2048,
            CaKey::EcdsaP256 => Kind::EcP256,
        }
    }

    pub(super) const ALL: [CaKey; 2] = [CaKey::Rsa2048, CaKey::EcdsaP256];

    pub(super) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Rsa2048 => CaKey::Rsa2048,
            Kind::EcP256 => CaKey::EcdsaP256,
        }
    }

    /// Name of the file of the CA of a first start. Each kind has its own, so that a server may go back.
    pub(super) fn file(self) -> &'static str {
        match self {
            CaKey::Rsa2048 => "device-ca",
            CaKey::EcdsaP256 => "device-ca-ecdsa",
        }
    }
}

/// The CAs that issue device certificates: one at a time, each until the turn of the next has come.
pub struct DeviceAuthority {
    pub(super) data_dir: PathBuf,
    pub(super) cas: ArcSwap<Vec<Arc<OwnCa>>>,
    // One change after the other.
    pub(super) changing: Mutex<()>,
    // Files of those that are about to be removed.
    pub(super) leaving: Mutex<Vec<String>>,
    // Of the CA of a first start: what others are made with where nobody says otherwise.
    pub(super) ca_key: CaKey,
    spare: SpareKeys,
    // How long what they issue is valid, days, where nobody says otherwise.
    days: Option<u32>,
    // Of the CA that the data directory had first, so that it stays when another comes.
    secret: hmac::Key,
    // Where other servers have the same CAs.
    pub(super) shared: Option<Arc<SharedSecrets>>,
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
    /// Reads the CAs of the data directory, making one of this kind at the first start with it, and keeps
    /// `device-ca.pem` in step: what device certificates chain to. Blocks.
    pub fn open(data_dir: &Path, ca_key: CaKey, now: Millis) -> Result<Self, AuthorityError> {
        files::directory(data_dir)?;
        let mut all = own::read_all(data_dir, ca_key)?;
        if !all.iter().any(|ca| ca.file == ca_key.file()) {
            Self::make(data_dir, ca_key, now)?;
            all = own::read_all(data_dir, ca_key)?;
        }
        let firsts = all
            .iter()
            .filter(|ca| CaKey::ALL.iter().any(|kind| kind.file() == ca.file));
        let first = firsts.min_by_key(|ca| ca.certificate().map(|own| own.validity().not_before));
        let first = first.ok_or(AuthorityError::NoIssuer { now })?;
        let secret = hmac::Key::new(hmac::HMAC_SHA256, first.key.pkcs8());
        let this = Self {
            data_dir: data_dir.to_owned(),
            cas: ArcSwap::from_pointee(all.into_iter().map(Arc::new).collect()),
            changing: Mutex::default(),
            leaving: Mutex::default(),
            ca_key,
            spare: SpareKeys::default(),
            days: None,
            secret,
            shared: None,
        };
        let all = this.all(now);
        own::hand_out(data_dir, &own::trust(all.iter().map(|ca| &**ca)))?;
        Ok(this)
    }

    fn make(data_dir: &Path, ca_key: CaKey, now: Millis) -> Result<(), AuthorityError> {
        let mut ca = OwnCa::new(PrivateKey::generate(ca_key.kind())?);
        ca.file = ca_key.file().into();
        ca.chain = vec![self_signed(&ca.key, END_OF_2049, now)?];
        ca.from = Some(Millis(i64::MIN));
        ca.write(data_dir)
    }

    /// The CA that issues at this moment. It is not in the registry: what it issues is registered when issued.
    ///
    /// # Errors
    /// Its certificate has ended.
    pub fn issuing(&self, now: Millis) -> Result<Arc<OwnCa>, AuthorityError> {
        let all = self.cas.load();
        let with_turn: Vec<_> = all.iter().filter_map(|ca| Some((ca, ca.turn()?))).collect();
        let turns: Vec<Turn> = with_turn.iter().map(|(_, turn)| *turn).collect();
        let at = issuing(&turns, now).ok_or(AuthorityError::NoIssuer { now })?;
        Ok(Arc::clone(with_turn[at].0))
    }

    /// Whether the CA that issues at this moment signs with ECDSA: less work than handing it to another thread and back.
    pub fn signs_quickly(&self, now: Millis) -> bool {
        self.issuing(now).is_ok_and(|ca| ca.key.is_ecdsa())
    }

    /// The turns of all CAs that issue some time.
    pub fn turns(&self) -> Vec<Turn> {
        self.cas.load().iter().filter_map(|ca| ca.turn()).collect()
    }

    /// All CAs, and keys that wait for their certificates; the one first that issues at this moment, then the others as
    /// their turns come.
    pub fn all(&self, now: Millis) -> Vec<Arc<OwnCa>> {
        let mut all = self.cas.load().to_vec();
        if let Ok(first) = self.issuing(now) {
            all.sort_by_key(|ca| ca.file != first.file);
        }
        all
    }

    /// Whether a certificate names one of the CAs as its issuer.
    pub fn is_ours(&self, certificate: &Certificate) -> bool {
        let issuer = certificate.issuer().der();
        let all = self.cas.load();
        let mut cas = all.iter().filter_map(|ca| ca.certificate());
        cas.any(|ca| ca.subject().der() == issuer)
    }

    /// The CA that a certificate is issued by, as it says itself: by its issuer's name, and by that of the key where several
    /// have one name.
    pub(crate) fn named_by(&self, certificate: &Certificate) -> Option<Arc<OwnCa>> {
        let issuer = certificate.issuer().der();
        let all = self.cas.load();
        let names = |ca: &&Arc<OwnCa>| {
            ca.certificate()
                .is_some_and(|own| own.subject().der() == issuer)
        };
        let mut named = all.iter().filter(names);
        let first = named.next()?;
        if named.next().is_none() {
            return Some(Arc::clone(first));
        }
        let has_key = |ca: &&Arc<OwnCa>| {
            let key = ca.certificate().map(key_id_of).unwrap_or_default();
            !key.is_empty() && certificate.der().windows(key.len()).any(|part| part == key)
        };
        all.iter().filter(names).find(has_key).cloned()
    }

    /// Whether what a CA has issued may be registered: it is here, and nobody is removing it.
    pub(crate) fn stands(&self, file: &str) -> bool {
        let is_leaving = self.leaving.lock().iter().any(|leaving| leaving == file);
        !is_leaving && self.cas.load().iter().any(|ca| ca.file == file)
    }

    /// PEM of the CA that issued a certificate and of those above it, where it did not sign itself: what somebody needs who
    /// knows the owner's root alone.
    pub fn chain_above(&self, certificate: &Certificate) -> Option<String> {
        let all = self.cas.load();
        let issuer = all.iter().find(|ca| {
            ca.certificate().is_some_and(|own| !own.is_self_issued()) && ca.has_issued(certificate)
        })?;
        Some(issuer.chain.iter().map(Certificate::to_pem).collect())
    }

    /// The same, which issue for so many days where nobody says otherwise.
    pub fn issuing_for(self, days: Option<u32>) -> Self {
        Self { days, ..self }
    }

    /// For how many days it issues where nobody says otherwise; `None`: for as long as the CA lasts.
    pub fn days(&self) -> Option<u32> {
        self.days
    }

    /// The same, which other servers have too.
    pub fn shared_by(self, shared: Option<Arc<SharedSecrets>>) -> Self {
        Self { shared, ..self }
    }

    /// Until when a certificate is valid that is issued now: for so many days, else as usual here.
    fn end(&self, days: Option<u32>, now: Millis) -> Millis {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        match days.or(self.days) {
            Some(days) => Millis(now.0.saturating_add(i64::from(days) * DAY)),
            // The CA's own end, which nothing outlives.
            None => Millis(i64::MAX),
        }
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
        let key = self.spare.take()?;
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
        let kind = self.issuing(now)?.key.kind().unwrap_or(Kind::Rsa2048);
        let key = match kind {
            Kind::Rsa2048 => self.spare.take()?,
            Kind::EcP256 => PrivateKey::generate(kind)?,
        };
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
    /// of time, or for as long as certificates are issued here where that is less.
    pub fn renewed(
        &self,
        old: &Certificate,
        request: &CertificateRequest,
        days: Option<u32>,
        now: Millis,
    ) -> Result<Certificate, AuthorityError> {
        let ca = self.issuing(now)?;
        let end = ca.certificate().map_or(now, |own| own.validity().not_after);
        let mut validity = old.validity();
        if self.is_ours(old) {
            // Or each successor would be valid for a little longer than the one before.
            validity.not_before.0 += BACKDATED_MILLIS;
        }
        let not_after = renewed_until(validity, days, self.days, now, end);
        self.issue(old.subject().der(), request.spki(), now, not_after)
    }

    /// Nothing outlives the CA that issues it.
    fn issue(
        &self,
        subject: &[u8],
        spki: &[u8],
        now: Millis,
        not_after: Millis,
    ) -> Result<Certificate, AuthorityError> {
        let issuing = self.issuing(now)?;
        let ca = issuing
            .certificate()
            .ok_or(AuthorityError::NoIssuer { now })?;
        let content = Content {
            subject,
            spki,
            not_before: Millis(now.0 - BACKDATED_MILLIS),
            not_after: not_after.min(ca.validity().not_after),
            purpose: Purpose::Device,
        };
        issue::issue_under(&content, ca, &issuing.key)
    }
}

/// A CA's certificate that its own key signs, with the subject that AWS's has.
pub(super) fn self_signed(
    key: &PrivateKey,
    not_after: Millis,
    now: Millis,
) -> Result<Certificate, AuthorityError> {
    let subject = der::name(&[(ORGANIZATIONAL_UNIT, ISSUER)]);
    let content = Content {
        subject: &subject,
        spki: key.spki(),
        not_before: Millis(now.0 - BACKDATED_MILLIS),
        not_after,
        purpose: Purpose::Authority,
    };
    issue::issue(&content, &subject, key)
}

/// The RSAPrivateKey inside `SEQUENCE { version, algorithm, OCTET STRING }`.
fn pkcs1_of(pkcs8: &[u8]) -> Option<Vec<u8>> {
    let (_, outer) = Sequence::from_der(pkcs8).ok()?;
    let (rest, _version) = Integer::from_der(&outer.content).ok()?;
    let (rest, _algorithm) = Any::from_der(rest).ok()?;
    let (_, key) = OctetString::from_der(rest).ok()?;
    Some(key.as_cow().to_vec())
}
