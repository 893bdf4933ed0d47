//! Bulk registration as an SDK sees it: tasks, their states, their reports, and what a server that dies leaves.

use super::trial::{ROLE, fixture, registered, role, user};
use crate::app::bulk::ReportType;
use crate::testing::{ARN, Ca, TestApp, key};
use serde_json::{Value, json};
use std::time::Duration;

pub(super) const BUCKET: &str = "fleet";

/// A thing with an attribute, and a certificate from what `certificate` says.
fn template(certificate: Value) -> String {
    let parameter = json!({"Type": "String"});
    json!({
        "Parameters": {
            "Name": parameter, "Certificate": parameter, "Place": {"Type": "String", "Default": "unclaimed"},
        },
        "Resources": {
            "thing": {"Type": "AWS::IoT::Thing", "Properties": {
                "ThingName": {"Ref": "Name"}, "AttributePayload": {"place": {"Ref": "Place"}}}},
            "certificate": {"Type": "AWS::IoT::Certificate", "Properties": certificate},
            "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}}},
        },
    })
    .to_string()
}

fn by_request() -> String {
    template(json!({"CertificateSigningRequest": {"Ref": "Certificate"}}))
}

fn by_pem() -> String {
    template(json!({"CertificatePem": {"Ref": "Certificate"}}))
}

/// A server with the role, which may do anything.
async fn server() -> TestApp {
    let test = TestApp::new().await;
    role(&test).await;
    allow(
        &test,
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
    )
    .await;
    test
}

/// Gives the role this statement and no other.
async fn allow(test: &TestApp, statement: &str) {
    let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    test.app
        .kernel
        .store
        .tx("test-policy", move |tx| {
            tx.put_inline_policy("role/JITPRole", "p", &policy)?;
            Ok::<_, crate::app::Error>(())
        })
        .await
        .expect("a policy can be stored");
}

pub(super) async fn start(test: &TestApp, body: &str) -> String {
    let request = json!({
        "templateBody": body, "inputFileBucket": BUCKET, "inputFileKey": "devices.json", "roleArn": ROLE,
    });
    let answer = test
        .iot("POST /thing-registration-tasks", request)
        .await
        .ok();
    answer["taskId"].as_str().expect("an id").to_owned()
}

pub(super) async fn described(test: &TestApp, id: &str) -> Value {
    let line = format!("GET /thing-registration-tasks/{id}");
    test.iot(&line, Value::Null).await.ok()
}

/// The description of a task once it is over.
pub(super) async fn over(test: &TestApp, id: &str) -> Value {
    for _ in 0..6000 {
        let task = described(test, id).await;
        let status = task["status"].as_str().expect("a status");
        if !matches!(status, "InProgress" | "Cancelling") {
            return task;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the task {id} does not end");
}

/// The lines of a report, which the task must have a link to.
async fn report(test: &TestApp, id: &str, name: &str) -> Vec<Value> {
    let line = format!("GET /thing-registration-tasks/{id}/reports?reportType={name}");
    let answer = test.iot(&line, Value::Null).await.ok();
    assert_eq!(answer["reportType"], name);
    let links = answer["resourceLinks"].as_array().expect("links");
    let Some(link) = links.first() else {
        return Vec::new();
    };
    let file = match name {
        "RESULTS" => "results.json",
        _ => "errors.json",
    };
    let bucket = "nameplate-registration-reports-123456789012";
    let begins = format!("http://localhost:4566/{bucket}/{id}/{file}?X-Amz-Algorithm=");
    assert!(
        link.as_str().is_some_and(|link| link.starts_with(&begins)),
        "{link}"
    );
    let key = format!("{id}/{file}");
    let opened = test.app.objects.open_whole_object(bucket, &key).await;
    let (_, mut reading) = opened.expect("a report");
    let mut bytes = Vec::new();
    while let Some(piece) = reading.next().await.expect("its bytes") {
        bytes.extend_from_slice(&piece);
    }
    let text = String::from_utf8(bytes).expect("text");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// Runs a task over this file; its description, its results and its errors as `(line, message)`.
pub(super) async fn run(
    test: &TestApp,
    body: &str,
    file: &[u8],
) -> (Value, Vec<Value>, Vec<(u64, String)>) {
    test.object(BUCKET, "devices.json", file).await;
    let id = start(test, body).await;
    let task = over(test, &id).await;
    let results = report(test, &id, "RESULTS").await;
    let errors = report(test, &id, "ERRORS").await;
    let errors = errors.into_iter().map(|line| {
        assert_eq!(line["response"], Value::Null);
        let message = line["errorMessage"].as_str().expect("a message");
        (
            line["lineNumber"].as_u64().expect("a number"),
            message.to_owned(),
        )
    });
    (task, results, errors.collect())
}

#[tokio::test]
async fn each_line_is_a_device_or_a_reason() {
    let test = server().await;
    let ca = Ca::new("owner");
    registered(&test, &ca, "?setAsActive=true").await;
    let line = |name: &str, certificate: &str| {
        json!({"Name": name, "Certificate": certificate}).to_string()
    };
    let lamp = |n: usize| line(&format!("lamp-{n}"), &ca.sign("lamp"));
    let file = [
        lamp(1),
        "nonsense".into(),
        String::new(),
        lamp(2),
        "[1]".into(),
        r#"{"Name": "lamp-3"}"#.into(),
        r#"{"Name": ["lamp-3"]}"#.into(),
        line("lamp 3", &ca.sign("lamp")),
        line("lamp-3", "no PEM"),
        line("lamp-3", &Ca::new("stranger").sign("lamp")),
        line(&"x".repeat(300_000), ""),
        json!({"Name": "lamp-1", "Certificate": ca.sign("other"), "Place": "Ulm"}).to_string(),
        r#"{"Name": "lamp-4", "#.into(),
        lamp(4),
    ]
    .join("\r\n");
    let (task, results, errors) = run(&test, &by_pem(), file.as_bytes()).await;
    assert_eq!(
        (
            &task["status"],
            &task["successCount"],
            &task["failureCount"],
            &task["percentageProgress"]
        ),
        (&json!("Completed"), &json!(3), &json!(10), &json!(100))
    );
    let begins = [
        (2, "the line is not JSON"),
        (5, "invalid type: sequence"),
        (
            6,
            "certificate, property CertificatePem: the parameter \"Certificate\" has no value",
        ),
        (7, "the value of \"Name\" is an array"),
        (
            8,
            "thing, property ThingName: thing name \"lamp 3\" does not match",
        ),
        (
            9,
            "certificate, property CertificatePem: the value is no certificate",
        ),
        (
            10,
            "certificate, property CertificatePem: no registered CA certificate",
        ),
        (11, "the line has 30"),
        (
            12,
            "thing, property AttributePayload: the thing \"lamp-1\" exists and has {place=unclaimed}",
        ),
        (13, "the line is not a complete JSON object"),
    ];
    assert_eq!(errors.len(), begins.len(), "{errors:?}");
    for ((number, message), (line, begin)) in errors.iter().zip(begins) {
        assert_eq!(*number, line);
        assert!(message.starts_with(begin), "{message}");
    }
    let numbers: Vec<&Value> = results.iter().map(|line| &line["lineNumber"]).collect();
    assert_eq!(numbers, [1, 4, 14]);
    for (line, name) in results.iter().zip(["lamp-1", "lamp-2", "lamp-4"]) {
        let response = &line["response"];
        assert_eq!(
            response["ResourceArns"]["thing"],
            format!("{ARN}thing/{name}")
        );
        let certificate = response["ResourceArns"]["certificate"]
            .as_str()
            .expect("an ARN");
        let id = certificate
            .strip_prefix(&format!("{ARN}cert/"))
            .expect("an ARN");
        let shown = test
            .iot(&format!("GET /certificates/{id}"), Value::Null)
            .await
            .ok();
        let shown = &shown["certificateDescription"];
        assert_eq!(shown["certificatePem"], response["CertificatePem"]);
        assert_eq!(shown["status"], "ACTIVE");
        let offset = line["offset"].as_u64().expect("a position") as usize;
        assert_eq!(&file[offset..=offset], "{");
    }
    let things = test.iot("GET /things", Value::Null).await.ok();
    assert_eq!(things["things"].as_array().map(Vec::len), Some(3));
    // Nothing but its row is left of the task: its files go last.
    let registration = test.directory().join("registration");
    let files = || std::fs::read_dir(&registration).expect("a directory");
    while files().count() > 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn an_empty_value_means_the_default_and_numbers_are_texts() {
    let test = server().await;
    let csr = fixture!("request_rsa.csr");
    let file = json!({"Name": 17, "Certificate": csr, "Place": "", "Unknown": "x"}).to_string();
    let (task, results, _) = run(&test, &by_request(), file.as_bytes()).await;
    assert_eq!(task["successCount"], 1, "{task}");
    assert_eq!(
        results[0]["response"]["ResourceArns"]["thing"],
        format!("{ARN}thing/17")
    );
    let thing = test.iot("GET /things/17", Value::Null).await.ok();
    assert_eq!(thing["attributes"], json!({"place": "unclaimed"}));
}

#[tokio::test]
async fn an_array_and_an_empty_file() {
    let test = server().await;
    let (task, results, errors) = run(&test, &by_request(), b"[\n{},\n{}\n]\n").await;
    assert_eq!(
        (&task["status"], &task["failureCount"]),
        (&json!("Completed"), &json!(4))
    );
    assert_eq!(results, Vec::<Value>::new());
    for (_, message) in errors {
        assert!(
            message.contains("newline-delimited JSON is expected"),
            "{message}"
        );
    }
    let (task, ..) = run(&test, &by_request(), b"\n").await;
    assert_eq!(
        (
            &task["status"],
            &task["successCount"],
            &task["percentageProgress"]
        ),
        (&json!("Completed"), &json!(0), &json!(100))
    );
}

#[tokio::test]
async fn what_start_refuses() {
    let test = server().await;
    let body = by_request();
    let request = |body: &str, bucket: &str, role: &str| json!({"templateBody": body, "inputFileBucket": bucket, "inputFileKey": "k", "roleArn": role});
    let line = "POST /thing-registration-tasks";
    let invalid = "InvalidRequestException";
    let check = async |request: Value, begins: &str| {
        let text = test.iot(line, request).await.refused(invalid);
        assert!(text.starts_with(begins), "{text}");
    };
    check(
        request("{", BUCKET, ROLE),
        "Invalid registration template. ",
    )
    .await;
    check(request(&body, "a b", ROLE), "1 validation error detected").await;
    let absent = "arn:aws:iam::123456789012:role/Absent";
    check(request(&body, BUCKET, absent), "The role ").await;
    check(
        json!({"templateBody": body}),
        "3 validation errors detected",
    )
    .await;
    let statement = r#"{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}"#;
    let carol = user(&test, statement)
        .await
        .identity()
        .expect("signed")
        .access_key()
        .clone();
    let answer = test
        .call_as(&carol, "iot", line, &[], request(&body, BUCKET, ROLE))
        .await;
    let text = answer.refused("AccessDeniedException");
    assert!(text.contains("iam:PassRole"), "{text}");
    let tasks = test
        .iot("GET /thing-registration-tasks", Value::Null)
        .await
        .ok();
    assert_eq!(tasks, json!({"taskIds": []}));
}

#[tokio::test]
async fn what_ends_in_failure() {
    let test = server().await;
    let check = async |contains: &str| {
        let id = start(&test, &by_request()).await;
        let task = over(&test, &id).await;
        assert_eq!(task["status"], "Failed");
        let message = task["message"].as_str().expect("a message");
        assert!(message.contains(contains), "{message}");
        assert_eq!(task["percentageProgress"], 0);
    };
    check("the input \"devices.json\" in the bucket \"fleet\" cannot be read: The specified bucket does not exist").await;
    test.object(BUCKET, "others.json", b"{}").await;
    check("The specified key does not exist").await;
    allow(
        &test,
        r#"{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}"#,
    )
    .await;
    check("is not allowed s3:GetObject on arn:aws:s3:::fleet/devices.json").await;
    test.app
        .kernel
        .store
        .tx("test-trust", |tx| {
            let mut role = tx.iam_role("JITPRole")?.expect("the role");
            role.trust = role
                .trust
                .replace("iot.amazonaws.com", "lambda.amazonaws.com");
            tx.update_iam_role(&role)?;
            Ok::<_, crate::app::Error>(())
        })
        .await
        .expect("a role can be changed");
    check("does not let iot.amazonaws.com assume it").await;
}

#[tokio::test]
async fn the_role_needs_the_permissions_of_each_line() {
    let test = server().await;
    allow(
        &test,
        r#"{"Effect": "Allow", "Action": ["s3:GetObject", "iot:CreateCertificateFromCsr", "iot:CreatePolicy",
            "iot:AttachPolicy", "iot:AttachThingPrincipal", "iot:CreateThing"], "Resource": "*"},
           {"Effect": "Deny", "Action": "iot:CreateThing", "Resource": "arn:aws:iot:*:*:thing/forbidden-*"}"#,
    )
    .await;
    let csr = fixture!("request_rsa.csr");
    let line = |name: &str| json!({"Name": name, "Certificate": csr}).to_string();
    let file = [line("forbidden-1"), line("lamp")].join("\n");
    let (task, _, errors) = run(&test, &by_request(), file.as_bytes()).await;
    assert_eq!(
        (&task["successCount"], &task["failureCount"]),
        (&json!(1), &json!(1))
    );
    let expected = format!("{ROLE} is not allowed iot:CreateThing on {ARN}thing/forbidden-1");
    assert_eq!(errors, [(1, expected)]);
}

#[tokio::test]
async fn tasks_are_listed_and_unknown_ones_refused() {
    let test = server().await;
    test.object(BUCKET, "devices.json", b"{}").await;
    let first = start(&test, &by_request()).await;
    over(&test, &first).await;
    let second = start(&test, &by_request()).await;
    over(&test, &second).await;
    let all = test
        .pages("GET /thing-registration-tasks?maxResults=1", &[], "taskIds")
        .await;
    assert_eq!(all, [first.as_str(), second.as_str()]);
    let line = "GET /thing-registration-tasks?status=Completed";
    let done = test.iot(line, Value::Null).await.ok();
    assert_eq!(done["taskIds"].as_array().map(Vec::len), Some(2));
    let line = "GET /thing-registration-tasks?status=Failed";
    assert_eq!(
        test.iot(line, Value::Null).await.ok(),
        json!({"taskIds": []})
    );
    let absent = "The thing registration task nobody does not exist";
    let not_found = "ResourceNotFoundException";
    let invalid = "InvalidRequestException";
    let over = format!("The thing registration task {first} cannot be stopped: it is Completed");
    test.refused(&[
        (
            "GET /thing-registration-tasks/nobody",
            Value::Null,
            not_found,
            absent,
        ),
        (
            "PUT /thing-registration-tasks/nobody/cancel",
            Value::Null,
            not_found,
            absent,
        ),
        (
            "GET /thing-registration-tasks/nobody/reports?reportType=RESULTS",
            Value::Null,
            invalid,
            absent,
        ),
        (
            &format!("PUT /thing-registration-tasks/{first}/cancel"),
            Value::Null,
            invalid,
            &over,
        ),
    ])
    .await;
}

/// So many lines that are devices.
fn many(count: usize) -> String {
    let csr = fixture!("request_rsa.csr");
    (0..count)
        .map(|n| json!({"Name": format!("lamp-{n}"), "Certificate": csr}).to_string() + "\n")
        .collect()
}

/// Waits until more chunks are done.
async fn until_beyond(test: &TestApp, id: &str, chunks: i64) {
    let done = async || {
        let task = test.app.bulk.registration_task(id).await.expect("a task");
        task.progress.chunks
    };
    while done().await <= chunks {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_goes_on_after_restarts_and_no_line_is_applied_twice() {
    // Enough that three restarts find it at work.
    const LINES: usize = 8000;
    let mut test = server().await;
    test.object(BUCKET, "devices.json", many(LINES).as_bytes())
        .await;
    let id = start(&test, &by_request()).await;
    let mut chunks = 0;
    for _ in 0..3 {
        until_beyond(&test, &id, chunks).await;
        test = test.restarted().await;
        let task = test.app.bulk.registration_task(&id).await.expect("a task");
        assert!(!task.status.is_over(), "{task:?}");
        chunks = task.progress.chunks;
        let done = usize::try_from(task.progress.lines).expect("a number");
        assert!((1..LINES).contains(&done), "{done} lines");
        assert_eq!(test.app.counts().await.expect("it is known"), (done, done));
        // What is written and not committed goes; the input is the task's own by now.
        let results = test
            .directory()
            .join(format!("registration/{id}/results.json"));
        let mut text = std::fs::read(&results).expect("a report");
        text.extend_from_slice(b"half a li");
        std::fs::write(&results, text).expect("space");
        test.object(BUCKET, "devices.json", b"").await;
        test.app
            .bulk
            .resume_registration_tasks()
            .await
            .expect("tasks can be read");
    }
    let task = over(&test, &id).await;
    assert_eq!(
        (&task["status"], &task["successCount"]),
        (&json!("Completed"), &json!(LINES))
    );
    // One certificate a line: each was issued once.
    assert_eq!(
        test.app.counts().await.expect("it is known"),
        (LINES, LINES)
    );
    let results = report(&test, &id, "RESULTS").await;
    let numbers: Vec<u64> = results
        .iter()
        .filter_map(|line| line["lineNumber"].as_u64())
        .collect();
    assert_eq!(numbers, (1..=LINES as u64).collect::<Vec<_>>());
    assert!(
        results
            .iter()
            .all(|line| line["response"]["CertificatePem"].is_string())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_can_be_stopped_and_what_is_done_stays() {
    let test = server().await;
    test.object(BUCKET, "devices.json", many(3000).as_bytes())
        .await;
    let id = start(&test, &by_request()).await;
    until_beyond(&test, &id, 0).await;
    // No links before the end.
    let links = test
        .app
        .bulk
        .registration_reports(&id, ReportType::Results, "h")
        .await;
    assert_eq!(links.ok(), Some(Vec::new()));
    let line = format!("PUT /thing-registration-tasks/{id}/cancel");
    assert_eq!(test.iot(&line, Value::Null).await.ok(), json!({}));
    let task = over(&test, &id).await;
    assert_eq!(task["status"], "Cancelled");
    let done = task["successCount"].as_u64().expect("a number");
    assert!((1..3000).contains(&done), "{task}");
    assert_eq!(test.app.counts().await.expect("it is known").0 as u64, done);
    assert_eq!(report(&test, &id, "RESULTS").await.len() as u64, done);
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_run_side_by_side() {
    let test = server().await;
    test.object(BUCKET, "devices.json", many(600).as_bytes())
        .await;
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(start(&test, &by_request()).await);
    }
    for id in &ids {
        let task = over(&test, id).await;
        assert_eq!(
            (&task["status"], &task["successCount"]),
            (&json!("Completed"), &json!(600))
        );
    }
    // Each gave each thing a certificate of its own.
    assert_eq!(test.app.counts().await.expect("it is known"), (600, 3600));
}

/// Starts a task as `nameplate bulk` does, and the ids of the certificates in its results, by line.
async fn certificates_of(test: &TestApp, body: &str, reissue: bool) -> Vec<String> {
    let request = json!({
        "templateBody": body, "bucket": BUCKET, "key": "devices.json", "reissue": reissue,
    });
    let started = test
        .call("nameplate", "POST /nameplate/bulk", &[], request)
        .await;
    let id = started.ok()["taskId"].as_str().expect("an id").to_owned();
    let task = over(test, &id).await;
    assert_eq!(task["failureCount"], 0, "{task}");
    let results = report(test, &id, "RESULTS").await;
    for result in &results {
        let pem = result["response"]["CertificatePem"].as_str();
        assert!(
            pem.is_some_and(|pem| pem.starts_with("-----BEGIN")),
            "{result}"
        );
    }
    results
        .iter()
        .map(|result| {
            let arn = result["response"]["ResourceArns"]["certificate"].as_str();
            arn.and_then(|arn| arn.rsplit('/').next())
                .expect("an id")
                .to_owned()
        })
        .collect()
}

#[tokio::test]
async fn a_request_that_was_registered_before_keeps_its_certificate() {
    let test = server().await;
    let request = || {
        let made = rcgen::CertificateParams::default().serialize_request(&key());
        made.and_then(|csr| csr.pem()).expect("a request")
    };
    let (one, other) = (request(), request());
    let line = |name: &str, csr: &str| json!({"Name": name, "Certificate": csr}).to_string();
    // One request may be meant for two things; a line that stands there twice is one device.
    let file = [
        line("a", &one),
        line("b", &one),
        line("c", &other),
        line("c", &other),
    ]
    .join("\n");
    test.object(BUCKET, "devices.json", file.as_bytes()).await;
    let first = certificates_of(&test, &by_request(), false).await;
    assert_ne!(first[0], first[1]);
    assert_eq!(first[2], first[3]);
    assert_eq!(certificates_of(&test, &by_request(), false).await, first);
    // Another key for a known thing gets another certificate, and then keeps that one.
    let file = [line("a", &other), line("b", &one)].join("\n");
    test.object(BUCKET, "devices.json", file.as_bytes()).await;
    let rekeyed = certificates_of(&test, &by_request(), false).await;
    assert!(!first.contains(&rekeyed[0]), "{rekeyed:?}");
    assert_eq!(rekeyed[1], first[1]);
    assert_eq!(certificates_of(&test, &by_request(), false).await, rekeyed);
    // Asked for, another is issued; then it is one of the two.
    let again = certificates_of(&test, &by_request(), true).await;
    assert!(again.iter().all(|id| !rekeyed.contains(id)), "{again:?}");
    assert_eq!(certificates_of(&test, &by_request(), false).await, again);
    // One that is REVOKED is of no use.
    for id in [&again[1], &first[1]] {
        let line = format!("PUT /certificates/{id}?newStatus=REVOKED");
        test.iot(&line, Value::Null).await.ok();
    }
    let fresh = certificates_of(&test, &by_request(), false).await;
    assert_eq!(fresh[0], again[0]);
    assert!(
        !again.contains(&fresh[1]) && fresh[1] != first[1],
        "{fresh:?}"
    );
    // The operation of AWS issues one each time.
    let id = start(&test, &by_request()).await;
    over(&test, &id).await;
    let results = report(&test, &id, "RESULTS").await;
    let text = results[0].to_string();
    assert!(!text.contains(&fresh[0]), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_which_lines_failed_and_why() {
    let test = server().await;
    let csr = fixture!("request_rsa.csr");
    let mut file = json!({"Name": "lamp", "Certificate": csr}).to_string();
    for line in 0..203 {
        file += &format!(
            "\n{}",
            json!({"Name": format!("lamp-{line}"), "Certificate": "none"})
        );
    }
    let (task, _, errors) = run(&test, &by_request(), file.as_bytes()).await;
    let id = task["taskId"].as_str().expect("an id");
    let line = format!("GET /nameplate/bulk/{id}/failed");
    let shown = test.call("nameplate", &line, &[], Value::Null).await.ok();
    let wanted: Vec<Value> = errors
        .iter()
        .take(200)
        .map(|(line, why)| json!({"lineNumber": line, "errorMessage": why}))
        .collect();
    assert_eq!(shown, json!({"lines": wanted, "more": true}));
    let nobody = test
        .user_with(&json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}))
        .await;
    let refused = test
        .call_as(&nobody, "nameplate", &line, &[], Value::Null)
        .await;
    assert_eq!(refused.status, 403);
    let none = test
        .call(
            "nameplate",
            "GET /nameplate/bulk/none/failed",
            &[],
            Value::Null,
        )
        .await;
    assert_eq!(none.status, 404);
}
