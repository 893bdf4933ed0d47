//! Aliases of functions. API: CreateAlias.

use super::{list, markers};
use crate::api::Call;
use crate::app::Error;
use crate::app::functions::AliasChange;
use nameplate_core::function::{Alias, LATEST};
use serde_json::{Map, Value, json};

/// Aliases of a page where the caller does not say (API: `MaxItems`).
const PAGE: usize = 50;

/// `CreateAlias`.
pub async fn create_alias(call: &Call<'_>) -> Result<Value, Error> {
    let (function, name) = (call.required("FunctionName")?, call.required("Name")?);
    let made = call
        .app
        .functions
        .create_alias(&call.caller, function, name, change(call)?)
        .await?;
    answer(call, &made).await
}

/// `UpdateAlias`.
pub async fn update_alias(call: &Call<'_>) -> Result<Value, Error> {
    let (function, name) = (call.required("FunctionName")?, call.required("Name")?);
    let made = call
        .app
        .functions
        .update_alias(&call.caller, function, name, change(call)?)
        .await?;
    answer(call, &made).await
}

/// `GetAlias`.
pub async fn get_alias(call: &Call<'_>) -> Result<Value, Error> {
    let (function, name) = (call.required("FunctionName")?, call.required("Name")?);
    let found = call.app.functions.alias(function, name).await?;
    answer(call, &found).await
}

/// `DeleteAlias`.
pub async fn delete_alias(call: &Call<'_>) -> Result<Value, Error> {
    let (function, name) = (call.required("FunctionName")?, call.required("Name")?);
    call.app
        .functions
        .delete_alias(&call.caller, function, name)
        .await?;
    Ok(json!({}))
}

/// `ListAliases`, in the order of names.
pub async fn list_aliases(call: &Call<'_>) -> Result<Value, Error> {
    let (after, limit) = markers(call, PAGE)?;
    let function = call.required("FunctionName")?;
    let version = call.input.text("FunctionVersion");
    let mut found = call.app.functions.aliases(function, version).await?;
    found.retain(|alias| alias.name > after);
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().map(|alias| alias.name.clone());
    let arn = arn(call, function).await?;
    let items = found.iter().map(|alias| members(&arn, alias)).collect();
    Ok(list("Aliases", items, next.filter(|_| more)))
}

fn change(call: &Call<'_>) -> Result<AliasChange, Error> {
    let text = |name: &str| call.input.text(name).map(str::to_owned);
    let routing = call.input.object("RoutingConfig").map(|routing| {
        let weights = routing
            .get("AdditionalVersionWeights")
            .and_then(Value::as_object);
        let mut weights = weights.into_iter().flatten();
        let first = weights.next();
        match (first, weights.next()) {
            (Some((version, share)), None) => {
                Ok(Some((version.clone(), share.as_f64().unwrap_or(-1.0))))
            }
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err(Error::invalid(
                "Number of items in AdditionalVersionWeights cannot be greater than 1",
            )),
        }
    });
    Ok(AliasChange {
        version: text("FunctionVersion"),
        description: text("Description"),
        routing: routing.transpose()?,
        expected: text("RevisionId"),
    })
}

async fn arn(call: &Call<'_>, function: &str) -> Result<String, Error> {
    let found = call.app.functions.function(function, None).await?;
    Ok(call.caller.ctx.realm.function(&found.function.name))
}

async fn answer(call: &Call<'_>, alias: &Alias) -> Result<Value, Error> {
    let arn = arn(call, call.required("FunctionName")?).await?;
    Ok(members(&arn, alias))
}

fn members(arn: &str, alias: &Alias) -> Value {
    let version = match alias.version {
        0 => LATEST.to_owned(),
        number => number.to_string(),
    };
    let mut members = json!({
        "AliasArn": format!("{arn}:{}", alias.name),
        "Name": alias.name,
        "FunctionVersion": version,
        "Description": alias.description,
        "RevisionId": alias.revision,
    });
    if let Some((number, share)) = alias.routing {
        let mut weights = Map::new();
        weights.insert(number.to_string(), json!(share));
        members["RoutingConfig"] = json!({"AdditionalVersionWeights": weights});
    }
    members
}
