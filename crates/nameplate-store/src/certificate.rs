//! Device certificates.

use crate::entry::{Attached, CertificateEntry, Few};
use crate::sql::{Row, Value};
use crate::tx::{Notice, Tx};
use crate::{Conn, Error, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::certificate::{Certificate, Mode, Status};
use nameplate_core::registry::lifetime::{LONG_LIFE, TELL_AHEAD, told_at};

/// A query for rows that [`certificate`] reads: its columns, and the rest of the statement.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, hash, status, mode, ca_id, created, modified, version, not_before, not_after FROM certificate ",
            $rest
        )
    };
}

fn certificate(row: &Row<'_>) -> Result<Certificate> {
    Ok(Certificate {
        key: row.int(0)?,
        hash: row.hash(1)?,
        status: Status::from_code(row.int(2)?).ok_or_else(|| Error::Damaged {
            what: "certificate status",
            detail: "unknown number".into(),
        })?,
        mode: Mode::from_code(row.int(3)?),
        ca: row.opt_int(4)?,
        created: Millis(row.int(5)?),
        modified: Millis(row.int(6)?),
        version: row.int(7)?,
        not_before: Millis(row.int(8)?),
        not_after: Millis(row.int(9)?),
    })
}

/// A certificate to be registered.
#[derive(Debug, Clone)]
pub struct NewCertificate<'a> {
    /// SHA-256 of `der`.
    pub hash: [u8; 32],
    /// The certificate.
    pub der: &'a [u8],
    /// Its first status.
    pub status: Status,
    /// Its CA's mode.
    pub mode: Mode,
    /// Key of its CA.
    pub ca: Option<i64>,
    /// Now.
    pub created: Millis,
    /// Start of its validity.
    pub not_before: Millis,
    /// End of its validity.
    pub not_after: Millis,
}

/// A certificate whose end is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndToTell {
    /// Key of its row.
    pub key: i64,
    /// SHA-256 of its DER.
    pub hash: [u8; 32],
    /// Its status now.
    pub status: Status,
    /// The end.
    pub end: Millis,
}

impl Conn<'_> {
    /// The certificate with this digest.
    pub fn certificate(&self, hash: &[u8; 32]) -> Result<Option<Certificate>> {
        match self.certificate_entry(hash)? {
            Some(entry) => self.certificate_by_key(entry.key),
            None => Ok(None),
        }
    }

    /// The certificate in this row.
    pub fn certificate_by_key(&self, key: i64) -> Result<Option<Certificate>> {
        self.one(select!("WHERE id = $1"), &[key.into()], certificate)
    }

    /// How many ACTIVE certificates end after one moment, until another.
    pub fn certificates_that_end(&self, after: Millis, until: Millis) -> Result<i64> {
        let found = self.one(
            "SELECT COUNT(*) FROM certificate WHERE not_after > $1 AND not_after <= $2 AND status = $3",
            &[after.0.into(), until.0.into(), Status::Active.code().into()],
            |row| row.int(0),
        )?;
        Ok(found.unwrap_or_default())
    }

    /// Digests and ends of ACTIVE certificates that end after one moment, until another; those that end first come first.
    pub fn certificates_by_end(
        &self,
        after: Millis,
        until: Millis,
        limit: usize,
    ) -> Result<Vec<([u8; 32], Millis)>> {
        self.all(
            "SELECT hash, not_after FROM certificate
             WHERE not_after > $1 AND not_after <= $2 AND status = $3
             AND not_after - not_before >= $4 AND not_after - created >= $5 ORDER BY not_after LIMIT $6",
            &[
                after.0.into(),
                until.0.into(),
                Status::Active.code().into(),
                LONG_LIFE.into(),
                TELL_AHEAD.into(),
                Value::Int(limit as i64),
            ],
            |row| Ok((row.hash(0)?, Millis(row.int(1)?))),
        )
    }

    /// Certificates whose ends were to be told until `now` and have not been, of those that
    /// [`Conn::certificates_by_end`] leaves out; those first that have waited longest.
    pub fn certificates_to_tell(&self, now: Millis, limit: usize) -> Result<Vec<EndToTell>> {
        self.all(
            "SELECT id, hash, status, not_after FROM certificate
             WHERE tell IS NOT NULL AND tell <= $1 ORDER BY tell, id LIMIT $2",
            &[now.0.into(), Value::Int(limit as i64)],
            |row| {
                let status = Status::from_code(row.int(2)?).ok_or_else(|| Error::Damaged {
                    what: "certificate status",
                    detail: "none of the known ones".into(),
                })?;
                Ok(EndToTell {
                    key: row.int(0)?,
                    hash: row.hash(1)?,
                    status,
                    end: Millis(row.int(3)?),
                })
            },
        )
    }

    /// A certificate's DER.
    pub fn certificate_der(&self, key: i64) -> Result<Option<Vec<u8>>> {
        self.one(
            "SELECT der FROM certificate_body WHERE certificate_id = $1",
            &[key.into()],
            |row| row.blob(0),
        )
    }

    /// Certificates in the order they were registered, or newest first, beyond `from`.
    pub fn certificates(
        &self,
        ca: Option<i64>,
        ascending: bool,
        from: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Certificate>> {
        let limit = Value::Int(limit as i64);
        match (ca, ascending) {
            (None, true) => self.all(
                select!("WHERE id > $1 ORDER BY id LIMIT $2"),
                &[from.unwrap_or(0).into(), limit],
                certificate,
            ),
            (None, false) => self.all(
                select!("WHERE id < $1 ORDER BY id DESC LIMIT $2"),
                &[from.unwrap_or(i64::MAX).into(), limit],
                certificate,
            ),
            (Some(ca), true) => self.all(
                select!("WHERE ca_id = $1 AND id > $2 ORDER BY id LIMIT $3"),
                &[ca.into(), from.unwrap_or(0).into(), limit],
                certificate,
            ),
            (Some(ca), false) => self.all(
                select!("WHERE ca_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"),
                &[ca.into(), from.unwrap_or(i64::MAX).into(), limit],
                certificate,
            ),
        }
    }
}

impl Conn<'_> {
    /// Certificates whose validity ends from one time and before another, the soonest first; of the same time in the
    /// order they were registered. `after` is end and key of the last one that was had.
    pub fn certificates_by_expiry(
        &self,
        from: Millis,
        until: Millis,
        after: Option<(i64, i64)>,
        limit: usize,
    ) -> Result<Vec<Certificate>> {
        let (at, key) = after.unwrap_or((i64::MIN, i64::MIN));
        self.all(
            select!(
                "WHERE not_after >= $1 AND not_after < $2 AND (not_after, id) > ($3, $4)
                 ORDER BY not_after, id LIMIT $5"
            ),
            &[
                from.0.max(at).into(),
                until.0.into(),
                at.into(),
                key.into(),
                Value::Int(limit as i64),
            ],
            certificate,
        )
    }

    /// How many certificates' validity ends from one time and before another; counts to `most`.
    pub fn count_expiring(&self, from: Millis, until: Millis, most: i64) -> Result<i64> {
        let counted = self.one(
            "SELECT COUNT(*) FROM
             (SELECT 1 FROM certificate WHERE not_after >= $1 AND not_after < $2 LIMIT $3) AS counted",
            &[from.0.into(), until.0.into(), most.into()],
            |row| row.int(0),
        )?;
        Ok(counted.unwrap_or_default())
    }
}

impl Tx<'_> {
    /// Registers a certificate; its key. The caller has seen that the digest is not registered.
    pub fn insert_certificate(&mut self, new: &NewCertificate<'_>) -> Result<i64> {
        self.insert_certificate_at(new, 1)
    }

    /// Registers a certificate and sets its status, as [`Tx::set_certificate_status`] would in a second step; its key.
    pub fn insert_certificate_and_set(
        &mut self,
        new: &NewCertificate<'_>,
        status: Status,
    ) -> Result<i64> {
        let set = NewCertificate {
            status,
            ..new.clone()
        };
        let key = self.insert_certificate_at(&set, 2)?;
        self.notice(Notice::Certificate(new.hash));
        Ok(key)
    }

    fn insert_certificate_at(&mut self, new: &NewCertificate<'_>, version: i64) -> Result<i64> {
        let key = self.next_key("certificate")?;
        let told = told_at(new.not_before, new.not_after, new.created);
        self.write(
            "INSERT INTO certificate
             (id, hash, status, mode, ca_id, created, modified, version, not_before, not_after, tell)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            &[
                key.into(),
                Value::Blob(&new.hash),
                new.status.code().into(),
                new.mode.code().into(),
                new.ca.into(),
                new.created.0.into(),
                new.created.0.into(),
                version.into(),
                new.not_before.0.into(),
                new.not_after.0.into(),
                told.map(|told| told.0).into(),
            ],
        )?;
        self.write(
            "INSERT INTO certificate_body (certificate_id, der) VALUES ($1, $2)",
            &[key.into(), new.der.into()],
        )?;
        self.registers(new.hash);
        self.index_certificate(
            new.hash,
            Some(CertificateEntry {
                key,
                ca: new.ca,
                status: new.status,
                mode: new.mode,
                policies: Few::None,
                things: Attached::None,
            }),
        );
        Ok(key)
    }

    /// Notes that a certificate's end has been told.
    pub fn end_was_told(&mut self, key: i64) -> Result<()> {
        self.write(
            "UPDATE certificate SET tell = NULL WHERE id = $1",
            &[key.into()],
        )?;
        Ok(())
    }

    /// Sets a certificate's status and counts its version up. The caller has asked whether that is allowed.
    pub fn set_certificate_status(
        &mut self,
        hash: &[u8; 32],
        status: Status,
        now: Millis,
    ) -> Result<()> {
        let Some(entry) = self.certificate_entry(hash)? else {
            return Ok(());
        };
        self.write(
            "UPDATE certificate SET status = $1, modified = $2, version = version + 1 WHERE id = $3",
            &[status.code().into(), now.0.into(), entry.key.into()],
        )?;
        self.index_certificate(*hash, Some(CertificateEntry { status, ..entry }));
        self.notice(Notice::Certificate(*hash));
        Ok(())
    }

    /// Removes a certificate and its policy attachments. The caller has asked whether that is allowed.
    pub fn delete_certificate(&mut self, hash: &[u8; 32]) -> Result<()> {
        let Some(entry) = self.certificate_entry(hash)? else {
            return Ok(());
        };
        let key: Value<'_> = entry.key.into();
        self.write("DELETE FROM certificate WHERE id = $1", &[key])?;
        self.write(
            "DELETE FROM certificate_body WHERE certificate_id = $1",
            &[key],
        )?;
        self.write(
            "DELETE FROM policy_certificate WHERE certificate_id = $1",
            &[key],
        )?;
        self.write(
            "DELETE FROM thing_principal WHERE certificate_id = $1",
            &[key],
        )?;
        self.write(
            "DELETE FROM certificate_transfer WHERE certificate_id = $1",
            &[key],
        )?;
        self.delete_pending_certificate(entry.key)?;
        self.delete_renewal(entry.key)?;
        self.index_certificate(*hash, None);
        self.notice(Notice::Certificate(*hash));
        Ok(())
    }
}
