//! From a statement's text to what it says.

use super::parser::{Parser, is_keyword};
use super::token::{Kind, malformed};
use super::{Change, Select, Source, Statement, condition, literal, set};
use crate::error::{Invalid, Result};
use crate::expression::{Condition, Update};
use crate::request::Returned;
use crate::value::AttributeValue;

impl Statement {
    /// Reads a statement; the parameters stand for its question marks, in order.
    ///
    /// # Errors
    /// What the service says of a statement that is none, before it looks at tables.
    pub fn parse(text: &str, parameters: Vec<AttributeValue>) -> Result<Self> {
        let mut parser = Parser::new(text, parameters)?;
        let statement = match () {
            () if parser.tokens.word("SELECT") => Self::Select(select(&mut parser)?),
            () if parser.tokens.peek().is_word("EXISTS") && parser.calls() => {
                parser.tokens.next();
                parser.expect_sign("(")?;
                parser.expect_word("SELECT")?;
                let select = select(&mut parser)?;
                parser.expect_sign(")")?;
                Self::Exists(select)
            }
            () if parser.tokens.word("INSERT") => insert(&mut parser)?,
            () if parser.tokens.word("UPDATE") => update(&mut parser)?,
            () if parser.tokens.word("FROM") => from_first(&mut parser)?,
            () if parser.tokens.word("DELETE") => delete(&mut parser)?,
            () => return Err(other(&mut parser)),
        };
        parser.finish()?;
        Ok(statement)
    }
}

/// Refuses what is no statement: perhaps an expression.
fn other(parser: &mut Parser<'_>) -> Invalid {
    let token = parser.tokens.peek();
    if matches!(token.kind, Kind::End) || is_keyword(&token) || token.kind == Kind::Sign {
        return parser.no_term();
    }
    parser.tokens.next();
    match parser.tokens.peek().is_word("IS") {
        true => Invalid::new("Unsupported operation: IsType"),
        false => malformed("Unexpected token after expression"),
    }
}

fn select(parser: &mut Parser<'_>) -> Result<Select> {
    let mut columns = Vec::new();
    let mut all = false;
    if parser.tokens.peek().is_word("DISTINCT") {
        return Err(Invalid::new("Unsupported clause: DISTINCT"));
    }
    loop {
        if parser.tokens.sign("*") {
            all = true;
        } else if parser.calls() {
            return Err(parser.refuse("Unexpected path component", parser.tokens.peek()));
        } else {
            let (path, name) = parser.path()?;
            if parser.tokens.peek().is_word("AS") {
                return Err(Invalid::new("Aliasing is not supported"));
            }
            columns.push((name, path));
        }
        if !parser.tokens.sign(",") {
            break;
        }
    }
    if all && !columns.is_empty() {
        return Err(Invalid::new(
            "Other attributes should not be present in the projection when '*' is used.",
        ));
    }
    for (at, (name, _)) in columns.iter().enumerate() {
        if columns[..at].iter().any(|(earlier, _)| earlier == name) {
            return Err(Invalid::new(format!(
                "Duplicate identifiers in select clause: {name}"
            )));
        }
    }
    parser.expect_word("FROM")?;
    let source = parser.source("Unexpected term")?;
    parser.no_alias()?;
    if parser.tokens.sign(",") || parser.tokens.peek().is_word("JOIN") {
        return Err(Invalid::new(
            "Only select from a single table or index is supported.",
        ));
    }
    let condition = condition::of_where(parser)?;
    for clause in ["GROUP", "HAVING", "LIMIT", "OFFSET"] {
        if parser.tokens.peek().is_word(clause) {
            return Err(Invalid::new(format!("Unsupported clause: {clause}")));
        }
    }
    let order = order(parser)?;
    if !order.is_empty() && condition.is_none() && parser.at_end() {
        return Err(Invalid::new(
            "Must have WHERE clause in the statement when using ORDER BY clause.",
        ));
    }
    Ok(Select {
        source,
        columns,
        condition,
        order,
    })
}

fn order(parser: &mut Parser<'_>) -> Result<Vec<(String, bool)>> {
    let mut found = Vec::new();
    if !parser.tokens.word("ORDER") {
        return Ok(found);
    }
    parser.expect_word("BY")?;
    loop {
        let (path, _) = parser.path()?;
        if !path.steps.is_empty() {
            return Err(Invalid::new(
                "Argument to ORDER BY must be of type VariableReference. Type: Path",
            ));
        }
        let descending = parser.tokens.word("DESC");
        if !descending {
            parser.tokens.word("ASC");
        }
        found.push((path.attribute, descending));
        if !parser.tokens.sign(",") {
            return Ok(found);
        }
    }
}

/// Refuses an index where there is something to write.
fn table_only(source: Source) -> Result<Source> {
    match source.index {
        None => Ok(source),
        Some(_) => Err(Invalid::new("This operation is not supported on an index")),
    }
}

const SIMPLE_PATH: &str = "Expected identifier for simple path";

fn insert(parser: &mut Parser<'_>) -> Result<Statement> {
    parser.expect_word("INTO")?;
    let source = parser.source(SIMPLE_PATH)?;
    if parser.tokens.peek().is_word("VALUES")
        || parser.tokens.peek().is_word("SELECT")
        || parser.tokens.peek().is_sign("<<")
    {
        return Err(Invalid::new(
            "Unsupported operation: Inserting multiple items in a single statement is not supported, use \"INSERT INTO tableName VALUE item\" instead",
        ));
    }
    if !parser.tokens.word("VALUE") {
        return Err(malformed("Unexpected token after expression"));
    }
    let item = literal::item(parser)?;
    if parser.tokens.peek().is_word("RETURNING") {
        return Err(Invalid::new("RETURNING is not supported in INSERT"));
    }
    Ok(Statement::Insert(table_only(source)?, item))
}

fn update(parser: &mut Parser<'_>) -> Result<Statement> {
    let source = parser.source(SIMPLE_PATH)?;
    parser.no_alias()?;
    let update = set::clauses(parser)?;
    let condition = condition::of_where(parser)?;
    changed(parser, source, update, condition)
}

/// `FROM … WHERE … SET …`, which is an update too.
fn from_first(parser: &mut Parser<'_>) -> Result<Statement> {
    let source = parser.source("Unexpected term")?;
    parser.no_alias()?;
    let condition = condition::of_where(parser)?;
    let update = set::clauses(parser)?;
    changed(parser, source, update, condition)
}

/// An update, of which what it returns comes last.
fn changed(
    parser: &mut Parser<'_>,
    source: Source,
    update: Update,
    condition: Option<Condition>,
) -> Result<Statement> {
    let returned = returned(parser)?.map_or(Returned::None, |(returned, _)| returned);
    Ok(Statement::Update(Change {
        source: table_only(source)?,
        update,
        condition,
        returned,
    }))
}

fn delete(parser: &mut Parser<'_>) -> Result<Statement> {
    parser.expect_word("FROM")?;
    let source = parser.source(SIMPLE_PATH)?;
    parser.no_alias()?;
    let condition = condition::of_where(parser)?;
    let returned = match returned(parser)? {
        None => Returned::None,
        Some((Returned::AllOld, _)) => Returned::AllOld,
        Some((_, given)) => {
            return Err(Invalid::new(format!(
                "Invalid returning clause: RETURNING {given} *. Only RETURNING ALL OLD * is allowed in DELETE statements."
            )));
        }
    };
    Ok(Statement::Delete(Change {
        source: table_only(source)?,
        update: Update::default(),
        condition,
        returned,
    }))
}

/// What `RETURNING` wants, and how it says so.
fn returned(parser: &mut Parser<'_>) -> Result<Option<(Returned, String)>> {
    if !parser.tokens.word("RETURNING") {
        return Ok(None);
    }
    let wrong =
        || Invalid::new("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause");
    let (what, when) = (parser.tokens.next().text, parser.tokens.next().text);
    let given = format!("{what} {when}").to_ascii_uppercase();
    let returned = match given.as_str() {
        "ALL OLD" => Returned::AllOld,
        "ALL NEW" => Returned::AllNew,
        "MODIFIED OLD" => Returned::UpdatedOld,
        "MODIFIED NEW" => Returned::UpdatedNew,
        _ => return Err(wrong()),
    };
    if !parser.tokens.sign("*") {
        return Err(wrong());
    }
    if parser.tokens.peek().is_sign(",") {
        return Err(Invalid::new(
            "Invalid syntax with multiple returning elements in RETURNING clause",
        ));
    }
    Ok(Some((returned, given)))
}
