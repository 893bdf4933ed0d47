//! Which permission an S3 operation needs, and on what.

use super::{Call, Failure, is_absent_object, tagging};
use crate::app::{Error, Kind};
use nameplate_core::policy::action::iam_action;

/// Refuses unless the caller's policies allow the operation on its bucket or object. What else an operation touches
/// (the source of a copy, each object of a list of deletions) it asks about itself.
pub(super) async fn check(call: &Call<'_>) -> Result<(), Error> {
    let operation = call.operation.name;
    if let Some(owner) = call.input.text("ExpectedBucketOwner")
        && owner != call.app.realm().account
    {
        return Err(Error::denied("Access Denied"));
    }
    // Which objects, and which tags, is in the body.
    if matches!(operation, "DeleteObjects" | "PutObjectTagging") {
        return Ok(());
    }
    let action = iam_action("s3", operation);
    let resource = match (call.input.text("Bucket"), call.input.text("Key")) {
        (Some(bucket), Some(key)) => object_arn(call, bucket, key),
        (Some(bucket), None) => call.app.realm().s3(bucket),
        (None, _) => "*".to_owned(),
    };
    let mut keys: Vec<(String, String)> = [
        ("s3:prefix", "Prefix"),
        ("s3:delimiter", "Delimiter"),
        ("s3:max-keys", "MaxKeys"),
    ]
    .into_iter()
    .filter_map(|(key, member)| {
        let value = call.input.get(member)?;
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        Some((key.to_owned(), text))
    })
    .collect();
    if action == "s3:PutObject"
        && let Some(tags) = call.headers.text("x-amz-tagging")
    {
        keys.extend(tag_keys(&tagging::of_header(&tags)));
        // S3: PutObject, permissions: tags that come with an object are put like others.
        let put = call
            .app
            .iam
            .may(&call.caller, "s3:PutObjectTagging", &resource, &keys);
        put.await?;
    }
    call.app
        .iam
        .may(&call.caller, &action, &resource, &keys)
        .await
}

/// Refuses unless the caller may put these tags on the object.
pub(super) async fn tags(call: &Call<'_>, tags: &[(String, String)]) -> Result<(), Error> {
    let (action, object) = (
        iam_action("s3", call.operation.name),
        object_arn(call, call.bucket(), call.key()),
    );
    let keys: Vec<_> = tag_keys(tags).collect();
    call.app
        .iam
        .may(&call.caller, &action, &object, &keys)
        .await
}

fn tag_keys(tags: &[(String, String)]) -> impl Iterator<Item = (String, String)> {
    tags.iter().flat_map(|(key, value)| {
        [
            (format!("s3:RequestObjectTag/{key}"), value.clone()),
            ("s3:RequestObjectTagKeys".to_owned(), key.clone()),
        ]
    })
}

/// Refuses unless the caller may do this to an object.
pub(super) async fn on_object(
    call: &Call<'_>,
    action: &str,
    bucket: &str,
    key: &str,
) -> Result<(), Error> {
    let object = object_arn(call, bucket, key);
    call.app.iam.may(&call.caller, action, &object, &[]).await
}

/// That an object does not exist is for those to know who may list its bucket.
pub(super) async fn hide_absence(call: &Call<'_>, failure: Failure) -> Failure {
    match failure {
        Failure::App(error) if is_absent_object(&error) => {
            let bucket = call.app.realm().s3(call.bucket());
            let may = call
                .app
                .iam
                .may(&call.caller, "s3:ListBucket", &bucket, &[]);
            match may.await {
                Ok(()) => Failure::App(error),
                Err(denied) => Failure::App(Error::new(Kind::Denied, denied.message)),
            }
        }
        failure => failure,
    }
}

fn object_arn(call: &Call<'_>, bucket: &str, key: &str) -> String {
    call.app.realm().s3(format_args!("{bucket}/{key}"))
}
