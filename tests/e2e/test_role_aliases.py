"""Role aliases: AWS IoT developer guide "Authorizing direct calls to AWS services using AWS IoT Core credential provider"."""

import json

import pytest
from lib import ACCOUNT, REGION, fails, jitp_role, pages, unique, user_key

TRUST_CREDENTIALS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "credentials.iot.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


@pytest.fixture(scope="module")
def device_role(server):
    return jitp_role(server, policies=(), trust=TRUST_CREDENTIALS)


def test_the_walkthrough(server, device_role):
    name = unique("alias")
    made = server.aws("iot", "create-role-alias", "--role-alias", name, "--role-arn", device_role,
                      "--credential-duration-seconds", "1800")  # fmt: skip
    assert made == {"roleAlias": name, "roleAliasArn": f"arn:aws:iot:{REGION}:{ACCOUNT}:rolealias/{name}"}
    described = server.aws("iot", "describe-role-alias", "--role-alias", name)["roleAliasDescription"]
    assert described["roleArn"] == device_role and described["credentialDurationSeconds"] == 1800
    assert described["owner"] == ACCOUNT
    assert f"{device_role} will fail" not in server.log()


def test_life(iot, device_role):
    name = unique("alias")
    iot.create_role_alias(roleAlias=name, roleArn=device_role, tags=[{"Key": "team", "Value": "a"}])
    described = iot.describe_role_alias(roleAlias=name)["roleAliasDescription"]
    assert described["credentialDurationSeconds"] == 3600 and described["creationDate"].year >= 2024
    fails(lambda: iot.create_role_alias(roleAlias=name, roleArn=device_role), "ResourceAlreadyExistsException", status=409)
    iot.update_role_alias(roleAlias=name, credentialDurationSeconds=900)
    assert iot.describe_role_alias(roleAlias=name)["roleAliasDescription"]["credentialDurationSeconds"] == 900
    iot.delete_role_alias(roleAlias=name)
    for call in (iot.describe_role_alias, iot.delete_role_alias, iot.update_role_alias):
        fails(lambda call=call: call(roleAlias=name), "ResourceNotFoundException", name, status=404)


def test_list(iot, device_role):
    names = [unique("listed") for _ in range(3)]
    for name in names:
        iot.create_role_alias(roleAlias=name, roleArn=device_role)
    found, count = pages(iot.list_role_aliases, "roleAliases", token="marker", answer_token="nextMarker", pageSize=2,
                         ascendingOrder=True)  # fmt: skip
    assert [name for name in found if name in names] == names and count >= 2
    newest, _ = pages(iot.list_role_aliases, "roleAliases", token="marker", answer_token="nextMarker")
    assert newest == found[::-1]


def test_refusals(loose_iot, device_role):
    for seconds in (899, 43201):
        fails(lambda s=seconds: loose_iot.create_role_alias(roleAlias="x", roleArn=device_role, credentialDurationSeconds=s),
              "InvalidRequestException", str(seconds))  # fmt: skip
    fails(lambda: loose_iot.create_role_alias(roleAlias="a b", roleArn=device_role), "InvalidRequestException")
    absent = f"arn:aws:iam::{ACCOUNT}:role/NoSuchRole"
    fails(lambda: loose_iot.create_role_alias(roleAlias="x", roleArn=absent), "InvalidRequestException", "does not exist")


def test_pass_role_is_asked_for(server, device_role):
    all_of_iot = {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}
    _, key = user_key(server, {"Version": "2012-10-17", "Statement": [all_of_iot]})
    user = server.client("iot", key)
    fails(lambda: user.create_role_alias(roleAlias=unique(), roleArn=device_role), "AccessDeniedException",
          f"iam:PassRole on resource: {device_role}", status=403)  # fmt: skip


def test_permission_is_by_the_aliass_arn(server, device_role):
    mine, other = unique("mine"), unique("other")
    for name in (mine, other):
        server.client("iot").create_role_alias(roleAlias=name, roleArn=device_role)
    allowed = {"Effect": "Allow", "Action": "iot:DescribeRoleAlias",
               "Resource": f"arn:aws:iot:{REGION}:{ACCOUNT}:rolealias/{mine}"}  # fmt: skip
    _, key = user_key(server, {"Version": "2012-10-17", "Statement": [allowed]})
    user = server.client("iot", key)
    user.describe_role_alias(roleAlias=mine)
    fails(lambda: user.describe_role_alias(roleAlias=other), "AccessDeniedException", f"rolealias/{other}")


def test_they_survive_a_restart(make_server):
    server = make_server()
    role = jitp_role(server, policies=(), trust=TRUST_CREDENTIALS)
    server.client("iot").create_role_alias(roleAlias="kept", roleArn=role)
    server.kill()
    server.start()
    assert server.client("iot").describe_role_alias(roleAlias="kept")["roleAliasDescription"]["roleArn"] == role
