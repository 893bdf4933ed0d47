//! Models of APIs, and validators of requests.

use super::{given, listed, patched, patches};
use crate::api::Call;
use crate::app::gateway::Gateway;
use crate::app::{Error, Kind};
use nameplate_core::gateway::{Allowed, Refusal, Type};
use serde_json::{Value, json};

/// What UpdateModel may change.
const MODEL: &[Allowed] = &[("/description", Type::Text), ("/schema", Type::Text)];
/// What UpdateRequestValidator may change.
const VALIDATOR: &[Allowed] = &[
    ("/name", Type::Text),
    ("/validateRequestParameters", Type::Flag),
    ("/validateRequestBody", Type::Flag),
];

/// Of an API that is not there the service says what it says of the part that was asked for.
fn or_else(error: Error, part: impl FnOnce() -> Refusal) -> Error {
    let api = error
        .message
        .starts_with("Invalid API identifier specified");
    match api && matches!(error.kind, Kind::NotFound) {
        true => part().into(),
        false => error,
    }
}

fn no_model(name: &str) -> Refusal {
    Refusal::NotFound(format!("Invalid model name specified: {name}"))
}

/// `CreateModel`.
pub async fn create_model(call: &Call<'_>) -> Result<Value, Error> {
    let mut model = given(call, &["name", "description", "schema", "contentType"]);
    model.insert("id".into(), json!(Gateway::id()[..6]));
    let made =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                rest.add_model(&model)?;
                Ok(Value::Object(model.clone()))
            });
    made.await
}

/// `GetModel`.
pub async fn get_model(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("modelName")?;
    let rest = call.app.gateway.rest(call.required("restApiId")?).await;
    let rest = rest.map_err(|error| or_else(error, || no_model(name)))?;
    Ok(rest.model(name)?)
}

/// `GetModels`.
pub async fn get_models(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await?;
    listed(call, rest.all_models(), "name")
}

/// `UpdateModel`.
pub async fn update_model(call: &Call<'_>) -> Result<Value, Error> {
    let patches = patches(call);
    let name = call.required("modelName")?;
    let wanted = name.to_owned();
    let changed =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                let changed = patched(&rest.model(&wanted)?, &patches, MODEL)?;
                rest.check_schema(changed["schema"].as_str().unwrap_or_default())?;
                rest.models.insert(wanted.clone(), changed.clone());
                Ok(changed)
            });
    changed
        .await
        .map_err(|error| or_else(error, || no_model(name)))
}

/// `DeleteModel`.
pub async fn delete_model(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("modelName")?;
    let wanted = name.to_owned();
    let gone =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                Ok(rest.remove_model(&wanted)?)
            });
    gone.await
        .map_err(|error| or_else(error, || no_model(name)))?;
    Ok(json!({}))
}

fn no_validator() -> Refusal {
    Refusal::unknown("Request Validator")
}

/// `CreateRequestValidator`.
pub async fn create_request_validator(call: &Call<'_>) -> Result<Value, Error> {
    let mut validator = given(call, &["name"]);
    let flag = |name: &str| json!(call.input.flag(name).unwrap_or(false));
    let id = Gateway::id()[..6].to_owned();
    validator.insert("id".into(), json!(id));
    for name in ["validateRequestBody", "validateRequestParameters"] {
        validator.insert(name.into(), flag(name));
    }
    let validator = Value::Object(validator);
    let made =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                rest.validators.insert(id.clone(), validator.clone());
                Ok(validator.clone())
            });
    let none = || Refusal::Invalid("Invalid REST API identifier specified".into());
    made.await.map_err(|error| or_else(error, none))
}

/// `GetRequestValidator`.
pub async fn get_request_validator(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await;
    let rest = rest.map_err(|error| or_else(error, no_validator))?;
    Ok(rest
        .validator(call.required("requestValidatorId")?)?
        .clone())
}

/// `GetRequestValidators`.
pub async fn get_request_validators(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await?;
    listed(call, rest.validators.into_values().collect(), "id")
}

/// `UpdateRequestValidator`.
pub async fn update_request_validator(call: &Call<'_>) -> Result<Value, Error> {
    let patches = patches(call);
    let id = call.required("requestValidatorId")?.to_owned();
    let changed =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                let changed = patched(rest.validator(&id)?, &patches, VALIDATOR)?;
                if changed.get("name").is_some_and(|name| name == "") {
                    return Err(Error::invalid("Request Validator name cannot be blank"));
                }
                rest.validators.insert(id.clone(), changed.clone());
                Ok(changed)
            });
    changed.await.map_err(|error| or_else(error, no_validator))
}

/// `DeleteRequestValidator`.
pub async fn delete_request_validator(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("requestValidatorId")?.to_owned();
    let gone =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                Ok(rest.remove_validator(&id)?)
            });
    gone.await.map_err(|error| or_else(error, no_validator))?;
    Ok(json!({}))
}
