//! Conditions of a statement, as those of expressions. Developer guide: PartiQL operators and functions.

use super::literal;
use super::parser::Parser;
use super::token::{Kind, malformed};
use crate::error::{Invalid, Result};
use crate::expression::{Comparator, Condition, Operand, Path, is_type};
use crate::value::AttributeValue;

/// Parentheses and negations in one another that are read.
const DEEPEST: usize = 100;
/// Operands of `IN`. Developer guide: quotas.
const CHOICES: usize = 100;

/// The condition behind `WHERE`, if there is one.
pub(super) fn of_where(parser: &mut Parser<'_>) -> Result<Option<Condition>> {
    match parser.tokens.word("WHERE") {
        true => any(parser, 0).map(Some),
        false => Ok(None),
    }
}

fn any(parser: &mut Parser<'_>, depth: usize) -> Result<Condition> {
    let mut left = all(parser, depth)?;
    while parser.tokens.word("OR") {
        parser.operator()?;
        right_side(parser)?;
        let right = all(parser, depth)?;
        left = Condition::Or(Box::new(left), Box::new(right));
    }
    Ok(left)
}

fn all(parser: &mut Parser<'_>, depth: usize) -> Result<Condition> {
    let mut left = one(parser, depth)?;
    while parser.tokens.word("AND") {
        parser.operator()?;
        right_side(parser)?;
        let right = one(parser, depth)?;
        left = Condition::And(Box::new(left), Box::new(right));
    }
    Ok(left)
}

/// Refuses an operator with nothing behind it.
fn right_side(parser: &Parser<'_>) -> Result<()> {
    match parser.at_end() {
        true => Err(malformed(
            "Missing right-hand side expression of infix operator",
        )),
        false => Ok(()),
    }
}

fn one(parser: &mut Parser<'_>, depth: usize) -> Result<Condition> {
    if depth > DEEPEST {
        return Err(malformed("Expressions are nested too deeply"));
    }
    if parser.tokens.word("NOT") {
        parser.operator()?;
        let inner = one(parser, depth + 1)?;
        return Ok(Condition::Not(Box::new(inner)));
    }
    if parser.tokens.sign("(") {
        let inner = any(parser, depth + 1)?;
        parser.expect_sign(")")?;
        return Ok(inner);
    }
    comparison(parser)
}

fn comparison(parser: &mut Parser<'_>) -> Result<Condition> {
    if parser.calls()
        && let Some(condition) = predicate(parser)?
    {
        return Ok(condition);
    }
    let left = operand(parser)?;
    let token = parser.tokens.peek();
    let comparator = match token.text {
        _ if token.kind != Kind::Sign => None,
        "=" => Some(Comparator::Equal),
        "<>" | "!=" => Some(Comparator::NotEqual),
        "<" => Some(Comparator::Less),
        "<=" => Some(Comparator::LessOrEqual),
        ">" => Some(Comparator::Greater),
        ">=" => Some(Comparator::GreaterOrEqual),
        _ => None,
    };
    if let Some(comparator) = comparator {
        parser.tokens.next();
        parser.operator()?;
        right_side(parser)?;
        let right = operand(parser)?;
        if !matches!(comparator, Comparator::Equal | Comparator::NotEqual) {
            ordered(comparator.sign(), &[&left, &right])?;
        }
        return Ok(Condition::Compare(comparator, left, right));
    }
    if parser.tokens.word("IS") {
        parser.operator()?;
        return is(parser, left);
    }
    let negated = parser.tokens.peek().is_word("NOT")
        && ["IN", "BETWEEN"]
            .iter()
            .any(|word| parser.tokens.after().is_word(word));
    if negated {
        parser.tokens.next();
    }
    let found = if parser.tokens.word("BETWEEN") {
        parser.operator()?;
        right_side(parser)?;
        let low = operand(parser)?;
        parser.expect_word("AND")?;
        right_side(parser)?;
        let high = operand(parser)?;
        ordered("BETWEEN", &[&left, &low, &high])?;
        Condition::Between(left, low, high)
    } else if parser.tokens.word("IN") {
        parser.operator()?;
        Condition::In(left, choices(parser)?)
    } else if parser.tokens.peek().is_word("LIKE") {
        return Err(Invalid::new(
            "Unsupported operator in Condition Expression. Operator: LIKE",
        ));
    } else {
        return Err(match parser.at_end() || parser.tokens.peek().is_sign(")") {
            true => {
                Invalid::new("WHERE clause must contain an expression that resolves to a boolean")
            }
            false => malformed("Unexpected token after expression"),
        });
    };
    Ok(match negated {
        true => Condition::Not(Box::new(found)),
        false => found,
    })
}

/// What stands in the brackets or parentheses behind `IN`.
fn choices(parser: &mut Parser<'_>) -> Result<Vec<Operand>> {
    let wrong = || {
        Invalid::new(
            "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq with at least one member",
        )
    };
    let close = match () {
        () if parser.tokens.sign("[") => "]",
        () if parser.tokens.sign("(") => ")",
        () if parser.tokens.sign("<<") => ">>",
        () => return Err(wrong()),
    };
    if parser.tokens.sign(close) {
        return Err(wrong());
    }
    let mut found = vec![operand(parser)?];
    while parser.tokens.sign(",") {
        found.push(operand(parser)?);
    }
    parser.expect_sign(close)?;
    match found.len() > CHOICES {
        true => Err(Invalid::new(format!(
            "The IN operator is provided with too many operands; number of operands: {}",
            found.len()
        ))),
        false => Ok(found),
    }
}

/// `IS MISSING`, and `IS` with a type.
fn is(parser: &mut Parser<'_>, left: Operand) -> Result<Condition> {
    let negated = parser.tokens.word("NOT");
    let Operand::Path(path) = left else {
        return Err(Invalid::new(
            "The left hand side argument to IS must be a Variable Reference, Literal, or Path",
        ));
    };
    let of = |kind: &str| {
        Condition::Type(
            Operand::Path(path.clone()),
            Operand::Value(AttributeValue::S(kind.to_owned())),
        )
    };
    let or = |a, b| Condition::Or(Box::new(a), Box::new(b));
    let token = parser.tokens.peek();
    let found = match token.text.to_ascii_uppercase().as_str() {
        _ if token.kind != Kind::Word => return Err(malformed("Expected type name")),
        "MISSING" => Condition::NotExists(path.clone()),
        "NULL" => of("NULL"),
        "BOOLEAN" | "BOOL" => of("BOOL"),
        "BLOB" => of("B"),
        "STRING" => of("S"),
        "NUMERIC" => of("N"),
        "STRUCT" | "TUPLE" => of("M"),
        "LIST" => of("L"),
        "BAG" => or(of("SS"), or(of("NS"), of("BS"))),
        other @ ("INT" | "INT4" | "INT8" | "INTEGER" | "SMALLINT" | "BIGINT" | "REAL" | "FLOAT"
        | "DECIMAL" | "CHAR" | "CHARACTER" | "VARCHAR" | "SYMBOL" | "CLOB" | "SEXP"
        | "DATE" | "TIME" | "TIMESTAMP" | "ANY" | "DOUBLE") => {
            return Err(Invalid::new(format!(
                "Unsupported data type for IS operator: {other}. Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]"
            )));
        }
        _ => return Err(malformed("Expected type name")),
    };
    parser.tokens.next();
    Ok(match negated {
        true => Condition::Not(Box::new(found)),
        false => found,
    })
}

/// A path, a value, or the size of a path.
fn operand(parser: &mut Parser<'_>) -> Result<Operand> {
    if literal::begins(&parser.tokens.peek()) {
        return literal::value(parser).map(Operand::Value);
    }
    if parser.tokens.peek().is_word("MISSING") {
        return Err(Invalid::new("MISSING must be compared using IS operator"));
    }
    if !parser.calls() {
        return Ok(Operand::Path(parser.path()?.0));
    }
    let token = parser.tokens.peek();
    let name = token.text.to_lowercase();
    if name != "size" {
        return Err(parser.refuse(&format!("Unrecognized function: {name}"), token));
    }
    let operands = operands(parser)?;
    let count = operands.len();
    let (Some(of), 1) = (operands.into_iter().next(), count) else {
        return Err(counted(&name, count));
    };
    match of {
        Operand::Size(_) => Err(kind(&name, "N")),
        Operand::Value(value)
            if matches!(
                value,
                AttributeValue::N(_) | AttributeValue::Bool(_) | AttributeValue::Null
            ) =>
        {
            Err(kind(&name, value.kind()))
        }
        of => Ok(Operand::Size(Box::new(of))),
    }
}

/// What stands in the parentheses behind a function's name.
fn operands(parser: &mut Parser<'_>) -> Result<Vec<Operand>> {
    parser.tokens.next();
    parser.expect_sign("(")?;
    let mut found = Vec::new();
    if parser.tokens.sign(")") {
        return Ok(found);
    }
    loop {
        // A function in a function is the size of something, whose operands have none.
        found.push(operand(parser)?);
        if !parser.tokens.sign(",") {
            break;
        }
    }
    parser.expect_sign(")")?;
    Ok(found)
}

fn counted(function: &str, count: usize) -> Invalid {
    Invalid::new(format!(
        "Incorrect number of operands for operator or function; operator or function: {function}, number of operands: {count}"
    ))
}

pub(super) fn kind(function: &str, kind: &str) -> Invalid {
    Invalid::new(format!(
        "Incorrect operand type for operator or function; operator or function: {function}, operand type: {kind}"
    ))
}

/// Refuses values that have no order.
fn ordered(sign: &str, operands: &[&Operand]) -> Result<()> {
    for operand in operands {
        if let Operand::Value(value) = operand
            && !matches!(
                value,
                AttributeValue::S(_) | AttributeValue::N(_) | AttributeValue::B(_)
            )
        {
            return Err(kind(sign, value.kind()));
        }
    }
    Ok(())
}

/// A function that is a condition, if it is one.
fn predicate(parser: &mut Parser<'_>) -> Result<Option<Condition>> {
    let name = parser.tokens.peek().text.to_lowercase();
    let count = match name.as_str() {
        "attribute_exists" | "attribute_not_exists" => 1,
        "attribute_type" | "begins_with" | "contains" => 2,
        _ => return Ok(None),
    };
    let operands = operands(parser)?;
    if operands.len() != count {
        return Err(counted(&name, operands.len()));
    }
    parser.operator()?;
    let mut operands = operands.into_iter();
    let (first, second) = (operands.next(), operands.next());
    let Some(first) = first else {
        return Err(counted(&name, 0));
    };
    let path = |operand: Operand| -> Result<Path> {
        match operand {
            Operand::Path(path) => Ok(path),
            _ => Err(Invalid::new(format!(
                "Operator or function requires a document path; operator or function: {name}"
            ))),
        }
    };
    Ok(Some(match (name.as_str(), second) {
        ("attribute_exists", _) => Condition::Exists(path(first)?),
        ("attribute_type", Some(second)) => {
            if let Operand::Value(value) = &second {
                is_type(value)?;
            }
            Condition::Type(first, second)
        }
        ("begins_with", Some(prefix)) => {
            for operand in [&first, &prefix] {
                if let Operand::Value(value) = operand
                    && !matches!(value, AttributeValue::S(_) | AttributeValue::B(_))
                {
                    return Err(kind(&name, value.kind()));
                }
            }
            Condition::BeginsWith(first, prefix)
        }
        ("contains", Some(part)) => Condition::Contains(first, part),
        _ => Condition::NotExists(path(first)?),
    }))
}
