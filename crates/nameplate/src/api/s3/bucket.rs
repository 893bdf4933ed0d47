//! Buckets.

use super::{Call, Failure, Fault, Reply, access, argument, text};
use nameplate_aws::respond::Node;

/// The region whose buckets say nothing of theirs.
const FIRST_REGION: &str = "us-east-1";

pub(super) async fn create(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.without(&["x-amz-bucket-object-lock-enabled"])?;
    let ownership = access::of_new(call)?;
    let has_body = call.body.length().is_some_and(|length| length > 0);
    let region = match has_body {
        true => {
            let document = call.document().await?;
            document
                .value("LocationConstraint")
                .map(|region| region.trim().to_owned())
                .filter(|region| !region.is_empty())
        }
        false => None,
    };
    if let Some(region) = &region
        && (region == FIRST_REGION
            || !region
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
    {
        return Err(Fault::Location(region.clone()).into());
    }
    let bucket = call.bucket();
    if call.app.realm().region == FIRST_REGION && region.is_none() {
        // There alone a bucket may be made again. [S3: CreateBucket, BucketAlreadyOwnedByYou]
        call.app.objects.ensure_bucket(&call.caller, bucket).await?;
    } else {
        call.app
            .objects
            .create_bucket(&call.caller, bucket, region.as_deref())
            .await?;
    }
    if ownership.is_some() {
        let objects = &call.app.objects;
        objects
            .set_ownership(&call.caller, bucket, ownership)
            .await?;
    }
    Ok(Reply::empty().with("location", format!("/{bucket}")))
}

pub(super) async fn head(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let bucket = call.app.objects.bucket(call.bucket()).await?;
    Ok(Reply::empty()
        .with("content-type", "application/xml")
        .with("x-amz-bucket-region", bucket.region)
        .with("x-amz-access-point-alias", "false"))
}

pub(super) async fn delete(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.app
        .objects
        .delete_bucket(&call.caller, call.bucket())
        .await?;
    Ok(Reply::empty())
}

pub(super) async fn location(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let bucket = call.app.objects.bucket(call.bucket()).await?;
    let region = match bucket.region.as_str() {
        FIRST_REGION => "",
        region => region,
    };
    Ok(Reply::document("LocationConstraint", &Node::text(region)))
}

pub(super) async fn list(call: &mut Call<'_>) -> Result<Reply, Failure> {
    const MOST: usize = 10_000;
    let prefix = call.input.text("Prefix").unwrap_or_default();
    let seal = call.seal();
    let after = match call.input.text("ContinuationToken") {
        // As though there were none, here alone.
        Some("") => None,
        _ => call.position(&seal, "ContinuationToken")?,
    };
    let after = after.unwrap_or_default();
    let region = call
        .input
        .text("BucketRegion")
        .filter(|region| !region.is_empty());
    let limit = match call.input.integer("MaxBuckets") {
        Some(limit) => usize::try_from(limit)
            .ok()
            .filter(|limit| (1..=MOST).contains(limit))
            .ok_or_else(|| {
                argument(
                    "max-buckets",
                    limit,
                    "must be an integer between 1 and 10000",
                )
            })?,
        None => MOST,
    };
    let mut found = call
        .app
        .objects
        .buckets(prefix, region, &after, limit + 1)
        .await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let token = found
        .last()
        .filter(|_| more)
        .map(|bucket| text("ContinuationToken", seal.encode(bucket.name.as_bytes())));
    let buckets = found.into_iter().map(|bucket| {
        let node = Node::structure([
            text("Name", bucket.name),
            text("CreationDate", bucket.created),
            text("BucketRegion", bucket.region),
        ]);
        ("Bucket".to_owned(), node)
    });
    let mut members = vec![
        ("Owner".to_owned(), call.owner()),
        ("Buckets".to_owned(), Node::structure(buckets)),
    ];
    members.extend(token);
    if !prefix.is_empty() {
        members.push(text("Prefix", prefix));
    }
    Ok(Reply::document(
        "ListAllMyBucketsResult",
        &Node::Structure(members),
    ))
}
