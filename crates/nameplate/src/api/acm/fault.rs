//! What ACM calls refusals.

use crate::api::fault::named;
use crate::app::{Error, Kind};
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::respond::ApiError;

/// A refusal of ACM.
pub fn of(error: &Error, operation: Option<&'static Operation>) -> ApiError {
    let declares = |code: &str| operation.is_some_and(|operation| operation.may_answer(code));
    let code = match error.kind {
        Kind::NotFound => "ResourceNotFoundException",
        Kind::InUse => "ResourceInUseException",
        // One that can have too many tags only, or too many of everything.
        Kind::Limit if declares("LimitExceededException") => "LimitExceededException",
        Kind::Limit if declares("ServiceQuotaExceededException") => "ServiceQuotaExceededException",
        Kind::Limit => "TooManyTagsException",
        Kind::Denied => "AccessDeniedException",
        Kind::NotBuilt => "NotImplementedException",
        Kind::Throttled(_) => "ThrottlingException",
        Kind::Internal | Kind::Unavailable => "InternalServerException",
        _ => "ValidationException",
    };
    let fault = named(Service::Acm, code, error);
    match error.kind {
        Kind::Unavailable => fault.with_status(503),
        _ => fault,
    }
}
