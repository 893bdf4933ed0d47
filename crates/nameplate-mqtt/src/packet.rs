//! The packets of MQTT 3.1.1 and 5 as values. Syntax only: what may be sent when is the business of
//! [`crate::connection`].
//!
//! One type serves both versions. What only MQTT 5 has (properties, most reason codes) is left out by the encoder for
//! 3.1.1, and absent where its decoder made the packet.

use crate::properties::{
    AckProperties, ConnAckProperties, ConnectProperties, DisconnectProperties, MessageProperties,
    SubscribeProperties,
};
use crate::reason_code::ReasonCode;
use crate::text::Text;
use bytes::Bytes;
use std::fmt;
use std::num::NonZeroU16;

/// Packet identifier, 1 to 65535 `[MQTT-2.3.1-1]`.
pub type PacketId = NonZeroU16;

/// Version of the protocol that a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Version {
    /// MQTT 3.1.1, protocol level 4.
    #[default]
    V311 = 4,
    /// MQTT 5, protocol level 5.
    V5 = 5,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V311 => "MQTT 3.1.1",
            Self::V5 => "MQTT 5",
        })
    }
}

/// Quality of service of a message or a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum QoS {
    /// 0: at most once.
    #[default]
    AtMostOnce = 0,
    /// 1: at least once.
    AtLeastOnce = 1,
    /// 2: exactly once. Decoded, so that it can be refused by name.
    ExactlyOnce = 2,
}

impl QoS {
    /// From its two bits on the wire; `None` for 3 and above.
    pub fn from_bits(bits: u8) -> Option<Self> {
        match bits {
            0 => Some(Self::AtMostOnce),
            1 => Some(Self::AtLeastOnce),
            2 => Some(Self::ExactlyOnce),
            _ => None,
        }
    }

    /// The code by which a SUBACK grants it.
    pub fn granted(self) -> ReasonCode {
        match self {
            Self::AtMostOnce => ReasonCode::Success,
            Self::AtLeastOnce => ReasonCode::GrantedQoS1,
            Self::ExactlyOnce => ReasonCode::GrantedQoS2,
        }
    }
}

/// Kind of a packet, by the upper four bits of its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the specification")]
pub enum PacketType {
    Connect = 1,
    ConnAck = 2,
    Publish = 3,
    PubAck = 4,
    PubRec = 5,
    PubRel = 6,
    PubComp = 7,
    Subscribe = 8,
    SubAck = 9,
    Unsubscribe = 10,
    UnsubAck = 11,
    PingReq = 12,
    PingResp = 13,
    Disconnect = 14,
    Auth = 15,
}

impl fmt::Display for PacketType {
    /// As the specification writes it: `PUBLISH`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "CONNECT",
            Self::ConnAck => "CONNACK",
            Self::Publish => "PUBLISH",
            Self::PubAck => "PUBACK",
            Self::PubRec => "PUBREC",
            Self::PubRel => "PUBREL",
            Self::PubComp => "PUBCOMP",
            Self::Subscribe => "SUBSCRIBE",
            Self::SubAck => "SUBACK",
            Self::Unsubscribe => "UNSUBSCRIBE",
            Self::UnsubAck => "UNSUBACK",
            Self::PingReq => "PINGREQ",
            Self::PingResp => "PINGRESP",
            Self::Disconnect => "DISCONNECT",
            Self::Auth => "AUTH",
        })
    }
}

/// One MQTT control packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    /// Client to server: opens the connection. Boxed because it is large and comes once.
    Connect(Box<Connect>),
    /// Server to client: answer to CONNECT.
    ConnAck(ConnAck),
    /// Either way: an application message.
    Publish(Publish),
    /// Either way: a QoS 1 message was taken.
    PubAck(Ack),
    /// Either way: QoS 2, first answer.
    PubRec(Ack),
    /// Either way: QoS 2, release.
    PubRel(Ack),
    /// Either way: QoS 2, end.
    PubComp(Ack),
    /// Client to server: asks for messages.
    Subscribe(Subscribe),
    /// Server to client: answer to SUBSCRIBE.
    SubAck(SubAck),
    /// Client to server: asks for no more messages.
    Unsubscribe(Unsubscribe),
    /// Server to client: answer to UNSUBSCRIBE.
    UnsubAck(UnsubAck),
    /// Client to server: sign of life.
    PingReq,
    /// Server to client: answer to PINGREQ.
    PingResp,
    /// Client to server, in MQTT 5 also back: orderly end.
    Disconnect(Disconnect),
    /// Either way, MQTT 5 only: enhanced authentication. Decoded as far as it can be refused by name.
    Auth,
}

impl Packet {
    /// Kind of this packet.
    pub fn packet_type(&self) -> PacketType {
        match self {
            Self::Connect(_) => PacketType::Connect,
            Self::ConnAck(_) => PacketType::ConnAck,
            Self::Publish(_) => PacketType::Publish,
            Self::PubAck(_) => PacketType::PubAck,
            Self::PubRec(_) => PacketType::PubRec,
            Self::PubRel(_) => PacketType::PubRel,
            Self::PubComp(_) => PacketType::PubComp,
            Self::Subscribe(_) => PacketType::Subscribe,
            Self::SubAck(_) => PacketType::SubAck,
            Self::Unsubscribe(_) => PacketType::Unsubscribe,
            Self::UnsubAck(_) => PacketType::UnsubAck,
            Self::PingReq => PacketType::PingReq,
            Self::PingResp => PacketType::PingResp,
            Self::Disconnect(_) => PacketType::Disconnect,
            Self::Auth => PacketType::Auth,
        }
    }
}

/// CONNECT.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Connect {
    /// Version that the client speaks from here on.
    pub version: Version,
    /// The client is another server that passes messages on: bit 7 of the protocol level, which mosquitto's bridges set.
    pub bridge: bool,
    /// Client id as sent; may be empty.
    pub client_id: Text,
    /// Clean session flag; MQTT 5 calls it Clean Start.
    pub clean_session: bool,
    /// Keep alive as asked for, seconds; 0 asks for none.
    pub keep_alive_seconds: u16,
    /// Message to publish when the connection ends without a DISCONNECT.
    pub will: Option<Will>,
    /// There also without a password.
    pub user_name: Option<Text>,
    /// Password; in 3.1.1 never sent without a user name `[MQTT-3.1.2-22]`.
    pub password: Option<Bytes>,
    /// MQTT 5 only.
    pub properties: Option<Box<ConnectProperties>>,
}

impl fmt::Debug for Connect {
    /// Says that there is a password, not which.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connect")
            .field("version", &self.version)
            .field("bridge", &self.bridge)
            .field("client_id", &self.client_id)
            .field("clean_session", &self.clean_session)
            .field("keep_alive_seconds", &self.keep_alive_seconds)
            .field("will", &self.will)
            .field("user_name", &self.user_name)
            .field("password", &self.password.as_ref().map(|_| "…"))
            .field("properties", &self.properties)
            .finish()
    }
}

/// Will message of a CONNECT.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Will {
    /// Topic to publish to.
    pub topic: Text,
    /// What to publish.
    pub payload: Bytes,
    /// Quality of service to publish with.
    pub qos: QoS,
    /// Whether the message is to be retained.
    pub retain: bool,
    /// MQTT 5: how long after the end of the connection it is published at the earliest, seconds.
    pub delay_seconds: u32,
    /// MQTT 5: properties of the message.
    pub properties: Option<Box<MessageProperties>>,
}

/// CONNACK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnAck {
    /// The server resumed a stored session; only with [`ReasonCode::Success`] `[MQTT-3.2.2-4]`.
    pub session_present: bool,
    /// Whether the client is let in. On the wire of 3.1.1 it is [`ReasonCode::connack_v311`].
    pub code: ReasonCode,
    /// MQTT 5 only.
    pub properties: Option<Box<ConnAckProperties>>,
}

impl From<ReasonCode> for ConnAck {
    /// Without a session and properties.
    fn from(code: ReasonCode) -> Self {
        Self {
            session_present: false,
            code,
            properties: None,
        }
    }
}

/// PUBACK, PUBREC, PUBREL and PUBCOMP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// Identifier of the PUBLISH.
    pub packet_id: PacketId,
    /// What became of it; in 3.1.1 always success.
    pub code: ReasonCode,
    /// MQTT 5 only.
    pub properties: Option<Box<AckProperties>>,
}

impl From<PacketId> for Ack {
    /// Success, without properties.
    fn from(packet_id: PacketId) -> Self {
        Self {
            packet_id,
            code: ReasonCode::Success,
            properties: None,
        }
    }
}

/// PUBLISH. Topic and payload are slices of the buffer they arrived in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Publish {
    /// Topic name, as sent; in MQTT 5 empty where the alias stands for it.
    pub topic: Text,
    /// Application message.
    pub payload: Bytes,
    /// Quality of service.
    pub qos: QoS,
    /// Whether the message is to be retained (to a server), or was (from a server).
    pub retain: bool,
    /// Sent again; only with QoS 1 and 2 `[MQTT-3.3.1-2]`.
    pub dup: bool,
    /// There exactly when QoS is above 0 `[MQTT-2.3.1-5]`.
    pub packet_id: Option<PacketId>,
    /// MQTT 5: number that stands for the topic on this connection, or is to stand for it from now on.
    pub topic_alias: Option<u16>,
    /// MQTT 5: properties that go on to subscribers.
    pub properties: Option<Box<MessageProperties>>,
}

/// SUBSCRIBE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscribe {
    /// Identifier that the SUBACK repeats.
    pub packet_id: PacketId,
    /// Filters, each with what is asked for; at least one `[MQTT-3.8.3-3]`.
    pub filters: Vec<(Text, SubscribeOptions)>,
    /// MQTT 5 only.
    pub properties: Option<Box<SubscribeProperties>>,
}

/// How messages of one subscription are to be delivered. Of these, MQTT 3.1.1 has the QoS alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SubscribeOptions {
    /// Highest QoS.
    pub qos: QoS,
    /// No Local: what the client itself publishes does not come back to it.
    pub no_local: bool,
    /// Retain As Published: live messages keep their RETAIN flag.
    pub retain_as_published: bool,
    /// Whether what is retained comes at once.
    pub retain_handling: RetainHandling,
}

impl From<QoS> for SubscribeOptions {
    /// As a client of MQTT 3.1.1 subscribes.
    fn from(qos: QoS) -> Self {
        Self {
            qos,
            ..Self::default()
        }
    }
}

/// Retain Handling: when a retained message is sent because of a SUBSCRIBE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RetainHandling {
    /// 0: each time.
    #[default]
    Send = 0,
    /// 1: if the subscription is new.
    SendIfNew = 1,
    /// 2: never.
    Never = 2,
}

/// SUBACK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubAck {
    /// Identifier of the SUBSCRIBE.
    pub packet_id: PacketId,
    /// One answer for each filter, in order `[MQTT-3.8.4-5]`: the QoS granted, or a failure, which in 3.1.1 is 0x80.
    pub codes: Vec<ReasonCode>,
    /// MQTT 5 only.
    pub properties: Option<Box<AckProperties>>,
}

/// UNSUBSCRIBE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsubscribe {
    /// Identifier that the UNSUBACK repeats.
    pub packet_id: PacketId,
    /// Filters; at least one `[MQTT-3.10.3-2]`.
    pub filters: Vec<Text>,
    /// MQTT 5 only.
    pub properties: Option<Box<SubscribeProperties>>,
}

/// UNSUBACK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsubAck {
    /// Identifier of the UNSUBSCRIBE.
    pub packet_id: PacketId,
    /// MQTT 5: one answer for each filter, in order. Empty in 3.1.1.
    pub codes: Vec<ReasonCode>,
    /// MQTT 5 only.
    pub properties: Option<Box<AckProperties>>,
}

/// DISCONNECT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disconnect {
    /// Why; in 3.1.1 always success.
    pub code: ReasonCode,
    /// MQTT 5 only.
    pub properties: Option<Box<DisconnectProperties>>,
}

impl From<ReasonCode> for Disconnect {
    /// Without properties.
    fn from(code: ReasonCode) -> Self {
        Self {
            code,
            properties: None,
        }
    }
}
