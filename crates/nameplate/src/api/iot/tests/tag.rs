use crate::testing::{ARN, TestApp};
use serde_json::{Value, json};

const DOCUMENT: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}}"#;

async fn tags(app: &TestApp, arn: &str) -> Value {
    app.iot(&format!("GET /tags?resourceArn={arn}"), Value::Null)
        .await
        .ok()["tags"]
        .clone()
}

#[tokio::test]
async fn resources_carry_tags_while_they_live() {
    let app = TestApp::new().await;
    let check = async |kind: &str, create: &str, body: Value, delete: &[&str]| {
        let arn = format!("{ARN}{kind}/x");
        app.iot(create, body.clone()).await.ok();
        assert_eq!(tags(&app, &arn).await, json!([]), "{kind}");
        let set = json!({"resourceArn": arn, "tags": [{"Key": "b", "Value": "1"}, {"Key": "a"}]});
        app.iot("POST /tags", set).await.ok();
        let set = json!({"resourceArn": arn, "tags": [{"Key": "b", "Value": "2"}]});
        app.iot("POST /tags", set).await.ok();
        assert_eq!(
            tags(&app, &arn).await,
            json!([{"Key": "a", "Value": ""}, {"Key": "b", "Value": "2"}]),
            "{kind}"
        );
        let untag = json!({"resourceArn": arn, "tagKeys": ["a", "none"]});
        app.iot("POST /untag", untag).await.ok();
        assert_eq!(
            tags(&app, &arn).await,
            json!([{"Key": "b", "Value": "2"}]),
            "{kind}"
        );
        for line in delete {
            app.iot(line, json!({})).await.ok();
        }
        app.iot(&format!("GET /tags?resourceArn={arn}"), Value::Null)
            .await
            .refused("ResourceNotFoundException");
        // The next of this name begins without.
        app.iot(create, body).await.ok();
        assert_eq!(tags(&app, &arn).await, json!([]), "{kind}");
    };
    let none = json!({});
    check(
        "thinggroup",
        "POST /thing-groups/x",
        none.clone(),
        &["DELETE /thing-groups/x"],
    )
    .await;
    check(
        "billinggroup",
        "POST /billing-groups/x",
        none.clone(),
        &["DELETE /billing-groups/x"],
    )
    .await;
    check(
        "thingtype",
        "POST /thing-types/x",
        none,
        &["POST /thing-types/x/deprecate", "DELETE /thing-types/x"],
    )
    .await;
    check(
        "policy",
        "POST /policies/x",
        json!({"policyDocument": DOCUMENT}),
        &["DELETE /policies/x"],
    )
    .await;
}

#[tokio::test]
async fn what_cannot_be_tagged() {
    let app = TestApp::new().await;
    app.iot("POST /thing-groups/g", json!({})).await.ok();
    app.iot("POST /things/lamp", json!({})).await.ok();
    let group = format!("{ARN}thinggroup/g");
    let of = |arn: &str| json!({"resourceArn": arn, "tags": [{"Key": "a", "Value": "b"}]});
    let invalid = |arn: &str, why: &str| format!("Invalid resourceArn {arn}: {why}");
    let thing = format!("{ARN}thing/lamp");
    let rule = format!("{ARN}index/AWS_Things");
    let elsewhere = "arn:aws:iot:eu-west-1:123456789012:thinggroup/g";
    let many: Vec<_> = (0..50)
        .map(|n| json!({"Key": format!("k{n}"), "Value": ""}))
        .collect();
    app.iot("POST /tags", json!({"resourceArn": group, "tags": many}))
        .await
        .ok();
    assert_eq!(tags(&app, &group).await.as_array().map(Vec::len), Some(50));
    app.refused(&[
        (
            "POST /tags",
            of(&thing),
            "InvalidRequestException",
            &invalid(&thing, "things and device certificates cannot be tagged"),
        ),
        (
            "POST /tags",
            of(&rule),
            "InvalidRequestException",
            &invalid(&rule, "index is not a kind that can be tagged"),
        ),
        (
            "POST /tags",
            of("g"),
            "InvalidRequestException",
            &invalid("g", "it is not the ARN of an IoT resource"),
        ),
        (
            "POST /tags",
            of(elsewhere),
            "InvalidRequestException",
            &invalid(elsewhere, "it is in another region than us-east-1"),
        ),
        (
            "POST /tags",
            of("arn:aws:iot:us-east-1:999999999999:thinggroup/g"),
            "InvalidRequestException",
            "ResourceArn doesn't belong in requester's account",
        ),
        (
            "POST /tags",
            of(&format!("{ARN}thinggroup/none")),
            "ResourceNotFoundException",
            "Resource arn:aws:iot:us-east-1:123456789012:thinggroup/none not found.",
        ),
        (
            "POST /untag",
            json!({"resourceArn": format!("{ARN}policy/none"), "tagKeys": ["a"]}),
            "ResourceNotFoundException",
            "Resource arn:aws:iot:us-east-1:123456789012:policy/none not found.",
        ),
        (
            "POST /tags",
            json!({"resourceArn": group, "tags": [{"Key": "aws:x", "Value": ""}]}),
            "InvalidRequestException",
            r#"Tags cannot begin with "aws:", offending tag: aws:x"#,
        ),
        (
            "POST /tags",
            of(&group),
            "LimitExceededException",
            "A resource can have at most 50 tags, and arn:aws:iot:us-east-1:123456789012:thinggroup/g would have 51",
        ),
    ])
    .await;
}

#[tokio::test]
async fn names_that_devices_use_have_tags() {
    let app = TestApp::new().await;
    let given = json!([{"Key": "team", "Value": "a"}]);
    let authorizer = json!({
        "authorizerFunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:f", "signingDisabled": true,
        "tags": given,
    });
    let found = app.iot("POST /authorizer/a", authorizer).await.ok();
    let authorizer = found["authorizerArn"].as_str().expect("a text").to_owned();
    let line = "POST /domainConfigurations/d";
    let found = app.iot(line, json!({"tags": given})).await.ok();
    let domain = found["domainConfigurationArn"]
        .as_str()
        .expect("a text")
        .to_owned();
    for arn in [&authorizer, &domain] {
        assert_eq!(tags(&app, arn).await, given, "{arn}");
    }
    let (name, _) = domain.rsplit_once('/').expect("an end");
    for absent in [
        name.to_owned(),
        format!("{name}/abcde"),
        format!("{ARN}authorizer/none"),
        format!("{ARN}rolealias/none"),
    ] {
        app.iot("POST /tags", json!({"resourceArn": absent, "tags": given}))
            .await
            .refused("ResourceNotFoundException");
    }
}
