//! What the grammars of all expressions share: tokens one by one, paths, and the order in which mistakes are told.

use super::lexer::{Kind, syntax_error, tokens};
use super::path::{Path, Step};
use super::reserved::is_reserved;
use super::scope::Scope;
use crate::error::{Invalid, Result};
use crate::token::Tokens;
use crate::value::AttributeValue;

/// Elements of a path. Developer guide: quotas.
const DEEPEST: usize = 32;

/// Mistakes that do not end the reading, the first of each class; those of an earlier class are told first.
#[derive(Clone, Copy)]
pub(super) enum Class {
    Reserved,
    UnknownFunction,
    Misuse,
    Undefined,
    Operands,
    Meaning,
}

/// An expression while it is read.
pub(super) struct Parser<'t, 's> {
    pub(super) scope: &'s mut Scope,
    text: &'t str,
    pub(super) tokens: Tokens<'t, Kind>,
    mistakes: [Option<Invalid>; 6],
}

impl<'t, 's> Parser<'t, 's> {
    pub(super) fn new(text: &'t str, kind: &'static str, scope: &'s mut Scope) -> Result<Self> {
        let scope = scope.of(kind);
        let tokens = tokens(text, scope)?;
        Ok(Self {
            scope,
            text,
            tokens: Tokens::new(tokens),
            mistakes: [const { None }; 6],
        })
    }

    pub(super) fn expect_sign(&mut self, sign: &str) -> Result<()> {
        match self.tokens.sign(sign) {
            true => Ok(()),
            false => Err(self.unexpected()),
        }
    }

    pub(super) fn at_end(&self) -> bool {
        self.tokens.peek().kind == Kind::End
    }

    /// The refusal of the next token.
    pub(super) fn unexpected(&self) -> Invalid {
        let (tokens, at) = self.tokens.place();
        syntax_error(self.text, tokens, at, self.scope)
    }

    /// Notes a mistake and goes on.
    pub(super) fn mistake(&mut self, class: Class, why: impl std::fmt::Display) {
        let refusal = self.scope.invalid(why);
        self.mistakes[class as usize].get_or_insert(refusal);
    }

    /// That nothing is left and nothing was wrong.
    pub(super) fn finish<T>(self, read: T) -> Result<T> {
        if !self.at_end() {
            return Err(self.unexpected());
        }
        match self.mistakes.into_iter().flatten().next() {
            Some(refusal) => Err(refusal),
            None => Ok(read),
        }
    }

    /// A document path.
    pub(super) fn path(&mut self) -> Result<Path> {
        let attribute = self.part()?;
        let mut path = Path::of(attribute);
        loop {
            if self.tokens.sign(".") {
                let name = self.part()?;
                path.steps.push(Step::Name(name));
            } else if self.tokens.sign("[") {
                let token = self.tokens.peek();
                let index = match token.kind {
                    Kind::Number => token.text.parse::<usize>().ok(),
                    _ => None,
                };
                let Some(index) = index else {
                    return Err(self.unexpected());
                };
                self.tokens.next();
                self.expect_sign("]")?;
                if index > 100_000 {
                    self.mistake(
                        Class::Meaning,
                        format!("List index is not within the allowable range; index: [{index}]"),
                    );
                }
                path.steps.push(Step::Index(index));
            } else {
                break;
            }
        }
        if path.steps.len() >= DEEPEST {
            self.mistake(
                Class::Meaning,
                "The document path has too many nesting elements; nesting levels: ".to_owned()
                    + &(path.steps.len() + 1).to_string(),
            );
        }
        Ok(path)
    }

    fn part(&mut self) -> Result<String> {
        let token = self.tokens.peek();
        match token.kind {
            Kind::Word => {
                self.tokens.next();
                if is_reserved(token.text) {
                    self.mistake(
                        Class::Reserved,
                        format!(
                            "Attribute name is a reserved keyword; reserved keyword: {}",
                            token.text
                        ),
                    );
                }
                Ok(token.text.to_owned())
            }
            Kind::Name => {
                self.tokens.next();
                let found = self.scope.name(token.text);
                if found.is_none() {
                    self.mistake(
                        Class::Undefined,
                        format!(
                            "An expression attribute name used in the document path is not defined; attribute name: {}",
                            token.text
                        ),
                    );
                }
                Ok(found.unwrap_or_default())
            }
            _ => Err(self.unexpected()),
        }
    }

    /// A value, if one is next.
    pub(super) fn value(&mut self) -> Option<AttributeValue> {
        let token = self.tokens.peek();
        if token.kind != Kind::Value {
            return None;
        }
        self.tokens.next();
        let found = self.scope.value(token.text);
        if found.is_none() {
            self.mistake(
                Class::Undefined,
                format!(
                    "An expression attribute value used in expression is not defined; attribute value: {}",
                    token.text
                ),
            );
        }
        Some(found.unwrap_or(AttributeValue::Null))
    }

    /// Whether a call of a function is next.
    pub(super) fn calls(&self) -> bool {
        self.tokens.peek().kind == Kind::Word && self.tokens.after().is_sign("(")
    }
}
