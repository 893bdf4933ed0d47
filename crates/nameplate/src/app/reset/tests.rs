use crate::app::ground::Wanted;
use crate::app::{App, Kind};
use crate::testing::TestApp;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ALLOW: &str = r#"{"Version":"2012-10-17",
    "Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}"#;

/// Has the registry become another, and goes on with the services that follow; how long that took.
async fn become_another(test: &mut TestApp, wanted: &Wanted) -> Duration {
    let begun = Instant::now();
    let old = Arc::clone(&test.app);
    old.give_way(wanted).await.expect("the registry gives way");
    test.app = App::over(old.ground()).await.expect("services follow");
    begun.elapsed()
}

/// Names of all things.
async fn things(test: &TestApp) -> Vec<String> {
    let body = test.iot("GET /things", json!(null)).await.ok();
    let things = body["things"].as_array().cloned().unwrap_or_default();
    let names = things
        .iter()
        .filter_map(|thing| thing["thingName"].as_str());
    names.map(str::to_owned).collect()
}

/// What a function printed.
fn printed(test: &TestApp) -> Vec<String> {
    let logs = test.app.functions.logs();
    let read = logs.read("/aws/lambda/f", &nameplate_functions::LogQuery::default());
    let lines = read.expect("logs can be read").into_iter();
    lines.map(|line| line.message).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_is_emptied_and_put_back() {
    let mut test = TestApp::new().await;
    test.iot("POST /things/lamp", json!({})).await.ok();
    let policy = json!({"policyDocument": ALLOW});
    test.iot("POST /policies/p", policy.clone()).await.ok();
    let group = test.app.functions.logs();
    group
        .append("/aws/lambda/f", "a", [(1, "printed".to_owned())])
        .expect("there is space");
    test.app.keep("base").await.expect("there is room");
    test.iot("POST /things/switch", json!({})).await.ok();
    assert_eq!(things(&test).await, ["lamp", "switch"]);

    become_another(&mut test, &Wanted::Empty).await;
    assert!(things(&test).await.is_empty());
    assert!(printed(&test).is_empty());
    // Names are free again.
    test.iot("POST /policies/p", policy).await.ok();

    become_another(&mut test, &Wanted::Snapshot("base".into())).await;
    assert_eq!(things(&test).await, ["lamp"]);
    assert_eq!(printed(&test), ["printed"]);
    test.iot("GET /policies/p", json!(null)).await.ok();
    test.iot("POST /things/switch", json!({})).await.ok();
    let missing = test.app.give_way(&Wanted::Snapshot("none".into())).await;
    assert_eq!(missing.expect_err("there is none").kind, Kind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_services_before_is_left() {
    let mut test = TestApp::new().await;
    let old = Arc::downgrade(&test.app.kernel);
    let late = Arc::clone(&test.app);
    become_another(&mut test, &Wanted::Empty).await;
    // Who still holds the old services can do nothing with them.
    let refused = late.kernel.store.read(|conn| conn.object_files()).await;
    assert!(refused.is_err());
    drop(late);
    let until = Instant::now() + Duration::from_secs(20);
    while old.strong_count() > 0 && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(old.strong_count(), 0, "somebody keeps the kernel");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_moved_and_put_right() {
    let mut test = TestApp::new().await;
    let before = test.app.now();
    test.app.move_clock(5000, 10_000).expect("it may be moved");
    assert_eq!(test.app.now().0, before.0 + 5000);
    assert!(test.app.move_clock(5001, 10_000).is_err());
    // Requests are signed by the machine's clock.
    test.iot("GET /things", json!(null)).await.ok();
    become_another(&mut test, &Wanted::Empty).await;
    assert_eq!(test.app.now(), before);
}

#[tokio::test]
async fn nothing_of_it_goes_unless_it_is_allowed() {
    let test = TestApp::with(|settings| settings.allow_reset = false).await;
    for (line, body) in [
        ("POST /nameplate/reset", json!(null)),
        ("GET /nameplate/snapshots", json!(null)),
        ("POST /nameplate/snapshots/a", json!(null)),
        ("POST /nameplate/snapshots/a/restore", json!(null)),
        ("DELETE /nameplate/snapshots/a", json!(null)),
        ("GET /nameplate/clock", json!(null)),
        ("POST /nameplate/clock", json!({"seconds": 1})),
        ("POST /nameplate/faults", json!({"fault": "throttle"})),
    ] {
        let answer = test.call("nameplate", line, &[], body).await;
        assert_eq!(answer.status, 403, "{line}: {}", answer.body);
        let message = answer.body["message"].as_str().unwrap_or_default();
        assert!(message.contains("--allow-reset"), "{message}");
    }
    assert!(test.app.give_way(&Wanted::Empty).await.is_err());
}

#[tokio::test]
async fn what_is_asked_for_wrongly_is_refused_with_the_rule() {
    let test = TestApp::new().await;
    let now = test.app.now().0;
    for (line, body, rule) in [
        (
            "POST /nameplate/snapshots/a%20b",
            json!(null),
            "letters, digits",
        ),
        (
            "DELETE /nameplate/snapshots/none",
            json!(null),
            "no snapshot",
        ),
        (
            "POST /nameplate/snapshots/none/restore",
            json!(null),
            "no snapshot",
        ),
        ("POST /nameplate/clock", json!({}), "either seconds or at"),
        (
            "POST /nameplate/clock",
            json!({"seconds": -1}),
            "whole number from 0",
        ),
        (
            "POST /nameplate/clock",
            json!({"seconds": 1, "at": now}),
            "either",
        ),
        (
            "POST /nameplate/clock",
            json!({"at": now - 1}),
            "at must be",
        ),
        (
            "POST /nameplate/clock",
            json!({"minutes": 1}),
            "\"minutes\" is not known",
        ),
        ("POST /nameplate/clock", json!([1]), "JSON object"),
        ("POST /nameplate/faults", json!({}), "fault must be one of"),
        (
            "POST /nameplate/faults",
            json!({"fault": "fire"}),
            "drop-connect",
        ),
        (
            "POST /nameplate/faults",
            json!({"fault": "throttle", "times": 0}),
            "times must",
        ),
        (
            "POST /nameplate/faults",
            json!({"fault": "throttle", "of": 1}),
            "of must be text",
        ),
        ("POST /nameplate/reset", json!({"all": true}), "not known"),
    ] {
        let answer = test.call("nameplate", line, &[], body.clone()).await;
        assert!(
            matches!(answer.status, 400 | 404),
            "{line} {body}: {}",
            answer.body
        );
        let message = answer.body["message"].as_str().unwrap_or_default();
        assert!(message.contains(rule), "{line} {body}: {message}");
    }
}

#[tokio::test]
async fn calls_are_refused_as_often_as_was_ordered() {
    let test = TestApp::new().await;
    let order = json!({"fault": "throttle", "times": 2, "of": "CreateThing"});
    let call = |line: &'static str, body| test.call("nameplate", line, &[], body);
    call("POST /nameplate/faults", order).await.ok();
    test.iot("GET /things", json!(null)).await.ok();
    for _ in 0..2 {
        let refused = test.iot("POST /things/a", json!({})).await;
        assert_eq!(refused.error.as_deref(), Some("ThrottlingException"));
    }
    test.iot("POST /things/a", json!({})).await.ok();
    call("POST /nameplate/faults", json!({"fault": "throttle"}))
        .await
        .ok();
    let listed = call("GET /nameplate/faults", json!(null)).await.ok();
    assert_eq!(listed["faults"][0]["times"], 1);
    call("DELETE /nameplate/faults", json!(null)).await.ok();
    test.iot("POST /things/b", json!({})).await.ok();
}
