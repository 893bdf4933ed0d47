//! Answers: their checksum, items as they are kept, and the capacity that a call consumed.

use crate::api::Content;
use crate::api::call::Reply;
use crate::app::tables::Written;
use nameplate_aws::checksum::crc32;
use nameplate_dynamodb::value::write_text;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The header field that clients hold an answer against.
pub fn checked(body: &[u8]) -> (Cow<'static, str>, String) {
    ("x-amz-crc32".into(), crc32(body).to_string())
}

/// A time in milliseconds since the epoch, as answers have it.
pub fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

/// An answer while it is written. Items are text already, and stay it.
#[derive(Debug, Default)]
pub struct Answer(String);

impl Answer {
    /// A member that is JSON already.
    pub fn raw(&mut self, name: &str, json: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        write_text(name, &mut self.0);
        self.0.push(':');
        self.0.push_str(json);
    }

    /// A member.
    pub fn value(&mut self, name: &str, value: &Value) {
        self.raw(name, &value.to_string());
    }

    /// The members as an object.
    pub fn object(mut self) -> String {
        if self.0.is_empty() {
            self.0.push('{');
        }
        self.0.push('}');
        self.0
    }

    /// The whole answer.
    pub fn reply(self) -> Reply {
        let body = self.object().into_bytes();
        Reply {
            status: None,
            headers: vec![
                (
                    "content-type".into(),
                    "application/x-amz-json-1.0".to_owned(),
                ),
                checked(&body),
            ],
            content: Content::Bytes(body),
        }
    }
}

/// Members of a document as an answer.
pub fn reply(document: &Value) -> Reply {
    let mut answer = Answer::default();
    for (name, value) in document.as_object().into_iter().flatten() {
        answer.value(name, value);
    }
    answer.reply()
}

/// The answer of an operation that has none: no bytes.
pub fn nothing() -> Reply {
    Reply {
        status: None,
        headers: vec![
            (
                "content-type".into(),
                "application/x-amz-json-1.0".to_owned(),
            ),
            checked(&[]),
        ],
        content: Content::Bytes(Vec::new()),
    }
}

/// The answer of a call about several items: one response for each, and what was consumed of each table.
pub fn responses<'r>(
    responses: impl IntoIterator<Item = &'r str>,
    wanted: Wanted,
    units: &BTreeMap<String, Used>,
) -> Reply {
    let mut answer = Answer::default();
    answer.raw("Responses", &array(responses));
    if let Some(shown) = wanted.list(units) {
        answer.value("ConsumedCapacity", &shown);
    }
    answer.reply()
}

/// An array of texts that are JSON already.
pub fn array<'t>(items: impl IntoIterator<Item = &'t str>) -> String {
    let mut all = String::from("[");
    for item in items {
        if all.len() > 1 {
            all.push(',');
        }
        all.push_str(item);
    }
    all.push(']');
    all
}

/// Whether, and how, a caller wants to know what it consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Not at all.
    None,
    /// As one number.
    Total,
    /// That of the table and of each index by itself, too.
    Indexes,
}

impl Wanted {
    /// `ReturnConsumedCapacity`
    pub fn of(given: Option<&str>) -> Self {
        match given {
            Some("TOTAL") => Self::Total,
            Some("INDEXES") => Self::Indexes,
            _ => Self::None,
        }
    }

    /// `ConsumedCapacity` of a table, if it is wanted.
    pub fn shown(self, table: &str, used: &Used) -> Option<Value> {
        if self == Self::None {
            return None;
        }
        let total = used.total();
        let mut shown = json!({"TableName": table, "CapacityUnits": total});
        if let Some(name) = used.together {
            shown[name] = json!(total);
        }
        if self == Self::Indexes {
            shown["Table"] = json!({"CapacityUnits": used.table});
            for (name, units) in [
                ("LocalSecondaryIndexes", &used.local),
                ("GlobalSecondaryIndexes", &used.global),
            ] {
                if !units.is_empty() {
                    let all = units
                        .iter()
                        .map(|(name, units)| (name.clone(), json!({"CapacityUnits": units})));
                    shown[name] = Value::Object(all.collect());
                }
            }
        }
        Some(shown)
    }

    /// The same of several tables.
    pub fn list(self, used: &BTreeMap<String, Used>) -> Option<Value> {
        let all: Option<Vec<Value>> = used
            .iter()
            .map(|(table, used)| self.shown(table, used))
            .collect();
        all.filter(|_| self != Self::None).map(Value::Array)
    }
}

/// Capacity units that a call consumed of a table and its indexes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Used {
    /// Of the table itself.
    pub table: f64,
    local: BTreeMap<String, f64>,
    global: BTreeMap<String, f64>,
    together: Option<&'static str>,
}

impl Used {
    /// Of a table alone.
    pub fn of_table(units: f64) -> Self {
        Self {
            table: units,
            ..Self::default()
        }
    }

    /// Of an index alone.
    pub fn of_index(name: &str, local: bool, units: f64) -> Self {
        let mut used = Self::default();
        used.add_index(name, local, units);
        used
    }

    /// Of what is read or written in a transaction, twice that of the same by itself; `member` names the kind. Developer
    /// guide: transactions, capacity management.
    pub fn add_twice(&mut self, member: &'static str, other: &Self) {
        self.together = Some(member);
        self.table += 2.0 * other.table;
        for (local, indexes) in [(true, &other.local), (false, &other.global)] {
            for (name, units) in indexes {
                self.add_index(name, local, 2.0 * units);
            }
        }
    }

    /// More of the same table.
    pub fn add(&mut self, other: &Self) {
        self.table += other.table;
        for (local, indexes) in [(true, &other.local), (false, &other.global)] {
            for (name, units) in indexes {
                self.add_index(name, local, *units);
            }
        }
    }

    /// Of a write, with the indexes that it changed.
    pub fn of_write(written: &Written) -> Self {
        let mut used = Self::of_table(write_units(written.bytes));
        for index in &written.indexes {
            let units = index.entries.iter().flatten();
            let units = units.map(|bytes| write_units(*bytes)).sum();
            used.add_index(&index.name, index.local, units);
        }
        used
    }

    fn add_index(&mut self, name: &str, local: bool, units: f64) {
        let indexes = match local {
            true => &mut self.local,
            false => &mut self.global,
        };
        *indexes.entry(name.to_owned()).or_default() += units;
    }

    fn total(&self) -> f64 {
        self.table + self.local.values().sum::<f64>() + self.global.values().sum::<f64>()
    }
}

/// Capacity units of a read. Developer guide: read and write capacity units.
pub fn read_units(bytes: usize, consistent: bool) -> f64 {
    let blocks = bytes.div_ceil(4096).max(1) as f64;
    if consistent { blocks } else { blocks / 2.0 }
}

/// Capacity units of a write. Developer guide: read and write capacity units.
pub fn write_units(bytes: usize) -> f64 {
    bytes.div_ceil(1024).max(1) as f64
}
