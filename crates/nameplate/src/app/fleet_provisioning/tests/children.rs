//! A gateway registers things that it speaks for.

use super::*;
use crate::testing::ARN;

fn topic(child: &str) -> String {
    format!("$nameplate/things/{child}/register-child/json")
}

/// A gateway whose client id is `lamp`, and its certificate's id.
async fn gateway() -> (World, String) {
    let world = World::ready().await;
    let id = world.registered().await;
    world.test.iot("POST /things/lamp", json!({})).await.ok();
    let principal = format!("{ARN}cert/{id}");
    let header = [("x-amzn-principal", principal.as_str())];
    let line = "PUT /things/lamp/principals";
    world.test.iot_with(line, &header, Value::Null).await.ok();
    (world, id)
}

#[tokio::test]
async fn a_gateway_registers_what_is_new_or_its_own() {
    let (world, id) = gateway().await;
    let asked =
        async |child: &str, payload: Value| world.ask_as(&id, &topic(child), &payload).await;
    let (word, answer) = asked("bulb", json!({"attributes": {"floor": 2}})).await;
    assert_eq!(word, "accepted", "{answer}");
    let thing = world.test.iot("GET /things/bulb", Value::Null).await.ok();
    assert_eq!(thing["attributes"], json!({"floor": "2", "parent": "lamp"}));
    let expected = json!({
        "thingName": "bulb", "thingId": thing["thingId"], "thingArn": format!("{ARN}thing/bulb"), "parent": "lamp",
    });
    assert_eq!(answer, expected);
    let record = world.record("bulb").await;
    assert_eq!(
        (&record["code"], &record["flow"]),
        (&json!("child-registered"), &json!("child"))
    );
    assert_eq!(world.record("lamp").await["code"], "child-registered");
    // Once more: what it says is changed, and the rest stays.
    let (word, _) = asked("bulb", json!({"attributes": {"floor": "", "room": "hall"}})).await;
    assert_eq!(word, "accepted");
    let (word, _) = asked("bulb", json!({})).await;
    assert_eq!(word, "accepted");
    let again = world.test.iot("GET /things/bulb", Value::Null).await.ok();
    assert_eq!(
        again["attributes"],
        json!({"room": "hall", "parent": "lamp"})
    );
    assert_eq!(
        (&again["thingId"], &again["version"]),
        (&thing["thingId"], &json!(2))
    );

    // Those of others, and what stands by itself.
    let theirs = json!({"attributePayload": {"attributes": {"parent": "other"}}});
    world.test.iot("POST /things/theirs", theirs).await.ok();
    world.test.iot("POST /things/alone", json!({})).await.ok();
    for (child, reason) in [
        ("theirs", "is a child of other, not of lamp"),
        ("alone", "is nobody's child"),
        ("lamp-1", "is nobody's child"),
    ] {
        let (word, answer) = asked(child, json!({})).await;
        assert_eq!(
            (word.as_str(), &answer["statusCode"]),
            ("rejected", &json!(403))
        );
        assert!(!answer.to_string().contains("other"), "{answer}");
        let record = world.record(child).await;
        assert_eq!(record["code"], "child-of-another");
        let found = record["reason"].as_str().unwrap_or_default();
        assert!(found.contains(reason), "{found}");
    }
    for (child, payload, code) in [
        ("bad name", json!({}), "InvalidParameters"),
        ("lamp", json!({}), "InvalidParameters"),
        (
            "x",
            json!({"attributes": {"parent": "other"}}),
            "InvalidParameters",
        ),
        (
            "x",
            json!({"attributes": {"a b": "c"}}),
            "InvalidParameters",
        ),
        (
            "x",
            json!({"attributes": {"a": "1", "b": "2", "c": "3"}}),
            "InvalidParameters",
        ),
        ("x", json!({"attributes": []}), "InvalidPayload"),
        ("x", json!({"thingTypeName": "T"}), "ResourceNotFound"),
    ] {
        let (_, answer) = asked(child, payload.clone()).await;
        assert_eq!(answer["errorCode"], code, "{child} {payload} {answer}");
    }
    let absent = world.test.iot("GET /things/x", Value::Null).await;
    assert_eq!(absent.status, 404);
}

#[tokio::test]
async fn only_the_connection_of_a_thing_is_a_gateway() {
    let (world, id) = gateway().await;
    let line = "DELETE /things/lamp/principals";
    let principal = format!("{ARN}cert/{id}");
    let header = [("x-amzn-principal", principal.as_str())];
    world.test.iot_with(line, &header, Value::Null).await.ok();
    for who in [id.as_str(), CLAIM, "AIDAEXAMPLE"] {
        let (_, answer) = world.ask_as(who, &topic("bulb"), &json!({})).await;
        assert_eq!(answer["errorCode"], "AccessDenied", "{who}");
    }
    assert_eq!(world.record("bulb").await["code"], "child-no-gateway");
}
