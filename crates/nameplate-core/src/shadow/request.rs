//! What a client sends: the documents of update, get and delete.

use super::refusal::Refusal;
use super::{CLIENT_TOKEN_BYTES, STATE_DEPTH};
use serde_json::{Map, Value};

/// A request to change a shadow.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    // `None`: all state is to be removed.
    pub(super) state: Option<Sections>,
    pub(super) version: Option<u64>,
    pub(super) client_token: Option<String>,
}

/// What is sent for each section: an object to merge, or null to remove it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Sections {
    pub(super) desired: Option<Value>,
    pub(super) reported: Option<Value>,
}

/// A request that is refused, and the token to tell its sender by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Why.
    pub refusal: Refusal,
    /// What the request said.
    pub client_token: Option<String>,
}

impl From<Refusal> for Rejected {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal,
            client_token: None,
        }
    }
}

impl Update {
    /// Reads an update.
    pub fn parse(body: &[u8]) -> Result<Self, Rejected> {
        let members = object(body)?;
        let client_token = token(&members)?;
        let rejected = |refusal| Rejected {
            refusal,
            client_token: client_token.clone(),
        };
        let version = version(&members).map_err(rejected)?;
        let state = sections(&members).map_err(rejected)?;
        Ok(Self {
            state,
            version,
            client_token,
        })
    }

    /// The token that the answers carry.
    pub fn client_token(&self) -> Option<&str> {
        self.client_token.as_deref()
    }
}

/// The token of a get or delete. Nothing else of its payload is looked at, which need not be JSON
/// (AWS guide: device-shadow-mqtt); what is no right token is not sent back.
pub fn client_token(body: &[u8]) -> Option<String> {
    token(&object(body).ok()?).ok()?
}

fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| Refusal::Encoding)?;
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(members),
        Err(error) if is_too_deep(&error) => Err(Refusal::Depth),
        _ => Err(Refusal::Json),
    }
}

/// Whether the reader gave up at the 128th level, which it tells from other errors by its words alone.
fn is_too_deep(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("recursion limit exceeded")
}

fn token(members: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    match members.get("clientToken") {
        None => Ok(None),
        Some(Value::String(token)) if token.len() <= CLIENT_TOKEN_BYTES => Ok(Some(token.clone())),
        Some(_) => Err(Refusal::ClientToken),
    }
}

fn version(members: &Map<String, Value>) -> Result<Option<u64>, Refusal> {
    match members.get("version") {
        None => Ok(None),
        Some(version) => version.as_u64().map(Some).ok_or(Refusal::Version),
    }
}

fn sections(members: &Map<String, Value>) -> Result<Option<Sections>, Refusal> {
    let state = match members.get("state") {
        None => return Err(Refusal::NoState),
        Some(Value::Null) => return Ok(None),
        Some(Value::Object(state)) => state,
        Some(_) => return Err(Refusal::State),
    };
    let mut sections = Sections::default();
    for (name, value) in state {
        let (place, refusal) = match name.as_str() {
            "desired" => (&mut sections.desired, Refusal::Desired),
            "reported" => (&mut sections.reported, Refusal::Reported),
            other => return Err(Refusal::Node(other.to_owned())),
        };
        if let Value::Object(members) = value {
            members
                .iter()
                .try_for_each(|(key, value)| check(key, value, 1))?;
        } else if !value.is_null() {
            return Err(refusal);
        }
        *place = Some(value.clone());
    }
    Ok(Some(sections))
}

/// Refuses what is too deep, and null in arrays. AWS guide: device-shadow-document.
fn check(key: &str, value: &Value, level: usize) -> Result<(), Refusal> {
    if level > STATE_DEPTH {
        return Err(Refusal::Depth);
    }
    match value {
        Value::Object(members) => members
            .iter()
            .try_for_each(|(key, value)| check(key, value, level + 1)),
        Value::Array(items) => items.iter().try_for_each(|item| match item {
            Value::Null => Err(Refusal::Node(key.to_owned())),
            item => check(key, item, level + 1),
        }),
        _ => Ok(()),
    }
}
