//! What is told of APIs about what cannot be made here: documentation, VPC links and
//! client certificates.

use super::listed;
use crate::api::Call;
use crate::app::Error;
use serde_json::Value;

async fn of_api(call: &Call<'_>) -> Result<(), Error> {
    call.app.gateway.rest(call.required("restApiId")?).await?;
    Ok(())
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

/// `GetVpcLinks`
pub async fn get_vpc_links(call: &Call<'_>) -> Result<Value, Error> {
    listed(call, Vec::new(), "id")
}
