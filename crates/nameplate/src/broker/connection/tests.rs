//! Whole connections in process, over a pipe instead of TLS: what a client sees of topics, limits and refusals.

use super::*;
use crate::broker::{ROUTER_LIMITS, connection_config};
use crate::testing::TestApp;
use bytes::Bytes;
use nameplate_core::admission::ServerName;
use nameplate_mqtt::connection::Refusals;
use nameplate_mqtt::packet::{
    ConnAck, Connect, ConnectCode, Packet, PacketId, SubAck, Subscribe, Unsubscribe, Will,
};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::io::DuplexStream;

/// A server without sockets, and a device that may do what its policy says.
struct World {
    app: TestApp,
    shared: Arc<Shared>,
    certificate: Vec<u8>,
    // Its end would be a drain.
    _drain: tokio::sync::watch::Sender<bool>,
}

impl World {
    async fn new() -> Self {
        Self::allowing("iot:*").await
    }

    async fn allowing(actions: &str) -> Self {
        let mut app = TestApp::new().await;
        let (arn, certificate) = app.device("device").await;
        let actions: Vec<&str> = actions.split(' ').collect();
        let document = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": actions, "Resource": "*"},
        ]});
        app.iot(
            "POST /policies/p",
            json!({"policyDocument": document.to_string()}),
        )
        .await
        .ok();
        app.iot("PUT /target-policies/p", json!({"target": arn}))
            .await
            .ok();
        let (drain, draining) = tokio::sync::watch::channel(false);
        let router = Router::new(ROUTER_LIMITS, 1);
        let (_, nothing) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(crate::broker::effects::pump(
            Arc::clone(&app.app),
            Arc::clone(&router),
            std::mem::replace(&mut app.effects, nothing),
            draining.clone(),
        ));
        let shared = Arc::new(Shared {
            app: Arc::clone(&app.app),
            router,
            config: Arc::new(connection_config(Refusals::Clear)),
            epoch: Instant::now(),
            stranger: crate::net::http::on_mqtt_listener,
            draining,
        });
        Self {
            app,
            shared,
            certificate,
            _drain: drain,
        }
    }

    /// A connection that has said nothing yet.
    fn dial(&self) -> Client {
        let (near, far) = tokio::io::duplex(1024 * 1024);
        let address: SocketAddr = ([127, 0, 0, 1], 40000).into();
        let peer = Peer {
            address,
            chain: vec![self.certificate.clone()],
            server_name: ServerName {
                sent: None,
                ours: false,
            },
        };
        let attempt = Attempt::new("mqtt", address, self.shared.app.now());
        let places = Arc::new(tokio::sync::Semaphore::new(1));
        let place = places.try_acquire_owned().expect("there is a place");
        tokio::spawn(serve(Arc::clone(&self.shared), far, peer, attempt, place));
        Client {
            stream: near,
            input: BytesMut::new(),
        }
    }

    async fn connected(&self, client_id: &str) -> Client {
        let mut client = self.dial();
        client.send(connect(client_id, None)).await;
        assert_eq!(client.receive().await, Some(connack(ConnectCode::Accepted)));
        client
    }
}

struct Client {
    stream: DuplexStream,
    input: BytesMut,
}

impl Client {
    async fn send(&mut self, packet: Packet) {
        let mut out = BytesMut::new();
        codec::encode(&packet, &mut out);
        // A server that has closed is noticed by what comes next.
        let _ = self.stream.write_all(&out).await;
    }

    /// The next packet; `None` at the end of the connection.
    async fn receive(&mut self) -> Option<Packet> {
        loop {
            if let Some(packet) =
                codec::decode(&mut self.input, usize::MAX).expect("a right packet")
            {
                return Some(packet);
            }
            if self.stream.read_buf(&mut self.input).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    async fn publishes(&mut self, topic: &str, payload: &[u8]) {
        self.send(publish(topic, payload, false)).await;
    }

    /// Sends a packet, then PINGREQ; what comes up to its answer, or up to the end.
    async fn after(&mut self, packet: Packet) -> (Vec<Packet>, bool) {
        self.send(packet).await;
        self.send(Packet::PingReq).await;
        let mut came = Vec::new();
        loop {
            match self.receive().await {
                Some(Packet::PingResp) => return (came, true),
                Some(packet) => came.push(packet),
                None => return (came, false),
            }
        }
    }

    async fn subscribes(&mut self, filters: &[&str]) -> Vec<Option<QoS>> {
        self.send(subscribe(filters)).await;
        match self.receive().await {
            Some(Packet::SubAck(SubAck { codes, .. })) => codes,
            other => panic!("SUBACK, not {other:?}"),
        }
    }
}

fn text(value: &str) -> Text {
    Text::try_from(value).expect("the case's strings are right")
}

fn id() -> PacketId {
    PacketId::new(7).expect("not 0")
}

fn connect(client_id: &str, will: Option<Will>) -> Packet {
    Packet::Connect(Box::new(Connect {
        client_id: text(client_id),
        clean_session: true,
        keep_alive_seconds: 60,
        will,
        user_name: None,
        password: None,
    }))
}

fn connack(code: ConnectCode) -> Packet {
    Packet::ConnAck(ConnAck {
        session_present: false,
        code,
    })
}

fn publish(topic: &str, payload: &[u8], retain: bool) -> Packet {
    Packet::Publish(Publish {
        topic: text(topic),
        payload: Bytes::copy_from_slice(payload),
        qos: QoS::AtLeastOnce,
        retain,
        dup: false,
        packet_id: Some(id()),
    })
}

fn subscribe(filters: &[&str]) -> Packet {
    let filters = filters
        .iter()
        .map(|filter| (text(filter), QoS::AtLeastOnce))
        .collect();
    Packet::Subscribe(Subscribe {
        packet_id: id(),
        filters,
    })
}

fn will(topic: &str, retain: bool) -> Will {
    Will {
        topic: text(topic),
        payload: Bytes::from_static(b"gone"),
        qos: QoS::AtMostOnce,
        retain,
    }
}

/// Topics and documents of the messages among packets.
fn messages(packets: &[Packet]) -> Vec<(String, Value)> {
    let message = |packet: &Packet| match packet {
        Packet::Publish(publish) => Some((
            publish.topic.to_string(),
            serde_json::from_slice(&publish.payload).unwrap_or(Value::Null),
        )),
        _ => None,
    };
    packets.iter().filter_map(message).collect()
}

/// Whether a message may go to a topic is one rule for PUBLISH, will and HTTP.
#[tokio::test]
async fn a_topic_is_open_or_closed_at_every_door() {
    let world = World::new().await;
    for (topic, retain, open) in [
        ("a/b", false, true),
        ("a/b", true, true),
        ("$aws/rules/rule", false, true),
        ("$aws/rules/rule/a/b", false, true),
        ("$aws/rules/rule", true, false),
        ("$aws/things/t/shadow/update", false, true),
        ("$aws/things/t/shadow/update", true, false),
        ("$aws/things/t/greengrassv2/health/json", false, true),
        ("$aws/things/t/unheard/of", false, true),
        ("$aws/things/t/unheard/of", true, false),
        ("$aws/things/t/shadow/update/accepted", false, false),
        ("$aws/events/presence/connected/c", false, false),
        ("$SYS/broker", false, false),
    ] {
        let mut client = world.connected("door").await;
        let (came, stays) = client.after(publish(topic, b"{}", retain)).await;
        assert_eq!(stays, open, "PUBLISH {topic} {retain}");
        assert_eq!(
            came.contains(&Packet::PubAck(id())),
            open,
            "PUBLISH {topic} {retain}"
        );

        let mut client = world.dial();
        client
            .send(connect("will", Some(will(topic, retain))))
            .await;
        let code = match open {
            true => ConnectCode::Accepted,
            false => ConnectCode::NotAuthorized,
        };
        assert_eq!(
            client.receive().await,
            Some(connack(code)),
            "will {topic} {retain}"
        );

        let path = topic.replace('/', "%2F").replace('$', "%24");
        let line = format!("POST /topics/{path}?retain={retain}");
        let answer = world.app.call("iotdata", &line, &[], json!({})).await;
        assert_eq!(
            answer.status == 200,
            open,
            "HTTP {topic} {retain}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn basic_ingest_and_requests_reach_no_subscriber() {
    let world = World::new().await;
    let mut watcher = world.connected("watcher").await;
    assert_eq!(
        watcher.subscribes(&["$aws/#", "last"]).await,
        [Some(QoS::AtLeastOnce); 2]
    );
    let mut client = world.connected("client").await;
    for topic in [
        "$aws/rules/r/a",
        "$aws/things/t/jobs/get",
        "$aws/certificates/create/json",
        "$aws/things/t/unheard/of",
        "last",
    ] {
        client.publishes(topic, b"1").await;
    }
    let mut topics = Vec::new();
    while topics.last().is_none_or(|last| last != "last") {
        if let Some(Packet::Publish(publish)) = watcher.receive().await {
            topics.push(publish.topic.to_string());
        }
    }
    assert_eq!(topics, ["$aws/things/t/unheard/of", "last"]);
}

#[tokio::test]
async fn a_service_that_is_not_built_answers_who_asked() {
    let world = World::new().await;
    let rejected = "$aws/certificates/create/json/rejected";
    let mut other = world.connected("other").await;
    other
        .subscribes(&[rejected, "$aws/things/t/jobs/get/+"])
        .await;
    let mut client = world.connected("client").await;
    // Without a subscription fleet provisioning has nobody to tell.
    let create = || publish("$aws/certificates/create/json", b"{}", false);
    let (came, _) = client.after(create()).await;
    assert_eq!(messages(&came), []);
    client
        .subscribes(&["$aws/certificates/create/+/+", rejected])
        .await;
    client.send(create()).await;
    assert_eq!(client.receive().await, Some(Packet::PubAck(id())));
    let came = messages(&[client.receive().await.expect("a message")]);
    assert_eq!(came[0].0, rejected);
    assert_eq!(came[0].1["statusCode"], 501);
    // Jobs tells whether subscribed or not.
    client
        .publishes("$aws/things/t/jobs/get", br#"{"clientToken":"x"}"#)
        .await;
    assert_eq!(client.receive().await, Some(Packet::PubAck(id())));
    let came = messages(&[client.receive().await.expect("a message")]);
    assert_eq!(came[0].0, "$aws/things/t/jobs/get/rejected");
    assert_eq!(came[0].1["clientToken"], "x");
    let (came, _) = other.after(Packet::PingReq).await;
    assert_eq!(messages(&came), [], "it is nobody else's");
}

#[tokio::test]
async fn an_answer_needs_the_right_to_receive_it() {
    let world = World::allowing("iot:Connect iot:Publish").await;
    let mut client = world.connected("client").await;
    let (came, stays) = client
        .after(publish("$aws/things/t/jobs/get", b"", false))
        .await;
    assert_eq!((messages(&came), stays), (vec![], true));
}

#[tokio::test]
async fn subscriptions_follow_the_table() {
    let world = World::new().await;
    let mut client = world.connected("client").await;
    let granted = client
        .subscribes(&[
            "$aws/things/t/unheard/of",
            "$aws/things/t/greengrassv2/health/json/accepted",
        ])
        .await;
    assert_eq!(granted, [Some(QoS::AtLeastOnce); 2]);
    for filter in ["$aws/rules/#", "$aws/things/t/jobs/get", "$SYS/#"] {
        let mut client = world.connected("refused").await;
        let (came, stays) = client.after(subscribe(&[filter])).await;
        assert!(!stays, "{filter}");
        assert!(
            matches!(&came[..], [Packet::SubAck(ack)] if ack.codes == [None]),
            "{came:?}"
        );
    }
}

/// Whatever stands in a get or delete, it is carried out.
#[tokio::test]
async fn the_content_of_a_shadows_get_and_delete_is_ignored() {
    let world = World::new().await;
    let mut client = world.connected("client").await;
    let shadow = "$aws/things/t/shadow";
    client
        .subscribes(&[&format!("{shadow}/get/+"), &format!("{shadow}/delete/+")])
        .await;
    for (payload, token) in [
        (&b"nonsense"[..], Value::Null),
        (b"\xff\x00", Value::Null),
        (b"[1]", Value::Null),
        (br#"{"clientToken":7}"#, Value::Null),
        (br#"{"clientToken":"x"}"#, json!("x")),
    ] {
        let update = json!({"state": {"desired": {"a": 1}}});
        world
            .app
            .call("iotdata", "POST /things/t/shadow", &[], update)
            .await
            .ok();
        for operation in ["get", "delete"] {
            client
                .publishes(&format!("{shadow}/{operation}"), payload)
                .await;
            // PUBACK and the answer come in either order.
            let came = [client.receive().await, client.receive().await]
                .map(|packet| packet.expect("a packet"));
            let [(topic, document)] = &messages(&came)[..] else {
                panic!("one answer, not {came:?}");
            };
            assert_eq!(
                *topic,
                format!("{shadow}/{operation}/accepted"),
                "{payload:?}"
            );
            assert_eq!(document["clientToken"], token, "{payload:?}");
        }
    }
}

/// HTTP on the listener of MQTT is told so, in the form of AWS's errors.
#[tokio::test]
async fn http_is_answered_in_its_own_words() {
    let world = World::new().await;
    for request in [
        "POST /topics/a?qos=1 HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
    ] {
        let mut client = world.dial();
        client
            .stream
            .write_all(request.as_bytes())
            .await
            .expect("there is room");
        let mut answer = String::new();
        client
            .stream
            .read_to_string(&mut answer)
            .await
            .expect("the answer, and the end");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{head}");
        assert!(
            head.contains("\r\nx-amzn-errortype: InvalidRequestException"),
            "{head}"
        );
        assert!(
            head.contains(&format!("content-length: {}", body.len())),
            "{head}"
        );
        let body: Value = serde_json::from_str(body).expect("JSON");
        assert!(
            body["message"]
                .as_str()
                .is_some_and(|text| text.contains("speaks MQTT")),
            "{body}"
        );
        assert_eq!(body["traceId"].as_str().map(str::len), Some(36));
    }
}

/// Where a message, a subscription or a client id can come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Publish,
    Will,
    Http,
    Subscribe,
    Unsubscribe,
}

use Door::{
    Http, Publish as ByPublish, Subscribe as BySubscribe, Unsubscribe as ByUnsubscribe,
    Will as ByWill,
};

impl World {
    /// Whether a topic or filter, with a payload where there is one, comes in at a door.
    async fn takes(&self, door: Door, topic: &str, payload: usize) -> bool {
        let payload = vec![b'x'; payload];
        match door {
            ByPublish => {
                self.connected("door")
                    .await
                    .after(publish(topic, &payload, false))
                    .await
                    .1
            }
            ByWill => {
                let will = Will {
                    payload: payload.into(),
                    ..will(topic, false)
                };
                let mut client = self.dial();
                client.send(connect("door", Some(will))).await;
                client.receive().await == Some(connack(ConnectCode::Accepted))
            }
            Http => {
                let line = format!(
                    "POST /topics/{}",
                    nameplate_aws::uri::encode(topic.as_bytes())
                );
                let body = String::from_utf8(payload).expect("text");
                let answer = self
                    .app
                    .call("iotdata", &line, &[], Value::String(body))
                    .await;
                answer.status == 200
            }
            BySubscribe => {
                let (came, stays) = self
                    .connected("door")
                    .await
                    .after(subscribe(&[topic]))
                    .await;
                stays
                    && matches!(&came[..], [Packet::SubAck(ack)] if ack.codes == [Some(QoS::AtLeastOnce)])
            }
            ByUnsubscribe => {
                self.connected("door")
                    .await
                    .after(unsubscribe(&[topic]))
                    .await
                    .1
            }
        }
    }
}

fn unsubscribe(filters: &[&str]) -> Packet {
    Packet::Unsubscribe(Unsubscribe {
        packet_id: id(),
        filters: filters.iter().copied().map(text).collect(),
    })
}

/// Each limit at its value and one above, at every door that it has (General Reference, IoT Core quotas).
#[tokio::test]
async fn limits_hold_at_every_door() {
    let world = World::new().await;
    let all = [ByPublish, ByWill, Http, BySubscribe, ByUnsubscribe];
    let names = [ByPublish, ByWill, Http];
    let filters = [BySubscribe, ByUnsubscribe];
    let t = |count: usize| "t".repeat(count);
    let deep = |slashes: usize| vec!["l"; slashes + 1].join("/");
    let mut cases: Vec<(&[Door], String, usize, bool)> = vec![
        (&all, t(256), 1, true),
        (&all, t(257), 1, false),
        // Bytes, not characters.
        (&all, "é".repeat(128), 1, true),
        (&all, "é".repeat(129), 1, false),
        (&all, deep(7), 1, true),
        (&all, deep(8), 1, false),
        (&names, format!("$aws/rules/r/{}", t(256)), 1, true),
        (&names, format!("$aws/rules/r/{}", t(257)), 1, false),
        (&names, format!("$aws/rules/r/{}", deep(7)), 1, true),
        (&names, format!("$aws/rules/r/{}", deep(8)), 1, false),
        (&names, format!("$aws/rules/{}/t", t(300)), 1, false),
        (&names, "a/+".into(), 1, false),
        (&names, "a#".into(), 1, false),
        (&filters, format!("$share/g/{}", t(256)), 1, true),
        (&filters, format!("$share/g/{}", t(257)), 1, false),
        (&filters, format!("$share/g/{}", deep(7)), 1, true),
        (&filters, format!("$share/g/{}", deep(8)), 1, false),
        // Characters, not bytes.
        (&filters, format!("$share/{}/t", "é".repeat(128)), 1, true),
        (&filters, format!("$share/{}/t", "é".repeat(129)), 1, false),
        (&filters, "a/#/b".into(), 1, false),
        (&[ByWill], "t".into(), 65_535, true),
    ];
    let large: &[Door] = &[ByPublish, Http];
    cases.push((large, "t".into(), limits::PAYLOAD_BYTES, true));
    cases.push((large, "t".into(), limits::PAYLOAD_BYTES + 1, false));
    for (doors, topic, payload, taken) in cases {
        for door in doors {
            let found = world.takes(*door, &topic, payload).await;
            assert_eq!(found, taken, "{door:?} of {topic} with {payload} bytes");
        }
    }
    // What a string of MQTT cannot hold at all.
    assert!(!world.takes(Http, "a\0b", 1).await);
}

#[tokio::test]
async fn counts_and_client_ids_have_limits() {
    let world = World::new().await;
    let filters: Vec<String> = (0..60).map(|number| format!("f/{number}")).collect();
    let filters: Vec<&str> = filters.iter().map(String::as_str).collect();
    let limit = limits::FILTERS_PER_SUBSCRIBE;
    for (count, stays) in [(limit, true), (limit + 1, false)] {
        for packet in [subscribe(&filters[..count]), unsubscribe(&filters[..count])] {
            let kind = packet.packet_type();
            let mut client = world.connected("counts").await;
            assert_eq!(
                client.after(packet).await.1,
                stays,
                "{kind} with {count} filters"
            );
        }
    }
    let mut client = world.connected("counts").await;
    let mut granted = Vec::new();
    for some in filters.chunks(limit) {
        granted.extend(client.subscribes(some).await);
    }
    let (taken, over) = granted.split_at(limits::SUBSCRIPTIONS_PER_CONNECTION);
    assert!(
        taken.iter().all(Option::is_some) && over.iter().all(Option::is_none),
        "{granted:?}"
    );

    for (client_id, code) in [
        ("c".repeat(128), ConnectCode::Accepted),
        ("c".repeat(129), ConnectCode::IdentifierRejected),
        ("é".repeat(64), ConnectCode::Accepted),
        ("é".repeat(65), ConnectCode::IdentifierRejected),
        ("$c".into(), ConnectCode::IdentifierRejected),
    ] {
        let mut client = world.dial();
        client.send(connect(&client_id, None)).await;
        assert_eq!(client.receive().await, Some(connack(code)), "{client_id}");
    }
}

/// Names and documents of shadows, asked for over MQTT and HTTP.
#[tokio::test]
async fn a_shadows_limits_hold_at_both_doors() {
    let world = World::new().await;
    let sized = |bytes: usize| {
        // What stands in a section counts, without the section's name.
        let empty = json!({"a": ""}).to_string().len();
        json!({"state": {"desired": {"a": "x".repeat(bytes - empty)}}}).to_string()
    };
    let deep = |levels: usize| {
        format!(
            r#"{{"state":{{"desired":{}1{}}}}}"#,
            r#"{"a":"#.repeat(levels),
            "}".repeat(levels)
        )
    };
    let small = sized(100);
    let token = |bytes: usize| json!({"state": {}, "clientToken": "t".repeat(bytes)}).to_string();
    for (thing, name, document, taken) in [
        ("t".repeat(128), "", small.clone(), true),
        ("t".repeat(129), "", small.clone(), false),
        ("t".into(), "n", small.clone(), true),
        ("t".into(), &*"n".repeat(64), small.clone(), true),
        ("t".into(), &*"n".repeat(65), small.clone(), false),
        ("a b".into(), "", small.clone(), false),
        ("t1".into(), "", sized(8192), true),
        ("t2".into(), "", sized(8193), false),
        ("t3".into(), "", deep(8), true),
        ("t4".into(), "", deep(9), false),
        ("t5".into(), "", token(64), true),
        ("t6".into(), "", token(65), false),
    ] {
        let topic = match name {
            "" => format!("$aws/things/{thing}/shadow/update"),
            name => format!("$aws/things/{thing}/shadow/name/{name}/update"),
        };
        let mut client = world.connected("shadows").await;
        client
            .subscribes(&[&format!("{topic}/accepted"), &format!("{topic}/rejected")])
            .await;
        client.publishes(&topic, document.as_bytes()).await;
        let came = [client.receive().await, client.receive().await]
            .map(|packet| packet.expect("a packet"));
        let told = messages(&came);
        let door = told.first().map(|(topic, _)| topic.ends_with("/accepted"));
        assert_eq!(
            door,
            Some(taken),
            "MQTT: {topic} with {} bytes",
            document.len()
        );

        let query = match name {
            "" => String::new(),
            name => format!("?name={name}"),
        };
        let line = format!("POST /things/{}/shadow{query}", thing.replace(' ', "%20"));
        let answer = world
            .app
            .call("iotdata", &line, &[], Value::String(document))
            .await;
        assert_eq!(
            answer.status == 200,
            taken,
            "HTTP: {line:.80}: {}",
            answer.status
        );
    }
}
