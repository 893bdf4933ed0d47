//! The transfer of a certificate to another account: who may offer one, and when the offer ends.
//!
//! AWS guide: transfer-cert.

use super::certificate::Status;
use crate::ctx::Millis;

/// A certificate's last transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Key of the certificate.
    pub certificate: i64,
    /// Account that it is offered to.
    pub target: String,
    /// What its owner says to that account.
    pub message: Option<String>,
    /// When it was offered.
    pub offered: Millis,
    /// It is neither accepted nor rejected nor cancelled.
    pub pending: bool,
}

/// Why a certificate cannot be offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OfferRefused {
    /// Devices connect with it.
    #[error("it is ACTIVE; deactivate it first")]
    Active,
    /// It would come back INACTIVE, from where it can be activated.
    #[error("it is REVOKED, which a transfer would undo")]
    Revoked,
    /// One offer at a time.
    #[error("it is being transferred already")]
    InTransfer,
}

/// Whether a certificate of this status can be offered to another account.
pub fn may_offer(status: Status) -> Result<(), OfferRefused> {
    match status {
        Status::Active => Err(OfferRefused::Active),
        Status::Revoked => Err(OfferRefused::Revoked),
        Status::PendingTransfer => Err(OfferRefused::InTransfer),
        Status::Inactive | Status::PendingActivation => Ok(()),
    }
}
