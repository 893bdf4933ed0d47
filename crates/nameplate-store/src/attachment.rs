//! Principals attached to things, seen from both sides.

use crate::entry::{Attached, CertificateEntry};
use crate::sql::Value;
use crate::tx::{Notice, Tx};
use crate::{Conn, Result};
use nameplate_core::registry::thing::PrincipalType;

/// A thing that a certificate is attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThingAttachment {
    /// Key of the thing.
    pub thing: i64,
    /// Name of the thing.
    pub name: String,
    /// Kind of attachment.
    pub kind: PrincipalType,
}

/// A certificate that is attached to a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThingPrincipal {
    /// Key of the certificate.
    pub certificate: i64,
    /// Its digest.
    pub hash: [u8; 32],
    /// Kind of attachment.
    pub kind: PrincipalType,
}

fn kind(exclusive: bool) -> PrincipalType {
    if exclusive {
        PrincipalType::Exclusive
    } else {
        PrincipalType::NonExclusive
    }
}

impl Conn<'_> {
    /// Things that a certificate is attached to, beyond `after` in key order.
    pub fn things_of_certificate(
        &self,
        certificate: i64,
        after: i64,
        limit: usize,
    ) -> Result<Vec<ThingAttachment>> {
        self.all(
            "SELECT t.id, t.name, a.exclusive FROM thing_principal a JOIN thing t ON t.id = a.thing_id
             WHERE a.certificate_id = $1 AND a.thing_id > $2 ORDER BY a.thing_id LIMIT $3",
            &[certificate.into(), after.into(), Value::Int(limit as i64)],
            |row| {
                Ok(ThingAttachment {
                    thing: row.int(0)?,
                    name: row.text(1)?,
                    kind: kind(row.flag(2)?),
                })
            },
        )
    }

    /// Certificates attached to a thing, beyond `after` in key order.
    pub fn principals_of_thing(
        &self,
        thing: i64,
        after: i64,
        limit: usize,
    ) -> Result<Vec<ThingPrincipal>> {
        self.all(
            "SELECT c.id, c.hash, a.exclusive FROM thing_principal a JOIN certificate c ON c.id = a.certificate_id
             WHERE a.thing_id = $1 AND a.certificate_id > $2 ORDER BY a.certificate_id LIMIT $3",
            &[thing.into(), after.into(), Value::Int(limit as i64)],
            |row| {
                Ok(ThingPrincipal {
                    certificate: row.int(0)?,
                    hash: row.hash(1)?,
                    kind: kind(row.flag(2)?),
                })
            },
        )
    }

    /// The attachment of one certificate to one thing.
    pub fn attachment(&self, certificate: i64, thing: i64) -> Result<Option<PrincipalType>> {
        self.one(
            "SELECT exclusive FROM thing_principal WHERE certificate_id = $1 AND thing_id = $2",
            &[certificate.into(), thing.into()],
            |row| Ok(kind(row.flag(0)?)),
        )
    }
}

impl Tx<'_> {
    /// Attaches a certificate to a thing. The caller has asked whether the kind is allowed.
    pub fn attach_thing(
        &mut self,
        certificate: i64,
        hash: &[u8; 32],
        thing: i64,
        kind: PrincipalType,
    ) -> Result<()> {
        self.write(
            "INSERT INTO thing_principal (certificate_id, thing_id, exclusive) VALUES ($1, $2, $3)
             ON CONFLICT (certificate_id, thing_id) DO UPDATE SET exclusive = excluded.exclusive",
            &[
                certificate.into(),
                thing.into(),
                (kind == PrincipalType::Exclusive).into(),
            ],
        )?;
        if let Some(entry) = self.indexed_certificate(hash) {
            let things = entry.things.with(thing, kind == PrincipalType::Exclusive);
            self.index_certificate(*hash, Some(CertificateEntry { things, ..entry }));
        }
        self.notice(Notice::Certificate(*hash));
        Ok(())
    }

    /// Detaches a certificate from a thing; whether it was attached.
    pub fn detach_thing(&mut self, certificate: i64, hash: &[u8; 32], thing: i64) -> Result<bool> {
        let removed = self.count(
            "DELETE FROM thing_principal WHERE certificate_id = $1 AND thing_id = $2",
            &[certificate.into(), thing.into()],
        )?;
        if let Some(entry) = self.indexed_certificate(hash) {
            let left = self.things_of_certificate(certificate, 0, 2)?;
            let things = left.iter().fold(Attached::None, |attached, left| {
                attached.with(left.thing, left.kind == PrincipalType::Exclusive)
            });
            self.index_certificate(*hash, Some(CertificateEntry { things, ..entry }));
        }
        self.notice(Notice::Certificate(*hash));
        Ok(removed > 0)
    }
}
