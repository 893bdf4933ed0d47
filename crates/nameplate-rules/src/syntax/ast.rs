//! What a statement says, after its text was read.
//!
//! Operators of one rank stand side by side in a list, so that a tree is never deeper than its text's parentheses.

use super::function::Function;
use super::pattern::Pattern;
use crate::number::Number;

#[derive(Debug, Clone)]
pub(crate) enum Expr {
    Constant(Constant),
    /// `*`: the payload, or the element that a SELECT within looks at.
    All,
    /// A member of the payload or element, and of what it holds.
    Path(Vec<Box<str>>),
    /// A member of what an expression gives.
    Member(Box<Expr>, Vec<Box<str>>),
    /// One of the SET clause, by its place there.
    Variable(usize),
    Array(Vec<Expr>),
    Object(Vec<(Box<str>, Expr)>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Compare(Comparison, Box<(Expr, Expr)>),
    In {
        value: Box<Expr>,
        among: Vec<Expr>,
        negated: bool,
    },
    /// Operators of the same rank, from left to right.
    Arithmetic(Box<Expr>, Vec<(Operator, Expr)>),
    Case {
        value: Box<Expr>,
        branches: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
    Cast(Box<Expr>, Type),
    Call(Box<Call>),
    Query(Box<Query>),
}

#[derive(Debug, Clone)]
pub(crate) enum Constant {
    Null,
    Boolean(bool),
    Number(Number),
    Text(Box<str>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// What `cast` makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Int,
    Double,
    Decimal,
    Boolean,
}

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) function: Function,
    pub(crate) arguments: Vec<Expr>,
    /// The regular expression, where the text holds it literally.
    pub(crate) pattern: Option<Pattern>,
}

/// A SELECT: the statement's own, or one within.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) selection: Selection,
    pub(crate) source: Option<Expr>,
    pub(crate) condition: Option<Expr>,
}

#[derive(Debug, Clone)]
pub(crate) enum Selection {
    /// `SELECT VALUE expression`.
    Value(Expr),
    Items(Vec<Item>),
}

#[derive(Debug, Clone)]
pub(crate) enum Item {
    /// A lone `*`.
    All,
    /// An expression and where its value goes in the result.
    Named(Expr, Vec<Box<str>>),
}

impl Selection {
    /// Whether each item goes to a member of its own at the top, so that the result can be written as it is found.
    pub(crate) fn is_flat(&self) -> bool {
        let Self::Items(items) = self else {
            return false;
        };
        let mut names = std::collections::HashSet::new();
        items.iter().all(|item| match item {
            Item::All => false,
            Item::Named(_, path) => path.len() == 1 && names.insert(&path[0]),
        })
    }

    /// Whether it is `SELECT *` and nothing else.
    pub(crate) fn is_all(&self) -> bool {
        matches!(self, Self::Items(items) if matches!(items[..], [Item::All]))
    }
}
