//! Functions and references of the template: JSON nodes to expressions, every name bound.

use super::error::{Position, TemplateError, Warning};
use super::json::{Member, Node, Value};
use super::parameters::CERTIFICATE_PARAMETERS;
use super::refusal::Quoted;
use super::suggest::did_you_mean;
use super::syntax::{Json, List, Mapping, Parameter, Piece, Target, TemplateKind, Text};
use std::cell::RefCell;
use std::fmt;

/// The functions there are. AWS guide: provision-template, intrinsic functions.
const FUNCTIONS: [&str; 6] = [
    "Ref",
    "Fn::Join",
    "Fn::Select",
    "Fn::Split",
    "Fn::FindInMap",
    "Fn::Sub",
];

/// Values that need no declaration.
const PSEUDO_PARAMETERS: [(&str, Target); 3] = [
    ("AWS::Region", Target::Region),
    ("AWS::AccountId", Target::AccountId),
    ("AWS::Partition", Target::Partition),
];

/// Whether `name` is one of the three pseudo parameters.
pub(super) fn is_pseudo_parameter(name: &str) -> bool {
    PSEUDO_PARAMETERS.iter().any(|(pseudo, _)| *pseudo == name)
}

/// The names that expressions may use, and what was found while they were bound.
pub(super) struct Scope<'a> {
    kind: TemplateKind,
    parameters: &'a [Parameter],
    mappings: &'a [Mapping],
    /// Logical resources.
    resources: &'a [(String, Target)],
    /// Whether the template's certificate is to be issued, so that its id is not known while resolving.
    certificate_is_issued: bool,
    /// Names that are referred to and not declared. Their indices follow those of the declared ones.
    undeclared: RefCell<Vec<Parameter>>,
    warnings: RefCell<Vec<Warning>>,
}

/// Where an expression stands, for messages.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// Logical resource, or section.
    pub(super) resource: &'a str,
    /// Property, empty where the section itself is meant.
    pub(super) property: &'a str,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.property {
            "" => write!(f, "{}", self.resource),
            property => write!(f, "{}, property {property}", self.resource),
        }
    }
}

impl Place<'_> {
    pub(super) fn error(&self, position: Position, rule: impl fmt::Display) -> TemplateError {
        TemplateError::at(position, format_args!("{self}: {rule}."))
    }
}

/// The function that `node` calls and its argument; `None` where it is no function call.
fn function<'n>(
    node: &'n Node,
    place: Place<'_>,
) -> Result<Option<(&'static str, &'n Node)>, TemplateError> {
    let Value::Object(members) = &node.value else {
        return Ok(None);
    };
    let is_function = |member: &&Member| member.key == "Ref" || member.key.starts_with("Fn::");
    let Some(call) = members.iter().find(is_function) else {
        return Ok(None);
    };
    if members.len() > 1 {
        return Err(place.error(
            call.position,
            format_args!(
                "a function is an object with exactly one key, and beside {} stand {} more",
                call.key,
                members.len() - 1
            ),
        ));
    }
    match FUNCTIONS.iter().find(|name| **name == call.key) {
        Some(name) => Ok(Some((name, &call.node))),
        None => Err(place.error(
            call.position,
            format_args!(
                "there is no function {}{}; there are {}",
                Quoted(&call.key),
                did_you_mean(&call.key, FUNCTIONS),
                FUNCTIONS.join(", ")
            ),
        )),
    }
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        kind: TemplateKind,
        parameters: &'a [Parameter],
        mappings: &'a [Mapping],
        resources: &'a [(String, Target)],
        certificate_is_issued: bool,
    ) -> Self {
        Scope {
            kind,
            parameters,
            mappings,
            resources,
            certificate_is_issued,
            undeclared: RefCell::default(),
            warnings: RefCell::default(),
        }
    }

    /// The parameters that are not declared, to follow those that are, and what is doubtful.
    pub(super) fn into_found(self) -> (Vec<Parameter>, Vec<Warning>) {
        (self.undeclared.into_inner(), self.warnings.into_inner())
    }

    /// Whether this is the parameter of that name.
    pub(super) fn is_parameter(&self, target: Target, name: &str) -> bool {
        let Target::Parameter(index) = target else {
            return false;
        };
        match index.checked_sub(self.parameters.len()) {
            None => self.parameters[index].name == name,
            Some(index) => self.undeclared.borrow()[index].name == name,
        }
    }

    /// Remembers something that may be saved and will surprise.
    pub(super) fn warn(&self, place: Place<'_>, message: impl fmt::Display) {
        self.warnings.borrow_mut().push(Warning {
            resource: place.resource.to_owned(),
            property: Some(place.property.to_owned()).filter(|property| !property.is_empty()),
            message: message.to_string(),
        });
    }
}

impl Scope<'_> {
    /// An expression for one string. Numbers and booleans are refused.
    pub(super) fn text(&self, node: &Node, place: Place<'_>) -> Result<Text, TemplateError> {
        if let Value::Text(literal) = &node.value {
            return Ok(Text::Literal(literal.clone()));
        }
        match function(node, place)? {
            Some((name, argument)) => self.call(name, argument, place),
            None => Err(place.error(
                node.position,
                format_args!(
                    "must be a string or a function, and is {}",
                    node.value.kind()
                ),
            )),
        }
    }

    /// The same, where numbers and booleans stand for their JSON text.
    pub(super) fn scalar(&self, node: &Node, place: Place<'_>) -> Result<Text, TemplateError> {
        match &node.value {
            Value::Number(spelling) => Ok(Text::Literal(spelling.clone())),
            Value::Bool(truth) => Ok(Text::Literal(truth.to_string())),
            _ => self.text(node, place),
        }
    }

    /// An expression for a list of strings.
    pub(super) fn list(&self, node: &Node, place: Place<'_>) -> Result<List, TemplateError> {
        if let Value::Array(items) = &node.value {
            return items
                .iter()
                .map(|item| self.scalar(item, place))
                .collect::<Result<_, _>>()
                .map(List::Items);
        }
        match function(node, place)? {
            Some(("Fn::Split", argument)) => self.split(argument, place),
            Some((name, _)) => Err(place.error(
                node.position,
                format_args!("must be a list, and {name} gives one string"),
            )),
            None => Err(place.error(
                node.position,
                format_args!(
                    "must be a list of strings or Fn::Split, and is {}",
                    node.value.kind()
                ),
            )),
        }
    }

    /// Any JSON, with functions where they stand.
    pub(super) fn json(&self, node: &Node, place: Place<'_>) -> Result<Json, TemplateError> {
        match function(node, place)? {
            Some(("Fn::Split", argument)) => return self.split(argument, place).map(Json::List),
            Some((name, argument)) => return self.call(name, argument, place).map(Json::Text),
            None => {}
        }
        Ok(match &node.value {
            Value::Null => Json::Null,
            Value::Bool(truth) => Json::Bool(*truth),
            Value::Number(spelling) => Json::Number(spelling.clone()),
            Value::Text(literal) => Json::Text(Text::Literal(literal.clone())),
            Value::Array(items) => Json::Array(
                items
                    .iter()
                    .map(|item| self.json(item, place))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(members) => Json::Object(
                members
                    .iter()
                    .map(|m| Ok((m.key.clone(), self.json(&m.node, place)?)))
                    .collect::<Result<_, TemplateError>>()?,
            ),
        })
    }

    fn call(
        &self,
        name: &'static str,
        argument: &Node,
        place: Place<'_>,
    ) -> Result<Text, TemplateError> {
        match name {
            "Ref" => match &argument.value {
                Value::Text(name) => Ok(Text::Ref(self.target(name, argument.position, place)?)),
                other => Err(place.error(
                    argument.position,
                    format_args!("Ref takes a name, and is given {}", other.kind()),
                )),
            },
            "Fn::Join" => {
                let [delimiter, values] = arguments(name, "[delimiter, list]", argument, place)?;
                Ok(Text::Join(
                    Box::new(self.text(delimiter, place)?),
                    Box::new(self.list(values, place)?),
                ))
            }
            "Fn::Select" => {
                let [index, list] = arguments(name, "[index, list]", argument, place)?;
                let literal = match &index.value {
                    Value::Number(spelling) | Value::Text(spelling) => Some(spelling),
                    _ => None,
                };
                if let Some(spelling) = literal.filter(|s| s.parse::<usize>().is_err()) {
                    return Err(place.error(
                        index.position,
                        format_args!(
                            "Fn::Select takes an index from 0, and is given {}",
                            Quoted(spelling)
                        ),
                    ));
                }
                Ok(Text::Select(
                    Box::new(self.scalar(index, place)?),
                    Box::new(self.list(list, place)?),
                ))
            }
            "Fn::FindInMap" => self.find_in_map(argument, place),
            "Fn::Sub" => self.sub(argument, place),
            list_function => Err(place.error(
                argument.position,
                format_args!("{list_function} gives a list where one string is needed"),
            )),
        }
    }

    fn split(&self, argument: &Node, place: Place<'_>) -> Result<List, TemplateError> {
        let [delimiter, source] = arguments("Fn::Split", "[delimiter, string]", argument, place)?;
        let delimiter_text = self.text(delimiter, place)?;
        if matches!(&delimiter_text, Text::Literal(text) if text.is_empty()) {
            return Err(place.error(
                delimiter.position,
                "Fn::Split takes a delimiter of at least one character, and is given \"\"",
            ));
        }
        Ok(List::Split {
            delimiter: delimiter_text,
            source: self.text(source, place)?,
        })
    }

    fn find_in_map(&self, argument: &Node, place: Place<'_>) -> Result<Text, TemplateError> {
        let [map, top, second] = arguments("Fn::FindInMap", "[map, key, key]", argument, place)?;
        let Value::Text(name) = &map.value else {
            return Err(place.error(
                map.position,
                format_args!(
                    "Fn::FindInMap takes the name of a mapping, and is given {}",
                    map.value.kind()
                ),
            ));
        };
        let Some(mapping) = self.mappings.iter().position(|m| m.name == *name) else {
            let declared = self.mappings.iter().map(|m| m.name.as_str());
            return Err(place.error(
                map.position,
                format_args!(
                    "Fn::FindInMap names the mapping {}, which Mappings does not have{}",
                    Quoted(name),
                    did_you_mean(name, declared)
                ),
            ));
        };
        Ok(Text::FindInMap {
            mapping,
            top: Box::new(self.scalar(top, place)?),
            second: Box::new(self.scalar(second, place)?),
        })
    }

    fn sub(&self, argument: &Node, place: Place<'_>) -> Result<Text, TemplateError> {
        let (text, map) = match &argument.value {
            Value::Text(_) => (argument, None),
            _ => {
                let [text, map] = arguments("Fn::Sub", "text or [text, map]", argument, place)?;
                (text, Some(map))
            }
        };
        let Value::Text(source) = &text.value else {
            return Err(place.error(
                text.position,
                format_args!("Fn::Sub takes a text, and is given {}", text.value.kind()),
            ));
        };
        let locals = match map.map(|node| (&node.value, node.position)) {
            None => Vec::new(),
            Some((Value::Object(members), _)) => members
                .iter()
                .map(|m| Ok((m.key.clone(), self.scalar(&m.node, place)?)))
                .collect::<Result<Vec<_>, TemplateError>>()?,
            Some((other, position)) => {
                return Err(place.error(
                    position,
                    format_args!(
                        "Fn::Sub takes a map of names to values, and is given {}",
                        other.kind()
                    ),
                ));
            }
        };
        let pieces = self.pieces(source, &locals, text.position, place)?;
        Ok(Text::Sub { pieces, locals })
    }

    /// Cuts the text of `Fn::Sub` at its variables.
    fn pieces(
        &self,
        source: &str,
        locals: &[(String, Text)],
        position: Position,
        place: Place<'_>,
    ) -> Result<Vec<Piece>, TemplateError> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = source;
        while let Some(start) = rest.find("${") {
            literal.push_str(&rest[..start]);
            rest = &rest[start..];
            let Some(end) = rest.find('}') else {
                break;
            };
            let name = &rest[2..end];
            if let Some(escaped) = name.strip_prefix('!') {
                literal.push_str("${");
                literal.push_str(escaped);
                literal.push('}');
            } else if is_policy_variable(name) {
                literal.push_str(&rest[..=end]);
            } else {
                let piece = match locals.iter().position(|(local, _)| local == name) {
                    Some(local) => Piece::Local(local),
                    None => Piece::Target(self.target(name, position, place)?),
                };
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                pieces.push(piece);
            }
            rest = &rest[end + 1..];
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(pieces)
    }

    /// What `name` refers to: a parameter before a logical resource.
    fn target(
        &self,
        name: &str,
        position: Position,
        place: Place<'_>,
    ) -> Result<Target, TemplateError> {
        if let Some((_, pseudo)) = PSEUDO_PARAMETERS.iter().find(|(pseudo, _)| *pseudo == name) {
            return Ok(*pseudo);
        }
        if let Some(index) = self.parameters.iter().position(|p| p.name == name) {
            return Ok(Target::Parameter(index));
        }
        match self.resources.iter().find(|(logical, _)| logical == name) {
            Some((_, Target::Certificate)) if self.certificate_is_issued => Err(place.error(
                position,
                format_args!(
                    "refers to the certificate {}, whose id is known only after it is issued for the CertificateSigningRequest",
                    Quoted(name)
                ),
            )),
            Some((_, target)) => Ok(*target),
            None => self.undeclared(name, position, place),
        }
    }

    /// A name that nothing in the template has. AWS saves such templates: those of Terraform's and CloudFormation's
    /// refer to `AWS::IoT::Certificate::Id`, that of AWS CLI's example to a name that a run must be given.
    fn undeclared(
        &self,
        name: &str,
        position: Position,
        place: Place<'_>,
    ) -> Result<Target, TemplateError> {
        let supplied = CERTIFICATE_PARAMETERS.contains(&name);
        if name.starts_with("AWS::") && !supplied {
            let known = CERTIFICATE_PARAMETERS
                .into_iter()
                .chain(PSEUDO_PARAMETERS.iter().map(|(pseudo, _)| *pseudo));
            return Err(place.error(
                position,
                format_args!(
                    "refers to {}, and no value is supplied under this name{}",
                    Quoted(name),
                    did_you_mean(name, known)
                ),
            ));
        }
        let mut undeclared = self.undeclared.borrow_mut();
        let known = undeclared.iter().position(|p| p.name == name);
        let index = known.unwrap_or(undeclared.len());
        if known.is_none() {
            undeclared.push(Parameter {
                name: name.to_owned(),
                default: None,
                declared: false,
            });
        }
        if !supplied {
            let declared = self
                .parameters
                .iter()
                .map(|p| p.name.as_str())
                .chain(self.resources.iter().map(|(logical, _)| logical.as_str()))
                .chain(CERTIFICATE_PARAMETERS)
                .chain(PSEUDO_PARAMETERS.iter().map(|(pseudo, _)| *pseudo));
            self.warn(
                place,
                format_args!(
                    "refers to {}, which Parameters does not declare{}; {}",
                    Quoted(name),
                    did_you_mean(name, declared),
                    match self.kind {
                        TemplateKind::Jitp =>
                            "a first connection gives no value by that name, so every device will be refused",
                        _ => "a device that is given no value by that name will be refused",
                    }
                ),
            );
        }
        Ok(Target::Parameter(self.parameters.len() + index))
    }
}

/// Variables and escapes of IoT policies look like those of `Fn::Sub` and are the policy's, not ours.
fn is_policy_variable(name: &str) -> bool {
    name.starts_with("iot:")
        || name.starts_with("aws:")
        || name.starts_with("cognito-identity")
        || matches!(name, "*" | "?" | "$")
}

/// The arguments of a function that takes exactly `N`.
fn arguments<'n, const N: usize>(
    name: &str,
    form: &str,
    argument: &'n Node,
    place: Place<'_>,
) -> Result<&'n [Node; N], TemplateError> {
    let given = match &argument.value {
        Value::Array(items) => match items.as_slice().try_into() {
            Ok(exactly) => return Ok(exactly),
            Err(_) => format!("a list of {}", items.len()),
        },
        other => other.kind().to_owned(),
    };
    Err(place.error(
        argument.position,
        format_args!("{name} takes {form}, and is given {given}"),
    ))
}

impl Text {
    /// Calls `visit` for every name this refers to.
    pub(super) fn targets(&self, visit: &mut dyn FnMut(Target)) {
        match self {
            Self::Literal(_) => {}
            Self::Ref(target) => visit(*target),
            Self::Join(one, list) | Self::Select(one, list) => {
                one.targets(visit);
                list.targets(visit);
            }
            Self::FindInMap { top, second, .. } => {
                top.targets(visit);
                second.targets(visit);
            }
            Self::Sub { pieces, locals } => {
                for piece in pieces {
                    if let Piece::Target(target) = piece {
                        visit(*target);
                    }
                }
                for (_, local) in locals {
                    local.targets(visit);
                }
            }
        }
    }

    /// Whether `Fn::Join` is used anywhere in it.
    pub(super) fn joins(&self) -> bool {
        match self {
            Self::Literal(_) | Self::Ref(_) => false,
            Self::Join(..) => true,
            Self::Select(one, list) => one.joins() || list.joins(),
            Self::FindInMap { top, second, .. } => top.joins() || second.joins(),
            Self::Sub { locals, .. } => locals.iter().any(|(_, local)| local.joins()),
        }
    }
}

impl List {
    fn targets(&self, visit: &mut dyn FnMut(Target)) {
        match self {
            Self::Items(items) => items.iter().for_each(|item| item.targets(visit)),
            Self::Split { delimiter, source } => {
                delimiter.targets(visit);
                source.targets(visit);
            }
        }
    }

    fn joins(&self) -> bool {
        match self {
            Self::Items(items) => items.iter().any(Text::joins),
            Self::Split { delimiter, source } => delimiter.joins() || source.joins(),
        }
    }
}

impl Json {
    /// Calls `visit` for every name this refers to.
    pub(super) fn targets(&self, visit: &mut dyn FnMut(Target)) {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => {}
            Self::Text(text) => text.targets(visit),
            Self::List(list) => list.targets(visit),
            Self::Array(items) => items.iter().for_each(|item| item.targets(visit)),
            Self::Object(members) => members.iter().for_each(|(_, item)| item.targets(visit)),
        }
    }

    /// Whether `Fn::Join` is used anywhere in it.
    pub(super) fn joins(&self) -> bool {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => false,
            Self::Text(text) => text.joins(),
            Self::List(list) => list.joins(),
            Self::Array(items) => items.iter().any(Json::joins),
            Self::Object(members) => members.iter().any(|(_, item)| item.joins()),
        }
    }
}
