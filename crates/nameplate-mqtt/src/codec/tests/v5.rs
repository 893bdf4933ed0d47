//! The packet table of MQTT 5: bytes, what they mean, or the error they are.

use super::{LIMIT, id, text};
use crate::codec::{decode, encode, message_from_bytes, message_to_bytes};
use crate::packet::Version::{V5, V311};
use crate::packet::*;
use crate::properties::*;
use crate::reason_code::ReasonCode;
use bytes::{Bytes, BytesMut};
use proptest::prelude::*;

/// Bytes are exactly this packet, this packet is exactly these bytes, and no shorter part of them is anything.
fn check(bytes: &[u8], packet: Packet) {
    let mut buffer = BytesMut::from(bytes);
    buffer.extend_from_slice(b"next");
    let decoded = decode(&mut buffer, LIMIT, &mut { V5 });
    assert_eq!(decoded, Ok(Some(packet.clone())), "decoding {bytes:02x?}");
    assert_eq!(&buffer[..], b"next", "what follows {bytes:02x?} stays");
    let mut out = BytesMut::new();
    encode(&packet, V5, &mut out);
    assert_eq!(&out[..], bytes, "encoding {packet:?}");
    for end in 0..bytes.len() {
        let part = decode(&mut BytesMut::from(&bytes[..end]), LIMIT, &mut { V5 });
        assert_eq!(part, Ok(None), "{end} bytes of {packet:?}");
    }
}

/// A packet of this first byte and this rest.
fn packet(first: u8, rest: &[u8]) -> Vec<u8> {
    let size = u8::try_from(rest.len()).expect("the table's packets are short");
    assert!(size < 128, "the table's packets are short");
    [&[first, size], rest].concat()
}

fn check_error(bytes: &[u8], reason: ReasonCode, words: &str) {
    let error = decode(&mut BytesMut::from(bytes), LIMIT, &mut { V5 });
    let error = error.expect_err("the row is of an error");
    assert_eq!(error.to_string(), words, "{bytes:02x?}");
    assert_eq!(error.reason_code(), reason, "{bytes:02x?}: {error}");
}

fn pairs(list: &[(&str, &str)]) -> UserProperties {
    list.iter()
        .map(|(name, value)| (text(name), text(value)))
        .collect()
}

#[test]
fn connect() {
    let plain = Connect {
        version: V5,
        client_id: text("dev"),
        clean_session: true,
        keep_alive_seconds: 60,
        ..Connect::default()
    };
    check(
        b"\x10\x10\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x03dev",
        Packet::Connect(Box::new(plain.clone())),
    );
    let properties =
        b"\x11\x00\x00\x0e\x10\x21\x00\x0a\x27\x00\x00\x02\x00\x22\x00\x08\x19\x01\x17\x00\
        \x15\x00\x01m\x16\x00\x01d\x26\x00\x01k\x00\x01v\x26\x00\x01k\x00\x01w";
    let rest = [
        &b"\x00\x04MQTT\x05\x42\x00\x3c"[..],
        &[properties.len() as u8],
        properties,
        b"\x00\x00\x00\x02\x00\xff",
    ];
    check(
        &packet(0x10, &rest.concat()),
        Packet::Connect(Box::new(Connect {
            client_id: text(""),
            // Without a user name: MQTT 5, section 3.1.2.9.
            password: Some(Bytes::from_static(b"\x00\xff")),
            properties: Some(Box::new(ConnectProperties {
                session_expiry_seconds: Some(3600),
                receive_maximum: Some(10),
                maximum_packet_size: Some(512),
                topic_alias_maximum: Some(8),
                request_response_information: Some(true),
                request_problem_information: Some(false),
                user: pairs(&[("k", "v"), ("k", "w")]),
                authentication_method: Some(text("m")),
                authentication_data: Some(Bytes::from_static(b"d")),
            })),
            ..plain.clone()
        })),
    );
    check(
        b"\x10\x29\x00\x04MQTT\x05\x2e\x00\x3c\x00\x00\x03dev\x13\x18\x00\x00\x00\x05\x01\x01\x02\x00\x00\x00\x3c\
          \x03\x00\x04text\x00\x01w\x00\x00",
        Packet::Connect(Box::new(Connect {
            will: Some(Will {
                topic: text("w"),
                payload: Bytes::new(),
                qos: QoS::AtLeastOnce,
                retain: true,
                delay_seconds: 5,
                properties: Some(Box::new(MessageProperties {
                    utf8: Some(true),
                    expiry_seconds: Some(60),
                    content_type: Some(text("text")),
                    ..MessageProperties::default()
                })),
            }),
            ..plain
        })),
    );
}

#[test]
fn connack() {
    check(
        b"\x20\x03\x01\x00\x00",
        Packet::ConnAck(ConnAck {
            session_present: true,
            code: ReasonCode::Success,
            properties: None,
        }),
    );
    check(
        b"\x20\x03\x00\x87\x00",
        Packet::ConnAck(ReasonCode::NotAuthorized.into()),
    );
    let properties = b"\x11\x00\x00\x00\x09\x21\x00\x64\x24\x01\x25\x01\x27\x00\x02\x48\x00\x12\x00\x01a\x22\x00\x08\
        \x1f\x00\x02no\x28\x01\x29\x00\x2a\x01\x13\x04\xb0\x1a\x00\x01r\x1c\x00\x01s\x15\x00\x01m\x16\x00\x01d\
        \x26\x00\x01k\x00\x01v";
    let rest = [&[0, 0, properties.len() as u8][..], properties].concat();
    check(
        &packet(0x20, &rest),
        Packet::ConnAck(ConnAck {
            session_present: false,
            code: ReasonCode::Success,
            properties: Some(Box::new(ConnAckProperties {
                session_expiry_seconds: Some(9),
                receive_maximum: Some(100),
                maximum_qos: Some(1),
                retain_available: Some(true),
                maximum_packet_size: Some(149_504),
                assigned_client_id: Some(text("a")),
                topic_alias_maximum: Some(8),
                reason_string: Some(text("no")),
                user: pairs(&[("k", "v")]),
                wildcard_available: Some(true),
                subscription_ids_available: Some(false),
                shared_available: Some(true),
                server_keep_alive_seconds: Some(1200),
                response_information: Some(text("r")),
                server_reference: Some(text("s")),
                authentication_method: Some(text("m")),
                authentication_data: Some(Bytes::from_static(b"d")),
            })),
        }),
    );
}

#[test]
fn publish() {
    let plain = Publish {
        topic: text("a/b"),
        payload: Bytes::from_static(b"hi"),
        ..Publish::default()
    };
    check(b"\x30\x08\x00\x03a/b\x00hi", Packet::Publish(plain.clone()));
    check(
        b"\x3b\x0a\x00\x03a/b\x00\x0a\x00hi",
        Packet::Publish(Publish {
            qos: QoS::AtLeastOnce,
            dup: true,
            retain: true,
            packet_id: Some(id(10)),
            ..plain.clone()
        }),
    );
    check(
        b"\x30\x08\x00\x00\x03\x23\x00\x08hi",
        Packet::Publish(Publish {
            topic: text(""),
            topic_alias: Some(8),
            ..plain.clone()
        }),
    );
    let properties =
        b"\x23\x00\x01\x01\x00\x02\x00\x09\x3a\x80\x03\x00\x01j\x08\x00\x03a/r\x09\x00\x02\x00\xff\
        \x26\x00\x01b\x00\x012\x26\x00\x01a\x00\x011\x26\x00\x01b\x00\x012";
    let rest = [
        &b"\x00\x03a/b\x00\x01"[..],
        &[properties.len() as u8],
        properties,
        b"hi",
    ];
    check(
        &packet(0x32, &rest.concat()),
        Packet::Publish(Publish {
            qos: QoS::AtLeastOnce,
            packet_id: Some(id(1)),
            topic_alias: Some(1),
            // [MQTT-3.3.2-17], [MQTT-3.3.2-18]: user properties keep their order and may come twice.
            properties: Some(Box::new(MessageProperties {
                utf8: Some(false),
                expiry_seconds: Some(604_800),
                content_type: Some(text("j")),
                response_topic: Some(text("a/r")),
                correlation_data: Some(Bytes::from_static(b"\x00\xff")),
                user: pairs(&[("b", "2"), ("a", "1"), ("b", "2")]),
            })),
            ..plain
        }),
    );
}

#[test]
fn acknowledgements() {
    let success = |value| Ack::from(id(value));
    check(b"\x40\x02\x00\x01", Packet::PubAck(success(1)));
    check(b"\x50\x02\x00\x01", Packet::PubRec(success(1)));
    check(b"\x62\x02\x00\x01", Packet::PubRel(success(1)));
    check(b"\x70\x02\x00\x01", Packet::PubComp(success(1)));
    check(
        b"\x40\x03\x00\x01\x87",
        Packet::PubAck(Ack {
            code: ReasonCode::NotAuthorized,
            ..success(1)
        }),
    );
    check(
        b"\x40\x0e\x00\x01\x00\x0a\x1f\x00\x00\x26\x00\x01k\x00\x01v",
        Packet::PubAck(Ack {
            properties: Some(Box::new(AckProperties {
                reason_string: Some(text("")),
                user: pairs(&[("k", "v")]),
            })),
            ..success(1)
        }),
    );
    check(
        b"\x90\x09\x00\x07\x04\x1f\x00\x01x\x01\x87",
        Packet::SubAck(SubAck {
            packet_id: id(7),
            codes: vec![ReasonCode::GrantedQoS1, ReasonCode::NotAuthorized],
            properties: Some(Box::new(AckProperties {
                reason_string: Some(text("x")),
                user: vec![],
            })),
        }),
    );
    check(
        b"\xb0\x05\x00\x08\x00\x00\x11",
        Packet::UnsubAck(UnsubAck {
            packet_id: id(8),
            codes: vec![ReasonCode::Success, ReasonCode::NoSubscriptionExisted],
            properties: None,
        }),
    );
}

#[test]
fn subscriptions() {
    check(
        b"\x82\x14\x00\x07\x09\x0b\x80\x01\x26\x00\x00\x00\x01v\x00\x01a\x2d\x00\x01#\x12",
        Packet::Subscribe(Subscribe {
            packet_id: id(7),
            filters: vec![
                (
                    text("a"),
                    SubscribeOptions {
                        qos: QoS::AtLeastOnce,
                        no_local: true,
                        retain_as_published: true,
                        retain_handling: RetainHandling::Never,
                    },
                ),
                (
                    text("#"),
                    SubscribeOptions {
                        qos: QoS::ExactlyOnce,
                        retain_handling: RetainHandling::SendIfNew,
                        ..SubscribeOptions::default()
                    },
                ),
            ],
            properties: Some(Box::new(SubscribeProperties {
                subscription_id: Some(128),
                user: pairs(&[("", "v")]),
            })),
        }),
    );
    check(
        b"\xa2\x0d\x00\x08\x07\x26\x00\x01k\x00\x01v\x00\x01a",
        Packet::Unsubscribe(Unsubscribe {
            packet_id: id(8),
            filters: vec![text("a")],
            properties: Some(Box::new(SubscribeProperties {
                subscription_id: None,
                user: pairs(&[("k", "v")]),
            })),
        }),
    );
}

#[test]
fn ends() {
    check(b"\xc0\x00", Packet::PingReq);
    check(b"\xe0\x00", Packet::Disconnect(ReasonCode::Success.into()));
    check(
        b"\xe0\x01\x04",
        Packet::Disconnect(ReasonCode::DisconnectWithWill.into()),
    );
    check(
        b"\xe0\x15\x8e\x13\x11\x00\x00\x00\x00\x1f\x00\x01x\x1c\x00\x01s\x26\x00\x01k\x00\x00",
        Packet::Disconnect(Disconnect {
            code: ReasonCode::SessionTakenOver,
            properties: Some(Box::new(DisconnectProperties {
                session_expiry_seconds: Some(0),
                reason_string: Some(text("x")),
                user: pairs(&[("k", "")]),
                server_reference: Some(text("s")),
            })),
        }),
    );
    let auth = decode(&mut BytesMut::from(&b"\xf0\x02\x18\x00"[..]), LIMIT, &mut {
        V5
    });
    assert_eq!(auth, Ok(Some(Packet::Auth)));
    let auth = decode(&mut BytesMut::from(&b"\xf0\x00"[..]), LIMIT, &mut { V311 });
    assert!(auth.is_err(), "3.1.1 has no AUTH");
}

/// A CONNECT whose properties are these bytes.
fn connect_with(properties: &[u8]) -> Vec<u8> {
    let rest = [
        &b"\x00\x04MQTT\x05\x02\x00\x3c"[..],
        &[properties.len() as u8],
        properties,
        b"\x00\x03dev",
    ];
    packet(0x10, &rest.concat())
}

fn publish_with(properties: &[u8]) -> Vec<u8> {
    let rest = [
        &b"\x00\x01a"[..],
        &[properties.len() as u8],
        properties,
        b"m",
    ];
    packet(0x30, &rest.concat())
}

#[test]
fn properties_come_once_and_with_right_values() {
    use ReasonCode::{MalformedPacket, ProtocolError};
    // Every property of a CONNECT, a PUBLISH and a DISCONNECT that may come once, and its first value.
    let once: [(&[u8], &str); 8] = [
        (b"\x11\x00\x00\x00\x01", "Session Expiry Interval"),
        (b"\x21\x00\x01", "Receive Maximum"),
        (b"\x27\x00\x00\x02\x00", "Maximum Packet Size"),
        (b"\x22\x00\x01", "Topic Alias Maximum"),
        (b"\x19\x01", "Request Response Information"),
        (b"\x17\x01", "Request Problem Information"),
        (b"\x15\x00\x01m", "Authentication Method"),
        (b"\x16\x00\x01d", "Authentication Data"),
    ];
    for (property, name) in once {
        check_error(
            &connect_with(&property.repeat(2)),
            ProtocolError,
            &format!("CONNECT with more than one {name}"),
        );
    }
    let once: [(&[u8], &str); 6] = [
        (b"\x01\x01", "Payload Format Indicator"),
        (b"\x02\x00\x00\x00\x01", "Message Expiry Interval"),
        (b"\x03\x00\x01c", "Content Type"),
        (b"\x08\x00\x01r", "Response Topic"),
        (b"\x09\x00\x01d", "Correlation Data"),
        (b"\x23\x00\x01", "Topic Alias"),
    ];
    for (property, name) in once {
        check_error(
            &publish_with(&property.repeat(2)),
            ProtocolError,
            &format!("PUBLISH with more than one {name}"),
        );
    }
    for (property, words) in [
        (&b"\x21\x00\x00"[..], "Receive Maximum 0"),
        (b"\x27\x00\x00\x00\x00", "Maximum Packet Size 0"),
        (b"\x19\x02", "Request Response Information 2"),
        (b"\x17\x02", "Request Problem Information 2"),
    ] {
        check_error(
            &connect_with(property),
            ProtocolError,
            &format!("CONNECT with {words}"),
        );
    }
    check_error(
        &connect_with(b"\x16\x00\x01d"),
        ProtocolError,
        "CONNECT with Authentication Data but no Authentication Method",
    );
    check_error(
        &publish_with(b"\x01\x02"),
        ProtocolError,
        "PUBLISH with Payload Format Indicator 2",
    );
    check_error(
        &publish_with(b"\x0b\x01"),
        ProtocolError,
        "PUBLISH with Subscription Identifier, which only a server sends",
    );
    check_error(
        b"\x82\x09\x00\x07\x02\x0b\x00\x00\x01a\x00",
        ProtocolError,
        "SUBSCRIBE with Subscription Identifier 0",
    );
    check_error(
        b"\x82\x0b\x00\x07\x04\x0b\x01\x0b\x01\x00\x01a\x00",
        ProtocolError,
        "SUBSCRIBE with more than one Subscription Identifier",
    );
    check_error(
        b"\xe0\x0c\x00\x0a\x11\x00\x00\x00\x01\x11\x00\x00\x00\x01",
        ProtocolError,
        "DISCONNECT with more than one Session Expiry Interval",
    );
    check_error(
        b"\x40\x0a\x00\x01\x00\x06\x1f\x00\x00\x1f\x00\x00",
        ProtocolError,
        "PUBACK with more than one Reason String",
    );
    // Section 2.2.2.2: not for this packet, or none at all.
    check_error(
        &connect_with(b"\x23\x00\x01"),
        MalformedPacket,
        "CONNECT with Topic Alias, which it does not have",
    );
    check_error(
        &publish_with(b"\x11\x00\x00\x00\x01"),
        MalformedPacket,
        "PUBLISH with Session Expiry Interval, which it does not have",
    );
    check_error(
        b"\xa2\x08\x00\x08\x02\x0b\x01\x00\x01a",
        MalformedPacket,
        "UNSUBSCRIBE with Subscription Identifier, which it does not have",
    );
    check_error(
        &publish_with(b"\x7f\x00"),
        MalformedPacket,
        "PUBLISH with a property of identifier 0x7f, which is not defined",
    );
    check_error(
        &publish_with(b"\x81\x00\x01"),
        MalformedPacket,
        "property identifier of PUBLISH is longer than 4 bytes, or than it needs",
    );
}

#[test]
fn lengths_are_right() {
    let malformed = ReasonCode::MalformedPacket;
    // [MQTT-1.5.5-1], for the fixed header and for properties.
    check_error(
        b"\xc0\x80\x00",
        malformed,
        "remaining length of more than 4 bytes, or of more than it needs",
    );
    check_error(
        b"\x30\x06\x00\x01a\x80\x00m",
        malformed,
        "property length of PUBLISH is longer than 4 bytes, or than it needs",
    );
    check_error(
        b"\x30\x08\x00\x01a\xff\xff\xff\xff\x7f",
        malformed,
        "property length of PUBLISH is longer than 4 bytes, or than it needs",
    );
    check_error(
        b"\x30\x05\x00\x01a\x05m",
        malformed,
        "PUBLISH ends before its properties does",
    );
    check_error(
        b"\x30\x03\x00\x01a",
        malformed,
        "PUBLISH ends before its property length does",
    );
    check_error(
        &publish_with(b"\x03\x00\x09x"),
        malformed,
        "PUBLISH ends before its Content Type does",
    );
    check_error(
        &publish_with(b"\x02\x00\x00"),
        malformed,
        "PUBLISH ends before its Message Expiry Interval does",
    );
    check_error(
        &publish_with(b"\x26\x00\x01k"),
        malformed,
        "PUBLISH ends before its User Property value does",
    );
    check_error(
        &publish_with(b"\x03\x00\x01\xff"),
        malformed,
        "Content Type of PUBLISH is not UTF-8",
    );
    check_error(
        b"\x40\x05\x00\x01\x00\x00\x00",
        malformed,
        "PUBACK with 1 bytes after its last field",
    );
    check_error(
        b"\x82\x05\x00\x07\x00\x00\x01",
        malformed,
        "SUBSCRIBE ends before its topic filter does",
    );
    check_error(
        b"\x82\x03\x00\x07\x00",
        ReasonCode::ProtocolError,
        "SUBSCRIBE without a topic filter",
    );
    check_error(
        b"\x30\x81\x08",
        ReasonCode::PacketTooLarge,
        "PUBLISH of 1025 bytes after its fixed header, over the limit of 1024",
    );
}

#[test]
fn codes_and_options_are_right() {
    let (malformed, protocol) = (ReasonCode::MalformedPacket, ReasonCode::ProtocolError);
    check_error(
        b"\x40\x03\x00\x01\x01",
        malformed,
        "PUBACK with reason code 0x01",
    );
    check_error(
        b"\xe0\x01\x01",
        malformed,
        "DISCONNECT with reason code 0x01",
    );
    let options = |byte| [&b"\x82\x07\x00\x07\x00\x00\x01a"[..], &[byte]].concat();
    let words = |byte: u8| format!("SUBSCRIBE with subscription options {byte:#010b}");
    // [MQTT-3.8.3-5]; QoS 3 and retain handling 3 are Protocol Errors.
    for (byte, reason) in [
        (0x40, malformed),
        (0x80, malformed),
        (0x03, protocol),
        (0x30, protocol),
    ] {
        check_error(&options(byte), reason, &words(byte));
    }
    check_error(b"\x36\x01\x00", malformed, "PUBLISH with QoS 3");
    check_error(b"\x38\x01\x00", malformed, "PUBLISH with QoS 0 and DUP set");
    check_error(
        b"\x80\x00",
        malformed,
        "SUBSCRIBE with fixed header flags 0b0000 where 0b0010 is required",
    );
    check_error(
        b"\x32\x06\x00\x01a\x00\x00\x00",
        protocol,
        "PUBLISH with packet identifier 0",
    );
}

/// A CONNECT says which version it is of before anything can be wrong behind it.
#[test]
fn the_version_is_known_from_the_protocol_level_on() {
    let mut version = V311;
    let cut = packet(0x10, b"\x00\x04MQTT\x05\x02\x00\x3c\x7f\x00\x03dev");
    let error = decode(&mut BytesMut::from(&cut[..]), LIMIT, &mut version);
    assert!(error.is_err());
    assert_eq!(version, V5);
}

fn any_text() -> impl Strategy<Value = crate::text::Text> {
    "[^\\x00]{0,12}".prop_map(|value| text(&value))
}

fn any_bytes() -> impl Strategy<Value = Bytes> {
    prop::collection::vec(any::<u8>(), 0..40).prop_map(Bytes::from)
}

fn any_user() -> impl Strategy<Value = UserProperties> {
    prop::collection::vec((any_text(), any_text()), 0..4)
}

fn any_message() -> impl Strategy<Value = Option<Box<MessageProperties>>> {
    (
        prop::option::of(any::<bool>()),
        prop::option::of(any::<u32>()),
        prop::option::of(any_text()),
        prop::option::of(any_text()),
        prop::option::of(any_bytes()),
        any_user(),
    )
        .prop_map(
            |(utf8, expiry_seconds, content_type, response_topic, correlation_data, user)| {
                let properties = MessageProperties {
                    utf8,
                    expiry_seconds,
                    content_type,
                    response_topic,
                    correlation_data,
                    user,
                };
                (!properties.is_empty()).then(|| Box::new(properties))
            },
        )
}

fn any_code(packet: PacketType) -> impl Strategy<Value = ReasonCode> {
    let codes = ReasonCode::ALL.iter().copied();
    prop::sample::select(
        codes
            .filter(|code| code.may_be_in(packet))
            .collect::<Vec<_>>(),
    )
}

fn any_ack() -> impl Strategy<Value = Option<Box<AckProperties>>> {
    (prop::option::of(any_text()), any_user()).prop_map(|(reason_string, user)| {
        let properties = AckProperties {
            reason_string,
            user,
        };
        (properties != AckProperties::default()).then(|| Box::new(properties))
    })
}

fn any_connect() -> impl Strategy<Value = Packet> {
    let will = (
        any_text(),
        any_bytes(),
        any::<bool>(),
        any::<u32>(),
        any_message(),
    )
        .prop_map(|(topic, payload, retain, delay_seconds, properties)| Will {
            topic,
            payload,
            qos: QoS::AtLeastOnce,
            retain,
            delay_seconds,
            properties,
        });
    let properties = (
        prop::option::of(any::<u32>()),
        prop::option::of(1..=u16::MAX),
        prop::option::of(1..=u32::MAX),
        prop::option::of(any::<u16>()),
        prop::option::of(any::<bool>()),
        prop::option::of(any::<bool>()),
        any_user(),
    )
        .prop_map(|(expiry, receive, size, alias, response, problem, user)| {
            let properties = ConnectProperties {
                session_expiry_seconds: expiry,
                receive_maximum: receive,
                maximum_packet_size: size,
                topic_alias_maximum: alias,
                request_response_information: response,
                request_problem_information: problem,
                user,
                ..ConnectProperties::default()
            };
            (properties != ConnectProperties::default()).then(|| Box::new(properties))
        });
    (
        any_text(),
        prop::option::of(will),
        prop::option::of(any_text()),
        prop::option::of(any_bytes()),
        properties,
    )
        .prop_map(|(client_id, will, user_name, password, properties)| {
            Packet::Connect(Box::new(Connect {
                version: V5,
                client_id,
                will,
                user_name,
                password,
                properties,
                ..Connect::default()
            }))
        })
}

fn any_packet() -> impl Strategy<Value = Packet> {
    let publish = (
        any_text(),
        any_bytes(),
        prop::option::of(1..=u16::MAX),
        prop::option::of(any::<u16>()),
        any_message(),
    )
        .prop_map(|(topic, payload, packet_id, topic_alias, properties)| {
            Packet::Publish(Publish {
                topic,
                payload,
                qos: packet_id.map_or(QoS::AtMostOnce, |_| QoS::AtLeastOnce),
                packet_id: packet_id.map(id),
                topic_alias,
                properties,
                ..Publish::default()
            })
        });
    let puback = (1..=u16::MAX, any_code(PacketType::PubAck), any_ack()).prop_map(
        |(packet_id, code, properties)| {
            Packet::PubAck(Ack {
                packet_id: id(packet_id),
                code,
                properties,
            })
        },
    );
    let codes = prop::collection::vec(any_code(PacketType::SubAck), 0..9);
    let suback = (codes, any_ack()).prop_map(|(codes, properties)| {
        Packet::SubAck(SubAck {
            packet_id: id(1),
            codes,
            properties,
        })
    });
    let disconnect = (
        any_code(PacketType::Disconnect),
        prop::option::of(any::<u32>()),
        any_user(),
    )
        .prop_map(|(code, session_expiry_seconds, user)| {
            let properties = DisconnectProperties {
                session_expiry_seconds,
                user,
                ..DisconnectProperties::default()
            };
            let some = properties != DisconnectProperties::default();
            Packet::Disconnect(Disconnect {
                code,
                properties: some.then(|| Box::new(properties)),
            })
        });
    prop_oneof![any_connect(), publish, puback, suback, disconnect]
}

proptest! {
    #[test]
    fn properties_are_kept_apart_from_their_packet(properties in any_message()) {
        let properties = properties.map(|own| *own).unwrap_or_default();
        let bytes = message_to_bytes(&properties).into();
        prop_assert_eq!(message_from_bytes(bytes), Ok(properties));
    }

    #[test]
    fn what_is_encoded_is_decoded(packets in prop::collection::vec(any_packet(), 1..5)) {
        let mut buffer = BytesMut::new();
        packets.iter().for_each(|packet| encode(packet, V5, &mut buffer));
        for packet in packets {
            prop_assert_eq!(decode(&mut buffer, usize::MAX, &mut { V5 }), Ok(Some(packet)));
        }
        prop_assert!(buffer.is_empty());
    }

    #[test]
    fn any_bytes_are_survived(first in any::<u8>(), rest in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut buffer = BytesMut::from(&[first][..]);
        buffer.extend_from_slice(&rest);
        let mut version = V5;
        while let Ok(Some(packet)) = decode(&mut buffer, LIMIT, &mut version) {
            if packet == Packet::Auth {
                continue;
            }
            let mut out = BytesMut::new();
            encode(&packet, version, &mut out);
            prop_assert_eq!(decode(&mut out, LIMIT, &mut { version }), Ok(Some(packet)));
        }
    }

    #[test]
    fn a_packet_with_one_byte_changed_is_survived(packet in any_packet(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut buffer = BytesMut::new();
        encode(&packet, V5, &mut buffer);
        let at = at.index(buffer.len());
        buffer[at] = to;
        let mut version = V5;
        while let Ok(Some(_)) = decode(&mut buffer, LIMIT, &mut version) {}
    }
}
