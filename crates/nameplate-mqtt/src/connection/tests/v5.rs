//! Connections of MQTT 5: what differs from 3.1.1.

use super::*;
use crate::packet::{Ack, Disconnect, RetainHandling, SubscribeOptions};
use crate::properties::{
    AckProperties, ConnAckProperties, ConnectProperties, DisconnectProperties, MessageProperties,
    SubscribeProperties,
};
use ReasonCode as Code;

fn connect5(properties: ConnectProperties) -> Connect {
    Connect {
        version: Version::V5,
        properties: Some(Box::new(properties)),
        ..connect("dev")
    }
}

/// Connected, with CONNACK read.
fn open5(properties: ConnectProperties) -> Client {
    let mut client = Client::new(Refusals::Clear);
    let asked = client.receive(Packet::Connect(Box::new(connect5(properties))));
    assert!(matches!(asked, Step::Connect(request) if request.version == Version::V5));
    let (now, out) = (client.now, &mut client.out);
    client.connection.accept(Accepted::default(), now, out);
    client.written();
    client
}

/// What a refused CONNECT is answered.
fn refused5(refusals: Refusals, connect: Connect) -> (Code, Option<String>) {
    let mut client = Client::new(refusals);
    let step = client.receive(Packet::Connect(Box::new(connect)));
    assert!(matches!(step, Step::Close(_)), "{step:?}");
    match &client.written()[..] {
        [Packet::ConnAck(answer)] => {
            assert!(!answer.session_present, "[MQTT-3.2.2-6]");
            let properties = answer.properties.as_deref();
            let text = properties.and_then(|own| own.reason_string.as_ref());
            (answer.code, text.map(ToString::to_string))
        }
        other => panic!("one CONNACK, not {other:?}"),
    }
}

/// A packet ends the connection; PUBACK's code, if there was one, and DISCONNECT's.
fn breaks(client: &mut Client, packet: Packet) -> (Option<Code>, Code) {
    let step = client.receive(packet);
    assert!(matches!(step, Step::Close(_)), "{step:?}");
    assert!(!client.connection.can_receive());
    let mut written = client.written();
    let end = match written.pop() {
        Some(Packet::Disconnect(packet)) => packet.code,
        other => panic!("DISCONNECT, not {other:?}"),
    };
    assert_eq!(client.connection.end(ClientError, &mut client.out), None);
    assert_eq!(client.written(), [], "DISCONNECT is sent once");
    match written.pop() {
        None => (None, end),
        Some(Packet::PubAck(ack)) if written.is_empty() => (Some(ack.code), end),
        other => panic!("nothing else but PUBACK, not {other:?}"),
    }
}

fn breach(packet: Packet) -> (Option<Code>, Code) {
    breaks(&mut open5(ConnectProperties::default()), packet)
}

#[test]
fn connack_says_what_is_available() {
    let accepted = |connect: Connect, assigned: Option<&str>| {
        let mut client = Client::new(Refusals::Clear);
        client.receive(Packet::Connect(Box::new(connect)));
        let how = Accepted {
            assigned_client_id: assigned,
            ..Accepted::default()
        };
        client.connection.accept(how, client.now, &mut client.out);
        match &client.written()[..] {
            [Packet::ConnAck(answer)] => {
                assert_eq!(answer.code, Code::Success);
                *answer.properties.clone().expect("there are properties")
            }
            other => panic!("CONNACK, not {other:?}"),
        }
    };
    let always = ConnAckProperties {
        receive_maximum: Some(3),
        maximum_qos: Some(1),
        retain_available: Some(true),
        maximum_packet_size: Some(2000),
        topic_alias_maximum: Some(3),
        wildcard_available: Some(true),
        subscription_ids_available: Some(false),
        shared_available: Some(true),
        ..ConnAckProperties::default()
    };
    assert_eq!(
        accepted(connect5(ConnectProperties::default()), None),
        always
    );
    // [MQTT-3.1.3-7], [MQTT-3.2.2-16]: an assigned client id is told.
    let nameless = Connect {
        client_id: text(""),
        clean_session: false,
        ..connect5(ConnectProperties::default())
    };
    let told = accepted(nameless, Some("$GEN/1"));
    assert_eq!(told.assigned_client_id, Some(text("$GEN/1")));
    // [MQTT-3.2.2-21]: a keep alive that is not the client's is told.
    for (asked, told) in [
        (0, Some(1200)),
        (5, Some(30)),
        (30, None),
        (1201, Some(1200)),
    ] {
        let connect = Connect {
            keep_alive_seconds: asked,
            ..connect5(ConnectProperties::default())
        };
        assert_eq!(
            accepted(connect, None).server_keep_alive_seconds,
            told,
            "{asked}"
        );
    }
    for (asked, told) in [
        (None, None),
        (Some(0), None),
        (Some(3600), None),
        (Some(u32::MAX), Some(3600)),
    ] {
        let properties = ConnectProperties {
            session_expiry_seconds: asked,
            ..ConnectProperties::default()
        };
        assert_eq!(
            accepted(connect5(properties), None).session_expiry_seconds,
            told,
            "{asked:?}"
        );
    }
}

#[test]
fn refused_connects_say_why() {
    let plain = || connect5(ConnectProperties::default());
    let with = |properties| refused5(Refusals::Clear, connect5(properties)).0;
    let willed = |will: Will| {
        let connect = Connect {
            will: Some(will),
            ..plain()
        };
        refused5(Refusals::Clear, connect).0
    };
    let named = |client_id: &str| Connect {
        client_id: text(client_id),
        ..plain()
    };
    let long = refused5(Refusals::Clear, named(&"x".repeat(129)));
    assert_eq!(long.0, Code::ClientIdentifierNotValid);
    assert_eq!(
        long.1.as_deref(),
        Some("client id of 129 bytes, over the limit of 128")
    );
    let reserved = refused5(Refusals::Aws, named("$mine"));
    assert_eq!(reserved.0, Code::ClientIdentifierNotValid);
    assert_eq!(
        reserved.1.as_deref(),
        Some("CONNACK:ClientId is invalid:trace")
    );
    assert_eq!(
        willed(will("w", ExactlyOnce)),
        Code::QoSNotSupported,
        "[MQTT-3.2.2-12]"
    );
    assert_eq!(willed(will("w/#", AtMostOnce)), Code::TopicNameInvalid);
    let large = Will {
        payload: Bytes::from(vec![0; 1001]),
        ..will("w", AtMostOnce)
    };
    assert_eq!(willed(large), Code::QuotaExceeded);
    assert_eq!(
        with(ConnectProperties {
            authentication_method: Some(text("SCRAM")),
            ..ConnectProperties::default()
        }),
        Code::NotAuthorized,
        "[MQTT-4.12.0-1]"
    );
    let small = ConnectProperties {
        maximum_packet_size: Some(511),
        ..ConnectProperties::default()
    };
    assert_eq!(
        refused5(Refusals::Clear, connect5(small)),
        (Code::QuotaExceeded, None)
    );
    let wordy = ConnectProperties {
        user: vec![(text("k"), text(&"v".repeat(100)))],
        ..ConnectProperties::default()
    };
    assert_eq!(with(wordy), Code::QuotaExceeded);
    // No words where the client wants none.
    let terse = ConnectProperties {
        request_problem_information: Some(false),
        ..ConnectProperties::default()
    };
    let terse = Connect {
        client_id: text("$mine"),
        ..connect5(terse)
    };
    assert_eq!(refused5(Refusals::Clear, terse).1, None);
    // An id that a server has assigned may be sent back.
    let assigned = named("$GEN/0b8cbbf2-8a4b-4b10-8d4b-7b8a0f1f0f10");
    let step = Client::new(Refusals::Clear).receive(Packet::Connect(Box::new(assigned)));
    assert!(matches!(step, Step::Connect(_)));
}

#[test]
fn decided_refusals_are_answered_in_both_modes() {
    for refusals in [Refusals::Clear, Refusals::Aws] {
        for (why, code) in [
            (ConnectRefusal::NotAuthorized, Code::NotAuthorized),
            (ConnectRefusal::Unavailable, Code::QuotaExceeded),
        ] {
            let mut client = Client::new(refusals);
            client.receive(Packet::Connect(Box::new(connect5(
                ConnectProperties::default(),
            ))));
            client.connection.refuse(why, &mut client.out);
            let written = client.written();
            assert!(
                matches!(&written[..], [Packet::ConnAck(answer)] if answer.code == code),
                "{written:?}"
            );
        }
        // Whom AWS does not know, it does not answer.
        let mut client = Client::new(refusals);
        client.receive(Packet::Connect(Box::new(connect5(
            ConnectProperties::default(),
        ))));
        let why = ConnectRefusal::NotAuthenticated;
        client.connection.refuse(why, &mut client.out);
        let expected = match refusals {
            Refusals::Clear => Some(Code::NotAuthorized),
            Refusals::Aws => None,
        };
        let codes = client.written().into_iter().map(|packet| match packet {
            Packet::ConnAck(answer) => answer.code,
            other => panic!("CONNACK, not {other:?}"),
        });
        assert_eq!(codes.collect::<Vec<_>>(), Vec::from_iter(expected));
    }
}

#[test]
fn malformed_bytes_are_answered_by_their_code() {
    let told = |bytes: &[u8], client: &mut Client| {
        let mut input = BytesMut::from(bytes);
        let error = client
            .connection
            .decode(&mut input)
            .expect_err("wrong bytes");
        client.connection.malformed(error, &mut client.out);
        client.written()
    };
    let mut client = Client::new(Refusals::Clear);
    let twice = b"\x10\x16\x00\x04MQTT\x05\x02\x00\x3c\x06\x21\x00\x01\x21\x00\x01\x00\x03dev";
    let answer = told(twice, &mut client);
    assert!(matches!(&answer[..], [Packet::ConnAck(answer)] if answer.code == Code::ProtocolError));
    // AWS has no CONNACK of that code.
    assert_eq!(told(twice, &mut Client::new(Refusals::Aws)), []);
    let mut client = open5(ConnectProperties::default());
    let answer = told(b"\x36\x01\x00", &mut client);
    assert!(matches!(&answer[..], [Packet::Disconnect(end)] if end.code == Code::MalformedPacket));
    // A second CONNECT of a version that nobody speaks: 0x84 is for CONNACK alone.
    let mut client = open5(ConnectProperties::default());
    let answer = told(b"\x10\x0c\x00\x04MQTT\x06\x02\x00\x3c\x00\x00", &mut client);
    assert!(matches!(&answer[..], [Packet::Disconnect(end)] if end.code == Code::ProtocolError));
    let mut client = open5(ConnectProperties::default());
    let answer = told(b"\x30\xff\xff\x7f", &mut client);
    assert!(matches!(&answer[..], [Packet::Disconnect(end)] if end.code == Code::PacketTooLarge));
}

#[test]
fn a_second_connect_of_another_version_changes_nothing() {
    let mut bytes = BytesMut::new();
    let second = Packet::Connect(Box::new(connect("dev")));
    codec::encode(&second, Version::V311, &mut bytes);
    let mut client = open5(ConnectProperties::default());
    let decoded = client.connection.decode(&mut bytes);
    let packet = decoded.expect("right bytes").expect("a whole packet");
    assert_eq!(breaks(&mut client, packet), (None, Code::ProtocolError));
}

#[test]
fn breaches_have_codes() {
    let exactly = Publish {
        qos: ExactlyOnce,
        packet_id: Some(id(1)),
        ..publish("t", 0)
    };
    assert_eq!(
        breach(Packet::Publish(exactly)),
        (None, Code::QoSNotSupported),
        "[MQTT-3.2.2-11]"
    );
    let second = Packet::Connect(Box::new(connect5(ConnectProperties::default())));
    assert_eq!(
        breach(second),
        (None, Code::ProtocolError),
        "[MQTT-3.1.0-2]"
    );
    for packet in [
        Packet::Auth,
        Packet::PubRel(id(1).into()),
        Packet::PubComp(id(1).into()),
        Packet::PingResp,
    ] {
        assert_eq!(breach(packet), (None, Code::ProtocolError));
    }
    // A QoS 1 message is answered, so that it is not sent again for ever.
    for (topic, code) in [
        ("a/#", Code::TopicNameInvalid),
        ("1/2/3/4/5/6/7/8/9", Code::TopicNameInvalid),
    ] {
        assert_eq!(
            breach(Packet::Publish(publish(topic, 1))),
            (Some(code), code)
        );
        assert_eq!(breach(Packet::Publish(publish(topic, 0))), (None, code));
    }
    let large = Publish {
        payload: Bytes::from(vec![0; 1001]),
        ..publish("t", 1)
    };
    let quota = (Some(Code::QuotaExceeded), Code::QuotaExceeded);
    assert_eq!(breach(Packet::Publish(large)), quota);
    let with = |properties: MessageProperties| {
        Packet::Publish(Publish {
            properties: Some(Box::new(properties)),
            ..publish("t", 1)
        })
    };
    let none = MessageProperties::default;
    for properties in [
        MessageProperties {
            content_type: Some(text(&"c".repeat(21))),
            ..none()
        },
        MessageProperties {
            correlation_data: Some(vec![0; 101].into()),
            ..none()
        },
        MessageProperties {
            user: vec![(text("k"), text(&"v".repeat(100)))],
            ..none()
        },
    ] {
        assert_eq!(breach(with(properties)), quota);
    }
    // [MQTT-3.3.2-14].
    let response = |topic: &str| {
        with(MessageProperties {
            response_topic: Some(text(topic)),
            ..none()
        })
    };
    assert_eq!(breach(response("a/+")).1, Code::ProtocolError);
    let deep = (Some(Code::TopicNameInvalid), Code::TopicNameInvalid);
    assert_eq!(breach(response("1/2/3/4/5/6/7/8/9")), deep);
}

#[test]
fn subscriptions_that_end_the_connection() {
    let subscribe = |filter: &str, options: SubscribeOptions, properties: SubscribeProperties| {
        Packet::Subscribe(Subscribe {
            packet_id: id(7),
            filters: vec![(text(filter), options)],
            properties: Some(Box::new(properties)),
        })
    };
    let identified = SubscribeProperties {
        subscription_id: Some(1),
        ..SubscribeProperties::default()
    };
    let mut client = open5(ConnectProperties::default());
    client.receive(subscribe("a", SubscribeOptions::default(), identified));
    let told = client.written();
    let expected = Packet::Disconnect(Disconnect {
        code: Code::SubscriptionIdentifiersNotSupported,
        properties: Some(Box::new(DisconnectProperties {
            reason_string: Some(text("Subscription Id is not supported now")),
            ..DisconnectProperties::default()
        })),
    });
    assert_eq!(told, [expected]);
    // [MQTT-3.8.3-4].
    let no_local = SubscribeOptions {
        no_local: true,
        ..SubscribeOptions::default()
    };
    let shared = subscribe("$share/g/a", no_local, SubscribeProperties::default());
    assert_eq!(breach(shared), (None, Code::ProtocolError));
}

#[test]
fn subscriptions_are_answered_one_by_one() {
    let mut client = open5(ConnectProperties::default());
    let options = SubscribeOptions {
        no_local: true,
        retain_as_published: true,
        retain_handling: RetainHandling::SendIfNew,
        qos: AtMostOnce,
    };
    let asked = Packet::Subscribe(Subscribe {
        packet_id: id(7),
        filters: vec![
            (text("a/#/b"), AtMostOnce.into()),
            (text("a"), options),
            (text("b"), ExactlyOnce.into()),
            (text("1/2/3/4/5/6/7/8/+"), AtMostOnce.into()),
            (text("c"), AtMostOnce.into()),
        ],
        properties: None,
    });
    let Step::Subscribe(mut request) = client.receive(asked.clone()) else {
        panic!("asks to subscribe")
    };
    assert_eq!(request.entries[0].options, options);
    assert!(request.entries.iter().all(|entry| entry.is_new));
    request.entries[0].answer = Some(SubscribeAnswer::Granted);
    request.entries[1].answer = Some(SubscribeAnswer::Granted);
    request.entries[2].answer = Some(SubscribeAnswer::Denied);
    let stays = client.connection.subscribed(request, &mut client.out);
    assert_eq!(stays, Ok(()), "a denied filter costs itself alone");
    let written = client.written();
    let [Packet::SubAck(answer)] = &written[..] else {
        panic!("SUBACK, not {written:?}")
    };
    // QoS 2 is granted as 1.
    assert_eq!(
        answer.codes,
        [
            Code::TopicFilterInvalid,
            Code::Success,
            Code::GrantedQoS1,
            Code::TopicFilterInvalid,
            Code::NotAuthorized
        ]
    );
    assert!(answer.properties.is_some(), "with words");
    let Step::Subscribe(again) = client.receive(asked) else {
        panic!("asks to subscribe")
    };
    let new: Vec<bool> = again.entries.iter().map(|entry| entry.is_new).collect();
    assert_eq!(new, [false, false, true]);
    // Topics of the service's own end it.
    let mut request = client.asked_to_subscribe(&[("$SYS/#", AtMostOnce)]);
    request.entries[0].answer = Some(SubscribeAnswer::Reserved);
    let ends = client.connection.subscribed(request, &mut client.out);
    assert!(ends.is_err());
    let written = client.written();
    assert!(
        matches!(&written[..], [Packet::SubAck(answer), Packet::Disconnect(end)]
        if answer.codes == [Code::TopicFilterInvalid] && end.code == Code::TopicFilterInvalid),
        "{written:?}"
    );
    // Too many filters, and none is looked at.
    let mut client = open5(ConnectProperties::default());
    let step = client.receive(subscribe(&[("a", AtMostOnce); 9]));
    assert!(matches!(step, Step::Done));
    let written = client.written();
    assert!(
        matches!(&written[..], [Packet::SubAck(answer)] if answer.codes == [Code::QuotaExceeded; 9])
    );
}

#[test]
fn unsubscriptions_are_answered_one_by_one() {
    let mut client = open5(ConnectProperties::default());
    client.subscribes(&[("a", AtMostOnce)]);
    let filters = ["a", "never", "a/#/b"].map(text).to_vec();
    let step = client.receive(Packet::Unsubscribe(Unsubscribe {
        packet_id: id(9),
        filters,
        properties: None,
    }));
    assert!(matches!(step, Step::Unsubscribe(dropped) if dropped.len() == 1));
    let answer = UnsubAck {
        packet_id: id(9),
        codes: vec![Code::Success, Code::Success, Code::TopicFilterInvalid],
        properties: None,
    };
    assert_eq!(client.written(), [Packet::UnsubAck(answer)]);
    let nine = Packet::Unsubscribe(Unsubscribe {
        packet_id: id(9),
        filters: vec![text("a"); 9],
        properties: None,
    });
    assert_eq!(breaks(&mut client, nine), (None, Code::QuotaExceeded));
}

#[test]
fn a_denied_publish_is_answered() {
    let mut client = open5(ConnectProperties::default());
    client.receive(Packet::Publish(publish("t", 5)));
    client.receive(Packet::Publish(publish("t", 6)));
    let stays = client.connection.deny_publish(Some(id(6)), &mut client.out);
    assert_eq!(stays, None);
    assert_eq!(
        client.written(),
        [],
        "in the order of arrival [MQTT-4.6.0-2]"
    );
    client.connection.published(Some(id(5)), &mut client.out);
    let denied = Ack {
        packet_id: id(6),
        code: Code::NotAuthorized,
        properties: Some(Box::new(AckProperties {
            reason_string: Some(text("Not authorized")),
            user: vec![],
        })),
    };
    let expected = [Packet::PubAck(id(5).into()), Packet::PubAck(denied)];
    assert_eq!(client.written(), expected);
    let ends = client.connection.deny_publish(None, &mut client.out);
    assert_eq!(ends.map(|close| close.reason), Some(AuthError));
    let end = client.written();
    assert!(matches!(&end[..], [Packet::Disconnect(end)] if end.code == Code::NotAuthorized));
    let mut client = open5(ConnectProperties::default());
    client.receive(Packet::Publish(publish("$SYS/t", 5)));
    client
        .connection
        .reserved_publish(Some(id(5)), &mut client.out);
    let end = client.written();
    assert!(
        matches!(&end[..], [Packet::PubAck(ack), Packet::Disconnect(end)]
        if ack.code == Code::TopicNameInvalid && end.code == Code::TopicNameInvalid)
    );
}

#[test]
fn topic_aliases_from_the_client() {
    let aliased = |topic: &str, alias: u16| Publish {
        topic_alias: Some(alias),
        ..publish(topic, 0)
    };
    let mut client = open5(ConnectProperties::default());
    let topic =
        |client: &mut Client, publish: Publish| match client.receive(Packet::Publish(publish)) {
            Step::Publish(publish) => publish.topic.to_string(),
            other => panic!("publishes, not {other:?}"),
        };
    assert_eq!(topic(&mut client, aliased("a", 3)), "a");
    assert_eq!(topic(&mut client, aliased("", 3)), "a");
    // [MQTT-3.3.2-12]: a topic is given a new meaning to its alias.
    assert_eq!(topic(&mut client, aliased("b", 3)), "b");
    assert_eq!(topic(&mut client, aliased("", 3)), "b");
    assert_eq!(topic(&mut client, publish("c", 0)), "c");
    // [MQTT-3.3.2-8], [MQTT-3.3.2-9], and what no alias stands for.
    for (publish, code) in [
        (aliased("a", 0), Code::TopicAliasInvalid),
        (aliased("a", 4), Code::TopicAliasInvalid),
        (aliased("", 2), Code::ProtocolError),
        (publish("", 0), Code::ProtocolError),
    ] {
        assert_eq!(breach(Packet::Publish(publish)), (None, code));
    }
    let wild = aliased("a/+", 1);
    assert_eq!(
        breach(Packet::Publish(wild)),
        (None, Code::TopicNameInvalid)
    );
}

#[test]
fn topic_aliases_to_the_client() {
    let sent = |client: &mut Client, topic: &str| {
        let message = Sending {
            topic: &text(topic),
            payload: b"m",
            qos: AtMostOnce,
            retain: false,
            properties: None,
            expiry_seconds: None,
        };
        client
            .connection
            .send(&message, client.now, &mut client.out);
        match client.written().pop() {
            Some(Packet::Publish(publish)) => (publish.topic.to_string(), publish.topic_alias),
            other => panic!("PUBLISH, not {other:?}"),
        }
    };
    let mut client = open5(ConnectProperties::default());
    assert_eq!(
        sent(&mut client, "a"),
        ("a".into(), None),
        "[MQTT-3.1.2-27]"
    );
    // [MQTT-3.1.2-26]: as many as the client takes.
    let mut client = open5(ConnectProperties {
        topic_alias_maximum: Some(2),
        ..ConnectProperties::default()
    });
    assert_eq!(sent(&mut client, "a"), ("a".into(), Some(1)));
    assert_eq!(sent(&mut client, "b"), ("b".into(), Some(2)));
    assert_eq!(sent(&mut client, "c"), ("c".into(), None));
    assert_eq!(sent(&mut client, "a"), (String::new(), Some(1)));
    assert_eq!(sent(&mut client, "b"), (String::new(), Some(2)));
    let mut client = open5(ConnectProperties {
        topic_alias_maximum: Some(u16::MAX),
        ..ConnectProperties::default()
    });
    for (at, topic) in ["a", "b", "c"].into_iter().enumerate() {
        assert_eq!(sent(&mut client, topic).1, Some(at as u16 + 1));
    }
    assert_eq!(
        sent(&mut client, "d").1,
        None,
        "and no more than are ours to keep"
    );
}

#[test]
fn messages_carry_their_properties() {
    let properties = MessageProperties {
        utf8: Some(true),
        expiry_seconds: Some(60),
        content_type: Some(text("json")),
        response_topic: Some(text("r")),
        correlation_data: Some(Bytes::from_static(b"c")),
        user: vec![(text("b"), text("1")), (text("a"), text("2"))],
    };
    let message = Sending {
        topic: &text("t"),
        payload: b"m",
        qos: AtLeastOnce,
        retain: true,
        properties: Some(&properties),
        expiry_seconds: Some(9),
    };
    let mut client = open5(ConnectProperties::default());
    let sent = client
        .connection
        .send(&message, client.now, &mut client.out);
    assert!(matches!(sent, Sent::Numbered(_)));
    let expected = Publish {
        retain: true,
        // [MQTT-3.3.2-6]: what is left of its expiry.
        properties: Some(Box::new(MessageProperties {
            expiry_seconds: Some(9),
            ..properties.clone()
        })),
        ..publish("t", 1)
    };
    assert_eq!(client.written(), [Packet::Publish(expected)]);
    let mut client = Client::open();
    client
        .connection
        .send(&message, client.now, &mut client.out);
    let plain = Publish {
        retain: true,
        ..publish("t", 1)
    };
    assert_eq!(client.written(), [Packet::Publish(plain)], "3.1.1 has none");
}

#[test]
fn what_the_client_takes_is_kept_to() {
    let mut client = open5(ConnectProperties {
        receive_maximum: Some(2),
        maximum_packet_size: Some(512),
        ..ConnectProperties::default()
    });
    // [MQTT-3.3.4-9].
    assert!(client.sends(AtLeastOnce) && client.sends(AtLeastOnce) && !client.sends(AtLeastOnce));
    assert!(client.sends(AtMostOnce));
    client.receive(Packet::PubAck(Ack {
        code: Code::UnspecifiedError,
        ..id(1).into()
    }));
    assert!(client.sends(AtLeastOnce), "a failure is an answer");
    client.written();
    // [MQTT-3.1.2-24], [MQTT-3.1.2-25].
    let mut send = |payload: usize| {
        let payload = vec![0; payload];
        let message = Sending {
            topic: &text("t"),
            payload: &payload,
            qos: AtMostOnce,
            retain: false,
            properties: None,
            expiry_seconds: None,
        };
        client
            .connection
            .send(&message, client.now, &mut client.out)
    };
    // Three bytes of fixed header, three of topic, one of properties.
    assert_eq!(send(505), Sent::Once);
    assert_eq!(send(506), Sent::TooLarge);
    assert_eq!(client.out.len(), 512);
}

#[test]
fn more_than_the_receive_maximum_is_an_error() {
    let mut client = open5(ConnectProperties::default());
    for packet_id in [1, 2, 3] {
        let step = client.receive(Packet::Publish(publish("t", packet_id)));
        assert!(matches!(step, Step::Publish(_)));
        client
            .connection
            .published(Some(id(packet_id)), &mut client.out);
    }
    let mut other = open5(ConnectProperties::default());
    other.receive(Packet::Publish(publish("t", 1)));
    other.connection.published(Some(id(1)), &mut other.out);
    other.written();
    other.connection.written();
    assert!(matches!(
        other.receive(Packet::Publish(publish("t", 2))),
        Step::Publish(_)
    ));
    // None of the three PUBACKs has been sent yet [MQTT-3.3.4-8].
    client.out.clear();
    let end = breaks(&mut client, Packet::Publish(publish("t", 4)));
    assert_eq!(end, (None, Code::ReceiveMaximumExceeded));
}

#[test]
fn expiry_is_kept_within_its_limits() {
    let mut client = open5(ConnectProperties::default());
    for (asked, kept) in [(0, 1), (1, 1), (604_800, 604_800), (u32::MAX, 604_800)] {
        let properties = MessageProperties {
            expiry_seconds: Some(asked),
            ..MessageProperties::default()
        };
        let step = client.receive(Packet::Publish(Publish {
            properties: Some(Box::new(properties)),
            ..publish("t", 0)
        }));
        assert!(matches!(step, Step::Publish(publish)
            if publish.properties.as_ref().and_then(|own| own.expiry_seconds) == Some(kept)));
    }
}

fn goodbye(code: Code, session_expiry_seconds: Option<u32>) -> Packet {
    Packet::Disconnect(Disconnect {
        code,
        properties: Some(Box::new(DisconnectProperties {
            session_expiry_seconds,
            ..DisconnectProperties::default()
        })),
    })
}

#[test]
fn a_client_decides_at_its_end() {
    let asked = |seconds: u32| ConnectProperties {
        session_expiry_seconds: Some(seconds),
        ..ConnectProperties::default()
    };
    for (before, then, after) in [
        (60, None, 60),
        (60, Some(0), 0),
        (60, Some(5), 5),
        (60, Some(u32::MAX), 3600),
        (0, Some(0), 0),
    ] {
        let mut client = open5(asked(before));
        let step = client.receive(goodbye(Code::Success, then));
        assert!(matches!(step, Step::Close(close) if close.reason == ClientInitiatedDisconnect));
        assert_eq!(client.connection.session_expiry_seconds(), after);
        assert_eq!(client.written(), []);
    }
    // [MQTT-3.14.2-2] and section 3.14.2.2.2.
    let raised = breaks(&mut open5(asked(0)), goodbye(Code::Success, Some(1)));
    assert_eq!(raised, (None, Code::ProtocolError));
    // What only a server sends is no goodbye.
    let mut moved = DisconnectProperties {
        server_reference: Some(text("elsewhere")),
        ..DisconnectProperties::default()
    };
    let of_server = |code, own: &DisconnectProperties| {
        Packet::Disconnect(Disconnect {
            code,
            properties: Some(Box::new(own.clone())),
        })
    };
    let refused = breach(of_server(Code::Success, &moved));
    assert_eq!(refused, (None, Code::ProtocolError));
    moved.server_reference = None;
    for code in [
        Code::NotAuthorized,
        Code::SessionTakenOver,
        Code::ServerMoved,
    ] {
        let refused = breach(of_server(code, &moved));
        assert_eq!(refused, (None, Code::ProtocolError), "{code}");
    }
    moved.user = vec![(text("k"), text(&"v".repeat(100)))];
    let refused = breach(of_server(Code::Success, &moved));
    assert_eq!(refused, (None, Code::QuotaExceeded));
    // [MQTT-3.14.4-3]: the will stays, unless the end is without a complaint.
    for (code, sends) in [
        (Code::Success, false),
        (Code::DisconnectWithWill, true),
        (Code::UnspecifiedError, true),
    ] {
        let mut client = Client::new(Refusals::Clear);
        let willed = Connect {
            will: Some(will("w", AtMostOnce)),
            ..connect5(ConnectProperties::default())
        };
        client.receive(Packet::Connect(Box::new(willed)));
        let (now, out) = (client.now, &mut client.out);
        client.connection.accept(Accepted::default(), now, out);
        client.receive(Packet::Disconnect(code.into()));
        let will = client
            .connection
            .end(ClientInitiatedDisconnect, &mut client.out);
        assert_eq!(will.is_some(), sends, "{code}");
    }
}

#[test]
fn ends_that_others_decide_are_told() {
    let check = |reason: DisconnectReason, code: Option<Code>| {
        let mut client = open5(ConnectProperties::default());
        client.connection.end(reason, &mut client.out);
        let told = client.written().pop().map(|packet| match packet {
            Packet::Disconnect(end) => end.code,
            other => panic!("DISCONNECT, not {other:?}"),
        });
        assert_eq!(told, code, "{reason}");
        let mut client = Client::open();
        client.connection.end(reason, &mut client.out);
        assert_eq!(
            client.written(),
            [],
            "3.1.1 has no DISCONNECT from a server"
        );
    };
    check(
        DisconnectReason::DuplicateClientId,
        Some(Code::SessionTakenOver),
    );
    check(
        DisconnectReason::ServerInitiatedDisconnect,
        Some(Code::ServerShuttingDown),
    );
    check(
        DisconnectReason::ApiInitiatedDisconnect,
        Some(Code::AdministrativeAction),
    );
    check(AuthError, Some(Code::NotAuthorized));
    check(ConnectionLost, None);
    let mut client = open5(ConnectProperties::default());
    let (late, out) = (client.now + seconds(90), &mut client.out);
    client
        .connection
        .on_timer(late, out)
        .expect("the time is over");
    let end = client.written();
    assert!(matches!(&end[..], [Packet::Disconnect(end)] if end.code == Code::KeepAliveTimeout));
}

/// Each code that is sent is one that AWS names for the packet, or one that the specification prescribes.
#[test]
fn reason_strings_in_aws_form() {
    let mut client = Client::new(Refusals::Aws);
    client.receive(Packet::Connect(Box::new(connect5(
        ConnectProperties::default(),
    ))));
    let (now, out) = (client.now, &mut client.out);
    client.connection.accept(Accepted::default(), now, out);
    client.written();
    client.receive(Packet::Auth);
    let end = client.written();
    let expected = Packet::Disconnect(Disconnect {
        code: Code::ProtocolError,
        properties: Some(Box::new(DisconnectProperties {
            reason_string: Some(text("DISCONNECT:Protocol Error:trace")),
            ..DisconnectProperties::default()
        })),
    });
    assert_eq!(end, [expected]);
}
