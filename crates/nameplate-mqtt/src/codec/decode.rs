//! Bytes to packets.

use super::error::DecodeError;
use crate::packet::{
    ConnAck, Connect, ConnectCode, Packet, PacketId, PacketType, Publish, QoS, SubAck, Subscribe,
    Unsubscribe, Will,
};
use crate::text::Text;
use bytes::{Buf, Bytes, BytesMut};

/// Takes the first whole packet out of `buffer`.
///
/// `Ok(None)` means that more bytes are needed; `buffer` is then as it was. A packet whose remaining length is over
/// `max_remaining` bytes is refused as soon as its length is known, before its body arrives. After an error the
/// stream cannot be read on.
pub fn decode(buffer: &mut BytesMut, max_remaining: usize) -> Result<Option<Packet>, DecodeError> {
    let Some(&first) = buffer.first() else {
        return Ok(None);
    };
    let packet = packet_type(first)?;
    let Some((size, header)) = remaining_length(&buffer[1..])? else {
        return Ok(None);
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
    // Packets of fixed content are read in place; cutting the body out costs an atomic count each.
    let body = match packet {
        PacketType::PubAck
        | PacketType::PubRec
        | PacketType::PubRel
        | PacketType::PubComp
        | PacketType::UnsubAck
        | PacketType::ConnAck
        | PacketType::PingReq
        | PacketType::PingResp
        | PacketType::Disconnect => {
            let decoded = decode_fixed(packet, &buffer[..size]);
            buffer.advance(size);
            return decoded.map(Some);
        }
        _ => Body {
            packet,
            rest: buffer.split_to(size).freeze(),
        },
    };
    match packet {
        PacketType::Publish => publish(body, first & 0x0f),
        PacketType::Connect => connect(body),
        PacketType::Subscribe => subscribe(body),
        PacketType::Unsubscribe => unsubscribe(body),
        _ => suback(body),
    }
    .map(Some)
}

/// Kind of packet by its first byte, with the flags that kind must have `[MQTT-2.2.2-2]`.
fn packet_type(first_byte: u8) -> Result<PacketType, DecodeError> {
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

/// Remaining length and the bytes it takes, or `None` while it is incomplete. A length written with more bytes than
/// it needs is taken: the specification forbids it only since MQTT 5.
fn remaining_length(bytes: &[u8]) -> Result<Option<(usize, usize)>, DecodeError> {
    let mut value = 0;
    for (at, &byte) in bytes.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Ok(Some((value, at + 1)));
        }
    }
    if bytes.len() < 4 {
        Ok(None)
    } else {
        Err(DecodeError::RemainingLength)
    }
}

fn decode_fixed(packet: PacketType, body: &[u8]) -> Result<Packet, DecodeError> {
    let length = match packet {
        PacketType::PingReq | PacketType::PingResp | PacketType::Disconnect => 0,
        _ => 2,
    };
    let field = if packet == PacketType::ConnAck {
        "return code"
    } else {
        "packet identifier"
    };
    if body.len() < length {
        return Err(DecodeError::Truncated { packet, field });
    }
    if body.len() > length {
        return Err(DecodeError::TrailingBytes {
            packet,
            count: body.len() - length,
        });
    }
    let packet_id = || packet_id(packet, u16::from_be_bytes([body[0], body[1]]));
    Ok(match packet {
        PacketType::PingReq => Packet::PingReq,
        PacketType::PingResp => Packet::PingResp,
        PacketType::Disconnect => Packet::Disconnect,
        PacketType::PubAck => Packet::PubAck(packet_id()?),
        PacketType::PubRec => Packet::PubRec(packet_id()?),
        PacketType::PubRel => Packet::PubRel(packet_id()?),
        PacketType::PubComp => Packet::PubComp(packet_id()?),
        PacketType::UnsubAck => Packet::UnsubAck(packet_id()?),
        _ => Packet::ConnAck(connack(body[0], body[1])?),
    })
}

fn connack(flags: u8, code: u8) -> Result<ConnAck, DecodeError> {
    match (flags, ConnectCode::from_byte(code)) {
        (0, Some(code)) => Ok(ConnAck {
            session_present: false,
            code,
        }),
        (1, Some(ConnectCode::Accepted)) => Ok(ConnAck {
            session_present: true,
            code: ConnectCode::Accepted,
        }),
        _ => Err(DecodeError::ConnAck { flags, code }),
    }
}

fn packet_id(packet: PacketType, value: u16) -> Result<PacketId, DecodeError> {
    PacketId::new(value).ok_or(DecodeError::PacketIdZero { packet })
}

fn publish(mut body: Body, flags: u8) -> Result<Packet, DecodeError> {
    let topic = body.text("topic name")?;
    let qos = QoS::from_bits(flags >> 1 & 0b11).ok_or(DecodeError::PublishQos3)?;
    let packet_id = match qos {
        QoS::AtMostOnce => None,
        _ => Some(body.packet_id()?),
    };
    Ok(Packet::Publish(Publish {
        topic,
        payload: body.rest,
        qos,
        retain: flags & 0b0001 != 0,
        dup: flags & 0b1000 != 0,
        packet_id,
    }))
}

fn connect(mut body: Body) -> Result<Packet, DecodeError> {
    let name = body.binary("protocol name")?;
    if name != "MQTT" && name != "MQIsdp" {
        return Err(DecodeError::ProtocolName);
    }
    let level = body.byte("protocol level")?;
    // What is behind the level is another version's; only who it is from is worth knowing.
    if level != 4 || name != "MQTT" {
        let client_id = other_client_id(level, body);
        return Err(DecodeError::ProtocolLevel { level, client_id });
    }
    let flags = body.byte("connect flags")?;
    let has = |bit: u8| flags & bit != 0;
    if has(0x01) {
        return Err(DecodeError::ConnectFlagsReserved { flags });
    }
    if !has(0x04) && has(0x38) {
        return Err(DecodeError::WillFlags { flags });
    }
    let will_qos = QoS::from_bits(flags >> 3 & 0b11).ok_or(DecodeError::WillQos3)?;
    if has(0x40) && !has(0x80) {
        return Err(DecodeError::PasswordWithoutUserName);
    }
    let keep_alive_seconds = body.u16("keep alive")?;
    let client_id = body.text("client identifier")?;
    let will = if has(0x04) {
        let topic = body.text("will topic")?;
        let payload = body.binary("will message")?;
        Some(Will {
            topic,
            payload,
            qos: will_qos,
            retain: has(0x20),
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
        client_id,
        clean_session: has(0x02),
        keep_alive_seconds,
        will,
        user_name,
        password,
    })))
}

/// The client identifier in a CONNECT of another version, whose level has been read. MQTT 3.1 has the fields of 3.1.1,
/// and MQTT 5 properties before the identifier (MQTT 5, section 3.1.2.11).
fn other_client_id(level: u8, mut body: Body) -> Option<Text> {
    body.byte("connect flags").ok()?;
    body.u16("keep alive").ok()?;
    if level == 5 {
        let (size, header) = remaining_length(&body.rest).ok()??;
        body.need(header + size, "properties").ok()?;
        body.rest.advance(header + size);
    }
    body.text("client identifier").ok()
}

fn subscribe(mut body: Body) -> Result<Packet, DecodeError> {
    let packet_id = body.packet_id()?;
    let mut filters = Vec::new();
    while !body.rest.is_empty() {
        let filter = body.text("topic filter")?;
        let byte = body.byte("requested QoS")?;
        filters.push((
            filter,
            QoS::from_bits(byte).ok_or(DecodeError::SubscribeQos { byte })?,
        ));
    }
    if filters.is_empty() {
        return Err(DecodeError::NoFilters {
            packet: body.packet,
        });
    }
    Ok(Packet::Subscribe(Subscribe { packet_id, filters }))
}

fn suback(mut body: Body) -> Result<Packet, DecodeError> {
    let packet_id = body.packet_id()?;
    let codes = body
        .rest
        .iter()
        .map(|&code| match (code, QoS::from_bits(code)) {
            (0x80, _) => Ok(None),
            (_, Some(qos)) => Ok(Some(qos)),
            _ => Err(DecodeError::SubAckCode { code }),
        });
    Ok(Packet::SubAck(SubAck {
        packet_id,
        codes: codes.collect::<Result<_, _>>()?,
    }))
}

fn unsubscribe(mut body: Body) -> Result<Packet, DecodeError> {
    let packet_id = body.packet_id()?;
    let mut filters = Vec::new();
    while !body.rest.is_empty() {
        filters.push(body.text("topic filter")?);
    }
    if filters.is_empty() {
        return Err(DecodeError::NoFilters {
            packet: body.packet,
        });
    }
    Ok(Packet::Unsubscribe(Unsubscribe { packet_id, filters }))
}

/// What is left of a packet's variable header and payload, read field by field.
struct Body {
    packet: PacketType,
    rest: Bytes,
}

impl Body {
    fn need(&self, bytes: usize, field: &'static str) -> Result<(), DecodeError> {
        if self.rest.len() < bytes {
            Err(DecodeError::Truncated {
                packet: self.packet,
                field,
            })
        } else {
            Ok(())
        }
    }

    fn byte(&mut self, field: &'static str) -> Result<u8, DecodeError> {
        self.need(1, field)?;
        Ok(self.rest.get_u8())
    }

    fn u16(&mut self, field: &'static str) -> Result<u16, DecodeError> {
        self.need(2, field)?;
        Ok(self.rest.get_u16())
    }

    fn packet_id(&mut self) -> Result<PacketId, DecodeError> {
        let value = self.u16("packet identifier")?;
        packet_id(self.packet, value)
    }

    fn binary(&mut self, field: &'static str) -> Result<Bytes, DecodeError> {
        let length = usize::from(self.u16(field)?);
        self.need(length, field)?;
        Ok(self.rest.split_to(length))
    }

    fn text(&mut self, field: &'static str) -> Result<Text, DecodeError> {
        let bytes = self.binary(field)?;
        Text::new(bytes).map_err(|why| DecodeError::Text {
            packet: self.packet,
            field,
            why,
        })
    }

    fn end(&self) -> Result<(), DecodeError> {
        match self.rest.len() {
            0 => Ok(()),
            count => Err(DecodeError::TrailingBytes {
                packet: self.packet,
                count,
            }),
        }
    }
}
