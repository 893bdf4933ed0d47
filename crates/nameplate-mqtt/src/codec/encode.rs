//! Packets to bytes, appended to a buffer of the caller.
//!
//! What the server sends for every message has a function of its own that needs no [`Packet`]: a message to a
//! thousand subscribers is encoded from one shared topic and payload, with each subscriber's packet identifier.

use super::decode::BRIDGE;
use super::properties;
use super::sink::Sink;
use crate::packet::{
    Ack, ConnAck, Connect, Disconnect, Packet, PacketId, PacketType, QoS, SubAck, Subscribe,
    SubscribeOptions, UnsubAck, Unsubscribe, Version,
};
use crate::properties::MessageProperties;
use crate::reason_code::ReasonCode;
use bytes::{BufMut, BytesMut};

/// Appends any packet. What only MQTT 5 has is left out for 3.1.1. A CONNECT is of its own version.
///
/// # Panics
/// If a string or binary field is longer than 65,535 bytes, or the packet longer than 268,435,455: neither can be
/// written, and neither can come out of [`super::decode()`]. Also for an AUTH, which is never sent here.
pub fn encode(packet: &Packet, version: Version, out: &mut BytesMut) {
    match packet {
        Packet::Connect(packet) => connect(packet, out),
        Packet::ConnAck(packet) => connack(packet, version, out),
        Packet::Publish(packet) => {
            let at = out.len();
            let outgoing = Outgoing {
                topic: packet.topic.as_bytes(),
                payload: &packet.payload,
                qos: packet.qos,
                retain: packet.retain,
                packet_id: packet.packet_id,
            };
            match version {
                Version::V311 => publish(&outgoing, out),
                Version::V5 => {
                    let properties = packet.properties.as_deref();
                    let extra = Extra {
                        properties,
                        expiry_seconds: properties.and_then(|own| own.expiry_seconds),
                        topic_alias: packet.topic_alias,
                    };
                    publish_v5(&outgoing, &extra, out);
                }
            }
            if packet.dup {
                out[at] |= 0b1000;
            }
        }
        Packet::PubAck(body)
        | Packet::PubRec(body)
        | Packet::PubRel(body)
        | Packet::PubComp(body) => {
            ack(packet.packet_type(), body, version, out);
        }
        Packet::Subscribe(packet) => subscribe(packet, version, out),
        Packet::SubAck(packet) => suback(packet, version, out),
        Packet::Unsubscribe(packet) => unsubscribe(packet, version, out),
        Packet::UnsubAck(packet) => unsuback(packet, version, out),
        Packet::PingReq => header(PacketType::PingReq, 0, 0, out),
        Packet::PingResp => pingresp(out),
        Packet::Disconnect(packet) => disconnect(packet, version, out),
        Packet::Auth => panic!("AUTH is never sent"),
    }
}

/// A PUBLISH without DUP, as both versions have it.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// Topic name; in MQTT 5 empty where the alias stands for it.
    pub topic: &'a [u8],
    /// Application message.
    pub payload: &'a [u8],
    /// Quality of service.
    pub qos: QoS,
    /// RETAIN flag.
    pub retain: bool,
    /// There exactly when QoS is above 0.
    pub packet_id: Option<PacketId>,
}

impl Outgoing<'_> {
    fn size(&self) -> usize {
        let id = if self.packet_id.is_some() { 2 } else { 0 };
        2 + self.topic.len() + id + self.payload.len()
    }

    /// Writes what comes before properties or the payload.
    fn begin(&self, size: usize, out: &mut BytesMut) {
        assert_eq!(
            self.packet_id.is_some(),
            self.qos != QoS::AtMostOnce,
            "a packet identifier goes with QoS 1 and 2 only"
        );
        header(
            PacketType::Publish,
            (self.qos as u8) << 1 | u8::from(self.retain),
            size,
            out,
        );
        binary(self.topic, out);
        if let Some(id) = self.packet_id {
            out.put_u16(id.get());
        }
    }
}

/// What a PUBLISH of MQTT 5 has beside.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extra<'a> {
    /// Properties that it was published with.
    pub properties: Option<&'a MessageProperties>,
    /// Message Expiry Interval that is left, seconds; takes the place of the one in `properties`.
    pub expiry_seconds: Option<u32>,
    /// Topic Alias.
    pub topic_alias: Option<u16>,
}

impl Extra<'_> {
    fn put(&self, sink: &mut Sink<'_>) {
        properties::put_publish(sink, self.properties, self.expiry_seconds, self.topic_alias);
    }
}

/// Appends a PUBLISH of MQTT 3.1.1.
pub fn publish(packet: &Outgoing<'_>, out: &mut BytesMut) {
    packet.begin(packet.size(), out);
    out.put_slice(packet.payload);
}

/// Appends a PUBLISH of MQTT 5.
pub fn publish_v5(packet: &Outgoing<'_>, extra: &Extra<'_>, out: &mut BytesMut) {
    // Most messages have no properties.
    if extra.properties.is_none() && extra.topic_alias.is_none() {
        packet.begin(packet.size() + 1, out);
        out.put_u8(0);
    } else {
        let size = packet.size() + Sink::count(|sink| extra.put(sink));
        packet.begin(size, out);
        extra.put(&mut Sink::Write(out));
    }
    out.put_slice(packet.payload);
}

/// Bytes of a whole PUBLISH of MQTT 5, fixed header included.
pub fn publish_v5_size(packet: &Outgoing<'_>, extra: &Extra<'_>) -> usize {
    let size = packet.size() + Sink::count(|sink| extra.put(sink));
    1 + Sink::count(|sink| sink.variable(size as u32)) + size
}

/// Appends a PUBACK that says success, of either version.
pub fn puback(id: PacketId, out: &mut BytesMut) {
    header(PacketType::PubAck, 0, 2, out);
    out.put_u16(id.get());
}

/// Appends a PINGRESP.
pub fn pingresp(out: &mut BytesMut) {
    header(PacketType::PingResp, 0, 0, out);
}

/// Appends a CONNACK.
pub fn connack(packet: &ConnAck, version: Version, out: &mut BytesMut) {
    frame(PacketType::ConnAck, 0, out, |sink| {
        sink.byte(u8::from(packet.session_present));
        match version {
            Version::V311 => sink.byte(packet.code.connack_v311()),
            Version::V5 => {
                sink.byte(packet.code.byte());
                properties::put_connack(sink, packet.properties.as_deref());
            }
        }
    });
}

fn ack(kind: PacketType, packet: &Ack, version: Version, out: &mut BytesMut) {
    let flags = if kind == PacketType::PubRel {
        0b0010
    } else {
        0
    };
    frame(kind, flags, out, |sink| {
        sink.u16(packet.packet_id.get());
        let told = packet.code != ReasonCode::Success || packet.properties.is_some();
        if version == Version::V5 && told {
            sink.byte(packet.code.byte());
            if packet.properties.is_some() {
                properties::put_ack(sink, packet.properties.as_deref());
            }
        }
    });
}

/// Appends a SUBACK.
pub fn suback(packet: &SubAck, version: Version, out: &mut BytesMut) {
    frame(PacketType::SubAck, 0, out, |sink| {
        sink.u16(packet.packet_id.get());
        if version == Version::V5 {
            properties::put_ack(sink, packet.properties.as_deref());
        }
        for code in &packet.codes {
            sink.byte(match version {
                Version::V311 if code.is_failure() => 0x80,
                _ => code.byte(),
            });
        }
    });
}

/// Appends an UNSUBACK.
pub fn unsuback(packet: &UnsubAck, version: Version, out: &mut BytesMut) {
    frame(PacketType::UnsubAck, 0, out, |sink| {
        sink.u16(packet.packet_id.get());
        if version == Version::V5 {
            properties::put_ack(sink, packet.properties.as_deref());
            for code in &packet.codes {
                sink.byte(code.byte());
            }
        }
    });
}

/// Appends a DISCONNECT.
pub fn disconnect(packet: &Disconnect, version: Version, out: &mut BytesMut) {
    frame(PacketType::Disconnect, 0, out, |sink| {
        let told = packet.code != ReasonCode::Success || packet.properties.is_some();
        if version == Version::V5 && told {
            sink.byte(packet.code.byte());
            if packet.properties.is_some() {
                properties::put_disconnect(sink, packet.properties.as_deref());
            }
        }
    });
}

fn subscribe(packet: &Subscribe, version: Version, out: &mut BytesMut) {
    frame(PacketType::Subscribe, 0b0010, out, |sink| {
        sink.u16(packet.packet_id.get());
        if version == Version::V5 {
            properties::put_subscribe(sink, packet.properties.as_deref());
        }
        for (filter, options) in &packet.filters {
            sink.binary(filter.as_bytes());
            sink.byte(match version {
                Version::V311 => options.qos as u8,
                Version::V5 => subscribe_options(*options),
            });
        }
    });
}

fn subscribe_options(options: SubscribeOptions) -> u8 {
    options.qos as u8
        | u8::from(options.no_local) << 2
        | u8::from(options.retain_as_published) << 3
        | (options.retain_handling as u8) << 4
}

fn unsubscribe(packet: &Unsubscribe, version: Version, out: &mut BytesMut) {
    frame(PacketType::Unsubscribe, 0b0010, out, |sink| {
        sink.u16(packet.packet_id.get());
        if version == Version::V5 {
            properties::put_subscribe(sink, packet.properties.as_deref());
        }
        for filter in &packet.filters {
            sink.binary(filter.as_bytes());
        }
    });
}

fn connect(packet: &Connect, out: &mut BytesMut) {
    frame(PacketType::Connect, 0, out, |sink| {
        let will = packet.will.as_ref();
        let v5 = packet.version == Version::V5;
        sink.binary(b"MQTT");
        let bridge = if packet.bridge { BRIDGE } else { 0 };
        sink.byte(packet.version as u8 | bridge);
        sink.byte(
            u8::from(packet.clean_session) << 1
                | will.map_or(0, |will| {
                    0x04 | (will.qos as u8) << 3 | u8::from(will.retain) << 5
                })
                | u8::from(packet.password.is_some()) << 6
                | u8::from(packet.user_name.is_some()) << 7,
        );
        sink.u16(packet.keep_alive_seconds);
        if v5 {
            properties::put_connect(sink, packet.properties.as_deref());
        }
        sink.binary(packet.client_id.as_bytes());
        if let Some(will) = will {
            if v5 {
                properties::put_will(sink, will.properties.as_deref(), will.delay_seconds);
            }
            sink.binary(will.topic.as_bytes());
            sink.binary(&will.payload);
        }
        if let Some(name) = &packet.user_name {
            sink.binary(name.as_bytes());
        }
        if let Some(password) = &packet.password {
            sink.binary(password);
        }
    });
}

/// Appends a packet whose fields are counted first.
fn frame(packet: PacketType, flags: u8, out: &mut BytesMut, fields: impl Fn(&mut Sink<'_>)) {
    header(packet, flags, Sink::count(&fields), out);
    fields(&mut Sink::Write(out));
}

/// Appends the fixed header and makes room for the `size` bytes that follow it.
fn header(packet: PacketType, flags: u8, size: usize, out: &mut BytesMut) {
    assert!(
        size <= 268_435_455,
        "a packet of {size} bytes does not fit MQTT's remaining length"
    );
    out.reserve(5 + size);
    out.put_u8((packet as u8) << 4 | flags);
    let mut rest = size;
    while rest > 0x7f {
        out.put_u8((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    out.put_u8(rest as u8);
}

fn binary(bytes: &[u8], out: &mut BytesMut) {
    let length = u16::try_from(bytes.len())
        .expect("MQTT strings and binary fields hold at most 65,535 bytes");
    out.put_u16(length);
    out.put_slice(bytes);
}
