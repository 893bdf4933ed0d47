//! Routes.

use super::{found, given, gone, listed, merge};
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::Error;
use crate::app::gateway::Gateway;
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::http::ROUTES;
use serde_json::{Map, Value, json};

fn members(call: &Call<'_>) -> Result<Map<String, Value>, Error> {
    call.not_built(&[
        "RequestParameters",
        "RequestModels",
        "ModelSelectionExpression",
        "RouteResponseSelectionExpression",
    ])?;
    if call.input.flag("ApiKeyRequired") == Some(true) {
        return Err(Error::invalid(
            "apiKeyRequired is not supported for HTTP APIs",
        ));
    }
    Ok(given(
        call,
        &[
            "RouteKey",
            "Target",
            "AuthorizationScopes",
            "AuthorizationType",
            "AuthorizerId",
            "OperationName",
        ],
    ))
}

/// `CreateRoute`.
pub async fn create_route(call: &Call<'_>) -> Result<Value, Error> {
    let mut route = members(call)?;
    let id = Gateway::id()[..7].to_owned();
    route.insert("routeId".into(), json!(id));
    route.insert("apiKeyRequired".into(), json!(false));
    route.entry("authorizationType").or_insert(json!("NONE"));
    let made =
        call.app
            .gateway
            .change_http(&call.caller, call.required("ApiId")?, move |http, _| {
                let route = Value::Object(route.clone());
                http.parts.check_route(&id, &route)?;
                if http.parts.routes.len() >= ROUTES {
                    return Err(Refusal::Limit(
                        "Maximum number of Routes for this API has been reached.".into(),
                    )
                    .into());
                }
                http.parts.routes.insert(id.clone(), route.clone());
                Ok(route)
            });
    made.await
}

/// `GetRoute`.
pub async fn get_route(call: &Call<'_>) -> Result<Value, Error> {
    let http = call.app.gateway.http(call.required("ApiId")?).await?;
    found(&http.parts.routes, call.required("RouteId")?, "Route")
}

/// `GetRoutes`.
pub async fn get_routes(call: &Call<'_>) -> Result<Value, Error> {
    let http = call.app.gateway.http(call.required("ApiId")?).await?;
    listed(call, http.parts.routes.into_values().collect(), "routeId")
}

/// `UpdateRoute`.
pub async fn update_route(call: &Call<'_>) -> Result<Value, Error> {
    let mut members = members(call)?;
    // What needs no authorizer any more has none.
    if members
        .get("authorizationType")
        .is_some_and(|kind| kind != "CUSTOM" && kind != "JWT")
    {
        members.entry("authorizerId").or_insert(json!(""));
        members.entry("authorizationScopes").or_insert(json!([]));
    }
    let id = call.required("RouteId")?.to_owned();
    let changed =
        call.app
            .gateway
            .change_http(&call.caller, call.required("ApiId")?, move |http, _| {
                let mut route = found(&http.parts.routes, &id, "Route")?;
                merge(&mut route, &members);
                http.parts.check_route(&id, &route)?;
                http.parts.routes.insert(id.clone(), route.clone());
                Ok(route)
            });
    changed.await
}

/// `DeleteRoute`.
pub async fn delete_route(call: &Call<'_>) -> Result<Reply, Error> {
    let id = call.required("RouteId")?.to_owned();
    let done =
        call.app
            .gateway
            .change_http(&call.caller, call.required("ApiId")?, move |http, _| {
                found(&http.parts.routes, &id, "Route")?;
                http.parts.routes.remove(&id);
                Ok(())
            });
    done.await?;
    Ok(gone())
}
