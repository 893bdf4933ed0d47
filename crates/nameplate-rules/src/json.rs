//! JSON as text: checked once, then read where it lies, so that a rule pays for the members it names.
//!
//! Numbers keep every digit, for which `serde_json` would need a feature that changes its numbers for the whole
//! program. Accepts what RFC 8259 does, 128 levels deep.

use crate::number::Number;
use std::borrow::Cow;

/// Arrays and objects within each other, as `serde_json` takes them.
const DEPTH: u32 = 128;

/// What begins at a place of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    Text,
    Number,
    Boolean(bool),
    Null,
}

/// A key and the text of its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a> {
    /// Between its quotes, with its escapes.
    raw_key: &'a str,
    pub(crate) value: &'a str,
}

impl<'a> Member<'a> {
    pub(crate) fn key(&self) -> Cow<'a, str> {
        unescape(self.raw_key)
    }

    pub(crate) fn is(&self, key: &str) -> bool {
        // What is escaped is longer than what it stands for.
        self.raw_key == key
            || (self.raw_key.len() > key.len() && self.raw_key.contains('\\') && self.key() == key)
    }
}

/// Checks a document. For an object gives its members too, in one pass.
pub(crate) fn document(text: &str) -> Option<(&str, Option<Vec<Member<'_>>>)> {
    let mut scanner = Scanner::new(text);
    scanner.blank();
    let begin = scanner.at;
    let mut members = None;
    if scanner.peek() == Some(b'{') {
        let mut found = Vec::with_capacity(16);
        scanner.at += 1;
        scanner.blank();
        if scanner.peek() == Some(b'}') {
            scanner.at += 1;
        } else {
            loop {
                found.push(scanner.member(1)?);
                match scanner.next()? {
                    b',' => scanner.blank(),
                    b'}' => break,
                    _ => return None,
                }
            }
        }
        members = Some(found);
    } else {
        scanner.value(0)?;
    }
    let end = scanner.at;
    scanner.blank();
    (scanner.at == text.len()).then(|| (&text[begin..end], members))
}

/// What a checked text begins with.
pub(crate) fn kind(text: &str) -> Kind {
    match text.as_bytes().first() {
        Some(b'{') => Kind::Object,
        Some(b'[') => Kind::Array,
        Some(b'"') => Kind::Text,
        Some(b't') => Kind::Boolean(true),
        Some(b'f') => Kind::Boolean(false),
        Some(b'n') => Kind::Null,
        _ => Kind::Number,
    }
}

/// The text of a checked string with its quotes.
pub(crate) fn text(quoted: &str) -> Cow<'_, str> {
    unescape(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or(""))
}

/// Members of a checked object, in order.
pub(crate) fn members(object: &str) -> impl Iterator<Item = Member<'_>> {
    let mut scanner = Scanner::new(object);
    scanner.at = 1;
    std::iter::from_fn(move || {
        scanner.blank();
        if matches!(scanner.peek(), Some(b'}') | None) {
            return None;
        }
        let member = scanner.member(0)?;
        if scanner.peek() == Some(b',') {
            scanner.at += 1;
        }
        Some(member)
    })
}

/// Elements of a checked array, in order.
pub(crate) fn elements(array: &str) -> impl Iterator<Item = &str> {
    let mut scanner = Scanner::new(array);
    scanner.at = 1;
    std::iter::from_fn(move || {
        scanner.blank();
        if matches!(scanner.peek(), Some(b']') | None) {
            return None;
        }
        let begin = scanner.at;
        scanner.value(0)?;
        let element = &array[begin..scanner.at];
        scanner.blank();
        if scanner.peek() == Some(b',') {
            scanner.at += 1;
        }
        Some(element)
    })
}

/// The value of a checked object's member; of several with one key the last.
pub(crate) fn member<'a>(object: &'a str, key: &str) -> Option<&'a str> {
    members(object)
        .filter(|member| member.is(key))
        .last()
        .map(|member| member.value)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes().get(self.at).copied()
    }

    #[inline]
    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    #[inline]
    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// A key, a colon, a value, and what blanks follow.
    fn member(&mut self, depth: u32) -> Option<Member<'a>> {
        let raw_key = self.string()?;
        self.blank();
        if self.next()? != b':' {
            return None;
        }
        self.blank();
        let begin = self.at;
        self.value(depth)?;
        let value = &self.text[begin..self.at];
        self.blank();
        Some(Member { raw_key, value })
    }

    /// What lies between the quotes.
    #[inline]
    fn string(&mut self) -> Option<&'a str> {
        if self.next()? != b'"' {
            return None;
        }
        let begin = self.at;
        loop {
            match self.next()? {
                b'"' => return Some(&self.text[begin..self.at - 1]),
                b'\\' => match self.next()? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    b'u' => {
                        for _ in 0..4 {
                            self.next()?.is_ascii_hexdigit().then_some(())?;
                        }
                    }
                    _ => return None,
                },
                0..0x20 => return None,
                _ => {}
            }
        }
    }

    fn value(&mut self, depth: u32) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(|_| ()),
            b'{' | b'[' if depth == DEPTH => None,
            b'{' => {
                self.at += 1;
                self.blank();
                if self.peek()? == b'}' {
                    self.at += 1;
                    return Some(());
                }
                loop {
                    self.member(depth + 1)?;
                    match self.next()? {
                        b',' => self.blank(),
                        b'}' => return Some(()),
                        _ => return None,
                    }
                }
            }
            b'[' => {
                self.at += 1;
                self.blank();
                if self.peek()? == b']' {
                    self.at += 1;
                    return Some(());
                }
                loop {
                    self.value(depth + 1)?;
                    self.blank();
                    match self.next()? {
                        b',' => self.blank(),
                        b']' => return Some(()),
                        _ => return None,
                    }
                }
            }
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.bytes()[self.at..]
            .starts_with(word.as_bytes())
            .then_some(())?;
        self.at += word.len();
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.next()? {
            b'0' => {}
            b'1'..=b'9' => self.digits(),
            _ => return None,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.next()?.is_ascii_digit().then_some(())?;
            self.digits();
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.next()?.is_ascii_digit().then_some(())?;
            self.digits();
        }
        Some(())
    }

    #[inline]
    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }
}

/// Reads escapes. Halves of a surrogate pair that stand alone become U+FFFD.
fn unescape(raw: &str) -> Cow<'_, str> {
    let Some(first) = raw.find('\\') else {
        return Cow::Borrowed(raw);
    };
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    let mut at = first;
    loop {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (c, used) = match after.as_bytes().first() {
            Some(b'b') => ('\u{8}', 1),
            Some(b'f') => ('\u{c}', 1),
            Some(b'n') => ('\n', 1),
            Some(b'r') => ('\r', 1),
            Some(b't') => ('\t', 1),
            Some(b'u') => unit(after),
            Some(byte) => (char::from(*byte), 1),
            None => break,
        };
        out.push(c);
        rest = &after[used..];
        match rest.find('\\') {
            Some(next) => at = next,
            None => break,
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character of `u` and four digits, or of two such halves with a backslash between, and how many bytes name it.
fn unit(text: &str) -> (char, usize) {
    let hex = |at: usize| {
        text.get(at..at + 4)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
    };
    let Some(first) = hex(1) else {
        return ('\u{fffd}', 1);
    };
    if (0xd800..0xdc00).contains(&first)
        && text.get(5..7) == Some("\\u")
        && let Some(second) = hex(7)
        && (0xdc00..0xe000).contains(&second)
    {
        let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return (char::from_u32(code).unwrap_or('\u{fffd}'), 11);
    }
    (char::from_u32(first).unwrap_or('\u{fffd}'), 5)
}

/// Writes a text with its quotes.
pub(crate) fn write_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut begin = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0x8 => b"\\b",
            0xc => b"\\f",
            0..0x20 => b"",
            _ => continue,
        };
        out.extend_from_slice(&bytes[begin..at]);
        match escape.is_empty() {
            true => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            false => out.extend_from_slice(escape),
        }
        begin = at + 1;
    }
    out.extend_from_slice(&bytes[begin..]);
    out.push(b'"');
}

/// Writes a checked value without its blanks. With `whole_is_int`, 10.0 becomes 10; other numbers stay as they are. Halves of a
/// surrogate pair that stand alone become U+FFFD, as they do in a text by itself: there are readers that refuse them.
pub(crate) fn write_compact(out: &mut Vec<u8>, value: &str, whole_is_int: bool) {
    let bytes = value.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let mut begin = at;
        at += 1;
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' => continue,
            b'"' => {
                while let Some(&byte) = bytes.get(at) {
                    at += 1;
                    match byte {
                        b'"' => break,
                        b'\\' if bytes.get(at) == Some(&b'u') => {
                            let (c, used) = unit(&value[at..]);
                            if c == '\u{fffd}' {
                                out.extend_from_slice(&bytes[begin..at - 1]);
                                out.extend_from_slice(br"\ufffd");
                                begin = at + used;
                            }
                            at += used;
                        }
                        b'\\' => at += 1,
                        _ => {}
                    }
                }
            }
            b'-' | b'0'..=b'9' => {
                let digit =
                    |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
                while bytes.get(at).is_some_and(digit) {
                    at += 1;
                }
                let number = &value[begin..at];
                if whole_is_int
                    && number.contains(['.', 'e', 'E'])
                    && let Some(Number::Int(whole)) = Number::parse(number, true)
                {
                    out.extend_from_slice(whole.to_string().as_bytes());
                    continue;
                }
            }
            _ => {}
        }
        out.extend_from_slice(&bytes[begin..at.min(bytes.len())]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn compact(text: &str, whole_is_int: bool) -> String {
        let mut out = Vec::new();
        write_compact(&mut out, text, whole_is_int);
        String::from_utf8(out).expect("what was UTF-8 stays so")
    }

    #[test]
    fn documents_are_told_from_other_texts() {
        for good in [
            "{}",
            " [ ] ",
            "0",
            "-0.5e+7",
            "\"\\u00e9\\n\"",
            "true",
            "null",
            "{\"a\":[1,{\"b\":null}]}",
        ] {
            assert!(document(good).is_some(), "{good}");
        }
        for bad in [
            "",
            " ",
            "{",
            "{\"a\"}",
            "{a:1}",
            "[1,]",
            "01",
            "1.",
            ".5",
            "+1",
            "tru",
            "{} {}",
            "'a'",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "[1 2]",
            "{\"a\":1,}",
            "NaN",
        ] {
            assert!(document(bad).is_none(), "{bad}");
        }
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(document(&nested(128)).is_some());
        assert!(document(&nested(129)).is_none());
    }

    #[test]
    fn members_are_read_where_they_lie() {
        let text = r#"{"a": 1 , "b":{"c":"x\ty"}, "\u0061": [1, 2] }"#;
        let (_, found) = document(text).expect("it is a document");
        let found = found.expect("it is an object");
        assert_eq!(found.len(), 3);
        assert!(found[2].is("a"));
        assert_eq!(member(text, "a"), Some("[1, 2]"));
        let inner = member(text, "b").expect("b is there");
        assert_eq!(super::text(member(inner, "c").expect("c is there")), "x\ty");
        assert_eq!(
            elements("[1, [2,3] ,\"a,b\"]").collect::<Vec<_>>(),
            ["1", "[2,3]", "\"a,b\""]
        );
        assert_eq!(elements("[ ]").count() + members("{ }").count(), 0);
        assert_eq!(super::text(r#""\ud83d\ude00 \ud83d x""#), "😀 \u{fffd} x");
    }

    #[test]
    fn blanks_go_and_strings_stay() {
        let text = "{ \"a b\" : [ 1.0 , 2.50, 1e2, \"c \\\" d\" ] }";
        assert_eq!(compact(text, true), r#"{"a b":[1,2.50,100,"c \" d"]}"#);
        assert_eq!(compact(text, false), r#"{"a b":[1.0,2.50,1e2,"c \" d"]}"#);
    }

    #[test]
    fn halves_of_surrogate_pairs_do_not_stand_alone() {
        let text = r#"{"\ud800": ["\ud83d\ude00", "a\\ud800", "\udc00 b", "\ud83d\ud83d\ude00", "\u00e9\uD800"]}"#;
        let wanted = r#"{"\ufffd":["\ud83d\ude00","a\\ud800","\ufffd b","\ufffd\ud83d\ude00","\u00e9\ufffd"]}"#;
        assert_eq!(compact(text, true), wanted);
        assert!(serde_json::from_str::<Value>(wanted).is_ok());
    }

    proptest! {
        #[test]
        fn any_text_is_judged_as_serde_json_does(text in r#"[\[\]{}",:0-9.eE+\-truefalsn\\u \n]{0,24}"#) {
            prop_assert_eq!(document(&text).is_some(), serde_json::from_str::<Value>(&text).is_ok() || overflows(&text));
        }

        #[test]
        fn texts_come_back(text in any::<String>()) {
            let mut out = Vec::new();
            write_text(&mut out, &text);
            let written = String::from_utf8(out).expect("it is UTF-8");
            prop_assert_eq!(serde_json::from_str::<String>(&written).expect("it is JSON"), text.clone());
            prop_assert_eq!(super::text(&written), text);
        }
    }

    /// `serde_json` refuses numbers beyond a double, and lone surrogates.
    fn overflows(text: &str) -> bool {
        serde_json::from_str::<Value>(text).is_err_and(|error| {
            let error = error.to_string();
            error.contains("out of range")
                || error.contains("surrogate")
                || error.contains("hex escape")
        }) && document(text).is_some()
    }
}
