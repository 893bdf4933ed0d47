//! APIs and their resources.

use super::{check_endpoint, given, listed, now, only, patched_in, patches, with_tags};
use crate::api::Call;
use crate::app::Error;
use crate::app::gateway::Gateway;
use nameplate_core::gateway::policy::resource_policy;
use nameplate_core::gateway::rest::{Rest, shown_resource};
use nameplate_core::gateway::{Allowed, Patch, Refusal, Type, Words};
use serde_json::{Value, json};

/// What UpdateRestApi may change.
const CHANGES: &[Allowed] = &[
    ("/name", Type::Text),
    ("/description", Type::Text),
    ("/version", Type::Text),
    ("/apiKeySource", Type::Text),
    ("/policy", Type::Text),
    ("/disableExecuteApiEndpoint", Type::Flag),
    ("/binaryMediaTypes/*", Type::Item),
    ("/endpointConfiguration/types/*", Type::Place),
    ("/endpointConfiguration/ipAddressType", Type::Text),
];

/// Answers are compressed from so many bytes on, where it is set; which is not built.
fn check_compression(size: Option<i64>) -> Result<(), Error> {
    match size {
        Some(0..=10_485_760) => Err(Refusal::NotBuilt("minimumCompressionSize".into()).into()),
        _ => Err(Error::invalid(
            "Invalid minimum compression size, must be between 0 and 10485760",
        )),
    }
}

/// The same of a change. Without a value it is switched off, as it is.
fn check_compression_patch(patch: &Patch) -> Result<(), Error> {
    let value = patch.value.as_deref().filter(|value| !value.is_empty());
    match (patch.path.as_str(), patch.op.as_str(), value) {
        ("/minimumCompressionSize", "replace", Some(size)) => check_compression(size.parse().ok()),
        ("/minimumCompressionSize", "add" | "remove", _) => Err(Error::invalid(
            "Invalid patch operation specified. Must be one of: [replace]",
        )),
        _ => Ok(()),
    }
}

/// `CreateRestApi`.
pub async fn create_rest_api(call: &Call<'_>) -> Result<Value, Error> {
    if call.input.text("description") == Some("") {
        return Err(Error::invalid("Description cannot be an empty string"));
    }
    if call.input.get("minimumCompressionSize").is_some() {
        check_compression(call.input.integer("minimumCompressionSize"))?;
    }
    call.not_built(&["cloneFrom", "securityPolicy", "endpointAccessMode"])?;
    only(call, "endpointConfiguration", |value| {
        value.get("vpcEndpointIds").is_none()
    })?;
    let endpoint = call.input.get("endpointConfiguration").cloned();
    let mut endpoint = endpoint.unwrap_or_else(|| json!({}));
    match endpoint["types"].as_array().map_or(1, Vec::len) {
        0 => {
            return Err(Error::invalid(
                "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.",
            ));
        }
        1 => {}
        _ => {
            return Err(Error::invalid(
                "Cannot create an api with multiple Endpoint Types.",
            ));
        }
    }
    for (member, default) in [("types", json!(["EDGE"])), ("ipAddressType", json!("ipv4"))] {
        if endpoint.get(member).is_none_or(Value::is_null) {
            endpoint[member] = default;
        }
    }
    check_endpoint(&endpoint)?;
    let name = call.required("name")?;
    if name.is_empty() {
        return Err(Error::invalid("API name must not be empty"));
    }
    let (id, root) = (Gateway::id(), Gateway::id());
    let mut about = given(
        call,
        &["name", "description", "version", "binaryMediaTypes", "tags"],
    );
    if about.get("binaryMediaTypes") == Some(&json!([])) {
        about.remove("binaryMediaTypes");
    }
    if let Some(policy) = call
        .input
        .text("policy")
        .filter(|policy| !policy.is_empty())
    {
        let policy = resource_policy(policy, call.app.realm(), &id)?;
        about.insert("policy".into(), json!(policy));
    }
    let closed = call.input.get("disableExecuteApiEndpoint") == Some(&json!(true));
    let source = call.input.text("apiKeySource").unwrap_or("HEADER");
    about.extend([
        ("id".to_owned(), json!(id)),
        ("createdDate".to_owned(), now(call)),
        ("apiKeySource".to_owned(), json!(source)),
        ("endpointConfiguration".to_owned(), endpoint),
        ("disableExecuteApiEndpoint".to_owned(), json!(closed)),
        ("rootResourceId".to_owned(), json!(root)),
    ]);
    let rest = Rest::new(about, root);
    call.app.gateway.add_rest(&call.caller, &id, &rest).await?;
    Ok(Value::Object(rest.about))
}

/// `GetRestApi`.
pub async fn get_rest_api(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await?;
    Ok(Value::Object(rest.about))
}

/// `GetRestApis`.
pub async fn get_rest_apis(call: &Call<'_>) -> Result<Value, Error> {
    let all = call.app.gateway.rests().await?;
    listed(
        call,
        all.into_iter()
            .map(|rest| Value::Object(rest.about))
            .collect(),
        "id",
    )
}

/// `UpdateRestApi`.
pub async fn update_rest_api(call: &Call<'_>) -> Result<Value, Error> {
    let mut patches = patches(call);
    let api = call.required("restApiId")?;
    for patch in patches.iter_mut().filter(|patch| patch.path == "/policy") {
        patch.value = match patch.value.take().filter(|policy| !policy.is_empty()) {
            Some(policy) if patch.op != "remove" => {
                Some(resource_policy(&policy, call.app.realm(), api)?)
            }
            _ => {
                patch.op = "remove".to_owned();
                None
            }
        };
    }
    let changed = call.app.gateway.change(&call.caller, api, move |rest, _| {
        patches.iter().try_for_each(check_compression_patch)?;
        let about = Value::Object(rest.about.clone());
        let about = patched_in(&about, &patches, CHANGES, Words::Plain)?;
        if !matches!(
            about["apiKeySource"].as_str(),
            Some("HEADER" | "AUTHORIZER")
        ) {
            return Err(Error::invalid("Invalid apiKeySource"));
        }
        check_endpoint(&about["endpointConfiguration"])?;
        if about["name"].as_str().is_none_or(str::is_empty) {
            return Err(Error::invalid("API name must not be empty"));
        }
        rest.about = about.as_object().cloned().unwrap_or_default();
        Ok(about)
    });
    Ok(with_tags(changed.await?))
}

/// `DeleteRestApi`.
pub async fn delete_rest_api(call: &Call<'_>) -> Result<Value, Error> {
    call.app
        .gateway
        .remove_rest(&call.caller, call.required("restApiId")?)
        .await?;
    Ok(json!({}))
}

fn embeds(call: &Call<'_>) -> bool {
    call.input
        .items("embed")
        .iter()
        .any(|what| what == "methods")
}

/// `GetResources`.
pub async fn get_resources(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await?;
    let embed = embeds(call);
    let all = rest
        .resources
        .keys()
        .map(|id| shown_resource(&rest.resources, id, embed));
    listed(call, all.collect(), "id")
}

/// `GetResource`.
pub async fn get_resource(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await?;
    let id = call.required("resourceId")?;
    rest.resource(id)?;
    Ok(shown_resource(&rest.resources, id, embeds(call)))
}

/// `CreateResource`.
pub async fn create_resource(call: &Call<'_>) -> Result<Value, Error> {
    let parent = call.required("parentId")?.to_owned();
    let part = call.required("pathPart")?.to_owned();
    let id = Gateway::id();
    let made =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                rest.add_resource(id.clone(), &parent, &part)?;
                Ok(shown_resource(&rest.resources, &id, false))
            });
    made.await
}

/// `DeleteResource`.
pub async fn delete_resource(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("resourceId")?.to_owned();
    let gone =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                Ok(rest.remove_resource(&id)?)
            });
    gone.await?;
    Ok(json!({}))
}
