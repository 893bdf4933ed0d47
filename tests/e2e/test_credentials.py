"""The credentials provider: AWS IoT developer guide "Authorizing direct calls to AWS services using AWS IoT Core
credential provider", its walkthrough by curl, and what its credentials are good for.
"""

import datetime
import json

import boto3
import pytest
from botocore.credentials import RefreshableCredentials
from botocore.session import get_session
from lib import ACCOUNT, REGION, fails, jitp_role, run, unique

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": {"Service": "credentials.iot.amazonaws.com"}, "Action": "sts:AssumeRole"},
    }
)
BUCKET = unique("uploads")
S3 = {
    "Effect": "Allow",
    "Action": ["s3:PutObject", "s3:GetObject"],
    "Resource": f"arn:aws:s3:::{BUCKET}/${{credentials-iot:ThingName}}/*",
}


@pytest.fixture(scope="module")
def alias(server):
    """A role whose devices write below their own name in a bucket, and its alias."""
    role = jitp_role(server, policies=(), trust=TRUST)
    name = role.rsplit("/", 1)[1]
    document = json.dumps({"Version": "2012-10-17", "Statement": [S3]})
    server.client("iam").put_role_policy(RoleName=name, PolicyName="uploads", PolicyDocument=document)
    server.client("s3").create_bucket(Bucket=BUCKET)
    alias = unique("alias")
    server.aws("iot", "create-role-alias", "--role-alias", alias, "--role-arn", role, "--credential-duration-seconds", "3600")
    return alias


@pytest.fixture
def device(server, alias, tmp_path):
    """A device with a thing, whose policy is the guide's."""
    arn = f"arn:aws:iot:{REGION}:{ACCOUNT}:rolealias/{alias}"
    allow = {"Effect": "Allow", "Action": "iot:AssumeRoleWithCertificate", "Resource": arn}
    device = server.service_device(tmp_path, json.dumps({"Version": "2012-10-17", "Statement": allow}))
    iot, device.thing = server.client("iot"), unique("thing")
    iot.create_thing(thingName=device.thing)
    iot.attach_thing_principal(thingName=device.thing, principal=device.arn)
    return device


def ask(server, device, alias, thing=None):
    """The guide's call: status, and the body parsed."""
    header = ["-H", f"x-amzn-iot-thingname: {thing}"] if thing else []
    identity = ["--cert", device.chain, "--key", device.key] if device else []
    url = f"https://localhost:{server.https_port}/role-aliases/{alias}/credentials"
    done = run(["curl", "--silent", "--show-error", *identity, *header, "--cacert", server.root_ca, "-w", "\n%{http_code}", url])
    body, status = done.stdout.rsplit("\n", 1)
    return int(status), json.loads(body)


def test_the_walkthrough(server, alias, device):
    where = server.aws("iot", "describe-endpoint", "--endpoint-type", "iot:CredentialProvider")
    assert where["endpointAddress"] == "localhost"

    def refresh():
        status, answer = ask(server, device, alias, device.thing)
        assert status == 200, answer
        given = answer["credentials"]
        assert set(given) == {"accessKeyId", "secretAccessKey", "sessionToken", "expiration"}
        end = datetime.datetime.strptime(given["expiration"], "%Y-%m-%dT%H:%M:%SZ")
        lasts = end.replace(tzinfo=datetime.timezone.utc) - datetime.datetime.now(datetime.timezone.utc)
        assert 3500 < lasts.total_seconds() <= 3600
        return {"access_key": given["accessKeyId"], "secret_key": given["secretAccessKey"],
                "token": given["sessionToken"], "expiry_time": given["expiration"]}  # fmt: skip

    # As programs of devices refresh them.
    session = get_session()
    session._credentials = RefreshableCredentials.create_from_metadata(refresh(), refresh, "iot")
    session.set_config_variable("region", REGION)
    of_device = boto3.Session(botocore_session=session)
    s3 = of_device.client("s3", endpoint_url=server.env["AWS_ENDPOINT_URL"])
    key = f"{device.thing}/photo"
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"pixels")
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"pixels"
    fails(lambda: s3.put_object(Bucket=BUCKET, Key="other/photo", Body=b""), "AccessDenied")
    sts = of_device.client("sts", endpoint_url=server.env["AWS_ENDPOINT_URL"])
    assert sts.get_caller_identity()["Arn"].endswith(f"/{device.id}")


def test_refusals_as_aws_words_them(server, alias, device, tmp_path):
    """By the table of awslabs' aws-iot-core-credential-provider-session-helper."""
    assert ask(server, device, alias, "another") == (403, {"message": "Invalid thing name passed"})
    record = server.attempts(device.thing)[0]
    assert (record["code"], record["thingName"]) == ("credentials-thing", "another")
    assert ask(server, device, "another", device.thing) == (403, {"message": "Access Denied"})
    directory = tmp_path / "all"
    directory.mkdir()
    allow = {"Effect": "Allow", "Action": "iot:AssumeRoleWithCertificate", "Resource": "*"}
    all_of_it = server.service_device(directory, json.dumps({"Version": "2012-10-17", "Statement": allow}))
    assert ask(server, all_of_it, "another") == (404, {"message": "Role alias does not exist"})
    assert ask(server, all_of_it, alias)[0] == 200
    assert ask(server, None, alias)[0] == 403
    server.client("iot").update_certificate(certificateId=device.id, newStatus="REVOKED")
    assert ask(server, device, alias)[0] == 403
