"""The worked page docs/gateways.md: a gateway keeps the shadows of devices behind it over its own connection."""

import json
import re
import struct

import pytest
from lib import ROOT, packet, text, unique, until


@pytest.fixture(scope="module")
def policy(iot):
    """The page's own policy."""
    page = (ROOT / "docs" / "gateways.md").read_text()
    document, _ = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    name = unique("gateways")
    iot.create_policy(policyName=name, policyDocument=document)
    return name


@pytest.fixture
def gateway(server, iot, policy, tmp_path):
    def make(name):
        device = server.service_device(tmp_path, policy=None)
        iot.attach_policy(policyName=policy, target=device.arn)
        iot.create_thing(thingName=name)
        iot.attach_thing_principal(thingName=name, principal=device.arn)
        return device

    return make


def subscribes(raw, *filters):
    """The codes of a SUBACK."""
    body = struct.pack("!H", 7) + b"".join(text(one) + b"\x01" for one in filters)
    raw.send(packet(0x82, body))
    return raw.receive()[1][2:]


def received(raw):
    """Topic and document of the next PUBLISH."""
    kind, body = raw.receive()
    while kind >> 4 != 3:
        kind, body = raw.receive()
    (length,) = struct.unpack("!H", body[:2])
    rest = body[2 + length :]
    if kind & 0x06:
        raw.send(packet(0x40, rest[:2]))
        rest = rest[2:]
    return body[2 : 2 + length].decode(), json.loads(rest)


def test_the_worked_page(server, gateway):
    name = unique("gw")
    device, data = gateway(name), server.client("iot-data")
    with server.raw(device) as raw:
        assert raw.connect(name) == 0
        # One subscription for all deltas, and one for the answers about one device.
        every, lamp = "$aws/things/+/shadow/update/delta", f"$aws/things/{name}-lamp/shadow"
        assert subscribes(raw, every, f"{lamp}/update/accepted", f"{lamp}/get/+") == b"\x01\x01\x01"
        raw.publish(f"{lamp}/update", json.dumps({"state": {"reported": {"on": False}}}).encode(), qos=0)
        topic, accepted = received(raw)
        assert (topic, accepted["state"]) == (f"{lamp}/update/accepted", {"reported": {"on": False}})
        # Somebody wants it otherwise; what is wanted of another gateway's device does not come here.
        other = unique("gw")
        for thing in (f"{other}-lamp", f"{name}0-lamp", f"{name}-door"):
            data.update_thing_shadow(thingName=thing, payload=b'{"state":{"desired":{"on":true}}}')
        topic, delta = received(raw)
        assert (topic, delta["state"]) == (f"$aws/things/{name}-door/shadow/update/delta", {"on": True})
        raw.publish(f"{lamp}/get", b"", qos=0)
        topic, document = received(raw)
        assert topic == f"{lamp}/get/accepted" and document["state"]["reported"] == {"on": False}
        # Its own shadow, and a named one of a device behind it.
        raw.publish(f"$aws/things/{name}/shadow/update", b'{"state":{"reported":{"up":1}}}', qos=0)
        raw.publish(f"{lamp}/name/radio/update", b'{"state":{"reported":{"dbm":-60}}}', qos=0)
        assert raw.ping()
        until(lambda: data.list_named_shadows_for_thing(thingName=f"{name}-lamp")["results"] == ["radio"], "it is kept")
        # Another's is refused, which ends the connection.
        raw.publish(f"$aws/things/{other}-lamp/shadow/update", b'{"state":{"reported":{"on":false}}}', qos=0)
        assert raw.receive() is None
    record = until(lambda: next((r for r in server.attempts(name) if r["code"] == "publish-denied"), None), "a record")
    assert f"{other}-lamp/shadow/update" in record["reason"]
    assert any(r["code"] == "receive-denied" for r in server.attempts(name))


def test_a_connection_that_belongs_to_no_thing(server, iot, gateway, policy, tmp_path):
    name = unique("gw")
    device = gateway(name)
    # Another client id is no thing of this certificate's.
    with server.raw(device) as raw:
        assert raw.connect(unique("gw")) == 5
    # Nor is the thing when the certificate is taken from it, which ends an open connection.
    with server.raw(device) as raw:
        assert raw.connect(name) == 0
        iot.detach_thing_principal(thingName=name, principal=device.arn)
        assert raw.receive() is None
    with server.raw(device) as raw:
        assert raw.connect(name) == 5


def test_a_filter_of_others_is_refused(server, gateway):
    """What an SDK calls -12 and the like: SUBACK says 0x80, and the record which filter."""
    name = unique("gw")
    with server.raw(gateway(name)) as raw:
        assert raw.connect(name) == 0
        assert subscribes(raw, "$aws/things/other/shadow/update/delta") == b"\x80"
    record = until(lambda: next((r for r in server.attempts(name) if r["code"] == "subscribe-denied"), None), "a record")
    assert "$aws/things/other/shadow/update/delta" in record["reason"]
