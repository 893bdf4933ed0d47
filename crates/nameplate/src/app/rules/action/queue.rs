//! Payloads as messages and records of queues, topics and streams. AWS guide: sqs-, sns-, kinesis- and
//! kinesis-firehose-rule-action.

use super::Ended;
use crate::app::ids;
use crate::app::rules::engine::{Engine, Passes, Trouble, again};
use crate::app::rules::evaluate::Payload;
use crate::outbound::aws::{FIREHOSE, KINESIS, SNS, SQS};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_rules::{Firehose, Kinesis, Sns, Sqs};
use parking_lot::Mutex;
use serde_json::{Value, json};

/// Records of one PutRecordBatch (Firehose API).
const RECORDS: usize = 500;

impl Engine {
    pub(super) async fn send_to_queue(&self, to: &Sqs<String>, payload: &Payload) -> Ended {
        let text = match to.use_base64 {
            true => STANDARD.encode(&payload.bytes),
            false => payload.text()?.to_owned(),
        };
        let body = json!({"QueueUrl": to.queue_url, "MessageBody": text});
        again(|| async { Ok(self.aws.json(SQS, "SendMessage", &body).await?) })
            .await
            .map(drop)
    }

    pub(super) async fn notify(&self, to: &Sns<String>, payload: &Payload) -> Ended {
        let mut members = vec![
            ("Message", payload.text()?),
            ("TargetArn", to.target_arn.as_str()),
        ];
        if to.json {
            members.push(("MessageStructure", "json"));
        }
        again(|| async { Ok(self.aws.query(SNS, "Publish", &members).await?) }).await
    }

    pub(super) async fn put_record(&self, to: &Kinesis<String>, payload: &Payload) -> Ended {
        // AWS guide: without a key, records are spread.
        let key = to.partition_key.clone().filter(|key| !key.is_empty());
        let body = json!({
            "StreamName": to.stream_name,
            "Data": STANDARD.encode(&payload.bytes),
            "PartitionKey": key.unwrap_or_else(ids::uuid),
        });
        again(|| async { Ok(self.aws.json(KINESIS, "PutRecord", &body).await?) })
            .await
            .map(drop)
    }

    pub(super) async fn deliver(&self, to: &Firehose<String>, payload: &Payload) -> Ended {
        let separator = to.separator.map_or("", |separator| separator.as_str());
        let record = |data: &[u8]| {
            let data = [data, separator.as_bytes()].concat();
            json!({"Data": STANDARD.encode(data)})
        };
        let stream = &to.delivery_stream_name;
        if !to.batch_mode {
            let body = json!({"DeliveryStreamName": stream, "Record": record(&payload.bytes)});
            return again(|| async { Ok(self.aws.json(FIREHOSE, "PutRecord", &body).await?) })
                .await
                .map(drop);
        }
        let elements = elements(payload)?;
        for chunk in elements.chunks(RECORDS) {
            let records: Vec<Value> = chunk
                .iter()
                .map(|element| record(element.to_string().as_bytes()))
                .collect();
            let records = &Mutex::new(records);
            again(|| async {
                let sent = records.lock().clone();
                let body = json!({"DeliveryStreamName": stream, "Records": sent});
                let answer = self.aws.json(FIREHOSE, "PutRecordBatch", &body).await?;
                // Those that were not taken are told one by one, and only they go again.
                let told = answer["RequestResponses"].as_array();
                let left: Vec<Value> = sent
                    .into_iter()
                    .enumerate()
                    .filter(|(at, _)| {
                        told.and_then(|told| told.get(*at))
                            .is_some_and(|one| !one["ErrorCode"].is_null())
                    })
                    .map(|(_, record)| record)
                    .collect();
                if left.is_empty() {
                    return Ok(());
                }
                let why = format!("firehose did not take {} records of a batch", left.len());
                *records.lock() = left;
                let passes = Passes::Soon;
                Err(Trouble { passes, why })
            })
            .await?;
        }
        Ok(())
    }
}

/// The elements of a payload that is an array, as `batchMode` wants it.
pub(super) fn elements(payload: &Payload) -> Result<Vec<Value>, String> {
    let value: Option<Value> = serde_json::from_slice(&payload.bytes).ok();
    match value {
        Some(Value::Array(elements)) if payload.is_json => Ok(elements),
        _ => Err("the payload is not a JSON array, as batchMode needs it".to_owned()),
    }
}
