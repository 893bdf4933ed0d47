"""RegisterThing as boto3 and the AWS CLI send it, by each of the three sources of a certificate."""

import json

import pytest
from lib import ALLOW_ALL, Ca, fails, new_key, openssl, run, unique, user_key


def body(certificate, **thing):
    return {
        "Parameters": {name: {"Type": "String"} for name in ("Name", "Certificate", "Place")},
        "Resources": {
            "lamp": {
                "Type": "AWS::IoT::Thing",
                "Properties": {"ThingName": {"Ref": "Name"}, "AttributePayload": {"place": {"Ref": "Place"}}},
                **thing,
            },
            "paper": {"Type": "AWS::IoT::Certificate", "Properties": {**certificate, "Status": "ACTIVE"}},
            "rule": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument": ALLOW_ALL}},
        },
    }


BY_REQUEST = body({"CertificateSigningRequest": {"Ref": "Certificate"}})
BY_PEM = body({"CertificatePem": {"Ref": "Certificate"}})
BY_ID = body({"CertificateId": {"Ref": "Certificate"}})


def request(directory, subject="/CN=lamp"):
    key, csr = directory / "lamp.key", directory / "lamp.csr"
    new_key(key, "ec")
    openssl("req", "-new", "-key", key, "-subj", subject, "-out", csr)
    return key, csr.read_text()


def register(client, template, certificate, name=None, place="Ulm"):
    name = name or unique("lamp")
    answer = client.register_thing(
        templateBody=json.dumps(template), parameters={"Name": name, "Certificate": certificate, "Place": place}
    )
    return name, answer


def check(iot, name, answer):
    """What the answer says is in the registry."""
    arns = answer["resourceArns"]
    assert set(arns) == {"lamp", "paper", "rule"} and arns["lamp"].endswith(f":thing/{name}")
    certificate_id = arns["paper"].split("/")[1]
    described = iot.describe_certificate(certificateId=certificate_id)["certificateDescription"]
    assert described["status"] == "ACTIVE" and described["certificatePem"] == answer["certificatePem"]
    assert answer["certificatePem"].endswith("-----END CERTIFICATE-----\n")
    assert iot.describe_thing(thingName=name)["attributes"] == {"place": "Ulm"}
    assert arns["paper"] in iot.list_thing_principals(thingName=name)["principals"]
    attached = iot.list_attached_policies(target=arns["paper"])["policies"]
    assert [policy["policyArn"] for policy in attached] == [arns["rule"]]
    return certificate_id


def test_by_signing_request(server, iot, tmp_path):
    """And the device connects with what came back."""
    key, csr = request(tmp_path)
    name, answer = register(iot, BY_REQUEST, csr)
    check(iot, name, answer)
    (tmp_path / "lamp.crt").write_text(answer["certificatePem"])
    done = run(["mosquitto_pub", "--cafile", server.root_ca, "--cert", tmp_path / "lamp.crt", "--key", key,
                "-h", "localhost", "-p", str(server.mqtt_port), "-i", name, "-q", "1", "-t", "a", "-m", "b"])  # fmt: skip
    assert done.returncode == 0
    _, again = register(iot, BY_REQUEST, csr, name)
    assert again["resourceArns"]["paper"] != answer["resourceArns"]["paper"]
    assert again["resourceArns"]["rule"] == answer["resourceArns"]["rule"]


def test_by_pem(server, iot, tmp_path):
    ca = Ca(tmp_path / "ca").register(server, auto=False)
    device = ca.device(kind="ec")
    name, answer = register(iot, BY_PEM, device.pem)
    assert check(iot, name, answer) == device.id
    assert register(iot, BY_PEM, device.pem, name)[1]["resourceArns"] == answer["resourceArns"]


def test_by_id(iot, tmp_path):
    """Made INACTIVE, as create-certificate-from-csr does, and switched on by the template."""
    _, csr = request(tmp_path)
    made = iot.create_certificate_from_csr(certificateSigningRequest=csr)
    name, answer = register(iot, BY_ID, made["certificateId"])
    assert check(iot, name, answer) == made["certificateId"]


def test_as_the_cli_sends_it(server, tmp_path):
    """`aws iot register-thing | jq .certificatePem` is how scripts take the certificate."""
    _, csr = request(tmp_path)
    (tmp_path / "template.json").write_text(json.dumps(BY_REQUEST))
    (tmp_path / "parameters.json").write_text(json.dumps({"Name": unique("lamp"), "Certificate": csr, "Place": "Ulm"}))
    answer = server.aws("iot", "register-thing", "--template-body", "file://template.json",
                        "--parameters", "file://parameters.json", cwd=tmp_path)  # fmt: skip
    (tmp_path / "lamp.crt").write_text(answer["certificatePem"])
    assert "CN = lamp" in openssl("x509", "-in", tmp_path / "lamp.crt", "-noout", "-subject").stdout


def test_what_is_refused(iot, tmp_path):
    ca = Ca(tmp_path / "ca")
    stranger = ca.device(kind="ec").pem
    fails(lambda: iot.register_thing(templateBody="{"), "InvalidRequestException")
    fails(lambda: register(iot, BY_PEM, stranger, name="lamp one"), "InvalidRequestException")
    fails(lambda: register(iot, BY_REQUEST, "no request"), "InvalidRequestException")
    fails(lambda: register(iot, BY_PEM, stranger), "ResourceRegistrationFailureException")
    fails(lambda: register(iot, BY_ID, "0" * 64), "ResourceRegistrationFailureException")
    _, csr = request(tmp_path)
    name, _ = register(iot, BY_REQUEST, csr)
    fails(lambda: register(iot, BY_REQUEST, csr, name, place="Wien"), "ConflictingResourceUpdateException")


@pytest.mark.parametrize("missing", ["iot:CreateThing", "iot:AttachThingPrincipal", "iot:CreateCertificateFromCsr"])
def test_the_caller_needs_every_permission(server, tmp_path, missing):
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "iot:*", "Resource": "*"},
            {"Effect": "Deny", "Action": missing, "Resource": "*"},
        ],
    }
    _, key = user_key(server, document)
    _, csr = request(tmp_path)
    client = server.client("iot", key)
    fails(lambda: register(client, BY_REQUEST, csr), "AccessDeniedException", missing)
