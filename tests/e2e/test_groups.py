"""Thing groups and billing groups: AWS IoT developer guide "Static thing groups"."""

import json

import pytest
from lib import ACCOUNT, ALLOW_ALL, REGION, fails, pages, template, unique


@pytest.fixture
def group(iot):
    def group(**more):
        name = unique("group")
        iot.create_thing_group(thingGroupName=name, **more)
        return name

    return group


@pytest.fixture
def thing(iot):
    name = unique("lamp")
    iot.create_thing(thingName=name)
    return name


def groups_of(iot, thing):
    return [g["groupName"] for g in iot.list_thing_groups_for_thing(thingName=thing)["thingGroups"]]


def test_create_describe_delete(iot, group):
    properties = {"thingGroupDescription": "A", "attributePayload": {"attributes": {"floor": "1"}}}
    parent = group()
    name = unique("group")
    made = iot.create_thing_group(thingGroupName=name, parentGroupName=parent, thingGroupProperties=properties)
    assert made["thingGroupArn"] == f"arn:aws:iot:{REGION}:{ACCOUNT}:thinggroup/{name}"
    again = iot.create_thing_group(thingGroupName=name, parentGroupName=parent, thingGroupProperties=properties)
    assert again["thingGroupId"] == made["thingGroupId"]
    fails(lambda: iot.create_thing_group(thingGroupName=name), "ResourceAlreadyExistsException",
          f"Thing Group {name} already exists in current account with different properties", status=409)  # fmt: skip
    described = iot.describe_thing_group(thingGroupName=name)
    assert described["version"] == 1
    assert described["thingGroupProperties"]["attributePayload"]["attributes"] == {"floor": "1"}
    metadata = described["thingGroupMetadata"]
    assert metadata["parentGroupName"] == parent
    assert [g["groupName"] for g in metadata["rootToParentThingGroups"]] == [parent]
    fails(lambda: iot.delete_thing_group(thingGroupName=parent), "InvalidRequestException",
          f"Cannot delete thing group : {parent} when there are still child groups attached to it")  # fmt: skip
    assert iot.update_thing_group(thingGroupName=name, thingGroupProperties={"thingGroupDescription": "B"})["version"] == 2
    fails(lambda: iot.delete_thing_group(thingGroupName=name, expectedVersion=1), "VersionConflictException")
    iot.delete_thing_group(thingGroupName=name)
    iot.delete_thing_group(thingGroupName=name)  # Absent: success.
    fails(lambda: iot.describe_thing_group(thingGroupName=name), "ResourceNotFoundException",
          f"ThingGroup {ACCOUNT}:{name} not found.")  # fmt: skip
    fails(lambda: iot.create_thing_group(thingGroupName=unique(), parentGroupName="Absent"), "InvalidRequestException",
          "Cannot create group using non-existing group as parent : Absent")  # fmt: skip


def test_members(iot, group, thing):
    name = group()
    iot.add_thing_to_thing_group(thingGroupName=name, thingName=thing)
    iot.add_thing_to_thing_group(thingGroupName=name, thingName=thing)
    assert groups_of(iot, thing) == [name]
    assert iot.list_things_in_thing_group(thingGroupName=name)["things"] == [thing]
    child = group(parentGroupName=name)
    fails(lambda: iot.add_thing_to_thing_group(thingGroupName=child, thingName=thing), "InvalidRequestException")
    fails(lambda: iot.add_thing_to_thing_group(thingName=thing), "InvalidRequestException",
          "Both thingGroupArn and thingGroupName are empty. Need to specify at least one of them")  # fmt: skip
    fails(lambda: iot.add_thing_to_thing_group(thingGroupName="Absent", thingName=thing), "ResourceNotFoundException")
    other = group()
    iot.update_thing_groups_for_thing(thingName=thing, thingGroupsToAdd=[other], thingGroupsToRemove=[name])
    assert groups_of(iot, thing) == [other]
    iot.remove_thing_from_thing_group(thingGroupName=other, thingName=thing)
    iot.remove_thing_from_thing_group(thingGroupName=other, thingName=thing)
    assert groups_of(iot, thing) == []


def test_ten_groups_and_no_more(iot, group, thing):
    for _ in range(10):
        iot.add_thing_to_thing_group(thingGroupName=group(), thingName=thing)
    fails(lambda: iot.add_thing_to_thing_group(thingGroupName=group(), thingName=thing), "InvalidRequestException")


def test_list(iot, group):
    parent = group()
    children = [group(parentGroupName=parent) for _ in range(3)]
    grandchild = group(parentGroupName=children[0])
    items, count = pages(iot.list_thing_groups, "thingGroups", parentGroup=parent, recursive=False, maxResults=2)
    assert sorted(g["groupName"] for g in items) == sorted(children) and count == 2
    items, _ = pages(iot.list_thing_groups, "thingGroups", parentGroup=parent, recursive=True)
    assert grandchild in [g["groupName"] for g in items]


def test_policies_of_groups_count_for_devices(server, iot, group, tmp_path):
    """The policies of a thing's groups and their ancestors apply to its certificates."""
    parent = group()
    child = group(parentGroupName=parent)
    thing = unique("lamp")
    iot.create_thing(thingName=thing)
    device = server.service_device(tmp_path, policy=None)
    iot.attach_thing_principal(thingName=thing, principal=device.arn)
    iot.add_thing_to_thing_group(thingGroupName=child, thingName=thing)
    with server.raw(device) as raw:
        assert raw.connect(thing) == 5
    policy = unique("policy")
    iot.create_policy(policyName=policy, policyDocument=ALLOW_ALL)
    iot.attach_policy(policyName=policy, target=iot.describe_thing_group(thingGroupName=parent)["thingGroupArn"])
    with server.raw(device) as raw:
        assert raw.connect(thing) == 0
        iot.remove_thing_from_thing_group(thingGroupName=child, thingName=thing)
        assert raw.closed()


def test_templates_put_things_into_groups(server, iot, group, ca, role):
    name = group()
    billing = unique("billing")
    iot.create_billing_group(billingGroupName=billing)
    ca.register(server, template(ThingGroups=[name], BillingGroup=billing), role)
    device = ca.device(kind="ec")
    server.pub(device, "a", "b")
    assert groups_of(iot, device.name) == [name]
    assert iot.describe_thing(thingName=device.name)["billingGroupName"] == billing
    absent = unique("absent")
    iot.update_ca_certificate(
        certificateId=ca.certificate_id,
        registrationConfig={"templateBody": json.dumps(template(ThingGroups=[absent])), "roleArn": role},
    )
    other = ca.device(kind="ec")
    assert "CONNACK (5)" in server.pub(other, "a", "b", check=False).stdout
    assert absent in server.explained(other.id, "provisioning-thing-group-absent")["reason"]


def test_billing_groups(iot, thing):
    name, other = unique("billing"), unique("billing")
    made = iot.create_billing_group(billingGroupName=name)
    assert made["billingGroupArn"] == f"arn:aws:iot:{REGION}:{ACCOUNT}:billinggroup/{name}"
    assert iot.create_billing_group(billingGroupName=name)["billingGroupId"] == made["billingGroupId"]
    iot.create_billing_group(billingGroupName=other)
    iot.add_thing_to_billing_group(billingGroupName=name, thingName=thing)
    assert iot.describe_thing(thingName=thing)["billingGroupName"] == name
    iot.add_thing_to_billing_group(billingGroupName=other, thingName=thing)
    assert iot.describe_thing(thingName=thing)["billingGroupName"] == other, "moved"
    iot.remove_thing_from_billing_group(billingGroupName=other, thingName=thing)
    assert "billingGroupName" not in iot.describe_thing(thingName=thing)
    assert {name, other} <= {g["groupName"] for g in pages(iot.list_billing_groups, "billingGroups")[0]}
    iot.delete_billing_group(billingGroupName=name)
