//! What AWS's IoT services, control plane and data planes, call refusals.

use crate::api::fault::named;
use crate::app::admission::authorizer::AuthorizerRefusal;
use crate::app::{Error, Kind, jobs, presence, provisioning, registry, rules, search};
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::respond::ApiError;

/// A refusal of the control plane. `operation` narrows names that only some operations declare.
pub fn control(error: &Error, operation: Option<&'static Operation>) -> ApiError {
    let answer = named(Service::Iot, name(&error.kind, operation), error);
    match &error.kind {
        Kind::Exists { id, arn } => {
            let answer = match id {
                Some(id) => answer.with("resourceId", id.clone()),
                None => answer,
            };
            match arn {
                Some(arn) => answer.with("resourceArn", arn.clone()),
                None => answer,
            }
        }
        _ => answer,
    }
}

/// A refusal of the data plane.
pub fn data(error: &Error, operation: Option<&'static Operation>) -> ApiError {
    let code = match &error.kind {
        // The data plane has a name of its own for it.
        Kind::Denied => "ForbiddenException",
        kind => name(kind, operation),
    };
    named(Service::IotData, code, error)
}

/// A refusal of the jobs data plane.
pub fn jobs_data(error: &Error, operation: Option<&'static Operation>) -> ApiError {
    named(Service::IotJobsData, name(&error.kind, operation), error)
}

fn name(kind: &Kind, operation: Option<&'static Operation>) -> &'static str {
    match kind {
        Kind::Invalid | Kind::NamedTwice | Kind::Object(_) | Kind::Function(_) | Kind::Table(_) => {
            "InvalidRequestException"
        }
        Kind::NotFound => {
            // Some operations do not declare it; SDKs would raise a generic error for a name they do not know there.
            if operation.is_none_or(|operation| operation.may_answer("ResourceNotFoundException")) {
                "ResourceNotFoundException"
            } else {
                "InvalidRequestException"
            }
        }
        Kind::Exists { .. } => "ResourceAlreadyExistsException",
        Kind::InUse => "DeleteConflictException",
        Kind::Limit => "LimitExceededException",
        Kind::MalformedPolicy => "MalformedPolicyException",
        Kind::Denied => "AccessDeniedException",
        Kind::Registry(refusal) => registry_name(*refusal),
        Kind::Provisioning(provisioning::Refusal::Conflict) => "ConflictingResourceUpdateException",
        Kind::Provisioning(provisioning::Refusal::Absent) => "ResourceRegistrationFailureException",
        Kind::Job(refusal) => job_name(refusal, operation),
        Kind::Rules(rules::Refusal::Sql) => "SqlParseException",
        Kind::Rules(rules::Refusal::Unknown) => "UnauthorizedException",
        Kind::Authorizer(AuthorizerRefusal::NotPermitted) => "UnauthorizedException",
        Kind::Authorizer(AuthorizerRefusal::Answer) => "InvalidResponseException",
        Kind::Search(refusal) => search_name(*refusal),
        Kind::Shadow(refusal) => match refusal.code() {
            404 => "ResourceNotFoundException",
            409 => "ConflictException",
            413 => "RequestEntityTooLargeException",
            415 => "UnsupportedDocumentEncodingException",
            429 => "ThrottlingException",
            500 => "InternalFailureException",
            _ => "InvalidRequestException",
        },
        Kind::Direct(presence::Refusal::TooLarge) => "RequestEntityTooLargeException",
        Kind::Direct(presence::Refusal::NotReceivable) => "UnauthorizedException",
        Kind::Direct(presence::Refusal::TimedOut) => "GatewayTimeoutException",
        Kind::Throttled(_) => "ThrottlingException",
        Kind::NotBuilt => "NotImplementedException",
        Kind::Unavailable => "ServiceUnavailableException",
        Kind::Internal => "InternalFailureException",
    }
}

fn job_name(refusal: &jobs::Refusal, operation: Option<&'static Operation>) -> &'static str {
    use nameplate_core::job::Refusal;
    // The first that the operation declares.
    let of = |names: &[&'static str]| {
        let mut declared = names
            .iter()
            .filter(|name| operation.is_none_or(|operation| operation.may_answer(name)));
        declared
            .next()
            .copied()
            .unwrap_or("InvalidRequestException")
    };
    match refusal {
        jobs::Refusal::State => of(&["InvalidStateTransitionException"]),
        jobs::Refusal::Conflict => "ConflictException",
        jobs::Refusal::Execution(refusal) => match refusal {
            Refusal::Topic | Refusal::Json(_) | Refusal::Invalid(_) => "InvalidRequestException",
            Refusal::Absent(_) => "ResourceNotFoundException",
            Refusal::Transition { .. } => of(&["InvalidStateTransitionException"]),
            Refusal::Version { .. } => of(&[
                "VersionConflictException",
                "InvalidStateTransitionException",
            ]),
            Refusal::Terminal(_) => of(&["TerminalStateException"]),
        },
    }
}

fn registry_name(refusal: registry::Refusal) -> &'static str {
    use registry::Refusal;
    match refusal {
        Refusal::VersionConflict => "VersionConflictException",
        Refusal::CertificateState => "CertificateStateException",
        Refusal::TransferConflict => "TransferConflictException",
        Refusal::TransferCompleted => "TransferAlreadyCompletedException",
        Refusal::NotConfigured => "NotConfiguredException",
        Refusal::CertificateInvalid => "CertificateValidationException",
        Refusal::RegistrationCode => "RegistrationCodeValidationException",
        Refusal::AmbiguousCa => "CertificateConflictException",
        Refusal::VersionsLimit => "VersionsLimitExceededException",
    }
}

fn search_name(refusal: search::Refusal) -> &'static str {
    use search::Refusal;
    match refusal {
        Refusal::InvalidQuery => "InvalidQueryException",
        Refusal::InvalidAggregation => "InvalidAggregationException",
        Refusal::IndexNotReady => "IndexNotReadyException",
    }
}
