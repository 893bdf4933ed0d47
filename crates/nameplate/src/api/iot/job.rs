//! Jobs and their executions, for operators.

use crate::api::Call;
use crate::api::iot::tag;
use crate::api::iot_jobs_data::details;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::jobs::{ExecutionRow, JobList, JobRow, NewJob};
use nameplate_core::job::{ExecutionStatus, JobStatus};
use serde_json::{Map, Value, json};

/// Items of a page where the caller does not say.
const PAGE: usize = 100;

/// Members that a job is created with and described by as they are.
const KEPT: [&str; 8] = [
    "description",
    "presignedUrlConfig",
    "jobExecutionsRolloutConfig",
    "abortConfig",
    "timeoutConfig",
    "jobExecutionsRetryConfig",
    "schedulingConfig",
    "documentParameters",
];

/// Those that can be changed.
const CHANGED: [&str; 6] = [
    "description",
    "presignedUrlConfig",
    "jobExecutionsRolloutConfig",
    "abortConfig",
    "timeoutConfig",
    "jobExecutionsRetryConfig",
];

/// Members of a request that are kept as they are.
pub(super) fn kept(call: &Call<'_>, names: &[&str]) -> Map<String, Value> {
    let given = names.iter().filter_map(|name| {
        let value = call.input.get(name)?;
        (!value.is_null()).then(|| ((*name).to_owned(), value.clone()))
    });
    given.collect()
}

fn texts(call: &Call<'_>, name: &str) -> Vec<String> {
    let items = call.input.items(name).iter();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

pub(super) fn owned(call: &Call<'_>, name: &str) -> Option<String> {
    call.input.text(name).map(str::to_owned)
}

fn flag(call: &Call<'_>, name: &str) -> bool {
    call.input.get(name).and_then(Value::as_bool) == Some(true)
}

fn arn(call: &Call<'_>, id: &str) -> String {
    call.caller.ctx.realm.iot(format_args!("job/{id}"))
}

fn named(call: &Call<'_>, id: &str, description: Option<&str>) -> Value {
    let mut answer = json!({"jobArn": arn(call, id), "jobId": id});
    if let Some(description) = description {
        answer["description"] = description.into();
    }
    answer
}

fn selection(continuous: bool) -> &'static str {
    match continuous {
        true => "CONTINUOUS",
        false => "SNAPSHOT",
    }
}

/// `CreateJob`.
pub async fn create_job(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&["destinationPackageVersions"])?;
    let id = call.required("jobId")?;
    let scheme = match call.request.secure {
        true => "https",
        false => "http",
    };
    let new = NewJob {
        id: id.to_owned(),
        targets: texts(call, "targets"),
        document: owned(call, "document"),
        source: owned(call, "documentSource"),
        template: owned(call, "jobTemplateArn"),
        continuous: call.input.text("targetSelection") == Some("CONTINUOUS"),
        namespace: owned(call, "namespaceId"),
        members: kept(call, &KEPT),
        place: format!("{scheme}://{}", call.host()),
        tags: tag::given(call),
    };
    call.app.jobs.create_job(&call.caller, new).await?;
    Ok(named(call, id, call.input.text("description")))
}

/// `DescribeJob`.
pub async fn describe_job(call: &Call<'_>) -> Result<Value, Error> {
    let found = call.app.jobs.job(call.required("jobId")?).await?;
    let (row, mut members) = (found.row, found.members);
    let source = members.remove("documentSource");
    let mut details = found.details;
    if !found.processing.is_empty() {
        details["processingTargets"] = found.processing.into();
    }
    let mut job = json!({
        "jobArn": arn(call, &row.name),
        "jobId": row.name,
        "targetSelection": selection(row.continuous),
        "status": row.status.as_str(),
        "targets": found.targets,
        "presignedUrlConfig": {},
        "jobExecutionsRolloutConfig": {},
        "timeoutConfig": {},
        "createdAt": row.created.as_seconds_f64(),
        "lastUpdatedAt": row.modified.as_seconds_f64(),
        "jobProcessDetails": details,
        "isConcurrent": found.concurrent,
    });
    for (name, value) in members {
        job[name] = value;
    }
    if let Some(completed) = row.completed {
        job["completedAt"] = completed.as_seconds_f64().into();
    }
    if !row.namespace.is_empty() {
        job["namespaceId"] = row.namespace.into();
    }
    if !found.windows.is_empty() {
        let starts = found.windows.iter();
        let starts: Vec<Value> = starts
            .map(|at| json!({"startTime": at.to_string()}))
            .collect();
        job["scheduledJobRollouts"] = starts.into();
    }
    let mut answer = json!({"job": job});
    if let Some(source) = source {
        answer["documentSource"] = source;
    }
    Ok(answer)
}

/// `UpdateJob`.
pub async fn update_job(call: &Call<'_>) -> Result<Value, Error> {
    let (id, namespace) = (call.required("jobId")?, call.input.text("namespaceId"));
    let changes = kept(call, &CHANGED);
    let jobs = &call.app.jobs;
    jobs.update_job(&call.caller, id, namespace, changes)
        .await?;
    Ok(json!({}))
}

/// `CancelJob`.
pub async fn cancel_job(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("jobId")?;
    let (reason, comment) = (call.input.text("reasonCode"), call.input.text("comment"));
    let jobs = &call.app.jobs;
    let description = jobs
        .cancel_job(&call.caller, id, flag(call, "force"), reason, comment)
        .await?;
    Ok(named(call, id, description.as_deref()))
}

/// `DeleteJob`.
pub async fn delete_job(call: &Call<'_>) -> Result<Value, Error> {
    let (id, namespace) = (call.required("jobId")?, call.input.text("namespaceId"));
    let force = flag(call, "force");
    let jobs = &call.app.jobs;
    jobs.delete_job(&call.caller, id, namespace, force).await?;
    Ok(json!({}))
}

/// `AssociateTargetsWithJob`.
pub async fn associate_targets_with_job(call: &Call<'_>) -> Result<Value, Error> {
    let (id, namespace) = (call.required("jobId")?, call.input.text("namespaceId"));
    let comment = call.input.text("comment");
    let jobs = &call.app.jobs;
    let description = jobs
        .add_targets(&call.caller, id, namespace, texts(call, "targets"), comment)
        .await?;
    Ok(named(call, id, description.as_deref()))
}

/// `GetJobDocument`.
pub async fn get_job_document(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("jobId")?;
    let before = flag(call, "beforeSubstitution");
    let document = call.app.jobs.job_document(id, before).await?;
    Ok(json!({"document": document}))
}

/// `ListJobs`: the newest first.
pub async fn list_jobs(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let continuous = call.input.text("targetSelection");
    let list = JobList {
        status: call.input.text("status").and_then(JobStatus::parse),
        continuous: continuous.map(|selection| selection == "CONTINUOUS"),
        namespace: owned(call, "namespaceId"),
        group_name: owned(call, "thingGroupName"),
        group_id: owned(call, "thingGroupId"),
    };
    let before = page.key()?.unwrap_or(i64::MAX);
    let mut found = call.app.jobs.jobs(&list, before, page.size + 1).await?;
    let next = page.cut(&mut found, |(row, _)| row.key.to_string());
    let items = found
        .iter()
        .map(|(row, concurrent)| summary(call, row, *concurrent));
    Ok(page.answer("jobs", items.collect(), next))
}

fn summary(call: &Call<'_>, row: &JobRow, concurrent: bool) -> Value {
    let mut item = json!({
        "jobArn": arn(call, &row.name),
        "jobId": row.name,
        "targetSelection": selection(row.continuous),
        "status": row.status.as_str(),
        "createdAt": row.created.as_seconds_f64(),
        "lastUpdatedAt": row.modified.as_seconds_f64(),
        "isConcurrent": concurrent,
    });
    if let Some(completed) = row.completed {
        item["completedAt"] = completed.as_seconds_f64().into();
    }
    item
}

/// `DescribeJobExecution`, of the control plane.
pub async fn describe_job_execution(call: &Call<'_>) -> Result<Value, Error> {
    let number = call.input.integer("executionNumber");
    let (thing, job) = (call.required("thingName")?, call.required("jobId")?);
    let row = call.app.jobs.execution(thing, job, number).await?;
    let execution = &row.execution;
    let mut described = json!({
        "jobId": execution.job,
        "status": execution.status.as_str(),
        "statusDetails": {},
        "thingArn": call.caller.ctx.realm.thing(&row.thing_name),
        "queuedAt": execution.queued.as_seconds_f64(),
        "lastUpdatedAt": execution.updated.as_seconds_f64(),
        "executionNumber": execution.number,
        "versionNumber": execution.version,
    });
    if !execution.details.is_empty() {
        described["statusDetails"]["detailsMap"] = json!(execution.details);
    }
    if let Some(started) = execution.started {
        described["startedAt"] = started.as_seconds_f64().into();
    }
    if execution.forced {
        described["forceCanceled"] = true.into();
    }
    if let Some(left) = execution.seconds_left(call.caller.ctx.now) {
        described["approximateSecondsBeforeTimedOut"] = left.into();
    }
    Ok(json!({"execution": described}))
}

fn execution_summary(row: &ExecutionRow) -> Value {
    let execution = &row.execution;
    let mut item = json!({
        "status": execution.status.as_str(),
        "queuedAt": execution.queued.as_seconds_f64(),
        "lastUpdatedAt": execution.updated.as_seconds_f64(),
        "executionNumber": execution.number,
        "retryAttempt": execution.attempt,
    });
    if let Some(started) = execution.started {
        item["startedAt"] = started.as_seconds_f64().into();
    }
    item
}

/// `ListJobExecutionsForJob`.
pub async fn list_job_executions_for_job(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let status = call.input.text("status").and_then(ExecutionStatus::parse);
    // By thing and number; those of one state by their key, which stands in the first place.
    let after = match &page.from {
        None => (0, 0),
        Some(from) => {
            let (one, other) = from.split_once(' ').unwrap_or((from, "0"));
            let invalid = || Error::invalid("Invalid token: it was not issued for this list");
            let key = |text: &str| text.parse().map_err(|_| invalid());
            (key(one)?, key(other)?)
        }
    };
    let job = call.required("jobId")?;
    let jobs = &call.app.jobs;
    let mut found = jobs
        .executions_of_job(job, status, after, page.size + 1)
        .await?;
    let next = page.cut(&mut found, |row| match status {
        Some(_) => row.key.to_string(),
        None => format!("{} {}", row.thing, row.execution.number),
    });
    let items = found.iter().map(|row| {
        json!({
            "thingArn": call.caller.ctx.realm.thing(&row.thing_name),
            "jobExecutionSummary": execution_summary(row),
        })
    });
    Ok(page.answer("executionSummaries", items.collect(), next))
}

/// `ListJobExecutionsForThing`: the newest first.
pub async fn list_job_executions_for_thing(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let status = call.input.text("status").and_then(ExecutionStatus::parse);
    let before = page.key()?.unwrap_or(i64::MAX);
    let jobs = &call.app.jobs;
    let mut found = jobs
        .executions_of_thing(
            call.required("thingName")?,
            status,
            call.input.text("namespaceId"),
            call.input.text("jobId"),
            before,
            page.size + 1,
        )
        .await?;
    let next = page.cut(&mut found, |row| row.key.to_string());
    let items = found.iter().map(
        |row| json!({"jobId": row.execution.job, "jobExecutionSummary": execution_summary(row)}),
    );
    Ok(page.answer("executionSummaries", items.collect(), next))
}

/// `CancelJobExecution`.
pub async fn cancel_job_execution(call: &Call<'_>) -> Result<Value, Error> {
    let (thing, job) = (call.required("thingName")?, call.required("jobId")?);
    let (force, expected) = (flag(call, "force"), call.input.integer("expectedVersion"));
    let jobs = &call.app.jobs;
    jobs.cancel_execution(&call.caller, thing, job, force, expected, details(call))
        .await?;
    Ok(json!({}))
}

/// `DeleteJobExecution`.
pub async fn delete_job_execution(call: &Call<'_>) -> Result<Value, Error> {
    let (thing, job) = (call.required("thingName")?, call.required("jobId")?);
    let number = call.input.integer("executionNumber");
    let number = number.ok_or_else(|| Error::invalid("executionNumber is required"))?;
    let (namespace, force) = (call.input.text("namespaceId"), flag(call, "force"));
    let jobs = &call.app.jobs;
    jobs.delete_execution(&call.caller, thing, job, namespace, number, force)
        .await?;
    Ok(json!({}))
}
