//! Key conditions: which items of a table or index are asked for. Developer guide: key condition expressions.

use super::condition::{Comparator, Condition, Operand, order};
use crate::error::{Invalid, Result};
use crate::key::KeySchema;
use crate::value::AttributeValue;

/// What the sort key must be.
#[derive(Debug, Clone, PartialEq)]
pub enum SortCondition {
    /// Compared with this; never [`Comparator::NotEqual`].
    Compare(Comparator, AttributeValue),
    /// Between these, both included.
    Between(AttributeValue, AttributeValue),
    /// Beginning with this.
    BeginsWith(AttributeValue),
}

/// Which items are asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyCondition {
    /// Value of the partition key.
    pub hash: AttributeValue,
    /// Values of its further attributes.
    pub more_hash: Vec<AttributeValue>,
    /// Values of attributes of the sort key, from its first, before the one that [`Self::sort`] is of.
    pub equal: Vec<AttributeValue>,
    /// What the sort key must be, or its first attribute that is not equal to a value.
    pub sort: Option<SortCondition>,
    /// Whether that is of the sort key's last attribute.
    pub last: bool,
}

/// A condition on one attribute.
type Simple = (String, SortCondition);

/// What is said of conditions on more attributes than a key has.
const TOO_MANY: &str = "Conditions can be of length 1 or 2 only";

impl KeyCondition {
    /// One on a key of at most two attributes.
    pub fn simple(hash: AttributeValue, sort: Option<SortCondition>) -> Self {
        Self {
            hash,
            more_hash: Vec::new(),
            equal: Vec::new(),
            sort,
            last: true,
        }
    }

    /// Whether a condition can be one on keys, whatever the schema: known before there is a table. Indexes may have
    /// keys of more than two attributes.
    ///
    /// # Errors
    /// It is more than a condition on keys.
    pub fn check(condition: &Condition, indexed: bool) -> Result<()> {
        let all = parts(condition.clone())?;
        match all.len() > 2 && !indexed {
            true => Err(Invalid::new(TOO_MANY)),
            false => Ok(()),
        }
    }

    /// What a condition means for keys of this schema.
    ///
    /// # Errors
    /// It is more than a condition on keys.
    pub fn of(condition: Condition, schema: &KeySchema) -> Result<Self> {
        let mut all = parts(condition)?;
        if schema.is_composite() {
            return Self::composite(all, schema);
        }
        if all.len() > 2 {
            return Err(Invalid::new(TOO_MANY));
        }
        let hash = &schema.hash;
        let Some(at) = all.iter().position(|(name, _)| *name == hash.name) else {
            return Err(missed(&hash.name));
        };
        let (_, by_hash) = all.swap_remove(at);
        if schema.range.is_none() && !all.is_empty() {
            return Err(Invalid::new("Query key condition not supported"));
        }
        for value in by_hash.values() {
            hash.of_condition(value)?;
        }
        let SortCondition::Compare(Comparator::Equal, value) = by_hash else {
            return Err(Invalid::new("Query key condition not supported"));
        };
        let sort = match (all.pop(), &schema.range) {
            (None, _) | (_, None) => None,
            (Some((name, _)), Some(range)) if name != range.name => {
                return Err(missed(&range.name));
            }
            (Some((_, condition)), Some(range)) => {
                for value in condition.values() {
                    range.of_condition(value)?;
                }
                Some(condition)
            }
        };
        Ok(Self::simple(value, sort))
    }

    /// The same for a key of more attributes: values of all of the partition key, and of the sort key from its first
    /// without a gap, of which the last may be compared in another way.
    fn composite(mut all: Vec<Simple>, schema: &KeySchema) -> Result<Self> {
        let mut take = |name: &str| {
            let at = all.iter().position(|(found, _)| found == name)?;
            Some(all.swap_remove(at).1)
        };
        let mut hashes = Vec::new();
        for hash in schema.hashes() {
            let SortCondition::Compare(Comparator::Equal, value) =
                take(&hash.name).ok_or_else(|| missed(&hash.name))?
            else {
                return Err(Invalid::new("Query key condition not supported"));
            };
            hash.of_condition(&value)?;
            hashes.push(value);
        }
        let count = schema.ranges().count();
        let (mut equal, mut sort, mut open) = (Vec::new(), None, Vec::new());
        for (at, range) in schema.ranges().enumerate() {
            let Some(condition) = take(&range.name) else {
                open.push(range.name.as_str());
                continue;
            };
            if !open.is_empty() {
                return Err(Invalid::new(format!(
                    "RANGE key attributes {} must have equality conditions specified in the query because a condition is present on key attribute {}",
                    open.join(", "),
                    range.name
                )));
            }
            for value in condition.values() {
                range.of_condition(value)?;
            }
            match condition {
                SortCondition::Compare(Comparator::Equal, value) if at + 1 < count => {
                    equal.push(value);
                }
                other => {
                    open.push(range.name.as_str());
                    sort = Some(other);
                }
            }
        }
        if !all.is_empty() {
            return Err(Invalid::new("Query key condition not supported"));
        }
        let mut hashes = hashes.into_iter();
        let hash = hashes.next().ok_or_else(|| missed(&schema.hash.name))?;
        Ok(Self {
            hash,
            more_hash: hashes.collect(),
            last: equal.len() + 1 == count,
            equal,
            sort,
        })
    }
}

fn missed(name: &str) -> Invalid {
    Invalid::new(format!("Query condition missed key schema element: {name}"))
}

impl SortCondition {
    /// What the sort key is compared with.
    pub(crate) fn values(&self) -> Vec<&AttributeValue> {
        match self {
            Self::Compare(_, value) | Self::BeginsWith(value) => vec![value],
            Self::Between(low, high) => vec![low, high],
        }
    }
}

/// The conditions on single attributes, at most one for each.
fn parts(condition: Condition) -> Result<Vec<Simple>> {
    let mut all = Vec::new();
    flatten(condition, &mut all)?;
    for (at, (name, condition)) in all.iter().enumerate() {
        if all[..at].iter().any(|(earlier, _)| earlier == name) {
            return Err(Invalid::new(
                "KeyConditionExpressions must only contain one condition per key",
            ));
        }
        if let SortCondition::Between(low, high) = condition
            && order(low, high).is_some_and(std::cmp::Ordering::is_gt)
        {
            return Err(Invalid::new(
                "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
            ));
        }
    }
    Ok(all)
}

fn flatten(condition: Condition, all: &mut Vec<Simple>) -> Result<()> {
    let operator = |name: &str| {
        Err(Invalid::new(format!(
            "Invalid operator used in KeyConditionExpression: {name}"
        )))
    };
    match condition {
        Condition::And(a, b) => {
            flatten(*a, all)?;
            flatten(*b, all)
        }
        Condition::Compare(Comparator::NotEqual, ..) => operator("<>"),
        Condition::Compare(comparator, Operand::Value(value), Operand::Path(path)) => {
            let compared = SortCondition::Compare(comparator.turned(), value);
            simple(Operand::Path(path), compared, all)
        }
        Condition::Compare(comparator, name, value) => {
            let value = literal(value)?;
            simple(name, SortCondition::Compare(comparator, value), all)
        }
        Condition::Between(name, low, high) => {
            let (low, high) = (literal(low)?, literal(high)?);
            simple(name, SortCondition::Between(low, high), all)
        }
        Condition::BeginsWith(Operand::Value(_), Operand::Path(_)) => Err(Invalid::new(
            "Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first operand",
        )),
        Condition::BeginsWith(name, prefix) => {
            let prefix = literal(prefix)?;
            simple(name, SortCondition::BeginsWith(prefix), all)
        }
        Condition::Or(..) => operator("OR"),
        Condition::Not(_) => operator("NOT"),
        Condition::In(..) => operator("IN"),
        Condition::Exists(_) => operator("attribute_exists"),
        Condition::NotExists(_) => operator("attribute_not_exists"),
        Condition::Type(..) => operator("attribute_type"),
        Condition::Contains(..) => operator("contains"),
        Condition::NotContains(..) => operator("NOT_CONTAINS"),
    }
}

fn literal(operand: Operand) -> Result<AttributeValue> {
    match operand {
        Operand::Value(value) => Ok(value),
        Operand::Path(_) => Err(Invalid::new(
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
        )),
        Operand::Size(_) => Err(Invalid::new(
            "KeyConditionExpressions cannot contain nested operations",
        )),
    }
}

fn simple(name: Operand, condition: SortCondition, all: &mut Vec<Simple>) -> Result<()> {
    match name {
        Operand::Path(path) if path.steps.is_empty() => {
            all.push((path.attribute, condition));
            Ok(())
        }
        Operand::Path(_) => Err(Invalid::new(
            "KeyConditionExpressions cannot have conditions on nested attributes",
        )),
        Operand::Value(_) => Err(Invalid::new(
            "Invalid condition in KeyConditionExpression: No key attribute specified",
        )),
        Operand::Size(_) => Err(Invalid::new(
            "KeyConditionExpressions cannot contain nested operations",
        )),
    }
}
