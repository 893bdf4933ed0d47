//! `TestInvokeMethod`, `TestInvokeAuthorizer`: a method and an authorizer as they are edited, without a stage.

use crate::api::Call;
use crate::api::execute::{Trial, TrialOfAuthorizer, tried, tried_authorizer};
use crate::app::Error;
use nameplate_core::vending::gateway::capitalised;
use serde_json::{Map, Value, json};

/// Header fields of both members, names in small letters.
fn headers(call: &Call<'_>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for (name, values) in call.input.object("multiValueHeaders").into_iter().flatten() {
        let name = name.to_ascii_lowercase();
        let values = values.as_array().into_iter().flatten();
        all.extend(values.filter_map(|value| Some((name.clone(), value.as_str()?.to_owned()))));
    }
    for (name, value) in call.input.object("headers").into_iter().flatten() {
        let name = name.to_ascii_lowercase();
        if !all.iter().any(|(known, _)| *known == name) {
            all.extend(value.as_str().map(|value| (name, value.to_owned())));
        }
    }
    all
}

/// Names of header fields as the caller wrote them.
fn names(call: &Call<'_>) -> Vec<String> {
    let members = ["headers", "multiValueHeaders"].into_iter();
    let members = members.filter_map(|member| call.input.object(member));
    members.flatten().map(|(name, _)| name.clone()).collect()
}

/// `TestInvokeMethod`.
pub async fn test_invoke_method(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&["clientCertificateId"])?;
    let rest = call.app.gateway.rest(call.required("restApiId")?).await?;
    let trial = Trial {
        api: call.required("restApiId")?,
        resource: call.required("resourceId")?,
        method: call.required("httpMethod")?,
        target: call.input.text("pathWithQueryString").unwrap_or_default(),
        headers: headers(call),
        names: names(call),
        body: call.input.text("body").unwrap_or_default(),
        variables: call
            .input
            .object("stageVariables")
            .cloned()
            .unwrap_or_default(),
    };
    let tried = tried(call.app, &call.caller, rest, trial).await?;
    let mut last = Map::new();
    let mut all: Map<String, Value> = Map::new();
    for (name, value) in tried.headers {
        // Those that the gateway adds have the form that is recorded of AWS.
        let name = match name.as_str() {
            "content-type" | "x-amzn-trace-id" => capitalised(&name),
            _ => name,
        };
        last.insert(name.clone(), json!(value));
        if let Value::Array(values) = all.entry(name).or_insert_with(|| json!([])) {
            values.push(json!(value));
        }
    }
    Ok(json!({
        "status": tried.status,
        "body": tried.body,
        "headers": last,
        "multiValueHeaders": all,
        "log": tried.log,
        "latency": tried.latency,
    }))
}

/// `TestInvokeAuthorizer`.
pub async fn test_invoke_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await?;
    let members = |name: &str| call.input.object(name).cloned().unwrap_or_default();
    let trial = TrialOfAuthorizer {
        api: call.required("restApiId")?,
        authorizer: call.required("authorizerId")?,
        target: call.input.text("pathWithQueryString").unwrap_or_default(),
        headers: headers(call),
        body: call.input.text("body").unwrap_or_default(),
        variables: members("stageVariables"),
        context: members("additionalContext"),
    };
    let tried = tried_authorizer(call.app, &call.caller, &rest, trial).await?;
    let mut told = json!({
        "clientStatus": tried.status,
        "log": tried.log,
        "latency": tried.latency,
    });
    if let (Some(principal), Some(policy)) = (tried.principal, tried.policy) {
        told["principalId"] = json!(principal);
        told["policy"] = json!(policy);
    }
    Ok(told)
}
