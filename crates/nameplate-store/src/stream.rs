//! Streams of file delivery.

use crate::sql::{Row, Value};
use crate::tx::Tx;
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;

/// A stream as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRow {
    /// Key; no other stream ever gets it.
    pub key: i64,
    /// Its id, unique.
    pub name: String,
    /// Grows with each change.
    pub version: i64,
    /// Its description.
    pub description: Option<String>,
    /// Its files, JSON.
    pub files: String,
    /// ARN of the role that reads them.
    pub role_arn: String,
    /// When it was created.
    pub created: Millis,
    /// When it last changed.
    pub modified: Millis,
}

/// A query for rows that [`stream`] reads: its columns, and the rest of the statement.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, version, description, files, role_arn, created, modified FROM stream ",
            $rest
        )
    };
}

fn stream(row: &Row<'_>) -> Result<StreamRow> {
    Ok(StreamRow {
        key: row.int(0)?,
        name: row.text(1)?,
        version: row.int(2)?,
        description: row.opt_text(3)?,
        files: row.text(4)?,
        role_arn: row.text(5)?,
        created: Millis(row.int(6)?),
        modified: Millis(row.int(7)?),
    })
}

impl Conn<'_> {
    /// The stream of this id.
    pub fn stream(&self, name: &str) -> Result<Option<StreamRow>> {
        self.one(select!("WHERE name = $1"), &[name.into()], stream)
    }

    /// Streams beyond the key `from`, in the order they were created or against it.
    pub fn streams(&self, ascending: bool, from: i64, limit: usize) -> Result<Vec<StreamRow>> {
        let params = [from.into(), Value::Int(limit as i64)];
        match ascending {
            true => self.all(
                select!("WHERE id > $1 ORDER BY id LIMIT $2"),
                &params,
                stream,
            ),
            false => self.all(
                select!("WHERE id < $1 ORDER BY id DESC LIMIT $2"),
                &params,
                stream,
            ),
        }
    }
}

impl Tx<'_> {
    /// Creates a stream. Its key is not read. The caller has seen that the id is free.
    pub fn insert_stream(&mut self, new: &StreamRow) -> Result<()> {
        let key = self.next_key("stream")?;
        self.write(
            "INSERT INTO stream (id, name, version, description, files, role_arn, created, modified)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                key.into(),
                (&new.name).into(),
                new.version.into(),
                new.description.as_ref().into(),
                (&new.files).into(),
                (&new.role_arn).into(),
                new.created.0.into(),
                new.modified.0.into(),
            ],
        )
    }

    /// Writes what of a stream changes.
    pub fn update_stream(&mut self, row: &StreamRow) -> Result<()> {
        self.write(
            "UPDATE stream SET version = $1, description = $2, files = $3, role_arn = $4, modified = $5 WHERE id = $6",
            &[
                row.version.into(),
                row.description.as_ref().into(),
                (&row.files).into(),
                (&row.role_arn).into(),
                row.modified.0.into(),
                row.key.into(),
            ],
        )
    }

    /// Removes a stream.
    pub fn delete_stream(&mut self, key: i64) -> Result<()> {
        self.write("DELETE FROM stream WHERE id = $1", &[key.into()])
    }
}
