//! Certificates by the end of their validity.

use crate::fixture::{Done, NOW, TestStore, digest};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::certificate::{Mode, Status};
use nameplate_store::{Error, NewCertificate};

#[tokio::test]
async fn are_read_page_by_page_and_counted() -> Done {
    let test = TestStore::open()?;
    let ends = [30, 10, 20, 20, 20];
    test.store
        .tx("test", move |tx| {
            for (number, end) in ends.into_iter().enumerate() {
                tx.insert_certificate(&NewCertificate {
                    hash: digest(number as u64),
                    der: b"DER",
                    status: Status::Active,
                    mode: Mode::SniOnly,
                    ca: None,
                    created: NOW,
                    not_before: Millis(1),
                    not_after: Millis(end),
                })?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    let (from, until) = (Millis(20), Millis(40));
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page: Result<_, Error> = test
            .store
            .read(|conn| conn.certificates_by_expiry(from, until, after, 2))
            .await;
        let page = page?;
        let Some(last) = page.last() else { break };
        after = Some((last.not_after.0, last.key));
        found.extend(page.iter().map(|one| one.hash));
    }
    assert_eq!(found, [digest(2), digest(3), digest(4), digest(0)]);
    let counted = test
        .store
        .read(|conn| {
            Ok::<_, Error>((
                conn.count_expiring(Millis(0), Millis(20), 10)?,
                conn.count_expiring(from, until, 10)?,
                conn.count_expiring(from, until, 3)?,
            ))
        })
        .await?;
    assert_eq!(counted, (1, 4, 3));
    Ok(())
}
