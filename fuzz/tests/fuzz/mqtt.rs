//! Bytes, topics and whole connections of MQTT.

use crate::kept::Kept;
use crate::{ITERATIONS, TIME};
use bolero::check;
use bytes::BytesMut;
use nameplate_mqtt::connection::{Accepted, Config, Connection, Limits, Refusals, SubscribeAnswer};
use nameplate_mqtt::topic::{self, Filter, TopicLimits};
use nameplate_mqtt::{Packet, Step, Version, codec};
use std::sync::Arc;
use std::time::Duration;

const TOPIC: TopicLimits = TopicLimits {
    bytes: 256,
    slashes: 7,
    share_name_chars: 128,
};

/// What is decoded is encoded, and comes back the same.
#[test]
fn packets() {
    let kept = Kept::of("mqtt__packets");
    assert!(
        kept.inputs().all(|bytes| {
            let first = codec::decode(&mut BytesMut::from(bytes), 1 << 20, &mut Version::V311);
            let second = codec::decode(&mut BytesMut::from(bytes), 1 << 20, &mut Version::V5);
            matches!(first, Ok(Some(_))) || matches!(second, Ok(Some(_)))
        }),
        "a fuzzer begins with what is right"
    );
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| {
            kept.each(bytes, |bytes| {
                come_back(bytes, Version::V311);
                come_back(bytes, Version::V5);
            });
        });
}

fn come_back(bytes: &[u8], mut version: Version) {
    let mut input = BytesMut::from(bytes);
    while let Ok(Some(packet)) = codec::decode(&mut input, 1 << 20, &mut version) {
        // A server sends none, so that it encodes none.
        if packet == Packet::Auth {
            continue;
        }
        let mut out = BytesMut::new();
        codec::encode(&packet, version, &mut out);
        let again = codec::decode(&mut out, usize::MAX, &mut version);
        assert_eq!(again, Ok(Some(packet)));
        assert!(out.is_empty(), "nothing is left");
    }
}

/// A filter without wildcards is a name, and matches itself alone; a name has no wildcards.
#[test]
fn topics() {
    let kept = Kept::of("mqtt__topics");
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| kept.each(bytes, filter_and_name));
}

fn filter_and_name(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (filter, name) = text.split_once('\n').unwrap_or((&text, &text));
    let is_name = topic::check_name(name, &TOPIC).is_ok();
    if let Ok(parsed) = Filter::parse(filter, &TOPIC) {
        assert_eq!(parsed.as_str(), filter);
        let matches = topic::matches(parsed.topic_filter(), name);
        assert_eq!(parsed.matches(name), matches);
        if is_name && !parsed.has_wildcard() {
            assert_eq!(matches, parsed.topic_filter() == name);
        }
    }
    if is_name {
        assert!(!topic::has_wildcard(name));
    }
}

fn config() -> Arc<Config> {
    Arc::new(Config {
        refusals: Refusals::Clear,
        trace_id: || "trace".to_owned(),
        limits: Limits {
            client_id_bytes: 128,
            topic: TOPIC,
            payload_bytes: 1000,
            packet_bytes: 1500,
            maximum_packet_size_min: 512,
            user_properties_bytes: 100,
            correlation_data_bytes: 10,
            content_type_bytes: 10,
            message_expiry_max_seconds: 1000,
            topic_aliases: 2,
            session_expiry_max_seconds: 3600,
            filters_per_subscribe: 3,
            subscriptions: 4,
            in_flight: 3,
            keep_alive_min_seconds: 30,
            keep_alive_max_seconds: 1200,
            connect_timeout: Duration::from_secs(30),
            resend_after: Duration::from_secs(30),
            ack_timeout: Duration::from_secs(3600),
            ack_timeout_v5: Duration::from_secs(960),
        },
    })
}

/// Whatever a client sends, its connection goes on or ends, and what it is answered are packets of its version.
#[test]
fn connections() {
    let kept = Kept::of("mqtt__connections");
    let config = config();
    check!()
        .with_iterations(ITERATIONS)
        .with_test_time(TIME)
        .for_each(|bytes: &[u8]| kept.each(bytes, |bytes| served(bytes, &config)));
}

fn served(bytes: &[u8], config: &Arc<Config>) {
    let now = Duration::from_secs(1);
    let mut connection = Connection::new(Arc::clone(config), now);
    let mut out = BytesMut::new();
    let mut input = BytesMut::from(bytes);
    let mut is_over = false;
    while !is_over && connection.can_receive() {
        let packet = match connection.decode(&mut input) {
            Ok(Some(packet)) => packet,
            Ok(None) => break,
            Err(malformed) => {
                connection.malformed(malformed, &mut out);
                break;
            }
        };
        match connection.receive(packet, now, &mut out) {
            Step::Connect(_) => connection.accept(Accepted::default(), now, &mut out),
            Step::Publish(publish) => connection.published(publish.packet_id, &mut out),
            Step::Subscribe(mut request) => {
                for entry in &mut request.entries {
                    entry.answer.get_or_insert(SubscribeAnswer::Granted);
                }
                is_over = connection.subscribed(request, &mut out).is_err();
            }
            Step::Close(close) => {
                connection.end(close.reason, &mut out);
                is_over = true;
            }
            Step::Done | Step::Unsubscribe(_) | Step::Acknowledged(_) => {}
        }
        assert!(connection.subscriptions().len() <= 4);
    }
    let mut version = connection.version();
    while !out.is_empty() {
        let answer = codec::decode(&mut out, usize::MAX, &mut version);
        assert!(matches!(answer, Ok(Some(_))), "{answer:?}");
    }
}
