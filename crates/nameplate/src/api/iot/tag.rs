//! Tags: of what is created, and of what exists.

use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::registry::tag::Tag;
use nameplate_core::limits;
use serde_json::{Value, json};

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

/// `TagResource`.
pub async fn tag_resource(call: &Call<'_>) -> Result<Value, Error> {
    let arn = call.required("resourceArn")?;
    call.app
        .registry
        .tag_resource(&call.caller, arn, given(call))
        .await?;
    Ok(json!({}))
}

/// `UntagResource`.
pub async fn untag_resource(call: &Call<'_>) -> Result<Value, Error> {
    let keys = call
        .input
        .items("tagKeys")
        .iter()
        .filter_map(|key| Some(key.as_str()?.to_owned()))
        .collect();
    let arn = call.required("resourceArn")?;
    call.app
        .registry
        .untag_resource(&call.caller, arn, keys)
        .await?;
    Ok(json!({}))
}

/// `ListTagsForResource`. A page holds all that a resource can have.
pub async fn list_tags_for_resource(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, limits::TAGS)?;
    let after = page.from.clone().unwrap_or_default();
    let arn = call.required("resourceArn")?;
    let mut found = call
        .app
        .registry
        .tags_of_resource(arn, &after, page.size + 1)
        .await?;
    let next = page.cut(&mut found, |(key, _)| key.clone());
    let items = found
        .iter()
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect();
    Ok(page.answer("tags", items, next))
}
