use crate::testing::{ARN, NOW, TestApp};
use serde_json::{Value, json};

const OTHER: &str = "210987654321";

async fn inactive(app: &TestApp, name: &str) -> String {
    let arn = app.certificate(name).await;
    let id = arn.rsplit_once('/').map_or("", |(_, id)| id).to_owned();
    set(app, &id, "INACTIVE").await;
    id
}

async fn set(app: &TestApp, id: &str, status: &str) {
    let line = format!("PUT /certificates/{id}?newStatus={status}");
    app.iot(&line, Value::Null).await.ok();
}

fn offer(id: &str) -> String {
    format!("PATCH /transfer-certificate/{id}?targetAwsAccount={OTHER}")
}

#[tokio::test]
async fn a_certificate_is_offered_and_taken_back() {
    let app = TestApp::new().await;
    let id = inactive(&app, "lamp").await;
    let answer = app
        .iot(&offer(&id), json!({"transferMessage": "yours"}))
        .await
        .ok();
    assert_eq!(
        answer,
        json!({"transferredCertificateArn": format!("{ARN}cert/{id}")})
    );
    let describe = async || {
        let line = format!("GET /certificates/{id}");
        app.iot(&line, Value::Null).await.ok()["certificateDescription"].take()
    };
    let now = NOW.as_seconds_f64();
    let found = describe().await;
    assert_eq!(found["status"], "PENDING_TRANSFER");
    assert_eq!(found["ownedBy"], "123456789012");
    let data = json!({"transferMessage": "yours", "transferDate": now});
    assert_eq!(found["transferData"], data);
    let second = inactive(&app, "second").await;
    app.iot(&offer(&second), json!({})).await.ok();
    let list = async |query: &str| {
        let line = format!("GET /certificates-out-going?pageSize=1{query}");
        app.pages(&line, &[], "outgoingCertificates").await
    };
    let found = list("&isAscendingOrder=true").await;
    assert_eq!(
        found[0],
        json!({
            "certificateArn": format!("{ARN}cert/{id}"), "certificateId": id, "transferredTo": OTHER,
            "transferDate": now, "creationDate": now, "transferMessage": "yours",
        })
    );
    assert_eq!(found[1]["certificateId"], second);
    assert_eq!(found[1].get("transferMessage"), None);
    assert_eq!(list("").await[0]["certificateId"], second);

    let cancel = format!("PATCH /cancel-certificate-transfer/{id}");
    app.iot(&cancel, Value::Null).await.ok();
    assert_eq!(describe().await["status"], "INACTIVE");
    assert_eq!(list("").await.len(), 1);
    let text = app
        .iot(&cancel, Value::Null)
        .await
        .refused("TransferAlreadyCompletedException");
    assert_eq!(
        text,
        format!("The transfer of certificate {id} is already completed")
    );
    // Again, and away with it.
    app.iot(&offer(&id), json!({})).await.ok();
    app.iot(&cancel, Value::Null).await.ok();
    app.iot(&format!("DELETE /certificates/{id}"), Value::Null)
        .await
        .ok();
}

#[tokio::test]
async fn only_certificates_that_nothing_uses_are_offered() {
    let app = TestApp::new().await;
    let (state, conflict) = ("CertificateStateException", "TransferConflictException");
    let invalid = "InvalidRequestException";
    let check = async |id: &str, name: &str, text: &str| {
        let found = app.iot(&offer(id), json!({})).await.refused(name);
        assert!(found.ends_with(text), "{found}");
    };
    let id = inactive(&app, "lamp").await;
    let own = format!("PATCH /transfer-certificate/{id}?targetAwsAccount=123456789012");
    app.iot(&own, json!({})).await.refused(invalid);
    set(&app, &id, "ACTIVE").await;
    check(&id, state, "it is ACTIVE; deactivate it first").await;
    set(&app, &id, "INACTIVE").await;

    let arn = format!("{ARN}cert/{id}");
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}"#;
    app.iot("POST /policies/p", json!({"policyDocument": document}))
        .await
        .ok();
    app.iot("PUT /target-policies/p", json!({"target": arn}))
        .await
        .ok();
    check(&id, conflict, "policies are attached to it").await;
    app.iot("POST /target-policies/p", json!({"target": arn}))
        .await
        .ok();
    app.iot("POST /things/lamp", json!({})).await.ok();
    let principal = [("x-amzn-principal", arn.as_str())];
    app.iot_with("PUT /things/lamp/principals", &principal, json!({}))
        .await
        .ok();
    check(&id, conflict, "it has a thing attached to it").await;
    app.iot_with("DELETE /things/lamp/principals", &principal, Value::Null)
        .await
        .ok();

    app.iot(&offer(&id), json!({})).await.ok();
    check(&id, state, "it is being transferred already").await;
    app.iot("PUT /target-policies/p", json!({"target": arn}))
        .await
        .refused(state);
    app.iot(
        &format!("PUT /certificates/{id}?newStatus=ACTIVE"),
        Value::Null,
    )
    .await
    .refused(state);
    app.iot(&format!("DELETE /certificates/{id}"), Value::Null)
        .await
        .refused(state);

    let revoked = inactive(&app, "revoked").await;
    set(&app, &revoked, "REVOKED").await;
    check(
        &revoked,
        state,
        "it is REVOKED, which a transfer would undo",
    )
    .await;
    let absent = "ab".repeat(32);
    check(&absent, "ResourceNotFoundException", "does not exist").await;
}

#[tokio::test]
async fn nothing_is_offered_to_this_account() {
    let app = TestApp::new().await;
    let id = inactive(&app, "lamp").await;
    let absent = "ResourceNotFoundException";
    for verb in ["accept", "reject"] {
        let line = format!("PATCH /{verb}-certificate-transfer/{id}");
        let text = app.iot(&line, json!({})).await.refused(absent);
        assert_eq!(text, format!("Certificate {id} is not being transferred"));
    }
    app.iot(&offer(&id), json!({})).await.ok();
    for verb in ["accept", "reject"] {
        let line = format!("PATCH /{verb}-certificate-transfer/{id}");
        let text = app.iot(&line, json!({})).await.refused(absent);
        let wanted = format!("is offered to account {OTHER}, which alone can {verb} it");
        assert!(text.ends_with(&wanted), "{text}");
    }
    app.iot(
        &format!("PATCH /cancel-certificate-transfer/{id}"),
        json!({}),
    )
    .await
    .ok();
    for verb in ["accept", "reject"] {
        let line = format!("PATCH /{verb}-certificate-transfer/{id}");
        app.iot(&line, json!({}))
            .await
            .refused("TransferAlreadyCompletedException");
    }
}
