//! Parameters on their way to the server, in the width that it asks for.

use crate::sql::{Datum, Value};
use bytes::{BufMut, BytesMut};
use std::error::Error;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

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

impl ToSql for Datum {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        encode(self.as_value(), kind, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
