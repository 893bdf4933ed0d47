//! Requests over MQTT to services of AWS IoT that are not built: who asks hears that on `rejected`, in the form that
//! the service's errors have, instead of waiting for ever.
//!
//! Sources: AWS guide: DetectMQTT, iot-remote-command; device location's form is not documented.

use super::reserved::Asked;
use crate::cbor;
use crate::ctx::Millis;
use serde_json::json;

/// Levels of a topic: the thing of `$aws/things/…`, the execution of `$aws/commands/…/…/executions/…`.
const THING: usize = 2;
const EXECUTION: usize = 5;

/// A request to a service that is not built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unbuilt<'a> {
    topic: &'a str,
    asked: Asked,
    rejected: String,
}

impl<'a> Unbuilt<'a> {
    /// What a message to this topic asks of a service that is not built. `None` for what is answered, and for a rule,
    /// which answers nobody.
    pub fn of(topic: &'a str, asked: Asked) -> Option<Self> {
        let rejected = match asked {
            Asked::Shadow
            | Asked::Rule
            | Asked::FleetProvisioning(_)
            | Asked::Jobs(_)
            | Asked::Streams(_) => return None,
            // These have the format behind the answer.
            Asked::Commands => {
                let (above, format) = topic.rsplit_once('/')?;
                format!("{above}/rejected/{format}")
            }
            _ => format!("{topic}/rejected"),
        };
        Some(Self {
            topic,
            asked,
            rejected,
        })
    }

    fn level(&self, at: usize) -> &'a str {
        self.topic.split('/').nth(at).unwrap_or_default()
    }

    fn is_cbor(&self) -> bool {
        self.topic.ends_with("/cbor")
    }

    /// The topic on which it is refused.
    pub fn rejected(&self) -> &str {
        &self.rejected
    }

    /// What is said, to those who ask over HTTP too.
    pub fn message(&self) -> String {
        let (operation, service) = match self.asked {
            Asked::Shadow => ("requests", "shadows"),
            Asked::Rule => ("Basic Ingest", "rules"),
            Asked::FleetProvisioning(operation) => (operation, "fleet provisioning"),
            Asked::Jobs(operation) => (operation, "AWS IoT Jobs"),
            Asked::Streams(operation) => (operation, "MQTT-based file delivery"),
            Asked::Defender => ("device-side metrics", "AWS IoT Device Defender"),
            Asked::Location => ("GetPositionEstimate", "AWS IoT Core Device Location"),
            Asked::Commands => ("UpdateCommandExecution", "AWS IoT Commands"),
        };
        format!("Nameplate does not implement {operation} of {service} over MQTT yet.")
    }

    /// The refusal of a request, whatever its payload.
    pub fn rejection(&self, now: Millis) -> Vec<u8> {
        let message = self.message();
        let document = match self.asked {
            // It has a list of codes that its clients know, and no other for what the service lacks.
            Asked::Commands => json!({
                "error": "InternalError",
                "errorMessage": message,
                "executionId": self.level(EXECUTION),
            }),
            Asked::Defender => json!({
                "thingName": self.level(THING),
                "status": "REJECTED",
                "statusDetails": {"ErrorCode": "NotImplemented", "ErrorMessage": message},
                "timestamp": now.0,
            }),
            Asked::Location
            | Asked::Shadow
            | Asked::Rule
            | Asked::FleetProvisioning(_)
            | Asked::Jobs(_)
            | Asked::Streams(_) => {
                json!({"errorCode": "NotImplemented", "errorMessage": message})
            }
        };
        if !self.is_cbor() {
            return document.to_string().into_bytes();
        }
        let mut encoded = Vec::new();
        cbor::encode(&document, &mut encoded);
        encoded
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topic::{Publishing, publishing, subscribing};
    use serde_json::Value;

    fn of(topic: &str) -> Option<Unbuilt<'_>> {
        let asked = publishing(topic, false).ok()?.asks?;
        Unbuilt::of(topic, asked)
    }

    const NOW: Millis = Millis(1_795_448_532_345);

    fn check(topic: &str, rejected: &str, expected: Value) {
        let unbuilt = of(topic).expect("a request");
        assert_eq!(unbuilt.rejected(), rejected);
        let answer: Value = serde_json::from_slice(&unbuilt.rejection(NOW)).expect("JSON");
        assert_eq!(answer, expected, "{topic}");
        assert!(
            subscribing(rejected).is_some(),
            "{rejected} can be subscribed to"
        );
        assert!(
            publishing(rejected, false).is_err() || topic.contains("/commands/"),
            "{rejected}"
        );
    }

    #[test]
    fn requests_are_refused_in_their_services_form() {
        check(
            "$aws/things/t/defender/metrics/json",
            "$aws/things/t/defender/metrics/json/rejected",
            json!({"thingName": "t", "status": "REJECTED", "timestamp": NOW.0, "statusDetails": {
                "ErrorCode": "NotImplemented", "ErrorMessage":
                "Nameplate does not implement device-side metrics of AWS IoT Device Defender over MQTT yet."}}),
        );
        check(
            "$aws/commands/things/t/executions/e/response/json",
            "$aws/commands/things/t/executions/e/response/rejected/json",
            json!({"error": "InternalError", "executionId": "e", "errorMessage":
                "Nameplate does not implement UpdateCommandExecution of AWS IoT Commands over MQTT yet."}),
        );
    }

    #[test]
    fn cbor_is_answered_in_cbor() {
        let unbuilt = of("$aws/things/t/defender/metrics/cbor").expect("a request");
        let answer = unbuilt.rejection(NOW);
        assert_eq!(
            cbor::text_member(&answer, "status").as_deref(),
            Some("REJECTED")
        );
    }

    #[test]
    fn what_asks_a_service_that_is_not_built_is_answered() {
        for topic in [
            "$aws/things/t/defender/metrics/json",
            "$aws/device_location/d/get_position_estimate",
        ] {
            let found = publishing(topic, false).expect("a client may");
            assert_eq!(found.goes, Publishing::Service, "{topic}");
            assert!(of(topic).is_some(), "{topic}");
        }
        for topic in [
            "a/b",
            "$aws/rules/r",
            "$aws/things/t/shadow/get",
            "$aws/things/t/jobs/get",
            "$aws/things/t/streams/s/get/cbor",
            "$aws/certificates/create/cbor",
            "$aws/provisioning-templates/T/provision/cbor",
            "$aws/certificates/create/xml",
            "$aws",
        ] {
            assert_eq!(of(topic), None, "{topic}");
        }
    }
}
