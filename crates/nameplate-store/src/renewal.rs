//! Certificates that take the place of others once they have connected.

use crate::sql::Value;
use crate::tx::Tx;
use crate::{Conn, Result};

impl Conn<'_> {
    /// Digest of the certificate that the one in this row takes the place of, until it has connected.
    pub fn renewed_certificate(&self, certificate: i64) -> Result<Option<[u8; 32]>> {
        self.one(
            "SELECT old FROM certificate_renewal WHERE certificate_id = $1",
            &[certificate.into()],
            |row| row.hash(0),
        )
    }

    /// Whether the certificate with this digest takes the place of another and has not connected yet.
    pub fn is_awaited_renewal(&self, hash: &[u8; 32]) -> Result<bool> {
        let found = self.one(
            "SELECT 1 FROM certificate_renewal
             JOIN certificate ON certificate.id = certificate_renewal.certificate_id
             WHERE certificate.hash = $1",
            &[Value::Blob(hash)],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    /// Digest of the certificate that takes the place of this one, until it has connected.
    pub fn renewal_of_certificate(&self, old: &[u8; 32]) -> Result<Option<[u8; 32]>> {
        self.one(
            "SELECT certificate.hash FROM certificate_renewal
             JOIN certificate ON certificate.id = certificate_renewal.certificate_id
             WHERE certificate_renewal.old = $1",
            &[Value::Blob(old)],
            |row| row.hash(0),
        )
    }

    /// Digests of all certificates that take the place of others and have not connected yet.
    pub fn awaited_renewals(&self) -> Result<Vec<[u8; 32]>> {
        self.all(
            "SELECT certificate.hash FROM certificate_renewal
             JOIN certificate ON certificate.id = certificate_renewal.certificate_id",
            &[],
            |row| row.hash(0),
        )
    }
}

impl Tx<'_> {
    /// Notes that the certificate in this row takes the place of another.
    pub fn insert_renewal(&mut self, certificate: i64, old: &[u8; 32]) -> Result<()> {
        self.write(
            "INSERT INTO certificate_renewal (certificate_id, old) VALUES ($1, $2)",
            &[certificate.into(), Value::Blob(old)],
        )?;
        Ok(())
    }

    /// Forgets it.
    pub fn delete_renewal(&mut self, certificate: i64) -> Result<()> {
        self.write(
            "DELETE FROM certificate_renewal WHERE certificate_id = $1",
            &[certificate.into()],
        )?;
        Ok(())
    }

    /// A device that was vended one certificate has the other now.
    pub fn replace_vended_certificate(&mut self, old: &[u8; 32], new: &[u8; 32]) -> Result<()> {
        self.write(
            "UPDATE vending_entry SET certificate = $1 WHERE certificate = $2",
            &[Value::Blob(new), Value::Blob(old)],
        )?;
        Ok(())
    }
}
