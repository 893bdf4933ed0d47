//! The packet table: bytes, what they mean, or the error they are. Decoder and encoder are held to the same rows.

mod v5;

use super::*;
use crate::packet::Version::V311;
use crate::packet::*;
use crate::reason_code::ReasonCode;
use crate::text::Text;
use bytes::{Bytes, BytesMut};
use proptest::prelude::*;

const LIMIT: usize = 1024;

fn text(value: &str) -> Text {
    Text::try_from(value).expect("the table's strings are right")
}

fn id(value: u16) -> PacketId {
    PacketId::new(value).expect("the table's identifiers are not 0")
}

/// Bytes are exactly this packet, this packet is exactly these bytes, and no shorter part of them is anything.
fn check(bytes: &[u8], packet: Packet) {
    let mut buffer = BytesMut::from(bytes);
    buffer.extend_from_slice(b"next");
    assert_eq!(
        decode(&mut buffer, LIMIT, &mut { V311 }),
        Ok(Some(packet.clone())),
        "decoding {bytes:02x?}"
    );
    assert_eq!(&buffer[..], b"next", "what follows {bytes:02x?} stays");
    let mut out = BytesMut::new();
    encode(&packet, V311, &mut out);
    assert_eq!(&out[..], bytes, "encoding {packet:?}");
    for end in 0..bytes.len() {
        let mut part = BytesMut::from(&bytes[..end]);
        assert_eq!(
            decode(&mut part, LIMIT, &mut { V311 }),
            Ok(None),
            "{end} bytes of {packet:?}"
        );
        assert_eq!(&part[..], &bytes[..end]);
    }
}

fn check_error(bytes: &[u8], code: &str, words: &str) {
    let error = decode(&mut BytesMut::from(bytes), LIMIT, &mut { V311 })
        .expect_err("the row is of an error");
    assert_eq!(error.code(), code, "{bytes:02x?}: {error}");
    assert_eq!(error.to_string(), words, "{bytes:02x?}");
}

fn connect_packet() -> Connect {
    Connect {
        client_id: text("dev"),
        clean_session: true,
        keep_alive_seconds: 60,
        ..Connect::default()
    }
}

#[test]
fn packets() {
    check(
        b"\x10\x0f\x00\x04MQTT\x04\x02\x00\x3c\x00\x03dev",
        Packet::Connect(Box::new(connect_packet())),
    );
    check(
        b"\x10\x1d\x00\x04MQTT\x04\xec\x00\x00\x00\x03dev\x00\x01w\x00\x02by\x00\x01u\x00\x02\x00\xff",
        Packet::Connect(Box::new(Connect {
            clean_session: false,
            keep_alive_seconds: 0,
            will: Some(Will {
                topic: text("w"),
                payload: Bytes::from_static(b"by"),
                qos: QoS::AtLeastOnce,
                retain: true,
                ..Will::default()
            }),
            user_name: Some(text("u")),
            password: Some(Bytes::from_static(b"\x00\xff")),
            ..connect_packet()
        })),
    );
    check(
        b"\x20\x02\x01\x00",
        Packet::ConnAck(ConnAck {
            session_present: true,
            code: ReasonCode::Success,
            properties: None,
        }),
    );
    check(
        b"\x20\x02\x00\x05",
        Packet::ConnAck(ReasonCode::NotAuthorized.into()),
    );
    let publish = Publish {
        topic: text("a/b"),
        payload: Bytes::from_static(b"hi"),
        qos: QoS::AtMostOnce,
        retain: false,
        ..Publish::default()
    };
    check(b"\x30\x07\x00\x03a/bhi", Packet::Publish(publish.clone()));
    check(
        b"\x31\x05\x00\x03a/b",
        Packet::Publish(Publish {
            payload: Bytes::new(),
            retain: true,
            ..publish.clone()
        }),
    );
    check(
        b"\x3a\x09\x00\x03a/b\x00\x0ahi",
        Packet::Publish(Publish {
            qos: QoS::AtLeastOnce,
            dup: true,
            packet_id: Some(id(10)),
            ..publish.clone()
        }),
    );
    check(
        b"\x34\x09\x00\x03a/b\xff\xffhi",
        Packet::Publish(Publish {
            qos: QoS::ExactlyOnce,
            packet_id: Some(id(65535)),
            ..publish.clone()
        }),
    );
    let mut long = b"\x30\xc8\x01\x00\x03a/b".to_vec();
    long.extend([b'x'; 195]);
    check(
        &long,
        Packet::Publish(Publish {
            payload: Bytes::from(vec![b'x'; 195]),
            ..publish
        }),
    );
    check(b"\x40\x02\x00\x01", Packet::PubAck(id(1).into()));
    check(b"\x50\x02\x00\x01", Packet::PubRec(id(1).into()));
    check(b"\x62\x02\x00\x01", Packet::PubRel(id(1).into()));
    check(b"\x70\x02\x00\x01", Packet::PubComp(id(1).into()));
    check(
        b"\x82\x0a\x00\x07\x00\x01a\x00\x00\x01#\x02",
        Packet::Subscribe(Subscribe {
            packet_id: id(7),
            filters: vec![
                (text("a"), QoS::AtMostOnce.into()),
                (text("#"), QoS::ExactlyOnce.into()),
            ],
            properties: None,
        }),
    );
    check(
        b"\x90\x06\x00\x07\x00\x01\x02\x80",
        Packet::SubAck(SubAck {
            packet_id: id(7),
            codes: vec![
                ReasonCode::Success,
                ReasonCode::GrantedQoS1,
                ReasonCode::GrantedQoS2,
                ReasonCode::UnspecifiedError,
            ],
            properties: None,
        }),
    );
    check(
        b"\xa2\x08\x00\x08\x00\x01a\x00\x01b",
        Packet::Unsubscribe(Unsubscribe {
            packet_id: id(8),
            filters: vec![text("a"), text("b")],
            properties: None,
        }),
    );
    check(
        b"\xb0\x02\x00\x08",
        Packet::UnsubAck(UnsubAck {
            packet_id: id(8),
            codes: vec![],
            properties: None,
        }),
    );
    check(b"\xc0\x00", Packet::PingReq);
    check(b"\xd0\x00", Packet::PingResp);
    check(b"\xe0\x00", Packet::Disconnect(ReasonCode::Success.into()));
}

#[test]
fn errors_of_the_fixed_header() {
    check_error(
        b"\x00",
        "reserved_packet_type",
        "first byte 0x00: packet type 0 is reserved",
    );
    check_error(
        b"\xf0",
        "reserved_packet_type",
        "first byte 0xf0: packet type 15 is reserved",
    );
    check_error(
        b"GET / HTTP/1.1",
        "header_flags",
        "PUBACK with fixed header flags 0b0111 where 0b0000 is required",
    );
    check_error(
        b"\xa0\x05\x00\x08\x00\x01a",
        "header_flags",
        "UNSUBSCRIBE with fixed header flags 0b0000 where 0b0010 is required",
    );
    check_error(
        b"\x11\x00",
        "header_flags",
        "CONNECT with fixed header flags 0b0001 where 0b0000 is required",
    );
    check_error(b"\x36", "publish_qos_3", "PUBLISH with QoS 3");
    check_error(b"\x38", "dup_without_qos", "PUBLISH with QoS 0 and DUP set");
    check_error(
        b"\x30\xff\xff\xff\xff",
        "remaining_length",
        "remaining length of more than 4 bytes, or of more than it needs",
    );
    check_error(
        b"\x30\x81\x08",
        "packet_too_large",
        "PUBLISH of 1025 bytes after its fixed header, over the limit of 1024",
    );
}

#[test]
fn errors_of_connect() {
    let connect = |rest: &[u8], code: &str, words: &str| {
        let mut bytes = vec![0x10, rest.len() as u8];
        bytes.extend(rest);
        check_error(&bytes, code, words);
    };
    connect(
        b"\x00\x04MQTX\x04\x02\x00\x3c\x00\x00",
        "protocol_name",
        "CONNECT with a protocol name other than MQTT",
    );
    for (bytes, level) in [
        (&b"\x00\x06MQIsdp\x03\x02\x00\x3c\x00\x00"[..], 3),
        (b"\x00\x04MQTT\x86\x02\x00\x3c\x00\x00", 0x86),
        (b"\x00\x04MQTT\x06", 6),
    ] {
        let words = format!(
            "CONNECT with protocol level {level:#04x}; 0x04 (MQTT 3.1.1) and 0x05 (MQTT 5) are spoken here"
        );
        connect(bytes, "protocol_level", &words);
    }
    connect(
        b"\x00\x04MQTT\x04\x03\x00\x3c\x00\x00",
        "connect_flags_reserved",
        "CONNECT with reserved bit 0 set in connect flags 0b00000011",
    );
    connect(
        b"\x00\x04MQTT\x04\x22\x00\x3c\x00\x00",
        "will_flags",
        "CONNECT without a will but with will QoS or will retain in connect flags 0b00100010",
    );
    connect(
        b"\x00\x04MQTT\x04\x1e\x00\x3c\x00\x00\x00\x01w\x00\x00",
        "will_qos_3",
        "CONNECT with will QoS 3",
    );
    connect(
        b"\x00\x04MQTT\x04\x42\x00\x3c\x00\x00\x00\x00",
        "password_without_user_name",
        "CONNECT with a password but no user name",
    );
    for (cut, field) in [
        (&b""[..], "protocol name"),
        (b"\x00\x04MQ", "protocol name"),
        (b"\x00\x04MQTT", "protocol level"),
    ] {
        connect(
            cut,
            "truncated",
            &format!("CONNECT ends before its {field} does"),
        );
    }
    for (cut, field) in [
        (&b""[..], "connect flags"),
        (b"\xc6\x00", "keep alive"),
        (b"\xc6\x00\x3c\x00\x01", "client identifier"),
        (b"\xc6\x00\x3c\x00\x00\x00\x01", "will topic"),
        (b"\xc6\x00\x3c\x00\x00\x00\x01w\x00", "will message"),
        (b"\xc6\x00\x3c\x00\x00\x00\x01w\x00\x00", "user name"),
        (b"\xc6\x00\x3c\x00\x00\x00\x01w\x00\x00\x00\x00", "password"),
    ] {
        let bytes = [&b"\x00\x04MQTT\x04"[..], cut].concat();
        connect(
            &bytes,
            "truncated",
            &format!("CONNECT ends before its {field} does"),
        );
    }
    connect(
        b"\x00\x04MQTT\x04\x02\x00\x3c\x00\x00xy",
        "trailing_bytes",
        "CONNECT with 2 bytes after its last field",
    );
    connect(
        b"\x00\x04MQTT\x04\x02\x00\x3c\x00\x01\xff",
        "not_utf8",
        "client identifier of CONNECT is not UTF-8",
    );
    connect(
        b"\x00\x04MQTT\x04\x02\x00\x3c\x00\x03\xed\xa0\x80",
        "not_utf8",
        "client identifier of CONNECT is not UTF-8",
    );
    connect(
        b"\x00\x04MQTT\x04\x02\x00\x3c\x00\x01\x00",
        "nul_character",
        "client identifier of CONNECT holds the character U+0000",
    );
}

#[test]
fn errors_of_other_packets() {
    check_error(
        b"\x30\x01\x00",
        "truncated",
        "PUBLISH ends before its topic name does",
    );
    check_error(
        b"\x30\x03\x00\x02a",
        "truncated",
        "PUBLISH ends before its topic name does",
    );
    check_error(
        b"\x30\x03\x00\x01\x00",
        "nul_character",
        "topic name of PUBLISH holds the character U+0000",
    );
    check_error(
        b"\x32\x04\x00\x01a\x00",
        "truncated",
        "PUBLISH ends before its packet identifier does",
    );
    check_error(
        b"\x32\x05\x00\x01a\x00\x00",
        "packet_id_zero",
        "PUBLISH with packet identifier 0",
    );
    check_error(
        b"\x40\x02\x00\x00",
        "packet_id_zero",
        "PUBACK with packet identifier 0",
    );
    check_error(
        b"\x40\x01\x00",
        "truncated",
        "PUBACK ends before its packet identifier does",
    );
    check_error(
        b"\x40\x03\x00\x01\x00",
        "trailing_bytes",
        "PUBACK with 1 bytes after its last field",
    );
    check_error(
        b"\xc0\x01\x00",
        "trailing_bytes",
        "PINGREQ with 1 bytes after its last field",
    );
    check_error(
        b"\x82\x02\x00\x01",
        "no_filters",
        "SUBSCRIBE without a topic filter",
    );
    check_error(
        b"\xa2\x02\x00\x01",
        "no_filters",
        "UNSUBSCRIBE without a topic filter",
    );
    check_error(
        b"\x82\x05\x00\x01\x00\x01a",
        "truncated",
        "SUBSCRIBE ends before its requested QoS does",
    );
    check_error(
        b"\x82\x06\x00\x01\x00\x01a\x03",
        "subscribe_qos",
        "SUBSCRIBE with requested QoS byte 0x03",
    );
    check_error(
        b"\x82\x06\x00\x01\x00\x01a\x40",
        "subscribe_qos",
        "SUBSCRIBE with requested QoS byte 0x40",
    );
    check_error(
        b"\xa2\x05\x00\x01\x00\x02a",
        "truncated",
        "UNSUBSCRIBE ends before its topic filter does",
    );
    check_error(
        b"\x20\x02\x01\x05",
        "connack",
        "CONNACK with flags 0x01 and return code 5",
    );
    check_error(
        b"\x90\x03\x00\x01\x03",
        "suback_code",
        "SUBACK with return code 0x03",
    );
}

#[test]
fn who_speaks_another_version_is_known() {
    let check = |sent: &[u8], wanted: Option<&str>| {
        let mut bytes = BytesMut::from(&[0x10, u8::try_from(sent.len()).expect("short")][..]);
        bytes.extend_from_slice(sent);
        match decode(&mut bytes, LIMIT, &mut { V311 }) {
            Err(DecodeError::ProtocolLevel { client_id, .. }) => {
                assert_eq!(client_id.as_ref().map(Text::as_str), wanted, "{sent:?}");
            }
            other => panic!("{other:?}"),
        }
    };
    // MQTT 3.1, a bridge of mosquitto, and packets that end early or promise too much.
    check(b"\x00\x06MQIsdp\x03\x02\x00\x3c\x00\x04lamp", Some("lamp"));
    check(b"\x00\x04MQTT\x86\x02\x00\x3c\x00\x04lamp", Some("lamp"));
    check(b"\x00\x04MQTT\x06", None);
    check(b"\x00\x06MQIsdp\x03\x02\x00\x3c\x00\x05lamp", None);
}

#[test]
fn payloads_are_not_copied() {
    let mut buffer = BytesMut::from(&b"\x30\x07\x00\x03a/bhi\x30\x07\x00\x03a/bho"[..]);
    let address = buffer.as_ptr() as usize;
    for offset in [7, 16] {
        let Ok(Some(Packet::Publish(publish))) = decode(&mut buffer, LIMIT, &mut { V311 }) else {
            panic!("both packets are whole");
        };
        assert_eq!(publish.payload.as_ptr() as usize, address + offset);
    }
}

fn any_text() -> impl Strategy<Value = Text> {
    "[^\\x00]{0,20}".prop_map(|value| text(&value))
}

fn any_bytes() -> impl Strategy<Value = Bytes> {
    prop::collection::vec(any::<u8>(), 0..40).prop_map(Bytes::from)
}

fn any_qos() -> impl Strategy<Value = QoS> {
    prop::sample::select(vec![QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce])
}

fn any_id() -> impl Strategy<Value = PacketId> {
    (1..=u16::MAX).prop_map(id)
}

fn any_connect() -> impl Strategy<Value = Packet> {
    let will = (any_text(), any_bytes(), any_qos(), any::<bool>()).prop_map(
        |(topic, payload, qos, retain)| Will {
            topic,
            payload,
            qos,
            retain,
            ..Will::default()
        },
    );
    let login = prop::option::of((any_text(), prop::option::of(any_bytes())));
    (
        any_text(),
        any::<bool>(),
        any::<u16>(),
        prop::option::of(will),
        login,
    )
        .prop_map(
            |(client_id, clean_session, keep_alive_seconds, will, login)| {
                let (user_name, password) =
                    login.map_or((None, None), |(name, password)| (Some(name), password));
                Packet::Connect(Box::new(Connect {
                    client_id,
                    clean_session,
                    keep_alive_seconds,
                    will,
                    user_name,
                    password,
                    ..Connect::default()
                }))
            },
        )
}

fn any_publish() -> impl Strategy<Value = Packet> {
    (
        any_text(),
        any_bytes(),
        any_qos(),
        any::<bool>(),
        any::<bool>(),
        any_id(),
    )
        .prop_map(|(topic, payload, qos, retain, dup, id)| {
            let counted = qos != QoS::AtMostOnce;
            let packet_id = counted.then_some(id);
            Packet::Publish(Publish {
                topic,
                payload,
                qos,
                retain,
                dup: dup && counted,
                packet_id,
                ..Publish::default()
            })
        })
}

fn any_packet() -> impl Strategy<Value = Packet> {
    prop_oneof![
        any_connect(),
        any_publish(),
        any_id().prop_map(|id| Packet::PubAck(id.into())),
        any_id().prop_map(|id| Packet::PubRel(id.into())),
        (
            any_id(),
            prop::collection::vec((any_text(), any_qos()), 1..10)
        )
            .prop_map(|(packet_id, filters)| Packet::Subscribe(Subscribe {
                packet_id,
                filters: filters
                    .into_iter()
                    .map(|(filter, qos)| (filter, SubscribeOptions::from(qos)))
                    .collect(),
                properties: None
            })),
        (
            any_id(),
            prop::collection::vec(prop::option::of(any_qos()), 0..10)
        )
            .prop_map(|(packet_id, codes)| Packet::SubAck(SubAck {
                packet_id,
                codes: codes
                    .into_iter()
                    .map(|qos| qos.map_or(ReasonCode::UnspecifiedError, QoS::granted))
                    .collect(),
                properties: None
            })),
        (any_id(), prop::collection::vec(any_text(), 1..10)).prop_map(|(packet_id, filters)| {
            Packet::Unsubscribe(Unsubscribe {
                packet_id,
                filters,
                properties: None,
            })
        }),
        any_id().prop_map(|packet_id| Packet::UnsubAck(UnsubAck {
            packet_id,
            codes: vec![],
            properties: None
        })),
        Just(Packet::Disconnect(ReasonCode::Success.into())),
    ]
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(packets in prop::collection::vec(any_packet(), 1..5)) {
        let mut buffer = BytesMut::new();
        packets.iter().for_each(|packet| encode(packet, V311, &mut buffer));
        for packet in packets {
            prop_assert_eq!(decode(&mut buffer, usize::MAX, &mut { V311 }), Ok(Some(packet)));
        }
        prop_assert!(buffer.is_empty());
    }

    #[test]
    fn any_bytes_are_survived(first in any::<u8>(), rest in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut buffer = BytesMut::from(&[first][..]);
        buffer.extend_from_slice(&rest);
        while let Ok(Some(packet)) = decode(&mut buffer, LIMIT, &mut { V311 }) {
            let mut out = BytesMut::new();
            encode(&packet, V311, &mut out);
            prop_assert_eq!(decode(&mut out, LIMIT, &mut { V311 }), Ok(Some(packet)));
        }
    }

    #[test]
    fn a_packet_with_one_byte_changed_is_survived(packet in any_packet(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut buffer = BytesMut::new();
        encode(&packet, V311, &mut buffer);
        let at = at.index(buffer.len());
        buffer[at] = to;
        while let Ok(Some(_)) = decode(&mut buffer, LIMIT, &mut { V311 }) {}
    }
}
