//! The constraints of the model: required, length, range, pattern, enum.
//!
//! Owns the one sentence AWS makes of all violations of a request. Constraints that the model
//! does not state are the operation's business.

mod pattern;

use serde_json::{Map, Value};
use thiserror::Error;

use crate::model::{Kind, Location, Member, Operation, Service, Shape};
use crate::request::{Input, lookup};
use crate::respond::ApiError;

/// A value longer than this is cut in messages: it is the caller's own, but a document of a
/// megabyte explains nothing.
const LONGEST_ECHO_CHARACTERS: usize = 1024;

/// Violations that DynamoDB tells, the first of them. Seen in recordings of it, in public suites.
const MOST_OF_DYNAMODB: usize = 10;

/// Everything that is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", self.message())]
pub struct ValidationFailure {
    /// One violated constraint each, in the model's order.
    pub violations: Vec<Violation>,
    /// What the service says in the place of the constraints.
    pub said: Option<String>,
}

/// One violated constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where the value stands, such as `tags.1.member.key`.
    pub path: String,
    /// The value as messages show it (`'x'`, `null`), unless it is secret.
    pub value: Option<String>,
    /// What the value had to satisfy.
    pub constraint: String,
}

impl ValidationFailure {
    fn message(&self) -> String {
        if let Some(said) = &self.said {
            return said.clone();
        }
        let count = self.violations.len();
        let violations: Vec<String> = self
            .violations
            .iter()
            .map(|violation| {
                let value = violation.value.as_ref().map(|value| format!(" {value}"));
                format!(
                    "Value{} at '{}' failed to satisfy constraint: {}",
                    value.unwrap_or_default(),
                    violation.path,
                    violation.constraint
                )
            })
            .collect();
        let plural = if count == 1 { "" } else { "s" };
        format!(
            "{count} validation error{plural} detected: {}",
            violations.join("; ")
        )
    }

    /// The error to answer with.
    pub fn api_error(&self, operation: &Operation) -> ApiError {
        ApiError::invalid_parameter(operation, self.message())
    }
}

/// Where a value stands: spelled out only where it violates something.
#[derive(Clone, Copy)]
enum At<'a> {
    Top,
    Member(&'a At<'a>, &'a str),
    /// Counted from 1.
    Item(&'a At<'a>, usize),
    Entry(&'a At<'a>, &'a str),
}

impl std::fmt::Display for At<'_> {
    /// Members are named as Java has them: with a small first letter, also where the model's is
    /// capital (`roleName`, `sAMLAssertion`).
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            At::Top => Ok(()),
            At::Member(parent, name) => {
                if !matches!(parent, At::Top) {
                    write!(f, "{parent}.")?;
                }
                let mut rest = name.chars();
                match rest.next() {
                    Some(first) => write!(f, "{}{}", first.to_ascii_lowercase(), rest.as_str()),
                    None => Ok(()),
                }
            }
            At::Item(parent, number) => write!(f, "{parent}.{number}.member"),
            At::Entry(parent, key) => write!(f, "{parent}.{key}.member"),
        }
    }
}

/// Checks all members against their constraints and reports all violations.
///
/// # Errors
/// [`ValidationFailure`] with every violation.
pub fn validate(operation: &Operation, input: &Input) -> Result<(), ValidationFailure> {
    let said = of_tables(operation, input).or_else(|| of_protocol(operation, input));
    if let Some(said) = said {
        return Err(ValidationFailure {
            violations: Vec::new(),
            said: Some(said),
        });
    }
    let mut violations = Vec::new();
    let mut members: Vec<&Member> = operation.members().iter().collect();
    // API Gateway's labels and query stand behind its body, which has a name.
    let body =
        (operation.service == Service::ApiGateway).then(|| format!("{}Input", operation.name));
    let body = body.as_deref().map(|name| At::Member(&At::Top, name));
    if body.is_some() {
        members.sort_by_key(|member| member.location != Location::Body);
    }
    for member in members {
        let parent = body.as_ref().filter(|_| member.location == Location::Body);
        let at = At::Member(parent.unwrap_or(&At::Top), member.name);
        if let (Location::Payload, Kind::Blob) = (member.location, &member.shape.kind) {
            check_payload(member, input, at, &mut violations);
        } else {
            check_member(member, input.get(member.name), at, &mut violations);
        }
    }
    if let Some(seconds) = input.integer("Timeout").filter(|seconds| *seconds > 900)
        && operation.service == Service::Lambda
    {
        violations.push(Violation {
            path: "timeout".to_owned(),
            value: Some(format!("'{seconds}'")),
            constraint: at_most("value", 900.0),
        });
    }
    if operation.service == Service::DynamoDb {
        of_creation(operation, input, &mut violations);
        violations.truncate(MOST_OF_DYNAMODB);
    }
    worded(operation, &mut violations);
    if violations.is_empty() {
        Ok(())
    } else {
        Err(ValidationFailure {
            violations,
            said: None,
        })
    }
}

/// Where services word a violation in another way: of values CloudWatch Logs shows numbers and those of enums alone, and
/// Lambda says of the items of every list and map that they must be there; DynamoDB's Query names its limit in another way. Seen in
/// recordings of them, in public suites.
fn worded(operation: &Operation, violations: &mut [Violation]) {
    for violation in violations {
        match operation.service {
            // Query alone, in capitals and without the value.
            Service::DynamoDb if operation.name == "Query" && violation.path == "limit" => {
                violation.path = "Limit".to_owned();
                violation.value = None;
            }
            Service::Logs if violation.value.as_deref() != Some("null") => {
                let shown = ["Member must have value ", "Member must satisfy enum "];
                if !shown
                    .iter()
                    .any(|begin| violation.constraint.starts_with(begin))
                {
                    violation.value = None;
                }
            }
            Service::Lambda => {
                let of_items = [
                    "Member must satisfy constraint: [",
                    "Map keys must satisfy constraint: [",
                    "Map value must satisfy constraint: [",
                ];
                let constraint = &violation.constraint;
                if of_items.iter().any(|begin| constraint.starts_with(begin))
                    && let Some(items) = constraint.strip_suffix(']')
                {
                    violation.constraint = format!("{items}, Member must not be null]");
                }
            }
            _ => {}
        }
    }
}

/// What API Gateway says of an API of a kind that there is not, in words of its own.
fn of_protocol(operation: &Operation, input: &Input) -> Option<String> {
    let creates = operation.service == Service::ApiGatewayV2 && operation.name == "CreateApi";
    let kind = input.text("ProtocolType").filter(|_| creates)?;
    (!matches!(kind, "HTTP" | "WEBSOCKET"))
        .then(|| "Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]".to_owned())
}

/// What DynamoDB says of a request before all else, in words of its own.
fn of_tables(operation: &Operation, input: &Input) -> Option<String> {
    if operation.service != Service::DynamoDb {
        return None;
    }
    match operation.name {
        "BatchGetItem" | "BatchWriteItem" => batch(operation.name, input.object("RequestItems")?),
        "TransactGetItems" | "TransactWriteItems" => {
            let count = input.items("TransactItems").len();
            (count > 100).then(|| {
                format!("1 validation error detected: Value '[{count} items]' at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100")
            })
        }
        // These look at the name before all else.
        "PutItem" | "UpdateItem" | "DeleteItem" if input.text("TableName") == Some("") => {
            Some(format!(
                "1 validation error detected: Value at 'TableName' failed to satisfy constraint: {}",
                at_least("length", 1.0)
            ))
        }
        _ => table_name(operation, input).or_else(|| table_class(operation, input)),
    }
}

/// What the model leaves open of a table that is made: only replicas of global tables, which are not built, do without
/// attributes and a key.
fn of_creation(operation: &Operation, input: &Input, violations: &mut Vec<Violation>) {
    if operation.name != "CreateTable" {
        return;
    }
    for name in ["AttributeDefinitions", "KeySchema"] {
        if input.get(name).is_none() && input.get("GlobalTableSourceArn").is_none() {
            violations.push(not_null(At::Member(&At::Top, name)));
        }
    }
    if let Some(name) = input.text("TableName")
        && !pattern::matches(TABLE_NAME, name)
        && !name.starts_with("arn:")
    {
        violations.push(Violation {
            path: "tableName".to_owned(),
            value: Some(format!("'{name}'")),
            constraint: pattern_text(TABLE_NAME),
        });
    }
}

/// The pattern of a table's name, which the model leaves open too, since it may be an ARN.
const TABLE_NAME: &str = "[a-zA-Z0-9_.-]+";

/// What DynamoDB says of a class that no table has.
fn table_class(operation: &Operation, input: &Input) -> Option<String> {
    let class = input.text("TableClass")?;
    let known = ["STANDARD", "STANDARD_INFREQUENT_ACCESS"].contains(&class);
    (!known && matches!(operation.name, "CreateTable" | "UpdateTable")).then(|| {
        "Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].".to_owned()
    })
}

/// What DynamoDB says of a batch that has nothing, or too much of one table. Where the service shows the requests, this
/// says how many they are.
fn batch(operation: &str, tables: &Map<String, Value>) -> Option<String> {
    if tables.is_empty() {
        return Some(format!(
            "The requestItems parameter is required for {operation}"
        ));
    }
    tables.iter().find_map(|(table, part)| match operation {
        "BatchGetItem" => {
            let keys = part.get("Keys")?.as_array()?.len();
            (keys > 100).then(|| {
                format!("1 validation error detected: Value at 'RequestItems.{table}.member.Keys' failed to satisfy constraint: Member must have length less than or equal to 100")
            })
        }
        _ => {
            let requests = part.as_array()?.len();
            (requests > 25).then(|| {
                format!("1 validation error detected: Value '{{{table}=[{requests} requests]}}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]")
            })
        }
    })
}

/// What DynamoDB says of the name of a table, where it does so in words of its own. Names may be ARNs.
fn table_name(operation: &Operation, input: &Input) -> Option<String> {
    let of_tables = [
        "CreateTable",
        "DeleteTable",
        "DescribeTable",
        "DescribeTimeToLive",
        "UpdateTable",
        "UpdateTimeToLive",
    ];
    if !of_tables.contains(&operation.name) {
        return None;
    }
    let said = match input.text("TableName") {
        None => "The parameter 'TableName' is required but was not present in the request",
        Some(name) if (3..=255).contains(&name.len()) || name.starts_with("arn:") => return None,
        Some(name) if operation.name == "CreateTable" => {
            let bound = match name.len() < 3 {
                true => at_least("length", 3.0),
                false => at_most("length", 255.0),
            };
            return Some(format!(
                "1 validation error detected: Value '{name}' at 'tableName' failed to satisfy constraint: {bound}"
            ));
        }
        Some(_) => "TableName must be at least 3 characters long and at most 255 characters long",
    };
    Some(said.to_owned())
}

fn check_payload(member: &Member, input: &Input, at: At<'_>, violations: &mut Vec<Violation>) {
    match &input.payload {
        None if member.required => violations.push(not_null(at)),
        None => {}
        Some(payload) => {
            for constraint in length(member.shape, payload.len()) {
                violations.push(Violation {
                    path: at.to_string(),
                    value: None,
                    constraint,
                });
            }
        }
    }
}

fn check_member(
    member: &Member,
    value: Option<&Value>,
    at: At<'_>,
    violations: &mut Vec<Violation>,
) {
    match value {
        None | Some(Value::Null) if member.required => violations.push(not_null(at)),
        None | Some(Value::Null) => {}
        Some(value) => check(member.shape, value, at, violations),
    }
}

fn not_null(at: At<'_>) -> Violation {
    let constraint = "Member must not be null".to_owned();
    Violation {
        path: at.to_string(),
        value: Some("null".to_owned()),
        constraint,
    }
}

fn check(shape: &Shape, value: &Value, at: At<'_>, violations: &mut Vec<Violation>) {
    let mut found = violated(shape, value);
    match (&shape.kind, value) {
        (Kind::List(item), Value::Array(items))
            if items.iter().any(|value| !satisfies(item, value)) =>
        {
            found.push(format!("Member must satisfy constraint: [{}]", all(item)));
        }
        (Kind::Map(key, item), Value::Object(entries)) => {
            let keys = entries
                .keys()
                .all(|name| violated_text(key, name).is_empty());
            if !keys {
                found.push(format!("Map keys must satisfy constraint: [{}]", all(key)));
            }
            if entries.values().any(|value| !satisfies(item, value)) {
                found.push(format!(
                    "Map value must satisfy constraint: [{}]",
                    all(item)
                ));
            }
        }
        _ => {}
    }
    if !found.is_empty() {
        let value_text = if is_secret(shape) { None } else { shown(value) };
        violations.extend(found.into_iter().map(|constraint| Violation {
            path: at.to_string(),
            value: value_text.clone(),
            constraint,
        }));
    }
    check_below(shape, value, at, violations);
}

/// Goes down into whatever has members or entries of its own.
fn check_below(shape: &Shape, value: &Value, at: At<'_>, violations: &mut Vec<Violation>) {
    match (&shape.kind, value) {
        (Kind::Structure(members), Value::Object(given)) => {
            for member in *members {
                let below = At::Member(&at, member.name);
                check_member(member, lookup(given, member.name), below, violations);
            }
        }
        (Kind::List(item), Value::Array(items)) => {
            for (number, value) in (1..).zip(items) {
                let below = At::Item(&at, number);
                if value.is_null() {
                    violations.push(not_null(below));
                } else if is_compound(item) {
                    check(item, value, below, violations);
                }
            }
        }
        (Kind::Map(_, item), Value::Object(entries)) if is_compound(item) => {
            for (key, value) in entries {
                check(item, value, At::Entry(&at, key), violations);
            }
        }
        _ => {}
    }
}

fn is_compound(shape: &Shape) -> bool {
    matches!(
        shape.kind,
        Kind::List(_) | Kind::Map(..) | Kind::Structure(_)
    )
}

fn is_secret(shape: &Shape) -> bool {
    shape.secret
        || match shape.kind {
            Kind::List(item) => is_secret(item),
            Kind::Map(key, item) => is_secret(key) || is_secret(item),
            _ => false,
        }
}

/// Whether a scalar item satisfies its shape. Compound ones are checked one by one, nulls are
/// reported where they stand.
fn satisfies(shape: &Shape, value: &Value) -> bool {
    value.is_null() || is_compound(shape) || violated(shape, value).is_empty()
}

/// The constraints that the value itself violates, not counting what is inside it.
fn violated(shape: &Shape, value: &Value) -> Vec<String> {
    match (&shape.kind, value) {
        (Kind::String, Value::String(text)) => violated_text(shape, text),
        // Base64 without line breaks: four characters are three bytes, less the padding.
        (Kind::Blob, Value::String(text)) => {
            length(shape, text.trim_end_matches('=').len() * 3 / 4)
        }
        (Kind::List(_), Value::Array(items)) => length(shape, items.len()),
        (Kind::Map(..), Value::Object(entries)) => length(shape, entries.len()),
        (Kind::Integer | Kind::Long | Kind::Double, Value::Number(number)) => {
            range(shape, number.as_f64().unwrap_or_default())
        }
        _ => Vec::new(),
    }
}

fn violated_text(shape: &Shape, text: &str) -> Vec<String> {
    let mut found = length(shape, text.chars().count());
    if let Some(pattern) = shape.pattern
        && !pattern::matches(pattern, text)
    {
        found.push(pattern_text(pattern));
    }
    if !shape.one_of.is_empty() && !shape.one_of.contains(&text) {
        found.push(enum_text(shape.one_of));
    }
    found
}

fn length(shape: &Shape, length: usize) -> Vec<String> {
    // Lengths are far below 2^53, where doubles are exact.
    limits(shape, length as f64, "length")
}

fn range(shape: &Shape, value: f64) -> Vec<String> {
    limits(shape, value, "value")
}

fn limits(shape: &Shape, measure: f64, what: &str) -> Vec<String> {
    let too_much = shape.max.filter(|max| measure > *max);
    let too_much = too_much.map(|max| at_most(what, bound(shape, max)));
    let too_little = shape.min.filter(|min| measure < *min);
    let too_little = too_little.map(|min| at_least(what, bound(shape, min)));
    too_much.into_iter().chain(too_little).collect()
}

/// All constraints of a scalar shape, violated or not: items and map keys are reported so.
fn all(shape: &Shape) -> String {
    let what = match shape.kind {
        Kind::Integer | Kind::Long | Kind::Double => "value",
        _ => "length",
    };
    let mut texts = Vec::new();
    texts.extend(shape.max.map(|max| at_most(what, bound(shape, max))));
    texts.extend(shape.min.map(|min| at_least(what, bound(shape, min))));
    texts.extend(shape.pattern.map(pattern_text));
    if !shape.one_of.is_empty() {
        texts.push(enum_text(shape.one_of));
    }
    texts.join(", ")
}

/// A bound as Java prints it: one of fractions always has a point.
fn bound(shape: &Shape, bound: f64) -> String {
    match shape.kind {
        Kind::Double => format!("{bound:?}"),
        _ => bound.to_string(),
    }
}

fn at_most(what: &str, max: impl std::fmt::Display) -> String {
    format!("Member must have {what} less than or equal to {max}")
}

fn at_least(what: &str, min: impl std::fmt::Display) -> String {
    format!("Member must have {what} greater than or equal to {min}")
}

fn pattern_text(pattern: &str) -> String {
    format!("Member must satisfy regular expression pattern: {pattern}")
}

/// Values in the order in which the service prints them, where that is known and not the model's: the one in which Java
/// keeps a set of them.
const PRINTED: [&[&str]; 12] = [
    &["add", "remove", "move", "test", "replace", "copy"],
    &["HTTP", "MOCK", "AWS_PROXY", "HTTP_PROXY", "AWS"],
    &["PRIVATE", "EDGE", "REGIONAL"],
    &[
        "REQUEST_TOO_LARGE",
        "RESOURCE_NOT_FOUND",
        "AUTHORIZER_CONFIGURATION_ERROR",
        "MISSING_AUTHENTICATION_TOKEN",
        "BAD_REQUEST_BODY",
        "INVALID_SIGNATURE",
        "INVALID_API_KEY",
        "BAD_REQUEST_PARAMETERS",
        "AUTHORIZER_FAILURE",
        "UNAUTHORIZED",
        "INTEGRATION_TIMEOUT",
        "ACCESS_DENIED",
        "DEFAULT_4XX",
        "DEFAULT_5XX",
        "WAF_FILTERED",
        "QUOTA_EXCEEDED",
        "THROTTLED",
        "API_CONFIGURATION_ERROR",
        "UNSUPPORTED_MEDIA_TYPE",
        "INTEGRATION_FAILURE",
        "EXPIRED_TOKEN",
    ],
    &[
        "RESPONSE_BODY",
        "RESPONSE",
        "METHOD",
        "MODEL",
        "AUTHORIZER",
        "RESPONSE_HEADER",
        "RESOURCE",
        "PATH_PARAMETER",
        "REQUEST_BODY",
        "QUERY_PARAMETER",
        "API",
        "REQUEST_HEADER",
    ],
    &["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"],
    &[
        "IN",
        "NULL",
        "BETWEEN",
        "LT",
        "NOT_CONTAINS",
        "EQ",
        "GT",
        "NOT_NULL",
        "NE",
        "LE",
        "BEGINS_WITH",
        "GE",
        "CONTAINS",
    ],
    &["OR", "AND"],
    &["ALL", "INCLUDE", "KEYS_ONLY"],
    &[
        "SPECIFIC_ATTRIBUTES",
        "COUNT",
        "ALL_ATTRIBUTES",
        "ALL_PROJECTED_ATTRIBUTES",
    ],
    &["B", "N", "S"],
    &["SIZE", "NONE"],
];

fn enum_text(values: &[&str]) -> String {
    let printed = PRINTED.into_iter().find(|printed| {
        printed.len() == values.len() && printed.iter().all(|value| values.contains(value))
    });
    let values = printed.unwrap_or(values);
    format!(
        "Member must satisfy enum value set: [{}]",
        values.join(", ")
    )
}

/// A value in quotes, as messages show it: lists and maps as Java prints them. Structures have
/// no such form and are left out.
fn shown(value: &Value) -> Option<String> {
    let text = plain(value)?;
    let cut = text
        .char_indices()
        .nth(LONGEST_ECHO_CHARACTERS)
        .map(|(at, _)| at);
    Some(match cut {
        Some(at) => format!("'{}…'", &text[..at]),
        None => format!("'{text}'"),
    })
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("null".to_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let items = items.iter().map(|item| match item {
                Value::Object(_) => None,
                item => plain(item),
            });
            Some(format!(
                "[{}]",
                items.collect::<Option<Vec<_>>>()?.join(", ")
            ))
        }
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| match value {
                Value::Object(_) => None,
                value => plain(value).map(|value| format!("{key}={value}")),
            });
            Some(format!(
                "{{{}}}",
                entries.collect::<Option<Vec<_>>>()?.join(", ")
            ))
        }
    }
}

#[cfg(test)]
mod tests;
