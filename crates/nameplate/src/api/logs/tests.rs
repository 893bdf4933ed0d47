//! Groups, streams and events as clients of CloudWatch Logs see them.

use crate::testing::{Answer, NOW, TestApp};
use serde_json::{Value, json};

async fn call(test: &TestApp, operation: &str, body: Value) -> Answer {
    let target = format!("Logs_20140328.{operation}");
    test.call("logs", "POST /", &[("x-amz-target", &target)], body)
        .await
}

async fn ok(test: &TestApp, operation: &str, body: Value) -> Value {
    call(test, operation, body).await.ok()
}

async fn refused(test: &TestApp, operation: &str, body: Value, name: &str, text: &str) {
    let message = call(test, operation, body.clone()).await.refused(name);
    assert!(message.contains(text), "{operation} {body}: {message}");
}

fn texts(answer: &Value) -> Vec<&str> {
    let events = answer["events"].as_array().expect("a list");
    let texts = events.iter().map(|event| event["message"].as_str());
    texts.map(|text| text.expect("a text")).collect()
}

/// A group `g` with the streams `a` and `b`; event n is at NOW + n, the even ones in `a`.
async fn with_events(count: i64) -> TestApp {
    let test = TestApp::new().await;
    ok(&test, "CreateLogGroup", json!({"logGroupName": "g"})).await;
    for (stream, odd) in [("a", 0), ("b", 1)] {
        let names = json!({"logGroupName": "g", "logStreamName": stream});
        ok(&test, "CreateLogStream", names.clone()).await;
        if count == 0 {
            continue;
        }
        let events = (0..count).filter(|at| at % 2 == odd);
        let events = events.map(|at| json!({"timestamp": NOW.0 + at, "message": format!("e{at}")}));
        let mut put = names;
        put["logEvents"] = Value::Array(events.collect());
        ok(&test, "PutLogEvents", put).await;
    }
    test
}

#[tokio::test]
async fn groups_are_made_listed_and_removed() {
    let test = TestApp::new().await;
    for name in ["g/b", "g/a", "other"] {
        let tagged = json!({"logGroupName": name, "tags": {"env": "test"}});
        ok(&test, "CreateLogGroup", tagged).await;
    }
    // A function's group is there once it has printed something.
    let logs = test.app.functions.logs();
    logs.append("/aws/lambda/f", "s", [(NOW.0, "x".to_owned())])
        .expect("lines are written");
    let again = json!({"logGroupName": "g/a"});
    let exists = "ResourceAlreadyExistsException";
    refused(&test, "CreateLogGroup", again, exists, "already exists").await;
    let names = async |body: Value| {
        let answer = ok(&test, "DescribeLogGroups", body).await;
        let groups = answer["logGroups"].as_array().expect("a list").clone();
        let names = groups.iter().map(|group| group["logGroupName"].as_str());
        let names: Vec<String> = names.flatten().map(str::to_owned).collect();
        (names.join(" "), answer["nextToken"].clone())
    };
    assert_eq!(names(json!({})).await.0, "/aws/lambda/f g/a g/b other");
    assert_eq!(
        names(json!({"logGroupNamePrefix": "g/"})).await.0,
        "g/a g/b"
    );
    assert_eq!(
        names(json!({"logGroupNamePattern": "a"})).await.0,
        "/aws/lambda/f g/a"
    );
    assert_eq!(
        names(json!({"logGroupIdentifiers": ["other"]})).await.0,
        "other"
    );
    let (first, token) = names(json!({"limit": 3})).await;
    assert_eq!(first, "/aws/lambda/f g/a g/b");
    let (rest, end) = names(json!({"limit": 3, "nextToken": token})).await;
    assert_eq!((rest.as_str(), end), ("other", Value::Null));

    let listed = async |body: Value| {
        let answer = ok(&test, "ListLogGroups", body).await;
        let groups = answer["logGroups"].as_array().expect("a list").clone();
        let names = groups.iter().map(|group| group["logGroupName"].as_str());
        let names: Vec<&str> = names.flatten().collect();
        names.join(" ")
    };
    for (pattern, found) in [
        ("/aws", "/aws/lambda/f"),
        ("^aws", ""),
        ("^oth|lambda", "/aws/lambda/f other"),
        ("her", "other"),
        ("^her", ""),
    ] {
        assert_eq!(
            listed(json!({"logGroupNamePattern": pattern})).await,
            found,
            "{pattern}"
        );
    }
    let all = ok(&test, "ListLogGroups", json!({"limit": 1})).await;
    assert_eq!(
        all["logGroups"],
        json!([{
            "logGroupName": "/aws/lambda/f", "logGroupClass": "STANDARD",
            "logGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f",
        }])
    );
    assert!(all["nextToken"].is_string());
    let part = ok(
        &test,
        "DescribeLogGroups",
        json!({"logGroupNamePattern": "other"}),
    )
    .await;
    assert!(part["logGroups"][0].get("storedBytes").is_none());

    let days = json!({"logGroupName": "other", "retentionInDays": 7});
    ok(&test, "PutRetentionPolicy", days).await;
    let shown = ok(
        &test,
        "DescribeLogGroups",
        json!({"logGroupNamePrefix": "other"}),
    )
    .await;
    assert_eq!(
        shown["logGroups"][0],
        json!({
            "logGroupName": "other", "creationTime": NOW.0, "retentionInDays": 7,
            "metricFilterCount": 0, "storedBytes": 0, "logGroupClass": "STANDARD",
            "deletionProtectionEnabled": false,
            "arn": "arn:aws:logs:us-east-1:123456789012:log-group:other:*",
            "logGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:other",
        })
    );
    ok(
        &test,
        "DeleteRetentionPolicy",
        json!({"logGroupName": "other"}),
    )
    .await;
    ok(&test, "DeleteLogGroup", json!({"logGroupName": "other"})).await;
    assert_eq!(names(json!({"logGroupNamePrefix": "o"})).await.0, "");
}

#[tokio::test]
async fn events_are_read_from_either_end() {
    let test = with_events(6).await;
    let get = async |more: Value| {
        let mut body = json!({"logGroupName": "g", "logStreamName": "a"});
        for (name, value) in more.as_object().expect("members") {
            body[name] = value.clone();
        }
        ok(&test, "GetLogEvents", body).await
    };
    assert_eq!(texts(&get(json!({})).await), ["e0", "e2", "e4"]);
    assert_eq!(texts(&get(json!({"limit": 2})).await), ["e2", "e4"]);
    let head = get(json!({"limit": 2, "startFromHead": true})).await;
    assert_eq!(texts(&head), ["e0", "e2"]);
    let next = get(json!({"nextToken": head["nextForwardToken"]})).await;
    assert_eq!(texts(&next), ["e4"]);
    // At the end the token stays the same, by which paginators know it.
    let end = get(json!({"nextToken": next["nextForwardToken"]})).await;
    assert!(texts(&end).is_empty());
    assert_eq!(end["nextForwardToken"], next["nextForwardToken"]);
    let back = get(json!({"nextToken": next["nextBackwardToken"], "limit": 1})).await;
    assert_eq!(texts(&back), ["e2"]);
    let window = json!({"startTime": NOW.0 + 1, "endTime": NOW.0 + 4});
    assert_eq!(texts(&get(window).await), ["e2"]);
    let event = &head["events"][0];
    assert_eq!(
        *event,
        json!({"timestamp": NOW.0, "message": "e0", "ingestionTime": NOW.0})
    );
}

#[tokio::test]
async fn events_of_all_streams_are_found_in_the_order_of_time() {
    let test = with_events(6).await;
    let filter = async |more: Value| {
        let mut body = json!({"logGroupName": "g"});
        for (name, value) in more.as_object().expect("members") {
            body[name] = value.clone();
        }
        ok(&test, "FilterLogEvents", body).await
    };
    let all = filter(json!({"interleaved": true})).await;
    assert_eq!(texts(&all), ["e0", "e1", "e2", "e3", "e4", "e5"]);
    assert_eq!(all["events"][1]["logStreamName"], "b");
    assert_eq!(all["events"][1]["eventId"].as_str().map(str::len), Some(56));
    assert_eq!(
        texts(&filter(json!({"filterPattern": "?e1 ?e4"})).await),
        ["e1", "e4"]
    );
    assert_eq!(
        texts(&filter(json!({"logStreamNames": ["b"]})).await),
        ["e1", "e3", "e5"]
    );
    assert_eq!(
        texts(&filter(json!({"logStreamNamePrefix": "a"})).await),
        ["e0", "e2", "e4"]
    );
    let window = json!({"startTime": NOW.0 + 1, "endTime": NOW.0 + 3});
    assert_eq!(texts(&filter(window).await), ["e1", "e2", "e3"]);
    let last = filter(json!({"startFromHead": false, "limit": 2})).await;
    assert_eq!(texts(&last), ["e5", "e4"]);

    let first = filter(json!({"limit": 4})).await;
    assert_eq!(texts(&first).len(), 4);
    let rest = filter(json!({"limit": 4, "nextToken": first["nextToken"]})).await;
    assert_eq!(texts(&rest), ["e4", "e5"]);
    assert_eq!(rest["nextToken"], Value::Null);

    let named = json!({"logGroupIdentifier": "arn:aws:logs:us-east-1:123456789012:log-group:g"});
    let found = call(&test, "FilterLogEvents", named).await.ok();
    assert_eq!(texts(&found).len(), 6);
}

#[tokio::test]
async fn streams_are_listed_by_name_and_by_time() {
    let test = with_events(5).await;
    ok(
        &test,
        "CreateLogStream",
        json!({"logGroupName": "g", "logStreamName": "c"}),
    )
    .await;
    let names = async |more: Value| {
        let mut body = json!({"logGroupName": "g"});
        for (name, value) in more.as_object().expect("members") {
            body[name] = value.clone();
        }
        let answer = ok(&test, "DescribeLogStreams", body).await;
        let streams = answer["logStreams"].as_array().expect("a list").clone();
        let names = streams
            .iter()
            .map(|stream| stream["logStreamName"].as_str());
        (names.flatten().collect::<String>(), answer)
    };
    assert_eq!(names(json!({})).await.0, "abc");
    assert_eq!(names(json!({"descending": true})).await.0, "cba");
    assert_eq!(names(json!({"logStreamNamePrefix": "b"})).await.0, "b");
    let by_time = json!({"orderBy": "LastEventTime", "descending": true, "limit": 2});
    let (first, answer) = names(by_time.clone()).await;
    assert_eq!(first, "ab");
    let mut rest = by_time;
    rest["nextToken"] = answer["nextToken"].clone();
    assert_eq!(names(rest).await.0, "c");
    assert_eq!(
        answer["logStreams"][0],
        json!({
            "logStreamName": "a", "creationTime": NOW.0, "storedBytes": 0,
            "arn": "arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:a",
            "firstEventTimestamp": NOW.0, "lastEventTimestamp": NOW.0 + 4,
            "lastIngestionTime": NOW.0,
        })
    );
    let gone = json!({"logGroupName": "g", "logStreamName": "a"});
    ok(&test, "DeleteLogStream", gone.clone()).await;
    assert_eq!(names(json!({})).await.0, "bc");
    let none = "ResourceNotFoundException";
    refused(
        &test,
        "DeleteLogStream",
        gone,
        none,
        "log stream does not exist",
    )
    .await;
}

#[tokio::test]
async fn tags_are_kept_by_arn_and_by_name() {
    let test = with_events(0).await;
    let arn = "arn:aws:logs:us-east-1:123456789012:log-group:g";
    ok(
        &test,
        "TagResource",
        json!({"resourceArn": arn, "tags": {"a": "1", "b": "2"}}),
    )
    .await;
    ok(
        &test,
        "TagLogGroup",
        json!({"logGroupName": "g", "tags": {"c": "3"}}),
    )
    .await;
    ok(
        &test,
        "UntagResource",
        json!({"resourceArn": arn, "tagKeys": ["a"]}),
    )
    .await;
    ok(
        &test,
        "UntagLogGroup",
        json!({"logGroupName": "g", "tags": ["b"]}),
    )
    .await;
    let left = json!({"tags": {"c": "3"}});
    assert_eq!(
        ok(&test, "ListTagsForResource", json!({"resourceArn": arn})).await,
        left
    );
    assert_eq!(
        ok(&test, "ListTagsLogGroup", json!({"logGroupName": "g"})).await,
        left
    );
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused() {
    let test = with_events(2).await;
    let (invalid, none) = ("InvalidParameterException", "ResourceNotFoundException");
    let names = json!({"logGroupName": "g", "logStreamName": "a"});
    let put = |events: Value| {
        let mut body = names.clone();
        body["logEvents"] = events;
        body
    };
    let unordered = json!([{"timestamp": 2, "message": "x"}, {"timestamp": 1, "message": "x"}]);
    for (operation, body, name, text) in [
        (
            "CreateLogGroup",
            json!({"logGroupName": "a b"}),
            invalid,
            "regular expression pattern",
        ),
        (
            "CreateLogGroup",
            json!({"logGroupName": "aws/x"}),
            invalid,
            "reserved",
        ),
        (
            "CreateLogGroup",
            json!({"logGroupName": "k", "kmsKeyId": "k"}),
            "NotImplementedException",
            "kmsKeyId",
        ),
        (
            "DeleteLogGroup",
            json!({"logGroupName": "none"}),
            none,
            "log group does not exist",
        ),
        (
            "PutRetentionPolicy",
            json!({"logGroupName": "g", "retentionInDays": 2}),
            invalid,
            "Valid values",
        ),
        (
            "CreateLogStream",
            names.clone(),
            "ResourceAlreadyExistsException",
            "already exists",
        ),
        (
            "PutLogEvents",
            put(unordered),
            invalid,
            "chronological order",
        ),
        (
            "PutLogEvents",
            put(json!([])),
            invalid,
            "length greater than or equal to 1",
        ),
        (
            "GetLogEvents",
            json!({"logGroupName": "g", "logStreamName": "none"}),
            none,
            "stream",
        ),
        (
            "GetLogEvents",
            json!({"logStreamName": "a"}),
            invalid,
            "Exactly one",
        ),
        (
            "DescribeLogStreams",
            json!({"logGroupName": "g", "logGroupIdentifier": "g"}),
            "ValidationException",
            "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
        ),
        (
            "FilterLogEvents",
            json!({"logGroupName": "g", "filterPattern": "{ $.a"}),
            invalid,
            "Invalid filter pattern",
        ),
        (
            "FilterLogEvents",
            json!({"logGroupName": "g", "filterPattern": "[a, b]"}),
            "NotImplementedException",
            "space-delimited",
        ),
        (
            "FilterLogEvents",
            json!({"logGroupName": "g", "nextToken": "x"}),
            invalid,
            "The specified nextToken is invalid.",
        ),
        (
            "FilterLogEvents",
            json!({"logGroupName": "g", "startTime": 2, "endTime": 1}),
            invalid,
            "startTime",
        ),
        (
            "TagResource",
            json!({"resourceArn": "arn:aws:logs:us-east-1:1:log-group:g", "tags": {"a": "b"}}),
            none,
            "resource",
        ),
        (
            "PutSubscriptionFilter",
            json!({"logGroupName": "g", "filterName": "f", "filterPattern": "", "destinationArn": "x"}),
            "NotImplementedException",
            "PutSubscriptionFilter",
        ),
    ] {
        refused(&test, operation, body, name, text).await;
    }
    let mut token = names.clone();
    token["nextToken"] = json!("x/1");
    refused(&test, "GetLogEvents", token, invalid, "nextToken").await;
    // What is too old is left out, and said so.
    let old = put(json!([{"timestamp": 1, "message": "x"}]));
    let answer = ok(&test, "PutLogEvents", old).await;
    assert_eq!(
        answer["rejectedLogEventsInfo"],
        json!({"tooOldLogEventEndIndex": 1})
    );
}

#[tokio::test]
async fn groups_and_streams_must_be_allowed() {
    let test = with_events(2).await;
    let all = "arn:aws:logs:us-east-1:123456789012:log-group:";
    let key = test
        .user_with(&json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "logs:FilterLogEvents", "Resource": format!("{all}g:*")},
            {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": format!("{all}g:log-stream:a")},
        ]}))
        .await;
    let status = async |operation: &str, body: Value| {
        let target = format!("Logs_20140328.{operation}");
        let headers = [("x-amz-target", target.as_str())];
        let answer = test.call_as(&key, "logs", "POST /", &headers, body).await;
        (answer.status, answer.error.unwrap_or_default())
    };
    let denied = (400, "AccessDeniedException".to_owned());
    let allowed = (200, String::new());
    let put = |stream: &str| {
        json!({"logGroupName": "g", "logStreamName": stream,
            "logEvents": [{"timestamp": NOW.0, "message": "x"}]})
    };
    assert_eq!(
        status("FilterLogEvents", json!({"logGroupName": "g"})).await,
        allowed
    );
    assert_eq!(
        status("FilterLogEvents", json!({"logGroupName": "h"})).await,
        denied
    );
    assert_eq!(status("PutLogEvents", put("a")).await, allowed);
    assert_eq!(status("PutLogEvents", put("b")).await, denied);
    assert_eq!(status("DescribeLogGroups", json!({})).await, denied);
}

#[tokio::test]
async fn what_was_put_outlives_a_restart() {
    let test = with_events(3).await.restarted().await;
    let found = ok(&test, "FilterLogEvents", json!({"logGroupName": "g"})).await;
    assert_eq!(texts(&found), ["e0", "e1", "e2"]);
    let streams = ok(&test, "DescribeLogStreams", json!({"logGroupName": "g"})).await;
    assert_eq!(streams["logStreams"].as_array().map(Vec::len), Some(2));
}
