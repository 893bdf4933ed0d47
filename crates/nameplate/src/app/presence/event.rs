//! Lifecycle events: topics and documents. AWS guide: life-cycle-events.

use super::Present;
use crate::app::ids;
use nameplate_core::ctx::Millis;
use nameplate_mqtt::DisconnectReason;
use serde_json::{Map, Value, json};
use std::net::SocketAddr;

/// The topic of an event of a client's: `presence` or `subscriptions`, and what has happened.
pub(super) fn topic(kind: &str, what: &str, client_id: &str) -> String {
    format!("$aws/events/{kind}/{what}/{client_id}")
}

fn document(members: Map<String, Value>) -> Vec<u8> {
    Value::Object(members).to_string().into_bytes()
}

/// What every event of a connection has.
fn members(present: &Present, what: &str, now: Millis) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("clientId".into(), json!(*present.arrival.client_id));
    if let Some(thing) = &present.thing {
        members.insert("thingName".into(), json!(thing));
    }
    members.insert("timestamp".into(), json!(now.0));
    members.insert("eventType".into(), json!(what));
    members.insert("sessionIdentifier".into(), json!(present.session));
    members.insert(
        "principalIdentifier".into(),
        json!(*present.arrival.principal),
    );
    members
}

pub(super) fn connected(present: &Present, now: Millis) -> Vec<u8> {
    let mut members = members(present, "connected", now);
    members.insert("ipAddress".into(), json!(ip(present.arrival.address)));
    members.insert("versionNumber".into(), json!(present.version));
    document(members)
}

pub(super) fn disconnected(present: &Present, reason: DisconnectReason, now: Millis) -> Vec<u8> {
    let mut members = members(present, "disconnected", now);
    members.insert(
        "clientInitiatedDisconnect".into(),
        json!(reason.client_initiated()),
    );
    members.insert("disconnectReason".into(), json!(reason.as_str()));
    members.insert("versionNumber".into(), json!(present.version));
    document(members)
}

/// AWS sends it where the policies allow neither the connection nor its will, and documents this reason alone.
pub(super) fn connect_failed(
    client_id: &str,
    principal: &str,
    address: SocketAddr,
    now: Millis,
) -> Vec<u8> {
    let members = json!({
        "clientId": client_id,
        "timestamp": now.0,
        "eventType": "connect_failed",
        "connectFailureReason": "AUTHORIZATION_FAILED",
        "principalIdentifier": principal,
        "sessionIdentifier": ids::uuid(),
        "ipAddress": ip(address),
    });
    members.to_string().into_bytes()
}

pub(super) fn subscriptions(
    present: &Present,
    what: &'static str,
    filters: &[&str],
    now: Millis,
) -> Vec<u8> {
    let mut members = members(present, what, now);
    members.insert("topics".into(), json!(filters));
    document(members)
}

fn ip(address: SocketAddr) -> String {
    address.ip().to_canonical().to_string()
}
