//! Several servers over one database: who is there, what each hears of the others, and what the dead leave.

use crate::fixture::{Done, NOW, certificate, digest, is_sqlite, thing};
use crate::server;
use nameplate_store::{
    Change, ClusterOptions, EngineOptions, Error, Location, Notice, PostgresOptions, Restoration,
    SharedSecret, Standing, Store, StoreOptions, Tx, exchange_secrets, forget_ticket_keys,
    leave_secret, schema_version, share_secrets, shared_secrets, ticket_keys,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// One of several servers, and what it has been told.
struct One {
    store: Store,
    told: Arc<Mutex<Vec<Notice>>>,
    _directory: tempfile::TempDir,
}

impl One {
    fn join(url: &str) -> Result<Self, Box<dyn std::error::Error>> {
        Self::join_from(url, tempfile::tempdir()?)
    }

    fn join_from(
        url: &str,
        directory: tempfile::TempDir,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        Self::join_by(url, directory, false)
    }

    fn join_by(
        url: &str,
        directory: tempfile::TempDir,
        has_bus: bool,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let mut engine = PostgresOptions::parse(url)?;
        if std::env::var("NAMEPLATE_TEST_ENGINE").as_deref() == Ok("postgres-conflicts") {
            engine = engine.with_conflicts(4, 4711);
        }
        let told: Arc<Mutex<Vec<Notice>>> = Arc::default();
        let options = StoreOptions {
            directory: directory.path().to_owned(),
            engine: EngineOptions::Postgres(Box::new(engine)),
            attempts: 100,
            cluster: Some(ClusterOptions {
                addresses: "127.0.0.1:1".into(),
                release: "test".into(),
                has_bus,
            }),
        };
        let store = Store::open(&options, {
            let told = Arc::clone(&told);
            move |changes| {
                let notices = changes.into_iter().filter_map(|change| match change {
                    Change::Notice(notice) => Some(notice),
                    _ => None,
                });
                told.lock().expect("nobody panics").extend(notices);
            }
        })?;
        Ok(Self {
            store,
            told,
            _directory: directory,
        })
    }

    fn told(&self) -> Vec<Notice> {
        self.told.lock().expect("nobody panics").clone()
    }

    /// Waits until it has been told this.
    async fn hears(&self, notice: Notice) {
        until(|| self.told().contains(&notice)).await;
    }
}

async fn until(holds: impl Fn() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    panic!("it does not come to be");
}

/// A database for several servers.
fn database() -> Result<(tempfile::TempDir, String), std::io::Error> {
    let named = tempfile::tempdir()?;
    let url = server::database_of(named.path());
    Ok((named, url))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_is_not_shared() -> Done {
    let directory = tempfile::tempdir()?;
    let refused = Store::open(
        &StoreOptions {
            directory: directory.path().to_owned(),
            engine: EngineOptions::Sqlite,
            attempts: 1,
            cluster: Some(ClusterOptions::default()),
        },
        |_| {},
    );
    let why = refused.err().map(|refused| refused.to_string());
    assert!(why.unwrap_or_default().contains("--store postgres://"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_bus_does_not_join_those_that_have_one() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let join = |has_bus| One::join_by(&url, tempfile::tempdir()?, has_bus);
    // A bus is given to one after the other.
    let without = join(false)?;
    let with = join(true)?;
    let refused = join(false).err().map(|refused| refused.to_string());
    let refused = refused.unwrap_or_default();
    assert!(refused.contains("the same --bus"), "{refused}");
    // Whoever had one goes.
    with.store.close();
    join(false)?;
    without.store.close();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn created_at_whichever_server_rows_are_in_the_order_of_creation() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let servers = [One::join(&url)?, One::join(&url)?];
    let mut made = Vec::new();
    for number in 0..9 {
        let name = format!("group-{number}");
        let insert = move |tx: &mut Tx<'_>| tx.insert_billing_group(&name, &name, None, NOW);
        made.push(servers[number % 2].store.tx("create", insert).await?);
    }
    assert!(made.is_sorted(), "{made:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_hears_of_all_that_the_others_commit_in_order_and_once() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let (one, two) = (One::join(&url)?, One::join(&url)?);
    assert!(one.store.is_clustered() && one.store.incarnation() < two.store.incarnation());
    one.hears(Notice::NodeCame(two.store.incarnation())).await;
    let many = 60_u64;
    let work = |of: &One, from: u64| {
        let store = of.store.clone();
        tokio::spawn(async move {
            for number in from..from + many {
                let changed = store.tx("test", move |tx| {
                    certificate(tx, number, None)?;
                    tx.notice(Notice::Certificate(digest(number)));
                    Ok::<_, Error>(())
                });
                changed.await.expect("it is written");
            }
        })
    };
    let (of_one, of_two) = (work(&one, 0), work(&two, 1000));
    of_one.await?;
    of_two.await?;
    let heard = |of: &One, from: u64| {
        let wanted: BTreeSet<[u8; 32]> = (from..from + many).map(digest).collect();
        let told = of.told().into_iter();
        let heard = told.filter_map(|notice| match notice {
            Notice::Certificate(hash) if wanted.contains(&hash) => Some(hash),
            _ => None,
        });
        heard.collect::<Vec<_>>()
    };
    let all = |from: u64| (from..from + many).map(digest).collect::<Vec<_>>();
    two.store.ring();
    until(|| heard(&two, 0).len() >= all(0).len()).await;
    until(|| heard(&one, 1000).len() >= all(1000).len()).await;
    assert_eq!(heard(&two, 0), all(0));
    assert_eq!(heard(&one, 1000), all(1000));
    // Its own it hears once, from the commit.
    assert_eq!(heard(&one, 0), all(0));
    assert_eq!(one.store.counts().await?.1, 2 * all(0).len());
    assert!(!one.told().contains(&Notice::Everything));
    let members = one.store.members().await?;
    let lags: Vec<(bool, i64)> = members
        .iter()
        .map(|member| (member.live, member.newest - member.followed))
        .collect();
    assert_eq!(lags, [(true, 0), (true, 0)]);
    assert_eq!(members[0].newest, 60);
    assert_eq!(members[1].release, "test");
    Ok(())
}

/// What a commit registers nobody has in force: others hear of it when they look.
#[tokio::test(flavor = "multi_thread")]
async fn others_are_rung_for_what_they_have_in_force() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let one = One::join(&url)?;
    let rung = || *one.store.urgent().borrow();
    let registered = one.store.tx("test", |tx| {
        thing(tx, "lamp")?;
        tx.notice(Notice::Shadow(1));
        certificate(tx, 1, None)?;
        tx.notice(Notice::Certificate(digest(1)));
        Ok::<_, Error>(())
    });
    registered.await?;
    assert_eq!(rung(), 0);
    // A closure that fails registers nothing, though it shares a commit.
    let failed = one.store.tx("test", |tx| {
        certificate(tx, 2, None)?;
        Err::<(), _>(Error::Closed)
    });
    let changed = one.store.tx("test", |tx| {
        tx.notice(Notice::Certificate(digest(2)));
        Ok::<_, Error>(())
    });
    let (failed, changed) = tokio::join!(failed, changed);
    assert!(failed.is_err());
    changed?;
    assert_eq!(rung(), 2);
    let changed = one.store.tx("test", |tx| {
        certificate(tx, 3, None)?;
        tx.notice(Notice::Certificate(digest(1)));
        Ok::<_, Error>(())
    });
    changed.await?;
    assert_eq!(rung(), 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_catches_up_has_heard_of_all_that_was_committed_before() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let (one, two) = (One::join(&url)?, One::join(&url)?);
    for number in 0..30_u64 {
        let changed = one.store.tx("test", move |tx| {
            tx.notice(Notice::Certificate(digest(number)));
            Ok::<_, Error>(())
        });
        changed.await?;
        // Many at once share a look.
        let all = (0..8).map(|_| {
            let store = two.store.clone();
            tokio::spawn(async move { store.catch_up().await })
        });
        for caught_up in all.collect::<Vec<_>>() {
            caught_up.await??;
        }
        assert!(two.told().contains(&Notice::Certificate(digest(number))));
    }
    // One that came a moment ago is followed as well.
    let three = One::join(&url)?;
    let changed = three.store.tx("test", |tx| {
        tx.notice(Notice::Iam);
        Ok::<_, Error>(())
    });
    changed.await?;
    two.store.catch_up().await?;
    assert!(two.told().contains(&Notice::Iam));
    two.store.close();
    let closed = two.store.catch_up().await;
    assert!(matches!(closed, Err(Error::Closed)), "it follows nobody");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incarnation_does_not_come_again_with_a_backup() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let one = One::join(&url)?;
    let before = one.store.incarnation();
    one.store.close();
    // As a database that was put back, and one that never had any.
    for put_back in [
        "UPDATE lease SET epoch = 1 WHERE name = 'incarnation'",
        "DELETE FROM lease WHERE name = 'incarnation'; DELETE FROM node",
    ] {
        assert!(server::sql(&url, put_back));
        let two = One::join(&url)?;
        assert!(two.store.incarnation() > before, "{put_back}");
        two.store.close();
    }
    // Nor where the database's clock is behind.
    assert!(server::sql(
        &url,
        "UPDATE lease SET epoch = 9000000000000 WHERE name = 'incarnation'"
    ));
    assert_eq!(One::join(&url)?.store.incarnation(), 9_000_000_000_001);
    Ok(())
}

/// As two neighbouring releases run side by side, and two that cannot.
#[tokio::test(flavor = "multi_thread")]
async fn tables_of_a_newer_release_are_used_where_it_says_so() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let one = One::join(&url)?;
    assert!(server::sql(
        &url,
        "UPDATE schema_version SET version = 4711"
    ));
    let two = One::join(&url)?;
    two.store.tx("thing", |tx| thing(tx, "lamp")).await?;
    assert!(server::sql(
        &url,
        "UPDATE schema_version SET usable_from = 4711"
    ));
    let refused = One::join(&url).err().map(|refused| refused.to_string());
    assert!(
        refused
            .as_deref()
            .is_some_and(|why| why.contains("schema version 4711")),
        "{refused:?}"
    );
    // One that could not go on with our tables is not started beside.
    assert!(server::sql(
        &url,
        "UPDATE schema_version SET version = 1, usable_from = 1; UPDATE node SET knows = 1, release = 'old'"
    ));
    let refused = One::join(&url).err().map(|refused| refused.to_string());
    assert!(
        refused
            .as_deref()
            .is_some_and(|why| why.contains("release old") && why.contains("stop the servers")),
        "{refused:?}"
    );
    drop(one);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_joins_while_the_tables_become_another_releases_is_refused() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    drop(One::join(&url)?);
    // What a transaction sees of the others stays what it saw first.
    let (watch, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    for (usable_from, is_refused) in [(4711, true), (1, false)] {
        // It holds the version's row, as a server does that brings the tables to its release.
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        let change = format!(
            "BEGIN; UPDATE schema_version SET version = version + 1, usable_from = {usable_from}"
        );
        client.batch_execute(&change).await?;
        let at = url.clone();
        let joins = tokio::task::spawn_blocking(move || {
            One::join(&at)
                .map(drop)
                .map_err(|refused| refused.to_string())
        });
        let waits = "SELECT 1 FROM pg_stat_activity
            WHERE wait_event_type = 'Lock' AND datname = current_database()";
        while watch.query(waits, &[]).await?.is_empty() {
            assert!(!joins.is_finished(), "it does not wait");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        client.batch_execute("COMMIT").await?;
        match joins.await? {
            Err(why) => assert!(is_refused && why.contains("schema version"), "{why}"),
            Ok(()) => assert!(!is_refused),
        }
        let back = "UPDATE schema_version SET version = version - 1, usable_from = 1";
        client.batch_execute(back).await?;
    }
    Ok(())
}

/// Several that start at the same moment bring the tables to their release together, each step once.
#[tokio::test(flavor = "multi_thread")]
async fn servers_that_start_at_once_make_each_step_of_the_tables_once() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    for version in [0, 24, schema_version() - 1] {
        let (_named, url) = database()?;
        if version > 0 {
            let options = PostgresOptions::parse(&url)?;
            let to = Location::Database(Box::new(options));
            let made = tokio::task::spawn_blocking(move || {
                Restoration::begin(&to, None, version, &BTreeMap::new(), "", &mut |_| {})?.finish()
            });
            made.await??;
        }
        let joins: Vec<_> = (0..4)
            .map(|_| {
                let at = url.clone();
                tokio::task::spawn_blocking(move || One::join(&at).map_err(|why| why.to_string()))
            })
            .collect();
        let mut joined = Vec::new();
        for join in joins {
            joined.push(
                join.await?
                    .map_err(|why| format!("from version {version}: {why}"))?,
            );
        }
        let is_whole = format!(
            "SELECT 1 / COUNT(*) FROM schema_version WHERE version = {}",
            schema_version()
        );
        assert!(server::sql(&url, &is_whole), "from version {version}");
        for (number, one) in (0..).zip(&joined) {
            let made = one
                .store
                .tx("test", move |tx| certificate(tx, number, None));
            made.await?;
        }
        assert_eq!(joined[0].store.counts().await?.1, joined.len());
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_makes_everything_stale() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let one = One::join(&url)?;
    let other = one.store.incarnation();
    let two = One::join(&url)?;
    assert!(server::sql(
        &url,
        &format!(
            "INSERT INTO notice (incarnation, number, content) VALUES ({other}, 7, '[[\"iam\"]]')"
        ),
    ));
    two.hears(Notice::Iam).await;
    assert!(two.told().contains(&Notice::Everything));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_leaves_its_leases_and_what_it_owed() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let (one, two) = (One::join(&url)?, One::join(&url)?);
    assert!(one.store.lease("work").await?);
    assert!(one.store.lease("work").await?, "it keeps it");
    assert!(!two.store.lease("work").await?);
    one.store.give_back("work").await?;
    assert!(two.store.lease("work").await?);
    assert!(two.store.lease("more").await?);
    let owner = two.store.incarnation();
    assert_eq!(
        one.store.leases().await?,
        [("more".to_owned(), owner), ("work".to_owned(), owner)]
    );
    let owed = two.store.tx("test", |tx| {
        tx.owe_event("first".into(), vec![1])?;
        tx.owe_event("second".into(), vec![2])
    });
    owed.await?;
    let adopt = |from: i64| one.store.tx("test", move |tx| tx.adopt_events(from, 10));
    assert_eq!(adopt(owner).await?, 0, "it is alive");
    two.store.close();
    one.hears(Notice::NodeGone(owner)).await;
    assert!(one.store.lease("work").await?);
    assert_eq!(adopt(owner).await?, 2);
    assert_eq!(adopt(owner).await?, 0, "once");
    let mine = one.store.read(|conn| conn.owed_events(10)).await?;
    let topics: Vec<&str> = mine.iter().map(|event| event.topic.as_str()).collect();
    assert_eq!(topics, ["first", "second"]);
    assert_eq!(one.store.members().await?.len(), 2);
    one.store
        .tx("test", move |tx| tx.forget_node(owner))
        .await?;
    assert_eq!(one.store.members().await?.len(), 1);
    // Its number is free, its incarnation is not.
    let three = One::join(&url)?;
    assert!(three.store.incarnation() > owner);
    assert_eq!(three.store.members().await?.len(), 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_declared_dead_writes_nothing_more() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let (one, two) = (One::join(&url)?, One::join(&url)?);
    one.store.check().await?;
    let dead = one.store.incarnation();
    assert!(server::sql(
        &url,
        &format!("UPDATE node SET live = 0 WHERE incarnation = {dead}"),
    ));
    let refused = one.store.tx("thing", |tx| thing(tx, "late")).await;
    assert!(
        matches!(&refused, Err(Error::Commit(why)) if why.contains("declared this one dead")),
        "{refused:?}"
    );
    assert!(one.store.check().await.is_err());
    let mut standing = one.store.standing();
    let lost = standing.wait_for(|standing| *standing == Standing::Lost);
    tokio::time::timeout(Duration::from_secs(30), lost).await??;
    assert!(!one.store.lease("work").await?);
    two.hears(Notice::NodeGone(dead)).await;
    two.store.tx("thing", |tx| thing(tx, "lamp")).await?;
    assert!(two.store.is_clustered());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_server_is_declared_dead_by_the_databases_clock() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let one = One::join(&url)?;
    assert!(server::sql(
        &url,
        "INSERT INTO node (number, incarnation, name, release, knows, addresses, started, until, live)
         VALUES (9, 1000, 'silent', 'test', 99, 'nowhere', now(), now() + interval '3 seconds', 1)",
    ));
    one.hears(Notice::NodeCame(1000)).await;
    one.hears(Notice::NodeGone(1000)).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_alone_and_several_together_refuse_each_other() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let one = One::join(&url)?;
    let directory = tempfile::tempdir()?;
    let alone = |url: &str| {
        let options = PostgresOptions::parse(url).map_err(Error::Refused)?;
        Store::open(
            &StoreOptions {
                directory: directory.path().to_owned(),
                engine: EngineOptions::Postgres(Box::new(options)),
                attempts: 100,
                cluster: None,
            },
            |_| {},
        )
    };
    let why = alone(&url).err().map(|refused| refused.to_string());
    assert!(
        why.as_deref().unwrap_or_default().contains("--cluster"),
        "{why:?}"
    );
    one.store.close();
    drop(one);
    // The last has given the registry back.
    let alone = alone(&url)?;
    assert!(!alone.is_clustered());
    alone.tx("thing", |tx| thing(tx, "lamp")).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_shared_all_or_none() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let server = PostgresOptions::parse(&url)?;
    let secret = |name: &str, sealed: &[u8]| SharedSecret {
        name: name.to_owned(),
        key_id: "k".to_owned(),
        sealed: sealed.to_vec(),
    };
    assert_eq!(shared_secrets(&server)?, []);
    assert!(share_secrets(
        &server,
        &[secret("a", b"1"), secret("b", b"2")]
    )?);
    // Another server was first with one of them.
    assert!(!share_secrets(
        &server,
        &[secret("c", b"3"), secret("b", b"4")]
    )?);
    let all = shared_secrets(&server)?;
    assert_eq!(all, [secret("a", b"1"), secret("b", b"2")]);
    // One is another, one goes, one comes: for who knows what there is, and once.
    let next = [secret("c", b"6"), secret("b", b"5")];
    assert!(exchange_secrets(&server, &all, &next)?);
    let found = shared_secrets(&server)?;
    assert_eq!(found, [secret("b", b"5"), secret("c", b"6")]);
    assert!(!exchange_secrets(&server, &all, &next)?);
    assert!(!exchange_secrets(&server, &found[..1], &[])?);
    assert_eq!(shared_secrets(&server)?, found);
    assert_eq!(format!("{:?}", all[0]), "SharedSecret(\"a\")");
    // The registry that comes after has them beside it.
    let one = One::join(&url)?;
    assert_eq!(shared_secrets(&server)?.len(), 2);
    drop(one);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_removes_a_secret_waits_for_what_is_registered_by_it() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let server = PostgresOptions::parse(&url)?;
    let one = One::join(&url)?;
    let secret = SharedSecret {
        name: "keys/ca".into(),
        key_id: "k".into(),
        sealed: vec![1],
    };
    assert!(share_secrets(&server, std::slice::from_ref(&secret))?);
    let stands = || {
        let (asked, began) = std::sync::mpsc::channel();
        let (go, gone) = std::sync::mpsc::channel::<()>();
        let gone = Mutex::new(Some(gone));
        let store = one.store.clone();
        let found = tokio::spawn(async move {
            store
                .tx("test", move |tx| {
                    let found = tx.secret_stands("keys/ca")?;
                    tx.notice(Notice::Iam);
                    let _ = asked.send(());
                    if let Some(gone) = gone.lock().expect("nobody panics").take() {
                        let _ = gone.recv();
                    }
                    Ok::<_, Error>(found)
                })
                .await
        });
        (found, began, go)
    };
    let leave = |leaving: bool| {
        let server = server.clone();
        std::thread::spawn(move || leave_secret(&server, "keys/ca", leaving))
    };
    let (found, began, go) = stands();
    began.recv()?;
    let left = leave(true);
    // It is waited for; how long it would be otherwise nobody knows, so this may only miss a fault.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!left.is_finished());
    drop(go);
    assert!(found.await??, "it stood when it was asked");
    left.join().expect("nobody panics")?;
    // What is registered after that is not.
    let now = async || {
        let (found, _began, go) = stands();
        drop(go);
        found.await
    };
    assert!(!now().await??);
    leave(false).join().expect("nobody panics")?;
    assert!(now().await??);
    // Changed it is there again, and removed no more.
    leave(true).join().expect("nobody panics")?;
    let found = shared_secrets(&server)?;
    let changed = SharedSecret {
        sealed: vec![2],
        ..secret
    };
    let next = [changed];
    assert!(exchange_secrets(&server, &found, &next)?);
    assert!(now().await??);
    assert!(exchange_secrets(&server, &next, &[])?);
    assert!(!now().await??);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_tickets_take_turns_by_the_databases_clock() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let server = PostgresOptions::parse(&url)?;
    assert_eq!(shared_secrets(&server)?, []);
    let (turn, life) = (Duration::from_secs(3600), Duration::from_secs(3 * 3600));
    let read = |key_id: &str, next: &[u8]| ticket_keys(&server, (key_id, next), (turn, life));
    let numbers = |key_id: &str, next: &[u8]| {
        let keys = read(key_id, next)?.into_iter();
        Ok::<Vec<_>, Error>(keys.map(|key| (key.number, key.sealed)).collect())
    };
    assert_eq!(numbers("k", b"first")?, [(1, b"first".to_vec())]);
    assert_eq!(numbers("k", b"not yet")?, [(1, b"first".to_vec())]);
    let older = |hours: u32| {
        let made = format!("UPDATE ticket_key SET made = made - interval '{hours} hours'");
        assert!(server::sql(&url, &made));
    };
    older(2);
    let both = [(1, b"first".to_vec()), (2, b"second".to_vec())];
    assert_eq!(numbers("k", b"second")?, both);
    assert!(read("k", b"")?[0].age > Duration::from_secs(7000));
    older(2);
    assert_eq!(
        numbers("l", b"third")?,
        [(2, b"second".to_vec()), (3, b"third".to_vec())]
    );
    forget_ticket_keys(&server, "l")?;
    assert_eq!(numbers("l", b"")?, [(3, b"third".to_vec())]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_does_not_take_the_place_of_one_with_a_copy_of_its_directory() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let copied = |from: &std::path::Path| {
        let copy = tempfile::tempdir()?;
        for name in ["node", "node-start"] {
            std::fs::copy(from.join(name), copy.path().join(name))?;
        }
        std::io::Result::Ok(copy)
    };
    let first = One::join(&url)?;
    let kept = copied(first._directory.path())?;
    // Its next start takes its place at once.
    let second = One::join_from(&url, copied(first._directory.path())?)?;
    let mut standing = first.store.standing();
    standing
        .wait_for(|standing| *standing == Standing::Lost)
        .await?;
    // What comes from before that is another's copy.
    let refused = One::join_from(&url, kept)
        .err()
        .map(|error| error.to_string());
    assert!(
        refused
            .as_ref()
            .is_some_and(|why| why.contains("runs with a copy of")),
        "{refused:?}"
    );
    assert_eq!(*second.store.standing().borrow(), Standing::Sure);
    Ok(())
}

/// How often something ran, and the first time of it together with another.
struct Meets(Arc<std::sync::Barrier>, Arc<Mutex<u32>>);

impl Meets {
    fn two() -> (Self, Self) {
        let both = Arc::new(std::sync::Barrier::new(2));
        (
            Self(Arc::clone(&both), Arc::default()),
            Self(both, Arc::default()),
        )
    }

    fn again(&self) -> Self {
        Self(Arc::clone(&self.0), Arc::clone(&self.1))
    }

    fn ran(&self) -> u32 {
        *self.1.lock().expect("nobody panics")
    }

    fn run(&self) {
        let ran = {
            let mut ran = self.1.lock().expect("nobody panics");
            *ran += 1;
            *ran
        };
        if ran == 1 {
            self.0.wait();
        }
    }
}

/// Makes a thing where there is none of this name, as another transaction does the same.
fn make(tx: &mut Tx<'_>, name: &str, meets: &Meets) -> Result<bool, Error> {
    if tx.thing_to_make(name)?.is_some() {
        return Ok(false);
    }
    meets.run();
    thing(tx, name)?;
    Ok(true)
}

#[tokio::test(flavor = "multi_thread")]
async fn neighbours_are_made_by_two_servers_at_once() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let (one, two) = (One::join(&url)?, One::join(&url)?);
    let (here, there) = Meets::two();
    let (of_here, of_there) = (here.again(), there.again());
    let made = tokio::join!(
        one.store
            .tx("test", move |tx| make(tx, "device-1", &of_here)),
        two.store
            .tx("test", move |tx| make(tx, "device-2", &of_there)),
    );
    assert_eq!((made.0?, made.1?), (true, true));
    // Where conflicts are asked for, there are others.
    if std::env::var("NAMEPLATE_TEST_ENGINE").as_deref() == Ok("postgres") {
        assert_eq!((here.ran(), there.ran()), (1, 1), "nobody was in the way");
    }
    // Of the same name whoever comes second finds the first's.
    let (here, there) = Meets::two();
    let made = tokio::join!(
        one.store.tx("test", move |tx| make(tx, "device-3", &here)),
        two.store.tx("test", move |tx| make(tx, "device-3", &there)),
    );
    let (here, there) = (made.0?, made.1?);
    assert!(here != there, "{here} and {there}");
    assert_eq!(one.store.counts().await?.0, 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_same_transaction_has_made_is_not_made_again() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (_named, url) = database()?;
    let one = One::join(&url)?;
    let (busy, lead) = Meets::two();
    let store = &one.store;
    let make = |name: &'static str| async move {
        let made = store.tx("test", move |tx| match tx.thing_to_make(name)? {
            Some(found) => Ok::<_, Error>(found.key),
            None => thing(tx, name),
        });
        made.await
    };
    let first = store.tx("test", move |_| {
        busy.run();
        Ok::<_, Error>(())
    });
    let fails = store.tx("test", move |tx| {
        thing(tx, "other")?;
        Err::<(), _>(Error::Refused("it is undone".into()))
    });
    // The next ones come while it is at work, and so together.
    let together = async { tokio::join!(make("device"), fails, make("device"), make("other")) };
    let lets_go = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        tokio::task::spawn_blocking(move || lead.run()).await
    };
    let (first, (one_made, failed, again, other), lead) = tokio::join!(first, together, lets_go);
    first?;
    lead?;
    assert!(failed.is_err());
    assert_eq!(one_made?, again?);
    other?;
    assert_eq!(one.store.counts().await?.0, 2);
    Ok(())
}
