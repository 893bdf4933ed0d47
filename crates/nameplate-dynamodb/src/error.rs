//! What a request is refused for, in the service's own words.

use thiserror::Error;

/// Why a request is not valid: the text of the service's refusal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Invalid(pub String);

/// How refusals of values begin that no key attribute can have.
const NO_KEY: &str = "One or more parameter values are not valid. ";

/// How refusals of parameters begin that are fine one by one.
const PARAMETERS: &str = "One or more parameter values were invalid: ";
/// How refusals begin that count what they tell.
const DETECTED: &str = "1 validation error detected: ";
/// How refusals of empty sets and of a false `NULL` begin.
const NO_VALUE: [&str; 4] = [
    "One or more parameter values were invalid: An string set ",
    "One or more parameter values were invalid: An number set ",
    "One or more parameter values were invalid: Binary sets should not be empty",
    "One or more parameter values were invalid: Null attribute value types",
];

/// How refusals of sets begin that have something twice.
const TWICE: &str = "One or more parameter values were invalid: Input collection ";

impl Invalid {
    /// The refusal `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A refusal of a value that no key attribute can have.
    pub(crate) fn no_key(why: impl std::fmt::Display) -> Self {
        Self(format!("{NO_KEY}{why}"))
    }

    /// The refusal of the key behind which to go on. Of numbers, and of sets that have something twice, it is told as of any
    /// value.
    pub(crate) fn of_starting_key(self) -> Self {
        const PLAIN: [&str; 5] = [
            "contains duplicates",
            "number set",
            "numeric value",
            "significant digits",
            "number with magnitude",
        ];
        match PLAIN.iter().any(|part| self.0.contains(part)) {
            true => self,
            false => Self(format!("The provided starting key is invalid: {self}")),
        }
    }

    /// Whether it is of the request as a whole, also where only a part of a transaction is so: known without the item.
    pub fn is_of_the_request(&self) -> bool {
        self.0.starts_with(NO_KEY)
    }

    /// A refusal of parameters that are fine one by one.
    pub fn parameters(why: impl std::fmt::Display) -> Self {
        Self(format!("{PARAMETERS}{why}"))
    }

    /// As operations tell it that count what is wrong with a request, whatever the table. Of a value that an expression
    /// names and that is none by itself, its name is not told.
    pub(crate) fn detected(self) -> Self {
        let alone = self
            .0
            .strip_prefix(crate::expression::VALUE)
            .filter(|why| NO_VALUE.iter().any(|known| why.starts_with(known)))
            .and_then(|why| Some(why.rsplit_once(" for key ")?.0));
        Self(format!("{DETECTED}{}", alone.unwrap_or(&self.0)))
    }

    /// The same where it is of what a set or a `NULL` holds. That something is no attribute at all, or too large, is told as
    /// it is.
    pub(crate) fn detected_in_value(self) -> Self {
        let known = NO_VALUE.iter().chain([&TWICE]);
        match known.into_iter().any(|known| self.0.starts_with(known)) {
            true => self.detected(),
            false => self,
        }
    }
}

/// What reading a request returns.
pub type Result<T, E = Invalid> = std::result::Result<T, E>;
