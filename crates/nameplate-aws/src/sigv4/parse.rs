//! Finding the signature in a request's headers or query.

use super::canonical;
use super::failure::AuthFailure;
use super::key::Scope;
use super::request::{
    ALGORITHM, GATEWAY, GATEWAY_EXPIRES_SECONDS, Payload, SignedRequest, Streaming,
};
use super::timestamp;
use crate::headers::Headers;
use crate::uri;

/// The longest a presigned URL may be good for: seven days. [SigV4: query parameters]
const LONGEST_EXPIRES_SECONDS: i64 = 604_800;

/// What the two placements have in common, once read.
struct Signature {
    access_key: String,
    scope: Scope,
    signed_headers: Vec<String>,
    signature: String,
    security_token: Option<String>,
    signed_at: i64,
    expires_seconds: Option<i64>,
    presigned: bool,
}

impl SignedRequest {
    /// Finds the signature of a request. `target` is the request target as received, path and
    /// query; `headers` must hold `host` as the client sent it (HTTP/2: `:authority`).
    ///
    /// # Errors
    /// [`AuthFailure::Missing`], [`AuthFailure::Malformed`] or [`AuthFailure::SignatureV2`].
    pub fn parse(method: &str, target: &str, headers: &Headers<'_>) -> Result<Self, AuthFailure> {
        let (path, query) = uri::split_target(target);
        let parameters = uri::query_pairs(query);
        let in_query = parameters
            .iter()
            .any(|(name, _)| matches!(name.as_str(), "X-Amz-Algorithm" | "X-Amz-Signature"));
        let in_header = headers.get("authorization").is_some();
        let found = match (in_header, in_query) {
            (true, true) => {
                return Err(AuthFailure::malformed(
                    "only one of the Authorization header and the X-Amz-Signature query \
                     parameter may be given",
                ));
            }
            (true, false) => from_header(headers)?,
            (false, true) => from_query(&parameters)?,
            (false, false) if parameters.iter().any(|(name, _)| name == "AWSAccessKeyId") => {
                return Err(AuthFailure::SignatureV2);
            }
            (false, false) => return Err(AuthFailure::Missing),
        };
        let (payload, payload_word) = payload(&found, headers, &parameters)?;
        let unsigned_header = unsigned_header(&found, headers);
        let service = &found.scope.service;
        Ok(Self {
            method: method.to_owned(),
            path: canonical::path(path, service),
            query: query.to_owned(),
            headers: found
                .signed_headers
                .iter()
                .map(|name| (name.clone(), canonical::header_value(headers.all(name))))
                .collect(),
            unsigned_header,
            payload,
            payload_word,
            access_key: found.access_key,
            scope: found.scope,
            security_token: found.security_token,
            signed_at: found.signed_at,
            expires_seconds: found.expires_seconds,
            presigned: found.presigned,
            signature: found.signature,
        })
    }
}

fn from_header(headers: &Headers<'_>) -> Result<Signature, AuthFailure> {
    let mut values = headers.all("authorization");
    let value = values.next().unwrap_or_default();
    if values.next().is_some() {
        return Err(AuthFailure::malformed(
            "there is more than one Authorization header",
        ));
    }
    let value = std::str::from_utf8(value)
        .map_err(|_| AuthFailure::malformed("the Authorization header is not text"))?
        .trim();
    let (algorithm, fields) = value.split_once(' ').unwrap_or((value, ""));
    if algorithm == "AWS" {
        return Err(AuthFailure::SignatureV2);
    }
    if algorithm != ALGORITHM {
        // Not echoed: another scheme's header (Basic, Bearer) is all secret.
        return Err(AuthFailure::malformed(format!(
            "the Authorization header does not begin with '{ALGORITHM}'"
        )));
    }
    let mut missing = String::new();
    let [mut credential, mut signed_headers, mut signature] = [None; 3];
    for field in fields
        .split(',')
        .map(str::trim)
        .filter(|field| !field.is_empty())
    {
        let (name, value) = field.split_once('=').ok_or_else(|| {
            AuthFailure::malformed("the Authorization header has a part that is not key=value")
        })?;
        let slot = match name.trim() {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            _ => continue,
        };
        if slot.replace(value.trim()).is_some() {
            return Err(AuthFailure::malformed(format!(
                "the Authorization header has more than one '{}' parameter",
                name.trim()
            )));
        }
    }
    let mut needed = |name: &str, value: Option<&str>| {
        if value.is_none_or(str::is_empty) {
            missing.push_str(&format!(
                "Authorization header requires '{name}' parameter. "
            ));
        }
        value.unwrap_or_default().to_owned()
    };
    let credential = needed("Credential", credential);
    let signature = needed("Signature", signature);
    let signed_headers = needed("SignedHeaders", signed_headers);
    let dates = [headers.text("x-amz-date"), headers.text("date")];
    if dates.iter().all(Option::is_none) {
        missing.push_str(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' \
             header. ",
        );
    }
    if !missing.is_empty() {
        return Err(AuthFailure::malformed(missing.trim_end()));
    }
    let [amz_date, date] = dates;
    let signed_at = match (&amz_date, &date) {
        (Some(amz_date), _) => timestamp::parse_basic(amz_date),
        (None, Some(date)) => timestamp::parse_date_header(date),
        (None, None) => None,
    };
    let signed_at = signed_at.ok_or_else(|| {
        AuthFailure::malformed(
            "Date must be in ISO-8601 'basic format' such as 20260102T030405Z. See \
             http://en.wikipedia.org/wiki/ISO_8601",
        )
    })?;
    let (access_key, scope) = parse_credential(&credential).map_err(AuthFailure::malformed)?;
    Ok(Signature {
        access_key,
        scope,
        signed_headers: parse_signed_headers(&signed_headers).map_err(AuthFailure::malformed)?,
        signature,
        security_token: headers
            .text("x-amz-security-token")
            .map(|token| token.into_owned()),
        signed_at,
        expires_seconds: None,
        presigned: false,
    })
}

fn from_query(parameters: &[(String, String)]) -> Result<Signature, AuthFailure> {
    let optional = |name: &str| {
        let mut values = parameters.iter().filter(|(key, _)| key == name);
        let value = values.next().map(|(_, value)| value.as_str());
        if values.next().is_some() {
            return Err(AuthFailure::malformed_query(format!(
                "the query parameter '{name}' is given more than once"
            )));
        }
        Ok(value)
    };
    let needed = |name: &str| {
        optional(name)?
            .filter(|value| !value.is_empty())
            .ok_or_else(|| {
                AuthFailure::malformed_query(format!("the query parameter '{name}' is missing"))
            })
    };
    if needed("X-Amz-Algorithm")? != ALGORITHM {
        return Err(AuthFailure::malformed_query(format!(
            "X-Amz-Algorithm only supports '{ALGORITHM}'"
        )));
    }
    let (access_key, scope) =
        parse_credential(needed("X-Amz-Credential")?).map_err(AuthFailure::malformed_query)?;
    let signed_headers = parse_signed_headers(needed("X-Amz-SignedHeaders")?)
        .map_err(AuthFailure::malformed_query)?;
    let signature = needed("X-Amz-Signature")?.to_owned();
    let signed_at = timestamp::parse_basic(needed("X-Amz-Date")?).ok_or_else(|| {
        AuthFailure::malformed_query("X-Amz-Date must be in the form 20260102T030405Z")
    })?;
    let expires_seconds = match optional("X-Amz-Expires")? {
        None if scope.service == GATEWAY => GATEWAY_EXPIRES_SECONDS,
        None => {
            return Err(AuthFailure::malformed_query(
                "the query parameter 'X-Amz-Expires' is missing",
            ));
        }
        Some(text) => text
            .parse()
            .ok()
            .filter(|seconds| (1..=LONGEST_EXPIRES_SECONDS).contains(seconds))
            .ok_or_else(|| {
                AuthFailure::malformed_query(format!(
                    "X-Amz-Expires must be a number of seconds from 1 to \
                     {LONGEST_EXPIRES_SECONDS}"
                ))
            })?,
    };
    Ok(Signature {
        access_key,
        scope,
        signed_headers,
        signature,
        security_token: optional("X-Amz-Security-Token")?.map(str::to_owned),
        signed_at,
        expires_seconds: Some(expires_seconds),
        presigned: true,
    })
}

/// `AKID/20261123/us-east-1/iot/aws4_request`
fn parse_credential(text: &str) -> Result<(String, Scope), String> {
    let parts: Vec<&str> = text.split('/').collect();
    let [access_key, date, region, service, terminator] = parts[..] else {
        return Err(format!(
            "Credential must have the form <access key>/<YYYYMMDD>/<region>/<service>/\
             aws4_request, not '{text}'"
        ));
    };
    if [access_key, region, service]
        .iter()
        .any(|part| part.is_empty())
    {
        return Err(format!("Credential has an empty part: '{text}'"));
    }
    if date.len() != 8 || !date.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!(
            "Credential should be scoped to a date YYYYMMDD, not '{date}'"
        ));
    }
    if terminator != "aws4_request" {
        return Err(format!(
            "Credential should be scoped with a valid terminator: 'aws4_request', not \
             '{terminator}'"
        ));
    }
    let scope = Scope {
        date: date.to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
    };
    Ok((access_key.to_owned(), scope))
}

/// The names in canonical order. A name that is given twice would make the canonical request
/// ambiguous.
fn parse_signed_headers(text: &str) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = text.split(';').map(str::to_ascii_lowercase).collect();
    names.sort();
    if names.iter().any(String::is_empty) || names.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(format!(
            "SignedHeaders must be distinct header names, not '{text}'"
        ));
    }
    Ok(names)
}

/// The first header that must be signed and is not. `host` always must. So must any `x-amz-*`
/// that is present: it can change what a request means (whose ACL, which tags), so whoever may
/// replay a request must not be able to add one. Exempt are those that only describe the
/// body's framing, and outside S3 the body's checksums. The same holds for the headers that
/// name a principal or policy in IoT's operations.
fn unsigned_header(found: &Signature, headers: &Headers<'_>) -> Option<String> {
    const NAMING: &[&str] = &[
        "x-amzn-principal",
        "x-amzn-iot-principal",
        "x-amzn-iot-policy",
    ];
    let signed = |name: &str| found.signed_headers.iter().any(|signed| signed == name);
    if !signed("host") {
        return Some("host".to_owned());
    }
    let s3 = found.scope.service == "s3";
    headers
        .iter()
        .filter(|(name, _)| {
            name.get(..5)
                .is_some_and(|start| start.eq_ignore_ascii_case("x-amz"))
        })
        .map(|(name, _)| name.to_ascii_lowercase())
        .filter(|name| name.starts_with("x-amz-") || NAMING.contains(&name.as_str()))
        .filter(|name| !signed(name))
        .find(|name| match name.as_str() {
            "x-amz-content-sha256"
            | "x-amz-decoded-content-length"
            | "x-amz-trailer"
            | "x-amz-sdk-checksum-algorithm" => false,
            _ => s3 || !name.starts_with("x-amz-checksum-"),
        })
}

/// What is signed in the body's place.
fn payload(
    found: &Signature,
    headers: &Headers<'_>,
    parameters: &[(String, String)],
) -> Result<(Payload, Option<String>), AuthFailure> {
    const NAME: &str = "x-amz-content-sha256";
    let s3 = found.scope.service == "s3";
    let in_query = parameters
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(NAME));
    let word = match (headers.text(NAME), in_query) {
        // A header that was added to a presigned URL says nothing about what was signed.
        (Some(word), _) if !found.presigned || found.signed_headers.iter().any(|h| h == NAME) => {
            Some(word.into_owned())
        }
        (_, Some((_, word))) if found.presigned => Some(word.clone()),
        _ if found.presigned && s3 => Some("UNSIGNED-PAYLOAD".to_owned()),
        _ => None,
    };
    let Some(word) = word else {
        return Ok((Payload::Body, None));
    };
    let mut hash = [0; 32];
    let payload = match word.as_str() {
        "UNSIGNED-PAYLOAD" if s3 => Payload::Unsigned,
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER" if s3 => {
            Payload::Streaming(Streaming::UnsignedTrailer)
        }
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" if s3 => Payload::Streaming(Streaming::Signed),
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" if s3 => {
            Payload::Streaming(Streaming::SignedTrailer)
        }
        hex_digits if hex::decode_to_slice(hex_digits, &mut hash).is_ok() => Payload::Sha256(hash),
        _ => {
            let reason = format!("x-amz-content-sha256 is not the SHA-256 of a body: '{word}'");
            return Err(AuthFailure::Malformed {
                reason,
                presigned: found.presigned,
            });
        }
    };
    Ok((payload, Some(word)))
}
