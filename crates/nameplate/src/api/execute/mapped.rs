//! Integrations that are no proxies: what mapping templates make of requests and answers.

use super::{Failed, Found, conversion, header};
use crate::api::{Content, Response};
use nameplate_aws::uri;
use nameplate_core::gateway::json_path::Path;
use nameplate_core::gateway::mapping::{Filled, Source, Template};
use nameplate_core::gateway::rest::selection;
use nameplate_core::vending::gateway::{Asked, Format};
use serde_json::{Map, Value, json};

/// `$context` of a request, as far as it is known.
pub(super) fn context(asked: &Asked<'_>) -> Value {
    // It is what proxy events have, and the body is none of it.
    let bare = Asked {
        body: b"",
        ..asked.clone()
    };
    let event = bare.event(Format::Proxy1);
    let mut context = event.map_or(Value::Null, |mut event| event["requestContext"].take());
    context["awsEndpointRequestId"] = json!(asked.request_id);
    context
}

/// A member by its name with points; nothing where there is none.
pub(super) fn member(of: &Value, name: &str) -> Option<String> {
    let nested = || name.split('.').try_fold(of, |value, name| value.get(name));
    let found = of.get(name).or_else(nested)?;
    match found {
        Value::Null => None,
        found => Some(plain(found)),
    }
}

/// Whether a text can be the value of a header field.
pub(super) fn sends(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte))
}

/// A request, as templates of gateway responses refer to it.
pub(super) struct OfRequest<'a> {
    pub(super) asked: &'a Asked<'a>,
    pub(super) context: Value,
}

impl Source for OfRequest<'_> {
    fn body(&self) -> &str {
        ""
    }

    fn parameter(&self, name: &str) -> Option<String> {
        parameter(self.asked, name)
    }

    fn parameters(&self) -> Value {
        parameters(self.asked)
    }

    fn context(&self) -> Value {
        self.context.clone()
    }

    fn variables(&self) -> Value {
        self.asked.via.variables.clone()
    }
}

/// What templates of an integration refer to.
struct Seen<'a> {
    asked: &'a Asked<'a>,
    body: &'a str,
}

impl Source for Seen<'_> {
    fn body(&self) -> &str {
        self.body
    }

    fn parameter(&self, name: &str) -> Option<String> {
        parameter(self.asked, name)
    }

    fn parameters(&self) -> Value {
        parameters(self.asked)
    }

    fn context(&self) -> Value {
        context(self.asked)
    }

    fn variables(&self) -> Value {
        match &self.asked.via.variables {
            Value::Null => json!({}),
            variables => variables.clone(),
        }
    }
}

/// A parameter of the path, the query or the header fields, in this order.
fn parameter(asked: &Asked<'_>, name: &str) -> Option<String> {
    let path = || member(&asked.via.parameters, name).map(|sent| uri::decode_text(&sent));
    let query = || {
        let mut all = asked.pairs.iter();
        all.find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    };
    let field = || header(asked.headers, &name.to_ascii_lowercase()).map(str::to_owned);
    path().or_else(query).or_else(field)
}

fn parameters(asked: &Asked<'_>) -> Value {
    let path = asked.via.parameters.as_object().into_iter().flatten();
    let path = path.map(|(name, sent)| {
        let sent = sent.as_str().unwrap_or_default();
        (name.clone(), json!(uri::decode_text(sent)))
    });
    let query = asked.pairs.iter();
    let query = query.map(|(name, value)| (name.clone(), json!(value)));
    // Names as clients of HTTP/1.1 write them, which proxy events have too.
    let bare = Asked {
        body: b"",
        ..asked.clone()
    };
    let event = bare.event(Format::Proxy1);
    let headers = event.map_or(Value::Null, |mut event| event["headers"].take());
    json!({
        "path": path.collect::<Map<_, _>>(),
        "querystring": query.collect::<Map<_, _>>(),
        "header": headers,
    })
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn broken(why: impl Into<String>) -> Failed {
    Failed::told(500, "Internal server error").because(why)
}

fn fill(template: &str, seen: &Seen<'_>) -> Result<Filled, Failed> {
    // It was looked at when it was saved.
    let template = Template::parse(template).map_err(|why| broken(why.to_string()))?;
    template.fill(seen).map_err(|why| broken(why.to_string()))
}

/// The template for a media type.
fn template<'i>(templates: &'i Value, kind: &str) -> Option<&'i str> {
    let kind = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    templates.get(kind)?.as_str()
}

/// What an integration is called with.
pub(super) struct Sent {
    pub(super) body: Vec<u8>,
    /// `$context` as the template left it.
    pub(super) context: Value,
}

/// Makes it of a request.
///
/// # Errors
/// Its media type is not taken, its template fails, or it is not what is to become bytes.
pub(super) fn request(asked: &Asked<'_>, integration: &Value) -> Result<Sent, Failed> {
    let whole = conversion::to_text(asked, integration);
    let body = String::from_utf8_lossy(&whole);
    let kind = header(asked.headers, "content-type").unwrap_or("application/json");
    let templates = &integration["requestTemplates"];
    let seen = Seen { asked, body: &body };
    let chosen = template(templates, kind).or_else(|| template(templates, "$default"));
    if let Some(template) = chosen {
        let Filled { text, context } = fill(template, &seen)?;
        let body = conversion::to_binary(asked, integration, text.into_bytes())?;
        return Ok(Sent { body, context });
    }
    let any = templates
        .as_object()
        .is_some_and(|templates| !templates.is_empty());
    let passes = match integration["passthroughBehavior"].as_str() {
        Some("NEVER") => false,
        Some("WHEN_NO_TEMPLATES") => !any,
        _ => true,
    };
    let body = match passes {
        false => return Err(Failed::told(415, "Unsupported Media Type")),
        true if whole.is_empty() => b"{}".to_vec(),
        true => conversion::to_binary(asked, integration, whole.into_owned())?,
    };
    let context = Value::Null;
    Ok(Sent { body, context })
}

/// The status that a mock's template names, in JSON or nearly so.
fn mock_status(text: &str) -> Option<String> {
    if let Ok(told) = serde_json::from_str::<Value>(text) {
        return told.get("statusCode").map(plain);
    }
    let (_, rest) = text.split_once("statusCode")?;
    let rest = rest.trim_start_matches(['"', '\'', ':', ' ', '\t', '\r', '\n']);
    let end = rest.find(|c: char| !c.is_ascii_digit());
    Some(rest[..end.unwrap_or(rest.len())].to_owned())
}

/// The answer of an integration without a function: its request template says which of its responses.
pub(super) fn mock(
    found: &Found<'_>,
    asked: &Asked<'_>,
    integration: &Value,
) -> Result<Response, Failed> {
    let sent = request(asked, integration)?;
    let none = || broken("its mock gives no statusCode of its responses");
    let status = mock_status(&String::from_utf8_lossy(&sent.body)).ok_or_else(none)?;
    let responses = integration["integrationResponses"].as_object();
    let responses = responses.ok_or_else(none)?;
    let chosen = responses.values().find(|one| {
        one["selectionPattern"]
            .as_str()
            .filter(|pattern| !pattern.is_empty())
            .and_then(selection)
            .is_some_and(|pattern| pattern.is_match(&status))
    });
    let default = || {
        responses
            .values()
            .find(|one| one["selectionPattern"].as_str().is_none_or(str::is_empty))
    };
    let chosen = chosen
        .or_else(|| responses.get(&status))
        .or_else(default)
        .ok_or_else(none)?;
    if !status
        .parse::<u16>()
        .is_ok_and(|status| (200..600).contains(&status))
    {
        return Err(none());
    }
    given(found, asked, chosen, &Came::default(), sent.context)
}

/// What an integration answered.
#[derive(Default)]
pub(super) struct Came<'c> {
    /// What a selection pattern is held against: an error's text, or a status.
    pub(super) outcome: Option<&'c str>,
    /// Header fields, names in lower case.
    pub(super) headers: &'c [(String, String)],
    pub(super) body: &'c [u8],
}

/// The answer of an integration that is no proxy: a pattern that its error's text or status matches chooses among the
/// responses.
pub(super) fn response(
    found: &Found<'_>,
    asked: &Asked<'_>,
    integration: &Value,
    came: &Came<'_>,
    context: Value,
) -> Result<Response, Failed> {
    let responses = integration["integrationResponses"].as_object();
    let none = || broken("it has no integration response for the answer");
    let responses = responses.ok_or_else(none)?;
    let matching = responses.values().find(|one| {
        let pattern = one["selectionPattern"]
            .as_str()
            .filter(|pattern| !pattern.is_empty());
        match (pattern.and_then(selection), came.outcome) {
            (Some(pattern), Some(outcome)) => pattern.is_match(outcome),
            _ => false,
        }
    });
    let default = || {
        responses
            .values()
            .find(|one| one["selectionPattern"].as_str().is_none_or(str::is_empty))
    };
    let chosen = matching.or_else(default).ok_or_else(none)?;
    given(found, asked, chosen, came, context)
}

/// What a response parameter's value is.
fn parameter_of(asked: &Asked<'_>, came: &Came<'_>, body: &str, of: &str) -> Option<String> {
    if let Some(fixed) = of.strip_prefix('\'') {
        return Some(fixed.trim_end_matches('\'').to_owned());
    }
    if let Some(name) = of.strip_prefix("context.") {
        return member(&context(asked), name);
    }
    if let Some(name) = of.strip_prefix("stageVariables.") {
        return member(&asked.via.variables, name);
    }
    let of = of.strip_prefix("integration.response.")?;
    if let Some((_, name)) = of.split_once("header.") {
        let name = name.to_ascii_lowercase();
        let values = came.headers.iter().filter(|(known, _)| *known == name);
        let values: Vec<&str> = values.map(|(_, value)| value.as_str()).collect();
        return (!values.is_empty()).then(|| values.join(","));
    }
    let path = match of.strip_prefix("body")? {
        "" => return Some(body.to_owned()),
        path => path.strip_prefix('.')?,
    };
    let body: Value = serde_json::from_str(body).ok()?;
    let found = Path::parse(path).ok()?.find(&body)?;
    (!found.is_null()).then(|| plain(&found))
}

fn given(
    found: &Found<'_>,
    asked: &Asked<'_>,
    response: &Value,
    came: &Came<'_>,
    kept: Value,
) -> Result<Response, Failed> {
    let code = response["statusCode"].as_str().unwrap_or_default();
    if found.matched.method["methodResponses"].get(code).is_none() {
        return Err(broken(format!(
            "its output mapping refers to the method response {code}, which is not there"
        )));
    }
    let mut status: u16 = code.parse().unwrap_or(200);
    let came_as = header(came.headers, "content-type");
    let answer = conversion::Answer::of(found, asked, response, came_as);
    let whole = answer.to_text(came.body);
    let body = String::from_utf8_lossy(&whole);
    let mut headers: Vec<(String, String)> = Vec::new();
    let parameters = response["responseParameters"].as_object();
    for (name, of) in parameters.into_iter().flatten() {
        let name = name
            .trim_start_matches("method.response.header.")
            .to_ascii_lowercase();
        let of = of.as_str().unwrap_or_default();
        if let Some(value) = parameter_of(asked, came, &body, of) {
            headers.push((name, value));
        }
    }
    let templates = &response["responseTemplates"];
    let named = headers.iter().find(|(name, _)| name == "content-type");
    let kind = match named {
        Some((_, kind)) => kind.clone(),
        None => {
            let accept = header(asked.headers, "accept").unwrap_or_default();
            let all = templates.as_object().into_iter().flatten();
            let mut first = all.map(|(kind, _)| kind.as_str());
            let mut wanted = accept.split(',').map(str::trim);
            let kind = wanted.find(|kind| template(templates, kind).is_some());
            let json = || template(templates, "application/json").map(|_| "application/json");
            let kind = kind.or_else(json).or_else(|| first.next());
            let kind = kind.unwrap_or("application/json");
            kind.split(';').next().unwrap_or_default().to_owned()
        }
    };
    let seen = Seen { asked, body: &body };
    let (sent, left) = match template(templates, &kind) {
        Some(template) if !template.is_empty() => {
            let filled = fill(template, &seen)?;
            (filled.text.into_bytes(), filled.context)
        }
        _ => (whole.to_vec(), Value::Null),
    };
    let sent = answer.to_binary(sent)?;
    // The answer's own template has the last word.
    for context in [&kept, &left] {
        let says = &context["responseOverride"];
        if let Some(wanted) = says.get("status") {
            let wanted = plain(wanted).parse::<u16>().ok();
            let wanted = wanted.filter(|status| (200..600).contains(status));
            status = wanted.ok_or_else(|| broken("its template gives a status that is none"))?;
        }
        for (name, value) in says["header"].as_object().into_iter().flatten() {
            let name = name.to_ascii_lowercase();
            headers.retain(|(known, _)| *known != name);
            headers.push((name, plain(value)));
        }
    }
    if !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".into(), kind));
    }
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    for (name, value) in &headers {
        if name.is_empty() || !name.bytes().all(token) || !sends(value) {
            return Err(broken(format!("{name} cannot be sent")));
        }
    }
    let headers = headers.into_iter();
    Ok(Response {
        status,
        headers: headers.map(|(name, value)| (name.into(), value)).collect(),
        body: Content::Bytes(sent),
    })
}

/// The text of a body that a function says is base64.
pub(super) fn encoded_body(payload: &[u8]) -> Option<String> {
    let told: Value = serde_json::from_slice(payload).ok()?;
    let encoded = told["isBase64Encoded"] == true || told["isBase64Encoded"] == "true";
    encoded.then(|| told["body"].as_str().map(str::to_owned))?
}
