//! What a fleet's owner does with openssl: a CA, its proof of possession, a device certificate.

use crate::authority::AuthorityError;
use crate::authority::issuing::{
    COMMON_NAME, COUNTRY_NAME, Content, Kind, PrivateKey, Purpose, issue, name,
};
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{Certificate, to_pem};

const DAY_MILLIS: i64 = 24 * 3600 * 1000;
/// Life of the certificates: a demo's.
const LIFE_MILLIS: i64 = 365 * DAY_MILLIS;
/// How far before now their validity begins: clocks differ.
const BACKDATED_MILLIS: i64 = 3600 * 1000;
/// Country of the device, from which its thing takes an attribute.
pub const COUNTRY: &str = "IS";
/// Subject of the CA, before what tells it from those of other demos.
const CA_NAME: &str = "Nameplate demo CA";
/// Common name of the device.
const DEVICE_NAME: &str = "demo-device";

/// A key and the certificate of its public half.
pub struct Signed {
    /// The certificate.
    pub certificate: Certificate,
    key: PrivateKey,
}

impl Signed {
    /// The private key, PKCS#8 as DER.
    pub fn key_der(&self) -> &[u8] {
        self.key.pkcs8()
    }

    /// The private key, PKCS#8 as PEM.
    pub fn key_pem(&self) -> String {
        to_pem("PRIVATE KEY", self.key.pkcs8())
    }
}

/// The owner's CA.
pub struct Owner {
    ca: Signed,
    name: String,
    now: Millis,
}

impl Owner {
    /// A CA with a new P-256 key; `suffix` makes its name its own.
    ///
    /// # Errors
    /// No key could be made, or `now` is beyond what certificates can say.
    pub fn new(suffix: &str, now: Millis) -> Result<Self, AuthorityError> {
        let common_name = format!("{CA_NAME} {suffix}");
        let subject = name(&[(COMMON_NAME, &common_name)]);
        let key = PrivateKey::generate(Kind::EcP256)?;
        let content = content(&subject, &key, Purpose::Authority, now);
        let certificate = issue(&content, &subject, &key)?;
        Ok(Owner {
            ca: Signed { certificate, key },
            name: common_name,
            now,
        })
    }

    /// Common name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The CA's certificate and key.
    pub fn ca(&self) -> &Signed {
        &self.ca
    }

    /// The certificate that proves possession of the CA's key: its common name is the registration code.
    pub fn verification(&self, registration_code: &str) -> Result<Certificate, AuthorityError> {
        let subject = name(&[(COMMON_NAME, registration_code)]);
        Ok(self.sign(&subject)?.certificate)
    }

    /// A device certificate with a new P-256 key.
    pub fn device(&self) -> Result<Signed, AuthorityError> {
        self.sign(&name(&[
            (COUNTRY_NAME, COUNTRY),
            (COMMON_NAME, DEVICE_NAME),
        ]))
    }

    fn sign(&self, subject: &[u8]) -> Result<Signed, AuthorityError> {
        let key = PrivateKey::generate(Kind::EcP256)?;
        let content = content(subject, &key, Purpose::Device, self.now);
        let issuer = self.ca.certificate.subject().der();
        Ok(Signed {
            certificate: issue(&content, issuer, &self.ca.key)?,
            key,
        })
    }
}

fn content<'a>(
    subject: &'a [u8],
    key: &'a PrivateKey,
    purpose: Purpose<'a>,
    now: Millis,
) -> Content<'a> {
    Content {
        subject,
        spki: key.spki(),
        not_before: Millis(now.0.saturating_sub(BACKDATED_MILLIS)),
        not_after: Millis(now.0.saturating_add(LIFE_MILLIS)),
        purpose,
    }
}
