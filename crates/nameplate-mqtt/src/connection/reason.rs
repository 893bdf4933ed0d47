//! How a connection ends: the reason that lifecycle events name, and the cause that the log tells.

use crate::codec::DecodeError;
use crate::packet::PacketType;
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

/// What exactly ended a connection. The text is for the log; MQTT 3.1.1 has no way to send it.
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
}

impl Cause {
    /// A stable word for records and counters. Those of [`Cause::Disconnect`] and before CONNACK are in no record of an
    /// open connection.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(DecodeError::TooLarge { .. }) => "packet-too-large",
            Self::Malformed(_) => "packet-malformed",
            Self::FirstPacket(_) | Self::ClientId(_) => "connect-malformed",
            Self::SecondConnect | Self::ServerPacket(_) => "packet-unexpected",
            Self::QoS2(_) => "qos-unsupported",
            Self::TopicName { .. } | Self::TopicFilter { .. } => "topic-invalid",
            Self::PayloadTooLarge { .. } => "payload-too-large",
            Self::TooManyFilters { .. } => "too-many-filters",
            Self::TooManyInFlight { .. } => "too-many-in-flight",
            Self::ConnectTimeout { .. } => "connect-timeout",
            Self::KeepAliveTimeout { .. } => "keep-alive-timeout",
            Self::PublishRefused => "publish-denied",
            Self::SubscribeRefused(_) => "subscribe-denied",
            Self::Disconnect | Self::ConnectRefused(_) => "",
        }
    }
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
    /// Empty, and clean session is 0 `[MQTT-3.1.3-8]`.
    #[error("empty client id with clean session 0")]
    EmptyWithoutClean,
}

/// Why a well-formed CONNECT is turned away by whoever decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConnectRefusal {
    /// Certificate, policy or credentials do not allow it. CONNACK 5.
    #[error("not authorized")]
    NotAuthorized,
    /// Over a rate, or the server cannot decide now. CONNACK 3.
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
