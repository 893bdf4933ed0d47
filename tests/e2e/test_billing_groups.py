"""Billing groups: AWS IoT developer guide "Billing groups"."""

import uuid

from lib import ACCOUNT, REGION, fails, pages, unique


def arn(kind, name):
    return f"arn:aws:iot:{REGION}:{ACCOUNT}:{kind}/{name}"


def test_create_update_delete(iot):
    name = unique("bill")
    request = {
        "billingGroupName": name,
        "billingGroupProperties": {"billingGroupDescription": "North"},
        "tags": [{"Key": "cost", "Value": "1"}],
    }
    made = iot.create_billing_group(**request)
    assert made["billingGroupArn"] == arn("billinggroup", name)
    assert str(uuid.UUID(made["billingGroupId"])) == made["billingGroupId"]
    assert iot.create_billing_group(**request)["billingGroupId"] == made["billingGroupId"]
    fails(lambda: iot.create_billing_group(billingGroupName=name), "ResourceAlreadyExistsException", status=409)
    south = {"billingGroupDescription": "South"}
    changed = iot.update_billing_group(billingGroupName=name, billingGroupProperties=south, expectedVersion=1)
    assert changed["version"] == 2
    described = iot.describe_billing_group(billingGroupName=name)
    assert described["version"] == 2 and described["billingGroupProperties"] == south
    assert described["billingGroupMetadata"]["creationDate"].year >= 2024
    fails(lambda: iot.update_billing_group(billingGroupName=name, billingGroupProperties=south, expectedVersion=1),
          "VersionConflictException", status=409)  # fmt: skip
    fails(lambda: iot.delete_billing_group(billingGroupName=name, expectedVersion=1), "VersionConflictException")
    iot.delete_billing_group(billingGroupName=name, expectedVersion=2)
    iot.delete_billing_group(billingGroupName=name)
    fails(lambda: iot.describe_billing_group(billingGroupName=name), "ResourceNotFoundException", status=404)
    fails(lambda: iot.update_billing_group(billingGroupName=name, billingGroupProperties=south),
          "ResourceNotFoundException")  # fmt: skip


def test_things(iot):
    one, two = unique("bill"), unique("bill")
    for name in (one, two):
        iot.create_billing_group(billingGroupName=name)
    first, second = unique("lamp"), unique("lamp")
    iot.create_thing(thingName=first, billingGroupName=one)
    iot.create_thing(thingName=second)
    iot.add_thing_to_billing_group(thingArn=arn("thing", second), billingGroupArn=arn("billinggroup", one))
    found, count = pages(iot.list_things_in_billing_group, "things", billingGroupName=one, maxResults=1)
    assert found == [first, second] and count == 2
    iot.add_thing_to_billing_group(thingName=first, billingGroupName=two)
    assert iot.describe_thing(thingName=first)["billingGroupName"] == two, "in one at most"
    iot.remove_thing_from_billing_group(thingName=first, billingGroupName=two)
    assert "billingGroupName" not in iot.describe_thing(thingName=first)
    iot.delete_billing_group(billingGroupName=one)
    assert "billingGroupName" not in iot.describe_thing(thingName=second)
    fails(lambda: iot.create_thing(thingName=unique("lamp"), billingGroupName=one), "ResourceNotFoundException")
    fails(lambda: iot.add_thing_to_billing_group(thingName=first), "InvalidRequestException",
          "Both billingGroupName and billingGroupArn cannot be null")  # fmt: skip
    fails(lambda: iot.add_thing_to_billing_group(billingGroupName=two), "InvalidRequestException",
          "Both thingName and thingArn cannot be null")  # fmt: skip
    fails(lambda: iot.list_things_in_billing_group(billingGroupName=one), "ResourceNotFoundException")


def test_list(iot):
    prefix = unique("listed")
    names = [f"{prefix}-{n}" for n in range(3)]
    for name in names:
        iot.create_billing_group(billingGroupName=name)
    found, count = pages(iot.list_billing_groups, "billingGroups", maxResults=2, namePrefixFilter=prefix)
    assert [group["groupName"] for group in found] == names and count == 2
    assert found[0]["groupArn"] == arn("billinggroup", names[0])
