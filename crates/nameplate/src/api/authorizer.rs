//! Who a request without a signature is from: whether a custom authorizer is asked, and what it is shown.
//! [AWS guide: custom-auth, protocols]

use super::call::Failure;
use super::{Request, Response, iot_data, pipeline};
use crate::app::App;
use crate::app::admission::Refused;
use nameplate_aws::uri;
use nameplate_core::custom_auth::{Credentials, Http};
use nameplate_core::registry::domain::{Authentication, Domain, Requested};
use std::collections::BTreeMap;

/// By what a request shows who makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Its signature, or nothing.
    Signature,
    /// The client certificate of the handshake.
    Certificate,
    /// Whatever an authorizer makes of it.
    Authorizer,
}

impl Proof {
    /// What domain configurations call an operation that is asked for so.
    pub fn requested(self) -> Requested {
        match self {
            Proof::Signature => Requested::Signed,
            Proof::Certificate => Requested::ByCertificate,
            Proof::Authorizer => Requested::ByAuthorizer,
        }
    }
}

/// A request as authorizers are shown it.
pub fn shown(request: &Request<'_>) -> Http {
    let mut headers = BTreeMap::<String, String>::new();
    for (name, value) in request.fields() {
        let field = headers.entry(name).or_default();
        // RFC 9110, 5.3
        if !field.is_empty() {
            field.push_str(", ");
        }
        field.push_str(&value);
    }
    let query = request.target.find('?').map(|at| &request.target[at..]);
    Http {
        headers: Some(headers),
        query_string: query.map(str::to_owned),
    }
}

/// Whether a request carries something that is meant for AWS's signatures, right or wrong. What else stands in
/// `Authorization` is for an authorizer.
fn is_signed(request: &Request<'_>) -> bool {
    if let Some(authorization) = request.headers.text("authorization") {
        return authorization.starts_with("AWS");
    }
    let (_, query) = uri::split_target(request.target);
    let mut pairs = query.split('&');
    pairs.any(|pair| pair.starts_with("X-Amz-") || pair.starts_with("AWSAccessKeyId="))
}

/// By what an operation of the data plane shows who asks for it, under the name of a domain configuration or not.
///
/// # Errors
/// Where that cannot be found out now.
pub async fn of_operation(
    app: &App,
    request: &Request<'_>,
    domain: Option<&Domain>,
    has_certificate: bool,
) -> Result<Proof, Refused> {
    if is_signed(request) {
        return Ok(Proof::Signature);
    }
    let otherwise = match has_certificate {
        true => Proof::Certificate,
        false => Proof::Signature,
    };
    let credentials = Credentials::of_http(&shown(request));
    let asked = match domain.map(|domain| domain.authentication) {
        Some(Authentication::Custom | Authentication::CustomX509) => true,
        Some(Authentication::X509 | Authentication::SigV4) => false,
        Some(Authentication::Default) | None if credentials.concern_authorizer() => true,
        // A default is asked about who shows nothing else.
        Some(Authentication::Default) | None => {
            !has_certificate && app.admission.has_authorizer(&credentials, domain).await?
        }
    };
    Ok(match asked {
        true => Proof::Authorizer,
        false => otherwise,
    })
}

/// Whether an authorizer is asked about who wants a WebSocket. CONNECT may name one as well, so whoever signs nothing is
/// let go on that far, where there is an authorizer at all.
///
/// # Errors
/// Where that cannot be found out now.
pub async fn of_upgrade(
    app: &App,
    request: &Request<'_>,
    domain: Option<&Domain>,
) -> Result<bool, Refused> {
    if is_signed(request) {
        return Ok(false);
    }
    match domain.map(|domain| domain.authentication) {
        Some(Authentication::Custom | Authentication::CustomX509) => Ok(true),
        Some(Authentication::X509 | Authentication::SigV4) => Ok(false),
        Some(Authentication::Default) | None => {
            let credentials = Credentials::of_http(&shown(request));
            Ok(credentials.concern_authorizer() || app.admission.has_active_authorizers().await?)
        }
    }
}

/// The answer to a request that is refused before it is known what it asks for. The reason is for the record alone: it
/// may tell of the function, or of which guess was nearer.
pub fn turned_away(app: &App, request: &Request<'_>, refused: &Refused) -> Response {
    let (row, ctx) = (&iot_data::ROW, app.ctx());
    let failure = Failure::App(refused.told());
    let error = pipeline::named(row, pipeline::UNKNOWN, None, failure, &ctx);
    app.metrics()
        .api(row.name(), pipeline::UNKNOWN, error.status);
    (row.refuse)(row, request, error, &ctx.request_id)
}
