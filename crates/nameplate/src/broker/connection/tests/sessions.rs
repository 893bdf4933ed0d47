//! Sessions that outlive their connection: what a client that comes back finds.

use super::*;
use crate::app::Error;
use nameplate_mqtt::MessageProperties;
use nameplate_mqtt::packet::Disconnect;
use nameplate_mqtt::properties::{ConnectProperties, DisconnectProperties};
use nameplate_store::Failing;

/// CONNECT with clean session off.
fn keeping(client_id: &str) -> Packet {
    let Packet::Connect(connect) = connect(client_id, None) else {
        unreachable!("a CONNECT was asked for")
    };
    Packet::Connect(Box::new(Connect {
        clean_session: false,
        ..*connect
    }))
}

impl Client {
    /// Connects with clean session off; whether a session was there.
    async fn returns(&mut self, client_id: &str) -> bool {
        self.send(keeping(client_id)).await;
        match self.receive().await {
            Some(Packet::ConnAck(ConnAck {
                session_present,
                code: ReasonCode::Success,
                ..
            })) => session_present,
            other => panic!("CONNACK 0, not {other:?}"),
        }
    }

    /// The next message, acknowledged or not.
    async fn takes(&mut self, acknowledged: bool) -> String {
        match self.receive().await {
            Some(Packet::Publish(publish)) => {
                assert!(!publish.dup, "AWS never sets it");
                if let (true, Some(id)) = (acknowledged, publish.packet_id) {
                    self.send(Packet::PubAck(id.into())).await;
                }
                String::from_utf8_lossy(&publish.payload).into_owned()
            }
            other => panic!("PUBLISH, not {other:?}"),
        }
    }

    /// Publishes, and waits for PUBACK.
    async fn delivers(&mut self, topic: &str, payload: &str) {
        self.publishes(topic, payload.as_bytes()).await;
        assert_eq!(self.receive().await, Some(Packet::PubAck(id().into())));
    }

    /// Whether nothing comes before the answer to a ping.
    async fn hears_nothing(&mut self) -> bool {
        self.after(Packet::PingReq).await.0.is_empty()
    }
}

async fn rows(world: &World) -> usize {
    let read = world
        .app
        .app
        .kernel
        .store
        .read(|conn| Ok::<_, Error>(conn.mqtt_chunks()?));
    read.await.expect("the store works").len()
}

#[tokio::test]
async fn a_client_that_comes_back_gets_what_it_missed() {
    let world = World::new().await;
    let mut client = world.dial();
    assert!(!client.returns("c").await);
    assert_eq!(client.subscribes(&["a/+"]).await, [ReasonCode::GrantedQoS1]);
    client.hang_up().await;

    let mut other = world.connected("other").await;
    for payload in ["1", "2", "3"] {
        other.delivers("a/b", payload).await;
        // PUBACK promises it.
        assert!(rows(&world).await > 0);
    }
    let mut client = world.dial();
    assert!(client.returns("c").await);
    assert_eq!(client.takes(true).await, "1");
    assert_eq!(client.takes(false).await, "2");
    assert_eq!(client.takes(true).await, "3");
    other.delivers("a/b", "live").await;
    assert_eq!(client.takes(true).await, "live");
    assert!(client.hears_nothing().await);
    client.hang_up().await;

    // What was not acknowledged comes again, and nothing else.
    let mut client = world.dial();
    assert!(client.returns("c").await);
    assert_eq!(client.takes(true).await, "2");
    assert!(client.hears_nothing().await);
    client.hang_up().await;
    world.app.app.router.journal().all_written().await;
    assert_eq!(rows(&world).await, 0);

    // A clean session is the end of it.
    world.connected("c").await.hang_up().await;
    let mut client = world.dial();
    assert!(!client.returns("c").await);
    other.delivers("a/b", "unheard").await;
    assert!(client.hears_nothing().await);
}

#[tokio::test]
async fn a_new_subscription_gets_what_is_retained_once_the_store_is_back() {
    let world = World::new().await;
    let mut client = world.connected("c").await;
    let mut gone = world.connected("gone").await;
    client.send(publish("kept", b"old", true)).await;
    assert_eq!(client.receive().await, Some(Packet::PubAck(id().into())));
    let store = &world.app.app.kernel.store;
    store.fail_reads(true);
    for client in [&mut client, &mut gone] {
        let answer = client.subscribes(&["kept"]).await;
        assert_eq!(answer, [ReasonCode::GrantedQoS1]);
    }
    gone.hang_up().await;
    store.fail_reads(false);
    match client.receive().await {
        Some(Packet::Publish(kept)) => {
            assert_eq!((&kept.payload[..], kept.retain), (&b"old"[..], true));
        }
        other => panic!("PUBLISH, not {other:?}"),
    }
    assert!(client.hears_nothing().await);
}

#[tokio::test]
async fn a_session_keeps_what_was_retained_until_it_is_acknowledged() {
    let world = World::new().await;
    let mut other = world.connected("other").await;
    other.send(publish("kept", b"old", true)).await;
    assert_eq!(other.receive().await, Some(Packet::PubAck(id().into())));
    let mut client = world.dial();
    assert!(!client.returns("c").await);
    assert_eq!(
        client.subscribes(&["kept"]).await,
        [ReasonCode::GrantedQoS1]
    );
    assert_eq!(client.takes(false).await, "old");
    client.hang_up().await;

    // Whoever comes back to a session does not subscribe again.
    other.delivers("kept", "new").await;
    let mut client = world.dial();
    assert!(client.returns("c").await);
    match client.receive().await {
        Some(Packet::Publish(again)) => {
            assert_eq!((&again.payload[..], again.retain), (&b"old"[..], true));
            let id = again.packet_id.expect("its QoS is 1");
            client.send(Packet::PubAck(id.into())).await;
        }
        other => panic!("PUBLISH, not {other:?}"),
    }
    assert_eq!(client.takes(true).await, "new");
    assert!(client.hears_nothing().await);
    client.hang_up().await;
    let mut client = world.dial();
    assert!(client.returns("c").await);
    assert!(client.hears_nothing().await);
}

#[tokio::test]
async fn what_is_not_acknowledged_is_sent_again_while_the_connection_is_open() {
    let mut world = World::new().await;
    let mut config = connection_config(Refusals::Clear, 3600);
    config.limits.resend_after = std::time::Duration::from_millis(20);
    let shared = Arc::get_mut(&mut world.shared).expect("nobody has connected");
    shared.config = Arc::new(config);
    let (mut client, mut other) = (world.connected("c").await, world.connected("other").await);
    client.subscribes(&["a"]).await;
    other.delivers("a", "m").await;
    let copy = async |client: &mut Client| match client.receive().await {
        Some(Packet::Publish(publish)) => publish,
        other => panic!("PUBLISH, not {other:?}"),
    };
    let first = copy(&mut client).await;
    let second = copy(&mut client).await;
    // The same, its identifier and its DUP included, as AWS sends it.
    assert_eq!((first.dup, &first), (false, &second));
    let third = copy(&mut client).await;
    let id = third.packet_id.expect("its QoS is 1");
    client.send(Packet::PubAck(id.into())).await;
    other.delivers("a", "next").await;
    loop {
        let next = copy(&mut client).await;
        if next.packet_id != Some(id) {
            assert_eq!(&next.payload[..], b"next");
            break;
        }
    }
}

#[tokio::test]
async fn a_session_survives_a_restart_without_its_connection_ending() {
    let world = World::new().await;
    let mut client = world.dial();
    client.returns("c").await;
    client.subscribes(&["a", "b"]).await;
    client
        .send(Packet::Unsubscribe(Unsubscribe {
            packet_id: id(),
            filters: vec![text("b")],
            properties: None,
        }))
        .await;
    assert!(matches!(client.receive().await, Some(Packet::UnsubAck(_))));
    let mut other = world.connected("other").await;
    other.delivers("a", "kept").await;
    other.delivers("b", "dropped").await;
    assert_eq!(client.takes(false).await, "kept");
    let (
        World {
            app,
            shared,
            certificate,
            _drain,
        },
        ends,
    ) = (world, [client, other]);
    drop((shared, _drain));
    for client in ends {
        client.hang_up().await;
    }
    let world = World::of(app.restarted().await, certificate);
    let mut client = world.dial();
    assert!(client.returns("c").await);
    assert_eq!(client.takes(true).await, "kept");
    let mut other = world.connected("other").await;
    other.delivers("b", "dropped").await;
    other.delivers("a", "heard").await;
    assert_eq!(client.takes(true).await, "heard");
}

#[tokio::test]
async fn more_than_the_window_and_the_outbox_hold_arrives_in_order() {
    let world = World::new().await;
    let mut client = world.dial();
    client.returns("c").await;
    client.subscribes(&["a"]).await;
    client.hang_up().await;
    let mut other = world.connected("other").await;
    let count = 1000;
    for payload in 0..count {
        other.publishes("a", payload.to_string().as_bytes()).await;
    }
    for _ in 0..count {
        assert_eq!(other.receive().await, Some(Packet::PubAck(id().into())));
    }
    let mut client = world.dial();
    assert!(client.returns("c").await);
    for payload in 0..count {
        assert_eq!(client.takes(true).await, payload.to_string());
    }
    assert!(client.hears_nothing().await);
    client.hang_up().await;
    world.app.app.router.journal().all_written().await;
    assert_eq!(rows(&world).await, 0);
}

#[tokio::test]
async fn policies_are_asked_when_a_message_is_delivered() {
    let world = World::new().await;
    let mut client = world.dial();
    client.returns("c").await;
    client.subscribes(&["a"]).await;
    client.hang_up().await;
    world.connected("other").await.delivers("a", "secret").await;
    let less = allow(&["iot:Connect", "iot:Publish", "iot:Subscribe"]);
    let body = json!({"policyDocument": less.to_string()});
    world
        .app
        .iot("POST /policies/p/version?setAsDefault=true", body)
        .await
        .ok();
    let mut client = world.dial();
    assert!(client.returns("c").await);
    assert!(client.hears_nothing().await);
    client.hang_up().await;
    // It is done with: a policy that comes later does not bring it back.
    world.app.app.router.journal().all_written().await;
    assert_eq!(rows(&world).await, 0);
}

#[tokio::test]
async fn a_session_goes_with_its_client_id() {
    let world = World::new().await;
    let mut first = world.dial();
    first.returns("c").await;
    first.subscribes(&["a"]).await;
    let mut other = world.connected("other").await;
    other.delivers("a", "1").await;
    assert_eq!(first.takes(false).await, "1");
    let mut second = world.dial();
    assert!(second.returns("c").await);
    assert_eq!(first.receive().await, None, "it is closed");
    assert_eq!(second.takes(true).await, "1");
    other.delivers("a", "2").await;
    assert_eq!(second.takes(true).await, "2");
}

/// CONNECT of MQTT 5 with a Session Expiry Interval.
fn connect_v5(client_id: &str, clean: bool, expiry: Option<u32>) -> Packet {
    Packet::Connect(Box::new(Connect {
        version: Version::V5,
        client_id: text(client_id),
        clean_session: clean,
        keep_alive_seconds: 60,
        properties: Some(Box::new(ConnectProperties {
            session_expiry_seconds: expiry,
            ..ConnectProperties::default()
        })),
        ..Connect::default()
    }))
}

#[tokio::test]
async fn a_session_of_mqtt_5_lasts_as_long_as_its_client_says() {
    let world = World::new().await;
    let connected = async |packet: Packet| {
        let mut client = world.dial();
        client.send(packet).await;
        match client.receive().await {
            Some(Packet::ConnAck(answer)) if answer.code == ReasonCode::Success => {
                let expiry = answer.properties.and_then(|own| own.session_expiry_seconds);
                (client, answer.session_present, expiry)
            }
            other => panic!("CONNACK 0, not {other:?}"),
        }
    };
    let tells_of_a_clean_session = async || {
        let view = world.app.app.presence.connection("c").await;
        view.expect("there is one").clean_session
    };
    // The most is what the server gives.
    let (mut client, present, expiry) = connected(connect_v5("c", true, Some(1_000_000))).await;
    assert_eq!((present, expiry), (false, Some(3600)));
    client.subscribes(&["a"]).await;
    client.hang_up().await;
    let mut other = connected(connect_v5("other", true, None)).await.0;
    let properties = MessageProperties {
        content_type: Some(text("text/plain")),
        ..MessageProperties::default()
    };
    other
        .send(Packet::Publish(Publish {
            topic: text("a"),
            payload: Bytes::from_static(b"m"),
            qos: QoS::AtLeastOnce,
            packet_id: Some(id()),
            properties: Some(Box::new(properties.clone())),
            ..Publish::default()
        }))
        .await;
    assert!(matches!(other.receive().await, Some(Packet::PubAck(_))));
    // Without an expiry the session is resumed, and ends with the connection.
    let (mut client, present, _) = connected(connect_v5("c", false, None)).await;
    assert!(present);
    match client.receive().await {
        Some(Packet::Publish(publish)) => {
            assert_eq!(publish.properties.as_deref(), Some(&properties));
        }
        other => panic!("PUBLISH, not {other:?}"),
    }
    assert!(tells_of_a_clean_session().await);
    client.hang_up().await;
    let (client, present, _) = connected(connect_v5("c", false, Some(100))).await;
    assert!(!present && !tells_of_a_clean_session().await);
    client.hang_up().await;
    // Another version does not get it.
    let mut client = world.dial();
    assert!(!client.returns("c").await);
    client.hang_up().await;
    // DISCONNECT may end it.
    let (mut client, ..) = connected(connect_v5("c", true, Some(100))).await;
    client
        .send(Packet::Disconnect(Disconnect {
            properties: Some(Box::new(DisconnectProperties {
                session_expiry_seconds: Some(0),
                ..DisconnectProperties::default()
            })),
            ..Disconnect::from(ReasonCode::Success)
        }))
        .await;
    client.hang_up().await;
    let (_client, present, _) = connected(connect_v5("c", false, Some(100))).await;
    assert!(!present);
}

#[tokio::test]
async fn what_was_written_without_an_answer_is_acknowledged_and_comes_once() {
    let world = World::new().await;
    let mut client = world.dial();
    assert!(!client.returns("c").await);
    client.subscribes(&["a/+"]).await;
    client.hang_up().await;
    let mut other = world.connected("other").await;
    let app = &world.app.app;
    app.router.journal().all_written().await;
    app.kernel.store.fail_next("sessions", Failing::Unanswered);
    for payload in ["1", "2"] {
        other.delivers("a/b", payload).await;
    }
    let mut client = world.dial();
    assert!(client.returns("c").await);
    for payload in ["1", "2"] {
        assert_eq!(client.takes(true).await, payload);
    }
    assert!(client.hears_nothing().await);
}
