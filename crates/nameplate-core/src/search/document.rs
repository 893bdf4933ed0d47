//! What of a thing or group can be searched: values by field.

use crate::ctx::Millis;
use crate::registry::thing::{Thing, ThingGroup};
use crate::shadow::Content;
use serde_json::{Map, Value};

/// Whether a thing is connected, as far as is known. What never was is not. AWS guide: device-connectivity-status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Connectivity {
    /// False also where it never was.
    pub connected: bool,
    /// Since when it is, or is not; `None` where it never was.
    pub at: Option<Millis>,
    /// Why it is not.
    pub disconnect_reason: Option<&'static str>,
    /// One more at each change.
    pub version: u64,
}

/// A shadow of a thing, as its documents have it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shadow {
    /// Its name; empty for the classic one.
    pub name: String,
    /// One more at each change of the shadow.
    pub version: u64,
    /// What was desired and reported.
    pub content: Content,
}

impl Shadow {
    /// What its fields begin with.
    fn prefix(&self) -> String {
        if self.name.is_empty() {
            "shadow".to_owned()
        } else {
            format!("shadow.name.{}", self.name)
        }
    }

    /// Its members in the answer of a search: the sections, `metadata`, `hasDelta` and `version`.
    pub fn members(&self) -> Map<String, Value> {
        let mut members = self.content.state();
        let delta = self.content.delta();
        let has_delta = !delta.is_empty();
        if has_delta {
            members.insert("delta".to_owned(), Value::Object(delta));
        }
        members.insert("metadata".to_owned(), self.content.metadata().into());
        members.insert("hasDelta".to_owned(), has_delta.into());
        members.insert("version".to_owned(), self.version.into());
        members
    }
}

/// Values by field; a field may have several.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    values: Vec<(String, String)>,
}

impl Document {
    /// A thing with the groups it is in, its connectivity where that is indexed, and those of its shadows
    /// that are indexed.
    pub fn thing<'s>(
        thing: &Thing,
        groups: &[String],
        connectivity: Option<&Connectivity>,
        shadows: impl IntoIterator<Item = &'s Shadow>,
    ) -> Self {
        let mut document = Self::default();
        document.add("thingName", &thing.name);
        document.add("thingId", &thing.thing_id);
        document.add("registry.version", &thing.version.to_string());
        if let Some(name) = &thing.thing_type {
            document.add("thingTypeName", name);
        }
        for group in groups {
            document.add("thingGroupNames", group);
        }
        document.attributes(&thing.attributes);
        if let Some(state) = connectivity {
            document.add("connectivity.connected", &state.connected.to_string());
            if let Some(at) = state.at {
                document.add("connectivity.timestamp", &at.0.to_string());
            }
            document.add("connectivity.version", &state.version.to_string());
            if let Some(reason) = state.disconnect_reason {
                document.add("connectivity.disconnectReason", reason);
            }
        }
        for shadow in shadows {
            for (name, value) in shadow.members() {
                document.tree(&format!("{}.{name}", shadow.prefix()), &value);
            }
        }
        document
    }

    /// Adds the leaves of a tree: a path for each, and all elements of an array under one.
    fn tree(&mut self, path: &str, value: &Value) {
        match value {
            Value::Object(members) => members
                .iter()
                .for_each(|(name, value)| self.tree(&format!("{path}.{name}"), value)),
            Value::Array(items) => items.iter().for_each(|item| self.tree(path, item)),
            Value::String(text) => self.add(path, text),
            Value::Null => {}
            other => self.add(path, &other.to_string()),
        }
    }

    /// A thing group with the names of all its ancestors.
    pub fn group(group: &ThingGroup, ancestors: &[String]) -> Self {
        let mut document = Self::default();
        document.add("thingGroupName", &group.name);
        document.add("thingGroupId", &group.group_id);
        document.add("version", &group.version.to_string());
        if let Some(text) = &group.description {
            document.add("description", text);
        }
        for name in ancestors {
            document.add("parentGroupNames", name);
        }
        document.attributes(&group.attributes);
        document
    }

    /// Adds a value. U+0000 counts as a space.
    pub fn add(&mut self, field: &str, value: &str) {
        self.values
            .push((field.to_owned(), value.replace('\0', " ")));
    }

    /// All values with their fields.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values
            .iter()
            .map(|(field, value)| (field.as_str(), value.as_str()))
    }

    fn attributes(&mut self, attributes: &crate::registry::thing::Attributes) {
        for (name, value) in attributes {
            self.add(&format!("attributes.{name}"), value);
        }
    }
}
