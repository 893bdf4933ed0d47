//! Requests over MQTT to services of AWS IoT that are not built: who asks hears that on `rejected`, in the form that
//! the service's errors have, instead of waiting for ever.
//!
//! Sources: AWS guide: fleet-provision-api, jobs-mqtt-api, mqtt-based-file-delivery-in-devices, DetectMQTT,
//! iot-remote-command; device location's form is not documented.

use super::cbor;
use crate::ctx::Millis;
use serde_json::{Value, json};

/// Bytes of a client token that is sent back; services state 64.
const TOKEN_BYTES: usize = 64;

/// A request to a service that is not built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unbuilt<'a> {
    service: Service<'a>,
    operation: &'static str,
    cbor: bool,
    rejected: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service<'a> {
    FleetProvisioning,
    Jobs,
    Streams,
    Defender { thing: &'a str },
    Location,
    Commands { execution: &'a str },
}

impl<'a> Unbuilt<'a> {
    /// What a topic that clients publish to asks of a service that is not built; `None` for any other topic.
    pub fn of(topic: &'a str) -> Option<Self> {
        use Service::{Commands, Defender, FleetProvisioning, Jobs, Location, Streams};
        let levels: Vec<&str> = topic.split('/').collect();
        if levels.first() != Some(&"$aws") || levels.contains(&"") {
            return None;
        }
        let (service, operation, format) = match levels[1..] {
            ["certificates", "create", format] => {
                (FleetProvisioning, "CreateKeysAndCertificate", format)
            }
            ["certificates", "create-from-csr", format] => {
                (FleetProvisioning, "CreateCertificateFromCsr", format)
            }
            ["provisioning-templates", _, "provision", format] => {
                (FleetProvisioning, "RegisterThing", format)
            }
            ["things", _, "jobs", "get"] => (Jobs, "GetPendingJobExecutions", "json"),
            ["things", _, "jobs", "start-next"] => (Jobs, "StartNextPendingJobExecution", "json"),
            ["things", _, "jobs", _, "get"] => (Jobs, "DescribeJobExecution", "json"),
            ["things", _, "jobs", _, "update"] => (Jobs, "UpdateJobExecution", "json"),
            ["things", _, "jobs", _, namespace, last @ ("get" | "update")]
                if namespace.starts_with("namespace-") =>
            {
                let operation = match last {
                    "get" => "DescribeJobExecution",
                    _ => "UpdateJobExecution",
                };
                (Jobs, operation, "json")
            }
            ["things", _, "streams", _, "get", format] => (Streams, "GetStream", format),
            ["things", _, "streams", _, "describe", format] => (Streams, "DescribeStream", format),
            ["things", thing, "defender", "metrics", format] => {
                (Defender { thing }, "device-side metrics", format)
            }
            ["device_location", _, "get_position_estimate"] => {
                (Location, "GetPositionEstimate", "json")
            }
            [
                "commands",
                "things" | "clients",
                _,
                "executions",
                execution,
                "response",
                format,
            ] => (Commands { execution }, "UpdateCommandExecution", format),
            _ => return None,
        };
        let cbor = match format {
            "json" => false,
            "cbor" => true,
            _ => return None,
        };
        let rejected = match service {
            // These have the format behind the answer.
            Streams => format!("$aws/{}/rejected/{format}", levels[1..5].join("/")),
            Commands { .. } => format!("$aws/{}/rejected/{format}", levels[1..7].join("/")),
            _ => format!("{topic}/rejected"),
        };
        Some(Self {
            service,
            operation,
            cbor,
            rejected,
        })
    }

    /// The topic on which it is refused.
    pub fn rejected(&self) -> &str {
        &self.rejected
    }

    /// Whether the answer reaches whoever asked without a subscription (AWS guide: jobs-mqtt-api).
    pub fn is_sent_unsubscribed(&self) -> bool {
        self.service == Service::Jobs
    }

    /// What is said, to those who ask over HTTP too.
    pub fn message(&self) -> String {
        let service = match self.service {
            Service::FleetProvisioning => "fleet provisioning",
            Service::Jobs => "AWS IoT Jobs",
            Service::Streams => "MQTT-based file delivery",
            Service::Defender { .. } => "AWS IoT Device Defender",
            Service::Location => "AWS IoT Core Device Location",
            Service::Commands { .. } => "AWS IoT Commands",
        };
        format!(
            "Nameplate does not implement {} of {service} over MQTT yet.",
            self.operation
        )
    }

    /// The refusal of a request with this payload. The payload is looked at for its client token alone.
    pub fn rejection(&self, payload: &[u8], now: Millis) -> Vec<u8> {
        let message = self.message();
        let mut document = match self.service {
            Service::FleetProvisioning => {
                json!({"statusCode": 501, "errorCode": "NotImplemented", "errorMessage": message})
            }
            // These three have lists of codes that their clients know, and no other for what the service lacks.
            Service::Jobs => {
                json!({"code": "InternalError", "message": message, "timestamp": now.0 / 1000})
            }
            Service::Streams => json!({"o": "InternalError", "m": message}),
            Service::Commands { execution } => {
                json!({"error": "InternalError", "errorMessage": message, "executionId": execution})
            }
            Service::Defender { thing } => json!({
                "thingName": thing,
                "status": "REJECTED",
                "statusDetails": {"ErrorCode": "NotImplemented", "ErrorMessage": message},
                "timestamp": now.0,
            }),
            Service::Location => json!({"errorCode": "NotImplemented", "errorMessage": message}),
        };
        let key = match self.service {
            Service::Jobs => Some("clientToken"),
            Service::Streams => Some("c"),
            _ => None,
        };
        if let Some(key) = key
            && let Some(token) = self.token(payload, key)
        {
            document[key] = Value::String(token);
        }
        if !self.cbor {
            return document.to_string().into_bytes();
        }
        let mut encoded = Vec::new();
        cbor::encode(&document, &mut encoded);
        encoded
    }

    fn token(&self, payload: &[u8], key: &str) -> Option<String> {
        let token = if self.cbor {
            cbor::text_member(payload, key)?.to_owned()
        } else {
            let document: Value = serde_json::from_slice(payload).ok()?;
            document.get(key)?.as_str()?.to_owned()
        };
        (token.len() <= TOKEN_BYTES).then_some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topic::{Publishing, publishing, subscribing};

    const NOW: Millis = Millis(1_795_448_532_345);

    fn check(topic: &str, payload: &str, rejected: &str, expected: Value) {
        let unbuilt = Unbuilt::of(topic).expect("a request");
        assert_eq!(unbuilt.rejected(), rejected);
        let answer: Value =
            serde_json::from_slice(&unbuilt.rejection(payload.as_bytes(), NOW)).expect("JSON");
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
            "$aws/certificates/create/json",
            "{}",
            "$aws/certificates/create/json/rejected",
            json!({"statusCode": 501, "errorCode": "NotImplemented", "errorMessage":
                "Nameplate does not implement CreateKeysAndCertificate of fleet provisioning over MQTT yet."}),
        );
        check(
            "$aws/provisioning-templates/T/provision/json",
            "nonsense",
            "$aws/provisioning-templates/T/provision/json/rejected",
            json!({"statusCode": 501, "errorCode": "NotImplemented", "errorMessage":
                "Nameplate does not implement RegisterThing of fleet provisioning over MQTT yet."}),
        );
        check(
            "$aws/things/t/jobs/$next/get",
            r#"{"clientToken":"x","jobId":"$next"}"#,
            "$aws/things/t/jobs/$next/get/rejected",
            json!({"code": "InternalError", "clientToken": "x", "timestamp": 1_795_448_532, "message":
                "Nameplate does not implement DescribeJobExecution of AWS IoT Jobs over MQTT yet."}),
        );
        check(
            "$aws/things/t/jobs/j/namespace-n/update",
            "",
            "$aws/things/t/jobs/j/namespace-n/update/rejected",
            json!({"code": "InternalError", "timestamp": 1_795_448_532, "message":
                "Nameplate does not implement UpdateJobExecution of AWS IoT Jobs over MQTT yet."}),
        );
        check(
            "$aws/things/t/streams/s/get/json",
            r#"{"c":"tok","f":0}"#,
            "$aws/things/t/streams/s/rejected/json",
            json!({"o": "InternalError", "c": "tok", "m":
                "Nameplate does not implement GetStream of MQTT-based file delivery over MQTT yet."}),
        );
        check(
            "$aws/things/t/defender/metrics/json",
            "{}",
            "$aws/things/t/defender/metrics/json/rejected",
            json!({"thingName": "t", "status": "REJECTED", "timestamp": NOW.0, "statusDetails": {
                "ErrorCode": "NotImplemented", "ErrorMessage":
                "Nameplate does not implement device-side metrics of AWS IoT Device Defender over MQTT yet."}}),
        );
        check(
            "$aws/commands/things/t/executions/e/response/json",
            "{}",
            "$aws/commands/things/t/executions/e/response/rejected/json",
            json!({"error": "InternalError", "executionId": "e", "errorMessage":
                "Nameplate does not implement UpdateCommandExecution of AWS IoT Commands over MQTT yet."}),
        );
    }

    #[test]
    fn cbor_is_answered_in_cbor() {
        let unbuilt = Unbuilt::of("$aws/things/t/streams/s/describe/cbor").expect("a request");
        assert_eq!(unbuilt.rejected(), "$aws/things/t/streams/s/rejected/cbor");
        let mut asked = Vec::new();
        cbor::encode(&json!({"c": "tok"}), &mut asked);
        let answer = unbuilt.rejection(&asked, NOW);
        assert_eq!(cbor::text_member(&answer, "c"), Some("tok"));
        assert_eq!(
            cbor::text_member(&answer, "m"),
            Some(unbuilt.message().as_str())
        );
        let unbuilt = Unbuilt::of("$aws/certificates/create-from-csr/cbor").expect("a request");
        let answer = unbuilt.rejection(b"\xff", NOW);
        assert_eq!(
            cbor::text_member(&answer, "errorMessage"),
            Some(unbuilt.message().as_str())
        );
    }

    #[test]
    fn a_token_that_is_none_is_not_sent_back() {
        let unbuilt = Unbuilt::of("$aws/things/t/jobs/get").expect("a request");
        let long = json!({"clientToken": "t".repeat(65)}).to_string();
        for payload in ["[]", "{", r#"{"clientToken":7}"#, long.as_str()] {
            let answer: Value =
                serde_json::from_slice(&unbuilt.rejection(payload.as_bytes(), NOW)).expect("JSON");
            assert_eq!(answer.get("clientToken"), None, "{payload}");
        }
    }

    #[test]
    fn every_service_topic_but_basic_ingest_is_answered() {
        for topic in [
            "$aws/things/t/jobs/get",
            "$aws/things/t/jobs/start-next",
            "$aws/things/t/jobs/j/get",
            "$aws/certificates/create/cbor",
            "$aws/provisioning-templates/T/provision/cbor",
            "$aws/things/t/streams/s/get/cbor",
            "$aws/device_location/d/get_position_estimate",
        ] {
            assert_eq!(publishing(topic, false), Ok(Publishing::Service), "{topic}");
            assert!(Unbuilt::of(topic).is_some(), "{topic}");
        }
        for topic in [
            "a/b",
            "$aws/rules/r",
            "$aws/things/t/shadow/get",
            "$aws/certificates/create/xml",
            "$aws",
        ] {
            assert_eq!(Unbuilt::of(topic), None, "{topic}");
        }
    }
}
