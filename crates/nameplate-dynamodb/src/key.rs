//! Keys of items in tables and indexes, and bytes that have their order.
//!
//! A partition is a hash of its key's value and the value: so items lie scattered, as a scan in segments wants them.

use crate::error::{Invalid, Result};
use crate::expression::{Comparator, KeyCondition, SortCondition};
use crate::value::{AttributeValue, Item};
use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;
use std::borrow::Cow;
use std::hash::Hasher;

/// Bytes of a partition key's value. Developer guide: quotas.
const HASH_BYTES: usize = 2048;
/// Bytes of a sort key's value. Developer guide: quotas.
const RANGE_BYTES: usize = 1024;

/// Bytes behind those of every key.
pub const BEHIND_ALL: &[u8] = &[0xff; RANGE_BYTES + 8];

/// The type of a key attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyKind {
    /// A string.
    S,
    /// A number.
    N,
    /// Binary.
    B,
}

impl KeyKind {
    /// As requests name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
        }
    }
}

/// An attribute of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyAttribute {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: KeyKind,
}

/// The attributes of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySchema {
    /// The partition key.
    pub hash: KeyAttribute,
    /// The sort key.
    pub range: Option<KeyAttribute>,
    /// What the partition key consists of beside its first attribute; of global secondary indexes alone. Developer
    /// guide: multi-attribute keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_hash: Vec<KeyAttribute>,
    /// The same of the sort key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_range: Vec<KeyAttribute>,
}

/// Where an item lies in its table or index.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyBytes {
    /// Its partition.
    pub hash: Vec<u8>,
    /// Its place in the partition; empty where the schema has no sort key.
    pub range: Vec<u8>,
}

fn empty(value: &AttributeValue) -> Option<&'static str> {
    match value {
        AttributeValue::S(text) if text.is_empty() => Some("string"),
        AttributeValue::B(bytes) if bytes.is_empty() => Some("binary"),
        _ => None,
    }
}

fn encode(value: &AttributeValue) -> Vec<u8> {
    match value {
        AttributeValue::S(text) => text.clone().into_bytes(),
        AttributeValue::N(number) => number.encode(),
        AttributeValue::B(bytes) => bytes.clone(),
        // Types are checked before.
        _ => Vec::new(),
    }
}

/// Bytes of a partition key's value that stand in its partition; longer ones are followed by their digest. The whole
/// value would be too long for an engine's index.
const LITERAL_BYTES: usize = 64;

/// Ends the bytes of an attribute that others follow. No attribute's bytes have it, and it is before all that they have.
const END: &[u8] = &[0, 1];
/// Behind all that begins with an attribute's bytes and their end, and before the bytes of any later value.
const BEHIND_END: &[u8] = &[0, 2];

/// Bytes of an attribute that others follow, in the order of its values.
fn escaped(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.contains(&0) {
        return Cow::Borrowed(bytes);
    }
    let mut all = Vec::with_capacity(bytes.len() + 8);
    for byte in bytes {
        all.push(*byte);
        if *byte == 0 {
            all.push(u8::MAX);
        }
    }
    Cow::Owned(all)
}

/// Adds the bytes of an attribute that others follow.
fn push_inner(value: &AttributeValue, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(&escaped(&encode(value)));
    bytes.extend_from_slice(END);
}

/// The bytes of values one behind the other, in the order of the first, then of the second, and so on.
fn joined<'v>(values: impl IntoIterator<Item = &'v AttributeValue>) -> Vec<u8> {
    let mut values = values.into_iter().peekable();
    let mut bytes = Vec::new();
    while let Some(value) = values.next() {
        match values.peek() {
            Some(_) => push_inner(value, &mut bytes),
            None if bytes.is_empty() => return encode(value),
            None => bytes.extend(encode(value)),
        }
    }
    bytes
}

/// The partition of a key's values.
fn partition<'v>(values: impl IntoIterator<Item = &'v AttributeValue>) -> Vec<u8> {
    let value = joined(values);
    // Not secret: it only spreads keys evenly, the same on every server.
    let mut hasher = SipHasher13::new();
    hasher.write(&value);
    let hash = (hasher.finish() >> 32) as u32;
    let mut bytes = Vec::with_capacity(4 + value.len().min(LITERAL_BYTES + 32));
    bytes.extend(hash.to_be_bytes());
    bytes.extend(value.iter().take(LITERAL_BYTES));
    if value.len() > LITERAL_BYTES {
        // Two values must not share a partition, whoever chose them.
        bytes.extend(digest::digest(&digest::SHA256, &value).as_ref());
    }
    bytes
}

impl KeyAttribute {
    fn is(&self, value: &AttributeValue) -> bool {
        value.kind() == self.kind.name()
    }

    fn filled(&self, value: &AttributeValue) -> Result<()> {
        match empty(value) {
            None => Ok(()),
            Some(what) => Err(Invalid::no_key(format!(
                "The AttributeValue for a key attribute cannot contain an empty {what} value. Key: {}",
                self.name
            ))),
        }
    }

    /// Refuses what is not of the attribute's type, in a condition.
    pub(crate) fn of_condition(&self, value: &AttributeValue) -> Result<()> {
        if !self.is(value) {
            return Err(Invalid::parameters(
                "Condition parameter type does not match schema type",
            ));
        }
        self.filled(value)
    }
}

impl KeySchema {
    /// One of at most two attributes.
    pub fn of(hash: KeyAttribute, range: Option<KeyAttribute>) -> Self {
        Self {
            hash,
            range,
            more_hash: Vec::new(),
            more_range: Vec::new(),
        }
    }

    /// The attributes of the partition key.
    pub fn hashes(&self) -> impl Iterator<Item = &KeyAttribute> {
        std::iter::once(&self.hash).chain(&self.more_hash)
    }

    /// The attributes of the sort key.
    pub fn ranges(&self) -> impl Iterator<Item = &KeyAttribute> {
        self.range.iter().chain(&self.more_range)
    }

    /// Its attributes.
    pub fn attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        self.hashes().chain(self.ranges())
    }

    /// Its attributes with their `KeyType`.
    pub fn elements(&self) -> impl Iterator<Item = (&KeyAttribute, &'static str)> {
        let hashes = self.hashes().map(|attribute| (attribute, "HASH"));
        hashes.chain(self.ranges().map(|attribute| (attribute, "RANGE")))
    }

    /// Whether a key has more than a partition key and a sort key of one attribute each.
    pub fn is_composite(&self) -> bool {
        !self.more_hash.is_empty() || !self.more_range.is_empty()
    }

    /// Whether an attribute is part of it.
    pub fn has(&self, name: &str) -> bool {
        self.attributes().any(|attribute| attribute.name == name)
    }

    fn bytes(&self, item: &Item) -> Result<KeyBytes> {
        let value = |attribute: &KeyAttribute| item.get(&attribute.name);
        let length = |value: &AttributeValue| match value {
            AttributeValue::S(text) => text.len(),
            AttributeValue::B(bytes) => bytes.len(),
            other => encode(other).len(),
        };
        let hashes: usize = self.hashes().filter_map(value).map(length).sum();
        let ranges: usize = self.ranges().filter_map(value).map(length).sum();
        if hashes > HASH_BYTES {
            return Err(Invalid::parameters(
                "Size of hashkey has exceeded the maximum size limit of2048 bytes",
            ));
        }
        if ranges > RANGE_BYTES {
            return Err(Invalid::parameters(
                "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
            ));
        }
        Ok(KeyBytes {
            hash: partition(self.hashes().filter_map(value)),
            range: joined(self.ranges().filter_map(value)),
        })
    }

    /// The key of an item that is to be put.
    ///
    /// # Errors
    /// An attribute is absent, of another type, empty or too long.
    pub fn of_item(&self, item: &Item) -> Result<KeyBytes> {
        for attribute in self.attributes() {
            let Some(value) = item.get(&attribute.name) else {
                return Err(Invalid::parameters(format!(
                    "Missing the key {} in the item",
                    attribute.name
                )));
            };
            if !attribute.is(value) {
                return Err(Invalid::parameters(format!(
                    "Type mismatch for key {} expected: {} actual: {}",
                    attribute.name,
                    attribute.kind.name(),
                    value.kind()
                )));
            }
            attribute.filled(value)?;
        }
        self.bytes(item)
    }

    /// A key that is given as one.
    ///
    /// # Errors
    /// It is not one of this schema.
    pub fn of_key(&self, key: &Item) -> Result<KeyBytes> {
        let fits = key.len() == self.attributes().count()
            && self.attributes().all(|attribute| {
                key.get(&attribute.name)
                    .is_some_and(|value| attribute.is(value))
            });
        if !fits {
            return Err(Invalid::new(
                "The provided key element does not match the schema",
            ));
        }
        for attribute in self.attributes() {
            attribute.filled(&key[&attribute.name])?;
        }
        self.bytes(key)
    }

    /// The entry of an item in an index of this schema and name; none where the item lacks its attributes.
    ///
    /// # Errors
    /// An attribute is of another type, empty or too long.
    pub fn of_entry(&self, item: &Item, index: &str) -> Result<Option<KeyBytes>> {
        for attribute in self.attributes() {
            let Some(value) = item.get(&attribute.name) else {
                continue;
            };
            let name = &attribute.name;
            if !attribute.is(value) {
                return Err(Invalid::parameters(format!(
                    "Type mismatch for Index Key {name} Expected: {} Actual: {} IndexName: {index}",
                    attribute.kind.name(),
                    value.kind()
                )));
            }
            if let Some(what) = empty(value) {
                return Err(Invalid::no_key(format!(
                    "A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty {what} value. IndexName: {index}, IndexKey: {name}"
                )));
            }
        }
        if self
            .attributes()
            .any(|attribute| !item.contains_key(&attribute.name))
        {
            return Ok(None);
        }
        self.bytes(item).map(Some)
    }

    /// Refuses an empty value that an update gives an attribute of an index of this schema. One of another type is refused
    /// as that, with the item.
    ///
    /// # Errors
    /// It is one.
    pub fn updated(&self, name: &str, value: &AttributeValue) -> Result<()> {
        let typed = || {
            self.attributes()
                .any(|attribute| attribute.name == name && attribute.is(value))
        };
        match empty(value).filter(|_| typed()) {
            None => Ok(()),
            Some(what) => Err(Invalid::no_key(format!(
                "The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty {what} value."
            ))),
        }
    }

    /// The key attributes of an item.
    pub fn key_of(&self, item: &Item) -> Item {
        self.attributes()
            .filter_map(|attribute| {
                Some((attribute.name.clone(), item.get(&attribute.name)?.clone()))
            })
            .collect()
    }
}

/// Sort keys from the first to before the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeBytes {
    /// The partition.
    pub hash: Vec<u8>,
    /// The first sort key.
    pub from: Vec<u8>,
    /// What is behind the last.
    pub until: Vec<u8>,
}

/// The next bytes in order.
pub fn successor(bytes: &[u8]) -> Vec<u8> {
    let mut next = bytes.to_vec();
    next.push(0);
    next
}

/// The first bytes that are behind all that begin so.
fn behind_prefix(prefix: &[u8]) -> Vec<u8> {
    let mut bytes = prefix.to_vec();
    while let Some(last) = bytes.pop() {
        if last < u8::MAX {
            bytes.push(last + 1);
            return bytes;
        }
    }
    BEHIND_ALL.to_vec()
}

impl KeyCondition {
    /// The keys that satisfy it.
    pub fn range(&self) -> RangeBytes {
        let mut before = Vec::new();
        for value in &self.equal {
            push_inner(value, &mut before);
        }
        // What is compared: attributes that others follow end, the last does not.
        let bytes = |value: &AttributeValue| {
            let value = encode(value);
            match self.last {
                true => [before.as_slice(), &value].concat(),
                false => [before.as_slice(), &escaped(&value)].concat(),
            }
        };
        let behind = |value: &AttributeValue| match self.last {
            true => successor(&bytes(value)),
            false => [bytes(value).as_slice(), BEHIND_END].concat(),
        };
        let all = || match before.is_empty() {
            true => BEHIND_ALL.to_vec(),
            false => behind_prefix(&before),
        };
        let (from, until) = match &self.sort {
            None => (before.clone(), all()),
            Some(SortCondition::Compare(comparator, value)) => match comparator {
                Comparator::Less => (before.clone(), bytes(value)),
                Comparator::LessOrEqual => (before.clone(), behind(value)),
                Comparator::Greater => (behind(value), all()),
                Comparator::GreaterOrEqual => (bytes(value), all()),
                Comparator::Equal | Comparator::NotEqual => (bytes(value), behind(value)),
            },
            Some(SortCondition::Between(low, high)) => (bytes(low), behind(high)),
            Some(SortCondition::BeginsWith(prefix)) => {
                let prefix = bytes(prefix);
                let behind = behind_prefix(&prefix);
                (prefix, behind)
            }
        };
        RangeBytes {
            hash: partition(std::iter::once(&self.hash).chain(&self.more_hash)),
            from,
            until,
        }
    }
}

/// The partitions of a segment of a scan: behind the first and before the second.
pub fn segment(segment: u32, of: u32) -> (Vec<u8>, Vec<u8>) {
    let border = |number: u32| (u64::from(number) << 32) / u64::from(of.max(1));
    let bytes = |border: u64| match u32::try_from(border) {
        Ok(border) => border.to_be_bytes().to_vec(),
        Err(_) => BEHIND_ALL.to_vec(),
    };
    (bytes(border(segment)), bytes(border(segment + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse_item;
    use serde_json::json;

    fn schema() -> KeySchema {
        let attribute = |name: &str, kind| KeyAttribute {
            name: name.into(),
            kind,
        };
        KeySchema::of(attribute("h", KeyKind::S), Some(attribute("r", KeyKind::N)))
    }

    fn item(value: serde_json::Value) -> Item {
        parse_item(value.as_object().expect("object").clone()).expect("item")
    }

    #[test]
    fn keys_that_do_not_fit_are_refused() {
        let put = |value| schema().of_item(&item(value)).expect_err("refused").0;
        let get = |value| schema().of_key(&item(value)).expect_err("refused").0;
        assert_eq!(
            put(json!({"h": {"S": "a"}})),
            "One or more parameter values were invalid: Missing the key r in the item"
        );
        assert_eq!(
            put(json!({"h": {"N": "1"}, "r": {"N": "1"}})),
            "One or more parameter values were invalid: Type mismatch for key h expected: S actual: N"
        );
        let none = "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: h";
        assert_eq!(put(json!({"h": {"S": ""}, "r": {"N": "1"}})), none);
        assert_eq!(get(json!({"h": {"S": ""}, "r": {"N": "1"}})), none);
        let schema_error = "The provided key element does not match the schema";
        assert_eq!(get(json!({"h": {"S": "a"}})), schema_error);
        assert_eq!(
            get(json!({"h": {"S": "a"}, "r": {"N": "1"}, "x": {"N": "1"}})),
            schema_error
        );
        assert_eq!(get(json!({"h": {"S": "a"}, "r": {"S": "1"}})), schema_error);
        let long = "a".repeat(2049);
        assert!(put(json!({"h": {"S": long}, "r": {"N": "1"}})).contains("Size of hashkey"));
    }

    #[test]
    fn segments_cover_all_and_do_not_overlap() {
        for of in [1, 2, 3, 7, 1_000_000] {
            assert_eq!(segment(0, of).0, [0; 4]);
            assert_eq!(segment(of - 1, of).1, BEHIND_ALL);
            for at in 1..of.min(10) {
                assert_eq!(segment(at - 1, of).1, segment(at, of).0);
            }
        }
    }

    #[test]
    fn ranges_of_sort_keys() {
        let text = |value: &str| AttributeValue::S(value.into());
        let range = |sort| {
            let found = KeyCondition::simple(text("h"), Some(sort)).range();
            (found.from, found.until)
        };
        assert_eq!(
            range(SortCondition::BeginsWith(text("ab"))),
            (b"ab".to_vec(), b"ac".to_vec())
        );
        assert_eq!(
            range(SortCondition::Compare(Comparator::Equal, text("a"))),
            (b"a".to_vec(), b"a\0".to_vec())
        );
        assert_eq!(
            range(SortCondition::Between(text("a"), text("b"))),
            (b"a".to_vec(), b"b\0".to_vec())
        );
        assert_eq!(behind_prefix(&[0xff]), BEHIND_ALL);
    }

    /// Sort keys of two attributes lie in the order of the first, then of the second, whatever bytes they have; and what
    /// a condition on either asks for lies between its borders.
    #[test]
    fn sort_keys_of_several_attributes_are_in_order() {
        type Holds = fn(&[u8], &[u8]) -> bool;
        let binary = |bytes: &[u8]| AttributeValue::B(bytes.to_vec());
        let firsts: [&[u8]; 7] = [
            &[0],
            &[0, 0],
            &[0, 1],
            &[0, 0xff],
            &[1],
            &[0xff],
            &[0xff, 0],
        ];
        let mut pairs = Vec::new();
        for first in firsts {
            for second in firsts {
                pairs.push((first, second));
            }
        }
        pairs.sort_unstable();
        let keys: Vec<Vec<u8>> = pairs
            .iter()
            .map(|(first, second)| joined([&binary(first), &binary(second)]))
            .collect();
        assert!(keys.is_sorted());
        let check = |what: &str, condition: KeyCondition, holds: &dyn Fn(&[u8], &[u8]) -> bool| {
            let range = condition.range();
            for ((first, second), key) in pairs.iter().zip(&keys) {
                let found = *key >= range.from && *key < range.until;
                assert_eq!(found, holds(first, second), "{what}: {first:?} {second:?}");
            }
        };
        let on = |equal: &[&[u8]], sort: Option<SortCondition>| KeyCondition {
            equal: equal.iter().map(|bytes| binary(bytes)).collect(),
            last: equal.len() == 1,
            ..KeyCondition::simple(binary(b"h"), sort)
        };
        let compared =
            |comparator, value: &[u8]| Some(SortCondition::Compare(comparator, binary(value)));
        for value in firsts {
            let comparators: [(Comparator, Holds); 5] = [
                (Comparator::Less, |a, b| a < b),
                (Comparator::LessOrEqual, |a, b| a <= b),
                (Comparator::Greater, |a, b| a > b),
                (Comparator::GreaterOrEqual, |a, b| a >= b),
                (Comparator::Equal, |a, b| a == b),
            ];
            for (comparator, holds) in comparators {
                check(
                    "first",
                    on(&[], compared(comparator, value)),
                    &|first, _| holds(first, value),
                );
                check(
                    "second",
                    on(&[&[0]], compared(comparator, value)),
                    &|first, second| first == [0] && holds(second, value),
                );
            }
            let begins = || Some(SortCondition::BeginsWith(binary(value)));
            check("begins", on(&[], begins()), &|first, _| {
                first.starts_with(value)
            });
            let between = || Some(SortCondition::Between(binary(&[0, 0]), binary(value)));
            check("between", on(&[], between()), &|first, _| {
                first >= &[0, 0][..] && first <= value
            });
            check("alone", on(&[value], None), &|first, _| first == value);
        }
    }
}
