//! Names of what a deployed REST API answers by itself.

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
        (429, "Limit Exceeded") => "LimitExceededException",
        (429, _) => "TooManyRequestsException",
        (500.., _) => "InternalServerErrorException",
        _ => "BadRequestException",
    }
}
