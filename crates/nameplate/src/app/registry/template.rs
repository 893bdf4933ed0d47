//! Named provisioning templates and their versions. AWS guide: provision-template.
//!
//! Owns what may be saved and removed. What a template means is `core::template`'s, what it does `provision.rs`'s.

use super::Refusal;
use super::{Registry, tag};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use nameplate_core::arn::Arn;
use nameplate_core::ctx::Ctx;
use nameplate_core::limits::{TEMPLATE_VERSIONS, TEMPLATES};
use nameplate_core::registry::template::{NamedTemplate, TemplateType, TemplateVersion};
use nameplate_core::template::{Template, TemplateError, TemplateKind};
use nameplate_store::Conn;
use serde_json::json;
use std::sync::Arc;

/// The only form of the call to a pre-provisioning hook that there is.
pub const HOOK_PAYLOAD_VERSION: &str = "2020-04-01";

/// A pre-provisioning hook: a Lambda function that is asked before a device is provisioned. It is stored and shown
/// here; the run of a fleet template asks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// `targetArn`.
    pub target_arn: String,
    /// `payloadVersion`.
    pub payload_version: String,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    target_arn: String,
    payload_version: String,
}

impl Hook {
    fn check(&self, kind: TemplateType) -> Result<()> {
        if kind == TemplateType::Jitp {
            return Err(Error::invalid(
                "preProvisioningHook cannot be used with a template of type JITP",
            ));
        }
        if self.payload_version != HOOK_PAYLOAD_VERSION {
            return Err(Error::invalid(format!(
                "preProvisioningHook.payloadVersion is {:?}; it must be {HOOK_PAYLOAD_VERSION}",
                self.payload_version
            )));
        }
        let function = Arn::parse(&self.target_arn)
            .is_some_and(|arn| arn.service == "lambda" && arn.resource.starts_with("function:"));
        if !function {
            return Err(Error::invalid(format!(
                "preProvisioningHook.targetArn {:?} is not the ARN of a Lambda function",
                self.target_arn
            )));
        }
        Ok(())
    }

    /// The hook of a template, if it has one.
    ///
    /// # Errors
    /// Internal where what is kept is none: nobody must then be provisioned as if there were no hook.
    pub fn of(template: &NamedTemplate) -> Result<Option<Self>> {
        let Some(kept) = &template.hook else {
            return Ok(None);
        };
        let kept: Kept = serde_json::from_str(kept).map_err(Error::internal)?;
        Ok(Some(Self {
            target_arn: kept.target_arn,
            payload_version: kept.payload_version,
        }))
    }

    fn to_text(&self) -> String {
        json!({"payloadVersion": self.payload_version, "targetArn": self.target_arn}).to_string()
    }
}

/// A template to be created.
#[derive(Debug, Clone)]
pub struct NewTemplate {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: TemplateType,
    /// The body of version 1.
    pub body: String,
    /// Role that its runs assume.
    pub role_arn: String,
    /// Whether it provisions; not given is yes, since AWS's own walk-through of just-in-time provisioning never
    /// enables its template.
    pub enabled: Option<bool>,
    /// Description.
    pub description: Option<String>,
    /// Asked before each run.
    pub hook: Option<Hook>,
    /// Names and values.
    pub tags: Vec<tag::Tag>,
}

/// What an update changes of a template; `None` leaves it.
#[derive(Debug, Clone, Default)]
pub struct TemplateChange {
    /// Description.
    pub description: Option<String>,
    /// Whether it provisions.
    pub enabled: Option<bool>,
    /// The version in force.
    pub default_version: Option<i64>,
    /// Role that its runs assume.
    pub role_arn: Option<String>,
    /// `Some(None)` removes it.
    pub hook: Option<Option<Hook>>,
}

/// What is doubtful about a body, to be logged once it has been saved.
#[must_use]
#[derive(Debug, Default)]
pub(crate) struct Doubts(Vec<String>);

impl Doubts {
    /// The body has been saved.
    pub(crate) fn log(self, ctx: &Ctx) {
        for doubt in self.0 {
            tracing::warn!(request.id = ctx.request_id, "{doubt}");
        }
    }
}

/// Parses a body that is about to be saved. `what` is the template in the log.
pub(crate) fn check_body(
    what: &str,
    body: &str,
    kind: TemplateKind,
) -> std::result::Result<Doubts, TemplateError> {
    let template = Template::parse(body, kind)?;
    let doubts = template.warnings().iter();
    Ok(Doubts(
        doubts
            .map(|warning| format!("{what} is saved, but {warning}"))
            .collect(),
    ))
}

/// As [`check_body`], with the beginning that AWS gives these refusals for named templates.
fn check_named_body(name: &str, body: &str, kind: TemplateType) -> Result<Doubts> {
    let kind = match kind {
        TemplateType::FleetProvisioning => TemplateKind::Fleet,
        TemplateType::Jitp => TemplateKind::Jitp,
    };
    let what = format!("provisioning template {name}");
    check_body(&what, body, kind).map_err(|error| {
        let place = match error.position() {
            Some(position) => format!(" ({position})"),
            None => String::new(),
        };
        let reason = error.reason();
        Error::invalid(format!("The template body is invalid: {reason}{place}"))
    })
}

pub(crate) fn absent(name: &str) -> Error {
    Error::not_found(format!("Unable to find template named {name}"))
}

fn absent_version(name: &str, number: i64) -> Error {
    Error::not_found(format!(
        "Unable to find version {number} of template named {name}"
    ))
}

fn named(conn: &Conn<'_>, name: &str) -> Result<NamedTemplate> {
    conn.template(name)?.ok_or_else(|| absent(name))
}

fn numbered(conn: &Conn<'_>, template: &NamedTemplate, number: i64) -> Result<TemplateVersion> {
    conn.template_version(template.key, number)?
        .ok_or_else(|| absent_version(&template.name, number))
}

impl Registry {
    /// Creates a template with version 1 in force.
    pub async fn create_template(&self, caller: &Caller, new: NewTemplate) -> Result<()> {
        let ctx = &caller.ctx;
        tag::check(&new.tags)?;
        let doubts = check_named_body(&new.name, &new.body, new.kind)?;
        if let Some(hook) = &new.hook {
            hook.check(new.kind)?;
        }
        let arn = ctx.realm.provisioning_template(&new.name);
        self.iam.pass_role(caller, &new.role_arn, &arn).await?;
        let row = NamedTemplate {
            key: 0,
            kind: new.kind,
            description: new.description,
            enabled: new.enabled.unwrap_or(true),
            default_version: 1,
            next_version: 2,
            role_arn: new.role_arn,
            hook: new.hook.as_ref().map(Hook::to_text),
            created: ctx.now,
            modified: ctx.now,
            name: new.name,
        };
        let (body, tags) = (new.body, new.tags);
        self.kernel
            .change(caller, "create-template", move |tx| {
                let name = &row.name;
                if tx.template(name)?.is_some() {
                    return Err(Error::new(
                        Kind::Exists {
                            id: Some(name.clone()),
                            arn: Some(arn.clone()),
                        },
                        format!("Template with name {name} already exists"),
                    ));
                }
                if tx.template_count()? >= TEMPLATES as i64 {
                    return Err(Error::new(
                        Kind::Limit,
                        format!("An account may have at most {TEMPLATES} provisioning templates"),
                    ));
                }
                tx.insert_template(&row, &body)?;
                tx.put_tags(&arn, &tags)?;
                Ok(())
            })
            .await?;
        doubts.log(ctx);
        Ok(())
    }

    /// Changes a template; its type and its versions' bodies stay.
    pub async fn update_template(
        &self,
        caller: &Caller,
        name: &str,
        change: TemplateChange,
    ) -> Result<()> {
        let ctx = &caller.ctx;
        let template = self.kernel.store.read(|conn| named(conn, name)).await?;
        if let Some(Some(hook)) = &change.hook {
            hook.check(template.kind)?;
        }
        if let Some(role_arn) = &change.role_arn {
            let arn = ctx.realm.provisioning_template(name);
            self.iam.pass_role(caller, role_arn, &arn).await?;
        }
        let (name, now) = (name.to_owned(), ctx.now);
        self.kernel
            .change(caller, "update-template", move |tx| {
                let mut template = named(tx, &name)?;
                if let Some(number) = change.default_version {
                    numbered(tx, &template, number)?;
                    template.default_version = number;
                }
                if let Some(description) = &change.description {
                    template.description = Some(description.clone());
                }
                if let Some(role_arn) = &change.role_arn {
                    template.role_arn.clone_from(role_arn);
                }
                if let Some(hook) = &change.hook {
                    template.hook = hook.as_ref().map(Hook::to_text);
                }
                template.enabled = change.enabled.unwrap_or(template.enabled);
                Ok(tx.update_template(&template, now)?)
            })
            .await
    }

    /// A template and its version in force.
    pub async fn describe_template(&self, name: &str) -> Result<(NamedTemplate, TemplateVersion)> {
        self.kernel
            .store
            .read(|conn| {
                let template = named(conn, name)?;
                let version = numbered(conn, &template, template.default_version)?;
                Ok((template, version))
            })
            .await
    }

    /// Deletes a template with all its versions, unless a CA certificate names it.
    pub async fn delete_template(&self, caller: &Caller, name: &str) -> Result<()> {
        let ctx = &caller.ctx;
        let (name, realm) = (name.to_owned(), Arc::clone(&ctx.realm));
        self.kernel.change(caller, "delete-template", move |tx| {
                let template = named(tx, &name)?;
                if let Some(ca) = tx.ca_of_template(&name)? {
                    return Err(Error::new(
                        Kind::InUse,
                        format!(
                            "The template {name} cannot be deleted while the CA certificate {} names it in its registrationConfig",
                            ca.id()
                        ),
                    ));
                }
                tx.delete_template(template.key)?;
                tx.delete_all_tags(&realm.provisioning_template(&name))?;
                Ok(())
            })
            .await
    }

    /// Templates in the order they were created, beyond the key `after`.
    pub async fn templates(&self, after: i64, limit: usize) -> Result<Vec<NamedTemplate>> {
        self.kernel
            .store
            .read(|conn| Ok(conn.templates(after, limit)?))
            .await
    }

    /// Adds a version, in force at once where `set_default`; its number.
    pub async fn create_template_version(
        &self,
        caller: &Caller,
        name: &str,
        body: &str,
        set_default: bool,
    ) -> Result<i64> {
        let ctx = &caller.ctx;
        let kind = self.kernel.store.read(|conn| named(conn, name)).await?.kind;
        let doubts = check_named_body(name, body, kind)?;
        let (name, body, now) = (name.to_owned(), body.to_owned(), ctx.now);
        let number = self.kernel.change(caller, "create-template-version", move |tx| {
                let mut template = named(tx, &name)?;
                if template.kind != kind {
                    // Deleted and created anew since its type was looked at.
                    return Err(absent(&name));
                }
                if tx.template_versions(template.key)?.len() >= TEMPLATE_VERSIONS {
                    return Err(Error::new(
                        Refusal::VersionsLimit,
                        format!(
                            "The template {name} already has the maximum number of versions ({TEMPLATE_VERSIONS})"
                        ),
                    ));
                }
                if set_default {
                    template.default_version = template.next_version;
                }
                Ok(tx.insert_template_version(&template, &body, now)?)
            })
            .await?;
        doubts.log(ctx);
        Ok(number)
    }

    /// One version of a template, and whether it is in force.
    pub async fn describe_template_version(
        &self,
        name: &str,
        number: i64,
    ) -> Result<(TemplateVersion, bool)> {
        self.kernel
            .store
            .read(|conn| {
                let template = named(conn, name)?;
                let version = numbered(conn, &template, number)?;
                Ok((version, number == template.default_version))
            })
            .await
    }

    /// Removes one version, unless it is in force.
    pub async fn delete_template_version(
        &self,
        caller: &Caller,
        name: &str,
        number: i64,
    ) -> Result<()> {
        let name = name.to_owned();
        self.kernel.change(caller, "delete-template-version", move |tx| {
                let template = named(tx, &name)?;
                numbered(tx, &template, number)?;
                if number == template.default_version {
                    return Err(Error::new(
                        Kind::InUse,
                        format!(
                            "Version {number} of template {name} cannot be deleted, since it is the default version"
                        ),
                    ));
                }
                Ok(tx.delete_template_version(template.key, number)?)
            })
            .await
    }

    /// All versions of a template, oldest first, each with whether it is in force.
    pub async fn template_versions(&self, name: &str) -> Result<Vec<(TemplateVersion, bool)>> {
        self.kernel
            .store
            .read(|conn| {
                let template = named(conn, name)?;
                let versions = conn.template_versions(template.key)?;
                let in_force =
                    |version: &TemplateVersion| version.version == template.default_version;
                Ok(versions
                    .into_iter()
                    .map(|version| (in_force(&version), version))
                    .map(|(default, version)| (version, default))
                    .collect())
            })
            .await
    }
}
