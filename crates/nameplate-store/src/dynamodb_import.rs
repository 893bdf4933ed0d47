//! Tables of DynamoDB that are made of files: what was asked, and how far it has come.

use crate::sql::{Row, Value};
use crate::tx::Tx;
use crate::{Conn, Result};

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// The store's own growing key.
    pub key: i64,
    /// Whether it has not ended.
    pub is_open: bool,
    /// What it is, as the use cases write it.
    pub document: String,
}

fn import(row: &Row<'_>) -> Result<ImportRow> {
    Ok(ImportRow {
        key: row.int(0)?,
        is_open: row.int(1)? != 0,
        document: row.text(2)?,
    })
}

impl Conn<'_> {
    /// The import with this ARN.
    pub fn dynamodb_import(&self, arn: &str) -> Result<Option<ImportRow>> {
        self.one(
            "SELECT id, is_open, document FROM dynamodb_import WHERE arn = $1",
            &[arn.into()],
            import,
        )
    }

    /// The last import that was asked for with a token.
    pub fn dynamodb_import_by_token(&self, token: &str) -> Result<Option<ImportRow>> {
        self.one(
            "SELECT id, is_open, document FROM dynamodb_import WHERE token = $1 ORDER BY id DESC LIMIT 1",
            &[token.into()],
            import,
        )
    }

    /// Imports from before a key, the last first.
    pub fn dynamodb_imports(&self, before: i64, limit: usize) -> Result<Vec<ImportRow>> {
        let limit = Value::Int(i64::try_from(limit).unwrap_or(i64::MAX));
        self.all(
            "SELECT id, is_open, document FROM dynamodb_import WHERE id < $1 ORDER BY id DESC LIMIT $2",
            &[before.into(), limit],
            import,
        )
    }

    /// Imports that have not ended, in the order in which they were asked for.
    pub fn dynamodb_imports_open(&self, limit: usize) -> Result<Vec<ImportRow>> {
        let limit = Value::Int(i64::try_from(limit).unwrap_or(i64::MAX));
        self.all(
            "SELECT id, is_open, document FROM dynamodb_import WHERE is_open = 1 ORDER BY id LIMIT $1",
            &[limit],
            import,
        )
    }
}

impl Tx<'_> {
    /// Adds an import, and forgets those that were asked for before a time, milliseconds.
    pub fn insert_dynamodb_import(
        &mut self,
        (arn, token): (&str, &str),
        created: i64,
        document: &str,
        forgotten: i64,
    ) -> Result<()> {
        self.write(
            "DELETE FROM dynamodb_import WHERE created < $1",
            &[forgotten.into()],
        )?;
        let key = self.next_key("dynamodb_import")?;
        self.write(
            "INSERT INTO dynamodb_import (id, arn, token, created, is_open, document)
             VALUES ($1, $2, $3, $4, 1, $5)",
            &[
                key.into(),
                arn.into(),
                token.into(),
                created.into(),
                document.into(),
            ],
        )
    }

    /// Notes how far an import has come, and whether it goes on.
    pub fn update_dynamodb_import(
        &mut self,
        key: i64,
        is_open: bool,
        document: &str,
    ) -> Result<()> {
        self.write(
            "UPDATE dynamodb_import SET is_open = $1, document = $2 WHERE id = $3",
            &[i64::from(is_open).into(), document.into(), key.into()],
        )
    }
}
