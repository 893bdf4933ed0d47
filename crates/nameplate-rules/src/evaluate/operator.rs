//! Comparison and arithmetic of two values. AWS guide: iot-sql-operators.

use crate::number::Number;
use crate::syntax::ast::{Comparison, Operator};
use crate::value::Value;
use crate::version::SqlVersion;
use std::cmp::Ordering;

pub(super) fn compare<'a>(
    comparison: Comparison,
    left: &Value<'a>,
    right: &Value<'a>,
    version: SqlVersion,
) -> Value<'a> {
    match comparison {
        Comparison::Equal => return Value::boolean(left.equals(right, version)),
        Comparison::Unequal => {
            return Value::boolean(left.equals(right, version).map(|equal| !equal));
        }
        _ => {}
    }
    let (Some(left), Some(right)) = (left.to_number(), right.to_number()) else {
        return Value::Undefined;
    };
    let order = left.compare(right);
    Value::Boolean(match comparison {
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        _ => order != Ordering::Less,
    })
}

pub(super) fn apply<'a>(
    operator: Operator,
    left: Value<'a>,
    right: Value<'a>,
    version: SqlVersion,
) -> Value<'a> {
    if operator == Operator::Add {
        return add(left, right, version);
    }
    let (Some(left), Some(right)) = (number(&left), number(&right)) else {
        return Value::Undefined;
    };
    Value::number(match operator {
        Operator::Subtract => left.subtract(right),
        Operator::Multiply => left.multiply(right),
        Operator::Divide => left.divide(right),
        _ => left.remainder(right),
    })
}

/// A side that is a text makes the other one, too; else numbers are added. Other texts are no numbers here.
fn add<'a>(left: Value<'a>, right: Value<'a>, version: SqlVersion) -> Value<'a> {
    match (&left, &right) {
        (Value::Number(left), Value::Number(right)) => Value::number(left.add(*right)),
        (Value::Text(_), _) | (_, Value::Text(_)) => {
            let (Some(left), Some(right)) = (left.into_text(version), right.into_text(version))
            else {
                return Value::Undefined;
            };
            let mut text = left.into_owned();
            text.push_str(&right);
            Value::text(text)
        }
        _ => Value::Undefined,
    }
}

/// An operand: a text that looks like a number is a decimal, even without a fraction.
pub(super) fn number(value: &Value<'_>) -> Option<Number> {
    let number = value.to_number()?;
    Some(match value {
        Value::Text(_) => Number::Decimal(number.decimal()),
        _ => number,
    })
}
