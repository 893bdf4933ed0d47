"""STS: AWS STS API reference, GetCallerIdentity and AssumeRole."""

import datetime
import json

import pytest
from lib import ACCOUNT, TRUST_IOT, fails, jitp_role, unique, user_key


def trust(principal):
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}
    )


@pytest.fixture
def lister(iam):
    """A role that may list things, for everyone of the account."""
    name = unique("Lister")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="list", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:ListThings", "Resource": "*"}]}))  # fmt: skip
    return arn


def test_who_am_i(sts, server):
    root = sts.get_caller_identity()
    assert root["Account"] == ACCOUNT and root["UserId"] and root["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    name, key = user_key(server)
    user = server.client("sts", key).get_caller_identity()
    assert user["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/{name}" and user["UserId"].startswith("AIDA")
    assert server.aws("sts", "get-caller-identity")["Account"] == ACCOUNT


def test_assume_role(sts, server, lister):
    before = datetime.datetime.now(datetime.timezone.utc)
    answer = sts.assume_role(RoleArn=lister, RoleSessionName="me")
    key = answer["Credentials"]
    assert key["AccessKeyId"].startswith("ASIA") and key["SessionToken"]
    left = key["Expiration"] - before
    assert datetime.timedelta(minutes=58) < left <= datetime.timedelta(minutes=61)
    name = lister.rsplit("/", 1)[1]
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/me"
    assert answer["AssumedRoleUser"]["Arn"] == arn
    assert answer["AssumedRoleUser"]["AssumedRoleId"].startswith("AROA")
    assert answer["AssumedRoleUser"]["AssumedRoleId"].endswith(":me")
    assert server.client("sts", key).get_caller_identity()["Arn"] == arn
    iot = server.client("iot", key)
    iot.list_things()
    fails(iot.list_policies, "AccessDeniedException", f"User: {arn} is not authorized to perform: iot:ListPolicies")
    for wrong in ["nothing-that-is-one-at-all", "arn::b:::something/role", "arn:a::::something/role", "arn:a:::something/role"]:
        fails(lambda wrong=wrong: sts.assume_role(RoleArn=wrong, RoleSessionName="me"), "ValidationError",
              f"{wrong} is invalid", status=400)  # fmt: skip
    # The key is nothing without its token.
    fails(server.client("iot", {k: key[k] for k in ("AccessKeyId", "SecretAccessKey")}).list_things,
          "UnrecognizedClientException")  # fmt: skip
    fails(server.client("iot", {**key, "SessionToken": key["SessionToken"][:-4] + "AAAA"}).list_things,
          "UnrecognizedClientException")  # fmt: skip


def test_a_session_can_be_narrower(sts, server, lister):
    nothing = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    key = sts.assume_role(RoleArn=lister, RoleSessionName="me", Policy=nothing)["Credentials"]
    fails(server.client("iot", key).list_things, "AccessDeniedException")


def test_who_may_not(sts, server, iam, lister):
    name, key = user_key(server)
    user = server.client("sts", key)
    fails(lambda: user.assume_role(RoleArn=lister, RoleSessionName="me"), "AccessDenied",
          f"user/{name}", "sts:AssumeRole", status=403)  # fmt: skip
    iam.put_user_policy(UserName=name, PolicyName="may", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": lister}]}))  # fmt: skip
    user.assume_role(RoleArn=lister, RoleSessionName="me")
    for_iot = iam.create_role(RoleName=unique("Role"), AssumeRolePolicyDocument=TRUST_IOT)["Role"]["Arn"]
    fails(lambda: sts.assume_role(RoleArn=for_iot, RoleSessionName="me"), "AccessDenied", status=403)
    fails(lambda: sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/Absent", RoleSessionName="me"), "AccessDenied")


def test_durations(sts, lister):
    key = sts.assume_role(RoleArn=lister, RoleSessionName="me", DurationSeconds=900)["Credentials"]
    left = key["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert left <= datetime.timedelta(minutes=15)
    fails(lambda: sts.assume_role(RoleArn=lister, RoleSessionName="me", DurationSeconds=7200), "ValidationError", status=400)


def test_session_token(sts, server):
    key = sts.get_session_token()["Credentials"]
    assert key["AccessKeyId"].startswith("ASIA")
    assert server.client("sts", key).get_caller_identity()["Account"] == ACCOUNT


def test_whose_key(sts, server):
    _, key = user_key(server)
    assert sts.get_access_key_info(AccessKeyId=key["AccessKeyId"])["Account"] == ACCOUNT


def test_sessions_survive_a_restart(make_server):
    server = make_server()
    iam = server.client("iam")
    name = jitp_role(server).rsplit("/", 1)[1]
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))
    key = server.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{name}", RoleSessionName="me"
    )["Credentials"]
    server.kill()
    server.start()
    assert server.client("sts", key).get_caller_identity()["Arn"].endswith("/me")


def test_whose_key_it_is(sts, server):
    _, key = user_key(server)
    assert sts.get_access_key_info(AccessKeyId=key["AccessKeyId"])["Account"] == ACCOUNT
