//! Deployments, and the stages that serve them.

use super::{given, listed, now, only, patched_in, patches};
use crate::api::Call;
use crate::app::gateway::{Gateway, has_deployment, put_deployment, remove_deployment};
use crate::app::{Error, Kind};
use nameplate_core::arn::Realm;
use nameplate_core::gateway::documentation::Documentation;
use nameplate_core::gateway::rest::{Resources, Rest, path_of};
use nameplate_core::gateway::{Allowed, Refusal, Type, Words, log, settings};
use serde_json::{Map, Value, json};

/// What UpdateStage may change.
const CHANGES: &[Allowed] = &[
    ("/deploymentId", Type::Text),
    ("/description", Type::Text),
    ("/documentationVersion", Type::Text),
    ("/variables/*", Type::Text),
    ("/accessLogSettings", Type::Group),
    ("/accessLogSettings/destinationArn", Type::Text),
    ("/accessLogSettings/format", Type::Text),
];

/// The names of what a stage says about its access log.
const ACCESS: (&str, &str) = ("destinationArn", "format");

/// Refuses an access log that cannot be kept; the ARN has no `:*` at its end.
fn check_access_log(stage: &Value, realm: &Realm) -> Result<bool, Error> {
    let Some(settings) = stage.get("accessLogSettings") else {
        return Ok(false);
    };
    if let Some(arn) = settings[ACCESS.0].as_str() {
        log::destination(arn, realm)?;
    }
    if let Some(format) = settings[ACCESS.1].as_str() {
        log::check_format(format)?;
    }
    Ok(true)
}

/// Whether a stage logs, so that the account needs a role that writes.
fn logs(stage: &Value, realm: &Realm) -> Result<bool, Error> {
    let settings = stage["methodSettings"].as_object();
    let executions = settings.into_iter().flatten().any(|(_, of)| {
        of["loggingLevel"]
            .as_str()
            .is_some_and(|level| level != "OFF")
    });
    Ok(check_access_log(stage, realm)? || executions)
}

/// What a stage may not have here.
fn check(call: &Call<'_>) -> Result<(), Error> {
    call.not_built(&["canarySettings"])?;
    only(call, "cacheClusterEnabled", |value| value == false)?;
    only(call, "tracingEnabled", |value| value == false)
}

/// Whether the version of documentation that a stage has is there.
fn check_documentation(stage: &Value, documentation: &Documentation) -> Result<(), Error> {
    if let Some(version) = stage["documentationVersion"].as_str() {
        documentation.version(version)?;
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), Error> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    match !name.is_empty() && name.len() <= 128 && name.bytes().all(fits) {
        true => Ok(()),
        false => Err(Error::invalid(
            "Stage name only allows a-zA-Z0-9-_ and a maximum length of 128 characters",
        )),
    }
}

fn check_variables(stage: &Value) -> Result<(), Error> {
    let fits = |text: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
        text.len() <= 512 && text.bytes().all(fits)
    };
    let variables = stage["variables"].as_object().into_iter().flatten();
    for (name, value) in variables {
        if !fits(value.as_str().unwrap_or_default()) || !fits(name) {
            return Err(Error::invalid(format!(
                "Stage variable '{name}' has a value that is not allowed"
            )));
        }
    }
    Ok(())
}

/// `CreateDeployment`, with its stage where one is named.
pub async fn create_deployment(call: &Call<'_>) -> Result<Value, Error> {
    check(call)?;
    let api = call.required("restApiId")?.to_owned();
    let stage = call
        .input
        .text("stageName")
        .filter(|name| !name.is_empty())
        .map(str::to_owned);
    if let Some(name) = &stage {
        check_name(name)?;
    }
    let id = Gateway::id();
    let mut about = given(call, &["description"]);
    about.insert("id".into(), json!(id));
    about.insert("createdDate".into(), now(call));
    let variables = call.input.get("variables").cloned();
    let described = call.input.get("stageDescription").cloned();
    let at = now(call);
    let made = call.app.gateway.change(
        &call.caller,
        call.required("restApiId")?,
        move |rest, tx| {
            let deployment = rest.deploy(about.clone())?;
            put_deployment(tx, &api, &id, &deployment)?;
            if let Some(name) = &stage {
                let kept = rest
                    .stages
                    .entry(name.clone())
                    .or_insert_with(|| new_stage(name, &at));
                kept["deploymentId"] = json!(id);
                kept["lastUpdatedDate"] = at.clone();
                if let Some(text) = &described {
                    kept["description"] = text.clone();
                }
                if let Some(variables) = &variables {
                    kept["variables"] = variables.clone();
                }
                check_variables(kept)?;
            }
            Ok(Value::Object(about.clone()))
        },
    );
    made.await
}

fn new_stage(name: &str, at: &Value) -> Value {
    json!({
        "stageName": name,
        "cacheClusterEnabled": false,
        "cacheClusterStatus": "NOT_AVAILABLE",
        "methodSettings": {},
        "tracingEnabled": false,
        "createdDate": at,
        "lastUpdatedDate": at,
    })
}

/// `GetDeployments`.
pub async fn get_deployments(call: &Call<'_>) -> Result<Value, Error> {
    let api = call.required("restApiId")?;
    call.app.gateway.rest(api).await?;
    let all = call.app.gateway.deployments(api).await?;
    listed(
        call,
        all.into_iter()
            .map(|one| Value::Object(one.about))
            .collect(),
        "id",
    )
}

/// `GetDeployment`.
pub async fn get_deployment(call: &Call<'_>) -> Result<Value, Error> {
    let (api, id) = (call.required("restApiId")?, call.required("deploymentId")?);
    call.app.gateway.rest(api).await?;
    let all = call.app.gateway.deployments(api).await?;
    let found = all
        .into_iter()
        .find(|one| one.about.get("id").is_some_and(|found| found == id));
    let mut found = found.ok_or_else(|| Refusal::unknown("Deployment"))?;
    let embed = call.input.items("embed");
    if embed.iter().any(|one| one == "apisummary") {
        let summary = summary(&found.resources);
        found.about.insert("apiSummary".into(), summary);
    }
    Ok(Value::Object(found.about))
}

/// Who may call the methods of each path.
fn summary(resources: &Resources) -> Value {
    let of_method = |method: &Value| json!({"authorizationType": method["authorizationType"], "apiKeyRequired": method["apiKeyRequired"]});
    let with_methods = resources.iter().filter(|(_, one)| !one.methods.is_empty());
    let paths = with_methods.map(|(id, one)| {
        let methods = one.methods.iter();
        let methods: Map<_, _> = methods
            .map(|(name, method)| (name.clone(), of_method(method)))
            .collect();
        (path_of(resources, id), Value::Object(methods))
    });
    Value::Object(paths.collect())
}

/// `DeleteDeployment`.
pub async fn delete_deployment(call: &Call<'_>) -> Result<Value, Error> {
    let api = call.required("restApiId")?.to_owned();
    let id = call.required("deploymentId")?.to_owned();
    let gone = call.app.gateway.change(
        &call.caller,
        call.required("restApiId")?,
        move |rest, tx| {
            if !has_deployment(tx, &api, &id)? {
                return Err(Refusal::unknown("Deployment").into());
            }
            if rest
                .stages
                .values()
                .any(|stage| stage["deploymentId"] == id)
            {
                return Err(Error::invalid(
                    "Active stages pointing to this deployment must be moved or deleted",
                ));
            }
            remove_deployment(tx, &api, &id)
        },
    );
    gone.await?;
    Ok(json!({}))
}

/// `CreateStage`.
pub async fn create_stage(call: &Call<'_>) -> Result<Value, Error> {
    check(call)?;
    let api = call.required("restApiId")?.to_owned();
    let name = call.required("stageName")?.to_owned();
    check_name(&name)?;
    let id = call.required("deploymentId")?.to_owned();
    let mut stage = new_stage(&name, &now(call));
    for (member, value) in given(
        call,
        &[
            "deploymentId",
            "description",
            "documentationVersion",
            "variables",
            "tags",
        ],
    ) {
        stage[member] = value;
    }
    check_variables(&stage)?;
    let made = call.app.gateway.change(
        &call.caller,
        call.required("restApiId")?,
        move |rest, tx| {
            if !has_deployment(tx, &api, &id)? {
                return Err(Refusal::unknown("Deployment").into());
            }
            if rest.stages.contains_key(&name) {
                let exists = Kind::Exists {
                    id: None,
                    arn: None,
                };
                return Err(Error::new(exists, "Stage already exists"));
            }
            check_documentation(&stage, &rest.documentation)?;
            rest.stages.insert(name.clone(), stage.clone());
            Ok(stage.clone())
        },
    );
    made.await
}

/// `GetStage`.
pub async fn get_stage(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await?;
    let found = rest.stages.get(call.required("stageName")?);
    Ok(found.cloned().ok_or_else(|| Refusal::unknown("stage"))?)
}

/// `GetStages`: all, without pages, as AWS has them.
pub async fn get_stages(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await?;
    let deployment = call.input.text("deploymentId");
    let all = rest.stages.into_values();
    let all = all.filter(|stage| deployment.is_none_or(|id| stage["deploymentId"] == id));
    Ok(json!({"item": all.collect::<Vec<_>>()}))
}

/// `UpdateStage`.
pub async fn update_stage(call: &Call<'_>) -> Result<Value, Error> {
    let api = call.required("restApiId")?.to_owned();
    let name = call.required("stageName")?.to_owned();
    let (patches, at) = (patches(call), now(call));
    let realm = call.app.realm().clone();
    let may_log = call.app.gateway.logging_role().await?.is_some();
    let changed = call.app.gateway.change(
        &call.caller,
        call.required("restApiId")?,
        move |rest, tx| {
            let Rest {
                stages,
                documentation,
                ..
            } = rest;
            let stage = stages
                .get_mut(&name)
                .ok_or_else(|| Refusal::unknown("stage"))?;
            let mut changed = stage.clone();
            let others = settings::apply(&mut changed, &patches)?;
            let mut changed = patched_in(&changed, &others, CHANGES, Words::Stage)?;
            check_variables(&changed)?;
            check_documentation(&changed, documentation)?;
            // Whatever else is changed of one that logs already is no business of the role.
            if logs(&changed, &realm)? && !may_log && !logs(stage, &realm)? {
                return Err(Error::invalid(
                    "CloudWatch Logs role ARN must be set in account settings to enable logging",
                ));
            }
            let id = changed["deploymentId"].as_str().unwrap_or_default();
            if !has_deployment(tx, &api, id)? {
                return Err(Refusal::unknown("Deployment").into());
            }
            changed["lastUpdatedDate"] = at.clone();
            *stage = changed.clone();
            Ok(changed)
        },
    );
    changed.await
}

/// `DeleteStage`.
pub async fn delete_stage(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("stageName")?.to_owned();
    let gone =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                let gone: Option<Value> = rest.stages.remove(&name);
                gone.map(drop)
                    .ok_or_else(|| Refusal::unknown("stage").into())
            });
    gone.await?;
    Ok(Value::Object(Map::new()))
}
