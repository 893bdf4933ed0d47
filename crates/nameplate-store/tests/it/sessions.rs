//! MQTT sessions: what is written is read back, in order, and goes.

use crate::fixture::{Done, NOW, TestStore};
use nameplate_core::ctx::Millis;
use nameplate_store::{ChunkRow, SessionRow, SubscriptionRow, WillRow};

fn session(key: i64) -> SessionRow {
    SessionRow {
        key,
        owner: 0,
        epoch: 0,
        client_id: format!("client {key}"),
        principal: "p".into(),
        protocol: 3,
        expiry_seconds: 3600,
        keep_alive_seconds: 60,
        connected: NOW,
        disconnected: None,
        will: None,
    }
}

fn subscription(session: i64, filter: &str, qos: i64) -> SubscriptionRow {
    SubscriptionRow {
        session,
        filter: filter.into(),
        qos,
        options: 0,
    }
}

#[tokio::test]
async fn a_session_lives_and_goes() -> Done {
    let test = TestStore::open()?;
    test.tx(|tx| {
        tx.put_mqtt_session(&session(2))?;
        tx.put_mqtt_session(&session(1))?;
        tx.put_mqtt_subscription(&subscription(1, "a/#", 1))?;
        tx.put_mqtt_subscription(&subscription(1, "b", 0))?;
        tx.put_mqtt_subscription(&subscription(2, "b", 0))
    })
    .await?;
    let left = SessionRow {
        disconnected: Some(Millis(NOW.0 + 1)),
        will: Some(vec![0, 255]),
        keep_alive_seconds: 30,
        ..session(1)
    };
    let row = left.clone();
    test.tx(move |tx| {
        tx.put_mqtt_session(&row)?;
        tx.put_mqtt_subscription(&subscription(1, "b", 1))?;
        tx.delete_mqtt_subscription(1, "a/#")
    })
    .await?;
    let test = test.reopened(None)?;
    let all = test.store.read(|conn| conn.mqtt_sessions()).await?;
    assert_eq!(all, [left, session(2)]);
    let read = || test.store.read(|conn| conn.mqtt_subscriptions());
    assert_eq!(
        read().await?,
        [subscription(1, "b", 1), subscription(2, "b", 0)]
    );
    test.tx(|tx| tx.delete_mqtt_session(1, 0)).await?;
    assert_eq!(read().await?, [subscription(2, "b", 0)]);
    let all = test.store.read(|conn| conn.mqtt_sessions()).await?;
    assert_eq!(all, [session(2)]);
    Ok(())
}

#[tokio::test]
async fn what_waits_for_a_group_is_found_by_the_node_that_keeps_it() -> Done {
    let test = TestStore::open()?;
    let kept = |key, owner| SessionRow {
        owner,
        client_id: "$share/g/t".into(),
        ..session(key)
    };
    test.tx(move |tx| {
        for (key, owner) in [(1, 7), (2, -7), (3, -7), (4, -9), (5, 0)] {
            tx.put_mqtt_session(&kept(key, owner))?;
        }
        tx.put_mqtt_subscription(&subscription(1, "$share/g/t", 1))?;
        // Of a session that is no more.
        tx.put_mqtt_subscription(&subscription(6, "$share/h/t", 1))
    })
    .await?;
    let mut keepers = test.store.read(|conn| conn.mqtt_group_keepers()).await?;
    keepers.sort_unstable();
    assert_eq!(keepers, [7, 9]);
    for (filter, is_subscribed) in [("$share/g/t", true), ("$share/h/t", false), ("t", false)] {
        let found = test.store.read(|conn| conn.mqtt_is_subscribed(filter));
        assert_eq!(found.await?, is_subscribed, "{filter}");
    }
    Ok(())
}

#[tokio::test]
async fn a_will_is_kept_until_it_is_forgotten() -> Done {
    let will = |key| WillRow {
        key,
        owner: 0,
        client_id: "c".into(),
        principal: "p".into(),
        source_ip: Some("::1".into()),
        session: Some(1),
        delay_seconds: 60,
        due: None,
        content: vec![0, 255],
    };
    let clean = WillRow {
        source_ip: None,
        session: None,
        delay_seconds: 0,
        ..will(1)
    };
    let test = TestStore::open()?;
    let row = clean.clone();
    // The second time for want of an answer to the first.
    for _ in 0..2 {
        let row = row.clone();
        test.tx(move |tx| {
            tx.insert_mqtt_will(&will(2))?;
            tx.insert_mqtt_will(&row)?;
            tx.set_mqtt_will_due(2, NOW)
        })
        .await?;
    }
    let test = test.reopened(None)?;
    let due = WillRow {
        due: Some(NOW),
        ..will(2)
    };
    let read = || test.store.read(|conn| conn.mqtt_wills());
    assert_eq!(read().await?, [clean, due.clone()]);
    test.tx(|tx| tx.delete_mqtt_will(1)).await?;
    assert_eq!(read().await?, [due]);
    Ok(())
}

#[tokio::test]
async fn messages_wait_in_order() -> Done {
    let test = TestStore::open()?;
    let last = 1 << 63;
    // The second time for want of an answer to the first.
    for _ in 0..2 {
        test.tx(move |tx| {
            tx.insert_mqtt_chunk(7, (1, 0), 64, last, b"later")?;
            tx.insert_mqtt_chunk(6, (1, 0), 2, 0, b"first")?;
            tx.mark_mqtt_chunk(6, 1)
        })
        .await?;
    }
    let chunk = |key, messages, acknowledged| ChunkRow {
        key,
        session: 1,
        messages,
        acknowledged,
        bytes: 5,
    };
    let all = test.store.read(|conn| conn.mqtt_chunks()).await?;
    assert_eq!(all, [chunk(6, 2, 1), chunk(7, 64, last)]);
    let read = || test.store.read(|conn| conn.mqtt_chunk(6));
    assert_eq!(read().await?.as_deref(), Some(&b"first"[..]));
    test.tx(|tx| tx.delete_mqtt_chunk(6)).await?;
    assert_eq!(read().await?, None);
    Ok(())
}

#[tokio::test]
async fn a_session_goes_from_one_node_to_another() -> Done {
    let test = TestStore::open()?;
    let own = SessionRow {
        owner: 7,
        ..session(1)
    };
    let row = own.clone();
    test.tx(move |tx| {
        tx.put_mqtt_session(&row)?;
        tx.put_mqtt_subscription(&subscription(1, "a/#", 1))?;
        // Numbered by the later node before the earlier one: the epoch counts.
        tx.insert_mqtt_chunk(5, (1, 1), 1, 0, b"second")?;
        tx.insert_mqtt_chunk(9, (1, 0), 1, 0, b"first")
    })
    .await?;
    for again in [false, true] {
        let taken = test.tx(|tx| tx.take_mqtt_session(1, 0, 8)).await?;
        assert!(taken, "{again}: who was not told asks once more");
    }
    assert!(
        !test.tx(|tx| tx.take_mqtt_session(1, 0, 9)).await?,
        "too late"
    );
    let taken = SessionRow {
        owner: 8,
        epoch: 1,
        ..session(1)
    };
    // The node that had it writes and ends nothing of it any more.
    let late = SessionRow {
        keep_alive_seconds: 1,
        ..own
    };
    test.tx(move |tx| {
        tx.put_mqtt_session(&late)?;
        tx.delete_mqtt_session(1, 0)
    })
    .await?;
    let of = |owner| {
        test.store
            .read(move |conn| conn.mqtt_sessions_of_owner(owner))
    };
    assert_eq!(of(7).await?, []);
    assert_eq!(of(8).await?, std::slice::from_ref(&taken));
    for (owner, expected) in [(8, &["a/#"][..]), (7, &[])] {
        let filters = test.store.read(|conn| conn.mqtt_filters_of_owner(owner));
        assert_eq!(filters.await?, expected);
    }
    let found = test.store.read(|conn| conn.mqtt_session_of("client 1"));
    assert_eq!(found.await?, Some(taken));
    let filters = test.store.read(|conn| conn.mqtt_subscriptions_of(1));
    assert_eq!(filters.await?, [subscription(1, "a/#", 1)]);
    let chunks = test.store.read(|conn| conn.mqtt_chunks_of(1)).await?;
    let keys: Vec<i64> = chunks.iter().map(|chunk| chunk.key).collect();
    assert_eq!(keys, [9, 5]);
    test.tx(|tx| tx.delete_mqtt_session(1, 1)).await?;
    assert_eq!(of(8).await?, []);
    assert!(!test.tx(|tx| tx.take_mqtt_session(1, 0, 8)).await?);
    Ok(())
}

#[tokio::test]
async fn a_will_goes_from_one_node_to_another() -> Done {
    let test = TestStore::open()?;
    let will = WillRow {
        key: 1,
        owner: 7,
        client_id: "c".into(),
        principal: "p".into(),
        source_ip: None,
        session: None,
        delay_seconds: 0,
        due: None,
        content: vec![1],
    };
    test.tx(move |tx| tx.insert_mqtt_will(&will)).await?;
    for (owner, taken) in [(8, true), (8, true), (9, false)] {
        let answer = test.tx(move |tx| tx.take_mqtt_will(1, 7, owner)).await?;
        assert_eq!(answer, taken, "{owner}");
    }
    test.tx(|tx| tx.delete_mqtt_will(1)).await?;
    assert!(!test.tx(|tx| tx.take_mqtt_will(1, 7, 8)).await?);
    Ok(())
}
