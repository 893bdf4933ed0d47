//! Calls that change something, as they are told.

use super::Audit;
use crate::app::caller::Caller;
use nameplate_core::ctx::Millis;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

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
    "token", "secret", "password", "payload", "document", "body", "pem", "private",
];
/// Characters of a value that are told.
const VALUE: usize = 256;

/// Whether an operation changes something, by its name.
pub fn changes(operation: &str) -> bool {
    NO_READS.contains(&operation)
        || !(is_traffic(operation) || READS.iter().any(|start| operation.starts_with(start)))
}

/// Whether an operation is called as often as devices send messages, by its name.
pub fn is_traffic(operation: &str) -> bool {
    TRAFFIC.contains(&operation)
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
    entry: Members,
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
        let mut entry = Members::default();
        entry.tell("time", &caller.ctx.now.to_string());
        entry.tell("event", "call");
        entry.tell("door", door.as_str());
        entry.tell("service", service);
        entry.tell("operation", operation);
        entry.tell("principal", caller.arn());
        if let Ok(identity) = caller.identity() {
            entry.tell("accessKeyId", &identity.access_key().id);
            let origin = identity.origin();
            if let Some(ip) = origin.source_ip {
                entry.tell("sourceIp", &ip);
            }
            if let Some(secure) = origin.secure_transport {
                entry.tell("secureTransport", &secure);
            }
            if let Some(agent) = &origin.user_agent {
                entry.tell("userAgent", &*cut(agent));
            }
        }
        if let Some(device) = caller.as_device() {
            entry.tell("sourceIp", &device.source_ip());
        }
        entry.tell("requestId", &caller.ctx.request_id);
        let resources = resources(members);
        match resources.0.is_empty() {
            false => entry.tell_object("resources", resources),
            true => entry.tell("path", &*cut(path)),
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
        self.entry.tell("outcome", outcome);
        self.entry.tell("status", &status);
        if let Some(error) = error.filter(|error| !error.is_empty()) {
            self.entry.tell("error", error);
        }
        audit.add_line(self.entry.finish());
    }
}

/// The members of an object, as JSON. They are put down as they come: most calls that change something are told, and a
/// map of values would cost each of them twice what this does.
#[derive(Debug, Clone, Default)]
struct Members(Vec<u8>);

impl Members {
    fn tell<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        self.name(name);
        self.json(value);
    }

    /// A member whose name may be the caller's.
    fn tell_given(&mut self, name: &str, value: &str) {
        self.next();
        self.json(name);
        self.0.push(b':');
        self.json(value);
    }

    fn tell_object(&mut self, name: &'static str, members: Members) {
        self.name(name);
        self.0.extend_from_slice(members.finish().as_bytes());
    }

    /// A name of ours: letters.
    fn name(&mut self, name: &'static str) {
        self.next();
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    fn next(&mut self) {
        self.0.push(if self.0.is_empty() { b'{' } else { b',' });
    }

    fn json<T: Serialize + ?Sized>(&mut self, value: &T) {
        // Strings, numbers and addresses can be written, and a vector takes them.
        let _ = serde_json::to_writer(&mut self.0, value);
    }

    fn finish(mut self) -> String {
        if self.0.is_empty() {
            self.0.push(b'{');
        }
        self.0.push(b'}');
        // JSON of strings is text.
        String::from_utf8(self.0).unwrap_or_default()
    }
}

/// Which things the parameters name.
fn resources(members: &Map<String, Value>) -> Members {
    let mut found = Members::default();
    for (name, value) in members {
        let Some(text) = value.as_str() else { continue };
        let lower = name.to_lowercase();
        let names = NAMES.iter().any(|end| lower.ends_with(end))
            && !SECRETS.iter().any(|secret| lower.contains(secret));
        if names {
            found.tell_given(name, &cut(text));
        }
    }
    found
}

fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(VALUE) {
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
        None => Cow::Borrowed(text),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_is_about_is_told_and_no_secret() {
        let check = |members: Value, told: &str| {
            let members = members.as_object().expect("members");
            assert_eq!(resources(members).finish(), told);
        };
        check(
            json!({"thingName": "lamp", "count": 1, "attributePayload": "x"}),
            r#"{"thingName":"lamp"}"#,
        );
        check(
            json!({"domainName": "a.example", "certificatePrivateKey": "-----BEGIN"}),
            r#"{"domainName":"a.example"}"#,
        );
        check(
            json!({"PrivateKey": "LS0t", "CertificateArn": "a"}),
            r#"{"CertificateArn":"a"}"#,
        );
    }
}
