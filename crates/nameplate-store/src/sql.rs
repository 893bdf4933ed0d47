//! Statements, parameters and rows, in the few shapes that every engine has.

use crate::entry::CertificateEntry;
use crate::{Error, Result, postgres, sqlite};

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

/// A value that outlives its statement: of one that is sent and not waited for, or of a row that is carried elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Datum {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<&Value<'_>> for Datum {
    fn from(value: &Value<'_>) -> Self {
        match *value {
            Value::Null => Datum::Null,
            Value::Int(v) => Datum::Int(v),
            Value::Text(v) => Datum::Text(v.to_owned()),
            Value::Blob(v) => Datum::Blob(v.to_owned()),
        }
    }
}

impl Datum {
    pub(crate) fn as_value(&self) -> Value<'_> {
        match self {
            Datum::Null => Value::Null,
            Datum::Int(v) => Value::Int(*v),
            Datum::Text(v) => Value::Text(v),
            Datum::Blob(v) => Value::Blob(v),
        }
    }

    /// About how many bytes it takes on its way.
    pub(crate) fn size(&self) -> usize {
        match self {
            Datum::Null => 0,
            Datum::Int(_) => 8,
            Datum::Text(v) => v.len(),
            Datum::Blob(v) => v.len(),
        }
    }
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

/// One row of an answer; columns are read by position.
pub struct Row<'r>(pub(crate) Columns<'r>);

/// A row as its engine gives it.
pub(crate) enum Columns<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

impl Row<'_> {
    /// A BIGINT that is not NULL.
    pub fn int(&self, column: usize) -> Result<i64> {
        match self.0 {
            Columns::Sqlite(row) => Ok(row.get(column)?),
            Columns::Postgres(row) => postgres::int(row, column),
        }
    }

    /// A BIGINT or NULL.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>> {
        match self.0 {
            Columns::Sqlite(row) => Ok(row.get(column)?),
            Columns::Postgres(row) => postgres::opt_int(row, column),
        }
    }

    /// A BIGINT read as yes or no.
    pub fn flag(&self, column: usize) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    /// A TEXT that is not NULL.
    pub fn text(&self, column: usize) -> Result<String> {
        match self.0 {
            Columns::Sqlite(row) => Ok(row.get(column)?),
            Columns::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    /// A TEXT or NULL.
    pub fn opt_text(&self, column: usize) -> Result<Option<String>> {
        match self.0 {
            Columns::Sqlite(row) => Ok(row.get(column)?),
            Columns::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    /// A BYTEA that is not NULL.
    pub fn blob(&self, column: usize) -> Result<Vec<u8>> {
        match self.0 {
            Columns::Sqlite(row) => Ok(row.get(column)?),
            Columns::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    /// A BYTEA or NULL.
    pub fn opt_blob(&self, column: usize) -> Result<Option<Vec<u8>>> {
        match self.0 {
            Columns::Sqlite(row) => Ok(row.get(column)?),
            Columns::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    /// A BYTEA of 32 bytes.
    pub fn hash(&self, column: usize) -> Result<[u8; 32]> {
        let bytes = match self.0 {
            Columns::Sqlite(row) => row.get_ref(column)?.as_blob().ok(),
            Columns::Postgres(row) => row.try_get(column)?,
        };
        bytes
            .and_then(|b| b.try_into().ok())
            .ok_or_else(|| Error::Damaged {
                what: "digest",
                detail: "not 32 bytes".into(),
            })
    }
}

/// A view of the registry: committed data for a reader, and for the writer also what it has not committed yet.
pub struct Conn<'c>(pub(crate) View<'c>);

/// A view as its engine gives it.
pub(crate) enum View<'c> {
    Sqlite(sqlite::View<'c>),
    Postgres(&'c postgres::Session),
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
        match &self.0 {
            View::Sqlite(view) => view.all(sql, params, read),
            View::Postgres(session) => session
                .query(sql, params)?
                .iter()
                .map(|row| read(&Row(Columns::Postgres(row))))
                .collect(),
        }
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
        match &self.0 {
            View::Sqlite(view) => view.one(sql, params, read),
            View::Postgres(session) => session
                .query(sql, params)?
                .first()
                .map(|row| read(&Row(Columns::Postgres(row))))
                .transpose(),
        }
    }

    /// Key of the thing of this name.
    pub fn thing_key(&self, name: &str) -> Result<Option<i64>> {
        match &self.0 {
            View::Sqlite(view) => Ok(view.thing_key(name)),
            View::Postgres(_) => postgres::thing_key(self, name),
        }
    }

    /// Whether it is certain that no thing has this name, for whoever makes it then: where another is faster, that write fails
    /// and is tried again. Where this is false it is to be looked up.
    pub(crate) fn is_free(&self, name: &str) -> Result<bool> {
        match &self.0 {
            View::Sqlite(_) => Ok(false),
            View::Postgres(session) => Ok(session.is_named(name)? == Some(false)),
        }
    }

    /// What is known of the certificate with this digest.
    pub fn certificate_entry(&self, hash: &[u8; 32]) -> Result<Option<CertificateEntry>> {
        match &self.0 {
            // What is in memory is of the last commit. A reader's other answers may be of one before.
            View::Sqlite(view) => match view.certificate_entry(hash) {
                Some(entry) if view.writing.is_none() => {
                    postgres::certificate_entry_of(self, entry.key)
                }
                entry => Ok(entry),
            },
            View::Postgres(_) => postgres::certificate_entry(self, hash),
        }
    }
}

/// SQLite numbers `$n` by first appearance, PostgreSQL by `n`; the two agree when they first appear in order.
pub(crate) fn placeholders_in_order(sql: &str) -> bool {
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
