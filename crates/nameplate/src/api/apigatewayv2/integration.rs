//! Integrations: the functions and servers that routes lead to.

use super::{check_role, found, given, gone, listed, merge};
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::gateway::Gateway;
use crate::app::{Error, Kind};
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::http::{ROUTES, check_integration, complete_integration};
use serde_json::{Map, Value, json};

fn members(call: &Call<'_>) -> Result<Map<String, Value>, Error> {
    call.not_built(&[
        "ConnectionId",
        "ContentHandlingStrategy",
        "IntegrationSubtype",
        "RequestParameters",
        "RequestTemplates",
        "ResponseParameters",
        "TemplateSelectionExpression",
        "TlsConfig",
    ])?;
    Ok(given(
        call,
        &[
            "ConnectionType",
            "CredentialsArn",
            "Description",
            "IntegrationMethod",
            "IntegrationType",
            "IntegrationUri",
            "PassthroughBehavior",
            "PayloadFormatVersion",
            "TimeoutInMillis",
        ],
    ))
}

/// `CreateIntegration`.
pub async fn create_integration(call: &Call<'_>) -> Result<Value, Error> {
    let mut integration = members(call)?;
    check_role(call, "CredentialsArn").await?;
    let id = Gateway::id()[..7].to_owned();
    integration.insert("integrationId".into(), json!(id));
    complete_integration(&mut integration);
    let integration = Value::Object(integration);
    check_integration(&integration)?;
    let made =
        call.app
            .gateway
            .change_http(&call.caller, call.required("ApiId")?, move |http, _| {
                if http.parts.integrations.len() >= ROUTES {
                    return Err(Refusal::Limit(
                        "Maximum number of Integrations for this API has been reached.".into(),
                    )
                    .into());
                }
                http.parts
                    .integrations
                    .insert(id.clone(), integration.clone());
                Ok(integration.clone())
            });
    made.await
}

/// `GetIntegration`.
pub async fn get_integration(call: &Call<'_>) -> Result<Value, Error> {
    let http = call.app.gateway.http(call.required("ApiId")?).await?;
    let id = call.required("IntegrationId")?;
    found(&http.parts.integrations, id, "Integration")
}

/// `GetIntegrations`.
pub async fn get_integrations(call: &Call<'_>) -> Result<Value, Error> {
    let http = call.app.gateway.http(call.required("ApiId")?).await?;
    let all = http.parts.integrations.into_values().collect();
    listed(call, all, "integrationId")
}

/// `UpdateIntegration`.
pub async fn update_integration(call: &Call<'_>) -> Result<Value, Error> {
    let members = members(call)?;
    check_role(call, "CredentialsArn").await?;
    let id = call.required("IntegrationId")?.to_owned();
    let changed =
        call.app
            .gateway
            .change_http(&call.caller, call.required("ApiId")?, move |http, _| {
                let mut integration = found(&http.parts.integrations, &id, "Integration")?;
                merge(&mut integration, &members);
                check_integration(&integration)?;
                http.parts
                    .integrations
                    .insert(id.clone(), integration.clone());
                Ok(integration)
            });
    changed.await
}

/// `DeleteIntegration`.
pub async fn delete_integration(call: &Call<'_>) -> Result<Reply, Error> {
    let id = call.required("IntegrationId")?.to_owned();
    let done = call.app.gateway.change_http(
        &call.caller,
        call.required("ApiId")?,
        move |http, _| {
            found(&http.parts.integrations, &id, "Integration")?;
            let target = format!("integrations/{id}");
            let routes = http.parts.routes.values();
            let mut routes = routes.filter(|route| route["target"] == target.as_str());
            if let Some(route) = routes.next() {
                return Err(Error::new(
                    Kind::InUse,
                    format!(
                        "Cannot delete Integration '{id}' due to its dependencies: Routes '{}'.",
                        route["routeId"].as_str().unwrap_or_default()
                    ),
                ));
            }
            http.parts.integrations.remove(&id);
            Ok(())
        },
    );
    done.await?;
    Ok(gone())
}
