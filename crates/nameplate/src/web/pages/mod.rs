//! The pages, a file for each noun.
//!
//! A page asks the API, puts what it is answered into blocks, and knows nothing else.

pub mod authorities;
pub mod certificates;
pub mod connections;
pub mod editor;
pub mod operations;
pub mod overview;
pub mod policies;
pub mod simulation;
pub mod templates;
pub mod things;

use super::text::Text;
use super::view::{Block, Button, Cell, Field, Form, address, escaped};
use super::visit::{Outcome, Visit};
use serde_json::Value;

/// Rows of one page of a list.
const PAGE: usize = 50;

/// A path of the API, names escaped: `/things/NAME`.
fn path(segments: &[&str]) -> String {
    segments.iter().fold(String::new(), |path, segment| {
        path + "/" + &escaped(segment)
    })
}

/// A query of the API without what is empty.
fn query(pairs: &[(&str, &str)]) -> String {
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    let given: Vec<String> = given
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    match given.is_empty() {
        true => String::new(),
        false => format!("?{}", given.join("&")),
    }
}

/// Links of a list that is read by tokens: to its first page and to the next one.
fn pages(
    t: &'static Text,
    segments: &[&str],
    filter: &[(&str, &str)],
    here: &str,
    next: &Value,
) -> Vec<(String, &'static str)> {
    let mut links = Vec::new();
    if !here.is_empty() {
        links.push((address(segments, filter), t.first_page));
    }
    if let Some(next) = next.as_str() {
        let mut filter = filter.to_vec();
        filter.push(("after", next));
        links.push((address(segments, &filter), t.next_page));
    }
    links
}

/// The last part of an ARN: `thing/NAME`, and its name.
fn name_of(arn: &str) -> &str {
    arn.rsplit_once('/').map_or(arn, |(_, name)| name)
}

/// A certificate id as lists show it, which is a link to the whole.
fn certificate(id: &str) -> Cell {
    let short: String = id.chars().take(12).collect();
    Cell::link(address(&["certificates", id], &[]), format!("{short}…"))
}

/// A form of one button, which sends these fields.
fn act(
    visit: &Visit<'_>,
    id: &'static str,
    action: String,
    fields: &[(&'static str, &str)],
    button: Button,
) -> Block {
    Block::Form(Form {
        id,
        action,
        token: visit.token(),
        fields: fields
            .iter()
            .map(|(name, value)| Field::Hidden(name, (*value).to_owned()))
            .collect(),
        buttons: vec![button],
        inline: true,
        ..Form::default()
    })
}

/// A button.
fn button(value: &'static str, label: &'static str) -> Button {
    Button {
        value,
        label,
        danger: false,
    }
}

/// A button for what cannot be taken back.
fn danger(value: &'static str, label: &'static str) -> Button {
    Button {
        value,
        label,
        danger: true,
    }
}

/// On to a page, which says that it was done.
fn done(segments: &[&str], said: &str) -> Outcome {
    Outcome::See(address(segments, &[("said", said)]))
}

/// A document as people read it.
fn pretty(text: &str) -> String {
    serde_json::from_str::<Value>(text)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| text.to_owned())
}
