//! A database of PostgreSQL as one side of a copy.
//!
//! While a copy is made, the database says that it belongs to the copying, so that no server takes it for a registry.

use super::lease::{self, Lease};
use super::migrate;
use super::options::PostgresOptions;
use super::session::{Fence, Session};
use crate::copy::{Kind, Origin, Side, Table};
use crate::sql::{Datum, Value};
use crate::{Error, Result};
use std::path::Path;
use std::time::Duration;
use tokio_postgres::types::ToSql;

/// How long one statement may take: the rows of a table are counted.
const STATEMENT: Duration = Duration::from_secs(600);

/// A database, held.
pub(crate) struct PostgresSide {
    session: Session,
    options: PostgresOptions,
    lease: Option<Lease>,
}

impl PostgresSide {
    /// A registry to read. `directory` is the data directory that goes with it, if there is one.
    pub(crate) fn source(
        options: &PostgresOptions,
        directory: Option<&Path>,
        waits: &mut dyn FnMut(&str),
    ) -> Result<Self> {
        let options = options.clone().with_statement_limit(STATEMENT);
        let session = Session::first(&options)?;
        migrate::check(&session, &options)?;
        if !migrate::is_there(&session, &options)? {
            return Err(Error::Refused(format!(
                "there is no registry in the database {}",
                options.place()
            )));
        }
        let found = migrate::version_of(&session, &options)?;
        crate::copy::same_version(found, migrate::known(), &options.place())?;
        Self::held(session, options, directory, waits)
    }

    /// A place for a copy of that registry, empty or with a part of it.
    pub(crate) fn target(
        options: &PostgresOptions,
        directory: Option<&Path>,
        origin: &Origin,
        version: usize,
        waits: &mut dyn FnMut(&str),
    ) -> Result<Self> {
        let options = options.clone().with_statement_limit(STATEMENT);
        let session = Session::first(&options)?;
        migrate::prepare_copy(&session, &options, origin, version)?;
        Self::held(session, options, directory, waits)
    }

    /// One state of a registry that is served, read over a connection of its own.
    pub(super) fn snapshot(options: &PostgresOptions) -> Result<Self> {
        let options = options.clone().with_statement_limit(STATEMENT);
        let session = Session::open(&options)?;
        session
            .batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .map_err(Error::from)?;
        // The state is settled by the first statement.
        session.query("SELECT COUNT(*) FROM meta", &[])?;
        Ok(Self {
            session,
            options,
            lease: None,
        })
    }

    fn held(
        session: Session,
        options: PostgresOptions,
        directory: Option<&Path>,
        waits: &mut dyn FnMut(&str),
    ) -> Result<Self> {
        let node = match directory {
            Some(directory) if directory.is_dir() => lease::node_of(directory)?,
            _ => uuid::Uuid::new_v4().to_string(),
        };
        let lease = Lease::take(&session, &options, &node, waits, None)?;
        Ok(Self {
            session,
            options,
            lease: Some(lease),
        })
    }
}

impl Side for PostgresSide {
    fn page(
        &mut self,
        table: &Table,
        behind: Option<&[Datum]>,
        limit: usize,
    ) -> Result<Vec<Vec<Datum>>> {
        let params: Vec<Value<'_>> = behind
            .unwrap_or_default()
            .iter()
            .map(Datum::as_value)
            .collect();
        let rows = self
            .session
            .query(&table.page(behind.is_some(), limit), &params)?;
        rows.iter().map(|row| read(table, row)).collect()
    }

    fn count(&mut self, table: &Table) -> Result<u64> {
        let rows = self
            .session
            .query(&format!("SELECT COUNT(*) FROM {}", table.name), &[])?;
        let count = rows.first().map(|row| super::int(row, 0)).transpose()?;
        Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
    }

    fn last(&mut self, table: &Table) -> Result<Option<Vec<Datum>>> {
        let rows = self.session.query(&table.last(), &[])?;
        rows.first().map(|row| read(table, row)).transpose()
    }

    fn append(&mut self, table: &Table, rows: Vec<Vec<Datum>>) -> Result<()> {
        let columns = columns_of(table, &rows)?;
        let marks: Vec<String> = table
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let kind = match column.kind {
                    Kind::Int => "bigint",
                    Kind::Text => "text",
                    Kind::Blob => "bytea",
                };
                format!("${}::{kind}[]", at + 1)
            })
            .collect();
        let insert = format!(
            "INSERT INTO {} ({}) SELECT * FROM unnest({})",
            table.name,
            table.column_names(),
            marks.join(", ")
        );
        let params: Vec<&(dyn ToSql + Sync)> = columns.iter().map(AsRef::as_ref).collect();
        // It fails where the database is no longer held.
        let holder = self.lease.as_ref().ok_or(Error::Closed)?.holder.clone();
        self.session.begin(&Fence::Alone(holder))?;
        self.session.fill(&insert, &params)?;
        self.session.commit().map_err(|lost| lost.failure.into())
    }

    fn finish(&mut self) -> Result<()> {
        migrate::finish_copy(&self.session, &self.options)
    }

    fn release(mut self: Box<Self>) {
        if let Some(lease) = self.lease.take() {
            lease.end(&self.session);
        }
    }
}

fn read(table: &Table, row: &tokio_postgres::Row) -> Result<Vec<Datum>> {
    let read = |(at, column): (usize, &crate::copy::Column)| {
        Ok(match column.kind {
            Kind::Int => super::opt_int(row, at)?.map_or(Datum::Null, Datum::Int),
            Kind::Text => row
                .try_get::<_, Option<_>>(at)?
                .map_or(Datum::Null, Datum::Text),
            Kind::Blob => row
                .try_get::<_, Option<_>>(at)?
                .map_or(Datum::Null, Datum::Blob),
        })
    };
    table.columns.iter().enumerate().map(read).collect()
}

/// A column of many rows, as an array.
type Array<'r> = Box<dyn ToSql + Sync + 'r>;

/// Rows turned into columns.
fn columns_of<'r>(table: &Table, rows: &'r [Vec<Datum>]) -> Result<Vec<Array<'r>>> {
    let mut columns = Vec::new();
    for (at, column) in table.columns.iter().enumerate() {
        let cells = rows.iter().map(|row| &row[at]);
        let array: Array<'r> = match column.kind {
            Kind::Int => Box::new(
                cells
                    .map(|datum| match datum {
                        Datum::Int(v) => Some(*v),
                        _ => None,
                    })
                    .collect::<Vec<_>>(),
            ),
            Kind::Blob => Box::new(
                cells
                    .map(|datum| match datum {
                        Datum::Blob(v) => Some(v.as_slice()),
                        _ => None,
                    })
                    .collect::<Vec<_>>(),
            ),
            Kind::Text => {
                let texts: Vec<Option<&'r str>> = cells
                    .map(|datum| match datum {
                        Datum::Text(v) => Some(v.as_str()),
                        _ => None,
                    })
                    .collect();
                if texts.iter().flatten().any(|text| text.contains('\0')) {
                    return Err(Error::Refused(format!(
                        "a row of the table {} has the character U+0000 in {}, which PostgreSQL cannot keep; remove it \
                         from the registry and go on with the same command",
                        table.name, column.name
                    )));
                }
                Box::new(texts)
            }
        };
        columns.push(array);
    }
    Ok(columns)
}
