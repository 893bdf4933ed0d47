//! Topic rules, destinations and failures: what is written is read back, and told.

use crate::fixture::{Done, NOW, TestStore};
use nameplate_core::ctx::Millis;
use nameplate_store::rule::{DestinationRow, RuleFailureRow, RuleRow};
use nameplate_store::{Change, Notice};

const TOLD: [Change; 1] = [Change::Notice(Notice::Rules)];

fn rule(name: &str) -> RuleRow {
    RuleRow {
        key: 0,
        name: name.into(),
        document: "{}".into(),
        filter: Some("a/#".into()),
        disabled: false,
        created: NOW,
        revision: 0,
    }
}

fn failure(reason: &str, at: i64, times: i64) -> RuleFailureRow {
    RuleFailureRow {
        rule: "r".into(),
        action: "S3Action".into(),
        reason: reason.into(),
        resource: format!("b{at}"),
        topic: "a/b".into(),
        client_id: None,
        first: Millis(at),
        last: Millis(at),
        times,
    }
}

#[tokio::test]
async fn a_rule_lives_and_goes() -> Done {
    let test = TestStore::open()?;
    let key = test.tx(|tx| tx.insert_topic_rule(&rule("r"))).await?;
    test.tx(|tx| tx.insert_topic_rule(&rule("s"))).await?;
    assert_eq!(test.changes().last(), TOLD.last());
    let read = || test.store.read(|conn| conn.topic_rule("r"));
    let found = read().await?.ok_or("it is gone")?;
    let expected = RuleRow {
        key,
        revision: 1,
        ..rule("r")
    };
    assert_eq!(found, expected);
    let changed = RuleRow {
        document: "{\"sql\":1}".into(),
        filter: None,
        disabled: true,
        ..found
    };
    test.tx({
        let changed = changed.clone();
        move |tx| tx.update_topic_rule(&changed)
    })
    .await?;
    let found = test.store.read(|conn| conn.topic_rule_of(key)).await?;
    assert_eq!(
        found,
        Some(RuleRow {
            revision: 2,
            ..changed
        })
    );
    let enabled = test.store.read(|conn| conn.enabled_topic_rules()).await?;
    assert_eq!(enabled, [(key + 1, 1)]);
    assert_eq!(test.store.read(|conn| conn.topic_rule_count()).await?, 2);

    test.tx(|tx| tx.add_rule_failure(&failure("no", 1, 2)))
        .await?;
    test.changes();
    test.tx(move |tx| tx.delete_topic_rule(key, "r")).await?;
    assert_eq!(test.changes(), TOLD);
    assert_eq!(read().await?, None);
    let names: Vec<_> = test.store.read(|conn| conn.topic_rules()).await?;
    assert_eq!(names.len(), 1);
    let failures = test.store.read(|conn| conn.rule_failures("r")).await?;
    assert_eq!(failures, []);
    Ok(())
}

#[tokio::test]
async fn a_destination_lives_and_goes() -> Done {
    let test = TestStore::open()?;
    let new = DestinationRow {
        key: 0,
        uuid: "u".into(),
        url: "https://example.com".into(),
        status: "IN_PROGRESS".into(),
        reason: "waits".into(),
        token: Some(vec![1, 2]),
        created: NOW,
        modified: NOW,
    };
    test.tx({
        let new = new.clone();
        move |tx| tx.insert_rule_destination(&new)
    })
    .await?;
    let read = || test.store.read(|conn| conn.rule_destination("u"));
    let found = read().await?.ok_or("it is gone")?;
    let mut changed = DestinationRow {
        key: found.key,
        ..new
    };
    assert_eq!(found, changed);
    let by_token = |token: &'static [u8]| {
        test.store
            .read(move |conn| conn.rule_destination_by_token(token))
    };
    assert_eq!(by_token(&[1, 2]).await?, Some(found.clone()));
    changed.status = "ENABLED".into();
    changed.reason = String::new();
    changed.token = None;
    test.changes();
    test.tx({
        let changed = changed.clone();
        move |tx| tx.update_rule_destination(&changed)
    })
    .await?;
    assert_eq!(test.changes(), TOLD);
    assert_eq!(by_token(&[1, 2]).await?, None);
    let url = changed.url.clone();
    let by_url = test
        .store
        .read(|conn| conn.rule_destination_by_url(&url))
        .await?;
    assert_eq!(by_url, Some(changed.clone()));
    test.tx(move |tx| tx.delete_rule_destination(changed.key))
        .await?;
    assert_eq!(read().await?, None);
    Ok(())
}

#[tokio::test]
async fn equal_failures_are_one() -> Done {
    let test = TestStore::open()?;
    test.tx(|tx| {
        tx.add_rule_failure(&failure("no", 5, 2))?;
        tx.add_rule_failure(&failure("other", 6, 1))?;
        tx.add_rule_failure(&failure("no", 9, 3))
    })
    .await?;
    let read = || test.store.read(|conn| conn.rule_failures("r"));
    let both = RuleFailureRow {
        first: Millis(5),
        times: 5,
        ..failure("no", 9, 0)
    };
    assert_eq!(read().await?, [both, failure("other", 6, 1)]);
    test.tx(|tx| tx.delete_rule_failure("r", "S3Action", "no"))
        .await?;
    assert_eq!(read().await?, [failure("other", 6, 1)]);
    Ok(())
}
