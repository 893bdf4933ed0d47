"""What the suites of other brokers and clients ask of a broker, played by bytes at every door that MQTT has: EMQX
(emqx_mqtt_protocol_v5_SUITE), VerneMQ (vmq_connect, vmq_publish, vmq_subscribe), Mochi-MQTT (its packet tables)
and NanoMQ. Where AWS IoT Core answers otherwise, its answer is the one asked for.
"""

import struct

import pytest
from lib import Raw, connect_packet, packet, text, unique, until
from test_bad_bytes5 import connect5, length, publish5, subscribe5
from test_websocket import WebSocket, presigned


@pytest.fixture
def device(server, tmp_path):
    return server.service_device(tmp_path)


class OverWebSocket(Raw):
    """The same by hand over a WebSocket: packets come out of its binary messages."""

    def __init__(self, server, secure, key=None):
        env = server.env
        key = key or {"AccessKeyId": env["AWS_ACCESS_KEY_ID"], "SecretAccessKey": env["AWS_SECRET_ACCESS_KEY"]}
        host = f"localhost:{server.https_port}" if secure else server.api
        self.under = WebSocket(server, presigned(key, host), secure)
        assert self.under.status == 101
        self.socket, self.buffer = self.under.socket, b""

    def send(self, data):
        for at in range(0, len(data), 60_000):
            self.under.send(data[at : at + 60_000])
        return self

    def _take(self, count):
        while len(self.buffer) < count:
            opcode, payload = self.under.receive()
            if opcode == 8:
                raise EOFError
            self.buffer += payload if opcode == 2 else b""
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken


@pytest.fixture(params=["8883", "443", "websocket", "secure websocket"])
def door(request, server, device):
    """Opens a connection there."""
    opened = []

    def open_one():
        if request.param == "8883":
            raw = server.raw(device)
        elif request.param == "443":
            raw = server.raw(device, server.https_port, alpn=["x-amzn-mqtt-ca"])
        else:
            raw = OverWebSocket(server, request.param == "secure websocket")
        opened.append(raw)
        return raw

    yield open_one
    for raw in opened:
        raw.close()


@pytest.fixture
def join(server, device):
    """Connects with MQTT 5 on 8883, and gives the connection and CONNACK's body."""
    opened = []

    def connected(client_id=None, properties=b"", flags=2, rest=b""):
        raw = server.raw(device)
        opened.append(raw)
        raw.send(connect5(unique() if client_id is None else client_id, properties, flags, rest))
        kind, body = raw.receive()
        assert kind == 0x20, kind
        return raw, body

    yield connected
    for raw in opened:
        raw.close()


def publish(topic, payload=b"x", qos=0, packet_id=1, retain=False):
    """PUBLISH of MQTT 3.1.1."""
    return packet(0x30 | qos << 1 | retain, text(topic) + (struct.pack("!H", packet_id) if qos else b"") + payload)


def subscribe(*filters, packet_id=1):
    return packet(0x82, struct.pack("!H", packet_id) + b"".join(text(name) + bytes([qos]) for name, qos in filters))


def told(received, five=False):
    """Topic, payload, QoS, RETAIN, identifier and (of MQTT 5) properties of a PUBLISH."""
    kind, body = received
    assert kind & 0xF0 == 0x30, received
    assert not kind & 0x08, "DUP is never set"
    (size,) = struct.unpack("!H", body[:2])
    topic, body, qos = body[2 : 2 + size].decode(), body[2 + size :], kind >> 1 & 3
    identifier, body = (struct.unpack("!H", body[:2])[0], body[2:]) if qos else (0, body)
    properties = b""
    if five:
        assert body[0] < 128
        properties, body = body[1 : 1 + body[0]], body[1 + body[0] :]
    return topic, body, qos, kind & 1, identifier, properties


def nothing_more(raw):
    """What comes next is the answer to a ping, so nothing was under way before it."""
    assert raw.ping()


# At every door.


def test_everything_in_one_write(door):
    """CONNECT and what follows it in one piece: each is answered, in order, and SUBACK before its first message."""
    topic = unique("piped")
    raw = door()
    raw.send(
        connect_packet(unique()) + subscribe((f"{topic}/+", 1)) + publish(f"{topic}/a", b"1", 1, 7)
        + packet(0xA2, b"\x00\x02" + text(f"{topic}/+")) + publish(f"{topic}/a", b"2", 1, 8) + b"\xc0\x00\xe0\x00"
    )  # fmt: skip
    assert raw.receive() == (0x20, b"\x00\x00")
    assert raw.receive() == (0x90, b"\x00\x01\x01")
    got = []
    while (came := raw.receive()) is not None:
        got.append(came)
    messages = [told(came) for came in got if came[0] & 0xF0 == 0x30]
    assert [message[:3] for message in messages] in ([(f"{topic}/a", b"1", 1)], [])
    assert [came for came in got if came[0] & 0xF0 != 0x30] == [
        (0x40, b"\x00\x07"), (0xB0, b"\x00\x02"), (0x40, b"\x00\x08"), (0xD0, b""),
    ]  # fmt: skip


def test_nothing_counts_after_a_goodbye(door):
    topic = unique("after")
    watcher, raw = door(), door()
    assert watcher.connect(unique()) == 0 and watcher.subscribe(topic)
    raw.send(connect_packet(unique(), will=(topic, b"will", False)) + b"\xe0\x00" + publish(topic, b"late"))
    assert raw.receive() == (0x20, b"\x00\x00")
    assert raw.closed()
    raw = door()
    raw.send(connect_packet(unique()) + publish(topic, b"in time"))
    assert told(watcher.receive())[1] == b"in time"


def test_a_stream_cut_at_every_byte(door):
    """The peer is gone in the middle of whatever it said; its will is published where CONNECT was whole, and nothing of
    what was not."""
    topic = unique("cut")
    stream = connect_packet(unique(), will=(topic, b"will", False))
    whole = stream + subscribe((topic, 1)) + publish(topic, b"said", 1)
    watcher = door()
    assert watcher.connect(unique()) == 0 and watcher.subscribe(topic)
    heard = 0
    for cut in range(0, len(whole), 3):
        raw = door()
        raw.send(whole[:cut]) if cut else None
        if cut >= len(stream):
            assert raw.receive() == (0x20, b"\x00\x00")
        raw.close()
        if cut >= len(stream):
            message = told(watcher.receive())
            assert message[1] == b"will"
            watcher.send(packet(0x40, struct.pack("!H", message[4])))
            heard += 1
    assert heard
    nothing_more(watcher)


def test_payloads_around_each_size_of_the_length(door):
    topic = unique("sizes")
    raw = door()
    assert raw.connect(unique()) == 0 and raw.subscribe(topic, qos=0)
    for most in (127, 128, 16_383, 16_384):
        payload = bytes(most - 2 - len(topic))
        raw.send(publish(topic, payload))
        assert told(raw.receive())[:2] == (topic, payload)
    raw.send(publish(topic, b"", 1, 65_535))
    assert sorted([raw.receive(), raw.receive()]) == [(0x30, text(topic)), (0x40, b"\xff\xff")]


PATTERNS = [
    ("{}/#", "{}/bar/baz"), ("{}/+/baz", "{}/bar/baz"), ("{}/+/baz/#", "{}/bar/baz/bar"), ("{}/+", "{}/"),
    ("{}/", "{}/"), ("{}/#", "{}//bar///baz"), ("{}/+/baz", "{}//baz"), ("{}/+/baz//", "{}//baz//"),
    ("{}/+/baz/#", "{}//baz/bar"), ("{}//baz/#", "{}//baz/bar"), ("+/{}/#", "/{}/a"), ("/+/{}", "/a/{}"),
    ("{}/\N{GRINNING FACE}/+", "{}/\N{GRINNING FACE}/\N{ZERO WIDTH NO-BREAK SPACE}"), ("{}/ /+", "{}/ / "),
]  # fmt: skip
# The second is AWS's own rule, the others the specification's.
NO_MATCHES = [("{}/+", "{}"), ("{}/#", "{}"), ("{}", "{}/"), ("{}/+", "{}/a/b"), ("{}", "/{}"), ("{}/A", "{}/a"), ("{}/+/b", "{}/b")]


@pytest.mark.parametrize("client", [3, 5])
def test_patterns(server, device, client):
    """Each filter and topic alone, live, and that nothing is retained for a filter with wildcards."""
    for pattern, name in PATTERNS + NO_MATCHES:
        root = unique("p")
        pattern, topic = pattern.format(root), name.format(root)
        matches = (pattern.replace(root, "{}"), name) in PATTERNS
        with server.raw(device) as raw, server.raw(device) as other:
            assert other.connect(unique()) == 0
            raw.send(connect_packet(unique()) if client == 3 else connect5(unique())).receive()
            raw.send(subscribe((pattern, 0)) if client == 3 else subscribe5((pattern, 0)))
            assert raw.receive()[0] == 0x90
            other.send(publish(topic, b"kept", 1, retain=True))
            assert other.receive() == (0x40, b"\x00\x01")
            if matches:
                assert told(raw.receive(), client == 5)[:4] == (topic, b"kept", 0, 0), pattern
            nothing_more(raw)
            # Once more, and what is kept comes, to a filter that is the topic itself.
            raw.send(subscribe((pattern, 0)) if client == 3 else subscribe5((pattern, 0)))
            assert raw.receive()[0] == 0x90
            if pattern == topic:
                assert told(raw.receive(), client == 5)[:4] == (topic, b"kept", 0, 1)
            nothing_more(raw)
            other.send(publish(topic, b"", 1, retain=True)).receive()


# Names, users and passwords.


@pytest.mark.parametrize("flags, rest, code", [
    (0x82, text("user"), 0),
    (0xC2, text("user") + text("password"), 0),
    (0x82, text(""), 0),
    (0xC2, text("") + text(""), 0),
    (0xC2, text("user") + b"\x00\x03\x00\xff\xfe", 0),
    # 3.1.1 has no password alone, and no user name that is no text.
    (0x42, text("password"), None),
    (0x82, b"\x00\x02\xc3\x28", None),
    (0x82, text("a\0b"), None),
    # What is announced does not come, and the reverse.
    (0xC2, text("user"), None),
    (0x02, text("user"), None),
    (0x06, text("topic"), None),
    (0x0A, text("topic") + text("x"), None),
    (0x22, text("topic") + text("x"), None),
    (0x06, text("topic\0") + text("x"), None),
])  # fmt: skip
def test_what_stands_behind_the_client_id(server, device, flags, rest, code):
    with server.raw(device) as raw:
        raw.send(packet(0x10, text("MQTT") + bytes([4, flags]) + b"\x00\x3c" + text(unique()) + rest))
        assert raw.receive() == ((0x20, bytes([0, code])) if code is not None else None)


def test_user_names_of_mqtt_5(join):
    """A password may stand alone there, and a name may be empty."""
    for flags, rest in [(0x42, text("password")), (0x82, text("")), (0xC2, text("u") + b"\x00\x02\x00\xff"), (0x82, text("u"))]:
        assert join(flags=flags, rest=rest)[1][:2] == b"\x00\x00", flags


def test_protocols_that_are_not_spoken(server, device):
    for name, level, answer in [
        ("MQIsdp", 0, 1), ("MQIsdp", 3, 1), ("MQTT", 3, 1), ("MQTT", 0, 1), ("mqtt", 4, None), ("", 4, None), ("MQTT5", 5, None),
    ]:  # fmt: skip
        with server.raw(device) as raw:
            raw.send(packet(0x10, text(name) + bytes([level, 2]) + b"\x00\x0a" + text("a")))
            assert raw.receive() == (answer and (0x20, bytes([0, answer]))), (name, level)
    # What comes after 5 is told in its form.
    with server.raw(device) as raw:
        raw.send(packet(0x10, text("MQTT") + b"\x06\x02\x00\x0a\x00" + text("a")))
        kind, body = raw.receive()
        assert (kind, body[1]) in [(0x20, 0x84), (0x20, 1)]
    for body in (b"", b"\x00", text("MQTT"), text("MQTT") + b"\x04", text("MQTT") + b"\x04\x02", text("MQTT") + b"\x04\x02\x00",
                 text("MQTT") + b"\x04\x02\x00\x0a", text("MQTT") + b"\x04\x02\x00\x0a\x00"):  # fmt: skip
        with server.raw(device) as raw:
            assert raw.send(packet(0x10, body)).receive() is None, body


def test_who_has_no_name_is_given_one(join):
    """Clean Start or not, there is no session to go on with, and two of them are two."""
    names = set()
    for flags in (2, 0, 2, 0):
        body = join("", flags=flags)[1]
        assert body[:2] == b"\x00\x00"
        at = body.index(b"\x12\x00") + 3
        names.add(body[at : at + body[at - 1]])
    assert len(names) == 4 and all(name.startswith(b"$GEN/") for name in names)


# Subscriptions.


def test_the_same_filter_twice(join):
    """The later one counts, in one SUBSCRIBE as in two; each is answered."""
    topic = unique("twice")
    raw, _ = join()
    assert raw.send(subscribe5((topic, 0), (topic, 1))).receive() == (0x90, b"\x00\x01\x00\x00\x01")
    raw.send(publish5(topic, qos=1))
    got = dict([raw.receive(), raw.receive()])
    assert set(got) == {0x40, 0x32}
    identifier = told((0x32, got[0x32]), True)[4]
    raw.send(packet(0x40, struct.pack("!H", identifier)))
    assert raw.send(subscribe5((topic, 0))).receive() == (0x90, b"\x00\x01\x00\x00")
    raw.send(publish5(topic, qos=0))
    assert told(raw.receive(), True)[2] == 0
    nothing_more(raw)
    # Gone with one UNSUBSCRIBE, however often it was made; AWS has no 0x11.
    unsubscribe = packet(0xA2, b"\x00\x05\x00" + text(topic) + text(topic) + text("never"))
    assert raw.send(unsubscribe).receive() == (0xB0, b"\x00\x05\x00\x00\x00\x00")
    raw.send(publish5(topic, qos=0))
    nothing_more(raw)


def test_filters_that_overlap(join):
    """One copy, with the highest QoS that was granted."""
    topic = unique("over")
    raw, _ = join()
    for number, (name, qos) in enumerate([(f"{topic}/#", 0), (f"{topic}/+", 1), (f"{topic}/a", 0)]):
        assert raw.send(subscribe5((name, qos))).receive()[1][-1] == qos
    other, _ = join()
    other.send(publish5(f"{topic}/a", qos=1)).receive()
    assert told(raw.receive(), True)[:3] == (f"{topic}/a", b"x", 1)
    nothing_more(raw)


@pytest.mark.parametrize("name", ["$share/", "$share/g", "$share/g/", "$share//a", "$share/+/a", "$share/g+/a", "$share/#/a"])
def test_shared_filters_that_are_none(join, name):
    raw, _ = join()
    kind, body = raw.send(subscribe5((name, 1))).receive()
    assert (kind, body[-1]) == (0x90, 0x8F)
    nothing_more(raw)


@pytest.mark.parametrize("name", ["a/#/b", "a#", "a/b#", "#a", "+a", "a+/b", "a/+b", ""])
def test_filters_that_are_none(join, name):
    raw, _ = join()
    kind, body = raw.send(subscribe5((name, 1), ("fine", 0))).receive()
    assert (kind, body[-2:]) == (0x90, b"\x8f\x00")
    nothing_more(raw)


def test_a_shared_subscription_waits_in_order(server, device):
    """VerneMQ: ten messages while the only member is away come to it in order, one that is online gets them all."""
    topic, group, member, second = unique("shared"), unique("g"), unique("member"), unique("second")
    with server.raw(device) as publisher:
        assert publisher.connect(unique()) == 0
        with server.raw(device) as raw:
            assert raw.connect(member, clean=False) == 0
            assert raw.subscribe(f"$share/{group}/{topic}") == (0x90, b"\x00\x01\x01")
            raw.send(b"\xe0\x00")
            assert raw.closed()

        def publish_ten():
            for number in range(10):
                publisher.send(publish(topic, b"%d" % number, 1, number + 1))
                assert publisher.receive() == (0x40, struct.pack("!H", number + 1))

        def takes_ten(raw):
            for number in range(10):
                message = told(raw.receive())
                assert message[1] == b"%d" % number
                raw.send(packet(0x40, struct.pack("!H", message[4])))
            nothing_more(raw)

        publish_ten()
        with server.raw(device) as raw:
            raw.send(connect_packet(member, clean=False))
            assert raw.receive() == (0x20, b"\x01\x00")
            takes_ten(raw)
            raw.send(b"\xe0\x00")
            assert raw.closed()
        with server.raw(device) as raw:
            assert raw.connect(second, clean=False) == 0
            assert raw.subscribe(f"$share/{group}/{topic}") == (0x90, b"\x00\x01\x01")
            publish_ten()
            takes_ten(raw)


# Messages.


def test_what_a_client_acknowledges(join):
    """Nobody is ended by a PUBACK for what was never sent; one that says why not takes a message as well."""
    topic = unique("acks")
    raw, _ = join(topic, properties=b"\x11\x00\x00\x0e\x10\x21\x00\x01")
    raw.send(packet(0x40, b"\x12\x34"))
    raw.send(packet(0x40, b"\x12\x34\x10"))
    raw.send(packet(0x40, b"\x12\x34\x80\x00"))
    assert raw.send(subscribe5((topic, 1))).receive()[0] == 0x90
    other, _ = join()
    for number in range(4):
        other.send(publish5(topic, payload=b"%d" % number)).receive()
    # One at a time, as its Receive Maximum says.
    for number, answer in enumerate([b"", b"\x00", b"\x80\x00", b"\x97\x00"]):
        message = told(raw.receive(), True)
        assert message[1] == b"%d" % number
        nothing_more(raw)
        raw.send(packet(0x40, struct.pack("!H", message[4]) + answer))
    nothing_more(raw)
    raw.close()
    again, body = join(topic, flags=0)
    assert body[:2] == b"\x01\x00"
    nothing_more(again)


def test_a_message_that_expires_while_its_reader_is_away(join, server):
    topic, client_id = unique("expires"), unique("reader")
    raw, _ = join(client_id, b"\x11\x00\x00\x0e\x10")
    assert raw.send(subscribe5((f"{topic}/+", 1))).receive()[0] == 0x90
    raw.send(b"\xe0\x00")
    assert raw.closed()
    other, _ = join()
    for name, seconds in [("long", 60), ("short", 1), ("never", None)]:
        expiry = b"" if seconds is None else b"\x02" + struct.pack("!I", seconds)
        assert other.send(publish5(f"{topic}/{name}", expiry)).receive()[0] == 0x40
    # As long as it takes for a retained one of the same life to be gone.
    kept = packet(0x33, text(f"{topic}-kept") + b"\x00\x01" + b"\x05\x02\x00\x00\x00\x01" + b"x")
    assert other.send(kept).receive()[0] == 0x40

    def is_gone():
        probe, _ = join()
        probe.send(subscribe5((f"{topic}-kept", 0))).receive()
        probe.send(b"\xc0\x00")
        return probe.receive() == (0xD0, b"")

    until(is_gone, "a retained message expires")
    again, body = join(client_id, b"\x11\x00\x00\x0e\x10", flags=0)
    assert body[:2] == b"\x01\x00"
    first, second = told(again.receive(), True), told(again.receive(), True)
    assert first[0] == f"{topic}/long" and second[0] == f"{topic}/never" and second[5] == b""
    assert first[5][0] == 2 and struct.unpack("!I", first[5][1:])[0] < 60
    nothing_more(again)


def test_every_property_of_a_message(join, server, device):
    """All of them at once, an empty name and value among them, reach a reader of MQTT 5 as they were, and none one of
    3.1.1."""
    topic = unique("props")
    properties = (
        b"\x01\x01\x03" + text("text/plain; charset=utf-8") + b"\x08" + text("answers") + b"\x09\x00\x03\x00\xff\x01"
        + b"\x26" + text("b") + text("1") + b"\x26" + text("a") + text("2") + b"\x26" + text("b") + text("1")
        + b"\x26" + text("") + text("")
    )  # fmt: skip
    reader, _ = join()
    assert reader.send(subscribe5((topic, 0))).receive()[0] == 0x90
    with server.raw(device) as old:
        assert old.connect(unique()) == 0
        assert old.subscribe(topic, qos=0) == (0x90, b"\x00\x01\x00")
        writer, _ = join()
        assert writer.send(publish5(topic, properties, b"ok")).receive() in [(0x40, b"\x00\x01"), (0x40, b"\x00\x01\x00\x00")]
        got = told(reader.receive(), True)

        def apart(data):
            """Each property once for each time that it is there, in order."""
            found, at = [], 0
            while at < len(data):
                kind, at = data[at], at + 1
                count = {0x01: 0, 0x26: 2}.get(kind, 1)
                start = at
                at += 1 if not count else 0
                for _ in range(count):
                    at += 2 + struct.unpack("!H", data[at : at + 2])[0]
                found.append((kind, data[start:at]))
            return found

        assert sorted(apart(got[5]), key=lambda pair: pair[0]) == sorted(apart(properties), key=lambda pair: pair[0])
        assert told(old.receive())[:3] == (topic, b"ok", 0)


def test_a_will_with_every_property(join):
    topic, client_id = unique("wills"), unique("dying")
    will = (
        b"\x01\x01\x02\x00\x00\x00\x3c\x03" + text("text") + b"\x08" + text("answers") + b"\x09" + text("id")
        + b"\x26" + text("k") + text("v")
    )  # fmt: skip
    reader, _ = join()
    assert reader.send(subscribe5((topic, 1 | 0x08))).receive()[0] == 0x90
    for code, is_told in [(b"\xe0\x00", False), (b"\xe0\x01\x04", True), (b"\xe0\x02\x04\x00", True), (b"\xe0\x01\x00", False), (None, True)]:
        dying, body = join(client_id, flags=0x0E | 0x20, rest=length(will) + will + text(topic) + text("bye"))
        assert body[1] == 0
        if code:
            assert dying.send(code).closed()
        else:
            dying.close()
        if is_told:
            message = told(reader.receive(), True)
            # Retain As Published.
            assert message[:4] == (topic, b"bye", 1, 1)
            for piece in (b"\x03" + text("text"), b"\x08" + text("answers"), b"\x09" + text("id"), b"\x26" + text("k") + text("v")):
                assert piece in message[5]
            reader.send(packet(0x40, struct.pack("!H", message[4])))
        nothing_more(reader)
    reader.send(packet(0x31, text(topic) + b"\x00"))


@pytest.mark.parametrize("sent, code", [
    # Properties that are a server's, or another packet's, and codes that are none.
    (b"\xe0\x04\x00\x02\x17\x01", 0x81),
    (b"\xe1\x00", 0x81),
    (packet(0x40, b"\x00\x01\x00\x02\x02\x00"), 0x81),
    (packet(0x40, b"\x00\x01\x12"), 0x81),
    (packet(0x40, b"\x00"), 0x81),
    (packet(0x40, b"\x00\x00"), 0x82),
    (packet(0x42, b"\x00\x01"), 0x81),
    (packet(0x50, b"\x00\x01"), 0x82),
    (packet(0x70, b"\x00\x01"), 0x82),
    (packet(0x90, b"\x00\x01\x00\x00"), 0x82),
    (packet(0xB0, b"\x00\x01\x00\x00"), 0x82),
    (b"\xd0\x00", 0x82),
    (packet(0xF0, b"\x18\x00"), 0x82),
    (packet(0x82, b"\x00\x00\x00" + text("a") + b"\x00"), 0x82),
    (packet(0x82, b"\x00\x01\x00" + text("a")), 0x81),
    (packet(0x82, b"\x00\x01"), 0x81),
    (packet(0xA2, b"\x00\x01\x00"), 0x82),
    (packet(0xA2, b"\x00\x00\x00" + text("a")), 0x82),
    (packet(0xA0, b"\x00\x01\x00" + text("a")), 0x81),
    (subscribe5(("a", 1), properties=b"\x0b\xff\xff\xff\x7f"), 0xA1),
    (subscribe5(("a\0", 1)), 0x81),
    (publish5("a\0"), 0x81),
    (publish5("a", b"\x01\xe9"), 0x82),
    (publish5("a", b"\x08" + text("")), 0x82),
    (packet(0x30, b"\x00\x09a"), 0x81),
    (packet(0x32, text("a") + b"\x00"), 0x81),
])  # fmt: skip
def test_packets_that_no_client_should_send(join, sent, code):
    raw, _ = join()
    raw.send(sent)
    kind, body = raw.receive()
    assert (kind, body[0]) == (0xE0, code), (sent, hex(kind), body)
    assert raw.closed()


def test_windows_and_identifiers(join):
    """All 65,535 identifiers are taken from a client, and 250 messages arrive in order at a window of three."""
    topic = unique("window")
    raw, _ = join(properties=b"\x21\x00\x03")
    assert raw.send(subscribe5((topic, 1))).receive()[0] == 0x90
    other, _ = join()
    for at in range(0, 250, 50):
        numbers = range(at, at + 50)
        other.send(b"".join(publish5(topic, payload=b"%d" % number, packet_id=65_535 - number) for number in numbers))
        for number in numbers:
            assert other.receive()[1][:2] == struct.pack("!H", 65_535 - number)
    for number in range(250):
        message = told(raw.receive(), True)
        assert message[1] == b"%d" % number
        raw.send(packet(0x40, struct.pack("!H", message[4])))
    nothing_more(raw)


def test_versions_share_topics_and_not_sessions(join, server, device):
    """Messages go both ways; a session is one version's."""
    topic, client_id = unique("mixed"), unique("either")
    five, _ = join(client_id, b"\x11\x00\x00\x0e\x10")
    assert five.send(subscribe5((topic, 1))).receive()[0] == 0x90
    with server.raw(device) as old:
        assert old.connect(unique()) == 0
        old.publish(topic, b"from 3", qos=1)
        assert old.receive() == (0x40, b"\x00\x02")
    assert told(five.receive(), True)[1] == b"from 3"
    with server.raw(device) as old:
        old.send(connect_packet(client_id, clean=False))
        assert old.receive() == (0x20, b"\x00\x00")
        kind, body = five.receive()
        assert (kind, body[0]) == (0xE0, 0x8E)
        nothing_more(old)
