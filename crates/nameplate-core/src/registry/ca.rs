//! CA certificates registered by their owner.

use super::certificate::Mode;
use crate::ctx::Millis;

/// What a CA's first connections are provisioned by. API: `RegistrationConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegistrationConfig {
    /// Template text held by the CA itself.
    pub template_body: Option<String>,
    /// Role that a run with `template_body` assumes.
    pub role_arn: Option<String>,
    /// A named template instead, which has its own role.
    pub template_name: Option<String>,
}

/// A registered CA certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaCertificate {
    /// The store's own growing key.
    pub key: i64,
    /// SHA-256 of the DER.
    pub hash: [u8; 32],
    /// The certificate.
    pub der: Vec<u8>,
    /// Its subject name in DER, by which issuers are found.
    pub subject: Vec<u8>,
    /// ACTIVE rather than INACTIVE: whether new device certificates may be registered through it.
    pub active: bool,
    /// Whether unknown certificates are registered at their first connection.
    pub auto_registration: bool,
    /// Whether SNI is needed.
    pub mode: Mode,
    /// `None`: just-in-time registration, with an event and nothing else.
    pub registration_config: Option<RegistrationConfig>,
    /// When it was registered.
    pub created: Millis,
    /// When it last changed.
    pub modified: Millis,
    /// `customerVersion`.
    pub version: i64,
    /// Deleted by its owner; the row stays, since device certificates still name it.
    pub deleted: bool,
}

impl CaCertificate {
    /// `certificateId`: 64 lower-case hex digits.
    pub fn id(&self) -> String {
        hex::encode(self.hash)
    }
}
