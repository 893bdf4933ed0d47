//! Tags of objects and buckets.

use super::{Call, Failure, Fault, Reply, Setting, permission, text};
use nameplate_aws::respond::Node;
use nameplate_aws::uri;

/// The tags of an `x-amz-tagging` header, which are written as a query is.
pub(super) fn of_header(value: &str) -> Vec<(String, String)> {
    uri::form_pairs(value)
}

async fn get(call: &Call<'_>, key: Option<&str>) -> Result<Reply, Failure> {
    let tags = call.app.objects.object_tags(call.bucket(), key).await?;
    if tags.is_empty() && key.is_none() {
        return Err(Fault::NotConfigured(Setting::Tags, call.bucket().to_owned()).into());
    }
    let tags = tags.into_iter().map(|(key, value)| {
        let tag = Node::structure([text("Key", key), text("Value", value)]);
        ("Tag".to_owned(), tag)
    });
    let set = [("TagSet", Node::structure(tags))];
    Ok(Reply::document("Tagging", &Node::structure(set)))
}

/// How many tags the object has, for readers who may read them; none where it has none. API reference: GetObject.
pub(super) async fn count(call: &Call<'_>) -> Result<Option<usize>, Failure> {
    let (bucket, key) = (call.bucket(), call.key());
    let Ok(tags) = call.app.objects.object_tags(bucket, Some(key)).await else {
        // What is wrong is told by who reads the object itself.
        return Ok(None);
    };
    if tags.is_empty() {
        return Ok(None);
    }
    let may = permission::on_object(call, "s3:GetObjectTagging", bucket, key).await;
    Ok(may.is_ok().then_some(tags.len()))
}

async fn put(call: &mut Call<'_>, key: Option<String>) -> Result<Reply, Failure> {
    let document = call.document().await?;
    let set = document.child("TagSet").ok_or(Fault::Xml)?;
    let mut tags = Vec::new();
    for tag in set.all("Tag") {
        let (Some(key), Some(value)) = (tag.value("Key"), tag.value("Value")) else {
            return Err(Fault::Xml.into());
        };
        tags.push((key.to_owned(), value.to_owned()));
    }
    if key.is_some() {
        permission::tags(call, &tags).await?;
    }
    call.app
        .objects
        .set_object_tags(&call.caller, call.bucket(), key.as_deref(), tags)
        .await?;
    Ok(Reply::empty())
}

async fn delete(call: &Call<'_>, key: Option<&str>) -> Result<Reply, Failure> {
    call.app
        .objects
        .set_object_tags(&call.caller, call.bucket(), key, Vec::new())
        .await?;
    Ok(Reply::empty())
}

pub(super) async fn get_bucket(call: &mut Call<'_>) -> Result<Reply, Failure> {
    get(call, None).await
}

pub(super) async fn put_bucket(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let reply = put(call, None).await?;
    Ok(Reply {
        status: Some(204),
        ..reply
    })
}

pub(super) async fn delete_bucket(call: &mut Call<'_>) -> Result<Reply, Failure> {
    delete(call, None).await
}

pub(super) async fn get_object(call: &mut Call<'_>) -> Result<Reply, Failure> {
    get(call, Some(call.key())).await
}

pub(super) async fn put_object(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let key = call.key().to_owned();
    put(call, Some(key)).await
}

pub(super) async fn delete_object(call: &mut Call<'_>) -> Result<Reply, Failure> {
    delete(call, Some(call.key())).await
}
