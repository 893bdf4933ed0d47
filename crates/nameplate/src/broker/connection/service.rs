//! What a connection asks of AWS IoT's services by messages on reserved topics, and its will.

use super::Connection;
use crate::app::Error;
use crate::broker::{Delivery, Message};
use nameplate_core::topic::{self, Publishing, Unbuilt};
use nameplate_mqtt::packet::{Publish, Will};
use nameplate_mqtt::{QoS, Text};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};

impl<S> Connection<'_, S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    /// Carries out what a message on a reserved topic asks of a service.
    pub(super) async fn request(
        &mut self,
        request: &Publish,
        goes: Publishing,
    ) -> Result<(), Error> {
        let name = request.topic.as_str();
        if goes == Publishing::Unknown {
            self.tell_unknown(name);
        }
        if let Some(unbuilt) = Unbuilt::of(name) {
            let refusal = unbuilt.rejection(&request.payload, self.shared.app.now());
            let unasked = unbuilt.is_sent_unsubscribed().then_some(request.qos);
            self.answer(unbuilt.rejected(), refusal, unasked);
            return Ok(());
        }
        self.shared
            .app
            .messaging
            .shadow_request(name, &request.payload)
            .await
    }

    /// Sends a service's answer to this client alone: with the QoS that its subscription was granted, or with
    /// `unasked` where there is none. Whether its policies let it receive the answer is decided as for any message.
    fn answer(&self, topic: &str, payload: Vec<u8>, unasked: Option<QoS>) {
        let (Some(open), Ok(name)) = (&self.open, Text::try_from(topic)) else {
            return;
        };
        let granted = self.shared.router.granted(&open.registration, topic);
        let Some(qos) = granted.or(unasked) else {
            return;
        };
        open.registration.outbox().push(Delivery {
            message: Arc::new(Message {
                topic: name,
                payload: payload.into(),
                qos,
                retain: false,
            }),
            qos,
            retain: false,
        });
    }

    /// Logs, once for each connection, that a reserved topic is passed on without being known.
    pub(super) fn tell_unknown(&mut self, topic: &str) {
        if let Some(open) = &self.open
            && !std::mem::replace(&mut self.unknown_told, true)
        {
            let client = open.registration.client_id();
            tracing::info!(
                client.id = %client,
                topic,
                "{client} uses {topic}, which is no topic of a service that is known here; it is passed on as any other"
            );
        }
    }

    /// Sends the will, as it was allowed when the connection was opened.
    pub(super) async fn publish_will(&self, will: Will) {
        let topic = will.topic.clone();
        // Subscribers see a will on a reserved topic, its service does not (AWS guide: device-shadow-comms-app).
        if !matches!(
            topic::publishing(topic.as_str(), will.retain),
            Ok(Publishing::Subscribers | Publishing::Unknown)
        ) {
            return;
        }
        if let Err(exceeded) = self
            .shared
            .app
            .quota
            .may_publish(topic.as_str(), will.retain)
        {
            tracing::warn!(topic = topic.as_str(), "a will is discarded: {exceeded}");
            return;
        }
        if will.retain {
            let kept = self
                .shared
                .app
                .messaging
                .retain(topic.as_str(), &will.payload, i64::from(will.qos as u8))
                .await;
            if let Err(error) = kept {
                tracing::error!(
                    topic = topic.as_str(),
                    "a retained will could not be kept: {error:?}"
                );
            }
        }
        let routed = self.shared.router.publish(&Arc::new(Message::from(will)));
        self.shared.app.quota.delivered(routed.queued);
    }
}
