//! Methods of resources, their integrations, and the responses of both.

use super::{check_role, given};
use crate::api::Call;
use crate::app::{Error, Kind};
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::rest::{check_integration, check_response};
use serde_json::{Map, Value, json};

/// Where a call stands: API, resource, method, and status where it has one.
pub(super) struct Place {
    pub(super) api: String,
    pub(super) resource: String,
    pub(super) method: String,
    pub(super) status: String,
}

pub(super) fn place(call: &Call<'_>) -> Result<Place, Error> {
    let text = |name: &str| call.input.text(name).unwrap_or_default().to_owned();
    Ok(Place {
        api: call.required("restApiId")?.to_owned(),
        resource: text("resourceId"),
        method: text("httpMethod"),
        status: text("statusCode"),
    })
}

/// Changes a method in its document.
async fn change<F>(call: &Call<'_>, mut body: F) -> Result<Value, Error>
where
    F: FnMut(&mut Value) -> Result<Value, Error> + Send + 'static,
{
    let Place {
        api,
        resource,
        method,
        ..
    } = place(call)?;
    let changed = call.app.gateway.change(&call.caller, &api, move |rest, _| {
        body(rest.method_mut(&resource, &method)?)
    });
    changed.await.map_err(of_resource)
}

/// Of an API that is not there the service says that the resource is not.
pub(super) fn of_resource(error: Error) -> Error {
    let api = error
        .message
        .starts_with("Invalid API identifier specified");
    match api && matches!(error.kind, Kind::NotFound) {
        true => Refusal::unknown("Resource").into(),
        false => error,
    }
}

async fn read(call: &Call<'_>) -> Result<Value, Error> {
    let place = place(call)?;
    let rest = call.app.gateway.rest(&place.api).await;
    let rest = rest.map_err(of_resource)?;
    Ok(rest.method(&place.resource, &place.method)?.clone())
}

/// `PutMethod`.
pub async fn put_method(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&["authorizationScopes"])?;
    let Place {
        api,
        resource,
        method,
        ..
    } = place(call)?;
    let mut members = given(
        call,
        &[
            "authorizationType",
            "authorizerId",
            "operationName",
            "requestParameters",
            "requestModels",
            "requestValidatorId",
        ],
    );
    let key = call.input.flag("apiKeyRequired").unwrap_or(false);
    members.insert("httpMethod".into(), json!(method));
    members.insert("apiKeyRequired".into(), json!(key));
    let made = call.app.gateway.change(&call.caller, &api, move |rest, _| {
        Ok(rest
            .add_method(&resource, &method, members.clone())?
            .clone())
    });
    made.await.map_err(of_resource)
}

/// `GetMethod`.
pub async fn get_method(call: &Call<'_>) -> Result<Value, Error> {
    read(call).await
}

/// `DeleteMethod`.
pub async fn delete_method(call: &Call<'_>) -> Result<Value, Error> {
    let Place {
        api,
        resource,
        method,
        ..
    } = place(call)?;
    let gone = call.app.gateway.change(&call.caller, &api, move |rest, _| {
        rest.method(&resource, &method)?;
        if let Some(resource) = rest.resources.get_mut(&resource) {
            resource.methods.remove(&method);
        }
        Ok(())
    });
    gone.await.map_err(of_resource)?;
    Ok(json!({}))
}

/// `PutIntegration`.
pub async fn put_integration(call: &Call<'_>) -> Result<Value, Error> {
    let mut members = given(
        call,
        &[
            "type",
            "uri",
            "connectionType",
            "connectionId",
            "credentials",
            "requestParameters",
            "requestTemplates",
            "passthroughBehavior",
            "cacheKeyParameters",
            "contentHandling",
            "timeoutInMillis",
            "tlsConfig",
            "responseTransferMode",
            "integrationTarget",
        ],
    );
    let resource = call.required("resourceId")?;
    let space = call.input.text("cacheNamespace").unwrap_or(resource);
    if let Some(method) = call.input.get("integrationHttpMethod") {
        members.insert("httpMethod".into(), method.clone());
    }
    check_integration(&members)?;
    if let Some(role) = call.input.text("credentials") {
        check_role(call, role).await?;
    }
    for (name, default) in [
        ("passthroughBehavior", json!("WHEN_NO_MATCH")),
        ("timeoutInMillis", json!(29_000)),
        ("cacheNamespace", json!(space)),
        ("cacheKeyParameters", json!([])),
    ] {
        members.entry(name).or_insert(default);
    }
    // The service tells of HTTP endpoints how they are reached.
    if members["type"]
        .as_str()
        .is_some_and(|kind| kind.starts_with("HTTP"))
    {
        members.entry("connectionType").or_insert(json!("INTERNET"));
    }
    change(call, move |method| {
        method["methodIntegration"] = Value::Object(members.clone());
        Ok(Value::Object(members.clone()))
    })
    .await
}

pub(super) fn integration(method: &mut Value) -> Result<&mut Value, Error> {
    let found = method.get_mut("methodIntegration");
    Ok(found.ok_or_else(|| Refusal::unknown("Integration"))?)
}

/// `GetIntegration`.
pub async fn get_integration(call: &Call<'_>) -> Result<Value, Error> {
    Ok(integration(&mut read(call).await?)?.clone())
}

/// `DeleteIntegration`.
pub async fn delete_integration(call: &Call<'_>) -> Result<Value, Error> {
    change(call, |method| {
        integration(method)?;
        method
            .as_object_mut()
            .and_then(|members| members.remove("methodIntegration"));
        Ok(json!({}))
    })
    .await
}

/// Adds a response to a method or an integration.
fn put(of: &mut Value, list: &str, response: &Map<String, Value>) -> Result<Value, Error> {
    let status = response["statusCode"].as_str().unwrap_or_default();
    if !status
        .parse::<u16>()
        .is_ok_and(|status| (200..600).contains(&status))
    {
        return Err(Error::invalid("Invalid status code"));
    }
    of[list][status] = Value::Object(response.clone());
    Ok(Value::Object(response.clone()))
}

/// That a method or an integration answers with no such status.
pub(super) fn no_response() -> Error {
    Error::not_found("Invalid Response status code specified")
}

fn remove(of: &mut Value, list: &str, status: &str) -> Result<Value, Error> {
    let responses = of.get_mut(list).and_then(Value::as_object_mut);
    let responses = responses.ok_or_else(no_response)?;
    responses.remove(status).ok_or_else(no_response)?;
    if responses.is_empty()
        && let Some(members) = of.as_object_mut()
    {
        members.remove(list);
    }
    Ok(json!({}))
}

fn get(of: &Value, list: &str, status: &str) -> Result<Value, Error> {
    let found = of.get(list).and_then(|responses| responses.get(status));
    found.cloned().ok_or_else(no_response)
}

/// `PutMethodResponse`.
pub async fn put_method_response(call: &Call<'_>) -> Result<Value, Error> {
    let members = given(
        call,
        &["statusCode", "responseParameters", "responseModels"],
    );
    change(call, move |method| {
        let status = members.get("statusCode").and_then(Value::as_str);
        if method["methodResponses"]
            .get(status.unwrap_or_default())
            .is_some()
        {
            return Err(Refusal::Exists("Response already exists for this resource".into()).into());
        }
        put(method, "methodResponses", &members)
    })
    .await
}

/// `GetMethodResponse`.
pub async fn get_method_response(call: &Call<'_>) -> Result<Value, Error> {
    get(&read(call).await?, "methodResponses", &place(call)?.status)
}

/// `DeleteMethodResponse`.
pub async fn delete_method_response(call: &Call<'_>) -> Result<Value, Error> {
    let status = place(call)?.status;
    change(call, move |method| {
        remove(method, "methodResponses", &status)
    })
    .await
}

/// Header fields of an integration's response are those that the method's response declares.
pub(super) fn check_declared(method: &Value, response: &Map<String, Value>) -> Result<(), Error> {
    let status = response.get("statusCode").and_then(Value::as_str);
    let declared = &method["methodResponses"][status.unwrap_or_default()]["responseParameters"];
    let parameters = response
        .get("responseParameters")
        .and_then(Value::as_object);
    let mut names = parameters.into_iter().flatten().map(|(name, _)| name);
    match names.find(|name| declared.get(name.as_str()).is_none()) {
        None => Ok(()),
        Some(name) => Err(Error::invalid(format!(
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: {name}]"
        ))),
    }
}

/// `PutIntegrationResponse`.
pub async fn put_integration_response(call: &Call<'_>) -> Result<Value, Error> {
    let mut members = given(
        call,
        &[
            "statusCode",
            "selectionPattern",
            "responseParameters",
            "responseTemplates",
            "contentHandling",
        ],
    );
    check_response(&members)?;
    // A template without text is none, and the service shows it so.
    let templates = members.get_mut("responseTemplates");
    let templates = templates.and_then(Value::as_object_mut);
    for template in templates.into_iter().flat_map(Map::values_mut) {
        if template == "" {
            *template = Value::Null;
        }
    }
    change(call, move |method| {
        check_declared(method, &members)?;
        put(integration(method)?, "integrationResponses", &members)
    })
    .await
}

/// `GetIntegrationResponse`.
pub async fn get_integration_response(call: &Call<'_>) -> Result<Value, Error> {
    get(
        integration(&mut read(call).await?)?,
        "integrationResponses",
        &place(call)?.status,
    )
}

/// `DeleteIntegrationResponse`.
pub async fn delete_integration_response(call: &Call<'_>) -> Result<Value, Error> {
    let status = place(call)?.status;
    let gone = change(call, move |method| {
        remove(integration(method)?, "integrationResponses", &status)
    });
    // Of a method that is not there the service says that its integration is not.
    gone.await.map_err(
        |error| match error.message == Refusal::unknown("Method").to_string() {
            true => Refusal::unknown("Integration").into(),
            false => error,
        },
    )
}
