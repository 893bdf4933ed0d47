//! What a commit makes the broker look at again: an open connection is held to what was answered.

use crate::app::effects::Effect;
use crate::testing::TestApp;
use nameplate_core::pki::CertificateId;
use serde_json::{Value, json};

#[tokio::test]
async fn changes_reach_open_connections() {
    let app = TestApp::new().await;
    let certificate = app.certificate("device").await;
    let group = app.group("g", None, None).await;
    let id = certificate.rsplit('/').next().expect("an id");
    let CertificateId(hash) = id.parse().expect("an id");
    let document = json!({"policyDocument": r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}}"#});
    app.iot("POST /things/lamp", json!({})).await.ok();
    let key = app
        .app
        .registry
        .thing("lamp")
        .await
        .expect("it was created")
        .key;
    app.iot("POST /policies/p", document.clone()).await.ok();
    let to_certificate = json!({"target": certificate});
    let certificate_changed = vec![Effect::Certificate(hash)];
    let cases = [
        (
            "PUT /target-policies/p",
            to_certificate.clone(),
            certificate_changed.clone(),
        ),
        (
            "POST /target-policies/p",
            to_certificate,
            certificate_changed.clone(),
        ),
        (
            "PUT /target-policies/p",
            json!({"target": group}),
            vec![Effect::Everyone],
        ),
        ("POST /policies/p/version", document.clone(), vec![]),
        (
            "PATCH /policies/p/version/2",
            Value::Null,
            vec![Effect::Everyone],
        ),
        (
            "PUT /things/lamp/principals",
            Value::Null,
            certificate_changed.clone(),
        ),
        ("PATCH /things/lamp", json!({}), vec![Effect::Thing(key)]),
        (
            "DELETE /things/lamp/principals",
            Value::Null,
            certificate_changed,
        ),
        ("DELETE /things/lamp", Value::Null, vec![Effect::Thing(key)]),
    ];
    for (line, body, expected) in cases {
        while app.effect().is_some() {}
        app.iot_with(line, &[("x-amzn-principal", &certificate)], body)
            .await
            .ok();
        let mut found = Vec::new();
        // An effect is on the queue before the call is answered.
        while let Some(effect) = app.effect() {
            found.push(effect);
        }
        assert_eq!(found, expected, "{line}");
    }
}
