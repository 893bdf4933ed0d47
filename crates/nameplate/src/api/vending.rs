//! Certificate vending over HTTP, for devices: no signature, three request shapes, the
//! door to the owner's functions, and the root they trust us by.
//!
//! Owns what may be asked where. What a request means is `core::vending`'s, what becomes of it `app::vending`'s.

mod function;
mod shadow;

use super::{Content, Request, Response};
use crate::app::App;
use crate::app::vending::Peer;
use bytes::Bytes;
use nameplate_aws::uri;
use nameplate_core::vending::answer::{self, Answer, Outcome};
use nameplate_core::vending::{BODY_BYTES, Door, Presented, Shape};
use nameplate_functions::MAX_REQUEST;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;

/// What all of its paths begin with.
pub const PREFIX: &str = "/vending/";

/// Who asks, and by which way.
#[derive(Debug)]
pub struct Device<'a> {
    /// Its address.
    pub address: SocketAddr,
    /// Over TLS.
    pub secure: bool,
    /// PEM of the certificates that this server is verified by.
    pub root_ca: &'a Bytes,
    /// Whether other machines may ask without TLS.
    pub plain: bool,
}

/// Answers a device.
pub async fn answer(app: &Arc<App>, request: &Request<'_>, device: &Device<'_>) -> Response {
    let (path, query) = uri::split_target(request.target);
    let method = request.method;
    let Some(door) = Door::of(path) else {
        return told(404, "NotFound", &format!("There is nothing at {path}."));
    };
    let asked = match door {
        Door::RootCa if matches!(method, "GET" | "HEAD") => {
            return Response {
                status: 200,
                headers: vec![("content-type".into(), "application/x-pem-file".into())],
                body: Content::Bytes(device.root_ca.to_vec()),
            };
        }
        Door::RootCa => return not_allowed("GET"),
        Door::Shadow => Asked::Shadow,
        Door::Certificates(shape) => Asked::Certificate(shape),
        Door::Function { name, path } => Asked::Function(name, path),
    };
    // Keys and tokens would pass by everyone on the way.
    if !device.secure && !device.plain && !device.address.ip().to_canonical().is_loopback() {
        return told(
            403,
            "TlsRequired",
            "Certificates are vended over HTTPS; without TLS only to this machine, unless the server is started with --vending-plain.",
        );
    }
    let shape = match asked {
        Asked::Certificate(shape) => shape,
        Asked::Function(name, below) => {
            return function::answer(app, request, device, name, below).await;
        }
        Asked::Shadow => return shadow::answer(app, request, device, query).await,
    };
    if method != shape.method() {
        return not_allowed(shape.method());
    }
    let outcome = outcome(app, request, device, shape, query).await;
    written(answer::answer(shape, &outcome))
}

/// What hands out secrets.
enum Asked<'p> {
    /// A certificate.
    Certificate(Shape),
    /// A device's shadow.
    Shadow,
    /// Whatever a function does: its name, and the path that is left for it.
    Function(&'p str, &'p str),
}

/// Bytes that the body of a request to `path` may have.
pub fn body_limit(path: &str) -> usize {
    match Door::of(path) {
        // The event around it needs room; what does not fit is refused when it is called.
        Some(Door::Function { .. }) => MAX_REQUEST,
        _ => BODY_BYTES,
    }
}

/// The answer to a request whose body is longer than that, in the shape that is asked in.
pub fn too_large(path: &str, limit: usize) -> Response {
    let why = format!("the body is longer than {limit} bytes");
    match Door::of(path) {
        Some(Door::Certificates(shape)) => written(answer::answer(shape, &Outcome::Malformed(why))),
        Some(Door::Function { .. }) => super::execute::too_long(),
        Some(Door::RootCa | Door::Shadow) | None => told(413, "InvalidRequest", &why),
    }
}

async fn outcome(
    app: &Arc<App>,
    request: &Request<'_>,
    device: &Device<'_>,
    shape: Shape,
    query: &str,
) -> Outcome {
    let query = match shape {
        Shape::GetCert => uri::query_pairs(query),
        Shape::Own | Shape::Registration | Shape::Est => Vec::new(),
    };
    let presented = match Presented::read(shape, &query, request.body) {
        Ok(presented) => presented,
        Err(malformed) => {
            app.metrics().vending(shape.as_str(), "malformed");
            return Outcome::Malformed(malformed.to_string());
        }
    };
    let peer = Peer {
        address: device.address,
        listener: if device.secure { "https" } else { "api" },
    };
    let root_ca = String::from_utf8_lossy(device.root_ca);
    app.vending.ask(presented, peer, &root_ca).await
}

fn written(answer: Answer) -> Response {
    let mut headers = vec![
        ("content-type".into(), answer.content_type.to_owned()),
        // There is a private key in it.
        ("cache-control".into(), "no-store".to_owned()),
    ];
    if let Some(seconds) = answer.retry_after {
        headers.push(("retry-after".into(), seconds.to_string()));
    }
    Response {
        status: answer.status,
        headers,
        body: Content::Bytes(answer.body.into_bytes()),
    }
}

fn told(status: u16, code: &str, message: &str) -> Response {
    Response {
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: Content::Bytes(
            json!({"code": code, "message": message})
                .to_string()
                .into_bytes(),
        ),
    }
}

fn not_allowed(method: &str) -> Response {
    let mut response = told(405, "MethodNotAllowed", &format!("Ask with {method}."));
    response.headers.push(("allow".into(), method.to_owned()));
    response
}

#[cfg(test)]
pub(super) mod tests;
