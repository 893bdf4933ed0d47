//! Moving a registry from one engine to another: every table, row by row, in the order of its keys.
//!
//! Owns the order of the work and the comparison at its end. What an engine does for it is in `sqlite/copy.rs` and
//! `postgres/copy.rs`. Must not know what any table means.
//!
//! A batch of rows is one transaction of the target, and rows come in the order of their keys. So the last key that is
//! there says how far the copy is, and one that was killed goes on behind it. Until the end the target cannot be served.

mod lines;
mod restoration;
mod schema;
mod snapshot;

pub use restoration::Restoration;
pub(crate) use schema::{Column, Kind, Table};
pub use snapshot::{Snapshot, TableDigest};

use crate::postgres::{PostgresOptions, PostgresSide};
use crate::sql::Datum;
use crate::sqlite::SqliteSide;
use crate::{Error, Result};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;

/// About how many bytes are carried at once.
const BATCH_BYTES: usize = 4 << 20;
/// How many rows are carried at once: at first, and at most.
const FIRST_BATCH: usize = 256;
const LARGEST_BATCH: usize = 16_384;

/// Where a registry is, or is to be.
#[derive(Debug, Clone)]
pub enum Location {
    /// A data directory, in the embedded database.
    Directory(PathBuf),
    /// A database of PostgreSQL.
    Database(Box<PostgresOptions>),
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Location::Directory(path) => path.display().fmt(f),
            Location::Database(options) => f.write_str(&options.place()),
        }
    }
}

/// What a copy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Rows are carried over.
    Copying,
    /// Both registries are read again and compared.
    Checking,
}

/// How far a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'t> {
    /// What is being done.
    pub step: Step,
    /// With which table.
    pub table: &'t str,
    /// How many of its rows are done.
    pub rows: u64,
    /// How many rows it has.
    pub of: u64,
}

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// How many tables there are, empty ones included.
    pub tables: usize,
    /// How many rows they have in all.
    pub rows: u64,
    /// How many of those were there already, from a copy that was broken off.
    pub found: u64,
    /// SHA-256 over all rows, the same in both registries; in hex.
    pub digest: String,
}

/// What tells one registry from another, by which a copy that was broken off is known again.
pub(crate) struct Origin {
    /// The registry's own single values.
    pub(crate) identity: BTreeMap<String, String>,
    /// Where it was read from, in words.
    pub(crate) place: String,
}

impl Origin {
    /// The identity as it is kept beside an unfinished copy.
    pub(crate) fn registry(&self) -> String {
        let pairs: Vec<String> = self
            .identity
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join(" ")
    }
}

/// What an engine does for a copy.
pub(crate) trait Side: Send {
    /// So many rows behind that key, or the first ones, in the order of keys.
    fn page(
        &mut self,
        table: &Table,
        behind: Option<&[Datum]>,
        limit: usize,
    ) -> Result<Vec<Vec<Datum>>>;
    /// How many rows there are.
    fn count(&mut self, table: &Table) -> Result<u64>;
    /// The row with the highest key.
    fn last(&mut self, table: &Table) -> Result<Option<Vec<Datum>>>;
    /// Adds rows, all or none.
    fn append(&mut self, table: &Table, rows: Vec<Vec<Datum>>) -> Result<()>;
    /// Makes the target a registry that can be served.
    fn finish(&mut self) -> Result<()>;
    /// Lets go of what kept servers away.
    fn release(self: Box<Self>);
}

/// A registry and the place it goes to, both held against servers.
pub struct Copy {
    tables: Vec<Table>,
    origin: Origin,
    from: Box<dyn Side>,
    to: Box<dyn Side>,
}

impl Copy {
    /// Takes both places. Blocks, as all of this does, and is therefore nothing for a runtime's thread. `identity` names the single values that tell one registry from another; `waits` is told why,
    /// where a server that may have died must be waited for.
    ///
    /// Fails with [`Error::InUse`] or [`Error::Refused`] where a server runs on either, where the first has no registry
    /// of exactly this version, and where the second is neither empty nor an unfinished copy of the first.
    pub fn open(
        from: &Location,
        to: &Location,
        identity: &[&str],
        waits: &mut dyn FnMut(&str),
    ) -> Result<Self> {
        let tables = schema::tables()?;
        if let (Location::Directory(one), Location::Directory(other)) = (from, to)
            && let (Ok(one), Ok(other)) = (one.canonicalize(), other.canonicalize())
            && one == other
        {
            return Err(Error::Refused(format!(
                "{from} would be copied to itself; name another place with --to"
            )));
        }
        // A server that is given the directory holds the database under the directory's own name.
        let directory = |location: &Location| match location {
            Location::Directory(path) => Some(path.clone()),
            Location::Database(_) => None,
        };
        let (source, target) = (directory(from), directory(to));
        let mut reading: Box<dyn Side> = match from {
            Location::Directory(path) => Box::new(SqliteSide::source(path)?),
            Location::Database(options) => {
                Box::new(PostgresSide::source(options, target.as_deref(), waits)?)
            }
        };
        let origin = Origin {
            identity: identity_of(reading.as_mut(), &tables, identity)?,
            place: from.to_string(),
        };
        let writing: Box<dyn Side> = match to {
            Location::Directory(path) => Box::new(SqliteSide::target(path, &origin, identity)?),
            Location::Database(options) => Box::new(PostgresSide::target(
                options,
                source.as_deref(),
                &origin,
                crate::store::MIGRATIONS.len(),
                waits,
            )?),
        };
        Ok(Self {
            tables,
            origin,
            from: reading,
            to: writing,
        })
    }

    /// The single values that tell the registry from others.
    pub fn identity(&self) -> &BTreeMap<String, String> {
        &self.origin.identity
    }

    /// Copies what is not there yet, compares all of it, and makes the copy fit to be served. `tell` may end it; what
    /// is there by then stays.
    pub fn run(mut self, tell: &mut dyn FnMut(Progress<'_>) -> ControlFlow<()>) -> Result<Copied> {
        let copied = self.copied(tell);
        self.to.release();
        self.from.release();
        copied
    }

    fn copied(&mut self, tell: &mut dyn FnMut(Progress<'_>) -> ControlFlow<()>) -> Result<Copied> {
        let mut found = 0;
        let mut counts = Vec::new();
        for table in &self.tables {
            let of = self.from.count(table)?;
            found += carry(self.from.as_mut(), self.to.as_mut(), table, of, tell)?;
            counts.push(of);
        }
        let mut whole = Digest::default();
        for (table, of) in self.tables.iter().zip(&counts) {
            let progress = |rows| Progress {
                step: Step::Checking,
                table: &table.name,
                rows,
                of: *of,
            };
            go_on(tell(progress(0)))?;
            let (one, other) = both(
                || digest(self.from.as_mut(), table),
                || digest(self.to.as_mut(), table),
            );
            let ((one_rows, one), (other_rows, other)) = (one?, other?);
            if (one_rows, &one) != (other_rows, &other) {
                return Err(Error::Refused(format!(
                    "the copy is not the registry: the table {} has {one_rows} rows and the digest {} there, {other_rows} rows and \
                     the digest {} in the copy; a server has changed the registry since the copy was begun, so empty the target \
                     and begin anew",
                    table.name,
                    hex::encode(&one[..8]),
                    hex::encode(&other[..8]),
                )));
            }
            whole.add(table.name.as_bytes());
            whole.add(&one);
            go_on(tell(progress(one_rows)))?;
        }
        self.to.finish()?;
        Ok(Copied {
            tables: self.tables.len(),
            rows: counts.iter().sum(),
            found,
            digest: hex::encode(whole.finish()),
        })
    }
}

/// Copies a table's rows behind those that are there; how many were.
fn carry(
    from: &mut dyn Side,
    to: &mut dyn Side,
    table: &Table,
    of: u64,
    tell: &mut dyn FnMut(Progress<'_>) -> ControlFlow<()>,
) -> Result<u64> {
    let found = to.count(table)?;
    let mut behind = to.last(table)?.map(|row| key_of(table, &row));
    let (mut done, mut limit) = (found, FIRST_BATCH);
    let mut rows = from.page(table, behind.as_deref(), limit)?;
    let mut progress = |rows| {
        go_on(tell(Progress {
            step: Step::Copying,
            table: &table.name,
            rows,
            of,
        }))
    };
    progress(done)?;
    while let Some(last) = rows.last() {
        behind = Some(key_of(table, last));
        let count = rows.len();
        let size = rows.iter().flatten().map(size_of).sum::<usize>() / count;
        limit = (BATCH_BYTES / size.max(1)).clamp(16, LARGEST_BATCH);
        // The next are read while these are written.
        let carried = std::mem::take(&mut rows);
        let (next, written) = both(
            || from.page(table, behind.as_deref(), limit),
            || to.append(table, carried),
        );
        written?;
        rows = next?;
        done += count as u64;
        progress(done)?;
    }
    Ok(found)
}

fn go_on(flow: ControlFlow<()>) -> Result<()> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Error::Closed),
    }
}

fn key_of(table: &Table, row: &[Datum]) -> Vec<Datum> {
    table.key.iter().map(|at| row[*at].clone()).collect()
}

fn size_of(datum: &Datum) -> usize {
    match datum {
        Datum::Null => 1,
        Datum::Int(_) => 8,
        Datum::Text(text) => text.len(),
        Datum::Blob(bytes) => bytes.len(),
    }
}

/// Runs two things at the same time.
fn both<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        match one.join() {
            Ok(one) => (one, other),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Number and digest of a table's rows in the order of their keys.
fn digest(side: &mut dyn Side, table: &Table) -> Result<(u64, Vec<u8>)> {
    let mut digest = Digest::default();
    let (mut count, mut limit) = (0, FIRST_BATCH);
    let mut behind: Option<Vec<Datum>> = None;
    loop {
        let rows = side.page(table, behind.as_deref(), limit)?;
        let Some(last) = rows.last() else {
            return Ok((count, digest.finish()));
        };
        behind = Some(key_of(table, last));
        count += rows.len() as u64;
        let mut bytes = 0;
        for datum in rows.iter().flatten() {
            bytes += size_of(datum);
            digest.datum(datum);
        }
        limit = (BATCH_BYTES / (bytes / rows.len()).max(1)).clamp(16, LARGEST_BATCH);
    }
}

/// SHA-256 over values, each with its kind and length, so that no two sequences look alike.
struct Digest(aws_lc_rs::digest::Context);

impl Default for Digest {
    fn default() -> Self {
        Self(aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256))
    }
}

impl Digest {
    fn add(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn datum(&mut self, datum: &Datum) {
        match datum {
            Datum::Null => self.0.update(b"n"),
            Datum::Int(number) => {
                self.0.update(b"i");
                self.0.update(&number.to_be_bytes());
            }
            Datum::Text(text) => {
                self.0.update(b"t");
                self.add(text.as_bytes());
            }
            Datum::Blob(bytes) => {
                self.0.update(b"b");
                self.add(bytes);
            }
        }
    }

    fn finish(self) -> Vec<u8> {
        self.0.finish().as_ref().to_vec()
    }
}

/// The single values of these names.
pub(crate) fn identity_of(
    side: &mut dyn Side,
    tables: &[Table],
    names: &[&str],
) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let Some(meta) = tables.iter().find(|table| table.name == "meta") else {
        return Ok(found);
    };
    // There are few.
    for row in side.page(meta, None, LARGEST_BATCH)? {
        if let [Datum::Text(name), Datum::Text(value)] = &row[..]
            && names.contains(&name.as_str())
        {
            found.insert(name.clone(), value.clone());
        }
    }
    Ok(found)
}

/// Refuses another schema version than this program's: rows are copied between equal tables.
pub(crate) fn same_version(found: i64, known: i64, place: &str) -> Result<()> {
    if found > known {
        return Err(Error::FromTheFuture {
            path: place.to_owned(),
            found,
            known,
        });
    }
    if found < known {
        return Err(Error::Refused(format!(
            "{place} was written by an earlier release: it has schema version {found}, this one {known}; start this \
             release's server on it once, which brings it up to date, then copy"
        )));
    }
    Ok(())
}

/// Tables as they are, for an engine that must make them out.
pub(crate) fn tables() -> Result<Vec<Table>> {
    schema::tables()
}
