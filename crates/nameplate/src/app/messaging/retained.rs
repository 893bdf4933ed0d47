//! Retained messages: one for a topic, kept durably before the publisher hears of it.

use super::Messaging;
use crate::app::{Error, Result};
use nameplate_core::ctx::Millis;
pub use nameplate_store::RetainedSummary;

/// A retained message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retained {
    /// Its payload.
    pub payload: Vec<u8>,
    /// The QoS it was published with, 0 or 1.
    pub qos: i64,
    /// When it was kept.
    pub modified: Millis,
}

impl Messaging {
    /// Keeps a message for its topic; an empty payload forgets it (`[MQTT-3.3.1-10]`).
    pub async fn retain(&self, topic: &str, payload: &[u8], qos: i64) -> Result<()> {
        let (topic, payload, now) = (topic.to_owned(), payload.to_vec(), self.kernel.now());
        self.kernel
            .store
            .tx("retain", move |tx| {
                Ok::<_, Error>(tx.set_retained(&topic, &payload, qos, now)?)
            })
            .await
    }

    /// The message kept for exactly this topic.
    pub async fn retained(&self, topic: &str) -> Result<Option<Retained>> {
        self.kernel
            .store
            .read(|conn| {
                Ok(conn
                    .retained(topic)?
                    .map(|(payload, qos, modified)| Retained {
                        payload,
                        qos,
                        modified,
                    }))
            })
            .await
    }

    /// What is kept, for topics after `after` in their order.
    pub async fn retained_messages(
        &self,
        after: &str,
        limit: usize,
    ) -> Result<Vec<RetainedSummary>> {
        self.kernel
            .store
            .read(|conn| Ok(conn.retained_messages(after, limit)?))
            .await
    }
}
