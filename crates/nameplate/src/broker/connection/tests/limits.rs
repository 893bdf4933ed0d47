//! Limits, at every door that they have.

use super::*;
use nameplate_core::limits;

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
                client.receive().await == Some(connack(ReasonCode::Success))
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
                    && matches!(&came[..], [Packet::SubAck(ack)] if ack.codes == [ReasonCode::GrantedQoS1])
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
        properties: None,
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
        !taken.iter().any(|code| code.is_failure()) && over.iter().all(|code| code.is_failure()),
        "{granted:?}"
    );

    for (client_id, code) in [
        ("c".repeat(128), ReasonCode::Success),
        ("c".repeat(129), ReasonCode::ClientIdentifierNotValid),
        ("é".repeat(64), ReasonCode::Success),
        ("é".repeat(65), ReasonCode::ClientIdentifierNotValid),
        ("$c".into(), ReasonCode::ClientIdentifierNotValid),
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

#[tokio::test]
async fn a_subscriber_that_never_reads_costs_others_nothing() {
    const MESSAGES: usize = 300;
    let world = World::new().await;
    let (mut deaf, mut other) = (
        world.connected("deaf").await,
        world.connected("other").await,
    );
    for subscriber in [&mut deaf, &mut other] {
        let filters = vec![(text("t"), QoS::AtMostOnce.into())];
        let asked = Packet::Subscribe(Subscribe {
            packet_id: id(),
            filters,
            properties: None,
        });
        assert_eq!(subscriber.after(asked).await.0.len(), 1, "SUBACK");
    }
    let mut publisher = world.connected("publisher").await;
    // More than the pipe, the connection and its outbox hold together.
    let payload = vec![b'x'; 100_000];
    for _ in 0..MESSAGES {
        let flood = Packet::Publish(Publish {
            topic: text("t"),
            payload: Bytes::copy_from_slice(&payload),
            ..Publish::default()
        });
        publisher.send(flood).await;
        match other.receive().await {
            Some(Packet::Publish(publish)) => assert_eq!(publish.payload.len(), 100_000),
            other => panic!("PUBLISH, not {other:?}"),
        }
    }
    let dropped = world.app.app.metrics().queue_full("outbox").get();
    assert!(dropped > 0, "what it cannot take is dropped and counted");
    // It goes when it is told to, though it still does not read.
    let presence = &world.app.app.presence;
    let ended = presence.delete_connection("deaf", false, false).await;
    ended.expect("it was connected");
    assert!(world.app.app.router.client("deaf").is_none());
    deaf.hang_up().await;
}
