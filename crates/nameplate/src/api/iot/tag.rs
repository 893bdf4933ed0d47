//! Tags that come with the creation of something.

use crate::api::Call;
use crate::app::tag::Tag;
use serde_json::Value;

/// The tags of a request; a tag without a value has the empty one.
pub fn given(call: &Call<'_>) -> Vec<Tag> {
    let text = |tag: &Value, name: &str| {
        tag.get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    call.input
        .items("tags")
        .iter()
        .map(|tag| (text(tag, "Key"), text(tag, "Value")))
        .collect()
}
