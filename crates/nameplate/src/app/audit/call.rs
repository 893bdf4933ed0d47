//! Calls that change something, as they are told.

use super::Audit;
use crate::app::caller::Caller;
use nameplate_core::ctx::Millis;
use serde_json::{Map, Value, json};

/// How operations begin that only look.
const READS: &[&str] = &[
    "Get",
    "List",
    "Describe",
    "Head",
    "Search",
    "BatchGet",
    "Query",
    "Scan",
    "Test",
    "Count",
    "Lookup",
    "Filter",
    "Simulate",
    "Validate",
    "Select",
    "TransactGet",
    "Rehearse",
];
/// Operations that begin so and do more: they hand out credentials.
const NO_READS: &[&str] = &["GetSessionToken", "GetFederationToken"];
/// Messages and calls of functions: as many as devices send.
const TRAFFIC: &[&str] = &[
    "Publish",
    "Invoke",
    "InvokeAsync",
    "InvokeWithResponseStream",
    "PutLogEvents",
];
/// Ends of names of parameters that say which thing it is about.
const NAMES: &[&str] = &[
    "name",
    "arn",
    "id",
    "bucket",
    "key",
    "principal",
    "target",
    "serialnumber",
];
/// What such a name may not have in it.
const SECRETS: &[&str] = &[
    "token", "secret", "password", "payload", "document", "body", "pem",
];
/// Characters of a value that are told.
const VALUE: usize = 256;

/// Whether an operation changes something, by its name.
pub fn changes(operation: &str) -> bool {
    NO_READS.contains(&operation)
        || !(TRAFFIC.contains(&operation) || READS.iter().any(|start| operation.starts_with(start)))
}

/// How a call came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Signed, over HTTP.
    Api,
    /// By a page of the console.
    Console,
    /// By a device's certificate.
    Device,
}

impl Door {
    fn as_str(self) -> &'static str {
        match self {
            Door::Api => "api",
            Door::Console => "console",
            Door::Device => "device",
        }
    }
}

/// A call under way that will be told.
#[derive(Debug, Clone)]
pub struct Call {
    entry: Map<String, Value>,
}

impl Call {
    /// Notes who calls what. `members` are the call's parameters, `path` is told where there are none.
    pub fn begin(
        door: Door,
        (service, operation): (&str, &str),
        caller: &Caller,
        members: &Map<String, Value>,
        path: &str,
    ) -> Self {
        let mut entry = Map::new();
        let mut tell = |name: &str, value: Value| drop(entry.insert(name.to_owned(), value));
        tell("time", caller.ctx.now.to_string().into());
        tell("event", "call".into());
        tell("door", door.as_str().into());
        tell("service", service.into());
        tell("operation", operation.into());
        tell("principal", caller.arn().into());
        if let Ok(identity) = caller.identity() {
            tell("accessKeyId", identity.access_key().id.clone().into());
            let origin = identity.origin();
            if let Some(ip) = origin.source_ip {
                tell("sourceIp", ip.to_string().into());
            }
            if let Some(secure) = origin.secure_transport {
                tell("secureTransport", secure.into());
            }
            if let Some(agent) = &origin.user_agent {
                tell("userAgent", cut(agent).into());
            }
        }
        if let Some(device) = caller.as_device() {
            tell("sourceIp", device.source_ip().to_string().into());
        }
        tell("requestId", caller.ctx.request_id.clone().into());
        let resources = resources(members);
        match resources.is_empty() {
            false => tell("resources", Value::Object(resources)),
            true => tell("path", cut(path).into()),
        }
        Self { entry }
    }

    /// It has ended with this status, and with this error where it was refused.
    pub fn ended(mut self, audit: &Audit, status: u16, error: Option<&str>) {
        let outcome = match status {
            200..400 => "success",
            400..500 => "refused",
            _ => "failed",
        };
        self.entry.insert("outcome".into(), outcome.into());
        self.entry.insert("status".into(), status.into());
        if let Some(error) = error.filter(|error| !error.is_empty()) {
            self.entry.insert("error".into(), error.into());
        }
        audit.add(&Value::Object(self.entry));
    }
}

/// Which things the parameters name.
fn resources(members: &Map<String, Value>) -> Map<String, Value> {
    let mut found = Map::new();
    for (name, value) in members {
        let lower = name.to_lowercase();
        let names = NAMES.iter().any(|end| lower.ends_with(end))
            && !SECRETS.iter().any(|secret| lower.contains(secret));
        if let Some(text) = value.as_str().filter(|_| names) {
            found.insert(name.clone(), cut(text).into());
        }
    }
    found
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(VALUE) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The end of a bulk registration. Its lines are in its reports.
pub(crate) fn task_ended(
    task: &nameplate_core::registry::registration::RegistrationTask,
    now: Millis,
) -> Value {
    let status = task.status.as_str();
    json!({
        "time": now.to_string(), "event": "provisioning", "door": "bulk", "flow": "bulk", "taskId": task.id,
        "principal": task.role_arn.as_deref().unwrap_or(&task.starter), "status": status,
        "outcome": if status == "Completed" { "success" } else { "failed" },
        "registered": task.progress.succeeded, "failed": task.progress.failed,
    })
}
