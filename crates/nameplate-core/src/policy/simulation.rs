//! What a simulation of policies is given, and what it lacks (IAM user guide: testing IAM policies with the policy
//! simulator).
//!
//! Owns the types of values that a caller may give for condition keys, and which keys policies ask for. The decision
//! itself is [`super::decide()`]'s. Must not know whose policies are simulated.

use super::condition::{boolean, number};
use super::context::Context;
use super::date::date;
use super::decide::NamedPolicy;
use super::document::PolicyDocument;
use super::variable::{Missing, View};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::net::IpAddr;

/// The type of values that a caller gives for a key (IAM API reference: ContextEntry, ContextKeyType).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// An IP address.
    Address,
    /// Base64.
    Binary,
    /// A date as policies write them, or seconds since 1970.
    Date,
}

impl ValueType {
    /// Understands AWS's name, that of a list too: which keys have several values is theirs to know.
    pub fn parse(name: &str) -> Option<ValueType> {
        Some(match name.strip_suffix("List").unwrap_or(name) {
            "string" => ValueType::Text,
            "numeric" => ValueType::Number,
            "boolean" => ValueType::Bool,
            "ip" => ValueType::Address,
            "binary" => ValueType::Binary,
            "date" => ValueType::Date,
            _ => return None,
        })
    }

    /// Whether it is a value of this type.
    pub fn takes(self, value: &str) -> bool {
        match self {
            ValueType::Text => true,
            ValueType::Number => number(value).is_some(),
            ValueType::Bool => boolean(value).is_some(),
            ValueType::Address => value.parse::<IpAddr>().is_ok(),
            ValueType::Binary => BASE64.decode(value).is_ok(),
            ValueType::Date => date(value).is_some(),
        }
    }
}

/// The keys and variables in these documents, each once, as they are written there first.
pub fn keys<'a>(documents: impl IntoIterator<Item = &'a PolicyDocument>) -> Vec<String> {
    let mut found = Missing::default();
    for statement in documents
        .into_iter()
        .flat_map(|document| &document.statements)
    {
        statement.keys().for_each(|key| found.note(key));
    }
    found.0
}

/// The keys and variables that statements about `action` ask for and that have no value, each once. A decision notes
/// only those on which it depended.
pub fn missing(policies: &[NamedPolicy], action: &str, context: &Context) -> Vec<String> {
    let action = action.to_ascii_lowercase();
    let view = View::whole(context);
    let mut missing = Missing::default();
    let statements = policies
        .iter()
        .flat_map(|policy| &policy.document.statements);
    for statement in statements.filter(|statement| statement.covers_action(&action)) {
        let lacking = statement.keys().filter(|key| view.lacks(key));
        lacking.for_each(|key| missing.note(key));
    }
    missing.0
}
