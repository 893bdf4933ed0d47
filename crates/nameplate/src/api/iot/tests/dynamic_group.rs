//! Dynamic thing groups, with fleet indexing off: they find their things without it.

use crate::testing::{ARN, TestApp};
use serde_json::{Value, json};

async fn thing(app: &TestApp, name: &str, color: &str) {
    let body = json!({"attributePayload": {"attributes": {"color": color}}});
    app.iot(&format!("POST /things/{name}"), body).await.ok();
}

async fn dynamic(app: &TestApp, name: &str, query: &str) -> Value {
    app.iot(
        &format!("POST /dynamic-thing-groups/{name}"),
        json!({"queryString": query}),
    )
    .await
    .ok()
}

async fn things(app: &TestApp, group: &str) -> Value {
    app.app.search.fleet.settle();
    app.iot(&format!("GET /thing-groups/{group}/things"), Value::Null)
        .await
        .ok()["things"]
        .clone()
}

#[tokio::test]
async fn a_group_finds_its_things() {
    let app = TestApp::new().await;
    thing(&app, "one", "red").await;
    thing(&app, "two", "blue").await;
    let created = dynamic(&app, "reds", "attributes.color:red").await;
    let expected = json!({
        "thingGroupName": "reds",
        "thingGroupArn": format!("{ARN}thinggroup/reds"),
        "thingGroupId": created["thingGroupId"],
        "indexName": "AWS_Things",
        "queryString": "attributes.color:red",
        "queryVersion": "2017-09-30",
    });
    assert_eq!(created, expected);
    assert_eq!(things(&app, "reds").await, json!(["one"]));
    let described = app.iot("GET /thing-groups/reds", Value::Null).await.ok();
    assert_eq!(
        (&described["status"], &described["version"]),
        (&json!("ACTIVE"), &json!(1))
    );

    thing(&app, "three", "red").await;
    assert_eq!(things(&app, "reds").await, json!(["one", "three"]));
    let green = json!({"attributePayload": {"attributes": {"color": "green"}}});
    app.iot("PATCH /things/one", green).await.ok();
    assert_eq!(things(&app, "reds").await, json!(["three"]));
    let of = app
        .iot("GET /things/three/thing-groups", Value::Null)
        .await
        .ok();
    assert_eq!(of["thingGroups"][0]["groupName"], "reds");

    // The same again is no change.
    assert_eq!(dynamic(&app, "reds", "attributes.color:red").await, created);
    let body = json!({"queryString": "attributes.color:blue", "thingGroupProperties": {"thingGroupDescription": "other"}});
    let answer = app.iot("PATCH /dynamic-thing-groups/reds", body).await.ok();
    assert_eq!(answer, json!({"version": 2}));
    assert_eq!(things(&app, "reds").await, json!(["two"]));
    let described = app.iot("GET /thing-groups/reds", Value::Null).await.ok();
    assert_eq!(described["queryString"], "attributes.color:blue");
    assert_eq!(described["status"], "ACTIVE");

    app.iot("DELETE /dynamic-thing-groups/reds", Value::Null)
        .await
        .ok();
    app.iot("DELETE /dynamic-thing-groups/reds", Value::Null)
        .await
        .ok();
    app.iot("GET /thing-groups/reds", Value::Null)
        .await
        .refused("ResourceNotFoundException");
    app.app.search.fleet.settle();
    let of = app
        .iot("GET /things/two/thing-groups", Value::Null)
        .await
        .ok();
    assert_eq!(of["thingGroups"], json!([]));
}

#[tokio::test]
async fn groups_and_connections_decide_too() {
    let app = TestApp::new().await;
    thing(&app, "one", "red").await;
    app.group("hall", None, None).await;
    dynamic(&app, "in-the-hall", "thingGroupNames:hall").await;
    dynamic(&app, "on-line", "connectivity.connected:true").await;
    assert_eq!(things(&app, "in-the-hall").await, json!([]));
    app.join("one", "hall").await;
    assert_eq!(things(&app, "in-the-hall").await, json!(["one"]));
    let connected = app
        .app
        .search
        .thing_connected("one", 1)
        .await
        .expect("the thing exists");
    assert_eq!(things(&app, "on-line").await, json!(["one"]));
    app.app
        .search
        .thing_disconnected(&connected, "CLIENT_ERROR");
    assert_eq!(things(&app, "on-line").await, json!([]));
    app.iot("DELETE /thing-groups/hall", Value::Null).await.ok();
    assert_eq!(things(&app, "in-the-hall").await, json!([]));
}

#[tokio::test]
async fn a_thing_is_in_ten_groups_at_most() {
    let app = TestApp::new().await;
    for n in 0..9 {
        app.group(&format!("fixed{n}"), None, None).await;
    }
    dynamic(&app, "old", "attributes.color:red attributes.old:*").await;
    dynamic(&app, "new", "attributes.color:red").await;
    thing(&app, "one", "red").await;
    for n in 0..9 {
        app.join("one", &format!("fixed{n}")).await;
    }
    assert_eq!(things(&app, "new").await, json!(["one"]));
    // The thing is full; an older group takes the place of the newest.
    let body = json!({"attributePayload": {"attributes": {"old": "1"}, "merge": true}});
    app.iot("PATCH /things/one", body).await.ok();
    assert_eq!(things(&app, "old").await, json!(["one"]));
    assert_eq!(things(&app, "new").await, json!([]));
    // Once there is room, the newer one comes in, too.
    let body = json!({"thingName": "one", "thingGroupName": "fixed3"});
    app.iot("PUT /thing-groups/removeThingFromThingGroup", body)
        .await
        .ok();
    assert_eq!(things(&app, "new").await, json!(["one"]));
    // A static group may push it out.
    let body =
        json!({"thingName": "one", "thingGroupName": "fixed3", "overrideDynamicGroups": true});
    app.iot("PUT /thing-groups/addThingToThingGroup", body)
        .await
        .ok();
    assert_eq!(things(&app, "new").await, json!([]));
    assert_eq!(things(&app, "old").await, json!(["one"]));
}

#[tokio::test]
async fn what_is_refused() {
    let app = TestApp::new().await;
    app.group("fixed", None, None).await;
    dynamic(&app, "reds", "attributes.color:red").await;
    let query = |text: &str| json!({"queryString": text});
    let exists = "Thing Group reds already exists in current account with different properties";
    app.refused(&[
        ("POST /dynamic-thing-groups/x", query("nothing:red"), "InvalidQueryException", "Unable to parse query, invalid field name, field name: nothing, query string: nothing:red"),
        ("POST /dynamic-thing-groups/x", json!({"queryString": "*", "indexName": "AWS_ThingGroups"}), "InvalidRequestException", "indexName AWS_ThingGroups cannot hold the things of a dynamic thing group; AWS_Things does"),
        ("POST /dynamic-thing-groups/x", json!({"queryString": "*", "queryVersion": "1"}), "InvalidRequestException", "queryVersion 1 is not supported; it is 2017-09-30"),
        ("POST /dynamic-thing-groups/reds", query("attributes.color:blue"), "ResourceAlreadyExistsException", exists),
        ("PATCH /dynamic-thing-groups/none", json!({"thingGroupProperties": {}}), "ResourceNotFoundException", "ThingGroup 123456789012:none not found."),
        ("PATCH /dynamic-thing-groups/fixed", json!({"thingGroupProperties": {}}), "InvalidRequestException", "fixed is a static thing group, and the operation is for dynamic ones"),
        ("DELETE /dynamic-thing-groups/fixed", Value::Null, "InvalidRequestException", "fixed is a static thing group, and the operation is for dynamic ones"),
        ("PATCH /dynamic-thing-groups/reds", json!({"thingGroupProperties": {}, "queryString": "("}), "InvalidQueryException", "Unable to parse query, it ends where a term is expected, query string: ("),
        ("PATCH /dynamic-thing-groups/reds", json!({"thingGroupProperties": {}, "expectedVersion": 7}), "VersionConflictException", "The version for thing group reds does not match the expected version."),
        ("DELETE /dynamic-thing-groups/reds?expectedVersion=7", Value::Null, "VersionConflictException", "The version for thing group reds does not match the expected version."),
        ("DELETE /thing-groups/reds", Value::Null, "InvalidRequestException", "reds is a dynamic thing group, which DeleteDynamicThingGroup deletes"),
    ])
    .await;
    for n in 1..100 {
        dynamic(&app, &format!("d{n}"), "*").await;
    }
    let answer = app.iot("POST /dynamic-thing-groups/d100", query("*")).await;
    assert_eq!(answer.status, 410);
    answer.refused("LimitExceededException");
}
