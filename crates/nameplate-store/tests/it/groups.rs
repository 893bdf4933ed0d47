//! Thing groups: membership, ancestors, policies, and leaving no trace.

use crate::fixture::{Done, NOW, TestStore};
use nameplate_store::{Change, Error, NewGroup, Notice, Tx};

fn group(tx: &mut Tx<'_>, name: &str, parent: Option<i64>) -> Result<i64, Error> {
    tx.insert_group(&NewGroup {
        name,
        group_id: "id",
        parent,
        description: Some("words"),
        attributes: &[("a".to_owned(), "1".to_owned())].into(),
        query: None,
        created: NOW,
    })
}

#[tokio::test]
async fn a_group_its_line_and_its_things() -> Done {
    let test = TestStore::open()?;
    let lamp = test.thing("lamp").await?;
    let (top, middle, low) = test
        .tx(|tx| {
            let top = group(tx, "top", None)?;
            let middle = group(tx, "middle", Some(top))?;
            let low = group(tx, "low", Some(middle))?;
            Ok((top, middle, low))
        })
        .await?;
    assert!(test.tx(move |tx| tx.add_to_group(lamp, low)).await?);
    assert!(!test.tx(move |tx| tx.add_to_group(lamp, low)).await?);
    test.tx(move |tx| tx.put_into_group(lamp, low)).await?;
    let policy = test
        .tx(move |tx| {
            let policy = tx.insert_policy("fleet", "{}", NOW)?;
            tx.attach_policy_to_group(policy, middle)?;
            tx.attach_policy_to_group(policy, middle)?;
            Ok(policy)
        })
        .await?;
    test.store
        .read(|conn| {
            let line: Vec<i64> = conn
                .group_and_ancestors(low)?
                .iter()
                .map(|g| g.key)
                .collect();
            assert_eq!(line, [low, middle, top]);
            assert_eq!(conn.child_groups(top)?, [middle]);
            assert_eq!(conn.child_group_after(top, 0)?, Some(middle));
            assert_eq!(conn.child_group_after(top, middle)?, None);
            assert_eq!(conn.groups(true, "", 0, 10)?.len(), 1);
            assert_eq!(conn.groups(false, "m", 0, 10)?.len(), 1);
            assert_eq!(conn.groups_of_thing(lamp)?.len(), 1);
            assert_eq!(
                conn.things_of_group(low, 0, 10)?,
                [(lamp, "lamp".to_owned())]
            );
            assert_eq!(conn.policies_of_group(middle)?, [policy]);
            assert_eq!(
                conn.groups_of_policy(policy, 0, 10)?,
                [(middle, "middle".to_owned())]
            );
            assert!(conn.policy_in_use(policy)?);
            let found = conn.group("low")?.ok_or(Error::Closed)?;
            assert_eq!((found.parent, found.version), (Some(middle), 1));
            assert_eq!(found.attributes["a"], "1");
            Ok::<_, Error>(())
        })
        .await?;

    test.commits();
    test.tx(move |tx| {
        tx.delete_group(low)?;
        tx.delete_group(middle)
    })
    .await?;
    let told = test.changes();
    assert!(
        told.contains(&Change::Notice(Notice::Group(low)))
            && told.contains(&Change::Notice(Notice::Group(middle)))
    );
    test.store
        .read(|conn| {
            assert_eq!(conn.group("low")?, None);
            assert_eq!(conn.groups_of_thing(lamp)?, []);
            assert!(!conn.policy_in_use(policy)?);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(())
}

#[tokio::test]
async fn a_thing_that_goes_leaves_its_groups() -> Done {
    let test = TestStore::open()?;
    let lamp = test.thing("lamp").await?;
    let key = test
        .tx(move |tx| {
            let key = group(tx, "group", None)?;
            tx.add_to_group(lamp, key)?;
            Ok(key)
        })
        .await?;
    test.tx(move |tx| tx.delete_thing(lamp, "lamp")).await?;
    let left = test
        .store
        .read(|conn| conn.things_of_group(key, 0, 10))
        .await?;
    assert_eq!(left, []);
    Ok(())
}
