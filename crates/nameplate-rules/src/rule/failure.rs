//! The payload that an error action gets. AWS guide: rule-error-handling.

use crate::message::Message;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

/// One thing that failed for a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// [`crate::Action::failed_action`], or the name of the function.
    pub action: String,
    /// [`crate::Action::resource`], filled in where it could be.
    pub resource: String,
    /// What went wrong, as a sentence that the rule's owner may read.
    pub message: String,
}

/// The payload for the error action: all failures of one rule and message together.
pub fn error_payload(rule_name: &str, message: &Message<'_>, failures: &[Failure]) -> Vec<u8> {
    let failures: Vec<_> = failures
        .iter()
        .map(|failure| {
            json!({
                "failedAction": failure.action,
                "failedResource": failure.resource,
                "errorMessage": failure.message,
            })
        })
        .collect();
    json!({
        "ruleName": rule_name,
        "topic": message.topic,
        "cloudwatchTraceId": message.trace_id.unwrap_or_default(),
        "clientId": message.client_id.unwrap_or("n/a"),
        "base64OriginalPayload": STANDARD.encode(message.payload),
        "failures": failures,
    })
    .to_string()
    .into_bytes()
}
