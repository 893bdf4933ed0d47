//! What tables are refused for, in domain words.

use crate::app::{Error, Kind};
use nameplate_dynamodb::Invalid;

/// Why something about a table or item cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A table or index is there already, is being changed, or is not to be deleted.
    InUse,
    /// An item is not as the condition says; the item, where the caller wants to be told.
    Condition(Option<String>),
    /// An item that is only to be made is there already.
    Duplicate,
    /// A transaction is not made: what each of its parts met, in order.
    Cancelled(Vec<Reason>),
    /// Nobody has said who else may use a table.
    NoPolicy,
    /// A token was used for another transaction.
    Token,
    /// There is no such import.
    NoImport,
    /// A token was used for another import.
    ImportConflict,
}

/// What a part of a transaction met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Nothing.
    None,
    /// The item is not as the condition says; the item, where the caller wants to be told.
    Condition(Option<String>),
    /// An item that is only to be made is there already.
    Duplicate,
    /// There is no such table.
    NotFound(String),
    /// It is not valid, because.
    Invalid(String),
}

impl Refusal {
    pub(super) fn because(self, message: impl Into<String>) -> Error {
        Error::new(Kind::Table(self), message)
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Error::invalid(invalid.0)
    }
}

/// That a condition does not hold.
pub(super) fn condition(item: Option<String>) -> Error {
    Refusal::Condition(item).because("The conditional request failed")
}

/// What is said of an item that is only to be made and is there already.
pub const DUPLICATE: &str = "Duplicate primary key exists in table";
