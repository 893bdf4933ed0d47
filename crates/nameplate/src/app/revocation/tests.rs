//! Which lists are believed, and what devices meet.

use crate::app::admission::attempt::Attempt;
use crate::app::admission::{Admit, Dialled, Peer};
use crate::testing::{Answer, Ca, NOW, TestApp};
use nameplate_core::admission::ServerName;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{Certificate, CertificateId};
use rcgen::{RevocationReason, SerialNumber};
use serde_json::{Value, json};
use std::net::SocketAddr;
use time::{Duration, OffsetDateTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

fn at(offset: Duration) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW.as_seconds()).expect("a time") + offset
}

/// A list of a CA with this number, made an hour ago and due in so many hours.
fn list(ca: &Ca, number: u64, due: i64, revoked: &[&Certificate]) -> Vec<u8> {
    let serials = revoked
        .iter()
        .map(|certificate| SerialNumber::from_slice(certificate.serial()));
    let made = at(Duration::hours(-1));
    ca.revocation_list(
        number,
        made,
        at(Duration::hours(due)),
        serials,
        RevocationReason::KeyCompromise,
    )
}

struct World {
    test: TestApp,
    ca: Ca,
    id: String,
}

impl World {
    /// A server with a registered CA that registers what comes.
    async fn new() -> Self {
        let test = TestApp::new().await;
        let ca = Ca::new("Fleet CA");
        let body = json!({"caCertificate": ca.pem(), "certificateMode": "SNI_ONLY"});
        let line = "POST /cacertificate?setAsActive=true&allowAutoRegistration=true";
        test.iot(line, body).await.ok();
        let id = CertificateId::of(ca.der()).to_string();
        Self { test, ca, id }
    }

    fn device(&self, name: &str) -> Certificate {
        Certificate::parse_der(&self.ca.sign_der(name)).expect("a certificate")
    }

    /// Registers a device's certificate, ACTIVE.
    async fn known(&self, name: &str) -> Certificate {
        let certificate = self.device(name);
        let body = json!({"certificatePem": certificate.to_pem(), "status": "ACTIVE"});
        let line = "POST /certificate/register-no-ca";
        self.test.iot(line, body).await.ok();
        certificate
    }

    /// How the admission of a certificate ends: the code of a refusal, or what follows.
    async fn admitted(&self, certificate: &Certificate) -> String {
        let address: SocketAddr = "10.0.0.1:1000".parse().expect("an address");
        let peer = Peer {
            address,
            chain: vec![certificate.der().to_vec()],
            server_name: ServerName {
                sent: Some("localhost".into()),
                ours: true,
            },
            dialled: Dialled::default(),
        };
        let mut attempt = Attempt::new("mqtt", address, NOW);
        match self.test.app.admission.admit(peer, &mut attempt).await {
            Admit::Enter(_) => "known".into(),
            Admit::First(_) => "first".into(),
            Admit::Ask(_) => "ask".into(),
            Admit::Refuse(refused) => refused.code,
        }
    }

    async fn own(&self, method: &str, body: Value) -> Answer {
        let line = format!("{method} /nameplate/revocation-lists/{}", self.id);
        self.test.call("nameplate", &line, &[], body).await
    }

    async fn put(&self, list: &[u8]) -> crate::app::Result<super::ListView> {
        let root = self.test.app.iam.root();
        let service = &self.test.app.revocation;
        service.put_list(&root, &self.id, list).await
    }
}

#[tokio::test]
async fn devices_are_held_against_the_list_of_their_ca() {
    let world = World::new().await;
    let (revoked, good) = (world.known("lamp-1").await, world.known("lamp-2").await);
    let (newcomer, other) = (world.device("lamp-3"), world.device("lamp-4"));
    for certificate in [&revoked, &good] {
        assert_eq!(world.admitted(certificate).await, "known");
    }
    world
        .put(&list(&world.ca, 1, 24, &[&revoked, &newcomer]))
        .await
        .expect("it is the CA's");
    let code = "certificate-on-revocation-list";
    assert_eq!(world.admitted(&revoked).await, code);
    assert_eq!(world.admitted(&newcomer).await, code);
    assert_eq!(world.admitted(&good).await, "known");
    assert_eq!(world.admitted(&other).await, "first");
    // A CA of the same name and another key has revoked nothing of the registered one's.
    let stranger = Ca::new("Fleet CA");
    let named_alike = Certificate::parse_der(&stranger.sign_der("lamp-5")).expect("a certificate");
    assert_eq!(world.admitted(&named_alike).await, "certificate-signature");
    // After a restart, and after the next list, which has the certificate no longer.
    let World { test, ca, id } = world;
    let test = test.restarted().await;
    let world = World { test, ca, id };
    assert_eq!(world.admitted(&revoked).await, code);
    world
        .put(&list(&world.ca, 2, 24, &[]))
        .await
        .expect("it is newer");
    assert_eq!(world.admitted(&revoked).await, "known");
    let shown = world.own("GET", Value::Null).await.ok();
    assert_eq!(shown["list"]["certificates"], 0, "{shown}");
    world.own("DELETE", Value::Null).await.ok();
    assert_eq!(world.own("GET", Value::Null).await.status, 404);
    assert_eq!(world.own("DELETE", Value::Null).await.status, 404);
}

#[tokio::test]
async fn a_list_that_is_not_believed_changes_nothing() {
    let world = World::new().await;
    let revoked = world.known("lamp").await;
    world
        .put(&list(&world.ca, 5, 24, &[&revoked]))
        .await
        .expect("it is the CA's");
    let refused = async |bytes: &[u8], expected: &str| {
        let why = world.put(bytes).await.expect_err("refused").message;
        assert!(why.contains(expected), "{why}");
        assert_eq!(
            world.admitted(&revoked).await,
            "certificate-on-revocation-list"
        );
    };
    refused(&list(&Ca::new("Fleet CA"), 6, 24, &[]), "not signed by").await;
    refused(
        &list(&Ca::new("Other CA"), 6, 24, &[]),
        "is of \"CN=Other CA\"",
    )
    .await;
    refused(
        &list(&world.ca, 4, 24, &[]),
        "before the list that is in force",
    )
    .await;
    let made = at(Duration::days(-3));
    let due = at(Duration::days(-1));
    let none = std::iter::empty();
    let stale = world
        .ca
        .revocation_list(9, made, due, none, RevocationReason::Unspecified);
    refused(&stale, "it is stale").await;
    refused(b"no list at all", "no PEM block").await;
    refused(
        &vec![0x30; 10 * 1024 * 1024],
        "not a certificate revocation list",
    )
    .await;
    let why = world
        .own("PATCH", json!({"url": "file:///etc/passwd"}))
        .await;
    assert_eq!(why.status, 400, "{}", why.body);
    assert_eq!(
        world
            .own("PATCH", json!({"url": "http://me:secret@pki/"}))
            .await
            .status,
        400
    );
    assert_eq!(
        world
            .own("PATCH", json!({"uri": "http://pki/"}))
            .await
            .status,
        400
    );
    let line = format!("GET /nameplate/revocation-lists/{}", "0".repeat(64));
    let absent = world.test.call("nameplate", &line, &[], Value::Null).await;
    assert_eq!(absent.status, 404);
}

#[tokio::test]
async fn an_owner_says_what_happens_without_a_fresh_list() {
    let world = World::new().await;
    let known = world.known("lamp").await;
    let newcomer = world.device("lamp-2");
    world.own("PATCH", json!({"refuseStale": true})).await.ok();
    assert_eq!(world.admitted(&known).await, "revocation-list-missing");
    assert_eq!(world.admitted(&newcomer).await, "revocation-list-missing");
    world
        .put(&list(&world.ca, 1, 24, &[]))
        .await
        .expect("it is the CA's");
    assert_eq!(world.admitted(&known).await, "known");
    let tomorrow = Millis(NOW.0 + 25 * 3_600_000);
    let check = async || {
        let checked = world.test.app.revocation.check(&known, tomorrow).await;
        checked.expect("read").map_err(|refusal| refusal.code())
    };
    assert_eq!(check().await, Err("revocation-list-stale"));
    world.own("PATCH", json!({"refuseStale": false})).await.ok();
    assert_eq!(check().await, Ok(()), "whom the last list does not name");
}

/// A server that gives each connection one answer; its URL.
async fn publishes(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/ca.crl", listener.local_addr().expect("bound"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 1024];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(&answer).await;
        }
    });
    url
}

fn answered(status: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn lists_are_fetched() {
    let world = World::new().await;
    let revoked = world.known("lamp").await;
    let der = list(&world.ca, 1, 24, &[&revoked]);
    let url = publishes(answered("200 OK", &der)).await;
    let shown = world.own("PATCH", json!({"url": url})).await.ok();
    assert_eq!(
        (&shown["failure"], &shown["list"]["certificates"]),
        (&Value::Null, &json!(1))
    );
    assert_eq!(
        world.admitted(&revoked).await,
        "certificate-on-revocation-list"
    );
    // What goes wrong later is told, and the list in force stays.
    let check = async |answer: Vec<u8>, expected: &str| {
        let url = publishes(answer).await;
        let shown = world.own("PATCH", json!({"url": url})).await.ok();
        let failure = shown["failure"].as_str().unwrap_or_default();
        assert!(failure.contains(expected), "{shown}");
        assert_eq!(
            world.admitted(&revoked).await,
            "certificate-on-revocation-list"
        );
    };
    check(answered("404 Not Found", b"no"), "the server answered 404").await;
    check(answered("200 OK", b"<html>"), "no PEM block").await;
    check(
        answered("200 OK", &list(&Ca::new("Fleet CA"), 2, 24, &[])),
        "not signed by",
    )
    .await;
    check(
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n".to_vec(),
        "",
    )
    .await;
    let nobody = "http://127.0.0.1:1/ca.crl";
    let shown = world.own("PATCH", json!({"url": nobody})).await.ok();
    assert!(shown["failure"].is_string(), "{shown}");
    let text = world.test.app.exposition().await;
    let line = "nameplate_revocation_list_fetches_total{outcome=\"success\"} 1";
    assert!(text.contains(line), "{text}");
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up() {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    let service = &world.test.app.revocation;
    let limit = std::time::Duration::from_millis(50);
    let failure = service.fetched(&url, limit).await.expect_err("a failure");
    assert!(failure.contains("no answer within"), "{failure}");
    drop(listener);
}

#[tokio::test]
async fn our_own_ca_publishes_what_it_has_revoked() {
    let world = World::new().await;
    let line = "POST /keys-and-certificate?setAsActive=true";
    let mut made = Vec::new();
    for _ in 0..2 {
        let answer = world.test.iot(line, Value::Null).await.ok();
        let pem = answer["certificatePem"].as_str().expect("PEM");
        made.push(Certificate::parse_pem(pem).expect("a certificate"));
    }
    let [revoked, good] = made.as_slice() else {
        panic!("two")
    };
    let line = format!("PUT /certificates/{}?newStatus=REVOKED", revoked.id());
    world.test.iot(&line, Value::Null).await.ok();
    let service = &world.test.app.revocation;
    let der = service.own_list(None).await.expect("a list");
    let ca = service.own_ca(None).expect("a CA");
    let ca = ca.certificate().expect("it has one");
    let list = nameplate_core::pki::RevocationList::read(&der, ca).expect("of the CA");
    assert_eq!((list.len(), list.is_stale(NOW)), (1, false));
    assert!(list.revoked(revoked.serial()).is_some());
    assert!(list.revoked(good.serial()).is_none());
    let id = ca.id().to_string();
    assert!(service.own_list(Some(&id)).await.is_ok());
    assert!(service.own_list(Some("device")).await.is_err());
    // What is no question is told so, in the answer's own form: OCSPResponse with status malformedRequest.
    assert_eq!(service.statuses(b"what?").await, [0x30, 3, 0x0a, 1, 1]);
}
