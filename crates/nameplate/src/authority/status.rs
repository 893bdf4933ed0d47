//! What our own CAs say of the certificates that they issued: revocation lists (RFC 5280, 5) and answers to questions
//! after one (RFC 6960). Written by hand over `der`, like the certificates themselves.

use super::AuthorityError;
use super::der::{self, bits, octets, oid, sequence, tlv, unsigned};
use super::device::DeviceAuthority;
use super::issue::{extension, key_id_of};
use super::own::OwnCa;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{self, Certificate};

/// id-pkix-ocsp-basic.
const BASIC: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];

/// What is known of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateStatus {
    /// Not revoked.
    Good,
    /// Revoked, since then.
    Revoked(Millis),
    /// None of this CA's, or forgotten.
    Unknown,
}

/// Why a question is not answered (RFC 6960, 4.2.1, OCSPResponseStatus).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoStatus {
    /// It cannot be read.
    Malformed = 1,
    /// Ours.
    Internal = 2,
    /// It is about certificates of other CAs.
    Unauthorized = 6,
}

impl NoStatus {
    /// The answer; nobody signs it.
    pub fn response(self) -> Vec<u8> {
        sequence(&[&tlv(0x0a, &[self as u8])])
    }
}

impl DeviceAuthority {
    /// The revocation list of one of the own CAs, DER: serial numbers and since when, its number, and until when it may be
    /// relied on.
    pub fn revocation_list(
        &self,
        ca: &OwnCa,
        revoked: &[(Vec<u8>, Millis)],
        now: Millis,
        next: Millis,
    ) -> Result<Vec<u8>, AuthorityError> {
        let own = own_certificate(ca)?;
        let entries = revoked
            .iter()
            .map(|(serial, at)| Ok(sequence(&[&unsigned(serial), &der::time(*at)?])))
            .collect::<Result<Vec<_>, AuthorityError>>()?
            .concat();
        let entries = match revoked.is_empty() {
            // RFC 5280, 5.1.2.6: left out rather than empty.
            true => Vec::new(),
            false => tlv(0x30, &entries),
        };
        let number = now.0.max(0).to_be_bytes();
        let extensions = sequence(&[
            &extension(35, false, &sequence(&[&tlv(0x80, &key_id_of(own))])),
            &extension(20, false, &unsigned(&number)),
        ]);
        let tbs = sequence(&[
            &unsigned(&[1]),
            ca.key.signature_algorithm(),
            own.subject().der(),
            &der::time(now)?,
            &der::time(next)?,
            &entries,
            &tlv(0xa0, &extensions),
        ]);
        signed(ca, &tbs)
    }

    /// An answer of one of the own CAs, DER: what is known of each certificate that was asked after (the DER of its
    /// CertID), the nonce of the question, and until when the answer may be relied on.
    pub fn status_response(
        &self,
        ca: &OwnCa,
        statuses: &[(&[u8], CertificateStatus)],
        nonce: Option<&[u8]>,
        now: Millis,
        next: Millis,
    ) -> Result<Vec<u8>, AuthorityError> {
        let own = own_certificate(ca)?;
        let made = der::generalized_time(now)?;
        let next = der::generalized_time(next)?;
        let mut answers = Vec::new();
        for (id, status) in statuses {
            let status = match status {
                CertificateStatus::Good => tlv(0x80, &[]),
                CertificateStatus::Revoked(at) => tlv(0xa1, &der::generalized_time(*at)?),
                CertificateStatus::Unknown => tlv(0x82, &[]),
            };
            answers.extend(sequence(&[id, &status, &made, &tlv(0xa0, &next)]));
        }
        let key_hash = pki::responder_key_hash(own).map_err(|_| AuthorityError::Crypto {
            action: "read the CA's own key",
        })?;
        let extensions = match nonce {
            Some(nonce) => tlv(0xa1, &sequence(&[nonce])),
            None => Vec::new(),
        };
        let data = sequence(&[
            // responderID, byKey.
            &tlv(0xa2, &octets(&key_hash)),
            &made,
            &tlv(0x30, &answers),
            &extensions,
        ]);
        let basic = signed(ca, &data)?;
        let response = sequence(&[&oid(BASIC), &octets(&basic)]);
        Ok(sequence(&[&tlv(0x0a, &[0]), &tlv(0xa0, &response)]))
    }
}

fn own_certificate(ca: &OwnCa) -> Result<&Certificate, AuthorityError> {
    ca.certificate().ok_or(AuthorityError::Crypto {
        action: "sign in the name of a CA that has no certificate",
    })
}

/// What certificates, lists and answers have in common: what is signed, how, and the signature.
fn signed(ca: &OwnCa, content: &[u8]) -> Result<Vec<u8>, AuthorityError> {
    let signature = ca.key.sign(content)?;
    Ok(sequence(&[
        content,
        ca.key.signature_algorithm(),
        &bits(&signature),
    ]))
}

/// Certificates as a `certs-only` CMS message (RFC 5652, 5; RFC 7030, 4.1.3): a SignedData that nobody signed.
pub fn certificates_only(certificates: &[&Certificate]) -> Vec<u8> {
    // id-signedData and id-data.
    const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
    let all: Vec<u8> = certificates
        .iter()
        .flat_map(|certificate| certificate.der().iter().copied())
        .collect();
    let content = sequence(&[
        &unsigned(&[1]),
        &tlv(0x31, &[]),
        &sequence(&[&oid(DATA)]),
        &tlv(0xa0, &all),
        &tlv(0x31, &[]),
    ]);
    sequence(&[&oid(SIGNED_DATA), &tlv(0xa0, &content)])
}
