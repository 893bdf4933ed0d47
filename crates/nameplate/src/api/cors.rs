//! Pages of other origins that call a service from the browser: DynamoDB lets all of them, as AWS's does. What they call
//! has to be signed like any other request.
//!
//! Source: the Fetch standard, "CORS protocol"; what DynamoDB answers.

use super::{Content, Request, Response};

/// Header fields that a page may read.
const EXPOSED: &str = "x-amzn-requestid,x-amzn-errortype,x-amzn-errormessage,date,x-amz-crc32";
/// How long a browser may keep the answer to a preflight, seconds.
const KEPT_SECONDS: &str = "172800";

/// The answer to the question whether a page may call a service whose requests all go to the root; none to what asks
/// something else. Buckets by host name have rules of their own.
pub fn preflight(request: &Request<'_>) -> Option<Response> {
    if request.method != "OPTIONS" || request.headers.get("origin").is_none() {
        return None;
    }
    let (path, _) = nameplate_aws::uri::split_target(request.target);
    let host = request.headers.text("host").unwrap_or_default();
    if path != "/" || host.contains(".s3") {
        return None;
    }
    let mut response = Response {
        status: 200,
        headers: vec![("access-control-max-age".into(), KEPT_SECONDS.to_owned())],
        body: Content::Bytes(Vec::new()),
    };
    for (asked, allowed) in [
        (
            "access-control-request-method",
            "access-control-allow-methods",
        ),
        (
            "access-control-request-headers",
            "access-control-allow-headers",
        ),
    ] {
        if let Some(value) = request.headers.text(asked) {
            response.headers.push((allowed.into(), value.into_owned()));
        }
    }
    allow(request, &mut response);
    Some(response)
}

/// Lets the page that asks read an answer, where a page asks.
pub fn allow(request: &Request<'_>, response: &mut Response) {
    if request.headers.get("origin").is_some() {
        response.headers.extend([
            ("access-control-allow-origin".into(), "*".to_owned()),
            ("access-control-expose-headers".into(), EXPOSED.to_owned()),
        ]);
    }
}
