//! A statement and its templates, evaluated for one message.
//!
//! Looks into the payload only where the statement does. Must not know clock, chance or services: [`Message`] and
//! [`Answers`] hold what came of them.

mod call;
mod collection;
mod expression;
mod hash;
mod math;
mod operator;
mod query;
#[cfg(test)]
mod tests;
mod text;
mod time;

use crate::json::{self, Member};
use crate::lookup::{Answers, Lookup, Stop};
use crate::message::Message;
use crate::statement::Statement;
use crate::syntax::ast::Selection;
use crate::template::Template;
use crate::value::Value;
use crate::version::SqlVersion;

/// Steps that one evaluation may take, in nodes of the tree, elements and 16 bytes of text. AWS states no bound; this
/// one is some 0.1 s.
const STEPS: u64 = 2_000_000;
/// Bytes of a text that a function makes.
const TEXT_BYTES: usize = 1 << 20;
/// Bytes of a variable, and of all variables (AWS guide: iot-sql-set).
const VARIABLE_BYTES: usize = 128 * 1024;

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision<'a> {
    /// WHERE was not true: no action runs.
    Rejected,
    /// Actions get this payload.
    Selected(Output<'a>),
}

/// A payload for a rule's actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output<'a> {
    /// JSON without blanks. Empty where `SELECT VALUE` gave Undefined.
    Json(Vec<u8>),
    /// `SELECT *` of a payload that is no JSON: the payload itself.
    Bytes(&'a [u8]),
}

impl Output<'_> {
    /// The payload's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Json(bytes) => bytes,
            Self::Bytes(bytes) => bytes,
        }
    }

    /// Whether it is JSON, as actions that take no bytes need it.
    pub fn is_json(&self) -> bool {
        matches!(self, Self::Json(_))
    }
}

/// The payload as the statement sees it.
enum Document<'a> {
    Object(&'a str, Vec<Member<'a>>),
    /// JSON that is no object.
    Other(&'a str),
    Bytes,
}

/// What names mean.
#[derive(Clone, Copy)]
enum Scope<'a, 's> {
    Payload,
    /// The element that a SELECT within looks at.
    Element(&'s Value<'a>),
}

/// A variable of the SET clause.
enum Variable<'a> {
    Unset,
    /// Its value, and the bytes it has as JSON.
    Set(Value<'a>, usize),
}

/// One evaluation: a statement, a message, and the answers known so far.
///
/// To serve [`Stop::Needs`], begin a new one with the same message and more answers, and do the same again.
pub struct Evaluation<'a> {
    statement: &'a Statement,
    message: &'a Message<'a>,
    answers: &'a Answers,
    version: SqlVersion,
    document: Document<'a>,
    variables: Vec<Variable<'a>>,
    variable_bytes: usize,
    /// Values taken from the seed so far.
    drawn: u64,
    steps: u64,
}

impl<'a> Evaluation<'a> {
    /// Reads the payload once; what is no JSON is bytes.
    pub fn new(statement: &'a Statement, message: &'a Message<'a>, answers: &'a Answers) -> Self {
        let document = std::str::from_utf8(message.payload)
            .ok()
            .and_then(json::document);
        let document = match document {
            Some((text, Some(members))) => Document::Object(text, members),
            Some((text, None)) => Document::Other(text),
            None => Document::Bytes,
        };
        Self {
            statement,
            message,
            answers,
            version: statement.version,
            document,
            variables: statement
                .variables
                .iter()
                .map(|_| Variable::Unset)
                .collect(),
            variable_bytes: 0,
            drawn: 0,
            steps: 0,
        }
    }

    /// Evaluates WHERE and, where it is true, SELECT.
    pub fn decide(&mut self) -> Result<Decision<'a>, Stop> {
        if !self.passes()? {
            return Ok(Decision::Rejected);
        }
        self.select().map(Decision::Selected)
    }

    /// WHERE's value as text, `Undefined` included; none without a WHERE.
    pub fn condition(&mut self) -> Result<Option<String>, Stop> {
        let statement = self.statement;
        let Some(condition) = &statement.query.condition else {
            return Ok(None);
        };
        let value = self.value(condition, Scope::Payload)?;
        Ok(Some(match value {
            Value::Undefined => "Undefined".into(),
            value => value.to_json(self.version),
        }))
    }

    /// Fills a template's expressions in. One that is Null or Undefined fails the action.
    pub fn render(&mut self, template: &'a Template) -> Result<String, Stop> {
        let mut out = String::new();
        for part in template.parts() {
            match part {
                crate::template::Part::Text(text) => out.push_str(text),
                crate::template::Part::Expression(expression, source) => {
                    let value = self.value(expression, Scope::Payload)?;
                    let Some(text) = value.to_text(self.version) else {
                        let kind = match value {
                            Value::Null => "null",
                            _ => "Undefined",
                        };
                        return Err(Stop::Failed(format!(
                            "the substitution template ${{{source}}} is {kind} for this message"
                        )));
                    };
                    self.spend_text(text.len())?;
                    out.push_str(&text);
                }
            }
            if out.len() > TEXT_BYTES {
                return Err(too_long());
            }
        }
        Ok(out)
    }

    fn passes(&mut self) -> Result<bool, Stop> {
        let statement = self.statement;
        match &statement.query.condition {
            None => Ok(true),
            Some(condition) => {
                Ok(self.value(condition, Scope::Payload)?.to_boolean() == Some(true))
            }
        }
    }

    fn select(&mut self) -> Result<Output<'a>, Stop> {
        let statement = self.statement;
        let selection = &statement.query.selection;
        if matches!(self.document, Document::Bytes) {
            if selection.is_all() {
                return Ok(Output::Bytes(self.message.payload));
            }
            if query::names_all(selection) {
                // AWS guide: binary-payloads, rule 2.
                return Err(Stop::Failed(
                    "the payload is no JSON, so * must be the only thing selected, or stand in encode(*, 'base64')"
                        .into(),
                ));
            }
        }
        let mut out = Vec::with_capacity(self.message.payload.len().min(256));
        match selection {
            Selection::Items(items) if statement.flat => {
                self.write_flat(items, &mut out)?;
            }
            selection => {
                let value = self.selected(selection, Scope::Payload)?;
                if value.is_array()
                    && self.version < SqlVersion::V2016
                    && matches!(selection, Selection::Value(_))
                {
                    return Err(Stop::Failed(
                        "SELECT VALUE gives an array, which needs SQL version 2016-03-23".into(),
                    ));
                }
                value.write(&mut out, self.version);
            }
        }
        Ok(Output::Json(out))
    }

    /// Pays for work. What it costs is known before it is done.
    fn spend(&mut self, steps: u64) -> Result<(), Stop> {
        self.steps = self.steps.saturating_add(steps);
        match self.steps > STEPS {
            true => Err(Stop::Failed(
                "the statement does more work for this message than one may cost".into(),
            )),
            false => Ok(()),
        }
    }

    fn spend_text(&mut self, bytes: usize) -> Result<(), Stop> {
        if bytes > TEXT_BYTES {
            return Err(too_long());
        }
        self.spend(bytes as u64 / 16)
    }

    /// The answer to a question, or the end of this evaluation.
    fn ask(&mut self, lookup: Lookup) -> Result<&'a str, Stop> {
        let answers = self.answers;
        match answers.get(&lookup) {
            None => Err(Stop::Needs(lookup)),
            Some(Ok(answer)) => {
                self.spend(answer.len() as u64 / 16)?;
                Ok(answer)
            }
            Some(Err(reason)) => Err(Stop::External {
                function: lookup.function(),
                reason: reason.clone(),
            }),
        }
    }

    /// 32 bytes that only who knows the seed can foretell, other ones each time.
    fn draw(&mut self) -> [u8; 32] {
        self.drawn += 1;
        let mut input = [0; 24];
        input[..16].copy_from_slice(&self.message.seed);
        input[16..].copy_from_slice(&self.drawn.to_be_bytes());
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &input);
        let mut out = [0; 32];
        out.copy_from_slice(digest.as_ref());
        out
    }
}

fn too_long() -> Stop {
    Stop::Failed(format!("a text would have more than {TEXT_BYTES} bytes"))
}
