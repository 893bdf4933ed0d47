//! Retained messages: one for a topic, kept durably before the publisher hears of it.

use super::Messaging;
use super::room::{Done, Known};
use crate::app::error::Kind;
use crate::app::patience::Patience;
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
    ///
    /// # Errors
    /// [`Kind::Throttled`] where as many topics have one as may (AWS guide: mqtt, retained messages).
    pub async fn retain(&self, message: &Message) -> Result<()> {
        self.retain_as_of(message, None).await
    }

    /// The same of a message of an earlier moment: one that was kept since stays.
    pub(in crate::app) async fn retain_late(&self, message: &Message, since: Millis) -> Result<()> {
        self.retain_as_of(message, Some(since)).await
    }

    async fn retain_as_of(&self, message: &Message, since: Option<Millis>) -> Result<()> {
        let topic = message.topic.to_string();
        let now = self.kernel.now();
        let (known, most) = (self.room.known(now), self.room.most());
        let kept = RetainedMessage {
            payload: message.payload.to_vec(),
            qos: i64::from(message.qos as u8),
            properties: message.properties.as_deref().map(codec::message_to_bytes),
            expires: message.expires,
            modified: since.unwrap_or(now),
        };
        let kept = self
            .kernel
            .store
            .tx("retain", move |tx| {
                if let Some(since) = since
                    && let Some(newer) = tx.retained(&topic, now)?
                    && newer.modified > since
                {
                    return Ok::<_, Error>((Done::default(), true));
                }
                let mut done = Done {
                    added: !kept.payload.is_empty() && !tx.has_retained(&topic)?,
                    freed: kept.payload.is_empty(),
                    counted: None,
                };
                if done.added && known == Known::Nothing {
                    tx.forget_retained(now)?;
                    done.counted = Some(tx.count_retained()?);
                }
                let full = known == Known::Full || done.counted.is_some_and(|there| there >= most);
                if done.added && full {
                    done.added = false;
                    return Ok((done, false));
                }
                tx.set_retained(&topic, &kept)?;
                Ok((done, true))
            })
            .await;
        let (done, fits) = kept?;
        self.room.note(done, now);
        match fits {
            true => Ok(()),
            false => {
                let why = format!(
                    "Rate exceeded: {most} topics have a retained message, as many as may; clear some of them"
                );
                Err(Error::new(Kind::Throttled(None), why))
            }
        }
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

    /// The same once the store is back that is away now.
    ///
    /// # Errors
    /// As [`Self::retained`]; [`Kind::Unavailable`] where too many wait for it already.
    pub async fn retained_once_back(&self, topic: &str) -> Result<Option<Retained>> {
        let Ok(_place) = self.late.try_acquire() else {
            let text = "too many subscriptions wait for their retained messages";
            return Err(Error::new(Kind::Unavailable, text));
        };
        Patience::new("a retained message for a new subscription waits")
            .until_done(|| self.retained(topic))
            .await
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

#[cfg(test)]
mod tests {
    use super::super::room::{OFTEN, Room};
    use super::*;
    use crate::testing::TestApp;
    use nameplate_mqtt::Text;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_late_one_leaves_a_newer_one() {
        let test = TestApp::new().await;
        let messaging = &test.app.messaging;
        let message = |payload: &[u8]| Message {
            topic: Text::try_from("a").expect("a right topic"),
            payload: payload.to_vec().into(),
            retain: true,
            ..Message::default()
        };
        let now = messaging.kernel.now();
        for (since, kept) in [(1, &b"late"[..]), (0, b"late"), (-1, b"now")] {
            messaging
                .retain(&message(b"now"))
                .await
                .expect("there is room");
            let late = message(b"late");
            let late = messaging.retain_late(&late, Millis(now.0 + since)).await;
            late.expect("there is room");
            let found = messaging.retained("a").await.expect("it is read");
            assert_eq!(found.expect("one is kept").payload, kept, "{since}");
        }
    }

    #[tokio::test]
    async fn one_topic_too_many_is_refused() {
        let test = TestApp::new().await;
        let (kernel, quota) = (&test.app.messaging.kernel, &test.app.messaging.quota);
        let messaging = Messaging {
            room: Room::new(2, OFTEN),
            ..Messaging::of(Arc::clone(kernel), Arc::clone(quota))
        };
        let retain = async |topic: &str, payload: &[u8]| {
            let message = Message {
                topic: Text::try_from(topic).expect("a right topic"),
                payload: payload.to_vec().into(),
                retain: true,
                ..Message::default()
            };
            messaging.retain(&message).await.map_err(|error| error.kind)
        };
        assert_eq!(retain("a", b"1").await, Ok(()));
        assert_eq!(retain("b", b"1").await, Ok(()));
        for _ in 0..2 {
            assert_eq!(retain("c", b"1").await, Err(Kind::Throttled(None)));
            // What is there may still be replaced.
            assert_eq!(retain("a", b"2").await, Ok(()));
        }
        assert_eq!(messaging.retained("c").await.expect("it is read"), None);
        assert_eq!(retain("b", b"").await, Ok(()));
        assert_eq!(retain("c", b"1").await, Ok(()));
        assert_eq!(retain("d", b"1").await, Err(Kind::Throttled(None)));
    }
}
