//! Bulk registrations for operators.

use super::Call;
use crate::app::Error;
use nameplate_aws::uri;
use serde_json::{Value, json};

/// Which segment of the path is a task's id.
const TASK: usize = 3;
/// Lines of one answer at most.
const LINES: usize = 200;

/// `GET /nameplate/bulk/TASK/failed`: the first lines of a task that failed, with their reasons, also while it is under
/// way; `more` where there are others behind them.
pub async fn failed_lines(call: &Call<'_>) -> Result<Value, Error> {
    let iam = &call.app.iam;
    iam.may(
        &call.caller,
        "iot:ListThingRegistrationTaskReports",
        "*",
        &[],
    )
    .await?;
    let (path, _) = uri::split_target(call.request.target);
    let id = path.split('/').nth(TASK).unwrap_or_default();
    let (lines, more) = call.app.bulk.failed_lines(id, LINES).await?;
    let lines: Vec<Value> = lines
        .iter()
        .map(|(number, why)| json!({"lineNumber": number, "errorMessage": why}))
        .collect();
    Ok(json!({"lines": lines, "more": more}))
}
