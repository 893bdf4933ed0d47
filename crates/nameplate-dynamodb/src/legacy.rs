//! Parameters from before expressions, as expressions. API reference: legacy conditional parameters.

use crate::error::{Invalid, Result};
use crate::expression::{
    Comparator, Condition, Operand, Path, SetOperand, SetValue, Update, order,
};
use crate::value::{AttributeValue, check_name};
use serde_json::{Map, Value};

/// The parameter that conditions are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `Expected`
    Expected,
    /// `QueryFilter` and `ScanFilter`
    Filter,
    /// `KeyConditions`
    Keys,
}

/// `Expected`, `QueryFilter`, `ScanFilter` and `KeyConditions`: a condition for each attribute, all of which must hold,
/// or with `OR` one of them.
///
/// # Errors
/// What the service says of a condition that is none.
pub(crate) fn conditions(
    all: Map<String, Value>,
    operator: Option<&str>,
    of: Kind,
) -> Result<Option<Condition>> {
    let mut found: Option<Condition> = None;
    let several = all.len() > 2;
    let mut unordered = false;
    for (name, entry) in all {
        check_name(&name)?;
        let Value::Object(entry) = entry else {
            continue;
        };
        let operator_of = entry.get("ComparisonOperator").and_then(Value::as_str);
        unordered |= operator_of.is_some_and(|one| !INDEXABLE.contains(&one));
        let next = condition(&name, entry, of)?;
        found = Some(match (found, operator) {
            (None, _) => next,
            (Some(before), Some("OR")) => Condition::Or(Box::new(before), Box::new(next)),
            (Some(before), _) => Condition::And(Box::new(before), Box::new(next)),
        });
    }
    match of == Kind::Keys && unordered && !several {
        true => Err(Invalid::new(
            "Attempted conditional constraint is not an indexable operation",
        )),
        false => Ok(found),
    }
}

/// Operators that find keys in their order.
const INDEXABLE: [&str; 7] = ["EQ", "LE", "LT", "GE", "GT", "BEGINS_WITH", "BETWEEN"];

fn condition(name: &str, mut entry: Map<String, Value>, of: Kind) -> Result<Condition> {
    let value = entry
        .remove("Value")
        .map(AttributeValue::parse)
        .transpose()?;
    let list = entry.remove("AttributeValueList");
    if value.is_some() && list.is_some() {
        return Err(Invalid::parameters(format!(
            "Value and AttributeValueList cannot be used together for Attribute: {name}"
        )));
    }
    let exists = entry.get("Exists").and_then(Value::as_bool);
    let operator = entry.get("ComparisonOperator").and_then(Value::as_str);
    let Some(operator) = operator else {
        if list.is_some() {
            return Err(Invalid::parameters(format!(
                "AttributeValueList can only be used with a ComparisonOperator for Attribute: {name}"
            )));
        }
        return match (exists.unwrap_or(true), value) {
            (true, Some(value)) => Ok(compared(name, Comparator::Equal, value)),
            (true, None) => Err(Invalid::parameters(format!(
                "Value must be provided when Exists is {} for Attribute: {name}",
                if exists.is_some() { "true" } else { "null" }
            ))),
            (false, None) => Ok(Condition::NotExists(Path::of(name))),
            (false, Some(_)) => Err(Invalid::parameters(format!(
                "Value cannot be used when Exists is false for Attribute: {name}"
            ))),
        };
    };
    if exists.is_some() {
        return Err(Invalid::parameters(format!(
            "Exists and ComparisonOperator cannot be used together for Attribute: {name}"
        )));
    }
    let list_absent = list.is_none();
    let mut values = match list {
        Some(Value::Array(items)) => items
            .into_iter()
            .map(AttributeValue::parse)
            .collect::<Result<Vec<_>>>()?,
        _ => Vec::new(),
    };
    if let Some(value) = value {
        values.push(value);
    }
    // Of filters it is told as if the list were empty.
    let lacks = of == Kind::Expected && list_absent && values.is_empty();
    if lacks && !matches!(operator, "NULL" | "NOT_NULL") {
        return Err(Invalid::parameters(format!(
            "Value or AttributeValueList must be used with ComparisonOperator: {operator} for Attribute: {name}"
        )));
    }
    of_operator(name, operator, values)
}

fn compared(name: &str, comparator: Comparator, value: AttributeValue) -> Condition {
    Condition::Compare(
        comparator,
        Operand::Path(Path::of(name)),
        Operand::Value(value),
    )
}

fn of_operator(name: &str, operator: &str, values: Vec<AttributeValue>) -> Result<Condition> {
    let fits = match operator {
        "NULL" | "NOT_NULL" => values.is_empty(),
        "BETWEEN" => values.len() == 2,
        "IN" => !values.is_empty(),
        _ => values.len() == 1,
    };
    if !fits {
        return Err(Invalid::parameters(format!(
            "Invalid number of argument(s) for the {operator} ComparisonOperator"
        )));
    }
    if let [first, rest @ ..] = values.as_slice()
        && rest.iter().any(|value| value.kind() != first.kind())
    {
        return Err(Invalid::parameters(
            "AttributeValues inside AttributeValueList must be of same type",
        ));
    }
    if let Some(bad) = values.iter().find(|value| !takes(operator, value)) {
        return Err(Invalid::parameters(format!(
            "ComparisonOperator {operator} is not valid for {} AttributeValue type",
            bad.kind()
        )));
    }
    if let ("BETWEEN", [low, high]) = (operator, values.as_slice())
        && order(low, high).is_some_and(std::cmp::Ordering::is_gt)
    {
        return Err(Invalid::new(
            "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
        ));
    }
    let path = || Path::of(name);
    let operand = || Operand::Path(path());
    let mut values = values.into_iter();
    // As many as the operator takes, which was seen to.
    let mut next = || values.next().unwrap_or(AttributeValue::Null);
    Ok(match operator {
        "EQ" => compared(name, Comparator::Equal, next()),
        "NE" => compared(name, Comparator::NotEqual, next()),
        "LT" => compared(name, Comparator::Less, next()),
        "LE" => compared(name, Comparator::LessOrEqual, next()),
        "GT" => compared(name, Comparator::Greater, next()),
        "GE" => compared(name, Comparator::GreaterOrEqual, next()),
        "NULL" => Condition::NotExists(path()),
        "NOT_NULL" => Condition::Exists(path()),
        "CONTAINS" => Condition::Contains(operand(), Operand::Value(next())),
        "NOT_CONTAINS" => Condition::NotContains(path(), next()),
        "BEGINS_WITH" => Condition::BeginsWith(operand(), Operand::Value(next())),
        "BETWEEN" => Condition::Between(operand(), Operand::Value(next()), Operand::Value(next())),
        "IN" => Condition::In(operand(), values.map(Operand::Value).collect()),
        other => {
            return Err(Invalid::new(format!("Unsupported operator {other}")));
        }
    })
}

/// Whether an operator takes a value of this type. API reference: Condition.
fn takes(operator: &str, value: &AttributeValue) -> bool {
    let scalar = matches!(
        value,
        AttributeValue::S(_) | AttributeValue::N(_) | AttributeValue::B(_)
    );
    match operator {
        "LT" | "LE" | "GT" | "GE" | "BETWEEN" | "IN" => scalar,
        "BEGINS_WITH" => scalar && !matches!(value, AttributeValue::N(_)),
        "CONTAINS" | "NOT_CONTAINS" => {
            scalar || matches!(value, AttributeValue::Bool(_) | AttributeValue::Null)
        }
        _ => true,
    }
}

/// `AttributeUpdates`.
///
/// # Errors
/// What the service says of an update that is none.
pub(crate) fn updates(all: Map<String, Value>) -> Result<Update> {
    let mut update = Update {
        legacy: true,
        ..Update::default()
    };
    for (name, entry) in all {
        check_name(&name)?;
        let Value::Object(mut entry) = entry else {
            continue;
        };
        let action = entry
            .get("Action")
            .and_then(Value::as_str)
            .unwrap_or("PUT")
            .to_owned();
        let value = entry
            .remove("Value")
            .map(AttributeValue::parse)
            .transpose()?;
        let path = Path::of(name);
        match (action.as_str(), value) {
            ("DELETE", None) => update.remove.push(path),
            (_, None) => {
                return Err(Invalid::parameters(
                    "Only DELETE action is allowed when no attribute value is specified",
                ));
            }
            ("PUT", Some(value)) => update
                .set
                .push((path, SetValue::Of(SetOperand::Value(value)))),
            ("ADD", Some(value @ AttributeValue::L(_))) => {
                let before = SetOperand::IfNotExists(
                    path.clone(),
                    Box::new(SetOperand::Value(AttributeValue::L(Vec::new()))),
                );
                let all =
                    SetOperand::ListAppend(Box::new(before), Box::new(SetOperand::Value(value)));
                update.set.push((path, SetValue::Of(all)));
            }
            ("ADD" | "DELETE", Some(value)) => {
                let set = matches!(
                    value,
                    AttributeValue::Ss(_) | AttributeValue::Ns(_) | AttributeValue::Bs(_)
                );
                let number = action == "ADD" && matches!(value, AttributeValue::N(_));
                if !set && !number {
                    let with = if action == "DELETE" {
                        " with value"
                    } else {
                        ""
                    };
                    return Err(Invalid::parameters(format!(
                        "{action} action{with} is not supported for the type {}",
                        value.kind()
                    )));
                }
                match action.as_str() {
                    "ADD" => update.add.push((path, value)),
                    _ => update.delete.push((path, value)),
                }
            }
            _ => {}
        }
    }
    Ok(update)
}
