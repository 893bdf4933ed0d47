//! From a request to its operation and parameters, protocol by protocol.

use super::call::Failure;
use super::pipeline::UNKNOWN;
use super::service::Row;
use super::{Request, fault, foreign};
use crate::app::App;
use nameplate_aws::model::{Operation, Protocol, Service};
use nameplate_aws::request::{Input, RequestError};
use nameplate_aws::route::{Route, by_action, by_target, route_as_sent, route_with_headers};
use nameplate_aws::uri;

/// A request as its service understands it.
pub struct Read {
    /// The operation.
    pub operation: &'static Operation,
    /// Its parameters.
    pub input: Input,
    /// Header fields that stand among the parameters of a link.
    pub moved: Vec<(String, String)>,
}

/// What logs and counters call a request that cannot be read, and why it cannot.
pub type Unread = (&'static str, Failure);

/// Reads a request as the protocol of its service says.
pub fn by_protocol(row: &'static Row, _: &App, request: &Request<'_>) -> Result<Read, Unread> {
    let service = row.service;
    let (operation, input) = match service.protocol() {
        Protocol::Query => query(service, request)?,
        Protocol::Json10 | Protocol::Json11 => json(service, request)?,
        _ => rest(service, request)?,
    };
    Ok(Read {
        operation,
        input,
        moved: Vec::new(),
    })
}

/// The operation is a form's `Action`.
fn query(service: Service, request: &Request<'_>) -> Result<(&'static Operation, Input), Unread> {
    let (_, query) = uri::split_target(request.target);
    let text = std::str::from_utf8(request.body).unwrap_or_default();
    let mut pairs = uri::query_pairs(query);
    pairs.extend(uri::form_pairs(text));
    let value = |name: &str| {
        pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    let action = value("Action").unwrap_or_default();
    let Some(operation) = by_action(service, action, value("Version")) else {
        return Err(unknown(service, request, || {
            fault::unknown_action(service, action, value("Version"))
        }));
    };
    let input = Input::from_form(operation, &pairs)
        .map_err(|error| (operation.name, error.api_error(operation).into()))?;
    Ok((operation, input))
}

/// The operation is the `X-Amz-Target`.
fn json(service: Service, request: &Request<'_>) -> Result<(&'static Operation, Input), Unread> {
    let target = request.headers.text("x-amz-target");
    let named = target.as_deref().unwrap_or_default();
    let Some(operation) = by_target(service, named) else {
        let error = fault::unknown_target(service, target.as_deref());
        return Err((UNKNOWN, error.into()));
    };
    let input = Input::from_json(operation, request.body)
        .map_err(|error| (operation.name, error.api_error(operation).into()))?;
    Ok((operation, input))
}

/// Method and path find the operation.
fn rest(service: Service, request: &Request<'_>) -> Result<(&'static Operation, Input), Unread> {
    let (path, query) = uri::split_target(request.target);
    let route = route_with_headers(service, request.method, path, query, |name| {
        request.headers.get(name).is_some()
    });
    routed(service, request, route)
}

/// The same of a request that nobody has signed.
pub fn as_sent(row: &'static Row, request: &Request<'_>) -> Result<Read, Unread> {
    let (path, query) = uri::split_target(request.target);
    let route = route_as_sent(row.service, request.method, path, query);
    let (operation, input) = routed(row.service, request, route)?;
    Ok(Read {
        operation,
        input,
        moved: Vec::new(),
    })
}

fn routed(
    service: Service,
    request: &Request<'_>,
    route: Route,
) -> Result<(&'static Operation, Input), Unread> {
    let (path, query) = uri::split_target(request.target);
    let (operation, labels) = match route {
        Route::Operation { operation, labels } => (operation, labels),
        Route::EmptyLabel { operation, name } => {
            let error = RequestError::Text {
                name: name.to_owned(),
                expected: "at least one character long",
            };
            return Err((operation.name, error.api_error(operation).into()));
        }
        Route::MethodNotAllowed { methods } => {
            return Err((UNKNOWN, fault::method_not_allowed(service, &methods).into()));
        }
        Route::UnknownOperation => {
            return Err(unknown(service, request, || {
                fault::unknown_operation(service, request.method, path)
            }));
        }
    };
    if !uri::is_text(path) || !uri::is_text(query) {
        let error = RequestError::NotText.api_error(operation);
        return Err((operation.name, error.into()));
    }
    let input = Input::from_rest(operation, &labels, query, &request.headers, request.body)
        .map_err(|error| (operation.name, error.api_error(operation).into()))?;
    Ok((operation, input))
}

/// What a table does not name may be of a service without one that shares the scope.
fn unknown(
    service: Service,
    request: &Request<'_>,
    error: impl FnOnce() -> nameplate_aws::respond::ApiError,
) -> Unread {
    let failure = match foreign::sharing(service, request) {
        Some(called) => Failure::Elsewhere(Box::new(called)),
        None => error().into(),
    };
    (UNKNOWN, failure)
}
