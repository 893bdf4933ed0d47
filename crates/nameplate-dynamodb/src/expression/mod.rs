//! The expression languages: conditions, key conditions, projections and updates. Developer guide: expressions.
//!
//! Owns their grammar, what they refuse in which words, and what they mean for an item. Must not know tables.

mod condition;
mod key_condition;
mod lexer;
mod parser;
mod path;
mod projection;
mod reserved;
mod scope;
mod update;

pub use condition::{Comparator, Condition, Operand};
pub(crate) use condition::{is_type, order};
pub use key_condition::{KeyCondition, SortCondition};
pub use path::{Path, Step};
pub use projection::Projection;
pub(crate) use projection::clash;
pub use scope::Scope;
pub(crate) use scope::VALUE;
pub use update::{SetOperand, SetValue, Update};

#[cfg(test)]
mod tests;
