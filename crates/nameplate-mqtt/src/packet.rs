//! The packets of MQTT 3.1.1 as values. Syntax only: what may be sent when is the business of [`crate::connection`].

use crate::text::Text;
use bytes::Bytes;
use std::fmt;
use std::num::NonZeroU16;

/// Packet identifier, 1 to 65535 `[MQTT-2.3.1-1]`.
pub type PacketId = NonZeroU16;

/// Quality of service of a message or a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QoS {
    /// 0: at most once.
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
        })
    }
}

/// One MQTT 3.1.1 control packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    /// Client to server: opens the connection. Boxed because it is large and comes once.
    Connect(Box<Connect>),
    /// Server to client: answer to CONNECT.
    ConnAck(ConnAck),
    /// Either way: an application message.
    Publish(Publish),
    /// Either way: a QoS 1 message was taken.
    PubAck(PacketId),
    /// Either way: QoS 2, first answer.
    PubRec(PacketId),
    /// Either way: QoS 2, release.
    PubRel(PacketId),
    /// Either way: QoS 2, end.
    PubComp(PacketId),
    /// Client to server: asks for messages.
    Subscribe(Subscribe),
    /// Server to client: answer to SUBSCRIBE.
    SubAck(SubAck),
    /// Client to server: asks for no more messages.
    Unsubscribe(Unsubscribe),
    /// Server to client: answer to UNSUBSCRIBE.
    UnsubAck(PacketId),
    /// Client to server: sign of life.
    PingReq,
    /// Server to client: answer to PINGREQ.
    PingResp,
    /// Client to server: orderly end.
    Disconnect,
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
            Self::Disconnect => PacketType::Disconnect,
        }
    }
}

/// CONNECT of protocol level 4.
#[derive(Clone, PartialEq, Eq)]
pub struct Connect {
    /// Client id as sent; may be empty.
    pub client_id: Text,
    /// Clean session flag.
    pub clean_session: bool,
    /// Keep alive as asked for, seconds; 0 asks for none.
    pub keep_alive_seconds: u16,
    /// Message to publish when the connection ends without a DISCONNECT.
    pub will: Option<Will>,
    /// There also without a password.
    pub user_name: Option<Text>,
    /// Password; never sent without a user name `[MQTT-3.1.2-22]`.
    pub password: Option<Bytes>,
}

impl fmt::Debug for Connect {
    /// Says that there is a password, not which.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connect")
            .field("client_id", &self.client_id)
            .field("clean_session", &self.clean_session)
            .field("keep_alive_seconds", &self.keep_alive_seconds)
            .field("will", &self.will)
            .field("user_name", &self.user_name)
            .field("password", &self.password.as_ref().map(|_| "…"))
            .finish()
    }
}

/// Will message of a CONNECT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Will {
    /// Topic to publish to.
    pub topic: Text,
    /// What to publish.
    pub payload: Bytes,
    /// Quality of service to publish with.
    pub qos: QoS,
    /// Whether the message is to be retained.
    pub retain: bool,
}

/// CONNACK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnAck {
    /// The server resumed a stored session; only with [`ConnectCode::Accepted`] `[MQTT-3.2.2-4]`.
    pub session_present: bool,
    /// Return code.
    pub code: ConnectCode,
}

/// Return code of a CONNACK (3.1.1, table 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectCode {
    /// 0: accepted.
    Accepted = 0,
    /// 1: protocol level not supported.
    UnacceptableProtocolVersion = 1,
    /// 2: client id not allowed.
    IdentifierRejected = 2,
    /// 3: the service is not available now.
    ServerUnavailable = 3,
    /// 4: user name or password malformed.
    BadUserNameOrPassword = 4,
    /// 5: not authorized.
    NotAuthorized = 5,
}

impl ConnectCode {
    /// From its byte on the wire; `None` for codes that 3.1.1 does not define.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::Accepted,
            1 => Self::UnacceptableProtocolVersion,
            2 => Self::IdentifierRejected,
            3 => Self::ServerUnavailable,
            4 => Self::BadUserNameOrPassword,
            5 => Self::NotAuthorized,
            _ => return None,
        })
    }
}

/// PUBLISH. Topic and payload are slices of the buffer they arrived in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish {
    /// Topic name, as sent.
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
}

/// SUBSCRIBE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscribe {
    /// Identifier that the SUBACK repeats.
    pub packet_id: PacketId,
    /// Filters, each with the highest QoS asked for; at least one `[MQTT-3.8.3-3]`.
    pub filters: Vec<(Text, QoS)>,
}

/// SUBACK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubAck {
    /// Identifier of the SUBSCRIBE.
    pub packet_id: PacketId,
    /// One answer for each filter, in order `[MQTT-3.8.4-5]`: the QoS granted, or `None` for failure (0x80).
    pub codes: Vec<Option<QoS>>,
}

/// UNSUBSCRIBE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsubscribe {
    /// Identifier that the UNSUBACK repeats.
    pub packet_id: PacketId,
    /// Filters; at least one `[MQTT-3.10.3-2]`.
    pub filters: Vec<Text>,
}
