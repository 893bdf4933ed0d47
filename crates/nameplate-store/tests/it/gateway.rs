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
