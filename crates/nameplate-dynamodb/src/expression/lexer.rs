//! From an expression's text to its tokens.

use super::scope::Scope;
use crate::error::{Invalid, Result};
use crate::token::Kinds;

/// Bytes that an expression may have. Developer guide: quotas.
const LONGEST: usize = 4096;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or keyword.
    Word,
    /// `#name`
    Name,
    /// `:value`
    Value,
    /// A whole number.
    Number,
    /// An operator or a sign.
    Sign,
    /// What no expression has.
    Unknown,
    /// The end.
    End,
}

impl Kinds for Kind {
    const WORD: Self = Self::Word;
    const SIGN: Self = Self::Sign;
    const END: Self = Self::End;
}

/// A token of an expression.
pub(super) type Token<'t> = crate::token::Token<'t, Kind>;

/// The tokens of an expression; the end is the last.
pub(super) fn tokens<'t>(text: &'t str, scope: &Scope) -> Result<Vec<Token<'t>>> {
    if text.trim().is_empty() {
        return Err(scope.invalid("The expression can not be empty;"));
    }
    if text.len() > LONGEST {
        return Err(scope.invalid(format!(
            "Expression size has exceeded the maximum allowed size; expression size: {}",
            text.len()
        )));
    }
    let bytes = text.as_bytes();
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let byte = bytes[at];
        let run = |from: usize, what: &dyn Fn(u8) -> bool| {
            from + bytes[from..].iter().take_while(|byte| what(**byte)).count()
        };
        let kind = match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {
                at += 1;
                continue;
            }
            b'#' | b':' => {
                at = run(at + 1, &is_part);
                match (byte, at > start + 1) {
                    (_, false) => Kind::Unknown,
                    (b'#', _) => Kind::Name,
                    _ => Kind::Value,
                }
            }
            b'0'..=b'9' => {
                at = run(at, &|byte| byte.is_ascii_digit());
                Kind::Number
            }
            b'a'..=b'z' | b'A'..=b'Z' => {
                at = run(at, &is_part);
                Kind::Word
            }
            b'<' if matches!(bytes.get(at + 1), Some(b'=' | b'>')) => {
                at += 2;
                Kind::Sign
            }
            b'>' if bytes.get(at + 1) == Some(&b'=') => {
                at += 2;
                Kind::Sign
            }
            b'=' | b'<' | b'>' | b'(' | b')' | b'[' | b']' | b'.' | b',' | b'+' | b'-' => {
                at += 1;
                Kind::Sign
            }
            _ => {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
                Kind::Unknown
            }
        };
        found.push(Token {
            kind,
            text: &text[start..at],
            start,
        });
    }
    found.push(Token {
        kind: Kind::End,
        text: "<EOF>",
        start: text.len(),
    });
    match found.iter().position(|token| token.kind == Kind::Unknown) {
        Some(at) => Err(syntax_error(text, &found, at, scope)),
        None => Ok(found),
    }
}

/// The refusal of the token at a place, with its neighbours as they stand.
pub(super) fn syntax_error(text: &str, all: &[Token<'_>], at: usize, scope: &Scope) -> Invalid {
    let before = &all[at.saturating_sub(1)];
    let after = all[at..]
        .iter()
        .take(2)
        .rfind(|token| token.kind != Kind::End);
    let end = after.map_or(text.len(), |token| token.start + token.text.len());
    scope.invalid(format!(
        "Syntax error; token: \"{}\", near: \"{}\"",
        all[at].text,
        text[before.start..end].trim_end()
    ))
}
