"""Thing types: AWS IoT developer guide "Thing types"."""

import uuid

from lib import ACCOUNT, REGION, fails, pages, unique

PROPERTIES = {"thingTypeDescription": "A lamp", "searchableAttributes": ["room", "watts"]}


def test_create_describe(iot):
    name = unique("kind")
    made = iot.create_thing_type(thingTypeName=name, thingTypeProperties=PROPERTIES)
    assert made["thingTypeArn"] == f"arn:aws:iot:{REGION}:{ACCOUNT}:thingtype/{name}"
    assert str(uuid.UUID(made["thingTypeId"])) == made["thingTypeId"]
    described = iot.describe_thing_type(thingTypeName=name)
    assert described["thingTypeProperties"]["thingTypeDescription"] == "A lamp"
    assert described["thingTypeProperties"]["searchableAttributes"] == ["room", "watts"]
    metadata = described["thingTypeMetadata"]
    assert metadata["deprecated"] is False and "deprecationDate" not in metadata
    assert metadata["creationDate"].year >= 2024
    assert described["thingTypeId"] == made["thingTypeId"]
    again = iot.create_thing_type(thingTypeName=name, thingTypeProperties=PROPERTIES)
    assert again["thingTypeId"] == made["thingTypeId"]
    fails(lambda: iot.create_thing_type(thingTypeName=name), "ResourceAlreadyExistsException", status=409)
    fails(lambda: iot.describe_thing_type(thingTypeName=unique("absent")), "ResourceNotFoundException", "Thing Type")


def test_create_refuses(loose_iot):
    four = {"searchableAttributes": ["a", "b", "c", "d"]}
    fails(lambda: loose_iot.create_thing_type(thingTypeName=unique(), thingTypeProperties=four), "InvalidRequestException")
    fails(lambda: loose_iot.create_thing_type(thingTypeName="a b"), "InvalidRequestException", "'a b' at 'thingTypeName'")


def test_deprecation(iot):
    kind, old, new = unique("kind"), unique("lamp"), unique("lamp")
    iot.create_thing_type(thingTypeName=kind)
    iot.create_thing(thingName=old, thingTypeName=kind)
    iot.deprecate_thing_type(thingTypeName=kind)
    metadata = iot.describe_thing_type(thingTypeName=kind)["thingTypeMetadata"]
    assert metadata["deprecated"] is True and metadata["deprecationDate"]
    fails(lambda: iot.create_thing(thingName=new, thingTypeName=kind), "InvalidRequestException",
          f"Can not create new thing with depreated thing type:{kind}")  # fmt: skip
    assert iot.describe_thing(thingName=old)["thingTypeName"] == kind, "who has it keeps it"
    iot.deprecate_thing_type(thingTypeName=kind, undoDeprecate=True)
    assert iot.describe_thing_type(thingTypeName=kind)["thingTypeMetadata"]["deprecated"] is False
    iot.create_thing(thingName=new, thingTypeName=kind)
    fails(lambda: iot.deprecate_thing_type(thingTypeName=unique("absent")), "ResourceNotFoundException")


def test_delete(iot):
    kind, thing = unique("kind"), unique("lamp")
    iot.create_thing_type(thingTypeName=kind)
    iot.create_thing(thingName=thing, thingTypeName=kind)
    fails(lambda: iot.delete_thing_type(thingTypeName=kind), "InvalidRequestException",
          f"Cannot delete thing type : {kind}.")  # fmt: skip
    iot.deprecate_thing_type(thingTypeName=kind)
    fails(lambda: iot.delete_thing_type(thingTypeName=kind), "InvalidRequestException",
          f"Can not delete thing type {kind} with things associated with it")  # fmt: skip
    iot.delete_thing(thingName=thing)
    iot.delete_thing_type(thingTypeName=kind)
    fails(lambda: iot.describe_thing_type(thingTypeName=kind), "ResourceNotFoundException")
    fails(lambda: iot.delete_thing_type(thingTypeName=kind), "ResourceNotFoundException")


def test_update(iot):
    kind = unique("kind")
    iot.create_thing_type(thingTypeName=kind)
    propagating = {"propagatingAttributes": [{"userPropertyKey": "room", "thingAttribute": "room"}]}
    iot.update_thing_type(thingTypeName=kind, thingTypeProperties={"mqtt5Configuration": propagating})
    described = iot.describe_thing_type(thingTypeName=kind)
    assert described["thingTypeProperties"]["mqtt5Configuration"] == propagating
    fails(
        lambda: iot.update_thing_type(thingTypeName=kind, thingTypeProperties={"thingTypeDescription": "x"}),
        "InvalidRequestException", "Can only update mqtt5Configuration.",
    )  # fmt: skip
    fails(
        lambda: iot.update_thing_type(thingTypeName=unique("absent"), thingTypeProperties={"mqtt5Configuration": propagating}),
        "ResourceNotFoundException",
    )


def test_list(iot):
    prefix = unique("listed")
    names = [f"{prefix}-{n}" for n in range(5)]
    for name in names:
        iot.create_thing_type(thingTypeName=name, thingTypeProperties=PROPERTIES)
    items, count = pages(iot.list_thing_types, "thingTypes", maxResults=2, thingTypeName=prefix)
    assert [item["thingTypeName"] for item in items] == names and count == 3, "the filter is a prefix"
    assert items[0]["thingTypeProperties"]["thingTypeDescription"] == "A lamp"
    assert items[0]["thingTypeMetadata"]["deprecated"] is False
