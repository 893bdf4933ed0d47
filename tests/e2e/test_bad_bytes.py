"""Bytes that no good client sends: to the TLS ports, inside TLS, and to the API port."""

import socket
import ssl
import struct
import subprocess
import time

import pytest
from lib import BIN, DEADLINE, connect_packet, packet, plain_env, text, unique, until


@pytest.fixture
def device(server, tmp_path):
    return server.service_device(tmp_path)


def plain(port):
    return socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)


def ended(sock):
    """Reads until the peer ends the connection."""
    try:
        while sock.recv(4096):
            pass
    except ConnectionError:
        pass
    return True


# TLS.


def test_plain_text_to_the_tls_port(server):
    before = server.counter("tls-not-tls")
    with plain(server.mqtt_port) as sock:
        sock.sendall(connect_packet("plain"))
        assert ended(sock)
    until(lambda: server.counter("tls-not-tls") > before, "the attempt is counted")


def test_a_handshake_that_stops_half_way(server):
    with plain(server.mqtt_port) as sock:
        sock.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        sock.shutdown(socket.SHUT_WR)
        assert ended(sock)


def test_old_tls(server):
    from lib import openssl

    before = server.counter("tls-incompatible")
    done = openssl(
        "s_client", "-connect", f"localhost:{server.mqtt_port}", "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0",
        check=False, input="",
    )  # fmt: skip
    assert "alert protocol version" in done.stderr or "alert handshake failure" in done.stderr, done.stderr
    until(lambda: server.counter("tls-incompatible") > before, "the attempt is counted")


def test_no_certificate(server):
    before = server.counter("no-certificate")
    try:
        with server.raw(None) as raw:
            assert raw.connect("nobody") is None
    except (ssl.SSLError, ConnectionError):
        pass
    until(lambda: server.counter("no-certificate") > before, "the attempt is counted")


def test_a_client_that_does_not_trust_our_root(server, device):
    """The mistake of using one's own CA for --cafile: the record says where our root is."""
    from lib import run

    before = server.counter("tls-client-distrusts")
    done = run(
        ["mosquitto_pub", "--cafile", device.cert, "--cert", device.cert, "--key", device.key, "-h", "localhost",
         "-p", str(server.mqtt_port), "-t", "a", "-m", "b"], check=False,
    )  # fmt: skip
    assert done.returncode != 0
    until(lambda: server.counter("tls-client-distrusts") > before, "the attempt is counted")


def test_slow_handshakes_hold_nobody_up(server, device):
    """Two hundred connections that say nothing, or one byte, while devices come and go."""
    stalled = []
    try:
        for number in range(200):
            sock = plain(server.mqtt_port)
            if number % 2:
                sock.sendall(b"\x16")
            stalled.append(sock)
        began = time.monotonic()
        for number in range(3):
            server.pub(device, "foo/bar", "x")
        assert time.monotonic() - began < 10
        assert server.get("/healthz").strip() == "ok"
        assert server.aws("sts", "get-caller-identity")["Account"]
    finally:
        for sock in stalled:
            sock.close()


def test_slow_connects_hold_nobody_up(server, device):
    """The same after the handshake: one byte of CONNECT, then silence."""
    stalled = [server.raw(device) for _ in range(20)]
    try:
        for raw in stalled:
            raw.send(b"\x10")
        server.pub(device, "foo/bar", "x")
    finally:
        for raw in stalled:
            raw.close()


# MQTT.

WRONG_FIRST = {
    "reserved type": b"\x00\x00",
    "type 15": b"\xf0\x00",
    "publish first": packet(0x32, text("a") + b"\x00\x01x"),
    "subscribe first": packet(0x82, b"\x00\x01" + text("a") + b"\x01"),
    "ping first": b"\xc0\x00",
    "length of five bytes": b"\x10\xff\xff\xff\xff\x7f",
    "wrong protocol name": packet(0x10, text("MQXX") + b"\x04\x02\x00\x3c" + text("a")),
    "reserved connect flag": packet(0x10, text("MQTT") + b"\x04\x03\x00\x3c" + text("a")),
    "flags of the header": packet(0x11, text("MQTT") + b"\x04\x02\x00\x3c" + text("a")),
    "client id beyond the packet": packet(0x10, text("MQTT") + b"\x04\x02\x00\x3c" + b"\xff\xffa"),
    "client id that is no UTF-8": packet(0x10, text("MQTT") + b"\x04\x02\x00\x3c" + b"\x00\x02\xc3\x28"),
    "password without user": packet(0x10, text("MQTT") + b"\x04\x42\x00\x3c" + text("a") + text("p")),
    "bytes left over": packet(0x10, text("MQTT") + b"\x04\x02\x00\x3c" + text("a") + b"zz"),
}


@pytest.mark.parametrize("name", WRONG_FIRST)
def test_a_wrong_first_packet(server, device, name):
    with server.raw(device) as raw:
        raw.send(WRONG_FIRST[name])
        assert raw.closed()
    record = until(lambda: server.attempts(device.id), "a record")[0]
    assert record["code"] == "connect-malformed", record
    assert server.counter("connect-malformed") >= 1


def test_other_protocol_levels(server, device):
    """3.1 gets CONNACK 1; the level that a mosquitto bridge tries first is MQTT 3.1.1."""
    with server.raw(device) as raw:
        raw.send(packet(0x10, text("MQIsdp") + b"\x03\x02\x00\x3c" + text("a")))
        assert raw.receive() in [(0x20, b"\x00\x01"), None]
    with server.raw(device) as raw:
        raw.send(packet(0x10, text("MQTT") + b"\x86\x02\x00\x3c" + text("a")))
        assert raw.receive() == (0x20, b"\x00\x01")
    with server.raw(device) as raw:
        raw.send(packet(0x10, text("MQTT") + b"\x84\x02\x00\x3c" + text("a")))
        assert raw.receive() == (0x20, b"\x00\x00")


def test_client_ids(server, device):
    """AWS: 1 to 128 bytes, no leading `$`; MQTT 3.1.1: empty only with clean session."""
    for client_id, clean, code in [
        ("x" * 128, True, 0),
        ("x" * 129, True, 2),
        ("$mine", True, 2),
        ("", True, 0),
        ("", False, 2),
    ]:
        with server.raw(device) as raw:
            assert raw.connect(client_id, clean=clean) == code, client_id


WRONG_LATER = {
    "second connect": connect_packet("again"),
    "publish with QoS 2": packet(0x34, text("a") + b"\x00\x01x"),
    "publish with QoS 3": packet(0x36, text("a") + b"\x00\x01x"),
    "publish with packet id 0": packet(0x32, text("a") + b"\x00\x00x"),
    "publish to a wildcard": packet(0x32, text("a/#") + b"\x00\x01x"),
    "publish to nothing": packet(0x32, text("") + b"\x00\x01x"),
    "topic of 257 bytes": packet(0x32, text("a" * 257) + b"\x00\x01x"),
    "topic with 8 slashes": packet(0x32, text("/" * 8) + b"\x00\x01x"),
    "payload over 128 KiB": packet(0x32, text("a") + b"\x00\x01" + b"x" * (128 * 1024 + 1)),
    "packet of 256 MiB": b"\x32\xff\xff\xff\x7f",
    "subscribe without filters": packet(0x82, b"\x00\x01"),
    "subscribe with wrong flags": packet(0x80, b"\x00\x01" + text("a") + b"\x01"),
    "subscribe to 9 filters": packet(0x82, b"\x00\x01" + b"".join(text(f"a{n}") + b"\x01" for n in range(9))),
    "subscribe with QoS 3": packet(0x82, b"\x00\x01" + text("a") + b"\x03"),
    "unsubscribe with wrong flags": packet(0xA0, b"\x00\x01" + text("a")),
    "connack from a client": b"\x20\x02\x00\x00",
    "pubrec": b"\x50\x02\x00\x01",
    "ping with a body": b"\xc0\x01\x00",
}


@pytest.mark.parametrize("name", WRONG_LATER)
def test_a_wrong_packet_ends_its_connection_only(server, device, name):
    with server.raw(device) as other, server.raw(device) as raw:
        assert other.connect(unique("other")) == 0
        assert raw.connect(unique("wrong")) == 0
        try:
            raw.send(WRONG_LATER[name])
        except (ConnectionError, ssl.SSLError):
            pass  # Closed before all of it was sent.
        assert raw.closed()
        assert other.ping()


def test_the_largest_that_is_allowed(server, device):
    payload = b"x" * (128 * 1024)
    with server.raw(device) as raw:
        assert raw.connect(unique()) == 0
        assert raw.subscribe("big/+/a/b/c/d/e/f") == (0x90, b"\x00\x01\x01")
        topic = "big/1/a/b/c/d/e/f"
        raw.publish(topic, payload)
        packets = [raw.receive(), raw.receive()]
        assert (0x40, struct.pack("!H", 2)) in packets
        kind, body = next(p for p in packets if p[0] & 0xF0 == 0x30)
        assert body.endswith(payload)


def test_the_51st_subscription(server, device):
    with server.raw(device) as raw:
        assert raw.connect(unique()) == 0
        for number in range(50):
            assert raw.subscribe(f"many/{number}") == (0x90, b"\x00\x01\x01")
        assert raw.subscribe("many/50") == (0x90, b"\x00\x01\x80")
        assert raw.subscribe("many/3") == (0x90, b"\x00\x01\x01"), "again the same is none more"


# HTTP.


def test_rubbish_on_the_api_port(server):
    for bytes_sent in [b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1", b"GET / HTTP/9.9\r\n\r\n", b"\x00" * 100, b"\r\n" * 50]:
        with plain(int(server.api.rsplit(":", 1)[1])) as sock:
            sock.sendall(bytes_sent)
            sock.shutdown(socket.SHUT_WR)
            assert ended(sock)
    assert server.get("/healthz").strip() == "ok"


def test_a_body_beyond_the_limit(server):
    with plain(int(server.api.rsplit(":", 1)[1])) as sock:
        sock.sendall(
            b"POST /things HTTP/1.1\r\nHost: x\r\nAuthorization: AWS4-HMAC-SHA256 x\r\n"
            b"Content-Length: 99999999999\r\n\r\n"
        )
        answer = sock.recv(4096)
        assert answer.startswith(b"HTTP/1.1 413"), answer


# What is logged and printed.

FORGED = "x\n2026-01-01T00:00:00Z  INFO forged line\r\x1b[2J\x9b1m\u2028\u202ey"


def test_no_line_is_forged(server, device):
    """Client ids, topics and filters may hold anything; the log and the commands show it in one line."""
    with server.raw(device) as raw:
        assert raw.connect(FORGED) == 0
        raw.send(b"\xe0\x00")
        assert raw.closed()
    for doing in [lambda raw: raw.publish(f"$SYS/{FORGED}", b""), lambda raw: raw.subscribe(f"$SYS/{FORGED}")]:
        with server.raw(device) as raw:
            assert raw.connect(FORGED) == 0
            doing(raw)
            assert raw.closed()
    until(lambda: server.log().count("forged line") >= 6, "the log has them")
    explain = [BIN, "explain", "--data-dir", server.data_dir, FORGED]
    told = subprocess.run(explain, capture_output=True, env=plain_env(), check=True).stdout
    assert b"forged line" in told
    for printed in [server.log_path.read_bytes(), told]:
        assert not any(line.startswith(b"2026-01-01") for line in printed.split(b"\n"))
        assert not set(printed.decode()) & set("\r\x1b\x9b\u2028\u202e")
