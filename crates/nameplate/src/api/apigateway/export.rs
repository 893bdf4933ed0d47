//! Documents of OpenAPI of what stages serve. API: GetExport.

use crate::api::call::Reply;
use crate::api::{Call, Content};
use crate::app::Error;
use nameplate_core::ctx::Millis;
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::document::write_yaml;
use nameplate_core::gateway::documentation::EXTENSION;
use nameplate_core::gateway::openapi::export::{Extensions, Kind, Place, rest as exported};
use serde_json::Value;

/// The extensions that a call asks for, and whether for the documentation.
fn extensions(call: &Call<'_>) -> Result<(Extensions, bool), Error> {
    let (mut wanted, mut documented) = (Extensions::default(), false);
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
                    documented = true;
                    wanted = Extensions {
                        integrations: true,
                        authorizers: true,
                        others: true,
                    }
                }
                "documentation" => documented = true,
                "" => {}
                other => {
                    let what = format!("the extension {other} of exports");
                    return Err(Refusal::NotBuilt(what).into());
                }
            }
        }
    }
    Ok((wanted, documented))
}

/// A time to the second, as the service has it.
fn to_the_second(at: &Value) -> String {
    let at = Millis((at.as_f64().unwrap_or_default() * 1000.0) as i64).to_string();
    format!("{}Z", at.split('.').next().unwrap_or_default())
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
    let (extensions, documented) = extensions(call)?;
    let deployment = stage["deploymentId"].as_str().unwrap_or_default();
    let deployment = api.deployments.get(deployment).ok_or_else(none)?;
    let made = deployment.about.get("createdDate");
    let made = to_the_second(made.unwrap_or(&Value::Null));
    let version = api.rest.about.get("version").and_then(Value::as_str);
    let place = Place {
        host: &call.app.realm().execute_api_host(id),
        stage: name,
        version: version.unwrap_or(&made),
    };
    let mut document = exported(&api.rest.about, deployment, place, wanted, extensions);
    let documentation = &api.rest.documentation;
    if let Some(name) = stage["documentationVersion"]
        .as_str()
        .filter(|_| documented)
        && let Ok(version) = documentation.version(name)
        && let Some(parts) = documentation.exported(name, &to_the_second(&version["createdDate"]))
    {
        document[EXTENSION] = parts;
    }
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
