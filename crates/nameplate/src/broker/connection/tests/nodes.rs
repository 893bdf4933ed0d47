//! Several nodes over one bus, each with clients: messages, client ids and questions reach the others. Each has a registry
//! of its own here; what nodes share in theirs is tested where they have one.

use super::*;
use crate::app::Error;
use crate::app::peers::Peers;
use crate::bus::{Setting, hub::Hub};
use crate::router::Message;
use std::time::Duration;

async fn node(hub: &Hub, incarnation: i64) -> World {
    let bus = Setting::Hub(hub.clone(), incarnation);
    let app = TestApp::with(|settings| settings.bus = bus).await;
    let world = World::made("iot:*", app).await;
    let peers = peers(&world);
    tokio::spawn(Arc::clone(peers).run(Arc::clone(&world.app.app)));
    world
}

/// So many nodes that know each other.
async fn nodes<const N: usize>(hub: &Hub) -> [World; N] {
    let mut worlds = Vec::new();
    for number in 1..=N {
        worlds.push(node(hub, number as i64).await);
    }
    let all: Vec<i64> = (1..=N as i64).collect();
    for world in &worlds {
        while !peers(world).join(&all).await {}
        assert!(peers(world).is_up());
        assert_eq!(peers(world).view().len(), N - 1);
    }
    worlds.try_into().ok().expect("as many as asked for")
}

fn peers(world: &World) -> &Arc<Peers> {
    world.app.app.peers.as_ref().expect("there is a bus")
}

fn publish_with(qos: QoS, topic: &str, payload: &str) -> Packet {
    Packet::Publish(Publish {
        topic: text(topic),
        payload: Bytes::copy_from_slice(payload.as_bytes()),
        qos,
        packet_id: (qos > QoS::AtMostOnce).then(id),
        ..Publish::default()
    })
}

async fn payload(client: &mut Client) -> String {
    match client.receive().await {
        Some(Packet::Publish(publish)) => {
            if let Some(id) = publish.packet_id {
                client.send(Packet::PubAck(id.into())).await;
            }
            String::from_utf8_lossy(&publish.payload).into_owned()
        }
        other => panic!("PUBLISH, not {other:?}"),
    }
}

async fn until(what: &str, so: impl Fn() -> bool) {
    for _ in 0..500 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what} does not come true");
}

fn keeping(client_id: &str) -> Packet {
    let Packet::Connect(connect) = connect(client_id, None) else {
        unreachable!("a CONNECT was asked for")
    };
    Packet::Connect(Box::new(Connect {
        clean_session: false,
        ..*connect
    }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_reaches_who_subscribes_at_another_node() {
    let hub = Hub::default();
    let [one, two, three] = nodes(&hub).await;
    let mut subscriber = two.connected("subscriber").await;
    let filters = ["a/+", "odd.*/>/ /x", "$aws/events/presence/connected/late"];
    subscriber.subscribes(&filters).await;
    let mut publisher = one.connected("publisher").await;
    // In the order in which they were published, whatever their QoS.
    for (number, qos) in [
        QoS::AtMostOnce,
        QoS::AtLeastOnce,
        QoS::AtMostOnce,
        QoS::AtLeastOnce,
    ]
    .into_iter()
    .enumerate()
    {
        publisher
            .send(publish_with(qos, "a/b", &number.to_string()))
            .await;
        if qos == QoS::AtLeastOnce {
            assert_eq!(publisher.receive().await, Some(Packet::PubAck(id().into())));
        }
    }
    for number in 0..4 {
        assert_eq!(payload(&mut subscriber).await, number.to_string());
    }
    publisher
        .send(publish_with(QoS::AtMostOnce, "odd.*/>/ /x", "odd"))
        .await;
    assert_eq!(payload(&mut subscriber).await, "odd");
    // A lifecycle event of a third node's client.
    let _late = three.connected("late").await;
    assert!(
        payload(&mut subscriber)
            .await
            .contains("\"clientId\":\"late\"")
    );
    // Whoever unsubscribes is asked for no more.
    subscriber.hang_up().await;
    until("nobody wants anything", || peers(&one).filters() == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn puback_comes_once_a_session_at_another_node_keeps_the_message() {
    let hub = Hub::default();
    let [one, two] = nodes(&hub).await;
    let mut away = two.dial();
    away.send(keeping("away")).await;
    assert!(matches!(away.receive().await, Some(Packet::ConnAck(_))));
    away.subscribes(&["kept/#"]).await;
    away.hang_up().await;
    let mut publisher = one.connected("publisher").await;
    publisher
        .send(publish_with(QoS::AtLeastOnce, "kept/1", "1"))
        .await;
    assert_eq!(publisher.receive().await, Some(Packet::PubAck(id().into())));
    let rows = two
        .app
        .app
        .kernel
        .store
        .read(|conn| Ok::<_, Error>(conn.mqtt_chunks()?));
    assert_eq!(rows.await.expect("the store works").len(), 1);

    // Without the bus nobody is told that a message was taken which another node is to keep.
    hub.pull(2, true);
    publisher
        .send(publish_with(QoS::AtLeastOnce, "kept/2", "2"))
        .await;
    let lost = publish_with(QoS::AtMostOnce, "kept/3", "3");
    let (packets, _) = publisher.after(lost).await;
    assert_eq!(packets, [], "no PUBACK");
    assert_eq!(one.app.app.router.journal().open_elsewhere(), 1);
    hub.pull(2, false);
    assert_eq!(publisher.receive().await, Some(Packet::PubAck(id().into())));
    let mut back = two.dial();
    back.send(keeping("away")).await;
    assert!(matches!(back.receive().await, Some(Packet::ConnAck(_))));
    assert_eq!(payload(&mut back).await, "1");
    assert_eq!(payload(&mut back).await, "2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_a_node_that_is_no_more_goes_where_its_sessions_go() {
    let hub = Hub::default();
    let [one, two, three] = nodes(&hub).await;
    let mut client = two.dial();
    client.send(keeping("moves")).await;
    assert!(matches!(client.receive().await, Some(Packet::ConnAck(_))));
    client.subscribes(&["kept/#"]).await;
    hub.pull(2, true);
    let mut publisher = one.connected("publisher").await;
    publisher
        .send(publish_with(QoS::AtLeastOnce, "kept/1", "1"))
        .await;
    until("it waits", || {
        one.app.app.router.journal().open_elsewhere() == 1
    })
    .await;
    // As if its client had come back at the third node.
    let mut moved = three.dial();
    moved.send(keeping("moves")).await;
    assert!(matches!(moved.receive().await, Some(Packet::ConnAck(_))));
    moved.subscribes(&["kept/#"]).await;
    for (node, dead) in [(&one, 2), (&three, 2)] {
        peers(node).node_gone(dead);
    }
    assert_eq!(one.app.app.router.journal().open_elsewhere(), 1);
    // What comes before that is known waits too; its new node does not say yet that it keeps it.
    hub.pull(3, true);
    let mut further = one.connected("further").await;
    further
        .send(publish_with(QoS::AtLeastOnce, "kept/2", "2"))
        .await;
    let waiting = || one.app.app.router.journal().open_elsewhere();
    until("both wait", || waiting() == 2).await;
    peers(&one).adopted(2);
    hub.pull(3, false);
    // The second one twice: its node knew of the new place too.
    let mut got = Vec::new();
    while !(got.contains(&"1".to_owned()) && got.iter().filter(|one| *one == "2").count() == 2) {
        got.push(payload(&mut moved).await);
    }
    assert_eq!(further.receive().await, Some(Packet::PubAck(id().into())));
    assert_eq!(publisher.receive().await, Some(Packet::PubAck(id().into())));
    assert_eq!(waiting(), 0);
    // What it says after its end is not heard.
    hub.pull(2, false);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(peers(&one).view().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_on_its_way_to_a_session_follows_it() {
    let hub = Hub::default();
    let [one, two, three] = nodes(&hub).await;
    let filters = ["kept/#", "$share/group/for/+"];
    let mut client = two.dial();
    client.send(keeping("moves")).await;
    assert!(matches!(client.receive().await, Some(Packet::ConnAck(_))));
    client.subscribes(&filters).await;
    // One that stays, and wants the same.
    let mut stays = two.dial();
    stays.send(keeping("stays")).await;
    assert!(matches!(stays.receive().await, Some(Packet::ConnAck(_))));
    stays.subscribes(&["kept/#"]).await;
    hub.pull(1, true);
    let mut publisher = one.connected("publisher").await;
    for (topic, what) in [("kept/1", "1"), ("for/all", "2")] {
        publisher
            .send(publish_with(QoS::AtLeastOnce, topic, what))
            .await;
    }
    let waiting = || one.app.app.router.journal().open_elsewhere();
    until("both wait", || waiting() == 2).await;
    // The client has come to the third node, which the first has not heard.
    let mut moved = three.dial();
    moved.send(keeping("moves")).await;
    assert!(matches!(moved.receive().await, Some(Packet::ConnAck(_))));
    moved.subscribes(&filters).await;
    let to = (3, &[][..], Some(&**peers(&two)));
    two.app.app.sessions.release("moves", (1, false), to).await;
    hub.pull(1, false);
    let mut got = vec![payload(&mut moved).await, payload(&mut moved).await];
    got.sort();
    assert_eq!(got, ["1", "2"]);
    for _ in 0..2 {
        assert_eq!(publisher.receive().await, Some(Packet::PubAck(id().into())));
    }
    assert_eq!(payload(&mut stays).await, "1");
    assert_eq!(two.app.app.router.journal().open_elsewhere(), 0);
    // Of a session whose new node has told all there is nothing to keep in mind.
    let to = (3, &[1][..], Some(&**peers(&two)));
    two.app.app.sessions.release("stays", (1, false), to).await;
    assert_eq!(peers(&two).left(), 1);
    // Once all have been heard for long enough, nothing of it is kept in mind.
    tokio::time::sleep(Duration::from_secs(4)).await;
    until("it is forgotten", || peers(&two).left() == 0).await;
}

/// A session goes from the second node to the third, which the first does not hear. That dies: once messages of the first
/// have been passed on to it, or before they come and when its sessions have gone on at the fourth for long.
async fn check_passed_on_to_a_dead_node(dies_first: bool) {
    let hub = Hub::default();
    let [one, two, three, four] = nodes(&hub).await;
    let filters = ["kept/#", "$share/group/for/+"];
    let comes_to = async |world: &World| {
        let mut client = world.dial();
        client.send(keeping("moves")).await;
        assert!(matches!(client.receive().await, Some(Packet::ConnAck(_))));
        client.subscribes(&filters).await;
        client
    };
    let _client = comes_to(&two).await;
    hub.pull(1, true);
    let mut publishers = Vec::new();
    for (name, topic) in [("a", "kept/1"), ("b", "for/all")] {
        let mut publisher = one.connected(name).await;
        let message = publish_with(QoS::AtLeastOnce, topic, name);
        publisher.send(message).await;
        publishers.push(publisher);
    }
    let waiting = || one.app.app.router.journal().open_elsewhere();
    until("both wait", || waiting() == 2).await;
    let _moved = comes_to(&three).await;
    let to = (3, &[][..], Some(&**peers(&two)));
    two.app.app.sessions.release("moves", (1, false), to).await;

    hub.pull(3, true);
    if !dies_first {
        hub.pull(1, false);
        let passed_on = || two.app.app.router.journal().open_elsewhere();
        until("both are passed on", || passed_on() == 2).await;
        assert_eq!(waiting(), 2, "nobody was told that they were taken");
    }
    let mut goes_on = comes_to(&four).await;
    for world in [&one, &two, &four] {
        peers(world).node_gone(3);
    }
    peers(&two).adopted(3);
    if dies_first {
        // Nothing waits for it any longer.
        peers(&two).adopted(3);
        peers(&two).adopted(3);
        hub.pull(1, false);
    }
    let mut got = vec![payload(&mut goes_on).await, payload(&mut goes_on).await];
    got.sort();
    assert_eq!(got, ["a", "b"]);
    for publisher in &mut publishers {
        assert_eq!(publisher.receive().await, Some(Packet::PubAck(id().into())));
    }
}

/// The first node has heard of the member that came to the third, and still chooses the second, of which it has not heard that
/// its member has left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_for_a_share_whose_member_has_just_left_goes_to_another() {
    let hub = Hub::default();
    let [one, two, three] = nodes(&hub).await;
    let comes_to = async |world: &World| {
        let mut client = world.dial();
        client.send(keeping("moves")).await;
        assert!(matches!(client.receive().await, Some(Packet::ConnAck(_))));
        client.subscribes(&["$share/group/for/+"]).await;
        client
    };
    let _client = comes_to(&two).await;
    hub.pull(1, true);
    let mut publisher = one.connected("publisher").await;
    let message = publish_with(QoS::AtLeastOnce, "for/all", "it");
    publisher.send(message).await;
    let waiting = || one.app.app.router.journal().open_elsewhere();
    until("it waits", || waiting() == 1).await;
    let mut moved = comes_to(&three).await;
    let to = (3, &[1][..], Some(&**peers(&two)));
    two.app.app.sessions.release("moves", (1, false), to).await;
    assert_eq!(peers(&two).left(), 0, "all know where it is");

    hub.pull(1, false);
    assert_eq!(payload(&mut moved).await, "it");
    assert_eq!(publisher.receive().await, Some(Packet::PubAck(id().into())));
}

/// A member where the message came in is chosen, and has left when the message is to come to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_for_a_share_whose_own_member_leaves_goes_to_one_elsewhere() {
    let hub = Hub::default();
    let [one, two] = nodes(&hub).await;
    let mut there = two.connected("there").await;
    there.subscribes(&["$share/g/s/+"]).await;
    let Packet::Publish(publish) = publish_with(QoS::AtLeastOnce, "s/1", "it") else {
        unreachable!("it is a PUBLISH");
    };
    let message = Message::published(publish, || one.app.app.kernel.now());
    let group = ["$share/g/s/+".into()];
    let sent = peers(&one).forward_in_place(&group, &message, None);
    let sent = sent.expect("there is room");
    assert_eq!(payload(&mut there).await, "it");
    assert!(sent.groups.is_empty() && sent.own.is_empty());
    let nobody = peers(&one).forward_in_place(&["$share/other/s/+".into()], &message, None);
    assert!(nobody.expect("nothing is sent").ticket.is_none());
}

/// A session has gone to another node after that was looked up, and before clients here had the message.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_reaches_sessions_that_go_elsewhere_while_it_is_on_its_way() {
    let hub = Hub::default();
    let [one, two] = nodes(&hub).await;
    let forward = |topic| {
        let Packet::Publish(publish) = publish_with(QoS::AtLeastOnce, topic, "it") else {
            unreachable!("it is a PUBLISH");
        };
        let message = Message::published(publish, || one.app.app.kernel.now());
        let sent = peers(&one).forward(&message, None).expect("there is room");
        (message, sent)
    };
    let before = [forward("s/1"), forward("kept/1"), forward("other/1")];
    let mut there = member(&two, "there").await;
    there.subscribes(&["kept/+"]).await;
    let journal = one.app.app.router.journal();
    for (at, (message, sent)) in before.iter().enumerate() {
        let after = || peers(&one).forward_after(sent, message, None);
        match at {
            2 => assert!(after().is_none(), "nobody wants it"),
            _ => {
                let tickets = [after(), after()].map(|sent| {
                    let sent = sent.expect("a session is there").expect("there is room");
                    sent.ticket
                });
                let both = peers(&one).both(tickets[0], tickets[1]);
                journal.written(both.expect("both are to be kept")).await;
                assert_eq!(payload(&mut there).await, "it");
                assert_eq!(payload(&mut there).await, "it");
            }
        }
    }
    assert_eq!(journal.open_elsewhere(), 0);
    // What has gone there is not sent again.
    let (message, sent) = forward("kept/1");
    let _more = member(&two, "more").await;
    assert!(peers(&one).forward_after(&sent, &message, None).is_none());
}

/// A member of the group `g`, whose session stays.
async fn member(world: &World, client_id: &str) -> Client {
    let mut client = world.dial();
    client.send(keeping(client_id)).await;
    assert!(matches!(client.receive().await, Some(Packet::ConnAck(_))));
    client.subscribes(&["$share/g/s/+"]).await;
    client
}

/// So many messages for the group, each acknowledged.
async fn say_to_group(publisher: &mut Client, numbers: std::ops::Range<usize>) {
    for number in numbers {
        let message = publish_with(QoS::AtLeastOnce, "s/t", &number.to_string());
        publisher.send(message).await;
        assert_eq!(publisher.receive().await, Some(Packet::PubAck(id().into())));
    }
}

/// How many messages wait at each of these nodes for the group.
fn waiting(worlds: &[&World]) -> Vec<usize> {
    let of = |world: &&World| {
        let waiting = world.app.app.router.groups_waiting();
        waiting.into_iter().map(|(_, messages)| messages).sum()
    };
    worlds.iter().map(of).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_a_group_is_for_whoever_of_its_members_is_back_first_at_any_node() {
    let hub = Hub::default();
    let [one, two, three] = nodes(&hub).await;
    for (world, name) in [(&two, "second"), (&three, "third")] {
        member(world, name).await.hang_up().await;
    }
    let all_away = || {
        let of = |world: &World, node| match peers(world).way_to("$share/g/s/+", &[]) {
            crate::app::peers::Way::Nowhere => true,
            way => way == crate::app::peers::Way::To(node),
        };
        of(&one, 0) && of(&two, 0) && of(&three, 0)
    };
    until("nobody is connected", all_away).await;
    let mut plain = three.connected("plain").await;
    let known = peers(&one).filters();
    plain.subscribes(&["s/#"]).await;
    until("it is known", || peers(&one).filters() > known).await;
    let mut publisher = one.connected("publisher").await;
    say_to_group(&mut publisher, 0..150).await;
    assert_eq!(waiting(&[&one, &two, &three]), [0, 150, 0], "in one place");
    for number in 0..150 {
        assert_eq!(payload(&mut plain).await, number.to_string());
    }
    let mut back = three.dial();
    back.send(keeping("third")).await;
    assert!(matches!(back.receive().await, Some(Packet::ConnAck(_))));
    for number in 0..150 {
        assert_eq!(payload(&mut back).await, number.to_string());
    }
    until("nothing waits", || waiting(&[&one, &two, &three]) == [0; 3]).await;
    let (again, _) = plain.after(Packet::PingReq).await;
    let again = messages(&again);
    assert!(again.is_empty(), "no member had {again:?} twice");
    plain.hang_up().await;
    // The store has nothing of it any more either.
    for world in [&two, &three] {
        let store = &world.app.app.kernel.store;
        loop {
            let rows = store.read(|conn| Ok::<_, Error>(conn.mqtt_chunks()?));
            if rows.await.expect("the store works").is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    // Both are back.
    back.hang_up().await;
    until("nobody is connected", all_away).await;
    say_to_group(&mut publisher, 0..100).await;
    let mut members = Vec::new();
    for (world, name) in [(&two, "second"), (&three, "third")] {
        let mut client = world.dial();
        client.send(keeping(name)).await;
        assert!(matches!(client.receive().await, Some(Packet::ConnAck(_))));
        members.push(client);
    }
    let mut got = Vec::new();
    for member in &mut members {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let (packets, _) = member.after(Packet::PingReq).await;
        got.extend(messages(&packets).into_iter().map(|(_, n)| n.as_u64()));
    }
    got.sort_unstable();
    let all: Vec<Option<u64>> = (0..100).map(Some).collect();
    assert_eq!(got, all, "each once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_a_group_stays_while_it_has_members_at_any_node_and_no_longer() {
    let hub = Hub::default();
    let [one, two, three] = nodes(&hub).await;
    for (world, name) in [(&two, "second"), (&three, "third")] {
        member(world, name).await.hang_up().await;
    }
    until("nobody is connected", || {
        peers(&one).way_to("$share/g/s/+", &[]) == crate::app::peers::Way::Nowhere
    })
    .await;
    let mut publisher = one.connected("publisher").await;
    say_to_group(&mut publisher, 0..3).await;
    assert_eq!(waiting(&[&two]), [3]);
    // Where it waits nobody is left, but elsewhere.
    assert!(two.app.app.router.end_session("second"));
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert_eq!(waiting(&[&two]), [3]);
    let mut back = three.dial();
    back.send(keeping("third")).await;
    assert!(matches!(back.receive().await, Some(Packet::ConnAck(_))));
    for number in 0..3 {
        assert_eq!(payload(&mut back).await, number.to_string());
    }
    back.hang_up().await;
    until("nothing is left at the second node", || {
        two.app.app.router.groups_left().is_empty()
    })
    .await;
    until("nobody is connected", || {
        peers(&one).way_to("$share/g/s/+", &[]) == crate::app::peers::Way::Nowhere
    })
    .await;
    say_to_group(&mut publisher, 3..5).await;
    assert_eq!(waiting(&[&two, &three]), [0, 2]);
    assert!(three.app.app.router.end_session("third"));
    tokio::time::sleep(Duration::from_secs(4)).await;
    until("it is over", || waiting(&[&three]) == [0]).await;
    three.app.app.router.journal().all_written().await;
    let read = |conn: &nameplate_store::Conn<'_>| {
        Ok::<_, Error>((conn.mqtt_sessions()?.len(), conn.mqtt_chunks()?.len()))
    };
    let left = three.app.app.kernel.store.read(read).await;
    assert_eq!(left.expect("the store works"), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_passed_on_to_a_node_that_dies_goes_where_its_sessions_go() {
    check_passed_on_to_a_dead_node(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_to_be_passed_on_to_a_node_that_died_goes_where_its_sessions_went() {
    check_passed_on_to_a_dead_node(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_of_a_dead_node_are_found_also_where_their_new_node_is_not_heard() {
    let hub = Hub::default();
    let [one, two] = nodes(&hub).await;
    let mut client = one.dial();
    client.send(keeping("moves")).await;
    assert!(matches!(client.receive().await, Some(Packet::ConnAck(_))));
    client.subscribes(&["kept/#"]).await;
    let store = &one.app.app.kernel.store;
    let row = store.look(|conn| conn.mqtt_session_of("moves")).await;
    let row = row.expect("the store works").expect("it is kept");
    let taken = store.tx("test", move |tx| {
        Ok::<_, Error>(tx.take_mqtt_session(row.key, row.epoch, 9)?)
    });
    assert!(taken.await.expect("the store works"));
    peers(&one).expect([1, 2, 9].into_iter());
    one.app.app.adopted(3).await.expect("the store works");
    let mut publisher = one.connected("publisher").await;
    publisher
        .send(publish_with(QoS::AtLeastOnce, "kept/1", "1"))
        .await;
    let after = publish_with(QoS::AtMostOnce, "kept/2", "2");
    let (packets, _) = publisher.after(after).await;
    assert_eq!(packets, [], "no PUBACK before that node has it");
    let _nine = node(&hub, 9).await;
    assert_eq!(publisher.receive().await, Some(Packet::PubAck(id().into())));
    drop(two);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_member_of_a_shared_subscription_gets_a_message_in_the_whole_fleet() {
    let hub = Hub::default();
    let [one, two] = nodes(&hub).await;
    let mut here = one.connected("here").await;
    let mut there = two.connected("there").await;
    here.subscribes(&["$share/g/s/+"]).await;
    there.subscribes(&["$share/g/s/+"]).await;
    let mut publisher = one.connected("publisher").await;
    for number in 0..40 {
        publisher
            .send(publish_with(QoS::AtLeastOnce, "s/t", &number.to_string()))
            .await;
        assert_eq!(publisher.receive().await, Some(Packet::PubAck(id().into())));
    }
    let router = &two.app.app.router;
    until("all have come", || router.journal().open_elsewhere() == 0).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut got = Vec::new();
    for client in [&mut here, &mut there] {
        let (packets, _) = client.after(Packet::PingReq).await;
        let of = messages(&packets);
        assert!(!of.is_empty(), "each has a share");
        got.extend(of.into_iter().map(|(_, payload)| payload.as_i64()));
    }
    got.sort_unstable();
    let all: Vec<Option<i64>> = (0..40).map(Some).collect();
    assert_eq!(got, all, "each once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_id_is_one_connection_in_the_whole_fleet() {
    let hub = Hub::default();
    let [one, two] = nodes(&hub).await;
    let mut watcher = one.connected("watcher").await;
    watcher.subscribes(&["$aws/events/presence/+/c"]).await;
    let before = one.connected("c").await;
    let mut after = two.connected("c").await;
    assert!(before.rest().await.is_empty(), "it is closed");
    assert!(one.app.app.router.client("c").is_none());
    assert!(two.app.app.router.client("c").is_some());
    let mut events = Vec::new();
    for _ in 0..3 {
        let event: Value = serde_json::from_str(&payload(&mut watcher).await).expect("JSON");
        let kind = event["eventType"].as_str().unwrap_or_default().to_owned();
        events.push((kind, event["versionNumber"].as_u64()));
    }
    let expected = [("connected", 0), ("disconnected", 0), ("connected", 1)];
    let expected = expected.map(|(kind, version)| (kind.to_owned(), Some(version)));
    assert_eq!(events, expected);
    after.subscribes(&["x"]).await;

    // Many at the same time: one is left.
    let mut held = Vec::new();
    for round in 0..20 {
        let world = if round % 2 == 0 { &one } else { &two };
        let mut client = world.dial();
        client.send(connect("busy", None)).await;
        held.push(client);
    }
    for client in &mut held {
        let _ = client.receive().await;
    }
    let count = || {
        let routers = [&one, &two].map(|world| &world.app.app.router);
        routers
            .into_iter()
            .filter_map(|router| router.client("busy"))
            .count()
    };
    until("one is left", || count() <= 1).await;
    let mut last = two.dial();
    last.connects("busy").await;
    assert_eq!(count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_of_one_node_reaches_clients_of_another() {
    let hub = Hub::default();
    let [one, two] = nodes(&hub).await;
    let mut client = two.connected("c").await;
    client.subscribes(&["a/b"]).await;
    let data = |line: &'static str, body: Value| one.app.call("iotdata", line, &[], body);
    let shown = data("GET /connections/c", Value::Null).await.ok();
    assert_eq!(shown["connected"], true, "{shown}");
    let list = data("GET /connections/c/subscriptions", Value::Null)
        .await
        .ok();
    assert_eq!(list["subscriptions"][0]["topicFilter"], "a/b", "{list}");
    let presence = &one.app.app.presence;
    let direct = crate::app::presence::DirectMessage {
        topic: "direct".into(),
        payload: b"hello".to_vec(),
        properties: nameplate_mqtt::MessageProperties::default(),
        confirmation: Some(Duration::from_secs(5)),
    };
    let (sent, got) = tokio::join!(presence.send_direct("c", direct), payload(&mut client));
    assert_eq!(got, "hello");
    sent.expect("it is confirmed");
    presence
        .delete_connection("c", false, false)
        .await
        .expect("it is there");
    assert!(client.rest().await.is_empty());
    let nobody = presence.delete_connection("nobody", false, false).await;
    assert!(nobody.is_err(), "nobody has it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_a_dead_nodes_clients_is_told_once_and_before_they_come_back() {
    let hub = Hub::default();
    let [one, two, three] = nodes(&hub).await;
    let mut watcher = three.connected("watcher").await;
    watcher.subscribes(&["$aws/events/presence/+/#"]).await;
    let _lost = one.connected("lost").await;
    let _comes = one.connected("comes").await;
    one.connected("went").await.hang_up().await;
    let heir = &two.app.app.presence;
    until("its heir knows who is left", || heir.inherited() == 2).await;
    let mut events = Vec::new();
    for _ in 0..4 {
        events.push(payload(&mut watcher).await);
    }

    // One comes back before it is known that its node is dead.
    hub.pull(1, true);
    let _again = three.connected("comes").await;
    for (kind, version) in [("disconnected", 0), ("connected", 1)] {
        let event: Value = serde_json::from_str(&payload(&mut watcher).await).expect("JSON");
        assert_eq!(event["clientId"], "comes", "{event}");
        assert_eq!(
            (&event["eventType"], &event["versionNumber"]),
            (&kind.into(), &version.into())
        );
    }
    // The other's end is told by its heir, and by nobody else.
    for node in [&three, &two, &two] {
        node.app.app.presence.inherit(|node| node != 1).await;
    }
    let event: Value = serde_json::from_str(&payload(&mut watcher).await).expect("JSON");
    assert_eq!(
        (&event["clientId"], &event["eventType"]),
        (&"lost".into(), &"disconnected".into())
    );
    assert_eq!(event["disconnectReason"], "SERVER_ERROR");
    let (packets, _) = watcher.after(Packet::PingReq).await;
    assert_eq!(packets, [], "nothing else");
    let presence = &three.app.app.presence;
    let shown = presence.connection("lost").await.expect("it is told of");
    assert!(shown.connected_since.is_none() && shown.disconnected.is_some());

    // The node after it is the heir of the second now, and knows all of its clients.
    for node in [&two, &three] {
        peers(node).node_gone(1);
    }
    let _stays = two.connected("stays").await;
    until("there is another heir", || {
        three.app.app.presence.inherited() == 1
    })
    .await;
    let (all, count, missing) = presence.connected_anywhere("", 10).await;
    let names: Vec<&str> = all.iter().map(|one| &*one.client_id).collect();
    assert_eq!(
        (names.as_slice(), count, missing),
        (&["comes", "stays", "watcher"][..], 3, 0)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_takes_of_a_limit_counts_at_the_others() {
    let hub = Hub::default();
    let [one, two] = nodes(&hub).await;
    let address = std::net::IpAddr::from([192, 0, 2, 1]);
    let (vending, elsewhere) = (&one.app.app.vending, &two.app.app.vending);
    assert_eq!(elsewhere.may_guess("sn-1", address).await, None);
    for _ in 0..30 {
        vending.guessed("sn-1", address, false);
    }
    assert!(vending.may_guess("sn-1", address).await.is_some());
    for _ in 0..100 {
        if elsewhere.may_guess("sn-1", address).await.is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the other node does not know of it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn log_groups_are_the_same_at_each_node() {
    use crate::app::log_groups::Read;
    let hub = Hub::default();
    let [one, two, three] = nodes(&hub).await;
    let [a, b, c] = [&one, &two, &three].map(|world| &world.app.app.log_groups);
    a.create("g", [("k".into(), "v".into())].into())
        .await
        .expect("made");
    assert!(b.create("g", [].into()).await.is_err(), "it is there");
    b.create_stream("g", "s").await.expect("made");
    assert!(c.create_stream("g", "s").await.is_err(), "it is there");
    let now = one.app.app.now().0;
    for number in 0..10 {
        let at = [a, b, c][number % 3];
        let line = (now + number as i64 / 2, format!("line {number}"));
        at.put("g", "s", vec![line]).await.expect("put");
    }
    b.set_retention("g", Some(7)).await.expect("set");
    for node in [a, b, c] {
        let listed = node.list().await.expect("a list");
        let [group] = &listed[..] else {
            panic!("one group: {listed:?}")
        };
        assert_eq!(
            (group.about.retention_days, group.about.tags.len()),
            (Some(7), 1)
        );
        let [stream] = &node.streams("g").await.expect("streams")[..] else {
            panic!("one stream")
        };
        assert_eq!(stream.range, Some((now, now + 4)));
        for backward in [false, true] {
            let (mut got, mut beyond) = (Vec::new(), None);
            loop {
                let read = Read {
                    limit: 3,
                    backward,
                    beyond,
                    streams: vec!["s".into()],
                    must_exist: true,
                    ..Read::default()
                };
                let mut page = node.read("g", read).await.expect("a page");
                if backward {
                    page.events.reverse();
                }
                beyond = page.events.last().map(|event| event.place());
                got.extend(page.events.into_iter().map(|event| event.message));
                if !page.more {
                    break;
                }
            }
            got.sort();
            let all: Vec<String> = (0..10).map(|number| format!("line {number}")).collect();
            assert_eq!(got, all, "each once, read backward: {backward}");
        }
        let read = Read {
            limit: 100,
            pattern: Some("\"line 7\"".into()),
            ..Read::default()
        };
        assert_eq!(node.read("g", read).await.expect("a page").events.len(), 1);
    }
    c.delete_stream("g", "s").await.expect("removed");
    assert!(a.streams("g").await.expect("a group").is_empty());
    b.delete("g").await.expect("removed");
    assert!(a.get("g").await.is_err() && a.list().await.expect("a list").is_empty());
    // What is removed must be gone everywhere.
    a.create("h", [].into()).await.expect("made");
    hub.pull(3, true);
    assert!(a.delete("h").await.is_err(), "the third does not say so");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_for_sessions_of_a_node_that_is_not_heard_waits_for_it() {
    let hub = Hub::default();
    let [one, _two] = nodes(&hub).await;
    peers(&one).assume(9, &["kept/#".to_owned()]);
    let mut publisher = one.connected("publisher").await;
    publisher
        .send(publish_with(QoS::AtLeastOnce, "kept/1", "1"))
        .await;
    let (packets, _) = publisher
        .after(publish_with(QoS::AtMostOnce, "kept/2", "2"))
        .await;
    assert_eq!(packets, [], "no PUBACK");
    assert_eq!(one.app.app.router.journal().open_elsewhere(), 1);
    let _nine = node(&hub, 9).await;
    assert_eq!(publisher.receive().await, Some(Packet::PubAck(id().into())));
}
