//! What an API says about itself: parts of documentation, and versions of all of them.
//! [API Gateway REST API reference: DocumentationPart, DocumentationVersion; developer guide: documenting REST APIs]

use super::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Most parts of an API (API Gateway quotas).
const PARTS: usize = 2000;

/// The member of a document of OpenAPI that parts are in.
pub const EXTENSION: &str = "x-amazon-apigateway-documentation";

/// What a part can be about, and what beside its type its location may name.
const LOCATIONS: [(&str, &[&str]); 12] = [
    ("API", &[]),
    ("AUTHORIZER", &["name"]),
    ("MODEL", &["name"]),
    ("RESOURCE", &["path"]),
    ("METHOD", &["path", "method"]),
    ("PATH_PARAMETER", &["path", "method", "name"]),
    ("QUERY_PARAMETER", &["path", "method", "name"]),
    ("REQUEST_HEADER", &["path", "method", "name"]),
    ("REQUEST_BODY", &["path", "method"]),
    ("RESPONSE", &["path", "method", "statusCode"]),
    ("RESPONSE_HEADER", &["path", "method", "statusCode", "name"]),
    ("RESPONSE_BODY", &["path", "method", "statusCode"]),
];

/// The documentation of an API.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Documentation {
    /// Its parts by id, in AWS's shape.
    #[serde(default)]
    pub parts: BTreeMap<String, Value>,
    /// Its versions by name, in AWS's shape, each with the `parts` that there were.
    #[serde(default)]
    pub versions: BTreeMap<String, Value>,
}

/// A part of a document: its location, and its properties as text.
pub type Part = (Value, String);

impl Documentation {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.versions.is_empty()
    }

    /// Adds a part.
    ///
    /// # Errors
    /// A location that is none or has a part already, or properties that are none.
    pub fn add(&mut self, id: String, (location, properties): Part) -> Result<Value, Refusal> {
        check(&location, &properties)?;
        if let Some(there) = self.at(&location) {
            return Err(Refusal::Exists(format!(
                "Documentation part already exists for the specified location: {}",
                self.parts[&there]["location"]
            )));
        }
        if self.parts.len() >= PARTS {
            return Err(Refusal::Limit(
                "Maximum number of Documentation parts for this API has been reached.".into(),
            ));
        }
        let part = json!({"id": id, "location": location, "properties": properties});
        self.parts.insert(id, part.clone());
        Ok(part)
    }

    /// Takes in the parts of a document, over those that have their locations; ids in the document's order.
    ///
    /// # Errors
    /// As for one that is added.
    pub fn import(
        &mut self,
        parts: Vec<Part>,
        ids: &mut impl FnMut() -> String,
    ) -> Result<Vec<String>, Refusal> {
        let take = |(location, properties): Part| match self.at(&location) {
            Some(id) => {
                check(&location, &properties)?;
                if let Some(part) = self.parts.get_mut(&id) {
                    part["properties"] = json!(properties);
                }
                Ok(id)
            }
            None => {
                let made = self.add(ids()[..6].to_owned(), (location, properties))?;
                Ok(made["id"].as_str().unwrap_or_default().to_owned())
            }
        };
        parts.into_iter().map(take).collect()
    }

    /// A part.
    ///
    /// # Errors
    /// That there is none.
    pub fn part(&self, id: &str) -> Result<&Value, Refusal> {
        let found = self.parts.get(id);
        found.ok_or_else(|| Refusal::unknown("Documentation part"))
    }

    /// A version.
    ///
    /// # Errors
    /// That there is none.
    pub fn version(&self, name: &str) -> Result<&Value, Refusal> {
        let found = self.versions.get(name);
        found.ok_or_else(|| Refusal::unknown("Documentation version"))
    }

    /// What a document of OpenAPI says of a version; `created` is when it was made.
    pub fn exported(&self, name: &str, created: &str) -> Option<Value> {
        let parts = self.versions.get(name)?["parts"].as_array()?.iter();
        let parts: Vec<Value> = parts
            .map(|part| {
                let properties = part["properties"].as_str().unwrap_or_default();
                let properties: Value = serde_json::from_str(properties).unwrap_or_default();
                json!({"location": part["location"], "properties": properties})
            })
            .collect();
        Some(json!({"version": name, "createdDate": created, "documentationParts": parts}))
    }

    /// The id of the part at a location.
    fn at(&self, location: &Value) -> Option<String> {
        let wanted = whole(location);
        let mut parts = self.parts.iter();
        let found = parts.find(|(_, part)| whole(&part["location"]) == wanted);
        found.map(|(id, _)| id.clone())
    }
}

/// The parts in a document of OpenAPI; none where it has no such member.
///
/// # Errors
/// The member is not of its form.
pub fn parts_of(document: &Value) -> Result<Option<Vec<Part>>, Refusal> {
    let Some(found) = document.get(EXTENSION) else {
        return Ok(None);
    };
    let parts = match (found.as_object(), found.get("documentationParts")) {
        (Some(_), None) => &[][..],
        (Some(_), Some(Value::Array(parts))) => parts,
        _ => {
            return Err(Refusal::Invalid(format!(
                "{EXTENSION} must be an object with a list of documentationParts"
            )));
        }
    };
    let part = |part: &Value| {
        let properties = match &part["properties"] {
            Value::String(text) => text.clone(),
            properties => properties.to_string(),
        };
        (part["location"].clone(), properties)
    };
    Ok(Some(parts.iter().map(part).collect()))
}

/// What a location names, with what stands for all where it names less.
fn whole(location: &Value) -> Map<String, Value> {
    let kind = location["type"].as_str().unwrap_or_default();
    let names = LOCATIONS.iter().find(|(of, _)| *of == kind);
    let mut whole = Map::from_iter([("type".to_owned(), json!(kind))]);
    for name in names.map_or(&[][..], |(_, names)| names) {
        let default = if *name == "path" { "/" } else { "*" };
        let given = location[*name].as_str().filter(|text| !text.is_empty());
        whole.insert((*name).to_owned(), json!(given.unwrap_or(default)));
    }
    whole
}

/// Whether a part can be one.
///
/// # Errors
/// What is wrong with it.
pub fn check(location: &Value, properties: &str) -> Result<(), Refusal> {
    let kind = location["type"].as_str().unwrap_or_default();
    let Some((_, names)) = LOCATIONS.iter().find(|(of, _)| *of == kind) else {
        return Err(Refusal::Invalid(format!(
            "Invalid documentation part location type specified: {kind}"
        )));
    };
    let mut given = location.as_object().into_iter().flatten();
    let other = given.find(|(name, value)| {
        *name != "type" && !value.is_null() && !names.contains(&name.as_str())
    });
    if let Some((name, _)) = other {
        return Err(Refusal::Invalid(format!(
            "Invalid documentation part location: {name} cannot be set for the type {kind}"
        )));
    }
    if properties.is_empty() {
        return Err(Refusal::Invalid(
            "Documentation part properties must be non-empty".into(),
        ));
    }
    match serde_json::from_str(properties) {
        Ok(Value::Object(_)) => Ok(()),
        _ => Err(Refusal::Invalid(
            "Documentation part properties must be a JSON object".into(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_has_one_part() {
        let mut of = Documentation::default();
        let mut add = |location: Value, properties: &str| {
            let id = of.parts.len().to_string();
            of.add(id, (location, properties.to_owned()))
                .map(|_| ())
                .map_err(|why| why.to_string())
        };
        let method = json!({"type": "METHOD", "path": "/a"});
        assert_eq!(add(json!({"type": "API"}), "{}"), Ok(()));
        assert_eq!(add(method.clone(), r#"{"description": "d"}"#), Ok(()));
        for (location, properties, why) in [
            (
                json!({"type": "METHOD", "path": "/a", "method": "*"}),
                "{}",
                "already exists",
            ),
            (
                json!({"type": "API", "path": "/"}),
                "{}",
                "path cannot be set for the type API",
            ),
            (
                json!({"type": "OTHER"}),
                "{}",
                "location type specified: OTHER",
            ),
            (
                json!({"type": "MODEL", "name": "M"}),
                "",
                "must be non-empty",
            ),
            (
                json!({"type": "MODEL", "name": "M"}),
                "[]",
                "must be a JSON object",
            ),
        ] {
            let refused = add(location, properties).expect_err(why);
            assert!(refused.contains(why), "{refused}");
        }
    }

    #[test]
    fn documents_bring_parts_and_take_them_out() {
        let mut of = Documentation::default();
        let document = json!({EXTENSION: {"version": "1", "documentationParts": [
            {"location": {"type": "API"}, "properties": {"description": "d"}},
            {"location": {"type": "RESPONSE", "path": "/", "method": "GET", "statusCode": "200"}, "properties": {"description": "r"}},
        ]}});
        let parts = parts_of(&document).expect("parts").expect("some");
        let mut number = 100_000;
        let mut ids = || {
            number += 1;
            number.to_string()
        };
        let made = of.import(parts.clone(), &mut ids).expect("taken in");
        assert_eq!(made, ["100001", "100002"]);
        assert_eq!(of.import(parts, &mut ids), Ok(made));
        let parts: Vec<_> = of.parts.values().cloned().collect();
        of.versions
            .insert("1".into(), json!({"version": "1", "parts": parts}));
        let exported = of.exported("1", "2026-01-01T00:00:00Z").expect("a version");
        assert_eq!(
            exported["documentationParts"],
            document[EXTENSION]["documentationParts"]
        );
        assert_eq!(of.exported("2", ""), None);
        assert_eq!(parts_of(&json!({})), Ok(None));
        assert_eq!(
            parts_of(&json!({EXTENSION: {"version": "1"}})),
            Ok(Some(Vec::new()))
        );
        for wrong in [json!([]), json!({"documentationParts": {}})] {
            assert!(parts_of(&json!({EXTENSION: wrong})).is_err());
        }
    }
}
