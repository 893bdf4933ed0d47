//! Messages over HTTP. API: `Publish` and the operations on retained messages.

use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::ingress::TOPIC_LIMITS;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_core::limits;
use nameplate_mqtt::QoS;
use nameplate_mqtt::topic::check_name;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Messages of a page where the caller does not say (API: `maxResults`).
const PAGE: usize = 200;

/// `Publish`. Properties of MQTT 5 are checked and not passed on: every subscriber here speaks 3.1.1, which has none.
pub async fn publish(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&["messageExpiry"])?;
    check_properties(call)?;
    let topic = call.required("topic")?;
    let retain = call.input.flag("retain").unwrap_or(false);
    let permit = match call.caller.as_device() {
        Some(device) => device.may_publish(&call.caller.ctx, topic, retain)?,
        None => {
            let iam = &call.app.iam;
            iam.may_publish(&call.caller, topic, retain).await?
        }
    };
    let payload = call.input.payload.clone().unwrap_or_default();
    let qos = match call.input.integer("qos") {
        None | Some(0) => QoS::AtMostOnce,
        Some(_) => QoS::AtLeastOnce,
    };
    call.app.ingress.publish(&permit, payload, qos).await?;
    Ok(json!({"message": "OK", "traceId": call.caller.ctx.request_id}))
}

/// The properties of MQTT 5, by their forms in the API and the limits of messages (General Reference, IoT Core quotas).
fn check_properties(call: &Call<'_>) -> Result<(), Error> {
    let over = |name: &str, bytes: usize, limit: usize| match bytes > limit {
        true => Err(Error::invalid(format!(
            "{name} has {bytes} bytes and may have {limit}"
        ))),
        false => Ok(()),
    };
    let decoded = |name: &str| match call.input.text(name) {
        None => Ok(None),
        Some(text) => STANDARD
            .decode(text)
            .map(Some)
            .map_err(|_| Error::invalid(format!("{name} is not Base64"))),
    };
    if let Some(kind) = call.input.text("contentType") {
        over("contentType", kind.len(), limits::CONTENT_TYPE_BYTES)?;
    }
    if let Some(topic) = call.input.text("responseTopic") {
        check_name(topic, &TOPIC_LIMITS)
            .map_err(|error| Error::invalid(format!("Invalid responseTopic: it {error}")))?;
    }
    if let Some(data) = decoded("correlationData")? {
        over(
            "correlationData",
            data.len(),
            limits::CORRELATION_DATA_BYTES,
        )?;
    }
    if let Some(list) = decoded("userProperties")? {
        let wrong = || {
            Error::invalid("userProperties is not a JSON array of objects whose values are strings")
        };
        let list: Vec<BTreeMap<String, String>> =
            serde_json::from_slice(&list).map_err(|_| wrong())?;
        let pairs = list.iter().flatten();
        let bytes = pairs.map(|(name, value)| name.len() + value.len()).sum();
        over("userProperties", bytes, limits::USER_PROPERTIES_BYTES)?;
    }
    Ok(())
}

/// `GetRetainedMessage`.
pub async fn get_retained_message(call: &Call<'_>) -> Result<Value, Error> {
    let topic = call.required("topic")?;
    let kept =
        call.app.messaging.retained(topic).await?.ok_or_else(|| {
            Error::not_found(format!("No message is retained for the topic {topic}"))
        })?;
    Ok(json!({
        "topic": topic,
        "payload": STANDARD.encode(&kept.payload),
        "qos": kept.qos,
        "lastModifiedTime": kept.modified.0,
    }))
}

/// `ListRetainedMessages`, in the order of topics.
pub async fn list_retained_messages(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let after = page.from.as_deref().unwrap_or_default();
    let mut kept = call
        .app
        .messaging
        .retained_messages(after, page.size + 1)
        .await?;
    let more = kept.len() > page.size;
    kept.truncate(page.size);
    let next = kept.last().map(|last| last.topic.clone()).filter(|_| more);
    let items = kept
        .iter()
        .map(|kept| {
            json!({
                "topic": kept.topic,
                "payloadSize": kept.bytes,
                "qos": kept.qos,
                "lastModifiedTime": kept.modified.0,
            })
        })
        .collect();
    Ok(page.answer("retainedTopics", items, next))
}
