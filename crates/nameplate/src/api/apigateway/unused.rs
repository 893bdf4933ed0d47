//! What is told of APIs, and of the account, about what cannot be made here: documentation, domain names, VPC links and
//! client certificates.

use super::listed;
use crate::api::Call;
use crate::app::Error;
use serde_json::{Value, json};

async fn of_api(call: &Call<'_>) -> Result<(), Error> {
    call.app.gateway.rest(call.required("restApiId")?).await?;
    Ok(())
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

/// `GetVpcLinks`
pub async fn get_vpc_links(call: &Call<'_>) -> Result<Value, Error> {
    listed(call, Vec::new(), "id")
}
