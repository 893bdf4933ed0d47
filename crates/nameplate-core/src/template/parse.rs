//! Text to template: the sections, and what no template of a kind may have.

use super::error::{TemplateError, Warning};
use super::expression::{Place, Scope, is_pseudo_parameter};
use super::json::{self, Member, Node, Value};
use super::parameters::CERTIFICATE_PARAMETERS;
use super::refusal::Quoted;
use super::resources;
use super::suggest::did_you_mean;
use super::syntax::{
    Json, Mapping, Parameter, PolicyExpression, Target, Template, TemplateKind, Text,
};
use super::{lint, syntax::CertificateExpression};
use crate::limits::TEMPLATE_BODY_CHARS;

/// Sections that may stand at the top. The last two are CloudFormation's habit and let pass.
const SECTIONS: [&str; 6] = [
    "Parameters",
    "Resources",
    "Mappings",
    "DeviceConfiguration",
    "AWSTemplateFormatVersion",
    "Description",
];

impl Template {
    /// Reads a template body: every check that needs no device. AWS guide: provision-template.
    ///
    /// What AWS may accept although it must fail when a device comes is not refused here but told by
    /// [`Template::warnings`].
    pub fn parse(body: &str, kind: TemplateKind) -> Result<Self, TemplateError> {
        let length = body.chars().count();
        if length > TEMPLATE_BODY_CHARS {
            return Err(TemplateError::new(format_args!(
                "The body has {length} characters, and may have at most {TEMPLATE_BODY_CHARS}."
            )));
        }
        let root = json::read(body)?;
        let sections = sections(&root)?;

        let mut parameters = match section(sections, "Parameters") {
            Some(node) => parameters(node)?,
            None => Vec::new(),
        };
        let mappings = match section(sections, "Mappings") {
            Some(node) => mappings(node)?,
            None => Vec::new(),
        };
        let declared = match section(sections, "Resources") {
            Some(node) => resources::declared(node)?,
            None => {
                return Err(TemplateError::new(
                    "The body has no Resources section, so there is nothing to provision.",
                ));
            }
        };
        let names = declared.names();
        let scope = Scope::new(
            kind,
            &parameters,
            &mappings,
            &names,
            declared.certificate_is_issued(),
        );
        let (thing, certificate, policies) = declared.parse(&scope, kind)?;
        let device_configuration = match section(sections, "DeviceConfiguration") {
            Some(node) => device_configuration(node, &scope)?,
            None => Vec::new(),
        };

        let (undeclared, doubts) = scope.into_found();
        parameters.extend(undeclared);

        let mut template = Self {
            kind,
            parameters,
            mappings,
            thing,
            certificate,
            policies,
            device_configuration,
            warnings: Vec::new(),
        };
        template.refuse_cycles(&names)?;
        template.warnings = lint::warnings(&template);
        template.warnings.extend(doubts);
        template.warnings.extend(
            ["Mappings", "DeviceConfiguration"]
                .into_iter()
                .filter(|name| kind != TemplateKind::Fleet && section(sections, name).is_some())
                .map(|name| Warning {
                    resource: name.to_owned(),
                    property: None,
                    message: format!(
                        "AWS documents this section for fleet provisioning only, and this template serves {}",
                        kind.as_str()
                    ),
                }),
        );
        Ok(template)
    }

    /// Resources may refer to each other's names, but none to its own, however far round.
    fn refuse_cycles(&self, names: &[(String, Target)]) -> Result<(), TemplateError> {
        let mut done = Vec::new();
        for (_, start) in names {
            let mut path = Vec::new();
            self.visit(*start, &mut path, &mut done).map_err(|cycle| {
                let names: Vec<&str> = cycle
                    .iter()
                    .filter_map(|target| names.iter().find(|(_, t)| t == target))
                    .map(|(name, _)| name.as_str())
                    .collect();
                TemplateError::new(format_args!(
                    "The names of the resources refer to each other in a circle: {}.",
                    names.join(" → ")
                ))
            })?;
        }
        Ok(())
    }

    fn visit(
        &self,
        target: Target,
        path: &mut Vec<Target>,
        done: &mut Vec<Target>,
    ) -> Result<(), Vec<Target>> {
        if done.contains(&target) {
            return Ok(());
        }
        if let Some(start) = path.iter().position(|seen| *seen == target) {
            let mut cycle = path[start..].to_vec();
            cycle.push(target);
            return Err(cycle);
        }
        path.push(target);
        for next in self.name_depends_on(target) {
            self.visit(next, path, done)?;
        }
        path.pop();
        done.push(target);
        Ok(())
    }

    /// The resources that the name of this resource is made of.
    fn name_depends_on(&self, target: Target) -> Vec<Target> {
        let mut found = Vec::new();
        let mut visit = |next: Target| {
            let resource = matches!(
                next,
                Target::Thing | Target::Certificate | Target::Policy(_)
            );
            if resource && !found.contains(&next) {
                found.push(next);
            }
        };
        match target {
            Target::Thing => {
                if let Some(thing) = &self.thing {
                    thing.name.targets(&mut visit);
                }
            }
            Target::Certificate => match self.certificate.as_ref().map(|c| &c.source) {
                Some(
                    CertificateExpression::Id(text) | CertificateExpression::Pem { pem: text, .. },
                ) => {
                    text.targets(&mut visit);
                }
                Some(CertificateExpression::SigningRequest(_)) | None => {}
            },
            Target::Policy(index) => match &self.policies[index].source {
                PolicyExpression::Name(text) | PolicyExpression::Text(text) => {
                    text.targets(&mut visit);
                }
                PolicyExpression::Object(json) => json.targets(&mut visit),
            },
            Target::Parameter(_) | Target::Region | Target::AccountId | Target::Partition => {}
        }
        found
    }
}

/// The members of the top object.
fn sections(root: &Node) -> Result<&[Member], TemplateError> {
    let members = match &root.value {
        Value::Object(members) => members,
        Value::Text(inner)
            if json::read(inner).is_ok_and(|n| matches!(n.value, Value::Object(_))) =>
        {
            return Err(TemplateError::at(
                root.position,
                "The body is encoded twice: it is a JSON string that holds the template. Give the template itself.",
            ));
        }
        other => {
            return Err(TemplateError::at(
                root.position,
                format_args!("The body must be a JSON object, and is {}.", other.kind()),
            ));
        }
    };
    for member in members {
        let hint = match member.key.as_str() {
            name if SECTIONS.contains(&name) => continue,
            "templateBody" => {
                " This looks like a registration config: the template is the text of its templateBody."
                    .to_owned()
            }
            name => match did_you_mean(name, SECTIONS) {
                hint if hint.is_empty() => format!(" There are {}.", SECTIONS[..4].join(", ")),
                hint => format!(" {}", capital(hint.trim_start_matches("; "))),
            },
        };
        return Err(TemplateError::at(
            member.position,
            format_args!("There is no section {}.{hint}", Quoted(&member.key)),
        ));
    }
    Ok(members)
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

fn section<'n>(sections: &'n [Member], name: &str) -> Option<&'n Node> {
    sections.iter().find(|m| m.key == name).map(|m| &m.node)
}

/// The members of an object that must be one.
pub(super) fn members<'n>(node: &'n Node, place: Place<'_>) -> Result<&'n [Member], TemplateError> {
    match &node.value {
        Value::Object(members) => Ok(members),
        other => Err(place.error(
            node.position,
            format_args!("must be an object, and is {}", other.kind()),
        )),
    }
}

fn parameters(node: &Node) -> Result<Vec<Parameter>, TemplateError> {
    let place = Place {
        resource: "Parameters",
        property: "",
    };
    let mut parameters = Vec::new();
    for member in members(node, place)? {
        let name = member.key.as_str();
        let place = Place {
            resource: "Parameters",
            property: name,
        };
        // Other names under AWS:: would never have a value: the service supplies these and no caller may.
        if name.starts_with("AWS::")
            && !CERTIFICATE_PARAMETERS.contains(&name)
            && !is_pseudo_parameter(name)
        {
            return Err(place.error(
                member.position,
                format_args!(
                    "no value is supplied under this name{}; names that begin with AWS:: are {}",
                    did_you_mean(name, CERTIFICATE_PARAMETERS),
                    CERTIFICATE_PARAMETERS.join(", ")
                ),
            ));
        }
        let mut has_type = false;
        let mut default = None;
        for part in members(&member.node, place)? {
            match (part.key.as_str(), &part.node.value) {
                ("Type", Value::Text(kind)) if kind == "String" => has_type = true,
                ("Type", Value::Text(kind)) => {
                    return Err(place.error(
                        part.node.position,
                        format_args!("Type must be \"String\", and is {}", Quoted(kind)),
                    ));
                }
                ("Default", Value::Text(text)) => default = Some(text.clone()),
                ("Type" | "Default", other) => {
                    return Err(place.error(
                        part.node.position,
                        format_args!("{} must be a string, and is {}", part.key, other.kind()),
                    ));
                }
                ("Description", _) => {}
                (key, _) => {
                    return Err(place.error(
                        part.position,
                        format_args!(
                            "a parameter has Type and Default, and no {}{}",
                            Quoted(key),
                            did_you_mean(key, ["Type", "Default"])
                        ),
                    ));
                }
            }
        }
        if !has_type {
            return Err(place.error(
                member.node.position,
                "Type is missing, which must be \"String\"",
            ));
        }
        parameters.push(Parameter {
            name: name.to_owned(),
            default,
            declared: true,
        });
    }
    Ok(parameters)
}

fn mappings(node: &Node) -> Result<Vec<Mapping>, TemplateError> {
    let section = Place {
        resource: "Mappings",
        property: "",
    };
    members(node, section)?
        .iter()
        .map(|mapping| {
            let place = Place {
                resource: "Mappings",
                property: &mapping.key,
            };
            let entries = members(&mapping.node, place)?
                .iter()
                .map(|top| {
                    let values = members(&top.node, place)?
                        .iter()
                        .map(|second| match &second.node.value {
                            Value::Text(text) => Ok((second.key.clone(), text.clone())),
                            other => Err(place.error(
                                second.node.position,
                                format_args!(
                                    "the value of {} under {} must be a string, and is {}; functions and parameters have no place in Mappings",
                                    Quoted(&second.key),
                                    Quoted(&top.key),
                                    other.kind()
                                ),
                            )),
                        })
                        .collect::<Result<_, _>>()?;
                    Ok((top.key.clone(), values))
                })
                .collect::<Result<_, TemplateError>>()?;
            Ok(Mapping {
                name: mapping.key.clone(),
                entries,
            })
        })
        .collect()
}

fn device_configuration(
    node: &Node,
    scope: &Scope<'_>,
) -> Result<Vec<(String, Json)>, TemplateError> {
    let section = Place {
        resource: "DeviceConfiguration",
        property: "",
    };
    members(node, section)?
        .iter()
        .map(|member| {
            let place = Place {
                resource: "DeviceConfiguration",
                property: &member.key,
            };
            let json = scope.json(&member.node, place)?;
            if holds_object(&json) {
                return Err(place.error(
                    member.node.position,
                    "must be a string, number, boolean, list or function: the map is flat, without objects in it",
                ));
            }
            Ok((member.key.clone(), json))
        })
        .collect()
}

fn holds_object(json: &Json) -> bool {
    match json {
        Json::Object(_) => true,
        Json::Array(items) => items.iter().any(holds_object),
        _ => false,
    }
}

impl Text {
    /// The string, where it does not depend on anything.
    pub(super) fn literal(&self) -> Option<&str> {
        match self {
            Self::Literal(text) => Some(text),
            _ => None,
        }
    }
}
