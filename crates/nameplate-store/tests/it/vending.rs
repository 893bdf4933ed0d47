//! Batches and allow-lists.

use crate::fixture::{Done, NOW, TestStore, digest};
use nameplate_core::ctx::Millis;
use nameplate_core::vending::{EntryStatus, NewEntry};
use nameplate_store::{Error, Listed};
use std::collections::BTreeMap;

pub(crate) fn line(serial: &str, token: u64) -> NewEntry {
    NewEntry {
        serial: serial.to_owned(),
        token: Some(digest(token)),
        public_key: None,
        blocked: false,
        parameters: BTreeMap::from([("colour".into(), "\"red\"".into())]),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_put_replaced_and_removed() -> Done {
    let store = TestStore::open()?;
    let key = store
        .tx(|tx| tx.put_vending_batch("b", "{}", Some(b"sealed"), NOW))
        .await?;
    let later = Millis(NOW.0 + 1);
    let again = store
        .tx(move |tx| tx.put_vending_batch("b", "{\"a\":1}", None, later))
        .await?;
    assert_eq!(again, key);
    let store = store.reopened(None)?;
    let row = store.store.read(|conn| conn.vending_batch("b")).await?;
    let row = row.ok_or("it is gone")?;
    assert_eq!(
        (row.key, row.document.as_str(), row.sealed),
        (key, "{\"a\":1}", None)
    );
    assert_eq!((row.created, row.modified), (NOW, later));
    store.tx(move |tx| tx.delete_vending_batch(key)).await?;
    let left = store.store.read(|conn| conn.vending_batches()).await?;
    assert!(left.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_serial_number_is_in_one_batch() -> Done {
    let store = TestStore::open()?;
    // More than are looked up at a time, and one of them twice.
    let many: Vec<NewEntry> = (0..70).map(|n| line(&format!("s{n}"), n)).collect();
    let twice = [many.clone(), vec![line("s1", 500)]].concat();
    let listed = store
        .tx(move |tx| tx.list_vending_entries(1, &twice))
        .await?;
    assert_eq!(listed.iter().filter(|l| **l == Listed::Added).count(), 70);
    assert_eq!(listed.last(), Some(&Listed::Updated));
    let others = vec![line("s69", 7), line("other", 8)];
    let listed = store
        .tx(move |tx| tx.list_vending_entries(2, &others))
        .await?;
    assert_eq!(listed, [Listed::Elsewhere(1), Listed::Added]);
    let entry = store.store.read(|conn| conn.vending_entry("s1")).await?;
    let entry = entry.ok_or("it is gone")?;
    assert_eq!((entry.batch, entry.token), (1, Some(digest(500))));
    assert_eq!(entry.parameters["colour"], "\"red\"");
    assert_eq!(entry.status, EntryStatus::New);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_device_stands_survives_its_line() -> Done {
    let store = TestStore::open()?;
    store
        .tx(|tx| tx.list_vending_entries(1, &[line("s", 1)]).map(drop))
        .await?;
    store
        .tx(|tx| {
            let mut entry = tx.vending_entry("s")?.ok_or(Error::Closed)?;
            entry.status = EntryStatus::Vended;
            entry.certificate = Some(digest(2));
            entry.previous = Some(digest(3));
            entry.thing = Some("lamp".into());
            entry.vended = Some(NOW);
            tx.set_vending_entry(&entry)?;
            tx.list_vending_entries(1, &[line("s", 4)]).map(drop)
        })
        .await?;
    let both = || store.store.read(|conn| conn.vending_entry_and_batch("s"));
    // Its batch has no row.
    assert!(both().await?.is_none());
    let batch = store.tx(|tx| tx.put_vending_batch("b", "{}", None, NOW));
    assert_eq!(batch.await?, 1);
    let (entry, batch) = both().await?.ok_or("it is gone")?;
    assert_eq!((entry.batch, entry.certificate), (1, Some(digest(2))));
    assert_eq!((batch.key, batch.name.as_str()), (1, "b"));
    let read = |conn: &nameplate_store::Conn<'_>| {
        Ok::<_, Error>((
            conn.vending_entry("s")?,
            conn.vending_entry_of_new_certificate(&digest(2))?,
            conn.vending_new_certificates()?,
            conn.vending_counts(1)?,
        ))
    };
    let (entry, by_certificate, waiting, counts) = store.store.read(read).await?;
    let entry = entry.ok_or("it is gone")?;
    assert_eq!(entry.status, EntryStatus::Vended);
    assert_eq!(
        (entry.certificate, entry.previous),
        (Some(digest(2)), Some(digest(3)))
    );
    assert_eq!(
        (entry.thing.as_deref(), entry.vended),
        (Some("lamp"), Some(NOW))
    );
    assert_eq!(entry.token, Some(digest(4)));
    assert_eq!(by_certificate.map(|e| e.key), Some(entry.key));
    assert_eq!(waiting, [digest(2)]);
    assert_eq!(counts, [(EntryStatus::Vended, 1)]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_goes_in_parts() -> Done {
    let store = TestStore::open()?;
    let many: Vec<NewEntry> = (0..10).map(|n| line(&format!("s{n}"), n)).collect();
    store
        .tx(move |tx| tx.list_vending_entries(1, &many).map(drop))
        .await?;
    let page = store
        .store
        .read(|conn| conn.vending_entries(1, 0, 4))
        .await?;
    assert_eq!(page.len(), 4);
    for left in [6, 2] {
        let gone = store.tx(|tx| tx.delete_vending_entries(1, 4)).await?;
        assert_eq!(gone, 4);
        let counts = store.store.read(|conn| conn.vending_counts(1)).await?;
        assert_eq!(counts, [(EntryStatus::New, left)]);
    }
    assert_eq!(store.tx(|tx| tx.delete_vending_entries(1, 4)).await?, 2);
    Ok(())
}
