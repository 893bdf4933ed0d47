"""IAM as the tutorials use it, with real effect: IAM API reference."""

import json

import pytest
from lib import ACCOUNT, TRUST_IOT, fails, pages, unique, user_key

ALLOW_LIST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:ListThings", "Resource": "*"}]}
TAG = {"Key": "team", "Value": "lamps"}
REGISTRATION = "arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration"


@pytest.fixture
def role_name(iam):
    name = unique("Role")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST_IOT)
    return name


def test_roles(iam):
    name = unique("Role")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST_IOT, Description="For lamps", Path="/lamps/")["Role"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/lamps/{name}" and made["Path"] == "/lamps/"
    assert made["RoleId"].startswith("AROA") and len(made["RoleId"]) == 21
    assert made["AssumeRolePolicyDocument"] == json.loads(TRUST_IOT) and made["CreateDate"]
    got = iam.get_role(RoleName=name)["Role"]
    assert got["RoleId"] == made["RoleId"] and got["Description"] == "For lamps"
    assert got["MaxSessionDuration"] == 3600
    fails(lambda: iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST_IOT), "EntityAlreadyExists",
          f"Role with name {name} already exists.", status=409)  # fmt: skip
    fails(lambda: iam.get_role(RoleName="Absent"), "NoSuchEntity", "The role with name Absent cannot be found.", status=404)
    fails(lambda: iam.create_role(RoleName=unique(), AssumeRolePolicyDocument="nonsense"), "MalformedPolicyDocument", status=400)
    other = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}]})  # fmt: skip
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=other)
    assert iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"] == json.loads(other)
    iam.update_role(RoleName=name, Description="Changed", MaxSessionDuration=7200)
    got = iam.get_role(RoleName=name)["Role"]
    assert got["Description"] == "Changed" and got["MaxSessionDuration"] == 7200
    assert name in [r["RoleName"] for r in iam.list_roles(PathPrefix="/lamps/")["Roles"]]
    assert iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"] == []
    iam.delete_role(RoleName=name)
    fails(lambda: iam.delete_role(RoleName=name), "NoSuchEntity")


def test_attached_role_policies(iam, role_name):
    iam.attach_role_policy(RoleName=role_name, PolicyArn=REGISTRATION)
    iam.attach_role_policy(RoleName=role_name, PolicyArn=REGISTRATION)
    attached = iam.list_attached_role_policies(RoleName=role_name)["AttachedPolicies"]
    assert attached == [{"PolicyName": "AWSIoTThingsRegistration", "PolicyArn": REGISTRATION}]
    fails(lambda: iam.delete_role(RoleName=role_name), "DeleteConflict",
          "Cannot delete entity, must detach all policies first.", status=409)  # fmt: skip
    fails(lambda: iam.attach_role_policy(RoleName=role_name, PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy"),
          "NoSuchEntity", "does not exist or is not attachable.")  # fmt: skip
    fails(lambda: iam.attach_role_policy(RoleName="Absent", PolicyArn=REGISTRATION), "NoSuchEntity")
    iam.detach_role_policy(RoleName=role_name, PolicyArn=REGISTRATION)
    fails(lambda: iam.detach_role_policy(RoleName=role_name, PolicyArn=REGISTRATION), "NoSuchEntity")
    iam.delete_role(RoleName=role_name)


@pytest.mark.parametrize(
    "arn",
    [
        *(f"service-role/{name}" for name in
          ("AWSIoTThingsRegistration", "AWSIoTLogging", "AWSIoTRuleActions", "AWSLambdaBasicExecutionRole")),
        *("AmazonS3ReadOnlyAccess", "AmazonS3FullAccess", "AWSIoTFullAccess", "AWSIoTDataAccess",
          "AmazonDynamoDBFullAccess", "AdministratorAccess"),
    ],
)  # fmt: skip
def test_managed_policies_exist(iam, role_name, arn):
    arn = f"arn:aws:iam::aws:policy/{arn}"
    policy = iam.get_policy(PolicyArn=arn)["Policy"]
    assert policy["Arn"] == arn and policy["IsAttachable"] is True
    version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    assert version["Document"]["Statement"]
    iam.attach_role_policy(RoleName=role_name, PolicyArn=arn)


def test_inline_role_policies(iam, role_name):
    iam.put_role_policy(RoleName=role_name, PolicyName="own", PolicyDocument=json.dumps(ALLOW_LIST))
    got = iam.get_role_policy(RoleName=role_name, PolicyName="own")
    assert got["PolicyDocument"] == ALLOW_LIST and got["RoleName"] == role_name
    assert iam.list_role_policies(RoleName=role_name)["PolicyNames"] == ["own"]
    fails(lambda: iam.put_role_policy(RoleName=role_name, PolicyName="bad", PolicyDocument="{"), "MalformedPolicyDocument")
    fails(lambda: iam.get_role_policy(RoleName=role_name, PolicyName="absent"), "NoSuchEntity")
    fails(lambda: iam.delete_role(RoleName=role_name), "DeleteConflict")
    iam.delete_role_policy(RoleName=role_name, PolicyName="own")
    iam.delete_role(RoleName=role_name)


def test_policies_of_ones_own(iam, role_name):
    name = unique("Policy")
    made = iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(ALLOW_LIST), Description="x", Tags=[TAG])["Policy"]
    arn = made["Arn"]
    # What it was made with is told by GetPolicy alone; of what is told at once, tags are part.
    assert "Description" not in made and made["Tags"] == [TAG]
    assert iam.get_policy(PolicyArn=arn)["Policy"]["Description"] == "x"
    assert iam.list_policy_tags(PolicyArn=arn)["Tags"] == [TAG]
    assert arn == f"arn:aws:iam::{ACCOUNT}:policy/{name}" and made["PolicyId"].startswith("ANPA")
    assert made["DefaultVersionId"] == "v1" and made["AttachmentCount"] == 0
    fails(lambda: iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(ALLOW_LIST)), "EntityAlreadyExists", status=409)
    fails(lambda: iam.create_policy(PolicyName=unique(), PolicyDocument="[]"), "MalformedPolicyDocument")
    deny = json.loads(json.dumps(ALLOW_LIST).replace("Allow", "Deny"))
    assert iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(deny))["PolicyVersion"]["VersionId"] == "v2"
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]["Document"] == deny
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert {v["VersionId"]: v["IsDefaultVersion"] for v in versions} == {"v1": False, "v2": True}
    fails(lambda: iam.delete_policy_version(PolicyArn=arn, VersionId="v2"), "DeleteConflict")
    iam.attach_role_policy(RoleName=role_name, PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    entities = iam.list_entities_for_policy(PolicyArn=arn)
    assert [r["RoleName"] for r in entities["PolicyRoles"]] == [role_name]
    fails(lambda: iam.delete_policy(PolicyArn=arn), "DeleteConflict", status=409)
    iam.detach_role_policy(RoleName=role_name, PolicyArn=arn)
    fails(lambda: iam.delete_policy(PolicyArn=arn), "DeleteConflict")
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy(PolicyArn=arn)
    fails(lambda: iam.get_policy(PolicyArn=arn), "NoSuchEntity", arn, status=404)


def test_users_and_keys(iam, server):
    name = unique("user")
    made = iam.create_user(UserName=name)["User"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/{name}" and made["UserId"].startswith("AIDA")
    fails(lambda: iam.create_user(UserName=name), "EntityAlreadyExists", status=409)
    assert iam.get_user(UserName=name)["User"]["UserId"] == made["UserId"]
    assert name in [u["UserName"] for u in iam.list_users()["Users"]]
    key = iam.create_access_key(UserName=name)["AccessKey"]
    assert key["AccessKeyId"].startswith("AKIA") and len(key["AccessKeyId"]) == 20
    assert len(key["SecretAccessKey"]) == 40 and key["Status"] == "Active"
    listed = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
    assert [k["AccessKeyId"] for k in listed] == [key["AccessKeyId"]] and "SecretAccessKey" not in listed[0]
    iam.create_access_key(UserName=name)
    fails(lambda: iam.create_access_key(UserName=name), "LimitExceeded", status=409)
    # Without a policy it may do nothing but ask who it is.
    assert server.client("sts", key).get_caller_identity()["Arn"] == made["Arn"]
    fails(lambda: server.client("iot", key).list_things(), "AccessDeniedException",
          f"User: {made['Arn']} is not authorized to perform: iot:ListThings", status=403)  # fmt: skip
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(ALLOW_LIST))
    server.client("iot", key).list_things()
    iam.update_access_key(UserName=name, AccessKeyId=key["AccessKeyId"], Status="Inactive")
    fails(lambda: server.client("iot", key).list_things(), "UnrecognizedClientException", status=403)
    iam.update_access_key(UserName=name, AccessKeyId=key["AccessKeyId"], Status="Active")
    server.client("iot", key).list_things()
    fails(lambda: iam.delete_user(UserName=name), "DeleteConflict", status=409)
    for one in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=one["AccessKeyId"])
    fails(lambda: server.client("iot", key).list_things(), "UnrecognizedClientException")
    fails(lambda: iam.delete_user(UserName=name), "DeleteConflict")
    iam.delete_user_policy(UserName=name, PolicyName="own")
    iam.delete_user(UserName=name)
    fails(lambda: iam.get_user(UserName=name), "NoSuchEntity", status=404)


def test_user_policies(iam, server):
    name, key = user_key(server)
    arn = "arn:aws:iam::aws:policy/AWSIoTFullAccess"
    iam.attach_user_policy(UserName=name, PolicyArn=arn)
    assert [p["PolicyArn"] for p in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]] == [arn]
    server.client("iot", key).list_things()
    # A Deny beats any Allow.
    deny = json.dumps(ALLOW_LIST).replace("Allow", "Deny")
    iam.put_user_policy(UserName=name, PolicyName="no", PolicyDocument=deny)
    assert iam.list_user_policies(UserName=name)["PolicyNames"] == ["no"]
    assert iam.get_user_policy(UserName=name, PolicyName="no")["PolicyDocument"] == json.loads(deny)
    fails(lambda: server.client("iot", key).list_things(), "AccessDeniedException", "explicit deny")
    server.client("iot", key).list_policies()
    iam.detach_user_policy(UserName=name, PolicyArn=arn)
    fails(lambda: server.client("iot", key).list_policies(), "AccessDeniedException")


def test_policies_count_by_resource(iam, server, iot):
    mine, other = unique("mine"), unique("other")
    for name in (mine, other):
        iot.create_thing(thingName=name)
    _, key = user_key(server, {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["iot:DescribeThing", "iot:UpdateThing"],
         "Resource": f"arn:aws:iot:*:*:thing/{mine}"}]})  # fmt: skip
    user = server.client("iot", key)
    assert user.describe_thing(thingName=mine)["thingName"] == mine
    answer = fails(lambda: user.describe_thing(thingName=other), "AccessDeniedException", f"thing/{other}")
    assert "iot:DescribeThing" in answer["Error"]["Message"]
    fails(lambda: user.delete_thing(thingName=mine), "AccessDeniedException", "iot:DeleteThing")


def test_iam_itself_asks(server):
    name, key = user_key(server)
    fails(lambda: server.client("iam", key).list_roles(), "AccessDenied", f"user/{name}", "iam:ListRoles", status=403)


def test_tags(iam, role_name):
    iam.tag_role(RoleName=role_name, Tags=[{"Key": "team", "Value": "lamps"}, {"Key": "x", "Value": "y"}])
    iam.untag_role(RoleName=role_name, TagKeys=["x"])
    assert iam.list_role_tags(RoleName=role_name)["Tags"] == [{"Key": "team", "Value": "lamps"}]


def test_what_is_told_of_users_and_roles(iam, role_name):
    user = unique("user")
    iam.create_user(UserName=user)
    iam.tag_user(UserName=user, Tags=[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}])
    iam.untag_user(UserName=user, TagKeys=["a"])
    assert iam.list_user_tags(UserName=user)["Tags"] == [{"Key": "c", "Value": "d"}]
    iam.update_user(UserName=user, NewUserName=user + "-new")
    assert iam.get_user(UserName=user + "-new")["User"]["Arn"].endswith(f"user/{user}-new")
    fails(lambda: iam.get_user(UserName=user), "NoSuchEntity")
    iam.update_role_description(RoleName=role_name, Description="Told")
    assert iam.get_role(RoleName=role_name)["Role"]["Description"] == "Told"


def test_pages(iam):
    prefix = f"/{unique('paged')}/"
    names = [unique("Role") for _ in range(5)]
    for name in names:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST_IOT, Path=prefix)
    items, count = pages(iam.list_roles, "Roles", "Marker", PathPrefix=prefix, MaxItems=2)
    assert sorted(r["RoleName"] for r in items) == sorted(names) and count == 3
    paginator = iam.get_paginator("list_policies").paginate(Scope="AWS", PaginationConfig={"PageSize": 3})
    listed = [p["PolicyName"] for page in paginator for p in page["Policies"]]
    assert "AWSIoTThingsRegistration" in listed and len(listed) == len(set(listed))


def test_simulate_principal_policy(iam, server):
    name, _ = user_key(server, ALLOW_LIST)
    results = iam.simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:user/{name}", ActionNames=["iot:ListThings", "iot:CreateThing"]
    )["EvaluationResults"]
    assert {r["EvalActionName"]: r["EvalDecision"] for r in results} == {
        "iot:ListThings": "allowed", "iot:CreateThing": "implicitDeny",
    }  # fmt: skip


def test_simulate_custom_policy(iam, server):
    """Entries stand for whatever else is known, of each type; what policies ask for beside them is missing."""
    asked = {"ActionNames": ["iot:Connect"]}

    def entry(name, of, *values):
        return {"ContextKeyName": name, "ContextKeyType": of, "ContextKeyValues": list(values)}

    def simulate(condition, *entries):
        statement = {"Effect": "Allow", "Action": "iot:*", "Resource": "*", "Condition": condition}
        text = json.dumps({"Version": "2012-10-17", "Statement": statement})
        result = iam.simulate_custom_policy(PolicyInputList=[text], ContextEntries=entries, **asked)["EvaluationResults"][0]
        return result["EvalDecision"] == "allowed", result["MissingContextValues"]

    for condition, name, of, good, bad in [
        ({"DateLessThan": {"aws:CurrentTime": "2018-08-16T12:00:00Z"}}, "aws:CurrentTime", "date", "2017-01-01T00:00:00Z", "2019-01-01T00:00:00Z"),
        ({"NumericLessThan": {"aws:EpochTime": "1000"}}, "aws:EpochTime", "numeric", "999", "1000"),
        ({"Bool": {"aws:SecureTransport": "true"}}, "aws:SecureTransport", "boolean", "true", "false"),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, "aws:SourceIp", "ip", "192.0.2.9", "198.51.100.9"),
        ({"StringEquals": {"iot:ClientId": "a"}}, "iot:ClientId", "string", "a", "b"),
        ({"BinaryEquals": {"k:bytes": "AAE="}}, "k:bytes", "binary", "AAE=", "AAI="),
    ]:  # fmt: skip
        assert simulate(condition) == (False, [name])
        assert simulate(condition, entry(name, of, good)) == (True, [])
        assert simulate(condition, entry(name.upper(), of, bad)) == (False, [])
    both = entry("iot:ConnectAttributes", "stringList", "LastWill", "PersistentConnect")
    wills = {"iot:ConnectAttributes": ["LastWill"]}
    assert simulate({"ForAnyValue:StringEquals": wills}, both) == (True, [])
    assert simulate({"ForAllValues:StringEquals": wills}, both) == (False, [])
    fails(lambda: simulate({}, entry("aws:SourceIp", "ip", "here")), "InvalidInput", "aws:SourceIp")
    fails(lambda: iam.simulate_custom_policy(PolicyInputList=["{}"], **asked), "InvalidInput")
    text = json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "dynamodb:*", "Resource": "arn:aws:dynamodb:us-west-2:123456789012:table/${aws:username}",
        "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2015-08-16T12:00:00Z"}},
    }})  # fmt: skip
    keys = ["aws:username", "aws:CurrentTime"]
    assert iam.get_context_keys_for_custom_policy(PolicyInputList=[text])["ContextKeyNames"] == keys
    name, _ = user_key(server, json.loads(text))
    arn = f"arn:aws:iam::{ACCOUNT}:user/{name}"
    assert iam.get_context_keys_for_principal_policy(PolicySourceArn=arn)["ContextKeyNames"] == keys
    results = iam.simulate_principal_policy(
        PolicySourceArn=arn, ActionNames=["dynamodb:GetItem"], PermissionsBoundaryPolicyInputList=[json.dumps(ALLOW_LIST)],
        ResourceArns=[f"arn:aws:dynamodb:us-west-2:123456789012:table/{name}"],
        ContextEntries=[entry("aws:CurrentTime", "date", "2019-01-01T00:00:00Z")],
    )["EvaluationResults"]  # fmt: skip
    assert results[0]["EvalDecision"] == "implicitDeny"
    assert results[0]["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


def test_unknown_action(iam, server):
    fails(lambda: iam.create_saml_provider(Name="x", SAMLMetadataDocument="x" * 1000), "NotImplemented",
          "CreateSAMLProvider", status=501)  # fmt: skip


def test_policies_are_listed(iam):
    name = unique("Policy")
    arn = iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(ALLOW_LIST))["Policy"]["Arn"]
    own, _ = pages(iam.list_policies, "Policies", token="Marker", Scope="Local", MaxItems=1)
    assert arn in [p["Arn"] for p in own] and REGISTRATION not in [p["Arn"] for p in own]
    managed, _ = pages(iam.list_policies, "Policies", token="Marker", Scope="AWS")
    assert REGISTRATION in [p["Arn"] for p in managed] and arn not in [p["Arn"] for p in managed]


def test_what_of_users_and_roles_changes(iam, role_name):
    iam.update_role_description(RoleName=role_name, Description="For doors")
    assert iam.get_role(RoleName=role_name)["Role"]["Description"] == "For doors"
    name, renamed = unique("user"), unique("renamed")
    iam.create_user(UserName=name)
    iam.tag_user(UserName=name, Tags=[{"Key": "team", "Value": "a"}, {"Key": "site", "Value": "b"}])
    iam.untag_user(UserName=name, TagKeys=["site"])
    assert iam.list_user_tags(UserName=name)["Tags"] == [{"Key": "team", "Value": "a"}]
    iam.update_user(UserName=name, NewUserName=renamed, NewPath="/lamps/")
    assert iam.get_user(UserName=renamed)["User"]["Path"] == "/lamps/"
    fails(lambda: iam.get_user(UserName=name), "NoSuchEntity")


def test_groups(iam, server):
    name, user, other = unique("Group"), *(user_key(server)[0] for _ in range(2))
    made = iam.create_group(GroupName=name, Path="/lamps/")["Group"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/lamps/{name}" and made["GroupId"].startswith("AGPA")
    fails(lambda: iam.create_group(GroupName=name), "EntityAlreadyExists", f"Group with name {name} already exists.", status=409)
    absent = {"GroupName": "Absent"}
    for call in (iam.get_group, iam.delete_group, iam.list_attached_group_policies, iam.list_group_policies):
        fails(lambda: call(**absent), "NoSuchEntity", "The group with name Absent cannot be found.", status=404)
    assert name in [group["GroupName"] for group in iam.list_groups(PathPrefix="/lamps/")["Groups"]]
    assert name not in [group["GroupName"] for group in iam.list_groups(PathPrefix="/doors/")["Groups"]]
    for member in (user, other, other):
        iam.add_user_to_group(GroupName=name, UserName=member)
    fails(lambda: iam.add_user_to_group(GroupName=name, UserName="Absent"), "NoSuchEntity", "The user with name Absent")
    fails(lambda: iam.add_user_to_group(UserName=user, **absent), "NoSuchEntity", "The group with name Absent")
    assert {member["UserName"] for member in iam.get_group(GroupName=name)["Users"]} == {user, other}
    members, count = pages(iam.get_group, "Users", "Marker", GroupName=name, MaxItems=1)
    assert len(members) == 2 and count == 2
    assert [group["GroupName"] for group in iam.list_groups_for_user(UserName=user)["Groups"]] == [name]

    iam.attach_group_policy(GroupName=name, PolicyArn=REGISTRATION)
    attached = iam.list_attached_group_policies(GroupName=name)["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [REGISTRATION]
    assert name in [group["GroupName"] for group in iam.list_entities_for_policy(PolicyArn=REGISTRATION, EntityFilter="Group")["PolicyGroups"]]
    iam.put_group_policy(GroupName=name, PolicyName="own", PolicyDocument=json.dumps(ALLOW_LIST))
    assert iam.get_group_policy(GroupName=name, PolicyName="own")["PolicyDocument"] == ALLOW_LIST
    assert iam.list_group_policies(GroupName=name)["PolicyNames"] == ["own"]
    fails(lambda: iam.get_group_policy(GroupName=name, PolicyName="absent"), "NoSuchEntity",
          "The group policy with name absent cannot be found.")  # fmt: skip

    renamed = unique("Renamed")
    iam.update_group(GroupName=name, NewGroupName=renamed)
    fails(lambda: iam.get_group(GroupName=name), "NoSuchEntity")
    assert iam.list_group_policies(GroupName=renamed)["PolicyNames"] == ["own"]
    group = {"GroupName": renamed}
    conflict = "DeleteConflict"
    fails(lambda: iam.delete_user(UserName=other), conflict, "must delete access keys first.", status=409)
    fails(lambda: iam.delete_group(**group), conflict, "must remove users from group first.", status=409)
    for member in (user, other):
        iam.remove_user_from_group(UserName=member, **group)
    fails(lambda: iam.remove_user_from_group(UserName=user, **group), "NoSuchEntity")
    fails(lambda: iam.delete_group(**group), conflict, "must detach all policies first.", status=409)
    iam.detach_group_policy(PolicyArn=REGISTRATION, **group)
    fails(lambda: iam.delete_group(**group), conflict, "must delete policies first.", status=409)
    iam.delete_group_policy(PolicyName="own", **group)
    iam.delete_group(**group)


def test_members_have_what_their_group_may(iam, server):
    user, key = user_key(server)
    devices = server.client("iot", key)
    group = {"GroupName": unique("Group")}
    denied = "AccessDeniedException"
    iam.create_group(**group)
    iam.put_group_policy(PolicyName="list", PolicyDocument=json.dumps(ALLOW_LIST), **group)
    fails(devices.list_things, denied)
    iam.add_user_to_group(UserName=user, **group)
    devices.list_things()
    arn = f"arn:aws:iam::{ACCOUNT}:user/{user}"
    ask = {"PolicySourceArn": arn, "ActionNames": ["iot:ListThings"]}
    assert iam.simulate_principal_policy(**ask)["EvaluationResults"][0]["EvalDecision"] == "allowed"
    of_group = iam.simulate_principal_policy(**{**ask, "PolicySourceArn": arn.replace(f"user/{user}", f"group/{group['GroupName']}")})
    assert of_group["EvaluationResults"][0]["EvalDecision"] == "allowed"
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iot:*", "Resource": "*"}]}
    iam.put_group_policy(PolicyName="none", PolicyDocument=json.dumps(deny), **group)
    fails(devices.list_things, denied, "explicit deny")
    iam.delete_group_policy(PolicyName="none", **group)
    devices.list_things()
    iam.remove_user_from_group(UserName=user, **group)
    fails(devices.list_things, denied)


def test_instance_profiles(iam, server, role_name):
    name = unique("Profile")
    made = iam.create_instance_profile(InstanceProfileName=name, Path="/lamps/", Tags=[TAG])["InstanceProfile"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:instance-profile/lamps/{name}"
    assert made["InstanceProfileId"].startswith("AIPA") and made["Roles"] == [] and made["Tags"] == [TAG]
    profile = {"InstanceProfileName": name}
    fails(lambda: iam.create_instance_profile(**profile), "EntityAlreadyExists", f"Instance Profile {name} already exists.",
          status=409)  # fmt: skip
    fails(lambda: iam.get_instance_profile(InstanceProfileName="Absent"), "NoSuchEntity",
          "Instance Profile Absent cannot be found.", status=404)  # fmt: skip
    fails(lambda: iam.add_role_to_instance_profile(RoleName="Absent", **profile), "NoSuchEntity", "Absent")
    _, key = user_key(server, {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iam:AddRoleToInstanceProfile", "Resource": "*"}]})  # fmt: skip
    fails(lambda: server.client("iam", key).add_role_to_instance_profile(RoleName=role_name, **profile), "AccessDenied",
          "iam:PassRole", status=403)  # fmt: skip
    iam.add_role_to_instance_profile(RoleName=role_name, **profile)
    fails(lambda: iam.add_role_to_instance_profile(RoleName=role_name, **profile), "LimitExceeded",
          "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", status=409)  # fmt: skip
    assert [role["RoleName"] for role in iam.get_instance_profile(**profile)["InstanceProfile"]["Roles"]] == [role_name]
    of_role = iam.list_instance_profiles_for_role(RoleName=role_name)["InstanceProfiles"]
    assert [found["InstanceProfileName"] for found in of_role] == [name]
    assert name in [found["InstanceProfileName"] for found in iam.list_instance_profiles(PathPrefix="/lamps/")["InstanceProfiles"]]
    first = "must remove roles from instance profile first."
    fails(lambda: iam.delete_role(RoleName=role_name), "DeleteConflict", first, status=409)
    fails(lambda: iam.delete_instance_profile(**profile), "DeleteConflict", first, status=409)
    iam.tag_instance_profile(Tags=[{"Key": "site", "Value": "b"}], **profile)
    iam.untag_instance_profile(TagKeys=["team"], **profile)
    assert iam.list_instance_profile_tags(**profile)["Tags"] == [{"Key": "site", "Value": "b"}]
    iam.remove_role_from_instance_profile(RoleName=role_name, **profile)
    iam.delete_instance_profile(**profile)
    fails(lambda: iam.delete_instance_profile(**profile), "NoSuchEntity")


def test_tags_of_policies(iam):
    arn = iam.create_policy(PolicyName=unique("Policy"), PolicyDocument=json.dumps(ALLOW_LIST), Tags=[TAG])["Policy"]["Arn"]
    iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "site", "Value": "b"}])
    iam.untag_policy(PolicyArn=arn, TagKeys=["team"])
    assert iam.list_policy_tags(PolicyArn=arn)["Tags"] == [{"Key": "site", "Value": "b"}]
    fails(lambda: iam.tag_policy(PolicyArn=REGISTRATION, Tags=[TAG]), "AccessDenied", status=403)
    fails(lambda: iam.tag_policy(PolicyArn=arn + "x", Tags=[TAG]), "NoSuchEntity", status=404)
