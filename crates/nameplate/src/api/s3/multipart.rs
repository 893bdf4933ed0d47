//! Uploads in parts.

use super::body::Checks;
use super::headers::{
    UNKEPT, checksum_type, details, expected_by_writer, quoted, tags, unquoted, wanted_algorithm,
};
use super::object::BODY_BYTES;
use super::{Call, Failure, Fault, Reply, access, argument, text};
use crate::app::objects::{
    Checksum, Completion, NamedPart, NewPart, PARTS, Plan, Upload, UploadItem,
};
use nameplate_aws::checksum::Algorithm;
use nameplate_aws::respond::Node;

pub(super) async fn create(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.without(UNKEPT)?;
    access::refuse_acl(call).await?;
    let mut details = details(&call.headers)?;
    let tags = tags(&call.headers)?;
    let algorithm = wanted_algorithm(&call.headers)?;
    details.checksum = planned(call, algorithm)?;
    let plan = Plan { details, tags };
    let id = call
        .app
        .objects
        .create_upload(&call.caller, call.bucket(), call.key(), &plan)
        .await?;
    let node = Node::structure([
        text("Bucket", call.bucket()),
        text("Key", call.key()),
        text("UploadId", id),
    ]);
    let reply = Reply::document("InitiateMultipartUploadResult", &node);
    Ok(match &plan.details.checksum {
        Some(checksum) => reply
            .with("x-amz-checksum-algorithm", &checksum.algorithm)
            .with("x-amz-checksum-type", checksum_type(checksum)),
        None => reply,
    })
}

/// How the checksum of the object will be made. [S3: checking object integrity, multipart uploads]
fn planned(call: &Call<'_>, algorithm: Option<Algorithm>) -> Result<Option<Checksum>, Failure> {
    const TYPE: &str = "x-amz-checksum-type";
    let Some(algorithm) = algorithm else {
        return Ok(None);
    };
    let whole = match call.headers.text(TYPE).as_deref() {
        None => algorithm == Algorithm::Crc64Nvme,
        Some("FULL_OBJECT") => true,
        Some("COMPOSITE") => false,
        Some(other) => return Err(argument(TYPE, other, "must be FULL_OBJECT or COMPOSITE")),
    };
    if whole && !algorithm.combines() || !whole && algorithm == Algorithm::Crc64Nvme {
        return Err(Fault::Request(
            "The checksum type cannot be used with the checksum algorithm.",
        )
        .into());
    }
    Ok(Some(Checksum {
        algorithm: algorithm.name().to_owned(),
        value: String::new(),
        whole,
    }))
}

fn upload_id<'c>(call: &'c Call<'_>) -> &'c str {
    call.input.text("UploadId").unwrap_or_default()
}

/// The upload that the call is about.
pub(super) async fn upload(call: &Call<'_>) -> Result<Upload, Failure> {
    let upload = call
        .app
        .objects
        .upload(call.bucket(), call.key(), upload_id(call))
        .await?;
    Ok(upload)
}

/// The number of the part that the call is about.
pub(super) fn part_number(call: &Call<'_>) -> Result<i64, Failure> {
    match call.input.integer("PartNumber") {
        Some(number) if (1..=PARTS).contains(&number) => Ok(number),
        other => Err(Fault::Argument {
            name: "partNumber",
            value: other.unwrap_or_default().to_string(),
            message: "Part number must be an integer between 1 and 10000, inclusive".to_owned(),
        }
        .into()),
    }
}

/// The element of a checksum.
pub(super) fn checksum_element(
    algorithm: Option<Algorithm>,
    value: Option<&str>,
) -> Option<(String, Node)> {
    Some(text(algorithm?.element(), value?))
}

pub(super) async fn upload_part(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.without(UNKEPT)?;
    let number = part_number(call)?;
    let upload = upload(call).await?;
    let planned = upload.algorithm();
    let checks = Checks::read(&call.headers, planned)?;
    if planned.is_some() && checks.algorithm() != planned {
        return Err(Fault::Request(
            "The checksum of the part is of another algorithm than the upload was begun with.",
        )
        .into());
    }
    if call.body.length().is_none() {
        return Err(Fault::Length.into());
    }
    let body = call.app.objects.begin_body().await?;
    let (finished, checksum) = call.body.store(body, BODY_BYTES, checks).await?;
    let kept = planned.and(checksum.as_ref().map(|(_, value)| value.clone()));
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
                checksum: kept,
            },
        )
        .await?;
    let reply = Reply::empty().with("etag", quoted(&part.etag));
    Ok(match checksum {
        Some((algorithm, value)) => reply.with(algorithm.header(), value),
        None => reply,
    })
}

pub(super) async fn complete(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let upload = upload(call).await?;
    let algorithm = upload.algorithm();
    // The header is of the object, not of this document.
    let stated = algorithm.and_then(|algorithm| call.headers.text(algorithm.header()));
    let checksum = stated.map(|value| value.into_owned());
    let size = super::length(&call.headers, "x-amz-mp-object-size")?;
    let expected = expected_by_writer(&call.headers)?;
    let document = call.unchecked_document().await?;
    let mut parts = Vec::new();
    for part in document.all("Part") {
        let number = part
            .value("PartNumber")
            .and_then(|text| text.trim().parse().ok());
        let (Some(number), Some(etag)) = (number, part.value("ETag")) else {
            return Err(Fault::Xml.into());
        };
        let checksum = algorithm.and_then(|algorithm| part.value(algorithm.element()));
        parts.push(NamedPart {
            number,
            etag: unquoted(etag).to_owned(),
            checksum: checksum.map(|value| value.trim().to_owned()),
        });
    }
    if parts.is_empty() || parts.len() > PARTS as usize {
        return Err(Fault::Xml.into());
    }
    let completion = Completion {
        parts,
        expected,
        checksum,
        size,
    };
    let info = call
        .app
        .objects
        .complete_upload(
            &call.caller,
            call.bucket(),
            call.key(),
            &upload.id,
            completion,
        )
        .await?;
    let host = call.headers.text("host").unwrap_or_default();
    let (bucket, key) = (call.bucket(), call.key());
    let path = nameplate_aws::uri::encode_path(key.as_bytes());
    let mut members = vec![
        text("Location", format!("http://{host}/{bucket}/{path}")),
        text("Bucket", bucket),
        text("Key", key),
        text("ETag", quoted(&info.etag)),
    ];
    if let Some(checksum) = &info.details.checksum {
        members.extend(checksum_element(algorithm, Some(&checksum.value)));
        members.push(text("ChecksumType", checksum_type(checksum)));
    }
    let node = Node::Structure(members);
    Ok(Reply::document("CompleteMultipartUploadResult", &node))
}

pub(super) async fn abort(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.app
        .objects
        .abort_upload(&call.caller, call.bucket(), call.key(), upload_id(call))
        .await?;
    Ok(Reply::empty())
}

pub(super) async fn list_parts(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let upload = upload(call).await?;
    let limit = call.limit("MaxParts", "max-parts")?;
    let after = call.natural("PartNumberMarker", "part-number-marker")?;
    let after = after.map_or(0, |after| i64::try_from(after).unwrap_or(i64::MAX));
    let mut parts = call
        .app
        .objects
        .parts(call.bucket(), call.key(), &upload.id, after, limit + 1)
        .await?;
    let more = parts.len() > limit;
    parts.truncate(limit);
    let mut members = vec![
        text("Bucket", call.bucket()),
        text("Key", call.key()),
        text("UploadId", &upload.id),
        text("PartNumberMarker", after),
        text("MaxParts", limit),
        text("IsTruncated", more),
    ];
    members.push(text(
        "NextPartNumberMarker",
        parts.last().map_or(0, |last| last.number),
    ));
    if let Some(checksum) = &upload.plan.details.checksum {
        members.push(text("ChecksumAlgorithm", &checksum.algorithm));
        members.push(text("ChecksumType", checksum_type(checksum)));
    }
    let algorithm = upload.algorithm();
    for part in parts {
        let mut node = vec![
            text("PartNumber", part.number),
            text("LastModified", part.modified),
            text("ETag", quoted(&part.etag)),
            text("Size", part.size),
        ];
        node.extend(checksum_element(algorithm, part.checksum.as_deref()));
        members.push(("Part".to_owned(), Node::Structure(node)));
    }
    members.extend(ownership(call, &upload));
    let node = Node::Structure(members);
    Ok(Reply::document("ListPartsResult", &node))
}

pub(super) async fn list(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let write = call.writer()?;
    let limit = call.limit("MaxUploads", "max-uploads")?;
    let input = |name: &str| call.input.text(name).unwrap_or_default();
    let (prefix, delimiter, key) = (input("Prefix"), input("Delimiter"), input("KeyMarker"));
    let id = call
        .input
        .text("UploadIdMarker")
        .filter(|_| !key.is_empty());
    let mut uploads = call
        .app
        .objects
        .uploads(call.bucket(), (prefix, delimiter), (key, id), limit + 1)
        .await?;
    let more = limit > 0 && uploads.len() > limit;
    uploads.truncate(limit);
    let mut members = vec![
        text("Bucket", call.bucket()),
        text("KeyMarker", write(key)),
        text("UploadIdMarker", id.unwrap_or_default()),
        text("MaxUploads", limit),
        text("IsTruncated", more),
    ];
    if let Some(encoding) = call.input.text("EncodingType") {
        members.push(text("EncodingType", encoding));
    }
    for (name, value) in [("Prefix", prefix), ("Delimiter", delimiter)] {
        if !value.is_empty() {
            members.push(text(name, write(value)));
        }
    }
    // An upload also where nothing follows, as the service has it; a prefix only where a list can be gone on with.
    let (next_key, next_id) = match uploads.last() {
        Some(UploadItem::Upload(last)) => (write(&last.key), last.id.as_str()),
        Some(UploadItem::CommonPrefix(last)) if more => (write(last), ""),
        _ => (String::new(), ""),
    };
    members.push(text("NextKeyMarker", next_key));
    members.push(text("NextUploadIdMarker", next_id));
    let mut prefixes = Vec::new();
    for item in uploads {
        let upload = match item {
            UploadItem::Upload(upload) => upload,
            UploadItem::CommonPrefix(prefix) => {
                let node = Node::structure([text("Prefix", write(&prefix))]);
                prefixes.push(("CommonPrefixes".to_owned(), node));
                continue;
            }
        };
        let mut node = vec![
            text("Key", write(&upload.key)),
            text("UploadId", &upload.id),
            text("Initiated", upload.initiated),
        ];
        node.extend(ownership(call, &upload));
        members.push(("Upload".to_owned(), Node::Structure(node)));
    }
    members.extend(prefixes);
    let node = Node::Structure(members);
    Ok(Reply::document("ListMultipartUploadsResult", &node))
}

fn ownership(call: &Call<'_>, upload: &Upload) -> [(String, Node); 3] {
    let class = upload.plan.details.storage_class.as_deref();
    [
        ("Initiator".to_owned(), call.owner()),
        ("Owner".to_owned(), call.owner()),
        text("StorageClass", class.unwrap_or("STANDARD")),
    ]
}
