//! Documents of OpenAPI as they travel: JSON, or YAML 1.2 with YAML 1.1's merge keys, which are one value here.
//!
//! What a document of YAML repeats by anchors is counted each time, so that a small one cannot become a large value.

use super::Refusal;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Number, Value};
use std::collections::HashMap;
use std::fmt::Write as _;

/// Most levels of a document, as of JSON's.
const LEVELS: usize = 128;
/// Bytes of all texts of a document's value, and [`NODE`] for each of its nodes (API Gateway quotas: 6 MB of definition).
const MOST: usize = 32 * 1024 * 1024;
/// What a node costs beside its text.
const NODE: usize = 32;
/// Bytes of a key that is written before its colon on one line (YAML 1.2: 1024 characters).
const KEY: usize = 1024;
/// The key that has a mapping take over another's members.
const MERGE: &str = "<<";

fn invalid(why: impl std::fmt::Display) -> Refusal {
    Refusal::Invalid(format!("Invalid OpenAPI input: {why}"))
}

/// Reads a document: JSON, or else YAML.
///
/// # Errors
/// It is neither, or too large.
pub fn read(bytes: &[u8]) -> Result<Value, Refusal> {
    let json = match serde_json::from_slice(bytes) {
        Ok(value) => return Ok(value),
        Err(why) => why,
    };
    let text = std::str::from_utf8(bytes).map_err(|_| invalid("it is no UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match yaml(text) {
        Ok(value) if value.is_object() => Ok(value),
        Ok(_) => Err(invalid("it is no object")),
        // What begins like JSON is told as JSON.
        Err(_) if text.trim_start().starts_with('{') => Err(invalid(format!("JSON: {json}"))),
        Err(why) => Err(why),
    }
}

/// A list or mapping that is not at its end.
struct Open {
    anchor: usize,
    value: Value,
    /// The key whose value is next, and whether it merges.
    key: Option<(String, bool)>,
    /// What it takes over, behind its own members.
    merged: Vec<Value>,
}

fn yaml(text: &str) -> Result<Value, Refusal> {
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: HashMap<usize, (Value, usize)> = HashMap::new();
    let mut whole = None;
    let mut spent = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|why| invalid(format!("YAML: {why}")))?;
        let line = span.start.line();
        let at = |why: String| invalid(format!("YAML: {why}, line {line}"));
        let (anchor, value, cost, merges) = match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => continue,
            Event::DocumentStart(_) if whole.is_some() => {
                return Err(at("there is a second document".into()));
            }
            Event::DocumentStart(_) => continue,
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() >= LEVELS => {
                return Err(at(format!("it has more than {LEVELS} levels")));
            }
            Event::SequenceStart(anchor, tag) => {
                check_tag(tag.as_deref(), "seq").map_err(at)?;
                open.push(Open::new(anchor, Value::Array(Vec::new())));
                continue;
            }
            Event::MappingStart(anchor, tag) => {
                check_tag(tag.as_deref(), "map").map_err(at)?;
                open.push(Open::new(anchor, Value::Object(Map::new())));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(closed) = open.pop() else { continue };
                let anchor = closed.anchor;
                (anchor, closed.whole(), NODE, false)
            }
            Event::Alias(anchor) => {
                let known = anchors.get(&anchor);
                let (value, cost) = known
                    .cloned()
                    .ok_or_else(|| at("an alias of nothing".into()))?;
                (0, value, cost, false)
            }
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let is_key = open.last().is_some_and(Open::wants_key);
                let value = match is_key {
                    // A status is a name like another.
                    true => Value::String(text.to_string()),
                    false => scalar(&text, plain, tag.as_deref()).map_err(at)?,
                };
                (anchor, value, NODE + text.len(), plain && text == MERGE)
            }
        };
        spent += cost;
        if anchor > 0 {
            // What is repeated costs all that is in it, and what may be is kept once more.
            let cost = size(&value);
            spent += cost;
            anchors.insert(anchor, (value.clone(), cost));
        }
        if spent > MOST {
            return Err(invalid("it is too large"));
        }
        match open.last_mut() {
            None => whole = Some(value),
            Some(parent) => parent.take(value, merges).map_err(at)?,
        }
    }
    whole.ok_or_else(|| invalid("it is empty"))
}

impl Open {
    fn new(anchor: usize, value: Value) -> Self {
        Self {
            anchor,
            value,
            key: None,
            merged: Vec::new(),
        }
    }

    fn wants_key(&self) -> bool {
        self.value.is_object() && self.key.is_none()
    }

    fn take(&mut self, value: Value, merges: bool) -> Result<(), String> {
        match &mut self.value {
            Value::Array(items) => items.push(value),
            Value::Object(members) => match (self.key.take(), value) {
                (None, Value::String(key)) => self.key = Some((key, merges)),
                (None, _) => return Err("a key is no text".to_owned()),
                (Some((_, true)), Value::Array(all)) if all.iter().all(Value::is_object) => {
                    self.merged.extend(all);
                }
                (Some((_, true)), value @ Value::Object(_)) => self.merged.push(value),
                (Some((_, true)), _) => return Err("<< is of no mapping".to_owned()),
                (Some((key, false)), value) => drop(members.insert(key, value)),
            },
            _ => {}
        }
        Ok(())
    }

    fn whole(mut self) -> Value {
        if let Value::Object(members) = &mut self.value {
            for (name, value) in self.merged.into_iter().filter_map(object).flatten() {
                members.entry(name).or_insert(value);
            }
        }
        self.value
    }
}

fn object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

/// What a value counts against [`MOST`].
fn size(value: &Value) -> usize {
    NODE + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| NODE + name.len() + size(value))
            .sum(),
        _ => 0,
    }
}

/// Refuses a tag that would make something else of a list or a mapping, such as those of CloudFormation.
fn check_tag(tag: Option<&Tag>, own: &str) -> Result<(), String> {
    match tag {
        None => Ok(()),
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix == own => Ok(()),
        Some(tag) => Err(format!("the tag {tag} is not known")),
    }
}

/// A scalar by YAML's core schema: what is quoted is text.
fn scalar(text: &str, plain: bool, tag: Option<&Tag>) -> Result<Value, String> {
    let kind = match tag {
        None => None,
        Some(tag) if tag.handle == "!" && tag.suffix.is_empty() => Some("str"),
        Some(tag) if tag.is_yaml_core_schema() => Some(tag.suffix.as_str()),
        Some(tag) => return Err(format!("the tag {tag} is not known")),
    };
    let meant = || -> Value {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Value::Null,
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            text => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
        }
    };
    let fits = |fits: fn(&Value) -> bool| {
        let value = meant();
        fits(&value)
            .then_some(value)
            .ok_or_else(|| format!("{text:?} does not fit its tag"))
    };
    match kind {
        None if plain => Ok(meant()),
        None | Some("str") => Ok(Value::String(text.to_owned())),
        Some("null") => fits(Value::is_null),
        Some("bool") => fits(Value::is_boolean),
        Some("int" | "float") => fits(Value::is_number),
        Some(other) => Err(format!("the tag !!{other} is not known")),
    }
}

fn number(text: &str) -> Option<Number> {
    let radix = |digits: &str, radix| {
        i64::from_str_radix(digits, radix)
            .ok()
            .filter(|_| !digits.starts_with(['+', '-']))
    };
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16).map(Number::from);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8).map(Number::from);
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let whole = text.strip_prefix('+').unwrap_or(text);
        let whole = whole
            .parse::<i64>()
            .map(Number::from)
            .or_else(|_| whole.parse::<u64>().map(Number::from));
        return whole.ok().filter(|_| !digits.is_empty());
    }
    let begins = digits.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.');
    let fits = |byte: u8| byte.is_ascii_digit() || b".eE+-".contains(&byte);
    let has_digit = digits.bytes().any(|byte| byte.is_ascii_digit());
    match begins && has_digit && digits.bytes().all(fits) {
        true => text.parse().ok().and_then(Number::from_f64),
        false => None,
    }
}

/// A document as YAML, in blocks, with texts in quotes.
pub fn write_yaml(value: &Value) -> String {
    let mut text = "---\n".to_owned();
    match is_leaf(value) {
        true => {
            let _ = writeln!(text, "{}", flow(value));
        }
        false => block(&mut text, value, 0),
    }
    text
}

/// Whether a value is written on one line.
fn is_leaf(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => true,
    }
}

/// A list or a mapping that is not empty.
fn block(text: &mut String, value: &Value, indent: usize) {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let name = key(name);
                // YAML looks no farther for the colon behind a key.
                let _ = match name.len() < KEY {
                    true => write!(text, "{pad}{name}:"),
                    false => write!(text, "{pad}? {name}\n{pad}:"),
                };
                below(text, value, indent + 2);
            }
        }
        Value::Array(items) => {
            for item in items {
                let _ = write!(text, "{pad}-");
                below(text, item, indent + 2);
            }
        }
        _ => {}
    }
}

/// A value behind a key or a dash: on the same line, or as a block below.
fn below(text: &mut String, value: &Value, indent: usize) {
    match is_leaf(value) {
        true => {
            let _ = writeln!(text, " {}", flow(value));
        }
        false => {
            text.push('\n');
            block(text, value, indent);
        }
    }
}

/// A key, without quotes where that is the same.
fn key(name: &str) -> String {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-.$".contains(&byte);
    let begins = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '/');
    match begins
        && name.bytes().all(fits)
        && !matches!(scalar(name, true, None), Ok(value) if !value.is_string())
    {
        true => name.to_owned(),
        false => quoted(name),
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        value => value.to_string(),
    }
}

/// A text in double quotes: JSON's, with what YAML does not print escaped, too.
fn quoted(text: &str) -> String {
    let json = Value::from(text).to_string();
    let mut quoted = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '\u{7f}'..='\u{9f}'
            | '\u{feff}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn check(text: &str, expected: Value) {
        assert_eq!(read(text.as_bytes()), Ok(expected), "{text}");
    }

    #[test]
    fn documents() {
        check(
            r#"{"openapi": "3.0.1", "paths": {}}"#,
            json!({"openapi": "3.0.1", "paths": {}}),
        );
        check(
            "openapi: 3.0.1\ninfo:\n    title: My Lambda API\n    version: v1.0\npaths:\n    /hello/{id}:\n        get:\n            parameters:\n            - name: id\n              required: true\n            responses:\n                200: {description: ok}\n                '404': {}\n            x: {payloadFormatVersion: 2.0, n: 0x1f, m: -7, o: 1e3, nothing: ~, t: '2.0', yes: yes}\n",
            json!({"openapi": "3.0.1", "info": {"title": "My Lambda API", "version": "v1.0"}, "paths": {"/hello/{id}": {"get": {
                "parameters": [{"name": "id", "required": true}],
                "responses": {"200": {"description": "ok"}, "404": {}},
                "x": {"payloadFormatVersion": 2.0, "n": 31, "m": -7, "o": 1000.0, "nothing": null, "t": "2.0", "yes": "yes"}}}}}),
        );
        check(
            "---\na: |\n  #set($x = 1)\n  {\"a\": $x}\nb: >-\n  one\n  line\nc: \"\\u00e9\\n\"\nd: !!str 5\n...\n",
            json!({"a": "#set($x = 1)\n{\"a\": $x}\n", "b": "one line", "c": "é\n", "d": "5"}),
        );
        check(
            "base: &b {x: 1, y: 2}\none: {<<: *b, y: 3}\ntwo: {<<: [*b, {z: 4}], '<<': 5}\nthree: *b\n",
            json!({"base": {"x": 1, "y": 2}, "one": {"y": 3, "x": 1}, "two": {"<<": 5, "x": 1, "y": 2, "z": 4}, "three": {"x": 1, "y": 2}}),
        );
    }

    #[test]
    fn what_is_refused() {
        let deep = format!("a: {}{}", "[".repeat(200), "]".repeat(200));
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = format!("*a{}, ", level - 1).repeat(9);
            let _ = writeln!(
                laughs,
                "a{level}: &a{level} [{}]",
                before.trim_end_matches(", ")
            );
        }
        for (text, part) in [
            ("", "empty"),
            ("just text", "no object"),
            ("{\"a\": ", "JSON: EOF"),
            ("a: [1\nb: 2", "YAML"),
            ("a: *b", "YAML"),
            ("a: 1\n---\nb: 2", "second document"),
            ("a: !Sub x", "the tag !Sub is not known, line 1"),
            ("a: !Join [x]", "the tag !Join is not known"),
            ("a: !!int x", "does not fit"),
            ("? [a]\n: b", "a key is no text"),
            ("a: {<<: 5}", "no mapping"),
            (&deep, "levels"),
            (&laughs, "too large"),
        ] {
            let why = read(text.as_bytes()).expect_err(part).to_string();
            assert!(why.contains(part), "{why}");
            assert!(why.starts_with("Invalid OpenAPI input: "), "{why}");
        }
        assert!(read(b"a: \xff").is_err());
    }

    #[test]
    fn yaml_is_written() {
        let value = json!({"openapi": "3.0.1", "paths": {"/{id}": {"get": {"tags": [], "n": 1, "200": [{"a": true, "b": []}, "x"]}}}});
        assert_eq!(
            write_yaml(&value),
            "---\nopenapi: \"3.0.1\"\npaths:\n  \"/{id}\":\n    get:\n      tags: []\n      n: 1\n      \"200\":\n        -\n          a: true\n          b: []\n        - \"x\"\n"
        );
    }

    #[test]
    fn a_long_key_is_written() {
        let value = json!({"a": {"x".repeat(2000): {"b": 1}, "c": 2}});
        assert_eq!(yaml(&write_yaml(&value)), Ok(value));
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "(true|null|1.0|~|- a|#|a: b|\\{\\{|<<|0x1|\n|=)".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
                prop::collection::vec((any::<String>(), inner), 0..5)
                    .prop_map(|all| Value::Object(all.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in values()) {
            prop_assert_eq!(yaml(&write_yaml(&value)), Ok(value));
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = read(text.as_bytes());
        }
    }
}
