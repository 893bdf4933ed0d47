//! Packets to bytes, appended to a buffer of the caller.
//!
//! What the server sends for every message has a function of its own that needs no [`Packet`]: a message to a
//! thousand subscribers is encoded from one shared topic and payload, with each subscriber's packet identifier.

use crate::packet::{ConnAck, Connect, Packet, PacketId, PacketType, QoS};
use bytes::{BufMut, BytesMut};

/// Appends any packet.
///
/// # Panics
/// If a string or binary field is longer than 65,535 bytes, or the packet longer than 268,435,455: neither can be
/// written, and neither can come out of [`super::decode()`].
pub fn encode(packet: &Packet, out: &mut BytesMut) {
    match packet {
        Packet::Connect(packet) => connect(packet, out),
        Packet::ConnAck(packet) => connack(*packet, out),
        Packet::Publish(packet) => {
            let at = out.len();
            publish(
                packet.topic.as_bytes(),
                &packet.payload,
                packet.qos,
                packet.retain,
                packet.packet_id,
                out,
            );
            if packet.dup {
                out[at] |= 0b1000;
            }
        }
        Packet::PubAck(id)
        | Packet::PubRec(id)
        | Packet::PubRel(id)
        | Packet::PubComp(id)
        | Packet::UnsubAck(id) => {
            packet_id_only(packet.packet_type(), *id, out);
        }
        Packet::Subscribe(packet) => {
            let size = 2 + packet
                .filters
                .iter()
                .map(|(filter, _)| 3 + filter.len())
                .sum::<usize>();
            header(PacketType::Subscribe, 0b0010, size, out);
            out.put_u16(packet.packet_id.get());
            for (filter, qos) in &packet.filters {
                binary(filter.as_bytes(), out);
                out.put_u8(*qos as u8);
            }
        }
        Packet::SubAck(packet) => suback(packet.packet_id, packet.codes.iter().copied(), out),
        Packet::Unsubscribe(packet) => {
            let size = 2 + packet
                .filters
                .iter()
                .map(|filter| 2 + filter.len())
                .sum::<usize>();
            header(PacketType::Unsubscribe, 0b0010, size, out);
            out.put_u16(packet.packet_id.get());
            for filter in &packet.filters {
                binary(filter.as_bytes(), out);
            }
        }
        Packet::PingReq => header(PacketType::PingReq, 0, 0, out),
        Packet::PingResp => pingresp(out),
        Packet::Disconnect => header(PacketType::Disconnect, 0, 0, out),
    }
}

/// Appends a PUBLISH without DUP. `packet_id` must be there exactly when `qos` is above 0.
pub fn publish(
    topic: &[u8],
    payload: &[u8],
    qos: QoS,
    retain: bool,
    packet_id: Option<PacketId>,
    out: &mut BytesMut,
) {
    assert_eq!(
        packet_id.is_some(),
        qos != QoS::AtMostOnce,
        "a packet identifier goes with QoS 1 and 2 only"
    );
    let size = 2 + topic.len() + if packet_id.is_some() { 2 } else { 0 } + payload.len();
    header(
        PacketType::Publish,
        (qos as u8) << 1 | u8::from(retain),
        size,
        out,
    );
    binary(topic, out);
    if let Some(id) = packet_id {
        out.put_u16(id.get());
    }
    out.put_slice(payload);
}

/// Appends a packet that holds a packet identifier and nothing else: PUBACK, UNSUBACK and the three of QoS 2.
pub fn packet_id_only(packet: PacketType, id: PacketId, out: &mut BytesMut) {
    header(
        packet,
        if packet == PacketType::PubRel {
            0b0010
        } else {
            0
        },
        2,
        out,
    );
    out.put_u16(id.get());
}

/// Appends a CONNACK of MQTT 3.1.1.
pub fn connack(packet: ConnAck, out: &mut BytesMut) {
    header(PacketType::ConnAck, 0, 2, out);
    out.put_u8(u8::from(packet.session_present));
    out.put_u8(packet.code as u8);
}

/// Appends a CONNACK of MQTT 5 with a reason code and, as its only property, a reason of at most 100 bytes in words: a
/// client of that version cannot read the older form (MQTT 5, section 3.2).
pub fn connack_v5(reason: u8, text: &'static str, out: &mut BytesMut) {
    // Both lengths of a property take one byte each as long as the text does.
    let size = u8::try_from(text.len()).unwrap_or(0).min(100);
    let text = &text.as_bytes()[..usize::from(size)];
    header(PacketType::ConnAck, 0, 3 + 3 + text.len(), out);
    // Reason String (MQTT 5, section 3.2.2.3.9).
    out.put_slice(&[0, reason, 3 + size, 0x1f, 0, size]);
    out.put_slice(text);
}

/// Appends a SUBACK; one code for each filter, `None` for failure.
pub fn suback(id: PacketId, codes: impl ExactSizeIterator<Item = Option<QoS>>, out: &mut BytesMut) {
    header(PacketType::SubAck, 0, 2 + codes.len(), out);
    out.put_u16(id.get());
    for code in codes {
        out.put_u8(code.map_or(0x80, |qos| qos as u8));
    }
}

/// Appends a PINGRESP.
pub fn pingresp(out: &mut BytesMut) {
    header(PacketType::PingResp, 0, 0, out);
}

fn connect(packet: &Connect, out: &mut BytesMut) {
    let will = packet.will.as_ref();
    let size = 10
        + 2
        + packet.client_id.len()
        + will.map_or(0, |will| 4 + will.topic.len() + will.payload.len())
        + packet.user_name.as_ref().map_or(0, |name| 2 + name.len())
        + packet
            .password
            .as_ref()
            .map_or(0, |password| 2 + password.len());
    header(PacketType::Connect, 0, size, out);
    binary(b"MQTT", out);
    out.put_u8(4);
    out.put_u8(
        u8::from(packet.clean_session) << 1
            | will.map_or(0, |will| {
                0x04 | (will.qos as u8) << 3 | u8::from(will.retain) << 5
            })
            | u8::from(packet.password.is_some()) << 6
            | u8::from(packet.user_name.is_some()) << 7,
    );
    out.put_u16(packet.keep_alive_seconds);
    binary(packet.client_id.as_bytes(), out);
    if let Some(will) = will {
        binary(will.topic.as_bytes(), out);
        binary(&will.payload, out);
    }
    if let Some(name) = &packet.user_name {
        binary(name.as_bytes(), out);
    }
    if let Some(password) = &packet.password {
        binary(password, out);
    }
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
