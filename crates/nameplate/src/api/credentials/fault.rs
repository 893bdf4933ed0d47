//! What the credentials provider calls its refusals. AWS's guide names none of them; statuses and texts are those that
//! AWS's own client for it was written against (awslabs, aws-iot-core-credential-provider-session-helper).

use crate::app::admission::credentials::Withheld;
use crate::app::error::log_failure;
use crate::app::{Error, Kind};
use nameplate_aws::model::Service;
use nameplate_aws::respond::ApiError;

fn error(status: u16, code: &'static str, message: impl Into<String>) -> ApiError {
    ApiError::new(Service::Iot, code, message).with_status(status)
}

/// There is no certificate to know a device by.
pub fn no_certificate() -> ApiError {
    error(
        403,
        "AccessDeniedException",
        "Credentials are given over TLS, to a device that shows its client certificate",
    )
}

/// A refusal.
pub fn of(withheld: Withheld) -> ApiError {
    match withheld {
        Withheld::Certificate(why) => match why.kind {
            Kind::Denied => error(403, "AccessDeniedException", why.message),
            _ => failed(why),
        },
        Withheld::NotTheThing => error(403, "AccessDeniedException", "Invalid thing name passed"),
        Withheld::Denied => error(403, "AccessDeniedException", "Access Denied"),
        Withheld::NoAlias => error(
            404,
            "ResourceNotFoundException",
            "Role alias does not exist",
        ),
        Withheld::NoRole => error(
            400,
            "InvalidRequestException",
            "Unable to assume the role, or the role to assume does not exist",
        ),
        Withheld::TooLong => error(
            400,
            "InvalidRequestException",
            "The requested CredentialDurationSeconds exceeds the MaxSessionDuration set for the role",
        ),
        Withheld::TooOften => error(429, "ThrottlingException", "Rate exceeded"),
        Withheld::Failed(why) => failed(why),
    }
}

fn failed(why: Error) -> ApiError {
    if why.kind == Kind::Unavailable {
        return error(503, "ServiceUnavailableException", why.message);
    }
    log_failure!(why, error = ?why, "credentials could not be given: {why:?}");
    error(500, "InternalFailureException", "An internal failure")
}
