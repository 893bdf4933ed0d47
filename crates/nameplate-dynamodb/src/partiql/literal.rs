//! Values as a statement writes them. Developer guide: PartiQL data types.

use super::parser::Parser;
use super::token::{Kind, Token, malformed};
use crate::error::{Invalid, Result};
use crate::number::Number;
use crate::value::{AttributeValue, Item};
use std::collections::BTreeSet;

/// Levels of lists and maps in one another, and what the innermost holds. Developer guide: quotas.
const LEVELS: usize = 32;

/// Whether a value begins here.
pub(super) fn begins(token: &Token<'_>) -> bool {
    match token.kind {
        Kind::Text | Kind::Number | Kind::Ion | Kind::Parameter => true,
        Kind::Sign => ["{", "[", "<<", "-", "+"].contains(&token.text),
        Kind::Word => ["TRUE", "FALSE", "NULL"]
            .iter()
            .any(|word| token.is_word(word)),
        _ => false,
    }
}

/// The value of an attribute, or the one that it is compared with.
pub(super) fn value(parser: &mut Parser<'_>) -> Result<AttributeValue> {
    match parser.tokens.peek().kind {
        Kind::Parameter => parser.parameter(),
        _ => read(parser, "root".to_owned(), 0),
    }
}

/// The item of an INSERT.
pub(super) fn item(parser: &mut Parser<'_>) -> Result<Item> {
    if !parser.tokens.peek().is_sign("{") {
        return Err(Invalid::new(
            "Unsupported format in item expression. Please use struct format {...} to express item values for insert statement.",
        ));
    }
    members(parser, "root", |parser, _| value(parser))
}

fn members<'t>(
    parser: &mut Parser<'t>,
    path: &str,
    mut member: impl FnMut(&mut Parser<'t>, String) -> Result<AttributeValue>,
) -> Result<Item> {
    parser.expect_sign("{")?;
    let mut item = Item::new();
    if parser.tokens.sign("}") {
        return Ok(item);
    }
    loop {
        let name = parser.tokens.next();
        if name.kind != Kind::Text {
            let kind = match name.kind {
                Kind::Number => "Number",
                Kind::Word | Kind::Quoted => "VariableReference",
                Kind::Parameter => "Parameter",
                _ => return Err(malformed("Unexpected term")),
            };
            return Err(Invalid::new(format!(
                "Tuple keys must be of type String. Actual type: {kind} under {path}"
            )));
        }
        let name = name.content().into_owned();
        parser.expect_sign(":")?;
        let value = member(parser, format!("{path}.{name}"))?;
        if item.insert(name.clone(), value).is_some() {
            return Err(Invalid::new(format!(
                "Duplicate keys in tuple. Key: {name} under {path}"
            )));
        }
        if !parser.tokens.sign(",") {
            break;
        }
    }
    parser.expect_sign("}")?;
    Ok(item)
}

fn read(parser: &mut Parser<'_>, path: String, depth: usize) -> Result<AttributeValue> {
    if depth >= LEVELS {
        return Err(Invalid::new(format!(
            "Nesting Levels have exceeded supported limits under {path}"
        )));
    }
    let token = parser.tokens.peek();
    match token.kind {
        Kind::Text => {
            parser.tokens.next();
            Ok(AttributeValue::S(token.content().into_owned()))
        }
        Kind::Number => number(parser, &path).map(|(number, _)| AttributeValue::N(number)),
        Kind::Sign if matches!(token.text, "+" | "-") => {
            number(parser, &path).map(|(number, _)| AttributeValue::N(number))
        }
        Kind::Sign if token.text == "[" => {
            parser.tokens.next();
            let mut items = Vec::new();
            if !parser.tokens.sign("]") {
                loop {
                    let at = format!("{path}[{}]", items.len());
                    items.push(read(parser, at, depth + 1)?);
                    if !parser.tokens.sign(",") {
                        break;
                    }
                }
                parser.expect_sign("]")?;
            }
            Ok(AttributeValue::L(items))
        }
        Kind::Sign if token.text == "{" => {
            members(parser, &path, |parser, path| read(parser, path, depth + 1))
                .map(AttributeValue::M)
        }
        Kind::Sign if token.text == "<<" => bag(parser, &path),
        Kind::Word if token.is_word("TRUE") || token.is_word("FALSE") => {
            parser.tokens.next();
            Ok(AttributeValue::Bool(token.is_word("TRUE")))
        }
        Kind::Word if token.is_word("NULL") => {
            parser.tokens.next();
            Ok(AttributeValue::Null)
        }
        Kind::Word if token.is_word("MISSING") => {
            Err(Invalid::new("MISSING must be compared using IS operator"))
        }
        Kind::Ion => Err(Invalid::new(format!(
            "Ion Literals are not supported: {} under key {path}",
            token.text
        ))),
        Kind::Parameter => Err(unsupported(parser, "Parameter", &path, token)),
        Kind::Word if parser.calls() => {
            let function = token.text.to_lowercase();
            Err(unsupported(parser, &function, &path, token))
        }
        Kind::Word | Kind::Quoted if !super::parser::is_keyword(&token) => {
            Err(unsupported(parser, "VariableReference", &path, token))
        }
        _ => Err(parser.no_term()),
    }
}

fn unsupported(parser: &Parser<'_>, what: &str, path: &str, token: Token<'_>) -> Invalid {
    let why = format!("Unsupported data type: {what} under key {path}");
    parser.refuse(&why, token)
}

/// A number with its signs, and its text.
fn number(parser: &mut Parser<'_>, path: &str) -> Result<(Number, String)> {
    let mut negative = false;
    while let Some(minus) = sign(parser) {
        negative ^= minus;
    }
    let token = parser.tokens.peek();
    if token.kind != Kind::Number {
        return Err(parser.no_term());
    }
    parser.tokens.next();
    if !fits(token.text) {
        return Err(malformed(""));
    }
    let text = format!("{}{}", if negative { "-" } else { "" }, token.text);
    match Number::parse(&text) {
        Ok(number) => Ok((number, text)),
        Err(why) => Err(Invalid::new(format!("{why} under {path}"))),
    }
}

/// Whether a sign stands here, and whether it is a minus.
fn sign(parser: &mut Parser<'_>) -> Option<bool> {
    let minus = parser.tokens.sign("-");
    (minus || parser.tokens.sign("+")).then_some(minus)
}

/// Whether exponent and scale are numbers of 32 bits, as the service's decimals want them.
fn fits(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let fraction = mantissa.split_once('.').map_or(0, |(_, after)| after.len());
    let Ok(exponent) = exponent.parse::<i32>() else {
        return false;
    };
    // Lengths are those of a statement.
    i32::try_from(fraction as i64 - i64::from(exponent)).is_ok()
}

/// A set: strings or numbers.
fn bag(parser: &mut Parser<'_>, path: &str) -> Result<AttributeValue> {
    parser.expect_sign("<<")?;
    if parser.tokens.sign(">>") {
        return Err(Invalid::new("Empty bags are not supported"));
    }
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    loop {
        let token = parser.tokens.peek();
        match token.kind {
            Kind::Text => {
                parser.tokens.next();
                texts.push(token.content().into_owned());
            }
            Kind::Number => numbers.push(number(parser, path)?),
            Kind::Sign if matches!(token.text, "-" | "+") => numbers.push(number(parser, path)?),
            Kind::Parameter => return Err(unsupported(parser, "Parameter", path, token)),
            _ => {
                return Err(Invalid::new(
                    "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags",
                ));
            }
        }
        if !parser.tokens.sign(",") {
            break;
        }
    }
    parser.expect_sign(">>")?;
    let repeated = |all: Vec<&str>, end: &str| {
        Invalid::parameters(format!(
            "Input collection [{}] contains duplicates{end}",
            all.join(", ")
        ))
    };
    match (texts.is_empty(), numbers.is_empty()) {
        (false, false) => Err(Invalid::new(format!(
            "Unexpected data type Number in String Set under key {path}"
        ))),
        (false, true) => {
            let set: BTreeSet<String> = texts.iter().cloned().collect();
            match set.len() < texts.len() {
                true => Err(repeated(texts.iter().map(String::as_str).collect(), ".")),
                false => Ok(AttributeValue::Ss(set)),
            }
        }
        _ => {
            let set: BTreeSet<Number> = numbers.iter().map(|(number, _)| *number).collect();
            match set.len() < numbers.len() {
                true => {
                    let texts = numbers.iter().map(|(_, text)| text.as_str()).collect();
                    Err(repeated(texts, &format!("! under {path}")))
                }
                false => Ok(AttributeValue::Ns(set)),
            }
        }
    }
}
