//! Certificates that take the place of others.

use crate::fixture::{Done, TestStore, digest};

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_is_known_until_it_has_connected_or_is_deleted() -> Done {
    let test = TestStore::open()?;
    let first = test.certificate(1, None).await?;
    let second = test.certificate(2, None).await?;
    test.tx(move |tx| tx.insert_renewal(second, &digest(1)))
        .await?;
    let read = || {
        test.store.read(move |conn| {
            let of_first = conn.renewal_of_certificate(&digest(1))?;
            let old = conn.renewed_certificate(second)?;
            Ok::<_, nameplate_store::Error>((of_first, old, conn.awaited_renewals()?))
        })
    };
    let known = (Some(digest(2)), Some(digest(1)), vec![digest(2)]);
    assert_eq!(read().await?, known);
    for (number, is_awaited) in [(1, false), (2, true), (3, false)] {
        let found = test
            .store
            .look(|conn| conn.is_awaited_renewal(&digest(number)));
        assert_eq!(found.await?, is_awaited, "{number}");
    }
    test.tx(move |tx| tx.delete_renewal(first)).await?;
    assert_eq!(read().await?, known, "it is the other's");
    test.tx(|tx| tx.delete_certificate(&digest(2))).await?;
    assert_eq!(read().await?, (None, None, Vec::new()));
    Ok(())
}
