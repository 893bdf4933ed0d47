//! From text to what it says: statements, expressions and templates' expressions.
//!
//! Read by descent, by hand: a refusal needs a sentence and a place, which are known where the reading stops. Must not
//! know messages.

pub(crate) mod ast;
pub(crate) mod function;
mod lexer;
mod parser;
pub(crate) mod pattern;
#[cfg(test)]
mod tests;

pub(crate) use parser::{Parsed, expression_within, statement};
