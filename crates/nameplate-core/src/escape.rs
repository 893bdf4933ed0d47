//! What comes from outside, made harmless for a log line or a terminal.
//!
//! The only place that knows which characters could forge a line, move a cursor, or turn text around. Names of devices,
//! topics, subjects of certificates, paths and what servers answer may hold any of them.

use serde_json::Value;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Control characters of C0 and C1, DEL, the separators of lines and paragraphs, and what changes the direction of
/// text (Unicode Standard Annex 9).
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn replaced<'a>(
    text: &'a str,
    harmful: impl Fn(char) -> bool,
    write: impl Fn(char, &mut String),
) -> Cow<'a, str> {
    // Most texts are printable ASCII. Without a way out, the loop goes over many bytes at a time.
    let printable = |all: bool, byte: &u8| all & (b' '..=b'~').contains(byte);
    if text.as_bytes().iter().fold(true, printable) {
        return Cow::Borrowed(text);
    }
    let Some(first) = text.find(&harmful) else {
        return Cow::Borrowed(text);
    };
    let mut safe = String::with_capacity(text.len() + 16);
    safe.push_str(&text[..first]);
    for c in text[first..].chars() {
        match harmful(c) {
            true => write(c, &mut safe),
            false => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

/// The text in one line: `\n`, `\r`, `\t` and `\u{1b}` for what is not to be printed, as Rust writes them.
pub fn line(text: &str) -> Cow<'_, str> {
    replaced(text, is_harmful, |c, safe| safe.extend(c.escape_default()))
}

/// The text with its lines as they are, and what else is in them as [`line()`] has it.
pub fn lines(text: &str) -> Cow<'_, str> {
    replaced(
        text,
        |c| c != '\n' && is_harmful(c),
        |c, safe| safe.extend(c.escape_default()),
    )
}

/// A JSON document, which stays the same document: strings of JSON may hold most of these characters raw.
pub fn json(document: &str) -> Cow<'_, str> {
    // A control character of C0 stands between tokens, if anywhere.
    replaced(
        document,
        |c| c > '\u{1f}' && is_harmful(c),
        |c, safe| {
            // All of them are in the basic plane. Writing to a String cannot fail.
            let _ = write!(safe, "\\u{:04x}", u32::from(c));
        },
    )
}

/// What a server answered, with every text in it as [`line()`] has it.
pub fn answer(value: Value) -> Value {
    match value {
        Value::String(text) => match line(&text) {
            Cow::Borrowed(_) => Value::String(text),
            Cow::Owned(safe) => Value::String(safe),
        },
        Value::Array(items) => Value::Array(items.into_iter().map(answer).collect()),
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| (line(&name).into_owned(), answer(value)))
                .collect(),
        ),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_moves_a_cursor() {
        for (text, expected) in [
            ("plain ünïcode 日本 C:\\n", "plain ünïcode 日本 C:\\n"),
            ("x\n2026-01-01  INFO forged", "x\\n2026-01-01  INFO forged"),
            ("a\r\tb", "a\\r\\tb"),
            ("\u{1b}[2J\u{7}\u{0}", "\\u{1b}[2J\\u{7}\\u{0}"),
            ("\u{7f}\u{9b}31m\u{85}", "\\u{7f}\\u{9b}31m\\u{85}"),
            ("a\u{2028}b\u{2029}c", "a\\u{2028}b\\u{2029}c"),
            (
                "\u{202e}gpj\u{2066}\u{200f}\u{61c}",
                "\\u{202e}gpj\\u{2066}\\u{200f}\\u{61c}",
            ),
        ] {
            assert_eq!(line(text), expected);
            assert_eq!(lines(text), expected.replace("\\n2", "\n2"));
        }
    }

    #[test]
    fn a_json_document_stays_what_it_is() {
        let value = json!({"a\u{9b}": "\u{1b}[1m\u{202e}\n\u{2028}é"});
        let text = format!("{value}\n");
        let safe = json(&text);
        assert!(safe.is_ascii() || safe.contains('é'), "{safe}");
        assert!(!safe.trim_end().contains(is_harmful), "{safe}");
        assert_eq!(serde_json::from_str::<Value>(&safe).expect("JSON"), value);
    }

    #[test]
    fn an_answer_is_harmless_all_through() {
        assert_eq!(
            answer(json!({"a\n": [1, {"b": "\u{1b}"}, null], "c": "d"})),
            json!({"a\\n": [1, {"b": "\\u{1b}"}, null], "c": "d"})
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(text in ".*") {
            proptest::prop_assert!(!line(&text).contains(is_harmful));
            let document = Value::String(text.clone()).to_string();
            proptest::prop_assert_eq!(
                serde_json::from_str::<Value>(&json(&document)).expect("JSON"),
                Value::String(text)
            );
        }
    }
}
