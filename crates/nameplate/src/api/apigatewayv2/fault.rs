//! What API Gateway calls refusals about HTTP APIs.

use crate::api::fault::named;
use crate::app::{Error, Kind};
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::respond::ApiError;

/// A refusal of API Gateway.
pub fn of(error: &Error, _: Option<&'static Operation>) -> ApiError {
    let code = match error.kind {
        Kind::NotFound => "NotFoundException",
        Kind::Exists { .. } | Kind::InUse => "ConflictException",
        Kind::Limit | Kind::Throttled(_) => "TooManyRequestsException",
        Kind::Denied => "AccessDeniedException",
        Kind::NotBuilt => "NotImplementedException",
        Kind::Internal | Kind::Unavailable => "ServiceUnavailableException",
        _ => "BadRequestException",
    };
    named(Service::ApiGatewayV2, code, error)
}
