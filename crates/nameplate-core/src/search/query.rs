//! A query as a tree, and the plain way to decide it on one document.

use super::document::Document;
use super::field::{Subject, decimal, holds_numbers, indexed_name, is_hidden, number};
use super::parse;
use super::pattern::Pattern;
use std::cmp::Ordering;

/// Characters of a query (General Reference, AWS IoT Device Management quotas).
pub const QUERY_CHARS: usize = 1000;
/// Terms of a query (AWS guide: query-syntax).
pub const QUERY_TERMS: usize = 12;
/// Wildcards in one term (General Reference, AWS IoT Device Management quotas).
pub const WILDCARDS_PER_TERM: usize = 2;
/// Characters of a query in which a term begins with a wildcard (AWS guide: query-syntax).
pub const LEADING_WILDCARD_CHARS: usize = 100;

/// Why a text is no query. The texts are what the caller reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// A field that does not exist. The wording is AWS's.
    #[error(
        "Unable to parse query, invalid field name, field name: {field}, query string: {query}"
    )]
    UnknownField {
        /// As the caller wrote it.
        field: String,
        /// The whole query.
        query: String,
    },
    /// Not in the language, or over one of its limits.
    #[error("Unable to parse query, {why}, query string: {query}")]
    Malformed {
        /// What is wrong, and where.
        why: String,
        /// The whole query.
        query: String,
    },
}

/// A parsed query.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// `*`: every document.
    All,
    /// One term.
    Term(Term),
    /// Every document that the other does not find.
    Not(Box<Query>),
    /// All of these.
    And(Vec<Query>),
    /// Any of these.
    Or(Vec<Query>),
}

/// A test on the values of one field, or of all.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The field as documents name it; `None` for all of them.
    pub field: Option<String>,
    /// What one of its values must be.
    pub test: Test,
}

/// What a value must be. Texts are in lower case; a value's words are what white space parts.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Anything.
    Exists,
    /// It has this word.
    Word(String),
    /// It has these words, one after the other.
    Phrase(Vec<String>),
    /// It has a word like this.
    Like(Pattern),
    /// It is this number, in the form of `field::decimal`.
    Number(String),
    /// It is a number between these.
    Numbers(Bound<f64>, Bound<f64>),
    /// It is a text between these.
    Texts(Bound<String>, Bound<String>),
}

/// One end of a range.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound<T> {
    /// None.
    Open,
    /// This value belongs to the range.
    Included(T),
    /// This value does not.
    Excluded(T),
}

impl<T> Bound<T> {
    /// As the low end: whether a value that compares to it like this is in the range.
    pub(super) fn lets_up(&self, compare: impl Fn(&T) -> Option<Ordering>) -> bool {
        match self {
            Bound::Open => true,
            Bound::Included(low) => {
                matches!(compare(low), Some(Ordering::Greater | Ordering::Equal))
            }
            Bound::Excluded(low) => compare(low) == Some(Ordering::Greater),
        }
    }

    /// As the high end.
    pub(super) fn lets_down(&self, compare: impl Fn(&T) -> Option<Ordering>) -> bool {
        match self {
            Bound::Open => true,
            Bound::Included(high) => {
                matches!(compare(high), Some(Ordering::Less | Ordering::Equal))
            }
            Bound::Excluded(high) => compare(high) == Some(Ordering::Less),
        }
    }
}

impl Query {
    /// Reads a query about `subject`.
    pub fn parse(subject: Subject, text: &str) -> Result<Self, QueryError> {
        parse::parse(subject, text)
    }

    /// Whether a document matches. The index must say the same.
    pub fn matches(&self, document: &Document) -> bool {
        match self {
            Query::All => true,
            Query::Term(term) => document.values().any(|(field, value)| {
                term.concerns(field) && term.test.matches(&value.to_lowercase())
            }),
            Query::Not(inner) => !inner.matches(document),
            Query::And(all) => all.iter().all(|one| one.matches(document)),
            Query::Or(any) => any.iter().any(|one| one.matches(document)),
        }
    }

    /// Whether the answer can depend on the values of a field.
    pub fn asks(&self, concerns: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Query::All => false,
            Query::Term(term) => term.field.as_deref().is_none_or(concerns),
            Query::Not(inner) => inner.asks(concerns),
            Query::And(some) | Query::Or(some) => some.iter().any(|one| one.asks(concerns)),
        }
    }
}

impl Term {
    pub(super) fn new(field: Option<&str>, test: Test) -> Self {
        Self {
            field: field.map(|name| indexed_name(name).to_owned()),
            test,
        }
    }

    /// Whether the values of this field are looked at.
    pub(super) fn concerns(&self, field: &str) -> bool {
        match &self.field {
            Some(wanted) => wanted == field,
            None if is_hidden(field) => false,
            None => holds_numbers(field) || !matches!(self.test, Test::Number(_)),
        }
    }
}

impl Test {
    /// Whether a value in lower case passes.
    pub(super) fn matches(&self, value: &str) -> bool {
        match self {
            Test::Exists => true,
            Test::Word(word) => {
                value == word || value.split_whitespace().any(|found| found == word)
            }
            Test::Like(pattern) => {
                if value.contains(char::is_whitespace) {
                    value.split_whitespace().any(|found| pattern.matches(found))
                } else {
                    pattern.matches(value)
                }
            }
            Test::Phrase(words) => {
                let found: Vec<&str> = value.split_whitespace().collect();
                found
                    .windows(words.len().max(1))
                    .any(|some| some.iter().eq(words.iter()))
            }
            Test::Number(wanted) => decimal(value).as_ref() == Some(wanted),
            Test::Numbers(low, high) => number(value).is_some_and(|found| {
                low.lets_up(|end| found.partial_cmp(end))
                    && high.lets_down(|end| found.partial_cmp(end))
            }),
            Test::Texts(low, high) => {
                low.lets_up(|end| value.partial_cmp(end.as_str()))
                    && high.lets_down(|end| value.partial_cmp(end.as_str()))
            }
        }
    }
}
