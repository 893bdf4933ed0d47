//! How a connection ends: the reason that lifecycle events name, and the cause that the log tells.

use crate::codec::DecodeError;
use crate::packet::PacketType;
use crate::reason_code::ReasonCode;
use crate::text::Text;
use crate::topic::{Filter, TopicError};
use std::fmt;

/// Why a connection ended, as `disconnectReason` of a lifecycle event (AWS guide: life-cycle-events).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DisconnectReason {
    /// MQTT DISCONNECT, or a WebSocket close frame.
    ClientInitiatedDisconnect,
    /// The client broke the protocol or a limit.
    ClientError,
    /// The transport ended without a DISCONNECT.
    ConnectionLost,
    /// Another connection took the client id.
    DuplicateClientId,
    /// Authentication or authorization failed.
    AuthError,
    /// Not allowed to be connected, for instance by address.
    ForbiddenAccess,
    /// Nothing came for one and a half times the keep alive.
    MqttKeepAliveTimeout,
    /// The server failed.
    ServerError,
    /// The server ends, or an operator ended the connection.
    ServerInitiatedDisconnect,
    /// `DeleteConnection` was called.
    ApiInitiatedDisconnect,
    /// Over a rate.
    Throttled,
    /// A WebSocket connection of 24 hours.
    WebsocketTtlExpiration,
    /// A custom authorizer's limit.
    CustomauthTtlExpiration,
}

impl DisconnectReason {
    const ALL: [Self; 13] = [
        Self::ClientInitiatedDisconnect,
        Self::ClientError,
        Self::ConnectionLost,
        Self::DuplicateClientId,
        Self::AuthError,
        Self::ForbiddenAccess,
        Self::MqttKeepAliveTimeout,
        Self::ServerError,
        Self::ServerInitiatedDisconnect,
        Self::ApiInitiatedDisconnect,
        Self::Throttled,
        Self::WebsocketTtlExpiration,
        Self::CustomauthTtlExpiration,
    ];

    /// The reason that is spelled so in events.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }

    /// Spelling in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientInitiatedDisconnect => "CLIENT_INITIATED_DISCONNECT",
            Self::ClientError => "CLIENT_ERROR",
            Self::ConnectionLost => "CONNECTION_LOST",
            Self::DuplicateClientId => "DUPLICATE_CLIENTID",
            Self::AuthError => "AUTH_ERROR",
            Self::ForbiddenAccess => "FORBIDDEN_ACCESS",
            Self::MqttKeepAliveTimeout => "MQTT_KEEP_ALIVE_TIMEOUT",
            Self::ServerError => "SERVER_ERROR",
            Self::ServerInitiatedDisconnect => "SERVER_INITIATED_DISCONNECT",
            Self::ApiInitiatedDisconnect => "API_INITIATED_DISCONNECT",
            Self::Throttled => "THROTTLED",
            Self::WebsocketTtlExpiration => "WEBSOCKET_TTL_EXPIRATION",
            Self::CustomauthTtlExpiration => "CUSTOMAUTH_TTL_EXPIRATION",
        }
    }

    /// What a client of MQTT 5 is told in DISCONNECT; nothing where nobody is left to hear it. AWS has no code for the end
    /// of a connection's time and no 0xA0 in its list (AWS guide: mqtt).
    pub fn reason_code(self) -> Option<ReasonCode> {
        Some(match self {
            Self::ClientInitiatedDisconnect | Self::ConnectionLost => return None,
            Self::ClientError => ReasonCode::ProtocolError,
            Self::DuplicateClientId => ReasonCode::SessionTakenOver,
            Self::AuthError | Self::ForbiddenAccess => ReasonCode::NotAuthorized,
            Self::MqttKeepAliveTimeout => ReasonCode::KeepAliveTimeout,
            Self::ServerError => ReasonCode::UnspecifiedError,
            Self::ServerInitiatedDisconnect => ReasonCode::ServerShuttingDown,
            Self::ApiInitiatedDisconnect
            | Self::WebsocketTtlExpiration
            | Self::CustomauthTtlExpiration => ReasonCode::AdministrativeAction,
            Self::Throttled => ReasonCode::QuotaExceeded,
        })
    }

    /// `clientInitiatedDisconnect` of the event.
    pub fn client_initiated(self) -> bool {
        self == Self::ClientInitiatedDisconnect
    }

    /// Whether the will is published: always but after an orderly end `[MQTT-3.14.4-3]`.
    pub fn sends_will(self) -> bool {
        !self.client_initiated()
    }
}

impl fmt::Display for DisconnectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What exactly ended a connection. The text is for the log, and the reason string that a client of MQTT 5 gets; MQTT
/// 3.1.1 has no way to send it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// DISCONNECT came.
    #[error("client sent DISCONNECT")]
    Disconnect,
    /// Bytes that are no packet.
    #[error(transparent)]
    Malformed(#[from] DecodeError),
    /// First packet is not CONNECT `[MQTT-3.1.0-1]`.
    #[error("first packet is {0}, not CONNECT")]
    FirstPacket(PacketType),
    /// CONNECT on an open connection `[MQTT-3.1.0-2]`.
    #[error("second CONNECT on one connection")]
    SecondConnect,
    /// A packet that only a server sends.
    #[error("client sent {0}, which only a server sends")]
    ServerPacket(PacketType),
    /// A reason code that, in this packet, only a server sends (MQTT 5, table 3-10).
    #[error("client sent {packet} with {:#04x} ({code}), which only a server sends", code.byte())]
    ServerCode {
        /// What it was in.
        packet: PacketType,
        /// The code sent.
        code: ReasonCode,
    },
    /// A property that only a server sends.
    #[error("client sent {packet} with {property}, which only a server sends")]
    ServerProperty {
        /// What it was in.
        packet: PacketType,
        /// Its name.
        property: &'static str,
    },
    /// QoS 2, which AWS IoT Core does not speak (AWS guide: mqtt).
    #[error("{0} with QoS 2, which is not supported; use QoS 0 or 1")]
    QoS2(PacketType),
    /// Client id that is not allowed.
    #[error(transparent)]
    ClientId(#[from] ClientIdError),
    /// Topic name of a PUBLISH or a will.
    #[error("topic {topic:?} {why}")]
    TopicName {
        /// Name sent.
        topic: Text,
        /// What is wrong with it.
        why: TopicError,
    },
    /// Filter of a SUBSCRIBE.
    #[error("topic filter {filter:?} {why}")]
    TopicFilter {
        /// Filter sent.
        filter: Text,
        /// What is wrong with it.
        why: TopicError,
    },
    /// Payload over the limit.
    #[error("payload of {size} bytes, over the limit of {limit}")]
    PayloadTooLarge {
        /// Bytes sent.
        size: usize,
        /// The most that is taken.
        limit: usize,
    },
    /// More filters in one SUBSCRIBE or UNSUBSCRIBE than allowed.
    #[error("{packet} with {count} filters, over the limit of {limit}")]
    TooManyFilters {
        /// Which of the two.
        packet: PacketType,
        /// Filters sent.
        count: usize,
        /// The most that is taken.
        limit: usize,
    },
    /// More QoS 1 messages than the server takes before it has acknowledged some.
    #[error("over {limit} unacknowledged PUBLISH packets")]
    TooManyInFlight {
        /// The most that is taken.
        limit: usize,
    },
    /// CONNECT did not come in time.
    #[error("no CONNECT within {seconds} s")]
    ConnectTimeout {
        /// Time allowed, seconds.
        seconds: u64,
    },
    /// One and a half times the keep alive went by.
    #[error("nothing received for 1.5 times the keep alive of {seconds} s")]
    KeepAliveTimeout {
        /// Effective keep alive, seconds.
        seconds: u16,
    },
    /// CONNECT was refused by whoever decides.
    #[error("CONNECT refused: {0}")]
    ConnectRefused(ConnectRefusal),
    /// PUBLISH was refused by whoever decides.
    #[error("PUBLISH refused")]
    PublishRefused,
    /// SUBSCRIBE was refused by whoever decides.
    #[error("SUBSCRIBE to {0} refused")]
    SubscribeRefused(Filter),
    /// PUBLISH to a topic that is the service's own.
    #[error("a client may not publish to this topic")]
    TopicReserved,
    /// SUBSCRIBE to topics that are the service's own.
    #[error("a client may not subscribe to {0}")]
    FilterReserved(Filter),
    /// PUBLISH of MQTT 5 with neither topic nor alias (section 3.3.2.3.4).
    #[error("PUBLISH without topic name and Topic Alias")]
    NoTopic,
    /// Topic alias 0, or above the maximum `[MQTT-3.3.2-8]`, `[MQTT-3.3.2-9]`.
    #[error("PUBLISH with Topic Alias {alias}, which is not within 1 and {limit}")]
    TopicAlias {
        /// Alias sent.
        alias: u16,
        /// The highest that is taken.
        limit: u16,
    },
    /// Topic alias that was given to no topic.
    #[error("PUBLISH with Topic Alias {alias}, which stands for no topic yet")]
    TopicAliasUnknown {
        /// Alias sent.
        alias: u16,
    },
    /// Response topic that is no topic name.
    #[error("Response Topic {topic:?} {why}")]
    ResponseTopic {
        /// Topic sent.
        topic: Text,
        /// What is wrong with it.
        why: TopicError,
    },
    /// Property over its limit.
    #[error("{property} of {size} bytes, over the limit of {limit}")]
    PropertyTooLarge {
        /// Its name.
        property: &'static str,
        /// Bytes sent.
        size: usize,
        /// The most that is taken.
        limit: usize,
    },
    /// Subscription identifier, which AWS IoT Core does not support; the words are AWS's.
    #[error("Subscription Id is not supported now")]
    SubscriptionId,
    /// No Local on a shared subscription `[MQTT-3.8.3-4]`.
    #[error("SUBSCRIBE to a shared subscription with No Local")]
    NoLocalShared,
    /// DISCONNECT that would keep a session which was to end with its connection (section 3.14.2.2.2).
    #[error("DISCONNECT with a Session Expiry Interval, where CONNECT had none or 0")]
    SessionExpiry,
    /// Maximum Packet Size that is too small for this server to speak (General Reference, IoT Core quotas).
    #[error("CONNECT with Maximum Packet Size {asked}, under the least of {least}")]
    MaximumPacketSize {
        /// Bytes asked for.
        asked: u32,
        /// The least that is taken.
        least: u32,
    },
    /// Enhanced authentication, which AWS IoT Core does not support.
    #[error("CONNECT with an Authentication Method; enhanced authentication is not supported")]
    AuthenticationMethod,
    /// AUTH, which belongs to enhanced authentication.
    #[error("client sent AUTH; enhanced authentication is not supported")]
    Auth,
}

impl Cause {
    /// A stable word for records and counters. Those of [`Cause::Disconnect`] and before CONNACK are in no record of an
    /// open connection.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(DecodeError::TooLarge { .. }) => "packet-too-large",
            Self::Malformed(_) => "packet-malformed",
            Self::FirstPacket(_) | Self::ClientId(_) => "connect-malformed",
            Self::SecondConnect
            | Self::ServerPacket(_)
            | Self::ServerCode { .. }
            | Self::ServerProperty { .. } => "packet-unexpected",
            Self::QoS2(_) => "qos-unsupported",
            Self::TopicName { .. } | Self::TopicFilter { .. } => "topic-invalid",
            Self::PayloadTooLarge { .. } => "payload-too-large",
            Self::TooManyFilters { .. } => "too-many-filters",
            Self::TooManyInFlight { .. } => "too-many-in-flight",
            Self::ConnectTimeout { .. } => "connect-timeout",
            Self::KeepAliveTimeout { .. } => "keep-alive-timeout",
            Self::PublishRefused => "publish-denied",
            Self::SubscribeRefused(_) => "subscribe-denied",
            Self::TopicReserved | Self::FilterReserved(_) => "topic-reserved",
            Self::NoTopic | Self::ResponseTopic { .. } => "topic-invalid",
            Self::TopicAlias { .. } | Self::TopicAliasUnknown { .. } => "topic-alias-invalid",
            Self::PropertyTooLarge { .. } => "property-too-large",
            Self::SubscriptionId => "subscription-id-unsupported",
            Self::NoLocalShared | Self::SessionExpiry | Self::Auth => "packet-unexpected",
            Self::MaximumPacketSize { .. } | Self::AuthenticationMethod => "connect-malformed",
            Self::Disconnect | Self::ConnectRefused(_) => "",
        }
    }
}

impl Cause {
    /// What a client of MQTT 5 is told of it; AWS's codes where it is known to have one (AWS guide: mqtt).
    pub fn reason_code(&self) -> ReasonCode {
        match self {
            Self::Disconnect => ReasonCode::Success,
            Self::Malformed(error) => error.reason_code(),
            Self::QoS2(PacketType::Connect | PacketType::Publish | PacketType::Subscribe) => {
                ReasonCode::QoSNotSupported
            }
            Self::QoS2(_)
            | Self::FirstPacket(_)
            | Self::SecondConnect
            | Self::ServerPacket(_)
            | Self::ServerCode { .. }
            | Self::ServerProperty { .. }
            | Self::ConnectTimeout { .. }
            | Self::NoTopic
            | Self::TopicAliasUnknown { .. }
            | Self::NoLocalShared
            | Self::SessionExpiry
            | Self::Auth => ReasonCode::ProtocolError,
            Self::ClientId(_) => ReasonCode::ClientIdentifierNotValid,
            Self::ResponseTopic { why, .. } if is_no_topic(why) => ReasonCode::ProtocolError,
            Self::TopicName { .. } | Self::TopicReserved | Self::ResponseTopic { .. } => {
                ReasonCode::TopicNameInvalid
            }
            Self::TopicFilter { .. } | Self::FilterReserved(_) => ReasonCode::TopicFilterInvalid,
            Self::PayloadTooLarge { .. }
            | Self::TooManyFilters { .. }
            | Self::PropertyTooLarge { .. }
            | Self::MaximumPacketSize { .. }
            | Self::ConnectRefused(ConnectRefusal::Unavailable) => ReasonCode::QuotaExceeded,
            Self::TooManyInFlight { .. } => ReasonCode::ReceiveMaximumExceeded,
            Self::KeepAliveTimeout { .. } => ReasonCode::KeepAliveTimeout,
            Self::TopicAlias { .. } => ReasonCode::TopicAliasInvalid,
            Self::SubscriptionId => ReasonCode::SubscriptionIdentifiersNotSupported,
            Self::ConnectRefused(
                ConnectRefusal::NotAuthorized | ConnectRefusal::NotAuthenticated,
            )
            | Self::PublishRefused
            | Self::SubscribeRefused(_)
            | Self::AuthenticationMethod => ReasonCode::NotAuthorized,
        }
    }
}

/// Whether a topic is none at all, rather than one that is beyond the limits.
fn is_no_topic(why: &TopicError) -> bool {
    !matches!(why, TopicError::TooLong { .. } | TopicError::TooDeep { .. })
}

/// Why a client id is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientIdError {
    /// Over the limit.
    #[error("client id of {bytes} bytes, over the limit of {limit}")]
    TooLong {
        /// Bytes sent.
        bytes: usize,
        /// The most that is taken.
        limit: usize,
    },
    /// Begins with `$`.
    #[error("client id {0:?} begins with $, which is reserved")]
    Reserved(Text),
    /// Empty, and clean session is 0 `[MQTT-3.1.3-8]`; MQTT 5 allows it.
    #[error("empty client id with clean session 0")]
    EmptyWithoutClean,
}

/// Why a well-formed CONNECT is turned away by whoever decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConnectRefusal {
    /// Nobody is known by the certificate or credentials, or whoever is may not connect at all. CONNACK 5, in MQTT 5 0x87;
    /// AWS answers nothing.
    #[error("not authenticated")]
    NotAuthenticated,
    /// Policies do not allow it. CONNACK 5, in MQTT 5 0x87.
    #[error("not authorized")]
    NotAuthorized,
    /// Over a rate, or the server cannot decide now. CONNACK 3, in MQTT 5 0x97.
    #[error("unavailable or over a rate")]
    Unavailable,
}

/// The end of a connection, decided by its rules. What is to be answered first is already in `out`:
/// write it, then close the transport.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// For the lifecycle event.
    pub reason: DisconnectReason,
    /// For the log. Boxed: an end is rare, and a step is returned for every packet.
    pub cause: Box<Cause>,
}

impl Close {
    pub(super) fn new(reason: DisconnectReason, cause: impl Into<Cause>) -> Self {
        Self {
            reason,
            cause: Box::new(cause.into()),
        }
    }

    pub(super) fn client_error(cause: impl Into<Cause>) -> Self {
        Self::new(DisconnectReason::ClientError, cause)
    }
}

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason, self.cause)
    }
}
