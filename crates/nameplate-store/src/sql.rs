//! Statements, parameters and rows, in the few shapes that every engine has.

use crate::index::{CertificateEntry, Index, Overlay};
use crate::{Error, Result};
use std::cell::RefCell;

/// A parameter of a statement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// NULL.
    Null,
    /// BIGINT.
    Int(i64),
    /// TEXT.
    Text(&'a str),
    /// BYTEA.
    Blob(&'a [u8]),
}

impl From<i64> for Value<'_> {
    fn from(v: i64) -> Self {
        Value::Int(v)
    }
}

impl From<bool> for Value<'_> {
    fn from(v: bool) -> Self {
        Value::Int(i64::from(v))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(v: &'a str) -> Self {
        Value::Text(v)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(v: &'a String) -> Self {
        Value::Text(v)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(v: &'a [u8]) -> Self {
        Value::Blob(v)
    }
}

impl<'a> From<&'a Vec<u8>> for Value<'a> {
    fn from(v: &'a Vec<u8>) -> Self {
        Value::Blob(v)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(v: Option<T>) -> Self {
        v.map_or(Value::Null, Into::into)
    }
}

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

/// One row of an answer; columns are read by position.
pub struct Row<'r>(&'r rusqlite::Row<'r>);

impl Row<'_> {
    /// A BIGINT that is not NULL.
    pub fn int(&self, column: usize) -> Result<i64> {
        Ok(self.0.get(column)?)
    }

    /// A BIGINT or NULL.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>> {
        Ok(self.0.get(column)?)
    }

    /// A BIGINT read as yes or no.
    pub fn flag(&self, column: usize) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    /// A TEXT that is not NULL.
    pub fn text(&self, column: usize) -> Result<String> {
        Ok(self.0.get(column)?)
    }

    /// A TEXT or NULL.
    pub fn opt_text(&self, column: usize) -> Result<Option<String>> {
        Ok(self.0.get(column)?)
    }

    /// A BYTEA that is not NULL.
    pub fn blob(&self, column: usize) -> Result<Vec<u8>> {
        Ok(self.0.get(column)?)
    }

    /// A BYTEA or NULL.
    pub fn opt_blob(&self, column: usize) -> Result<Option<Vec<u8>>> {
        Ok(self.0.get(column)?)
    }

    /// A BYTEA of 32 bytes.
    pub fn hash(&self, column: usize) -> Result<[u8; 32]> {
        let bytes = self.0.get_ref(column)?;
        bytes
            .as_blob()
            .ok()
            .and_then(|b| b.try_into().ok())
            .ok_or_else(|| Error::Damaged {
                what: "digest",
                detail: "not 32 bytes".into(),
            })
    }
}

/// A view of the registry: committed data for a reader, and for the writer also what it has not committed yet.
pub struct Conn<'c> {
    pub(crate) db: &'c rusqlite::Connection,
    pub(crate) index: &'c Index,
    pub(crate) overlay: Option<&'c RefCell<Overlay>>,
}

impl Conn<'_> {
    /// All rows of a query.
    pub fn all<T>(
        &self,
        sql: &'static str,
        params: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        debug_assert!(
            placeholders_in_order(sql),
            "placeholders out of order: {sql}"
        );
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(params))?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            out.push(read(&Row(row))?);
        }
        Ok(out)
    }

    /// The first row of a query.
    pub fn one<T>(
        &self,
        sql: &'static str,
        params: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        debug_assert!(
            placeholders_in_order(sql),
            "placeholders out of order: {sql}"
        );
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(params))?;
        match rows.next()? {
            Some(row) => Ok(Some(read(&Row(row))?)),
            None => Ok(None),
        }
    }

    pub(crate) fn execute(&self, sql: &'static str, params: &[Value<'_>]) -> Result<usize> {
        debug_assert!(
            placeholders_in_order(sql),
            "placeholders out of order: {sql}"
        );
        let mut statement = self.db.prepare_cached(sql)?;
        Ok(statement.execute(rusqlite::params_from_iter(params))?)
    }

    /// Key of the thing of this name.
    pub fn thing_key(&self, name: &str) -> Option<i64> {
        if let Some(overlay) = self.overlay
            && let Some(found) = overlay.borrow().thing(name)
        {
            return found;
        }
        self.index.thing(name)
    }

    /// What is known of the certificate with this digest.
    pub fn certificate_entry(&self, hash: &[u8; 32]) -> Option<CertificateEntry> {
        if let Some(overlay) = self.overlay
            && let Some(found) = overlay.borrow().certificate(hash)
        {
            return found;
        }
        self.index.certificate(hash)
    }
}

/// SQLite numbers `$n` by first appearance, PostgreSQL by `n`; the two agree when they first appear in order.
fn placeholders_in_order(sql: &str) -> bool {
    let mut seen = 0u32;
    let mut rest = sql;
    while let Some(at) = rest.find('$') {
        rest = &rest[at + 1..];
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        match digits.parse::<u32>() {
            Ok(n) if n == seen + 1 => seen = n,
            Ok(n) if n <= seen => {}
            _ => return false,
        }
    }
    true
}
