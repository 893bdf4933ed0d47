//! Payloads as log events, and values and states of CloudWatch. AWS guide: cloudwatch-logs-, cloudwatch-metrics- and
//! cloudwatch-alarms-rule-action.

use super::Ended;
use super::queue::elements;
use crate::app::error::{Error, Kind};
use crate::app::log_groups::Line;
use crate::app::rules::engine::{Engine, Trouble, again};
use crate::app::rules::evaluate::Payload;
use crate::app::rules::lane::Arrived;
use crate::app::rules::live::Compiled;
use crate::outbound::aws::{CLOUDWATCH, LOGS};
use nameplate_core::ctx::Millis;
use nameplate_rules::{CloudwatchAlarm, CloudwatchLogs, CloudwatchMetric};
use serde_json::{Value, json};

/// Events of one PutLogEvents (CloudWatch Logs API).
const EVENTS: usize = 10_000;

impl Engine {
    pub(super) async fn put_log_events(
        &self,
        rule: &Compiled,
        message: &Arrived,
        to: &CloudwatchLogs<String>,
        payload: &Payload,
    ) -> Ended {
        let mut events = match to.batch_mode {
            false => vec![json!({"timestamp": message.at.0, "message": payload.text()?})],
            true => batched(payload, message.at)?,
        };
        // The service takes them in order.
        events.sort_by_key(|event| event["timestamp"].as_i64());
        let (group, stream) = (&to.log_group_name, &rule.name);
        for chunk in events.chunks(EVENTS) {
            if !self.aws.reaches(LOGS) {
                again(|| async { Ok(self.put_own_log_events(group, stream, chunk).await?) })
                    .await?;
                continue;
            }
            let body = json!({"logGroupName": group, "logStreamName": stream, "logEvents": chunk});
            again(|| async {
                let put = self.aws.json(LOGS, "PutLogEvents", &body).await;
                let Err(failure) = put else {
                    return Ok(());
                };
                if !failure.code().starts_with("ResourceNotFound") {
                    return Err(Trouble::from(failure));
                }
                let stream = json!({"logGroupName": group, "logStreamName": stream});
                match self.aws.json(LOGS, "CreateLogStream", &stream).await {
                    Err(other) if !other.code().starts_with("ResourceAlreadyExists") => {
                        return Err(other.into());
                    }
                    _ => {}
                }
                self.aws.json(LOGS, "PutLogEvents", &body).await?;
                Ok(())
            })
            .await?;
        }
        Ok(())
    }

    /// Puts events into a group of this server's own, as they would be at the owner's endpoint.
    async fn put_own_log_events(
        &self,
        group: &str,
        stream: &str,
        events: &[Value],
    ) -> Result<(), Error> {
        let lines: Vec<Line> = events
            .iter()
            .map(|event| {
                let text = event["message"].as_str().unwrap_or_default();
                let at = event["timestamp"].as_i64().unwrap_or_default();
                (at, text.to_owned())
            })
            .collect();
        match self.log_groups.put(group, stream, lines.clone()).await {
            Err(absent) if absent.kind == Kind::NotFound => {}
            put => return put.map(drop),
        }
        match self.log_groups.create_stream(group, stream).await {
            Ok(()) => {}
            // Another message was quicker.
            Err(error) if matches!(error.kind, Kind::Exists { .. }) => {}
            Err(error) => return Err(error),
        }
        self.log_groups.put(group, stream, lines).await.map(drop)
    }

    pub(super) async fn put_metric(
        &self,
        message: &Arrived,
        to: &CloudwatchMetric<String>,
    ) -> Ended {
        let value = &to.metric_value;
        if value.trim().parse::<f64>().is_ok_and(f64::is_finite) {
            let at = match &to.metric_timestamp {
                None => message.at,
                Some(text) => {
                    let seconds: Option<i64> = text.trim().parse().ok();
                    let millis = seconds.and_then(|seconds| seconds.checked_mul(1000));
                    Millis(millis.ok_or_else(|| {
                        format!("metricTimestamp is {text:?}, not a number of seconds")
                    })?)
                }
            };
            let at = at.to_string();
            let members = [
                ("Namespace", to.metric_namespace.as_str()),
                ("MetricData.member.1.MetricName", &to.metric_name),
                ("MetricData.member.1.Value", value.trim()),
                ("MetricData.member.1.Unit", &to.metric_unit),
                ("MetricData.member.1.Timestamp", &at),
            ];
            return again(|| async {
                Ok(self
                    .aws
                    .query(CLOUDWATCH, "PutMetricData", &members)
                    .await?)
            })
            .await;
        }
        Err(format!("metricValue is {value:?}, not a number"))
    }

    pub(super) async fn set_alarm(&self, to: &CloudwatchAlarm<String>) -> Ended {
        let members = [
            ("AlarmName", to.alarm_name.as_str()),
            ("StateReason", &to.state_reason),
            ("StateValue", &to.state_value),
        ];
        again(|| async {
            Ok(self
                .aws
                .query(CLOUDWATCH, "SetAlarmState", &members)
                .await?)
        })
        .await
    }
}

/// The events of an array: objects with `message` and, if they have one, `timestamp` in milliseconds.
fn batched(payload: &Payload, now: Millis) -> Result<Vec<Value>, String> {
    elements(payload)?
        .iter()
        .map(|element| {
            let message = match element.get("message").and_then(Value::as_str) {
                Some(message) => message.to_owned(),
                None => element.to_string(),
            };
            let at = element.get("timestamp").and_then(Value::as_i64);
            Ok(json!({"timestamp": at.unwrap_or(now.0), "message": message}))
        })
        .collect()
}
