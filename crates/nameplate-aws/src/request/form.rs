//! Values that travel as form parameters: `Tags.member.1.Key=a`. [AWS query protocol]

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{RequestError, text};
use crate::model::{Kind, Member, Operation, Shape};

/// Names of more parts than any model needs are not parameters of ours.
const MOST_PARTS: usize = 32;

/// Parameters by the parts of their names.
#[derive(Default)]
struct Tree<'a> {
    text: Option<&'a str>,
    children: BTreeMap<&'a str, Tree<'a>>,
}

/// The typed members of an operation's form.
pub(super) fn members(
    operation: &Operation,
    pairs: &[(String, String)],
) -> Result<Map<String, Value>, RequestError> {
    let mut root = Tree::default();
    for (name, value) in pairs {
        if name.split('.').count() > MOST_PARTS {
            continue;
        }
        let leaf = name.split('.').fold(&mut root, |tree, part| {
            tree.children.entry(part).or_default()
        });
        // Of a repeated parameter the first counts.
        leaf.text.get_or_insert(value);
    }
    structure(&root, operation.members(), "")
}

fn structure(
    tree: &Tree<'_>,
    members: &[Member],
    path: &str,
) -> Result<Map<String, Value>, RequestError> {
    let mut structure = Map::new();
    for member in members {
        let Some(child) = tree.children.get(member.wire) else {
            continue;
        };
        let path = if path.is_empty() {
            member.wire.to_owned()
        } else {
            format!("{path}.{}", member.wire)
        };
        if let Some(value) = value(child, member.shape, &path)? {
            structure.insert(member.name.to_owned(), value);
        }
    }
    Ok(structure)
}

fn value(tree: &Tree<'_>, shape: &Shape, path: &str) -> Result<Option<Value>, RequestError> {
    Ok(match shape.kind {
        Kind::List(item) => {
            let mut items = Vec::new();
            for entry in numbered(tree, "member") {
                if let Some(item) = value(entry, item, path)? {
                    items.push(item);
                }
            }
            Some(Value::Array(items))
        }
        Kind::Map(_, shape) => {
            let mut map = Map::new();
            for entry in numbered(tree, "entry") {
                let key = entry.children.get("key").and_then(|key| key.text);
                if let (Some(key), Some(found)) = (key, entry.children.get("value"))
                    && let Some(found) = value(found, shape, path)?
                {
                    map.insert(key.to_owned(), found);
                }
            }
            Some(Value::Object(map))
        }
        Kind::Structure(members) => Some(Value::Object(structure(tree, members, path)?)),
        _ => tree
            .text
            .map(|text| text::value(text, shape, path))
            .transpose()?,
    })
}

/// The entries of a list or map in the order of their numbers; gaps do not matter.
fn numbered<'t, 'a>(tree: &'t Tree<'a>, under: &str) -> Vec<&'t Tree<'a>> {
    let Some(entries) = tree.children.get(under) else {
        return Vec::new();
    };
    let mut entries: Vec<(u32, &Tree)> = entries
        .children
        .iter()
        .filter_map(|(number, entry)| Some((number.parse().ok()?, entry)))
        .collect();
    entries.sort_by_key(|(number, _)| *number);
    entries.into_iter().map(|(_, entry)| entry).collect()
}
