//! An HTTP API: routes, integrations, authorizers and stages, which route a request means, and what CORS adds.
//! [API Gateway developer guide: HTTP APIs]

use super::Refusal;
use super::forward::check_uri;
use super::rest::function_of;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Most routes and most integrations of an API (API Gateway quotas).
pub const ROUTES: usize = 300;
/// Most authorizers of an API, and most stages.
pub const FEW: usize = 10;
/// The route that takes what no other does, and the stage that has no name in paths.
pub const DEFAULT: &str = "$default";
/// Methods that a route key may name.
const METHODS: [&str; 8] = [
    "ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT",
];

/// What of an API a deployment keeps, each by its id and in AWS's shape.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Parts {
    /// Routes.
    #[serde(default)]
    pub routes: BTreeMap<String, Value>,
    /// Integrations.
    #[serde(default)]
    pub integrations: BTreeMap<String, Value>,
    /// Authorizers.
    #[serde(default)]
    pub authorizers: BTreeMap<String, Value>,
    /// Whether it answers under names of the owner's only (`disableExecuteApiEndpoint`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}

/// An API as it is edited.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Http {
    /// `Api`, in AWS's shape.
    pub about: Map<String, Value>,
    /// What is deployed.
    pub parts: Parts,
    /// Its stages by name, in AWS's shape.
    #[serde(default)]
    pub stages: BTreeMap<String, Value>,
}

/// A deployment: what of an API a stage serves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Deployed {
    /// `Deployment`, in AWS's shape.
    pub about: Map<String, Value>,
    /// The parts at that time.
    pub parts: Parts,
}

/// A route key: `$default`, or a method and a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteKey<'k> {
    /// `$default`
    Default,
    /// `GET /things/{name}`
    Path {
        /// The method, or `ANY`.
        method: &'k str,
        /// The path, with its first slash.
        path: &'k str,
    },
}

/// A route that a request means.
#[derive(Debug, PartialEq)]
pub struct Matched<'r> {
    /// The route, in AWS's shape.
    pub route: &'r Value,
    /// Its key.
    pub key: &'r str,
    /// The parameters of the path.
    pub parameters: Vec<(String, String)>,
}

impl<'k> RouteKey<'k> {
    /// Parses a key.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &'k str) -> Result<Self, Refusal> {
        let wrong = || {
            Refusal::Invalid(format!(
                "The provided route key is not formatted properly for HTTP protocol. Format should be \"<HTTP METHOD> /<RESOURCE PATH>\" or \"$default\": {text}"
            ))
        };
        if text == DEFAULT {
            return Ok(Self::Default);
        }
        let (method, path) = text.split_once(' ').ok_or_else(wrong)?;
        if !METHODS.contains(&method) || !path.starts_with('/') {
            return Err(wrong());
        }
        let segments: Vec<&str> = path[1..].split('/').collect();
        let mut names = Vec::new();
        for (at, segment) in segments.iter().enumerate() {
            let Some(name) = parameter(segment) else {
                let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:$~%+".contains(&byte);
                if !segment.bytes().all(fits) {
                    return Err(wrong());
                }
                continue;
            };
            let greedy = name.ends_with('+');
            let name = name.trim_end_matches('+');
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
            let last = at + 1 == segments.len();
            if name.is_empty() || !name.bytes().all(fits) || (greedy && !last) {
                return Err(wrong());
            }
            if names.contains(&name) {
                return Err(wrong());
            }
            names.push(name);
        }
        Ok(Self::Path { method, path })
    }

    /// What stands for it in an ARN, for a request with this method.
    pub fn in_arn(&self, method: &str) -> String {
        match self {
            Self::Default => DEFAULT.to_owned(),
            Self::Path { path, .. } => format!("{method}{path}"),
        }
    }
}

/// `name` or `name+` of `{name}` and `{name+}`.
fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// How well a route's path fits: the smaller, the better.
type Rank = (bool, Vec<u8>, bool);

fn fits(path: &str, segments: &[&str], any: bool) -> Option<(Rank, Vec<(String, String)>)> {
    let wanted: Vec<&str> = path[1..].split('/').collect();
    let (mut kinds, mut parameters) = (Vec::new(), Vec::new());
    for (at, part) in wanted.iter().enumerate() {
        let segment = segments.get(at)?;
        match parameter(part) {
            Some(name) if name.ends_with('+') => {
                let rest = segments[at..].join("/");
                if rest.is_empty() {
                    return None;
                }
                parameters.push((name.trim_end_matches('+').to_owned(), rest));
                kinds.push(2);
                return Some(((true, kinds, any), parameters));
            }
            Some(name) if !segment.is_empty() => {
                parameters.push((name.to_owned(), (*segment).to_owned()));
                kinds.push(1);
            }
            None if part == segment => kinds.push(0),
            _ => return None,
        }
    }
    (wanted.len() == segments.len()).then_some(((false, kinds, any), parameters))
}

impl Parts {
    /// The route of a method and a path, whose segments are decoded: one that fits whole before one that takes the rest,
    /// literal segments before parameters, the method itself before `ANY`, `$default` at the end.
    pub fn find(&self, method: &str, segments: &[&str]) -> Option<Matched<'_>> {
        let mut best: Option<(Rank, Matched<'_>)> = None;
        let mut default = None;
        for route in self.routes.values() {
            let key = route["routeKey"].as_str().unwrap_or_default();
            match RouteKey::parse(key) {
                Ok(RouteKey::Default) => default = Some((route, key)),
                Ok(RouteKey::Path { method: of, path }) if of == method || of == "ANY" => {
                    let Some((rank, parameters)) = fits(path, segments, of == "ANY") else {
                        continue;
                    };
                    if best.as_ref().is_none_or(|(than, _)| rank < *than) {
                        let found = Matched {
                            route,
                            key,
                            parameters,
                        };
                        best = Some((rank, found));
                    }
                }
                _ => {}
            }
        }
        let default = default.map(|(route, key)| Matched {
            route,
            key,
            parameters: Vec::new(),
        });
        best.map(|(_, found)| found).or(default)
    }

    /// The integration that a route's target names.
    pub fn integration(&self, route: &Value) -> Option<&Value> {
        let target = route["target"].as_str()?;
        self.integrations.get(target.strip_prefix("integrations/")?)
    }

    /// Whether a route, in AWS's shape, can be served: its key is no other's, and what it names is there.
    ///
    /// # Errors
    /// What is wrong, or is not built.
    pub fn check_route(&self, id: &str, route: &Value) -> Result<(), Refusal> {
        let text = |name: &str| route[name].as_str().unwrap_or_default();
        let key = text("routeKey");
        RouteKey::parse(key)?;
        let mut others = self.routes.iter().filter(|(other, _)| *other != id);
        if others.any(|(_, other)| other["routeKey"] == key) {
            return Err(Refusal::Exists(format!(
                "Route with key {key} already exists for this API"
            )));
        }
        if route.get("target").is_some() && self.integration(route).is_none() {
            return Err(Refusal::Invalid(format!(
                "Invalid target: {} is no integration of this API",
                text("target")
            )));
        }
        let kind = text("authorizationType");
        let scopes = route["authorizationScopes"].as_array();
        if kind != "JWT" && scopes.is_some_and(|scopes| !scopes.is_empty()) {
            return Err(Refusal::Invalid(
                "Authorization scopes are only for the authorization type JWT".into(),
            ));
        }
        let authorizer = route.get("authorizerId").and_then(Value::as_str);
        let is = |wanted: &str| {
            let found = authorizer.and_then(|id| self.authorizers.get(id));
            found.is_some_and(|found| found["authorizerType"] == wanted)
        };
        match (kind, authorizer) {
            ("NONE" | "AWS_IAM", None) => Ok(()),
            ("NONE" | "AWS_IAM", Some(_)) => Err(Refusal::Invalid(
                "An authorizer is only for the authorization types CUSTOM and JWT".into(),
            )),
            ("CUSTOM", _) if is("REQUEST") => Ok(()),
            ("JWT", _) if is("JWT") => Ok(()),
            ("CUSTOM" | "JWT", _) => {
                Err(Refusal::Invalid("Invalid authorizer ID specified".into()))
            }
            (other, _) => Err(Refusal::Invalid(format!(
                "Invalid authorization type: {other}"
            ))),
        }
    }
}

/// The function that an integration's URI names: an ARN, or API Gateway's address of one; `${stageVariables.x}` replaced.
pub fn function_at(uri: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    const PATH: &str = "arn:x:apigateway:x:lambda:path/2015-03-31/functions/";
    match uri.contains(":lambda:path/") {
        true => function_of(uri, variable),
        false if uri.starts_with("arn:") && uri.contains(":lambda:") => {
            function_of(&format!("{PATH}{uri}/invocations"), variable)
        }
        false => None,
    }
}

/// Gives an integration what it has where nothing is said of it. [API Gateway V2 API reference: Integration]
pub fn complete_integration(integration: &mut Map<String, Value>) {
    let is_http = integration.get("integrationType") == Some(&json!("HTTP_PROXY"));
    let own = match is_http {
        true => ("payloadFormatVersion", json!("1.0")),
        false => ("integrationMethod", json!("POST")),
    };
    for (name, default) in [
        ("connectionType", json!("INTERNET")),
        ("timeoutInMillis", json!(30_000)),
        own,
    ] {
        integration.entry(name).or_insert(default);
    }
}

/// Whether an integration, in AWS's shape, can be carried out here.
///
/// # Errors
/// What is wrong, or is not built.
pub fn check_integration(integration: &Value) -> Result<(), Refusal> {
    let text = |name: &str| integration[name].as_str().unwrap_or_default();
    match text("integrationType") {
        "AWS_PROXY" => {}
        "HTTP_PROXY" => return check_endpoint(integration),
        known @ ("HTTP" | "AWS" | "MOCK") => {
            return Err(Refusal::NotBuilt(format!(
                "integrations of the type {known} in HTTP APIs"
            )));
        }
        other => {
            return Err(Refusal::Invalid(format!(
                "Invalid integration type specified: {other}"
            )));
        }
    }
    if function_at(text("integrationUri"), |_| Some("x".into())).is_none() {
        return Err(Refusal::Invalid(
            "Integration URI must be the ARN of a Lambda function".into(),
        ));
    }
    if !matches!(text("payloadFormatVersion"), "1.0" | "2.0") {
        return Err(Refusal::Invalid(
            "PayloadFormatVersion is a required parameter for AWS_PROXY integrations: 1.0 or 2.0"
                .into(),
        ));
    }
    check_way(integration)
}

/// The same of one that passes requests on to another server.
fn check_endpoint(integration: &Value) -> Result<(), Refusal> {
    let text = |name: &str| integration[name].as_str().unwrap_or_default();
    if !METHODS.contains(&text("integrationMethod")) {
        return Err(Refusal::Invalid(
            "HTTP integrations should specify an integration method".into(),
        ));
    }
    check_uri(text("integrationUri"))?;
    if !text("credentialsArn").is_empty() {
        return Err(Refusal::NotBuilt(
            "credentialsArn of HTTP_PROXY integrations".into(),
        ));
    }
    if !matches!(text("payloadFormatVersion"), "" | "1.0") {
        return Err(Refusal::Invalid(
            "PayloadFormatVersion of HTTP_PROXY integrations is 1.0".into(),
        ));
    }
    check_way(integration)
}

/// How it is reached, and how long that may take.
fn check_way(integration: &Value) -> Result<(), Refusal> {
    let text = |name: &str| integration[name].as_str().unwrap_or_default();
    if text("connectionType") == "VPC_LINK" {
        return Err(Refusal::NotBuilt("VPC links".into()));
    }
    let timeout = integration["timeoutInMillis"].as_i64();
    if timeout.is_some_and(|timeout| !(50..=30_000).contains(&timeout)) {
        return Err(Refusal::Invalid(
            "Timeout should be between 50 ms and 30000 ms".into(),
        ));
    }
    Ok(())
}

/// Whether an authorizer, in AWS's shape, can be asked here.
///
/// # Errors
/// What is wrong, or is not built.
pub fn check_authorizer(authorizer: &Value) -> Result<(), Refusal> {
    let text = |name: &str| authorizer[name].as_str().unwrap_or_default();
    let wrong = |text: &str| Err(Refusal::Invalid(text.to_owned()));
    match text("authorizerType") {
        "REQUEST" => {}
        "JWT" if authorizer.get("authorizerCredentialsArn").is_some() => {
            return wrong("AuthorizerCredentialsArn is only for REQUEST authorizers");
        }
        "JWT" => return super::jwt::check_authorizer(authorizer),
        _ => return wrong("Invalid authorizer type: it must be REQUEST or JWT"),
    }
    if authorizer.get("jwtConfiguration").is_some() {
        return wrong("JwtConfiguration is only for JWT authorizers");
    }
    let simple = authorizer["enableSimpleResponses"] == true;
    match text("authorizerPayloadFormatVersion") {
        "2.0" => {}
        "1.0" if simple => {
            return wrong("enableSimpleResponses is only for the payload format version 2.0");
        }
        "1.0" => {}
        _ => {
            return wrong(
                "AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer",
            );
        }
    }
    if function_at(text("authorizerUri"), |_| Some("x".into())).is_none() {
        return wrong("Invalid Authorizer URI: it must be that of a Lambda function");
    }
    let seconds = authorizer["authorizerResultTtlInSeconds"]
        .as_i64()
        .unwrap_or(0);
    if !(0..=3600).contains(&seconds) {
        return wrong("Authorizer result TTL must be between 0 and 3600 seconds");
    }
    let sources = authorizer["identitySource"].as_array();
    let sources = sources.map(Vec::as_slice).unwrap_or_default();
    if seconds > 0 && sources.is_empty() {
        return wrong("Results can only be kept for an authorizer with identity sources");
    }
    for source in sources.iter().filter_map(Value::as_str) {
        let known = [
            "$request.header.",
            "$request.querystring.",
            "$stageVariables.",
            "$context.",
        ];
        let named = known
            .iter()
            .any(|prefix| source.len() > prefix.len() && source.starts_with(prefix));
        if !named {
            return Err(Refusal::Invalid(format!(
                "Invalid identity source: {source}"
            )));
        }
    }
    Ok(())
}

/// Whether a CORS configuration, in AWS's shape, can be.
///
/// # Errors
/// What is wrong.
pub fn check_cors(cors: &Value) -> Result<(), Refusal> {
    let items = |name: &str| cors[name].as_array().cloned().unwrap_or_default();
    let credentials = cors["allowCredentials"] == true;
    let any = |name: &str| items(name).iter().any(|item| item == "*");
    if credentials && (any("allowOrigins") || any("allowMethods") || any("allowHeaders")) {
        return Err(Refusal::Invalid(
            "allowCredentials is not supported with * in allowOrigins, allowMethods or allowHeaders".into(),
        ));
    }
    for origin in items("allowOrigins") {
        let origin = origin.as_str().unwrap_or_default().to_owned();
        let fine = origin == "*"
            || origin
                .split_once("://")
                .is_some_and(|(scheme, host)| !scheme.is_empty() && !host.is_empty());
        if !fine || !origin.bytes().all(|byte| (b'!'..=b'~').contains(&byte)) {
            return Err(Refusal::Invalid(format!(
                "Invalid format for origin {origin}. Origin should start with a valid scheme and be a valid origin"
            )));
        }
    }
    let sendable = |item: &Value| {
        item.as_str().is_some_and(|text| {
            text.bytes()
                .all(|byte| (b'!'..=b'~').contains(&byte) && byte != b',')
        })
    };
    for name in ["allowMethods", "allowHeaders", "exposeHeaders"] {
        if !items(name).iter().all(sendable) {
            return Err(Refusal::Invalid(format!("Invalid value in {name}")));
        }
    }
    let age = cors["maxAge"].as_i64().unwrap_or(0);
    match (-1..=86_400).contains(&age) {
        true => Ok(()),
        false => Err(Refusal::Invalid("maxAge must be from -1 to 86400".into())),
    }
}

/// The header fields that CORS adds to an answer, or, of a preflight request, that are its answer; none where the origin
/// is not one of the configured.
pub fn cors_fields(cors: &Value, origin: &str, preflight: bool) -> Vec<(&'static str, String)> {
    let items = |name: &str| -> Vec<&str> {
        let items = cors[name].as_array().map(Vec::as_slice);
        items
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_str)
            .collect()
    };
    let origins = items("allowOrigins");
    let any = origins.contains(&"*");
    let wild = |pattern: &str| {
        pattern.split_once("://*").is_some_and(|(scheme, host)| {
            origin
                .strip_prefix(scheme)
                .and_then(|rest| rest.strip_prefix("://"))
                .is_some_and(|rest| rest.len() > host.len() && rest.ends_with(host))
        })
    };
    let named = origins
        .iter()
        .any(|known| known.eq_ignore_ascii_case(origin) || wild(known));
    if origin.is_empty() || !(any || named) {
        return Vec::new();
    }
    let allowed = if any { "*" } else { origin };
    let mut fields = vec![("access-control-allow-origin", allowed.to_owned())];
    if cors["allowCredentials"] == true {
        fields.push(("access-control-allow-credentials", "true".to_owned()));
    }
    let mut list = |field: &'static str, name: &str| {
        let items = items(name);
        if !items.is_empty() {
            fields.push((field, items.join(",")));
        }
    };
    if preflight {
        list("access-control-allow-methods", "allowMethods");
        list("access-control-allow-headers", "allowHeaders");
        if let Some(age) = cors["maxAge"].as_i64() {
            fields.push(("access-control-max-age", age.to_string()));
        }
    } else {
        list("access-control-expose-headers", "exposeHeaders");
    }
    fields
}

impl Http {
    /// Has its next deployment answer where the API says.
    pub fn set_closed(&mut self) {
        self.parts.closed = self.about.get("disableExecuteApiEndpoint") == Some(&Value::Bool(true));
    }

    /// The stage and the rest of the path that a path below the API's address means: a stage by its name, else `$default`.
    pub fn stage_of<'p>(&'p self, path: &'p str) -> (&'p str, &'p str) {
        let rest = path.strip_prefix('/').unwrap_or(path);
        let end = rest.find('/').unwrap_or(rest.len());
        match self.stages.contains_key(&rest[..end]) {
            true => (&rest[..end], &rest[end..]),
            false => (DEFAULT, path),
        }
    }

    /// The stages that follow each change.
    pub fn follow(&mut self, deployment: &str) -> bool {
        let mut any = false;
        for stage in self.stages.values_mut() {
            if stage["autoDeploy"] == true {
                stage["deploymentId"] = json!(deployment);
                stage["lastDeploymentStatusMessage"] = json!(format!(
                    "Successfully deployed stage with deployment ID '{deployment}'"
                ));
                any = true;
            }
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(keys: &[&str]) -> Parts {
        let routes = keys.iter().enumerate().map(|(at, key)| {
            (
                at.to_string(),
                json!({"routeKey": key, "authorizationType": "NONE"}),
            )
        });
        Parts {
            routes: routes.collect(),
            ..Parts::default()
        }
    }

    #[test]
    fn a_request_finds_the_most_specific_route() {
        let parts = parts(&[
            "GET /pets/dog/1",
            "GET /pets/dog/{id}",
            "GET /pets/{proxy+}",
            "ANY /{proxy+}",
            "ANY /pets/dog/{id}",
            "POST /",
            "$default",
        ]);
        let check = |method: &str, path: &str, key: &str, parameters: &str| {
            let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
            let found = parts.find(method, &segments).expect("a route");
            let told = found.parameters.iter();
            let told: Vec<String> = told
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            assert_eq!(
                (found.key, told.join(" ")),
                (key, parameters.to_owned()),
                "{method} {path}"
            );
        };
        check("GET", "/pets/dog/1", "GET /pets/dog/1", "");
        check("GET", "/pets/dog/2", "GET /pets/dog/{id}", "id=2");
        check("PUT", "/pets/dog/2", "ANY /pets/dog/{id}", "id=2");
        check("GET", "/pets/cat/1", "GET /pets/{proxy+}", "proxy=cat/1");
        check("POST", "/test/5", "ANY /{proxy+}", "proxy=test/5");
        check("POST", "/", "POST /", "");
        check("GET", "/", "$default", "");
        assert_eq!(super::tests::parts(&["GET /a"]).find("GET", &["b"]), None);
        assert_eq!(
            super::tests::parts(&["GET /a"]).find("GET", &["a", ""]),
            None
        );
    }

    #[test]
    fn route_keys() {
        for good in [
            "$default",
            "GET /",
            "ANY /a/{b}/c",
            "POST /{proxy+}",
            "PUT /a-b.c",
        ] {
            assert!(RouteKey::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "GET",
            "GET a",
            "get /a",
            "TRACE /a",
            "GET /{a+}/b",
            "GET /{}",
            "GET /{a}/{a}",
            "GET /a b",
            "$connect",
        ] {
            assert!(RouteKey::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(
            RouteKey::parse("ANY /a").expect("a key").in_arn("PUT"),
            "PUT/a"
        );
        assert_eq!(RouteKey::Default.in_arn("PUT"), "$default");
    }

    #[test]
    fn functions_by_arn_and_by_address() {
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:f";
        let uri = format!(
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
        );
        let none = |_: &str| None;
        assert_eq!(function_at(arn, none).as_deref(), Some(arn));
        assert_eq!(function_at(&uri, none).as_deref(), Some(arn));
        let alias = format!("{arn}:${{stageVariables.alias}}");
        let live = |name: &str| (name == "alias").then(|| "live".to_owned());
        assert_eq!(function_at(&alias, live), Some(format!("{arn}:live")));
        assert_eq!(function_at(&alias, none), None);
        assert_eq!(function_at("https://example.org", none), None);
    }

    #[test]
    fn what_can_be_carried_out() {
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:f";
        let integration = |kind: &str, version: &str| json!({"integrationType": kind, "integrationUri": arn, "payloadFormatVersion": version});
        assert_eq!(check_integration(&integration("AWS_PROXY", "2.0")), Ok(()));
        assert!(check_integration(&integration("AWS_PROXY", "3.0")).is_err());
        let refused = check_integration(&integration("AWS", "1.0"));
        assert!(matches!(refused, Err(Refusal::NotBuilt(_))), "{refused:?}");
        let endpoint = |method: &str, uri: &str, version: &str| {
            check_integration(&json!({
                "integrationType": "HTTP_PROXY", "integrationMethod": method, "integrationUri": uri,
                "payloadFormatVersion": version,
            }))
        };
        assert_eq!(endpoint("ANY", "https://h/{proxy}", "1.0"), Ok(()));
        for (method, uri, version) in [
            ("", "https://h", "1.0"),
            ("GET", "ftp://h", "1.0"),
            ("GET", "https://h", "2.0"),
        ] {
            assert!(endpoint(method, uri, version).is_err(), "{method} {uri}");
        }
        let authorizer = |members: Value| {
            let mut authorizer = json!({
                "authorizerType": "REQUEST", "authorizerUri": arn, "authorizerPayloadFormatVersion": "2.0",
                "identitySource": ["$request.header.Authorization"],
            });
            for (name, value) in members.as_object().into_iter().flatten() {
                authorizer[name] = value.clone();
            }
            check_authorizer(&authorizer)
        };
        assert_eq!(authorizer(json!({"enableSimpleResponses": true})), Ok(()));
        assert_eq!(
            authorizer(json!({"authorizerPayloadFormatVersion": "1.0"})),
            Ok(())
        );
        for bad in [
            json!({"authorizerPayloadFormatVersion": "1.0", "enableSimpleResponses": true}),
            json!({"authorizerPayloadFormatVersion": null}),
            json!({"authorizerType": "JWT"}),
            json!({"authorizerUri": "https://example.org"}),
            json!({"authorizerResultTtlInSeconds": 3601}),
            json!({"authorizerResultTtlInSeconds": 1, "identitySource": []}),
            json!({"identitySource": ["$request.header."]}),
            json!({"identitySource": ["method.request.header.A"]}),
        ] {
            assert!(authorizer(bad.clone()).is_err(), "{bad}");
        }
        // As the service says it. [hashicorp/terraform-provider-aws#15181]
        assert_eq!(
            authorizer(json!({"authorizerPayloadFormatVersion": null}))
                .map_err(|why| why.to_string()),
            Err(
                "AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer"
                    .into()
            )
        );
    }

    #[test]
    fn routes_name_what_is_there() {
        let mut parts = parts(&["GET /a"]);
        parts.integrations.insert("i".into(), json!({}));
        let request = json!({"authorizerType": "REQUEST"});
        parts.authorizers.insert("z".into(), request);
        let jwt = json!({"authorizerType": "JWT"});
        parts.authorizers.insert("j".into(), jwt);
        let check = |route: Value, expected: Option<&str>| {
            let found = parts
                .check_route("new", &route)
                .err()
                .map(|why| why.to_string());
            match (found, expected) {
                (None, None) => {}
                (Some(found), Some(part)) => assert!(found.contains(part), "{found}"),
                other => panic!("{route} {other:?}"),
            }
        };
        check(
            json!({"routeKey": "GET /b", "authorizationType": "NONE", "target": "integrations/i"}),
            None,
        );
        check(
            json!({"routeKey": "GET /a", "authorizationType": "NONE"}),
            Some("already exists"),
        );
        check(
            json!({"routeKey": "x", "authorizationType": "NONE"}),
            Some("not formatted properly"),
        );
        check(
            json!({"routeKey": "GET /b", "authorizationType": "NONE", "target": "integrations/x"}),
            Some("no integration"),
        );
        check(
            json!({"routeKey": "GET /b", "authorizationType": "CUSTOM", "authorizerId": "z"}),
            None,
        );
        check(
            json!({"routeKey": "GET /b", "authorizationType": "CUSTOM"}),
            Some("Invalid authorizer ID"),
        );
        check(
            json!({"routeKey": "GET /b", "authorizationType": "JWT", "authorizerId": "z"}),
            Some("Invalid authorizer ID"),
        );
        check(
            json!({"routeKey": "GET /b", "authorizationType": "JWT", "authorizerId": "j",
                "authorizationScopes": ["a"]}),
            None,
        );
        check(
            json!({"routeKey": "GET /b", "authorizationType": "CUSTOM", "authorizerId": "z",
                "authorizationScopes": ["a"]}),
            Some("only for the authorization type JWT"),
        );
    }

    #[test]
    fn cors() {
        let all = json!({"allowOrigins": ["*"], "allowMethods": ["GET", "POST"], "allowHeaders": ["a"], "maxAge": 5,
            "exposeHeaders": ["b"]});
        let told = |cors: &Value, origin: &str, preflight: bool| {
            let fields = cors_fields(cors, origin, preflight).into_iter();
            let fields: Vec<String> = fields
                .map(|(name, value)| {
                    format!("{}={value}", name.trim_start_matches("access-control-"))
                })
                .collect();
            fields.join(" ")
        };
        assert_eq!(
            told(&all, "https://x", true),
            "allow-origin=* allow-methods=GET,POST allow-headers=a max-age=5"
        );
        assert_eq!(
            told(&all, "https://x", false),
            "allow-origin=* expose-headers=b"
        );
        assert_eq!(told(&all, "", true), "");
        let some = json!({"allowOrigins": ["https://x", "http://*.y"], "allowCredentials": true});
        assert_eq!(
            told(&some, "https://x", false),
            "allow-origin=https://x allow-credentials=true"
        );
        assert_eq!(
            told(&some, "http://a.y", false),
            "allow-origin=http://a.y allow-credentials=true"
        );
        assert_eq!(told(&some, "http://.y", false), "");
        assert_eq!(told(&some, "https://z", false), "");
        assert_eq!(check_cors(&all), Ok(()));
        assert_eq!(check_cors(&some), Ok(()));
        for bad in [
            json!({"allowOrigins": ["*"], "allowCredentials": true}),
            json!({"allowOrigins": ["x"]}),
            json!({"allowOrigins": ["https://x\r\ny"]}),
            json!({"allowHeaders": ["a\nb"]}),
            json!({"maxAge": 86_401}),
        ] {
            assert!(check_cors(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn stages_by_path() {
        let mut http = Http::default();
        http.stages.insert("prod".into(), json!({}));
        assert_eq!(http.stage_of("/prod/a"), ("prod", "/a"));
        assert_eq!(http.stage_of("/prod"), ("prod", ""));
        assert_eq!(
            http.stage_of("/production/a"),
            ("$default", "/production/a")
        );
        assert_eq!(http.stage_of(""), ("$default", ""));
        http.stages
            .insert(DEFAULT.into(), json!({"autoDeploy": true}));
        assert!(http.follow("d1"));
        assert_eq!(http.stages[DEFAULT]["deploymentId"], "d1");
        assert_eq!(http.stages["prod"].get("deploymentId"), None);
    }
}
