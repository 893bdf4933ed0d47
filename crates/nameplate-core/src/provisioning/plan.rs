//! The decision: what a device's provisioning changes, or why it is refused.
//!
//! Owns override settings, exclusivity and the limits that depend on what exists. Every precondition is checked
//! before there is a plan, so that a plan can be applied whole or not at all.

use super::PlanError;
use super::existing::{Existing, ExistingCertificate, ExistingThing, GroupKind, Membership};
use super::step::{Permission, Step};
use crate::arn::Realm;
use crate::ctx::Ctx;
use crate::limits::{GROUPS_PER_THING, POLICIES_PER_CERTIFICATE};
use crate::registry::certificate::Status;
use crate::registry::name;
use crate::registry::thing::{Attributes, PrincipalType};
use crate::template::{
    CertificateSource, Desired, DesiredCertificate, DesiredThing, FailureClass, Named, Override,
    PolicySource, Refusal,
};

/// Ids and certificates made for this run before it was planned; unused ones are dropped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fresh {
    /// UUID for the thing if it is created.
    pub thing_id: String,
    /// The certificate issued for the template's signing request, or read from its PEM.
    pub certificate: Option<NewCertificate>,
}

/// A certificate that is not registered yet, with the facts that only X.509 code can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCertificate {
    /// SHA-256 of the DER, 64 lower-case hex digits.
    pub id: String,
    /// The certificate.
    pub pem: String,
    /// Id of the registered CA that signed it; `None` for one the service issued.
    pub ca_certificate_id: Option<String>,
}

/// What a run changes, in order, and what its answer says. Empty where the device is provisioned already.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The changes.
    pub steps: Vec<Step>,
    /// The thing of the template.
    pub thing: Option<Named>,
    /// The certificate of the template, by id.
    pub certificate: Option<Named>,
    /// The policies of the template.
    pub policies: Vec<Named>,
    /// What a fleet template sends to the device.
    pub device_configuration: serde_json::Map<String, serde_json::Value>,
    /// What the log and `simulate` should say beside.
    pub notes: Vec<String>,
}

impl Plan {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Logical names and ARNs, in the order thing, certificate, policies. API: RegisterThing's `resourceArns`.
    pub fn resource_arns(&self, realm: &Realm) -> Vec<(String, String)> {
        let one = |named: &Named, arn: String| (named.logical.clone(), arn);
        let thing = self.thing.iter().map(|n| one(n, realm.thing(&n.name)));
        let certificate = self
            .certificate
            .iter()
            .map(|n| one(n, realm.certificate(&n.name)));
        let policies = self.policies.iter().map(|n| one(n, realm.policy(&n.name)));
        thing.chain(certificate).chain(policies).collect()
    }

    /// Everything the role or caller must be allowed, each once.
    pub fn permissions(&self, realm: &Realm) -> Vec<Permission> {
        let mut permissions = Vec::new();
        for permission in self.steps.iter().flat_map(|step| step.permissions(realm)) {
            if !permissions.contains(&permission) {
                permissions.push(permission);
            }
        }
        permissions
    }
}

/// Decides what provisioning changes. AWS guide: provision-template; the order of steps is that of AWS's
/// just-in-time provisioning.
///
/// `fresh.certificate` must be given where [`Desired::certificate`] has a signing request, and where it has a PEM
/// that is not registered.
///
/// # Errors
/// A [`PlanError`] that names logical resource, property and the values in conflict. Nothing must then be written.
pub fn plan(
    ctx: &Ctx,
    desired: &Desired,
    existing: &Existing,
    fresh: &Fresh,
) -> Result<Plan, PlanError> {
    let mut plan = Plan {
        device_configuration: desired.device_configuration.clone(),
        notes: desired.notes.clone(),
        ..Plan::default()
    };
    let mut status_change = None;
    if let Some(certificate) = &desired.certificate {
        let (id, change) = plan_certificate(certificate, existing, fresh, &mut plan.steps)?;
        status_change = change;
        plan.certificate = Some(Named {
            logical: certificate.logical.clone(),
            name: id,
        });
    }
    if let Some(thing) = &desired.thing {
        plan_thing(thing, existing, fresh, &mut plan.steps)?;
        plan.thing = Some(Named {
            logical: thing.logical.clone(),
            name: thing.name.clone(),
        });
    }
    plan_policies(ctx, desired, existing, &mut plan)?;
    if let (Some(thing), Some(certificate)) = (&desired.thing, &desired.certificate) {
        plan_attachment(thing, certificate, existing, &mut plan)?;
    }
    plan.steps.extend(status_change);
    Ok(plan)
}

/// Words that begin every refusal: logical resource and property.
fn refusal(class: FailureClass, code: &'static str, logical: &str, property: &str) -> Refusal {
    Refusal::new(class, code).words(format_args!("{logical}, property {property}: "))
}

/// The certificate's id, its registration as a step if it needs one, and the change of its status, which comes last.
fn plan_certificate(
    desired: &DesiredCertificate,
    existing: &Existing,
    fresh: &Fresh,
    steps: &mut Vec<Step>,
) -> Result<(String, Option<Step>), Refusal> {
    let logical = desired.logical.as_str();
    let status = desired.status.unwrap_or(Status::Active);
    let registered = existing.certificate.as_ref();
    match (&desired.source, registered) {
        (CertificateSource::Id(_) | CertificateSource::Pem { .. }, Some(registered)) => {
            let change = plan_status(desired, registered)?;
            Ok((registered.id.clone(), change))
        }
        (CertificateSource::Id(id), None) => Err(refusal(
            FailureClass::Absent,
            "certificate-absent",
            logical,
            "CertificateId",
        )
        .words("there is no certificate ")
        .value(id)),
        (CertificateSource::Pem { .. }, None) => {
            let new = new_certificate(fresh, logical, "CertificatePem")?;
            steps.push(Step::RegisterCertificate {
                id: new.id.clone(),
                pem: new.pem.clone(),
                ca_certificate_id: new.ca_certificate_id.clone(),
                status,
            });
            Ok((new.id.clone(), None))
        }
        (CertificateSource::SigningRequest(_), _) => {
            let new = new_certificate(fresh, logical, "CertificateSigningRequest")?;
            steps.push(Step::IssueCertificate {
                id: new.id.clone(),
                pem: new.pem.clone(),
                status,
            });
            Ok((new.id.clone(), None))
        }
    }
}

fn new_certificate<'a>(
    fresh: &'a Fresh,
    logical: &str,
    property: &str,
) -> Result<&'a NewCertificate, Refusal> {
    fresh.certificate.as_ref().ok_or_else(|| {
        refusal(
            FailureClass::Invalid,
            "certificate-not-given",
            logical,
            property,
        )
        .words("there is no certificate to register")
    })
}

/// AWS guide: provision-template, override settings, `Status`. Waiting for activation is not a status that its
/// owner chose, so no setting protects it; REVOKED is one that nothing may change.
fn plan_status(
    desired: &DesiredCertificate,
    registered: &ExistingCertificate,
) -> Result<Option<Step>, Refusal> {
    let from = registered.status;
    let to = desired.status.unwrap_or(Status::Active);
    let conflict = |code| {
        refusal(FailureClass::Conflict, code, &desired.logical, "Status")
            .words("the certificate ")
            .value(&registered.id)
            .words(format_args!(" is {}", from.as_str()))
    };
    let set = (from != to).then(|| Step::SetCertificateStatus {
        certificate: registered.id.clone(),
        from,
        to,
    });
    match (from, desired.status_override) {
        (Status::PendingActivation, _) => Ok(set),
        // A transfer needs a certificate without things and policies, and this run would attach some.
        (Status::PendingTransfer, _) => Err(conflict("certificate-in-transfer")
            .words(" and belongs to a transfer that is not decided")),
        (_, Some(Override::DoNothing)) => Ok(None),
        (_, None) if desired.status.is_none() || from == to => Ok(None),
        (Status::Revoked, Some(Override::Replace)) => {
            Err(conflict("certificate-revoked").words(format_args!(
                ", the template says {}, and a revoked certificate is never changed",
                to.as_str()
            )))
        }
        (_, Some(Override::Replace)) => Ok(set),
        (_, None) => Err(conflict("status-differs").words(format_args!(
            " and the template says {}; without an override setting for Status they must be equal",
            to.as_str()
        ))),
        // MERGE is refused for Status when the template is parsed.
        (_, Some(Override::Fail | Override::Merge)) => {
            Err(conflict("status-exists").words(format_args!(
                ", the template says {}, and the override setting for Status is FAIL",
                to.as_str()
            )))
        }
    }
}

fn plan_thing(
    desired: &DesiredThing,
    existing: &Existing,
    fresh: &Fresh,
    steps: &mut Vec<Step>,
) -> Result<(), Refusal> {
    match &existing.thing {
        None => {
            let attributes = present(desired.attributes.as_ref());
            check_attributes(desired, &attributes, desired.thing_type.is_some())?;
            if let Some(thing_type) = &desired.thing_type {
                check_thing_type(desired, thing_type, existing)?;
            }
            steps.push(Step::CreateThing {
                name: desired.name.clone(),
                thing_id: fresh.thing_id.clone(),
                thing_type: desired.thing_type.clone(),
                attributes,
            });
        }
        Some(thing) => {
            let attributes = plan_attributes(desired, thing)?;
            let thing_type = plan_thing_type(desired, thing, existing)?;
            if attributes != thing.attributes || thing_type != thing.thing_type {
                check_attributes(desired, &attributes, thing_type.is_some())?;
                steps.push(Step::UpdateThing {
                    name: desired.name.clone(),
                    from_version: thing.version,
                    version: thing.version.saturating_add(1),
                    thing_type,
                    attributes,
                });
            }
        }
    }
    plan_groups(desired, existing, steps)?;
    plan_billing_group(desired, existing, steps)
}

/// The attributes of the template without the empty ones, which mean that there shall be none.
fn present(attributes: Option<&Attributes>) -> Attributes {
    attributes
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn check_attributes(
    desired: &DesiredThing,
    attributes: &Attributes,
    has_thing_type: bool,
) -> Result<(), Refusal> {
    name::attribute_totals(attributes, has_thing_type).map_err(|invalid| {
        refusal(
            FailureClass::Limit,
            "too-many-attributes",
            &desired.logical,
            "AttributePayload",
        )
        .words(invalid)
    })
}

fn check_thing_type(
    desired: &DesiredThing,
    thing_type: &str,
    existing: &Existing,
) -> Result<(), Refusal> {
    let about = |class, code| refusal(class, code, &desired.logical, "ThingTypeName");
    match existing.thing_type {
        None => Err(about(FailureClass::Absent, "thing-type-absent")
            .words(format_args!("there is no thing type {thing_type:?}"))
            .remedy(format!(
                "aws iot create-thing-type --thing-type-name {thing_type}"
            ))),
        Some(found) if found.deprecated => {
            Err(about(FailureClass::Invalid, "thing-type-deprecated")
                .words(format_args!(
                    "the thing type {thing_type:?} is deprecated and takes no more things"
                ))
                .remedy(format!(
                    "aws iot deprecate-thing-type --thing-type-name {thing_type} --undo-deprecate"
                )))
        }
        Some(_) => Ok(()),
    }
}

/// The attributes the thing has afterwards.
fn plan_attributes(desired: &DesiredThing, thing: &ExistingThing) -> Result<Attributes, Refusal> {
    let Some(wanted) = &desired.attributes else {
        return Ok(thing.attributes.clone());
    };
    let new = present(Some(wanted));
    match desired.overrides.attributes {
        Some(Override::DoNothing) => Ok(thing.attributes.clone()),
        Some(Override::Replace) => Ok(new),
        Some(Override::Merge) => {
            let mut merged = thing.attributes.clone();
            merged.retain(|name, _| !wanted.contains_key(name));
            merged.extend(new);
            Ok(merged)
        }
        None if thing.attributes == new => Ok(new),
        setting => Err(differs(
            desired,
            "AttributePayload",
            setting,
            &shown_attributes(&thing.attributes),
            &shown_attributes(&new),
        )),
    }
}

fn shown_attributes(attributes: &Attributes) -> String {
    let parts: Vec<String> = attributes
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{{{}}}", parts.join(", "))
}

/// A property of a thing that exists, and no setting that allows to change it.
fn differs(
    desired: &DesiredThing,
    property: &str,
    setting: Option<Override>,
    has: &str,
    wants: &str,
) -> Refusal {
    let code = match (property, setting) {
        ("AttributePayload", None) => "attributes-differ",
        ("ThingTypeName", None) => "thing-type-differs",
        (_, None) => "thing-groups-differ",
        ("AttributePayload", _) => "attributes-exist",
        ("ThingTypeName", _) => "thing-type-exists",
        (_, _) => "thing-groups-exist",
    };
    let refusal = refusal(FailureClass::Conflict, code, &desired.logical, property)
        .words("the thing ")
        .value(&desired.name)
        .words(" exists and has ")
        .particular(has, "…")
        .words(", the template says ")
        .particular(wants, "…");
    match setting {
        None => refusal.words(format_args!(
            "; without an override setting for {property} they must be equal"
        )),
        Some(_) => refusal.words(format_args!(
            ", and the override setting for {property} is FAIL"
        )),
    }
}

/// The type the thing has afterwards.
fn plan_thing_type(
    desired: &DesiredThing,
    thing: &ExistingThing,
    existing: &Existing,
) -> Result<Option<String>, Refusal> {
    let Some(wanted) = &desired.thing_type else {
        return Ok(thing.thing_type.clone());
    };
    let same = thing.thing_type.as_ref() == Some(wanted);
    match desired.overrides.thing_type {
        Some(Override::DoNothing) => Ok(thing.thing_type.clone()),
        // A thing keeps a type that was deprecated since.
        Some(Override::Replace) | None if same => Ok(thing.thing_type.clone()),
        Some(Override::Replace) => {
            check_thing_type(desired, wanted, existing)?;
            Ok(Some(wanted.clone()))
        }
        setting => Err(differs(
            desired,
            "ThingTypeName",
            setting,
            thing.thing_type.as_deref().unwrap_or("none"),
            wanted,
        )),
    }
}

fn plan_groups(
    desired: &DesiredThing,
    existing: &Existing,
    steps: &mut Vec<Step>,
) -> Result<(), Refusal> {
    let Some(wanted) = &desired.groups else {
        return Ok(());
    };
    let in_now: &[Membership] = existing.thing.as_ref().map_or(&[], |t| t.groups.as_slice());
    let is_in = |group: &str| in_now.iter().any(|m| m.name == group);
    let setting = desired.overrides.groups;
    let replace = setting == Some(Override::Replace);
    if existing.thing.is_some() {
        match setting {
            Some(Override::DoNothing) => return Ok(()),
            Some(Override::Replace | Override::Merge) => {}
            None if wanted.iter().all(|group| is_in(group)) => return Ok(()),
            None | Some(Override::Fail) => {
                let names: Vec<&str> = in_now.iter().map(|m| m.name.as_str()).collect();
                return Err(differs(
                    desired,
                    "ThingGroups",
                    setting,
                    &format!("[{}]", names.join(", ")),
                    &format!("[{}]", wanted.join(", ")),
                ));
            }
        }
    }
    // A query keeps its things, whatever the template says.
    let (leaves, mut stays): (Vec<&Membership>, Vec<&Membership>) = in_now
        .iter()
        .partition(|m| replace && m.group.kind == GroupKind::Static && !wanted.contains(&m.name));
    let about = |class, code| refusal(class, code, &desired.logical, "ThingGroups");
    let mut joins = Vec::new();
    for name in wanted.iter().filter(|name| !is_in(name)) {
        let Some(group) = existing.groups.get(name) else {
            return Err(about(FailureClass::Absent, "thing-group-absent")
                .words(format_args!("there is no thing group {name:?}"))
                .remedy(format!(
                    "aws iot create-thing-group --thing-group-name {name}"
                )));
        };
        if group.kind == GroupKind::Dynamic {
            return Err(
                about(FailureClass::Invalid, "thing-group-dynamic").words(format_args!(
                    "the thing group {name:?} is dynamic, and things cannot be added to it"
                )),
            );
        }
        joins.push(Membership {
            name: name.clone(),
            group: group.clone(),
        });
    }
    stays.extend(&joins);
    check_hierarchies(desired, &stays)?;
    if !joins.is_empty() && stays.len() > GROUPS_PER_THING {
        return Err(about(FailureClass::Limit, "too-many-thing-groups")
            .words("the thing ")
            .value(&desired.name)
            .words(format_args!(
                " would be in {} groups, and may be in at most {GROUPS_PER_THING}",
                stays.len()
            )));
    }
    steps.extend(leaves.into_iter().map(|m| Step::RemoveThingFromGroup {
        thing: desired.name.clone(),
        group: m.name.clone(),
    }));
    steps.extend(joins.into_iter().map(|m| Step::AddThingToGroup {
        thing: desired.name.clone(),
        group: m.name,
    }));
    Ok(())
}

/// A thing may not be in two groups of one hierarchy. AWS guide: thing-groups.
fn check_hierarchies(desired: &DesiredThing, groups: &[&Membership]) -> Result<(), Refusal> {
    let fixed: Vec<&&Membership> = groups
        .iter()
        .filter(|m| m.group.kind == GroupKind::Static)
        .collect();
    for (index, one) in fixed.iter().enumerate() {
        if let Some(other) = fixed[..index]
            .iter()
            .find(|m| m.group.root == one.group.root)
        {
            return Err(refusal(
                FailureClass::Conflict,
                "thing-groups-related",
                &desired.logical,
                "ThingGroups",
            )
            .words("the thing ")
            .value(&desired.name)
            .words(format_args!(
                " would be in {:?} and in {:?}, which belong to one hierarchy under {:?}; it may be in one group of a hierarchy",
                other.name, one.name, one.group.root
            )));
        }
    }
    Ok(())
}

/// There is no override setting for it: the thing moves to the template's billing group.
fn plan_billing_group(
    desired: &DesiredThing,
    existing: &Existing,
    steps: &mut Vec<Step>,
) -> Result<(), Refusal> {
    let Some(wanted) = &desired.billing_group else {
        return Ok(());
    };
    let from = existing
        .thing
        .as_ref()
        .and_then(|t| t.billing_group.clone());
    if from.as_ref() == Some(wanted) {
        return Ok(());
    }
    if !existing.billing_group {
        return Err(refusal(
            FailureClass::Absent,
            "billing-group-absent",
            &desired.logical,
            "BillingGroup",
        )
        .words(format_args!("there is no billing group {wanted:?}"))
        .remedy(format!(
            "aws iot create-billing-group --billing-group-name {wanted}"
        )));
    }
    steps.push(Step::SetBillingGroup {
        thing: desired.name.clone(),
        from,
        billing_group: wanted.clone(),
    });
    Ok(())
}

fn plan_policies(
    ctx: &Ctx,
    desired: &Desired,
    existing: &Existing,
    plan: &mut Plan,
) -> Result<(), Refusal> {
    let mut attach: Vec<&str> = Vec::new();
    for policy in &desired.policies {
        let found = existing.policies.get(&policy.name);
        match (&policy.source, found) {
            (PolicySource::Existing, Some(_)) => {}
            (PolicySource::Existing, None) => {
                let absent = refusal(
                    FailureClass::Absent,
                    "policy-absent",
                    &policy.logical,
                    "PolicyName",
                )
                .words(format_args!("there is no IoT policy {:?}", policy.name));
                return Err(if existing.iam_policies.contains(&policy.name) {
                    absent.words(format_args!(
                        "; there is an IAM policy {}, which is another kind: a certificate takes IoT policies only",
                        ctx.realm.iam(format_args!("policy/{}", policy.name))
                    ))
                } else {
                    absent.remedy(format!(
                        "aws iot create-policy --policy-name {} --policy-document file://policy.json",
                        policy.name
                    ))
                });
            }
            (PolicySource::Document(document), None) => {
                let created = plan.steps.iter().any(
                    |step| matches!(step, Step::CreatePolicy { name, .. } if *name == policy.name),
                );
                if !created {
                    plan.steps.push(Step::CreatePolicy {
                        name: policy.name.clone(),
                        document: document.clone(),
                    });
                }
            }
            // The owner may give the shared policy a new version for the whole fleet; a device that comes later
            // gets what its owner made of it.
            (PolicySource::Document(document), Some(held)) => {
                if document != held {
                    plan.notes.push(format!(
                        "the policy {} exists and its default version is no longer the document of {}; it is attached as it is",
                        policy.name, policy.logical
                    ));
                }
            }
        }
        plan.policies.push(Named {
            logical: policy.logical.clone(),
            name: policy.name.clone(),
        });
        let attached = existing
            .certificate
            .as_ref()
            .filter(|_| !is_issued(desired))
            .is_some_and(|c| c.policies.contains(&policy.name));
        if !attached && !attach.contains(&policy.name.as_str()) {
            attach.push(&policy.name);
        }
    }
    let Some(certificate) = plan.certificate.as_ref().map(|named| named.name.clone()) else {
        return Ok(());
    };
    let held = existing
        .certificate
        .as_ref()
        .filter(|_| !is_issued(desired))
        .map_or(0, |c| c.policies.len());
    if !attach.is_empty() && held + attach.len() > POLICIES_PER_CERTIFICATE {
        let logical = desired.certificate.as_ref().map_or("", |c| &c.logical);
        return Err(Refusal::new(FailureClass::Limit, "too-many-policies")
            .words(format_args!("{logical}: the certificate "))
            .value(&certificate)
            .words(format_args!(
                " would have {} policies, and may have at most {POLICIES_PER_CERTIFICATE}",
                held + attach.len()
            )));
    }
    plan.steps
        .extend(attach.into_iter().map(|policy| Step::AttachPolicy {
            policy: policy.to_owned(),
            certificate: certificate.clone(),
        }));
    Ok(())
}

/// Whether the certificate is issued in this run, so that nothing can be attached to it yet.
fn is_issued(desired: &Desired) -> bool {
    desired
        .certificate
        .as_ref()
        .is_some_and(|c| matches!(c.source, CertificateSource::SigningRequest(_)))
}

/// AWS guide: exclusive-thing. The certificate is attached beside those that the thing has.
fn plan_attachment(
    thing: &DesiredThing,
    certificate: &DesiredCertificate,
    existing: &Existing,
    plan: &mut Plan,
) -> Result<(), Refusal> {
    let Some(id) = plan.certificate.as_ref().map(|named| named.name.clone()) else {
        return Ok(());
    };
    let wanted = certificate.principal_type.unwrap_or_default();
    let things = existing
        .certificate
        .as_ref()
        .filter(|_| !matches!(certificate.source, CertificateSource::SigningRequest(_)))
        .map(|c| &c.things);
    let conflict = |code| {
        refusal(
            FailureClass::Conflict,
            code,
            &certificate.logical,
            "ThingPrincipalType",
        )
        .words("the certificate ")
        .value(&id)
    };
    match things.and_then(|things| things.get(&thing.name)) {
        // A template that does not say is content with the attachment there is.
        Some(held) if certificate.principal_type.is_none_or(|t| t == *held) => return Ok(()),
        Some(held) => {
            return Err(conflict("attachment-differs")
                .words(" is attached to the thing ")
                .value(&thing.name)
                .words(format_args!(
                    " as {}, and the template says {}; detach it first",
                    held.as_str(),
                    wanted.as_str()
                )));
        }
        None => {}
    }
    for (other, held) in things.into_iter().flatten() {
        if *held == PrincipalType::Exclusive {
            return Err(conflict("certificate-has-exclusive-thing")
                .words(" belongs to the thing ")
                .value(other)
                .words(" exclusively, and the template says ")
                .value(&thing.name)
                .words("; detach it first"));
        }
        if wanted == PrincipalType::Exclusive {
            return Err(conflict("certificate-has-other-thing")
                .words(" is attached to the thing ")
                .value(other)
                .words(", and the template wants ")
                .value(&thing.name)
                .words(" as its only thing; detach it first"));
        }
    }
    plan.steps.push(Step::AttachThingPrincipal {
        thing: thing.name.clone(),
        certificate: id,
        principal_type: wanted,
    });
    Ok(())
}
