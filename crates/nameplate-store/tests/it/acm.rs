//! Imported certificates: what is kept is read back, and told.

use crate::fixture::{Done, TestStore};
use nameplate_core::ctx::Millis;
use nameplate_store::{AcmCertificate, Change, Notice};

fn certificate(id: &str, created: i64, imported: i64) -> AcmCertificate {
    AcmCertificate {
        id: id.into(),
        certificate: format!("certificate {imported}"),
        chain: (imported == 1).then(|| "chain".into()),
        sealed_key: vec![0, 1, 255],
        created: Millis(created),
        imported: Millis(imported),
    }
}

#[tokio::test]
async fn imported_certificates_are_kept() -> Done {
    let test = TestStore::open()?;
    let told = [Change::Notice(Notice::ServerCertificates)];
    for one in [
        certificate("b", 1, 1),
        certificate("a", 2, 2),
        certificate("b", 1, 3),
    ] {
        test.tx(move |tx| tx.put_acm_certificate(&one)).await?;
        assert_eq!(test.changes(), told);
    }
    let all = test.store.read(|conn| conn.acm_certificates()).await?;
    assert_eq!(all, [certificate("b", 1, 3), certificate("a", 2, 2)]);
    let count = test
        .store
        .read(|conn| conn.count_acm_certificates())
        .await?;
    assert_eq!(count, 2);
    let shown = format!("{:?}", all[0]);
    assert!(!shown.contains("255"), "{shown}");
    test.tx(|tx| tx.delete_acm_certificate("b")).await?;
    assert_eq!(test.changes(), told);
    let gone = test.store.read(|conn| conn.acm_certificate("b")).await?;
    assert_eq!(gone, None);
    let left = test.store.read(|conn| conn.acm_certificate("a")).await?;
    assert_eq!(left, Some(certificate("a", 2, 2)));
    Ok(())
}
