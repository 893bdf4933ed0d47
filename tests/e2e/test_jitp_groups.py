"""Just-in-time provisioning into groups: AWS IoT developer guide "Provisioning templates", ThingGroups, BillingGroup."""

import json

from lib import template, unique


def test_templates_put_things_into_groups(server, iot, ca, role):
    group, billing, absent = unique("group"), unique("billing"), unique("absent")
    iot.create_thing_group(thingGroupName=group)
    iot.create_billing_group(billingGroupName=billing)
    ca.register(server, template(ThingGroups=[group], BillingGroup=billing), role)
    device = ca.device(kind="ec")
    server.pub(device, "a", "b")
    groups = iot.list_thing_groups_for_thing(thingName=device.name)["thingGroups"]
    assert [g["groupName"] for g in groups] == [group]
    assert iot.describe_thing(thingName=device.name)["billingGroupName"] == billing
    iot.update_ca_certificate(
        certificateId=ca.certificate_id,
        registrationConfig={"templateBody": json.dumps(template(ThingGroups=[absent])), "roleArn": role},
    )
    other = ca.device(kind="ec")
    assert "CONNACK (5)" in server.pub(other, "a", "b", check=False).stdout
    assert absent in server.explained(other.id, "provisioning-thing-group-absent")["reason"]
    # A group that is made afterwards lets the same device in.
    iot.create_thing_group(thingGroupName=absent)
    server.pub(other, "a", "b")
