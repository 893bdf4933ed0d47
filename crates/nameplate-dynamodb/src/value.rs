//! Attribute values and items, in the form that clients send: DynamoDB JSON.
//!
//! Owns what an attribute may hold, and how many bytes of an item it counts for. Must not know tables.

use crate::error::{Invalid, Result};
use crate::number::Number;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The attributes of an item, by name.
pub type Item = BTreeMap<String, AttributeValue>;

/// Bytes that an item may have. Developer guide: quotas.
pub const ITEM_BYTES: usize = 400 * 1024;
/// Levels of an attribute: lists and maps in one another, and what the innermost holds. Developer guide: quotas.
const LEVELS: usize = 32;

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValue {
    /// `S`
    S(String),
    /// `N`
    N(Number),
    /// `B`
    B(Vec<u8>),
    /// `BOOL`
    Bool(bool),
    /// `NULL`
    Null,
    /// `L`
    L(Vec<AttributeValue>),
    /// `M`
    M(Item),
    /// `SS`
    Ss(BTreeSet<String>),
    /// `NS`
    Ns(BTreeSet<Number>),
    /// `BS`
    Bs(BTreeSet<Vec<u8>>),
}

impl AttributeValue {
    /// The name of its type, as in `{"S": …}`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::S(_) => "S",
            Self::N(_) => "N",
            Self::B(_) => "B",
            Self::Bool(_) => "BOOL",
            Self::Null => "NULL",
            Self::L(_) => "L",
            Self::M(_) => "M",
            Self::Ss(_) => "SS",
            Self::Ns(_) => "NS",
            Self::Bs(_) => "BS",
        }
    }

    /// Reads a value as a client sends it.
    ///
    /// # Errors
    /// What the service says of a value that is none.
    pub fn parse(value: Value) -> Result<Self> {
        parse(value, 0)
    }

    /// Bytes that it counts for. Developer guide: DynamoDB item sizes.
    pub fn size(&self) -> usize {
        match self {
            Self::S(text) => text.len(),
            Self::N(number) => number.size(),
            Self::B(bytes) => bytes.len(),
            Self::Bool(_) | Self::Null => 1,
            Self::L(items) => 3 + items.iter().map(|item| 1 + item.size()).sum::<usize>(),
            Self::M(members) => 3 + members.len() + size(members),
            Self::Ss(set) => set.iter().map(String::len).sum(),
            Self::Ns(set) => set.iter().map(|number| number.size()).sum(),
            Self::Bs(set) => set.iter().map(Vec::len).sum(),
        }
    }

    /// Writes it as clients read it.
    pub fn write(&self, out: &mut String) {
        let open = |out: &mut String| {
            out.push_str("{\"");
            out.push_str(self.kind());
            out.push_str("\":");
        };
        open(out);
        match self {
            Self::S(text) => write_text(text, out),
            Self::N(number) => quoted(&number.to_string(), out),
            Self::B(bytes) => quoted(&STANDARD.encode(bytes), out),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Null => out.push_str("true"),
            Self::L(items) => array(items, out, AttributeValue::write),
            Self::M(members) => write_item(members, out),
            Self::Ss(set) => array(set, out, |text, out| write_text(text, out)),
            Self::Ns(set) => array(set, out, |number, out| quoted(&number.to_string(), out)),
            Self::Bs(set) => array(set, out, |bytes, out| quoted(&STANDARD.encode(bytes), out)),
        }
        out.push('}');
    }

    /// As refusals show it: `{S:text}`.
    pub fn shown(&self) -> String {
        match self {
            Self::S(text) => format!("{{S:{text}}}"),
            Self::N(number) => format!("{{N:{number}}}"),
            other => format!("{{{}:…}}", other.kind()),
        }
    }
}

/// Bytes that an item counts for: names and values.
pub fn size(item: &Item) -> usize {
    item.iter()
        .map(|(name, value)| name.len() + value.size())
        .sum()
}

/// Writes an item as clients read it.
pub fn write_item(item: &Item, out: &mut String) {
    out.push('{');
    for (at, (name, value)) in item.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_text(name, out);
        out.push(':');
        value.write(out);
    }
    out.push('}');
}

/// An item as text.
pub fn item_text(item: &Item) -> String {
    let mut text = String::with_capacity(size(item) + 16 * item.len() + 2);
    write_item(item, &mut text);
    text
}

/// Reads an item as a client sends it.
///
/// # Errors
/// What the service says of an attribute that is none.
pub fn parse_item(value: Map<String, Value>) -> Result<Item> {
    // Known before any value is looked at.
    if value.contains_key("") {
        return Err(Invalid::new(EMPTY_NAME));
    }
    members(value, 0)
}

/// An item as it was kept.
///
/// # Errors
/// It is not what [`item_text`] wrote.
pub fn stored_item(text: &[u8]) -> Result<Item, serde_json::Error> {
    serde_json::from_slice(text)
}

fn members(value: Map<String, Value>, depth: usize) -> Result<Item> {
    value
        .into_iter()
        .map(|(name, value)| {
            check_name(&name)?;
            Ok((name, parse(value, depth)?))
        })
        .collect()
}

/// What is said of an attribute without a name.
const EMPTY_NAME: &str = "Empty attribute name";

/// Refuses the name of an attribute that is empty or too long. Developer guide: quotas.
///
/// # Errors
/// It has no bytes, or more than a name may have.
pub(crate) fn check_name(name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(Invalid::new(EMPTY_NAME));
    }
    match name.len() > NAME_BYTES {
        true => Err(Invalid::parameters(format!(
            "Attribute name is too large, must be less than {} bytes",
            NAME_BYTES + 1
        ))),
        false => Ok(()),
    }
}

/// Bytes of an attribute's name.
const NAME_BYTES: usize = 65_535;

fn parse(value: Value, depth: usize) -> Result<AttributeValue> {
    let empty =
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
    let Value::Object(types) = value else {
        return Err(Invalid::new(empty));
    };
    if depth >= LEVELS {
        return Err(Invalid::new(
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
        ));
    }
    let several = types.len() > 1;
    let mut first = None;
    for (kind, value) in types {
        let read = typed(&kind, value, depth)?;
        first.get_or_insert(read);
    }
    match first {
        None => Err(Invalid::new(empty)),
        Some(_) if several => Err(Invalid::new(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
        )),
        Some(read) => Ok(read),
    }
}

fn typed(kind: &str, value: Value, depth: usize) -> Result<AttributeValue> {
    let wrong = || Invalid::new(format!("Unexpected value of the type {kind}"));
    Ok(match (kind, value) {
        ("S", Value::String(text)) => AttributeValue::S(text),
        ("N", Value::String(text)) => AttributeValue::N(Number::parse(&text)?),
        ("B", Value::String(text)) => AttributeValue::B(bytes(&text)?),
        ("BOOL", Value::Bool(value)) => AttributeValue::Bool(value),
        ("NULL", Value::Bool(true)) => AttributeValue::Null,
        ("NULL", Value::Bool(false)) => {
            return Err(Invalid::parameters(
                "Null attribute value types must have the value of true",
            ));
        }
        ("L", Value::Array(items)) => AttributeValue::L(
            items
                .into_iter()
                .map(|item| parse(item, depth + 1))
                .collect::<Result<_>>()?,
        ),
        ("M", Value::Object(value)) => AttributeValue::M(members(value, depth + 1)?),
        ("SS", Value::Array(items)) => strings(items)?,
        ("NS", Value::Array(items)) => numbers(items)?,
        ("BS", Value::Array(items)) => binaries(items)?,
        _ => return Err(wrong()),
    })
}

fn bytes(text: &str) -> Result<Vec<u8>> {
    STANDARD
        .decode(text)
        .map_err(|_| Invalid::new("Base64 encoded length is expected a multiple of 4 bytes"))
}

fn texts(items: Vec<Value>) -> Result<Vec<String>> {
    let text = |item: Value| match item {
        Value::String(text) => Ok(text),
        _ => Err(Invalid::new("Members of a set must be strings")),
    };
    items.into_iter().map(text).collect()
}

fn strings(items: Vec<Value>) -> Result<AttributeValue> {
    let items = texts(items)?;
    if items.is_empty() {
        return Err(Invalid::parameters("An string set  may not be empty"));
    }
    let set: BTreeSet<String> = items.iter().cloned().collect();
    if set.len() < items.len() {
        let all = items.join(", ");
        return Err(Invalid::parameters(format!(
            "Input collection [{all}] contains duplicates."
        )));
    }
    Ok(AttributeValue::Ss(set))
}

fn numbers(items: Vec<Value>) -> Result<AttributeValue> {
    let items = texts(items)?;
    if items.is_empty() {
        return Err(Invalid::parameters("An number set  may not be empty"));
    }
    let set = items
        .iter()
        .map(|text| Number::parse(text))
        .collect::<Result<BTreeSet<Number>>>()?;
    if set.len() < items.len() {
        return Err(Invalid::new("Input collection contains duplicates"));
    }
    Ok(AttributeValue::Ns(set))
}

fn binaries(items: Vec<Value>) -> Result<AttributeValue> {
    let items = texts(items)?;
    if items.is_empty() {
        return Err(Invalid::parameters("Binary sets should not be empty"));
    }
    let set = items
        .iter()
        .map(|text| bytes(text))
        .collect::<Result<BTreeSet<Vec<u8>>>>()?;
    if set.len() < items.len() {
        let all = items.join(", ");
        return Err(Invalid::parameters(format!(
            "Input collection [{all}]of type BS contains duplicates."
        )));
    }
    Ok(AttributeValue::Bs(set))
}

/// Writes a string of JSON.
pub fn write_text(text: &str, out: &mut String) {
    out.push('"');
    let special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    // Most texts have nothing to escape, which is seen many bytes at a time.
    if !text.bytes().fold(false, |any, byte| any | special(byte)) {
        out.push_str(text);
        out.push('"');
        return;
    }
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..0x20 => "",
            _ => continue,
        };
        // What is escaped is one byte of ASCII, so these are borders of characters.
        out.push_str(&text[from..at]);
        if escaped.is_empty() {
            out.push_str(&format!("\\u{byte:04x}"));
        } else {
            out.push_str(escaped);
        }
        from = at + 1;
    }
    out.push_str(&text[from..]);
    out.push('"');
}

fn quoted(text: &str, out: &mut String) {
    out.push('"');
    out.push_str(text);
    out.push('"');
}

fn array<T>(items: impl IntoIterator<Item = T>, out: &mut String, write: impl Fn(T, &mut String)) {
    out.push('[');
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}

impl<'de> Deserialize<'de> for AttributeValue {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Stored)
    }
}

/// Reads what [`AttributeValue::write`] wrote.
struct Stored;

impl<'de> Visitor<'de> for Stored {
    type Value = AttributeValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an attribute value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AttributeValue, A::Error> {
        let kind: String = map
            .next_key()?
            .ok_or_else(|| de::Error::custom("a value without a type"))?;
        let number = |text: String| Number::parse(&text).map_err(de::Error::custom);
        let binary = |text: String| STANDARD.decode(text).map_err(de::Error::custom);
        let read = match kind.as_str() {
            "S" => AttributeValue::S(map.next_value()?),
            "N" => AttributeValue::N(number(map.next_value()?)?),
            "B" => AttributeValue::B(binary(map.next_value()?)?),
            "BOOL" => AttributeValue::Bool(map.next_value()?),
            "NULL" => {
                map.next_value::<bool>()?;
                AttributeValue::Null
            }
            "L" => AttributeValue::L(map.next_value()?),
            "M" => AttributeValue::M(map.next_value()?),
            "SS" => AttributeValue::Ss(map.next_value()?),
            "NS" => AttributeValue::Ns(
                map.next_value::<Vec<String>>()?
                    .into_iter()
                    .map(number)
                    .collect::<Result<_, _>>()?,
            ),
            "BS" => AttributeValue::Bs(
                map.next_value::<Vec<String>>()?
                    .into_iter()
                    .map(binary)
                    .collect::<Result<_, _>>()?,
            ),
            other => return Err(de::Error::custom(format!("the type {other}"))),
        };
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(value: Value, expected: &str) {
        let found = match AttributeValue::parse(value.clone()) {
            Ok(read) => {
                let mut text = String::new();
                read.write(&mut text);
                let again: AttributeValue = serde_json::from_str(&text).expect("our own text");
                assert_eq!(again, read);
                text
            }
            Err(error) => error.0,
        };
        assert_eq!(found, expected, "{value}");
    }

    #[test]
    fn values_are_read_and_written() {
        check(
            json!({"S": "a\"\\\u{1}\n吉"}),
            "{\"S\":\"a\\\"\\\\\\u0001\\n吉\"}",
        );
        check(json!({"N": "1.50"}), r#"{"N":"1.5"}"#);
        check(json!({"B": "AAE="}), r#"{"B":"AAE="}"#);
        check(json!({"BOOL": false}), r#"{"BOOL":false}"#);
        check(json!({"NULL": true}), r#"{"NULL":true}"#);
        check(
            json!({"L": [{"S": ""}, {"M": {}}]}),
            r#"{"L":[{"S":""},{"M":{}}]}"#,
        );
        check(json!({"SS": ["b", "a"]}), r#"{"SS":["a","b"]}"#);
        check(json!({"NS": ["10", "9"]}), r#"{"NS":["9","10"]}"#);
        check(json!({"BS": ["AQ==", "AA=="]}), r#"{"BS":["AA==","AQ=="]}"#);
    }

    #[test]
    fn what_is_no_value_is_refused_as_the_service_does() {
        let empty =
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
        check(json!({}), empty);
        check(
            json!({"S": "a", "N": "1"}),
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
        );
        check(json!({"L": [{}]}), empty);
        check(
            json!({"NULL": false}),
            "One or more parameter values were invalid: Null attribute value types must have the value of true",
        );
        check(
            json!({"SS": []}),
            "One or more parameter values were invalid: An string set  may not be empty",
        );
        check(
            json!({"SS": ["a", "a"]}),
            "One or more parameter values were invalid: Input collection [a, a] contains duplicates.",
        );
        check(
            json!({"NS": ["1", "1.0"]}),
            "Input collection contains duplicates",
        );
        check(
            json!({"NS": ["x"]}),
            "The parameter cannot be converted to a numeric value: x",
        );
        let deep =
            |levels: usize| (0..levels).fold(json!({"S": "a"}), |inner, _| json!({"L": [inner]}));
        assert!(AttributeValue::parse(deep(31)).is_ok());
        check(
            deep(32),
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
        );
    }

    #[test]
    fn sizes_are_those_of_the_guide() {
        let of = |value: Value| AttributeValue::parse(value).expect("value").size();
        assert_eq!(of(json!({"S": "吉"})), 3);
        assert_eq!(of(json!({"B": "AAE="})), 2);
        assert_eq!(of(json!({"L": []})), 3);
        assert_eq!(of(json!({"L": [{"S": "ab"}]})), 6);
        assert_eq!(of(json!({"M": {"k": {"BOOL": true}}})), 6);
        assert_eq!(of(json!({"SS": ["ab", "c"]})), 3);
    }
}
