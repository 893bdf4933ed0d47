//! What a Lambda authorizer answers, and whether it lets a request through.
//! [API Gateway developer guide: Output from an API Gateway Lambda authorizer]

use crate::ctx::Millis;
use crate::policy::caller::Origin;
use crate::policy::{self, Dialect, NamedPolicy, PolicyDocument, Request, decide};
use serde_json::{Map, Value};

/// The action that a policy must allow.
const INVOKE: &str = "execute-api:Invoke";

/// What of an answer decides.
#[derive(Debug, Clone)]
enum Says {
    /// A policy, about each method or route.
    Policy(NamedPolicy),
    /// Yes or no, about all of them.
    Simply(bool),
}

/// What an authorizer said.
#[derive(Debug, Clone)]
pub struct Authorized {
    /// Who it is.
    pub principal: String,
    verdict: Says,
    /// What the function that is called gets to know: texts, numbers and flags.
    pub context: Map<String, Value>,
    /// The API key of usage plans, where the API takes it from here.
    pub usage_key: Option<String>,
}

impl Authorized {
    /// Reads the answer; `None` where it is no valid one.
    pub fn read(payload: &[u8]) -> Option<Self> {
        let mut answer: Map<String, Value> = serde_json::from_slice(payload).ok()?;
        let principal = match answer.get("principalId")? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let document = answer
            .get("policyDocument")
            .filter(|found| found.is_object())?;
        let document = PolicyDocument::parse(&document.to_string(), Dialect::IamIdentity).ok()?;
        let context = match answer.remove("context") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(members)) => members,
            Some(_) => return None,
        };
        let plain = |value: &Value| !matches!(value, Value::Array(_) | Value::Object(_));
        if !context.values().all(plain) {
            return None;
        }
        let usage_key = answer.get("usageIdentifierKey").and_then(Value::as_str);
        Some(Self {
            principal,
            verdict: Says::Policy(NamedPolicy {
                name: "authorizer".into(),
                document: document.into(),
            }),
            usage_key: usage_key.map(str::to_owned),
            context,
        })
    }

    /// Reads a simple answer of HTTP APIs, `{"isAuthorized": true, "context": …}`; `None` where it is none.
    pub fn simple(payload: &[u8]) -> Option<Self> {
        let mut answer: Map<String, Value> = serde_json::from_slice(payload).ok()?;
        let yes = answer.get("isAuthorized")?.as_bool()?;
        let context = match answer.remove("context") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(members)) => members,
            Some(_) => return None,
        };
        Some(Self {
            principal: String::new(),
            verdict: Says::Simply(yes),
            context,
            usage_key: None,
        })
    }

    /// Whether this answer, now or kept, lets a request to a method through.
    pub fn verdict(&self, origin: &Origin, method_arn: &str, now: Millis) -> policy::Verdict {
        let context = origin.context(now);
        let request = Request {
            action: INVOKE,
            resource: method_arn,
        };
        match &self.verdict {
            Says::Simply(true) => policy::Verdict::Allowed,
            Says::Simply(false) => policy::Verdict::ExplicitDeny,
            Says::Policy(policy) => decide(std::slice::from_ref(policy), request, &context).verdict,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Verdict;
    use serde_json::json;

    #[test]
    fn answers_of_authorizers() {
        let arn = "arn:aws:execute-api:us-east-1:123456789012:a1/prod/GET/x";
        let check = |answer: Value, expected: Option<Verdict>| {
            let read = Authorized::read(answer.to_string().as_bytes());
            let found = read.map(|read| read.verdict(&Origin::default(), arn, Millis(0)));
            assert_eq!(found, expected, "{answer}");
        };
        let policy = |effect: &str, resource: &str| {
            json!({"Version": "2012-10-17", "Statement": [
                {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}]})
        };
        let all = "arn:aws:execute-api:us-east-1:123456789012:a1/*/GET/*";
        let of = |document: Value| json!({"principalId": "me", "policyDocument": document});
        check(of(policy("Allow", arn)), Some(Verdict::Allowed));
        check(of(policy("Allow", all)), Some(Verdict::Allowed));
        check(of(policy("Deny", all)), Some(Verdict::ExplicitDeny));
        check(
            of(policy("Allow", &arn.replace("GET", "POST"))),
            Some(Verdict::ImplicitDeny),
        );
        check(of(json!("text")), None);
        check(json!({"policyDocument": policy("Allow", arn)}), None);
        check(json!({"principalId": "me"}), None);
        check(json!("Unauthorized"), None);
        let simple = |text: &str| {
            let said = Authorized::simple(text.as_bytes());
            said.map(|said| said.verdict(&Origin::default(), arn, Millis(0)) == Verdict::Allowed)
        };
        assert_eq!(
            simple(r#"{"isAuthorized": true, "context": {"a": [1]}}"#),
            Some(true)
        );
        assert_eq!(simple(r#"{"isAuthorized": false}"#), Some(false));
        for none in [
            "{}",
            r#"{"isAuthorized": "true"}"#,
            r#"{"isAuthorized": true, "context": 1}"#,
            "1",
        ] {
            assert_eq!(simple(none), None, "{none}");
        }
        let mut nested = of(policy("Allow", arn));
        nested["context"] = json!({"list": [1]});
        check(nested, None);
    }
}
