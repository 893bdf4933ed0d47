//! A device that speaks MQTT 3.1.1 and then 5 by rumqttc's clients: `rumqttc-device PORT ROOT_CA CERTIFICATE KEY NAME`.
//! Says `ok`, or panics with what was not as it should be.

use rumqttc::v5;
use std::time::Duration;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

struct Place {
    port: u16,
    tls: rumqttc::TlsConfiguration,
    name: String,
}

/// A client of MQTT 3.1.1 with its session kept.
fn three(place: &Place) -> (rumqttc::AsyncClient, rumqttc::EventLoop) {
    let mut options = rumqttc::MqttOptions::new(&place.name, "localhost", place.port);
    options
        .set_transport(rumqttc::Transport::Tls(place.tls.clone()))
        .set_clean_session(false)
        .set_keep_alive(Duration::from_secs(30));
    rumqttc::AsyncClient::new(options, 10)
}

/// The next packet of one kind; others are passed over.
async fn next_three<T>(
    events: &mut rumqttc::EventLoop,
    wanted: impl Fn(rumqttc::Packet) -> Option<T>,
) -> T {
    timeout(PATIENCE, async {
        loop {
            if let rumqttc::Event::Incoming(packet) =
                events.poll().await.expect("the connection stays")
                && let Some(found) = wanted(packet)
            {
                return found;
            }
        }
    })
    .await
    .expect("it comes in time")
}

async fn next_five<T>(events: &mut v5::EventLoop, wanted: impl Fn(v5::Incoming) -> Option<T>) -> T {
    timeout(PATIENCE, async {
        loop {
            if let v5::Event::Incoming(packet) = events.poll().await.expect("the connection stays")
                && let Some(found) = wanted(packet)
            {
                return found;
            }
        }
    })
    .await
    .expect("it comes in time")
}

/// Says goodbye, and waits until the connection has ended.
async fn leave_three(client: &rumqttc::AsyncClient, events: &mut rumqttc::EventLoop) {
    client.disconnect().await.expect("asked for");
    let ended = async { while events.poll().await.is_ok() {} };
    timeout(PATIENCE, ended).await.expect("it ends in time");
}

async fn subscribed_three(
    client: &rumqttc::AsyncClient,
    events: &mut rumqttc::EventLoop,
    filter: &str,
) {
    use rumqttc::{Packet, SubscribeReasonCode};
    let qos = rumqttc::QoS::AtLeastOnce;
    client.subscribe(filter, qos).await.expect("asked for");
    let answer = next_three(events, |packet| match packet {
        Packet::SubAck(answer) => Some(answer.return_codes),
        _ => None,
    });
    assert_eq!(answer.await, [SubscribeReasonCode::Success(qos)]);
}

/// A session outlives its connection; meanwhile a client of MQTT 5 writes to it.
async fn both(place: &Place) {
    use rumqttc::Packet;
    let topic = format!("{}/down", place.name);
    let session = |packet| match packet {
        Packet::ConnAck(answer) => Some(answer.session_present),
        _ => None,
    };
    let (client, mut events) = three(place);
    assert!(!next_three(&mut events, session).await);
    subscribed_three(&client, &mut events, &format!("{}/+", place.name)).await;
    leave_three(&client, &mut events).await;

    five(place, &topic).await;

    let (client, mut events) = three(place);
    assert!(
        next_three(&mut events, session).await,
        "the session is there"
    );
    let message = next_three(&mut events, |packet| match packet {
        Packet::Publish(message) => Some(message),
        _ => None,
    });
    let message = message.await;
    assert_eq!(
        (message.topic.as_str(), &message.payload[..]),
        (topic.as_str(), &b"from 5"[..])
    );
    leave_three(&client, &mut events).await;
}

/// MQTT 5: what CONNACK says, properties there and back, and the reason of a refusal.
async fn five(place: &Place, topic: &str) {
    use v5::mqttbytes::{QoS, v5::Packet, v5::PubAckReason, v5::PublishProperties};
    let mut options = v5::MqttOptions::new(format!("{}-5", place.name), "localhost", place.port);
    options
        .set_transport(rumqttc::Transport::Tls(place.tls.clone()))
        .set_keep_alive(Duration::from_secs(30));
    let (client, mut events) = v5::AsyncClient::new(options, 10);
    let told = next_five(&mut events, |packet| match packet {
        Packet::ConnAck(answer) => Some(answer.properties.expect("properties")),
        _ => None,
    });
    let told = told.await;
    assert_eq!(
        (told.max_qos, told.receive_max, told.topic_alias_max),
        (Some(1), Some(100), Some(8))
    );

    client
        .subscribe(topic, QoS::AtLeastOnce)
        .await
        .expect("asked for");
    let user = vec![
        ("b".to_owned(), "2".to_owned()),
        ("a".to_owned(), "1".to_owned()),
    ];
    let properties = PublishProperties {
        user_properties: user.clone(),
        content_type: Some("text/plain".to_owned()),
        message_expiry_interval: Some(600),
        ..PublishProperties::default()
    };
    client
        .publish_with_properties(topic, QoS::AtLeastOnce, false, "from 5", properties)
        .await
        .expect("asked for");
    let message = next_five(&mut events, |packet| match packet {
        Packet::Publish(message) => Some(message),
        _ => None,
    });
    let got = message.await.properties.expect("properties");
    assert_eq!(
        (got.user_properties, got.content_type.as_deref()),
        (user, Some("text/plain"))
    );

    client
        .publish("denied", QoS::AtLeastOnce, false, "x")
        .await
        .expect("asked for");
    let refused = next_five(&mut events, |packet| match packet {
        Packet::PubAck(answer) if answer.reason != PubAckReason::Success => Some(answer.reason),
        _ => None,
    });
    assert_eq!(refused.await, PubAckReason::NotAuthorized);
    client.disconnect().await.expect("asked for");
    let ended = async { while events.poll().await.is_ok() {} };
    timeout(PATIENCE, ended).await.expect("it ends in time");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .expect("none was there");
    let words: Vec<String> = std::env::args().collect();
    let [_, port, root, certificate, key, name] = &words[..] else {
        panic!("usage: rumqttc-device PORT ROOT_CA CERTIFICATE KEY NAME");
    };
    let read = |path| std::fs::read(path).expect("a file");
    let place = Place {
        port: port.parse().expect("a port"),
        tls: rumqttc::TlsConfiguration::Simple {
            ca: read(root),
            alpn: None,
            client_auth: Some((read(certificate), read(key))),
        },
        name: name.clone(),
    };
    both(&place).await;
    println!("ok");
}
