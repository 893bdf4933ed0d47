"""Provisioning templates: AWS IoT developer guide "Provisioning templates", and bodies made to hurt."""

import json

import pytest
from lib import ACCOUNT, REGION, fails, jitp_role, pages, template, unique

BODY = json.dumps(template())


@pytest.fixture
def create(iot, role):
    def create(**more):
        name = unique("template")
        request = {"templateBody": BODY, "provisioningRoleArn": role, "type": "JITP", **more}
        return name, iot.create_provisioning_template(templateName=name, **request)

    return create


def test_create_describe(iot, role, create):
    name, made = create(description="Lamps")
    arn = f"arn:aws:iot:{REGION}:{ACCOUNT}:provisioningtemplate/{name}"
    assert made["templateArn"] == arn and made["templateName"] == name and made["defaultVersionId"] == 1
    described = iot.describe_provisioning_template(templateName=name)
    assert described["templateArn"] == arn and described["templateBody"] == BODY
    assert described["description"] == "Lamps" and described["enabled"] is True
    assert described["provisioningRoleArn"] == role and described["type"] == "JITP"
    assert described["defaultVersionId"] == 1
    assert described["creationDate"] and described["lastModifiedDate"]
    assert "preProvisioningHook" not in described
    fails(lambda: iot.create_provisioning_template(templateName=name, templateBody=BODY, provisioningRoleArn=role),
          "ResourceAlreadyExistsException", name, "already exists", status=409)  # fmt: skip
    fails(lambda: iot.describe_provisioning_template(templateName="absent"), "ResourceNotFoundException",
          "Unable to find template named absent", status=404)  # fmt: skip


def test_fleet_templates_are_the_default_type(iot, create, role):
    name = unique("fleet")
    iot.create_provisioning_template(
        templateName=name, templateBody=BODY, provisioningRoleArn=role, enabled=False,
        preProvisioningHook={"targetArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:hook"},
    )  # fmt: skip
    described = iot.describe_provisioning_template(templateName=name)
    assert described["type"] == "FLEET_PROVISIONING" and described["enabled"] is False
    assert described["preProvisioningHook"]["targetArn"].endswith("function:hook")
    assert described["preProvisioningHook"]["payloadVersion"] == "2020-04-01"
    iot.update_provisioning_template(templateName=name, removePreProvisioningHook=True)
    assert "preProvisioningHook" not in iot.describe_provisioning_template(templateName=name)
    fails(lambda: create(preProvisioningHook={"targetArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:hook"}),
          "InvalidRequestException", "JITP")  # fmt: skip


def test_versions(iot, create):
    name, _ = create()
    second = json.dumps(template(attributes={"version": "v2"}))
    made = iot.create_provisioning_template_version(templateName=name, templateBody=second)
    assert made["versionId"] == 2 and made["isDefaultVersion"] is False and made["templateName"] == name
    assert iot.describe_provisioning_template(templateName=name)["templateBody"] == BODY
    made = iot.create_provisioning_template_version(templateName=name, templateBody=second, setAsDefault=True)
    assert made["versionId"] == 3 and made["isDefaultVersion"] is True
    described = iot.describe_provisioning_template(templateName=name)
    assert described["defaultVersionId"] == 3 and described["templateBody"] == second
    one = iot.describe_provisioning_template_version(templateName=name, versionId=1)
    assert one["templateBody"] == BODY and one["isDefaultVersion"] is False and one["creationDate"]
    iot.update_provisioning_template(templateName=name, defaultVersionId=2)
    items, count = pages(iot.list_provisioning_template_versions, "versions", templateName=name, maxResults=2)
    assert {v["versionId"]: v["isDefaultVersion"] for v in items} == {1: False, 2: True, 3: False} and count == 2
    fails(lambda: iot.delete_provisioning_template_version(templateName=name, versionId=2), "DeleteConflictException", status=409)
    iot.delete_provisioning_template_version(templateName=name, versionId=3)
    for expected in (4, 5, 6):
        made = iot.create_provisioning_template_version(templateName=name, templateBody=second)
        assert made["versionId"] == expected, "never reused"
    fails(lambda: iot.create_provisioning_template_version(templateName=name, templateBody=second),
          "VersionsLimitExceededException", status=409)  # fmt: skip
    fails(lambda: iot.describe_provisioning_template_version(templateName=name, versionId=3), "ResourceNotFoundException")
    fails(lambda: iot.create_provisioning_template_version(templateName=name, templateBody="{}"), "InvalidRequestException")
    fails(lambda: iot.update_provisioning_template(templateName=name, defaultVersionId=77), "ResourceNotFoundException")


def test_update(iot, server, create):
    name, _ = create()
    other = jitp_role(server)
    iot.update_provisioning_template(templateName=name, description="New", enabled=False, provisioningRoleArn=other)
    described = iot.describe_provisioning_template(templateName=name)
    assert (described["description"], described["enabled"], described["provisioningRoleArn"]) == ("New", False, other)
    fails(lambda: iot.update_provisioning_template(templateName="absent", enabled=True), "ResourceNotFoundException")


def test_the_version_in_use_is_recorded(iot, server, ca, create):
    name, _ = create()
    ca.register(server, name)
    iot.create_provisioning_template_version(
        templateName=name, templateBody=json.dumps(template(attributes={"version": "v2"})), setAsDefault=True
    )
    device = ca.device(kind="ec")
    server.pub(device, "foo/bar", "Hello")
    assert iot.describe_thing(thingName=device.name)["attributes"] == {"version": "v2"}
    assert f"{name}@2" in server.attempts(device.id)[0]["template"]


def test_delete_and_list(iot, create):
    names = [create()[0] for _ in range(3)]
    items, count = pages(iot.list_provisioning_templates, "templates", maxResults=2)
    listed = [t["templateName"] for t in items]
    assert set(names) <= set(listed) and count >= 2 and len(listed) == len(set(listed))
    one = next(t for t in items if t["templateName"] == names[0])
    assert one["enabled"] is True and one["type"] == "JITP" and one["templateArn"] and one["creationDate"]
    iot.delete_provisioning_template(templateName=names[0])
    fails(lambda: iot.describe_provisioning_template(templateName=names[0]), "ResourceNotFoundException")
    fails(lambda: iot.delete_provisioning_template(templateName=names[0]), "ResourceNotFoundException")


def with_resource(name, value, **parameters):
    body = template()
    body["Resources"][name] = value
    body["Parameters"].update({p: {"Type": "String"} for p in parameters})
    return body


def without_resource(name):
    body = template()
    del body["Resources"][name]
    return body


def nested(depth, inner="x"):
    for _ in range(depth):
        inner = {"Fn::Join": ["", [inner, "x"]]}
    return inner


BAD_BODIES = {
    "empty": ("", []),
    "not JSON": ("{", []),
    "a list": ("[]", []),
    "nothing in it": ("{}", []),
    "encoded twice": (json.dumps(BODY), ["twice"]),
    "a key twice": ('{"Resources": {}, "Resources": {}}', ["Resources"]),
    "an unknown section": (json.dumps({**template(), "Outputs": {}}), ["Outputs"]),
    "no resources": (json.dumps({"Resources": {}}), []),
    "an unknown type": (json.dumps(with_resource("x", {"Type": "AWS::IoT::Nothing", "Properties": {}})), ["AWS::IoT::Nothing"]),
    "an unknown property": (
        json.dumps(template(Nothing="x")), ["Nothing"]),
    "the API's form of attributes": (json.dumps(template(AttributePayload={"attributes": {"a": "b"}})), ["AttributePayload"]),
    "neither name nor document": (
        json.dumps(with_resource("policy", {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": ""}})),
        ["Neither policyName nor policyDocument is present in the Template."]),
    "name and document": (
        json.dumps(with_resource("policy", {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": "a", "PolicyDocument": "{}"}})), []),
    "an undeclared name of AWS's": (json.dumps(template(ThingTypeName={"Ref": "AWS::StackName"})), ["AWS::StackName"]),
    "no certificate": (json.dumps(without_resource("certificate")), ["certificate resource"]),
    "a parameter that is no string": (json.dumps({**template(), "Parameters": {"a": {"Type": "Number"}}}), ["Number"]),
    "an unknown function": (json.dumps(template(ThingTypeName={"Fn::Base64": "x"})), ["Fn::Base64"]),
    "an override of nothing": (
        json.dumps(with_resource("thing", {**template()["Resources"]["thing"], "OverrideSettings": {"Nothing": "FAIL"}})), ["Nothing"]),
    "an override that does not exist": (
        json.dumps(with_resource("thing", {**template()["Resources"]["thing"], "OverrideSettings": {"ThingTypeName": "MERGE"}})), ["MERGE"]),
    "an unknown certificate field": (
        json.dumps(template(ThingTypeName={"Ref": "AWS::IoT::Certificate::Locality"}, parameters=["AWS::IoT::Certificate::Locality"])),
        ["AWS::IoT::Certificate::Locality"]),
    # Bombs.
    "too deep for JSON": ("[" * 5000 + "]" * 5000, []),
    "too deep an object": ('{"a":' * 1500 + "1" + "}" * 1500, []),
    "too deep an expression": (json.dumps(template(ThingTypeName=nested(300))), []),
    "itself": (json.dumps(with_resource("thing", {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": "thing"}}})), []),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_BODIES)
def test_bodies_that_are_refused(server, iot, role, name):
    body, words = BAD_BODIES[name]
    assert len(body) <= 10240, len(body)
    loose = server.client("iot", parameter_validation=False)
    fails(
        lambda: loose.create_provisioning_template(
            templateName=unique("bad"), templateBody=body, provisioningRoleArn=role, type="JITP"
        ),
        "InvalidRequestException", *words, status=400,
    )  # fmt: skip
    assert server.get("/healthz").strip() == "ok"


def test_a_body_over_the_limit(iot, role):
    fails(
        lambda: iot.create_provisioning_template(
            templateName=unique("big"), templateBody=BODY + " " * 10240, provisioningRoleArn=role
        ),
        "InvalidRequestException", "10240",
    )  # fmt: skip


def test_a_body_that_is_no_string(server, role):
    loose = server.client("iot", parameter_validation=False)
    with pytest.raises(Exception) as caught:
        loose.create_provisioning_template(templateName=unique("bad"), templateBody=template(), provisioningRoleArn=role)
    assert caught.value.response["Error"]["Code"] == "SerializationException"


def test_a_bomb_that_goes_off_at_the_device(server, ca, role):
    """The common name, joined to itself as often as the limit of a body allows: refused, and nobody else waits."""
    inner = {"Ref": "AWS::IoT::Certificate::CommonName"}
    for _ in range(3):
        inner = {"Fn::Join": ["", [inner] * 4]}
    body = json.dumps(template(attributes={"a": inner}), separators=(",", ":"))
    assert len(body) <= 10240
    ca.register(server, json.loads(body), role)
    device = ca.device(f"/CN={'x' * 60}", kind="ec")
    assert "CONNACK (5)" in server.pub(device, "a", "b", check=False).stdout
    assert server.attempts(device.id)[0]["code"] in (
        "provisioning-attribute-value-invalid", "provisioning-result-too-large",
    )  # fmt: skip


def test_tags(iot, role):
    name = unique("tagged")
    arn = iot.create_provisioning_template(
        templateName=name, templateBody=BODY, provisioningRoleArn=role, tags=[{"Key": "team", "Value": "lamps"}]
    )["templateArn"]
    assert arn
    fails(
        lambda: iot.create_provisioning_template(
            templateName=unique("tagged"), templateBody=BODY, provisioningRoleArn=role, tags=[{"Key": "aws:x", "Value": ""}]
        ),
        "InvalidRequestException", 'Tags cannot begin with "aws:"',
    )  # fmt: skip
