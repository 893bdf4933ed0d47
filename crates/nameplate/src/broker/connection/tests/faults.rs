//! What a test may ask to go wrong, as the client sees it: the cases of AWS's Device Advisor that need a server which
//! keeps an answer to itself (AWS guide: device-advisor-tests-mqtt).

use super::*;

impl World {
    async fn goes_wrong(&self, fault: &str, of: &str) {
        let order = json!({"fault": fault, "of": of});
        let line = "POST /nameplate/faults";
        self.app.call("nameplate", line, &[], order).await.ok();
    }
}

#[tokio::test]
async fn answers_are_lost_once_and_of_one_client() {
    let world = World::new().await;
    for fault in [
        "lose-connack",
        "lose-suback",
        "lose-puback",
        "lose-pingresp",
    ] {
        world.goes_wrong(fault, "lamp").await;
    }
    let mut other = world.connected("other").await;
    assert!(matches!(
        &other.after(subscribe(&["a"])).await.0[..],
        [Packet::SubAck(_)]
    ));

    let mut first = world.dial();
    first.send(connect("lamp", None)).await;
    // It stays open, and silent: what comes next is not answered either.
    first.send(Packet::PingReq).await;
    let silent = std::time::Duration::from_millis(50);
    assert!(tokio::time::timeout(silent, first.receive()).await.is_err());
    drop(first);

    let mut lamp = world.connected("lamp").await;
    lamp.send(subscribe(&["b"])).await;
    lamp.send(publish("b", b"x", false)).await;
    lamp.send(Packet::PingReq).await;
    // The subscription stands, though SUBACK, PUBACK and PINGRESP are missing.
    let came = lamp.receive().await;
    assert!(
        matches!(&came, Some(Packet::Publish(message)) if message.payload.as_ref() == b"x"),
        "{came:?}"
    );
    let (came, stays) = lamp.after(subscribe(&["c"])).await;
    assert!(
        matches!(&came[..], [Packet::SubAck(_)]) && stays,
        "{came:?}"
    );
}
