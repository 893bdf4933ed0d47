//! What devices are answered and told. AWS guide: jobs-mqtt-api, jobs-comm-notifications. Times are in seconds.

use super::execution::{Details, Execution};
use super::refusal::Refusal;
use super::status::ExecutionStatus;
use crate::ctx::Millis;
use serde_json::{Map, Value, json};

fn put(members: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    members.insert(name.to_owned(), value.into());
}

fn details(details: &Details) -> Value {
    let members = details
        .iter()
        .map(|(key, value)| (key.clone(), Value::from(value.as_str())));
    Value::Object(members.collect())
}

fn times(members: &mut Map<String, Value>, execution: &Execution) {
    put(members, "queuedAt", execution.queued.as_seconds());
    put(members, "lastUpdatedAt", execution.updated.as_seconds());
    if let Some(started) = execution.started {
        put(members, "startedAt", started.as_seconds());
    }
    put(members, "executionNumber", execution.number);
    put(members, "versionNumber", execution.version);
}

/// `JobExecutionSummary`.
fn summary(execution: &Execution) -> Value {
    let mut members = Map::new();
    put(&mut members, "jobId", execution.job.as_str());
    times(&mut members, execution);
    Value::Object(members)
}

/// `JobExecution`, as devices get it: with the document where there is one.
pub fn data(execution: &Execution, thing: &str, document: Option<Value>, now: Millis) -> Value {
    let mut members = Map::new();
    put(&mut members, "jobId", execution.job.as_str());
    put(&mut members, "thingName", thing);
    put(&mut members, "status", execution.status.as_str());
    if !execution.details.is_empty() {
        put(&mut members, "statusDetails", details(&execution.details));
    }
    times(&mut members, execution);
    if let Some(left) = execution.seconds_left(now) {
        put(&mut members, "approximateSecondsBeforeTimedOut", left);
    }
    if let Some(document) = document {
        put(&mut members, "jobDocument", document);
    }
    Value::Object(members)
}

/// `JobExecutionState`.
pub fn state(execution: &Execution) -> Value {
    json!({
        "status": execution.status.as_str(),
        "statusDetails": details(&execution.details),
        "versionNumber": execution.version,
    })
}

fn of_status(executions: &[Execution], status: ExecutionStatus) -> Vec<Value> {
    let of = executions.iter().filter(|found| found.status == status);
    of.map(summary).collect()
}

/// The answer to GetPendingJobExecutions.
pub fn pending(executions: &[Execution]) -> Map<String, Value> {
    let list = |status| Value::Array(of_status(executions, status));
    Map::from_iter([
        (
            "inProgressJobs".to_owned(),
            list(ExecutionStatus::InProgress),
        ),
        ("queuedJobs".to_owned(), list(ExecutionStatus::Queued)),
    ])
}

/// What `notify` says: lists that have something in them.
pub fn list_notification(executions: &[Execution], now: Millis) -> Value {
    let mut jobs = Map::new();
    for status in [ExecutionStatus::InProgress, ExecutionStatus::Queued] {
        let list = of_status(executions, status);
        if !list.is_empty() {
            put(&mut jobs, status.as_str(), list);
        }
    }
    json!({"timestamp": now.as_seconds(), "jobs": jobs})
}

/// What `notify-next` says: nothing of an execution where there is no next one.
pub fn next_notification(next: Option<Value>, now: Millis) -> Value {
    match next {
        Some(execution) => json!({"timestamp": now.as_seconds(), "execution": execution}),
        None => json!({"timestamp": now.as_seconds()}),
    }
}

/// What `rejected` says.
pub fn rejection(refusal: &Refusal, token: Option<&str>, now: Millis) -> Value {
    let mut members = Map::new();
    put(&mut members, "code", refusal.code());
    put(&mut members, "message", refusal.to_string());
    put(&mut members, "timestamp", now.as_seconds());
    if let Some(execution) = refusal.execution() {
        put(&mut members, "executionState", state(execution));
    }
    if let Some(token) = token {
        put(&mut members, "clientToken", token);
    }
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_517_017_906_500);

    /// The example of AWS's guide.
    #[test]
    fn notifications_are_those_of_the_guide() {
        let mut first = Execution::new("job1", 1, 0, Millis(1_517_016_947_000));
        let second = Execution::new("job2", 1, 0, Millis(1_517_017_191_000));
        first
            .start(None, None, None, Millis(1_517_017_472_000))
            .expect("it waits");
        assert_eq!(
            list_notification(&[first.clone(), second.clone()], NOW),
            json!({"timestamp": 1_517_017_906, "jobs": {
                "IN_PROGRESS": [{"jobId": "job1", "queuedAt": 1_517_016_947, "lastUpdatedAt": 1_517_017_472,
                    "startedAt": 1_517_017_472, "executionNumber": 1, "versionNumber": 2}],
                "QUEUED": [{"jobId": "job2", "queuedAt": 1_517_017_191, "lastUpdatedAt": 1_517_017_191,
                    "executionNumber": 1, "versionNumber": 1}],
            }})
        );
        assert_eq!(
            list_notification(&[], NOW),
            json!({"timestamp": 1_517_017_906, "jobs": {}})
        );
        let next = data(&second, "t", Some(json!({"operation": "test"})), NOW);
        assert_eq!(
            next_notification(Some(next), NOW),
            json!({"timestamp": 1_517_017_906, "execution": {"jobId": "job2", "thingName": "t",
                "status": "QUEUED", "queuedAt": 1_517_017_191, "lastUpdatedAt": 1_517_017_191,
                "versionNumber": 1, "executionNumber": 1, "jobDocument": {"operation": "test"}}})
        );
        assert_eq!(
            next_notification(None, NOW),
            json!({"timestamp": 1_517_017_906})
        );
        let lists = pending(&[first, second]);
        assert_eq!(lists["inProgressJobs"][0]["jobId"], "job1");
        assert_eq!(lists["queuedJobs"][0]["jobId"], "job2");
    }

    #[test]
    fn a_rejection_tells_the_state_where_that_is_the_reason() {
        let mut execution = Execution::new("j", 1, 0, Millis(0));
        let refused = execution
            .cancel(false, Some(4), None, NOW)
            .expect_err("another version");
        let told = rejection(&refused, Some("x"), NOW);
        assert_eq!(told["code"], "VersionMismatch");
        assert_eq!(
            told["executionState"],
            json!({"status": "QUEUED", "statusDetails": {}, "versionNumber": 1})
        );
        assert_eq!(told["clientToken"], "x");
        let absent = rejection(&Refusal::Absent("no".into()), None, NOW);
        assert_eq!(absent.get("executionState"), None);
        assert_eq!(absent.get("clientToken"), None);
    }
}
