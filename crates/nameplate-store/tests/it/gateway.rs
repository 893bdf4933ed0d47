//! Documents of API Gateway: what is written is read back, by kind, and told.

use crate::fixture::{Done, TestStore};
use nameplate_store::{Change, Notice};

#[tokio::test]
async fn documents_live_by_kind() -> Done {
    let test = TestStore::open()?;
    for (kind, id, document) in [
        ("rest", "b", "1"),
        ("rest", "a", "2"),
        ("key", "a", "3"),
        ("rest", "b", "4"),
    ] {
        test.tx(move |tx| tx.put_gateway_document(kind, id, document))
            .await?;
        assert_eq!(test.changes(), [Change::Notice(Notice::Gateway)]);
    }
    let all = test
        .store
        .read(|conn| conn.gateway_documents("rest"))
        .await?;
    let pair = |id: &str, document: &str| (id.to_owned(), document.to_owned());
    assert_eq!(all, [pair("a", "2"), pair("b", "4")]);
    let one = test
        .store
        .read(|conn| conn.gateway_document("key", "a"))
        .await?;
    assert_eq!(one.as_deref(), Some("3"));
    test.tx(|tx| tx.delete_gateway_document("rest", "a"))
        .await?;
    test.tx(|tx| tx.delete_gateway_documents("key")).await?;
    assert_eq!(
        test.store
            .read(|conn| conn.gateway_document("key", "a"))
            .await?,
        None
    );
    assert_eq!(
        test.store
            .read(|conn| conn.gateway_documents("rest"))
            .await?
            .len(),
        1
    );
    Ok(())
}

#[tokio::test]
async fn usage_adds_up_by_day() -> Done {
    let test = TestStore::open()?;
    for (plan, day, count) in [("p", 5, 2), ("p", 5, 3), ("p", 7, 1), ("q", 5, 9)] {
        test.tx(move |tx| tx.add_gateway_usage(plan, "k", day, count))
            .await?;
    }
    let used = async |plan: &'static str, days| {
        let read = test
            .store
            .read(move |conn| conn.gateway_usage(plan, "k", days));
        read.await
    };
    assert_eq!(used("p", (5, 7)).await?, [(5, 5), (7, 1)]);
    assert!(used("p", (6, 6)).await?.is_empty());
    test.tx(|tx| tx.forget_gateway_usage(7)).await?;
    assert_eq!(used("p", (0, 9)).await?, [(7, 1)]);
    test.tx(|tx| tx.add_gateway_usage("q", "k", 8, 1)).await?;
    test.tx(|tx| tx.delete_gateway_usage("p")).await?;
    assert!(used("p", (0, 9)).await?.is_empty());
    assert_eq!(used("q", (0, 9)).await?, [(8, 1)]);
    Ok(())
}
