//! Filter patterns of CloudWatch Logs: which log events one finds.
//!
//! Owns the syntax and its meaning for one message. [CloudWatch Logs guide: filter pattern syntax for metric filters,
//! subscription filters, filter log events, and Live Tail] Must not know groups, streams and times.

mod json;

use json::Expression;
use regex::{Regex, RegexBuilder};
use thiserror::Error;

/// Most terms of a pattern: it has at most 1,024 characters anyway.
const TERMS: usize = 512;

/// Bytes that a compiled regular expression may take.
const REGEX_BYTES: usize = 256 << 10;

/// A filter pattern.
#[derive(Debug)]
pub struct Pattern(Form);

#[derive(Debug)]
enum Form {
    /// Words of the text.
    Terms {
        all: Vec<Term>,
        any: Vec<Term>,
        none: Vec<Term>,
    },
    /// `{ $.x = … }`
    Json(Expression),
}

/// What a text must contain.
#[derive(Debug)]
enum Term {
    Text(String),
    Regex(Regex),
}

/// Why a text is no filter pattern, or none that can be evaluated here.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadPattern {
    /// It does not follow the syntax.
    #[error("Invalid filter pattern: {what} at character {at}")]
    Syntax {
        /// What is wrong.
        what: String,
        /// Where, in characters from 1.
        at: usize,
    },
    /// It is one that this server cannot evaluate.
    #[error("Nameplate does not implement {0} in filter patterns yet.")]
    NotBuilt(&'static str),
}

impl Pattern {
    /// Parses a pattern; an empty one finds everything.
    ///
    /// # Errors
    /// [`BadPattern`].
    pub fn parse(text: &str) -> Result<Self, BadPattern> {
        let trimmed = text.trim();
        if trimmed.starts_with('{') {
            return json::parse(text).map(|expression| Self(Form::Json(expression)));
        }
        if trimmed.starts_with('[') {
            return Err(BadPattern::NotBuilt("space-delimited fields"));
        }
        terms(text).map(Self)
    }

    /// Whether the pattern finds this message.
    pub fn finds(&self, message: &str) -> bool {
        match &self.0 {
            Form::Json(expression) => expression.finds(message),
            Form::Terms { all, any, none } => {
                let has = |term: &Term| term.is_in(message);
                // With other terms beside them, those of `?` have no effect.
                let some = any.is_empty() || !all.is_empty() || any.iter().any(has);
                some && all.iter().all(has) && !none.iter().any(has)
            }
        }
    }
}

impl Term {
    fn is_in(&self, message: &str) -> bool {
        match self {
            Self::Text(text) => message.contains(text),
            Self::Regex(regex) => regex.is_match(message),
        }
    }
}

/// Reads `word "a phrase" ?any -without %regex%`.
fn terms(text: &str) -> Result<Form, BadPattern> {
    let (mut all, mut any, mut none) = (Vec::new(), Vec::new(), Vec::new());
    let mut reader = Reader::new(text);
    loop {
        reader.skip_spaces();
        let Some(first) = reader.peek() else { break };
        let of = match first {
            '?' => &mut any,
            '-' => &mut none,
            _ => &mut all,
        };
        if matches!(first, '?' | '-') {
            reader.next();
        }
        let term = match reader.peek() {
            Some('"') => Term::Text(reader.quoted()?),
            Some('%') => Term::Regex(reader.regex()?),
            Some(_) => Term::Text(reader.word(|c| c.is_whitespace() || c == '"')),
            None => String::new().into(),
        };
        if matches!(&term, Term::Text(text) if text.is_empty()) {
            return Err(reader.wrong("a term is expected"));
        }
        of.push(term);
        if of.len() > TERMS {
            return Err(reader.wrong("too many terms"));
        }
    }
    Ok(Form::Terms { all, any, none })
}

impl From<String> for Term {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A text, character by character.
struct Reader<'t> {
    text: &'t str,
    /// Bytes that were read.
    at: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.next();
        }
    }

    /// Takes `word` where it comes next.
    fn take(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    /// Everything before a character that ends it.
    fn word(&mut self, ends: impl Fn(char) -> bool) -> String {
        let rest = self.rest();
        let end = rest.find(ends).unwrap_or(rest.len());
        self.at += end;
        rest[..end].to_owned()
    }

    /// `"a \"text\""`
    fn quoted(&mut self) -> Result<String, BadPattern> {
        self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                Some('"') => return Ok(text),
                Some('\\') => match self.next() {
                    Some(escaped @ ('"' | '\\')) => text.push(escaped),
                    Some(other) => text.extend(['\\', other]),
                    None => return Err(self.wrong("a quotation mark is missing")),
                },
                Some(other) => text.push(other),
                None => return Err(self.wrong("a quotation mark is missing")),
            }
        }
    }

    /// `%a.b%`
    fn regex(&mut self) -> Result<Regex, BadPattern> {
        self.next();
        let text = self.word(|c| c == '%');
        if !self.take("%") {
            return Err(self.wrong("the second % of a regular expression is missing"));
        }
        RegexBuilder::new(&text)
            .size_limit(REGEX_BYTES)
            .build()
            .map_err(|_| self.wrong("what stands between % is no regular expression"))
    }

    fn wrong(&self, what: &str) -> BadPattern {
        BadPattern::Syntax {
            what: what.to_owned(),
            at: self.text[..self.at].chars().count() + 1,
        }
    }
}

#[cfg(test)]
mod tests;
