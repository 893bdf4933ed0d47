//! What use cases refuse and fail with, in domain words. `api/fault.rs` turns it into AWS's names.

use crate::app::objects::Refusal;
use nameplate_core::shadow;
use std::fmt;

/// The kind of a refusal or failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A value is not acceptable.
    Invalid,
    /// Something named does not exist.
    NotFound,
    /// It exists already, with another content.
    Exists {
        /// Its id, where the answer carries one.
        id: Option<String>,
        /// Its ARN, where the answer carries one.
        arn: Option<String>,
    },
    /// The expected version is not the current one.
    VersionConflict,
    /// It is still used by something else.
    InUse,
    /// A certificate's status forbids it.
    CertificateState,
    /// Something is attached to a certificate that is to be transferred.
    TransferConflict,
    /// A transfer has ended already.
    TransferCompleted,
    /// It must be set up first.
    NotConfigured,
    /// A certificate does not verify.
    CertificateInvalid,
    /// The verification certificate does not carry the registration code.
    RegistrationCode,
    /// Several registered CAs could have issued the certificate.
    AmbiguousCa,
    /// A count limit is reached.
    Limit,
    /// The limit of versions is reached.
    VersionsLimit,
    /// A query about the fleet is not one.
    InvalidQuery,
    /// A field cannot be aggregated so.
    InvalidAggregation,
    /// The index is being built.
    IndexNotReady,
    /// A policy document is not one.
    MalformedPolicy,
    /// Provisioning met a resource that differs.
    ProvisioningConflict,
    /// Provisioning needs a resource that does not exist.
    ProvisioningFailed,
    /// The caller may not.
    Denied,
    /// A bucket or object is not as the caller would have it.
    Object(Refusal),
    /// A shadow cannot be had or changed so.
    Shadow(shadow::Refusal),
    /// More calls than a rate allows.
    Throttled,
    /// Not built.
    NotBuilt,
    /// A server elsewhere that it needs cannot be used at the moment.
    Unavailable,
    /// Ours.
    Internal,
}

/// A refusal or failure: what the caller may read, and what only the log gets.
pub struct Error {
    /// Its kind.
    pub kind: Kind,
    /// For the caller.
    pub message: String,
    /// For the log.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A refusal.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// A value that is not acceptable.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, message)
    }

    /// Something that does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// The caller may not.
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new(Kind::Denied, message)
    }

    /// A failure of ours; the caller learns no more than that.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            kind: Kind::Internal,
            message: "Internal failure".into(),
            source: Some(source.into()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.message)?;
        if let Some(source) = &self.source {
            write!(f, " ({source})")?;
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|s| s as _)
    }
}

impl From<nameplate_store::Error> for Error {
    fn from(source: nameplate_store::Error) -> Self {
        match source {
            // The caller may try again, and learns no more than that.
            nameplate_store::Error::Away(_) => Self {
                kind: Kind::Unavailable,
                message: "The registry's database cannot be used at the moment".into(),
                source: Some(source.into()),
            },
            source => Self::internal(source),
        }
    }
}

/// What use cases return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
