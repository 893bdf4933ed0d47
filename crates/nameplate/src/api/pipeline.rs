//! What every request goes through, whatever its service: signature, operation and parameters, limits of sessions,
//! quotas, validation, permission, the operation itself, the answer. Where services differ is in their
//! [rows](super::service).

use super::call::{Call, Failure, Output};
use super::read::Read;
use super::s3::{self, BodyStream, Sent, form};
use super::service::{self, Bodies, Built, Row};
use super::signature::{self, Signed};
use super::{
    Content, Request, Response, compression, cors, dynamodb, fault, foreign, iot, iot_data,
    iot_jobs_data, logs, own, permission, write,
};
use crate::app::audit::{self, Door};
use crate::app::caller::Caller;
use crate::app::error::log_failure;
use crate::app::faults::Fault;
use crate::app::iam::Identity;
use crate::app::iam::session::Kept;
use crate::app::traces::{Called, step};
use crate::app::{App, Error, Kind, ids};
use nameplate_aws::headers::Headers;
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::respond::{ApiError, render_error};
use nameplate_aws::sigv4::{self, AuthFailure};
use nameplate_core::ctx::Ctx;
use serde_json::json;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

/// The label of what no table names.
pub const UNKNOWN: &str = "Unknown";
/// The label of a call of nobody.
const UNAUTHENTICATED: &str = "Unauthenticated";

/// Why the HTTP side does not bring a request before [`answer`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unserved {
    /// Its body is longer than this, bytes.
    TooLarge(usize),
    /// Its body did not come in time.
    TooSlow,
    /// Its body cannot be read.
    Unreadable(String),
    /// It came to a listener that speaks MQTT.
    NotMqtt,
}

/// How the body of a request is to be read, by whom it says it is signed for.
pub fn bodies(request: &Request<'_>) -> Bodies {
    if form::is_sent(request) {
        return Bodies::Streamed;
    }
    service::signed_for(request).map_or(Bodies::Whole(own::body_limit), |row| row.bodies)
}

/// Answers any request that is meant for an AWS service or for the server's own signed endpoints, its body read.
pub async fn answer(app: &Arc<App>, request: &Request<'_>) -> Response {
    let mut response = serve(app, request, None).await;
    if request.headers.get("origin").is_some() && service::suited(request).shared {
        cors::allow(request, &mut response);
    }
    match request.headers.get("accept-encoding").is_some() && service::suited(request).packs {
        true => compression::pack(request, response).await,
        false => response,
    }
}

/// The same with a body that is read as it comes, for services whose [`bodies`] are streamed.
pub async fn answer_streamed(app: &Arc<App>, request: &Request<'_>, body: BodyStream) -> Response {
    serve(app, request, Some(body)).await
}

async fn serve(app: &Arc<App>, request: &Request<'_>, body: Option<BodyStream>) -> Response {
    let mut body = body;
    if form::is_sent(request)
        && let Some(body) = body.take()
    {
        let mut response = form::answer(app, request, body).await;
        s3::cors::allow(app, request, &mut response).await;
        return response;
    }
    let ctx = app.ctx();
    let signed = match Signed::read(app, request) {
        Ok(signed) => signed,
        Err(failure) => return unsigned(app, request, body, failure, &ctx).await,
    };
    let row = match &signed {
        Signed::V4(parsed) => {
            let scope = &parsed.scope().service;
            match service::of_scope_and_target(scope, request.target) {
                Some(row) => row,
                None => return foreign::answer(app, request, scope, &signed, &ctx).await,
            }
        }
        Signed::Link(row, _) => row,
    };
    let mut sent = sent(row, request, body);
    let (mut told, since, traced) = (Told::default(), Instant::now(), app.traces().begin());
    let performed = traced
        .within(perform(
            app, row, request, &signed, &mut sent, &ctx, &mut told,
        ))
        .await;
    let response = match performed {
        Ok((operation, output)) => {
            let response = write::answer(row, operation, output, &ctx.request_id);
            app.metrics()
                .api(row.name(), operation.name, response.status);
            if let Some(call) = told.audited.take() {
                call.ended(app.audit(), response.status, None);
            }
            response
        }
        Err(failure) => refused(app, row, request, &told, failure, &mut sent, &ctx).await,
    };
    let mut response = response;
    if std::ptr::eq(row, &s3::ROW) {
        s3::cors::allow(app, request, &mut response).await;
    }
    app.metrics()
        .api_took(row.name(), told.label, since.elapsed());
    let called = Called {
        service: row.name(),
        operation: told.label,
        status: response.status,
        request_id: &ctx.request_id,
        source: request.source_ip,
    };
    traced.ended(&request.headers, &called);
    response
}

fn sent(row: &Row, request: &Request<'_>, body: Option<BodyStream>) -> Sent {
    match (row.bodies, body) {
        (Bodies::Streamed, Some(body)) => Sent::new(body),
        (Bodies::Streamed, None) => Sent::whole(request.body),
        (Bodies::Whole(_), _) => Sent::default(),
    }
}

/// How far a request has come.
pub(super) struct Told {
    /// What logs and counters call it.
    pub(super) label: &'static str,
    /// Its operation, once it is known to be one.
    pub(super) operation: Option<&'static Operation>,
    /// What the audit log will hear of it.
    pub(super) audited: Option<audit::Call>,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            label: UNAUTHENTICATED,
            operation: None,
            audited: None,
        }
    }
}

async fn perform(
    app: &Arc<App>,
    row: &'static Row,
    request: &Request<'_>,
    signed: &Signed,
    sent: &mut Sent,
    ctx: &Ctx,
    told: &mut Told,
) -> Result<(&'static Operation, Output), Failure> {
    let authentic = signature::authenticate(app, request, signed, row.bodies, sent, ctx);
    let identity = step("authenticate", authentic).await?;
    let read = (row.read)(row, app, request).map_err(|(label, failure)| {
        told.label = label;
        failure
    })?;
    let operation = read.operation;
    (told.label, told.operation) = (operation.name, Some(operation));
    if let Some(kept) = identity.session_kept_from(row.service, operation.name) {
        return Err(kept_from(kept, &identity));
    }
    let caller = Caller::new(ctx.clone(), identity);
    told.audited = audited(app, row, Door::Api, request, &read, &caller);
    carry_out(app, row, request, read, caller, sent).await
}

/// What the audit log will hear of a call, where it changes something.
pub(super) fn audited(
    app: &App,
    row: &Row,
    door: Door,
    request: &Request<'_>,
    read: &Read,
    caller: &Caller,
) -> Option<audit::Call> {
    let name = read.operation.name;
    let told = app.audit().is_kept() && audit::changes(name);
    told.then(|| {
        let (path, _) = nameplate_aws::uri::split_target(request.target);
        audit::Call::begin(door, (row.name(), name), caller, &read.input.members, path)
    })
}

/// How the refusal of an operation that is closed to a session is told.
pub(super) fn kept_from(kept: Kept, identity: &Identity) -> Failure {
    match kept {
        Kept::From(error) => error.into(),
        Kept::Unknown => {
            let access_key = identity.access_key().id.clone();
            AuthFailure::UnknownAccessKey { access_key }.into()
        }
    }
}

/// The rest of the way, once it is known who asks for which operation.
pub(super) async fn carry_out(
    app: &Arc<App>,
    row: &'static Row,
    request: &Request<'_>,
    mut read: Read,
    caller: Caller,
    sent: &mut Sent,
) -> Result<(&'static Operation, Output), Failure> {
    let operation = read.operation;
    let built = row.built(operation.name);
    // What ends them must stay within reach.
    let throttled = || app.faults().due(Fault::Throttle, operation.name);
    if !std::ptr::eq(row, &own::ROW) && throttled().is_some() {
        return Err(Error::new(Kind::Throttled(None), "Rate exceeded").into());
    }
    if built.is_some() {
        if app.quota.quotas().is_some() {
            let within = app.quota.may_call(row.name(), operation.name);
            within.map_err(Error::from)?;
        }
        if row.validated {
            nameplate_aws::validate::validate(operation, &read.input)
                .map_err(|invalid| invalid.api_error(operation))?;
        }
    }
    permission::canonicalize(&mut read.input);
    let follows = match built {
        Some(_) if audit::changes(operation.name) => Follows::First,
        Some(_) if !of_data(row) && !audit::is_traffic(operation.name) => Follows::IfPossible,
        _ => Follows::Refused,
    };
    let now = match follows {
        Follows::First | Follows::IfPossible if app.has_others() => {
            step("catch-up", follows.before(app, &caller)).await?
        }
        _ => None,
    };
    let caller = now.unwrap_or(caller);
    let mut call = Call {
        app,
        row,
        caller,
        operation,
        input: read.input,
        request,
        headers: with_moved(&request.headers, &read.moved),
        body: sent,
    };
    // What a refused call is made of once more.
    let is_kept = follows == Follows::Refused && app.has_others();
    let kept = is_kept.then(|| call.input.clone());
    let mut outcome = permitted(&mut call, built).await;
    let is_refused = match &outcome {
        // DynamoDB says so of an index that it does not know.
        Err(Failure::App(refused)) if refused.kind == Kind::Invalid => {
            std::ptr::eq(row, &dynamodb::ROW)
        }
        Err(Failure::App(refused)) => matches!(refused.kind, Kind::Denied | Kind::NotFound),
        _ => false,
    };
    // A body that was read is gone.
    if let Some(input) = kept.filter(|_| is_refused && call.body.is_unread())
        && let Some(now) = step("catch-up", as_of_now(app, &call.caller)).await?
    {
        (call.caller, call.input) = (now, input);
        outcome = permitted(&mut call, built).await;
    }
    match outcome {
        Ok(output) => Ok((operation, output)),
        Err(failure) => Err(match row.reconsider {
            Some(reconsider) => reconsider(&call, failure).await,
            None => failure,
        }),
    }
}

/// Runs an operation, if the caller may have it run.
async fn permitted(call: &mut Call<'_>, built: Option<&Built>) -> Result<Output, Failure> {
    step("permission", permission::check(call)).await?;
    let Some(built) = built else {
        return Err(fault::not_built(call.row.service, call.operation.name).into());
    };
    step("operation", (built.run)(call)).await
}

/// Whether a service is asked for messages, items, bodies or lines, as often as devices and programs want them; or for what
/// this node says of itself, whatever becomes of the store.
fn of_data(row: &Row) -> bool {
    let rows: [&Row; 6] = [
        &dynamodb::ROW,
        &iot_data::ROW,
        &iot_jobs_data::ROW,
        &logs::ROW,
        &own::ROW,
        &s3::ROW,
    ];
    rows.iter().any(|of_data| std::ptr::eq(*of_data, row))
}

/// When a call has this node follow what was changed at others: what it has in memory is of a moment ago, and in the store is
/// all that others have answered for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Follows {
    /// Before it is decided what the call changes.
    First,
    /// Before it is answered what there is, unless the store is away: what is in memory can be told without it.
    IfPossible,
    /// Where the call would be refused otherwise.
    Refused,
}

impl Follows {
    /// The caller as of now, where that was looked up.
    async fn before(self, app: &App, caller: &Caller) -> Result<Option<Caller>, Failure> {
        match self {
            Self::First => as_of_now(app, caller).await,
            Self::IfPossible => match app.catch_up().await {
                Ok(_) => again(app, caller).await.map(Some),
                Err(_) => Ok(None),
            },
            Self::Refused => Ok(None),
        }
    }
}

/// The caller with the rights that the store has for them now: by these a change is decided, and whatever is refused, not by
/// what this node has heard of other nodes' changes so far. None where there are no others.
async fn as_of_now(app: &App, caller: &Caller) -> Result<Option<Caller>, Failure> {
    match app.catch_up().await? {
        true => again(app, caller).await.map(Some),
        false => Ok(None),
    }
}

/// The caller with the rights that this node knows of by now.
async fn again(app: &App, caller: &Caller) -> Result<Caller, Failure> {
    let ctx = caller.ctx.clone();
    if let Some(device) = caller.as_device() {
        let device = app.admission.requester_again(device).await?;
        return Ok(Caller::device(ctx, device));
    }
    if caller.as_anonymous().is_some() {
        return Ok(caller.clone());
    }
    let identity = caller.identity()?;
    match app.iam.again(identity).await? {
        Some(identity) => Ok(Caller::new(ctx, identity)),
        None => Err(AuthFailure::UnknownAccessKey {
            access_key: identity.access_key().id.clone(),
        }
        .into()),
    }
}

fn with_moved<'h>(headers: &'h Headers<'_>, moved: &'h [(String, String)]) -> Cow<'h, Headers<'h>> {
    if moved.is_empty() {
        return Cow::Borrowed(headers);
    }
    let moved = moved
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()));
    Cow::Owned(headers.iter().chain(moved).collect())
}

/// Answers a read of a bucket that lets in anybody.
async fn public(app: &Arc<App>, request: &Request<'_>, caller: Caller, ctx: &Ctx) -> Response {
    let (row, mut told, mut sent) = (&s3::ROW, Told::default(), sent(&s3::ROW, request, None));
    let performed = match (row.read)(row, app, request) {
        Ok(read) => {
            (told.label, told.operation) = (read.operation.name, Some(read.operation));
            carry_out(app, row, request, read, caller, &mut sent).await
        }
        Err((label, failure)) => {
            told.label = label;
            Err(failure)
        }
    };
    let mut response = match performed {
        Ok((operation, output)) => {
            let response = write::answer(row, operation, output, &ctx.request_id);
            app.metrics()
                .api(row.name(), operation.name, response.status);
            response
        }
        Err(failure) => refused(app, row, request, &told, failure, &mut sent, ctx).await,
    };
    s3::cors::allow(app, request, &mut response).await;
    response
}

/// Refuses a request that has no signature, or none that can be read.
async fn unsigned(
    app: &Arc<App>,
    request: &Request<'_>,
    body: Option<BodyStream>,
    failure: AuthFailure,
    ctx: &Ctx,
) -> Response {
    let mut told = Told::default();
    let (mut row, mut failure) = (service::suited(request), Failure::from(failure));
    if let Failure::Auth(AuthFailure::Missing) = failure {
        if let Some(answer) = s3::cors::preflight(app, request).await {
            return answer;
        }
        if let Some(caller) = s3::anybody(app, request, ctx).await {
            return public(app, request, caller, ctx).await;
        }
        if let Some(answer) = foreign::unsigned(app, request, ctx) {
            return answer;
        }
        if let Some((operation, ended)) = iot::rule::confirm_by_url(app, request).await {
            (row, told.label) = (&iot::ROW, operation.name);
            told.operation = Some(operation);
            match ended {
                Ok(()) => {
                    let output = Output::Json(json!({}));
                    let response = write::answer(row, operation, output, &ctx.request_id);
                    app.metrics()
                        .api(row.name(), operation.name, response.status);
                    return response;
                }
                Err(error) => failure = error.into(),
            }
        } else if let Some((of, name)) = service::unsigned(request) {
            (row, told.label) = (of, name);
            failure = fault::not_built(of.service, name).into();
        }
    }
    let mut sent = sent(row, request, body);
    refused(app, row, request, &told, failure, &mut sent, ctx).await
}

pub(super) async fn refused(
    app: &App,
    row: &'static Row,
    request: &Request<'_>,
    told: &Told,
    failure: Failure,
    sent: &mut Sent,
    ctx: &Ctx,
) -> Response {
    if let Failure::Elsewhere(called) = &failure {
        return foreign::not_built(app, called, ctx);
    }
    let error = named(row, told.label, told.operation, failure, ctx);
    // Whoever waits for `100 Continue` gets the answer in its place and sends nothing.
    if request.headers.get("expect").is_none() {
        sent.drain().await;
    }
    count(app, row, told.label, &error, ctx);
    if let Some(call) = &told.audited {
        call.clone()
            .ended(app.audit(), error.status, Some(&error.code));
    }
    let mut response = (row.refuse)(row, request, error, &ctx.request_id);
    if request.headers.get("expect").is_some() && sent.is_untouched() {
        // What would come next cannot be told from the body. A client that does not know sends its next request into
        // the connection's end.
        response.headers.push(("connection".into(), "close".into()));
    }
    response
}

/// What AWS calls a failure. Logs what went wrong on our side.
pub fn named(
    row: &Row,
    label: &'static str,
    operation: Option<&'static Operation>,
    failure: Failure,
    ctx: &Ctx,
) -> ApiError {
    match failure {
        Failure::App(error) => {
            log_cause(label, &error, ctx);
            (row.fault)(&error, operation)
        }
        Failure::Auth(failure) => sigv4::auth_failure_error(row.service, &failure),
        Failure::Request(error) => *error,
        Failure::Elsewhere(called) => {
            let operation = called.operation.as_deref();
            fault::foreign_not_built(called.answering.protocol, &called.service, operation)
        }
    }
}

fn count(app: &App, row: &Row, label: &'static str, error: &ApiError, ctx: &Ctx) {
    app.metrics().api(row.name(), label, error.status);
    tracing::debug!(
        request.id = ctx.request_id,
        operation = label,
        status = error.status,
        "{} {label}: {} {}",
        row.name(),
        error.code,
        error.message
    );
}

/// Logs what went wrong on our side.
pub fn log_cause(name: &str, error: &Error, ctx: &Ctx) {
    if let Some(source) = &error.source {
        log_failure!(
            error,
            request.id = ctx.request_id,
            operation = name,
            "{name} failed: {source}{}",
            causes(source.as_ref())
        );
    }
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

/// Refuses a request before it was read whole, in the form of the service that it is signed for; of one that is not,
/// in that which suits it.
pub fn unserved(app: &App, request: &Request<'_>, what: &Unserved) -> Response {
    let row = service::suited(request);
    let ctx = app.ctx();
    let error = match (what, row.oversized) {
        (Unserved::TooLarge(limit), Some(own)) => own(request, *limit),
        _ => fault::unserved(row.service, what),
    };
    count(app, row, UNKNOWN, &error, &ctx);
    (row.refuse)(row, request, error, &ctx.request_id)
}

/// Refuses a request that may not be made where it came, for this reason.
pub fn denied(app: &App, request: &Request<'_>, why: String) -> Response {
    let (row, ctx) = (service::suited(request), app.ctx());
    let failure = Failure::App(Error::denied(why));
    let error = named(row, UNKNOWN, None, failure, &ctx);
    count(app, row, UNKNOWN, &error, &ctx);
    (row.refuse)(row, request, error, &ctx.request_id)
}

/// Refuses HTTP where MQTT is spoken.
pub fn not_mqtt() -> Response {
    let error = fault::unserved(Service::IotData, &Unserved::NotMqtt);
    let rendered = render_error(Service::IotData, &error, &ids::uuid());
    Response {
        status: rendered.status,
        headers: write::named(rendered.headers),
        body: Content::Bytes(rendered.body),
    }
}
