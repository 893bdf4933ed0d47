//! Certificate signing requests (PKCS#10): who asks for what name with which key.
//!
//! Owns reading and checking them; the extensions that they ask for are not granted and so not read.

use super::algorithm::{KeyKind, PublicKey, SignatureAlgorithm};
use super::der::{self, MalformedDer, Reader};
use super::name::{Field, Name, NameError};
use super::pem::{self, PemError};
use super::verify::{self, RuleError, SignatureError};

/// Why a text is not a request that may be granted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The text holds no usable PEM block.
    #[error(transparent)]
    Pem(#[from] PemError),
    /// The bytes are not a PKCS#10 request.
    #[error("not a certificate signing request: {0}")]
    Der(#[from] MalformedDer),
    /// The subject cannot stand in a certificate.
    #[error("the certificate signing request is refused: {0}")]
    Subject(#[from] NameError),
    /// The key or the signature algorithm is not accepted.
    #[error("the certificate signing request is refused: {0}")]
    Rule(#[from] RuleError),
    /// It is not signed by the key that it holds.
    #[error("the certificate signing request is not signed by its own key: {0}")]
    Signature(SignatureError),
}

/// The DER of what clients of EST send as `application/pkcs10`: base64 of it (RFC 7030, 4.2.1), itself, or PEM.
pub fn request_der(body: &[u8]) -> Result<Vec<u8>, RequestError> {
    let body = body.trim_ascii_start();
    if body.first() == Some(&der::SEQUENCE) && std::str::from_utf8(body).is_err() {
        return Ok(body.to_vec());
    }
    let text = std::str::from_utf8(body).map_err(|_| MalformedDer("it is neither DER nor text"))?;
    if text.contains("-----BEGIN") {
        return Ok(pem::first(text, pem::REQUEST)?);
    }
    Ok(pem::base64(text).map_err(|_| MalformedDer("it is neither DER, base64 nor PEM"))?)
}

/// A request whose signature and key have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRequest {
    subject: Name,
    spki: Vec<u8>,
    key: KeyKind,
}

impl CertificateRequest {
    /// Reads and checks the first `CERTIFICATE REQUEST` or `NEW CERTIFICATE REQUEST` block of a text. CRLF,
    /// text around the block and bytes after the DER are tolerated, since clients send them.
    pub fn parse_pem(text: &str) -> Result<Self, RequestError> {
        CertificateRequest::parse_der(&pem::first(text, pem::REQUEST)?)
    }

    /// Reads and checks a request's DER; bytes after it are ignored.
    pub fn parse_der(bytes: &[u8]) -> Result<Self, RequestError> {
        let mut outer = Reader::new(bytes);
        let signed = der::read_signed(&mut outer)?;
        let mut info = outer.inside(&signed.message);
        info.expect(der::INTEGER, "the version is not an INTEGER")?;
        let subject = info.expect(der::SEQUENCE, "the subject is not a SEQUENCE")?;
        let spki = info.expect(der::SEQUENCE, "the public key is not a SEQUENCE")?;
        let subject = Name::parse(&bytes[subject.full])?;
        let spki = bytes[spki.full].to_vec();
        let key = PublicKey::parse(&spki)?.kind;
        let algorithm = SignatureAlgorithm::parse(&bytes[signed.algorithm.clone()])?;
        subject.check()?;
        verify::check_key(&key)?;
        verify::check_algorithm(&algorithm)?;
        verify::verify(
            &spki,
            &algorithm,
            &bytes[signed.algorithm],
            &bytes[signed.message.full],
            &bytes[signed.signature],
        )
        .map_err(RequestError::Signature)?;
        Ok(CertificateRequest { subject, spki, key })
    }

    /// What its subject calls the device: its serial number (2.5.4.5), else its common name.
    pub fn device_name(&self) -> Option<&str> {
        let name = self.subject.first(Field::SerialNumber);
        name.or_else(|| self.subject.first(Field::CommonName))
            .filter(|name| !name.is_empty())
    }

    /// The name asked for; its `der()` goes into the certificate byte for byte.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The DER of the public key asked for.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// Kind and strength of that key.
    pub fn key(&self) -> &KeyKind {
        &self.key
    }
}
