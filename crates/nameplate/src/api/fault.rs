//! From what the use cases refuse to the names AWS's SDKs raise. The only place that knows those names.

use crate::app::{Error, Kind};
use nameplate_aws::model::{Operation, Protocol, Service};
use nameplate_aws::respond::ApiError;

/// The error to answer with. `operation` narrows names that only some operations declare.
pub fn of(service: Service, operation: Option<&'static Operation>, error: &Error) -> ApiError {
    let code = match service {
        Service::Iam => iam(&error.kind),
        Service::Sts => sts(&error.kind),
        Service::Lambda => lambda(&error.kind),
        _ => iot(&error.kind, operation),
    };
    let answer = ApiError::new(service, code, error.message.clone());
    match &error.kind {
        Kind::Exists { id, arn } if service == Service::Iot => {
            let answer = match id {
                Some(id) => answer.with("resourceId", id.clone()),
                None => answer,
            };
            match arn {
                Some(arn) => answer.with("resourceArn", arn.clone()),
                None => answer,
            }
        }
        Kind::NotBuilt => answer.with_status(501),
        _ => answer,
    }
}

fn iot(kind: &Kind, operation: Option<&'static Operation>) -> &'static str {
    match kind {
        Kind::Invalid => "InvalidRequestException",
        Kind::NotFound => {
            // Some operations do not declare it; SDKs would raise a generic error for a name they do not know there.
            if operation.is_none_or(|operation| operation.may_answer("ResourceNotFoundException")) {
                "ResourceNotFoundException"
            } else {
                "InvalidRequestException"
            }
        }
        Kind::Exists { .. } => "ResourceAlreadyExistsException",
        Kind::VersionConflict => "VersionConflictException",
        Kind::InUse => "DeleteConflictException",
        Kind::CertificateState => "CertificateStateException",
        Kind::TransferConflict => "TransferConflictException",
        Kind::TransferCompleted => "TransferAlreadyCompletedException",
        Kind::NotConfigured => "NotConfiguredException",
        Kind::CertificateInvalid => "CertificateValidationException",
        Kind::RegistrationCode => "RegistrationCodeValidationException",
        Kind::AmbiguousCa => "CertificateConflictException",
        Kind::Limit => "LimitExceededException",
        Kind::VersionsLimit => "VersionsLimitExceededException",
        Kind::MalformedPolicy => "MalformedPolicyException",
        Kind::ProvisioningConflict => "ConflictingResourceUpdateException",
        Kind::ProvisioningFailed => "ResourceRegistrationFailureException",
        Kind::Denied => "AccessDeniedException",
        Kind::NotBuilt => "NotImplementedException",
        Kind::Internal => "InternalFailureException",
    }
}

fn iam(kind: &Kind) -> &'static str {
    match kind {
        Kind::NotFound => "NoSuchEntity",
        Kind::Exists { .. } => "EntityAlreadyExists",
        Kind::InUse => "DeleteConflict",
        Kind::Limit | Kind::VersionsLimit => "LimitExceeded",
        Kind::MalformedPolicy => "MalformedPolicyDocument",
        Kind::Denied => "AccessDenied",
        Kind::NotBuilt => "NotImplemented",
        Kind::Internal => "ServiceFailure",
        Kind::Invalid => "ValidationError",
        _ => "InvalidInput",
    }
}

fn sts(kind: &Kind) -> &'static str {
    match kind {
        Kind::Denied => "AccessDenied",
        Kind::MalformedPolicy => "MalformedPolicyDocument",
        Kind::NotBuilt => "NotImplemented",
        Kind::Internal => "InternalFailure",
        _ => "ValidationError",
    }
}

fn lambda(kind: &Kind) -> &'static str {
    match kind {
        Kind::NotFound => "ResourceNotFoundException",
        Kind::Denied => "AccessDeniedException",
        Kind::NotBuilt => "NotImplementedException",
        Kind::Internal => "ServiceException",
        _ => "InvalidParameterValueException",
    }
}

/// An operation that exists at AWS and is not built here.
pub fn not_built(service: Service, operation: &str) -> ApiError {
    let code = match service.protocol() {
        Protocol::Query | Protocol::RestXml => "NotImplemented",
        _ => "NotImplementedException",
    };
    ApiError::new(
        service,
        code,
        format!(
            "Nameplate does not implement the {} operation {operation} yet.",
            service.scope()
        ),
    )
    .with_status(501)
}

/// A credential scope that names no service of ours.
pub fn unknown_service(name: &str) -> ApiError {
    ApiError::new(
        Service::Iot,
        "InvalidSignatureException",
        format!("Credential should be scoped to correct service: {name:?} is not served here."),
    )
    .with_status(403)
}

/// A method and path that are no operation.
pub fn unknown_operation(service: Service, method: &str, path: &str) -> ApiError {
    ApiError::new(
        service,
        "UnknownOperationException",
        format!("{method} {path} is not an operation of {}", service.scope()),
    )
    .with_status(404)
}

/// An action of the query protocol that does not exist.
pub fn unknown_action(service: Service, action: &str, version: Option<&str>) -> ApiError {
    ApiError::new(
        service,
        "InvalidAction",
        format!(
            "Could not find operation {action} for version {}",
            version.unwrap_or("NO_VERSION_SPECIFIED")
        ),
    )
    .with_status(400)
}
