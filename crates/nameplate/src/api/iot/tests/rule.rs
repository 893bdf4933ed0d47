use crate::testing::{ARN, NOW, TestApp};
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::123456789012:role/r";

fn payload() -> Value {
    json!({
        "sql": "SELECT * FROM 'a/+'",
        "actions": [{"s3": {"bucketName": "b", "key": "${topic()}", "roleArn": ROLE}}],
    })
}

#[tokio::test]
async fn a_rule_lives_and_goes() {
    let app = TestApp::new().await;
    let tags = [("x-amz-tagging", "place=hall&empty=")];
    let made = app.iot_with("POST /rules/r_1", &tags, payload()).await;
    assert_eq!(made.ok(), json!({}));
    let exists = app.iot("POST /rules/r_1", payload()).await;
    assert_eq!(exists.body["resourceId"], "r_1");
    exists.refused("ResourceAlreadyExistsException");
    let get = async || app.iot("GET /rules/r_1", Value::Null).await.ok();
    assert_eq!(
        get().await,
        json!({
            "ruleArn": format!("{ARN}rule/r_1"),
            "rule": {
                "ruleName": "r_1", "sql": "SELECT * FROM 'a/+'", "actions": payload()["actions"],
                "createdAt": NOW.as_seconds_f64(), "ruleDisabled": false, "awsIotSqlVersion": "2015-10-08",
            },
        })
    );
    let listed = json!({
        "ruleArn": format!("{ARN}rule/r_1"), "ruleName": "r_1", "topicPattern": "a/+",
        "createdAt": NOW.as_seconds_f64(), "ruleDisabled": false,
    });
    let all = app.iot("GET /rules", Value::Null).await.ok();
    assert_eq!(all, json!({"rules": [listed]}));
    let line = format!("GET /tags?resourceArn={ARN}rule/r_1");
    let tagged = app.iot(&line, Value::Null).await.ok();
    assert_eq!(tagged["tags"].as_array().map(Vec::len), Some(2));

    for (line, disabled) in [
        ("POST /rules/r_1/disable", true),
        ("POST /rules/r_1/disable", true),
        ("POST /rules/r_1/enable", false),
    ] {
        assert_eq!(app.iot(line, Value::Null).await.ok(), json!({}));
        assert_eq!(get().await["rule"]["ruleDisabled"], disabled);
    }
    let other = json!({
        "sql": "SELECT a FROM 'b'", "actions": [], "description": "d", "ruleDisabled": true,
        "awsIotSqlVersion": "2016-03-23",
        "errorAction": {"lambda": {"functionArn": "arn:aws:lambda:us-east-1:123456789012:function:f"}},
    });
    let replaced = app.iot("PATCH /rules/r_1", other.clone()).await;
    assert_eq!(replaced.ok(), json!({}));
    let rule = get().await["rule"].clone();
    for (name, value) in other.as_object().expect("an object") {
        assert_eq!(rule[name], *value, "{name}");
    }
    let delete = async || app.iot("DELETE /rules/r_1", Value::Null).await.ok();
    assert_eq!(delete().await, json!({}));
    assert_eq!(delete().await, json!({}), "again is no refusal");
    let all = app.iot("GET /rules", Value::Null).await.ok();
    assert_eq!(all, json!({"rules": []}));
}

#[tokio::test]
async fn rules_are_listed_by_topic_state_and_page() {
    let app = TestApp::new().await;
    for (name, filter, disabled) in [("c", "x/#", false), ("a", "x/y", true), ("b", "z", false)] {
        let body = json!({"sql": format!("SELECT * FROM '{filter}'"), "actions": [], "ruleDisabled": disabled});
        app.iot(&format!("POST /rules/{name}"), body).await.ok();
    }
    let names = async |query: &str| -> Vec<String> {
        let line = format!("GET /rules?maxResults=1{query}");
        let all = app.pages(&line, &[], "rules").await;
        all.iter()
            .map(|rule| rule["ruleName"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(names("").await, ["a", "b", "c"]);
    assert_eq!(names("&topic=x%2Fy").await, ["a", "c"]);
    assert_eq!(names("&ruleDisabled=true").await, ["a"]);
    assert_eq!(names("&ruleDisabled=false&topic=z").await, ["b"]);
}

#[tokio::test]
async fn what_cannot_be_saved_is_told() {
    let app = TestApp::new().await;
    let with = |sql: &str, actions: Value| json!({"sql": sql, "actions": actions});
    let cases = [
        (
            with("SELECT FROM 'a'", json!([])),
            400,
            "SqlParseException",
            "line 1, column 8",
        ),
        (
            with(
                "SELECT * FROM 'a'",
                json!([{"lambda": {"functionArn": "${nope("}}]),
            ),
            400,
            "SqlParseException",
            "actions[0].lambda.functionArn",
        ),
        (
            with("SELECT * FROM 'a'", json!([{"lambda": {}, "s3": {}}])),
            400,
            "InvalidRequestException",
            "",
        ),
        (
            with(
                "SELECT * FROM 'a'",
                json!([{"iotEvents": {"inputName": "i", "roleArn": ROLE}}]),
            ),
            501,
            "NotImplementedException",
            "iotEvents",
        ),
        (
            with(
                "SELECT * FROM 'a'",
                json!([{"kafka": {"destinationArn": "arn:aws:iot:us-east-1:123456789012:ruledestination/vpc/x", "topic": "t", "clientProperties": {"bootstrap.servers": "b:9092"}}}]),
            ),
            501,
            "NotImplementedException",
            "kafka",
        ),
    ];
    for (body, status, name, part) in cases {
        let answer = app.iot("POST /rules/r", body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        let text = answer.refused(name);
        assert!(text.contains(part), "{body}: {text}");
    }
    for line in [
        "GET /rules/none",
        "POST /rules/none/enable",
        "POST /rules/none/disable",
    ] {
        let answer = app.iot(line, Value::Null).await;
        assert_eq!(answer.status, 401, "{line}");
        assert_eq!(
            answer.refused("UnauthorizedException"),
            "Access to topic rule 'none' was denied"
        );
    }
    let answer = app.iot("PATCH /rules/none", payload()).await;
    answer.refused("UnauthorizedException");
}

#[tokio::test]
async fn whoever_saves_a_rule_must_be_allowed_to_pass_its_roles() {
    let app = TestApp::new().await;
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iot:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/mine"},
    ]});
    let key = app.user_with(&policy).await;
    let create = async |role: &str| {
        let mut body = payload();
        body["errorAction"] = json!({"republish": {"topic": "e", "roleArn": role}});
        body["actions"][0]["s3"]["roleArn"] = "arn:aws:iam::123456789012:role/mine".into();
        app.call_as(&key, "iot", "POST /rules/r", &[], body).await
    };
    let text = create(ROLE).await.refused("AccessDeniedException");
    assert!(
        text.contains("iam:PassRole on resource: arn:aws:iam::123456789012:role/r"),
        "{text}"
    );
    create("arn:aws:iam::123456789012:role/mine").await.ok();
}

#[tokio::test]
async fn destinations_live_and_go() {
    let app = TestApp::new().await;
    let config = |url: &str| json!({"destinationConfiguration": {"httpUrlConfiguration": {"confirmationUrl": url}}});
    // Nothing listens there.
    let url = "http://127.0.0.1:1/x";
    let made = app.iot("POST /destinations", config(url)).await.ok();
    let made = &made["topicRuleDestination"];
    assert_eq!(made["status"], "IN_PROGRESS");
    assert_eq!(made["httpUrlProperties"], json!({"confirmationUrl": url}));
    let reason = made["statusReason"].as_str().expect("a reason");
    assert!(reason.starts_with(
        "Awaiting confirmation. Confirmation message sent on 2026-11-23T15:42:12.345Z; "
    ));
    let arn = made["arn"].as_str().expect("an ARN").to_owned();
    assert!(arn.starts_with(&format!("{ARN}ruledestination/http/")));
    app.iot("POST /destinations", config(url))
        .await
        .refused("ResourceAlreadyExistsException");
    for wrong in ["ftp://x", "https://u:p@x", "x"] {
        app.iot("POST /destinations", config(wrong))
            .await
            .refused("InvalidRequestException");
    }
    let other = json!({"destinationConfiguration": {"vpcConfiguration": {
        "subnetIds": ["s"], "vpcId": "v", "roleArn": ROLE}}});
    let answer = app.iot("POST /destinations", other).await;
    assert_eq!(answer.status, 501, "{}", answer.body);

    let all = app.iot("GET /destinations", Value::Null).await.ok();
    assert_eq!(all["destinationSummaries"][0]["arn"], arn.as_str());
    assert_eq!(
        all["destinationSummaries"][0]["httpUrlSummary"],
        json!({"confirmationUrl": url})
    );
    // What was never confirmed cannot be switched on.
    let enable = json!({"arn": arn, "status": "ENABLED"});
    app.iot("PATCH /destinations", enable)
        .await
        .refused("InvalidRequestException");
    let answer = app.iot("GET /confirmdestination/wrong", Value::Null).await;
    assert_eq!(answer.status, 401);
    let line = format!(
        "/destinations/{}",
        arn.replace(':', "%3A").replace('/', "%2F")
    );
    app.iot(&format!("GET {line}"), Value::Null).await.ok();
    app.iot(&format!("DELETE {line}"), Value::Null).await.ok();
    let gone = app.iot(&format!("GET {line}"), Value::Null).await;
    gone.refused("UnauthorizedException");
}
