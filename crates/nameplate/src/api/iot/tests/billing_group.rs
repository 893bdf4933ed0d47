use crate::testing::{ARN, NOW, TestApp};
use serde_json::{Value, json};

const ADD: &str = "PUT /billing-groups/addThingToBillingGroup";
const REMOVE: &str = "PUT /billing-groups/removeThingFromBillingGroup";

#[tokio::test]
async fn a_billing_group_lives_and_goes() {
    let app = TestApp::new().await;
    let body = json!({
        "billingGroupProperties": {"billingGroupDescription": "north"},
        "tags": [{"Key": "team", "Value": "a"}],
    });
    let line = "POST /billing-groups/b";
    let created = app.iot(line, body.clone()).await.ok();
    let id = created["billingGroupId"].clone();
    assert_eq!(
        created,
        json!({"billingGroupName": "b", "billingGroupArn": format!("{ARN}billinggroup/b"), "billingGroupId": id})
    );
    assert_eq!(app.iot(line, body).await.ok(), created);
    let check = async |change: Value, version: i64, properties: Value| {
        let body = json!({"billingGroupProperties": change, "expectedVersion": version - 1});
        let answer = app.iot("PATCH /billing-groups/b", body).await.ok();
        assert_eq!(answer, json!({"version": version}));
        assert_eq!(
            app.iot("GET /billing-groups/b", Value::Null).await.ok(),
            json!({
                "billingGroupName": "b",
                "billingGroupId": id,
                "billingGroupArn": format!("{ARN}billinggroup/b"),
                "version": version,
                "billingGroupProperties": properties,
                "billingGroupMetadata": {"creationDate": NOW.as_seconds_f64()},
            })
        );
    };
    check(json!({}), 2, json!({"billingGroupDescription": "north"})).await;
    let south = json!({"billingGroupDescription": "south"});
    check(south.clone(), 3, south).await;
    check(json!({"billingGroupDescription": ""}), 4, json!({})).await;
    app.iot("DELETE /billing-groups/b?expectedVersion=4", Value::Null)
        .await
        .ok();
    // Deleting what is not there succeeds.
    app.iot("DELETE /billing-groups/b", Value::Null).await.ok();
    app.iot("GET /billing-groups/b", Value::Null)
        .await
        .refused("ResourceNotFoundException");
}

#[tokio::test]
async fn a_thing_is_in_one_billing_group() {
    let app = TestApp::new().await;
    for group in ["a", "b", "ab"] {
        app.iot(&format!("POST /billing-groups/{group}"), json!({}))
            .await
            .ok();
    }
    app.iot("POST /things/one", json!({"billingGroupName": "a"}))
        .await
        .ok();
    app.iot("POST /things/two", json!({})).await.ok();
    let check = async |group: &str, expected: &[&str]| {
        let line = format!("GET /billing-groups/{group}/things?maxResults=1");
        assert_eq!(app.pages(&line, &[], "things").await, *expected, "{group}");
    };
    check("a", &["one"]).await;
    let by_arn = json!({
        "thingArn": format!("{ARN}thing/two"),
        "billingGroupArn": format!("{ARN}billinggroup/a"),
    });
    app.iot(ADD, by_arn).await.ok();
    check("a", &["one", "two"]).await;
    // Into another is out of the first.
    let into_b = json!({"thingName": "one", "billingGroupName": "b"});
    app.iot(ADD, into_b.clone()).await.ok();
    check("a", &["two"]).await;
    check("b", &["one"]).await;
    // Out of one that it is not in changes nothing.
    let out_of_a = json!({"thingName": "one", "billingGroupName": "a"});
    app.iot(REMOVE, out_of_a).await.ok();
    check("b", &["one"]).await;
    app.iot(REMOVE, into_b).await.ok();
    check("b", &[]).await;
    let describe = async || app.iot("GET /things/two", Value::Null).await.ok();
    assert_eq!(describe().await["billingGroupName"], "a");
    app.iot("DELETE /billing-groups/a", Value::Null).await.ok();
    assert_eq!(describe().await.get("billingGroupName"), None);
    let list = async |query: &str| {
        let line = format!("GET /billing-groups?maxResults=1{query}");
        app.pages(&line, &[], "billingGroups").await
    };
    let entry =
        |name: &str| json!({"groupName": name, "groupArn": format!("{ARN}billinggroup/{name}")});
    assert_eq!(list("").await, [entry("b"), entry("ab")]);
    assert_eq!(list("&namePrefixFilter=a").await, [entry("ab")]);
}

#[tokio::test]
async fn what_billing_groups_refuse() {
    let app = TestApp::new().await;
    app.iot("POST /billing-groups/b", json!({})).await.ok();
    app.iot("POST /things/lamp", json!({})).await.ok();
    let exists = "Billing Group b already exists in current account with different properties";
    let version = "The version for billing group b does not match the expected version.";
    let unknown = "Billing Group 123456789012:none not found.";
    app.refused(&[
        (
            "POST /billing-groups/b",
            json!({"billingGroupProperties": {"billingGroupDescription": "x"}}),
            "ResourceAlreadyExistsException",
            exists,
        ),
        (
            "POST /billing-groups/b",
            json!({"tags": [{"Key": "a", "Value": "b"}]}),
            "ResourceAlreadyExistsException",
            exists,
        ),
        (
            "PATCH /billing-groups/b",
            json!({"billingGroupProperties": {}, "expectedVersion": 7}),
            "VersionConflictException",
            version,
        ),
        (
            "PATCH /billing-groups/none",
            json!({"billingGroupProperties": {}}),
            "ResourceNotFoundException",
            unknown,
        ),
        (
            "DELETE /billing-groups/b?expectedVersion=7",
            Value::Null,
            "VersionConflictException",
            version,
        ),
        (
            "GET /billing-groups/none",
            Value::Null,
            "ResourceNotFoundException",
            unknown,
        ),
        (
            "GET /billing-groups/none/things",
            Value::Null,
            "ResourceNotFoundException",
            unknown,
        ),
    ])
    .await;
    for line in [ADD, REMOVE] {
        app.refused(&[
            (
                line,
                json!({"thingName": "lamp"}),
                "InvalidRequestException",
                "Both billingGroupName and billingGroupArn cannot be null",
            ),
            (
                line,
                json!({"billingGroupName": "b"}),
                "InvalidRequestException",
                "Both thingName and thingArn cannot be null",
            ),
            (
                line,
                json!({"thingName": "lamp", "billingGroupName": "b", "billingGroupArn": format!("{ARN}billinggroup/x")}),
                "InvalidRequestException",
                "BillingGroupName in billingGroupArn does not match specified billingGroupName in request",
            ),
            (
                line,
                json!({"thingName": "lamp", "billingGroupName": "none"}),
                "ResourceNotFoundException",
                unknown,
            ),
            (
                line,
                json!({"thingName": "none", "billingGroupName": "b"}),
                "ResourceNotFoundException",
                "Thing 123456789012:none not found.",
            ),
        ])
        .await;
    }
}
