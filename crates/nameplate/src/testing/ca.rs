//! Certificates made on the spot.

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertificateRevocationListParams,
    CertifiedIssuer, DnType, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevocationReason,
    RevokedCertParams, SerialNumber,
};
use time::OffsetDateTime;

/// A CA of the owner's.
pub struct Ca(CertifiedIssuer<'static, KeyPair>);

impl Ca {
    /// A new one; the same name again has another key.
    pub fn new(common_name: &str) -> Self {
        let mut params = params(common_name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Self(CertifiedIssuer::self_signed(params, key()).expect("a CA can be made"))
    }

    /// Its certificate.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// Its certificate's DER.
    pub fn der(&self) -> &[u8] {
        self.0.der()
    }

    /// A new certificate that it signs: a device's or a verification certificate.
    pub fn sign(&self, common_name: &str) -> String {
        self.signed(params(common_name)).pem()
    }

    /// The same; its DER.
    pub fn sign_der(&self, common_name: &str) -> Vec<u8> {
        self.signed(params(common_name)).der().to_vec()
    }

    /// One that is over.
    pub fn sign_expired(&self, common_name: &str) -> String {
        let mut params = params(common_name);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
        self.signed(params).pem()
    }

    /// A revocation list that it signs, DER.
    pub fn revocation_list(
        &self,
        number: u64,
        made: OffsetDateTime,
        due: OffsetDateTime,
        serials: impl Iterator<Item = SerialNumber>,
        reason: RevocationReason,
    ) -> Vec<u8> {
        let revoked = serials.map(|serial_number| RevokedCertParams {
            serial_number,
            revocation_time: made,
            reason_code: Some(reason),
            invalidity_date: None,
        });
        let params = CertificateRevocationListParams {
            this_update: made,
            next_update: due,
            crl_number: SerialNumber::from(number),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = params.signed_by(&self.0).expect("a list can be made");
        list.der().to_vec()
    }

    fn signed(&self, params: CertificateParams) -> Certificate {
        let signed = params.signed_by(&key(), &self.0);
        signed.expect("a certificate can be made")
    }
}

/// A new key.
pub fn key() -> KeyPair {
    KeyPair::generate().expect("a key can be made")
}

/// What a certificate of this name says, valid from 2020 to 2040.
fn params(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2040, 1, 1);
    params
}
