//! What rules do with a payload, one file for each kind of place it goes to.

mod cloudwatch;
pub(super) mod dynamodb;
pub(super) mod http;
mod queue;
mod republish;
mod s3;

use super::engine::{Engine, Invocation};
use super::evaluate::Payload;
use super::lane::Arrived;
use super::live::Compiled;
use nameplate_rules::Action;

/// How an action ended; why it failed, as a sentence that the rule's owner may read.
type Ended = Result<(), String>;

impl Engine {
    /// Carries one action out. Its role is assumed and asked first; nothing is done that the role may not do.
    pub(super) async fn act(
        &self,
        rule: &Compiled,
        message: &Arrived,
        action: &Action<String>,
        payload: &Payload,
    ) -> Ended {
        if let Some(role) = action.role() {
            self.role_may(rule, role, &self.permissions(action)).await?;
        }
        match action {
            Action::Lambda(to) => {
                let event = payload.bytes.clone();
                let how = Invocation::Asynchronous;
                self.invoke(rule, &to.function_arn, event, how)
                    .await
                    .map(drop)
            }
            Action::Republish(to) => self.republish(rule, message, to, payload).await,
            Action::S3(to) => self.put_object(to, payload).await,
            Action::Http(to) => self.post(to, message, payload).await,
            Action::DynamoDb(to) => self.write_item(to, payload).await,
            Action::DynamoDbV2(to) => self.put_item(to, payload).await,
            Action::Sqs(to) => self.send_to_queue(to, payload).await,
            Action::Sns(to) => self.notify(to, payload).await,
            Action::Kinesis(to) => self.put_record(to, payload).await,
            Action::Firehose(to) => self.deliver(to, payload).await,
            Action::CloudwatchLogs(to) => self.put_log_events(rule, message, to, payload).await,
            Action::CloudwatchMetric(to) => self.put_metric(message, to).await,
            Action::CloudwatchAlarm(to) => self.set_alarm(to).await,
            Action::Kafka(_) => Err("the rule action kafka is not supported".to_owned()),
        }
    }
}
