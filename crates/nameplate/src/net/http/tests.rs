//! Requests of devices that an authorizer knows, over a pipe in the place of a socket.

use super::*;
use crate::app::admission::Dialled;
use crate::app::admission::explain::Which;
use crate::broker::connection_config;
use crate::net::current::Serving;
use crate::testing::{Outcome, TestApp, answered, heard};
use nameplate_core::admission::ServerName;
use nameplate_mqtt::connection::Refusals;
use serde_json::{Value, json};
use std::sync::atomic::AtomicUsize;
use std::time::Instant;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

struct World {
    app: TestApp,
    http: Arc<HttpService>,
    places: Arc<Semaphore>,
    // Its end would be a drain.
    _drain: tokio::sync::watch::Sender<bool>,
}

/// One connection.
struct Client(DuplexStream);

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"iot:Publish","Resource":"arn:aws:iot:us-east-1:123456789012:topic/mine"},
    {"Effect":"Allow","Action":["iot:GetThingShadow","iot:UpdateThingShadow"],
     "Resource":"arn:aws:iot:us-east-1:123456789012:thing/lamp"}]}"#;

fn knows(more: Value) -> Outcome {
    let mut answer =
        json!({"isAuthenticated": true, "principalId": "me", "policyDocuments": [POLICY]});
    for (name, value) in more.as_object().expect("an object") {
        answer[name] = value.clone();
    }
    answered(answer.to_string())
}

/// Knows whoever shows the token `right`, wherever.
fn authorize(event: Value) -> Outcome {
    let http = &event["protocolData"]["http"];
    let bearer = http["headers"]["authorization"].as_str();
    match event["token"].as_str().or(bearer) {
        Some("right" | "Bearer right") => knows(json!({})),
        _ => answered(r#"{"isAuthenticated":false}"#),
    }
}

impl World {
    async fn new(answer: impl Fn(Value) -> Outcome + Send + Sync + 'static) -> Self {
        let app = TestApp::new().await;
        let function = app.function("authorize", answer).await;
        let body = json!({
            "authorizerFunctionArn": function, "signingDisabled": true, "status": "ACTIVE", "tokenKeyName": "token",
        });
        app.iot("POST /authorizer/a", body).await.ok();
        let (drain, draining) = tokio::sync::watch::channel(false);
        let mqtt = Arc::new(Shared {
            app: Arc::clone(&app.app),
            config: Arc::new(connection_config(Refusals::Clear, 3600)),
            epoch: Instant::now(),
            stranger: on_mqtt_listener,
            draining: draining.clone(),
            ahead: parking_lot::Mutex::default(),
        });
        let current = Arc::new(Current::new(Serving::new(mqtt)));
        let places = Arc::new(Semaphore::new(8));
        let http = HttpService::new(current, draining, Arc::clone(&places), String::new(), false);
        Self {
            app,
            http,
            places,
            _drain: drain,
        }
    }

    /// A client that shows no certificate, over TLS.
    fn dial(&self) -> Client {
        self.dial_under(None)
    }

    /// The same under the name of a domain configuration.
    fn dial_under(&self, domain: Option<Domain>) -> Client {
        let address = SocketAddr::from(([127, 0, 0, 1], 40_000));
        let peer = Peer {
            address,
            chain: Vec::new(),
            server_name: ServerName {
                sent: Some("localhost".into()),
                ours: true,
            },
            dialled: Dialled {
                domain: domain.clone().map(Arc::new),
                mqtt_alpn: false,
            },
        };
        let secure = Secure {
            peer,
            tls: None,
            domain,
        };
        let (near, far) = tokio::io::duplex(64 * 1024);
        let http = Arc::clone(&self.http);
        let place = Arc::clone(&self.places).try_acquire_owned();
        let arrived = Arrived::new(address, "https", Some(secure))
            .with_place(place.expect("there is a place"));
        tokio::spawn(async move { http.serve(far, arrived).await });
        Client(near)
    }

    async fn code(&self) -> String {
        let admission = &self.app.app.admission;
        let told = admission
            .recent_attempts(Which::Failed, None, 1)
            .await
            .expect("records");
        let record: Value = serde_json::from_str(&told[0].text).expect("a record is JSON");
        record["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Client {
    /// The status and the document that a request is answered with.
    async fn ask(&mut self, line: &str, headers: &[(&str, &str)], body: &str) -> (u16, Value) {
        let fields: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let length = body.len();
        let request = format!(
            "{line} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n{fields}\r\n{body}"
        );
        self.0
            .write_all(request.as_bytes())
            .await
            .expect("it is read");
        let mut read = Vec::new();
        let head = loop {
            let at = read.windows(4).position(|window| window == b"\r\n\r\n");
            if let Some(at) = at {
                break at;
            }
            let count = self.0.read_buf(&mut read).await.expect("it is answered");
            assert!(count > 0, "{}", String::from_utf8_lossy(&read));
        };
        let text = String::from_utf8_lossy(&read[..head]).to_lowercase();
        let status = text[9..12].parse().expect("a status");
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse::<usize>().expect("a number"));
        while read.len() < head + 4 + length {
            let count = self.0.read_buf(&mut read).await.expect("it is answered");
            assert!(count > 0, "{}", String::from_utf8_lossy(&read));
        }
        let body = &read[head + 4..];
        (status, serde_json::from_slice(body).unwrap_or_default())
    }
}

const NAMED: (&str, &str) = ("x-amz-customauthorizer-name", "a");

#[tokio::test]
async fn credentials_stand_in_header_fields_or_in_the_query() {
    let world = World::new(|event| {
        assert_eq!(event["protocols"], json!(["tls", "http"]));
        assert_eq!(
            event["protocolData"]["tls"],
            json!({"serverName": "localhost"})
        );
        authorize(event)
    })
    .await;
    let watcher = world.app.watcher(&["#"]);
    let mut client = world.dial();
    let named = "x-amz-customauthorizer-name=a";
    for (line, headers, status) in [
        (
            "POST /topics/mine".to_owned(),
            &[NAMED, ("token", "right")][..],
            200,
        ),
        (
            "POST /topics/mine?qos=1".into(),
            &[NAMED, ("Token", "right")],
            200,
        ),
        (
            format!("POST /topics/mine?qos=1&{named}&token=right"),
            &[],
            200,
        ),
        (
            "POST /topics/mine".into(),
            &[NAMED, ("authorization", "Bearer right")],
            200,
        ),
        // What its answer does not say.
        (
            "POST /topics/other".into(),
            &[NAMED, ("token", "right")],
            403,
        ),
        (
            "POST /topics/mine?retain=true".into(),
            &[NAMED, ("token", "right")],
            403,
        ),
        (
            "GET /things/lamp/shadow".into(),
            &[NAMED, ("token", "right")],
            404,
        ),
        (
            "GET /things/other/shadow".into(),
            &[NAMED, ("token", "right")],
            403,
        ),
        (
            "GET /retainedMessage".into(),
            &[NAMED, ("token", "right")],
            403,
        ),
        // Whom it does not know.
        (
            "POST /topics/mine".into(),
            &[NAMED, ("token", "wrong")],
            403,
        ),
        ("POST /topics/mine".into(), &[NAMED], 403),
        (
            "POST /topics/mine".into(),
            &[("x-amz-customauthorizer-name", "b")],
            403,
        ),
        ("POST /topics/mine".into(), &[("token", "right")], 403),
        ("POST /topics/mine".into(), &[], 403),
    ] {
        let (found, answer) = client.ask(&line, headers, "hello").await;
        assert_eq!(found, status, "{line} {headers:?} {answer}");
    }
    assert_eq!(heard(&watcher).len(), 4);
    let (status, told) = client.ask("POST /topics/mine", &[NAMED], "hello").await;
    assert_eq!((status, &told["message"]), (403, &json!("Forbidden")));
    assert_eq!(world.code().await, "authorizer-denied");
    let update = r#"{"state":{"reported":{"on":true}}}"#;
    let headers = [NAMED, ("token", "right")];
    let (status, document) = client
        .ask("POST /things/lamp/shadow", &headers, update)
        .await;
    assert_eq!((status, &document["version"]), (200, &json!(1)));
}

#[tokio::test]
async fn a_default_is_asked_about_who_names_none() {
    let world = World::new(authorize).await;
    let right = [("token", "right")];
    let mut client = world.dial();
    assert_eq!(client.ask("POST /topics/mine", &right, "").await.0, 403);
    let body = json!({"authorizerName": "a"});
    world.app.iot("POST /default-authorizer", body).await.ok();
    assert_eq!(client.ask("POST /topics/mine", &right, "").await.0, 200);
    let (status, told) = client.ask("POST /topics/mine", &[], "").await;
    assert_eq!((status, &told["message"]), (403, &json!("Forbidden")));
    // What is signed, rightly or not, is no authorizer's.
    let signed = [("token", "right"), ("authorization", "AWS4-HMAC-SHA256 x")];
    assert_ne!(client.ask("POST /topics/mine", &signed, "").await.0, 200);
    // The control plane is nothing for authorizers.
    assert_eq!(client.ask("GET /things", &right, "").await.0, 403);
}

#[tokio::test]
async fn who_shows_nothing_or_takes_nothing_gives_its_place_back() {
    let mut world = World::new(authorize).await;
    let short = Duration::from_millis(300);
    Arc::get_mut(&mut world.http)
        .expect("nobody dials")
        .patience = Patience {
        taking: short,
        unknown: short,
    };
    let (mut stranger, mut known, mut deaf) = (world.dial(), world.dial(), world.dial());
    assert_eq!(stranger.ask("GET /healthz", &[], "").await.0, 200);
    let right = [NAMED, ("token", "right")];
    assert_eq!(known.ask("POST /topics/mine", &right, "").await.0, 200);
    // It asks and asks, and reads nothing.
    let asking = tokio::spawn(async move {
        while deaf
            .0
            .write_all(b"GET /metrics HTTP/1.1\r\nhost: h\r\n\r\n")
            .await
            .is_ok()
        {}
    });
    let end = stranger.0.read(&mut [0; 1]).await;
    assert!(matches!(end, Ok(0)), "{end:?}");
    asking.await.expect("it hears the end");
    assert_eq!(world.places.available_permits(), 8);
    assert_eq!(known.ask("POST /topics/mine", &right, "").await.0, 200);
}

#[tokio::test]
async fn a_domain_configuration_says_who_is_asked_over_https() {
    let world = World::new(authorize).await;
    let certificate =
        "arn:aws:acm:us-east-1:123456789012:certificate/0f0e0d0c-0b0a-4900-8807-060504030201";
    let right = [("token", "right")];
    for (name, more, status) in [
        ("custom", json!({"authenticationType": "CUSTOM_AUTH"}), 200),
        (
            "pinned",
            json!({"authenticationType": "CUSTOM_AUTH", "applicationProtocol": "HTTPS"}),
            200,
        ),
        (
            "sockets",
            json!({"authenticationType": "CUSTOM_AUTH", "applicationProtocol": "MQTT_WSS"}),
            403,
        ),
        ("either", json!({}), 200),
        ("x509", json!({"authenticationType": "AWS_X509"}), 403),
        ("sigv4", json!({"authenticationType": "AWS_SIGV4"}), 403),
        // No certificate is shown.
        (
            "both",
            json!({"authenticationType": "CUSTOM_AUTH_X509"}),
            403,
        ),
    ] {
        let host = format!("{name}.example.com");
        let mut body = json!({
            "domainName": host, "serverCertificateArns": [certificate],
            "authorizerConfig": {"defaultAuthorizerName": "a", "allowAuthorizerOverride": false},
        });
        for (name, value) in more.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let line = format!("POST /domainConfigurations/{name}");
        world.app.iot(&line, body).await.ok();
        let domain = world.app.app.admission.domain_of_host(&host).await;
        let mut client = world.dial_under(domain.expect("it can be read"));
        let (found, answer) = client.ask("POST /topics/mine", &right, "").await;
        assert_eq!(found, status, "{name}: {answer}");
        let other = [("token", "right"), ("x-amz-customauthorizer-name", "b")];
        let (found, _) = client.ask("POST /topics/mine", &other, "").await;
        assert_eq!(found, 403, "{name}");
    }
}

#[tokio::test]
async fn answers_are_kept_for_one_connection_and_their_time() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let world = World::new(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        knows(json!({"refreshAfterInSeconds": 600, "disconnectAfterInSeconds": 300}))
    })
    .await;
    let count = || calls.load(Ordering::SeqCst);
    let headers = [NAMED, ("token", "right")];
    let mut client = world.dial();
    for _ in 0..2 {
        assert_eq!(client.ask("POST /topics/mine", &headers, "1").await.0, 200);
    }
    assert_eq!(count(), 2, "they are not kept unless somebody wants it");
    let body = json!({"enableCachingForHttp": true});
    world.app.iot("PUT /authorizer/a", body).await.ok();
    for body in ["1", "two"] {
        assert_eq!(client.ask("POST /topics/mine", &headers, body).await.0, 200);
    }
    assert_eq!(count(), 3);
    // It still is what was answered.
    assert_eq!(client.ask("POST /topics/other", &headers, "1").await.0, 403);
    assert_eq!(count(), 3);
    let other = [NAMED, ("token", "another")];
    client.ask("POST /topics/mine", &other, "1").await;
    assert_eq!(count(), 4, "other credentials are asked about");
    let mut second = world.dial();
    second.ask("POST /topics/mine", &headers, "1").await;
    assert_eq!(count(), 5, "and so is another connection");
    // Whoever changes the authorizer is obeyed at once.
    let body = json!({"status": "INACTIVE"});
    world.app.iot("PUT /authorizer/a", body).await.ok();
    assert_eq!(client.ask("POST /topics/mine", &headers, "1").await.0, 403);
    assert_eq!(world.code().await, "authorizer-inactive");
}

#[tokio::test]
async fn a_connection_is_a_strangers_until_a_request_shows_whose_it_is() {
    let world = World::new(authorize).await;
    let mut client = world.dial();
    let free = || world.places.available_permits();
    assert_eq!(free(), 7);
    for (line, token, status) in [
        ("GET /healthz", "", 200),
        ("POST /topics/mine", "wrong", 403),
        ("POST /topics/yours", "right", 403),
    ] {
        let answer = client.ask(line, &[NAMED, ("token", token)], "").await;
        assert_eq!((answer.0, free()), (status, 7), "{line} {token}");
    }
    for _ in 0..2 {
        let answer = client
            .ask("POST /topics/mine", &[NAMED, ("token", "right")], "")
            .await;
        assert_eq!((answer.0, free()), (200, 8));
    }
}
