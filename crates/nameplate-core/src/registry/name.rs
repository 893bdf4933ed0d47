//! What names and attributes may be.
//!
//! Owns the patterns and lengths of every name in the registry. One rule is written once, here; templates and
//! the registry's API both ask. Must not know which request or template a value came from: the caller adds that.

use crate::limits;
use std::collections::BTreeMap;
use std::fmt;
use thiserror::Error;

/// A value that its rule refuses. The text states the value and the rule.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Invalid {
    /// Fewer or more characters than allowed.
    #[error("{what} {} has {length} characters, and must have {}", Shown(.value), Span(*.min, *.max))]
    Length {
        /// What the value is, for example `thing name`.
        what: &'static str,
        /// The refused value.
        value: String,
        /// Its length in characters.
        length: usize,
        /// Fewest characters allowed.
        min: usize,
        /// Most characters allowed.
        max: usize,
    },
    /// A character that the pattern does not have.
    #[error("{what} {} does not match {pattern}: {} is not allowed", Shown(.value), Character(*.offender))]
    Pattern {
        /// What the value is.
        what: &'static str,
        /// The refused value.
        value: String,
        /// The pattern that the whole value must match, as AWS's API states it.
        pattern: &'static str,
        /// The first character that does not fit.
        offender: char,
    },
    /// More attributes than a thing of its kind may have.
    #[error(
        "a thing without a thing type may have at most {} attributes, and this one would have {count}; with a thing type it may have {}",
        limits::ATTRIBUTES_WITHOUT_TYPE,
        limits::ATTRIBUTES_WITH_TYPE
    )]
    TooManyWithoutType {
        /// How many there would be.
        count: usize,
    },
    /// More attributes than any thing may have.
    #[error(
        "a thing may have at most {} attributes, and this one would have {count}",
        limits::ATTRIBUTES_WITH_TYPE
    )]
    TooMany {
        /// How many there would be.
        count: usize,
    },
    /// All attributes together are too large.
    #[error(
        "the attributes of a thing may hold at most {} bytes together, and these hold {bytes}",
        limits::ATTRIBUTES_BYTES
    )]
    TooLarge {
        /// Names and values together, bytes.
        bytes: usize,
    },
}

impl Invalid {
    /// The rule without the value: the same text for every value that breaks it in this way.
    pub fn rule(&self) -> String {
        match self {
            Self::Length { what, min, max, .. } => {
                format!("{what} … must have {} characters", Span(*min, *max))
            }
            Self::Pattern { what, pattern, .. } => format!("{what} … does not match {pattern}"),
            counts => counts.to_string(),
        }
    }
}

/// A value as errors quote it: in quotes, cut where it is long enough to drown the message.
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 200;
        match self.0.char_indices().nth(MOST) {
            Some((end, _)) => write!(f, "{:?}…", &self.0[..end]),
            None => write!(f, "{:?}", self.0),
        }
    }
}

/// How many there must be: `1 to 128`, or `64` where no other number will do.
struct Span(usize, usize);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(min, max) = self;
        match min == max {
            true => write!(f, "{min}"),
            false => write!(f, "{min} to {max}"),
        }
    }
}

/// A character as errors name it; a space would be invisible otherwise.
struct Character(char);

impl fmt::Display for Character {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ' ' => f.write_str("the space"),
            c => write!(f, "{c:?}"),
        }
    }
}

/// One rule: what the value is, how long it may be, and of which characters it consists.
struct Rule {
    what: &'static str,
    min: usize,
    max: usize,
    pattern: &'static str,
    /// The characters allowed besides ASCII letters and digits.
    besides: &'static str,
}

impl Rule {
    fn check(&self, value: &str) -> Result<(), Invalid> {
        let length = value.chars().count();
        if length < self.min || length > self.max {
            return Err(Invalid::Length {
                what: self.what,
                value: value.to_owned(),
                length,
                min: self.min,
                max: self.max,
            });
        }
        match value
            .chars()
            .find(|&c| !c.is_ascii_alphanumeric() && !self.besides.contains(c))
        {
            None => Ok(()),
            Some(offender) => Err(Invalid::Pattern {
                what: self.what,
                value: value.to_owned(),
                pattern: self.pattern,
                offender,
            }),
        }
    }
}

/// The pattern of things, thing types, groups and billing groups.
const REGISTRY_PATTERN: &str = "[a-zA-Z0-9:_-]+";

const fn registry_rule(what: &'static str) -> Rule {
    Rule {
        what,
        min: 1,
        max: 128,
        pattern: REGISTRY_PATTERN,
        besides: ":_-",
    }
}

/// Name of a thing (API: `ThingName`).
pub fn thing(value: &str) -> Result<(), Invalid> {
    const RULE: Rule = registry_rule("thing name");
    RULE.check(value)
}

/// Name of a thing type (API: `ThingTypeName`).
pub fn thing_type(value: &str) -> Result<(), Invalid> {
    const RULE: Rule = registry_rule("thing type name");
    RULE.check(value)
}

/// Name of a static or dynamic thing group (API: `ThingGroupName`).
pub fn thing_group(value: &str) -> Result<(), Invalid> {
    const RULE: Rule = registry_rule("thing group name");
    RULE.check(value)
}

/// Name of a billing group (API: `BillingGroupName`).
pub fn billing_group(value: &str) -> Result<(), Invalid> {
    const RULE: Rule = registry_rule("billing group name");
    RULE.check(value)
}

/// Name of an IoT policy (API: `PolicyName`).
pub fn policy(value: &str) -> Result<(), Invalid> {
    const RULE: Rule = Rule {
        what: "policy name",
        min: 1,
        max: 128,
        pattern: r"[\w+=,.@-]+",
        besides: "_+=,.@-",
    };
    RULE.check(value)
}

/// Name of a provisioning template (API: `TemplateName`).
pub fn template(value: &str) -> Result<(), Invalid> {
    const RULE: Rule = Rule {
        what: "template name",
        min: 1,
        max: 36,
        pattern: "^[0-9A-Za-z_-]+$",
        besides: "_-",
    };
    RULE.check(value)
}

/// Id of a certificate, as 64 lower-case hex digits. The API also takes upper case and a leading `0x`
/// (API: `CertificateId`, `(0x)?[a-fA-F0-9]+`), which are removed here.
pub fn certificate_id(value: &str) -> Result<String, Invalid> {
    const RULE: Rule = Rule {
        what: "certificate id",
        min: 64,
        max: 64,
        pattern: "(0x)?[a-fA-F0-9]+",
        besides: "",
    };
    let digits = value.strip_prefix("0x").unwrap_or(value);
    RULE.check(digits)?;
    match digits.chars().find(|c| !c.is_ascii_hexdigit()) {
        None => Ok(digits.to_ascii_lowercase()),
        Some(offender) => Err(Invalid::Pattern {
            what: RULE.what,
            value: value.to_owned(),
            pattern: RULE.pattern,
            offender,
        }),
    }
}

/// Name of an attribute of a thing or group (API: `AttributeName`).
pub fn attribute_name(value: &str) -> Result<(), Invalid> {
    const RULE: Rule = Rule {
        what: "attribute name",
        min: 1,
        max: 128,
        pattern: "[a-zA-Z0-9_.,@/:#-]+",
        besides: "_.,@/:#-",
    };
    RULE.check(value)
}

/// Value of an attribute of a thing or group (API: `AttributeValue`). The empty value is allowed here; in an
/// update it removes the attribute.
pub fn attribute_value(value: &str) -> Result<(), Invalid> {
    const RULE: Rule = Rule {
        what: "attribute value",
        min: 0,
        max: 800,
        pattern: r"[a-zA-Z0-9_.,@/:#=\[\]-]*",
        besides: "_.,@/:#=[]-",
    };
    RULE.check(value)
}

/// All attributes that a thing would have, after any merge: how many and how large
/// (General Reference, IoT Core quotas). The single names and values are not looked at.
pub fn attribute_totals(
    attributes: &BTreeMap<String, String>,
    has_thing_type: bool,
) -> Result<(), Invalid> {
    let count = attributes.len();
    if count > limits::ATTRIBUTES_WITH_TYPE {
        return Err(Invalid::TooMany { count });
    }
    if !has_thing_type && count > limits::ATTRIBUTES_WITHOUT_TYPE {
        return Err(Invalid::TooManyWithoutType { count });
    }
    let bytes = attributes
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if bytes > limits::ATTRIBUTES_BYTES {
        return Err(Invalid::TooLarge { bytes });
    }
    Ok(())
}

/// Every rule for the attributes of a thing: each name, each value, their number and their size.
pub fn attributes(
    attributes: &BTreeMap<String, String>,
    has_thing_type: bool,
) -> Result<(), Invalid> {
    for (name, value) in attributes {
        attribute_name(name)?;
        attribute_value(value)?;
    }
    attribute_totals(attributes, has_thing_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Check = fn(&str) -> Result<(), Invalid>;

    #[test]
    fn names_follow_the_patterns_of_the_api() {
        let cases: &[(Check, &str, Option<&str>)] = &[
            (thing, "lamp:1_a-B", None),
            (
                thing,
                "my device",
                Some(
                    r#"thing name "my device" does not match [a-zA-Z0-9:_-]+: the space is not allowed"#,
                ),
            ),
            (
                thing,
                "",
                Some(r#"thing name "" has 0 characters, and must have 1 to 128"#),
            ),
            (
                |value| certificate_id(value).map(drop),
                "0a",
                Some(r#"certificate id "0a" has 2 characters, and must have 64"#),
            ),
            (
                thing_type,
                "Tür",
                Some(r#"thing type name "Tür" does not match [a-zA-Z0-9:_-]+: 'ü' is not allowed"#),
            ),
            (
                thing_group,
                "a/b",
                Some(
                    r#"thing group name "a/b" does not match [a-zA-Z0-9:_-]+: '/' is not allowed"#,
                ),
            ),
            (
                billing_group,
                "a.b",
                Some(
                    r#"billing group name "a.b" does not match [a-zA-Z0-9:_-]+: '.' is not allowed"#,
                ),
            ),
            (policy, "a+=,.@-_", None),
            (
                policy,
                "a:b",
                Some(r#"policy name "a:b" does not match [\w+=,.@-]+: ':' is not allowed"#),
            ),
            (template, "Fleet_1-a", None),
            (
                template,
                "1234567890123456789012345678901234567",
                Some(
                    r#"template name "1234567890123456789012345678901234567" has 37 characters, and must have 1 to 36"#,
                ),
            ),
            (
                attribute_name,
                "device type",
                Some(
                    r#"attribute name "device type" does not match [a-zA-Z0-9_.,@/:#-]+: the space is not allowed"#,
                ),
            ),
            (attribute_value, "", None),
            (attribute_value, "a=[b]#", None),
            (
                attribute_value,
                "New York",
                Some(
                    r#"attribute value "New York" does not match [a-zA-Z0-9_.,@/:#=\[\]-]*: the space is not allowed"#,
                ),
            ),
        ];
        for (rule, value, expected) in cases {
            let got = rule(value).err().map(|e| e.to_string());
            assert_eq!(got.as_deref(), *expected, "{value:?}");
        }
        assert!(thing(&"x".repeat(128)).is_ok());
        assert!(thing(&"x".repeat(129)).is_err());
        assert!(attribute_value(&"x".repeat(800)).is_ok());
        assert!(attribute_value(&"x".repeat(801)).is_err());
    }

    #[test]
    fn a_certificate_id_is_brought_to_one_form() {
        let id = "AB".repeat(32);
        assert_eq!(certificate_id(&id), Ok("ab".repeat(32)));
        assert_eq!(certificate_id(&format!("0x{id}")), Ok("ab".repeat(32)));
        assert!(certificate_id("ab").is_err());
        assert!(certificate_id(&"xy".repeat(32)).is_err());
    }

    #[test]
    fn the_number_of_attributes_depends_on_the_type() {
        let some = |n: usize| (0..n).map(|i| (format!("a{i}"), "v".into())).collect();
        assert_eq!(attributes(&some(3), false), Ok(()));
        assert_eq!(
            attributes(&some(4), false).unwrap_err().to_string(),
            "a thing without a thing type may have at most 3 attributes, and this one would have 4; with a thing type it may have 50"
        );
        assert_eq!(attributes(&some(50), true), Ok(()));
        assert_eq!(
            attributes(&some(51), true),
            Err(Invalid::TooMany { count: 51 })
        );
        let large = [("a".to_owned(), "x".repeat(limits::ATTRIBUTES_BYTES))].into();
        assert_eq!(
            attribute_totals(&large, true),
            Err(Invalid::TooLarge { bytes: 48129 })
        );
    }
}
