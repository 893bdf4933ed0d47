//! What events and the API tell of connections that come and go.

use super::*;
use crate::router::Registration;
use crate::testing::{NOW, TestApp, heard};
use serde_json::Value;

fn arrival(client_id: &str, number: u64) -> Arrival {
    Arrival {
        version_elsewhere: None,
        number,
        client_id: client_id.into(),
        principal: "p".into(),
        certificate: None,
        exclusive_thing: None,
        address: SocketAddr::from(([192, 0, 2, 1], 4711)),
        clean_session: true,
        keep_alive_seconds: 60,
        session_expiry: Duration::ZERO,
    }
}

/// Topics behind `$aws/events/` and documents of what came.
fn events(watcher: &Registration) -> Vec<(String, Value)> {
    let read = |message: Arc<crate::router::Message>| {
        let topic = message.topic.as_str().trim_start_matches("$aws/events/");
        let document = serde_json::from_slice(&message.payload).expect("JSON");
        (topic.to_owned(), document)
    };
    heard(watcher).into_iter().map(read).collect()
}

#[tokio::test]
async fn events_of_a_client_come_in_order() {
    let test = TestApp::new().await;
    let watcher = test.watcher(&["$aws/events/#"]);
    let presence = &test.app.presence;
    let first = presence.arrive(arrival("c", 1)).await;
    presence.subscribed(&first, &["a", "b/+"]).await;
    presence.unsubscribed(&first, &["a"]).await;
    // It loses its client id, and says so itself too late.
    let second = presence.arrive(arrival("c", 2)).await;
    presence
        .leave(&first, DisconnectReason::DuplicateClientId)
        .await;
    presence
        .leave(&second, DisconnectReason::ClientInitiatedDisconnect)
        .await;
    presence
        .refused("c", "p", SocketAddr::from(([192, 0, 2, 1], 1)))
        .await;
    let told = events(&watcher);
    let topics: Vec<&str> = told.iter().map(|(topic, _)| topic.as_str()).collect();
    assert_eq!(
        topics,
        [
            "presence/connected/c",
            "subscriptions/subscribed/c",
            "subscriptions/unsubscribed/c",
            "presence/disconnected/c",
            "presence/connected/c",
            "presence/disconnected/c",
            "presence/connect_failed/c",
        ]
    );
    let connected = &told[0].1;
    assert_eq!(
        (&connected["clientId"], &connected["eventType"]),
        (&"c".into(), &"connected".into())
    );
    assert_eq!(connected["timestamp"], NOW.0);
    assert_eq!(connected["ipAddress"], "192.0.2.1");
    assert_eq!(connected["principalIdentifier"], "p");
    assert_eq!(connected["versionNumber"], 0);
    assert_eq!(told[1].1["topics"], serde_json::json!(["a", "b/+"]));
    let lost = &told[3].1;
    assert_eq!(lost["disconnectReason"], "DUPLICATE_CLIENTID");
    assert_eq!(lost["clientInitiatedDisconnect"], false);
    assert_eq!(lost["sessionIdentifier"], connected["sessionIdentifier"]);
    assert_eq!(lost["versionNumber"], 0);
    assert_eq!(told[4].1["versionNumber"], 1);
    assert_eq!(told[5].1["clientInitiatedDisconnect"], true);
    assert_eq!(told[6].1["connectFailureReason"], "AUTHORIZATION_FAILED");
}

#[tokio::test]
async fn a_newer_connection_is_told_of_once_the_end_of_the_one_before_is() {
    let test = TestApp::new().await;
    let watcher = test.watcher(&["$aws/events/#"]);
    let presence = &test.app.presence;
    let first = presence.arrive(arrival("c", 1)).await;
    let at_work = first.telling.lock().await;
    // Its own task is about to tell of its end, and two more come meanwhile, the second of which ends the other.
    let leaves = presence.leave(&first, DisconnectReason::DuplicateClientId);
    let (second, third) = (arrival("c", 2), arrival("c", 3));
    let (second, third) = (presence.arrive(second), presence.arrive(third));
    let elsewhere = presence.taken_over("c");
    let all = async { tokio::join!(leaves, second, third, elsewhere) };
    let (all, ()) = tokio::join!(all, async {
        tokio::task::yield_now().await;
        assert_eq!(events(&watcher).len(), 1);
        assert_eq!(presence.is_over("c"), None, "its end is still to be told");
        drop(at_work);
    });
    // What it says of itself comes too late.
    presence.subscribed(&all.1, &["a"]).await;
    assert_eq!(all.3, Some(2));
    assert_eq!(presence.is_over("c"), Some(Some(2)));
    let told = events(&watcher);
    let told: Vec<_> = told
        .iter()
        .map(|(topic, document)| (&**topic, document["versionNumber"].as_u64()))
        .collect();
    let (connected, disconnected) = ("presence/connected/c", "presence/disconnected/c");
    assert_eq!(
        told,
        [
            (disconnected, Some(0)),
            (connected, Some(1)),
            (disconnected, Some(1)),
            (connected, Some(2)),
            (disconnected, Some(2)),
        ]
    );
}

#[tokio::test]
async fn client_ids_that_look_like_filters_have_no_events() {
    let test = TestApp::new().await;
    let watcher = test.watcher(&["$aws/events/#"]);
    let presence = &test.app.presence;
    let present = presence.arrive(arrival("c+", 1)).await;
    presence.subscribed(&present, &["a"]).await;
    presence
        .leave(&present, DisconnectReason::ConnectionLost)
        .await;
    assert_eq!(events(&watcher), []);
}

#[tokio::test]
async fn the_api_tells_of_a_connection_and_of_its_end() {
    let test = TestApp::new().await;
    let get = async |path: &str| {
        let line = format!("GET /connections/{path}");
        test.call("iotdata", &line, &[], Value::Null).await
    };
    let missing = get("c").await;
    assert_eq!(missing.status, 404);
    missing.refused("ResourceNotFoundException");
    let presence = &test.app.presence;
    let present = presence.arrive(arrival("c", 1)).await;
    let found = get("c?includeSocketInformation=true").await.ok();
    assert_eq!(
        found,
        serde_json::json!({
            "clientId": "c", "connected": true, "connectedSince": NOW.0, "cleanSession": true,
            "keepAliveDuration": 60, "sessionExpiry": 0, "sourceIp": "192.0.2.1", "sourcePort": 4711,
        })
    );
    presence
        .leave(&present, DisconnectReason::ConnectionLost)
        .await;
    let found = get("c").await.ok();
    assert_eq!(found["connected"], false);
    assert_eq!(found["disconnectReason"], "CONNECTION_LOST");
    assert_eq!(found["disconnectedSince"], NOW.0);
}
