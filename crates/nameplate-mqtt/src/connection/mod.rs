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
//! | [`Step::Acknowledged`] | lets go of the message that [`Connection::send`] gave this number | nothing |
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

mod reason;
#[cfg(test)]
mod tests;
mod window;

pub use reason::{Cause, ClientIdError, Close, ConnectRefusal, DisconnectReason};

use crate::codec::{self, DecodeError};
use crate::packet::{
    ConnAck, Connect, ConnectCode, Packet, PacketId, PacketType, Publish, QoS, Subscribe,
    Unsubscribe, Will,
};
use crate::text::Text;
use crate::topic::{self, Filter, TopicLimits};
use bytes::{Bytes, BytesMut};
use std::sync::Arc;
use std::time::Duration;
use window::{Inbound, Outbound, Settled};

/// What a refused client is told (`--refusals`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusals {
    /// The protocol's own code, then the end.
    Clear,
    /// What AWS does, which for MQTT 3.1.1 is mostly to close without a word.
    Aws,
}

/// Rules of a connection that are set from outside. Shared by all connections.
#[derive(Debug, Clone)]
pub struct Config {
    /// What a refused client is told.
    pub refusals: Refusals,
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
    /// Filters in one SUBSCRIBE or UNSUBSCRIBE; over it the connection ends.
    pub filters_per_subscribe: usize,
    /// Subscriptions of a connection; a filter over it is answered 0x80.
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
    /// After this an unacknowledged message to the client is given up and its place is free.
    pub ack_timeout: Duration,
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

/// What became of a message that was to be sent to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Nothing was sent: the window of unacknowledged messages is full, or the connection is not open. The caller keeps
    /// the message and those behind it.
    NotYet,
    /// Sent with QoS 0; nobody will acknowledge it.
    Once,
    /// Sent with QoS 1. Numbers grow; [`Step::Acknowledged`] has the same.
    Numbered(u64),
}

/// A CONNECT to be decided.
#[derive(Debug)]
pub struct ConnectRequest {
    /// Client id, or `None` where the server assigns one: [`assigned_client_id`].
    pub client_id: Option<Arc<str>>,
    /// Clean session flag.
    pub clean_session: bool,
    /// Keep alive that will be kept, seconds.
    pub keep_alive_seconds: u16,
    /// Will. The connection keeps it until its end; its topic has to be decided on now.
    pub will: Option<Will>,
    /// As the client sent it; the certificate says who connects.
    pub user_name: Option<Text>,
    /// Password. Not shown by `Debug` of a [`Connect`]; do not log it from here either.
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

/// Client id for a client that sent none: `$GEN/UUID`. It cannot be sent back, since `$` is refused.
pub fn assigned_client_id(uuid: &str) -> Arc<str> {
    Arc::from(format!("$GEN/{uuid}"))
}

/// A SUBSCRIBE to be decided. Fill in the answers that are missing and hand it to [`Connection::subscribed`].
#[derive(Debug)]
pub struct SubscribeRequest {
    packet_id: PacketId,
    /// Filters in the order sent.
    pub entries: Vec<SubscribeEntry>,
}

/// One filter of a SUBSCRIBE.
#[derive(Debug)]
pub struct SubscribeEntry {
    /// The topics asked for, parsed.
    pub filter: Filter,
    /// QoS asked for, 0 or 1, and granted with [`SubscribeAnswer::Granted`].
    pub qos: QoS,
    /// Already [`SubscribeAnswer::Failed`] where the connection itself refuses; only the others are to be decided.
    pub answer: Option<SubscribeAnswer>,
}

/// Answer to one filter of a SUBSCRIBE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscribeAnswer {
    /// Subscribed with the QoS asked for.
    Granted,
    /// Not possible (a limit): 0x80, and the connection goes on.
    Failed,
    /// Not allowed: the connection ends.
    Denied,
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

/// State of one MQTT 3.1.1 connection.
#[derive(Debug)]
pub struct Connection {
    config: Arc<Config>,
    state: State,
    keep_alive_seconds: u16,
    will: Option<Box<Will>>,
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
            keep_alive_seconds: 0,
            will: None,
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

    /// Takes a packet from the client. Call only while [`Self::can_receive`].
    pub fn receive(&mut self, packet: Packet, now: Duration, out: &mut BytesMut) -> Step {
        assert!(
            self.state != State::Deciding,
            "a packet is not received before CONNECT is decided"
        );
        let step = match &mut self.state {
            State::Opening { .. } => match packet {
                Packet::Connect(connect) => self.connect(*connect, out),
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
            self.close();
            Step::Close(close)
        })
    }

    /// Ends the connection over bytes that are no packet.
    pub fn malformed(&mut self, error: DecodeError, out: &mut BytesMut) -> Close {
        if let (State::Opening { .. }, DecodeError::ProtocolLevel { level, .. }) =
            (self.state, &error)
        {
            match level {
                // A client of MQTT 5 reads its own form only.
                5 => codec::connack_v5(0x84, "this server speaks MQTT 3.1.1", out),
                // [MQTT-3.1.2-2]; mosquitto's bridge retries without bit 7 after code 1.
                _ => refuse_connect(ConnectCode::UnacceptableProtocolVersion, out),
            }
        }
        self.close();
        Close::client_error(error)
    }

    /// Answers the CONNECT: accepted. The keep alive begins to run. `resumed` has the subscriptions of a session that was
    /// there already; the client hears whether one was `[MQTT-3.2.2-2]`.
    pub fn accept(&mut self, resumed: Option<Vec<Filter>>, now: Duration, out: &mut BytesMut) {
        assert!(
            self.state == State::Deciding,
            "only a CONNECT that is being decided is accepted"
        );
        self.state = State::Open { last_received: now };
        codec::connack(
            ConnAck {
                session_present: resumed.is_some(),
                code: ConnectCode::Accepted,
            },
            out,
        );
        self.subscriptions = resumed.unwrap_or_default();
    }

    /// Answers the CONNECT: turned away.
    pub fn refuse(&mut self, why: ConnectRefusal, out: &mut BytesMut) -> Close {
        assert!(
            self.state == State::Deciding,
            "only a CONNECT that is being decided is refused"
        );
        let (code, reason) = match why {
            ConnectRefusal::NotAuthorized => {
                (ConnectCode::NotAuthorized, DisconnectReason::AuthError)
            }
            ConnectRefusal::Unavailable => {
                (ConnectCode::ServerUnavailable, DisconnectReason::Throttled)
            }
        };
        if self.config.refusals == Refusals::Clear {
            refuse_connect(code, out);
        }
        self.close();
        Close::new(reason, Cause::ConnectRefused(why))
    }

    /// The message of a [`Step::Publish`] was taken: acknowledges it, and what waited behind it. Pass the
    /// message's packet identifier, `None` (QoS 0) included. May come later and in any order.
    pub fn published(&mut self, packet_id: Option<PacketId>, out: &mut BytesMut) {
        self.settle(packet_id, Settled::Acknowledge, out);
    }

    /// The message of a [`Step::Publish`] was thrown away, for instance over a rate: no PUBACK, so that the
    /// client sends it again some day.
    pub fn discard(&mut self, packet_id: Option<PacketId>, out: &mut BytesMut) {
        self.settle(packet_id, Settled::Forget, out);
    }

    /// The message of a [`Step::Publish`] is not allowed: the end, without PUBACK.
    pub fn deny_publish(&mut self) -> Close {
        self.close();
        Close::new(DisconnectReason::AuthError, Cause::PublishRefused)
    }

    /// Answers a SUBSCRIBE. If any filter was denied, the connection ends and none of the others counts.
    /// Call it before messages of the new subscriptions are written.
    pub fn subscribed(
        &mut self,
        request: SubscribeRequest,
        out: &mut BytesMut,
    ) -> Result<(), Close> {
        let denied = request
            .entries
            .iter()
            .find(|entry| entry.answer == Some(SubscribeAnswer::Denied));
        if denied.is_none() || self.config.refusals == Refusals::Clear {
            let codes = request.entries.iter().map(|entry| match entry.answer {
                Some(SubscribeAnswer::Granted) => Some(entry.qos),
                _ => None,
            });
            codec::suback(request.packet_id, codes, out);
        }
        if let Some(entry) = denied {
            let cause = Cause::SubscribeRefused(entry.filter.clone());
            self.close();
            return Err(Close::new(DisconnectReason::AuthError, cause));
        }
        for entry in request.entries {
            if entry.answer == Some(SubscribeAnswer::Granted)
                && !self.subscriptions.contains(&entry.filter)
            {
                self.subscriptions.push(entry.filter);
            }
        }
        Ok(())
    }

    /// Whether [`Self::send`] would send a message of this QoS now.
    pub fn can_send(&self, qos: QoS) -> bool {
        self.is_open()
            && (qos == QoS::AtMostOnce || self.outbound.len() < self.config.limits.in_flight)
    }

    /// Sends a message to the client, with QoS 2 lowered to 1.
    pub fn send(
        &mut self,
        topic: &Text,
        payload: &[u8],
        qos: QoS,
        retain: bool,
        now: Duration,
        out: &mut BytesMut,
    ) -> Sent {
        if !self.can_send(qos) {
            return Sent::NotYet;
        }
        let qos = qos.min(QoS::AtLeastOnce);
        let (packet_id, sent) = match qos {
            QoS::AtMostOnce => (None, Sent::Once),
            _ => {
                let (number, packet_id) = self.outbound.allocate(now);
                (Some(packet_id), Sent::Numbered(number))
            }
        };
        codec::publish(topic.as_bytes(), payload, qos, retain, packet_id, out);
        sent
    }

    /// When [`Self::on_timer`] has to be called next. Moves on with every packet: read it when the timer goes off,
    /// not each time.
    pub fn next_deadline(&self) -> Option<Duration> {
        match self.state {
            State::Opening { until } => Some(until),
            State::Open { last_received } => {
                let silence = last_received + keep_alive_timeout(self.keep_alive_seconds);
                let unacknowledged = self
                    .outbound
                    .oldest()
                    .map(|at| at + self.config.limits.ack_timeout);
                Some(unacknowledged.map_or(silence, |at| at.min(silence)))
            }
            State::Deciding | State::Closed => None,
        }
    }

    /// Time has passed. Call at [`Self::next_deadline`]; harmless before.
    pub fn on_timer(&mut self, now: Duration) -> Option<Close> {
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
            State::Open { .. } => {
                if let Some(before) = now.checked_sub(self.config.limits.ack_timeout) {
                    self.outbound.expire(before);
                }
                return None;
            }
            _ => return None,
        };
        self.close();
        Some(close)
    }

    /// The connection is over, for a reason found here or outside. Returns the will if it is to be published.
    /// Later calls return nothing.
    pub fn end(&mut self, reason: DisconnectReason) -> Option<Will> {
        self.close();
        self.will
            .take()
            .filter(|_| reason.sends_will())
            .map(|will| *will)
    }

    fn connect(&mut self, connect: Connect, out: &mut BytesMut) -> Result<Step, Close> {
        let limits = &self.config.limits;
        let client_id = match client_id(&connect, limits) {
            Ok(client_id) => client_id,
            Err(error) => {
                // Also in aws mode: [MQTT-3.1.3-8], and no observation says otherwise for 3.1.1.
                refuse_connect(ConnectCode::IdentifierRejected, out);
                return Err(Close::client_error(error));
            }
        };
        if let Some(will) = &connect.will {
            if will.qos == QoS::ExactlyOnce {
                return Err(Close::client_error(Cause::QoS2(PacketType::Connect)));
            }
            check_message(&will.topic, &will.payload, limits)?;
        }
        self.keep_alive_seconds = match connect.keep_alive_seconds {
            0 => limits.keep_alive_max_seconds,
            asked => asked.clamp(limits.keep_alive_min_seconds, limits.keep_alive_max_seconds),
        };
        // The will lives as long as the connection; the buffer it came in should not.
        let will = connect.will.map(|will| Will {
            topic: will.topic.detached(),
            payload: Bytes::copy_from_slice(&will.payload),
            ..will
        });
        self.will = will.clone().map(Box::new);
        self.state = State::Deciding;
        Ok(Step::Connect(Box::new(ConnectRequest {
            client_id,
            clean_session: connect.clean_session,
            keep_alive_seconds: self.keep_alive_seconds,
            will,
            user_name: connect.user_name,
            password: connect.password.map(Secret),
        })))
    }

    fn open(&mut self, packet: Packet, out: &mut BytesMut) -> Result<Step, Close> {
        match packet {
            Packet::Publish(publish) => self.publish(publish),
            Packet::PubAck(packet_id) => {
                // One that is not waited for is of a message given up, or nothing to us; neither does harm.
                let number = self.outbound.acknowledge(packet_id);
                Ok(number.map_or(Step::Done, Step::Acknowledged))
            }
            Packet::PingReq => {
                codec::pingresp(out);
                Ok(Step::Done)
            }
            Packet::Subscribe(subscribe) => self.subscribe(subscribe),
            Packet::Unsubscribe(unsubscribe) => self.unsubscribe(&unsubscribe, out),
            Packet::Disconnect => Err(Close::new(
                DisconnectReason::ClientInitiatedDisconnect,
                Cause::Disconnect,
            )),
            Packet::Connect(_) => Err(Close::client_error(Cause::SecondConnect)),
            Packet::PubRec(_) | Packet::PubRel(_) | Packet::PubComp(_) => {
                Err(Close::client_error(Cause::QoS2(packet.packet_type())))
            }
            Packet::ConnAck(_) | Packet::SubAck(_) | Packet::UnsubAck(_) | Packet::PingResp => Err(
                Close::client_error(Cause::ServerPacket(packet.packet_type())),
            ),
        }
    }

    fn publish(&mut self, publish: Publish) -> Result<Step, Close> {
        let limits = &self.config.limits;
        if publish.qos == QoS::ExactlyOnce {
            return Err(Close::client_error(Cause::QoS2(PacketType::Publish)));
        }
        check_message(&publish.topic, &publish.payload, limits)?;
        if let Some(packet_id) = publish.packet_id {
            if self.inbound.len() >= limits.in_flight {
                let cause = Cause::TooManyInFlight {
                    limit: limits.in_flight,
                };
                return Err(Close::new(DisconnectReason::Throttled, cause));
            }
            self.inbound.push(packet_id);
        }
        Ok(Step::Publish(publish))
    }

    fn subscribe(&mut self, subscribe: Subscribe) -> Result<Step, Close> {
        let limits = &self.config.limits;
        let count = subscribe.filters.len();
        check_count(PacketType::Subscribe, count, limits)?;
        let mut entries: Vec<SubscribeEntry> = Vec::with_capacity(count);
        let mut held = self.subscriptions.len();
        for (text, qos) in subscribe.filters {
            if qos == QoS::ExactlyOnce {
                return Err(Close::client_error(Cause::QoS2(PacketType::Subscribe)));
            }
            let filter = parse_filter(&text, limits)?;
            // A filter subscribed again takes no further place [MQTT-3.8.4-3].
            let again = self.subscriptions.contains(&filter)
                || entries.iter().any(|entry| entry.filter == filter);
            let answer = if again {
                None
            } else if held < limits.subscriptions {
                held += 1;
                None
            } else {
                Some(SubscribeAnswer::Failed)
            };
            entries.push(SubscribeEntry {
                filter,
                qos,
                answer,
            });
        }
        Ok(Step::Subscribe(SubscribeRequest {
            packet_id: subscribe.packet_id,
            entries,
        }))
    }

    /// What a SUBSCRIBE may not say, an UNSUBSCRIBE may not say either.
    fn unsubscribe(
        &mut self,
        unsubscribe: &Unsubscribe,
        out: &mut BytesMut,
    ) -> Result<Step, Close> {
        let limits = &self.config.limits;
        check_count(PacketType::Unsubscribe, unsubscribe.filters.len(), limits)?;
        for filter in &unsubscribe.filters {
            parse_filter(filter, limits)?;
        }
        codec::packet_id_only(PacketType::UnsubAck, unsubscribe.packet_id, out);
        let dropped = unsubscribe.filters.iter().filter_map(|filter| {
            let at = self
                .subscriptions
                .iter()
                .position(|held| held.as_str().as_bytes() == filter.as_bytes())?;
            Some(self.subscriptions.swap_remove(at))
        });
        Ok(Step::Unsubscribe(dropped.collect()))
    }

    fn settle(&mut self, packet_id: Option<PacketId>, how: Settled, out: &mut BytesMut) {
        let Some(packet_id) = packet_id else { return };
        let open = self.is_open();
        self.inbound.settle(packet_id, how, |id| {
            if open {
                codec::packet_id_only(PacketType::PubAck, id, out);
            }
        });
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

fn refuse_connect(code: ConnectCode, out: &mut BytesMut) {
    codec::connack(
        ConnAck {
            session_present: false,
            code,
        },
        out,
    );
}

fn keep_alive_timeout(seconds: u16) -> Duration {
    Duration::from_millis(1500 * u64::from(seconds))
}

fn client_id(connect: &Connect, limits: &Limits) -> Result<Option<Arc<str>>, ClientIdError> {
    let id = &connect.client_id;
    if id.len() > limits.client_id_bytes {
        return Err(ClientIdError::TooLong {
            bytes: id.len(),
            limit: limits.client_id_bytes,
        });
    }
    if id.as_bytes().starts_with(b"$") {
        return Err(ClientIdError::Reserved(id.clone()));
    }
    match (id.is_empty(), connect.clean_session) {
        (true, false) => Err(ClientIdError::EmptyWithoutClean),
        (true, true) => Ok(None),
        (false, _) => Ok(Some(Arc::from(id.as_str()))),
    }
}

fn check_count(packet: PacketType, count: usize, limits: &Limits) -> Result<(), Close> {
    let limit = limits.filters_per_subscribe;
    if count <= limit {
        return Ok(());
    }
    let cause = Cause::TooManyFilters {
        packet,
        count,
        limit,
    };
    Err(Close::client_error(cause))
}

fn parse_filter(text: &Text, limits: &Limits) -> Result<Filter, Close> {
    Filter::parse(text.as_str(), &limits.topic).map_err(|why| {
        Close::client_error(Cause::TopicFilter {
            filter: text.clone(),
            why,
        })
    })
}

fn check_message(topic: &Text, payload: &[u8], limits: &Limits) -> Result<(), Close> {
    if payload.len() > limits.payload_bytes {
        let cause = Cause::PayloadTooLarge {
            size: payload.len(),
            limit: limits.payload_bytes,
        };
        return Err(Close::client_error(cause));
    }
    topic::check_name(topic.as_str(), &limits.topic).map_err(|why| {
        Close::client_error(Cause::TopicName {
            topic: topic.clone(),
            why,
        })
    })
}
