//! Routing between clients, by cases and by a simulation against a model that remembers everything.

mod many;
mod sessions;

use super::*;
use bytes::Bytes;
use nameplate_mqtt::connection::Refusals;
use nameplate_mqtt::packet::SubscribeOptions;
use nameplate_mqtt::topic::{self, Filter};
use nameplate_mqtt::{DisconnectReason, QoS, Text};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use QoS::{AtLeastOnce, AtMostOnce};

const LIMITS: RouterLimits = RouterLimits {
    outbox: OutboxLimits {
        messages: 100,
        bytes: 10_000,
    },
    share: ShareLimits {
        groups: 2,
        members: 2,
        messages: 100,
    },
    session: SessionLimits {
        sessions: 3,
        messages: 1000,
        bytes: 100_000,
        total_bytes: 150_000,
    },
};

fn filter(text: &str) -> Filter {
    let limits = crate::broker::connection_config(Refusals::Clear, 0)
        .limits
        .topic;
    Filter::parse(text, &limits).expect("the case's filter is right")
}

fn message(topic: &str, payload: &str, qos: QoS) -> Arc<Message> {
    let topic = Text::try_from(topic).expect("the case's topic is right");
    let payload = Bytes::copy_from_slice(payload.as_bytes());
    Arc::new(Message {
        topic,
        payload,
        qos,
        ..Message::default()
    })
}

fn join(router: &Arc<Router>, client_id: &str) -> Registration {
    router.register(Arc::from(client_id), Arc::from("principal"))
}

/// Payloads and QoS that wait for a client, and the instruction beside them.
fn taken(client: &Client) -> (Vec<(String, QoS)>, Option<Control>) {
    let mut hand = VecDeque::new();
    let control = client.outbox().take(&mut hand);
    let payload = |delivery: Delivery| {
        let text = String::from_utf8_lossy(&delivery.message.payload).into_owned();
        (text, delivery.qos)
    };
    (hand.into_iter().map(payload).collect(), control)
}

/// A client with these subscriptions gets a message of this topic and QoS with the QoS expected, or not at all.
fn check(subscriptions: &[(&str, QoS)], topic: &str, qos: QoS, expected: Option<QoS>) {
    let router = Router::new(LIMITS, 1);
    let client = join(&router, "c");
    for (text, qos) in subscriptions {
        router
            .subscribe(&client, &filter(text), (*qos).into())
            .expect("the client is there");
    }
    let routed = router.publish(&message(topic, "m", qos), None);
    let expected: Vec<_> = expected
        .into_iter()
        .map(|qos| ("m".to_owned(), qos))
        .collect();
    assert_eq!(taken(&client).0, expected, "{subscriptions:?} and {topic}");
    assert_eq!(routed.queued, expected.len());
}

#[test]
fn a_message_arrives_once_with_the_highest_qos_granted() {
    check(&[("a/b", AtLeastOnce)], "a/b", AtMostOnce, Some(AtMostOnce));
    check(&[("a/b", AtMostOnce)], "a/b", AtLeastOnce, Some(AtMostOnce));
    check(&[("a/b", AtLeastOnce)], "a/c", AtLeastOnce, None);
    check(
        &[("a/+", AtMostOnce), ("a/b", AtLeastOnce), ("#", AtMostOnce)],
        "a/b",
        AtLeastOnce,
        Some(AtLeastOnce),
    );
    check(
        &[("a/b", AtLeastOnce), ("a/b", AtMostOnce)],
        "a/b",
        AtLeastOnce,
        Some(AtMostOnce),
    );
}

/// What a client called `c` gets of a retained message that `publisher` has published: its RETAIN flag, or nothing.
fn options(subscriptions: &[(&str, bool, bool)], publisher: &str, expected: Option<bool>) {
    let router = Router::new(LIMITS, 1);
    let client = join(&router, "c");
    for (text, no_local, retain_as_published) in subscriptions {
        let options = SubscribeOptions {
            no_local: *no_local,
            retain_as_published: *retain_as_published,
            ..AtLeastOnce.into()
        };
        let made = router.subscribe(&client, &filter(text), options);
        assert_eq!(made, Ok(None));
    }
    let published = Message {
        retain: true,
        ..(*message("a/b", "m", AtLeastOnce)).clone()
    };
    router.publish(&Arc::new(published), Some(publisher));
    let mut hand = VecDeque::new();
    client.outbox().take(&mut hand);
    let retain: Vec<bool> = hand.iter().map(|delivery| delivery.retain).collect();
    let expected: Vec<bool> = expected.into_iter().collect();
    assert_eq!(retain, expected, "{subscriptions:?} and {publisher}");
}

#[test]
fn no_local_and_retain_as_published_take_effect() {
    options(&[("a/b", false, false)], "c", Some(false));
    options(&[("a/b", true, false)], "c", None);
    options(&[("a/b", true, false)], "other", Some(false));
    options(&[("a/b", false, true)], "other", Some(true));
    options(&[("$share/g/a/b", false, true)], "other", Some(true));
    // Of overlapping subscriptions each counts for itself.
    options(
        &[("a/b", true, true), ("a/+", false, false)],
        "c",
        Some(false),
    );
    options(
        &[("a/b", false, false), ("a/+", false, true)],
        "c",
        Some(true),
    );
    options(&[("a/b", true, true), ("a/+", true, false)], "c", None);
    // Subscribing again replaces what was asked for.
    options(
        &[("a/b", true, true), ("a/b", false, false)],
        "c",
        Some(false),
    );
}

#[test]
fn wildcards_follow_aws() {
    check(&[("a/#", AtMostOnce)], "a", AtMostOnce, None);
    check(&[("a/#", AtMostOnce)], "a/", AtMostOnce, Some(AtMostOnce));
    check(
        &[("a/#", AtMostOnce)],
        "a/b/c",
        AtMostOnce,
        Some(AtMostOnce),
    );
    check(
        &[("#", AtMostOnce), ("+/things", AtMostOnce)],
        "$aws/things",
        AtMostOnce,
        None,
    );
    check(
        &[("$aws/#", AtMostOnce)],
        "$aws/things",
        AtMostOnce,
        Some(AtMostOnce),
    );
    check(
        &[("$aws/+/x", AtMostOnce)],
        "$aws/things/x",
        AtMostOnce,
        Some(AtMostOnce),
    );
    check(&[("+/+", AtMostOnce)], "/", AtMostOnce, Some(AtMostOnce));
}

#[test]
fn a_new_connection_takes_the_client_id() {
    let router = Router::new(LIMITS, 1);
    let old = join(&router, "c");
    router
        .subscribe(&old, &filter("t"), AtMostOnce.into())
        .expect("the client is there");
    let new = router.register(Arc::from("c"), Arc::from("another principal"));
    router.publish(&message("t", "m", AtMostOnce), None);
    let told = Some(Control::Disconnect(DisconnectReason::DuplicateClientId));
    assert_eq!(taken(&old), (vec![], told));
    assert_eq!(
        router.subscribe(&old, &filter("t"), AtMostOnce.into()),
        Err(SubscribeError::Gone)
    );
    assert_eq!(
        (
            router.clients_of("principal").len(),
            router.clients_of("another principal").len()
        ),
        (0, 1)
    );
    drop(old);
    let held = router.client("c").expect("the new connection keeps the id");
    assert_eq!(held.number(), new.number());
    drop(new);
    assert!(router.is_empty() && router.client("c").is_none());
}

#[test]
fn a_principal_is_told_on_all_its_connections() {
    let router = Router::new(LIMITS, 1);
    let (one, two) = (join(&router, "one"), join(&router, "two"));
    let other = router.register(Arc::from("other"), Arc::from("x"));
    assert_eq!(
        router.signal_principal("principal", Control::Reauthorize),
        2
    );
    assert_eq!(taken(&one).1, Some(Control::Reauthorize));
    assert_eq!(taken(&two).1, Some(Control::Reauthorize));
    assert_eq!(taken(&other).1, None);
    assert_eq!(router.signal_principal("nobody", Control::Reauthorize), 0);
}

#[test]
fn a_share_group_gets_each_message_once() {
    let router = Router::new(LIMITS, 1);
    let (one, two, alone) = (
        join(&router, "one"),
        join(&router, "two"),
        join(&router, "alone"),
    );
    for client in [&one, &two] {
        router
            .subscribe(client, &filter("$share/g/a/+"), AtLeastOnce.into())
            .expect("two members fit");
    }
    assert_eq!(
        router.subscribe(&alone, &filter("$share/g/a/+"), AtMostOnce.into()),
        Err(SubscribeError::ShareLimit)
    );
    router
        .subscribe(&alone, &filter("$share/h/a/b"), AtMostOnce.into())
        .expect("two groups fit");
    assert_eq!(
        router.subscribe(&alone, &filter("$share/i/a/b"), AtMostOnce.into()),
        Err(SubscribeError::ShareLimit)
    );
    for _ in 0..50 {
        assert_eq!(
            router
                .publish(&message("a/b", "m", AtLeastOnce), None)
                .queued,
            2
        );
    }
    let counts = [&one, &two, &alone].map(|client| taken(client).0.len());
    assert_eq!((counts[0] + counts[1], counts[2]), (50, 50));
    assert!(
        counts[0] > 10 && counts[1] > 10,
        "both members are chosen: {counts:?}"
    );
    drop(one);
    router.publish(&message("a/b", "m", AtLeastOnce), None);
    assert_eq!(taken(&two).0.len(), 1);
}

#[test]
fn a_full_outbox_misses_messages_and_nobody_else_does() {
    let router = Router::new(LIMITS, 1);
    let (slow, quick) = (join(&router, "slow"), join(&router, "quick"));
    for client in [&slow, &quick] {
        router
            .subscribe(client, &filter("t"), AtMostOnce.into())
            .expect("the client is there");
    }
    for _ in 0..100 {
        router.publish(&message("t", "m", AtMostOnce), None);
        assert_eq!(taken(&quick).0.len(), 1);
    }
    let routed = router.publish(&message("t", "m", AtMostOnce), None);
    assert_eq!(
        routed,
        Routed {
            queued: 1,
            dropped: 1,
            missed: Vec::new(),
            crowded: false,
            stored: None,
        }
    );
}

/// What clients hold and should get, without any cleverness.
#[derive(Default)]
struct Model {
    subscriptions: HashMap<usize, BTreeMap<&'static str, QoS>>,
    expected: HashMap<usize, Vec<(String, QoS)>>,
}

/// Random numbers that a seed repeats (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

const FILTERS: [&str; 12] = [
    "a", "a/b", "a/+", "a/#", "#", "+", "+/b", "+/#", "a/b/c", "$aws/x", "$aws/#", "a/+/c",
];
const TOPICS: [&str; 8] = ["a", "a/b", "a/", "b", "a/b/c", "$aws/x", "$aws/y/z", "/b"];

fn simulate(seed: u64) {
    let mut dice = Dice(seed);
    let router = Router::new(LIMITS, seed);
    // Connections by a number of their own: a taken over connection lives on beside its successor for a while.
    let mut connections: BTreeMap<usize, (usize, Registration)> = BTreeMap::new();
    let mut owner: HashMap<usize, usize> = HashMap::new();
    let mut model = Model::default();
    for step in 0..400 {
        let pick = |dice: &mut Dice, connections: &BTreeMap<usize, (usize, Registration)>| {
            let at = dice.below(connections.len().max(1));
            connections.keys().nth(at).copied()
        };
        match dice.below(10) {
            0 => {
                let client_id = dice.below(6);
                let registration = join(&router, &client_id.to_string());
                if let Some(old) = owner.insert(client_id, step) {
                    model.subscriptions.remove(&old);
                }
                model.subscriptions.insert(step, BTreeMap::new());
                connections.insert(step, (client_id, registration));
            }
            1 => {
                let Some(lost) = pick(&mut dice, &connections) else {
                    continue;
                };
                let (client_id, _) = connections.remove(&lost).expect("it was picked from there");
                if owner.get(&client_id) == Some(&lost) {
                    owner.remove(&client_id);
                }
                model.subscriptions.remove(&lost);
                model.expected.remove(&lost);
            }
            2..=4 => {
                let Some(at) = pick(&mut dice, &connections) else {
                    continue;
                };
                let text = FILTERS[dice.below(FILTERS.len())];
                let qos = if dice.below(2) == 0 {
                    AtMostOnce
                } else {
                    AtLeastOnce
                };
                let made = router.subscribe(&connections[&at].1, &filter(text), qos.into());
                match model.subscriptions.get_mut(&at) {
                    Some(held) => {
                        assert_eq!(made, Ok(None), "seed {seed}, step {step}");
                        held.insert(text, qos);
                    }
                    None => assert_eq!(made, Err(SubscribeError::Gone), "seed {seed}, step {step}"),
                }
            }
            5 => {
                let Some(at) = pick(&mut dice, &connections) else {
                    continue;
                };
                let text = FILTERS[dice.below(FILTERS.len())];
                router.unsubscribe(&connections[&at].1, &[filter(text)]);
                if let Some(held) = model.subscriptions.get_mut(&at) {
                    held.remove(text);
                }
            }
            _ => {
                let topic = TOPICS[dice.below(TOPICS.len())];
                let payload = step.to_string();
                let routed = router.publish(&message(topic, &payload, AtLeastOnce), None);
                let mut queued = 0;
                for (at, held) in &model.subscriptions {
                    let matching = held.iter().filter(|(text, _)| topic::matches(text, topic));
                    if let Some(qos) = matching.map(|(_, qos)| *qos).max() {
                        model
                            .expected
                            .entry(*at)
                            .or_default()
                            .push((payload.clone(), qos));
                        queued += 1;
                    }
                }
                assert_eq!(routed.queued, queued, "seed {seed}, step {step}, {topic}");
            }
        }
        for (at, (client_id, registration)) in &connections {
            let (got, control) = taken(registration);
            let expected = model.expected.remove(at).unwrap_or_default();
            assert_eq!(got, expected, "seed {seed}, step {step}, connection {at}");
            if let Some(control) = control {
                assert_eq!(
                    control,
                    Control::Disconnect(DisconnectReason::DuplicateClientId)
                );
                assert_ne!(owner.get(client_id), Some(at), "seed {seed}, step {step}");
            }
        }
        assert_eq!(router.len(), owner.len(), "seed {seed}, step {step}");
    }
    drop(connections);
    assert!(
        router.is_empty() && router.holds_no_filters(),
        "seed {seed}"
    );
}

#[test]
fn many_clients_come_go_and_take_over() {
    (1..=200).for_each(simulate);
}
