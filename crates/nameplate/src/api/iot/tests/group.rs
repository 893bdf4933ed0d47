use crate::app::effects::Effect;
use crate::testing::{ARN, NOW, TestApp};
use serde_json::{Value, json};

const ADD: &str = "PUT /thing-groups/addThingToThingGroup";
const REMOVE: &str = "PUT /thing-groups/removeThingFromThingGroup";
const UPDATE: &str = "PUT /thing-groups/updateThingGroupsForThing";

async fn create(app: &TestApp, name: &str, parent: &str) {
    let body = match parent {
        "" => json!({}),
        parent => json!({"parentGroupName": parent}),
    };
    app.iot(&format!("POST /thing-groups/{name}"), body)
        .await
        .ok();
}

async fn describe(app: &TestApp, name: &str) -> Value {
    app.iot(&format!("GET /thing-groups/{name}"), Value::Null)
        .await
        .ok()
}

/// Names of the groups in an answer's list.
fn names(groups: &[Value]) -> Vec<&str> {
    groups
        .iter()
        .map(|group| group["groupName"].as_str().expect("a name"))
        .collect()
}

async fn groups_of(app: &TestApp, thing: &str) -> Vec<String> {
    let line = format!("GET /things/{thing}/thing-groups?maxResults=1");
    let groups = app.pages(&line, &[], "thingGroups").await;
    names(&groups).into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_group_lives_and_goes() {
    let app = TestApp::new().await;
    create(&app, "city", "").await;
    create(&app, "house", "city").await;
    let body = json!({
        "parentGroupName": "house",
        "thingGroupProperties": {
            "thingGroupDescription": "upstairs",
            "attributePayload": {"attributes": {"floor": "2", "gone": ""}, "merge": true},
        },
        "tags": [{"Key": "team", "Value": "a"}],
    });
    let line = "POST /thing-groups/room";
    let created = app.iot(line, body.clone()).await.ok();
    let id = created["thingGroupId"].clone();
    assert_eq!(
        created,
        json!({"thingGroupName": "room", "thingGroupArn": format!("{ARN}thinggroup/room"), "thingGroupId": id})
    );
    assert_eq!(app.iot(line, body).await.ok(), created);
    assert_eq!(
        describe(&app, "room").await,
        json!({
            "thingGroupName": "room",
            "thingGroupId": id,
            "thingGroupArn": format!("{ARN}thinggroup/room"),
            "version": 1,
            "thingGroupProperties": {
                "thingGroupDescription": "upstairs",
                "attributePayload": {"attributes": {"floor": "2"}},
            },
            "thingGroupMetadata": {
                "parentGroupName": "house",
                "rootToParentThingGroups": [
                    {"groupName": "city", "groupArn": format!("{ARN}thinggroup/city")},
                    {"groupName": "house", "groupArn": format!("{ARN}thinggroup/house")},
                ],
                "creationDate": NOW.as_seconds_f64(),
            },
        })
    );
    app.iot("DELETE /thing-groups/room?expectedVersion=1", Value::Null)
        .await
        .ok();
    app.iot("GET /thing-groups/room", Value::Null)
        .await
        .refused("ResourceNotFoundException");
    // Deleting what is not there succeeds.
    app.iot("DELETE /thing-groups/room", Value::Null).await.ok();
}

#[tokio::test]
async fn updates_replace_or_merge_and_count_up() {
    let app = TestApp::new().await;
    create(&app, "g", "").await;
    let check = async |properties: Value, version: i64, expected: Value| {
        let body = json!({"thingGroupProperties": properties, "expectedVersion": version - 1});
        let answer = app.iot("PATCH /thing-groups/g", body).await.ok();
        assert_eq!(answer, json!({"version": version}));
        let found = describe(&app, "g").await;
        assert_eq!(found["thingGroupProperties"], expected);
        assert_eq!(found["version"], version);
    };
    check(
        json!({"thingGroupDescription": "x", "attributePayload": {"attributes": {"a": "1", "b": "2"}}}),
        2,
        json!({"thingGroupDescription": "x", "attributePayload": {"attributes": {"a": "1", "b": "2"}}}),
    )
    .await;
    check(
        json!({"attributePayload": {"attributes": {"b": "", "c": "3"}, "merge": true}}),
        3,
        json!({"thingGroupDescription": "x", "attributePayload": {"attributes": {"a": "1", "c": "3"}}}),
    )
    .await;
    check(
        json!({"thingGroupDescription": "", "attributePayload": {"attributes": {"d": "4"}}}),
        4,
        json!({"attributePayload": {"attributes": {"d": "4"}}}),
    )
    .await;
    check(
        json!({"attributePayload": {"attributes": {}}}),
        5,
        json!({}),
    )
    .await;
}

#[tokio::test]
async fn what_groups_refuse() {
    let app = TestApp::new().await;
    create(&app, "g", "").await;
    create(&app, "parent", "").await;
    create(&app, "child", "parent").await;
    app.group("dynamic", None, Some("thingName:*")).await;
    let many: serde_json::Map<_, _> = (0..51).map(|n| (format!("a{n}"), json!("1"))).collect();
    app.refused(&[
        (
            "POST /thing-groups/g",
            json!({"thingGroupProperties": {"thingGroupDescription": "x"}}),
            "ResourceAlreadyExistsException",
            "Thing Group g already exists in current account with different properties",
        ),
        (
            "POST /thing-groups/g",
            json!({"tags": [{"Key": "a", "Value": "b"}]}),
            "ResourceAlreadyExistsException",
            "Thing Group g already exists in current account with different properties",
        ),
        (
            "POST /thing-groups/g",
            json!({"parentGroupName": "parent"}),
            "ResourceAlreadyExistsException",
            "Thing Group g already exists in current account with different properties",
        ),
        (
            "POST /thing-groups/dynamic",
            json!({}),
            "ResourceAlreadyExistsException",
            "Thing Group dynamic already exists in current account with different properties",
        ),
        (
            "POST /thing-groups/new",
            json!({"parentGroupName": "none"}),
            "InvalidRequestException",
            "Cannot create group using non-existing group as parent : none",
        ),
        (
            "POST /thing-groups/new",
            json!({"parentGroupName": "dynamic"}),
            "InvalidRequestException",
            "dynamic is a dynamic thing group, which cannot be a parent",
        ),
        (
            "POST /thing-groups/new",
            json!({"thingGroupProperties": {"attributePayload": {"attributes": many}}}),
            "InvalidRequestException",
            "A thing group may have at most 50 attributes, and this one would have 51",
        ),
        (
            "GET /thing-groups/none",
            Value::Null,
            "ResourceNotFoundException",
            "ThingGroup 123456789012:none not found.",
        ),
        (
            "PATCH /thing-groups/none",
            json!({"thingGroupProperties": {}}),
            "ResourceNotFoundException",
            "ThingGroup 123456789012:none not found.",
        ),
        (
            "PATCH /thing-groups/g",
            json!({"thingGroupProperties": {}, "expectedVersion": 7}),
            "VersionConflictException",
            "The version for thing group g does not match the expected version.",
        ),
        (
            "PATCH /thing-groups/dynamic",
            json!({"thingGroupProperties": {}}),
            "InvalidRequestException",
            "dynamic is a dynamic thing group, which UpdateDynamicThingGroup changes",
        ),
        (
            "DELETE /thing-groups/g?expectedVersion=7",
            Value::Null,
            "VersionConflictException",
            "The version for thing group g does not match the expected version.",
        ),
        (
            "DELETE /thing-groups/parent",
            Value::Null,
            "InvalidRequestException",
            "Cannot delete thing group : parent when there are still child groups attached to it",
        ),
        (
            "DELETE /thing-groups/dynamic",
            Value::Null,
            "InvalidRequestException",
            "dynamic is a dynamic thing group, which DeleteDynamicThingGroup deletes",
        ),
        (
            "GET /thing-groups?parentGroup=none",
            Value::Null,
            "ResourceNotFoundException",
            "Cannot find requested thing group for accountId: 123456789012 and thing group name: none",
        ),
        (
            "GET /thing-groups/none/things",
            Value::Null,
            "ResourceNotFoundException",
            "ThingGroup 123456789012:none not found.",
        ),
        (
            "GET /things/none/thing-groups",
            Value::Null,
            "ResourceNotFoundException",
            "Thing 123456789012:none not found.",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_tree_has_seven_levels_and_a_hundred_children() {
    let app = TestApp::new().await;
    create(&app, "l1", "").await;
    for level in 2..=7 {
        create(&app, &format!("l{level}"), &format!("l{}", level - 1)).await;
    }
    for child in 1..100 {
        create(&app, &format!("c{child}"), "l1").await;
    }
    app.refused(&[
        (
            "POST /thing-groups/l8",
            json!({"parentGroupName": "l7"}),
            "InvalidRequestException",
            "A hierarchy of thing groups can have at most 7 levels, and l7 is on the last",
        ),
        (
            "POST /thing-groups/c100",
            json!({"parentGroupName": "l1"}),
            "InvalidRequestException",
            "A thing group can have at most 100 direct children, and l1 has them",
        ),
    ])
    .await;
}

#[tokio::test]
async fn groups_are_listed_by_parent_prefix_and_depth() {
    let app = TestApp::new().await;
    for (name, parent) in [
        ("a", ""),
        ("b", ""),
        ("a1", "a"),
        ("a2", "a"),
        ("a1x", "a1"),
        ("b1", "b"),
    ] {
        create(&app, name, parent).await;
    }
    let check = async |query: &str, expected: &[&str]| {
        let line = format!("GET /thing-groups?maxResults=1{query}");
        let found = app.pages(&line, &[], "thingGroups").await;
        assert_eq!(names(&found), expected, "{query}");
        for group in &found {
            let name = group["groupName"].as_str().expect("a name");
            assert_eq!(group["groupArn"], format!("{ARN}thinggroup/{name}"));
        }
    };
    check("", &["a", "b", "a1", "a2", "a1x", "b1"]).await;
    check("&recursive=true", &["a", "b", "a1", "a2", "a1x", "b1"]).await;
    check("&recursive=false", &["a", "b"]).await;
    check("&namePrefixFilter=a1", &["a1", "a1x"]).await;
    check("&parentGroup=a", &["a1", "a2", "a1x"]).await;
    check("&parentGroup=a&recursive=false", &["a1", "a2"]).await;
    check("&parentGroup=a&namePrefixFilter=a2", &["a2"]).await;
    check("&parentGroup=a2", &[]).await;
}

#[tokio::test]
async fn things_join_and_leave() {
    let app = TestApp::new().await;
    for (name, parent) in [
        ("top", ""),
        ("left", "top"),
        ("right", "top"),
        ("other", ""),
    ] {
        create(&app, name, parent).await;
    }
    for thing in ["one", "two", "three"] {
        app.iot(&format!("POST /things/{thing}"), json!({}))
            .await
            .ok();
    }
    let put = async |line: &str, body: Value| app.iot(line, body).await.ok();
    put(ADD, json!({"thingName": "one", "thingGroupName": "left"})).await;
    // Again is no change; an ARN is as good as a name.
    let by_arn = json!({
        "thingArn": format!("{ARN}thing/one"),
        "thingGroupArn": format!("{ARN}thinggroup/left"),
    });
    put(ADD, by_arn).await;
    put(ADD, json!({"thingName": "one", "thingGroupName": "other"})).await;
    put(ADD, json!({"thingName": "two", "thingGroupName": "right"})).await;
    put(ADD, json!({"thingName": "three", "thingGroupName": "top"})).await;
    assert_eq!(groups_of(&app, "one").await, ["left", "other"]);
    let things = async |query: &str| {
        let line = format!("GET /thing-groups/{query}");
        app.pages(&line, &[], "things").await
    };
    assert_eq!(things("top/things?maxResults=1").await, ["three"]);
    assert_eq!(
        things("top/things?maxResults=1&recursive=true").await,
        ["three", "one", "two"]
    );
    put(
        REMOVE,
        json!({"thingName": "one", "thingGroupName": "other"}),
    )
    .await;
    put(
        REMOVE,
        json!({"thingName": "one", "thingGroupName": "other"}),
    )
    .await;
    assert_eq!(groups_of(&app, "one").await, ["left"]);
    // Leaving comes first, so that a thing can move within its hierarchy.
    let moved = json!({
        "thingName": "one",
        "thingGroupsToAdd": ["right", "other"],
        "thingGroupsToRemove": ["left"],
    });
    put(UPDATE, moved).await;
    assert_eq!(groups_of(&app, "one").await, ["right", "other"]);
    // All or nothing.
    let half = json!({
        "thingName": "one",
        "thingGroupsToAdd": ["left", "none"],
        "thingGroupsToRemove": ["right", "other"],
    });
    app.iot(UPDATE, half)
        .await
        .refused("ResourceNotFoundException");
    assert_eq!(groups_of(&app, "one").await, ["right", "other"]);
    app.iot("DELETE /thing-groups/right", Value::Null)
        .await
        .ok();
    assert_eq!(groups_of(&app, "one").await, ["other"]);
    app.iot("DELETE /things/one", Value::Null).await.ok();
    assert!(things("other/things?maxResults=1").await.is_empty());
}

#[tokio::test]
async fn what_memberships_refuse() {
    let app = TestApp::new().await;
    for (name, parent) in [("top", ""), ("left", "top"), ("right", "top")] {
        create(&app, name, parent).await;
    }
    app.group("dynamic", None, Some("thingName:*")).await;
    app.iot("POST /things/lamp", json!({})).await.ok();
    app.iot(ADD, json!({"thingName": "lamp", "thingGroupName": "left"}))
        .await
        .ok();
    let unknown =
        "Cannot find requested thing group for accountId: 123456789012 and thing group name: none";
    let dynamic = "dynamic is a dynamic thing group, whose things its query chooses";
    for line in [ADD, REMOVE] {
        app.refused(&[
            (
                line,
                json!({"thingName": "lamp"}),
                "InvalidRequestException",
                "Both thingGroupArn and thingGroupName are empty. Need to specify at least one of them",
            ),
            (
                line,
                json!({"thingGroupName": "left"}),
                "InvalidRequestException",
                "Both thingArn and thingName are empty. Need to specify at least one of them",
            ),
            (
                line,
                json!({"thingName": "lamp", "thingArn": format!("{ARN}thing/x"), "thingGroupName": "left"}),
                "InvalidRequestException",
                "ThingName in thingArn does not match specified thingName in request",
            ),
            (
                line,
                json!({"thingName": "lamp", "thingGroupArn": format!("{ARN}thinggroup/x"), "thingGroupName": "left"}),
                "InvalidRequestException",
                "ThingGroupName in thingGroupArn does not match specified thingGroupName in request",
            ),
            (
                line,
                json!({"thingArn": "arn:aws:iot:us-east-1:999999999999:thing/lamp", "thingGroupName": "left"}),
                "InvalidRequestException",
                "ResourceArn doesn't belong in requester's account",
            ),
            (
                line,
                json!({"thingArn": "lamp", "thingGroupName": "left"}),
                "InvalidRequestException",
                "Invalid thingArn lamp: it must be of the form arn:aws:iot:us-east-1:123456789012:thing/<name>",
            ),
            (
                line,
                json!({"thingName": "none", "thingGroupName": "left"}),
                "ResourceNotFoundException",
                "Thing 123456789012:none not found.",
            ),
            (
                line,
                json!({"thingName": "lamp", "thingGroupName": "none"}),
                "ResourceNotFoundException",
                unknown,
            ),
            (
                line,
                json!({"thingName": "lamp", "thingGroupName": "dynamic"}),
                "InvalidRequestException",
                dynamic,
            ),
        ])
        .await;
    }
    let hierarchy = |group: &str| {
        format!(
            "Thing lamp cannot be in thing group {group}: it is in left, which is in the same hierarchy"
        )
    };
    app.refused(&[
        (
            ADD,
            json!({"thingName": "lamp", "thingGroupName": "right"}),
            "InvalidRequestException",
            &hierarchy("right"),
        ),
        (
            ADD,
            json!({"thingName": "lamp", "thingGroupName": "top"}),
            "InvalidRequestException",
            &hierarchy("top"),
        ),
        (
            UPDATE,
            json!({"thingName": "lamp", "thingGroupsToRemove": ["none"]}),
            "ResourceNotFoundException",
            unknown,
        ),
        (
            UPDATE,
            json!({"thingName": "lamp", "thingGroupsToAdd": ["dynamic"]}),
            "InvalidRequestException",
            dynamic,
        ),
        (
            UPDATE,
            json!({"thingGroupsToAdd": ["left"]}),
            "InvalidRequestException",
            "thingName is required",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_thing_is_in_ten_groups_and_may_give_up_a_dynamic_one() {
    let app = TestApp::new().await;
    app.iot("POST /things/lamp", json!({})).await.ok();
    for name in ["d1", "d2"] {
        app.group(name, None, Some("thingName:*")).await;
        app.join("lamp", name).await;
    }
    for n in 0..10 {
        create(&app, &format!("g{n}"), "").await;
    }
    let add = async |n: usize, over: bool| {
        let body = json!({"thingName": "lamp", "thingGroupName": format!("g{n}"), "overrideDynamicGroups": over});
        app.iot(ADD, body).await
    };
    for n in 0..8 {
        add(n, true).await.ok();
    }
    assert_eq!(groups_of(&app, "lamp").await.len(), 10);
    let full = "Thing lamp cannot be in thing group g8: it is in 10 thing groups, which is the most a thing can be in";
    assert_eq!(add(8, false).await.refused("InvalidRequestException"), full);
    add(8, true).await.ok();
    assert_eq!(groups_of(&app, "lamp").await[..2], ["d1", "g0"]);
    add(9, true).await.ok();
    assert_eq!(groups_of(&app, "lamp").await.len(), 10);
    create(&app, "g10", "").await;
    add(10, true).await.refused("InvalidRequestException");
}

#[tokio::test]
async fn groups_reach_open_connections() {
    let app = TestApp::new().await;
    create(&app, "g", "").await;
    app.iot("POST /things/lamp", json!({})).await.ok();
    let key = app
        .app
        .registry
        .thing("lamp")
        .await
        .expect("it was created")
        .key;
    let join = json!({"thingName": "lamp", "thingGroupName": "g"});
    for (line, body, expected) in [
        (ADD, join.clone(), Effect::Thing(key)),
        (REMOVE, join, Effect::Thing(key)),
        ("DELETE /thing-groups/g", Value::Null, Effect::Everyone),
    ] {
        while app.effect().is_some() {}
        app.iot(line, body).await.ok();
        assert_eq!(app.effect(), Some(expected), "{line}");
    }
}

#[tokio::test]
async fn both_resources_must_be_allowed() {
    let app = TestApp::new().await;
    create(&app, "g", "").await;
    create(&app, "secret", "").await;
    for thing in ["lamp", "safe"] {
        app.iot(&format!("POST /things/{thing}"), json!({}))
            .await
            .ok();
    }
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iot:*", "Resource": [
            format!("{ARN}thing/*"), format!("{ARN}thinggroup/g"),
        ]},
        {"Effect": "Deny", "Action": "iot:*", "Resource": format!("{ARN}thing/safe")},
    ]});
    let user = app.user_with(&policy).await;
    let check = async |line: &str, body: Value, allowed: bool| {
        let answer = app.call_as(&user, "iot", line, &[], body.clone()).await;
        let expected = if allowed {
            None
        } else {
            Some("AccessDeniedException")
        };
        assert_eq!(answer.error.as_deref(), expected, "{line} {body}");
    };
    let arn =
        |thing: &str| json!({"thingArn": format!("{ARN}thing/{thing}"), "thingGroupName": "g"});
    check(ADD, arn("lamp"), true).await;
    check(ADD, arn("safe"), false).await;
    check(
        ADD,
        json!({"thingName": "lamp", "thingGroupName": "secret"}),
        false,
    )
    .await;
    check(
        UPDATE,
        json!({"thingName": "lamp", "thingGroupsToAdd": ["secret"]}),
        false,
    )
    .await;
}
