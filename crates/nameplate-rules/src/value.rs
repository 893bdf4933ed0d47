//! Values of the language and how one type becomes another. AWS guide: iot-sql-data-types, conversions.

use crate::json::{self, Kind};
use crate::number::Number;
use crate::version::SqlVersion;
use std::borrow::Cow;

/// A value while a statement is evaluated. What the payload holds is borrowed from it.
#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    /// No value: what was not there, or could not be computed.
    Undefined,
    Null,
    Boolean(bool),
    Number(Number),
    Text(Cow<'a, str>),
    /// The text of an array or object, checked and not yet looked into.
    Json(&'a str),
    Array(Vec<Value<'a>>),
    /// Keys are unique.
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

impl<'a> Value<'a> {
    /// The value of a checked JSON text. A number beyond 9.999E999 is Undefined.
    pub(crate) fn read(text: &'a str, version: SqlVersion) -> Self {
        match json::kind(text) {
            Kind::Object | Kind::Array => Self::Json(text),
            Kind::Text => Self::Text(json::text(text)),
            Kind::Number => {
                Number::parse(text, version.whole_is_int()).map_or(Self::Undefined, Self::Number)
            }
            Kind::Boolean(value) => Self::Boolean(value),
            Kind::Null => Self::Null,
        }
    }

    /// The value of a JSON text that will not stay.
    pub(crate) fn read_owned(text: &str, version: SqlVersion) -> Self {
        match Value::read(text, version) {
            Value::Json(text) if json::kind(text) == Kind::Array => Self::Array(
                json::elements(text)
                    .map(|element| Self::read_owned(element, version))
                    .collect(),
            ),
            Value::Json(text) => {
                let mut object = Object::default();
                for member in json::members(text) {
                    let key = Cow::Owned(member.key().into_owned());
                    object.put(key, Self::read_owned(member.value, version));
                }
                Self::Object(object.into_members())
            }
            Value::Text(text) => Self::Text(Cow::Owned(text.into_owned())),
            Value::Undefined => Self::Undefined,
            Value::Null => Self::Null,
            Value::Boolean(value) => Self::Boolean(value),
            Value::Number(number) => Self::Number(number),
            Value::Array(_) | Value::Object(_) => Self::Undefined,
        }
    }

    pub(crate) fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined)
    }

    /// What looking at all of it costs, in steps of an evaluation.
    pub(crate) fn weight(&self) -> u64 {
        match self {
            Self::Json(text) => text.len() as u64 / 16,
            Self::Array(elements) => elements.iter().map(|element| 1 + element.weight()).sum(),
            Self::Object(members) => members.iter().map(|(_, value)| 1 + value.weight()).sum(),
            Self::Text(text) => text.len() as u64 / 64,
            _ => 0,
        }
    }

    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn int(value: impl Into<i128>) -> Self {
        Self::number(Number::int(value.into()))
    }

    pub(crate) fn number(number: Option<Number>) -> Self {
        number.map_or(Self::Undefined, Self::Number)
    }

    pub(crate) fn boolean(value: Option<bool>) -> Self {
        value.map_or(Self::Undefined, Self::Boolean)
    }

    /// To a number, by the standard conversion: numbers and texts that look like one.
    pub(crate) fn to_number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => Number::from_text(text),
            _ => None,
        }
    }

    /// To an index or count: a fraction is cut. Beyond 34 digits it is the greatest or least number.
    pub(crate) fn to_index(&self) -> Option<i128> {
        let number = self.to_number()?;
        Some(number.truncate().unwrap_or(match number.signum() {
            -1 => i128::MIN,
            _ => i128::MAX,
        }))
    }

    pub(crate) fn to_boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// To a text; Null and Undefined have none.
    pub(crate) fn to_text(&self, version: SqlVersion) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Undefined | Self::Null => return None,
            Self::Text(text) => Cow::Borrowed(text),
            Self::Boolean(true) => Cow::Borrowed("true"),
            Self::Boolean(false) => Cow::Borrowed("false"),
            Self::Number(number) => Cow::Owned(shown(*number, version).to_string()),
            Self::Json(_) | Self::Array(_) | Self::Object(_) => Cow::Owned(self.to_json(version)),
        })
    }

    /// To a text that may outlive the value.
    pub(crate) fn into_text(self, version: SqlVersion) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            other => Some(Cow::Owned(other.to_text(version)?.into_owned())),
        }
    }

    /// The value as JSON; Undefined is nothing.
    pub(crate) fn to_json(&self, version: SqlVersion) -> String {
        let mut out = Vec::new();
        self.write(&mut out, version);
        String::from_utf8(out).expect("only UTF-8 was written")
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>, version: SqlVersion) {
        match self {
            Self::Undefined => {}
            Self::Null => out.extend_from_slice(b"null"),
            Self::Boolean(true) => out.extend_from_slice(b"true"),
            Self::Boolean(false) => out.extend_from_slice(b"false"),
            Self::Number(number) => {
                use std::io::Write as _;
                write!(out, "{}", shown(*number, version)).expect("a vector takes all bytes");
            }
            Self::Text(text) => json::write_text(out, text),
            Self::Json(text) => json::write_compact(out, text, version.whole_is_int()),
            Self::Array(elements) => {
                out.push(b'[');
                let mut first = true;
                for element in elements.iter().filter(|element| !element.is_undefined()) {
                    if !std::mem::take(&mut first) {
                        out.push(b',');
                    }
                    element.write(out, version);
                }
                out.push(b']');
            }
            Self::Object(members) => {
                out.push(b'{');
                let mut first = true;
                for (key, value) in members.iter().filter(|(_, value)| !value.is_undefined()) {
                    if !std::mem::take(&mut first) {
                        out.push(b',');
                    }
                    json::write_text(out, key);
                    out.push(b':');
                    value.write(out, version);
                }
                out.push(b'}');
            }
        }
    }

    pub(crate) fn is_array(&self) -> bool {
        match self {
            Self::Array(_) => true,
            Self::Json(text) => json::kind(text) == Kind::Array,
            _ => false,
        }
    }

    pub(crate) fn is_object(&self) -> bool {
        match self {
            Self::Object(_) => true,
            Self::Json(text) => json::kind(text) == Kind::Object,
            _ => false,
        }
    }

    /// Elements of an array; none for what is no array.
    pub(crate) fn into_elements(self, version: SqlVersion) -> Option<Vec<Self>> {
        match self {
            Self::Array(elements) => Some(elements),
            Self::Json(text) if json::kind(text) == Kind::Array => Some(
                json::elements(text)
                    .map(|element| Self::read(element, version))
                    .collect(),
            ),
            _ => None,
        }
    }

    /// Members of an object, of equal keys the last; none for what is no object.
    pub(crate) fn into_members(self, version: SqlVersion) -> Option<Vec<(Cow<'a, str>, Self)>> {
        match self {
            Self::Object(members) => Some(members),
            Self::Json(text) if json::kind(text) == Kind::Object => {
                let mut object = Object::default();
                for member in json::members(text) {
                    object.put(member.key(), Self::read(member.value, version));
                }
                Some(object.into_members())
            }
            _ => None,
        }
    }

    /// A member of an object; Undefined for what has none.
    pub(crate) fn member(&self, key: &str, version: SqlVersion) -> Self {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(own, _)| own == key)
                .map_or(Self::Undefined, |(_, value)| value.clone()),
            Self::Json(text) if json::kind(text) == Kind::Object => {
                json::member(text, key).map_or(Self::Undefined, |value| Self::read(value, version))
            }
            _ => Self::Undefined,
        }
    }

    /// As [`Value::member`], taking what is already apart out of the object.
    pub(crate) fn into_member(self, key: &str, version: SqlVersion) -> Self {
        match self {
            Self::Object(members) => members
                .into_iter()
                .find(|(own, _)| own == key)
                .map_or(Self::Undefined, |(_, value)| value),
            other => other.member(key, version),
        }
    }

    /// Equality by `=`: of other types false, with an Undefined side nothing (AWS guide: iot-sql-operators).
    pub(crate) fn equals(&self, other: &Self, version: SqlVersion) -> Option<bool> {
        use std::cmp::Ordering;
        Some(match (self, other) {
            (Self::Undefined, _) | (_, Self::Undefined) => return None,
            (Self::Null, Self::Null) => true,
            (Self::Boolean(left), Self::Boolean(right)) => left == right,
            (Self::Number(left), Self::Number(right)) => left.compare(*right) == Ordering::Equal,
            (Self::Text(left), Self::Text(right)) => left == right,
            (left, right) if left.is_array() && right.is_array() => {
                let left = left.clone().into_elements(version).unwrap_or_default();
                let right = right.clone().into_elements(version).unwrap_or_default();
                left.len() == right.len()
                    && left.iter().zip(&right).all(|(left, right)| {
                        (left.is_undefined() && right.is_undefined())
                            || left.equals(right, version) == Some(true)
                    })
            }
            (left, right) if left.is_object() && right.is_object() => {
                let defined = |value: &Self| {
                    let mut members = value.clone().into_members(version).unwrap_or_default();
                    members.retain(|(_, value)| !value.is_undefined());
                    members.sort_by(|left, right| left.0.cmp(&right.0));
                    members
                };
                let (left, right) = (defined(left), defined(right));
                left.len() == right.len()
                    && left.iter().zip(&right).all(|(left, right)| {
                        left.0 == right.0 && left.1.equals(&right.1, version) == Some(true)
                    })
            }
            _ => false,
        })
    }
}

/// A number as it is written: with version 2016-03-23 without a fraction of zero.
fn shown(number: Number, version: SqlVersion) -> Number {
    match version.whole_is_int() {
        true => number.normalized(),
        false => number,
    }
}

/// An object that is being put together. A key that comes again takes the place it has.
#[derive(Debug, Default)]
pub(crate) struct Object<'a> {
    members: Vec<(Cow<'a, str>, Value<'a>)>,
    /// Places by key, once there are many.
    places: std::collections::HashMap<Cow<'a, str>, usize>,
}

/// Members among which a key is looked for one by one.
const FEW: usize = 16;

impl<'a> Object<'a> {
    pub(crate) fn put(&mut self, key: Cow<'a, str>, value: Value<'a>) {
        match self.place(&key) {
            Some(at) => self.members[at].1 = value,
            None => {
                if self.members.len() == FEW {
                    self.places = self
                        .members
                        .iter()
                        .enumerate()
                        .map(|(at, (key, _))| (key.clone(), at))
                        .collect();
                }
                if self.members.len() >= FEW {
                    self.places.insert(key.clone(), self.members.len());
                }
                self.members.push((key, value));
            }
        }
    }

    /// Puts a value below several keys, making objects on the way.
    pub(crate) fn put_below(
        &mut self,
        path: &'a [Box<str>],
        value: Value<'a>,
        version: SqlVersion,
    ) {
        let [first, rest @ ..] = path else {
            return;
        };
        if rest.is_empty() {
            return self.put(Cow::Borrowed(first), value);
        }
        let inner = match self.place(first) {
            Some(at) => std::mem::replace(&mut self.members[at].1, Value::Undefined),
            None => Value::Undefined,
        };
        let mut object = Self::default();
        for (key, value) in inner.into_members(version).unwrap_or_default() {
            object.put(key, value);
        }
        object.put_below(rest, value, version);
        self.put(Cow::Borrowed(first), Value::Object(object.into_members()));
    }

    pub(crate) fn into_members(self) -> Vec<(Cow<'a, str>, Value<'a>)> {
        self.members
    }

    fn place(&self, key: &str) -> Option<usize> {
        match self.members.len() < FEW || self.places.is_empty() {
            true => self.members.iter().position(|(own, _)| own == key),
            false => self.places.get(key).copied(),
        }
    }
}
