//! Text of a document in which variables and wildcards may stand.
//!
//! Owns how such text is read and filled in. Must not know which name stands for which value.

use super::glob::{Glob, GlobBuilder};
use super::variable::{Key, Missing, View};
use std::borrow::Cow;

/// How the text of a pattern is to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// `*` and `?` are wildcards.
    pub wildcards: bool,
    /// `${…}` is a variable (document version 2012-10-17).
    pub variables: bool,
    /// `${key, 'text'}` names a text to use where the key is absent (IAM only).
    pub defaults: bool,
}

/// Text in which variables may stand, from a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Inner);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Inner {
    /// No variable: the same for everyone.
    Fixed(Glob),
    Open(Box<[Piece]>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Fixed(Glob),
    Variable {
        key: Key,
        otherwise: Option<Box<str>>,
        /// `${…}` as written.
        text: Box<str>,
    },
}

impl Pattern {
    pub(super) fn parse(text: &str, reading: Reading) -> Pattern {
        let mut pieces = Vec::new();
        let mut fixed = GlobBuilder::default();
        let add = |fixed: &mut GlobBuilder, text: &str| match reading.wildcards {
            true => fixed.wild(text),
            false => fixed.literal(text),
        };
        let mut rest = text;
        while reading.variables
            && let Some(open) = rest.find("${")
            && let Some(length) = rest[open..].find('}')
        {
            add(&mut fixed, &rest[..open]);
            let whole = &rest[open..=open + length];
            let name = &whole[2..whole.len() - 1];
            match name {
                "*" | "?" | "$" => fixed.literal(name),
                name => {
                    let (name, otherwise) = match reading.defaults {
                        true => default_of(name),
                        false => (name, None),
                    };
                    pieces.push(Piece::Fixed(std::mem::take(&mut fixed).build()));
                    pieces.push(Piece::Variable {
                        key: Key::parse(name),
                        otherwise: otherwise.map(Into::into),
                        text: whole.into(),
                    });
                }
            }
            rest = &rest[open + length + 1..];
        }
        add(&mut fixed, rest);
        let fixed = fixed.build();
        if pieces.is_empty() {
            return Pattern(Inner::Fixed(fixed));
        }
        pieces.push(Piece::Fixed(fixed));
        Pattern(Inner::Open(pieces.into()))
    }

    /// The compiled pattern, where it has no variable.
    pub fn fixed(&self) -> Option<&Glob> {
        match &self.0 {
            Inner::Fixed(glob) => Some(glob),
            Inner::Open(_) => None,
        }
    }

    /// The pattern as it is written, but for characters that stand in it as variables do.
    pub(super) fn text(&self) -> String {
        match &self.0 {
            Inner::Fixed(glob) => glob.text(),
            Inner::Open(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Fixed(glob) => glob.text(),
                    Piece::Variable { text, .. } => text.to_string(),
                })
                .collect(),
        }
    }

    /// The variables in it.
    pub fn variables(&self) -> impl Iterator<Item = &Key> {
        let pieces = match &self.0 {
            Inner::Fixed(_) => &[][..],
            Inner::Open(pieces) => pieces,
        };
        pieces.iter().filter_map(|piece| match piece {
            Piece::Fixed(_) => None,
            Piece::Variable { key, .. } => Some(key),
        })
    }

    /// The pattern with variables filled in as literals. One without a value stays as text and is noted.
    pub(super) fn fill(&self, view: View<'_>, missing: &mut Missing) -> Cow<'_, Glob> {
        match &self.0 {
            Inner::Fixed(glob) => Cow::Borrowed(glob),
            Inner::Open(pieces) => Cow::Owned(filled(pieces, view, None, missing)),
        }
    }

    /// Whether it is a pattern of this resource.
    pub(super) fn covers(&self, resource: &str, view: View<'_>, missing: &mut Missing) -> bool {
        if let Inner::Fixed(glob) = &self.0 {
            return glob.matches(resource);
        }
        let mut each = self.fill_each(view, missing).into_iter();
        each.any(|glob| glob.matches(resource))
    }

    /// The same of a resource, where a variable may stand for each of several things: the children of the connection's
    /// thing. There is one pattern for each of them then, and none where there are none.
    pub(super) fn fill_each(&self, view: View<'_>, missing: &mut Missing) -> Vec<Cow<'_, Glob>> {
        match &self.0 {
            Inner::Open(pieces) if self.variables().any(Key::is_children) => {
                let children = view.children().iter();
                let each = |child: &String| Cow::Owned(filled(pieces, view, Some(child), missing));
                children.map(each).collect()
            }
            _ => vec![self.fill(view, missing)],
        }
    }
}

/// Pieces with their variables filled in, for one child where they name children.
fn filled(pieces: &[Piece], view: View<'_>, child: Option<&str>, missing: &mut Missing) -> Glob {
    let mut filled = GlobBuilder::default();
    for piece in pieces {
        match piece {
            Piece::Fixed(glob) => filled.glob(glob),
            Piece::Variable {
                key,
                otherwise,
                text,
            } => {
                let value = match child {
                    Some(child) if key.is_children() => Some(Cow::Borrowed(child)),
                    _ => view.substitute(key),
                };
                match (value, otherwise) {
                    (Some(value), _) => filled.literal(&value),
                    (None, Some(otherwise)) => filled.literal(otherwise),
                    (None, None) => {
                        missing.note(key);
                        filled.literal(text);
                    }
                }
            }
        }
    }
    filled.build()
}

/// Splits `key, 'text'`.
fn default_of(name: &str) -> (&str, Option<&str>) {
    let split = || {
        let (key, text) = name.split_once(',')?;
        let text = text.trim().strip_prefix('\'')?.strip_suffix('\'')?;
        Some((key.trim(), text))
    };
    match split() {
        Some((key, text)) => (key, Some(text)),
        None => (name, None),
    }
}
