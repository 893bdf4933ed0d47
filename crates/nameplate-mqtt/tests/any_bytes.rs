//! Whatever a client sends, its connection goes on or ends, and what it is answered are packets of its version.

use bytes::BytesMut;
use nameplate_mqtt::connection::{
    Accepted, Config, Connection, Limits, Refusals, Sending, SubscribeAnswer,
};
use nameplate_mqtt::topic::TopicLimits;
use nameplate_mqtt::{QoS, Step, Text, codec};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// Packets that are right, of 3.1.1 and of 5, to begin with and to change bytes of.
const PACKETS: &[&[u8]] = &[
    b"\x10\x0f\x00\x04MQTT\x04\x02\x00\x3c\x00\x03dev",
    b"\x10\x0f\x00\x04MQTT\x84\x02\x00\x3c\x00\x03dev",
    b"\x10\x1b\x00\x04MQTT\x04\x0e\x00\x3c\x00\x03dev\x00\x04will\x00\x04gone",
    b"\x10\x10\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x03dev",
    b"\x10\x1a\x00\x04MQTT\x05\x02\x00\x3c\x0a\x11\x00\x00\x0e\x10\x21\x00\x02\x17\x01\x00\x03dev",
    b"\x10\x22\x00\x04MQTT\x05\x0e\x00\x3c\x00\x00\x03dev\x05\x18\x00\x00\x00\x05\x00\x04will\x00\x04gone",
    b"\x30\x04\x00\x01am",
    b"\x30\x05\x00\x01a\x00m",
    b"\x32\x06\x00\x01a\x00\x07m",
    b"\x32\x0a\x00\x01a\x00\x07\x03\x23\x00\x01m",
    b"\x32\x09\x00\x00\x00\x07\x03\x23\x00\x01m",
    b"\x34\x06\x00\x01a\x00\x07m",
    b"\x40\x02\x00\x01",
    b"\x82\x06\x00\x01\x00\x01a\x01",
    b"\x82\x07\x00\x01\x00\x00\x01a\x2d",
    b"\x82\x10\x00\x02\x00\x0b$share/g/a/\x01",
    b"\xa2\x05\x00\x03\x00\x01a",
    b"\xa2\x06\x00\x03\x00\x00\x01a",
    b"\xc0\x00",
    b"\xe0\x00",
    b"\xe0\x02\x04\x00",
    b"\xe0\x07\x00\x05\x11\x00\x00\x00\x05",
];

fn config() -> Arc<Config> {
    Arc::new(Config {
        refusals: Refusals::Clear,
        trace_id: || "trace".to_owned(),
        limits: Limits {
            client_id_bytes: 128,
            topic: TopicLimits {
                bytes: 256,
                slashes: 7,
                share_name_chars: 128,
            },
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

/// A connection and whatever it is sent, as a task serves it. Whoever else is there sends it messages meanwhile.
fn serve(bytes: &[u8]) {
    let topic = Text::try_from("a").unwrap_or_default();
    let message = Sending {
        topic: &topic,
        payload: b"m",
        qos: QoS::AtLeastOnce,
        retain: false,
        properties: None,
        expiry_seconds: None,
    };
    let mut now = Duration::from_secs(1);
    let mut connection = Connection::new(config(), now);
    let (mut out, mut input) = (BytesMut::new(), BytesMut::from(bytes));
    while connection.can_receive() {
        now += Duration::from_secs(7);
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
                let _ = connection.subscribed(request, &mut out);
            }
            Step::Close(close) => drop(connection.end(close.reason, &mut out)),
            Step::Done | Step::Unsubscribe(_) | Step::Acknowledged(_) => {}
        }
        connection.send(&message, now, &mut out);
        connection.overdue(now);
        connection.on_timer(now, &mut out);
        connection.written();
        assert!(connection.subscriptions().len() <= 4);
    }
    let mut version = connection.version();
    while !out.is_empty() {
        let answer = codec::decode(&mut out, usize::MAX, &mut version);
        assert!(matches!(answer, Ok(Some(_))), "{answer:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_connection_survives(
        first in prop::sample::select(&PACKETS[..6]),
        then in prop::collection::vec(prop::sample::select(PACKETS), 0..8),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let mut bytes = [&[first], &then[..]].concat().concat();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        serve(&bytes);
    }
}
