//! REST APIs from documents of OpenAPI 2 and 3, with API Gateway's extensions.
//! [API Gateway developer guide: OpenAPI extensions, importing a REST API; API: PutRestApi]
//!
//! What of a document means nothing to API Gateway (examples, summaries, servers) is passed over, as there.

mod base;
pub mod export;
pub mod http;

pub use base::{Base, roles};

use super::Refusal;
use super::response;
use super::rest::{Rest, check_integration, check_response, function_of, path_of};
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

/// Where models are, in documents of both versions.
const REFERENCES: [&str; 2] = ["#/definitions/", "#/components/schemas/"];
/// Members of paths that are methods.
const METHODS: [(&str, &str); 8] = [
    ("get", "GET"),
    ("put", "PUT"),
    ("post", "POST"),
    ("delete", "DELETE"),
    ("options", "OPTIONS"),
    ("head", "HEAD"),
    ("patch", "PATCH"),
    ("x-amazon-apigateway-any-method", "ANY"),
];
/// Members of documents that say what this server cannot do.
const NOT_BUILT: [&str; 1] = ["x-amazon-apigateway-minimum-compression-size"];

/// Makes ids.
pub type Ids<'i> = &'i mut dyn FnMut() -> String;

fn invalid(text: impl std::fmt::Display) -> Refusal {
    Refusal::Invalid(format!("Errors found during import:\n\t{text}"))
}

fn members<'v>(of: &'v Value, name: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    of[name].as_object().into_iter().flatten()
}

/// What is kept of the same names of a document's, under names of API Gateway's own.
fn renamed(of: &Value, names: &[(&str, &str)]) -> Map<String, Value> {
    let found = names
        .iter()
        .filter_map(|(from, to)| Some(((*to).to_owned(), of.get(from)?.clone())));
    found.collect()
}

/// Which version of its language a document says that it is in; in YAML it may be a number.
fn version_of(document: &Value, name: &str) -> String {
    document.get(name).map(text_of).unwrap_or_default()
}

/// Puts into an API what a document says. Where it is to be the whole of it, what the API had goes, but not its stages,
/// and a resource keeps its id where its path is still there. What is left out of the document is told.
///
/// # Errors
/// What is wrong with the document, or is not built.
pub fn import(
    rest: &mut Rest,
    document: &Value,
    (whole, base): (bool, Base),
    ids: Ids<'_>,
) -> Result<Vec<String>, Refusal> {
    let two = version_of(document, "swagger").starts_with('2');
    let three = version_of(document, "openapi").starts_with('3');
    if !two && !three {
        return Err(Refusal::Invalid("Invalid OpenAPI input.".into()));
    }
    if let Some(name) = NOT_BUILT.iter().find(|name| document.get(**name).is_some()) {
        return Err(Refusal::NotBuilt(format!("{name} of documents")));
    }
    let root = rest.about["rootResourceId"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let mut kept = HashMap::new();
    if whole {
        let paths = rest
            .resources
            .keys()
            .map(|id| (path_of(&rest.resources, id), id.clone()));
        kept.extend(paths);
        rest.resources.retain(|id, _| *id == root);
        if let Some(resource) = rest.resources.get_mut(&root) {
            resource.methods.clear();
        }
        rest.authorizers.clear();
        rest.validators.clear();
        rest.responses.clear();
        // A document's models stand in the place of the two that APIs begin with.
        rest.models = [
            ("Empty".to_owned(), Value::Null),
            ("Error".to_owned(), Value::Null),
        ]
        .into();
    }
    let api = rest.about["id"].as_str().unwrap_or_default().to_owned();
    let mut import = Import {
        rest,
        document,
        api,
        ids,
        kept,
        warnings: Warnings::default(),
    };
    import.about(whole)?;
    import.models()?;
    import.authorizers()?;
    import.validators();
    import.responses()?;
    let prefix = base.prefix(document);
    for (path, of) in members(document, "paths") {
        let path = &format!("{prefix}{path}");
        let resource = import.resource(&root, path)?;
        for (member, method) in METHODS {
            if let Some(operation) = of.get(member) {
                import
                    .method(&resource, (path, method), (of, operation))
                    .map_err(|why| placed(why, &format!("{method} {path}")))?;
            }
        }
    }
    Ok(import.warnings.0)
}

fn placed(why: Refusal, place: &str) -> Refusal {
    match why {
        Refusal::Invalid(text) if !text.starts_with("Errors found") => invalid(format!(
            "Unable to put method '{place}' on resource: {text}"
        )),
        why => why,
    }
}

/// Warnings of an import that are told.
const WARNINGS: usize = 100;
/// Bytes of one of them.
const WARNING_BYTES: usize = 1000;

/// What an import warns of, in the order of the document, within bounds: paths and values are as long as their document.
#[derive(Default)]
struct Warnings(Vec<String>);

impl Warnings {
    fn add(&mut self, warning: impl FnOnce() -> String) {
        if self.0.len() < WARNINGS {
            let mut warning = warning();
            if warning.len() > WARNING_BYTES {
                warning.truncate(warning.floor_char_boundary(WARNING_BYTES));
                warning.push('…');
            }
            self.0.push(warning);
        }
    }
}

struct Import<'i> {
    rest: &'i mut Rest,
    document: &'i Value,
    api: String,
    ids: Ids<'i>,
    /// Ids of the resources that the API had, by their paths.
    kept: HashMap<String, String>,
    warnings: Warnings,
}

impl Import<'_> {
    /// What the API is as a whole. What a document does not say stays, unless it is to be the whole of the API.
    /// [Terraform's provider for AWS, aws_api_gateway_rest_api: what `overwrite` and `merge` do to literal properties]
    fn about(&mut self, whole: bool) -> Result<(), Refusal> {
        let about = &mut self.rest.about;
        let info = &self.document["info"];
        for (name, value) in [
            ("name", &info["title"]),
            ("description", &info["description"]),
            ("version", &info["version"]),
            (
                "apiKeySource",
                &self.document["x-amazon-apigateway-api-key-source"],
            ),
            (
                "binaryMediaTypes",
                &self.document["x-amazon-apigateway-binary-media-types"],
            ),
        ] {
            let value = match (name, value) {
                (_, Value::Null) if !whole => continue,
                ("apiKeySource", Value::Null) => json!("HEADER"),
                (_, Value::Null) => {
                    about.remove(name);
                    continue;
                }
                (_, Value::Number(number)) => json!(number.to_string()),
                ("binaryMediaTypes", Value::Array(kinds)) if !whole => {
                    let known = about.get(name).and_then(Value::as_array);
                    let all = known.into_iter().flatten().chain(kinds);
                    let mut met = HashSet::new();
                    Value::Array(all.filter(|kind| met.insert(*kind)).cloned().collect())
                }
                (_, value) => value.clone(),
            };
            about.insert(name.to_owned(), value);
        }
        if let Some(tags) = base::tags(self.document) {
            self.rest
                .about
                .insert("tags".to_owned(), Value::Object(tags));
        }
        if let Some(closed) = base::closed(self.document) {
            self.rest
                .about
                .insert("disableExecuteApiEndpoint".to_owned(), json!(closed));
        }
        match self.rest.about.get("name").and_then(Value::as_str) {
            None | Some("") => Err(Refusal::Invalid("Title is required".into())),
            Some(_) => Ok(()),
        }
    }

    /// A schema with references to models in the place of those into the document.
    fn schema(&self, schema: &Value) -> Value {
        match schema {
            Value::Object(all) => {
                let members = all.iter().map(|(name, value)| {
                    let model = value.as_str().filter(|_| name == "$ref").and_then(named);
                    let value = match model {
                        Some(model) => json!(format!(
                            "https://apigateway.amazonaws.com/restapis/{}/models/{model}",
                            self.api
                        )),
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

    fn model(&mut self, name: &str, schema: &Value) -> Value {
        let mut model = json!({"id": (self.ids)()[..6], "name": name, "contentType": "application/json",
            "schema": self.schema(schema).to_string()});
        if let Some(text) = schema["description"].as_str() {
            model["description"] = json!(text);
        }
        model
    }

    fn models(&mut self) -> Result<(), Refusal> {
        let document = self.document;
        let all =
            members(document, "definitions").chain(members(&document["components"], "schemas"));
        let mut names = Vec::new();
        for (name, schema) in all {
            let model = self.model(name, schema);
            self.rest.models.insert(name.clone(), model);
            names.push(name);
        }
        // They may refer to one another.
        for name in names {
            let text = self.rest.models[name]["schema"]
                .as_str()
                .unwrap_or_default();
            self.rest.check_schema(text).map_err(|why| match why {
                Refusal::Invalid(text) => {
                    invalid(format!("Unable to create model for '{name}': {text}"))
                }
                why => why,
            })?;
        }
        Ok(())
    }

    /// The model of a media type's schema, which is made where it stands in the document.
    fn model_of(&mut self, schema: &Value) -> Result<Option<String>, Refusal> {
        if schema.is_null() {
            return Ok(None);
        }
        if let Some(name) = schema["$ref"].as_str().and_then(named) {
            self.rest.model(name).map_err(|_| {
                Refusal::Invalid(format!("Invalid model identifier specified: {name}"))
            })?;
            return Ok(Some(name.to_owned()));
        }
        let name = format!("MODEL{}", &(self.ids)()[..6]);
        let model = self.model(&name, schema);
        self.rest
            .check_schema(model["schema"].as_str().unwrap_or_default())?;
        self.rest.models.insert(name.clone(), model);
        Ok(Some(name))
    }

    fn schemes(&self) -> impl Iterator<Item = (&String, &Value)> {
        let three = &self.document["components"];
        members(self.document, "securityDefinitions").chain(members(three, "securitySchemes"))
    }

    fn authorizers(&mut self) -> Result<(), Refusal> {
        let all: Vec<(String, Value)> = self
            .schemes()
            .map(|(name, scheme)| (name.clone(), scheme.clone()))
            .collect();
        for (name, scheme) in all {
            let given = &scheme["x-amazon-apigateway-authorizer"];
            if given.is_null() {
                continue;
            }
            let kind = given["type"]
                .as_str()
                .unwrap_or_default()
                .to_ascii_uppercase();
            if !matches!(kind.as_str(), "TOKEN" | "REQUEST") {
                return Err(Refusal::NotBuilt(format!("authorizers of the type {kind}")));
            }
            let uri = given["authorizerUri"].as_str().unwrap_or_default();
            if function_of(uri, |_| Some("x".to_owned())).is_none() {
                return Err(invalid(format!(
                    "Unable to create authorizer '{name}': Invalid Authorizer URI: {uri}"
                )));
            }
            let same = |name: &'static str| (name, name);
            let mut authorizer = renamed(
                given,
                &[
                    "authorizerUri",
                    "authorizerCredentials",
                    "identitySource",
                    "identityValidationExpression",
                    "authorizerResultTtlInSeconds",
                ]
                .map(same),
            );
            let in_header = scheme["in"] == "header";
            let header = scheme["name"]
                .as_str()
                .filter(|_| in_header && kind == "TOKEN");
            if let Some(header) = header {
                let source = json!(format!("method.request.header.{header}"));
                authorizer.entry("identitySource").or_insert(source);
            }
            let id = (self.ids)()[..6].to_owned();
            let auth = scheme.get("x-amazon-apigateway-authtype").cloned();
            authorizer.insert("id".into(), json!(id));
            authorizer.insert("name".into(), json!(name));
            authorizer.insert("type".into(), json!(kind));
            authorizer.insert("authType".into(), auth.unwrap_or_else(|| json!("custom")));
            self.rest
                .authorizers
                .retain(|_, one| one["name"] != name.as_str());
            self.rest.authorizers.insert(id, Value::Object(authorizer));
        }
        Ok(())
    }

    fn validators(&mut self) {
        let document = self.document;
        for (name, of) in members(document, "x-amazon-apigateway-request-validators") {
            let id = (self.ids)()[..6].to_owned();
            let flag = |name: &str| of[name] == true;
            let validator = json!({"id": id, "name": name, "validateRequestBody": flag("validateRequestBody"),
                "validateRequestParameters": flag("validateRequestParameters")});
            self.rest
                .validators
                .retain(|_, one| one["name"] != name.as_str());
            self.rest.validators.insert(id, validator);
        }
    }

    fn responses(&mut self) -> Result<(), Refusal> {
        let document = self.document;
        for (kind, of) in members(document, "x-amazon-apigateway-gateway-responses") {
            if !response::is_kind(kind) {
                return Err(invalid(format!("Invalid gateway response type: {kind}")));
            }
            let mut given = of.as_object().cloned().unwrap_or_default();
            if let Some(status) = given.get_mut("statusCode") {
                *status = json!(text_of(status));
            }
            let made = response::put(kind, &given)?;
            self.rest.responses.insert(kind.clone(), made);
        }
        Ok(())
    }

    /// The resource of a path, made with those above where it is not there.
    fn resource(&mut self, root: &str, path: &str) -> Result<String, Refusal> {
        let (mut at, mut above) = (root.to_owned(), String::new());
        for part in path.split('/').filter(|part| !part.is_empty()) {
            above.push('/');
            above.push_str(part);
            let found = self.rest.resources.iter().find(|(_, resource)| {
                resource.parent.as_deref() == Some(&at) && resource.part == part
            });
            let below = found.map(|(id, _)| id.clone());
            at = match below {
                Some(id) => id,
                None => {
                    let id = match self.kept.remove(&above) {
                        Some(id) => id,
                        None => (self.ids)(),
                    };
                    let made = self.rest.add_resource(id.clone(), &at, part);
                    made.map_err(|why| match why {
                        Refusal::Invalid(text) | Refusal::Exists(text) => invalid(format!(
                            "Unable to create resource at path '{path}': {text}"
                        )),
                        why => why,
                    })?;
                    id
                }
            };
        }
        Ok(at)
    }

    /// What a parameter or a response means that stands elsewhere in the document.
    fn whole<'v>(&'v self, value: &'v Value) -> &'v Value {
        let pointer = value["$ref"]
            .as_str()
            .and_then(|text| text.strip_prefix('#'));
        let found = pointer.and_then(|pointer| self.document.pointer(pointer));
        found.unwrap_or(value)
    }

    fn method(
        &mut self,
        resource: &str,
        (whole_path, name): (&str, &str),
        (path, operation): (&Value, &Value),
    ) -> Result<(), Refusal> {
        let mut method =
            json!({"httpMethod": name, "authorizationType": "NONE", "apiKeyRequired": false});
        if let Some(id) = operation["operationId"].as_str() {
            method["operationName"] = json!(id);
        }
        self.secured(operation, &mut method)?;
        let lists = [path, operation].map(|of| of["parameters"].as_array());
        let all: Vec<Value> = lists
            .into_iter()
            .flatten()
            .flatten()
            .map(|one| self.whole(one).clone())
            .collect();
        let mut bodies = Vec::new();
        for parameter in all {
            let place = match parameter["in"].as_str().unwrap_or_default() {
                "query" => "querystring",
                place @ ("header" | "path") => place,
                "body" => {
                    let kinds = self.kinds(operation, "consumes").into_iter();
                    bodies.extend(kinds.map(|kind| (kind, parameter["schema"].clone())));
                    continue;
                }
                _ => continue,
            };
            let called = parameter["name"].as_str().unwrap_or_default();
            let required = parameter["required"] == true;
            method["requestParameters"][format!("method.request.{place}.{called}")] =
                json!(required);
        }
        let body = self.whole(&operation["requestBody"]).clone();
        bodies.extend(
            members(&body, "content").map(|(kind, of)| (kind.clone(), of["schema"].clone())),
        );
        for (kind, schema) in bodies {
            if let Some(model) = self.model_of(&schema)? {
                method["requestModels"][kind] = json!(model);
            }
        }
        let of = |of: &Value| {
            of["x-amazon-apigateway-request-validator"]
                .as_str()
                .map(str::to_owned)
        };
        if let Some(wanted) = of(operation).or_else(|| of(self.document)) {
            let mut all = self.rest.validators.iter();
            let found = all.find(|(_, one)| one["name"] == wanted.as_str());
            let none = || Refusal::Invalid("Invalid Request Validator identifier specified".into());
            method["requestValidatorId"] = json!(found.ok_or_else(none)?.0);
        }
        for (status, of) in members(operation, "responses") {
            if status == "default" {
                continue;
            }
            let kinds = self.kinds(operation, "produces");
            let response = self.method_response(status, of, kinds)?;
            method["methodResponses"][status] = response;
        }
        let mut given = operation["x-amazon-apigateway-integration"].clone();
        if !given.is_null() {
            self.drop_what_is_no_text(&mut given, (whole_path, name));
            method["methodIntegration"] = integration(&given, resource, &method)?;
        }
        let method = method.as_object().cloned().unwrap_or_default();
        if let Some(resource) = self.rest.resources.get_mut(resource) {
            resource.methods.remove(name);
        }
        self.rest.add_method(resource, name, method)?;
        Ok(())
    }

    /// Parameters that an integration is to be sent, and that are no text, are left out, and warned of.
    fn drop_what_is_no_text(&mut self, integration: &mut Value, (path, method): (&str, &str)) {
        let given = integration.get_mut("requestParameters");
        let Some(parameters) = given.and_then(Value::as_object_mut) else {
            return;
        };
        parameters.retain(|name, value| {
            if !value.is_string() {
                self.warnings.add(|| format!(
                    "Invalid format for 'requestParameters'. Expected type string for property '{name}' of resource \
                     '{path}' and method '{method}' but got '{value}'"
                ));
            }
            value.is_string()
        });
    }

    fn secured(&self, operation: &Value, method: &mut Value) -> Result<(), Refusal> {
        let asked = operation
            .get("security")
            .or_else(|| self.document.get("security"));
        let asked = asked.and_then(Value::as_array).into_iter().flatten();
        for name in asked
            .filter_map(Value::as_object)
            .flat_map(|one| one.keys())
        {
            let Some((_, scheme)) = self.schemes().find(|(known, _)| *known == name) else {
                return Err(Refusal::Invalid(format!(
                    "Security scheme {name} is not defined"
                )));
            };
            let mut authorizers = self.rest.authorizers.iter();
            let authorizer = authorizers.find(|(_, one)| one["name"] == name.as_str());
            if let Some((id, _)) = authorizer {
                method["authorizationType"] = json!("CUSTOM");
                method["authorizerId"] = json!(id);
            } else if scheme["x-amazon-apigateway-authtype"] == "awsSigv4" {
                method["authorizationType"] = json!("AWS_IAM");
            } else if scheme["type"] == "apiKey"
                && scheme["name"]
                    .as_str()
                    .is_some_and(|name| name.eq_ignore_ascii_case("x-api-key"))
            {
                method["apiKeyRequired"] = json!(true);
            }
        }
        if operation["x-amazon-apigateway-auth"]["type"] == "AWS_IAM" {
            method["authorizationType"] = json!("AWS_IAM");
        }
        Ok(())
    }

    /// The media types of version 2, of an operation or else of the whole document.
    fn kinds(&self, operation: &Value, name: &str) -> Vec<String> {
        let of = |of: &Value| -> Vec<String> {
            let all = of[name].as_array().into_iter().flatten();
            all.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let usual = || vec!["application/json".to_owned()];
        let found = [operation, self.document].into_iter().map(of);
        found
            .into_iter()
            .find(|all| !all.is_empty())
            .unwrap_or_else(usual)
    }

    fn method_response(
        &mut self,
        status: &str,
        of: &Value,
        kinds: Vec<String>,
    ) -> Result<Value, Refusal> {
        let of = self.whole(of).clone();
        let mut response = json!({"statusCode": status});
        for (name, _) in members(&of, "headers") {
            response["responseParameters"][format!("method.response.header.{name}")] = json!(false);
        }
        let of_two = kinds.into_iter().map(|kind| (kind, of["schema"].clone()));
        let mut schemas: Vec<(String, Value)> = of_two.collect();
        schemas
            .extend(members(&of, "content").map(|(kind, of)| (kind.clone(), of["schema"].clone())));
        for (kind, schema) in schemas {
            if let Some(model) = self.model_of(&schema)? {
                response["responseModels"][kind] = json!(model);
            }
        }
        Ok(response)
    }
}

fn named(reference: &str) -> Option<&str> {
    REFERENCES
        .iter()
        .find_map(|prefix| reference.strip_prefix(prefix))
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// The integration of a method, which must declare the responses that it is mapped to.
fn integration(given: &Value, resource: &str, method: &Value) -> Result<Value, Refusal> {
    let same = |name: &'static str| (name, name);
    let mut made = renamed(
        given,
        &[
            "uri",
            "credentials",
            "requestParameters",
            "requestTemplates",
            "connectionId",
            "connectionType",
            "timeoutInMillis",
            "cacheNamespace",
            "cacheKeyParameters",
            "contentHandling",
            "tlsConfig",
            "responseTransferMode",
        ]
        .map(same),
    );
    let upper = |name: &str| given[name].as_str().map(str::to_ascii_uppercase);
    let kind =
        upper("type").ok_or_else(|| Refusal::Invalid("Integration type is required".into()))?;
    if kind != "MOCK"
        && let Some(verb) = upper("httpMethod")
    {
        made.insert("httpMethod".into(), json!(verb));
    }
    if kind.starts_with("HTTP") {
        made.entry("connectionType").or_insert(json!("INTERNET"));
    }
    made.insert("type".into(), json!(kind));
    let passes = upper("passthroughBehavior").unwrap_or_else(|| "WHEN_NO_MATCH".into());
    made.insert("passthroughBehavior".into(), json!(passes));
    check_integration(&made)?;
    made.entry("timeoutInMillis").or_insert(json!(29_000));
    made.entry("cacheNamespace").or_insert(json!(resource));
    made.entry("cacheKeyParameters").or_insert(json!([]));
    let mut made = Value::Object(made);
    for (pattern, of) in members(given, "responses") {
        let status = text_of(&of["statusCode"]);
        let same = |name: &'static str| (name, name);
        let mut response = renamed(
            of,
            &["responseParameters", "responseTemplates", "contentHandling"].map(same),
        );
        response.insert("statusCode".into(), json!(status));
        if pattern != "default" {
            response.insert("selectionPattern".into(), json!(pattern));
        }
        check_response(&response)?;
        let declared = &method["methodResponses"][&status];
        let mut parameters = response
            .get("responseParameters")
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        if let Some((name, _)) =
            parameters.find(|(name, _)| declared["responseParameters"].get(name.as_str()).is_none())
        {
            return Err(Refusal::Invalid(format!(
                "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: {name}]"
            )));
        }
        made["integrationResponses"][status] = Value::Object(response);
    }
    Ok(made)
}

#[cfg(test)]
mod tests;
