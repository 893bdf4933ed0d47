//! What the grammars of all statements share: tokens one by one, names and paths.

use super::Source;
use super::token::{Kind, Token, malformed, tokens};
use crate::error::{Invalid, Result};
use crate::expression::{Path, Step};
use crate::token::Tokens;
use crate::value::AttributeValue;

/// Words that no name is without quotes.
const KEYWORDS: [&str; 41] = [
    "ALL",
    "AND",
    "AS",
    "ASC",
    "BETWEEN",
    "BY",
    "CROSS",
    "DELETE",
    "DESC",
    "DISTINCT",
    "EXISTS",
    "FALSE",
    "FROM",
    "GROUP",
    "HAVING",
    "IN",
    "INNER",
    "INSERT",
    "INTO",
    "IS",
    "JOIN",
    "LEFT",
    "LIKE",
    "LIMIT",
    "MISSING",
    "NOT",
    "NULL",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "OUTER",
    "PIVOT",
    "REMOVE",
    "RETURNING",
    "RIGHT",
    "SELECT",
    "SET",
    "TRUE",
    "WHERE",
    "UNPIVOT",
];

/// Keywords that are operators.
const OPERATORS: [&str; 6] = ["IS", "LIKE", "IN", "BETWEEN", "AND", "OR"];

/// Operators of a statement, as of an expression. Developer guide: quotas.
const MOST_OPERATORS: usize = 300;

/// Steps of a path. Developer guide: quotas.
const DEEPEST: usize = 32;

pub(super) fn is_keyword(token: &Token<'_>) -> bool {
    KEYWORDS.iter().any(|word| token.is_word(word))
}

/// A statement while it is read.
pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: Tokens<'t, Kind>,
    parameters: std::vec::IntoIter<AttributeValue>,
    operators: usize,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, parameters: Vec<AttributeValue>) -> Result<Self> {
        Ok(Self {
            text,
            tokens: Tokens::new(tokens(text)?),
            parameters: parameters.into_iter(),
            operators: 0,
        })
    }

    pub(super) fn expect_sign(&mut self, sign: &str) -> Result<()> {
        match self.tokens.sign(sign) {
            true => Ok(()),
            false => Err(malformed(&format!("Expected {sign}"))),
        }
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Result<()> {
        match self.tokens.word(word) {
            true => Ok(()),
            false => Err(malformed(&format!("Expected {}", word.to_lowercase()))),
        }
    }

    /// Whether nothing follows, but perhaps the sign that ends a statement.
    pub(super) fn at_end(&self) -> bool {
        let next = self.tokens.peek();
        next.kind == Kind::End || next.is_sign(";")
    }

    /// Refuses what is left over, of the statement and of its parameters.
    pub(super) fn finish(mut self) -> Result<()> {
        self.tokens.sign(";");
        if self.tokens.peek().kind != Kind::End {
            return Err(malformed("Unexpected token after expression"));
        }
        match self.parameters.next() {
            None => Ok(()),
            Some(_) => Err(parameters()),
        }
    }

    /// What a parameter stands for; the caller has seen one.
    pub(super) fn parameter(&mut self) -> Result<AttributeValue> {
        self.tokens.next();
        self.parameters.next().ok_or_else(parameters)
    }

    /// Counts an operator.
    pub(super) fn operator(&mut self) -> Result<()> {
        self.operators += 1;
        match self.operators > MOST_OPERATORS {
            true => Err(Invalid::new(format!(
                "The expression contains too many operators; operator count: {}",
                self.operators
            ))),
            false => Ok(()),
        }
    }

    /// That something else stands where a term should.
    pub(super) fn no_term(&self) -> Invalid {
        let token = self.tokens.peek();
        let comparator = ["=", "<", ">", "<=", ">=", "<>", "!=", "||", "/"];
        malformed(match token.kind {
            Kind::Sign if comparator.contains(&token.text) => "Unexpected operator",
            Kind::Word if OPERATORS.iter().any(|word| token.is_word(word)) => "Unexpected operator",
            Kind::Word if is_keyword(&token) => "Unexpected keyword",
            _ => "Unexpected term",
        })
    }

    /// A refusal with the place of a token.
    pub(super) fn refuse(&self, why: &str, token: Token<'_>) -> Invalid {
        Invalid::new(format!("{why} at {}", token.place(self.text)))
    }

    /// Whether a function is called next.
    pub(super) fn calls(&self) -> bool {
        self.tokens.peek().kind == Kind::Word && self.tokens.after().is_sign("(")
    }

    /// A path, and its name as a column: what stands behind its last dot.
    pub(super) fn path(&mut self) -> Result<(Path, String)> {
        let first = self.tokens.peek();
        match first.kind {
            Kind::Quoted => {}
            Kind::Word if !is_keyword(&first) => {}
            _ => return Err(self.no_term()),
        }
        self.tokens.next();
        let mut name = first.content().into_owned();
        if name.is_empty() {
            return Err(empty_component());
        }
        let mut path = Path::of(name.as_str());
        loop {
            if self.tokens.sign(".") {
                let token = self.tokens.next();
                let fits = match token.kind {
                    Kind::Quoted => true,
                    Kind::Word => !is_keyword(&token),
                    _ => false,
                };
                if !fits {
                    return Err(malformed("Invalid path dot component"));
                }
                name = token.content().into_owned();
                if name.is_empty() {
                    return Err(empty_component());
                }
                path.steps.push(Step::Name(name.clone()));
            } else if self.tokens.sign("[") {
                self.element(&mut path, &mut name)?;
                self.expect_sign("]")?;
            } else {
                break;
            }
        }
        match path.steps.len() >= DEEPEST {
            true => Err(Invalid::new(format!(
                "The document path has too many nesting elements; nesting levels: {}",
                path.steps.len() + 1
            ))),
            false => Ok((path, name)),
        }
    }

    /// What stands in brackets: an index, or a name as text.
    fn element(&mut self, path: &mut Path, name: &mut String) -> Result<()> {
        let negative = self.tokens.sign("-");
        let token = self.tokens.next();
        match token.kind {
            Kind::Text if !negative => {
                *name = token.content().into_owned();
                path.steps.push(Step::Name(name.clone()));
                Ok(())
            }
            Kind::Number => {
                let index = token.text.parse::<i32>().ok();
                let index = index.filter(|index| !negative || *index == 0);
                let Some(index) = index.and_then(|index| usize::try_from(index).ok()) else {
                    let sign = if negative { "-" } else { "" };
                    return Err(self.refuse(
                        &format!(
                            "List index is not within the allowable range; index: [{sign}{}]",
                            token.text
                        ),
                        token,
                    ));
                };
                name.push_str(&format!("[{index}]"));
                path.steps.push(Step::Index(index));
                Ok(())
            }
            Kind::Sign if token.text == "*" => Err(Invalid::new(
                "Wildcard path component like a[*].b are not supported",
            )),
            _ => Err(Invalid::new("Unexpected path component")),
        }
    }

    /// The table, and perhaps the index, that a statement is of; `missing` is why there must be one.
    pub(super) fn source(&mut self, missing: &str) -> Result<Source> {
        let mut parts = Vec::new();
        loop {
            let token = self.tokens.peek();
            let named = match token.kind {
                Kind::Quoted => true,
                Kind::Word => !is_keyword(&token),
                _ => false,
            };
            if !named {
                return Err(malformed(missing));
            }
            self.tokens.next();
            let name = token.content().into_owned();
            if name.is_empty() {
                return Err(empty_component());
            }
            parts.push(name);
            if !self.tokens.sign(".") {
                break;
            }
        }
        if self.tokens.peek().is_sign("[") {
            return Err(Invalid::new("Invalid list expression in source."));
        }
        let mut parts = parts.into_iter();
        match (parts.next(), parts.next(), parts.next()) {
            (Some(table), index, None) => Ok(Source { table, index }),
            _ => Err(Invalid::new(
                "A path may contain at most 2 components in the FROM clause",
            )),
        }
    }

    /// Refuses a name that a table is given for the rest of a statement.
    pub(super) fn no_alias(&self) -> Result<()> {
        let next = self.tokens.peek();
        let named = next.kind == Kind::Quoted || (next.kind == Kind::Word && !is_keyword(&next));
        match named || next.is_word("AS") {
            true => Err(Invalid::new("Aliasing is not supported")),
            false => Ok(()),
        }
    }
}

fn empty_component() -> Invalid {
    Invalid::new("Path component cannot be an empty string")
}

fn parameters() -> Invalid {
    Invalid::new("Number of parameters in request and statement don't match.")
}
