//! Payloads as lines of the server's own log groups.

use super::*;

#[tokio::test]
async fn payloads_become_lines_of_the_servers_own_groups() {
    let test = TestApp::new().await;
    test.rule_role(json!("logs:*")).await;
    let ask = async |operation: &str, body: Value| {
        let target = format!("Logs_20140328.{operation}");
        test.call("logs", "POST /", &[("x-amz-target", &target)], body)
            .await
            .ok()
    };
    let each = json!([{"cloudwatchLogs": {"roleArn": ROLE, "logGroupName": "devices"}}]);
    test.rule("each", "SELECT * FROM 'each'", each, Value::Null)
        .await;
    let many = json!([{"cloudwatchLogs": {"roleArn": ROLE, "logGroupName": "devices", "batchMode": true}}]);
    test.rule("many", "SELECT VALUE * FROM 'many'", many, Value::Null)
        .await;
    // There is no such group yet.
    test.publish("each", json!({"n": 0})).await;
    let failed = test.failures_of("each").await;
    assert!(
        failed[0].1.contains("log group does not exist"),
        "{failed:?}"
    );
    ask("CreateLogGroup", json!({"logGroupName": "devices"})).await;
    for n in 1..3 {
        test.publish("each", json!({"n": n})).await;
    }
    let now = NOW.0;
    let lines = json!([{"timestamp": now, "message": "second"}, {"timestamp": now - 1, "message": "first"}, {"n": 3}]);
    test.publish("many", lines).await;
    let read = async |stream: &str| {
        let page =
            json!({"logGroupName": "devices", "logStreamName": stream, "startFromHead": true});
        let page = ask("GetLogEvents", page).await;
        let events = page["events"].as_array().cloned().unwrap_or_default();
        let texts = events
            .iter()
            .map(|event| event["message"].as_str().unwrap_or_default().to_owned());
        texts.collect::<Vec<_>>()
    };
    // The stream is named after the rule.
    let found = read("each").await;
    assert_eq!(
        found,
        [r#"{"n":1}"#, r#"{"n":2}"#],
        "{:?}",
        test.failures_of("each").await
    );
    let found = read("many").await;
    assert_eq!(
        found,
        ["first", "second", r#"{"n":3}"#],
        "{:?}",
        test.failures_of("many").await
    );
}
