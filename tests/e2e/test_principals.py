"""Attaching principals to things: AWS IoT developer guide "Managing things" and "Exclusive things"."""

import pytest
from lib import ACCOUNT, REGION, fails, pages, unique

ABSENT = f"arn:aws:iot:{REGION}:{ACCOUNT}:cert/{'0' * 64}"


@pytest.fixture
def thing(iot):
    name = unique("lamp")
    iot.create_thing(thingName=name)
    return name


@pytest.fixture
def certificate(iot):
    return iot.create_keys_and_certificate(setAsActive=True)["certificateArn"]


def test_attach_list_detach(iot, thing, certificate):
    iot.attach_thing_principal(thingName=thing, principal=certificate)
    iot.attach_thing_principal(thingName=thing, principal=certificate)  # Again is success.
    assert iot.list_thing_principals(thingName=thing)["principals"] == [certificate]
    assert iot.list_principal_things(principal=certificate)["things"] == [thing]
    both = iot.list_thing_principals_v2(thingName=thing)["thingPrincipalObjects"]
    assert both == [{"principal": certificate, "thingPrincipalType": "NON_EXCLUSIVE_THING"}]
    both = iot.list_principal_things_v2(principal=certificate)["principalThingObjects"]
    assert both == [{"thingName": thing, "thingPrincipalType": "NON_EXCLUSIVE_THING"}]
    iot.detach_thing_principal(thingName=thing, principal=certificate)
    assert iot.list_thing_principals(thingName=thing)["principals"] == []
    fails(lambda: iot.detach_thing_principal(thingName=thing, principal=certificate), "ResourceNotFoundException")


def test_many_to_many(iot, certificate):
    names = [unique("lamp") for _ in range(5)]
    for name in names:
        iot.create_thing(thingName=name)
        iot.attach_thing_principal(thingName=name, principal=certificate)
    items, count = pages(iot.list_principal_things, "things", principal=certificate, maxResults=2)
    assert items == names and count == 3
    items, count = pages(iot.list_principal_things_v2, "principalThingObjects", principal=certificate, maxResults=2)
    assert [item["thingName"] for item in items] == names
    others = [iot.create_keys_and_certificate()["certificateArn"] for _ in range(2)]
    for other in others:
        iot.attach_thing_principal(thingName=names[0], principal=other)
    items, _ = pages(iot.list_thing_principals, "principals", thingName=names[0], maxResults=1)
    assert sorted(items) == sorted([certificate, *others])


def test_refusals(iot, thing, certificate):
    absent = unique("absent")
    fails(lambda: iot.attach_thing_principal(thingName=absent, principal=certificate), "ResourceNotFoundException",
          f"Failed to attach the principal {certificate} to thing {absent} because the thing does not exist")  # fmt: skip
    fails(lambda: iot.attach_thing_principal(thingName=thing, principal=ABSENT), "ResourceNotFoundException",
          f"Can't attach the principal {ABSENT} to thing {thing} because the principal does not exist")  # fmt: skip
    fails(lambda: iot.list_thing_principals(thingName=absent), "ResourceNotFoundException",
          f"Failed to list principals for thing {absent} because the thing does not exist in your account")  # fmt: skip
    fails(lambda: iot.list_principal_things(principal=ABSENT), "ResourceNotFoundException",
          f"Can't list things for the principal {ABSENT} because the principal does not exist in your account")  # fmt: skip
    fails(lambda: iot.attach_thing_principal(thingName=thing, principal="nonsense"), "InvalidRequestException")


def test_exclusive(iot, thing, certificate):
    other = unique("lamp")
    iot.create_thing(thingName=other)
    iot.attach_thing_principal(thingName=thing, principal=certificate, thingPrincipalType="EXCLUSIVE_THING")
    iot.attach_thing_principal(thingName=thing, principal=certificate, thingPrincipalType="EXCLUSIVE_THING")
    fails(lambda: iot.attach_thing_principal(thingName=other, principal=certificate), "InvalidRequestException")
    fails(
        lambda: iot.attach_thing_principal(
            thingName=thing, principal=certificate, thingPrincipalType="NON_EXCLUSIVE_THING"
        ),
        "InvalidRequestException",
    )
    exclusive = iot.list_principal_things_v2(principal=certificate, thingPrincipalType="EXCLUSIVE_THING")
    assert [o["thingName"] for o in exclusive["principalThingObjects"]] == [thing]
    shared = iot.list_principal_things_v2(principal=certificate, thingPrincipalType="NON_EXCLUSIVE_THING")
    assert shared["principalThingObjects"] == []
    # The thing may have others.
    second = iot.create_keys_and_certificate()["certificateArn"]
    iot.attach_thing_principal(thingName=thing, principal=second)
    iot.detach_thing_principal(thingName=thing, principal=certificate)
    iot.attach_thing_principal(thingName=other, principal=certificate)
    fails(
        lambda: iot.attach_thing_principal(thingName=thing, principal=certificate, thingPrincipalType="EXCLUSIVE_THING"),
        "InvalidRequestException",
    )


def test_an_exclusive_thing_counts_whatever_the_client_id(server, iot, thing, tmp_path):
    """AWS guide: exclusive-thing. Variables of the thing resolve though the client id is not its name."""
    import json

    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": "iot:Publish",
                "Resource": f"arn:aws:iot:{REGION}:{ACCOUNT}:topic/${{iot:Connection.Thing.ThingName}}",
            },
        ],
    }
    device = server.service_device(tmp_path, json.dumps(document))
    iot.attach_thing_principal(thingName=thing, principal=device.arn)
    with server.raw(device) as raw:
        assert raw.connect(unique("any")) == 0
        raw.publish(thing, b"x")
        assert raw.receive() is None, "attached, but the client id is another"
    iot.detach_thing_principal(thingName=thing, principal=device.arn)
    iot.attach_thing_principal(thingName=thing, principal=device.arn, thingPrincipalType="EXCLUSIVE_THING")
    with server.raw(device) as raw:
        assert raw.connect(unique("any")) == 0
        raw.publish(thing, b"x")
        assert raw.receive() == (0x40, b"\x00\x02")
