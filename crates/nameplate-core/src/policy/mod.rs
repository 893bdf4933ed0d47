//! IoT and IAM policy documents and the decisions they lead to.
//!
//! Owns the policy language: documents ([`document`]), patterns and variables ([`pattern`], [`glob`],
//! [`variable`]), conditions ([`condition`]), the decision with its reasons ([`mod@decide`]), its compiled
//! form for one connection ([`authorizer`]), what S3 adds ([`bucket`]), and what IAM adds ([`iam`], [`malformed`], [`caller`], [`managed`], [`action`],
//! [`resource`]), and what simulations are given ([`simulation`]). Must not know where policies are stored, which of them are attached to whom, or how a refusal looks on the wire.

pub mod action;
pub mod authorizer;
pub mod bucket;
pub mod caller;
pub mod condition;
pub mod context;
mod date;
pub mod decide;
pub mod document;
pub mod error;
pub mod glob;
pub mod iam;
mod json;
pub mod malformed;
pub mod managed;
pub mod pattern;
pub mod resource;
pub mod simulation;
pub mod table;
pub mod variable;

#[cfg(test)]
mod tests;

pub use authorizer::{Authorizer, MqttAction, PolicySet};
pub use context::{Association, CertificateFacts, ConnectFacts, Context, ThingFacts};
pub use decide::{
    Decision, MissReason, NamedPolicy, NearMiss, Request, StatementRef, Verdict, decide,
};
pub use document::{Dialect, Effect, PolicyDocument, Statement};
pub use error::PolicyError;
pub use json::{Position, Span};
