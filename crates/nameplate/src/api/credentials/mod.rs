//! The credentials provider: credentials of a role for a device, by its certificate.
//! [AWS guide: authorizing-direct-aws]
//!
//! Owns the request and the shape of the answer. Who gets credentials is `app::admission`'s.

mod fault;

use super::query::whole_seconds;
use super::{Content, Request, Response};
use crate::app::App;
use crate::app::admission::Peer;
use crate::app::admission::attempt::Attempt;
use crate::app::admission::credentials::Wanted;
use crate::app::iam::AccessKey;
use nameplate_aws::respond::ApiError;
use nameplate_aws::uri;
use nameplate_core::ctx::Ctx;
use percent_encoding::percent_decode_str;
use serde_json::json;
use std::sync::Arc;

/// Bytes that the body of a request may have. There is none.
pub const BODY_BYTES: usize = 1024;
/// The header field by which a device says which thing it is.
const THING: &str = "x-amzn-iot-thingname";

/// The role alias in `/role-aliases/ALIAS/credentials`, as it stands there.
fn alias(target: &str) -> Option<&str> {
    let (path, _) = uri::split_target(target);
    let alias = path
        .strip_prefix("/role-aliases/")?
        .strip_suffix("/credentials")?;
    (!alias.is_empty() && !alias.contains('/')).then_some(alias)
}

/// Whether a request asks for credentials. No operation of AWS's has this method and path.
pub fn is_asked(method: &str, target: &str) -> bool {
    method == "GET" && alias(target).is_some()
}

/// Answers a device; `peer` is what its handshake established, `None` without TLS or without a certificate.
pub async fn answer(
    app: &Arc<App>,
    request: &Request<'_>,
    peer: Option<(Peer, Attempt)>,
) -> Response {
    let ctx = app.ctx();
    let Some((peer, attempt)) = peer else {
        return refused(&ctx, fault::no_certificate());
    };
    let alias = alias(request.target).unwrap_or_default();
    let alias = percent_decode_str(alias).decode_utf8_lossy();
    let thing = request.headers.text(THING);
    // An empty field names no thing.
    let thing = thing.as_deref().filter(|name| !name.is_empty());
    let wanted = Wanted {
        alias: &alias,
        thing,
    };
    match app.admission.credentials(peer, attempt, wanted).await {
        Ok(key) => given(&ctx, key),
        Err(withheld) => refused(&ctx, fault::of(withheld)),
    }
}

fn given(ctx: &Ctx, key: AccessKey) -> Response {
    let body = json!({"credentials": {
        "accessKeyId": key.id,
        "secretAccessKey": key.secret,
        "sessionToken": key.session_token,
        "expiration": key.expires.map(whole_seconds),
    }});
    Response {
        status: 200,
        headers: vec![
            ("content-type".into(), "application/json".to_owned()),
            ("x-amzn-requestid".into(), ctx.request_id.clone()),
            ("cache-control".into(), "no-store".to_owned()),
        ],
        body: Content::Bytes(body.to_string().into_bytes()),
    }
}

fn refused(ctx: &Ctx, error: ApiError) -> Response {
    // The message alone, as AWS's.
    let body = json!({"message": error.message}).to_string();
    Response {
        status: error.status,
        headers: vec![
            ("content-type".into(), "application/json".to_owned()),
            ("x-amzn-requestid".into(), ctx.request_id.clone()),
            ("x-amzn-errortype".into(), error.code.into_owned()),
        ],
        body: Content::Bytes(body.into_bytes()),
    }
}

#[cfg(test)]
mod tests;
