//! What is read of a request before it is an operation: whether it is one to S3, who calls, which bucket the host
//! names, which headers a link carries.

use super::body::Sent;
use super::failure::{Failure, Fault};
use super::{argument, credential};
use crate::api::Request;
use crate::app::App;
use crate::app::iam::Identity;
use nameplate_aws::chunked::Decoder;
use nameplate_aws::headers::Headers;
use nameplate_aws::sigv2::Link;
use nameplate_aws::sigv4::{Body, Payload, SignedRequest};
use nameplate_aws::uri;
use nameplate_core::ctx::Ctx;
use std::borrow::Cow;
use std::sync::Arc;

/// Whether a request is one to S3: signed for it, or by version 2, which nothing else is.
pub fn speaks(request: &Request<'_>) -> bool {
    const SCOPE: &str = "/s3/aws4_request";
    let authorization = request.headers.text("authorization");
    let (_, query) = uri::split_target(request.target);
    authorization.is_some_and(|text| text.contains(SCOPE) || text.starts_with("AWS "))
        || uri::query_pairs(query)
            .iter()
            .any(|(name, value)| match name.as_str() {
                "X-Amz-Credential" => value.ends_with(SCOPE),
                name => name == "AWSAccessKeyId",
            })
}

/// The path with the bucket in front where the host names it.
pub(super) fn addressed<'p>(app: &App, request: &Request<'_>, path: &'p str) -> Cow<'p, str> {
    let host = request.headers.text("host").unwrap_or_default();
    match bucket_of_host(&host, app.endpoint_host()) {
        Some(bucket) => format!("/{bucket}{path}").into(),
        None => path.into(),
    }
}

/// `BUCKET.ENDPOINT` and `BUCKET.s3.ENDPOINT`, with a port or without.
fn bucket_of_host<'h>(host: &'h str, endpoint: &str) -> Option<&'h str> {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let rest = name.strip_suffix(endpoint)?.strip_suffix('.')?;
    let bucket = rest.strip_suffix(".s3").unwrap_or(rest);
    // As `s3.ENDPOINT` would be read otherwise; no bucket's name is so short.
    (!bucket.is_empty() && bucket != "s3").then_some(bucket)
}

/// The headers, and those that a link has among its parameters: some SDKs move them there when they presign. Checksums
/// stay out: they were computed before there was a body.
pub(super) fn with_hoisted<'h>(
    headers: &Headers<'h>,
    pairs: &'h [(String, String)],
) -> Headers<'h> {
    let hoisted = pairs.iter().filter(|(name, _)| {
        let name = name.to_ascii_lowercase();
        name.starts_with("x-amz-")
            && headers.get(&name).is_none()
            && !name.starts_with("x-amz-checksum-")
            && name != "x-amz-sdk-checksum-algorithm"
            && name != "x-amz-content-sha256"
    });
    headers
        .iter()
        .chain(hoisted.map(|(name, value)| (name.as_str(), value.as_bytes())))
        .collect()
}

/// Who calls. Leaves in `sent` what the signature says of the body.
pub(super) async fn authenticate(
    app: &Arc<App>,
    request: &Request<'_>,
    path: &str,
    query: &str,
    sent: &mut Sent,
    ctx: &Ctx,
) -> Result<Identity, Failure> {
    let headers = &request.headers;
    let content_length = length(headers, "content-length")?;
    if let Some(link) = Link::parse(request.method, path, query, headers).map_err(Failure::Auth)? {
        let found = credential(app, link.access_key(), link.security_token(), ctx).await?;
        let credential = found.map_err(Failure::Auth)?;
        link.verify(&credential.key.secret, ctx.now.0)
            .map_err(Failure::Auth)?;
        sent.expect(Payload::Unsigned, None, content_length);
        return Ok(app.iam.identity(credential, request.origin()));
    }
    let parsed =
        SignedRequest::parse(request.method, request.target, headers).map_err(Failure::Auth)?;
    let found = credential(app, parsed.access_key(), parsed.security_token(), ctx).await?;
    let credential = found.map_err(Failure::Auth)?;
    let key = app.iam.signing_key(&credential, parsed.scope());
    parsed
        .verify_with(&key, Body::Unread, ctx.now.0)
        .map_err(Failure::Auth)?;
    match parsed.payload() {
        Payload::Streaming(kind) => {
            let decoder = Decoder::new(kind, parsed.chunk_signatures(key));
            let length = length(headers, "x-amz-decoded-content-length")?.ok_or(Fault::Length)?;
            sent.expect(parsed.payload(), Some(decoder), Some(length));
        }
        // A hash that nobody declared was taken for that of nothing.
        Payload::Body => sent.expect(Payload::Sha256(EMPTY_SHA256), None, content_length),
        payload => sent.expect(payload, None, content_length),
    }
    Ok(app.iam.identity(credential, request.origin()))
}

const EMPTY_SHA256: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

pub(super) fn length(headers: &Headers<'_>, name: &'static str) -> Result<Option<u64>, Failure> {
    match headers.text(name) {
        Some(text) => match text.parse() {
            Ok(length) => Ok(Some(length)),
            Err(_) => Err(argument(name, text, "must be a number of bytes")),
        },
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::bucket_of_host;

    #[test]
    fn hosts() {
        let check = |host: &str, endpoint: &str, bucket: Option<&str>| {
            assert_eq!(bucket_of_host(host, endpoint), bucket, "{host}");
        };
        check("localhost:4566", "localhost", None);
        check("bucket.localhost:4566", "localhost", Some("bucket"));
        check("my.bucket.localhost", "localhost", Some("my.bucket"));
        check("bucket.s3.example.com", "example.com", Some("bucket"));
        check("s3.example.com:443", "example.com", None);
        check("notexample.com", "example.com", None);
        check("127.0.0.1:4566", "localhost", None);
        check("[::1]:4566", "localhost", None);
    }
}
