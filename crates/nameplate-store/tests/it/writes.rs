//! Writes in company: each has all of its effect or none, and its own answer, whatever becomes of the others.

use crate::fixture::{Done, NOW, TestStore, certificate, digest, is_sqlite, thing};
use nameplate_core::registry::certificate::Status;
use nameplate_core::registry::thing::PrincipalType;
use nameplate_store::{Change, Error, Few, Notice};
use std::time::Duration;

/// What one of many writers does.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Good,
    /// Fails after writing.
    FailsLate,
    /// Fails before writing.
    FailsEarly,
    /// Panics after writing.
    Panics,
}

fn kind(number: u64) -> Kind {
    match number % 10 {
        3 => Kind::FailsLate,
        5 => Kind::FailsEarly,
        7 => Kind::Panics,
        _ => Kind::Good,
    }
}

async fn write(test: &TestStore, number: u64) -> Result<i64, Error> {
    test.store
        .tx("one-of-many", move |tx| {
            if kind(number) == Kind::FailsEarly {
                return Err(Error::InUse(format!("early {number}")));
            }
            let key = certificate(tx, number, None)?;
            thing(tx, &format!("thing-{number}"))?;
            tx.set_certificate_status(&digest(number), Status::Active, NOW)?;
            match kind(number) {
                Kind::FailsLate => Err(Error::InUse(format!("late {number}"))),
                Kind::Panics => panic!("this panic belongs to the test"),
                _ => Ok(key),
            }
        })
        .await
}

#[tokio::test]
async fn two_hundred_writers_get_their_own_answers() -> Done {
    let test = TestStore::open()?;
    let writers = (0..200).map(|number| write(&test, number));
    let answers = futures_of(writers).await;
    let mut good = 0;
    for (number, answer) in answers.into_iter().enumerate() {
        let number = number as u64;
        let name = format!("thing-{number}");
        let entry = test.store.certificate_entry(&digest(number)).await?;
        let stored = test
            .store
            .read(|conn| Ok::<_, Error>((conn.certificate(&digest(number))?, conn.thing(&name)?)))
            .await?;
        match (kind(number), answer) {
            (Kind::Good, Ok(key)) => {
                good += 1;
                assert_eq!(
                    entry.map(|e| (e.key, e.status)),
                    Some((key, Status::Active))
                );
                assert_eq!(stored.0.map(|c| (c.key, c.version)), Some((key, 2)));
                assert!(stored.1.is_some());
                continue;
            }
            (Kind::FailsLate, Err(Error::InUse(text))) => {
                assert_eq!(text, format!("late {number}"))
            }
            (Kind::FailsEarly, Err(Error::InUse(text))) => {
                assert_eq!(text, format!("early {number}"));
            }
            (Kind::Panics, Err(Error::Panicked(name))) => assert_eq!(name, "one-of-many"),
            (_, other) => panic!("writer {number} was answered {other:?}"),
        }
        assert_eq!(
            (entry, stored),
            (None, (None, None)),
            "writer {number} left traces"
        );
        assert_eq!(test.store.thing_key(&name).await?, None);
    }
    assert_eq!(test.store.counts().await?, (good, good));
    // Each that was kept is told once, those that were not never.
    let commits = test.commits();
    let mut told: Vec<[u8; 32]> = commits
        .iter()
        .flatten()
        .filter_map(|change| match change {
            Change::Notice(Notice::Certificate(hash)) => Some(*hash),
            _ => None,
        })
        .collect();
    told.sort_unstable();
    let mut wanted: Vec<[u8; 32]> = (0..200)
        .filter(|n| kind(*n) == Kind::Good)
        .map(digest)
        .collect();
    wanted.sort_unstable();
    assert_eq!(told, wanted);
    // A store that flushed for each would have told as often as there were writers.
    assert!(
        commits.len() <= good / 4,
        "{} commits for {good} writes",
        commits.len()
    );

    // What the lookups say now is what a start reads.
    let test = test.reopened(None)?;
    assert_eq!(test.store.counts().await?, (good, good));
    Ok(())
}

#[tokio::test]
async fn a_failure_gives_back_what_it_covered() -> Done {
    let test = TestStore::open()?;
    let key = test.certificate(1, None).await?;
    let thing_key = test.thing("lamp").await?;
    // In one batch: a write that changes what is committed, one that changes it again and fails, one that reads.
    let first = test.tx(|tx| tx.set_certificate_status(&digest(1), Status::Active, NOW));
    let failing = test.tx(move |tx| {
        tx.set_certificate_status(&digest(1), Status::Revoked, NOW)?;
        tx.delete_certificate(&digest(1))?;
        tx.delete_thing(thing_key, "lamp")?;
        thing(tx, "lamp")?;
        thing(tx, "other")?;
        Err::<(), _>(Error::Closed)
    });
    let reading = test.tx(|tx| {
        Ok((
            tx.certificate_entry(&digest(1))?.map(|e| e.status),
            tx.thing_key("lamp")?,
            tx.thing("other")?,
        ))
    });
    let (first, failed, read) = tokio::join!(first, failing, reading);
    first?;
    assert!(matches!(failed, Err(Error::Closed)));
    assert_eq!(read?, (Some(Status::Active), Some(thing_key), None));
    assert_eq!(
        test.store
            .certificate_entry(&digest(1))
            .await?
            .map(|e| e.key),
        Some(key)
    );
    Ok(())
}

/// Whoever fails first in a commit leaves nothing, and those behind it are kept.
#[tokio::test]
async fn what_follows_a_failure_is_kept() -> Done {
    let test = TestStore::open()?;
    for number in 1..4 {
        let failing = || {
            test.tx(|tx| {
                thing(tx, "lost")?;
                Err::<(), _>(Error::Closed)
            })
        };
        let (first, kept, last) =
            tokio::join!(failing(), test.certificate(number, None), failing());
        assert!(matches!(
            (first, last),
            (Err(Error::Closed), Err(Error::Closed))
        ));
        kept?;
        assert_eq!(test.store.counts().await?, (0, usize::try_from(number)?));
    }
    Ok(())
}

#[tokio::test]
async fn a_transaction_sees_of_a_certificate_what_is_read_after_its_commit() -> Done {
    let test = TestStore::open()?;
    let policies = test
        .tx(|tx| {
            ["a", "b", "c"]
                .into_iter()
                .map(|name| tx.insert_policy(name, "{}", NOW))
                .collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let (lamp, door) = (test.thing("lamp").await?, test.thing("door").await?);
    let known = test.certificate(1, None).await?;
    let hash = digest(1);
    // Each change with the one before it known already, and not.
    for looks_first in [true, false] {
        let attached = policies.clone();
        let inside = test
            .tx(move |tx| {
                let mut seen = Vec::new();
                if looks_first {
                    seen.push(tx.certificate_entry(&hash)?);
                }
                tx.set_certificate_status(&hash, Status::Active, NOW)?;
                tx.attach_policy(attached[0], known, &hash)?;
                tx.attach_policy(attached[1], known, &hash)?;
                tx.attach_policy(attached[2], known, &hash)?;
                seen.push(tx.certificate_entry(&hash)?);
                tx.detach_policy(attached[1], known, &hash)?;
                tx.attach_thing(known, &hash, lamp, PrincipalType::NonExclusive)?;
                tx.attach_thing(known, &hash, door, PrincipalType::NonExclusive)?;
                seen.push(tx.certificate_entry(&hash)?);
                tx.detach_thing(known, &hash, lamp)?;
                tx.detach_thing(known, &hash, door)?;
                tx.attach_thing(known, &hash, lamp, PrincipalType::Exclusive)?;
                seen.push(tx.certificate_entry(&hash)?);
                Ok(seen)
            })
            .await?;
        let outside = test.store.certificate_entry(&hash).await?;
        assert_eq!(inside.last(), Some(&outside), "{inside:?}");
        let last = outside.ok_or("no certificate")?;
        assert_eq!(last.policies, Few::Two(policies[0], policies[2]));
        assert_eq!(last.things.exclusive(), Some(lamp));
        test.tx(move |tx| tx.detach_thing(known, &hash, lamp).map(drop))
            .await?;
    }
    let gone = test
        .tx(move |tx| {
            tx.certificate_entry(&hash)?;
            tx.delete_certificate(&hash)?;
            let gone = tx.certificate_entry(&hash)?;
            Ok((
                gone,
                certificate(tx, 1, None)?,
                tx.certificate_entry(&hash)?,
            ))
        })
        .await?;
    assert_eq!(gone.0, None);
    assert_eq!(gone.2.map(|entry| entry.key), Some(gone.1));
    assert_eq!(gone.2, test.store.certificate_entry(&hash).await?);
    Ok(())
}

#[tokio::test]
async fn rows_that_are_written_together_are_what_each_alone_would_be() -> Done {
    const DEVICES: u64 = 300;
    let test = TestStore::open()?;
    let before = test.store.statements();
    let (policy, things) = test
        .tx(|tx| {
            let policy = tx.insert_policy("fleet", "{}", NOW)?;
            let mut things = Vec::new();
            for number in 0..DEVICES {
                let key = certificate(tx, number, None)?;
                let thing = thing(tx, &format!("thing-{number}"))?;
                tx.attach_policy(policy, key, &digest(number))?;
                // The second counts, and is a row of the first's key.
                if number == 7 {
                    tx.attach_thing(key, &digest(number), thing, PrincipalType::NonExclusive)?;
                }
                tx.attach_thing(key, &digest(number), thing, PrincipalType::Exclusive)?;
                tx.attach_policy(policy, key, &digest(number))?;
                things.push((key, thing));
            }
            Ok((policy, things))
        })
        .await?;
    if !is_sqlite() {
        let sent = test.store.statements() - before;
        assert!(sent < 100, "{sent} statements for {DEVICES} devices");
    }
    // Another statement about the same rows, and a question in between.
    let keys = things.clone();
    test.tx(move |tx| {
        for number in 0..DEVICES {
            tx.set_certificate_status(&digest(number), Status::Inactive, NOW)?;
            tx.set_certificate_status(&digest(number), Status::Active, NOW)?;
        }
        let (key, _) = keys[9];
        let found = tx.certificate_by_key(key)?.map(|found| found.version);
        assert_eq!(found, Some(3));
        certificate(tx, DEVICES, None)?;
        tx.set_certificate_status(&digest(DEVICES), Status::Active, NOW)?;
        let found = tx.certificate(&digest(DEVICES))?;
        assert_eq!(found.map(|found| found.version), Some(2));
        Ok(())
    })
    .await?;
    test.store
        .read(|conn| {
            for (number, (key, thing)) in things.iter().enumerate() {
                let found = conn.certificate_by_key(*key)?;
                let found = found.expect("it was registered");
                assert_eq!((found.status, found.version), (Status::Active, 3));
                assert_eq!(found.hash, digest(number as u64));
                let der = conn.certificate_der(*key)?;
                assert_eq!(der, Some(format!("DER of {number}").into_bytes()));
                assert_eq!(conn.policies_of_certificate(*key)?, [policy]);
                assert_eq!(
                    conn.attachment(*key, *thing)?,
                    Some(PrincipalType::Exclusive)
                );
                assert_eq!(conn.thing_name(*thing)?, Some(format!("thing-{number}")));
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(())
}

#[tokio::test]
async fn what_a_failed_write_had_read_and_gathered_is_nobody_elses() -> Done {
    let test = TestStore::open()?;
    // Many at once, so that they share transactions: each second fails after it wrote the same name.
    let writers = (0..100u64).map(|number| {
        test.store.tx("name", move |tx| {
            let found = tx.thing_key("lamp")?;
            if number % 2 == 0 {
                assert_eq!(found, None, "{number}");
                thing(tx, "lamp")?;
                assert!(tx.thing("lamp")?.is_some());
                return Err(Error::InUse("after it was written".into()));
            }
            assert_eq!(found, None, "{number}");
            thing(tx, &format!("thing-{number}"))?;
            tx.thing_key(&format!("thing-{number}"))
        })
    });
    for (number, answer) in futures_of(writers).await.into_iter().enumerate() {
        assert_eq!(answer.is_ok(), number % 2 == 1, "{number}: {answer:?}");
    }
    assert_eq!(test.store.thing_key("lamp").await?, None);
    assert_eq!(test.store.counts().await?.0, 50);
    Ok(())
}

#[tokio::test]
async fn what_is_read_ahead_follows_what_is_written() -> Done {
    let test = TestStore::open()?;
    let lamp = test.thing("lamp").await?;
    let known = test.certificate(1, None).await?;
    let group = test
        .tx(move |tx| {
            let group = tx.insert_group(&nameplate_store::NewGroup {
                name: "hall",
                group_id: "id",
                parent: None,
                description: None,
                attributes: &Default::default(),
                query: None,
                created: NOW,
            })?;
            tx.add_to_group(lamp, group)?;
            tx.attach_thing(known, &digest(1), lamp, PrincipalType::Exclusive)?;
            Ok(group)
        })
        .await?;
    test.tx(move |tx| {
        let ahead = tx.read_ahead(&["door", "lamp"], &[digest(1), digest(2)])?;
        assert_eq!(tx.reads_ahead(), !is_sqlite());
        if tx.reads_ahead() {
            let (thing, groups) = &ahead.things["lamp"];
            assert_eq!((thing.key, groups.as_slice()), (lamp, &[group][..]));
            assert_eq!(ahead.things.len(), 1);
            assert_eq!(ahead.attached[&digest(1)].name, "lamp");
            assert_eq!(ahead.attached.len(), 1);
        }
        assert_eq!(tx.thing_key("lamp")?, Some(lamp));
        assert_eq!(tx.thing_key("door")?, None);
        let door = thing(tx, "door")?;
        assert_eq!(tx.thing_key("door")?, Some(door));
        tx.delete_thing(door, "door")?;
        assert_eq!(tx.thing("door")?, None);
        assert_eq!(tx.certificate_entry(&digest(2))?, None);
        let key = certificate(tx, 2, None)?;
        assert_eq!(tx.certificate_entry(&digest(2))?.map(|e| e.key), Some(key));
        let entry = tx.certificate_entry(&digest(1))?;
        assert_eq!(entry.and_then(|e| e.things.exclusive()), Some(lamp));
        Ok(())
    })
    .await?;
    let registered = test
        .store
        .registered_now(&[digest(1), digest(2), digest(3)])?;
    assert_eq!(registered, [digest(1), digest(2)].into());
    assert!(test.store.registered_now(&[])?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_write_reads_what_it_wrote_and_others_do_not_yet() -> Done {
    let test = TestStore::open()?;
    let store = test.store.clone();
    let (inside, outside) = test
        .tx(move |tx| {
            let key = thing(tx, "lamp")?;
            let inside = tx.thing("lamp")?.map(|thing| thing.key) == Some(key);
            let elsewhere =
                async { Ok::<_, Error>((store.thing_key("lamp").await?, store.counts().await?)) };
            let outside = tokio::runtime::Builder::new_current_thread()
                .build()
                .map_err(|failed| Error::Refused(failed.to_string()))?
                .block_on(elsewhere)?;
            Ok((inside, outside))
        })
        .await?;
    assert!(inside);
    assert_eq!(outside, (None, (0, 0)));
    assert_eq!(test.store.counts().await?, (1, 0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reads_after_the_answer_sees_it() -> Done {
    let test = TestStore::open()?;
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..20u64 {
        let store = test.store.clone();
        tasks.spawn(async move {
            for round in 0..10u64 {
                let number = task * 100 + round;
                let name = format!("thing-{number}");
                let key = store
                    .tx("thing", {
                        let name = name.clone();
                        move |tx| thing(tx, &name)
                    })
                    .await?;
                let found = store.read(|conn| conn.thing(&name)).await?;
                assert_eq!(found.map(|thing| thing.key), Some(key));
            }
            Ok::<_, Error>(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    Ok(())
}

#[tokio::test]
async fn a_read_sees_one_state() -> Done {
    let test = TestStore::open()?;
    let key = test.thing("lamp").await?;
    let store = test.store.clone();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (changed, wait_changed) = std::sync::mpsc::channel::<()>();
    let reader = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        runtime.block_on(store.read(move |conn| {
            let before = conn.thing_by_key(key)?.map(|thing| thing.version);
            let _ = go.send(());
            let _ = wait_changed.recv_timeout(Duration::from_secs(10));
            let after = conn.thing_by_key(key)?.map(|thing| thing.version);
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((before, after))
        }))
    });
    wait.recv_timeout(Duration::from_secs(10))?;
    test.tx(move |tx| tx.update_thing(key, None, &Default::default()))
        .await?;
    changed.send(())?;
    let seen = reader.join().map_err(|_| "the reader panicked")?;
    assert_eq!(seen.map_err(|e| e.to_string())?, (Some(1), Some(1)));
    let now = test.store.read(|conn| conn.thing_by_key(key)).await?;
    assert_eq!(now.map(|thing| thing.version), Some(2));
    Ok(())
}

#[tokio::test]
async fn a_caller_that_goes_away_loses_nothing() -> Done {
    let test = TestStore::open()?;
    let write = test.tx(|tx| thing(tx, "lamp"));
    // Polled once, so that it is on its way, and dropped.
    let _ = tokio::time::timeout(Duration::ZERO, write).await;
    test.store.flush().await;
    assert!(test.store.thing_key("lamp").await?.is_some());
    Ok(())
}

#[tokio::test]
async fn closing_writes_what_is_left_and_refuses_more() -> Done {
    let test = TestStore::open()?;
    let _ = tokio::time::timeout(Duration::ZERO, test.tx(|tx| thing(tx, "lamp"))).await;
    test.store.close();
    let late = test.tx(|tx| thing(tx, "late")).await;
    assert!(matches!(late, Err(Error::Closed)));
    // Reading goes on.
    let found = test.store.read(|conn| conn.thing("lamp")).await?;
    assert!(found.is_some());
    test.store.flush().await;
    let test = test.reopened(None)?;
    assert!(test.store.thing_key("lamp").await?.is_some());
    assert!(test.store.thing_key("late").await?.is_none());
    Ok(())
}

/// Runs futures side by side on this task; their answers in order.
pub async fn futures_of<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.map(|f| (Box::pin(f), None)).collect();
    std::future::poll_fn(|context| {
        let mut open = false;
        for (future, answer) in running.iter_mut().filter(|(_, answer)| answer.is_none()) {
            match future.as_mut().poll(context) {
                std::task::Poll::Ready(ready) => *answer = Some(ready),
                std::task::Poll::Pending => open = true,
            }
        }
        if open {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    running
        .into_iter()
        .filter_map(|(_, answer)| answer)
        .collect()
}
