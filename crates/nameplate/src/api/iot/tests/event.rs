use crate::app::effects::Effect;
use crate::testing::{ARN, NOW, TestApp};
use serde_json::{Value, json};

async fn switch(app: &TestApp, kinds: Value) {
    let body = json!({"eventConfigurations": kinds});
    app.iot("PATCH /event-configurations", body).await.ok();
}

/// Switches on all that this server sends about its registry.
async fn switch_all(app: &TestApp) {
    let on = json!({"Enabled": true});
    switch(
        app,
        json!({
            "THING": on, "THING_GROUP": on, "THING_TYPE": on, "THING_GROUP_MEMBERSHIP": on,
            "THING_GROUP_HIERARCHY": on, "THING_TYPE_ASSOCIATION": on,
        }),
    )
    .await;
}

/// The events that are to be published: topics without `$aws/events/`, and payloads.
fn events(app: &mut TestApp) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    while let Some(effect) = app.effect() {
        if let Effect::Publish(event) = effect {
            let topic = event.topic.strip_prefix("$aws/events/").expect("an event");
            let payload = serde_json::from_slice(&event.payload).expect("JSON");
            found.push((topic.to_owned(), payload));
        }
    }
    found
}

fn topics(app: &mut TestApp) -> Vec<String> {
    events(app).into_iter().map(|(topic, _)| topic).collect()
}

#[tokio::test]
async fn choices_are_merged_by_kind() {
    let app = TestApp::new().await;
    let describe = async || app.iot("GET /event-configurations", Value::Null).await.ok();
    let with = |on: &[&str]| {
        let mut all = serde_json::Map::new();
        for kind in [
            "THING",
            "THING_GROUP",
            "THING_TYPE",
            "THING_GROUP_MEMBERSHIP",
            "THING_GROUP_HIERARCHY",
            "THING_TYPE_ASSOCIATION",
            "JOB",
            "JOB_EXECUTION",
            "POLICY",
            "CERTIFICATE",
            "CA_CERTIFICATE",
        ] {
            all.insert(kind.into(), json!({"Enabled": on.contains(&kind)}));
        }
        Value::Object(all)
    };
    let starting = with(&["CERTIFICATE", "CA_CERTIFICATE"]);
    assert_eq!(describe().await, json!({"eventConfigurations": starting}));
    switch(&app, json!({"THING": {"Enabled": true}, "POLICY": {}})).await;
    switch(
        &app,
        json!({"THING_TYPE": {"Enabled": true}, "CA_CERTIFICATE": {"Enabled": false}}),
    )
    .await;
    let now = NOW.as_seconds_f64();
    assert_eq!(
        describe().await,
        json!({
            "eventConfigurations": with(&["CERTIFICATE", "THING", "THING_TYPE"]),
            "creationDate": now,
            "lastModifiedDate": now,
        })
    );
    let unknown = json!({"eventConfigurations": {"LIGHTNING": {"Enabled": true}}});
    app.iot("PATCH /event-configurations", unknown)
        .await
        .refused("InvalidRequestException");
}

#[tokio::test]
async fn what_is_switched_off_is_not_told() {
    let mut app = TestApp::new().await;
    app.iot("POST /things/a", json!({})).await.ok();
    assert_eq!(topics(&mut app), [""; 0]);
    switch(&app, json!({"THING": {"Enabled": true}})).await;
    app.iot("POST /thing-types/t", json!({})).await.ok();
    app.iot("POST /things/b", json!({"thingTypeName": "t"}))
        .await
        .ok();
    // The same again makes nothing.
    app.iot("POST /things/b", json!({"thingTypeName": "t"}))
        .await
        .ok();
    // What is refused makes nothing.
    app.iot("POST /things/b", json!({}))
        .await
        .refused("ResourceAlreadyExistsException");
    assert_eq!(topics(&mut app), ["thing/b/created"]);
    switch(&app, json!({"THING": {"Enabled": false}})).await;
    app.iot("POST /things/c", json!({})).await.ok();
    assert_eq!(topics(&mut app), [""; 0]);
}

#[tokio::test]
async fn things_are_told_with_types_and_groups() {
    let mut app = TestApp::new().await;
    switch_all(&app).await;
    for kind in ["bulb", "tube"] {
        app.iot(&format!("POST /thing-types/{kind}"), json!({}))
            .await
            .ok();
    }
    app.iot("POST /thing-groups/g", json!({})).await.ok();
    app.iot("POST /billing-groups/b", json!({})).await.ok();
    topics(&mut app);
    let body = json!({
        "thingTypeName": "bulb",
        "billingGroupName": "b",
        "attributePayload": {"attributes": {"a": "1"}},
    });
    let id = app.iot("POST /things/lamp", body).await.ok()["thingId"].clone();
    let mut created = events(&mut app);
    let ids: Vec<Value> = created
        .iter_mut()
        .map(|(_, payload)| payload["eventId"].take())
        .collect();
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[0].as_str().map(str::len), Some(36));
    assert_eq!(
        created,
        [
            (
                "thing/lamp/created".to_owned(),
                json!({
                    "eventType": "THING_EVENT",
                    "eventId": null,
                    "timestamp": NOW.0,
                    "operation": "CREATED",
                    "accountId": "123456789012",
                    "thingId": id,
                    "thingName": "lamp",
                    "versionNumber": 1,
                    "thingTypeName": "bulb",
                    "billinGroupName": "b",
                    "attributes": {"a": "1"},
                })
            ),
            (
                "thingTypeAssociation/thing/lamp/thingType/bulb/added".to_owned(),
                json!({
                    "eventType": "THING_TYPE_ASSOCIATION_EVENT",
                    "eventId": null,
                    "timestamp": NOW.0,
                    "operation": "ADDED",
                    "thingId": id,
                    "thingName": "lamp",
                    "thingTypeName": "bulb",
                })
            ),
        ]
    );
    let join = json!({"thingName": "lamp", "thingGroupName": "g"});
    let line = "PUT /thing-groups/addThingToThingGroup";
    app.iot(line, join.clone()).await.ok();
    app.iot(line, join).await.ok();
    let group = app.iot("GET /thing-groups/g", Value::Null).await.ok()["thingGroupId"].clone();
    let joined = events(&mut app);
    assert_eq!(joined.len(), 1);
    let (topic, joined) = &joined[0];
    assert_eq!(topic, "thingGroupMembership/thingGroup/g/thing/lamp/added");
    assert_eq!(
        *joined,
        json!({
            "eventType": "THING_GROUP_MEMBERSHIP_EVENT",
            "eventId": joined["eventId"],
            "timestamp": NOW.0,
            "operation": "ADDED",
            "accountId": "123456789012",
            "groupArn": format!("{ARN}thinggroup/g"),
            "groupId": group,
            "thingArn": format!("{ARN}thing/lamp"),
            "thingId": id,
            "membershipId": joined["membershipId"],
        })
    );
    let retype = json!({"thingTypeName": "tube"});
    app.iot("PATCH /things/lamp", retype).await.ok();
    assert_eq!(
        topics(&mut app),
        [
            "thing/lamp/updated",
            "thingTypeAssociation/thing/lamp/thingType/bulb/removed",
            "thingTypeAssociation/thing/lamp/thingType/tube/added",
        ]
    );
    app.iot("DELETE /things/lamp", Value::Null).await.ok();
    let gone = events(&mut app);
    let found: Vec<&str> = gone.iter().map(|(topic, _)| topic.as_str()).collect();
    assert_eq!(
        found,
        [
            "thingGroupMembership/thingGroup/g/thing/lamp/removed",
            "thingTypeAssociation/thing/lamp/thingType/tube/removed",
            "thing/lamp/deleted",
        ]
    );
    assert_eq!(gone[0].1["membershipId"], joined["membershipId"]);
    assert_eq!(gone[2].1["versionNumber"], 2);
}

#[tokio::test]
async fn thing_types_are_told() {
    let mut app = TestApp::new().await;
    switch_all(&app).await;
    let properties = json!({"thingTypeDescription": "a bulb", "searchableAttributes": ["model"]});
    let body = json!({"thingTypeProperties": properties});
    let id = app.iot("POST /thing-types/bulb", body).await.ok()["thingTypeId"].clone();
    let deprecate = "POST /thing-types/bulb/deprecate";
    app.iot(deprecate, json!({})).await.ok();
    app.iot(deprecate, json!({})).await.ok();
    app.iot(deprecate, json!({"undoDeprecate": true}))
        .await
        .ok();
    app.iot("PATCH /thing-types/bulb", json!({})).await.ok();
    app.iot(deprecate, json!({})).await.ok();
    app.iot("DELETE /thing-types/bulb", Value::Null).await.ok();
    let told = events(&mut app);
    let found: Vec<_> = told
        .iter()
        .map(|(topic, payload)| (topic.as_str(), payload["isDeprecated"].as_bool()))
        .collect();
    assert_eq!(
        found,
        [
            ("thingType/bulb/created", Some(false)),
            ("thingType/bulb/updated", Some(true)),
            ("thingType/bulb/updated", Some(false)),
            ("thingType/bulb/updated", Some(false)),
            ("thingType/bulb/updated", Some(true)),
            ("thingType/bulb/deleted", Some(true)),
        ]
    );
    let payload = &told[1].1;
    assert_eq!(
        *payload,
        json!({
            "eventType": "THING_TYPE_EVENT",
            "eventId": payload["eventId"],
            "timestamp": NOW.0,
            "operation": "UPDATED",
            "accountId": "123456789012",
            "thingTypeId": id,
            "thingTypeName": "bulb",
            "isDeprecated": true,
            "deprecationDate": NOW.0,
            "searchableAttributes": ["model"],
            "description": "a bulb",
        })
    );
    assert_eq!(told[0].1["deprecationDate"], Value::Null);
}

#[tokio::test]
async fn thing_groups_are_told_with_their_place() {
    let mut app = TestApp::new().await;
    switch_all(&app).await;
    let id = async |line: &str, body: Value| app.iot(line, body).await.ok()["thingGroupId"].clone();
    let top = id("POST /thing-groups/top", json!({})).await;
    let body = json!({
        "parentGroupName": "top",
        "thingGroupProperties": {"thingGroupDescription": "d", "attributePayload": {"attributes": {"a": "1"}}},
    });
    let low = id("POST /thing-groups/low", body).await;
    let change = json!({"thingGroupProperties": {}});
    app.iot("PATCH /thing-groups/low", change).await.ok();
    app.iot("DELETE /thing-groups/low", Value::Null).await.ok();
    let told = events(&mut app);
    let found: Vec<_> = told.iter().map(|(topic, _)| topic.as_str()).collect();
    assert_eq!(
        found,
        [
            "thingGroup/top/created",
            "thingGroup/low/created",
            "thingGroupHierarchy/thingGroup/top/childThingGroup/low/added",
            "thingGroup/low/updated",
            "thingGroupHierarchy/thingGroup/top/childThingGroup/low/removed",
            "thingGroup/low/deleted",
        ]
    );
    let payload = &told[3].1;
    assert_eq!(
        *payload,
        json!({
            "eventType": "THING_GROUP_EVENT",
            "eventId": payload["eventId"],
            "timestamp": NOW.0,
            "operation": "UPDATED",
            "accountId": "123456789012",
            "thingGroupId": low,
            "thingGroupName": "low",
            "versionNumber": 2,
            "parentGroupName": "top",
            "parentGroupId": top,
            "description": "d",
            "rootToParentThingGroups": [{"groupArn": format!("{ARN}thinggroup/top"), "groupId": top}],
            "attributes": {"a": "1"},
            "dynamicGroupMappingId": null,
        })
    );
    let payload = &told[2].1;
    assert_eq!(
        *payload,
        json!({
            "eventType": "THING_GROUP_HIERARCHY_EVENT",
            "eventId": payload["eventId"],
            "timestamp": NOW.0,
            "operation": "ADDED",
            "accountId": "123456789012",
            "thingGroupId": top,
            "thingGroupName": "top",
            "childGroupId": low,
            "childGroupName": "low",
        })
    );
}

/// The same fields by both doors: what a template makes is told as what CreateThing makes.
#[tokio::test]
async fn a_template_tells_what_the_api_tells() {
    let mut app = TestApp::new().await;
    for line in [
        "POST /billing-groups/b",
        "POST /billing-groups/c",
        "POST /thing-types/bulb",
    ] {
        app.iot(line, json!({})).await.ok();
    }
    switch_all(&app).await;
    let by_api = json!({
        "thingTypeName": "bulb",
        "attributePayload": {"attributes": {"a": "1"}},
        "billingGroupName": "b",
    });
    app.iot("POST /things/api", by_api).await.ok();
    let template = |attribute: &str| {
        let template = json!({"Resources": {"thing": {
            "Type": "AWS::IoT::Thing",
            "Properties": {
                "ThingName": "template", "ThingTypeName": "bulb", "BillingGroup": "b",
                "AttributePayload": {"a": attribute},
            },
            "OverrideSettings": {"AttributePayload": "MERGE"},
        }}});
        json!({"templateBody": template.to_string()})
    };
    app.iot("POST /things", template("1")).await.ok();
    app.iot("POST /things", template("2")).await.ok();
    let told = events(&mut app);
    let find = |topic: &str| {
        let found = told.iter().find(|(told, _)| told == topic);
        let mut payload = found.unwrap_or_else(|| panic!("{topic}")).1.clone();
        payload["eventId"] = Value::Null;
        payload
    };
    let mut expected = find("thing/api/created");
    assert_eq!(expected["billinGroupName"], "b");
    let created = find("thing/template/created");
    expected["thingName"] = json!("template");
    expected["thingId"] = created["thingId"].clone();
    assert_eq!(created, expected);
    let updated = find("thing/template/updated");
    assert_eq!(updated["billinGroupName"], "b");
    assert_eq!(updated["attributes"], json!({"a": "2"}));
    find("thingTypeAssociation/thing/template/thingType/bulb/added");
}
