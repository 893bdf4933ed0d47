//! Property sections, read.

use super::{id, name};
use crate::codec::body::Body;
use crate::codec::error::DecodeError;
use crate::packet::PacketType;
use crate::properties::{
    AckProperties, ConnAckProperties, ConnectProperties, DisconnectProperties, MessageProperties,
    SubscribeProperties, UserProperties,
};
use crate::text::Text;
use bytes::Bytes;

/// A property section, as far as it has not been read.
struct Section {
    body: Body,
}

/// One property whose identifier has been read, and whose value comes next.
struct Property<'s> {
    id: u32,
    name: &'static str,
    body: &'s mut Body,
}

impl Section {
    fn of(body: &mut Body) -> Result<Self, DecodeError> {
        let length = body.variable("property length")?;
        Ok(Self {
            body: Body {
                packet: body.packet,
                rest: body.take(length as usize, "properties")?,
            },
        })
    }

    fn next(&mut self) -> Result<Option<Property<'_>>, DecodeError> {
        if self.body.is_empty() {
            return Ok(None);
        }
        let id = self.body.variable("property identifier")?;
        let name = name(id).ok_or(DecodeError::PropertyUnknown {
            packet: self.body.packet,
            id,
        })?;
        Ok(Some(Property {
            id,
            name,
            body: &mut self.body,
        }))
    }
}

impl Property<'_> {
    fn packet(&self) -> PacketType {
        self.body.packet
    }

    fn not_here(&self) -> DecodeError {
        DecodeError::PropertyNotAllowed {
            packet: self.packet(),
            property: self.name,
        }
    }

    fn once<T>(&self, slot: &mut Option<T>, value: T) -> Result<(), DecodeError> {
        if slot.is_some() {
            return Err(DecodeError::PropertyTwice {
                packet: self.packet(),
                property: self.name,
            });
        }
        *slot = Some(value);
        Ok(())
    }

    fn wrong(&self, value: u32) -> DecodeError {
        DecodeError::PropertyValue {
            packet: self.packet(),
            property: self.name,
            value,
        }
    }

    fn flag(&mut self, slot: &mut Option<bool>) -> Result<(), DecodeError> {
        match self.body.byte(self.name)? {
            0 => self.once(slot, false),
            1 => self.once(slot, true),
            other => Err(self.wrong(u32::from(other))),
        }
    }

    fn u16(&mut self, slot: &mut Option<u16>) -> Result<(), DecodeError> {
        let value = self.body.u16(self.name)?;
        self.once(slot, value)
    }

    fn u32(&mut self, slot: &mut Option<u32>) -> Result<(), DecodeError> {
        let value = self.body.u32(self.name)?;
        self.once(slot, value)
    }

    fn text(&mut self, slot: &mut Option<Text>) -> Result<(), DecodeError> {
        let value = self.body.text(self.name)?;
        self.once(slot, value)
    }

    fn binary(&mut self, slot: &mut Option<Bytes>) -> Result<(), DecodeError> {
        let value = self.body.binary(self.name)?;
        self.once(slot, value)
    }

    fn user(&mut self, user: &mut UserProperties) -> Result<(), DecodeError> {
        let name = self.body.text("User Property name")?;
        user.push((name, self.body.text("User Property value")?));
        Ok(())
    }

    /// Refuses 0 for what is never 0.
    fn positive<T: Copy + Default + PartialEq>(&self, slot: Option<T>) -> Result<(), DecodeError> {
        if slot == Some(T::default()) {
            return Err(self.wrong(0));
        }
        Ok(())
    }

    /// Takes a property that a message has, whether published or willed.
    fn message(&mut self, to: &mut MessageProperties) -> Result<(), DecodeError> {
        match self.id {
            id::PAYLOAD_FORMAT => self.flag(&mut to.utf8),
            id::MESSAGE_EXPIRY => self.u32(&mut to.expiry_seconds),
            id::CONTENT_TYPE => self.text(&mut to.content_type),
            id::RESPONSE_TOPIC => self.text(&mut to.response_topic),
            id::CORRELATION_DATA => self.binary(&mut to.correlation_data),
            id::USER_PROPERTY => self.user(&mut to.user),
            _ => Err(self.not_here()),
        }
    }
}

fn boxed<T: Default + PartialEq>(value: T) -> Option<Box<T>> {
    (value != T::default()).then(|| Box::new(value))
}

/// A message's properties from the bytes of [`super::message_to_bytes`]. They share the bytes.
pub fn message_from_bytes(bytes: Bytes) -> Result<MessageProperties, DecodeError> {
    let mut section = Section {
        body: Body {
            packet: PacketType::Publish,
            rest: bytes,
        },
    };
    let mut to = MessageProperties::default();
    while let Some(mut property) = section.next()? {
        property.message(&mut to)?;
    }
    Ok(to)
}

/// Of a PUBLISH: what goes on to subscribers, and the topic alias.
pub(in crate::codec) fn publish(
    body: &mut Body,
) -> Result<(Option<Box<MessageProperties>>, Option<u16>), DecodeError> {
    // Most messages have none, and a section is not worth being cut out for them.
    if body.rest.first() == Some(&0) {
        body.byte("property length")?;
        return Ok((None, None));
    }
    let mut section = Section::of(body)?;
    let (mut to, mut alias) = (MessageProperties::default(), None);
    while let Some(mut property) = section.next()? {
        match property.id {
            id::TOPIC_ALIAS => property.u16(&mut alias)?,
            // [MQTT-3.3.4-6], and this server sends none [MQTT-3.3.4-3].
            id::SUBSCRIPTION_ID => {
                return Err(DecodeError::SubscriptionIdInPublish);
            }
            _ => property.message(&mut to)?,
        }
    }
    Ok((boxed(to), alias))
}

/// Of a will: what goes on to subscribers, and the Will Delay Interval.
pub(in crate::codec) fn will(
    body: &mut Body,
) -> Result<(Option<Box<MessageProperties>>, u32), DecodeError> {
    let mut section = Section::of(body)?;
    let (mut to, mut delay) = (MessageProperties::default(), None);
    while let Some(mut property) = section.next()? {
        match property.id {
            id::WILL_DELAY => property.u32(&mut delay)?,
            _ => property.message(&mut to)?,
        }
    }
    Ok((boxed(to), delay.unwrap_or(0)))
}

pub(in crate::codec) fn connect(
    body: &mut Body,
) -> Result<Option<Box<ConnectProperties>>, DecodeError> {
    let mut section = Section::of(body)?;
    let mut to = ConnectProperties::default();
    while let Some(mut property) = section.next()? {
        match property.id {
            id::SESSION_EXPIRY => property.u32(&mut to.session_expiry_seconds)?,
            id::RECEIVE_MAXIMUM => {
                property.u16(&mut to.receive_maximum)?;
                property.positive(to.receive_maximum)?;
            }
            id::MAXIMUM_PACKET_SIZE => {
                property.u32(&mut to.maximum_packet_size)?;
                property.positive(to.maximum_packet_size)?;
            }
            id::TOPIC_ALIAS_MAXIMUM => property.u16(&mut to.topic_alias_maximum)?,
            id::REQUEST_RESPONSE_INFORMATION => {
                property.flag(&mut to.request_response_information)?;
            }
            id::REQUEST_PROBLEM_INFORMATION => {
                property.flag(&mut to.request_problem_information)?;
            }
            id::USER_PROPERTY => property.user(&mut to.user)?,
            id::AUTHENTICATION_METHOD => property.text(&mut to.authentication_method)?,
            id::AUTHENTICATION_DATA => property.binary(&mut to.authentication_data)?,
            _ => return Err(property.not_here()),
        }
    }
    if to.authentication_data.is_some() && to.authentication_method.is_none() {
        return Err(DecodeError::AuthenticationData);
    }
    Ok(boxed(to))
}

pub(in crate::codec) fn connack(
    body: &mut Body,
) -> Result<Option<Box<ConnAckProperties>>, DecodeError> {
    let mut section = Section::of(body)?;
    let mut to = ConnAckProperties::default();
    while let Some(mut property) = section.next()? {
        match property.id {
            id::SESSION_EXPIRY => property.u32(&mut to.session_expiry_seconds)?,
            id::RECEIVE_MAXIMUM => {
                property.u16(&mut to.receive_maximum)?;
                property.positive(to.receive_maximum)?;
            }
            id::MAXIMUM_QOS => {
                let mut below_two = None;
                property.flag(&mut below_two)?;
                property.once(&mut to.maximum_qos, u8::from(below_two == Some(true)))?;
            }
            id::RETAIN_AVAILABLE => property.flag(&mut to.retain_available)?,
            id::MAXIMUM_PACKET_SIZE => {
                property.u32(&mut to.maximum_packet_size)?;
                property.positive(to.maximum_packet_size)?;
            }
            id::ASSIGNED_CLIENT_ID => property.text(&mut to.assigned_client_id)?,
            id::TOPIC_ALIAS_MAXIMUM => property.u16(&mut to.topic_alias_maximum)?,
            id::REASON_STRING => property.text(&mut to.reason_string)?,
            id::USER_PROPERTY => property.user(&mut to.user)?,
            id::WILDCARD_AVAILABLE => property.flag(&mut to.wildcard_available)?,
            id::SUBSCRIPTION_ID_AVAILABLE => property.flag(&mut to.subscription_ids_available)?,
            id::SHARED_AVAILABLE => property.flag(&mut to.shared_available)?,
            id::SERVER_KEEP_ALIVE => property.u16(&mut to.server_keep_alive_seconds)?,
            id::RESPONSE_INFORMATION => property.text(&mut to.response_information)?,
            id::SERVER_REFERENCE => property.text(&mut to.server_reference)?,
            id::AUTHENTICATION_METHOD => property.text(&mut to.authentication_method)?,
            id::AUTHENTICATION_DATA => property.binary(&mut to.authentication_data)?,
            _ => return Err(property.not_here()),
        }
    }
    Ok(boxed(to))
}

pub(in crate::codec) fn ack(body: &mut Body) -> Result<Option<Box<AckProperties>>, DecodeError> {
    let mut section = Section::of(body)?;
    let mut to = AckProperties::default();
    while let Some(mut property) = section.next()? {
        match property.id {
            id::REASON_STRING => property.text(&mut to.reason_string)?,
            id::USER_PROPERTY => property.user(&mut to.user)?,
            _ => return Err(property.not_here()),
        }
    }
    Ok(boxed(to))
}

pub(in crate::codec) fn disconnect(
    body: &mut Body,
) -> Result<Option<Box<DisconnectProperties>>, DecodeError> {
    let mut section = Section::of(body)?;
    let mut to = DisconnectProperties::default();
    while let Some(mut property) = section.next()? {
        match property.id {
            id::SESSION_EXPIRY => property.u32(&mut to.session_expiry_seconds)?,
            id::REASON_STRING => property.text(&mut to.reason_string)?,
            id::USER_PROPERTY => property.user(&mut to.user)?,
            id::SERVER_REFERENCE => property.text(&mut to.server_reference)?,
            _ => return Err(property.not_here()),
        }
    }
    Ok(boxed(to))
}

/// Of a SUBSCRIBE or an UNSUBSCRIBE.
pub(in crate::codec) fn subscribe(
    body: &mut Body,
) -> Result<Option<Box<SubscribeProperties>>, DecodeError> {
    let subscribes = body.packet == PacketType::Subscribe;
    let mut section = Section::of(body)?;
    let mut to = SubscribeProperties::default();
    while let Some(mut property) = section.next()? {
        match property.id {
            id::SUBSCRIPTION_ID if subscribes => {
                let value = property.body.variable(property.name)?;
                property.once(&mut to.subscription_id, value)?;
                property.positive(to.subscription_id)?;
            }
            id::USER_PROPERTY => property.user(&mut to.user)?,
            _ => return Err(property.not_here()),
        }
    }
    Ok(boxed(to))
}
