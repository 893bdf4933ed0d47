//! Transactions: TransactGetItems and TransactWriteItems.

use super::write::Door;
use super::{Action, Fields, Get, Write};
use crate::error::{Invalid, Result};
use crate::value::size;
use serde_json::Value;

/// Bytes of a transaction's token. API reference.
const TOKEN_CHARACTERS: usize = 36;

/// Bytes of what a transaction writes. API reference: TransactWriteItems.
const BYTES: usize = 4 * 1024 * 1024;

/// Bytes of what a part brings, whatever is there already.
fn payload(write: &Write) -> usize {
    let values = match &write.action {
        Action::Update(_, update) => update.values_size(),
        _ => 0,
    };
    size(write.action.key()) + values
}

/// Items that are read at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct TransactGet(pub Vec<Get>);

impl TransactGet {
    /// TransactGetItems.
    ///
    /// # Errors
    /// What the service says of a parameter.
    pub fn read(mut fields: Fields) -> Result<Self> {
        let parts = fields.list("TransactItems").unwrap_or_default();
        let get = |part: Value| {
            let get = match part {
                Value::Object(part) => Fields(part).object("Get"),
                _ => None,
            };
            Get::read(Fields(get.unwrap_or_default()))
        };
        Ok(Self(parts.into_iter().map(get).collect::<Result<_>>()?))
    }
}

/// Writes that are made together or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct TransactWrite {
    /// The writes.
    pub writes: Vec<Write>,
    /// By which the same request is known again.
    pub token: Option<String>,
}

impl TransactWrite {
    /// TransactWriteItems.
    ///
    /// # Errors
    /// What the service says of a parameter.
    pub fn read(mut fields: Fields) -> Result<Self> {
        let token = fields.text("ClientRequestToken");
        if token
            .as_ref()
            .is_some_and(|token| token.len() > TOKEN_CHARACTERS)
        {
            return Err(Invalid::new(format!(
                "1 validation error detected: Value '{}' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to {TOKEN_CHARACTERS}",
                token.unwrap_or_default()
            )));
        }
        let parts = fields.list("TransactItems").unwrap_or_default();
        let writes: Vec<Write> = parts.into_iter().map(write).collect::<Result<_>>()?;
        if writes.iter().map(payload).sum::<usize>() > BYTES {
            return Err(Invalid::new("Transaction payload size cannot exceed 4 MB"));
        }
        Ok(Self { writes, token })
    }
}

fn write(part: Value) -> Result<Write> {
    let one = || Invalid::new("TransactItems can only contain one of Check, Put, Update or Delete");
    let Value::Object(part) = part else {
        return Err(one());
    };
    let mut parts = part.into_iter();
    let (Some((kind, Value::Object(fields))), None) = (parts.next(), parts.next()) else {
        return Err(one());
    };
    let fields = Fields(fields);
    match kind.as_str() {
        "Put" => Write::put_by(fields, Door::Part),
        "Update" => Write::update_by(fields, Door::Part),
        "Delete" => Write::delete_by(fields, Door::Part),
        "ConditionCheck" => Write::check(fields),
        _ => Err(one()),
    }
}
