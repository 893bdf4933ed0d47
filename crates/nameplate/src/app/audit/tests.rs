use super::{Audit, Counters, Position, changes};
use serde_json::{Value, json};
use std::path::Path;

fn open(directory: &Path, megabytes: u64) -> (Audit, Counters) {
    let counters = Counters::default();
    (
        Audit::open(directory, megabytes, counters.clone()),
        counters,
    )
}

fn all(audit: &Audit) -> Vec<Value> {
    let (mut found, mut from) = (Vec::new(), Position::default());
    loop {
        let (entries, next) = audit.read(from).expect("readable");
        if entries.is_empty() {
            return found;
        }
        found.extend(entries);
        from = next;
    }
}

#[test]
fn only_what_changes_something_is_told() {
    for (operation, told) in [
        ("CreateThing", true),
        ("DeleteObject", true),
        ("AssumeRole", true),
        ("Backup", true),
        ("GetSessionToken", true),
        ("UpdateItem", true),
        ("GetThing", false),
        ("ListThings", false),
        ("DescribeEndpoint", false),
        ("GetCallerIdentity", false),
        ("Publish", false),
        ("Invoke", false),
        ("HeadBucket", false),
    ] {
        assert_eq!(changes(operation), told, "{operation}");
    }
}

#[test]
fn entries_come_back_in_order_also_after_a_restart() {
    let directory = tempfile::tempdir().expect("a directory");
    for start in 0..3 {
        let (audit, counters) = open(directory.path(), 1);
        for number in 0..100 {
            audit.add(&json!({"start": start, "number": number, "text": "\u{1b}[1m\n\u{202e}"}));
        }
        assert_eq!(all(&audit).len(), (start + 1) * 100);
        assert_eq!(counters.written.get(), 100);
        audit.close();
    }
    let (audit, _) = open(directory.path(), 1);
    let found = all(&audit);
    assert_eq!(found[150]["start"], 1);
    assert_eq!(found[150]["number"], 50);
    assert_eq!(found[150]["text"], "\u{1b}[1m\n\u{202e}");
    let text = std::fs::read_to_string(directory.path().join("audit/00000001.jsonl"));
    let text = text.expect("readable");
    assert!(!text.contains('\u{1b}') && text.lines().count() == 300);
    use std::os::unix::fs::PermissionsExt;
    let mode = |name: &str| {
        let about = directory.path().join(name).metadata().expect("there");
        about.permissions().mode() & 0o777
    };
    assert_eq!(
        (mode("audit"), mode("audit/00000001.jsonl")),
        (0o700, 0o600)
    );
}

#[test]
fn the_log_is_bounded_and_who_reads_slowly_goes_on() {
    let directory = tempfile::tempdir().expect("a directory");
    let (audit, _) = open(directory.path(), 1);
    let first = audit.read(Position::default()).expect("readable").1;
    let text = "x".repeat(1000);
    for number in 0..5000 {
        audit.add(&json!({"number": number, "text": text}));
        // As calls come: not all at once.
        if number % 50 == 0 {
            audit.flush();
        }
    }
    audit.flush();
    let files = std::fs::read_dir(directory.path().join("audit")).expect("there");
    let sizes: Vec<u64> = files
        .map(|file| file.expect("there").metadata().expect("there").len())
        .collect();
    assert!(sizes.len() <= 10, "{sizes:?}");
    assert!(sizes.iter().sum::<u64>() < 2_000_000, "{sizes:?}");
    let found = all(&audit);
    assert_eq!(found.last().expect("some")["number"], 4999);
    // What was the beginning has given way; reading goes on with the oldest that is left.
    let (entries, _) = audit.read(first).expect("readable");
    assert_eq!(entries[0], found[0]);
}

#[test]
fn half_a_line_of_a_process_that_was_killed_is_none() {
    let directory = tempfile::tempdir().expect("a directory");
    let place = directory.path().join("audit");
    std::fs::create_dir(&place).expect("made");
    std::fs::write(place.join("00000003.jsonl"), "{\"number\":1}\n{\"numb").expect("written");
    let (audit, _) = open(directory.path(), 1);
    audit.add(&json!({"number": 2}));
    assert_eq!(all(&audit), [json!({"number": 1}), json!({"number": 2})]);
}

#[test]
fn a_full_disk_loses_entries_counts_them_and_says_so() {
    let directory = tempfile::tempdir().expect("a directory");
    let place = directory.path().join("audit");
    std::fs::create_dir(&place).expect("made");
    let file = place.join("00000001.jsonl");
    // It takes nothing, as a disk without room does.
    std::os::unix::fs::symlink("/dev/full", &file).expect("made");
    let (audit, counters) = open(directory.path(), 1);
    for number in 0..3 {
        audit.add(&json!({"number": number}));
        audit.flush();
    }
    assert_eq!((counters.written.get(), counters.lost.get()), (0, 3));
    std::fs::remove_file(&file).expect("removed");
    audit.add(&json!({"number": 3}));
    assert_eq!(
        all(&audit),
        [json!({"event": "lost", "count": 3}), json!({"number": 3})]
    );
    assert_eq!((counters.written.get(), counters.lost.get()), (1, 3));
}

#[test]
fn nothing_is_kept_where_that_was_asked_for() {
    let directory = tempfile::tempdir().expect("a directory");
    let (audit, counters) = open(directory.path(), 0);
    assert!(!audit.is_kept());
    audit.add(&json!({}));
    assert!(all(&audit).is_empty());
    assert_eq!(counters.written.get(), 0);
    assert!(!directory.path().join("audit").exists());
}

#[test]
fn positions_are_read_as_they_are_written() {
    let position = Position {
        file: 3,
        offset: 17,
    };
    assert_eq!(Position::parse(&position.to_string()), Some(position));
    for text in ["", "3", "3.", ".3", "a.1", "-1.2", "1.2.3"] {
        assert_eq!(Position::parse(text), None, "{text}");
    }
}
