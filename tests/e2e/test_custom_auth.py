"""Connections by custom authorizers: AWS IoT developer guide "Connecting to AWS IoT Core by using custom authentication"."""

import base64
import json
import queue
import threading
import urllib.parse

import paho.mqtt.client as paho
import pytest
from awscrt import mqtt, mqtt5
from awsiot import mqtt5_client_builder, mqtt_connection_builder
from lib import ACCOUNT, DEADLINE, REGION, connect_packet, openssl, run, unique
from test_functions import TRUST, zipped
from test_websocket import WebSocket

AUTHORIZE = """
import base64, time
ARN = "arn:aws:iot:us-east-1:123456789012:"
def handler(event, context):
    mqtt = event["protocolData"].get("mqtt", {})
    http = event["protocolData"].get("http", {})
    password = base64.b64decode(mqtt.get("password", "")).decode() or http.get("headers", {}).get("authorization", "")
    if password == "hang":
        time.sleep(30)
    if password != "right" and not event["signatureVerified"]:
        return {"isAuthenticated": False}
    may = {"Effect": "Allow", "Action": ["iot:Connect", "iot:Publish"],
           "Resource": [ARN + "client/" + mqtt.get("clientId", "-"), ARN + "topic/mine"]}
    return {"isAuthenticated": True, "principalId": "me", "disconnectAfterInSeconds": 3600, "refreshAfterInSeconds": 300,
            "policyDocuments": [{"Version": "2012-10-17", "Statement": [may]}]}
"""


@pytest.fixture(scope="module")
def authorizers(server, tmp_path_factory):
    """Names of an authorizer for passwords and of one for signed tokens, and the key of the second."""
    name = unique("customauth")
    role = server.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    functions, iot = server.client("lambda"), server.client("iot")
    arn = functions.create_function(
        FunctionName=name, Runtime="python3.12", Role=role, Handler="app.handler", Timeout=60,
        Code={"ZipFile": zipped(app_py=AUTHORIZE)},
    )["FunctionArn"]  # fmt: skip
    functions.add_permission(
        FunctionName=name, StatementId="iot", Action="lambda:InvokeFunction", Principal="iot.amazonaws.com",
        SourceArn=f"arn:aws:iot:{REGION}:{ACCOUNT}:authorizer/{name}*",
    )  # fmt: skip
    key = tmp_path_factory.mktemp("key") / "key"
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key)
    iot.create_authorizer(
        authorizerName=f"{name}p", authorizerFunctionArn=arn, signingDisabled=True, status="ACTIVE"
    )
    iot.create_authorizer(
        authorizerName=f"{name}t", authorizerFunctionArn=arn, status="ACTIVE", tokenKeyName="token",
        tokenSigningPublicKeys={"k": openssl("pkey", "-in", key, "-pubout").stdout},
    )  # fmt: skip
    yield f"{name}p", f"{name}t", key
    for made in (f"{name}p", f"{name}t"):
        iot.update_authorizer(authorizerName=made, status="INACTIVE")
        iot.delete_authorizer(authorizerName=made)


@pytest.mark.parametrize("port", ["mqtt_port", "https_port"])
def test_a_password_with_mosquitto(server, authorizers, port):
    """No certificate is shown; the right password publishes, the wrong one and a function that hangs do not."""

    def publish(password, topic="mine", client=None):
        command = [
            "mosquitto_pub", "--cafile", server.root_ca, "-h", "localhost", "-p", getattr(server, port), "--tls-alpn", "mqtt",
            "-i", client or unique("client"), "-u", f"me?x-amz-customauthorizer-name={authorizers[0]}", "-P", password,
            "-t", topic, "-m", "hello", "-q", "1",
        ]  # fmt: skip
        return run([str(part) for part in command], check=False, timeout=40)

    done = publish("right")
    assert done.returncode == 0, (done.stderr, server.log())
    assert publish("right", topic="other").returncode != 0
    client = unique("client")
    assert publish("wrong", client=client).returncode != 0
    server.explained(client, "authorizer-denied")
    if port == "mqtt_port":
        client = unique("client")
        assert publish("hang", client=client).returncode != 0
        server.explained(client, "authorizer-timeout")


def test_nobody_gets_in_without_certificate_and_authorizer(server):
    """Without ALPN `mqtt` the listener for MQTT still needs a certificate."""
    command = ["mosquitto_pub", "--cafile", server.root_ca, "-h", "localhost", "-p", server.mqtt_port, "-t", "x", "-m", "x"]
    assert run([str(part) for part in command], check=False).returncode != 0
    client = unique("client")
    command += ["--tls-alpn", "mqtt", "-i", client, "-u", "me", "-P", "right"]
    assert run([str(part) for part in command], check=False).returncode != 0
    server.explained(client, "authorizer-unnamed")


def test_paho_with_version_5(server, authorizers):
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=unique("client"), protocol=paho.MQTTv5)
    context = paho.ssl.create_default_context(cafile=server.root_ca)
    context.set_alpn_protocols(["mqtt"])
    client.tls_set_context(context)
    client.username_pw_set(f"me?x-amz-customauthorizer-name={authorizers[0]}", "right")
    connected = threading.Event()
    codes = []
    client.on_connect = lambda *told: (codes.append(told[3]), connected.set())
    client.connect("localhost", server.https_port)
    client.loop_start()
    assert connected.wait(30) and not codes[0].is_failure, codes
    client.publish("mine", "hello", qos=1).wait_for_publish(20)
    client.disconnect()
    client.loop_stop()


@pytest.fixture
def signed(authorizers, tmp_path):
    """A token, and its signature in Base64."""
    token = tmp_path / "token"
    token.write_text("a token with a space")
    openssl("dgst", "-sha256", "-sign", authorizers[2], "-out", tmp_path / "signature", token)
    return token.read_text(), base64.b64encode((tmp_path / "signature").read_bytes()).decode()


def shown(authorizers, signed):
    """What the builders of aws-iot-device-sdk-python-v2 take, as its sample custom_authorizer_connect does."""
    return {
        "auth_username": "me", "auth_authorizer_name": authorizers[1], "auth_password": "anything",
        "auth_authorizer_signature": signed[1], "auth_token_key_name": "token",
        "auth_token_value": urllib.parse.quote(signed[0]),
    }  # fmt: skip


@pytest.mark.parametrize("way", ["direct", "websockets"])
@pytest.mark.parametrize("sign", [True, False], ids=["signed", "forged"])
def test_a_signed_token_with_the_device_sdk(server, authorizers, signed, way, sign):
    client_id = unique("sdk")
    build = getattr(mqtt_connection_builder, f"{way}_with_custom_authorizer")
    connection = build(
        endpoint="localhost", ca_filepath=str(server.root_ca), client_id=client_id, clean_session=True, keep_alive_secs=30,
        **shown(authorizers, signed if sign else ("another", signed[1])),
    )  # fmt: skip
    # The builder knows no port but 443.
    connection.port = server.https_port
    if not sign:
        with pytest.raises(Exception):  # noqa: B017 - whatever the SDK says
            connection.connect().result(30)
        record = server.explained(client_id, "authorizer-signature")
        assert signed[1] not in json.dumps(record)
        return
    connection.connect().result(30)
    published, _ = connection.publish(topic="mine", payload="hello", qos=mqtt.QoS.AT_LEAST_ONCE)
    published.result(30)
    connection.disconnect().result(30)


@pytest.mark.parametrize("way", ["direct", "websockets"])
def test_the_device_sdk_with_version_5(server, authorizers, signed, way):
    events = queue.Queue()
    build = getattr(mqtt5_client_builder, f"{way}_with_custom_authorizer")
    client = build(
        endpoint="localhost", ca_filepath=str(server.root_ca), client_id=unique("sdk"),
        client_options=mqtt5.ClientOptions(host_name="localhost", port=server.https_port),
        on_lifecycle_connection_success=lambda data: events.put("connected"),
        on_lifecycle_connection_failure=lambda data: events.put(data.exception),
        on_lifecycle_stopped=lambda _: events.put("stopped"),
        **shown(authorizers, signed),
    )  # fmt: skip
    client.start()
    assert events.get(timeout=DEADLINE) == "connected"
    client.publish(mqtt5.PublishPacket(topic="mine", payload="hello", qos=mqtt5.QoS.AT_LEAST_ONCE)).result(DEADLINE)
    client.stop()
    assert events.get(timeout=DEADLINE) == "stopped"


def test_a_websocket_by_hand(server, authorizers, signed):
    """The guide's own requests: credentials in header fields, as browsers have them in the query, and in CONNECT."""
    token, signature = map(urllib.parse.quote, signed)
    query = f"x-amz-customauthorizer-name={authorizers[1]}&token={token}&x-amz-customauthorizer-signature={signature}"
    names = ["x-amz-customauthorizer-name", "token", "x-amz-customauthorizer-signature"]
    head = [f"{name}: {value}" for name, value in zip(names, [authorizers[1], *signed])]
    basic = [f"x-amz-customauthorizer-name: {authorizers[0]}", "Authorization: right"]
    for secure in (True, False):
        for path, fields, code in [
            ("/mqtt", head, 0),
            (f"/mqtt?{query}", [], 0),
            (f"/mqtt?{query}x", [], 5),
            ("/mqtt", basic, 0),
            ("/mqtt", [], 5),
        ]:
            with WebSocket(server, path, secure=secure, head=fields) as socket:
                assert socket.status == 101
                assert socket.connect(unique("ws"))[:4] == bytes([0x20, 2, 0, code]), (path, fields)


def curl(server, path, *arguments):
    """The status of a publish over HTTPS, and the answer."""
    done = run([
        "curl", "--silent", "--show-error", "--cacert", server.root_ca, "--write-out", "\n%{http_code}", "--data-binary", "hello",
        *arguments, f"https://localhost:{server.https_port}{path}",
    ])  # fmt: skip
    body, status = done.stdout.rsplit("\n", 1)
    return int(status), json.loads(body)


def test_https(server, authorizers, signed):
    """The guide's own calls by curl."""
    fields = ["-H", f"x-amz-customauthorizer-name: {authorizers[1]}", "-H", f"token: {signed[0]}",
              "-H", f"x-amz-customauthorizer-signature: {signed[1]}"]  # fmt: skip
    assert curl(server, "/topics/mine?qos=1", *fields)[0] == 200
    token, signature = map(urllib.parse.quote, signed)
    query = f"x-amz-customauthorizer-name={authorizers[1]}&token={token}&x-amz-customauthorizer-signature={signature}"
    assert curl(server, f"/topics/mine?qos=1&{query}")[0] == 200
    assert curl(server, f"/topics/other?qos=1&{query}")[0] == 403
    name = ["-H", f"x-amz-customauthorizer-name: {authorizers[0]}"]
    assert curl(server, "/topics/mine?qos=1", *name, "-H", "Authorization: right")[0] == 200
    before = server.counter("authorizer-denied")
    status, answer = curl(server, "/topics/mine?qos=1", *name, "-u", "me:wrong")
    assert (status, answer["message"]) == (403, "Forbidden")
    assert server.counter("authorizer-denied") == before + 1
