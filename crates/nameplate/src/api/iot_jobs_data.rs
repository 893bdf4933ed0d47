//! The `iot-jobs-data` service: what devices do of jobs, over HTTP. AWS guide: jobs-http-device-api. Times are in seconds.

use super::iot::{fault, permission};
use super::service::Row;
use crate::api::Call;
use crate::app::Error;
use crate::app::jobs::Found;
use nameplate_aws::model::Service;
use nameplate_core::job::{Details, ExecutionStatus, Update, data, pending, state};
use serde_json::{Map, Value, json};

/// The service.
pub static ROW: Row = Row::new(
    Service::IotJobsData,
    &["iot-jobs-data"],
    OPERATIONS,
    permission::DATA,
    fault::jobs_data,
);

super::service::operations! {
    "DescribeJobExecution" => describe_job_execution,
    "GetPendingJobExecutions" => get_pending_job_executions,
    "StartNextPendingJobExecution" => start_next_pending_job_execution,
    "UpdateJobExecution" => update_job_execution,
}

/// `statusDetails` of a request.
pub(super) fn details(call: &Call<'_>) -> Option<Details> {
    let given = call.input.get("statusDetails")?.as_object()?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let texts = given.iter().map(|(key, value)| (key.clone(), text(value)));
    Some(texts.collect())
}

fn flag(call: &Call<'_>, name: &str) -> bool {
    call.input.get(name).and_then(Value::as_bool) == Some(true)
}

async fn execution(call: &Call<'_>, found: Option<Found>, document: bool) -> Result<Value, Error> {
    let Some(found) = found else {
        return Ok(json!({}));
    };
    let document = match document {
        true => Some(call.app.jobs.text_for(&found).await?.into()),
        false => None,
    };
    let row = &found.row;
    let now = call.caller.ctx.now;
    Ok(json!({"execution": data(&row.execution, &row.thing_name, document, now)}))
}

/// `GetPendingJobExecutions`.
async fn get_pending_job_executions(call: &Call<'_>) -> Result<Value, Error> {
    let found = call.app.jobs.pending(call.required("thingName")?).await?;
    Ok(Value::Object(pending(&found)))
}

/// `StartNextPendingJobExecution`.
async fn start_next_pending_job_execution(call: &Call<'_>) -> Result<Value, Error> {
    let thing = call.required("thingName")?;
    let step = call.input.integer("stepTimeoutInMinutes");
    let jobs = &call.app.jobs;
    let found = jobs.start_next(thing, "", details(call), step).await?;
    execution(call, found, true).await
}

/// `DescribeJobExecution`, of a job or of `$next`.
async fn describe_job_execution(call: &Call<'_>) -> Result<Value, Error> {
    let thing = call.required("thingName")?;
    let number = call.input.integer("executionNumber");
    let job = call.required("jobId")?;
    let found = call.app.jobs.described(thing, "", job, number).await?;
    execution(call, found, flag(call, "includeJobDocument")).await
}

/// `UpdateJobExecution`.
async fn update_job_execution(call: &Call<'_>) -> Result<Value, Error> {
    let status = call.required("status")?;
    let update = Update {
        status: ExecutionStatus::parse(status)
            .ok_or_else(|| Error::invalid(format!("{status:?} is not a status")))?,
        details: details(call),
        expected: call.input.integer("expectedVersion"),
        step: call.input.integer("stepTimeoutInMinutes"),
    };
    let thing = call.required("thingName")?;
    let number = call.input.integer("executionNumber");
    let jobs = &call.app.jobs;
    let found = jobs
        .update_execution(thing, "", call.required("jobId")?, number, update)
        .await?;
    let mut members = Map::new();
    if flag(call, "includeJobExecutionState") {
        members.insert("executionState".into(), state(&found.row.execution));
    }
    if flag(call, "includeJobDocument") {
        members.insert("jobDocument".into(), jobs.text_for(&found).await?.into());
    }
    Ok(Value::Object(members))
}
