//! Which events the account wants.

use crate::api::Call;
use crate::app::Error;
use nameplate_core::registry::event::EventKind;
use serde_json::{Map, Value, json};

/// `UpdateEventConfigurations`: kinds that are not named stay as they are.
pub async fn update_event_configurations(call: &Call<'_>) -> Result<Value, Error> {
    let given = call.input.object("eventConfigurations");
    let choices = given
        .into_iter()
        .flatten()
        .filter_map(|(kind, configuration)| {
            // The model has checked the kinds. A configuration that says nothing changes nothing.
            Some((
                EventKind::parse(kind)?,
                configuration.get("Enabled")?.as_bool()?,
            ))
        })
        .collect();
    call.app
        .registry
        .update_event_configurations(&call.caller, choices)
        .await?;
    Ok(json!({}))
}

/// `DescribeEventConfigurations`.
pub async fn describe_event_configurations(call: &Call<'_>) -> Result<Value, Error> {
    let found = call.app.registry.event_configurations().await?;
    let kinds: Map<String, Value> = EventKind::ALL
        .into_iter()
        .map(|kind| {
            let enabled = found.kinds.contains(kind);
            (kind.as_str().to_owned(), json!({"Enabled": enabled}))
        })
        .collect();
    let mut members = Map::new();
    members.insert("eventConfigurations".into(), Value::Object(kinds));
    for (name, at) in [
        ("creationDate", found.created),
        ("lastModifiedDate", found.modified),
    ] {
        if let Some(at) = at {
            members.insert(name.into(), json!(at.as_seconds_f64()));
        }
    }
    Ok(Value::Object(members))
}
