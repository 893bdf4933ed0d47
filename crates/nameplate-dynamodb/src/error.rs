//! What a request is refused for, in the service's own words.

use thiserror::Error;

/// Why a request is not valid: the text of the service's refusal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Invalid(pub String);

/// How refusals of values begin that no key attribute can have.
const NO_KEY: &str = "One or more parameter values are not valid. ";

impl Invalid {
    /// The refusal `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A refusal of a value that no key attribute can have.
    pub(crate) fn no_key(why: impl std::fmt::Display) -> Self {
        Self(format!("{NO_KEY}{why}"))
    }

    /// Whether it is of the request as a whole, also where only a part of a transaction is so: known without the item.
    pub fn is_of_the_request(&self) -> bool {
        self.0.starts_with(NO_KEY)
    }

    /// A refusal of parameters that are fine one by one.
    pub fn parameters(why: impl std::fmt::Display) -> Self {
        Self(format!("One or more parameter values were invalid: {why}"))
    }
}

/// What reading a request returns.
pub type Result<T, E = Invalid> = std::result::Result<T, E>;
