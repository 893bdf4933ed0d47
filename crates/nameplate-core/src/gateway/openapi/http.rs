//! HTTP APIs from documents of OpenAPI 3 with API Gateway's extensions.
//! [API Gateway developer guide: working with OpenAPI definitions for HTTP APIs; API: ImportApi, ReimportApi]
//!
//! HTTP APIs check no requests: models, parameters and bodies of a document mean nothing to them.

use super::base::{Base, INTEGRATIONS, closed, tags};
use super::{Ids, METHODS, Warnings, members, renamed, text_of, version_of};
use crate::gateway::Refusal;
use crate::gateway::http::{
    DEFAULT, FEW, Http, ROUTES, check_authorizer, check_cors, check_integration,
    complete_integration,
};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// What a document says about CORS, by the names of answers.
const CORS: [&str; 6] = [
    "allowCredentials",
    "allowHeaders",
    "allowMethods",
    "allowOrigins",
    "exposeHeaders",
    "maxAge",
];
/// Members of integrations that would change requests or answers, and are not built.
const NOT_BUILT: [&str; 5] = [
    "integrationSubtype",
    "requestParameters",
    "requestTemplates",
    "responseParameters",
    "tlsConfig",
];

fn invalid(text: impl std::fmt::Display) -> Refusal {
    Refusal::Invalid(format!("Errors found during import:\n\t{text}"))
}

/// Makes of an API what a document says, but for its stages. What is found in the document to be warned of is told.
///
/// # Errors
/// What is wrong with the document, or is not built.
pub fn import(
    http: &mut Http,
    document: &Value,
    base: Base,
    ids: Ids<'_>,
) -> Result<Vec<String>, Refusal> {
    if !version_of(document, "openapi").starts_with('3') {
        return Err(Refusal::Invalid(
            "Invalid OpenAPI input: HTTP APIs are imported from OpenAPI 3".into(),
        ));
    }
    about(http, document)?;
    http.parts.routes.clear();
    http.parts.integrations.clear();
    http.parts.authorizers.clear();
    let mut import = Import {
        http,
        document,
        ids,
        shared: HashMap::new(),
        warnings: Warnings::default(),
    };
    import.authorizers()?;
    let prefix = base.prefix(document);
    for (path, of) in members(document, "paths") {
        for (member, method) in METHODS {
            if let Some(operation) = of.get(member) {
                let key = match path.strip_prefix('/') {
                    Some(DEFAULT) => DEFAULT.to_owned(),
                    _ => format!("{method} {prefix}{path}"),
                };
                import.check_references((path, member), operation);
                import.route(&key, operation).map_err(|why| match why {
                    Refusal::Invalid(text) | Refusal::Exists(text) => {
                        invalid(format!("Unable to create route '{key}': {text}"))
                    }
                    why => why,
                })?;
            }
        }
    }
    Ok(import.warnings.0)
}

fn about(http: &mut Http, document: &Value) -> Result<(), Refusal> {
    let info = &document["info"];
    for (name, from) in [
        ("name", "title"),
        ("description", "description"),
        ("version", "version"),
    ] {
        match info.get(from) {
            None | Some(Value::Null) => drop(http.about.remove(name)),
            Some(value) => drop(http.about.insert(name.to_owned(), json!(text_of(value)))),
        }
    }
    if http
        .about
        .get("name")
        .and_then(Value::as_str)
        .is_none_or(str::is_empty)
    {
        return Err(Refusal::Invalid("Title is required".into()));
    }
    match document.get("x-amazon-apigateway-cors") {
        None => drop(http.about.remove("corsConfiguration")),
        Some(given) => {
            let same = |name: &'static str| (name, name);
            let cors = Value::Object(renamed(given, &CORS.map(same)));
            check_cors(&cors)?;
            http.about.insert("corsConfiguration".to_owned(), cors);
        }
    }
    if let Some(tags) = tags(document) {
        http.about.insert("tags".to_owned(), Value::Object(tags));
    }
    if let Some(closed) = closed(document) {
        http.about
            .insert("disableExecuteApiEndpoint".to_owned(), json!(closed));
    }
    http.set_closed();
    Ok(())
}

struct Import<'i> {
    http: &'i mut Http,
    document: &'i Value,
    ids: Ids<'i>,
    /// Ids of integrations that several operations refer to, by the reference.
    shared: HashMap<String, String>,
    warnings: Warnings,
}

impl Import<'_> {
    fn id(&mut self, length: usize) -> String {
        let mut id = (self.ids)();
        id.truncate(length);
        id
    }

    fn scheme(&self, name: &str) -> Option<&Value> {
        self.document["components"]["securitySchemes"].get(name)
    }

    fn authorizers(&mut self) -> Result<(), Refusal> {
        let document = self.document;
        for (name, scheme) in members(&document["components"], "securitySchemes") {
            let given = &scheme["x-amazon-apigateway-authorizer"];
            if given.is_null() {
                continue;
            }
            let id = self.id(6);
            let made = authorizer(name, scheme, given, &id);
            let placed = |why| match why {
                Refusal::Invalid(text) => {
                    invalid(format!("Unable to create authorizer '{name}': {text}"))
                }
                why => why,
            };
            check_authorizer(&made).map_err(placed)?;
            if self.http.parts.authorizers.len() >= FEW {
                return Err(Refusal::Limit(
                    "Maximum number of Authorizers for this API has been reached.".into(),
                ));
            }
            self.http.parts.authorizers.insert(id, made);
        }
        Ok(())
    }

    /// Warns of schemas of answers that the document does not have.
    fn check_references(&mut self, (path, member): (&str, &str), operation: &Value) {
        for (status, response) in members(operation, "responses") {
            for (_, content) in members(response, "content") {
                let reference = content["schema"]["$ref"].as_str().unwrap_or_default();
                let pointer = reference.strip_prefix('#');
                if pointer.is_some_and(|pointer| self.document.pointer(pointer).is_none()) {
                    self.warnings.add(|| format!(
                        "Parse issue: attribute paths.'{path}'({member}).responses.{status}.content.schema.{reference} is missing"
                    ));
                }
            }
        }
    }

    fn route(&mut self, key: &str, operation: &Value) -> Result<(), Refusal> {
        let id = self.id(7);
        let mut route = json!({"apiKeyRequired": false, "authorizationType": "NONE", "routeId": id, "routeKey": key});
        if let Some(name) = operation["operationId"].as_str() {
            route["operationName"] = json!(name);
        }
        self.secured(operation, &mut route)?;
        let given = &operation["x-amazon-apigateway-integration"];
        if !given.is_null() {
            let integration = self.integration(given)?;
            route["target"] = json!(format!("integrations/{integration}"));
        }
        let parts = &mut self.http.parts;
        parts.check_route(&id, &route)?;
        if parts.routes.len() >= ROUTES {
            return Err(Refusal::Limit(
                "Maximum number of Routes for this API has been reached.".into(),
            ));
        }
        parts.routes.insert(id, route);
        Ok(())
    }

    /// The id of an operation's integration, or of the one that it refers to.
    fn integration(&mut self, given: &Value) -> Result<String, Refusal> {
        let reference = given["$ref"].as_str();
        if let Some(id) = reference.and_then(|reference| self.shared.get(reference)) {
            return Ok(id.clone());
        }
        let given = match reference {
            None => given.clone(),
            Some(reference) => {
                let name = reference.strip_prefix("#/components/x-amazon-apigateway-integrations/");
                let found =
                    name.and_then(|name| self.document["components"][INTEGRATIONS].get(name));
                let none = || Refusal::Invalid(format!("There is no integration {reference}"));
                found.cloned().ok_or_else(none)?
            }
        };
        let id = self.id(7);
        let made = integration(&given, &id)?;
        check_integration(&made)?;
        let all = &mut self.http.parts.integrations;
        if all.len() >= ROUTES {
            return Err(Refusal::Limit(
                "Maximum number of Integrations for this API has been reached.".into(),
            ));
        }
        all.insert(id.clone(), made);
        if let Some(reference) = reference {
            self.shared.insert(reference.to_owned(), id.clone());
        }
        Ok(id)
    }

    /// What a request needs to be let in: the first of an operation's alternatives.
    fn secured(&self, operation: &Value, route: &mut Value) -> Result<(), Refusal> {
        if operation["x-amazon-apigateway-auth"]["type"] == "AWS_IAM" {
            route["authorizationType"] = json!("AWS_IAM");
            return Ok(());
        }
        let asked = operation
            .get("security")
            .or_else(|| self.document.get("security"));
        let first = asked.and_then(|asked| asked[0].as_object());
        let Some((name, scopes)) = first.and_then(|first| first.iter().next()) else {
            return Ok(());
        };
        let scheme = self
            .scheme(name)
            .ok_or_else(|| Refusal::Invalid(format!("Security scheme {name} is not defined")))?;
        let mut all = self.http.parts.authorizers.iter();
        if let Some((id, authorizer)) = all.find(|(_, one)| one["name"] == name.as_str()) {
            let jwt = authorizer["authorizerType"] == "JWT";
            route["authorizationType"] = json!(if jwt { "JWT" } else { "CUSTOM" });
            route["authorizerId"] = json!(id);
            if jwt && scopes.as_array().is_some_and(|scopes| !scopes.is_empty()) {
                route["authorizationScopes"] = scopes.clone();
            }
            return Ok(());
        }
        match scheme["x-amazon-apigateway-authtype"] == "awsSigv4" {
            true => {
                route["authorizationType"] = json!("AWS_IAM");
                Ok(())
            }
            // To let everybody in would be more than the document grants.
            false => Err(Refusal::Invalid(format!(
                "Security scheme {name} has no authorizer"
            ))),
        }
    }
}

/// An authorizer in AWS's shape.
fn authorizer(name: &str, scheme: &Value, given: &Value, id: &str) -> Value {
    let kind = given["type"]
        .as_str()
        .unwrap_or_default()
        .to_ascii_uppercase();
    let mut made = renamed(
        given,
        &[
            ("authorizerUri", "authorizerUri"),
            ("authorizerCredentials", "authorizerCredentialsArn"),
            (
                "authorizerPayloadFormatVersion",
                "authorizerPayloadFormatVersion",
            ),
            (
                "authorizerResultTtlInSeconds",
                "authorizerResultTtlInSeconds",
            ),
            ("enableSimpleResponses", "enableSimpleResponses"),
            ("jwtConfiguration", "jwtConfiguration"),
        ],
    );
    if let Some(version) = made.get_mut("authorizerPayloadFormatVersion") {
        *version = json!(text_of(version));
    }
    // An issuer whose configuration is all that is named.
    let url = scheme["openIdConnectUrl"].as_str();
    let issuer = url.and_then(|url| url.strip_suffix("/.well-known/openid-configuration"));
    if let (Some(issuer), Some(jwt)) = (
        issuer,
        made.get_mut("jwtConfiguration")
            .and_then(Value::as_object_mut),
    ) {
        jwt.entry("issuer").or_insert(json!(issuer));
    }
    let sources: Vec<Value> = match &given["identitySource"] {
        Value::String(text) => {
            let all = text
                .split(',')
                .map(str::trim)
                .filter(|source| !source.is_empty());
            all.map(Value::from).collect()
        }
        Value::Array(all) => all.clone(),
        _ => Vec::new(),
    };
    if !sources.is_empty() {
        made.insert("identitySource".into(), Value::Array(sources));
    }
    if kind != "JWT" {
        made.entry("enableSimpleResponses").or_insert(json!(false));
    }
    made.insert("authorizerType".into(), json!(kind));
    made.insert("authorizerId".into(), json!(id));
    made.insert("name".into(), json!(name));
    Value::Object(made)
}

/// An integration in AWS's shape.
fn integration(given: &Value, id: &str) -> Result<Value, Refusal> {
    for name in NOT_BUILT {
        let any = |value: &Value| {
            value
                .as_object()
                .map_or(!value.is_null(), |all| !all.is_empty())
        };
        if given.get(name).is_some_and(any) {
            return Err(Refusal::NotBuilt(format!(
                "{name} of integrations of HTTP APIs"
            )));
        }
    }
    let mut made: Map<String, Value> = renamed(
        given,
        &[
            ("connectionType", "connectionType"),
            ("credentials", "credentialsArn"),
            ("httpMethod", "integrationMethod"),
            ("payloadFormatVersion", "payloadFormatVersion"),
            ("timeoutInMillis", "timeoutInMillis"),
            ("type", "integrationType"),
            ("uri", "integrationUri"),
        ],
    );
    for name in ["connectionType", "integrationMethod", "integrationType"] {
        if let Some(value) = made.get_mut(name) {
            *value = json!(text_of(value).to_ascii_uppercase());
        }
    }
    if let Some(version) = made.get_mut("payloadFormatVersion") {
        *version = json!(text_of(version));
    }
    complete_integration(&mut made);
    made.insert("integrationId".into(), json!(id));
    Ok(Value::Object(made))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";

    fn imported(document: &Value, base: Base) -> Result<(Http, Vec<String>), String> {
        let mut http = Http::default();
        let mut count = 0;
        let mut ids = || {
            count += 1;
            format!("{count:06}xyz")
        };
        let warnings =
            import(&mut http, document, base, &mut ids).map_err(|why| why.to_string())?;
        Ok((http, warnings))
    }

    fn document() -> Value {
        json!({
            "openapi": "3.0.1", "info": {"title": "t", "version": 2.0, "description": "d"},
            "servers": [{"url": "/v1"}],
            "tags": [{"name": "owner", "x-amazon-apigateway-tag-value": "me"}],
            "x-amazon-apigateway-cors": {"allowOrigins": ["*"], "allow_methods": ["GET"]},
            "components": {
                "securitySchemes": {
                    "jwt": {"type": "openIdConnect", "openIdConnectUrl": "https://issuer.example/.well-known/openid-configuration",
                        "x-amazon-apigateway-authorizer": {"type": "jwt", "jwtConfiguration": {"audience": ["a"]},
                            "identitySource": "$request.header.Authorization"}},
                    "own": {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authorizer": {
                        "type": "request", "authorizerUri": ARN, "authorizerPayloadFormatVersion": 2.0,
                        "identitySource": "$request.header.A, $request.querystring.b", "authorizerResultTtlInSeconds": 60}},
                    "sigv4": {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"},
                    "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
                },
                "x-amazon-apigateway-integrations": {
                    "f": {"type": "aws_proxy", "uri": ARN, "payloadFormatVersion": 2.0}},
            },
            "paths": {
                "/things/{name}": {
                    "get": {"operationId": "read", "security": [{"jwt": ["s"]}],
                        "x-amazon-apigateway-integration": {"$ref": "#/components/x-amazon-apigateway-integrations/f"},
                        "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/No"}}}}}},
                    "x-amazon-apigateway-any-method": {"security": [{"own": []}],
                        "x-amazon-apigateway-integration": {"$ref": "#/components/x-amazon-apigateway-integrations/f"}},
                },
                "/signed": {"post": {"security": [{"sigv4": []}], "x-amazon-apigateway-integration": {
                    "type": "http_proxy", "httpMethod": "get", "uri": "https://x.example"}}},
                "/$default": {"x-amazon-apigateway-any-method": {"isDefaultRoute": true}},
            },
        })
    }

    #[test]
    fn a_document() {
        let (http, warnings) = imported(&document(), Base::Ignore).expect("it can be");
        assert_eq!(
            warnings,
            [
                "Parse issue: attribute paths.'/things/{name}'(get).responses.200.content.schema.#/components/schemas/No is missing"
            ]
        );
        let about = Value::Object(http.about.clone());
        assert_eq!(
            about,
            json!({"name": "t", "description": "d", "version": "2.0", "corsConfiguration": {"allowOrigins": ["*"]}, "tags": {"owner": "me"}})
        );
        let route = |key: &str| {
            let mut all = http.parts.routes.values();
            all.find(|route| route["routeKey"] == key).expect(key)
        };
        let get = route("GET /things/{name}");
        assert_eq!(
            (
                &get["authorizationType"],
                &get["authorizationScopes"],
                &get["operationName"]
            ),
            (&json!("JWT"), &json!(["s"]), &json!("read"))
        );
        let any = route("ANY /things/{name}");
        assert_eq!(
            (&any["authorizationType"], &any["target"]),
            (&json!("CUSTOM"), &get["target"])
        );
        assert_eq!(route("POST /signed")["authorizationType"], "AWS_IAM");
        assert_eq!(route("$default").get("target"), None);
        assert_eq!(http.parts.integrations.len(), 2);
        let shared = http.parts.integration(get).expect("one");
        assert_eq!(
            (
                &shared["payloadFormatVersion"],
                &shared["integrationMethod"],
                &shared["timeoutInMillis"]
            ),
            (&json!("2.0"), &json!("POST"), &json!(30_000))
        );
        let jwt = &http.parts.authorizers[get["authorizerId"].as_str().expect("an id")];
        assert_eq!(
            jwt["jwtConfiguration"],
            json!({"audience": ["a"], "issuer": "https://issuer.example"})
        );
        assert_eq!(
            jwt["identitySource"],
            json!(["$request.header.Authorization"])
        );
        let own = &http.parts.authorizers[any["authorizerId"].as_str().expect("an id")];
        assert_eq!(
            own["identitySource"],
            json!(["$request.header.A", "$request.querystring.b"])
        );
        assert_eq!(own["authorizerPayloadFormatVersion"], "2.0");
    }

    #[test]
    fn a_base_path() {
        let (http, _) = imported(&document(), Base::Prepend).expect("it can be");
        let mut keys: Vec<&str> = http
            .parts
            .routes
            .values()
            .filter_map(|route| route["routeKey"].as_str())
            .collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            [
                "$default",
                "ANY /v1/things/{name}",
                "GET /v1/things/{name}",
                "POST /v1/signed"
            ]
        );
    }

    #[test]
    fn documents_that_cannot_be() {
        let check = |change: &dyn Fn(&mut Value), part: &str| {
            let mut document = document();
            change(&mut document);
            let why = imported(&document, Base::Ignore).expect_err(part);
            assert!(why.contains(part), "{why}");
        };
        check(&|of| of["openapi"] = json!("2.0"), "OpenAPI 3");
        check(&|of| of["info"] = json!({}), "Title is required");
        check(
            &|of| of["x-amazon-apigateway-cors"]["allowOrigins"] = json!(["x"]),
            "Invalid format for origin x",
        );
        let post =
            |of: &mut Value, name: &str, value: Value| of["paths"]["/signed"]["post"][name] = value;
        check(
            &|of| post(of, "security", json!([{"key": []}])),
            "route 'POST /signed': Security scheme key has no authorizer",
        );
        check(
            &|of| post(of, "security", json!([{"none": []}])),
            "Security scheme none is not defined",
        );
        check(
            &|of| {
                post(
                    of,
                    "x-amazon-apigateway-integration",
                    json!({"$ref": "#/info"}),
                )
            },
            "There is no integration #/info",
        );
        check(
            &|of| {
                post(
                    of,
                    "x-amazon-apigateway-integration",
                    json!({"type": "aws_proxy", "uri": ARN}),
                )
            },
            "PayloadFormatVersion is a required parameter",
        );
        check(
            &|of| {
                post(
                    of,
                    "x-amazon-apigateway-integration",
                    json!({"type": "aws_proxy", "uri": ARN, "requestParameters": {"a": "b"}}),
                )
            },
            "requestParameters of integrations",
        );
        check(
            &|of| {
                of["components"]["securitySchemes"]["jwt"]["x-amazon-apigateway-authorizer"]["type"] =
                    json!("x")
            },
            "Unable to create authorizer 'jwt'",
        );
        check(
            &|of| of["paths"]["/a b"] = json!({"get": {}}),
            "Unable to create route 'GET /a b'",
        );
    }
}
