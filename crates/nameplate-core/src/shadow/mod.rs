//! Device shadows: what a device reports of itself and what is desired of it, and the documents that tell both.
//!
//! Owns the request and answer documents, merging, the delta, versions and limits (AWS guide: device-shadow-document,
//! device-shadow-error-messages). Does not know topics' subscribers, who may ask, or where a shadow is kept.

mod content;
mod document;
mod refusal;
mod request;
#[cfg(test)]
mod tests;

pub use content::Content;
pub use document::{Current, Updated, deleted, get, rejection, update};
pub use refusal::Refusal;
pub use request::{Rejected, Update, client_token};

use crate::ctx::Millis;
use crate::registry::name;

/// Bytes of the state, desired and reported together and without metadata (General Reference, IoT Core quotas).
pub const STATE_BYTES: usize = 8192;
/// Levels within desired or reported (the same).
pub const STATE_DEPTH: usize = 8;
/// Bytes of a client token (AWS guide: device-shadow-document).
pub const CLIENT_TOKEN_BYTES: usize = 64;
/// How long the version of a deleted shadow is remembered; one that is made within it goes on counting
/// (AWS guide: device-shadow-data-flow).
pub const VERSION_KEPT: Millis = Millis(48 * 3600 * 1000);

/// Which shadow: of this thing, which need not be in the registry, the classic one or a named one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShadowName {
    thing: String,
    name: Option<String>,
}

impl ShadowName {
    /// A name by AWS's patterns: 1 to 128 characters for the thing, 1 to 64 for a named shadow.
    pub fn new(thing: &str, name: Option<&str>) -> Result<Self, Refusal> {
        if name::thing(thing).is_err() {
            return Err(Refusal::ThingName);
        }
        if name.is_some_and(|name| !is_shadow_name(name)) {
            return Err(Refusal::ShadowName);
        }
        Ok(Self {
            thing: thing.to_owned(),
            name: name.map(str::to_owned),
        })
    }

    /// Name of the thing whose shadow it is.
    pub fn thing(&self) -> &str {
        &self.thing
    }

    /// The name of a named shadow.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What all its topics begin with, without a slash at the end.
    pub fn topic_prefix(&self) -> String {
        match &self.name {
            None => format!("$aws/things/{}/shadow", self.thing),
            Some(name) => format!("$aws/things/{}/shadow/name/{name}", self.thing),
        }
    }
}

/// What a message on a shadow's topic asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// The document.
    Get,
    /// A change.
    Update,
    /// To forget the shadow.
    Delete,
}

impl Operation {
    /// The last level of its topic.
    pub fn as_str(self) -> &'static str {
        match self {
            Operation::Get => "get",
            Operation::Update => "update",
            Operation::Delete => "delete",
        }
    }
}

/// The shadow and what is asked of it, of a topic that clients publish requests to; `None` for any other topic.
pub fn of_topic(topic: &str) -> Option<(&str, Option<&str>, Operation)> {
    let rest = topic.strip_prefix("$aws/things/")?;
    let (thing, rest) = rest.split_once("/shadow/")?;
    let (name, operation) = match rest.strip_prefix("name/") {
        Some(named) => {
            let (name, operation) = named.split_once('/')?;
            (Some(name), operation)
        }
        None => (None, rest),
    };
    let operation = [Operation::Get, Operation::Update, Operation::Delete]
        .into_iter()
        .find(|known| known.as_str() == operation)?;
    (!thing.contains('/')).then_some((thing, name, operation))
}

fn is_shadow_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"$:_-".contains(&byte))
}
