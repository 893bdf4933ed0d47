//! A signed request, and whether its signature holds.

use super::failure::{AuthFailure, Explanation};
use super::key::{Scope, SigningKey, hex_text, same, sha256_hex};
use super::{canonical, timestamp};
use std::borrow::Cow;

/// The one algorithm there is.
pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// How far a request's time may lie from ours, and S3's more generous measure.
const SKEW_SECONDS: i64 = 5 * 60;
const S3_SKEW_SECONDS: i64 = 15 * 60;

/// How long a WebSocket URL is good for when it does not say: device SDKs leave it out.
pub(super) const GATEWAY_EXPIRES_SECONDS: i64 = 24 * 60 * 60;

/// The service under which MQTT over WebSocket is signed.
pub(super) const GATEWAY: &str = "iotdevicegateway";

/// What the signature says about the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Nothing was declared: the hash of the body itself was signed.
    Body,
    /// The SHA-256 that `x-amz-content-sha256` declares was signed.
    Sha256([u8; 32]),
    /// The body is not covered (S3 only).
    Unsigned,
    /// The body comes in chunks (S3 only).
    Streaming(Streaming),
}

/// The kinds of `aws-chunked` bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streaming {
    /// `STREAMING-UNSIGNED-PAYLOAD-TRAILER`
    UnsignedTrailer,
    /// `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`: every chunk is signed.
    Signed,
    /// `STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER`: chunks and trailer are signed.
    SignedTrailer,
}

/// The body, as far as the caller has it.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// All of it.
    Bytes(&'a [u8]),
    /// Its SHA-256.
    Sha256([u8; 32]),
    /// Not read yet. A declared hash is then taken at its word, and the caller compares the body
    /// with [`SignedRequest::payload`] once it has it; a body that was not declared counts as
    /// empty.
    Unread,
}

/// A header's name, and its value in canonical form.
type Header = (String, Vec<u8>);
/// Headers by name, sorted.
type SignedHeaders = Vec<Header>;

/// A request that carries a signature, well formed but not yet verified.
pub struct SignedRequest {
    pub(super) access_key: String,
    pub(super) scope: Scope,
    pub(super) security_token: Option<String>,
    /// Seconds since the epoch.
    pub(super) signed_at: i64,
    /// Only in the query: how long the signature is good for.
    pub(super) expires_seconds: Option<i64>,
    pub(super) presigned: bool,
    pub(super) signature: String,
    pub(super) payload: Payload,
    /// The payload line of the canonical request, unless the body decides it.
    pub(super) payload_word: Option<String>,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: SignedHeaders,
    /// The first header that had to be signed and was not.
    pub(super) unsigned_header: Option<String>,
}

impl SignedRequest {
    /// The access key id.
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// The credential scope.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The session token, which the caller compares with the key's own.
    pub fn security_token(&self) -> Option<&str> {
        self.security_token.as_deref()
    }

    /// When it was signed, in seconds since the epoch.
    pub fn signed_at(&self) -> i64 {
        self.signed_at
    }

    /// Whether the signature stands in the query.
    pub fn is_presigned(&self) -> bool {
        self.presigned
    }

    /// What the signature says about the body.
    pub fn payload(&self) -> Payload {
        self.payload
    }

    /// Verifies with a secret; see [`Self::verify_with`].
    ///
    /// # Errors
    /// As [`Self::verify_with`].
    pub fn verify(
        &self,
        secret: &str,
        body: Body<'_>,
        now_milliseconds: i64,
    ) -> Result<(), AuthFailure> {
        self.verify_with(
            &SigningKey::derive(secret, &self.scope),
            body,
            now_milliseconds,
        )
    }

    /// Verifies time, scope, signature and body, in this order. `key` must have been derived for
    /// [`Self::scope`].
    ///
    /// # Errors
    /// What is wrong first.
    pub fn verify_with(
        &self,
        key: &SigningKey,
        body: Body<'_>,
        now_milliseconds: i64,
    ) -> Result<(), AuthFailure> {
        self.check_time(now_milliseconds.div_euclid(1000))?;
        let signed_at = timestamp::write_basic(self.signed_at);
        let request_date = signed_at.split('T').next().unwrap_or_default();
        if request_date != self.scope.date {
            return Err(AuthFailure::ScopeDate {
                scope_date: self.scope.date.clone(),
                request_date: request_date.to_owned(),
            });
        }
        if let Some(name) = &self.unsigned_header {
            return Err(AuthFailure::UnsignedHeader { name: name.clone() });
        }
        self.check_signature(key, &signed_at, body)?;
        self.check_body(body)
    }

    /// The chunk signatures that follow this request's own, for a body of
    /// [`Payload::Streaming`].
    pub fn chunk_signatures(&self, key: SigningKey) -> super::ChunkSignatures {
        super::ChunkSignatures::new(
            key,
            timestamp::write_basic(self.signed_at),
            self.scope.to_string(),
            self.signature.clone(),
        )
    }

    fn check_time(&self, now: i64) -> Result<(), AuthFailure> {
        let skew_seconds = if self.scope.service == "s3" {
            S3_SKEW_SECONDS
        } else {
            SKEW_SECONDS
        };
        let signed_at = self.signed_at;
        if signed_at > now + skew_seconds {
            return Err(AuthFailure::InFuture {
                signed_at,
                now,
                window_seconds: skew_seconds,
            });
        }
        match self.expires_seconds {
            Some(expires_seconds) if signed_at + expires_seconds < now => {
                Err(AuthFailure::PresignExpired {
                    signed_at,
                    now,
                    expires_seconds,
                })
            }
            None if signed_at + skew_seconds < now => Err(AuthFailure::TooOld {
                signed_at,
                now,
                window_seconds: skew_seconds,
            }),
            _ => Ok(()),
        }
    }

    fn check_signature(
        &self,
        key: &SigningKey,
        signed_at: &str,
        body: Body<'_>,
    ) -> Result<(), AuthFailure> {
        let payload = match (&self.payload_word, body) {
            (Some(word), _) => Cow::Borrowed(word.as_str()),
            (None, Body::Bytes(bytes)) => sha256_hex(bytes).into(),
            (None, Body::Sha256(hash)) => hex_text(&hash).into(),
            (None, Body::Unread) => sha256_hex(&[]).into(),
        };
        let mut first = None;
        for (query, headers) in self.readings() {
            let canonical = self.canonical_request(&query, &headers, &payload);
            let string_to_sign = self.string_to_sign(signed_at, &canonical);
            if same(&key.sign(string_to_sign.as_bytes()), &self.signature) {
                return Ok(());
            }
            first.get_or_insert_with(|| Explanation {
                canonical_request: String::from_utf8_lossy(&canonical).into_owned(),
                string_to_sign,
            });
        }
        // There is always one reading.
        let explanation = first.unwrap_or(Explanation {
            canonical_request: String::new(),
            string_to_sign: String::new(),
        });
        Err(AuthFailure::NoMatch {
            explanation: Box::new(explanation),
        })
    }

    /// What the client may have signed: canonical query and headers. One reading, except for
    /// WebSocket URLs, where device SDKs add the token before or after signing and sign the
    /// host with or without its port.
    fn readings(&self) -> Vec<(Cow<'_, str>, Cow<'_, [Header]>)> {
        let signature = "X-Amz-Signature";
        let without: &[&str] = if self.presigned { &[signature] } else { &[] };
        let plain = canonical::query(&self.query, without);
        if !self.presigned || self.scope.service != GATEWAY {
            return vec![(plain.into(), Cow::Borrowed(&self.headers))];
        }
        let mut queries = vec![plain];
        if self.security_token.is_some() {
            queries.push(canonical::query(
                &self.query,
                &[signature, "X-Amz-Security-Token"],
            ));
        }
        let header_sets = [self.headers.clone(), with_other_port(&self.headers)];
        queries
            .iter()
            .flat_map(|query| {
                header_sets
                    .iter()
                    .map(|headers| (query.clone().into(), headers.clone().into()))
            })
            .collect()
    }

    fn canonical_request(&self, query: &str, headers: &[Header], payload: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        for line in [&self.method, &self.path, query] {
            out.extend_from_slice(line.as_bytes());
            out.push(b'\n');
        }
        for (name, value) in headers {
            out.extend_from_slice(name.as_bytes());
            out.push(b':');
            out.extend_from_slice(value);
            out.push(b'\n');
        }
        out.push(b'\n');
        for (at, (name, _)) in headers.iter().enumerate() {
            if at > 0 {
                out.push(b';');
            }
            out.extend_from_slice(name.as_bytes());
        }
        out.push(b'\n');
        out.extend_from_slice(payload.as_bytes());
        out
    }

    fn string_to_sign(&self, signed_at: &str, canonical_request: &[u8]) -> String {
        let scope = &self.scope;
        [
            ALGORITHM,
            "\n",
            signed_at,
            "\n",
            &scope.date,
            "/",
            &scope.region,
            "/",
            &scope.service,
            "/aws4_request\n",
            &sha256_hex(canonical_request),
        ]
        .concat()
    }

    fn check_body(&self, body: Body<'_>) -> Result<(), AuthFailure> {
        let Payload::Sha256(declared) = self.payload else {
            return Ok(());
        };
        let computed = match body {
            Body::Bytes(bytes) => sha256_hex(bytes),
            Body::Sha256(hash) => hex_text(&hash),
            Body::Unread => return Ok(()),
        };
        let declared = hex_text(&declared);
        if same(&computed, &declared) {
            Ok(())
        } else {
            Err(AuthFailure::BodyMismatch { declared, computed })
        }
    }
}

/// The same headers with the host's port taken off, or the default one added where it has none.
fn with_other_port(headers: &[Header]) -> SignedHeaders {
    let mut headers = headers.to_vec();
    for (name, value) in &mut headers {
        if name == "host" {
            let colon = value.iter().rposition(|byte| *byte == b':');
            match colon {
                // The last colon of an IPv6 literal is inside its brackets.
                Some(at) if !value[at..].contains(&b']') => value.truncate(at),
                _ => value.extend_from_slice(b":443"),
            }
        }
    }
    headers
}

impl std::fmt::Debug for SignedRequest {
    /// Without signature and token: a presigned URL's are good for a week.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedRequest")
            .field("access_key", &self.access_key)
            .field("scope", &self.scope)
            .field("signed_at", &self.signed_at)
            .field("presigned", &self.presigned)
            .field("payload", &self.payload)
            .finish_non_exhaustive()
    }
}
