//! What can be wrong with a policy document, in words for the one who wrote it.

use crate::limits::POLICY_TEXT_BYTES;
use std::fmt;

/// Why a text is not a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// More text than is looked at.
    #[error("the policy document is {bytes} bytes long; at most {POLICY_TEXT_BYTES} are read")]
    TooLarge {
        /// Length of the text.
        bytes: usize,
    },
    /// More characters than the dialect allows.
    #[error(
        "the policy document has {chars} characters, white space not counted; at most {limit} are allowed"
    )]
    TooLong {
        /// Characters without white space.
        chars: usize,
        /// The dialect's limit.
        limit: usize,
    },
    /// Not JSON, or an object with a key twice.
    #[error("the policy document is not valid JSON: {why} (line {line}, column {column})")]
    NotJson {
        /// What the parser met.
        why: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// JSON, but not a policy.
    #[error("{place}: {problem}")]
    Invalid {
        /// Where.
        place: Place,
        /// What.
        problem: Problem,
    },
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The document itself.
    Document,
    /// One statement.
    Statement {
        /// Counted from 1.
        number: usize,
        /// Its Sid, where it has a usable one.
        sid: Option<String>,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Document => f.write_str("the policy document"),
            Place::Statement { number, sid: None } => write!(f, "statement {number}"),
            Place::Statement {
                number,
                sid: Some(sid),
            } => write!(f, "statement {number} ({sid})"),
        }
    }
}

/// What a part of a document does wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A key that must be there is not.
    #[error("{key} is missing")]
    Missing {
        /// The key, or the two of which one is needed.
        key: &'static str,
    },
    /// A key that this dialect does not have.
    #[error("{key} is not allowed here")]
    Unexpected {
        /// The key as written.
        key: String,
    },
    /// Two keys that exclude each other.
    #[error("{first} and {second} cannot both be given")]
    Both {
        /// The plain key.
        first: &'static str,
        /// Its `Not…` form.
        second: &'static str,
    },
    /// A value of the wrong JSON type.
    #[error("{key} must be {wanted}, not {found}")]
    Type {
        /// The key whose value it is, as the document writes it.
        key: String,
        /// The type that belongs there.
        wanted: &'static str,
        /// The type that stands there.
        found: &'static str,
    },
    /// A list without any item.
    #[error("{key} is an empty list; it must have at least one item")]
    Empty {
        /// The key whose value it is, as the document writes it.
        key: String,
    },
    /// A value that breaks a rule.
    #[error("{key} has the value {value:?}; {rule}")]
    Value {
        /// The key whose value it is, as the document writes it.
        key: String,
        /// As the document writes it.
        value: String,
        /// The rule it breaks.
        rule: &'static str,
    },
}
