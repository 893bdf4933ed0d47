//! Connections by custom authorizers: who is asked, what the answer allows, for how long, and why somebody is refused.

use super::*;
use crate::app::admission::OverHttp;
use crate::app::admission::explain::{Subject, Which};
use crate::testing::{Outcome, answered, crashed};
use nameplate_core::custom_auth::Http;
use std::time::Duration;

const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"iot:Connect","Resource":"*"},
    {"Effect":"Allow","Action":"iot:Publish","Resource":"arn:aws:iot:us-east-1:123456789012:topic/mine/${iot:ClientId}"}]}"#;

/// Knows whoever shows the password `right` in base64.
fn authorize(event: Value) -> Outcome {
    let mqtt = &event["protocolData"]["mqtt"];
    match mqtt["password"].as_str() {
        Some("cmlnaHQ=") => knows(&["iot:Connect", "iot:Publish"]),
        Some("aGFuZw==") => Err(crate::app::Error::new(
            crate::app::Kind::Function(crate::app::functions::Refusal::Late),
            "no answer within 5 s",
        )),
        Some("Z2FyYmFnZQ==") => answered(r#"{"isAuthenticated":"yes"}"#),
        Some("Y3Jhc2g=") => crashed("not on the list", "looking"),
        Some("bm9uZQ==") => answered(r#"{"isAuthenticated":true,"principalId":"me"}"#),
        _ => answered(r#"{"isAuthenticated":false}"#),
    }
}

fn knows(actions: &[&str]) -> Outcome {
    let policy = match actions {
        ["iot:Connect", "iot:Publish"] => ALLOW.to_owned(),
        actions => allow(actions).to_string(),
    };
    let answer = json!({
        "isAuthenticated": true, "principalId": "me", "policyDocuments": [policy],
        "refreshAfterInSeconds": 300, "disconnectAfterInSeconds": 900,
    });
    answered(answer.to_string())
}

/// A server with an active authorizer whose tokens are not signed.
async fn world(answer: impl Fn(Value) -> Outcome + Send + Sync + 'static) -> World {
    let world = World::new().await;
    let function = world.app.function("authorize", answer).await;
    authorizer(&world, "a", &function, "ACTIVE").await;
    world
}

async fn authorizer(world: &World, name: &str, function: &str, status: &str) {
    let body =
        json!({"authorizerFunctionArn": function, "signingDisabled": true, "status": status});
    world
        .app
        .iot(&format!("POST /authorizer/{name}"), body)
        .await
        .ok();
}

/// A client that shows no certificate and offers ALPN `mqtt`.
fn dial(world: &World) -> Client {
    let mut peer = world.peer(&[]);
    peer.chain.clear();
    peer.dialled.mqtt_alpn = true;
    world.dial_as(peer)
}

fn connect_with(client_id: &str, username: &str, password: &str) -> Packet {
    let Packet::Connect(mut connect) = connect(client_id, None) else {
        unreachable!()
    };
    connect.keep_alive_seconds = 1200;
    connect.user_name = Some(text(username));
    connect.password = Some(Bytes::copy_from_slice(password.as_bytes()));
    Packet::Connect(connect)
}

const NAMED: &str = "user?x-amz-customauthorizer-name=a";

#[tokio::test]
async fn a_password_lets_a_client_in() {
    let world = world(|event| {
        let wanted = json!({
            "signatureVerified": false, "protocols": ["tls", "mqtt"],
            "protocolData": {
                "tls": {"serverName": "localhost"},
                "mqtt": {"username": NAMED, "password": "cmlnaHQ=", "clientId": "lamp"},
            },
        });
        let mut told = event.clone();
        let connection = told
            .as_object_mut()
            .and_then(|told| told.remove("connectionMetadata"));
        let connection = connection.expect("it is there");
        assert_eq!(connection["id"].as_str().map(str::len), Some(36));
        assert_eq!(told, wanted);
        authorize(event)
    })
    .await;
    let watcher = world.app.watcher(&["mine/#"]);
    let mut client = dial(&world);
    client.send(connect_with("lamp", NAMED, "right")).await;
    assert_eq!(client.receive().await, Some(connack(ReasonCode::Success)));
    let (came, open) = client.after(publish("mine/lamp", b"1", false)).await;
    assert!(open && came.len() == 1, "{came:?}");
    assert_eq!(crate::testing::heard(&watcher).len(), 1);
    // The answer's policies are all that it has.
    let (_, open) = client.after(publish("mine/other", b"1", false)).await;
    assert!(!open);
    client.hang_up().await;
}

#[tokio::test]
async fn whoever_is_not_known_is_refused_and_the_record_says_why() {
    let world = world(authorize).await;
    let function = "arn:aws:lambda:us-east-1:123456789012:function:authorize";
    authorizer(&world, "asleep", function, "INACTIVE").await;
    let absent = "arn:aws:lambda:us-east-1:123456789012:function:absent";
    authorizer(&world, "hollow", absent, "ACTIVE").await;
    let pem = {
        use aws_lc_rs::encoding::AsDer as _;
        use aws_lc_rs::signature::KeyPair as _;
        let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048);
        let key = key.expect("a key can be made");
        let der: aws_lc_rs::encoding::PublicKeyX509Der<'_> =
            key.public_key().as_der().expect("a key has DER");
        nameplate_core::pki::to_pem("PUBLIC KEY", der.as_ref())
    };
    let signed = json!({
        "authorizerFunctionArn": function, "tokenKeyName": "token", "tokenSigningPublicKeys": {"k": pem},
        "status": "ACTIVE",
    });
    world.app.iot("POST /authorizer/signed", signed).await.ok();
    let named = |name: &str| format!("user?x-amz-customauthorizer-name={name}");
    let wrong = format!(
        "{}&token=t&x-amz-customauthorizer-signature=AAAA",
        named("signed")
    );
    for (at, (username, password, code)) in [
        (named("a"), "wrong", "authorizer-denied"),
        (named("a"), "hang", "authorizer-timeout"),
        (named("a"), "garbage", "authorizer-answer"),
        (named("a"), "crash", "authorizer-failed"),
        (named("a"), "none", "policy-denied"),
        (named("nobody"), "right", "authorizer-absent"),
        (named("asleep"), "right", "authorizer-inactive"),
        (named("hollow"), "right", "authorizer-function-absent"),
        (named("signed"), "right", "authorizer-signature"),
        (wrong, "right", "authorizer-signature"),
        ("user".into(), "right", "authorizer-unnamed"),
    ]
    .into_iter()
    .enumerate()
    {
        let client_id = format!("client-{at}");
        let mut client = dial(&world);
        client
            .send(connect_with(&client_id, &username, password))
            .await;
        let answer = client.receive().await;
        assert_eq!(
            answer,
            Some(connack(ReasonCode::NotAuthorized)),
            "{username} {password}"
        );
        client.hang_up().await;
        let told = world
            .app
            .app
            .admission
            .recent_attempts(Which::Failed, None, 50)
            .await
            .expect("records");
        let text: Vec<&str> = told.iter().map(|record| record.text.as_str()).collect();
        let own = text.iter().find(|text| text.contains(&client_id));
        assert!(
            own.is_some_and(|own| own.contains(&format!("\"code\":\"{code}\""))),
            "{code}: {text:?}"
        );
        assert!(
            !text
                .iter()
                .any(|text| text.contains("hang\"") || text.contains("AAAA")),
            "{text:?}"
        );
    }
}

#[tokio::test]
async fn guessing_is_slowed() {
    let world = world(authorize).await;
    for _ in 0..10 {
        let mut client = dial(&world);
        client.send(connect_with("lamp", NAMED, "wrong")).await;
        client.receive().await;
        client.hang_up().await;
    }
    let mut client = dial(&world);
    client.send(connect_with("lamp", NAMED, "right")).await;
    assert_eq!(
        client.receive().await,
        Some(connack(ReasonCode::NotAuthorized))
    );
    client.hang_up().await;
    let subject = Subject::parse("lamp");
    let told = world
        .app
        .app
        .admission
        .explain(&subject, 1)
        .await
        .expect("records");
    assert!(told[0].text.contains("authorizer-slowed"), "{told:?}");
}

#[tokio::test]
async fn a_certificate_counts_where_no_authorizer_is_asked() {
    let world = world(authorize).await;
    let with_certificate = |world: &World| {
        let mut peer = world.peer(&world.certificate);
        peer.dialled.mqtt_alpn = true;
        world.dial_as(peer)
    };
    let mut client = with_certificate(&world);
    client.connects("lamp").await;
    client.hang_up().await;
    // One is named, and counts alone.
    let mut client = with_certificate(&world);
    client.send(connect_with("lamp", NAMED, "wrong")).await;
    assert_eq!(
        client.receive().await,
        Some(connack(ReasonCode::NotAuthorized))
    );
    client.hang_up().await;
    // Without the ALPN it is the certificate's connection, whatever the user name says.
    let mut client = world.dial();
    client.send(connect_with("lamp", NAMED, "wrong")).await;
    assert_eq!(client.receive().await, Some(connack(ReasonCode::Success)));
    client.hang_up().await;
    // A default is asked where none is named.
    let body = json!({"authorizerName": "a"});
    world.app.iot("POST /default-authorizer", body).await.ok();
    let mut client = with_certificate(&world);
    client.send(connect_with("lamp", "user", "wrong")).await;
    assert_eq!(
        client.receive().await,
        Some(connack(ReasonCode::NotAuthorized))
    );
    client.hang_up().await;
    let mut client = dial(&world);
    client.send(connect_with("lamp", "user", "right")).await;
    assert_eq!(client.receive().await, Some(connack(ReasonCode::Success)));
    client.hang_up().await;
}

/// The domain configuration with these members, as a connection knows it.
async fn domain(
    world: &World,
    more: Value,
) -> Option<Arc<nameplate_core::registry::domain::Domain>> {
    let certificate =
        "arn:aws:acm:us-east-1:123456789012:certificate/0f0e0d0c-0b0a-4900-8807-060504030201";
    let mut body =
        json!({"domainName": "fleet.example.com", "serverCertificateArns": [certificate]});
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    world
        .app
        .iot("POST /domainConfigurations/fleet", body)
        .await
        .ok();
    let admission = &world.app.app.admission;
    let found = admission.domain_of_host("fleet.example.com").await;
    found.expect("it can be read").map(Arc::new)
}

#[tokio::test]
async fn a_domain_configuration_says_who_is_asked() {
    let world = world(authorize).await;
    let function = "arn:aws:lambda:us-east-1:123456789012:function:authorize";
    authorizer(&world, "other", function, "ACTIVE").await;
    let config = json!({"defaultAuthorizerName": "a", "allowAuthorizerOverride": false});
    let body = json!({"authorizerConfig": config, "authenticationType": "CUSTOM_AUTH"});
    let domain = domain(&world, body).await;
    let dial = |world: &World| {
        // Neither ALPN nor certificate: the name says it all.
        let mut peer = world.peer(&[]);
        peer.chain.clear();
        peer.dialled.domain = domain.clone();
        world.dial_as(peer)
    };
    let other = "user?x-amz-customauthorizer-name=other";
    for (username, password, code) in [
        ("user", "right", ReasonCode::Success),
        ("user", "wrong", ReasonCode::NotAuthorized),
        (NAMED, "right", ReasonCode::Success),
        (other, "right", ReasonCode::NotAuthorized),
    ] {
        let mut client = dial(&world);
        client.send(connect_with("lamp", username, password)).await;
        assert_eq!(
            client.receive().await,
            Some(connack(code)),
            "{username} {password}"
        );
        client.hang_up().await;
    }
    let told = world
        .app
        .app
        .admission
        .explain(&Subject::parse("lamp"), 1)
        .await;
    let told = told.expect("records");
    assert!(told[0].text.contains("authorizer-fixed"), "{told:?}");
}

#[tokio::test]
async fn both_a_certificate_and_an_authorizer_are_asked() {
    let world = world(|event| {
        let tls = &event["protocolData"]["tls"];
        assert_eq!(tls["principalId"].as_str().map(str::len), Some(64));
        let pem = tls["x509CertificatePem"].as_str().expect("text");
        assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
        authorize(event)
    })
    .await;
    let body = json!({"authenticationType": "CUSTOM_AUTH_X509"});
    let domain = domain(&world, body).await;
    let dial = |world: &World, certificate: &[u8]| {
        let mut peer = world.peer(certificate);
        peer.dialled.domain = domain.clone();
        world.dial_as(peer)
    };
    let mut client = dial(&world, &world.certificate);
    client.send(connect_with("lamp", NAMED, "right")).await;
    assert_eq!(client.receive().await, Some(connack(ReasonCode::Success)));
    // Its certificate's own policy would allow this; the authorizer's does not.
    let (_, open) = client.after(publish("mine/other", b"1", false)).await;
    assert!(!open);
    client.hang_up().await;
    let mut client = dial(&world, &world.certificate);
    client.send(connect_with("lamp", NAMED, "wrong")).await;
    assert_eq!(
        client.receive().await,
        Some(connack(ReasonCode::NotAuthorized))
    );
    client.hang_up().await;
    let stranger = Ca::new("Nobody").sign_der("x");
    let mut client = dial(&world, &stranger);
    client.send(connect_with("lamp", NAMED, "right")).await;
    assert_eq!(
        client.receive().await,
        Some(connack(ReasonCode::NotAuthorized))
    );
    client.hang_up().await;
    // Whoever switches the certificate off ends the connection.
    let mut client = dial(&world, &world.certificate);
    client.send(connect_with("lamp", NAMED, "right")).await;
    assert_eq!(client.receive().await, Some(connack(ReasonCode::Success)));
    let id = nameplate_core::pki::CertificateId::of(&world.certificate);
    let line = format!("PUT /certificates/{id}?newStatus=INACTIVE");
    world.app.iot(&line, Value::Null).await.ok();
    assert_eq!(client.receive().await, None);
    client.hang_up().await;
}

/// Moves the clock that connections count by, and has the client's looked at.
async fn pass(world: &World, client: &mut Client, seconds: u64) {
    *world.shared.ahead.lock() += Duration::from_secs(seconds);
    client.send(Packet::PingReq).await;
}

#[tokio::test]
async fn the_function_is_asked_again_and_the_connection_ends_in_time() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let world = world(move |_| match counted.fetch_add(1, Ordering::SeqCst) {
        0 => knows(&["iot:Connect", "iot:Publish"]),
        _ => knows(&["iot:*"]),
    })
    .await;
    let mut client = dial(&world);
    client.send(connect_with("lamp", NAMED, "right")).await;
    assert_eq!(client.receive().await, Some(connack(ReasonCode::Success)));
    pass(&world, &mut client, 301).await;
    assert_eq!(client.receive().await, Some(Packet::PingResp));
    // It is asked while the connection goes on; what it answers then is in force.
    while calls.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let (_, open) = client.after(publish("mine/other", b"1", false)).await;
    assert!(open);
    // What a later answer says of the end has no effect.
    pass(&world, &mut client, 600).await;
    assert_eq!(client.receive().await, Some(Packet::PingResp));
    assert_eq!(client.receive().await, None);
    client.hang_up().await;
}

#[tokio::test]
async fn whoever_is_not_known_any_more_is_cut_off() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let calls = AtomicUsize::new(0);
    let world = world(move |_| match calls.fetch_add(1, Ordering::SeqCst) {
        0 => knows(&["iot:Connect", "iot:Publish"]),
        _ => answered(r#"{"isAuthenticated":false}"#),
    })
    .await;
    let mut client = dial(&world);
    client.send(connect_with("lamp", NAMED, "right")).await;
    assert_eq!(client.receive().await, Some(connack(ReasonCode::Success)));
    pass(&world, &mut client, 301).await;
    assert_eq!(client.receive().await, Some(Packet::PingResp));
    assert_eq!(client.receive().await, None);
    client.hang_up().await;
    let told = world
        .app
        .app
        .admission
        .explain(&Subject::parse("lamp"), 5)
        .await;
    let told = told.expect("records");
    assert!(
        told.iter()
            .any(|record| record.text.contains("authorizer-denied")),
        "{told:?}"
    );
}

/// Whoever asked for a WebSocket without a signature, with these header fields and this query.
async fn dial_over_websocket(world: &World, headers: &[(&str, &str)], query: &str) -> Client {
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], 40_000));
    let mut attempt = Attempt::new("https", address, NOW);
    let mut peer = world.peer(&[]);
    peer.chain.clear();
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let caller = OverHttp {
        peer: Some(peer),
        address: address.ip(),
        http: Http {
            headers: Some(headers.collect()),
            query_string: (!query.is_empty()).then(|| query.to_owned()),
        },
    };
    let admission = &world.app.app.admission;
    let guest = admission.meet_over_http(caller, &mut attempt).await;
    let guest = guest.expect("nothing but an authorizer is asked");
    world.visit(Visitor::Guest(Box::new(guest)), attempt)
}

#[tokio::test]
async fn credentials_of_a_websocket_stand_in_its_request_or_in_connect() {
    let world = world(|event| {
        let data = &event["protocolData"];
        assert_eq!(event["protocols"], json!(["tls", "http", "mqtt"]));
        let shown = [
            &data["http"]["headers"]["authorization"],
            &data["http"]["queryString"],
            &data["mqtt"]["password"],
        ];
        let told = shown.map(|shown| shown.as_str().unwrap_or_default());
        match told {
            ["Bearer right", _, _]
            | [_, "?token=right&x-amz-customauthorizer-name=a", _]
            | [.., "cmlnaHQ="] => knows(&["iot:Connect", "iot:Publish"]),
            _ => answered(r#"{"isAuthenticated":false}"#),
        }
    })
    .await;
    let named = ("x-amz-customauthorizer-name", "a");
    let bearer = |token| [named, ("authorization", token)];
    let query = "?token=right&x-amz-customauthorizer-name=a";
    for (headers, query, username, password, code) in [
        (&bearer("Bearer right")[..], "", "", "", ReasonCode::Success),
        (
            &bearer("Bearer wrong"),
            "",
            "",
            "",
            ReasonCode::NotAuthorized,
        ),
        (&[], query, "", "", ReasonCode::Success),
        (&[], "", NAMED, "right", ReasonCode::Success),
        (&[], "", NAMED, "wrong", ReasonCode::NotAuthorized),
        (&[], "", "user", "right", ReasonCode::NotAuthorized),
        // Of two that are named the request's counts.
        (
            &[("x-amz-customauthorizer-name", "b")],
            "",
            NAMED,
            "right",
            ReasonCode::NotAuthorized,
        ),
    ] {
        let mut client = dial_over_websocket(&world, headers, query).await;
        client.send(connect_with("lamp", username, password)).await;
        let answer = client.receive().await;
        assert_eq!(
            answer,
            Some(connack(code)),
            "{headers:?} {query} {username}"
        );
        if code == ReasonCode::Success {
            // The answer's policies are all that it has.
            let (_, open) = client.after(publish("mine/other", b"1", false)).await;
            assert!(!open);
        }
        client.hang_up().await;
    }
}

#[tokio::test]
async fn a_websocket_by_an_authorizer_ends_in_time() {
    let world = world(authorize).await;
    let mut client = dial_over_websocket(&world, &[], "").await;
    client.send(connect_with("lamp", NAMED, "right")).await;
    assert_eq!(client.receive().await, Some(connack(ReasonCode::Success)));
    pass(&world, &mut client, 901).await;
    assert_eq!(client.receive().await, Some(Packet::PingResp));
    assert_eq!(client.receive().await, None);
    client.hang_up().await;
}

#[tokio::test]
async fn a_certificate_beside_an_authorizer_is_asked_for_over_http_too() {
    let world = world(authorize).await;
    let body = json!({"authenticationType": "CUSTOM_AUTH_X509"});
    let domain = domain(&world, body).await;
    let stranger = Ca::new("Nobody").sign_der("x");
    for (certificate, code) in [(&world.certificate, None), (&stranger, Some("ca-unknown"))] {
        let mut peer = world.peer(certificate);
        peer.dialled.domain = domain.clone();
        let mut attempt = Attempt::new("https", peer.address, NOW);
        let caller = OverHttp {
            address: peer.address.ip(),
            peer: Some(peer),
            http: Http::default(),
        };
        let admission = &world.app.app.admission;
        let met = admission.meet_over_http(caller, &mut attempt).await;
        let refused = met.err().map(|refused| refused.code);
        assert_eq!(refused.as_deref(), code);
    }
}
