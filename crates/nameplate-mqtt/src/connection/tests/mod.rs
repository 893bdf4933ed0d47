//! One connection by calling functions: packets in, steps and bytes out.

mod v5;

use super::*;
use crate::packet::{ConnAck, Connect, PacketId, QoS, SubAck, Subscribe, UnsubAck, Unsubscribe};
use crate::reason_code::ReasonCode;
use crate::text::Text;
use bytes::Bytes;

use DisconnectReason::{AuthError, ClientError, ClientInitiatedDisconnect, ConnectionLost};
use QoS::{AtLeastOnce, AtMostOnce, ExactlyOnce};
use ReasonCode::{
    ClientIdentifierNotValid, GrantedQoS1, NotAuthorized, ServerUnavailable, Success,
    UnspecifiedError,
};

fn config(refusals: Refusals) -> Arc<Config> {
    let topic = TopicLimits {
        bytes: 256,
        slashes: 7,
        share_name_chars: 128,
    };
    let limits = Limits {
        client_id_bytes: 128,
        topic,
        payload_bytes: 1000,
        packet_bytes: 2000,
        maximum_packet_size_min: 512,
        user_properties_bytes: 100,
        correlation_data_bytes: 100,
        content_type_bytes: 20,
        message_expiry_max_seconds: 604_800,
        topic_aliases: 3,
        session_expiry_max_seconds: 3600,
        filters_per_subscribe: 8,
        subscriptions: 10,
        in_flight: 3,
        keep_alive_min_seconds: 30,
        keep_alive_max_seconds: 1200,
        connect_timeout: seconds(30),
        resend_after: seconds(30),
        ack_timeout: seconds(3600),
        ack_timeout_v5: seconds(960),
    };
    Arc::new(Config {
        refusals,
        trace_id: || "trace".to_owned(),
        limits,
    })
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn text(value: &str) -> Text {
    Text::try_from(value).expect("the case's strings are right")
}

fn id(value: u16) -> PacketId {
    PacketId::new(value).expect("the case's identifiers are not 0")
}

fn connect(client_id: &str) -> Connect {
    Connect {
        client_id: text(client_id),
        clean_session: true,
        keep_alive_seconds: 60,
        ..Connect::default()
    }
}

fn will(topic: &str, qos: QoS) -> Will {
    Will {
        topic: text(topic),
        payload: Bytes::from_static(b"gone"),
        qos,
        ..Will::default()
    }
}

fn publish(topic: &str, packet_id: u16) -> Publish {
    let packet_id = PacketId::new(packet_id);
    let qos = if packet_id.is_some() {
        AtLeastOnce
    } else {
        AtMostOnce
    };
    let payload = Bytes::from_static(b"m");
    Publish {
        topic: text(topic),
        payload,
        qos,
        packet_id,
        ..Publish::default()
    }
}

fn subscribe(filters: &[(&str, QoS)]) -> Packet {
    let filters = filters
        .iter()
        .map(|(filter, qos)| (text(filter), (*qos).into()))
        .collect();
    Packet::Subscribe(Subscribe {
        packet_id: id(7),
        filters,
        properties: None,
    })
}

/// A connection with its clock and what it has written.
struct Client {
    connection: Connection,
    now: Duration,
    out: BytesMut,
}

impl Client {
    fn new(refusals: Refusals) -> Self {
        Self {
            connection: Connection::new(config(refusals), seconds(1000)),
            now: seconds(1000),
            out: BytesMut::new(),
        }
    }

    /// Connected, with CONNACK read.
    fn open() -> Self {
        Self::open_with(Refusals::Clear, connect("dev"))
    }

    fn open_with(refusals: Refusals, connect: Connect) -> Self {
        let mut client = Self::new(refusals);
        assert!(matches!(
            client.receive(Packet::Connect(Box::new(connect))),
            Step::Connect(_)
        ));
        client
            .connection
            .accept(Accepted::default(), client.now, &mut client.out);
        let accepted = ConnAck::from(Success);
        assert_eq!(client.written(), [Packet::ConnAck(accepted)]);
        client
    }

    fn receive(&mut self, packet: Packet) -> Step {
        self.connection.receive(packet, self.now, &mut self.out)
    }

    fn written(&mut self) -> Vec<Packet> {
        let mut out = self.out.split();
        let mut packets = Vec::new();
        while let Some(packet) = codec::decode(&mut out, usize::MAX, &mut self.connection.version())
            .expect("the server writes right packets")
        {
            packets.push(packet);
        }
        packets
    }

    fn asked_to_subscribe(&mut self, filters: &[(&str, QoS)]) -> SubscribeRequest {
        match self.receive(subscribe(filters)) {
            Step::Subscribe(request) => request,
            other => panic!("asks to subscribe, not {other:?}"),
        }
    }

    /// Subscribes with every filter granted that the connection leaves open; returns the SUBACK's codes.
    fn subscribes(&mut self, filters: &[(&str, QoS)]) -> Vec<ReasonCode> {
        let mut request = self.asked_to_subscribe(filters);
        for entry in &mut request.entries {
            entry.answer.get_or_insert(SubscribeAnswer::Granted);
        }
        self.connection
            .subscribed(request, &mut self.out)
            .expect("nothing is denied");
        match &self.written()[..] {
            [
                Packet::SubAck(SubAck {
                    packet_id, codes, ..
                }),
            ] if *packet_id == id(7) => codes.clone(),
            other => panic!("writes one SUBACK, not {other:?}"),
        }
    }

    fn sends(&mut self, qos: QoS) -> bool {
        self.sent(qos) != Sent::NotYet
    }

    fn sent(&mut self, qos: QoS) -> Sent {
        let message = Sending {
            topic: &text("t"),
            payload: b"m",
            qos,
            retain: false,
            properties: None,
            expiry_seconds: None,
        };
        self.connection.send(&message, self.now, &mut self.out)
    }
}

fn refused(code: ReasonCode) -> Vec<Packet> {
    vec![Packet::ConnAck(code.into())]
}

/// A packet on a fresh connection ends it, with this answer.
fn check_first(packet: Packet, cause: &str, answer: Vec<Packet>) {
    let mut client = Client::new(Refusals::Clear);
    match client.receive(packet) {
        Step::Close(close) => assert_eq!(
            (close.reason, close.cause.to_string().as_str()),
            (ClientError, cause)
        ),
        other => panic!("{cause}: closes, not {other:?}"),
    }
    assert_eq!(client.written(), answer, "{cause}");
    assert_eq!(client.connection.end(ClientError, &mut client.out), None);
}

/// A packet on an open connection ends it without an answer, and the will goes out.
fn check_breach(packet: Packet, cause: &str) {
    let willed = Connect {
        will: Some(will("w", AtMostOnce)),
        ..connect("dev")
    };
    let mut client = Client::open_with(Refusals::Clear, willed);
    match client.receive(packet) {
        Step::Close(close) => assert_eq!(
            (close.reason, close.cause.to_string().as_str()),
            (ClientError, cause)
        ),
        other => panic!("{cause}: closes, not {other:?}"),
    }
    assert_eq!(client.written(), [], "{cause}");
    assert!(!client.connection.can_receive());
    assert_eq!(
        client.connection.end(ClientError, &mut client.out),
        Some(will("w", AtMostOnce))
    );
    assert_eq!(
        client.connection.end(ClientError, &mut client.out),
        None,
        "a will goes out once"
    );
}

#[test]
fn the_first_packet_is_a_connect() {
    check_first(
        Packet::PingReq,
        "first packet is PINGREQ, not CONNECT",
        vec![],
    );
    check_first(
        Packet::Publish(publish("t", 0)),
        "first packet is PUBLISH, not CONNECT",
        vec![],
    );
    check_breach(
        Packet::Connect(Box::new(connect("dev"))),
        "second CONNECT on one connection",
    );
}

#[test]
fn client_ids_have_rules() {
    let first = |connect: Connect, cause: &str| {
        check_first(
            Packet::Connect(Box::new(connect)),
            cause,
            refused(ClientIdentifierNotValid),
        );
    };
    first(
        connect(&"x".repeat(129)),
        "client id of 129 bytes, over the limit of 128",
    );
    first(
        connect("$GEN/1"),
        "client id \"$GEN/1\" begins with $, which is reserved",
    );
    first(
        Connect {
            clean_session: false,
            ..connect("")
        },
        "empty client id with clean session 0",
    );
    let given = |connect: Connect| match Client::new(Refusals::Clear)
        .receive(Packet::Connect(Box::new(connect)))
    {
        Step::Connect(request) => request.client_id,
        other => panic!("asks to connect, not {other:?}"),
    };
    assert_eq!(given(connect("")), None);
    assert_eq!(
        given(connect(&"x".repeat(128))).map(|id| id.len()),
        Some(128)
    );
    assert_eq!(&*assigned_client_id("0b"), "$GEN/0b");
}

#[test]
fn wills_have_rules() {
    let first = |will: Will, cause: &str| {
        let connect = Connect {
            will: Some(will),
            ..connect("dev")
        };
        check_first(Packet::Connect(Box::new(connect)), cause, vec![]);
    };
    first(
        will("w", ExactlyOnce),
        "CONNECT with QoS 2, which is not supported; use QoS 0 or 1",
    );
    first(
        will("w/+", AtMostOnce),
        "topic \"w/+\" holds a wildcard, which a topic name must not",
    );
    first(will("", AtMostOnce), "topic \"\" is empty");
}

#[test]
fn the_will_goes_out_unless_the_client_says_goodbye() {
    let check = |reason: DisconnectReason, expected: bool| {
        let willed = Connect {
            will: Some(will("w", AtLeastOnce)),
            ..connect("dev")
        };
        let mut client = Client::open_with(Refusals::Clear, willed);
        if reason == ClientInitiatedDisconnect {
            assert!(
                matches!(client.receive(Packet::Disconnect(Success.into())), Step::Close(close) if close.reason == reason)
            );
        }
        assert_eq!(
            client.connection.end(reason, &mut client.out).is_some(),
            expected,
            "{reason}"
        );
    };
    check(ClientInitiatedDisconnect, false);
    check(ConnectionLost, true);
    check(DisconnectReason::DuplicateClientId, true);
    check(DisconnectReason::MqttKeepAliveTimeout, true);
}

#[test]
fn a_client_that_was_not_let_in_leaves_no_will() {
    let willed = || {
        Packet::Connect(Box::new(Connect {
            will: Some(will("w", AtMostOnce)),
            ..connect("dev")
        }))
    };
    let mut client = Client::new(Refusals::Clear);
    client.receive(willed());
    assert_eq!(client.connection.end(ConnectionLost, &mut client.out), None);
    let mut client = Client::new(Refusals::Clear);
    client.receive(willed());
    let close = client
        .connection
        .refuse(ConnectRefusal::NotAuthorized, &mut client.out);
    assert_eq!(client.connection.end(close.reason, &mut client.out), None);
}

#[test]
fn refused_connects_are_answered_by_mode() {
    let check =
        |refusals: Refusals, why: ConnectRefusal, reason: DisconnectReason, answer: Vec<Packet>| {
            let mut client = Client::new(refusals);
            client.receive(Packet::Connect(Box::new(connect("dev"))));
            assert!(
                !client.connection.can_receive(),
                "what is pipelined waits for the decision"
            );
            assert_eq!(
                client.connection.refuse(why, &mut client.out).reason,
                reason
            );
            assert_eq!(client.written(), answer);
        };
    check(
        Refusals::Clear,
        ConnectRefusal::NotAuthorized,
        AuthError,
        refused(NotAuthorized),
    );
    check(
        Refusals::Aws,
        ConnectRefusal::NotAuthorized,
        AuthError,
        vec![],
    );
    let stranger = ConnectRefusal::NotAuthenticated;
    check(Refusals::Clear, stranger, AuthError, refused(NotAuthorized));
    check(Refusals::Aws, stranger, AuthError, vec![]);
    let throttled = DisconnectReason::Throttled;
    check(
        Refusals::Clear,
        ConnectRefusal::Unavailable,
        throttled,
        refused(ServerUnavailable),
    );
    check(
        Refusals::Aws,
        ConnectRefusal::Unavailable,
        throttled,
        vec![],
    );
}

#[test]
fn other_protocol_levels_are_told_so() {
    let check = |level: u8, answer: &[u8]| {
        let mut client = Client::new(Refusals::Aws);
        let close = client.connection.malformed(
            DecodeError::ProtocolLevel {
                level,
                client_id: None,
            },
            &mut client.out,
        );
        assert_eq!(
            (close.reason, &client.out[..]),
            (ClientError, answer),
            "level {level}"
        );
    };
    let refused = [0x20, 2, 0, 1];
    check(3, &refused);
    check(0x86, &refused);
    check(6, &refused);
    let mut client = Client::open();
    client.connection.malformed(
        DecodeError::ProtocolLevel {
            level: 3,
            client_id: None,
        },
        &mut client.out,
    );
    assert!(client.out.is_empty(), "no second CONNACK");
    let mut client = Client::new(Refusals::Clear);
    let close = client
        .connection
        .malformed(DecodeError::PublishQos3, &mut client.out);
    assert_eq!(close.to_string(), "CLIENT_ERROR: PUBLISH with QoS 3");
    assert!(client.out.is_empty());
}

#[test]
fn breaches_end_the_connection() {
    let qos2 = "with QoS 2, which is not supported; use QoS 0 or 1";
    let exactly = Publish {
        qos: ExactlyOnce,
        packet_id: Some(id(1)),
        ..publish("t", 0)
    };
    check_breach(Packet::Publish(exactly), &format!("PUBLISH {qos2}"));
    check_breach(Packet::PubRel(id(1).into()), &format!("PUBREL {qos2}"));
    check_breach(
        subscribe(&[("a", AtMostOnce), ("b", ExactlyOnce)]),
        &format!("SUBSCRIBE {qos2}"),
    );
    check_breach(
        Packet::PingResp,
        "client sent PINGRESP, which only a server sends",
    );
    check_breach(
        Packet::Publish(publish("a/#", 1)),
        "topic \"a/#\" holds a wildcard, which a topic name must not",
    );
    check_breach(
        Packet::Publish(publish("1/2/3/4/5/6/7/8/9", 0)),
        "topic \"1/2/3/4/5/6/7/8/9\" has 8 slashes, over the limit of 7",
    );
    let large = Publish {
        payload: Bytes::from(vec![0; 1001]),
        ..publish("t", 0)
    };
    check_breach(
        Packet::Publish(large),
        "payload of 1001 bytes, over the limit of 1000",
    );
    check_breach(
        subscribe(&[("a", AtMostOnce); 9]),
        "SUBSCRIBE with 9 filters, over the limit of 8",
    );
    check_breach(
        unsubscribe(&["a"; 9]),
        "UNSUBSCRIBE with 9 filters, over the limit of 8",
    );
    for (filter, why) in [
        (
            "a/#/b",
            "holds a wildcard that does not fill its level, or a # that is not last",
        ),
        ("1/2/3/4/5/6/7/8/+", "has 8 slashes, over the limit of 7"),
        ("", "is empty"),
    ] {
        let cause = format!("topic filter {filter:?} {why}");
        check_breach(subscribe(&[(filter, AtMostOnce)]), &cause);
        check_breach(unsubscribe(&[filter]), &cause);
    }
}

fn unsubscribe(filters: &[&str]) -> Packet {
    Packet::Unsubscribe(Unsubscribe {
        packet_id: id(9),
        filters: filters.iter().copied().map(text).collect(),
        properties: None,
    })
}

#[test]
fn publishes_are_acknowledged_in_order_once_taken() {
    let mut client = Client::open();
    for packet_id in [5, 6, 7] {
        assert!(client.connection.can_receive());
        let step = client.receive(Packet::Publish(publish("t", packet_id)));
        assert!(matches!(step, Step::Publish(publish) if publish.packet_id == Some(id(packet_id))));
    }
    assert!(
        !client.connection.can_receive(),
        "a fourth unacknowledged message is not read"
    );
    client.connection.published(Some(id(6)), &mut client.out);
    assert_eq!(client.written(), []);
    client.connection.published(Some(id(5)), &mut client.out);
    assert_eq!(
        client.written(),
        [Packet::PubAck(id(5).into()), Packet::PubAck(id(6).into())]
    );
    assert!(client.connection.can_receive());
    client.connection.discard(Some(id(7)), &mut client.out);
    client.connection.published(None, &mut client.out);
    assert_eq!(client.written(), []);
}

#[test]
fn a_denied_publish_ends_the_connection_without_puback() {
    let mut client = Client::open();
    client.receive(Packet::Publish(publish("t", 5)));
    client.receive(Packet::Publish(publish("t", 6)));
    assert_eq!(
        client
            .connection
            .deny_publish(Some(id(6)), &mut client.out)
            .map(|close| close.reason),
        Some(AuthError)
    );
    client.connection.published(Some(id(5)), &mut client.out);
    assert_eq!(client.written(), []);
}

#[test]
fn the_window_to_the_client_is_bounded() {
    let mut client = Client::open();
    for expected in 1..=3 {
        assert!(client.sends(AtLeastOnce));
        let sent = Publish {
            topic: text("t"),
            ..publish("t", expected)
        };
        assert_eq!(client.written(), [Packet::Publish(sent)]);
    }
    assert!(!client.sends(AtLeastOnce) && client.written().is_empty());
    assert!(client.sends(AtMostOnce));
    client.written();
    client.receive(Packet::PubAck(id(9).into()));
    assert!(
        !client.sends(AtLeastOnce),
        "an unknown PUBACK frees nothing"
    );
    client.receive(Packet::PubAck(id(2).into()));
    assert!(client.sends(AtLeastOnce));
    assert_eq!(client.written(), [Packet::Publish(publish("t", 4))]);
    // Given up after an hour; the client pings meanwhile.
    client.now += seconds(3600);
    client.receive(Packet::PingReq);
    assert_eq!(
        client.connection.on_timer(client.now, &mut client.out),
        None
    );
    let overdue = client.connection.overdue(client.now);
    let given_up = [0, 2, 3].map(Overdue::GivenUp);
    assert_eq!(overdue, given_up, "oldest first");
    assert!(client.sends(AtLeastOnce));
}

#[test]
fn what_is_sent_again_is_the_same() {
    let mut client = Client::open();
    assert!(client.sends(AtLeastOnce));
    let first = client.written();
    assert_eq!(client.connection.overdue(client.now), []);
    client.now += seconds(30);
    assert_eq!(client.connection.next_deadline(), Some(client.now));
    assert_eq!(client.connection.resend_due(), Some(client.now));
    assert_eq!(client.connection.overdue(client.now), [Overdue::Resend(0)]);
    let topic = text("t");
    let sending = Sending {
        topic: &topic,
        payload: b"m",
        qos: AtLeastOnce,
        retain: false,
        properties: None,
        expiry_seconds: None,
    };
    let now = client.now;
    client.connection.resend(0, &sending, now, &mut client.out);
    let again = client.written();
    assert_eq!(first.len(), 1);
    match (&first[0], &again[..]) {
        (Packet::Publish(first), [Packet::Publish(again)]) => {
            assert_eq!((again.packet_id, again.dup), (first.packet_id, false));
        }
        other => panic!("PUBLISH, not {other:?}"),
    }
    // What was acknowledged meanwhile is not.
    client.receive(Packet::PubAck(id(1).into()));
    client.connection.resend(0, &sending, now, &mut client.out);
    assert_eq!(client.written(), []);
}

#[test]
fn a_bridge_hears_neither_itself_nor_less_than_was_published() {
    let mut client = Client::new(Refusals::Clear);
    client.receive(Packet::Connect(Box::new(Connect {
        bridge: true,
        ..connect("dev")
    })));
    let now = client.now;
    client
        .connection
        .accept(Accepted::default(), now, &mut client.out);
    client.written();
    let asked = Packet::Subscribe(Subscribe {
        packet_id: id(1),
        filters: vec![
            (text("a"), AtLeastOnce.into()),
            (text("$share/g/a"), AtLeastOnce.into()),
        ],
        properties: None,
    });
    let Step::Subscribe(request) = client.receive(asked) else {
        panic!("it is to be decided")
    };
    let options = request.entries.iter().map(|entry| {
        let options = entry.options;
        (options.no_local, options.retain_as_published)
    });
    assert_eq!(options.collect::<Vec<_>>(), [(true, true), (false, true)]);
}

#[test]
fn subscriptions_are_granted_and_limited() {
    let mut client = Client::open();
    assert_eq!(
        client.subscribes(&[
            ("a", AtMostOnce),
            ("b/#", AtLeastOnce),
            ("$share/g/c", AtLeastOnce)
        ]),
        [Success, GrantedQoS1, GrantedQoS1]
    );
    client.subscribes(&[
        ("d", AtMostOnce),
        ("e", AtMostOnce),
        ("f", AtMostOnce),
        ("g", AtMostOnce),
    ]);
    assert_eq!(
        client.subscribes(&[
            ("h", AtMostOnce),
            ("i", AtMostOnce),
            ("j", AtMostOnce),
            ("k", AtMostOnce)
        ]),
        [Success, Success, Success, UnspecifiedError],
        "the eleventh does not fit"
    );
    assert_eq!(
        client.subscribes(&[("a", AtLeastOnce), ("k", AtMostOnce)]),
        [GrantedQoS1, UnspecifiedError]
    );
    let filters = vec![text("b/#"), text("never")];
    match client.receive(Packet::Unsubscribe(Unsubscribe {
        packet_id: id(9),
        filters,
        properties: None,
    })) {
        Step::Unsubscribe(dropped) => {
            assert_eq!(
                dropped.iter().map(Filter::as_str).collect::<Vec<_>>(),
                ["b/#"]
            );
        }
        other => panic!("unsubscribes, not {other:?}"),
    }
    assert_eq!(
        client.written(),
        [Packet::UnsubAck(UnsubAck {
            packet_id: id(9),
            codes: vec![],
            properties: None
        })]
    );
    assert_eq!(client.subscribes(&[("k", AtMostOnce)]), [Success]);
    assert_eq!(client.connection.subscriptions().len(), 10);
}

#[test]
fn denied_subscriptions_are_answered_by_mode() {
    let check = |refusals: Refusals, answer: Vec<Packet>| {
        let mut client = Client::open_with(refusals, connect("dev"));
        let mut request = client.asked_to_subscribe(&[("a", AtLeastOnce), ("b", AtLeastOnce)]);
        request.entries[0].answer = Some(SubscribeAnswer::Granted);
        request.entries[1].answer = Some(SubscribeAnswer::Denied);
        let close = client
            .connection
            .subscribed(request, &mut client.out)
            .expect_err("b is denied");
        assert_eq!(close.to_string(), "AUTH_ERROR: SUBSCRIBE to b refused");
        assert_eq!(client.written(), answer);
    };
    let codes = vec![GrantedQoS1, UnspecifiedError];
    check(
        Refusals::Clear,
        vec![Packet::SubAck(SubAck {
            packet_id: id(7),
            codes,
            properties: None,
        })],
    );
    check(Refusals::Aws, vec![]);
}

#[test]
fn silence_ends_the_connection_after_one_and_a_half_keep_alives() {
    let check = |asked: u16, allowed: Duration| {
        let mut client = Client::open_with(
            Refusals::Clear,
            Connect {
                keep_alive_seconds: asked,
                ..connect("dev")
            },
        );
        assert_eq!(
            client.connection.next_deadline(),
            Some(client.now + allowed),
            "{asked}"
        );
        client.now += seconds(20);
        client.receive(Packet::PingReq);
        assert_eq!(client.written(), [Packet::PingResp]);
        // What is sent to the client does not count.
        client.now += seconds(5);
        client.sends(AtMostOnce);
        let deadline = client.now - seconds(5) + allowed;
        assert_eq!(client.connection.next_deadline(), Some(deadline), "{asked}");
        assert_eq!(
            client
                .connection
                .on_timer(deadline - Duration::from_millis(1), &mut client.out),
            None
        );
        let close = client
            .connection
            .on_timer(deadline, &mut client.out)
            .expect("the time is over");
        assert_eq!(close.reason, DisconnectReason::MqttKeepAliveTimeout);
        assert_eq!(client.connection.next_deadline(), None);
    };
    check(0, seconds(1800));
    check(1201, seconds(1800));
    check(1, seconds(45));
    check(31, Duration::from_millis(46_500));
}

#[test]
fn a_connection_without_connect_is_dropped() {
    let mut client = Client::new(Refusals::Clear);
    assert_eq!(client.connection.next_deadline(), Some(seconds(1030)));
    assert_eq!(
        client.connection.on_timer(seconds(1029), &mut client.out),
        None
    );
    let close = client
        .connection
        .on_timer(seconds(1030), &mut client.out)
        .expect("the time is over");
    assert_eq!(close.to_string(), "CLIENT_ERROR: no CONNECT within 30 s");
}

#[test]
fn a_session_that_was_there_brings_its_subscriptions() {
    let mut client = Client::new(Refusals::Clear);
    let connect = Connect {
        clean_session: false,
        ..connect("dev")
    };
    let asked = client.receive(Packet::Connect(Box::new(connect)));
    assert!(matches!(asked, Step::Connect(request) if !request.clean_session));
    let limits = config(Refusals::Clear).limits.topic;
    let held = Filter::parse("a/+", &limits).expect("a right filter");
    client.connection.accept(
        Accepted {
            resumed: Some(vec![held.clone()]),
            ..Accepted::default()
        },
        client.now,
        &mut client.out,
    );
    let present = ConnAck {
        session_present: true,
        ..ConnAck::from(Success)
    };
    assert_eq!(client.written(), [Packet::ConnAck(present)]);
    assert_eq!(
        client.connection.subscriptions(),
        std::slice::from_ref(&held)
    );
    let dropped = client.receive(Packet::Unsubscribe(Unsubscribe {
        packet_id: id(7),
        filters: vec![text("a/+")],
        properties: None,
    }));
    assert!(matches!(dropped, Step::Unsubscribe(filters) if filters == [held]));
}

#[test]
fn who_sends_hears_which_message_was_acknowledged() {
    let mut client = Client::open();
    assert_eq!(client.sent(QoS::AtMostOnce), Sent::Once);
    let Sent::Numbered(first) = client.sent(QoS::AtLeastOnce) else {
        panic!("there is room")
    };
    let Sent::Numbered(second) = client.sent(QoS::AtLeastOnce) else {
        panic!("there is room")
    };
    let settled = client.receive(Packet::PubAck(id(2).into()));
    assert!(matches!(settled, Step::Acknowledged(number) if number == second));
    let again = client.receive(Packet::PubAck(id(2).into()));
    assert!(matches!(again, Step::Done));
    let settled = client.receive(Packet::PubAck(id(1).into()));
    assert!(matches!(settled, Step::Acknowledged(number) if number == first));
}
