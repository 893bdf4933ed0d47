//! Why a request is not authenticated.

use thiserror::Error;

/// Why a request is not authenticated. What each is called on the wire depends on the service:
/// see [`auth_failure_error`](super::auth_failure_error).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AuthFailure {
    /// There is no signature at all.
    #[error("the request is not signed")]
    Missing,
    /// The signature's parts are missing or make no sense.
    #[error("the signature is malformed: {reason}")]
    Malformed {
        /// What is wrong, for the caller.
        reason: String,
        /// Whether the signature stood in the query.
        presigned: bool,
    },
    /// Signature Version 2, which is not supported.
    #[error("the request is signed with Signature Version 2")]
    SignatureV2,
    /// The access key is not known, or its token is not the one it was issued with. Found by
    /// the caller.
    #[error("the access key is unknown or its session token is wrong")]
    UnknownAccessKey {
        /// The access key id as sent.
        access_key: String,
    },
    /// The session that the access key belongs to is over. Found by the caller.
    #[error("the session has expired")]
    ExpiredToken,
    /// Signed too long ago.
    #[error("signed at {signed_at}, too long before {now}")]
    TooOld {
        /// When it was signed, in seconds since the epoch.
        signed_at: i64,
        /// The server's time, in seconds since the epoch.
        now: i64,
        /// How old a signature may be.
        window_seconds: i64,
    },
    /// Signed too far in the future.
    #[error("signed at {signed_at}, too long after {now}")]
    InFuture {
        /// When it was signed, in seconds since the epoch.
        signed_at: i64,
        /// The server's time, in seconds since the epoch.
        now: i64,
        /// How far the clocks may differ.
        window_seconds: i64,
    },
    /// A presigned URL whose time is over.
    #[error("presigned at {signed_at} for {expires_seconds} s, now {now}")]
    PresignExpired {
        /// When it was signed, in seconds since the epoch.
        signed_at: i64,
        /// The server's time, in seconds since the epoch.
        now: i64,
        /// How long it was good for.
        expires_seconds: i64,
    },
    /// The scope's day is not the day of the request.
    #[error("the scope is for {scope_date}, the request for {request_date}")]
    ScopeDate {
        /// The day in the credential scope.
        scope_date: String,
        /// The day of the request's time.
        request_date: String,
    },
    /// The scope names a service that does not answer here. Found by the caller.
    #[error("the scope is not for the service '{expected}'")]
    WrongService {
        /// The service it should name.
        expected: String,
    },
    /// The scope names a region that does not answer here. Found by the caller.
    #[error("the scope is not for the region '{expected}'")]
    WrongRegion {
        /// The region it should name.
        expected: String,
    },
    /// A header that must be signed is not.
    #[error("the header '{name}' is not signed")]
    UnsignedHeader {
        /// The header's name.
        name: String,
    },
    /// The signature is another than ours.
    #[error("the signature does not match")]
    NoMatch {
        /// What we signed, to compare with what the client signed.
        explanation: Box<Explanation>,
    },
    /// The signature matches, but the body is not the one whose hash was signed.
    #[error("the body's SHA-256 is {computed}, {declared} was signed")]
    BodyMismatch {
        /// The hash in `x-amz-content-sha256`.
        declared: String,
        /// The hash of the body that came.
        computed: String,
    },
}

/// What the server signed. It holds no key, but header values may be credentials (a session
/// token), so it is for the caller who sent them and never for a log; `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The request as the server put it together from what it received. [SigV4: canonical request]
    pub canonical_request: String,
    /// What the signature was to be of: time, scope and the digest of that request.
    pub string_to_sign: String,
}

impl std::fmt::Debug for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Explanation(..)")
    }
}

impl AuthFailure {
    /// A malformed signature in the `Authorization` header.
    pub(super) fn malformed(reason: impl Into<String>) -> Self {
        Self::Malformed {
            reason: reason.into(),
            presigned: false,
        }
    }

    /// A malformed signature in the query.
    pub(crate) fn malformed_query(reason: impl Into<String>) -> Self {
        Self::Malformed {
            reason: reason.into(),
            presigned: true,
        }
    }
}
