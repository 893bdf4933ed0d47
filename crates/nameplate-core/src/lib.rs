//! What is true and what should happen, as values: registry rules, provisioning templates and plans,
//! policies and their decisions, certificates and what may be believed of them.
//!
//! Must not know: time of day, randomness, files, sockets, SQL, HTTP, MQTT packets or AWS error names.
//! Everything of that kind comes in as an argument and goes out as a value.

pub mod acm;
pub mod admission;
pub mod arn;
pub mod cbor;
pub mod ctx;
pub mod custom_auth;
pub mod endpoint;
pub mod escape;
pub mod fleet_provisioning;
pub mod function;
pub mod gateway;
pub mod job;
pub mod limits;
pub mod log_filter;
pub mod pki;
pub mod policy;
pub mod provisioning;
pub mod quota;
pub mod registry;
pub mod rehearsal;
pub mod search;
pub mod shadow;
pub mod stream;
pub mod template;
pub mod topic;
pub mod vending;
