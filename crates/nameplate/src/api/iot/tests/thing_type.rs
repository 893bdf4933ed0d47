use crate::testing::{ARN, NOW, TestApp};
use serde_json::{Value, json};

#[tokio::test]
async fn a_thing_type_lives_and_goes() {
    let app = TestApp::new().await;
    let properties = json!({
        "thingTypeDescription": "a bulb",
        "searchableAttributes": ["model"],
        "mqtt5Configuration": {"propagatingAttributes": [{"userPropertyKey": "m", "thingAttribute": "model"}]},
    });
    let body = json!({"thingTypeProperties": properties, "tags": [{"Key": "team", "Value": "a"}]});
    let created = app.iot("POST /thing-types/bulb", body.clone()).await.ok();
    let id = created["thingTypeId"].clone();
    assert_eq!(
        created,
        json!({"thingTypeName": "bulb", "thingTypeArn": format!("{ARN}thingtype/bulb"), "thingTypeId": id})
    );
    assert_eq!(app.iot("POST /thing-types/bulb", body).await.ok(), created);
    let describe = async || {
        let line = "GET /thing-types/bulb";
        app.iot(line, Value::Null).await.ok()
    };
    let now = NOW.as_seconds_f64();
    assert_eq!(
        describe().await,
        json!({
            "thingTypeName": "bulb",
            "thingTypeArn": format!("{ARN}thingtype/bulb"),
            "thingTypeProperties": properties,
            "thingTypeMetadata": {"deprecated": false, "creationDate": now},
            "thingTypeId": id,
        })
    );
    let change =
        json!({"thingTypeProperties": {"mqtt5Configuration": {"propagatingAttributes": []}}});
    app.iot("PATCH /thing-types/bulb", change).await.ok();
    let changed = describe().await;
    let expected = json!({"propagatingAttributes": []});
    assert_eq!(
        changed["thingTypeProperties"]["mqtt5Configuration"],
        expected
    );
    assert_eq!(
        changed["thingTypeProperties"]["thingTypeDescription"],
        "a bulb"
    );
    app.iot("POST /thing-types/bulb/deprecate", json!({}))
        .await
        .ok();
    assert_eq!(
        describe().await["thingTypeMetadata"],
        json!({"deprecated": true, "deprecationDate": now, "creationDate": now})
    );
    let undo = json!({"undoDeprecate": true});
    app.iot("POST /thing-types/bulb/deprecate", undo).await.ok();
    assert_eq!(describe().await["thingTypeMetadata"]["deprecated"], false);
    app.iot("POST /thing-types/bulb/deprecate", json!({}))
        .await
        .ok();
    app.iot("DELETE /thing-types/bulb", Value::Null).await.ok();
    app.iot("GET /thing-types/bulb", Value::Null)
        .await
        .refused("ResourceNotFoundException");
}

#[tokio::test]
async fn what_thing_types_refuse() {
    let app = TestApp::new().await;
    app.iot("POST /thing-types/bulb", json!({})).await.ok();
    app.iot("POST /thing-types/used", json!({})).await.ok();
    app.iot("POST /things/lamp", json!({"thingTypeName": "used"}))
        .await
        .ok();
    app.iot("POST /thing-types/used/deprecate", json!({}))
        .await
        .ok();
    let tags: Vec<_> = (0..51).map(|n| json!({"Key": format!("k{n}")})).collect();
    let unknown = "Thing Type 123456789012:none not found.";
    app.refused(&[
        (
            "POST /thing-types/bulb",
            json!({"thingTypeProperties": {"thingTypeDescription": "another"}}),
            "ResourceAlreadyExistsException",
            "Thing Type bulb already exists in current account with different properties",
        ),
        (
            "POST /thing-types/new",
            json!({"thingTypeProperties": {"searchableAttributes": ["a", "b", "c", "d"]}}),
            "InvalidRequestException",
            "A thing type can have at most 3 searchable attributes, and these are 4",
        ),
        (
            "POST /thing-types/new",
            json!({"thingTypeProperties": {"mqtt5Configuration": {"propagatingAttributes": [{"userPropertyKey": "m"}]}}}),
            "InvalidRequestException",
            r#"A propagating attribute must have a userPropertyKey and either a thingAttribute or a connectionAttribute: {"userPropertyKey":"m"}"#,
        ),
        (
            "POST /thing-types/new",
            json!({"tags": [{"Key": "aws:x", "Value": "1"}]}),
            "InvalidRequestException",
            r#"Tags cannot begin with "aws:", offending tag: aws:x"#,
        ),
        (
            "POST /thing-types/new",
            json!({"tags": [{"Key": "x"}, {"Key": "x"}]}),
            "InvalidRequestException",
            "Duplicate tag keys found, offending tag: x",
        ),
        (
            "POST /thing-types/new",
            json!({"tags": tags}),
            "InvalidRequestException",
            "A resource can have at most 50 tags, and these are 51",
        ),
        (
            "GET /thing-types/none",
            Value::Null,
            "ResourceNotFoundException",
            unknown,
        ),
        (
            "PATCH /thing-types/none",
            json!({}),
            "ResourceNotFoundException",
            unknown,
        ),
        (
            "PATCH /thing-types/bulb",
            json!({"thingTypeProperties": {"thingTypeDescription": "x"}}),
            "InvalidRequestException",
            "Can only update mqtt5Configuration.",
        ),
        (
            "POST /thing-types/none/deprecate",
            json!({}),
            "ResourceNotFoundException",
            unknown,
        ),
        (
            "DELETE /thing-types/none",
            Value::Null,
            "ResourceNotFoundException",
            unknown,
        ),
        (
            "DELETE /thing-types/bulb",
            Value::Null,
            "InvalidRequestException",
            "Cannot delete thing type : bulb. Please wait for 5 minutes after deprecation and then retry",
        ),
        (
            "DELETE /thing-types/used",
            Value::Null,
            "InvalidRequestException",
            "Can not delete thing type used with things associated with it",
        ),
    ])
    .await;
}

#[tokio::test]
async fn thing_types_are_listed_in_pages_by_prefix() {
    let app = TestApp::new().await;
    for name in ["lamp-b", "door", "lamp-a"] {
        app.iot(&format!("POST /thing-types/{name}"), json!({}))
            .await
            .ok();
    }
    let check = async |query: &str, expected: &[&str]| {
        let line = format!("GET /thing-types?maxResults=1{query}");
        let found = app.pages(&line, &[], "thingTypes").await;
        let names: Vec<_> = found.iter().map(|found| &found["thingTypeName"]).collect();
        assert_eq!(names, expected, "{query}");
    };
    check("", &["lamp-b", "door", "lamp-a"]).await;
    check("&thingTypeName=lamp", &["lamp-b", "lamp-a"]).await;
    check("&thingTypeName=LAMP", &[]).await;
}

#[tokio::test]
async fn a_deletion_waits_as_long_as_is_set() {
    let app = TestApp::with(|settings| settings.thing_type_deletion_wait_seconds = 300).await;
    app.iot("POST /thing-types/bulb", json!({})).await.ok();
    app.iot("POST /thing-types/bulb/deprecate", json!({}))
        .await
        .ok();
    let answer = app.iot("DELETE /thing-types/bulb", Value::Null).await;
    assert_eq!(
        answer.refused("InvalidRequestException"),
        "Cannot delete thing type : bulb. Please wait for 5 minutes after deprecation and then retry"
    );
}

#[tokio::test]
async fn the_order_of_lists_makes_no_other_type() {
    let app = TestApp::new().await;
    let body = |attributes: Value, keys: [&str; 2]| {
        let propagating: Vec<Value> = keys
            .iter()
            .map(|key| json!({"userPropertyKey": key, "thingAttribute": "a1"}))
            .collect();
        json!({"thingTypeProperties": {
            "searchableAttributes": attributes,
            "mqtt5Configuration": {"propagatingAttributes": propagating},
        }})
    };
    let line = "POST /thing-types/lamp";
    let first = app.iot(line, body(json!(["a1", "a2", "a3"]), ["k", "l"]));
    let first = first.await.ok();
    let again = app.iot(line, body(json!(["a3", "a2", "a1"]), ["l", "k"]));
    assert_eq!(again.await.ok(), first);
    let other = app.iot(line, body(json!(["a1", "a2"]), ["k", "l"]));
    other.await.refused("ResourceAlreadyExistsException");
    // What is empty is not there.
    let line = "POST /thing-types/plain";
    let first = app.iot(line, json!({})).await.ok();
    let empty =
        json!({"thingTypeProperties": {"thingTypeDescription": "", "searchableAttributes": []}});
    assert_eq!(app.iot(line, empty).await.ok(), first);
}
