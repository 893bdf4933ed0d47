//! Patterns that look into messages which are JSON: `{ ($.a.b[0] = "x*") && ($.n >= 1.5) }`.

use super::{BadPattern, Reader};
use regex::Regex;
use serde_json::Value;

/// How deep parentheses may nest.
const DEPTH: usize = 32;

/// A condition on a document.
#[derive(Debug)]
pub(super) enum Expression {
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Is(Vec<Step>, Test),
}

/// A step of a selector.
#[derive(Debug)]
pub(super) enum Step {
    Member(String),
    Item(usize),
    /// `[*]` or `.*`
    Each,
}

/// What a selected value must be.
#[derive(Debug)]
pub(super) enum Test {
    Number(Order, f64),
    Text {
        /// Pieces between `*`.
        pieces: Vec<String>,
        equal: bool,
    },
    Regex {
        regex: Regex,
        equal: bool,
    },
    True,
    False,
    Null,
    Absent,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Order {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Expression {
    /// A message that is no JSON object or list is not found.
    pub(super) fn finds(&self, message: &str) -> bool {
        match serde_json::from_str(message) {
            Ok(document @ (Value::Object(_) | Value::Array(_))) => self.holds(&document),
            _ => false,
        }
    }

    fn holds(&self, document: &Value) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(document)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(document)),
            Self::Is(steps, Test::Absent) => selected(document, steps).is_empty(),
            Self::Is(steps, test) => {
                let found = selected(document, steps);
                found.into_iter().any(|value| test.holds(value))
            }
        }
    }
}

fn selected<'v>(document: &'v Value, steps: &[Step]) -> Vec<&'v Value> {
    let mut found = vec![document];
    for step in steps {
        found = found
            .into_iter()
            .flat_map(|value| -> Vec<&Value> {
                match (step, value) {
                    (Step::Member(name), Value::Object(members)) => {
                        members.get(name).into_iter().collect()
                    }
                    (Step::Item(at), Value::Array(items)) => items.get(*at).into_iter().collect(),
                    (Step::Each, Value::Array(items)) => items.iter().collect(),
                    (Step::Each, Value::Object(members)) => members.values().collect(),
                    _ => Vec::new(),
                }
            })
            .collect();
    }
    found
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Number(order, number) => {
                let found = match value {
                    Value::Number(found) => found.as_f64(),
                    Value::String(text) => text.trim().parse().ok(),
                    _ => None,
                };
                match (order, found) {
                    (Order::NotEqual, None) => !value.is_null(),
                    (_, None) => false,
                    (order, Some(found)) => order.holds(found, *number),
                }
            }
            Self::Text { pieces, equal } => match text(value) {
                Some(text) => matches(pieces, &text) == *equal,
                None => false,
            },
            Self::Regex { regex, equal } => match text(value) {
                Some(text) => regex.is_match(&text) == *equal,
                None => false,
            },
            Self::True => value == &Value::Bool(true),
            Self::False => value == &Value::Bool(false),
            Self::Null => value.is_null(),
            Self::Absent => false,
        }
    }
}

impl Order {
    fn holds(self, found: f64, than: f64) -> bool {
        match self {
            Self::Equal => found == than,
            Self::NotEqual => found != than,
            Self::Less => found < than,
            Self::LessOrEqual => found <= than,
            Self::Greater => found > than,
            Self::GreaterOrEqual => found >= than,
        }
    }
}

/// Texts are compared with what is written in the document.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn matches(pieces: &[String], text: &str) -> bool {
    let [first, middle @ .., last] = pieces else {
        return pieces.first().is_some_and(|only| only == text);
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    for piece in middle {
        let Some(at) = rest.find(piece.as_str()) else {
            return false;
        };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last.as_str())
}

pub(super) fn parse(text: &str) -> Result<Expression, BadPattern> {
    let mut reader = Reader::new(text);
    reader.skip_spaces();
    reader.next();
    let expression = either(&mut reader, 0)?;
    reader.skip_spaces();
    if !reader.take("}") {
        return Err(reader.wrong("&&, || or } is expected"));
    }
    reader.skip_spaces();
    match reader.peek() {
        None => Ok(expression),
        Some(_) => Err(reader.wrong("something stands behind the last }")),
    }
}

fn either(reader: &mut Reader<'_>, depth: usize) -> Result<Expression, BadPattern> {
    joined(reader, depth, "||", both, Expression::Or)
}

fn both(reader: &mut Reader<'_>, depth: usize) -> Result<Expression, BadPattern> {
    joined(reader, depth, "&&", one, Expression::And)
}

fn joined(
    reader: &mut Reader<'_>,
    depth: usize,
    by: &str,
    part: fn(&mut Reader<'_>, usize) -> Result<Expression, BadPattern>,
    join: fn(Vec<Expression>) -> Expression,
) -> Result<Expression, BadPattern> {
    let first = part(reader, depth)?;
    let mut parts = vec![first];
    loop {
        reader.skip_spaces();
        if !reader.take(by) {
            break;
        }
        parts.push(part(reader, depth)?);
    }
    Ok(match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    })
}

fn one(reader: &mut Reader<'_>, depth: usize) -> Result<Expression, BadPattern> {
    reader.skip_spaces();
    if reader.take("(") {
        if depth == DEPTH {
            return Err(reader.wrong("parentheses nest too deep"));
        }
        let inner = either(reader, depth + 1)?;
        reader.skip_spaces();
        return match reader.take(")") {
            true => Ok(inner),
            false => Err(reader.wrong(") is expected")),
        };
    }
    let steps = selector(reader)?;
    reader.skip_spaces();
    Ok(Expression::Is(steps, test(reader)?))
}

fn selector(reader: &mut Reader<'_>) -> Result<Vec<Step>, BadPattern> {
    if !reader.take("$") {
        return Err(reader.wrong("a selector that begins with $ is expected"));
    }
    let mut steps = Vec::new();
    loop {
        if reader.take(".") {
            if reader.take("[") {
                steps.push(bracket(reader)?);
                continue;
            }
            if reader.take("*") {
                steps.push(Step::Each);
                continue;
            }
            let name = reader.word(|c| {
                c.is_whitespace() || matches!(c, '.' | '[' | '=' | '!' | '<' | '>' | ')' | '}')
            });
            if name.is_empty() {
                return Err(reader.wrong("the name of a member is expected"));
            }
            steps.push(Step::Member(name));
        } else if reader.take("[") {
            steps.push(bracket(reader)?);
        } else if steps.is_empty() {
            return Err(reader.wrong("the name of a member is expected"));
        } else {
            return Ok(steps);
        }
    }
}

fn bracket(reader: &mut Reader<'_>) -> Result<Step, BadPattern> {
    let step = match reader.peek() {
        Some('*') => {
            reader.next();
            Step::Each
        }
        Some('"') => Step::Member(reader.quoted()?),
        Some('\'') => {
            reader.next();
            let name = reader.word(|c| c == '\'');
            reader.next();
            Step::Member(name)
        }
        _ => match reader.word(|c| !c.is_ascii_digit()).parse() {
            Ok(at) => Step::Item(at),
            Err(_) => {
                return Err(reader.wrong("a number, a name in quotation marks or * is expected"));
            }
        },
    };
    match reader.take("]") {
        true => Ok(step),
        false => Err(reader.wrong("] is expected")),
    }
}

fn test(reader: &mut Reader<'_>) -> Result<Test, BadPattern> {
    for (words, test) in [
        (["IS", "NULL"], Test::Null),
        (["IS", "TRUE"], Test::True),
        (["IS", "FALSE"], Test::False),
        (["NOT", "EXISTS"], Test::Absent),
    ] {
        let before = reader.at;
        if keyword(reader, words[0]) && keyword(reader, words[1]) {
            return Ok(test);
        }
        reader.at = before;
    }
    let orders = [
        ("!=", Order::NotEqual),
        ("<=", Order::LessOrEqual),
        (">=", Order::GreaterOrEqual),
        ("=", Order::Equal),
        ("<", Order::Less),
        (">", Order::Greater),
    ];
    let Some((_, order)) = orders.into_iter().find(|(sign, _)| reader.take(sign)) else {
        return Err(reader.wrong("a comparison, IS or NOT EXISTS is expected"));
    };
    reader.skip_spaces();
    let equal = match order {
        Order::Equal => Some(true),
        Order::NotEqual => Some(false),
        _ => None,
    };
    let text = match (reader.peek(), equal) {
        (Some('%'), Some(equal)) => {
            let regex = reader.regex()?;
            return Ok(Test::Regex { regex, equal });
        }
        (Some('"'), Some(_)) => reader.quoted()?,
        _ => {
            let word = reader.word(|c| c.is_whitespace() || matches!(c, ')' | '}' | '&' | '|'));
            if let Ok(number) = word.parse::<f64>()
                && number.is_finite()
            {
                return Ok(Test::Number(order, number));
            }
            word
        }
    };
    match equal {
        Some(_) if text.is_empty() => Err(reader.wrong("a value is expected")),
        Some(equal) => {
            let pieces = text.split('*').map(str::to_owned).collect();
            Ok(Test::Text { pieces, equal })
        }
        None => Err(reader.wrong("a number is expected")),
    }
}

/// Takes a keyword, in capitals or not, that is followed by no letter.
fn keyword(reader: &mut Reader<'_>, word: &str) -> bool {
    reader.skip_spaces();
    let before = reader.at;
    let found = reader.word(|c| !c.is_ascii_alphabetic());
    let is = found.eq_ignore_ascii_case(word);
    if !is {
        reader.at = before;
    }
    is
}
