use crate::testing::{ARN, Answer, NOW, TestApp};
use serde_json::{Value, json};

/// A policy as people write them, which must come back as it is.
const ANY: &str = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"iot:*\", \"Resource\": \"*\"}]\n}";

async fn create(app: &TestApp, name: &str) {
    let body = json!({"policyDocument": ANY});
    app.iot(&format!("POST /policies/{name}"), body).await.ok();
}

async fn attach(app: &TestApp, policy: &str, target: &str) -> Answer {
    let body = json!({"target": target});
    app.iot(&format!("PUT /target-policies/{policy}"), body)
        .await
}

fn escaped(arn: &str) -> String {
    arn.replace(':', "%3A").replace('/', "%2F")
}

#[tokio::test]
async fn a_policy_and_its_versions() {
    let app = TestApp::new().await;
    let arn = format!("{ARN}policy/p");
    let body = json!({"policyDocument": ANY, "tags": [{"Key": "a", "Value": "b"}]});
    assert_eq!(
        app.iot("POST /policies/p", body).await.ok(),
        json!({"policyName": "p", "policyArn": arn, "policyDocument": ANY, "policyVersionId": "1"})
    );
    let get = async || app.iot("GET /policies/p", Value::Null).await.ok();
    let first = get().await;
    let now = NOW.as_seconds_f64();
    assert_eq!(
        first,
        json!({
            "policyName": "p",
            "policyArn": arn,
            "policyDocument": ANY,
            "defaultVersionId": "1",
            "creationDate": now,
            "lastModifiedDate": now,
            "generationId": first["generationId"],
        })
    );
    assert_eq!(get().await, first);
    let second = ANY.replace("iot:*", "iot:Connect");
    let body = json!({"policyDocument": second});
    assert_eq!(
        app.iot("POST /policies/p/version", body.clone()).await.ok(),
        json!({"policyArn": arn, "policyDocument": second, "policyVersionId": "2", "isDefaultVersion": false})
    );
    assert_eq!(get().await["policyDocument"], ANY);
    let answer = app
        .iot("POST /policies/p/version?setAsDefault=true", body)
        .await
        .ok();
    assert_eq!(answer["isDefaultVersion"], true);
    let third = get().await;
    assert_eq!(third["policyDocument"], second);
    assert_eq!(third["defaultVersionId"], "3");
    assert_ne!(third["generationId"], first["generationId"]);
    app.iot("PATCH /policies/p/version/2", Value::Null)
        .await
        .ok();
    let listed = app.iot("GET /policies/p/version", Value::Null).await.ok();
    let version = |id: &str, default: bool| json!({"versionId": id, "isDefaultVersion": default, "createDate": now});
    assert_eq!(
        listed,
        json!({"policyVersions": [version("3", false), version("2", true), version("1", false)]})
    );
    let found = app.iot("GET /policies/p/version/1", Value::Null).await.ok();
    assert_eq!(
        found,
        json!({
            "policyArn": arn,
            "policyName": "p",
            "policyDocument": ANY,
            "policyVersionId": "1",
            "isDefaultVersion": false,
            "creationDate": now,
            "lastModifiedDate": now,
            "generationId": found["generationId"],
        })
    );
    for version in ["1", "3"] {
        app.iot(
            &format!("DELETE /policies/p/version/{version}"),
            Value::Null,
        )
        .await
        .ok();
    }
    // Numbers are not used again.
    let body = json!({"policyDocument": ANY});
    let answer = app.iot("POST /policies/p/version", body).await.ok();
    assert_eq!(answer["policyVersionId"], "4");
    app.iot("DELETE /policies/p/version/4", Value::Null)
        .await
        .ok();
    app.iot("DELETE /policies/p", Value::Null).await.ok();
    app.iot("GET /policies/p", Value::Null)
        .await
        .refused("ResourceNotFoundException");
}

#[tokio::test]
async fn what_policies_refuse() {
    let app = TestApp::new().await;
    for name in ["p", "five", "used"] {
        create(&app, name).await;
    }
    for _ in 0..4 {
        let body = json!({"policyDocument": ANY});
        app.iot("POST /policies/five/version", body).await.ok();
    }
    let certificate = app.certificate("device").await;
    attach(&app, "used", &certificate).await.ok();
    let document = json!({"policyDocument": ANY});
    let long = ANY.replace("iot:*", &"x".repeat(2048));
    let chars = long.chars().filter(|c| !c.is_whitespace()).count();
    let too_long = format!(
        "Policy document is Malformed: the policy document has {chars} characters, white space not counted; at most 2048 are allowed"
    );
    let (malformed, missing, conflict) = (
        "MalformedPolicyException",
        "ResourceNotFoundException",
        "DeleteConflictException",
    );
    let unknown = "Policy not found (name=none)";
    app.refused(&[
        ("POST /policies/p", document.clone(), "ResourceAlreadyExistsException", "Policy cannot be created - name already exists (name=p)"),
        ("POST /policies/new", json!({"policyDocument": ""}), malformed, "Policy document is Malformed: the policy document is not valid JSON: EOF while parsing a value (line 1, column 0)"),
        ("POST /policies/new", json!({"policyDocument": long}), malformed, &too_long),
        ("POST /policies/new", json!({"policyDocument": ANY, "tags": [{"Key": "aws:x"}]}), "InvalidRequestException", r#"Tags cannot begin with "aws:", offending tag: aws:x"#),
        ("POST /policies/p/version", json!({"policyDocument": "{"}), malformed, "Policy document is Malformed: the policy document is not valid JSON: EOF while parsing an object (line 1, column 1)"),
        ("POST /policies/none/version", document.clone(), missing, unknown),
        ("POST /policies/five/version", document.clone(), "VersionsLimitExceededException", "The policy five already has the maximum number of versions (5)"),
        ("GET /policies/none", Value::Null, missing, unknown),
        ("GET /policies/none/version", Value::Null, missing, unknown),
        ("GET /policies/p/version/2", Value::Null, missing, "Policy version not found (name=p, versionId=2)"),
        ("GET /policies/p/version/99999999999999999999", Value::Null, missing, "Policy version not found (versionId=99999999999999999999)"),
        ("PATCH /policies/p/version/2", Value::Null, missing, "Policy version not found (name=p, versionId=2)"),
        ("DELETE /policies/p/version/1", Value::Null, conflict, "Cannot delete a default policy version (name=p, versionId=1)"),
        ("DELETE /policies/p/version/2", Value::Null, missing, "Policy version not found (name=p, versionId=2)"),
        ("DELETE /policies/none", Value::Null, missing, unknown),
        ("DELETE /policies/five", Value::Null, conflict, "The policy cannot be deleted as multiple versions of the policy exist (name=five)"),
        ("DELETE /policies/used", Value::Null, conflict, "The policy cannot be deleted as the policy is attached to one or more principals (name=used)"),
    ])
    .await;
}

#[tokio::test]
async fn policies_are_listed_newest_first() {
    let app = TestApp::new().await;
    for name in ["a", "b", "c"] {
        create(&app, name).await;
    }
    let check = async |query: &str, expected: &[&str]| {
        let line = format!("GET /policies?pageSize=1{query}");
        let found = app.pages(&line, &[], "policies").await;
        let names: Vec<_> = found.iter().map(|policy| &policy["policyName"]).collect();
        assert_eq!(names, expected, "{query}");
    };
    check("", &["c", "b", "a"]).await;
    check("&isAscendingOrder=true", &["a", "b", "c"]).await;
}

#[tokio::test]
async fn policies_are_attached_and_detached() {
    let app = TestApp::new().await;
    let (one, two) = (app.certificate("one").await, app.certificate("two").await);
    app.group("root", None, None).await;
    let group = app.group("leaf", Some("root"), None).await;
    for name in ["p", "q"] {
        create(&app, name).await;
    }
    for target in [&one, &two, &group] {
        attach(&app, "p", target).await.ok();
        attach(&app, "p", target).await.ok();
    }
    attach(&app, "q", &format!("{ARN}thinggroup/root"))
        .await
        .ok();
    // The older form.
    let principal = [("x-amzn-iot-principal", one.as_str())];
    app.iot_with("PUT /principal-policies/q", &principal, Value::Null)
        .await
        .ok();
    let targets = async || {
        let line = "POST /policy-targets/p?pageSize=1";
        app.pages(line, &[], "targets").await
    };
    assert_eq!(targets().await, [&*one, &*two, &*group]);
    let attached = async |target: &str, query: &str| {
        let line = format!(
            "POST /attached-policies/{}?pageSize=1{query}",
            escaped(target)
        );
        let found = app.pages(&line, &[], "policies").await;
        let names = found.iter().map(|policy| policy["policyName"].clone());
        names.collect::<Vec<_>>()
    };
    assert_eq!(attached(&one, "").await, ["p", "q"]);
    assert_eq!(attached(&group, "").await, ["p"]);
    assert_eq!(attached(&group, "&recursive=true").await, ["p", "q"]);
    let older = async |query: &str| {
        let line = format!("GET /principal-policies?pageSize=1{query}");
        let found = app.pages(&line, &principal, "policies").await;
        let names = found.iter().map(|policy| policy["policyName"].clone());
        names.collect::<Vec<_>>()
    };
    assert_eq!(older("").await, ["q", "p"]);
    assert_eq!(older("&isAscendingOrder=true").await, ["p", "q"]);
    let policy = [("x-amzn-iot-policy", "p")];
    let line = "GET /policy-principals?pageSize=1";
    assert_eq!(app.pages(line, &policy, "principals").await, [&*two, &*one]);

    app.iot_with("DELETE /principal-policies/p", &principal, Value::Null)
        .await
        .ok();
    for target in [&one, &group] {
        let body = json!({"target": target});
        app.iot("POST /target-policies/p", body).await.ok();
    }
    assert_eq!(targets().await, [&*two]);
    // Detaching what is not attached, or from an unknown policy, succeeds.
    let body = json!({"target": one});
    app.iot("POST /target-policies/none", body).await.ok();
}

#[tokio::test]
async fn what_attaching_refuses() {
    let app = TestApp::new().await;
    let certificate = app.certificate("device").await;
    let group = app.group("g", None, None).await;
    let dynamic = app.group("d", None, Some("thingName:*")).await;
    let unknown = format!("{ARN}cert/{}", "a".repeat(64));
    for n in 0..11 {
        create(&app, &format!("p{n}")).await;
        if n < 10 {
            attach(&app, &format!("p{n}"), &certificate).await.ok();
        }
        if n < 2 {
            attach(&app, &format!("p{n}"), &group).await.ok();
        }
    }
    let missing = "ResourceNotFoundException";
    let no_certificate = "The certificate given in the principal does not exist.";
    let cases = [
        ("p10", &*certificate, "LimitExceededException", format!("{certificate} has 10 policies attached, which is the most it can have")),
        ("p2", &*group, "LimitExceededException", format!("{group} has 2 policies attached, which is the most it can have")),
        ("p2", &*dynamic, "InvalidRequestException", format!("Invalid Target: {dynamic} is a dynamic thing group, which cannot have policies")),
        ("p2", "lamp", "InvalidRequestException", "Invalid Target: lamp".into()),
        ("p2", &*unknown, missing, no_certificate.into()),
        ("p2", "arn:aws:iot:us-east-1:123456789012:thinggroup/none", missing, "Cannot find requested thing group for accountId: 123456789012 and thing group name: none".into()),
        ("none", &*group, missing, "Policy not found (name=none)".into()),
    ];
    for (policy, target, name, message) in cases {
        assert_eq!(attach(&app, policy, target).await.refused(name), message);
    }
    app.refused(&[
        (
            &format!("POST /attached-policies/{}", escaped(&unknown)),
            Value::Null,
            missing,
            no_certificate,
        ),
        (
            "POST /attached-policies/lamp",
            Value::Null,
            "InvalidRequestException",
            "Invalid Target: lamp",
        ),
        (
            "POST /policy-targets/none",
            Value::Null,
            missing,
            "Policy not found (name=none)",
        ),
        (
            "POST /target-policies/p1",
            json!({"target": "lamp"}),
            "InvalidRequestException",
            "Invalid Target: lamp",
        ),
    ])
    .await;
    for (line, principal) in [
        ("DELETE /principal-policies/none", &*certificate),
        ("DELETE /principal-policies/p0", &*unknown),
        ("PUT /principal-policies/none", &*certificate),
        ("GET /principal-policies", &*unknown),
    ] {
        app.iot_with(line, &[("x-amzn-iot-principal", principal)], Value::Null)
            .await
            .refused(missing);
    }
    app.iot_with(
        "GET /policy-principals",
        &[("x-amzn-iot-policy", "none")],
        Value::Null,
    )
    .await
    .refused(missing);
}
