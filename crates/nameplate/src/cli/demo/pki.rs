//! What a fleet's owner does with openssl: a CA, its proof of possession, a device certificate.

use nameplate_core::ctx::Millis;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, DnValue, Error,
    IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};

/// Life of the certificates, days: a demo's.
const DAYS: i64 = 365;
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
    /// Its key.
    pub key: KeyPair,
}

/// The owner's CA.
pub struct Owner {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
    name: String,
    now: Millis,
}

impl Owner {
    /// A CA with a new P-256 key; `suffix` makes its name its own.
    pub fn new(suffix: &str, now: Millis) -> Result<Self, Error> {
        let name = format!("{CA_NAME} {suffix}");
        let mut params = params(&[(DnType::CommonName, &name)], now);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        Ok(Owner {
            issuer: Issuer::new(params, key),
            certificate,
            name,
            now,
        })
    }

    /// Common name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The CA's certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The CA's private key as PEM.
    pub fn key_pem(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// The certificate that proves possession of the CA's key: its common name is the registration code.
    pub fn verification(&self, registration_code: &str) -> Result<Certificate, Error> {
        let key = KeyPair::generate()?;
        params(&[(DnType::CommonName, registration_code)], self.now).signed_by(&key, &self.issuer)
    }

    /// A device certificate with a new P-256 key.
    pub fn device(&self) -> Result<Signed, Error> {
        let key = KeyPair::generate()?;
        let subject = [
            (DnType::CountryName, COUNTRY),
            (DnType::CommonName, DEVICE_NAME),
        ];
        let mut params = params(&subject, self.now);
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        Ok(Signed {
            certificate: params.signed_by(&key, &self.issuer)?,
            key,
        })
    }
}

fn params(subject: &[(DnType, &str)], now: Millis) -> CertificateParams {
    let mut name = DistinguishedName::new();
    for (kind, value) in subject {
        name.push(kind.clone(), DnValue::Utf8String((*value).to_owned()));
    }
    // A clock beyond the calendar gets certificates from its beginning, which the server then refuses by name.
    let now =
        OffsetDateTime::from_unix_timestamp(now.as_seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let mut params = CertificateParams::default();
    params.distinguished_name = name;
    params.not_before = now - Duration::HOUR;
    params.not_after = now + Duration::days(DAYS);
    params
}
