//! Packets from the client: whether they may come now, and what is left to decide about them.

use super::reason::{Cause, ClientIdError, Close, DisconnectReason};
use super::request::{
    ASSIGNED, ConnectRequest, Secret, SubscribeAnswer, SubscribeEntry, SubscribeRequest,
};
use super::v5::{self, V5};
use super::{Connection, Limits, State, Step};
use crate::codec;
use crate::packet::{
    Connect, Disconnect, Packet, PacketType, Publish, QoS, Subscribe, UnsubAck, Unsubscribe,
    Version, Will,
};
use crate::properties::SubscribeProperties;
use crate::reason_code::ReasonCode;
use crate::text::Text;
use crate::topic::{self, Filter, TopicError};
use bytes::{Bytes, BytesMut};
use std::sync::Arc;

impl Connection {
    pub(super) fn connect(&mut self, mut connect: Connect) -> Result<Step, Close> {
        let config = Arc::clone(&self.config);
        let limits = &config.limits;
        self.version = connect.version;
        self.bridge = connect.bridge;
        if connect.version == Version::V5 {
            self.v5 = Some(Box::new(V5::new(&connect, limits)));
        }
        if let Some(properties) = connect.properties.as_deref() {
            if properties.authentication_method.is_some() {
                return Err(Close::new(
                    DisconnectReason::AuthError,
                    Cause::AuthenticationMethod,
                ));
            }
            let (asked, least) = (
                properties.maximum_packet_size,
                limits.maximum_packet_size_min,
            );
            if let Some(asked) = asked.filter(|&asked| asked < least) {
                return Err(Close::client_error(Cause::MaximumPacketSize {
                    asked,
                    least,
                }));
            }
            v5::check_user(&properties.user, limits)?;
        }
        let client_id = client_id(&connect, limits).map_err(Close::client_error)?;
        if let Some(will) = &mut connect.will {
            if will.qos == QoS::ExactlyOnce {
                return Err(Close::client_error(Cause::QoS2(PacketType::Connect)));
            }
            check_name(&will.topic, limits)?;
            check_payload(&will.payload, limits)?;
            if let Some(properties) = will.properties.as_deref_mut() {
                v5::check_message(properties, limits)?;
            }
        }
        self.keep_alive_seconds = match connect.keep_alive_seconds {
            0 => limits.keep_alive_max_seconds,
            asked => asked.clamp(limits.keep_alive_min_seconds, limits.keep_alive_max_seconds),
        };
        let asked = match (&self.v5, connect.clean_session) {
            (Some(v5), _) => v5.asked_session_expiry_seconds,
            (None, true) => 0,
            (None, false) => u32::MAX,
        };
        self.session_expiry_seconds = asked.min(limits.session_expiry_max_seconds);
        // The will lives as long as the connection; the buffer it came in should not.
        let will = connect.will.map(|will| Will {
            topic: will.topic.detached(),
            payload: Bytes::copy_from_slice(&will.payload),
            properties: will.properties.map(|own| Box::new(own.detached())),
            ..will
        });
        self.will = will.clone().map(Box::new);
        self.state = State::Deciding;
        Ok(Step::Connect(Box::new(ConnectRequest {
            version: connect.version,
            client_id,
            clean_session: connect.clean_session,
            session_expiry_seconds: self.session_expiry_seconds,
            keep_alive_seconds: self.keep_alive_seconds,
            will,
            user_name: connect.user_name,
            password: connect.password.map(Secret),
        })))
    }

    pub(super) fn open(&mut self, packet: Packet, out: &mut BytesMut) -> Result<Step, Close> {
        match packet {
            Packet::Publish(publish) => self.publish(publish, out),
            Packet::PubAck(ack) => {
                // One that is not waited for is of a message given up, or nothing to us; neither does harm. A code that says
                // failure is an answer as any other (MQTT 5, section 4.4), and so is 0x10, which table 3-4 keeps for servers:
                // other brokers take it from clients, and it says no more than success.
                let number = self.outbound.acknowledge(ack.packet_id);
                Ok(number.map_or(Step::Done, Step::Acknowledged))
            }
            Packet::PingReq => {
                codec::pingresp(out);
                Ok(Step::Done)
            }
            Packet::Subscribe(subscribe) => self.subscribe(subscribe, out),
            Packet::Unsubscribe(unsubscribe) => self.unsubscribe(&unsubscribe, out),
            Packet::Disconnect(disconnect) => {
                Err(self.disconnected(&disconnect).unwrap_or_else(|close| close))
            }
            Packet::Connect(_) => Err(Close::client_error(Cause::SecondConnect)),
            Packet::PubRec(_) | Packet::PubRel(_) | Packet::PubComp(_) => {
                Err(Close::client_error(Cause::QoS2(packet.packet_type())))
            }
            Packet::ConnAck(_) | Packet::SubAck(_) | Packet::UnsubAck(_) | Packet::PingResp => Err(
                Close::client_error(Cause::ServerPacket(packet.packet_type())),
            ),
            Packet::Auth => Err(Close::client_error(Cause::Auth)),
        }
    }

    fn publish(&mut self, publish: Publish, out: &mut BytesMut) -> Result<Step, Close> {
        let packet_id = publish.packet_id;
        let checked = self.check_publish(publish);
        if let (Err(close), Some(packet_id)) = (&checked, packet_id) {
            // As PUBACK, so that the client does not send it again when it is back.
            self.refuse_publish(packet_id, close.cause.reason_code(), &close.cause, out);
        }
        checked.map(Step::Publish)
    }

    fn check_publish(&mut self, mut publish: Publish) -> Result<Publish, Close> {
        let limits = &self.config.limits;
        if publish.qos == QoS::ExactlyOnce {
            return Err(Close::client_error(Cause::QoS2(PacketType::Publish)));
        }
        let mut unwritten = 0;
        match &mut self.v5 {
            None => check_name(&publish.topic, limits)?,
            Some(v5) => {
                unwritten = v5.unwritten_acks;
                v5.resolve(&mut publish, limits)?;
                if let Some(properties) = publish.properties.as_deref_mut() {
                    v5::check_message(properties, limits)?;
                }
            }
        }
        check_payload(&publish.payload, limits)?;
        if let Some(packet_id) = publish.packet_id {
            if self.inbound.len() + unwritten >= limits.in_flight {
                let cause = Cause::TooManyInFlight {
                    limit: limits.in_flight,
                };
                return Err(Close::new(DisconnectReason::Throttled, cause));
            }
            self.inbound.push(packet_id);
        }
        Ok(publish)
    }

    fn subscribe(&mut self, subscribe: Subscribe, out: &mut BytesMut) -> Result<Step, Close> {
        let limits = &self.config.limits;
        let v5 = self.version == Version::V5;
        let count = subscribe.filters.len();
        check_subscribe_properties(subscribe.properties.as_deref(), limits)?;
        if let Err(close) = check_count(PacketType::Subscribe, count, limits) {
            if !v5 {
                return Err(close);
            }
            let codes = vec![ReasonCode::QuotaExceeded; count];
            let text = close.cause.to_string();
            self.suback(subscribe.packet_id, codes, Some(&text), out);
            return Ok(Step::Done);
        }
        let mut entries: Vec<SubscribeEntry> = Vec::with_capacity(count);
        let mut refused = Vec::new();
        let mut held = self.subscriptions.len();
        for (at, (text, mut options)) in subscribe.filters.into_iter().enumerate() {
            if options.qos == QoS::ExactlyOnce {
                // MQTT 5 has an answer for it: less than was asked for.
                if !v5 {
                    return Err(Close::client_error(Cause::QoS2(PacketType::Subscribe)));
                }
                options.qos = QoS::AtLeastOnce;
            }
            let filter = match parse_filter(&text, limits) {
                Ok(filter) => filter,
                Err(_) if v5 => {
                    refused.push((at, ReasonCode::TopicFilterInvalid));
                    continue;
                }
                Err(close) => return Err(close),
            };
            if options.no_local && filter.share_name().is_some() {
                return Err(Close::client_error(Cause::NoLocalShared));
            }
            if self.bridge {
                // As mosquitto does it: what it passed on does not come back, and it passes RETAIN on.
                options.no_local = filter.share_name().is_none();
                options.retain_as_published = true;
            }
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
                options,
                is_new: !again,
                answer,
            });
        }
        Ok(Step::Subscribe(SubscribeRequest {
            packet_id: subscribe.packet_id,
            entries,
            refused,
        }))
    }

    /// What a SUBSCRIBE may not say, an UNSUBSCRIBE may not say either.
    fn unsubscribe(
        &mut self,
        unsubscribe: &Unsubscribe,
        out: &mut BytesMut,
    ) -> Result<Step, Close> {
        let limits = &self.config.limits;
        check_subscribe_properties(unsubscribe.properties.as_deref(), limits)?;
        check_count(PacketType::Unsubscribe, unsubscribe.filters.len(), limits)?;
        let mut codes = Vec::with_capacity(unsubscribe.filters.len());
        for filter in &unsubscribe.filters {
            match parse_filter(filter, limits) {
                // As at AWS, also where there was no subscription.
                Ok(_) => codes.push(ReasonCode::Success),
                Err(_) if self.version == Version::V5 => codes.push(ReasonCode::TopicFilterInvalid),
                Err(close) => return Err(close),
            }
        }
        let answer = UnsubAck {
            packet_id: unsubscribe.packet_id,
            codes,
            properties: None,
        };
        codec::unsuback(&answer, self.version, out);
        let dropped = unsubscribe.filters.iter().filter_map(|filter| {
            let at = self
                .subscriptions
                .iter()
                .position(|held| held.as_str().as_bytes() == filter.as_bytes())?;
            Some(self.subscriptions.swap_remove(at))
        });
        Ok(Step::Unsubscribe(dropped.collect()))
    }

    /// The end that a DISCONNECT is. One that no client may send is none of its own will.
    fn disconnected(&mut self, packet: &Disconnect) -> Result<Close, Close> {
        let properties = packet.properties.as_deref();
        check_code(PacketType::Disconnect, packet.code)?;
        if let Some(properties) = properties {
            if properties.server_reference.is_some() {
                return Err(Close::client_error(Cause::ServerProperty {
                    packet: PacketType::Disconnect,
                    property: "Server Reference",
                }));
            }
            v5::check_user(&properties.user, &self.config.limits)?;
        }
        if let Some(seconds) = properties.and_then(|own| own.session_expiry_seconds) {
            let asked_before = self
                .v5
                .as_ref()
                .map_or(0, |v5| v5.asked_session_expiry_seconds);
            // A session that was to end with its connection cannot be kept after all [MQTT-3.14.2-2].
            if asked_before == 0 && seconds > 0 {
                return Err(Close::client_error(Cause::SessionExpiry));
            }
            self.session_expiry_seconds =
                seconds.min(self.config.limits.session_expiry_max_seconds);
        }
        // [MQTT-3.14.4-3]: only an end without a complaint takes the will along.
        self.keeps_will = packet.code != ReasonCode::Success;
        Ok(Close::new(
            DisconnectReason::ClientInitiatedDisconnect,
            Cause::Disconnect,
        ))
    }
}

fn client_id(connect: &Connect, limits: &Limits) -> Result<Option<Arc<str>>, ClientIdError> {
    let id = &connect.client_id;
    if id.len() > limits.client_id_bytes {
        return Err(ClientIdError::TooLong {
            bytes: id.len(),
            limit: limits.client_id_bytes,
        });
    }
    if id.as_bytes().starts_with(b"$") && !(connect.version == Version::V5 && is_assigned(id)) {
        return Err(ClientIdError::Reserved(id.clone()));
    }
    match (id.is_empty(), connect.clean_session, connect.version) {
        (true, false, Version::V311) => Err(ClientIdError::EmptyWithoutClean),
        (true, ..) => Ok(None),
        (false, ..) => Ok(Some(Arc::from(id.as_str()))),
    }
}

/// Whether a client id has the form of those that are assigned. Clients of MQTT 5 are told theirs, and some send it when
/// they come back.
fn is_assigned(id: &Text) -> bool {
    let Some(uuid) = id.as_str().strip_prefix(ASSIGNED) else {
        return false;
    };
    uuid.len() == 36
        && uuid.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Refuses a code that packets of this kind may carry, but only a server's.
fn check_code(packet: PacketType, code: ReasonCode) -> Result<(), Close> {
    match code.is_server_only(packet) {
        true => Err(Close::client_error(Cause::ServerCode { packet, code })),
        false => Ok(()),
    }
}

fn check_subscribe_properties(
    properties: Option<&SubscribeProperties>,
    limits: &Limits,
) -> Result<(), Close> {
    let Some(properties) = properties else {
        return Ok(());
    };
    if properties.subscription_id.is_some() {
        return Err(Close::client_error(Cause::SubscriptionId));
    }
    v5::check_user(&properties.user, limits)
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

fn check_payload(payload: &[u8], limits: &Limits) -> Result<(), Close> {
    if payload.len() > limits.payload_bytes {
        let cause = Cause::PayloadTooLarge {
            size: payload.len(),
            limit: limits.payload_bytes,
        };
        return Err(Close::client_error(cause));
    }
    Ok(())
}

pub(super) fn check_name(topic: &Text, limits: &Limits) -> Result<(), Close> {
    topic::check_name(topic.as_str(), &limits.topic).map_err(|why: TopicError| {
        Close::client_error(Cause::TopicName {
            topic: topic.clone(),
            why,
        })
    })
}
