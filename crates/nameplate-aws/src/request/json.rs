//! Values that travel in a JSON body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::{Place, RequestError, lookup, text};
use crate::model::{Kind, Location, Member, Operation, Shape};

/// The JSON document of a body; `None` for an empty one.
pub(super) fn document(body: &[u8]) -> Result<Option<Value>, RequestError> {
    if body.trim_ascii().is_empty() {
        return Ok(None);
    }
    let value = serde_json::from_slice(body).map_err(|error| RequestError::Json {
        reason: error.to_string(),
    })?;
    Ok(Some(value).filter(|value: &Value| !value.is_null()))
}

/// Adds the members that travel in the body. A body that no member needs is not looked at.
pub(super) fn body_members(
    operation: &Operation,
    body: &[u8],
    into: &mut Map<String, Value>,
) -> Result<(), RequestError> {
    let members = operation.members();
    if !members
        .iter()
        .any(|member| member.location == Location::Body)
    {
        return Ok(());
    }
    whole_body(operation, body, into)
}

/// The same, where even an operation without members has an object for a body.
pub(super) fn whole_body(
    operation: &Operation,
    body: &[u8],
    into: &mut Map<String, Value>,
) -> Result<(), RequestError> {
    let Some(document) = document(body)? else {
        return Ok(());
    };
    let Value::Object(mut given) = document else {
        return Err(wrong_type("the body", "an object", &document));
    };
    for member in operation
        .members()
        .iter()
        .filter(|member| member.location == Location::Body)
    {
        take(member, &mut given, into).map_err(RequestError::at_top)?;
    }
    Ok(())
}

/// Moves a member's value, typed, from the JSON object it came in.
fn take(
    member: &Member,
    given: &mut Map<String, Value>,
    into: &mut Map<String, Value>,
) -> Result<(), RequestError> {
    if lookup(given, member.wire).is_none() {
        return Ok(());
    }
    let Some(found) = given.remove(member.wire).filter(|value| !value.is_null()) else {
        return Ok(());
    };
    let typed = value(found, member.shape)
        .map_err(|why| why.of(member.name).within(&format!(".{}", member.name)))?;
    into.insert(member.name.to_owned(), typed);
    Ok(())
}

/// `found` as a value of `shape`: unknown members dropped, `null` as absent. A `null` in a list
/// stays, for validation to refuse.
pub(super) fn value(mut found: Value, shape: &Shape) -> Result<Value, RequestError> {
    settle(&mut found, shape)?;
    Ok(found)
}

/// The same in its place: nearly all that clients send has the form already that it is to have.
fn settle(found: &mut Value, shape: &Shape) -> Result<(), RequestError> {
    // Where it stands is said only of what is refused.
    let wrong = |expected, found: &Value| Err(wrong_type("", expected, found));
    match (&shape.kind, &mut *found) {
        (Kind::String, Value::String(_))
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::Double | Kind::Timestamp, Value::Number(_)) => {}
        (Kind::String, found) => return wrong("a string", found),
        (Kind::Boolean, found) => return wrong("a boolean", found),
        (Kind::Integer, found) => match whole(found).filter(|n| i32::try_from(*n).is_ok()) {
            Some(number) => *found = number.into(),
            None => return wrong("a whole number of 32 bits", found),
        },
        (Kind::Long, found) => match whole(found) {
            Some(number) => *found = number.into(),
            None => return wrong("a whole number of 64 bits", found),
        },
        (Kind::Double, found) => return wrong("a number", found),
        (Kind::Timestamp, found) => match found.as_str().and_then(text::timestamp) {
            Some(seconds) => *found = seconds.into(),
            None => return wrong("a number of seconds since the epoch", found),
        },
        (Kind::Blob, found) => match found.as_str().map(|text| STANDARD.decode(text)) {
            Some(Ok(_)) => {}
            _ => return wrong("base64", found),
        },
        (Kind::List(item), Value::Array(items)) => {
            let given = items.iter_mut().enumerate();
            for (at, found) in given.filter(|(_, found)| !found.is_null()) {
                settle(found, item).map_err(|why| why.inside().within(&format!("[{at}]")))?;
            }
        }
        (Kind::List(_), found) => return wrong("a list", found),
        (Kind::Map(_, shape), Value::Object(entries)) => {
            entries.retain(|_, found| !found.is_null());
            for (key, found) in entries.iter_mut() {
                settle(found, shape).map_err(|why| why.inside().within(&format!(".{key}")))?;
            }
        }
        (Kind::Map(..), found) => return wrong("an object", found),
        (Kind::Structure(members), Value::Object(given)) => structure(members, given)?,
        (Kind::Structure(_), found) => {
            return Err(wrong_type("", "an object", found).of_a_structure());
        }
    }
    Ok(())
}

/// The members of a structure, in the table's order.
fn structure(members: &[Member], given: &mut Map<String, Value>) -> Result<(), RequestError> {
    let mut ahead = members.iter();
    let mut known = |name: &str| ahead.any(|member| member.wire == name && member.name == name);
    if !given
        .iter()
        .all(|(name, found)| known(name) && !found.is_null())
    {
        let mut structure = Map::new();
        for member in members {
            take(member, given, &mut structure)?;
        }
        *given = structure;
        return Ok(());
    }
    let mut ahead = members.iter();
    for (name, found) in given.iter_mut() {
        if let Some(member) = ahead.find(|member| member.wire == name) {
            settle(found, member.shape)
                .map_err(|why| why.of(member.name).within(&format!(".{name}")))?;
        }
    }
    Ok(())
}

/// A whole number, also one that is written with a point.
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let number = value.as_f64()?;
        // Every whole number of at most 53 bits is exact in a double.
        (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)
    })
}

fn wrong_type(path: &str, expected: &'static str, found: &Value) -> RequestError {
    let token = match found {
        Value::Null => "NULL_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(number) if number.is_f64() => "DECIMAL_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Array(_) => "START_ARRAY",
        Value::Object(_) => "START_OBJECT",
    };
    let length = found.as_str().map_or(0, |text| text.chars().count());
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "that number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    let found = if found == "that number" && expected.starts_with("a string") {
        "a number"
    } else if found == "a string" && expected == "base64" {
        "that string"
    } else {
        found
    };
    RequestError::Type {
        path: path.to_owned(),
        expected,
        found,
        token,
        of: Place {
            length,
            ..Place::default()
        },
    }
}
