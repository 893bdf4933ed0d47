//! The reads that a SELECT comes to: partitions, where its condition names them, and otherwise everything.

use super::Select;
use crate::error::{Invalid, Result};
use crate::expression::{Comparator, Condition, KeyCondition, Operand, SortCondition};
use crate::key::KeySchema;
use crate::table::{Index, Table};
use crate::value::{AttributeValue, Item};
use std::collections::BTreeMap;

/// Partitions that one statement reads. As the service refuses more.
const MOST: usize = 50;

/// One read: items of a partition, or all.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Which keys; none where everything is looked at.
    pub keys: Option<KeyCondition>,
    /// What else must hold.
    pub filter: Option<Condition>,
}

/// The reads of a SELECT, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Reads {
    /// The reads.
    pub all: Vec<Read>,
    /// Whether items of a partition are in ascending order.
    pub forward: bool,
}

/// One way in which a condition can hold.
#[derive(Debug, Clone, Default)]
struct Way {
    hash: Vec<AttributeValue>,
    sort: Vec<SortCondition>,
    rest: Vec<Condition>,
}

impl Way {
    fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.hash.extend(other.hash.iter().cloned());
        both.sort.extend(other.sort.iter().cloned());
        both.rest.extend(other.rest.iter().cloned());
        both
    }
}

/// What a condition says of a key attribute alone.
fn simple<'c>(condition: &'c Condition, schema: &KeySchema) -> Option<(bool, Vec<SortCondition>)> {
    let key = |operand: &'c Operand| -> Option<bool> {
        let Operand::Path(path) = operand else {
            return None;
        };
        match path.steps.is_empty() && schema.has(&path.attribute) {
            true => Some(path.attribute == schema.hash.name),
            false => None,
        }
    };
    let value = |operand: &'c Operand| match operand {
        Operand::Value(value) => Some(value.clone()),
        _ => None,
    };
    let (is_hash, found) = match condition {
        Condition::Compare(Comparator::NotEqual, ..) => return None,
        Condition::Compare(how, a, b) => match (key(a), value(b), key(b), value(a)) {
            (Some(is_hash), Some(value), ..) => {
                (is_hash, vec![SortCondition::Compare(*how, value)])
            }
            (_, _, Some(is_hash), Some(value)) => {
                (is_hash, vec![SortCondition::Compare(how.turned(), value)])
            }
            _ => return None,
        },
        Condition::Between(of, low, high) => (
            key(of)?,
            vec![SortCondition::Between(value(low)?, value(high)?)],
        ),
        Condition::BeginsWith(of, prefix) => {
            (key(of)?, vec![SortCondition::BeginsWith(value(prefix)?)])
        }
        Condition::In(of, choices) => {
            let all: Option<Vec<SortCondition>> = choices
                .iter()
                .map(|choice| Some(SortCondition::Compare(Comparator::Equal, value(choice)?)))
                .collect();
            (key(of)?, all?)
        }
        _ => return None,
    };
    let equal = |one: &SortCondition| matches!(one, SortCondition::Compare(Comparator::Equal, _));
    // A partition is named, not searched for.
    (!is_hash || found.iter().all(equal)).then_some((is_hash, found))
}

/// Whether each way in which a condition can hold names a partition.
fn partitioned(condition: &Condition, schema: &KeySchema) -> bool {
    match condition {
        // A partition of several attributes is found by looking at all.
        _ if !schema.more_hash.is_empty() => false,
        Condition::And(a, b) => partitioned(a, schema) || partitioned(b, schema),
        Condition::Or(a, b) => partitioned(a, schema) && partitioned(b, schema),
        other => simple(other, schema).is_some_and(|(is_hash, _)| is_hash),
    }
}

/// Whether a condition says something of a key attribute.
fn keyed(condition: &Condition, schema: &KeySchema) -> bool {
    match condition {
        Condition::And(a, b) | Condition::Or(a, b) => keyed(a, schema) || keyed(b, schema),
        other => simple(other, schema).is_some(),
    }
}

/// The ways in which a condition can hold.
fn ways(condition: &Condition, schema: &KeySchema) -> Result<Vec<Way>> {
    let all = match condition {
        Condition::And(a, b) => {
            let (left, right) = (ways(a, schema)?, ways(b, schema)?);
            if left.len() * right.len() > MOST {
                return Err(too_many());
            }
            left.iter()
                .flat_map(|a| right.iter().map(move |b| a.and(b)))
                .collect()
        }
        Condition::Or(a, b) if keyed(condition, schema) => {
            let mut all = ways(a, schema)?;
            all.extend(ways(b, schema)?);
            all
        }
        other => match simple(other, schema) {
            None => vec![Way {
                rest: vec![other.clone()],
                ..Way::default()
            }],
            Some((is_hash, found)) => found
                .into_iter()
                .map(|one| match (is_hash, one) {
                    (true, SortCondition::Compare(_, value)) => Way {
                        hash: vec![value],
                        ..Way::default()
                    },
                    (_, one) => Way {
                        sort: vec![one],
                        ..Way::default()
                    },
                })
                .collect(),
        },
    };
    match all.len() > MOST {
        true => Err(too_many()),
        false => Ok(all),
    }
}

fn too_many() -> Invalid {
    Invalid::new("Too many decomposed read operations for a given query.")
}

pub(super) fn wrong_key(name: &str) -> Invalid {
    Invalid::new(format!(
        "Key attribute's data type should match its data type in table's schema: Key {name}"
    ))
}

/// A condition on a sort key as one among others.
fn as_condition(name: &str, sort: SortCondition) -> Condition {
    let path = Operand::Path(crate::expression::Path::of(name));
    match sort {
        SortCondition::Compare(how, value) => Condition::Compare(how, path, Operand::Value(value)),
        SortCondition::Between(low, high) => {
            Condition::Between(path, Operand::Value(low), Operand::Value(high))
        }
        SortCondition::BeginsWith(prefix) => Condition::BeginsWith(path, Operand::Value(prefix)),
    }
}

fn together(all: impl IntoIterator<Item = Condition>) -> Option<Condition> {
    all.into_iter()
        .reduce(|a, b| Condition::And(Box::new(a), Box::new(b)))
}

impl Select {
    /// The reads that it comes to, by the schema of the table or index.
    ///
    /// # Errors
    /// A key attribute is compared with a value of another type, two reads have items in common, or there are too many;
    /// an index lacks what is asked for.
    pub fn reads(&self, table: &Table, index: Option<&Index>) -> Result<Reads> {
        let schema = index.map_or(&table.schema, |index| &index.schema);
        let partitions = match &self.condition {
            Some(condition) if partitioned(condition, schema) => {
                Some(partitions(condition, schema)?)
            }
            _ => None,
        };
        if let (Some(all), Some(index)) = (&partitions, index) {
            for read in all {
                projected(table, index, read.filter.as_ref())?;
            }
        }
        let mut reads = Reads {
            all: partitions.unwrap_or_else(|| {
                vec![Read {
                    keys: None,
                    filter: self.condition.clone(),
                }]
            }),
            forward: true,
        };
        self.in_order(schema, &mut reads)?;
        Ok(reads)
    }

    fn in_order(&self, schema: &KeySchema, reads: &mut Reads) -> Result<()> {
        if self.order.is_empty() {
            return Ok(());
        }
        if reads.all.iter().any(|read| read.keys.is_none()) {
            return Err(Invalid::new(
                "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
            ));
        }
        let mut by_hash = None;
        for (name, descending) in &self.order {
            if *name == schema.hash.name {
                by_hash = Some(*descending);
            } else if schema
                .range
                .as_ref()
                .is_some_and(|range| range.name == *name)
            {
                reads.forward = !descending;
            } else {
                return Err(Invalid::new(format!(
                    "Variable reference {name} in ORDER BY clause must be part of the primary key"
                )));
            }
        }
        let Some(descending) = by_hash else {
            let first = reads.all.first().and_then(|read| read.keys.as_ref());
            let several = reads.all.iter().any(|read| {
                read.keys.as_ref().map(|keys| &keys.hash) != first.map(|keys| &keys.hash)
            });
            return match several {
                true => Err(Invalid::new(
                    "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.",
                )),
                false => Ok(()),
            };
        };
        reads.all.sort_by(|a, b| {
            let order = match (&a.keys, &b.keys) {
                (Some(a), Some(b)) => crate::expression::order(&a.hash, &b.hash),
                _ => None,
            };
            let order = order.unwrap_or(std::cmp::Ordering::Equal);
            if descending { order.reverse() } else { order }
        });
        Ok(())
    }

    /// The key of the one item that it is of; none where it is of several, or says more of the item.
    ///
    /// # Errors
    /// Two reads have items in common, or there are too many.
    pub fn key(&self, schema: &KeySchema) -> Result<Option<Item>> {
        let Some(condition) = self
            .condition
            .as_ref()
            .filter(|one| partitioned(one, schema))
        else {
            return Ok(None);
        };
        let all = ways(condition, schema)?;
        let [way] = all.as_slice() else {
            let same = |a: &Way, b: &Way| a.hash == b.hash && a.sort == b.sort;
            return match all.windows(2).any(|two| same(&two[0], &two[1])) {
                true => Err(overlapping()),
                false => Ok(None),
            };
        };
        let one = |values: &[AttributeValue]| -> Option<AttributeValue> {
            let first = values.first()?;
            values
                .iter()
                .all(|value| value == first)
                .then(|| first.clone())
        };
        let sort: Option<Vec<AttributeValue>> = way
            .sort
            .iter()
            .map(|sort| match sort {
                SortCondition::Compare(Comparator::Equal, value) => Some(value.clone()),
                _ => None,
            })
            .collect();
        let (Some(hash), Some(sort), true) = (one(&way.hash), sort, way.rest.is_empty()) else {
            return Ok(None);
        };
        let mut key = Item::from([(schema.hash.name.clone(), hash)]);
        if let Some(range) = &schema.range {
            let Some(sort) = one(&sort) else {
                return Ok(None);
            };
            key.insert(range.name.clone(), sort);
        }
        Ok(Some(key))
    }
}

fn overlapping() -> Invalid {
    Invalid::new("Overlapping conditions with range keys are not supported in where clause")
}

fn partitions(condition: &Condition, schema: &KeySchema) -> Result<Vec<Read>> {
    let mut reads: Vec<Read> = Vec::new();
    for way in ways(condition, schema)? {
        for value in &way.hash {
            if value.kind() != schema.hash.kind.name() {
                return Err(wrong_key(&schema.hash.name));
            }
        }
        let range = schema.range.as_ref();
        for value in way.sort.iter().flat_map(SortCondition::values) {
            if let Some(range) = range
                && value.kind() != range.kind.name()
            {
                return Err(wrong_key(&range.name));
            }
        }
        let mut hash = way.hash.into_iter();
        let Some(first) = hash.next() else { continue };
        // No item has two partitions.
        if hash.any(|other| other != first) {
            continue;
        }
        schema.hash.of_condition(&first)?;
        let mut sort = way.sort.into_iter();
        let mut key_condition = KeyCondition::simple(first, sort.next());
        key_condition.last = schema.more_range.is_empty();
        if !key_condition.last
            && let Some(SortCondition::Compare(Comparator::Equal, value)) = &key_condition.sort
        {
            key_condition.equal = vec![value.clone()];
            key_condition.sort = None;
        }
        let more = sort.filter_map(|one| Some(as_condition(&range?.name, one)));
        reads.push(Read {
            keys: Some(key_condition),
            filter: together(more.chain(way.rest)),
        });
    }
    let ranges: Vec<_> = reads
        .iter()
        .filter_map(|read| read.keys.as_ref().map(KeyCondition::range))
        .collect();
    for (at, one) in ranges.iter().enumerate() {
        // At most as many as there may be reads.
        let clash = ranges[..at].iter().any(|other| {
            one.hash == other.hash && one.from < other.until && other.from < one.until
        });
        if clash {
            return Err(overlapping());
        }
    }
    Ok(reads)
}

/// Refuses a filter on what an index does not have.
fn projected(table: &Table, index: &Index, filter: Option<&Condition>) -> Result<()> {
    let (Some(filter), Some(has)) = (filter, table.projected(index)) else {
        return Ok(());
    };
    let mut missing: Vec<&str> = Vec::new();
    for name in filter.attributes() {
        if !has.attributes().any(|one| one == name) && !missing.contains(&name) {
            missing.push(name);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(Invalid::parameters(format!(
        "Secondary index {} does not project one or more filter attributes: [{}]",
        index.name,
        as_a_set_has_them(missing).join(", ")
    )))
}

/// Names in the order in which the service's set of them has them: by their hashes, in sixteen places.
fn as_a_set_has_them(names: Vec<&str>) -> Vec<&str> {
    let mut places: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for name in names {
        let hash = name.encode_utf16().fold(0_u32, |hash, unit| {
            hash.wrapping_mul(31).wrapping_add(u32::from(unit))
        });
        places
            .entry((hash ^ (hash >> 16)) % 16)
            .or_default()
            .push(name);
    }
    places.into_values().flatten().collect()
}
