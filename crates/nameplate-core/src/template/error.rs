//! What is wrong, or doubtful, with a template itself.

use std::fmt;

/// A place in the template body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// A template that cannot be saved or used. The text begins as AWS's does, `Invalid registration template. `, and
/// states logical resource, property, offending value and rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    reason: String,
    position: Option<Position>,
}

impl TemplateError {
    pub(crate) fn new(reason: impl fmt::Display) -> Self {
        Self {
            reason: reason.to_string(),
            position: None,
        }
    }

    pub(crate) fn at(position: Position, reason: impl fmt::Display) -> Self {
        Self {
            reason: reason.to_string(),
            position: Some(position),
        }
    }

    /// The text without its beginning and without the position, for callers that AWS gives another beginning.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Where in the body, if one place is to blame.
    pub fn position(&self) -> Option<Position> {
        self.position
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invalid registration template. {}", self.reason)?;
        match self.position {
            Some(position) => write!(f, " ({position})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TemplateError {}

/// Something that may be saved and yet will fail, or surprise, when a device comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Logical name of the resource, or the section.
    pub resource: String,
    /// The property, where it is about one.
    pub property: Option<String>,
    /// What will happen, in a sentence.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.property {
            Some(property) => write!(f, "{}, {property}: {}", self.resource, self.message),
            None => write!(f, "{}: {}", self.resource, self.message),
        }
    }
}
