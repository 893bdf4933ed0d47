//! Bulk registration tasks.

use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::bulk::{NewTask, ReportType};
use nameplate_core::registry::registration::TaskStatus;
use serde_json::{Map, Value, json};

/// Items of a page where the caller does not say.
const PAGE: usize = 50;

/// `StartThingRegistrationTask`.
pub async fn start_thing_registration_task(call: &Call<'_>) -> Result<Value, Error> {
    let text = |name| call.required(name).map(str::to_owned);
    let new = NewTask {
        template_body: text("templateBody")?,
        bucket: text("inputFileBucket")?,
        object_key: text("inputFileKey")?,
        keep_certificates: false,
        role_arn: Some(text("roleArn")?),
    };
    let id = call
        .app
        .bulk
        .start_registration_task(&call.caller, new)
        .await?;
    Ok(json!({"taskId": id}))
}

/// `StopThingRegistrationTask`.
pub async fn stop_thing_registration_task(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("taskId")?;
    call.app
        .bulk
        .stop_registration_task(&call.caller, id)
        .await?;
    Ok(json!({}))
}

/// `DescribeThingRegistrationTask`.
pub async fn describe_thing_registration_task(call: &Call<'_>) -> Result<Value, Error> {
    let task = call
        .app
        .bulk
        .registration_task(call.required("taskId")?)
        .await?;
    let mut members = Map::new();
    members.insert("taskId".into(), json!(task.id));
    members.insert("creationDate".into(), json!(task.created.as_seconds_f64()));
    members.insert(
        "lastModifiedDate".into(),
        json!(task.modified.as_seconds_f64()),
    );
    members.insert("templateBody".into(), json!(task.template_body));
    members.insert("inputFileBucket".into(), json!(task.bucket));
    members.insert("inputFileKey".into(), json!(task.object_key));
    if let Some(role) = &task.role_arn {
        members.insert("roleArn".into(), json!(role));
    }
    members.insert("status".into(), json!(task.status.as_str()));
    if let Some(message) = &task.message {
        members.insert("message".into(), json!(message));
    }
    members.insert("successCount".into(), json!(task.progress.succeeded));
    members.insert("failureCount".into(), json!(task.progress.failed));
    members.insert("percentageProgress".into(), json!(task.percentage()));
    Ok(Value::Object(members))
}

/// `ListThingRegistrationTasks`.
pub async fn list_thing_registration_tasks(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let status = call.input.text("status").and_then(TaskStatus::parse);
    let after = page.key()?.unwrap_or(0);
    let mut found = call
        .app
        .bulk
        .registration_tasks(status, after, page.size + 1)
        .await?;
    let next = page.cut(&mut found, |task| task.key.to_string());
    let items = found.into_iter().map(|task| task.id.into()).collect();
    Ok(page.answer("taskIds", items, next))
}

/// `ListThingRegistrationTaskReports`.
pub async fn list_thing_registration_task_reports(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("taskId")?;
    let name = call.required("reportType")?;
    let report =
        ReportType::parse(name).ok_or_else(|| Error::invalid(format!("reportType is {name:?}")))?;
    let links = call
        .app
        .bulk
        .registration_reports(id, report, &call.host())
        .await?;
    let page = Page::tokens(call, PAGE)?;
    let (links, next) = page.of_whole(links, |link| {
        // What follows is signed anew for each answer.
        link.split('?').next().unwrap_or_default().to_owned()
    });
    let links = links.into_iter().map(Value::from).collect();
    let mut answer = page.answer("resourceLinks", links, next);
    answer["reportType"] = name.into();
    Ok(answer)
}
