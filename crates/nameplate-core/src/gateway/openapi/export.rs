//! Documents of OpenAPI from APIs as they are served, which can be imported again.
//! [API Gateway developer guide: export a REST API, exporting an HTTP API; API: GetExport, ExportApi]

use super::METHODS;
use crate::gateway::http::{DEFAULT, Http, Parts};
use crate::gateway::rest::{Deployment, path_of};
use crate::gateway::schema::references;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What a document is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// OpenAPI 2.
    Swagger,
    /// OpenAPI 3.
    OpenApi,
}

impl Kind {
    /// By its name in requests.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "swagger" => Some(Self::Swagger),
            "oas30" => Some(Self::OpenApi),
            _ => None,
        }
    }
}

/// Which of API Gateway's extensions a REST API's document has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extensions {
    /// Integrations.
    pub integrations: bool,
    /// Authorizers.
    pub authorizers: bool,
    /// All others.
    pub others: bool,
}

/// Where an exported API answers, and what its document is called.
#[derive(Debug, Clone, Copy)]
pub struct Place<'p> {
    /// `API.execute-api.REGION.amazonaws.com`
    pub host: &'p str,
    /// The path before all others, without a slash; empty where there is none.
    pub stage: &'p str,
    /// The document's version.
    pub version: &'p str,
}

impl Place<'_> {
    fn servers(&self, slash: &str) -> Value {
        let stage = match self.stage {
            "" => String::new(),
            stage => format!("{slash}{stage}"),
        };
        json!([{"url": format!("https://{}/{{basePath}}", self.host),
            "variables": {"basePath": {"default": stage}}}])
    }
}

fn insert(into: &mut Map<String, Value>, name: &str, value: Option<&Value>) {
    if let Some(value) = value {
        into.insert(name.to_owned(), value.clone());
    }
}

/// The member of a path that stands for a method.
fn member_of(method: &str) -> &str {
    let mut all = METHODS.iter();
    all.find(|(_, known)| *known == method)
        .map_or(method, |(member, _)| member)
}

fn tags(about: &Map<String, Value>) -> Option<Value> {
    let tags = about.get("tags")?.as_object()?.iter();
    let tags: Vec<Value> = tags
        .map(|(name, value)| json!({"name": name, "x-amazon-apigateway-tag-value": value}))
        .collect();
    (!tags.is_empty()).then(|| Value::Array(tags))
}

/// The document of an HTTP API: of what a stage serves, or of what it has now.
pub fn http(http: &Http, parts: &Parts, place: Place<'_>, extensions: bool) -> Value {
    let mut info = Map::new();
    insert(&mut info, "title", http.about.get("name"));
    insert(&mut info, "description", http.about.get("description"));
    info.insert("version".into(), json!(place.version));
    let mut document = json!({"openapi": "3.0.1", "info": info, "servers": place.servers("")});
    if extensions && let Some(tags) = tags(&http.about) {
        document["tags"] = tags;
    }
    document["paths"] = json!({});
    let mut routes: Vec<&Value> = parts.routes.values().collect();
    routes.sort_by_key(|route| route["routeKey"].as_str().unwrap_or_default());
    for route in routes {
        let key = route["routeKey"].as_str().unwrap_or_default();
        let (method, path) = key.split_once(' ').unwrap_or(("ANY", "/$default"));
        // OpenAPI has no such methods without the extension.
        if method == "ANY" && !extensions {
            continue;
        }
        let mut operation = operation(parts, route, extensions);
        if key == DEFAULT {
            operation["isDefaultRoute"] = json!(true);
        }
        let of = &mut document["paths"][path];
        of[member_of(method)] = operation;
        let parameters = parameters_of(path);
        if !parameters.is_empty() {
            of["parameters"] = Value::Array(parameters);
        }
    }
    let schemes = schemes_of(parts, extensions);
    if !schemes.is_empty() {
        document["components"] = json!({"securitySchemes": schemes});
    }
    if extensions {
        if let Some(cors) = http.about.get("corsConfiguration") {
            document["x-amazon-apigateway-cors"] = cors.clone();
        }
        if parts.closed {
            document["servers"][0]["x-amazon-apigateway-endpoint-configuration"] =
                json!({"disableExecuteApiEndpoint": true});
        }
        document["x-amazon-apigateway-importexport-version"] = json!("1.0");
    }
    document
}

/// What a path's variables are, as the service describes them.
fn parameters_of(path: &str) -> Vec<Value> {
    let parts = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameters = parts.map(|name| {
        let name = name.trim_end_matches('+');
        json!({"name": name, "in": "path", "description": format!("Generated path parameter for {name}"),
            "required": true, "schema": {"type": "string"}})
    });
    parameters.collect()
}

fn operation(parts: &Parts, route: &Value, extensions: bool) -> Value {
    let mut operation = Map::new();
    insert(&mut operation, "operationId", route.get("operationName"));
    let key = &route["routeKey"];
    let text = format!("Default response for {}", key.as_str().unwrap_or_default());
    operation.insert(
        "responses".into(),
        json!({"default": {"description": text}}),
    );
    let kind = route["authorizationType"].as_str();
    let id = route["authorizerId"].as_str().unwrap_or_default();
    if kind == Some("AWS_IAM") {
        operation.insert("security".into(), json!([{"sigv4": []}]));
    } else if let Some(authorizer) = parts.authorizers.get(id) {
        let name = authorizer["name"].as_str().unwrap_or_default();
        let scopes = route.get("authorizationScopes").cloned();
        let scopes = scopes.unwrap_or_else(|| json!([]));
        operation.insert("security".into(), json!([{name: scopes}]));
    }
    if extensions && let Some(integration) = parts.integration(route) {
        let mut shown = Map::new();
        for (from, to) in [
            ("payloadFormatVersion", "payloadFormatVersion"),
            ("integrationType", "type"),
            ("integrationMethod", "httpMethod"),
            ("integrationUri", "uri"),
            ("credentialsArn", "credentials"),
            ("connectionType", "connectionType"),
        ] {
            insert(&mut shown, to, integration.get(from));
        }
        let usual = integration["timeoutInMillis"] == 30_000;
        insert(
            &mut shown,
            "timeoutInMillis",
            integration.get("timeoutInMillis").filter(|_| !usual),
        );
        shown["type"] = json!(
            shown["type"]
                .as_str()
                .unwrap_or_default()
                .to_ascii_lowercase()
        );
        operation.insert(
            "x-amazon-apigateway-integration".into(),
            Value::Object(shown),
        );
    }
    Value::Object(operation)
}

fn sigv4() -> Value {
    json!({"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"})
}

fn schemes_of(parts: &Parts, extensions: bool) -> Map<String, Value> {
    let mut schemes = Map::new();
    let mut routes = parts.routes.values();
    if routes.any(|route| route["authorizationType"] == "AWS_IAM") {
        schemes.insert("sigv4".into(), sigv4());
    }
    for authorizer in parts.authorizers.values() {
        let kind = authorizer["authorizerType"].as_str().unwrap_or_default();
        let sources = authorizer["identitySource"]
            .as_array()
            .into_iter()
            .flatten();
        let sources: Vec<&str> = sources.filter_map(Value::as_str).collect();
        let mut scheme = match kind {
            "JWT" => json!({"type": "oauth2", "flows": {}}),
            _ => {
                let header = sources
                    .iter()
                    .find_map(|source| source.strip_prefix("$request.header."));
                json!({"type": "apiKey", "name": header.unwrap_or("Unused"), "in": "header"})
            }
        };
        if extensions {
            let mut own = Map::new();
            for (from, to) in [
                ("jwtConfiguration", "jwtConfiguration"),
                ("authorizerUri", "authorizerUri"),
                ("authorizerCredentialsArn", "authorizerCredentials"),
                (
                    "authorizerPayloadFormatVersion",
                    "authorizerPayloadFormatVersion",
                ),
                (
                    "authorizerResultTtlInSeconds",
                    "authorizerResultTtlInSeconds",
                ),
                ("enableSimpleResponses", "enableSimpleResponses"),
            ] {
                insert(&mut own, to, authorizer.get(from));
            }
            own.insert("type".into(), json!(kind.to_ascii_lowercase()));
            if !sources.is_empty() {
                own.insert("identitySource".into(), json!(sources.join(",")));
            }
            scheme["x-amazon-apigateway-authorizer"] = Value::Object(own);
        }
        let name = authorizer["name"].as_str().unwrap_or_default();
        schemes.insert(name.to_owned(), scheme);
    }
    schemes
}

/// The document of what a stage of a REST API serves; `about` is the API's.
pub fn rest(
    about: &Map<String, Value>,
    deployment: &Deployment,
    place: Place<'_>,
    kind: Kind,
    extensions: Extensions,
) -> Value {
    let mut export = Export {
        deployment,
        kind,
        extensions,
        models: BTreeSet::new(),
        schemes: Map::new(),
    };
    let mut info = Map::new();
    insert(&mut info, "description", about.get("description"));
    info.insert("version".into(), json!(place.version));
    insert(&mut info, "title", about.get("name"));
    let mut document = match kind {
        Kind::Swagger => json!({"swagger": "2.0", "info": info, "host": place.host,
            "basePath": format!("/{}", place.stage), "schemes": ["https"]}),
        Kind::OpenApi => json!({"openapi": "3.0.1", "info": info, "servers": place.servers("/")}),
    };
    if extensions.others
        && let Some(tags) = tags(about)
    {
        document["tags"] = tags;
    }
    let resources = &deployment.resources;
    let mut paths: Vec<(String, &str)> = resources
        .keys()
        .map(|id| (path_of(resources, id), id.as_str()))
        .collect();
    paths.sort();
    document["paths"] = json!({});
    for (path, id) in paths {
        for (method, of) in &resources[id].methods {
            document["paths"][&path][member_of(method)] = export.method(id, of);
        }
    }
    let schemas = export.schemas();
    let schemes = export.schemes;
    match kind {
        Kind::Swagger => {
            for (name, all) in [("securityDefinitions", schemes), ("definitions", schemas)] {
                if !all.is_empty() {
                    document[name] = Value::Object(all);
                }
            }
        }
        Kind::OpenApi => {
            document["components"] = json!({});
            for (name, all) in [("schemas", schemas), ("securitySchemes", schemes)] {
                if !all.is_empty() {
                    document["components"][name] = Value::Object(all);
                }
            }
        }
    }
    if extensions.others {
        others(&mut document, about, deployment);
    }
    document
}

fn others(document: &mut Value, about: &Map<String, Value>, deployment: &Deployment) {
    let validators = deployment.validators.values().map(|of| {
        let name = of["name"].as_str().unwrap_or_default().to_owned();
        let flags = json!({"validateRequestParameters": of["validateRequestParameters"],
            "validateRequestBody": of["validateRequestBody"]});
        (name, flags)
    });
    let validators: Map<String, Value> = validators.collect();
    if !validators.is_empty() {
        document["x-amazon-apigateway-request-validators"] = Value::Object(validators);
    }
    for (kind, of) in &deployment.responses {
        let mut shown = Map::new();
        for name in ["statusCode", "responseParameters", "responseTemplates"] {
            let any = of
                .get(name)
                .filter(|value| value.as_object().is_none_or(|all| !all.is_empty()));
            insert(&mut shown, name, any);
        }
        document["x-amazon-apigateway-gateway-responses"][kind] = Value::Object(shown);
    }
    let policy = deployment
        .policy
        .as_deref()
        .map(|text| text.replace("\\\"", "\""));
    if let Some(policy) = policy.and_then(|text| serde_json::from_str(&text).ok()) {
        document["x-amazon-apigateway-policy"] = policy;
    }
    let types = deployment.binary.as_ref().and_then(Value::as_array);
    if let Some(types) = types.filter(|types| !types.is_empty()) {
        document["x-amazon-apigateway-binary-media-types"] = json!(types);
    }
    if about.get("apiKeySource") == Some(&json!("AUTHORIZER")) {
        document["x-amazon-apigateway-api-key-source"] = json!("AUTHORIZER");
    }
    if deployment.closed {
        let closed = json!({"disableExecuteApiEndpoint": true});
        let name = "x-amazon-apigateway-endpoint-configuration";
        match document.get_mut("servers") {
            Some(servers) => servers[0][name] = closed,
            None => document[name] = closed,
        }
    }
}

struct Export<'d> {
    deployment: &'d Deployment,
    kind: Kind,
    extensions: Extensions,
    /// Names of the models that are referred to.
    models: BTreeSet<String>,
    schemes: Map<String, Value>,
}

impl Export<'_> {
    fn place(&self) -> &'static str {
        match self.kind {
            Kind::Swagger => "#/definitions/",
            Kind::OpenApi => "#/components/schemas/",
        }
    }

    /// A reference to a model.
    fn reference(&mut self, model: &Value) -> Value {
        let name = model.as_str().unwrap_or_default();
        self.models.insert(name.to_owned());
        json!({"$ref": format!("{}{name}", self.place())})
    }

    fn method(&mut self, resource: &str, method: &Value) -> Value {
        let mut operation = Map::new();
        insert(&mut operation, "operationId", method.get("operationName"));
        let models = method["requestModels"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        let mut parameters = self.parameters(method);
        let mut body = None;
        match self.kind {
            Kind::Swagger => {
                if let Some((_, model)) = models.iter().next() {
                    operation.insert("consumes".into(), json!(models.keys().collect::<Vec<_>>()));
                    let schema = self.reference(model);
                    parameters.push(
                        json!({"in": "body", "name": model, "required": true, "schema": schema}),
                    );
                }
                let kinds = produced(method);
                if !kinds.is_empty() {
                    operation.insert("produces".into(), json!(kinds));
                }
            }
            Kind::OpenApi if models.is_empty() => {}
            Kind::OpenApi => {
                let content = models
                    .iter()
                    .map(|(kind, model)| (kind.clone(), json!({"schema": self.reference(model)})));
                let content: Map<String, Value> = content.collect();
                body = Some(json!({"content": content, "required": true}));
            }
        }
        if !parameters.is_empty() {
            operation.insert("parameters".into(), Value::Array(parameters));
        }
        insert(&mut operation, "requestBody", body.as_ref());
        let responses = method["methodResponses"].as_object().into_iter().flatten();
        let responses: Map<String, Value> = responses
            .map(|(status, of)| (status.clone(), self.response(status, of)))
            .collect();
        operation.insert("responses".into(), Value::Object(responses));
        let security = self.security(method);
        if !security.is_empty() {
            operation.insert("security".into(), json!(security));
        }
        if self.extensions.others {
            let id = method["requestValidatorId"].as_str().unwrap_or_default();
            let name = self.deployment.validators.get(id).map(|of| &of["name"]);
            insert(
                &mut operation,
                "x-amazon-apigateway-request-validator",
                name,
            );
        }
        if self.extensions.integrations
            && let Some(given) = method.get("methodIntegration")
        {
            let shown = integration(given, resource);
            operation.insert("x-amazon-apigateway-integration".into(), shown);
        }
        Value::Object(operation)
    }

    fn parameters(&self, method: &Value) -> Vec<Value> {
        let all = method["requestParameters"]
            .as_object()
            .into_iter()
            .flatten();
        let all = all.filter_map(|(name, required)| {
            let (place, name) = name.strip_prefix("method.request.")?.split_once('.')?;
            let place = match place {
                "path" | "header" => place,
                "multivalueheader" => "header",
                _ => "query",
            };
            let required = place == "path" || *required == true;
            let mut parameter = json!({"name": name, "in": place, "required": required});
            match self.kind {
                Kind::Swagger => parameter["type"] = json!("string"),
                Kind::OpenApi => parameter["schema"] = json!({"type": "string"}),
            }
            Some(parameter)
        });
        all.collect()
    }

    fn response(&mut self, status: &str, of: &Value) -> Value {
        let mut response = json!({"description": format!("{status} response")});
        let names = of["responseParameters"].as_object().into_iter().flatten();
        for (name, _) in names {
            let Some(name) = name.strip_prefix("method.response.header.") else {
                continue;
            };
            response["headers"][name] = match self.kind {
                Kind::Swagger => json!({"type": "string"}),
                Kind::OpenApi => json!({"schema": {"type": "string"}}),
            };
        }
        let models = of["responseModels"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        match self.kind {
            Kind::Swagger => {
                if let Some(model) = models.values().next() {
                    response["schema"] = self.reference(model);
                }
            }
            Kind::OpenApi => {
                for (kind, model) in &models {
                    response["content"][kind] = json!({"schema": self.reference(model)});
                }
            }
        }
        response
    }

    fn security(&mut self, method: &Value) -> Vec<Value> {
        let mut asked = Vec::new();
        if method["authorizationType"] == "AWS_IAM" {
            self.schemes.insert("sigv4".into(), sigv4());
            asked.push(json!({"sigv4": []}));
        }
        let id = method["authorizerId"].as_str().unwrap_or_default();
        if method["authorizationType"] == "CUSTOM"
            && let Some(authorizer) = self.deployment.authorizers.get(id)
        {
            let name = authorizer["name"].as_str().unwrap_or_default();
            let scheme = self.scheme(authorizer);
            self.schemes.insert(name.to_owned(), scheme);
            asked.push(json!({name: []}));
        }
        if method["apiKeyRequired"] == true {
            let scheme = json!({"type": "apiKey", "name": "x-api-key", "in": "header"});
            self.schemes.insert("api_key".into(), scheme);
            asked.push(json!({"api_key": []}));
        }
        asked
    }

    fn scheme(&self, authorizer: &Value) -> Value {
        let source = authorizer["identitySource"].as_str().unwrap_or_default();
        let header = source.strip_prefix("method.request.header.");
        let header = header.filter(|_| authorizer["type"] == "TOKEN");
        let mut scheme =
            json!({"type": "apiKey", "name": header.unwrap_or("Unused"), "in": "header"});
        if !self.extensions.authorizers {
            return scheme;
        }
        scheme["x-amazon-apigateway-authtype"] = authorizer
            .get("authType")
            .cloned()
            .unwrap_or_else(|| json!("custom"));
        let mut own = Map::new();
        for name in [
            "authorizerUri",
            "authorizerCredentials",
            "authorizerResultTtlInSeconds",
            "identityValidationExpression",
        ] {
            insert(&mut own, name, authorizer.get(name));
        }
        let kind = authorizer["type"].as_str().unwrap_or_default();
        if header.is_none() {
            insert(&mut own, "identitySource", authorizer.get("identitySource"));
        }
        own.insert("type".into(), json!(kind.to_ascii_lowercase()));
        scheme["x-amazon-apigateway-authorizer"] = Value::Object(own);
        scheme
    }

    /// The models that are referred to, and those that they refer to.
    fn schemas(&self) -> Map<String, Value> {
        let mut found = Map::new();
        let mut left: Vec<&str> = self.models.iter().map(String::as_str).collect();
        while let Some(name) = left.pop() {
            let Some(schema) = self.deployment.schemas.get(name) else {
                continue;
            };
            if !found.contains_key(name) {
                left.extend(references(schema));
                found.insert(name.to_owned(), self.schema(schema));
            }
        }
        found
    }

    /// A schema with references into the document in the place of those to models.
    fn schema(&self, schema: &Value) -> Value {
        match schema {
            Value::Object(all) => {
                let members =
                    all.iter()
                        .filter(|(name, _)| *name != "$schema")
                        .map(|(name, value)| {
                            let model = value.as_str().filter(|_| name == "$ref");
                            let model = model.and_then(|text| text.rsplit_once("/models/"));
                            let value = match model {
                                Some((_, model)) => json!(format!("{}{model}", self.place())),
                                None => self.schema(value),
                            };
                            (name.clone(), value)
                        });
                Value::Object(members.collect())
            }
            Value::Array(items) => items.iter().map(|item| self.schema(item)).collect(),
            value => value.clone(),
        }
    }
}

/// The media types of a method's answers.
fn produced(method: &Value) -> BTreeSet<&String> {
    let responses = method["methodResponses"].as_object().into_iter().flatten();
    let models = responses.filter_map(|(_, of)| of["responseModels"].as_object());
    models.flat_map(Map::keys).collect()
}

fn integration(given: &Value, resource: &str) -> Value {
    let mut shown = Map::new();
    for name in [
        "httpMethod",
        "uri",
        "credentials",
        "requestParameters",
        "requestTemplates",
        "contentHandling",
    ] {
        let any = given
            .get(name)
            .filter(|value| value.as_object().is_none_or(|all| !all.is_empty()));
        insert(&mut shown, name, any);
    }
    if given["timeoutInMillis"] != 29_000 {
        insert(&mut shown, "timeoutInMillis", given.get("timeoutInMillis"));
    }
    if given["cacheNamespace"] != resource {
        insert(&mut shown, "cacheNamespace", given.get("cacheNamespace"));
    }
    let lower = |name: &str| given[name].as_str().map(str::to_ascii_lowercase);
    if let Some(passes) = lower("passthroughBehavior") {
        shown.insert("passthroughBehavior".into(), json!(passes));
    }
    let responses = given["integrationResponses"]
        .as_object()
        .into_iter()
        .flatten();
    for (status, of) in responses {
        let mut response = Map::new();
        response.insert("statusCode".into(), json!(status));
        for name in ["responseParameters", "responseTemplates", "contentHandling"] {
            let any = of
                .get(name)
                .filter(|value| value.as_object().is_none_or(|all| !all.is_empty()));
            insert(&mut response, name, any);
        }
        let pattern = of["selectionPattern"]
            .as_str()
            .filter(|pattern| !pattern.is_empty());
        let responses = shown.entry("responses").or_insert_with(|| json!({}));
        responses[pattern.unwrap_or("default")] = Value::Object(response);
    }
    shown.insert("type".into(), json!(lower("type").unwrap_or_default()));
    Value::Object(shown)
}

#[cfg(test)]
mod tests;
