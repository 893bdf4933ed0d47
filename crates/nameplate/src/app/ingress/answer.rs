//! What a message asks of a service, and what whoever asked is answered.

use super::{Ingress, Refusal, Sender};
use crate::app::fleet_provisioning::Asker;
use crate::router::{Client, Delivery, Message, Pushed};
use nameplate_core::topic::{Asked, Unbuilt};
use nameplate_mqtt::{QoS, Text};
use std::sync::Arc;

impl Ingress {
    /// Has the service carry out what the message asks for. Fails only for our reasons.
    pub(super) async fn ask(
        &self,
        from: &Sender<'_>,
        asked: Asked,
        message: &Message,
    ) -> Result<(), Refusal> {
        if let Sender::Will(_) | Sender::Service(_) = from {
            return Ok(());
        }
        let name = message.topic.as_str();
        match asked {
            Asked::Shadow => {
                // A device is told by an answer alone; what was not carried out is not acknowledged besides.
                let tells = matches!(from, Sender::Client(..));
                let asked = self.messaging.shadow_request(name, &message.payload, tells);
                asked.await.map_err(Refusal::Failed)
            }
            // It has been offered to the rules.
            Asked::Rule => Ok(()),
            Asked::FleetProvisioning(_) => {
                if let Sender::Client(permit, client) = from {
                    let asker = Asker {
                        principal: permit.principal(),
                        client_id: permit.client_id(),
                        source_ip: permit.source_ip(),
                        connection: client.number(),
                    };
                    let service = &self.fleet_provisioning;
                    if let Some(answer) = service.answer(asker, name, &message.payload).await {
                        // What a session keeps until it is acknowledged may reach another connection of its client.
                        let most = match answer.secret {
                            true => QoS::AtMostOnce,
                            false => QoS::AtLeastOnce,
                        };
                        let granted = self.router.granted(client, &answer.topic);
                        let qos = granted.unwrap_or(message.qos).min(most);
                        self.send(client, &answer.topic, answer.payload, qos);
                    }
                }
                Ok(())
            }
            Asked::Jobs(_) => {
                if let Sender::Client(_, client) = from {
                    let answer = self.jobs.answer(name, &message.payload).await;
                    // It reaches whoever asked without a subscription (AWS guide: jobs-mqtt-api).
                    self.answer(client, &answer.topic, answer.payload, Some(message.qos));
                }
                Ok(())
            }
            Asked::Streams(_) => {
                if let Sender::Client(_, client) = from {
                    let mut send = |topic: &str, payload| self.answered(client, topic, payload);
                    self.streams.answer(name, &message.payload, &mut send).await;
                }
                Ok(())
            }
            unbuilt => {
                if let (Sender::Client(_, client), Some(unbuilt)) =
                    (from, Unbuilt::of(name, unbuilt))
                {
                    let refusal = unbuilt.rejection(self.kernel.now());
                    self.answer(client, unbuilt.rejected(), refusal, None);
                }
                Ok(())
            }
        }
    }

    /// Sends a service's answer to this client alone: with the QoS that its subscription was granted, or with
    /// `unasked` where there is none. Whether its policies let it receive the answer is decided as for any message.
    fn answer(&self, client: &Arc<Client>, topic: &str, payload: Vec<u8>, unasked: Option<QoS>) {
        let granted = self.router.granted(client, topic);
        let Some(qos) = granted.or(unasked) else {
            return;
        };
        self.send(client, topic, payload, qos);
    }

    /// Sends one of a service's answers to this client alone, where it subscribes to them; whether there is room for more.
    fn answered(&self, client: &Arc<Client>, topic: &str, payload: Vec<u8>) -> bool {
        let granted = self.router.granted(client, topic);
        granted.is_some_and(|qos| self.send(client, topic, payload, qos))
    }

    /// Puts a message into this client's outbox alone; whether there was room.
    fn send(&self, client: &Arc<Client>, topic: &str, payload: Vec<u8>, qos: QoS) -> bool {
        let Ok(name) = Text::try_from(topic) else {
            return false;
        };
        let pushed = client.outbox().push(Delivery {
            message: Arc::new(Message {
                topic: name,
                payload: payload.into(),
                qos,
                ..Message::default()
            }),
            number: None,
            qos,
            retain: false,
        });
        if pushed == Pushed::Full {
            self.kernel.metrics.outbox_full(1);
        }
        pushed != Pushed::Full
    }
}
