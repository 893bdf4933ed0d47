//! Enrollment over Secure Transport (RFC 7030), for devices: certificates of the CAs, enrolment under the proofs of
//! certificate vending, and re-enrolment under the certificate that a device has.
//!
//! Owns what may be asked where, and EST's own way of telling it. Who may have a certificate is `app::vending`'s and
//! `app::fleet_provisioning`'s.

use super::{Content, Request, Response};
use crate::app::admission::Peer;
use crate::app::admission::attempt::Attempt;
use crate::app::error::log_failure;
use crate::app::fleet_provisioning::Asker;
use crate::app::vending;
use crate::app::{App, Kind};
use crate::authority::certificates_only;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use nameplate_aws::uri;
use nameplate_core::pki::{Certificate, CertificateRequest, KeyKind, request_der};
use nameplate_core::vending::answer::Outcome;
use nameplate_core::vending::{Malformed, Presented};
use percent_encoding::percent_decode_str;
use std::net::SocketAddr;
use std::sync::Arc;

/// What all of its paths begin with (RFC 7030, 3.2.2).
pub const PREFIX: &str = "/.well-known/est/";
/// Bytes that the body of a request may have: a request with an RSA key of 4096 bits in PEM needs a quarter of it.
pub const BODY_BYTES: usize = 16 * 1024;

/// Who asks.
pub struct Device<'a> {
    /// Its address.
    pub address: SocketAddr,
    /// What its TLS handshake established, and the record of what it asks for; `None` without TLS.
    pub secure: Option<(Peer, Attempt)>,
    /// PEM of the certificates that this server is verified by.
    pub root_ca: &'a Bytes,
}

/// Answers a device.
pub async fn answer(app: &Arc<App>, request: &Request<'_>, device: Device<'_>) -> Response {
    let (path, _) = uri::split_target(request.target);
    let below = path.strip_prefix(PREFIX).unwrap_or_default();
    // RFC 7030, 3.2.2: a label may choose among several services of a server. Here it names a batch.
    let (label, operation) = match below.split_once('/') {
        Some((label, operation)) => (Some(label), operation),
        None => (None, below),
    };
    let method = match operation {
        "cacerts" | "csrattrs" => "GET",
        "simpleenroll" | "simplereenroll" => "POST",
        "serverkeygen" | "fullcmc" => {
            let what = format!(
                "Nameplate does not implement {operation} of EST; a device makes its key itself and asks with simpleenroll.\n"
            );
            return told(501, &what);
        }
        _ => return told(404, "There is no such operation of EST.\n"),
    };
    let Some((peer, attempt)) = device.secure else {
        return told(403, "EST is served over TLS alone (RFC 7030, 3.3).\n");
    };
    if request.method != method {
        let mut response = told(405, &format!("Ask with {method}.\n"));
        response.headers.push(("allow".into(), method.to_owned()));
        return response;
    }
    match operation {
        "cacerts" => ca_certificates(app, device.root_ca),
        "csrattrs" => attributes(&peer),
        "simpleenroll" => enrol(app, request, device.address, label, device.root_ca).await,
        _ => again(app, request, peer, attempt).await,
    }
}

/// What device certificates chain to, and what this server is verified by: a client replaces what it trusted before by
/// these (RFC 7030, 4.1.3).
fn ca_certificates(app: &App, root_ca: &Bytes) -> Response {
    let roots = std::str::from_utf8(root_ca).ok();
    let roots = roots.and_then(|text| Certificate::parse_pem_many(text).ok());
    let roots = roots.unwrap_or_default();
    let own = app.revocation.own_cas();
    let mut all: Vec<&Certificate> = Vec::new();
    let of_own = own
        .iter()
        .flat_map(|ca| ca.certificate().into_iter().chain(ca.above()));
    for certificate in of_own.chain(&roots) {
        if !all.contains(&certificate) {
            all.push(certificate);
        }
    }
    certificates(&all)
}

/// What a request shall have (RFC 7030, 4.5.2): a key like the device's own, and P-256 of a device without one.
fn attributes(peer: &Peer) -> Response {
    const EC: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    const RSA: &[u8] = &[
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
    ];
    const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    const P384: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
    const P521: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23];
    let own = peer
        .chain
        .first()
        .and_then(|der| Certificate::parse_der(der).ok());
    let bits;
    let (algorithm, value) = match own.as_ref().map(Certificate::key) {
        Some(KeyKind::Rsa { bits: length } | KeyKind::RsaPss { bits: length }) => {
            let length = u16::try_from(*length).unwrap_or(4096).to_be_bytes();
            bits = [0x02, 0x02, length[0], length[1]];
            (RSA, bits.as_slice())
        }
        Some(KeyKind::EcP384) => (EC, P384),
        Some(KeyKind::EcP521) => (EC, P521),
        _ => (EC, P256),
    };
    let tagged = |tag: u8, content: &[u8]| {
        // All of it is shorter than 128 bytes.
        [&[tag, content.len() as u8], content].concat()
    };
    let attribute = tagged(0x30, &[algorithm, &tagged(0x31, value)].concat());
    base64(200, "application/csrattrs", &tagged(0x30, &attribute))
}

/// Enrolment: the user of HTTP's Basic authentication is a serial number, the password what its batch asks a device to
/// show. Of a device that shows none, the request's own subject names it, for batches that know devices by their keys.
async fn enrol(
    app: &Arc<App>,
    request: &Request<'_>,
    address: SocketAddr,
    label: Option<&str>,
    root_ca: &Bytes,
) -> Response {
    let presented = match presented(request, label) {
        Ok(presented) => presented,
        Err(why) => {
            app.metrics().vending("est", "malformed");
            return told(400, &format!("{why}\n"));
        }
    };
    let Some(presented) = presented else {
        app.metrics().vending("est", "refused");
        return unauthorized();
    };
    let peer = vending::Peer {
        address,
        listener: "https",
    };
    let root_ca = String::from_utf8_lossy(root_ca);
    let wait = |status, seconds: u32| {
        let mut response = told(status, "Ask again later.\n");
        response
            .headers
            .push(("retry-after".into(), seconds.to_string()));
        response
    };
    match app.vending.ask(presented, peer, &root_ca).await {
        Outcome::Vended(identity) => issued(&identity.certificate_pem),
        Outcome::Pending(seconds) => wait(202, seconds),
        Outcome::AlreadyVended => told(
            409,
            "This device has had its certificate; it renews that with simplereenroll, or its operator lets it ask once more.\n",
        ),
        Outcome::Refused => unauthorized(),
        Outcome::Malformed(why) => told(400, &format!("{why}\n")),
        Outcome::TooOften(seconds) => wait(429, seconds),
        Outcome::Unavailable(seconds) => wait(503, seconds),
    }
}

/// What a device shows; `None` where it shows nothing by which it could be known.
fn presented(request: &Request<'_>, label: Option<&str>) -> Result<Option<Presented>, Malformed> {
    let malformed = |why: &dyn std::fmt::Display| Malformed(why.to_string());
    let der = request_der(request.body).map_err(|why| malformed(&why))?;
    let csr = CertificateRequest::parse_der(&der).map_err(|why| malformed(&why))?;
    let (serial, proof) = match basic(request)? {
        Some((user, password)) => (Some(user), Some(password)),
        None => (csr.device_name().map(str::to_owned), None),
    };
    let Some(serial) = serial else {
        return Ok(None);
    };
    let batch = match label {
        Some(label) => {
            let name = percent_decode_str(label).decode_utf8();
            Some(name.map_err(|why| malformed(&why))?.into_owned())
        }
        None => None,
    };
    Presented::of_enrolment(serial, proof, batch, csr).map(Some)
}

/// User and password of HTTP's Basic authentication (RFC 7617).
fn basic(request: &Request<'_>) -> Result<Option<(String, String)>, Malformed> {
    let Some(field) = request.headers.text("authorization") else {
        return Ok(None);
    };
    let wrong = || Malformed("Authorization must be Basic, with a user and a password".into());
    let (scheme, credentials) = field.trim().split_once(' ').ok_or_else(wrong)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(wrong());
    }
    let decoded = STANDARD.decode(credentials.trim()).map_err(|_| wrong())?;
    let text = String::from_utf8(decoded).map_err(|_| wrong())?;
    let (user, password) = text.split_once(':').ok_or_else(wrong)?;
    Ok(Some((user.to_owned(), password.to_owned())))
}

/// Re-enrolment, under the certificate of the handshake.
async fn again(app: &Arc<App>, request: &Request<'_>, peer: Peer, attempt: Attempt) -> Response {
    if peer.chain.is_empty() {
        return told(
            403,
            "simplereenroll needs the certificate that is to be renewed, in the TLS handshake.\n",
        );
    }
    let der = match request_der(request.body) {
        Ok(der) => der,
        Err(why) => return told(400, &format!("{why}\n")),
    };
    let source_ip = Some(peer.address.ip().to_canonical());
    let principal = match app.admission.renewer(peer, attempt).await {
        Ok(principal) => principal,
        Err(error) if error.kind == Kind::Denied => {
            return told(403, &format!("{}\n", error.message));
        }
        Err(error) => {
            log_failure!(
                error,
                "a certificate could not be renewed over EST: {error:?}"
            );
            return told(500, "The server failed; its log says why.\n");
        }
    };
    let asker = Asker {
        principal: &principal,
        client_id: "",
        source_ip,
        connection: 0,
    };
    match app.fleet_provisioning.reenrol(asker, &der).await {
        Ok(pem) => issued(&pem),
        Err(rejection) => told(rejection.why.status(), &format!("{}\n", rejection.message)),
    }
}

fn issued(pem: &str) -> Response {
    match Certificate::parse_pem(pem) {
        Ok(certificate) => certificates(&[&certificate]),
        Err(error) => {
            tracing::error!("a certificate that was issued cannot be read: {error}");
            told(500, "The server failed; its log says why.\n")
        }
    }
}

fn certificates(all: &[&Certificate]) -> Response {
    let kind = "application/pkcs7-mime; smime-type=certs-only";
    base64(200, kind, &certificates_only(all))
}

fn base64(status: u16, kind: &str, der: &[u8]) -> Response {
    let encoded = STANDARD.encode(der);
    let mut body = Vec::with_capacity(encoded.len() + encoded.len() / 64 + 1);
    for line in encoded.as_bytes().chunks(64) {
        body.extend_from_slice(line);
        body.push(b'\n');
    }
    Response {
        status,
        headers: vec![
            ("content-type".into(), kind.to_owned()),
            ("content-transfer-encoding".into(), "base64".to_owned()),
        ],
        body: Content::Bytes(body),
    }
}

fn told(status: u16, text: &str) -> Response {
    Response {
        status,
        headers: vec![(
            "content-type".into(),
            "text/plain; charset=utf-8".to_owned(),
        )],
        body: Content::Bytes(text.as_bytes().to_vec()),
    }
}

/// Nothing that varies: who is not known and whose proof is wrong learn the same.
fn unauthorized() -> Response {
    let mut response = told(401, "Show a serial number and its proof.\n");
    let challenge = "Basic realm=\"estrealm\", charset=\"UTF-8\"";
    response
        .headers
        .push(("www-authenticate".into(), challenge.to_owned()));
    response
}

#[cfg(test)]
mod tests;
