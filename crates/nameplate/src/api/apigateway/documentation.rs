//! Documentation of APIs.

use super::{listed, now, patched, patches};
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::gateway::Gateway;
use crate::app::{Error, Kind};
use nameplate_core::gateway::documentation::{check, parts_of};
use nameplate_core::gateway::{Allowed, Refusal, Type, document as documents};
use serde_json::{Value, json};

/// What UpdateDocumentationPart may change.
const PART: &[Allowed] = &[("/properties", Type::Text)];
/// What UpdateDocumentationVersion may change.
const VERSION: &[Allowed] = &[("/description", Type::Text)];

/// Of an API that is not there the service says that the part or the version is not.
fn of(what: &'static str) -> impl Fn(Error) -> Error {
    move |error| {
        let api = error
            .message
            .starts_with("Invalid API identifier specified");
        match api && matches!(error.kind, Kind::NotFound) {
            true => Refusal::unknown(what).into(),
            false => error,
        }
    }
}

/// `CreateDocumentationPart`.
pub async fn create_documentation_part(call: &Call<'_>) -> Result<Value, Error> {
    let location = call.input.get("location").cloned().unwrap_or_default();
    let properties = call.required("properties")?.to_owned();
    let id = Gateway::id()[..6].to_owned();
    let made =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                let part = (location.clone(), properties.clone());
                Ok(rest.documentation.add(id.clone(), part)?)
            });
    made.await
}

/// `GetDocumentationPart`.
pub async fn get_documentation_part(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await;
    let rest = rest.map_err(of("Documentation part"))?;
    Ok(rest
        .documentation
        .part(call.required("documentationPartId")?)?
        .clone())
}

/// `GetDocumentationParts`.
pub async fn get_documentation_parts(call: &Call<'_>) -> Result<Value, Error> {
    if call.input.text("locationStatus") == Some("UNDOCUMENTED") {
        call.not_built(&["locationStatus"])?;
    }
    let rest = call.app.gateway.rest(call.required("restApiId")?).await?;
    let wanted = [("type", "type"), ("path", "path"), ("nameQuery", "name")];
    let mut parts: Vec<Value> = rest.documentation.parts.into_values().collect();
    for (asked, name) in wanted {
        if let Some(asked) = call.input.text(asked) {
            parts.retain(|part| part["location"][name] == asked);
        }
    }
    listed(call, parts, "id")
}

/// `UpdateDocumentationPart`.
pub async fn update_documentation_part(call: &Call<'_>) -> Result<Value, Error> {
    let patches = patches(call);
    let id = call.required("documentationPartId")?.to_owned();
    let changed =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                let changed = patched(rest.documentation.part(&id)?, &patches, PART)?;
                check(
                    &changed["location"],
                    changed["properties"].as_str().unwrap_or_default(),
                )?;
                rest.documentation.parts.insert(id.clone(), changed.clone());
                Ok(changed)
            });
    changed.await.map_err(of("Documentation part"))
}

/// `DeleteDocumentationPart`.
pub async fn delete_documentation_part(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("documentationPartId")?.to_owned();
    let gone =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                rest.documentation.part(&id)?;
                rest.documentation.parts.remove(&id);
                Ok(())
            });
    gone.await?;
    Ok(json!({}))
}

/// `ImportDocumentationParts`, of a document of OpenAPI.
pub async fn import_documentation_parts(call: &Call<'_>) -> Result<Value, Error> {
    let body = call.input.payload.as_deref().unwrap_or_default();
    let document = documents::read(body)
        .map_err(|_| Error::invalid("Unable to build importer with provided input."))?;
    let parts = parts_of(&document)?.unwrap_or_default();
    let whole = call.input.text("mode") == Some("overwrite");
    let made =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                if whole {
                    rest.documentation.parts.clear();
                }
                Ok(rest.documentation.import(parts.clone(), &mut Gateway::id)?)
            });
    Ok(json!({"ids": made.await?}))
}

/// A version as it is shown: without the parts that it keeps.
fn shown(mut version: Value) -> Value {
    if let Some(members) = version.as_object_mut() {
        members.remove("parts");
    }
    version
}

/// `CreateDocumentationVersion`, for a stage where one is named.
pub async fn create_documentation_version(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("documentationVersion")?.to_owned();
    if name.is_empty() {
        return Err(Error::invalid("Documentation version must be non-empty"));
    }
    let stage = call.input.text("stageName").map(str::to_owned);
    let mut version = json!({"version": name, "createdDate": now(call)});
    if let Some(text) = call.input.text("description") {
        version["description"] = json!(text);
    }
    let made =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                let documentation = &mut rest.documentation;
                if documentation.versions.contains_key(&name) {
                    return Err(
                        Refusal::Exists("Documentation version already exists".into()).into(),
                    );
                }
                let parts: Vec<_> = documentation.parts.values().cloned().collect();
                let mut kept = version.clone();
                kept["parts"] = json!(parts);
                documentation.versions.insert(name.clone(), kept);
                if let Some(stage) = &stage {
                    let found = rest.stages.get_mut(stage);
                    found.ok_or_else(|| Refusal::unknown("stage"))?["documentationVersion"] =
                        json!(name);
                }
                Ok(version.clone())
            });
    made.await
}

/// `GetDocumentationVersion`.
pub async fn get_documentation_version(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await;
    let rest = rest.map_err(of("Documentation version"))?;
    let name = call.required("documentationVersion")?;
    Ok(shown(rest.documentation.version(name)?.clone()))
}

/// `GetDocumentationVersions`.
pub async fn get_documentation_versions(call: &Call<'_>) -> Result<Value, Error> {
    let rest = call.app.gateway.rest(call.required("restApiId")?).await?;
    let all = rest.documentation.versions.into_values();
    listed(call, all.map(shown).collect(), "version")
}

/// `UpdateDocumentationVersion`.
pub async fn update_documentation_version(call: &Call<'_>) -> Result<Value, Error> {
    let patches = patches(call);
    let name = call.required("documentationVersion")?.to_owned();
    let changed =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                let changed = patched(rest.documentation.version(&name)?, &patches, VERSION)?;
                let versions = &mut rest.documentation.versions;
                versions.insert(name.clone(), changed.clone());
                Ok(shown(changed))
            });
    changed.await.map_err(of("Documentation version"))
}

/// `DeleteDocumentationVersion`. Stages that had it have none.
pub async fn delete_documentation_version(call: &Call<'_>) -> Result<Reply, Error> {
    let name = call.required("documentationVersion")?.to_owned();
    let gone =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                rest.documentation.version(&name)?;
                rest.documentation.versions.remove(&name);
                for stage in rest.stages.values_mut() {
                    if stage["documentationVersion"] == name.as_str()
                        && let Some(members) = stage.as_object_mut()
                    {
                        members.remove("documentationVersion");
                    }
                }
                Ok(())
            });
    gone.await.map_err(of("Documentation version"))?;
    Ok(super::update::nothing())
}
