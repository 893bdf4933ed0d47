//! Certificates for names of owners' own, as imported into ACM.

use crate::sql::{Row, Value};
use crate::tx::{Notice, Tx};
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;
use std::fmt;

/// An imported certificate as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct AcmCertificate {
    /// What its ARN ends in.
    pub id: String,
    /// PEM.
    pub certificate: String,
    /// PEM of the certificates that lead to its root, where they were imported too.
    pub chain: Option<String>,
    /// The private key, sealed. Never shown by `Debug`.
    pub sealed_key: Vec<u8>,
    /// When it was first imported.
    pub created: Millis,
    /// When it was last imported.
    pub imported: Millis,
}

impl fmt::Debug for AcmCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcmCertificate")
            .field("id", &self.id)
            .field("imported", &self.imported)
            .finish_non_exhaustive()
    }
}

fn certificate(row: &Row<'_>) -> Result<AcmCertificate> {
    Ok(AcmCertificate {
        id: row.text(0)?,
        certificate: row.text(1)?,
        chain: row.opt_text(2)?,
        sealed_key: row.blob(3)?,
        created: Millis(row.int(4)?),
        imported: Millis(row.int(5)?),
    })
}

impl Conn<'_> {
    /// The imported certificate whose ARN ends in this.
    pub fn acm_certificate(&self, id: &str) -> Result<Option<AcmCertificate>> {
        self.one(
            "SELECT id, certificate, chain, sealed_key, created, imported FROM acm_certificate WHERE id = $1",
            &[id.into()],
            certificate,
        )
    }

    /// All imported certificates, in the order in which they were first imported.
    pub fn acm_certificates(&self) -> Result<Vec<AcmCertificate>> {
        self.all(
            "SELECT id, certificate, chain, sealed_key, created, imported FROM acm_certificate ORDER BY created, id",
            &[],
            certificate,
        )
    }

    /// How many there are.
    pub fn count_acm_certificates(&self) -> Result<i64> {
        let count = self.one("SELECT COUNT(*) FROM acm_certificate", &[], |row| {
            row.int(0)
        })?;
        Ok(count.unwrap_or_default())
    }
}

impl Tx<'_> {
    /// Keeps an imported certificate in the place of the one of its id.
    pub fn put_acm_certificate(&mut self, new: &AcmCertificate) -> Result<()> {
        self.write(
            "INSERT INTO acm_certificate (id, certificate, chain, sealed_key, created, imported)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE SET certificate = excluded.certificate, chain = excluded.chain,
             sealed_key = excluded.sealed_key, created = excluded.created, imported = excluded.imported",
            &[
                (&new.id).into(),
                (&new.certificate).into(),
                new.chain.as_deref().into(),
                Value::Blob(&new.sealed_key),
                new.created.0.into(),
                new.imported.0.into(),
            ],
        )?;
        self.notice(Notice::ServerCertificates);
        Ok(())
    }

    /// Removes an imported certificate.
    pub fn delete_acm_certificate(&mut self, id: &str) -> Result<()> {
        self.write("DELETE FROM acm_certificate WHERE id = $1", &[id.into()])?;
        self.notice(Notice::ServerCertificates);
        Ok(())
    }
}
