//! Whole connections in process, over a pipe instead of TLS: what a client sees of topics, limits and refusals.

use super::*;
use crate::broker::{ROUTER_LIMITS, session_config};
use crate::testing::TestApp;
use bytes::Bytes;
use nameplate_core::admission::ServerName;
use nameplate_mqtt::packet::{
    ConnAck, Connect, ConnectCode, Packet, PacketId, SubAck, Subscribe, Will,
};
use nameplate_mqtt::session::Refusals;
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
            config: Arc::new(session_config(Refusals::Clear)),
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
