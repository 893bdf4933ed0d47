//! Certificates that wait for their owners.

use crate::fixture::{Done, NOW, TestStore, digest};
use nameplate_core::ctx::Millis;
use nameplate_store::{CertificateProvider, Change, ClaimRow, Notice};

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_waits_until_it_is_registered_expires_or_is_deleted() -> Done {
    let test = TestStore::open()?;
    let mut keys = Vec::new();
    for number in 1..=3 {
        let key = test.certificate(number, None).await?;
        let expires = Millis(NOW.0 + number as i64);
        test.tx(move |tx| tx.insert_pending_certificate(key, expires))
            .await?;
        keys.push(key);
    }
    let store = &test.store;
    let expired = |later: i64, limit: usize| {
        let now = Millis(NOW.0 + later);
        store.read(move |conn| conn.expired_certificates(now, limit))
    };
    assert_eq!(expired(0, 9).await?, Vec::<[u8; 32]>::new());
    assert_eq!(expired(2, 9).await?, [digest(1), digest(2)]);
    assert_eq!(expired(9, 1).await?, [digest(1)]);
    let first = keys[0];
    let until = store.read(|conn| conn.pending_certificate(first)).await?;
    assert_eq!(until, Some(Millis(NOW.0 + 1)));
    test.tx(move |tx| tx.delete_pending_certificate(first))
        .await?;
    assert_eq!(
        store.read(|conn| conn.pending_certificate(first)).await?,
        None
    );
    // A certificate that takes the key of one that was deleted must not inherit that it waits.
    test.tx(|tx| tx.delete_certificate(&digest(3))).await?;
    let last = keys[2];
    assert_eq!(
        store.read(|conn| conn.pending_certificate(last)).await?,
        None
    );
    assert_eq!(expired(9, 9).await?, [digest(2)]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_found_until_it_is_removed() -> Done {
    let test = TestStore::open()?;
    for number in 1..=2 {
        let row = ClaimRow {
            key: 0,
            hash: digest(number),
            template: format!("t{number}"),
            expires: Millis(NOW.0 + number as i64),
        };
        test.tx(move |tx| tx.insert_provisioning_claim(&row))
            .await?;
    }
    let found = || test.store.read(|conn| conn.provisioning_claim(&digest(1)));
    let claim = found().await?.ok_or("it is gone")?;
    assert_eq!(claim.template, "t1");
    let expired = test
        .store
        .read(|conn| conn.expired_claims(Millis(NOW.0 + 1), 9));
    assert_eq!(expired.await?, std::slice::from_ref(&claim));
    test.commits();
    test.tx(move |tx| tx.delete_provisioning_claim(&claim))
        .await?;
    assert_eq!(found().await?, None);
    let told = [Change::Notice(Notice::Certificate(digest(1)))];
    assert_eq!(test.changes(), told);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_provider_is_changed_and_removed() -> Done {
    let test = TestStore::open()?;
    let mut provider = CertificateProvider {
        name: "own".into(),
        function_arn: "f".into(),
        created: NOW,
        modified: NOW,
    };
    let new = provider.clone();
    test.tx(move |tx| tx.insert_certificate_provider(&new))
        .await?;
    provider.function_arn = "g".into();
    provider.modified = Millis(NOW.0 + 1);
    let changed = provider.clone();
    test.tx(move |tx| tx.update_certificate_provider(&changed))
        .await?;
    let found = || test.store.read(|conn| conn.certificate_provider());
    assert_eq!(found().await?, Some(provider));
    test.tx(|tx| tx.delete_certificate_provider("own")).await?;
    assert_eq!(found().await?, None);
    Ok(())
}
