//! Revocation lists of registered CAs.

use crate::sql::{Row, Value};
use crate::tx::{Notice, Tx};
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;

/// What is known of a CA's revocation list beside the list itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationSource {
    /// Key of the CA's row.
    pub ca: i64,
    /// Where lists are fetched; `None` where they are handed in.
    pub url: Option<String>,
    /// Without a list that is fresh, the CA's certificates are refused.
    pub refuse_stale: bool,
    /// When the list was last asked for or handed in.
    pub asked: Option<Millis>,
    /// Why the last attempt brought none.
    pub failure: Option<String>,
    /// SHA-256 of the list in force.
    pub digest: Option<[u8; 32]>,
}

fn source(row: &Row<'_>) -> Result<RevocationSource> {
    let digest = match row.opt_blob(5)? {
        Some(_) => Some(row.hash(5)?),
        None => None,
    };
    Ok(RevocationSource {
        ca: row.int(0)?,
        url: row.opt_text(1)?,
        refuse_stale: row.flag(2)?,
        asked: row.opt_int(3)?.map(Millis),
        failure: row.opt_text(4)?,
        digest,
    })
}

impl Conn<'_> {
    /// All of them, by their CAs' rows.
    pub fn revocation_sources(&self) -> Result<Vec<RevocationSource>> {
        self.all(
            "SELECT ca_id, url, refuse_stale, asked, failure, digest FROM revocation_source ORDER BY ca_id",
            &[],
            source,
        )
    }

    /// What is known of the list of the CA in this row.
    pub fn revocation_source(&self, ca: i64) -> Result<Option<RevocationSource>> {
        self.one(
            "SELECT ca_id, url, refuse_stale, asked, failure, digest FROM revocation_source WHERE ca_id = $1",
            &[ca.into()],
            source,
        )
    }

    /// DER of the list in force.
    pub fn revocation_list(&self, ca: i64) -> Result<Option<Vec<u8>>> {
        self.one(
            "SELECT der FROM revocation_list WHERE ca_id = $1",
            &[ca.into()],
            |row| row.blob(0),
        )
    }

    /// Key and DER of certificates in the order they were registered, beyond `after`.
    pub fn certificate_bodies(&self, after: i64, limit: usize) -> Result<Vec<(i64, Vec<u8>)>> {
        self.all(
            "SELECT certificate_id, der FROM certificate_body WHERE certificate_id > $1
             ORDER BY certificate_id LIMIT $2",
            &[after.into(), Value::Int(limit as i64)],
            |row| Ok((row.int(0)?, row.blob(1)?)),
        )
    }
}

impl Tx<'_> {
    /// Writes what is known of a CA's list, whether something was or not. Comes after the list itself.
    pub fn put_revocation_source(&mut self, of: &RevocationSource) -> Result<()> {
        self.write(
            "DELETE FROM revocation_source WHERE ca_id = $1",
            &[of.ca.into()],
        )?;
        self.write(
            "INSERT INTO revocation_source (ca_id, url, refuse_stale, asked, failure, digest)
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                of.ca.into(),
                of.url.as_ref().into(),
                of.refuse_stale.into(),
                of.asked.map(|at| at.0).into(),
                of.failure.as_ref().into(),
                of.digest.as_ref().map(|digest| digest.as_slice()).into(),
            ],
        )?;
        self.notice(Notice::Revocations);
        Ok(())
    }

    /// Puts a list in force.
    pub fn put_revocation_list(&mut self, ca: i64, der: &[u8]) -> Result<()> {
        self.write("DELETE FROM revocation_list WHERE ca_id = $1", &[ca.into()])?;
        self.write(
            "INSERT INTO revocation_list (ca_id, der) VALUES ($1, $2)",
            &[ca.into(), der.into()],
        )?;
        Ok(())
    }

    /// Forgets a CA's list and where it comes from.
    pub fn delete_revocation_source(&mut self, ca: i64) -> Result<()> {
        self.write(
            "DELETE FROM revocation_source WHERE ca_id = $1",
            &[ca.into()],
        )?;
        self.write("DELETE FROM revocation_list WHERE ca_id = $1", &[ca.into()])?;
        self.notice(Notice::Revocations);
        Ok(())
    }
}
