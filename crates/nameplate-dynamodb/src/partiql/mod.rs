//! PartiQL as DynamoDB takes it: statements, and the reads and writes that they come to. Developer guide: PartiQL
//! reference.
//!
//! Owns the grammar, what is refused in which words, and which items a statement is of, by a table's schema. Must not
//! know where items are kept.

mod condition;
mod literal;
mod parser;
mod reads;
mod set;
mod statement;
mod token;
mod writes;

pub use reads::{Read, Reads};

use crate::expression::{Condition, Path, Update};
use crate::request::Returned;
use crate::value::Item;

/// The table or index that a statement is of.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Name or ARN of the table.
    pub table: String,
    /// The index.
    pub index: Option<String>,
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `SELECT`
    Select(Select),
    /// `EXISTS(SELECT …)`: of a transaction that writes, what must be there.
    Exists(Select),
    /// `INSERT`
    Insert(Source, Item),
    /// `UPDATE`
    Update(Change),
    /// `DELETE`; its update does nothing.
    Delete(Change),
}

/// A read.
#[derive(Debug, Clone, PartialEq)]
pub struct Select {
    /// Of what.
    pub source: Source,
    /// What is answered of an item, each under its name; all where there are none.
    pub columns: Vec<(String, Path)>,
    /// Which items.
    pub condition: Option<Condition>,
    /// By which attributes items are in order, and whether the greatest comes first.
    pub order: Vec<(String, bool)>,
}

/// A change of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Of what.
    pub source: Source,
    /// How the item changes.
    pub update: Update,
    /// Which item, and what must hold of it.
    pub condition: Option<Condition>,
    /// What is answered of it.
    pub returned: Returned,
}

impl Statement {
    /// The table or index that it is of.
    pub fn source(&self) -> &Source {
        match self {
            Self::Select(select) | Self::Exists(select) => &select.source,
            Self::Insert(source, _) => source,
            Self::Update(change) | Self::Delete(change) => &change.source,
        }
    }

    /// Whether it changes nothing and answers items.
    pub fn reads(&self) -> bool {
        matches!(self, Self::Select(_))
    }

    /// The action of a policy that allows it.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Select(_) | Self::Exists(_) => "PartiQLSelect",
            Self::Insert(..) => "PartiQLInsert",
            Self::Update(_) => "PartiQLUpdate",
            Self::Delete(_) => "PartiQLDelete",
        }
    }

    /// The attributes that it names.
    pub fn named(&self) -> Vec<String> {
        let mut named: Vec<String> = Vec::new();
        let mut of = |condition: &Option<Condition>| {
            if let Some(condition) = condition {
                named.extend(condition.attributes().into_iter().map(str::to_owned));
            }
        };
        match self {
            Self::Select(select) | Self::Exists(select) => {
                of(&select.condition);
                let columns = select.columns.iter();
                named.extend(columns.map(|(_, path)| path.attribute.clone()));
            }
            Self::Insert(_, item) => named.extend(item.keys().cloned()),
            Self::Update(change) | Self::Delete(change) => {
                of(&change.condition);
                let paths = change.update.paths();
                named.extend(paths.map(|path| path.attribute.clone()));
            }
        }
        named.sort_unstable();
        named.dedup();
        named
    }
}

#[cfg(test)]
mod tests;
