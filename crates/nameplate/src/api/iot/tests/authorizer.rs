use crate::testing::{ARN, NOW, TestApp};
use serde_json::{Value, json};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";
const RSA_2048: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA5sr4acIadMHCZ23Iiir9
uQQdPMYfSUUimNvbm6aOANRLWo8qHbNsVggRBlJu6GEdyHQIyTLZ9h9sV3vtZKOv
U7y/IIWaB7MJzR4XZ/996uZhPDuMNzbYbSav6eBouFfNdLUhwo35lwX9dYhOq3OX
kulclByHzigy/jEPjmyoNJpElwFRdzYu0ER6FZaB3ZetXJvJlONWIsl4jYQb3sj0
xnOsftj4esXD5szFRUFGzprjCOGBfvv2Lv/ek3Q90fpKlYvULvRNQasv7PduYIeD
14PpwL9A5BXKp89b2vBrsmRBsD9puLQEv6MZAuVXFe9Kt3aO042/Wm2L9fOBThfi
kQIDAQAB
-----END PUBLIC KEY-----
";
const RSA_1024: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDI5h+fuFDX3tbZKCJj1OxWouIH
/93TyuiXxm3xbVVn3KdI5x3ezhksegfh+HuyvLcawv9Fo/Q6Goqe76IeNziChHZz
0yQrWa95m0nQjQZD8p/Af6jKZdTM8+qjI7PHahTj+NEHNKmAIh1EzTFbH2dY/NO3
m7du5MM9Y+nbkGImPQIDAQAB
-----END PUBLIC KEY-----
";

fn unsigned(status: &str) -> Value {
    json!({"authorizerFunctionArn": FUNCTION, "signingDisabled": true, "status": status})
}

#[tokio::test]
async fn an_authorizer_lives_and_goes() {
    let app = TestApp::new().await;
    let names = json!({"authorizerName": "a", "authorizerArn": format!("{ARN}authorizer/a")});
    let body = json!({
        "authorizerFunctionArn": FUNCTION, "tokenKeyName": "token", "tokenSigningPublicKeys": {"k": RSA_2048},
        "status": "ACTIVE",
    });
    assert_eq!(app.iot("POST /authorizer/a", body).await.ok(), names);
    let now = NOW.as_seconds_f64();
    let mut expected = json!({"authorizerDescription": {
        "authorizerName": "a", "authorizerArn": names["authorizerArn"], "authorizerFunctionArn": FUNCTION,
        "tokenKeyName": "token", "tokenSigningPublicKeys": {"k": RSA_2048}, "status": "ACTIVE",
        "creationDate": now, "lastModifiedDate": now, "signingDisabled": false, "enableCachingForHttp": false,
    }});
    let describe = async |line: &str| app.iot(line, Value::Null).await.ok();
    assert_eq!(describe("GET /authorizer/a").await, expected);
    app.iot("POST /default-authorizer", json!({"authorizerName": "a"}))
        .await
        .ok();
    assert_eq!(describe("GET /default-authorizer").await, expected);
    let change = json!({"status": "INACTIVE", "enableCachingForHttp": true, "tokenKeyName": "t2"});
    assert_eq!(app.iot("PUT /authorizer/a", change).await.ok(), names);
    let changed = &mut expected["authorizerDescription"];
    changed["status"] = "INACTIVE".into();
    changed["enableCachingForHttp"] = true.into();
    changed["tokenKeyName"] = "t2".into();
    assert_eq!(describe("GET /authorizer/a").await, expected);
    let text = app
        .iot("DELETE /authorizer/a", Value::Null)
        .await
        .refused("DeleteConflictException");
    assert_eq!(
        text,
        "Authorizer a is the default authorizer; clear that before deletion"
    );
    app.iot("DELETE /default-authorizer", Value::Null)
        .await
        .ok();
    app.iot("DELETE /authorizer/a", Value::Null).await.ok();
    app.iot("GET /authorizer/a", Value::Null)
        .await
        .refused("ResourceNotFoundException");
}

#[tokio::test]
async fn authorizers_are_listed_by_status() {
    let app = TestApp::new().await;
    for (name, status) in [("b", "INACTIVE"), ("c", "ACTIVE"), ("a", "ACTIVE")] {
        app.iot(&format!("POST /authorizer/{name}"), unsigned(status))
            .await
            .ok();
    }
    let check = async |query: &str, wanted: &[&str]| {
        let line = format!("GET /authorizers/?pageSize=1{query}");
        let found = app.pages(&line, &[], "authorizers").await;
        let names: Vec<_> = found.iter().map(|item| &item["authorizerName"]).collect();
        assert_eq!(names, wanted, "{query}");
    };
    check("", &["c", "b", "a"]).await;
    check("&isAscendingOrder=true", &["a", "b", "c"]).await;
    check("&status=ACTIVE", &["c", "a"]).await;
    check("&isAscendingOrder=true&status=ACTIVE", &["a", "c"]).await;
    check("&status=INACTIVE", &["b"]).await;
}

#[tokio::test]
async fn what_authorizers_refuse() {
    let app = TestApp::new().await;
    app.iot("POST /authorizer/a", unsigned("ACTIVE")).await.ok();
    let (invalid, absent) = ("InvalidRequestException", "ResourceNotFoundException");
    let exists = "ResourceAlreadyExistsException";
    let none = "Authorizer none does not exist";
    let short = json!({
        "authorizerFunctionArn": FUNCTION, "tokenKeyName": "t", "tokenSigningPublicKeys": {"k": RSA_1024},
    });
    app.refused(&[
        (
            "POST /authorizer/a",
            unsigned("ACTIVE"),
            exists,
            "Authorizer a already exists",
        ),
        (
            "POST /authorizer/b",
            json!({"authorizerFunctionArn": FUNCTION}),
            invalid,
            "tokenKeyName is required unless signingDisabled is true",
        ),
        (
            "POST /authorizer/b",
            short,
            invalid,
            "the signing key \"k\" is RSA 1024; it must be RSA with 2048 bits or more",
        ),
        (
            "POST /authorizer/b",
            json!({"authorizerFunctionArn": "f", "signingDisabled": true}),
            invalid,
            "authorizerFunctionArn \"f\" is not the ARN of a Lambda function",
        ),
        ("GET /authorizer/none", Value::Null, absent, none),
        ("PUT /authorizer/none", json!({}), absent, none),
        ("DELETE /authorizer/none", Value::Null, absent, none),
        (
            "POST /default-authorizer",
            json!({"authorizerName": "none"}),
            absent,
            none,
        ),
        (
            "GET /default-authorizer",
            Value::Null,
            absent,
            "There is no default authorizer",
        ),
        (
            "DELETE /default-authorizer",
            Value::Null,
            absent,
            "There is no default authorizer",
        ),
        (
            "DELETE /authorizer/a",
            Value::Null,
            "DeleteConflictException",
            "Authorizer a is ACTIVE; set its status to INACTIVE before deletion",
        ),
    ])
    .await;
    let default = json!({"authorizerName": "a"});
    app.iot("POST /default-authorizer", default.clone())
        .await
        .ok();
    app.iot("POST /default-authorizer", default)
        .await
        .refused(exists);
}

#[tokio::test]
async fn authorizers_are_counted() {
    let app = TestApp::new().await;
    let limit = "LimitExceededException";
    for n in 0..100 {
        let status = if n < 32 { "ACTIVE" } else { "INACTIVE" };
        app.iot(&format!("POST /authorizer/n{n}"), unsigned(status))
            .await
            .ok();
    }
    let text = app
        .iot("PUT /authorizer/n99", json!({"status": "ACTIVE"}))
        .await
        .refused(limit);
    assert_eq!(text, "An account has at most 32 active authorizers");
    let text = app
        .iot("POST /authorizer/more", unsigned("INACTIVE"))
        .await
        .refused(limit);
    assert_eq!(text, "An account has at most 100 authorizers");
    // One that is active may be changed in other ways.
    app.iot("PUT /authorizer/n0", json!({"status": "ACTIVE"}))
        .await
        .ok();
    app.iot("PUT /authorizer/n0", json!({"status": "INACTIVE"}))
        .await
        .ok();
    app.iot("PUT /authorizer/n99", json!({"status": "ACTIVE"}))
        .await
        .ok();
}

#[tokio::test]
async fn what_is_refused_before_a_function_is_called() {
    let app = TestApp::new().await;
    let signed = json!({
        "authorizerFunctionArn": FUNCTION, "tokenKeyName": "t", "tokenSigningPublicKeys": {"k": RSA_2048},
    });
    app.iot("POST /authorizer/signed", signed).await.ok();
    app.iot("POST /authorizer/open", unsigned("INACTIVE"))
        .await
        .ok();
    let invalid = "InvalidRequestException";
    let none = "the token's signature verifies with none of the authorizer's keys; it must be RSASSA-PKCS1-v1_5 with \
                SHA-256 over the token";
    app.refused(&[
        (
            "POST /authorizer/none/test",
            json!({}),
            "ResourceNotFoundException",
            "Authorizer none does not exist",
        ),
        (
            "POST /authorizer/signed/test",
            json!({"mqttContext": {"username": "u"}}),
            invalid,
            "the authorizer requires a signed token: the token is missing",
        ),
        (
            "POST /authorizer/signed/test",
            json!({"token": "t"}),
            invalid,
            "the authorizer requires a signed token: its signature is missing",
        ),
        (
            "POST /authorizer/signed/test",
            json!({"token": "t", "tokenSignature": "AAAA"}),
            invalid,
            none,
        ),
        (
            "POST /authorizer/open/test",
            json!({"mqttContext": {"password": "dGVzdA=="}}),
            "ResourceNotFoundException",
            &format!("Function not found: {FUNCTION}"),
        ),
    ])
    .await;
}
