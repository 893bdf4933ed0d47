//! RegisterThing, which runs as its caller, and bulk registration, which runs as either.

use super::super::registration_task;
use super::super::trial::{fixture, user};
use super::first::Jitp;
use super::*;
use crate::testing::ARN;
use serde_json::json;

/// RegisterThing of a new thing in the group `fleet`.
fn register_thing(name: &str) -> Value {
    let body = json!({"Resources": {
        "thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": name, "ThingGroups": ["fleet"]}},
        "certificate": {"Type": "AWS::IoT::Certificate", "Properties": {
            "CertificateSigningRequest": fixture!("request_rsa.csr")}},
        "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": "device"}},
    }});
    json!({"templateBody": body.to_string()})
}

#[tokio::test]
async fn register_thing_meets_the_conditions_of_its_caller() {
    let Jitp { test, .. } = Jitp::new(false).await;
    let key = user(&test, ALL)
        .await
        .identity()
        .expect("signed")
        .access_key()
        .clone();
    let own = session(
        &form(&test, &key, "sts", "GetSessionToken")
            .await
            .expect("a session"),
    );
    let number = std::cell::Cell::new(0);
    let check = async |key: &AccessKey, statements: &str, allowed: bool| {
        grant(&test, "user/carol", statements).await;
        number.set(number.get() + 1);
        let body = register_thing(&format!("t{}", number.get()));
        let found = may(&test, key, "POST /things", body).await;
        assert_eq!(found, allowed, "{statements}");
    };
    let plain =
        |action: &str| format!(r#"{ALL},{{"Effect":"Deny","Action":"{action}","Resource":"*"}}"#);
    check(&key, &plain("iot:AttachPolicy"), false).await;
    check(&key, &plain("iot:AttachPrincipalPolicy"), true).await;
    let old = r#"{"Effect":"Allow","NotAction":"iot:AttachPolicy","Resource":"*"}"#;
    check(&key, old, true).await;
    let prod = equals("aws:ResourceTag/env", "prod");
    check(&key, &deny("iot:*", &prod), false).await;
    check(
        &key,
        &deny("iot:*", &equals("aws:ResourceTag/env", "dev")),
        true,
    )
    .await;
    check(
        &key,
        &deny("*", &differs("aws:RequestedRegion", "us-east-1")),
        true,
    )
    .await;
    check(
        &key,
        &deny(
            "iot:CreateThing",
            &differs("aws:RequestedRegion", "eu-west-1"),
        ),
        false,
    )
    .await;
    let revoke = deny(
        "iot:CreateThing",
        r#"{"DateLessThan":{"aws:TokenIssueTime":"2027-01-01T00:00:00Z"}}"#,
    );
    check(&own, &revoke, false).await;
    check(&key, &revoke, true).await;
    let address = |range: &str| {
        deny(
            "iot:CreateThing",
            &format!(r#"{{"NotIpAddress":{{"aws:SourceIp":"{range}"}}}}"#),
        )
    };
    check(&key, &address("127.0.0.0/8"), true).await;
    check(&key, &address("10.0.0.0/8"), false).await;
}

/// Lines that make things and nothing else.
const THINGS: &str = r#"{"Parameters":{"Name":{"Type":"String"}},"Resources":{"thing":{
    "Type":"AWS::IoT::Thing","Properties":{"ThingName":{"Ref":"Name"},"ThingGroups":["fleet"]}}}}"#;

fn lines(prefix: &str, count: usize) -> Vec<u8> {
    let line = |number| json!({"Name": format!("{prefix}{number}")}).to_string();
    (0..count)
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
        .into_bytes()
}

#[tokio::test]
async fn a_bulk_registration_meets_the_conditions_of_its_role() {
    let Jitp { test, .. } = Jitp::new(false).await;
    let number = std::cell::Cell::new(0);
    let check = async |statements: &str, registered: usize| {
        grant(&test, "role/JITPRole", statements).await;
        number.set(number.get() + 1);
        let file = lines(&format!("x{}-", number.get()), 1);
        let (task, _, errors) = registration_task::run(&test, THINGS, &file).await;
        assert_eq!(task["status"], "Completed", "{statements}");
        assert_eq!(task["successCount"], registered, "{statements}: {errors:?}");
    };
    for (key, right, wrong) in [
        ("aws:RequestedRegion", "us-east-1", "eu-west-1"),
        ("aws:PrincipalAccount", ACCOUNT, "210987654321"),
        ("aws:PrincipalTag/team", "red", "blue"),
        ("aws:PrincipalIsAWSService", "false", "true"),
        ("aws:ViaAWSService", "false", "true"),
    ] {
        check(&deny("iot:*", &differs(key, right)), 1).await;
        check(&deny("iot:*", &differs(key, wrong)), 0).await;
    }
    check(&deny("iot:*", &equals("aws:ResourceTag/env", "prod")), 0).await;
    check(&deny("iot:*", &equals("aws:ResourceTag/env", "dev")), 1).await;

    // What the role is trusted for.
    grant(&test, "role/JITPRole", ALL).await;
    let check = async |condition: &str, status: &str| {
        trust(&test, r#"{"Service":"iot.amazonaws.com"}"#, condition).await;
        number.set(number.get() + 1);
        let file = lines(&format!("x{}-", number.get()), 1);
        let (task, ..) = registration_task::run(&test, THINGS, &file).await;
        assert_eq!(task["status"], status, "{condition}");
    };
    let source = |pattern: &str| format!(r#"{{"ArnLike":{{"aws:SourceArn":"{pattern}"}}}}"#);
    check(&source(&format!("{ARN}*")), "Completed").await;
    check(&source(&format!("{ARN}provisioningtemplate/*")), "Failed").await;
    check(&source(&format!("{ARN}cacert/*")), "Failed").await;
    check(&equals("aws:SourceAccount", ACCOUNT), "Completed").await;
    check(&equals("aws:SourceAccount", "210987654321"), "Failed").await;
}

/// Starts a task of many chunks and changes something once the first is in; the task when it is over.
async fn meanwhile(
    test: &TestApp,
    start: impl Future<Output = String>,
    change: impl Future,
) -> Value {
    test.object(
        registration_task::BUCKET,
        "devices.json",
        &lines("m", 20 * 512),
    )
    .await;
    let id = start.await;
    loop {
        let task = registration_task::described(test, &id).await;
        if task["successCount"] != 0 {
            break;
        }
        assert_eq!(task["status"], "InProgress");
        tokio::task::yield_now().await;
    }
    change.await;
    registration_task::over(test, &id).await
}

#[tokio::test]
async fn a_bulk_registration_ends_with_its_roles_trust() {
    let Jitp { test, .. } = Jitp::new(false).await;
    let start = registration_task::start(&test, THINGS);
    let late = r#"{"DateLessThan":{"aws:CurrentTime":"2026-11-23T15:42:12Z"}}"#;
    let change = trust(&test, r#"{"Service":"iot.amazonaws.com"}"#, late);
    let task = meanwhile(&test, start, change).await;
    assert_eq!(task["status"], "Failed");
    let message = task["message"].as_str().expect("a message");
    assert!(
        message.contains("does not let iot.amazonaws.com assume it"),
        "{message}"
    );
    let done = task["successCount"].as_u64().expect("a number");
    assert!((512..20 * 512).contains(&done), "{done}");
}

#[tokio::test]
async fn a_bulk_registration_loses_what_its_role_loses() {
    let Jitp { test, .. } = Jitp::new(false).await;
    let start = registration_task::start(&test, THINGS);
    let denied = format!(r#"{ALL},{{"Effect":"Deny","Action":"iot:CreateThing","Resource":"*"}}"#);
    let task = meanwhile(&test, start, grant(&test, "role/JITPRole", &denied)).await;
    assert_eq!(task["status"], "Completed");
    let failed = task["failureCount"].as_u64().expect("a number");
    assert!((512..20 * 512).contains(&failed), "{failed}");
}

#[tokio::test]
async fn a_bulk_registration_ends_with_its_starters_key() {
    let Jitp { test, .. } = Jitp::new(false).await;
    let key = user(&test, ALL)
        .await
        .identity()
        .expect("signed")
        .access_key()
        .clone();
    let start = async || {
        let body = json!({"templateBody": THINGS, "bucket": registration_task::BUCKET, "key": "devices.json"});
        let line = "POST /nameplate/bulk";
        let answer = test.call_as(&key, "nameplate", line, &[], body).await.ok();
        answer["taskId"].as_str().expect("an id").to_owned()
    };
    let id = key.id.clone();
    let root = test.app.iam.root();
    let switch_off = test
        .app
        .iam
        .set_access_key_active(&root, "carol".into(), id, false);
    let task = meanwhile(&test, start(), switch_off).await;
    assert_eq!(task["status"], "Failed");
    let message = task["message"].as_str().expect("a message");
    assert!(message.contains("is no longer good"), "{message}");

    // The service acts for the caller then, which policies may ask for.
    test.app
        .iam
        .set_access_key_active(&root, "carol".into(), key.id.clone(), true)
        .await
        .expect("on");
    for (service, status) in [("true", "Failed"), ("false", "Completed")] {
        let via = format!(r#"{{"Bool":{{"aws:ViaAWSService":"{service}"}}}}"#);
        grant(&test, "user/carol", &deny("s3:GetObject", &via)).await;
        test.object(
            registration_task::BUCKET,
            "devices.json",
            &lines(service, 1),
        )
        .await;
        let id = start().await;
        let task = registration_task::over(&test, &id).await;
        assert_eq!(task["status"], status, "{service}");
    }
}
