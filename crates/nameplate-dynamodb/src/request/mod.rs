//! What a request asks for, read from its parameters: values and expressions understood, what contradicts refused.
//!
//! Parameters come with the types of the service's model. Must not know tables: what a key must look like is theirs.

mod batch;
mod read;
mod transact;
mod write;

pub use batch::{BatchGet, BatchWrite, Keys};
pub use read::{Asked, Get, Query, Scan, Select};
pub use transact::{TransactGet, TransactWrite};
pub use write::{Action, Returned, Write};

use crate::error::{Invalid, Result};
use crate::expression::{Condition, Projection, Scope};
use crate::legacy;
use crate::value::{Item, check_name, parse_item};
use serde_json::{Map, Value};

/// The parameters of a request, or of a part of one.
#[derive(Debug, Default)]
pub struct Fields(pub Map<String, Value>);

/// Parameters that are compared one by one for less than it takes to hash a name.
const FEW: usize = 8;

impl Fields {
    /// A parameter. Requests have few, and most that are looked for are not there.
    fn get(&self, name: &str) -> Option<&Value> {
        if self.0.len() > FEW {
            return self.0.get(name);
        }
        let mut fields = self.0.iter();
        fields.find(|(of, _)| *of == name).map(|(_, value)| value)
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.get(name)?;
        self.0.remove(name)
    }

    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn object(&mut self, name: &str) -> Option<Map<String, Value>> {
        match self.take(name) {
            Some(Value::Object(members)) => Some(members),
            _ => None,
        }
    }

    pub(crate) fn list(&mut self, name: &str) -> Option<Vec<Value>> {
        match self.take(name) {
            Some(Value::Array(items)) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The table, by its name or ARN as given.
    pub(crate) fn table(&mut self) -> String {
        self.text("TableName").unwrap_or_default()
    }

    pub(crate) fn item(&mut self, name: &str) -> Result<Item> {
        parse_item(self.object(name).unwrap_or_default())
    }

    /// What names and values stand for, once expressions and parameters from before them are seen not to be mixed.
    pub(crate) fn scope(
        &mut self,
        expressions: &[&'static str],
        legacy: &[&'static str],
    ) -> Result<Scope> {
        let given = |names: &[&'static str]| -> Vec<&'static str> {
            names
                .iter()
                .copied()
                .filter(|name| self.has(name))
                .collect()
        };
        let (mut old, new) = (given(legacy), given(expressions));
        // Keys alone may be asked for in the old way beside expressions for the rest.
        if !self.has("KeyConditionExpression") {
            old.retain(|name| *name != "KeyConditions");
        }
        if !old.is_empty() && !new.is_empty() {
            return Err(Invalid::new(format!(
                "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {{{}}} Expression parameters: {{{}}}",
                old.join(", "),
                new.join(", ")
            )));
        }
        let expressions: Vec<(&'static str, bool)> = expressions
            .iter()
            .map(|name| (*name, self.has(name)))
            .collect();
        let names = self.object("ExpressionAttributeNames");
        let values = self.object("ExpressionAttributeValues");
        Scope::read(names, values, &expressions)
    }

    /// The condition of an expression, or of the parameter that was there before.
    pub(crate) fn condition(
        &mut self,
        expression: &'static str,
        before: &str,
        scope: &mut Scope,
    ) -> Result<Option<Condition>> {
        if let Some(text) = self.text(expression) {
            return Condition::parse(&text, expression, scope).map(Some);
        }
        let operator = self.text("ConditionalOperator");
        match self.object(before).filter(|all| !all.is_empty()) {
            Some(all) if operator.is_some() && all.len() == 1 => Err(Invalid::new(
                "ConditionalOperator can only be used when Filter or Expected has two or more elements",
            )),
            Some(all) => {
                let of = match before {
                    "Expected" => legacy::Kind::Expected,
                    _ => legacy::Kind::Filter,
                };
                legacy::conditions(all, operator.as_deref(), of)
            }
            None if operator.is_some() => Err(Invalid::new(
                "ConditionalOperator cannot be used without Filter or Expected",
            )),
            None => Ok(None),
        }
    }

    /// The projection of an expression, or of `AttributesToGet`.
    pub(crate) fn projection(&mut self, scope: &mut Scope) -> Result<Option<Projection>> {
        if let Some(text) = self.text("ProjectionExpression") {
            return Projection::parse(&text, scope).map(Some);
        }
        let Some(names) = self.list("AttributesToGet") else {
            return Ok(None);
        };
        let names: Vec<String> = names
            .into_iter()
            .filter_map(|name| match name {
                Value::String(name) => Some(name),
                _ => None,
            })
            .collect();
        for (at, name) in names.iter().enumerate() {
            check_name(name)?;
            if names[..at].contains(name) {
                return Err(Invalid::parameters(format!(
                    "Duplicate value in attribute name: {name}"
                )));
            }
        }
        Ok(Some(Projection::of_attributes(names)))
    }
}

/// The name of a table that is given by name or ARN, and the ARN.
pub fn table_of(given: &str) -> (&str, Option<&str>) {
    match given
        .strip_prefix("arn:")
        .and_then(|_| given.split_once(":table/"))
    {
        Some((_, rest)) => (rest.split('/').next().unwrap_or(rest), Some(given)),
        None => (given, None),
    }
}

#[cfg(test)]
mod tests;
