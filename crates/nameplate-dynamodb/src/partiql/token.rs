//! From a statement's text to its tokens.

use crate::error::{Invalid, Result};
use crate::token::Kinds;
use std::borrow::Cow;

/// Bytes that a statement may have. API reference: ExecuteStatement.
const LONGEST: usize = 8192;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword, or a name without quotes.
    Word,
    /// `"name"`
    Quoted,
    /// `'text'`
    Text,
    /// A number without its sign.
    Number,
    /// An Ion literal, which DynamoDB does not take.
    Ion,
    /// `?`
    Parameter,
    /// An operator or a sign.
    Sign,
    /// The end.
    End,
}

impl Kinds for Kind {
    const WORD: Self = Self::Word;
    const SIGN: Self = Self::Sign;
    const END: Self = Self::End;
}

/// A token of a statement.
pub(super) type Token<'t> = crate::token::Token<'t, Kind>;

impl<'t> Token<'t> {
    /// What stands between its quotes, where it has some.
    pub(super) fn content(&self) -> Cow<'t, str> {
        let quote = match self.kind {
            Kind::Quoted => "\"",
            Kind::Text => "'",
            _ => return Cow::Borrowed(self.text),
        };
        let inner = &self.text[1..self.text.len() - 1];
        match inner.contains(quote) {
            true => Cow::Owned(inner.replace(&quote.repeat(2), quote)),
            false => Cow::Borrowed(inner),
        }
    }

    /// Where it stands, as refusals tell it: line, column and length in characters.
    pub(super) fn place(&self, statement: &str) -> String {
        let before = &statement[..self.start];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        format!("{line}:{column}:{}", self.text.chars().count())
    }
}

/// That a statement cannot be read; `why` may be nothing.
pub(super) fn malformed(why: &str) -> Invalid {
    Invalid::new(format!(
        "Statement wasn't well formed, can't be processed: {why}"
    ))
}

const SIGNS: [&str; 24] = [
    "<<", ">>", "<=", ">=", "<>", "!=", "||", "=", "<", ">", "(", ")", "[", "]", "{", "}", ",",
    ".", ":", ";", "+", "-", "*", "/",
];

/// The tokens of a statement; the end is the last.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>> {
    if text.len() > LONGEST {
        return Err(Invalid::new(format!(
            "1 validation error detected: Value at 'statement' failed to satisfy constraint: Member must have length less than or equal to {LONGEST}"
        )));
    }
    let bytes = text.as_bytes();
    let run = |from: usize, what: &dyn Fn(u8) -> bool| {
        from + bytes[from..].iter().take_while(|byte| what(**byte)).count()
    };
    let digits = |from: usize| run(from, &|byte| byte.is_ascii_digit());
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let rest = &text[at..];
        let next = bytes.get(at + 1).copied();
        let kind = match bytes[at] {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'-' if next == Some(b'-') => {
                at = run(at, &|byte| byte != b'\n');
                continue;
            }
            b'/' if next == Some(b'*') => {
                let end = rest[2..].find("*/").ok_or_else(|| malformed(""))?;
                at += end + 4;
                continue;
            }
            quote @ (b'\'' | b'"') => {
                at = closed(bytes, at, quote).ok_or_else(|| malformed(""))?;
                if quote == b'"' {
                    Kind::Quoted
                } else {
                    Kind::Text
                }
            }
            b'`' => {
                at = closed(bytes, at, b'`').ok_or_else(|| malformed(""))?;
                Kind::Ion
            }
            b'?' => {
                at += 1;
                Kind::Parameter
            }
            byte if byte.is_ascii_digit()
                || (byte == b'.' && next.is_some_and(|next| next.is_ascii_digit())) =>
            {
                at = digits(at);
                if bytes.get(at) == Some(&b'.') {
                    at = digits(at + 1);
                }
                if matches!(bytes.get(at), Some(b'e' | b'E')) {
                    let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
                    let end = digits(at + 1 + sign);
                    if end > at + 1 + sign {
                        at = end;
                    }
                }
                Kind::Number
            }
            byte if byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$') => {
                at = run(at, &|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
                });
                Kind::Word
            }
            _ => {
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
                at += sign.ok_or_else(|| malformed(""))?.len();
                Kind::Sign
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
        text: "",
        start: text.len(),
    });
    Ok(found)
}

/// Behind the end of what is quoted from `at` on; a quote in it is doubled.
fn closed(bytes: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    loop {
        at += 1 + bytes[at + 1..].iter().position(|byte| *byte == quote)?;
        if bytes.get(at + 1) != Some(&quote) {
            return Some(at + 1);
        }
        at += 1;
    }
}
