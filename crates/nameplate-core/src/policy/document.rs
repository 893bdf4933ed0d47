//! Policy documents: text to statements, and what is wrong where the text is not a policy.
//!
//! Owns the shape of a document in each dialect and its limits. Must not know who asks for what; whether
//! a statement applies is decided in [`super::decide()`].

use super::condition::Condition;
use super::error::{Place, PolicyError, Problem};
use super::glob::Glob;
use super::json::{Node, Span, spans};
use super::pattern::{Pattern, Reading};
use super::variable::Key;
use crate::limits;

/// Which kind of policy a text is to be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// An IoT policy: no principal, 2048 characters without white space (AWS guide: iot-policies).
    Iot,
    /// A policy of an IAM user, role or group, managed or inline; 10,240 characters without white space,
    /// which is the largest of IAM's several limits.
    IamIdentity,
    /// A role's trust policy: principals, no resource; 4096 characters, IAM's limit at its highest.
    IamTrust,
    /// A policy passed to AssumeRole or GetFederationToken; 2048 characters.
    Session,
    /// A policy of a resource, for example of a Lambda function or a bucket: principals and resources;
    /// 20,480 characters.
    Resource,
}

impl Dialect {
    /// Most characters, white space not counted.
    pub fn limit_chars(self) -> usize {
        match self {
            Dialect::Iot => limits::POLICY_DOCUMENT_CHARS,
            Dialect::IamIdentity => 10_240,
            Dialect::IamTrust => 4096,
            Dialect::Session => 2048,
            Dialect::Resource => 20_480,
        }
    }

    fn has_principal(self) -> bool {
        matches!(self, Dialect::IamTrust | Dialect::Resource)
    }

    fn has_resource(self) -> bool {
        self != Dialect::IamTrust
    }
}

/// What a statement does with the requests it applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Lets them through, unless another statement denies.
    Allow,
    /// Refuses them, whatever other statements say.
    Deny,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patterns<T> {
    /// Whether the key was the `Not…` form: applies to what no pattern matches.
    pub not: bool,
    /// The patterns.
    pub any: Vec<T>,
}

/// Whom a trust or resource policy speaks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalPattern {
    /// `*`
    Anyone,
    /// `AWS`: an account's twelve digits, or an ARN.
    Aws(String),
    /// `Service`, for example `iot.amazonaws.com`.
    Service(String),
    /// `Federated`: an identity provider.
    Federated(String),
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Its name, if it has one.
    pub sid: Option<String>,
    /// Where it stands in the document's text.
    pub span: Span,
    /// Allow or deny.
    pub effect: Effect,
    /// Actions, lower-cased: actions do not distinguish case.
    pub actions: Patterns<Glob>,
    /// Resources; `None` in a trust policy, which speaks about the role it belongs to.
    pub resources: Option<Patterns<Pattern>>,
    /// Principals; `None` in identity and IoT policies.
    pub principals: Option<Patterns<PrincipalPattern>>,
    /// All must hold.
    pub conditions: Vec<Condition>,
}

/// A parsed policy.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyDocument {
    /// The kind it was read as.
    pub dialect: Dialect,
    /// Whether it says that it is of the language's present version.
    pub is_present_version: bool,
    /// Its statements, in the document's order.
    pub statements: Vec<Statement>,
}

impl Statement {
    /// Whether what it applies to depends on such a key.
    pub(super) fn reads(&self, such: fn(&Key) -> bool) -> bool {
        self.keys().any(such)
    }

    /// The keys and variables that stand in its resources and conditions, in that order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        let resources = self.resources.iter().flat_map(|list| &list.any);
        resources
            .flat_map(Pattern::variables)
            .chain(self.conditions.iter().flat_map(Condition::keys))
    }
}

impl PolicyDocument {
    /// Whether what a statement applies to depends on such a key.
    pub(super) fn reads(&self, such: fn(&Key) -> bool) -> bool {
        self.statements
            .iter()
            .any(|statement| statement.reads(such))
    }

    /// Reads `text` as a policy of the given kind.
    ///
    /// A document without `Version`, or with `2008-10-17`, has no variables: `${…}` is text in it
    /// (IAM user guide: Version). Element names and `Effect` distinguish case.
    pub fn parse(text: &str, dialect: Dialect) -> Result<PolicyDocument, PolicyError> {
        let (mut read, faults) = document(tree(text, dialect)?, dialect);
        if let Some(first) = faults.into_iter().next() {
            return Err(first);
        }
        for (statement, span) in read.statements.iter_mut().zip(spans(text, "Statement")) {
            statement.span = span;
        }
        Ok(read)
    }
}

/// A text as a tree, if it is short enough and JSON.
pub(super) fn tree(text: &str, dialect: Dialect) -> Result<Node, PolicyError> {
    if text.len() > limits::POLICY_TEXT_BYTES {
        return Err(PolicyError::TooLarge { bytes: text.len() });
    }
    let chars = text.chars().filter(|c| !c.is_whitespace()).count();
    let limit = dialect.limit_chars();
    if chars > limit {
        return Err(PolicyError::TooLong { chars, limit });
    }
    serde_json::from_str::<Node>(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let position = format!(" at line {line} column {column}");
        PolicyError::NotJson {
            why: error.to_string().replace(&position, ""),
            line,
            column,
        }
    })
}

fn invalid(problem: Problem) -> PolicyError {
    PolicyError::Invalid {
        place: Place::Document,
        problem,
    }
}

fn wrong_type(key: &str, wanted: &'static str, node: &Node) -> Problem {
    Problem::Type {
        key: key.into(),
        wanted,
        found: node.kind(),
    }
}

/// What a tree says, and everything that is wrong with it, in the order of the text. Where nothing is wrong, what it
/// says is whole.
pub(super) fn document(node: Node, dialect: Dialect) -> (PolicyDocument, Vec<PolicyError>) {
    let mut read = PolicyDocument {
        dialect,
        is_present_version: false,
        statements: Vec::new(),
    };
    let mut faults = Vec::new();
    let Node::Object(entries) = node else {
        faults.push(invalid(wrong_type("the document", "an object", &node)));
        return (read, faults);
    };
    let mut listed = None;
    let mut is_there = false;
    for (key, value) in entries {
        is_there |= key == "Statement";
        let problem = match (key.as_str(), value) {
            ("Version", Node::Text(version)) => match version.as_str() {
                "2012-10-17" => {
                    read.is_present_version = true;
                    continue;
                }
                "2008-10-17" => continue,
                _ => Problem::Value {
                    key,
                    value: version,
                    rule: "it must be 2012-10-17 or 2008-10-17",
                },
            },
            ("Id", Node::Text(_)) => continue,
            ("Version" | "Id", value) => wrong_type(&key, "a string", &value),
            ("Statement", Node::List(list)) if list.is_empty() => Problem::Empty { key },
            ("Statement", Node::List(list)) => {
                listed = Some(list);
                continue;
            }
            ("Statement", one @ Node::Object(_)) => {
                listed = Some(vec![one]);
                continue;
            }
            ("Statement", value) => wrong_type(&key, "an object or a list of objects", &value),
            _ => Problem::Unexpected { key },
        };
        faults.push(invalid(problem));
    }
    if !is_there {
        faults.push(invalid(Problem::Missing { key: "Statement" }));
    }
    let mut sids: Vec<String> = Vec::new();
    for (index, node) in listed.into_iter().flatten().enumerate() {
        let sid = sid_of(&node);
        let mut problems = Vec::new();
        let whole = statement(node, dialect, read.is_present_version, &mut problems);
        read.statements.extend(whole);
        match &sid {
            Some(sid) if dialect != Dialect::Iot && sids.contains(sid) => {
                problems.push(Problem::Value {
                    key: "Sid".into(),
                    value: sid.clone(),
                    rule: "another statement of the document has it already",
                });
            }
            Some(sid) => sids.push(sid.clone()),
            None => {}
        }
        // Of a statement's faults the first alone is told with its Sid, which may be as long as the document.
        let mut sid = sid;
        let placed = problems.into_iter().map(|problem| PolicyError::Invalid {
            place: Place::Statement {
                number: index + 1,
                sid: sid.take(),
            },
            problem,
        });
        faults.extend(placed);
    }
    (read, faults)
}

/// The Sid, for messages about a statement that cannot be read.
fn sid_of(node: &Node) -> Option<String> {
    let Node::Object(entries) = node else {
        return None;
    };
    entries.iter().find_map(|(key, value)| match value {
        Node::Text(sid) if key == "Sid" && !sid.is_empty() => Some(sid.clone()),
        _ => None,
    })
}

/// Reads a statement, and notes everything that is wrong with it; what is told where something is, is not whole.
fn statement(
    node: Node,
    dialect: Dialect,
    variables: bool,
    faults: &mut Vec<Problem>,
) -> Option<Statement> {
    let Node::Object(entries) = node else {
        faults.push(wrong_type("a statement", "an object", &node));
        return None;
    };
    let (mut sid, mut effect, mut conditions) = (None, None, Vec::new());
    let (mut actions, mut resources, mut principals) = (None, None, None);
    let mut has_effect = false;
    let defaults = dialect != Dialect::Iot;
    for (key, value) in entries {
        match key.as_str() {
            "Sid" => {
                let read = noted(read_sid(value, dialect), faults);
                sid = read.filter(|sid| !sid.is_empty());
            }
            "Effect" => {
                has_effect = true;
                effect = noted(read_effect(value), faults);
            }
            "Action" | "NotAction" => {
                let any = noted_each(texts(&key, value), action, faults);
                let names = ["Action", "NotAction"];
                put(&mut actions, key == "NotAction", any, names, faults);
            }
            "Resource" | "NotResource" if dialect.has_resource() => {
                let one = |text| resource(&key, text, dialect, variables);
                let any = noted_each(texts(&key, value), one, faults);
                let names = ["Resource", "NotResource"];
                put(&mut resources, key == "NotResource", any, names, faults);
            }
            "Principal" | "NotPrincipal" if dialect.has_principal() => {
                let any = noted(read_principals(&key, value), faults).unwrap_or_default();
                let names = ["Principal", "NotPrincipal"];
                put(&mut principals, key == "NotPrincipal", any, names, faults);
            }
            "Condition" => {
                conditions = read_conditions(value, variables, defaults, faults);
            }
            _ => faults.push(Problem::Unexpected { key }),
        }
    }
    let lacks = [
        ("Effect", !has_effect),
        ("Action or NotAction", actions.is_none()),
        (
            "Resource or NotResource",
            dialect.has_resource() && resources.is_none(),
        ),
        ("Principal", dialect.has_principal() && principals.is_none()),
    ];
    let lacks = lacks.into_iter().filter(|(_, lacks)| *lacks);
    faults.extend(lacks.map(|(key, _)| Problem::Missing { key }));
    Some(Statement {
        sid,
        span: Span::default(),
        effect: effect?,
        actions: actions?,
        resources,
        principals,
        conditions,
    })
}

/// What was read; or nothing, and what is wrong with it is noted.
fn noted<T>(read: Result<T, Problem>, faults: &mut Vec<Problem>) -> Option<T> {
    read.map_err(|problem| faults.push(problem)).ok()
}

/// What is read of each text that can be.
fn noted_each<T>(
    all: Result<Vec<String>, Problem>,
    one: impl Fn(String) -> Result<T, Problem>,
    faults: &mut Vec<Problem>,
) -> Vec<T> {
    let all = noted(all, faults).unwrap_or_default();
    let read = all.into_iter().filter_map(|text| noted(one(text), faults));
    read.collect()
}

/// Keeps one of a pair of keys that exclude each other.
fn put<T>(
    slot: &mut Option<Patterns<T>>,
    not: bool,
    any: Vec<T>,
    [first, second]: [&'static str; 2],
    faults: &mut Vec<Problem>,
) {
    if slot.replace(Patterns { not, any }).is_some() {
        faults.push(Problem::Both { first, second });
    }
}

fn read_sid(node: Node, dialect: Dialect) -> Result<String, Problem> {
    let Node::Text(sid) = node else {
        return Err(wrong_type("Sid", "a string", &node));
    };
    if dialect != Dialect::Iot && !sid.chars().all(|c| c.is_ascii_alphanumeric()) {
        // IAM user guide: Sid. Resource policies of some services are less strict.
        if dialect != Dialect::Resource {
            return Err(Problem::Value {
                key: "Sid".into(),
                value: sid,
                rule: "it may hold only letters A-Z, a-z and digits",
            });
        }
    }
    Ok(sid)
}

fn read_effect(node: Node) -> Result<Effect, Problem> {
    match node {
        Node::Text(text) => match text.as_str() {
            "Allow" => Ok(Effect::Allow),
            "Deny" => Ok(Effect::Deny),
            _ => Err(Problem::Value {
                key: "Effect".into(),
                value: text,
                rule: "it must be Allow or Deny",
            }),
        },
        other => Err(wrong_type("Effect", "a string", &other)),
    }
}

/// A string or a list of strings, at least one.
fn texts(key: &str, node: Node) -> Result<Vec<String>, Problem> {
    const WANTED: &str = "a string or a list of strings";
    match node {
        Node::Text(text) => Ok(vec![text]),
        Node::List(list) if list.is_empty() => Err(Problem::Empty { key: key.into() }),
        Node::List(list) => list
            .into_iter()
            .map(|item| match item {
                Node::Text(text) => Ok(text),
                other => Err(wrong_type(key, WANTED, &other)),
            })
            .collect(),
        other => Err(wrong_type(key, WANTED, &other)),
    }
}

fn action(text: String) -> Result<Glob, Problem> {
    let named = text
        .split_once(':')
        .is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
    if text == "*" || named {
        return Ok(Glob::new(&text.to_ascii_lowercase()));
    }
    Err(Problem::Value {
        key: "Action".into(),
        value: text,
        rule: "an action is * or a service prefix, a colon and a name, as in iot:Connect",
    })
}

fn resource(
    key: &str,
    text: String,
    dialect: Dialect,
    variables: bool,
) -> Result<Pattern, Problem> {
    // IAM refuses what is no ARN; for IoT policies no text says so, and it is harmless: it matches nothing.
    let iam = dialect != Dialect::Iot;
    if text.is_empty() || (iam && text != "*" && !text.starts_with("arn:")) {
        return Err(Problem::Value {
            key: key.into(),
            value: text,
            rule: "a resource is * or an ARN",
        });
    }
    let reading = Reading {
        wildcards: true,
        variables,
        defaults: iam,
    };
    Ok(Pattern::parse(&text, reading))
}

fn read_principals(key: &str, node: Node) -> Result<Vec<PrincipalPattern>, Problem> {
    let entries = match node {
        Node::Text(text) if text == "*" => return Ok(vec![PrincipalPattern::Anyone]),
        Node::Object(entries) if !entries.is_empty() => entries,
        other => return Err(wrong_type(key, "\"*\" or an object", &other)),
    };
    let mut principals = Vec::new();
    for (kind, value) in entries {
        let make = match kind.as_str() {
            "AWS" => |text: String| match text.as_str() {
                "*" => PrincipalPattern::Anyone,
                _ => PrincipalPattern::Aws(text),
            },
            "Service" => PrincipalPattern::Service,
            "Federated" => PrincipalPattern::Federated,
            _ => return Err(Problem::Unexpected { key: kind }),
        };
        principals.extend(texts(&kind, value)?.into_iter().map(make));
    }
    Ok(principals)
}

/// `{operator: {key: value or values}}`
fn read_conditions(
    node: Node,
    variables: bool,
    defaults: bool,
    faults: &mut Vec<Problem>,
) -> Vec<Condition> {
    let mut conditions = Vec::new();
    let Node::Object(operators) = node else {
        faults.push(wrong_type("Condition", "an object", &node));
        return conditions;
    };
    for (operator, keys) in operators {
        let Node::Object(keys) = keys else {
            faults.push(wrong_type(&operator, "an object", &keys));
            continue;
        };
        for (key, values) in keys {
            let read = condition_values(&key, values)
                .and_then(|values| Condition::parse(&operator, &key, values, variables, defaults));
            conditions.extend(noted(read, faults));
        }
    }
    conditions
}

/// Strings, numbers and booleans alike, one or a list; an empty list is a set of nothing.
fn condition_values(key: &str, node: Node) -> Result<Vec<String>, Problem> {
    let scalar = |node: Node| match node {
        Node::Text(text) => Ok(text),
        Node::Bool(value) => Ok(value.to_string()),
        Node::Number(value) => Ok(value.to_string()),
        other => Err(wrong_type(
            key,
            "a string, number or boolean, or a list of them",
            &other,
        )),
    };
    match node {
        Node::List(list) => list.into_iter().map(scalar).collect(),
        one => Ok(vec![scalar(one)?]),
    }
}
