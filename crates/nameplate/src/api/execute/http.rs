//! Deployed HTTP APIs: from a request to its route, its authorizer, its function, and the answer.
//! [API Gateway developer guide: HTTP APIs; payload formats 1.0 and 2.0; Lambda authorizers; CORS]

use super::cors::{preflight, shared};
use super::mapped::context;
use super::record::Record;
use super::{Door, Failed, authorizer_source, forward, header, iam};
use crate::api::{Content, Request, Response};
use crate::app::functions::{How, Refusal, Source};
use crate::app::gateway::{HttpApi, JwtRefused, Refused};
use crate::app::{App, Error, Kind};
use nameplate_aws::uri;
use nameplate_core::ctx::Ctx;
use nameplate_core::gateway::forward::{passed_on, url};
use nameplate_core::gateway::http::{Matched, Parts, RouteKey, function_at};
use nameplate_core::gateway::{jwt, settings};
use nameplate_core::policy::Verdict;
use nameplate_core::vending::gateway::{Asked, Format, SERVICE, Via, read};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

/// A request whose route is known.
struct Found<'a> {
    parts: &'a Parts,
    matched: Matched<'a>,
    variables: Map<String, Value>,
    stage: &'a str,
    /// Below the stage, as sent.
    path: &'a str,
    /// `METHOD/path` or `$default`, behind the stage in ARNs that functions' policies ask for.
    arn: String,
}

impl Found<'_> {
    /// Id of the authorizer that the route names, and what it is.
    fn authorizer(&self) -> Result<(&str, &Value), Failed> {
        let id = self.matched.route["authorizerId"]
            .as_str()
            .unwrap_or_default();
        let authorizer = self.parts.authorizers.get(id);
        let authorizer = authorizer.ok_or_else(|| broken().because("its authorizer is gone"))?;
        Ok((id, authorizer))
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name)?.as_str().map(str::to_owned)
    }
}

/// In the words of HTTP APIs.
pub(super) fn failed(error: Error) -> Failed {
    let told = match error.kind {
        Kind::Throttled(_) => Failed::told(429, "Too Many Requests"),
        Kind::Unavailable | Kind::Function(Refusal::Late) => {
            Failed::told(503, "Service Unavailable")
        }
        Kind::Function(Refusal::TooLarge) => Failed::told(413, "Request Entity Too Large"),
        _ => broken(),
    };
    told.because(Failed::from(error).told_to_operators())
}

fn broken() -> Failed {
    Failed::told(500, "Internal Server Error")
}

/// Answers a request to an HTTP API, with what CORS adds.
pub(super) async fn call(
    app: &Arc<App>,
    request: &Request<'_>,
    door: &Door,
    api: &HttpApi,
    ctx: &Ctx,
    record: &mut Record,
) -> Result<Response, Failed> {
    let headers = request.fields();
    let cors = api.http.about.get("corsConfiguration");
    if let Some(answer) = cors.and_then(|cors| preflight(request, &headers, cors, 204)) {
        return Ok(answer);
    }
    let answered = routed(app, request, door, api, &headers, ctx, record).await;
    match cors {
        Some(cors) => shared(answered, &headers, cors),
        None => answered,
    }
}

async fn routed(
    app: &Arc<App>,
    request: &Request<'_>,
    door: &Door,
    api: &HttpApi,
    headers: &[(String, String)],
    ctx: &Ctx,
    record: &mut Record,
) -> Result<Response, Failed> {
    let (stage, path) = match door.explicit {
        true => (door.stage.as_str(), door.path.as_str()),
        false => api.http.stage_of(&door.below),
    };
    let none = || Failed::told(404, "Not Found");
    let about = api.http.stages.get(stage).ok_or_else(none)?;
    let deployment = about["deploymentId"].as_str().ok_or_else(none)?;
    let parts = &api.deployments.get(deployment).ok_or_else(none)?.parts;
    if parts.closed && door.base.is_none() {
        return Err(none());
    }
    // HTTP APIs decode the whole path, before routes are looked for and for their functions.
    let decoded = uri::decode_text(path);
    let segments: Vec<&str> = decoded
        .strip_prefix('/')
        .unwrap_or(&decoded)
        .split('/')
        .collect();
    record.begin((&door.api, stage), &about["accessLogSettings"], false);
    let (_, query) = uri::split_target(request.target);
    let pairs = uri::form_pairs(query);
    let source_ip = request.source_ip.to_canonical().to_string();
    let whole = match (&door.base, stage) {
        (Some(base), _) => format!("{base}{decoded}"),
        (None, nameplate_core::gateway::http::DEFAULT) => decoded.clone(),
        (None, stage) => format!("/{stage}{decoded}"),
    };
    let mut asked = Asked {
        method: request.method,
        via: Via {
            api: door.api.clone(),
            stage: stage.to_owned(),
            whole_path: whole.clone(),
            binary: !super::url::is_text(header(headers, "content-type").unwrap_or_default()),
            ..Via::default()
        },
        path: &whole,
        query,
        pairs: &pairs,
        headers,
        body: request.body,
        source_ip: &source_ip,
        secure: request.secure,
        request_id: &ctx.request_id,
        now: ctx.now,
        realm: &ctx.realm,
    };
    let Some(matched) = parts.find(request.method, &segments) else {
        if record.is_kept() {
            record.context = context(&asked);
        }
        return Err(none());
    };
    let key = RouteKey::parse(matched.key).map_err(|why| broken().because(why.to_string()))?;
    let taken = app
        .gateway
        .take_of_route(&door.api, (stage, about), matched.key);
    let found = Found {
        arn: key.in_arn(request.method),
        parts,
        variables: about["stageVariables"]
            .as_object()
            .cloned()
            .unwrap_or_default(),
        matched,
        stage,
        path,
    };
    asked.via = Via {
        binary: asked.via.binary,
        ..via(door, &found, &whole)
    };
    let key = found.matched.key;
    let (method, resource) = key.split_once(' ').unwrap_or(("ANY", key));
    record.count(
        (resource, method),
        settings::of_route_are_counted(about, key),
    );
    let answered = match taken {
        true => of_route(app, request, &found, &mut asked, ctx, record).await,
        false => Err(Failed::told(429, "Too Many Requests")),
    };
    if record.is_kept() {
        record.context = context(&asked);
        record.context["routeKey"] = json!(found.matched.key);
    }
    answered
}

/// Answers a request to a route.
async fn of_route(
    app: &Arc<App>,
    request: &Request<'_>,
    found: &Found<'_>,
    asked: &mut Asked<'_>,
    ctx: &Ctx,
    record: &mut Record,
) -> Result<Response, Failed> {
    // As AWS answers for a route that leads nowhere.
    let integration = found.parts.integration(found.matched.route);
    let integration = integration.ok_or_else(|| Failed::told(404, "Not Found"))?;
    let uri = integration["integrationUri"].as_str().unwrap_or_default();
    if integration["integrationType"] == "HTTP_PROXY" {
        authorized(app, request, found, asked, ctx).await?;
        let began = app.now();
        let answered = pass_on(app, found, asked, integration, record).await;
        record.integrated(app, None, began, &answered);
        return answered;
    }
    let function = function_at(uri, |name| found.variable(name))
        .ok_or_else(|| broken().because("its integration names no function"))?;
    record.function = Some(super::note(request, asked, &function, found.path));
    authorized(app, request, found, asked, ctx).await?;
    let began = app.now();
    let answered = integrate(app, found, asked, (integration, &function), ctx, record).await;
    record.integrated(app, None, began, &answered);
    answered
}

fn via(door: &Door, found: &Found<'_>, whole: &str) -> Via {
    let or_null = |members: Map<String, Value>| match members.is_empty() {
        true => Value::Null,
        false => Value::Object(members),
    };
    let parameters = found.matched.parameters.iter();
    let parameters = parameters.map(|(name, value)| (name.clone(), json!(value)));
    let resource = match found.matched.key.split_once(' ') {
        Some((_, path)) => path,
        None => found.matched.key,
    };
    Via {
        api: door.api.clone(),
        stage: found.stage.to_owned(),
        route_key: Some(found.matched.key.to_owned()),
        resource_id: found.matched.route["routeId"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        resource: resource.to_owned(),
        whole_path: whole.to_owned(),
        parameters: or_null(parameters.collect()),
        variables: or_null(found.variables.clone()),
        ..Via::default()
    }
}

fn arn(asked: &Asked<'_>, rest: &str) -> String {
    let realm = asked.realm;
    format!(
        "arn:{}:execute-api:{}:{}:{}/{}/{rest}",
        realm.partition(),
        realm.region,
        realm.account,
        asked.via.api,
        asked.via.stage
    )
}

/// Asks what the route asks for; what is known of the caller then is in the event.
async fn authorized(
    app: &Arc<App>,
    request: &Request<'_>,
    found: &Found<'_>,
    asked: &mut Asked<'_>,
    ctx: &Ctx,
) -> Result<(), Failed> {
    let route = found.matched.route;
    let below = if found.path.is_empty() {
        "/"
    } else {
        found.path
    };
    match route["authorizationType"].as_str() {
        None | Some("NONE") => Ok(()),
        Some("AWS_IAM") => {
            let arn = arn(asked, &format!("{}{below}", request.method));
            let who = iam::authorized(app, request, &arn, ctx).await;
            let who = who.map_err(|refused| refused.of_http_api())?;
            asked.via.authorizer = json!({"iam": who.event_2()});
            asked.via.identity.extend(who.event_1());
            Ok(())
        }
        Some("CUSTOM") => {
            let arn = arn(asked, &format!("{}{below}", request.method));
            asked.via.authorizer = custom(app, request, found, asked, &arn, ctx).await?;
            Ok(())
        }
        Some("JWT") => {
            asked.via.authorizer = token(app, found, asked, ctx).await?;
            Ok(())
        }
        Some(_) => Err(broken().because("its authorization type is not built")),
    }
}

/// Holds the token of a request against its JWT authorizer; what the function behind gets to know.
async fn token(
    app: &Arc<App>,
    found: &Found<'_>,
    asked: &Asked<'_>,
    ctx: &Ctx,
) -> Result<Value, Failed> {
    let (_, authorizer) = found.authorizer()?;
    let scopes = found.matched.route["authorizationScopes"].as_array();
    let scopes: Vec<&str> = scopes
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let refused = |status: u16, message: &str, challenge: String| {
        Failed::told(status, message).with(vec![("www-authenticate", challenge)])
    };
    let unauthorized = || refused(401, "Unauthorized", "Bearer".to_owned());
    let name = authorizer["identitySource"][0].as_str().unwrap_or_default();
    let text = source(found, asked, name).ok_or_else(unauthorized)?;
    let verified = app
        .gateway
        .verify_jwt(authorizer, &text, &scopes, ctx.now)
        .await;
    let claims = verified.map_err(|why| match why {
        JwtRefused::Token(why @ jwt::Refused::Token(told)) => refused(
            401,
            "Unauthorized",
            format!("Bearer error=\"invalid_token\" error_description=\"{told}\""),
        )
        .because(why.to_string()),
        JwtRefused::Token(why @ jwt::Refused::Scope) => {
            let plain =
                |letter: &char| matches!(letter, ' '..='~') && !matches!(letter, '"' | '\\');
            let wanted: String = scopes.join(" ").chars().filter(plain).collect();
            let challenge = format!("Bearer scope=\"{wanted}\" error=\"insufficient_scope\"");
            refused(403, "Forbidden", challenge).because(why.to_string())
        }
        JwtRefused::Issuer(why) => refused(
            401,
            "Unauthorized",
            "Bearer error=\"invalid_token\" error_description=\"the issuer's keys are not known\""
                .to_owned(),
        )
        .because(format!("its issuer's keys are not known: {why}")),
    })?;
    let scopes = match scopes.is_empty() {
        true => Value::Null,
        false => json!(scopes),
    };
    let told = json!({"claims": claims, "scopes": scopes});
    let integration = found.parts.integration(found.matched.route);
    let two = integration.is_some_and(|of| of["payloadFormatVersion"] == "2.0");
    Ok(match two {
        true => json!({"jwt": told}),
        false => told,
    })
}

/// Where an identity source's value is; `None` where the request has none.
fn source(found: &Found<'_>, asked: &Asked<'_>, source: &str) -> Option<String> {
    let value = if let Some(name) = source.strip_prefix("$request.header.") {
        let values: Vec<&str> = asked
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        values.join(",")
    } else if let Some(name) = source.strip_prefix("$request.querystring.") {
        let mut values = asked.pairs.iter().filter(|(known, _)| known == name);
        values.next()?.1.clone()
    } else if let Some(name) = source.strip_prefix("$stageVariables.") {
        found.variable(name)?
    } else {
        match source.strip_prefix("$context.")? {
            "routeKey" => found.matched.key.to_owned(),
            "stage" => found.stage.to_owned(),
            "apiId" => asked.via.api.clone(),
            "httpMethod" => asked.method.to_owned(),
            "path" => asked.via.whole_path.clone(),
            "identity.sourceIp" => asked.source_ip.to_owned(),
            "accountId" => asked.realm.account.clone(),
            _ => return None,
        }
    };
    (!value.is_empty()).then_some(value)
}

/// What an authorizer's function is called with.
fn event(
    authorizer: &Value,
    asked: &Asked<'_>,
    identity: &[String],
    arn: &str,
) -> Result<Value, Failed> {
    let two = authorizer["authorizerPayloadFormatVersion"] == "2.0";
    let format = if two { Format::Proxy2 } else { Format::Proxy1 };
    let mut event = asked.event(format).map_err(|why| broken().because(why.0))?;
    if let Some(members) = event.as_object_mut() {
        members.remove("body");
        members.remove("isBase64Encoded");
    }
    event["type"] = json!("REQUEST");
    if two {
        event["routeArn"] = json!(arn);
        event["identitySource"] = match identity.is_empty() {
            true => Value::Null,
            false => json!(identity),
        };
    } else {
        event["methodArn"] = json!(arn);
        event["identitySource"] = json!(identity.join(","));
        event["authorizationToken"] = json!(identity.join(","));
    }
    Ok(event)
}

/// Asks a Lambda authorizer; what the function behind gets to know.
async fn custom(
    app: &Arc<App>,
    request: &Request<'_>,
    found: &Found<'_>,
    asked: &Asked<'_>,
    arn: &str,
    ctx: &Ctx,
) -> Result<Value, Failed> {
    let (id, authorizer) = found.authorizer()?;
    let mut identity = Vec::new();
    for name in authorizer["identitySource"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let name = name.as_str().unwrap_or_default();
        let value = source(found, asked, name);
        identity.push(value.ok_or_else(|| Failed::told(401, "Unauthorized"))?);
    }
    let uri = authorizer["authorizerUri"].as_str().unwrap_or_default();
    let function = function_at(uri, |name| found.variable(name));
    let function = function.ok_or_else(|| broken().because("its authorizer names no function"))?;
    let role = &authorizer["authorizerCredentialsArn"];
    let caller = authorizer_source(ctx, asked, (id, role));
    let seconds = authorizer["authorizerResultTtlInSeconds"]
        .as_i64()
        .unwrap_or(0);
    // An authorizer that was changed is asked anew.
    let key = json!(["http", asked.via.api, asked.via.stage, authorizer, identity]).to_string();
    let key = (seconds > 0 && !identity.is_empty()).then_some((key, seconds));
    let event = event(authorizer, asked, &identity, arn)?;
    let simple = authorizer["enableSimpleResponses"] == true;
    let said = app
        .gateway
        .authorize(ctx, (&caller, &function), event, key, simple)
        .await
        .map_err(failed)?;
    let said = said.map_err(|refused| match refused {
        Refused::Unauthorized => Failed::told(401, "Unauthorized"),
        Refused::Failed(why) => broken().because(why),
    })?;
    if said.verdict(&request.origin(), arn, ctx.now) != Verdict::Allowed {
        return Err(Failed::told(403, "Forbidden").because("its authorizer said no"));
    }
    let mut context = said.context.clone();
    let integration = found.parts.integration(found.matched.route);
    let two = integration.is_some_and(|of| of["payloadFormatVersion"] == "2.0");
    if two {
        return Ok(json!({"lambda": context}));
    }
    if !said.principal.is_empty() {
        context.insert("principalId".into(), json!(said.principal));
    }
    Ok(Value::Object(context))
}

/// Passes the request on to another server.
async fn pass_on(
    app: &Arc<App>,
    found: &Found<'_>,
    asked: &Asked<'_>,
    integration: &Value,
    record: &mut Record,
) -> Result<Response, Failed> {
    let text = |name: &str| integration[name].as_str().unwrap_or_default();
    let parameter = |name: &str| {
        let mut all = found.matched.parameters.iter();
        all.find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    };
    let url = url(text("integrationUri"), asked.query, parameter, |name| {
        found.variable(name)
    });
    let url = url.map_err(|why| broken().because(why))?;
    let method = match text("integrationMethod") {
        "ANY" => asked.method,
        given => given,
    };
    let limit = integration["timeoutInMillis"].as_u64().unwrap_or(30_000);
    let outgoing = forward::Outgoing {
        method: method.to_owned(),
        url,
        headers: forward::fields(asked).map_err(forward::of_http_api)?,
        body: asked.body.to_vec(),
        limit: Duration::from_millis(limit),
    };
    let answered = forward::send(app, outgoing).await;
    let (status, headers, body) = answered.map_err(forward::of_http_api)?;
    record.backend.status = Some(status);
    record.backend.own_status = Some(status);
    let headers = passed_on(&headers).cloned().collect();
    Ok(forward::whole((status, headers, body)))
}

/// Calls the function of a route.
async fn integrate(
    app: &Arc<App>,
    found: &Found<'_>,
    asked: &Asked<'_>,
    (integration, function): (&Value, &str),
    ctx: &Ctx,
    record: &mut Record,
) -> Result<Response, Failed> {
    let format = match integration["payloadFormatVersion"] == "2.0" {
        true => Format::Proxy2,
        false => Format::Proxy1,
    };
    let event = asked.event(format).map_err(|why| broken().because(why.0))?;
    let source = Source {
        service: SERVICE,
        role: integration["credentialsArn"].as_str().map(str::to_owned),
        arn: arn(asked, &found.arn),
    };
    let limit = integration["timeoutInMillis"].as_u64().unwrap_or(30_000);
    let how = How::Within(Duration::from_millis(limit));
    let payload = event.to_string().into();
    let (called, came) = app
        .functions
        .invoke_for_request(ctx, &source, function, payload, how)
        .await;
    if let Some(function) = &mut record.function {
        function.called = came;
    }
    let answered = called
        .map_err(failed)?
        .ok_or_else(|| broken().because("it was not waited for"))?;
    record.backend.status = Some(200);
    record.backend.request_id = Some(answered.request_id.clone());
    if let Some(failure) = answered.failure() {
        return Err(broken().because(failure));
    }
    if format == Format::Proxy2 && is_an_error(&answered.payload) {
        return Err(broken().because("the function returned what an error is told by"));
    }
    let answer = read(format, &answered.payload).map_err(|why| broken().because(why.0))?;
    record.backend.own_status = Some(answer.status);
    let headers = answer.headers.into_iter();
    Ok(Response {
        status: answer.status,
        headers: headers.map(|(name, value)| (name.into(), value)).collect(),
        body: Content::Bytes(answer.body),
    })
}

/// Whether a function returned what Lambda tells of a function that failed, which counts as that.
fn is_an_error(payload: &[u8]) -> bool {
    let told: Option<Value> = serde_json::from_slice(payload).ok();
    told.is_some_and(|told| told.get("errorMessage").is_some() && told.get("statusCode").is_none())
}
