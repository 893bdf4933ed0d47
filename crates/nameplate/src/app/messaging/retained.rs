//! Retained messages: one for a topic, kept durably before the publisher hears of it.

use super::Messaging;
use crate::app::{Error, Result};
use crate::router::Message;
use nameplate_core::ctx::Millis;
use nameplate_mqtt::{MessageProperties, codec};
use nameplate_store::RetainedMessage;
pub use nameplate_store::RetainedSummary;

/// A retained message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retained {
    /// Its payload.
    pub payload: Vec<u8>,
    /// The QoS it was published with, 0 or 1.
    pub qos: i64,
    /// Properties of MQTT 5 that it was published with.
    pub properties: Option<Box<MessageProperties>>,
    /// When its Message Expiry Interval is over.
    pub expires: Option<Millis>,
    /// When it was kept.
    pub modified: Millis,
}

impl Messaging {
    /// Keeps a message for its topic; an empty payload forgets it (`[MQTT-3.3.1-10]`).
    pub async fn retain(&self, message: &Message) -> Result<()> {
        let topic = message.topic.to_string();
        let kept = RetainedMessage {
            payload: message.payload.to_vec(),
            qos: i64::from(message.qos as u8),
            properties: message.properties.as_deref().map(codec::message_to_bytes),
            expires: message.expires,
            modified: self.kernel.now(),
        };
        self.kernel
            .store
            .tx("retain", move |tx| {
                Ok::<_, Error>(tx.set_retained(&topic, &kept)?)
            })
            .await
    }

    /// The message kept for exactly this topic.
    pub async fn retained(&self, topic: &str) -> Result<Option<Retained>> {
        let now = self.kernel.now();
        let found = self
            .kernel
            .store
            .read(|conn| Ok::<_, Error>(conn.retained(topic, now)?))
            .await?;
        let Some(found) = found else { return Ok(None) };
        let properties = found.properties.map(|bytes| {
            codec::message_from_bytes(bytes.into())
                .map(Box::new)
                .map_err(|error| Error::internal(format!("kept for {topic}: {error}")))
        });
        Ok(Some(Retained {
            payload: found.payload,
            qos: found.qos,
            properties: properties.transpose()?,
            expires: found.expires,
            modified: found.modified,
        }))
    }

    /// What is kept, for topics after `after` in their order.
    pub async fn retained_messages(
        &self,
        after: &str,
        limit: usize,
    ) -> Result<Vec<RetainedSummary>> {
        let now = self.kernel.now();
        self.kernel
            .store
            .read(|conn| Ok(conn.retained_messages(after, limit, now)?))
            .await
    }
}
