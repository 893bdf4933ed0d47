use crate::testing::{ARN, Answer, TestApp};
use serde_json::{Value, json};

async fn call(app: &TestApp, line: &str, principal: &str) -> Answer {
    app.iot_with(line, &[("x-amzn-principal", principal)], Value::Null)
        .await
}

async fn attach(app: &TestApp, thing: &str, principal: &str, kind: &str) -> Answer {
    let query = match kind {
        "" => String::new(),
        kind => format!("?thingPrincipalType={kind}"),
    };
    call(
        app,
        &format!("PUT /things/{thing}/principals{query}"),
        principal,
    )
    .await
}

const EXCLUSIVE: &str = "EXCLUSIVE_THING";
const SHARED: &str = "NON_EXCLUSIVE_THING";

#[tokio::test]
async fn attachments_are_seen_from_both_sides() {
    let app = TestApp::new().await;
    let (one, two) = (app.certificate("one").await, app.certificate("two").await);
    for thing in ["a", "b"] {
        app.iot(&format!("POST /things/{thing}"), json!({}))
            .await
            .ok();
        // Again is no change.
        attach(&app, thing, &one, "").await.ok();
        attach(&app, thing, &one, SHARED).await.ok();
    }
    attach(&app, "a", &two, EXCLUSIVE).await.ok();
    let things = async |principal: &str| {
        let headers = [("x-amzn-principal", principal)];
        app.pages("GET /principals/things?maxResults=1", &headers, "things")
            .await
    };
    assert_eq!(things(&one).await, ["a", "b"]);
    assert_eq!(things(&two).await, ["a"]);
    let line = "GET /things/a/principals?maxResults=1";
    assert_eq!(app.pages(line, &[], "principals").await, [&*one, &*two]);
    let both = json!({"thingPrincipalObjects": [
        {"principal": one, "thingPrincipalType": SHARED},
        {"principal": two, "thingPrincipalType": EXCLUSIVE},
    ]});
    let line = "GET /things/a/principals-v2";
    assert_eq!(app.iot(line, Value::Null).await.ok(), both);
    let line = "GET /things/a/principals-v2?thingPrincipalType=EXCLUSIVE_THING";
    assert_eq!(
        app.iot(line, Value::Null).await.ok(),
        json!({"thingPrincipalObjects": [both["thingPrincipalObjects"][1]]})
    );
    let line = "GET /principals/things-v2";
    assert_eq!(
        call(&app, line, &two).await.ok(),
        json!({"principalThingObjects": [{"thingName": "a", "thingPrincipalType": EXCLUSIVE}]})
    );
    call(&app, "DELETE /things/a/principals", &one).await.ok();
    assert_eq!(things(&one).await, ["b"]);
}

#[tokio::test]
async fn an_exclusive_thing_is_the_only_one() {
    let check = async |present: &str, thing: &str, kind: &str, refusal: Option<&str>| {
        let app = TestApp::new().await;
        let principal = app.certificate("device").await;
        for thing in ["a", "b"] {
            app.iot(&format!("POST /things/{thing}"), json!({}))
                .await
                .ok();
        }
        attach(&app, "a", &principal, present).await.ok();
        let answer = attach(&app, thing, &principal, kind).await;
        match refusal {
            None => drop(answer.ok()),
            Some(text) => assert_eq!(
                answer
                    .refused("InvalidRequestException")
                    .replace(&principal, "P"),
                text
            ),
        }
    };
    check(EXCLUSIVE, "a", EXCLUSIVE, None).await;
    check(SHARED, "b", SHARED, None).await;
    check(
        EXCLUSIVE,
        "b",
        SHARED,
        Some(
            "Can't attach the principal P to thing b as NON_EXCLUSIVE_THING because it is attached to thing a as EXCLUSIVE_THING",
        ),
    )
    .await;
    check(
        SHARED,
        "b",
        EXCLUSIVE,
        Some(
            "Can't attach the principal P to thing b as EXCLUSIVE_THING because it is attached to thing a as NON_EXCLUSIVE_THING",
        ),
    )
    .await;
    check(
        SHARED,
        "a",
        EXCLUSIVE,
        Some(
            "The principal P is attached to thing a as NON_EXCLUSIVE_THING; detach it before attaching it as EXCLUSIVE_THING",
        ),
    )
    .await;
}

#[tokio::test]
async fn what_principals_refuse() {
    let app = TestApp::new().await;
    let known = app.certificate("known").await;
    let unknown = format!("{ARN}cert/{}", "a".repeat(64));
    let elsewhere = known.replace("us-east-1", "eu-west-1");
    app.iot("POST /things/lamp", json!({})).await.ok();
    let invalid = |principal: &str| {
        format!(
            "Invalid principal {principal}: it must be the ARN of a certificate, {ARN}cert/<id>"
        )
    };
    let attach = "PUT /things/lamp/principals";
    let missing = "ResourceNotFoundException";
    let cases = [
        (attach, &*unknown, missing, format!("Can't attach the principal {unknown} to thing lamp because the principal does not exist in your account")),
        ("PUT /things/none/principals", &*known, missing, format!("Failed to attach the principal {known} to thing none because the thing does not exist in your account")),
        (attach, &*elsewhere, "InvalidRequestException", invalid(&elsewhere)),
        (attach, "us-east-1:cognito", "InvalidRequestException", invalid("us-east-1:cognito")),
        ("DELETE /things/lamp/principals", &*known, missing, format!("Failed to detach the principal {known} from thing lamp because it is not attached to it")),
        ("DELETE /things/none/principals", &*known, missing, format!("Failed to detach the principal {known} from thing none because the thing does not exist in your account")),
        ("DELETE /things/lamp/principals", &*unknown, missing, format!("Failed to detach the principal {unknown} from thing lamp because the principal does not exist in your account")),
        ("GET /things/none/principals", "", missing, "Failed to list principals for thing none because the thing does not exist in your account".into()),
        ("GET /principals/things", &*unknown, missing, format!("Can't list things for the principal {unknown} because the principal does not exist in your account")),
    ];
    for (line, principal, name, message) in cases {
        assert_eq!(call(&app, line, principal).await.refused(name), message);
    }
}

/// Method and path, headers, and body of a call.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Value);

/// Every operation that takes a principal or a policy's target.
#[tokio::test]
async fn cognito_identities_are_not_built() {
    let app = TestApp::new().await;
    let pool = "arn:aws:cognito-identity:us-east-1:123456789012:identitypool/us-east-1:0";
    for identity in ["us-east-1:0d9c1f60-87a5-4b30-8ad4-7ff1c5ae2b0e", pool] {
        let principal = [("x-amzn-principal", identity)];
        let older = [("x-amzn-iot-principal", identity)];
        let target = json!({"target": identity});
        let info = json!({"actionType": "CONNECT", "resources": ["x"]});
        let cases: [Case<'_>; 11] = [
            ("PUT /target-policies/p", &[], target.clone()),
            ("POST /target-policies/p", &[], target),
            ("PUT /principal-policies/p", &older, Value::Null),
            ("DELETE /principal-policies/p", &older, Value::Null),
            ("GET /principal-policies", &older, Value::Null),
            ("PUT /things/t/principals", &principal, Value::Null),
            ("DELETE /things/t/principals", &principal, Value::Null),
            ("GET /principals/things", &principal, Value::Null),
            ("GET /principals/things-v2", &principal, Value::Null),
            (
                "POST /effective-policies",
                &[],
                json!({"principal": identity}),
            ),
            (
                "POST /test-authorization",
                &[],
                json!({"principal": identity, "authInfos": [info]}),
            ),
        ];
        for (line, headers, body) in cases {
            let answer = app.iot_with(line, headers, body).await;
            assert_eq!(answer.status, 501, "{line} {identity}: {answer:?}");
        }
        let line = format!(
            "POST /attached-policies/{}",
            identity.replace(':', "%3A").replace('/', "%2F")
        );
        assert_eq!(app.iot(&line, Value::Null).await.status, 501, "{line}");
    }
}
