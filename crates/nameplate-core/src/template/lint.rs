//! Warnings: what may be saved, since AWS saves it too, and will fail or surprise when a device comes.

use super::error::Warning;
use super::refusal::Quoted;
use super::resolve::check_document;
use super::syntax::{
    List, PolicyExpression, PolicyResource, Target, Template, TemplateKind, Text, ThingResource,
};
use crate::limits::{ATTRIBUTES_WITH_TYPE, ATTRIBUTES_WITHOUT_TYPE};
use crate::registry::name::{self, Invalid};

/// Everything doubtful about a template.
pub(super) fn warnings(template: &Template) -> Vec<Warning> {
    let mut found = Found(Vec::new());
    if let Some(thing) = &template.thing {
        thing_warnings(thing, template.kind, &mut found);
    }
    for policy in &template.policies {
        policy_warnings(policy, &mut found);
    }
    if let Some(certificate) = &template.certificate {
        if template.thing.is_none() && certificate.principal_type.is_some() {
            found.add(
                &certificate.logical,
                Some("ThingPrincipalType"),
                "has no effect, since the template has no thing",
            );
        }
        let groups = template.thing.as_ref().is_some_and(|t| t.groups.is_some());
        if template.policies.is_empty() && !groups {
            found.add(
                "Resources",
                None,
                "there is no AWS::IoT::Policy and no thing group that could carry one, so the certificate will be allowed nothing, not even to connect",
            );
        }
    }
    found.0
}

struct Found(Vec<Warning>);

impl Found {
    fn add(&mut self, resource: &str, property: Option<&str>, message: impl Into<String>) {
        self.0.push(Warning {
            resource: resource.to_owned(),
            property: property.map(str::to_owned),
            message: message.into(),
        });
    }

    /// A literal that its rule will refuse.
    fn literal(
        &mut self,
        resource: &str,
        property: &str,
        text: Option<&Text>,
        rule: fn(&str) -> Result<(), Invalid>,
    ) {
        if let Some(Err(invalid)) = text.and_then(Text::literal).map(rule) {
            self.add(
                resource,
                Some(property),
                format!("every device will be refused: {invalid}"),
            );
        }
    }
}

fn thing_warnings(thing: &ThingResource, kind: TemplateKind, found: &mut Found) {
    let logical = thing.logical.as_str();
    found.literal(logical, "ThingName", Some(&thing.name), name::thing);
    found.literal(
        logical,
        "ThingTypeName",
        thing.thing_type.as_ref(),
        name::thing_type,
    );
    found.literal(
        logical,
        "BillingGroup",
        thing.billing_group.as_ref(),
        name::billing_group,
    );
    if let Some(List::Items(groups)) = &thing.groups {
        for group in groups {
            found.literal(logical, "ThingGroups", Some(group), name::thing_group);
        }
    }
    for (attribute, value) in thing.attributes.iter().flatten() {
        if let Err(invalid) = name::attribute_name(attribute) {
            found.add(
                logical,
                Some("AttributePayload"),
                format!("every device will be refused: {invalid}"),
            );
        }
        found.literal(
            logical,
            "AttributePayload",
            Some(value),
            name::attribute_value,
        );
    }
    if thing.package_versions.is_some() {
        found.add(
            logical,
            Some("PackageVersions"),
            "has no effect: which versions of software packages a thing has is not kept here",
        );
    }
    let count = thing
        .attributes
        .iter()
        .flatten()
        .filter(|(_, value)| value.literal() != Some(""))
        .count();
    let most = match thing.thing_type {
        Some(_) => ATTRIBUTES_WITH_TYPE,
        None => ATTRIBUTES_WITHOUT_TYPE,
    };
    if count > most {
        found.add(
            logical,
            Some("AttributePayload"),
            format!(
                "has {count} attributes, and a thing may have {ATTRIBUTES_WITHOUT_TYPE} without a thing type and {ATTRIBUTES_WITH_TYPE} with one"
            ),
        );
    }
    let mut varies = false;
    thing.name.targets(&mut |target| {
        varies |= !matches!(
            target,
            Target::Region | Target::AccountId | Target::Partition
        );
    });
    if !varies && kind != TemplateKind::RegisterThing {
        found.add(
            logical,
            Some("ThingName"),
            "refers to no parameter, so every device gets the same thing; use a Ref, for example to AWS::IoT::Certificate::Id",
        );
    }
}

fn policy_warnings(policy: &PolicyResource, found: &mut Found) {
    let logical = policy.logical.as_str();
    let joins = match &policy.source {
        PolicyExpression::Name(text) => {
            found.literal(logical, "PolicyName", Some(text), name::policy);
            text.joins()
        }
        PolicyExpression::Text(text) => {
            if let Some(Err(why)) = text.literal().map(check_document) {
                found.add(
                    logical,
                    Some("PolicyDocument"),
                    format!("every device will be refused: {why}"),
                );
            }
            if let Some(text) = text.literal().filter(|text| text.contains(r#"{"Ref""#)) {
                found.add(
                    logical,
                    Some("PolicyDocument"),
                    format!(
                        "functions inside a string are not evaluated; give the document as an object: {}",
                        Quoted(text)
                    ),
                );
            }
            text.joins()
        }
        PolicyExpression::Object(json) => json.joins(),
    };
    if joins {
        found.add(
            logical,
            None,
            "Fn::Join inside a policy works here, and AWS does not support it",
        );
    }
}
