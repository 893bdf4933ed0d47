//! What the names and values of an expression stand for, and which of them have been used.

use crate::error::{Invalid, Result};
use crate::value::{AttributeValue, check_name};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// How the refusal of what a value stands for begins.
pub(crate) const VALUE: &str = "ExpressionAttributeValues contains invalid value: ";

/// What names and values stand for, for all expressions of a request.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    names: Option<BTreeMap<String, String>>,
    values: Option<BTreeMap<String, AttributeValue>>,
    used_names: BTreeSet<String>,
    used_values: BTreeSet<String>,
    kind: &'static str,
}

impl Scope {
    /// Reads `ExpressionAttributeNames` and `ExpressionAttributeValues`. `expressions` are the names of the
    /// expressions that the operation takes and whether the request has each of them.
    ///
    /// # Errors
    /// They are there without an expression, empty, or not well formed.
    pub fn read(
        names: Option<Map<String, Value>>,
        values: Option<Map<String, Value>>,
        expressions: &[(&'static str, bool)],
    ) -> Result<Self> {
        let with_values: Vec<(&str, bool)> = expressions
            .iter()
            .copied()
            .filter(|(name, _)| *name != "ProjectionExpression")
            .collect();
        if names.is_some() && !expressions.iter().any(|(_, given)| *given) {
            return Err(Invalid::new(
                "ExpressionAttributeNames can only be specified when using expressions",
            ));
        }
        if values.is_some() && !with_values.iter().any(|(_, given)| *given) {
            let absent: Vec<&str> = with_values.iter().map(|(name, _)| *name).collect();
            let are = if absent.len() == 1 { "is" } else { "are" };
            return Err(Invalid::new(format!(
                "ExpressionAttributeValues can only be specified when using expressions: {} {are} null",
                absent.join(" and ")
            )));
        }
        Ok(Self {
            names: names.map(read_names).transpose()?,
            values: values.map(read_values).transpose()?,
            ..Self::default()
        })
    }

    /// The same for the expression of this name.
    pub(super) fn of(&mut self, kind: &'static str) -> &mut Self {
        self.kind = kind;
        self
    }

    /// A refusal of the expression that is read.
    pub(super) fn invalid(&self, why: impl std::fmt::Display) -> Invalid {
        Invalid::new(format!("Invalid {}: {why}", self.kind))
    }

    /// The attribute that a name stands for.
    pub(super) fn name(&mut self, name: &str) -> Option<String> {
        let found = self.names.as_ref()?.get(name)?.clone();
        self.used_names.insert(name.to_owned());
        Some(found)
    }

    /// What a value stands for.
    pub(super) fn value(&mut self, name: &str) -> Option<AttributeValue> {
        let found = self.values.as_ref()?.get(name)?.clone();
        self.used_values.insert(name.to_owned());
        Some(found)
    }

    /// Refuses names and values that no expression has used.
    ///
    /// # Errors
    /// There are some.
    pub fn all_used(&self) -> Result<()> {
        let unused = |all: Vec<&String>, used: &BTreeSet<String>, what: &str| {
            let left: Vec<&str> = all
                .into_iter()
                .filter(|name| !used.contains(*name))
                .map(String::as_str)
                .collect();
            match left.is_empty() {
                true => Ok(()),
                false => Err(Invalid::new(format!(
                    "Value provided in {what} unused in expressions: keys: {{{}}}",
                    left.join(", ")
                ))),
            }
        };
        let names = self.names.iter().flat_map(BTreeMap::keys).collect();
        unused(names, &self.used_names, "ExpressionAttributeNames")?;
        let values = self.values.iter().flat_map(BTreeMap::keys).collect();
        unused(values, &self.used_values, "ExpressionAttributeValues")
    }
}

fn well_formed(key: &str, sign: char) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    key.strip_prefix(sign)
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(part))
}

fn read_names(names: Map<String, Value>) -> Result<BTreeMap<String, String>> {
    if names.is_empty() {
        return Err(Invalid::new("ExpressionAttributeNames must not be empty"));
    }
    let read = |(key, value): (String, Value)| {
        if !well_formed(&key, '#') {
            return Err(Invalid::new(format!(
                "ExpressionAttributeNames contains invalid key: Syntax error; key: \"{key}\""
            )));
        }
        match value {
            Value::String(name) if !name.is_empty() => {
                check_name(&name)?;
                Ok((key, name))
            }
            _ => Err(Invalid::new(format!(
                "ExpressionAttributeNames contains invalid value: Empty attribute name; key: \"{key}\""
            ))),
        }
    };
    names.into_iter().map(read).collect()
}

fn read_values(values: Map<String, Value>) -> Result<BTreeMap<String, AttributeValue>> {
    if values.is_empty() {
        return Err(Invalid::new("ExpressionAttributeValues must not be empty"));
    }
    let read = |(key, value): (String, Value)| {
        if !well_formed(&key, ':') {
            return Err(Invalid::new(format!(
                "ExpressionAttributeValues contains invalid key: Syntax error; key: \"{key}\""
            )));
        }
        match AttributeValue::parse(value) {
            Ok(value) => Ok((key, value)),
            Err(why) => Err(Invalid::new(format!("{VALUE}{why} for key {key}"))),
        }
    };
    values.into_iter().map(read).collect()
}
