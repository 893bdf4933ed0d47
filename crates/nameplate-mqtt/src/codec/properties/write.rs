//! Property sections, written.

use super::id;
use crate::codec::sink::Sink;
use crate::properties::{
    AckProperties, ConnAckProperties, ConnectProperties, DisconnectProperties, MessageProperties,
    SubscribeProperties,
};
use crate::text::Text;
use bytes::BytesMut;

/// Writes properties one by one; absent ones are not written.
struct Writer<'s, 'o>(&'s mut Sink<'o>);

impl Writer<'_, '_> {
    fn flag(&mut self, id: u32, value: Option<bool>) {
        if let Some(value) = value {
            self.0.variable(id);
            self.0.byte(u8::from(value));
        }
    }

    fn u16(&mut self, id: u32, value: Option<u16>) {
        if let Some(value) = value {
            self.0.variable(id);
            self.0.u16(value);
        }
    }

    fn u32(&mut self, id: u32, value: Option<u32>) {
        if let Some(value) = value {
            self.0.variable(id);
            self.0.u32(value);
        }
    }

    fn binary(&mut self, id: u32, value: Option<&[u8]>) {
        if let Some(value) = value {
            self.0.variable(id);
            self.0.binary(value);
        }
    }

    fn text(&mut self, id: u32, value: Option<&Text>) {
        self.binary(id, value.map(Text::as_bytes));
    }

    fn user(&mut self, user: &[(Text, Text)]) {
        for (name, value) in user {
            self.0.variable(id::USER_PROPERTY);
            self.0.binary(name.as_bytes());
            self.0.binary(value.as_bytes());
        }
    }

    fn message(&mut self, from: &MessageProperties) {
        self.flag(id::PAYLOAD_FORMAT, from.utf8);
        self.u32(id::MESSAGE_EXPIRY, from.expiry_seconds);
        self.text(id::CONTENT_TYPE, from.content_type.as_ref());
        self.text(id::RESPONSE_TOPIC, from.response_topic.as_ref());
        self.binary(id::CORRELATION_DATA, from.correlation_data.as_deref());
        self.user(&from.user);
    }
}

/// A message's properties as a PUBLISH has them, without the length before: to be kept by whoever stores messages.
pub fn message_to_bytes(from: &MessageProperties) -> Vec<u8> {
    let mut out = BytesMut::new();
    Writer(&mut Sink::Write(&mut out)).message(from);
    out.into()
}

/// The section of a PUBLISH. `expiry_seconds` takes the place of what the message was published with.
pub(in crate::codec) fn put_publish(
    sink: &mut Sink<'_>,
    from: Option<&MessageProperties>,
    expiry_seconds: Option<u32>,
    alias: Option<u16>,
) {
    sink.section(|sink| {
        let mut writer = Writer(sink);
        writer.u16(id::TOPIC_ALIAS, alias);
        if let Some(from) = from {
            writer.flag(id::PAYLOAD_FORMAT, from.utf8);
            writer.u32(id::MESSAGE_EXPIRY, expiry_seconds);
            writer.text(id::CONTENT_TYPE, from.content_type.as_ref());
            writer.text(id::RESPONSE_TOPIC, from.response_topic.as_ref());
            writer.binary(id::CORRELATION_DATA, from.correlation_data.as_deref());
            writer.user(&from.user);
        }
    });
}

pub(in crate::codec) fn put_will(
    sink: &mut Sink<'_>,
    from: Option<&MessageProperties>,
    delay: u32,
) {
    sink.section(|sink| {
        let mut writer = Writer(sink);
        writer.u32(id::WILL_DELAY, (delay > 0).then_some(delay));
        if let Some(from) = from {
            writer.message(from);
        }
    });
}

pub(in crate::codec) fn put_connect(sink: &mut Sink<'_>, from: Option<&ConnectProperties>) {
    sink.section(|sink| {
        let (Some(from), mut writer) = (from, Writer(sink)) else {
            return;
        };
        writer.u32(id::SESSION_EXPIRY, from.session_expiry_seconds);
        writer.u16(id::RECEIVE_MAXIMUM, from.receive_maximum);
        writer.u32(id::MAXIMUM_PACKET_SIZE, from.maximum_packet_size);
        writer.u16(id::TOPIC_ALIAS_MAXIMUM, from.topic_alias_maximum);
        writer.flag(
            id::REQUEST_RESPONSE_INFORMATION,
            from.request_response_information,
        );
        writer.flag(
            id::REQUEST_PROBLEM_INFORMATION,
            from.request_problem_information,
        );
        writer.text(
            id::AUTHENTICATION_METHOD,
            from.authentication_method.as_ref(),
        );
        writer.binary(id::AUTHENTICATION_DATA, from.authentication_data.as_deref());
        writer.user(&from.user);
    });
}

pub(in crate::codec) fn put_connack(sink: &mut Sink<'_>, from: Option<&ConnAckProperties>) {
    sink.section(|sink| {
        let (Some(from), mut writer) = (from, Writer(sink)) else {
            return;
        };
        writer.u32(id::SESSION_EXPIRY, from.session_expiry_seconds);
        writer.u16(id::RECEIVE_MAXIMUM, from.receive_maximum);
        writer.flag(id::MAXIMUM_QOS, from.maximum_qos.map(|qos| qos > 0));
        writer.flag(id::RETAIN_AVAILABLE, from.retain_available);
        writer.u32(id::MAXIMUM_PACKET_SIZE, from.maximum_packet_size);
        writer.text(id::ASSIGNED_CLIENT_ID, from.assigned_client_id.as_ref());
        writer.u16(id::TOPIC_ALIAS_MAXIMUM, from.topic_alias_maximum);
        writer.text(id::REASON_STRING, from.reason_string.as_ref());
        writer.flag(id::WILDCARD_AVAILABLE, from.wildcard_available);
        writer.flag(
            id::SUBSCRIPTION_ID_AVAILABLE,
            from.subscription_ids_available,
        );
        writer.flag(id::SHARED_AVAILABLE, from.shared_available);
        writer.u16(id::SERVER_KEEP_ALIVE, from.server_keep_alive_seconds);
        writer.text(id::RESPONSE_INFORMATION, from.response_information.as_ref());
        writer.text(id::SERVER_REFERENCE, from.server_reference.as_ref());
        writer.text(
            id::AUTHENTICATION_METHOD,
            from.authentication_method.as_ref(),
        );
        writer.binary(id::AUTHENTICATION_DATA, from.authentication_data.as_deref());
        writer.user(&from.user);
    });
}

pub(in crate::codec) fn put_ack(sink: &mut Sink<'_>, from: Option<&AckProperties>) {
    sink.section(|sink| {
        let (Some(from), mut writer) = (from, Writer(sink)) else {
            return;
        };
        writer.text(id::REASON_STRING, from.reason_string.as_ref());
        writer.user(&from.user);
    });
}

pub(in crate::codec) fn put_disconnect(sink: &mut Sink<'_>, from: Option<&DisconnectProperties>) {
    sink.section(|sink| {
        let (Some(from), mut writer) = (from, Writer(sink)) else {
            return;
        };
        writer.u32(id::SESSION_EXPIRY, from.session_expiry_seconds);
        writer.text(id::REASON_STRING, from.reason_string.as_ref());
        writer.text(id::SERVER_REFERENCE, from.server_reference.as_ref());
        writer.user(&from.user);
    });
}

pub(in crate::codec) fn put_subscribe(sink: &mut Sink<'_>, from: Option<&SubscribeProperties>) {
    sink.section(|sink| {
        let (Some(from), mut writer) = (from, Writer(sink)) else {
            return;
        };
        if let Some(value) = from.subscription_id {
            writer.0.variable(id::SUBSCRIPTION_ID);
            writer.0.variable(value);
        }
        writer.user(&from.user);
    });
}
