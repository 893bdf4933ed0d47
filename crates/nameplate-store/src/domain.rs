//! Domain configurations.

use crate::sql::{Row, Value};
use crate::tx::{Notice, Tx};
use crate::{Conn, Error, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::domain::Domain;
use nameplate_core::registry::domain::{Authentication, Protocol, SecurityPolicy, Service};

fn word<T>(row: &Row<'_>, column: usize, parse: impl Fn(&str) -> Option<T>) -> Result<T> {
    let text = row.text(column)?;
    parse(&text).ok_or(Error::Damaged {
        what: "domain configuration",
        detail: text,
    })
}

fn domain(row: &Row<'_>) -> Result<Domain> {
    Ok(Domain {
        key: row.int(0)?,
        name: row.text(1)?,
        host: row.text(2)?,
        managed: row.flag(3)?,
        service: word(row, 4, Service::parse)?,
        enabled: row.flag(5)?,
        server_certificate: row.opt_text(6)?,
        validation_certificate: row.opt_text(7)?,
        authorizer: row.opt_text(8)?,
        authorizer_override: row.opt_int(9)?.map(|flag| flag != 0),
        security: word(row, 10, SecurityPolicy::parse)?,
        authentication: word(row, 11, Authentication::parse)?,
        protocol: word(row, 12, Protocol::parse)?,
        status_changed: Millis(row.int(13)?),
        certificate_callback: row.opt_text(14)?,
    })
}

impl Conn<'_> {
    /// The domain configuration of this name.
    pub fn domain(&self, name: &str) -> Result<Option<Domain>> {
        self.one(
            "SELECT id, name, host, managed, service, enabled, server_certificate, validation_certificate, authorizer,
             authorizer_override, security, authentication, protocol, status_changed,
             certificate_callback FROM domain_configuration WHERE name = $1",
            &[name.into()],
            domain,
        )
    }

    /// All domain configurations in the order they were created; there are at most ten.
    pub fn domains(&self) -> Result<Vec<Domain>> {
        self.all(
            "SELECT id, name, host, managed, service, enabled, server_certificate, validation_certificate, authorizer,
             authorizer_override, security, authentication, protocol, status_changed,
             certificate_callback FROM domain_configuration ORDER BY id",
            &[],
            domain,
        )
    }
}

impl Tx<'_> {
    /// Creates a domain configuration. Its key is not read. The caller has seen that name and host are free.
    pub fn insert_domain(&mut self, new: &Domain) -> Result<()> {
        let key = self.next_key("domain_configuration")?;
        self.write(
            "INSERT INTO domain_configuration (id, name, host, managed, service, enabled, server_certificate,
             validation_certificate, authorizer, authorizer_override, security, authentication, protocol,
             status_changed, certificate_callback)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            &[
                key.into(),
                (&new.name).into(),
                (&new.host).into(),
                new.managed.into(),
                new.service.as_str().into(),
                new.enabled.into(),
                new.server_certificate.as_deref().into(),
                new.validation_certificate.as_deref().into(),
                new.authorizer.as_deref().into(),
                new.authorizer_override.into(),
                new.security.as_str().into(),
                new.authentication.as_str().into(),
                new.protocol.as_str().into(),
                new.status_changed.0.into(),
                new.certificate_callback.as_deref().into(),
            ],
        )?;
        self.notice(Notice::Domains);
        Ok(())
    }

    /// Writes what of a domain configuration may change.
    pub fn update_domain(&mut self, changed: &Domain) -> Result<()> {
        self.write(
            "UPDATE domain_configuration SET enabled = $1, authorizer = $2, authorizer_override = $3, security = $4,
             authentication = $5, protocol = $6, status_changed = $7, certificate_callback = $8 WHERE id = $9",
            &[
                changed.enabled.into(),
                changed.authorizer.as_deref().into(),
                changed.authorizer_override.into(),
                changed.security.as_str().into(),
                changed.authentication.as_str().into(),
                changed.protocol.as_str().into(),
                changed.status_changed.0.into(),
                changed.certificate_callback.as_deref().into(),
                Value::Int(changed.key),
            ],
        )?;
        self.notice(Notice::Domains);
        Ok(())
    }

    /// Removes a domain configuration.
    pub fn delete_domain(&mut self, key: i64) -> Result<()> {
        self.write(
            "DELETE FROM domain_configuration WHERE id = $1",
            &[key.into()],
        )?;
        self.notice(Notice::Domains);
        Ok(())
    }
}
