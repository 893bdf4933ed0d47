//! Connections for operators: who is connected now, and what connections came to minute by minute.

use super::Call;
use crate::app::Error;
use crate::app::history::KEPT;
use crate::app::presence::Connected;
use nameplate_aws::uri;
use serde_json::{Value, json};

/// Connections of one answer, unless asked otherwise, and at most.
const PAGE: (usize, usize) = (100, 1000);
/// Minutes of one answer, unless asked otherwise.
const MINUTES: usize = 60;

fn number(
    pairs: &[(String, String)],
    name: &str,
    (usual, most): (usize, usize),
) -> Result<usize, Error> {
    let found = pairs.iter().find(|(found, _)| found == name);
    let Some((_, text)) = found else {
        return Ok(usual);
    };
    let number = text.parse().ok();
    number
        .filter(|number| (1..=most).contains(number))
        .ok_or_else(|| {
            Error::invalid(format!(
                "{name} is {text:?}; it must be a number from 1 to {most}"
            ))
        })
}

fn pairs(call: &Call<'_>) -> Vec<(String, String)> {
    let (_, query) = uri::split_target(call.request.target);
    uri::query_pairs(query)
}

/// `GET /nameplate/connections?after=…&limit=…`: who is connected, by client id beyond `after`; `count` is how many are.
/// With several nodes those of all; `nodesMissing` is how many did not say.
pub async fn list(call: &Call<'_>) -> Result<Value, Error> {
    let iam = &call.app.iam;
    iam.may(&call.caller, "nameplate:ListConnections", "*", &[])
        .await?;
    let pairs = pairs(call);
    let limit = number(&pairs, "limit", PAGE)?;
    let after = pairs.iter().find(|(name, _)| name == "after");
    let after = after.map_or("", |(_, after)| after.as_str());
    let found = call.app.presence.connected_anywhere(after, limit + 1);
    let (mut found, count, missing) = found.await;
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().map(|one| one.client_id.to_string());
    let connections: Vec<Value> = found.iter().map(one).collect();
    let mut answer =
        json!({"connections": connections, "count": count, "after": last.filter(|_| more)});
    if missing > 0 {
        answer["nodesMissing"] = missing.into();
    }
    Ok(answer)
}

/// A connection as it is told.
pub(super) fn one(one: &Connected) -> Value {
    let name = match one.by_certificate {
        true => "certificateId",
        false => "principal",
    };
    json!({
        "clientId": &*one.client_id,
        name: &*one.principal,
        "since": one.since.0,
        "address": one.address.to_string(),
        "thingName": one.thing,
    })
}

/// `GET /nameplate/history?minutes=…`: what connections came to and what messages went, minute by minute up to now, for a
/// day at most and since the server started. With several nodes those of all; `nodesMissing` is how many did not say.
pub async fn history(call: &Call<'_>) -> Result<Value, Error> {
    let iam = &call.app.iam;
    iam.may(&call.caller, "nameplate:GetHistory", "*", &[])
        .await?;
    let count = number(&pairs(call), "minutes", (MINUTES, KEPT))?;
    let (told, missing) = call.app.history(count).await;
    let minutes: Vec<Value> = told
        .minutes
        .iter()
        .map(|one| {
            json!({
                "at": one.at, "provisioned": one.provisioned, "connected": one.connected,
                "refused": one.refused, "milliseconds": one.milliseconds, "slowest": one.slowest,
                "received": one.received, "sent": one.sent,
            })
        })
        .collect();
    let mut answer = json!({"minutes": minutes});
    if missing > 0 {
        answer["nodesMissing"] = missing.into();
    }
    Ok(answer)
}
