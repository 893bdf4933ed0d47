//! AWS Signature Version 4: verifying, and signing ([`Signer`]).
//!
//! Owns: finding the signature in the headers or the query, rebuilding what was signed, and
//! saying what is wrong. Must not know where keys are kept: the caller looks up the secret
//! between [`SignedRequest::parse`] and [`SignedRequest::verify`].
//!
//! The order of the checks is AWS's: is there a signature, is it well formed (`parse`); does the
//! key exist, is the token right (the caller); is the time right, is the scope right, does the
//! signature match, is the body the one that was signed (`verify`).

mod canonical;
mod chunks;
mod failure;
mod fault;
mod key;
mod parse;
mod request;
mod sign;
mod timestamp;

pub use chunks::ChunkSignatures;
pub use failure::{AuthFailure, Explanation};
pub use fault::{auth_failure_error, explained_auth_failure_error, foreign_auth_failure_error};
pub use key::{Scope, SigningKey};
pub use request::{Body, Payload, SignedRequest, Streaming};
pub use sign::Signer;

#[cfg(test)]
mod tests;
