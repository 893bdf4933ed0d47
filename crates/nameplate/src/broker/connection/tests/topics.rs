//! Reserved topics, at every door that a message or a subscription can come in by.

use super::*;

/// Whether a message may go to a topic is one rule for PUBLISH, will and HTTP.
#[tokio::test]
async fn a_topic_is_open_or_closed_at_every_door() {
    let world = World::new().await;
    for (topic, retain, open) in [
        ("a/b", false, true),
        ("a/b", true, true),
        ("$aws/rules/rule", false, true),
        ("$aws/rules/rule/a/b", false, true),
        ("$aws/rules/rule", true, false),
        ("$aws/things/t/shadow/update", false, true),
        ("$aws/things/t/shadow/update", true, false),
        ("$aws/things/t/greengrassv2/health/json", false, true),
        ("$aws/things/t/unheard/of", false, true),
        ("$aws/things/t/unheard/of", true, false),
        ("$aws/things/t/shadow/update/accepted", false, false),
        ("$aws/events/presence/connected/c", false, false),
        ("$SYS/broker", false, false),
    ] {
        let mut client = world.connected("door").await;
        let (came, stays) = client.after(publish(topic, b"{}", retain)).await;
        assert_eq!(stays, open, "PUBLISH {topic} {retain}");
        assert_eq!(
            came.contains(&Packet::PubAck(id().into())),
            open,
            "PUBLISH {topic} {retain}"
        );

        let mut client = world.dial();
        client
            .send(connect("will", Some(will(topic, retain))))
            .await;
        let code = match open {
            true => ReasonCode::Success,
            false => ReasonCode::NotAuthorized,
        };
        assert_eq!(
            client.receive().await,
            Some(connack(code)),
            "will {topic} {retain}"
        );

        let path = topic.replace('/', "%2F").replace('$', "%24");
        let line = format!("POST /topics/{path}?retain={retain}");
        let answer = world.app.call("iotdata", &line, &[], json!({})).await;
        assert_eq!(
            answer.status == 200,
            open,
            "HTTP {topic} {retain}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn basic_ingest_and_requests_reach_no_subscriber() {
    let world = World::new().await;
    let mut watcher = world.connected("watcher").await;
    assert_eq!(
        watcher.subscribes(&["$aws/#", "last"]).await,
        [ReasonCode::GrantedQoS1; 2]
    );
    let mut client = world.connected("client").await;
    for topic in [
        "$aws/rules/r/a",
        "$aws/things/t/jobs/get",
        "$aws/certificates/create/json",
        "$aws/things/t/unheard/of",
        "last",
    ] {
        client.publishes(topic, b"1").await;
    }
    let mut topics = Vec::new();
    while topics.last().is_none_or(|last| last != "last") {
        if let Some(Packet::Publish(publish)) = watcher.receive().await {
            topics.push(publish.topic.to_string());
        }
    }
    topics.retain(|topic| !topic.starts_with("$aws/events/"));
    assert_eq!(topics, ["$aws/things/t/unheard/of", "last"]);
}

#[tokio::test]
async fn a_service_that_is_not_built_answers_who_asked() {
    let world = World::new().await;
    let asked = "$aws/things/t/defender/metrics/json";
    let rejected = "$aws/things/t/defender/metrics/json/rejected";
    let mut other = world.connected("other").await;
    other
        .subscribes(&[rejected, "$aws/things/t/jobs/get/+"])
        .await;
    let mut client = world.connected("client").await;
    // Without a subscription Device Defender has nobody to tell.
    let ask = || publish(asked, b"{}", false);
    let (came, _) = client.after(ask()).await;
    assert_eq!(messages(&came), []);
    client
        .subscribes(&["$aws/things/t/defender/+/+/+", rejected])
        .await;
    client.send(ask()).await;
    assert_eq!(client.receive().await, Some(Packet::PubAck(id().into())));
    let came = messages(&[client.receive().await.expect("a message")]);
    assert_eq!(came[0].0, rejected);
    assert_eq!(came[0].1["status"], "REJECTED");
    // Jobs tells whether subscribed or not.
    client
        .publishes("$aws/things/t/jobs/get", br#"{"clientToken":"x"}"#)
        .await;
    assert_eq!(client.receive().await, Some(Packet::PubAck(id().into())));
    let came = messages(&[client.receive().await.expect("a message")]);
    assert_eq!(came[0].0, "$aws/things/t/jobs/get/rejected");
    assert_eq!(came[0].1["clientToken"], "x");
    let (came, _) = other.after(Packet::PingReq).await;
    assert_eq!(messages(&came), [], "it is nobody else's");
}

/// An answer with a private key is the asking connection's, whatever others subscribe to, rules select, or it itself has
/// subscribed to.
#[tokio::test]
async fn a_private_key_reaches_only_who_asked_for_it() {
    let world = World::new().await;
    let mut others = Vec::new();
    for (number, filter) in ["#", "$aws/#", "$aws/certificates/create/+/accepted"]
        .into_iter()
        .enumerate()
    {
        let mut other = world.connected(&format!("other-{number}")).await;
        other.subscribes(&[filter]).await;
        others.push(other);
    }
    let mut client = world.connected("client").await;
    // Not subscribed, and subscribed.
    for _ in 0..2 {
        client
            .publishes("$aws/certificates/create/json", b"{}")
            .await;
        assert_eq!(client.receive().await, Some(Packet::PubAck(id().into())));
        let came = messages(&[client.receive().await.expect("a message")]);
        assert_eq!(came.len(), 1);
        assert_eq!(came[0].0, "$aws/certificates/create/json/accepted");
        assert!(came[0].1["privateKey"].is_string());
        client
            .subscribes(&["$aws/certificates/create/json/accepted"])
            .await;
    }
    for other in &mut others {
        let (came, _) = other.after(Packet::PingReq).await;
        let mut came = messages(&came);
        came.retain(|(topic, _)| !topic.starts_with("$aws/events/"));
        assert_eq!(came, []);
    }
    let line = "GET /retainedMessage";
    let kept = world.app.call("iotdata", line, &[], Value::Null).await.ok();
    assert_eq!(kept["retainedTopics"], json!([]));
    // Over HTTP there is no connection that could be answered.
    let line = "POST /topics/%24aws%2Fcertificates%2Fcreate%2Fjson";
    let answer = world.app.call("iotdata", line, &[], json!({})).await;
    assert_eq!(answer.status, 400, "{answer:?}");
}

/// What a trusted user hands to a device: no policy is attached to it, and it is good for its template alone.
#[tokio::test]
async fn a_temporary_claim_may_provision_and_no_more() {
    let world = World::new().await;
    let body = json!({"Resources": {"c": {"Type": "AWS::IoT::Certificate", "Properties": {
        "CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}}}},
        "Parameters": {"AWS::IoT::Certificate::Id": {"Type": "String"}}});
    let new = json!({"templateName": "t", "templateBody": body.to_string(),
        "provisioningRoleArn": "arn:aws:iam::123456789012:role/first"});
    super::role(&world.app).await;
    world
        .app
        .iot("POST /provisioning-templates", new)
        .await
        .ok();
    let line = "POST /provisioning-templates/t/provisioning-claim";
    let claim = world.app.iot(line, Value::Null).await.ok();
    let pem = claim["certificatePem"].as_str().expect("text");
    let certificate = nameplate_core::pki::Certificate::parse_pem(pem).expect("it is one");
    let mut client = world.dial_with(certificate.der());
    client.connects("claimer").await;
    client.publishes("$aws/certificates/create/json", b"").await;
    assert_eq!(client.receive().await, Some(Packet::PubAck(id().into())));
    let made = messages(&[client.receive().await.expect("a message")]);
    let token = made[0].1["certificateOwnershipToken"].as_str();
    let request = json!({"certificateOwnershipToken": token}).to_string();
    let provision = "$aws/provisioning-templates/t/provision/json";
    client.publishes(provision, request.as_bytes()).await;
    assert_eq!(client.receive().await, Some(Packet::PubAck(id().into())));
    let answer = messages(&[client.receive().await.expect("a message")]);
    assert_eq!(answer[0].0, format!("{provision}/accepted"));
    for topic in ["hello", "$aws/provisioning-templates/other/provision/json"] {
        let mut client = world.dial_with(certificate.der());
        client.connects("other").await;
        let (_, stays) = client.after(publish(topic, b"{}", false)).await;
        assert!(!stays, "{topic}");
    }
    // When it is over, so is its connection, and nobody comes in with it.
    let hash = certificate.id().0;
    let store = &world.app.app.kernel.store;
    let gone = store.tx("test", move |tx| {
        let row = tx.provisioning_claim(&hash)?.expect("it is there");
        Ok::<_, crate::app::Error>(tx.delete_provisioning_claim(&row)?)
    });
    gone.await.expect("it commits");
    assert_eq!(client.receive().await, None);
    let mut client = world.dial_with(certificate.der());
    client.send(connect("late", None)).await;
    assert_eq!(
        client.receive().await,
        Some(connack(ReasonCode::NotAuthorized))
    );
}

#[tokio::test]
async fn an_answer_needs_the_right_to_receive_it() {
    let world = World::allowing("iot:Connect iot:Publish").await;
    let mut client = world.connected("client").await;
    let (came, stays) = client
        .after(publish("$aws/things/t/jobs/get", b"", false))
        .await;
    assert_eq!((messages(&came), stays), (vec![], true));
}

#[tokio::test]
async fn subscriptions_follow_the_table() {
    let world = World::new().await;
    let mut client = world.connected("client").await;
    let granted = client
        .subscribes(&[
            "$aws/things/t/unheard/of",
            "$aws/things/t/greengrassv2/health/json/accepted",
        ])
        .await;
    assert_eq!(granted, [ReasonCode::GrantedQoS1; 2]);
    for filter in ["$aws/rules/#", "$aws/things/t/jobs/get", "$SYS/#"] {
        let mut client = world.connected("refused").await;
        let (came, stays) = client.after(subscribe(&[filter])).await;
        assert!(!stays, "{filter}");
        assert!(
            matches!(&came[..], [Packet::SubAck(ack)] if ack.codes == [ReasonCode::UnspecifiedError]),
            "{came:?}"
        );
    }
}

/// Whatever stands in a get or delete, it is carried out.
#[tokio::test]
async fn the_content_of_a_shadows_get_and_delete_is_ignored() {
    let world = World::new().await;
    let mut client = world.connected("client").await;
    let shadow = "$aws/things/t/shadow";
    client
        .subscribes(&[&format!("{shadow}/get/+"), &format!("{shadow}/delete/+")])
        .await;
    for (payload, token) in [
        (&b"nonsense"[..], Value::Null),
        (b"\xff\x00", Value::Null),
        (b"[1]", Value::Null),
        (br#"{"clientToken":7}"#, Value::Null),
        (br#"{"clientToken":"x"}"#, json!("x")),
    ] {
        let update = json!({"state": {"desired": {"a": 1}}});
        world
            .app
            .call("iotdata", "POST /things/t/shadow", &[], update)
            .await
            .ok();
        for operation in ["get", "delete"] {
            client
                .publishes(&format!("{shadow}/{operation}"), payload)
                .await;
            // PUBACK and the answer come in either order.
            let came = [client.receive().await, client.receive().await]
                .map(|packet| packet.expect("a packet"));
            let [(topic, document)] = &messages(&came)[..] else {
                panic!("one answer, not {came:?}");
            };
            assert_eq!(
                *topic,
                format!("{shadow}/{operation}/accepted"),
                "{payload:?}"
            );
            assert_eq!(document["clientToken"], token, "{payload:?}");
        }
    }
}

/// HTTP on the listener of MQTT is told so, in the form of AWS's errors.
#[tokio::test]
async fn http_is_answered_in_its_own_words() {
    let world = World::new().await;
    for request in [
        "POST /topics/a?qos=1 HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
    ] {
        let mut client = world.dial();
        client
            .stream
            .write_all(request.as_bytes())
            .await
            .expect("there is room");
        let mut answer = String::new();
        client
            .stream
            .read_to_string(&mut answer)
            .await
            .expect("the answer, and the end");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{head}");
        assert!(
            head.contains("\r\nx-amzn-errortype: InvalidRequestException"),
            "{head}"
        );
        assert!(
            head.contains(&format!("content-length: {}", body.len())),
            "{head}"
        );
        let body: Value = serde_json::from_str(body).expect("JSON");
        assert!(
            body["message"]
                .as_str()
                .is_some_and(|text| text.contains("speaks MQTT")),
            "{body}"
        );
        assert_eq!(body["traceId"].as_str().map(str::len), Some(36));
    }
}

/// Documents nested far deeper than any is, closed and not, as long as a message may be.
#[tokio::test]
async fn deep_json_is_answered_as_what_is_wrong() {
    let world = World::new().await;
    let mut client = world.connected("client").await;
    client
        .subscribes(&[
            "$aws/things/t/shadow/+/rejected",
            "$aws/things/t/shadow/name/n/+/rejected",
            "$aws/things/t/streams/s/rejected/json",
            "$aws/things/t/defender/metrics/json/rejected",
        ])
        .await;
    let depth = 20_000;
    let closed = format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    let open = "[".repeat(depth);
    for topic in [
        "$aws/things/t/shadow/update",
        "$aws/things/t/shadow/name/n/update",
        "$aws/things/t/jobs/get",
        "$aws/things/t/jobs/start-next",
        "$aws/things/t/jobs/j/update",
        "$aws/things/t/streams/s/get/json",
        "$aws/things/t/defender/metrics/json",
        "$aws/certificates/create-from-csr/json",
        "$aws/provisioning-templates/p/provision/json",
    ] {
        for document in [&closed, &open] {
            let (came, goes_on) = client
                .after(publish(topic, document.as_bytes(), false))
                .await;
            assert!(goes_on, "{topic}");
            // What commits answer, or the pump, may come a little later.
            let mut told = messages(&came);
            if told.is_empty() {
                told = messages(&[client.receive().await.expect("an answer")]);
            }
            assert!(told[0].0.contains("rejected"), "{topic}: {told:?}");
        }
    }
}
