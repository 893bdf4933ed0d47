//! APIs from documents of OpenAPI. API: ImportRestApi, PutRestApi.

use super::{check_role, now, with_tags};
use crate::api::Call;
use crate::app::Error;
use crate::app::gateway::Gateway;
use nameplate_core::arn::Realm;
use nameplate_core::gateway::documentation::{Part, parts_of};
use nameplate_core::gateway::openapi::{self, Base};
use nameplate_core::gateway::policy::resource_policy;
use nameplate_core::gateway::rest::Rest;
use nameplate_core::gateway::{Refusal, document as documents};
use serde_json::{Map, Value, json};

/// What a call brings.
struct Given {
    document: Value,
    /// What becomes of its base path.
    base: Base,
    /// Its parts of documentation, if they are wanted.
    parts: Option<Vec<Part>>,
    /// Whether a warning is a refusal.
    strict: bool,
}

/// The document that a call brings; the roles in it are those that the caller may hand to API Gateway.
async fn given(call: &Call<'_>) -> Result<Given, Error> {
    let parameters = call.input.object("parameters");
    let (mut base, mut documented) = (Base::default(), true);
    for (name, value) in parameters.into_iter().flatten() {
        let fine = match name.as_str() {
            "ignore" => {
                documented = false;
                value == "documentation"
            }
            "basepath" => {
                let wanted = Base::parse(value.as_str().unwrap_or_default());
                base = wanted.ok_or_else(unknown_base)?;
                true
            }
            "endpointConfigurationTypes" => value == "EDGE" || value == "REGIONAL",
            _ => false,
        };
        if !fine {
            let what = format!("the parameter {name} of imports, of {value}");
            return Err(Refusal::NotBuilt(what).into());
        }
    }
    let body = call.input.payload.as_deref().unwrap_or_default();
    let document = documents::read(body)?;
    for role in openapi::roles(&document) {
        check_role(call, &role).await?;
    }
    let parts = match documented {
        true => parts_of(&document)?,
        false => None,
    };
    Ok(Given {
        document,
        base,
        parts,
        strict: call.input.flag("failOnWarnings") == Some(true),
    })
}

/// The refusal of what a base path may not become.
pub(in crate::api) fn unknown_base() -> Error {
    Error::invalid("Invalid basepath parameter: it must be ignore, prepend or split")
}

/// Puts a document into an API, and tells what answers show of it.
fn import(
    rest: &mut Rest,
    Given {
        document,
        base,
        parts,
        strict,
    }: &Given,
    whole: bool,
    realm: &Realm,
) -> Result<Value, Error> {
    let warnings = openapi::import(rest, document, (whole, *base), &mut Gateway::id)?;
    if *strict && !warnings.is_empty() {
        return Err(warned(&warnings));
    }
    if let Some(parts) = parts {
        if whole {
            rest.documentation.parts.clear();
        }
        rest.documentation.import(parts.clone(), &mut Gateway::id)?;
    }
    if let Some(policy) = document.get("x-amazon-apigateway-policy") {
        let api = rest.about["id"].as_str().unwrap_or_default();
        let policy = resource_policy(&policy.to_string(), realm, api)?;
        rest.about.insert("policy".into(), json!(policy));
    } else if whole {
        rest.about.remove("policy");
    }
    rest.authorizers
        .values()
        .try_for_each(super::authorizer::check)?;
    let mut shown = Value::Object(rest.about.clone());
    if !warnings.is_empty() {
        shown["warnings"] = json!(warnings);
    }
    Ok(shown)
}

/// The refusal of a document that is warned of, for those who ask for it.
pub(in crate::api) fn warned(warnings: &[String]) -> Error {
    Error::invalid(format!(
        "Warnings found during import:\n\t{}",
        warnings.join("\n\t")
    ))
}

/// `ImportRestApi`.
pub async fn import_rest_api(call: &Call<'_>) -> Result<Value, Error> {
    let given = given(call).await?;
    let kind = call.input.object("parameters");
    let kind = kind
        .and_then(|all| all.get("endpointConfigurationTypes"))
        .cloned();
    let (id, root) = (Gateway::id(), Gateway::id());
    let mut about = Map::new();
    about.extend([
        ("id".to_owned(), json!(id)),
        ("createdDate".to_owned(), now(call)),
        ("apiKeySource".to_owned(), json!("HEADER")),
        (
            "endpointConfiguration".to_owned(),
            json!({"types": [kind.unwrap_or_else(|| json!("EDGE"))], "ipAddressType": "ipv4"}),
        ),
        ("disableExecuteApiEndpoint".to_owned(), json!(false)),
        ("rootResourceId".to_owned(), json!(root)),
    ]);
    let mut rest = Rest::new(about, root);
    let shown = import(&mut rest, &given, true, call.app.realm())?;
    call.app.gateway.add_rest(&call.caller, &id, &rest).await?;
    Ok(shown)
}

/// `PutRestApi`.
pub async fn put_rest_api(call: &Call<'_>) -> Result<Value, Error> {
    let given = given(call).await?;
    let whole = call.input.text("mode") == Some("overwrite");
    let realm = call.app.realm().clone();
    let changed =
        call.app
            .gateway
            .change(&call.caller, call.required("restApiId")?, move |rest, _| {
                import(rest, &given, whole, &realm)
            });
    Ok(with_tags(changed.await?))
}
