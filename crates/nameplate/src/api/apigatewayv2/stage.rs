//! Stages, and the deployments that they serve.

use super::{found_stage, given, gone, listed, merge, now, structure};
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::gateway::Gateway;
use crate::app::gateway::http::{
    check_deployment, deploy, deployment, remove_deployment, unknown_deployment,
};
use crate::app::{Error, Kind};
use nameplate_core::gateway::http::{DEFAULT, FEW};
use nameplate_core::gateway::{Refusal, log};
use serde_json::{Map, Value, json};

async fn members(call: &Call<'_>) -> Result<Map<String, Value>, Error> {
    call.not_built(&["ClientCertificateId"])?;
    let mut members = given(
        call,
        &[
            "AutoDeploy",
            "DeploymentId",
            "Description",
            "StageVariables",
        ],
    );
    if let Some(settings) = call.input.get("AccessLogSettings") {
        let settings = structure(settings);
        check_access_log(call, &settings).await?;
        members.insert("accessLogSettings".into(), settings);
    }
    if let Some(all) = call.input.get("DefaultRouteSettings") {
        members.insert("defaultRouteSettings".into(), settings(all)?);
    }
    if let Some(routes) = call.input.object("RouteSettings") {
        let routes = routes
            .iter()
            .map(|(key, one)| Ok((key.clone(), settings(one)?)));
        let routes = routes.collect::<Result<Map<_, _>, Error>>()?;
        members.insert("routeSettings".into(), routes.into());
    }
    if members.get("autoDeploy") == Some(&json!(true)) && members.contains_key("deploymentId") {
        return Err(Error::invalid(
            "deploymentId cannot be set for a stage with autoDeploy",
        ));
    }
    let fits = |text: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
        text.len() <= 512 && text.bytes().all(fits)
    };
    let variables = members.get("stageVariables").and_then(Value::as_object);
    for (name, value) in variables.into_iter().flatten() {
        if !fits(value.as_str().unwrap_or_default()) || !fits(name) {
            return Err(Error::invalid(format!(
                "Stage variable '{name}' has a value that is not allowed"
            )));
        }
    }
    Ok(members)
}

/// Refuses an access log that cannot be kept, or that the caller may not have kept.
/// [Developer guide: Configure logging for HTTP APIs]
async fn check_access_log(call: &Call<'_>, settings: &Value) -> Result<(), Error> {
    let text = |name: &str| settings[name].as_str().filter(|text| !text.is_empty());
    let (arn, format) = match (text("destinationArn"), text("format")) {
        // Without both there is none.
        (None, None) => return Ok(()),
        (arn, format) => (arn, format),
    };
    let arn = arn.ok_or_else(|| Error::invalid("accessLogSettings needs a destinationArn"))?;
    let format = format.ok_or_else(|| Error::invalid("accessLogSettings needs a format"))?;
    log::destination(arn, call.app.realm())?;
    log::check_format(format)?;
    call.require("logs:CreateLogDelivery", "*").await
}

/// The settings of routes: how many requests they take, and whether these are counted. What would be logged is not built.
fn settings(given: &Value) -> Result<Value, Error> {
    let mut settings = structure(given);
    if settings["dataTraceEnabled"] == true {
        return Err(Refusal::NotBuilt("dataTraceEnabled of routes".into()).into());
    }
    if settings["loggingLevel"]
        .as_str()
        .is_some_and(|level| level != "OFF")
    {
        return Err(Refusal::NotBuilt("loggingLevel of routes".into()).into());
    }
    for (name, most) in [
        ("throttlingRateLimit", 10_000.0),
        ("throttlingBurstLimit", 5_000.0),
    ] {
        let limit = settings[name].as_f64().unwrap_or(0.0);
        if !(0.0..=most).contains(&limit) {
            return Err(Error::invalid(format!(
                "{name} must be between 0 and {most}"
            )));
        }
    }
    if let Some(members) = settings.as_object_mut() {
        members
            .entry("detailedMetricsEnabled")
            .or_insert(json!(false));
    }
    Ok(settings)
}

/// `DeleteAccessLogSettings`: the stage keeps no access log any more.
pub async fn delete_access_log_settings(call: &Call<'_>) -> Result<Reply, Error> {
    let delete = |stage: &mut Value| {
        if let Some(members) = stage.as_object_mut() {
            members.remove("accessLogSettings");
        }
        Ok(())
    };
    delete_of_stage(call, delete).await
}

/// Takes something from what a stage says.
async fn delete_of_stage(
    call: &Call<'_>,
    mut delete: impl FnMut(&mut Value) -> Result<(), Refusal> + Send + 'static,
) -> Result<Reply, Error> {
    let name = call.required("StageName")?.to_owned();
    let done =
        call.app
            .gateway
            .change_http(&call.caller, call.required("ApiId")?, move |http, _| {
                let mut stage = found_stage(http, &name)?;
                delete(&mut stage)?;
                http.stages.insert(name.clone(), stage);
                Ok(())
            });
    done.await?;
    Ok(gone())
}

/// `ResetAuthorizersCache`: authorizers are asked anew.
pub async fn reset_authorizers_cache(call: &Call<'_>) -> Result<Reply, Error> {
    let http = call.app.gateway.http(call.required("ApiId")?).await?;
    found_stage(&http, call.required("StageName")?)?;
    call.app.gateway.forget_said(&call.caller).await?;
    Ok(gone())
}

/// `DeleteRouteSettings`: the route has those of the stage.
pub async fn delete_route_settings(call: &Call<'_>) -> Result<Reply, Error> {
    let key = call.required("RouteKey")?.to_owned();
    let delete = move |stage: &mut Value| {
        let routes = stage["routeSettings"].as_object_mut();
        let removed = routes.and_then(|routes| routes.remove(&key));
        removed
            .map(drop)
            .ok_or_else(|| Refusal::NotFound(format!("Unable to find RouteSettings for key {key}")))
    };
    delete_of_stage(call, delete).await
}

fn check_name(name: &str) -> Result<(), Error> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let fine = (1..=128).contains(&name.len()) && name.bytes().all(fits);
    match fine || name == DEFAULT {
        true => Ok(()),
        false => Err(Error::invalid(
            "Stage name only allows a-zA-Z0-9-_ and $default",
        )),
    }
}

/// `CreateStage`.
pub async fn create_stage(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("StageName")?.to_owned();
    check_name(&name)?;
    let mut stage = members(call).await?;
    stage.extend(given(call, &["Tags"]));
    for (member, default) in [
        ("stageName", json!(name)),
        ("autoDeploy", json!(false)),
        ("createdDate", now(call)),
        ("lastUpdatedDate", now(call)),
        (
            "defaultRouteSettings",
            json!({"detailedMetricsEnabled": false}),
        ),
        ("routeSettings", json!({})),
        ("stageVariables", json!({})),
        ("tags", json!({})),
    ] {
        stage.entry(member).or_insert(default);
    }
    let stage = Value::Object(stage);
    let api = call.required("ApiId")?.to_owned();
    let made = call
        .app
        .gateway
        .change_http(&call.caller, call.required("ApiId")?, {
            let name = name.clone();
            move |http, tx| {
                if http.stages.contains_key(&name) {
                    return Err(Refusal::Exists("Stage already exists".into()).into());
                }
                if http.stages.len() >= FEW {
                    return Err(Refusal::Limit(
                        "Maximum number of Stages for this API has been reached.".into(),
                    )
                    .into());
                }
                check_deployment(tx, &api, &stage)?;
                http.stages.insert(name.clone(), stage.clone());
                Ok(())
            }
        });
    made.await?;
    // With the deployment that it follows.
    let http = call.app.gateway.http(call.required("ApiId")?).await?;
    found_stage(&http, &name)
}

/// `GetStage`.
pub async fn get_stage(call: &Call<'_>) -> Result<Value, Error> {
    let http = call.app.gateway.http(call.required("ApiId")?).await?;
    found_stage(&http, call.required("StageName")?)
}

/// `GetStages`.
pub async fn get_stages(call: &Call<'_>) -> Result<Value, Error> {
    let http = call.app.gateway.http(call.required("ApiId")?).await?;
    listed(call, http.stages.into_values().collect(), "stageName")
}

/// `UpdateStage`.
pub async fn update_stage(call: &Call<'_>) -> Result<Value, Error> {
    let mut members = members(call).await?;
    members.insert("lastUpdatedDate".into(), now(call));
    let name = call.required("StageName")?.to_owned();
    let api = call.required("ApiId")?.to_owned();
    let changed = call
        .app
        .gateway
        .change_http(&call.caller, call.required("ApiId")?, {
            let name = name.clone();
            move |http, tx| {
                let mut stage = found_stage(http, &name)?;
                merge(&mut stage, &members);
                if members.get("autoDeploy") == Some(&json!(true))
                    && let Some(stage) = stage.as_object_mut()
                {
                    // It follows from now on.
                    stage.remove("deploymentId");
                } else if members.contains_key("deploymentId") && stage["autoDeploy"] == true {
                    return Err(Error::invalid(
                        "deploymentId cannot be set for a stage with autoDeploy",
                    ));
                }
                check_deployment(tx, &api, &stage)?;
                http.stages.insert(name.clone(), stage);
                Ok(())
            }
        });
    changed.await?;
    let http = call.app.gateway.http(call.required("ApiId")?).await?;
    found_stage(&http, &name)
}

/// `DeleteStage`.
pub async fn delete_stage(call: &Call<'_>) -> Result<Reply, Error> {
    let name = call.required("StageName")?.to_owned();
    let done =
        call.app
            .gateway
            .change_http(&call.caller, call.required("ApiId")?, move |http, _| {
                found_stage(http, &name)?;
                http.stages.remove(&name);
                Ok(())
            });
    done.await?;
    Ok(gone())
}

/// `CreateDeployment`, for a stage where one is named.
pub async fn create_deployment(call: &Call<'_>) -> Result<Value, Error> {
    let api = call.required("ApiId")?.to_owned();
    let stage = call.input.text("StageName").map(str::to_owned);
    let id = Gateway::id()[..6].to_owned();
    let mut about = given(call, &["Description"]);
    about.extend([
        ("deploymentId".to_owned(), json!(id)),
        ("autoDeployed".to_owned(), json!(false)),
        ("deploymentStatus".to_owned(), json!("DEPLOYED")),
        ("createdDate".to_owned(), now(call)),
    ]);
    let at = now(call);
    let made =
        call.app
            .gateway
            .change_http(&call.caller, call.required("ApiId")?, move |http, tx| {
                if http.parts.routes.is_empty() {
                    return Err(Error::invalid(
                        "At least one route is required before deploying the Api.",
                    ));
                }
                if let Some(name) = &stage {
                    let mut kept = found_stage(http, name)?;
                    if kept["autoDeploy"] == true {
                        return Err(Error::invalid(format!(
                            "The stage {name} has autoDeploy enabled, so it cannot be deployed to"
                        )));
                    }
                    kept["deploymentId"] = json!(id);
                    kept["lastUpdatedDate"] = at.clone();
                    http.stages.insert(name.clone(), kept);
                }
                deploy(tx, &api, http, about.clone())?;
                Ok(Value::Object(about.clone()))
            });
    made.await
}

/// `GetDeployment`.
pub async fn get_deployment(call: &Call<'_>) -> Result<Value, Error> {
    let (api, id) = (call.required("ApiId")?, call.required("DeploymentId")?);
    call.app.gateway.http(api).await?;
    let all = call.app.gateway.http_deployments(api).await?;
    let found = all
        .into_iter()
        .find(|one| one.about.get("deploymentId").is_some_and(|of| of == id));
    Ok(Value::Object(
        found.ok_or_else(|| unknown_deployment(id))?.about,
    ))
}

/// `GetDeployments`.
pub async fn get_deployments(call: &Call<'_>) -> Result<Value, Error> {
    let api = call.required("ApiId")?;
    call.app.gateway.http(api).await?;
    let all = call.app.gateway.http_deployments(api).await?.into_iter();
    let all = all.map(|one| Value::Object(one.about)).collect();
    listed(call, all, "deploymentId")
}

/// `UpdateDeployment`.
pub async fn update_deployment(call: &Call<'_>) -> Result<Value, Error> {
    let api = call.required("ApiId")?.to_owned();
    let id = call.required("DeploymentId")?.to_owned();
    let members = given(call, &["Description"]);
    let changed =
        call.app
            .gateway
            .change_http(&call.caller, call.required("ApiId")?, move |http, tx| {
                let mut kept = deployment(tx, &api, &id)?.ok_or_else(|| unknown_deployment(&id))?;
                kept.about.extend(members.clone());
                let of = nameplate_core::gateway::http::Http {
                    parts: kept.parts,
                    ..http.clone()
                };
                deploy(tx, &api, &of, kept.about.clone())?;
                Ok(Value::Object(kept.about))
            });
    changed.await
}

/// `DeleteDeployment`.
pub async fn delete_deployment(call: &Call<'_>) -> Result<Reply, Error> {
    let api = call.required("ApiId")?.to_owned();
    let id = call.required("DeploymentId")?.to_owned();
    let done =
        call.app
            .gateway
            .change_http(&call.caller, call.required("ApiId")?, move |http, tx| {
                deployment(tx, &api, &id)?.ok_or_else(|| unknown_deployment(&id))?;
                let mut stages = http.stages.values();
                if stages.any(|stage| stage["deploymentId"] == id.as_str()) {
                    return Err(Error::new(
                        Kind::InUse,
                        "Active stages pointing to this deployment must be moved or deleted",
                    ));
                }
                remove_deployment(tx, &api, &id)
            });
    done.await?;
    Ok(gone())
}
