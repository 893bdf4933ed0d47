//! The `Condition` block: operators, and when one holds.
//!
//! Owns IAM's operators with their types, set prefixes, `IfExists` and what an absent key means. Must not
//! know actions, resources or effects.

use super::date::date;
use super::error::Problem;
use super::glob::Glob;
use super::pattern::{Pattern, Reading};
use super::variable::{Key, Missing, Values, View};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ipnet::IpNet;
use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

/// One operator applied to one key.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The operator as written, for messages.
    operator: Box<str>,
    set: Option<SetPrefix>,
    if_exists: bool,
    negated: bool,
    test: Test,
    key: Key,
    operands: Vec<Operand>,
}

/// How a key with several values is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SetPrefix {
    Any,
    All,
}

/// What is compared. Negation is kept apart: every type has its `Not` form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    Text,
    TextIgnoringCase,
    Like,
    Arn,
    Number(Order),
    Date(Order),
    Bool,
    Binary,
    Address,
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    fn holds<T: PartialOrd>(self, value: T, than: T) -> bool {
        match self {
            Order::Equal => value == than,
            Order::Less => value < than,
            Order::LessOrEqual => value <= than,
            Order::Greater => value > than,
            Order::GreaterOrEqual => value >= than,
        }
    }
}

/// A value of the document, read as its operator's type.
#[derive(Debug, Clone, PartialEq)]
enum Operand {
    Pattern(Pattern),
    Number(f64),
    /// Nanoseconds since the epoch.
    Date(i128),
    Bool(bool),
    Binary(Vec<u8>),
    Address(IpNet),
}

impl Condition {
    /// Reads `values` as the operator wants them.
    pub(super) fn parse(
        operator: &str,
        key: &str,
        values: Vec<String>,
        variables: bool,
        defaults: bool,
    ) -> Result<Condition, Problem> {
        let (set, name) = if let Some(rest) = operator.strip_prefix("ForAnyValue:") {
            (Some(SetPrefix::Any), rest)
        } else if let Some(rest) = operator.strip_prefix("ForAllValues:") {
            (Some(SetPrefix::All), rest)
        } else {
            (None, operator)
        };
        let (name, if_exists) = match name.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let found = test_of(name).filter(|(test, _)| !(if_exists && *test == Test::Null));
        let Some((test, negated)) = found else {
            return Err(Problem::Value {
                key: "Condition".into(),
                value: operator.into(),
                rule: "it is not an operator of the policy language",
            });
        };
        let reading = Reading {
            wildcards: matches!(test, Test::Like | Test::Arn),
            variables,
            defaults,
        };
        let operands = values
            .into_iter()
            .map(|value| {
                Operand::parse(&value, test, reading).map_err(|rule| Problem::Value {
                    key: format!("{operator} of {key}"),
                    value,
                    rule,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Condition {
            operator: operator.into(),
            set,
            if_exists,
            negated,
            test,
            key: Key::parse(key),
            operands,
        })
    }

    /// Its key, and the variables in its values.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        let patterns = self.operands.iter().filter_map(|operand| match operand {
            Operand::Pattern(pattern) => Some(pattern),
            _ => None,
        });
        std::iter::once(&self.key).chain(patterns.flat_map(Pattern::variables))
    }

    /// Whether it holds only for callers that are fixed: such a key, compared with values without wildcards, or with
    /// networks that are not everywhere (S3 user guide: the meaning of "public").
    pub(super) fn fixes_callers(&self) -> bool {
        let fixed = |operand: &Operand| match operand {
            Operand::Pattern(pattern) => pattern
                .fixed()
                .is_some_and(|glob| glob.as_literal().is_some()),
            Operand::Address(net) => net.prefix_len() > 0,
            _ => false,
        };
        !self.negated
            && !self.if_exists
            && self.set != Some(SetPrefix::All)
            && self.test != Test::Null
            && self.key.names_callers()
            && !self.operands.is_empty()
            && self.operands.iter().all(fixed)
    }

    /// Whether it holds. Notes the key, or a variable in a value, that was needed and absent.
    pub(super) fn holds(&self, view: View<'_>, missing: &mut Missing) -> bool {
        let values = match view.values(&self.key) {
            None => Vec::new(),
            Some(Values::One(value)) => vec![value],
            Some(Values::Set(values)) => values,
        };
        if self.test == Test::Null {
            let absent = values.is_empty();
            return self.operands.contains(&Operand::Bool(absent));
        }
        if values.is_empty() {
            // IAM user guide: condition operators. `ForAllValues` has nothing to object to, a negated
            // operator nothing to find.
            return match self.set {
                Some(SetPrefix::All) => true,
                _ if self.if_exists => true,
                set => {
                    missing.note(&self.key);
                    set.is_none() && self.negated
                }
            };
        }
        let filled: Vec<Filled<'_>> = self
            .operands
            .iter()
            .map(|operand| operand.fill(view, missing))
            .collect();
        let passes = |value: &Cow<'_, str>| {
            filled
                .iter()
                .any(|operand| operand.accepts(self.test, value))
                != self.negated
        };
        match (self.set, self.negated) {
            (Some(SetPrefix::All), _) | (None, true) => values.iter().all(passes),
            (Some(SetPrefix::Any), _) | (None, false) => values.iter().any(passes),
        }
    }
}

impl fmt::Display for Condition {
    /// `StringEquals on iot:ClientId`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.operator, self.key)
    }
}

/// The operator behind a name without prefix and suffix, and whether it is a negated one.
fn test_of(name: &str) -> Option<(Test, bool)> {
    let order = |name: &str| {
        Some(match name {
            "Equals" => (Order::Equal, false),
            "NotEquals" => (Order::Equal, true),
            "LessThan" => (Order::Less, false),
            "LessThanEquals" => (Order::LessOrEqual, false),
            "GreaterThan" => (Order::Greater, false),
            "GreaterThanEquals" => (Order::GreaterOrEqual, false),
            _ => return None,
        })
    };
    Some(match name {
        "StringEquals" => (Test::Text, false),
        "StringNotEquals" => (Test::Text, true),
        "StringEqualsIgnoreCase" => (Test::TextIgnoringCase, false),
        "StringNotEqualsIgnoreCase" => (Test::TextIgnoringCase, true),
        "StringLike" => (Test::Like, false),
        "StringNotLike" => (Test::Like, true),
        // IAM user guide: ArnEquals and ArnLike behave identically.
        "ArnEquals" | "ArnLike" => (Test::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Test::Arn, true),
        "Bool" => (Test::Bool, false),
        "BinaryEquals" => (Test::Binary, false),
        "IpAddress" => (Test::Address, false),
        "NotIpAddress" => (Test::Address, true),
        "Null" => (Test::Null, false),
        _ => {
            if let Some(rest) = name.strip_prefix("Numeric") {
                let (order, negated) = order(rest)?;
                (Test::Number(order), negated)
            } else {
                let (order, negated) = order(name.strip_prefix("Date")?)?;
                (Test::Date(order), negated)
            }
        }
    })
}

impl Operand {
    /// Variables stand only in text; in a number, date, boolean or address they are no value.
    fn parse(text: &str, test: Test, reading: Reading) -> Result<Operand, &'static str> {
        match test {
            Test::Text | Test::TextIgnoringCase | Test::Like | Test::Arn => {
                Ok(Operand::Pattern(Pattern::parse(text, reading)))
            }
            Test::Number(_) => number(text)
                .map(Operand::Number)
                .ok_or("it must be a number"),
            Test::Date(_) => date(text)
                .map(Operand::Date)
                .ok_or("it must be a date such as 2026-01-31T12:00:00Z, or seconds since 1970"),
            Test::Bool | Test::Null => boolean(text)
                .map(Operand::Bool)
                .ok_or("it must be true or false"),
            Test::Binary => BASE64
                .decode(text)
                .map(Operand::Binary)
                .map_err(|_| "it must be base64"),
            Test::Address => network(text)
                .map(Operand::Address)
                .ok_or("it must be an IP address or a range such as 10.0.0.0/8"),
        }
    }

    fn fill(&self, view: View<'_>, missing: &mut Missing) -> Filled<'_> {
        match self {
            Operand::Pattern(pattern) => Filled::Glob(pattern.fill(view, missing)),
            other => Filled::Plain(other),
        }
    }
}

/// An operand with its variables filled in.
enum Filled<'a> {
    Glob(Cow<'a, Glob>),
    Plain(&'a Operand),
}

impl Filled<'_> {
    /// Whether one value of the key fits. A value that is not of the operator's type does not.
    fn accepts(&self, test: Test, value: &str) -> bool {
        match (self, test) {
            (Filled::Glob(glob), Test::Arn) => arn_matches(glob, value),
            (Filled::Glob(glob), Test::TextIgnoringCase) => glob
                .as_literal()
                .is_some_and(|text| text.to_lowercase() == value.to_lowercase()),
            (Filled::Glob(glob), _) => glob.matches(value),
            (Filled::Plain(Operand::Number(than)), Test::Number(order)) => {
                number(value).is_some_and(|value| order.holds(value, *than))
            }
            (Filled::Plain(Operand::Date(than)), Test::Date(order)) => {
                date(value).is_some_and(|value| order.holds(value, *than))
            }
            (Filled::Plain(Operand::Bool(wanted)), _) => boolean(value) == Some(*wanted),
            (Filled::Plain(Operand::Binary(wanted)), _) => {
                BASE64.decode(value).is_ok_and(|value| value == *wanted)
            }
            (Filled::Plain(Operand::Address(range)), _) => value
                .parse::<IpAddr>()
                .is_ok_and(|address| range.contains(&address.to_canonical())),
            (Filled::Plain(_), _) => false,
        }
    }
}

/// Compares part by part, so that a star does not cross one of the first five colons. A pattern of fewer
/// parts, such as a lone star, is matched against the whole.
fn arn_matches(pattern: &Glob, value: &str) -> bool {
    const PARTS: usize = 6;
    let wanted = pattern.split(b':', PARTS);
    if wanted.len() < PARTS {
        return pattern.matches(value);
    }
    let mut found = value.splitn(PARTS, ':');
    wanted
        .iter()
        .all(|part| found.next().is_some_and(|text| part.matches(text)))
}

pub(super) fn number(text: &str) -> Option<f64> {
    text.trim()
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
}

pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn network(text: &str) -> Option<IpNet> {
    match text.parse::<IpNet>() {
        Ok(range) => Some(range),
        Err(_) => text.parse::<IpAddr>().ok().map(IpNet::from),
    }
}
