//! Rules at work: from a message that was accepted to what their actions have done.

mod logs;

use super::{Figures, Invocation};
use crate::app::error::{Error, Kind};
use crate::app::ingress::Sender;
use crate::config::rule_places_for_tests as places;
use crate::router::Message;
use crate::testing::{NOW, TestApp, heard};
use bytes::Bytes;
use nameplate_mqtt::{MessageProperties, Text};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const ROLE: &str = "arn:aws:iam::123456789012:role/r";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

impl TestApp {
    /// The role that rules act as, allowed these actions.
    async fn rule_role(&self, actions: Value) {
        use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode as encode};
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": actions, "Resource": "*"}]});
        for form in [
            format!(
                "Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument={}",
                encode(TRUST, NON_ALPHANUMERIC)
            ),
            format!(
                "Action=PutRolePolicy&Version=2010-05-08&RoleName=r&PolicyName=p&PolicyDocument={}",
                encode(&policy.to_string(), NON_ALPHANUMERIC)
            ),
        ] {
            let form = Value::String(form);
            self.call("iam", "POST /", &[], form).await.ok();
        }
    }

    async fn rule(&self, name: &str, sql: &str, actions: Value, error_action: Value) {
        let mut body = json!({"sql": sql, "actions": actions, "awsIotSqlVersion": "2016-03-23"});
        if !error_action.is_null() {
            body["errorAction"] = error_action;
        }
        self.iot(&format!("POST /rules/{name}"), body).await.ok();
    }

    /// Publishes over HTTP, and waits until rules have done what they do.
    async fn publish(&self, topic: &str, payload: Value) {
        let topic = topic.replace('/', "%2F").replace('$', "%24");
        let line = format!("POST /topics/{topic}?qos=1");
        self.call("iotdata", &line, &[], payload).await.ok();
        self.app.rules.idle().await;
    }

    /// The bytes of an object, if it is there.
    async fn body_of(&self, bucket: &str, key: &str) -> Option<String> {
        let found = self.app.objects.open_whole_object(bucket, key).await;
        let (_, mut reading) = found.ok()?;
        let mut body = Vec::new();
        while let Ok(Some(piece)) = reading.next().await {
            body.extend_from_slice(&piece);
        }
        String::from_utf8(body).ok()
    }

    async fn failures_of(&self, rule: &str) -> Vec<(String, String, i64)> {
        let found = self.app.rules.failures(rule).await.expect("it can be read");
        found
            .into_iter()
            .map(|failure| (failure.action, failure.reason, failure.times))
            .collect()
    }
}

fn s3(key: &str) -> Value {
    json!({"s3": {"bucketName": "bucket", "key": key, "roleArn": ROLE}})
}

fn republish(topic: &str) -> Value {
    json!({"republish": {"topic": topic, "roleArn": ROLE, "qos": 1}})
}

#[tokio::test]
async fn a_message_becomes_an_object_and_a_rule_is_in_force_at_once() {
    let test = TestApp::new().await;
    test.rule_role(json!(["s3:PutObject"])).await;
    test.object("bucket", "other", b"x").await;
    let sql = "SELECT temperature, topic(2) AS device FROM 'sensors/+/data' WHERE temperature > 30";
    test.rule(
        "hot",
        sql,
        json!([s3("${topic(2)}-${temperature}")]),
        Value::Null,
    )
    .await;
    test.publish("sensors/D7/data", json!({"temperature": 31}))
        .await;
    test.publish("sensors/D7/data", json!({"temperature": 30}))
        .await;
    test.publish("sensors/D7/more", json!({"temperature": 32}))
        .await;
    let body = test.body_of("bucket", "D7-31").await;
    assert_eq!(body.as_deref(), Some(r#"{"temperature":31,"device":"D7"}"#));
    assert_eq!(test.body_of("bucket", "D7-30").await, None);
    let figures = Figures {
        matched: 2,
        selected: 1,
        succeeded: 1,
        failed: 0,
        dropped: 0,
    };
    assert_eq!(
        test.app.rules.figures().await,
        [("hot".to_owned(), figures)]
    );
    // Off and on again, replaced and deleted: each from the next message on.
    test.iot("POST /rules/hot/disable", Value::Null).await.ok();
    test.publish("sensors/D7/data", json!({"temperature": 40}))
        .await;
    assert_eq!(test.body_of("bucket", "D7-40").await, None);
    test.iot("POST /rules/hot/enable", Value::Null).await.ok();
    test.publish("sensors/D7/data", json!({"temperature": 41}))
        .await;
    assert!(test.body_of("bucket", "D7-41").await.is_some());
    let body = json!({"sql": "SELECT VALUE temperature FROM 'sensors/#'", "actions": [s3("all")]});
    test.iot("PATCH /rules/hot", body).await.ok();
    test.publish("sensors/D7/more", json!({"temperature": 1}))
        .await;
    assert_eq!(test.body_of("bucket", "all").await.as_deref(), Some("1"));
    test.iot("DELETE /rules/hot", Value::Null).await.ok();
    test.publish("sensors/D7/more", json!({"temperature": 2}))
        .await;
    assert_eq!(test.body_of("bucket", "all").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_message_is_republished_and_a_loop_ends() {
    let test = TestApp::new().await;
    test.rule_role(json!(["iot:Publish"])).await;
    let watcher = test.watcher(&["#", "$aws/things/+/shadow/update/accepted"]);
    test.rule(
        "copy",
        "SELECT * FROM 'in'",
        json!([republish("out")]),
        Value::Null,
    )
    .await;
    test.publish("in", json!({"a": 1})).await;
    let topics: Vec<String> = heard(&watcher)
        .iter()
        .map(|m| m.topic.to_string())
        .collect();
    assert_eq!(topics, ["in", "out"]);
    // Its headers are properties of MQTT 5, with their templates filled in.
    let mut with_headers = republish("headed");
    with_headers["republish"]["headers"] = json!({
        "payloadFormatIndicator": "UTF8_DATA", "contentType": "application/json", "responseTopic": "answers/${a}",
        "correlationData": "eHl6", "messageExpiry": "${a}", "userProperties": [{"key": "n", "value": "${a}"}],
    });
    let sql = "SELECT * FROM 'heads'";
    test.rule("heads", sql, json!([with_headers]), Value::Null)
        .await;
    test.publish("heads", json!({"a": 5})).await;
    let messages = heard(&watcher);
    let properties = messages[1].properties.as_ref().expect("it has properties");
    assert_eq!(
        (properties.utf8, properties.expiry_seconds),
        (Some(true), Some(5))
    );
    assert_eq!(
        properties.content_type.as_ref().map(|text| text.as_str()),
        Some("application/json")
    );
    assert_eq!(
        properties.response_topic.as_ref().map(|text| text.as_str()),
        Some("answers/5")
    );
    assert_eq!(properties.correlation_data.as_deref(), Some(&b"xyz"[..]));
    assert_eq!(
        (properties.user[0].0.as_str(), properties.user[0].1.as_str()),
        ("n", "5")
    );
    // What is no number is told, and not sent.
    test.publish("heads", json!({"a": "x"})).await;
    assert_eq!(heard(&watcher).len(), 1);
    let failures = test.failures_of("heads").await;
    assert!(
        failures[0].1.contains("no number of seconds"),
        "{failures:?}"
    );
    // A reserved topic is written with a second $, and its service is asked.
    test.rule(
        "shadow",
        "SELECT * AS state.reported FROM 'report'",
        json!([republish("$$aws/things/lamp/shadow/update")]),
        Value::Null,
    )
    .await;
    test.publish("report", json!({"on": true})).await;
    let shadow = test
        .call("iotdata", "GET /things/lamp/shadow", &[], Value::Null)
        .await;
    assert_eq!(shadow.ok()["state"]["reported"], json!({"on": true}));
    heard(&watcher);

    test.rule(
        "loop",
        "SELECT * FROM 'loop'",
        json!([republish("loop")]),
        Value::Null,
    )
    .await;
    test.publish("loop", json!({})).await;
    assert_eq!(heard(&watcher).len(), 11, "once, and ten times by rules");
    let failures = test.failures_of("loop").await;
    assert_eq!(failures.len(), 1);
    assert!(failures[0].1.contains("taken for a loop"), "{failures:?}");
}

#[tokio::test]
async fn properties_of_mqtt_5_are_read() {
    let test = TestApp::new().await;
    test.rule_role(json!(["iot:Publish"])).await;
    let watcher = test.watcher(&["out"]);
    test.rule(
        "read",
        "SELECT get_mqtt_property('content_type') AS type, get_mqtt_property('format_indicator') AS format, \
         get_mqtt_property('response_topic') AS response, get_mqtt_property('correlation_data') AS correlation, \
         get_user_properties('k') AS k FROM 'in'",
        json!([republish("out")]),
        Value::Null,
    )
    .await;
    let text = |value: &str| Text::try_from(value).expect("a right text");
    let properties = MessageProperties {
        utf8: Some(true),
        content_type: Some(text("json")),
        response_topic: Some(text("answers")),
        correlation_data: Some(Bytes::from_static(b"c")),
        user: vec![(text("k"), text("1")), (text("k"), text("2"))],
        ..MessageProperties::default()
    };
    let message = Message {
        topic: text("in"),
        payload: Bytes::from_static(b"{}"),
        ..Message::default()
    };
    let message = Arc::new(message.with(properties, NOW));
    let iam = &test.app.iam;
    let permit = iam.may_publish(&iam.root(), "in", false).await;
    let permit = permit.expect("the root may");
    let taken = test.app.ingress.accept(Sender::Caller(&permit), &message);
    taken.await.expect("it is taken");
    test.app.rules.idle().await;
    let came = heard(&watcher);
    let read: Value = serde_json::from_slice(&came[0].payload).expect("JSON");
    let expected = json!({
        "type": "json", "format": "UTF8_DATA", "response": "answers", "correlation": "c", "k": ["1", "2"],
    });
    assert_eq!(read, expected);
}

#[tokio::test]
async fn what_fails_goes_to_the_error_action_and_stays_known() {
    let test = TestApp::new().await;
    test.rule_role(json!(["iot:Publish"])).await;
    let watcher = test.watcher(&["errors"]);
    test.rule(
        "r",
        "SELECT * FROM 'in'",
        json!([s3("k"), s3("${missing}"), republish("out")]),
        republish("errors"),
    )
    .await;
    test.publish("in", json!({"a": 1})).await;
    test.publish("in", json!({"a": 1})).await;
    let errors = heard(&watcher);
    assert_eq!(errors.len(), 2);
    let told: Value = serde_json::from_slice(&errors[0].payload).expect("JSON");
    assert_eq!(told["ruleName"], "r");
    assert_eq!(told["topic"], "in");
    assert_eq!(told["base64OriginalPayload"], "eyJhIjoxfQ==");
    let failures = told["failures"].as_array().expect("a list");
    assert_eq!(failures.len(), 2, "the third action succeeded");
    assert_eq!(failures[0]["failedAction"], "S3Action");
    assert_eq!(failures[0]["failedResource"], "bucket");
    let text = failures[0]["errorMessage"].as_str().expect("text");
    assert!(
        text.contains(
            "is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::bucket/k"
        ),
        "{text}"
    );
    let kept = test.failures_of("r").await;
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert!(
        kept.iter()
            .all(|(action, _, times)| action == "S3Action" && *times == 2)
    );
    // A role that does not exist fails the rule, not the call that saves it; an error action that fails is recorded too.
    let absent =
        json!({"republish": {"topic": "x", "roleArn": "arn:aws:iam::123456789012:role/absent"}});
    test.rule("s", "SELECT * FROM 's'", json!([absent]), absent.clone())
        .await;
    test.publish("s", json!({})).await;
    let mut actions: Vec<String> = test
        .failures_of("s")
        .await
        .into_iter()
        .map(|f| f.0)
        .collect();
    actions.sort();
    assert_eq!(actions, ["RepublishAction", "errorAction RepublishAction"]);
    // What was known of a rule goes with it.
    test.iot("DELETE /rules/s", Value::Null).await.ok();
    assert_eq!(test.failures_of("s").await, []);
}

#[tokio::test]
async fn a_function_is_invoked_as_the_rule() {
    let test = TestApp::new().await;
    let function = "arn:aws:lambda:us-east-1:123456789012:function:f";
    let lambda = json!([{"lambda": {"functionArn": function}}]);
    test.rule("r", "SELECT a FROM 'in'", lambda, Value::Null)
        .await;
    test.publish("in", json!({"a": 1})).await;
    let failures = test.failures_of("r").await;
    assert_eq!(failures[0].0, "LambdaAction");

    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    test.app
        .rule_engine
        .invoke_by(Arc::new(move |_, source, function, event, how| {
            seen.lock()
                .push((source, function.clone(), event.clone(), how));
            Box::pin(async move {
                match how {
                    _ if function.ends_with("denied") => Err(Error::new(
                        Kind::Denied,
                        "the function does not let the rule invoke it",
                    )),
                    Invocation::Asynchronous => Ok(None),
                    Invocation::Synchronous { .. } => {
                        Ok(Some(br#"{"known":true}"#.as_slice().into()))
                    }
                }
            })
        }));
    test.publish("in", json!({"a": 2, "b": 3})).await;
    {
        let calls = calls.lock();
        assert_eq!(calls.len(), 1);
        let (source, arn, event, how) = &calls[0];
        assert_eq!(source, "arn:aws:iot:us-east-1:123456789012:rule/r");
        assert_eq!(arn, function);
        assert_eq!(event.as_ref(), br#"{"a":2}"#);
        assert_eq!(*how, Invocation::Asynchronous);
    }
    // A statement asks one and waits.
    test.rule_role(json!(["s3:PutObject"])).await;
    test.object("bucket", "other", b"x").await;
    let sql = format!("SELECT aws_lambda('{function}', *) AS answer FROM 'ask'");
    test.rule("ask", &sql, json!([s3("answer")]), Value::Null)
        .await;
    test.publish("ask", json!({})).await;
    let body = test.body_of("bucket", "answer").await;
    assert_eq!(body.as_deref(), Some(r#"{"answer":{"known":true}}"#));
    let denied = json!([{"lambda": {"functionArn": format!("{function}-denied")}}]);
    test.rule("d", "SELECT * FROM 'd'", denied, Value::Null)
        .await;
    test.publish("d", json!({})).await;
    assert_eq!(
        test.failures_of("d").await,
        [(
            "LambdaAction".to_owned(),
            "the function does not let the rule invoke it".to_owned(),
            1
        )]
    );
}

#[tokio::test]
async fn basic_ingest_is_for_its_rule_alone() {
    let test = TestApp::new().await;
    test.rule_role(json!(["s3:PutObject"])).await;
    test.object("bucket", "other", b"x").await;
    let watcher = test.watcher(&["#", "$aws/#"]);
    test.rule(
        "r",
        "SELECT topic() AS t",
        json!([s3("basic")]),
        Value::Null,
    )
    .await;
    test.publish("$aws/rules/r/a/b", json!({})).await;
    let body = test.body_of("bucket", "basic").await;
    assert_eq!(body.as_deref(), Some(r#"{"t":"a/b"}"#));
    test.publish("$aws/rules/none/a/b", json!({})).await;
    assert_eq!(test.app.rules.lost(), (0, 1));
    assert_eq!(heard(&watcher).len(), 0);
}

#[tokio::test]
async fn events_of_the_registry_are_seen_and_owed_until_rules_are_done() {
    let test = TestApp::new().await;
    test.rule_role(json!(["s3:PutObject"])).await;
    test.object("bucket", "other", b"x").await;
    let sql = "SELECT thingName FROM '$aws/events/thing/+/created'";
    test.rule("r", sql, json!([s3("event")]), Value::Null).await;
    let on = json!({"eventConfigurations": {"THING": {"Enabled": true}}});
    test.iot("PATCH /event-configurations", on).await.ok();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let pump = tokio::spawn(crate::app::pump::pump(Arc::clone(&test.app), stopped));
    test.iot("POST /things/lamp", json!({})).await.ok();
    stop.send(true).expect("it listens");
    pump.await.expect("it ends");
    test.app.rules.idle().await;
    assert_eq!(test.app.rules.oldest_event(), None);
    let body = test.body_of("bucket", "event").await;
    assert_eq!(body.as_deref(), Some(r#"{"thingName":"lamp"}"#));
}

/// A server that answers requests one after the other, each with the next status, and keeps what it was sent.
async fn server(statuses: Vec<u16>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&requests);
    tokio::spawn(async move {
        let mut statuses = statuses.into_iter();
        loop {
            let Ok((mut stream, _)) = listener.accept().await else {
                return;
            };
            let mut request = Vec::new();
            let whole = loop {
                let mut piece = [0; 4096];
                let Ok(count) = stream.read(&mut piece).await else {
                    break false;
                };
                request.extend_from_slice(&piece[..count]);
                let text = String::from_utf8_lossy(&request);
                if let Some((head, body)) = text.split_once("\r\n\r\n") {
                    let length = head.lines().find_map(|line| {
                        line.to_ascii_lowercase()
                            .strip_prefix("content-length: ")?
                            .parse()
                            .ok()
                    });
                    if body.len() >= length.unwrap_or(0) {
                        break true;
                    }
                }
                if count == 0 {
                    break false;
                }
            };
            if whole {
                seen.lock()
                    .push(String::from_utf8_lossy(&request).into_owned());
                let status = statuses.next().unwrap_or(200);
                let answer = format!(
                    "HTTP/1.1 {status} x\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}"
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        }
    });
    (format!("http://{address}"), requests)
}

#[tokio::test]
async fn a_queue_elsewhere_is_sent_to_with_signed_requests() {
    let (url, requests) = server(vec![500, 200]).await;
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(
        file.path(),
        "[default]\naws_access_key_id = AKIDX\naws_secret_access_key = s\n",
    )
    .expect("written");
    let test = TestApp::with(|settings| {
        settings.rule_places = places(&[&format!("sqs={url}")], file.path());
    })
    .await;
    test.rule_role(json!(["sqs:SendMessage"])).await;
    let queue = "https://sqs.us-east-1.amazonaws.com/123456789012/q";
    let sqs = json!([
        {"sqs": {"queueUrl": queue, "roleArn": ROLE, "useBase64": false}},
        {"sns": {"targetArn": "arn:aws:sns:us-east-1:123456789012:t", "roleArn": ROLE}},
    ]);
    test.rule("r", "SELECT * FROM 'in'", sqs, Value::Null).await;
    test.publish("in", json!({"a": 1})).await;
    {
        let requests = requests.lock();
        assert_eq!(requests.len(), 2, "the first was answered with 500");
        let request = &requests[1];
        assert!(request.starts_with("POST / HTTP/1.1\r\n"), "{request}");
        assert!(
            request.contains("x-amz-target: AmazonSQS.SendMessage\r\n"),
            "{request}"
        );
        assert!(request.contains("Credential=AKIDX/"), "{request}");
        let body = json!({"QueueUrl": queue, "MessageBody": r#"{"a":1}"#}).to_string();
        assert!(request.ends_with(&body), "{request}");
    }
    let failures = test.failures_of("r").await;
    assert_eq!(failures.len(), 1);
    assert!(
        failures[0].1.contains("sns:Publish"),
        "the role may not: {failures:?}"
    );
    test.rule_role_more(json!(["sns:Publish"])).await;
    test.publish("in", json!({"a": 1})).await;
    let told = test.failures_of("r").await;
    assert!(
        told.iter().any(|f| f.1.contains("--rule-endpoint sns=URL")),
        "{told:?}"
    );
}

impl TestApp {
    async fn rule_role_more(&self, actions: Value) {
        use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode as encode};
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": actions, "Resource": "*"}]});
        let form = format!(
            "Action=PutRolePolicy&Version=2010-05-08&RoleName=r&PolicyName=more&PolicyDocument={}",
            encode(&policy.to_string(), NON_ALPHANUMERIC)
        );
        self.call("iam", "POST /", &[], Value::String(form))
            .await
            .ok();
    }
}

#[tokio::test]
async fn a_destination_is_confirmed_and_posted_to() {
    let (url, requests) = server(vec![200, 503, 200]).await;
    let test = TestApp::new().await;
    let http = json!([{"http": {"url": format!("{url}/${{topic()}}"), "confirmationUrl": url,
        "headers": [{"key": "x-device", "value": "${clientid()}"}]}}]);
    test.rule("r", "SELECT * FROM 'in'", http, Value::Null)
        .await;
    while requests.lock().is_empty() {
        tokio::task::yield_now().await;
    }
    let request = requests.lock()[0].clone();
    assert!(
        request.contains("x-amz-rules-engine-message-type: DestinationConfirmation\r\n"),
        "{request}"
    );
    let (_, body) = request.split_once("\r\n\r\n").expect("a body");
    let body: Value = serde_json::from_str(body).expect("JSON");
    let token = body["confirmationToken"].as_str().expect("a token");
    assert!(
        request.starts_with(&format!("POST /?confirmationToken={token} ")),
        "{request}"
    );
    test.publish("in", json!({})).await;
    assert!(test.failures_of("r").await[0].1.contains("is not enabled"));

    // Whoever has the token signs nothing.
    let enable = body["enableUrl"].as_str().expect("a URL");
    let target = enable
        .strip_prefix("http://localhost:4566")
        .expect("this server");
    assert_eq!(test.unsigned("GET", target).await, 200);
    assert_eq!(test.unsigned("GET", target).await, 401, "it is good once");
    let all = test.iot("GET /destinations", Value::Null).await.ok();
    assert_eq!(all["destinationSummaries"][0]["status"], "ENABLED");
    test.publish("in", json!({"a": 1})).await;
    let requests = requests.lock();
    assert_eq!(requests.len(), 3, "503 is tried again");
    assert!(
        requests[2].starts_with("POST /in HTTP/1.1\r\n"),
        "{}",
        requests[2]
    );
    assert!(requests[2].contains("x-device: n/a\r\n"));
    assert!(requests[2].contains("content-type: application/json\r\n"));
    assert!(requests[2].ends_with(r#"{"a":1}"#));
}

#[tokio::test]
async fn payloads_are_posted_together() {
    let (url, requests) = server(vec![]).await;
    let test = TestApp::new().await;
    let http = json!([{"http": {"url": url, "enableBatching": true, "batchConfig": {"maxBatchSize": 2, "maxBatchOpenMs": 200}}}]);
    test.rule("r", "SELECT * FROM 'in'", http, Value::Null)
        .await;
    while requests.lock().is_empty() {
        tokio::task::yield_now().await;
    }
    let request = requests.lock()[0].clone();
    let token = request
        .split("confirmationToken=")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    let target = format!("/confirmdestination/{}", token.expect("a token"));
    assert_eq!(test.unsigned("GET", &target).await, 200);
    let line = "POST /topics/in?qos=1";
    for number in [1, 2] {
        test.call("iotdata", line, &[], json!({"n": number}))
            .await
            .ok();
    }
    test.app.rules.idle().await;
    let requests = requests.lock();
    assert_eq!(requests.len(), 2);
    let (_, body) = requests[1].split_once("\r\n\r\n").expect("a body");
    let mut sent: Vec<i64> = serde_json::from_str::<Vec<Value>>(body)
        .expect("an array")
        .iter()
        .filter_map(|one| one["n"].as_i64())
        .collect();
    sent.sort_unstable();
    assert_eq!(sent, [1, 2]);
}

impl TestApp {
    /// The status of a request that nobody signs.
    async fn unsigned(&self, method: &str, target: &str) -> u16 {
        let request = crate::api::Request {
            method,
            target,
            headers: [("host", "localhost:4566")].into_iter().collect(),
            body: &[],
            source_ip: std::net::Ipv4Addr::LOCALHOST.into(),
            secure: false,
        };
        crate::api::answer(&self.app, &request).await.status
    }
}

#[tokio::test]
async fn what_is_over_the_bounds_is_left_out_and_counted() {
    let test = TestApp::new().await;
    // Never answers: workers wait for it.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(
        file.path(),
        "[default]\naws_access_key_id = a\naws_secret_access_key = s\n",
    )
    .expect("written");
    drop(test);
    let test = TestApp::with(|settings| {
        settings.rule_places = places(&[&format!("sqs={url}")], file.path());
    })
    .await;
    test.rule_role(json!(["sqs:SendMessage", "s3:PutObject"]))
        .await;
    test.object("bucket", "other", b"x").await;
    let sqs = json!([{"sqs": {"queueUrl": "http://x/123456789012/q", "roleArn": ROLE}}]);
    test.rule("slow", "SELECT * FROM 'in'", sqs, Value::Null)
        .await;
    test.rule(
        "quick",
        "SELECT * FROM 'other'",
        json!([s3("quick")]),
        Value::Null,
    )
    .await;
    let payload = bytes::Bytes::from_static(b"{}");
    for _ in 0..1_100 {
        let arrival = super::Arrival::of_service("in", &payload);
        assert_eq!(test.app.rules.offer(arrival).await, 1);
    }
    let (dropped, _) = test.app.rules.lost();
    assert!((80..=100).contains(&dropped), "{dropped}");
    // Another rule does not wait for it.
    let arrival = super::Arrival::of_service("other", &payload);
    test.app.rules.offer(arrival).await;
    while test.body_of("bucket", "quick").await.is_none() {
        tokio::task::yield_now().await;
    }
    let kept = test.failures_of("slow").await;
    assert_eq!(kept[0].0, "Queue");
    assert_eq!(kept[0].2, i64::try_from(dropped).expect("few"));
    assert_eq!(NOW, test.app.now());
}

#[tokio::test]
async fn items_go_into_the_servers_own_tables_and_are_asked_for_there() {
    let test = TestApp::new().await;
    test.rule_role(json!("dynamodb:*")).await;
    let ask = async |operation: &str, body: Value| {
        let target = format!("DynamoDB_20120810.{operation}");
        test.call("dynamodb", "POST /", &[("x-amz-target", &target)], body)
            .await
            .ok()
    };
    ask(
        "CreateTable",
        json!({
            "TableName": "devices", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        }),
    )
    .await;
    let columns = json!([{"dynamoDBv2": {"roleArn": ROLE, "putItem": {"tableName": "devices"}}}]);
    test.rule("columns", "SELECT * FROM 'columns'", columns, Value::Null)
        .await;
    let one = json!([{"dynamoDB": {
        "roleArn": ROLE, "tableName": "devices", "hashKeyField": "id", "hashKeyValue": "${id}", "operation": "UPDATE",
    }}]);
    test.rule("one", "SELECT n FROM 'one'", one, Value::Null)
        .await;
    test.publish("columns", json!({"id": "lamp", "n": 7})).await;
    test.publish("one", json!({"id": "lamp", "n": 8})).await;
    let got = json!({"TableName": "devices", "Key": {"id": {"S": "lamp"}}});
    let got = ask("GetItem", got).await;
    let wanted = json!({"id": {"S": "lamp"}, "n": {"N": "7"}, "payload": {"M": {"n": {"N": "8"}}}});
    assert_eq!(got["Item"], wanted, "{:?}", test.failures_of("one").await);
    let watcher = test.watcher(&["answers"]);
    let sql = format!("SELECT get_dynamodb('devices', 'id', id, '{ROLE}').n AS known FROM 'ask'");
    test.rule("ask", &sql, json!([republish("answers")]), Value::Null)
        .await;
    test.rule_role_more(json!(["dynamodb:*", "iot:Publish"]))
        .await;
    test.publish("ask", json!({"id": "lamp"})).await;
    let told: Vec<Value> = heard(&watcher)
        .iter()
        .map(|message| serde_json::from_slice(&message.payload).expect("JSON"))
        .collect();
    assert_eq!(
        told,
        [json!({"known": 7})],
        "{:?}",
        test.failures_of("ask").await
    );
    test.publish("columns", json!({"n": 7})).await;
    let failed = test.failures_of("columns").await;
    assert!(
        failed[0].1.contains("Missing the key id in the item"),
        "{failed:?}"
    );
}
