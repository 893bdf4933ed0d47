//! One limit, every door: what one operation refuses, its twins and templates refuse too.

use crate::testing::TestApp;
use serde_json::{Value, json};

/// A policy document of this many characters besides white space.
fn document(chars: usize) -> String {
    let of = |resource: &str| {
        format!(
            r#"{{ "Version": "2012-10-17",   "Statement": [{{"Effect":"Allow","Action":"iot:Connect","Resource":"{resource}"}}] }}"#
        )
    };
    let counted = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    let short = counted(&of("*"));
    let document = of(&format!("*{}", "x".repeat(chars - short)));
    assert_eq!(counted(&document), chars);
    document
}

/// A run of RegisterThing for a thing of this name, attributes and policy.
fn run(name: &str, attributes: &Value, document: &str) -> Value {
    let body = json!({
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": {
            "thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": "Name"}, "AttributePayload": attributes}},
            "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument": document}},
        },
    });
    json!({"templateBody": body.to_string(), "parameters": {"Name": name}})
}

#[tokio::test]
async fn a_policy_documents_size() {
    let test = TestApp::new().await;
    for (number, (chars, taken)) in [(2048, true), (2049, false)].into_iter().enumerate() {
        let sized = document(chars);
        let base = json!({"policyDocument": document(200)});
        test.iot(&format!("POST /policies/base{number}"), base)
            .await
            .ok();
        for (line, body) in [
            (
                format!("POST /policies/p{number}"),
                json!({"policyDocument": sized}),
            ),
            (
                format!("POST /policies/base{number}/version"),
                json!({"policyDocument": sized}),
            ),
            (
                "POST /things".into(),
                run(&format!("t{number}"), &json!({}), &sized),
            ),
        ] {
            let answer = test.iot(&line, body).await;
            assert_eq!(
                answer.status == 200,
                taken,
                "{line} with {chars} characters: {answer:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_things_name_and_attributes() {
    let test = TestApp::new().await;
    let pairs = |count: usize| {
        let pairs = (0..count).map(|number| (format!("k{number}"), json!("v")));
        Value::Object(pairs.collect())
    };
    let one = |name: usize, value: usize| json!({"k".repeat(name): "v".repeat(value)});
    for (number, (name, attributes, taken)) in [
        (128, pairs(3), true),
        (129, pairs(3), false),
        (10, pairs(4), false),
        (10, one(128, 800), true),
        (10, one(129, 1), false),
        (10, one(1, 801), false),
    ]
    .into_iter()
    .enumerate()
    {
        let name = |door: &str| {
            let beginning = format!("{door}{number}");
            format!("{beginning}{}", "n".repeat(name - beginning.len()))
        };
        let payload = json!({"attributePayload": {"attributes": attributes}});
        let created = test
            .iot(&format!("POST /things/{}", name("c")), payload.clone())
            .await;
        assert_eq!(
            created.status == 200,
            taken,
            "CreateThing {number}: {created:?}"
        );
        let body = run(&name("r"), &attributes, &document(200));
        let registered = test.iot("POST /things", body).await;
        assert_eq!(
            registered.status == 200,
            taken,
            "RegisterThing {number}: {registered:?}"
        );
        if number != 1 {
            test.iot(&format!("POST /things/u{number}"), json!({}))
                .await
                .ok();
            let updated = test.iot(&format!("PATCH /things/u{number}"), payload).await;
            assert_eq!(
                updated.status == 200,
                taken,
                "UpdateThing {number}: {updated:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_templates_size() {
    let test = TestApp::new().await;
    // White space counts here.
    let sized = |chars: usize| {
        let body = json!({"Resources": {"thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": "t"}}}});
        let body = body.to_string();
        format!("{body}{}", " ".repeat(chars - body.len()))
    };
    let role = "arn:aws:iam::123456789012:role/r";
    for (chars, taken) in [(10_240, true), (10_241, false)] {
        let body = sized(chars);
        for (line, body) in [
            ("POST /things", json!({"templateBody": body})),
            (
                "POST /thing-registration-tasks",
                json!({"templateBody": body, "inputFileBucket": "bucket", "inputFileKey": "key", "roleArn": role}),
            ),
            (
                "POST /provisioning-templates",
                json!({"templateName": format!("t{chars}"), "templateBody": body, "provisioningRoleArn": role}),
            ),
        ] {
            let answer = test.iot(line, body).await;
            // Whatever else is wrong, the size is not.
            let said = answer.body["message"].as_str().unwrap_or_default();
            let about_size = said.contains("10240") || said.contains("10,240");
            assert_eq!(
                about_size, !taken,
                "{line} with {chars} characters: {answer:?}"
            );
        }
    }
}

/// Whatever can have tags may have fifty of them from the start.
#[tokio::test]
async fn a_resources_tags() {
    let test = TestApp::new().await;
    let tags = |count: usize| -> Value {
        let tags = (0..count).map(|number| json!({"Key": format!("k{number}"), "Value": ""}));
        Value::Array(tags.collect())
    };
    for (count, taken) in [(50, true), (51, false)] {
        for (line, mut body) in [
            (
                format!("POST /policies/n{count}"),
                json!({"policyDocument": document(200)}),
            ),
            (format!("POST /thing-types/n{count}"), json!({})),
            (format!("POST /thing-groups/n{count}"), json!({})),
            (format!("POST /billing-groups/n{count}"), json!({})),
            (
                format!("POST /dynamic-thing-groups/d{count}"),
                json!({"queryString": "thingName:a"}),
            ),
        ] {
            body["tags"] = tags(count);
            let answer = test.iot(&line, body).await;
            assert_eq!(answer.status == 200, taken, "{line}: {answer:?}");
        }
        let arn = format!("{}thinggroup/of{count}", crate::testing::ARN);
        test.iot(&format!("POST /thing-groups/of{count}"), json!({}))
            .await
            .ok();
        let answer = test
            .iot(
                "POST /tags",
                json!({"resourceArn": arn, "tags": tags(count)}),
            )
            .await;
        assert_eq!(answer.status == 200, taken, "TagResource: {answer:?}");
    }
}
