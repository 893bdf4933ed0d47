//! Statements of PartiQL: one by one, and several together or not at all.

use super::page::Place;
use super::refusal::Reason;
use super::transact::cancelled;
use super::write::{Written, check};
use super::{Known, Tables};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use nameplate_dynamodb::expression::{Path, Projection};
use nameplate_dynamodb::partiql::{Select, Statement};
use nameplate_dynamodb::request::{
    Asked, Get, Returned, Select as Answered, TransactGet, TransactWrite, Write,
};
use nameplate_dynamodb::table::Index;
use nameplate_dynamodb::value::{item_text, stored_item};
use nameplate_dynamodb::{Invalid, Item};
use std::sync::Arc;

/// Bytes of items that a page of a statement looks at. API reference: ExecuteStatement.
const PAGE_BYTES: usize = 1024 * 1024;

/// How a statement is carried out.
#[derive(Debug, Clone, Default)]
pub struct How {
    /// Whether it counts as a consistent read, which here all are.
    pub consistent: bool,
    /// Items to look at.
    pub limit: Option<u64>,
    /// Where to go on.
    pub from: Cursor,
    /// Whether the item is told where a condition does not hold.
    pub tells: bool,
}

/// How far a statement that reads has come.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cursor {
    /// Which of its reads is next.
    pub read: usize,
    /// The key behind which to go on.
    pub after: Option<Item>,
}

/// What a statement came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Executed {
    /// The table.
    pub table: String,
    /// The index that was read, and whether it has the table's partitions.
    pub index: Option<(String, bool)>,
    /// What is answered of items, as JSON.
    pub items: Vec<String>,
    /// Bytes that were looked at.
    pub bytes: usize,
    /// Where the next page begins.
    pub next: Option<Cursor>,
    /// What was written.
    pub written: Option<Written>,
}

impl Tables {
    /// Carries a statement out.
    ///
    /// # Errors
    /// There is no such table or index, a condition does not hold, or the statement does not fit the table.
    pub async fn execute(
        &self,
        caller: &Caller,
        statement: Statement,
        how: How,
    ) -> Result<Executed> {
        let known = self.table_now(&statement.source().table).await?;
        match statement {
            Statement::Select(select) => self.select(&known, &select, how).await,
            Statement::Exists(_) => Err(Error::invalid(
                "EXISTS can only be used in ExecuteTransaction write requests.",
            )),
            statement => {
                let write = statement.write(&known.table.schema)?;
                let Some(mut write) = write else {
                    return Ok(Executed::default());
                };
                write.tells = how.tells;
                let written = self.write(caller, write).await?;
                Ok(of_write(&known, written))
            }
        }
    }

    /// Carries out one of a batch, which reads one item by its key, or writes one.
    ///
    /// # Errors
    /// As for one by itself; and where it reads, it does not name one item.
    pub async fn execute_one(
        &self,
        caller: &Caller,
        statement: Statement,
        how: How,
    ) -> Result<Executed> {
        let Statement::Select(select) = &statement else {
            return self.execute(caller, statement, how).await;
        };
        let known = self.table_now(&select.source.table).await?;
        let key = match &select.source.index {
            None => select.key(&known.table.schema)?,
            Some(_) => None,
        };
        if key.is_none() {
            return Err(Error::invalid(
                "Select statements within BatchExecuteStatement must specify the primary key in the where clause.",
            ));
        }
        self.select(&known, select, how).await
    }

    async fn select(&self, known: &Arc<Known>, select: &Select, how: How) -> Result<Executed> {
        let index = index_of(known, select, how.consistent)?;
        let reads = select.reads(&known.table, index)?;
        let mut found = Executed {
            table: known.table.name.clone(),
            index: index.map(|index| (index.name.clone(), index.local)),
            ..Executed::default()
        };
        let answered = match select.columns.is_empty() {
            true => Answered::All(false),
            false => Answered::Parts(Projection::of_attributes(attributes(select))),
        };
        let mut left = how.limit;
        let mut after = how.from.after;
        for (at, read) in reads.all.iter().enumerate().skip(how.from.read) {
            let asked = Asked {
                table: select.source.table.clone(),
                index: select.source.index.clone(),
                filter: read.filter.clone(),
                filter_name: "WHERE clause",
                select: answered.clone(),
                limit: left,
                start: after.take(),
                consistent: how.consistent,
            };
            let place = match &read.keys {
                Some(keys) => Place::Partition(keys, reads.forward),
                None => Place::Segment(0, 1),
            };
            let page = self.read_page(known, index, &asked, place).await?;
            for item in page.items {
                found.items.push(columns(select, item)?);
            }
            found.bytes += page.bytes;
            if let Some(next) = page.next {
                let after = Some(next);
                found.next = Some(Cursor { read: at, after });
                break;
            }
            left = left.map(|left| left.saturating_sub(page.scanned as u64));
            let full = left == Some(0) || found.bytes >= PAGE_BYTES;
            if full && at + 1 < reads.all.len() {
                let read = at + 1;
                found.next = Some(Cursor { read, after: None });
                break;
            }
        }
        Ok(found)
    }

    /// Carries statements out together or not at all: all of them read, or all of them write. Each comes with whether its
    /// item is told where a condition does not hold.
    ///
    /// # Errors
    /// What the service says of a statement that cannot be part of a transaction; what parts of it met.
    pub async fn execute_together(
        &self,
        caller: &Caller,
        statements: Vec<(Statement, bool)>,
        token: Option<String>,
    ) -> Result<Vec<Executed>> {
        let reading = statements.iter().filter(|(one, _)| one.reads()).count();
        let mut parts = Vec::with_capacity(statements.len());
        let mut reasons = Vec::with_capacity(statements.len());
        for (at, (statement, tells)) in statements.iter().enumerate() {
            let part = match self.table_now(&statement.source().table).await {
                Ok(known) => part(&known, statement, *tells)
                    .map(|part| part.map(|part| (known, part)))
                    .map_err(|why| of_part(at, &why))?,
                Err(error) if error.kind == Kind::NotFound => Err(Reason::NotFound(error.message)),
                Err(error) => return Err(error),
            };
            match part {
                Ok(part) => {
                    parts.push(part);
                    reasons.push(Reason::None);
                }
                Err(reason) => reasons.push(reason),
            }
        }
        if reading > 0 && reading < statements.len() {
            return Err(Error::invalid(
                "Statements of a transaction must all read or all write",
            ));
        }
        if parts.len() < statements.len() {
            return Err(cancelled(reasons));
        }
        let (mut gets, mut writes, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for (known, part) in parts {
            names.push(known.table.name.clone());
            match part {
                Part::Get(get) => gets.push(get),
                Part::Write(write) => writes.push(*write),
            }
        }
        if reading > 0 {
            let found = self.read_together(&TransactGet(gets)).await?;
            let selects = statements.iter().map(|(statement, _)| statement);
            return found
                .into_iter()
                .zip(selects)
                .zip(names)
                .map(|((found, statement), table)| {
                    let shown = match (found.item, statement) {
                        (Some(item), Statement::Select(select)) => Some(columns(select, item)?),
                        _ => None,
                    };
                    Ok(Executed {
                        table,
                        items: shown.into_iter().collect(),
                        bytes: found.bytes,
                        ..Executed::default()
                    })
                })
                .collect();
        }
        let asked = TransactWrite { writes, token };
        let written = self.write_together(caller, asked).await?;
        let one = |(written, table)| Executed {
            table,
            written: Some(written),
            ..Executed::default()
        };
        Ok(written.into_iter().zip(names).map(one).collect())
    }
}

fn of_write(known: &Known, mut written: Written) -> Executed {
    Executed {
        table: known.table.name.clone(),
        items: written.attributes.take().into_iter().collect(),
        written: Some(written),
        ..Executed::default()
    }
}

/// The index that a statement reads.
fn index_of<'k>(known: &'k Known, select: &Select, consistent: bool) -> Result<Option<&'k Index>> {
    let Some(name) = &select.source.index else {
        return Ok(None);
    };
    let found = known.table.indexes.iter().find(|index| index.name == *name);
    let index =
        found.ok_or_else(|| Error::invalid("The table does not have the specified index"))?;
    if index.backfilling {
        return Err(Error::invalid(format!(
            "Cannot read from backfilling global secondary index: {name}"
        )));
    }
    if consistent && !index.local {
        return Err(Error::invalid(
            "Strongly consistent read is not supported on Global Secondary Indexes",
        ));
    }
    Ok(Some(index))
}

/// The attributes of which a statement answers something, each once.
fn attributes(select: &Select) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (_, path) in &select.columns {
        if !found.contains(&path.attribute) {
            found.push(path.attribute.clone());
        }
    }
    found
}

/// The columns of an item.
fn columns(select: &Select, item: String) -> Result<String> {
    if select.columns.is_empty() {
        return Ok(item);
    }
    let item = stored_item(item.as_bytes()).map_err(Error::internal)?;
    let of = |(name, path): &(String, Path)| Some((name.clone(), path.get(&item)?.clone()));
    let shown: Item = select.columns.iter().filter_map(of).collect();
    Ok(item_text(&shown))
}

/// One of several that are carried out together.
enum Part {
    Get(Get),
    Write(Box<Write>),
}

/// Why a part cannot be one.
fn of_part(at: usize, why: &Invalid) -> Error {
    Error::invalid(format!(
        "Validation failed in TransactStatements[{at}]: {why}"
    ))
}

/// What a statement comes to as a part of a transaction, or for what the whole is cancelled.
///
/// # Errors
/// It cannot be a part of one.
fn part(
    known: &Known,
    statement: &Statement,
    tells: bool,
) -> std::result::Result<std::result::Result<Part, Reason>, Invalid> {
    let schema = &known.table.schema;
    let no_key =
        || Reason::Invalid("The provided key element does not match the schema".to_owned());
    match statement {
        Statement::Select(select) => {
            if select.source.index.is_some() {
                return Err(Invalid::new(
                    "Reads on indices are not supported within transactions.",
                ));
            }
            let Some(key) = select.key(schema)? else {
                return Err(Invalid::new(
                    "Select statements within ExecuteTransaction must specify the primary key in the where clause.",
                ));
            };
            let get = Get {
                table: select.source.table.clone(),
                key,
                projection: None,
                consistent: true,
            };
            return Ok(match schema.of_key(&get.key) {
                Ok(_) => Ok(Part::Get(get)),
                Err(why) if why.is_of_the_request() => return Err(why),
                Err(_) => Err(no_key()),
            });
        }
        Statement::Update(change) | Statement::Delete(change)
            if change.returned != Returned::None =>
        {
            return Err(Invalid::new(
                "RETURNING clause is not supported in ExecuteTransaction.",
            ));
        }
        _ => {}
    }
    let changes = matches!(statement, Statement::Update(_) | Statement::Delete(_));
    let mut write = match statement.clone().write(schema) {
        Ok(Some(write)) => write,
        Ok(None) => return Ok(Err(no_key())),
        Err(_) if changes => return Ok(Err(no_key())),
        Err(why) => return Err(why),
    };
    write.tells = tells;
    Ok(match check(&known.table, &write) {
        Ok(_) => Ok(Part::Write(Box::new(write))),
        Err(why) if why.is_of_the_request() => return Err(why),
        Err(why) => Err(Reason::Invalid(why.0)),
    })
}
