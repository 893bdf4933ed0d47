//! Whole connections over a pipe, from the end of their TLS handshake on: what they leave in the registry and on record.

use super::connection::{Shared, serve};
use super::{ROUTER_LIMITS, Router, connection_config};
use crate::app::admission::attempt::{Attempt, Stage};
use crate::app::admission::explain::Subject;
use crate::app::admission::{Admit, Entrance, Peer};
use crate::config::FirstConnect;
use crate::testing::{NOW, TestApp};
use nameplate_core::admission::ServerName;
use nameplate_core::pki::CertificateId;
use nameplate_core::registry::certificate::Status;
use nameplate_mqtt::connection::Refusals;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

const TEMPLATE: &str = r#"{
    "Parameters": {"AWS::IoT::Certificate::Id": {"Type": "String"},
                   "AWS::IoT::Certificate::CommonName": {"Type": "String"}},
    "Resources": {
        "thing": {"Type": "AWS::IoT::Thing",
                  "Properties": {"ThingName": {"Ref": "AWS::IoT::Certificate::CommonName"}}},
        "certificate": {"Type": "AWS::IoT::Certificate",
                        "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"}},
        "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": "device"}}
    }
}"#;

/// A server with one registered CA, whose devices are provisioned or only registered.
struct World {
    test: TestApp,
    shared: Arc<Shared>,
    ca: CertifiedIssuer<'static, KeyPair>,
    _drain: tokio::sync::watch::Sender<bool>,
}

/// The client's end of a connection.
struct Line {
    pipe: DuplexStream,
    served: JoinHandle<()>,
}

fn params(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2040, 1, 1);
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key can be made")
}

fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first, u8::try_from(body.len()).expect("a short packet")];
    bytes.extend(body);
    bytes
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = u16::try_from(text.len())
        .expect("a short text")
        .to_be_bytes()
        .to_vec();
    bytes.extend(text.as_bytes());
    bytes
}

fn connect(client_id: &str) -> Vec<u8> {
    let mut body = text("MQTT");
    body.extend([4, 2, 0, 60]);
    body.extend(text(client_id));
    packet(0x10, &body)
}

impl World {
    async fn new(first_connect: FirstConnect, provisions: bool) -> Self {
        let test = TestApp::with(|settings| settings.first_connect = first_connect).await;
        let mut params = params("Owner");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let ca = CertifiedIssuer::self_signed(params, key()).expect("a CA can be made");
        let mut body = json!({"caCertificate": ca.pem(), "certificateMode": "SNI_ONLY"});
        if provisions {
            role(&test).await;
            let policy = json!({"policyDocument": allow("iot:*").to_string()});
            test.iot("POST /policies/device", policy).await.ok();
            body["registrationConfig"] = json!({
                "templateBody": TEMPLATE,
                "roleArn": "arn:aws:iam::123456789012:role/first",
            });
        }
        let line = "POST /cacertificate?setAsActive=true&allowAutoRegistration=true";
        test.iot(line, body).await.ok();
        let (drain, draining) = tokio::sync::watch::channel(false);
        let shared = Arc::new(Shared {
            app: Arc::clone(&test.app),
            router: Router::new(ROUTER_LIMITS, 1),
            config: Arc::new(connection_config(Refusals::Clear)),
            epoch: Instant::now(),
            stranger: |_| None,
            draining,
        });
        Self {
            test,
            shared,
            ca,
            _drain: drain,
        }
    }

    fn device(&self, common_name: &str) -> Vec<u8> {
        let signed = params(common_name).signed_by(&key(), &self.ca);
        signed.expect("a certificate can be made").der().to_vec()
    }

    fn peer(&self, device: &[u8]) -> Peer {
        Peer {
            address: SocketAddr::from(([127, 0, 0, 1], 40_000)),
            chain: vec![device.to_vec()],
            server_name: ServerName {
                sent: Some("localhost".into()),
                ours: true,
            },
        }
    }

    /// A client of this certificate, whose handshake is over.
    fn dial(&self, device: &[u8]) -> Line {
        let peer = self.peer(device);
        let mut attempt = Attempt::new("mqtt", peer.address, NOW);
        attempt.passed(Stage::Tls, NOW);
        let (pipe, server) = tokio::io::duplex(64 * 1024);
        let place = Arc::new(Semaphore::new(1))
            .try_acquire_owned()
            .expect("there is a place");
        let served = tokio::spawn(serve(
            Arc::clone(&self.shared),
            server,
            peer,
            attempt,
            place,
        ));
        Line { pipe, served }
    }

    fn status(&self, device: &[u8]) -> Option<Status> {
        let CertificateId(hash) = CertificateId::of(device);
        let entry = self
            .test
            .app
            .kernel
            .store
            .certificate_entry_now(&hash)
            .ok()??;
        Some(entry.status)
    }

    /// The newest record of this device.
    async fn record(&self, device: &[u8]) -> Value {
        let CertificateId(hash) = CertificateId::of(device);
        let found = self
            .test
            .app
            .admission
            .explain(&Subject::Certificate(hash), 1)
            .await
            .expect("records can be read");
        serde_json::from_str(&found[0].text).expect("a record is JSON")
    }

    /// Whether anything was to be told to anybody.
    fn effects(&mut self) -> usize {
        std::iter::from_fn(|| self.test.effects.try_recv().ok()).count()
    }
}

impl Line {
    async fn send(&mut self, bytes: &[u8]) {
        self.pipe.write_all(bytes).await.expect("the server reads");
    }

    async fn receive<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        let read = tokio::time::timeout(Duration::from_secs(20), self.pipe.read_exact(&mut bytes));
        read.await.expect("in time").expect("the server answers");
        bytes
    }

    /// Everything up to the server's close.
    async fn rest(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(20), self.pipe.read_to_end(&mut bytes));
        read.await.expect("in time").expect("the server closes");
        drop(self.pipe);
        self.served.await.expect("the connection's task ends well");
        bytes
    }

    /// Closes, and waits until the server has noticed.
    async fn hang_up(self) {
        drop(self.pipe);
        self.served.await.expect("the connection's task ends well");
    }
}

fn allow(action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
}

/// A role that a template may run as.
async fn role(test: &TestApp) {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "iot.amazonaws.com"}, "Action": "sts:AssumeRole"
    }]});
    let (trust, may) = (trust.to_string(), allow("iot:*").to_string());
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    for rest in [
        format!("CreateRole&AssumeRolePolicyDocument={}", encoded(&trust)),
        format!(
            "PutRolePolicy&PolicyName=p&PolicyDocument={}",
            encoded(&may)
        ),
    ] {
        let form = format!("Version=2010-05-08&RoleName=first&Action={rest}");
        test.call("iam", "POST /", &[], Value::String(form))
            .await
            .ok();
    }
}

fn subscribe(filter: &str, qos: u8) -> Vec<u8> {
    let mut body = vec![0, 1];
    body.extend(text(filter));
    body.push(qos);
    packet(0x82, &body)
}

fn publish(first: u8, topic: &str, payload: &[u8]) -> Vec<u8> {
    let mut body = text(topic);
    body.extend(payload);
    packet(first, &body)
}

fn stages(record: &Value) -> Vec<&str> {
    let stages = record["stages"].as_array().expect("a list");
    stages
        .iter()
        .map(|stage| stage["stage"].as_str().expect("a name"))
        .collect()
}

#[tokio::test]
async fn a_handshake_alone_leaves_nothing_in_the_registry() {
    for provisions in [false, true] {
        for first in [FirstConnect::Inline, FirstConnect::Aws] {
            let mut world = World::new(first, provisions).await;
            world.effects();
            let device = world.device("lamp");
            // Whoever closes, or sends what is no CONNECT.
            let without: [(&[u8], &str); 4] = [
                (b"", "connect-missing"),
                (b"\x10\x0e\x00\x04MQ", "connect-missing"),
                (b"\xc0\x00", "connect-malformed"),
                (b"GET / HTTP/1.1\r\n\r\n", "connect-malformed"),
            ];
            for (sent, code) in without {
                let mut line = world.dial(&device);
                line.send(sent).await;
                line.hang_up().await;
                assert_eq!(world.status(&device), None, "{sent:?}");
                assert_eq!(world.effects(), 0, "{sent:?}");
                let record = world.record(&device).await;
                assert_eq!(record["code"], code, "{record}");
                assert_eq!(stages(&record), ["tls", "certificate", "issuer"]);
                assert_eq!(record["failedStage"], "connect");
            }
        }
    }
}

#[tokio::test]
async fn provisioning_begins_with_connect() {
    let world = World::new(FirstConnect::Inline, true).await;
    let device = world.device("lamp");
    let mut line = world.dial(&device);
    line.send(&connect("lamp")).await;
    assert_eq!(line.receive().await, *b"\x20\x02\x00\x00");
    assert_eq!(world.status(&device), Some(Status::Active));
    let record = world.record(&device).await;
    assert_eq!(record["clientId"], "lamp");
    let first = [
        "tls",
        "certificate",
        "issuer",
        "connect",
        "auto-registered",
        "template",
        "provisioned",
        "authorized",
        "connected",
    ];
    assert_eq!(stages(&record), first);
    line.hang_up().await;
    let mut line = world.dial(&device);
    line.send(&connect("lamp")).await;
    assert_eq!(line.receive().await, *b"\x20\x02\x00\x00");
    let again = [
        "tls",
        "certificate",
        "registered",
        "connect",
        "authorized",
        "connected",
    ];
    assert_eq!(stages(&world.record(&device).await), again);
    line.hang_up().await;

    let world = World::new(FirstConnect::Aws, true).await;
    let device = world.device("lamp");
    let mut line = world.dial(&device);
    line.send(&connect("lamp")).await;
    assert_eq!(line.rest().await, b"");
    assert_eq!(world.status(&device), Some(Status::Active));
    let record = world.record(&device).await;
    assert_eq!(
        (&record["code"], &record["clientId"]),
        (&json!("provisioned-and-closed"), &json!("lamp"))
    );
}

#[tokio::test]
async fn a_ca_that_closes_between_handshake_and_connect_takes_nobody() {
    let world = World::new(FirstConnect::Inline, true).await;
    let device = world.device("lamp");
    let peer = world.peer(&device);
    let mut attempt = Attempt::new("mqtt", peer.address, NOW);
    let Admit::First(newcomer) = world.test.app.admission.admit(peer, &mut attempt).await else {
        panic!("a first connection goes on to CONNECT")
    };
    let line = format!(
        "PUT /cacertificate/{}?newAutoRegistrationStatus=DISABLE",
        CertificateId::of(world.ca.der())
    );
    world.test.iot(&line, json!({})).await.ok();
    let gone = std::future::pending();
    match world
        .test
        .app
        .admission
        .enter(*newcomer, &mut attempt, gone)
        .await
    {
        Entrance::Refuse(refused) => assert_eq!(refused.code, "auto-registration-disabled"),
        other => panic!("{other:?}"),
    }
    assert_eq!(world.status(&device), None);
}

#[tokio::test]
async fn a_registered_certificate_is_not_registered_again() {
    let world = World::new(FirstConnect::Aws, false).await;
    let device = world.device("lamp");
    for (stage, word) in [("issuer", true), ("registered", false)] {
        let mut line = world.dial(&device);
        line.send(&connect("lamp")).await;
        assert_eq!(line.rest().await, b"");
        assert_eq!(world.status(&device), Some(Status::PendingActivation));
        let record = world.record(&device).await;
        let names = stages(&record);
        assert_eq!(names[2], stage, "{record}");
        assert_eq!(names.contains(&"auto-registered"), word, "{record}");
    }
}

#[tokio::test]
async fn a_held_client_may_leave() {
    let world = World::new(FirstConnect::Inline, false).await;
    let device = world.device("lamp");
    let mut line = world.dial(&device);
    line.send(&connect("lamp")).await;
    // What is pipelined behind CONNECT is no sign of leaving.
    line.send(b"\xc0\x00").await;
    line.hang_up().await;
    assert_eq!(world.status(&device), Some(Status::PendingActivation));
    let record = world.record(&device).await;
    assert_eq!(record["code"], "activation-abandoned", "{record}");
}

#[tokio::test]
async fn what_an_open_connection_is_refused_is_on_record() {
    let world = World::new(FirstConnect::Inline, true).await;
    let may = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["iot:Connect", "iot:Subscribe"], "Resource": "*"},
        {"Effect": "Allow", "Action": "iot:Publish", "Resource": "arn:aws:iot:*:*:topic/mine/*"},
        {"Effect": "Deny", "Action": "iot:Subscribe", "Resource": "arn:aws:iot:*:*:topicfilter/theirs/*"},
    ]});
    let line = "POST /policies/device/version?setAsDefault=true";
    let version = json!({"policyDocument": may.to_string()});
    world.test.iot(line, version).await.ok();
    let device = world.device("lamp");
    let cases: [(Vec<u8>, &str, &str); 8] = [
        (
            publish(0x30, "theirs/a", b"x"),
            "publish-denied",
            "iot:Publish",
        ),
        (
            publish(0x30, "$aws/things/lamp/shadow/get", b""),
            "publish-denied",
            "$aws/things/lamp/shadow/get",
        ),
        (subscribe("theirs/a", 0), "subscribe-denied", "theirs/a"),
        (
            publish(0x34, "mine/a", b"\x00\x01x"),
            "qos-unsupported",
            "QoS 2",
        ),
        (subscribe("mine/a", 2), "qos-unsupported", "QoS 2"),
        (
            publish(0x30, "a/b/c/d/e/f/g/h/i", b""),
            "topic-invalid",
            "a/b/c/d/e/f/g/h/i",
        ),
        (
            publish(0x31, "$aws/things/lamp/shadow/get", b""),
            "topic-reserved",
            "retain",
        ),
        (b"\xf0\x00".to_vec(), "packet-malformed", "reserved"),
    ];
    for (sent, code, word) in cases {
        for _ in 0..2 {
            let mut line = world.dial(&device);
            line.send(&connect("lamp")).await;
            assert_eq!(line.receive().await, *b"\x20\x02\x00\x00");
            line.send(&sent).await;
            line.rest().await;
        }
        let record = world.record(&device).await;
        assert_eq!(record["code"], code, "{record}");
        assert!(
            record["reason"].as_str().is_some_and(|r| r.contains(word)),
            "{record}"
        );
        assert_eq!(
            (&record["failedStage"], &record["clientId"]),
            (&json!("open"), &json!("lamp"))
        );
        assert_eq!(
            (&record["count"], &record["commonName"]),
            (&json!(2), &json!("lamp"))
        );
        assert_eq!(stages(&record), ["connected"]);
        assert!(record["remedy"].is_string(), "{record}");
    }
    // By whatever one has of the device.
    let id = CertificateId::of(&device).to_string();
    for subject in ["lamp", &id[..8], &id, "127.0.0.1"] {
        let found = world
            .test
            .app
            .admission
            .explain(&Subject::parse(subject), 100)
            .await;
        let found = found.expect("records can be read");
        assert_eq!(found.len(), 2 * 8 + 8, "{subject}");
    }
    let metrics = world.test.app.metrics().render(0, 0);
    for line in [
        "nameplate_refusals_total{reason=\"publish-denied\"} 4",
        "nameplate_disconnects_total{reason=\"AUTH_ERROR\"} 6",
        "nameplate_disconnects_total{reason=\"CLIENT_ERROR\"} 10",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
}

#[tokio::test]
async fn withheld_messages_and_takeovers_are_on_record() {
    let world = World::new(FirstConnect::Inline, true).await;
    let may = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["iot:Connect", "iot:Subscribe", "iot:Publish"], "Resource": "*"},
    ]});
    let line = "POST /policies/device/version?setAsDefault=true";
    let version = json!({"policyDocument": may.to_string()});
    world.test.iot(line, version).await.ok();
    let device = world.device("lamp");
    let mut first = world.dial(&device);
    first.send(&connect("lamp")).await;
    assert_eq!(first.receive().await, *b"\x20\x02\x00\x00");
    first.send(&subscribe("a", 0)).await;
    assert_eq!(first.receive().await, *b"\x90\x03\x00\x01\x00");
    for _ in 0..3 {
        first.send(&publish(0x30, "a", b"x")).await;
    }
    first.send(b"\xc0\x00").await;
    assert_eq!(first.receive().await, *b"\xd0\x00");
    let mut second = world.dial(&device);
    second.send(&connect("lamp")).await;
    assert_eq!(second.receive().await, *b"\x20\x02\x00\x00");
    assert_eq!(first.rest().await, b"");
    let subject = Subject::Name("lamp".into());
    let found = world.test.app.admission.explain(&subject, 10).await;
    let found: Vec<Value> = found
        .expect("records can be read")
        .iter()
        .map(|record| serde_json::from_str(&record.text).expect("JSON"))
        .collect();
    let of = |code: &str| {
        let mut with = found.iter().filter(|record| record["code"] == code);
        let one = with.next().unwrap_or_else(|| panic!("{code}: {found:?}"));
        assert!(with.next().is_none(), "{code}");
        one
    };
    assert_eq!(of("receive-denied")["count"], 3);
    assert_eq!(of("client-id-taken").get("count"), None);
    // An orderly end is nothing to explain.
    second.send(b"\xe0\x00").await;
    second.rest().await;
    let again = world.test.app.admission.explain(&subject, 10).await;
    assert_eq!(again.expect("records can be read").len(), found.len());
}

#[tokio::test]
async fn refused_connects_are_found_by_their_client_id() {
    let world = World::new(FirstConnect::Inline, true).await;
    let device = world.device("lamp");
    let mut body = text("MQTT");
    body.extend([5, 2, 0, 60, 0]);
    body.extend(text("five"));
    let mut with_will = text("MQTT");
    with_will.extend([4, 0b0001_0110, 0, 60]);
    for part in ["willing", "will", "x"] {
        with_will.extend(text(part));
    }
    for (sent, client_id) in [
        (packet(0x10, &body), "five"),
        (packet(0x10, &with_will), "willing"),
        (connect("$reserved"), "$reserved"),
    ] {
        let mut line = world.dial(&device);
        line.send(&sent).await;
        line.rest().await;
        let found = world
            .test
            .app
            .admission
            .explain(&Subject::parse(client_id), 2)
            .await;
        let found = found.expect("records can be read");
        assert_eq!(found.len(), 1, "{client_id}");
        assert!(
            found[0].text.contains("connect-malformed"),
            "{}",
            found[0].text
        );
    }
    assert_eq!(world.status(&device), None);
}
