//! A registry made anew of the rows of a snapshot, of this version or of an earlier one.

use super::snapshot::named;
use super::{Location, Origin, Side, Table, TableDigest, lines, schema};
use crate::postgres::PostgresSide;
use crate::sqlite::SqliteSide;
use crate::store::MIGRATIONS;
use crate::{Error, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// A registry that is being made, and that no server can serve before [`Restoration::finish`]. All of it blocks.
pub struct Restoration {
    tables: Vec<Table>,
    side: Box<dyn Side>,
}

impl Restoration {
    /// Takes an empty place and makes the tables of that version. `directory` is the data directory that will go with a
    /// database, `identity` and `place` what the registry is known by and where it was.
    ///
    /// Fails with [`Error::FromTheFuture`] for a version that this program does not know, and with [`Error::Refused`] or
    /// [`Error::InUse`] where the place is not empty or held by a server.
    pub fn begin(
        to: &Location,
        directory: Option<&Path>,
        version: usize,
        identity: &BTreeMap<String, String>,
        place: &str,
        waits: &mut dyn FnMut(&str),
    ) -> Result<Self> {
        let number = |version| i64::try_from(version).unwrap_or(i64::MAX);
        if version > MIGRATIONS.len() {
            return Err(Error::FromTheFuture {
                path: place.to_owned(),
                found: number(version),
                known: number(MIGRATIONS.len()),
            });
        }
        if version == 0 {
            return Err(Error::Refused(format!("{place} has no schema version")));
        }
        let origin = Origin {
            identity: identity.clone(),
            place: place.to_owned(),
        };
        let side: Box<dyn Side> = match to {
            Location::Directory(path) => Box::new(SqliteSide::place(path, &origin, version)?),
            Location::Database(options) => Box::new(PostgresSide::target(
                options, directory, &origin, version, waits,
            )?),
        };
        let mut this = Self {
            tables: schema::tables_of(version)?,
            side,
        };
        for table in &this.tables {
            if this.side.count(table)? > 0 {
                this.side.release();
                return Err(Error::Refused(format!(
                    "{to} holds a part of a registry that was not finished; make it empty first"
                )));
            }
        }
        Ok(this)
    }

    /// Adds rows of a table, as [`super::Snapshot::rows`] gave them; how many they are.
    pub fn append(&mut self, table: &str, text: &[u8]) -> Result<u64> {
        let table = named(&self.tables, table)?;
        let rows = lines::read(table, text)?;
        let count = rows.len() as u64;
        if count > 0 {
            self.side.append(table, rows)?;
        }
        Ok(count)
    }

    /// Reads all of it again and refuses it unless it is what was backed up.
    pub fn check(&mut self, expected: &[TableDigest]) -> Result<()> {
        for table in &self.tables {
            let wanted = expected.iter().find(|digest| digest.table == table.name);
            let (rows, digest) = super::digest(self.side.as_mut(), table)?;
            let digest = hex::encode(digest);
            if wanted.is_none_or(|wanted| wanted.rows != rows || wanted.digest != digest) {
                return Err(Error::Refused(format!(
                    "the table {} is not what was backed up: it has {rows} rows and the digest {}",
                    table.name,
                    &digest[..16]
                )));
            }
        }
        match expected
            .iter()
            .find(|digest| named(&self.tables, &digest.table).is_err())
        {
            Some(unknown) => Err(Error::Refused(format!(
                "there is no table {:?} in that version",
                unknown.table
            ))),
            None => Ok(()),
        }
    }

    /// Makes it a registry that can be served.
    pub fn finish(mut self) -> Result<()> {
        let finished = self.side.finish();
        self.side.release();
        finished
    }
}
