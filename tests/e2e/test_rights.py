"""A right counts from the call that gave it: whoever called may say so, and what the device then does over a connection that
has long been open finds the right, without a wait and without a try that is refused."""

import json
import os
import struct

import pytest
from lib import ACCOUNT, REGION, packet, text, unique, user_key
from test_bad_bytes5 import connect5
from test_broker_suites import OverWebSocket

# How often each right is used in each way. A longer run is by hand: PYTEST_RIGHTS_ROUNDS=50.
ROUNDS = int(os.environ.get("PYTEST_RIGHTS_ROUNDS", "10"))
# Of what a thing, a target, a certificate may have; those of the rounds before go.
KEPT = 4


def arn(kind, name):
    return f"arn:aws:iot:{REGION}:{ACCOUNT}:{kind}/{name}"


def policy(*topics):
    """May connect, and all with these topics."""
    actions = ["iot:Publish", "iot:Subscribe", "iot:Receive"]
    resources = [arn(kind, topic) for topic in topics for kind in ("topic", "topicfilter")]
    allow = [{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}]
    if topics:
        allow.append({"Effect": "Allow", "Action": actions, "Resource": resources})
    return json.dumps({"Version": "2012-10-17", "Statement": allow})


class Versions:
    """`create-policy-version --set-as-default`."""

    def __init__(self, iot, device, thing):
        self.iot, self.name = iot, unique("versions")
        iot.create_policy(policyName=self.name, policyDocument=policy())
        iot.attach_policy(policyName=self.name, target=device.arn)
        self.versions = []

    def prepare(self, topic):
        if len(self.versions) == KEPT:
            self.iot.delete_policy_version(policyName=self.name, policyVersionId=self.versions.pop(0))

    def give(self, topic):
        made = self.iot.create_policy_version(policyName=self.name, policyDocument=policy(topic), setAsDefault=True)
        self.versions.append(made["policyVersionId"])


class Attached:
    """`attach-policy`, to the certificate."""

    def __init__(self, iot, device, thing):
        self.iot, self.target, self.attached = iot, device.arn, []

    def prepare(self, topic):
        if len(self.attached) == KEPT:
            self.iot.detach_policy(policyName=self.attached.pop(0), target=self.target)
        self.attached.append(unique("attached"))
        self.iot.create_policy(policyName=self.attached[-1], policyDocument=policy(topic))

    def give(self, topic):
        self.iot.attach_policy(policyName=self.attached[-1], target=self.target)


class Grouped:
    """`add-thing-to-thing-group`, of a group that a policy is attached to."""

    def __init__(self, iot, device, thing):
        self.iot, self.thing, self.groups = iot, thing, []

    def prepare(self, topic):
        if len(self.groups) == KEPT:
            self.iot.remove_thing_from_thing_group(thingName=self.thing, thingGroupName=self.groups.pop(0))
        name = unique("group")
        group = self.iot.create_thing_group(thingGroupName=name)["thingGroupArn"]
        self.iot.create_policy(policyName=name, policyDocument=policy(topic))
        self.iot.attach_policy(policyName=name, target=group)
        self.groups.append(name)

    def give(self, topic):
        self.iot.add_thing_to_thing_group(thingName=self.thing, thingGroupName=self.groups[-1])


class Adopted:
    """`update-thing`, of a thing that becomes the child of the connection's."""

    def __init__(self, iot, device, thing):
        self.iot, self.thing, name = iot, thing, unique("children")
        iot.create_policy(policyName=name, policyDocument=policy("*/${nameplate:Connection.Thing.ChildThingName}"))
        iot.attach_policy(policyName=name, target=device.arn)

    def prepare(self, topic):
        self.iot.create_thing(thingName=topic.rsplit("/", 1)[1])

    def give(self, topic):
        child = topic.rsplit("/", 1)[1]
        self.iot.update_thing(thingName=child, attributePayload={"attributes": {"parent": self.thing}})


class Client:
    """A connection of one version, open for as long as the test takes."""

    def __init__(self, raw, version, name):
        self.raw, self.name, self.five = raw, name, version == 5
        self.properties = b"\x00" if self.five else b""
        if self.five:
            raw.send(connect5(name))
            assert raw.receive()[1][:2] == b"\x00\x00"
        else:
            assert raw.connect(name) == 0

    def publish(self, topic, qos=1):
        """Whether the message was taken."""
        identifier = b"\x00\x07" if qos else b""
        self.raw.send(packet(0x30 | qos << 1, text(topic) + identifier + self.properties + b"x"))
        if qos == 0:
            return self.raw.ping()
        kind, body = self.raw.receive()
        return kind == 0x40 and body[2:3] in (b"", b"\x00")

    def subscribe(self, name):
        """Whether it was granted."""
        self.raw.send(packet(0x82, b"\x00\x01" + self.properties + text(name) + b"\x01"))
        kind, body = self.raw.receive()
        return kind == 0x90 and body[-1] == 1

    def unsubscribe(self, name):
        self.raw.send(packet(0xA2, b"\x00\x01" + self.properties + text(name)))
        assert self.raw.receive()[0] == 0xB0

    def receive(self):
        """The topic of the next message, which is acknowledged."""
        kind, body = self.raw.receive()
        assert kind >> 4 == 3, (kind, body)
        (size,) = struct.unpack("!H", body[:2])
        if kind & 6:
            self.raw.send(packet(0x40, body[2 + size : 4 + size]))
        return body[2 : 2 + size].decode()


WAYS = ["publish", "publish blindly", "subscribe", "told", "told directly"]


def play(server, client, teller, told, gives):
    """A right for one topic after the other, each used at once, in each way that there is."""
    data, own = server.client("iot-data"), unique("own")
    assert client.subscribe(f"{told}/+")
    for way in WAYS * ROUNDS:
        topic = f"{told if way == 'told' else own}/{unique('t')}"
        gives.prepare(topic)
        gives.give(topic)
        if way == "subscribe":
            assert client.subscribe(topic), topic
            # A connection may have 50.
            client.unsubscribe(topic)
        elif way.startswith("told"):
            if way == "told":
                assert teller.publish(topic), topic
            else:
                data.send_direct_message(clientId=client.name, topic=topic, payload=b"x")
            assert client.receive() == topic
        else:
            assert client.publish(topic, way == "publish"), topic


def standing(told):
    """What it may all the while: connect, and subscribe to what it may not receive yet."""
    document = json.loads(policy())
    below = {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": arn("topicfilter", f"{told}/+")}
    document["Statement"].append(below)
    return document


@pytest.mark.parametrize("version", [4, 5])
@pytest.mark.parametrize("by", [Versions, Attached, Grouped, Adopted])
def test_a_right_counts_from_the_call_that_gave_it(server, iot, tmp_path, by, version):
    thing, told = unique("open"), unique("told")
    device = server.service_device(tmp_path, json.dumps(standing(told)))
    iot.create_thing(thingName=thing)
    iot.attach_thing_principal(thingName=thing, principal=device.arn)
    gives = by(iot, device, thing)
    with server.raw(device) as raw, server.raw(server.service_device(tmp_path)) as other:
        play(server, Client(raw, version, thing), Client(other, version, unique("teller")), told, gives)


class Inline:
    """`put-user-policy`, for whoever has connected by a signature."""

    def __init__(self, iam, user):
        self.iam, self.user = iam, user

    def prepare(self, topic):
        pass

    def give(self, topic):
        self.iam.put_user_policy(UserName=self.user, PolicyName="round", PolicyDocument=policy(topic))


@pytest.mark.parametrize("version", [4, 5])
def test_and_so_does_one_of_a_user(server, iam, tmp_path, version):
    told = unique("told")
    user, key = user_key(server, standing(told))
    with OverWebSocket(server, False, key) as raw, server.raw(server.service_device(tmp_path)) as other:
        client, teller = Client(raw, version, unique("user")), Client(other, version, unique("teller"))
        play(server, client, teller, told, Inline(iam, user))
