"""What paho's interoperability suite asks of a server (eclipse/paho.mqtt.testing, `client_test.py` for MQTT 3.1.1 and
`client_test5.py`), with its topics under a prefix and QoS 1 where it has 2, which AWS refuses. docs/mqtt-conformance.md
lists its tests one by one: which of them AWS's rules make fail, and what answers instead."""

import queue
import socket
import struct

import paho.mqtt.client as paho
import pytest
from lib import ACCOUNT, DEADLINE, REGION, packet, text, unique, until
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

TOPICS = ("TopicA", "TopicA/B", "Topic/C", "TopicA/C", "/TopicA")


@pytest.fixture(scope="module")
def device(server, tmp_path_factory):
    return server.service_device(tmp_path_factory.mktemp("paho"))


@pytest.fixture(params=[4, 5], ids=["3.1.1", "5"])
def version(request):
    return request.param


@pytest.fixture
def joined():
    """Clients of the test; those still open are closed after it."""
    clients = []
    yield clients
    for client in clients:
        client.close()


@pytest.fixture
def join(server, device, version, joined):
    """Connects clients of either version."""

    def join(client_id=None, **options):
        joined.append(Client(server, device, version, client_id or unique(), **options))
        return joined[-1]

    return join


@pytest.fixture
def five(server, device, joined):
    """Connects clients of MQTT 5."""

    def five(client_id=None, **options):
        joined.append(Client(server, device, 5, client_id or unique(), **options))
        return joined[-1]

    return five


def made(packet_type, values):
    properties = Properties(packet_type)
    for name, value in values.items():
        setattr(properties, name, value)
    return properties


class Client:
    """A connected client; `acknowledges=False` is what the suite calls to pause one."""

    def __init__(self, server, device, version, client_id, clean=True, keep_alive=60, will=None, acknowledges=True,
                 will_properties=None, **properties):  # fmt: skip
        self.version, self.id = version, client_id
        self.messages, self.answers, self.ends = queue.Queue(), queue.Queue(), queue.Queue()
        connected = queue.Queue()
        of_version = {"clean_session": clean} if version == 4 else {}
        self.client = paho.Client(
            paho.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=version, manual_ack=not acknowledges,
            reconnect_on_failure=False, **of_version,
        )  # fmt: skip
        self.client.tls_set(server.root_ca, device.chain, device.key)
        self.client.on_connect = lambda _client, _data, flags, code, told: connected.put((flags, code, told))
        self.client.on_message = lambda _client, _data, message: self.messages.put(message)
        self.client.on_subscribe = lambda _client, _data, _id, codes, _told: self.answers.put([c.value for c in codes])
        self.client.on_unsubscribe = lambda _client, _data, _id, codes, _told: self.answers.put(codes)
        self.client.on_publish = lambda _client, _data, _id, code, _told: self.answers.put(code.value)
        self.client.on_disconnect = lambda _client, _data, _flags, code, _told: self.ends.put(code.value)
        if will:
            extra = {"properties": made(PacketTypes.WILLMESSAGE, will_properties or {})} if version == 5 else {}
            self.client.will_set(*will, **extra)
        if version == 5 and not clean:
            properties.setdefault("SessionExpiryInterval", 99999)
        at_start = {"clean_start": clean, "properties": made(PacketTypes.CONNECT, properties)} if version == 5 else {}
        self.client.connect("localhost", server.mqtt_port, keep_alive, **at_start)
        self.client.loop_start()
        self.flags, self.code, self.told = connected.get(timeout=DEADLINE)

    def answer(self):
        return self.answers.get(timeout=DEADLINE)

    def publish(self, topic, payload, qos=1, retain=False, **properties):
        extra = {"properties": made(PacketTypes.PUBLISH, properties)} if properties and self.version == 5 else {}
        self.client.publish(topic, payload, qos, retain, **extra)
        return self.answer()

    def subscribe(self, *topics, **options):
        if self.version == 5:
            self.client.subscribe([(topic, SubscribeOptions(**({"qos": 1} | options))) for topic in topics])
        else:
            self.client.subscribe([(topic, options.get("qos", 1)) for topic in topics])
        return self.answer()

    def message(self):
        return self.messages.get(timeout=DEADLINE)

    def payloads(self, count):
        return [self.message().payload.decode() for _ in range(count)]

    def nothing_more(self):
        """By an answer that comes behind whatever was to come before it."""
        self.client.unsubscribe("never")
        self.answer()
        assert self.messages.empty()

    def close(self, **properties):
        extra = {"properties": made(PacketTypes.DISCONNECT, properties)} if properties else {}
        self.client.disconnect(**extra)
        self.client.loop_stop()

    def terminate(self):
        """Without a goodbye."""
        self.client.socket().shutdown(socket.SHUT_RDWR)
        self.client.loop_stop()


@pytest.fixture
def topics():
    prefix = unique()
    return [f"{prefix}/{topic}" for topic in TOPICS]


def wild(topics, filter):
    return f"{topics[0].split('/')[0]}/{filter}"


def connect_5(client_id, properties=b""):
    return packet(0x10, text("MQTT") + bytes([5, 2, 0, 60, len(properties)]) + properties + text(client_id))


def test_basic(server, device, join, topics, version):
    join().close()
    client = join()
    assert client.subscribe(topics[0]) == [1]
    client.publish(topics[0], "qos 0", 0)
    client.publish(topics[0], "qos 1", 1)
    assert client.payloads(2) == ["qos 0", "qos 1"]
    connect = connect_5 if version == 5 else lambda name: packet(0x10, text("MQTT") + bytes([4, 2, 0, 60]) + text(name))
    for second in (connect(unique()), packet(0x10, text("hj") + bytes([version, 2, 0, 60]) + text("x"))):
        with server.raw(device) as raw:
            if second[2:8] == b"\x00\x04MQTT":
                assert raw.send(connect(unique())).receive()[1][1] == 0
            assert raw.send(second).closed()


def test_retained_message(join, topics, version):
    user = [("a", "2"), ("c", "3")]
    client = join()
    for topic in topics[1:4]:
        client.publish(topic, topic, 1, True, UserProperty=user)
    client.subscribe(wild(topics, "+/+"))
    client.nothing_more()
    for topic in topics[1:4]:
        client.subscribe(topic)
        message = client.message()
        assert (message.topic, message.payload.decode(), message.retain) == (topic, topic, True)
        assert version == 4 or message.properties.UserProperty == user
    for topic in topics[1:4]:
        client.publish(topic, b"", 1, True)
    late = join()
    late.subscribe(*topics[1:4])
    late.nothing_more()


def test_will_message(join, topics, version):
    user = [("a", "2"), ("c", "3")]
    watcher = join()
    watcher.subscribe(topics[2])
    join(will=(topics[2], "will message", 1), will_properties={"WillDelayInterval": 0, "UserProperty": user}).terminate()
    message = watcher.message()
    assert message.payload == b"will message"
    assert version == 4 or message.properties.UserProperty == user


def test_offline_message_queueing(join, topics):
    away = join(clean=False)
    away.subscribe(wild(topics, "+/+"))
    away.close()
    other = join()
    for qos, topic in enumerate((topics[1], topics[2], topics[3])):
        other.publish(topic, f"qos {qos}", min(qos, 1))
    back = join(away.id, clean=False)
    assert back.flags.session_present
    assert back.payloads(2) == ["qos 1", "qos 2"], "QoS 0 does not wait"
    back.nothing_more()


def test_overlapping_subscriptions(join, topics):
    client = join()
    assert client.subscribe(wild(topics, "TopicA/#"), wild(topics, "TopicA/+")) == [1, 1]
    client.publish(topics[3], "overlapping topic filters")
    assert client.message().qos == 1
    client.nothing_more()


def test_redelivery_on_reconnect(join, topics):
    paused = join(clean=False, acknowledges=False)
    paused.subscribe(wild(topics, "TopicA/#"))
    paused.publish(topics[1], "1")
    paused.publish(topics[3], "2")
    assert paused.payloads(2) == ["1", "2"]
    paused.close()
    back = join(paused.id, clean=False)
    assert back.payloads(2) == ["1", "2"]


def test_subscribe_failure(server, tmp_path, version):
    policy = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"},'
        f'{{"Effect": "Deny", "Action": "iot:Subscribe", "Resource": "arn:aws:iot:{REGION}:{ACCOUNT}:topicfilter/nosubscribe"}}]}}'
    )
    client = Client(server, server.service_device(tmp_path, policy), version, unique())
    assert client.subscribe("nosubscribe") == [0x80 if version == 4 else 0x87]
    client.close()


def test_dollar_topics(join, topics):
    client, publisher = join(), join()
    client.subscribe("+/+", wild(topics, "#"))
    # The service's own topics are nobody's to publish on.
    publisher.client.publish("$TopicA/B", b"", 1)
    assert publisher.ends.get(timeout=DEADLINE)
    client.nothing_more()


def test_unsubscribe(join, topics):
    client, other = join(), join()
    client.subscribe(*topics[:3])
    client.client.unsubscribe(topics[0])
    client.answer()
    for topic in topics[:3]:
        other.publish(topic, topic)
    assert client.payloads(2) == topics[1:3]
    client.nothing_more()


def test_zero_length_client_id(server, device):
    for clean, code in ((True, 0), (False, 2)):
        with server.raw(device) as raw:
            assert raw.connect("", clean=clean) == code
    for clean in (True, False):
        client = Client(server, device, 5, "", clean, SessionExpiryInterval=0)
        assert client.code.value == 0 and client.told.AssignedClientIdentifier
        client.close()


def test_session_expiry(five):
    def present(name, clean=False, **properties):
        client = five(name, clean=clean, **properties)
        return client, client.flags.session_present

    name = unique()
    for begins in (True, False):
        client, kept = present(name, begins, SessionExpiryInterval=0)
        assert not kept
        client.close()
    client, kept = present(name, SessionExpiryInterval=5)
    assert not kept
    client.close()
    client, kept = present(name, SessionExpiryInterval=1)
    assert kept
    client.close(SessionExpiryInterval=30)
    client, kept = present(name, SessionExpiryInterval=1)
    assert kept
    client.close(SessionExpiryInterval=0)
    assert not present(name)[1]


def test_properties(five, topics):
    client = five()
    client.subscribe(topics[0])
    user = [("a", "2"), ("c", "3")]
    for qos in (0, 1):
        client.publish(topics[0], b"", qos, UserProperty=user, PayloadFormatIndicator=1, ContentType="My name")
        got = client.message()
        assert got.qos == qos and got.properties.UserProperty == user
        assert (got.properties.PayloadFormatIndicator, got.properties.ContentType) == (1, "My name")


def test_publication_expiry(five, topics):
    away = five(clean=False)
    away.subscribe(topics[0])
    away.close(SessionExpiryInterval=999999999)
    other = five()
    other.publish(topics[0], "short", MessageExpiryInterval=1)
    other.publish(topics[0], "long", MessageExpiryInterval=600)
    # Its own second has passed when a retained message of the same age is gone.
    other.publish(topics[1], "short", retain=True, MessageExpiryInterval=1)

    def gone():
        late = five()
        late.subscribe(topics[1])
        late.client.unsubscribe("never")
        late.answer()
        return late.messages.empty()

    until(gone, "the retained message's end")
    message = five(away.id, clean=False).message()
    assert message.payload == b"long" and message.properties.MessageExpiryInterval < 600


def test_subscribe_options(five, topics):
    first, second = five(), five()
    for client in (first, second):
        client.subscribe(topics[0], noLocal=True)
    first.publish(topics[0], "noLocal test")
    assert second.message().payload == b"noLocal test"
    first.nothing_more()
    client = five()
    client.subscribe(topics[1], retainAsPublished=True)
    client.publish(topics[1], "0", retain=False)
    client.publish(topics[1], "1", retain=True)
    assert [client.message().retain for _ in range(2)] == [False, True]
    # Retain Handling: 1 only where the subscription is new, 2 never, 0 each time.
    for handling, comes in ((1, (True, False)), (2, (False, False)), (0, (True, True))):
        client = five()
        for expected in comes:
            client.subscribe(topics[1], retainHandling=handling)
            if expected:
                assert client.message().retain
            client.nothing_more()


def test_client_topic_alias(server, device, five, topics):
    with server.raw(device) as raw:
        raw.send(connect_5(unique())).receive()
        raw.send(packet(0x32, text(topics[0]) + struct.pack("!H", 1) + b"\x03\x23\x00\x00"))
        assert raw.closed(), "0 is no alias"
    client = five(clean=False)
    client.subscribe(topics[0])
    client.publish(topics[0], "1", TopicAlias=1)
    client.publish("", "2", TopicAlias=1)
    assert client.payloads(2) == ["1", "2"]
    client.close()
    back = five(client.id, clean=False)
    back.publish(topics[0], "3")
    assert back.message().payload == b"3"
    # An alias is its connection's, a subscription its session's.
    back.client.publish("", "4", 1, properties=made(PacketTypes.PUBLISH, {"TopicAlias": 1}))
    assert back.ends.get(timeout=DEADLINE) in (0x82, 0x94)


@pytest.mark.parametrize("most", [1, 0, None])
def test_server_topic_alias(five, topics, most):
    client = five(**({} if most is None else {"TopicAliasMaximum": most}))
    client.subscribe(topics[0])
    for qos in (0, 1, 1):
        client.publish(topics[0], "topic alias 1", qos)
    messages = [client.message() for _ in range(3)]
    assert [message.topic for message in messages] == ([topics[0], "", ""] if most else [topics[0]] * 3)
    assert [getattr(message.properties, "TopicAlias", None) for message in messages] == [1 if most else None] * 3


def test_server_keep_alive(five):
    """Told where it is not the client's, whose own is kept up to 1200 s."""
    for asked, told in ((120, None), (5, 30), (1201, 1200)):
        client = five(keep_alive=asked)
        assert getattr(client.told, "ServerKeepAlive", None) == told
        client.close()


def test_flow_control(five, topics):
    """No more than Receive Maximum until one is acknowledged."""
    slow, other = five(acknowledges=False, ReceiveMaximum=2), five()
    slow.subscribe(topics[0])
    for n in range(3):
        other.publish(topics[0], str(n))
    first, second = slow.message(), slow.message()
    slow.nothing_more()
    slow.client.ack(first.mid, 1)
    assert slow.message().payload == b"2"
    slow.client.ack(second.mid, 1)


def test_will_delay(five, topics):
    """A will that waits goes out with its session at the latest."""
    watcher = five()
    watcher.subscribe(topics[0])
    for expiry, delay in ((5, 1), (0, 600), (1, 600)):
        five(
            SessionExpiryInterval=expiry, will=(topics[0], f"{expiry} {delay}", 1),
            will_properties={"WillDelayInterval": delay},
        ).terminate()  # fmt: skip
        assert watcher.message().payload.decode() == f"{expiry} {delay}"


def test_shared_subscriptions(join, topics):
    first, second = join(), join()
    shared = f"$share/sharename/{wild(topics, 'x')}"
    for client in (first, second):
        assert client.subscribe(shared, topics[0]) == [1, 1]
    second.publish(topics[0], "to both", 0)
    assert first.message().payload == second.message().payload == b"to both"
    second.publish(wild(topics, "x"), "to one", 1)
    until(lambda: first.messages.qsize() + second.messages.qsize(), "the message")
    first.client.unsubscribe("never"), second.client.unsubscribe("never")
    first.answer(), second.answer()
    assert first.messages.qsize() + second.messages.qsize() == 1


def test_what_aws_has_none_of(five, topics):
    """Subscription identifiers, and clients that take less than 512 bytes."""
    client = five()
    client.client.subscribe(
        topics[0], options=SubscribeOptions(1), properties=made(PacketTypes.SUBSCRIBE, {"SubscriptionIdentifier": 456789})
    )
    assert client.ends.get(timeout=DEADLINE) == 0xA1
    assert five(MaximumPacketSize=64).code.value == 0x97
