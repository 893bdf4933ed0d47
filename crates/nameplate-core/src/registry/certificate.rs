//! Device certificates: their statuses and the changes of status that are refused.

use crate::ctx::Millis;

/// Status of a device certificate. API: `CertificateStatus`; `REGISTER_INACTIVE` is never produced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// May connect.
    Active,
    /// Switched off by its owner.
    Inactive,
    /// Withdrawn for good.
    Revoked,
    /// Registered by its first connection, or created for fleet provisioning; not yet let in.
    PendingActivation,
    /// Offered to another account.
    PendingTransfer,
}

impl Status {
    /// Every status, in the order of its stored code.
    pub const ALL: [Status; 5] = [
        Status::Active,
        Status::Inactive,
        Status::Revoked,
        Status::PendingActivation,
        Status::PendingTransfer,
    ];

    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Active => "ACTIVE",
            Status::Inactive => "INACTIVE",
            Status::Revoked => "REVOKED",
            Status::PendingActivation => "PENDING_ACTIVATION",
            Status::PendingTransfer => "PENDING_TRANSFER",
        }
    }

    /// From AWS's spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// The number it is stored as.
    pub fn code(self) -> i64 {
        self as i64
    }

    /// From the number it is stored as.
    pub fn from_code(code: i64) -> Option<Self> {
        usize::try_from(code)
            .ok()
            .and_then(|i| Self::ALL.get(i).copied())
    }
}

/// Whether Server Name Indication must be present when the certificate connects. API: `CertificateMode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// SNI may be absent.
    #[default]
    Default,
    /// SNI must be present and name the endpoint.
    SniOnly,
}

impl Mode {
    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Default => "DEFAULT",
            Mode::SniOnly => "SNI_ONLY",
        }
    }

    /// From AWS's spelling.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "DEFAULT" => Some(Mode::Default),
            "SNI_ONLY" => Some(Mode::SniOnly),
            _ => None,
        }
    }

    /// The number it is stored as.
    pub fn code(self) -> i64 {
        self as i64
    }

    /// From the number it is stored as; unknown numbers read as the default.
    pub fn from_code(code: i64) -> Self {
        if code == 1 {
            Mode::SniOnly
        } else {
            Mode::Default
        }
    }
}

/// A registered device certificate without its text, which only `DescribeCertificate` needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The store's own growing key.
    pub key: i64,
    /// SHA-256 of the DER.
    pub hash: [u8; 32],
    /// Decides whether a device may connect with it.
    pub status: Status,
    /// Follows its CA's mode.
    pub mode: Mode,
    /// Key of the CA it was registered through.
    pub ca: Option<i64>,
    /// When it was registered.
    pub created: Millis,
    /// When it last changed.
    pub modified: Millis,
    /// `customerVersion`, 1 at registration, one more at each change.
    pub version: i64,
    /// First instant of its validity.
    pub not_before: Millis,
    /// Last instant of its validity.
    pub not_after: Millis,
}

impl Certificate {
    /// `certificateId`: 64 lower-case hex digits.
    pub fn id(&self) -> String {
        hex::encode(self.hash)
    }
}

/// Why a status change is refused. AWS guide: manual-cert-registration, transfer-cert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransitionRefused {
    /// Only the service itself sets these.
    #[error("status {} is set by the service only", .0.as_str())]
    ServiceOnly(Status),
    /// Revocation is for good.
    #[error("the certificate is REVOKED, which cannot be undone")]
    Revoked,
    /// A certificate in transfer keeps its status until the transfer ends.
    #[error("the certificate is being transferred")]
    InTransfer,
}

/// Whether the owner may set `to` where the status is `from`. Setting the same status again is allowed.
pub fn may_set(from: Status, to: Status) -> Result<(), TransitionRefused> {
    match (from, to) {
        (_, Status::PendingActivation | Status::PendingTransfer) => {
            Err(TransitionRefused::ServiceOnly(to))
        }
        (Status::PendingTransfer, _) => Err(TransitionRefused::InTransfer),
        (Status::Revoked, Status::Revoked) => Ok(()),
        (Status::Revoked, _) => Err(TransitionRefused::Revoked),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_go_round() {
        for status in Status::ALL {
            assert_eq!(Status::from_code(status.code()), Some(status));
            assert_eq!(Status::parse(status.as_str()), Some(status));
        }
        assert_eq!(Status::parse("REGISTER_INACTIVE"), None);
    }

    #[test]
    fn transitions() {
        use Status::*;
        let check =
            |from, to, allowed| assert_eq!(may_set(from, to).is_ok(), allowed, "{from:?} {to:?}");
        check(Inactive, Active, true);
        check(Active, Active, true);
        check(PendingActivation, Active, true);
        check(Active, Revoked, true);
        check(Revoked, Revoked, true);
        check(Revoked, Active, false);
        check(Active, PendingActivation, false);
        check(Active, PendingTransfer, false);
        check(PendingTransfer, Inactive, false);
    }
}
