//! What a request is refused for, in the service's own words.

use thiserror::Error;

/// Why a request is not valid: the text of the service's refusal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Invalid(pub String);

impl Invalid {
    /// The refusal `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A refusal of parameters that are fine one by one.
    pub fn parameters(why: impl std::fmt::Display) -> Self {
        Self(format!("One or more parameter values were invalid: {why}"))
    }
}

/// What reading a request returns.
pub type Result<T, E = Invalid> = std::result::Result<T, E>;
