//! What a client publishes, what it asks of AWS IoT's services by messages on reserved topics, and its will.

use super::Shared;
use super::end::End;
use super::link::Transport;
use super::open::Open;
use crate::app::Error;
use crate::broker::throttle::Over;
use crate::broker::{Delivery, Message};
use nameplate_core::policy::MqttAction;
use nameplate_core::topic::{self, Publishing, Unbuilt};
use nameplate_mqtt::packet::{Publish, Will};
use nameplate_mqtt::{QoS, Text};
use std::sync::Arc;

impl<S: Transport> Open<'_, '_, S> {
    pub(super) async fn publish(&mut self, publish: Publish) -> Result<(), End> {
        let app = &self.link.shared.app;
        let name = publish.topic.as_str();
        let packet_id = publish.packet_id;
        let goes = match topic::publishing(name, publish.retain) {
            Ok(goes) => goes,
            Err(nobody) => return Err(End::client_error("topic-reserved", nobody.to_string())),
        };
        self.check_publish(name, publish.retain)?;
        if let Some(meter) = &mut self.link.meter {
            let within = meter
                .message(app)
                .and_then(|()| app.quota.may_publish(name, publish.retain));
            if let Err(exceeded) = within {
                meter.tell(app, &self.permit, self.seat, (Over::Publish, exceeded));
                self.discard(&publish);
                return Ok(());
            }
        }
        app.metrics().received.inc();
        if publish.retain {
            // Durable before it is acknowledged.
            let kept = app
                .messaging
                .retain(name, &publish.payload, i64::from(publish.qos as u8))
                .await;
            if let Err(error) = kept {
                tracing::error!(
                    topic = name,
                    "a retained message could not be kept: {error:?}"
                );
                self.discard(&publish);
                return Ok(());
            }
        }
        // Only what is sent to a service; a payload is shared, not copied.
        let request = topic::is_reserved(name).then(|| publish.clone());
        let mut crowded = false;
        if goes != Publishing::Service {
            let router = &self.link.shared.router;
            let routed = router.publish(&Arc::new(Message::from(publish)));
            app.quota.delivered(routed.queued);
            crowded = routed.crowded;
        }
        if let Some(request) = request
            && let Err(error) = self.request(&request, goes).await
        {
            tracing::error!(
                topic = request.topic.as_str(),
                "a request to a shadow could not be carried out: {error:?}"
            );
            self.discard(&request);
            return Ok(());
        }
        let link = &mut *self.link;
        link.protocol.published(packet_id, &mut link.output);
        if crowded {
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Whether the policies let the client publish this; otherwise the end.
    fn check_publish(&mut self, name: &str, retain: bool) -> Result<(), End> {
        let now = self.link.shared.app.now();
        let authorizer = &self.permit.authorizer;
        let may = |action| authorizer.check(action, name, now).is_allowed();
        if may(MqttAction::Publish) && (!retain || may(MqttAction::RetainPublish)) {
            return Ok(());
        }
        let mut decision = authorizer.decide(MqttAction::Publish, name, now);
        if decision.is_allowed() {
            decision = authorizer.decide(MqttAction::RetainPublish, name, now);
        }
        let close = self.link.protocol.deny_publish();
        Err(End {
            text: decision.to_string(),
            ..End::of(close)
        })
    }

    /// Throws a message away without an acknowledgement, so that the client sends it again some day.
    fn discard(&mut self, publish: &Publish) {
        let link = &mut *self.link;
        link.protocol.discard(publish.packet_id, &mut link.output);
    }

    /// Carries out what a message on a reserved topic asks of a service.
    async fn request(&mut self, request: &Publish, goes: Publishing) -> Result<(), Error> {
        let app = &self.link.shared.app;
        let name = request.topic.as_str();
        if goes == Publishing::Unknown {
            self.tell_unknown(name);
        }
        if let Some(unbuilt) = Unbuilt::of(name) {
            let refusal = unbuilt.rejection(&request.payload, app.now());
            let unasked = unbuilt.is_sent_unsubscribed().then_some(request.qos);
            self.answer(unbuilt.rejected(), refusal, unasked);
            return Ok(());
        }
        app.messaging.shadow_request(name, &request.payload).await
    }

    /// Sends a service's answer to this client alone: with the QoS that its subscription was granted, or with
    /// `unasked` where there is none. Whether its policies let it receive the answer is decided as for any message.
    fn answer(&self, topic: &str, payload: Vec<u8>, unasked: Option<QoS>) {
        let Ok(name) = Text::try_from(topic) else {
            return;
        };
        let granted = self.link.shared.router.granted(&self.registration, topic);
        let Some(qos) = granted.or(unasked) else {
            return;
        };
        self.registration.outbox().push(Delivery {
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
        if !std::mem::replace(&mut self.unknown_told, true) {
            let client = self.registration.client_id();
            tracing::info!(
                client.id = %client,
                topic,
                "{client} uses {topic}, which is no topic of a service that is known here; it is passed on as any other"
            );
        }
    }
}

/// Sends the will, as it was allowed when the connection was opened.
pub(super) async fn publish_will(shared: &Shared, will: Will) {
    let app = &shared.app;
    let topic = will.topic.clone();
    // Subscribers see a will on a reserved topic, its service does not (AWS guide: device-shadow-comms-app).
    if !matches!(
        topic::publishing(topic.as_str(), will.retain),
        Ok(Publishing::Subscribers | Publishing::Unknown)
    ) {
        return;
    }
    if let Err(exceeded) = app.quota.may_publish(topic.as_str(), will.retain) {
        tracing::warn!(topic = topic.as_str(), "a will is discarded: {exceeded}");
        return;
    }
    if will.retain {
        let kept = app
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
    let routed = shared.router.publish(&Arc::new(Message::from(will)));
    app.quota.delivered(routed.queued);
}
