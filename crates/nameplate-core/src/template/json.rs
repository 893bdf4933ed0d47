//! A strict JSON reader that keeps positions.
//!
//! Templates are written by hand and travel as a string inside JSON, so a message without line and column is no
//! help, and a key given twice must not silently lose one of its values. A general parser offers neither.

use super::error::{Position, TemplateError};
use std::collections::HashSet;

/// Arrays and objects that may be nested in each other. Templates in use have about ten levels.
const DEPTH: usize = 32;

/// A value and where it begins.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) position: Position,
}

/// A JSON value; objects keep the order of their keys, numbers their spelling.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

/// A key of an object with its value.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) key: String,
    /// Where the key begins.
    pub(crate) position: Position,
    pub(crate) node: Node,
}

impl Value {
    /// What it is, as messages call it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::Array(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// Reads the whole of `text` as one value. A byte order mark in front and any line ends are let pass.
pub(crate) fn read(text: &str) -> Result<Node, TemplateError> {
    let mut reader = Reader {
        rest: text.strip_prefix('\u{feff}').unwrap_or(text),
        line: 1,
        column: 1,
    };
    reader.space();
    if reader.rest.is_empty() {
        return Err(reader.error("The body is empty."));
    }
    let node = reader.value(0)?;
    reader.space();
    match reader.peek() {
        None => Ok(node),
        Some(c) => Err(reader.error(format_args!(
            "The body is not valid JSON: {c:?} follows its end."
        ))),
    }
}

struct Reader<'a> {
    rest: &'a str,
    line: u32,
    column: u32,
}

impl Reader<'_> {
    fn position(&self) -> Position {
        Position {
            line: self.line,
            column: self.column,
        }
    }

    fn error(&self, reason: impl std::fmt::Display) -> TemplateError {
        TemplateError::at(self.position(), reason)
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = &self.rest[c.len_utf8()..];
        if c == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(c)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.next();
        }
    }

    fn unexpected(&self, wanted: &str) -> TemplateError {
        match self.peek() {
            None => self.error(format_args!(
                "The body is not valid JSON: it ends where {wanted} should be."
            )),
            Some('\0') => self.error("The body is not valid JSON: it holds a NUL character."),
            Some(c) => self.error(format_args!(
                "The body is not valid JSON: {c:?} where {wanted} should be."
            )),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, TemplateError> {
        let position = self.position();
        let value = match self.peek() {
            Some('{' | '[') if depth == DEPTH => {
                return Err(self.error(format_args!("The body nests deeper than {DEPTH} levels.")));
            }
            Some('{') => self.object(depth)?,
            Some('[') => self.array(depth)?,
            Some('"') => Value::Text(self.string()?),
            Some('-' | '0'..='9') => self.number()?,
            Some('t') => self.word("true", Value::Bool(true))?,
            Some('f') => self.word("false", Value::Bool(false))?,
            Some('n') => self.word("null", Value::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Node { value, position })
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, TemplateError> {
        for expected in word.chars() {
            if self.peek() != Some(expected) {
                return Err(self.unexpected(word));
            }
            self.next();
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, TemplateError> {
        let start = self.rest;
        let position = self.position();
        if self.peek() == Some('-') {
            self.next();
        }
        if self.peek() == Some('0') {
            self.next();
        } else {
            self.digits()?;
        }
        if self.peek() == Some('.') {
            self.next();
            self.digits()?;
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.next();
            if matches!(self.peek(), Some('+' | '-')) {
                self.next();
            }
            self.digits()?;
        }
        let spelling = &start[..start.len() - self.rest.len()];
        match spelling.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Number(spelling.to_owned())),
            _ => Err(TemplateError::at(
                position,
                format_args!("The number {spelling} is too large."),
            )),
        }
    }

    fn digits(&mut self) -> Result<(), TemplateError> {
        if !matches!(self.peek(), Some('0'..='9')) {
            return Err(self.unexpected("a digit"));
        }
        while matches!(self.peek(), Some('0'..='9')) {
            self.next();
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String, TemplateError> {
        self.next();
        let mut text = String::new();
        loop {
            match self.peek() {
                Some('"') => {
                    self.next();
                    return Ok(text);
                }
                Some('\\') => {
                    let c = self.escape()?;
                    text.push(c);
                }
                Some(c) if c >= ' ' => {
                    self.next();
                    text.push(c);
                }
                Some(c) if c != '\0' => {
                    return Err(self.error(format_args!(
                        "The body is not valid JSON: the control character {c:?} must be escaped inside a string."
                    )));
                }
                _ => return Err(self.unexpected("the end of a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, TemplateError> {
        let position = self.position();
        self.next();
        let escaped = match self.peek() {
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => return self.unicode(position),
            _ => return Err(self.unexpected("an escape character")),
        };
        self.next();
        Ok(escaped)
    }

    /// Behind `\`, at `u`: one unit of UTF-16, or two that make one character.
    fn unicode(&mut self, position: Position) -> Result<char, TemplateError> {
        let first = self.unit()?;
        let units = if (0xd800..0xdc00).contains(&first) && self.rest.starts_with("\\u") {
            self.next();
            vec![first, self.unit()?]
        } else {
            vec![first]
        };
        match char::decode_utf16(units.iter().copied())
            .collect::<Result<Vec<char>, _>>()
            .as_deref()
        {
            Ok(['\0']) => Err(TemplateError::at(
                position,
                "The body is not valid: it holds a NUL character.",
            )),
            Ok([c]) => Ok(*c),
            _ => Err(TemplateError::at(
                position,
                "The body is not valid JSON: half of a surrogate pair stands alone.",
            )),
        }
    }

    fn unit(&mut self) -> Result<u16, TemplateError> {
        self.next();
        let mut unit = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(16)) else {
                return Err(self.unexpected("a hexadecimal digit"));
            };
            // A hexadecimal digit fits in four bits, and four of them in the unit.
            unit = unit << 4 | digit as u16;
            self.next();
        }
        Ok(unit)
    }

    fn array(&mut self, depth: usize) -> Result<Value, TemplateError> {
        self.next();
        self.space();
        let mut items = Vec::new();
        if self.peek() == Some(']') {
            self.next();
            return Ok(Value::Array(items));
        }
        loop {
            self.space();
            items.push(self.value(depth + 1)?);
            self.space();
            match self.peek() {
                Some(',') => self.next(),
                Some(']') => {
                    self.next();
                    return Ok(Value::Array(items));
                }
                _ => return Err(self.unexpected("',' or ']'")),
            };
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, TemplateError> {
        self.next();
        self.space();
        let mut members: Vec<Member> = Vec::new();
        let mut keys = HashSet::new();
        if self.peek() == Some('}') {
            self.next();
            return Ok(Value::Object(members));
        }
        loop {
            self.space();
            let position = self.position();
            if self.peek() != Some('"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let key = self.string()?;
            if !keys.insert(key.clone()) {
                return Err(TemplateError::at(
                    position,
                    format_args!("The key {key:?} stands twice in one object."),
                ));
            }
            self.space();
            if self.peek() != Some(':') {
                return Err(self.unexpected("':'"));
            }
            self.next();
            self.space();
            let node = self.value(depth + 1)?;
            members.push(Member {
                key,
                position,
                node,
            });
            self.space();
            match self.peek() {
                Some(',') => self.next(),
                Some('}') => {
                    self.next();
                    return Ok(Value::Object(members));
                }
                _ => return Err(self.unexpected("',' or '}'")),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn errors_say_where() {
        let cases = [
            ("", "The body is empty. (line 1, column 1)"),
            (" \r\n ", "The body is empty. (line 2, column 2)"),
            (
                "{",
                "The body is not valid JSON: it ends where a key in double quotes should be. (line 1, column 2)",
            ),
            (
                "{\r\n \"a\": 1,\r\n}",
                "The body is not valid JSON: '}' where a key in double quotes should be. (line 3, column 1)",
            ),
            (
                "{\"a\":1,\n\"a\":2}",
                "The key \"a\" stands twice in one object. (line 2, column 1)",
            ),
            (
                "[1,\0]",
                "The body is not valid JSON: it holds a NUL character. (line 1, column 4)",
            ),
            (
                "\"a\0\"",
                "The body is not valid JSON: it holds a NUL character. (line 1, column 3)",
            ),
            (
                r#""a\u0000""#,
                "The body is not valid: it holds a NUL character. (line 1, column 3)",
            ),
            (
                "\"a\nb\"",
                "The body is not valid JSON: the control character '\\n' must be escaped inside a string. (line 1, column 3)",
            ),
            (
                r#""\ud800x""#,
                "The body is not valid JSON: half of a surrogate pair stands alone. (line 1, column 2)",
            ),
            (
                r#""\q""#,
                "The body is not valid JSON: 'q' where an escape character should be. (line 1, column 3)",
            ),
            (
                "01",
                "The body is not valid JSON: '1' follows its end. (line 1, column 2)",
            ),
            (
                "1.",
                "The body is not valid JSON: it ends where a digit should be. (line 1, column 3)",
            ),
            ("1e999", "The number 1e999 is too large. (line 1, column 1)"),
            (
                "nul",
                "The body is not valid JSON: it ends where null should be. (line 1, column 4)",
            ),
            (
                "{} x",
                "The body is not valid JSON: 'x' follows its end. (line 1, column 4)",
            ),
            (
                "'a'",
                "The body is not valid JSON: '\\'' where a value should be. (line 1, column 1)",
            ),
        ];
        for (text, expected) in cases {
            let error = read(text).expect_err(text).to_string();
            assert_eq!(
                error.strip_prefix("Invalid registration template. "),
                Some(expected),
                "{text:?}"
            );
        }
        let deep = "[".repeat(33);
        assert!(
            read(&deep)
                .unwrap_err()
                .to_string()
                .contains("deeper than 32 levels")
        );
        assert!(read(&format!("{}{}", "[".repeat(32), "]".repeat(32))).is_ok());
    }

    /// The same document as serde_json reads it.
    fn plain(node: &Node) -> serde_json::Value {
        match &node.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(b) => (*b).into(),
            Value::Number(n) => serde_json::from_str(n).expect("numbers are JSON"),
            Value::Text(t) => t.as_str().into(),
            Value::Array(items) => items.iter().map(plain).collect(),
            Value::Object(members) => members
                .iter()
                .map(|m| (m.key.clone(), plain(&m.node)))
                .collect(),
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = read(&text);
        }

        #[test]
        fn what_is_read_is_what_a_general_parser_reads(text in r#"[\[\]{}":,0-9a-c\\une. -]{0,24}"#) {
            if let Ok(node) = read(&text) {
                let other: serde_json::Value = serde_json::from_str(&text).expect("valid JSON");
                prop_assert_eq!(plain(&node), other);
            }
        }
    }

    #[test]
    fn escapes_and_marks_are_read() {
        let node = read("\u{feff}{\r\n\"a\\/b\": \"\\ud83d\\ude00\\r\\n\"}").expect("valid");
        assert_eq!(plain(&node), serde_json::json!({"a/b": "\u{1f600}\r\n"}));
    }
}
