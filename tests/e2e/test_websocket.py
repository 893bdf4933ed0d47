"""MQTT over WebSocket with SigV4, as AWS's SDKs, paho and clients by hand do it.

AWS IoT developer guide: "MQTT over the WebSocket protocol", "Device communication protocols"; RFC 6455.
"""

import base64
import datetime
import hashlib
import hmac
import json
import os
import queue
import socket
import ssl
import struct
import urllib.parse

import pytest
from lib import ACCOUNT, DEADLINE, REGION, connect_packet, packet, text, unique, until


def signing_key(secret, date, service, region=REGION):
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def presigned(key, host, service="iotdevicegateway", expires=None, at=None, sign_token=False):
    """The path of a presigned URL; the session token goes behind the signature, as AWS's device SDKs do it."""
    at = at or datetime.datetime.now(datetime.timezone.utc)
    stamp, date = at.strftime("%Y%m%dT%H%M%SZ"), at.strftime("%Y%m%d")
    scope = f"{date}/{REGION}/{service}/aws4_request"
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{key['AccessKeyId']}/{scope}",
        "X-Amz-Date": stamp,
        "X-Amz-SignedHeaders": "host",
    }
    if expires is not None:
        query["X-Amz-Expires"] = str(expires)
    token = key.get("SessionToken")
    if token and sign_token:
        query["X-Amz-Security-Token"] = token
    quoted = "&".join(f"{name}={urllib.parse.quote(value, safe='')}" for name, value in sorted(query.items()))
    canonical = f"GET\n/mqtt\n{quoted}\nhost:{host}\n\nhost\n{hashlib.sha256(b'').hexdigest()}"
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(signing_key(key["SecretAccessKey"], date, service), to_sign.encode(), hashlib.sha256)
    path = f"/mqtt?{quoted}&X-Amz-Signature={signature.hexdigest()}"
    if token and not sign_token:
        path += f"&X-Amz-Security-Token={urllib.parse.quote(token, safe='')}"
    return path


class WebSocket:
    """A client by hand: what it sends is what the test says."""

    def __init__(self, server, path, secure=False, protocol="mqtt", head=()):
        port = server.https_port if secure else int(server.api.rsplit(":", 1)[1])
        host = f"localhost:{port}" if secure else server.api
        self.socket = socket.create_connection(("localhost" if secure else "127.0.0.1", port), timeout=DEADLINE)
        if secure:
            context = ssl.create_default_context(cafile=server.root_ca)
            context.set_alpn_protocols(["http/1.1"])
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: keep-alive, Upgrade", "Upgrade: websocket",
                 "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", *head]  # fmt: skip
        if protocol:
            lines.append(f"Sec-WebSocket-Protocol: {protocol}")
        self.socket.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            more = self.socket.recv(4096)
            assert more, self.buffer
            self.buffer += more
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        self.status = int(head.split(b" ")[1])
        self.head = head.decode().lower()
        digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        self.accepted = f"sec-websocket-accept: {base64.b64encode(digest).decode()}".lower() in self.head

    @staticmethod
    def frame(payload, opcode=2, final=True):
        mask = os.urandom(4)
        length = len(payload)
        size = bytes([0x80 | length]) if length < 126 else bytes([0x80 | 126]) + struct.pack("!H", length)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        return bytes([(0x80 if final else 0) | opcode]) + size + mask + masked

    def send(self, payload, opcode=2, final=True):
        self.socket.sendall(self.frame(payload, opcode, final))

    def take(self, count):
        while len(self.buffer) < count:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError
            self.buffer += more
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def receive(self):
        """The next frame: opcode and payload."""
        first, length = self.take(2)
        if length == 126:
            (length,) = struct.unpack("!H", self.take(2))
        return first & 0x0F, self.take(length)

    def mqtt(self):
        """The bytes of the next binary message."""
        opcode, payload = self.receive()
        assert opcode == 2, (opcode, payload)
        return payload

    def connect(self, client_id):
        self.send(connect_packet(client_id))
        return self.mqtt()

    def ends(self):
        """The close frame's code, and that the connection ends behind it."""
        opcode, payload = self.receive()
        assert opcode == 8, (opcode, payload)
        self.send(payload[:2], opcode=8)
        with pytest.raises((EOFError, ConnectionError)):
            self.take(1)
        return struct.unpack("!H", payload[:2])[0] if payload else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def subscribe_packet(topic, qos=1):
    return packet(0x82, struct.pack("!H", 1) + text(topic) + bytes([qos]))


@pytest.fixture(scope="module")
def root(server):
    env = server.env
    return {"AccessKeyId": env["AWS_ACCESS_KEY_ID"], "SecretAccessKey": env["AWS_SECRET_ACCESS_KEY"]}


def user(iam, *statements):
    """The access key of a new user who has this policy alone, and the user's name."""
    name = unique("user")
    iam.create_user(UserName=name)
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(document))
    return name, iam.create_access_key(UserName=name)["AccessKey"]


def allow(actions, *resources):
    arns = [f"arn:aws:iot:{REGION}:{ACCOUNT}:{resource}" for resource in resources]
    return {"Effect": "Allow", "Action": actions, "Resource": arns or "*"}


def test_by_hand_over_tls_and_without(server, root):
    for secure in (False, True):
        host = f"localhost:{server.https_port}" if secure else server.api
        with WebSocket(server, presigned(root, host), secure) as ws:
            assert ws.status == 101 and ws.accepted and "sec-websocket-protocol: mqtt" in ws.head
            assert ws.connect(unique()) == b"\x20\x02\x00\x00"
            ws.send(b"are you there", opcode=9)
            assert ws.receive() == (10, b"are you there")
            # Two packets in one message; the answers are a message each, as at AWS.
            ws.send(subscribe_packet("ws/a") + b"\xc0\x00")
            assert (ws.mqtt(), ws.mqtt()) == (b"\x90\x03\x00\x01\x01", b"\xd0\x00")
            ws.send(struct.pack("!H", 1000), opcode=8)
            assert ws.ends() == 1000


def test_frames_and_packets_split_anywhere(server, root):
    """A packet may span messages, a message frames, and either the pieces that TCP makes. [MQTT-6.0.0-2]"""
    topic = unique("split")
    with WebSocket(server, presigned(root, server.api)) as ws:
        stream = connect_packet(unique()) + subscribe_packet(topic)
        for byte in stream:
            ws.send(bytes([byte]))
        publish = packet(0x30, text(topic) + b"Hello")
        for at, byte in enumerate(publish):
            last = at == len(publish) - 1
            for piece in ws.frame(bytes([byte]), opcode=0 if at else 2, final=last):
                ws.socket.sendall(bytes([piece]))
            if at == 3:
                ws.send(b"", opcode=9)
        got = b""
        expected = b"\x20\x02\x00\x00\x90\x03\x00\x01\x01" + publish
        while len(got) < len(expected):
            opcode, payload = ws.receive()
            assert opcode in (2, 10)
            got += payload if opcode == 2 else b""
        assert got == expected


def test_what_is_no_frame_of_mqtt(server, root):
    def opened():
        return WebSocket(server, presigned(root, server.api))

    with opened() as ws:
        ws.send("héllo".encode(), opcode=1)
        assert ws.ends() == 1003
    with opened() as ws:
        ws.connect(unique())
        ws.send(b"", opcode=1)
        assert ws.ends() == 1003


FRAME = WebSocket.frame
WRONG_FRAMES = {
    "not masked": (b"\x82\x02\x10\x00", 1002),
    "ping, not masked": (b"\x89\x00", 1002),
    "close, not masked": (b"\x88\x02\x03\xe8", 1002),
    "opcode 3": (FRAME(b"", 3), 1002),
    "opcode 15": (FRAME(b"", 15), 1002),
    "reserved bit 1": (bytes([0xC2]) + FRAME(b"a")[1:], 1002),
    "reserved bit 3": (bytes([0x92]) + FRAME(b"a")[1:], 1002),
    "continuation of nothing": (FRAME(b"a", 0), 1002),
    "message within a message": (FRAME(b"\xc0", 2, False) + FRAME(b"\x00"), 1002),
    "ping of 126 bytes": (FRAME(b"x" * 126, 9), 1002),
    "ping in pieces": (FRAME(b"x", 9, False), 1002),
    "close in pieces": (FRAME(b"\x03\xe8", 8, False), 1002),
    "close of one byte": (FRAME(b"\x03", 8), 1002),
    "close with 1005": (FRAME(b"\x03\xed", 8), 1002),
    "close with 5000": (FRAME(b"\x13\x88", 8), 1002),
    "close in no UTF-8": (FRAME(b"\x03\xe8\xff", 8), 1007),
    "length in more bytes than it needs": (b"\x82\xfe\x00\x01\0\0\0\0x", 1002),
    "length with its first bit": (b"\x82\xff" + b"\xff" * 8 + b"\0\0\0\0", 1009),
    "1 MiB": (b"\x82\xff\0\0\0\0\x00\x10\0\0\0\0\0\0", 1009),
    "pieces beyond the limit": (FRAME(b"x" * 60_000, 2, False) + FRAME(b"x" * 60_000, 0, False) * 5, 1009),
    "HTTP": (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1002),
}


@pytest.mark.parametrize("name", WRONG_FRAMES)
def test_frames_that_are_wrong(server, root, name):
    """RFC 6455, 5 and 7.4: whether there is a client yet or not, its connection ends and is told why."""
    data, code = WRONG_FRAMES[name]
    for connected in (False, True):
        with WebSocket(server, presigned(root, server.api)) as ws:
            if connected:
                assert ws.connect(unique()) == b"\x20\x02\x00\x00"
            ws.socket.sendall(data)
            assert ws.ends() == code


@pytest.mark.parametrize("head, protocol, status", [
    ([], None, 426),
    ([], "amqp", 426),
    ([], "chat, mqtt", 101),
    ([], "mqttv3.1", 101),
    (["Sec-WebSocket-Version: 8"], "mqtt", 426),
])  # fmt: skip
def test_upgrades_that_are_none(server, root, head, protocol, status):
    with WebSocket(server, presigned(root, server.api), protocol=protocol, head=head) as ws:
        assert ws.status == status, ws.head


def test_no_signature(make_server):
    """Where no authorizer is active, nobody else could say who it is."""
    with WebSocket(make_server(), "/mqtt") as ws:
        assert ws.status == 403, ws.head


def test_signatures_that_do_not_count(server, root):
    now = datetime.datetime.now(datetime.timezone.utc)
    ago = now - datetime.timedelta(minutes=10)
    ahead = now + datetime.timedelta(minutes=10)
    stranger = {"AccessKeyId": "AKIAIOSFODNN7STRANGE", "SecretAccessKey": root["SecretAccessKey"]}
    wrong = {**root, "SecretAccessKey": "x" * 40}
    for path, status in [
        (presigned(wrong, server.api), 403),
        (presigned(stranger, server.api), 403),
        (presigned({**root, "SessionToken": "t"}, server.api), 403),
        (presigned(root, server.api, expires=300, at=ago), 403),
        (presigned(root, server.api, at=ahead), 403),
        (presigned(root, server.api, service="iot"), 403),
        (presigned(root, "elsewhere"), 403),
        (presigned(root, server.api, expires=86400, at=ago), 101),
        (presigned(root, server.api, service="iotdata", expires=300), 101),
    ]:
        with WebSocket(server, path) as ws:
            assert ws.status == status, path
    reasons = {record["reason"] for record in server.attempts("127.0.0.1") if record["code"] == "signature-refused"}
    assert any("does not match" in reason or "signature" in reason for reason in reasons), reasons


def test_policies_of_a_user(server, iam, root):
    topic = unique("may")
    name, key = user(
        iam,
        allow("iot:Connect", "client/${aws:username}-*"),
        allow(["iot:Publish", "iot:Receive"], f"topic/{topic}/${{iot:ClientId}}"),
        allow("iot:Subscribe", f"topicfilter/{topic}/*"),
    )
    client_id = f"{name}-1"
    with WebSocket(server, presigned(key, server.api)) as ws:
        assert ws.connect("somebody-else") == b"\x20\x02\x00\x05"
    record = server.explained("somebody-else", "policy-denied")
    assert f"user/{name}" in record["reason"], record
    with WebSocket(server, presigned(key, server.api)) as ws:
        assert ws.connect(client_id) == b"\x20\x02\x00\x00"
        ws.send(subscribe_packet(f"{topic}/#"))
        assert ws.mqtt() == b"\x90\x03\x00\x01\x01"
        # What it may not receive is withheld.
        server.client("iot-data").publish(topic=f"{topic}/other", payload=b"not this")
        publish = packet(0x30, text(f"{topic}/{client_id}") + b"this")
        ws.send(publish)
        assert ws.mqtt() == publish
        # What it may not publish ends the connection.
        ws.send(packet(0x30, text(f"{topic}/other") + b"no"))
        ws.ends()
    until(lambda: server.attempts(client_id)[0]["code"] == "publish-denied", "the refusal is on record")


def test_what_iam_takes_away_ends_an_open_connection(server, iam):
    for take in (
        lambda name, key: iam.update_access_key(UserName=name, AccessKeyId=key["AccessKeyId"], Status="Inactive"),
        lambda name, key: iam.delete_user_policy(UserName=name, PolicyName="p"),
    ):
        name, key = user(iam, allow("iot:*"))
        with WebSocket(server, presigned(key, server.api)) as ws:
            assert ws.connect(name) == b"\x20\x02\x00\x00"
            take(name, key)
            ws.ends()


def test_session_tokens(server, iam, sts, root):
    """A role's session, narrowed by a session policy: the token stands behind the signature, or in it."""
    role = unique("role")
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    iam.create_role(
        RoleName=role, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    may = {"Version": "2012-10-17", "Statement": [allow("iot:*")]}
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=json.dumps(may))
    only = {"Version": "2012-10-17", "Statement": [allow("iot:Connect", "client/narrow"), allow("iot:Publish")]}
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    key = sts.assume_role(RoleArn=arn, RoleSessionName="session", Policy=json.dumps(only))["Credentials"]
    for sign_token in (False, True):
        with WebSocket(server, presigned(key, server.api, sign_token=sign_token)) as ws:
            assert ws.status == 101, ws.head
            assert ws.connect("wide") == b"\x20\x02\x00\x05"
    with WebSocket(server, presigned(key, server.api)) as ws:
        assert ws.connect("narrow") == b"\x20\x02\x00\x00"
        ws.send(subscribe_packet("a"))
        assert ws.mqtt() == b"\x90\x03\x00\x01\x80"
    with WebSocket(server, presigned({**key, "SessionToken": key["SessionToken"][:-4] + "AAAA"}, server.api)) as ws:
        assert ws.status == 403


@pytest.mark.parametrize("secure", [False, True])
def test_paho_with_a_presigned_url(server, root, secure):
    from paho.mqtt import client as paho
    from paho.mqtt.enums import CallbackAPIVersion

    port = server.https_port if secure else int(server.api.rsplit(":", 1)[1])
    got = queue.Queue()
    topic = unique("paho")
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=unique("paho"), transport="websockets")
    client.ws_set_options(path=presigned(root, f"localhost:{port}"), headers={"Host": f"localhost:{port}"})
    if secure:
        client.tls_set(ca_certs=server.root_ca)
    client.on_connect = lambda client, *_: client.subscribe(topic, qos=1)
    client.on_subscribe = lambda client, *_: client.publish(topic, b"x" * 100_000, qos=1)
    client.on_message = lambda _, __, message: got.put(message.payload)
    client.connect("localhost" if secure else "127.0.0.1", port)
    client.loop_start()
    try:
        assert got.get(timeout=DEADLINE) == b"x" * 100_000
    finally:
        client.disconnect()
        client.loop_stop()


def test_aws_iot_device_sdk_v2_for_python(server, root):
    """`websockets_with_default_aws_signing`: the upgrade is signed by header fields or in the query, as the SDK likes."""
    from awscrt import auth, mqtt
    from awsiot import mqtt_connection_builder

    got = queue.Queue()
    topic = unique("crt")
    connection = mqtt_connection_builder.websockets_with_default_aws_signing(
        region=REGION,
        credentials_provider=auth.AwsCredentialsProvider.new_static(root["AccessKeyId"], root["SecretAccessKey"]),
        endpoint="localhost",
        port=server.https_port,
        ca_filepath=server.root_ca,
        client_id=unique("crt"),
    )
    connection.connect().result(DEADLINE)
    future, _ = connection.subscribe(topic, mqtt.QoS.AT_LEAST_ONCE, lambda topic, payload, **_: got.put(payload))
    future.result(DEADLINE)
    connection.publish(topic, "Hello", mqtt.QoS.AT_LEAST_ONCE)[0].result(DEADLINE)
    assert got.get(timeout=DEADLINE) == b"Hello"
    connection.disconnect().result(DEADLINE)


def test_aws_iot_python_sdk(make_server, tmp_path, monkeypatch):
    """AWSIoTPythonSDK, version 1 of the SDK: WebSocket with SigV4, and mutual TLS by ALPN on the port of 443. It takes no
    other names than AWS's endpoints, so that one is dialled here."""
    from AWSIoTPythonSDK.MQTTLib import AWSIoTMQTTClient

    host = f"abcdef-ats.iot.{REGION}.amazonaws.com"
    server = make_server("--endpoint-host", host)
    device = server.service_device(tmp_path)
    env = server.env
    connect = socket.create_connection
    monkeypatch.setattr(
        socket, "create_connection", lambda address, *more, **named: connect(("127.0.0.1", address[1]), *more, **named)
    )
    for websocket in (True, False):
        got, topic = queue.Queue(), unique("v1")
        client = AWSIoTMQTTClient(unique("v1"), useWebsocket=websocket)
        client.configureEndpoint(host, server.https_port)
        if websocket:
            client.configureCredentials(server.root_ca)
            client.configureIAMCredentials(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"])
        else:
            client.configureCredentials(server.root_ca, str(device.key), str(device.chain))
        client.configureConnectDisconnectTimeout(DEADLINE)
        assert client.connect()
        assert client.subscribe(topic, 1, lambda _, __, message: got.put(message.payload))
        assert client.publish(topic, "Hello", 1)
        assert got.get(timeout=DEADLINE) == b"Hello"
        client.disconnect()


def test_mqtt_5_by_the_aws_iot_device_sdk_v2(server, root):
    """The SDK's MQTT 5 client over WebSocket, and the properties of a publish over HTTP."""
    from awscrt import auth, mqtt5
    from awsiot import mqtt5_client_builder

    got, connected = queue.Queue(), queue.Queue()
    topic = unique("v5")
    client = mqtt5_client_builder.websockets_with_default_aws_signing(
        region=REGION,
        credentials_provider=auth.AwsCredentialsProvider.new_static(root["AccessKeyId"], root["SecretAccessKey"]),
        endpoint="localhost",
        port=server.https_port,
        ca_filepath=server.root_ca,
        client_id=unique("v5"),
        on_publish_received=lambda data: got.put(data.publish_packet),
        on_lifecycle_connection_success=lambda data: connected.put(data),
        on_lifecycle_connection_failure=lambda data: connected.put(data),
    )
    client.start()
    connected.get(timeout=DEADLINE)
    subscription = mqtt5.Subscription(topic_filter=topic, qos=mqtt5.QoS.AT_LEAST_ONCE)
    client.subscribe(mqtt5.SubscribePacket(subscriptions=[subscription])).result(DEADLINE)
    properties = [mqtt5.UserProperty(name="n", value="v")]
    sent = mqtt5.PublishPacket(topic=topic, qos=mqtt5.QoS.AT_LEAST_ONCE, payload="Hello", user_properties=properties)
    client.publish(sent).result(DEADLINE)
    message = got.get(timeout=DEADLINE)
    assert (message.payload, message.user_properties) == (b"Hello", properties)
    # boto3 takes a list or its text.
    pairs = [{"a": "1"}, {"b": "2"}]
    for user_properties in (pairs, json.dumps(pairs)):
        server.client("iot-data").publish(
            topic=topic, qos=1, payload=b"over HTTP", contentType="text/plain", responseTopic="answers",
            messageExpiry=60, correlationData=base64.b64encode(b"id").decode(), payloadFormatIndicator="UTF8_DATA",
            userProperties=user_properties,
        )  # fmt: skip
        message = got.get(timeout=DEADLINE)
        assert message.payload == b"over HTTP"
        assert (message.content_type, message.response_topic) == ("text/plain", "answers")
        assert message.correlation_data in ("id", b"id")
        assert [(one.name, one.value) for one in message.user_properties] == [("a", "1"), ("b", "2")]
        assert 0 < message.message_expiry_interval_sec <= 60
        indicator = mqtt5.PayloadFormatIndicator.AWS_MQTT5_PFI_UTF8
        assert message.payload_format_indicator == indicator
    client.stop()


def test_two_clients_of_one_device_on_443_by_alpn(server, tmp_path):
    """A public client's way: MQTT 3.1.1 by ALPN, clean session off, keep alive 6, and once more under another client id
    while the first is open."""
    device = server.service_device(tmp_path)
    ids = unique("first"), unique("second")
    with server.raw(device, port=server.https_port, alpn=["x-amzn-mqtt-ca"]) as first:
        assert first.connect(ids[0], keep_alive=6, clean=False) == 0
        with server.raw(device, port=server.https_port, alpn=["x-amzn-mqtt-ca"]) as second:
            assert second.connect(ids[1], keep_alive=6, clean=False) == 0
            assert first.ping() and second.ping()
