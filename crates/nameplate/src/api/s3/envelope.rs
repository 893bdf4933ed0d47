//! What is read of a request before it is an operation: which bucket the host names, which headers a link carries.

use crate::api::Request;
use crate::app::App;
use crate::app::caller::Caller;
use nameplate_aws::headers::Headers;
use nameplate_aws::sigv2::Link;
use nameplate_aws::sigv4::AuthFailure;
use nameplate_aws::uri;
use nameplate_core::ctx::Ctx;
use std::borrow::Cow;

/// The signature of version 2 of a request that has one.
pub(super) fn link(app: &App, request: &Request<'_>) -> Result<Option<Link>, AuthFailure> {
    let (path, query) = uri::split_target(request.target);
    let path = addressed(app, request, path);
    Link::parse(request.method, &path, query, &request.headers)
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

/// Whoever reads a bucket without having signed, where the bucket lets in anybody.
pub async fn anybody(app: &App, request: &Request<'_>, ctx: &Ctx) -> Option<Caller> {
    if !matches!(request.method, "GET" | "HEAD") {
        return None;
    }
    let (path, _) = uri::split_target(request.target);
    let path = addressed(app, request, path);
    let bucket = path.strip_prefix('/')?.split('/').next()?;
    let bucket = uri::decode_text(bucket);
    let caller = app.iam.anybody(&bucket, request.origin(), ctx).await;
    // Of a failure of ours the request is told as of one that nobody lets in.
    caller.ok().flatten()
}

/// The headers that a link has among its parameters: some SDKs move them there when they presign. Checksums stay
/// out: they were computed before there was a body.
pub(super) fn moved(headers: &Headers<'_>, query: &str) -> Vec<(String, String)> {
    let mut pairs = uri::query_pairs(query);
    pairs.retain(|(name, _)| {
        let name = name.to_ascii_lowercase();
        name.starts_with("x-amz-")
            && headers.get(&name).is_none()
            && !name.starts_with("x-amz-checksum-")
            && name != "x-amz-sdk-checksum-algorithm"
            && name != "x-amz-content-sha256"
    });
    pairs
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
