//! S3. Owns what is S3's own on the wire: addressing, framing, headers, XML. Names of errors are in `fault.rs`.
//!
//! Its bodies are as large as they like, so an operation reads its body itself, once the caller is known and allowed.
//!
//! Must not know: the store, SQL, sockets, where bodies are kept.

mod access;
mod body;
mod bucket;
mod config;
mod copy;
pub mod cors;
mod delete;
mod envelope;
mod failure;
mod fault;
pub mod form;
mod headers;
mod list;
mod multipart;
mod object;
mod permission;
mod range;
mod tagging;
#[cfg(test)]
mod tests;

pub use body::{BodyStream, Sent};
pub use envelope::anybody;
use failure::{Fault, Setting};

use super::call::{Failure, Reply};
use super::pipeline::UNKNOWN;
use super::read::{Read, Unread};
use super::service::{Bodies, Permission, Row};
use super::{Call, Content, Request, Response, foreign, write};
use crate::app::objects::Refusal;
use crate::app::{App, Error, Kind};
use body::length;
use envelope::{addressed, moved};
use nameplate_aws::headers::Headers;
use nameplate_aws::model::Service;
use nameplate_aws::request::{Element, Input};
use nameplate_aws::respond::{ApiError, Node, s3_document};
use nameplate_aws::route::{Route, methods, route_with_headers};
use nameplate_aws::uri;
use std::borrow::Cow;

/// The service.
pub static ROW: Row = Row {
    bodies: Bodies::Streamed,
    links: Some(envelope::link),
    read,
    validated: false,
    reconsider: Some(|call, failure| Box::pin(permission::hide_absence(call, failure))),
    refuse,
    ..Row::new(
        Service::S3,
        &["s3"],
        OPERATIONS,
        Permission::Asked(|call| Box::pin(permission::check(call))),
        fault::of,
    )
};

/// Largest XML document that is read: ten thousand parts, each with its checksum.
const DOCUMENT_BYTES: u64 = 4 * 1024 * 1024;

impl Call<'_> {
    /// The bucket that the path or the host names.
    fn bucket(&self) -> &str {
        self.input.text("Bucket").unwrap_or_default()
    }

    /// The object that the path names.
    fn key(&self) -> &str {
        self.input.text("Key").unwrap_or_default()
    }

    /// The XML document that the body is, its hashes compared.
    async fn document(&mut self) -> Result<Element, Failure> {
        let checks = body::Checks::read(&self.headers, None)?;
        let bytes = self.body.collect(DOCUMENT_BYTES).await?;
        checks.check(&bytes)?;
        Element::parse(&bytes).map_err(|_| Fault::Xml.into())
    }

    /// The text that the body is, its hashes compared.
    async fn whole_text(&mut self) -> Result<String, Failure> {
        let checks = body::Checks::read(&self.headers, None)?;
        let bytes = self.body.collect(DOCUMENT_BYTES).await?;
        checks.check(&bytes)?;
        // What is no text is no policy, and is told so.
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The same where the checksums in the headers are of something else.
    async fn unchecked_document(&mut self) -> Result<Element, Failure> {
        let bytes = self.body.collect(DOCUMENT_BYTES).await?;
        Element::parse(&bytes).map_err(|_| Fault::Xml.into())
    }

    /// Refuses headers that ask for what is not kept here: passing over them would promise it.
    fn without(&self, names: &[&'static str]) -> Result<(), Failure> {
        match names.iter().find(|name| self.headers.get(name).is_some()) {
            Some(header) => Err(Fault::Header { header }.into()),
            None => Ok(()),
        }
    }

    /// How many items a list may have: a parameter from 0, or the most.
    fn limit(&self, name: &'static str, argument: &'static str) -> Result<usize, Failure> {
        const MOST: usize = 1000;
        let limit = self.natural(name, argument)?;
        Ok(limit.map_or(MOST, |limit| limit.min(MOST)))
    }

    /// A parameter from 0, by its member and by the name that a refusal tells.
    fn natural(
        &self,
        name: &'static str,
        argument: &'static str,
    ) -> Result<Option<usize>, Failure> {
        let Some(number) = self.input.integer(name) else {
            return Ok(None);
        };
        match usize::try_from(number) {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Fault::Argument {
                name: argument,
                value: number.to_string(),
                message: format!("Argument {argument} must be an integer between 0 and 2147483647"),
            }
            .into()),
        }
    }
}

fn argument(name: &'static str, value: impl ToString, rule: &str) -> Failure {
    Fault::Argument {
        name,
        value: value.to_string(),
        message: format!("Argument {name} {rule}"),
    }
    .into()
}

impl Reply {
    fn empty() -> Self {
        Self {
            status: None,
            headers: Vec::new(),
            content: Content::Bytes(Vec::new()),
        }
    }

    /// A document with this root.
    fn document(root: &str, node: &Node) -> Self {
        Self::xml(s3_document(root, node))
    }

    fn xml(document: Vec<u8>) -> Self {
        Self {
            content: Content::Bytes(document),
            ..Self::empty().with("content-type", "application/xml")
        }
    }

    fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

super::service::operations! {
    "AbortMultipartUpload" => multipart::abort,
    "CompleteMultipartUpload" => multipart::complete,
    "CopyObject" => copy::object,
    "CreateBucket" => bucket::create,
    "CreateMultipartUpload" => multipart::create,
    "DeleteBucket" => bucket::delete,
    "DeleteBucketCors" => cors::delete,
    "DeleteBucketOwnershipControls" => access::delete_ownership_controls,
    "DeleteBucketPolicy" => access::delete_policy,
    "DeleteBucketTagging" => tagging::delete_bucket,
    "DeleteObject" => delete::one,
    "DeleteObjectTagging" => tagging::delete_object,
    "DeleteObjects" => delete::many,
    "DeletePublicAccessBlock" => access::delete_block,
    "GetBucketAccelerateConfiguration" => config::accelerate,
    "GetBucketAcl" => access::bucket_acl,
    "GetBucketCors" => cors::get,
    "GetBucketEncryption" => config::encryption,
    "GetBucketLifecycleConfiguration" => config::lifecycle,
    "GetBucketLocation" => bucket::location,
    "GetBucketLogging" => config::logging,
    "GetBucketNotificationConfiguration" => config::notification,
    "GetBucketOwnershipControls" => access::ownership_controls,
    "GetBucketPolicy" => access::policy,
    "GetBucketPolicyStatus" => access::policy_status,
    "GetBucketReplication" => config::replication,
    "GetBucketRequestPayment" => config::request_payment,
    "GetBucketTagging" => tagging::get_bucket,
    "GetBucketVersioning" => config::versioning,
    "GetBucketWebsite" => config::website,
    "GetObject" => object::get,
    "GetObjectAcl" => access::object_acl,
    "GetObjectAttributes" => object::attributes,
    "GetObjectLockConfiguration" => config::object_lock,
    "GetObjectTagging" => tagging::get_object,
    "GetPublicAccessBlock" => access::block,
    "HeadBucket" => bucket::head,
    "HeadObject" => object::head,
    "ListBuckets" => bucket::list,
    "ListMultipartUploads" => multipart::list,
    "ListObjectVersions" => list::versions,
    "ListObjects" => list::v1,
    "ListObjectsV2" => list::v2,
    "ListParts" => multipart::list_parts,
    "PutBucketAcl" => access::put_acl,
    "PutBucketCors" => cors::put,
    "PutBucketOwnershipControls" => access::put_ownership_controls,
    "PutBucketPolicy" => access::put_policy,
    "PutBucketTagging" => tagging::put_bucket,
    "PutObject" => object::put,
    "PutObjectAcl" => access::put_acl,
    "PutObjectTagging" => tagging::put_object,
    "PutPublicAccessBlock" => access::put_block,
    "UploadPart" => multipart::upload_part,
    "UploadPartCopy" => copy::part,
}

/// Reads a request whose bucket may stand in the host, and whose headers may stand in a link.
fn read(row: &'static Row, app: &App, request: &Request<'_>) -> Result<Read, Unread> {
    let (path, query) = uri::split_target(request.target);
    let path = addressed(app, request, path);
    if std::str::from_utf8(&uri::decode(&path)).is_err() {
        return Err((UNKNOWN, Fault::Uri.into()));
    }
    let moved = moved(&request.headers, query);
    let of_link = moved
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()));
    let headers: Headers<'_> = request.headers.iter().chain(of_link).collect();
    if headers.get("x-amz-account-id").is_some()
        && let Some(error) = foreign::s3_control(request)
    {
        return Err(("NotBuilt", error.into()));
    }
    let route = route_with_headers(row.service, request.method, &path, query, |name| {
        headers.get(name).is_some()
    });
    let Route::Operation { operation, labels } = route else {
        let allowed = methods(row.service, &path).join(", ");
        let error =
            ApiError::unknown_operation(row.service, request.method).with_header("allow", allowed);
        return Err((UNKNOWN, error.into()));
    };
    let input = Input::from_rest(operation, &labels, query, &headers, b"")
        .map_err(|error| (operation.name, error.api_error(operation).into()))?;
    Ok(Read {
        operation,
        input,
        moved,
    })
}

/// Writes a refusal, which names the resource and has no body where none may be.
fn refuse(row: &'static Row, request: &Request<'_>, error: ApiError, request_id: &str) -> Response {
    let (path, _) = uri::split_target(request.target);
    let error = error.with("Resource", uri::decode_text(path));
    let unmodified = error.status == 304;
    // A reader that knows the object is told which it is. [RFC 7232, 4.1]
    let etag = error
        .extra
        .iter()
        .find(|(name, _)| unmodified && *name == "ETag")
        .and_then(|(_, value)| Some(("etag".into(), value.as_str()?.to_owned())));
    let mut response = write::refusal(row, request, error, request_id);
    response.headers.extend(etag);
    if request.method == "HEAD" || unmodified {
        response.body = Content::Bytes(Vec::new());
    }
    response
}

/// A node with text in it.
fn text(name: &'static str, value: impl ToString) -> (String, Node) {
    (name.to_owned(), Node::Text(value.to_string()))
}

/// A refusal of the kind that an absent object is.
fn is_absent_object(error: &Error) -> bool {
    matches!(&error.kind, Kind::Object(Refusal::NoObject { .. }))
}
