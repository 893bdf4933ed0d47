"""Connections by custom authorizers: AWS IoT developer guide "Connecting to AWS IoT Core by using custom authentication"."""

import base64
import json
import threading

import paho.mqtt.client as paho
import pytest
from awscrt import mqtt
from awsiot import mqtt_connection_builder
from lib import ACCOUNT, REGION, openssl, run, unique
from test_functions import TRUST, zipped

AUTHORIZE = """
import base64, time
ARN = "arn:aws:iot:us-east-1:123456789012:"
def handler(event, context):
    mqtt = event["protocolData"]["mqtt"]
    password = base64.b64decode(mqtt.get("password", "")).decode()
    if password == "hang":
        time.sleep(30)
    if password != "right" and not event["signatureVerified"]:
        return {"isAuthenticated": False}
    may = {"Effect": "Allow", "Action": ["iot:Connect", "iot:Publish"],
           "Resource": [ARN + "client/" + mqtt["clientId"], ARN + "topic/mine"]}
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


@pytest.mark.parametrize("sign", [True, False], ids=["signed", "forged"])
def test_a_signed_token_with_the_device_sdk(server, authorizers, tmp_path, sign):
    """aws-iot-device-sdk-python-v2's builder, as its sample custom_authorizer_connect uses it."""
    token = tmp_path / "token"
    token.write_text("a token with a space")
    openssl("dgst", "-sha256", "-sign", authorizers[2], "-out", tmp_path / "signature", token)
    signature = base64.b64encode((tmp_path / "signature").read_bytes()).decode()
    client_id = unique("sdk")
    connection = mqtt_connection_builder.direct_with_custom_authorizer(
        endpoint="localhost", ca_filepath=str(server.root_ca), client_id=client_id,
        auth_username="me", auth_authorizer_name=authorizers[1], auth_password="anything",
        auth_authorizer_signature=signature, auth_token_key_name="token",
        auth_token_value="a%20token%20with%20a%20space" if sign else "another",
        clean_session=True, keep_alive_secs=30,
    )  # fmt: skip
    # The builder knows no port but 443.
    connection.port = server.https_port
    if not sign:
        with pytest.raises(Exception):  # noqa: B017 - whatever the SDK says
            connection.connect().result(30)
        record = server.explained(client_id, "authorizer-signature")
        assert signature not in json.dumps(record)
        return
    connection.connect().result(30)
    published, _ = connection.publish(topic="mine", payload="hello", qos=mqtt.QoS.AT_LEAST_ONCE)
    published.result(30)
    connection.disconnect().result(30)
