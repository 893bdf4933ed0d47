//! Sessions by cases, and by a simulation: a store that loses what was not committed, a client that acknowledges what it
//! likes, and a count of what must arrive.

use super::*;
use crate::router::journal::{Batch, Write};
use crate::router::session::{Chunk, Next, Restored, SessionAsk, SessionRecord};
use crate::router::sessions::{Resumed, TooManySessions};
use crate::router::{Offered, Shares};
use nameplate_core::ctx::Millis;
use std::collections::BTreeSet;
use std::num::NonZeroU64;
use std::time::Duration;

/// Longer than a batch is held back.
const GATHERED: Duration = Duration::from_millis(5);
const NOW: Millis = Millis(1_000_000);

fn ask(now: Millis) -> SessionAsk {
    SessionAsk {
        fresh: false,
        protocol: 3,
        expiry: Duration::from_secs(60),
        keep_alive_seconds: 60,
        now,
    }
}

fn resume(router: &Arc<Router>, client_id: &str, now: Millis) -> Resumed {
    router
        .register_session(client_id.into(), "principal".into(), &ask(now))
        .expect("there is room")
}

/// What is on disk.
#[derive(Default, Clone)]
struct Disk {
    sessions: BTreeMap<i64, SessionRecord>,
    subscriptions: BTreeMap<(i64, String), SubscribeOptions>,
    rows: BTreeMap<i64, (i64, usize, u64, Vec<u8>)>,
}

impl Disk {
    fn apply(&mut self, writes: Vec<Write>) {
        for write in writes {
            match write {
                Write::Session(record) => {
                    self.sessions.insert(record.key, record);
                }
                Write::EndSession { key, .. } => {
                    self.sessions.remove(&key);
                    // Not by a look at those of all others: thousands end.
                    let first = (key, String::new());
                    while let Some((at, _)) = self.subscriptions.range(first.clone()..).next()
                        && at.0 == key
                    {
                        let at = at.clone();
                        self.subscriptions.remove(&at);
                    }
                }
                Write::Subscription {
                    session,
                    filter,
                    options,
                } => {
                    self.subscriptions.insert((session, filter.into()), options);
                }
                Write::Unsubscription { session, filter } => {
                    self.subscriptions.remove(&(session, filter.into()));
                }
                Write::Chunk {
                    key,
                    session,
                    messages,
                    acknowledged,
                    content,
                    ..
                } => {
                    let row = (session, messages, acknowledged, content);
                    assert!(self.rows.insert(key, row).is_none(), "a key comes once");
                }
                Write::Mark { key, acknowledged } => {
                    if let Some(row) = self.rows.get_mut(&key) {
                        row.2 = acknowledged;
                    }
                }
                Write::Forget(key) => {
                    self.rows.remove(&key);
                }
                Write::Will(_) | Write::WillDue { .. } | Write::ForgetWill(_) => {}
            }
        }
    }

    fn commit(&mut self, router: &Router, now: Millis) {
        while let Some(mut batch) = router.journal().take_now() {
            self.write(router, &mut batch, now);
        }
    }

    fn write(&mut self, router: &Router, batch: &mut Batch, now: Millis) {
        let writes = router.journal().writes(batch, now);
        self.apply(writes);
        router.journal().committed(batch);
    }

    /// A router that starts with what is on disk.
    fn router(&self) -> Arc<Router> {
        let router = Router::new(LIMITS, 1);
        for (key, record) in &self.sessions {
            let filters = self.subscriptions.iter().filter(|((of, _), _)| of == key);
            let rows = self.rows.iter().filter(|(_, (of, ..))| of == key);
            router.restore(Restored {
                record: record.clone(),
                filters: filters
                    .map(|((_, name), options)| (filter(name), *options))
                    .collect(),
                chunks: rows
                    .map(|(key, (_, messages, acknowledged, content))| Chunk {
                        key: *key,
                        messages: *messages,
                        acknowledged: *acknowledged,
                        bytes: content.len() as u64,
                    })
                    .collect(),
            });
        }
        router
    }

    fn is_empty(&self) -> bool {
        self.sessions.is_empty() && self.subscriptions.is_empty() && self.rows.is_empty()
    }
}

/// What a connection would send next, as its task does it.
fn receive(client: &Client, disk: &Disk, router: &Router) -> Vec<(NonZeroU64, String)> {
    let mut hand = VecDeque::new();
    client.outbox().take(&mut hand);
    let text = |message: &Message| String::from_utf8_lossy(&message.payload).into_owned();
    if !hand.is_empty() {
        let of_session = |delivery: Delivery| Some((delivery.number?, text(&delivery.message)));
        return hand.into_iter().filter_map(of_session).collect();
    }
    let session = client.session().expect("it leaves one behind");
    let Next::Row(row) = session.next(client.number(), router.journal()) else {
        return Vec::new();
    };
    let content = Bytes::copy_from_slice(&disk.rows[&row.key].3);
    let messages = stored::read(content).expect("a right row");
    session.has_read(&row);
    let wanted = messages.iter().enumerate().filter_map(|(place, stored)| {
        let number = row.number(place)?;
        let stored = stored.as_ref().expect("what is wanted is there");
        Some((number, text(&stored.message)))
    });
    wanted.collect()
}

#[test]
fn what_is_sent_while_a_client_is_away_waits_for_it() {
    let mut disk = Disk::default();
    let router = Router::new(LIMITS, 1);
    let away = resume(&router, "c", NOW);
    assert_eq!(away.filters, None);
    let held = router.subscribe(&away.registration, &filter("a/+"), QoS::AtLeastOnce.into());
    let ticket = held.expect("there").expect("a session keeps it");
    assert!(!router.journal().is_written(ticket));
    disk.commit(&router, NOW);
    assert!(router.journal().is_written(ticket));
    drop(away);
    assert!(router.is_empty());
    let kept = router.publish(&message("a/b", "kept", QoS::AtLeastOnce), None);
    assert!(kept.stored.is_some() && kept.queued == 1, "{kept:?}");
    let lost = router.publish(&message("a/b", "lost", QoS::AtMostOnce), None);
    assert_eq!(lost, Routed::default(), "QoS 0 does not wait");
    disk.commit(&router, NOW);

    let router = disk.router();
    let back = resume(&router, "c", NOW);
    assert_eq!(back.filters, Some(vec![filter("a/+")]));
    let client = &back.registration;
    let got = receive(client, &disk, &router);
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].1, "kept");
    assert_eq!(receive(client, &disk, &router), []);
    let session = client.session().expect("it has one");
    assert_eq!(session.messages(), 1);
    session.acknowledge(got[0].0, router.journal());
    session.acknowledge(got[0].0, router.journal());
    assert_eq!(session.messages(), 0);
    // It has caught up: what comes now is in the outbox at once.
    router.publish(&message("a/c", "live", QoS::AtLeastOnce), None);
    let live = receive(client, &disk, &router);
    assert_eq!(live[0].1, "live");
    session.acknowledge(live[0].0, router.journal());
    disk.commit(&router, NOW);
    assert!(disk.rows.is_empty(), "acknowledged before it was written");
    assert_eq!(router.journal().bytes(), 0);
}

#[test]
fn a_session_keeps_what_its_subscriptions_ask_for() {
    let mut disk = Disk::default();
    let router = Router::new(LIMITS, 1);
    let away = resume(&router, "c", NOW);
    let options = SubscribeOptions {
        no_local: true,
        retain_as_published: true,
        ..QoS::AtLeastOnce.into()
    };
    let held = router.subscribe(&away.registration, &filter("t"), options);
    assert!(held.is_ok());
    drop(away);
    disk.commit(&router, NOW);

    let router = disk.router();
    let retained = Arc::new(Message {
        retain: true,
        ..(*message("t", "m", QoS::AtLeastOnce)).clone()
    });
    let own = router.publish(&retained, Some("c"));
    assert_eq!(own, Routed::default(), "its own will, for instance");
    assert_eq!(router.publish(&retained, Some("other")).queued, 1);
    disk.commit(&router, NOW);
    let back = resume(&router, "c", NOW);
    assert_eq!(
        back.registration.filters(),
        [(filter("t"), options)],
        "with its client"
    );
    let row = disk.rows.values().next().expect("a message waits");
    let stored = stored::read(Bytes::copy_from_slice(&row.3)).expect("a right row");
    let sent: Vec<bool> = stored.iter().flatten().map(|one| one.retain).collect();
    assert_eq!(sent, [true], "with RETAIN, as it was published");
}

#[test]
fn a_session_ends_by_clean_session_by_time_and_by_another_protocol() {
    let mut disk = Disk::default();
    let router = Router::new(LIMITS, 1);
    let begin = |router: &Arc<Router>, disk: &mut Disk| {
        let client = resume(router, "c", NOW).registration;
        let held = router.subscribe(&client, &filter("t"), QoS::AtLeastOnce.into());
        assert!(held.is_ok());
        drop(client);
        router.publish(&message("t", "m", QoS::AtLeastOnce), None);
        disk.commit(router, NOW);
        assert_eq!(disk.rows.len(), 1);
    };
    let end = |router: &Arc<Router>, disk: &mut Disk| {
        disk.commit(router, NOW);
        assert!(disk.is_empty() && router.holds_no_filters());
        assert_eq!((router.sessions(), router.journal().bytes()), (0, 0));
    };
    begin(&router, &mut disk);
    drop(router.register("c".into(), "other".into()));
    end(&router, &mut disk);

    begin(&router, &mut disk);
    let before = Millis(NOW.0 + 59_999);
    assert_eq!(router.expire_sessions(before), 0);
    assert_eq!(router.expire_sessions(Millis(NOW.0 + 60_000)), 1);
    end(&router, &mut disk);

    begin(&router, &mut disk);
    assert!(router.end_session("c") && !router.end_session("c"));
    end(&router, &mut disk);

    begin(&router, &mut disk);
    let other = SessionAsk {
        protocol: 5,
        ..ask(NOW)
    };
    let fresh = router.register_session("c".into(), "principal".into(), &other);
    assert_eq!(fresh.expect("there is room").filters, None);
    let fresh = SessionAsk {
        fresh: true,
        ..other
    };
    let begun = router.register_session("c".into(), "principal".into(), &fresh);
    let begun = begun.expect("there is room");
    assert_eq!((begun.filters, router.sessions()), (None, 1));
    drop(begun.registration);
    // One that is late but not yet cleared away is not resumed either.
    disk.commit(&router, NOW);
    let late = SessionAsk {
        protocol: 5,
        ..ask(Millis(NOW.0 + 60_000))
    };
    let late = router.register_session("c".into(), "principal".into(), &late);
    assert_eq!(late.expect("there is room").filters, None);
}

#[test]
fn a_session_that_is_to_end_with_its_connection_is_nobody_elses() {
    let router = Router::new(LIMITS, 1);
    let last = SessionAsk {
        expiry: Duration::ZERO,
        ..ask(NOW)
    };
    let get = |ask: &SessionAsk| {
        let taken = router.register_session("c".into(), "principal".into(), ask);
        taken.expect("there is room")
    };
    let first = resume(&router, "c", NOW).registration;
    let open = get(&last);
    assert!(open.filters.is_some(), "it is the one that was there");
    // What the one before said of it counts no more.
    let session = first.session().expect("it had one");
    session.set_expiry(first.number(), Duration::from_secs(60));
    drop(first);
    assert!(get(&ask(NOW)).filters.is_none());
    assert!(resume(&router, "c", NOW).filters.is_some());
    drop(open);
}

#[test]
fn a_session_goes_over_to_the_connection_that_takes_its_client_id() {
    let mut disk = Disk::default();
    let router = Router::new(LIMITS, 1);
    let old = resume(&router, "c", NOW).registration;
    let held = router.subscribe(&old, &filter("t"), QoS::AtLeastOnce.into());
    assert!(held.is_ok());
    router.publish(&message("t", "1", QoS::AtLeastOnce), None);
    let sent = receive(&old, &disk, &router);
    let new = resume(&router, "c", NOW);
    assert_eq!(new.filters, Some(vec![filter("t")]));
    let new = new.registration;
    router.publish(&message("t", "2", QoS::AtLeastOnce), None);
    disk.commit(&router, NOW);
    // The old one is over, and its last acknowledgement counts.
    let session = old.session().expect("it had one");
    assert_eq!(session.next(old.number(), router.journal()), Next::Gone);
    session.acknowledge(sent[0].0, router.journal());
    drop(old);
    assert!(session_of(&router, "c").disconnected.is_none());
    let got = receive(&new, &disk, &router);
    let payloads: Vec<&str> = got.iter().map(|(_, payload)| payload.as_str()).collect();
    assert_eq!(payloads, ["2"]);
    drop(new);
    disk.commit(&router, Millis(NOW.0 + 5));
    let left = session_of(&router, "c").disconnected;
    assert_eq!(left, Some(Millis(NOW.0 + 5)));
}

fn session_of(router: &Router, client_id: &str) -> SessionRecord {
    router.session(client_id).expect("there is one").1.record
}

#[test]
fn there_are_bounds() {
    let mut disk = Disk::default();
    let router = Router::new(LIMITS, 1);
    let clients: Vec<Registration> = ["a", "b", "c"]
        .map(|name| resume(&router, name, NOW).registration)
        .into();
    let refused = router.register_session("d".into(), "p".into(), &ask(NOW));
    assert_eq!(refused.map(drop), Err(TooManySessions(3)));
    assert!(router.client("d").is_none());
    for client in &clients {
        let held = router.subscribe(client, &filter("t"), QoS::AtLeastOnce.into());
        assert!(held.is_ok());
    }
    drop(clients);
    let payload = "x".repeat(10_000);
    let mut dropped = 0;
    for _ in 0..20 {
        let routed = router.publish(&message("t", &payload, QoS::AtLeastOnce), None);
        dropped += routed.dropped;
        disk.commit(&router, NOW);
    }
    // 150,000 bytes of 10,008 for all three.
    assert_eq!(dropped, 60 - 14);
    assert_eq!(disk.rows.len(), 14);
}

#[test]
fn a_share_group_prefers_those_who_are_connected() {
    let router = Router::new(LIMITS, 7);
    let away = resume(&router, "away", NOW).registration;
    let here = router.register("here".into(), "p".into());
    for client in [&away, &here] {
        let held = router.subscribe(client, &filter("$share/g/t"), QoS::AtLeastOnce.into());
        assert!(held.is_ok());
    }
    drop(away);
    for _ in 0..20 {
        let routed = router.publish(&message("t", "m", QoS::AtLeastOnce), None);
        assert_eq!((routed.queued, routed.stored), (1, None));
    }
    drop(here);
    let routed = router.publish(&message("t", "m", QoS::AtLeastOnce), None);
    assert!(routed.queued == 1 && routed.stored.is_some());
}

#[test]
fn what_no_member_of_a_group_takes_waits_for_who_is_back_first() {
    let (router, mut disk) = (Router::new(LIMITS, 7), Disk::default());
    for name in ["one", "two"] {
        let member = resume(&router, name, NOW).registration;
        let held = router.subscribe(&member, &filter("$share/g/t"), QoS::AtLeastOnce.into());
        assert!(held.is_ok());
    }
    let late = message("t", "m", QoS::AtLeastOnce);
    for _ in 0..2 {
        let routed = router.publish(&late, None);
        assert!(routed.queued == 1 && routed.stored.is_some());
    }
    assert_eq!(
        router
            .publish(&message("t", "m", QoS::AtMostOnce), None)
            .dropped,
        1
    );
    disk.commit(&router, NOW);
    assert_eq!((disk.sessions.len(), disk.rows.len()), (3, 1));
    // They are no member's own.
    for name in ["one", "two"] {
        assert_eq!(router.session(name).expect("it stays").1.messages, 0);
    }
    let router = disk.router();
    router.all_restored();
    let waiting = router.groups_waiting();
    let [(group, waiting)] = &waiting[..] else {
        panic!("one group: {waiting:?}")
    };
    assert_eq!((&**group, *waiting), ("$share/g/t", 2));
    assert_eq!(router.offer(group, &late), Offered::Nobody);
    let back = resume(&router, "two", NOW).registration;
    // Not before it has read what is its own.
    assert_eq!(router.offer(group, &late), Offered::NotNow);
    assert_eq!(receive(&back, &disk, &router), []);
    assert!(matches!(
        router.offer(group, &late),
        Offered::Taken(Some(_))
    ));
    let got: Vec<String> = receive(&back, &disk, &router)
        .into_iter()
        .map(|(_, payload)| payload)
        .collect();
    assert_eq!(got, ["m"]);
    // With the last member it is over.
    router.end_session("one");
    assert_eq!(router.groups_waiting().len(), 1);
    router.end_session("two");
    assert!(router.groups_waiting().is_empty());
    disk.commit(&router, NOW);
    assert_eq!((disk.sessions.len(), disk.rows.len()), (0, 0));
}

#[test]
fn what_no_member_here_takes_of_a_group_that_was_named_is_said() {
    let (router, disk) = (Router::new(LIMITS, 7), Disk::default());
    let name = || Box::<str>::from("$share/g/t");
    let named = |qos| {
        let message = message("t", "m", qos);
        let only = router.publish_to(&message, None, Shares::Only(&[name()]));
        let own = Shares::Except {
            elsewhere: &[],
            own: &[name()],
        };
        let own = router.publish_to(&message, None, own);
        assert_eq!((only.queued, only.dropped), (own.queued, own.dropped));
        assert_eq!(only.missed, own.missed);
        (only.queued, only.dropped, only.missed)
    };
    assert_eq!(named(QoS::AtLeastOnce), (0, 0, vec![name()]));
    let brief = router.register("brief".into(), "p".into());
    let held = router.subscribe(&brief, &filter("$share/g/t"), QoS::AtLeastOnce.into());
    assert!(held.is_ok());
    assert_eq!(named(QoS::AtLeastOnce), (1, 0, vec![]));
    // It takes nothing any more, and has no session.
    while router
        .publish(&message("t", "m", QoS::AtLeastOnce), None)
        .queued
        > 0
    {}
    assert_eq!(named(QoS::AtLeastOnce), (0, 0, vec![name()]));
    assert_eq!(named(QoS::AtMostOnce), (0, 1, vec![]));
    // Another node has members whose sessions stay.
    let kept = router.keep_for_others("$share/g/t", &message("t", "m", QoS::AtLeastOnce));
    assert!(kept.is_some());
    assert_eq!(router.groups_waiting(), [("$share/g/t".into(), 1)]);
    drop(disk);
}

#[test]
fn a_group_has_bounds() {
    let (router, mut disk) = (Router::new(LIMITS, 7), Disk::default());
    let member = resume(&router, "one", NOW).registration;
    let held = router.subscribe(&member, &filter("$share/g/t"), QoS::AtLeastOnce.into());
    assert!(held.is_ok());
    drop(member);
    let mut dropped = 0;
    for _ in 0..120 {
        dropped += router
            .publish(&message("t", "m", QoS::AtLeastOnce), None)
            .dropped;
    }
    disk.commit(&router, NOW);
    assert_eq!(dropped, 20);
}

/// Messages come, the client comes and goes and acknowledges some, commits happen or do not, and the server dies.
fn simulate(seed: u64) {
    let mut dice = Dice(seed);
    let mut disk = Disk::default();
    let mut router = Router::new(LIMITS, seed);
    let mut client = Some(resume(&router, "c", NOW).registration);
    if let Some(client) = &client {
        let held = router.subscribe(client, &filter("t"), QoS::AtLeastOnce.into());
        assert!(held.is_ok());
    }
    disk.commit(&router, NOW);
    let mut promised: BTreeSet<u32> = BTreeSet::new();
    let mut open: Vec<(u32, journal::Ticket)> = Vec::new();
    let mut sent: Vec<(NonZeroU64, u32)> = Vec::new();
    let mut highest: Option<u32> = None;
    for step in 0..600u32 {
        match dice.below(20) {
            0..=8 => {
                let routed =
                    router.publish(&message("t", &step.to_string(), QoS::AtLeastOnce), None);
                let ticket = routed.stored.expect("there is room");
                open.push((step, ticket));
            }
            9..=11 => disk.commit(&router, NOW),
            12..=14 => {
                if let Some(client) = &client {
                    for (number, payload) in receive(client, &disk, &router) {
                        let payload: u32 = payload.parse().expect("a number");
                        assert!(
                            highest < Some(payload),
                            "seed {seed}, step {step}: in order"
                        );
                        highest = Some(payload);
                        sent.push((number, payload));
                    }
                }
            }
            15..=17 => {
                for _ in 0..dice.below(5) {
                    if sent.is_empty() {
                        break;
                    }
                    let at = dice.below(sent.len().min(3));
                    let (number, payload) = sent.remove(at);
                    let session = client.as_ref().and_then(|client| client.session());
                    let session = session.expect("what is sent is sent to a client");
                    session.acknowledge(number, router.journal());
                    promised.remove(&payload);
                    open.retain(|(open, _)| *open != payload);
                }
            }
            18 => {
                client = match client {
                    Some(_) => None,
                    None => {
                        let back = resume(&router, "c", NOW);
                        assert_eq!(back.filters, Some(vec![filter("t")]));
                        Some(back.registration)
                    }
                };
                sent.clear();
                highest = None;
            }
            _ if dice.below(3) == 0 => {
                // What the dead server's router still does reaches no disk.
                client = None;
                sent.clear();
                highest = None;
                open.clear();
                router = disk.router();
            }
            _ => {}
        }
        open.retain(|(payload, ticket)| {
            let written = router.journal().is_written(*ticket);
            if written {
                promised.insert(*payload);
            }
            !written
        });
    }
    drop(client);
    disk.commit(&router, NOW);
    promised.extend(open.iter().map(|(payload, _)| *payload));
    router = disk.router();
    let client = resume(&router, "c", NOW).registration;
    let session = client.session().expect("it has one").clone();
    loop {
        let got = receive(&client, &disk, &router);
        if got.is_empty() {
            break;
        }
        for (number, payload) in got {
            promised.remove(&payload.parse().expect("a number"));
            session.acknowledge(number, router.journal());
        }
    }
    assert!(promised.is_empty(), "seed {seed}: {promised:?} are lost");
    assert_eq!(session.messages(), 0, "seed {seed}");
    disk.commit(&router, NOW);
    assert!(disk.rows.is_empty(), "seed {seed}");
    assert_eq!(router.journal().bytes(), 0, "seed {seed}");
}

#[test]
fn ten_thousand_sessions_whose_clients_never_return_are_bounded_and_end() {
    const SESSIONS: usize = 10_000;
    let limits = RouterLimits {
        session: SessionLimits {
            sessions: SESSIONS,
            total_bytes: 1_000_000,
            ..LIMITS.session
        },
        ..LIMITS
    };
    let mut disk = Disk::default();
    let router = Router::new(limits, 1);
    for number in 0..SESSIONS {
        let client = resume(&router, &format!("gone {number}"), NOW).registration;
        let held = router.subscribe(&client, &filter("t"), QoS::AtLeastOnce.into());
        assert!(held.is_ok());
    }
    let refused = router.register_session("more".into(), "p".into(), &ask(NOW));
    assert_eq!(refused.map(drop), Err(TooManySessions(SESSIONS)));
    disk.commit(&router, NOW);
    let mut dropped = 0;
    for _ in 0..5 {
        dropped += router
            .publish(&message("t", "some words", QoS::AtLeastOnce), None)
            .dropped;
        disk.commit(&router, NOW);
        assert!(router.journal().bytes() <= 1_000_000);
    }
    assert!(dropped > 0, "all of it would be more than may wait");
    assert_eq!(router.expire_sessions(Millis(NOW.0 + 59_999)), 0);
    assert_eq!(router.expire_sessions(Millis(NOW.0 + 60_000)), SESSIONS);
    disk.commit(&router, NOW);
    assert!(disk.is_empty() && router.holds_no_filters());
    assert_eq!((router.sessions(), router.journal().bytes()), (0, 0));
}

#[test]
fn what_was_promised_arrives() {
    (1..=300).for_each(simulate);
}

#[test]
fn a_session_goes_to_another_node_with_all_that_was_kept() {
    let mut disk = Disk::default();
    let (one, two) = (Router::new(LIMITS, 1), Router::new(LIMITS, 2));
    // The later node has the higher keys, and the older messages are the other's.
    one.journal().keys_of(7);
    two.journal().keys_of(3);
    let here = resume(&one, "c", NOW);
    let subscribed = one.subscribe(&here.registration, &filter("t"), QoS::AtLeastOnce.into());
    subscribed.expect("there is room");
    one.publish(&message("t", "written", QoS::AtLeastOnce), None);
    disk.commit(&one, NOW);
    one.publish(&message("t", "on its way", QoS::AtLeastOnce), None);

    let mut record = session_of(&one, "c");
    record.epoch += 1;
    let filters = vec![(filter("t"), QoS::AtLeastOnce.into())];
    two.take_over(record, filters);
    two.publish(&message("t", "early", QoS::AtLeastOnce), None);
    disk.commit(&two, NOW);
    one.release_session("c", 1, false);
    assert!(one.session("c").is_none());
    let late = one.publish(&message("t", "late", QoS::AtLeastOnce), None);
    assert_eq!(late, Routed::default(), "nothing is kept here any more");
    disk.commit(&one, NOW);
    drop(here);
    disk.commit(&one, NOW);
    assert_eq!(one.journal().bytes(), 0);
    assert_eq!(disk.rows.len(), 3);
    assert_eq!(disk.sessions.len(), 1, "it is not over");

    let left = disk.rows.iter().filter(|(key, _)| *key >> 40 == 7);
    let left: Vec<Chunk> = left
        .map(|(key, (_, messages, acknowledged, content))| Chunk {
            key: *key,
            messages: *messages,
            acknowledged: *acknowledged,
            bytes: content.len() as u64,
        })
        .collect();
    let (away, _) = two.session("c").expect("it is here");
    let session = Arc::clone(away.session().expect("it has one"));
    session.arrived(left.clone(), two.journal());
    session.arrived(left, two.journal());
    assert_eq!(session.messages(), 3, "each once");
    let back = resume(&two, "c", NOW);
    assert_eq!(back.filters, Some(vec![filter("t")]));
    let mut got = Vec::new();
    loop {
        let more = receive(&back.registration, &disk, &two);
        if more.is_empty() {
            break;
        }
        got.extend(more);
    }
    let texts: Vec<&str> = got.iter().map(|(_, text)| &**text).collect();
    assert_eq!(texts, ["written", "on its way", "early"]);
    for (number, _) in got {
        session.acknowledge(number, two.journal());
    }
    disk.commit(&two, NOW);
    assert!(disk.rows.is_empty());
    assert_eq!(two.journal().bytes(), 0);
}

#[tokio::test]
async fn a_batch_waits_a_moment_to_be_as_large_as_the_last() {
    use futures_util::FutureExt as _;
    let journal = journal::Journal::default();
    let write = |count| {
        for number in 0..count {
            journal.write_down(Write::ForgetWill(number));
        }
    };
    let size = |mut batch: Batch| {
        let writes = journal.writes(&mut batch, NOW);
        journal.committed(&batch);
        writes.len()
    };
    write(3);
    assert_eq!(journal.next().now_or_never().map(size), Some(3));
    write(2);
    assert_eq!(journal.next().now_or_never().map(size), None);
    write(1);
    assert_eq!(journal.next().now_or_never().map(size), Some(3));
    // Those that come alone wait once, and then no more.
    write(1);
    assert_eq!(size(journal.next().await), 1);
    write(1);
    assert_eq!(journal.next().now_or_never().map(size), Some(1));
    // Who sleeps is woken by the first that comes, whatever came before.
    write(5);
    assert_eq!(size(journal.next().await), 5);
    let mut next = Box::pin(journal.next());
    tokio::time::timeout(GATHERED, &mut next)
        .await
        .expect_err("nothing waits");
    write(1);
    assert_eq!(size(next.await), 1);
}
