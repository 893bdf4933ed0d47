//! `POST /nameplate/remove`: a device with all it owns, and what stands in the way without that.

use super::trial::{registered, user};
use crate::app::effects::Effect;
use crate::testing::{Answer, Ca, TestApp};
use serde_json::{Value, json};

async fn remove(test: &TestApp, kind: &str, name: &str, flags: &[&str]) -> Answer {
    let mut body = json!({"kind": kind, "name": name});
    for flag in flags {
        body[*flag] = true.into();
    }
    test.call("nameplate", "POST /nameplate/remove", &[], body)
        .await
}

/// The steps, with certificate ids replaced by what the test calls them.
fn steps(answer: Answer, names: &[(&str, &str)]) -> Vec<String> {
    let body = answer.ok();
    let steps = body["steps"].as_array().expect("steps");
    assert_eq!(body["count"], steps.len());
    let named = |step: &Value| {
        let mut text = step.as_str().expect("a text").to_owned();
        for (id, name) in names {
            text = text.replace(id, name);
        }
        text
    };
    steps.iter().map(named).collect()
}

fn refused(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.body);
    answer.body["message"].as_str().expect("a text").to_owned()
}

/// Registers a device of the CA; the id of its certificate.
async fn device(test: &TestApp, ca: &Ca, name: &str, policy: &str) -> String {
    let template = json!({"Resources": {
        "thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": name}},
        "certificate": {"Type": "AWS::IoT::Certificate", "Properties": {"CertificatePem": ca.sign(name)}},
        "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": policy}},
    }});
    let body = json!({"templateBody": template.to_string()});
    let answer = test.iot("POST /things", body).await.ok();
    let arn = answer["resourceArns"]["certificate"]
        .as_str()
        .expect("an ARN");
    arn.rsplit('/').next().expect("an id").to_owned()
}

async fn policy(test: &TestApp, name: &str) {
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}"#;
    let line = format!("POST /policies/{name}");
    test.iot(&line, json!({"policyDocument": document}))
        .await
        .ok();
}

async fn count(test: &TestApp, line: &str, list: &str) -> usize {
    let answer = test.iot(line, Value::Null).await.ok();
    answer[list].as_array().expect("a list").len()
}

#[tokio::test]
async fn a_thing_goes_with_all_it_owns() {
    let test = TestApp::new().await;
    let ca = Ca::new("owner");
    registered(&test, &ca, "?setAsActive=true").await;
    policy(&test, "fleet").await;
    policy(&test, "own").await;
    let first = device(&test, &ca, "lamp", "own").await;
    let second = device(&test, &ca, "door", "fleet").await;
    let line = "PUT /target-policies/fleet";
    let arn = format!("{}cert/{first}", crate::testing::ARN);
    test.iot(line, json!({"target": arn})).await.ok();
    test.group("hall", None, None).await;
    test.join("lamp", "hall").await;

    let text = refused(&remove(&test, "thing", "lamp", &[]).await, 400);
    assert_eq!(
        text,
        format!("The thing lamp is not removed: the certificate {first} is attached to it")
    );
    let expected = [
        "detach certificate C from thing lamp",
        "detach policy fleet from certificate C",
        "detach policy own from certificate C",
        "delete certificate C, which is ACTIVE",
        "delete thing lamp, which leaves hall",
        "delete policy own, which nothing else has",
    ];
    let names = [(first.as_str(), "C")];
    let would = remove(&test, "thing", "lamp", &["cascade", "dryRun"]).await;
    assert_eq!(steps(would, &names), expected);
    assert_eq!(test.app.counts().await.expect("it is known"), (2, 2));
    while test.effect().is_some() {}
    let done = remove(&test, "thing", "lamp", &["cascade"]).await;
    assert_eq!(steps(done, &names), expected);
    assert_eq!(test.app.counts().await.expect("it is known"), (1, 1));
    assert_eq!(count(&test, "GET /policies", "policies").await, 1);
    // Its connection ends: since a policy went with it, all are looked at again.
    let effects: Vec<Effect> = std::iter::from_fn(|| test.effect()).collect();
    assert!(effects.contains(&Effect::Everyone));
    // The other device lost nothing.
    let line = format!("GET /certificates/{second}");
    test.iot(&line, Value::Null).await.ok();
    let text = refused(&remove(&test, "thing", "lamp", &["cascade"]).await, 404);
    assert_eq!(text, "There is no thing \"lamp\"");
}

#[tokio::test]
async fn a_certificate_says_all_that_stands_in_its_way() {
    let test = TestApp::new().await;
    let ca = Ca::new("owner");
    registered(&test, &ca, "?setAsActive=true").await;
    policy(&test, "own").await;
    let id = device(&test, &ca, "lamp", "own").await;
    let arn = format!("{}cert/{id}", crate::testing::ARN);
    let text = refused(&remove(&test, "certificate", &arn, &[]).await, 400);
    assert_eq!(
        text,
        format!(
            "The certificate {id} is not removed: it is attached to the thing lamp; the policy own is attached to it; it is ACTIVE"
        )
    );
    remove(&test, "certificate", &arn, &["cascade"]).await.ok();
    assert_eq!(test.app.counts().await.expect("it is known"), (1, 0));
    // Nothing is in the way of the thing now.
    let done = remove(&test, "thing", "lamp", &[]).await;
    assert_eq!(steps(done, &[]), ["delete thing lamp"]);
    assert_eq!(test.app.counts().await.expect("it is known"), (0, 0));
}

#[tokio::test]
async fn a_ca_goes_with_its_devices() {
    let test = TestApp::new().await;
    let (ca, other) = (Ca::new("owner"), Ca::new("other"));
    let id = registered(&test, &ca, "?setAsActive=true").await;
    registered(&test, &other, "?setAsActive=true").await;
    policy(&test, "fleet").await;
    for name in ["lamp", "door", "both"] {
        device(&test, &ca, name, "fleet").await;
    }
    device(&test, &other, "both", "fleet").await;
    let text = refused(&remove(&test, "ca", &id, &[]).await, 400);
    assert_eq!(
        text,
        format!("The CA certificate {id} is not removed: it is ACTIVE")
    );
    remove(&test, "ca", &id, &["cascade"]).await.ok();
    assert_eq!(test.app.counts().await.expect("it is known"), (1, 1));
    assert_eq!(count(&test, "GET /cacertificates", "certificates").await, 1);
    assert_eq!(count(&test, "GET /policies", "policies").await, 1);
}

#[tokio::test]
async fn the_caller_needs_every_permission_of_the_removal() {
    let test = TestApp::new().await;
    let ca = Ca::new("owner");
    registered(&test, &ca, "?setAsActive=true").await;
    policy(&test, "own").await;
    device(&test, &ca, "lamp", "own").await;
    let statement = r#"{"Effect": "Allow", "Action": ["iot:DeleteThing", "iot:DetachThingPrincipal",
        "iot:DetachPolicy", "iot:DeleteCertificate"], "Resource": "*"}"#;
    let carol = user(&test, statement)
        .await
        .identity()
        .expect("signed")
        .access_key()
        .clone();
    let body = json!({"kind": "thing", "name": "lamp", "cascade": true});
    let answer = test
        .call_as(&carol, "nameplate", "POST /nameplate/remove", &[], body)
        .await;
    let text = refused(&answer, 403);
    assert!(text.contains("iot:UpdateCertificate"), "{text}");
    assert_eq!(test.app.counts().await.expect("it is known"), (1, 1));
}
