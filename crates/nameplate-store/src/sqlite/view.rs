//! What a closure sees of the SQLite database, and how it writes.

use super::counter::Counters;
use super::index::{Index, Overlay};
use crate::entry::CertificateEntry;
use crate::sql::{Columns, Conn, Row, Value, placeholders_in_order};
use crate::{Error, Result};
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match *self {
            Value::Null => ValueRef::Null,
            Value::Int(v) => ValueRef::Integer(v),
            Value::Text(v) => ValueRef::Text(v.as_bytes()),
            Value::Blob(v) => ValueRef::Blob(v),
        }))
    }
}

/// The database, and the lookups that are kept in memory.
#[derive(Clone, Copy)]
pub(crate) struct View<'c> {
    pub(crate) db: &'c rusqlite::Connection,
    pub(crate) index: &'c Index,
    /// The writer's own; `None` for a reader.
    pub(crate) writing: Option<&'c Writing>,
}

/// What the writer holds besides the database.
#[derive(Default)]
pub(crate) struct Writing {
    pub(crate) overlay: RefCell<Overlay>,
    pub(crate) counters: RefCell<Counters>,
    /// How many statements were run.
    pub(crate) statements: Arc<AtomicU64>,
    // Whether the running closure has written.
    wrote: Cell<bool>,
    // Whether a closure that writes has a savepoint, to which it can be undone alone.
    savepoints: Cell<bool>,
    // A closure without one has failed after it had written.
    spoilt: Cell<bool>,
}

impl Writing {
    /// A transaction begins, in which closures have savepoints or have none.
    pub(crate) fn begin(&self, savepoints: bool) {
        self.savepoints.set(savepoints);
        self.spoilt.set(false);
    }

    /// Whether a closure that had no savepoint has failed after it had written: everything has to be undone.
    pub(crate) fn is_spoilt(&self) -> bool {
        self.spoilt.get()
    }
}

impl View<'_> {
    pub(crate) fn all<T>(
        &self,
        sql: &'static str,
        params: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.prepared(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(params))?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            out.push(read(&Row(Columns::Sqlite(row)))?);
        }
        Ok(out)
    }

    pub(crate) fn one<T>(
        &self,
        sql: &'static str,
        params: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = self.prepared(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(params))?;
        match rows.next()? {
            Some(row) => Ok(Some(read(&Row(Columns::Sqlite(row)))?)),
            None => Ok(None),
        }
    }

    pub(crate) fn execute(&self, sql: &'static str, params: &[Value<'_>]) -> Result<usize> {
        debug_assert!(
            placeholders_in_order(sql),
            "placeholders out of order: {sql}"
        );
        let mut statement = self.prepared(sql)?;
        Ok(statement.execute(rusqlite::params_from_iter(params))?)
    }

    fn prepared(&self, sql: &'static str) -> Result<rusqlite::CachedStatement<'_>> {
        if let Some(writing) = self.writing {
            writing.statements.fetch_add(1, Ordering::Relaxed);
        }
        Ok(self.db.prepare_cached(sql)?)
    }

    pub(crate) fn thing_key(&self, name: &str) -> Option<i64> {
        if let Some(writing) = self.writing
            && let Some(found) = writing.overlay.borrow().thing(name)
        {
            return found;
        }
        self.index.thing(name)
    }

    pub(crate) fn certificate_entry(&self, hash: &[u8; 32]) -> Option<CertificateEntry> {
        if let Some(writing) = self.writing
            && let Some(found) = writing.overlay.borrow().certificate(hash)
        {
            return found;
        }
        self.index.certificate(hash)
    }

    /// Runs a statement that changes rows, behind the closure's savepoint if it is to have one; how many it changed.
    pub(crate) fn write(&self, sql: &'static str, params: &[Value<'_>]) -> Result<usize> {
        self.still_open()?;
        let writing = self.writing()?;
        if !writing.wrote.get() {
            if writing.savepoints.get() {
                self.execute("SAVEPOINT closure", &[])?;
            }
            writing.wrote.set(true);
        }
        self.execute(sql, params)
    }

    pub(crate) fn next_key(&self, conn: &Conn<'_>, table: &'static str) -> Result<i64> {
        self.writing()?.counters.borrow_mut().next(conn, table)
    }

    pub(crate) fn index_thing(&self, name: &str, key: Option<i64>) {
        if let Some(writing) = self.writing {
            writing.overlay.borrow_mut().set_thing(name, key);
        }
    }

    pub(crate) fn index_certificate(&self, hash: [u8; 32], entry: Option<CertificateEntry>) {
        if let Some(writing) = self.writing {
            writing.overlay.borrow_mut().set_certificate(hash, entry);
        }
    }

    /// Reads the lookups from the rows as this transaction sees them.
    pub(crate) fn index_anew(&self) -> Result<()> {
        let base = self.index.emptied();
        super::fill(self.db, &base)?;
        self.writing()?.overlay.borrow_mut().set_base(base);
        Ok(())
    }

    /// A closure begins.
    pub(crate) fn begin_part(&self) {
        if let Some(writing) = self.writing {
            writing.wrote.set(false);
        }
    }

    /// A closure has ended. Where it is not kept, its rows and lookups are as if it had not run; where that takes a
    /// savepoint and there is none, the transaction is spoilt.
    pub(crate) fn end_part(&self, kept: bool) -> Result<()> {
        self.still_open()?;
        let writing = self.writing()?;
        let (wrote, savepoints) = (writing.wrote.get(), writing.savepoints.get());
        if !kept {
            writing.overlay.borrow_mut().take_back();
            if wrote && !savepoints {
                writing.spoilt.set(true);
                return Err(Error::Commit("a write failed half done".into()));
            }
            if wrote {
                self.execute("ROLLBACK TO closure", &[])?;
            }
        }
        if wrote && savepoints {
            self.execute("RELEASE closure", &[])?;
        }
        writing.overlay.borrow_mut().keep();
        Ok(())
    }

    fn writing(&self) -> Result<&Writing> {
        // Only the writer makes a `Tx`, and only a `Tx` writes.
        self.writing.ok_or(Error::Closed)
    }

    /// Some failures, such as a full disk, make the engine roll back by itself. What came after would then be
    /// committed statement by statement.
    fn still_open(&self) -> Result<()> {
        if self.db.is_autocommit() {
            return Err(Error::Commit("the database gave the transaction up".into()));
        }
        Ok(())
    }
}
