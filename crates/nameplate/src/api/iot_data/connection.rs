//! Connections of clients. API: `GetConnection`, `DeleteConnection`, `ListSubscriptions`, `SendDirectMessage`.

use super::message::properties;
use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::presence::DirectMessage;
use serde_json::{Value, json};
use std::time::Duration;

/// Subscriptions of a page where the caller does not say (API: `maxResults`).
const PAGE: usize = 20;
/// Seconds that a confirmation is waited for: at least, where the caller does not say, and at most (API: `timeout`).
const CONFIRMATION: (i64, i64, i64) = (1, 5, 15);

/// `GetConnection`.
pub async fn get_connection(call: &Call<'_>) -> Result<Value, Error> {
    let presence = &call.app.presence;
    let found = presence.connection(call.required("clientId")?).await?;
    let mut answer = json!({
        "connected": found.connected_since.is_some(),
        "cleanSession": found.clean_session,
        "keepAliveDuration": found.keep_alive_seconds,
        "sessionExpiry": found.session_expiry.as_secs(),
        "clientId": found.client_id,
    });
    let mut put = |name: &str, value: Value| {
        answer[name] = value;
    };
    if let Some(thing) = found.thing {
        put("thingName", json!(thing));
    }
    if let Some(since) = found.connected_since {
        put("connectedSince", json!(since.0));
    }
    if let Some((at, reason)) = found.disconnected {
        put("disconnectedSince", json!(at.0));
        if let Some(reason) = reason {
            put("disconnectReason", json!(reason.as_str()));
        }
    }
    if let (Some(true), Some(address)) =
        (call.input.flag("includeSocketInformation"), found.address)
    {
        put("sourceIp", json!(address.ip().to_canonical().to_string()));
        put("sourcePort", json!(address.port()));
    }
    Ok(answer)
}

/// `DeleteConnection`.
pub async fn delete_connection(call: &Call<'_>) -> Result<Value, Error> {
    let clean = call.input.flag("cleanSession").unwrap_or(false);
    let will = !call.input.flag("preventWillMessage").unwrap_or(false);
    let client_id = call.required("clientId")?;
    let presence = &call.app.presence;
    presence.delete_connection(client_id, clean, will).await?;
    Ok(json!({}))
}

/// `ListSubscriptions`, in the order of filters.
pub async fn list_subscriptions(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let after = page.from.as_deref().unwrap_or_default();
    let held = call
        .app
        .presence
        .subscriptions_of(call.required("clientId")?)
        .await?;
    let mut held: Vec<_> = held
        .into_iter()
        .filter(|(filter, _)| filter.as_str() > after)
        .collect();
    let more = held.len() > page.size;
    held.truncate(page.size);
    let last = held.last().map(|(filter, _)| filter.as_str().to_owned());
    let items = held
        .iter()
        .map(|(filter, qos)| json!({"topicFilter": filter.as_str(), "qos": *qos as u8}))
        .collect();
    Ok(page.answer("subscriptions", items, last.filter(|_| more)))
}

/// `SendDirectMessage`. The topic is no resource of it: policies name it by the condition key `iot:Topic`.
pub async fn send_direct_message(call: &Call<'_>) -> Result<Value, Error> {
    let payload = call.input.payload.clone().unwrap_or_default();
    let properties = properties(call, &payload)?;
    let (least, usual, most) = CONFIRMATION;
    let confirmation = match call.input.flag("confirmation") {
        Some(true) => {
            let seconds = call.input.integer("timeout").unwrap_or(usual);
            if !(least..=most).contains(&seconds) {
                return Err(Error::invalid(format!(
                    "timeout is {seconds} and may be {least} to {most}"
                )));
            }
            Some(Duration::from_secs(seconds.unsigned_abs()))
        }
        _ => None,
    };
    let direct = DirectMessage {
        topic: call.required("topic")?.to_owned(),
        payload,
        properties,
        confirmation,
    };
    let presence = &call.app.presence;
    presence
        .send_direct(call.required("clientId")?, direct)
        .await?;
    Ok(json!({"message": "OK", "traceId": call.caller.ctx.request_id}))
}
