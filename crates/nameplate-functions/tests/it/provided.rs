//! An executable of the function's own, a folder that changes, and functions that are elsewhere.

use crate::fixture::{Fixture, said, test};
use libtest_mimic::Trial;
use nameplate_functions::{Code, Invocation};
use serde_json::json;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

pub fn tests() -> Vec<Trial> {
    vec![
        test("provided::a_bootstrap_in_shell", bootstrap),
        test("provided::what_is_no_program", no_program),
        test("live::a_changed_file_starts_anew", changed),
        test("url::an_event_is_posted", posted),
    ]
}

/// AWS's tutorial for custom runtimes, in bash over its own sockets, so that nothing need be installed.
const BOOTSTRAP: &str = r#"#!/bin/bash
host=${AWS_LAMBDA_RUNTIME_API%:*} port=${AWS_LAMBDA_RUNTIME_API#*:}
request() {
    exec 3<>"/dev/tcp/$host/$port"
    printf '%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %s\r\n\r\n%s' \
        "$1" "/2018-06-01/runtime/$2" "$host" "${#3}" "$3" >&3
    answer=$(cat <&3 | tr -d '\r')
    exec 3>&-
}
echo "starting $_HANDLER" >&2
while :; do
    request GET invocation/next ''
    id=$(sed -n 's/^lambda-runtime-aws-request-id: //p' <<<"$answer")
    event=$(sed '1,/^$/d' <<<"$answer")
    case $event in
        *garbage*) request POST "invocation/$id/response" 'no json {' ;;
        *wrong*) request POST invocation/nobody/response '1'
            request POST "invocation/$id/response" "\"${answer%%$'\n'*}\"" ;;
        *fail*) request POST "invocation/$id/error" '{"errorType": "Custom.Failure", "errorMessage": "as asked"}' ;;
        *) request POST "invocation/$id/response" "{\"you said\": $event}" ;;
    esac
done
"#;

async fn bootstrap(fixture: Fixture) {
    let folder = fixture.folder("shell", &[("bootstrap", BOOTSTRAP)]);
    let function = fixture.function(
        "shell",
        "provided.al2023",
        "any.thing",
        Code::Folder(folder),
    );
    let answer = fixture.call(&function, r#"{"a":1}"#).await;
    assert_eq!(
        &answer.payload[..],
        br#"{"you said": {"a":1}}"#,
        "{}",
        said(&answer)
    );
    assert!(
        said(&answer).contains("starting any.thing"),
        "{}",
        said(&answer)
    );
    // What it answers is its caller's business.
    assert_eq!(
        &fixture.call(&function, r#""garbage""#).await.payload[..],
        b"no json {"
    );
    let (error, _) = fixture.error(&function, r#""fail""#).await;
    assert_eq!(
        error,
        json!({"errorType": "Custom.Failure", "errorMessage": "as asked"})
    );
    // An answer to what nobody asked is refused, and the right one still counts.
    let status = fixture.value(&function, r#""wrong""#).await;
    assert_eq!(status, "HTTP/1.1 400 Bad Request");
    assert_eq!(fixture.host.environments(), 1);
}

async fn no_program(fixture: Fixture) {
    for (name, files) in [
        ("absent", &[("other", "")][..]),
        ("text", &[("bootstrap", "\u{7f}ELF but not really")][..]),
    ] {
        let folder = fixture.folder(name, files);
        let function = fixture.function(name, "provided", "x", Code::Folder(folder));
        let (error, answer) = fixture.error(&function, "{}").await;
        // Without namespaces the helper becomes the program itself, and what is no program is taken for a script.
        let namespaces = fixture.host.confinement().await.unwrap().namespaces;
        let script = !namespaces && name == "text";
        let expected = if script {
            "Runtime.ExitError"
        } else {
            "Runtime.InvalidEntrypoint"
        };
        assert_eq!(error["errorType"], expected, "{}", said(&answer));
    }
}

async fn changed(fixture: Fixture) {
    let code = |answer: u32| format!("def handler(event, context): return {answer}");
    let folder = fixture.folder("live", &[("app.py", &code(1))]);
    let function = fixture.function(
        "live",
        "python3.12",
        "app.handler",
        Code::Live(folder.clone()),
    );
    assert_eq!(fixture.value(&function, "{}").await, 1);
    assert!(
        fixture.call(&function, "{}").await.init.is_none(),
        "warm while nothing changes"
    );
    fs::write(folder.join("app.py"), code(22)).unwrap();
    assert_eq!(fixture.value(&function, "{}").await, 22);
}

/// Answers one request, and gives back what it was.
fn serve_once(answer: &'static str) -> (u16, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut seen = Vec::new();
        while !seen.ends_with(b"}") {
            let mut buffer = [0; 4096];
            let n = stream.read(&mut buffer).unwrap();
            seen.extend(&buffer[..n]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(seen).unwrap()
    });
    (port, thread)
}

async fn posted(fixture: Fixture) {
    let far = |port: u16| {
        let url = format!("http://127.0.0.1:{port}/hook?x=1").parse().unwrap();
        let mut function = fixture.function("far", "provided", "x", Code::Url(url));
        function.timeout = Duration::from_secs(5);
        function
    };
    let (port, seen) = serve_once("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue");
    let invocation = Invocation {
        payload: r#"{"a": 1}"#.into(),
        client_context: Some("{}".into()),
        ..Invocation::default()
    };
    let answer = fixture
        .host
        .invoke(Arc::new(far(port)), invocation)
        .await
        .unwrap();
    assert_eq!(
        (&answer.payload[..], answer.function_error),
        (&b"true"[..], None)
    );
    let seen = seen.join().unwrap().to_lowercase();
    assert!(
        seen.starts_with("post /hook?x=1 http/1.1\r\n") && seen.ends_with("{\"a\": 1}"),
        "{seen}"
    );
    assert!(
        seen.contains("\r\nx-amz-client-context: e30=\r\n"),
        "{seen}"
    );

    let (port, seen) = serve_once(
        "HTTP/1.1 200 OK\r\nX-Amz-Function-Error: Unhandled\r\nContent-Length: 2\r\n\r\n{}",
    );
    assert_eq!(fixture.error(&far(port), r#"{"b":2}"#).await.0, json!({}));
    seen.join().unwrap();
    let (port, seen) = serve_once("HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n");
    let (error, _) = fixture.error(&far(port), "{}").await;
    assert!(
        error["errorMessage"].as_str().unwrap().contains("503"),
        "{error}"
    );
    seen.join().unwrap();
    // Nobody is there.
    let (error, _) = fixture.error(&far(port), "{}").await;
    assert_eq!(error["errorType"], "Runtime.Unreachable");
}
