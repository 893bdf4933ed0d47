//! Tags of log groups, by ARN and, as it was before, by name.

use crate::api::Call;
use crate::app::Error;
use crate::app::log_groups::name_of;
use nameplate_aws::request::Input;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The tags of a request.
pub fn given(call: &Call<'_>) -> BTreeMap<String, String> {
    let tags = call.input.object("tags").into_iter().flatten();
    tags.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// Service authorization reference: condition keys of Amazon CloudWatch Logs.
pub fn condition_keys(operation: &str, input: &Input) -> Vec<(String, String)> {
    let mut keys = Vec::new();
    for (key, value) in input.object("tags").into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        keys.push((format!("aws:RequestTag/{key}"), value.to_owned()));
        keys.push(("aws:TagKeys".to_owned(), key.clone()));
    }
    // The old operation has them under the name of tags.
    let list = match operation {
        "UntagLogGroup" => "tags",
        _ => "tagKeys",
    };
    let removed = input.items(list).iter().filter_map(Value::as_str);
    keys.extend(removed.map(|key| ("aws:TagKeys".to_owned(), key.to_owned())));
    keys
}

/// `TagResource`.
pub async fn tag_resource(call: &Call<'_>) -> Result<Value, Error> {
    let group = by_arn(call)?;
    let tags = given(call);
    call.app.log_groups.tag(&group, tags, Vec::new()).await?;
    Ok(json!({}))
}

/// `UntagResource`.
pub async fn untag_resource(call: &Call<'_>) -> Result<Value, Error> {
    let group = by_arn(call)?;
    remove(call, &group, "tagKeys").await
}

/// `ListTagsForResource`.
pub async fn list_tags_for_resource(call: &Call<'_>) -> Result<Value, Error> {
    let group = by_arn(call)?;
    Ok(json!({"tags": call.app.log_groups.get(&group).await?.tags}))
}

/// `TagLogGroup`.
pub async fn tag_log_group(call: &Call<'_>) -> Result<Value, Error> {
    let group = call.required("logGroupName")?;
    let tags = given(call);
    call.app.log_groups.tag(group, tags, Vec::new()).await?;
    Ok(json!({}))
}

/// `UntagLogGroup`.
pub async fn untag_log_group(call: &Call<'_>) -> Result<Value, Error> {
    remove(call, call.required("logGroupName")?, "tags").await
}

/// `ListTagsLogGroup`.
pub async fn list_tags_log_group(call: &Call<'_>) -> Result<Value, Error> {
    let group = call.required("logGroupName")?;
    Ok(json!({"tags": call.app.log_groups.get(group).await?.tags}))
}

async fn remove(call: &Call<'_>, group: &str, list: &str) -> Result<Value, Error> {
    let keys = call.input.items(list).iter().filter_map(Value::as_str);
    let keys = keys.map(str::to_owned).collect();
    call.app
        .log_groups
        .tag(group, BTreeMap::new(), keys)
        .await?;
    Ok(json!({}))
}

/// Only groups have tags here.
fn by_arn(call: &Call<'_>) -> Result<String, Error> {
    let arn = call.required("resourceArn")?;
    let name = name_of(call.app.realm(), arn);
    name.filter(|name| !name.contains(':'))
        .ok_or_else(|| Error::not_found("The specified resource does not exist."))
}
