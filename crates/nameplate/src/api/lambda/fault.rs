//! What Lambda calls refusals.

use crate::api::fault::named;
use crate::app::{Error, Kind};
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::respond::ApiError;

/// A refusal of Lambda.
pub fn of(error: &Error, _: Option<&'static Operation>) -> ApiError {
    let code = match error.kind {
        Kind::NotFound => "ResourceNotFoundException",
        Kind::Denied => "AccessDeniedException",
        Kind::NotBuilt => "NotImplementedException",
        Kind::Throttled => "TooManyRequestsException",
        Kind::Internal | Kind::Unavailable => "ServiceException",
        _ => "InvalidParameterValueException",
    };
    named(Service::Lambda, code, error)
}
