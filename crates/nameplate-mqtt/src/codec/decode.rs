//! Bytes to packets.

use super::body::{Body, Variable, packet_id, variable};
use super::error::DecodeError;
use super::properties;
use crate::packet::{
    Ack, ConnAck, Connect, Disconnect, Packet, PacketType, Publish, QoS, RetainHandling, SubAck,
    Subscribe, SubscribeOptions, UnsubAck, Unsubscribe, Version, Will,
};
use crate::reason_code::ReasonCode;
use crate::text::Text;
use bytes::{Buf, BytesMut};

/// Takes the first whole packet out of `buffer`.
///
/// `version` is what the connection speaks. A CONNECT sets it as soon as its protocol level has been read, so that an
/// answer to what is wrong behind it can have the right form.
///
/// `Ok(None)` means that more bytes are needed; `buffer` is then as it was. A packet whose remaining length is over
/// `max_remaining` bytes is refused as soon as its length is known, before its body arrives. After an error the
/// stream cannot be read on.
pub fn decode(
    buffer: &mut BytesMut,
    max_remaining: usize,
    version: &mut Version,
) -> Result<Option<Packet>, DecodeError> {
    let Some(&first) = buffer.first() else {
        return Ok(None);
    };
    let packet = packet_type(first, *version)?;
    let (size, header) = match variable(&buffer[1..]) {
        // 3.1.1 does not forbid a length that is written with more bytes than it needs; [MQTT-1.5.5-1] of MQTT 5 does.
        Variable::Whole { short: false, .. } if *version == Version::V5 => {
            return Err(DecodeError::RemainingLength);
        }
        Variable::Whole { value, size, .. } => (value, size),
        Variable::Unfinished => return Ok(None),
        Variable::TooLong => return Err(DecodeError::RemainingLength),
    };
    if size > max_remaining {
        return Err(DecodeError::TooLarge {
            packet,
            size,
            limit: max_remaining,
        });
    }
    let header = 1 + header;
    if buffer.len() < header + size {
        return Ok(None);
    }
    buffer.advance(header);
    // Packets of this content are read in place; cutting the body out costs an atomic count each.
    if let Some(decoded) = in_place(packet, &buffer[..size]) {
        buffer.advance(size);
        return decoded.map(Some);
    }
    let body = Body {
        packet,
        rest: buffer.split_to(size).freeze(),
    };
    match packet {
        PacketType::Publish => publish(body, first & 0x0f, *version),
        PacketType::Connect => connect(body, version),
        PacketType::Subscribe => subscribe(body, *version),
        PacketType::Unsubscribe => unsubscribe(body, *version),
        PacketType::ConnAck => connack(body, *version),
        PacketType::SubAck => suback(body, *version),
        PacketType::UnsubAck => unsuback(body, *version),
        PacketType::PubAck => ack(body, *version).map(Packet::PubAck),
        PacketType::PubRec => ack(body, *version).map(Packet::PubRec),
        PacketType::PubRel => ack(body, *version).map(Packet::PubRel),
        PacketType::PubComp => ack(body, *version).map(Packet::PubComp),
        PacketType::Disconnect => disconnect(body, *version),
        PacketType::PingReq => body.end().map(|()| Packet::PingReq),
        PacketType::PingResp => body.end().map(|()| Packet::PingResp),
        // There is no exchange that it could belong to, so nothing in it is looked at.
        PacketType::Auth => Ok(Packet::Auth),
    }
    .map(Some)
}

/// Kind of packet by its first byte, with the flags that kind must have `[MQTT-2.2.2-2]`.
fn packet_type(first_byte: u8, version: Version) -> Result<PacketType, DecodeError> {
    let packet = match first_byte >> 4 {
        1 => PacketType::Connect,
        2 => PacketType::ConnAck,
        3 => PacketType::Publish,
        4 => PacketType::PubAck,
        5 => PacketType::PubRec,
        6 => PacketType::PubRel,
        7 => PacketType::PubComp,
        8 => PacketType::Subscribe,
        9 => PacketType::SubAck,
        10 => PacketType::Unsubscribe,
        11 => PacketType::UnsubAck,
        12 => PacketType::PingReq,
        13 => PacketType::PingResp,
        14 => PacketType::Disconnect,
        15 if version == Version::V5 => PacketType::Auth,
        _ => return Err(DecodeError::ReservedType { first_byte }),
    };
    let flags = first_byte & 0x0f;
    let expected = match packet {
        PacketType::Publish => {
            return match (flags >> 1 & 0b11, flags & 0b1000) {
                (3, _) => Err(DecodeError::PublishQos3),
                (0, 0b1000) => Err(DecodeError::DupWithoutQos),
                _ => Ok(packet),
            };
        }
        PacketType::PubRel | PacketType::Subscribe | PacketType::Unsubscribe => 0b0010,
        _ => 0,
    };
    if flags == expected {
        Ok(packet)
    } else {
        Err(DecodeError::HeaderFlags {
            packet,
            flags,
            expected,
        })
    }
}

/// Packets that hold a packet identifier at most, in either version. `None` for all others.
fn in_place(packet: PacketType, body: &[u8]) -> Option<Result<Packet, DecodeError>> {
    let wrap = match (packet, body.len()) {
        (PacketType::PingReq, 0) => return Some(Ok(Packet::PingReq)),
        (PacketType::PingResp, 0) => return Some(Ok(Packet::PingResp)),
        (PacketType::Disconnect, 0) => {
            return Some(Ok(Packet::Disconnect(ReasonCode::Success.into())));
        }
        (PacketType::PubAck, 2) => Packet::PubAck,
        (PacketType::PubRec, 2) => Packet::PubRec,
        (PacketType::PubRel, 2) => Packet::PubRel,
        (PacketType::PubComp, 2) => Packet::PubComp,
        _ => return None,
    };
    let id = packet_id(packet, u16::from_be_bytes([body[0], body[1]]));
    Some(id.map(|id| wrap(id.into())))
}

fn publish(mut body: Body, flags: u8, version: Version) -> Result<Packet, DecodeError> {
    let topic = body.text("topic name")?;
    let qos = QoS::from_bits(flags >> 1 & 0b11).ok_or(DecodeError::PublishQos3)?;
    let packet_id = match qos {
        QoS::AtMostOnce => None,
        _ => Some(body.packet_id()?),
    };
    let (properties, topic_alias) = match version {
        Version::V311 => (None, None),
        Version::V5 => properties::publish(&mut body)?,
    };
    Ok(Packet::Publish(Publish {
        topic,
        payload: body.rest,
        qos,
        retain: flags & 0b0001 != 0,
        dup: flags & 0b1000 != 0,
        packet_id,
        topic_alias,
        properties,
    }))
}

/// Bit of the protocol level by which a server says that it is a bridge. No specification has it; mosquitto's bridges send
/// it, and otherwise connect again after a while without it.
pub(super) const BRIDGE: u8 = 0x80;

fn connect(mut body: Body, version: &mut Version) -> Result<Packet, DecodeError> {
    let name = body.binary("protocol name")?;
    if name != "MQTT" && name != "MQIsdp" {
        return Err(DecodeError::ProtocolName);
    }
    let level = body.byte("protocol level")?;
    let bridge = level & BRIDGE != 0;
    let spoken = match (level & !BRIDGE, &name[..]) {
        (4, b"MQTT") => Version::V311,
        (5, b"MQTT") => Version::V5,
        // What is behind the level is another version's; only who it is from is worth knowing.
        _ => {
            let client_id = other_client_id(body);
            return Err(DecodeError::ProtocolLevel { level, client_id });
        }
    };
    *version = spoken;
    let flags = body.byte("connect flags")?;
    let has = |bit: u8| flags & bit != 0;
    if has(0x01) {
        return Err(DecodeError::ConnectFlagsReserved { flags });
    }
    if !has(0x04) && has(0x38) {
        return Err(DecodeError::WillFlags { flags });
    }
    let will_qos = QoS::from_bits(flags >> 3 & 0b11).ok_or(DecodeError::WillQos3)?;
    // MQTT 5 allows it (section 3.1.2.9).
    if has(0x40) && !has(0x80) && spoken == Version::V311 {
        return Err(DecodeError::PasswordWithoutUserName);
    }
    let keep_alive_seconds = body.u16("keep alive")?;
    let properties = match spoken {
        Version::V311 => None,
        Version::V5 => properties::connect(&mut body)?,
    };
    let client_id = body.text("client identifier")?;
    let will = if has(0x04) {
        let (properties, delay_seconds) = match spoken {
            Version::V311 => (None, 0),
            Version::V5 => properties::will(&mut body)?,
        };
        let topic = body.text("will topic")?;
        let payload = body.binary("will message")?;
        Some(Will {
            topic,
            payload,
            qos: will_qos,
            retain: has(0x20),
            delay_seconds,
            properties,
        })
    } else {
        None
    };
    let user_name = if has(0x80) {
        Some(body.text("user name")?)
    } else {
        None
    };
    let password = if has(0x40) {
        Some(body.binary("password")?)
    } else {
        None
    };
    body.end()?;
    Ok(Packet::Connect(Box::new(Connect {
        bridge,
        version: spoken,
        client_id,
        clean_session: has(0x02),
        keep_alive_seconds,
        will,
        user_name,
        password,
        properties,
    })))
}

/// The client identifier in a CONNECT of another version, whose level has been read: MQTT 3.1 has the fields of 3.1.1.
fn other_client_id(mut body: Body) -> Option<Text> {
    body.byte("connect flags").ok()?;
    body.u16("keep alive").ok()?;
    body.text("client identifier").ok()
}

fn connack(mut body: Body, version: Version) -> Result<Packet, DecodeError> {
    let flags = body.byte("return code")?;
    let byte = body.byte("return code")?;
    let code = match version {
        Version::V311 => ReasonCode::from_connack_v311(byte),
        Version::V5 => ReasonCode::from_byte(PacketType::ConnAck, byte),
    };
    let (session_present, code) = match (flags, code) {
        (0, Some(code)) => (false, code),
        (1, Some(ReasonCode::Success)) => (true, ReasonCode::Success),
        _ => return Err(DecodeError::ConnAck { flags, code: byte }),
    };
    let properties = match version {
        Version::V311 => None,
        Version::V5 => properties::connack(&mut body)?,
    };
    body.end()?;
    Ok(Packet::ConnAck(ConnAck {
        session_present,
        code,
        properties,
    }))
}

/// PUBACK and the packets of QoS 2. Of MQTT 5, the reason code and the properties may be left out (section 3.4.2).
fn ack(mut body: Body, version: Version) -> Result<Ack, DecodeError> {
    let mut ack = Ack::from(body.packet_id()?);
    if version == Version::V5 && !body.is_empty() {
        ack.code = reason_code(&mut body)?;
        if !body.is_empty() {
            ack.properties = properties::ack(&mut body)?;
        }
    }
    body.end()?;
    Ok(ack)
}

fn disconnect(mut body: Body, version: Version) -> Result<Packet, DecodeError> {
    let mut packet = Disconnect::from(ReasonCode::Success);
    if version == Version::V5 && !body.is_empty() {
        packet.code = reason_code(&mut body)?;
        if !body.is_empty() {
            packet.properties = properties::disconnect(&mut body)?;
        }
    }
    body.end()?;
    Ok(Packet::Disconnect(packet))
}

fn reason_code(body: &mut Body) -> Result<ReasonCode, DecodeError> {
    let packet = body.packet;
    let code = body.byte("reason code")?;
    ReasonCode::from_byte(packet, code).ok_or(DecodeError::ReasonCode { packet, code })
}

fn subscribe(mut body: Body, version: Version) -> Result<Packet, DecodeError> {
    let packet_id = body.packet_id()?;
    let properties = match version {
        Version::V311 => None,
        Version::V5 => properties::subscribe(&mut body)?,
    };
    let mut filters = Vec::new();
    while !body.is_empty() {
        let filter = body.text("topic filter")?;
        let byte = body.byte("requested QoS")?;
        let options = match version {
            Version::V311 => QoS::from_bits(byte)
                .map(SubscribeOptions::from)
                .ok_or(DecodeError::SubscribeQos { byte })?,
            Version::V5 => subscribe_options(byte)?,
        };
        filters.push((filter, options));
    }
    if filters.is_empty() {
        return Err(DecodeError::NoFilters {
            packet: body.packet,
        });
    }
    Ok(Packet::Subscribe(Subscribe {
        packet_id,
        filters,
        properties,
    }))
}

/// Subscription Options of MQTT 5 (section 3.8.3.1).
fn subscribe_options(byte: u8) -> Result<SubscribeOptions, DecodeError> {
    let error = DecodeError::SubscribeOptions { byte };
    if byte & 0b1100_0000 != 0 {
        return Err(error);
    }
    Ok(SubscribeOptions {
        qos: QoS::from_bits(byte & 0b11).ok_or(error.clone())?,
        no_local: byte & 0b100 != 0,
        retain_as_published: byte & 0b1000 != 0,
        retain_handling: match byte >> 4 {
            0 => RetainHandling::Send,
            1 => RetainHandling::SendIfNew,
            2 => RetainHandling::Never,
            _ => return Err(error),
        },
    })
}

fn suback(mut body: Body, version: Version) -> Result<Packet, DecodeError> {
    let packet_id = body.packet_id()?;
    let properties = match version {
        Version::V311 => None,
        Version::V5 => properties::ack(&mut body)?,
    };
    let codes = body.rest.iter().map(|&code| {
        match (version, code) {
            (Version::V311, 0..=2 | 0x80) | (Version::V5, _) => {
                ReasonCode::from_byte(PacketType::SubAck, code)
            }
            (Version::V311, _) => None,
        }
        .ok_or(DecodeError::SubAckCode { code })
    });
    Ok(Packet::SubAck(SubAck {
        packet_id,
        codes: codes.collect::<Result<_, _>>()?,
        properties,
    }))
}

fn unsubscribe(mut body: Body, version: Version) -> Result<Packet, DecodeError> {
    let packet_id = body.packet_id()?;
    let properties = match version {
        Version::V311 => None,
        Version::V5 => properties::subscribe(&mut body)?,
    };
    let mut filters = Vec::new();
    while !body.is_empty() {
        filters.push(body.text("topic filter")?);
    }
    if filters.is_empty() {
        return Err(DecodeError::NoFilters {
            packet: body.packet,
        });
    }
    Ok(Packet::Unsubscribe(Unsubscribe {
        packet_id,
        filters,
        properties,
    }))
}

fn unsuback(mut body: Body, version: Version) -> Result<Packet, DecodeError> {
    let packet_id = body.packet_id()?;
    let (mut properties, mut codes) = (None, Vec::new());
    if version == Version::V5 {
        properties = properties::ack(&mut body)?;
        while !body.is_empty() {
            codes.push(reason_code(&mut body)?);
        }
    }
    body.end()?;
    Ok(Packet::UnsubAck(UnsubAck {
        packet_id,
        codes,
        properties,
    }))
}
