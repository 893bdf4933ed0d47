//! From a resolved template and what exists to a plan of steps.
//!
//! Owns every decision of a provisioning run: what is created, changed, attached or refused, and in which order; and
//! what a pre-provisioning hook is asked and may answer.
//! RegisterThing, bulk, just-in-time and fleet provisioning and `simulate` all plan here, so that a simulation
//! cannot differ from the run. Must not know how facts are read or steps applied, and makes no ids: those come in
//! as arguments.

mod certificates;
mod children;
mod decide;
mod existing;
mod hook;
mod plan;
mod policies;
mod render;
pub mod simulate;
mod step;
pub mod summary;
#[cfg(test)]
mod tests;
mod things;

pub use decide::plan;
pub use existing::{
    Existing, ExistingCertificate, ExistingThing, Group, GroupKind, Lookups, Membership, ThingType,
};
pub use hook::{HookAnswer, HookAnswerError, HookRequest};
pub use plan::{Fresh, NewCertificate, Plan};
pub use step::{Permission, Step};

/// Why a device is not provisioned.
pub type PlanError = crate::template::Refusal;
