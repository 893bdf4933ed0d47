//! A registry read while it is served, and made anew of what was read: every table, whatever the engine.

use crate::copy::{dump, file, filled, other};
use crate::fixture::{Done, TestStore};
use nameplate_store::{Error, Location, Restoration, Snapshot, TableDigest, schema_version};
use std::collections::BTreeMap;
use std::path::Path;

/// Rows of a table, some at a time.
type Rows = Vec<(String, Vec<u8>)>;

fn read(snapshot: &mut Snapshot) -> Result<(Rows, Vec<TableDigest>), Error> {
    let (mut all, mut digests) = (Rows::new(), Vec::new());
    for table in snapshot.tables() {
        let mut counted = 0;
        let digest = snapshot.rows(&table, &mut |rows, lines| {
            counted += rows;
            all.push((table.clone(), lines));
            Ok::<(), Error>(())
        })?;
        assert_eq!(digest.rows, counted);
        assert_eq!(digest.rows, snapshot.count(&table)?);
        digests.push(digest);
    }
    Ok((all, digests))
}

fn begin(to: &Location) -> Result<Restoration, Error> {
    let version = schema_version();
    Restoration::begin(to, None, version, &BTreeMap::new(), "FILE", &mut |_| {})
}

fn restore(to: &Location, rows: &Rows, digests: &[TableDigest]) -> Result<(), Error> {
    let mut restored = begin(to)?;
    for (table, lines) in rows {
        restored.append(table, lines)?;
    }
    restored.check(digests)?;
    restored.finish()
}

fn directory(path: &Path) -> Location {
    Location::Directory(path.to_owned())
}

#[test]
fn every_table_is_read_and_made_anew() -> Done {
    let (first, between, second) = (
        tempfile::tempdir()?,
        tempfile::tempdir()?,
        tempfile::tempdir()?,
    );
    filled(first.path(), "one")?;
    let mut snapshot = Snapshot::open(&directory(first.path()), None, &mut |_| {})?;
    assert_eq!(snapshot.version(), schema_version());
    let identity = snapshot.identity(&["directory-roots"])?;
    assert_eq!(
        identity.get("directory-roots").map(String::as_str),
        Some("one")
    );
    let (rows, digests) = read(&mut snapshot)?;
    // Nobody serves it meanwhile.
    assert!(nameplate_store::DirectoryLock::take(first.path()).is_err());
    snapshot.release();
    // Through the engine that the tests run over, and from there into a file again.
    let through = other(between.path())?;
    restore(&through, &rows, &digests)?;
    let mut snapshot = Snapshot::open(&through, None, &mut |_| {})?;
    let (again, same) = read(&mut snapshot)?;
    snapshot.release();
    assert_eq!(digests, same);
    restore(&directory(second.path()), &again, &digests)?;
    assert_eq!(dump(second.path())?, dump(first.path())?);
    Ok(())
}

#[test]
fn what_was_altered_is_refused() -> Done {
    let (first, second) = (tempfile::tempdir()?, tempfile::tempdir()?);
    filled(first.path(), "one")?;
    let mut snapshot = Snapshot::open(&directory(first.path()), None, &mut |_| {})?;
    let (rows, digests) = read(&mut snapshot)?;
    snapshot.release();
    let told = |change: &dyn Fn(&mut Rows, &mut Vec<TableDigest>)| {
        let place = second.path().join(uuid());
        let (mut rows, mut digests) = (rows.clone(), digests.clone());
        change(&mut rows, &mut digests);
        let refused = restore(&directory(&place), &rows, &digests);
        // Nothing that a server would serve.
        assert!(!file(&place).exists());
        refused.expect_err("refused").to_string()
    };
    let one_less = told(&|rows, _| drop(rows.pop()));
    assert!(one_less.contains("is not what was backed up"), "{one_less}");
    let another = told(&|rows, _| {
        let (_, lines) = rows
            .iter_mut()
            .find(|(table, _)| table == "thing")
            .expect("it is there");
        let at = lines
            .windows(4)
            .position(|bytes| bytes == b"name")
            .expect("it is there");
        lines[at] = b'N';
    });
    assert!(another.contains("the table thing is not"), "{another}");
    let unknown = told(&|rows, _| rows.push(("no_table".to_owned(), b"[1]\n".to_vec())));
    assert!(unknown.contains("no table"), "{unknown}");
    let less = told(&|_, digests| drop(digests.pop()));
    assert!(less.contains("is not what was backed up"), "{less}");
    let broken = told(&|rows, _| rows[0].1 = b"[1,".to_vec());
    assert!(broken.contains("cannot be read"), "{broken}");
    Ok(())
}

#[test]
fn another_version_is_refused() -> Done {
    let place = tempfile::tempdir()?;
    for (version, told) in [
        (schema_version() + 1, "by a newer release"),
        (0, "no schema version"),
    ] {
        let begun = Restoration::begin(
            &directory(&place.path().join("new")),
            None,
            version,
            &BTreeMap::new(),
            "FILE",
            &mut |_| {},
        );
        let error = begun.err().ok_or("it was begun")?.to_string();
        assert!(error.contains(told), "{error}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_one_moment_of_a_registry_that_is_served() -> Done {
    let test = TestStore::open()?;
    test.thing("before").await?;
    let mut snapshot = test.store.snapshot()?;
    // Many, so that what a reader would see by chance is seen.
    for round in 0..20 {
        test.tx(move |tx| crate::fixture::thing(tx, &format!("after-{round}")))
            .await?;
    }
    test.tx(|tx| tx.set_meta("after", Some("1"))).await?;
    // Work that waits is nothing for a runtime's thread.
    let (things, meta) = std::thread::spawn(move || {
        let mut lines = Vec::new();
        let digest = snapshot.rows("thing", &mut |_, more| {
            lines.extend(more);
            Ok::<(), Error>(())
        });
        let meta = snapshot.identity(&["after"]);
        snapshot.release();
        (digest.map(|digest| (digest, lines)), meta)
    })
    .join()
    .map_err(|_| "it panicked")?;
    let (digest, lines) = things?;
    assert_eq!(digest.rows, 1);
    assert!(String::from_utf8(lines)?.contains("\"before\""));
    assert!(meta?.is_empty());
    assert_eq!(test.store.counts().await?.0, 21);
    Ok(())
}

fn uuid() -> String {
    format!("{:?}", std::time::Instant::now())
        .chars()
        .filter(char::is_ascii_digit)
        .collect()
}
