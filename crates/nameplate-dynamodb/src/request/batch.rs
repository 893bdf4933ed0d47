//! Batches: BatchGetItem and BatchWriteItem.

use super::write::whole;
use super::{Action, Fields, Get, Write};
use crate::error::{Invalid, Result};
use crate::value::parse_item;
use serde_json::{Map, Value};

/// Keys that are asked for of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Keys {
    /// As the request names the table.
    pub table: String,
    /// The items.
    pub gets: Vec<Get>,
    /// The rest of the table's part of the request, for keys that are left.
    pub rest: Map<String, Value>,
}

/// Items of one or more tables.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchGet(pub Vec<Keys>);

/// Items that a BatchGetItem asks for at most. API reference.
const GETS: usize = 100;
/// Items that a BatchWriteItem writes at most. API reference.
const WRITES: usize = 25;

impl BatchGet {
    /// BatchGetItem.
    ///
    /// # Errors
    /// What the service says of a parameter.
    pub fn read(mut fields: Fields) -> Result<Self> {
        let tables = fields.object("RequestItems").unwrap_or_default();
        let mut all = Vec::new();
        let mut count = 0;
        for (table, part) in tables {
            let Value::Object(part) = part else { continue };
            let mut fields = Fields(part);
            let keys = fields.list("Keys").unwrap_or_default();
            let rest = fields.0.clone();
            count += keys.len();
            if count > GETS {
                return Err(Invalid::new(
                    "Too many items requested for the BatchGetItem call",
                ));
            }
            let mut scope = fields.scope(&["ProjectionExpression"], &["AttributesToGet"])?;
            let projection = fields.projection(&mut scope)?;
            scope.all_used()?;
            let consistent = fields.flag("ConsistentRead").unwrap_or(false);
            let get = |key: Value| {
                let key = match key {
                    Value::Object(key) => parse_item(key)?,
                    _ => parse_item(Map::new())?,
                };
                Ok(Get {
                    table: table.clone(),
                    key,
                    projection: projection.clone(),
                    consistent,
                })
            };
            let gets = keys.into_iter().map(get).collect::<Result<Vec<Get>>>()?;
            for (at, one) in gets.iter().enumerate() {
                if gets[..at].iter().any(|before| before.key == one.key) {
                    return Err(Invalid::new(
                        "Provided list of item keys contains duplicates",
                    ));
                }
            }
            all.push(Keys { table, gets, rest });
        }
        Ok(Self(all))
    }
}

/// Writes of items without conditions.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchWrite(pub Vec<Write>);

impl BatchWrite {
    /// BatchWriteItem.
    ///
    /// # Errors
    /// What the service says of a parameter.
    pub fn read(mut fields: Fields) -> Result<Self> {
        let tables = fields.object("RequestItems").unwrap_or_default();
        let mut writes = Vec::new();
        for (table, requests) in tables {
            let Value::Array(requests) = requests else {
                continue;
            };
            for request in requests {
                let Value::Object(request) = request else {
                    continue;
                };
                writes.push(Write::new(table.clone(), action(Fields(request))?));
                if writes.len() > WRITES {
                    return Err(Invalid::new(
                        "Too many items requested for the BatchWriteItem call",
                    ));
                }
            }
        }
        Ok(Self(writes))
    }
}

fn action(mut request: Fields) -> Result<Action> {
    match (
        request.object("PutRequest"),
        request.object("DeleteRequest"),
    ) {
        (Some(put), None) => Ok(Action::Put(whole(Fields(put).item("Item")?)?)),
        (None, Some(delete)) => Ok(Action::Delete(Fields(delete).item("Key")?)),
        (Some(_), Some(_)) => Err(Invalid::new(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
        )),
        (None, None) => Err(Invalid::new(
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        )),
    }
}
