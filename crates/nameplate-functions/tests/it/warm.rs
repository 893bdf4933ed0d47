//! Environments: used again, ended, and how many there are.

use crate::fixture::{Fixture, test, test_with};
use libtest_mimic::Trial;
use nameplate_functions::{Code, Concurrency, Failure, Function, Invocation};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub fn tests() -> Vec<Trial> {
    vec![
        test_with(
            "warm::calls_wait_for_a_place",
            |settings| settings.max_environments = 2,
            wait,
        ),
        test_with(
            "warm::a_full_queue_refuses",
            |settings| {
                settings.max_environments = 1;
                settings.queue = (0, Duration::from_secs(1));
            },
            full,
        ),
        test_with(
            "warm::idle_ones_are_ended",
            |settings| settings.idle = Duration::from_millis(100),
            idle,
        ),
        test_with(
            "warm::who_is_waited_for_has_a_place",
            |settings| {
                settings.max_environments = 1;
                settings.queue = (10, Duration::from_millis(200));
            },
            nested,
        ),
        test("warm::another_revision_starts_anew", revision),
        test("warm::what_is_missing_is_named", missing),
        test_with(
            "warm::one_call_costs_little",
            |settings| settings.max_environments = 1,
            cost,
        ),
    ]
}

fn slow(fixture: &Fixture) -> Arc<Function> {
    Arc::new(fixture.python(
        "slow",
        "import os, time
def handler(event, context):
    time.sleep(0.2)
    return context.log_stream_name",
    ))
}

async fn wait(fixture: Fixture) {
    let function = slow(&fixture);
    let calls: Vec<_> = (0..6)
        .map(|_| {
            let host = Arc::clone(&fixture.host);
            let function = Arc::clone(&function);
            tokio::spawn(async move { host.invoke(function, Default::default()).await.unwrap() })
        })
        .collect();
    let mut streams = HashSet::new();
    for call in calls {
        streams.insert(call.await.unwrap().log_stream.unwrap());
    }
    assert_eq!(streams.len(), 2, "{streams:?}");
    assert_eq!(fixture.host.environments(), 2);
    // Another function takes the place of the one that was used longest ago.
    let other = fixture.python("other", "def handler(event, context): return 1");
    assert_eq!(fixture.value(&other, "{}").await, 1);
    assert_eq!(fixture.host.environments(), 2);
}

async fn full(fixture: Fixture) {
    let function = slow(&fixture);
    fixture.call(&function, "{}").await;
    let calls: Vec<_> = (0..4)
        .map(|_| {
            let host = Arc::clone(&fixture.host);
            let function = Arc::clone(&function);
            tokio::spawn(async move { host.invoke(function, Default::default()).await })
        })
        .collect();
    let (mut ran, mut refused) = (0, 0);
    for call in calls {
        match call.await.unwrap() {
            Ok(_) => ran += 1,
            Err(Failure::Throttled(Concurrency::Unreserved, why)) => {
                assert!(why.contains("1 functions are running"), "{why}");
                refused += 1;
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert!(
        ran >= 1 && refused >= 1 && ran + refused == 4,
        "{ran} {refused}"
    );
}

async fn nested(fixture: Fixture) {
    let function = slow(&fixture);
    let call = |depth| {
        let (host, function) = (Arc::clone(&fixture.host), Arc::clone(&function));
        let invocation = Invocation {
            depth,
            ..Invocation::default()
        };
        async move { host.invoke(function, invocation).await }
    };
    // Each holds the one place of its kind while the next is made.
    let calls: Vec<_> = (0..3).map(|depth| tokio::spawn(call(depth))).collect();
    let Code::Folder(folder) = &function.code else {
        unreachable!("it is a folder");
    };
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert!(fixture.host.uses(folder));
    fixture.host.close();
    assert!(!fixture.host.uses(folder));
}

async fn idle(fixture: Fixture) {
    let function = slow(&fixture);
    fixture.call(&function, "{}").await;
    let until = Instant::now() + Duration::from_secs(10);
    while fixture.host.environments() > 0 {
        assert!(Instant::now() < until);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(fixture.call(&function, "{}").await.init.is_some());
    let logs = fixture.host.logs();
    let events = logs.read(&function.log_group, &Default::default());
    let complaint = events.unwrap().into_iter().find(|event| {
        let told = ["Failed to get next", "Traceback", "Gone"];
        told.iter().any(|told| event.message.contains(told))
    });
    assert_eq!(
        complaint.map(|event| event.message),
        None,
        "its end is no fault"
    );
}

async fn revision(fixture: Fixture) {
    let mut function = fixture.python(
        "f",
        "import os\ndef handler(event, context): return os.environ.get('A')",
    );
    function.environment = vec![("A".into(), "1".into())];
    assert_eq!(fixture.value(&function, "{}").await, "1");
    function.environment = vec![("A".into(), "2".into())];
    function.revision = "2".into();
    assert_eq!(fixture.value(&function, "{}").await, "2");
    assert_eq!(fixture.host.environments(), 1, "the old one has gone");
    fixture.host.retire("f");
    assert_eq!(fixture.host.environments(), 0);
}

async fn missing(fixture: Fixture) {
    use nameplate_functions::{Host, Settings, Toolchain};
    let directory = fixture.directory.path().join("other");
    let nothing = directory.join("nothing");
    let toolchain = Toolchain::new(
        &nothing,
        &nothing.join("python3"),
        &nothing.join("node"),
        Vec::new(),
    );
    let helper = std::env::current_exe()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    let settings = Settings::new(
        directory,
        vec![helper, "__function".into()],
        Arc::new(toolchain),
    );
    let host = Host::start(settings).unwrap();
    for (function, program) in [
        (fixture.python("p", ""), "nothing/python3"),
        (fixture.node("n", "index.js", ""), "nothing/node"),
    ] {
        let refused = host
            .invoke(Arc::new(function), Default::default())
            .await
            .unwrap_err();
        assert!(
            matches!(&refused, Failure::RuntimeMissing(why) if why.contains(program)),
            "{refused}"
        );
    }
    let report = host.toolchain().report().await;
    assert!(
        report[0].missing.as_ref().unwrap().contains("no Python"),
        "{report:?}"
    );
    let report = fixture.host.toolchain().report().await;
    assert!(report.iter().all(|one| one.missing.is_none()), "{report:?}");
}

/// Not a measurement: that a warm call starts nothing and reads no file but what it says. `NAMEPLATE_WARM_CALLS` makes it
/// one.
async fn cost(fixture: Fixture) {
    let calls: u32 = std::env::var("NAMEPLATE_WARM_CALLS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(20);
    let function = fixture.python("echo", "def handler(event, context): return event");
    fixture.value(&function, "{}").await;
    let ticks = || {
        let text = std::fs::read_to_string("/proc/self/stat").unwrap();
        let fields: Vec<&str> = text
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    let before = ticks();
    let mut took: Vec<Duration> = Vec::new();
    for _ in 0..calls {
        let begun = Instant::now();
        let answer = fixture.call(&function, r#"{"a": "b"}"#).await;
        took.push(begun.elapsed());
        assert!(answer.init.is_none() && answer.function_error.is_none());
    }
    took.sort();
    let at = |part: usize| took[(took.len() - 1) * part / 100];
    if calls > 20 {
        // A tick is 10 ms.
        let cpu = (ticks() - before) as f64 * 10_000.0 / f64::from(calls);
        let mut out = std::io::stdout().lock();
        use std::io::Write;
        let _ = writeln!(
            out,
            "warm calls: p50 {:?}, p99 {:?}, server {cpu:.0} µs of CPU each",
            at(50),
            at(99)
        );
    }
}
