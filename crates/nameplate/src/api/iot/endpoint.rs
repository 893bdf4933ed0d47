//! DescribeEndpoint.

use crate::api::Call;
use crate::app::Error;
use serde_json::{Value, json};

/// The endpoint types AWS's guide names; every one of them is this server.
const TYPES: &[&str] = &[
    "iot:Data",
    "iot:Data-ATS",
    "iot:CredentialProvider",
    "iot:Jobs",
];

/// The host name of this server, without scheme or port, for every endpoint type. AWS guide: iot-connect-devices.
pub async fn describe_endpoint(call: &Call<'_>) -> Result<Value, Error> {
    match call.input.text("endpointType") {
        Some(other) if !TYPES.contains(&other) => Err(Error::invalid(format!(
            "Endpoint type {other} is incorrect; it must be one of {}",
            TYPES.join(", ")
        ))),
        _ => Ok(json!({"endpointAddress": call.app.endpoint_host()})),
    }
}
