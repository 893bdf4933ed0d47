//! What is particular to a database behind a network: who is refused at the start, and what happens while it is away.

use crate::fixture::{Done, attempt, is_sqlite, thing};
use crate::server::{self, Own};
use nameplate_store::{
    AttemptFilter, AttemptRow, EngineOptions, Error, Node, PostgresOptions, Standing, Store,
    StoreOptions, SummaryOf,
};
use std::path::Path;
use std::time::Duration;

fn open(directory: &Path, url: &str) -> Result<Store, Error> {
    let options = PostgresOptions::parse(url).map_err(Error::Refused)?;
    Store::open(
        &StoreOptions {
            directory: directory.to_owned(),
            engine: EngineOptions::Postgres(Box::new(options)),
            attempts: 100,
            cluster: None,
        },
        |_| {},
    )
}

/// Why a start is refused.
#[track_caller]
fn refusal(url: &str) -> String {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    match open(directory.path(), url) {
        Ok(_) => panic!("{url} was opened"),
        Err(refused) => refused.to_string(),
    }
}

#[test]
fn a_url_that_cannot_be_used_is_told_without_its_password() {
    for (url, told) in [
        (
            "postgres://u:SECRET@h/db?sslmode=prefer",
            "sslmode is disable or verify-full",
        ),
        (
            "postgres://u:SECRET@h/db?connections=1",
            "connections must be a number from 4 to 100",
        ),
        ("postgres://u:SECRET@h/db?sslrootcert=/nowhere", "/nowhere"),
        ("postgres://u:SECRET@h/db?color=blue", "color"),
        ("postgres://u:SECRET@h:port/db", "port"),
        ("postgres://u:SECRET@h", "it names no database"),
        ("postgres://h/db", "it names no user"),
        ("postgres://:SECRET@h/db", "it names no user"),
        ("postgres://u:SECRET@h/", "it names no database"),
        ("postgres://u:SECRET@h/db\n", "the end of a line"),
        ("postgres://u:SECRET@h/d%0Ab", "control character"),
        // A password with an @ that is not written %40.
        ("postgres://u:a@SECRET@h/db", "%40"),
        ("postgres://u:a@b/SECRET@h/db", "%40"),
        ("postgres://u:?a@SECRET@h/db", "%40"),
    ] {
        let mistake = PostgresOptions::parse(url).expect_err(url);
        assert!(mistake.contains(told), "{url}: {mistake}");
        assert!(!mistake.contains("SECRET"), "{mistake}");
    }
    let good = PostgresOptions::parse("postgresql://u:SECRET@db.example:6432/fleet?connections=20");
    let shown = format!("{:?}", good.expect("it is good"));
    assert_eq!(shown, "PostgresOptions(\"db.example:6432/fleet\")");
}

#[tokio::test]
async fn whoever_cannot_use_a_database_is_told_what_to_do() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let base = server::url();
    let at = |database: &str| base.replace("/postgres", database);
    for statement in [
        "CREATE ROLE reader LOGIN",
        "CREATE DATABASE latin ENCODING LATIN1 LOCALE \"C\" TEMPLATE template0",
        "CREATE DATABASE foreign_program",
        "CREATE DATABASE newer",
        "CREATE DATABASE without_rights",
        "CREATE DATABASE frozen",
        "ALTER DATABASE frozen SET default_transaction_read_only = on",
    ] {
        assert!(server::sql(base, statement), "{statement}");
    }
    assert!(server::sql(
        &at("/foreign_program"),
        "CREATE TABLE invoice (id INT)"
    ));
    let directory = tempfile::tempdir()?;
    open(directory.path(), &at("/newer"))?.close();
    assert!(server::sql(
        &at("/newer"),
        "UPDATE schema_version SET version = 4711"
    ));

    let nobody = base.replace("nameplate@", "nobody:SECRET@");
    let reader = at("/without_rights").replace("nameplate@", "reader@");
    let verified = format!("{base}?sslmode=verify-full");
    for (url, told) in [
        (at("/missing"), "has no database \"missing\""),
        (nobody, "does not let \"nobody\" in"),
        (at("/latin"), "keeps its texts as LATIN1"),
        (
            at("/foreign_program"),
            "tables of another program, such as \"invoice\"",
        ),
        (at("/newer"), "schema version 4711"),
        (at("/frozen"), "takes no writes"),
        (reader, "has not the rights it needs"),
        (verified, "is not to be trusted"),
        (
            "postgres://u:SECRET@127.0.0.1:1/db".into(),
            "cannot be reached",
        ),
    ] {
        let refused = refusal(&url);
        assert!(refused.contains(told), "{url}: {refused}");
        assert!(
            !refused.contains("SECRET") && !refused.contains('\n'),
            "{refused}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_registry_has_one_server() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (one, two) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let url = server::database_of(one.path());
    let first = open(one.path(), &url)?;
    let second = refusal_in_time(two.path(), &url);
    assert!(second.contains("in use by another server"), "{second}");
    // The one that holds it goes on.
    first.tx("thing", |tx| thing(tx, "lamp")).await?;
    // Taken from it, it writes nothing more.
    assert!(server::sql(&url, "UPDATE lease SET node = 'somebody else'"));
    let refused = first.tx("thing", |tx| thing(tx, "late")).await;
    assert!(
        matches!(&refused, Err(Error::Commit(why)) if why.contains("another server has taken")),
        "{refused:?}"
    );
    Ok(())
}

/// As after SIGKILL, where the process before may write something yet.
#[tokio::test]
async fn a_start_of_the_same_name_has_the_registry_at_once() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let (one, two) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let url = server::database_of(one.path());
    let first = open(one.path(), &url)?;
    first.tx("thing", |tx| thing(tx, "lamp")).await?;
    std::fs::copy(one.path().join("node"), two.path().join("node"))?;
    let second = open(two.path(), &url)?;
    let late = first.tx("thing", |tx| thing(tx, "late")).await;
    assert!(
        matches!(&late, Err(Error::Commit(why)) if why.contains("another server has taken")),
        "{late:?}"
    );
    assert!(first.check().await.is_err());
    let mut standing = first.standing();
    let lost = standing.wait_for(|standing| *standing == Standing::Lost);
    tokio::time::timeout(Duration::from_secs(30), lost).await??;
    // What it gives back is not its own.
    first.close();
    second.check().await?;
    second.tx("thing", |tx| thing(tx, "door")).await?;
    assert_eq!(second.thing_key("late").await?, None);
    Ok(())
}

fn refusal_in_time(directory: &Path, url: &str) -> String {
    open(directory, url)
        .err()
        .map(|refused| refused.to_string())
        .unwrap_or_default()
}

#[tokio::test]
async fn a_server_that_goes_and_comes_is_found_again() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let server = Own::start();
    let directory = tempfile::tempdir()?;
    let store = open(directory.path(), &server.url)?;
    let lamp = store.tx("thing", |tx| thing(tx, "lamp")).await?;
    assert_eq!(store.thing_key("lamp").await?, Some(lamp));

    // Away for a moment, while something waits to be written.
    server.control(&["restart", "-m", "fast"]);
    let door = store.tx("thing", |tx| thing(tx, "door")).await?;
    assert!(door > lamp);
    assert_eq!(store.thing_key("lamp").await?, Some(lamp));

    // Away for longer: told, and over when the server is there again. What was not answered may not be there.
    server.control(&["stop", "-m", "immediate"]);
    let away = store.tx("thing", |tx| thing(tx, "window")).await;
    assert!(matches!(away, Err(Error::Away(_))), "{away:?}");
    assert!(matches!(store.thing_key("lamp").await, Err(Error::Away(_))));
    server.control(&["start"]);
    store.tx("thing", |tx| thing(tx, "window")).await?;
    assert_eq!(store.counts().await?.0, 3);
    assert_eq!(store.thing_key("lamp").await?, Some(lamp));

    // In its place there is a replica, which is not promoted yet: as if nobody were there.
    server.control(&["stop", "-m", "fast"]);
    server.make_replica();
    server.control(&["start"]);
    let early = store.tx("thing", |tx| thing(tx, "early")).await;
    assert!(matches!(early, Err(Error::Away(_))), "{early:?}");
    let refused = refusal_in_time(tempfile::tempdir()?.path(), &server.url);
    assert!(refused.contains("name the primary server"), "{refused}");
    server.control(&["promote"]);
    store.tx("thing", |tx| thing(tx, "early")).await?;
    assert_eq!(store.counts().await?.0, 4);
    Ok(())
}

#[tokio::test]
async fn a_statement_that_hangs_ends_and_only_its_transaction_fails() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let directory = tempfile::tempdir()?;
    let url = server::database_of(directory.path());
    let store = open(directory.path(), &url)?;
    let lamp = store.tx("thing", |tx| thing(tx, "lamp")).await?;
    let blocker = std::thread::spawn({
        let url = url.clone();
        move || {
            server::sql(
                &url,
                "BEGIN; LOCK TABLE thing IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(14); COMMIT",
            )
        }
    });
    // The lock is there when a reader no longer gets through at once.
    let hung = loop {
        let read = tokio::time::timeout(Duration::from_secs(60), store.thing_key("lamp")).await?;
        if read.is_err() {
            break read;
        }
    };
    assert!(matches!(hung, Err(Error::Away(_))), "{hung:?}");
    assert!(blocker.join().is_ok_and(|done| done));
    store.tx("thing", |tx| thing(tx, "door")).await?;
    assert_eq!(store.thing_key("lamp").await?, Some(lamp));
    Ok(())
}

/// A statement that is not waited for has an answer in three pieces here. What is asked after it is answered all the same.
#[tokio::test(flavor = "multi_thread")]
async fn answers_that_come_in_pieces_hold_nothing_up() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let directory = tempfile::tempdir()?;
    let url = server::database_of(directory.path());
    open(directory.path(), &url)?.close();
    let store = open(directory.path(), &server::byte_by_byte(&url))?;
    let lamp = store
        .tx("thing", |tx| {
            let lamp = thing(tx, "lamp")?;
            let found = tx.thing("lamp")?.map(|row| row.key);
            thing(tx, "door")?;
            assert_eq!((found, tx.thing("window")?), (Some(lamp), None));
            Ok::<_, Error>(lamp)
        })
        .await?;
    for _ in 0..3 {
        assert_eq!(store.thing_key("lamp").await?, Some(lamp));
    }
    let twice = store.tx("thing", |tx| thing(tx, "lamp")).await;
    assert!(twice.is_err());
    store.tx("thing", |tx| thing(tx, "window")).await?;
    assert_eq!(store.counts().await?.0, 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_and_asks_nothing_begins_no_transaction() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let directory = tempfile::tempdir()?;
    let url = server::database_of(directory.path());
    let store = open(directory.path(), &url)?;
    let asks = || store.read(|conn| conn.thing("lamp"));
    assert_eq!(asks().await?, None);
    // When a transaction that reads ended last.
    let ended = "SELECT MAX(query_start) AS at FROM pg_stat_activity
         WHERE datname = current_database() AND query = 'COMMIT'";
    let noted = format!("CREATE TABLE ended AS {ended}");
    assert!(server::sql(&url, &noted));
    let same =
        format!("SELECT 1 / COUNT(*) FROM ended, ({ended}) AS present WHERE ended.at = present.at");
    for _ in 0..3 {
        assert_eq!(store.read(|_| Ok::<_, Error>(5)).await?, 5);
        let failed = store.read(|_| Err::<(), _>(Error::Closed)).await;
        assert!(matches!(failed, Err(Error::Closed)));
    }
    assert!(server::sql(&url, &same));
    assert_eq!(asks().await?, None);
    assert!(!server::sql(&url, &same));
    Ok(())
}

/// What each of two servers over one database numbers by itself is its own, and read by both.
#[tokio::test(flavor = "multi_thread")]
async fn nodes_keep_their_events_and_attempts_apart() -> Done {
    if is_sqlite() {
        return Ok(());
    }
    let directory = tempfile::tempdir()?;
    let open = |number: u16, attempts| {
        let url = server::database_of(directory.path());
        let node = Node::new(number).ok_or("a number of a node")?;
        let options = PostgresOptions::parse(&url)?.with_node(node);
        let options = StoreOptions {
            directory: directory.path().to_owned(),
            engine: EngineOptions::Postgres(Box::new(options)),
            attempts,
            cluster: None,
        };
        Ok::<_, Box<dyn std::error::Error>>(Store::open(&options, |_| {})?)
    };
    let all = AttemptFilter::default();
    let noted = |at, address: &str| AttemptRow {
        at,
        ..attempt(address)
    };
    let first = open(0, 10)?;
    first.record_attempt(noted(1, "first:1"));
    first.record_attempt(noted(2, "first:2"));
    first.summarise_attempt(SummaryOf::Strangers, "noise", noted(4, "first:3"));
    first
        .tx("test", |tx| tx.owe_event("first".into(), vec![]))
        .await?;
    first.close();
    drop(first);

    // Keeps one: neither the other's rows nor its event are its to forget.
    let second = open(1, 1)?;
    second.record_attempt(noted(3, "second:1"));
    second.record_attempt(noted(5, "second:2"));
    second.summarise_attempt(SummaryOf::Strangers, "noise", noted(6, "second:3"));
    second
        .tx("test", |tx| tx.owe_event("second".into(), vec![]))
        .await?;
    second.flush().await;
    let shown = |rows: Vec<AttemptRow>| rows.into_iter().map(|row| row.address).collect::<Vec<_>>();
    let found = shown(second.attempts(&all, 100).await?);
    assert_eq!(
        found,
        ["second:3", "second:2", "first:3", "first:2", "first:1"]
    );
    assert_eq!(
        shown(second.attempts(&all, 2).await?),
        ["second:3", "second:2"]
    );
    let owed = second.read(|conn| conn.owed_events(10)).await?;
    assert!(
        matches!(&owed[..], [event] if event.topic == "second"),
        "{owed:?}"
    );
    let key = owed[0].key;
    second.tx("test", move |tx| tx.settle_events(key)).await?;
    assert!(second.read(|conn| conn.owed_events(10)).await?.is_empty());
    second.close();
    drop(second);

    let first = open(0, 10)?;
    let owed = first.read(|conn| conn.owed_events(10)).await?;
    assert!(
        matches!(&owed[..], [event] if event.topic == "first"),
        "{owed:?}"
    );
    let found = shown(first.attempts(&all, 100).await?);
    assert_eq!(
        found,
        ["second:3", "second:2", "first:3", "first:2", "first:1"]
    );
    // Numbers and counts go on where they were, though another node has higher ones.
    let again = first.summarise_attempt(SummaryOf::Strangers, "noise", noted(7, "first:4"));
    assert_eq!(again, 2);
    assert_eq!(first.record_attempt(noted(8, "first:5")), 4);
    Ok(())
}
