//! Registered CA certificates. There are few; all of them fit in memory.

use crate::sql::{Row, Value};
use crate::tx::{Notice, Tx};
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::ca::{CaCertificate, RegistrationConfig};
use nameplate_core::registry::certificate::Mode;

/// A query for rows that [`ca`] reads: its columns, and the rest of the statement.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, hash, subject, der, active, auto_registration, mode, template_body, role_arn, \
             template_name, created, modified, version, deleted FROM ca_certificate ",
            $rest
        )
    };
}

fn ca(row: &Row<'_>) -> Result<CaCertificate> {
    let config = RegistrationConfig {
        template_body: row.opt_text(7)?,
        role_arn: row.opt_text(8)?,
        template_name: row.opt_text(9)?,
    };
    Ok(CaCertificate {
        key: row.int(0)?,
        hash: row.hash(1)?,
        subject: row.blob(2)?,
        der: row.blob(3)?,
        active: row.flag(4)?,
        auto_registration: row.flag(5)?,
        mode: Mode::from_code(row.int(6)?),
        registration_config: (config != RegistrationConfig::default()).then_some(config),
        created: Millis(row.int(10)?),
        modified: Millis(row.int(11)?),
        version: row.int(12)?,
        deleted: row.flag(13)?,
    })
}

impl Conn<'_> {
    /// Every CA ever registered, deleted ones included, in the order they were registered.
    pub fn cas(&self) -> Result<Vec<CaCertificate>> {
        self.all(select!("ORDER BY id"), &[], ca)
    }

    /// The registered CA with this digest.
    pub fn ca(&self, hash: &[u8; 32]) -> Result<Option<CaCertificate>> {
        Ok(self.ca_or_deleted(hash)?.filter(|ca| !ca.deleted))
    }

    /// The CA with this digest, also when deleted.
    pub fn ca_or_deleted(&self, hash: &[u8; 32]) -> Result<Option<CaCertificate>> {
        self.one(select!("WHERE hash = $1"), &[Value::Blob(hash)], ca)
    }

    /// The CA in this row, also when deleted.
    pub fn ca_by_key(&self, key: i64) -> Result<Option<CaCertificate>> {
        self.one(select!("WHERE id = $1"), &[key.into()], ca)
    }

    /// A registered CA that is provisioned by the template of this name.
    pub fn ca_of_template(&self, template: &str) -> Result<Option<CaCertificate>> {
        self.one(
            select!(
                "WHERE template_name = $1 AND deleted = 0
             ORDER BY id LIMIT 1"
            ),
            &[template.into()],
            ca,
        )
    }
}

impl Tx<'_> {
    /// Registers a CA, or registers anew one that was deleted; its key. Key, version and `deleted` of `new` are not
    /// read.
    pub fn insert_ca(&mut self, new: &CaCertificate) -> Result<i64> {
        let old = self.ca_or_deleted(&new.hash)?;
        let key = match &old {
            Some(old) => old.key,
            None => self.next_key("ca_certificate")?,
        };
        if old.is_some() {
            // Certificates registered through it before keep pointing at this row.
            self.write("DELETE FROM ca_certificate WHERE id = $1", &[key.into()])?;
        }
        let config = new.registration_config.clone().unwrap_or_default();
        self.write(
            "INSERT INTO ca_certificate (id, hash, subject, der, active, auto_registration, mode, template_body,
             role_arn, template_name, created, modified, version, deleted)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, 0)",
            &[
                key.into(),
                Value::Blob(&new.hash),
                (&new.subject).into(),
                (&new.der).into(),
                new.active.into(),
                new.auto_registration.into(),
                new.mode.code().into(),
                config.template_body.as_deref().into(),
                config.role_arn.as_deref().into(),
                config.template_name.as_deref().into(),
                new.created.0.into(),
                new.created.0.into(),
            ],
        )?;
        self.notice(Notice::Authorities);
        Ok(key)
    }

    /// Writes a CA's statuses and registration config and counts its version up.
    pub fn update_ca(&mut self, ca: &CaCertificate, now: Millis) -> Result<()> {
        let config = ca.registration_config.clone().unwrap_or_default();
        self.write(
            "UPDATE ca_certificate SET active = $1, auto_registration = $2, template_body = $3, role_arn = $4,
             template_name = $5, modified = $6, version = version + 1 WHERE id = $7",
            &[
                ca.active.into(),
                ca.auto_registration.into(),
                config.template_body.as_deref().into(),
                config.role_arn.as_deref().into(),
                config.template_name.as_deref().into(),
                now.0.into(),
                ca.key.into(),
            ],
        )?;
        self.notice(Notice::Authorities);
        Ok(())
    }

    /// Deletes a CA: nothing finds it any more, but its device certificates still name it.
    pub fn delete_ca(&mut self, key: i64, now: Millis) -> Result<()> {
        self.write(
            "UPDATE ca_certificate SET deleted = 1, active = 0, auto_registration = 0, template_body = NULL,
             role_arn = NULL, template_name = NULL, modified = $1 WHERE id = $2",
            &[now.0.into(), key.into()],
        )?;
        self.notice(Notice::Authorities);
        Ok(())
    }
}
