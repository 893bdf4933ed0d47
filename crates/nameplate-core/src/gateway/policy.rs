//! What a Lambda authorizer answers, and whether it lets a request through; and the policy that a REST API has itself.
//! [API Gateway developer guide: Output from an API Gateway Lambda authorizer; Control access to a REST API with API
//! Gateway resource policies]

use super::Refusal;
use crate::arn::Realm;
use crate::ctx::Millis;
use crate::policy::caller::Origin;
use crate::policy::iam::{Principal, RESOURCE_POLICY, says};
use crate::policy::{self, Dialect, NamedPolicy, PolicyDocument, Request, decide};
use serde_json::{Map, Value, json};

/// The action that a policy must allow.
const INVOKE: &str = "execute-api:Invoke";

/// What of an answer decides.
#[derive(Debug, Clone)]
enum Says {
    /// A policy, about each method or route; none where it says nothing of any.
    Policy(Option<NamedPolicy>),
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
            .get_mut("policyDocument")
            .filter(|found| found.is_object())?;
        let policy = match about_something(document) {
            true => Some(PolicyDocument::parse(&document.to_string(), Dialect::IamIdentity).ok()?),
            false => None,
        };
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
            verdict: Says::Policy(policy.map(|document| NamedPolicy {
                name: "authorizer".into(),
                document: document.into(),
            })),
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
            Says::Policy(policy) => decide(policy.as_slice(), request, &context).verdict,
        }
    }
}

/// Whether a policy says anything of any method. Statements with an empty list of resources, which a role's policy cannot
/// have, are of none and are left out: AWS's Chalice writes one where a caller may call nothing.
fn about_something(document: &mut Value) -> bool {
    let Some(Value::Array(statements)) = document.get_mut("Statement") else {
        return true;
    };
    let some = !statements.is_empty();
    statements.retain(|statement| statement.get("Resource") != Some(&json!([])));
    !(some && statements.is_empty())
}

/// Characters of an API's own policy (API Gateway quotas: resource policy size, bytes).
const POLICY_BYTES: usize = 8192;
/// What resources of such a policy may begin with instead of the API's ARN.
const SHORT: &str = "execute-api:/";

/// Reads an API's own policy. Resources that are written in the short form get the ARN of the API; the text is as answers
/// have it, within quotation marks that they leave out.
///
/// # Errors
/// It is no policy that a resource can have.
pub fn resource_policy(text: &str, realm: &Realm, api: &str) -> Result<String, Refusal> {
    let invalid = || {
        Refusal::Invalid(
            "Invalid policy document. Please check the policy syntax and ensure that Principals are valid."
                .to_owned(),
        )
    };
    if text.len() > POLICY_BYTES {
        return Err(Refusal::Invalid(format!(
            "The policy must not be larger than {POLICY_BYTES} bytes"
        )));
    }
    let mut document: Value = serde_json::from_str(text).map_err(|_| invalid())?;
    if !document.is_object() {
        return Err(invalid());
    }
    let head = format!(
        "arn:{}:execute-api:{}:{}:{api}/",
        realm.partition(),
        realm.region,
        realm.account
    );
    let widen = |resource: &mut Value| {
        if let Some(rest) = resource.as_str().and_then(|text| text.strip_prefix(SHORT)) {
            *resource = json!(format!("{head}{rest}"));
        }
    };
    let statements = match &mut document["Statement"] {
        Value::Array(all) => all.as_mut_slice(),
        one => std::slice::from_mut(one),
    };
    for statement in statements.iter_mut().filter(|one| one.is_object()) {
        for name in ["Resource", "NotResource"] {
            match statement.get_mut(name) {
                Some(Value::Array(all)) => all.iter_mut().for_each(widen),
                Some(one) => widen(one),
                None => {}
            }
        }
    }
    let text = document.to_string();
    PolicyDocument::parse(&text, Dialect::Resource).map_err(|_| invalid())?;
    let quoted = json!(text).to_string();
    Ok(quoted[1..quoted.len() - 1].to_owned())
}

/// What an API's own policy, as answers have it, says about a request to a method. One that cannot be read says no.
pub fn said_by(
    kept: &str,
    principal: Principal<'_>,
    origin: &Origin,
    method_arn: &str,
    now: Millis,
) -> policy::Verdict {
    let text: Option<String> = serde_json::from_str(&format!("\"{kept}\"")).ok();
    let document = text.and_then(|text| PolicyDocument::parse(&text, Dialect::Resource).ok());
    let Some(document) = document else {
        return policy::Verdict::ExplicitDeny;
    };
    let policy = NamedPolicy {
        name: RESOURCE_POLICY.into(),
        document: document.into(),
    };
    let request = Request {
        action: INVOKE,
        resource: method_arn,
    };
    let said = says(&policy, principal, request, &origin.context(now));
    match said.through_account {
        // Then the caller's own policies decide.
        true => policy::Verdict::ImplicitDeny,
        false => said.decision.verdict,
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
        let mut nothing = policy("Allow", arn);
        nothing["Statement"][0]["Resource"] = json!([]);
        check(of(nothing.clone()), Some(Verdict::ImplicitDeny));
        let statements = nothing["Statement"].as_array_mut().expect("a list");
        statements.extend(
            policy("Allow", arn)["Statement"]
                .as_array()
                .cloned()
                .expect("a list"),
        );
        check(of(nothing), Some(Verdict::Allowed));
        check(of(json!({"Version": "2012-10-17", "Statement": []})), None);
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

    #[test]
    fn policies_of_apis() {
        let realm = Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        };
        let arn = "arn:aws:execute-api:us-east-1:123456789012:a1/prod/GET/x";
        let kept = |text: &str| resource_policy(text, &realm, "a1");
        let mut document = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/*"},
            {"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::123456789012:user/mallory"},
             "Action": "execute-api:Invoke", "Resource": ["execute-api:/*"]}]});
        let text = kept(&document.to_string()).expect("it is one");
        assert!(
            text.contains(r#"\"arn:aws:execute-api:us-east-1:123456789012:a1/prod/GET/*\""#),
            "{text}"
        );
        let check = |principal: Principal<'_>, arn: &str, expected: Verdict| {
            let found = said_by(&text, principal, &Origin::default(), arn, Millis(0));
            assert_eq!(found, expected, "{principal} {arn}");
        };
        check(Principal::Anonymous, arn, Verdict::Allowed);
        check(
            Principal::Anonymous,
            &arn.replace("GET", "POST"),
            Verdict::ImplicitDeny,
        );
        check(
            Principal::Anonymous,
            &arn.replace("a1", "a2"),
            Verdict::ImplicitDeny,
        );
        let mallory = Principal::Arn("arn:aws:iam::123456789012:user/mallory");
        check(mallory, arn, Verdict::ExplicitDeny);
        let none = said_by("no policy", mallory, &Origin::default(), arn, Millis(0));
        assert_eq!(none, Verdict::ExplicitDeny);
        document["Statement"][0]["Principal"].take();
        for wrong in ["", "{}", "[]", "\"\"", &document.to_string()] {
            let why = kept(wrong).expect_err(wrong).to_string();
            assert!(why.starts_with("Invalid policy document"), "{why}");
        }
        let why = kept(&" ".repeat(8193)).expect_err("too large").to_string();
        assert!(why.contains("8192"), "{why}");
    }
}
