//! Things, thing types and groups as the registry holds them.

use crate::ctx::Millis;
use std::collections::BTreeMap;

/// Attributes of a thing or group: name to value, never an empty value.
pub type Attributes = BTreeMap<String, String>;

/// A registered thing. AWS guide: thing-registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// The store's own growing key.
    pub key: i64,
    /// Unique in the account, never changes.
    pub name: String,
    /// `thingId`, a UUID.
    pub thing_id: String,
    /// Name of its thing type.
    pub thing_type: Option<String>,
    /// Its attributes.
    pub attributes: Attributes,
    /// 1 at creation, one more at each change.
    pub version: i64,
    /// Name of its billing group.
    pub billing_group: Option<String>,
}

/// A thing type. AWS guide: thing-types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThingType {
    /// The store's own growing key.
    pub key: i64,
    /// Unique in the account.
    pub name: String,
    /// `thingTypeId`, a UUID.
    pub thing_type_id: String,
    /// `thingTypeProperties` as it was given, JSON text.
    pub properties: String,
    /// When it was deprecated; `None` while it accepts things.
    pub deprecated: Option<Millis>,
    /// When it was created.
    pub created: Millis,
}

/// A static thing group. AWS guide: thing-groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThingGroup {
    /// The store's own growing key.
    pub key: i64,
    /// Unique in the account.
    pub name: String,
    /// `thingGroupId`, a UUID.
    pub group_id: String,
    /// Key of its parent group.
    pub parent: Option<i64>,
    /// Description, at most 2028 characters.
    pub description: Option<String>,
    /// Its attributes.
    pub attributes: Attributes,
    /// 1 at creation, one more at each change.
    pub version: i64,
    /// When it was created.
    pub created: Millis,
    /// The query of a dynamic group; `None` for a static one.
    pub query: Option<String>,
}

/// How a principal is attached to a thing. AWS guide: exclusive-thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PrincipalType {
    /// The thing is the principal's only thing.
    Exclusive,
    /// The principal may have other things.
    #[default]
    NonExclusive,
}

impl PrincipalType {
    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            PrincipalType::Exclusive => "EXCLUSIVE_THING",
            PrincipalType::NonExclusive => "NON_EXCLUSIVE_THING",
        }
    }

    /// From AWS's spelling.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "EXCLUSIVE_THING" => Some(PrincipalType::Exclusive),
            "NON_EXCLUSIVE_THING" => Some(PrincipalType::NonExclusive),
            _ => None,
        }
    }
}
