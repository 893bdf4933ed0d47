//! Objects and parts made of other objects.

use super::headers::{
    UNKEPT, checksum_type, details, expected_by_writer, quoted, tags, wanted_algorithm,
    whole_checksum,
};
use super::object::BODY_BYTES;
use super::{Call, Failure, Fault, Reply, access, argument, multipart, permission, range, text};
use crate::app::objects::{Extent, Finished, NewObject, NewPart, ObjectInfo, Reading, Refusal};
use nameplate_aws::checksum::Algorithm;
use nameplate_aws::respond::Node;
use nameplate_aws::uri;

const SOURCE: &str = "x-amz-copy-source";

/// Where a copy comes from.
struct Source {
    bucket: String,
    key: String,
}

/// `/bucket/key` or `bucket/key`, encoded, perhaps with a version.
async fn source(call: &Call<'_>) -> Result<Source, Failure> {
    let sent = call.headers.text(SOURCE).unwrap_or_default();
    let (path, version) = sent.split_once("?versionId=").unwrap_or((&sent, "null"));
    let wrong = || {
        argument(
            SOURCE,
            &sent,
            "must be the bucket and key of an object, and of no version",
        )
    };
    let path = String::from_utf8(uri::decode(path)).map_err(|_| wrong())?;
    match path.strip_prefix('/').unwrap_or(&path).split_once('/') {
        Some((bucket, key)) if !bucket.is_empty() && !key.is_empty() && version == "null" => {
            let (bucket, key) = (bucket.to_owned(), key.to_owned());
            permission::on_object(call, "s3:GetObject", &bucket, &key).await?;
            Ok(Source { bucket, key })
        }
        _ => Err(wrong()),
    }
}

async fn copied(
    call: &Call<'_>,
    reading: Reading,
    algorithm: Option<Algorithm>,
) -> Result<(Finished, Option<(Algorithm, String)>), Failure> {
    let mut hasher = algorithm.map(|algorithm| (algorithm, algorithm.hasher()));
    let seen = |bytes: &[u8]| {
        if let Some((_, hasher)) = &mut hasher {
            hasher.update(bytes);
        }
    };
    let body = call.app.objects.copied_body(reading, seen).await?;
    let finished = body.finish().await?;
    let checksum = hasher.map(|(algorithm, hasher)| (algorithm, hasher.base64()));
    Ok((finished, checksum))
}

/// What is copied of an object, which must not be more than a body may have.
fn copyable(extent: Extent) -> Result<((), Extent), Failure> {
    if extent.size > BODY_BYTES {
        let refusal = Refusal::TooLarge {
            bytes: extent.size,
            most: BODY_BYTES,
        };
        return Err(refusal.into());
    }
    Ok(((), extent))
}

/// Whether a directive says REPLACE and not COPY.
fn replaces(call: &Call<'_>, of: &str, header: &'static str) -> Result<bool, Failure> {
    match call.headers.text(header).as_deref() {
        None | Some("COPY") => Ok(false),
        Some("REPLACE") => Ok(true),
        Some(other) => Err(Fault::Argument {
            name: header,
            value: other.to_owned(),
            message: format!("Unknown {of} directive."),
        }
        .into()),
    }
}

pub(super) async fn object(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.without(UNKEPT)?;
    access::refuse_acl(call).await?;
    let from = source(call).await?;
    let new_details = replaces(call, "metadata", "x-amz-metadata-directive")?;
    let new_tags = replaces(call, "tagging", "x-amz-tagging-directive")?;
    let stated = details(&call.headers)?;
    let itself = from.bucket == call.bucket() && from.key == call.key();
    if itself && !new_details && stated.storage_class.is_none() {
        return Err(Fault::Request(
            "This copy request is illegal because it is trying to copy an object to itself without changing the \
             object's metadata, storage class, website redirect location or encryption attributes.",
        )
        .into());
    }
    let expected = expected_by_writer(&call.headers)?;
    let wanted = wanted_algorithm(&call.headers)?;
    let (info, (), reading) = call
        .app
        .objects
        .open_object(&from.bucket, &from.key, |info| {
            range::check(&call.input, "CopySource", info, call.caller.ctx.now)?;
            copyable(info.whole())
        })
        .await?;
    let mut details = if new_details {
        stated
    } else {
        let mut kept = info.details.clone();
        kept.storage_class = stated.storage_class;
        kept
    };
    let tags = if new_tags {
        tags(&call.headers)?
    } else {
        call.app
            .objects
            .object_tags(&from.bucket, Some(&from.key))
            .await?
    };
    let had = info.details.checksum.as_ref();
    let algorithm = wanted.or(had.and_then(|checksum| Algorithm::named(&checksum.algorithm)));
    let (finished, checksum) = copied(call, reading, algorithm).await?;
    details.checksum = whole_checksum(checksum);
    details.parts = Vec::new();
    let info = call
        .app
        .objects
        .put_object(
            &call.caller,
            call.bucket(),
            call.key(),
            NewObject {
                finished,
                details,
                tags,
            },
            expected,
        )
        .await?;
    let mut members = vec![
        text("LastModified", info.modified),
        text("ETag", quoted(&info.etag)),
    ];
    if let Some(checksum) = &info.details.checksum {
        members.push(text("ChecksumType", checksum_type(checksum)));
        members.extend(multipart::checksum_element(
            algorithm,
            Some(&checksum.value),
        ));
    }
    Ok(Reply::document(
        "CopyObjectResult",
        &Node::Structure(members),
    ))
}

pub(super) async fn part(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let number = multipart::part_number(call)?;
    let from = source(call).await?;
    let upload = multipart::upload(call).await?;
    let chosen = |info: &ObjectInfo| {
        range::check(&call.input, "CopySource", info, call.caller.ctx.now)?;
        let Some(text) = call.input.text("CopySourceRange") else {
            return copyable(info.whole());
        };
        copyable(range::of_source(text, info.size)?)
    };
    let (_, (), reading) = call
        .app
        .objects
        .open_object(&from.bucket, &from.key, chosen)
        .await?;
    let algorithm = upload.algorithm();
    let (finished, checksum) = copied(call, reading, algorithm).await?;
    let checksum = checksum.map(|(_, value)| value);
    let part = call
        .app
        .objects
        .put_part(
            &call.caller,
            call.bucket(),
            call.key(),
            &upload.id,
            NewPart {
                number,
                finished,
                checksum,
            },
        )
        .await?;
    let mut members = vec![
        text("LastModified", part.modified),
        text("ETag", quoted(&part.etag)),
    ];
    members.extend(multipart::checksum_element(
        algorithm,
        part.checksum.as_deref(),
    ));
    Ok(Reply::document("CopyPartResult", &Node::Structure(members)))
}
