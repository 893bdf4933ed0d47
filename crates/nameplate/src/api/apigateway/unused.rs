//! What is told of APIs, and of the account, about what cannot be made here: validators, documentation, domain names, VPC
//! links, client certificates, and models beside the two that every API begins with.

use super::listed;
use crate::api::Call;
use crate::app::Error;
use nameplate_core::gateway::Refusal;
use serde_json::{Value, json};

async fn of_api(call: &Call<'_>) -> Result<(), Error> {
    call.app.gateway.rest(call.required("restApiId")?).await?;
    Ok(())
}

/// The models that CreateRestApi makes at AWS. Nothing is checked by them.
fn models() -> Vec<Value> {
    let model = |id: &str, name: &str, description: &str, schema: Value| {
        json!({
            "id": id,
            "name": name,
            "description": description,
            "schema": schema.to_string(),
            "contentType": "application/json",
        })
    };
    let draft = "http://json-schema.org/draft-04/schema#";
    let error = json!({"$schema": draft, "title": "Error Schema", "type": "object",
        "properties": {"message": {"type": "string"}}});
    let empty = json!({"$schema": draft, "title": "Empty Schema", "type": "object"});
    vec![
        model(
            "empty0",
            "Empty",
            "This is a default empty schema model",
            empty,
        ),
        model(
            "error0",
            "Error",
            "This is a default error schema model",
            error,
        ),
    ]
}

/// `GetAccount`: as one that has nothing set. Nothing is throttled by it.
pub async fn get_account(_: &Call<'_>) -> Result<Value, Error> {
    Ok(json!({
        "apiKeyVersion": "4",
        "features": ["UsagePlans"],
        "throttleSettings": {"burstLimit": 5000, "rateLimit": 10_000.0},
    }))
}

/// `GetClientCertificates`
pub async fn get_client_certificates(call: &Call<'_>) -> Result<Value, Error> {
    listed(call, Vec::new(), "clientCertificateId")
}

/// `GetDocumentationParts`
pub async fn get_documentation_parts(call: &Call<'_>) -> Result<Value, Error> {
    of_api(call).await?;
    listed(call, Vec::new(), "id")
}

/// `GetDocumentationVersions`
pub async fn get_documentation_versions(call: &Call<'_>) -> Result<Value, Error> {
    of_api(call).await?;
    listed(call, Vec::new(), "version")
}

/// `GetDomainNames`
pub async fn get_domain_names(call: &Call<'_>) -> Result<Value, Error> {
    listed(call, Vec::new(), "domainName")
}

/// `GetModel`
pub async fn get_model(call: &Call<'_>) -> Result<Value, Error> {
    of_api(call).await?;
    let name = call.required("modelName")?;
    let found = models().into_iter().find(|model| model["name"] == name);
    let unknown = || Refusal::NotFound(format!("Invalid model name specified: {name}"));
    Ok(found.ok_or_else(unknown)?)
}

/// `GetModels`
pub async fn get_models(call: &Call<'_>) -> Result<Value, Error> {
    of_api(call).await?;
    listed(call, models(), "name")
}

/// `GetRequestValidators`
pub async fn get_request_validators(call: &Call<'_>) -> Result<Value, Error> {
    of_api(call).await?;
    listed(call, Vec::new(), "id")
}

/// `GetVpcLinks`
pub async fn get_vpc_links(call: &Call<'_>) -> Result<Value, Error> {
    listed(call, Vec::new(), "id")
}
