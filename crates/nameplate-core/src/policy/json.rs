//! JSON as a policy document needs it: a key that appears twice is an error, not a lost restriction.
//!
//! Owns the tree a document is read into, and where its members stand. Must not know what a policy is.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// A JSON value. Nesting is bounded by `serde_json`'s own limit of 128.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// What the value is, in words.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Node::Null => "null",
            Node::Bool(_) => "a boolean",
            Node::Number(_) => "a number",
            Node::Text(_) => "a string",
            Node::List(_) => "a list",
            Node::Object(_) => "an object",
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Tree)
    }
}

/// Where something stands in a text: behind its first character and behind its last, as the policy simulator counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Where it begins.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
}

/// A place between two characters of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Characters before it in its line, and 1.
    pub column: usize,
}

/// Where the objects stand that are the value of a member of the outermost object, or that are in the list which is.
/// `text` is JSON.
pub(super) fn spans(text: &str, member: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = Position { line: 1, column: 1 };
    // Brackets that are open, the key or text that was read last, and whether the member's value is being read.
    let (mut depth, mut last, mut inside) = (0_usize, String::new(), false);
    let (mut quoted, mut escaped, mut carriage) = (false, false, false);
    // How deep the objects are that are looked for, and where the one begins that is open.
    let (mut wanted, mut start) = (1, at);
    for character in text.chars() {
        match character {
            '\n' if carriage => {}
            '\n' | '\r' => {
                at.line += 1;
                at.column = 1;
            }
            _ => at.column += 1,
        }
        carriage = character == '\r';
        if quoted {
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = false,
                _ => {}
            }
            if quoted && depth == 1 {
                last.push(character);
            }
            continue;
        }
        match character {
            '"' => {
                quoted = true;
                last.clear();
            }
            ':' if depth == 1 => (inside, wanted) = (last == member, 1),
            ',' if depth == 1 => inside = false,
            '[' | '{' => {
                if inside && depth == 1 && character == '[' {
                    wanted = 2;
                }
                if inside && depth == wanted && character == '{' {
                    start = at;
                }
                depth += 1;
            }
            ']' | '}' => {
                depth = depth.saturating_sub(1);
                if inside && depth == wanted && character == '}' {
                    found.push(Span { start, end: at });
                }
            }
            _ => {}
        }
    }
    found
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        serde_json::Number::from_f64(value)
            .map(Node::Number)
            .ok_or_else(|| E::custom("a number that is too large"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut object: Vec<(String, Node)> = Vec::new();
        let mut known = std::collections::HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            if !known.insert(key.clone()) {
                return Err(A::Error::custom(format!("the key {key:?} appears twice")));
            }
            object.push((key, entries.next_value()?));
        }
        Ok(Node::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[[usize; 4]]) {
        let found = spans(text, "Statement");
        let found: Vec<_> = found
            .iter()
            .map(|of| [of.start.line, of.start.column, of.end.line, of.end.column])
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn objects_have_the_places_that_the_simulator_tells() {
        // AWS CLI: examples of simulate-custom-policy.
        check(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2015-08-16T12:00:00Z"}}}}"#,
            &[[1, 38, 1, 167]],
        );
        check(
            "{\r\n  \"Id\": \"{\\\"Statement\\\": {\",\n  \"Statement\": [\n    {\"a\": {\"Statement\": {}}}, {\n},[{}] ],\"b\":{}}",
            &[[4, 6, 4, 29], [4, 32, 5, 2]],
        );
        check(r#"{"Statement": []}"#, &[]);
        check(r#"{"a": {"Statement": {}}}"#, &[]);
    }
}
