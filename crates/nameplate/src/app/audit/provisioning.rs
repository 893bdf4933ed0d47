//! Ends of provisioning, as they are told: of the records that `explain` has, those of which a flow ran.

use nameplate_core::ctx::Millis;
use nameplate_store::AttemptRow;
use serde_json::{Map, Value};

/// What a record of a flow has in it.
const FLOW: &str = "\"flow\":\"";
/// Members of a record that are told, and under which names.
const MEMBERS: &[(&str, &str)] = &[
    ("listener", "door"),
    ("flow", "flow"),
    ("request", "request"),
    ("claimCertificateId", "principal"),
    ("certificateId", "certificateId"),
    ("serialNumber", "serialNumber"),
    ("batch", "batch"),
    ("clientId", "clientId"),
    ("thingName", "thingName"),
    ("template", "template"),
    ("address", "source"),
    ("code", "code"),
    ("reason", "reason"),
    ("failedStage", "failedStage"),
    ("plan", "plan"),
];

/// The entry of a record, where a flow ran; `times` is how often it has come by now.
pub(crate) fn provisioning(row: &AttemptRow, times: i64) -> Option<Value> {
    if !row.record.contains(FLOW) {
        return None;
    }
    let record: Value = serde_json::from_str(&row.record).ok()?;
    let mut entry = Map::new();
    entry.insert("time".into(), Millis(row.at).to_string().into());
    entry.insert("event".into(), "provisioning".into());
    for (member, name) in MEMBERS {
        if let Some(value) = record.get(*member) {
            entry.insert((*name).to_owned(), value.clone());
        }
    }
    let outcome = match record.get("failedStage") {
        None => "success",
        Some(_) => "refused",
    };
    entry.insert("outcome".into(), outcome.into());
    if times > 1 {
        entry.insert("times".into(), times.into());
    }
    Some(Value::Object(entry))
}
