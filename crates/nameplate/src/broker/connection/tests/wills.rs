//! Wills: when they are published, and when not.

use super::*;
use crate::app::Error;
use crate::router::journal::WillRecord;
use crate::router::{Message, stored};
use nameplate_mqtt::packet::Disconnect;
use nameplate_mqtt::properties::ConnectProperties;
use nameplate_store::{Conn, Failing};

/// CONNECT of MQTT 5 with a will of QoS 1 on `will`, whose payload is `said`.
fn connect_with(said: &'static str, clean: bool, expiry: u32, delay: u32) -> Packet {
    Packet::Connect(Box::new(Connect {
        version: Version::V5,
        client_id: text("c"),
        clean_session: clean,
        keep_alive_seconds: 60,
        will: Some(Will {
            payload: Bytes::from_static(said.as_bytes()),
            qos: QoS::AtLeastOnce,
            delay_seconds: delay,
            ..will("will", false)
        }),
        properties: Some(Box::new(ConnectProperties {
            session_expiry_seconds: Some(expiry),
            ..ConnectProperties::default()
        })),
        ..Connect::default()
    }))
}

/// The same without a will.
fn connect_without(clean: bool, expiry: u32) -> Packet {
    match connect_with("", clean, expiry, 0) {
        Packet::Connect(connect) => Packet::Connect(Box::new(Connect {
            will: None,
            ..*connect
        })),
        other => other,
    }
}

impl World {
    async fn enters(&self, connect: Packet) -> Client {
        let mut client = self.dial();
        client.send(connect).await;
        match client.receive().await {
            Some(Packet::ConnAck(answer)) if answer.code == ReasonCode::Success => client,
            other => panic!("CONNACK 0, not {other:?}"),
        }
    }

    /// Who hears wills.
    async fn listener(&self) -> Client {
        let mut client = self.connected("listener").await;
        client.subscribes(&["will"]).await;
        client
    }

    /// How many wills are on disk, once all is written.
    async fn wills(&self) -> usize {
        let app = &self.app.app;
        app.router.journal().all_written().await;
        let store = &app.kernel.store;
        let read = store.read(|conn| Ok::<_, Error>(conn.mqtt_wills()?)).await;
        read.expect("the store works").len()
    }

    /// Waits until no will is left on disk.
    async fn has_none(&self) {
        while self.wills().await > 0 {
            tokio::task::yield_now().await;
        }
    }
}

impl Client {
    /// The next message is this.
    async fn hears(&mut self, said: &str) {
        match self.receive().await {
            Some(Packet::Publish(publish)) => {
                assert_eq!(String::from_utf8_lossy(&publish.payload), said);
                let id = publish.packet_id.expect("the will's QoS");
                self.send(Packet::PubAck(id.into())).await;
            }
            other => panic!("PUBLISH, not {other:?}"),
        }
    }

    async fn hears_none(&mut self) {
        // The outbox is looked into after the first.
        for _ in 0..2 {
            self.send(Packet::PingReq).await;
            assert_eq!(self.receive().await, Some(Packet::PingResp));
        }
    }

    async fn leaves(mut self, code: ReasonCode) {
        self.send(Packet::Disconnect(Disconnect::from(code))).await;
        self.hang_up().await;
    }
}

#[tokio::test]
async fn a_goodbye_takes_the_will_along_or_asks_for_it() {
    let world = World::new().await;
    let mut listener = world.listener().await;
    let client = world.enters(connect_with("lost", true, 0, 0)).await;
    assert_eq!(world.wills().await, 1, "before CONNACK");
    client.hang_up().await;
    listener.hears("lost").await;
    assert_eq!(world.wills().await, 0);

    let client = world.enters(connect_with("taken", true, 0, 0)).await;
    client.leaves(ReasonCode::Success).await;
    assert_eq!(world.wills().await, 0);
    let client = world.enters(connect_with("asked for", true, 0, 0)).await;
    client.leaves(ReasonCode::DisconnectWithWill).await;
    listener.hears("asked for").await;
    // The delay counts also then, and does for nothing where no session is left.
    let client = world.enters(connect_with("at once", true, 0, 1000)).await;
    client.leaves(ReasonCode::DisconnectWithWill).await;
    listener.hears("at once").await;
    listener.hears_none().await;
    assert_eq!(world.wills().await, 0);
}

#[tokio::test]
async fn a_will_waits_for_its_delay_or_the_end_of_the_session() {
    let world = World::new().await;
    let mut listener = world.listener().await;
    for (said, expiry, delay) in [("delay", 1000, 1), ("expiry", 1, 1000)] {
        let client = world.enters(connect_with(said, true, expiry, delay)).await;
        client.hang_up().await;
        assert_eq!(world.wills().await, 1, "it waits on disk");
        listener.hears_none().await;
        listener.hears(said).await;
        world.has_none().await;
    }
    // The session ends before.
    let ended = connect_with("ended", true, 1000, 1000);
    world.enters(ended).await.hang_up().await;
    listener.hears_none().await;
    let presence = &world.app.app.presence;
    let deleted = presence.delete_connection("c", true, true).await;
    deleted.expect("there is a session");
    listener.hears("ended").await;
    // A client that comes back without its session ends it too.
    let client = world.enters(connect_with("fresh", true, 1000, 1000)).await;
    client.hang_up().await;
    let client = world.enters(connect_without(true, 0)).await;
    listener.hears("fresh").await;
    client.leaves(ReasonCode::Success).await;
    listener.hears_none().await;
    world.has_none().await;
}

#[tokio::test]
async fn a_client_that_is_back_in_time_leaves_no_will() {
    let world = World::new().await;
    let mut listener = world.listener().await;
    let away = connect_with("away", true, 1000, 1000);
    world.enters(away).await.hang_up().await;
    assert_eq!(world.wills().await, 1);
    let _back = world.enters(connect_without(false, 1000)).await;
    world.has_none().await;
    listener.hears_none().await;
}

#[tokio::test]
async fn a_client_id_that_is_taken_over_leaves_its_will_unless_the_session_goes_on() {
    let world = World::new().await;
    let mut listener = world.listener().await;
    // (expiry, delay, the next is clean, its expiry, the will comes)
    for (expiry, delay, clean, next, comes) in [
        (0, 0, true, 1000, true),
        (1000, 0, false, 1000, true),
        (1000, 1000, false, 1000, false),
        (1000, 1000, false, 0, false),
        (1000, 1000, true, 1000, true),
    ] {
        let first = world
            .enters(connect_with("taken", true, expiry, delay))
            .await;
        let second = world.enters(connect_without(clean, next)).await;
        first.served.await.expect("it ends well");
        if comes {
            listener.hears("taken").await;
        }
        world.has_none().await;
        listener.hears_none().await;
        second.hang_up().await;
    }
}

#[tokio::test]
async fn a_will_comes_where_another_node_ends_its_session_and_not_where_it_goes_on() {
    for ends in [true, false] {
        let world = World::new().await;
        let mut listener = world.listener().await;
        let client = world.enters(connect_with("moved", true, 1000, 1000)).await;
        client.hang_up().await;
        assert_eq!(world.wills().await, 1);
        let app = &world.app.app;
        app.router.release_session("c", 1, ends);
        if ends {
            listener.hears("moved").await;
        }
        world.has_none().await;
        listener.hears_none().await;
        // Another node has died meanwhile, whose will it was.
        let mut content = Vec::new();
        let message = Message {
            topic: text("will"),
            payload: Bytes::from_static(b"died"),
            qos: QoS::AtLeastOnce,
            ..Message::default()
        };
        stored::write(&message, false, &mut content);
        let read = |conn: &Conn<'_>| Ok::<_, Error>(conn.mqtt_session_of("c")?);
        let session = app.kernel.store.read(read).await.expect("the store works");
        let session = session.map(|row| row.key + i64::from(ends));
        let left = WillRecord {
            key: 1 << 40,
            client_id: "c".into(),
            principal: "p".into(),
            source_ip: None,
            session,
            delay_seconds: 1000,
            due: None,
            content,
        };
        app.wills.resume(vec![left]).await;
        if ends {
            listener.hears("died").await;
        }
        listener.hears_none().await;
    }
}

#[tokio::test]
async fn the_will_of_a_connection_that_the_server_lost_is_published_once() {
    let world = World::new().await;
    let mut listener = world.dial();
    let mut keeping = connect("listener", None);
    if let Packet::Connect(connect) = &mut keeping {
        connect.clean_session = false;
    }
    listener.send(keeping.clone()).await;
    assert_eq!(listener.receive().await, Some(connack(ReasonCode::Success)));
    listener.subscribes(&["will"]).await;
    let lost = world.enters(connect_with("clean", true, 0, 1000)).await;
    // Nothing is written from here on, as after SIGKILL.
    world.app.app.close();
    let World {
        app,
        shared,
        certificate,
        _drain,
    } = world;
    drop((shared, _drain));
    for client in [listener, lost] {
        client.hang_up().await;
    }
    let mut app = app.restarted().await;
    for restart in ["first", "second"] {
        let world = World::of(app, certificate.clone());
        let running = &world.app.app;
        running.wills.resume(running.sessions.take_wills()).await;
        assert_eq!(world.wills().await, 0);
        let mut listener = world.dial();
        listener.send(keeping.clone()).await;
        match listener.receive().await {
            Some(Packet::ConnAck(answer)) => assert!(answer.session_present),
            other => panic!("CONNACK, not {other:?}"),
        }
        if restart == "first" {
            listener.hears("clean").await;
        }
        listener.hears_none().await;
        listener.hang_up().await;
        // What it has acknowledged as well.
        world.app.app.router.journal().all_written().await;
        let World {
            app: next, shared, ..
        } = world;
        drop(shared);
        app = next.restarted().await;
    }
}

#[tokio::test]
async fn a_retained_will_is_kept_when_the_store_is_back() {
    let world = World::new().await;
    let mut listener = world.listener().await;
    let mut connect = connect_with("gone", true, 0, 0);
    if let Packet::Connect(connect) = &mut connect
        && let Some(will) = &mut connect.will
    {
        will.retain = true;
    }
    let client = world.enters(connect).await;
    let store = &world.app.app.kernel.store;
    store.fail_next("retain", Failing::Away);
    store.fail_next("retain", Failing::Unanswered);
    client.hang_up().await;
    listener.hears("gone").await;
    // It is forgotten once it is kept.
    world.has_none().await;
    let kept = world.app.app.messaging.retained("will").await;
    let kept = kept.expect("the store works").expect("it is kept");
    assert_eq!(kept.payload, b"gone");
    listener.hears_none().await;
}
