//! The devices: one CA, and for each device a key and a certificate of its own, all P-256.
//!
//! Made anew for each run: it takes some 50 µs a device, and so no device is ever one that a server has seen.

use anyhow::Context as _;
use nameplate_core::pki::CertificateId;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use time::macros::datetime;

/// The CA that all devices' certificates are of.
pub struct Fleet {
    issuer: Issuer<'static, KeyPair>,
    ca: CertificateDer<'static>,
    ca_pem: String,
}

/// A device's identity.
pub struct Device {
    /// Its client identifier and the name of its thing: the certificate's id.
    pub name: String,
    /// Its certificate and the CA's.
    pub chain: Vec<CertificateDer<'static>>,
    /// Its key.
    pub key: PrivateKeyDer<'static>,
}

impl Fleet {
    /// A new CA.
    pub fn new() -> anyhow::Result<Self> {
        let mut params = validity(CertificateParams::new(Vec::new())?);
        params
            .distinguished_name
            .push(DnType::CommonName, "Nameplate bench device CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        Ok(Self {
            ca: certificate.der().clone(),
            ca_pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        })
    }

    /// The CA's certificate.
    pub fn ca(&self) -> &CertificateDer<'static> {
        &self.ca
    }

    /// The CA's certificate as PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// A new device; `serial` is in its common name.
    pub fn device(&self, serial: usize) -> anyhow::Result<Device> {
        let key = KeyPair::generate()?;
        let certificate = self.certificate(serial, &key)?;
        Ok(Device {
            name: CertificateId::of(certificate.der()).to_string(),
            chain: vec![certificate.der().clone(), self.ca.clone()],
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        })
    }

    /// A certificate for a device's key; `serial` is in its common name.
    pub fn certificate(&self, serial: usize, key: &KeyPair) -> anyhow::Result<Certificate> {
        let mut params = validity(CertificateParams::new(Vec::new())?);
        params
            .distinguished_name
            .push(DnType::CommonName, format!("bench-{serial:07}"));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params
            .signed_by(key, &self.issuer)
            .with_context(|| format!("sign the certificate of device {serial}"))
    }
}

fn validity(mut params: CertificateParams) -> CertificateParams {
    params.not_before = datetime!(2024-01-01 00:00 UTC);
    params.not_after = datetime!(2049-12-31 00:00 UTC);
    params
}
