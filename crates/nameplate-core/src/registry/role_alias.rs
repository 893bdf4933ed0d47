//! Role aliases: names under which devices ask for credentials of a role.

use crate::ctx::Millis;

/// How long credentials last where the caller does not say, seconds (API: `credentialDurationSeconds`).
pub const DEFAULT_SECONDS: i64 = 3600;

/// A name that devices ask for credentials by. AWS guide: authorizing-direct-aws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleAlias {
    /// The store's own growing key.
    pub key: i64,
    /// Unique in the account.
    pub name: String,
    /// The role it stands for.
    pub role_arn: String,
    /// How long credentials last, seconds.
    pub seconds: i64,
    /// When it was created.
    pub created: Millis,
    /// When it last changed.
    pub modified: Millis,
}
