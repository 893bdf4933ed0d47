//! Payloads as messages on another topic. AWS guide: republish-rule-action.

use super::Ended;
use crate::app::error::{Error, Kind};
use crate::app::ingress::{Sender, TOPIC_LIMITS};
use crate::app::rules::engine::{Engine, Trouble, again, plain};
use crate::app::rules::evaluate::Payload;
use crate::app::rules::lane::Arrived;
use crate::app::rules::live::Compiled;
use crate::router::Message;
use nameplate_core::limits;
use nameplate_mqtt::topic::check_name;
use nameplate_mqtt::{QoS, Text};
use nameplate_rules::Republish;
use std::sync::Arc;

impl Engine {
    /// Publishes through the same entrance as everybody, as the action's role.
    pub(super) async fn republish(
        &self,
        rule: &Compiled,
        arrived: &Arrived,
        to: &Republish<String>,
        payload: &Payload,
    ) -> Ended {
        let ctx = self.ctx();
        let role = self.assumed(rule, &to.role_arn, &ctx).await?;
        let permit = self.iam.may_republish(&role, &to.topic, &ctx).await;
        let permit = permit.map_err(|error| plain(&error))?;
        check_name(&to.topic, &TOPIC_LIMITS)
            .map_err(|error| format!("the topic cannot be published to: it {error}"))?;
        if payload.bytes.len() > limits::PAYLOAD_BYTES {
            return Err(format!(
                "the payload is {} bytes long and may be {}",
                payload.bytes.len(),
                limits::PAYLOAD_BYTES
            ));
        }
        let message = Arc::new(Message {
            topic: Text::try_from(to.topic.as_str())
                .map_err(|error| format!("the topic cannot be published to: it {error}"))?,
            payload: payload.bytes.clone(),
            qos: match to.qos {
                0 => QoS::AtMostOnce,
                _ => QoS::AtLeastOnce,
            },
            ..Message::default()
        });
        let (permit, message) = (&permit, &message);
        again(|| async move {
            // Entrance and rules know each other here alone, so that a future must be boxed to have a size.
            let entering = Box::pin(
                self.ingress
                    .accept(Sender::Rule(permit, arrived.hops + 1), message),
            );
            match entering.await {
                Ok(accepted) => {
                    self.ingress.kept(&accepted).await;
                    Ok(())
                }
                Err(refusal) => {
                    let error = Error::from(refusal);
                    Err(Trouble {
                        passes: matches!(error.kind, Kind::Throttled | Kind::Unavailable),
                        why: plain(&error),
                    })
                }
            }
        })
        .await
    }
}
