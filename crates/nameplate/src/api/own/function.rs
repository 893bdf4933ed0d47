//! What functions printed, and how they are confined, for operators.

use super::Call;
use crate::app::Error;
use nameplate_aws::uri;
use nameplate_functions::LogQuery;
use serde_json::{Value, json};

/// Lines of one answer, unless asked otherwise, and at most.
const LINES: (usize, usize) = (1000, 10_000);

/// `GET /nameplate/logs?function=…&after=…&since=…&limit=…&tail=true`: lines of a function in their order, those with a
/// greater sequence number than `after` and not before `since` (milliseconds since 1970), the first `limit` or with
/// `tail` the last; and the sequence number of the last line of all, which is smaller than `after` if the group was
/// deleted meanwhile.
pub async fn logs(call: &Call<'_>) -> Result<Value, Error> {
    let (_, query) = uri::split_target(call.request.target);
    let mut function = None;
    let mut lines = LogQuery {
        limit: LINES.0,
        ..LogQuery::default()
    };
    for (name, value) in uri::query_pairs(query) {
        let wrong = |must: &str| Error::invalid(format!("{name} is {value:?}; it must be {must}"));
        match name.as_str() {
            "function" => function = Some(value),
            "after" => lines.after = value.parse().map_err(|_| wrong("a sequence number"))?,
            "since" => {
                let since = value.parse();
                lines.from = Some(since.map_err(|_| wrong("milliseconds since 1970"))?);
            }
            "limit" => {
                let limit = value.parse().ok();
                lines.limit = limit
                    .filter(|limit| (1..=LINES.1).contains(limit))
                    .ok_or_else(|| wrong("a number from 1 to 10000"))?;
            }
            "tail" => lines.tail = value == "true",
            _ => {}
        }
    }
    let function = function.ok_or_else(|| Error::invalid("function is required"))?;
    let found = call.app.functions.log_group(&function).await;
    // Who may not read is not told whether there is such a function.
    let name = function.rsplit("function:").next().unwrap_or_default();
    let group = match &found {
        Ok(group) => group.clone(),
        Err(_) => format!("/aws/lambda/{name}"),
    };
    let arn = call.app.realm().log_group(&group);
    let iam = &call.app.iam;
    iam.may(&call.caller, "logs:FilterLogEvents", &arn, &[])
        .await?;
    let group = found?;
    let (events, last) = call.app.functions.log_events(group.clone(), lines).await?;
    let events: Vec<Value> = events
        .into_iter()
        .map(|event| {
            json!({
                "sequence": event.sequence,
                "timestamp": event.timestamp,
                "stream": event.stream,
                "message": event.message,
            })
        })
        .collect();
    Ok(json!({"logGroup": group, "events": events, "last": last}))
}

/// `GET /nameplate/confinement`: what this machine does not enforce on functions, in words; nothing where it enforces all.
pub async fn confinement(call: &Call<'_>) -> Result<Value, Error> {
    let iam = &call.app.iam;
    iam.may(&call.caller, "nameplate:GetConfinement", "*", &[])
        .await?;
    Ok(json!({"gaps": call.app.functions.confinement().await?}))
}
