//! Messages over HTTP. API: `Publish` and the operations on retained messages.

use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::ingress::TOPIC_LIMITS;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_core::limits;
use nameplate_mqtt::topic::check_name;
use nameplate_mqtt::{MessageProperties, QoS, Text};
use serde_json::{Map, Value, json};

/// Messages of a page where the caller does not say (API: `maxResults`).
const PAGE: usize = 200;

/// `Publish`.
pub async fn publish(call: &Call<'_>) -> Result<Value, Error> {
    let payload = call.input.payload.clone().unwrap_or_default();
    let properties = properties(call, &payload)?;
    let topic = call.required("topic")?;
    let retain = call.input.flag("retain").unwrap_or(false);
    let permit = match call.caller.as_device() {
        Some(device) => device.may_publish(&call.caller.ctx, topic, retain)?,
        None => {
            let iam = &call.app.iam;
            iam.may_publish(&call.caller, topic, retain).await?
        }
    };
    let qos = match call.input.integer("qos") {
        None | Some(0) => QoS::AtMostOnce,
        Some(_) => QoS::AtLeastOnce,
    };
    let ingress = &call.app.ingress;
    ingress.publish(&permit, payload, qos, properties).await?;
    Ok(json!({"message": "OK", "traceId": call.caller.ctx.request_id}))
}

/// The properties of MQTT 5, by their forms in the API and the limits of messages (General Reference, IoT Core quotas).
pub(super) fn properties(call: &Call<'_>, payload: &[u8]) -> Result<MessageProperties, Error> {
    let over = |name: &str, bytes: usize, limit: usize| match bytes > limit {
        true => Err(Error::invalid(format!(
            "{name} has {bytes} bytes and may have {limit}"
        ))),
        false => Ok(()),
    };
    let text = |name: &str, value: &str| {
        Text::try_from(value).map_err(|why| Error::invalid(format!("Invalid {name}: it {why}")))
    };
    let decoded = |name: &str| match call.input.text(name) {
        None => Ok(None),
        Some(text) => STANDARD
            .decode(text)
            .map(Some)
            .map_err(|_| Error::invalid(format!("{name} is not Base64"))),
    };
    let mut properties = MessageProperties::default();
    if let Some(format) = call.input.text("payloadFormatIndicator") {
        let utf8 = format == "UTF8_DATA";
        if utf8 && std::str::from_utf8(payload).is_err() {
            let why = "payloadFormatIndicator says UTF8_DATA, and the payload is not UTF-8";
            return Err(Error::invalid(why));
        }
        properties.utf8 = Some(utf8);
    }
    if let Some(seconds) = call.input.integer("messageExpiry") {
        let seconds = u64::try_from(seconds)
            .map_err(|_| Error::invalid(format!("messageExpiry may not be {seconds}")))?;
        properties.expiry_seconds = Some(limits::message_expiry(seconds));
    }
    if let Some(kind) = call.input.text("contentType") {
        over("contentType", kind.len(), limits::CONTENT_TYPE_BYTES)?;
        properties.content_type = Some(text("contentType", kind)?);
    }
    if let Some(topic) = call.input.text("responseTopic") {
        check_name(topic, &TOPIC_LIMITS)
            .map_err(|error| Error::invalid(format!("Invalid responseTopic: it {error}")))?;
        properties.response_topic = Some(text("responseTopic", topic)?);
    }
    if let Some(data) = decoded("correlationData")? {
        over(
            "correlationData",
            data.len(),
            limits::CORRELATION_DATA_BYTES,
        )?;
        properties.correlation_data = Some(data.into());
    }
    if let Some(list) = decoded("userProperties")? {
        let wrong = || {
            Error::invalid("userProperties is not a JSON array of objects whose values are strings")
        };
        // In the order of the array, and of each object: it has a meaning, and names may come again.
        // The AWS CLI, and whoever gives boto3 the text that the guide shows, send it as a JSON string.
        let within: Option<String> = serde_json::from_slice(&list).ok();
        let list = within.map_or(list, String::into_bytes);
        let list: Vec<Map<String, Value>> = serde_json::from_slice(&list).map_err(|_| wrong())?;
        for (name, value) in list.iter().flatten() {
            let value = value.as_str().ok_or_else(wrong)?;
            let pair = (
                text("userProperties", name)?,
                text("userProperties", value)?,
            );
            properties.user.push(pair);
        }
        let bytes = properties.user_bytes();
        over("userProperties", bytes, limits::USER_PROPERTIES_BYTES)?;
    }
    Ok(properties)
}

/// `GetRetainedMessage`.
pub async fn get_retained_message(call: &Call<'_>) -> Result<Value, Error> {
    let topic = call.required("topic")?;
    let kept =
        call.app.messaging.retained(topic).await?.ok_or_else(|| {
            Error::not_found(format!("No message is retained for the topic {topic}"))
        })?;
    let mut answer = json!({
        "topic": topic,
        "payload": STANDARD.encode(&kept.payload),
        "qos": kept.qos,
        "lastModifiedTime": kept.modified.0,
    });
    let user = kept.properties.map(|own| own.user).unwrap_or_default();
    if !user.is_empty() {
        let pairs = user.iter().map(|(name, value)| {
            Value::Object(
                [(name.to_string(), json!(value.as_str()))]
                    .into_iter()
                    .collect(),
            )
        });
        let list = Value::Array(pairs.collect()).to_string();
        answer["userProperties"] = json!(STANDARD.encode(list));
    }
    Ok(answer)
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
