//! What IAM calls refusals.

use crate::api::fault::named;
use crate::app::{Error, Kind};
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::respond::ApiError;

/// A refusal of IAM.
pub fn of(error: &Error, operation: Option<&'static Operation>) -> ApiError {
    let of_input = operation.is_some_and(|operation| {
        let names = ["Simulate", "GetContextKeys", "Attach"];
        names.iter().any(|name| operation.name.starts_with(name))
    });
    let code = match error.kind {
        // They declare neither of the others.
        Kind::Invalid | Kind::MalformedPolicy if of_input => "InvalidInput",
        Kind::NotFound => "NoSuchEntity",
        Kind::Exists { .. } => "EntityAlreadyExists",
        Kind::InUse => "DeleteConflict",
        Kind::Limit => "LimitExceeded",
        Kind::MalformedPolicy => "MalformedPolicyDocument",
        Kind::Denied => "AccessDenied",
        Kind::NotBuilt => "NotImplemented",
        Kind::Throttled(_) => "Throttling",
        Kind::Internal | Kind::Unavailable => "ServiceFailure",
        Kind::Invalid => "ValidationError",
        _ => "InvalidInput",
    };
    named(Service::Iam, code, error)
}
