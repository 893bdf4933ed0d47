//! What Lambda calls refusals.

use crate::api::Request;
use crate::api::fault::named;
use crate::app::functions::Refusal;
use crate::app::{Error, Kind, objects};
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::respond::ApiError;
use nameplate_aws::route::{Route, route};
use nameplate_functions::Concurrency;

/// A refusal of Lambda.
pub fn of(error: &Error, _: Option<&'static Operation>) -> ApiError {
    if let Kind::Object(refusal) = &error.kind {
        return of_code(refusal, error);
    }
    let code = match error.kind {
        Kind::NotFound => "ResourceNotFoundException",
        Kind::Denied => "AccessDeniedException",
        Kind::NotBuilt => "NotImplementedException",
        Kind::Throttled(Some(limit)) => return throttled(limit),
        Kind::Throttled(None) => "TooManyRequestsException",
        Kind::Internal | Kind::Unavailable => "ServiceException",
        Kind::Function(refusal) => match refusal {
            Refusal::Exists => "ResourceConflictException",
            Refusal::Code => "InvalidParameterValueException",
            Refusal::TooLarge => "RequestEntityTooLargeException",
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

/// A call beside as many as may run: which limit it is, and after how many seconds to try again.
/// [Lambda API reference: TooManyRequestsException]
fn throttled(limit: Concurrency) -> ApiError {
    let reason = match limit {
        Concurrency::Reserved => "ReservedFunctionConcurrentInvocationLimitExceeded",
        Concurrency::Unreserved => "ConcurrentInvocationLimitExceeded",
    };
    ApiError::new(
        Service::Lambda,
        "TooManyRequestsException",
        "Rate Exceeded.",
    )
    .with("Reason", reason)
    .with_header("retry-after", "1")
}

/// A request whose body is longer than `limit` bytes.
pub fn oversized(request: &Request<'_>, limit: usize) -> ApiError {
    let path = request.target.split('?').next().unwrap_or_default();
    let operation = match route(Service::Lambda, request.method, path, "") {
        Route::Operation { operation, .. } if operation.name == "Invoke" => "InvokeFunction",
        Route::Operation { operation, .. } => operation.name,
        _ => "requested",
    };
    let text = format!("Request must be smaller than {limit} bytes for the {operation} operation");
    ApiError::new(Service::Lambda, "RequestEntityTooLargeException", text)
}

/// Code that is not to be had of its bucket: S3's own refusal, as Lambda passes it on.
fn of_code(refusal: &objects::Refusal, error: &Error) -> ApiError {
    let s3 = match refusal {
        objects::Refusal::NoBucket { .. } => "S3 Error Code: NoSuchBucket. S3 Error Message: ",
        objects::Refusal::NoObject { .. } => "S3 Error Code: NoSuchKey. S3 Error Message: ",
        _ => "",
    };
    let text = format!("Error occurred while GetObject. {s3}{}", error.message);
    let told = Error::invalid(text);
    named(Service::Lambda, "InvalidParameterValueException", &told)
}
