//! One client's connection as a state machine: what it may send, what it is answered, how it ends.
//!
//! The connection task owns a [`Connection`] and calls it; nothing here waits. Answers are appended to the caller's
//! `out` buffer. A packet goes in by [`Connection::receive`], which returns what is left to do outside, because only
//! others can decide it:
//!
//! | step | the task | then calls |
//! | --- | --- | --- |
//! | [`Step::Connect`] | decides who may connect, takes the client id over | [`Connection::accept`] or [`Connection::refuse`] |
//! | [`Step::Publish`] | decides, routes, stores | [`Connection::published`], [`Connection::discard`] or [`Connection::deny_publish`] |
//! | [`Step::Subscribe`] | decides each filter, subscribes at the router | [`Connection::subscribed`] |
//! | [`Step::Unsubscribe`] | unsubscribes at the router | nothing |
//! | [`Step::Acknowledged`] | lets go of the message that [`Connection::send`] gave this number; one of [`Connection::overdue`] it sends again before | [`Connection::resend`] |
//! | [`Step::Close`] | writes `out`, closes, then publishes what [`Connection::end`] returns | nothing |
//!
//! Packets are received only while [`Connection::can_receive`]; until then they stay undecoded in the read buffer.
//! That keeps what is pipelined behind a CONNECT until its CONNACK, and is the answer
//! to a client with too many unacknowledged messages: it is not read.
//!
//! What outlives a connection is kept by others: they say at [`Connection::accept`] which subscriptions a session brings
//! along, and send again what its client has not acknowledged. As at AWS a message sent again has no DUP flag, and has the
//! packet identifier that is next (AWS guide: mqtt).
//!
//! Must not know: sockets, clocks, policies, other connections, or the router.

mod answer;
mod reason;
mod receive;
mod request;
#[cfg(test)]
mod tests;
mod v5;
mod window;

pub use reason::{Cause, ClientIdError, Close, ConnectRefusal, DisconnectReason};
pub use request::{
    Accepted, ConnectRequest, Secret, Sending, Sent, SubscribeAnswer, SubscribeEntry,
    SubscribeRequest, assigned_client_id,
};
pub use window::Overdue;

use crate::codec::{self, DecodeError};
use crate::packet::{Packet, Publish, Version, Will};
use crate::topic::{Filter, TopicLimits};
use bytes::BytesMut;
use receive::check_name;
use std::sync::Arc;
use std::time::Duration;
use v5::V5;
use window::{Inbound, Outbound, Patience};

/// What a refused client is told (`--refusals`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusals {
    /// The protocol's own code, then the end.
    Clear,
    /// What AWS does, which for MQTT 3.1.1 is mostly to close without a word, and for MQTT 5 a reason string of its form.
    Aws,
}

/// Rules of a connection that are set from outside. Shared by all connections.
#[derive(Debug, Clone)]
pub struct Config {
    /// What a refused client is told.
    pub refusals: Refusals,
    /// Makes the trace id at the end of a reason string of AWS's form.
    pub trace_id: fn() -> String,
    /// Sizes, counts and times.
    pub limits: Limits,
}

/// Sizes, counts and times that bound a connection.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Longest client id, bytes.
    pub client_id_bytes: usize,
    /// Topic names and filters.
    pub topic: TopicLimits,
    /// Largest payload of a PUBLISH or a will, bytes.
    pub payload_bytes: usize,
    /// Largest variable header and payload of a packet, bytes; also the Maximum Packet Size that a CONNACK states.
    pub packet_bytes: usize,
    /// Smallest Maximum Packet Size that a client may ask for, bytes.
    pub maximum_packet_size_min: u32,
    /// Names and values of the user properties of a packet together, bytes.
    pub user_properties_bytes: usize,
    /// Correlation Data of a message, bytes.
    pub correlation_data_bytes: usize,
    /// Content Type of a message, bytes.
    pub content_type_bytes: usize,
    /// A longer Message Expiry Interval is taken as this, 0 as 1, seconds.
    pub message_expiry_max_seconds: u32,
    /// Topic aliases in either direction.
    pub topic_aliases: u16,
    /// How long a session outlives its connection at most, seconds; 0 where none does.
    pub session_expiry_max_seconds: u32,
    /// Filters in one SUBSCRIBE or UNSUBSCRIBE; over it the connection ends, or, in MQTT 5, every one is answered 0x97.
    pub filters_per_subscribe: usize,
    /// Subscriptions of a connection; a filter over it is answered 0x80, in MQTT 5 0x97.
    pub subscriptions: usize,
    /// Unacknowledged QoS 1 messages in either direction. A client over it is not read
    /// ([`Connection::can_receive`]); messages to a client over it wait ([`Connection::send`]).
    pub in_flight: usize,
    /// A shorter keep alive is raised to this, seconds.
    pub keep_alive_min_seconds: u16,
    /// A longer keep alive, and 0, mean this, seconds.
    pub keep_alive_max_seconds: u16,
    /// How long a connection may go without its CONNECT.
    pub connect_timeout: Duration,
    /// An unacknowledged message to the client is sent again after this, then after twice the time, and so on.
    pub resend_after: Duration,
    /// After this an unacknowledged message to a client of MQTT 3.1.1 is given up and its place is free.
    pub ack_timeout: Duration,
    /// The same for one of MQTT 5.
    pub ack_timeout_v5: Duration,
}

/// What is left to do after a packet. See the module's table.
#[derive(Debug)]
pub enum Step {
    /// Nothing.
    Done,
    /// Decide a CONNECT.
    Connect(Box<ConnectRequest>),
    /// Decide and route a message. Its topic is a right topic name, its QoS 0 or 1.
    Publish(Publish),
    /// Decide subscriptions.
    Subscribe(SubscribeRequest),
    /// Drop these subscriptions, which the connection had. UNSUBACK is in `out`: drop them before writing it.
    Unsubscribe(Vec<Filter>),
    /// The client has acknowledged the message of this number: [`Sent::Numbered`].
    Acknowledged(u64),
    /// End the connection.
    Close(Close),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Waits for CONNECT until then.
    Opening { until: Duration },
    /// CONNECT came and is being decided.
    Deciding,
    /// CONNACK 0 was sent.
    Open { last_received: Duration },
    /// Over.
    Closed,
}

/// State of one MQTT connection.
#[derive(Debug)]
pub struct Connection {
    config: Arc<Config>,
    state: State,
    version: Version,
    /// The client passes on what it gets.
    bridge: bool,
    /// There from a CONNECT of MQTT 5 on.
    v5: Option<Box<V5>>,
    keep_alive_seconds: u16,
    session_expiry_seconds: u32,
    will: Option<Box<Will>>,
    /// The will is published although the client said goodbye.
    keeps_will: bool,
    subscriptions: Vec<Filter>,
    inbound: Inbound,
    outbound: Outbound,
}

impl Connection {
    /// A connection whose transport stands; its CONNECT has to come within [`Limits::connect_timeout`] of `now`.
    pub fn new(config: Arc<Config>, now: Duration) -> Self {
        let until = now + config.limits.connect_timeout;
        Self {
            config,
            state: State::Opening { until },
            version: Version::V311,
            bridge: false,
            v5: None,
            keep_alive_seconds: 0,
            session_expiry_seconds: 0,
            will: None,
            keeps_will: false,
            subscriptions: Vec::new(),
            inbound: Inbound::default(),
            outbound: Outbound::default(),
        }
    }

    /// Whether the next packet may be decoded and received now.
    pub fn can_receive(&self) -> bool {
        match self.state {
            State::Opening { .. } => true,
            State::Open { .. } => self.inbound.len() < self.config.limits.in_flight,
            State::Deciding | State::Closed => false,
        }
    }

    /// True between CONNACK 0 and the end.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    /// Subscriptions granted and not dropped.
    pub fn subscriptions(&self) -> &[Filter] {
        &self.subscriptions
    }

    /// Keep alive in effect, seconds; 0 before CONNECT.
    pub fn keep_alive_seconds(&self) -> u16 {
        self.keep_alive_seconds
    }

    /// Version that the client speaks; before its CONNECT, 3.1.1.
    pub fn version(&self) -> Version {
        self.version
    }

    /// How long the session is to outlive the connection, seconds, within the limit. Final from the end on.
    pub fn session_expiry_seconds(&self) -> u32 {
        self.session_expiry_seconds
    }

    /// Takes the next whole packet out of what was read; `None` where more is needed.
    pub fn decode(&mut self, input: &mut BytesMut) -> Result<Option<Packet>, DecodeError> {
        let mut version = self.version;
        let decoded = codec::decode(input, self.config.limits.packet_bytes, &mut version);
        // A second CONNECT changes nothing: its refusal has the form of the first.
        if matches!(self.state, State::Opening { .. }) {
            self.version = version;
        }
        decoded
    }

    /// Takes a packet from the client. Call only while [`Self::can_receive`].
    pub fn receive(&mut self, packet: Packet, now: Duration, out: &mut BytesMut) -> Step {
        assert!(
            self.state != State::Deciding,
            "a packet is not received before CONNECT is decided"
        );
        let step = match &mut self.state {
            State::Opening { .. } => match packet {
                Packet::Connect(connect) => self.connect(*connect),
                other => Err(Close::client_error(Cause::FirstPacket(other.packet_type()))),
            },
            State::Open { last_received } => {
                *last_received = now;
                self.open(packet, out)
            }
            // What is still in the read buffer after the end is nothing to anyone.
            State::Deciding | State::Closed => return Step::Done,
        };
        step.unwrap_or_else(|close| {
            self.tell(&close, out);
            self.close();
            Step::Close(close)
        })
    }

    /// When [`Self::on_timer`] has to be called next. Moves on with every packet: read it when the timer goes off,
    /// not each time.
    pub fn next_deadline(&self) -> Option<Duration> {
        match self.state {
            State::Opening { until } => Some(until),
            State::Open { last_received } => {
                let silence = last_received + keep_alive_timeout(self.keep_alive_seconds);
                Some(self.outbound.due().map_or(silence, |due| due.min(silence)))
            }
            State::Deciding | State::Closed => None,
        }
    }

    /// Time has passed. Call at [`Self::next_deadline`]; harmless before.
    pub fn on_timer(&mut self, now: Duration, out: &mut BytesMut) -> Option<Close> {
        let close = match self.state {
            State::Opening { until } if now >= until => {
                Close::client_error(Cause::ConnectTimeout {
                    seconds: self.config.limits.connect_timeout.as_secs(),
                })
            }
            State::Open { last_received }
                if now >= last_received + keep_alive_timeout(self.keep_alive_seconds) =>
            {
                let seconds = self.keep_alive_seconds;
                Close::new(
                    DisconnectReason::MqttKeepAliveTimeout,
                    Cause::KeepAliveTimeout { seconds },
                )
            }
            _ => return None,
        };
        self.tell(&close, out);
        self.close();
        Some(close)
    }

    /// When [`Self::overdue`] may have something, where that is known. It may be sooner than [`Self::next_deadline`] was
    /// when it was read last.
    pub fn resend_due(&self) -> Option<Duration> {
        self.outbound.due().filter(|_| self.is_open())
    }

    /// Messages to the client that are to be sent again, or are given up, because it has not acknowledged them in time
    /// (General Reference, IoT Core quotas). Call at [`Self::next_deadline`].
    pub fn overdue(&mut self, now: Duration) -> Vec<Overdue> {
        let patience = self.patience();
        self.outbound.overdue(now, &patience)
    }

    fn patience(&self) -> Patience {
        let limits = &self.config.limits;
        Patience {
            resend_after: limits.resend_after,
            give_up_after: match self.version {
                Version::V311 => limits.ack_timeout,
                Version::V5 => limits.ack_timeout_v5,
            },
        }
    }

    /// The connection is over, for a reason found here or outside, of which a client of MQTT 5 hears. Returns the will if
    /// it is to be published. Later calls return nothing.
    pub fn end(&mut self, reason: DisconnectReason, out: &mut BytesMut) -> Option<Will> {
        if let (Version::V5, true, Some(code)) =
            (self.version, self.is_open(), reason.reason_code())
        {
            self.disconnect(code, &code.to_string(), out);
        }
        self.close();
        self.will
            .take()
            .filter(|_| reason.sends_will() || self.keeps_will)
            .map(|will| *will)
    }

    /// No packet is taken or sent any more. A will stays until [`Self::end`], but only that of a client that was
    /// let in.
    fn close(&mut self) {
        if matches!(self.state, State::Opening { .. } | State::Deciding) {
            self.will = None;
        }
        self.state = State::Closed;
    }
}

fn keep_alive_timeout(seconds: u16) -> Duration {
    Duration::from_millis(1500 * u64::from(seconds))
}
