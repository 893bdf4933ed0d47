//! Lambda and JWT authorizers of HTTP APIs.

use super::{check_role, found, given, gone, listed, merge, structure};
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::gateway::Gateway;
use crate::app::{Error, Kind};
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::http::{FEW, check_authorizer};
use serde_json::{Map, Value, json};

fn members(call: &Call<'_>) -> Result<Map<String, Value>, Error> {
    let mut members = given(
        call,
        &[
            "AuthorizerCredentialsArn",
            "AuthorizerPayloadFormatVersion",
            "AuthorizerResultTtlInSeconds",
            "AuthorizerType",
            "AuthorizerUri",
            "EnableSimpleResponses",
            "IdentitySource",
            // Kept and shown; no authorizer of an HTTP API has a use for it. [API reference: CreateAuthorizer]
            "IdentityValidationExpression",
            "Name",
        ],
    );
    if let Some(jwt) = call.input.get("JwtConfiguration") {
        members.insert("jwtConfiguration".into(), structure(jwt));
    }
    Ok(members)
}

fn check_name(
    all: &std::collections::BTreeMap<String, Value>,
    id: &str,
    authorizer: &Value,
) -> Result<(), Error> {
    let mut others = all.iter().filter(|(other, _)| *other != id);
    match others.any(|(_, other)| other["name"] == authorizer["name"]) {
        true => Err(Refusal::Exists("Authorizer name must be unique.".into()).into()),
        false => Ok(()),
    }
}

/// `CreateAuthorizer`.
pub async fn create_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    let mut authorizer = members(call)?;
    check_role(call, "AuthorizerCredentialsArn").await?;
    let id = Gateway::id()[..6].to_owned();
    authorizer.insert("authorizerId".into(), json!(id));
    if authorizer.get("authorizerType") != Some(&json!("JWT")) {
        authorizer
            .entry("enableSimpleResponses")
            .or_insert(json!(false));
    }
    let authorizer = Value::Object(authorizer);
    check_authorizer(&authorizer)?;
    let made =
        call.app
            .gateway
            .change_http(&call.caller, call.required("ApiId")?, move |http, _| {
                let all = &mut http.parts.authorizers;
                check_name(all, &id, &authorizer)?;
                if all.len() >= FEW {
                    return Err(Refusal::Limit(
                        "Maximum number of Authorizers for this API has been reached.".into(),
                    )
                    .into());
                }
                all.insert(id.clone(), authorizer.clone());
                Ok(authorizer.clone())
            });
    made.await
}

/// `GetAuthorizer`.
pub async fn get_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    let http = call.app.gateway.http(call.required("ApiId")?).await?;
    let id = call.required("AuthorizerId")?;
    found(&http.parts.authorizers, id, "Authorizer")
}

/// `GetAuthorizers`.
pub async fn get_authorizers(call: &Call<'_>) -> Result<Value, Error> {
    let http = call.app.gateway.http(call.required("ApiId")?).await?;
    let all = http.parts.authorizers.into_values().collect();
    listed(call, all, "authorizerId")
}

/// `UpdateAuthorizer`.
pub async fn update_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    let members = members(call)?;
    check_role(call, "AuthorizerCredentialsArn").await?;
    let id = call.required("AuthorizerId")?.to_owned();
    let changed =
        call.app
            .gateway
            .change_http(&call.caller, call.required("ApiId")?, move |http, _| {
                let all = &mut http.parts.authorizers;
                let mut authorizer = found(all, &id, "Authorizer")?;
                merge(&mut authorizer, &members);
                check_authorizer(&authorizer)?;
                check_name(all, &id, &authorizer)?;
                all.insert(id.clone(), authorizer.clone());
                Ok(authorizer)
            });
    changed.await
}

/// `DeleteAuthorizer`.
pub async fn delete_authorizer(call: &Call<'_>) -> Result<Reply, Error> {
    let id = call.required("AuthorizerId")?.to_owned();
    let done =
        call.app
            .gateway
            .change_http(&call.caller, call.required("ApiId")?, move |http, _| {
                found(&http.parts.authorizers, &id, "Authorizer")?;
                let mut routes = http.parts.routes.values();
                if routes.any(|route| route["authorizerId"] == id.as_str()) {
                    return Err(Error::new(
                        Kind::InUse,
                        format!("Cannot delete authorizer '{id}': it is used by a route"),
                    ));
                }
                http.parts.authorizers.remove(&id);
                Ok(())
            });
    done.await?;
    Ok(gone())
}
