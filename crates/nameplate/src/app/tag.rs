//! Which tags a resource may have.

use super::error::{Error, Result};
use std::collections::BTreeSet;

/// Tags of one resource (General Reference, IoT Core quotas).
pub const TAGS: usize = 50;

/// A tag: key and value.
pub type Tag = (String, String);

/// Refuses tags that a new resource may not have: too many, a key twice, or one of AWS's own. Lengths and characters
/// were the model's.
pub(crate) fn check(tags: &[Tag]) -> Result<()> {
    if tags.len() > TAGS {
        return Err(Error::invalid(format!(
            "A resource can have at most {TAGS} tags, and these are {}",
            tags.len()
        )));
    }
    let mut seen = BTreeSet::new();
    for (key, _) in tags {
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Error::invalid(format!(
                "Tags cannot begin with \"aws:\", offending tag: {key}"
            )));
        }
        if !seen.insert(key) {
            return Err(Error::invalid(format!(
                "Duplicate tag keys found, offending tag: {key}"
            )));
        }
    }
    Ok(())
}
