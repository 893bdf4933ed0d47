//! Certificates that take the place of others once they have connected.

use crate::sql::Value;
use crate::tx::Tx;
use crate::{Conn, Result};

/// What the store knows that concerns a device which has just been let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived {
    /// Key of the thing that has its client id as name.
    pub thing: Option<i64>,
    /// Its certificate was vended, and the one before it waits for that to have connected.
    pub ends_vended: bool,
    /// Its certificate takes the place of another, which waits for the same.
    pub ends_renewed: bool,
}

impl Arrived {
    /// Where the store does not say: certificates may wait.
    pub fn unknown() -> Self {
        Self {
            thing: None,
            ends_vended: true,
            ends_renewed: true,
        }
    }
}

impl Conn<'_> {
    /// What concerns a device that has come with this certificate, by its digest, and client id.
    pub fn arrived(&self, hash: &[u8; 32], client_id: &str) -> Result<Arrived> {
        let found = self.one(
            "SELECT (SELECT id FROM thing WHERE name = $1),
             EXISTS (SELECT 1 FROM vending_entry WHERE certificate = $2 AND previous IS NOT NULL),
             EXISTS (SELECT 1 FROM certificate_renewal
                     JOIN certificate ON certificate.id = certificate_renewal.certificate_id
                     WHERE certificate.hash = $2)",
            &[client_id.into(), Value::Blob(hash)],
            |row| {
                Ok(Arrived {
                    thing: row.opt_int(0)?,
                    ends_vended: row.flag(1)?,
                    ends_renewed: row.flag(2)?,
                })
            },
        )?;
        Ok(found.unwrap_or_else(Arrived::unknown))
    }

    /// Digest of the certificate that the one in this row takes the place of, until it has connected.
    pub fn renewed_certificate(&self, certificate: i64) -> Result<Option<[u8; 32]>> {
        self.one(
            "SELECT old FROM certificate_renewal WHERE certificate_id = $1",
            &[certificate.into()],
            |row| row.hash(0),
        )
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
