//! Rights that change while a connection is open.

use super::*;
use crate::router::Control;

/// Has the device's policy allow these actions from now on.
async fn allow_from_now_on(world: &World, actions: &[&str]) {
    let body = json!({"policyDocument": allow(actions).to_string()});
    let line = "POST /policies/p/version?setAsDefault=true";
    world.app.iot(line, body).await.ok();
}

/// Whoever called may say so, and the client does it before its connection has been told.
#[tokio::test]
async fn a_right_counts_from_the_call_that_gave_it() {
    for version in [Version::V311, Version::V5] {
        let world = World::untold("iot:Connect", TestApp::new().await).await;
        let mut client = world.dial();
        let Packet::Connect(mut packet) = connect("client", None) else {
            unreachable!("it is a CONNECT");
        };
        packet.version = version;
        client.send(Packet::Connect(packet)).await;
        assert!(matches!(client.receive().await, Some(Packet::ConnAck(_))));

        let may = ["iot:Connect", "iot:Subscribe"];
        allow_from_now_on(&world, &may).await;
        assert_eq!(client.subscribes(&["a"]).await, [ReasonCode::GrantedQoS1]);
        let may = ["iot:Connect", "iot:Publish"];
        allow_from_now_on(&world, &may).await;
        let (came, stays) = client.after(publish("b", b"1", false)).await;
        assert_eq!(came, [Packet::PubAck(id().into())]);
        assert!(stays);
        // What is on its way is judged as it arrives.
        let may = ["iot:Connect", "iot:Receive"];
        allow_from_now_on(&world, &may).await;
        world
            .app
            .call("iotdata", "POST /topics/a", &[], json!({"n": 1}))
            .await
            .ok();
        let came = client.receive().await.expect("a message");
        assert_eq!(messages(&[came])[0].0, "a");
        // And a refusal is one.
        let (came, stays) = client.after(publish("b", b"1", false)).await;
        let refused = version == Version::V5
            && matches!(&came[..], [Packet::PubAck(ack)] if ack.code == ReasonCode::NotAuthorized);
        assert_eq!(
            (refused, stays),
            (version == Version::V5, version == Version::V5),
            "{came:?}"
        );
    }
}

/// It must neither end all connections nor let one stay that may not be any more.
#[tokio::test]
async fn what_cannot_be_read_when_it_changes_is_read_when_it_can() {
    let world = World::untold("iot:*", TestApp::new().await).await;
    let mut client = world.connected("client").await;
    allow_from_now_on(&world, &["iot:Publish"]).await;
    let app = &world.app.app;
    app.kernel.store.fail_reads(true);
    app.router.signal_all(Control::Reauthorize);
    for _ in 0..2 {
        client.send(Packet::PingReq).await;
        let answer = client.receive().await;
        assert_eq!(answer, Some(Packet::PingResp), "it stays for now");
    }
    app.kernel.store.fail_reads(false);
    assert_eq!(client.receive().await, None, "it may not connect");
}
