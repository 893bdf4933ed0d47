//! What STS calls refusals.

use crate::api::fault::named;
use crate::app::{Error, Kind};
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::respond::ApiError;

/// A refusal of STS.
pub fn of(error: &Error, _: Option<&'static Operation>) -> ApiError {
    let code = match error.kind {
        Kind::Denied => "AccessDenied",
        Kind::MalformedPolicy => "MalformedPolicyDocument",
        Kind::NotBuilt => "NotImplemented",
        Kind::Throttled(_) => "Throttling",
        Kind::Internal | Kind::Unavailable => "InternalFailure",
        _ => "ValidationError",
    };
    named(Service::Sts, code, error)
}
