//! What a failed authentication is called on the wire, family by family.

use super::failure::AuthFailure;
use super::timestamp;
use crate::model::{Protocol, Service};
use crate::respond::ApiError;

const NO_MATCH: &str = "The request signature we calculated does not match the signature you \
                        provided. Check your AWS Secret Access Key and signing method.";

/// The error that `service` answers for `failure`. S3 shows its caller what it signed; the
/// other services keep to their sentence (see [`explained_auth_failure_error`]).
pub fn auth_failure_error(service: Service, failure: &AuthFailure) -> ApiError {
    match service.protocol() {
        Protocol::RestXml => s3(failure),
        // As its device endpoint answers whoever sends no credentials at all.
        protocol if (service, failure) == (Service::IotData, &AuthFailure::Missing) => {
            other(protocol, failure, "ForbiddenException")
        }
        protocol => foreign_auth_failure_error(protocol, failure),
    }
}

/// As [`auth_failure_error`], for a service without a table.
pub fn foreign_auth_failure_error(protocol: Protocol, failure: &AuthFailure) -> ApiError {
    match protocol {
        Protocol::Query | Protocol::RestXml => other(protocol, failure, query_code(failure)),
        Protocol::Ec2 => ec2(failure),
        Protocol::RestJson | Protocol::Json10 | Protocol::Json11 | Protocol::RpcV2Cbor => {
            other(protocol, failure, json_code(failure))
        }
    }
}

/// As [`auth_failure_error`], with the canonical request and the string to sign in the message,
/// so that a signature bug can be found. For development: the text may hold the caller's own
/// session token.
pub fn explained_auth_failure_error(service: Service, failure: &AuthFailure) -> ApiError {
    let mut error = auth_failure_error(service, failure);
    if let (AuthFailure::NoMatch { explanation }, false) = (failure, service == Service::S3) {
        error.message.push_str(&format!(
            "\n\nThe Canonical String for this request should have been\n'{}'\n\n\
             The String-to-Sign should have been\n'{}'\n",
            explanation.canonical_request, explanation.string_to_sign
        ));
    }
    error
}

fn json_code(failure: &AuthFailure) -> &'static str {
    match failure {
        AuthFailure::Missing => "MissingAuthenticationTokenException",
        AuthFailure::Malformed { .. } | AuthFailure::SignatureV2 => "IncompleteSignatureException",
        AuthFailure::UnknownAccessKey { .. } => "UnrecognizedClientException",
        AuthFailure::ExpiredToken => "ExpiredTokenException",
        _ => "InvalidSignatureException",
    }
}

fn query_code(failure: &AuthFailure) -> &'static str {
    match failure {
        AuthFailure::Missing => "MissingAuthenticationToken",
        AuthFailure::Malformed { .. } | AuthFailure::SignatureV2 => "IncompleteSignature",
        AuthFailure::UnknownAccessKey { .. } => "InvalidClientTokenId",
        AuthFailure::ExpiredToken => "ExpiredToken",
        _ => "SignatureDoesNotMatch",
    }
}

/// EC2 has names of its own for what its peers call by others. [EC2 API reference: error codes]
fn ec2(failure: &AuthFailure) -> ApiError {
    let (code, status) = match failure {
        AuthFailure::Missing => ("MissingAuthenticationToken", 403),
        AuthFailure::Malformed { .. } | AuthFailure::SignatureV2 => ("IncompleteSignature", 400),
        AuthFailure::ExpiredToken => ("RequestExpired", 400),
        _ => ("AuthFailure", 401),
    };
    error(code, status, message(failure))
}

fn error(code: &'static str, status: u16, message: String) -> ApiError {
    ApiError {
        code: code.into(),
        status,
        message,
        extra: Vec::new(),
        headers: Vec::new(),
    }
}

fn other(protocol: Protocol, failure: &AuthFailure, code: &'static str) -> ApiError {
    // ExpiredToken and its kind are errors of an operation too, in STS with another status.
    let status = match (protocol, failure) {
        (Protocol::Json10 | Protocol::Json11 | Protocol::RpcV2Cbor, _) => 400,
        (Protocol::Query, AuthFailure::Malformed { .. } | AuthFailure::SignatureV2) => 400,
        _ => 403,
    };
    error(code, status, message(failure))
}

fn message(failure: &AuthFailure) -> String {
    match failure {
        AuthFailure::Missing => "Missing Authentication Token".to_owned(),
        AuthFailure::Malformed { reason, .. } => reason.clone(),
        AuthFailure::SignatureV2 => {
            "Signature Version 2 is not supported. Please use AWS4-HMAC-SHA256.".to_owned()
        }
        AuthFailure::UnknownAccessKey { .. } => {
            "The security token included in the request is invalid.".to_owned()
        }
        AuthFailure::ExpiredToken => {
            "The security token included in the request is expired".to_owned()
        }
        AuthFailure::TooOld {
            signed_at,
            now,
            window_seconds: window,
        }
        | AuthFailure::PresignExpired {
            signed_at,
            now,
            expires_seconds: window,
        } => format!(
            "Signature expired: {} is now earlier than {} ({} - {}.)",
            timestamp::write_basic(*signed_at),
            timestamp::write_basic(now - window),
            timestamp::write_basic(*now),
            duration(*window)
        ),
        AuthFailure::InFuture {
            signed_at,
            now,
            window_seconds,
        } => format!(
            "Signature not yet current: {} is still later than {} ({} + {}.)",
            timestamp::write_basic(*signed_at),
            timestamp::write_basic(now + window_seconds),
            timestamp::write_basic(*now),
            duration(*window_seconds)
        ),
        AuthFailure::ScopeDate {
            scope_date,
            request_date,
        } => format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date \
             from HTTP: '{scope_date}' != '{request_date}'."
        ),
        AuthFailure::WrongService { expected } => {
            format!("Credential should be scoped to correct service: '{expected}'.")
        }
        AuthFailure::WrongRegion { .. } => {
            "Credential should be scoped to a valid region.".to_owned()
        }
        AuthFailure::UnsignedHeader { name } if name == "host" => {
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".to_owned()
        }
        AuthFailure::UnsignedHeader { name } => {
            format!("'{name}' must be a 'SignedHeader' in the AWS Authorization.")
        }
        AuthFailure::NoMatch { .. } => {
            format!("{NO_MATCH} Consult the service documentation for details.")
        }
        AuthFailure::BodyMismatch { .. } => {
            "The x-amz-content-sha256 you specified did not match the body that was received."
                .to_owned()
        }
    }
}

/// `5 min`, or seconds where they make no whole minute.
fn duration(seconds: i64) -> String {
    if seconds % 60 == 0 {
        format!("{} min", seconds / 60)
    } else {
        format!("{seconds} s")
    }
}

fn s3(failure: &AuthFailure) -> ApiError {
    let error = |code: &'static str, message: &str| ApiError::new(Service::S3, code, message);
    match failure {
        AuthFailure::Missing => error("AccessDenied", "Access Denied"),
        AuthFailure::Malformed {
            reason,
            presigned: true,
        } => error("AuthorizationQueryParametersError", reason),
        AuthFailure::Malformed {
            reason,
            presigned: false,
        } => error("AuthorizationHeaderMalformed", reason),
        AuthFailure::SignatureV2 => error(
            "InvalidRequest",
            "The authorization mechanism you have provided is not supported. Please use \
             AWS4-HMAC-SHA256.",
        ),
        AuthFailure::UnknownAccessKey { access_key } => error(
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        )
        .with("AWSAccessKeyId", access_key.as_str()),
        AuthFailure::ExpiredToken => error("ExpiredToken", "The provided token has expired."),
        AuthFailure::TooOld {
            signed_at,
            now,
            window_seconds,
        }
        | AuthFailure::InFuture {
            signed_at,
            now,
            window_seconds,
        } => error(
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        )
        .with("RequestTime", timestamp::write_basic(*signed_at))
        .with("ServerTime", timestamp::write_extended(*now))
        .with("MaxAllowedSkewMilliseconds", window_seconds * 1000),
        AuthFailure::PresignExpired {
            signed_at,
            now,
            expires_seconds,
        } => error("AccessDenied", "Request has expired")
            .with("X-Amz-Expires", expires_seconds.to_string())
            .with(
                "Expires",
                timestamp::write_extended(signed_at + expires_seconds),
            )
            .with("ServerTime", timestamp::write_extended(*now)),
        AuthFailure::WrongRegion { expected } => error(
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed; the region is wrong.",
        )
        .with("Region", expected.as_str()),
        AuthFailure::WrongService { .. } | AuthFailure::ScopeDate { .. } => {
            error("AuthorizationHeaderMalformed", &message(failure))
        }
        AuthFailure::UnsignedHeader { name } => error(
            "AccessDenied",
            "There were headers present in the request which were not signed",
        )
        .with("HeadersNotSigned", name.as_str()),
        AuthFailure::NoMatch { explanation } => error("SignatureDoesNotMatch", NO_MATCH)
            .with("StringToSign", explanation.string_to_sign.as_str())
            .with("CanonicalRequest", explanation.canonical_request.as_str()),
        AuthFailure::BodyMismatch { declared, computed } => error(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )
        .with("ClientComputedContentSHA256", declared.as_str())
        .with("S3ComputedContentSHA256", computed.as_str()),
    }
}
