//! Payloads as messages on another topic. AWS guide: republish-rule-action.

use super::Ended;
use crate::app::error::Error;
use crate::app::ingress::{Sender, TOPIC_LIMITS};
use crate::app::rules::engine::{Engine, Trouble, again};
use crate::app::rules::evaluate::Payload;
use crate::app::rules::lane::Arrived;
use crate::app::rules::live::Compiled;
use crate::router::Message;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_core::limits;
use nameplate_mqtt::topic::check_name;
use nameplate_mqtt::{MessageProperties, QoS, Text};
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
        again(|| self.republish_once(rule, arrived, to, payload)).await
    }

    async fn republish_once(
        &self,
        rule: &Compiled,
        arrived: &Arrived,
        to: &Republish<String>,
        payload: &Payload,
    ) -> Result<(), Trouble> {
        let ctx = self.ctx();
        let by = (to.role_arn.as_str(), rule.arn.as_str());
        let permit = self.iam.may_republish(by, &to.topic, &ctx).await??;
        check_name(&to.topic, &TOPIC_LIMITS)
            .map_err(|error| format!("the topic cannot be published to: it {error}"))?;
        if payload.bytes.len() > limits::PAYLOAD_BYTES {
            let bytes = payload.bytes.len();
            let most = limits::PAYLOAD_BYTES;
            return Err(format!("the payload is {bytes} bytes long and may be {most}").into());
        }
        let properties = properties(to, &payload.bytes)?;
        let message = Arc::new(Message {
            properties: (!properties.is_empty()).then(|| Box::new(properties)),
            topic: Text::try_from(to.topic.as_str())
                .map_err(|error| format!("the topic cannot be published to: it {error}"))?,
            payload: payload.bytes.clone(),
            qos: match to.qos {
                0 => QoS::AtMostOnce,
                _ => QoS::AtLeastOnce,
            },
            ..Message::default()
        });
        let sender = Sender::Rule(&permit, arrived.hops + 1);
        // Entrance and rules know each other here alone, so that a future must be boxed to have a size.
        let accepted = Box::pin(self.ingress.accept(sender, &message)).await;
        let accepted = accepted.map_err(Error::from)?;
        self.ingress.kept(&accepted).await;
        Ok(())
    }
}

/// The message's headers as properties of MQTT 5, by their forms and limits (General Reference, IoT Core quotas).
fn properties(to: &Republish<String>, payload: &[u8]) -> Result<MessageProperties, String> {
    let bounded = |name: &str, bytes: usize, most: usize| match bytes > most {
        true => Err(format!("{name} has {bytes} bytes and may have {most}")),
        false => Ok(()),
    };
    let text = |name: &str, value: &str| {
        Text::try_from(value).map_err(|why| format!("{name} cannot be sent: it {why}"))
    };
    let utf8 = match to.payload_format_indicator.as_deref() {
        None => None,
        Some("UNSPECIFIED_BYTES") => Some(false),
        Some("UTF8_DATA") if std::str::from_utf8(payload).is_ok() => Some(true),
        Some("UTF8_DATA") => {
            return Err(
                "payloadFormatIndicator says UTF8_DATA, and the payload is not UTF-8".into(),
            );
        }
        Some(_) => {
            return Err("payloadFormatIndicator is neither UNSPECIFIED_BYTES nor UTF8_DATA".into());
        }
    };
    let mut properties = MessageProperties {
        utf8,
        ..MessageProperties::default()
    };
    if let Some(seconds) = &to.message_expiry {
        let seconds: u64 = seconds
            .trim()
            .parse()
            .map_err(|_| "messageExpiry is no number of seconds".to_owned())?;
        properties.expiry_seconds = Some(limits::message_expiry(seconds));
    }
    if let Some(kind) = &to.content_type {
        bounded("contentType", kind.len(), limits::CONTENT_TYPE_BYTES)?;
        properties.content_type = Some(text("contentType", kind)?);
    }
    if let Some(topic) = &to.response_topic {
        check_name(topic, &TOPIC_LIMITS)
            .map_err(|error| format!("responseTopic cannot be a topic: it {error}"))?;
        properties.response_topic = Some(text("responseTopic", topic)?);
    }
    if let Some(data) = &to.correlation_data {
        let data = STANDARD
            .decode(data)
            .map_err(|_| "correlationData is not Base64".to_owned())?;
        bounded(
            "correlationData",
            data.len(),
            limits::CORRELATION_DATA_BYTES,
        )?;
        properties.correlation_data = Some(data.into());
    }
    for (name, value) in &to.user_properties {
        let pair = (
            text("userProperties", name)?,
            text("userProperties", value)?,
        );
        properties.user.push(pair);
    }
    let bytes = properties.user_bytes();
    bounded("userProperties", bytes, limits::USER_PROPERTIES_BYTES)?;
    Ok(properties)
}
