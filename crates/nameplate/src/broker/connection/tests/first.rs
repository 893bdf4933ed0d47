//! First connections: what a device leaves in the registry before and after its CONNECT.

use super::*;
use crate::app::admission::explain::Subject;
use crate::app::admission::{Admit, ConnectAsk, Entrance, Who};
use nameplate_core::pki::CertificateId;
use nameplate_core::registry::certificate::Status;

impl Owner {
    pub(super) fn status(&self, device: &[u8]) -> Option<Status> {
        let CertificateId(hash) = CertificateId::of(device);
        let entry = self
            .app
            .app
            .kernel
            .store
            .certificate_entry_now(&hash)
            .ok()??;
        Some(entry.status)
    }

    /// The newest record of this device.
    pub(super) async fn record(&self, device: &[u8]) -> Value {
        let CertificateId(hash) = CertificateId::of(device);
        let found = self
            .app
            .app
            .admission
            .explain(&Subject::Certificate(hash), 1)
            .await;
        let found = found.expect("records can be read");
        serde_json::from_str(&found[0].text).expect("a record is JSON")
    }

    /// Whether anything was to be told to anybody.
    fn effects(&self) -> usize {
        std::iter::from_fn(|| self.world.app.effect()).count()
    }
}

/// Names of the stages that a record has.
pub(super) fn stages(record: &Value) -> Vec<&str> {
    let stages = record["stages"].as_array().expect("a list");
    stages
        .iter()
        .map(|stage| stage["stage"].as_str().expect("a name"))
        .collect()
}

#[tokio::test]
async fn a_handshake_alone_leaves_nothing_in_the_registry() {
    for provisions in [false, true] {
        for first in [FirstConnect::Inline, FirstConnect::Aws] {
            let owner = Owner::new(first, provisions).await;
            owner.effects();
            let device = owner.device("lamp");
            // Whoever closes, or sends what is no CONNECT.
            let without: [(&[u8], &str); 4] = [
                (b"", "connect-missing"),
                (b"\x10\x0e\x00\x04MQ", "connect-missing"),
                (b"\xc0\x00", "connect-malformed"),
                (b"GET / HTTP/1.1\r\n\r\n", "connect-malformed"),
            ];
            for (sent, code) in without {
                let mut client = owner.dial_with(&device);
                client.send_bytes(sent).await;
                client.hang_up().await;
                assert_eq!(owner.status(&device), None, "{sent:?}");
                assert_eq!(owner.effects(), 0, "{sent:?}");
                let record = owner.record(&device).await;
                assert_eq!(record["code"], code, "{record}");
                assert_eq!(stages(&record), ["tls", "certificate", "issuer"]);
                assert_eq!(record["failedStage"], "connect");
            }
        }
    }
}

#[tokio::test]
async fn provisioning_begins_with_connect() {
    let owner = Owner::new(FirstConnect::Inline, true).await;
    let device = owner.device("lamp");
    let mut client = owner.dial_with(&device);
    client.connects("lamp").await;
    assert_eq!(owner.status(&device), Some(Status::Active));
    let record = owner.record(&device).await;
    assert_eq!(
        (&record["clientId"], &record["thingName"]),
        (&json!("lamp"), &json!("lamp"))
    );
    let first = [
        "tls",
        "certificate",
        "issuer",
        "connect",
        "auto-registered",
        "template",
        "provisioned",
        "authorized",
        "connected",
    ];
    assert_eq!(stages(&record), first);
    client.hang_up().await;
    let mut client = owner.dial_with(&device);
    client.connects("lamp").await;
    let again = [
        "tls",
        "certificate",
        "registered",
        "connect",
        "authorized",
        "connected",
    ];
    assert_eq!(stages(&owner.record(&device).await), again);
    client.hang_up().await;

    let owner = Owner::new(FirstConnect::Aws, true).await;
    let device = owner.device("lamp");
    let mut client = owner.dial_with(&device);
    client.send(connect("lamp", None)).await;
    assert_eq!(client.rest().await, b"");
    assert_eq!(owner.status(&device), Some(Status::Active));
    let record = owner.record(&device).await;
    assert_eq!(
        (&record["code"], &record["clientId"]),
        (&json!("provisioned-and-closed"), &json!("lamp"))
    );
    assert_eq!(record["thingName"], "lamp");
}

#[tokio::test]
async fn a_first_connection_that_fails_names_the_thing_that_it_was_to_be() {
    let owner = Owner::new(FirstConnect::Inline, true).await;
    owner
        .app
        .iot("DELETE /policies/device", json!({}))
        .await
        .ok();
    let device = owner.device("lamp");
    let mut client = owner.dial_with(&device);
    client.send(connect("phone", None)).await;
    client.rest().await;
    let record = owner.record(&device).await;
    assert_eq!(
        (&record["code"], &record["thingName"]),
        (&json!("provisioning-policy-absent"), &json!("lamp"))
    );
}

#[tokio::test]
async fn a_first_connection_takes_few_statements() {
    let owner = Owner::new(FirstConnect::Inline, true).await;
    let store = &owner.app.app.kernel.store;
    let mut counted = Vec::new();
    // The first one also makes the template's policy and begins blocks of keys.
    for name in ["lamp", "fan"] {
        let device = owner.device(name);
        store.flush().await;
        let before = store.statements();
        let mut client = owner.dial_with(&device);
        // Not as its thing, whose connectivity is written when it likes.
        client.connects(&format!("{name}-1")).await;
        store.flush().await;
        counted.push(store.statements() - before);
        client.hang_up().await;
    }
    // The policy; certificate, DER, event, thing, two attachments; and the record, which makes the oldest go. Beginning
    // and end of two transactions.
    assert_eq!(counted[1], 1 + 6 + 2 + 4, "{counted:?}");
}

#[tokio::test]
async fn a_ca_that_closes_between_handshake_and_connect_takes_nobody() {
    let owner = Owner::new(FirstConnect::Inline, true).await;
    let device = owner.device("lamp");
    let peer = owner.peer(&device);
    let mut attempt = Attempt::new("mqtt", peer.address, NOW);
    let Admit::First(newcomer) = owner.app.app.admission.admit(peer, &mut attempt).await else {
        panic!("a first connection goes on to CONNECT")
    };
    let line = format!(
        "PUT /cacertificate/{}?newAutoRegistrationStatus=DISABLE",
        CertificateId::of(owner.ca.der())
    );
    owner.app.iot(&line, json!({})).await.ok();
    let gone = std::future::pending();
    match owner
        .app
        .app
        .admission
        .enter(*newcomer, &mut attempt, gone)
        .await
    {
        Entrance::Refuse(refused) => assert_eq!(refused.code, "auto-registration-disabled"),
        other => panic!("{other:?}"),
    }
    assert_eq!(owner.status(&device), None);
}

/// What was read of a certificate at its handshake, or written at its provisioning, counts until something is heard of it.
#[tokio::test]
async fn what_changes_before_a_connect_is_decided_counts() {
    for is_known in [false, true] {
        let owner = Owner::new(FirstConnect::Inline, true).await;
        let device = owner.device("lamp");
        if is_known {
            let mut client = owner.dial_with(&device);
            client.connects("lamp").await;
            client.hang_up().await;
        }
        let (peer, app) = (owner.peer(&device), &owner.app.app);
        let (address, admission) = (peer.address, &app.admission);
        let mut attempt = Attempt::new("mqtt", address, NOW);
        let who: Who = match admission.admit(peer, &mut attempt).await {
            Admit::Enter(who) if is_known => who,
            Admit::First(newcomer) if !is_known => {
                let gone = std::future::pending();
                match admission.enter(*newcomer, &mut attempt, gone).await {
                    Entrance::Enter(admitted) => admitted.into(),
                    other => panic!("{other:?}"),
                }
            }
            other => panic!("{other:?}"),
        };
        assert!(admission.has_seen(&who), "known before: {is_known}");
        let ask = ConnectAsk {
            client_id: "lamp",
            persistent: false,
            will: None,
        };
        let permitted = admission.open_connection(&who, &ask, address).await;
        assert!(permitted.is_ok());
        let line = format!(
            "PUT /certificates/{}?newStatus=REVOKED",
            CertificateId::of(&device)
        );
        owner.app.iot(&line, json!({})).await.ok();
        assert!(!admission.has_seen(&who));
        let refused = admission.open_connection(&who, &ask, address).await;
        let code = refused.map_err(|refused| refused.code).err();
        assert_eq!(code.as_deref(), Some("certificate-revoked"));
    }
}

#[tokio::test]
async fn a_registered_certificate_is_not_registered_again() {
    let owner = Owner::new(FirstConnect::Aws, false).await;
    let device = owner.device("lamp");
    for (stage, word) in [("issuer", true), ("registered", false)] {
        let mut client = owner.dial_with(&device);
        client.send(connect("lamp", None)).await;
        assert_eq!(client.rest().await, b"");
        assert_eq!(owner.status(&device), Some(Status::PendingActivation));
        let record = owner.record(&device).await;
        let names = stages(&record);
        assert_eq!(names[2], stage, "{record}");
        assert_eq!(names.contains(&"auto-registered"), word, "{record}");
    }
}

#[tokio::test]
async fn a_held_client_may_leave() {
    let owner = Owner::new(FirstConnect::Inline, false).await;
    let device = owner.device("lamp");
    let mut client = owner.dial_with(&device);
    client.send(connect("lamp", None)).await;
    // What is pipelined behind CONNECT is no sign of leaving.
    client.send(Packet::PingReq).await;
    client.hang_up().await;
    assert_eq!(owner.status(&device), Some(Status::PendingActivation));
    let record = owner.record(&device).await;
    assert_eq!(record["code"], "activation-abandoned", "{record}");
}

#[tokio::test]
async fn a_held_client_is_held_while_the_store_is_away() {
    let owner = Owner::new(FirstConnect::Inline, false).await;
    let device = owner.device("lamp");
    let mut client = owner.dial_with(&device);
    client.send(connect("lamp", None)).await;
    while owner.status(&device).is_none() {
        tokio::task::yield_now().await;
    }
    let (CertificateId(hash), app) = (CertificateId::of(&device), &owner.app);
    let store = &app.app.kernel.store;
    store.fail_reads(true);
    let activated = store.tx("test", move |tx| {
        tx.set_certificate_status(&hash, Status::Active, NOW)
    });
    activated.await.expect("the store works");
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    store.fail_reads(false);
    let body = json!({"policyDocument": allow(&["iot:*"]).to_string()});
    app.iot("POST /policies/q", body).await.ok();
    let target = format!("{}cert/{}", crate::testing::ARN, hex::encode(hash));
    let line = "PUT /target-policies/q";
    app.iot(line, json!({"target": target})).await.ok();
    assert_eq!(client.receive().await, Some(connack(ReasonCode::Success)));
}
