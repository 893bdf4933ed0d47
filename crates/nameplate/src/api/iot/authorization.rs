//! What a device's policies let it do.

use super::policy::parse_target;
use crate::api::Call;
use crate::app::Error;
use crate::app::admission::authorization::{Answer, Question, Supposed};
use crate::app::registry::principal::Target;
use nameplate_core::policy::Verdict;
use serde_json::{Value, json};

/// `GetEffectivePolicies`.
pub async fn get_effective_policies(call: &Call<'_>) -> Result<Value, Error> {
    let principal = principal(call)?;
    let thing = call.input.text("thingName");
    if principal.is_none() && thing.is_none() {
        return Err(Error::invalid("principal or thingName must be specified"));
    }
    let found = call
        .app
        .admission
        .effective_policies(principal.as_ref(), thing)
        .await?;
    let items: Vec<Value> = found
        .iter()
        .map(|policy| {
            json!({
                "policyName": policy.name,
                "policyArn": call.app.realm().policy(&policy.name),
                "policyDocument": policy.document,
            })
        })
        .collect();
    Ok(json!({"effectivePolicies": items}))
}

/// `TestAuthorization`.
pub async fn test_authorization(call: &Call<'_>) -> Result<Value, Error> {
    let names = |member: &str| texts(call.input.items(member));
    let supposed = Supposed {
        principal: principal(call)?,
        client_id: call.input.text("clientId").map(str::to_owned),
        add: names("policyNamesToAdd"),
        skip: names("policyNamesToSkip"),
    };
    let infos = call.input.items("authInfos");
    let questions = infos.iter().map(question).collect::<Result<Vec<_>, _>>()?;
    let answers = call
        .app
        .admission
        .test_authorization(&call.caller, &supposed, &questions)
        .await?;
    let results: Vec<Value> = infos
        .iter()
        .zip(&answers)
        .map(|(info, answer)| result(call, info, answer))
        .collect();
    Ok(json!({"authResults": results}))
}

fn question(info: &Value) -> Result<Question, Error> {
    let action = match info.get("actionType").and_then(Value::as_str) {
        Some("PUBLISH") => "iot:Publish",
        Some("SUBSCRIBE") => "iot:Subscribe",
        Some("RECEIVE") => "iot:Receive",
        Some("CONNECT") => "iot:Connect",
        // The model does not require it, but without it nothing is asked.
        _ => {
            return Err(Error::invalid(
                "authInfos must have an actionType: PUBLISH, SUBSCRIBE, RECEIVE or CONNECT",
            ));
        }
    };
    let resources = info.get("resources").and_then(Value::as_array);
    let resources = texts(resources.map_or(&[], Vec::as_slice));
    if resources.is_empty() {
        return Err(Error::invalid("authInfos must have at least one resource"));
    }
    Ok(Question { action, resources })
}

fn result(call: &Call<'_>, info: &Value, answer: &Answer) -> Value {
    let policies = |names: &[std::sync::Arc<str>]| {
        let policies: Vec<Value> = names
            .iter()
            .map(|name| {
                json!({
                    "policyName": **name,
                    "policyArn": call.app.realm().policy(name),
                })
            })
            .collect();
        json!({"policies": policies})
    };
    json!({
        "authInfo": info,
        "allowed": policies(&answer.allowing),
        "denied": {
            "implicitDeny": policies(&answer.silent),
            "explicitDeny": policies(&answer.denying),
        },
        "authDecision": match answer.verdict {
            Verdict::Allowed => "ALLOWED",
            Verdict::ExplicitDeny => "EXPLICIT_DENY",
            Verdict::ImplicitDeny => "IMPLICIT_DENY",
        },
        "missingContextValues": answer.missing,
    })
}

fn texts(items: &[Value]) -> Vec<String> {
    items
        .iter()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

fn principal(call: &Call<'_>) -> Result<Option<Target>, Error> {
    call.not_built(&["cognitoIdentityPoolId"])?;
    call.input
        .text("principal")
        .map(|text| parse_target(call, text))
        .transpose()
}
