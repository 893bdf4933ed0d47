//! Fleet provisioning: what devices ask for over MQTT with a claim certificate, and what they are answered.
//!
//! Owns the shapes of requests and answers in JSON and CBOR, the names of refusals, and the ownership token. Must not
//! know what exists in the registry, who may ask, or how a certificate is made.
//!
//! AWS guide: fleet-provision-api, provision-wo-cert.

mod answer;
mod request;
mod token;

pub use answer::{Accepted, Rejection, Why};
pub use request::{Operation, Payload, Request};
pub use token::{ConnectionId, Ownership, TOKEN_MILLIS, TokenKey};
