//! What the owner can do about a reason code: the last column of `docs/explain.md`, which is the one table of it.

use std::collections::HashMap;
use std::sync::OnceLock;

const TABLE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../docs/explain.md"
));

/// What to do about a failure with this code, where the documents know something.
pub fn of(code: &str) -> Option<&'static str> {
    static REMEDIES: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    REMEDIES
        .get_or_init(|| TABLE.lines().filter_map(row).collect())
        .get(code)
        .copied()
}

/// Code and remedy of a row that has both: ``| `code` | what it means | what to do |``.
fn row(line: &'static str) -> Option<(&'static str, &'static str)> {
    let mut cells = line.strip_prefix("| `")?.split(" | ");
    let code = cells.next()?.strip_suffix('`')?;
    let remedy = cells.nth(1)?.strip_suffix(" |")?;
    Some((code, remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_say_what_to_do() {
        assert_eq!(of("no-policy"), Some("`aws iot attach-policy`"));
        assert_eq!(of("connected"), None);
        assert_eq!(of("no-such-code"), None);
    }

    #[test]
    fn every_remedy_can_stand_alone() {
        for (code, remedy) in TABLE.lines().filter_map(row) {
            // Beside its record, without the row above it.
            assert!(!remedy.starts_with("As above"), "{code}: {remedy}");
            assert!(!remedy.starts_with("The record"), "{code}: {remedy}");
        }
    }
}
