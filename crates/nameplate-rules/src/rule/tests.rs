use super::*;
use crate::{Answers, Evaluation, Message, Properties};
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::123456789012:role/r";

fn rule(actions: Value) -> Result<TopicRule, RuleError> {
    TopicRule::parse(&json!({
        "sql": "SELECT * FROM 'some/+'",
        "awsIotSqlVersion": "2016-03-23",
        "actions": actions,
    }))
}

/// One action of each kind, as AWS's guide writes them.
fn all() -> Value {
    json!([
        {"lambda": {"functionArn": "arn:aws:lambda:us-east-1:123456789012:function:f"}},
        {"republish": {"topic": "$$aws/things/${topic(2)}/shadow/update", "qos": 1, "roleArn": ROLE,
            "headers": {"payloadFormatIndicator": "UTF8_DATA", "contentType": "${n}", "userProperties": [{"key": "k", "value": "${n}"}]}}},
        {"http": {"url": "https://example.com/${topic(2)}", "confirmationUrl": "https://example.com",
            "headers": [{"key": "h", "value": "${n}"}], "auth": {"sigv4": {"signingRegion": "r", "serviceName": "s", "roleArn": ROLE}},
            "enableBatching": true, "batchConfig": {"maxBatchSize": 5}}},
        {"s3": {"bucketName": "b", "key": "${topic()}/${timestamp()}", "cannedAcl": "public-read", "roleArn": ROLE}},
        {"dynamoDB": {"tableName": "t", "hashKeyField": "key", "hashKeyValue": "${topic()}", "hashKeyType": "STRING",
            "rangeKeyField": "timestamp", "rangeKeyValue": "${timestamp()}", "rangeKeyType": "NUMBER", "payloadField": "p", "operation": "DELETE", "roleArn": ROLE}},
        {"dynamoDBv2": {"putItem": {"tableName": "${topic(1)}"}, "roleArn": ROLE}},
        {"sqs": {"queueUrl": "https://sqs.eu-west-1.amazonaws.com/210987654321/q", "useBase64": true, "roleArn": ROLE}},
        {"sns": {"targetArn": "arn:aws:sns:us-east-1:123456789012:t", "messageFormat": "JSON", "roleArn": ROLE}},
        {"kinesis": {"streamName": "s", "partitionKey": "${topic()}", "roleArn": ROLE}},
        {"firehose": {"deliveryStreamName": "d", "separator": "\r\n", "batchMode": true, "roleArn": ROLE}},
    ])
}

fn more() -> Value {
    json!([
        {"cloudwatchLogs": {"logGroupName": "g", "roleArn": ROLE}},
        {"cloudwatchMetric": {"metricName": "m", "metricNamespace": "ns", "metricUnit": "Count", "metricValue": "${n}", "roleArn": ROLE}},
        {"cloudwatchAlarm": {"alarmName": "a", "stateReason": "Temperature stabilized.", "stateValue": "OK", "roleArn": ROLE}},
        {"kafka": {"destinationArn": "arn:aws:iot:r:1:ruledestination/vpc/x", "topic": "T", "key": "${n}", "headers": [{"key": "a", "value": "b"}],
            "clientProperties": {"bootstrap.servers": "kafka.com:9092", "sasl.kerberos.keytab": "${get_secret('k', 'SecretBinary', 'arn:aws:iam::123456789012:role/secret')}"}}},
    ])
}

#[test]
fn each_action_is_read_filled_in_and_needs_its_permission() {
    let expected = [
        (
            "lambda",
            "LambdaAction",
            "arn:aws:lambda:us-east-1:123456789012:function:f",
            vec![],
        ),
        (
            "republish",
            "RepublishAction",
            "$aws/things/7/shadow/update",
            vec![
                "iot:Publish arn:aws:iot:us-east-1:123456789012:topic/$aws/things/7/shadow/update",
            ],
        ),
        ("http", "HttpAction", "https://example.com/7", vec![]),
        (
            "s3",
            "S3Action",
            "b",
            vec![
                "s3:PutObject arn:aws:s3:::b/some/7/99",
                "s3:PutObjectAcl arn:aws:s3:::b/some/7/99",
            ],
        ),
        (
            "dynamoDB",
            "DynamoDBAction",
            "t",
            vec!["dynamodb:DeleteItem arn:aws:dynamodb:us-east-1:123456789012:table/t"],
        ),
        (
            "dynamoDBv2",
            "DynamoDBv2Action",
            "some",
            vec!["dynamodb:PutItem arn:aws:dynamodb:us-east-1:123456789012:table/some"],
        ),
        (
            "sqs",
            "SqsAction",
            "https://sqs.eu-west-1.amazonaws.com/210987654321/q",
            vec!["sqs:SendMessage arn:aws:sqs:eu-west-1:210987654321:q"],
        ),
        (
            "sns",
            "SnsAction",
            "arn:aws:sns:us-east-1:123456789012:t",
            vec!["sns:Publish arn:aws:sns:us-east-1:123456789012:t"],
        ),
        (
            "kinesis",
            "KinesisAction",
            "s",
            vec!["kinesis:PutRecord arn:aws:kinesis:us-east-1:123456789012:stream/s"],
        ),
        (
            "firehose",
            "FirehoseAction",
            "d",
            vec![
                "firehose:PutRecordBatch arn:aws:firehose:us-east-1:123456789012:deliverystream/d",
            ],
        ),
        (
            "cloudwatchLogs",
            "CloudwatchLogsAction",
            "g",
            vec![
                "logs:CreateLogStream arn:aws:logs:us-east-1:123456789012:log-group:g:*",
                "logs:DescribeLogStreams arn:aws:logs:us-east-1:123456789012:log-group:g:*",
                "logs:PutLogEvents arn:aws:logs:us-east-1:123456789012:log-group:g:*",
            ],
        ),
        (
            "cloudwatchMetric",
            "CloudwatchMetricAction",
            "m",
            vec!["cloudwatch:PutMetricData *"],
        ),
        (
            "cloudwatchAlarm",
            "CloudwatchAlarmAction",
            "a",
            vec!["cloudwatch:SetAlarmState arn:aws:cloudwatch:us-east-1:123456789012:alarm:a"],
        ),
    ];
    let place = Place {
        partition: "aws",
        region: "us-east-1",
        account: "123456789012",
    };
    let message = Message {
        topic: "some/7",
        payload: br#"{"n":5}"#,
        client_id: None,
        principal: None,
        source_ip: None,
        trace_id: None,
        account_id: "123456789012",
        now_ms: 99,
        seed: [0; 16],
        properties: Properties::default(),
    };
    let answers = Answers::new();
    let mut seen = 0;
    for actions in [all(), more()] {
        let rule = rule(actions).expect("all are right");
        for (action, (name, failed, resource, permissions)) in
            rule.actions.iter().zip(&expected[seen..])
        {
            let mut evaluation = Evaluation::new(&rule.statement, &message, &answers);
            let filled = action
                .render(&mut evaluation)
                .expect("all templates have values");
            let found: Vec<String> = filled
                .permissions(&place)
                .iter()
                .map(|permission| format!("{} {}", permission.action, permission.resource))
                .collect();
            assert_eq!(
                (
                    filled.name(),
                    filled.failed_action(),
                    &**filled.resource(),
                    found
                ),
                (
                    *name,
                    *failed,
                    *resource,
                    permissions.iter().map(|text| (*text).to_owned()).collect()
                )
            );
            seen += 1;
        }
    }
    assert_eq!(seen, expected.len());
}

#[test]
fn members_are_kept() {
    let first = rule(all()).expect("all are right");
    let Action::Republish(republish) = &first.actions[1] else {
        panic!("it is a republish")
    };
    assert_eq!(
        (republish.qos, republish.user_properties[0].1.as_str()),
        (1, "${n}")
    );
    let Action::Http(http) = &first.actions[2] else {
        panic!("it is an http")
    };
    assert_eq!(
        http.batch,
        Some(Batch {
            max_size: 5,
            ..Batch::default()
        })
    );
    let Action::Firehose(firehose) = &first.actions[9] else {
        panic!("it is a firehose")
    };
    assert_eq!(
        (firehose.separator, firehose.batch_mode),
        (Some(Separator::ReturnNewLine), true)
    );
    assert_eq!(first.roles(), [ROLE]);
    let second = rule(more()).expect("all are right");
    assert_eq!(
        second.roles(),
        [ROLE, "arn:aws:iam::123456789012:role/secret"]
    );
}

#[test]
fn documents_of_public_rules_are_taken() {
    let rule = TopicRule::parse(&json!({
        "sql": "SELECT * FROM '$aws/events/certificates/registered/#' WHERE certificateStatus = \"PENDING_ACTIVATION\"",
        "description": "JITR", "ruleDisabled": false,
        "actions": [{"lambda": {"functionArn": "arn:aws:lambda:us-east-1:1:function:f"}}],
        "errorAction": {"s3": {"bucketName": "errors", "key": "${replace(topic(), '/', '-') + '-' + timestamp() + '-' + newuuid()}", "roleArn": ROLE}},
    })).expect("it is right");
    assert_eq!(
        (
            rule.description.as_deref(),
            rule.disabled,
            rule.statement.version()
        ),
        (Some("JITR"), false, SqlVersion::V2015)
    );
    assert!(matches!(rule.error_action, Some(Action::S3(_))));
    assert!(TopicRule::parse(&json!({"sql": "SELECT * FROM 'a'", "actions": []})).is_ok());
}

#[test]
fn wrong_documents_are_refused_with_the_member() {
    let cases = [
        (
            json!({"lambda": {}}),
            "actions[0].lambda.functionArn is required",
        ),
        (
            json!({}),
            "actions[0] must have exactly one member, which names the action",
        ),
        (
            json!({"sqs": {}, "sns": {}}),
            "actions[0] must have exactly one member, which names the action",
        ),
        (
            json!({"teleport": {}}),
            "actions[0].teleport is no action of a rule",
        ),
        (
            json!({"iotEvents": {"inputName": "i", "roleArn": ROLE}}),
            "the rule action iotEvents is not supported",
        ),
        (
            json!({"s3": {"bucketName": "b", "key": "${nosuch()}", "roleArn": ROLE}}),
            "actions[0].s3.key is not valid SQL: line 1, column 3: there is no function \"nosuch\"",
        ),
        (
            json!({"s3": {"bucketName": "b", "key": "k", "roleArn": "x"}}),
            "actions[0].s3.roleArn must be the ARN of a role",
        ),
        (
            json!({"s3": {"bucketName": "b", "key": "k", "roleArn": "arn:aws:iam::1:role/${n}"}}),
            "actions[0].s3.roleArn must be the ARN of a role",
        ),
        (
            json!({"s3": {"bucketName": 5, "key": "k", "roleArn": ROLE}}),
            "actions[0].s3.bucketName must be a string",
        ),
        (
            json!({"republish": {"topic": "a/#", "roleArn": ROLE}}),
            "actions[0].republish.topic must hold no wildcard",
        ),
        (
            json!({"republish": {"topic": "a", "qos": 2, "roleArn": ROLE}}),
            "actions[0].republish.qos must be a whole number from 0 to 1",
        ),
        (
            json!({"republish": {"topic": "a", "roleArn": ROLE, "headers": {"payloadFormatIndicator": "x"}}}),
            "actions[0].republish.headers.payloadFormatIndicator must be UNSPECIFIED_BYTES or UTF8_DATA",
        ),
        (
            json!({"http": {"url": "ftp://x"}}),
            "actions[0].http.url must begin with https:// or http://",
        ),
        (
            json!({"http": {"url": "https://x/${n}"}}),
            "actions[0].http.confirmationUrl is required where url holds a substitution template",
        ),
        (
            json!({"http": {"url": "https://x", "confirmationUrl": "https://y"}}),
            "actions[0].http.url must begin with the confirmationUrl",
        ),
        (
            json!({"dynamoDB": {"tableName": "t", "hashKeyField": "k", "hashKeyValue": "v", "rangeKeyField": "r", "roleArn": ROLE}}),
            "actions[0].dynamoDB.rangeKeyValue is required beside rangeKeyField",
        ),
        (
            json!({"dynamoDB": {"tableName": "t", "hashKeyField": "k", "hashKeyValue": "v", "hashKeyType": "BOOL", "roleArn": ROLE}}),
            "actions[0].dynamoDB.hashKeyType must be one of STRING, NUMBER",
        ),
        (
            json!({"firehose": {"deliveryStreamName": "d", "separator": ";", "roleArn": ROLE}}),
            "actions[0].firehose.separator must be a new line, a tab, a return and a new line, or a comma",
        ),
        (
            json!({"kafka": {"destinationArn": "a", "topic": "t", "clientProperties": {}}}),
            "actions[0].kafka.clientProperties.bootstrap.servers is required",
        ),
    ];
    for (action, expected) in cases {
        let error = rule(json!([action])).expect_err("it is wrong");
        assert_eq!(error.to_string(), expected);
    }
    let sql = |sql: &str| {
        TopicRule::parse(&json!({"sql": sql, "actions": []}))
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        sql("SELEC").unwrap_err(),
        "sql is not valid SQL: line 1, column 1: found \"SELEC\"; a statement begins with SELECT"
    );
    let version =
        json!({"sql": "SELECT 1 FROM 'a'", "actions": [], "awsIotSqlVersion": "2017-01-01"});
    assert!(
        TopicRule::parse(&version)
            .is_err_and(|error| error.to_string().starts_with("awsIotSqlVersion is none of"))
    );
    assert!(TopicRule::parse(&json!({"sql": "SELECT 1 FROM 'a'"})).is_err());
    assert!(TopicRule::parse(&json!("x")).is_err());
    let eleven =
        vec![json!({"lambda": {"functionArn": "arn:aws:lambda:us-east-1:1:function:f"}}); 11];
    assert!(rule(json!(eleven)).is_err());
    let external = json!({"sql": "SELECT 1 FROM 'a'", "awsIotSqlVersion": "2016-03-23", "actions": [],
        "errorAction": {"lambda": {"functionArn": "${aws_lambda('f', *)}"}}});
    assert!(
        TopicRule::parse(&external)
            .is_err_and(|error| error.to_string().contains("errorAction.lambda.functionArn"))
    );
}

#[test]
fn the_error_action_gets_all_failures() {
    let message = Message {
        topic: "testme/action",
        payload: b"hello",
        client_id: Some("c"),
        principal: None,
        source_ip: None,
        trace_id: Some("t"),
        account_id: "1",
        now_ms: 0,
        seed: [0; 16],
        properties: Properties::default(),
    };
    let failures = [Failure {
        action: "S3Action".into(),
        resource: "b".into(),
        message: "no".into(),
    }];
    let payload: Value =
        serde_json::from_slice(&error_payload("R", &message, &failures)).expect("it is JSON");
    assert_eq!(
        payload,
        json!({
            "ruleName": "R", "topic": "testme/action", "cloudwatchTraceId": "t", "clientId": "c", "base64OriginalPayload": "aGVsbG8=",
            "failures": [{"failedAction": "S3Action", "failedResource": "b", "errorMessage": "no"}],
        })
    );
}
