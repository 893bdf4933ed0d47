//! What our own CA publishes, for anybody and without a signature: its certificates, its revocation list, and the status
//! of a certificate (OCSP).
//!
//! Owns what may be asked where. What is told is `app::revocation`'s.

use super::{Content, Request, Response};
use crate::app::App;
use crate::app::error::log_failure;
use crate::app::revocation::PublishedError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_aws::uri;
use nameplate_core::pki::{Certificate, STATUS_REQUEST_BYTES};
use percent_encoding::percent_decode_str;

/// What all of its paths begin with.
pub const PREFIX: &str = "/nameplate/pki/";
/// Bytes that the body of a request may have.
pub const BODY_BYTES: usize = STATUS_REQUEST_BYTES;

/// The CA that issues now.
const CURRENT: &str = "device-ca";
const OCSP: &str = "ocsp";

/// Answers whoever asks.
pub async fn answer(app: &App, request: &Request<'_>) -> Response {
    let (path, _) = uri::split_target(request.target);
    let below = path.strip_prefix(PREFIX).unwrap_or_default();
    if below == OCSP || below.starts_with("ocsp/") {
        return statuses(app, request, below).await;
    }
    let Some((name, kind)) = below.rsplit_once('.') else {
        return told(404, "There is nothing here.\n");
    };
    if !matches!(request.method, "GET" | "HEAD") {
        return not_allowed("GET");
    }
    let id = (name != CURRENT).then_some(name);
    match kind {
        "crl" => match app.revocation.own_list(id).await {
            Ok(list) => of(200, "application/pkix-crl", list.to_vec()),
            Err(PublishedError::NoCa) => told(404, "No CA of this server has this id.\n"),
            Err(PublishedError::Failed(error)) => {
                log_failure!(error, "a revocation list could not be made: {error:?}");
                told(500, "The list could not be made.\n")
            }
        },
        "pem" => match app.revocation.own_ca(id) {
            Some(ca) => {
                let chain = ca.certificate().into_iter().chain(ca.above());
                let text: String = chain.map(Certificate::to_pem).collect();
                of(200, "application/x-pem-file", text.into_bytes())
            }
            None => told(404, "No CA of this server has this id.\n"),
        },
        _ => told(404, "There is nothing here.\n"),
    }
}

/// RFC 6960, A.1: the request is the body of a POST, or base64 in the path of a GET.
async fn statuses(app: &App, request: &Request<'_>, below: &str) -> Response {
    let asked = match request.method {
        "POST" => request.body.to_vec(),
        "GET" => {
            let text = below.strip_prefix("ocsp/").unwrap_or_default();
            let text: Vec<u8> = percent_decode_str(text).collect();
            STANDARD.decode(text).unwrap_or_default()
        }
        _ => return not_allowed("GET, POST"),
    };
    let answer = app.revocation.statuses(&asked).await;
    of(200, "application/ocsp-response", answer)
}

fn of(status: u16, kind: &'static str, body: Vec<u8>) -> Response {
    Response {
        status,
        headers: vec![("content-type".into(), kind.to_owned())],
        body: Content::Bytes(body),
    }
}

fn told(status: u16, text: &str) -> Response {
    of(
        status,
        "text/plain; charset=utf-8",
        text.as_bytes().to_vec(),
    )
}

fn not_allowed(methods: &str) -> Response {
    let mut response = told(405, "Ask otherwise.\n");
    response.headers.push(("allow".into(), methods.to_owned()));
    response
}
