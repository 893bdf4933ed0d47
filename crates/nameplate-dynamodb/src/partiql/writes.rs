//! The writes that INSERT, UPDATE, DELETE and EXISTS come to.

use super::reads::wrong_key;
use super::{Change, Select, Statement};
use crate::error::{Invalid, Result};
use crate::expression::{Comparator, Condition, Operand, Path};
use crate::key::KeySchema;
use crate::request::{Action, Write};
use crate::value::{AttributeValue, ITEM_BYTES, Item, size};

/// What a condition says of the key, in all its parts that must hold, and the rest of it.
#[derive(Default)]
struct Found {
    key: Item,
    /// The first attribute that is to have two values.
    twice: Option<String>,
    rest: Vec<Condition>,
}

impl Found {
    fn of(condition: Option<Condition>, schema: &KeySchema) -> Self {
        let mut found = Self::default();
        let mut left: Vec<Condition> = condition.into_iter().collect();
        while let Some(next) = left.pop() {
            match next {
                Condition::And(a, b) => left.extend([*b, *a]),
                Condition::Compare(
                    Comparator::Equal,
                    Operand::Path(path),
                    Operand::Value(value),
                )
                | Condition::Compare(
                    Comparator::Equal,
                    Operand::Value(value),
                    Operand::Path(path),
                ) if path.steps.is_empty() && schema.has(&path.attribute) => {
                    found.add(path.attribute, value);
                }
                other => found.rest.push(other),
            }
        }
        found
    }

    fn add(&mut self, name: String, value: AttributeValue) {
        match self.key.get(&name) {
            Some(before) if *before != value => {
                self.twice.get_or_insert(name.clone());
                // It holds of no item.
                let path = Operand::Path(Path::of(name));
                self.rest.push(Condition::Compare(
                    Comparator::Equal,
                    path,
                    Operand::Value(value),
                ));
            }
            Some(_) => {}
            None => {
                self.key.insert(name, value);
            }
        }
    }

    fn is_whole(&self, schema: &KeySchema) -> bool {
        schema
            .attributes()
            .all(|attribute| self.key.contains_key(&attribute.name))
    }
}

fn and(a: Condition, b: Option<Condition>) -> Condition {
    match b {
        Some(b) => Condition::And(Box::new(a), Box::new(b)),
        None => a,
    }
}

fn together(all: Vec<Condition>) -> Option<Condition> {
    all.into_iter()
        .reduce(|a, b| Condition::And(Box::new(a), Box::new(b)))
}

impl Change {
    /// The key of the item that it is of.
    ///
    /// # Errors
    /// Its condition does not name one item, by values of the right types.
    fn split(self, schema: &KeySchema) -> Result<(Self, Item, Vec<Condition>)> {
        let mut change = self;
        let found = Found::of(change.condition.take(), schema);
        if !found.is_whole(schema) {
            return Err(Invalid::new(
                "Where clause does not contain a mandatory equality on all key attributes",
            ));
        }
        if let Some(name) = found.twice {
            return Err(Invalid::new(format!(
                "Multiple conditions on same key {name}. Only single item Update/Insert/Delete are supported"
            )));
        }
        for attribute in schema.attributes() {
            if found.key[&attribute.name].kind() != attribute.kind.name() {
                return Err(wrong_key(&attribute.name));
            }
        }
        Ok((change, found.key, found.rest))
    }
}

impl Select {
    /// That the one item that it is of is as it says.
    fn check(self, schema: &KeySchema) -> Result<Write> {
        let found = Found::of(self.condition, schema);
        if !found.is_whole(schema) || found.rest.is_empty() {
            return Err(Invalid::new(
                "EXISTS() must contain a single item read with additional condition",
            ));
        }
        let exists = Condition::Exists(Path::of(schema.hash.name.as_str()));
        let condition = and(exists, together(found.rest));
        Ok(Write::conditional(
            self.source.table,
            Action::Check(found.key),
            Some(condition),
        ))
    }
}

impl Statement {
    /// The write that it is, by the schema of its table; none for one that reads.
    ///
    /// # Errors
    /// It does not name one item, or what is put is too large.
    pub fn write(self, schema: &KeySchema) -> Result<Option<Write>> {
        let hash = || Path::of(schema.hash.name.as_str());
        Ok(Some(match self {
            Self::Select(_) => return Ok(None),
            Self::Exists(select) => select.check(schema)?,
            Self::Insert(source, item) => {
                if size(&item) > ITEM_BYTES {
                    return Err(Invalid::new(
                        "Item size has exceeded the maximum allowed size",
                    ));
                }
                let absent = Condition::NotExists(hash());
                let mut write = Write::conditional(source.table, Action::Put(item), Some(absent));
                write.inserts = true;
                write
            }
            Self::Update(change) => {
                let (change, key, rest) = change.split(schema)?;
                let condition = and(Condition::Exists(hash()), together(rest));
                let action = Action::Update(key, change.update);
                let mut write = Write::conditional(change.source.table, action, Some(condition));
                write.returned = change.returned;
                write
            }
            Self::Delete(change) => {
                let (change, key, rest) = change.split(schema)?;
                // Of an item that is not there, nothing is asked.
                let condition = together(rest).map(|rest| {
                    Condition::Or(Box::new(Condition::NotExists(hash())), Box::new(rest))
                });
                let mut write =
                    Write::conditional(change.source.table, Action::Delete(key), condition);
                write.returned = change.returned;
                write
            }
        }))
    }
}
