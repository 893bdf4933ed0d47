//! Each way in, through the same table; and queues that are full.

use super::{Refusal, Sender, ServicePermit};
use crate::app::Error;
use crate::app::admission::attempt::Attempt;
use crate::app::admission::{Admit, ConnectAsk, Dialled, Peer, Permit};
use crate::app::effects::{EVENTS, Effect, MESSAGES, ServiceMessage};
use crate::app::ingress::FormerClient;
use crate::router::{Message, Registration};
use crate::testing::{NOW, TestApp, heard};
use nameplate_core::admission::ServerName;
use nameplate_mqtt::{QoS, Text};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// A server, a client that may do what its policy says, and somebody who hears all that is routed.
struct World {
    test: TestApp,
    permit: Permit,
    client: Registration,
    watcher: Registration,
}

/// A way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Mqtt,
    Will,
    Http,
    Service,
}

const CLIENTS: [By; 3] = [By::Mqtt, By::Will, By::Http];

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    taken: Result<(), &'static str>,
    routed: bool,
    retained: bool,
    /// Topics of answers, to the client alone or to whoever subscribes.
    answers: Vec<String>,
}

impl World {
    async fn new(statements: Value) -> Self {
        let test = TestApp::new().await;
        let (arn, certificate) = test.device("device").await;
        let document = json!({"Version": "2012-10-17", "Statement": statements});
        let body = json!({"policyDocument": document.to_string()});
        test.iot("POST /policies/p", body).await.ok();
        let target = json!({"target": arn});
        test.iot("PUT /target-policies/p", target).await.ok();
        let address = SocketAddr::from(([127, 0, 0, 1], 40_000));
        let peer = Peer {
            address,
            chain: vec![certificate],
            server_name: ServerName {
                sent: None,
                ours: false,
            },
            dialled: Dialled::default(),
        };
        let mut attempt = Attempt::new("mqtt", address, NOW);
        let admission = &test.app.admission;
        let Admit::Enter(admitted) = admission.admit(peer, &mut attempt).await else {
            panic!("the certificate is known")
        };
        let ask = ConnectAsk {
            client_id: "client",
            persistent: false,
            will: None,
        };
        let permit = admission.open_connection(&admitted, &ask, address).await;
        let client = test.app.router.register("client".into(), "device".into());
        let watcher = test.watcher(&["#", "$aws/#"]);
        Self {
            permit: permit.expect("the policy allows it"),
            client,
            watcher,
            test,
        }
    }

    async fn everything() -> Self {
        Self::new(json!([{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}])).await
    }

    async fn send(&self, by: By, topic: &str, payload: &[u8], retain: bool) -> Outcome {
        let ingress = &self.test.app.ingress;
        let message = Arc::new(Message {
            topic: Text::try_from(topic).expect("the case's topic is right"),
            payload: payload.to_vec().into(),
            qos: QoS::AtLeastOnce,
            retain,
            ..Message::default()
        });
        let taken = match by {
            By::Mqtt => {
                let from = Sender::Client(&self.permit, &self.client);
                ingress.accept(from, &message).await
            }
            By::Will => {
                let from = FormerClient::from(&self.permit);
                ingress.accept(Sender::Will(&from), &message).await
            }
            By::Http => {
                let root = self.test.app.iam.root();
                let permit = self.test.app.iam.may_publish(&root, topic, retain).await;
                let permit = permit.expect("the root may");
                ingress.accept(Sender::Caller(&permit), &message).await
            }
            By::Service => {
                let own = Sender::Service(ServicePermit::own());
                ingress.accept(own, &message).await
            }
        };
        let taken = match taken {
            Ok(_) => Ok(()),
            Err(Refusal::Reserved(_)) => Err("reserved"),
            Err(Refusal::Denied(_)) => Err("denied"),
            Err(Refusal::Throttled(_)) => Err("throttled"),
            Err(Refusal::Full(_)) => Err("full"),
            Err(Refusal::NotBuilt(_)) => Err("not built"),
            Err(Refusal::Failed(error)) => panic!("{error:?}"),
        };
        let mut answers: Vec<String> = heard(&self.client)
            .iter()
            .map(|answer| answer.topic.to_string())
            .collect();
        while let Some(effect) = self.test.effect() {
            if let Effect::Message(message) = effect {
                answers.push(message.topic);
            }
        }
        let kept = self.test.app.messaging.retained(topic).await;
        let routed = heard(&self.watcher);
        assert!(routed.len() <= 1, "{routed:?}");
        Outcome {
            taken,
            routed: routed.iter().any(|found| Arc::ptr_eq(found, &message)),
            retained: kept.expect("the store answers").is_some(),
            answers,
        }
    }

    async fn check(&self, by: &[By], topic: &str, retain: bool, expected: &str) {
        for by in by {
            let found = self.send(*by, topic, b"{}", retain).await;
            let mut words = match found.taken {
                Ok(()) => vec![],
                Err(why) => vec![why],
            };
            words.extend(found.routed.then_some("routed"));
            words.extend(found.retained.then_some("retained"));
            let answers: Vec<&str> = found
                .answers
                .iter()
                .map(|answer| answer.strip_prefix(topic).unwrap_or(answer))
                .collect();
            words.extend(answers);
            assert_eq!(words.join(" "), expected, "{by:?} of {topic}, {retain}");
        }
    }
}

#[tokio::test]
async fn every_way_in_follows_one_table() {
    let world = World::everything().await;
    let all = &CLIENTS[..];
    world.check(all, "a/b", false, "routed").await;
    world.check(all, "a/b", true, "routed retained").await;
    // What only services tell.
    for closed in [
        "$aws/things/t/shadow/update/delta",
        "$aws/events/presence/connected/c",
    ] {
        world.check(all, closed, false, "reserved").await;
        world.check(&[By::Service], closed, false, "routed").await;
    }
    world.check(all, "$SYS/broker", false, "reserved").await;
    // Nothing reserved is retained.
    for open in [
        "$aws/rules/r/t",
        "$aws/things/t/shadow/get",
        "$aws/things/t/unheard/of",
    ] {
        world.check(all, open, true, "reserved").await;
    }
    let rule = "$aws/rules/r/t";
    world.check(all, rule, false, "").await;
    let unknown = "$aws/things/t/unheard/of";
    world.check(all, unknown, false, "routed").await;
    // A will asks no service.
    let get = "$aws/things/t/shadow/get";
    let asking = [By::Mqtt, By::Http];
    world.check(&asking, get, false, "routed /rejected").await;
    world.check(&[By::Will], get, false, "routed").await;
    // What is not built answers who asked, in the way that it asked.
    let metrics = "$aws/things/t/defender/metrics/json";
    world.check(&[By::Mqtt], metrics, false, "").await;
    world.check(&[By::Http], metrics, false, "not built").await;
    world.check(&[By::Will], metrics, false, "").await;
    // Jobs answer who asked, subscribed or not.
    let jobs = "$aws/things/t/jobs/get";
    world.check(&[By::Mqtt], jobs, false, "/rejected").await;
    world.check(&[By::Will], jobs, false, "").await;
}

#[tokio::test]
async fn a_shadow_is_asked_by_every_way_in_but_a_will() {
    let world = World::everything().await;
    let shadow = "$aws/things/t/shadow";
    let update = br#"{"state": {"reported": {"on": true}}}"#;
    for (by, version) in [(By::Mqtt, 1), (By::Will, 1), (By::Http, 2)] {
        let topic = format!("{shadow}/update");
        let found = world.send(by, &topic, update, false).await;
        assert_eq!((found.taken, found.routed), (Ok(()), true), "{by:?}");
        let told = [
            format!("{shadow}/update/accepted"),
            format!("{shadow}/update/documents"),
        ];
        let told = if by == By::Will {
            vec![]
        } else {
            told.to_vec()
        };
        assert_eq!(found.answers, told, "{by:?}");
        let line = "GET /things/t/shadow";
        let kept = world.test.call("iotdata", line, &[], Value::Null).await;
        assert_eq!(kept.ok()["version"], version, "{by:?}");
    }
}

#[tokio::test]
async fn policies_are_asked_about_each_message_of_a_client() {
    let world = World::new(json!([
        {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"},
        {"Effect": "Allow", "Action": ["iot:Publish", "iot:RetainPublish"],
         "Resource": "arn:aws:iot:*:*:topic/mine/both"},
        {"Effect": "Allow", "Action": "iot:Publish", "Resource": "arn:aws:iot:*:*:topic/mine"},
    ]))
    .await;
    let mqtt = [By::Mqtt];
    world.check(&mqtt, "mine", false, "routed").await;
    world.check(&mqtt, "mine", true, "denied").await;
    world
        .check(&mqtt, "mine/both", true, "routed retained")
        .await;
    world.check(&mqtt, "theirs", false, "denied").await;
    // The table comes first.
    world.check(&mqtt, "$SYS/x", false, "reserved").await;
}

#[tokio::test]
async fn a_permit_of_a_caller_is_for_one_topic() {
    let world = World::everything().await;
    let iam = &world.test.app.iam;
    let permit = iam.may_publish(&iam.root(), "a", false).await;
    let permit = permit.expect("the root may");
    for (topic, retain) in [("b", false), ("a", true)] {
        let message = Arc::new(Message {
            topic: Text::try_from(topic).expect("a right topic"),
            payload: Vec::new().into(),
            qos: QoS::AtMostOnce,
            retain,
            ..Message::default()
        });
        let from = Sender::Caller(&permit);
        let taken = world.test.app.ingress.accept(from, &message).await;
        assert!(matches!(taken, Err(Refusal::Failed(_))), "{taken:?}");
    }
    assert_eq!(heard(&world.watcher).len(), 0);
}

/// More events than there is room for, in one burst before the pump runs and more while it does.
#[tokio::test]
async fn events_beyond_the_queue_come_from_the_store() {
    let test = TestApp::new().await;
    let owe = async |numbers: std::ops::Range<usize>| {
        let store = &test.app.kernel.store;
        let owed = store.tx("owe", move |tx| {
            for number in numbers.clone() {
                tx.owe_event(format!("$aws/events/{number}"), b"{}".to_vec())?;
            }
            Ok::<_, Error>(())
        });
        owed.await.expect("it commits");
    };
    let burst = EVENTS + 3_000;
    owe(0..burst).await;
    let watcher = test.watcher(&["$aws/events/+"]);
    let (_drain, draining) = tokio::sync::watch::channel(false);
    let pump = tokio::spawn(crate::app::pump(Arc::clone(&test.app), draining));
    let mut came = Vec::new();
    let mut more = burst..burst + 50;
    let last = more.end;
    while came.len() < last {
        let waited = tokio::time::timeout(Duration::from_secs(60), watcher.outbox().changed());
        waited.await.expect("events come");
        came.extend(heard(&watcher).iter().map(|event| event.topic.to_string()));
        if came.len() > EVENTS
            && let Some(number) = more.next()
        {
            owe(number..number + 1).await;
        }
        while came.len() >= burst
            && let Some(number) = more.next()
        {
            owe(number..number + 1).await;
        }
    }
    let expected: Vec<String> = (0..last).map(|n| format!("$aws/events/{n}")).collect();
    assert!(came == expected, "each once, in the order of their commits");
    let metrics = test.app.metrics().render(0, 0);
    let line = "nameplate_queue_full_total{queue=\"events\"} 1";
    assert!(metrics.contains(line), "{metrics}");
    pump.abort();
}

/// Whoever asks a shadow waits while the queue of answers is full, and is served once there is room.
#[tokio::test]
async fn a_full_queue_of_messages_holds_up_who_makes_more() {
    let test = TestApp::new().await;
    let effects = &test.app.kernel.effects;
    for number in 0..MESSAGES {
        effects.push(Effect::Message(ServiceMessage {
            topic: format!("t/{number}"),
            payload: Vec::new(),
        }));
    }
    let line = "POST /things/t/shadow";
    let update = json!({"state": {"reported": {"on": true}}});
    let mut asked = Box::pin(test.call("iotdata", line, &[], update));
    // Nothing but room is missing: it is polled until it waits for that.
    let metrics = || test.app.metrics().render(0, 0);
    let full = "nameplate_queue_full_total{queue=\"messages\"} 1";
    while !metrics().contains(full) {
        tokio::select! {
            biased;
            answer = &mut asked => panic!("it is held up, not {answer:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    let version = async || {
        let shadow = test.call("iotdata", "GET /things/t/shadow", &[], Value::Null);
        shadow.await.status
    };
    assert_eq!(version().await, 404, "nothing was changed");
    assert!(test.effect().is_some());
    asked.await.ok();
    assert_eq!(version().await, 200);
}

#[tokio::test]
async fn too_many_notices_become_one_for_all() {
    let test = TestApp::new().await;
    let effects = &test.app.kernel.effects;
    while test.effect().is_some() {}
    for number in 0..5_000u32 {
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&number.to_be_bytes());
        effects.push(Effect::Certificate(hash));
    }
    effects.push(Effect::Thing(1));
    assert_eq!(test.effect(), Some(Effect::Everyone));
    assert_eq!(test.effect(), None);
    // The same certificate twice is looked at once.
    effects.push(Effect::Certificate([7; 32]));
    effects.push(Effect::Certificate([7; 32]));
    effects.push(Effect::Thing(3));
    assert_eq!(test.effect(), Some(Effect::Certificate([7; 32])));
    assert_eq!(test.effect(), Some(Effect::Thing(3)));
    assert_eq!(test.effect(), None);
    let line = "nameplate_queue_full_total{queue=\"notices\"} 1";
    assert!(test.app.metrics().render(0, 0).contains(line));
}
