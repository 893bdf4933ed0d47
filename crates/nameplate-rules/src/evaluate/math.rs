//! Functions of numbers, and `cast`. AWS guide: iot-sql-functions.

use super::operator;
use crate::number::{Decimal, Number};
use crate::syntax::ast::Type;
use crate::syntax::function::Function;
use crate::value::Value;
use crate::version::SqlVersion;

/// A function whose arguments are numbers; others give Undefined.
pub(super) fn call<'a>(function: Function, arguments: &[Value<'a>]) -> Value<'a> {
    let number = |at: usize| arguments.get(at).and_then(Value::to_number);
    let Some(first) = number(0) else {
        return Value::Undefined;
    };
    if arguments.len() == 1 {
        return one(function, first);
    }
    let Some(second) = number(1) else {
        return Value::Undefined;
    };
    match function {
        Function::Atan2 => double(first.to_f64().atan2(second.to_f64())),
        Function::Power => double(first.to_f64().powf(second.to_f64())),
        Function::Mod | Function::Remainder => {
            let operand = |at: usize| operator::number(&arguments[at]);
            Value::number(operand(0).and_then(|left| left.remainder(operand(1)?)))
        }
        Function::Trunc => trunc(first, second),
        Function::BitAnd | Function::BitOr | Function::BitXor => {
            let (Some(left), Some(right)) = (first.truncate(), second.truncate()) else {
                return Value::Undefined;
            };
            Value::int(match function {
                Function::BitAnd => left & right,
                Function::BitOr => left | right,
                _ => left ^ right,
            })
        }
        _ => Value::Undefined,
    }
}

fn one<'a>(function: Function, number: Number) -> Value<'a> {
    use Function as F;
    let whole = |value: Option<i128>| value.map_or(Value::Undefined, Value::int);
    let value = || number.to_f64();
    match function {
        F::Abs if number.signum() < 0 => Value::Number(number.negated()),
        F::Abs => Value::Number(number),
        F::Sign => Value::int(number.signum()),
        F::Ceil => whole(number.ceil()),
        F::Floor => whole(number.floor()),
        F::Round => whole(number.round()),
        F::BitNot => whole(number.truncate().map(|value| !value)),
        F::Acos => double(value().acos()),
        F::Asin => double(value().asin()),
        F::Atan => double(value().atan()),
        F::Cos => double(value().cos()),
        F::Cosh => double(value().cosh()),
        F::Exp => double(value().exp()),
        F::Ln => double(value().ln()),
        F::Log => double(value().log10()),
        F::Sin => double(value().sin()),
        F::Sinh => double(value().sinh()),
        F::Sqrt => double(value().sqrt()),
        F::Tan => double(value().tan()),
        F::Tanh => double(value().tanh()),
        _ => Value::Undefined,
    }
}

/// A result of double precision; Undefined where it is imaginary or infinite.
pub(super) fn double<'a>(value: f64) -> Value<'a> {
    Value::number(Decimal::from_f64(value).map(Number::Decimal))
}

/// Places are brought between 0 and 34.
fn trunc<'a>(number: Number, places: Number) -> Value<'a> {
    let Number::Decimal(decimal) = number else {
        return Value::Number(number);
    };
    let places = match places.truncate() {
        Some(places) => places.clamp(0, 34) as u32,
        None if places.signum() < 0 => 0,
        None => 34,
    };
    Value::Number(Number::Decimal(decimal.cut(places)))
}

/// Beside the standard conversions, between numbers and Booleans. With version 2016-03-23 a decimal without fraction
/// becomes an Int, whatever it was cast to (AWS guide: cast).
pub(super) fn cast<'a>(value: &Value<'a>, kind: Type, version: SqlVersion) -> Value<'a> {
    if kind == Type::Boolean {
        return match value {
            Value::Number(number) => Value::Boolean(number.signum() != 0),
            value => Value::boolean(value.to_boolean()),
        };
    }
    let number = match (value, kind) {
        (Value::Boolean(value), Type::Int) => Some(Number::Int(i128::from(*value))),
        (Value::Boolean(value), _) => {
            Decimal::from_f64(f64::from(u8::from(*value))).map(Number::Decimal)
        }
        (value, Type::Int) => value
            .to_number()
            .and_then(Number::truncate)
            .and_then(Number::int),
        (value, Type::Double) => value.to_number().and_then(|number| match number {
            Number::Int(small)
                if i64::try_from(small).is_ok_and(|small| small.unsigned_abs() < 1 << 53) =>
            {
                Some(number)
            }
            number => Decimal::from_f64(number.to_f64()).map(Number::Decimal),
        }),
        (value, _) => value.to_number(),
    };
    Value::number(number.map(|number| match version.whole_is_int() {
        true => number.normalized(),
        false => number,
    }))
}
