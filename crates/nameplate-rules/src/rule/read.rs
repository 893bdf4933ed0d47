//! Reading actions out of a rule's document.

use super::RuleError;
use super::action::*;
use super::reader::{Fields, Reader};
use crate::statement::Statement;
use crate::template::{Template, TemplateUse};
use serde_json::Value;

/// Actions of AWS's that are recognized and not built.
const UNSUPPORTED: &[&str] = &[
    "elasticsearch",
    "influxDB",
    "iotAnalytics",
    "iotEvents",
    "iotSiteWise",
    "location",
    "openSearch",
    "salesforce",
    "stepFunctions",
    "timestream",
];
const CANNED_ACLS: &[&str] = &[
    "private",
    "public-read",
    "public-read-write",
    "aws-exec-read",
    "authenticated-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
    "log-delivery-write",
];
/// Characters of a URL (AWS API: HttpAction).
const URL_CHARS: usize = 2000;

/// Reads an action: an object with one member, its name.
pub(super) fn action(
    value: &Value,
    place: &str,
    statement: &Statement,
    used: TemplateUse,
) -> Result<Action, RuleError> {
    let outer = Reader::new(value, place)?;
    let mut given = outer.members.iter().filter(|(_, value)| !value.is_null());
    let (Some((name, value)), None) = (given.next(), given.next()) else {
        return Err(RuleError::Invalid {
            member: place.into(),
            reason: "must have exactly one member, which names the action".into(),
        });
    };
    if let Some(action) = UNSUPPORTED.iter().find(|known| *known == name) {
        return Err(RuleError::Unsupported { action });
    }
    let fields = Fields {
        reader: Reader::new(value, &format!("{place}.{name}"))?,
        statement,
        used,
    };
    let reader = &fields.reader;
    Ok(match name.as_str() {
        "lambda" => Action::Lambda(LambdaFunction {
            function_arn: fields.template("functionArn")?,
        }),
        "republish" => Action::Republish(republish(&fields)?),
        "http" => Action::Http(http(&fields)?),
        "s3" => Action::S3(S3 {
            role_arn: reader.role()?,
            canned_acl: canned_acl(reader)?,
            bucket_name: fields.template("bucketName")?,
            key: fields.template("key")?,
        }),
        "dynamoDB" => Action::DynamoDb(dynamodb(&fields)?),
        "dynamoDBv2" => {
            let put = reader
                .below("putItem")?
                .ok_or_else(|| reader.invalid("putItem", "is required"))?;
            Action::DynamoDbV2(DynamoDbV2 {
                role_arn: reader.role()?,
                table_name: fields.parse(&put, "tableName", put.required("tableName")?)?,
            })
        }
        "sqs" => Action::Sqs(Sqs {
            role_arn: reader.role()?,
            use_base64: reader.boolean("useBase64")?.unwrap_or(false),
            queue_url: fields.template("queueUrl")?,
        }),
        "sns" => Action::Sns(Sns {
            role_arn: reader.role()?,
            json: match reader.text("messageFormat")? {
                None | Some("RAW") => false,
                Some("JSON") => true,
                Some(_) => return Err(reader.invalid("messageFormat", "must be RAW or JSON")),
            },
            target_arn: fields.template("targetArn")?,
        }),
        "kinesis" => Action::Kinesis(Kinesis {
            role_arn: reader.role()?,
            stream_name: fields.template("streamName")?,
            partition_key: fields.optional("partitionKey")?,
        }),
        "firehose" => Action::Firehose(Firehose {
            role_arn: reader.role()?,
            separator: separator(reader)?,
            batch_mode: reader.boolean("batchMode")?.unwrap_or(false),
            delivery_stream_name: fields.template("deliveryStreamName")?,
        }),
        "cloudwatchLogs" => Action::CloudwatchLogs(CloudwatchLogs {
            role_arn: reader.role()?,
            batch_mode: reader.boolean("batchMode")?.unwrap_or(false),
            log_group_name: fields.template("logGroupName")?,
        }),
        "cloudwatchMetric" => Action::CloudwatchMetric(CloudwatchMetric {
            role_arn: reader.role()?,
            metric_namespace: fields.template("metricNamespace")?,
            metric_name: fields.template("metricName")?,
            metric_value: fields.template("metricValue")?,
            metric_unit: fields.template("metricUnit")?,
            metric_timestamp: fields.optional("metricTimestamp")?,
        }),
        "cloudwatchAlarm" => Action::CloudwatchAlarm(CloudwatchAlarm {
            role_arn: reader.role()?,
            alarm_name: fields.template("alarmName")?,
            state_reason: fields.template("stateReason")?,
            state_value: fields
                .one_of("stateValue", &["OK", "ALARM", "INSUFFICIENT_DATA"])?
                .ok_or_else(|| reader.invalid("stateValue", "is required"))?,
        }),
        "kafka" => Action::Kafka(kafka(&fields)?),
        _ => {
            return Err(outer.invalid(name, "is no action of a rule"));
        }
    })
}

fn republish(fields: &Fields<'_>) -> Result<Republish, RuleError> {
    let reader = &fields.reader;
    let topic = fields.template("topic")?;
    if topic
        .literal()
        .is_some_and(|topic| topic.contains(['+', '#']))
    {
        return Err(reader.invalid("topic", "must hold no wildcard"));
    }
    let mut republish = Republish {
        role_arn: reader.role()?,
        qos: reader.number("qos", 0, 1, 0)? as u8,
        topic,
        payload_format_indicator: None,
        content_type: None,
        response_topic: None,
        correlation_data: None,
        message_expiry: None,
        user_properties: Vec::new(),
    };
    let Some(headers) = reader.below("headers")? else {
        return Ok(republish);
    };
    let optional = |key: &str| fields.optional_of(&headers, key);
    republish.payload_format_indicator = optional("payloadFormatIndicator")?;
    let indicator = republish
        .payload_format_indicator
        .as_ref()
        .and_then(Template::literal);
    if indicator.is_some_and(|literal| !["UNSPECIFIED_BYTES", "UTF8_DATA"].contains(&literal)) {
        return Err(headers.invalid(
            "payloadFormatIndicator",
            "must be UNSPECIFIED_BYTES or UTF8_DATA",
        ));
    }
    republish.content_type = optional("contentType")?;
    republish.response_topic = optional("responseTopic")?;
    republish.correlation_data = optional("correlationData")?;
    republish.message_expiry = optional("messageExpiry")?;
    republish.user_properties = fields.pairs(&headers, "userProperties", false)?;
    Ok(republish)
}

fn http(fields: &Fields<'_>) -> Result<Http, RuleError> {
    let reader = &fields.reader;
    let url = fields.template("url")?;
    let confirmation_url = fields.optional("confirmationUrl")?;
    for (key, template) in [
        ("url", Some(&url)),
        ("confirmationUrl", confirmation_url.as_ref()),
    ] {
        let Some(template) = template else {
            continue;
        };
        if template.as_str().chars().count() > URL_CHARS {
            return Err(reader.invalid(key, &format!("may have {URL_CHARS} characters")));
        }
        let text = template.as_str();
        if !["https://", "http://", "${"]
            .iter()
            .any(|begin| text.starts_with(begin))
        {
            return Err(reader.invalid(key, "must begin with https:// or http://"));
        }
    }
    match &confirmation_url {
        None if url.literal().is_none() => {
            return Err(reader.invalid(
                "confirmationUrl",
                "is required where url holds a substitution template",
            ));
        }
        Some(confirmation) => {
            if let Some(begin) = confirmation.literal()
                && !url.as_str().starts_with(begin)
            {
                return Err(reader.invalid("url", "must begin with the confirmationUrl"));
            }
        }
        None => {}
    }
    Ok(Http {
        auth: sigv4(reader)?,
        batch: batch(reader)?,
        url,
        confirmation_url,
        headers: fields.pairs(reader, "headers", true)?,
    })
}

fn sigv4(reader: &Reader<'_>) -> Result<Option<SigV4>, RuleError> {
    let Some(auth) = reader.below("auth")? else {
        return Ok(None);
    };
    let Some(sigv4) = auth.below("sigv4")? else {
        return Ok(None);
    };
    Ok(Some(SigV4 {
        signing_region: sigv4.required("signingRegion")?.into(),
        service_name: sigv4.required("serviceName")?.into(),
        role_arn: sigv4.role()?,
    }))
}

fn batch(reader: &Reader<'_>) -> Result<Option<Batch>, RuleError> {
    let config = reader.below("batchConfig")?;
    if !reader.boolean("enableBatching")?.unwrap_or(false) {
        return Ok(None);
    }
    let default = Batch::default();
    let Some(config) = config else {
        return Ok(Some(default));
    };
    Ok(Some(Batch {
        max_open_ms: config.number("maxBatchOpenMs", 5, 200, default.max_open_ms.into())? as u16,
        max_size: config.number("maxBatchSize", 2, 10, default.max_size.into())? as u8,
        max_bytes: config.number("maxBatchSizeBytes", 100, 131_072, default.max_bytes.into())?
            as u32,
        across_topics: config.boolean("batchAcrossTopics")?.unwrap_or(false),
    }))
}

fn dynamodb(fields: &Fields<'_>) -> Result<DynamoDb, RuleError> {
    const TYPES: &[&str] = &["STRING", "NUMBER"];
    let reader = &fields.reader;
    let action = DynamoDb {
        role_arn: reader.role()?,
        table_name: fields.template("tableName")?,
        hash_key_field: fields.template("hashKeyField")?,
        hash_key_value: fields.template("hashKeyValue")?,
        hash_key_type: fields.one_of("hashKeyType", TYPES)?,
        range_key_field: fields.optional("rangeKeyField")?,
        range_key_value: fields.optional("rangeKeyValue")?,
        range_key_type: fields.one_of("rangeKeyType", TYPES)?,
        payload_field: fields.optional("payloadField")?,
        operation: fields.one_of("operation", &["INSERT", "UPDATE", "DELETE"])?,
    };
    match (&action.range_key_field, &action.range_key_value) {
        (Some(_), None) => Err(reader.invalid("rangeKeyValue", "is required beside rangeKeyField")),
        (None, Some(_)) => Err(reader.invalid("rangeKeyField", "is required beside rangeKeyValue")),
        _ => Ok(action),
    }
}

fn canned_acl(reader: &Reader<'_>) -> Result<Option<String>, RuleError> {
    match reader.text("cannedAcl")? {
        Some(acl) if !CANNED_ACLS.contains(&acl) => Err(reader.invalid(
            "cannedAcl",
            &format!("must be one of {}", CANNED_ACLS.join(", ")),
        )),
        acl => Ok(acl.map(Into::into)),
    }
}

fn separator(reader: &Reader<'_>) -> Result<Option<Separator>, RuleError> {
    let Some(text) = reader.text("separator")? else {
        return Ok(None);
    };
    [
        Separator::NewLine,
        Separator::Tab,
        Separator::ReturnNewLine,
        Separator::Comma,
    ]
    .into_iter()
    .find(|separator| separator.as_str() == text)
    .map(Some)
    .ok_or_else(|| {
        reader.invalid(
            "separator",
            "must be a new line, a tab, a return and a new line, or a comma",
        )
    })
}

fn kafka(fields: &Fields<'_>) -> Result<Kafka, RuleError> {
    let reader = &fields.reader;
    let properties = reader
        .below("clientProperties")?
        .ok_or_else(|| reader.invalid("clientProperties", "is required"))?;
    properties.required("bootstrap.servers")?;
    let mut client_properties = Vec::new();
    for name in properties.members.keys() {
        let value = properties.required(name)?;
        client_properties.push((
            fields.parse(&properties, name, name)?,
            fields.parse(&properties, name, value)?,
        ));
    }
    Ok(Kafka {
        destination_arn: reader.required("destinationArn")?.into(),
        topic: fields.template("topic")?,
        key: fields.optional("key")?,
        partition: fields.optional("partition")?,
        client_properties,
        headers: fields.pairs(reader, "headers", false)?,
    })
}
