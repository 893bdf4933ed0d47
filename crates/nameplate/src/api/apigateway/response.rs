//! Gateway responses: how what an API answers by itself looks.

use super::{given, patches};
use crate::api::Call;
use crate::app::Error;
use nameplate_core::gateway::{Refusal, response};
use serde_json::{Value, json};

/// `PutGatewayResponse`.
pub async fn put_gateway_response(call: &Call<'_>) -> Result<Value, Error> {
    let kind = call.required("responseType")?.to_owned();
    let members = given(
        call,
        &["statusCode", "responseParameters", "responseTemplates"],
    );
    let made = response::put(&kind, &members)?;
    let kept =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                rest.responses.insert(kind.clone(), made.clone());
                Ok(made.clone())
            });
    kept.await
}

/// `GetGatewayResponse`.
pub async fn get_gateway_response(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await?;
    let kind = call.required("responseType")?;
    Ok(response::shown(&rest.responses, kind))
}

/// `GetGatewayResponses`: all, without pages, as AWS has them.
pub async fn get_gateway_responses(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await?;
    Ok(json!({"item": response::all_shown(&rest.responses)}))
}

/// `UpdateGatewayResponse`.
pub async fn update_gateway_response(call: &Call<'_>) -> Result<Value, Error> {
    let patches = patches(call);
    let kind = call.required("responseType")?.to_owned();
    let changed =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                let changed = response::patch(&rest.responses, &kind, &patches)?;
                rest.responses.insert(kind.clone(), changed.clone());
                Ok(changed)
            });
    changed.await
}

/// `DeleteGatewayResponse`.
pub async fn delete_gateway_response(call: &Call<'_>) -> Result<Value, Error> {
    let kind = call.required("responseType")?.to_owned();
    let gone =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                let none = || Refusal::NotFound("Gateway response type not defined on api".into());
                rest.responses.remove(&kind).ok_or_else(none)?;
                Ok(())
            });
    gone.await?;
    Ok(json!({}))
}
