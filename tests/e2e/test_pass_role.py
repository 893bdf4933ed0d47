"""iam:PassRole: AWS IoT developer guide, "Just-in-time provisioning", and the error text that tutorials quote."""

import json

import pytest
from botocore.exceptions import ClientError
from lib import ACCOUNT, jitp_role, template, unique, user_key

ALL_OF_IOT = {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}


def register(server, ca, role, tmp_path, key):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"templateBody": json.dumps(template()), "roleArn": role}))
    code = server.client("iot").get_registration_code()["registrationCode"]
    (tmp_path / "verification.crt").write_text(ca.verification(code))
    return server.aws(
        "iot", "register-ca-certificate", "--ca-certificate", f"file://{ca.cert}",
        "--verification-certificate", f"file://{tmp_path}/verification.crt", "--set-as-active",
        "--allow-auto-registration", "--registration-config", f"file://{config}", key=key, check=False,
    )  # fmt: skip


def test_without_it_the_cli_prints_the_known_text(server, ca, tmp_path):
    role = jitp_role(server)
    name, key = user_key(server, {"Version": "2012-10-17", "Statement": [ALL_OF_IOT]})
    done = register(server, ca, role, tmp_path, key)
    assert done.returncode != 0
    assert (
        "An error occurred (AccessDeniedException) when calling the RegisterCACertificate operation: "
        f"User: arn:aws:iam::{ACCOUNT}:user/{name} is not authorized to perform: iam:PassRole on resource: {role}"
    ) in done.stderr
    assert server.client("iot").list_ca_certificates(pageSize=250)["certificates"] == [
        c for c in server.client("iot").list_ca_certificates(pageSize=250)["certificates"] if c["certificateId"] != ca.id
    ]


def test_with_it_the_call_goes_through(server, ca, tmp_path):
    role = jitp_role(server)
    allowed = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": role,
               "Condition": {"StringEquals": {"iam:PassedToService": "iot.amazonaws.com"}}}  # fmt: skip
    _, key = user_key(server, {"Version": "2012-10-17", "Statement": [ALL_OF_IOT, allowed]})
    done = register(server, ca, role, tmp_path, key)
    assert done.returncode == 0, done.stderr


def test_for_another_role_it_does_not_count(server, ca, tmp_path):
    role, other = jitp_role(server), jitp_role(server)
    allowed = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": other}
    _, key = user_key(server, {"Version": "2012-10-17", "Statement": [ALL_OF_IOT, allowed]})
    assert "iam:PassRole on resource" in register(server, ca, role, tmp_path, key).stderr


def test_update_and_templates_ask_for_it_too(server, ca, role):
    name, key = user_key(server, {"Version": "2012-10-17", "Statement": [ALL_OF_IOT]})
    user = server.client("iot", key)
    ca.register(server)
    calls = [
        lambda: user.update_ca_certificate(
            certificateId=ca.certificate_id,
            registrationConfig={"templateBody": json.dumps(template()), "roleArn": role},
        ),
        lambda: user.create_provisioning_template(
            templateName=unique("t"), templateBody=json.dumps(template()), provisioningRoleArn=role, type="JITP"
        ),
    ]
    for call in calls:
        with pytest.raises(ClientError) as caught:
            call()
        assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
        assert f"user/{name} is not authorized to perform: iam:PassRole on resource: {role}" in str(caught.value)


def test_a_role_that_does_not_exist(server, ca):
    with pytest.raises(ClientError) as caught:
        ca.register(server, template(), f"arn:aws:iam::{ACCOUNT}:role/{unique('Nobody')}")
    assert caught.value.response["Error"]["Code"] == "InvalidRequestException"
    assert "Nobody" in str(caught.value)
