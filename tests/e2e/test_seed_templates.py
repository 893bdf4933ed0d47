"""The three templates of the document that started the project, as registration configs."""

import json

import pytest
from lib import ALLOW_ALL, Ca, unique

PARAMETERS = """"Parameters" : {
    "AWS::IoT::Certificate::Country" : { "Type" : "String" },
    "AWS::IoT::Certificate::Id" : { "Type" : "String" }
  }"""
CERTIFICATE = """"certificate" : {
      "Type" : "AWS::IoT::Certificate",
      "Properties" : {
        "CertificateId": {"Ref" : "AWS::IoT::Certificate::Id"},
        "Status" : "ACTIVE"
      }
    }"""


def mesh(attribute):
    """Templates 1 and 3: a constant name, an existing policy by name."""
    return f"""{{
  {PARAMETERS},
  "Resources" : {{
    "thing" : {{
      "Type" : "AWS::IoT::Thing",
      "Properties" : {{
        "ThingName" : "MeshThing",
        "AttributePayload" : {{ "version" : "v1", "{attribute}" : "mesh",
                               "country" : {{"Ref" : "AWS::IoT::Certificate::Country"}} }}
      }}
    }},
    {CERTIFICATE},
    "policy" : {{
      "Type" : "AWS::IoT::Policy",
      "Properties" : {{ "PolicyName" : "MeshThingPolicy" }}
    }}
  }}
}}
"""


# As `file://` has it: the body escaped in a string, with CR LF and `\/` inside.
BY_ID = f"""{{\r
  {PARAMETERS},\r
  "Resources" : {{\r
    "thing" : {{\r
      "Type" : "AWS::IoT::Thing",\r
      "Properties" : {{\r
        "ThingName" : {{"Ref" : "AWS::IoT::Certificate::Id"}},\r
        "AttributePayload" : {{ "country" : {{"Ref" : "AWS::IoT::Certificate::Country"}} }}\r
      }}\r
    }},\r
    {CERTIFICATE},\r
    "policy" : {{\r
      "Type" : "AWS::IoT::Policy",\r
      "Properties" : {{\r
        "PolicyDocument" : "{{ \\"Version\\": \\"2012-10-17\\", \\"Statement\\": [{{ \\"Effect\\": \\"Allow\\", \\"Action\\": [\\"iot:Connect\\", \\"iot:Publish\\"], \\"Resource\\": [\\"*\\"] }}] }}"\r
      }}\r
    }}\r
  }}\r
}}\r
"""


@pytest.fixture
def setting(make_server, tmp_path):
    """A server with the policy of the templates; registers a CA with a body and returns (server, CA)."""

    def setting(body, with_policy=True):
        server = make_server()
        if with_policy:
            server.client("iot").create_policy(policyName="MeshThingPolicy", policyDocument=ALLOW_ALL)
        from lib import jitp_role

        ca = Ca(tmp_path / "ca")
        config = tmp_path / "config.json"
        escaped = json.dumps(body).replace("/", "\\/")
        config.write_text(f'{{"templateBody": {escaped}, "roleArn": "{jitp_role(server)}"}}')
        code = server.aws("iot", "get-registration-code")["registrationCode"]
        verification = tmp_path / "verification.crt"
        verification.write_text(ca.verification(code))
        registered = server.aws(
            "iot", "register-ca-certificate", "--ca-certificate", f"file://{ca.cert}",
            "--verification-certificate", f"file://{verification}", "--set-as-active", "--allow-auto-registration",
            "--registration-config", f"file://{config}",
        )  # fmt: skip
        described = server.aws("iot", "describe-ca-certificate", "--certificate-id", registered["certificateId"])
        assert described["registrationConfig"]["templateBody"] == body
        return server, ca

    return setting


def test_first_the_space_in_an_attribute_name(setting):
    """AWS's API forbids `device type`. Saved with a warning; each device is refused, with the rule."""
    server, ca = setting(mesh("device type"))
    assert "device type" in server.log()
    device = ca.device("/C=DE/CN={}")
    refused = server.pub(device, "foo/bar", "Hello", check=False)
    assert "CONNACK (5)" in refused.stdout
    record = server.explained(device.id, "provisioning-attribute-name-invalid")
    assert "device type" in record["reason"] and "[a-zA-Z0-9_.,@/:#-]+" in record["reason"]
    iot = server.client("iot")
    assert iot.list_things()["things"] == []
    described = iot.describe_certificate(certificateId=device.id)["certificateDescription"]
    assert described["status"] == "PENDING_ACTIVATION"
    # The certificate does not change, so neither does the answer.
    assert "CONNACK (5)" in server.pub(device, "foo/bar", "Hello", check=False).stdout


def test_second_a_thing_by_certificate_id_and_an_inline_policy(setting, tmp_path):
    server, ca = setting(BY_ID, with_policy=False)
    devices = [ca.device("/C=DE/CN=a"), ca.device("/C=FR/CN=b", present="leaf")]
    with server.subscriber(server.service_device(tmp_path), "foo/bar") as subscriber:
        for device in devices:
            server.pub(device, "foo/bar", "Hello")
        subscriber.wait_for(2)
    iot = server.client("iot")
    for device, country in zip(devices, ["DE", "FR"]):
        assert iot.describe_thing(thingName=device.id)["attributes"] == {"country": country}
    # One document, one policy: the device that subscribes has another.
    names = [p["policyName"] for p in iot.list_policies()["policies"]]
    shared = [name for name in names if len(name) == 40]
    assert len(shared) == 1
    assert len(iot.list_targets_for_policy(policyName=shared[0])["targets"]) == 2
    # It does not allow iot:Subscribe.
    with server.raw(devices[0]) as raw:
        assert raw.connect(unique()) == 0
        assert raw.subscribe("foo/bar") == (0x90, b"\x00\x01\x80")


def test_third_one_name_for_the_fleet(setting):
    """Works for devices from one country; the first from another differs from the thing, and says so."""
    server, ca = setting(mesh("device_type"))
    first, second, third = ca.device("/C=DE/CN=1"), ca.device("/C=DE/CN=2"), ca.device("/C=FR/CN=3")
    server.pub(first, "foo/bar", "Hello")
    server.pub(second, "foo/bar", "Hello")
    iot = server.client("iot")
    thing = iot.describe_thing(thingName="MeshThing")
    assert thing["attributes"] == {"version": "v1", "device_type": "mesh", "country": "DE"}
    assert thing["version"] == 1
    assert len(iot.list_thing_principals(thingName="MeshThing")["principals"]) == 2
    assert "CONNACK (5)" in server.pub(third, "foo/bar", "Hello", check=False).stdout
    record = server.explained(third.id, "provisioning-attributes-differ")
    assert "DE" in record["reason"] and "FR" in record["reason"]
    policies = iot.list_attached_policies(target=iot.list_thing_principals(thingName="MeshThing")["principals"][0])
    assert [p["policyName"] for p in policies["policies"]] == ["MeshThingPolicy"]


def test_third_without_the_policy_it_names(setting):
    server, ca = setting(mesh("device_type"), with_policy=False)
    device = ca.device("/C=DE/CN=1")
    assert "CONNACK (5)" in server.pub(device, "foo/bar", "Hello", check=False).stdout
    record = server.explained(device.id, "provisioning-policy-absent")
    assert "MeshThingPolicy" in record["reason"]
    iot = server.client("iot")
    assert iot.list_things()["things"] == [], "nothing of a failed run stays"
    # Once the owner has made it, the same device is provisioned at its next connection.
    iot.create_policy(policyName="MeshThingPolicy", policyDocument=ALLOW_ALL)
    server.pub(device, "foo/bar", "Hello")
    assert iot.describe_certificate(certificateId=device.id)["certificateDescription"]["status"] == "ACTIVE"
