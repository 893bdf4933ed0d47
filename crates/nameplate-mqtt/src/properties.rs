//! Properties of MQTT 5 (section 2.2.2), by the packets that carry them.
//!
//! Packets hold them boxed and only where there are any: MQTT 3.1.1 has none, and most packets of MQTT 5 have none either.

use crate::text::Text;
use bytes::Bytes;

/// User properties, in the order sent, which has a meaning and may repeat names.
pub type UserProperties = Vec<(Text, Text)>;

/// What a message carries beside its payload: properties of a PUBLISH, or of a will, that go on to its subscribers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageProperties {
    /// Payload Format Indicator: true where the payload is said to be UTF-8.
    pub utf8: Option<bool>,
    /// Message Expiry Interval, seconds from the moment that it was published.
    pub expiry_seconds: Option<u32>,
    /// Content Type.
    pub content_type: Option<Text>,
    /// Response Topic.
    pub response_topic: Option<Text>,
    /// Correlation Data.
    pub correlation_data: Option<Bytes>,
    /// User Properties.
    pub user: UserProperties,
}

impl MessageProperties {
    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Bytes of names and values of the user properties together.
    pub fn user_bytes(&self) -> usize {
        user_bytes(&self.user)
    }

    /// Bytes that the strings and the binary data take, for whoever bounds what waits.
    pub fn bytes(&self) -> usize {
        self.content_type.as_ref().map_or(0, Text::len)
            + self.response_topic.as_ref().map_or(0, Text::len)
            + self.correlation_data.as_ref().map_or(0, Bytes::len)
            + self.user_bytes()
    }

    /// A copy that holds its own bytes and nothing else of the buffer they came in.
    pub fn detached(&self) -> Self {
        Self {
            utf8: self.utf8,
            expiry_seconds: self.expiry_seconds,
            content_type: self.content_type.as_ref().map(Text::detached),
            response_topic: self.response_topic.as_ref().map(Text::detached),
            correlation_data: self
                .correlation_data
                .as_ref()
                .map(|data| Bytes::copy_from_slice(data)),
            user: self
                .user
                .iter()
                .map(|(name, value)| (name.detached(), value.detached()))
                .collect(),
        }
    }
}

/// Bytes of names and values together.
pub fn user_bytes(user: &[(Text, Text)]) -> usize {
    user.iter()
        .map(|(name, value)| name.len() + value.len())
        .sum()
}

/// Properties of a CONNECT.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ConnectProperties {
    /// Session Expiry Interval; absent means 0.
    pub session_expiry_seconds: Option<u32>,
    /// Receive Maximum, never 0; absent means 65,535.
    pub receive_maximum: Option<u16>,
    /// Maximum Packet Size, bytes, never 0; absent means no limit.
    pub maximum_packet_size: Option<u32>,
    /// Topic Alias Maximum; absent means 0.
    pub topic_alias_maximum: Option<u16>,
    /// Request Response Information; absent means false.
    pub request_response_information: Option<bool>,
    /// Request Problem Information; absent means true.
    pub request_problem_information: Option<bool>,
    /// User Properties.
    pub user: UserProperties,
    /// Authentication Method.
    pub authentication_method: Option<Text>,
    /// Authentication Data; a secret.
    pub authentication_data: Option<Bytes>,
}

impl std::fmt::Debug for ConnectProperties {
    /// Says that there are authentication data, not which.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectProperties")
            .field("session_expiry_seconds", &self.session_expiry_seconds)
            .field("receive_maximum", &self.receive_maximum)
            .field("maximum_packet_size", &self.maximum_packet_size)
            .field("topic_alias_maximum", &self.topic_alias_maximum)
            .field(
                "request_response_information",
                &self.request_response_information,
            )
            .field(
                "request_problem_information",
                &self.request_problem_information,
            )
            .field("user", &self.user)
            .field("authentication_method", &self.authentication_method)
            .field(
                "authentication_data",
                &self.authentication_data.as_ref().map(|_| "…"),
            )
            .finish()
    }
}

/// Properties of a CONNACK.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConnAckProperties {
    /// Session Expiry Interval, where it is not what the client asked for.
    pub session_expiry_seconds: Option<u32>,
    /// Receive Maximum.
    pub receive_maximum: Option<u16>,
    /// Maximum QoS: 0 or 1; absent means 2.
    pub maximum_qos: Option<u8>,
    /// Retain Available.
    pub retain_available: Option<bool>,
    /// Maximum Packet Size, bytes.
    pub maximum_packet_size: Option<u32>,
    /// Assigned Client Identifier.
    pub assigned_client_id: Option<Text>,
    /// Topic Alias Maximum.
    pub topic_alias_maximum: Option<u16>,
    /// Reason String.
    pub reason_string: Option<Text>,
    /// User Properties.
    pub user: UserProperties,
    /// Wildcard Subscription Available.
    pub wildcard_available: Option<bool>,
    /// Subscription Identifiers Available.
    pub subscription_ids_available: Option<bool>,
    /// Shared Subscription Available.
    pub shared_available: Option<bool>,
    /// Server Keep Alive, seconds.
    pub server_keep_alive_seconds: Option<u16>,
    /// Response Information.
    pub response_information: Option<Text>,
    /// Server Reference.
    pub server_reference: Option<Text>,
    /// Authentication Method.
    pub authentication_method: Option<Text>,
    /// Authentication Data.
    pub authentication_data: Option<Bytes>,
}

/// Properties of an acknowledgement: PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AckProperties {
    /// Reason String.
    pub reason_string: Option<Text>,
    /// User Properties.
    pub user: UserProperties,
}

/// Properties of a DISCONNECT.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DisconnectProperties {
    /// Session Expiry Interval, from a client only.
    pub session_expiry_seconds: Option<u32>,
    /// Reason String.
    pub reason_string: Option<Text>,
    /// User Properties.
    pub user: UserProperties,
    /// Server Reference, from a server only.
    pub server_reference: Option<Text>,
}

/// Properties of a SUBSCRIBE or an UNSUBSCRIBE.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubscribeProperties {
    /// Subscription Identifier, 1 to 268,435,455; in a SUBSCRIBE only.
    pub subscription_id: Option<u32>,
    /// User Properties.
    pub user: UserProperties,
}
