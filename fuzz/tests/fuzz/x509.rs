//! Certificates, signing requests, revocation lists and OCSP requests.

use crate::kept::Kept;
use crate::{ITERATIONS, TIME};
use bolero::check;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{
    Certificate, CertificateRequest, RevocationList, StatusRequest, check_device,
    revocation_list_der, spki_of, verify_signed_by,
};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, SigningKey};
use std::panic::RefUnwindSafe;

/// 2026-11-23T00:00:00Z, milliseconds.
const NOW: Millis = Millis(1_795_392_000_000);

/// Whatever a peer shows as its certificate is read or refused, and then kept to its rules or not.
#[test]
fn certificates() {
    let kept = Kept::of("x509__certificates");
    assert!(kept.inputs().all(|der| Certificate::parse_der(der).is_ok()));
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| kept.each(bytes, certificate));
}

fn certificate(der: &[u8]) {
    if let Ok(certificate) = Certificate::parse_der(der) {
        assert_eq!(certificate.der(), der);
        let _ = certificate.subject().to_string();
        let _ = certificate.serial_decimal();
        let _ = check_device(&certificate, NOW);
        let _ = verify_signed_by(&certificate, certificate.spki());
    }
    let _ = spki_of(der);
    let _ = Certificate::parse_pem(&String::from_utf8_lossy(der));
}

/// Signing requests.
#[test]
fn requests() {
    let kept = Kept::of("x509__requests");
    assert!(
        kept.inputs()
            .all(|der| CertificateRequest::parse_der(der).is_ok())
    );
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| {
            kept.each(bytes, |der| {
                let _ = CertificateRequest::parse_der(der);
            });
        });
}

/// What a CA signs as its list is read or refused: without a signature nobody would look any further. The corpus has
/// what is signed (`TBSCertList`).
#[test]
fn revocation_lists() {
    let kept = Kept::of("x509__revocation_lists");
    let Ok(key) = KeyPair::generate() else {
        panic!("a key");
    };
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "A CA");
    let Some(ca) = params
        .self_signed(&key)
        .ok()
        .and_then(|made| Certificate::parse_der(made.der()).ok())
    else {
        panic!("a CA");
    };
    let key = Key(key);
    assert!(
        kept.inputs()
            .all(|tbs| RevocationList::read(&key.signed(tbs), &ca).is_ok())
    );
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| {
            kept.each(bytes, |bytes| {
                let _ = revocation_list_der(bytes);
                let _ = RevocationList::read(bytes, &ca);
                if let Ok(list) = RevocationList::read(&key.signed(bytes), &ca) {
                    let _ = (
                        list.revoked(&[1]),
                        list.len(),
                        list.is_stale(list.this_update()),
                    );
                }
            });
        });
}

/// What signs lists.
struct Key(KeyPair);

// It is read alone, whatever panics meanwhile.
impl RefUnwindSafe for Key {}

impl Key {
    /// DER of a signed structure, by ECDSA with SHA-256.
    fn signed(&self, tbs: &[u8]) -> Vec<u8> {
        let algorithm = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
        let signature = self.0.sign(tbs).unwrap_or_default();
        let bits = element(0x03, &[&[0][..], &signature].concat());
        element(0x30, &[tbs, algorithm, &bits].concat())
    }
}

fn element(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = body.len().to_be_bytes();
    let zeros = length.iter().take_while(|byte| **byte == 0).count();
    let shortest = &length[zeros.min(length.len() - 1)..];
    match body.len() {
        0..0x80 => [&[tag], shortest, body].concat(),
        _ => [&[tag, 0x80 | shortest.len() as u8], shortest, body].concat(),
    }
}

/// Requests of OCSP.
#[test]
fn status_requests() {
    let kept = Kept::of("x509__status_requests");
    assert!(kept.inputs().all(|der| StatusRequest::read(der).is_ok()));
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| {
            kept.each(bytes, |der| {
                let _ = StatusRequest::read(der);
            });
        });
}
