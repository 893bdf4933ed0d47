//! A certificate read once: its identity, names, times, key and what its extensions say.
//!
//! Owns the meaning of the parts of an X.509 certificate of version 1, 2 or 3. Makes no judgement: whether
//! it may be registered or believed is decided in `verify` and `issuer`.

use super::algorithm::{KeyKind, PublicKey, SignatureAlgorithm};
use super::der::{self, MalformedDer, Reader, Signed};
use super::id::CertificateId;
use super::name::Name;
use super::pem::{self, PemError, to_pem};
use super::validity::Validity;
use std::ops::Range;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{ExtendedKeyUsage, GeneralName, ParsedExtension, X509Extension};
use x509_parser::prelude::FromDer;

/// Longest serial number, bytes. RFC 5280 allows 20; some issuers exceed it a little.
const SERIAL_BYTES: usize = 64;

const NAME_CONSTRAINTS: &str = "2.5.29.30";

/// Why bytes or a text are not a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The text holds no usable PEM block.
    #[error(transparent)]
    Pem(#[from] PemError),
    /// The bytes are not an X.509 certificate.
    #[error("not an X.509 certificate: {0}")]
    Der(#[from] MalformedDer),
    /// The certificate's frame is sound and something in it is not.
    #[error("not an X.509 certificate: {0}")]
    Content(String),
}

/// The names of a subjectAltName or issuerAltName extension by kind, each in DER order. Names that cannot
/// be decoded are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlternativeNames {
    /// Mail addresses (`RFC822Name`).
    pub rfc822: Vec<String>,
    /// Host names (`DNSName`).
    pub dns: Vec<String>,
    /// Distinguished names as text (`DirectoryName`).
    pub directory: Vec<String>,
    /// URIs (`UniformResourceIdentifier`).
    pub uri: Vec<String>,
    /// Addresses in their usual text form (`IPAddress`).
    pub ip: Vec<String>,
}

/// An X.509 certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    id: CertificateId,
    version: u8,
    serial: Vec<u8>,
    subject: Name,
    issuer: Name,
    validity: Validity,
    key: KeyKind,
    signature_algorithm: SignatureAlgorithm,
    alternative_names: AlternativeNames,
    issuer_alternative_names: AlternativeNames,
    constraints: Option<BasicConstraints>,
    key_usages: Option<u16>,
    extended_key_usages: Vec<String>,
    subject_key_id: Option<Vec<u8>>,
    demands: Vec<Demand>,
    spki: Range<usize>,
    tbs: Range<usize>,
    algorithm: Range<usize>,
    signature: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct BasicConstraints {
    ca: bool,
    path_length: Option<u32>,
}

/// Something that a certificate demands of whoever believes what it signed, and that is not honoured here. A path
/// over such a certificate cannot be taken (RFC 5280, 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand {
    /// It limits the names that it vouches for (nameConstraints, critical or not).
    Names,
    /// Its critical extKeyUsage does not include client authentication.
    Usage,
    /// A critical extension that is unknown here or cannot be read, by its dotted object identifier.
    Critical(String),
}

impl Certificate {
    /// Reads the DER of one certificate, with nothing after it.
    pub fn parse_der(der: &[u8]) -> Result<Self, CertificateError> {
        let layout = Layout::read(der)?;
        let subject = Name::parse(&der[layout.subject.clone()])?;
        let issuer = Name::parse(&der[layout.issuer.clone()])?;
        let key = PublicKey::parse(&der[layout.spki.clone()])?.kind;
        let algorithm = layout.signed.algorithm.clone();
        if der[algorithm.clone()] != der[layout.inner_algorithm.clone()] {
            // RFC 5280, 4.1.1.2: the signed copy must say the same as the unsigned one.
            return Err(CertificateError::Content(
                "its two statements of the signature algorithm differ".to_owned(),
            ));
        }
        let serial = unsigned(&der[layout.serial]).to_vec();
        if serial.len() > SERIAL_BYTES {
            return Err(CertificateError::Content(format!(
                "its serial number has {} bytes; at most {SERIAL_BYTES} are read",
                serial.len()
            )));
        }
        let (_, parsed) = X509Certificate::from_der(der)
            .map_err(|error| CertificateError::Content(error.to_string()))?;
        let mut certificate = Certificate {
            id: CertificateId::of(der),
            version: layout.version,
            serial,
            subject,
            issuer,
            validity: layout.validity,
            key,
            signature_algorithm: SignatureAlgorithm::parse(&der[algorithm.clone()])?,
            alternative_names: AlternativeNames::default(),
            issuer_alternative_names: AlternativeNames::default(),
            constraints: None,
            key_usages: None,
            extended_key_usages: Vec::new(),
            subject_key_id: None,
            demands: Vec::new(),
            spki: layout.spki,
            tbs: layout.signed.message.full,
            algorithm,
            signature: layout.signed.signature,
            der: der.to_vec(),
        };
        certificate.read_extensions(&parsed)?;
        Ok(certificate)
    }

    /// Reads the first `CERTIFICATE` block of a text. What stands around it (OpenSSL's listing, keys, more
    /// certificates) is ignored; line ends may be CRLF.
    pub fn parse_pem(text: &str) -> Result<Self, CertificateError> {
        Certificate::parse_der(&pem::first(text, pem::CERTIFICATE)?)
    }

    /// Reads every `CERTIFICATE` block of a text, at least one.
    pub fn parse_pem_many(text: &str) -> Result<Vec<Self>, CertificateError> {
        pem::all(text, pem::CERTIFICATE)?
            .iter()
            .map(|der| Certificate::parse_der(der))
            .collect()
    }

    fn read_extensions(&mut self, parsed: &X509Certificate<'_>) -> Result<(), CertificateError> {
        for extension in parsed.extensions() {
            let twice = |name: &str| {
                Err(CertificateError::Content(format!(
                    "the extension {name} stands there twice"
                )))
            };
            match extension.parsed_extension() {
                ParsedExtension::BasicConstraints(_) if self.constraints.is_some() => {
                    return twice("basicConstraints");
                }
                ParsedExtension::BasicConstraints(constraints) => {
                    self.constraints = Some(BasicConstraints {
                        ca: constraints.ca,
                        path_length: constraints.path_len_constraint,
                    });
                }
                ParsedExtension::KeyUsage(_) if self.key_usages.is_some() => {
                    return twice("keyUsage");
                }
                ParsedExtension::KeyUsage(usage) => self.key_usages = Some(usage.flags),
                ParsedExtension::ExtendedKeyUsage(usage) => {
                    self.extended_key_usages.extend(purposes(usage));
                }
                ParsedExtension::SubjectKeyIdentifier(id) => {
                    self.subject_key_id = Some(id.0.to_vec());
                }
                ParsedExtension::SubjectAlternativeName(names) => {
                    self.alternative_names.add(&names.general_names);
                }
                ParsedExtension::IssuerAlternativeName(names) => {
                    self.issuer_alternative_names.add(&names.general_names);
                }
                _ => {}
            }
            self.demands.extend(demand(extension));
        }
        Ok(())
    }

    /// The DER alone, for who has read the rest.
    pub fn into_der(self) -> Vec<u8> {
        self.der
    }

    /// The certificate's own bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the DER.
    pub fn id(&self) -> CertificateId {
        self.id
    }

    /// X.509 version: 1, 2 or 3. OpenSSL's `x509 -req` without extensions makes version 1.
    pub fn version(&self) -> u8 {
        self.version
    }

    /// The serial number as unsigned decimal digits, as `AWS::IoT::Certificate::SerialNumber` falls back to.
    pub fn serial_decimal(&self) -> String {
        decimal(&self.serial)
    }

    /// The serial number as lower-case hex, two digits for each byte and no sign byte, at least `00`.
    pub fn serial_hex(&self) -> String {
        if self.serial.is_empty() {
            return "00".to_owned();
        }
        hex::encode(&self.serial)
    }

    /// The serial number as unsigned big-endian bytes, none of them leading zeros.
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// Whom the certificate is about.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// Who says that they issued it.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// When it is valid.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// Kind and strength of its public key.
    pub fn key(&self) -> &KeyKind {
        &self.key
    }

    /// The DER of its SubjectPublicKeyInfo.
    pub fn spki(&self) -> &[u8] {
        &self.der[self.spki.clone()]
    }

    /// How it is signed.
    pub fn signature_algorithm(&self) -> &SignatureAlgorithm {
        &self.signature_algorithm
    }

    /// The bytes that the signature covers (TBSCertificate).
    pub fn tbs(&self) -> &[u8] {
        &self.der[self.tbs.clone()]
    }

    /// The signature.
    pub fn signature(&self) -> &[u8] {
        &self.der[self.signature.clone()]
    }

    /// Content of the AlgorithmIdentifier of the signature.
    pub(super) fn algorithm_der(&self) -> &[u8] {
        &self.der[self.algorithm.clone()]
    }

    /// Names from subjectAltName.
    pub fn alternative_names(&self) -> &AlternativeNames {
        &self.alternative_names
    }

    /// Names from issuerAltName.
    pub fn issuer_alternative_names(&self) -> &AlternativeNames {
        &self.issuer_alternative_names
    }

    /// The `CA` flag of basicConstraints; `None` when there is no such (readable) extension.
    pub fn ca_flag(&self) -> Option<bool> {
        self.constraints.map(|constraints| constraints.ca)
    }

    /// How many intermediate CAs may stand below this one, if limited.
    pub fn path_length(&self) -> Option<u32> {
        self.constraints
            .and_then(|constraints| constraints.path_length)
    }

    /// Whether keyUsage has `keyCertSign`; `None` when there is no such (readable) extension.
    pub fn key_cert_sign(&self) -> Option<bool> {
        self.key_usages.map(|bits| bits >> 5 & 1 == 1)
    }

    /// Whether keyUsage has `cRLSign`; `None` when there is no such (readable) extension.
    pub fn crl_sign(&self) -> Option<bool> {
        self.key_usages.map(|bits| bits >> 6 & 1 == 1)
    }

    /// The bits of keyUsage, the lowest one being `digitalSignature` (RFC 5280, 4.2.1.3); `None` when there is no such
    /// (readable) extension.
    pub fn key_usages(&self) -> Option<u16> {
        self.key_usages
    }

    /// What extKeyUsage names, as dotted object identifiers: the usual ones first, in the order of their numbers. Empty
    /// when there is no such (readable) extension.
    pub fn extended_key_usages(&self) -> &[String] {
        &self.extended_key_usages
    }

    /// The value of subjectKeyIdentifier, by which what this certificate's key signs names the key.
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        self.subject_key_id.as_deref()
    }

    /// What it demands of a path over it that cannot be honoured here.
    pub fn demands(&self) -> &[Demand] {
        &self.demands
    }

    /// Whether it names itself as its issuer, as roots do. Says nothing about its signature.
    pub fn is_self_issued(&self) -> bool {
        self.subject.matches(&self.issuer)
    }

    /// The certificate as PEM, lines of 64 characters.
    pub fn to_pem(&self) -> String {
        to_pem("CERTIFICATE", &self.der)
    }
}

fn purposes(usage: &ExtendedKeyUsage<'_>) -> Vec<String> {
    let usual = [
        (usage.any, "2.5.29.37.0"),
        (usage.server_auth, "1.3.6.1.5.5.7.3.1"),
        (usage.client_auth, "1.3.6.1.5.5.7.3.2"),
        (usage.code_signing, "1.3.6.1.5.5.7.3.3"),
        (usage.email_protection, "1.3.6.1.5.5.7.3.4"),
        (usage.time_stamping, "1.3.6.1.5.5.7.3.8"),
        (usage.ocsp_signing, "1.3.6.1.5.5.7.3.9"),
    ];
    let usual = usual.into_iter().filter(|(has, _)| *has);
    let usual = usual.map(|(_, oid)| oid.to_owned());
    let other = usage.other.iter().map(|oid| der::dotted(oid.as_bytes()));
    usual.chain(other).collect()
}

fn demand(extension: &X509Extension<'_>) -> Option<Demand> {
    let critical = extension.critical;
    match extension.parsed_extension() {
        ParsedExtension::NameConstraints(_) => Some(Demand::Names),
        ParsedExtension::ExtendedKeyUsage(usage) => {
            (critical && !usage.client_auth && !usage.any).then_some(Demand::Usage)
        }
        // Either judged where it matters, or true whatever is done with the certificate.
        ParsedExtension::BasicConstraints(_)
        | ParsedExtension::KeyUsage(_)
        | ParsedExtension::SubjectAlternativeName(_)
        | ParsedExtension::IssuerAlternativeName(_)
        | ParsedExtension::SubjectKeyIdentifier(_)
        | ParsedExtension::AuthorityKeyIdentifier(_)
        // No policy is asked for, so any will do (RFC 5280, 6.1.1).
        | ParsedExtension::CertificatePolicies(_) => None,
        _ => {
            let oid = der::dotted(extension.oid.as_bytes());
            // Cannot be read, so it may say anything.
            let names = oid == NAME_CONSTRAINTS;
            (critical || names).then_some(Demand::Critical(oid))
        }
    }
}

impl AlternativeNames {
    fn add(&mut self, names: &[GeneralName<'_>]) {
        for name in names {
            match name {
                GeneralName::RFC822Name(text) => self.rfc822.push((*text).to_owned()),
                GeneralName::DNSName(text) => self.dns.push((*text).to_owned()),
                GeneralName::URI(text) => self.uri.push((*text).to_owned()),
                GeneralName::DirectoryName(name) => {
                    if let Ok(name) = Name::parse(name.as_raw()) {
                        self.directory.push(name.to_string());
                    }
                }
                GeneralName::IPAddress(bytes) => {
                    if let Ok(four) = <[u8; 4]>::try_from(*bytes) {
                        self.ip.push(std::net::Ipv4Addr::from(four).to_string());
                    } else if let Ok(sixteen) = <[u8; 16]>::try_from(*bytes) {
                        self.ip.push(std::net::Ipv6Addr::from(sixteen).to_string());
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether a host goes by a name as certificates have them, whatever the letter case: one that begins with `*.` is that of
/// any host with one label in its place. [RFC 6125, 6.4.3]
pub fn is_name_of(name: &str, host: &str) -> bool {
    let below = host.split_once('.').map(|(_, below)| below);
    let wild = name.strip_prefix("*.").zip(below);
    name.eq_ignore_ascii_case(host)
        || wild.is_some_and(|(name, below)| name.eq_ignore_ascii_case(below))
}

/// The DER of a certificate's SubjectPublicKeyInfo, found by walking the outer structure only. This is all
/// that a TLS handshake needs.
pub fn spki_of(certificate_der: &[u8]) -> Result<&[u8], MalformedDer> {
    let layout = Layout::read(certificate_der)?;
    Ok(&certificate_der[layout.spki])
}

/// Where a certificate's parts stand in its DER.
struct Layout {
    version: u8,
    serial: Range<usize>,
    inner_algorithm: Range<usize>,
    issuer: Range<usize>,
    validity: Validity,
    subject: Range<usize>,
    spki: Range<usize>,
    signed: Signed,
}

impl Layout {
    fn read(bytes: &[u8]) -> Result<Layout, MalformedDer> {
        let mut outer = Reader::new(bytes);
        let signed = der::read_signed(&mut outer)?;
        outer.finish("something follows the certificate")?;
        let mut tbs = outer.inside(&signed.message);
        let version = match tbs.peek_tag() {
            // Version ::= [0] EXPLICIT INTEGER { v1(0), v2(1), v3(2) } DEFAULT v1
            Some(0xa0) => {
                let tagged = tbs.element()?;
                let mut inside = tbs.inside(&tagged);
                let number = inside.expect(der::INTEGER, "the version is not an INTEGER")?;
                match tbs.body(&number) {
                    [number @ 0..=2] => number + 1,
                    _ => return Err(MalformedDer("its version is none of 1, 2 and 3")),
                }
            }
            _ => 1,
        };
        let serial = tbs.expect(der::INTEGER, "the serial number is not an INTEGER")?;
        let algorithm = tbs.expect(der::SEQUENCE, "the inner algorithm is not a SEQUENCE")?;
        let issuer = tbs.expect(der::SEQUENCE, "the issuer is not a SEQUENCE")?;
        let validity = tbs.expect(der::SEQUENCE, "the validity is not a SEQUENCE")?;
        let validity = Validity::read(&mut tbs.inside(&validity))?;
        let subject = tbs.expect(der::SEQUENCE, "the subject is not a SEQUENCE")?;
        let spki = tbs.expect(der::SEQUENCE, "the public key is not a SEQUENCE")?;
        Ok(Layout {
            version,
            serial: serial.body,
            inner_algorithm: algorithm.body,
            issuer: issuer.full,
            validity,
            subject: subject.full,
            spki: spki.full,
            signed,
        })
    }
}

/// Without the leading zeros that keep a DER INTEGER positive.
pub(super) fn unsigned(integer: &[u8]) -> &[u8] {
    &integer[integer.iter().take_while(|byte| **byte == 0).count()..]
}

/// A big-endian number in decimal. The cost grows with the square of the length, which is bounded above.
fn decimal(bytes: &[u8]) -> String {
    // Little-endian limbs of nine decimal digits.
    let mut limbs: Vec<u32> = vec![0];
    for byte in bytes {
        let mut carry = u64::from(*byte);
        for limb in &mut limbs {
            let value = u64::from(*limb) * 256 + carry;
            *limb = (value % 1_000_000_000) as u32;
            carry = value / 1_000_000_000;
        }
        if carry > 0 {
            limbs.push(carry as u32);
        }
    }
    let mut text = String::new();
    for (place, limb) in limbs.iter().rev().enumerate() {
        match place {
            0 => text.push_str(&limb.to_string()),
            _ => text.push_str(&format!("{limb:09}")),
        }
    }
    text
}
