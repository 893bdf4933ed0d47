//! What fleet provisioning has handed out and what still waits; temporary claims; certificate providers.

use crate::sql::{Row, Value};
use crate::tx::{Notice, Tx};
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;

/// A temporary claim certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRow {
    /// Key of its row.
    pub key: i64,
    /// SHA-256 of its DER.
    pub hash: [u8; 32],
    /// The template that it is for.
    pub template: String,
    /// Until when it can be connected with.
    pub expires: Millis,
}

/// A function that signs requests for certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateProvider {
    /// Unique in the account.
    pub name: String,
    /// ARN of the function.
    pub function_arn: String,
    /// When it was created.
    pub created: Millis,
    /// When it last changed.
    pub modified: Millis,
}

fn claim(row: &Row<'_>) -> Result<ClaimRow> {
    Ok(ClaimRow {
        key: row.int(0)?,
        hash: row.hash(1)?,
        template: row.text(2)?,
        expires: Millis(row.int(3)?),
    })
}

fn provider(row: &Row<'_>) -> Result<CertificateProvider> {
    Ok(CertificateProvider {
        name: row.text(0)?,
        function_arn: row.text(1)?,
        created: Millis(row.int(2)?),
        modified: Millis(row.int(3)?),
    })
}

impl Conn<'_> {
    /// Until when the certificate in this row can be registered by its ownership token; `None` where it was, or never
    /// could be.
    pub fn pending_certificate(&self, certificate: i64) -> Result<Option<Millis>> {
        self.one(
            "SELECT expires FROM pending_certificate WHERE certificate_id = $1",
            &[certificate.into()],
            |row| Ok(Millis(row.int(0)?)),
        )
    }

    /// Digests of certificates whose ownership tokens have expired, those first that did so first.
    pub fn expired_certificates(&self, now: Millis, limit: usize) -> Result<Vec<[u8; 32]>> {
        self.all(
            "SELECT certificate.hash FROM pending_certificate
             JOIN certificate ON certificate.id = pending_certificate.certificate_id
             WHERE pending_certificate.expires <= $1 ORDER BY pending_certificate.expires LIMIT $2",
            &[now.0.into(), Value::Int(limit as i64)],
            |row| row.hash(0),
        )
    }

    /// The claim with this digest.
    pub fn provisioning_claim(&self, hash: &[u8; 32]) -> Result<Option<ClaimRow>> {
        self.one(
            "SELECT id, hash, template, expires FROM provisioning_claim WHERE hash = $1",
            &[Value::Blob(hash)],
            claim,
        )
    }

    /// Claims that expired before `before`, those first that did so first.
    pub fn expired_claims(&self, before: Millis, limit: usize) -> Result<Vec<ClaimRow>> {
        self.all(
            "SELECT id, hash, template, expires FROM provisioning_claim WHERE expires <= $1
             ORDER BY expires LIMIT $2",
            &[before.0.into(), Value::Int(limit as i64)],
            claim,
        )
    }

    /// The certificate provider, if there is one.
    pub fn certificate_provider(&self) -> Result<Option<CertificateProvider>> {
        self.one(
            "SELECT name, function_arn, created, modified FROM certificate_provider ORDER BY id LIMIT 1",
            &[],
            provider,
        )
    }
}

impl Tx<'_> {
    /// Adds a claim. Its key does not count.
    pub fn insert_provisioning_claim(&mut self, new: &ClaimRow) -> Result<()> {
        let key = self.next_key("provisioning_claim")?;
        self.write(
            "INSERT INTO provisioning_claim (id, hash, template, expires) VALUES ($1, $2, $3, $4)",
            &[
                key.into(),
                Value::Blob(&new.hash),
                (&new.template).into(),
                new.expires.0.into(),
            ],
        )?;
        Ok(())
    }

    /// Removes a claim; its open connections are looked at again.
    pub fn delete_provisioning_claim(&mut self, row: &ClaimRow) -> Result<()> {
        self.write(
            "DELETE FROM provisioning_claim WHERE id = $1",
            &[row.key.into()],
        )?;
        self.notice(Notice::Certificate(row.hash));
        Ok(())
    }

    /// Adds a certificate provider.
    pub fn insert_certificate_provider(&mut self, new: &CertificateProvider) -> Result<()> {
        let key = self.next_key("certificate_provider")?;
        self.write(
            "INSERT INTO certificate_provider (id, name, function_arn, created, modified)
             VALUES ($1, $2, $3, $4, $5)",
            &[
                key.into(),
                (&new.name).into(),
                (&new.function_arn).into(),
                new.created.0.into(),
                new.modified.0.into(),
            ],
        )?;
        Ok(())
    }

    /// Writes the function and when it changed.
    pub fn update_certificate_provider(&mut self, of: &CertificateProvider) -> Result<()> {
        self.write(
            "UPDATE certificate_provider SET function_arn = $1, modified = $2 WHERE name = $3",
            &[
                (&of.function_arn).into(),
                of.modified.0.into(),
                (&of.name).into(),
            ],
        )?;
        Ok(())
    }

    /// Removes a certificate provider.
    pub fn delete_certificate_provider(&mut self, name: &str) -> Result<()> {
        self.write(
            "DELETE FROM certificate_provider WHERE name = $1",
            &[name.into()],
        )?;
        Ok(())
    }

    /// Notes that the certificate in this row can be registered until then.
    pub fn insert_pending_certificate(&mut self, certificate: i64, expires: Millis) -> Result<()> {
        self.write(
            "INSERT INTO pending_certificate (certificate_id, expires) VALUES ($1, $2)",
            &[certificate.into(), expires.0.into()],
        )?;
        Ok(())
    }

    /// Forgets that it could be registered.
    pub fn delete_pending_certificate(&mut self, certificate: i64) -> Result<()> {
        self.write(
            "DELETE FROM pending_certificate WHERE certificate_id = $1",
            &[certificate.into()],
        )?;
        Ok(())
    }
}
