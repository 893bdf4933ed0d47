//! Functions: versions, aliases, permissions, layers, and calls that were taken for later.

use crate::fixture::{Done, NOW, TestStore};
use nameplate_core::ctx::Millis;
use nameplate_core::function::{Alias, Event, EventSettings, LayerVersion, Settings, Version};
use nameplate_store::Error;

fn version(number: i64) -> Version {
    Version {
        function: 0,
        number,
        settings: Settings {
            runtime: "python3.12".into(),
            role: "role".into(),
            ..Settings::default()
        },
        code_sha256: "sha".into(),
        code_size: 7,
        modified: NOW,
        revision: "r".into(),
    }
}

#[tokio::test]
async fn what_belongs_to_a_function_goes_with_it() -> Done {
    let test = TestStore::open()?;
    let key = test.tx(|tx| tx.insert_function("f", &version(0))).await?;
    test.tx(move |tx| {
        tx.put_function_version(&Version {
            function: key,
            ..version(1)
        })?;
        tx.set_next_function_version(key, 2)?;
        tx.put_function_alias(&Alias {
            function: key,
            name: "live".into(),
            version: 1,
            routing: Some((0, 0.25)),
            description: String::new(),
            revision: "a".into(),
        })?;
        tx.insert_function_permission(key, "", "one", "{}")?;
        tx.insert_function_permission(key, "live", "two", "{}")?;
        tx.set_function_concurrency(key, Some(3))?;
        let events = EventSettings {
            retries: Some(1),
            ..EventSettings::default()
        };
        let latest = ("$LATEST".to_owned(), EventSettings::default());
        let all = [latest, ("live".to_owned(), events)].into();
        tx.set_function_events(key, &all)
    })
    .await?;
    test.store
        .read(|conn| {
            let function = conn.function("f")?.expect("it is there");
            assert_eq!((function.next_version, function.concurrency), (2, Some(3)));
            assert_eq!(conn.function_versions(key, 0, 10)?.len(), 2);
            let alias = conn.function_alias(key, "live")?.expect("it is there");
            assert_eq!((alias.version, alias.routing), (1, Some((0, 0.25))));
            assert_eq!(conn.function_permissions(key, "")?.len(), 1);
            let events = conn.function_events(key)?;
            assert_eq!(
                (events["$LATEST"].retries, events["live"].retries),
                (None, Some(1))
            );
            assert!(conn.is_code_used("sha")?);
            assert_eq!(conn.functions("", 10)?.len(), 1);
            assert_eq!(conn.functions("f", 10)?.len(), 0);
            Ok::<_, Error>(())
        })
        .await?;
    test.tx(move |tx| tx.delete_function_alias(key, "live"))
        .await?;
    let events = test.store.read(|conn| conn.function_events(key)).await?;
    assert_eq!(events.into_keys().collect::<Vec<_>>(), ["$LATEST"]);
    test.tx(move |tx| tx.delete_function(key)).await?;
    test.store
        .read(|conn| {
            assert_eq!(conn.function("f")?, None);
            assert_eq!(conn.function_aliases(key)?, []);
            assert_eq!(conn.function_permissions(key, "live")?, []);
            assert!(!conn.is_code_used("sha")?);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(())
}
#[tokio::test]
async fn calls_stay_until_they_are_made() -> Done {
    let test = TestStore::open()?;
    let call = |name: &str| Event {
        key: 0,
        request_id: name.into(),
        function: "f".into(),
        qualifier: None,
        payload: b"{}".to_vec(),
        depth: 2,
        attempts: 0,
        created: NOW,
        due: NOW,
    };
    let (one, two) = (call("one"), call("two"));
    let first = test.tx(move |tx| tx.insert_function_call(&one)).await?;
    test.tx(move |tx| tx.insert_function_call(&two)).await?;
    let later = Millis(NOW.0 + 1000);
    test.tx(move |tx| tx.retry_function_call(first, 1, later))
        .await?;
    let test = test.reopened(None)?;
    test.store
        .read(|conn| {
            let calls = conn.function_calls(0, 10)?;
            let told: Vec<_> = calls
                .iter()
                .map(|c| (&*c.request_id, c.attempts, c.depth))
                .collect();
            assert_eq!(told, [("one", 1, 2), ("two", 0, 2)]);
            assert_eq!(calls[0].due, later);
            assert_eq!(conn.function_calls(first, 10)?.len(), 1);
            Ok::<_, Error>(())
        })
        .await?;
    for is_there in [true, false] {
        let gone = test.tx(move |tx| tx.delete_function_call(first)).await?;
        assert_eq!(gone, is_there);
    }
    test.store
        .read(|conn| {
            assert_eq!(conn.function_calls(0, 10)?.len(), 1);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(())
}
#[tokio::test]
async fn layers_are_listed_by_their_newest_version() -> Done {
    let test = TestStore::open()?;
    let layer = |name: &str, number: i64| LayerVersion {
        layer: name.into(),
        number,
        description: "d".into(),
        license: None,
        runtimes: vec!["python3.12".into()],
        architectures: Vec::new(),
        code_sha256: format!("{name}{number}"),
        code_size: 1,
        created: NOW,
    };
    let all = [layer("a", 1), layer("b", 1), layer("a", 2)];
    test.tx(move |tx| {
        all.iter()
            .try_for_each(|layer| tx.insert_layer_version(layer))
    })
    .await?;
    test.store
        .read(|conn| {
            let newest: Vec<_> = conn
                .layers()?
                .into_iter()
                .map(|l| (l.layer, l.number))
                .collect();
            assert_eq!(newest, [("a".to_owned(), 2), ("b".to_owned(), 1)]);
            assert_eq!(conn.layer_versions("a")?[0], layer("a", 2));
            assert!(conn.is_code_used("a1")?);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(())
}
