use super::name::{decode, encode};
use super::*;

fn texts(logs: &Logs, query: &LogQuery) -> Vec<String> {
    let events = logs.read("/aws/lambda/f", query).unwrap();
    events.into_iter().map(|event| event.message).collect()
}

fn line(at: i64, text: &str) -> (i64, String) {
    (at, text.to_owned())
}

#[test]
fn lines_are_found_by_stream_and_time() {
    let directory = tempfile::tempdir().unwrap();
    let logs = Logs::open(directory.path(), 1 << 20).unwrap();
    let group = "/aws/lambda/f";
    assert!(logs.read(group, &LogQuery::default()).unwrap().is_empty());
    logs.append(group, "2026/11/27/[1]a", [line(10, "one"), line(20, "two")])
        .unwrap();
    logs.append(group, "2026/11/28/[1]b", [line(30, "three\n\"'\u{1b}")])
        .unwrap();
    let all = LogQuery::default();
    assert_eq!(texts(&logs, &all), ["one", "two", "three\n\"'\u{1b}"]);
    let cases = [
        (
            LogQuery {
                streams: vec!["2026/11/27/[1]a".into()],
                ..all.clone()
            },
            vec!["one", "two"],
        ),
        (
            LogQuery {
                prefix: Some("2026/11/28".into()),
                ..all.clone()
            },
            vec!["three\n\"'\u{1b}"],
        ),
        (
            LogQuery {
                from: Some(20),
                until: Some(30),
                ..all.clone()
            },
            vec!["two"],
        ),
        (
            LogQuery {
                after: 1,
                limit: 1,
                ..all.clone()
            },
            vec!["two"],
        ),
        (
            LogQuery {
                limit: 2,
                before: Some(3),
                tail: true,
                ..all.clone()
            },
            vec!["one", "two"],
        ),
        (
            LogQuery {
                limit: 1,
                before: Some(3),
                tail: true,
                ..all.clone()
            },
            vec!["two"],
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(texts(&logs, &query), expected, "{query:?}");
    }
    // Another start goes on counting.
    let again = Logs::open(directory.path(), 1 << 20).unwrap();
    again.append(group, "c", [line(40, "four")]).unwrap();
    assert_eq!(texts(&again, &LogQuery { after: 3, ..all }), ["four"]);
    assert_eq!(again.groups().unwrap(), [group]);
    let streams = again.streams(group).unwrap();
    assert_eq!(streams.len(), 3);
    assert_eq!(streams[0].range, Some((10, 20)));
    assert_eq!(streams[0].ingested, Some(20));
    again.delete(group).unwrap();
    assert!(again.groups().unwrap().is_empty());
}

#[test]
fn a_group_keeps_to_its_bound() {
    let directory = tempfile::tempdir().unwrap();
    let logs = Logs::open(directory.path(), 64 << 10).unwrap();
    for at in 0..400 {
        logs.append("g", "s", [line(at, &"x".repeat(1000))])
            .unwrap();
    }
    let folder = directory.path().join("g");
    let sum: u64 = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    assert!((48 << 10..=66 << 10).contains(&sum), "{sum}");
    let events = logs.read("g", &LogQuery::default()).unwrap();
    assert_eq!(events.last().unwrap().sequence, 400);
    assert!(
        events
            .windows(2)
            .all(|two| two[0].sequence + 1 == two[1].sequence)
    );
}

#[test]
fn names_become_files_and_back() {
    for name in ["/aws/lambda/f", "a.b#c%", "äö", "."] {
        assert_eq!(decode(&encode(name)).as_deref(), Some(name));
        assert!(!encode(name).contains(['/', '.']));
    }
    let long = "/".repeat(512);
    assert!(encode(&long).len() < 100);
    assert_eq!(decode(&encode(&long)), None);
}

fn made(name: &str, created: i64) -> About {
    About {
        name: name.to_owned(),
        created,
        ..About::default()
    }
}

#[test]
fn what_is_known_of_a_group_outlives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let logs = Logs::open(directory.path(), 1 << 20).unwrap();
    let long = "/a.b".repeat(128);
    for name in ["g", &long] {
        assert!(logs.create(name, made(name, 5)).unwrap());
        assert!(!logs.create(name, made(name, 6)).unwrap());
        let changed = logs.change(name, |about, _| {
            about.retention_days = Some(3);
            about.streams.insert("s".to_owned(), 7);
            Ok::<_, ()>(())
        });
        assert_eq!(changed.unwrap(), Some(Ok(())));
        logs.put(name, "s", 12, [line(10, "one")]).unwrap();
    }
    assert_eq!(logs.change("none", |_, _| Ok::<_, ()>(())).unwrap(), None);
    let refused = logs.change("g", |about, _| {
        about.retention_days = None;
        Err::<(), _>("no")
    });
    assert_eq!(refused.unwrap(), Some(Err("no")));
    let missing = logs.put("none", "s", 12, [line(10, "one")]).unwrap_err();
    assert_eq!(missing.kind(), io::ErrorKind::NotFound);

    let again = Logs::open(directory.path(), 1 << 20).unwrap();
    assert_eq!(again.groups().unwrap(), [long.clone(), "g".to_owned()]);
    for name in ["g", &long] {
        let (about, bytes) = again.about(name).unwrap().unwrap();
        assert_eq!((about.created, about.retention_days), (5, Some(3)));
        assert!(bytes > 0);
        let streams = again.streams(name).unwrap();
        assert_eq!(streams[0].created, 7);
        assert_eq!(streams[0].ingested, Some(12));
    }
    again.delete("g").unwrap();
    again.delete("g").unwrap();
    assert_eq!(again.groups().unwrap(), [long]);
}

#[test]
fn a_deleted_stream_is_gone_and_may_come_again() {
    let directory = tempfile::tempdir().unwrap();
    let logs = Logs::open(directory.path(), 1 << 20).unwrap();
    logs.append("g", "s", [line(10, "old")]).unwrap();
    logs.append("g", "t", [line(11, "other")]).unwrap();
    let forget = |about: &mut About, last| {
        about.deleted.insert("s".to_owned(), last);
        Ok::<_, ()>(())
    };
    logs.change("g", forget).unwrap();
    logs.append("g", "s", [line(12, "new")]).unwrap();
    for logs in [&logs, &Logs::open(directory.path(), 1 << 20).unwrap()] {
        let found = logs.read("g", &LogQuery::default()).unwrap();
        let texts: Vec<&str> = found.iter().map(|event| event.message.as_str()).collect();
        assert_eq!(texts, ["other", "new"]);
    }
    // All lines go, their numbers do not come again.
    logs.expire("g", i64::MAX).unwrap();
    assert!(logs.read("g", &LogQuery::default()).unwrap().is_empty());
    let again = Logs::open(directory.path(), 1 << 20).unwrap();
    again.append("g", "s", [line(13, "newer")]).unwrap();
    assert_eq!(again.read("g", &LogQuery::default()).unwrap().len(), 1);
}

#[test]
fn pages_are_in_the_order_of_time_both_ways() {
    let directory = tempfile::tempdir().unwrap();
    let logs = Logs::open(directory.path(), 1 << 20).unwrap();
    // Not in the order in which they came.
    for at in [3, 1, 2, 5, 4, 2] {
        logs.append("g", "s", [line(at, &format!("{at}"))]).unwrap();
    }
    let page = |search: Search| {
        let found = logs
            .search("g", &search, |event| event.message != "4")
            .unwrap();
        let times = found.events.iter().map(|event| event.timestamp);
        (times.collect::<Vec<_>>(), found.more)
    };
    let all = Search {
        limit: 3,
        bytes: 1 << 20,
        ..Search::default()
    };
    assert_eq!(page(all.clone()), (vec![1, 2, 2], true));
    let rest = Search {
        beyond: Some(Place(2, 6)),
        ..all.clone()
    };
    assert_eq!(page(rest), (vec![3, 5], false));
    let back = Search {
        backward: true,
        ..all.clone()
    };
    assert_eq!(page(back.clone()), (vec![2, 3, 5], true));
    let rest = Search {
        beyond: Some(Place(2, 6)),
        ..back.clone()
    };
    assert_eq!(page(rest), (vec![1, 2], false));
    // A page has a bound in bytes, too, and always one line.
    let narrow = |bytes| Search {
        bytes,
        ..all.clone()
    };
    assert_eq!(page(narrow(54)), (vec![1, 2], true));
    assert_eq!(page(narrow(1)), (vec![1], true));
    let narrow = Search { bytes: 1, ..back };
    assert_eq!(page(narrow), (vec![5], true));
}

#[test]
fn nothing_is_kept_once_it_has_ended() {
    let directory = tempfile::tempdir().expect("a directory");
    let logs = Logs::open(directory.path(), 1 << 20).expect("opened");
    logs.create("own", made("own", 1)).expect("made");
    logs.append("printed", "s", [line(1, "one")])
        .expect("written");
    logs.end(None).expect("ended");
    let late = logs.append("printed", "s", [line(2, "two")]);
    assert_eq!(late.unwrap_err().kind(), io::ErrorKind::NotFound);
    assert!(logs.create("own", made("own", 2)).is_err());
    let next = Logs::open(directory.path(), 1 << 20).expect("opened");
    assert!(next.groups().expect("read").is_empty());
    next.append("printed", "s", [line(3, "three")])
        .expect("written");
    assert!(logs.about("printed").expect("read").is_none());
}

#[test]
fn groups_are_kept_aside_and_put_back() {
    let directory = tempfile::tempdir().unwrap();
    let logs = Logs::open(directory.path(), 1 << 20).unwrap();
    let long = "g".repeat(400);
    let about = About {
        created: 5,
        retention_days: Some(7),
        streams: BTreeMap::from([("empty".to_owned(), 6)]),
        ..About::default()
    };
    assert!(logs.create(&long, about).unwrap());
    logs.put(&long, "s", 9, [line(7, "kept")]).unwrap();
    logs.append("/aws/lambda/f", "a", [line(10, "one"), line(20, "two")])
        .unwrap();
    let groups = logs.groups().unwrap();
    let about = logs.about(&long).unwrap();
    assert!(logs.saved(10).unwrap().is_none(), "too much");
    let saved = logs.saved(1 << 20).unwrap().unwrap();
    assert!(saved.bytes() > 10);

    logs.append("later", "a", [line(1, "x")]).unwrap();
    logs.append("/aws/lambda/f", "a", [line(30, "three")])
        .unwrap();
    logs.end(None).unwrap();
    let logs = Logs::open(directory.path(), 1 << 20).unwrap();
    assert!(logs.groups().unwrap().is_empty());
    logs.append("/aws/lambda/f", "a", [line(40, "between")])
        .unwrap();
    logs.end(Some(&saved)).unwrap();

    let logs = Logs::open(directory.path(), 1 << 20).unwrap();
    assert_eq!(logs.groups().unwrap(), groups);
    assert_eq!(logs.about(&long).unwrap(), about);
    assert_eq!(texts(&logs, &LogQuery::default()), ["one", "two"]);
    assert_eq!(logs.streams(&long).unwrap().len(), 2);
    // Numbers go on from where they were.
    logs.append("/aws/lambda/f", "a", [line(50, "four")])
        .unwrap();
    let query = LogQuery {
        after: 2,
        ..LogQuery::default()
    };
    assert_eq!(texts(&logs, &query), ["four"]);
}
