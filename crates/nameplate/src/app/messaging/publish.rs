//! Messages that come over HTTP instead of MQTT. AWS guide: http; API: `Publish`.

use super::Messaging;
use crate::app::Message;
use crate::app::error::{Error, Kind, Result};
use nameplate_core::limits;
use nameplate_core::topic::{self, Publishing, Unbuilt};
use nameplate_mqtt::topic::{TopicLimits, check_name};

/// Sizes of topics, over MQTT and HTTP.
pub const TOPIC_LIMITS: TopicLimits = TopicLimits {
    bytes: limits::TOPIC_BYTES,
    slashes: limits::TOPIC_SLASHES,
    share_name_chars: limits::SHARE_NAME_CHARS,
};

impl Messaging {
    /// Publishes a message as a client would that is connected. A retained one is durable when this returns, and so
    /// is what it asks of a shadow.
    pub async fn publish(&self, message: Message, retain: bool) -> Result<()> {
        let name = &message.topic;
        check_name(name, &TOPIC_LIMITS)
            .map_err(|error| Error::invalid(format!("Invalid topic: it {error}")))?;
        let goes = topic::publishing(name, retain)
            .map_err(|nobody| Error::invalid(format!("Invalid topic: {nobody}")))?;
        if message.payload.len() > limits::PAYLOAD_BYTES {
            return Err(Error::invalid(format!(
                "The payload is {} bytes long and may be {}",
                message.payload.len(),
                limits::PAYLOAD_BYTES
            )));
        }
        if let Some(unbuilt) = Unbuilt::of(name) {
            return Err(Error::new(Kind::NotBuilt, unbuilt.message()));
        }
        self.quota.may_publish(name, retain)?;
        if goes == Publishing::Service {
            // Basic Ingest. There are no rules, so it is as at AWS with a rule that does not exist.
            return Ok(());
        }
        if retain {
            let qos = i64::from(message.at_least_once);
            self.retain(name, &message.payload, qos).await?;
        }
        self.send(message.clone());
        self.shadow_request(&message.topic, &message.payload).await
    }
}
