//! Named provisioning templates and their versions.

use crate::sql::{Row, Value};
use crate::tx::{Notice, Tx};
use crate::{Conn, Error, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::template::{NamedTemplate, TemplateType, TemplateVersion};

fn template(row: &Row<'_>) -> Result<NamedTemplate> {
    let kind = row.text(2)?;
    Ok(NamedTemplate {
        key: row.int(0)?,
        name: row.text(1)?,
        kind: TemplateType::parse(&kind).ok_or(Error::Damaged {
            what: "template type",
            detail: kind,
        })?,
        description: row.opt_text(3)?,
        enabled: row.flag(4)?,
        default_version: row.int(5)?,
        next_version: row.int(6)?,
        role_arn: row.text(7)?,
        hook: row.opt_text(8)?,
        created: Millis(row.int(9)?),
        modified: Millis(row.int(10)?),
    })
}

fn version(row: &Row<'_>) -> Result<TemplateVersion> {
    Ok(TemplateVersion {
        version: row.int(0)?,
        body: row.text(1)?,
        created: Millis(row.int(2)?),
    })
}

impl Conn<'_> {
    /// The template of this name.
    pub fn template(&self, name: &str) -> Result<Option<NamedTemplate>> {
        self.one(
            "SELECT id, name, kind, description, enabled, default_version, next_version, role_arn, hook, created,
             modified FROM template WHERE name = $1",
            &[name.into()],
            template,
        )
    }

    /// Templates in the order they were created, beyond `after`.
    pub fn templates(&self, after: i64, limit: usize) -> Result<Vec<NamedTemplate>> {
        self.all(
            "SELECT id, name, kind, description, enabled, default_version, next_version, role_arn, hook, created,
             modified FROM template WHERE id > $1 ORDER BY id LIMIT $2",
            &[after.into(), Value::Int(limit as i64)],
            template,
        )
    }

    /// How many templates there are.
    pub fn template_count(&self) -> Result<i64> {
        Ok(self
            .one("SELECT COUNT(*) FROM template", &[], |row| row.int(0))?
            .unwrap_or(0))
    }

    /// One version of a template.
    pub fn template_version(&self, key: i64, number: i64) -> Result<Option<TemplateVersion>> {
        self.one(
            "SELECT version, body, created FROM template_version WHERE template_id = $1 AND version = $2",
            &[key.into(), number.into()],
            version,
        )
    }

    /// All versions of a template, oldest first; there are at most five.
    pub fn template_versions(&self, key: i64) -> Result<Vec<TemplateVersion>> {
        self.all(
            "SELECT version, body, created FROM template_version WHERE template_id = $1 ORDER BY version",
            &[key.into()],
            version,
        )
    }
}

impl Tx<'_> {
    /// Creates a template with version 1; its key. Key, version counters and `modified` of `new` are not read.
    pub fn insert_template(&mut self, new: &NamedTemplate, body: &str) -> Result<i64> {
        let key = self.next_key("template")?;
        self.write(
            "INSERT INTO template (id, name, kind, description, enabled, default_version, next_version, role_arn,
             hook, created, modified) VALUES ($1, $2, $3, $4, $5, 1, 2, $6, $7, $8, $9)",
            &[
                key.into(),
                (&new.name).into(),
                new.kind.as_str().into(),
                new.description.as_deref().into(),
                new.enabled.into(),
                (&new.role_arn).into(),
                new.hook.as_deref().into(),
                new.created.0.into(),
                new.created.0.into(),
            ],
        )?;
        self.write(
            "INSERT INTO template_version (template_id, version, body, created) VALUES ($1, 1, $2, $3)",
            &[key.into(), body.into(), new.created.0.into()],
        )?;
        self.notice(Notice::Authorities);
        Ok(key)
    }

    /// Writes description, enabled, version in force, role and hook.
    pub fn update_template(&mut self, template: &NamedTemplate, now: Millis) -> Result<()> {
        self.write(
            "UPDATE template SET description = $1, enabled = $2, default_version = $3, next_version = $4,
             role_arn = $5, hook = $6, modified = $7 WHERE id = $8",
            &[
                template.description.as_deref().into(),
                template.enabled.into(),
                template.default_version.into(),
                template.next_version.into(),
                (&template.role_arn).into(),
                template.hook.as_deref().into(),
                now.0.into(),
                template.key.into(),
            ],
        )?;
        self.notice(Notice::Authorities);
        Ok(())
    }

    /// Adds a version and counts up; its number.
    pub fn insert_template_version(
        &mut self,
        template: &NamedTemplate,
        body: &str,
        now: Millis,
    ) -> Result<i64> {
        let number = template.next_version;
        self.write(
            "INSERT INTO template_version (template_id, version, body, created) VALUES ($1, $2, $3, $4)",
            &[
                template.key.into(),
                number.into(),
                body.into(),
                now.0.into(),
            ],
        )?;
        self.update_template(
            &NamedTemplate {
                next_version: number + 1,
                ..template.clone()
            },
            now,
        )?;
        Ok(number)
    }

    /// Removes one version.
    pub fn delete_template_version(&mut self, key: i64, number: i64) -> Result<()> {
        self.write(
            "DELETE FROM template_version WHERE template_id = $1 AND version = $2",
            &[key.into(), number.into()],
        )?;
        Ok(())
    }

    /// Removes a template and its versions.
    pub fn delete_template(&mut self, key: i64) -> Result<()> {
        self.write(
            "DELETE FROM template_version WHERE template_id = $1",
            &[key.into()],
        )?;
        self.write("DELETE FROM template WHERE id = $1", &[key.into()])?;
        self.notice(Notice::Authorities);
        Ok(())
    }
}
