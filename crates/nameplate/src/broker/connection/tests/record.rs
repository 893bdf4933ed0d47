//! What an open connection is refused, and refused CONNECTs, are on record.

use super::first::stages;
use super::*;
use crate::app::admission::explain::Subject;
use nameplate_core::pki::CertificateId;

impl Owner {
    /// Gives the devices these statements instead of everything.
    async fn policy(&self, statements: Value) {
        let line = "POST /policies/device/version?setAsDefault=true";
        let document = json!({"Version": "2012-10-17", "Statement": statements});
        let version = json!({"policyDocument": document.to_string()});
        self.app.iot(line, version).await.ok();
    }
}

/// A packet's bytes, with the QoS that its client asks for.
fn with_qos(packet: Packet, qos: QoS) -> Vec<u8> {
    let packet = match packet {
        Packet::Publish(publish) => Packet::Publish(Publish { qos, ..publish }),
        Packet::Subscribe(subscribe) => {
            let filters = subscribe.filters.into_iter();
            Packet::Subscribe(Subscribe {
                filters: filters.map(|(filter, _)| (filter, qos.into())).collect(),
                ..subscribe
            })
        }
        other => other,
    };
    bytes(packet)
}

fn bytes(packet: Packet) -> Vec<u8> {
    let mut out = BytesMut::new();
    codec::encode(&packet, Version::V311, &mut out);
    out.to_vec()
}

#[tokio::test]
async fn what_an_open_connection_is_refused_is_on_record() {
    let owner = Owner::new(FirstConnect::Inline, true).await;
    let policy = json!([
        {"Effect": "Allow", "Action": ["iot:Connect", "iot:Subscribe"], "Resource": "*"},
        {"Effect": "Allow", "Action": "iot:Publish", "Resource": "arn:aws:iot:*:*:topic/mine/*"},
        {"Effect": "Deny", "Action": "iot:Subscribe", "Resource": "arn:aws:iot:*:*:topicfilter/theirs/*"},
    ]);
    owner.policy(policy).await;
    let device = owner.device("lamp");
    let get = "$aws/things/lamp/shadow/get";
    let deep = "a/b/c/d/e/f/g/h/i";
    let twice = QoS::ExactlyOnce;
    let cases: [(Vec<u8>, &str, &str); 8] = [
        (
            bytes(publish("theirs/a", b"x", false)),
            "publish-denied",
            "iot:Publish",
        ),
        (bytes(publish(get, b"", false)), "publish-denied", get),
        (
            bytes(subscribe(&["theirs/a"])),
            "subscribe-denied",
            "theirs/a",
        ),
        (
            with_qos(publish("mine/a", b"x", false), twice),
            "qos-unsupported",
            "QoS 2",
        ),
        (
            with_qos(subscribe(&["mine/a"]), twice),
            "qos-unsupported",
            "QoS 2",
        ),
        (bytes(publish(deep, b"", false)), "topic-invalid", deep),
        (bytes(publish(get, b"", true)), "topic-reserved", "retain"),
        (b"\xf0\x00".to_vec(), "packet-malformed", "reserved"),
    ];
    for (sent, code, word) in cases {
        for _ in 0..2 {
            let mut client = owner.dial_with(&device);
            client.connects("lamp").await;
            client.send_bytes(&sent).await;
            client.rest().await;
        }
        let record = owner.record(&device).await;
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
        let found = owner
            .app
            .app
            .admission
            .explain(&Subject::parse(subject), 100)
            .await;
        let found = found.expect("records can be read");
        assert_eq!(found.len(), 2 * 8 + 8, "{subject}");
    }
    let metrics = owner.app.app.metrics().render(0, 0);
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
    let owner = Owner::new(FirstConnect::Inline, true).await;
    let actions = ["iot:Connect", "iot:Subscribe", "iot:Publish"];
    let policy = json!([{"Effect": "Allow", "Action": actions, "Resource": "*"}]);
    owner.policy(policy).await;
    let device = owner.device("lamp");
    let mut first = owner.dial_with(&device);
    first.connects("lamp").await;
    first.subscribes(&["a"]).await;
    for _ in 0..3 {
        let (came, stays) = first.after(publish("a", b"x", false)).await;
        assert_eq!((came, stays), (vec![Packet::PubAck(id().into())], true));
    }
    let mut second = owner.dial_with(&device);
    second.connects("lamp").await;
    assert_eq!(first.rest().await, b"");
    let subject = Subject::Name("lamp".into());
    let found = owner.app.app.admission.explain(&subject, 10).await;
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
    second
        .send(Packet::Disconnect(ReasonCode::Success.into()))
        .await;
    second.rest().await;
    let again = owner.app.app.admission.explain(&subject, 10).await;
    assert_eq!(again.expect("records can be read").len(), found.len());
}

#[tokio::test]
async fn refused_connects_are_found_by_their_client_id() {
    let owner = Owner::new(FirstConnect::Inline, true).await;
    let device = owner.device("lamp");
    let bridge = b"\x10\x12\x00\x04MQTT\x86\x02\x00\x3c\x00\x06bridge";
    let twice = Will {
        qos: QoS::ExactlyOnce,
        ..will("will", false)
    };
    for (sent, client_id) in [
        (bridge.to_vec(), "bridge"),
        (bytes(connect("willing", Some(twice))), "willing"),
        (bytes(connect("$reserved", None)), "$reserved"),
    ] {
        let mut client = owner.dial_with(&device);
        client.send_bytes(&sent).await;
        client.rest().await;
        let found = owner
            .app
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
    assert_eq!(owner.status(&device), None);
}
