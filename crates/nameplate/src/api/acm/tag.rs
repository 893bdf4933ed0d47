//! Tags of certificates, in their own form and in that of all resources.

use crate::api::Call;
use crate::app::Error;
use crate::app::registry::tag::Tag;
use nameplate_aws::request::Input;
use serde_json::{Value, json};

/// Key and value of each tag under `name`; a tag may have no value.
fn given(input: &Input, name: &str) -> Vec<(String, Option<String>)> {
    let text = |tag: &Value, member: &str| tag.get(member)?.as_str().map(str::to_owned);
    let tags = input.items(name).iter();
    tags.filter_map(|tag| Some((text(tag, "Key")?, text(tag, "Value"))))
        .collect()
}

/// The tags of a request.
pub fn tags(input: &Input) -> Vec<Tag> {
    let all = given(input, "Tags").into_iter();
    all.map(|(key, value)| (key, value.unwrap_or_default()))
        .collect()
}

/// Service authorization reference: condition keys of AWS Certificate Manager.
pub fn condition_keys(operation: &str, input: &Input) -> Vec<(String, String)> {
    let mut keys = Vec::new();
    for (key, value) in given(input, "Tags") {
        if operation != "RemoveTagsFromCertificate" {
            keys.push((format!("aws:RequestTag/{key}"), value.unwrap_or_default()));
        }
        keys.push(("aws:TagKeys".to_owned(), key));
    }
    let removed = input.items("TagKeys").iter().filter_map(Value::as_str);
    keys.extend(removed.map(|key| ("aws:TagKeys".to_owned(), key.to_owned())));
    keys
}

async fn add(call: &Call<'_>, member: &str) -> Result<Value, Error> {
    let arn = call.required(member)?;
    let tags = tags(&call.input);
    call.app.acm.tag(&call.caller, arn, tags).await?;
    Ok(json!({}))
}

async fn list(call: &Call<'_>, member: &str) -> Result<Value, Error> {
    let tags = call.app.acm.tags(call.required(member)?).await?;
    let tags = tags.into_iter().map(|(key, value)| match value.is_empty() {
        true => json!({"Key": key}),
        false => json!({"Key": key, "Value": value}),
    });
    Ok(json!({"Tags": tags.collect::<Vec<_>>()}))
}

/// `AddTagsToCertificate`.
pub async fn add_tags_to_certificate(call: &Call<'_>) -> Result<Value, Error> {
    add(call, "CertificateArn").await
}

/// `TagResource`.
pub async fn tag_resource(call: &Call<'_>) -> Result<Value, Error> {
    add(call, "ResourceArn").await
}

/// `ListTagsForCertificate`.
pub async fn list_tags_for_certificate(call: &Call<'_>) -> Result<Value, Error> {
    list(call, "CertificateArn").await
}

/// `ListTagsForResource`.
pub async fn list_tags_for_resource(call: &Call<'_>) -> Result<Value, Error> {
    list(call, "ResourceArn").await
}

/// `RemoveTagsFromCertificate`.
pub async fn remove_tags_from_certificate(call: &Call<'_>) -> Result<Value, Error> {
    let arn = call.required("CertificateArn")?;
    let tags = given(&call.input, "Tags");
    call.app.acm.untag(&call.caller, arn, tags).await?;
    Ok(json!({}))
}

/// `UntagResource`.
pub async fn untag_resource(call: &Call<'_>) -> Result<Value, Error> {
    let arn = call.required("ResourceArn")?;
    let keys = call.input.items("TagKeys").iter().filter_map(Value::as_str);
    let tags = keys.map(|key| (key.to_owned(), None)).collect();
    call.app.acm.untag(&call.caller, arn, tags).await?;
    Ok(json!({}))
}
