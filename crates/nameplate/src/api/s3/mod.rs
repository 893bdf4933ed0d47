//! S3: from a request to an app call and back.
//!
//! [`answer`] does for S3 what [`api::answer`](super::answer) does for the other services, in the same order, but with
//! the body last: it is read only once the caller is known and allowed, and as it comes. Owns what is S3's own on the
//! wire: addressing, framing, headers, XML. Names of errors are in `fault.rs`.
//!
//! Must not know: the store, SQL, sockets, where bodies are kept.

mod body;
mod bucket;
mod config;
mod copy;
mod delete;
mod envelope;
mod failure;
mod headers;
mod list;
mod multipart;
mod object;
mod permission;
mod range;
mod tagging;
#[cfg(test)]
mod tests;

pub use body::{BodyStream, whole};
pub use envelope::speaks;
pub(super) use failure::{Failure, Fault, Setting};

use super::{Content, Request, Response, credential, fault, named};
use crate::app::caller::Caller;
use crate::app::objects::Refusal;
use crate::app::{App, Error, Kind};
use body::Sent;
use envelope::{addressed, authenticate, length, with_hoisted};
use nameplate_aws::headers::Headers;
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::request::{Element, Input};
use nameplate_aws::respond::{ApiError, Node, render_error, s3_document};
use nameplate_aws::route::{Route, route_with_headers};
use nameplate_aws::{sigv4, uri};
use nameplate_core::ctx::Ctx;
use std::borrow::Cow;
use std::sync::Arc;

/// Largest XML document that is read: ten thousand parts, each with its checksum.
const DOCUMENT_BYTES: u64 = 4 * 1024 * 1024;

/// One call of one operation, by a caller who may.
struct Call<'a> {
    app: &'a Arc<App>,
    caller: &'a Caller,
    operation: &'static Operation,
    input: Input,
    headers: Headers<'a>,
    body: &'a mut Sent,
}

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
    fn limit(&self, name: &'static str) -> Result<usize, Failure> {
        const MOST: usize = 1000;
        match self.input.integer(name) {
            Some(limit) => match usize::try_from(limit) {
                Ok(limit) => Ok(limit.min(MOST)),
                Err(_) => Err(argument(
                    name,
                    limit,
                    "must be an integer between 0 and 2147483647",
                )),
            },
            None => Ok(MOST),
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

/// What an operation answers.
#[derive(Debug)]
struct Reply {
    status: Option<u16>,
    headers: Vec<(Cow<'static, str>, String)>,
    content: Content,
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

macro_rules! operations {
    ($($name:literal => $function:path),* $(,)?) => {
        /// Names of the operations that are built, in order.
        pub const BUILT: &[&str] = &[$($name),*];

        async fn run(call: &mut Call<'_>) -> Option<Result<Reply, Failure>> {
            match call.operation.name {
                $($name => Some($function(call).await),)*
                _ => None,
            }
        }
    };
}

operations! {
    "AbortMultipartUpload" => multipart::abort,
    "CompleteMultipartUpload" => multipart::complete,
    "CopyObject" => copy::object,
    "CreateBucket" => bucket::create,
    "CreateMultipartUpload" => multipart::create,
    "DeleteBucket" => bucket::delete,
    "DeleteBucketTagging" => tagging::delete_bucket,
    "DeleteObject" => delete::one,
    "DeleteObjectTagging" => tagging::delete_object,
    "DeleteObjects" => delete::many,
    "GetBucketAccelerateConfiguration" => config::accelerate,
    "GetBucketAcl" => config::acl,
    "GetBucketCors" => config::cors,
    "GetBucketEncryption" => config::encryption,
    "GetBucketLifecycleConfiguration" => config::lifecycle,
    "GetBucketLocation" => bucket::location,
    "GetBucketLogging" => config::logging,
    "GetBucketNotificationConfiguration" => config::notification,
    "GetBucketOwnershipControls" => config::ownership_controls,
    "GetBucketPolicy" => config::policy,
    "GetBucketReplication" => config::replication,
    "GetBucketRequestPayment" => config::request_payment,
    "GetBucketTagging" => tagging::get_bucket,
    "GetBucketVersioning" => config::versioning,
    "GetBucketWebsite" => config::website,
    "GetObject" => object::get,
    "GetObjectLockConfiguration" => config::object_lock,
    "GetObjectTagging" => tagging::get_object,
    "GetPublicAccessBlock" => config::public_access_block,
    "HeadBucket" => bucket::head,
    "HeadObject" => object::head,
    "ListBuckets" => bucket::list,
    "ListMultipartUploads" => multipart::list,
    "ListObjectVersions" => list::versions,
    "ListObjects" => list::v1,
    "ListObjectsV2" => list::v2,
    "ListParts" => multipart::list_parts,
    "PutBucketTagging" => tagging::put_bucket,
    "PutObject" => object::put,
    "PutObjectTagging" => tagging::put_object,
    "UploadPart" => multipart::upload_part,
    "UploadPartCopy" => copy::part,
}

/// Answers a request to S3, reading its body as it comes.
pub async fn answer(app: &Arc<App>, request: &Request<'_>, body: BodyStream) -> Response {
    let ctx = app.ctx();
    let mut told = Told {
        operation: "Unauthenticated",
    };
    let mut sent = Sent::new(body);
    let result = run_request(app, request, &mut sent, &ctx, &mut told).await;
    match result {
        Ok((operation, reply)) => {
            let status = reply.status.unwrap_or(operation.status);
            app.metrics()
                .api(Service::S3.scope(), operation.name, status);
            let mut headers = reply.headers;
            headers.push(("x-amz-request-id".into(), ctx.request_id.clone()));
            headers.push(("x-amz-id-2".into(), ctx.request_id.clone()));
            Response {
                status,
                headers,
                body: reply.content,
            }
        }
        Err(error) => {
            // Whoever waits for `100 Continue` gets the answer in its place and sends nothing.
            if request.headers.get("expect").is_none() {
                sent.drain().await;
            }
            let status = error.status;
            app.metrics()
                .api(Service::S3.scope(), told.operation, status);
            tracing::debug!(
                request.id = ctx.request_id,
                operation = told.operation,
                status,
                "s3 {}: {} {}",
                told.operation,
                error.code,
                error.message
            );
            let (path, _) = uri::split_target(request.target);
            let error = error.with("Resource", uri::decode_text(path));
            let rendered = render_error(Service::S3, &error, &ctx.request_id);
            let mut headers = named(rendered.headers);
            if status == 304 {
                // A reader that knows the object is told which it is. [RFC 7232, 4.1]
                let etag = error.extra.iter().find(|(name, _)| *name == "ETag");
                let etag = etag.and_then(|(_, value)| value.as_str());
                headers.extend(etag.map(|etag| ("etag".into(), etag.to_owned())));
            }
            let bodiless = request.method == "HEAD" || status == 304;
            Response {
                status,
                headers,
                body: Content::Bytes(if bodiless { Vec::new() } else { rendered.body }),
            }
        }
    }
}

/// How far a request has come, for logs and counters.
struct Told {
    operation: &'static str,
}

async fn run_request(
    app: &Arc<App>,
    request: &Request<'_>,
    sent: &mut Sent,
    ctx: &Ctx,
    told: &mut Told,
) -> Result<(&'static Operation, Reply), ApiError> {
    let (path, query) = uri::split_target(request.target);
    let path = addressed(app, request, path);
    let caller = match authenticate(app, request, &path, query, sent, ctx).await {
        Ok(identity) => Caller::new(ctx.clone(), identity),
        Err(failure) => return Err(api_error(told.operation, failure, ctx)),
    };
    let pairs = uri::query_pairs(query);
    let headers = with_hoisted(&request.headers, &pairs);
    if std::str::from_utf8(&uri::decode(&path)).is_err() {
        return Err(api_error("Unknown", Fault::Uri.into(), ctx));
    }
    if headers.get("x-amz-account-id").is_some()
        && let Some(error) = super::foreign::s3_control(request)
    {
        told.operation = "NotBuilt";
        return Err(error);
    }
    let route = route_with_headers(Service::S3, request.method, &path, query, |name| {
        headers.get(name).is_some()
    });
    let Route::Operation { operation, labels } = route else {
        told.operation = "Unknown";
        return Err(ApiError::unknown_operation(Service::S3, request.method));
    };
    told.operation = operation.name;
    let input = Input::from_rest(operation, &labels, query, &headers, b"")
        .map_err(|error| error.api_error(operation))?;
    let mut call = Call {
        app,
        caller: &caller,
        operation,
        input,
        headers,
        body: sent,
    };
    let reply = match permission::check(&call).await {
        Ok(()) => run(&mut call).await,
        Err(denied) => Some(Err(denied.into())),
    };
    match reply {
        Some(Ok(reply)) => Ok((operation, reply)),
        Some(Err(failure)) => {
            let failure = permission::hide_absence(&call, failure).await;
            Err(api_error(operation.name, failure, ctx))
        }
        None => Err(fault::not_built(Service::S3, operation.name)),
    }
}

fn api_error(operation: &'static str, failure: Failure, ctx: &Ctx) -> ApiError {
    match failure {
        Failure::App(error) => {
            super::log_cause(operation, &error, ctx);
            fault::of(Service::S3, None, &error)
        }
        Failure::Auth(failure) => sigv4::auth_failure_error(Service::S3, &failure),
        Failure::Fault(fault) => super::fault::s3_request(&fault),
    }
}

/// A node with text in it.
fn text(name: &'static str, value: impl ToString) -> (String, Node) {
    (name.to_owned(), Node::Text(value.to_string()))
}

/// A refusal of the kind that an absent object is.
fn is_absent_object(error: &Error) -> bool {
    matches!(&error.kind, Kind::Object(Refusal::NoObject { .. }))
}
