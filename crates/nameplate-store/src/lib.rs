//! The registry kept durably: the only SQL in the house.
//!
//! Start reading at [`Store::tx`] (`writer.rs`): writes are closures that one writer thread runs, many to a
//! commit, and that are answered after the commit. Reads are closures over committed data.
//! Each noun has a file with its queries; what differs between database engines is in `dialect.rs`.
//!
//! Must not know: HTTP, MQTT, AWS's error names, policies' meaning, templates.

mod attachment;
mod attempt;
mod authorizer;
mod billing_group;
mod ca;
mod certificate;
mod counter;
mod dialect;
mod domain;
mod error;
mod event_configuration;
mod fleet;
mod group;
pub mod iam;
mod index;
mod journal;
mod logging;
mod meta;
pub mod object;
mod outbox;
#[cfg(test)]
mod plans;
mod policy;
mod queue;
mod registration;
mod retained;
mod role_alias;
mod shadow;
mod sql;
mod store;
mod tag;
mod template;
mod thing;
mod transfer;
mod writer;

pub use attachment::{ThingAttachment, ThingPrincipal};
pub use attempt::{AttemptFilter, AttemptRow};
pub use certificate::NewCertificate;
pub use error::Error;
pub use event_configuration::EventConfiguration;
pub use fleet::Membership;
pub use group::NewGroup;
pub use index::{Attached, CertificateEntry, Few};
pub use outbox::Event;
pub use retained::RetainedSummary;
pub use shadow::ShadowRow;
pub use sql::{Conn, Row, Value};
pub use store::{DirectoryLock, Store, StoreOptions};
pub use thing::ThingFilter;
pub use writer::{Change, Tx};

/// What store functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
