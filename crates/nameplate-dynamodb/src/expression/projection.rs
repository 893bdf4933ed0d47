//! Projections: which parts of an item are answered. Developer guide: projection expressions.

use super::parser::{Class, Parser};
use super::path::{Path, Step};
use super::scope::Scope;
use crate::error::Result;
use crate::value::{AttributeValue, Item};
use std::collections::BTreeMap;

/// The parts of an item that are asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection(pub Vec<Path>);

impl Projection {
    /// Reads a projection.
    ///
    /// # Errors
    /// It cannot be read, or one path is in another.
    pub fn parse(text: &str, scope: &mut Scope) -> Result<Self> {
        let mut parser = Parser::new(text, "ProjectionExpression", scope)?;
        let mut paths = vec![parser.path()?];
        while parser.tokens.sign(",") {
            paths.push(parser.path()?);
        }
        apart(&mut parser, &paths);
        parser.finish(Self(paths))
    }

    /// Of whole attributes.
    pub fn of_attributes(names: impl IntoIterator<Item = String>) -> Self {
        Self(names.into_iter().map(Path::of).collect())
    }

    /// The parts of an item that are asked for and there.
    pub fn of(&self, item: &Item) -> Item {
        let mut wanted = BTreeMap::new();
        for path in &self.0 {
            let entry: &mut Vec<&[Step]> = wanted.entry(path.attribute.as_str()).or_default();
            entry.push(&path.steps);
        }
        let part = |(name, steps): (&str, Vec<&[Step]>)| {
            let part = part(item.get(name)?, &steps)?;
            Some((name.to_owned(), part))
        };
        wanted.into_iter().filter_map(part).collect()
    }

    /// The attributes of which something is asked for.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|path| path.attribute.as_str())
    }
}

/// Refuses paths of which one is in another, or that take one value for a map and for a list.
pub(super) fn apart(parser: &mut Parser<'_, '_>, paths: &[Path]) {
    if let Some(why) = clash(paths) {
        parser.mistake(Class::Meaning, why);
    }
}

/// Why paths cannot stand together, if they cannot.
pub(crate) fn clash(paths: &[Path]) -> Option<String> {
    for (at, path) in paths.iter().enumerate() {
        // The parts of an expression of 4 KB, or of a statement of 8 KB.
        for earlier in &paths[..at] {
            let how = match (path.overlaps(earlier), path.conflicts(earlier)) {
                (true, _) => "overlap",
                (_, true) => "conflict",
                _ => continue,
            };
            return Some(format!(
                "Two document paths {how} with each other; must remove or rewrite one of these paths; path one: {earlier}, path two: {path}"
            ));
        }
    }
    None
}

fn part(value: &AttributeValue, wanted: &[&[Step]]) -> Option<AttributeValue> {
    if wanted.iter().any(|steps| steps.is_empty()) {
        return Some(value.clone());
    }
    match value {
        AttributeValue::M(members) => {
            let mut by_name: BTreeMap<&str, Vec<&[Step]>> = BTreeMap::new();
            for steps in wanted {
                if let [Step::Name(name), rest @ ..] = steps {
                    by_name.entry(name).or_default().push(rest);
                }
            }
            let found: Item = by_name
                .into_iter()
                .filter_map(|(name, steps)| {
                    Some((name.to_owned(), part(members.get(name)?, &steps)?))
                })
                .collect();
            (!found.is_empty()).then_some(AttributeValue::M(found))
        }
        AttributeValue::L(items) => {
            let mut by_index: BTreeMap<usize, Vec<&[Step]>> = BTreeMap::new();
            for steps in wanted {
                if let [Step::Index(at), rest @ ..] = steps {
                    by_index.entry(*at).or_default().push(rest);
                }
            }
            let found: Vec<AttributeValue> = by_index
                .into_iter()
                .filter_map(|(at, steps)| part(items.get(at)?, &steps))
                .collect();
            (!found.is_empty()).then_some(AttributeValue::L(found))
        }
        _ => None,
    }
}
