//! DescribeEndpoint.

use crate::api::Call;
use crate::app::Error;
use nameplate_core::endpoint::EndpointType;
use serde_json::{Value, json};

/// The host name of this server, without scheme and, unless `--endpoint-port` says so, without port. AWS guide: iot-connect-devices.
pub async fn describe_endpoint(call: &Call<'_>) -> Result<Value, Error> {
    let kind = match call.input.text("endpointType") {
        None => EndpointType::Data,
        Some(text) => EndpointType::parse(text).ok_or_else(|| {
            Error::invalid(format!(
                "Endpoint type {text} is incorrect; it must be one of {}",
                EndpointType::ALL.map(EndpointType::as_str).join(", ")
            ))
        })?,
    };
    let host = call.app.endpoint_host_of(kind);
    let address = match call.app.ground().endpoint_port() {
        None => host,
        Some(port) => format!("{host}:{port}"),
    };
    Ok(json!({"endpointAddress": address}))
}
