//! Integrations that pass a request on to another server, of REST and of HTTP APIs.
//! [API Gateway developer guide: HTTP integrations]

use super::record::{Record, named_fields};
use super::{Failed, Found, conversion, header, mapped};
use crate::api::{Content, Response};
use crate::app::App;
use crate::app::gateway::Unreached;
use nameplate_aws::uri;
use nameplate_core::gateway::forward::{may_be_sent, passed_on, url, via};
use nameplate_core::vending::gateway::Asked;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// What is passed on.
pub(super) struct Outgoing {
    pub(super) method: String,
    pub(super) url: String,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) limit: Duration,
}

/// Why there is no answer.
pub(super) enum Unanswered {
    /// The server did not answer in time.
    Late,
    /// It could not be reached, or did not answer as HTTP does.
    Broken(String),
    /// There is nothing that could be sent.
    Wrong(String),
    /// It is this server's own fault.
    Own(crate::app::Error),
}

/// The header fields of a request that go with it, and what the gateway adds.
///
/// # Errors
/// It has passed too many gateways.
pub(super) fn fields(asked: &Asked<'_>) -> Result<Vec<(String, String)>, Unanswered> {
    let own = [
        "via",
        "x-forwarded-for",
        "x-forwarded-port",
        "x-forwarded-proto",
    ];
    let mut headers: Vec<(String, String)> = passed_on(asked.headers)
        .filter(|(name, _)| !own.contains(&name.as_str()))
        .cloned()
        .collect();
    headers.extend(added(asked)?);
    Ok(headers)
}

/// What the gateway adds.
///
/// # Errors
/// The request has passed too many gateways.
pub(super) fn added(asked: &Asked<'_>) -> Result<Vec<(String, String)>, Unanswered> {
    let circle = || Unanswered::Wrong("the request goes in a circle of gateways".to_owned());
    let via = via(asked.headers).ok_or_else(circle)?;
    let chain = match header(asked.headers, "x-forwarded-for") {
        Some(before) => format!("{before}, {}", asked.source_ip),
        None => asked.source_ip.to_owned(),
    };
    let (scheme, port) = match asked.secure {
        true => ("https", "443"),
        false => ("http", "80"),
    };
    let host = header(asked.headers, "host").unwrap_or_default();
    let port = host.rsplit_once(':').map_or(port, |(_, port)| port);
    Ok([
        ("via", via),
        ("x-forwarded-for", chain),
        ("x-forwarded-port", port.to_owned()),
        ("x-forwarded-proto", scheme.to_owned()),
        ("x-amzn-apigateway-api-id", asked.via.api.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into())
}

/// Sends it; status, header fields and body of the answer.
pub(super) async fn send(
    app: &Arc<App>,
    outgoing: Outgoing,
) -> Result<(u16, Vec<(String, String)>, Vec<u8>), Unanswered> {
    let mut request = ::http::Request::builder()
        .method(outgoing.method.as_str())
        .uri(&outgoing.url);
    for (name, value) in &outgoing.headers {
        request = request.header(name, value);
    }
    let request = request
        .body(outgoing.body)
        .map_err(|wrong| Unanswered::Wrong(wrong.to_string()))?;
    let sent = app.gateway.forward(request, outgoing.limit).await;
    let answer = sent.map_err(Unanswered::Own)?.map_err(|why| match why {
        Unreached::Late => Unanswered::Late,
        Unreached::Broken(why) => Unanswered::Broken(why),
    })?;
    let headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        })
        .collect();
    Ok((answer.status, headers, answer.body.to_vec()))
}

/// An answer as it came.
pub(super) fn whole((status, headers, body): (u16, Vec<(String, String)>, Vec<u8>)) -> Response {
    let headers = headers.into_iter();
    Response {
        status,
        headers: headers.map(|(name, value)| (name.into(), value)).collect(),
        body: Content::Bytes(body),
    }
}

/// Refuses a request that an integration is told to send with a header field that it may not send.
pub(super) fn check_sent(
    found: &Found<'_>,
    asked: &Asked<'_>,
    integration: &Value,
) -> Result<(), Failed> {
    let with_lambda = integration["type"]
        .as_str()
        .is_some_and(|kind| kind.starts_with("AWS"));
    let given = parameters(found, asked, integration);
    let mut headers = given.iter().filter(|one| one.place == "header");
    match headers.find(|one| !may_be_sent(one.name, with_lambda)) {
        None => Ok(()),
        Some(one) => {
            let why = format!("{} header already present", one.name);
            Err(of_rest_api(Unanswered::Wrong(why)))
        }
    }
}

/// A request parameter of a REST API's integration: where it goes, its name, its value.
struct Given<'i> {
    place: &'i str,
    name: &'i str,
    value: String,
}

/// What the request parameters of an integration give of a request; those that it has not are left out.
fn parameters<'i>(found: &Found<'_>, asked: &Asked<'_>, integration: &'i Value) -> Vec<Given<'i>> {
    let first = |all: &[(String, String)], wanted: &str| {
        let mut all = all.iter().filter(|(name, _)| name == wanted);
        all.next().map(|(_, value)| value.clone())
    };
    let value = |of: &str| {
        if let Some(fixed) = of.strip_prefix('\'') {
            return Some(fixed.trim_end_matches('\'').to_owned());
        }
        if let Some(name) = of.strip_prefix("stageVariables.") {
            return found.variables.get(name)?.as_str().map(str::to_owned);
        }
        let (place, name) = of.strip_prefix("method.request.")?.split_once('.')?;
        match place {
            "path" => first(&found.matched.parameters, name).map(|sent| uri::decode_text(&sent)),
            "querystring" => first(asked.pairs, name),
            _ => first(asked.headers, &name.to_ascii_lowercase()),
        }
    };
    let all = integration["requestParameters"].as_object();
    all.into_iter()
        .flatten()
        .filter_map(|(name, of)| {
            let (place, name) = name.strip_prefix("integration.request.")?.split_once('.')?;
            let value = value(of.as_str()?)?;
            Some(Given { place, name, value })
        })
        .collect()
}

/// Passes a request to a REST API on.
pub(super) async fn rest(
    app: &Arc<App>,
    found: &Found<'_>,
    asked: &Asked<'_>,
    integration: &Value,
    record: &mut Record,
) -> Result<Response, Failed> {
    let text = |name: &str| integration[name].as_str().unwrap_or_default();
    let proxy = text("type") == "HTTP_PROXY";
    check_sent(found, asked, integration)?;
    let given = parameters(found, asked, integration);
    let mut query = match proxy {
        true => asked.query.to_owned(),
        false => String::new(),
    };
    for one in given.iter().filter(|one| one.place == "querystring") {
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str(&uri::encode(one.name.as_bytes()));
        query.push('=');
        query.push_str(&uri::encode(one.value.as_bytes()));
    }
    let of_path = |name: &str| {
        let mut all = given.iter().filter(|one| one.place == "path");
        all.find(|one| one.name == name)
            .map(|one| one.value.clone())
    };
    let variable = |name: &str| found.variables.get(name)?.as_str().map(str::to_owned);
    let url = url(text("uri"), &query, of_path, variable);
    let url = url.map_err(Unanswered::Wrong).map_err(of_rest_api)?;
    let mut headers = match proxy {
        true => fields(asked),
        false => added(asked),
    }
    .map_err(of_rest_api)?;
    // Who is behind an integration with a body of its own is not told of the client.
    let left_out = |name: &str| match proxy {
        true => name == "content-encoding",
        false => name.starts_with("x-forwarded-"),
    };
    headers.retain(|(name, _)| !left_out(name));
    headers.retain(|(name, _)| name != "x-amzn-trace-id");
    headers.push(("x-amzn-trace-id".into(), asked.trace()));
    for one in given.iter().filter(|one| one.place == "header") {
        let name = one.name.to_ascii_lowercase();
        headers.retain(|(known, _)| *known != name);
        headers.push((name, one.value.clone()));
    }
    let templates = integration["requestTemplates"].as_object();
    let mapped = templates.is_some_and(|templates| !templates.is_empty());
    let (body, context) = match proxy || asked.body.is_empty() && !mapped {
        true => {
            let body = conversion::to_text(asked, integration).into_owned();
            let body = conversion::to_binary(asked, integration, body)?;
            (body, Value::Null)
        }
        false => {
            let sent = mapped::request(asked, integration)?;
            (sent.body, sent.context)
        }
    };
    let overrides = &context["requestOverride"]["header"];
    for (name, value) in overrides.as_object().into_iter().flatten() {
        let name = name.to_ascii_lowercase();
        headers.retain(|(known, _)| *known != name);
        headers.extend(value.as_str().map(|value| (name, value.to_owned())));
    }
    let bodiless = matches!(asked.method, "GET" | "HEAD" | "OPTIONS");
    let kind = header(asked.headers, "content-type").filter(|_| !bodiless);
    let usual = [
        ("accept", Some("application/json".to_owned())),
        ("content-type", kind.map(str::to_owned)),
        (
            "user-agent",
            Some(format!("AmazonAPIGateway_{}", asked.via.api)),
        ),
    ];
    for (name, value) in usual {
        if header(&headers, name).is_none() {
            headers.extend(value.map(|value| (name.to_owned(), value)));
        }
    }
    let method = match text("httpMethod") {
        "ANY" => asked.method,
        given => given,
    };
    let limit = integration["timeoutInMillis"].as_u64().unwrap_or(29_000);
    record.step(app, || format!("Endpoint request URI: {url}"));
    record.data(app, "Endpoint request headers", || named_fields(&headers));
    record.data(app, "Endpoint request body after transformations", || {
        String::from_utf8_lossy(&body).into_owned()
    });
    let answered = send(
        app,
        Outgoing {
            method: method.to_owned(),
            url,
            headers,
            body,
            limit: Duration::from_millis(limit),
        },
    )
    .await
    .map_err(of_rest_api)?;
    record.backend.status = Some(answered.0);
    record.backend.own_status = Some(answered.0);
    record.data(app, "Endpoint response headers", || {
        named_fields(&answered.1)
    });
    record.data(app, "Endpoint response body before transformations", || {
        String::from_utf8_lossy(&answered.2).into_owned()
    });
    if proxy {
        return Ok(whole(answered));
    }
    let (status, headers, body) = answered;
    let status = status.to_string();
    let came = mapped::Came {
        outcome: Some(&status),
        headers: &headers,
        body: &body,
    };
    mapped::response(found, asked, integration, &came, context)
}

/// In the words of REST APIs.
pub(super) fn of_rest_api(unanswered: Unanswered) -> Failed {
    match unanswered {
        Unanswered::Late => Failed::told(504, "Endpoint request timed out"),
        Unanswered::Broken(why) => {
            Failed::told(504, "Network error communicating with endpoint").because(why)
        }
        Unanswered::Wrong(why) => Failed::told(500, "Internal server error").because(why),
        Unanswered::Own(error) => Failed::from(error),
    }
}

/// In the words of HTTP APIs.
pub(super) fn of_http_api(unanswered: Unanswered) -> Failed {
    match unanswered {
        Unanswered::Late => {
            Failed::told(503, "Service Unavailable").because("it did not answer in time")
        }
        Unanswered::Broken(why) => Failed::told(503, "Service Unavailable").because(why),
        Unanswered::Wrong(why) => Failed::told(500, "Internal Server Error").because(why),
        Unanswered::Own(error) => super::http::failed(error),
    }
}
