//! Messages that come over HTTP instead of MQTT. AWS guide: http; API: `Publish`.

use super::error::{Error, Result};
use super::{App, Message};
use nameplate_core::{limits, topic};
use nameplate_mqtt::topic::{TopicLimits, check_name};

/// Sizes of topics, over MQTT and HTTP.
pub const TOPIC_LIMITS: TopicLimits = TopicLimits {
    bytes: limits::TOPIC_BYTES,
    slashes: limits::TOPIC_SLASHES,
    share_name_chars: limits::SHARE_NAME_CHARS,
};

impl App {
    /// Publishes a message as a client would that is connected. A retained one is durable when this returns, and so
    /// is what it asks of a shadow.
    pub async fn publish(&self, message: Message, retain: bool) -> Result<()> {
        let name = &message.topic;
        check_name(name, &TOPIC_LIMITS)
            .map_err(|error| Error::invalid(format!("Invalid topic: it {error}")))?;
        if !topic::may_publish(name) || retain && !topic::may_retain(name) {
            return Err(Error::invalid(format!(
                "A client may not publish{} to {name}",
                if retain { " with retain" } else { "" }
            )));
        }
        if message.payload.len() > limits::PAYLOAD_BYTES {
            return Err(Error::invalid(format!(
                "The payload is {} bytes long and may be {}",
                message.payload.len(),
                limits::PAYLOAD_BYTES
            )));
        }
        if retain {
            let qos = i64::from(message.at_least_once);
            self.retain(name, &message.payload, qos).await?;
        }
        self.send(message.clone());
        self.shadow_request(&message.topic, &message.payload).await
    }
}
