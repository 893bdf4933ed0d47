//! A template filled in.

use super::methods::{self, text_of};
use super::{Block, Expression, Node, Operator, Reference, Step, Template};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Times that the body of one `#foreach` is gone through (API Gateway quotas: mapping templates).
const ROUNDS: usize = 1000;
/// Nodes and expressions of one filling, since loops may stand in loops.
const STEPS: usize = 1_000_000;
/// Bytes of what a template gives (API Gateway quotas: payload size).
const BYTES: usize = 10 * 1024 * 1024;

/// Why a template could not be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub String);

/// What templates refer to by `$input`.
pub trait Input {
    /// The body, as text.
    fn body(&self) -> &str;
    /// `$input.params()`: `path`, `querystring` and `header`, by names.
    fn parameters(&self) -> Value;
    /// `$input.params('name')`: of the path, the query or the header fields, in this order.
    fn parameter(&self, name: &str) -> Option<String>;
    /// `$input.json(path)` and `$input.path(path)`, of the body as a document.
    fn at(&self, path: &str) -> Result<Option<Value>, Broken>;
}

/// What a template gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// The text.
    pub text: String,
    /// `$context`, as the template left it: it may say what the answer or the request is to be.
    pub context: Value,
}

/// Whether to go on behind a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    On,
    Break,
    Stop,
}

struct Run<'i> {
    input: &'i dyn Input,
    variables: HashMap<String, Value>,
    out: String,
    steps: usize,
}

/// Fills a template in.
///
/// # Errors
/// It does what cannot be done, or too much of it.
pub fn run(
    template: &Template,
    input: &dyn Input,
    context: Value,
    stage_variables: Value,
) -> Result<Filled, Broken> {
    let variables = [("context", context), ("stageVariables", stage_variables)];
    let mut run = Run {
        input,
        variables: variables
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
        out: String::new(),
        steps: STEPS,
    };
    run.block(&template.0)?;
    Ok(Filled {
        text: run.out,
        context: run.variables.remove("context").unwrap_or_default(),
    })
}

impl Run<'_> {
    fn step(&mut self) -> Result<(), Broken> {
        self.steps = match self.steps.checked_sub(1) {
            Some(left) if self.out.len() <= BYTES => left,
            _ => return Err(Broken("the mapping template does too much".into())),
        };
        Ok(())
    }

    /// Takes what a value costs that is handed on: values are copied, and may be put into others.
    fn charge(&mut self, value: &Value) -> Result<(), Broken> {
        self.steps = self.steps.saturating_sub(methods::weight(value));
        self.step()
    }

    fn block(&mut self, block: &Block) -> Result<Then, Broken> {
        for node in block {
            self.step()?;
            let then = match node {
                Node::Text(text) => {
                    self.out.push_str(text);
                    Then::On
                }
                Node::Shown(reference) => {
                    let text = self.shown(reference)?;
                    self.out.push_str(&text);
                    Then::On
                }
                Node::Set(place, value) => {
                    let value = self.value(value)?;
                    self.set(place, value)?;
                    Then::On
                }
                Node::If(branches, otherwise) => self.condition(branches, otherwise)?,
                Node::ForEach(name, over, body) => self.each(name, over, body)?,
                Node::Break => Then::Break,
                Node::Stop => Then::Stop,
            };
            if then != Then::On {
                return Ok(then);
            }
        }
        Ok(Then::On)
    }

    fn condition(
        &mut self,
        branches: &[(Expression, Block)],
        otherwise: &Block,
    ) -> Result<Then, Broken> {
        for (asked, body) in branches {
            if is_true(&self.value(asked)?) {
                return self.block(body);
            }
        }
        self.block(otherwise)
    }

    fn each(&mut self, name: &str, over: &Expression, body: &Block) -> Result<Then, Broken> {
        let items = match self.value(over)? {
            Value::Array(items) => items,
            Value::Object(members) => members.into_iter().map(|(_, value)| value).collect(),
            Value::Null => return Ok(Then::On),
            one => vec![one],
        };
        let count = items.len();
        let before = ["foreach", "velocityCount", name].map(|name| {
            let value = self.variables.get(name).cloned();
            (name.to_owned(), value)
        });
        let mut then = Then::On;
        for (index, item) in items.into_iter().enumerate() {
            if index >= ROUNDS {
                return Err(Broken(format!(
                    "a #foreach goes through more than {ROUNDS} items"
                )));
            }
            self.step()?;
            let state = json!({"index": index, "count": index + 1, "hasNext": index + 1 < count,
                "first": index == 0, "last": index + 1 == count});
            self.variables.insert("foreach".into(), state);
            self.variables
                .insert("velocityCount".into(), json!(index + 1));
            self.variables.insert(name.to_owned(), item);
            match self.block(body)? {
                Then::On => {}
                Then::Break => break,
                Then::Stop => {
                    then = Then::Stop;
                    break;
                }
            }
        }
        for (name, value) in before {
            match value {
                Some(value) => self.variables.insert(name, value),
                None => self.variables.remove(&name),
            };
        }
        Ok(then)
    }

    fn shown(&mut self, reference: &Reference) -> Result<String, Broken> {
        let known = matches!(reference.root.as_str(), "input" | "util")
            || self.variables.contains_key(&reference.root);
        let value = self.reference(reference)?;
        Ok(match (value, known) {
            (Value::Null, false) if !reference.quiet => reference.source.clone(),
            (value, _) => text_of(&value),
        })
    }

    fn value(&mut self, expression: &Expression) -> Result<Value, Broken> {
        self.step()?;
        Ok(match expression {
            Expression::Is(value) => value.clone(),
            Expression::Text(block) => {
                let kept = std::mem::take(&mut self.out);
                self.block(block)?;
                Value::from(std::mem::replace(&mut self.out, kept))
            }
            Expression::Reference(reference) => self.reference(reference)?,
            Expression::List(items) => {
                let items = items.iter().map(|item| self.value(item));
                Value::Array(items.collect::<Result<_, _>>()?)
            }
            Expression::Range(first, last) => {
                let (first, last) = (self.value(first)?, self.value(last)?);
                let (Some(first), Some(last)) = (first.as_i64(), last.as_i64()) else {
                    return Ok(Value::Null);
                };
                let down = first > last;
                let (low, high) = (first.min(last), first.max(last));
                if high.saturating_sub(low) > ROUNDS as i64 {
                    return Err(Broken(format!("a range of more than {ROUNDS} numbers")));
                }
                let numbers = (low..=high).map(Value::from);
                match down {
                    true => Value::Array(numbers.rev().collect()),
                    false => Value::Array(numbers.collect()),
                }
            }
            Expression::Map(members) => {
                let mut map = Map::new();
                for (key, value) in members {
                    let key = text_of(&self.value(key)?);
                    map.insert(key, self.value(value)?);
                }
                Value::Object(map)
            }
            Expression::Not(inner) => Value::Bool(!is_true(&self.value(inner)?)),
            Expression::Two(one, Operator::And, other) => {
                Value::Bool(is_true(&self.value(one)?) && is_true(&self.value(other)?))
            }
            Expression::Two(one, Operator::Or, other) => {
                Value::Bool(is_true(&self.value(one)?) || is_true(&self.value(other)?))
            }
            Expression::Two(one, operator, other) => {
                let (one, other) = (self.value(one)?, self.value(other)?);
                two(&one, *operator, &other)?
            }
        })
    }

    /// Arguments and indices with their values.
    fn known(&mut self, steps: &[Step]) -> Result<Vec<methods::Step>, Broken> {
        let known = steps.iter().map(|step| -> Result<methods::Step, Broken> {
            Ok(match step {
                Step::Property(name) => methods::Step::Property(name.clone()),
                Step::Index(index) => methods::Step::Index(self.value(index)?),
                Step::Call(name, arguments) => {
                    let arguments = arguments.iter().map(|argument| self.value(argument));
                    methods::Step::Call(name.clone(), arguments.collect::<Result<_, _>>()?)
                }
            })
        });
        known.collect()
    }

    fn reference(&mut self, reference: &Reference) -> Result<Value, Broken> {
        let steps = self.known(&reference.steps)?;
        let value = match reference.root.as_str() {
            "input" => self.of_input(&steps),
            "util" => methods::util(&steps),
            root => match self.variables.get_mut(root) {
                Some(value) => methods::walk(value, &steps),
                None => Ok(Value::Null),
            },
        }?;
        self.charge(&value)?;
        Ok(value)
    }

    fn of_input(&self, steps: &[methods::Step]) -> Result<Value, Broken> {
        use methods::Step::{Call, Property};
        let Some((first, rest)) = steps.split_first() else {
            return Ok(Value::Null);
        };
        let mut found = match first {
            Property(name) if name == "body" => Value::from(self.input.body()),
            Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
                ("json", [path]) => {
                    let found = self.input.at(&text_of(path))?;
                    // What is not there is an empty text.
                    let found = found.map_or_else(|| "\"\"".to_owned(), |found| found.to_string());
                    Value::from(found)
                }
                ("path", [path]) => self.input.at(&text_of(path))?.unwrap_or_default(),
                ("params", []) => self.input.parameters(),
                ("params", [name]) => {
                    let found = self.input.parameter(&text_of(name));
                    Value::from(found.unwrap_or_default())
                }
                _ => {
                    return Err(Broken(format!(
                        "$input has no method {name} of such arguments"
                    )));
                }
            },
            _ => return Ok(Value::Null),
        };
        methods::walk(&mut found, rest)
    }

    fn set(&mut self, place: &Reference, value: Value) -> Result<(), Broken> {
        let name = place.root.as_str();
        if matches!(name, "input" | "util" | "stageVariables") {
            return Err(Broken(format!("${name} cannot be set")));
        }
        let steps = self.known(&place.steps)?;
        let at = self.variables.entry(name.to_owned()).or_default();
        methods::set(at, &steps, value)
    }
}

/// Everything but nothing and `false`.
fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}

fn two(one: &Value, operator: Operator, other: &Value) -> Result<Value, Broken> {
    use std::cmp::Ordering;
    if matches!(operator, Operator::Equal | Operator::Unequal) {
        let yes = equal(one, other) == (operator == Operator::Equal);
        return Ok(Value::Bool(yes));
    }
    if operator == Operator::Plus && (one.is_string() || other.is_string()) {
        let text = text_of(one) + &text_of(other);
        return match text.len() > BYTES {
            true => Err(Broken("a text that is too long".into())),
            false => Ok(Value::from(text)),
        };
    }
    let numbers = (one.as_f64(), other.as_f64());
    let (Some(left), Some(right)) = numbers else {
        return Ok(Value::Null);
    };
    let order =
        |fits: fn(Ordering) -> bool| Value::Bool(left.partial_cmp(&right).is_some_and(fits));
    let whole = one.as_i64().zip(other.as_i64());
    let made = |exact: fn(i64, i64) -> Option<i64>, about: f64| match whole {
        Some((one, other)) => exact(one, other).map_or(Value::Null, Value::from),
        None => serde_json::Number::from_f64(about).map_or(Value::Null, Value::Number),
    };
    Ok(match operator {
        Operator::Less => order(Ordering::is_lt),
        Operator::LessOrEqual => order(Ordering::is_le),
        Operator::Greater => order(Ordering::is_gt),
        Operator::GreaterOrEqual => order(Ordering::is_ge),
        Operator::Plus => made(i64::checked_add, left + right),
        Operator::Minus => made(i64::checked_sub, left - right),
        Operator::Times => made(i64::checked_mul, left * right),
        Operator::Divided => made(i64::checked_div, left / right),
        Operator::Modulo => made(i64::checked_rem, left % right),
        _ => Value::Null,
    })
}

/// As Velocity compares: numbers by their value, others of two kinds by their texts.
fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Null, _) | (_, Value::Null) => one == other,
        (Value::Number(_), Value::Number(_)) => one.as_f64() == other.as_f64(),
        (Value::String(one), Value::String(other)) => one == other,
        (Value::Bool(one), Value::Bool(other)) => one == other,
        (one, other) if one == other => true,
        (one, other) => text_of(one) == text_of(other),
    }
}
