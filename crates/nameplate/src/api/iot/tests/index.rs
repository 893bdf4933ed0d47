//! Fleet indexing: switching it on, searching, aggregating.

use crate::testing::{NOW, TestApp};
use serde_json::{Value, json};

/// Three lamps of a type, one switch without anything, groups, and indexes that are on.
async fn fleet() -> TestApp {
    let app = TestApp::new().await;
    app.iot("POST /thing-types/lamp", json!({})).await.ok();
    for (name, color, watt) in [
        ("Lamp-1", "Red", "40"),
        ("Lamp-2", "blue", "60"),
        ("Lamp-3", "Red", "sixty"),
    ] {
        let attributes = json!({"color": color, "watt": watt});
        let body = json!({"thingTypeName": "lamp", "attributePayload": {"attributes": attributes}});
        app.iot(&format!("POST /things/{name}"), body).await.ok();
    }
    app.iot("POST /things/switch", json!({})).await.ok();
    app.group("hall", None, None).await;
    app.group("hall-east", Some("hall"), None).await;
    app.join("Lamp-2", "hall-east").await;
    let fields = json!([
        {"name": "attributes.watt", "type": "Number"},
        {"name": "attributes.color", "type": "String"},
    ]);
    let body = json!({
        "thingIndexingConfiguration": {
            "thingIndexingMode": "REGISTRY",
            "thingConnectivityIndexingMode": "STATUS",
            "customFields": fields,
        },
        "thingGroupIndexingConfiguration": {"thingGroupIndexingMode": "ON"},
    });
    app.iot("POST /indexing/config", body).await.ok();
    app.app.search.fleet.settle();
    app
}

async fn names(app: &TestApp, query: &str) -> Vec<String> {
    app.app.search.fleet.settle();
    let body = json!({"queryString": query});
    let answer = app.iot("POST /indices/search", body).await.ok();
    let things = answer["things"].as_array().expect("a list");
    let name = |thing: &Value| thing["thingName"].as_str().expect("a name").to_owned();
    things.iter().map(name).collect()
}

#[tokio::test]
async fn indexing_is_off_at_first() {
    let app = TestApp::new().await;
    let answer = app.iot("GET /indexing/config", Value::Null).await.ok();
    assert_eq!(
        answer["thingIndexingConfiguration"]["thingIndexingMode"],
        "OFF"
    );
    assert_eq!(
        answer["thingGroupIndexingConfiguration"],
        json!({"thingGroupIndexingMode": "OFF"})
    );
    let answer = app.iot("GET /indices", Value::Null).await.ok();
    assert_eq!(answer, json!({"indexNames": []}));
    let none = |name: &str| format!("Index {name} does not exist");
    app.refused(&[
        (
            "POST /indices/search",
            json!({"queryString": "*"}),
            "ResourceNotFoundException",
            &none("AWS_Things"),
        ),
        (
            "POST /indices/search",
            json!({"queryString": "*", "indexName": "x"}),
            "ResourceNotFoundException",
            &none("x"),
        ),
        (
            "POST /indices/statistics",
            json!({"queryString": "*", "indexName": "AWS_ThingGroups"}),
            "ResourceNotFoundException",
            &none("AWS_ThingGroups"),
        ),
        (
            "GET /indices/AWS_Things",
            Value::Null,
            "ResourceNotFoundException",
            &none("AWS_Things"),
        ),
    ])
    .await;
}

#[tokio::test]
async fn an_index_that_is_being_built_cannot_be_searched() {
    let app = TestApp::new().await;
    // Nothing will be built.
    app.app.search.fleet.stop();
    let body = json!({"thingIndexingConfiguration": {"thingIndexingMode": "REGISTRY"}});
    app.iot("POST /indexing/config", body).await.ok();
    let answer = app.iot("GET /indices/AWS_Things", Value::Null).await.ok();
    assert_eq!(
        (&answer["indexStatus"], &answer["schema"]),
        (&json!("BUILDING"), &json!("REGISTRY"))
    );
    app.iot("POST /indices/search", json!({"queryString": "*"}))
        .await
        .refused("IndexNotReadyException");
    app.iot(
        "POST /dynamic-thing-groups/all",
        json!({"queryString": "*"}),
    )
    .await
    .ok();
    let answer = app.iot("GET /thing-groups/all", Value::Null).await.ok();
    assert_eq!(answer["status"], "BUILDING");
}

#[tokio::test]
async fn an_index_is_described_and_switched_off() {
    let app = fleet().await;
    let answer = app.iot("GET /indices/AWS_Things", Value::Null).await.ok();
    let expected = json!({
        "indexName": "AWS_Things",
        "indexStatus": "ACTIVE",
        "schema": "REGISTRY_AND_CONNECTIVITY_STATUS",
    });
    assert_eq!(answer, expected);
    let listed = app
        .pages("GET /indices?maxResults=1", &[], "indexNames")
        .await;
    assert_eq!(listed, [json!("AWS_ThingGroups"), json!("AWS_Things")]);
    let answer = app.iot("GET /indexing/config", Value::Null).await.ok();
    let things = &answer["thingIndexingConfiguration"];
    assert_eq!(things["thingConnectivityIndexingMode"], "STATUS");
    assert_eq!(
        things["customFields"][1],
        json!({"name": "attributes.color", "type": "String"})
    );
    let managed = things["managedFields"].as_array().expect("a list");
    assert!(managed.contains(&json!({"name": "connectivity.connected", "type": "Boolean"})));
    // What was read can be sent back.
    app.iot("POST /indexing/config", answer.clone()).await.ok();
    assert_eq!(
        app.iot("GET /indexing/config", Value::Null).await.ok(),
        answer
    );

    let off = json!({"thingIndexingConfiguration": {"thingIndexingMode": "OFF"}});
    app.iot("POST /indexing/config", off).await.ok();
    app.iot("POST /indices/search", json!({"queryString": "*"}))
        .await
        .refused("ResourceNotFoundException");
    let answer = app.iot("GET /indices", Value::Null).await.ok();
    assert_eq!(answer, json!({"indexNames": ["AWS_ThingGroups"]}));
}

#[tokio::test]
async fn configurations_that_cannot_be() {
    let app = TestApp::new().await;
    let things = |settings: Value| json!({"thingIndexingConfiguration": settings});
    let not_built = |what: &str| {
        format!("Nameplate does not implement {what} of UpdateIndexingConfiguration yet.")
    };
    let line = "POST /indexing/config";
    app.refused(&[
        (line, things(json!({"thingIndexingMode": "REGISTRY", "deviceDefenderIndexingMode": "VIOLATIONS"})), "NotImplementedException", &not_built("deviceDefenderIndexingMode VIOLATIONS")),
        (line, things(json!({"thingIndexingMode": "REGISTRY", "filter": {"geoLocations": [{"name": "shadow.reported.at"}]}})), "NotImplementedException", &not_built("filter.geoLocations")),
        (line, things(json!({"thingIndexingMode": "REGISTRY", "namedShadowIndexingMode": "ON"})), "InvalidRequestException", "namedShadowIndexingMode ON needs namedShadowNames in filter"),
        (line, things(json!({"thingIndexingMode": "REGISTRY", "filter": {"namedShadowNames": ["a"]}})), "InvalidRequestException", "namedShadowNames in filter need namedShadowIndexingMode ON"),
        (line, things(json!({"thingIndexingMode": "OFF", "namedShadowIndexingMode": "ON", "filter": {"namedShadowNames": ["a"]}})), "InvalidRequestException", "namedShadowIndexingMode cannot be ON while thingIndexingMode is OFF"),
        (line, things(json!({"thingIndexingMode": "REGISTRY", "customFields": [{"name": "shadow.reported.a", "type": "String"}]})), "InvalidRequestException", "shadow.reported.a cannot be a custom field: that shadow is not indexed"),
        (line, things(json!({"thingIndexingMode": "OFF", "thingConnectivityIndexingMode": "STATUS"})), "InvalidRequestException", "thingConnectivityIndexingMode cannot be STATUS while thingIndexingMode is OFF"),
        (line, things(json!({"thingIndexingMode": "REGISTRY", "customFields": [{"name": "thingName", "type": "String"}]})), "InvalidRequestException", "thingName cannot be a custom field: it is a managed field"),
        (line, things(json!({"thingIndexingMode": "REGISTRY", "customFields": [{"name": "attributes.a"}]})), "InvalidRequestException", "Each of customFields needs a name and a type"),
        (line, things(json!({"thingIndexingMode": "REGISTRY", "managedFields": [{"name": "thingName", "type": "Number"}]})), "InvalidRequestException", "Managed fields cannot be changed, and thingName of type Number is none"),
    ])
    .await;
    let answer = app
        .iot(line, things(json!({"thingIndexingMode": "ALL"})))
        .await;
    answer.refused("InvalidRequestException");
}

/// A fleet whose things have shadows: all a classic one, the first two one of name `n`, which is indexed, and one of
/// name `m`, which is not.
async fn shadowed() -> TestApp {
    let app = fleet().await;
    let put = async |path: &str, state: Value| {
        let line = format!("POST /things/{path}");
        let body = json!({"state": state});
        app.call("iotdata", &line, &[], body).await.ok();
    };
    for (name, on, watt) in [
        ("Lamp-1", true, 7),
        ("Lamp-2", false, 11),
        ("Lamp-3", true, 9),
    ] {
        let state = json!({
            "desired": {"on": true}, "reported": {"on": on, "stats": {"watt": watt, "tags": ["A b", 5]}},
        });
        put(&format!("{name}/shadow"), state).await;
    }
    for name in ["Lamp-1", "Lamp-2"] {
        put(
            &format!("{name}/shadow?name=n"),
            json!({"reported": {"fw": "1.2"}}),
        )
        .await;
        put(
            &format!("{name}/shadow?name=m"),
            json!({"reported": {"fw": "9.9"}}),
        )
        .await;
    }
    // Of a thing that is not in the registry, and is of no concern.
    put("ghost/shadow", json!({"reported": {"on": true}})).await;
    let body = json!({"thingIndexingConfiguration": {
        "thingIndexingMode": "REGISTRY_AND_SHADOW",
        "namedShadowIndexingMode": "ON",
        "filter": {"namedShadowNames": ["n"]},
        "customFields": [{"name": "shadow.reported.stats.watt", "type": "Number"}],
    }});
    app.iot("POST /indexing/config", body).await.ok();
    app.app.search.fleet.settle();
    app
}

#[tokio::test]
async fn things_are_found_by_their_shadows() {
    let app = shadowed().await;
    let check = async |query: &str, expected: &[&str]| {
        assert_eq!(names(&app, query).await, expected, "{query}");
    };
    check("shadow.reported.on:true", &["Lamp-1", "Lamp-3"]).await;
    check("shadow.hasDelta:true", &["Lamp-2"]).await;
    check("shadow.delta.on:true", &["Lamp-2"]).await;
    check("shadow.reported.stats.watt>8", &["Lamp-2", "Lamp-3"]).await;
    check("shadow.reported.stats.tags:a AND shadow.reported.stats.tags:5 AND shadow.desired.on:true AND thingName:lamp-1", &["Lamp-1"]).await;
    check("shadow.name.n.reported.fw:1.2", &["Lamp-1", "Lamp-2"]).await;
    check("shadow.name.n.hasDelta:false", &["Lamp-1", "Lamp-2"]).await;
    check("shadow.name.m.reported.fw:9.9", &[]).await;
    check("9.9", &[]).await;
    // It follows them, deletion included.
    let body = json!({"state": {"reported": {"on": true}}});
    app.call("iotdata", "POST /things/Lamp-2/shadow", &[], body)
        .await
        .ok();
    app.call("iotdata", "DELETE /things/Lamp-1/shadow", &[], Value::Null)
        .await
        .ok();
    check("shadow.reported.on:true", &["Lamp-2", "Lamp-3"]).await;
    check("shadow.hasDelta:true", &[]).await;
    // A shadow that was there before its thing.
    app.iot("POST /things/ghost", json!({})).await.ok();
    check("shadow.reported.on:true", &["Lamp-2", "Lamp-3", "ghost"]).await;
    let app = app.restarted().await;
    app.app.search.fleet.settle();
    assert_eq!(
        names(&app, "shadow.reported.on:true").await,
        ["Lamp-2", "Lamp-3", "ghost"]
    );
}

#[tokio::test]
async fn a_search_answers_with_shadows_that_are_indexed() {
    let app = shadowed().await;
    let body = json!({"queryString": "thingName:lamp-2"});
    let answer = app.iot("POST /indices/search", body).await.ok();
    let text = answer["things"][0]["shadow"].as_str().expect("a text");
    let shadow: Value = serde_json::from_str(text).expect("a document");
    let at = json!({"timestamp": NOW.0 / 1000});
    assert_eq!(
        shadow,
        json!({
            "desired": {"on": true},
            "reported": {"on": false, "stats": {"watt": 11, "tags": ["A b", 5]}},
            "delta": {"on": true},
            "metadata": {
                "desired": {"on": at}, "reported": {"on": at, "stats": {"watt": at, "tags": [at, at]}},
            },
            "hasDelta": true,
            "version": 1,
            "name": {"n": {
                "reported": {"fw": "1.2"}, "metadata": {"reported": {"fw": at}}, "hasDelta": false, "version": 1,
            }},
        })
    );
    let answer = app.iot("GET /indexing/config", Value::Null).await.ok();
    let things = &answer["thingIndexingConfiguration"];
    assert_eq!(things["thingIndexingMode"], "REGISTRY_AND_SHADOW");
    assert_eq!(things["namedShadowIndexingMode"], "ON");
    assert_eq!(things["filter"], json!({"namedShadowNames": ["n"]}));
    let managed = things["managedFields"].as_array().expect("a list");
    for name in ["shadow.hasDelta", "shadow.name.*.hasDelta"] {
        assert!(
            managed.contains(&json!({"name": name, "type": "Boolean"})),
            "{name}"
        );
    }
    // What was read can be sent back.
    app.iot("POST /indexing/config", answer.clone()).await.ok();
    let index = app.iot("GET /indices/AWS_Things", Value::Null).await.ok();
    assert_eq!(index["schema"], "MULTI_INDEXING_MODE");
    app.app.search.fleet.settle();
    let body = json!({"queryString": "*", "aggregationField": "shadow.reported.stats.watt"});
    let told = app.iot("POST /indices/statistics", body).await.ok();
    assert_eq!(told["statistics"]["count"], 3);
    assert_eq!(told["statistics"]["average"], 9.0);
    let body = json!({
        "queryString": "*", "aggregationField": "shadow.name.n.version",
        "bucketsAggregationType": {"termsAggregation": {"maxBuckets": 5}},
    });
    let told = app.iot("POST /indices/buckets", body).await.ok();
    assert_eq!(told["buckets"], json!([{"keyValue": "1", "count": 2}]));
}

#[tokio::test]
async fn dynamic_groups_follow_shadows() {
    let app = fleet().await;
    let body = json!({"queryString": "shadow.reported.on:true"});
    app.iot("POST /dynamic-thing-groups/bright", body)
        .await
        .ok();
    let members = async || {
        app.app.search.fleet.settle();
        let answer = app
            .iot("GET /thing-groups/bright/things", Value::Null)
            .await;
        answer.ok()["things"].clone()
    };
    assert_eq!(members().await, json!([]));
    let put = async |on: bool| {
        let body = json!({"state": {"reported": {"on": on}}});
        app.call("iotdata", "POST /things/Lamp-1/shadow", &[], body)
            .await
            .ok();
    };
    put(true).await;
    assert_eq!(members().await, json!(["Lamp-1"]));
    put(false).await;
    assert_eq!(members().await, json!([]));
}

#[tokio::test]
async fn things_are_found() {
    let app = fleet().await;
    let check = async |query: &str, expected: &[&str]| {
        assert_eq!(names(&app, query).await, expected, "{query}");
    };
    check("*", &["Lamp-1", "Lamp-2", "Lamp-3", "switch"]).await;
    check("attributes.color:red", &["Lamp-1", "Lamp-3"]).await;
    check("thingName:lamp* AND -attributes.color:red", &["Lamp-2"]).await;
    check("attributes.watt>=40 attributes.watt<60", &["Lamp-1"]).await;
    check("NOT thingTypeName:lamp", &["switch"]).await;
    check("thingGroupNames:hall-east", &["Lamp-2"]).await;
    check("shadow.reported.on:true", &[]).await;
    let body = json!({"queryString": "thingName:lamp-2"});
    let answer = app.iot("POST /indices/search", body).await.ok();
    let thing = app.iot("GET /things/Lamp-2", Value::Null).await.ok();
    let expected = json!({"things": [{
        "thingName": "Lamp-2",
        "thingId": thing["thingId"],
        "thingTypeName": "lamp",
        "thingGroupNames": ["hall-east"],
        "attributes": {"color": "blue", "watt": "60"},
        "connectivity": {"connected": false},
    }]});
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn the_index_follows_the_registry() {
    let app = fleet().await;
    app.iot(
        "POST /things/Lamp-4",
        json!({"attributePayload": {"attributes": {"color": "red"}}}),
    )
    .await
    .ok();
    assert_eq!(
        names(&app, "attributes.color:red").await,
        ["Lamp-1", "Lamp-3", "Lamp-4"]
    );
    app.iot(
        "PATCH /things/Lamp-1",
        json!({"attributePayload": {"attributes": {"color": "green"}, "merge": true}}),
    )
    .await
    .ok();
    app.iot("DELETE /things/Lamp-3", Value::Null).await.ok();
    assert_eq!(names(&app, "attributes.color:red").await, ["Lamp-4"]);
    assert_eq!(names(&app, "attributes.watt:40").await, ["Lamp-1"]);
    app.join("Lamp-4", "hall-east").await;
    assert_eq!(
        names(&app, "thingGroupNames:hall*").await,
        ["Lamp-2", "Lamp-4"]
    );
    app.iot("DELETE /thing-groups/hall-east", Value::Null)
        .await
        .ok();
    assert!(names(&app, "thingGroupNames:*").await.is_empty());
}

#[tokio::test]
async fn a_restart_builds_the_index_and_finds_groups_things_again() {
    let app = fleet().await;
    let body = json!({"queryString": "attributes.color:red"});
    app.iot("POST /dynamic-thing-groups/reds", body).await.ok();
    app.app.search.fleet.settle();
    let app = app.restarted().await;
    assert_eq!(
        names(&app, "thingGroupNames:reds").await,
        ["Lamp-1", "Lamp-3"]
    );
    let status = app.iot("GET /thing-groups/reds", Value::Null).await.ok()["status"].clone();
    assert_eq!(status, "ACTIVE");
    app.iot("DELETE /things/Lamp-1", Value::Null).await.ok();
    assert_eq!(names(&app, "thingGroupNames:reds").await, ["Lamp-3"]);
}

#[tokio::test]
async fn the_index_knows_who_is_connected() {
    let app = fleet().await;
    let connected = app
        .app
        .search
        .thing_connected("Lamp-1", 1)
        .await
        .expect("the thing exists");
    assert!(app.app.search.thing_connected("nobody", 2).await.is_none());
    assert_eq!(names(&app, "connectivity.connected:true").await, ["Lamp-1"]);
    // What was never connected is not connected.
    let never = ["Lamp-2", "Lamp-3", "switch"];
    assert_eq!(names(&app, "connectivity.connected:false").await, never);
    assert_eq!(
        names(
            &app,
            "connectivity.connected:false NOT connectivity.timestamp:*"
        )
        .await,
        never
    );
    let answer = app.iot("POST /indices/search", json!({"queryString": "switch"}));
    let answer = answer.await.ok();
    assert_eq!(
        answer["things"][0]["connectivity"],
        json!({"connected": false})
    );
    app.app
        .search
        .thing_disconnected(&connected, "CONNECTION_LOST");
    app.app.search.fleet.settle();
    let query = format!(
        "connectivity.connected:false connectivity.disconnectReason:connection_lost connectivity.timestamp:[{} TO *]",
        NOW.0
    );
    let answer = app
        .iot("POST /indices/search", json!({"queryString": query}))
        .await
        .ok();
    let expected =
        json!({"connected": false, "timestamp": NOW.0, "disconnectReason": "CONNECTION_LOST"});
    assert_eq!(answer["things"][0]["connectivity"], expected);
}

#[tokio::test]
async fn who_was_connected_is_known_after_a_restart() {
    let app = fleet().await;
    let search = &app.app.search;
    for thing in ["Lamp-1", "Lamp-2"] {
        let connected = search.thing_connected(thing, 1).await;
        let connected = connected.expect("the thing exists");
        if thing == "Lamp-1" {
            search.thing_disconnected(&connected, "MQTT_KEEP_ALIVE_TIMEOUT");
        }
    }
    search.keep_connectivity().await.expect("the store works");
    // What is known later than that is lost with the server, as after SIGKILL.
    let app = app.restarted().await;
    let connected = names(&app, "connectivity.connected:true").await;
    assert!(connected.is_empty(), "nobody, until somebody connects");
    let answer = app.iot("POST /indices/search", json!({"queryString": "Lamp-*"}));
    let answer = answer.await.ok();
    let found: Vec<&Value> = ["Lamp-1", "Lamp-2", "Lamp-3"]
        .map(|name| {
            let things = answer["things"].as_array().expect("things");
            let thing = things.iter().find(|thing| thing["thingName"] == name);
            &thing.expect("it is found")["connectivity"]
        })
        .to_vec();
    let ended =
        |reason: &str| json!({"connected": false, "timestamp": NOW.0, "disconnectReason": reason});
    assert_eq!(*found[0], ended("MQTT_KEEP_ALIVE_TIMEOUT"));
    assert_eq!(
        *found[1],
        ended("SERVER_ERROR"),
        "it was connected until then"
    );
    assert_eq!(*found[2], json!({"connected": false}), "never");
    assert_eq!(
        names(&app, "connectivity.disconnectReason:server_error").await,
        ["Lamp-2"]
    );
    // A thing takes what is known of it along.
    app.iot("DELETE /things/Lamp-2", Value::Null).await.ok();
    app.app.search.keep_connectivity().await.expect("kept");
    let store = &app.app.kernel.store;
    let rows = store.read(|conn| Ok::<_, crate::app::Error>(conn.connectivity()?));
    assert_eq!(rows.await.expect("the store works").len(), 1);
}

#[tokio::test]
async fn results_come_in_pages() {
    let app = fleet().await;
    let mut found = Vec::new();
    let mut body = json!({"queryString": "thingName:lamp*", "maxResults": 1});
    loop {
        let answer = app.iot("POST /indices/search", body.clone()).await.ok();
        found.extend(
            answer["things"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|thing| thing["thingName"].clone()),
        );
        match answer.get("nextToken") {
            Some(token) => body["nextToken"] = token.clone(),
            None => break,
        }
        // What goes between pages does not make another vanish.
        app.iot("DELETE /things/Lamp-1", Value::Null).await.ok();
        app.app.search.fleet.settle();
    }
    assert_eq!(found, ["Lamp-1", "Lamp-2", "Lamp-3"]);
    body["queryString"] = json!("*");
    app.iot("POST /indices/search", body)
        .await
        .refused("InvalidRequestException");
    app.refused(&[(
        "POST /indices/search",
        json!({"queryString": "*", "maxResults": 501}),
        "InvalidRequestException",
        "maxResults 501 is more than 500",
    )])
    .await;
}

#[tokio::test]
async fn groups_are_found() {
    let app = fleet().await;
    let search = async |query: &str| {
        let body = json!({"indexName": "AWS_ThingGroups", "queryString": query});
        app.app.search.fleet.settle();
        app.iot("POST /indices/search", body).await.ok()["thingGroups"].clone()
    };
    let found = search("parentGroupNames:hall").await;
    assert_eq!(found[0]["thingGroupName"], "hall-east");
    assert_eq!(found[0]["parentGroupNames"], json!(["hall"]));
    let properties = json!({
        "thingGroupDescription": "The Big Hall",
        "attributePayload": {"attributes": {"floor": "2"}},
    });
    app.iot(
        "PATCH /thing-groups/hall",
        json!({"thingGroupProperties": properties}),
    )
    .await
    .ok();
    let found = search("description:\"big hall\" attributes.floor>1").await;
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    assert_eq!(found[0]["thingGroupDescription"], "The Big Hall");
    app.iot("DELETE /thing-groups/hall-east", Value::Null)
        .await
        .ok();
    assert_eq!(
        search("thingGroupName:hall*")
            .await
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    let body = json!({"indexName": "AWS_ThingGroups", "queryString": "thingName:x"});
    app.iot("POST /indices/search", body)
        .await
        .refused("InvalidQueryException");
}

#[tokio::test]
async fn aggregates() {
    let app = fleet().await;
    let ask = async |what: &str, mut body: Value| {
        if body.get("queryString").is_none() {
            body["queryString"] = json!("*");
        }
        app.iot(&format!("POST /indices/{what}"), body).await
    };
    let watt = json!({"aggregationField": "attributes.watt"});
    let answer = ask("statistics", watt.clone()).await.ok();
    let expected = json!({
        "count": 2, "average": 50.0, "sum": 100.0, "minimum": 40.0, "maximum": 60.0,
        "sumOfSquares": 5200.0, "variance": 100.0, "stdDeviation": 10.0,
    });
    assert_eq!(answer["statistics"], expected);
    // Versions, where no field is named.
    let answer = ask("statistics", json!({})).await.ok();
    assert_eq!(
        (&answer["statistics"]["count"], &answer["statistics"]["sum"]),
        (&json!(4), &json!(4.0))
    );
    let answer = ask("statistics", json!({"queryString": "thingName:none"}))
        .await
        .ok();
    assert_eq!(answer, json!({"statistics": {"count": 0}}));
    let answer = ask(
        "cardinality",
        json!({"aggregationField": "attributes.color"}),
    )
    .await
    .ok();
    assert_eq!(answer, json!({"cardinality": 2}));
    let mut body = watt.clone();
    body["percents"] = json!([50, 100]);
    let answer = ask("percentiles", body).await.ok();
    assert_eq!(
        answer,
        json!({"percentiles": [{"percent": 50.0, "value": 50.0}, {"percent": 100.0, "value": 60.0}]})
    );
    let buckets = |field: &str| {
        json!({
            "aggregationField": field,
            "bucketsAggregationType": {"termsAggregation": {"maxBuckets": 1}},
        })
    };
    let answer = ask("buckets", buckets("attributes.color")).await.ok();
    assert_eq!(
        answer,
        json!({"totalCount": 4, "buckets": [{"keyValue": "Red", "count": 2}]})
    );
    let answer = ask("buckets", buckets("registry.thingTypeName")).await.ok();
    assert_eq!(
        answer["buckets"][0],
        json!({"keyValue": "lamp", "count": 3})
    );

    let text = ask("statistics", json!({"aggregationField": "attributes.none"}))
        .await
        .refused("InvalidAggregationException");
    assert_eq!(
        text,
        "Invalid aggregation field attributes.none: it is neither a managed nor a custom field of AWS_Things"
    );
    ask(
        "percentiles",
        json!({"aggregationField": "attributes.color"}),
    )
    .await
    .refused("InvalidAggregationException");
    ask(
        "buckets",
        json!({"aggregationField": "thingName", "bucketsAggregationType": {}}),
    )
    .await
    .refused("InvalidRequestException");
    ask("cardinality", json!({"queryString": "a AND"}))
        .await
        .refused("InvalidQueryException");
    ask("cardinality", json!({"queryVersion": "2020-01-01"}))
        .await
        .refused("InvalidRequestException");
}

#[tokio::test]
async fn a_bad_query_is_told_as_aws_does() {
    let app = fleet().await;
    app.refused(&[(
        "POST /indices/search",
        json!({"queryString": "thingGroupName:x"}),
        "InvalidQueryException",
        "Unable to parse query, invalid field name, field name: thingGroupName, query string: thingGroupName:x",
    )])
    .await;
}

/// Memory follows the disk in the order of commits, also where a caller does not wait for its answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_configuration_in_force_is_the_one_that_is_kept() {
    use crate::app::Error;
    use crate::app::search::configuration::{GroupSettings, ThingSettings};
    let test = TestApp::new().await;
    let app = &test.app;
    let things = |registry| ThingSettings {
        registry,
        connectivity: false,
        shadows: false,
        named_shadows: Vec::new(),
        fields: Vec::new(),
        managed: Vec::new(),
    };
    let groups = |on| GroupSettings {
        on,
        fields: Vec::new(),
        managed: Vec::new(),
    };
    for round in 0..40 {
        let calls: Vec<_> = [round % 2 == 0, round % 2 == 1, round % 3 == 0]
            .into_iter()
            .map(|on| {
                let app = std::sync::Arc::clone(app);
                let (things, groups) = (things(on), groups(!on));
                tokio::spawn(async move {
                    app.search
                        .configure_indexing(&app.iam.root(), Some(things), Some(groups))
                        .await
                })
            })
            .collect();
        // One more, whose caller is gone before the commit.
        let root = app.iam.root();
        let gone = app
            .search
            .configure_indexing(&root, Some(things(round % 5 == 0)), None);
        let waited = std::time::Duration::ZERO;
        let _ = tokio::time::timeout(waited, gone).await;
        for call in calls {
            call.await.expect("it ends").expect("it is taken");
        }
        let kept = app
            .kernel
            .store
            .tx("read", |tx| {
                Ok::<_, Error>(tx.meta("fleet-indexing")?.unwrap_or_default())
            })
            .await
            .expect("the store reads");
        let kept: Value = serde_json::from_str(&kept).expect("JSON");
        let now = app.search.indexing_configuration().await.expect("readable");
        assert_eq!(kept["things"], now.things, "round {round}");
        assert_eq!(kept["groups"], now.groups, "round {round}");
    }
}
