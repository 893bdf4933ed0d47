//! Objects as a whole: written, read, described.

use super::body::Checks;
use super::headers::{
    UNKEPT, checksum_type, details, expected_by_writer, http_date, quoted, tags, unquoted,
    whole_checksum,
};
use super::{Call, Content, Failure, Fault, Reply, access, permission, range, tagging, text};
use crate::app::objects::{Extent, NewObject, ObjectInfo};
use nameplate_aws::checksum::Algorithm;
use nameplate_aws::respond::Node;

/// Largest body of one request, bytes (S3 user guide: uploading objects).
pub(super) const BODY_BYTES: u64 = 5 * 1024 * 1024 * 1024;

pub(super) async fn put(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.without(UNKEPT)?;
    access::refuse_acl(call).await?;
    let mut details = details(&call.headers)?;
    let tags = tags(&call.headers)?;
    let expected = expected_by_writer(&call.headers)?;
    let checks = Checks::read(&call.headers, None)?;
    if call.body.length().is_none() && !call.body.is_of_form() {
        return Err(Fault::Length.into());
    }
    // Before the body is sent for nothing.
    call.app.objects.bucket(call.bucket()).await?;
    let body = call.app.objects.begin_body().await?;
    let (finished, checksum) = call.body.store(body, BODY_BYTES, checks).await?;
    details.checksum = whole_checksum(checksum);
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
    Ok(Reply::empty()
        .with("etag", quoted(&info.etag))
        .with_checksum(info.details.checksum.as_ref()))
}

pub(super) async fn get(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.of_no_version()?;
    let tags = tagging::count(call).await?;
    let (_, reply, reading) = call
        .app
        .objects
        .open_object(call.bucket(), call.key(), |info| described(call, info))
        .await?;
    let content = Content::Object(reading);
    Ok(Reply { content, ..reply }.with_tag_count(tags))
}

pub(super) async fn head(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.of_no_version()?;
    let info = call.app.objects.object(call.bucket(), call.key()).await?;
    let (reply, _) = described(call, &info)?;
    Ok(reply.with_tag_count(tagging::count(call).await?))
}

/// The answer to who reads an object, without its body, and which part of that is to be sent.
fn described(call: &Call<'_>, info: &ObjectInfo) -> Result<(Reply, Extent), Failure> {
    range::check(&call.input, "", info, call.caller.ctx.now)?;
    let mut reply = Reply::empty().with_object(call, info);
    let ranged = match (call.input.text("Range"), call.input.integer("PartNumber")) {
        (Some(_), Some(_)) => {
            return Err(Fault::Request(
                "Cannot specify both Range header and partNumber query parameter",
            )
            .into());
        }
        (Some(text), None) if still(call, info) => range::parse(text, info.size)?,
        (None, Some(number)) => {
            if !info.details.parts.is_empty() {
                let count = info.details.parts.len().to_string();
                reply = reply.with("x-amz-mp-parts-count", count);
            }
            Some(range::part(info, number)?)
        }
        _ => None,
    };
    let extent = ranged.unwrap_or(info.whole());
    if ranged.is_some() && extent.size > 0 {
        let last = extent.offset + extent.size - 1;
        let range = format!("bytes {}-{last}/{}", extent.offset, info.size);
        reply = reply.with("content-range", range);
        reply.status = Some(206);
    }
    // A checksum is of the whole; a part of it would fail the reader's comparison.
    if extent.size == info.size && call.input.text("ChecksumMode") == Some("ENABLED") {
        reply = reply.with_checksum(info.details.checksum.as_ref());
    }
    Ok((
        reply.with("content-length", extent.size.to_string()),
        extent,
    ))
}

/// Whether a range is meant of the object as it is now. [RFC 7233, 3.2: If-Range]
fn still(call: &Call<'_>, info: &ObjectInfo) -> bool {
    match call.headers.text("if-range") {
        Some(value) => unquoted(&value) == info.etag || value == http_date(info.modified),
        None => true,
    }
}

impl Reply {
    fn with_tag_count(self, tags: Option<usize>) -> Self {
        match tags {
            Some(count) => self.with("x-amz-tagging-count", count.to_string()),
            None => self,
        }
    }
}

impl Call<'_> {
    /// Objects have no versions but the one that is called `null`.
    pub(super) fn of_no_version(&self) -> Result<(), Failure> {
        match self.input.text("VersionId") {
            None | Some("null" | "") => Ok(()),
            Some(version) => Err(Fault::Argument {
                name: "versionId",
                value: version.to_owned(),
                message: "Invalid version id specified".to_owned(),
            }
            .into()),
        }
    }
}

/// GetObjectAttributes: those that are asked for. Of parts it is told how many there are.
pub(super) async fn attributes(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.of_no_version()?;
    let asked = call.headers.text("x-amz-object-attributes");
    let asked = asked.filter(|names| !names.trim().is_empty());
    let Some(asked) = asked else {
        return Err(Fault::Request(
            "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty",
        )
        .into());
    };
    let names: Vec<String> = asked
        .split(',')
        .map(|name| name.trim().to_owned())
        .collect();
    let known = [
        "ETag",
        "Checksum",
        "ObjectParts",
        "StorageClass",
        "ObjectSize",
    ];
    if !names.iter().all(|name| known.contains(&name.as_str())) {
        let text = "Invalid attribute name specified.";
        return Err(Fault::Argument {
            name: "x-amz-object-attributes",
            value: names.join(","),
            message: text.to_owned(),
        }
        .into());
    }
    permission::on_object(call, "s3:GetObject", call.bucket(), call.key()).await?;
    let info = call.app.objects.object(call.bucket(), call.key()).await?;
    let details = &info.details;
    let wants = |name: &str| names.iter().any(|wanted| wanted == name);
    let mut members = Vec::new();
    if wants("ETag") {
        members.push(text("ETag", &info.etag));
    }
    if let Some(checksum) = details.checksum.as_ref().filter(|_| wants("Checksum")) {
        let element = Algorithm::named(&checksum.algorithm).map(Algorithm::element);
        let mut told: Vec<_> = element
            .map(|name| text(name, &checksum.value))
            .into_iter()
            .collect();
        told.push(text("ChecksumType", checksum_type(checksum)));
        members.push(("Checksum".to_owned(), Node::Structure(told)));
    }
    if wants("ObjectParts") && !details.parts.is_empty() {
        let count = text("PartsCount", details.parts.len());
        members.push(("ObjectParts".to_owned(), Node::Structure(vec![count])));
    }
    if wants("StorageClass") {
        let class = details.storage_class.as_deref().unwrap_or("STANDARD");
        members.push(text("StorageClass", class));
    }
    if wants("ObjectSize") {
        members.push(text("ObjectSize", info.size));
    }
    let reply = Reply::document("GetObjectAttributesResponse", &Node::Structure(members));
    Ok(reply.with("last-modified", http_date(info.modified)))
}
