//! Document paths: an attribute, and what is inside it.

use crate::value::{AttributeValue, Item};
use std::fmt;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A member of a map.
    Name(String),
    /// An element of a list.
    Index(usize),
}

/// An attribute, and what is inside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// The attribute.
    pub attribute: String,
    /// What is inside.
    pub steps: Vec<Step>,
}

impl Path {
    /// An attribute as a whole.
    pub fn of(attribute: impl Into<String>) -> Self {
        Self {
            attribute: attribute.into(),
            steps: Vec::new(),
        }
    }

    /// What is there in an item.
    pub fn get<'i>(&self, item: &'i Item) -> Option<&'i AttributeValue> {
        let mut found = item.get(&self.attribute)?;
        for step in &self.steps {
            found = match (step, found) {
                (Step::Name(name), AttributeValue::M(members)) => members.get(name)?,
                (Step::Index(at), AttributeValue::L(items)) => items.get(*at)?,
                _ => return None,
            };
        }
        Some(found)
    }

    /// Whether one is, or is inside, the other.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let common = self.steps.len().min(other.steps.len());
        self.attribute == other.attribute && self.steps[..common] == other.steps[..common]
    }

    /// Whether the two take the same value once for a map and once for a list.
    pub(super) fn conflicts(&self, other: &Self) -> bool {
        if self.attribute != other.attribute {
            return false;
        }
        let differing = self.steps.iter().zip(&other.steps).find(|(a, b)| a != b);
        matches!(
            differing,
            Some((Step::Name(_), Step::Index(_)) | (Step::Index(_), Step::Name(_)))
        )
    }
}

impl fmt::Display for Path {
    /// As refusals show it: `[a, b, [0]]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}", self.attribute)?;
        for step in &self.steps {
            match step {
                Step::Name(name) => write!(f, ", {name}")?,
                Step::Index(at) => write!(f, ", [{at}]")?,
            }
        }
        f.write_str("]")
    }
}
