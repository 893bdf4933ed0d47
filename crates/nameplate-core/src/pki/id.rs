//! The identity of a certificate: the SHA-256 of its DER.

use std::fmt;
use std::str::FromStr;

/// `certificateId`: SHA-256 of the certificate's DER, written as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateId(pub [u8; 32]);

impl CertificateId {
    /// The id of the certificate with this DER.
    pub fn of(der: &[u8]) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, der);
        let mut id = [0; 32];
        id.copy_from_slice(digest.as_ref());
        CertificateId(id)
    }
}

impl fmt::Display for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateId({self})")
    }
}

/// A text that is not a certificate id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a certificate id: it must be 64 hex digits, optionally after 0x")]
pub struct CertificateIdError(pub String);

impl FromStr for CertificateId {
    type Err = CertificateIdError;

    /// The API's pattern is `(0x)?[a-fA-F0-9]+` with length 64; the prefix does not count here.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let mut id = [0; 32];
        hex::decode_to_slice(digits, &mut id).map_err(|_| CertificateIdError(text.to_owned()))?;
        Ok(CertificateId(id))
    }
}
