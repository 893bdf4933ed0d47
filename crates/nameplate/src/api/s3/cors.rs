//! Requests of browsers for pages of other origins: what a bucket's rules say, told before a request and with its
//! answer. [Fetch standard: CORS protocol; S3: PutBucketCors]

use super::envelope::addressed;
use super::{Call, Failure, Fault, Reply, Setting, fault, refuse, text};
use crate::api::{Content, Request, Response};
use crate::app::App;
use crate::app::objects::CorsRule;
use nameplate_aws::request::Element;
use nameplate_aws::respond::Node;
use nameplate_aws::uri;
use std::borrow::Cow;

/// Methods that a rule may name.
const METHODS: [&str; 5] = ["GET", "PUT", "POST", "DELETE", "HEAD"];
/// Rules of one bucket (S3 user guide: CORS).
const RULES: usize = 100;
/// Longest name of a rule, characters.
const ID_CHARS: usize = 255;
/// What else than the address an answer depends on.
const VARY: &str = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

pub(super) async fn get(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let rules = call.app.objects.cors(call.bucket()).await?;
    if rules.is_empty() {
        return Err(Fault::NotConfigured(Setting::Cors, call.bucket().to_owned()).into());
    }
    let rules = rules.iter().map(|rule| ("CORSRule".to_owned(), node(rule)));
    let node = Node::Structure(rules.collect());
    Ok(Reply::document("CORSConfiguration", &node))
}

pub(super) async fn put(call: &mut Call<'_>) -> Result<Reply, Failure> {
    let document = call.document().await?;
    let rules: Vec<CorsRule> = document
        .all("CORSRule")
        .map(rule)
        .collect::<Result<_, Failure>>()?;
    match rules.len() {
        0 => return Err(Fault::Xml.into()),
        1..=RULES => {}
        _ => {
            let text = "The number of CORS rules should not exceed allowed limit of 100 rules.";
            return Err(Fault::Refused(text.to_owned()).into());
        }
    }
    call.app
        .objects
        .set_cors(&call.caller, call.bucket(), &rules)
        .await?;
    Ok(Reply::empty())
}

pub(super) async fn delete(call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.app
        .objects
        .set_cors(&call.caller, call.bucket(), &[])
        .await?;
    Ok(Reply {
        status: Some(204),
        ..Reply::empty()
    })
}

fn node(rule: &CorsRule) -> Node {
    let list = |name: &'static str, items: &[String]| -> Vec<(String, Node)> {
        items.iter().map(|item| text(name, item)).collect()
    };
    let mut members = Vec::new();
    members.extend(rule.id.as_ref().map(|id| text("ID", id)));
    members.extend(list("AllowedMethod", &rule.methods));
    members.extend(list("AllowedOrigin", &rule.origins));
    members.extend(list("AllowedHeader", &rule.headers));
    members.extend(list("ExposeHeader", &rule.exposed));
    members.extend(rule.max_age_seconds.map(|age| text("MaxAgeSeconds", age)));
    Node::Structure(members)
}

fn rule(element: &Element) -> Result<CorsRule, Failure> {
    let texts = |name: &str| -> Vec<String> {
        let found = element.all(name);
        found.map(|item| item.text.trim().to_owned()).collect()
    };
    let refused = |text: String| Err(Fault::Refused(text).into());
    let rule = CorsRule {
        id: element.value("ID").map(str::to_owned),
        headers: texts("AllowedHeader"),
        methods: texts("AllowedMethod"),
        origins: texts("AllowedOrigin"),
        exposed: texts("ExposeHeader"),
        max_age_seconds: match element.value("MaxAgeSeconds") {
            Some(age) => Some(age.trim().parse().map_err(|_| Fault::Xml)?),
            None => None,
        },
    };
    if rule.methods.is_empty() || rule.origins.is_empty() {
        return Err(Fault::Xml.into());
    }
    if rule
        .id
        .as_ref()
        .is_some_and(|id| id.chars().count() > ID_CHARS)
    {
        return refused(format!(
            "The ID of a CORS rule has at most {ID_CHARS} characters."
        ));
    }
    let unknown = |method: &&String| !METHODS.contains(&method.as_str());
    if let Some(method) = rule.methods.iter().find(unknown) {
        return refused(format!(
            "Found unsupported HTTP method in CORS config. Unsupported method is {method}"
        ));
    }
    let patterns = [
        ("AllowedOrigin", &rule.origins),
        ("AllowedHeader", &rule.headers),
    ];
    for (name, items) in patterns {
        let wild = |item: &&String| item.matches('*').count() > 1;
        if let Some(item) = items.iter().find(wild) {
            return refused(format!(
                "{name} \"{item}\" can not have more than one wildcard."
            ));
        }
    }
    if let Some(item) = rule.exposed.iter().find(|item| item.contains('*')) {
        return refused(format!(
            "ExposeHeader \"{item}\" contains wildcard. We currently do not support wildcard for ExposeHeader."
        ));
    }
    Ok(rule)
}

fn bucket_of(path: &str) -> Option<&str> {
    path.strip_prefix('/')?
        .split('/')
        .next()
        .filter(|name| !name.is_empty())
}

/// What a browser asks before a request for a page of another origin: `None` where no bucket is named that exists.
pub async fn preflight(app: &App, request: &Request<'_>) -> Option<Response> {
    if request.method != "OPTIONS" {
        return None;
    }
    let (path, _) = uri::split_target(request.target);
    let path = addressed(app, request, path);
    let bucket = uri::decode_text(bucket_of(&path)?);
    let rules = app.objects.cors(&bucket).await.ok()?;
    let told = |fault: &Fault| {
        let error = fault::request(fault);
        refuse(&super::ROW, request, error, &app.ctx().request_id)
    };
    let header = |name: &str| {
        request
            .headers
            .text(name)
            .map(|value| value.trim().to_owned())
    };
    let Some(origin) = header("origin") else {
        return Some(told(&Fault::NoOrigin));
    };
    let method = header("access-control-request-method").unwrap_or_else(|| "null".to_owned());
    if !METHODS.contains(&method.as_str()) {
        return Some(told(&Fault::CorsMethod(method)));
    }
    if rules.is_empty() {
        return Some(told(&Fault::CorsOff));
    }
    let wanted: Vec<String> = header("access-control-request-headers")
        .unwrap_or_default()
        .split(',')
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .collect();
    let Some(mut headers) = allowed(&rules, &origin, &method, &wanted) else {
        return Some(told(&Fault::CorsRefused));
    };
    if !wanted.is_empty() {
        headers.push(("access-control-allow-headers", wanted.join(", ")));
    }
    Some(Response {
        status: http::StatusCode::OK.as_u16(),
        headers: owned(headers),
        body: Content::Bytes(Vec::new()),
    })
}

/// Adds to an answer what lets a page of another origin read it, where the bucket's rules do.
pub async fn allow(app: &App, request: &Request<'_>, response: &mut Response) {
    let Some(origin) = request.headers.text("origin") else {
        return;
    };
    let (path, _) = uri::split_target(request.target);
    let path = addressed(app, request, path);
    let Some(bucket) = bucket_of(&path) else {
        return;
    };
    // Where it does not exist, the answer says so already.
    let Ok(rules) = app.objects.cors(&uri::decode_text(bucket)).await else {
        return;
    };
    if let Some(headers) = allowed(&rules, origin.trim(), request.method, &[]) {
        response.headers.extend(owned(headers));
    }
}

fn owned(headers: Vec<(&'static str, String)>) -> Vec<(Cow<'static, str>, String)> {
    let named = headers.into_iter();
    named.map(|(name, value)| (name.into(), value)).collect()
}

/// The headers by which the first rule that fits lets a request in.
fn allowed(
    rules: &[CorsRule],
    origin: &str,
    method: &str,
    wanted: &[String],
) -> Option<Vec<(&'static str, String)>> {
    let found = rules.iter().find_map(|rule| {
        let pattern = rule.lets_in(origin, method, wanted)?;
        Some((rule, pattern))
    });
    let (rule, pattern) = found?;
    let for_all = pattern == "*";
    let origin = if for_all { "*" } else { origin };
    let mut headers = vec![
        ("access-control-allow-origin", origin.to_owned()),
        ("access-control-allow-methods", rule.methods.join(", ")),
    ];
    if !rule.exposed.is_empty() {
        headers.push(("access-control-expose-headers", rule.exposed.join(", ")));
    }
    if let Some(age) = rule.max_age_seconds {
        headers.push(("access-control-max-age", age.to_string()));
    }
    if !for_all {
        headers.push(("access-control-allow-credentials", "true".to_owned()));
    }
    headers.push(("vary", VARY.to_owned()));
    Some(headers)
}
