//! Calls to servers elsewhere. The use cases call these; whoever is called is told nothing of devices or callers.
//!
//! Must not know: the store, the use cases, the APIs.

pub mod aws;
pub mod http;
pub mod s3;
pub mod table;
pub mod web;
