//! Lambda authorizers.

use super::{given, listed};
use crate::api::Call;
use crate::app::Error;
use crate::app::gateway::Gateway;
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::rest::function_of;
use serde_json::{Value, json};

/// `CreateAuthorizer`.
pub async fn create_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&["providerARNs", "authorizerCredentials", "jwtConfiguration"])?;
    let kind = call.required("type")?.to_owned();
    if !matches!(kind.as_str(), "TOKEN" | "REQUEST") {
        call.not_built(&["type"])?;
    }
    let uri = call.input.text("authorizerUri").unwrap_or_default();
    if function_of(uri, |_| Some("x".to_owned())).is_none() {
        return Err(Error::invalid(
            "Invalid Authorizer URI: it must be that of a Lambda function",
        ));
    }
    let source = call.input.text("identitySource").unwrap_or_default();
    let ttl = call
        .input
        .integer("authorizerResultTtlInSeconds")
        .unwrap_or(300);
    if !(0..=3600).contains(&ttl) {
        return Err(Error::invalid(
            "Authorizer result TTL must be between 0 and 3600 seconds",
        ));
    }
    let sources: Vec<&str> = source
        .split(',')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .collect();
    let header = |one: &&str| one.starts_with("method.request.header.");
    let known = |one: &&str| {
        header(one)
            || one.starts_with("method.request.querystring.")
            || one.starts_with("stageVariables.")
    };
    let fine = match kind.as_str() {
        "TOKEN" => sources.len() == 1 && sources.iter().all(header),
        _ => sources.iter().all(known) && (ttl == 0 || !sources.is_empty()),
    };
    if !fine {
        return Err(Error::invalid(format!("Invalid identity source: {source}")));
    }
    if let Some(text) = call.input.text("identityValidationExpression") {
        nameplate_core::gateway::rest::selection(text)
            .ok_or_else(|| Error::invalid("Invalid identity validation expression"))?;
    }
    let mut members = given(
        call,
        &[
            "name",
            "type",
            "authorizerUri",
            "identitySource",
            "identityValidationExpression",
            "authType",
        ],
    );
    let id = Gateway::id()[..6].to_owned();
    members.insert("id".into(), json!(id));
    members.insert("authorizerResultTtlInSeconds".into(), json!(ttl));
    members.entry("authType").or_insert(json!("custom"));
    let made =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                if rest.authorizers.len() >= 10 {
                    return Err(Refusal::Limit(
                        "Maximum number of Authorizers for this API has been reached.".into(),
                    )
                    .into());
                }
                if rest
                    .authorizers
                    .values()
                    .any(|one| one["name"] == members["name"])
                {
                    return Err(Refusal::Exists("Authorizer name must be unique.".into()).into());
                }
                rest.authorizers
                    .insert(id.clone(), Value::Object(members.clone()));
                Ok(Value::Object(members.clone()))
            });
    made.await
}

/// `GetAuthorizer`.
pub async fn get_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await?;
    let found = rest.authorizers.get(call.required("authorizerId")?);
    Ok(found
        .cloned()
        .ok_or_else(|| Refusal::unknown("Authorizer"))?)
}

/// `GetAuthorizers`.
pub async fn get_authorizers(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await?;
    listed(call, rest.authorizers.into_values().collect(), "id")
}

/// `DeleteAuthorizer`.
pub async fn delete_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("authorizerId")?.to_owned();
    let gone =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                let mut methods = rest.resources.values().flat_map(|one| one.methods.values());
                if methods.any(|method| method["authorizerId"] == id) {
                    return Err(Refusal::Exists(
                        "Cannot delete authorizer, it is used by a method".into(),
                    )
                    .into());
                }
                let gone: Option<Value> = rest.authorizers.remove(&id);
                gone.map(drop)
                    .ok_or_else(|| Refusal::unknown("Authorizer").into())
            });
    gone.await?;
    Ok(json!({}))
}
