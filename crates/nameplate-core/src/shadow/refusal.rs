//! Why a request to a shadow is not carried out.

use super::{STATE_DEPTH, ShadowName};
use crate::limits::{NAMED_SHADOWS, SHADOWS};

/// A refusal. Its text is AWS's own where the guide has one (device-shadow-error-messages).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The payload is no JSON object.
    #[error("Invalid JSON")]
    Json,
    /// The payload is not in UTF-8.
    #[error("Unsupported documented encoding; supported encoding is UTF-8")]
    Encoding,
    /// There is no `state`.
    #[error("Missing required node: state")]
    NoState,
    /// `state` is neither an object nor null.
    #[error("State node must be an object")]
    State,
    /// `desired` is neither an object nor null.
    #[error("Desired node must be an object")]
    Desired,
    /// `reported` is neither an object nor null.
    #[error("Reported node must be an object")]
    Reported,
    /// A section that does not exist, or null in an array.
    #[error("State contains an invalid node: '{0}'")]
    Node(String),
    /// `version` is not an integer, or negative.
    #[error("Invalid version")]
    Version,
    /// `clientToken` is not a string, or too long.
    #[error("Invalid clientToken")]
    ClientToken,
    /// More than [`STATE_DEPTH`] levels.
    #[error("JSON contains too many levels of nesting; maximum is {STATE_DEPTH}")]
    Depth,
    /// The thing's name is outside of its pattern.
    #[error("Invalid thing name")]
    ThingName,
    /// The shadow's name is outside of its pattern.
    #[error("Invalid shadow name")]
    ShadowName,
    /// There is none.
    #[error("No shadow exists with name: '{0}'")]
    NotFound(String),
    /// `version` is not the shadow's.
    #[error("Version conflict")]
    VersionConflict,
    /// The state would be larger than it may be.
    #[error("The payload exceeds the maximum size allowed")]
    TooLarge,
    /// The thing has as many named shadows as it may.
    #[error("A thing has at most {NAMED_SHADOWS} named shadows")]
    TooMany,
    /// There are as many shadows as there may be.
    #[error("There are {SHADOWS} shadows, as many as there may be; delete some of them")]
    Full,
    /// More requests than a rate allows.
    #[error("Too many requests")]
    TooManyRequests,
    /// Ours.
    #[error("Internal service failure")]
    Internal,
}

impl Refusal {
    /// That there is no such shadow; a classic one is called by the thing's name.
    pub fn not_found(of: &ShadowName) -> Self {
        Refusal::NotFound(of.name().unwrap_or(of.thing()).to_owned())
    }

    /// The code of the `rejected` message, which is an HTTP status.
    pub fn code(&self) -> u16 {
        match self {
            Refusal::NotFound(_) => 404,
            Refusal::VersionConflict => 409,
            Refusal::TooLarge => 413,
            Refusal::Encoding => 415,
            Refusal::TooManyRequests => 429,
            Refusal::Internal => 500,
            _ => 400,
        }
    }
}
