//! Conditions and filters: whether an item is as it should be. Developer guide: condition and filter expressions,
//! operators, and functions.

mod apply;

pub(crate) use apply::is_type;

use super::parser::{Class, Parser};
use super::path::Path;
use super::scope::Scope;
use crate::error::Result;
use crate::number::Number;
use crate::value::{AttributeValue, Item};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Operators and functions of an expression. Developer guide: quotas.
const OPERATORS: usize = 300;
/// Calls in one another that are read. None that means anything is deeper than two.
const DEEPEST: usize = 20;
/// Operands of `IN`. Developer guide: quotas.
const CHOICES: usize = 100;

/// How two operands are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparator {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparator {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// The same with its operands in the other order.
    pub(crate) fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }

    const ALL: [Self; 6] = [
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
    ];
}

/// What is compared.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// What is in the item.
    Path(Path),
    /// A value of the request.
    Value(AttributeValue),
    /// `size(…)`
    Size(Box<Operand>),
}

/// What must be true of an item.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// One of them.
    Or(Box<Condition>, Box<Condition>),
    /// Both.
    And(Box<Condition>, Box<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A comparison.
    Compare(Comparator, Operand, Operand),
    /// Between two bounds, both included.
    Between(Operand, Operand, Operand),
    /// Equal to one of these.
    In(Operand, Vec<Operand>),
    /// It is there.
    Exists(Path),
    /// It is not there.
    NotExists(Path),
    /// It is of this type.
    Type(Operand, Operand),
    /// It begins with this.
    BeginsWith(Operand, Operand),
    /// It contains this.
    Contains(Operand, Operand),
    /// Legacy `NOT_CONTAINS`, which an attribute that is absent does not satisfy.
    NotContains(Path, AttributeValue),
}

impl Condition {
    /// Reads a condition; `kind` is the name of its parameter.
    ///
    /// # Errors
    /// It cannot be read, in the service's words.
    pub fn parse(text: &str, kind: &'static str, scope: &mut Scope) -> Result<Self> {
        let mut reader = Reader {
            parser: Parser::new(text, kind, scope)?,
            operators: 0,
            depth: 0,
        };
        let read = reader.whole()?;
        reader.parser.finish(read)
    }

    /// Whether an item, or the absence of one, is as it should be.
    pub fn holds(&self, item: &Item) -> bool {
        match self {
            Self::Or(a, b) => a.holds(item) || b.holds(item),
            Self::And(a, b) => a.holds(item) && b.holds(item),
            Self::Not(inner) => !inner.holds(item),
            Self::Compare(how, a, b) => compare(*how, a.get(item), b.get(item)),
            Self::Between(value, low, high) => {
                let value = value.get(item);
                compare(Comparator::GreaterOrEqual, value.clone(), low.get(item))
                    && compare(Comparator::LessOrEqual, value, high.get(item))
            }
            Self::In(value, choices) => {
                let value = value.get(item);
                value.is_some() && choices.iter().any(|choice| choice.get(item) == value)
            }
            Self::Exists(path) => path.get(item).is_some(),
            Self::NotExists(path) => path.get(item).is_none(),
            Self::Type(of, kind) => match (of.get(item), kind.get(item).as_deref()) {
                (Some(found), Some(AttributeValue::S(kind))) => found.kind() == kind,
                _ => false,
            },
            Self::BeginsWith(value, prefix) => {
                match (value.get(item).as_deref(), prefix.get(item).as_deref()) {
                    (Some(AttributeValue::S(text)), Some(AttributeValue::S(prefix))) => {
                        text.starts_with(prefix.as_str())
                    }
                    (Some(AttributeValue::B(bytes)), Some(AttributeValue::B(prefix))) => {
                        bytes.starts_with(prefix)
                    }
                    _ => false,
                }
            }
            Self::Contains(value, part) => match (value.get(item), part.get(item)) {
                (Some(value), Some(part)) => contains(&value, &part),
                _ => false,
            },
            Self::NotContains(path, part) => {
                path.get(item).is_some_and(|value| !contains(value, part))
            }
        }
    }

    /// The attributes that it looks at, in the order in which they stand.
    pub fn attributes(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect<'c>(&'c self, found: &mut Vec<&'c str>) {
        let mut operand = |operand: &'c Operand| {
            let mut inner = operand;
            while let Operand::Size(of) = inner {
                inner = of;
            }
            if let Operand::Path(path) = inner {
                found.push(path.attribute.as_str());
            }
        };
        match self {
            Self::Or(a, b) | Self::And(a, b) => {
                a.collect(found);
                b.collect(found);
            }
            Self::Not(inner) => inner.collect(found),
            Self::Compare(_, a, b) | Self::BeginsWith(a, b) | Self::Contains(a, b) => {
                operand(a);
                operand(b);
            }
            Self::Between(a, b, c) => [a, b, c].into_iter().for_each(operand),
            Self::In(a, choices) => {
                operand(a);
                choices.iter().for_each(operand);
            }
            Self::Type(of, kind) => {
                operand(of);
                operand(kind);
            }
            Self::Exists(path) | Self::NotExists(path) | Self::NotContains(path, _) => {
                found.push(&path.attribute);
            }
        }
    }
}

impl Operand {
    fn get<'a>(&'a self, item: &'a Item) -> Option<Cow<'a, AttributeValue>> {
        match self {
            Self::Path(path) => path.get(item).map(Cow::Borrowed),
            Self::Value(value) => Some(Cow::Borrowed(value)),
            Self::Size(of) => {
                let size = match of.get(item)?.as_ref() {
                    // Characters as Java counts them.
                    AttributeValue::S(text) => text.encode_utf16().count(),
                    AttributeValue::B(bytes) => bytes.len(),
                    AttributeValue::L(items) => items.len(),
                    AttributeValue::M(members) => members.len(),
                    AttributeValue::Ss(set) => set.len(),
                    AttributeValue::Ns(set) => set.len(),
                    AttributeValue::Bs(set) => set.len(),
                    AttributeValue::N(_) | AttributeValue::Bool(_) | AttributeValue::Null => {
                        return None;
                    }
                };
                Some(Cow::Owned(AttributeValue::N(Number::from(size as u64))))
            }
        }
    }
}

/// The order of two values of one type that has an order.
pub(crate) fn order(a: &AttributeValue, b: &AttributeValue) -> Option<Ordering> {
    match (a, b) {
        (AttributeValue::S(a), AttributeValue::S(b)) => Some(a.cmp(b)),
        (AttributeValue::N(a), AttributeValue::N(b)) => Some(a.cmp(b)),
        (AttributeValue::B(a), AttributeValue::B(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

fn compare(
    how: Comparator,
    a: Option<Cow<'_, AttributeValue>>,
    b: Option<Cow<'_, AttributeValue>>,
) -> bool {
    match how {
        Comparator::Equal => a.is_some() && a == b,
        // What is absent differs from everything, from what is absent too.
        Comparator::NotEqual => a.is_none() || a != b,
        _ => {
            let (Some(a), Some(b)) = (a, b) else {
                return false;
            };
            let Some(order) = order(&a, &b) else {
                return false;
            };
            match how {
                Comparator::Less => order.is_lt(),
                Comparator::LessOrEqual => order.is_le(),
                Comparator::Greater => order.is_gt(),
                _ => order.is_ge(),
            }
        }
    }
}

fn contains(value: &AttributeValue, part: &AttributeValue) -> bool {
    match (value, part) {
        (AttributeValue::S(text), AttributeValue::S(part)) => text.contains(part.as_str()),
        (AttributeValue::B(bytes), AttributeValue::B(part)) => {
            part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
        }
        (AttributeValue::Ss(set), AttributeValue::S(member)) => set.contains(member),
        (AttributeValue::Ns(set), AttributeValue::N(member)) => set.contains(member),
        (AttributeValue::Bs(set), AttributeValue::B(member)) => set.contains(member),
        (AttributeValue::L(items), part) => items.contains(part),
        _ => false,
    }
}

/// Functions that updates have and conditions do not.
const OF_UPDATES: [&str; 2] = ["if_not_exists", "list_append"];

fn misused(function: &str) -> String {
    format!(
        "The function is not allowed to be used this way in an expression; function: {function}"
    )
}

/// A condition, and whether it stands in parentheses of its own.
struct Read {
    condition: Condition,
    enclosed: bool,
}

/// What waits for the condition behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    Not,
    And,
    Or,
    Open,
}

/// Applies what waits, the last first, for as long as it is one of these.
fn reduce(waiting: &mut Vec<Waiting>, done: &mut Vec<Read>, these: &[Waiting]) {
    while let Some(last) = waiting.last().copied().filter(|last| these.contains(last)) {
        waiting.pop();
        let Some(right) = done.pop().map(|read| Box::new(read.condition)) else {
            return;
        };
        let condition = match last {
            Waiting::And | Waiting::Or => {
                let Some(left) = done.pop().map(|read| Box::new(read.condition)) else {
                    return;
                };
                match last {
                    Waiting::And => Condition::And(left, right),
                    _ => Condition::Or(left, right),
                }
            }
            _ => Condition::Not(right),
        };
        done.push(bare(condition));
    }
}

/// An operand, or the call of a function that is a condition.
enum Term {
    Operand(Operand),
    Call(&'static str, Condition),
}

struct Reader<'t, 's> {
    parser: Parser<'t, 's>,
    operators: usize,
    depth: usize,
}

fn bare(condition: Condition) -> Read {
    Read {
        condition,
        enclosed: false,
    }
}

impl Reader<'_, '_> {
    fn operator(&mut self) -> Result<()> {
        self.operators += 1;
        match self.operators > OPERATORS {
            true => Err(self.parser.scope.invalid(format!(
                "The expression contains too many operators; operator count: {}",
                self.operators
            ))),
            false => Ok(()),
        }
    }

    /// The whole condition, by precedence: `NOT`, then `AND`, then `OR`. With a stack of its own, since a request may nest
    /// as deep as it likes.
    fn whole(&mut self) -> Result<Condition> {
        let mut waiting: Vec<Waiting> = Vec::new();
        let mut done: Vec<Read> = Vec::new();
        loop {
            // A condition begins.
            if self.parser.tokens.word("NOT") {
                self.operator()?;
                waiting.push(Waiting::Not);
                continue;
            }
            if self.parser.tokens.sign("(") {
                waiting.push(Waiting::Open);
                continue;
            }
            let condition = self.comparison()?;
            done.push(bare(condition));
            // A condition has ended.
            let connective = loop {
                reduce(&mut waiting, &mut done, &[Waiting::Not]);
                if waiting.contains(&Waiting::Open) && self.parser.tokens.sign(")") {
                    self.close(&mut waiting, &mut done);
                    continue;
                }
                let connective = match () {
                    () if self.parser.tokens.word("AND") => Some(Waiting::And),
                    () if self.parser.tokens.word("OR") => Some(Waiting::Or),
                    () => None,
                };
                break connective;
            };
            match connective {
                Some(connective) => {
                    self.operator()?;
                    let first: &[Waiting] = match connective {
                        Waiting::And => &[Waiting::And],
                        _ => &[Waiting::And, Waiting::Or],
                    };
                    reduce(&mut waiting, &mut done, first);
                    waiting.push(connective);
                }
                None if waiting.contains(&Waiting::Open) => return Err(self.parser.unexpected()),
                None => break,
            }
        }
        reduce(
            &mut waiting,
            &mut done,
            &[Waiting::Not, Waiting::And, Waiting::Or],
        );
        match done.pop() {
            Some(read) => Ok(read.condition),
            None => Err(self.parser.unexpected()),
        }
    }

    fn close(&mut self, waiting: &mut Vec<Waiting>, done: &mut Vec<Read>) {
        reduce(waiting, done, &[Waiting::And, Waiting::Or]);
        // The parenthesis that it closes, which the caller has seen.
        waiting.pop();
        if let Some(last) = done.last_mut() {
            if last.enclosed {
                self.parser
                    .mistake(Class::Meaning, "The expression has redundant parentheses;");
            }
            last.enclosed = true;
        }
    }

    fn comparison(&mut self) -> Result<Condition> {
        let term = self.term()?;
        let sign = self.parser.tokens.peek();
        let comparator = Comparator::ALL
            .into_iter()
            .find(|one| sign.is_sign(one.sign()));
        if let Some(comparator) = comparator {
            self.parser.tokens.next();
            self.operator()?;
            let (left, right) = (self.operand_of(term), self.operand()?);
            self.distinct(comparator.sign(), &left, std::slice::from_ref(&right));
            if !matches!(comparator, Comparator::Equal | Comparator::NotEqual) {
                for operand in [&left, &right] {
                    self.ordered(comparator.sign(), operand);
                }
            }
            return Ok(Condition::Compare(comparator, left, right));
        }
        if self.parser.tokens.word("BETWEEN") {
            self.operator()?;
            let value = self.operand_of(term);
            let low = self.operand()?;
            if !self.parser.tokens.word("AND") {
                return Err(self.parser.unexpected());
            }
            let high = self.operand()?;
            self.between(&low, &high);
            self.distinct("BETWEEN", &value, &[low.clone(), high.clone()]);
            return Ok(Condition::Between(value, low, high));
        }
        if self.parser.tokens.word("IN") {
            self.operator()?;
            let value = self.operand_of(term);
            self.parser.expect_sign("(")?;
            let mut choices = vec![self.operand()?];
            while self.parser.tokens.sign(",") {
                choices.push(self.operand()?);
            }
            self.parser.expect_sign(")")?;
            if choices.len() > CHOICES {
                self.count("IN", choices.len() + 1);
            }
            self.distinct("IN", &value, &choices);
            return Ok(Condition::In(value, choices));
        }
        match term {
            Term::Call(_, condition) => Ok(condition),
            Term::Operand(Operand::Size(of)) => {
                self.misuse("size");
                Ok(Condition::Compare(Comparator::Equal, *of.clone(), *of))
            }
            Term::Operand(_) => Err(self.parser.unexpected()),
        }
    }

    fn misuse(&mut self, function: &str) {
        self.parser.mistake(Class::Misuse, misused(function));
    }

    fn count(&mut self, function: &str, count: usize) {
        self.parser.mistake(
            Class::Operands,
            format!(
                "Incorrect number of operands for operator or function; operator or function: {function}, number of operands: {count}"
            ),
        );
    }

    fn wrong_type(&mut self, function: &str, kind: &str) {
        self.parser.mistake(
            Class::Meaning,
            format!(
                "Incorrect operand type for operator or function; operator or function: {function}, operand type: {kind}"
            ),
        );
    }

    fn ordered(&mut self, sign: &str, operand: &Operand) {
        if let Operand::Value(value) = operand
            && !matches!(
                value,
                AttributeValue::S(_) | AttributeValue::N(_) | AttributeValue::B(_)
            )
        {
            self.wrong_type(sign, value.kind());
        }
    }

    fn between(&mut self, low: &Operand, high: &Operand) {
        let (Operand::Value(low), Operand::Value(high)) = (low, high) else {
            return;
        };
        for bound in [low, high] {
            self.ordered("BETWEEN", &Operand::Value(bound.clone()));
        }
        let (shown_low, shown_high) = (low.shown(), high.shown());
        if low.kind() != high.kind() {
            self.parser.mistake(
                Class::Meaning,
                format!(
                    "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {shown_low}, upper bound operand: AttributeValue: {shown_high}"
                ),
            );
        } else if order(low, high).is_some_and(Ordering::is_gt) {
            self.parser.mistake(
                Class::Meaning,
                format!(
                    "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {shown_low}, upper bound operand: AttributeValue: {shown_high}"
                ),
            );
        }
    }

    fn distinct(&mut self, operator: &str, first: &Operand, rest: &[Operand]) {
        if let Operand::Path(path) = first
            && rest.contains(first)
        {
            self.parser.mistake(
                Class::Meaning,
                format!(
                    "The first operand must be distinct from the remaining operands for this operator or function; operator: {operator}, first operand: {path}"
                ),
            );
        }
    }

    fn operand_of(&mut self, term: Term) -> Operand {
        match term {
            Term::Operand(operand) => operand,
            Term::Call(function, _) => {
                self.misuse(function);
                Operand::Value(AttributeValue::Null)
            }
        }
    }

    fn operand(&mut self) -> Result<Operand> {
        let term = self.term()?;
        Ok(self.operand_of(term))
    }

    fn term(&mut self) -> Result<Term> {
        if let Some(value) = self.parser.value() {
            return Ok(Term::Operand(Operand::Value(value)));
        }
        if self.parser.calls() {
            return self.call();
        }
        if self.parser.tokens.peek().is_sign("(") {
            // `(a) = :b`: an operand in parentheses.
            return Err(self.parser.unexpected());
        }
        Ok(Term::Operand(Operand::Path(self.parser.path()?)))
    }

    fn call(&mut self) -> Result<Term> {
        const FUNCTIONS: [(&str, usize); 6] = [
            ("attribute_exists", 1),
            ("attribute_not_exists", 1),
            ("attribute_type", 2),
            ("begins_with", 2),
            ("contains", 2),
            ("size", 1),
        ];
        let name = self.parser.tokens.next().text;
        let known = FUNCTIONS.into_iter().find(|(known, _)| *known == name);
        self.parser.expect_sign("(")?;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.parser.scope.invalid(match known {
                Some(_) => misused(name),
                None => format!("Invalid function name; function: {name}"),
            }));
        }
        let mut operands = Vec::new();
        if !self.parser.tokens.sign(")") {
            loop {
                operands.push(self.operand()?);
                if !self.parser.tokens.sign(",") {
                    break;
                }
            }
            self.parser.expect_sign(")")?;
        }
        self.depth -= 1;
        let nothing = Condition::Exists(Path::of(""));
        let Some((name, count)) = known else {
            if OF_UPDATES.contains(&name) {
                self.parser.mistake(
                    Class::Misuse,
                    format!(
                        "The function is not allowed in a condition expression; function: {name}"
                    ),
                );
            } else {
                self.parser.mistake(
                    Class::UnknownFunction,
                    format!("Invalid function name; function: {name}"),
                );
            }
            return Ok(Term::Call("", nothing));
        };
        if operands.len() != count {
            self.count(name, operands.len());
            return Ok(match name {
                "size" => Term::Operand(Operand::Value(AttributeValue::Null)),
                _ => Term::Call(name, nothing),
            });
        }
        Ok(self.applied(name, operands, nothing))
    }
}
