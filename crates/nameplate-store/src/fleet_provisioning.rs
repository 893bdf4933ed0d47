//! What fleet provisioning has handed out and what still waits.

use crate::sql::Value;
use crate::tx::Tx;
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;

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
}

impl Tx<'_> {
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
