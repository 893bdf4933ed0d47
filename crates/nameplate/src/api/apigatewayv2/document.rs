//! APIs from documents of OpenAPI, and such documents of APIs. API: ImportApi, ReimportApi, ExportApi.

use super::api::own;
use super::found_stage;
use crate::api::apigateway::{
    check_role,
    import::{unknown_base, warned},
};
use crate::api::call::Reply;
use crate::api::{Call, Content};
use crate::app::Error;
use crate::app::gateway::Gateway;
use nameplate_core::gateway::document::{read, write_yaml};
use nameplate_core::gateway::http::{DEFAULT, Http};
use nameplate_core::gateway::openapi::export::{Place, http as exported};
use nameplate_core::gateway::openapi::{Base, http as openapi, roles};
use serde_json::{Map, Value, json};

/// A document that a call brings, and how it is to be taken.
#[derive(Clone)]
struct Given {
    document: Value,
    base: Base,
    strict: bool,
}

/// What a call brings; the roles in it are those that the caller may hand to API Gateway.
async fn given(call: &Call<'_>) -> Result<Given, Error> {
    let base = call.input.text("Basepath").map(Base::parse);
    let document = read(call.required("Body")?.as_bytes())?;
    for role in roles(&document) {
        check_role(call, &role).await?;
    }
    Ok(Given {
        document,
        base: base.map_or(Ok(Base::default()), |base| base.ok_or_else(unknown_base))?,
        strict: call.input.flag("FailOnWarnings") == Some(true),
    })
}

/// Makes of an API what a document says, and what answers show of it.
fn import(http: &mut Http, given: &Given) -> Result<Value, Error> {
    let ids = &mut Gateway::id;
    let warnings = openapi::import(http, &given.document, given.base, ids)?;
    if given.strict && !warnings.is_empty() {
        return Err(warned(&warnings));
    }
    let mut shown = Value::Object(http.about.clone());
    if !warnings.is_empty() {
        shown["warnings"] = json!(warnings);
    }
    Ok(shown)
}

/// `ImportApi`.
pub async fn import_api(call: &Call<'_>) -> Result<Value, Error> {
    let given = given(call).await?;
    let id = Gateway::id();
    let mut about = Map::new();
    own(call, &id, &mut about);
    let mut http = Http {
        about,
        ..Http::default()
    };
    let shown = import(&mut http, &given)?;
    call.app.gateway.add_http(&call.caller, &id, http).await?;
    Ok(shown)
}

/// `ReimportApi`: the API's stages and tags stay.
pub async fn reimport_api(call: &Call<'_>) -> Result<Value, Error> {
    let given = given(call).await?;
    let id = call.required("ApiId")?;
    let changed = call
        .app
        .gateway
        .change_http(&call.caller, id, move |http, _| import(http, &given));
    changed.await
}

/// `ExportApi`.
pub async fn export_api(call: &Call<'_>) -> Result<Reply, Error> {
    let yaml = match call.required("OutputType")? {
        "JSON" => false,
        "YAML" => true,
        other => {
            let text = format!("Invalid outputType {other}: it must be JSON or YAML");
            return Err(Error::invalid(text));
        }
    };
    let specification = call.required("Specification")?;
    if specification != "OAS30" {
        let text = format!("Invalid specification {specification}: it must be OAS30");
        return Err(Error::invalid(text));
    }
    if let Some(version) = call
        .input
        .text("ExportVersion")
        .filter(|version| *version != "1.0")
    {
        let text = format!("Invalid exportVersion {version}: it must be 1.0");
        return Err(Error::invalid(text));
    }
    let id = call.required("ApiId")?;
    let http = call.app.gateway.http(id).await?;
    let stage = call
        .input
        .text("StageName")
        .filter(|stage| !stage.is_empty());
    let parts = match stage {
        None => http.parts.clone(),
        Some(name) => {
            let about = found_stage(&http, name)?;
            let served = about["deploymentId"].as_str().unwrap_or_default();
            let all = call.app.gateway.http_deployments(id).await?.into_iter();
            let mut all = all.filter(|one| one.about.get("deploymentId") == Some(&json!(served)));
            let found = all.next();
            let none = || Error::invalid(format!("The stage {name} has no deployment to export"));
            found.ok_or_else(none)?.parts
        }
    };
    let text = |name: &str| http.about.get(name).and_then(Value::as_str);
    let place = Place {
        host: &call.app.realm().execute_api_host(id),
        stage: stage.filter(|stage| *stage != DEFAULT).unwrap_or_default(),
        version: text("version")
            .or_else(|| text("createdDate"))
            .unwrap_or_default(),
    };
    let extensions = call.input.flag("IncludeExtensions") != Some(false);
    let document = exported(&http, &parts, place, extensions);
    let (kind, text) = match yaml {
        true => ("application/yaml", write_yaml(&document)),
        false => ("application/json", format!("{document:#}")),
    };
    Ok(Reply {
        status: None,
        headers: vec![("content-type".into(), kind.into())],
        content: Content::Bytes(text.into_bytes()),
    })
}
