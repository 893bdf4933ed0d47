//! A message on its way through the server, and its copy for one subscriber.

use bytes::Bytes;
use nameplate_core::ctx::Millis;
use nameplate_mqtt::packet::Publish;
use nameplate_mqtt::{MessageProperties, QoS, Text};
use std::num::NonZeroU64;
use std::sync::Arc;

/// An application message, made once and shared by all who get it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// Topic name.
    pub topic: Text,
    /// Payload.
    pub payload: Bytes,
    /// QoS it was published with, 0 or 1. A subscriber gets this or its granted QoS, whichever is lower.
    pub qos: QoS,
    /// Published with RETAIN: to be kept. Live copies go out with it only where the
    /// subscription asks for that `[MQTT-3.3.1-12]`.
    pub retain: bool,
    /// Properties of MQTT 5, within their limits; none where there are none. Subscribers of MQTT 5 get them.
    pub properties: Option<Box<MessageProperties>>,
    /// When its Message Expiry Interval is over, for subscribers of either version. From then on nobody gets it.
    pub expires: Option<Millis>,
}

impl Message {
    /// A message that a client has published now. Takes topic and payload without copying.
    pub fn published(publish: Publish, now: impl FnOnce() -> Millis) -> Self {
        Self {
            topic: publish.topic,
            payload: publish.payload,
            qos: publish.qos,
            retain: publish.retain,
            expires: expires(publish.properties.as_deref(), now),
            properties: publish.properties,
        }
    }

    /// With these properties; its expiry counts from now on.
    #[must_use]
    pub fn with(self, properties: MessageProperties, now: Millis) -> Self {
        let properties = (!properties.is_empty()).then(|| Box::new(properties));
        Self {
            expires: expires(properties.as_deref(), || now),
            properties,
            ..self
        }
    }

    /// Whether its expiry has passed.
    pub fn is_expired(&self, now: Millis) -> bool {
        self.expires.is_some_and(|at| at <= now)
    }

    /// What is left until it expires, whole seconds: 0 in its last second (AWS guide: mqtt). `None` where it does not.
    pub fn expiry_left(&self, now: Millis) -> Option<u32> {
        let left = self.expires?.0.saturating_sub(now.0).max(0) / 1000;
        Some(u32::try_from(left).unwrap_or(u32::MAX))
    }

    /// Bytes that it takes where it waits: topic, payload and properties.
    pub fn size(&self) -> usize {
        let properties = self
            .properties
            .as_deref()
            .map_or(0, MessageProperties::bytes);
        self.topic.len() + self.payload.len() + properties
    }
}

fn expires(properties: Option<&MessageProperties>, now: impl FnOnce() -> Millis) -> Option<Millis> {
    let seconds = properties?.expiry_seconds?;
    Some(Millis(now().0.saturating_add(i64::from(seconds) * 1000)))
}

/// One message for one subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The message, shared.
    pub message: Arc<Message>,
    /// Number of the message in the session of the client, where the session keeps it until it is acknowledged.
    pub number: Option<NonZeroU64>,
    /// QoS to send it with.
    pub qos: QoS,
    /// RETAIN flag to send: of what was retained before the subscription, and of live messages with Retain As Published.
    pub retain: bool,
}
