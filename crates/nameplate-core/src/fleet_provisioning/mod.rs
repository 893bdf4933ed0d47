//! Fleet provisioning: what devices ask for over MQTT with a claim certificate, and what they are answered.
//!
//! Owns the shapes of requests and answers in JSON and CBOR, the names of refusals, the ownership token, what a temporary
//! claim may do, and what a certificate provider may answer. Must not know what exists in the registry, who may ask, or how
//! a certificate is made.
//!
//! AWS guide: fleet-provision-api, provision-wo-cert, provisioning-cert-provider.

mod answer;
mod claim;
mod provider;
mod renewal;
mod request;
mod token;

pub use answer::{Accepted, Rejection, Why};
pub use claim::{CLAIM_MILLIS, claim_policy};
pub use provider::{ProviderAnswerError, provider_event, read_provider_answer};
pub use renewal::{RenewalRefusal, check_renewal, late_renewal_policy, renewed_until};
pub use request::{Operation, Payload, Request};
pub use token::{ConnectionId, Ownership, TOKEN_MILLIS, TokenKey};
