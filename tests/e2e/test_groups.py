"""Static thing groups: AWS IoT developer guide "Static thing groups"."""

import json
import uuid

from lib import ACCOUNT, REGION, fails, pages, unique, user_key


def arn(kind, name):
    return f"arn:aws:iot:{REGION}:{ACCOUNT}:{kind}/{name}"


def names(groups):
    return [group["groupName"] for group in groups]


def things(iot, count):
    made = [unique("lamp") for _ in range(count)]
    for name in made:
        iot.create_thing(thingName=name)
    return made


def test_create_describe(iot):
    city, house, room = unique("city"), unique("house"), unique("room")
    iot.create_thing_group(thingGroupName=city)
    iot.create_thing_group(thingGroupName=house, parentGroupName=city)
    request = {
        "thingGroupName": room,
        "parentGroupName": house,
        "thingGroupProperties": {
            "thingGroupDescription": "Upstairs",
            "attributePayload": {"attributes": {"floor": "2"}, "merge": False},
        },
        "tags": [{"Key": "team", "Value": "lamps"}],
    }
    made = iot.create_thing_group(**request)
    assert made["thingGroupName"] == room and made["thingGroupArn"] == arn("thinggroup", room)
    assert str(uuid.UUID(made["thingGroupId"])) == made["thingGroupId"]
    assert iot.create_thing_group(**request)["thingGroupId"] == made["thingGroupId"], "the same again is the same"
    described = iot.describe_thing_group(thingGroupName=room)
    assert described["version"] == 1
    assert described["thingGroupProperties"]["thingGroupDescription"] == "Upstairs"
    assert described["thingGroupProperties"]["attributePayload"]["attributes"] == {"floor": "2"}
    metadata = described["thingGroupMetadata"]
    assert metadata["parentGroupName"] == house and metadata["creationDate"].year >= 2024
    assert names(metadata["rootToParentThingGroups"]) == [city, house], "the root first"
    fails(lambda: iot.create_thing_group(thingGroupName=room), "ResourceAlreadyExistsException", room, status=409)
    fails(lambda: iot.create_thing_group(thingGroupName=unique(), parentGroupName=unique("absent")),
          "InvalidRequestException", "non-existing group as parent")  # fmt: skip
    fails(lambda: iot.describe_thing_group(thingGroupName=unique("absent")), "ResourceNotFoundException", status=404)


def test_update(iot):
    name = unique("group")
    iot.create_thing_group(thingGroupName=name)
    update = lambda properties, **more: iot.update_thing_group(
        thingGroupName=name, thingGroupProperties=properties, **more
    )
    assert update({"attributePayload": {"attributes": {"a": "1", "b": "2"}}}, expectedVersion=1)["version"] == 2
    assert update({"attributePayload": {"attributes": {"b": "", "c": "3"}, "merge": True}})["version"] == 3
    described = iot.describe_thing_group(thingGroupName=name)
    assert described["version"] == 3
    assert described["thingGroupProperties"]["attributePayload"]["attributes"] == {"a": "1", "c": "3"}
    fails(lambda: update({}, expectedVersion=1), "VersionConflictException", status=409)
    fails(lambda: iot.update_thing_group(thingGroupName=unique("absent"), thingGroupProperties={}),
          "ResourceNotFoundException")  # fmt: skip


def test_delete(iot):
    parent, child = unique("parent"), unique("child")
    iot.create_thing_group(thingGroupName=parent)
    iot.create_thing_group(thingGroupName=child, parentGroupName=parent)
    (lamp,) = things(iot, 1)
    iot.add_thing_to_thing_group(thingName=lamp, thingGroupName=child)
    fails(lambda: iot.delete_thing_group(thingGroupName=parent), "InvalidRequestException",
          f"Cannot delete thing group : {parent} when there are still child groups attached to it")  # fmt: skip
    fails(lambda: iot.delete_thing_group(thingGroupName=child, expectedVersion=9), "VersionConflictException")
    iot.delete_thing_group(thingGroupName=child, expectedVersion=1)
    assert iot.list_thing_groups_for_thing(thingName=lamp)["thingGroups"] == []
    iot.delete_thing_group(thingGroupName=parent)
    iot.delete_thing_group(thingGroupName=parent)
    fails(lambda: iot.describe_thing_group(thingGroupName=parent), "ResourceNotFoundException")


def test_list(make_server):
    iot = make_server().client("iot")
    for name, parent in [("a", None), ("b", None), ("a1", "a"), ("a2", "a"), ("a1x", "a1")]:
        iot.create_thing_group(thingGroupName=name, **({"parentGroupName": parent} if parent else {}))

    def listed(**request):
        found, _ = pages(iot.list_thing_groups, "thingGroups", maxResults=2, **request)
        return names(found)

    assert listed() == ["a", "b", "a1", "a2", "a1x"]
    assert listed(recursive=False) == ["a", "b"]
    assert listed(parentGroup="a") == ["a1", "a2", "a1x"]
    assert listed(parentGroup="a", recursive=False) == ["a1", "a2"]
    assert listed(namePrefixFilter="a1") == ["a1", "a1x"]
    fails(lambda: iot.list_thing_groups(parentGroup="absent"), "ResourceNotFoundException")
    paged = iot.get_paginator("list_thing_groups").paginate(PaginationConfig={"PageSize": 1})
    assert names(paged.build_full_result()["thingGroups"]) == ["a", "b", "a1", "a2", "a1x"]


def test_membership(iot):
    top, left, right, other = unique("top"), unique("left"), unique("right"), unique("other")
    for name, parent in [(top, None), (left, top), (right, top), (other, None)]:
        iot.create_thing_group(thingGroupName=name, **({"parentGroupName": parent} if parent else {}))
    one, two = things(iot, 2)
    iot.add_thing_to_thing_group(thingName=one, thingGroupName=left)
    iot.add_thing_to_thing_group(thingName=one, thingGroupName=left)
    iot.add_thing_to_thing_group(thingArn=arn("thing", two), thingGroupArn=arn("thinggroup", right))
    fails(lambda: iot.add_thing_to_thing_group(thingName=one, thingGroupName=right), "InvalidRequestException",
          "same hierarchy")  # fmt: skip
    fails(lambda: iot.add_thing_to_thing_group(thingName=one), "InvalidRequestException",
          "Both thingGroupArn and thingGroupName are empty. Need to specify at least one of them")  # fmt: skip
    fails(lambda: iot.add_thing_to_thing_group(thingName=one, thingGroupName=unique("absent")),
          "ResourceNotFoundException", "Cannot find requested thing group")  # fmt: skip
    assert iot.list_things_in_thing_group(thingGroupName=top)["things"] == []
    found, count = pages(iot.list_things_in_thing_group, "things", thingGroupName=top, recursive=True, maxResults=1)
    assert found == [one, two] and count == 2
    iot.update_thing_groups_for_thing(thingName=one, thingGroupsToAdd=[right, other], thingGroupsToRemove=[left])
    assert names(iot.list_thing_groups_for_thing(thingName=one)["thingGroups"]) == [right, other]
    fails(
        lambda: iot.update_thing_groups_for_thing(
            thingName=one, thingGroupsToAdd=[left, unique("absent")], thingGroupsToRemove=[right]
        ),
        "ResourceNotFoundException",
    )
    assert names(iot.list_thing_groups_for_thing(thingName=one)["thingGroups"]) == [right, other], "all or nothing"
    iot.remove_thing_from_thing_group(thingName=one, thingGroupName=right)
    iot.remove_thing_from_thing_group(thingName=one, thingGroupName=right)
    assert names(iot.list_thing_groups_for_thing(thingName=one)["thingGroups"]) == [other]
    iot.delete_thing(thingName=one)
    assert iot.list_things_in_thing_group(thingGroupName=other)["things"] == []


def test_ten_groups(iot):
    (lamp,) = things(iot, 1)
    groups = [unique("group") for _ in range(11)]
    for name in groups:
        iot.create_thing_group(thingGroupName=name)
    for name in groups[:10]:
        iot.add_thing_to_thing_group(thingName=lamp, thingGroupName=name)
    fails(lambda: iot.add_thing_to_thing_group(thingName=lamp, thingGroupName=groups[10]), "InvalidRequestException",
          "the most a thing can be in")  # fmt: skip


def test_seven_levels(iot):
    levels = [unique("level") for _ in range(8)]
    iot.create_thing_group(thingGroupName=levels[0])
    for above, name in zip(levels[:6], levels[1:7]):
        iot.create_thing_group(thingGroupName=name, parentGroupName=above)
    fails(lambda: iot.create_thing_group(thingGroupName=levels[7], parentGroupName=levels[6]),
          "InvalidRequestException", "at most 7 levels")  # fmt: skip


def test_a_policy_of_a_group_reaches_a_device_and_leaves_it(server, iot, tmp_path):
    """Guide: "Attach a policy to a group". The connection that is open is looked at again."""
    group, parent = unique("group"), unique("parent")
    iot.create_thing_group(thingGroupName=parent)
    iot.create_thing_group(thingGroupName=group, parentGroupName=parent)
    device = server.service_device(tmp_path, policy=None)
    (lamp,) = things(iot, 1)
    iot.attach_thing_principal(thingName=lamp, principal=device.arn)
    iot.add_thing_to_thing_group(thingName=lamp, thingGroupName=group)
    with server.raw(device) as raw:
        assert raw.connect(lamp) in (5, None), "no policy yet"
    policy = unique("policy")
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}
    iot.create_policy(policyName=policy, policyDocument=json.dumps(document))
    iot.attach_policy(policyName=policy, target=arn("thinggroup", parent))
    with server.raw(device) as raw:
        assert raw.connect(lamp) == 0
        iot.remove_thing_from_thing_group(thingName=lamp, thingGroupName=group)
        assert raw.closed()
    iot.add_thing_to_thing_group(thingName=lamp, thingGroupName=group)
    with server.raw(device) as raw:
        assert raw.connect(lamp) == 0
        iot.detach_policy(policyName=policy, target=arn("thinggroup", parent))
        assert raw.closed()


def test_both_the_thing_and_the_group_must_be_allowed(server, iot):
    mine, theirs = unique("mine"), unique("theirs")
    for name in (mine, theirs):
        iot.create_thing_group(thingGroupName=name)
    (lamp,) = things(iot, 1)
    statement = {"Effect": "Allow", "Action": "iot:*", "Resource": [arn("thing", "*"), arn("thinggroup", mine)]}
    _, key = user_key(server, {"Version": "2012-10-17", "Statement": [statement]})
    user = server.client("iot", key=key)
    user.add_thing_to_thing_group(thingArn=arn("thing", lamp), thingGroupName=mine)
    fails(lambda: user.add_thing_to_thing_group(thingName=lamp, thingGroupName=theirs), "AccessDeniedException")
    fails(lambda: user.update_thing_groups_for_thing(thingName=lamp, thingGroupsToAdd=[theirs]), "AccessDeniedException")


def test_the_cli(server):
    name = unique("group")
    made = server.aws("iot", "create-thing-group", "--thing-group-name", name)
    assert made["thingGroupArn"] == arn("thinggroup", name)
    listed = server.aws("iot", "list-thing-groups", "--name-prefix-filter", name, "--no-recursive")
    assert names(listed["thingGroups"]) == [name]
