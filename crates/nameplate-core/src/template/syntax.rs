//! The template as a tree: what parsing yields and resolving walks.
//!
//! Every reference is bound when the template is parsed, so resolving never meets an unknown name.

use super::error::Warning;
use std::sync::{Arc, Mutex};

/// Which flow a template serves. The language is one; the kind decides what is refused and where values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TemplateKind {
    /// The RegisterThing call.
    RegisterThing,
    /// A bulk registration task.
    Bulk,
    /// Just-in-time provisioning, by a named template or a body in a CA's registration config.
    Jitp,
    /// Fleet provisioning by claim or trusted user.
    Fleet,
}

impl TemplateKind {
    /// Whether the caller may set `AWS::…` parameters. RegisterThing and bulk callers hold credentials of the
    /// account; AWS's own just-in-time provisioning works by calling RegisterThing with such names.
    pub fn trusts_caller(self) -> bool {
        matches!(self, Self::RegisterThing | Self::Bulk)
    }

    /// The flow's name in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RegisterThing => "RegisterThing",
            Self::Bulk => "bulk registration",
            Self::Jitp => "just-in-time provisioning",
            Self::Fleet => "fleet provisioning",
        }
    }
}

/// What to do with a property of a resource that exists. AWS guide: provision-template, override settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Override {
    /// Keep what is there.
    DoNothing,
    /// Set what the template says.
    Replace,
    /// Add what the template says to what is there; the template wins.
    Merge,
    /// Refuse the device.
    Fail,
}

impl Override {
    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DoNothing => "DO_NOTHING",
            Self::Replace => "REPLACE",
            Self::Merge => "MERGE",
            Self::Fail => "FAIL",
        }
    }

    /// From AWS's spelling.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::DoNothing, Self::Replace, Self::Merge, Self::Fail]
            .into_iter()
            .find(|setting| setting.as_str() == text)
    }
}

/// Override settings of a thing; `None`: not set, which means that an equal value passes and another fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ThingOverrides {
    /// `AttributePayload`.
    pub attributes: Option<Override>,
    /// `ThingTypeName`; never `Merge`.
    pub thing_type: Option<Override>,
    /// `ThingGroups`.
    pub groups: Option<Override>,
}

/// A provisioning template that passed every check that can be made without a device.
#[derive(Debug, Clone)]
pub struct Template {
    pub(crate) kind: TemplateKind,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) mappings: Vec<Mapping>,
    pub(crate) thing: Option<ThingResource>,
    pub(crate) certificate: Option<CertificateResource>,
    pub(crate) policies: Vec<PolicyResource>,
    pub(crate) device_configuration: Vec<(String, Json)>,
    pub(crate) warnings: Vec<Warning>,
}

impl Template {
    /// The flow it was parsed for.
    pub fn kind(&self) -> TemplateKind {
        self.kind
    }

    /// Names of the declared parameters, in the template's order.
    pub fn parameter_names(&self) -> impl Iterator<Item = &str> {
        self.parameters
            .iter()
            .filter(|p| p.declared)
            .map(|p| p.name.as_str())
    }

    /// What may be saved but will fail or surprise when a device comes.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// A parameter: one that is declared, or a name that an expression refers to without a declaration.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) default: Option<String>,
    pub(crate) declared: bool,
}

/// A declared mapping: top key, second key, value.
#[derive(Debug, Clone)]
pub(crate) struct Mapping {
    pub(crate) name: String,
    pub(crate) entries: Vec<(String, Vec<(String, String)>)>,
}

/// The thing of the template.
#[derive(Debug, Clone)]
pub(crate) struct ThingResource {
    pub(crate) logical: String,
    pub(crate) name: Text,
    pub(crate) attributes: Option<Vec<(String, Text)>>,
    pub(crate) thing_type: Option<Text>,
    pub(crate) groups: Option<List>,
    pub(crate) billing_group: Option<Text>,
    pub(crate) package_versions: Option<Json>,
    pub(crate) children: Option<List>,
    pub(crate) overrides: ThingOverrides,
}

/// Where the template takes its certificate from.
#[derive(Debug, Clone)]
pub(crate) enum CertificateExpression {
    Id(Text),
    SigningRequest(Text),
    Pem { pem: Text, ca_pem: Option<Text> },
}

/// The certificate of the template.
#[derive(Debug, Clone)]
pub(crate) struct CertificateResource {
    pub(crate) logical: String,
    pub(crate) source: CertificateExpression,
    pub(crate) status: Option<Text>,
    pub(crate) principal_type: Option<Text>,
    pub(crate) status_override: Option<Override>,
}

/// How the template names a policy.
#[derive(Debug, Clone)]
pub(crate) enum PolicyExpression {
    Name(Text),
    /// The document as one string.
    Text(Text),
    /// The document as a JSON object.
    Object(Json),
}

/// A policy of the template.
#[derive(Debug, Clone)]
pub(crate) struct PolicyResource {
    pub(crate) logical: String,
    pub(crate) source: PolicyExpression,
    /// The document of the device before: nearly every template gives all devices the same, and it is checked once.
    pub(crate) last: Arc<Mutex<Option<CheckedDocument>>>,
}

/// A policy document that was found good.
#[derive(Debug, Clone)]
pub(crate) struct CheckedDocument {
    pub(crate) document: String,
    pub(crate) name: String,
    /// What it was checked by.
    pub(crate) by: fn(&str) -> Result<(), String>,
}

/// An expression whose value is one string.
#[derive(Debug, Clone)]
pub(crate) enum Text {
    Literal(String),
    Ref(Target),
    Join(Box<Text>, Box<List>),
    Select(Box<Text>, Box<List>),
    FindInMap {
        /// Index into the template's mappings.
        mapping: usize,
        top: Box<Text>,
        second: Box<Text>,
    },
    Sub {
        pieces: Vec<Piece>,
        /// The map of the two-element form.
        locals: Vec<(String, Text)>,
    },
}

/// A piece of the text of `Fn::Sub`.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Literal(String),
    Target(Target),
    /// Index into the locals.
    Local(usize),
}

/// What a name refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// Index into the template's parameters.
    Parameter(usize),
    Region,
    AccountId,
    Partition,
    Thing,
    Certificate,
    /// Index into the template's policies.
    Policy(usize),
}

/// An expression whose value is a list of strings.
#[derive(Debug, Clone)]
pub(crate) enum List {
    Items(Vec<Text>),
    Split { delimiter: Text, source: Text },
}

/// JSON with expressions in it: a policy document, a value for the device.
#[derive(Debug, Clone)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// As it is written in the template.
    Number(String),
    Text(Text),
    List(List),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// What in JSON is an expression.
pub(crate) enum Leaf<'a> {
    Text(&'a Text),
    List(&'a List),
}

impl Json {
    /// Its value, with what `leaf` makes of the expressions in it.
    pub(crate) fn value<'a, E>(
        &'a self,
        leaf: &mut impl FnMut(Leaf<'a>) -> Result<serde_json::Value, E>,
    ) -> Result<serde_json::Value, E> {
        use serde_json::Value;
        Ok(match self {
            Json::Null => Value::Null,
            Json::Bool(truth) => Value::Bool(*truth),
            // The reader lets only finite numbers pass, and each has a value in serde_json.
            Json::Number(spelling) => serde_json::from_str(spelling).unwrap_or(Value::Null),
            Json::Text(text) => leaf(Leaf::Text(text))?,
            Json::List(list) => leaf(Leaf::List(list))?,
            Json::Array(items) => Value::Array(
                items
                    .iter()
                    .map(|item| item.value(leaf))
                    .collect::<Result<_, _>>()?,
            ),
            Json::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(key, item)| Ok((key.clone(), item.value(leaf)?)))
                    .collect::<Result<_, E>>()?,
            ),
        })
    }

    /// Its value, where no expression is in it, so that it is the same for every device.
    pub(crate) fn constant(&self) -> Option<serde_json::Value> {
        self.value(&mut |leaf| match leaf {
            Leaf::Text(Text::Literal(text)) => Ok(serde_json::Value::String(text.clone())),
            Leaf::Text(_) | Leaf::List(_) => Err(()),
        })
        .ok()
    }
}
