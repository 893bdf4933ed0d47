//! The first sample's second path: `GET …/shadow?serialNumber=S&deviceToken=T` answers what the device's shadow has as
//! reported, and `PUT` with a JSON object sets that as desired; the credentials may stand in the object, too, and are taken
//! out of it. Refusals are the sample's: 500 and a text.

use super::{Device, Request, Response, not_allowed, written};
use crate::app::App;
use crate::app::error::log_failure;
use crate::app::vending::Peer;
use nameplate_aws::uri;
use nameplate_core::shadow::{ShadowName, Update};
use nameplate_core::vending::answer::{self, Answer, Outcome};
use nameplate_core::vending::{BODY_BYTES, Presented, Shape};
use serde_json::{Map, Value, json};
use std::sync::Arc;

const CREDENTIALS: [&str; 2] = ["serialNumber", "deviceToken"];

pub(super) async fn answer(
    app: &Arc<App>,
    request: &Request<'_>,
    device: &Device<'_>,
    query: &str,
) -> Response {
    let desired = match request.method {
        "GET" => None,
        "PUT" | "POST" => match object(request.body) {
            Some(object) => Some(object),
            None => return refused(&Outcome::Malformed("the body is no JSON object".into())),
        },
        _ => return not_allowed("GET, PUT"),
    };
    let (presented, desired) = match presented(query, desired) {
        Ok(read) => read,
        Err(outcome) => {
            app.metrics().vending("shadow", "malformed");
            return refused(&outcome);
        }
    };
    let peer = Peer {
        address: device.address,
        listener: if device.secure { "https" } else { "api" },
    };
    let thing = match app.vending.thing_of(presented, peer).await {
        Ok(thing) => thing,
        Err(outcome) => return refused(&outcome),
    };
    match shadow(app, &thing, desired).await {
        Ok(document) => told(200, "application/json", document.to_string()),
        Err(error) if error.source.is_some() => {
            log_failure!(
                error,
                "a shadow could not be had for a device that vends: {error:?}"
            );
            refused(&Outcome::Unavailable(0))
        }
        Err(error) => told(400, "text/plain", error.message),
    }
}

/// What the device shows, and the object without it.
fn presented(
    query: &str,
    desired: Option<Map<String, Value>>,
) -> Result<(Presented, Option<Map<String, Value>>), Outcome> {
    let mut pairs = uri::query_pairs(query);
    let mut desired = desired;
    for name in CREDENTIALS {
        let member = desired.as_mut().and_then(|members| members.remove(name));
        let text = match member {
            Some(Value::String(text)) => text,
            Some(Value::Number(number)) => number.to_string(),
            _ => continue,
        };
        if !pairs.iter().any(|(known, _)| known == name) {
            pairs.push((name.to_owned(), text));
        }
    }
    let presented = Presented::read(Shape::GetCert, &pairs, &[]);
    let presented = presented.map_err(|why| Outcome::Malformed(why.to_string()))?;
    Ok((presented, desired))
}

async fn shadow(
    app: &App,
    thing: &str,
    desired: Option<Map<String, Value>>,
) -> Result<Value, crate::app::Error> {
    let of = ShadowName::new(thing, None)?;
    match desired {
        Some(desired) => {
            let update = json!({"state": {"desired": desired}}).to_string();
            let update = Update::parse(update.as_bytes()).map_err(|rejected| rejected.refusal)?;
            app.messaging.update_shadow(&of, update).await
        }
        None => match app.messaging.shadow(&of, None).await {
            Ok(document) => Ok(match &document["state"]["reported"] {
                Value::Null => json!({}),
                reported => reported.clone(),
            }),
            // It has said nothing yet.
            Err(error) if error.source.is_none() => Ok(json!({})),
            Err(error) => Err(error),
        },
    }
}

fn object(body: &[u8]) -> Option<Map<String, Value>> {
    if body.len() > BODY_BYTES {
        return None;
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

fn refused(outcome: &Outcome) -> Response {
    written(answer::answer(Shape::GetCert, outcome))
}

fn told(status: u16, content_type: &'static str, body: String) -> Response {
    written(Answer {
        status,
        content_type,
        retry_after: None,
        body,
    })
}
