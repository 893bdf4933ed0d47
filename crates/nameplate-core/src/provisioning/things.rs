//! The thing of a plan: attributes, type, groups, billing group.
//!
//! Owns the override settings of a thing and the limits that depend on what it has already.

use super::existing::{Existing, ExistingThing, GroupKind, Membership};
use super::plan::{Fresh, refusal};
use super::step::Step;
use crate::limits::GROUPS_PER_THING;
use crate::registry::name;
use crate::registry::thing::Attributes;
use crate::template::{DesiredThing, FailureClass, Override, Refusal, shortened};

/// Creates the thing, or changes it as far as the override settings allow.
pub(super) fn plan(
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
            &shown(&thing.attributes, &new),
            &shown(&new, &thing.attributes),
        )),
    }
}

/// The attributes in `these` that `those` do not have in the same way; all, where both are the same.
fn shown(these: &Attributes, those: &Attributes) -> String {
    let parts: Vec<String> = these
        .iter()
        .filter(|(name, value)| these == those || those.get(*name) != Some(value))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{{{}}}", shortened(&parts.join(", ")))
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
