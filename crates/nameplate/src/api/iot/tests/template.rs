//! Provisioning templates as an SDK sees them.

use super::trial::{BODY, ROLE, in_query, role, user};
use crate::app::Kind;
use crate::app::registry::template::{NewTemplate, TemplateChange};
use crate::testing::{ARN, Ca, TestApp};
use nameplate_core::registry::template::TemplateType;
use serde_json::{Value, json};

const CREATE: &str = "POST /provisioning-templates";

async fn ready() -> TestApp {
    let test = TestApp::new().await;
    role(&test).await;
    test
}

fn new(name: &str) -> Value {
    json!({"templateName": name, "templateBody": BODY, "provisioningRoleArn": ROLE})
}

async fn get(test: &TestApp, path: &str) -> Value {
    let line = format!("GET /provisioning-templates{path}");
    test.iot(&line, Value::Null).await.ok()
}

#[tokio::test]
async fn a_template_is_created_and_shown() {
    let test = ready().await;
    let hook = json!({"targetArn": "arn:aws:lambda:us-east-1:123456789012:function:ask"});
    let mut body = new("fleet");
    body["preProvisioningHook"] = hook.clone();
    body["description"] = "Lamps".into();
    body["tags"] = json!([{"Key": "team", "Value": "light"}]);
    let arn = format!("{ARN}provisioningtemplate/fleet");
    assert_eq!(
        test.iot(CREATE, body.clone()).await.ok(),
        json!({"templateArn": arn, "templateName": "fleet", "defaultVersionId": 1})
    );
    let again = test.iot(CREATE, body).await;
    assert_eq!(
        (again.status, &again.body["resourceArn"]),
        (409, &json!(arn))
    );
    assert_eq!(
        again.refused("ResourceAlreadyExistsException"),
        "Template with name fleet already exists"
    );
    assert_eq!(
        get(&test, "/fleet").await,
        json!({
            "templateArn": arn,
            "templateName": "fleet",
            "description": "Lamps",
            "creationDate": 1_795_448_532.345,
            "lastModifiedDate": 1_795_448_532.345,
            "enabled": true,
            "type": "FLEET_PROVISIONING",
            "defaultVersionId": 1,
            "templateBody": BODY,
            "provisioningRoleArn": ROLE,
            "preProvisioningHook": {
                "payloadVersion": "2020-04-01",
                "targetArn": hook["targetArn"],
            },
        })
    );
}

#[tokio::test]
async fn what_cannot_be_saved_is_refused() {
    let test = ready().await;
    let lambda = "arn:aws:lambda:us-east-1:123456789012:function:ask";
    for (change, part) in [
        (
            json!({"templateBody": "{}"}),
            "The template body is invalid: ",
        ),
        (json!({"templateBody": "{"}), "line 1, column"),
        (
            json!({"provisioningRoleArn": "arn:aws:iam::123456789012:role/Missing"}),
            "role/Missing does not exist",
        ),
        (
            json!({"type": "JITP", "preProvisioningHook": {"targetArn": lambda}}),
            "cannot be used with a template of type JITP",
        ),
        (
            json!({"preProvisioningHook": {"targetArn": "arn:aws:s3:::bucket"}}),
            "is not the ARN of a Lambda function",
        ),
        (
            json!({"preProvisioningHook": {"targetArn": lambda, "payloadVersion": "2031-01-01"}}),
            "must be 2020-04-01",
        ),
        (
            json!({"tags": [{"Key": "aws:x", "Value": "1"}]}),
            "offending tag: aws:x",
        ),
    ] {
        let mut body = new("t");
        for (name, value) in change.as_object().expect("members") {
            body[name] = value.clone();
        }
        let answer = test.iot(CREATE, body).await;
        let text = answer.refused("InvalidRequestException");
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(get(&test, "").await, json!({"templates": []}));
}

#[tokio::test]
async fn there_may_be_256_templates() {
    let test = ready().await;
    for number in 0..256 {
        test.iot(CREATE, new(&format!("t{number}"))).await.ok();
    }
    let answer = test.iot(CREATE, new("more")).await;
    assert_eq!(answer.status, 410);
    answer.refused("LimitExceededException");
    let page = get(&test, "?maxResults=250").await;
    let next = page["nextToken"].as_str().expect("there is more");
    let next = in_query(next);
    let rest = get(&test, &format!("?maxResults=250&nextToken={next}")).await;
    assert_eq!(rest["templates"].as_array().map(Vec::len), Some(6));
    assert_eq!(rest["templates"][5]["templateName"], "t255");
    assert_eq!(rest.get("nextToken"), None);
}

#[tokio::test]
async fn an_update_changes_what_it_names() {
    let test = ready().await;
    test.iot(CREATE, new("fleet")).await.ok();
    let update = async |body: Value| test.iot("PATCH /provisioning-templates/fleet", body).await;
    let hook = json!({
        "payloadVersion": "2020-04-01",
        "targetArn": "arn:aws:lambda:us-east-1:123456789012:function:ask",
    });
    update(json!({"enabled": false, "description": "new", "preProvisioningHook": hook}))
        .await
        .ok();
    let shown = get(&test, "/fleet").await;
    assert_eq!(shown["enabled"], false);
    assert_eq!(shown["description"], "new");
    assert_eq!(shown["preProvisioningHook"], hook);
    assert_eq!(shown["provisioningRoleArn"], ROLE);
    let text = update(json!({"preProvisioningHook": hook, "removePreProvisioningHook": true}))
        .await
        .refused("InvalidRequestException");
    assert!(text.contains("cannot be given together"), "{text}");
    update(json!({"removePreProvisioningHook": true}))
        .await
        .ok();
    let shown = get(&test, "/fleet").await;
    assert_eq!(shown.get("preProvisioningHook"), None);
    assert_eq!(shown["enabled"], false);
    update(json!({"defaultVersionId": 2}))
        .await
        .refused("ResourceNotFoundException");
    update(json!({"provisioningRoleArn": "arn:aws:iam::123456789012:role/Missing"}))
        .await
        .refused("InvalidRequestException");

    let mut jitp = new("jitp");
    jitp["type"] = "JITP".into();
    test.iot(CREATE, jitp).await.ok();
    let line = "PATCH /provisioning-templates/jitp";
    test.iot(line, json!({"preProvisioningHook": hook}))
        .await
        .refused("InvalidRequestException");
    let line = "PATCH /provisioning-templates/nobody";
    assert_eq!(
        test.iot(line, json!({}))
            .await
            .refused("ResourceNotFoundException"),
        "Unable to find template named nobody"
    );
}

#[tokio::test]
async fn a_role_must_be_passable() {
    let test = ready().await;
    let carol = user(
        &test,
        r#"{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}"#,
    )
    .await;
    let template = NewTemplate {
        name: "fleet".into(),
        kind: TemplateType::FleetProvisioning,
        body: BODY.into(),
        role_arn: ROLE.into(),
        enabled: None,
        description: None,
        hook: None,
        tags: Vec::new(),
    };
    let _ctx = test.app.ctx();
    let refused = test.app.registry.create_template(&carol, template).await;
    assert_eq!(refused.expect_err("carol may not").kind, Kind::Denied);

    test.iot(CREATE, new("fleet")).await.ok();
    let change = |role_arn: Option<&str>| TemplateChange {
        description: Some("mine".into()),
        role_arn: role_arn.map(str::to_owned),
        ..TemplateChange::default()
    };
    let refused = test
        .app
        .registry
        .update_template(&carol, "fleet", change(Some(ROLE)))
        .await;
    let error = refused.expect_err("carol may not");
    assert!(error.message.starts_with(
        "User: arn:aws:iam::123456789012:user/carol is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/JITPRole"
    ));
    // The role that is there already was passed by someone who might.
    let changed = test
        .app
        .registry
        .update_template(&carol, "fleet", change(None))
        .await;
    changed.expect("no role is passed");
}

#[tokio::test]
async fn versions_count_up() {
    let test = ready().await;
    test.iot(CREATE, new("fleet")).await.ok();
    let create = async |query: &str| {
        let line = format!("POST /provisioning-templates/fleet/versions{query}");
        test.iot(&line, json!({"templateBody": BODY})).await
    };
    let delete = async |number: i64| {
        let line = format!("DELETE /provisioning-templates/fleet/versions/{number}");
        test.iot(&line, Value::Null).await
    };
    assert_eq!(
        create("").await.ok(),
        json!({
            "templateArn": format!("{ARN}provisioningtemplate/fleet"),
            "templateName": "fleet",
            "versionId": 2,
            "isDefaultVersion": false,
        })
    );
    let third = create("?setAsDefault=true").await.ok();
    assert_eq!(
        (&third["versionId"], &third["isDefaultVersion"]),
        (&json!(3), &json!(true))
    );
    assert_eq!(get(&test, "/fleet").await["defaultVersionId"], 3);
    create("").await.ok();
    create("").await.ok();
    let sixth = create("").await;
    assert_eq!(sixth.status, 409);
    assert_eq!(
        sixth.refused("VersionsLimitExceededException"),
        "The template fleet already has the maximum number of versions (5)"
    );
    delete(3).await.refused("DeleteConflictException");
    delete(5).await.ok();
    delete(5).await.refused("ResourceNotFoundException");
    // A number is not given twice.
    assert_eq!(create("").await.ok()["versionId"], 6);

    let line = "PATCH /provisioning-templates/fleet";
    test.iot(line, json!({"defaultVersionId": 1})).await.ok();
    let shown = get(&test, "/fleet/versions/1").await;
    assert_eq!(
        shown,
        json!({
            "versionId": 1,
            "creationDate": 1_795_448_532.345,
            "isDefaultVersion": true,
            "templateBody": BODY,
        })
    );
    let page = get(&test, "/fleet/versions?maxResults=4").await;
    let numbers: Vec<_> = page["versions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|version| {
            (
                version["versionId"].as_i64(),
                version["isDefaultVersion"] == true,
            )
        })
        .collect();
    assert_eq!(
        numbers,
        [
            (Some(1), true),
            (Some(2), false),
            (Some(3), false),
            (Some(4), false)
        ]
    );
    assert!(page.get("nextToken").is_some());
}

#[tokio::test]
async fn a_version_is_checked_like_a_template() {
    let test = ready().await;
    test.iot(CREATE, new("fleet")).await.ok();
    let line = "POST /provisioning-templates/fleet/versions";
    let text = test
        .iot(line, json!({"templateBody": "[]"}))
        .await
        .refused("InvalidRequestException");
    assert!(text.starts_with("The template body is invalid: "), "{text}");
    for line in [
        "POST /provisioning-templates/nobody/versions",
        "GET /provisioning-templates/nobody/versions",
        "GET /provisioning-templates/nobody/versions/1",
        "DELETE /provisioning-templates/nobody/versions/1",
        "GET /provisioning-templates/fleet/versions/9",
        "GET /provisioning-templates/nobody",
        "DELETE /provisioning-templates/nobody",
    ] {
        let body = match line.starts_with("POST") {
            true => json!({"templateBody": BODY}),
            false => Value::Null,
        };
        test.iot(line, body)
            .await
            .refused("ResourceNotFoundException");
    }
}

#[tokio::test]
async fn a_template_that_a_ca_names_stays() {
    let test = ready().await;
    let mut body = new("jitp");
    body["type"] = "JITP".into();
    test.iot(CREATE, body).await.ok();
    let body = json!({
        "caCertificate": Ca::new("owner").pem(),
        "certificateMode": "SNI_ONLY",
        "registrationConfig": {"templateName": "jitp"},
    });
    let ca = test.iot("POST /cacertificate", body).await.ok();
    let ca = ca["certificateId"].as_str().expect("an id");
    let line = "DELETE /provisioning-templates/jitp";
    let text = test
        .iot(line, Value::Null)
        .await
        .refused("DeleteConflictException");
    assert!(text.contains(ca), "{text}");
    let update = format!("PUT /cacertificate/{ca}");
    test.iot(&update, json!({"removeAutoRegistration": true}))
        .await
        .ok();
    test.iot(line, Value::Null).await.ok();
    test.iot(line, Value::Null)
        .await
        .refused("ResourceNotFoundException");
}
