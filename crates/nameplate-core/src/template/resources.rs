//! The `Resources` section: the three types, their properties and their override settings.

use super::error::TemplateError;
use super::expression::{Place, Scope};
use super::json::{Member, Node, Value};
use super::parameters::CERTIFICATE_ID;
use super::parse::members;
use super::refusal::Quoted;
use super::suggest::did_you_mean;
use super::syntax::{
    CertificateExpression, CertificateResource, PolicyExpression, PolicyResource, Target,
    TemplateKind, Text, ThingResource,
};
use crate::registry::thing::PrincipalType;

const THING: &str = "AWS::IoT::Thing";
const CERTIFICATE: &str = "AWS::IoT::Certificate";
const POLICY: &str = "AWS::IoT::Policy";
/// How some templates in the field spell `CertificateId`.
const CERTIFICATE_ID_SPELT: &str = "CertificateID";
/// Ours: things that this one speaks for.
const CHILD_THINGS: &str = "ChildThings";
const TYPES: [&str; 3] = [THING, CERTIFICATE, POLICY];

/// The properties of a type, in the order messages list them.
fn properties_of(kind: &str) -> &'static [&'static str] {
    match kind {
        THING => &[
            "ThingName",
            "AttributePayload",
            "ThingTypeName",
            "ThingGroups",
            "BillingGroup",
            "PackageVersions",
            CHILD_THINGS,
        ],
        CERTIFICATE => &[
            "CertificateId",
            "CertificateSigningRequest",
            "CertificatePem",
            "CACertificatePem",
            "Status",
            "ThingPrincipalType",
        ],
        _ => &["PolicyName", "PolicyDocument"],
    }
}

/// A resource whose type and members are known and whose properties are still JSON.
pub(super) struct Declared<'n> {
    pub(super) logical: &'n str,
    target: Target,
    node: &'n Node,
    properties: &'n [Member],
    pub(super) overrides: Option<&'n Node>,
    depends_on: Option<&'n Node>,
}

/// Every resource of the section.
pub(super) struct AllDeclared<'n>(Vec<Declared<'n>>);

/// The resources of a template.
type Parsed = (
    Option<ThingResource>,
    Option<CertificateResource>,
    Vec<PolicyResource>,
);

/// First pass: which resources there are, so that expressions can refer to them in any order.
pub(super) fn declared(node: &Node) -> Result<AllDeclared<'_>, TemplateError> {
    let section = Place {
        resource: "Resources",
        property: "",
    };
    let mut found: Vec<Declared<'_>> = Vec::new();
    let mut policies = 0;
    for member in members(node, section)? {
        let logical = member.key.as_str();
        let place = Place {
            resource: logical,
            property: "",
        };
        let (mut kind, mut properties, mut overrides, mut depends_on) = (None, None, None, None);
        for part in members(&member.node, place)? {
            match part.key.as_str() {
                "Type" => kind = Some(type_of(&part.node, place)?),
                "Properties" => properties = Some(&part.node),
                "OverrideSettings" => overrides = Some(&part.node),
                "DependsOn" => depends_on = Some(&part.node),
                key => {
                    let known = ["Type", "Properties", "OverrideSettings", "DependsOn"];
                    return Err(place.error(
                        part.position,
                        format_args!(
                            "a resource has Type, Properties, OverrideSettings and DependsOn, and no {}{}",
                            Quoted(key),
                            did_you_mean(key, known)
                        ),
                    ));
                }
            }
        }
        let Some(kind) = kind else {
            return Err(place.error(
                member.node.position,
                format_args!("Type is missing, which must be one of {}", TYPES.join(", ")),
            ));
        };
        let properties = match properties {
            Some(node) if !matches!(node.value, Value::Null) => members(
                node,
                Place {
                    resource: logical,
                    property: "Properties",
                },
            )?,
            _ => {
                return Err(TemplateError::at(
                    member.node.position,
                    format_args!(
                        "Properties of a resource cannot be null. Resource {} has none.",
                        Quoted(logical)
                    ),
                ));
            }
        };
        for property in properties {
            let known = properties_of(kind);
            let other_spelling = kind == CERTIFICATE && property.key == CERTIFICATE_ID_SPELT;
            if !known.contains(&property.key.as_str()) && !other_spelling {
                return Err(place.error(
                    property.position,
                    format_args!(
                        "{kind} has no property {}{}; it has {}",
                        Quoted(&property.key),
                        did_you_mean(&property.key, known.iter().copied()),
                        known.join(", ")
                    ),
                ));
            }
        }
        let target = match kind {
            THING => Target::Thing,
            CERTIFICATE => Target::Certificate,
            _ => {
                policies += 1;
                Target::Policy(policies - 1)
            }
        };
        if let Some(first) = found.iter().find(|other| other.target == target) {
            return Err(TemplateError::at(
                member.position,
                format_args!(
                    "Only one {} resource can be defined, and there are {} and {}.",
                    if kind == THING {
                        "thing"
                    } else {
                        "certificate"
                    },
                    Quoted(first.logical),
                    Quoted(logical)
                ),
            ));
        }
        found.push(Declared {
            logical,
            target,
            node: &member.node,
            properties,
            overrides,
            depends_on,
        });
    }
    if found.is_empty() {
        return Err(TemplateError::at(
            node.position,
            "Resources is empty, so there is nothing to provision.",
        ));
    }
    Ok(AllDeclared(found))
}

fn type_of(node: &Node, place: Place<'_>) -> Result<&'static str, TemplateError> {
    let Value::Text(given) = &node.value else {
        return Err(place.error(
            node.position,
            format_args!("Type must be a string, and is {}", node.value.kind()),
        ));
    };
    TYPES
        .into_iter()
        .find(|known| known == given)
        .ok_or_else(|| {
            place.error(
                node.position,
                format_args!(
                    "there is no resource type {}{}; there are {}",
                    Quoted(given),
                    did_you_mean(given, TYPES),
                    TYPES.join(", ")
                ),
            )
        })
}

impl<'n> AllDeclared<'n> {
    /// Logical names and what they stand for.
    pub(super) fn names(&self) -> Vec<(String, Target)> {
        self.0
            .iter()
            .map(|resource| (resource.logical.to_owned(), resource.target))
            .collect()
    }

    /// Whether the certificate comes from a signing request.
    pub(super) fn certificate_is_issued(&self) -> bool {
        self.0.iter().any(|resource| {
            resource.target == Target::Certificate
                && resource.property("CertificateSigningRequest").is_some()
        })
    }

    /// Second pass: properties to expressions.
    pub(super) fn parse(
        &self,
        scope: &Scope<'_>,
        kind: TemplateKind,
    ) -> Result<Parsed, TemplateError> {
        let (mut thing, mut certificate, mut policies) = (None, None, Vec::new());
        for resource in &self.0 {
            self.check_depends_on(resource)?;
            match resource.target {
                Target::Thing => thing = Some(resource.thing(scope)?),
                Target::Certificate => certificate = Some(resource.certificate(scope, kind)?),
                _ => policies.push(resource.policy(scope)?),
            }
        }
        // Such a run exists to activate a certificate: the device's own, or the one behind its ownership token.
        if matches!(kind, TemplateKind::Jitp | TemplateKind::Fleet) && certificate.is_none() {
            return Err(TemplateError::new(
                "Template must have certificate resource.",
            ));
        }
        Ok((thing, certificate, policies))
    }

    /// Ours: AWS does not document DependsOn; it changes nothing, but a wrong name in it is a mistake.
    fn check_depends_on(&self, resource: &Declared<'n>) -> Result<(), TemplateError> {
        let Some(node) = resource.depends_on else {
            return Ok(());
        };
        let place = resource.place("DependsOn");
        let names = match &node.value {
            Value::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        for name in names {
            let Value::Text(wanted) = &name.value else {
                return Err(place.error(
                    name.position,
                    format_args!(
                        "must name resources of the template, and is {}",
                        name.value.kind()
                    ),
                ));
            };
            if !self.0.iter().any(|other| other.logical == wanted) {
                return Err(place.error(
                    name.position,
                    format_args!(
                        "there is no resource {}{}",
                        Quoted(wanted),
                        did_you_mean(wanted, self.0.iter().map(|other| other.logical))
                    ),
                ));
            }
        }
        Ok(())
    }
}

impl<'n> Declared<'n> {
    pub(super) fn place(&self, property: &'n str) -> Place<'n> {
        Place {
            resource: self.logical,
            property,
        }
    }

    fn property(&self, name: &str) -> Option<&'n Node> {
        self.properties
            .iter()
            .find(|member| member.key == name)
            .map(|member| &member.node)
    }

    fn text(&self, name: &'n str, scope: &Scope<'_>) -> Result<Option<Text>, TemplateError> {
        self.property(name)
            .map(|node| scope.text(node, self.place(name)))
            .transpose()
    }

    fn thing(&self, scope: &Scope<'_>) -> Result<ThingResource, TemplateError> {
        let Some(name) = self.text("ThingName", scope)? else {
            return Err(self.place("ThingName").error(
                self.node.position,
                "is missing, and every AWS::IoT::Thing must have one",
            ));
        };
        Ok(ThingResource {
            logical: self.logical.to_owned(),
            name,
            attributes: self
                .property("AttributePayload")
                .map(|node| self.attributes(node, scope))
                .transpose()?,
            thing_type: self.text("ThingTypeName", scope)?,
            groups: self
                .property("ThingGroups")
                .map(|node| scope.list(node, self.place("ThingGroups")))
                .transpose()?,
            billing_group: self.text("BillingGroup", scope)?,
            package_versions: self
                .property("PackageVersions")
                .map(|node| scope.json(node, self.place("PackageVersions")))
                .transpose()?,
            children: self
                .property(CHILD_THINGS)
                .map(|node| scope.list(node, self.place(CHILD_THINGS)))
                .transpose()?,
            overrides: self.thing_overrides()?,
        })
    }

    fn attributes(
        &self,
        node: &Node,
        scope: &Scope<'_>,
    ) -> Result<Vec<(String, Text)>, TemplateError> {
        let place = self.place("AttributePayload");
        let found = members(node, place)?;
        if let [only] = found
            && (only.key == "Ref" || only.key.starts_with("Fn::"))
        {
            return Err(place.error(
                node.position,
                format_args!(
                    "must be a map of names to values, and {} gives one string",
                    Quoted(&only.key)
                ),
            ));
        }
        let mut attributes = Vec::new();
        for member in found {
            let nested = matches!(member.node.value, Value::Object(_));
            let property = format!("AttributePayload.{}", member.key);
            let place = Place {
                resource: self.logical,
                property: &property,
            };
            match scope.scalar(&member.node, place) {
                Ok(value) => attributes.push((member.key.clone(), value)),
                Err(_) if nested && matches!(member.key.as_str(), "attributes" | "merge") => {
                    return Err(self.place("AttributePayload").error(
                        member.position,
                        "a template takes the attributes themselves, {\"name\": \"value\"}, and not the {\"attributes\": {…}, \"merge\": …} of the API",
                    ));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(attributes)
    }

    fn certificate(
        &self,
        scope: &Scope<'_>,
        kind: TemplateKind,
    ) -> Result<CertificateResource, TemplateError> {
        let mut id = self.text("CertificateId", scope)?;
        if let Some(spelt) = self.text(CERTIFICATE_ID_SPELT, scope)? {
            let place = self.place(CERTIFICATE_ID_SPELT);
            if id.is_some() {
                return Err(place.error(self.node.position, "is CertificateId, which is given too"));
            }
            scope.warn(
                place,
                "is taken for CertificateId, which is how AWS spells it",
            );
            id = Some(spelt);
        }
        let request = self.text("CertificateSigningRequest", scope)?;
        let pem = self.text("CertificatePem", scope)?;
        let ca_pem = self.text("CACertificatePem", scope)?;
        let ways = "CertificateId, CertificateSigningRequest and CertificatePem";
        let source = match (id, request, pem) {
            (Some(id), None, None) => CertificateExpression::Id(id),
            (None, Some(request), None) => CertificateExpression::SigningRequest(request),
            (None, None, Some(pem)) => CertificateExpression::Pem { pem, ca_pem: None },
            (id, request, pem) => {
                let given = [id, request, pem].iter().flatten().count();
                return Err(self.place("").error(
                    self.node.position,
                    format_args!("exactly one of {ways} must be given, and {given} are"),
                ));
            }
        };
        let source = match (source, ca_pem) {
            (CertificateExpression::Pem { pem, .. }, ca_pem) => {
                CertificateExpression::Pem { pem, ca_pem }
            }
            (source, None) => source,
            (_, Some(_)) => {
                return Err(self.place("CACertificatePem").error(
                    self.node.position,
                    "has a meaning only beside CertificatePem",
                ));
            }
        };
        if matches!(kind, TemplateKind::Jitp | TemplateKind::Fleet) {
            self.check_own_certificate(&source, scope, kind)?;
        }
        let status = self.text("Status", scope)?;
        self.check_word("Status", status.as_ref(), "ACTIVE or INACTIVE", |word| {
            ["ACTIVE", "INACTIVE"]
                .iter()
                .any(|known| known.eq_ignore_ascii_case(word))
        })?;
        let principal_type = self.text("ThingPrincipalType", scope)?;
        self.check_word(
            "ThingPrincipalType",
            principal_type.as_ref(),
            "EXCLUSIVE_THING or NON_EXCLUSIVE_THING",
            |word| PrincipalType::parse(word).is_some(),
        )?;
        Ok(CertificateResource {
            logical: self.logical.to_owned(),
            source,
            status,
            principal_type,
            status_override: self.certificate_override()?,
        })
    }

    /// In these flows the certificate is the one the device brings, and no other. AWS guide: provision-template.
    fn check_own_certificate(
        &self,
        source: &CertificateExpression,
        scope: &Scope<'_>,
        kind: TemplateKind,
    ) -> Result<(), TemplateError> {
        let CertificateExpression::Id(id) = source else {
            return Err(self.place("").error(
                self.node.position,
                format_args!(
                    "a template for {} takes its certificate by CertificateId only",
                    kind.as_str()
                ),
            ));
        };
        let mut refers = false;
        id.targets(&mut |target| {
            refers |= scope.is_parameter(target, CERTIFICATE_ID);
        });
        if refers {
            return Ok(());
        }
        Err(TemplateError::at(
            self.node.position,
            format_args!(
                "CertificateId must contain a reference to {CERTIFICATE_ID}. That of resource {} does not.",
                Quoted(self.logical)
            ),
        ))
    }

    fn check_word(
        &self,
        property: &'n str,
        text: Option<&Text>,
        rule: &str,
        known: impl Fn(&str) -> bool,
    ) -> Result<(), TemplateError> {
        match text.and_then(Text::literal) {
            Some(word) if !known(word) => Err(self.place(property).error(
                self.property(property)
                    .map_or(self.node.position, |node| node.position),
                format_args!("must be {rule}, and is {}", Quoted(word)),
            )),
            _ => Ok(()),
        }
    }

    fn policy(&self, scope: &Scope<'_>) -> Result<PolicyResource, TemplateError> {
        if let Some(node) = self.overrides {
            return Err(self.place("OverrideSettings").error(
                node.position,
                "AWS::IoT::Policy has no override settings: a policy that exists is never changed",
            ));
        }
        // An empty name comes from a shell variable that was not set, and AWS takes it as absent.
        let name = self
            .text("PolicyName", scope)?
            .filter(|name| name.literal() != Some(""));
        let source = match (name, self.property("PolicyDocument")) {
            (Some(name), None) => PolicyExpression::Name(name),
            (None, Some(node)) => self.policy_document(node, scope)?,
            (Some(_), Some(_)) => {
                return Err(self.place("").error(
                    self.node.position,
                    "exactly one of PolicyName and PolicyDocument must be given, and both are",
                ));
            }
            (None, None) => {
                return Err(TemplateError::at(
                    self.node.position,
                    format_args!(
                        "Neither policyName nor policyDocument is present in the Template. Resource {} needs one of them.",
                        Quoted(self.logical)
                    ),
                ));
            }
        };
        Ok(PolicyResource {
            logical: self.logical.to_owned(),
            source,
            last: Default::default(),
        })
    }

    fn policy_document(
        &self,
        node: &Node,
        scope: &Scope<'_>,
    ) -> Result<PolicyExpression, TemplateError> {
        let place = self.place("PolicyDocument");
        let json = match &node.value {
            Value::Text(text) => return Ok(PolicyExpression::Text(Text::Literal(text.clone()))),
            Value::Object(_) => scope.json(node, place)?,
            other => {
                return Err(place.error(
                    node.position,
                    format_args!(
                        "must be a policy document as an object or as a string, and is {}",
                        other.kind()
                    ),
                ));
            }
        };
        match json {
            super::syntax::Json::Text(text) => Ok(PolicyExpression::Text(text)),
            super::syntax::Json::List(_) => Err(place.error(
                node.position,
                "must be a policy document, and Fn::Split gives a list",
            )),
            // Written once instead of for each device.
            object => Ok(match object.constant() {
                Some(document) => PolicyExpression::Text(Text::Literal(document.to_string())),
                None => PolicyExpression::Object(object),
            }),
        }
    }
}
