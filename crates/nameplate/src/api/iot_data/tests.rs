//! Shadows and messages over HTTP, and what is sent to subscribers because of them.

use crate::app::effects::Effect;
use crate::testing::{NOW, TestApp, heard};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_mqtt::QoS;
use serde_json::{Value, json};

const AT: i64 = NOW.0 / 1000;

impl TestApp {
    async fn data(&self, line: &str, body: Value) -> crate::testing::Answer {
        self.call("iotdata", line, &[], body).await
    }

    /// What has been sent since the last look: topics and documents.
    fn sent(&mut self) -> Vec<(String, Value)> {
        let mut sent = Vec::new();
        while let Some(effect) = self.effect() {
            if let Effect::Message(message) = effect {
                let document = serde_json::from_slice(&message.payload).unwrap_or(Value::Null);
                sent.push((message.topic, document));
            }
        }
        sent
    }
}

fn topics(sent: &[(String, Value)]) -> Vec<&str> {
    sent.iter().map(|(topic, _)| topic.as_str()).collect()
}

#[tokio::test]
async fn a_shadow_from_first_update_to_deletion() {
    let mut app = TestApp::new().await;
    let missing = app.data("GET /things/lamp/shadow", Value::Null).await;
    assert_eq!(missing.status, 404);
    assert_eq!(
        missing.refused("ResourceNotFoundException"),
        "No shadow exists with name: 'lamp'"
    );
    let update = json!({"state": {"desired": {"on": true}}, "clientToken": "t"});
    let accepted = app.data("POST /things/lamp/shadow", update).await.ok();
    assert_eq!(
        accepted,
        json!({
            "state": {"desired": {"on": true}},
            "metadata": {"desired": {"on": {"timestamp": AT}}},
            "version": 1, "timestamp": AT, "clientToken": "t",
        })
    );
    let sent = app.sent();
    assert_eq!(
        topics(&sent),
        [
            "$aws/things/lamp/shadow/update/accepted",
            "$aws/things/lamp/shadow/update/delta",
            "$aws/things/lamp/shadow/update/documents",
        ]
    );
    assert_eq!(sent[0].1, accepted);
    assert_eq!(sent[1].1["state"], json!({"on": true}));
    let got = app.data("GET /things/lamp/shadow", Value::Null).await.ok();
    assert_eq!(got["state"]["delta"], json!({"on": true}));

    let stale = json!({"state": {"reported": {"on": true}}, "version": 7});
    let conflict = app.data("POST /things/lamp/shadow", stale).await;
    assert_eq!(conflict.status, 409);
    assert_eq!(conflict.refused("ConflictException"), "Version conflict");
    assert_eq!(app.sent(), [], "an error over HTTP is told to nobody else");

    let gone = app
        .data("DELETE /things/lamp/shadow", Value::Null)
        .await
        .ok();
    assert_eq!(gone, json!({"version": 1, "timestamp": AT}));
    assert_eq!(
        topics(&app.sent()),
        ["$aws/things/lamp/shadow/delete/accepted"]
    );
    let again = app.data("DELETE /things/lamp/shadow", Value::Null).await;
    assert_eq!(again.status, 404);
    let update = json!({"state": {"reported": {"on": true}}});
    let accepted = app.data("POST /things/lamp/shadow", update).await.ok();
    assert_eq!(accepted["version"], 2, "a deleted shadow goes on counting");
    let app = app.restarted().await;
    let got = app.data("GET /things/lamp/shadow", Value::Null).await.ok();
    assert_eq!(got["state"], json!({"reported": {"on": true}}));
}

#[tokio::test]
async fn named_shadows_are_listed_and_their_own() {
    let app = TestApp::new().await;
    let list = async |query: &str| {
        let line = format!("GET /api/things/shadow/ListNamedShadowsForThing/lamp{query}");
        app.data(&line, Value::Null).await.ok()
    };
    assert_eq!(list("").await, json!({"results": [], "timestamp": AT}));
    let update = json!({"state": {"reported": {"a": 1}}});
    for path in ["?name=n2", "?name=n1", "", "?name=n3"] {
        let line = format!("POST /things/lamp/shadow{path}");
        app.data(&line, update.clone()).await.ok();
    }
    assert_eq!(list("").await["results"], json!(["n1", "n2", "n3"]));
    let page = list("?pageSize=2").await;
    assert_eq!(page["results"], json!(["n1", "n2"]));
    let token = page["nextToken"].as_str().expect("there is more");
    let token = token
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    let page = list(&format!("?pageSize=2&nextToken={token}")).await;
    assert_eq!(page, json!({"results": ["n3"], "timestamp": AT}));
    app.data("DELETE /things/lamp/shadow?name=n2", Value::Null)
        .await
        .ok();
    assert_eq!(list("").await["results"], json!(["n1", "n3"]));
    app.data("GET /things/lamp/shadow", Value::Null).await.ok();
    let missing = app
        .data("GET /things/lamp/shadow?name=n2", Value::Null)
        .await;
    assert_eq!(
        missing.refused("ResourceNotFoundException"),
        "No shadow exists with name: 'n2'"
    );
}

#[tokio::test]
async fn what_cannot_be_a_shadow_is_refused() {
    let app = TestApp::new().await;
    let large = json!({"state": {"desired": {"a": "x".repeat(8193)}}});
    for (line, body, status, error, message) in [
        (
            "POST /things/t/shadow",
            json!({"desired": {}}),
            400,
            "InvalidRequestException",
            "Missing required node: state",
        ),
        (
            "POST /things/t/shadow",
            json!({"state": 1}),
            400,
            "InvalidRequestException",
            "State node must be an object",
        ),
        (
            "POST /things/t/shadow",
            large,
            413,
            "RequestEntityTooLargeException",
            "The payload exceeds the maximum size allowed",
        ),
        (
            "POST /things/t/shadow",
            Value::String("{".into()),
            400,
            "InvalidRequestException",
            "Invalid JSON",
        ),
    ] {
        let answer = app.data(line, body).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.body["traceId"].as_str().map(str::len), Some(36));
        assert_eq!(answer.refused(error), message);
    }
    let bad = app.data("GET /things/a%20b/shadow", Value::Null).await;
    assert_eq!(bad.status, 400);
    let bad = app.data("GET /things/t/shadow?name=a.b", Value::Null).await;
    assert_eq!(bad.status, 400);
}

#[tokio::test]
async fn requests_on_topics_are_answered_on_topics() {
    let mut app = TestApp::new().await;
    let shadow = "$aws/things/lamp/shadow";
    let ask = async |app: &mut TestApp, topic: &str, payload: &str| {
        let topic = format!("{shadow}/{topic}");
        app.app
            .messaging
            .shadow_request(&topic, payload.as_bytes(), true)
            .await
            .expect("the store works");
        app.sent()
    };
    let told = ask(&mut app, "get", r#"{"clientToken":"a"}"#).await;
    let rejected = json!({
        "code": 404, "message": "No shadow exists with name: 'lamp'", "timestamp": AT, "clientToken": "a",
    });
    assert_eq!(told, [(format!("{shadow}/get/rejected"), rejected)]);
    let told = ask(
        &mut app,
        "update",
        r#"{"state":{"reported":{"a":1}},"clientToken":"b"}"#,
    )
    .await;
    assert_eq!(
        topics(&told),
        [
            format!("{shadow}/update/accepted"),
            format!("{shadow}/update/documents")
        ]
    );
    assert!(
        told.iter()
            .all(|(_, document)| document["clientToken"] == "b")
    );
    let told = ask(&mut app, "get", "").await;
    assert_eq!(topics(&told), [format!("{shadow}/get/accepted")]);
    assert_eq!(told[0].1["state"], json!({"reported": {"a": 1}}));
    let told = ask(
        &mut app,
        "update",
        r#"{"state":{"reported":{"a":2}},"version":9,"clientToken":"c"}"#,
    )
    .await;
    assert_eq!(topics(&told), [format!("{shadow}/update/rejected")]);
    assert_eq!(told[0].1["code"], 409);
    assert_eq!(told[0].1["clientToken"], "c");
    let told = ask(&mut app, "update", "nonsense").await;
    assert_eq!(told[0].1["message"], "Invalid JSON");
    let told = ask(&mut app, "delete", "").await;
    assert_eq!(
        told,
        [(
            format!("{shadow}/delete/accepted"),
            json!({"version": 1, "timestamp": AT})
        )]
    );
    let told = ask(&mut app, "name/n/delete", "").await;
    assert_eq!(topics(&told), [format!("{shadow}/name/n/delete/rejected")]);
    // A topic that asks nothing.
    assert_eq!(ask(&mut app, "update/accepted", "{}").await, []);
}

#[tokio::test]
async fn a_device_hears_that_its_shadow_cannot_be_had() {
    let mut app = TestApp::new().await;
    let topic = "$aws/things/lamp/shadow/update";
    let payload = br#"{"state":{"reported":{"a":1}},"clientToken":"t"}"#;
    let rejected = json!({
        "code": 500, "message": "Internal service failure", "timestamp": AT, "clientToken": "t",
    });
    // Whoever hears it otherwise tries again, and says nothing meanwhile.
    for (tells, told) in [
        (true, vec![(format!("{topic}/rejected"), rejected)]),
        (false, vec![]),
    ] {
        let messaging = &app.app.messaging;
        let store = &app.app.kernel.store;
        store.fail_next("update-shadow", nameplate_store::Failing::Away);
        let asked = messaging.shadow_request(topic, payload, tells).await;
        assert!(asked.is_err(), "it is not acknowledged");
        assert_eq!(app.sent(), told);
    }
}

#[tokio::test]
async fn messages_are_published_and_kept() {
    let app = TestApp::new().await;
    let watcher = app.watcher(&["a/b"]);
    let answer = app
        .data("POST /topics/a%2Fb?qos=1", json!({"x": 1}))
        .await
        .ok();
    assert_eq!(answer["message"], "OK");
    let [message] = &heard(&watcher)[..] else {
        panic!("a message is sent")
    };
    assert_eq!(message.topic.as_str(), "a/b");
    assert_eq!(&message.payload[..], br#"{"x":1}"#);
    assert_eq!(message.qos, QoS::AtLeastOnce);
    app.data("POST /topics/a%2Fb?retain=true", json!(7))
        .await
        .ok();
    app.data("POST /topics/c?retain=true&qos=1", json!(12))
        .await
        .ok();
    let list = app
        .data("GET /retainedMessage?maxResults=1", Value::Null)
        .await
        .ok();
    assert_eq!(
        list["retainedTopics"],
        json!([{"topic": "a/b", "payloadSize": 1, "qos": 0, "lastModifiedTime": NOW.0}])
    );
    assert!(list["nextToken"].is_string());
    let kept = app.data("GET /retainedMessage/c", Value::Null).await.ok();
    assert_eq!(
        kept,
        json!({"topic": "c", "payload": "MTI=", "qos": 1, "lastModifiedTime": NOW.0})
    );
    // An empty one forgets it.
    app.data("POST /topics/c?retain=true", Value::Null)
        .await
        .ok();
    let missing = app.data("GET /retainedMessage/c", Value::Null).await;
    assert_eq!(missing.status, 404);

    let update = json!({"state": {"desired": {"a": 1}}});
    app.data("POST /topics/%24aws%2Fthings%2Ft%2Fshadow%2Fupdate", update)
        .await
        .ok();
    app.data("GET /things/t/shadow", Value::Null).await.ok();
    for (line, message) in [
        (
            "POST /topics/a%2F%23",
            "Invalid topic: it holds a wildcard, which a topic name must not",
        ),
        (
            "POST /topics/%24SYS%2Fx",
            "Invalid topic: a client may not publish to $SYS/x",
        ),
        (
            "POST /topics/%24aws%2Frules%2Fr%2Ft?retain=true",
            "Invalid topic: a client may not publish with retain to $aws/rules/r/t",
        ),
    ] {
        let answer = app.data(line, json!(1)).await;
        assert_eq!(answer.refused("InvalidRequestException"), message);
    }
}

#[tokio::test]
async fn callers_need_the_permission_of_the_thing_or_topic() {
    let app = TestApp::new().await;
    let key = app
        .user_with(&json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Action": ["iot:GetThingShadow", "iot:UpdateThingShadow", "iot:Publish"],
            "Resource": [
                "arn:aws:iot:us-east-1:123456789012:thing/mine",
                "arn:aws:iot:us-east-1:123456789012:topic/mine/*",
            ],
        }]}))
        .await;
    let data = async |line: &str, body: Value| app.call_as(&key, "iotdata", line, &[], body).await;
    let update = json!({"state": {"desired": {"a": 1}}});
    data("POST /things/mine/shadow", update.clone()).await.ok();
    data("GET /things/mine/shadow", Value::Null).await.ok();
    data("POST /topics/mine%2Fx", json!(1)).await.ok();
    for (line, body) in [
        ("POST /things/other/shadow", update),
        ("DELETE /things/mine/shadow", Value::Null),
        ("POST /topics/other", json!(1)),
        ("POST /topics/mine%2Fx?retain=true", json!(1)),
    ] {
        let answer = data(line, body).await;
        assert_eq!(answer.status, 403, "{line}");
        answer.refused("ForbiddenException");
    }
}

/// Properties of MQTT 5 keep to their forms and limits, though nobody gets them yet.
#[tokio::test]
async fn a_messages_properties_have_limits() {
    let app = TestApp::new().await;
    let base64 = |text: &str| STANDARD.encode(text);
    let properties = |bytes: usize| base64(&json!([{"k": "v".repeat(bytes - 1)}]).to_string());
    let user = "x-amz-mqtt5-user-properties";
    let correlation = "x-amz-mqtt5-correlation-data";
    for (query, headers, taken) in [
        (format!("contentType={}", "c".repeat(256)), vec![], true),
        (format!("contentType={}", "c".repeat(257)), vec![], false),
        (
            "responseTopic=1%2F2%2F3%2F4%2F5%2F6%2F7%2F8".into(),
            vec![],
            true,
        ),
        (
            "responseTopic=1%2F2%2F3%2F4%2F5%2F6%2F7%2F8%2F9".into(),
            vec![],
            false,
        ),
        ("responseTopic=a%2F%23".into(), vec![], false),
        (String::new(), vec![(user, properties(8192))], true),
        (String::new(), vec![(user, properties(8193))], false),
        (String::new(), vec![(user, base64("{}"))], false),
        (
            String::new(),
            vec![(user, base64(r#""[{\"a\":\"1\"}]""#))],
            true,
        ),
        (String::new(), vec![(user, base64(r#""[1]""#))], false),
        (String::new(), vec![(user, "no Base64".into())], false),
        (
            String::new(),
            vec![(correlation, base64(&"c".repeat(8192)))],
            true,
        ),
        (
            String::new(),
            vec![(correlation, base64(&"c".repeat(8193)))],
            false,
        ),
    ] {
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let line = format!("POST /topics/a?{query}");
        let answer = app.call("iotdata", &line, &headers, json!(1)).await;
        assert_eq!(
            answer.status == 200,
            taken,
            "{query:.40} {headers:.1?}: {}",
            answer.body
        );
        if !taken {
            answer.refused("InvalidRequestException");
        }
    }
}

fn only<T>(mut all: Vec<T>) -> T {
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[tokio::test]
async fn a_messages_properties_arrive() {
    let app = TestApp::new().await;
    let watcher = app.watcher(&["a"]);
    let list = json!([{"z": "1", "a": "2"}, {"z": "3"}]).to_string();
    let headers = [
        ("x-amz-mqtt5-user-properties", &*STANDARD.encode(list)),
        ("x-amz-mqtt5-correlation-data", &*STANDARD.encode("id")),
        ("x-amz-mqtt5-payload-format-indicator", "UTF8_DATA"),
    ];
    let line = "POST /topics/a?contentType=text%2Fplain&responseTopic=answers&messageExpiry=60";
    app.call("iotdata", line, &headers, json!(1)).await.ok();
    let message = only(heard(&watcher));
    let properties = message.properties.as_deref().expect("it has properties");
    let user: Vec<(&str, &str)> = properties
        .user
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(user, [("z", "1"), ("a", "2"), ("z", "3")]);
    assert_eq!(properties.correlation_data.as_deref(), Some(&b"id"[..]));
    assert_eq!(properties.utf8, Some(true));
    let text = |text: &Option<nameplate_mqtt::Text>| text.as_ref().map(|t| t.as_str().to_owned());
    assert_eq!(
        text(&properties.content_type).as_deref(),
        Some("text/plain")
    );
    assert_eq!(text(&properties.response_topic).as_deref(), Some("answers"));
    assert_eq!(message.expiry_left(NOW), Some(60));
    // As over MQTT, a longer time is taken as the longest.
    for (seconds, left) in [("0", 1), ("604801", 604_800), ("9999999999", 604_800)] {
        let line = format!("POST /topics/a?messageExpiry={seconds}");
        app.call("iotdata", &line, &[], json!(1)).await.ok();
        assert_eq!(only(heard(&watcher)).expiry_left(NOW), Some(left));
    }
    let refused = app.call("iotdata", "POST /topics/a?messageExpiry=-1", &[], json!(1));
    refused.await.refused("InvalidRequestException");
}
