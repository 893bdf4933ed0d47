"""Peers that stop half way, never read, or never stop, at every door: each ends or is held up, and costs others nothing."""

import re
import threading

import pytest
from lib import Server, connect_packet, packet, text, unique
from test_bad_bytes import plain
from test_bad_bytes5 import connect5
from test_websocket import WebSocket, presigned

# Longer than the server bears with anybody here: 30 s without a CONNECT or a request, 45 s at a keep alive of 30 s.
PATIENCE = 75
# What a server's memory may grow by while it is flooded.
ROOM = 24 << 20


@pytest.fixture
def device(server, tmp_path):
    return server.service_device(tmp_path)


@pytest.fixture(scope="module")
def flooded(tmp_path_factory):
    """A server whose memory is that of these tests."""
    server = Server(tmp_path_factory.mktemp("flooded") / "data").start()
    yield server
    assert server.stop() == 0, server.log()
    assert "panicked" not in server.log(), server.log()


def websocket(server, secure):
    env = server.env
    key = {"AccessKeyId": env["AWS_ACCESS_KEY_ID"], "SecretAccessKey": env["AWS_SECRET_ACCESS_KEY"]}
    host = f"localhost:{server.https_port}" if secure else server.api
    return WebSocket(server, presigned(key, host), secure)


def resident(server):
    with open(f"/proc/{server.process.pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1]) * 1024


def test_half_open_peers(server, device):
    """Nobody keeps a place who does not go on, and a byte now and then is not going on."""
    api = int(server.api.rsplit(":", 1)[1])
    frame = WebSocket.frame
    connect = connect_packet("x" * 100)
    head = b"GET /things HTTP/1.1\r\nHost: " + b"a" * 5000

    def over_tls(port, *alpn):
        return server.raw(device, port, alpn=alpn or None).socket

    # How it is opened, what is sent at once, and what every second.
    peers = {
        "8883: nothing": (lambda: plain(server.mqtt_port), b"", None),
        "8443: nothing": (lambda: plain(server.https_port), b"", None),
        "API: nothing": (lambda: plain(api), b"", None),
        "8883: a handshake by bytes": (lambda: plain(server.mqtt_port), b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc" + b"a" * 500),
        "API: a head by bytes": (lambda: plain(api), b"", head),
    }  # fmt: skip
    doors = {"8883": [server.mqtt_port], "443 by ALPN": [server.https_port, "x-amzn-mqtt-ca"], "443": [server.https_port]}
    for name, door in doors.items():
        peers |= {
            f"{name}: no CONNECT": (lambda door=door: over_tls(*door), b"", None),
            f"{name}: half a CONNECT": (lambda door=door: over_tls(*door), connect[:20], None),
            f"{name}: CONNECT by bytes": (lambda door=door: over_tls(*door), b"", connect),
            f"{name}: idle": (lambda door=door: over_tls(*door), connect_packet(unique(), keep_alive=1), None),
        }
    for alpn in ("http/1.1", "x-amzn-http-ca"):
        door = [server.https_port, alpn]
        peers |= {
            f"{alpn}: no request": (lambda door=door: over_tls(*door), b"", None),
            f"{alpn}: a head by bytes": (lambda door=door: over_tls(*door), b"", head),
            f"{alpn}: idle after a request": (
                lambda door=door: over_tls(*door), b"POST /topics/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", None,
            ),
        }  # fmt: skip
    for secure in (False, True):
        name = "secure WebSocket" if secure else "WebSocket"
        opened = lambda secure=secure: websocket(server, secure).socket  # noqa: E731
        peers |= {
            f"{name}: no CONNECT": (opened, b"", None),
            f"{name}: half a frame": (opened, frame(connect)[:6], None),
            f"{name}: half a CONNECT": (opened, frame(connect[:20]), None),
            f"{name}: pings": (opened, b"", [frame(b"ping", 9)] * PATIENCE),
            f"{name}: idle but for pings": (
                opened, frame(connect_packet(unique(), keep_alive=30)), [frame(b"ping", 9)] * PATIENCE,
            ),
            f"{name}: idle but for empty messages": (
                opened, frame(connect_packet(unique(), keep_alive=30)), [frame(b"")] * PATIENCE,
            ),
        }  # fmt: skip
    ended = {}

    def wait(name, opened, first, more):
        pieces = [more[at : at + 1] for at in range(len(more))] if isinstance(more, bytes) else list(more or ())
        with opened() as peer:
            peer.settimeout(1)
            try:
                peer.sendall(first)
                seconds = 0
                while seconds < PATIENCE:
                    try:
                        if not peer.recv(65536):
                            ended[name] = "closed"
                            return
                    except TimeoutError:
                        peer.sendall(pieces[seconds] if seconds < len(pieces) else b"")
                        seconds += 1
            except OSError as error:
                ended[name] = repr(error)

    threads = [threading.Thread(target=wait, args=(name, *peer)) for name, peer in peers.items()]
    for thread in threads:
        thread.start()
    with server.raw(device) as other:
        assert other.connect(unique()) == 0 and other.ping()
    for thread in threads:
        thread.join()
    assert not set(peers) - set(ended)


FILTERS = [(f"flood/{number}", 1) for number in range(8)]
SUBSCRIBE = packet(0x82, b"\x00\x01" + b"".join(text(name) + bytes([qos]) for name, qos in FILTERS))
UNSUBSCRIBE = packet(0xA2, b"\x00\x01" + b"".join(text(name) for name, _ in FILTERS))
OWN = packet(0x82, b"\x00\x01" + text("flood/own") + b"\x00")
# What is sent first, and then again and again.
FLOODS = {
    "PINGREQ": (b"", b"\xc0\x00" * 20_000),
    "SUBSCRIBE": (b"", SUBSCRIBE * 500),
    "SUBSCRIBE and UNSUBSCRIBE": (b"", (SUBSCRIBE + UNSUBSCRIBE) * 250),
    "PUBLISH": (b"", packet(0x32, text("flood/x") + b"\x00\x01x") * 3000),
    "PUBLISH to itself": (OWN, packet(0x30, text("flood/own") + b"x") * 3000),
    "large PUBLISH to itself": (OWN, packet(0x30, text("flood/own") + b"x" * 100_000)),
}


@pytest.mark.parametrize("door", ["8883", "websocket", "secure websocket"])
@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_whose_answers_nobody_reads(flooded, tmp_path, name, door):
    """Others are answered meanwhile, and what waits for the client is bounded."""
    server, device = flooded, flooded.service_device(tmp_path)
    first, more = FLOODS[name]

    def framed(data):
        if door == "8883":
            return data
        return b"".join(WebSocket.frame(data[at : at + 60_000]) for at in range(0, len(data), 60_000))

    flood = server.raw(device) if door == "8883" else websocket(server, door == "secure websocket")
    flood, more = flood.socket, framed(more)
    with flood, server.raw(device) as other:
        assert other.connect(unique()) == 0
        flood.sendall(framed(connect_packet(unique()) + first))
        before, left = resident(server), 4 << 20
        flood.settimeout(1)
        # Until the server reads no more of it, or has read much.
        while left > 0:
            try:
                flood.sendall(more)
            except TimeoutError:
                break
            left -= len(more)
            assert other.ping()
        assert other.ping()
        assert resident(server) - before < ROOM


@pytest.mark.parametrize("secure", [False, True])
def test_pings_of_a_websocket_whose_answers_nobody_reads(flooded, secure):
    """It is not read any more once what is on its way to it fills the sockets."""
    with websocket(flooded, secure) as deaf:
        assert deaf.connect(unique()) == b"\x20\x02\x00\x00"
        before, pings = resident(flooded), WebSocket.frame(b"x" * 125, 9) * 500
        deaf.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            for _ in range(2000):
                deaf.socket.sendall(pings)
        assert resident(flooded) - before < ROOM


def test_requests_whose_answers_nobody_reads(flooded, tmp_path):
    """Two thousand requests for 128 KiB each, in one go."""
    server, device = flooded, flooded.service_device(tmp_path)
    with server.raw(device) as raw:
        assert raw.connect(unique()) == 0
        raw.publish("large", b"x" * (128 * 1024), retain=True)
        assert raw.receive() == (0x40, b"\x00\x02")
        before = resident(server)
        with server.raw(device, server.https_port, alpn=["x-amzn-http-ca"]) as deaf:
            deaf.socket.settimeout(1)
            try:
                deaf.send(b"GET /retainedMessage/large HTTP/1.1\r\nHost: a\r\n\r\n" * 2000)
            except TimeoutError:
                pass
            assert raw.ping()
            assert resident(server) - before < ROOM


def test_client_ids_fought_over(server, device):
    """A hundred connections of one client id: each takes it from the one before, and the last has it."""
    client_id = unique("one")
    opened = []
    try:
        for _ in range(100):
            raw = server.raw(device)
            opened.append(raw)
            assert raw.send(connect5(client_id)).receive()[1][1] == 0
        assert opened[-1].ping()
        for raw in opened[:-1]:
            assert raw.receive()[1][0] == 0x8E
            assert raw.closed()
    finally:
        for raw in opened:
            raw.close()
