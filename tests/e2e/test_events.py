"""Registry events: AWS IoT developer guide "Event messages" and "Registry events"."""

import json

import pytest
from lib import ACCOUNT, REGION, Ca, fails, jitp_role, template, unique, until

KINDS = [
    "THING", "THING_GROUP", "THING_TYPE", "THING_GROUP_MEMBERSHIP", "THING_GROUP_HIERARCHY", "THING_TYPE_ASSOCIATION",
]  # fmt: skip
# Whoever subscribes to all below `$aws/events` also hears that it has connected and subscribed.
REGISTRY = [
    f"$aws/events/{kind}/#"
    for kind in (
        "thing", "thingType", "thingTypeAssociation", "thingGroup", "thingGroupHierarchy", "thingGroupMembership",
        "certificates",
    )
]  # fmt: skip


@pytest.fixture
def watched(make_server, tmp_path):
    """A server with all registry events on, and a subscriber to all of them."""
    server = make_server()
    iot = server.client("iot")
    iot.update_event_configurations(eventConfigurations={kind: {"Enabled": True} for kind in KINDS})
    with server.subscriber(server.service_device(tmp_path), *REGISTRY) as subscriber:
        yield server, iot, subscriber


def topics(subscriber, count):
    return [topic.removeprefix("$aws/events/") for topic, _ in subscriber.wait_for(count)]


def test_configurations(make_server):
    iot = make_server().client("iot")
    described = iot.describe_event_configurations()
    on = {kind for kind, chosen in described["eventConfigurations"].items() if chosen["Enabled"]}
    assert on == {"CERTIFICATE", "CA_CERTIFICATE"} and len(described["eventConfigurations"]) == 11
    assert "creationDate" not in described
    iot.update_event_configurations(eventConfigurations={"THING": {"Enabled": True}})
    iot.update_event_configurations(eventConfigurations={"JOB": {"Enabled": True}, "CERTIFICATE": {"Enabled": False}})
    described = iot.describe_event_configurations()
    on = {kind for kind, chosen in described["eventConfigurations"].items() if chosen["Enabled"]}
    assert on == {"THING", "JOB", "CA_CERTIFICATE"}, "kinds that are not named stay"
    assert described["creationDate"] <= described["lastModifiedDate"]
    fails(lambda: iot.update_event_configurations(eventConfigurations={"LIGHTNING": {"Enabled": True}}),
          "InvalidRequestException")  # fmt: skip


def test_choices_outlive_a_restart(make_server, tmp_path):
    server = make_server()
    server.client("iot").update_event_configurations(eventConfigurations={"THING": {"Enabled": True}})
    device = server.service_device(tmp_path)
    server.stop()
    server.start()
    with server.subscriber(device, *REGISTRY) as subscriber:
        server.client("iot").create_thing(thingName="lamp")
        assert topics(subscriber, 1) == ["thing/lamp/created"]


def test_a_thing(watched):
    server, iot, subscriber = watched
    iot.create_thing_type(thingTypeName="bulb")
    made = iot.create_thing(
        thingName="lamp", thingTypeName="bulb", attributePayload={"attributes": {"room": "kitchen"}}
    )
    iot.create_thing_group(thingGroupName="top")
    iot.create_thing_group(thingGroupName="low", parentGroupName="top")
    iot.add_thing_to_thing_group(thingName="lamp", thingGroupName="low")
    iot.update_thing(thingName="lamp", removeThingType=True)
    iot.remove_thing_from_thing_group(thingName="lamp", thingGroupName="low")
    iot.delete_thing(thingName="lamp")
    iot.deprecate_thing_type(thingTypeName="bulb")
    iot.delete_thing_type(thingTypeName="bulb")
    iot.delete_thing_group(thingGroupName="low")
    assert topics(subscriber, 15) == [
        "thingType/bulb/created",
        "thing/lamp/created",
        "thingTypeAssociation/thing/lamp/thingType/bulb/added",
        "thingGroup/top/created",
        "thingGroup/low/created",
        "thingGroupHierarchy/thingGroup/top/childThingGroup/low/added",
        "thingGroupMembership/thingGroup/low/thing/lamp/added",
        "thing/lamp/updated",
        "thingTypeAssociation/thing/lamp/thingType/bulb/removed",
        "thingGroupMembership/thingGroup/low/thing/lamp/removed",
        "thing/lamp/deleted",
        "thingType/bulb/updated",
        "thingType/bulb/deleted",
        "thingGroupHierarchy/thingGroup/top/childThingGroup/low/removed",
        "thingGroup/low/deleted",
    ]
    payloads = [json.loads(payload) for _, payload in subscriber.messages]
    created, joined = payloads[1], payloads[6]
    assert created["eventType"] == "THING_EVENT" and created["operation"] == "CREATED"
    assert created["accountId"] == ACCOUNT and created["thingId"] == made["thingId"]
    assert created["versionNumber"] == 1 and created["attributes"] == {"room": "kitchen"}
    assert created["thingTypeName"] == "bulb" and created["timestamp"] > 1_700_000_000_000
    assert joined["groupArn"] == f"arn:aws:iot:{REGION}:{ACCOUNT}:thinggroup/low"
    assert payloads[7]["versionNumber"] == 2 and payloads[7]["thingTypeName"] is None
    assert len({payload["eventId"] for payload in payloads}) == len(payloads)


def test_a_first_connection(watched, tmp_path):
    """A JITP run: the certificate, the thing, its type, its group, in this order."""
    server, iot, subscriber = watched
    iot.create_thing_type(thingTypeName="bulb")
    iot.create_thing_group(thingGroupName="fleet")
    body = template(ThingTypeName="bulb", ThingGroups=["fleet"])
    ca = Ca(tmp_path / "ca").register(server, body, role=jitp_role(server))
    device = ca.device("/C=DE/CN={}")
    server.pub(device, "foo/bar", "Hello")
    found = topics(subscriber, 6)[2:]
    name = iot.list_things()["things"][0]["thingName"]
    assert found == [
        f"certificates/registered/{ca.certificate_id}",
        f"thing/{name}/created",
        f"thingTypeAssociation/thing/{name}/thingType/bulb/added",
        f"thingGroupMembership/thingGroup/fleet/thing/{name}/added",
    ]


def test_switched_off_again(watched):
    server, iot, subscriber = watched
    iot.create_thing(thingName="told")
    iot.update_event_configurations(eventConfigurations={"THING": {"Enabled": False}})
    iot.create_thing(thingName="untold")
    iot.create_thing_group(thingGroupName="last")
    until(lambda: any("last" in topic for topic, _ in subscriber.messages), "the last event")
    assert [topic for topic, _ in subscriber.messages] == [
        "$aws/events/thing/told/created",
        "$aws/events/thingGroup/last/created",
    ]


def test_the_wait_before_a_type_is_deleted(make_server):
    iot = make_server("--thing-type-deletion-wait", "300").client("iot")
    iot.create_thing_type(thingTypeName="bulb")
    iot.deprecate_thing_type(thingTypeName="bulb")
    fails(lambda: iot.delete_thing_type(thingTypeName="bulb"), "InvalidRequestException",
          "Please wait for 5 minutes after deprecation and then retry")  # fmt: skip
