//! Integrations that are no proxies: what mapping templates make of requests and answers.

use super::{Failed, Found, header};
use crate::api::{Content, Response};
use nameplate_aws::uri;
use nameplate_core::gateway::mapping::{Source, Template};
use nameplate_core::gateway::rest::selection;
use nameplate_core::vending::gateway::Asked;
use serde_json::Value;

/// What templates refer to.
struct Seen<'a> {
    found: &'a Found<'a>,
    asked: &'a Asked<'a>,
    body: &'a str,
}

impl Source for Seen<'_> {
    fn body(&self) -> &str {
        self.body
    }

    fn parameter(&self, place: Option<&str>, name: &str) -> Option<String> {
        let path = || {
            let mut all = self.found.matched.parameters.iter();
            all.find(|(known, _)| known == name)
                .map(|(_, value)| uri::decode_text(value))
        };
        let query = || {
            let mut all = self.asked.pairs.iter();
            all.find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        };
        let field = || header(self.asked.headers, &name.to_ascii_lowercase()).map(str::to_owned);
        match place {
            Some("path") => path(),
            Some("querystring") => query(),
            Some(_) => field(),
            None => path().or_else(query).or_else(field),
        }
    }

    fn context(&self, name: &str) -> Option<String> {
        let via = &self.asked.via;
        Some(match name {
            "apiId" => via.api.clone(),
            "stage" => via.stage.clone(),
            "httpMethod" => self.asked.method.to_owned(),
            "requestId" => self.asked.request_id.to_owned(),
            "resourceId" => via.resource_id.clone(),
            "resourcePath" => via.resource.clone(),
            "path" => via.whole_path.clone(),
            "accountId" => self.asked.realm.account.clone(),
            "requestTimeEpoch" => self.asked.now.0.to_string(),
            "identity.sourceIp" => self.asked.source_ip.to_owned(),
            "identity.userAgent" => self.parameter(Some("header"), "user-agent")?,
            name => match name.strip_prefix("authorizer.") {
                Some(member) => plain(via.authorizer.get(member)?),
                None => plain(via.identity.get(name.strip_prefix("identity.")?)?),
            },
        })
    }

    fn variable(&self, name: &str) -> Option<String> {
        Some(plain(self.found.variables.get(name)?))
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn fill(template: &str, seen: &Seen<'_>) -> Result<String, Failed> {
    // It was looked at when it was saved.
    let template = Template::parse(template);
    let template = template
        .map_err(|why| Failed::told(500, "Internal server error").because(why.to_string()))?;
    Ok(template.fill(seen))
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

/// The body that a function is called with.
pub(super) fn request(
    found: &Found<'_>,
    asked: &Asked<'_>,
    integration: &Value,
) -> Result<String, Failed> {
    let body = String::from_utf8_lossy(asked.body);
    let kind = header(asked.headers, "content-type").unwrap_or("application/json");
    let templates = &integration["requestTemplates"];
    let seen = Seen {
        found,
        asked,
        body: &body,
    };
    if let Some(template) = template(templates, kind) {
        return fill(template, &seen);
    }
    let any = templates
        .as_object()
        .is_some_and(|templates| !templates.is_empty());
    let passes = match integration["passthroughBehavior"].as_str() {
        Some("NEVER") => false,
        Some("WHEN_NO_TEMPLATES") => !any,
        _ => true,
    };
    match passes {
        false => Err(Failed::told(415, "Unsupported Media Type")),
        true if body.is_empty() => Ok("{}".to_owned()),
        true => Ok(body.into_owned()),
    }
}

/// The answer of an integration without a function: its request template says which of its responses.
pub(super) fn mock(
    found: &Found<'_>,
    asked: &Asked<'_>,
    integration: &Value,
) -> Result<Response, Failed> {
    let filled = request(found, asked, integration)?;
    let told: Value = serde_json::from_str(&filled).unwrap_or_default();
    let status = plain(&told["statusCode"]);
    let responses = integration["integrationResponses"].as_object();
    let broken = || {
        Failed::told(500, "Internal server error")
            .because("its mock gives no statusCode of its responses")
    };
    let responses = responses.ok_or_else(broken)?;
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
        .ok_or_else(broken)?;
    if !status
        .parse::<u16>()
        .is_ok_and(|status| (200..600).contains(&status))
    {
        return Err(broken());
    }
    given(found, asked, chosen, "")
}

/// The answer of a function that is no proxy: a pattern that its error's text matches chooses among the responses.
pub(super) fn response(
    found: &Found<'_>,
    asked: &Asked<'_>,
    integration: &Value,
    error: Option<&str>,
    body: &str,
) -> Result<Response, Failed> {
    let responses = integration["integrationResponses"].as_object();
    let broken = || {
        Failed::told(500, "Internal server error")
            .because("it has no integration response for the answer")
    };
    let responses = responses.ok_or_else(broken)?;
    let matching = responses.values().find(|one| {
        let pattern = one["selectionPattern"]
            .as_str()
            .filter(|pattern| !pattern.is_empty());
        match (pattern.and_then(selection), error) {
            (Some(pattern), Some(error)) => pattern.is_match(error),
            _ => false,
        }
    });
    let default = || {
        responses
            .values()
            .find(|one| one["selectionPattern"].as_str().is_none_or(str::is_empty))
    };
    let chosen = matching.or_else(default).ok_or_else(broken)?;
    given(found, asked, chosen, body)
}

fn given(
    found: &Found<'_>,
    asked: &Asked<'_>,
    response: &Value,
    body: &str,
) -> Result<Response, Failed> {
    let code = response["statusCode"].as_str().unwrap_or_default();
    if found.matched.method["methodResponses"].get(code).is_none() {
        return Err(Failed::told(500, "Internal server error").because(format!(
            "its output mapping refers to the method response {code}, which is not there"
        )));
    }
    let status = code.parse().ok();
    let mut headers = Vec::new();
    let mut kind = "application/json".to_owned();
    let told: Value = serde_json::from_str(body).unwrap_or_default();
    for (name, value) in response["responseParameters"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let name = name
            .trim_start_matches("method.response.header.")
            .to_ascii_lowercase();
        let value = value.as_str().unwrap_or_default();
        let value = match value.strip_prefix("integration.response.body.") {
            None => value.trim_matches('\'').to_owned(),
            Some(path) => plain(path.split('.').fold(&told, |value, member| &value[member])),
        };
        let sends = |byte: u8| byte == b'\t' || (b' '..=b'~').contains(&byte);
        if !value.bytes().all(sends) {
            return Err(Failed::told(500, "Internal server error")
                .because(format!("{name} cannot be sent")));
        }
        match name == "content-type" {
            true => kind = value,
            false => headers.push((name.into(), value)),
        }
    }
    let seen = Seen { found, asked, body };
    let text = match template(&response["responseTemplates"], &kind) {
        Some(template) if !template.is_empty() => fill(template, &seen)?,
        _ => body.to_owned(),
    };
    headers.push(("content-type".into(), kind));
    Ok(Response {
        status: status.unwrap_or(200),
        headers,
        body: Content::Bytes(text.into_bytes()),
    })
}

/// The text of a body that a function says is base64.
pub(super) fn encoded_body(payload: &[u8]) -> Option<String> {
    let told: Value = serde_json::from_slice(payload).ok()?;
    let encoded = told["isBase64Encoded"] == true || told["isBase64Encoded"] == "true";
    encoded.then(|| told["body"].as_str().map(str::to_owned))?
}
