//! Pre-provisioning hooks: what the function is asked about a device, and what its answer means. AWS guide:
//! pre-provisioning-hook.
//!
//! Owns which answers count as a yes: nothing but a clear one does. Must not know how a function is called.

use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What the function is asked, JSON as AWS sends it for payload version `2020-04-01`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HookRequest {
    /// Id of the certificate that the device connected with.
    pub claim_certificate_id: String,
    /// Id of the certificate that it is to have.
    pub certificate_id: String,
    /// The same certificate in PEM.
    pub certificate_pem: String,
    /// ARN of the template.
    pub template_arn: String,
    /// Client identifier of the connection.
    pub client_id: String,
    /// The template's parameters as the device sent them.
    pub parameters: BTreeMap<String, String>,
}

/// What a function's answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookAnswer {
    /// The device may be provisioned.
    Allow {
        /// Values that stand in the place of the device's or come beside them, as
        /// [`Parameters::with_hook`](crate::template::Parameters::with_hook) takes them.
        overrides: BTreeMap<String, String>,
        /// What of the answer was taken otherwise than it was meant, for the log.
        doubts: Vec<String>,
    },
    /// It may not.
    Deny,
}

/// Why an answer is neither a yes nor a no; the device is not provisioned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HookAnswerError {
    /// Not a JSON object.
    #[error("its answer is not a JSON object")]
    NotObject,
    /// Neither true nor false.
    #[error("allowProvisioning of its answer is {0}; it must be true or false")]
    Verdict(&'static str),
    /// Not an object.
    #[error("parameterOverrides of its answer is {0}; it must be an object")]
    Overrides(&'static str),
    /// A value that no parameter can have.
    #[error("parameterOverrides.{name} of its answer is {kind}; it must be a string")]
    Override {
        /// The parameter.
        name: String,
        /// What the value is.
        kind: &'static str,
    },
}

fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None => "missing",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "a boolean",
        Some(Value::Number(_)) => "a number",
        Some(Value::String(_)) => "a string",
        Some(Value::Array(_)) => "a list",
        Some(Value::Object(_)) => "an object",
    }
}

impl HookAnswer {
    /// Reads the answer of a function.
    ///
    /// The strings `"true"` and `"false"` count as what they say, since AWS's guide quotes the value in its prose.
    ///
    /// # Errors
    /// Where it does not say clearly whether the device may be provisioned, and with which values.
    pub fn parse(payload: &[u8]) -> Result<Self, HookAnswerError> {
        let answer: Map<String, Value> =
            serde_json::from_slice(payload).map_err(|_| HookAnswerError::NotObject)?;
        let mut doubts = Vec::new();
        let verdict = answer.get("allowProvisioning");
        let allowed = match verdict {
            Some(Value::Bool(allowed)) => *allowed,
            Some(Value::String(text)) if text == "true" || text == "false" => {
                doubts.push("allowProvisioning is a string; it should be true or false".into());
                text == "true"
            }
            other => return Err(HookAnswerError::Verdict(kind(other))),
        };
        if !allowed {
            return Ok(Self::Deny);
        }
        let given = match answer.get("parameterOverrides") {
            None | Some(Value::Null) => None,
            Some(Value::Object(given)) => Some(given),
            other => return Err(HookAnswerError::Overrides(kind(other))),
        };
        let mut overrides = BTreeMap::new();
        for (name, value) in given.into_iter().flatten() {
            if name.starts_with("AWS::") {
                doubts.push(format!(
                    "parameterOverrides.{name} has no effect: the service alone sets it"
                ));
                continue;
            }
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(truth) => truth.to_string(),
                other => {
                    return Err(HookAnswerError::Override {
                        name: name.clone(),
                        kind: kind(Some(other)),
                    });
                }
            };
            overrides.insert(name.clone(), text);
        }
        Ok(Self::Allow { overrides, doubts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_request_is_as_the_guide_has_it() {
        let request = HookRequest {
            claim_certificate_id: "claim".into(),
            certificate_id: "id".into(),
            certificate_pem: "-----BEGIN".into(),
            template_arn: "arn:aws:iot:us-east-1:1234567890:provisioningtemplate/MyTemplate".into(),
            client_id: "221a6d10-9c7f-42f1-9153-e52e6fc869c1".into(),
            parameters: BTreeMap::from([("SerialNumber".into(), "1/2".into())]),
        };
        assert_eq!(
            serde_json::to_string(&request).expect("it is JSON"),
            r#"{"claimCertificateId":"claim","certificateId":"id","certificatePem":"-----BEGIN","templateArn":"arn:aws:iot:us-east-1:1234567890:provisioningtemplate/MyTemplate","clientId":"221a6d10-9c7f-42f1-9153-e52e6fc869c1","parameters":{"SerialNumber":"1/2"}}"#
        );
    }

    #[test]
    fn clear_answers() {
        #[track_caller]
        fn allows(answer: Value, wanted: &[(&str, &str)], wanted_doubts: usize) {
            let found = HookAnswer::parse(answer.to_string().as_bytes());
            let Ok(HookAnswer::Allow { overrides, doubts }) = found else {
                panic!("{answer}: {found:?}")
            };
            let wanted = wanted
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect::<BTreeMap<_, _>>();
            assert_eq!(overrides, wanted, "{answer}");
            assert_eq!(doubts.len(), wanted_doubts, "{answer}: {doubts:?}");
        }
        #[track_caller]
        fn denies(answer: Value) {
            let found = HookAnswer::parse(answer.to_string().as_bytes());
            assert_eq!(found, Ok(HookAnswer::Deny), "{answer}");
        }
        allows(json!({"allowProvisioning": true}), &[], 0);
        allows(json!({"allowProvisioning": "true"}), &[], 1);
        allows(
            json!({"allowProvisioning": true, "parameterOverrides": null, "more": [1]}),
            &[],
            0,
        );
        let overrides = json!({
            "CertDate": "2026/11/27", "Path": "a/b/c", "Count": 7, "Half": 0.5, "On": false, "": "",
        });
        allows(
            json!({"allowProvisioning": true, "parameterOverrides": overrides}),
            &[
                ("CertDate", "2026/11/27"),
                ("Path", "a/b/c"),
                ("Count", "7"),
                ("Half", "0.5"),
                ("On", "false"),
                ("", ""),
            ],
            0,
        );
        let reserved = json!({"AWS::IoT::Certificate::Id": "other", "a": "b"});
        allows(
            json!({"allowProvisioning": true, "parameterOverrides": reserved}),
            &[("a", "b")],
            1,
        );
        denies(json!({"allowProvisioning": false}));
        denies(json!({"allowProvisioning": "false"}));
        denies(json!({"allowProvisioning": false, "parameterOverrides": 7}));
    }

    #[test]
    fn anything_else_is_no_answer() {
        #[track_caller]
        fn check(payload: &str, wanted: &str) {
            let found = HookAnswer::parse(payload.as_bytes()).expect_err("it is not clear");
            assert_eq!(found.to_string(), wanted, "{payload}");
        }
        let object = "its answer is not a JSON object";
        for payload in [
            "",
            "null",
            "true",
            "[true]",
            "\"{\\\"allowProvisioning\\\":true}\"",
            "{",
            "{\"allowProvisioning\":true}{}",
            "\u{feff}{\"allowProvisioning\":true}",
        ] {
            check(payload, object);
        }
        let verdict =
            |kind| format!("allowProvisioning of its answer is {kind}; it must be true or false");
        check("{}", &verdict("missing"));
        check(r#"{"AllowProvisioning":true}"#, &verdict("missing"));
        check(r#"{"statusCode":200,"body":"{}"}"#, &verdict("missing"));
        check(r#"{"allowProvisioning":null}"#, &verdict("null"));
        check(r#"{"allowProvisioning":1}"#, &verdict("a number"));
        check(r#"{"allowProvisioning":"True"}"#, &verdict("a string"));
        check(r#"{"allowProvisioning":[true]}"#, &verdict("a list"));
        check(
            r#"{"allowProvisioning":true,"parameterOverrides":["a"]}"#,
            "parameterOverrides of its answer is a list; it must be an object",
        );
        check(
            r#"{"allowProvisioning":true,"parameterOverrides":{"a":null}}"#,
            "parameterOverrides.a of its answer is null; it must be a string",
        );
        check(
            r#"{"allowProvisioning":true,"parameterOverrides":{"a":{"b":1}}}"#,
            "parameterOverrides.a of its answer is an object; it must be a string",
        );
    }
}
