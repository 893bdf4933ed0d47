//! Clients of MQTT 5 beside those of 3.1.1: what messages carry, when they expire, and what is retained.

use super::*;
use crate::router::Message;
use nameplate_core::ctx::Millis;
use nameplate_mqtt::MessageProperties;
use nameplate_mqtt::packet::{RetainHandling, SubscribeOptions};

impl World {
    /// A client of MQTT 5, let in.
    async fn five(&self, client_id: &str) -> Client {
        let mut client = self.dial();
        let Packet::Connect(plain) = connect(client_id, None) else {
            panic!("it is CONNECT")
        };
        let five = Connect {
            version: Version::V5,
            ..*plain
        };
        client.send(Packet::Connect(Box::new(five))).await;
        let answer = client.receive().await;
        assert!(
            matches!(&answer, Some(Packet::ConnAck(answer)) if answer.code == ReasonCode::Success),
            "{answer:?}"
        );
        client
    }
}

impl Client {
    /// What comes of a packet, also that for which the connection has to look into its outbox first.
    async fn settled(&mut self, packet: Packet) -> Vec<Packet> {
        let (mut came, _) = self.after(packet).await;
        came.extend(self.after(subscribe(&["nothing"])).await.0);
        came
    }
}

fn properties(expiry_seconds: Option<u32>) -> MessageProperties {
    MessageProperties {
        expiry_seconds,
        content_type: Some(text("json")),
        user: vec![(text("b"), text("1")), (text("a"), text("2"))],
        ..MessageProperties::default()
    }
}

fn publish_with(topic: &str, properties: MessageProperties, retain: bool) -> Packet {
    match publish(topic, b"m", retain) {
        Packet::Publish(publish) => Packet::Publish(Publish {
            properties: Some(Box::new(properties)),
            ..publish
        }),
        other => other,
    }
}

/// The next packet is a message: its properties and RETAIN.
async fn message(client: &mut Client) -> (Option<Box<MessageProperties>>, bool) {
    match client.receive().await {
        Some(Packet::Publish(publish)) => (publish.properties, publish.retain),
        other => panic!("a message, not {other:?}"),
    }
}

#[tokio::test]
async fn messages_expire_for_both_versions() {
    let world = World::new().await;
    let (mut five, mut three) = (world.five("five").await, world.connected("three").await);
    five.subscribes(&["t"]).await;
    three.subscribes(&["t"]).await;
    let at = |milliseconds: i64, payload: &'static [u8]| {
        Arc::new(Message {
            topic: text("t"),
            payload: Bytes::from_static(payload),
            properties: Some(Box::new(properties(Some(60)))),
            expires: Some(Millis(NOW.0 + milliseconds)),
            ..Message::default()
        })
    };
    for message in [at(0, b"over"), at(1, b"nearly"), at(2_999, b"soon")] {
        world.app.app.router.publish(&message, None);
    }
    for left in [0, 2] {
        let (got, _) = message(&mut five).await;
        assert_eq!(got, Some(Box::new(properties(Some(left)))), "whole seconds");
        assert_eq!(message(&mut three).await, (None, false));
    }
    // Nothing else came.
    assert_eq!(five.after(Packet::PingReq).await, (vec![], true));
    assert_eq!(three.after(Packet::PingReq).await, (vec![], true));
}

#[tokio::test]
async fn no_local_and_retain_as_published() {
    let world = World::new().await;
    let (mut client, mut other) = (world.five("client").await, world.five("other").await);
    for (subscriber, no_local) in [(&mut client, true), (&mut other, false)] {
        let options = SubscribeOptions {
            no_local,
            retain_as_published: !no_local,
            ..QoS::AtMostOnce.into()
        };
        let asked = Packet::Subscribe(Subscribe {
            packet_id: id(),
            filters: vec![(text("t"), options)],
            properties: None,
        });
        assert_eq!(subscriber.after(asked).await.0.len(), 1, "SUBACK");
    }
    let own = properties(None);
    for retain in [true, false] {
        client.send(publish_with("t", own.clone(), retain)).await;
        assert_eq!(client.receive().await, Some(Packet::PubAck(id().into())));
        let got = message(&mut other).await;
        assert_eq!(got, (Some(Box::new(own.clone())), retain));
    }
    // What it published itself did not come back; what another publishes comes, without RETAIN.
    other.send(publish_with("t", own.clone(), true)).await;
    assert!(!message(&mut client).await.1);
}

#[tokio::test]
async fn retained_messages_come_as_asked() {
    let world = World::new().await;
    let mut client = world.five("client").await;
    let kept = properties(Some(60));
    client.send(publish_with("kept", kept.clone(), true)).await;
    assert_eq!(client.receive().await, Some(Packet::PubAck(id().into())));
    let over = Message {
        topic: text("over"),
        payload: Bytes::from_static(b"m"),
        properties: Some(Box::new(kept.clone())),
        expires: Some(NOW),
        ..Message::default()
    };
    world.app.app.messaging.retain(&over).await.expect("kept");
    let asked = |topic: &str, retain_handling| {
        let options = SubscribeOptions {
            qos: QoS::AtLeastOnce,
            retain_handling,
            ..SubscribeOptions::default()
        };
        Packet::Subscribe(Subscribe {
            packet_id: id(),
            filters: vec![(text(topic), options)],
            properties: None,
        })
    };
    for (topic, handling, comes) in [
        ("kept", RetainHandling::Never, false),
        ("kept", RetainHandling::SendIfNew, false),
        ("kept", RetainHandling::Send, true),
        ("kept", RetainHandling::Send, true),
        ("over", RetainHandling::Send, false),
        ("+", RetainHandling::Send, false),
    ] {
        let came = client.settled(asked(topic, handling)).await;
        let messages: Vec<&Publish> = came
            .iter()
            .filter_map(|packet| match packet {
                Packet::Publish(publish) => Some(publish),
                _ => None,
            })
            .collect();
        assert_eq!(messages.len(), usize::from(comes), "{topic}, {handling:?}");
        for message in messages {
            assert!(message.retain);
            assert_eq!(message.properties.as_deref(), Some(&kept));
        }
    }
    let mut new = world.five("new").await;
    let came = new.settled(asked("kept", RetainHandling::SendIfNew)).await;
    assert_eq!(came.len(), 3, "two SUBACK and the message");
    let mut three = world.connected("three").await;
    three.subscribes(&["kept"]).await;
    assert_eq!(message(&mut three).await, (None, true));
}
