//! What of a thing or group can be searched: values by field.

use crate::ctx::Millis;
use crate::registry::thing::{Thing, ThingGroup};

/// Whether a thing is connected, as far as is known. AWS guide: device-connectivity-status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connectivity {
    /// It is.
    pub connected: bool,
    /// Since when it is, or is not.
    pub at: Millis,
    /// Why it is not.
    pub disconnect_reason: Option<&'static str>,
    /// One more at each change.
    pub version: u64,
}

/// Values by field; a field may have several.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    values: Vec<(String, String)>,
}

impl Document {
    /// A thing with the groups it is in, and its connectivity where that is indexed and known.
    pub fn thing(thing: &Thing, groups: &[String], connectivity: Option<&Connectivity>) -> Self {
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
            document.add("connectivity.timestamp", &state.at.0.to_string());
            document.add("connectivity.version", &state.version.to_string());
            if let Some(reason) = state.disconnect_reason {
                document.add("connectivity.disconnectReason", reason);
            }
        }
        document
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
