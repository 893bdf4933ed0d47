//! The Velocity template language, as far as mapping templates of REST APIs have it.
//! [velocity.apache.org: VTL reference, 1.7; API Gateway developer guide: mapping template reference]
//!
//! Owns syntax and evaluation. What `$input`, `$context` and `$stageVariables` are is said by whoever fills a template in.
//! Macros and files (`#macro`, `#define`, `#parse`, `#include`, `#evaluate`) are refused when a template is parsed.

mod methods;
mod parse;
mod run;

pub use run::{Broken, Filled, Input, run};

use super::Refusal;
use serde_json::Value;

/// A template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template(Block);

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    /// It is none, or does what this server cannot.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        parse::template(text).map(Self)
    }
}

type Block = Vec<Node>;

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Text(String),
    Shown(Reference),
    Set(Reference, Expression),
    If(Vec<(Expression, Block)>, Block),
    ForEach(String, Expression, Block),
    Break,
    Stop,
}

/// `$!{name.property.method(…)[…]}`
#[derive(Debug, Clone, PartialEq)]
struct Reference {
    /// As it stands in the template.
    source: String,
    /// With `!`: nothing is shown where there is nothing.
    quiet: bool,
    root: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Property(String),
    Call(String, Vec<Expression>),
    Index(Expression),
}

#[derive(Debug, Clone, PartialEq)]
enum Expression {
    Is(Value),
    /// A text in double quotation marks, which may have references and directives in it.
    Text(Block),
    Reference(Reference),
    List(Vec<Expression>),
    Range(Box<Expression>, Box<Expression>),
    Map(Vec<(Expression, Expression)>),
    Not(Box<Expression>),
    Two(Box<Expression>, Operator, Box<Expression>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divided,
    Modulo,
}

#[cfg(test)]
mod tests;
