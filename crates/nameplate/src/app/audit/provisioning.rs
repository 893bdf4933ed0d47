//! Ends of provisioning, as they are told: of the records that `explain` has, those of which a flow ran.

use super::Audit;
use nameplate_core::ctx::Millis;
use nameplate_store::AttemptRow;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a record of a flow has in it.
const FLOW: &str = "\"flow\":\"";

/// An entry: the members of a record that are told, in this order, and what is told beside. The rest of the record, most
/// of it, is passed over: each first connection pays for this.
#[derive(Deserialize, Serialize)]
struct Entry {
    #[serde(skip_deserializing)]
    time: String,
    #[serde(skip_deserializing)]
    event: String,
    #[serde(
        rename(deserialize = "listener"),
        skip_serializing_if = "Option::is_none"
    )]
    door: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flow: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Value>,
    #[serde(
        rename(deserialize = "claimCertificateId"),
        skip_serializing_if = "Option::is_none"
    )]
    principal: Option<Value>,
    #[serde(rename = "certificateId", skip_serializing_if = "Option::is_none")]
    certificate: Option<Value>,
    #[serde(rename = "serialNumber", skip_serializing_if = "Option::is_none")]
    serial: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<Value>,
    #[serde(rename = "clientId", skip_serializing_if = "Option::is_none")]
    client: Option<Value>,
    #[serde(rename = "thingName", skip_serializing_if = "Option::is_none")]
    thing: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<Value>,
    #[serde(
        rename(deserialize = "address", serialize = "source"),
        skip_serializing_if = "Option::is_none"
    )]
    address: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Value>,
    #[serde(rename = "failedStage", skip_serializing_if = "Option::is_none")]
    failed: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Value>,
    #[serde(skip_deserializing)]
    outcome: String,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    times: Option<i64>,
}

/// Whether a flow ran, of whose end the log hears.
pub(crate) fn is_provisioning(row: &AttemptRow) -> bool {
    row.record.contains(FLOW)
}

impl Audit {
    /// Adds how a flow ended, where one ran; `times` is how often that has come by now.
    pub(crate) fn add_provisioning(&self, row: &AttemptRow, times: i64) {
        if !is_provisioning(row) || !self.is_kept() {
            return;
        }
        if let Some(line) = line(row, times) {
            self.add_line(line);
        }
    }
}

fn line(row: &AttemptRow, times: i64) -> Option<String> {
    let mut entry: Entry = serde_json::from_str(&row.record).ok()?;
    entry.time = Millis(row.at).to_string();
    entry.event = "provisioning".into();
    entry.outcome = match entry.failed {
        None => "success",
        Some(_) => "refused",
    }
    .into();
    entry.times = (times > 1).then_some(times);
    serde_json::to_string(&entry).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(record: &Value) -> AttemptRow {
        AttemptRow {
            seq: 1,
            at: 1_700_000_000_000,
            certificate: None,
            serial: None,
            client_id: None,
            address: "192.0.2.1:40000".into(),
            code: "connected".into(),
            record: record.to_string(),
            count: 1,
            first_at: 1_700_000_000_000,
        }
    }

    #[test]
    fn a_record_is_told_without_what_only_explain_needs() {
        let record = json!({
            "at": 1, "listener": "mqtt", "address": "192.0.2.1:40000", "serverName": "localhost", "certificateId": "ab",
            "clientId": "a \"b\"", "flow": "jitp", "template": "T@1", "plan": ["one", "two"],
            "stages": [{"stage": "tls", "at": 2}], "code": "connected", "reason": "provisioned and connected",
        });
        let line = line(&row(&record), 1).expect("a line");
        assert_eq!(
            line,
            concat!(
                r#"{"time":"2023-11-14T22:13:20.000Z","event":"provisioning","door":"mqtt","flow":"jitp","#,
                r#""certificateId":"ab","clientId":"a \"b\"","template":"T@1","source":"192.0.2.1:40000","#,
                r#""code":"connected","reason":"provisioned and connected","plan":["one","two"],"outcome":"success"}"#
            )
        );
        let refused = json!({
            "listener": "https", "address": "192.0.2.1:40000", "serialNumber": "s", "batch": "b", "flow": "vending",
            "request": "own", "failedStage": "vending", "code": "vending-no-proof", "reason": "no token", "at": 1,
        });
        let told: Value =
            serde_json::from_str(&super::line(&row(&refused), 10).expect("a line")).expect("JSON");
        assert_eq!(told["outcome"], "refused");
        assert_eq!(told["times"], 10);
        assert_eq!(told["serialNumber"], "s");
        assert!(is_provisioning(&row(&refused)));
        assert!(!is_provisioning(&row(&json!({"code": "connected"}))));
    }
}
