//! What is to be decided outside of a connection, and the answers.

use crate::packet::{PacketId, SubscribeOptions, Version, Will};
use crate::properties::MessageProperties;
use crate::reason_code::ReasonCode;
use crate::text::Text;
use crate::topic::Filter;
use bytes::Bytes;
use std::sync::Arc;

/// A CONNECT to be decided.
#[derive(Debug)]
pub struct ConnectRequest {
    /// Version that the client speaks. A session of one is no session of the other (AWS guide: mqtt).
    pub version: Version,
    /// Client id, or `None` where the server assigns one: [`assigned_client_id`].
    pub client_id: Option<Arc<str>>,
    /// Clean session flag, in MQTT 5 Clean Start: a session that is there is not resumed.
    pub clean_session: bool,
    /// How long the session is to outlive the connection, seconds, within [`super::Limits::session_expiry_max_seconds`].
    /// A client of MQTT 5 may change it when it disconnects: [`super::Connection::session_expiry_seconds`].
    pub session_expiry_seconds: u32,
    /// Keep alive that will be kept, seconds.
    pub keep_alive_seconds: u16,
    /// Will. The connection keeps it until its end; its topic has to be decided on now.
    pub will: Option<Will>,
    /// As the client sent it; the certificate says who connects.
    pub user_name: Option<Text>,
    /// Password. Not shown by `Debug` of a [`crate::packet::Connect`]; do not log it from here either.
    pub password: Option<Secret>,
}

/// A password: bytes that do not show in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub Bytes);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What comes before the UUID in a client id that a server assigned.
pub(super) const ASSIGNED: &str = "$GEN/";

/// Client id for a client that sent none: `$GEN/UUID`. Others cannot begin with `$`; this one may be sent back.
pub fn assigned_client_id(uuid: &str) -> Arc<str> {
    Arc::from(format!("{ASSIGNED}{uuid}"))
}

/// How a CONNECT is accepted.
#[derive(Debug, Default)]
pub struct Accepted<'a> {
    /// Subscriptions of a session that was there already; the client hears whether one was `[MQTT-3.2.2-2]`.
    pub resumed: Option<Vec<Filter>>,
    /// Client id that was assigned. A client of MQTT 5 hears of it.
    pub assigned_client_id: Option<&'a str>,
}

/// A SUBSCRIBE to be decided. Fill in the answers that are missing and hand it to [`super::Connection::subscribed`].
#[derive(Debug)]
pub struct SubscribeRequest {
    pub(super) packet_id: PacketId,
    /// Filters in the order sent, without those that the connection itself has refused.
    pub entries: Vec<SubscribeEntry>,
    /// Answers to filters that are none, by their place in the packet, in order.
    pub(super) refused: Vec<(usize, ReasonCode)>,
}

/// One filter of a SUBSCRIBE.
#[derive(Debug)]
pub struct SubscribeEntry {
    /// The topics asked for, parsed.
    pub filter: Filter,
    /// How messages are to be delivered, with QoS 0 or 1; granted with [`SubscribeAnswer::Granted`].
    pub options: SubscribeOptions,
    /// The connection does not hold this subscription yet.
    pub is_new: bool,
    /// Already [`SubscribeAnswer::Failed`] where the connection itself refuses; only the others are to be decided.
    pub answer: Option<SubscribeAnswer>,
}

/// Answer to one filter of a SUBSCRIBE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscribeAnswer {
    /// Subscribed with the options asked for.
    Granted,
    /// Not possible (a limit): 0x80, in MQTT 5 0x97, and the connection goes on.
    Failed,
    /// Not allowed: the connection ends. In MQTT 5 0x87, and it goes on.
    Denied,
    /// Nobody may subscribe to this: the connection ends, in MQTT 5 after 0x8F.
    Reserved,
}

/// A message for the client.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    /// Topic name.
    pub topic: &'a Text,
    /// Application message.
    pub payload: &'a [u8],
    /// QoS to send it with; 2 is lowered to 1.
    pub qos: crate::packet::QoS,
    /// RETAIN flag.
    pub retain: bool,
    /// Properties that it was published with. A client of MQTT 3.1.1 gets none of them.
    pub properties: Option<&'a MessageProperties>,
    /// What is left of its Message Expiry Interval, whole seconds; takes the place of the one in `properties`.
    pub expiry_seconds: Option<u32>,
}

/// What became of a message that was to be sent to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Nothing was sent: the window of unacknowledged messages is full, or the connection is not open. The caller keeps
    /// the message and those behind it.
    NotYet,
    /// Sent with QoS 0; nobody will acknowledge it.
    Once,
    /// Sent with QoS 1. Numbers grow; [`super::Step::Acknowledged`] has the same.
    Numbered(u64),
    /// Never to be sent on this connection: over the Maximum Packet Size of a client of MQTT 5, for which it counts as
    /// delivered `[MQTT-3.1.2-25]`.
    TooLarge,
}
