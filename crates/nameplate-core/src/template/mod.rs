//! The provisioning template language: text to template, template and parameters to names.
//!
//! Owns how a template body is read, what is refused when it is saved, and how parameters and functions become
//! concrete names and values. One parser and one evaluator serve RegisterThing, bulk registration, just-in-time
//! provisioning and fleet provisioning; the kinds differ only in where values come from and in what a missing one
//! means. Must not know what exists in the registry: comparing a template with it is the planner's part.
//!
//! AWS guide: provision-template, jit-provisioning, bulk-provisioning, single-thing-provisioning.

mod desired;
mod error;
mod expression;
mod json;
mod lint;
mod overrides;
mod parameters;
mod parse;
mod refusal;
mod resolve;
mod resources;
mod suggest;
mod syntax;
#[cfg(test)]
mod tests;

pub use desired::{
    CertificateSource, Desired, DesiredCertificate, DesiredPolicy, DesiredThing, Named,
    PolicySource,
};
pub use error::{Position, TemplateError, Warning};
pub use parameters::{Parameters, SubjectField};
pub(crate) use refusal::shortened;
pub use refusal::{FailureClass, Refusal};
pub use resolve::{Environment, check_document};
pub use syntax::{Override, Template, TemplateKind, ThingOverrides};

/// Why a template cannot be resolved for one device.
pub type ResolveError = Refusal;
