//! Whether an event is JSON, and what callers are told where it is not.
//!
//! AWS Lambda reads events with a parser of Java's (Jackson). What this parser says of an event that does not begin as JSON
//! does is recorded of AWS, and people look for it: the AWS CLI's version 2 sends `--payload` decoded from base64, bytes
//! that begin with no value, unless it is told otherwise. Faults further on are told in words of our own.

use serde::de::IgnoredAny;
use std::fmt;

/// What a value may begin with.
const VALUES: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
/// Characters of a token that are shown.
const SHOWN: usize = 256;

/// Why an event is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotJson {
    what: String,
    line: usize,
    column: usize,
}

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Could not parse request body into json: Could not parse payload into json: {}\n at [Source: REDACTED \
             (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: {}, column: {}]",
            self.what, self.line, self.column
        )
    }
}

/// The event of a call with this payload: one without is made with an empty object.
pub fn event_of(payload: &[u8]) -> &[u8] {
    match payload.is_empty() {
        true => b"{}",
        false => payload,
    }
}

/// Refuses what is no JSON, or no UTF-8.
///
/// # Errors
/// With the place of the first fault, in bytes.
pub fn check(payload: &[u8]) -> Result<(), NotJson> {
    let text = std::str::from_utf8(payload);
    let parsed = match &text {
        Ok(text) => serde_json::from_str::<IgnoredAny>(text),
        Err(broken) => serde_json::from_slice::<IgnoredAny>(&payload[..broken.valid_up_to()]),
    };
    match (parsed, text) {
        (Ok(_), Ok(_)) => Ok(()),
        (parsed, text) => Err(beginning(payload).unwrap_or_else(|| match (parsed, text) {
            (Err(why), text) if text.is_ok() || !why.is_eof() => {
                // The place stands behind the words.
                let what = why.to_string();
                let what = what.split(" at line ").next().unwrap_or_default();
                NotJson {
                    what: what.to_owned(),
                    line: why.line(),
                    column: why.column(),
                }
            }
            (_, text) => {
                let at = text
                    .err()
                    .map_or(payload.len(), |broken| broken.valid_up_to());
                decoded(payload, at)
                    .err()
                    .unwrap_or_else(|| found(payload, at, String::new()))
            }
        })),
    }
}

/// The fault of what begins with no value.
fn beginning(payload: &[u8]) -> Option<NotJson> {
    let start = payload.iter().position(|byte| !b" \t\r\n".contains(byte))?;
    let first = payload[start];
    if b"\"-[{".contains(&first) || first.is_ascii_digit() {
        return None;
    }
    for literal in ["null", "true", "false"] {
        let common = literal.bytes().zip(&payload[start..]);
        let common = common.take_while(|(wanted, byte)| wanted == *byte).count();
        if common == literal.len() {
            return None;
        }
        if common > 0 {
            return Some(token(payload, start, start + common));
        }
    }
    let letter = char::from(first);
    if letter.is_alphabetic() || "_$¢£¤¥".contains(letter) {
        return Some(token(payload, start, start + 1));
    }
    let shown = match letter.is_control() {
        true => format!("(CTRL-CHAR, code {first})"),
        false => format!("'{letter}' (code {first})"),
    };
    let what = format!("Unexpected character ({shown}): expected a valid value {VALUES}");
    Some(found(payload, start, what))
}

/// A word that is no token, read as far as it goes; from `at` on, it is known to be none.
fn token(payload: &[u8], start: usize, mut at: usize) -> NotJson {
    let mut word: String = payload[start..at].iter().copied().map(char::from).collect();
    while at < payload.len() && word.chars().count() < SHOWN {
        let letter = match decoded(payload, at) {
            Ok(letter) => letter,
            Err(broken) => return broken,
        };
        at += letter.len_utf8();
        if !letter.is_alphanumeric() && letter != '_' && letter != '$' {
            break;
        }
        word.push(letter);
    }
    let what = format!("Unrecognized token '{word}': was expecting {VALUES}");
    found(payload, at, what)
}

/// The character that begins at `at`, or what is wrong with it.
fn decoded(payload: &[u8], at: usize) -> Result<char, NotJson> {
    let rest = &payload[at..];
    let first = rest.first().copied().unwrap_or_default();
    let length = match first {
        0..=0x7f => 1,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => {
            let what = format!("Invalid UTF-8 start byte 0x{first:x}");
            return Err(found(payload, at + 1, what));
        }
    };
    let bytes = &rest[..length.min(rest.len())];
    match std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| text.chars().next())
    {
        Some(letter) => Ok(letter),
        None => {
            let within = bytes.iter().skip(1).position(|byte| byte & 0xc0 != 0x80);
            let middle = at + 1 + within.unwrap_or(0);
            let byte = payload.get(middle).copied().unwrap_or_default();
            let what = format!("Invalid UTF-8 middle byte 0x{byte:x}");
            Err(found(payload, middle + 1, what))
        }
    }
}

/// A fault behind so many bytes.
fn found(payload: &[u8], before: usize, what: String) -> NotJson {
    let read = &payload[..before.min(payload.len())];
    let begun = read.iter().rposition(|byte| *byte == b'\n');
    NotJson {
        what,
        line: 1 + read.iter().filter(|byte| **byte == b'\n').count(),
        column: before - begun.map_or(0, |at| at + 1) + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_event() {
        let check = |payload: &[u8], expected: Option<(&str, usize, usize)>| {
            let found = check(payload).err();
            let found = found
                .as_ref()
                .map(|why| (why.what.as_str(), why.line, why.column));
            assert_eq!(found, expected, "{payload:?}");
        };
        for good in ["{}", " [1, \"ü\"]\n", "null", "true", "1.5", "\"x\""] {
            check(good.as_bytes(), None);
        }
        // As recorded of AWS: `{"body": …}` and `{"message": …}` decoded from base64.
        check(
            b"n\x87r\x9e\xe9\xb5\xd7I\xee\x9bmt",
            Some(("Invalid UTF-8 start byte 0x87", 1, 3)),
        );
        let control = format!(
            "Unexpected character ((CTRL-CHAR, code 153)): expected a valid value {VALUES}"
        );
        check(b"\x99\xeb,j\x07\xa1zYh", Some((&control, 1, 1)));
        let word = format!("Unrecognized token 'hello': was expecting {VALUES}");
        check(b"hello", Some((&word, 1, 6)));
        check(b"\n hello world", Some((&word, 2, 8)));
        let half = format!("Unrecognized token 'nul': was expecting {VALUES}");
        check(b"nul", Some((&half, 1, 4)));
        let quote =
            format!("Unexpected character (''' (code 39)): expected a valid value {VALUES}");
        check(b"'x'", Some((&quote, 1, 1)));
        check(
            b"{\"a\":\"\xff\"}",
            Some(("Invalid UTF-8 start byte 0xff", 1, 8)),
        );
        check(b"\"\xc3(\"", Some(("Invalid UTF-8 middle byte 0x28", 1, 4)));
        check(b"{\"a\" 1}", Some(("expected `:`", 1, 6)));
        check(b"{", Some(("EOF while parsing an object", 1, 1)));
        check(b"  ", Some(("EOF while parsing a value", 1, 2)));
        check(b"{\"a\" 1, \"\xff\"}", Some(("expected `:`", 1, 6)));
        check(b"\"\xc3", Some(("Invalid UTF-8 middle byte 0x0", 1, 4)));
    }
}
