"""AWS's walk-through "Setting Up Just-in-Time Provisioning with AWS IoT Core", with the clients it uses.

Only `eval "$(nameplate env)"` comes before its commands, and `localhost` is the endpoint.
"""

import json

import pytest
from lib import ACCOUNT, ENGINE, REGION, Device, unique, until

TEMPLATE = {
    "Parameters": {
        "AWS::IoT::Certificate::CommonName": {"Type": "String"},
        "AWS::IoT::Certificate::Country": {"Type": "String"},
        "AWS::IoT::Certificate::Id": {"Type": "String"},
    },
    "Resources": {
        "thing": {
            "Type": "AWS::IoT::Thing",
            "Properties": {
                "ThingName": {"Ref": "AWS::IoT::Certificate::CommonName"},
                "AttributePayload": {"version": "v1", "country": {"Ref": "AWS::IoT::Certificate::Country"}},
            },
        },
        "certificate": {
            "Type": "AWS::IoT::Certificate",
            "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"},
        },
        "policy": {
            "Type": "AWS::IoT::Policy",
            "Properties": {
                "PolicyDocument": json.dumps(
                    {
                        "Version": "2012-10-17",
                        "Statement": [
                            {"Effect": "Allow", "Action": ["iot:Connect", "iot:Publish"], "Resource": ["*"]}
                        ],
                    }
                )
            },
        },
    },
}

ROLE = """
aws iam create-role --role-name JITPRole --assume-role-policy-document file://trust.json
for policy in AWSIoTThingsRegistration AWSIoTLogging AWSIoTRuleActions; do
    aws iam attach-role-policy --role-name JITPRole --policy-arn arn:aws:iam::aws:policy/service-role/$policy
done
"""

CA = """
openssl genrsa -out rootCA.key 2048
openssl req -x509 -new -nodes -key rootCA.key -sha256 -days 1024 -out rootCA.pem \
    -config rootCA_openssl.conf -extensions v3_ca
code=$(aws iot get-registration-code --query registrationCode --output text)
openssl genrsa -out verificationCert.key 2048
openssl req -new -key verificationCert.key -out verificationCert.csr -subj "/CN=$code"
openssl x509 -req -in verificationCert.csr -CA rootCA.pem -CAkey rootCA.key -CAcreateserial \
    -out verificationCert.crt -days 500 -sha256
aws iot register-ca-certificate --ca-certificate file://rootCA.pem \
    --verification-certificate file://verificationCert.crt \
    --set-as-active --allow-auto-registration --registration-config file://provisioning-template.json
"""

DEVICE = """
openssl genrsa -out deviceCert.key 2048
openssl req -new -key deviceCert.key -out deviceCert.csr -subj "/C=DE/O=Acme/CN=lamp-42"
openssl x509 -req -in deviceCert.csr -CA rootCA.pem -CAkey rootCA.key -CAcreateserial \
    -out deviceCert.crt -days 365 -sha256
cat deviceCert.crt rootCA.pem > deviceCertAndCACert.crt
"""

PUBLISH = """
mosquitto_pub --cafile "$NAMEPLATE_ROOT_CA" --cert deviceCertAndCACert.crt --key deviceCert.key \
    -h localhost -p {port} -q 1 -t foo/bar -i anyclientID --tls-version tlsv1.2 -m Hello -d
"""


@pytest.fixture
def follow(tmp_path):
    """Follows the tutorial up to the device's files, which it returns."""

    def follow(server, **options):
        home = tmp_path / "tutorial"
        home.mkdir()
        (home / "trust.json").write_text(
            json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "iot.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ],
                }
            )
        )
        (home / "rootCA_openssl.conf").write_text(
            "[req]\ndistinguished_name = dn\nprompt = no\n"
            "[dn]\nC = DE\nO = Acme\nCN = Acme devices\n"
            "[v3_ca]\nsubjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid:always,issuer\n"
            "basicConstraints = CA:true\n"
        )
        (home / "provisioning-template.json").write_text(
            json.dumps(
                {"templateBody": json.dumps(TEMPLATE), "roleArn": f"arn:aws:iam::{ACCOUNT}:role/JITPRole"}
            )
        )
        server.sh(ROLE, home, **options)
        server.sh(CA, home, **options)
        server.sh(DEVICE, home)
        version = server.sh("openssl x509 -in deviceCert.crt -noout -text", home).stdout
        assert "Version: 1" in version or "Version: 3" in version
        device = Device(home, "deviceCert")
        device.cert, device.chain = home / "deviceCert.crt", home / "deviceCertAndCACert.crt"
        return device

    return follow


def publish(server, device, check=True):
    return server.sh(PUBLISH.format(port=server.mqtt_port), device.directory, check=check)


def assert_provisioned(server, device):
    """What the tutorial looks at afterwards, by the AWS CLI."""
    thing = server.aws("iot", "describe-thing", "--thing-name", "lamp-42")
    assert thing["thingName"] == thing["defaultClientId"] == "lamp-42"
    assert thing["attributes"] == {"version": "v1", "country": "DE"}
    assert thing["version"] == 1
    arn = f"arn:aws:iot:{REGION}:{ACCOUNT}:cert/{device.id}"
    assert server.aws("iot", "list-thing-principals", "--thing-name", "lamp-42") == {"principals": [arn]}
    certificate = server.aws("iot", "describe-certificate", "--certificate-id", device.id)["certificateDescription"]
    ca = server.aws("iot", "list-ca-certificates")["certificates"]
    assert certificate["status"] == "ACTIVE"
    assert [c["certificateId"] for c in ca] == [certificate["caCertificateId"]]
    assert certificate["certificatePem"].strip() == device.pem.strip()
    policies = server.aws("iot", "list-attached-policies", "--target", arn)["policies"]
    assert len(policies) == 1
    policy = server.aws("iot", "get-policy", "--policy-name", policies[0]["policyName"])
    assert json.loads(policy["policyDocument"])["Statement"][0]["Action"] == ["iot:Connect", "iot:Publish"]
    assert policy["defaultVersionId"] == "1"
    by_ca = server.aws("iot", "list-certificates-by-ca", "--ca-certificate-id", certificate["caCertificateId"])
    assert [c["certificateId"] for c in by_ca["certificates"]] == [device.id]


def test_inline_accepts_the_first_connection(make_server, follow, tmp_path):
    server = make_server()
    # As its user starts it, once; the other engine makes no difference to that.
    device = follow(server, installed=ENGINE == "sqlite")
    with server.subscriber(server.service_device(tmp_path), "foo/bar") as subscriber:
        first = publish(server, device)
        assert "received CONNACK (0)" in first.stdout
        assert "received PUBACK" in first.stdout
        publish(server, device)
        assert subscriber.wait_for(2) == [("foo/bar", "Hello"), ("foo/bar", "Hello")]
    assert_provisioned(server, device)
    first = server.attempts(device.id)[-1]
    assert first["flow"] == "jitp"
    assert "provisioned" in [stage["stage"] for stage in first["stages"]]
    assert first["clientId"] == "anyclientID"
    assert 'nameplate_provision_total{flow="jitp",outcome="success"} 1' in server.get("/metrics")


def test_aws_mode_closes_the_first_and_accepts_the_second(make_server, follow, tmp_path):
    server = make_server("--first-connect", "aws")
    device = follow(server)
    with server.subscriber(server.service_device(tmp_path), "foo/bar") as subscriber:
        first = publish(server, device, check=False)
        assert first.returncode != 0
        assert "CONNACK" not in first.stdout, first.stdout
        until(lambda: server.counter("provisioned-and-closed") == 1, "the first connection is provisioned")
        assert_provisioned(server, device)
        publish(server, device)
        assert subscriber.wait_for(1) == [("foo/bar", "Hello")]
    assert [a["code"] for a in server.attempts(device.id)] == ["connected", "provisioned-and-closed"]


def test_refusals_as_aws_has_them_change_nothing_for_the_tutorial(make_server, follow):
    server = make_server("--first-connect", "aws", "--refusals", "aws")
    device = follow(server)
    assert publish(server, device, check=False).returncode != 0
    until(lambda: server.counter("provisioned-and-closed") == 1, "the first connection is provisioned")
    publish(server, device)


def test_it_is_all_there_after_a_restart(make_server, follow):
    server = make_server()
    device = follow(server)
    publish(server, device)
    server.kill()
    server.start()
    assert_provisioned(server, device)
    publish(server, device)
    assert server.aws("iot", "describe-thing", "--thing-name", "lamp-42")["version"] == 1


def test_two_first_connections_at_once_meet(server, ca, role):
    from concurrent.futures import ThreadPoolExecutor

    from lib import template

    ca.register(server, template(), role)
    device = ca.device()
    with ThreadPoolExecutor(8) as pool:
        results = list(
            pool.map(lambda n: server.pub(device, "foo/bar", "x", client_id=unique("at-once"), check=False), range(8))
        )
    assert [r.returncode for r in results] == [0] * 8, [r.stderr for r in results]
    iot = server.client("iot")
    assert iot.describe_thing(thingName=device.name)["version"] == 1
    assert len(iot.list_thing_principals(thingName=device.name)["principals"]) == 1
    provisioned = [
        a for a in server.attempts(device.id) if "provisioned" in [stage["stage"] for stage in a["stages"]]
    ]
    assert len(provisioned) == 1
