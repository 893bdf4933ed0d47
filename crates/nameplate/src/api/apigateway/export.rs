//! Documents of OpenAPI of what stages serve. API: GetExport.

use crate::api::call::Reply;
use crate::api::{Call, Content};
use crate::app::Error;
use nameplate_core::ctx::Millis;
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::document::write_yaml;
use nameplate_core::gateway::openapi::export::{Extensions, Kind, Place, rest as exported};
use serde_json::Value;

/// The extensions that a call asks for.
fn extensions(call: &Call<'_>) -> Result<Extensions, Error> {
    let mut wanted = Extensions::default();
    let parameters = call.input.object("parameters");
    for (name, value) in parameters.into_iter().flatten() {
        if name != "extensions" {
            return Err(Error::invalid(format!("Invalid export parameter {name}")));
        }
        for one in value.as_str().unwrap_or_default().split(',').map(str::trim) {
            match one {
                "integrations" => wanted.integrations = true,
                "authorizers" => wanted.authorizers = true,
                "apigateway" => {
                    wanted = Extensions {
                        integrations: true,
                        authorizers: true,
                        others: true,
                    }
                }
                // No API has parts of documentation here.
                "documentation" | "" => {}
                other => {
                    let what = format!("the extension {other} of exports");
                    return Err(Refusal::NotBuilt(what).into());
                }
            }
        }
    }
    Ok(wanted)
}

/// `GetExport`.
pub async fn get_export(call: &Call<'_>) -> Result<Reply, Error> {
    let (id, name) = (call.required("restApiId")?, call.required("stageName")?);
    let api = call.app.gateway.api(id).await?;
    let none = || Error::from(Refusal::unknown("stage"));
    let api = api.ok_or_else(none)?;
    let stage = api.rest.stages.get(name).ok_or_else(none)?;
    let kind = call.required("exportType")?;
    let wanted = Kind::parse(kind)
        .ok_or_else(|| Error::invalid(format!("No API exporter for type '{kind}'")))?;
    let yaml = match call.input.text("accepts") {
        None | Some("" | "*/*" | "application/json") => false,
        Some("application/yaml") => true,
        Some(other) => {
            let text = format!(
                "Invalid Accept header {other}: it must be application/json or application/yaml"
            );
            return Err(Error::invalid(text));
        }
    };
    let extensions = extensions(call)?;
    let deployment = stage["deploymentId"].as_str().unwrap_or_default();
    let deployment = api.deployments.get(deployment).ok_or_else(none)?;
    let made = deployment.about.get("createdDate").and_then(Value::as_f64);
    let made = Millis((made.unwrap_or_default() * 1000.0) as i64).to_string();
    // To the second, as the service has it.
    let made = format!("{}Z", made.split('.').next().unwrap_or_default());
    let version = api.rest.about.get("version").and_then(Value::as_str);
    let place = Place {
        host: &call.app.realm().execute_api_host(id),
        stage: name,
        version: version.unwrap_or(&made),
    };
    let document = exported(&api.rest.about, deployment, place, wanted, extensions);
    let (ending, text) = match yaml {
        true => ("yaml", write_yaml(&document)),
        false => ("json", format!("{document:#}")),
    };
    let file = format!("attachment; filename=\"{kind}_{made}.{ending}\"");
    Ok(Reply {
        status: None,
        headers: vec![
            ("content-type".into(), "application/octet-stream".into()),
            ("content-disposition".into(), file),
        ],
        content: Content::Bytes(text.into_bytes()),
    })
}
