//! A plan as people and programs read it. `simulate`, logs and the console print the same value.

use super::plan::Plan;
use super::step::Step;
use serde_json::{Value, json};
use std::fmt;

impl Step {
    /// The step's name, that of the API operation that does the same.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RegisterCertificate { .. } => "RegisterCertificate",
            Self::IssueCertificate { .. } => "CreateCertificateFromCsr",
            Self::CreateThing { .. } => "CreateThing",
            Self::UpdateThing { .. } => "UpdateThing",
            Self::RemoveThingFromGroup { .. } => "RemoveThingFromThingGroup",
            Self::AddThingToGroup { .. } => "AddThingToThingGroup",
            Self::SetBillingGroup { .. } => "AddThingToBillingGroup",
            Self::CreatePolicy { .. } => "CreatePolicy",
            Self::AttachPolicy { .. } => "AttachPolicy",
            Self::AttachThingPrincipal { .. } => "AttachThingPrincipal",
            Self::SetCertificateStatus { .. } => "UpdateCertificate",
        }
    }

    /// The step as JSON, with `step` for its name.
    pub fn to_json(&self) -> Value {
        let mut value = match self {
            Self::RegisterCertificate {
                id,
                ca_certificate_id,
                status,
                ..
            } => json!({
                "certificateId": id,
                "caCertificateId": ca_certificate_id,
                "status": status.as_str(),
            }),
            Self::IssueCertificate { id, status, .. } => json!({
                "certificateId": id,
                "status": status.as_str(),
            }),
            Self::CreateThing {
                name,
                thing_id,
                thing_type,
                attributes,
            } => json!({
                "thingName": name,
                "thingId": thing_id,
                "thingTypeName": thing_type,
                "attributes": attributes,
            }),
            Self::UpdateThing {
                name,
                version,
                thing_type,
                attributes,
                ..
            } => json!({
                "thingName": name,
                "version": version,
                "thingTypeName": thing_type,
                "attributes": attributes,
            }),
            Self::RemoveThingFromGroup { thing, group }
            | Self::AddThingToGroup { thing, group } => {
                json!({ "thingName": thing, "thingGroupName": group })
            }
            Self::SetBillingGroup {
                thing,
                from,
                billing_group,
            } => json!({
                "thingName": thing,
                "billingGroupName": billing_group,
                "from": from,
            }),
            Self::CreatePolicy { name, document } => json!({
                "policyName": name,
                "policyDocument": document,
            }),
            Self::AttachPolicy {
                policy,
                certificate,
            } => json!({ "policyName": policy, "certificateId": certificate }),
            Self::AttachThingPrincipal {
                thing,
                certificate,
                principal_type,
            } => json!({
                "thingName": thing,
                "certificateId": certificate,
                "thingPrincipalType": principal_type.as_str(),
            }),
            Self::SetCertificateStatus {
                certificate,
                from,
                to,
            } => json!({
                "certificateId": certificate,
                "from": from.as_str(),
                "status": to.as_str(),
            }),
        };
        if let Value::Object(members) = &mut value {
            members.retain(|_, member| !member.is_null());
            members.shift_insert(0, "step".to_owned(), self.name().into());
        }
        value
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RegisterCertificate { id, status, .. } => {
                write!(f, "register certificate {id} as {}", status.as_str())
            }
            Self::IssueCertificate { id, status, .. } => {
                write!(f, "issue certificate {id} as {}", status.as_str())
            }
            Self::CreateThing {
                name,
                thing_type,
                attributes,
                ..
            } => {
                write!(f, "create thing {name}")?;
                detail(f, thing_type.as_deref(), attributes)
            }
            Self::UpdateThing {
                name,
                version,
                thing_type,
                attributes,
                ..
            } => {
                write!(f, "update thing {name} to version {version}")?;
                detail(f, thing_type.as_deref(), attributes)
            }
            Self::RemoveThingFromGroup { thing, group } => {
                write!(f, "remove thing {thing} from thing group {group}")
            }
            Self::AddThingToGroup { thing, group } => {
                write!(f, "add thing {thing} to thing group {group}")
            }
            Self::SetBillingGroup {
                thing,
                from,
                billing_group,
            } => {
                write!(f, "put thing {thing} into billing group {billing_group}")?;
                match from {
                    Some(from) => write!(f, ", out of {from}"),
                    None => Ok(()),
                }
            }
            Self::CreatePolicy { name, document } => write!(f, "create policy {name}: {document}"),
            Self::AttachPolicy {
                policy,
                certificate,
            } => write!(f, "attach policy {policy} to certificate {certificate}"),
            Self::AttachThingPrincipal {
                thing,
                certificate,
                principal_type,
            } => write!(
                f,
                "attach certificate {certificate} to thing {thing} as {}",
                principal_type.as_str()
            ),
            Self::SetCertificateStatus {
                certificate,
                from,
                to,
            } => write!(
                f,
                "set certificate {certificate} from {} to {}",
                from.as_str(),
                to.as_str()
            ),
        }
    }
}

fn detail(
    f: &mut fmt::Formatter<'_>,
    thing_type: Option<&str>,
    attributes: &std::collections::BTreeMap<String, String>,
) -> fmt::Result {
    if let Some(thing_type) = thing_type {
        write!(f, " of type {thing_type}")?;
    }
    for (index, (name, value)) in attributes.iter().enumerate() {
        let lead = if index == 0 { " with" } else { "," };
        write!(f, "{lead} {name}={value}")?;
    }
    Ok(())
}

impl fmt::Display for Plan {
    /// One numbered line for each step, then the notes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            writeln!(f, "nothing to change")?;
        }
        for (index, step) in self.steps.iter().enumerate() {
            writeln!(f, "{:>2}. {step}", index + 1)?;
        }
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        Ok(())
    }
}

impl Plan {
    /// The plan as JSON: `steps`, the names its resources come to have, `deviceConfiguration`, `notes`.
    pub fn to_json(&self) -> Value {
        let steps: Vec<Value> = self.steps.iter().map(Step::to_json).collect();
        let policies: Vec<&str> = self.policies.iter().map(|p| p.name.as_str()).collect();
        json!({
            "steps": steps,
            "thingName": self.thing.as_ref().map(|named| &named.name),
            "certificateId": self.certificate.as_ref().map(|named| &named.name),
            "policyNames": policies,
            "deviceConfiguration": self.device_configuration,
            "notes": self.notes,
        })
    }
}
