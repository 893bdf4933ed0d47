//! Whole connections in process, over a pipe instead of TLS: what a client sees of topics, limits and refusals, and what
//! it leaves in the registry and on record.

mod custom;
mod faults;
mod first;
mod limits;
mod nodes;
mod record;
mod rights;
mod sessions;
mod topics;
mod turns;
mod v5;
mod wills;

use super::{Shared, Visitor, serve};
use crate::app::admission::attempt::{Attempt, Stage};
use crate::app::admission::{Dialled, Peer};
use crate::broker::connection_config;
use crate::config::FirstConnect;
use crate::testing::{Ca, NOW, TestApp};
use bytes::{Bytes, BytesMut};
use nameplate_core::admission::ServerName;
use nameplate_mqtt::connection::Refusals;
use nameplate_mqtt::packet::{
    ConnAck, Connect, Packet, PacketId, Publish, SubAck, Subscribe, Unsubscribe, Version, Will,
};
use nameplate_mqtt::{QoS, ReasonCode, Text, codec};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinHandle;

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

    /// Its device is registered, and what commits owe to connections is carried out.
    async fn allowing(actions: &str) -> Self {
        Self::made(actions, TestApp::new().await).await
    }

    async fn made(actions: &str, app: TestApp) -> Self {
        let world = Self::untold(actions, app).await;
        let draining = world.shared.draining.clone();
        tokio::spawn(crate::app::pump(Arc::clone(&world.app.app), draining));
        world
    }

    /// The same where connections are never told of what commits changed.
    async fn untold(actions: &str, app: TestApp) -> Self {
        let (arn, certificate) = app.device("device").await;
        let actions: Vec<&str> = actions.split(' ').collect();
        let body = json!({"policyDocument": allow(&actions).to_string()});
        app.iot("POST /policies/p", body).await.ok();
        app.iot("PUT /target-policies/p", json!({"target": arn}))
            .await
            .ok();
        Self::of(app, certificate)
    }

    fn of(app: TestApp, certificate: Vec<u8>) -> Self {
        let (drain, draining) = tokio::sync::watch::channel(false);
        let shared = Arc::new(Shared {
            app: Arc::clone(&app.app),
            config: Arc::new(connection_config(Refusals::Clear, 3600)),
            epoch: Instant::now(),
            stranger: crate::net::http::on_mqtt_listener,
            draining,
            ahead: parking_lot::Mutex::default(),
        });
        Self {
            app,
            shared,
            certificate,
            _drain: drain,
        }
    }

    fn peer(&self, certificate: &[u8]) -> Peer {
        Peer {
            address: SocketAddr::from(([127, 0, 0, 1], 40_000)),
            chain: vec![certificate.to_vec()],
            server_name: ServerName {
                sent: Some("localhost".into()),
                ours: true,
            },
            dialled: Dialled::default(),
        }
    }

    /// A connection of the device that has said nothing yet.
    fn dial(&self) -> Client {
        self.dial_with(&self.certificate)
    }

    /// The same with another certificate.
    fn dial_with(&self, certificate: &[u8]) -> Client {
        self.dial_as(self.peer(certificate))
    }

    /// The same of a peer as it is.
    fn dial_as(&self, peer: Peer) -> Client {
        let mut attempt = Attempt::new("mqtt", peer.address, NOW);
        attempt.passed(Stage::Tls, NOW);
        self.visit(Visitor::Peer(peer), attempt)
    }

    /// A connection of whoever it is.
    fn visit(&self, visitor: Visitor, attempt: Attempt) -> Client {
        let (near, far) = tokio::io::duplex(1024 * 1024);
        let places = Arc::new(tokio::sync::Semaphore::new(1));
        let place = places.try_acquire_owned().expect("there is a place");
        let served = tokio::spawn(serve(
            Arc::clone(&self.shared),
            far,
            visitor,
            attempt,
            place,
        ));
        Client {
            stream: near,
            input: BytesMut::new(),
            version: Version::V311,
            served,
        }
    }

    async fn connected(&self, client_id: &str) -> Client {
        let mut client = self.dial();
        client.connects(client_id).await;
        client
    }
}

/// A server with one registered CA, whose devices are provisioned or only registered. What commits owe stays where it
/// can be counted.
struct Owner {
    world: World,
    ca: Ca,
}

impl std::ops::Deref for Owner {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

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

impl Owner {
    async fn new(first_connect: FirstConnect, provisions: bool) -> Self {
        let app = TestApp::with(|settings| settings.first_connect = first_connect).await;
        let ca = Ca::new("Owner");
        let mut body = json!({"caCertificate": ca.pem(), "certificateMode": "SNI_ONLY"});
        if provisions {
            role(&app).await;
            let policy = json!({"policyDocument": allow(&["iot:*"]).to_string()});
            app.iot("POST /policies/device", policy).await.ok();
            body["registrationConfig"] = json!({
                "templateBody": TEMPLATE,
                "roleArn": "arn:aws:iam::123456789012:role/first",
            });
        }
        let line = "POST /cacertificate?setAsActive=true&allowAutoRegistration=true";
        app.iot(line, body).await.ok();
        let world = World::of(app, Vec::new());
        Self { world, ca }
    }

    /// A certificate of a new device.
    fn device(&self, common_name: &str) -> Vec<u8> {
        self.ca.sign_der(common_name)
    }
}

fn allow(actions: &[&str]) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})
}

/// A role that a template may run as.
async fn role(app: &TestApp) {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "iot.amazonaws.com"}, "Action": "sts:AssumeRole"
    }]});
    let (trust, may) = (trust.to_string(), allow(&["iot:*"]).to_string());
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    for rest in [
        format!("CreateRole&AssumeRolePolicyDocument={}", encoded(&trust)),
        format!(
            "PutRolePolicy&PolicyName=p&PolicyDocument={}",
            encoded(&may)
        ),
    ] {
        let form = format!("Version=2010-05-08&RoleName=first&Action={rest}");
        app.call("iam", "POST /", &[], Value::String(form))
            .await
            .ok();
    }
}

/// The client's end of a connection.
struct Client {
    stream: DuplexStream,
    input: BytesMut,
    version: Version,
    served: JoinHandle<()>,
}

impl Client {
    async fn send(&mut self, packet: Packet) {
        if let Packet::Connect(connect) = &packet {
            self.version = connect.version;
        }
        let mut out = BytesMut::new();
        codec::encode(&packet, self.version, &mut out);
        self.send_bytes(&out).await;
    }

    async fn send_bytes(&mut self, bytes: &[u8]) {
        // A server that has closed is noticed by what comes next.
        let _ = self.stream.write_all(bytes).await;
    }

    /// The next packet; `None` at the end of the connection.
    async fn receive(&mut self) -> Option<Packet> {
        loop {
            if let Some(packet) = codec::decode(&mut self.input, usize::MAX, &mut self.version)
                .expect("a right packet")
            {
                return Some(packet);
            }
            if self.stream.read_buf(&mut self.input).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    /// Everything up to the server's close.
    async fn rest(mut self) -> Vec<u8> {
        let mut bytes = Vec::from(&self.input[..]);
        let read = self.stream.read_to_end(&mut bytes).await;
        read.expect("the server closes");
        self.hang_up().await;
        bytes
    }

    /// Closes, and waits until the server has noticed.
    async fn hang_up(self) {
        drop(self.stream);
        self.served.await.expect("the connection's task ends well");
    }

    async fn connects(&mut self, client_id: &str) {
        self.send(connect(client_id, None)).await;
        assert_eq!(self.receive().await, Some(connack(ReasonCode::Success)));
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

    async fn subscribes(&mut self, filters: &[&str]) -> Vec<ReasonCode> {
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
        ..Connect::default()
    }))
}

fn connack(code: ReasonCode) -> Packet {
    Packet::ConnAck(ConnAck::from(code))
}

fn publish(topic: &str, payload: &[u8], retain: bool) -> Packet {
    Packet::Publish(Publish {
        topic: text(topic),
        payload: Bytes::copy_from_slice(payload),
        qos: QoS::AtLeastOnce,
        retain,
        packet_id: Some(id()),
        ..Publish::default()
    })
}

fn subscribe(filters: &[&str]) -> Packet {
    let filters = filters
        .iter()
        .map(|filter| (text(filter), QoS::AtLeastOnce.into()))
        .collect();
    Packet::Subscribe(Subscribe {
        packet_id: id(),
        filters,
        properties: None,
    })
}

fn will(topic: &str, retain: bool) -> Will {
    Will {
        topic: text(topic),
        payload: Bytes::from_static(b"gone"),
        qos: QoS::AtMostOnce,
        retain,
        ..Will::default()
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
