//! Jobs for groups with many below them, and groups that go meanwhile.

use super::World;
use crate::testing::{NOW, TestApp};
use nameplate_store::{Error, NewGroup, Tx};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Groups below `parent`, and with the last of them more below that one: keys of all, in the order of their creation.
async fn groups_below(test: &TestApp, parent: &str, rows: usize, each: usize) -> Vec<i64> {
    let parent = parent.to_owned();
    let make = move |tx: &mut Tx<'_>| {
        let top = tx.group(&parent)?.map(|group| group.key);
        let mut keys = Vec::new();
        let make = |tx: &mut Tx<'_>, name: &str, parent| {
            tx.insert_group(&NewGroup {
                name,
                group_id: name,
                parent,
                description: None,
                attributes: &BTreeMap::new(),
                query: None,
                created: NOW,
            })
        };
        for row in 0..rows {
            let above = make(tx, &format!("row-{row}"), top)?;
            keys.push(above);
            for at in 0..each {
                keys.push(make(tx, &format!("row-{row}-{at}"), Some(above))?);
            }
        }
        Ok::<_, Error>(keys)
    };
    let store = &test.app.kernel.store;
    store.tx("groups", make).await.expect("made")
}

#[tokio::test]
async fn no_group_below_a_target_is_left_out() {
    let world = World::new().await;
    let keys = groups_below(&world.test, "g", 103, 99).await;
    assert!(keys.len() > 10_000);
    for (name, group) in [("d", "row-0"), ("e", "row-51-7"), ("f", "row-102-98")] {
        let path = format!("POST /things/{name}");
        world.test.iot(&path, json!({})).await.ok();
        world.test.join(name, group).await;
    }
    let slow = json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": 4}});
    world.create("j", "thinggroup/g", slow).await;
    world.pass().await;
    let four = ["a QUEUED", "b QUEUED", "d QUEUED", "e QUEUED"];
    assert_eq!(world.executions("j").await, four);
    world.test.app.kernel.time().set_ahead(61_000);
    world.pass().await;
    assert_eq!(world.executions("j").await.len(), 5);
    assert_eq!(world.status("j").await, "IN_PROGRESS");
    for thing in ["a", "b", "d", "e", "f"] {
        world.update(thing, "j", "SUCCEEDED").await;
    }
    world.pass().await;
    assert_eq!(world.status("j").await, "COMPLETED");
}

#[tokio::test]
async fn a_group_that_goes_meanwhile_ends_no_walk() {
    let world = World::new().await;
    groups_below(&world.test, "g", 3, 0).await;
    for (name, group) in [("d", "row-1"), ("e", "row-2")] {
        let path = format!("POST /things/{name}");
        world.test.iot(&path, json!({})).await.ok();
        world.test.join(name, group).await;
    }
    let slow = json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": 3}});
    world.create("j", "thinggroup/g", slow).await;
    world.pass().await;
    let three = ["a QUEUED", "b QUEUED", "d QUEUED"];
    assert_eq!(world.executions("j").await, three);
    let gone = "DELETE /thing-groups/row-1";
    world.test.iot(gone, Value::Null).await.ok();
    world.test.app.kernel.time().set_ahead(61_000);
    world.pass().await;
    assert!(world.executions("j").await.contains(&"e QUEUED".to_owned()));
}
