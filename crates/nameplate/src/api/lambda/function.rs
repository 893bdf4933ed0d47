//! Functions and their versions. API: CreateFunction and those about one function.

use super::{bytes, empty, list, listed, markers, shown, text_list};
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::Error;
use crate::app::functions::{Change, NewCode, NewFunction, Shown};
use nameplate_aws::sigv4::Signer;
use nameplate_core::function::{Place, Settings};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Functions and versions of a page where the caller does not say (API: `MaxItems`).
const PAGE: usize = 50;

/// Members that would change how a function runs and that are not built.
const NOT_BUILT: &[&str] = &[
    "CapacityProviderConfig",
    "CodeSigningConfigArn",
    "DurableConfig",
    "FileSystemConfigs",
    "ImageConfig",
    "PublishTo",
    "TenancyConfig",
];

/// `CreateFunction`.
pub async fn create_function(call: &Call<'_>) -> Result<Value, Error> {
    check_built(call)?;
    let given = call.input.object("Code");
    let code = code(call, given)?
        .ok_or_else(|| Error::invalid("Please provide a source for function code."))?;
    let mut settings = Settings {
        runtime: match call.input.text("Runtime") {
            Some(runtime) => runtime.to_owned(),
            None => {
                return Err(Error::invalid(
                    "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
                ));
            }
        },
        role: call.required("Role")?.to_owned(),
        ..Settings::default()
    };
    let change = change(call)?;
    let keep = |value: Option<u32>, default: u32| value.unwrap_or(default);
    settings.handler = change.handler.unwrap_or_default();
    settings.description = change.description.unwrap_or_default();
    settings.timeout = keep(change.timeout, settings.timeout);
    settings.memory = keep(change.memory, settings.memory);
    settings.ephemeral = keep(change.ephemeral, settings.ephemeral);
    settings.environment_given = change.environment.is_some();
    settings.environment = change.environment.unwrap_or_default();
    settings.layers = change.layers.unwrap_or_default();
    settings.tracing = change.tracing.unwrap_or(settings.tracing);
    settings.log_group = change.log_group.filter(|group| !group.is_empty());
    settings.dead_letter = change.dead_letter.filter(|target| !target.is_empty());
    settings.architectures = change.architectures.unwrap_or(settings.architectures);
    let new = NewFunction {
        name: call.required("FunctionName")?.to_owned(),
        settings,
        code,
        publish: call.input.flag("Publish").unwrap_or(false),
        tags: tags(call.input.object("Tags")),
    };
    let found = call
        .app
        .functions
        .create_function(&call.caller, new)
        .await?;
    Ok(shown(call, &found))
}

/// `UpdateFunctionCode`.
pub async fn update_function_code(call: &Call<'_>) -> Result<Value, Error> {
    check_built(call)?;
    let code = code(call, Some(&call.input.members))?
        .ok_or_else(|| Error::invalid("Please provide a source for function code."))?;
    let change = Change {
        architectures: text_list(call, "Architectures"),
        expected: call.input.text("RevisionId").map(str::to_owned),
        ..Change::default()
    };
    let flag = |name: &str| call.input.flag(name).unwrap_or(false);
    let found = call
        .app
        .functions
        .update_function_code(
            &call.caller,
            call.required("FunctionName")?,
            code,
            change,
            flag("Publish"),
            flag("DryRun"),
        )
        .await?;
    Ok(shown(call, &found))
}

/// `UpdateFunctionConfiguration`.
pub async fn update_function_configuration(call: &Call<'_>) -> Result<Value, Error> {
    check_built(call)?;
    let name = call.required("FunctionName")?;
    let found = call
        .app
        .functions
        .update_function_settings(&call.caller, name, change(call)?)
        .await?;
    Ok(shown(call, &found))
}

/// `GetFunctionConfiguration`.
pub async fn get_function_configuration(call: &Call<'_>) -> Result<Value, Error> {
    Ok(shown(call, &named(call).await?))
}

/// How long a link to code is good, seconds (API: GetFunction, GetLayerVersion).
const LINK_SECONDS: u32 = 600;

/// `GetFunction`. `Code.Location` is a link to the zip that was uploaded, or says where else the code is.
pub async fn get_function(call: &Call<'_>) -> Result<Value, Error> {
    let found = named(call).await?;
    let name = &found.function.name;
    let arn = call.caller.ctx.realm.function(name);
    let mut answer = json!({
        "Configuration": shown(call, &found),
        "Code": match &found.version.settings.place {
            Place::Uploaded => {
                let path = format!("functions/{name}/code/{}", found.version.number);
                json!({"RepositoryType": "S3", "Location": link(call, &path)})
            }
            Place::Folder(path) => json!({"RepositoryType": "Folder", "Location": path}),
            Place::Url(url) => json!({"RepositoryType": "URL", "Location": url}),
        },
    });
    let tags = call.app.functions.function_tags(&arn).await?;
    if !tags.is_empty() {
        answer["Tags"] = tags_value(tags);
    }
    if let Some(most) = found.function.concurrency {
        answer["Concurrency"] = json!({"ReservedConcurrentExecutions": most});
    }
    Ok(answer)
}

/// A link to code, by its path below the server's own endpoints, that needs no other signature.
pub(super) fn link(call: &Call<'_>, of: &str) -> String {
    let ctx = &call.caller.ctx;
    let key = call.app.iam.root_access_key();
    let signer = Signer {
        access_key: &key.id,
        secret: &key.secret,
        region: &ctx.realm.region,
        service: "nameplate",
    };
    let (host, path) = (call.host(), format!("/nameplate/{of}"));
    let query = signer.presign("GET", &host, &path, "", LINK_SECONDS, ctx.now.0);
    format!("http://{host}{path}?{query}")
}

/// `ListFunctions`, in the order of names.
pub async fn list_functions(call: &Call<'_>) -> Result<Value, Error> {
    let (after, limit) = markers(call, PAGE)?;
    let every = call.input.text("FunctionVersion") == Some("ALL");
    let mut found = call.app.functions.functions(&after, limit + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().map(|last| last.function.name.clone());
    let mut items = Vec::new();
    for item in found {
        if every {
            let name = &item.function.name;
            let versions = call
                .app
                .functions
                .function_versions(name, -1, usize::MAX >> 1);
            items.extend(versions.await?.iter().map(|version| listed(call, version)));
        } else {
            items.push(listed(call, &item));
        }
    }
    Ok(list("Functions", items, next.filter(|_| more)))
}

/// `DeleteFunction`. Its status is what the answer says: 204, as recorded of AWS, where nothing goes on behind it.
pub async fn delete_function(call: &Call<'_>) -> Result<Reply, Error> {
    let (name, qualifier) = names(call)?;
    call.app
        .functions
        .delete_function(&call.caller, name, qualifier)
        .await?;
    Ok(empty(204, Vec::new()))
}

/// `PublishVersion`.
pub async fn publish_version(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&["PublishTo"])?;
    let text = |name: &str| call.input.text(name).map(str::to_owned);
    let mut found = call
        .app
        .functions
        .publish_version(
            &call.caller,
            call.required("FunctionName")?,
            text("Description"),
            text("CodeSha256"),
            text("RevisionId"),
        )
        .await?;
    found.qualifier = Some(found.version.name());
    Ok(shown(call, &found))
}

/// `ListVersionsByFunction`, `$LATEST` first.
pub async fn list_versions(call: &Call<'_>) -> Result<Value, Error> {
    let (after, limit) = markers(call, PAGE)?;
    let after = after.parse().unwrap_or(-1);
    let name = call.required("FunctionName")?;
    let mut found = call
        .app
        .functions
        .function_versions(name, after, limit + 1)
        .await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().map(|last| last.version.number.to_string());
    let items = found.iter().map(|version| listed(call, version)).collect();
    Ok(list("Versions", items, next.filter(|_| more)))
}

/// `PutFunctionConcurrency`.
pub async fn put_function_concurrency(call: &Call<'_>) -> Result<Value, Error> {
    let most = call
        .input
        .integer("ReservedConcurrentExecutions")
        .unwrap_or(0);
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    let name = call.required("FunctionName")?;
    call.app
        .functions
        .set_concurrency(&call.caller, name, Some(most))
        .await?;
    Ok(json!({"ReservedConcurrentExecutions": most}))
}

/// `GetFunctionConcurrency`.
pub async fn get_function_concurrency(call: &Call<'_>) -> Result<Value, Error> {
    call.app.functions.whole(call.required("FunctionName")?)?;
    let found = named(call).await?;
    Ok(match found.function.concurrency {
        Some(most) => json!({"ReservedConcurrentExecutions": most}),
        None => json!({}),
    })
}

/// `DeleteFunctionConcurrency`.
pub async fn delete_function_concurrency(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("FunctionName")?;
    call.app
        .functions
        .set_concurrency(&call.caller, name, None)
        .await?;
    Ok(json!({}))
}

/// `GetFunctionCodeSigningConfig`: no function has one.
pub async fn get_function_code_signing_config(call: &Call<'_>) -> Result<Value, Error> {
    let found = named(call).await?;
    Ok(json!({"FunctionName": found.function.name, "CodeSigningConfigArn": ""}))
}

/// `TagResource`, of a function.
pub async fn tag_resource(call: &Call<'_>) -> Result<Value, Error> {
    let set = tags(call.input.object("Tags"));
    let arn = call.required("Resource")?;
    if set.is_empty() {
        return Err(Error::invalid(
            "An error occurred and the request cannot be processed.",
        ));
    }
    call.app
        .functions
        .tag_function(&call.caller, arn, set, Vec::new())
        .await?;
    Ok(json!({}))
}

/// `UntagResource`, of a function.
pub async fn untag_resource(call: &Call<'_>) -> Result<Value, Error> {
    let arn = call.required("Resource")?;
    let remove = text_list(call, "TagKeys").unwrap_or_default();
    call.app
        .functions
        .tag_function(&call.caller, arn, Vec::new(), remove)
        .await?;
    Ok(json!({}))
}

/// `ListTags`, of a function.
pub async fn list_tags(call: &Call<'_>) -> Result<Value, Error> {
    let tags = call.app.functions.function_tags(call.required("Resource")?);
    Ok(json!({"Tags": tags_value(tags.await?)}))
}

/// Function and qualifier as the call names them.
pub fn names<'c>(call: &'c Call<'_>) -> Result<(&'c str, Option<&'c str>), Error> {
    Ok((call.required("FunctionName")?, call.input.text("Qualifier")))
}

async fn named(call: &Call<'_>) -> Result<Shown, Error> {
    let (name, qualifier) = names(call)?;
    call.app.functions.function(name, qualifier).await
}

fn check_built(call: &Call<'_>) -> Result<(), Error> {
    call.not_built(NOT_BUILT)?;
    let not_built = |what: &str| {
        Err(Error::new(
            crate::app::Kind::NotBuilt,
            format!("Nameplate does not implement {what} yet."),
        ))
    };
    if call.input.text("PackageType") == Some("Image") {
        return not_built("functions from container images");
    }
    let asks = |member: &str, list: &str| {
        let given = call
            .input
            .object(member)
            .and_then(|object| object.get(list));
        given
            .and_then(Value::as_array)
            .is_some_and(|items| !items.is_empty())
    };
    let text = |member: &str, name: &str| {
        let object = call.input.object(member)?;
        object.get(name)?.as_str()
    };
    // A key of the owner's would guard what here it does not; an empty one means that of the service.
    let of_code = || text("Code", "SourceKMSKeyArn").or_else(|| call.input.text("SourceKMSKeyArn"));
    let key = call.input.text("KMSKeyArn").or_else(of_code);
    if key.is_some_and(|key| !key.is_empty()) {
        return not_built("keys of KMS for functions");
    }
    if text("LoggingConfig", "LogFormat").is_some_and(|format| format != "Text") {
        return not_built("logs in JSON: LogFormat of LoggingConfig");
    }
    // An empty one, which tools send, restricts nothing.
    if asks("VpcConfig", "SubnetIds") || asks("VpcConfig", "SecurityGroupIds") {
        return not_built("VpcConfig: a function runs on this machine's network");
    }
    if text("SnapStart", "ApplyOn").is_some_and(|on| on != "None") {
        return not_built("SnapStart");
    }
    Ok(())
}

/// The code that a call brings, if it does.
pub fn code(call: &Call<'_>, given: Option<&Map<String, Value>>) -> Result<Option<NewCode>, Error> {
    let Some(given) = given else { return Ok(None) };
    let text = |name: &str| given.get(name).and_then(Value::as_str);
    if text("ImageUri").is_some() {
        return Err(Error::new(
            crate::app::Kind::NotBuilt,
            "Nameplate does not implement functions from container images yet.",
        ));
    }
    if let Some(zip) = text("ZipFile") {
        return Ok(Some(NewCode::Zip(bytes("ZipFile", zip)?)));
    }
    match (text("S3Bucket"), text("S3Key")) {
        (Some(bucket), Some(key)) => {
            if text("S3ObjectVersion").is_some() {
                return Err(call.lacks("S3ObjectVersion"));
            }
            Ok(Some(NewCode::Object {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
            }))
        }
        _ => Ok(None),
    }
}

/// What CreateFunction and UpdateFunctionConfiguration share.
fn change(call: &Call<'_>) -> Result<Change, Error> {
    let text = |name: &str| call.input.text(name).map(str::to_owned);
    let number = |name: &str| call.input.integer(name).and_then(|n| u32::try_from(n).ok());
    let inner = |member: &str, name: &str| {
        let object = call.input.object(member)?;
        Some(object.get(name)?.as_str()?.to_owned())
    };
    let size = call
        .input
        .object("EphemeralStorage")
        .and_then(|storage| storage.get("Size"));
    let environment = call.input.object("Environment").map(|environment| {
        let variables = environment.get("Variables").and_then(Value::as_object);
        variables
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect::<BTreeMap<_, _>>()
    });
    Ok(Change {
        role: text("Role"),
        runtime: text("Runtime"),
        handler: text("Handler"),
        description: text("Description"),
        timeout: number("Timeout"),
        memory: number("MemorySize"),
        ephemeral: size
            .and_then(Value::as_u64)
            .and_then(|n| u32::try_from(n).ok()),
        environment,
        layers: text_list(call, "Layers"),
        tracing: inner("TracingConfig", "Mode"),
        log_group: inner("LoggingConfig", "LogGroup"),
        dead_letter: inner("DeadLetterConfig", "TargetArn"),
        architectures: text_list(call, "Architectures"),
        expected: text("RevisionId"),
    })
}

fn tags(given: Option<&Map<String, Value>>) -> Vec<(String, String)> {
    given
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}

fn tags_value(tags: Vec<(String, String)>) -> Value {
    Value::Object(
        tags.into_iter()
            .map(|(name, value)| (name, json!(value)))
            .collect(),
    )
}
