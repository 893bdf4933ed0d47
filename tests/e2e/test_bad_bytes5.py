"""Bytes of MQTT 5 that no good client sends, and the reason code that each is answered with."""

import struct

import pytest
from lib import connect_packet, packet, text, unique

MALFORMED, PROTOCOL, QUOTA = 0x81, 0x82, 0x97


@pytest.fixture
def device(server, tmp_path):
    return server.service_device(tmp_path)


def connect5(client_id, properties=b"", flags=2, rest=b""):
    head = text("MQTT") + bytes([5, flags]) + b"\x00\x3c"
    return packet(0x10, head + length(properties) + properties + text(client_id) + rest)


def length(data):
    """Of a property section, as a Variable Byte Integer."""
    return packet(0, data)[1 : -len(data) or None]


def publish5(topic="a", properties=b"", payload=b"x", qos=1, packet_id=1):
    identifier = struct.pack("!H", packet_id) if qos else b""
    return packet(0x30 | qos << 1, text(topic) + identifier + length(properties) + properties + payload)


def subscribe5(*filters, properties=b""):
    body = b"".join(text(name) + bytes([options]) for name, options in filters)
    return packet(0x82, b"\x00\x01" + length(properties) + properties + body)


def user(size):
    return b"\x26" + text("k") + text("v" * (size - 1))


WRONG_FIRST = {
    "property twice": (connect5("a", b"\x21\x00\x01\x21\x00\x01"), PROTOCOL),
    "receive maximum 0": (connect5("a", b"\x21\x00\x00"), PROTOCOL),
    "maximum packet size 0": (connect5("a", b"\x27\x00\x00\x00\x00"), PROTOCOL),
    "maximum packet size below the least": (connect5("a", b"\x27\x00\x00\x01\xff"), QUOTA),
    "request problem information 2": (connect5("a", b"\x17\x02"), PROTOCOL),
    "a property of PUBLISH": (connect5("a", b"\x23\x00\x01"), MALFORMED),
    "a property that is not defined": (connect5("a", b"\x7e\x00"), MALFORMED),
    "properties beyond the packet": (packet(0x10, text("MQTT") + b"\x05\x02\x00\x3c\x7f" + text("a")), MALFORMED),
    "property length of five bytes": (
        packet(0x10, text("MQTT") + b"\x05\x02\x00\x3c\xff\xff\xff\xff\x7f" + text("a")), MALFORMED,
    ),
    "authentication data alone": (connect5("a", b"\x16" + text("x")), PROTOCOL),
    "user properties over 8 KiB": (connect5("a", user(8193)), QUOTA),
    "reserved connect flag": (connect5("a", flags=3), MALFORMED),
    "will of QoS 2": (connect5("a", flags=0x16, rest=b"\x00" + text("w") + text("x")), 0x9B),
    "will to a wildcard": (connect5("a", flags=0x06, rest=b"\x00" + text("w/#") + text("x")), 0x90),
    "client id of 129 bytes": (connect5("x" * 129), 0x85),
    "bytes left over": (connect5("a", rest=b"zz"), MALFORMED),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_FIRST)
def test_a_wrong_connect_is_told_why(server, device, name):
    sent, code = WRONG_FIRST[name]
    with server.raw(device) as raw:
        kind, body = raw.send(sent).receive()
        assert (kind, body[0], body[1]) == (0x20, 0, code)
        assert raw.closed()


# What is sent, PUBACK's code if there is one before the end, and DISCONNECT's.
WRONG_LATER = {
    "second connect": (connect5("again"), None, PROTOCOL),
    "second connect, of 3.1.1": (connect_packet("again"), None, PROTOCOL),
    "auth": (b"\xf0\x00", None, PROTOCOL),
    "pubrel": (b"\x62\x02\x00\x01", None, PROTOCOL),
    "connack from a client": (b"\x20\x03\x00\x00\x00", None, PROTOCOL),
    "reserved type": (b"\x00\x00", None, MALFORMED),
    "length longer than it needs": (b"\xc0\x80\x00", None, MALFORMED),
    "ping with a body": (b"\xc0\x01\x00", None, MALFORMED),
    "publish with QoS 2": (publish5(qos=2), None, 0x9B),
    "publish with QoS 3": (packet(0x36, text("a") + b"\x00\x01\x00"), None, MALFORMED),
    "publish with DUP and QoS 0": (packet(0x38, text("a") + b"\x00"), None, MALFORMED),
    "publish with packet id 0": (publish5(packet_id=0), None, PROTOCOL),
    "publish to a wildcard": (publish5("a/#"), 0x90, 0x90),
    "publish to nothing": (publish5(""), None, PROTOCOL),
    "publish to a topic of the service": (publish5("$SYS/a"), 0x90, 0x90),
    "topic of 257 bytes": (publish5("a" * 257), 0x90, 0x90),
    "topic alias 0": (publish5(properties=b"\x23\x00\x00"), None, 0x94),
    "topic alias 9": (publish5(properties=b"\x23\x00\x09"), None, 0x94),
    "topic alias that stands for nothing": (publish5("", b"\x23\x00\x01"), None, PROTOCOL),
    "topic alias twice": (publish5(properties=b"\x23\x00\x01\x23\x00\x01"), None, PROTOCOL),
    "subscription id in a publish": (publish5(properties=b"\x0b\x01"), None, PROTOCOL),
    "payload format 2": (publish5(properties=b"\x01\x02"), None, PROTOCOL),
    "content type that is no UTF-8": (publish5(properties=b"\x03\x00\x01\xff"), None, MALFORMED),
    "content type cut short": (publish5(properties=b"\x03\x00\x09x"), None, MALFORMED),
    "content type of 257 bytes": (publish5(properties=b"\x03" + text("c" * 257)), QUOTA, QUOTA),
    "correlation data over 8 KiB": (publish5(properties=b"\x09" + text("c" * 8193)), QUOTA, QUOTA),
    "user properties over 8 KiB": (publish5(properties=user(4097) * 2), QUOTA, QUOTA),
    "response topic with a wildcard": (publish5(properties=b"\x08" + text("a/#")), None, PROTOCOL),
    "a property of CONNECT": (publish5(properties=b"\x21\x00\x01"), None, MALFORMED),
    "payload over 128 KiB": (publish5(payload=b"x" * (128 * 1024 + 1)), QUOTA, QUOTA),
    "packet over the maximum": (b"\x32\x81\x90\x09", None, 0x95),
    "subscription id": (subscribe5(("a", 1), properties=b"\x0b\x01"), None, 0xA1),
    "subscription id 0": (subscribe5(("a", 1), properties=b"\x0b\x00"), None, PROTOCOL),
    "subscribe without filters": (subscribe5(), None, PROTOCOL),
    "subscribe with wrong flags": (packet(0x80, b"\x00\x01\x00" + text("a") + b"\x01"), None, MALFORMED),
    "subscribe with QoS 3": (subscribe5(("a", 3)), None, PROTOCOL),
    "subscribe with retain handling 3": (subscribe5(("a", 0x30)), None, PROTOCOL),
    "subscribe with reserved options": (subscribe5(("a", 0x40)), None, MALFORMED),
    "no local on a shared subscription": (subscribe5(("$share/g/a", 4)), None, PROTOCOL),
    "unsubscribe from 9 filters": (packet(0xA2, b"\x00\x01\x00" + text("a") * 9), None, QUOTA),
    "session expiry raised at the end": (packet(0xE0, b"\x00\x05\x11\x00\x00\x00\x01"), None, PROTOCOL),
    "reason code of another packet": (packet(0xE0, b"\x01"), None, MALFORMED),
    "goodbye with a server's code": (packet(0xE0, b"\x8e\x00"), None, PROTOCOL),
    "goodbye with a server's code alone": (packet(0xE0, b"\x87"), None, PROTOCOL),
    "goodbye with a Server Reference": (packet(0xE0, b"\x00\x06\x1c" + text("abc")), None, PROTOCOL),
    "goodbye with an Assigned Client Identifier": (packet(0xE0, b"\x00\x06\x12" + text("abc")), None, MALFORMED),
    "goodbye with user properties over 8 KiB": (packet(0xE0, b"\x00" + length(user(8193)) + user(8193)), None, QUOTA),
    "puback with a code of CONNACK": (packet(0x40, b"\x00\x01\x85"), None, MALFORMED),
    "puback with a property of PUBLISH": (packet(0x40, b"\x00\x01\x00\x02\x01\x00"), None, MALFORMED),
    "puback with packet id 0": (packet(0x40, b"\x00\x00"), None, PROTOCOL),
    "re-authentication": (packet(0xF0, b"\x19\x00"), None, PROTOCOL),
}


@pytest.mark.parametrize("name", WRONG_LATER)
def test_a_wrong_packet_is_told_why(server, device, name):
    sent, acknowledged, code = WRONG_LATER[name]
    with server.raw(device) as raw:
        kind, body = raw.send(connect5(unique())).receive()
        assert (kind, body[1]) == (0x20, 0)
        raw.send(sent)
        answer = raw.receive()
        if acknowledged is not None:
            assert (answer[0], answer[1][2]) == (0x40, acknowledged)
            answer = raw.receive()
        assert (answer[0], answer[1][0]) == (0xE0, code), answer
        assert raw.closed()


def test_more_than_the_receive_maximum(server, device):
    """200 messages in one write, none of which can have been acknowledged when the 101st comes."""
    with server.raw(device) as raw:
        raw.send(connect5(unique())).receive()
        raw.send(b"".join(publish5("a", payload=b"", packet_id=number) for number in range(1, 201)))
        while (answer := raw.receive())[0] == 0x40:
            pass
        assert (answer[0], answer[1][0]) == (0xE0, 0x93)


def test_a_packet_cut_at_every_byte(server, device):
    """What has not come yet is waited for, and an end in the middle harms nobody."""
    properties = b"\x01\x01\x03" + text("text") + b"\x26" + text("k") + text("v")
    whole = publish5(properties=properties)
    with server.raw(device) as other:
        other.send(connect5(unique())).receive()
        for cut in range(1, len(whole)):
            with server.raw(device) as raw:
                raw.send(connect5(unique())).receive()
                raw.send(whole[:cut])
        with server.raw(device) as raw:
            raw.send(connect5(unique())).receive()
            for byte in whole:
                raw.send(bytes([byte]))
            assert raw.receive() == (0x40, b"\x00\x01")
        assert other.ping()


def test_nine_filters_and_the_51st_subscription(server, device):
    with server.raw(device) as raw:
        raw.send(connect5(unique())).receive()
        kind, body = raw.send(subscribe5(*[(f"n/{number}", 1) for number in range(9)])).receive()
        assert (kind, body[-9:]) == (0x90, bytes([QUOTA]) * 9)
        for number in range(50):
            assert raw.send(subscribe5((f"many/{number}", 1))).receive()[1][-1] == 1
        assert raw.send(subscribe5(("many/50", 1))).receive()[1][-1] == QUOTA
        assert raw.ping()
