//! Things, thing types and groups as the registry holds them.

use crate::ctx::Millis;
use std::collections::BTreeMap;

/// The attribute that says whose child a thing is: the name of a thing that speaks for it, a gateway's.
pub const PARENT: &str = "parent";

/// Attributes of a thing or group: name to value, never an empty value.
pub type Attributes = BTreeMap<String, String>;

/// The attributes after an update by `given`: replaced, or with `merge` overlaid. An empty value removes the
/// attribute (API: `AttributePayload`).
pub fn updated_attributes(current: &Attributes, given: &Attributes, merge: bool) -> Attributes {
    let mut updated = if merge {
        current.clone()
    } else {
        Attributes::new()
    };
    for (name, value) in given {
        if value.is_empty() {
            updated.remove(name);
        } else {
            updated.insert(name.clone(), value.clone());
        }
    }
    updated
}

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
    /// Values by name; what policies, templates and searches refer to.
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
    /// Values by name; what policies, templates and searches refer to.
    pub attributes: Attributes,
    /// 1 at creation, one more at each change.
    pub version: i64,
    /// When it was created.
    pub created: Millis,
    /// The query of a dynamic group; `None` for a static one.
    pub query: Option<String>,
}

/// A billing group. AWS guide: tagging-iot-billing-groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillingGroup {
    /// The store's own growing key.
    pub key: i64,
    /// Unique in the account.
    pub name: String,
    /// `billingGroupId`, a UUID.
    pub billing_group_id: String,
    /// Description, at most 2028 characters.
    pub description: Option<String>,
    /// 1 at creation, one more at each change.
    pub version: i64,
    /// When it was created.
    pub created: Millis,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_removes_the_attribute() {
        let of = |text: &str| -> Attributes {
            text.split_whitespace()
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect()
        };
        let check = |current: &str, given: &str, merge, expected: &str| {
            let updated = updated_attributes(&of(current), &of(given), merge);
            assert_eq!(updated, of(expected), "{current} with {given}");
        };
        check("a=1 b=2", "c=3", false, "c=3");
        check("a=1 b=2", "", false, "");
        check("a=1 b=2", "b=5 c=3", true, "a=1 b=5 c=3");
        check("a=1 b=2", "a= c=", true, "b=2");
        check("", "a= b=1", false, "b=1");
    }
}
