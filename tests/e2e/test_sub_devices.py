"""Children of docs/gateways.md: a gateway written on paho speaks for three devices that have no connection of their own."""

import json
import queue
import re
import ssl

import cbor2
import paho.mqtt.client as paho
import pytest
from lib import ROOT, jitp_role, unique, until

DEADLINE = 10


@pytest.fixture(scope="module")
def policy(iot):
    """The page's own policy."""
    page = (ROOT / "docs" / "gateways.md").read_text()
    _, document = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    name = unique("parents")
    iot.create_policy(policyName=name, policyDocument=document)
    return name


class Gateway:
    """What somebody writes who has paho and a field bus."""

    def __init__(self, server, device, name):
        self.name, self.received, self.ended = name, queue.Queue(), queue.Queue()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv311)
        context = ssl.create_default_context(cafile=server.root_ca)
        context.load_cert_chain(device.cert, device.key)
        self.client.tls_set_context(context)
        ready = queue.Queue()
        self.client.on_connect = lambda *_: ready.put("connected")
        self.client.on_subscribe = lambda *_: ready.put("subscribed")
        self.client.on_message = lambda _, __, message: self.received.put((message.topic, message.payload))
        self.client.on_disconnect = lambda *_: self.ended.put(True)
        self.client.connect("localhost", server.mqtt_port)
        self.client.loop_start()
        assert ready.get(timeout=DEADLINE) == "connected"
        self.client.subscribe([("$nameplate/things/+/register-child/+/+", 1), ("$aws/things/+/shadow/update/delta", 1)])
        assert ready.get(timeout=DEADLINE) == "subscribed"

    def answer(self, topic, payload=b"", read=json.loads):
        """Publishes, and gives the word and the document of the answer."""
        self.client.publish(topic, payload, qos=1)
        while True:
            found, body = self.received.get(timeout=DEADLINE)
            if found.startswith(topic + "/"):
                return found.rsplit("/", 1)[1], read(body)

    def register(self, child, **more):
        return self.answer(f"$nameplate/things/{child}/register-child/json", json.dumps(more).encode() if more else b"")

    def report(self, child, state):
        topic = f"$aws/things/{child}/shadow/update"
        self.client.publish(topic, json.dumps({"state": {"reported": state}}), qos=1)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def gateway(server, iot, policy, tmp_path):
    made = []

    def make(name):
        device = server.service_device(tmp_path, policy=None)
        iot.attach_policy(policyName=policy, target=device.arn)
        iot.create_thing(thingName=name)
        iot.attach_thing_principal(thingName=name, principal=device.arn)
        made.append(Gateway(server, device, name))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_a_gateway_with_three_children(server, iot, gateway):
    one, two = gateway(unique("gw")), gateway(unique("gw"))
    data = server.client("iot-data")
    lamp, door, meter = (f"{one.name}-{kind}" for kind in ("lamp", "door", "meter"))
    word, answer = one.register(lamp, attributes={"floor": 2})
    assert (word, answer["thingName"], answer["parent"]) == ("accepted", lamp, one.name)
    assert one.register(door)[0] == "accepted"
    topic = f"$nameplate/things/{meter}/register-child/cbor"
    word, answer = one.answer(topic, cbor2.dumps({"attributes": {"unit": "kWh"}}), cbor2.loads)
    assert (word, answer["parent"]) == ("accepted", one.name)
    found = iot.describe_thing(thingName=lamp)
    assert (found["attributes"], found["thingId"]) == ({"floor": "2", "parent": one.name}, iot.describe_thing(thingName=lamp)["thingId"])
    # Once more, with other attributes.
    assert one.register(lamp, attributes={"floor": "", "room": "hall"})[0] == "accepted"
    assert iot.describe_thing(thingName=lamp)["attributes"] == {"room": "hall", "parent": one.name}
    things = iot.list_things(attributeName="parent", attributeValue=one.name)["things"]
    assert sorted(thing["thingName"] for thing in things) == sorted([lamp, door, meter])
    assert any(r["code"] == "child-registered" for r in server.attempts(lamp))

    # It speaks for them.
    for child, state in ((lamp, {"on": True}), (door, {"open": False}), (meter, {"kWh": 7})):
        one.report(child, state)
        shadow = until(lambda child=child: server_shadow(data, child), "its shadow")
        assert shadow["state"]["reported"] == state
    data.update_thing_shadow(thingName=door, payload=b'{"state":{"desired":{"open":true}}}')
    topic, body = one.received.get(timeout=DEADLINE)
    assert (topic, json.loads(body)["state"]) == (f"$aws/things/{door}/shadow/update/delta", {"open": True})

    # A thing of its name's own that it did not register, and one of another gateway's.
    stands_alone = f"{one.name}-alone"
    iot.create_thing(thingName=stands_alone)
    word, answer = one.register(stands_alone)
    assert (word, answer["statusCode"], answer["errorCode"]) == ("rejected", 403, "AccessDenied")
    theirs = f"{one.name}-theirs"
    iot.create_thing(thingName=theirs, attributePayload={"attributes": {"parent": two.name}})
    word, answer = one.register(theirs)
    assert (word, answer["statusCode"]) == ("rejected", 403) and two.name not in answer["errorMessage"]
    record = until(lambda: next(iter(server.attempts(theirs)), None), "a record")
    assert record["code"] == "child-of-another" and f"is a child of {two.name}" in record["reason"]
    assert one.register(lamp, attributes={"parent": two.name})[1]["statusCode"] == 400

    # The lamp moves: at once it is the other's, and no longer the one's.
    payload = {"attributes": {"parent": two.name}, "merge": True}
    iot.update_thing(thingName=lamp, attributePayload=payload)
    two.report(lamp, {"on": False})
    shadow = until(lambda: (s := server_shadow(data, lamp)) and s["state"]["reported"] == {"on": False} and s, "the new one's word")
    data.update_thing_shadow(thingName=lamp, payload=b'{"state":{"desired":{"on":true}}}')
    topic, body = two.received.get(timeout=DEADLINE)
    assert (topic, json.loads(body)["state"]) == (f"$aws/things/{lamp}/shadow/update/delta", {"on": True})
    assert one.received.empty()
    one.report(lamp, {"on": True})
    assert one.ended.get(timeout=DEADLINE)
    record = until(lambda: next((r for r in server.attempts(one.name) if r["code"] == "publish-denied"), None), "a record")
    assert f"{lamp}/shadow/update" in record["reason"]
    assert server_shadow(data, lamp)["version"] == shadow["version"] + 1


def server_shadow(data, name):
    try:
        return json.loads(data.get_thing_shadow(thingName=name)["payload"].read())
    except data.exceptions.ResourceNotFoundException:
        return None


def test_a_name_that_its_policy_does_not_give_it(server, gateway):
    one = gateway(unique("gw"))
    one.client.publish(f"$nameplate/things/{unique('other')}/register-child/json", b"", qos=1)
    assert one.ended.get(timeout=DEADLINE)
    until(lambda: any(r["code"] == "publish-denied" for r in server.attempts(one.name)), "a record")


def test_a_template_makes_a_gateway_with_its_children(server, iot):
    name = unique("gw")
    body = json.dumps({
        "Parameters": {"gateway": {"Type": "String"}, "children": {"Type": "String"}},
        "Resources": {"thing": {"Type": "AWS::IoT::Thing", "Properties": {
            "ThingName": {"Ref": "gateway"}, "ChildThings": {"Fn::Split": [",", {"Ref": "children"}]}}}},
    })  # fmt: skip
    children = [f"{name}-a", unique("b"), unique("c")]
    iot.register_thing(templateBody=body, parameters={"gateway": name, "children": ",".join(children)})
    found = iot.list_things(attributeName="parent", attributeValue=name)["things"]
    assert sorted(thing["thingName"] for thing in found) == sorted(children)
    # And once more: nothing is to do. Of another gateway, it is refused, and nothing is made.
    iot.register_thing(templateBody=body, parameters={"gateway": name, "children": ",".join(children)})
    other = unique("gw")
    with pytest.raises(iot.exceptions.ConflictingResourceUpdateException):
        iot.register_thing(templateBody=body, parameters={"gateway": other, "children": f"{unique('d')},{children[1]}"})
    with pytest.raises(iot.exceptions.ResourceNotFoundException):
        iot.describe_thing(thingName=other)
