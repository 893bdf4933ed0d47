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
        if text.len() > limits::POLICY_TEXT_BYTES {
            return Err(PolicyError::TooLarge { bytes: text.len() });
        }
        let chars = text.chars().filter(|c| !c.is_whitespace()).count();
        let limit = dialect.limit_chars();
        if chars > limit {
            return Err(PolicyError::TooLong { chars, limit });
        }
        let node = serde_json::from_str::<Node>(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let position = format!(" at line {line} column {column}");
            PolicyError::NotJson {
                why: error.to_string().replace(&position, ""),
                line,
                column,
            }
        })?;
        let mut read = document(node, dialect)?;
        for (statement, span) in read.statements.iter_mut().zip(spans(text, "Statement")) {
            statement.span = span;
        }
        Ok(read)
    }
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

fn document(node: Node, dialect: Dialect) -> Result<PolicyDocument, PolicyError> {
    let Node::Object(entries) = node else {
        return Err(invalid(wrong_type("the document", "an object", &node)));
    };
    let mut variables = false;
    let mut listed = None;
    for (key, value) in entries {
        match (key.as_str(), value) {
            ("Version", Node::Text(version)) => match version.as_str() {
                "2012-10-17" => variables = true,
                "2008-10-17" => {}
                _ => {
                    return Err(invalid(Problem::Value {
                        key,
                        value: version,
                        rule: "it must be 2012-10-17 or 2008-10-17",
                    }));
                }
            },
            ("Id", Node::Text(_)) => {}
            ("Version" | "Id", value) => {
                return Err(invalid(wrong_type(&key, "a string", &value)));
            }
            ("Statement", Node::List(list)) if list.is_empty() => {
                return Err(invalid(Problem::Empty { key }));
            }
            ("Statement", Node::List(list)) => listed = Some(list),
            ("Statement", one @ Node::Object(_)) => listed = Some(vec![one]),
            ("Statement", value) => {
                return Err(invalid(wrong_type(
                    &key,
                    "an object or a list of objects",
                    &value,
                )));
            }
            _ => return Err(invalid(Problem::Unexpected { key })),
        }
    }
    let listed = listed.ok_or_else(|| invalid(Problem::Missing { key: "Statement" }))?;
    let mut statements: Vec<Statement> = Vec::with_capacity(listed.len());
    for (index, node) in listed.into_iter().enumerate() {
        let sid = sid_of(&node);
        let read = statement(node, dialect, variables).and_then(|read| {
            let twice = read.sid.is_some()
                && dialect != Dialect::Iot
                && statements.iter().any(|earlier| earlier.sid == read.sid);
            match twice {
                true => Err(Problem::Value {
                    key: "Sid".into(),
                    value: read.sid.unwrap_or_default(),
                    rule: "another statement of the document has it already",
                }),
                false => Ok(read),
            }
        });
        statements.push(read.map_err(|problem| PolicyError::Invalid {
            place: Place::Statement {
                number: index + 1,
                sid,
            },
            problem,
        })?);
    }
    Ok(PolicyDocument {
        dialect,
        is_present_version: variables,
        statements,
    })
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

fn statement(node: Node, dialect: Dialect, variables: bool) -> Result<Statement, Problem> {
    let Node::Object(entries) = node else {
        return Err(wrong_type("a statement", "an object", &node));
    };
    let (mut sid, mut effect, mut conditions) = (None, None, Vec::new());
    let (mut actions, mut resources, mut principals) = (None, None, None);
    let defaults = dialect != Dialect::Iot;
    for (key, value) in entries {
        match key.as_str() {
            "Sid" => sid = Some(read_sid(value, dialect)?).filter(|sid| !sid.is_empty()),
            "Effect" => effect = Some(read_effect(value)?),
            "Action" | "NotAction" => {
                let any = texts(&key, value)?
                    .into_iter()
                    .map(action)
                    .collect::<Result<_, _>>()?;
                put(
                    &mut actions,
                    key == "NotAction",
                    any,
                    ["Action", "NotAction"],
                )?;
            }
            "Resource" | "NotResource" if dialect.has_resource() => {
                let any = texts(&key, value)?
                    .into_iter()
                    .map(|text| resource(&key, text, dialect, variables))
                    .collect::<Result<_, _>>()?;
                let names = ["Resource", "NotResource"];
                put(&mut resources, key == "NotResource", any, names)?;
            }
            "Principal" | "NotPrincipal" if dialect.has_principal() => {
                let any = read_principals(&key, value)?;
                let names = ["Principal", "NotPrincipal"];
                put(&mut principals, key == "NotPrincipal", any, names)?;
            }
            "Condition" => conditions = read_conditions(value, variables, defaults)?,
            _ => return Err(Problem::Unexpected { key }),
        }
    }
    let missing = |key| Problem::Missing { key };
    let effect = effect.ok_or(missing("Effect"))?;
    let actions = actions.ok_or(missing("Action or NotAction"))?;
    if dialect.has_resource() && resources.is_none() {
        return Err(missing("Resource or NotResource"));
    }
    if dialect.has_principal() && principals.is_none() {
        return Err(missing("Principal"));
    }
    Ok(Statement {
        sid,
        span: Span::default(),
        effect,
        actions,
        resources,
        principals,
        conditions,
    })
}

/// Keeps one of a pair of keys that exclude each other.
fn put<T>(
    slot: &mut Option<Patterns<T>>,
    not: bool,
    any: Vec<T>,
    [first, second]: [&'static str; 2],
) -> Result<(), Problem> {
    match slot.replace(Patterns { not, any }) {
        None => Ok(()),
        Some(_) => Err(Problem::Both { first, second }),
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
fn read_conditions(node: Node, variables: bool, defaults: bool) -> Result<Vec<Condition>, Problem> {
    let Node::Object(operators) = node else {
        return Err(wrong_type("Condition", "an object", &node));
    };
    let mut conditions = Vec::new();
    for (operator, keys) in operators {
        let Node::Object(keys) = keys else {
            return Err(wrong_type(&operator, "an object", &keys));
        };
        for (key, values) in keys {
            let values = condition_values(&key, values)?;
            conditions.push(Condition::parse(
                &operator, &key, values, variables, defaults,
            )?);
        }
    }
    Ok(conditions)
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
