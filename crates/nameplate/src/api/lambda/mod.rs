//! The `lambda` service.

mod account;
mod alias;
mod fault;
mod function;
mod invoke;
mod layer;
mod permission;
mod url;

use super::call::Reply;
use super::service::{Bodies, Permission, Row};
use super::{Call, Content, Request};
use crate::app::Error;
use crate::app::functions::{Shown, layer_arn};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_aws::model::Service;
use nameplate_aws::request::Input;
use nameplate_core::arn::Realm;
use nameplate_core::ctx::Millis;
use nameplate_core::function::Reference;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// The service.
pub static ROW: Row = Row {
    bodies: Bodies::Whole(largest_body),
    oversized: Some(fault::oversized),
    ..Row::new(
        Service::Lambda,
        &["lambda"],
        OPERATIONS,
        Permission::Action {
            resources: |app, _, operation, input| {
                let one = resource(app.realm(), operation.name, input);
                Box::pin(std::future::ready(Ok(vec![one])))
            },
            keys: |_, operation, input| condition_keys(operation.name, input),
        },
        fault::of,
    )
};

super::service::operations! {
    "AddPermission" => permission::add_permission,
    "CreateAlias" => alias::create_alias,
    "CreateFunction" => function::create_function,
    "CreateFunctionUrlConfig" => url::create,
    "DeleteAlias" => alias::delete_alias,
    "DeleteFunction" => function::delete_function,
    "DeleteFunctionConcurrency" => function::delete_function_concurrency,
    "DeleteFunctionEventInvokeConfig" => permission::delete_event_config,
    "DeleteFunctionUrlConfig" => url::delete,
    "DeleteLayerVersion" => layer::delete_layer_version,
    "GetAccountSettings" => account::get_account_settings,
    "GetAlias" => alias::get_alias,
    "GetFunction" => function::get_function,
    "GetFunctionCodeSigningConfig" => function::get_function_code_signing_config,
    "GetFunctionConcurrency" => function::get_function_concurrency,
    "GetFunctionConfiguration" => function::get_function_configuration,
    "GetFunctionEventInvokeConfig" => permission::get_event_config,
    "GetFunctionRecursionConfig" => account::get_function_recursion_config,
    "GetFunctionUrlConfig" => url::get,
    "GetLayerVersion" => layer::get_layer_version,
    "GetLayerVersionByArn" => layer::get_layer_version_by_arn,
    "GetPolicy" => permission::get_policy,
    "GetProvisionedConcurrencyConfig" => account::get_provisioned_concurrency_config,
    "GetRuntimeManagementConfig" => account::get_runtime_management_config,
    "Invoke" => invoke::invoke,
    "InvokeAsync" => invoke::invoke_async,
    "ListAliases" => alias::list_aliases,
    "ListCodeSigningConfigs" => account::list_code_signing_configs,
    "ListEventSourceMappings" => account::list_event_source_mappings,
    "ListFunctionEventInvokeConfigs" => permission::list_event_configs,
    "ListFunctionUrlConfigs" => url::list_all,
    "ListFunctions" => function::list_functions,
    "ListLayerVersions" => layer::list_layer_versions,
    "ListLayers" => layer::list_layers,
    "ListProvisionedConcurrencyConfigs" => account::list_provisioned_concurrency_configs,
    "ListTags" => function::list_tags,
    "ListVersionsByFunction" => function::list_versions,
    "PublishLayerVersion" => layer::publish_layer_version,
    "PublishVersion" => function::publish_version,
    "PutFunctionConcurrency" => function::put_function_concurrency,
    "PutFunctionEventInvokeConfig" => permission::put_event_config,
    "RemovePermission" => permission::remove_permission,
    "TagResource" => function::tag_resource,
    "UntagResource" => function::untag_resource,
    "UpdateAlias" => alias::update_alias,
    "UpdateFunctionCode" => function::update_function_code,
    "UpdateFunctionConfiguration" => function::update_function_configuration,
    "UpdateFunctionEventInvokeConfig" => permission::update_event_config,
    "UpdateFunctionUrlConfig" => url::update,
}

/// What an operation is about.
fn resource(realm: &Realm, operation: &str, input: &Input) -> String {
    // It takes a function's name, and is allowed on all or on none.
    if operation == "ListEventSourceMappings" {
        return "*".to_owned();
    }
    if let Some(name) = input.text("FunctionName") {
        let qualifier = input.text("Qualifier");
        return match Reference::parse(realm, name, qualifier) {
            Ok(reference) => reference.arn(realm),
            // What names no function here is refused for that, by who may ask for any.
            Err(_) => realm.function(name),
        };
    }
    match (operation, input.text("LayerName")) {
        ("ListLayerVersions", _) | ("ListLayers", _) => "*".to_owned(),
        // The layer that is read, whichever account's the ARN says it is.
        ("GetLayerVersionByArn", _) => match input.text("Arn") {
            Some(arn) => layer_arn(realm, arn),
            None => "*".to_owned(),
        },
        (_, Some(name)) => {
            let arn = layer_arn(realm, name);
            match input.integer("VersionNumber") {
                Some(number) => format!("{arn}:{number}"),
                None => arn,
            }
        }
        _ => input.text("Resource").unwrap_or("*").to_owned(),
    }
}

/// Service authorization reference: condition keys of AWS Lambda.
fn condition_keys(operation: &str, input: &Input) -> Vec<(String, String)> {
    let mut keys = Vec::new();
    if operation == "AddPermission"
        && let Some(principal) = input.text("Principal")
    {
        keys.push(("lambda:Principal".to_owned(), principal.to_owned()));
    }
    for name in ["AuthType", "FunctionUrlAuthType"] {
        if let Some(auth) = input.text(name) {
            keys.push(("lambda:FunctionUrlAuthType".to_owned(), auth.to_owned()));
        }
    }
    if matches!(operation, "CreateFunction" | "UpdateFunctionConfiguration") {
        let layers = input.items("Layers").iter().filter_map(Value::as_str);
        keys.extend(layers.map(|arn| ("lambda:Layer".to_owned(), arn.to_owned())));
    }
    keys
}

/// Bytes of a request that brings code: a zip of 50 MB in base64 (AWS Lambda quotas), as the service tells them.
const CODE_BYTES: usize = 69_905_067;
/// Bytes of any other: the payload of a call.
const OTHER_BYTES: usize = nameplate_functions::MAX_REQUEST;

fn largest_body(request: &Request<'_>) -> usize {
    let path = request.target.split('?').next().unwrap_or_default();
    let path = path.trim_end_matches('/');
    let brings_code = path.ends_with("/functions")
        || path.ends_with("/code")
        || path.contains("/layers/") && path.ends_with("/versions");
    if brings_code { CODE_BYTES } else { OTHER_BYTES }
}

/// `FunctionConfiguration`.
fn shown(call: &Call<'_>, found: &Shown) -> Value {
    let Shown {
        function,
        version,
        qualifier,
        layer_sizes,
    } = found;
    let settings = &version.settings;
    let arn = call.caller.ctx.realm.function(&function.name);
    let arn = match qualifier {
        Some(qualifier) => format!("{arn}:{qualifier}"),
        None => arn,
    };
    let layers: Vec<Value> = settings
        .layers
        .iter()
        .zip(layer_sizes)
        .map(|(arn, size)| json!({"Arn": arn, "CodeSize": size}))
        .collect();
    let mut members = json!({
        "FunctionName": function.name,
        "FunctionArn": arn,
        "CodeSize": version.code_size,
        "Description": settings.description,
        "Timeout": settings.timeout,
        "MemorySize": settings.memory,
        "LastModified": last_modified(version.modified),
        "CodeSha256": version.code_sha256,
        "Version": version.name(),
        "TracingConfig": {"Mode": settings.tracing},
        "RevisionId": version.revision,
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": settings.architectures,
        "EphemeralStorage": {"Size": settings.ephemeral},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": settings.log_group_of(&function.name)},
    });
    // Of a function that is elsewhere nobody knows them here.
    for (name, value) in [
        ("Runtime", &settings.runtime),
        ("Role", &settings.role),
        ("Handler", &settings.handler),
    ] {
        if !value.is_empty() {
            members[name] = json!(value);
        }
    }
    if settings.environment_given || !settings.environment.is_empty() {
        members["Environment"] = json!({"Variables": settings.environment});
    }
    if !layers.is_empty() {
        members["Layers"] = Value::Array(layers);
    }
    if let Some(target) = &settings.dead_letter {
        members["DeadLetterConfig"] = json!({"TargetArn": target});
    }
    members
}

/// A version in a list, which has less. [Lambda API: ListFunctions]
fn listed(call: &Call<'_>, found: &Shown) -> Value {
    let mut members = shown(call, found);
    if let Some(members) = members.as_object_mut() {
        members.remove("State");
        members.remove("LastUpdateStatus");
    }
    members
}

/// An answer without a body.
fn empty(status: u16, headers: Vec<(Cow<'static, str>, String)>) -> Reply {
    Reply {
        status: Some(status),
        headers,
        content: Content::Bytes(Vec::new()),
    }
}

/// As Lambda writes times: `2026-11-23T15:48:50.000+0000`.
fn last_modified(at: Millis) -> String {
    at.to_string().replace('Z', "+0000")
}

/// Where a page begins and how long it is.
fn markers(call: &Call<'_>, default: usize) -> Result<(String, usize), Error> {
    let limit = call.input.integer("MaxItems").unwrap_or(default as i64);
    let limit = usize::try_from(limit).unwrap_or(default).clamp(1, 10_000);
    let marker = match call.input.text("Marker").filter(|text| !text.is_empty()) {
        None => String::new(),
        Some(text) => {
            let bytes = STANDARD.decode(text).ok();
            bytes
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or_else(|| Error::invalid("The provided Marker is not valid."))?
        }
    };
    Ok((marker, limit))
}

fn list(name: &str, items: Vec<Value>, next: Option<String>) -> Value {
    let mut answer = Map::new();
    answer.insert(name.to_owned(), Value::Array(items));
    if let Some(next) = next {
        answer.insert("NextMarker".into(), json!(STANDARD.encode(next)));
    }
    Value::Object(answer)
}

fn text_list(call: &Call<'_>, name: &str) -> Option<Vec<String>> {
    call.input.get(name)?;
    let items = call.input.items(name).iter();
    Some(items.filter_map(Value::as_str).map(str::to_owned).collect())
}

/// Bytes in base64.
fn bytes(name: &str, text: &str) -> Result<Vec<u8>, Error> {
    STANDARD
        .decode(text)
        .map_err(|_| Error::invalid(format!("{name} is not Base64")))
}

#[cfg(test)]
mod tests;
