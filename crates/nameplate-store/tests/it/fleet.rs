//! What fleet indexing reads: each thing with its own groups, wherever a page ends.

use crate::fixture::{Done, NOW, TestStore};
use nameplate_core::registry::thing::Attributes;
use nameplate_store::{Change, Error, Membership, NewGroup, Notice, Tx};

fn group(tx: &mut Tx<'_>, name: &str, query: Option<&str>) -> Result<i64, Error> {
    tx.insert_group(&NewGroup {
        name,
        group_id: "id",
        parent: None,
        description: None,
        attributes: &Attributes::new(),
        query,
        created: NOW,
    })
}

#[tokio::test]
async fn each_thing_comes_with_its_groups() -> Done {
    let test = TestStore::open()?;
    let mut things = Vec::new();
    for name in ["a", "b", "c", "d"] {
        things.push(test.thing(name).await?);
    }
    let (a, c, d) = (things[0], things[2], things[3]);
    let (fixed, found) = test
        .tx(move |tx| {
            let fixed = group(tx, "fixed", None)?;
            let found = group(tx, "found", Some("*"))?;
            for (thing, group) in [(c, found), (a, fixed), (c, fixed), (d, found)] {
                tx.add_to_group(thing, group)?;
            }
            Ok((fixed, found))
        })
        .await?;
    let held = |group: i64| Membership {
        group,
        name: if group == fixed { "fixed" } else { "found" }.to_owned(),
        dynamic: group == found,
    };
    let expected = [
        (a, vec![held(fixed)]),
        (things[1], vec![]),
        (c, vec![held(fixed), held(found)]),
        (d, vec![held(found)]),
    ];
    for limit in 1..=5 {
        let mut read = Vec::new();
        let mut after = 0;
        loop {
            let page = test
                .store
                .read(|conn| conn.things_with_groups(after, limit))
                .await?;
            let Some((last, _)) = page.last() else { break };
            after = last.key;
            read.extend(page.into_iter().map(|(thing, groups)| (thing.key, groups)));
        }
        assert_eq!(read, expected, "pages of {limit}");
    }
    let one = test
        .store
        .read(|conn| conn.thing_with_groups(c))
        .await?
        .map(|(thing, groups)| (thing.key, groups));
    assert_eq!(one.as_ref(), Some(&expected[2]));
    Ok(())
}

#[tokio::test]
async fn a_dynamic_group_changes_its_query() -> Done {
    let test = TestStore::open()?;
    let key = test
        .tx(|tx| {
            group(tx, "fixed", None)?;
            group(tx, "found", Some("thingName:a"))
        })
        .await?;
    test.commits();
    test.tx(move |tx| tx.set_group_query(key, "*")).await?;
    assert_eq!(test.changes(), [Change::Notice(Notice::GroupData(key))]);
    let groups = test.store.read(|conn| conn.dynamic_groups()).await?;
    assert_eq!(groups, [(key, "*".to_owned())]);
    Ok(())
}
