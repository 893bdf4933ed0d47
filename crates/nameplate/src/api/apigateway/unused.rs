//! What is told of what cannot be made here: VPC links and client certificates.

use super::listed;
use crate::api::Call;
use crate::app::Error;
use nameplate_core::gateway::Refusal;
use serde_json::Value;

/// `GetClientCertificates`
pub async fn get_client_certificates(call: &Call<'_>) -> Result<Value, Error> {
    listed(call, Vec::new(), "clientCertificateId")
}

/// `GetVpcLinks`
pub async fn get_vpc_links(call: &Call<'_>) -> Result<Value, Error> {
    listed(call, Vec::new(), "id")
}

/// `GetVpcLink`, `UpdateVpcLink` and `DeleteVpcLink`
pub async fn no_vpc_link(_: &Call<'_>) -> Result<Value, Error> {
    Err(Refusal::unknown("Vpc Link").into())
}
