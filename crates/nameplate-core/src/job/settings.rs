//! The settings of a job, as `CreateJob` takes them.

use super::TIMEOUT_MINUTES;
use super::rollout::{Exponential, MOST_PER_MINUTE, Rollout};
use super::schedule::Schedule;
use serde_json::{Map, Value};

/// Which ends of executions a criterion counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// `FAILED`.
    Failed,
    /// `REJECTED`.
    Rejected,
    /// `TIMED_OUT`.
    TimedOut,
    /// `ALL`.
    All,
}

/// A criterion to cancel a job. API: `AbortCriteria`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Criterion {
    /// What is counted.
    pub failure: FailureKind,
    /// The share of things that were told of the job, percent.
    pub threshold: f64,
    /// How many things must have been told before it counts.
    pub minimum: i64,
}

/// A criterion to try an execution again. API: `RetryCriteria`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// After which ends.
    pub failure: FailureKind,
    /// How often.
    pub times: i64,
}

/// For how long links in a document are good, and as whom they are read. API: `PresignedUrlConfig`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presign {
    /// ARN of the role.
    pub role: String,
    /// Seconds, 60 to 3600.
    pub seconds: u32,
}

/// What is read of the settings when a job is at work.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// `jobExecutionsRolloutConfig`.
    pub rollout: Rollout,
    /// `abortConfig`.
    pub abort: Vec<Criterion>,
    /// `timeoutConfig`, minutes.
    pub timeout: Option<i64>,
    /// `jobExecutionsRetryConfig`.
    pub retry: Vec<Retry>,
    /// `schedulingConfig`.
    pub schedule: Schedule,
    /// `presignedUrlConfig`, where it has a role.
    pub presign: Option<Presign>,
}

impl Settings {
    /// Reads the members of a job, whose types are the API's; others are passed over.
    ///
    /// # Errors
    /// Which member is not as it must be.
    pub fn read(members: &Map<String, Value>) -> Result<Self, String> {
        let member = |name: &str| members.get(name).unwrap_or(&Value::Null);
        Ok(Self {
            rollout: rollout(member("jobExecutionsRolloutConfig"))?,
            abort: abort(member("abortConfig"))?,
            timeout: timeout(member("timeoutConfig"))?,
            retry: retry(member("jobExecutionsRetryConfig"))?,
            schedule: Schedule::read(member("schedulingConfig"))?,
            presign: presign(member("presignedUrlConfig"))?,
        })
    }
}

fn within(name: &str, number: Option<i64>, low: i64, high: i64) -> Result<Option<i64>, String> {
    match number {
        Some(number) if !(low..=high).contains(&number) => Err(format!(
            "{name} must be between {low} and {high}, and is {number}"
        )),
        number => Ok(number),
    }
}

fn rollout(config: &Value) -> Result<Rollout, String> {
    let number = |of: &Value, name: &str| of.get(name).and_then(Value::as_i64);
    let maximum = number(config, "maximumPerMinute");
    let maximum = within("maximumPerMinute", maximum, 1, MOST_PER_MINUTE)?;
    let exponential = match config.get("exponentialRate").filter(|rate| !rate.is_null()) {
        None => None,
        Some(rate) => {
            let base = number(rate, "baseRatePerMinute");
            let base = within("baseRatePerMinute", base, 1, MOST_PER_MINUTE)?
                .ok_or("exponentialRate needs baseRatePerMinute")?;
            if maximum.is_some_and(|maximum| base > maximum) {
                return Err("baseRatePerMinute must not be more than maximumPerMinute".into());
            }
            let factor = rate.get("incrementFactor").and_then(Value::as_f64);
            let factor = factor
                .filter(|factor| (1.1..=5.0).contains(factor))
                .ok_or("incrementFactor must be between 1.1 and 5")?;
            let criteria = rate.get("rateIncreaseCriteria").unwrap_or(&Value::Null);
            let (notified, succeeded) = (
                number(criteria, "numberOfNotifiedThings"),
                number(criteria, "numberOfSucceededThings"),
            );
            if notified.is_none() && succeeded.is_none() {
                return Err(
                    "rateIncreaseCriteria needs numberOfNotifiedThings or numberOfSucceededThings"
                        .into(),
                );
            }
            Some(Exponential {
                base,
                factor,
                notified: within("numberOfNotifiedThings", notified, 1, i64::MAX)?,
                succeeded: within("numberOfSucceededThings", succeeded, 1, i64::MAX)?,
            })
        }
    };
    Ok(Rollout {
        maximum,
        exponential,
    })
}

fn kind(of: &Value) -> Result<FailureKind, String> {
    match of.get("failureType").and_then(Value::as_str) {
        Some("FAILED") => Ok(FailureKind::Failed),
        Some("REJECTED") => Ok(FailureKind::Rejected),
        Some("TIMED_OUT") => Ok(FailureKind::TimedOut),
        Some("ALL") => Ok(FailureKind::All),
        _ => Err("failureType is none of FAILED, REJECTED, TIMED_OUT and ALL".into()),
    }
}

fn criteria(config: &Value) -> impl Iterator<Item = &Value> {
    config
        .get("criteriaList")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn abort(config: &Value) -> Result<Vec<Criterion>, String> {
    let mut read: Vec<Criterion> = Vec::new();
    for item in criteria(config) {
        let threshold = item.get("thresholdPercentage").and_then(Value::as_f64);
        let threshold = threshold
            .filter(|threshold| (0.0..=100.0).contains(threshold))
            .ok_or("thresholdPercentage must be between 0 and 100")?;
        let minimum = item
            .get("minNumberOfExecutedThings")
            .and_then(Value::as_i64);
        let minimum = within("minNumberOfExecutedThings", minimum, 1, i64::MAX)?
            .ok_or("a criterion needs minNumberOfExecutedThings")?;
        let failure = kind(item)?;
        if read.iter().any(|other| other.failure == failure) {
            return Err("abortConfig has two criteria with the same failureType".into());
        }
        read.push(Criterion {
            failure,
            threshold,
            minimum,
        });
    }
    Ok(read)
}

fn timeout(config: &Value) -> Result<Option<i64>, String> {
    let minutes = config
        .get("inProgressTimeoutInMinutes")
        .and_then(Value::as_i64);
    within("inProgressTimeoutInMinutes", minutes, 1, TIMEOUT_MINUTES)
}

fn retry(config: &Value) -> Result<Vec<Retry>, String> {
    let mut read: Vec<Retry> = Vec::new();
    for item in criteria(config) {
        let times = item.get("numberOfRetries").and_then(Value::as_i64);
        let times =
            within("numberOfRetries", times, 0, 10)?.ok_or("a criterion needs numberOfRetries")?;
        let failure = kind(item)?;
        if failure == FailureKind::Rejected {
            return Err("what was rejected is not tried again".into());
        }
        if read.iter().any(|other| other.failure == failure) {
            return Err(
                "jobExecutionsRetryConfig has two criteria with the same failureType".into(),
            );
        }
        read.push(Retry { failure, times });
    }
    if read.len() > 1 && read.iter().any(|retry| retry.failure == FailureKind::All) {
        return Err("a criterion with failureType ALL stands alone".into());
    }
    Ok(read)
}

fn presign(config: &Value) -> Result<Option<Presign>, String> {
    let seconds = config.get("expiresInSec").and_then(Value::as_i64);
    let seconds = within("expiresInSec", seconds, 60, 3600)?.unwrap_or(3600);
    let role = config.get("roleArn").and_then(Value::as_str);
    Ok(role.map(|role| Presign {
        role: role.to_owned(),
        seconds: u32::try_from(seconds).unwrap_or(3600),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(members: Value) -> Result<Settings, String> {
        Settings::read(members.as_object().expect("an object"))
    }

    #[test]
    fn settings_are_read() {
        let all = read(json!({
            "jobExecutionsRolloutConfig": {"maximumPerMinute": 1000, "exponentialRate": {
                "baseRatePerMinute": 50, "incrementFactor": 1.5,
                "rateIncreaseCriteria": {"numberOfNotifiedThings": 10}}},
            "abortConfig": {"criteriaList": [{"failureType": "ALL", "action": "CANCEL",
                "thresholdPercentage": 12.5, "minNumberOfExecutedThings": 3}]},
            "timeoutConfig": {"inProgressTimeoutInMinutes": 10080},
            "jobExecutionsRetryConfig": {"criteriaList": [{"failureType": "FAILED", "numberOfRetries": 10}]},
            "presignedUrlConfig": {"roleArn": "arn", "expiresInSec": 60},
            "description": "other"
        }));
        let all = all.expect("it is right");
        assert_eq!(all.timeout, Some(10_080));
        assert_eq!(all.rollout.maximum, Some(1000));
        assert_eq!(all.abort[0].threshold, 12.5);
        assert_eq!(all.retry[0].times, 10);
        assert_eq!(all.presign.map(|presign| presign.seconds), Some(60));
        assert_eq!(read(json!({})), Ok(Settings::default()));
        let empty = json!({"presignedUrlConfig": {}, "timeoutConfig": {}, "abortConfig": null});
        assert_eq!(read(empty), Ok(Settings::default()));
    }

    #[test]
    fn what_is_out_of_range_is_refused() {
        let rate = |base: i64, factor: f64, criteria: Value| {
            json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": 100, "exponentialRate": {
                "baseRatePerMinute": base, "incrementFactor": factor, "rateIncreaseCriteria": criteria}}})
        };
        let some = json!({"numberOfSucceededThings": 1});
        let failed = json!({"failureType": "FAILED", "numberOfRetries": 1});
        for members in [
            json!({"timeoutConfig": {"inProgressTimeoutInMinutes": 0}}),
            json!({"timeoutConfig": {"inProgressTimeoutInMinutes": 10081}}),
            json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": 0}}),
            json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": 1001}}),
            rate(101, 2.0, some.clone()),
            rate(50, 1.0, some.clone()),
            rate(50, 5.1, some),
            rate(50, 2.0, json!({})),
            rate(50, 2.0, json!({"numberOfNotifiedThings": 0})),
            json!({"presignedUrlConfig": {"roleArn": "a", "expiresInSec": 59}}),
            json!({"presignedUrlConfig": {"expiresInSec": 3601}}),
            json!({"jobExecutionsRetryConfig": {"criteriaList": [{"failureType": "FAILED", "numberOfRetries": 11}]}}),
            json!({"jobExecutionsRetryConfig": {"criteriaList": [{"failureType": "REJECTED", "numberOfRetries": 1}]}}),
            json!({"jobExecutionsRetryConfig": {"criteriaList": [failed, failed]}}),
            json!({"jobExecutionsRetryConfig": {"criteriaList": [failed, {"failureType": "ALL", "numberOfRetries": 1}]}}),
            json!({"abortConfig": {"criteriaList": [{"failureType": "ALL", "action": "CANCEL",
                "thresholdPercentage": 101, "minNumberOfExecutedThings": 3}]}}),
            json!({"schedulingConfig": {"startTime": "x"}}),
        ] {
            assert!(read(members.clone()).is_err(), "{members}");
        }
    }
}
