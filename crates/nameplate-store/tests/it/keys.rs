//! Keys name rows in pagination tokens and change notices, so none is given twice.

use crate::fixture::{Done, NOW, TestStore, ca, certificate, thing};
use nameplate_store::{Error, NewGroup, Tx};

/// Adds a row, sees that its key is new and greater than all before, and removes it; over and over, with a failed
/// write and a restart between.
async fn check(
    what: &str,
    add: impl Fn(&mut Tx<'_>, u64) -> Result<i64, Error> + Clone + Send + 'static,
    remove: impl Fn(&mut Tx<'_>, i64, u64) -> Result<(), Error> + Clone + Send + 'static,
) -> Done {
    let mut test = TestStore::open()?;
    let mut last = 0;
    for number in 0..12u64 {
        let (add_one, remove_one) = (add.clone(), remove.clone());
        let key = test.tx(move |tx| add_one(tx, number)).await?;
        assert!(key > last, "{what}: {key} was given after {last}");
        last = key;
        test.tx(move |tx| remove_one(tx, key, number)).await?;
        match number % 3 {
            0 => test = test.reopened(None)?,
            1 => {
                let add_one = add.clone();
                let failed = test
                    .tx(move |tx| {
                        add_one(tx, 1000 + number)?;
                        Err::<(), _>(Error::Closed)
                    })
                    .await;
                assert!(failed.is_err());
            }
            _ => {}
        }
    }
    Ok(())
}

#[tokio::test]
async fn of_things() -> Done {
    check(
        "thing",
        |tx, n| thing(tx, &format!("thing-{n}")),
        |tx, key, n| tx.delete_thing(key, &format!("thing-{n}")),
    )
    .await
}

#[tokio::test]
async fn of_certificates() -> Done {
    check(
        "certificate",
        |tx, n| certificate(tx, n, None),
        |tx, _, n| tx.delete_certificate(&crate::fixture::digest(n)),
    )
    .await
}

#[tokio::test]
async fn of_policies() -> Done {
    check(
        "policy",
        |tx, n| tx.insert_policy(&format!("policy-{n}"), "{}", NOW),
        |tx, key, _| tx.delete_policy(key),
    )
    .await
}

#[tokio::test]
async fn of_thing_types() -> Done {
    check(
        "thing type",
        |tx, n| tx.insert_thing_type(&format!("type-{n}"), "id", "{}", NOW),
        |tx, key, _| tx.delete_thing_type(key),
    )
    .await
}

#[tokio::test]
async fn of_groups() -> Done {
    check(
        "thing group",
        |tx, n| {
            tx.insert_group(&NewGroup {
                name: &format!("group-{n}"),
                group_id: "id",
                parent: None,
                description: None,
                attributes: &Default::default(),
                query: None,
                created: NOW,
            })
        },
        |tx, key, _| tx.delete_group(key),
    )
    .await
}

#[tokio::test]
async fn of_events() -> Done {
    check(
        "event",
        |tx, n| {
            tx.owe_event(format!("topic/{n}"), Vec::new())?;
            Ok(tx.owed_events(100)?.last().map_or(0, |event| event.key))
        },
        |tx, key, _| tx.settle_events(key),
    )
    .await
}

#[tokio::test]
async fn of_ca_certificates() -> Done {
    // They are never removed; deleting keeps the row.
    check(
        "CA certificate",
        |tx, n| tx.insert_ca(&ca(n)),
        |tx, key, _| tx.delete_ca(key, NOW),
    )
    .await
}

#[tokio::test]
async fn many_in_one_commit_and_after_a_restart() -> Done {
    let test = TestStore::open()?;
    // More than a counter is written down for at a time.
    let keys = test
        .tx(|tx| {
            (0..5000)
                .map(|n| thing(tx, &format!("thing-{n}")))
                .collect::<Result<Vec<_>, _>>()
        })
        .await?;
    assert!(keys.is_sorted_by(|one, next| one < next));
    let last = keys.last().copied().unwrap_or_default();
    test.tx(move |tx| tx.delete_thing(last, "thing-4999"))
        .await?;
    let test = test.reopened(None)?;
    assert!(test.thing("next").await? > last);
    assert_eq!(test.store.counts().await?.0, 5000);
    Ok(())
}
