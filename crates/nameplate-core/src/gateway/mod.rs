//! API Gateway's REST and HTTP APIs: what an API consists of, how it changes, which method or route a request means, and
//! what a mapping template makes of it.
//!
//! Members have AWS's names and shapes, since nothing else reads them. [API Gateway REST API reference] Must not know
//! functions, keys' values at rest, or HTTP.

pub mod document;
pub mod documentation;
pub mod domain;
pub mod forward;
pub mod http;
pub mod json_path;
pub mod jwt;
pub mod key_file;
pub mod log;
pub mod mapping;
pub mod model;
pub mod openapi;
mod patch;
pub mod policy;
pub mod response;
pub mod rest;
pub mod schema;
pub mod settings;
pub mod usage;
pub mod vtl;

pub use patch::{Allowed, Patch, Type, Words, apply};

use thiserror::Error;

/// Why something about an API cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// A value is not acceptable.
    #[error("{0}")]
    Invalid(String),
    /// Something named is not there.
    #[error("{0}")]
    NotFound(String),
    /// It is there already.
    #[error("{0}")]
    Exists(String),
    /// It is one that this server does not have.
    #[error("Nameplate does not implement {0} yet.")]
    NotBuilt(String),
    /// There are as many as there may be.
    #[error("{0}")]
    Limit(String),
}

impl Refusal {
    /// `Invalid Method identifier specified`
    pub fn unknown(what: &str) -> Self {
        Self::NotFound(format!("Invalid {what} identifier specified"))
    }
}
