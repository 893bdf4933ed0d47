//! What an authorizer's function answered, and whether it may be believed.

use crate::policy::{Dialect, PolicyDocument, PolicyError};
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// Seconds that an answer may name (AWS guide: custom-auth-lambda).
const SECONDS: RangeInclusive<u32> = 300..=86_400;
/// Most policies of an answer.
const POLICIES: usize = 10;
/// Characters of a principal's id.
const PRINCIPAL: RangeInclusive<usize> = 1..=128;

/// A valid answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether the function knows the caller.
    pub authenticated: bool,
    /// Who that is, 1 to 128 letters and digits; there where `authenticated`.
    pub principal: Option<String>,
    /// IoT policies, each valid.
    pub policies: Vec<String>,
    /// Seconds after which the function is to be asked again.
    pub refresh_after: Option<u32>,
    /// Seconds after which the connection ends.
    pub disconnect_after: u32,
}

/// Why an answer cannot be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Not a JSON object.
    #[error("the function's answer is not a JSON object")]
    NotObject,
    /// A member is not what it must be.
    #[error("{name} must be {wanted}")]
    Member {
        /// Its name.
        name: &'static str,
        /// What it must be.
        wanted: &'static str,
    },
    /// Seconds out of range.
    #[error("{0} must be a whole number from {from} to {to}", from = SECONDS.start(), to = SECONDS.end())]
    Seconds(&'static str),
    /// Too many policies.
    #[error("policyDocuments has {0} policies; at most {POLICIES} are allowed")]
    Policies(usize),
    /// A policy is none.
    #[error("policyDocuments[{at}] is not an IoT policy: {why}")]
    Policy {
        /// Where it stands in the list.
        at: usize,
        /// What is wrong.
        why: PolicyError,
    },
}

fn wrong(name: &'static str, wanted: &'static str) -> AnswerError {
    AnswerError::Member { name, wanted }
}

/// A member; `null` is none, as functions write what they leave out.
fn member<'a>(answer: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    answer.get(name).filter(|value| !value.is_null())
}

fn principal(answer: &Map<String, Value>) -> Result<Option<String>, AnswerError> {
    let Some(value) = member(answer, "principalId") else {
        return Ok(None);
    };
    let text = value.as_str().filter(|text| {
        PRINCIPAL.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    match text {
        Some(text) => Ok(Some(text.to_owned())),
        None => Err(wrong(
            "principalId",
            "a string of 1 to 128 letters and digits",
        )),
    }
}

fn seconds(answer: &Map<String, Value>, name: &'static str) -> Result<Option<u32>, AnswerError> {
    let Some(value) = member(answer, name) else {
        return Ok(None);
    };
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    match number.filter(|number| SECONDS.contains(number)) {
        Some(number) => Ok(Some(number)),
        None => Err(AnswerError::Seconds(name)),
    }
}

fn policies(answer: &Map<String, Value>) -> Result<Vec<String>, AnswerError> {
    let list = match member(answer, "policyDocuments") {
        None => return Ok(Vec::new()),
        Some(value) => value.as_array().ok_or_else(|| {
            wrong(
                "policyDocuments",
                "a list of IoT policies, each an object or a string with JSON",
            )
        })?,
    };
    if list.len() > POLICIES {
        return Err(AnswerError::Policies(list.len()));
    }
    let texts = list.iter().enumerate().map(|(at, value)| {
        let text = match value {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        match PolicyDocument::parse(&text, Dialect::Iot) {
            Ok(_) => Ok(text),
            Err(why) => Err(AnswerError::Policy { at, why }),
        }
    });
    texts.collect()
}

impl Answer {
    /// Reads the answer of a function.
    ///
    /// # Errors
    /// Where it breaks a rule of AWS's; a connection is then refused.
    pub fn parse(payload: &[u8]) -> Result<Self, AnswerError> {
        let answer = serde_json::from_slice::<Map<String, Value>>(payload)
            .map_err(|_| AnswerError::NotObject)?;
        let authenticated = member(&answer, "isAuthenticated")
            .and_then(Value::as_bool)
            .ok_or_else(|| wrong("isAuthenticated", "true or false"))?;
        let principal = principal(&answer)?;
        if authenticated && principal.is_none() {
            return Err(wrong("principalId", "there where isAuthenticated is true"));
        }
        Ok(Self {
            authenticated,
            principal,
            policies: policies(&answer)?,
            refresh_after: seconds(&answer, "refreshAfterInSeconds")?,
            disconnect_after: seconds(&answer, "disconnectAfterInSeconds")?
                .unwrap_or(*SECONDS.end()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn policy() -> Value {
        json!({"Version": "2012-10-17", "Statement": [
            {"Action": "iot:Connect", "Effect": "Allow", "Resource": "*"},
        ]})
    }

    fn answer(change: Value) -> Value {
        let mut whole = json!({"isAuthenticated": true, "principalId": "me"});
        for (name, value) in change.as_object().expect("an object") {
            whole[name] = value.clone();
        }
        whole
    }

    #[test]
    fn answers_that_are_believed() {
        #[track_caller]
        fn check(found: Value, wanted: Answer) {
            assert_eq!(Answer::parse(found.to_string().as_bytes()), Ok(wanted));
        }
        let least = Answer {
            authenticated: true,
            principal: Some("me".into()),
            policies: Vec::new(),
            refresh_after: None,
            disconnect_after: 86_400,
        };
        check(answer(json!({})), least.clone());
        check(answer(json!({"policyDocuments": []})), least.clone());
        let nulls = json!({"policyDocuments": null, "refreshAfterInSeconds": null, "more": 1});
        check(answer(nulls), least.clone());
        let text = policy().to_string();
        check(
            answer(json!({
                "policyDocuments": [policy(), text], "refreshAfterInSeconds": 300,
                "disconnectAfterInSeconds": 86_400,
            })),
            Answer {
                policies: vec![text.clone(), text],
                refresh_after: Some(300),
                ..least.clone()
            },
        );
        check(
            answer(json!({"policyDocuments": vec![policy(); 10]})),
            Answer {
                policies: vec![policy().to_string(); 10],
                ..least.clone()
            },
        );
        check(
            answer(json!({"principalId": "a".repeat(128)})),
            Answer {
                principal: Some("a".repeat(128)),
                ..least.clone()
            },
        );
        check(
            json!({"isAuthenticated": false}),
            Answer {
                authenticated: false,
                principal: None,
                ..least
            },
        );
    }

    #[test]
    fn answers_that_are_not_believed() {
        #[track_caller]
        fn check(payload: &str, wanted: &str) {
            let found = Answer::parse(payload.as_bytes()).expect_err("it breaks a rule");
            assert!(found.to_string().starts_with(wanted), "{found}");
        }
        let object = "the function's answer is not a JSON object";
        for payload in ["", "null", "true", "[]", "\"{}\"", "{", "{\"a\":1}{}"] {
            check(payload, object);
        }
        for payload in [
            "{}",
            r#"{"isAuthenticated":"true"}"#,
            r#"{"isAuthenticated":1}"#,
        ] {
            check(payload, "isAuthenticated must be true or false");
        }
        let cases = [
            (json!({"principalId": null}), "principalId must be there"),
            (json!({"principalId": ""}), "principalId must be a string"),
            (
                json!({"principalId": "a-b"}),
                "principalId must be a string",
            ),
            (json!({"principalId": "é"}), "principalId must be a string"),
            (json!({"principalId": 7}), "principalId must be a string"),
            (
                json!({"principalId": "a".repeat(129)}),
                "principalId must be a string of 1 to 128 letters and digits",
            ),
            (
                json!({"refreshAfterInSeconds": 299}),
                "refreshAfterInSeconds must be a whole number from 300 to 86400",
            ),
            (
                json!({"refreshAfterInSeconds": "300"}),
                "refreshAfterInSeconds must be",
            ),
            (
                json!({"disconnectAfterInSeconds": 86_401}),
                "disconnectAfterInSeconds must be",
            ),
            (
                json!({"disconnectAfterInSeconds": -300}),
                "disconnectAfterInSeconds must be",
            ),
            (
                json!({"policyDocuments": policy()}),
                "policyDocuments must be a list",
            ),
            (
                json!({"policyDocuments": vec![policy(); 11]}),
                "policyDocuments has 11 policies; at most 10 are allowed",
            ),
            (
                json!({"policyDocuments": [policy(), "nonsense"]}),
                "policyDocuments[1] is not an IoT policy: ",
            ),
            (
                json!({"policyDocuments": [7]}),
                "policyDocuments[0] is not an IoT policy: ",
            ),
            (
                json!({"policyDocuments": [{"Version": "2012-10-17", "Statement": [
                    {"Action": "iot:Connect", "Effect": "Allow", "Resource": "a".repeat(2048)},
                ]}]}),
                "policyDocuments[0] is not an IoT policy: ",
            ),
        ];
        for (change, wanted) in cases {
            check(&answer(change).to_string(), wanted);
        }
        // What a refusal says is held to the same rules.
        check(
            r#"{"isAuthenticated":false,"principalId":"-"}"#,
            "principalId",
        );
    }
}
