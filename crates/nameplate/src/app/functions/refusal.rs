//! What functions are refused for, in domain words.

use super::{Error, Kind};
use nameplate_core::function::BadReference;
use nameplate_functions::{CodeError, Failure};

/// Why something about a function cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It exists already.
    Exists,
    /// A zip is not one, or not a safe one.
    Code,
    /// More bytes than a call may have.
    TooLarge,
    /// A payload is not JSON.
    NotJson,
    /// The interpreter or its runtime client is missing here.
    Runtime,
    /// Functions call one another without end.
    Circle,
    /// It did not answer within the time that the caller gave it.
    Late,
    /// It has changed since the caller looked.
    Changed,
    /// No environments are kept warm for it.
    NotProvisioned,
}

/// That something has changed since the caller looked.
pub(super) const CHANGED: &str = "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id";

impl Refusal {
    pub(in crate::app) fn because(self, message: impl Into<String>) -> Error {
        Error::new(Kind::Function(self), message)
    }
}

impl From<BadReference> for Error {
    fn from(bad: BadReference) -> Self {
        let text = bad.to_string();
        match bad {
            BadReference::Region { .. } => Self::not_found(text),
            _ => Self::invalid(text),
        }
    }
}

/// Why a call did not reach its function.
pub(super) fn failed(failure: Failure) -> Error {
    let text = failure.to_string();
    match failure {
        Failure::PayloadTooLarge(_) => Refusal::TooLarge.because(text),
        Failure::PayloadNotJson(_) => Refusal::NotJson.because(text),
        Failure::Throttled(limit, _) => Error::new(Kind::Throttled(Some(limit)), text),
        Failure::RuntimeMissing(_) | Failure::NotConfined(_) => Refusal::Runtime.because(text),
        Failure::Patience(_) => Refusal::Late.because(text),
        failure @ Failure::Io(..) => Error::internal(failure),
    }
}

impl From<CodeError> for Error {
    fn from(error: CodeError) -> Self {
        match error {
            CodeError::Refused(refused) => Refusal::Code.because(refused.to_string()),
            failed @ CodeError::Io(..) => Error::internal(failed),
        }
    }
}
