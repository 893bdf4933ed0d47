//! What CloudWatch Logs calls refusals.

use crate::api::fault::named;
use crate::app::{Error, Kind};
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::respond::ApiError;

/// A refusal of CloudWatch Logs.
pub fn of(error: &Error, _: Option<&'static Operation>) -> ApiError {
    let code = match error.kind {
        Kind::NotFound => "ResourceNotFoundException",
        Kind::Exists { .. } => "ResourceAlreadyExistsException",
        Kind::Limit => "LimitExceededException",
        Kind::Denied => "AccessDeniedException",
        Kind::NamedTwice => "ValidationException",
        Kind::NotBuilt => "NotImplementedException",
        Kind::Throttled(_) => "ThrottlingException",
        Kind::Internal | Kind::Unavailable => "ServiceUnavailableException",
        _ => "InvalidParameterException",
    };
    named(Service::Logs, code, error)
}
