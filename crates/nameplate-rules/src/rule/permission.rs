//! What a rule's role must be allowed for an action. AWS guide: iot-rule-actions, requirements of each.

use super::action::Action;

/// Where a rule lives.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// As in `aws`.
    pub partition: &'a str,
    /// As in `us-east-1`.
    pub region: &'a str,
    /// Twelve digits.
    pub account: &'a str,
}

/// An action of IAM on a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// As in `s3:PutObject`.
    pub action: &'static str,
    /// ARN of the resource, or `*` where the service knows none.
    pub resource: String,
}

impl Place<'_> {
    fn arn(&self, service: &str, resource: &str) -> String {
        let Self {
            partition,
            region,
            account,
        } = self;
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

impl Action<String> {
    /// All that its role must be allowed. Nothing for `lambda`, where the function's resource policy decides, and for
    /// `http` and `kafka`, where the destination does.
    pub fn permissions(&self, place: &Place<'_>) -> Vec<Permission> {
        let one = |action, resource| vec![Permission { action, resource }];
        match self {
            Self::Lambda(_) | Self::Http(_) | Self::Kafka(_) => Vec::new(),
            Self::Republish(action) => one(
                "iot:Publish",
                place.arn("iot", &format!("topic/{}", action.topic)),
            ),
            Self::S3(action) => {
                let resource = format!(
                    "arn:{}:s3:::{}/{}",
                    place.partition, action.bucket_name, action.key
                );
                let mut all = one("s3:PutObject", resource.clone());
                if action.canned_acl.is_some() {
                    all.extend(one("s3:PutObjectAcl", resource));
                }
                all
            }
            Self::DynamoDb(action) => {
                let name = match action.operation.as_deref() {
                    Some("UPDATE") => "dynamodb:UpdateItem",
                    Some("DELETE") => "dynamodb:DeleteItem",
                    _ => "dynamodb:PutItem",
                };
                one(name, table(place, &action.table_name))
            }
            Self::DynamoDbV2(action) => one("dynamodb:PutItem", table(place, &action.table_name)),
            Self::Sqs(action) => one("sqs:SendMessage", queue(place, &action.queue_url)),
            Self::Sns(action) => one("sns:Publish", action.target_arn.clone()),
            Self::Kinesis(action) => one(
                "kinesis:PutRecord",
                place.arn("kinesis", &format!("stream/{}", action.stream_name)),
            ),
            Self::Firehose(action) => one(
                match action.batch_mode {
                    true => "firehose:PutRecordBatch",
                    false => "firehose:PutRecord",
                },
                place.arn(
                    "firehose",
                    &format!("deliverystream/{}", action.delivery_stream_name),
                ),
            ),
            Self::CloudwatchLogs(action) => {
                let group = place.arn("logs", &format!("log-group:{}:*", action.log_group_name));
                [
                    "logs:CreateLogStream",
                    "logs:DescribeLogStreams",
                    "logs:PutLogEvents",
                ]
                .into_iter()
                .flat_map(|action| one(action, group.clone()))
                .collect()
            }
            Self::CloudwatchMetric(_) => one("cloudwatch:PutMetricData", "*".into()),
            Self::CloudwatchAlarm(action) => one(
                "cloudwatch:SetAlarmState",
                place.arn("cloudwatch", &format!("alarm:{}", action.alarm_name)),
            ),
        }
    }
}

/// A table's name may be its ARN.
fn table(place: &Place<'_>, name: &str) -> String {
    match name.starts_with("arn:") {
        true => name.into(),
        false => place.arn("dynamodb", &format!("table/{name}")),
    }
}

/// The queue behind `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`; of other hosts' URLs account and name count.
fn queue(place: &Place<'_>, url: &str) -> String {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let mut parts = rest.split('/');
    let host = parts.next().unwrap_or_default();
    let path: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let region = host
        .strip_prefix("sqs.")
        .and_then(|rest| rest.split_once(".amazonaws.com"))
        .map_or(place.region, |(region, _)| region);
    let (account, name) = match path[..] {
        [.., account, name] => (account, name),
        [name] => (place.account, name),
        [] => (place.account, ""),
    };
    Place {
        region,
        account,
        ..*place
    }
    .arn("sqs", name)
}
