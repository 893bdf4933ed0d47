//! Custom authorizers: their registry, and what one of them answers.

use crate::api::Call;
use crate::api::iot::certificate::ascending;
use crate::api::iot::tag;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::admission::authorizer::Shown;
use crate::app::registry::authorizer::Changes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_core::custom_auth::{Http, Mqtt, ProtocolData, Tls};
use nameplate_core::registry::authorizer::Authorizer;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Items of a page where the caller does not say.
const PAGE: usize = 25;

fn names(call: &Call<'_>, name: &str) -> Value {
    json!({"authorizerName": name, "authorizerArn": call.caller.ctx.realm.authorizer(name)})
}

fn signing_keys(call: &Call<'_>) -> Option<BTreeMap<String, String>> {
    let keys = call.input.object("tokenSigningPublicKeys")?;
    Some(
        keys.iter()
            .filter_map(|(name, pem)| Some((name.clone(), pem.as_str()?.to_owned())))
            .collect(),
    )
}

/// `CreateAuthorizer`; INACTIVE unless asked otherwise.
pub async fn create_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("authorizerName")?;
    let new = Authorizer {
        key: 0,
        name: name.to_owned(),
        function_arn: call.required("authorizerFunctionArn")?.to_owned(),
        token_key: call.input.text("tokenKeyName").map(str::to_owned),
        signing_keys: signing_keys(call).unwrap_or_default(),
        signing_disabled: call.input.flag("signingDisabled").unwrap_or_default(),
        active: call.input.text("status") == Some("ACTIVE"),
        cache_http: call.input.flag("enableCachingForHttp").unwrap_or_default(),
        created: call.caller.ctx.now,
        modified: call.caller.ctx.now,
    };
    call.app
        .registry
        .create_authorizer(&call.caller, new, tag::given(call))
        .await?;
    Ok(names(call, name))
}

/// `DescribeAuthorizer`.
pub async fn describe_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("authorizerName")?;
    Ok(described(
        call,
        call.app.registry.custom_authorizer(name).await?,
    ))
}

fn described(call: &Call<'_>, found: Authorizer) -> Value {
    let mut members = Map::new();
    members.insert(
        "authorizerArn".into(),
        call.caller.ctx.realm.authorizer(&found.name).into(),
    );
    members.insert("authorizerName".into(), found.name.into());
    members.insert("authorizerFunctionArn".into(), found.function_arn.into());
    if let Some(key) = found.token_key {
        members.insert("tokenKeyName".into(), key.into());
    }
    if !found.signing_keys.is_empty() {
        members.insert("tokenSigningPublicKeys".into(), json!(found.signing_keys));
    }
    members.insert("status".into(), status(found.active).into());
    members.insert("creationDate".into(), found.created.as_seconds_f64().into());
    members.insert(
        "lastModifiedDate".into(),
        found.modified.as_seconds_f64().into(),
    );
    members.insert("signingDisabled".into(), found.signing_disabled.into());
    members.insert("enableCachingForHttp".into(), found.cache_http.into());
    json!({"authorizerDescription": members})
}

fn status(active: bool) -> &'static str {
    if active { "ACTIVE" } else { "INACTIVE" }
}

/// `ListAuthorizers`, newest first unless asked otherwise.
pub async fn list_authorizers(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::markers(call, PAGE)?;
    let wanted = call.input.text("status");
    let mut found = call.app.registry.custom_authorizers().await?;
    found.retain(|authorizer| wanted.is_none_or(|wanted| status(authorizer.active) == wanted));
    let (found, next) = page.alphabetical(found, ascending(call), |found| &found.name);
    let items = found.iter().map(|found| names(call, &found.name)).collect();
    Ok(page.answer("authorizers", items, next))
}

/// `UpdateAuthorizer`.
pub async fn update_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("authorizerName")?;
    let text = |member| call.input.text(member).map(str::to_owned);
    let changes = Changes {
        function_arn: text("authorizerFunctionArn"),
        token_key: text("tokenKeyName"),
        signing_keys: signing_keys(call),
        active: call.input.text("status").map(|status| status == "ACTIVE"),
        cache_http: call.input.flag("enableCachingForHttp"),
    };
    call.app
        .registry
        .update_authorizer(&call.caller, name, changes)
        .await?;
    Ok(names(call, name))
}

/// `DeleteAuthorizer`.
pub async fn delete_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("authorizerName")?;
    call.app
        .registry
        .delete_authorizer(&call.caller, name)
        .await?;
    Ok(json!({}))
}

/// `SetDefaultAuthorizer`.
pub async fn set_default_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("authorizerName")?;
    call.app
        .registry
        .set_default_authorizer(&call.caller, name)
        .await?;
    Ok(names(call, name))
}

/// `DescribeDefaultAuthorizer`.
pub async fn describe_default_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    Ok(described(
        call,
        call.app.registry.default_authorizer().await?,
    ))
}

/// `ClearDefaultAuthorizer`.
pub async fn clear_default_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    call.app
        .registry
        .clear_default_authorizer(&call.caller)
        .await?;
    Ok(json!({}))
}

fn protocol_data(call: &Call<'_>) -> Result<ProtocolData, Error> {
    let text = |of: &Map<String, Value>, name: &str| {
        of.get(name).and_then(Value::as_str).map(str::to_owned)
    };
    let tls = call.input.object("tlsContext").map(|tls| Tls {
        server_name: text(tls, "serverName"),
        ..Tls::default()
    });
    let http = call.input.object("httpContext").map(|http| Http {
        headers: http.get("headers").and_then(Value::as_object).map(|all| {
            all.iter()
                .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                .collect()
        }),
        query_string: text(http, "queryString"),
    });
    let mqtt = match call.input.object("mqttContext") {
        None => None,
        Some(mqtt) => {
            let password = text(mqtt, "password").map(|password| STANDARD.decode(password));
            let password = password
                .transpose()
                .map_err(|_| Error::invalid("mqttContext.password is not base64"))?;
            Some(Mqtt {
                username: text(mqtt, "username"),
                password,
                client_id: text(mqtt, "clientId"),
            })
        }
    };
    Ok(ProtocolData { tls, http, mqtt })
}

/// `TestInvokeAuthorizer`.
pub async fn test_invoke_authorizer(call: &Call<'_>) -> Result<Value, Error> {
    let text = |member| call.input.text(member).map(str::to_owned);
    let shown = Shown {
        token: text("token"),
        signature: text("tokenSignature"),
        data: protocol_data(call)?,
    };
    let name = call.required("authorizerName")?;
    let answer = call
        .app
        .admission
        .test_authorizer(&call.caller, name, shown)
        .await?;
    let mut members = Map::new();
    members.insert("isAuthenticated".into(), answer.authenticated.into());
    if let Some(principal) = answer.principal {
        members.insert("principalId".into(), principal.into());
    }
    members.insert("policyDocuments".into(), answer.policies.into());
    if let Some(seconds) = answer.refresh_after {
        members.insert("refreshAfterInSeconds".into(), seconds.into());
    }
    members.insert(
        "disconnectAfterInSeconds".into(),
        answer.disconnect_after.into(),
    );
    Ok(Value::Object(members))
}
