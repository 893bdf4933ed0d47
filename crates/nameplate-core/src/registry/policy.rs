//! IoT policies and their versions as the registry holds them.

use crate::ctx::Millis;

/// A policy without its documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The store's own growing key.
    pub key: i64,
    /// Unique in the account.
    pub name: String,
    /// The version in force.
    pub default_version: i64,
    /// Number that the next version gets; never reused.
    pub next_version: i64,
    /// When it was created.
    pub created: Millis,
    /// When it last changed.
    pub modified: Millis,
}

/// One version of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    /// 1, 2, …
    pub version: i64,
    /// The document as it was given.
    pub document: String,
    /// When it was created.
    pub created: Millis,
}
