//! Streams, through the API and over the topics of devices.

use crate::testing::{ARN, TestApp};
use serde_json::{Value, json};

const TRUST: &str = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal\
    %22%3A%7B%22Service%22%3A%22iot.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D";
const READ: &str = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action\
    %22%3A%22s3%3AGetObject%22%2C%22Resource%22%3A%22arn%3Aaws%3As3%3A%3A%3Abucket%2Ffile%22%7D%7D";
const ROLE: &str = "arn:aws:iam::123456789012:role/r";

struct World {
    test: TestApp,
}

impl World {
    /// A role that may read one object, which has 1000 bytes.
    async fn new() -> Self {
        let test = TestApp::new().await;
        for form in [
            format!("CreateRole&RoleName=r&AssumeRolePolicyDocument={TRUST}"),
            format!("PutRolePolicy&RoleName=r&PolicyName=p&PolicyDocument={READ}"),
        ] {
            let form = format!("Version=2010-05-08&Action={form}");
            test.call("iam", "POST /", &[], json!(form)).await.ok();
        }
        let bytes: Vec<u8> = (0..1000u32).map(|n| (n % 251) as u8).collect();
        test.object("bucket", "file", &bytes).await;
        test.object("bucket", "other", b"secret").await;
        Self { test }
    }

    fn body(key: &str) -> Value {
        json!({"roleArn": ROLE, "description": "d",
            "files": [{"fileId": 3, "s3Location": {"bucket": "bucket", "key": key}}]})
    }

    async fn create(&self, id: &str, key: &str) -> Value {
        let line = format!("POST /streams/{id}");
        self.test.iot(&line, Self::body(key)).await.ok()
    }

    /// Answers to a request: the levels behind the stream's id, and the documents.
    async fn ask(&self, stream: &str, what: &str, payload: &Value) -> Vec<(String, Value)> {
        let above = format!("$aws/things/t/streams/{stream}");
        let mut answers = Vec::new();
        let mut send = |topic: &str, payload: Vec<u8>| {
            let behind = topic.strip_prefix(&format!("{above}/")).expect("below it");
            let document = serde_json::from_slice(&payload).expect("JSON");
            answers.push((behind.to_owned(), document));
            true
        };
        let topic = format!("{above}/{what}/json");
        let streams = &self.test.app.streams;
        streams
            .answer(&topic, payload.to_string().as_bytes(), &mut send)
            .await;
        answers
    }
}

#[tokio::test]
async fn a_stream_lives_and_goes() {
    let world = World::new().await;
    let made = world.create("s", "file").await;
    let arn = format!("{ARN}stream/s");
    assert_eq!(
        made,
        json!({"streamId": "s", "streamArn": arn, "streamVersion": 1, "description": "d"})
    );
    let test = &world.test;
    let twice = test.iot("POST /streams/s", World::body("file")).await;
    twice.refused("ResourceAlreadyExistsException");
    let changed = test
        .iot("PUT /streams/s", json!({"description": "e"}))
        .await
        .ok();
    assert_eq!(changed["streamVersion"], 2);
    let info = test.iot("GET /streams/s", Value::Null).await.ok()["streamInfo"].take();
    assert_eq!(info["files"], World::body("file")["files"]);
    assert_eq!(
        (&info["description"], &info["roleArn"]),
        (&json!("e"), &json!(ROLE))
    );
    world.create("other", "file").await;
    let all = test
        .pages("GET /streams?maxResults=1", &[], "streams")
        .await;
    assert_eq!((&all[0]["streamId"], all.len()), (&json!("other"), 2));
    test.iot("DELETE /streams/s", Value::Null).await.ok();
    test.iot("GET /streams/s", Value::Null)
        .await
        .refused("ResourceNotFoundException");
    for (body, name) in [
        (
            json!({"roleArn": "arn:aws:iam::123456789012:role/none", "files": World::body("f")["files"]}),
            "InvalidRequestException",
        ),
        (
            json!({"roleArn": ROLE, "files": []}),
            "InvalidRequestException",
        ),
        (
            json!({"roleArn": ROLE, "files": [{"fileId": 256, "s3Location": {"bucket": "b", "key": "k"}}]}),
            "InvalidRequestException",
        ),
        (
            json!({"roleArn": ROLE, "files": [{"fileId": 1}]}),
            "InvalidRequestException",
        ),
        (
            json!({"roleArn": ROLE, "files": [
            {"fileId": 1, "s3Location": {"bucket": "b", "key": "k"}},
            {"fileId": 1, "s3Location": {"bucket": "b", "key": "l"}}]}),
            "InvalidRequestException",
        ),
    ] {
        let refused = test.iot("POST /streams/bad", body.clone()).await;
        assert_eq!(refused.error.as_deref(), Some(name), "{body}");
    }
}

#[tokio::test]
async fn devices_read_files_in_blocks() {
    let world = World::new().await;
    world.create("s", "file").await;
    let described = world.ask("s", "describe", &json!({"c": "t"})).await;
    assert_eq!(
        described,
        [(
            "description/json".to_owned(),
            json!({"c": "t", "s": 1, "d": "d", "r": [{"f": 3, "z": 1000}]})
        )]
    );
    let blocks = world
        .ask(
            "s",
            "get",
            &json!({"f": 3, "l": 300, "o": 1, "n": 9, "s": 1}),
        )
        .await;
    let lengths: Vec<_> = blocks
        .iter()
        .map(|(topic, block)| (topic.as_str(), block["i"].as_i64(), block["l"].as_i64()))
        .collect();
    assert_eq!(
        lengths,
        [
            ("data/json", Some(1), Some(300)),
            ("data/json", Some(2), Some(300)),
            ("data/json", Some(3), Some(100))
        ]
    );
    for (payload, code) in [
        (json!({"f": 4, "l": 300}), "ResourceNotFound"),
        (json!({"f": 3, "l": 300, "s": 2}), "VersionMismatch"),
        (json!({"f": 3, "l": 300, "o": 4}), "OffsetOutOfBounds"),
        (json!({"f": 3, "l": 1}), "BlockSizeOutOfBounds"),
        (json!([]), "InvalidRequest"),
    ] {
        let refused = world.ask("s", "get", &payload).await;
        assert_eq!(refused[0].0, "rejected/json");
        assert_eq!(refused[0].1["o"], code, "{payload}");
    }
    let absent = world.ask("none", "describe", &json!({"c": "t"})).await;
    assert_eq!(
        (&absent[0].1["o"], &absent[0].1["c"]),
        (&json!("ResourceNotFound"), &json!("t"))
    );
}

#[tokio::test]
async fn the_role_decides_what_is_read() {
    let world = World::new().await;
    world.create("s", "other").await;
    for (what, payload) in [("describe", json!({})), ("get", json!({"f": 3, "l": 256}))] {
        let refused = world.ask("s", what, &payload).await;
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].1["o"], "Unauthorized", "{what}");
    }
}
