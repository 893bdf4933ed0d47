//! What clients of EST are answered.

use super::{Device, PREFIX, answer};
use crate::api::vending::tests::{batch, list, ready, status};
use crate::api::{Content, Request, Response};
use crate::app::admission::attempt::Attempt;
use crate::app::admission::{Dialled, Peer};
use crate::testing::TestApp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use nameplate_core::admission::ServerName;
use nameplate_core::pki::Certificate;
use serde_json::json;
use std::net::SocketAddr;

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The certificates of a certs-only message, by what a reader of DER finds in it.
    #[track_caller]
    fn certificates(&self) -> Vec<Certificate> {
        assert_eq!(self.status, 200, "{}", self.text());
        let kind = "application/pkcs7-mime; smime-type=certs-only";
        assert_eq!(self.header("content-type"), Some(kind));
        assert_eq!(self.header("content-transfer-encoding"), Some("base64"));
        let text: String = self.text().split_whitespace().collect();
        let der = STANDARD.decode(text).expect("base64");
        let mut found = Vec::new();
        let mut at = 0;
        while at + 4 < der.len() {
            // A certificate is a SEQUENCE with a length of two bytes here.
            let length = usize::from(u16::from_be_bytes([der[at + 2], der[at + 3]])) + 4;
            let certificate = (der[at] == 0x30 && der[at + 1] == 0x82)
                .then(|| der.get(at..at + length))
                .flatten()
                .and_then(|der| Certificate::parse_der(der).ok());
            match certificate {
                Some(certificate) => {
                    found.push(certificate);
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }
}

/// Asks as a device whose handshake showed these certificates; `None` for a connection without TLS.
async fn asked(
    test: &TestApp,
    chain: Option<Vec<Vec<u8>>>,
    line: &str,
    login: Option<&str>,
    body: &[u8],
) -> Answer {
    let (method, operation) = line.split_once(' ').expect("a method and an operation");
    let address: SocketAddr = "10.0.0.7:1000".parse().expect("an address");
    let target = format!("{PREFIX}{operation}");
    let login = login.map(|login| format!("Basic {}", STANDARD.encode(login)));
    let headers = login.iter().map(|login| ("authorization", login.as_str()));
    let request = Request {
        method,
        target: &target,
        headers: headers.collect(),
        body,
        source_ip: address.ip(),
        secure: chain.is_some(),
    };
    let secure = chain.map(|chain| {
        let peer = Peer {
            address,
            chain,
            server_name: ServerName {
                sent: None,
                ours: false,
            },
            dialled: Dialled::default(),
        };
        (peer, Attempt::new("https", address, test.app.now()))
    });
    let device = Device {
        address,
        secure,
        root_ca: &Bytes::from(crate::testing::Ca::new("Server root").pem()),
    };
    let Response {
        status,
        headers,
        body,
    } = answer(&test.app, &request, device).await;
    let Content::Bytes(body) = body else {
        panic!("a file")
    };
    let headers = headers.into_iter();
    Answer {
        status,
        headers: headers
            .map(|(name, value)| (name.into_owned(), value))
            .collect(),
        body,
    }
}

fn request_for(name: &str) -> Vec<u8> {
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    let request = params.serialize_request(&crate::testing::key());
    request.expect("a request").der().to_vec()
}

#[tokio::test]
async fn a_device_enrols_and_renews() {
    let test = ready().await;
    batch(&test, "lamps", json!({"proof": "token"})).await;
    list(
        &test,
        "lamps",
        &[json!({"serialNumber": "SN-1", "token": "right"})],
    )
    .await;
    let der = request_for("SN-1");
    let base64 = STANDARD.encode(&der);
    let none = Some(Vec::new());
    let enrol = |login: &'static str| {
        asked(
            &test,
            none.clone(),
            "POST simpleenroll",
            Some(login),
            base64.as_bytes(),
        )
    };
    let refused = enrol("SN-1:wrong").await;
    assert_eq!(refused.status, 401);
    assert_eq!(
        refused.header("www-authenticate"),
        Some("Basic realm=\"estrealm\", charset=\"UTF-8\"")
    );
    assert_eq!(enrol("SN-2:right").await.text(), refused.text());
    let found = enrol("SN-1:right").await.certificates();
    let [first] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(first.subject().to_string(), "CN=SN-1");
    assert_eq!(status(&test, &first.id().to_string()).await, "ACTIVE");
    assert_eq!(enrol("SN-1:right").await.status, 409, "once");

    let again = |chain: Vec<Vec<u8>>, name: &str| {
        let body = request_for(name);
        let test = &test;
        async move { asked(test, Some(chain), "POST simplereenroll", None, &body).await }
    };
    let chain = vec![first.der().to_vec()];
    assert_eq!(again(Vec::new(), "SN-1").await.status, 403);
    let other = again(chain.clone(), "SN-9").await;
    assert_eq!(
        (other.status, other.text().contains("subject")),
        (400, true)
    );
    let found = again(chain.clone(), "SN-1").await.certificates();
    let [second] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_ne!(second.id(), first.id());
    let service = &test.app.fleet_provisioning;
    service.successors.connected(&second.id().0).await;
    assert_eq!(status(&test, &first.id().to_string()).await, "REVOKED");
    assert_eq!(again(chain, "SN-1").await.status, 403, "it is revoked");
}

#[tokio::test]
async fn a_label_names_a_batch_and_a_key_needs_no_password() {
    let test = ready().await;
    let key = crate::testing::key();
    let public = key.public_key_pem();
    batch(&test, "keys", json!({"proof": "key"})).await;
    list(
        &test,
        "keys",
        &[json!({"serialNumber": "SN-3", "publicKey": public})],
    )
    .await;
    let mut params = rcgen::CertificateParams::default();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "SN-3");
    let request = params.serialize_request(&key).expect("a request");
    let pem = request.pem().expect("PEM");
    let none = Some(Vec::new());
    let enrol =
        |operation: &'static str| asked(&test, none.clone(), operation, None, pem.as_bytes());
    assert_eq!(
        enrol("POST lamps/simpleenroll").await.status,
        401,
        "another batch"
    );
    assert_eq!(
        enrol("POST keys/simpleenroll").await.certificates().len(),
        1
    );
    let stranger = request_for("SN-3");
    let refused = asked(&test, none, "POST simpleenroll", None, &stranger).await;
    assert_eq!(refused.status, 401, "another key");
}

#[tokio::test]
async fn what_else_is_asked() {
    let test = ready().await;
    let check = async |chain, line: &str, login, body: &[u8], status, word: &str| {
        let answer = asked(&test, chain, line, login, body).await;
        assert_eq!(answer.status, status, "{line}: {}", answer.text());
        assert!(answer.text().contains(word), "{line}: {}", answer.text());
    };
    let none = || Some(Vec::new());
    let found = asked(&test, none(), "GET cacerts", None, b"").await;
    let names: Vec<String> = found
        .certificates()
        .iter()
        .map(|certificate| certificate.subject().to_string())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names[0].starts_with("OU=Amazon Web Services"), "{names:?}");
    assert_eq!(names[1], "CN=Server root");
    let attributes = asked(&test, none(), "GET csrattrs", None, b"").await;
    assert_eq!(
        attributes.header("content-type"),
        Some("application/csrattrs")
    );
    let der = STANDARD.decode(attributes.text().trim()).expect("base64");
    assert_eq!(der[..2], [0x30, der.len() as u8 - 2]);
    check(
        none(),
        "POST serverkeygen",
        None,
        b"",
        501,
        "does not implement serverkeygen",
    )
    .await;
    check(
        none(),
        "POST fullcmc",
        None,
        b"",
        501,
        "does not implement fullcmc",
    )
    .await;
    check(none(), "GET elsewhere", None, b"", 404, "no such operation").await;
    check(none(), "GET simpleenroll", None, b"", 405, "POST").await;
    check(None, "GET cacerts", None, b"", 403, "over TLS alone").await;
    check(
        None,
        "POST simpleenroll",
        Some("a:b"),
        b"",
        403,
        "over TLS alone",
    )
    .await;
    check(
        none(),
        "POST simpleenroll",
        Some("a:b"),
        b"AAAA",
        400,
        "not a certificate signing request",
    )
    .await;
    check(
        none(),
        "POST simpleenroll",
        Some("a:b"),
        b"",
        400,
        "not a certificate signing request",
    )
    .await;
    check(
        none(),
        "POST simpleenroll",
        Some("a"),
        &request_for("x"),
        400,
        "Basic",
    )
    .await;
    check(
        none(),
        "POST simpleenroll",
        None,
        &request_for(""),
        401,
        "serial number",
    )
    .await;
}

#[tokio::test]
async fn an_operator_may_be_asked_first() {
    let test = ready().await;
    batch(&test, "hall", json!({"proof": "none", "approval": true})).await;
    list(&test, "hall", &[json!({"serialNumber": "SN-5"})]).await;
    let body = request_for("SN-5");
    let answer = asked(&test, Some(Vec::new()), "POST simpleenroll", None, &body).await;
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (202, Some("30"))
    );
    let line = "PATCH /nameplate/vending/entries/SN-5";
    let approved = json!({"status": "APPROVED"});
    test.call("nameplate", line, &[], approved).await.ok();
    let answer = asked(&test, Some(Vec::new()), "POST simpleenroll", None, &body).await;
    assert_eq!(answer.certificates().len(), 1);
}
