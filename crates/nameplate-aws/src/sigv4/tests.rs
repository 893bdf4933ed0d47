//! Requests signed by the official SDK's signer, and everything that must not get past.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SessionTokenMode, SignableBody, SignableRequest,
    SignatureLocation, SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use proptest::prelude::*;

use super::*;
use crate::headers::Headers;
use crate::model::{Protocol, Service};
use crate::respond::ApiError;
use crate::uri;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// 2026-11-23T15:42:12Z
const NOW: i64 = 1_795_448_532;

/// A request as it arrives.
#[derive(Clone, Debug)]
struct Request {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: vec![("host".to_owned(), "localhost:4566".to_owned())],
            body: Vec::new(),
        }
    }

    fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn body(mut self, body: &str) -> Self {
        self.body = body.as_bytes().to_vec();
        self
    }

    fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(key, _)| key != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    fn parse(&self) -> Result<SignedRequest, AuthFailure> {
        let headers: Headers = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        SignedRequest::parse(&self.method, &self.target, &headers)
    }

    fn verify_at(&self, now: i64) -> Result<(), AuthFailure> {
        self.parse()?
            .verify(SECRET, Body::Bytes(&self.body), now * 1000)
    }

    fn verify(&self) -> Result<(), AuthFailure> {
        self.verify_at(NOW)
    }
}

/// How the signer is set up.
struct Signer {
    service: &'static str,
    token: Option<&'static str>,
    settings: SigningSettings,
    host: &'static str,
}

impl Signer {
    fn of(service: &'static str) -> Self {
        let mut settings = SigningSettings::default();
        if service == "s3" {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        Self {
            service,
            token: None,
            settings,
            host: "localhost:4566",
        }
    }

    fn presigned(service: &'static str, expires_seconds: u64) -> Self {
        let mut signer = Self::of(service);
        signer.settings.signature_location = SignatureLocation::QueryParams;
        signer.settings.expires_in = Some(Duration::from_secs(expires_seconds));
        signer
    }

    fn token(mut self, token: &'static str) -> Self {
        self.token = Some(token);
        self
    }

    fn sign(&self, request: Request) -> Request {
        let body = request.body.clone();
        self.sign_body(request, SignableBody::Bytes(&body))
    }

    fn sign_body(&self, request: Request, body: SignableBody<'_>) -> Request {
        let identity =
            Credentials::new("AKID", SECRET, self.token.map(str::to_owned), None, "test").into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name(self.service)
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW as u64))
            .settings(self.settings.clone())
            .build()
            .expect("all parameters are given")
            .into();
        let url = format!("http://{}{}", self.host, request.target);
        let headers: Vec<_> = request
            .headers
            .iter()
            .filter(|(name, _)| name != "host")
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let signable =
            SignableRequest::new(&request.method, &url, headers.into_iter(), body).expect("URL");
        let (instructions, _) = sign(signable, &params).expect("signing").into_parts();
        let mut signed = request.clone();
        for (name, value) in instructions.headers() {
            signed.set(name, value);
        }
        for (name, value) in instructions.params() {
            let separator = if signed.target.contains('?') {
                '&'
            } else {
                '?'
            };
            let value = uri::encode(value.as_bytes());
            signed
                .target
                .push_str(&format!("{separator}{name}={value}"));
        }
        signed
    }
}

/// Requests whose canonical form is easy to get wrong.
fn awkward() -> Vec<Request> {
    vec![
        Request::new("GET", "/things"),
        Request::new("GET", "/"),
        Request::new("GET", "/certificates/cert%2Fabc"),
        Request::new(
            "POST",
            "/target-policies/arn%3Aaws%3Aiot%3Aus-east-1%3A1%3Acert%2Fabc",
        ),
        Request::new(
            "POST",
            "/attached-policies/arn:aws:iot:us-east-1:1:cert/abc",
        ),
        Request::new("POST", "/topics/%C3%A9%20a?qos=1").body("payload"),
        Request::new("PUT", "/things/t/jobs/$next").body("{}"),
        Request::new("PUT", "/things/t/jobs/%24next").body("{}"),
        Request::new("GET", "/things?a=2&a=1&b=&c=%20x%2B&d=%C3%A9"),
        Request::new("GET", "/things?attributeName=a%3Ab&tagKeys=b&tagKeys=a"),
        Request::new("POST", "/things/t")
            .header("content-type", "application/json")
            .header("x-amzn-principal", "a   b  c")
            .body("{\"thingTypeName\":\"é\"}"),
    ]
}

#[test]
fn official_signatures_are_accepted() {
    for service in ["iot", "iotdata", "lambda", "s3"] {
        for request in awkward() {
            let signed = Signer::of(service).sign(request.clone());
            assert_eq!(signed.verify(), Ok(()), "{service} {signed:?}");
            let signed = Signer::of(service).token("to/k+en=").sign(request.clone());
            assert_eq!(signed.verify(), Ok(()), "{service} {signed:?}");
            let parsed = signed.parse().expect("it is signed");
            assert_eq!(parsed.access_key(), "AKID");
            assert_eq!(parsed.security_token(), Some("to/k+en="));
            assert_eq!(
                parsed.scope().to_string(),
                format!("20261123/us-east-1/{service}/aws4_request")
            );
        }
    }
}

#[test]
fn official_presigned_urls_are_accepted() {
    for service in ["iot", "s3"] {
        for mut request in awkward() {
            request.headers.truncate(1);
            let body = request.body.clone();
            let body = if service == "s3" {
                SignableBody::UnsignedPayload
            } else {
                SignableBody::Bytes(&body)
            };
            let mut signer = Signer::presigned(service, 60).token("to/k+en=");
            // The signer would ask for a header that a URL cannot carry.
            signer.settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
            let signed = signer.sign_body(request, body);
            assert_eq!(signed.verify(), Ok(()), "{service} {signed:?}");
            assert!(signed.parse().is_ok_and(|parsed| parsed.is_presigned()));
        }
    }
}

#[test]
fn a_cached_key_serves_and_the_body_may_be_a_hash() {
    let signed = Signer::of("iot").sign(Request::new("POST", "/things/t").body("{}"));
    let parsed = signed.parse().expect("it is signed");
    let key = SigningKey::derive(SECRET, parsed.scope());
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"{}");
    let hash: [u8; 32] = hash.as_ref().try_into().expect("SHA-256 has 32 bytes");
    assert_eq!(
        parsed.verify_with(&key, Body::Sha256(hash), NOW * 1000),
        Ok(())
    );
    assert!(parsed.verify_with(&key, Body::Unread, NOW * 1000).is_err());
}

#[track_caller]
fn check_code(request: &Request, code: &str) {
    let failure = request.verify().expect_err("it was tampered with");
    assert_eq!(
        auth_failure_error(Service::Iot, &failure).code,
        code,
        "{failure:?}"
    );
}

#[test]
fn tampering_with_any_part_is_noticed() {
    let genuine = Signer::of("iot").token("token").sign(
        Request::new("POST", "/things/t?b=1")
            .header("content-type", "application/json")
            .header("x-amz-tagging", "a=b")
            .body("{}"),
    );
    assert_eq!(genuine.verify(), Ok(()));
    let tampered = |change: &dyn Fn(&mut Request)| {
        let mut request = genuine.clone();
        change(&mut request);
        request
    };
    let authorization = |from: &str, to: &str| {
        tampered(&|request| {
            let (_, old) = request
                .headers
                .iter()
                .find(|(name, _)| name == "authorization")
                .cloned()
                .expect("it is signed");
            assert!(old.contains(from));
            request.set("authorization", &old.replace(from, to));
        })
    };
    for request in [
        tampered(&|request| request.method = "PUT".to_owned()),
        tampered(&|request| request.target = "/things/u?b=1".to_owned()),
        tampered(&|request| request.target = "/things/t?b=2".to_owned()),
        tampered(&|request| request.target = "/things/t?b=1&b=1".to_owned()),
        tampered(&|request| request.target = "/things%2Ft?b=1".to_owned()),
        tampered(&|request| request.body = b"{ }".to_vec()),
        tampered(&|request| request.set("host", "localhost")),
        tampered(&|request| request.set("content-type", "text/plain")),
        tampered(&|request| request.set("x-amz-tagging", "a=c")),
        tampered(&|request| request.set("x-amz-security-token", "other")),
        tampered(&|request| request.set("x-amz-date", "20261123T154213Z")),
        tampered(&|request| request.headers.push(("x-amz-tagging".into(), "c=d".into()))),
        tampered(&|request| request.headers.push(("x-amz-acl".into(), "public".into()))),
        authorization("us-east-1", "us-east-2"),
        authorization("/iot/", "/iotdata/"),
        authorization("20261123/", "20261122/"),
        authorization("content-type;", ""),
        authorization("x-amz-tagging", "x-amz-tagginh"),
        authorization("host;", ""),
        authorization("Signature=", "Signature=0"),
    ] {
        check_code(&request, "InvalidSignatureException");
    }
    for request in [
        authorization("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"),
        authorization("aws4_request", "aws5_request"),
        authorization("AKID/", ""),
        authorization("Signature=", "Signature2="),
        authorization("Signature=", "Signature=0,Signature="),
        authorization("host;", "host;host;"),
        authorization("20261123/", "2026/"),
        tampered(&|request| request.set("x-amz-date", "yesterday")),
        tampered(&|request| request.headers.retain(|(name, _)| name != "x-amz-date")),
        tampered(&|request| request.target.push_str("&X-Amz-Signature=0")),
    ] {
        check_code(&request, "IncompleteSignatureException");
    }
    let failure =
        genuine
            .parse()
            .expect("it is signed")
            .verify("other", Body::Bytes(b"{}"), NOW * 1000);
    assert!(matches!(failure, Err(AuthFailure::NoMatch { .. })));
}

#[test]
fn a_declared_body_hash_is_held_against_the_body() {
    let mut signer = Signer::of("iot");
    signer.settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let mut signed = signer.sign(Request::new("POST", "/things/t").body("{}"));
    assert_eq!(signed.verify(), Ok(()));
    signed.body = b"[]".to_vec();
    assert!(matches!(
        signed.verify(),
        Err(AuthFailure::BodyMismatch { .. })
    ));
    // Without the body yet, the signature alone can be verified.
    let parsed = signed.parse().expect("it is signed");
    assert_eq!(parsed.verify(SECRET, Body::Unread, NOW * 1000), Ok(()));
    assert!(matches!(parsed.payload(), Payload::Sha256(_)));
}

#[test]
fn payload_words_are_s3s_alone() {
    let check = |service: &'static str, word: &str, expected: Option<Payload>| {
        let request = Request::new("PUT", "/b/k").body("data");
        let body = if word == "UNSIGNED-PAYLOAD" {
            SignableBody::UnsignedPayload
        } else {
            SignableBody::Precomputed(word.to_owned())
        };
        let mut signer = Signer::of(service);
        signer.settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let signed = signer.sign_body(request, body);
        let payload = signed.parse().map(|parsed| parsed.payload()).ok();
        assert_eq!(payload, expected, "{service} {word}");
        assert_eq!(
            signed.verify().is_ok(),
            expected.is_some(),
            "{service} {word}"
        );
    };
    check("s3", "UNSIGNED-PAYLOAD", Some(Payload::Unsigned));
    check("iot", "UNSIGNED-PAYLOAD", None);
    let streaming = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    check("s3", streaming, Some(Payload::Streaming(Streaming::Signed)));
    check("iot", streaming, None);
    check(
        "s3",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        Some(Payload::Streaming(Streaming::UnsignedTrailer)),
    );
    check("s3", "STREAMING-SOMETHING-ELSE", None);
}

#[test]
fn unsigned_amz_headers() {
    let check = |service: &'static str, name: &str, accepted: bool| {
        let signed = Signer::of(service).sign(Request::new("PUT", "/b/k"));
        let verdict = signed.header(name, "x").verify();
        if accepted {
            assert_eq!(verdict, Ok(()), "{service} {name}");
        } else {
            let name = name.to_ascii_lowercase();
            assert_eq!(
                verdict,
                Err(AuthFailure::UnsignedHeader { name }),
                "{service}"
            );
        }
    };
    check("iot", "x-amz-tagging", false);
    check("iot", "X-Amz-Meta-A", false);
    check("iot", "x-amz-checksum-crc32", true);
    check("iot", "x-amz-decoded-content-length", true);
    check("iot", "x-amz-sdk-checksum-algorithm", true);
    check("iot", "x-other", true);
    check("s3", "x-amz-acl", false);
    check("s3", "x-amz-checksum-crc32", false);
    check("s3", "x-amz-trailer", true);
}

#[track_caller]
fn check_clock(signed: &Request, now: i64, service: Service, expected: Option<(&str, &str)>) {
    let error = signed
        .verify_at(now)
        .map_err(|failure| auth_failure_error(service, &failure));
    let error = error.as_ref().err();
    let found = error.map(|error: &ApiError| (error.code.as_ref(), error.message.as_str()));
    assert_eq!(found, expected);
}

#[test]
fn clocks() {
    let iot = Signer::of("iot").sign(Request::new("GET", "/things"));
    check_clock(&iot, NOW + 300, Service::Iot, None);
    check_clock(&iot, NOW - 300, Service::Iot, None);
    check_clock(
        &iot,
        NOW + 301,
        Service::Iot,
        Some((
            "InvalidSignatureException",
            "Signature expired: 20261123T154212Z is now earlier than 20261123T154213Z \
             (20261123T154713Z - 5 min.)",
        )),
    );
    check_clock(
        &iot,
        NOW - 301,
        Service::Iot,
        Some((
            "InvalidSignatureException",
            "Signature not yet current: 20261123T154212Z is still later than 20261123T154211Z \
             (20261123T153711Z + 5 min.)",
        )),
    );
    let s3 = Signer::of("s3").sign(Request::new("GET", "/b"));
    check_clock(&s3, NOW + 900, Service::S3, None);
    let skewed = (
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
    );
    check_clock(&s3, NOW + 901, Service::S3, Some(skewed));

    let mut signer = Signer::presigned("s3", 3600);
    signer.settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
    let url = signer.sign_body(Request::new("GET", "/b/k"), SignableBody::UnsignedPayload);
    check_clock(&url, NOW + 3600, Service::S3, None);
    check_clock(
        &url,
        NOW + 3601,
        Service::S3,
        Some(("AccessDenied", "Request has expired")),
    );
}

#[test]
fn presigned_limits() {
    let url = |expires| Signer::presigned("iot", expires).sign(Request::new("GET", "/things"));
    assert_eq!(url(1).verify(), Ok(()));
    assert_eq!(url(604_800).verify(), Ok(()));
    for request in [url(604_801), url(0)] {
        assert!(matches!(
            request.verify(),
            Err(AuthFailure::Malformed {
                presigned: true,
                ..
            })
        ));
    }
    let mut twice = url(60);
    twice.target.push_str("&X-Amz-Expires=61");
    assert!(matches!(twice.verify(), Err(AuthFailure::Malformed { .. })));
    let mut tampered = url(60);
    tampered.target = tampered.target.replace("Expires=60", "Expires=61");
    assert!(matches!(
        tampered.verify(),
        Err(AuthFailure::NoMatch { .. })
    ));
}

#[test]
fn websocket_urls_of_device_sdks() {
    let presigned = |host, token_mode| {
        let mut signer = Signer::presigned("iotdevicegateway", 60).token("to/k+en=");
        signer.host = host;
        signer.settings.session_token_mode = token_mode;
        signer.sign(Request::new("GET", "/mqtt"))
    };
    for host in ["localhost:4566", "localhost"] {
        for token_mode in [SessionTokenMode::Include, SessionTokenMode::Exclude] {
            // `Exclude` adds the token after signing.
            let url = presigned(host, token_mode);
            assert!(url.target.contains("X-Amz-Security-Token="));
            assert_eq!(url.verify(), Ok(()), "{url:?}");
            let parsed = url.parse().expect("it is signed");
            assert_eq!(parsed.security_token(), Some("to/k+en="));
        }
    }
    let other = presigned("example.com", SessionTokenMode::Include);
    assert!(matches!(other.verify(), Err(AuthFailure::NoMatch { .. })));
}

/// Device SDKs leave X-Amz-Expires out of the URL, which the official signer cannot do.
#[test]
fn websocket_url_without_expiry() {
    let scope = Scope {
        date: "20261123".into(),
        region: "us-east-1".into(),
        service: "iotdevicegateway".into(),
    };
    let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256\
                 &X-Amz-Credential=AKID%2F20261123%2Fus-east-1%2Fiotdevicegateway%2Faws4_request\
                 &X-Amz-Date=20261123T154212Z&X-Amz-SignedHeaders=host";
    let canonical = format!(
        "GET\n/mqtt\n{query}\nhost:localhost\n\nhost\n{}",
        super::key::sha256_hex(b"")
    );
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n20261123T154212Z\n{scope}\n{}",
        super::key::sha256_hex(canonical.as_bytes())
    );
    let signature = SigningKey::derive(SECRET, &scope).sign(to_sign.as_bytes());
    let url = Request::new("GET", &format!("/mqtt?{query}&X-Amz-Signature={signature}"));
    assert_eq!(url.verify_at(NOW + 86_400), Ok(()));
    assert!(matches!(
        url.verify_at(NOW + 86_401),
        Err(AuthFailure::PresignExpired { .. })
    ));
}

#[test]
fn absent_and_old_signatures() {
    let check = |request: Request, expected: AuthFailure| {
        assert_eq!(request.verify(), Err(expected));
    };
    check(Request::new("GET", "/things"), AuthFailure::Missing);
    check(
        Request::new("GET", "/b/k?AWSAccessKeyId=A&Signature=s&Expires=1"),
        AuthFailure::SignatureV2,
    );
    check(
        Request::new("GET", "/b/k").header("authorization", "AWS AKID:signature"),
        AuthFailure::SignatureV2,
    );
    let basic = Request::new("GET", "/b/k").header("authorization", "Basic c2VjcmV0");
    let text = format!("{:?}", basic.verify());
    assert!(
        text.contains("Malformed") && !text.contains("c2VjcmV0"),
        "{text}"
    );
}

/// A client may date its request with `Date` alone.
#[test]
fn the_date_header_dates_too() {
    let mut signed = Signer::of("iot").sign(Request::new("GET", "/things"));
    // Not signed by this signer, so the signature cannot match; but the time is understood.
    signed.headers.retain(|(name, _)| name != "x-amz-date");
    signed.set("date", "Mon, 23 Nov 2026 15:42:12 GMT");
    let parsed = signed.parse().expect("it is signed");
    assert_eq!(parsed.signed_at(), NOW);
}

#[test]
fn chunk_signatures_follow_the_seed() {
    let scope = Scope {
        date: "20261123".into(),
        region: "us-east-1".into(),
        service: "s3".into(),
    };
    let key = SigningKey::derive(SECRET, &scope);
    let empty = super::key::sha256_hex(b"");
    let expect = |kind: &str, previous: &str, hashes: &str| {
        key.sign(format!("{kind}\n20261123T154212Z\n{scope}\n{previous}\n{hashes}").as_bytes())
    };
    let hashes = |chunk: &[u8]| format!("{empty}\n{}", super::key::sha256_hex(chunk));
    let first = expect("AWS4-HMAC-SHA256-PAYLOAD", "seed", &hashes(b"data"));
    let last = expect("AWS4-HMAC-SHA256-PAYLOAD", &first, &hashes(b""));
    let trailer = "x-amz-checksum-crc32:AAAAAA==\n";
    let end = expect(
        "AWS4-HMAC-SHA256-TRAILER",
        &last,
        &super::key::sha256_hex(trailer.as_bytes()),
    );

    let signatures = || {
        ChunkSignatures::new(
            key.clone(),
            "20261123T154212Z".into(),
            scope.to_string(),
            "seed".into(),
        )
    };
    let sha256 = |chunk: &[u8]| {
        let mut hash = [0; 32];
        hash.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, chunk).as_ref());
        hash
    };
    let mut genuine = signatures();
    assert!(genuine.accepts_chunk(&sha256(b"data"), &first));
    assert!(genuine.accepts_chunk(&sha256(b""), &last));
    assert!(genuine.accepts_trailer(trailer.as_bytes(), &end));
    assert!(!signatures().accepts_chunk(&sha256(b"date"), &first));
    assert!(!signatures().accepts_chunk(&sha256(b""), &last));
}

#[test]
fn secrets_stay_out_of_debug_output() {
    let signed = Signer::of("iot")
        .token("secret-token")
        .sign(Request::new("GET", "/things"));
    let parsed = signed.parse().expect("it is signed");
    let failure = parsed
        .verify("other", Body::Unread, NOW * 1000)
        .expect_err("wrong secret");
    let key = SigningKey::derive(SECRET, parsed.scope());
    let text = format!("{parsed:?} {failure:?} {failure} {key:?}");
    assert!(
        !text.contains("secret-token") && !text.contains(SECRET),
        "{text}"
    );
    assert!(!text.contains(&parsed.signature), "{text}");
}

/// Families name one failure differently.
#[test]
fn names_by_family() {
    let check = |service, failure: AuthFailure, status: u16, code: &str| {
        let error = auth_failure_error(service, &failure);
        assert_eq!(
            (error.status, error.code.as_ref()),
            (status, code),
            "{service:?} {failure:?}"
        );
    };
    let malformed = || AuthFailure::malformed("x");
    check(
        Service::Iot,
        AuthFailure::Missing,
        403,
        "MissingAuthenticationTokenException",
    );
    check(
        Service::Iam,
        AuthFailure::Missing,
        403,
        "MissingAuthenticationToken",
    );
    check(Service::S3, AuthFailure::Missing, 403, "AccessDenied");
    let foreign = |protocol, failure: AuthFailure, status, code: &str| {
        let error = foreign_auth_failure_error(protocol, &failure);
        assert_eq!((error.status, &*error.code), (status, code), "{protocol:?}");
    };
    foreign(
        Protocol::Json11,
        AuthFailure::Missing,
        400,
        "MissingAuthenticationTokenException",
    );
    foreign(
        Protocol::RpcV2Cbor,
        AuthFailure::ExpiredToken,
        400,
        "ExpiredTokenException",
    );
    foreign(Protocol::Ec2, malformed(), 400, "IncompleteSignature");
    let unknown = || AuthFailure::UnknownAccessKey {
        access_key: "AKID".to_owned(),
    };
    foreign(Protocol::Ec2, unknown(), 401, "AuthFailure");
    foreign(Protocol::RestXml, unknown(), 403, "InvalidClientTokenId");
    foreign(Protocol::Query, unknown(), 403, "InvalidClientTokenId");
    check(
        Service::Lambda,
        malformed(),
        403,
        "IncompleteSignatureException",
    );
    check(Service::Sts, malformed(), 400, "IncompleteSignature");
    check(
        Service::S3,
        malformed(),
        400,
        "AuthorizationHeaderMalformed",
    );
    let unknown = || AuthFailure::UnknownAccessKey {
        access_key: "AKID".into(),
    };
    check(
        Service::IotData,
        unknown(),
        403,
        "UnrecognizedClientException",
    );
    check(Service::Sts, unknown(), 403, "InvalidClientTokenId");
    check(Service::S3, unknown(), 403, "InvalidAccessKeyId");
    check(
        Service::Iot,
        AuthFailure::ExpiredToken,
        403,
        "ExpiredTokenException",
    );
    check(Service::Sts, AuthFailure::ExpiredToken, 403, "ExpiredToken");
    check(Service::S3, AuthFailure::ExpiredToken, 400, "ExpiredToken");
    let service = || AuthFailure::WrongService {
        expected: "iot".into(),
    };
    check(Service::Iot, service(), 403, "InvalidSignatureException");
    check(Service::Iam, service(), 403, "SignatureDoesNotMatch");
    check(Service::S3, service(), 400, "AuthorizationHeaderMalformed");
}

proptest! {
    #[test]
    fn any_request_has_an_answer(
        method in ".*",
        target in ".*",
        headers in proptest::collection::vec((".*", proptest::collection::vec(any::<u8>(), 0..40)), 0..4),
        authorization in "(AWS4-HMAC-SHA256 )?(Credential=[a-z0-9/]*,? ?)?(SignedHeaders=[a-z;]*,)?.*",
        now in any::<i64>(),
    ) {
        let fields = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        let authorization = ("authorization", authorization.as_bytes());
        let headers: Headers = fields.chain([authorization]).collect();
        if let Ok(parsed) = SignedRequest::parse(&method, &target, &headers) {
            let _ = parsed.verify(SECRET, Body::Unread, now);
        }
        let _ = SignedRequest::parse(&method, &target, &Headers::default());
    }

    #[test]
    fn any_presigned_query_has_an_answer(
        credential in "[a-zA-Z0-9%/]*",
        date in "[0-9]{8}T[0-9]{6}Z|.*",
        expires in "[0-9]*|.*",
        now in any::<i64>(),
    ) {
        let target = format!(
            "/mqtt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}%2F20261123%2F\
             r%2Fiotdevicegateway%2Faws4_request&X-Amz-Date={date}&X-Amz-Expires={expires}\
             &X-Amz-SignedHeaders=host&X-Amz-Signature=0"
        );
        if let Ok(parsed) = SignedRequest::parse("GET", &target, &Headers::default()) {
            prop_assert!(parsed.verify(SECRET, Body::Unread, now).is_err());
        }
    }
}
