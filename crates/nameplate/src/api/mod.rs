//! AWS operations: from a request to an app call and back.
//!
//! [`answer`] does the same for every operation of every service, in this order: signature, operation, parameters,
//! permission, the operation itself. One file per noun under each service turns parameters into domain values. The
//! names of AWS's errors are in `fault.rs` and nowhere else.
//!
//! Must not know: the store, SQL, sockets.

mod fault;
mod foreign;
mod iam;
mod iot;
mod iot_data;
mod lambda;
pub mod own;
mod page;
mod permission;
mod query;
pub mod s3;
mod sts;

use crate::app::caller::Caller;
use crate::app::iam::session::Kept;
use crate::app::iam::{Credential, Identity};
use crate::app::objects::Reading;
use crate::app::{App, Error, Kind, ids};
use nameplate_aws::headers::Headers;
use nameplate_aws::model::{Operation, Protocol, Service};
use nameplate_aws::request::Input;
use nameplate_aws::respond::{ApiError, Node, query_response, render_error};
use nameplate_aws::route::{Route, by_action, route_with_headers};
use nameplate_aws::sigv4::{self, AuthFailure, Body, SignedRequest};
use nameplate_aws::uri;
use nameplate_core::ctx::Ctx;
use nameplate_core::policy::caller::Origin;
use serde_json::Value;
use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

/// A request as the HTTP side read it.
#[derive(Debug)]
pub struct Request<'a> {
    /// Method.
    pub method: &'a str,
    /// Path and query exactly as sent.
    pub target: &'a str,
    /// Header fields.
    pub headers: Headers<'a>,
    /// The body.
    pub body: &'a [u8],
    /// The peer's address.
    pub source_ip: IpAddr,
    /// Over TLS.
    pub secure: bool,
}

impl Request<'_> {
    /// Where it came from, as policies may ask.
    fn origin(&self) -> Origin {
        let text = |name| self.headers.text(name).map(Cow::into_owned);
        Origin {
            source_ip: Some(self.source_ip.to_canonical()),
            secure_transport: Some(self.secure),
            user_agent: text("user-agent"),
            referer: text("referer"),
            via: None,
        }
    }
}

/// An answer for the HTTP side to send.
#[derive(Debug)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body.
    pub body: Content,
}

/// The body of an answer.
#[derive(Debug)]
pub enum Content {
    /// As a whole.
    Bytes(Vec<u8>),
    /// Bytes of an object, sent as they are read.
    Object(Reading),
}

/// One call of one operation, authenticated and with valid parameters.
pub struct Call<'a> {
    /// The use cases.
    pub app: &'a Arc<App>,
    /// Who, when and where.
    pub caller: Caller,
    /// Which operation.
    pub operation: &'static Operation,
    /// Its parameters.
    pub input: Input,
    /// Name and port under which the caller reached the server.
    pub host: String,
}

impl Call<'_> {
    /// Refuses unless the caller may do `action` on `resource`.
    pub async fn require(&self, action: &str, resource: &str) -> Result<(), Error> {
        let keys = permission::request_keys(self.app, self.operation, &self.input);
        self.app
            .iam
            .may(&self.caller, action, resource, &keys)
            .await
    }

    /// Refuses a parameter that would restrict something and that we would not keep: to pass over it would be to grant
    /// more than was asked.
    pub fn not_built(&self, names: &[&str]) -> Result<(), Error> {
        match names.iter().find(|name| self.input.get(name).is_some()) {
            Some(name) => Err(Error::new(
                Kind::NotBuilt,
                format!(
                    "Nameplate does not implement the parameter {name} of {} yet.",
                    self.operation.name
                ),
            )),
            None => Ok(()),
        }
    }

    /// A string member that the model requires; validation has seen it.
    pub fn required(&self, name: &str) -> Result<&str, Error> {
        self.input
            .text(name)
            .ok_or_else(|| Error::invalid(format!("{name} is required")))
    }
}

/// What an operation answers.
pub enum Output {
    /// Members of a JSON answer; no members is `{}`.
    Json(Value),
    /// The result element of an XML answer.
    Xml(Option<Node>),
}

/// Declares the operations of a service that are built: the dispatcher and the list for the compatibility table.
macro_rules! operations {
    ($($name:literal => $function:path),* $(,)?) => {
        /// Names of the operations that are built, in order.
        pub const BUILT: &[&str] = &[$($name),*];

        /// Runs the operation; `None` where it is not built.
        pub async fn run(call: &super::Call<'_>) -> Option<Result<super::Output, crate::app::Error>> {
            match call.operation.name {
                $($name => Some($function(call).await.map(super::Output::from)),)*
                _ => None,
            }
        }
    };
}
pub(crate) use operations;

impl From<Value> for Output {
    fn from(value: Value) -> Self {
        Output::Json(value)
    }
}

impl From<Option<Node>> for Output {
    fn from(node: Option<Node>) -> Self {
        Output::Xml(node)
    }
}

impl From<Node> for Output {
    fn from(node: Node) -> Self {
        Output::Xml(Some(node))
    }
}

/// The operations that are built, by service.
pub fn built() -> Vec<(Service, &'static [&'static str])> {
    vec![
        (Service::Iot, iot::BUILT),
        (Service::IotData, iot_data::BUILT),
        (Service::Iam, iam::BUILT),
        (Service::S3, s3::BUILT),
        (Service::Lambda, lambda::BUILT),
        (Service::Sts, sts::BUILT),
    ]
}

/// Answers any request that is meant for an AWS service or for the server's own signed endpoints.
pub async fn answer(app: &Arc<App>, request: &Request<'_>) -> Response {
    if s3::speaks(request) {
        return s3::answer(app, request, s3::whole(request.body)).await;
    }
    let ctx = app.ctx();
    let parsed = match SignedRequest::parse(request.method, request.target, &request.headers) {
        Ok(parsed) => parsed,
        Err(failure) => {
            if let AuthFailure::Missing = failure {
                if let Some(answer) = foreign::unsigned(app, request, &ctx) {
                    return answer;
                }
                if let Some((service, name)) = unsigned_action(request) {
                    let error = fault::not_built(service, name);
                    return failed(app, service, name, &error, &ctx);
                }
            }
            // Without a signature there is no service to speak for; IoT's form suits most clients.
            let service = service_hint(request);
            return failed(
                app,
                service,
                "Unauthenticated",
                &sigv4::auth_failure_error(service, &failure),
                &ctx,
            );
        }
    };
    let own = parsed.scope().service == own::SCOPE;
    let service = match Service::from_scope(&parsed.scope().service) {
        Some(service) => service,
        None if own => Service::Iot,
        None => return foreign::answer(app, request, &parsed, &ctx).await,
    };
    let body = Body::Bytes(request.body);
    let identity = match authenticate(app, request, &parsed, body, &ctx).await {
        Ok(Ok(identity)) => identity,
        Ok(Err(failure)) => {
            let error = sigv4::auth_failure_error(service, &failure);
            return failed(app, service, "Unauthenticated", &error, &ctx);
        }
        Err(error) => return refused(app, service, "Unauthenticated", None, error, &ctx),
    };
    if own {
        return own::answer(app, request, &Caller::new(ctx, identity)).await;
    }
    let (operation, mut input) = match read(service, request) {
        Ok(found) => found,
        Err((name, error)) => {
            let elsewhere = match name {
                UNKNOWN => foreign::sharing(app, service, request, &ctx),
                _ => None,
            };
            return elsewhere.unwrap_or_else(|| failed(app, service, name, &error, &ctx));
        }
    };
    if let Some(failure) = identity.session_kept_from(service, operation.name) {
        let error = match failure {
            Kept::From(error) => return refused(app, service, operation.name, None, error, &ctx),
            Kept::Unknown => sigv4::auth_failure_error(
                service,
                &AuthFailure::UnknownAccessKey {
                    access_key: identity.access_key().id.clone(),
                },
            ),
        };
        return failed(app, service, operation.name, &error, &ctx);
    }
    if app.quota.quotas().is_some()
        && is_built(operation)
        && let Err(exceeded) = app.quota.may_call(service.scope(), operation.name)
    {
        let error = exceeded.into();
        return refused(app, service, operation.name, Some(operation), error, &ctx);
    }
    if let Err(invalid) = nameplate_aws::validate::validate(operation, &input)
        && is_built(operation)
    {
        return failed(
            app,
            service,
            operation.name,
            &invalid.api_error(operation),
            &ctx,
        );
    }
    permission::canonicalize(&mut input);
    let caller = Caller::new(ctx.clone(), identity);
    if let Err(denied) = permission::check(app, &caller, operation, &input).await {
        return refused(app, service, operation.name, Some(operation), denied, &ctx);
    }
    let call = Call {
        app,
        caller,
        operation,
        input,
        host: request
            .headers
            .text("host")
            .map_or_else(|| app.endpoint_host().to_owned(), Into::into),
    };
    let result = match service {
        Service::Iot => iot::run(&call).await,
        Service::IotData => iot_data::run(&call).await,
        Service::Iam => iam::run(&call).await,
        Service::Lambda => lambda::run(&call).await,
        Service::Sts => sts::run(&call).await,
        _ => None,
    };
    match result {
        Some(Ok(output)) => {
            app.metrics()
                .api(service.scope(), operation.name, operation.status);
            rendered(operation, output, &ctx)
        }
        Some(Err(error)) => refused(app, service, operation.name, Some(operation), error, &ctx),
        None => failed(
            app,
            service,
            operation.name,
            &fault::not_built(service, operation.name),
            &ctx,
        ),
    }
}

/// Bytes of a body whose signature is checked apart from other work; no operation of AWS's takes as many.
const LARGE_BODY: usize = 4 * 1024 * 1024;

/// Why the HTTP side does not bring a request before [`answer`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unserved {
    /// What its path stands for is not built.
    NotBuilt(&'static str),
    /// Its body is longer than this, bytes.
    TooLarge(usize),
    /// Its body did not come in time.
    TooSlow,
    /// Its body cannot be read.
    Unreadable(String),
    /// It came to a listener that speaks MQTT.
    NotMqtt,
}

/// Refuses a request before it was read whole, in the form of the service that it is signed for; of one that is not,
/// in that of the data plane over TLS, else in that which suits most clients.
pub fn unserved(app: &App, request: &Request<'_>, what: &Unserved) -> Response {
    let scope = SignedRequest::parse(request.method, request.target, &request.headers)
        .ok()
        .and_then(|signed| Service::from_scope(&signed.scope().service));
    let service = scope.unwrap_or_else(|| service_hint(request));
    failed(
        app,
        service,
        "Unknown",
        &fault::unserved(service, what),
        &app.ctx(),
    )
}

/// Refuses HTTP where MQTT is spoken.
pub fn not_mqtt() -> Response {
    let error = fault::unserved(Service::IotData, &Unserved::NotMqtt);
    let trace = ids::uuid();
    let rendered = render_error(Service::IotData, &error, &trace);
    Response {
        status: rendered.status,
        headers: named(rendered.headers),
        body: Content::Bytes(rendered.body),
    }
}

fn is_built(operation: &Operation) -> bool {
    built()
        .iter()
        .any(|(service, names)| *service == operation.service && names.contains(&operation.name))
}

async fn authenticate(
    app: &Arc<App>,
    request: &Request<'_>,
    parsed: &SignedRequest,
    body: Body<'_>,
    ctx: &Ctx,
) -> Result<Result<Identity, AuthFailure>, Error> {
    let token = parsed.security_token();
    let credential = match credential(app, parsed.access_key(), token, ctx).await? {
        Ok(credential) => credential,
        Err(failure) => return Ok(Err(failure)),
    };
    let key = app.iam.signing_key(&credential, parsed.scope());
    let verified = async { parsed.verify_with(&key, body, ctx.now.0) };
    // A digest of that many bytes takes its time.
    let verified = match request.body.len() > LARGE_BODY {
        true => app.heavily(verified).await,
        false => verified.await,
    };
    Ok(verified.map(|()| app.iam.identity(credential, request.origin())))
}

/// The credential of an access key that is sent with a session token or without.
async fn credential(
    app: &Arc<App>,
    access_key: &str,
    token: Option<&str>,
    ctx: &Ctx,
) -> Result<Result<Arc<Credential>, AuthFailure>, Error> {
    let unknown = || AuthFailure::UnknownAccessKey {
        access_key: access_key.to_owned(),
    };
    let Some(credential) = app.iam.credential(access_key).await? else {
        return Ok(Err(unknown()));
    };
    let token_right = match (&credential.key.session_token, token) {
        (None, None) => true,
        (Some(issued), Some(sent)) => {
            aws_lc_rs::constant_time::verify_slices_are_equal(issued.as_bytes(), sent.as_bytes())
                .is_ok()
        }
        _ => false,
    };
    if !token_right {
        return Ok(Err(unknown()));
    }
    if credential.key.expires.is_some_and(|at| at < ctx.now) {
        return Ok(Err(AuthFailure::ExpiredToken));
    }
    Ok(Ok(credential))
}

/// Whose form suits an unsigned request. The query protocol posts forms to the root alone, and curl calls any body a
/// form.
fn service_hint(request: &Request<'_>) -> Service {
    let (path, _) = uri::split_target(request.target);
    let form = request
        .headers
        .text("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if form && path == "/" {
        Service::Iam
    } else if request.secure || path.starts_with("/topics/") || path.ends_with("/shadow") {
        Service::IotData
    } else {
        Service::Iot
    }
}

/// An action that clients send without a signature, since it is what they get their keys from.
fn unsigned_action(request: &Request<'_>) -> Option<(Service, &'static str)> {
    let body = std::str::from_utf8(request.body).ok()?;
    let pairs = uri::form_pairs(body);
    let (_, action) = pairs.iter().find(|(name, _)| name == "Action")?;
    let operation = by_action(Service::Sts, action, None)?;
    operation.unsigned.then_some((Service::Sts, operation.name))
}

/// The label of what no table names.
const UNKNOWN: &str = "Unknown";

type Unreadable = (&'static str, ApiError);

fn read(
    service: Service,
    request: &Request<'_>,
) -> Result<(&'static Operation, Input), Unreadable> {
    let (path, query) = uri::split_target(request.target);
    if service.protocol() == Protocol::Query {
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
            return Err((
                UNKNOWN,
                fault::unknown_action(service, action, value("Version")),
            ));
        };
        let input = Input::from_form(operation, &pairs)
            .map_err(|error| (operation.name, error.api_error(operation)))?;
        return Ok((operation, input));
    }
    match route_with_headers(service, request.method, path, query, |name| {
        request.headers.get(name).is_some()
    }) {
        Route::Operation { operation, labels } => {
            let input = Input::from_rest(operation, &labels, query, &request.headers, request.body)
                .map_err(|error| (operation.name, error.api_error(operation)))?;
            Ok((operation, input))
        }
        Route::UnknownOperation => Err((
            UNKNOWN,
            fault::unknown_operation(service, request.method, path),
        )),
    }
}

fn rendered(operation: &'static Operation, output: Output, ctx: &Ctx) -> Response {
    let (kind, body) = match output {
        Output::Json(value) => ("application/json", value.to_string().into_bytes()),
        Output::Xml(node) => (
            "text/xml",
            query_response(operation, node.as_ref(), &ctx.request_id),
        ),
    };
    Response {
        status: operation.status,
        headers: vec![
            ("content-type".into(), kind.to_owned()),
            ("x-amzn-requestid".into(), ctx.request_id.clone()),
        ],
        body: Content::Bytes(body),
    }
}

fn named(headers: Vec<(&'static str, String)>) -> Vec<(Cow<'static, str>, String)> {
    headers
        .into_iter()
        .map(|(name, value)| (name.into(), value))
        .collect()
}

/// Logs what went wrong on our side.
fn log_cause(name: &str, error: &Error, ctx: &Ctx) {
    if let Some(source) = &error.source {
        tracing::error!(
            request.id = ctx.request_id,
            operation = name,
            "{name} failed: {source}{}",
            causes(source.as_ref())
        );
    }
}

fn refused(
    app: &App,
    service: Service,
    name: &'static str,
    operation: Option<&'static Operation>,
    error: Error,
    ctx: &Ctx,
) -> Response {
    log_cause(name, &error, ctx);
    failed(
        app,
        service,
        name,
        &fault::of(service, operation, &error),
        ctx,
    )
}

fn causes(error: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    let mut text = String::new();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(&format!(": {cause}"));
        next = cause.source();
    }
    text
}

fn failed(
    app: &App,
    service: Service,
    name: &'static str,
    error: &ApiError,
    ctx: &Ctx,
) -> Response {
    app.metrics().api(service.scope(), name, error.status);
    tracing::debug!(
        request.id = ctx.request_id,
        operation = name,
        status = error.status,
        "{} {name}: {} {}",
        service.scope(),
        error.code,
        error.message
    );
    let rendered = render_error(service, error, &ctx.request_id);
    Response {
        status: rendered.status,
        headers: named(rendered.headers),
        body: Content::Bytes(rendered.body),
    }
}
