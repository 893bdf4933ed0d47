//! What a REST API answers by itself, as its owner has it look, and what of a request is refused before its integration.
//! [API Gateway developer guide: gateway responses, request validation]

use super::{Failed, Found, fault, header, mapped};
use crate::api::{Content, Response};
use nameplate_aws::uri;
use nameplate_core::gateway::mapping::Template;
use nameplate_core::gateway::model::{body_errors, missing};
use nameplate_core::gateway::response::{in_force, template};
use nameplate_core::gateway::rest::Deployment;
use nameplate_core::vending::gateway::Asked;
use serde_json::{Value, json};
use std::borrow::Cow;

/// Holds a request against its method's validator.
pub(super) fn check(found: &Found<'_>, asked: &Asked<'_>) -> Result<(), Failed> {
    let method = found.matched.method;
    let id = method["requestValidatorId"].as_str().unwrap_or_default();
    let Some(validator) = found.deployment.validators.get(id) else {
        return Ok(());
    };
    if validator["validateRequestParameters"] == true {
        let has = |place: &str, name: &str| {
            let values = |all: &[(String, String)], name: &str| {
                let mut all = all.iter();
                all.any(|(known, value)| known == name && !value.trim().is_empty())
            };
            match place {
                "path" => values(&found.matched.parameters, name),
                "querystring" | "multivaluequerystring" => values(asked.pairs, name),
                _ => values(asked.headers, &name.to_ascii_lowercase()),
            }
        };
        let missing = missing(method, has);
        if !missing.is_empty() {
            let missing = missing.join(", ");
            let text = format!("Missing required request parameters: [{missing}]");
            return Err(Failed::told(400, &text));
        }
    }
    if validator["validateRequestBody"] == true {
        let kind = header(asked.headers, "content-type").unwrap_or("application/json");
        let errors = body_errors(&found.deployment.schemas, method, kind, asked.body);
        if !errors.is_empty() {
            let mut failed = Failed::told(400, "Invalid request body");
            failed.more.detail = Some(format!("[{}]", errors.join(", ")));
            return Err(failed);
        }
    }
    Ok(())
}

/// A failure as the owner of the API has it answered, where they have said so.
pub(super) fn shown(
    deployment: &Deployment,
    asked: &Asked<'_>,
    failed: &Failed,
) -> Option<Response> {
    let told = |name: &str| failed.body.get(name).filter(|text| text.is_string());
    let message = told("message").or_else(|| told("Message")).cloned();
    let message = message.unwrap_or_default();
    let kind = fault::response(failed.status, &message);
    let response = in_force(&deployment.responses, kind, failed.status)?;
    let mut context = mapped::context(asked);
    context["error"] = json!({
        "message": message,
        "messageString": message.to_string(),
        "responseType": kind,
        "validationErrorString": failed.more.detail,
    });
    let status = response["statusCode"]
        .as_str()
        .and_then(|status| status.parse().ok());
    let own = failed.more.headers.iter();
    let mut headers: Vec<(Cow<'static, str>, String)> = own
        .map(|(name, value)| (Cow::Borrowed(*name), value.clone()))
        .collect();
    let parameters = response["responseParameters"].as_object();
    for (name, of) in parameters.into_iter().flatten() {
        let name = name
            .trim_start_matches("gatewayresponse.header.")
            .to_ascii_lowercase();
        let value = parameter(asked, &context, of.as_str().unwrap_or_default());
        if let Some(value) = value.filter(|value| mapped::sends(value)) {
            headers.retain(|(known, _)| *known != name);
            headers.push((name.into(), value));
        }
    }
    let accept = header(asked.headers, "accept").unwrap_or_default();
    let (kind, text) = template(response, accept)?;
    let seen = mapped::OfRequest {
        asked,
        context: context.clone(),
    };
    // It was looked at when it was saved.
    let body = Template::parse(text).ok()?.fill(&seen).ok()?.text;
    if !headers.iter().any(|(name, _)| name == "content-type") && mapped::sends(kind) {
        headers.push(("content-type".into(), kind.to_owned()));
    }
    Some(Response {
        status: status.unwrap_or(failed.status),
        headers,
        body: Content::Bytes(body.into_bytes()),
    })
}

/// What a parameter is of a request.
fn parameter(asked: &Asked<'_>, context: &Value, of: &str) -> Option<String> {
    if let Some(fixed) = of.strip_prefix('\'') {
        return Some(fixed.trim_end_matches('\'').to_owned());
    }
    if let Some(name) = of.strip_prefix("context.") {
        return mapped::member(context, name);
    }
    if let Some(name) = of.strip_prefix("stageVariables.") {
        return mapped::member(&asked.via.variables, name);
    }
    let (place, name) = of.strip_prefix("method.request.")?.split_once('.')?;
    let all = |all: &[(String, String)], name: &str| {
        let found: Vec<&str> = all
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .collect();
        (!found.is_empty()).then(|| found.join(","))
    };
    match place {
        "path" => mapped::member(&asked.via.parameters, name).map(|sent| uri::decode_text(&sent)),
        "querystring" | "multivaluequerystring" => all(asked.pairs, name),
        _ => all(asked.headers, &name.to_ascii_lowercase()),
    }
}
