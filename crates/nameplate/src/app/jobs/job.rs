//! Jobs, for operators.

use super::Jobs;
use super::document::{PLACE, Work, members};
use super::refusal::state;
use super::sweep::without_sweeps;
use super::tell::process_details;
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::registry::tag::{self, Tag};
use nameplate_core::arn::{Arn, Realm};
use nameplate_core::ctx::Millis;
use nameplate_core::job::{
    JobStatus, Managed, Minute, Phase, Settings, TARGETS, check_document, links, parameters_of,
    with_parameters,
};
use nameplate_store::{Conn, JobFilter, JobRow, JobTargetRow};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Steps that a call takes itself before it leaves the rest to the worker, so that a small job is as asked at once.
const AT_ONCE: usize = 5;

/// A job to create.
#[derive(Debug, Clone, Default)]
pub struct NewJob {
    /// Its id.
    pub id: String,
    /// ARNs of things and groups.
    pub targets: Vec<String>,
    /// Its document.
    pub document: Option<String>,
    /// The URL of an object of S3 that is its document.
    pub source: Option<String>,
    /// ARN of the template that it is made of.
    pub template: Option<String>,
    /// Whether it is continuous.
    pub continuous: bool,
    /// Its namespace.
    pub namespace: Option<String>,
    /// Members that are kept as they are: `description`, `abortConfig` and so on.
    pub members: Map<String, Value>,
    /// Where links of AWS's hosts lead: scheme, host and port.
    pub place: String,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// A job as operators see it.
#[derive(Debug, Clone)]
pub struct JobDescription {
    /// Its row.
    pub row: JobRow,
    /// What it was created with, and why it was canceled.
    pub members: Map<String, Value>,
    /// ARNs of its targets.
    pub targets: Vec<String>,
    /// ARNs of those whose things are still being told.
    pub processing: Vec<String>,
    /// Numbers of its things.
    pub details: Value,
    /// Starts of its next maintenance windows.
    pub windows: Vec<Millis>,
    /// It tells things of itself, or takes that back.
    pub concurrent: bool,
}

/// Which jobs are listed.
#[derive(Debug, Clone, Default)]
pub struct JobList {
    /// Those in this state.
    pub status: Option<JobStatus>,
    /// Those that are continuous, or are not.
    pub continuous: Option<bool>,
    /// Those of a namespace.
    pub namespace: Option<String>,
    /// Those with a group of this name.
    pub group_name: Option<String>,
    /// Those with a group of this id.
    pub group_id: Option<String>,
}

pub(super) fn unknown(id: &str) -> Error {
    Error::not_found(format!("Job {id} cannot be found."))
}

pub(super) fn find(conn: &Conn<'_>, id: &str) -> Result<JobRow> {
    conn.job(id)?.ok_or_else(|| unknown(id))
}

/// A job of this id whose namespace, where one is given, is this.
pub(super) fn find_in(conn: &Conn<'_>, id: &str, namespace: Option<&str>) -> Result<JobRow> {
    let job = find(conn, id)?;
    match namespace {
        Some(namespace) if namespace != job.namespace => Err(unknown(id)),
        _ => Ok(job),
    }
}

/// The rows of targets, from a place on; those that are there already are left out.
fn targets(
    conn: &Conn<'_>,
    realm: &Realm,
    arns: &[String],
    mut known: Vec<JobTargetRow>,
) -> Result<Vec<JobTargetRow>> {
    let from = known.len();
    for arn in arns {
        let invalid = |why: &str| Error::invalid(format!("Invalid target {arn}: {why}"));
        if known.iter().any(|target| target.arn == *arn) {
            continue;
        }
        let parsed = Arn::parse(arn)
            .filter(|parsed| parsed.service == "iot")
            .ok_or_else(|| invalid("it is not the ARN of a thing or a thing group"))?;
        if parsed.account != realm.account || parsed.region != realm.region {
            return Err(invalid("it is of another account or region"));
        }
        let absent = || Error::not_found(format!("Target {arn} cannot be found."));
        let (thing, group) = match parsed.resource.split_once('/') {
            Some(("thing", name)) => (Some(conn.thing_key(name)?.ok_or_else(absent)?), None),
            Some(("thinggroup", name)) => (None, Some(conn.group(name)?.ok_or_else(absent)?.key)),
            _ => return Err(invalid("it is not the ARN of a thing or a thing group")),
        };
        known.push(JobTargetRow {
            position: i64::try_from(known.len()).unwrap_or(i64::MAX),
            arn: arn.clone(),
            group,
            thing,
            at: (0, 0),
            done: false,
        });
    }
    if known.len() > TARGETS {
        return Err(Error::new(
            Kind::Limit,
            format!("A job has at most {TARGETS} targets"),
        ));
    }
    Ok(known.split_off(from))
}

impl Jobs {
    /// Creates a job. Where it is not scheduled for later, its first things are told when this returns.
    pub async fn create_job(&self, caller: &Caller, new: NewJob) -> Result<()> {
        let ctx = &caller.ctx;
        tag::check(&new.tags)?;
        let (document, mut kept) = self.document_for(caller, &new).await?;
        let settings = Settings::read(&kept).map_err(Error::invalid)?;
        settings
            .schedule
            .check(new.continuous, ctx.now)
            .map_err(Error::invalid)?;
        check_filled(&document, &kept, &settings)?;
        if let Some(presign) = &settings.presign {
            let source = ctx.realm.iot(format_args!("job/{}", new.id));
            self.iam.pass_role(caller, &presign.role, &source).await?;
        }
        kept.insert(PLACE.into(), new.place.clone().into());
        let status = match settings.schedule.phase(ctx.now) {
            Phase::Waiting(_) => JobStatus::Scheduled,
            Phase::Open(_) | Phase::Ended => JobStatus::InProgress,
        };
        let row = JobRow {
            key: 0,
            name: new.id.clone(),
            status,
            continuous: new.continuous,
            namespace: new.namespace.unwrap_or_default(),
            settings: Value::Object(kept).to_string(),
            document,
            created: ctx.now,
            modified: ctx.now,
            completed: None,
            started: None,
            minute: Minute::default(),
            due: Some(ctx.now),
        };
        let (realm, arns, tags) = (ctx.realm.clone(), new.targets, new.tags);
        let key = self
            .change(ctx, "create-job", 0, move |tx, _| {
                if tx.job(&row.name)?.is_some() {
                    let arn = realm.iot(format_args!("job/{}", row.name));
                    return Err(Error::new(
                        Kind::Exists {
                            id: Some(row.name.clone()),
                            arn: Some(arn),
                        },
                        format!("Job {} already exists.", row.name),
                    ));
                }
                let targets = targets(tx, &realm, &arns, Vec::new())?;
                let key = tx.insert_job(&row)?;
                for target in &targets {
                    tx.put_job_target(key, target)?;
                }
                tx.put_tags(&realm.iot(format_args!("job/{}", row.name)), &tags)?;
                Ok(key)
            })
            .await?;
        self.at_once(key).await
    }

    /// The first steps of what a call began. What is left is the worker's.
    async fn at_once(&self, job: i64) -> Result<()> {
        for _ in 0..AT_ONCE {
            if !self.step(job).await? {
                break;
            }
        }
        self.wake();
        Ok(())
    }

    /// The document of a new job, and the members that it keeps.
    async fn document_for(
        &self,
        caller: &Caller,
        new: &NewJob,
    ) -> Result<(String, Map<String, Value>)> {
        let mut kept = new.members.clone();
        let given = [&new.document, &new.source, &new.template];
        if given.iter().filter(|one| one.is_some()).count() != 1 {
            return Err(Error::invalid(
                "A job needs exactly one of document, documentSource and jobTemplateArn",
            ));
        }
        let document = if let Some(arn) = &new.template {
            let (document, members) = self.of_template(&caller.ctx.realm, arn).await?;
            for (name, value) in members {
                if name == "maintenanceWindows" {
                    let schedule = kept.entry("schedulingConfig").or_insert_with(|| json!({}));
                    if schedule.get(&name).is_none() {
                        schedule[&name] = value;
                    }
                } else if name != "description" || !kept.contains_key(&name) {
                    kept.entry(name).or_insert(value);
                }
            }
            kept.insert("jobTemplateArn".into(), arn.as_str().into());
            document
        } else if let Some(source) = &new.source {
            kept.insert("documentSource".into(), source.as_str().into());
            self.text_of_source(caller, source).await?
        } else {
            new.document.clone().unwrap_or_default()
        };
        check_document(&document).map_err(Error::invalid)?;
        Ok((document, kept))
    }

    /// A job.
    pub async fn job(&self, id: &str) -> Result<JobDescription> {
        let now = self.kernel.now();
        self.kernel
            .store
            .read(|conn| {
                let row = find(conn, id)?;
                let settings = Work::parsed(&row)?;
                let mut members = members(&row.settings)?;
                members.remove(PLACE);
                without_sweeps(&mut members);
                let rows = conn.job_targets(row.key)?;
                let arns = |open: bool| {
                    let of = rows.iter().filter(|target| !open || !target.done);
                    of.map(|target| target.arn.clone()).collect::<Vec<_>>()
                };
                let windows = match row.status.has_ended() {
                    true => Vec::new(),
                    false => settings.schedule.next_windows(now),
                };
                Ok(JobDescription {
                    targets: arns(false),
                    processing: match row.status {
                        JobStatus::InProgress => arns(true),
                        _ => Vec::new(),
                    },
                    details: process_details(&conn.job_counts(row.key)?),
                    concurrent: is_concurrent(&row, &rows),
                    windows,
                    members,
                    row,
                })
            })
            .await
    }

    /// A job's document: as it was given, or with its parameters.
    pub async fn job_document(&self, id: &str, before_substitution: bool) -> Result<String> {
        let row = self.kernel.store.read(|conn| find(conn, id)).await?;
        match before_substitution {
            true => Ok(row.document),
            false => super::document::filled(&row),
        }
    }

    /// Jobs before the key `before`, the newest first, each with whether it tells things of itself or takes that back.
    pub async fn jobs(
        &self,
        list: &JobList,
        before: i64,
        limit: usize,
    ) -> Result<Vec<(JobRow, bool)>> {
        self.kernel
            .store
            .read(|conn| {
                let group = match (&list.group_name, &list.group_id) {
                    (Some(name), _) => {
                        let found = conn.group(name)?;
                        let unknown =
                            || Error::not_found(format!("Thing group {name} cannot be found."));
                        Some(found.ok_or_else(unknown)?)
                    }
                    (None, Some(id)) => {
                        let found = group_of_id(conn, id)?;
                        let unknown = || {
                            Error::not_found(format!("Thing group with id {id} cannot be found."))
                        };
                        Some(found.ok_or_else(unknown)?)
                    }
                    (None, None) => None,
                };
                if let (Some(group), Some(id)) = (&group, &list.group_id)
                    && group.group_id != *id
                {
                    return Ok(Vec::new());
                }
                let filter = JobFilter {
                    status: list.status,
                    continuous: list.continuous,
                    namespace: list.namespace.as_deref(),
                    group: group.map(|group| group.key),
                };
                let found = conn.jobs(&filter, before, limit)?.into_iter();
                let with = found.map(|row| {
                    let concurrent = is_concurrent(&row, &conn.job_targets(row.key)?);
                    Ok((row, concurrent))
                });
                with.collect()
            })
            .await
    }

    /// Changes settings of a job that has not ended. What it was described with.
    pub async fn update_job(
        &self,
        caller: &Caller,
        id: &str,
        namespace: Option<&str>,
        changes: Map<String, Value>,
    ) -> Result<()> {
        let presigned = changes.get("presignedUrlConfig");
        if let Some(role) = presigned.and_then(|config| config["roleArn"].as_str()) {
            let source = caller.ctx.realm.iot(format_args!("job/{id}"));
            self.iam.pass_role(caller, role, &source).await?;
        }
        let (id, namespace) = (id.to_owned(), namespace.map(str::to_owned));
        let now = caller.ctx.now;
        self.change(&caller.ctx, "update-job", 0, move |tx, _| {
            let mut job = find_in(tx, &id, namespace.as_deref())?;
            if job.status.has_ended() {
                return Err(state(format!(
                    "Job {id} is {} and cannot be updated.",
                    job.status.as_str()
                )));
            }
            let mut members = Work::settings_of(&job)?;
            members.extend(changes.clone());
            let settings = Settings::read(&members).map_err(Error::invalid)?;
            check_filled(&job.document, &members, &settings)?;
            job.settings = Value::Object(members).to_string();
            job.modified = now;
            // Another rate may allow more.
            job.due = Some(job.due.map_or(now, |due| due.min(now)));
            Ok(tx.update_job(&job)?)
        })
        .await?;
        self.wake();
        Ok(())
    }

    /// Cancels a job: what is queued, and with `force` what is in progress. Its description.
    pub async fn cancel_job(
        &self,
        caller: &Caller,
        id: &str,
        force: bool,
        reason: Option<&str>,
        comment: Option<&str>,
    ) -> Result<Option<String>> {
        let owned = id.to_owned();
        let (reason, comment) = (reason.map(str::to_owned), comment.map(str::to_owned));
        let (key, description) = self
            .change(&caller.ctx, "cancel-job", 0, move |tx, steps| {
                let mut job = find(tx, &owned)?;
                let mut members = Work::settings_of(&job)?;
                let again = job.status == JobStatus::Canceled
                    && force
                    && !members.contains_key("forceCanceled");
                if job.status.has_ended() && !again {
                    return Err(state(format!(
                        "Job {owned} is {} and cannot be canceled.",
                        job.status.as_str()
                    )));
                }
                for (name, value) in [("reasonCode", &reason), ("comment", &comment)] {
                    if let Some(value) = value {
                        members.insert(name.into(), value.as_str().into());
                    }
                }
                let description = description_of(&members);
                steps.cancel(tx, &mut job, members, force)?;
                Ok((job.key, description))
            })
            .await?;
        self.at_once(key).await?;
        Ok(description)
    }

    /// Deletes a job with its executions. One that has not ended needs `force`.
    pub async fn delete_job(
        &self,
        caller: &Caller,
        id: &str,
        namespace: Option<&str>,
        force: bool,
    ) -> Result<()> {
        let (owned, namespace) = (id.to_owned(), namespace.map(str::to_owned));
        let now = caller.ctx.now;
        let key = self
            .change(&caller.ctx, "delete-job", 0, move |tx, steps| {
                let mut job = find_in(tx, &owned, namespace.as_deref())?;
                if job.status == JobStatus::DeletionInProgress {
                    return Ok(job.key);
                }
                if !job.status.has_ended() && !force {
                    return Err(state(format!(
                        "Job {owned} is {}; cancel it first, or delete it with force.",
                        job.status.as_str()
                    )));
                }
                job.status = JobStatus::DeletionInProgress;
                job.modified = now;
                job.due = Some(now);
                tx.update_job(&job)?;
                steps.job_event(tx, &job, "deletion_in_progress", "DELETION_IN_PROGRESS")?;
                Ok(job.key)
            })
            .await?;
        self.at_once(key).await
    }

    /// Adds groups and things to a continuous job. Its description.
    pub async fn add_targets(
        &self,
        caller: &Caller,
        id: &str,
        namespace: Option<&str>,
        arns: Vec<String>,
        comment: Option<&str>,
    ) -> Result<Option<String>> {
        let (owned, namespace) = (id.to_owned(), namespace.map(str::to_owned));
        let (realm, now) = (caller.ctx.realm.clone(), caller.ctx.now);
        let comment = comment.map(str::to_owned);
        let (key, description) = self
            .change(&caller.ctx, "add-job-targets", 0, move |tx, _| {
                let mut job = find_in(tx, &owned, namespace.as_deref())?;
                if !job.continuous {
                    return Err(Error::invalid(format!(
                        "Job {owned} is a SNAPSHOT, and targets are added to jobs that are CONTINUOUS."
                    )));
                }
                if job.status.has_ended() {
                    return Err(state(format!(
                        "Job {owned} is {} and takes no targets.",
                        job.status.as_str()
                    )));
                }
                let known = tx.job_targets(job.key)?;
                for target in targets(tx, &realm, &arns, known)? {
                    tx.put_job_target(job.key, &target)?;
                }
                let mut members = Work::settings_of(&job)?;
                if let Some(comment) = &comment {
                    members.insert("comment".into(), comment.as_str().into());
                }
                let description = description_of(&members);
                job.settings = Value::Object(members).to_string();
                job.modified = now;
                job.due = Some(job.due.map_or(now, |due| due.min(now)));
                tx.update_job(&job)?;
                Ok((job.key, description))
            })
            .await?;
        self.at_once(key).await?;
        Ok(description)
    }
}

/// Whether a job tells things of itself, or takes that back. API: `isConcurrent`.
fn is_concurrent(job: &JobRow, targets: &[JobTargetRow]) -> bool {
    match job.status {
        JobStatus::InProgress => targets.iter().any(|target| !target.done),
        status => status.has_ended() && job.due.is_some(),
    }
}

fn description_of(members: &Map<String, Value>) -> Option<String> {
    Some(members.get("description")?.as_str()?.to_owned())
}

/// Whether a document can be filled in: links need a role, and parameters of other names than its own are a mistake.
fn check_filled(document: &str, members: &Map<String, Value>, settings: &Settings) -> Result<()> {
    let values = super::document::parameters(members);
    let names = parameters_of(document);
    if let Some(name) = values.keys().find(|name| !names.contains(&name.as_str())) {
        return Err(Error::invalid(format!(
            "The job document has no place for the parameter {name}"
        )));
    }
    let arn = members.get("jobTemplateArn").and_then(Value::as_str);
    let managed = arn.and_then(|arn| Managed::of_arn(arn.rsplit_once("jobtemplate/")?.1));
    let optional = |name: &str| {
        managed.is_some_and(|managed| {
            let mut of = managed.parameters.iter();
            of.any(|parameter| parameter.key == name && parameter.optional)
        })
    };
    let missing = names
        .iter()
        .find(|name| !values.contains_key(**name) && !optional(name));
    if let Some(name) = missing {
        return Err(Error::invalid(format!(
            "documentParameters has no value for the parameter {name} of the job document"
        )));
    }
    let empty: BTreeMap<String, String> = names
        .iter()
        .map(|name| ((*name).to_owned(), String::new()))
        .collect();
    let filled = with_parameters(document, &empty.into_iter().chain(values).collect());
    check_document(&filled).map_err(Error::invalid)?;
    if settings.presign.is_none() && !links(&filled).map_err(Error::invalid)?.is_empty() {
        return Err(Error::invalid(
            "The job document has links to be signed, so presignedUrlConfig needs a roleArn",
        ));
    }
    Ok(())
}

/// The group of this id. Ids are no key; those who ask by them have few groups, or give the name too.
fn group_of_id(
    conn: &Conn<'_>,
    id: &str,
) -> Result<Option<nameplate_core::registry::thing::ThingGroup>> {
    const AT_ONCE: usize = 1000;
    let mut after = 0;
    loop {
        let page = conn.groups(false, "", after, AT_ONCE)?;
        let last = page.last().map(|group| group.key);
        if let Some(found) = page.into_iter().find(|group| group.group_id == id) {
            return Ok(Some(found));
        }
        match last {
            Some(last) => after = last,
            None => return Ok(None),
        }
    }
}
