//! Revocation lists of registered CAs.

use crate::fixture::{Done, TestStore, digest};
use nameplate_core::ctx::Millis;
use nameplate_store::RevocationSource;

#[tokio::test(flavor = "multi_thread")]
async fn a_list_and_its_source_are_kept_and_forgotten() -> Done {
    let test = TestStore::open()?;
    let source = RevocationSource {
        ca: 7,
        url: Some("http://pki.example/ca.crl".into()),
        refuse_stale: true,
        asked: Some(Millis(5)),
        failure: None,
        digest: Some(digest(1)),
    };
    let written = source.clone();
    test.tx(move |tx| {
        tx.put_revocation_source(&written)?;
        tx.put_revocation_list(7, b"list")
    })
    .await?;
    let read = || {
        test.store.read(|conn| {
            let source = conn.revocation_source(7)?;
            let list = conn.revocation_list(7)?;
            Ok::<_, nameplate_store::Error>((source, list, conn.revocation_sources()?.len()))
        })
    };
    let expected = (Some(source.clone()), Some(b"list".to_vec()), 1);
    assert_eq!(read().await?, expected);
    let changed = RevocationSource {
        failure: Some("no answer".into()),
        digest: None,
        url: None,
        refuse_stale: false,
        asked: None,
        ..source
    };
    let written = changed.clone();
    test.tx(move |tx| tx.put_revocation_source(&written))
        .await?;
    assert_eq!(read().await?.0, Some(changed));
    test.tx(|tx| tx.delete_revocation_source(7)).await?;
    assert_eq!(read().await?, (None, None, 0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_read_in_order() -> Done {
    let test = TestStore::open()?;
    let first = test.certificate(1, None).await?;
    let second = test.certificate(2, None).await?;
    let of = test
        .store
        .read(|conn| conn.certificate_bodies(0, 1))
        .await?;
    assert_eq!(of.first().map(|(key, _)| *key), Some(first));
    let of = test
        .store
        .read(move |conn| conn.certificate_bodies(first, 10))
        .await?;
    assert_eq!(of.iter().map(|(key, _)| *key).collect::<Vec<_>>(), [second]);
    Ok(())
}
