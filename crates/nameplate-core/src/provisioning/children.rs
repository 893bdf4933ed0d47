//! The children of a plan: things that the template's thing speaks for.
//!
//! Owns whose child a thing may become: a new one, and one that is its already. One that stands by itself or that another
//! speaks for is refused, since the list may come from a device.

use super::existing::Existing;
use super::plan::{Fresh, refusal};
use super::step::Step;
use crate::registry::thing::PARENT;
use crate::template::{DesiredThing, FailureClass, Refusal};

/// Creates the children that do not exist.
pub(super) fn plan(
    desired: &DesiredThing,
    existing: &Existing,
    fresh: &Fresh,
    steps: &mut Vec<Step>,
) -> Result<(), Refusal> {
    for (at, child) in desired.children.iter().enumerate() {
        match existing.children.get(child) {
            None => steps.push(Step::CreateThing {
                name: child.clone(),
                thing_id: fresh.child_ids.get(at).cloned().unwrap_or_default(),
                thing_type: None,
                attributes: [(PARENT.to_owned(), desired.name.clone())].into(),
            }),
            Some(Some(parent)) if *parent == desired.name => {}
            Some(parent) => {
                let about = refusal(
                    FailureClass::Conflict,
                    "child-of-another",
                    &desired.logical,
                    "ChildThings",
                );
                let about = about.words("the thing ").value(child);
                let about = match parent {
                    Some(parent) => about.words(" is a child of ").value(parent),
                    None => about.words(" exists, and is nobody's child"),
                };
                return Err(about.remedy(format!(
                    "aws iot update-thing --thing-name {child} --attribute-payload \
                     '{{\"attributes\":{{\"parent\":\"{}\"}},\"merge\":true}}'",
                    desired.name
                )));
            }
        }
    }
    Ok(())
}
