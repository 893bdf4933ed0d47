"""Policies and their versions: AWS IoT developer guide "AWS IoT Core policies"."""

import json

import pytest
from lib import ACCOUNT, ALLOW_ALL, REGION, fails, pages, unique

OTHER = ALLOW_ALL.replace("iot:*", "iot:Connect")


@pytest.fixture
def policy(iot):
    name = unique("policy")
    iot.create_policy(policyName=name, policyDocument=ALLOW_ALL)
    return name


@pytest.fixture
def certificate(iot):
    return iot.create_keys_and_certificate(setAsActive=True)["certificateArn"]


def test_create_get(iot):
    name = unique("policy")
    made = iot.create_policy(policyName=name, policyDocument=ALLOW_ALL)
    assert made["policyArn"] == f"arn:aws:iot:{REGION}:{ACCOUNT}:policy/{name}"
    assert made["policyDocument"] == ALLOW_ALL and made["policyVersionId"] == "1"
    got = iot.get_policy(policyName=name)
    assert got["policyDocument"] == ALLOW_ALL and got["defaultVersionId"] == "1"
    assert got["creationDate"] and got["lastModifiedDate"] and got["generationId"]
    version = iot.get_policy_version(policyName=name, policyVersionId="1")
    assert version["isDefaultVersion"] is True and version["policyDocument"] == ALLOW_ALL
    fails(lambda: iot.create_policy(policyName=name, policyDocument=ALLOW_ALL), "ResourceAlreadyExistsException",
          f"Policy cannot be created - name already exists (name={name})", status=409)  # fmt: skip
    fails(lambda: iot.get_policy(policyName=unique("absent")), "ResourceNotFoundException", status=404)
    fails(lambda: iot.get_policy_version(policyName=name, policyVersionId="2"), "ResourceNotFoundException")


@pytest.mark.parametrize(
    "document",
    [
        "not json", "[]", "{}",
        '{"Version":"2012-10-17"}',
        '{"Version":"2012-10-17","Statement":[{"Effect":"Maybe","Action":"iot:*","Resource":"*"}]}',
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*"}]}',
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*"}]}',
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","NotAction":"iot:*","Resource":"*"}]}',
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"iot:*","Resource":"*"}]}',
    ],
)  # fmt: skip
def test_what_is_no_policy(iot, document):
    fails(lambda: iot.create_policy(policyName=unique(), policyDocument=document), "MalformedPolicyException", status=400)


def test_the_length_counts_without_white_space(iot):
    def document(length, space=""):
        text = ALLOW_ALL.replace(" ", "")
        resource = "x" * (length - len(text) + 1)
        return text.replace('"*"}', f'"{resource}"' + space + "}")

    assert len(document(2048)) == 2048
    iot.create_policy(policyName=unique(), policyDocument=document(2048, " " * 3000))
    with pytest.raises(Exception) as caught:
        iot.create_policy(policyName=unique(), policyDocument=document(2049))
    assert caught.value.response["Error"]["Code"] in ("MalformedPolicyException", "InvalidRequestException", "LimitExceededException")
    assert "2048" in str(caught.value)


def test_versions(iot, policy):
    two = iot.create_policy_version(policyName=policy, policyDocument=OTHER)
    assert two["policyVersionId"] == "2" and two["isDefaultVersion"] is False
    assert iot.get_policy(policyName=policy)["defaultVersionId"] == "1"
    three = iot.create_policy_version(policyName=policy, policyDocument=OTHER, setAsDefault=True)
    assert three["policyVersionId"] == "3" and three["isDefaultVersion"] is True
    assert iot.get_policy(policyName=policy)["policyDocument"] == OTHER
    iot.set_default_policy_version(policyName=policy, policyVersionId="2")
    versions = iot.list_policy_versions(policyName=policy)["policyVersions"]
    assert {v["versionId"]: v["isDefaultVersion"] for v in versions} == {"1": False, "2": True, "3": False}
    assert all(v["createDate"] for v in versions)
    fails(lambda: iot.delete_policy_version(policyName=policy, policyVersionId="2"), "DeleteConflictException",
          f"Cannot delete a default policy version (name={policy}, versionId=2)")  # fmt: skip
    iot.delete_policy_version(policyName=policy, policyVersionId="3")
    assert iot.create_policy_version(policyName=policy, policyDocument=OTHER)["policyVersionId"] == "4", "never reused"
    iot.create_policy_version(policyName=policy, policyDocument=OTHER)
    iot.create_policy_version(policyName=policy, policyDocument=OTHER)
    fails(lambda: iot.create_policy_version(policyName=policy, policyDocument=OTHER), "VersionsLimitExceededException",
          f"The policy {policy} already has the maximum number of versions (5)", status=409)  # fmt: skip
    fails(lambda: iot.set_default_policy_version(policyName=policy, policyVersionId="99"), "ResourceNotFoundException")
    fails(lambda: iot.create_policy_version(policyName=policy, policyDocument="{}"), "MalformedPolicyException")
    absent = unique("absent")
    fails(lambda: iot.create_policy_version(policyName=absent, policyDocument=OTHER), "ResourceNotFoundException")
    fails(lambda: iot.list_policy_versions(policyName=absent), "ResourceNotFoundException")
    fails(lambda: iot.delete_policy_version(policyName=absent, policyVersionId="1"), "ResourceNotFoundException")


def test_delete(iot, policy, certificate):
    iot.create_policy_version(policyName=policy, policyDocument=OTHER)
    fails(lambda: iot.delete_policy(policyName=policy), "DeleteConflictException", policy, status=409)
    iot.delete_policy_version(policyName=policy, policyVersionId="2")
    iot.attach_policy(policyName=policy, target=certificate)
    fails(lambda: iot.delete_policy(policyName=policy), "DeleteConflictException",
          f"The policy cannot be deleted as the policy is attached to one or more principals (name={policy})")  # fmt: skip
    iot.detach_policy(policyName=policy, target=certificate)
    iot.delete_policy(policyName=policy)
    fails(lambda: iot.delete_policy(policyName=policy), "ResourceNotFoundException")


def test_attach_and_list(iot, policy, certificate):
    iot.attach_policy(policyName=policy, target=certificate)
    iot.attach_policy(policyName=policy, target=certificate)  # Again is success.
    attached = iot.list_attached_policies(target=certificate)["policies"]
    assert attached == [{"policyName": policy, "policyArn": iot.get_policy(policyName=policy)["policyArn"]}]
    assert iot.list_targets_for_policy(policyName=policy)["targets"] == [certificate]
    iot.detach_policy(policyName=policy, target=certificate)
    iot.detach_policy(policyName=policy, target=certificate)  # Not attached: success.
    assert iot.list_attached_policies(target=certificate)["policies"] == []
    assert iot.list_targets_for_policy(policyName=policy)["targets"] == []


def test_attach_refuses(iot, policy, certificate):
    fails(lambda: iot.attach_policy(policyName=unique("absent"), target=certificate), "ResourceNotFoundException")
    absent = f"arn:aws:iot:{REGION}:{ACCOUNT}:cert/{'0' * 64}"
    fails(lambda: iot.attach_policy(policyName=policy, target=absent), "ResourceNotFoundException",
          "The certificate given in the principal does not exist.")  # fmt: skip
    fails(lambda: iot.attach_policy(policyName=policy, target="not an arn"), "InvalidRequestException", "Invalid Target")
    fails(lambda: iot.list_targets_for_policy(policyName=unique("absent")), "ResourceNotFoundException")
    for number in range(10):
        name = unique("policy")
        iot.create_policy(policyName=name, policyDocument=ALLOW_ALL)
        iot.attach_policy(policyName=name, target=certificate)
    fails(lambda: iot.attach_policy(policyName=policy, target=certificate), "LimitExceededException", status=410)


def test_the_deprecated_family(iot, policy, certificate):
    iot.attach_principal_policy(policyName=policy, principal=certificate)
    assert [p["policyName"] for p in iot.list_principal_policies(principal=certificate)["policies"]] == [policy]
    assert iot.list_policy_principals(policyName=policy)["principals"] == [certificate]
    assert iot.list_targets_for_policy(policyName=policy)["targets"] == [certificate], "both see the same"
    iot.detach_principal_policy(policyName=policy, principal=certificate)
    assert iot.list_principal_policies(principal=certificate)["policies"] == []
    fails(lambda: iot.attach_principal_policy(policyName=unique("absent"), principal=certificate), "ResourceNotFoundException")


def test_lists_are_paged_by_markers(iot, certificate):
    names = []
    for _ in range(5):
        names.append(unique("listed"))
        iot.create_policy(policyName=names[-1], policyDocument=ALLOW_ALL)
        iot.attach_policy(policyName=names[-1], target=certificate)
    items, count = pages(iot.list_policies, "policies", "marker", "nextMarker", pageSize=2)
    assert count > 2 and set(names) <= {item["policyName"] for item in items}
    assert len({item["policyName"] for item in items}) == len(items)
    up, _ = pages(iot.list_policies, "policies", "marker", "nextMarker", pageSize=250, ascendingOrder=True)
    down, _ = pages(iot.list_policies, "policies", "marker", "nextMarker", pageSize=250, ascendingOrder=False)
    assert [p["policyName"] for p in up] == [p["policyName"] for p in reversed(down)]
    items, count = pages(iot.list_attached_policies, "policies", "marker", "nextMarker", target=certificate, pageSize=2)
    assert sorted(item["policyName"] for item in items) == sorted(names) and count == 3
    fails(lambda: iot.list_policies(marker="Zm9yZ2Vk"), "InvalidRequestException")


def test_effective_policies(iot, policy, certificate):
    thing = unique("lamp")
    iot.create_thing(thingName=thing)
    iot.attach_policy(policyName=policy, target=certificate)
    got = iot.get_effective_policies(principal=certificate, thingName=thing)["effectivePolicies"]
    assert [(p["policyName"], p["policyDocument"]) for p in got] == [(policy, ALLOW_ALL)]


def test_test_authorization(iot, certificate):
    """AWS guide: the decision for each question, with the policies that made it."""
    prefix = f"arn:aws:iot:{REGION}:{ACCOUNT}"
    name, deny = unique("policy"), unique("deny")
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "iot:Publish", "Resource": f"{prefix}:topic/a/*"},
            {"Effect": "Allow", "Action": "iot:Connect", "Resource": f"{prefix}:client/${{iot:ClientId}}"},
        ],
    }
    iot.create_policy(policyName=name, policyDocument=json.dumps(document))
    iot.attach_policy(policyName=name, target=certificate)
    iot.create_policy(
        policyName=deny,
        policyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
        ),
    )

    def ask(kind, *resources, **more):
        answer = iot.test_authorization(
            principal=certificate, authInfos=[{"actionType": kind, "resources": list(resources)}], **more
        )
        return answer["authResults"][0]

    allowed = ask("PUBLISH", f"{prefix}:topic/a/b")
    assert allowed["authDecision"] == "ALLOWED"
    assert [p["policyName"] for p in allowed["allowed"]["policies"]] == [name]
    assert ask("PUBLISH", f"{prefix}:topic/b")["authDecision"] == "IMPLICIT_DENY"
    assert ask("PUBLISH", f"{prefix}:topic/a/b", f"{prefix}:topic/b")["authDecision"] == "IMPLICIT_DENY"
    assert ask("CONNECT", f"{prefix}:client/me", clientId="me")["authDecision"] == "ALLOWED"
    unknown = ask("CONNECT", f"{prefix}:client/me")
    assert unknown["authDecision"] == "IMPLICIT_DENY" and unknown["missingContextValues"]
    denied = ask("PUBLISH", f"{prefix}:topic/a/b", policyNamesToAdd=[deny])
    assert denied["authDecision"] == "EXPLICIT_DENY"
    assert [p["policyName"] for p in denied["denied"]["explicitDeny"]["policies"]] == [deny]
    assert ask("PUBLISH", f"{prefix}:topic/a/b", policyNamesToSkip=[name])["authDecision"] == "IMPLICIT_DENY"
    fails(lambda: ask("PUBLISH", f"{prefix}:topic/a", policyNamesToAdd=[unique("absent")]), "ResourceNotFoundException")
