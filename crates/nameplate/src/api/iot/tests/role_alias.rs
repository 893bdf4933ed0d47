use crate::testing::{ARN, NOW, TestApp};
use serde_json::{Value, json};

const IAM: &str = "arn:aws:iam::123456789012:role/";

async fn role(app: &TestApp, name: &str) -> String {
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"credentials.iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let trust = percent_encoding::utf8_percent_encode(trust, percent_encoding::NON_ALPHANUMERIC);
    let form = format!(
        "Action=CreateRole&Version=2010-05-08&RoleName={name}&AssumeRolePolicyDocument={trust}"
    );
    app.call("iam", "POST /", &[], Value::String(form))
        .await
        .ok();
    format!("{IAM}{name}")
}

#[tokio::test]
async fn a_role_alias_lives_and_goes() {
    let app = TestApp::new().await;
    let (first, second) = (role(&app, "first").await, role(&app, "second").await);
    let names = json!({"roleAlias": "a=b@c", "roleAliasArn": format!("{ARN}rolealias/a=b@c")});
    let line = "POST /role-aliases/a%3Db%40c";
    let made = app.iot(line, json!({"roleArn": first})).await.ok();
    assert_eq!(made, names);
    let describe = async || {
        let line = "GET /role-aliases/a%3Db%40c";
        app.iot(line, Value::Null).await.ok()["roleAliasDescription"].take()
    };
    let now = NOW.as_seconds_f64();
    assert_eq!(
        describe().await,
        json!({
            "roleAlias": "a=b@c", "roleAliasArn": names["roleAliasArn"], "roleArn": first, "owner": "123456789012",
            "credentialDurationSeconds": 3600, "creationDate": now, "lastModifiedDate": now,
        })
    );
    let line = "PUT /role-aliases/a%3Db%40c";
    let change = json!({"credentialDurationSeconds": 900});
    assert_eq!(app.iot(line, change).await.ok(), names);
    app.iot(line, json!({"roleArn": second})).await.ok();
    let changed = describe().await;
    assert_eq!(changed["roleArn"], second);
    assert_eq!(changed["credentialDurationSeconds"], 900);
    for name in ["x", "y"] {
        app.iot(
            &format!("POST /role-aliases/{name}"),
            json!({"roleArn": first}),
        )
        .await
        .ok();
    }
    let all = app
        .pages("GET /role-aliases?pageSize=1", &[], "roleAliases")
        .await;
    assert_eq!(all, ["y", "x", "a=b@c"]);
    let line = "GET /role-aliases?pageSize=1&isAscendingOrder=true";
    assert_eq!(
        app.pages(line, &[], "roleAliases").await,
        ["a=b@c", "x", "y"]
    );
    app.iot("DELETE /role-aliases/x", Value::Null).await.ok();
    app.iot("GET /role-aliases/x", Value::Null)
        .await
        .refused("ResourceNotFoundException");
}

#[tokio::test]
async fn what_role_aliases_refuse() {
    let app = TestApp::new().await;
    let role = role(&app, "r").await;
    app.iot("POST /role-aliases/a", json!({"roleArn": role}))
        .await
        .ok();
    let (invalid, absent) = ("InvalidRequestException", "ResourceNotFoundException");
    let absent_role = format!("{IAM}none");
    let no_role =
        format!("The role {absent_role} does not exist; create it with aws iam create-role");
    app.refused(&[
        (
            "POST /role-aliases/a",
            json!({"roleArn": role}),
            "ResourceAlreadyExistsException",
            "Role alias a already exists",
        ),
        (
            "POST /role-aliases/b",
            json!({"roleArn": absent_role}),
            invalid,
            &no_role,
        ),
        (
            "PUT /role-aliases/a",
            json!({"roleArn": absent_role}),
            invalid,
            &no_role,
        ),
        (
            "GET /role-aliases/b",
            Value::Null,
            absent,
            "Role alias b does not exist",
        ),
        (
            "PUT /role-aliases/b",
            json!({}),
            absent,
            "Role alias b does not exist",
        ),
        (
            "DELETE /role-aliases/b",
            Value::Null,
            absent,
            "Role alias b does not exist",
        ),
    ])
    .await;
    for seconds in [899, 43_201] {
        let body = json!({"roleArn": role, "credentialDurationSeconds": seconds});
        app.iot("POST /role-aliases/b", body).await.refused(invalid);
    }
    for n in 1..100 {
        app.iot(
            &format!("POST /role-aliases/n{n}"),
            json!({"roleArn": role}),
        )
        .await
        .ok();
    }
    let text = app
        .iot("POST /role-aliases/b", json!({"roleArn": role}))
        .await
        .refused("LimitExceededException");
    assert_eq!(text, "An account has at most 100 role aliases");
}
