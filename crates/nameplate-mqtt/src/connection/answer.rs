//! Answers to the client, and messages for it.

use super::reason::{Cause, Close, ConnectRefusal, DisconnectReason};
use super::request::{Accepted, Sending, Sent, SubscribeAnswer, SubscribeRequest};
use super::v5::Aliased;
use super::window::{self, Settled};
use super::{Connection, Refusals, State};
use crate::codec::{self, DecodeError, Extra, Outgoing};
use crate::packet::{Ack, ConnAck, Disconnect, Packet, PacketId, PacketType, QoS, SubAck, Version};
use crate::properties::{AckProperties, ConnAckProperties, DisconnectProperties};
use crate::reason_code::ReasonCode;
use crate::text::Text;
use bytes::BytesMut;
use std::time::Duration;

/// Codes of CONNACK, beside 0, that AWS IoT Core sends (AWS guide: mqtt).
const AWS_CONNACK: [ReasonCode; 7] = [
    ReasonCode::UnspecifiedError,
    ReasonCode::ClientIdentifierNotValid,
    ReasonCode::BadUserNameOrPassword,
    ReasonCode::NotAuthorized,
    ReasonCode::TopicNameInvalid,
    ReasonCode::QuotaExceeded,
    ReasonCode::QoSNotSupported,
];

/// Whether AWS IoT Core answers a CONNECT of MQTT 5 that ends so. A peer that it does not know hears nothing, and neither
/// does one whose packet is malformed.
fn aws_answers(cause: &Cause, code: ReasonCode) -> bool {
    *cause != Cause::ConnectRefused(ConnectRefusal::NotAuthenticated) && AWS_CONNACK.contains(&code)
}

/// Longest reason string, bytes: with it an answer fits the smallest Maximum Packet Size that a client may ask for.
const REASON_STRING_BYTES: usize = 256;

impl Connection {
    /// Ends the connection over bytes that are no packet.
    pub fn malformed(&mut self, error: DecodeError, out: &mut BytesMut) -> Close {
        let opening = matches!(self.state, State::Opening { .. });
        let level_unknown = matches!(error, DecodeError::ProtocolLevel { .. });
        let close = Close::client_error(error);
        if opening && level_unknown {
            // [MQTT-3.1.2-2] of 3.1.1.
            let code = ReasonCode::UnsupportedProtocolVersion;
            codec::connack(&code.into(), Version::V311, out);
        } else {
            self.tell(&close, out);
        }
        self.close();
        close
    }

    /// Answers the CONNECT: accepted. The keep alive begins to run.
    pub fn accept(&mut self, how: Accepted<'_>, now: Duration, out: &mut BytesMut) {
        assert!(
            self.state == State::Deciding,
            "only a CONNECT that is being decided is accepted"
        );
        self.state = State::Open { last_received: now };
        let answer = ConnAck {
            session_present: how.resumed.is_some(),
            code: ReasonCode::Success,
            properties: self.connack_properties(how.assigned_client_id),
        };
        codec::connack(&answer, self.version, out);
        self.subscriptions = how.resumed.unwrap_or_default();
    }

    /// What a client of MQTT 5 hears when it is let in (AWS guide: mqtt).
    fn connack_properties(&self, assigned: Option<&str>) -> Option<Box<ConnAckProperties>> {
        let v5 = self.v5.as_ref()?;
        let limits = &self.config.limits;
        let (expiry, keep_alive) = (self.session_expiry_seconds, self.keep_alive_seconds);
        Some(Box::new(ConnAckProperties {
            session_expiry_seconds: (v5.asked_session_expiry_seconds != expiry).then_some(expiry),
            receive_maximum: u16::try_from(limits.in_flight).ok(),
            maximum_qos: Some(1),
            retain_available: Some(true),
            maximum_packet_size: u32::try_from(limits.packet_bytes).ok(),
            assigned_client_id: assigned.and_then(|id| Text::try_from(id).ok()),
            topic_alias_maximum: Some(limits.topic_aliases),
            wildcard_available: Some(true),
            subscription_ids_available: Some(false),
            shared_available: Some(true),
            server_keep_alive_seconds: (v5.asked_keep_alive_seconds != keep_alive)
                .then_some(keep_alive),
            ..ConnAckProperties::default()
        }))
    }

    /// Answers the CONNECT: turned away.
    pub fn refuse(&mut self, why: ConnectRefusal, out: &mut BytesMut) -> Close {
        assert!(
            self.state == State::Deciding,
            "only a CONNECT that is being decided is refused"
        );
        let reason = match why {
            ConnectRefusal::NotAuthorized | ConnectRefusal::NotAuthenticated => {
                DisconnectReason::AuthError
            }
            ConnectRefusal::Unavailable => DisconnectReason::Throttled,
        };
        let close = Close::new(reason, Cause::ConnectRefused(why));
        self.tell(&close, out);
        self.close();
        close
    }

    /// The message of a [`super::Step::Publish`] was taken: acknowledges it, and what waited behind it. Pass the
    /// message's packet identifier, `None` (QoS 0) included. May come later and in any order.
    pub fn published(&mut self, packet_id: Option<PacketId>, out: &mut BytesMut) {
        self.settle(packet_id, Settled::Acknowledge, out);
    }

    /// The message of a [`super::Step::Publish`] was thrown away, for instance over a rate: no PUBACK, so that the
    /// client sends it again some day.
    pub fn discard(&mut self, packet_id: Option<PacketId>, out: &mut BytesMut) {
        self.settle(packet_id, Settled::Forget, out);
    }

    /// The message of a [`super::Step::Publish`] is not allowed. In MQTT 5 a QoS 1 message is answered so, and the
    /// connection goes on; any other end is without PUBACK.
    pub fn deny_publish(
        &mut self,
        packet_id: Option<PacketId>,
        out: &mut BytesMut,
    ) -> Option<Close> {
        if self.version == Version::V5 && packet_id.is_some() {
            self.settle(packet_id, Settled::Refuse(ReasonCode::NotAuthorized), out);
            return None;
        }
        let close = Close::new(DisconnectReason::AuthError, Cause::PublishRefused);
        self.tell(&close, out);
        self.close();
        Some(close)
    }

    /// The message of a [`super::Step::Publish`] has a topic that nobody may publish to: the end.
    pub fn reserved_publish(&mut self, packet_id: Option<PacketId>, out: &mut BytesMut) -> Close {
        let close = Close::client_error(Cause::TopicReserved);
        if packet_id.is_some() && self.version == Version::V5 {
            let code = close.cause.reason_code();
            self.settle(packet_id, Settled::Refuse(code), out);
        }
        self.tell(&close, out);
        self.close();
        close
    }

    /// Answers a SUBSCRIBE. In MQTT 3.1.1, if any filter was denied, the connection ends and none of the others counts.
    /// Call it before messages of the new subscriptions are written.
    pub fn subscribed(
        &mut self,
        request: SubscribeRequest,
        out: &mut BytesMut,
    ) -> Result<(), Close> {
        let v5 = self.version == Version::V5;
        let ends = |answer: Option<SubscribeAnswer>| match answer {
            Some(SubscribeAnswer::Denied) => !v5,
            Some(SubscribeAnswer::Reserved) => true,
            _ => false,
        };
        let denied = request.entries.iter().find(|entry| ends(entry.answer));
        let denied = denied.map(|entry| match entry.answer {
            Some(SubscribeAnswer::Reserved) if v5 => {
                Close::client_error(Cause::FilterReserved(entry.filter.clone()))
            }
            _ => Close::new(
                DisconnectReason::AuthError,
                Cause::SubscribeRefused(entry.filter.clone()),
            ),
        });
        if denied.is_none() || v5 || self.config.refusals == Refusals::Clear {
            let codes = suback_codes(&request);
            self.suback(request.packet_id, codes, None, out);
        }
        if let Some(close) = denied {
            self.tell(&close, out);
            self.close();
            return Err(close);
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

    /// Writes a SUBACK. Where one of the codes says failure and no other `text` is given, the first is put into words.
    pub(super) fn suback(
        &self,
        packet_id: PacketId,
        codes: Vec<ReasonCode>,
        text: Option<&str>,
        out: &mut BytesMut,
    ) {
        let failed = codes.iter().copied().find(|code| code.is_failure());
        let reason_string = failed.and_then(|code| {
            self.reason_string(PacketType::SubAck, code, text.unwrap_or(&code.to_string()))
        });
        let answer = SubAck {
            packet_id,
            codes,
            properties: ack_properties(reason_string),
        };
        codec::suback(&answer, self.version, out);
    }

    /// Whether [`Self::send`] would send a message of this QoS now.
    pub fn can_send(&self, qos: QoS) -> bool {
        let window = self.config.limits.in_flight;
        let window = match &self.v5 {
            Some(v5) => v5.receive_maximum.min(window),
            None => window,
        };
        self.is_open() && (qos == QoS::AtMostOnce || self.outbound.len() < window)
    }

    /// Sends a message to the client.
    pub fn send(&mut self, message: &Sending<'_>, now: Duration, out: &mut BytesMut) -> Sent {
        if !self.can_send(message.qos) {
            return Sent::NotYet;
        }
        self.write_message(message, None, now, out)
    }

    /// Sends the message of this number again, with its packet identifier and, as AWS does, without DUP. It must be the
    /// same; nothing is sent where it has been acknowledged since.
    pub fn resend(
        &mut self,
        number: u64,
        message: &Sending<'_>,
        now: Duration,
        out: &mut BytesMut,
    ) {
        if self.is_open() && self.outbound.has(number) {
            self.write_message(message, Some(number), now, out);
        }
    }

    /// Writes a message: that of a number, or a new one.
    fn write_message(
        &mut self,
        message: &Sending<'_>,
        number: Option<u64>,
        now: Duration,
        out: &mut BytesMut,
    ) -> Sent {
        if self.v5.is_some() {
            return self.write_message_v5(message, number, now, out);
        }
        let qos = message.qos.min(QoS::AtLeastOnce);
        let (packet_id, sent) = self.number(qos, number, now);
        let packet = Outgoing {
            topic: message.topic.as_bytes(),
            payload: message.payload,
            qos,
            retain: message.retain,
            packet_id,
        };
        codec::publish(&packet, out);
        sent
    }

    fn write_message_v5(
        &mut self,
        message: &Sending<'_>,
        number: Option<u64>,
        now: Duration,
        out: &mut BytesMut,
    ) -> Sent {
        let Some(v5) = &mut self.v5 else {
            return Sent::NotYet;
        };
        let aliased = v5.alias(message.topic);
        let qos = message.qos.min(QoS::AtLeastOnce);
        let (topic, topic_alias): (&[u8], _) = match aliased {
            Aliased::Plain => (message.topic.as_bytes(), None),
            Aliased::New(alias) => (message.topic.as_bytes(), Some(alias)),
            Aliased::Known(alias) => (b"", Some(alias)),
        };
        let mut packet = Outgoing {
            topic,
            payload: message.payload,
            qos,
            retain: message.retain,
            // Any identifier is of the same size.
            packet_id: (qos != QoS::AtMostOnce).then_some(PacketId::MIN),
        };
        let extra = Extra {
            properties: message.properties,
            expiry_seconds: message.expiry_seconds,
            topic_alias,
        };
        if v5.maximum_packet_size != usize::MAX
            && codec::publish_v5_size(&packet, &extra) > v5.maximum_packet_size
        {
            return Sent::TooLarge;
        }
        if let Aliased::New(_) = aliased {
            v5.aliased(message.topic);
        }
        let (packet_id, sent) = self.number(qos, number, now);
        packet.packet_id = packet_id;
        codec::publish_v5(&packet, &extra, out);
        sent
    }

    fn number(&mut self, qos: QoS, number: Option<u64>, now: Duration) -> (Option<PacketId>, Sent) {
        match (qos, number) {
            (QoS::AtMostOnce, _) => (None, Sent::Once),
            (_, Some(number)) => (Some(window::id(number)), Sent::Numbered(number)),
            (_, None) => {
                let patience = self.patience();
                let (number, packet_id) = self.outbound.allocate(now, &patience);
                (Some(packet_id), Sent::Numbered(number))
            }
        }
    }

    /// What was in `out` has been written to the client.
    pub fn written(&mut self) {
        if let Some(v5) = &mut self.v5 {
            v5.unwritten_acks = 0;
        }
    }

    fn settle(&mut self, packet_id: Option<PacketId>, how: Settled, out: &mut BytesMut) {
        let Some(packet_id) = packet_id else { return };
        let open = self.is_open();
        let mut refused = Vec::new();
        let mut written = 0;
        self.inbound.settle(packet_id, how, |id, code| {
            if !open {
                return;
            }
            written += 1;
            // Refusals are rare, and others may wait behind them: they are written below, in the same order.
            if code == ReasonCode::Success && refused.is_empty() {
                codec::puback(id, out);
            } else {
                refused.push((id, code));
            }
        });
        for (id, code) in refused {
            self.puback(id, code, &code.to_string(), out);
        }
        if let Some(v5) = &mut self.v5 {
            v5.unwritten_acks += written;
        }
    }

    /// Answers a PUBLISH that was not let through to be decided, if the version has words for it.
    pub(super) fn refuse_publish(
        &self,
        packet_id: PacketId,
        code: ReasonCode,
        cause: &Cause,
        out: &mut BytesMut,
    ) {
        if self.version == Version::V5 && code.may_be_in(PacketType::PubAck) {
            self.puback(packet_id, code, &cause.to_string(), out);
        }
    }

    fn puback(&self, packet_id: PacketId, code: ReasonCode, text: &str, out: &mut BytesMut) {
        let reason_string = match code.is_failure() {
            true => self.reason_string(PacketType::PubAck, code, text),
            false => None,
        };
        let answer = Packet::PubAck(Ack {
            packet_id,
            code,
            properties: ack_properties(reason_string),
        });
        codec::encode(&answer, self.version, out);
    }

    /// Tells the client why the connection ends, as far as its version has a way to.
    pub(super) fn tell(&self, close: &Close, out: &mut BytesMut) {
        let code = close.cause.reason_code();
        match (self.state, self.version) {
            (State::Opening { .. } | State::Deciding, Version::V5)
                if code.may_be_in(PacketType::ConnAck)
                    && (self.config.refusals == Refusals::Clear
                        || aws_answers(&close.cause, code)) =>
            {
                self.connack_refusal(code, &close.cause, out);
            }
            (State::Opening { .. } | State::Deciding, Version::V311) => match *close.cause {
                // Also in aws mode: [MQTT-3.1.3-8], and no observation says otherwise for 3.1.1.
                Cause::ClientId(_) => codec::connack(&code.into(), Version::V311, out),
                Cause::ConnectRefused(_) if self.config.refusals == Refusals::Clear => {
                    codec::connack(&code.into(), Version::V311, out);
                }
                _ => {}
            },
            (State::Open { .. }, Version::V5) if *close.cause != Cause::Disconnect => {
                // What is wrong with a second CONNECT has codes of CONNACK alone.
                let code = match code.may_be_in(PacketType::Disconnect) {
                    true => code,
                    false => ReasonCode::ProtocolError,
                };
                self.disconnect(code, &close.cause.to_string(), out);
            }
            _ => {}
        }
    }

    fn connack_refusal(&self, code: ReasonCode, cause: &Cause, out: &mut BytesMut) {
        let reason_string = self.reason_string(PacketType::ConnAck, code, &cause.to_string());
        let properties = reason_string.map(|text| {
            Box::new(ConnAckProperties {
                reason_string: Some(text),
                ..ConnAckProperties::default()
            })
        });
        let answer = ConnAck {
            session_present: false,
            code,
            properties,
        };
        codec::connack(&answer, Version::V5, out);
    }

    /// Writes a DISCONNECT, which MQTT 3.1.1 has not from a server.
    pub(super) fn disconnect(&self, code: ReasonCode, text: &str, out: &mut BytesMut) {
        let reason_string = self.reason_string(PacketType::Disconnect, code, text);
        let properties = reason_string.map(|text| {
            Box::new(DisconnectProperties {
                reason_string: Some(text),
                ..DisconnectProperties::default()
            })
        });
        codec::disconnect(&Disconnect { code, properties }, self.version, out);
    }

    /// A reason string, where the client wants one: `text`, or in AWS's way the packet, its words and a trace id.
    fn reason_string(&self, packet: PacketType, code: ReasonCode, text: &str) -> Option<Text> {
        let least = self.config.limits.maximum_packet_size_min as usize;
        match &self.v5 {
            Some(v5) if !v5.problem_information || v5.maximum_packet_size < least => return None,
            None if self.version == Version::V311 => return None,
            _ => {}
        }
        let text = match self.config.refusals {
            Refusals::Clear => text.to_owned(),
            Refusals::Aws => {
                let words = match code {
                    ReasonCode::ClientIdentifierNotValid => "ClientId is invalid".to_owned(),
                    ReasonCode::SubscriptionIdentifiersNotSupported => text.to_owned(),
                    code => code.to_string(),
                };
                format!("{packet}:{words}:{}", (self.config.trace_id)())
            }
        };
        let mut end = text.len().min(REASON_STRING_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Text::try_from(&text[..end]).ok()
    }
}

fn ack_properties(reason_string: Option<Text>) -> Option<Box<AckProperties>> {
    reason_string.map(|text| {
        Box::new(AckProperties {
            reason_string: Some(text),
            ..AckProperties::default()
        })
    })
}

/// Codes in the order of the filters as they were sent.
fn suback_codes(request: &SubscribeRequest) -> Vec<ReasonCode> {
    let mut codes: Vec<ReasonCode> = request
        .entries
        .iter()
        .map(|entry| match entry.answer {
            Some(SubscribeAnswer::Granted) => entry.options.qos.granted(),
            Some(SubscribeAnswer::Denied) => ReasonCode::NotAuthorized,
            Some(SubscribeAnswer::Reserved) => ReasonCode::TopicFilterInvalid,
            Some(SubscribeAnswer::Failed) | None => ReasonCode::QuotaExceeded,
        })
        .collect();
    for &(at, code) in &request.refused {
        codes.insert(at, code);
    }
    codes
}
