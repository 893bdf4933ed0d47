//! What Lambda calls refusals.

use crate::api::fault::named;
use crate::app::functions::Refusal;
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
        Kind::Function(refusal) => match refusal {
            Refusal::Exists => "ResourceConflictException",
            Refusal::Code => "InvalidParameterValueException",
            Refusal::TooLarge => "RequestTooLargeException",
            Refusal::NotJson => "InvalidRequestContentException",
            Refusal::Runtime => "InvalidRuntimeException",
            Refusal::Circle => "RecursiveInvocationException",
            Refusal::Late => "ServiceException",
            Refusal::Changed => "PreconditionFailedException",
            Refusal::NotProvisioned => "ProvisionedConcurrencyConfigNotFoundException",
        },
        _ => "InvalidParameterValueException",
    };
    named(Service::Lambda, code, error)
}
