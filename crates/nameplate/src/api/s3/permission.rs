//! Which permission an S3 operation needs, and on what.

use super::{Call, Failure, is_absent_object};
use crate::app::{Error, Kind};
use nameplate_core::policy::action::iam_action;

/// Refuses unless the caller's policies allow the operation on its bucket or object. What else an operation touches
/// (the source of a copy, each object of a list of deletions) it asks about itself.
pub(super) fn check(call: &Call<'_>) -> Result<(), Error> {
    let operation = call.operation.name;
    if let Some(owner) = call.input.text("ExpectedBucketOwner")
        && owner != call.app.realm().account
    {
        return Err(Error::denied("Access Denied"));
    }
    if operation == "DeleteObjects" {
        return Ok(());
    }
    let action = iam_action("s3", operation);
    let resource = match (call.input.text("Bucket"), call.input.text("Key")) {
        (Some(bucket), Some(key)) => object_arn(call, bucket, key),
        (Some(bucket), None) => call.app.realm().s3(bucket),
        (None, _) => "*".to_owned(),
    };
    let keys: Vec<(String, String)> = [
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
    call.identity
        .may_where(&action, &resource, &keys, call.ctx.now)
}

/// Refuses unless the caller may do this to an object.
pub(super) fn on_object(
    call: &Call<'_>,
    action: &str,
    bucket: &str,
    key: &str,
) -> Result<(), Error> {
    call.identity
        .may(action, &object_arn(call, bucket, key), call.ctx.now)
}

/// That an object does not exist is for those to know who may list its bucket.
pub(super) fn hide_absence(call: &Call<'_>, failure: Failure) -> Failure {
    match failure {
        Failure::App(error) if is_absent_object(&error) => {
            let bucket = call.app.realm().s3(call.bucket());
            match call.identity.may("s3:ListBucket", &bucket, call.ctx.now) {
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
