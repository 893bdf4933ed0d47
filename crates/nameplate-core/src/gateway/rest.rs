//! A REST API: resources in a tree, their methods and integrations, and which of them a request means.

use super::Refusal;
use super::documentation::Documentation;
use super::forward::check_uri;
use super::mapping::{Template, check_kinds, check_mapping};
use super::response::Responses;
use super::schema::Schemas;
use crate::arn::Arn;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Most resources of an API (API Gateway quotas).
const RESOURCES: usize = 300;

/// The methods that a resource may have.
const METHODS: [&str; 8] = [
    "ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT",
];

/// What a function is invoked by: the rest is its ARN and `/invocations`.
const FUNCTIONS: &str = ":lambda:path/2015-03-31/functions/";

/// What of an API a deployment keeps: its resources by id.
pub type Resources = BTreeMap<String, Resource>;

/// A resource.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// The id of the one above; none for the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The segment of the path: literal, `{name}` or `{name+}`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub part: String,
    /// Methods by name, in AWS's shape.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub methods: BTreeMap<String, Value>,
}

/// An API as it is edited.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rest {
    /// `RestApi`, in AWS's shape.
    pub about: Map<String, Value>,
    /// Its resources by id.
    pub resources: Resources,
    /// Its authorizers by id, in AWS's shape.
    #[serde(default)]
    pub authorizers: BTreeMap<String, Value>,
    /// Its stages by name, in AWS's shape.
    #[serde(default)]
    pub stages: BTreeMap<String, Value>,
    /// Its models by name, in AWS's shape; null is one that it began with and that is gone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub models: BTreeMap<String, Value>,
    /// Its request validators by id, in AWS's shape.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub validators: BTreeMap<String, Value>,
    /// Its gateway responses by kind, in AWS's shape.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub responses: Responses,
    /// Its documentation.
    #[serde(default, skip_serializing_if = "Documentation::is_empty")]
    pub documentation: Documentation,
}

/// A deployment: what of an API a stage serves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    /// `Deployment`, in AWS's shape.
    pub about: Map<String, Value>,
    /// The resources at that time.
    pub resources: Resources,
    /// The authorizers at that time.
    #[serde(default)]
    pub authorizers: BTreeMap<String, Value>,
    /// The schemas of the models at that time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub schemas: Schemas,
    /// The request validators at that time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub validators: BTreeMap<String, Value>,
    /// The gateway responses at that time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub responses: Responses,
    /// The API's own policy at that time, as answers have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Whether it answers under names of the owner's only (`disableExecuteApiEndpoint`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
    /// The media types that were bytes at that time; none where it was made before deployments kept them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary: Option<Value>,
}

/// A method that a request means.
#[derive(Debug, PartialEq)]
pub struct Matched<'r> {
    /// The resource's id.
    pub id: &'r str,
    /// Its path, with the names of its parameters.
    pub path: String,
    /// The method, in AWS's shape.
    pub method: &'r Value,
    /// The parameters of the path, as sent.
    pub parameters: Vec<(String, String)>,
}

/// The path of a resource.
pub fn path_of(resources: &Resources, id: &str) -> String {
    let mut parts = Vec::new();
    let mut next = resources.get(id);
    while let Some(resource) = next {
        parts.push(resource.part.as_str());
        next = resource.parent.as_ref().and_then(|id| resources.get(id));
    }
    parts.reverse();
    match parts.len() {
        0 | 1 => "/".to_owned(),
        _ => parts.join("/"),
    }
}

/// A segment of a request's path.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'p> {
    /// What literal parts are compared with.
    pub decoded: &'p str,
    /// What parameters have: REST APIs hand them on as they were sent.
    pub sent: &'p str,
}

/// The method of a path: a literal segment before a parameter, a parameter before one that takes the rest.
pub fn find<'r>(
    resources: &'r Resources,
    method: &str,
    path: &[Segment<'_>],
) -> Option<Matched<'r>> {
    let (root, _) = resources
        .iter()
        .find(|(_, resource)| resource.parent.is_none())?;
    let mut parameters = Vec::new();
    let id = below(resources, root, path, &mut parameters, method)?;
    Some(Matched {
        id,
        path: path_of(resources, id),
        method: method_of(&resources[id], method)?,
        parameters,
    })
}

fn method_of<'r>(resource: &'r Resource, method: &str) -> Option<&'r Value> {
    let methods = &resource.methods;
    methods.get(method).or_else(|| methods.get("ANY"))
}

fn below<'r>(
    resources: &'r Resources,
    at: &'r str,
    path: &[Segment<'_>],
    parameters: &mut Vec<(String, String)>,
    method: &str,
) -> Option<&'r str> {
    let Some((first, rest)) = path.split_first() else {
        return method_of(&resources[at], method).map(|_| at);
    };
    let children = || {
        let all = resources.iter();
        all.filter(|(_, resource)| resource.parent.as_deref() == Some(at))
    };
    let literal = children().find(|(_, child)| child.part == first.decoded);
    if let Some((id, _)) = literal
        && let Some(found) = below(resources, id, rest, parameters, method)
    {
        return Some(found);
    }
    for (id, child) in children() {
        let Some(name) = parameter(&child.part) else {
            continue;
        };
        let kept = parameters.len();
        if let Some(name) = name.strip_suffix('+') {
            if method_of(child, method).is_some() {
                let sent: Vec<&str> = path.iter().map(|segment| segment.sent).collect();
                parameters.push((name.to_owned(), sent.join("/")));
                return Some(id);
            }
        } else if !first.sent.is_empty() {
            parameters.push((name.to_owned(), first.sent.to_owned()));
            if let Some(found) = below(resources, id, rest, parameters, method) {
                return Some(found);
            }
            parameters.truncate(kept);
        }
    }
    None
}

/// `name` or `name+` of `{name}` and `{name+}`.
fn parameter(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

impl Rest {
    /// An API with its root.
    pub fn new(about: Map<String, Value>, root: String) -> Self {
        Self {
            about,
            resources: BTreeMap::from([(root, Resource::default())]),
            ..Self::default()
        }
    }

    /// A resource.
    ///
    /// # Errors
    /// That there is none.
    pub fn resource(&self, id: &str) -> Result<&Resource, Refusal> {
        self.resources
            .get(id)
            .ok_or_else(|| Refusal::unknown("Resource"))
    }

    /// Adds a resource below another.
    ///
    /// # Errors
    /// A part that is none, or that would be found instead of another.
    pub fn add_resource(&mut self, id: String, parent: &str, part: &str) -> Result<(), Refusal> {
        let above = self.resource(parent)?;
        if parameter(&above.part).is_some_and(|name| name.ends_with('+')) {
            return Err(Refusal::Invalid(format!(
                "Cannot create a child of a resource with a greedy path variable: {}",
                above.part
            )));
        }
        check_part(part)?;
        let siblings = self
            .resources
            .values()
            .filter(|resource| resource.parent.as_deref() == Some(parent));
        for resource in siblings {
            if resource.part == part {
                return Err(Refusal::Exists(format!(
                    "Another resource with the same parent already has this name: {part}"
                )));
            }
            if parameter(part).is_some() && parameter(&resource.part).is_some() {
                let sibling = &resource.part;
                return Err(Refusal::Invalid(format!(
                    "A sibling ({sibling}) of this resource already has a variable path part -- only one is allowed"
                )));
            }
        }
        if self.resources.len() >= RESOURCES {
            return Err(Refusal::Limit(
                "Maximum number of Resources for this API has been reached.".into(),
            ));
        }
        self.resources.insert(
            id,
            Resource {
                parent: Some(parent.to_owned()),
                part: part.to_owned(),
                methods: BTreeMap::new(),
            },
        );
        Ok(())
    }

    /// Gives a resource another parent or another part.
    ///
    /// # Errors
    /// As for one that is added; the root stays, and nothing is put below itself.
    pub fn move_resource(&mut self, id: &str, parent: &str, part: &str) -> Result<(), Refusal> {
        if self.resource(id)?.parent.is_none() {
            let what = if part.is_empty() {
                "parentId"
            } else {
                "pathPart"
            };
            return Err(Refusal::Invalid(format!(
                "Root resource cannot update its {what}."
            )));
        }
        let mut above = Some(parent.to_owned());
        while let Some(at) = above {
            if at == id {
                return Err(Refusal::Invalid("Resources cannot be cyclical.".into()));
            }
            above = self.resource(&at)?.parent.clone();
        }
        let greedy = parameter(part).is_some_and(|name| name.ends_with('+'));
        let mut children = self.resources.values();
        if greedy && children.any(|child| child.parent.as_deref() == Some(id)) {
            return Err(Refusal::Invalid(
                "A resource with children cannot have a greedy path variable".into(),
            ));
        }
        // As a new one in its place, with what it has.
        let mut moved = self.clone();
        let kept = moved.resources.remove(id).unwrap_or_default();
        moved.add_resource(id.to_owned(), parent, part)?;
        if let Some(resource) = moved.resources.get_mut(id) {
            resource.methods = kept.methods;
        }
        *self = moved;
        Ok(())
    }

    /// Removes a resource and what is below it.
    ///
    /// # Errors
    /// That there is none, or that it is the root.
    pub fn remove_resource(&mut self, id: &str) -> Result<(), Refusal> {
        if self.resource(id)?.parent.is_none() {
            return Err(Refusal::Invalid("Root resource cannot be deleted".into()));
        }
        let mut gone = vec![id.to_owned()];
        while let Some(id) = gone.pop() {
            self.resources.remove(&id);
            let below = self
                .resources
                .iter()
                .filter(|(_, child)| child.parent.as_ref() == Some(&id));
            gone.extend(below.map(|(id, _)| id.clone()));
        }
        Ok(())
    }

    /// Adds a method, with what it requires.
    ///
    /// # Errors
    /// That it is there, or asks for what is not.
    pub fn add_method(
        &mut self,
        resource: &str,
        name: &str,
        mut method: Map<String, Value>,
    ) -> Result<&Value, Refusal> {
        self.resource(resource)?;
        if !METHODS.contains(&name) {
            return Err(Refusal::Invalid(
                "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY".into(),
            ));
        }
        // The service takes `none`, and shows `NONE`.
        if let Some(Value::String(kind)) = method.get_mut("authorizationType") {
            kind.make_ascii_uppercase();
        }
        self.check_method(&method)?;
        let resource = self
            .resources
            .get_mut(resource)
            .ok_or_else(|| Refusal::unknown("Resource"))?;
        if resource.methods.contains_key(name) {
            return Err(Refusal::Exists(
                "Method already exists for this resource".into(),
            ));
        }
        resource
            .methods
            .insert(name.to_owned(), Value::Object(method));
        Ok(&resource.methods[name])
    }

    /// Whether a method's own members make sense.
    ///
    /// # Errors
    /// What does not, or is not built.
    pub fn check_method(&self, method: &Map<String, Value>) -> Result<(), Refusal> {
        check_parameters(method)?;
        for model in method
            .get("requestModels")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let name = model.1.as_str().unwrap_or_default();
            self.model(name).map_err(|_| {
                Refusal::Invalid(format!("Invalid model identifier specified: {name}"))
            })?;
        }
        match method.get("requestValidatorId").and_then(Value::as_str) {
            None | Some("") => {}
            Some(id) => {
                self.validator(id).map_err(|_| {
                    Refusal::Invalid("Invalid Request Validator identifier specified".into())
                })?;
            }
        }
        match method
            .get("authorizationType")
            .and_then(Value::as_str)
            .unwrap_or("NONE")
        {
            "NONE" | "AWS_IAM" => Ok(()),
            "CUSTOM" => {
                let id = method
                    .get("authorizerId")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                match self.authorizers.contains_key(id) {
                    true => Ok(()),
                    false => Err(Refusal::Invalid("Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.".into())),
                }
            }
            known @ "COGNITO_USER_POOLS" => {
                Err(Refusal::NotBuilt(format!("the authorization type {known}")))
            }
            other => Err(Refusal::Invalid(format!(
                "Invalid authorization type specified: {other}"
            ))),
        }
    }

    /// A method.
    ///
    /// # Errors
    /// That there is none.
    pub fn method(&self, resource: &str, name: &str) -> Result<&Value, Refusal> {
        let methods = &self.resource(resource)?.methods;
        methods.get(name).ok_or_else(|| Refusal::unknown("Method"))
    }

    /// The same, to be changed.
    ///
    /// # Errors
    /// That there is none.
    pub fn method_mut(&mut self, resource: &str, name: &str) -> Result<&mut Value, Refusal> {
        let resource = self
            .resources
            .get_mut(resource)
            .ok_or_else(|| Refusal::unknown("Resource"))?;
        resource
            .methods
            .get_mut(name)
            .ok_or_else(|| Refusal::unknown("Method"))
    }

    /// What a deployment keeps.
    ///
    /// # Errors
    /// AWS's, for an API that could answer nothing.
    pub fn deploy(&self, about: Map<String, Value>) -> Result<Deployment, Refusal> {
        let mut methods = self
            .resources
            .values()
            .flat_map(|resource| resource.methods.values())
            .peekable();
        if methods.peek().is_none() {
            return Err(Refusal::Invalid(
                "The REST API doesn't contain any methods".into(),
            ));
        }
        if methods.any(|method| method.get("methodIntegration").is_none()) {
            return Err(Refusal::Invalid("No integration defined for method".into()));
        }
        Ok(self.snapshot(about))
    }

    /// What a deployment would keep of the API as it is now.
    pub fn snapshot(&self, about: Map<String, Value>) -> Deployment {
        Deployment {
            about,
            resources: self.resources.clone(),
            authorizers: self.authorizers.clone(),
            schemas: self.schemas(),
            validators: self.validators.clone(),
            responses: self.responses.clone(),
            policy: self
                .about
                .get("policy")
                .and_then(Value::as_str)
                .map(str::to_owned),
            closed: self.about.get("disableExecuteApiEndpoint") == Some(&Value::Bool(true)),
            binary: Some(
                self.about
                    .get("binaryMediaTypes")
                    .cloned()
                    .unwrap_or_else(|| json!([])),
            ),
        }
    }
}

/// The parameters that a resource's path has in a path as sent; `None` where it is another resource's.
pub fn parameters_in(resource: &str, sent: &str) -> Option<Vec<(String, String)>> {
    let mut given = sent.trim_matches('/').split('/');
    let mut found = Vec::new();
    for part in resource.trim_matches('/').split('/') {
        let name = part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'));
        match name {
            Some(name) => match name.strip_suffix('+') {
                Some(name) => {
                    let rest: Vec<&str> = given.by_ref().collect();
                    found.push((name.to_owned(), rest.join("/")));
                }
                None => found.push((name.to_owned(), given.next()?.to_owned())),
            },
            None if given.next()? == part => {}
            None => return None,
        }
    }
    given.next().is_none().then_some(found)
}

/// What a method says that it takes: parameters whose names are not in two places.
fn check_parameters(method: &Map<String, Value>) -> Result<(), Refusal> {
    let members = |name: &str| method.get(name).and_then(Value::as_object);
    let mut names = Vec::new();
    for parameter in members("requestParameters").into_iter().flatten() {
        let mut parts = parameter.0.splitn(4, '.');
        let prefix = (parts.next(), parts.next());
        let place = parts.next();
        let name = parts.next().unwrap_or_default();
        let known = matches!(
            place,
            Some("header" | "multivalueheader" | "multivaluequerystring" | "path" | "querystring")
        );
        if prefix != (Some("method"), Some("request")) || !known || name.is_empty() {
            return Err(Refusal::Invalid(format!(
                "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: {}]",
                parameter.0
            )));
        }
        if names.contains(&name) {
            return Err(Refusal::Invalid(
                "Parameter names must be unique across querystring, header and path".into(),
            ));
        }
        names.push(name);
    }
    Ok(())
}

fn check_part(part: &str) -> Result<(), Refusal> {
    let name = match parameter(part) {
        Some(name) => name.strip_suffix('+').unwrap_or(name),
        None => part,
    };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:$~".contains(&byte);
    match !name.is_empty() && name.bytes().all(fits) {
        true => Ok(()),
        false => Err(Refusal::Invalid(
            "Resource's path part only allow a-zA-Z0-9._-:$~ or a valid greedy path variable and curly braces at the beginning and the end.".into(),
        )),
    }
}

/// Whether an integration, in AWS's shape, can be carried out here.
///
/// # Errors
/// What is wrong, or is not built.
pub fn check_integration(integration: &Map<String, Value>) -> Result<(), Refusal> {
    let text = |name: &str| {
        integration
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    match text("type") {
        "MOCK" => {}
        "AWS" | "AWS_PROXY" => {
            if text("httpMethod").is_empty() {
                return Err(Refusal::Invalid(
                    "Enumeration value for HttpMethod must be non-empty".into(),
                ));
            }
            let uri = text("uri");
            if !uri.starts_with("arn:") {
                return Err(Refusal::Invalid(
                    "Invalid ARN specified in the request".into(),
                ));
            }
            if !uri.contains(":apigateway:") {
                return Err(Refusal::Invalid(
                    "AWS ARN for integration must contain path or action".into(),
                ));
            }
            let kind = text("type");
            if kind == "AWS_PROXY" && !uri.contains(FUNCTIONS) && !uri.contains(":firehose:") {
                return Err(Refusal::Invalid(
                    "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.".into(),
                ));
            }
            if !uri.contains(FUNCTIONS) {
                return Err(Refusal::NotBuilt(
                    "integrations with services other than Lambda".into(),
                ));
            }
            if function_of(uri, |_| Some("x".to_owned())).is_none() {
                return Err(Refusal::Invalid("Invalid lambda function".into()));
            }
        }
        "HTTP" | "HTTP_PROXY" => {
            if text("httpMethod").is_empty() {
                return Err(Refusal::Invalid(
                    "Enumeration value for HttpMethod must be non-empty".into(),
                ));
            }
            check_uri(text("uri"))?;
        }
        other => {
            return Err(Refusal::Invalid(format!(
                "Invalid integration type specified: {other}"
            )));
        }
    }
    if let Some(role) = integration.get("credentials").and_then(Value::as_str) {
        match text("type") {
            "AWS" | "AWS_PROXY" => check_credentials(role)?,
            _ => return Err(Refusal::NotBuilt("credentials of such integrations".into())),
        }
    }
    for name in [
        "connectionId",
        "tlsConfig",
        "cacheKeyParameters",
        "integrationTarget",
    ] {
        let given = integration.get(name);
        if given.is_some_and(|given| given.as_array().is_none_or(|list| !list.is_empty())) {
            return Err(Refusal::NotBuilt(format!("{name} of integrations")));
        }
    }
    if text("connectionType") == "VPC_LINK" {
        return Err(Refusal::NotBuilt("VPC links".into()));
    }
    if text("responseTransferMode") == "STREAM" {
        return Err(Refusal::NotBuilt("answers that are streamed".into()));
    }
    check_handling(integration)?;
    if let Some(parameters) = integration
        .get("requestParameters")
        .and_then(Value::as_object)
    {
        for (name, value) in parameters {
            let event = name == "integration.request.header.X-Amz-Invocation-Type";
            check_mapping(name, value)?;
            if text("type") == "AWS"
                && !(event && matches!(value.as_str(), Some("'Event'" | "'RequestResponse'")))
            {
                return Err(Refusal::NotBuilt(format!("the request parameter {name}")));
            }
            if text("type").starts_with("HTTP") && !can_be_mapped(name, value) {
                return Err(Refusal::NotBuilt(format!(
                    "the request parameter {name} of {value}"
                )));
            }
        }
    }
    if let Some(templates) = integration
        .get("requestTemplates")
        .and_then(Value::as_object)
    {
        check_kinds(templates)?;
        for template in templates.values().filter_map(Value::as_str) {
            Template::parse(template)?;
        }
    }
    let timeout = integration.get("timeoutInMillis").and_then(Value::as_i64);
    if timeout.is_some_and(|timeout| !(50..=29_000).contains(&timeout)) {
        return Err(Refusal::Invalid(
            "Timeout should be between 50 ms and 29000 ms".into(),
        ));
    }
    Ok(())
}

/// Whether what becomes of a body is one of the two things that can.
fn check_handling(document: &Map<String, Value>) -> Result<(), Refusal> {
    match document.get("contentHandling").and_then(Value::as_str) {
        None | Some("" | "CONVERT_TO_BINARY" | "CONVERT_TO_TEXT") => Ok(()),
        Some(_) => Err(Refusal::Invalid(
            "Enumeration value for ContentHandling must be one of [CONVERT_TO_BINARY, CONVERT_TO_TEXT]".into(),
        )),
    }
}

/// Whether credentials of an integration or an authorizer are a role's.
///
/// # Errors
/// They are none, or those of whoever calls, which are not built.
pub fn check_credentials(role: &str) -> Result<(), Refusal> {
    if role.starts_with("arn:") && role.ends_with(":iam::*:user/*") {
        return Err(Refusal::NotBuilt("credentials of the caller".into()));
    }
    let is_role = Arn::parse(role).is_some_and(|arn| {
        arn.service == "iam" && arn.name_of("role").is_some_and(|name| !name.is_empty())
    });
    match is_role {
        true => Ok(()),
        false => Err(Refusal::Invalid(
            "Invalid ARN specified in the request".into(),
        )),
    }
}

/// Whether a request parameter of an HTTP integration can be given here.
fn can_be_mapped(name: &str, value: &Value) -> bool {
    let places = ["header.", "path.", "querystring."];
    let named = |text: &str, prefix: &str| {
        let rest = text.strip_prefix(prefix);
        rest.is_some_and(|rest| places.iter().any(|place| rest.starts_with(place)))
    };
    let value = value.as_str().unwrap_or_default();
    let fixed = value.len() >= 2 && value.starts_with('\'') && value.ends_with('\'');
    named(name, "integration.request.")
        && (fixed || value.starts_with("stageVariables.") || named(value, "method.request."))
}

/// Whether an integration response, in AWS's shape, can be given here.
///
/// # Errors
/// What is wrong, or is not built.
pub fn check_response(response: &Map<String, Value>) -> Result<(), Refusal> {
    if let Some(pattern) = response.get("selectionPattern").and_then(Value::as_str) {
        selection(pattern).ok_or_else(|| Refusal::Invalid("Invalid selection pattern".into()))?;
    }
    check_handling(response)?;
    if let Some(templates) = response.get("responseTemplates").and_then(Value::as_object) {
        check_kinds(templates)?;
        for template in templates.values().filter_map(Value::as_str) {
            Template::parse(template)?;
        }
    }
    if let Some(parameters) = response
        .get("responseParameters")
        .and_then(Value::as_object)
    {
        for (name, value) in parameters {
            let header = name.starts_with("method.response.header.");
            let value = value.as_str().unwrap_or_default();
            let fixed = value.len() >= 2 && value.starts_with('\'') && value.ends_with('\'');
            let known = [
                "integration.response.header.",
                "integration.response.multivalueheader.",
                "integration.response.body.",
                "context.",
                "stageVariables.",
            ];
            let known = value == "integration.response.body"
                || known.iter().any(|known| value.starts_with(known));
            if !header || !(fixed || known) {
                let wrong = if header { value } else { name };
                return Err(Refusal::Invalid(format!(
                    "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: {wrong}]"
                )));
            }
        }
    }
    Ok(())
}

/// What a selection pattern matches: the whole of an error's text.
pub fn selection(pattern: &str) -> Option<regex::Regex> {
    regex::RegexBuilder::new(&format!("^(?:{pattern})$"))
        .dot_matches_new_line(true)
        .size_limit(256 << 10)
        .build()
        .ok()
}

/// The ARN of the function that an integration's or an authorizer's URI names, `${stageVariables.x}` replaced.
pub fn function_of(uri: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (_, arn) = uri.split_once(FUNCTIONS)?;
    let arn = arn.strip_suffix("/invocations")?;
    let mut found = String::new();
    let mut rest = arn;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, behind) = after.split_once('}')?;
        found.push_str(before);
        found.push_str(&variable(name.strip_prefix("stageVariables.")?)?);
        rest = behind;
    }
    found.push_str(rest);
    (!found.is_empty()).then_some(found)
}

/// A method as it is shown: with its integration and responses.
pub fn shown_resource(resources: &Resources, id: &str, embed: bool) -> Value {
    let resource = &resources[id];
    let mut members = json!({"id": id, "path": path_of(resources, id)});
    if let Some(parent) = &resource.parent {
        members["parentId"] = json!(parent);
        members["pathPart"] = json!(resource.part);
    }
    if !resource.methods.is_empty() {
        let methods = resource.methods.iter().map(|(name, method)| match embed {
            true => (name.clone(), method.clone()),
            false => (name.clone(), json!({})),
        });
        members["resourceMethods"] = Value::Object(methods.collect());
    }
    members
}

#[cfg(test)]
mod tests;
