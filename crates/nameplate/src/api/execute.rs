//! Deployed APIs of API Gateway. HTTP APIs are in `http`; here, REST APIs: from a request of anybody to its method, its authorizer, its key, its function, and
//! the answer. [API Gateway developer guide: data mappings, Lambda proxy integrations, gateway responses]
//!
//! URLs of functions are in `url`, at `/_aws/lambda-url/ID/…` and the host `ID.lambda-url.REGION.…`.
//!
//! Reached at `/_aws/execute-api/API/STAGE/…`, at `/restapis/API/STAGE/_user_request_/…` and by the host
//! `API.execute-api.REGION.…` with the path `/STAGE/…`. An HTTP API's stage `$default` has no name in paths.

mod authorizer;
mod conversion;
mod cors;
mod door;
mod fault;
mod forward;
mod http;
mod iam;
mod mapped;
mod record;
mod refused;
mod tried;
mod url;

pub use authorizer::{Trial as TrialOfAuthorizer, tried as tried_authorizer};
pub use door::Door;
pub use tried::{Trial, Tried, tried};

use super::{Content, Request, Response};
use crate::app::functions::{FromOutside, How, Refusal, Source};
use crate::app::gateway::{Api, KeyRefused, Refused};
use crate::app::{App, Error, Kind};
use authorizer::{Question, question};
use nameplate_aws::uri;
use nameplate_core::ctx::Ctx;
use nameplate_core::escape;
use nameplate_core::gateway::forward as passing;
use nameplate_core::gateway::log;
use nameplate_core::gateway::policy::{Authorized, said_by};
use nameplate_core::gateway::rest::{Deployment, Matched, Segment, find, function_of};
use nameplate_core::gateway::settings;
use nameplate_core::gateway::usage::Over;
use nameplate_core::policy::Verdict;
use nameplate_core::policy::iam::Principal;
use nameplate_core::vending::gateway::{Asked, Format, SERVICE, Via, extended_id, read_for_rest};
use record::Record;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// Bytes of a request's body (API Gateway quotas: payload size).
pub const BODY_BYTES: usize = 10 * 1024 * 1024;

/// Why a request is not answered by its integration: status, text, and what only the log gets.
#[derive(Debug)]
struct Failed {
    status: u16,
    body: Value,
    why: Option<String>,
    more: Box<More>,
}

/// What few failures have.
#[derive(Debug, Default)]
struct More {
    headers: Vec<(&'static str, String)>,
    /// What of a body does not fit.
    detail: Option<String>,
    /// How its owner has the API answer.
    shown: Option<Response>,
}

impl Failed {
    fn told(status: u16, message: &str) -> Self {
        Self::spoken(status, json!({"message": message}))
    }

    fn spoken(status: u16, body: Value) -> Self {
        Self {
            status,
            body,
            why: None,
            more: Box::default(),
        }
    }

    /// The same with more header fields.
    fn with(mut self, headers: Vec<(&'static str, String)>) -> Self {
        self.more.headers.extend(headers);
        self
    }

    /// With the header field in which REST APIs say what kind of failure it is. [Developer guide: gateway responses]
    fn named(self) -> Self {
        let text = |name: &str| self.body.get(name).and_then(Value::as_str);
        let text = text("message").or_else(|| text("Message"));
        let kind = fault::kind(self.status, text.unwrap_or_default());
        self.with(vec![("x-amzn-errortype", kind.to_owned())])
    }

    /// Whether nothing was done for it: nobody was let in, nothing is there, or more was asked than there may be.
    fn is_refusal(&self) -> bool {
        matches!(self.status, 401 | 403 | 404 | 429)
    }

    /// Why, for who may know it.
    fn told_to_operators(&self) -> String {
        let plain = || {
            let text = self
                .body
                .get("message")
                .or_else(|| self.body.get("Message"));
            let text = text.and_then(Value::as_str).unwrap_or("an internal error");
            format!("{} {text}", self.status)
        };
        self.why.clone().unwrap_or_else(plain)
    }

    fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        let why = match &error.source {
            // Whose words name some of it, which is the caller's.
            _ if error.kind == Kind::Function(Refusal::NotJson) => "the event is no JSON".into(),
            Some(source) => format!("{}: {source}", error.message),
            None => error.message.clone(),
        };
        let failed = match error.kind {
            Kind::Throttled(_) => Self::told(429, "Too Many Requests"),
            Kind::Unavailable => Self::told(503, "Service Unavailable"),
            Kind::Function(Refusal::Late) => Self::told(504, "Endpoint request timed out"),
            Kind::Function(Refusal::TooLarge) => Self::told(413, "Request Too Long"),
            _ => Self::told(500, "Internal server error"),
        };
        failed.because(why)
    }
}

/// The refusal of a body that is larger than [`BODY_BYTES`], in the words of what it is for.
pub async fn too_large(app: &App, door: &Door) -> Response {
    let http = app.gateway.http_api(&door.api).await;
    let told = match http {
        _ if door.url => json!({"Message": "Request Too Long"}),
        Ok(Some(_)) => json!({"message": "Request Entity Too Large"}),
        _ => return too_long(),
    };
    said(413, &told)
}

/// The same where it is a REST API's, or a function's behind a door that answers as one.
pub fn too_long() -> Response {
    said(413, &json!({"message": "Request Too Long"}))
}

/// JSON, or a text as it is.
fn said(status: u16, body: &Value) -> Response {
    let text = match body {
        Value::String(text) => text.clone(),
        body => body.to_string(),
    };
    Response {
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: Content::Bytes(text.into_bytes()),
    }
}

/// Answers a request to a deployed API.
pub async fn answer(app: &Arc<App>, request: &Request<'_>, door: Door) -> Response {
    let ctx = app.ctx();
    if door.api.is_empty() {
        // A name of the owner's that leads nowhere from this path.
        return said(403, &json!({"message": "Forbidden"}));
    }
    let began = app.now();
    let mut record = Record::default();
    let heard = app.heard_of_deployed();
    let mut answered = call(app, request, &door, &ctx, &mut record).await;
    if answered.as_ref().is_err_and(Failed::is_refusal) {
        // What lets it in may have been done at another node a moment ago.
        match app.may_be_outdated(&heard).await {
            Ok(false) => {}
            Ok(true) => {
                record = Record::default();
                answered = call(app, request, &door, &ctx, &mut record).await;
            }
            Err(error) if door.url => answered = Err(url::failed(error)),
            Err(error) => answered = Err(error.into()),
        }
    }
    let told = answered.as_ref().err().map(Failed::told_to_operators);
    if let Err(failed) = &answered {
        record.refused(failed);
    }
    let mut response = answered.unwrap_or_else(|failed| {
        if let Some(why) = &failed.why {
            let (api, why) = (escape::line(&door.api), escape::line(why));
            tracing::warn!(
                request.id = ctx.request_id,
                "a request to the API {api} failed: {why}"
            );
        }
        if let Some(shown) = failed.more.shown {
            return shown;
        }
        let mut response = said(failed.status, &failed.body);
        let headers = failed.more.headers.into_iter();
        response
            .headers
            .extend(headers.map(|(name, value)| (name.into(), value)));
        response
    });
    app.metrics().api("execute-api", "Invoke", response.status);
    record.meter(app, response.status, began);
    if let Some(function) = &record.function {
        app.functions
            .keep_request(function, response.status, told.as_deref());
    }
    let id = ctx.request_id.clone();
    match record.is_rest() {
        Some(true) => {
            let extended = ("x-amz-apigw-id".into(), extended_id(&id));
            response.headers.push(extended);
        }
        Some(false) => {
            let known = ("apigw-requestid".into(), id.clone());
            response.headers.push(known);
        }
        None => {}
    }
    response.headers.push(("x-amzn-requestid".into(), id));
    let length = match &response.body {
        Content::Bytes(body) => Some(body.len()),
        _ => None,
    };
    let answered = (response.status, length);
    record.write(app, &ctx, answered).await;
    response
}

/// What is known of a request once its method is found.
struct Found<'a> {
    api: Arc<Api>,
    deployment: &'a Deployment,
    matched: Matched<'a>,
    variables: Map<String, Value>,
}

impl Found<'_> {
    /// The ARN or name of the function that the method's integration names.
    fn function(&self) -> Option<String> {
        let uri = self.matched.method["methodIntegration"]["uri"].as_str()?;
        let variable = |name: &str| self.variables.get(name)?.as_str().map(str::to_owned);
        function_of(uri, variable)
    }
}

async fn call(
    app: &Arc<App>,
    request: &Request<'_>,
    door: &Door,
    ctx: &nameplate_core::ctx::Ctx,
    record: &mut Record,
) -> Result<Response, Failed> {
    if door.url {
        return url::call(app, request, door, ctx, record).await;
    }
    if let Some(api) = app.gateway.http_api(&door.api).await? {
        return http::call(app, request, door, &api, ctx, record).await;
    }
    of_rest_api(app, request, door, ctx, record).await
}

async fn of_rest_api(
    app: &Arc<App>,
    request: &Request<'_>,
    door: &Door,
    ctx: &nameplate_core::ctx::Ctx,
    record: &mut Record,
) -> Result<Response, Failed> {
    let none = || Failed::told(403, "Forbidden").named();
    let api = app.gateway.api(&door.api).await.map_err(Failed::from);
    let api = api.map_err(Failed::named)?.ok_or_else(none)?;
    let stage = api.rest.stages.get(&door.stage).ok_or_else(none)?;
    let deployment = stage["deploymentId"]
        .as_str()
        .and_then(|id| api.deployments.get(id));
    let deployment = deployment.ok_or_else(none)?;
    if deployment.closed && door.base.is_none() {
        return Err(none());
    }
    let variables = stage["variables"].as_object().cloned();
    let path = below_stage(&door.path);
    let (_, query) = uri::split_target(request.target);
    let pairs = uri::form_pairs(query);
    let headers = passing::seen(&request.fields());
    let source_ip = request.source_ip.to_canonical().to_string();
    let names: Vec<String> = request.headers.written().map(str::to_owned).collect();
    let mut asked = Asked {
        method: request.method,
        via: Via {
            api: door.api.clone(),
            stage: door.stage.clone(),
            whole_path: door.whole_path(),
            variables: variables.map_or(Value::Null, Value::Object),
            names,
            ..Via::default()
        },
        path: &path,
        query,
        pairs: &pairs,
        headers: &headers,
        body: request.body,
        source_ip: &source_ip,
        secure: request.secure,
        request_id: &ctx.request_id,
        now: ctx.now,
        realm: &ctx.realm,
    };
    record.begin((&door.api, &door.stage), &stage["accessLogSettings"], true);
    let served = (&api, deployment);
    let answered = of_deployment(app, request, (door, served), &mut asked, ctx, record).await;
    if record.is_kept() {
        record.context = mapped::context(&asked);
    }
    answered.map_err(|failed| {
        let mut failed = failed.named();
        failed.more.shown = refused::shown(deployment, &asked, &failed);
        failed
    })
}

/// Answers a request to what a stage serves.
async fn of_deployment(
    app: &Arc<App>,
    request: &Request<'_>,
    (door, (api, deployment)): (&Door, (&Arc<Api>, &Deployment)),
    asked: &mut Asked<'_>,
    ctx: &nameplate_core::ctx::Ctx,
    record: &mut Record,
) -> Result<Response, Failed> {
    let sent: Vec<&str> = match asked.path.trim_matches('/') {
        "" => Vec::new(),
        path => path.split('/').collect(),
    };
    let decoded: Vec<String> = sent.iter().map(|part| uri::decode_text(part)).collect();
    let segments: Vec<Segment<'_>> = sent
        .iter()
        .zip(&decoded)
        .map(|(sent, decoded)| Segment { decoded, sent })
        .collect();
    let matched = find(&deployment.resources, request.method, &segments)
        .ok_or_else(|| Failed::told(403, "Missing Authentication Token"))?;
    let found = Found {
        api: Arc::clone(api),
        deployment,
        matched,
        variables: asked.via.variables.as_object().cloned().unwrap_or_default(),
    };
    asked.via = Via {
        names: std::mem::take(&mut asked.via.names),
        ..via(door, &found, asked.headers)
    };
    let function = found.function();
    record.function = function.map(|function| note(request, asked, &function, asked.path));
    let place = (found.matched.path.as_str(), request.method);
    let stage = &api.rest.stages[&door.stage];
    record.of_method(log::level(stage, place.0, place.1));
    record.count(place, settings::are_counted(stage, place.0, place.1));
    if !app
        .gateway
        .take_of_method(&door.api, (&door.stage, stage), place)
    {
        return Err(Failed::told(429, "Too Many Requests"));
    }
    let kind = found.matched.method["authorizationType"].as_str();
    if kind == Some("AWS_IAM") {
        let arn = asked.method_arn();
        let own = deployment.policy.as_deref();
        let who = iam::authorized_with(app, request, &arn, own, ctx).await;
        let who = who.map_err(iam::NotAllowed::of_rest_api)?;
        asked.via.identity.extend(who.event_1());
    }
    let own = own_verdict(request, deployment, asked, ctx);
    // Whom an authorizer or IAM lets in needs no more than that the policy denies nothing.
    let alone = !matches!(kind, Some("AWS_IAM" | "CUSTOM"));
    match own {
        Some(Verdict::ImplicitDeny) if alone => return Err(not_allowed(asked, "")),
        Some(Verdict::ExplicitDeny) if kind != Some("AWS_IAM") => {
            return Err(not_allowed(asked, " with an explicit deny"));
        }
        _ => {}
    }
    let let_in = own == Some(Verdict::Allowed);
    let said = authorized(app, request, &found, asked, let_in, ctx).await?;
    if let Some(said) = &said {
        let mut members = said.context.clone();
        members.insert("principalId".into(), json!(said.principal));
        asked.via.authorizer = Value::Object(members);
    }
    if found.matched.method["apiKeyRequired"] == true {
        let own = header(asked.headers, "x-api-key");
        let by_authorizer = api
            .rest
            .about
            .get("apiKeySource")
            .is_some_and(|source| source == "AUTHORIZER");
        let value = match by_authorizer {
            true => said.as_ref().and_then(|said| said.usage_key.as_deref()),
            false => own,
        };
        let key = app
            .gateway
            .take(value, (&door.api, &door.stage), place)
            .await?;
        let id = key.map_err(|refused| match refused {
            KeyRefused::Unknown => Failed::told(403, "Forbidden"),
            KeyRefused::Over(Over::Rate) => Failed::told(429, "Too Many Requests"),
            KeyRefused::Over(Over::Quota) => Failed::told(429, "Limit Exceeded"),
        })?;
        asked.via.identity.insert("apiKey".into(), json!(value));
        asked.via.identity.insert("apiKeyId".into(), json!(id));
    }
    record.started(app, (&found, asked));
    refused::check(&found, asked)?;
    let began = app.now();
    let answered = integrate(app, &found, asked, ctx, record).await;
    record.integrated(app, Some(&found), began, &answered);
    answered
}

/// What the API's own policy says about whoever has not signed; `None` where it has none.
fn own_verdict(
    request: &Request<'_>,
    deployment: &Deployment,
    asked: &Asked<'_>,
    ctx: &Ctx,
) -> Option<Verdict> {
    let policy = deployment.policy.as_deref()?;
    let (origin, arn) = (request.origin(), asked.method_arn());
    let anybody = Principal::Anonymous;
    Some(said_by(policy, anybody, &origin, &arn, ctx.now))
}

/// The refusal of whom the API's own policy does not let in.
fn not_allowed(asked: &Asked<'_>, how: &str) -> Failed {
    let arn = asked.method_arn();
    let account = &asked.realm.account;
    // Nobody who has not signed learns the whole account.
    let hidden = format!("********{}", &account[account.len().saturating_sub(4)..]);
    let arn = arn.replacen(account.as_str(), &hidden, 1);
    let text = format!(
        "User: anonymous is not authorized to perform: execute-api:Invoke on resource: {arn}{how}"
    );
    Failed::spoken(403, json!({"Message": text}))
}

/// The path below the stage as events have it: with one slash at its begin, however many were sent.
fn below_stage(path: &str) -> Cow<'_, str> {
    match path.starts_with("//") {
        true => Cow::Owned(format!("/{}", path.trim_start_matches('/'))),
        false => Cow::Borrowed(path),
    }
}

/// What is kept of a request that leads to a function; `path` is the one below the stage.
fn note(request: &Request<'_>, asked: &Asked<'_>, function: &str, path: &str) -> FromOutside {
    let name = function.rsplit_once(":function:");
    let path = if path.is_empty() { "/" } else { path };
    FromOutside {
        began: asked.now,
        address: request.source_ip,
        secure: request.secure,
        request: format!("{} {path}", request.method),
        api: Some(format!("{}/{}", asked.via.api, asked.via.stage)),
        function: name.map_or(function, |(_, name)| name).to_owned(),
        serial: asked.serial(),
        called: None,
    }
}

/// Who asks an authorizer's function, as its policy names it.
fn authorizer_source(ctx: &Ctx, asked: &Asked<'_>, (id, role): (&str, &Value)) -> Source {
    let realm = &ctx.realm;
    Source {
        service: SERVICE,
        role: role.as_str().map(str::to_owned),
        arn: format!(
            "arn:{}:execute-api:{}:{}:{}/authorizers/{id}",
            realm.partition(),
            realm.region,
            realm.account,
            asked.via.api
        ),
    }
}

fn header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    let mut found = headers.iter().filter(|(known, _)| known == name);
    found.next().map(|(_, value)| value.as_str())
}

fn via(door: &Door, found: &Found<'_>, headers: &[(String, String)]) -> Via {
    let parameters = &found.matched.parameters;
    let parameters: Map<_, _> = parameters
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let or_null = |members: Map<String, Value>| match members.is_empty() {
        true => Value::Null,
        false => Value::Object(members),
    };
    let kind = header(headers, "content-type").unwrap_or("application/json");
    Via {
        api: door.api.clone(),
        stage: door.stage.clone(),
        deployment: found.deployment.about["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        resource_id: found.matched.id.to_owned(),
        resource: found.matched.path.clone(),
        whole_path: door.whole_path(),
        base: door.base.clone().unwrap_or_default(),
        parameters: or_null(parameters),
        variables: or_null(found.variables.clone()),
        binary: is_binary(found, kind),
        ..Via::default()
    }
}

/// Whether a media type is one of those that the API takes as bytes.
fn is_binary(found: &Found<'_>, kind: &str) -> bool {
    let kind = kind.split([';', ',']).next().unwrap_or_default().trim();
    let deployed = found.deployment.binary.as_ref();
    // Deployments of earlier versions have none of their own.
    let types = deployed.or_else(|| found.api.rest.about.get("binaryMediaTypes"));
    let types = types.and_then(Value::as_array);
    types.is_some_and(|types| {
        types.iter().filter_map(Value::as_str).any(|of| {
            of == "*/*"
                || of.eq_ignore_ascii_case(kind)
                || of
                    .strip_suffix("/*")
                    .is_some_and(|major| kind.starts_with(&format!("{major}/")))
        })
    })
}

/// Asks the method's authorizer, where it has one; `let_in` is whether the API's own policy lets in whom it does not deny.
async fn authorized(
    app: &Arc<App>,
    request: &Request<'_>,
    found: &Found<'_>,
    asked: &Asked<'_>,
    let_in: bool,
    ctx: &nameplate_core::ctx::Ctx,
) -> Result<Option<Arc<Authorized>>, Failed> {
    if found.matched.method["authorizationType"] != "CUSTOM" {
        return Ok(None);
    }
    let id = found.matched.method["authorizerId"]
        .as_str()
        .unwrap_or_default();
    let broken = |why: &str| Failed::spoken(500, json!({"message": null})).because(why);
    let authorizer = found
        .deployment
        .authorizers
        .get(id)
        .ok_or_else(|| broken("its authorizer is gone"))?;
    let arn = asked.method_arn();
    let Question { identity, event } = question(authorizer, asked, &found.variables, &Map::new())?;
    let variable = |name: &str| found.variables.get(name)?.as_str().map(str::to_owned);
    let function = function_of(
        authorizer["authorizerUri"].as_str().unwrap_or_default(),
        variable,
    );
    let function = function.ok_or_else(|| broken("its authorizer names no function"))?;
    let role = &authorizer["authorizerCredentials"];
    let source = authorizer_source(ctx, asked, (id, role));
    let seconds = authorizer["authorizerResultTtlInSeconds"]
        .as_i64()
        .unwrap_or(300);
    // The deployment is part of it: another one may have another authorizer of this id.
    let deployed = found.deployment.about.get("id").cloned();
    let key = json!([asked.via.api, asked.via.stage, deployed, id, identity]).to_string();
    let key = (seconds > 0 && !identity.is_empty()).then_some((key, seconds));
    let said = app
        .gateway
        .authorize(ctx, (&source, &function), event, key, false)
        .await?;
    let said = said.map_err(|refused| match refused {
        Refused::Unauthorized => Failed::told(401, "Unauthorized"),
        Refused::Failed(why) => broken(&why),
    })?;
    let denied = |text: &str| Failed::spoken(403, json!({"Message": text}));
    match said.verdict(&request.origin(), &arn, ctx.now) {
        Verdict::Allowed => Ok(Some(said)),
        Verdict::ImplicitDeny if let_in => Ok(Some(said)),
        Verdict::ExplicitDeny => Err(denied(
            "User is not authorized to access this resource with an explicit deny",
        )),
        Verdict::ImplicitDeny => Err(denied("User is not authorized to access this resource")),
    }
}

/// Carries the method's integration out, and makes what it says about its own connection something else.
async fn integrate(
    app: &Arc<App>,
    found: &Found<'_>,
    asked: &Asked<'_>,
    ctx: &nameplate_core::ctx::Ctx,
    record: &mut Record,
) -> Result<Response, Failed> {
    let mut response = asked_of(app, found, asked, ctx, record).await?;
    let headers = std::mem::take(&mut response.headers);
    response.headers = headers
        .into_iter()
        .filter_map(|(name, value)| {
            let name = passing::answered_as(&name)?.into_owned();
            Some((name.into(), value))
        })
        .collect();
    let kind = &found.matched.method["methodIntegration"]["type"];
    if ["AWS", "AWS_PROXY", "HTTP"].contains(&kind.as_str().unwrap_or_default()) {
        response
            .headers
            .retain(|(name, _)| name != "x-amzn-trace-id");
        let trace = ("x-amzn-trace-id".into(), asked.trace_answered());
        response.headers.push(trace);
    }
    Ok(response)
}

/// What the method's integration answers.
async fn asked_of(
    app: &Arc<App>,
    found: &Found<'_>,
    asked: &Asked<'_>,
    ctx: &nameplate_core::ctx::Ctx,
    record: &mut Record,
) -> Result<Response, Failed> {
    let integration = &found.matched.method["methodIntegration"];
    let broken = || Failed::told(500, "Internal server error");
    let kind = integration["type"].as_str().unwrap_or_default();
    if kind == "MOCK" {
        return mapped::mock(found, asked, integration);
    }
    if kind.starts_with("HTTP") {
        return forward::rest(app, found, asked, integration, record).await;
    }
    forward::check_sent(found, asked, integration)?;
    let function = found
        .function()
        .ok_or_else(|| broken().because("its URI names no function"))?;
    let (payload, context) = match kind {
        "AWS_PROXY" => {
            let event = asked
                .event(Format::Proxy1)
                .map_err(|why| broken().because(why.0))?;
            (event.to_string().into_bytes(), Value::Null)
        }
        _ => {
            let sent = mapped::request(asked, integration)?;
            (sent.body, sent.context)
        }
    };
    // Lambda takes no other method; the owner's setting is AWS's to refuse only here.
    if integration["httpMethod"].as_str() != Some("POST") {
        return Err(broken().because("its integrationHttpMethod is not POST"));
    }
    let source = Source {
        service: SERVICE,
        role: integration["credentials"].as_str().map(str::to_owned),
        arn: asked.source_arn(),
    };
    record.step(app, || {
        let region = &ctx.realm.region;
        format!("Endpoint request URI: https://lambda.{region}.amazonaws.com/2015-03-31/functions/{function}/invocations")
    });
    record.data(app, "Endpoint request body after transformations", || {
        String::from_utf8_lossy(&payload).into_owned()
    });
    let event = kind == "AWS"
        && integration["requestParameters"]["integration.request.header.X-Amz-Invocation-Type"]
            == "'Event'";
    let limit = integration["timeoutInMillis"].as_u64().unwrap_or(29_000);
    let how = match event {
        true => How::Later,
        false => How::Within(Duration::from_millis(limit)),
    };
    let (called, came) = app
        .functions
        .invoke_for_request(ctx, &source, &function, payload.into(), how)
        .await;
    if let Some(function) = &mut record.function {
        function.called = came;
    }
    let Some(answered) = called? else {
        record.backend.status = Some(202);
        let came = mapped::Came::default();
        return mapped::response(found, asked, integration, &came, context);
    };
    record.backend.status = Some(200);
    record.backend.request_id = Some(answered.request_id.clone());
    let payload = || String::from_utf8_lossy(&answered.payload).into_owned();
    record.data(
        app,
        "Endpoint response body before transformations",
        payload,
    );
    if kind != "AWS_PROXY" {
        let text = String::from_utf8_lossy(&answered.payload);
        let error = answered.function_error.map(|_| {
            let told: Value = serde_json::from_str(&text).unwrap_or_default();
            told["errorMessage"].as_str().unwrap_or_default().to_owned()
        });
        let came = mapped::Came {
            outcome: error.as_deref(),
            body: &answered.payload,
            ..mapped::Came::default()
        };
        return mapped::response(found, asked, integration, &came, context);
    }
    let garbage = |why: String| Failed::told(502, "Internal server error").because(why);
    if let Some(failure) = answered.failure() {
        record.backend.failed = true;
        return Err(garbage(failure));
    }
    let mut answer = read_for_rest(&answered.payload).map_err(|why| garbage(why.0))?;
    record.backend.own_status = Some(answer.status);
    // Only who accepts bytes gets them; others get the function's text.
    let encoded = mapped::encoded_body(&answered.payload);
    if let Some(text) = encoded
        && !is_binary(found, header(asked.headers, "accept").unwrap_or_default())
    {
        answer.body = text.into_bytes();
    }
    let headers = answer.headers.into_iter();
    Ok(Response {
        status: answer.status,
        headers: headers.map(|(name, value)| (name.into(), value)).collect(),
        body: Content::Bytes(answer.body),
    })
}
