//! The rules of things, thing types, certificates, CAs, policies, templates and groups.
//!
//! Owns what a registry entity is, the statuses it may have and the transitions it refuses. Does not know how
//! an entity is kept (the store) or what AWS calls the refusal (the API's fault table).

pub mod authorizer;
pub mod ca;
pub mod certificate;
pub mod domain;
pub mod event;
pub mod lifetime;
pub mod logging;
pub mod name;
pub mod policy;
pub mod registration;
pub mod removal;
pub mod role_alias;
pub mod template;
pub mod thing;
pub mod transfer;
