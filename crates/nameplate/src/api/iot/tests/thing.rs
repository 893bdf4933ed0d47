use crate::testing::{ARN, TestApp};
use serde_json::{Value, json};

async fn describe(app: &TestApp, thing: &str) -> Value {
    app.iot(&format!("GET /things/{thing}"), Value::Null)
        .await
        .ok()
}

#[tokio::test]
async fn a_thing_is_created_described_and_deleted() {
    let app = TestApp::new().await;
    app.iot("POST /thing-types/bulb", json!({})).await.ok();
    let body = json!({
        "thingTypeName": "bulb",
        "attributePayload": {"attributes": {"model": "123", "gone": ""}, "merge": true},
    });
    let created = app.iot("POST /things/lamp", body.clone()).await.ok();
    let id = created["thingId"].as_str().expect("an id").to_owned();
    assert_eq!(id.len(), 36);
    assert_eq!(
        created,
        json!({"thingName": "lamp", "thingArn": format!("{ARN}thing/lamp"), "thingId": id})
    );
    // The same again is the same thing.
    assert_eq!(app.iot("POST /things/lamp", body).await.ok(), created);
    assert_eq!(
        describe(&app, "lamp").await,
        json!({
            "thingName": "lamp",
            "thingArn": format!("{ARN}thing/lamp"),
            "thingTypeName": "bulb",
            "attributes": {"model": "123"},
            "version": 1,
            "defaultClientId": "lamp",
            "thingId": id,
        })
    );
    assert_eq!(
        app.iot("DELETE /things/lamp", Value::Null).await.ok(),
        json!({})
    );
    // Deleting what is not there succeeds.
    app.iot("DELETE /things/lamp", Value::Null).await.ok();
    app.iot("GET /things/lamp", Value::Null)
        .await
        .refused("ResourceNotFoundException");
}

#[tokio::test]
async fn what_create_thing_refuses() {
    let app = TestApp::new().await;
    app.iot("POST /things/lamp", json!({})).await.ok();
    app.iot("POST /thing-types/old", json!({})).await.ok();
    app.iot("POST /thing-types/old/deprecate", json!({}))
        .await
        .ok();
    let attributes = |count: usize| {
        let all: serde_json::Map<_, _> =
            (0..count).map(|n| (format!("a{n}"), "1".into())).collect();
        json!({"attributePayload": {"attributes": all}})
    };
    app.refused(&[
        (
            "POST /things/lamp",
            json!({"attributePayload": {"attributes": {"a": "1"}}}),
            "ResourceAlreadyExistsException",
            "Thing lamp already exists in account with different properties",
        ),
        (
            "POST /things/new",
            json!({"thingTypeName": "none"}),
            "ResourceNotFoundException",
            "Thing Type 123456789012:none not found.",
        ),
        (
            "POST /things/new",
            json!({"thingTypeName": "old"}),
            "InvalidRequestException",
            "Can not create new thing with depreated thing type:old",
        ),
        (
            "POST /things/new",
            json!({"billingGroupName": "none"}),
            "ResourceNotFoundException",
            "Billing Group 123456789012:none not found.",
        ),
        (
            "POST /things/new",
            attributes(4),
            "InvalidRequestException",
            "To use more than 3 attributes, a thing must have a type specified; this one would have 4",
        ),
        (
            "POST /things/new",
            json!({"attributePayload": {"attributes": {"a": "b c"}}}),
            "InvalidRequestException",
            r"1 validation error detected: Value '{a=b c}' at 'attributePayload.attributes' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 800, Member must satisfy regular expression pattern: [a-zA-Z0-9_.,@/:#=\[\]-]*]",
        ),
    ])
    .await;
    let answer = app.iot("POST /things/lamp", attributes(1)).await;
    let thing = describe(&app, "lamp").await;
    assert_eq!(answer.status, 409);
    assert_eq!(answer.body["resourceId"], thing["thingId"]);
    assert_eq!(answer.body["resourceArn"], thing["thingArn"]);
    app.iot("POST /thing-types/bulb", json!({})).await.ok();
    for (count, status) in [(50, 200), (51, 400)] {
        let mut body = attributes(count);
        body["thingTypeName"] = json!("bulb");
        let answer = app.iot(&format!("POST /things/t{count}"), body).await;
        assert_eq!(answer.status, status, "{count}: {}", answer.body);
    }
}

#[tokio::test]
async fn updates_replace_or_merge_and_count_up() {
    let app = TestApp::new().await;
    app.iot("POST /thing-types/bulb", json!({})).await.ok();
    let first = json!({"attributePayload": {"attributes": {"a": "1", "b": "2"}}});
    app.iot("POST /things/lamp", first).await.ok();
    let steps = [
        (
            json!({"attributePayload": {"attributes": {"b": "3", "a": ""}, "merge": true}}),
            json!({"b": "3"}),
            Value::Null,
        ),
        (
            json!({"attributePayload": {"attributes": {"c": "4"}}}),
            json!({"c": "4"}),
            Value::Null,
        ),
        (
            json!({"thingTypeName": "bulb"}),
            json!({"c": "4"}),
            json!("bulb"),
        ),
        (
            json!({"attributePayload": {"attributes": {}}, "expectedVersion": 4}),
            json!({}),
            json!("bulb"),
        ),
        (json!({"removeThingType": true}), json!({}), Value::Null),
    ];
    for (at, (body, attributes, thing_type)) in steps.into_iter().enumerate() {
        app.iot("PATCH /things/lamp", body.clone()).await.ok();
        let thing = describe(&app, "lamp").await;
        assert_eq!(thing["attributes"], attributes, "{body}");
        assert_eq!(thing["thingTypeName"], thing_type, "{body}");
        assert_eq!(thing["version"], at + 2);
    }
}

#[tokio::test]
async fn what_update_and_delete_thing_refuse() {
    let app = TestApp::new().await;
    for name in ["bulb", "old"] {
        app.iot(&format!("POST /thing-types/{name}"), json!({}))
            .await
            .ok();
    }
    let full = json!({"a": "1", "b": "2", "c": "3", "d": "4"});
    let body = json!({"thingTypeName": "bulb", "attributePayload": {"attributes": full}});
    app.iot("POST /things/lamp", body).await.ok();
    app.iot("POST /things/relic", json!({"thingTypeName": "old"}))
        .await
        .ok();
    app.iot("POST /thing-types/old/deprecate", json!({}))
        .await
        .ok();
    let certificate = app.certificate("lamp").await;
    let principal = [("x-amzn-principal", certificate.as_str())];
    app.iot_with("PUT /things/lamp/principals", &principal, Value::Null)
        .await
        .ok();
    let version = "The version for thing lamp does not match the expected version.";
    app.refused(&[
        (
            "PATCH /things/none",
            json!({}),
            "ResourceNotFoundException",
            "Thing none not found.",
        ),
        (
            "PATCH /things/lamp",
            json!({"expectedVersion": 2}),
            "VersionConflictException",
            version,
        ),
        (
            "PATCH /things/lamp",
            json!({"thingTypeName": "none"}),
            "ResourceNotFoundException",
            "Thing Type 123456789012:none not found.",
        ),
        (
            "PATCH /things/lamp",
            json!({"thingTypeName": "old"}),
            "InvalidRequestException",
            "Can not update a thing to use deprecated thing type: old",
        ),
        (
            "PATCH /things/lamp",
            json!({"thingTypeName": "bulb", "removeThingType": true}),
            "InvalidRequestException",
            "thingTypeName and removeThingType cannot be specified together",
        ),
        (
            "PATCH /things/lamp",
            json!({"removeThingType": true}),
            "InvalidRequestException",
            "To use more than 3 attributes, a thing must have a type specified; this one would have 4",
        ),
        (
            "DELETE /things/lamp?expectedVersion=2",
            Value::Null,
            "VersionConflictException",
            version,
        ),
        (
            "DELETE /things/lamp",
            Value::Null,
            "InvalidRequestException",
            "Cannot delete. Thing lamp is still attached to one or more principals",
        ),
        (
            "GET /things/none",
            Value::Null,
            "ResourceNotFoundException",
            "Thing 123456789012:none not found.",
        ),
    ])
    .await;
    // A thing keeps the type it has, although no other thing gets it.
    app.iot("PATCH /things/relic", json!({"thingTypeName": "old"}))
        .await
        .ok();
    app.iot_with("DELETE /things/lamp/principals", &principal, Value::Null)
        .await
        .ok();
    app.iot("DELETE /things/lamp?expectedVersion=1", Value::Null)
        .await
        .ok();
}

#[tokio::test]
async fn things_are_listed_in_pages_and_narrowed() {
    let app = TestApp::new().await;
    app.iot("POST /thing-types/bulb", json!({})).await.ok();
    for (name, body) in [
        (
            "c",
            json!({"attributePayload": {"attributes": {"room": "hall-1"}}}),
        ),
        ("a", json!({"thingTypeName": "bulb"})),
        (
            "b",
            json!({"attributePayload": {"attributes": {"room": "hall-2"}}}),
        ),
    ] {
        app.iot(&format!("POST /things/{name}"), body).await.ok();
    }
    let check = async |query: &str, expected: &[&str]| {
        let found = app
            .pages(&format!("GET /things?maxResults=1{query}"), &[], "things")
            .await;
        let names: Vec<_> = found.iter().map(|thing| &thing["thingName"]).collect();
        assert_eq!(names, expected, "{query}");
    };
    check("", &["c", "a", "b"]).await;
    check("&thingTypeName=bulb", &["a"]).await;
    check("&thingTypeName=bul", &[]).await;
    check("&attributeName=room&attributeValue=hall-2", &["b"]).await;
    check("&attributeName=room&attributeValue=hall", &[]).await;
    // Whatever the value, as in an example of the AWS CLI.
    check("&attributeName=room", &["c", "b"]).await;
    check("&attributeName=nothing", &[]).await;
    check(
        "&attributeName=room&attributeValue=hall&usePrefixAttributeValue=true",
        &["c", "b"],
    )
    .await;
    let listed = app
        .iot("GET /things?thingTypeName=bulb", Value::Null)
        .await
        .ok();
    assert_eq!(
        listed,
        json!({"things": [{
            "thingName": "a",
            "thingArn": format!("{ARN}thing/a"),
            "thingTypeName": "bulb",
            "attributes": {},
            "version": 1,
        }]})
    );
    app.refused(&[
        (
            "GET /things?attributeName=room&attributeValue=x&thingTypeName=bulb",
            Value::Null,
            "InvalidRequestException",
            "Listing things by the combination of attribute and thing type is not supported",
        ),
        (
            "GET /things?attributeValue=room",
            Value::Null,
            "InvalidRequestException",
            "attributeName must be specified where attributeValue is",
        ),
        (
            "GET /things?nextToken=forged",
            Value::Null,
            "InvalidRequestException",
            "Invalid nextToken: it was not issued for this list",
        ),
    ])
    .await;
}
