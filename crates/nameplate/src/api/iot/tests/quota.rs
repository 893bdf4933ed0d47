//! `--quotas aws`, with a clock that stands still: each rate lets one second's worth through and no more.

use crate::config::Quotas;
use crate::testing::{Answer, TestApp};
use serde_json::{Value, json};

async fn fixture() -> TestApp {
    TestApp::with(|settings| settings.quotas = Quotas::Aws).await
}

/// Calls until one is refused; how many were not, and the refusal.
async fn until_refused(mut call: impl AsyncFnMut(u32) -> Answer) -> (u32, Answer) {
    for n in 0..1000 {
        let answer = call(n).await;
        if answer.status != 200 {
            return (n, answer);
        }
    }
    panic!("nothing was refused");
}

#[tokio::test]
async fn each_operation_has_its_rate() {
    let test = fixture().await;
    let named = async |n: u32| test.iot(&format!("POST /things/t{n}"), Value::Null).await;
    let (passed, refusal) = until_refused(named).await;
    assert_eq!((passed, refusal.status), (100, 400));
    assert_eq!(
        refusal.refused("ThrottlingException"),
        "Rate exceeded: more than 100 calls of CreateThing a second"
    );
    // The others have rates of their own, and a wrong call counts as one.
    let (passed, _) = until_refused(async |_| test.iot("GET /things", Value::Null).await).await;
    assert_eq!(passed, 10);
    let wrong = test.iot("GET /indices/AWS_Things?x=", Value::Null).await;
    assert_ne!(wrong.error.as_deref(), Some("ThrottlingException"));
    let counters = test.app.metrics().render(0, 0);
    assert!(
        counters.contains("nameplate_throttled_total{limit=\"CreateThing\"} 1"),
        "{counters}"
    );
    assert!(
        counters.contains("nameplate_throttled_total{limit=\"ListThings\"} 1"),
        "{counters}"
    );
}

#[tokio::test]
async fn what_other_nodes_take_counts() {
    let test = fixture().await;
    let quota = &test.app.quota;
    quota.called_elsewhere("iot", "CreateThing", 60);
    let named = async |n: u32| test.iot(&format!("POST /things/t{n}"), Value::Null).await;
    assert_eq!(until_refused(named).await.0, 40);
    quota.taken_elsewhere("sts", 599);
    quota.taken_elsewhere("of-a-later-release", 1);
    quota.taken_of_elsewhere("of-a-later-release", "x", 1);
    // A client id connects once a second, whichever node it comes to.
    quota.taken_of_elsewhere("connects-of-client", "roams", 1);
    assert!(quota.may_connect("roams").is_err());
    assert!(quota.may_connect("stays").is_ok());
    quota.called_elsewhere("of-a-later-release", "Call", 1);
    let form = || Value::String("Version=2011-06-15&Action=GetCallerIdentity".into());
    let asked = async |_| test.call("sts", "POST /", &[], form()).await;
    assert_eq!(until_refused(asked).await.0, 1);
}

#[tokio::test]
async fn what_is_not_built_answers_so_at_any_rate() {
    let test = fixture().await;
    for _ in 0..30 {
        let answer = test.iot("GET /otaUpdates", Value::Null).await;
        assert_eq!(answer.status, 501, "{answer:?}");
    }
}

#[tokio::test]
async fn without_the_setting_nothing_is_refused() {
    let test = TestApp::new().await;
    for n in 0..120 {
        test.iot(&format!("POST /things/t{n}"), Value::Null)
            .await
            .ok();
    }
}

#[tokio::test]
async fn the_query_services_have_their_own_name_for_it() {
    let test = fixture().await;
    let call = async |_| {
        let form = Value::String("Action=GetCallerIdentity&Version=2011-06-15".into());
        test.call("sts", "POST /", &[], form).await
    };
    let (passed, refusal) = until_refused(call).await;
    assert_eq!((passed, refusal.status), (600, 400));
    let text = refusal.refused("Throttling");
    assert!(text.contains("Rate exceeded"), "{text}");
}

#[tokio::test]
async fn register_thing_uses_up_what_its_template_calls() {
    let test = fixture().await;
    let template = json!({"Resources": {
        "p": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument": "{\"Version\": \"2012-10-17\", \"Statement\": []}"}},
        "t": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": "lamp"}},
    }});
    let template = template.to_string().replace(
        "\\\"Statement\\\": []",
        "\\\"Statement\\\": [{\\\"Effect\\\": \\\"Allow\\\", \\\"Action\\\": \\\"iot:*\\\", \\\"Resource\\\": \\\"*\\\"}]",
    );
    for _ in 0..4 {
        let body = json!({"policyName": "x", "policyDocument": "{}"});
        let answer = test.iot("POST /policies/x", body).await;
        assert_ne!(answer.error.as_deref(), Some("ThrottlingException"));
    }
    let register = async |_| {
        test.iot("POST /things", json!({"templateBody": &template}))
            .await
    };
    let (passed, refusal) = until_refused(register).await;
    // Ten calls of CreatePolicy a second, four of which were made by name.
    assert_eq!(passed, 6, "{refusal:?}");
    let text = refusal.refused("ThrottlingException");
    assert!(text.contains("CreatePolicy"), "{text}");
}

#[tokio::test]
async fn shadows_and_messages_over_http() {
    let test = fixture().await;
    let data = async |line: &str, body: Value| test.call("iotdata", line, &[], body).await;
    let update = async |_| {
        data(
            "POST /things/lamp/shadow",
            json!({"state": {"desired": {"a": 1}}}),
        )
        .await
    };
    let (passed, refusal) = until_refused(update).await;
    assert_eq!((passed, refusal.status), (20, 429));
    refusal.refused("ThrottlingException");
    // Another shadow has another rate; the same one has it for every operation.
    let named = "POST /things/lamp/shadow?name=n";
    data(named, json!({"state": {"desired": {"a": 1}}}))
        .await
        .ok();
    for line in [
        "GET /things/lamp/shadow",
        "DELETE /things/lamp/shadow",
        "GET /api/things/shadow/ListNamedShadowsForThing/lamp",
    ] {
        data(line, Value::Null).await.refused("ThrottlingException");
    }
    data("POST /topics/a?retain=true", json!({})).await.ok();
    let answer = data("POST /topics/a?retain=true", json!({})).await;
    assert_eq!(answer.status, 429);
    let text = answer.refused("ThrottlingException");
    assert!(text.contains("retained-of-topic"), "{text}");
    data("POST /topics/b?retain=true", json!({})).await.ok();
    data("POST /topics/a", json!({})).await.ok();
}

#[tokio::test]
async fn a_shadow_over_mqtt_is_answered_429() {
    let test = fixture().await;
    for _ in 0..20 {
        let asked = test
            .app
            .messaging
            .shadow_request("$aws/things/lamp/shadow/get", b"", true)
            .await;
        asked.expect("it is carried out");
    }
    while test.effect().is_some() {}
    let asked = test
        .app
        .messaging
        .shadow_request(
            "$aws/things/lamp/shadow/update",
            br#"{"state": {}, "clientToken": "t"}"#,
            true,
        )
        .await;
    asked.expect("it is answered");
    let Some(crate::app::effects::Effect::Message(message)) = test.effect() else {
        panic!("it is not answered");
    };
    assert_eq!(message.topic, "$aws/things/lamp/shadow/update/rejected");
    let document: Value = serde_json::from_slice(&message.payload).expect("JSON");
    assert_eq!(document["code"], 429);
    assert_eq!(document["clientToken"], "t");
}

#[tokio::test]
async fn connects_by_client_id_and_account() {
    let test = fixture().await;
    test.app.admission.admit_connect("a").expect("the first");
    let refused = test
        .app
        .admission
        .admit_connect("a")
        .expect_err("the second");
    assert_eq!(refused.code, "throttled-client-id");
    assert!(refused.is_temporary());
    assert!(
        refused
            .reason
            .contains("1 CONNECT packets of one client id a second"),
        "{}",
        refused.reason
    );
    let mut passed = 2;
    let refused = loop {
        match test.app.admission.admit_connect(&format!("c{passed}")) {
            Ok(()) => passed += 1,
            Err(refused) => break refused,
        }
    };
    assert_eq!((passed, refused.code.as_str()), (3000, "throttled-account"));
}

#[tokio::test]
async fn one_bulk_registration_at_a_time() {
    let test = fixture().await;
    let template =
        json!({"Resources": {"t": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": "x"}}}});
    let body = json!({"templateBody": template.to_string(), "bucket": "b", "key": "k"});
    let start = async || {
        test.call("nameplate", "POST /nameplate/bulk", &[], body.clone())
            .await
    };
    // Both are asked for before a worker can have found that there is no such bucket.
    let (first, second) = tokio::join!(start(), start());
    let statuses = (first.status, second.status);
    assert!(
        matches!(statuses, (200, 400) | (400, 200)),
        "{first:?} {second:?}"
    );
}
