//! Functions that misbehave: each costs its own environment, and nothing else.

use crate::fixture::{Fixture, said, test, test_with};
use libtest_mimic::Trial;
use nameplate_functions::{Concurrency, Failure, Invocation, LOG_TAIL, MAX_PAYLOAD, MAX_REQUEST};
use serde_json::json;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub fn tests() -> Vec<Trial> {
    vec![
        test("bad::one_that_never_returns_is_ended", never_returns),
        test("bad::one_that_exits", exits),
        test_with(
            "bad::one_that_never_starts_is_started_twice",
            |settings| settings.init = Duration::from_millis(300),
            never_starts,
        ),
        test(
            "bad::megabytes_of_log_stay_within_the_bound",
            prints_megabytes,
        ),
        test("bad::answers_too_large", answers_too_large),
        test("bad::events_too_large_or_no_json", events),
        test("bad::what_forks_away_ends_too", forks),
        test("bad::what_fills_the_disk_fills_its_own", fills_the_disk),
        test("bad::memory_is_bounded", memory),
        test("bad::the_rest_is_not_disturbed", the_rest),
    ]
}

async fn never_returns(fixture: Fixture) {
    let mut function = fixture.python(
        "hangs",
        "import time
def handler(event, context):
    print('going to sleep')
    if event.get('hang'): time.sleep(3600)
    return 'awake'",
    );
    function.timeout = Duration::from_secs(1);
    assert_eq!(fixture.value(&function, "{}").await, "awake");
    let (error, answer) = fixture.error(&function, r#"{"hang": true}"#).await;
    let id = &answer.request_id;
    assert_eq!(error["errorType"], "Sandbox.Timedout");
    assert_eq!(
        error["errorMessage"],
        format!("RequestId: {id} Error: Task timed out after 1.00 seconds")
    );
    let log = said(&answer);
    assert!(
        log.contains(&format!("Z {id} Task timed out after 1.00 seconds")),
        "{log}"
    );
    assert!(
        log.contains("going to sleep") && log.contains("Billed Duration: 1000 ms"),
        "{log}"
    );
    assert!(log.contains("Status: timeout"), "{log}");
    let after = fixture.call(&function, "{}").await;
    assert!(
        after.function_error.is_none() && after.init.is_some(),
        "a new environment"
    );
}

async fn exits(fixture: Fixture) {
    let function = fixture.python(
        "exits",
        "import os, sys, signal
def handler(event, context):
    print('last words', flush=True)
    how = event['how']
    if how == 'kill': os.kill(os.getpid(), signal.SIGKILL)
    os._exit(how)",
    );
    for (how, text) in [
        ("7", "exit status 7"),
        ("137", "exit status 137"),
        ("\"kill\"", "signal: killed"),
        ("0", "without providing a reason"),
    ] {
        let (error, answer) = fixture
            .error(&function, &format!(r#"{{"how": {how}}}"#))
            .await;
        assert_eq!(error["errorType"], "Runtime.ExitError");
        let message = error["errorMessage"].as_str().unwrap();
        assert!(message.starts_with(&format!(
            "RequestId: {} Error: Runtime exited",
            answer.request_id
        )));
        assert!(message.ends_with(text), "{message}");
        let log = said(&answer);
        assert!(
            log.contains("last words") && log.contains("\nRuntime.ExitError\n"),
            "{log}"
        );
    }
    let function = fixture.python("crashes", "import os\nos._exit(3)");
    let (error, _) = fixture.error(&function, "{}").await;
    assert!(
        error["errorMessage"]
            .as_str()
            .unwrap()
            .ends_with("exit status 3"),
        "{error}"
    );
}

async fn never_starts(fixture: Fixture) {
    let mut function = fixture.python("starts-never", "import time\ntime.sleep(3600)");
    function.timeout = Duration::from_secs(1);
    let (error, _) = fixture.error(&function, "{}").await;
    assert_eq!(error["errorType"], "Sandbox.Timedout");
    let events = fixture
        .host
        .logs()
        .read("/aws/lambda/starts-never", &Default::default())
        .unwrap();
    let all: Vec<&str> = events.iter().map(|event| event.message.as_str()).collect();
    let report = all
        .iter()
        .find(|line| line.starts_with("INIT_REPORT Init Duration: "));
    assert!(
        report.is_some_and(|line| line.ends_with("Status: timeout")),
        "{all:?}"
    );
    // Slow rather than stuck: the second start has the function's own time.
    let mut function = fixture.python(
        "starts-slowly",
        "import time\ntime.sleep(0.6)\ndef handler(event, context): return 1",
    );
    function.timeout = Duration::from_secs(20);
    assert_eq!(fixture.value(&function, "{}").await, 1);
}

async fn prints_megabytes(fixture: Fixture) {
    let function = fixture.python(
        "prints",
        "import sys
def handler(event, context):
    for i in range(20000): print('x' * 1000, i)
    sys.stdout.write('y' * 3000000)
    return 'done'",
    );
    let answer = fixture.call(&function, "{}").await;
    assert_eq!(&answer.payload[..], b"\"done\"", "{}", said(&answer));
    assert!(
        answer.log_tail.len() <= LOG_TAIL && answer.log_tail.ends_with(b" ms\t\n"),
        "{}",
        said(&answer)
    );
    let kept: u64 = fs::read_dir(
        fixture
            .directory
            .path()
            .join("data/functions/logs/%2faws%2flambda%2fprints"),
    )
    .unwrap()
    .map(|entry| entry.unwrap().metadata().unwrap().len())
    .sum();
    assert!(kept < 10 << 20, "{kept}");
    let events = fixture
        .host
        .logs()
        .read("/aws/lambda/prints", &Default::default())
        .unwrap();
    assert!(events.last().unwrap().message.starts_with("REPORT"));
}

async fn answers_too_large(fixture: Fixture) {
    let function = fixture.python(
        "large",
        "def handler(event, context): return 'x' * event['size']",
    );
    let fits = MAX_PAYLOAD - 2;
    let answer = fixture
        .call(&function, &format!(r#"{{"size": {fits}}}"#))
        .await;
    assert_eq!(
        (answer.payload.len(), answer.function_error),
        (MAX_PAYLOAD, None)
    );
    let (error, answer) = fixture.error(&function, r#"{"size": 7340032}"#).await;
    assert_eq!(
        error,
        json!({"errorType": "Function.ResponseSizeTooLarge",
               "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes)."})
    );
    assert!(
        answer
            .log_tail
            .ends_with(b"Error Type: Function.ResponseSizeTooLarge\n"),
        "{}",
        said(&answer)
    );
    assert_eq!(fixture.value(&function, r#"{"size": 1}"#).await, "x");
}

async fn events(fixture: Fixture) {
    let function = fixture.python("echo", "def handler(event, context): return event");
    let large = format!("\"{}\"", "x".repeat(MAX_REQUEST));
    let refused = fixture.try_call(&function, &large).await.unwrap_err();
    assert!(matches!(refused, Failure::PayloadTooLarge(size) if size == MAX_REQUEST + 2));
    for event in ["{", "nonsense", "{} {}"] {
        let refused = fixture.try_call(&function, event).await.unwrap_err();
        assert!(
            matches!(refused, Failure::PayloadNotJson(_)),
            "{event}: {refused}"
        );
    }
    assert_eq!(
        fixture.host.environments(),
        0,
        "none of them started anything"
    );
    assert_eq!(fixture.value(&function, "").await, json!({}));
}

async fn forks(fixture: Fixture) {
    let function = fixture.python(
        "forks",
        "import os, time
def handler(event, context):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(3600)
        os._exit(0)
    os.wait()
    return 'left one behind'",
    );
    assert_eq!(fixture.value(&function, "{}").await, "left one behind");
    let marker = "AWS_LAMBDA_FUNCTION_NAME=forks";
    assert_eq!(processes_with(&fixture, marker), 2);
    fixture.host.close();
    let until = Instant::now() + Duration::from_secs(10);
    while processes_with(&fixture, marker) > 0 {
        assert!(
            Instant::now() < until,
            "what left its session has been ended too"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Processes of this test's function.
fn processes_with(fixture: &Fixture, marker: &str) -> usize {
    let own = fixture.directory.path().to_string_lossy().into_owned();
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| fs::read(entry.path().join("environ")).ok())
        .map(|environment| String::from_utf8_lossy(&environment).into_owned())
        .filter(|environment| environment.contains(marker) && environment.contains(&own))
        .count()
}

async fn fills_the_disk(fixture: Fixture) {
    let function = fixture.python(
        "fills",
        "import os
def handler(event, context):
    small, large = (os.path.join(os.environ.get('TMPDIR', '/tmp'), name) for name in ('small', 'large'))
    open(small, 'w').write('small')
    try:
        with open(large, 'wb') as f:
            for _ in range(64): f.write(b'x' * (1 << 20))
    except OSError as e:
        return [e.strerror, os.path.getsize(large) <= 16 << 20, open(small).read()]",
    );
    let found = fixture.value(&function, "{}").await;
    let why = found[0].as_str().unwrap();
    assert!(
        ["No space left on device", "File too large"].contains(&why),
        "{found}"
    );
    assert_eq!((&found[1], &found[2]), (&json!(true), &json!("small")));
}

async fn memory(fixture: Fixture) {
    let function = fixture.python(
        "eats",
        "def handler(event, context):
    eaten = [bytearray(1 << 20) for _ in range(event['mb'])]
    return len(eaten)",
    );
    assert_eq!(fixture.value(&function, r#"{"mb": 100}"#).await, 100);
    let (error, _) = fixture.error(&function, r#"{"mb": 1000}"#).await;
    assert_eq!(error["errorType"], "MemoryError");
}

async fn the_rest(fixture: Fixture) {
    let good = Arc::new(fixture.python("good", "def handler(event, context): return 'good'"));
    let mut hangs = fixture.python(
        "hangs",
        "import time\ndef handler(event, context): time.sleep(3600)",
    );
    hangs.timeout = Duration::from_secs(2);
    let hangs = Arc::new(hangs);
    let event = || Invocation {
        patience: Some(Duration::from_millis(700)),
        ..Invocation::default()
    };
    let stuck = tokio::spawn({
        let host = Arc::clone(&fixture.host);
        let hangs = Arc::clone(&hangs);
        async move { host.invoke(hangs, event()).await }
    });
    assert_eq!(fixture.value(&good, "{}").await, "good");
    // Its caller went away after 0.7 s; it goes on until its own limit, and counts until then.
    let given_up = stuck.await.unwrap().unwrap_err();
    assert!(matches!(given_up, Failure::Patience(_)), "{given_up}");
    let mut one = hangs.as_ref().clone();
    one.reserved_concurrency = Some(1);
    let refused = fixture.try_call(&one, "{}").await.unwrap_err();
    assert!(
        matches!(&refused, Failure::Throttled(Concurrency::Reserved, why) if why == "Rate Exceeded."),
        "{refused}"
    );
    one.name = "good".into();
    one.reserved_concurrency = Some(0);
    let refused = fixture.try_call(&one, "{}").await.unwrap_err();
    assert!(matches!(refused, Failure::Throttled(..)), "{refused}");
}
