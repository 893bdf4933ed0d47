//! The ways in which bytes can fail to be an MQTT packet.

use crate::packet::PacketType;
use crate::reason_code::ReasonCode;
use crate::text::{Text, TextError};

/// Why bytes are not a packet. Each is fatal for the connection: after it nothing in the stream can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Packet type 0, reserved, or 15, reserved in MQTT 3.1.1.
    #[error("first byte {first_byte:#04x}: packet type {} is reserved", first_byte >> 4)]
    ReservedType {
        /// First byte of the packet.
        first_byte: u8,
    },
    /// Lower four bits of the first byte are not those the specification prescribes `[MQTT-2.2.2-2]`.
    #[error("{packet} with fixed header flags {flags:#06b} where {expected:#06b} is required")]
    HeaderFlags {
        /// Kind of packet.
        packet: PacketType,
        /// Flags sent.
        flags: u8,
        /// Flags that the specification prescribes.
        expected: u8,
    },
    /// PUBLISH with both QoS bits set `[MQTT-3.3.1-4]`.
    #[error("PUBLISH with QoS 3")]
    PublishQos3,
    /// PUBLISH with QoS 0 and the DUP flag `[MQTT-3.3.1-2]`.
    #[error("PUBLISH with QoS 0 and DUP set")]
    DupWithoutQos,
    /// Remaining length goes on after its fourth byte (3.1.1, section 2.2.3), or, in MQTT 5, is longer than it needs
    /// `[MQTT-1.5.5-1]`.
    #[error("remaining length of more than 4 bytes, or of more than it needs")]
    RemainingLength,
    /// Remaining length over the limit. Found before the body is read.
    #[error("{packet} of {size} bytes after its fixed header, over the limit of {limit}")]
    TooLarge {
        /// Kind of packet.
        packet: PacketType,
        /// Remaining length sent.
        size: usize,
        /// Largest remaining length taken.
        limit: usize,
    },
    /// A field reaches beyond the end of its packet.
    #[error("{packet} ends before its {field} does")]
    Truncated {
        /// Kind of packet.
        packet: PacketType,
        /// Field that is cut short.
        field: &'static str,
    },
    /// The packet goes on after its last field.
    #[error("{packet} with {count} bytes after its last field")]
    TrailingBytes {
        /// Kind of packet.
        packet: PacketType,
        /// Bytes too many.
        count: usize,
    },
    /// Protocol name of a CONNECT is neither `MQTT` nor, as in 3.1, `MQIsdp` `[MQTT-3.1.2-1]`.
    #[error("CONNECT with a protocol name other than MQTT")]
    ProtocolName,
    /// Protocol level not spoken here `[MQTT-3.1.2-2]`: 3 is MQTT 3.1, bit 7 marks a mosquitto bridge.
    #[error(
        "CONNECT with protocol level {level:#04x}; 0x04 (MQTT 3.1.1) and 0x05 (MQTT 5) are spoken here"
    )]
    ProtocolLevel {
        /// Level sent.
        level: u8,
        /// Client identifier, as far as it could be found behind another version's fields. For records only.
        client_id: Option<Text>,
    },
    /// Reserved bit of the connect flags is set `[MQTT-3.1.2-3]`.
    #[error("CONNECT with reserved bit 0 set in connect flags {flags:#010b}")]
    ConnectFlagsReserved {
        /// Connect flags sent.
        flags: u8,
    },
    /// Will QoS or will retain without a will `[MQTT-3.1.2-13]`, `[MQTT-3.1.2-15]`.
    #[error(
        "CONNECT without a will but with will QoS or will retain in connect flags {flags:#010b}"
    )]
    WillFlags {
        /// Connect flags sent.
        flags: u8,
    },
    /// Will QoS 3 `[MQTT-3.1.2-14]`.
    #[error("CONNECT with will QoS 3")]
    WillQos3,
    /// Password flag without user name flag `[MQTT-3.1.2-22]`.
    #[error("CONNECT with a password but no user name")]
    PasswordWithoutUserName,
    /// Packet identifier 0 `[MQTT-2.3.1-1]`.
    #[error("{packet} with packet identifier 0")]
    PacketIdZero {
        /// Kind of packet.
        packet: PacketType,
    },
    /// A string that is not one.
    #[error("{field} of {packet} {why}")]
    Text {
        /// Kind of packet.
        packet: PacketType,
        /// Field that holds the string.
        field: &'static str,
        /// What is wrong with it.
        why: TextError,
    },
    /// SUBSCRIBE or UNSUBSCRIBE without a filter `[MQTT-3.8.3-3]`, `[MQTT-3.10.3-2]`.
    #[error("{packet} without a topic filter")]
    NoFilters {
        /// Kind of packet.
        packet: PacketType,
    },
    /// Requested QoS byte of a SUBSCRIBE is above 2 `[MQTT-3-8.3-4]`.
    #[error("SUBSCRIBE with requested QoS byte {byte:#04x}")]
    SubscribeQos {
        /// Byte sent.
        byte: u8,
    },
    /// CONNACK with reserved flags, an undefined code, or session present beside a refusal `[MQTT-3.2.2-4]`.
    #[error("CONNACK with flags {flags:#04x} and return code {code}")]
    ConnAck {
        /// Acknowledge flags sent.
        flags: u8,
        /// Return code sent.
        code: u8,
    },
    /// SUBACK with a code that its version does not define `[MQTT-3.9.3-2]`.
    #[error("SUBACK with return code {code:#04x}")]
    SubAckCode {
        /// Code sent.
        code: u8,
    },
    /// Subscription options of MQTT 5 with QoS 3, retain handling 3 or reserved bits `[MQTT-3.8.3-5]`.
    #[error("SUBSCRIBE with subscription options {byte:#010b}")]
    SubscribeOptions {
        /// Byte sent.
        byte: u8,
    },
    /// Reason code that the packet may not have.
    #[error("{packet} with reason code {code:#04x}")]
    ReasonCode {
        /// Kind of packet.
        packet: PacketType,
        /// Code sent.
        code: u8,
    },
    /// Variable Byte Integer of more than four bytes, or of more than it needs `[MQTT-1.5.5-1]`.
    #[error("{field} of {packet} is longer than 4 bytes, or than it needs")]
    VariableByteInteger {
        /// Kind of packet.
        packet: PacketType,
        /// Field that holds it.
        field: &'static str,
    },
    /// Property that MQTT 5 does not define.
    #[error("{packet} with a property of identifier {id:#04x}, which is not defined")]
    PropertyUnknown {
        /// Kind of packet.
        packet: PacketType,
        /// Identifier sent.
        id: u32,
    },
    /// Property that a packet of this kind does not have.
    #[error("{packet} with {property}, which it does not have")]
    PropertyNotAllowed {
        /// Kind of packet.
        packet: PacketType,
        /// Name of the property.
        property: &'static str,
    },
    /// Property that comes twice and may come once.
    #[error("{packet} with more than one {property}")]
    PropertyTwice {
        /// Kind of packet.
        packet: PacketType,
        /// Name of the property.
        property: &'static str,
    },
    /// Property with a value that it cannot have.
    #[error("{packet} with {property} {value}")]
    PropertyValue {
        /// Kind of packet.
        packet: PacketType,
        /// Name of the property.
        property: &'static str,
        /// Value sent.
        value: u32,
    },
    /// PUBLISH with a Subscription Identifier `[MQTT-3.3.4-6]`.
    #[error("PUBLISH with Subscription Identifier, which only a server sends")]
    SubscriptionIdInPublish,
    /// CONNECT with Authentication Data and no Authentication Method (MQTT 5, section 3.1.2.11.10).
    #[error("CONNECT with Authentication Data but no Authentication Method")]
    AuthenticationData,
}

impl DecodeError {
    /// Name that stays the same over versions, for logs, metrics and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ReservedType { .. } => "reserved_packet_type",
            Self::HeaderFlags { .. } => "header_flags",
            Self::PublishQos3 => "publish_qos_3",
            Self::DupWithoutQos => "dup_without_qos",
            Self::RemainingLength => "remaining_length",
            Self::TooLarge { .. } => "packet_too_large",
            Self::Truncated { .. } => "truncated",
            Self::TrailingBytes { .. } => "trailing_bytes",
            Self::ProtocolName => "protocol_name",
            Self::ProtocolLevel { .. } => "protocol_level",
            Self::ConnectFlagsReserved { .. } => "connect_flags_reserved",
            Self::WillFlags { .. } => "will_flags",
            Self::WillQos3 => "will_qos_3",
            Self::PasswordWithoutUserName => "password_without_user_name",
            Self::PacketIdZero { .. } => "packet_id_zero",
            Self::Text {
                why: TextError::NotUtf8,
                ..
            } => "not_utf8",
            Self::Text {
                why: TextError::Nul,
                ..
            } => "nul_character",
            Self::NoFilters { .. } => "no_filters",
            Self::SubscribeQos { .. } => "subscribe_qos",
            Self::ConnAck { .. } => "connack",
            Self::SubAckCode { .. } => "suback_code",
            Self::SubscribeOptions { .. } => "subscribe_options",
            Self::ReasonCode { .. } => "reason_code",
            Self::VariableByteInteger { .. } => "variable_byte_integer",
            Self::PropertyUnknown { .. } => "property_unknown",
            Self::PropertyNotAllowed { .. } => "property_not_allowed",
            Self::PropertyTwice { .. } => "property_twice",
            Self::PropertyValue { .. } => "property_value",
            Self::SubscriptionIdInPublish => "subscription_id_in_publish",
            Self::AuthenticationData => "authentication_data",
        }
    }

    /// What a client of MQTT 5 is told of it: a Malformed Packet where the bytes have no meaning, a Protocol Error where
    /// the specification calls what they mean one (sections 1.2 and 4.13).
    pub fn reason_code(&self) -> ReasonCode {
        match self {
            Self::TooLarge { .. } => ReasonCode::PacketTooLarge,
            Self::ProtocolName | Self::ProtocolLevel { .. } => {
                ReasonCode::UnsupportedProtocolVersion
            }
            Self::PacketIdZero { .. }
            | Self::NoFilters { .. }
            | Self::PropertyTwice { .. }
            | Self::PropertyValue { .. }
            | Self::SubscriptionIdInPublish
            | Self::AuthenticationData => ReasonCode::ProtocolError,
            Self::SubscribeOptions { byte } if byte & 0b1100_0000 == 0 => ReasonCode::ProtocolError,
            _ => ReasonCode::MalformedPacket,
        }
    }
}
