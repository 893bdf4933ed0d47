//! What is told of APIs, and of the account, about what cannot be made here: models, responses of routes and integrations,
//! VPC links.

use super::{found, listed};
use crate::api::Call;
use crate::app::Error;
use serde_json::Value;

/// `GetIntegrationResponses`
pub async fn get_integration_responses(call: &Call<'_>) -> Result<Value, Error> {
    let http = call.app.gateway.http(call.required("ApiId")?).await?;
    let id = call.required("IntegrationId")?;
    found(&http.parts.integrations, id, "Integration")?;
    listed(call, Vec::new(), "integrationResponseId")
}

/// `GetModels`
pub async fn get_models(call: &Call<'_>) -> Result<Value, Error> {
    call.app.gateway.http(call.required("ApiId")?).await?;
    listed(call, Vec::new(), "modelId")
}

/// `GetRouteResponses`
pub async fn get_route_responses(call: &Call<'_>) -> Result<Value, Error> {
    let http = call.app.gateway.http(call.required("ApiId")?).await?;
    found(&http.parts.routes, call.required("RouteId")?, "Route")?;
    listed(call, Vec::new(), "routeResponseId")
}

/// `GetVpcLinks`
pub async fn get_vpc_links(call: &Call<'_>) -> Result<Value, Error> {
    listed(call, Vec::new(), "vpcLinkId")
}
