//! What pages consist of: blocks, and cells of text in them. `templates/` says how they look, and escapes all of it.
//!
//! Texts are plain: no part of a page is made of HTML but by a template. Addresses are made by [`address`], which writes
//! names so that they stay names.

use askama::Template;
use nameplate_core::ctx::Millis;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// What is meant well or ill, in colour and never in colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Refused, failed, final.
    Bad,
    /// Somebody should look.
    Warn,
    /// Neither.
    Quiet,
}

impl Tone {
    /// Its class in the stylesheet.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Bad => "bad",
            Tone::Warn => "warn",
            Tone::Quiet => "quiet",
        }
    }
}

/// A piece of a page's text.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "cell.html")]
pub enum Cell {
    /// Words.
    Text(String),
    /// A name, an id, a command: what somebody may copy.
    Code(String),
    /// A document.
    Document(String),
    /// A link to a page of the console.
    Link {
        /// From [`address`].
        href: String,
        /// What it is called.
        text: String,
    },
    /// A word that stands out.
    Badge(Tone, String),
    /// A time.
    Time {
        /// For machines.
        iso: String,
        /// For people.
        shown: String,
    },
    /// Buttons that are about one thing: a form of its own.
    Buttons(Act),
    /// One after another.
    Several(Vec<Cell>),
    /// One below another.
    Lines(Vec<Cell>),
}

const ISO: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
const SHOWN: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[month]-[day]");
const MINUTE: &[BorrowedFormatItem<'_>] = format_description!("[hour]:[minute]");

fn formatted(at: Millis, format: &[BorrowedFormatItem<'_>]) -> Option<String> {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000).ok()?;
    at.format(format).ok()
}

/// The beginning of a text where it has more than so many characters: for lists, of which one entry is not to be the page.
pub fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Month and day.
pub fn day(at: Millis) -> String {
    formatted(at, DAY).unwrap_or_default()
}

/// Hour and minute.
pub fn minute(at: Millis) -> String {
    formatted(at, MINUTE).unwrap_or_default()
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A name.
    pub fn code(text: impl Into<String>) -> Self {
        Self::Code(text.into())
    }

    /// A link.
    pub fn link(href: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Link {
            href: href.into(),
            text: text.into(),
        }
    }

    /// A time in UTC; a dash where it cannot be written.
    pub fn time(at: Millis) -> Self {
        match (formatted(at, ISO), formatted(at, SHOWN)) {
            (Some(iso), Some(shown)) => Self::Time { iso, shown },
            _ => Self::none(),
        }
    }

    /// A time as AWS's APIs tell it, in seconds.
    pub fn seconds(at: Option<f64>) -> Self {
        at.map_or_else(Self::none, |at| Self::time(Millis((at * 1000.0) as i64)))
    }

    /// Nothing.
    pub fn none() -> Self {
        Self::text("–")
    }

    /// Text in which what stands in backticks is a name.
    pub fn marked(text: &str) -> Self {
        let pieces = text
            .split('`')
            .enumerate()
            .filter(|(_, piece)| !piece.is_empty());
        Self::Several(
            pieces
                .map(|(at, piece)| match at % 2 {
                    0 => Self::text(piece),
                    _ => Self::code(piece),
                })
                .collect(),
        )
    }
}

/// A row of a table; each cell with the name of its column.
#[derive(Debug, Clone, Template)]
#[template(path = "row.html")]
pub struct Row {
    /// Its id in the page, where it has one.
    pub id: Option<String>,
    /// Its cells.
    pub cells: Vec<(&'static str, Cell)>,
}

impl Row {
    /// A row of these columns.
    pub fn new(heads: &[&'static str], cells: Vec<Cell>) -> Self {
        Self {
            id: None,
            cells: heads.iter().copied().zip(cells).collect(),
        }
    }
}

/// A table.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// What it is a table of.
    pub caption: String,
    /// Its columns.
    pub heads: Vec<&'static str>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// What stands in its place where it has none.
    pub empty: String,
    /// Links to its other pages.
    pub pages: Vec<(String, &'static str)>,
    /// Where what comes is heard of.
    pub live: Option<String>,
}

/// A field of a form.
#[derive(Debug, Clone)]
pub enum Field {
    /// Sent, not shown.
    Hidden(&'static str, String),
    /// A line.
    Line(Input),
    /// A secret.
    Secret(Input),
    /// Several lines.
    Area(Input),
    /// One of several.
    Choice(Input, Vec<(String, String)>),
    /// Yes or no.
    Tick(Input),
}

/// What fields have in common.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// What it is sent as.
    pub name: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What is in it.
    pub value: String,
    /// What helps to fill it in.
    pub hint: &'static str,
    /// Cannot be left empty.
    pub required: bool,
    /// What a browser may fill in.
    pub autocomplete: &'static str,
    /// Lines shown.
    pub lines: usize,
}

impl Input {
    /// A field that may be empty.
    pub fn new(name: &'static str, label: &'static str, value: impl Into<String>) -> Self {
        Self {
            name,
            label,
            value: value.into(),
            autocomplete: "off",
            lines: 12,
            ..Self::default()
        }
    }

    /// With a word of help.
    pub fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// That cannot be left empty.
    pub fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    /// So many lines high.
    pub fn lines(self, lines: usize) -> Self {
        Self { lines, ..self }
    }
}

/// What may be done to one thing of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Where it is sent.
    pub action: String,
    /// The log-in's token.
    pub token: String,
    /// Which of a list's things it is about, for those who hear the page.
    pub of: String,
    /// What may be done.
    pub buttons: Vec<Button>,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What is sent as `do`.
    pub value: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What it does cannot be taken back.
    pub danger: bool,
}

/// A form.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Its id in the page.
    pub id: &'static str,
    /// Its heading.
    pub title: String,
    /// What it does, in a sentence.
    pub lead: String,
    /// Where it is sent.
    pub action: String,
    /// The log-in's token; forms without one are sent by GET.
    pub token: Option<String>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Its buttons.
    pub buttons: Vec<Button>,
    /// Where the script asks as one types, and shows what it is answered.
    pub check: Option<String>,
    /// In one line.
    pub inline: bool,
}

impl Form {
    /// The id of a field in the page.
    pub fn field_id(&self, name: &str) -> String {
        format!("{}-{name}", self.id)
    }
}

/// A picture that the server has drawn, and its figures for those who read them.
#[derive(Debug, Clone)]
pub struct Picture {
    /// What it shows.
    pub title: String,
    /// The drawing: SVG of [`picture`](super::picture), whose texts are escaped.
    pub svg: String,
    /// The same as a table.
    pub figures: Table,
    /// What the table is called.
    pub figures_label: &'static str,
}

/// A step that was taken, or not.
#[derive(Debug, Clone)]
pub struct Step {
    /// How it went.
    pub tone: Tone,
    /// How it went, in a word.
    pub word: &'static str,
    /// Its name.
    pub name: String,
    /// More about it.
    pub detail: Cell,
}

/// A block of a page.
#[derive(Debug, Clone, Template)]
#[template(path = "block.html")]
pub enum Block {
    /// What should be seen first.
    Notice(Tone, String, Vec<Cell>),
    /// Names and what they stand for.
    Facts(String, Vec<(&'static str, Cell)>),
    /// A table.
    Table(Table),
    /// A form.
    Form(Form),
    /// Where to go.
    Links(Vec<(String, String)>),
    /// A document, under its name.
    Document(String, String),
    /// Steps in their order.
    Steps(String, Vec<Step>),
    /// A picture.
    Picture(Picture),
}

/// A page, without what is around it.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// HTTP status; 200 where it is 0.
    pub status: u16,
    /// Its title.
    pub title: String,
    /// What it is about, in a sentence.
    pub lead: String,
    /// Its blocks.
    pub blocks: Vec<Block>,
}

impl Page {
    /// An empty page.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// With a sentence about it.
    pub fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = lead.into();
        self
    }

    /// With one more block.
    pub fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// With one more block, if there is one.
    pub fn with_some(mut self, block: Option<Block>) -> Self {
        self.blocks.extend(block);
        self
    }
}

/// What is left unescaped in addresses.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// One segment or value of an address.
pub fn escaped(text: &str) -> String {
    // A dot alone would be taken for a step.
    match text {
        "." => "%2E".to_owned(),
        ".." => "%2E%2E".to_owned(),
        _ => utf8_percent_encode(text, PLAIN).to_string(),
    }
}

/// The address of a page: `/console`, its segments, and its query without what is empty.
pub fn address(segments: &[&str], query: &[(&str, &str)]) -> String {
    let mut address = super::PREFIX.to_owned();
    for segment in segments {
        address.push('/');
        address.push_str(&escaped(segment));
    }
    let given = query.iter().filter(|(_, value)| !value.is_empty());
    for (at, (name, value)) in given.enumerate() {
        address.push(if at == 0 { '?' } else { '&' });
        address.push_str(&format!("{name}={}", escaped(value)));
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_in_a_name_stays_text() {
        let evil = "<script>alert(1)</script>\" onload='x' javascript:";
        let cells = [
            Cell::text(evil),
            Cell::code(evil),
            Cell::Document(evil.into()),
            Cell::Badge(Tone::Bad, evil.into()),
            Cell::link(address(&["things", evil], &[("a", evil)]), evil),
            Cell::Several(vec![Cell::Lines(vec![Cell::text(evil)])]),
            Cell::Buttons(Act {
                action: address(&["vending", evil], &[]),
                token: evil.into(),
                of: evil.into(),
                buttons: vec![Button {
                    value: "APPROVED",
                    label: "Approve",
                    danger: false,
                }],
            }),
            Cell::marked(&format!("`{evil}`")),
        ];
        for cell in cells {
            let html = cell.to_string();
            assert!(!html.contains("<script"), "{html}");
            assert!(!html.contains("\" onload"), "{html}");
        }
    }

    #[test]
    fn addresses_keep_names_whole() {
        assert_eq!(address(&[], &[]), "/console");
        assert_eq!(
            address(
                &["things", "a/b ?#%é", ".."],
                &[("after", "x&y="), ("no", "")]
            ),
            "/console/things/a%2Fb%20%3F%23%25%C3%A9/%2E%2E?after=x%26y%3D"
        );
    }

    #[test]
    fn times_are_utc() {
        let Cell::Time { iso, shown } = Cell::time(Millis(1_795_448_532_345)) else {
            panic!("a time can be written")
        };
        assert_eq!(iso, "2026-11-23T15:42:12.345Z");
        assert_eq!(shown, "2026-11-23 15:42:12");
        assert_eq!(Cell::time(Millis(i64::MAX)), Cell::none());
    }
}
