//! Tables of DynamoDB: items in the order of keys, entries of indexes, and work in steps.

use crate::fixture::{Done, TestStore};
use nameplate_store::Error;
use nameplate_store::dynamodb::EntryPlace;

const END: &[u8] = &[0xff; 8];

#[tokio::test]
async fn items_are_found_in_the_order_of_their_keys() -> Done {
    let test = TestStore::open()?;
    test.tx(|tx| {
        let table = tx.next_dynamodb_key()?;
        assert_eq!(table, 1);
        tx.insert_dynamodb_table(table, "t", "{}")?;
        for (hash, range) in [("b", "2"), ("a", "1"), ("b", "1"), ("b", "3"), ("c", "")] {
            let item = format!("{hash}{range}");
            let key = (hash.as_bytes(), range.as_bytes());
            tx.put_dynamodb_item(table, key, 2, item.as_bytes(), None)?;
            tx.add_dynamodb_size(table, 1, 2)?;
        }
        tx.put_dynamodb_item(table, (b"b", b"2"), 5, b"again", Some(7))?;
        Ok(())
    })
    .await?;
    test.store
        .read(|conn| {
            let found = conn.dynamodb_table("t")?.expect("it is there");
            assert_eq!((found.key, found.revision), (1, 0));
            assert_eq!(conn.dynamodb_tables("", 10)?, ["t"]);
            assert_eq!(conn.dynamodb_size(1)?, (5, 10));
            let one = conn.dynamodb_item(1, b"b", b"2")?.expect("it is there");
            assert_eq!((one.size, one.item), (5, b"again".to_vec()));
            let keys: [(&[u8], &[u8]); 4] = [(b"b", b"2"), (b"c", b""), (b"c", b"1"), (b"b", b"")];
            let some = conn.dynamodb_items(1, &keys)?;
            let mut some: Vec<_> = some.into_iter().map(|(key, row)| (key, row.item)).collect();
            some.sort();
            let wanted = [
                ((b"b".to_vec(), b"2".to_vec()), b"again".to_vec()),
                ((b"c".to_vec(), Vec::new()), b"c".to_vec()),
            ];
            assert_eq!(some, wanted);
            assert_eq!(conn.dynamodb_items(2, &keys)?.len(), 0);
            assert_eq!(conn.dynamodb_items(1, &[])?.len(), 0);
            let query = |between, forward, limit| {
                let found = conn.dynamodb_query(1, b"b", between, forward, limit)?;
                Ok::<_, Error>(found.into_iter().map(|item| item.key.1).collect::<Vec<_>>())
            };
            assert_eq!(query((b"", END), true, 2)?, [b"1", b"2"]);
            assert_eq!(query((b"2", END), false, 9)?, [b"3", b"2"]);
            assert_eq!(query((b"1", b"2"), true, 9)?, [b"1"]);
            let scan = |after, before, limit| {
                let found = conn.dynamodb_scan(1, after, before, limit)?;
                Ok::<_, Error>(found.into_iter().map(|item| item.key.0).collect::<Vec<_>>())
            };
            assert_eq!(scan((b"", b""), END, 9)?, [b"a", b"b", b"b", b"b", b"c"]);
            assert_eq!(scan((b"b", b"2"), END, 9)?, [b"b", b"c"]);
            assert_eq!(scan((b"a", b""), b"b", 9)?, [b"a"]);
            assert_eq!(conn.dynamodb_expired(6, 9)?, []);
            assert_eq!(
                conn.dynamodb_expired(7, 9)?,
                [(1, (b"b".to_vec(), b"2".to_vec()))]
            );
            Ok::<_, Error>(())
        })
        .await?;
    Ok(())
}

#[tokio::test]
async fn entries_lead_to_items() -> Done {
    let test = TestStore::open()?;
    test.tx(|tx| {
        for (item, range) in [("x", "1"), ("y", "1"), ("z", "2")] {
            let key = (item.as_bytes(), &b""[..]);
            tx.put_dynamodb_item(1, key, 1, item.as_bytes(), None)?;
            assert!(tx.put_dynamodb_entry(2, (b"p", range.as_bytes()), key)?);
        }
        assert!(!tx.put_dynamodb_entry(2, (b"p", b"1"), (b"x", b""))?);
        tx.put_dynamodb_entry(2, (b"q", b""), (b"x", b""))?;
        Ok(())
    })
    .await?;
    let place = |range: &'static [u8], item_hash: &'static [u8]| EntryPlace {
        range,
        item_hash,
        item_range: b"",
    };
    test.store
        .read(|conn| {
            let items = |found: Vec<nameplate_store::dynamodb::EntryItem>| {
                let items = found.into_iter().map(|entry| entry.of.row.item);
                items
                    .map(|item| String::from_utf8_lossy(&item).into_owned())
                    .collect::<String>()
            };
            let forward = |after, until: &[u8]| {
                conn.dynamodb_index_forward(2, b"p", after, until, 1, 9)
                    .map(items)
            };
            assert_eq!(forward(place(b"", b""), END)?, "xyz");
            assert_eq!(forward(place(b"1", b"x"), END)?, "yz");
            assert_eq!(forward(place(b"", b""), b"2")?, "xy");
            let backward = |before, from: &[u8]| {
                conn.dynamodb_index_backward(2, b"p", before, from, 1, 9)
                    .map(items)
            };
            assert_eq!(backward(place(END, b""), b"")?, "zyx");
            assert_eq!(backward(place(b"2", b"z"), b"")?, "yx");
            let scan = |hash: &'static [u8], after| {
                conn.dynamodb_index_scan(2, (hash, after), END, 1, 9)
                    .map(items)
            };
            assert_eq!(scan(b"", place(b"", b""))?, "xyzx");
            assert_eq!(scan(b"p", place(b"2", b"z"))?, "x");
            Ok::<_, Error>(())
        })
        .await?;
    test.tx(|tx| {
        assert!(tx.delete_dynamodb_entry(2, (b"q", b""), (b"x", b""))?);
        assert!(!tx.delete_dynamodb_entry(2, (b"q", b""), (b"x", b""))?);
        assert_eq!(tx.purge_dynamodb_entries(2, 2)?, 2);
        assert_eq!(tx.purge_dynamodb_entries(2, 2)?, 1);
        assert_eq!(tx.purge_dynamodb_items(1, 2)?, 2);
        assert_eq!(tx.purge_dynamodb_items(1, 2)?, 1);
        assert_eq!(tx.purge_dynamodb_items(1, 2)?, 0);
        Ok(())
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn work_goes_on_where_it_was_and_tokens_are_known_for_a_time() -> Done {
    let test = TestStore::open()?;
    test.tx(|tx| {
        tx.insert_dynamodb_task(1, 7, 8)?;
        tx.insert_dynamodb_task(2, 9, 0)?;
        tx.put_dynamodb_token("t", b"digest", 100, 0)
    })
    .await?;
    let first = test
        .store
        .read(|conn| conn.dynamodb_task())
        .await?
        .expect("waits");
    assert_eq!((first.kind, first.subject, first.index), (1, 7, 8));
    test.tx(move |tx| tx.advance_dynamodb_task(first.key, (b"a", b"b")))
        .await?;
    let test = test.reopened(None)?;
    let again = test
        .store
        .read(|conn| conn.dynamodb_task())
        .await?
        .expect("waits");
    assert_eq!(
        (again.key, again.at),
        (first.key, (b"a".to_vec(), b"b".to_vec()))
    );
    test.tx(move |tx| tx.delete_dynamodb_task(first.key))
        .await?;
    let next = test
        .store
        .read(|conn| conn.dynamodb_task())
        .await?
        .expect("waits");
    assert_eq!(next.kind, 2);
    let known = |now| test.store.read(move |conn| conn.dynamodb_token("t", now));
    assert_eq!(known(99).await?, Some(b"digest".to_vec()));
    assert_eq!(known(100).await?, None);
    Ok(())
}
