//! A shadow's state with its metadata, and how one changes.

use super::request::Sections;
use serde_json::{Map, Value, json};

/// Desired and reported state. A section without keys is one that is not there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Content {
    pub(super) desired: Section,
    pub(super) reported: Section,
}

/// Values, and when each was last set, in the same tree.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Section {
    pub(super) state: Map<String, Value>,
    pub(super) metadata: Map<String, Value>,
}

impl Content {
    /// From what [`Self::encode`] made; `None` for anything else.
    pub fn decode(text: &str) -> Option<Self> {
        let mut parts: Map<String, Value> = serde_json::from_str(text).ok()?;
        let mut section = |state: &str, metadata: &str| {
            let mut take = |name: &str| match parts.remove(name) {
                Some(Value::Object(members)) => Some(members),
                _ => None,
            };
            Some(Section {
                state: take(state)?,
                metadata: take(metadata)?,
            })
        };
        Some(Self {
            desired: section("desired", "desiredMetadata")?,
            reported: section("reported", "reportedMetadata")?,
        })
    }

    /// For keeping.
    pub fn encode(&self) -> String {
        json!({
            "desired": self.desired.state,
            "desiredMetadata": self.desired.metadata,
            "reported": self.reported.state,
            "reportedMetadata": self.reported.metadata,
        })
        .to_string()
    }

    /// Bytes of the state.
    pub(super) fn bytes(&self) -> usize {
        [&self.desired, &self.reported]
            .into_iter()
            .filter(|section| !section.state.is_empty())
            .map(|section| Value::Object(section.state.clone()).to_string().len())
            .sum()
    }

    /// Merges what a request says, set at this second since the epoch.
    pub(super) fn merge(&mut self, sections: &Sections, seconds: i64) {
        for (section, asked) in [
            (&mut self.desired, &sections.desired),
            (&mut self.reported, &sections.reported),
        ] {
            match asked {
                None => {}
                Some(Value::Object(asked)) => {
                    merge(&mut section.state, &mut section.metadata, asked, seconds);
                }
                Some(_) => *section = Section::default(),
            }
        }
    }

    /// What is desired and not reported so; nothing of what is reported alone.
    pub fn delta(&self) -> Map<String, Value> {
        delta(&self.desired.state, &self.reported.state)
    }

    /// When each value of the delta was desired.
    pub(super) fn delta_metadata(&self, delta: &Map<String, Value>) -> Map<String, Value> {
        within(delta, &self.desired.metadata)
    }

    /// Members of `state`, `delta` not among them.
    pub fn state(&self) -> Map<String, Value> {
        self.sections(|section| &section.state)
    }

    /// Members of `metadata`.
    pub fn metadata(&self) -> Map<String, Value> {
        self.sections(|section| &section.metadata)
    }

    fn sections(&self, of: impl Fn(&Section) -> &Map<String, Value>) -> Map<String, Value> {
        [("desired", &self.desired), ("reported", &self.reported)]
            .into_iter()
            .filter(|(_, section)| !section.state.is_empty())
            .map(|(name, section)| (name.to_owned(), Value::Object(of(section).clone())))
            .collect()
    }
}

/// Merges by key: objects into objects, null removes, anything else replaces. AWS guide: device-shadow-document.
fn merge(
    state: &mut Map<String, Value>,
    metadata: &mut Map<String, Value>,
    asked: &Map<String, Value>,
    seconds: i64,
) {
    for (key, value) in asked {
        match value {
            Value::Null => {
                // The order of the other keys stays as it is.
                state.shift_remove(key);
                metadata.shift_remove(key);
            }
            Value::Object(asked) => {
                if !matches!(state.get(key), Some(Value::Object(_))) {
                    state.insert(key.clone(), json!({}));
                    metadata.insert(key.clone(), json!({}));
                }
                if let (Some(Value::Object(state)), Some(Value::Object(metadata))) =
                    (state.get_mut(key), metadata.get_mut(key))
                {
                    merge(state, metadata, asked, seconds);
                }
            }
            value => {
                state.insert(key.clone(), value.clone());
                metadata.insert(key.clone(), stamp(value, seconds));
            }
        }
    }
}

/// The metadata of a value that is set now: a time for each leaf. What is null is not set.
pub(super) fn stamp(value: &Value, seconds: i64) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), stamp(value, seconds)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(|item| stamp(item, seconds)).collect(),
        _ => json!({"timestamp": seconds}),
    }
}

fn delta(desired: &Map<String, Value>, reported: &Map<String, Value>) -> Map<String, Value> {
    let mut found = Map::new();
    for (key, wanted) in desired {
        match (wanted, reported.get(key)) {
            (Value::Object(wanted), Some(Value::Object(is))) => {
                let differs = delta(wanted, is);
                if !differs.is_empty() {
                    found.insert(key.clone(), Value::Object(differs));
                }
            }
            (wanted, Some(is)) if same(wanted, is) => {}
            (wanted, _) => {
                found.insert(key.clone(), wanted.clone());
            }
        }
    }
    found
}

/// Whether two values are the same; 1 and 1.0 are.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}

/// The part of `metadata` that is about what `values` holds.
fn within(values: &Map<String, Value>, metadata: &Map<String, Value>) -> Map<String, Value> {
    let part = |(key, value): (&String, &Value)| {
        let about = metadata.get(key)?;
        let about = match (value, about) {
            (Value::Object(values), Value::Object(about)) => Value::Object(within(values, about)),
            (_, about) => about.clone(),
        };
        Some((key.clone(), about))
    };
    values.iter().filter_map(part).collect()
}
