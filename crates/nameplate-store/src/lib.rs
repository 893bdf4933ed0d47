//! The registry kept durably: the only SQL in the house.
//!
//! Start reading at [`Store::tx`] (`tx.rs`): writes are closures that one writer thread runs, many to a commit, and
//! that are answered after the commit. Reads are closures over committed data.
//! Each noun has a file with its queries, one text for both engines. `sqlite/` and `postgres/` are the engines; words
//! of table definitions that differ between them are in `dialect.rs`.
//!
//! Must not know: HTTP, MQTT, AWS's error names, policies' meaning, templates.

mod acm;
mod attachment;
mod attempt;
mod attempt_row;
mod authorizer;
mod billing_group;
mod ca;
mod certificate;
mod cluster;
mod connectivity;
mod copy;
mod dialect;
mod directory;
mod domain;
pub mod dynamodb;
pub mod dynamodb_import;
mod entry;
mod error;
mod event_configuration;
mod failing;
mod fleet;
mod fleet_provisioning;
mod function;
mod gateway;
mod group;
pub mod iam;
pub mod iam_group;
mod job;
mod job_execution;
mod logging;
mod meta;
mod mqtt_session;
mod node;
mod notice;
pub mod object;
mod outbox;
mod policy;
mod postgres;
mod queue;
mod registration;
mod renewal;
mod retained;
mod revocation;
mod role_alias;
pub mod rule;
mod saved;
mod shadow;
mod sql;
mod sqlite;
mod store;
mod stream;
mod summary;
mod tag;
mod template;
mod thing;
mod transactions;
mod transfer;
mod tx;
mod vending;

pub use acm::AcmCertificate;
pub use attachment::{ThingAttachment, ThingPrincipal};
pub use attempt_row::{AttemptFilter, AttemptRow, Before};
pub use certificate::{EndToTell, NewCertificate};
pub use cluster::{ClusterOptions, Member, Standing, TERM};
pub use connectivity::ConnectivityRow;
pub use copy::{Copied, Copy, Location, Progress, Restoration, Snapshot, Step, TableDigest};
pub use directory::DirectoryLock;
pub use entry::{Attached, CertificateEntry, Few};
pub use error::Error;
pub use event_configuration::EventConfiguration;
pub use failing::Failing;
pub use fleet::Membership;
pub use fleet_provisioning::{CertificateProvider, ClaimRow};
pub use function::EventsByQualifier;
pub use group::NewGroup;
pub use job::{JobFilter, JobRow, JobTargetRow, JobTemplateRow};
pub use job_execution::ExecutionRow;
pub use mqtt_session::{ChunkRow, SessionRow, SubscriptionRow, WillRow};
pub use node::Node;
pub use postgres::{
    Ahead, PostgresOptions, SharedSecret, SharedTicketKey, exchange_secrets, forget_ticket_keys,
    leave_secret, share_secrets, shared_secrets, ticket_keys,
};
pub use renewal::Arrived;
pub use retained::{RetainedMessage, RetainedSummary};
pub use revocation::RevocationSource;
pub use saved::Saved;
pub use shadow::ShadowRow;
pub use sql::{Conn, Row, Value};
pub use store::{EngineOptions, Store, StoreOptions, remembered, schema_version};
pub use stream::StreamRow;
pub use summary::SummaryOf;
pub use thing::ThingFilter;
pub use transactions::Transactions;
pub use tx::{Change, Event, Notice, Tx};
pub use vending::{Listed, VendingBatchRow};

/// What store functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
