//! Templates of jobs: owners' own, and those that the service offers. AWS guide: job-templates.

use super::Jobs;
use super::document::members;
use super::job::find;
use super::refusal::Refusal;
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::registry::tag::{self, Tag};
use nameplate_core::arn::{Arn, Realm};
use nameplate_core::ctx::Millis;
use nameplate_core::job::{Managed, Settings, check_document};
use nameplate_store::JobTemplateRow;
use serde_json::{Map, Value, json};

/// Members of a job that a template of it has too.
const OF_JOB: [&str; 6] = [
    "presignedUrlConfig",
    "jobExecutionsRolloutConfig",
    "abortConfig",
    "timeoutConfig",
    "jobExecutionsRetryConfig",
    "documentSource",
];

/// A template to create.
#[derive(Debug, Clone, Default)]
pub struct NewTemplate {
    /// Its id.
    pub id: String,
    /// ARN of the job that it is made of.
    pub job: Option<String>,
    /// The document of its jobs.
    pub document: Option<String>,
    /// The URL of an object of S3 that is their document.
    pub source: Option<String>,
    /// Members that are kept as they are: `description`, `abortConfig` and so on.
    pub members: Map<String, Value>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// A template of an owner.
#[derive(Debug, Clone)]
pub struct Template {
    /// Its key, the position in lists.
    pub key: i64,
    /// Its id.
    pub id: String,
    /// The document of its jobs.
    pub document: String,
    /// What it was created with.
    pub members: Map<String, Value>,
    /// When.
    pub created: Millis,
}

fn template(row: JobTemplateRow) -> Result<Template> {
    Ok(Template {
        key: row.key,
        members: members(&row.settings)?,
        id: row.name,
        document: row.document,
        created: row.created,
    })
}

fn unknown(id: &str) -> Error {
    Error::not_found(format!("Job template {id} cannot be found."))
}

fn arn_of(realm: &Realm, id: &str) -> String {
    realm.iot(format_args!("jobtemplate/{id}"))
}

impl Jobs {
    /// Creates a template.
    pub async fn create_template(&self, caller: &Caller, new: NewTemplate) -> Result<()> {
        let ctx = &caller.ctx;
        tag::check(&new.tags)?;
        let mut kept = new.members;
        let given = [&new.document, &new.source, &new.job];
        if given.iter().filter(|one| one.is_some()).count() != 1 {
            return Err(Error::invalid(
                "A job template needs exactly one of document, documentSource and jobArn",
            ));
        }
        let document = if let Some(arn) = &new.job {
            let parsed = Arn::parse(arn).filter(|arn| arn.service == "iot");
            let id = parsed.as_ref().and_then(|arn| arn.name_of("job"));
            let id = id
                .ok_or_else(|| Error::invalid(format!("jobArn {arn:?} is not the ARN of a job")))?;
            let job = self.kernel.store.read(|conn| find(conn, id)).await?;
            for (name, value) in members(&job.settings)? {
                if OF_JOB.contains(&name.as_str()) {
                    kept.entry(name).or_insert(value);
                }
            }
            job.document
        } else if let Some(source) = &new.source {
            kept.insert("documentSource".into(), source.as_str().into());
            self.text_of_source(caller, source).await?
        } else {
            new.document.unwrap_or_default()
        };
        check_document(&document).map_err(Error::invalid)?;
        let mut as_job = kept.clone();
        if let Some(windows) = kept.get("maintenanceWindows") {
            let schedule = json!({"maintenanceWindows": windows});
            as_job.insert("schedulingConfig".into(), schedule);
        }
        let settings = Settings::read(&as_job).map_err(Error::invalid)?;
        settings
            .schedule
            .check(true, ctx.now)
            .map_err(Error::invalid)?;
        let arn = arn_of(&ctx.realm, &new.id);
        if let Some(presign) = &settings.presign {
            self.iam.pass_role(caller, &presign.role, &arn).await?;
        }
        let row = JobTemplateRow {
            key: 0,
            name: new.id,
            settings: Value::Object(kept).to_string(),
            document,
            created: ctx.now,
        };
        let tags = new.tags;
        self.kernel
            .change(caller, "create-job-template", move |tx| {
                if tx.job_template(&row.name)?.is_some() {
                    let text = format!("Job template {} already exists.", row.name);
                    return Err(Error::new(Kind::Job(Refusal::Conflict), text));
                }
                tx.insert_job_template(&row)?;
                Ok(tx.put_tags(&arn, &tags)?)
            })
            .await
    }

    /// The template of this id.
    pub async fn template(&self, id: &str) -> Result<Template> {
        let row = self
            .kernel
            .store
            .read(|conn| conn.job_template(id)?.ok_or_else(|| unknown(id)));
        template(row.await?)
    }

    /// Templates after the key `after`, in the order they were created.
    pub async fn templates(&self, after: i64, limit: usize) -> Result<Vec<Template>> {
        let rows = self
            .kernel
            .store
            .read(|conn| Ok::<_, Error>(conn.job_templates(after, limit)?));
        rows.await?.into_iter().map(template).collect()
    }

    /// Deletes a template. Jobs that were made of it stay.
    pub async fn delete_template(&self, caller: &Caller, id: &str) -> Result<()> {
        let arn = arn_of(&caller.ctx.realm, id);
        let id = id.to_owned();
        self.kernel
            .change(caller, "delete-job-template", move |tx| {
                let found = tx.job_template(&id)?.ok_or_else(|| unknown(&id))?;
                tx.delete_job_template(found.key)?;
                Ok(tx.delete_all_tags(&arn)?)
            })
            .await
    }

    /// The document and members that a job gets of the template of this ARN, which may be one of the service's.
    pub(super) async fn of_template(
        &self,
        realm: &Realm,
        arn: &str,
    ) -> Result<(String, Map<String, Value>)> {
        let invalid = || {
            Error::invalid(format!(
                "jobTemplateArn {arn:?} is not the ARN of a job template"
            ))
        };
        let parsed = Arn::parse(arn).filter(|arn| arn.service == "iot");
        let parsed = parsed.ok_or_else(invalid)?;
        let name = parsed.name_of("jobtemplate").ok_or_else(invalid)?;
        if parsed.region != realm.region {
            return Err(invalid());
        }
        // AWS's own belong to no account.
        if parsed.account.is_empty() || parsed.account == "aws" {
            let managed = Managed::of_arn(name).ok_or_else(|| unknown(name))?;
            return Ok((managed.document(), Map::new()));
        }
        if parsed.account != realm.account {
            return Err(invalid());
        }
        let found = self.template(name).await?;
        let mut members = found.members;
        members.remove("documentSource");
        Ok((found.document, members))
    }
}
