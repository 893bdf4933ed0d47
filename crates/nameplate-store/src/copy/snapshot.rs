//! One committed state of a registry, read table by table, also while it is served and changes.

use super::{
    BATCH_BYTES, Digest, Kind, LARGEST_BATCH, Location, Side, Table, key_of, lines, size_of,
};
use crate::postgres::PostgresSide;
use crate::sql::Datum;
use crate::sqlite::SqliteSide;
use crate::store::MIGRATIONS;
use crate::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// How many rows are read at first, while it is not known how large they are.
const FIRST_BATCH: usize = 32;

/// Number and digest of a table's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDigest {
    /// The table.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 over them in the order of their keys, in hex; the same in every engine.
    pub digest: String,
}

/// One committed state of a registry. All of it blocks.
pub struct Snapshot {
    tables: Vec<Table>,
    side: Box<dyn Side>,
}

impl Snapshot {
    pub(crate) fn over(side: Box<dyn Side>) -> Result<Self> {
        Ok(Self {
            tables: super::tables()?,
            side,
        })
    }

    /// A registry that no server serves, and that none can until [`Snapshot::release`]. `directory` is the data directory
    /// that goes with a database; `waits` is told why, where a server that may have died must be waited for.
    pub fn open(
        from: &Location,
        directory: Option<&Path>,
        waits: &mut dyn FnMut(&str),
    ) -> Result<Self> {
        Self::over(match from {
            Location::Directory(path) => Box::new(SqliteSide::source(path)?),
            Location::Database(options) => {
                Box::new(PostgresSide::source(options, directory, waits)?)
            }
        })
    }

    /// Lets a server have the registry again.
    pub fn release(self) {
        self.side.release();
    }

    /// The version of its tables.
    pub fn version(&self) -> usize {
        MIGRATIONS.len()
    }

    /// The single values of these names.
    pub fn identity(&mut self, names: &[&str]) -> Result<BTreeMap<String, String>> {
        super::identity_of(self.side.as_mut(), &self.tables, names)
    }

    /// Names of all tables.
    pub fn tables(&self) -> Vec<String> {
        self.tables.iter().map(|table| table.name.clone()).collect()
    }

    /// How many rows a table has.
    pub fn count(&mut self, table: &str) -> Result<u64> {
        let table = named(&self.tables, table)?;
        self.side.count(table)
    }

    /// Reads a table in the order of its keys; `each` gets some of its rows at a time, as lines, with how many they are.
    pub fn rows<E: From<Error>>(
        &mut self,
        table: &str,
        each: &mut dyn FnMut(u64, Vec<u8>) -> Result<(), E>,
    ) -> Result<TableDigest, E> {
        let table = named(&self.tables, table)?;
        let mut digest = Digest::default();
        let mut rows = 0;
        pages(self.side.as_mut(), table, &mut |page| {
            let mut text = Vec::new();
            for row in page {
                row.iter().for_each(|datum| digest.datum(datum));
                lines::write(row, &mut text);
            }
            rows += page.len() as u64;
            each(page.len() as u64, text)
        })?;
        Ok(TableDigest {
            table: table.name.clone(),
            rows,
            digest: hex::encode(digest.finish()),
        })
    }

    /// Every file that the body of an object or of a part of one is, with its bytes. A file may come more than once.
    pub fn bodies<E: From<Error>>(
        &mut self,
        each: &mut dyn FnMut(&str, u64) -> Result<(), E>,
    ) -> Result<(), E> {
        for name in ["object", "part"] {
            let table = named(&self.tables, name)?;
            let (file, size) = (column(table, "file")?, column(table, "size")?);
            pages(self.side.as_mut(), table, &mut |page| {
                page.iter()
                    .try_for_each(|row| match (&row[file], &row[size]) {
                        (Datum::Text(file), Datum::Int(size)) => {
                            each(file, u64::try_from(*size).unwrap_or(0))
                        }
                        _ => Ok(()),
                    })
            })?;
        }
        Ok(())
    }

    /// Digests of the code that versions of functions and of layers have, in base64.
    pub fn codes(&mut self) -> Result<BTreeSet<String>> {
        let mut codes = BTreeSet::new();
        for table in &self.tables {
            let Ok(at) = column(table, "code_sha256") else {
                continue;
            };
            pages(self.side.as_mut(), table, &mut |page| {
                codes.extend(page.iter().filter_map(|row| match &row[at] {
                    Datum::Text(code) => Some(code.clone()),
                    _ => None,
                }));
                Ok::<(), Error>(())
            })?;
        }
        Ok(codes)
    }
}

pub(super) fn named<'t>(tables: &'t [Table], name: &str) -> Result<&'t Table> {
    let found = tables.iter().find(|table| table.name == name);
    found.ok_or_else(|| Error::Refused(format!("there is no table {name:?}")))
}

fn column(table: &Table, name: &str) -> Result<usize> {
    let found = table
        .columns
        .iter()
        .position(|column| column.name == name && column.kind != Kind::Blob);
    found.ok_or_else(|| Error::Damaged {
        what: "table definition",
        detail: format!("{} has no column {name}", table.name),
    })
}

/// Who is given some rows at a time.
type Pages<'e, E> = dyn FnMut(&[Vec<Datum>]) -> Result<(), E> + 'e;

/// All rows of a table in the order of their keys, some at a time.
fn pages<E: From<Error>>(
    side: &mut dyn Side,
    table: &Table,
    each: &mut Pages<'_, E>,
) -> Result<(), E> {
    let mut limit = FIRST_BATCH;
    let mut behind: Option<Vec<Datum>> = None;
    loop {
        let page = side.page(table, behind.as_deref(), limit)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        behind = Some(key_of(table, last));
        let bytes: usize = page.iter().flatten().map(size_of).sum();
        limit = (BATCH_BYTES / (bytes / page.len()).max(1)).clamp(16, LARGEST_BATCH);
        each(&page)?;
    }
}
