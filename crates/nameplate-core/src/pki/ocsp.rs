//! Questions after the status of certificates (RFC 6960): what a client asks.
//!
//! Owns reading a request and telling whose certificates it is about. Must not know statuses, or how an answer is signed.

use super::algorithm::PublicKey;
use super::certificate::{Certificate, unsigned};
use super::der::{self, Element, MalformedDer, Reader};
use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512, digest};

/// Largest request that is read, bytes.
pub const STATUS_REQUEST_BYTES: usize = 16 * 1024;
/// Certificates that one request may ask after.
const CERTIFICATES: usize = 32;
/// Longest nonce that is sent back, bytes: RFC 9654 wants 32 to be taken, and some clients send more.
const NONCE_BYTES: usize = 128;

const OCTET_STRING: u8 = 0x04;
/// id-pkix-ocsp-nonce.
const NONCE: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02];

/// A certificate that is asked after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedCertificate {
    /// DER of its CertID, which the answer repeats.
    pub der: Vec<u8>,
    /// Its serial number as unsigned big-endian bytes.
    pub serial: Vec<u8>,
    algorithm: Vec<u8>,
    name_hash: Vec<u8>,
    key_hash: Vec<u8>,
}

/// What a client asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRequest {
    /// After which certificates, at least one.
    pub certificates: Vec<AskedCertificate>,
    /// DER of its nonce as an extension, which the answer repeats.
    pub nonce: Option<Vec<u8>>,
}

impl StatusRequest {
    /// Reads the DER of an OCSPRequest. A signature on it is not looked at: whoever asks is told.
    pub fn read(bytes: &[u8]) -> Result<Self, MalformedDer> {
        if bytes.len() > STATUS_REQUEST_BYTES {
            return Err(MalformedDer("the request is longer than 16 KiB"));
        }
        let mut outer = Reader::new(bytes);
        let request = outer.expect(der::SEQUENCE, "the request is not a SEQUENCE")?;
        outer.finish("something follows the request")?;
        let mut inside = outer.inside(&request);
        let tbs = inside.expect(der::SEQUENCE, "the request's content is not a SEQUENCE")?;
        let mut tbs = inside.inside(&tbs);
        if tbs.peek_tag() == Some(0xa0) {
            let version = tbs.element()?;
            let mut version = tbs.inside(&version);
            let number = version.expect(der::INTEGER, "the version is not an INTEGER")?;
            if version.body(&number) != [0] {
                return Err(MalformedDer("the version is not 1"));
            }
        }
        // requestorName.
        if tbs.peek_tag() == Some(0xa1) {
            tbs.element()?;
        }
        let list = tbs.expect(der::SEQUENCE, "the list of requests is not a SEQUENCE")?;
        let mut certificates = Vec::new();
        let mut list = tbs.inside(&list);
        while !list.is_empty() {
            if certificates.len() == CERTIFICATES {
                return Err(MalformedDer("it asks after more than 32 certificates"));
            }
            let one = list.expect(der::SEQUENCE, "a request is not a SEQUENCE")?;
            let mut one = list.inside(&one);
            let asked = one.expect(der::SEQUENCE, "a CertID is not a SEQUENCE")?;
            certificates.push(AskedCertificate::read(&one, &asked, bytes)?);
        }
        if certificates.is_empty() {
            return Err(MalformedDer("it asks after no certificate"));
        }
        let nonce = match tbs.peek_tag() {
            Some(0xa2) => {
                let tagged = tbs.element()?;
                nonce(tbs.inside(&tagged), bytes)?
            }
            _ => None,
        };
        Ok(Self {
            certificates,
            nonce,
        })
    }
}

/// The nonce among a request's extensions. Others are not known, and a request need not be understood to its end.
fn nonce(mut reader: Reader<'_>, bytes: &[u8]) -> Result<Option<Vec<u8>>, MalformedDer> {
    let all = reader.expect(der::SEQUENCE, "the extensions are not a SEQUENCE")?;
    let mut rest = reader.inside(&all);
    while !rest.is_empty() {
        let one = rest.expect(der::SEQUENCE, "an extension is not a SEQUENCE")?;
        let mut inside = rest.inside(&one);
        let oid = inside.expect(der::OBJECT_IDENTIFIER, "an extension has no identifier")?;
        if inside.body(&oid) == NONCE {
            return match one.full.len() <= NONCE_BYTES {
                true => Ok(Some(bytes[one.full].to_vec())),
                false => Err(MalformedDer("its nonce is too long")),
            };
        }
    }
    Ok(None)
}

impl AskedCertificate {
    fn read(reader: &Reader<'_>, asked: &Element, bytes: &[u8]) -> Result<Self, MalformedDer> {
        let mut inside = reader.inside(asked);
        let identifier = inside.expect(der::SEQUENCE, "a hash algorithm is not a SEQUENCE")?;
        let mut algorithm = inside.inside(&identifier);
        let algorithm_id =
            algorithm.expect(der::OBJECT_IDENTIFIER, "a hash algorithm has no identifier")?;
        let name_hash = inside.expect(OCTET_STRING, "a hash is not an OCTET STRING")?;
        let key_hash = inside.expect(OCTET_STRING, "a hash is not an OCTET STRING")?;
        let serial = inside.expect(der::INTEGER, "a serial number is not an INTEGER")?;
        inside.finish("something follows a serial number")?;
        Ok(Self {
            der: bytes[asked.full.clone()].to_vec(),
            serial: unsigned(inside.body(&serial)).to_vec(),
            algorithm: algorithm.body(&algorithm_id).to_vec(),
            name_hash: inside.body(&name_hash).to_vec(),
            key_hash: inside.body(&key_hash).to_vec(),
        })
    }

    /// Whether this CA is the one whose certificate is asked after.
    pub fn is_of(&self, ca: &Certificate) -> bool {
        let Some(algorithm) = hash_algorithm(&self.algorithm) else {
            return false;
        };
        let Ok(key) = PublicKey::parse(ca.spki()) else {
            return false;
        };
        digest(algorithm, ca.subject().der()).as_ref() == self.name_hash
            && digest(algorithm, key.bits).as_ref() == self.key_hash
    }
}

/// SHA-1 of a CA's key, by which an answer says who signed it (RFC 6960, 4.2.1, KeyHash).
pub fn responder_key_hash(ca: &Certificate) -> Result<Vec<u8>, MalformedDer> {
    let key = PublicKey::parse(ca.spki())?;
    Ok(digest(&SHA1_FOR_LEGACY_USE_ONLY, key.bits)
        .as_ref()
        .to_vec())
}

fn hash_algorithm(oid: &[u8]) -> Option<&'static Algorithm> {
    match der::dotted(oid).as_str() {
        // What clients use unless told otherwise. Nothing rests on it: it names a CA among ours.
        "1.3.14.3.2.26" => Some(&SHA1_FOR_LEGACY_USE_ONLY),
        "2.16.840.1.101.3.4.2.1" => Some(&SHA256),
        "2.16.840.1.101.3.4.2.2" => Some(&SHA384),
        "2.16.840.1.101.3.4.2.3" => Some(&SHA512),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair};

    fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let length = match content.len() as u8 {
            short @ 0..=127 => vec![short],
            long => vec![0x81, long],
        };
        [vec![tag], length, content].concat()
    }

    fn request(ca: &Certificate, serials: &[u8], extensions: &[u8]) -> Vec<u8> {
        let sha256 = tlv(
            6,
            &[&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]],
        );
        let key = PublicKey::parse(ca.spki()).expect("a key");
        let list: Vec<u8> = serials
            .iter()
            .flat_map(|serial| {
                let id = tlv(
                    0x30,
                    &[
                        &tlv(0x30, &[&sha256, &[5, 0]]),
                        &tlv(4, &[digest(&SHA256, ca.subject().der()).as_ref()]),
                        &tlv(4, &[digest(&SHA256, key.bits).as_ref()]),
                        &[2, 1, *serial],
                    ],
                );
                tlv(0x30, &[&id])
            })
            .collect();
        tlv(0x30, &[&tlv(0x30, &[&tlv(0x30, &[&list]), extensions])])
    }

    fn ca(name: &str) -> Certificate {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        Certificate::parse_der(certificate.der()).expect("it is one")
    }

    #[test]
    fn a_request_is_read() {
        let (one, other) = (ca("one"), ca("one"));
        let nonce = tlv(
            0x30,
            &[&tlv(6, &[NONCE]), &tlv(4, &[&tlv(4, &[b"12345678"])])],
        );
        let unknown = tlv(0x30, &[&[6, 1, 0x55], &[4, 0]]);
        let extensions = tlv(0xa2, &[&tlv(0x30, &[&unknown, &nonce])]);
        let bytes = request(&one, &[7], &extensions);
        let read = StatusRequest::read(&bytes).expect("it is one");
        assert_eq!(read.nonce, Some(nonce));
        let [asked] = read.certificates.as_slice() else {
            panic!("{read:?}")
        };
        assert_eq!(asked.serial, [7]);
        assert!(asked.is_of(&one));
        assert!(!asked.is_of(&other), "the same name, another key");
        for at in 0..bytes.len() {
            assert!(StatusRequest::read(&bytes[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let ca = ca("one");
        let bytes = request(&ca, &[], &[]);
        assert!(StatusRequest::read(&bytes).is_err(), "nothing asked");
        assert!(StatusRequest::read(&vec![0x30; STATUS_REQUEST_BYTES + 1]).is_err());
    }
}
