//! What a client publishes.

use super::end::End;
use super::link::Transport;
use super::open::Open;
use crate::app::error::log_failure;
use crate::app::faults::Fault;
use crate::app::ingress::{Accepted, Refusal, Sender};
use crate::app::quota::Exceeded;
use crate::broker::throttle::Over;
use crate::router::Message;
use nameplate_mqtt::packet::Publish;
use std::sync::Arc;

impl<S: Transport> Open<'_, '_, S> {
    pub(super) async fn publish(&mut self, publish: Publish) -> Result<(), End> {
        let shared = self.link.shared;
        let app = &shared.app;
        let packet_id = publish.packet_id;
        let message = Arc::new(Message::published(publish, || app.now()));
        let mut taken = match self.within_rate() {
            Ok(()) => self.take_in(&message).await,
            Err(exceeded) => Err(Refusal::Throttled(exceeded)),
        };
        if matches!(taken, Err(Refusal::Denied(_))) && self.was_behind(true).await? {
            taken = self.take_in(&message).await;
        }
        let topic = message.topic.as_str();
        match taken {
            Ok(accepted) => {
                let lost = || {
                    let client = self.registration.client_id();
                    app.faults().due(Fault::LosePuback, client).is_some()
                };
                if packet_id.is_some() && lost() {
                    let link = &mut *self.link;
                    link.protocol.discard(packet_id, &mut link.output);
                    return Ok(());
                }
                match (packet_id, accepted.stored) {
                    (Some(packet_id), Some(ticket)) => self.acknowledge_when(packet_id, ticket),
                    _ => {
                        let link = &mut *self.link;
                        link.protocol.published(packet_id, &mut link.output);
                    }
                }
                if accepted.unknown {
                    self.tell_unknown(topic);
                }
                if accepted.crowded {
                    tokio::task::yield_now().await;
                }
                return Ok(());
            }
            Err(Refusal::Reserved(nobody)) => {
                let link = &mut *self.link;
                let close = link.protocol.reserved_publish(packet_id, &mut link.output);
                return Err(End {
                    text: nobody.to_string(),
                    ..End::of(close)
                });
            }
            Err(Refusal::Denied(why)) => {
                let link = &mut *self.link;
                let Some(close) = link.protocol.deny_publish(packet_id, &mut link.output) else {
                    self.record_denied("publish-denied", &why);
                    return Ok(());
                };
                return Err(End {
                    text: why,
                    ..End::of(close)
                });
            }
            Err(Refusal::Throttled(exceeded)) => {
                if let Some(meter) = &mut self.link.meter {
                    meter.tell(app, &self.permit, self.seat, (Over::Publish, exceeded));
                }
            }
            Err(Refusal::Full(error)) => {
                self.record_denied("retained-limit", &error.message);
            }
            Err(Refusal::NotBuilt(why)) => tracing::debug!(topic, "{why}"),
            Err(Refusal::Failed(error)) => {
                log_failure!(
                    error,
                    topic,
                    "a message could not be carried out: {error:?}"
                );
            }
        }
        // No acknowledgement, so that the client sends it again some day.
        let link = &mut *self.link;
        link.protocol.discard(packet_id, &mut link.output);
        Ok(())
    }

    async fn take_in(&self, message: &Arc<Message>) -> Result<Accepted, Refusal> {
        let from = Sender::Client(&self.permit, &self.registration);
        self.link.shared.app.ingress.accept(from, message).await
    }

    /// Whether one more message may come over this connection now.
    fn within_rate(&mut self) -> Result<(), Exceeded> {
        let link = &mut *self.link;
        match &mut link.meter {
            Some(meter) => meter.message(&link.shared.app),
            None => Ok(()),
        }
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
