"""Publishing and subscribing under IoT policies, and what changes do to connections that are open.

AWS IoT developer guide: "Publish/Subscribe policy examples", "MQTT", "Deactivate a client certificate".
"""

import json
import struct

import pytest
from lib import ACCOUNT, REGION, Ca, connect_packet, unique, until


def arn(kind, name):
    return f"arn:aws:iot:{REGION}:{ACCOUNT}:{kind}/{name}"


def document(*statements):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": effect, "Action": action, "Resource": resource} for effect, action, resource in statements
            ],
        }
    )


CONNECT = ("Allow", "iot:Connect", "*")


@pytest.fixture
def device(server, tmp_path):
    """Makes a device whose policy has these statements."""
    return lambda *statements: server.service_device(tmp_path, document(*statements))


@pytest.fixture
def free(server, tmp_path):
    """A device that may do everything."""
    return server.service_device(tmp_path)


@pytest.mark.parametrize("qos", [0, 1])
def test_both_qualities_of_service(server, free, qos):
    with server.subscriber(free, "q/+", qos=qos) as subscriber:
        done = server.mosquitto(
            "mosquitto_pub", free, "-i", unique(), "-q", str(qos), "-t", "q/1", "-m", "Hello", "-d", check=True
        )
        assert ("received PUBACK" in done.stdout) == (qos == 1)
        assert subscriber.wait_for(1) == [("q/1", "Hello")]


def test_qos_2_is_not_offered(server, free):
    with server.raw(free) as raw:
        assert raw.connect(unique()) == 0
        kind, body = raw.subscribe("q", qos=2) or (None, b"\x80")
        assert body[-1] in (0x01, 0x80), "granted at most 1, or refused"


def test_wildcards(server, free):
    with server.subscriber(free, "w/+/x", "w/deep/#") as subscriber:
        for topic in ["w/1/x", "w/1/y", "w/deep/a/b/c", "w/1/x/2", "w/deep/x"]:
            server.pub(free, topic, topic)
        server.pub(free, "w/deep/last", "last")
        until(lambda: ("w/deep/last", "last") in subscriber.messages, "the last")
        assert {topic for topic, _ in subscriber.messages} == {"w/1/x", "w/deep/a/b/c", "w/deep/x", "w/deep/last"}


def test_retained(server, free):
    topic = f"retained/{unique()}"
    server.pub(free, topic, "kept", "-r")
    with server.raw(free) as raw:
        assert raw.connect(unique()) == 0
        assert raw.subscribe(topic) == (0x90, b"\x00\x01\x01")
        kind, body = raw.receive()
        assert kind & 0xF1 == 0x31 and body.endswith(b"kept")
    server.mosquitto("mosquitto_pub", free, "-i", unique(), "-q", "1", "-t", topic, "-r", "-n", check=True)
    with server.raw(free) as raw:
        assert raw.connect(unique()) == 0
        raw.subscribe(topic)
        assert raw.ping(), "nothing is kept any more"


def test_will(server, free):
    topic = f"will/{unique()}"
    with server.subscriber(free, topic) as subscriber:
        raw = server.raw(free)
        assert raw.connect(unique(), will=(topic, b"gone", False)) == 0
        raw.close()
        assert subscriber.wait_for(1) == [(topic, "gone")]
        # A proper DISCONNECT is no reason for it.
        raw = server.raw(free)
        assert raw.connect(unique(), will=(topic, b"never", False)) == 0
        raw.send(b"\xe0\x00")
        assert raw.closed()
        server.pub(free, topic, "after")
        assert subscriber.wait_for(2) == [(topic, "gone"), (topic, "after")]


def test_the_same_client_id_takes_over(server, free):
    client_id = unique("twin")
    with server.raw(free) as first, server.raw(free) as second:
        assert first.connect(client_id) == 0
        assert second.connect(client_id) == 0
        assert first.closed()
        assert second.ping()


# Policies.


def test_subscribe_denied(server, device, free):
    """SUBACK 0x80 for the filter, then the close (MQTT 3.1.1)."""
    limited = device(CONNECT, ("Allow", "iot:Subscribe", arn("topicfilter", "mine/*")), ("Allow", "iot:Receive", "*"))
    with server.raw(limited) as raw:
        assert raw.connect(unique()) == 0
        assert raw.subscribe("mine/a") == (0x90, b"\x00\x01\x01")
    with server.raw(limited) as raw:
        assert raw.connect(unique()) == 0
        assert raw.subscribe("theirs/a") == (0x90, b"\x00\x01\x80")
    assert "iot:Subscribe" in server.log() and "theirs/a" in server.log()


def test_publish_denied_closes(server, device, free):
    limited = device(CONNECT, ("Allow", "iot:Publish", arn("topic", "mine/*")))
    with server.subscriber(free, "mine/#", "theirs/#") as subscriber:
        with server.raw(limited) as raw:
            assert raw.connect(unique()) == 0
            raw.publish("mine/a", b"1")
            assert raw.receive() == (0x40, struct.pack("!H", 2))
            raw.publish("theirs/a", b"2")
            assert raw.receive() is None, "no PUBACK"
        done = server.pub(limited, "theirs/a", "3", check=False)
        assert "received PUBACK" not in done.stdout
        server.pub(free, "mine/last", "4")
        until(lambda: ("mine/last", "4") in subscriber.messages, "the last")
        assert [m for m in subscriber.messages if m[0].startswith("theirs")] == []


def test_receive_denied_withholds(server, device, free):
    limited = device(
        CONNECT, ("Allow", "iot:Subscribe", "*"), ("Allow", "iot:Receive", "*"),
        ("Deny", "iot:Receive", arn("topic", "news/secret")),
    )  # fmt: skip
    with server.subscriber(limited, "news/#") as subscriber:
        server.pub(free, "news/secret", "no")
        server.pub(free, "news/open", "yes")
        assert subscriber.wait_for(1) == [("news/open", "yes")]
        # The connection stays.
        server.pub(free, "news/open", "again")
        subscriber.wait_for(2)
    assert "nameplate_messages_withheld_total 0" not in server.get("/metrics")


def test_retain_needs_its_own_permission(server, device):
    limited = device(CONNECT, ("Allow", "iot:Publish", "*"))
    with server.raw(limited) as raw:
        assert raw.connect(unique()) == 0
        raw.publish("kept", b"1", retain=True)
        assert raw.receive() is None


def test_a_will_that_may_not_be_published(server, device):
    limited = device(CONNECT)
    with server.raw(limited) as raw:
        assert raw.connect(unique(), will=("a/b", b"x", False)) == 5


def test_variables_of_the_connection(server, device):
    own = device(
        ("Allow", "iot:Connect", arn("client", "lamp-*")),
        ("Allow", "iot:Publish", arn("topic", "of/${iot:ClientId}")),
    )
    client_id = unique("lamp")
    with server.raw(own) as raw:
        assert raw.connect(client_id) == 0
        raw.publish(f"of/{client_id}", b"1")
        assert raw.receive() == (0x40, struct.pack("!H", 2))
        raw.publish("of/another", b"1")
        assert raw.receive() is None
    with server.raw(own) as raw:
        assert raw.connect(unique("radio")) == 5


def test_variables_of_the_thing(server, device, iot):
    name = unique("lamp")
    limited = device(("Allow", "iot:Connect", arn("client", "${iot:Connection.Thing.ThingName}")),
                     ("Allow", "iot:Publish", arn("topic", "${iot:Connection.Thing.Attributes[room]}/state")))  # fmt: skip
    iot.create_thing(thingName=name, attributePayload={"attributes": {"room": "kitchen"}})
    with server.raw(limited) as raw:
        assert raw.connect(name) == 5, "not attached yet"
    iot.attach_thing_principal(thingName=name, principal=limited.arn)
    with server.raw(limited) as raw:
        assert raw.connect(name) == 0
        raw.publish("kitchen/state", b"on")
        assert raw.receive() == (0x40, struct.pack("!H", 2))


# Changes while connections are open.


def test_inactive_disconnects_at_once(server, free, iot):
    with server.subscriber(free, "open/#") as subscriber, server.raw(free) as raw:
        assert raw.connect(unique()) == 0
        iot.update_certificate(certificateId=free.arn.split("/")[1], newStatus="INACTIVE")
        assert raw.closed()
        subscriber.wait_closed()
        until(lambda: any("CONNACK (5)" in line for line in subscriber.lines), "and it does not come back")


def test_detaching_the_last_policy_disconnects(server, free, iot):
    with server.raw(free) as raw:
        assert raw.connect(unique()) == 0
        iot.detach_policy(policyName=free.policy, target=free.arn)
        assert raw.closed()


def test_a_new_default_version_counts_for_open_connections(server, device, free, iot):
    changing = device(CONNECT, ("Allow", "iot:Publish", arn("topic", "a")))
    with server.raw(changing) as raw, server.raw(changing) as other, server.raw(changing) as probe:
        assert raw.connect(unique()) == 0 and other.connect(unique()) == 0 and probe.connect(unique()) == 0
        raw.publish("a", b"1")
        assert raw.receive() == (0x40, struct.pack("!H", 2))
        iot.create_policy_version(
            policyName=changing.policy,
            policyDocument=document(CONNECT, ("Allow", "iot:Publish", arn("topic", "b"))),
            setAsDefault=True,
        )
        # The answer of the API does not wait for every connection: one finds out when it counts.
        until(lambda: denied(probe, "a"), "the new version counts")
        assert raw.ping()
        # Permitted before and after: stays open; now b and no longer a.
        raw.publish("b", b"1", packet_id=3)
        assert raw.receive() == (0x40, struct.pack("!H", 3))
        raw.publish("a", b"1", packet_id=4)
        assert raw.receive() is None
        # A version that allows nobody to connect ends those who are.
        iot.create_policy_version(
            policyName=changing.policy, policyDocument=document(("Deny", "iot:Connect", "*")), setAsDefault=True
        )
        assert other.closed()


def denied(raw, topic):
    raw.publish(topic, b"1", packet_id=9)
    return raw.receive() is None


def test_a_version_that_is_not_default_changes_nothing(server, free, iot):
    with server.raw(free) as raw:
        assert raw.connect(unique()) == 0
        iot.create_policy_version(policyName=free.policy, policyDocument=document(("Deny", "*", "*")))
        assert raw.ping()


def test_receive_changes_for_subscriptions_that_exist(server, device, free, iot):
    changing = device(CONNECT, ("Allow", "iot:Subscribe", "*"), ("Allow", "iot:Receive", "*"))
    with server.subscriber(changing, "r/#") as subscriber:
        server.pub(free, "r/1", "1")
        subscriber.wait_for(1)
        iot.create_policy_version(
            policyName=changing.policy,
            policyDocument=document(CONNECT, ("Allow", "iot:Subscribe", "*"), ("Allow", "iot:Receive", arn("topic", "r/3"))),
            setAsDefault=True,
        )
        server.pub(free, "r/2", "2")
        server.pub(free, "r/3", "3")
        assert subscriber.wait_for(2) == [("r/1", "1"), ("r/3", "3")]


# Just-in-time registration.


def test_jitr_event_and_activation(server, ca, free, iot):
    """AWS guide: auto-register-device-cert. In `inline` the connection waits for the handler."""
    ca.register(server)
    device = ca.device(kind="ec")
    with server.subscriber(free, "$aws/events/certificates/registered/#") as subscriber:
        with server.raw(device) as raw:
            raw.send(connect_packet(unique("jitr")))
            ((topic, payload),) = subscriber.wait_for(1)
            event = json.loads(payload)
            assert topic == f"$aws/events/certificates/registered/{ca.certificate_id}"
            assert event["certificateId"] == device.id
            assert event["caCertificateId"] == ca.certificate_id
            assert event["certificateStatus"] == "PENDING_ACTIVATION"
            assert event["awsAccountId"] == ACCOUNT
            assert isinstance(event["timestamp"], int)
            assert isinstance(event["certificateRegistrationTimestamp"], str)
            # What AWS's sample handler does.
            policy = unique("Policy")
            iot.create_policy(policyName=policy, policyDocument=document(("Allow", "iot:*", "*")))
            iot.attach_principal_policy(policyName=policy, principal=arn("cert", device.id))
            iot.update_certificate(certificateId=device.id, newStatus="ACTIVE")
            assert raw.receive() == (0x20, b"\x00\x00")


def test_jitr_that_nobody_answers(make_server, tmp_path):
    server = make_server("--jitr-wait", "1")
    ca = Ca(tmp_path / "ca").register(server)
    device = ca.device(kind="ec")
    assert "CONNACK (5)" in server.pub(device, "a", "b", check=False).stdout
    server.explained(device.id, "activation-timeout")
