//! Documents of API Gateway: APIs, their deployments, API keys and usage plans. What they hold is their readers' business.

use crate::tx::{Notice, Tx};
use crate::{Conn, Result};

impl Conn<'_> {
    /// A document of a kind.
    pub fn gateway_document(&self, kind: &str, id: &str) -> Result<Option<String>> {
        self.one(
            "SELECT document FROM gateway_document WHERE kind = $1 AND id = $2",
            &[kind.into(), id.into()],
            |row| row.text(0),
        )
    }

    /// All documents of a kind with their ids, in the order of these.
    pub fn gateway_documents(&self, kind: &str) -> Result<Vec<(String, String)>> {
        self.all(
            "SELECT id, document FROM gateway_document WHERE kind = $1 ORDER BY id",
            &[kind.into()],
            |row| Ok((row.text(0)?, row.text(1)?)),
        )
    }
}

impl Tx<'_> {
    /// Writes a document in the place of the one of this id.
    pub fn put_gateway_document(&mut self, kind: &str, id: &str, document: &str) -> Result<()> {
        self.write(
            "INSERT INTO gateway_document (kind, id, document) VALUES ($1, $2, $3)
             ON CONFLICT (kind, id) DO UPDATE SET document = excluded.document",
            &[kind.into(), id.into(), document.into()],
        )?;
        self.notice(Notice::Gateway);
        Ok(())
    }

    /// Removes a document.
    pub fn delete_gateway_document(&mut self, kind: &str, id: &str) -> Result<()> {
        self.write(
            "DELETE FROM gateway_document WHERE kind = $1 AND id = $2",
            &[kind.into(), id.into()],
        )?;
        self.notice(Notice::Gateway);
        Ok(())
    }

    /// Removes all documents of a kind.
    pub fn delete_gateway_documents(&mut self, kind: &str) -> Result<()> {
        self.write(
            "DELETE FROM gateway_document WHERE kind = $1",
            &[kind.into()],
        )?;
        self.notice(Notice::Gateway);
        Ok(())
    }
}
