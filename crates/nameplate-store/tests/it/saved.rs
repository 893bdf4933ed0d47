//! All rows removed, and put back: with the lookups, with what waits, and for whoever still holds the store of before.

use crate::fixture::{Done, TestStore, attempt, certificate, digest, thing};
use nameplate_store::{AttemptFilter, Error, Store};
use std::sync::Arc;

const KEPT: &[&str] = &["account"];

/// Things, certificates and attempts of a store, each as a count, and whether two single values are there.
async fn there(store: &Store) -> Result<(usize, usize, usize, [bool; 2]), Error> {
    let (things, certificates) = store.counts().await?;
    let attempts = store.attempts(&AttemptFilter::default(), 100).await?;
    let values = store
        .read(|conn| {
            Ok::<_, Error>(["account", "code"].map(|name| matches!(conn.meta(name), Ok(Some(_)))))
        })
        .await?;
    Ok((things, certificates, attempts.len(), values))
}

async fn fill(test: &TestStore) -> Result<i64, Error> {
    test.store.record_attempt(attempt("192.0.2.1:1"));
    test.tx(|tx| {
        tx.set_meta("account", Some("1"))?;
        tx.set_meta("code", Some("2"))?;
        certificate(tx, 1, None)?;
        thing(tx, "lamp")
    })
    .await
}

#[tokio::test]
async fn everything_goes_and_comes_back() -> Done {
    let test = TestStore::open()?;
    let lamp = fill(&test).await?;
    test.store.flush().await;
    let full = (1, 1, 1, [true, true]);
    assert_eq!(there(&test.store).await?, full);
    let saved = Arc::new(test.store.saved().await?);
    assert!(saved.bytes() > 100);

    // What waits in memory goes as well.
    test.store.record_attempt(attempt("192.0.2.2:1"));
    let empty = test.store.replaced(None, KEPT).await?;
    assert_eq!(there(&empty).await?, (0, 0, 0, [true, false]));
    assert_eq!(empty.thing_key("lamp").await?, None);
    assert!(empty.certificate_entry(&digest(1)).await?.is_none());
    let other = empty.tx("test", |tx| thing(tx, "switch")).await?;
    assert!(other > lamp, "no key is given twice");

    let back = empty.replaced(Some(Arc::clone(&saved)), KEPT).await?;
    assert_eq!(there(&back).await?, full);
    assert_eq!(back.thing_key("lamp").await?, Some(lamp));
    assert_eq!(back.thing_key("switch").await?, None);
    assert!(back.certificate_entry(&digest(1)).await?.is_some());
    let third = back.tx("test", |tx| thing(tx, "third")).await?;
    assert!(third > other);
    Ok(())
}

#[tokio::test]
async fn who_was_replaced_reads_and_writes_no_more() -> Done {
    let test = TestStore::open()?;
    fill(&test).await?;
    let old = test.store.clone();
    let new = test.store.replaced(None, KEPT).await?;
    assert!(new.is_current() && !old.is_current());
    let refused = |result: Result<i64, Error>| assert!(matches!(result, Err(Error::Closed)));
    refused(old.tx("test", |tx| thing(tx, "late")).await);
    refused(old.read(|_| Ok::<_, Error>(1)).await);
    refused(old.replaced(None, KEPT).await.map(|_| 1));
    assert_eq!(old.record_attempt(attempt("192.0.2.3:1")), 0);
    new.flush().await;
    assert_eq!(there(&new).await?, (0, 0, 0, [true, false]));
    Ok(())
}

#[tokio::test]
async fn what_stands_behind_it_in_one_commit_is_refused() -> Done {
    let test = TestStore::open()?;
    fill(&test).await?;
    let (before, after) = (test.store.clone(), test.store.clone());
    // All three are asked for at once; those of before are written or refused, and never there afterwards.
    let (one, new, other) = tokio::join!(
        before.tx("test", |tx| thing(tx, "before")),
        test.store.replaced(None, KEPT),
        after.tx("test", |tx| thing(tx, "after")),
    );
    assert!(one.is_ok() && matches!(other, Err(Error::Closed)));
    assert_eq!(there(&new?).await?.0, 0);
    Ok(())
}

#[tokio::test]
async fn a_restart_finds_what_was_put_in_place() -> Done {
    let test = TestStore::open()?;
    fill(&test).await?;
    drop(test.store.replaced(None, KEPT).await?);
    let test = test.reopened(None)?;
    assert_eq!(there(&test.store).await?, (0, 0, 0, [true, false]));
    Ok(())
}
