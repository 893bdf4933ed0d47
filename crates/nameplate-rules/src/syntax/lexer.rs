//! Words of a statement, one at a time, so that a template can end where its expression does.

use crate::error::{SqlError, quoted};

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token<'t> {
    /// A key, keyword or function's name.
    Word(&'t str),
    /// `@name`, without the sign.
    Variable(&'t str),
    Number(&'t str),
    /// A text in single or double quotes, read.
    Text(String),
    /// An operator or a bracket.
    Sign(&'static str),
    End,
}

impl Token<'_> {
    /// Whether it is a keyword, in large or small letters.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own.eq_ignore_ascii_case(word))
    }

    pub(crate) fn is_sign(&self, sign: &str) -> bool {
        matches!(self, Self::Sign(own) if *own == sign)
    }

    /// The token as a reason names it.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Word(word) => quoted(word),
            Self::Variable(name) => quoted(&format!("@{name}")),
            Self::Number(number) => format!("the number {}", quoted(number)),
            Self::Text(text) => format!("the text {}", quoted(text)),
            Self::Sign(sign) => format!("{sign:?}"),
            Self::End => "the end".into(),
        }
    }
}

/// Longer ones first.
const SIGNS: &[&str] = &[
    "<>", "<=", ">=", "!=", "=", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", "{", "}",
    ",", ".", ":",
];

pub(crate) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    /// Begins at a byte of the text.
    pub(crate) fn new(text: &'t str, at: usize) -> Self {
        Self { text, at }
    }

    /// The next token and where it begins and ends.
    pub(crate) fn next(&mut self) -> Result<(Token<'t>, usize, usize), SqlError> {
        let rest = &self.text[self.at..];
        let rest = rest.trim_start();
        let begin = self.text.len() - rest.len();
        let (token, length) = self.token(rest, begin)?;
        self.at = begin + length;
        Ok((token, begin, self.at))
    }

    fn token(&self, rest: &'t str, begin: usize) -> Result<(Token<'t>, usize), SqlError> {
        let Some(first) = rest.chars().next() else {
            return Ok((Token::End, 0));
        };
        if first == '\'' || first == '"' {
            return self.quoted(rest, begin, first);
        }
        if first.is_ascii_digit() {
            return self.number(rest, begin);
        }
        if first == '@' {
            let length = word_length(&rest[1..]);
            if length == 0 {
                return Err(SqlError::at(
                    self.text,
                    begin,
                    "after @ stands the name of a variable: letters, digits and _",
                ));
            }
            return Ok((Token::Variable(&rest[1..=length]), length + 1));
        }
        let length = word_length(rest);
        if length > 0 {
            return Ok((Token::Word(&rest[..length]), length));
        }
        match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => Ok((Token::Sign(sign), sign.len())),
            None => Err(SqlError::at(
                self.text,
                begin,
                format!("the character {first:?} does not belong to the language"),
            )),
        }
    }

    /// A text ends with the quote it began with. The quote written twice stands for itself, and so does one that
    /// follows a backslash; other backslashes stay, as regular expressions need them.
    fn quoted(
        &self,
        rest: &'t str,
        begin: usize,
        quote: char,
    ) -> Result<(Token<'t>, usize), SqlError> {
        let mut out = String::new();
        let mut chars = rest.char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            if c == quote {
                if chars.next_if(|(_, next)| *next == quote).is_some() {
                    out.push(quote);
                    continue;
                }
                return Ok((Token::Text(out), at + 1));
            }
            if c == '\\'
                && let Some((_, next)) = chars.next_if(|(_, next)| matches!(next, '\'' | '"'))
            {
                out.push(next);
                continue;
            }
            out.push(c);
        }
        Err(SqlError::at(
            self.text,
            begin,
            format!("the text that begins here has no closing {quote}"),
        ))
    }

    fn number(&self, rest: &'t str, begin: usize) -> Result<(Token<'t>, usize), SqlError> {
        let bytes = rest.as_bytes();
        let digits = |from: usize| {
            bytes[from.min(bytes.len())..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count()
        };
        let mut length = digits(0);
        if bytes.get(length) == Some(&b'.') && digits(length + 1) > 0 {
            length += 1 + digits(length + 1);
        }
        if matches!(bytes.get(length), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
            let exponent = digits(length + 1 + sign);
            if exponent > 0 {
                length += 1 + sign + exponent;
            }
        }
        if word_length(&rest[length..]) > 0 {
            return Err(SqlError::at(
                self.text,
                begin,
                "a name begins with a letter or _; a key that begins otherwise is read with get(object, \"key\")",
            ));
        }
        Ok((Token::Number(&rest[..length]), length))
    }
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(text.len())
}
