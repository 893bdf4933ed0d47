//! Messages that come over HTTP instead of MQTT. AWS guide: http; API: `Publish`.

use super::{Ingress, Refusal, Sender};
use crate::app::error::{Error, Kind, Result};
use crate::app::iam::PublishPermit;
use crate::app::messaging::sessions::WRITE_LIMIT;
use crate::router::Message;
use nameplate_core::limits;
use nameplate_mqtt::topic::{TopicLimits, check_name};
use nameplate_mqtt::{MessageProperties, QoS, Text};
use std::sync::Arc;

/// Sizes of topics, over MQTT and HTTP.
pub const TOPIC_LIMITS: TopicLimits = TopicLimits {
    bytes: limits::TOPIC_BYTES,
    slashes: limits::TOPIC_SLASHES,
    share_name_chars: limits::SHARE_NAME_CHARS,
};

impl Ingress {
    /// Publishes a message of the permit's topic, as a client would that is connected. A retained one is durable when
    /// this returns, and so is what it asks of a shadow, and what waits for sessions.
    pub async fn publish(
        &self,
        permit: &PublishPermit,
        payload: Vec<u8>,
        qos: QoS,
        properties: MessageProperties,
    ) -> Result<()> {
        let name = permit.topic();
        check_name(name, &TOPIC_LIMITS)
            .map_err(|error| Error::invalid(format!("Invalid topic: it {error}")))?;
        let topic = Text::try_from(name)
            .map_err(|error| Error::invalid(format!("Invalid topic: it {error}")))?;
        if payload.len() > limits::PAYLOAD_BYTES {
            return Err(Error::invalid(format!(
                "The payload is {} bytes long and may be {}",
                payload.len(),
                limits::PAYLOAD_BYTES
            )));
        }
        let message = Message {
            topic,
            payload: payload.into(),
            qos,
            retain: permit.retains(),
            ..Message::default()
        };
        let message = Arc::new(message.with(properties, self.kernel.now()));
        match self.accept(Sender::Caller(permit), &message).await {
            Ok(accepted) => {
                let kept = tokio::time::timeout(WRITE_LIMIT, self.kept(&accepted));
                kept.await.map_err(|_| {
                    let why =
                        "the message is not yet kept for all who are to have it; send it again";
                    Error::new(Kind::Unavailable, why)
                })
            }
            Err(refusal) => Err(refusal.into()),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Reserved(nobody) => Error::invalid(format!("Invalid topic: {nobody}")),
            Refusal::Denied(why) => Error::new(Kind::Denied, why),
            Refusal::Throttled(exceeded) => exceeded.into(),
            Refusal::NotBuilt(what) => Error::new(Kind::NotBuilt, what),
            Refusal::Full(error) | Refusal::Failed(error) => error,
        }
    }
}
