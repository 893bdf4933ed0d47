//! What AWS calls refusals that have nothing to do with one service. What it calls those of a service's use cases is in
//! the service's own `fault.rs`; no other file knows those names.

use super::Unserved;
use crate::app::{Error, Kind};
use nameplate_aws::model::{Protocol, Service};
use nameplate_aws::respond::ApiError;

/// The error of this name, with the use case's text.
pub fn named(service: Service, code: &'static str, error: &Error) -> ApiError {
    let named = ApiError::new(service, code, error.message.clone());
    match error.kind {
        Kind::NotBuilt => named.with_status(501),
        _ => named,
    }
}

/// An operation that exists at AWS and is not built here.
pub fn not_built(service: Service, operation: &str) -> ApiError {
    let code = match service.protocol() {
        Protocol::Query | Protocol::RestXml => "NotImplemented",
        _ => "NotImplementedException",
    };
    ApiError::new(
        service,
        code,
        format!(
            "Nameplate does not implement the {} operation {operation} yet.",
            service.scope()
        ),
    )
    .with_status(501)
}

/// An operation of a service that is not built at all.
pub fn foreign_not_built(protocol: Protocol, service: &str, operation: Option<&str>) -> ApiError {
    let code = match protocol {
        Protocol::Query | Protocol::RestXml | Protocol::Ec2 => "NotImplemented",
        _ => "NotImplementedException",
    };
    let message = match operation {
        Some(name) => format!(
            "Nameplate does not implement the {service} operation {name} yet, nor others of {service}."
        ),
        None => format!("Nameplate does not implement {service} yet."),
    };
    foreign(code, 501, message)
}

/// A failure of ours before a service that is not built could be told of.
pub fn foreign_failure(protocol: Protocol) -> ApiError {
    let code = match protocol {
        Protocol::Query | Protocol::RestXml | Protocol::RestJson => "InternalFailure",
        Protocol::Ec2 => "InternalError",
        _ => "InternalServerError",
    };
    foreign(code, 500, "An internal failure".to_owned())
}

fn foreign(code: &'static str, status: u16, message: String) -> ApiError {
    ApiError {
        code: code.into(),
        status,
        message,
        extra: Vec::new(),
        headers: Vec::new(),
    }
}

/// A request that the HTTP side does not bring before its service.
pub fn unserved(service: Service, what: &Unserved) -> ApiError {
    let query = matches!(service.protocol(), Protocol::Query | Protocol::RestXml);
    let (code, other, status, message) = match what {
        Unserved::TooLarge(limit) => (
            "RequestEntityTooLargeException",
            "RequestEntityTooLarge",
            413,
            format!("The request body is larger than {limit} bytes."),
        ),
        Unserved::TooSlow => (
            "RequestTimeoutException",
            "RequestTimeout",
            408,
            "The request body did not arrive in time.".to_owned(),
        ),
        Unserved::Unreadable(why) => (
            "InvalidRequestException",
            "ValidationError",
            400,
            format!("The request body cannot be read: {why}"),
        ),
        Unserved::NotMqtt => (
            "InvalidRequestException",
            "ValidationError",
            400,
            "This connection speaks MQTT, by its port or by its ALPN protocol. HTTPS is served on the --https listener, 8443 \
             unless it was set otherwise, with http/1.1 as ALPN protocol or none."
                .to_owned(),
        ),
    };
    ApiError::new(service, if query { other } else { code }, message).with_status(status)
}

/// A request for a WebSocket that is none.
pub fn not_upgraded(why: &str) -> ApiError {
    // What would do is said by header fields. [RFC 9110, 15.5.22; RFC 6455, 4.4]
    ApiError::new(Service::IotData, "InvalidRequestException", why.to_owned())
        .with_status(426)
        .with_header("upgrade", "websocket")
        .with_header("connection", "Upgrade")
        .with_header("sec-websocket-version", "13")
}

/// A method and path that are no operation.
pub fn unknown_operation(service: Service, method: &str, path: &str) -> ApiError {
    ApiError::new(
        service,
        "UnknownOperationException",
        format!("{method} {path} is not an operation of {}", service.scope()),
    )
    .with_status(404)
}

/// A path that is an operation's with these methods alone. (API: iot-data, `MethodNotAllowedException`)
pub fn method_not_allowed(service: Service, methods: &[&str]) -> ApiError {
    ApiError::new(
        service,
        "MethodNotAllowedException",
        "The specified combination of HTTP verb and URI is not supported.",
    )
    .with_header("allow", methods.join(", "))
}

/// A target of the JSON protocols that does not exist, or none at all.
pub fn unknown_target(service: Service, target: Option<&str>) -> ApiError {
    let message = match target {
        Some(target) => format!("{target:?} is not an operation of {}", service.scope()),
        None => "The header field X-Amz-Target is missing; it names the operation".to_owned(),
    };
    ApiError::new(service, "UnknownOperationException", message)
}

/// An action of the query protocol that does not exist.
pub fn unknown_action(service: Service, action: &str, version: Option<&str>) -> ApiError {
    ApiError::new(
        service,
        "InvalidAction",
        format!(
            "Could not find operation {action} for version {}",
            version.unwrap_or("NO_VERSION_SPECIFIED")
        ),
    )
    .with_status(400)
}
