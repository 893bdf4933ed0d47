//! Names of what a deployed REST API answers by itself.

/// What a function's URL answers whoever may not call it.
pub(super) const ACCESS_DENIED: &str = "AccessDeniedException";

/// What kind of failure an answer of this status and text is. [Developer guide: gateway responses]
pub(super) fn kind(status: u16, text: &str) -> &'static str {
    match (status, text) {
        (403, "Missing Authentication Token") => "MissingAuthenticationTokenException",
        (403, "Forbidden") => "ForbiddenException",
        (403, "The security token included in the request is invalid.") => {
            "UnrecognizedClientException"
        }
        (403, text) if text.starts_with("User") => "AccessDeniedException",
        (403, text) if text.starts_with("The request signature") => "InvalidSignatureException",
        (403, _) => "AccessDeniedException",
        (401, _) => "UnauthorizedException",
        (413, _) => "RequestTooLargeException",
        (415, _) => "UnsupportedMediaTypeException",
        (429, "Limit Exceeded") => "LimitExceededException",
        (429, _) => "TooManyRequestsException",
        (500.., _) => "InternalServerErrorException",
        _ => "BadRequestException",
    }
}

/// Which gateway response stands for a failure of this status and text. [Developer guide: gateway response types]
pub(super) fn response(status: u16, text: &serde_json::Value) -> &'static str {
    match (status, text.as_str().unwrap_or_default()) {
        (400, "Invalid request body") => "BAD_REQUEST_BODY",
        (400, _) => "BAD_REQUEST_PARAMETERS",
        (401, _) => "UNAUTHORIZED",
        (403, "Missing Authentication Token") => "MISSING_AUTHENTICATION_TOKEN",
        (403, "Forbidden") => "INVALID_API_KEY",
        (403, text) if text.starts_with("The request signature") => "INVALID_SIGNATURE",
        (403, _) => "ACCESS_DENIED",
        (413, _) => "REQUEST_TOO_LARGE",
        (415, _) => "UNSUPPORTED_MEDIA_TYPE",
        (429, "Limit Exceeded") => "QUOTA_EXCEEDED",
        (429, _) => "THROTTLED",
        // An authorizer that fails is told of without a text.
        (500, "") => "AUTHORIZER_FAILURE",
        (500, _) => "API_CONFIGURATION_ERROR",
        (504, "Endpoint request timed out") => "INTEGRATION_TIMEOUT",
        (504, _) => "INTEGRATION_FAILURE",
        (500.., _) => "DEFAULT_5XX",
        _ => "DEFAULT_4XX",
    }
}
