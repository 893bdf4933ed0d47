//! From request to input: the parameters of an operation, typed by the table.
//!
//! Owns where members travel (path, query, headers, body) and what their texts mean. Whether a
//! value is allowed is the business of `validate`; what it means, of the operation.

mod dynamodb;
mod form;
mod json;
mod text;
mod xml;

pub use xml::{Element, MalformedXml};

use serde_json::{Map, Value};
use thiserror::Error;

use crate::headers::Headers;
use crate::model::{Kind, Location, Operation, Protocol, Service};
use crate::respond::ApiError;
use crate::uri;

/// The parameters of an operation, by member name. Booleans, numbers, lists and so on are what
/// the table says they are; timestamps are numbers of seconds since the epoch; blobs are base64
/// text, except for a blob that is the whole body.
#[derive(Clone, Default, PartialEq)]
pub struct Input {
    /// The members that have a value.
    pub members: Map<String, Value>,
    /// The body, where a member is the body as it is.
    pub payload: Option<Vec<u8>>,
}

/// Why a request could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RequestError {
    /// The body is no JSON.
    #[error("The body is not valid JSON: {reason}")]
    Json {
        /// What the parser said; it names positions, not contents.
        reason: String,
    },
    /// A value in the body has another type than the member.
    #[error("'{path}' must be {expected}, not {found}")]
    Type {
        /// Where it stands, such as `attributePayload.attributes`.
        path: String,
        /// The type it should have.
        expected: &'static str,
        /// The type it has.
        found: &'static str,
        /// What the service's own parser calls it.
        token: &'static str,
        /// Whose it is.
        of: Place,
    },
    /// The text of a path, query or header parameter has no value of the member's type.
    #[error("'{name}' must be {expected}")]
    Text {
        /// The parameter's name on the wire.
        name: String,
        /// The type it should have.
        expected: &'static str,
    },
    /// What the escapes of the path or the query stand for is no text: no name, topic or key is meant.
    #[error("The path or the query is not UTF-8")]
    NotText,
}

/// Where a value of another type stands, as far as the service's own parser tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The innermost member of a structure that holds it; empty for the whole body.
    member: &'static str,
    /// In how many lists and maps of that member's value it is.
    inside: u32,
    /// Whether it should be a structure.
    structure: bool,
    /// Characters of a text.
    length: usize,
}

impl RequestError {
    /// The error to answer with.
    pub fn api_error(&self, operation: &Operation) -> ApiError {
        let service = operation.service;
        match (self, service.protocol()) {
            (_, Protocol::Query) => ApiError::new(service, "MalformedInput", self.to_string()),
            (Self::NotText, Protocol::RestXml) => {
                let words = "Couldn't parse the specified URI.";
                ApiError::new(service, "InvalidURI", words).with_status(400)
            }
            (
                Self::Text {
                    name,
                    expected: "a whole number",
                },
                Protocol::RestXml,
            ) => {
                let text = format!("Provided {name} not an integer or within integer range");
                ApiError::new(service, "InvalidArgument", text).with("ArgumentName", name.as_str())
            }
            (_, Protocol::RestXml) => ApiError::new(service, "InvalidArgument", self.to_string()),
            (Self::Text { .. } | Self::NotText, _) => {
                ApiError::invalid_parameter(operation, format!("The request is not valid. {self}."))
            }
            _ => {
                let text = match service {
                    Service::DynamoDb => self.told_by_dynamodb(operation.name),
                    Service::ApiGateway => self.told_by_api_gateway(),
                    _ => None,
                };
                let text = text.unwrap_or_else(|| self.to_string());
                ApiError::new(service, "SerializationException", text)
            }
        }
    }

    /// In API Gateway's own words, where those are known: of texts that are none.
    fn told_by_api_gateway(&self) -> Option<String> {
        let Self::Type {
            expected: "a string",
            found,
            ..
        } = self
        else {
            return None;
        };
        let class = match *found {
            "a boolean" => "java.lang.Boolean",
            "a number" => "com.amazon.coral.value.json.numbers.TruncatingBigNumber",
            _ => return None,
        };
        Some(format!("class {class} can not be converted to an String"))
    }

    /// In DynamoDB's own words, where it has some of its own.
    fn told_by_dynamodb(&self, operation: &str) -> Option<String> {
        let Self::Type {
            expected,
            token,
            of,
            ..
        } = self
        else {
            return None;
        };
        if of.member.is_empty() {
            return None;
        }
        let java = match *expected {
            "a string" => "String",
            "a boolean" => "Boolean",
            "a whole number of 32 bits" => "Integer",
            "a whole number of 64 bits" => "Long",
            "a number" => "Double",
            _ => "",
        };
        Some(match (java, *token) {
            (_, "START_OBJECT") => "Start of structure or map found where not expected".to_owned(),
            ("", token) => return dynamodb::compound(operation, expected, token, *of),
            (java, "START_ARRAY") => format!("Unrecognized collection type class java.lang.{java}"),
            ("Boolean", "STRING_VALUE") => "Unexpected token received from parser".to_owned(),
            (java, token) => format!("{token} cannot be converted to {java}"),
        })
    }

    /// The same, of a value that stands in another, in this place of it.
    fn within(self, place: &str) -> Self {
        self.placed(|path| format!("{place}{path}"))
    }

    /// The same of a whole request: what stands first has nothing before it.
    fn at_top(self) -> Self {
        self.placed(|path| path.strip_prefix('.').map(str::to_owned).unwrap_or(path))
    }

    /// The same, of a value that this member holds, by itself or inside of its value.
    fn of(mut self, name: &'static str) -> Self {
        if let Self::Type { of, .. } = &mut self
            && of.member.is_empty()
        {
            of.member = name;
        }
        self
    }

    /// The same, where a structure should be.
    fn of_a_structure(mut self) -> Self {
        if let Self::Type { of, .. } = &mut self {
            of.structure = true;
        }
        self
    }

    /// The same, of an item or an entry of what a member holds.
    fn inside(mut self) -> Self {
        if let Self::Type { of, .. } = &mut self
            && of.member.is_empty()
        {
            of.inside += 1;
        }
        self
    }

    fn placed(mut self, place: impl FnOnce(String) -> String) -> Self {
        if let Self::Type { path, .. } = &mut self {
            *path = place(std::mem::take(path));
        }
        self
    }
}

/// The parameters of a query that are no member's of their own, nor the operation's, nor a signature's: those of a
/// member that is a map. [Smithy: httpQueryParams trait]
fn unclaimed<'p>(
    operation: &Operation,
    pairs: &'p [(String, String)],
) -> impl Iterator<Item = (&'p str, &'p str)> {
    let (_, own) = uri::split_target(operation.uri);
    let mut claimed: Vec<&str> = own
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or_default())
        .collect();
    let members = operation.members().iter();
    let members = members.filter(|member| member.location == Location::Query);
    let members = members.filter(|member| !matches!(member.shape.kind, Kind::Map(..)));
    claimed.extend(members.map(|member| member.wire));
    let pairs = pairs
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()));
    pairs.filter(move |(key, _)| !claimed.contains(key) && !key.starts_with("X-Amz-"))
}

/// Members that are compared one by one for less than it takes to hash a name.
const FEW: usize = 8;

/// A member of an object. Most objects of requests have few, and most members that are looked for are not there.
pub(crate) fn lookup<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m Value> {
    if members.len() > FEW {
        return members.get(name);
    }
    let mut members = members.iter();
    members.find(|(of, _)| *of == name).map(|(_, value)| value)
}

impl Input {
    /// Reads a REST request. `labels` are those that routing found; `query` is raw. Bodies of
    /// S3 are not read but kept as the payload.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub fn from_rest(
        operation: &Operation,
        labels: &[(&'static str, String)],
        query: &str,
        headers: &Headers<'_>,
        body: &[u8],
    ) -> Result<Self, RequestError> {
        let mut input = Self::default();
        let pairs = uri::query_pairs(query);
        for member in operation.members() {
            let name = member.wire;
            let value = match member.location {
                Location::Path => labels
                    .iter()
                    .find(|(label, _)| *label == name)
                    .map(|(_, value)| text::value(value, member.shape, name))
                    .transpose()?,
                Location::Query => {
                    let mut values = pairs
                        .iter()
                        .filter(|(key, _)| key == name)
                        .map(|(_, value)| value);
                    match member.shape.kind {
                        Kind::List(item) => {
                            let items = values.map(|value| text::value(value, item, name));
                            let items = items.collect::<Result<Vec<_>, _>>()?;
                            (!items.is_empty()).then_some(Value::Array(items))
                        }
                        Kind::Map(_, item) => {
                            let mut found = Map::new();
                            for (key, value) in unclaimed(operation, &pairs) {
                                let value = text::value(value, item, key)?;
                                found.entry(key).or_insert(value);
                            }
                            (!found.is_empty()).then_some(Value::Object(found))
                        }
                        // S3 passes over a number that has no digits; LocalStack's recordings: ListParts.
                        Kind::Integer | Kind::Long
                            if operation.service == Service::S3
                                && values.clone().next().is_some_and(|value| value.is_empty()) =>
                        {
                            None
                        }
                        _ => values
                            .next()
                            .map(|value| text::value(value, member.shape, name))
                            .transpose()?,
                    }
                }
                Location::Header => headers
                    .text(name)
                    .map(|value| text::header_value(&value, member.shape, name))
                    .transpose()?,
                Location::HeaderPrefix => text::prefixed_headers(headers, name),
                Location::Body => None,
                Location::Payload => match member.shape.kind {
                    Kind::Blob => {
                        input.payload = Some(body.to_vec());
                        None
                    }
                    _ => json::document(body)?
                        .map(|value| {
                            json::value(value, member.shape).map_err(|why| why.within(member.name))
                        })
                        .transpose()?,
                },
            };
            if let Some(value) = value {
                input.members.insert(member.name.to_owned(), value);
            }
        }
        if operation.service.protocol() == Protocol::RestXml {
            input.payload = Some(body.to_vec());
        } else {
            json::body_members(operation, body, &mut input.members)?;
        }
        Ok(input)
    }

    /// Reads a request of the JSON protocols: all members stand in the body, an object. An empty body is one without
    /// members. [Smithy: AWS JSON 1.0 protocol, empty body serialization]
    ///
    /// # Errors
    /// [`RequestError::Json`] and [`RequestError::Type`].
    pub fn from_json(operation: &Operation, body: &[u8]) -> Result<Self, RequestError> {
        let mut input = Self::default();
        json::whole_body(operation, body, &mut input.members)?;
        Ok(input)
    }

    /// Reads the parameters of a query-protocol request, `pairs` being those of the form body
    /// (or of the query, in a GET). `Action`, `Version` and unknown ones are skipped.
    ///
    /// # Errors
    /// [`RequestError::Text`] for a number or boolean that is none.
    pub fn from_form(
        operation: &Operation,
        pairs: &[(String, String)],
    ) -> Result<Self, RequestError> {
        let members = form::members(operation, pairs)?;
        Ok(Self {
            members,
            payload: None,
        })
    }

    /// A member that has a value.
    pub fn get(&self, name: &str) -> Option<&Value> {
        lookup(&self.members, name)
    }

    /// A string member.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// A boolean member.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    /// An integer member.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    /// A structure or map member.
    pub fn object(&self, name: &str) -> Option<&Map<String, Value>> {
        self.get(name)?.as_object()
    }

    /// The items of a list member; none where it has no value.
    pub fn items(&self, name: &str) -> &[Value] {
        self.get(name)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }
}

impl std::fmt::Debug for Input {
    /// Names only: values may be credentials.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.members.keys().collect();
        let payload = self.payload.as_ref().map(Vec::len);
        f.debug_struct("Input")
            .field("members", &names)
            .field("payload_bytes", &payload)
            .finish()
    }
}

#[cfg(test)]
mod tests;
