//! What follows from a device's request: one table for all sources and request shapes.

use super::{Batch, EntryStatus, Repeat};
use crate::ctx::Millis;
use crate::registry::certificate::Status;

/// What is known of a device when it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What its row says; [`EntryStatus::New`] for one that only the owner's table knows.
    pub status: EntryStatus,
    /// What the owner's table says of `enabled`; true where it says nothing.
    pub enabled: bool,
    /// The status of the certificate that it has; none where it has none, or where that one was deleted.
    pub certificate: Option<Status>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It gets a certificate, and the one that it has is retired.
    Vend,
    /// An operator must say yes first.
    Pending,
    /// Its proof is right, and its batch vends once.
    AlreadyVended,
    /// No, for a reason that only the operator hears.
    Refuse(Refusal),
}

/// Why a device gets nothing. A device is told the same for all of them; the operator is told which.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No list has the serial number.
    #[error("no allow-list has this serial number")]
    UnknownSerial,
    /// The batch that was named is not there.
    #[error("there is no batch {0:?}")]
    UnknownBatch(String),
    /// The serial number belongs to another batch than the one that was named.
    #[error("the serial number belongs to the batch {0:?}, and another was named")]
    OtherBatch(String),
    /// Several tables of owners have it.
    #[error(
        "the tables of several batches have this serial number: {0}; let the device name its batch"
    )]
    SeveralBatches(String),
    /// The owner's table has it in several rows.
    #[error(
        "the query of batch {0:?} answers more than one row for this serial number; a row must be a device"
    )]
    SeveralRows(String),
    /// The owner's table has it in another spelling, which the database takes for the same.
    #[error(
        "the query of batch {batch:?} answers a row of another serial number, {found:?}, which the database takes for \
         equal; compare with a binary collation"
    )]
    OtherSerial {
        /// The batch.
        batch: String,
        /// The serial number in the row.
        found: String,
    },
    /// The batch's window has not begun.
    #[error("the batch opens at {0}")]
    NotOpenYet(Millis),
    /// The batch's window is over.
    #[error("the batch closed at {0}")]
    Closed(Millis),
    /// An operator has blocked it.
    #[error("it is BLOCKED; `nameplate vending release` lets it ask again")]
    Blocked,
    /// The owner's table says that it is not enabled.
    #[error("the owner's table says that it is not enabled")]
    Disabled,
    /// Its certificate was taken out of use, which a new one would undo.
    #[error(
        "its certificate is {}, which a new one would undo; `nameplate vending release` lets it ask again",
        .0.as_str()
    )]
    TakenOut(Status),
    /// What the batch asks for was not shown.
    #[error("{0} is missing, which its batch asks for")]
    ProofMissing(&'static str),
    /// There is nothing to check against.
    #[error("its allow-list holds no {0} to check against")]
    NothingRegistered(&'static str),
    /// It asks for what only a device has that has its certificate.
    #[error("it has no certificate yet; its shadow is there for a device that has one")]
    NotVended,
    /// Another token.
    #[error("the token is wrong")]
    TokenWrong,
    /// Another signature.
    #[error("the signature is not the HMAC-SHA256 of the serial number with the batch's secret")]
    SignatureWrong,
    /// Another key.
    #[error("the signing request is of another key than the one that was registered")]
    KeyWrong,
}

impl Refusal {
    /// A word for records and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::UnknownSerial => "vending-serial-unknown",
            Refusal::UnknownBatch(_) => "vending-batch-unknown",
            Refusal::OtherBatch(_) => "vending-batch-other",
            Refusal::SeveralBatches(_) => "vending-batches-several",
            Refusal::SeveralRows(_) => "vending-rows-several",
            Refusal::OtherSerial { .. } => "vending-serial-other",
            Refusal::NotOpenYet(_) => "vending-batch-not-open",
            Refusal::Closed(_) => "vending-batch-closed",
            Refusal::Blocked => "vending-blocked",
            Refusal::Disabled => "vending-disabled",
            Refusal::TakenOut(_) => "vending-certificate-inactive",
            Refusal::ProofMissing(_) => "vending-proof-missing",
            Refusal::NothingRegistered(_) => "vending-proof-unregistered",
            Refusal::NotVended => "vending-not-vended",
            Refusal::TokenWrong => "vending-token-wrong",
            Refusal::SignatureWrong => "vending-signature-wrong",
            Refusal::KeyWrong => "vending-key-wrong",
        }
    }
}

/// Decides on a device that a list has. `proof` was checked before, so that it costs the same whatever is said here.
pub fn decide(
    batch: &Batch,
    standing: Standing,
    proof: Result<(), Refusal>,
    now: Millis,
) -> Decision {
    if let Some(opens) = batch.opens.filter(|opens| now < *opens) {
        return Decision::Refuse(Refusal::NotOpenYet(opens));
    }
    if let Some(closes) = batch.closes.filter(|closes| *closes <= now) {
        return Decision::Refuse(Refusal::Closed(closes));
    }
    if standing.status == EntryStatus::Blocked {
        return Decision::Refuse(Refusal::Blocked);
    }
    if !standing.enabled {
        return Decision::Refuse(Refusal::Disabled);
    }
    if let Err(refusal) = proof {
        return Decision::Refuse(refusal);
    }
    if standing.status == EntryStatus::Vended && batch.repeat == Repeat::Once {
        return Decision::AlreadyVended;
    }
    if let Some(status) = standing.certificate.filter(|s| *s != Status::Active) {
        return Decision::Refuse(Refusal::TakenOut(status));
    }
    if batch.approval && standing.status != EntryStatus::Approved {
        return Decision::Pending;
    }
    Decision::Vend
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vending::batch::tests::batch;
    use serde_json::json;

    #[test]
    fn the_table() {
        use EntryStatus::{Approved, Blocked, New, PendingApproval, Vended};
        let once = json!({});
        let again = json!({"repeat": "reissue"});
        let approval = json!({"approval": true});
        let approval_again = json!({"approval": true, "repeat": "reissue"});
        let window = json!({"opens": 50, "closes": 150});
        let standing = |status, certificate| Standing {
            status,
            enabled: true,
            certificate,
        };
        let active = Some(Status::Active);
        let wrong = || Err(Refusal::TokenWrong);
        let refuse = Decision::Refuse;
        let at = |seconds: i64| Millis(seconds * 1000);
        #[rustfmt::skip]
        let cases = [
            (&once, standing(New, None), Ok(()), at(100), Decision::Vend),
            (&once, standing(Approved, None), Ok(()), at(100), Decision::Vend),
            (&once, standing(New, None), wrong(), at(100), refuse(Refusal::TokenWrong)),
            (&once, standing(Vended, active), Ok(()), at(100), Decision::AlreadyVended),
            (&once, standing(Vended, None), Ok(()), at(100), Decision::AlreadyVended),
            (&once, standing(Vended, active), wrong(), at(100), refuse(Refusal::TokenWrong)),
            (&again, standing(Vended, active), Ok(()), at(100), Decision::Vend),
            // One that was deleted is not missed.
            (&again, standing(Vended, None), Ok(()), at(100), Decision::Vend),
            (&again, standing(Vended, Some(Status::Revoked)), Ok(()), at(100), refuse(Refusal::TakenOut(Status::Revoked))),
            (&again, standing(Vended, Some(Status::Inactive)), Ok(()), at(100), refuse(Refusal::TakenOut(Status::Inactive))),
            (&again, standing(Blocked, active), Ok(()), at(100), refuse(Refusal::Blocked)),
            (&again, standing(Blocked, active), wrong(), at(100), refuse(Refusal::Blocked)),
            (&approval, standing(New, None), Ok(()), at(100), Decision::Pending),
            (&approval, standing(PendingApproval, None), Ok(()), at(100), Decision::Pending),
            (&approval, standing(PendingApproval, None), wrong(), at(100), refuse(Refusal::TokenWrong)),
            (&approval, standing(Approved, None), Ok(()), at(100), Decision::Vend),
            (&approval_again, standing(Vended, active), Ok(()), at(100), Decision::Pending),
            (&window, standing(New, None), Ok(()), at(49), refuse(Refusal::NotOpenYet(at(50)))),
            (&window, standing(New, None), Ok(()), at(50), Decision::Vend),
            (&window, standing(New, None), Ok(()), at(149), Decision::Vend),
            (&window, standing(New, None), Ok(()), at(150), refuse(Refusal::Closed(at(150)))),
            (&window, standing(Vended, active), Ok(()), at(150), refuse(Refusal::Closed(at(150)))),
            (&once, Standing { enabled: false, ..standing(New, None) }, Ok(()), at(100), refuse(Refusal::Disabled)),
        ];
        for (more, standing, proof, now, wanted) in cases {
            let batch = batch(more);
            assert_eq!(
                decide(&batch, standing, proof, now),
                wanted,
                "{more} {standing:?}"
            );
        }
    }
}
