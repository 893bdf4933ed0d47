"""Things: AWS IoT API reference, and developer guide "Managing things with the registry"."""

import uuid

import pytest
from lib import ACCOUNT, REGION, fails, pages, unique


def test_create_describe_delete(iot):
    name = unique("lamp")
    made = iot.create_thing(thingName=name, attributePayload={"attributes": {"room": "kitchen", "watts": "9"}})
    assert made["thingName"] == name
    assert made["thingArn"] == f"arn:aws:iot:{REGION}:{ACCOUNT}:thing/{name}"
    assert str(uuid.UUID(made["thingId"])) == made["thingId"]
    described = iot.describe_thing(thingName=name)
    assert described["attributes"] == {"room": "kitchen", "watts": "9"}
    assert described["version"] == 1
    assert described["defaultClientId"] == name
    assert described["thingId"] == made["thingId"] and described["thingArn"] == made["thingArn"]
    assert "thingTypeName" not in described and "billingGroupName" not in described
    iot.delete_thing(thingName=name)
    fails(lambda: iot.describe_thing(thingName=name), "ResourceNotFoundException",
          f"Thing {ACCOUNT}:{name} not found.", status=404)  # fmt: skip


def test_the_answer_is_as_aws_forms_it(iot):
    answer = iot.describe_endpoint()["ResponseMetadata"]
    assert answer["HTTPStatusCode"] == 200
    assert answer["HTTPHeaders"]["content-type"] == "application/json"
    assert str(uuid.UUID(answer["RequestId"])) == answer["RequestId"]
    assert "date" in answer["HTTPHeaders"]


def test_create_again(iot):
    name = unique("lamp")
    first = iot.create_thing(thingName=name, attributePayload={"attributes": {"a": "1"}})
    again = iot.create_thing(thingName=name, attributePayload={"attributes": {"a": "1"}, "merge": True})
    assert again["thingId"] == first["thingId"]
    answer = fails(
        lambda: iot.create_thing(thingName=name, attributePayload={"attributes": {"a": "2"}}),
        "ResourceAlreadyExistsException", status=409,
    )  # fmt: skip
    assert answer["resourceId"] == first["thingId"]
    assert answer["resourceArn"] == first["thingArn"]
    assert iot.describe_thing(thingName=name)["version"] == 1


def test_create_refuses(iot):
    name = unique("lamp")
    fails(lambda: iot.create_thing(thingName=name, thingTypeName="NoSuchType"), "ResourceNotFoundException",
          f"Thing Type {ACCOUNT}:NoSuchType not found.")  # fmt: skip
    fails(lambda: iot.create_thing(thingName=name, billingGroupName="NoSuchGroup"), "ResourceNotFoundException")
    four = {"attributes": {str(n): "x" for n in range(4)}}
    fails(lambda: iot.create_thing(thingName=name, attributePayload=four), "InvalidRequestException", "a thing must have a type specified")
    fails(lambda: iot.describe_thing(thingName=name), "ResourceNotFoundException")


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"thingName": "has space"}, ["'has space' at 'thingName'", "[a-zA-Z0-9:_-]+"]),
        ({"thingName": "x" * 129}, ["at 'thingName'", "less than or equal to 128"]),
        ({"thingName": "ok", "attributePayload": {"attributes": {"device type": "x"}}},
         ["attributePayload.attributes", "[a-zA-Z0-9_.,@/:#-]+"]),
        ({"thingName": "ok", "attributePayload": {"attributes": {"a": "has space"}}}, ["attributePayload.attributes"]),
        ({"thingName": "ok", "attributePayload": {"attributes": {"a": "x" * 801}}}, ["800"]),
    ],
)  # fmt: skip
def test_validation_speaks_as_aws_does(loose_iot, request_, words):
    fails(lambda: loose_iot.create_thing(**request_), "InvalidRequestException",
          "1 validation error detected", *words, status=400)  # fmt: skip


def test_several_errors_are_told_at_once(loose_iot):
    fails(
        lambda: loose_iot.create_thing(thingName="a b", thingTypeName="c d"),
        "InvalidRequestException", "2 validation errors detected: ", "'a b' at 'thingName'", "'c d' at 'thingTypeName'",
    )  # fmt: skip


def test_a_typed_thing_may_have_fifty_attributes(iot):
    kind, name = unique("kind"), unique("lamp")
    iot.create_thing_type(thingTypeName=kind)
    fifty = {str(n): "x" for n in range(50)}
    iot.create_thing(thingName=name, thingTypeName=kind, attributePayload={"attributes": fifty})
    described = iot.describe_thing(thingName=name)
    assert described["attributes"] == fifty and described["thingTypeName"] == kind
    fails(
        lambda: iot.update_thing(thingName=name, attributePayload={"attributes": {"one": "more"}, "merge": True}),
        "InvalidRequestException",
    )
    fails(lambda: iot.update_thing(thingName=name, removeThingType=True), "InvalidRequestException")


def test_update(iot):
    name = unique("lamp")
    iot.create_thing(thingName=name, attributePayload={"attributes": {"a": "1", "b": "2"}})

    def attributes():
        return iot.describe_thing(thingName=name)["attributes"]

    iot.update_thing(thingName=name, attributePayload={"attributes": {"c": "3"}, "merge": True})
    assert attributes() == {"a": "1", "b": "2", "c": "3"}
    iot.update_thing(thingName=name, attributePayload={"attributes": {"a": ""}, "merge": True})
    assert attributes() == {"b": "2", "c": "3"}
    iot.update_thing(thingName=name, attributePayload={"attributes": {"d": "4"}})
    assert attributes() == {"d": "4"}
    assert iot.describe_thing(thingName=name)["version"] == 4
    fails(lambda: iot.update_thing(thingName=name, expectedVersion=3), "VersionConflictException",
          f"The version for thing {name} does not match the expected version.", status=409)  # fmt: skip
    iot.update_thing(thingName=name, expectedVersion=4, attributePayload={"attributes": {}})
    assert attributes() == {}
    fails(lambda: iot.update_thing(thingName=unique("absent")), "ResourceNotFoundException")


def test_update_of_the_type(iot):
    name, first, second = unique("lamp"), unique("kind"), unique("kind")
    for kind in (first, second):
        iot.create_thing_type(thingTypeName=kind)
    iot.create_thing(thingName=name, thingTypeName=first)
    iot.update_thing(thingName=name, thingTypeName=second)
    assert iot.describe_thing(thingName=name)["thingTypeName"] == second
    fails(lambda: iot.update_thing(thingName=name, thingTypeName=first, removeThingType=True), "InvalidRequestException")
    iot.deprecate_thing_type(thingTypeName=first)
    fails(lambda: iot.update_thing(thingName=name, thingTypeName=first), "InvalidRequestException", first)
    fails(lambda: iot.update_thing(thingName=name, thingTypeName="NoSuchType"), "ResourceNotFoundException")
    iot.update_thing(thingName=name, removeThingType=True)
    assert "thingTypeName" not in iot.describe_thing(thingName=name)


def test_delete(iot, server, tmp_path):
    name = unique("lamp")
    iot.delete_thing(thingName=name)  # AWS: success where there is none.
    iot.create_thing(thingName=name)
    device = server.service_device(tmp_path)
    iot.attach_thing_principal(thingName=name, principal=device.arn)
    fails(lambda: iot.delete_thing(thingName=name), "InvalidRequestException",
          f"Cannot delete. Thing {name} is still attached to one or more principals", status=400)  # fmt: skip
    iot.detach_thing_principal(thingName=name, principal=device.arn)
    fails(lambda: iot.delete_thing(thingName=name, expectedVersion=7), "VersionConflictException")
    iot.delete_thing(thingName=name, expectedVersion=1)
    fails(lambda: iot.describe_thing(thingName=name), "ResourceNotFoundException")


def test_list(iot):
    kind, room = unique("kind"), unique("room")
    iot.create_thing_type(thingTypeName=kind)
    names = [unique("listed") for _ in range(7)]
    for number, name in enumerate(names):
        typed = {"thingTypeName": kind} if number % 2 else {}
        iot.create_thing(thingName=name, attributePayload={"attributes": {"room": f"{room}{number % 3}"}}, **typed)

    items, count = pages(iot.list_things, "things", maxResults=2, thingTypeName=kind)
    assert [item["thingName"] for item in items] == names[1::2] and count == 2
    assert items[0]["version"] == 1 and items[0]["attributes"]["room"] == f"{room}1"
    assert items[0]["thingArn"].endswith(f"thing/{names[1]}") and items[0]["thingTypeName"] == kind
    found, _ = pages(iot.list_things, "things", attributeName="room", attributeValue=f"{room}0")
    assert [item["thingName"] for item in found] == names[0::3]
    found, _ = pages(iot.list_things, "things", attributeName="room", attributeValue=room, usePrefixAttributeValue=True)
    assert [item["thingName"] for item in found] == names
    found, _ = pages(iot.list_things, "things", attributeName="room", attributeValue=room)
    assert found == []
    everything, count = pages(iot.list_things, "things", maxResults=3)
    assert count > 2 and set(names) <= {item["thingName"] for item in everything}
    assert len({item["thingName"] for item in everything}) == len(everything)
    fails(
        lambda: iot.list_things(attributeName="room", attributeValue=room, thingTypeName=kind),
        "InvalidRequestException",
        "Listing things by the combination of attribute and thing type is not supported",
    )
    fails(lambda: iot.list_things(nextToken="Zm9yZ2Vk"), "InvalidRequestException", status=400)


def test_pages_survive_deletions(iot):
    kind = unique("kind")
    iot.create_thing_type(thingTypeName=kind)
    names = [unique("listed") for _ in range(6)]
    for name in names:
        iot.create_thing(thingName=name, thingTypeName=kind)
    first = iot.list_things(thingTypeName=kind, maxResults=2)
    iot.delete_thing(thingName=names[0])
    iot.delete_thing(thingName=names[2])
    rest, _ = pages(iot.list_things, "things", thingTypeName=kind, maxResults=2)
    following, _ = pages(
        lambda **more: iot.list_things(thingTypeName=kind, maxResults=2, **(more or {"nextToken": first["nextToken"]})),
        "things",
    )
    assert [item["thingName"] for item in following] == names[3:]
    assert [item["thingName"] for item in rest] == [names[1], *names[3:]]


def test_limits_of_pages(loose_iot):
    for wrong in (0, 251):
        fails(lambda: loose_iot.list_things(maxResults=wrong), "InvalidRequestException", "maxResults")


def test_the_cli_pages_by_itself(server):
    done = server.aws("iot", "list-things", "--page-size", "2", "--max-items", "3")
    assert len(done["things"]) == 3 and done["NextToken"]


def test_describe_endpoint(iot):
    for kind in [None, "iot:Data-ATS", "iot:Data", "iot:CredentialProvider", "iot:Jobs"]:
        request = {"endpointType": kind} if kind else {}
        assert iot.describe_endpoint(**request)["endpointAddress"] == "localhost"
    fails(lambda: iot.describe_endpoint(endpointType="iot:Nothing"), "InvalidRequestException", status=400)
