use crate::testing::{ARN, TestApp};
use serde_json::{Value, json};

/// A device that may connect by its own name and publish below its group's topic, unless it says `secret`.
async fn fleet() -> (TestApp, String) {
    let app = TestApp::new().await;
    let certificate = app.certificate("lamp").await;
    app.iot("POST /things/lamp", json!({})).await.ok();
    let principal = [("x-amzn-principal", certificate.as_str())];
    app.iot_with("PUT /things/lamp/principals", &principal, Value::Null)
        .await
        .ok();
    let root = app.group("root", None, None).await;
    app.group("leaf", Some("root"), None).await;
    app.join("lamp", "leaf").await;
    let statement = |effect: &str, action: &str, resource: &str| json!({"Effect": effect, "Action": action, "Resource": format!("{ARN}{resource}")});
    for (name, statements, target) in [
        (
            "connect",
            json!([statement(
                "Allow",
                "iot:Connect",
                "client/${iot:Connection.Thing.ThingName}"
            )]),
            Some(&certificate),
        ),
        (
            "publish",
            json!([
                statement("Allow", "iot:Publish", "topic/fleet/*"),
                statement("Deny", "iot:Publish", "topic/fleet/secret"),
            ]),
            Some(&root),
        ),
        (
            "receive",
            json!([statement("Allow", "iot:Receive", "topic/${iot:ClientId}")]),
            None,
        ),
    ] {
        let document = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let body = json!({"policyDocument": document});
        app.iot(&format!("POST /policies/{name}"), body).await.ok();
        if let Some(target) = target {
            let body = json!({"target": target});
            app.iot(&format!("PUT /target-policies/{name}"), body)
                .await
                .ok();
        }
    }
    (app, certificate)
}

#[tokio::test]
async fn effective_policies_come_from_certificate_and_groups() {
    let (app, certificate) = fleet().await;
    let check = async |query: &str, body: Value, expected: &[&str]| {
        let line = format!("POST /effective-policies{query}");
        let answer = app.iot(&line, body.clone()).await.ok();
        let found = answer["effectivePolicies"].as_array().expect("a list");
        let names: Vec<_> = found.iter().map(|policy| &policy["policyName"]).collect();
        assert_eq!(names, expected, "{query} {body}");
        for policy in found {
            let name = policy["policyName"].as_str().expect("a name");
            assert_eq!(policy["policyArn"], format!("{ARN}policy/{name}"));
            let line = format!("GET /policies/{name}");
            let stored = app.iot(&line, Value::Null).await.ok();
            assert_eq!(policy["policyDocument"], stored["policyDocument"]);
        }
    };
    let principal = json!({"principal": certificate});
    check("", principal.clone(), &["connect"]).await;
    check("?thingName=lamp", principal, &["connect", "publish"]).await;
    check("?thingName=lamp", json!({}), &["publish"]).await;
    let leaf = json!({"principal": format!("{ARN}thinggroup/leaf")});
    check("", leaf, &["publish"]).await;
    app.refused(&[
        (
            "POST /effective-policies",
            json!({}),
            "InvalidRequestException",
            "principal or thingName must be specified",
        ),
        (
            "POST /effective-policies",
            json!({"principal": "lamp"}),
            "InvalidRequestException",
            "Invalid Target: lamp",
        ),
        (
            "POST /effective-policies?thingName=none",
            json!({}),
            "ResourceNotFoundException",
            "Thing 123456789012:none not found.",
        ),
    ])
    .await;
}

#[tokio::test]
async fn authorization_is_tested_as_a_connection_would_be() {
    let (app, certificate) = fleet().await;
    let check =
        async |query: &str, more: Value, action: &str, resources: &[&str], expected: Value| {
            let resources: Vec<_> = resources
                .iter()
                .map(|rest| format!("{ARN}{rest}"))
                .collect();
            let info = json!({"actionType": action, "resources": resources});
            let mut body = json!({"principal": certificate, "authInfos": [info]});
            for (name, value) in more.as_object().into_iter().flatten() {
                body[name] = value.clone();
            }
            let answer = app
                .iot(&format!("POST /test-authorization{query}"), body)
                .await
                .ok();
            let result = &answer["authResults"][0];
            assert_eq!(result["authInfo"], info);
            let names = |policies: &Value| -> Vec<Value> {
                let policies = policies["policies"].as_array().expect("a list");
                policies
                    .iter()
                    .map(|policy| policy["policyName"].clone())
                    .collect()
            };
            let found = json!([
                result["authDecision"],
                names(&result["allowed"]),
                names(&result["denied"]["explicitDeny"]),
                names(&result["denied"]["implicitDeny"]),
                result["missingContextValues"],
            ]);
            assert_eq!(found, expected, "{query} {action} {resources:?}");
        };
    let as_lamp = "?clientId=lamp";
    check(
        as_lamp,
        json!({}),
        "CONNECT",
        &["client/lamp"],
        json!(["ALLOWED", ["connect"], [], ["publish"], []]),
    )
    .await;
    check(
        as_lamp,
        json!({}),
        "CONNECT",
        &["client/other"],
        json!(["IMPLICIT_DENY", [], [], ["connect", "publish"], []]),
    )
    .await;
    // Another client identifier belongs to no thing: no variable, no groups.
    check(
        "?clientId=other",
        json!({}),
        "CONNECT",
        &["client/lamp"],
        json!([
            "IMPLICIT_DENY",
            [],
            [],
            ["connect"],
            ["iot:Connection.Thing.ThingName"]
        ]),
    )
    .await;
    check(
        as_lamp,
        json!({}),
        "PUBLISH",
        &["topic/fleet/a", "topic/fleet/b"],
        json!(["ALLOWED", ["publish"], [], ["connect"], []]),
    )
    .await;
    check(
        as_lamp,
        json!({}),
        "PUBLISH",
        &["topic/fleet/a", "topic/other"],
        json!(["IMPLICIT_DENY", ["publish"], [], ["connect"], []]),
    )
    .await;
    check(
        as_lamp,
        json!({}),
        "PUBLISH",
        &["topic/fleet/secret"],
        json!(["EXPLICIT_DENY", ["publish"], ["publish"], ["connect"], []]),
    )
    .await;
    check(
        as_lamp,
        json!({"policyNamesToSkip": ["publish"]}),
        "PUBLISH",
        &["topic/fleet/a"],
        json!(["IMPLICIT_DENY", [], [], ["connect"], []]),
    )
    .await;
    check(
        as_lamp,
        json!({"policyNamesToAdd": ["receive"]}),
        "RECEIVE",
        &["topic/lamp"],
        json!(["ALLOWED", ["receive"], [], ["connect", "publish"], []]),
    )
    .await;
    check(
        "",
        json!({"policyNamesToAdd": ["receive"]}),
        "RECEIVE",
        &["topic/lamp"],
        json!([
            "IMPLICIT_DENY",
            [],
            [],
            ["connect", "receive"],
            ["iot:ClientId"]
        ]),
    )
    .await;
}

#[tokio::test]
async fn what_testing_refuses() {
    let (app, certificate) = fleet().await;
    let info = json!({"actionType": "PUBLISH", "resources": [format!("{ARN}topic/a")]});
    let unknown = format!("{ARN}cert/{}", "a".repeat(64));
    app.refused(&[
        ("POST /test-authorization", json!({"principal": unknown, "authInfos": [info]}), "ResourceNotFoundException", "The certificate given in the principal does not exist."),
        ("POST /test-authorization", json!({"principal": certificate, "authInfos": [info], "policyNamesToAdd": ["none"]}), "ResourceNotFoundException", "Policy not found (name=none)"),
        ("POST /test-authorization", json!({"principal": certificate, "authInfos": [{"resources": ["a"]}]}), "InvalidRequestException", "authInfos must have an actionType: PUBLISH, SUBSCRIBE, RECEIVE or CONNECT"),
        ("POST /test-authorization", json!({"principal": certificate, "authInfos": [{"actionType": "PUBLISH", "resources": []}]}), "InvalidRequestException", "authInfos must have at least one resource"),
        ("POST /test-authorization", json!({"authInfos": [info], "cognitoIdentityPoolId": "us-east-1:pool"}), "NotImplementedException", "Nameplate does not implement the parameter cognitoIdentityPoolId of TestAuthorization yet."),
    ])
    .await;
}
