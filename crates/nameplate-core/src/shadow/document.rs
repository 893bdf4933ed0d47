//! What the service answers and announces: the documents of accepted, rejected, delta and documents.

use super::content::{Content, stamp};
use super::refusal::Refusal;
use super::request::{Sections, Update};
use super::{STATE_BYTES, ShadowName};
use serde_json::{Map, Value, json};

/// A shadow as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Current {
    /// Of the last change, also where it was deleted since; 0 where there was none.
    pub version: u64,
    /// Its content; `None` where there is no shadow.
    pub content: Option<Content>,
}

/// A shadow after a change, and what is told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Updated {
    /// The version that the change has made.
    pub version: u64,
    /// What the store is to keep.
    pub content: Content,
    /// `update/accepted`, and the answer over HTTP: what was sent.
    pub accepted: Value,
    /// `update/documents`: the shadow before and after.
    pub documents: Value,
    /// `update/delta`, where desired and reported differ.
    pub delta: Option<Value>,
}

/// Changes a shadow, at this second since the epoch.
pub fn update(current: &Current, request: &Update, seconds: i64) -> Result<Updated, Refusal> {
    if request
        .version
        .is_some_and(|version| version != current.version)
    {
        return Err(Refusal::VersionConflict);
    }
    let before = current.content.clone().unwrap_or_default();
    let content = match &request.state {
        None => Content::default(),
        Some(sections) => {
            let mut content = before.clone();
            content.merge(sections, seconds);
            content
        }
    };
    if content.bytes() > STATE_BYTES {
        return Err(Refusal::TooLarge);
    }
    let version = current.version + 1;
    let token = request.client_token();
    let delta = content.delta();
    let delta = (!delta.is_empty()).then(|| {
        let metadata = content.delta_metadata(&delta);
        let members = json!({
            "version": version, "timestamp": seconds, "state": delta, "metadata": metadata,
        });
        with_token(members, token)
    });
    let was = if current.content.is_some() {
        current.version
    } else {
        0
    };
    let documents = json!({
        "previous": whole(&before, was),
        "current": whole(&content, version),
        "timestamp": seconds,
    });
    let (state, metadata) = sent(request.state.as_ref(), seconds);
    let accepted = json!({
        "state": state, "metadata": metadata, "version": version, "timestamp": seconds,
    });
    Ok(Updated {
        version,
        content,
        accepted: with_token(accepted, token),
        documents: with_token(documents, token),
        delta,
    })
}

/// `get/accepted`, and the answer over HTTP.
pub fn get(
    of: &ShadowName,
    current: &Current,
    token: Option<&str>,
    seconds: i64,
) -> Result<Value, Refusal> {
    let content = current
        .content
        .as_ref()
        .ok_or_else(|| Refusal::not_found(of))?;
    let mut state = content.state();
    let delta = content.delta();
    if !delta.is_empty() {
        state.insert("delta".to_owned(), Value::Object(delta));
    }
    let members = json!({
        "state": state,
        "metadata": content.metadata(),
        "version": current.version,
        "timestamp": seconds,
    });
    Ok(with_token(members, token))
}

/// `delete/accepted`, and the answer over HTTP.
pub fn deleted(version: u64, token: Option<&str>, seconds: i64) -> Value {
    with_token(json!({"version": version, "timestamp": seconds}), token)
}

/// `…/rejected`.
pub fn rejection(refusal: &Refusal, token: Option<&str>, seconds: i64) -> Value {
    let members = json!({
        "code": refusal.code(), "message": refusal.to_string(), "timestamp": seconds,
    });
    with_token(members, token)
}

fn whole(content: &Content, version: u64) -> Value {
    json!({"state": content.state(), "metadata": content.metadata(), "version": version})
}

/// What was sent, as it was sent, and the times of what was set.
fn sent(sections: Option<&Sections>, seconds: i64) -> (Value, Value) {
    let Some(sections) = sections else {
        return (Value::Null, json!({"timestamp": seconds}));
    };
    let (mut state, mut metadata) = (Map::new(), Map::new());
    for (name, section) in [
        ("desired", &sections.desired),
        ("reported", &sections.reported),
    ] {
        if let Some(value) = section {
            state.insert(name.to_owned(), value.clone());
            if value.is_object() {
                metadata.insert(name.to_owned(), stamp(value, seconds));
            }
        }
    }
    (Value::Object(state), Value::Object(metadata))
}

fn with_token(mut members: Value, token: Option<&str>) -> Value {
    if let Some(token) = token {
        members["clientToken"] = token.into();
    }
    members
}
