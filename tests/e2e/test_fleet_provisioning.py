"""Fleet provisioning by claim, with AWS's own clients and with paho.

AWS IoT developer guide: "Provisioning devices that don't have device certificates using fleet provisioning".
"""

import json
import queue
import ssl

import cbor2
import paho.mqtt.client as paho
import pytest
from awscrt import mqtt, mqtt_request_response
from awsiot import iotidentity, mqtt_connection_builder
from lib import ACCOUNT, ALLOW_ALL, BIN, DEADLINE, REGION, Device, jitp_role, new_key, openssl, plain_env, run, unique, until
from test_functions import TRUST, zipped

ARN = f"arn:aws:iot:{REGION}:{ACCOUNT}"


def claim_policy(template):
    """As the guide has it, with the topics for signing requests beside those for keys."""
    topics = ["$aws/certificates/create/*", "$aws/certificates/create-from-csr/*",
              f"$aws/provisioning-templates/{template}/provision/*"]  # fmt: skip
    resources = lambda kind: [f"{ARN}:{kind}/{topic}" for topic in topics]
    statements = [("iot:Connect", "*"), (["iot:Publish", "iot:Receive"], resources("topic")), ("iot:Subscribe", resources("topicfilter"))]
    return json.dumps({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in statements],
    })  # fmt: skip


def body(policy, **more):
    return json.dumps({
        "Parameters": {"SerialNumber": {"Type": "String"}, "AWS::IoT::Certificate::Id": {"Type": "String"}},
        "Resources": {
            "thing": {
                "Type": "AWS::IoT::Thing",
                "Properties": {"ThingName": {"Fn::Join": ["", ["lamp-", {"Ref": "SerialNumber"}]]}},
            },
            "certificate": {
                "Type": "AWS::IoT::Certificate",
                "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "Active"},
            },
            "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": policy}},
        },
        **more,
    })  # fmt: skip


class Fleet:
    """A template, and a claim certificate that may use it."""

    def __init__(self, server, directory, **more):
        self.server, self.directory = server, directory
        iot = server.client("iot")
        self.policy, self.template = unique("device"), unique("fleet")
        iot.create_policy(policyName=self.policy, policyDocument=ALLOW_ALL)
        iot.create_provisioning_template(
            templateName=self.template, templateBody=body(self.policy, **more), enabled=True,
            provisioningRoleArn=jitp_role(server),
        )  # fmt: skip
        self.claim = server.service_device(directory, claim_policy(self.template))
        self.provision = f"$aws/provisioning-templates/{self.template}/provision"

    def device(self, certificate, key):
        device = Device(self.directory, unique("device"))
        device.chain.write_text(certificate)
        device.cert.write_text(certificate)
        device.key.write_text(key)
        return device

    def paho(self, device=None, client_id=None):
        return Paho(self.server, device or self.claim, client_id or unique("claimer"))


@pytest.fixture(scope="module")
def fleet(server, tmp_path_factory):
    return Fleet(server, tmp_path_factory.mktemp("fleet"), DeviceConfiguration={"interval": 60, "url": "https://example.com"})


class Paho:
    """A paho client: what it is sent waits in `messages`."""

    def __init__(self, server, device, client_id):
        self.messages = queue.Queue()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id)
        self.client.tls_set(server.root_ca, str(device.chain), str(device.key), tls_version=ssl.PROTOCOL_TLS_CLIENT)
        connected, self.ended = queue.Queue(), queue.Queue()
        self.client.on_connect = lambda *arguments: connected.put(arguments[3])
        self.client.on_message = lambda _, __, message: self.messages.put((message.topic, message.payload))
        self.client.on_disconnect = lambda *arguments: self.ended.put(arguments[3])
        self.subscribed = queue.Queue()
        self.client.on_subscribe = lambda *arguments: self.subscribed.put(arguments[3])
        self.client.connect("localhost", server.mqtt_port)
        self.client.loop_start()
        assert not connected.get(timeout=DEADLINE).is_failure

    def subscribe(self, *filters):
        self.client.subscribe([(name, 1) for name in filters])
        return [code.value for code in self.subscribed.get(timeout=DEADLINE)]

    def ask(self, topic, payload):
        """The last level of the answer's topic, and the answer."""
        write, read = (cbor2.dumps, cbor2.loads) if topic.endswith("cbor") else (json.dumps, json.loads)
        self.client.publish(topic, payload if isinstance(payload, bytes) else write(payload), 1)
        answered, answer = self.messages.get(timeout=DEADLINE)
        assert answered.startswith(f"{topic}/"), answered
        return answered.removeprefix(f"{topic}/"), read(answer)

    def quiet(self):
        """Whether nothing waits, once the server has answered something sent later."""
        self.subscribe("$aws/certificates/create/json/rejected")
        return self.messages.empty()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.disconnect()
        self.client.loop_stop()


def sdk(server, device):
    return mqtt_connection_builder.mtls_from_path(
        endpoint="localhost", port=server.mqtt_port, cert_filepath=str(device.chain), pri_key_filepath=str(device.key),
        ca_filepath=server.root_ca, client_id=unique("sdk"), clean_session=True, keep_alive_secs=30,
    )  # fmt: skip


def csr_for(directory):
    key = directory / f"{unique('own')}.key"
    new_key(key, "ec")
    return key.read_text(), openssl("req", "-new", "-key", key, "-subj", "/CN=own").stdout


@pytest.mark.parametrize("own_key", [False, True], ids=["keys", "csr"])
def test_the_request_response_client_of_the_device_sdk(server, fleet, iot, own_key):
    """`IotIdentityClientV2`, as AWS's sample of fleet provisioning calls it."""
    connection = sdk(server, fleet.claim)
    connection.connect().result(DEADLINE)
    client = iotidentity.IotIdentityClientV2(
        connection,
        mqtt_request_response.ClientOptions(max_request_response_subscriptions=4, max_streaming_subscriptions=2),
    )
    if own_key:
        key, csr = csr_for(fleet.directory)
        made = client.create_certificate_from_csr(
            iotidentity.CreateCertificateFromCsrRequest(certificate_signing_request=csr)
        ).result(DEADLINE)
    else:
        made = client.create_keys_and_certificate(iotidentity.CreateKeysAndCertificateRequest()).result(DEADLINE)
        key = made.private_key
    described = iot.describe_certificate(certificateId=made.certificate_id)["certificateDescription"]
    assert described["status"] == "PENDING_ACTIVATION"
    serial = unique()
    registered = client.register_thing(
        iotidentity.RegisterThingRequest(
            template_name=fleet.template, certificate_ownership_token=made.certificate_ownership_token,
            parameters={"SerialNumber": serial},
        )
    ).result(DEADLINE)  # fmt: skip
    assert registered.thing_name == f"lamp-{serial}"
    assert registered.device_configuration == {"interval": 60, "url": "https://example.com"}
    with pytest.raises(Exception) as caught:
        client.register_thing(
            iotidentity.RegisterThingRequest(
                template_name=fleet.template, certificate_ownership_token=made.certificate_ownership_token,
                parameters={"SerialNumber": serial},
            )
        ).result(DEADLINE)  # fmt: skip
    refused = caught.value.modeled_error
    assert (refused.status_code, refused.error_code) == (400, "InvalidCertificateOwnershipToken")
    connection.disconnect().result(DEADLINE)
    # It goes on with the certificate that is its own.
    device = fleet.device(made.certificate_pem, key)
    server.pub(device, "hello/x", "Hello", client_id=registered.thing_name)
    record = server.explained(registered.thing_name, "connected")
    codes = [attempt["code"] for attempt in server.attempts(made.certificate_id)]
    created = "fleet-certificate-created" if own_key else "fleet-keys-created"
    assert codes == ["connected", "fleet-token", "fleet-provisioned", created], record


def test_the_first_client_of_the_device_sdk(server, fleet):
    """`IotIdentityClient` (the older sample): it subscribes, publishes, and waits for callbacks."""
    connection = sdk(server, fleet.claim)
    connection.connect().result(DEADLINE)
    client = iotidentity.IotIdentityClient(connection)
    answers = queue.Queue()
    qos = mqtt.QoS.AT_LEAST_ONCE
    subscribing = [
        subscribe(request=request, qos=qos, callback=answers.put)[0]
        for subscribe, request in [
            (client.subscribe_to_create_keys_and_certificate_accepted, iotidentity.CreateKeysAndCertificateSubscriptionRequest()),
            (client.subscribe_to_create_keys_and_certificate_rejected, iotidentity.CreateKeysAndCertificateSubscriptionRequest()),
            (client.subscribe_to_register_thing_accepted, iotidentity.RegisterThingSubscriptionRequest(template_name=fleet.template)),
            (client.subscribe_to_register_thing_rejected, iotidentity.RegisterThingSubscriptionRequest(template_name=fleet.template)),
        ]
    ]
    for future in subscribing:
        future.result(DEADLINE)
    client.publish_create_keys_and_certificate(iotidentity.CreateKeysAndCertificateRequest(), qos).result(DEADLINE)
    made = answers.get(timeout=DEADLINE)
    assert made.private_key.startswith("-----BEGIN RSA PRIVATE KEY-----")
    # The token is read before it came: what a sample of AWS's ran into (aws-iot-device-sdk-js-v2#69).
    empty = iotidentity.RegisterThingRequest(template_name=fleet.template, certificate_ownership_token="", parameters={})
    client.publish_register_thing(empty, qos).result(DEADLINE)
    refused = answers.get(timeout=DEADLINE)
    assert (refused.status_code, refused.error_code, refused.error_message) == (
        400, "InvalidCertificateOwnershipToken", "Certificate ownership token cannot be empty.",
    )  # fmt: skip
    connection.disconnect().result(DEADLINE)


def test_maps_of_the_c_library(server, fleet, iot):
    """The embedded C SDK writes and reads CBOR; with lengths that are open as some encoders have them."""
    key, csr = csr_for(fleet.directory)
    serial = unique()
    with fleet.paho() as device:
        device.subscribe("$aws/certificates/create-from-csr/cbor/+", f"{fleet.provision}/cbor/+")
        word, made = device.ask("$aws/certificates/create-from-csr/cbor", {"certificateSigningRequest": csr})
        assert (word, set(made)) == ("accepted", {"certificateId", "certificatePem", "certificateOwnershipToken"})
        token = made["certificateOwnershipToken"]
        assert len(token) <= 512
        items = [cbor2.dumps(part) for part in ("certificateOwnershipToken", token, "parameters", {"SerialNumber": serial})]
        word, registered = device.ask(f"{fleet.provision}/cbor", b"\xbf" + b"".join(items) + b"\xff")
        assert (word, registered["thingName"]) == ("accepted", f"lamp-{serial}")
        assert registered["deviceConfiguration"] == {"interval": 60, "url": "https://example.com"}
        for bomb in (b"\x9f" * 100_000, b"\xbb" + b"\xff" * 8, b"\x81" * 100_000, b"{}", b""):
            word, refused = device.ask(f"{fleet.provision}/cbor", bomb)
            assert (word, refused["statusCode"], refused["errorCode"]) == ("rejected", 400, "InvalidPayload")
    server.pub(fleet.device(made["certificatePem"], key), "hello/x", "Hello")
    assert iot.list_thing_principals(thingName=registered["thingName"])["principals"]


def test_answers_reach_nobody_else(server, fleet, tmp_path):
    """Another device of the claim, somebody who may see everything, and a rule."""
    iot = server.client("iot")
    all_seeing = server.service_device(tmp_path)
    rule = unique("leak").replace("-", "_")
    iot.create_topic_rule(
        ruleName=rule,
        topicRulePayload={
            "sql": "SELECT * FROM '$aws/certificates/#'", "awsIotSqlVersion": "2016-03-23",
            "actions": [{"republish": {"roleArn": jitp_role(server, ("AWSIoTRuleActions",)), "topic": "leaked"}}],
        },
    )  # fmt: skip
    created = "$aws/certificates/create/json"
    with fleet.paho() as other, server.subscriber(all_seeing, "#", "$aws/#") as watcher, fleet.paho() as device:
        other.subscribe(f"{created}/accepted", f"{fleet.provision}/json/+")
        # It listens for bad news alone; good news are its own all the same.
        device.subscribe(f"{created}/rejected")
        word, made = device.ask(created, b"")
        assert word == "accepted" and made["privateKey"]
        token = made["certificateOwnershipToken"]
        # What the other has overheard otherwise is of no use to it.
        request = {"certificateOwnershipToken": token, "parameters": {"SerialNumber": unique()}}
        word, refused = other.ask(f"{fleet.provision}/json", request)
        assert (word, refused["errorCode"]) == ("rejected", "InvalidCertificateOwnershipToken")
        assert refused["errorMessage"] == "The certificate ownership token was given to another connection."
        word, _ = device.ask(f"{fleet.provision}/json", request)
        assert word == "accepted"
        assert other.quiet() and device.quiet()
        server.pub(all_seeing, "last", "last")
        watcher.wait_for(1)
        until(lambda: ("last", "last") in watcher.messages, "the last message")
        assert [topic for topic, _ in watcher.messages if "certificates" in topic or topic == "leaked"] == []
    assert made["privateKey"].splitlines()[1] not in server.log()
    assert token not in server.log()
    retained = server.client("iot-data").list_retained_messages()["retainedTopics"]
    # Others' messages are kept in the shared server, too; answers are the service's.
    assert [message for message in retained if message["topic"].startswith("$aws/")] == []


def test_bad_tokens(server, fleet):
    with fleet.paho() as device:
        device.subscribe(f"{fleet.provision}/json/rejected", "$aws/certificates/create/json/accepted")
        _, made = device.ask("$aws/certificates/create/json", {})
        token = made["certificateOwnershipToken"]
        for wrong in ("", token[:-1], token[:-4] + "AAAA", "x" * 100_000, token + token, "\u0000"):
            word, refused = device.ask(f"{fleet.provision}/json", {"certificateOwnershipToken": wrong})
            assert (word, refused["statusCode"]) == ("rejected", 400), wrong
            assert refused["errorCode"] == "InvalidCertificateOwnershipToken", wrong
    # The same client over a new connection is another one.
    with fleet.paho() as device:
        request = {"certificateOwnershipToken": token, "parameters": {"SerialNumber": unique()}}
        _, refused = device.ask(f"{fleet.provision}/json", request)
        assert refused["errorMessage"] == "The certificate ownership token was given to another connection."


@pytest.mark.parametrize("topic", ["hello/x", "$aws/things/lamp/shadow/update", "$aws/provisioning-templates/other/provision/json"])
def test_a_claim_may_use_its_topics_only(server, fleet, topic):
    device = fleet.paho()
    device.client.publish(topic, "{}", 1)
    device.ended.get(timeout=DEADLINE)
    device.client.loop_stop()
    with fleet.paho() as device:
        assert device.subscribe("#") == [128]


def test_what_the_device_left_out_is_told(server, fleet):
    with fleet.paho(client_id="forgetful") as device:
        _, made = device.ask("$aws/certificates/create/json", {})
        word, refused = device.ask(
            f"{fleet.provision}/json", {"certificateOwnershipToken": made["certificateOwnershipToken"], "parameters": {}}
        )
        assert (word, refused["statusCode"], refused["errorCode"]) == ("rejected", 400, "InvalidParameters")
        assert "SerialNumber" in refused["errorMessage"]
    told = run([BIN, "explain", "--data-dir", server.data_dir, made["certificateId"]], env=plain_env()).stdout
    assert "SerialNumber" in told and "RegisterThing" in told and "forgetful" in told, told
    metrics = server.get("/metrics")
    assert 'nameplate_fleet_requests_total{request="RegisterThing",outcome="client_error"}' in metrics


# As AWS's guide has it, with an allow-list in the place of a table.
HOOK = """
    def pre_provisioning_hook(event, context):
        serial = event["parameters"]["SerialNumber"]
        if serial.startswith("stolen"):
            return {"allowProvisioning": False}
        if serial.startswith("slow"):
            import time
            time.sleep(60)
        if serial.startswith("broken"):
            raise Exception("no such serial")
        return {"allowProvisioning": True, "parameterOverrides": {"SerialNumber": serial + "-" + event["clientId"]}}
"""


def test_a_hook_decides(server, tmp_path):
    iot, functions = server.client("iot"), server.client("lambda")
    fleet = Fleet(server, tmp_path)
    role = server.client("iam").create_role(RoleName=unique("hook"), AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    name = unique("hook")
    arn = functions.create_function(
        FunctionName=name, Runtime="python3.12", Role=role, Handler="app.pre_provisioning_hook", Timeout=30,
        Code={"ZipFile": zipped(app_py=HOOK)},
    )["FunctionArn"]  # fmt: skip
    iot.update_provisioning_template(templateName=fleet.template, preProvisioningHook={"targetArn": arn})
    with fleet.paho(client_id="hooked") as device:
        _, made = device.ask("$aws/certificates/create/json", {})
        token = made["certificateOwnershipToken"]
        register = lambda serial: device.ask(
            f"{fleet.provision}/json", {"certificateOwnershipToken": token, "parameters": {"SerialNumber": serial}}
        )
        # Nobody has allowed the service to call it.
        for serial, code in [("free", "hook-not-permitted"), ("stolen", "hook-denied"), ("broken", "hook-failed"),
                             ("slow", "hook-timeout")]:  # fmt: skip
            word, refused = register(serial)
            assert (word, refused["statusCode"], refused["errorCode"]) == ("rejected", 403, "AccessDenied")
            assert server.attempts(made["certificateId"])[0]["code"] == code
            if code == "hook-not-permitted":
                functions.add_permission(
                    FunctionName=name, StatementId="iot", Action="lambda:InvokeFunction", Principal="iot.amazonaws.com",
                    SourceArn=f"{ARN}:provisioningtemplate/{fleet.template}", SourceAccount=ACCOUNT,
                )  # fmt: skip
        word, registered = register("free")
        assert (word, registered["thingName"]) == ("accepted", "lamp-free-hooked")


def test_by_a_trusted_user(server, fleet, iot, tmp_path):
    """An app makes a claim, a device takes it."""
    made = server.aws("iot", "create-provisioning-claim", "--template-name", fleet.template)
    claim = fleet.device(made["certificatePem"], made["keyPair"]["PrivateKey"])
    with fleet.paho(claim) as device:
        device.subscribe("$aws/certificates/create/json/+", f"{fleet.provision}/json/+")
        _, keys = device.ask("$aws/certificates/create/json", {})
        serial = unique()
        request = {"certificateOwnershipToken": keys["certificateOwnershipToken"], "parameters": {"SerialNumber": serial}}
        word, registered = device.ask(f"{fleet.provision}/json", request)
        assert (word, registered["thingName"]) == ("accepted", f"lamp-{serial}")
    record = server.attempts(keys["certificateId"])[0]
    assert record["claimCertificateId"] == made["certificateId"]
    assert "CONNACK (0)" in server.pub(claim, "hello/x", "Hello", check=False).stdout
    codes = lambda: [attempt["code"] for attempt in server.attempts(made["certificateId"])]
    until(lambda: "publish-denied" in codes(), "a record of it")
    listed = [one["certificateId"] for one in iot.list_certificates(pageSize=250)["certificates"]]
    assert made["certificateId"] not in listed and keys["certificateId"] in listed


def test_a_certificate_provider(make_server, tmp_path):
    """AWS IoT developer guide: "Self-signing certificates using AWS IoT Core certificate provider"."""
    server = make_server()
    iot, functions = server.client("iot"), server.client("lambda")
    fleet = Fleet(server, tmp_path)
    key = tmp_path / "own.key"
    new_key(key, "ec")
    csr = openssl("req", "-new", "-key", key, "-subj", "/CN=own").stdout
    signed = openssl("req", "-x509", "-new", "-key", key, "-subj", "/CN=own", "-days", "30").stdout
    role = server.client("iam").create_role(RoleName=unique("signer"), AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    name, provider = unique("signer"), unique("provider")
    code = """
        import os

        def handler(event, context):
            assert set(event) == {"certificateSigningRequest", "principalId", "clientId"}, event
            return {"certificatePem": os.environ["CERTIFICATE"]}
    """
    arn = functions.create_function(
        FunctionName=name, Runtime="python3.12", Role=role, Handler="app.handler",
        Code={"ZipFile": zipped(app_py=code)}, Environment={"Variables": {"CERTIFICATE": signed}},
    )["FunctionArn"]  # fmt: skip
    operations = ["CreateCertificateFromCsr"]
    iot.create_certificate_provider(
        certificateProviderName=provider, lambdaFunctionArn=f"{arn}-other", accountDefaultForOperations=operations
    )
    iot.update_certificate_provider(certificateProviderName=provider, lambdaFunctionArn=arn)
    described = iot.describe_certificate_provider(certificateProviderName=provider)
    assert (described["lambdaFunctionArn"], described["accountDefaultForOperations"]) == (arn, operations)
    assert [one["certificateProviderName"] for one in iot.list_certificate_providers()["certificateProviders"]] == [provider]
    create = "$aws/certificates/create-from-csr/json"
    with fleet.paho(client_id="signed") as device:
        word, refused = device.ask(create, {"certificateSigningRequest": csr})
        assert (word, refused["statusCode"]) == ("rejected", 403)
        assert server.attempts("signed")[0]["code"] == "provider-not-permitted"
        functions.add_permission(
            FunctionName=name, StatementId="iot", Action="lambda:InvokeFunction", Principal="iot.amazonaws.com",
            SourceArn=described["certificateProviderArn"], SourceAccount=ACCOUNT,
        )  # fmt: skip
        word, made = device.ask(create, {"certificateSigningRequest": csr})
        assert (word, made["certificatePem"].strip()) == ("accepted", signed.strip())
        request = {"certificateOwnershipToken": made["certificateOwnershipToken"], "parameters": {"SerialNumber": "1"}}
        assert device.ask(f"{fleet.provision}/json", request)[0] == "accepted"
        # For another key its certificate is none.
        other, request = csr_for(tmp_path)
        _, refused = device.ask(create, {"certificateSigningRequest": request})
        assert refused["errorCode"] == "AccessDenied"
        assert server.attempts("signed")[0]["code"] == "provider-answer"
    server.pub(fleet.device(made["certificatePem"], key.read_text()), "hello/x", "Hello")
    iot.delete_certificate_provider(certificateProviderName=provider)


def test_a_device_renews_its_certificate(server, fleet, iot):
    """Ours: AWS has no such operation."""
    old_key, csr = csr_for(fleet.directory)
    with fleet.paho() as device:
        _, made = device.ask("$aws/certificates/create-from-csr/json", {"certificateSigningRequest": csr})
        request = {"certificateOwnershipToken": made["certificateOwnershipToken"], "parameters": {"SerialNumber": unique()}}
        _, registered = device.ask(f"{fleet.provision}/json", request)
    new_key_text, csr = csr_for(fleet.directory)
    old = fleet.device(made["certificatePem"], old_key)
    status = lambda of: iot.describe_certificate(certificateId=of["certificateId"])["certificateDescription"]["status"]
    with fleet.paho(old, registered["thingName"]) as device:
        word, renewed = device.ask("$nameplate/certificates/renew/cbor", {"certificateSigningRequest": csr})
        assert (word, set(renewed)) == ("accepted", {"certificateId", "certificatePem"})
        assert (status(made), status(renewed)) == ("ACTIVE", "ACTIVE")
        new = fleet.device(renewed["certificatePem"], new_key_text)
        server.pub(new, "hello/x", "Hello")
        device.ended.get(timeout=DEADLINE)
    assert (status(made), status(renewed)) == ("REVOKED", "ACTIVE")
    principals = iot.list_thing_principals(thingName=registered["thingName"])["principals"]
    assert [arn.rsplit("/", 1)[1] for arn in principals] == [renewed["certificateId"]]
    assert "CONNACK (5)" in server.pub(old, "hello/x", "Hello", check=False).stdout
