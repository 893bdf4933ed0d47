//! What an UPDATE does: its SET and REMOVE clauses. Developer guide: PartiQL update statements.

use super::condition::kind;
use super::literal;
use super::parser::Parser;
use super::token::malformed;
use crate::error::{Invalid, Result};
use crate::expression::{Path, SetOperand, SetValue, Update, clash};
use crate::value::AttributeValue;

/// The clauses, one at least.
pub(super) fn clauses(parser: &mut Parser<'_>) -> Result<Update> {
    let mut update = Update::default();
    let mut any = false;
    loop {
        if parser.tokens.word("SET") {
            any = true;
            assign(parser, &mut update)?;
            while parser.tokens.sign(",") {
                assign(parser, &mut update)?;
            }
        } else if parser.tokens.word("REMOVE") {
            any = true;
            update.remove.push(parser.path()?.0);
            while parser.tokens.sign(",") {
                update.remove.push(parser.path()?.0);
            }
        } else {
            break;
        }
    }
    if !any {
        return Err(malformed("Unexpected token after expression"));
    }
    let paths: Vec<Path> = update.paths().cloned().collect();
    match clash(&paths) {
        Some(why) => Err(Invalid::new(why)),
        None => Ok(update),
    }
}

fn assign(parser: &mut Parser<'_>, update: &mut Update) -> Result<()> {
    let (path, _) = parser.path()?;
    parser.expect_sign("=")?;
    if parser.calls() {
        let token = parser.tokens.peek();
        let name = token.text.to_lowercase();
        if let "set_add" | "set_delete" = name.as_str() {
            let set = of_set(parser, &name, &path)?;
            match name.as_str() {
                "set_add" => update.add.push((path, set)),
                _ => update.delete.push((path, set)),
            }
            return Ok(());
        }
    }
    let first = operand(parser)?;
    let value = match () {
        () if parser.tokens.sign("+") => {
            parser.operator()?;
            let second = operand(parser)?;
            numbers("+", &[&first, &second])?;
            SetValue::Plus(first, second)
        }
        () if parser.tokens.sign("-") => {
            parser.operator()?;
            let second = operand(parser)?;
            numbers("-", &[&first, &second])?;
            SetValue::Minus(first, second)
        }
        () => SetValue::Of(first),
    };
    update.set.push((path, value));
    Ok(())
}

fn numbers(sign: &str, operands: &[&SetOperand]) -> Result<()> {
    for operand in operands {
        if let SetOperand::Value(value) = operand
            && !matches!(value, AttributeValue::N(_))
        {
            return Err(kind(sign, value.kind()));
        }
    }
    Ok(())
}

fn operand(parser: &mut Parser<'_>) -> Result<SetOperand> {
    if literal::begins(&parser.tokens.peek()) {
        return literal::value(parser).map(SetOperand::Value);
    }
    if !parser.calls() {
        return Ok(SetOperand::Path(parser.path()?.0));
    }
    let token = parser.tokens.next();
    let name = token.text.to_lowercase();
    if !matches!(name.as_str(), "list_append" | "if_not_exists") {
        return Err(parser.refuse(&format!("Unrecognized function: {name}"), token));
    }
    parser.expect_sign("(")?;
    let first = plain(parser)?;
    let mut rest = Vec::new();
    while parser.tokens.sign(",") {
        rest.push(plain(parser)?);
    }
    parser.expect_sign(")")?;
    let count = rest.len() + 1;
    let (Some(second), 2) = (rest.pop(), count) else {
        return Err(Invalid::new(format!(
            "Incorrect number of operands for operator or function; operator or function: {name}, number of operands: {count}"
        )));
    };
    if name == "if_not_exists" {
        return match first {
            SetOperand::Path(path) => Ok(SetOperand::IfNotExists(path, Box::new(second))),
            _ => Err(Invalid::new(format!(
                "Operator or function requires a document path; operator or function: {name}"
            ))),
        };
    }
    for operand in [&first, &second] {
        if let SetOperand::Value(value) = operand
            && !matches!(value, AttributeValue::L(_))
        {
            return Err(kind(&name, value.kind()));
        }
    }
    Ok(SetOperand::ListAppend(Box::new(first), Box::new(second)))
}

/// A path or a value.
fn plain(parser: &mut Parser<'_>) -> Result<SetOperand> {
    match literal::begins(&parser.tokens.peek()) {
        true => literal::value(parser).map(SetOperand::Value),
        false => Ok(SetOperand::Path(parser.path()?.0)),
    }
}

/// The second argument of a function that changes the set it is assigned to.
fn of_set(parser: &mut Parser<'_>, name: &str, path: &Path) -> Result<AttributeValue> {
    let function = parser.tokens.next();
    let shown = name.to_uppercase();
    parser.expect_sign("(")?;
    let place = parser.tokens.peek();
    let first = plain(parser)?;
    let mut rest = Vec::new();
    while parser.tokens.sign(",") {
        rest.push(plain(parser)?);
    }
    parser.expect_sign(")")?;
    let (Some(second), true) = (rest.pop(), rest.is_empty()) else {
        let why = format!("{shown} must have exactly two arguments");
        return Err(parser.refuse(&why, function));
    };
    if first != SetOperand::Path(path.clone()) {
        let why = format!("The first argument to {shown} must equal the assignment value");
        return Err(parser.refuse(&why, function));
    }
    match second {
        SetOperand::Value(
            set @ (AttributeValue::Ss(_) | AttributeValue::Ns(_) | AttributeValue::Bs(_)),
        ) => Ok(set),
        _ => {
            let why = format!("The second argument to {shown} must be a value with type SET");
            Err(parser.refuse(&why, place))
        }
    }
}
