//! A message on its way through the server, and its copy for one subscriber.

use bytes::Bytes;
use nameplate_mqtt::packet::{Publish, Will};
use nameplate_mqtt::{QoS, Text};
use std::sync::Arc;

/// An application message, made once and shared by all who get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Topic name.
    pub topic: Text,
    /// Payload.
    pub payload: Bytes,
    /// QoS it was published with, 0 or 1. A subscriber gets this or its granted QoS, whichever is lower.
    pub qos: QoS,
    /// Published with RETAIN: to be kept. Live copies go out without it `[MQTT-3.3.1-9]`.
    pub retain: bool,
}

impl From<Publish> for Message {
    /// Takes topic and payload without copying.
    fn from(publish: Publish) -> Self {
        Self {
            topic: publish.topic,
            payload: publish.payload,
            qos: publish.qos,
            retain: publish.retain,
        }
    }
}

impl From<Will> for Message {
    fn from(will: Will) -> Self {
        Self {
            topic: will.topic,
            payload: will.payload,
            qos: will.qos,
            retain: will.retain,
        }
    }
}

/// One message for one subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The message, shared.
    pub message: Arc<Message>,
    /// QoS to send it with.
    pub qos: QoS,
    /// RETAIN flag to send: true only for what was retained before the subscription.
    pub retain: bool,
}
