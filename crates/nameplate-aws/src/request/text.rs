//! Values that travel as text: in the path, the query, headers and forms.

use serde_json::{Map, Number, Value};
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

use super::RequestError;
use crate::headers::Headers;
use crate::model::{Kind, Shape};

/// The value of `text` by its shape. Blobs stay base64 text; structures do not travel here.
pub(super) fn value(text: &str, shape: &Shape, name: &str) -> Result<Value, RequestError> {
    let (value, expected) = match shape.kind {
        Kind::Boolean => (boolean(text), "true or false"),
        Kind::Integer => (text.parse::<i32>().ok().map(Value::from), "a whole number"),
        Kind::Long => (text.parse::<i64>().ok().map(Value::from), "a whole number"),
        Kind::Double => (double(text), "a number"),
        Kind::Timestamp => (timestamp(text).map(Value::Number), "a time in ISO 8601"),
        Kind::String | Kind::Blob | Kind::List(_) | Kind::Map(..) | Kind::Structure(_) => {
            (Some(Value::from(text)), "text")
        }
    };
    value.ok_or_else(|| RequestError::Text {
        name: name.to_owned(),
        expected,
    })
}

/// The value of a header; a list's items are separated by commas.
pub(super) fn header_value(text: &str, shape: &Shape, name: &str) -> Result<Value, RequestError> {
    match shape.kind {
        Kind::List(item) => {
            let items = text.split(',').map(|text| value(text.trim(), item, name));
            Ok(Value::Array(items.collect::<Result<_, _>>()?))
        }
        _ => value(text, shape, name),
    }
}

/// All headers that begin with `prefix`, by the rest of their names.
pub(super) fn prefixed_headers(headers: &Headers<'_>, prefix: &str) -> Option<Value> {
    let mut found = Map::new();
    for (name, value) in headers.iter() {
        let name = name.to_ascii_lowercase();
        if let Some(rest) = name.strip_prefix(prefix) {
            let value = String::from_utf8_lossy(value.trim_ascii()).into_owned();
            found.insert(rest.to_owned(), value.into());
        }
    }
    (!found.is_empty()).then_some(Value::Object(found))
}

fn boolean(text: &str) -> Option<Value> {
    match text {
        "true" => Some(true.into()),
        "false" => Some(false.into()),
        _ => None,
    }
}

fn double(text: &str) -> Option<Value> {
    text.parse()
        .ok()
        .and_then(Number::from_f64)
        .map(Value::Number)
}

/// Seconds since the epoch of an ISO 8601 time, an RFC 7231 date, or a number of seconds.
pub(super) fn timestamp(text: &str) -> Option<Number> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(seconds.into());
    }
    let at = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(text, &Rfc2822))
        .ok();
    match at {
        Some(at) if at.nanosecond() == 0 => Some(at.unix_timestamp().into()),
        // Milliseconds are as fine as any AWS timestamp is.
        Some(at) => Number::from_f64((at.unix_timestamp_nanos() / 1_000_000) as f64 / 1000.0),
        None => text.parse().ok().and_then(Number::from_f64),
    }
}
