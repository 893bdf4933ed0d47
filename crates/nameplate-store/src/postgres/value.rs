//! Parameters on their way to the server, in the width that it asks for.

use crate::sql::Value;
use bytes::{BufMut, BytesMut};
use std::error::Error;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// A parameter that outlives its caller: of a statement that is sent and not waited for.
#[derive(Debug)]
pub(super) enum Owned {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<&Value<'_>> for Owned {
    fn from(value: &Value<'_>) -> Self {
        match *value {
            Value::Null => Owned::Null,
            Value::Int(v) => Owned::Int(v),
            Value::Text(v) => Owned::Text(v.to_owned()),
            Value::Blob(v) => Owned::Blob(v.to_owned()),
        }
    }
}

impl Owned {
    fn borrowed(&self) -> Value<'_> {
        match self {
            Owned::Null => Value::Null,
            Owned::Int(v) => Value::Int(*v),
            Owned::Text(v) => Value::Text(v),
            Owned::Blob(v) => Value::Blob(v),
        }
    }
}

fn encode(
    value: Value<'_>,
    kind: &Type,
    out: &mut BytesMut,
) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
    match value {
        Value::Null => return Ok(IsNull::Yes),
        Value::Int(v) => match *kind {
            Type::INT4 => out.put_i32(i32::try_from(v)?),
            Type::INT2 => out.put_i16(i16::try_from(v)?),
            Type::INT8 => out.put_i64(v),
            _ => return Err(format!("a number where the server expects {kind}").into()),
        },
        Value::Text(v) => match *kind {
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => {
                out.put_slice(v.as_bytes());
            }
            _ => return Err(format!("a text where the server expects {kind}").into()),
        },
        Value::Blob(v) => match *kind {
            Type::BYTEA => out.put_slice(v),
            _ => return Err(format!("bytes where the server expects {kind}").into()),
        },
    }
    Ok(IsNull::No)
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        encode(*self, kind, out)
    }

    // Whether a value fits is told with the value.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl ToSql for Owned {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        encode(self.borrowed(), kind, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
