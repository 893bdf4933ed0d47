//! Answers: their checksum, items as they are kept, and the capacity that a call consumed.

use crate::api::Content;
use crate::api::call::Reply;
use nameplate_aws::checksum::crc32;
use nameplate_dynamodb::value::write_text;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The header field that clients hold an answer against.
pub fn checked(body: &[u8]) -> (Cow<'static, str>, String) {
    ("x-amz-crc32".into(), crc32(body).to_string())
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
    /// That of the table by itself, too.
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
    pub fn shown(self, table: &str, units: f64) -> Option<Value> {
        let mut shown = json!({"TableName": table, "CapacityUnits": units});
        match self {
            Self::None => return None,
            Self::Total => {}
            Self::Indexes => shown["Table"] = json!({"CapacityUnits": units}),
        }
        Some(shown)
    }

    /// The same of several tables.
    pub fn list(self, units: &BTreeMap<String, f64>) -> Option<Value> {
        let all: Option<Vec<Value>> = units
            .iter()
            .map(|(table, units)| self.shown(table, *units))
            .collect();
        all.filter(|_| self != Self::None).map(Value::Array)
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
