//! Lambda authorizers.

use super::{check_role, given, listed};
use crate::api::Call;
use crate::app::gateway::Gateway;
use crate::app::{Error, Kind};
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::rest::function_of;
use serde_json::{Value, json};

/// Whether an authorizer, in AWS's shape, can be asked here.
pub(super) fn check(authorizer: &Value) -> Result<(), Error> {
    let text = |name: &str| authorizer[name].as_str().unwrap_or_default();
    if function_of(text("authorizerUri"), |_| Some("x".to_owned())).is_none() {
        return Err(Error::invalid(
            "Invalid Authorizer URI: it must be that of a Lambda function",
        ));
    }
    let ttl = authorizer["authorizerResultTtlInSeconds"]
        .as_i64()
        .unwrap_or(300);
    if !(0..=3600).contains(&ttl) {
        return Err(Error::invalid(
            "Authorizer result TTL must be between 0 and 3600 seconds",
        ));
    }
    let source = text("identitySource");
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
            || one.starts_with("context.")
    };
    let fine = match text("type") {
        "TOKEN" => sources.len() == 1 && sources.iter().all(header),
        _ => sources.iter().all(known) && (ttl == 0 || !sources.is_empty()),
    };
    if !fine {
        return Err(Error::invalid(format!("Invalid identity source: {source}")));
    }
    if let Some(text) = authorizer["identityValidationExpression"].as_str() {
        nameplate_core::gateway::rest::selection(text)
            .ok_or_else(|| Error::invalid("Invalid identity validation expression"))?;
    }
    Ok(())
}

/// `CreateAuthorizer`.
pub async fn create_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&["providerARNs", "jwtConfiguration"])?;
    if !matches!(call.required("type")?, "TOKEN" | "REQUEST") {
        call.not_built(&["type"])?;
    }
    let mut members = given(
        call,
        &[
            "name",
            "type",
            "authorizerUri",
            "authorizerCredentials",
            "identitySource",
            "identityValidationExpression",
            "authType",
        ],
    );
    let id = Gateway::id()[..6].to_owned();
    members.insert("id".into(), json!(id));
    let ttl = call.input.get("authorizerResultTtlInSeconds");
    members.insert(
        "authorizerResultTtlInSeconds".into(),
        ttl.cloned().unwrap_or_else(|| json!(300)),
    );
    members.entry("authType").or_insert(json!("custom"));
    // The service's own words for an API that is not there.
    let api = call.app.gateway.rest(call.required("restApiId")?).await;
    api.map_err(|error| match error.kind {
        Kind::NotFound => Refusal::Exists(
            "Unable to complete operation due to concurrent modification. Please try again later."
                .into(),
        )
        .into(),
        _ => error,
    })?;
    check(&Value::Object(members.clone()))?;
    if let Some(role) = call.input.text("authorizerCredentials") {
        check_role(call, role).await?;
    }
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
    let mut made = made.await?;
    // Whoever leaves it out is not told of it at once, as recorded of AWS.
    if call.input.get("authorizerResultTtlInSeconds").is_none()
        && let Some(members) = made.as_object_mut()
    {
        members.remove("authorizerResultTtlInSeconds");
    }
    Ok(made)
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
