//! Certificates that take the place of others.

use crate::fixture::{Done, TestStore, digest};
use nameplate_store::{Arrived, Error};

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
            Ok::<_, Error>((of_first, old, conn.awaited_renewals()?))
        })
    };
    let known = (Some(digest(2)), Some(digest(1)), vec![digest(2)]);
    assert_eq!(read().await?, known);
    test.tx(move |tx| tx.delete_renewal(first)).await?;
    assert_eq!(read().await?, known, "it is the other's");
    test.tx(|tx| tx.delete_certificate(&digest(2))).await?;
    assert_eq!(read().await?, (None, None, Vec::new()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_concerns_a_device_that_has_come_is_one_answer() -> Done {
    let test = TestStore::open()?;
    let thing = test.thing("lamp").await?;
    for number in 1..=3 {
        test.certificate(number, None).await?;
    }
    test.tx(|tx| {
        let second = tx.certificate_entry(&digest(2))?.map(|entry| entry.key);
        tx.insert_renewal(second.ok_or(Error::Closed)?, &digest(1))?;
        tx.list_vending_entries(1, &[crate::vending::line("s", 1)])?;
        let mut entry = tx.vending_entry("s")?.ok_or(Error::Closed)?;
        entry.certificate = Some(digest(3));
        tx.set_vending_entry(&entry)
    })
    .await?;
    let arrived = |thing, ends_vended, ends_renewed| Arrived {
        thing,
        ends_vended,
        ends_renewed,
    };
    for (number, client_id, expected) in [
        (1, "lamp", arrived(Some(thing), false, false)),
        (2, "Lamp", arrived(None, false, true)),
        (3, "lamp", arrived(Some(thing), false, false)),
        (4, "", arrived(None, false, false)),
    ] {
        let found = test
            .store
            .look(|conn| conn.arrived(&digest(number), client_id));
        assert_eq!(found.await?, expected, "{number}");
    }
    test.tx(|tx| {
        let mut entry = tx.vending_entry("s")?.ok_or(Error::Closed)?;
        entry.previous = Some(digest(1));
        tx.set_vending_entry(&entry)
    })
    .await?;
    let found = test.store.look(|conn| conn.arrived(&digest(3), "other"));
    assert_eq!(found.await?, arrived(None, true, false));
    Ok(())
}
