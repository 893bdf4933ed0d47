//! Putting a certificate together and signing it.
//!
//! Written by hand over `der` because the subject of a request must come through byte for byte, several
//! attributes of a kind and multi-valued sets included, which certificate-making libraries that model names
//! do not promise. With that at hand, the server's own certificates are made the same way.

use super::AuthorityError;
use super::der::{self, sequence, tlv};
use super::key::{PrivateKey, random};
use nameplate_core::ctx::Millis;
use nameplate_core::pki::Certificate;
use std::net::IpAddr;

/// id-at-commonName, content of the identifier.
pub(crate) const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// id-at-countryName.
pub(crate) const COUNTRY_NAME: &[u8] = &[0x55, 0x04, 0x06];
/// id-at-organizationName.
pub(crate) const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0a];
/// id-at-organizationalUnitName.
pub(crate) const ORGANIZATIONAL_UNIT: &[u8] = &[0x55, 0x04, 0x0b];

/// Last second that UTCTime can say, and the end of the certificates that AWS issues:
/// 2049-12-31T23:59:59Z (AWS guide: x509-client-certs).
pub(crate) const END_OF_2049: Millis = Millis(2_524_607_999_000);

/// What a certificate is for; decides its extensions.
pub(crate) enum Purpose<'a> {
    /// Signs certificates.
    Authority,
    /// A TLS server under these names.
    Server {
        hosts: &'a [String],
        addresses: &'a [IpAddr],
    },
    /// A device: signs in handshakes, and nothing else.
    Device,
}

/// What shall stand in a certificate.
pub(crate) struct Content<'a> {
    /// DER of the subject's Name.
    pub(crate) subject: &'a [u8],
    /// DER of the SubjectPublicKeyInfo.
    pub(crate) spki: &'a [u8],
    pub(crate) not_before: Millis,
    pub(crate) not_after: Millis,
    pub(crate) purpose: Purpose<'a>,
}

/// A certificate of version 3 with a random serial number of 20 bytes, signed by `key` in the name of
/// `issuer` (DER of a Name).
pub(crate) fn issue(
    content: &Content<'_>,
    issuer: &[u8],
    key: &PrivateKey,
) -> Result<Certificate, AuthorityError> {
    signed(content, issuer, &key_id(key.spki()), key)
}

/// The same in the name of a CA, whose certificate says how its key is called; who made that certificate may have another
/// way of naming keys.
pub(super) fn issue_under(
    content: &Content<'_>,
    ca: &Certificate,
    key: &PrivateKey,
) -> Result<Certificate, AuthorityError> {
    signed(content, ca.subject().der(), &key_id_of(ca), key)
}

fn signed(
    content: &Content<'_>,
    issuer: &[u8],
    issuer_key_id: &[u8],
    key: &PrivateKey,
) -> Result<Certificate, AuthorityError> {
    let mut serial: [u8; 20] = random()?;
    // Positive, and never shorter than twenty bytes.
    serial[0] = serial[0] & 0x7f | 0x40;
    let validity = sequence(&[
        &der::time(content.not_before)?,
        &der::time(content.not_after)?,
    ]);
    let extensions = extensions(content, issuer_key_id).concat();
    let tbs = sequence(&[
        &tlv(0xa0, &der::unsigned(&[2])),
        &der::unsigned(&serial),
        key.signature_algorithm(),
        issuer,
        &validity,
        content.subject,
        content.spki,
        &tlv(0xa3, &tlv(0x30, &extensions)),
    ]);
    let signature = key.sign(&tbs)?;
    let certificate = sequence(&[&tbs, key.signature_algorithm(), &der::bits(&signature)]);
    // Reading it back costs microseconds and keeps a mistake here from leaving the house.
    Certificate::parse_der(&certificate).map_err(|_| AuthorityError::Crypto {
        action: "make a readable certificate",
    })
}

fn extensions(content: &Content<'_>, issuer_key_id: &[u8]) -> Vec<Vec<u8>> {
    // RFC 5280, 4.2.1: authorityKeyIdentifier 35, subjectKeyIdentifier 14, basicConstraints 19,
    // keyUsage 15, subjectAltName 17, extKeyUsage 37, all in the arc 2.5.29.
    let mut all = vec![
        extension(35, false, &sequence(&[&tlv(0x80, issuer_key_id)])),
        extension(14, false, &der::octets(&key_id(content.spki))),
    ];
    match &content.purpose {
        Purpose::Authority => {
            all.push(extension(19, true, &sequence(&[&tlv(0x01, &[0xff])])));
            all.push(signs_certificates());
        }
        Purpose::Server { hosts, addresses } => {
            all.push(extension(19, true, &sequence(&[])));
            // digitalSignature and keyEncipherment, bits 0 and 2.
            all.push(extension(15, true, &tlv(0x03, &[5, 0b1010_0000])));
            // id-kp-serverAuth
            let server_auth = der::oid(&[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01]);
            all.push(extension(37, false, &sequence(&[&server_auth])));
            let hosts = hosts.iter().flat_map(|host| tlv(0x82, host.as_bytes()));
            let addresses = addresses.iter().flat_map(|address| match address {
                IpAddr::V4(address) => tlv(0x87, &address.octets()),
                IpAddr::V6(address) => tlv(0x87, &address.octets()),
            });
            let names: Vec<u8> = hosts.chain(addresses).collect();
            all.push(extension(17, false, &tlv(0x30, &names)));
        }
        Purpose::Device => {
            all.push(extension(19, true, &sequence(&[])));
            // digitalSignature, bit 0.
            all.push(extension(15, true, &tlv(0x03, &[7, 0b1000_0000])));
        }
    }
    all
}

/// keyUsage with keyCertSign and cRLSign, bits 5 and 6.
pub(super) fn signs_certificates() -> Vec<u8> {
    extension(15, true, &tlv(0x03, &[1, 0b0000_0110]))
}

pub(super) fn extension(last_arc: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[0x01, 0x01, 0xff] } else { &[] };
    sequence(&[
        &der::oid(&[0x55, 0x1d, last_arc]),
        critical,
        &der::octets(value),
    ])
}

/// The key's name in certificates: a shortened SHA-256 (RFC 7093, method 1, over the whole
/// SubjectPublicKeyInfo; the value only has to be the same on both sides).
pub(super) fn key_id(spki: &[u8]) -> [u8; 20] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, spki);
    let mut id = [0; 20];
    id.copy_from_slice(&digest.as_ref()[..20]);
    id
}

/// How a CA's certificate calls its key.
pub(super) fn key_id_of(ca: &Certificate) -> Vec<u8> {
    match ca.subject_key_id() {
        Some(id) => id.to_vec(),
        None => key_id(ca.spki()).to_vec(),
    }
}
