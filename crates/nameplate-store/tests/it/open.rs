//! Opening: what a start finds, and what it refuses.

use crate::fixture::{Done, NOW, TestStore, ca, digest, engine_of, is_sqlite, open_quietly};
use nameplate_core::registry::certificate::Status;
use nameplate_core::registry::thing::PrincipalType;
use nameplate_store::{CertificateEntry, DirectoryLock, EngineOptions, Error, Event};
use std::os::unix::fs::PermissionsExt;

async fn entries(test: &TestStore) -> Result<Vec<Option<CertificateEntry>>, Error> {
    let mut found = Vec::new();
    for number in 0..6 {
        found.push(test.store.certificate_entry(&digest(number)).await?);
    }
    Ok(found)
}

#[tokio::test]
async fn everything_is_there_again() -> Done {
    let test = TestStore::open()?;
    let ca_key = test.tx(|tx| tx.insert_ca(&ca(90))).await?;
    for number in 0..5 {
        test.certificate(number, (number > 0).then_some(ca_key))
            .await?;
    }
    let (lamp, door) = (test.thing("lamp").await?, test.thing("door").await?);
    let statuses = [
        Status::Active,
        Status::Inactive,
        Status::Revoked,
        Status::PendingActivation,
        Status::PendingTransfer,
    ];
    test.tx(move |tx| {
        for (number, status) in statuses.into_iter().enumerate() {
            tx.set_certificate_status(&digest(number as u64), status, NOW)?;
        }
        let mut keys = Vec::new();
        for number in 0..5 {
            keys.extend(tx.certificate_entry(&digest(number))?.map(|e| e.key));
        }
        let policies = ["one", "two", "three"]
            .into_iter()
            .map(|name| tx.insert_policy(name, "{}", NOW))
            .collect::<Result<Vec<_>, _>>()?;
        // From no policy and thing to more than the lookups hold.
        for (number, key) in keys.iter().enumerate() {
            for policy in policies.iter().take(number) {
                tx.attach_policy(*policy, *key, &digest(number as u64))?;
            }
        }
        tx.attach_thing(keys[1], &digest(1), lamp, PrincipalType::Exclusive)?;
        tx.attach_thing(keys[2], &digest(2), lamp, PrincipalType::NonExclusive)?;
        tx.attach_thing(keys[2], &digest(2), door, PrincipalType::NonExclusive)?;
        tx.attach_thing(keys[3], &digest(3), lamp, PrincipalType::NonExclusive)?;
        tx.attach_thing(keys[3], &digest(3), door, PrincipalType::NonExclusive)?;
        tx.detach_thing(keys[3], &digest(3), lamp)?;
        tx.detach_policy(policies[0], keys[4], &digest(4))?;
        tx.set_meta("registration-code", Some("abc"))?;
        tx.owe_event("topic".into(), b"payload".to_vec())?;
        Ok(())
    })
    .await?;
    let before = entries(&test).await?;
    let (named, owed) = test
        .store
        .read(|conn| {
            Ok::<_, Error>((
                conn.certificates(None, true, None, 10)?,
                conn.owed_events(100)?,
            ))
        })
        .await?;
    assert_eq!(named.iter().map(|c| c.status).collect::<Vec<_>>(), statuses);

    let test = test.reopened(None)?;
    assert_eq!(entries(&test).await?, before);
    assert_eq!(test.store.counts().await?, (2, 5));
    assert_eq!(test.store.thing_key("door").await?, Some(door));
    test.store
        .read(|conn| {
            assert_eq!(conn.certificates(None, true, None, 10)?, named);
            assert_eq!(conn.meta("registration-code")?.as_deref(), Some("abc"));
            assert_eq!(conn.owed_events(100)?, owed);
            assert!(matches!(&owed[..], [Event { topic, payload, .. }] if topic == "topic" && payload == b"payload"));
            let der = conn.certificate_der(named[3].key)?;
            assert_eq!(der.as_deref(), Some(&b"DER of 3"[..]));
            Ok::<_, Error>(())
        })
        .await?;
    Ok(())
}

#[tokio::test]
async fn a_second_server_is_refused() -> Done {
    let test = TestStore::open()?;
    let second = open_quietly(test.path()).err();
    let Some(Error::InUse(directory)) = second else {
        panic!("a second server came in: {second:?}");
    };
    assert_eq!(directory, test.path().display().to_string());
    assert!(matches!(
        DirectoryLock::take(test.path()),
        Err(Error::InUse(_))
    ));
    // Also when closed, as long as it may be read from.
    test.store.close();
    assert!(open_quietly(test.path()).is_err());
    let test = test.reopened(None)?;
    test.thing("lamp").await?;
    Ok(())
}

#[tokio::test]
async fn whoever_drops_the_store_leaves_the_directory_when_all_is_written() -> Done {
    let directory = tempfile::tempdir()?;
    for round in 0..20usize {
        let store = loop {
            // The writer may still be at work for the one before.
            match open_quietly(directory.path()) {
                Err(Error::InUse(_)) => std::thread::yield_now(),
                other => break other?,
            }
        };
        assert_eq!(store.counts().await?.0, round);
        let write = store.tx("thing", move |tx| {
            crate::fixture::thing(tx, &format!("thing-{round}"))
        });
        let _ = tokio::time::timeout(std::time::Duration::ZERO, write).await;
    }
    Ok(())
}

#[tokio::test]
async fn only_the_owner_may_read() -> Done {
    if !is_sqlite() {
        return Ok(());
    }
    let parent = tempfile::tempdir()?;
    let directory = parent.path().join("data");
    let store = open_quietly(&directory)?;
    store
        .tx("meta", |tx| tx.set_meta("name", Some("value")))
        .await?;
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).map(|m| m.permissions().mode() & 0o777);
    assert_eq!(mode(&directory)?, 0o700);
    let mut seen = 0;
    for file in std::fs::read_dir(&directory)? {
        let path = file?.path();
        assert_eq!(mode(&path)?, 0o600, "{}", path.display());
        seen += 1;
    }
    assert!(seen > 1);
    Ok(())
}

#[tokio::test]
async fn a_newer_servers_data_is_refused_and_left_alone() -> Done {
    if !is_sqlite() {
        return Ok(());
    }
    let directory = tempfile::tempdir()?;
    let store = open_quietly(directory.path())?;
    store.close();
    drop(store);
    let file = directory.path().join("nameplate.db");
    let db = rusqlite::Connection::open(&file)?;
    db.execute_batch("PRAGMA user_version = 4711")?;
    drop(db);
    let refused = open_quietly(directory.path()).err();
    let Some(refused @ Error::FromTheFuture { found: 4711, .. }) = refused else {
        panic!("it was opened: {refused:?}");
    };
    assert!(refused.to_string().contains("4711"), "{refused}");
    let version: i64 =
        rusqlite::Connection::open(&file)?
            .query_row("PRAGMA user_version", [], |row| row.get(0))?;
    assert_eq!(version, 4711);
    Ok(())
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_named_with_the_cause_and_what_to_do() -> Done {
    if !is_sqlite() {
        return Ok(());
    }
    let check = |spoil: &dyn Fn(&std::path::Path) -> Done, cause: &str| -> Done {
        let directory = tempfile::tempdir()?;
        let store = open_quietly(directory.path())?;
        store.close();
        drop(store);
        let file = directory.path().join("nameplate.db");
        spoil(&file)?;
        let before = std::fs::read(&file)?;
        for refused in [
            open_quietly(directory.path()).map(drop),
            nameplate_store::remembered(directory.path(), &EngineOptions::Sqlite, &["name"])
                .map(drop),
        ] {
            let told = refused.err().ok_or("it was opened")?.to_string();
            let start = format!("{} cannot be used: {cause}", file.display());
            assert!(told.starts_with(&start), "{told}");
            assert!(
                told.contains("backup of nameplate.db together with `keys`"),
                "{told}"
            );
        }
        assert!(std::fs::read(&file)? == before, "{cause}: it is left alone");
        Ok(())
    };
    check(
        &|file| {
            Ok(std::fs::write(
                file,
                "not a database at all, but long enough to be one",
            )?)
        },
        "it is not a SQLite database",
    )?;
    check(
        &|file| {
            let length = std::fs::metadata(file)?.len();
            Ok(std::fs::File::options()
                .write(true)
                .open(file)?
                .set_len(length / 2)?)
        },
        "it is damaged or cut short",
    )?;
    check(
        &|file| {
            std::fs::remove_file(file)?;
            let db = rusqlite::Connection::open(file)?;
            Ok(db.execute_batch("CREATE TABLE recipe (name TEXT)")?)
        },
        "it is a database of another program",
    )?;
    check(
        &|file| {
            std::fs::remove_file(file)?;
            let db = rusqlite::Connection::open(file)?;
            Ok(db.execute_batch("CREATE TABLE meta (name TEXT); PRAGMA user_version = 1")?)
        },
        "it is a database of another program",
    )?;
    Ok(())
}

#[tokio::test]
async fn the_file_alone_is_whole_when_the_writer_has_ended() -> Done {
    if !is_sqlite() {
        return Ok(());
    }
    let test = TestStore::open()?;
    test.thing("lamp").await?;
    let lamp = test.store.thing_key("lamp").await?;
    // A reader's connection, which stays open as long as the store may be read from.
    test.store.read(|conn| conn.meta("one")).await?;
    test.store.close();
    let copy = tempfile::tempdir()?;
    let file = "nameplate.db";
    std::fs::copy(test.path().join(file), copy.path().join(file))?;
    assert_eq!(open_quietly(copy.path())?.thing_key("lamp").await?, lamp);
    Ok(())
}

#[tokio::test]
async fn single_values_are_read_without_a_store() -> Done {
    let directory = tempfile::tempdir()?;
    let engine = engine_of(directory.path())?;
    let read = || nameplate_store::remembered(directory.path(), &engine, &["one", "two"]);
    assert!(read()?.is_empty());
    let store = open_quietly(directory.path())?;
    store.tx("meta", |tx| tx.set_meta("one", Some("1"))).await?;
    store.close();
    drop(store);
    assert_eq!(read()?, [("one".to_owned(), "1".to_owned())].into());
    Ok(())
}
