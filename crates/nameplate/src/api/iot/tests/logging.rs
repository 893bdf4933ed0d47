use crate::testing::TestApp;
use nameplate_core::registry::logging::Level;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

/// Which levels of lines about a device are written.
async fn shown(app: &TestApp, client_id: &str, certificate: Option<[u8; 32]>) -> Vec<Level> {
    let address = Some(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)));
    let mut found = Vec::new();
    for level in [Level::Error, Level::Info] {
        let written = app
            .app
            .registry
            .logs(level, Some(client_id), certificate, address)
            .await;
        found.extend(written.then_some(level));
    }
    found
}

fn target(kind: &str, name: &str, level: &str) -> Value {
    json!({"logTarget": {"targetType": kind, "targetName": name}, "logLevel": level})
}

#[tokio::test]
async fn options_of_both_generations_are_the_same() {
    let app = TestApp::new().await;
    let get = async |line: &str| app.iot(line, Value::Null).await.ok();
    assert_eq!(get("GET /loggingOptions").await, json!({}));
    assert_eq!(shown(&app, "c", None).await, [Level::Error, Level::Info]);
    let set = async |body| app.iot("POST /v2LoggingOptions", body).await.ok();
    set(json!({"defaultLogLevel": "ERROR"})).await;
    assert_eq!(shown(&app, "c", None).await, [Level::Error]);
    assert_eq!(
        get("GET /v2LoggingOptions").await,
        json!({"defaultLogLevel": "ERROR", "disableAllLogs": false})
    );
    assert_eq!(
        get("GET /loggingOptions").await,
        json!({"logLevel": "ERROR"})
    );
    set(json!({"disableAllLogs": true})).await;
    assert_eq!(shown(&app, "c", None).await, []);
    let form = "Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument=%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22iot.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
    app.call("iam", "POST /", &[], form.into()).await.ok();
    let role = "arn:aws:iam::123456789012:role/r";
    let first = json!({"roleArn": role, "logLevel": "DEBUG"});
    app.iot("POST /loggingOptions", first.clone()).await.ok();
    assert_eq!(get("GET /loggingOptions").await, first);
    assert_eq!(
        get("GET /v2LoggingOptions").await,
        json!({"roleArn": role, "defaultLogLevel": "DEBUG", "disableAllLogs": true})
    );
    set(json!({"disableAllLogs": false})).await;
    assert_eq!(shown(&app, "c", None).await, [Level::Error, Level::Info]);
}

#[tokio::test]
async fn levels_of_their_own() {
    let app = TestApp::new().await;
    let arn = app.certificate("lamp").await;
    let id = arn.rsplit_once('/').map_or("", |(_, id)| id).to_owned();
    let mut hash = [0; 32];
    hex::decode_to_slice(&id, &mut hash).expect("an id");
    app.iot("POST /things/lamp", json!({})).await.ok();
    app.iot_with(
        "PUT /things/lamp/principals",
        &[("x-amzn-principal", &arn)],
        json!({}),
    )
    .await
    .ok();
    app.group("north", None, None).await;
    app.group("hall", Some("north"), None).await;
    app.join("lamp", "hall").await;
    let set = async |body| app.iot("POST /v2LoggingLevel", body).await;
    set(target("CLIENT_ID", "c", "INFO"))
        .await
        .refused("NotConfiguredException");
    app.iot("GET /v2LoggingLevel", Value::Null)
        .await
        .refused("NotConfiguredException");
    app.iot("GET /v2LoggingOptions", Value::Null)
        .await
        .refused("NotConfiguredException");
    app.iot(
        "POST /v2LoggingOptions",
        json!({"defaultLogLevel": "ERROR"}),
    )
    .await
    .ok();
    let check = async |body: Value, wanted: &[Level]| {
        let kind = body["logTarget"]["targetType"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let name = body["logTarget"]["targetName"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        set(body).await.ok();
        assert_eq!(shown(&app, "c", Some(hash)).await, wanted, "{kind} {name}");
        let line = format!("DELETE /v2LoggingLevel?targetType={kind}&targetName={name}");
        app.iot(&line, Value::Null).await.ok();
        assert_eq!(shown(&app, "c", Some(hash)).await, [Level::Error]);
    };
    let all = &[Level::Error, Level::Info];
    check(target("CLIENT_ID", "c", "DEBUG"), all).await;
    check(target("CLIENT_ID", "other", "DEBUG"), &[Level::Error]).await;
    check(target("PRINCIPAL_ID", &id, "INFO"), all).await;
    check(target("SOURCE_IP", "10.0.0.1", "DISABLED"), &[]).await;
    check(target("THING_GROUP", "hall", "INFO"), all).await;
    check(target("THING_GROUP", "north", "INFO"), all).await;

    set(target("THING_GROUP", "north", "WARN")).await.ok();
    set(target("CLIENT_ID", "b", "DEBUG")).await.ok();
    set(target("CLIENT_ID", "a", "DEBUG")).await.ok();
    set(json!({"logTarget": {"targetType": "DEFAULT"}, "logLevel": "INFO"}))
        .await
        .ok();
    let list = async |query: &str| {
        let line = format!("GET /v2LoggingLevel?maxResults=1{query}");
        app.pages(&line, &[], "logTargetConfigurations").await
    };
    let (a, b) = (
        target("CLIENT_ID", "a", "DEBUG"),
        target("CLIENT_ID", "b", "DEBUG"),
    );
    let north = target("THING_GROUP", "north", "WARN");
    let default = json!({"logTarget": {"targetType": "DEFAULT"}, "logLevel": "INFO"});
    assert_eq!(list("").await, [&default, &a, &b, &north].map(Clone::clone));
    assert_eq!(list("&targetType=CLIENT_ID").await, [a, b]);
    assert_eq!(list("&targetType=DEFAULT").await, [default]);
}

#[tokio::test]
async fn what_logging_refuses() {
    let app = TestApp::new().await;
    app.iot("POST /v2LoggingOptions", json!({})).await.ok();
    let invalid = "InvalidRequestException";
    let level = "POST /v2LoggingLevel";
    let role = "arn:aws:iam::123456789012:role/none";
    let no_role = format!("The role {role} does not exist; create it with aws iam create-role");
    app.refused(&[
        ("POST /v2LoggingOptions", json!({"roleArn": role}), invalid, &no_role),
        ("POST /loggingOptions", json!({"roleArn": role}), invalid, &no_role),
        (
            level,
            json!({"logTarget": {"targetType": "CLIENT_ID"}, "logLevel": "INFO"}),
            invalid,
            "targetName is required for the target type CLIENT_ID",
        ),
        (
            level,
            target("DEFAULT", "x", "INFO"),
            invalid,
            "The target type DEFAULT has no targetName, and \"x\" is given",
        ),
        (level, target("SOURCE_IP", "x", "INFO"), invalid, "\"x\" is not an IP address"),
        (
            level,
            target("THING_GROUP", "none", "INFO"),
            invalid,
            "Cannot find requested thing group for accountId: 123456789012 and thing group name: none",
        ),
    ])
    .await;
    app.iot(level, target("CLIENT_ID", "c", "LOUD"))
        .await
        .refused(invalid);
    app.iot("POST /v2LoggingOptions", json!({"defaultLogLevel": "LOUD"}))
        .await
        .refused(invalid);
    let events = json!({"eventConfigurations": [{"eventType": "Connect", "logLevel": "INFO"}]});
    let answer = app.iot("POST /v2LoggingOptions", events).await;
    assert_eq!(answer.status, 501, "{answer:?}");
}
