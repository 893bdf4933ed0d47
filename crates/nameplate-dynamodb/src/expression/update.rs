//! Updates: how an item becomes another. Developer guide: update expressions.

use super::parser::{Class, Parser};
use super::path::{Path, Step};
use super::projection::apart;
use super::scope::Scope;
use crate::error::{Invalid, Result};
use crate::value::{AttributeValue, Item};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// A value that `SET` takes.
#[derive(Debug, Clone, PartialEq)]
pub enum SetOperand {
    /// What is in the item.
    Path(Path),
    /// A value of the request.
    Value(AttributeValue),
    /// `if_not_exists(path, …)`
    IfNotExists(Path, Box<SetOperand>),
    /// `list_append(…, …)`
    ListAppend(Box<SetOperand>, Box<SetOperand>),
}

/// What `SET` sets.
#[derive(Debug, Clone, PartialEq)]
pub enum SetValue {
    /// This.
    Of(SetOperand),
    /// A sum.
    Plus(SetOperand, SetOperand),
    /// A difference.
    Minus(SetOperand, SetOperand),
}

/// How an item becomes another.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Update {
    /// `SET`
    pub set: Vec<(Path, SetValue)>,
    /// `REMOVE`
    pub remove: Vec<Path>,
    /// `ADD`
    pub add: Vec<(Path, AttributeValue)>,
    /// `DELETE`
    pub delete: Vec<(Path, AttributeValue)>,
    /// Whether it was asked for by `AttributeUpdates`, whose refusals have words of their own.
    pub legacy: bool,
}

impl Update {
    /// Reads an update.
    ///
    /// # Errors
    /// It cannot be read, or one path is in another.
    pub fn parse(text: &str, scope: &mut Scope) -> Result<Self> {
        let mut parser = Parser::new(text, "UpdateExpression", scope)?;
        let mut update = Self::default();
        let mut seen: Vec<&str> = Vec::new();
        while !parser.at_end() {
            let section = ["SET", "REMOVE", "ADD", "DELETE"]
                .into_iter()
                .find(|section| parser.tokens.peek().is_word(section));
            let Some(section) = section else {
                return Err(parser.unexpected());
            };
            parser.tokens.next();
            if seen.contains(&section) {
                parser.mistake(
                    Class::Meaning,
                    format!(
                        "The \"{section}\" section can only be used once in an update expression;"
                    ),
                );
            }
            seen.push(section);
            loop {
                update.clause(section, &mut parser)?;
                if !parser.tokens.sign(",") {
                    break;
                }
            }
        }
        let paths: Vec<Path> = update.paths().cloned().collect();
        apart(&mut parser, &paths);
        parser.finish(update)
    }

    fn clause(&mut self, section: &str, parser: &mut Parser<'_, '_>) -> Result<()> {
        let path = parser.path()?;
        match section {
            "SET" => {
                parser.expect_sign("=")?;
                let value = set_value(parser, 0)?;
                self.set.push((path, value));
            }
            "REMOVE" => self.remove.push(path),
            _ => {
                let Some(value) = parser.value() else {
                    return Err(parser.unexpected());
                };
                let fits = matches!(
                    (&value, section),
                    (AttributeValue::N(_), "ADD")
                        | (
                            AttributeValue::Ss(_) | AttributeValue::Ns(_) | AttributeValue::Bs(_),
                            _
                        )
                );
                if !fits {
                    let kind = long_name(&value);
                    parser.mistake(
                        Class::Meaning,
                        format!(
                            "Incorrect operand type for operator or function; operator: {section}, operand type: {kind}, typeSet: ALLOWED_FOR_{section}_OPERAND"
                        ),
                    );
                }
                match section {
                    "ADD" => self.add.push((path, value)),
                    _ => self.delete.push((path, value)),
                }
            }
        }
        Ok(())
    }

    /// Everything that it changes.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let set = self.set.iter().map(|(path, _)| path);
        let add = self.add.iter().map(|(path, _)| path);
        let delete = self.delete.iter().map(|(path, _)| path);
        set.chain(&self.remove).chain(add).chain(delete)
    }

    /// Bytes of the values that it brings.
    pub fn values_size(&self) -> usize {
        fn operand(of: &SetOperand) -> usize {
            match of {
                SetOperand::Path(_) => 0,
                SetOperand::Value(value) => value.size(),
                SetOperand::IfNotExists(_, other) => operand(other),
                SetOperand::ListAppend(first, second) => operand(first) + operand(second),
            }
        }
        let set = self.set.iter().map(|(_, value)| match value {
            SetValue::Of(of) => operand(of),
            SetValue::Plus(a, b) | SetValue::Minus(a, b) => operand(a) + operand(b),
        });
        let others = self.add.iter().chain(&self.delete);
        set.sum::<usize>() + others.map(|(_, value)| value.size()).sum::<usize>()
    }

    /// Bytes that UpdateItem counts it for beside those of the item that it makes: what it writes, and something for each
    /// of its clauses. Measured at the service by the public suite `dynamodb-conformance`.
    pub fn charge(&self, after: &Item) -> usize {
        let places = |path: &Path| match path.steps.last() {
            Some(Step::Index(_)) => 1,
            _ => 0,
        };
        let writes: Vec<&Path> = self
            .set
            .iter()
            .map(|(path, _)| path)
            .chain(self.add.iter().map(|(path, _)| path))
            .collect();
        let clauses: usize = writes.iter().map(|path| 19 + places(path)).sum();
        let names: BTreeSet<&str> = writes.iter().map(|path| path.attribute.as_str()).collect();
        let written: usize = names
            .into_iter()
            .filter_map(|name| Some(name.len() + after.get(name)?.size()))
            .sum();
        3 + clauses + 2 * (self.remove.len() + self.delete.len()) + written
    }

    /// The values that it gives whole attributes, where the request has them.
    pub fn given(&self) -> impl Iterator<Item = (&str, &AttributeValue)> {
        self.set.iter().filter_map(|(path, value)| match value {
            SetValue::Of(SetOperand::Value(value)) if path.steps.is_empty() => {
                Some((path.attribute.as_str(), value))
            }
            _ => None,
        })
    }

    /// Whether it only takes something away: of an item that does not exist it makes none.
    pub fn only_removes(&self) -> bool {
        let removes = !self.remove.is_empty() || !self.delete.is_empty();
        removes && self.set.is_empty() && self.add.is_empty()
    }

    /// The item that it makes of another. Everything is read from the item as it was.
    ///
    /// # Errors
    /// It does not fit the item.
    pub fn apply(&self, before: &Item) -> Result<Item> {
        match self.applied(before) {
            Err(why) if self.legacy && why == wrong_type() => {
                Err(Invalid::new("Type mismatch for attribute to update"))
            }
            other => other,
        }
    }

    fn applied(&self, before: &Item) -> Result<Item> {
        let mut after = before.clone();
        let mut values = Vec::with_capacity(self.set.len());
        for (path, value) in &self.set {
            values.push((path, value.get(before)?));
        }
        for (path, value) in &self.add {
            let sum = match (path.get(before), value) {
                (
                    None,
                    AttributeValue::N(_)
                    | AttributeValue::Ss(_)
                    | AttributeValue::Ns(_)
                    | AttributeValue::Bs(_),
                ) => value.clone(),
                (Some(AttributeValue::N(old)), AttributeValue::N(new)) => {
                    AttributeValue::N(old.plus(*new)?)
                }
                (Some(AttributeValue::Ss(old)), AttributeValue::Ss(new)) => {
                    AttributeValue::Ss(old | new)
                }
                (Some(AttributeValue::Ns(old)), AttributeValue::Ns(new)) => {
                    AttributeValue::Ns(old | new)
                }
                (Some(AttributeValue::Bs(old)), AttributeValue::Bs(new)) => {
                    AttributeValue::Bs(old | new)
                }
                _ => return Err(wrong_type()),
            };
            values.push((path, sum));
        }
        let mut removed: Vec<&Path> = self.remove.iter().collect();
        for (path, value) in &self.delete {
            let rest = match (path.get(before), value) {
                (None, _) => continue,
                (Some(AttributeValue::Ss(old)), AttributeValue::Ss(gone)) => {
                    (old != gone).then(|| AttributeValue::Ss(old - gone))
                }
                (Some(AttributeValue::Ns(old)), AttributeValue::Ns(gone)) => {
                    (old != gone).then(|| AttributeValue::Ns(old - gone))
                }
                (Some(AttributeValue::Bs(old)), AttributeValue::Bs(gone)) => {
                    (old != gone).then(|| AttributeValue::Bs(old - gone))
                }
                _ => return Err(wrong_type()),
            };
            match rest.filter(|rest| !is_empty_set(rest)) {
                Some(rest) => values.push((path, rest)),
                None => removed.push(path),
            }
        }
        // In the order of paths, so that what goes behind a list's end keeps its order.
        values.sort_by(|a, b| a.0.cmp(b.0));
        for (path, value) in values {
            place(&mut after, path, value)?;
        }
        // Later elements first, so that none moves before it is looked for.
        removed.sort_by_key(|path| Reverse(*path));
        for path in removed {
            remove(&mut after, path)?;
        }
        Ok(after)
    }
}

fn is_empty_set(value: &AttributeValue) -> bool {
    match value {
        AttributeValue::Ss(set) => set.is_empty(),
        AttributeValue::Ns(set) => set.is_empty(),
        AttributeValue::Bs(set) => set.is_empty(),
        _ => false,
    }
}

fn wrong_type() -> Invalid {
    Invalid::new("An operand in the update expression has an incorrect data type")
}

fn bad_path() -> Invalid {
    Invalid::new("The document path provided in the update expression is invalid for update")
}

/// A type as refusals of operands name it.
fn long_name(value: &AttributeValue) -> &'static str {
    match value {
        AttributeValue::S(_) => "STRING",
        AttributeValue::N(_) => "NUMBER",
        AttributeValue::B(_) => "BINARY",
        AttributeValue::Bool(_) => "BOOLEAN",
        AttributeValue::Null => "NULL",
        AttributeValue::L(_) => "LIST",
        AttributeValue::M(_) => "MAP",
        AttributeValue::Ss(_) => "STRING_SET",
        AttributeValue::Ns(_) => "NUMBER_SET",
        AttributeValue::Bs(_) => "BINARY_SET",
    }
}

impl SetValue {
    fn get(&self, item: &Item) -> Result<AttributeValue> {
        let numbers = |a: &SetOperand, b: &SetOperand| match (a.get(item)?, b.get(item)?) {
            (AttributeValue::N(a), AttributeValue::N(b)) => Ok((a, b)),
            _ => Err(wrong_type()),
        };
        match self {
            Self::Of(operand) => operand.get(item),
            Self::Plus(a, b) => {
                let (a, b) = numbers(a, b)?;
                Ok(AttributeValue::N(a.plus(b)?))
            }
            Self::Minus(a, b) => {
                let (a, b) = numbers(a, b)?;
                Ok(AttributeValue::N(a.minus(b)?))
            }
        }
    }
}

impl SetOperand {
    fn get(&self, item: &Item) -> Result<AttributeValue> {
        match self {
            Self::Value(value) => Ok(value.clone()),
            Self::Path(path) => path.get(item).cloned().ok_or_else(|| {
                Invalid::new("The provided expression refers to an attribute that does not exist in the item")
            }),
            Self::IfNotExists(path, other) => match path.get(item) {
                Some(found) => Ok(found.clone()),
                None => other.get(item),
            },
            Self::ListAppend(first, second) => match (first.get(item)?, second.get(item)?) {
                (AttributeValue::L(mut all), AttributeValue::L(more)) => {
                    all.extend(more);
                    Ok(AttributeValue::L(all))
                }
                _ => Err(wrong_type()),
            },
        }
    }
}

/// The map or list that the last step of a path is about.
fn parent<'i>(item: &'i mut Item, path: &Path) -> Option<&'i mut AttributeValue> {
    let mut found = item.get_mut(&path.attribute)?;
    for step in &path.steps[..path.steps.len() - 1] {
        found = match (step, found) {
            (Step::Name(name), AttributeValue::M(members)) => members.get_mut(name)?,
            (Step::Index(at), AttributeValue::L(items)) => items.get_mut(*at)?,
            _ => return None,
        };
    }
    Some(found)
}

fn place(item: &mut Item, path: &Path, value: AttributeValue) -> Result<()> {
    let Some(last) = path.steps.last() else {
        item.insert(path.attribute.clone(), value);
        return Ok(());
    };
    match (parent(item, path), last) {
        (Some(AttributeValue::M(members)), Step::Name(name)) => {
            members.insert(name.clone(), value);
        }
        (Some(AttributeValue::L(items)), Step::Index(at)) => match items.get_mut(*at) {
            Some(element) => *element = value,
            None => items.push(value),
        },
        _ => return Err(bad_path()),
    }
    Ok(())
}

fn remove(item: &mut Item, path: &Path) -> Result<()> {
    let Some(last) = path.steps.last() else {
        item.remove(&path.attribute);
        return Ok(());
    };
    match (parent(item, path), last) {
        (Some(AttributeValue::M(members)), Step::Name(name)) => {
            members.remove(name);
        }
        (Some(AttributeValue::L(items)), Step::Index(at)) => {
            if *at < items.len() {
                items.remove(*at);
            }
        }
        _ => return Err(bad_path()),
    }
    Ok(())
}

fn set_value(parser: &mut Parser<'_, '_>, depth: usize) -> Result<SetValue> {
    if depth > DEEPEST {
        return Err(too_deep(parser));
    }
    let first = match parser.tokens.sign("(") {
        true => {
            let inner = set_value(parser, depth + 1)?;
            parser.expect_sign(")")?;
            match inner {
                SetValue::Of(operand) => operand,
                // A sum is the whole value: nothing is added to it.
                sum => return Ok(sum),
            }
        }
        false => operand(parser, depth)?,
    };
    for sign in ["+", "-"] {
        if parser.tokens.sign(sign) {
            let second = operand(parser, depth)?;
            for operand in [&first, &second] {
                if let SetOperand::Value(value) = operand
                    && !matches!(value, AttributeValue::N(_))
                {
                    parser.mistake(
                        Class::Meaning,
                        format!(
                            "Incorrect operand type for operator or function; operator or function: {sign}, operand type: {}",
                            value.kind()
                        ),
                    );
                }
            }
            return Ok(match sign {
                "+" => SetValue::Plus(first, second),
                _ => SetValue::Minus(first, second),
            });
        }
    }
    Ok(SetValue::Of(first))
}

/// Calls in one another that are read: more than an expression that means anything has.
const DEEPEST: usize = 40;

fn too_deep(parser: &Parser<'_, '_>) -> Invalid {
    parser
        .scope
        .invalid("The expression contains too many operators")
}

fn operand(parser: &mut Parser<'_, '_>, depth: usize) -> Result<SetOperand> {
    if depth > DEEPEST {
        return Err(too_deep(parser));
    }
    if let Some(value) = parser.value() {
        return Ok(SetOperand::Value(value));
    }
    if parser.tokens.sign("(") {
        let inner = operand(parser, depth + 1)?;
        parser.expect_sign(")")?;
        return Ok(inner);
    }
    if !parser.calls() {
        return Ok(SetOperand::Path(parser.path()?));
    }
    let name = parser.tokens.next().text;
    parser.expect_sign("(")?;
    let mut operands = Vec::new();
    if !parser.tokens.sign(")") {
        loop {
            operands.push(operand(parser, depth + 1)?);
            if !parser.tokens.sign(",") {
                break;
            }
        }
        parser.expect_sign(")")?;
    }
    let count = operands.len();
    let second = operands.pop();
    let first = operands.pop();
    if !matches!(name, "if_not_exists" | "list_append") {
        let known = [
            "attribute_exists",
            "attribute_not_exists",
            "attribute_type",
            "begins_with",
            "contains",
            "size",
        ];
        match known.contains(&name) {
            true => parser.mistake(
                Class::Misuse,
                format!("The function is not allowed in an update expression; function: {name}"),
            ),
            false => parser.mistake(
                Class::UnknownFunction,
                format!("Invalid function name; function: {name}"),
            ),
        }
        return Ok(SetOperand::Value(AttributeValue::Null));
    }
    let (Some(first), Some(second), 2) = (first, second, count) else {
        parser.mistake(
            Class::Operands,
            format!(
                "Incorrect number of operands for operator or function; operator or function: {name}, number of operands: {count}"
            ),
        );
        return Ok(SetOperand::Value(AttributeValue::Null));
    };
    if name == "if_not_exists" {
        let SetOperand::Path(path) = first else {
            parser.mistake(
                Class::Operands,
                format!(
                    "Operator or function requires a document path; operator or function: {name}"
                ),
            );
            return Ok(second);
        };
        return Ok(SetOperand::IfNotExists(path, Box::new(second)));
    }
    for operand in [&first, &second] {
        if let SetOperand::ListAppend(..) = operand {
            parser.mistake(
                Class::Misuse,
                format!(
                    "The function is not allowed to be used this way in an expression; function: {name}"
                ),
            );
        }
        if let SetOperand::Value(value) = operand
            && !matches!(value, AttributeValue::L(_))
        {
            parser.mistake(
                Class::Meaning,
                format!(
                    "Incorrect operand type for operator or function; operator or function: list_append, operand type: {}",
                    value.kind()
                ),
            );
        }
    }
    Ok(SetOperand::ListAppend(Box::new(first), Box::new(second)))
}
