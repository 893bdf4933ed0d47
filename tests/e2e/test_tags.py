"""Tags: AWS IoT developer guide "Tagging your AWS IoT resources"."""

import json

import pytest
from lib import ALLOW_ALL, fails, template, unique

TEMPLATE = json.dumps(template())


def group(iot, role, ca, name):
    return iot.create_thing_group(thingGroupName=name)["thingGroupArn"]


def billing_group(iot, role, ca, name):
    return iot.create_billing_group(billingGroupName=name)["billingGroupArn"]


def thing_type(iot, role, ca, name):
    return iot.create_thing_type(thingTypeName=name)["thingTypeArn"]


def policy(iot, role, ca, name):
    return iot.create_policy(policyName=name, policyDocument=ALLOW_ALL)["policyArn"]


def provisioning_template(iot, role, ca, name):
    made = iot.create_provisioning_template(templateName=name[:36], templateBody=TEMPLATE, provisioningRoleArn=role)
    return made["templateArn"]


def ca_certificate(iot, role, ca, name):
    return iot.register_ca_certificate(caCertificate=ca.pem, certificateMode="SNI_ONLY")["certificateArn"]


def role_alias(iot, role, ca, name):
    return iot.create_role_alias(roleAlias=name, roleArn=role)["roleAliasArn"]


def authorizer(iot, role, ca, name):
    function = "arn:aws:lambda:us-east-1:123456789012:function:f"
    made = iot.create_authorizer(authorizerName=name, authorizerFunctionArn=function, signingDisabled=True)
    return made["authorizerArn"]


def domain(iot, role, ca, name):
    # There can be ten.
    for old in iot.list_domain_configurations(pageSize=250)["domainConfigurations"]:
        if (old_name := old["domainConfigurationName"]).startswith("tagged-"):
            iot.update_domain_configuration(domainConfigurationName=old_name, domainConfigurationStatus="DISABLED")
            iot.delete_domain_configuration(domainConfigurationName=old_name)
    return iot.create_domain_configuration(domainConfigurationName=name)["domainConfigurationArn"]


@pytest.mark.parametrize("make", [role_alias, authorizer, domain, group, billing_group, thing_type, policy, provisioning_template, ca_certificate])
def test_tags_of(iot, role, ca, make):
    arn = make(iot, role, ca, unique("tagged"))
    assert iot.list_tags_for_resource(resourceArn=arn)["tags"] == []
    iot.tag_resource(resourceArn=arn, tags=[{"Key": "team", "Value": "lamps"}, {"Key": "a b", "Value": ""}])
    iot.tag_resource(resourceArn=arn, tags=[{"Key": "team", "Value": "bulbs"}])
    tags = iot.list_tags_for_resource(resourceArn=arn)
    assert tags["tags"] == [{"Key": "a b", "Value": ""}, {"Key": "team", "Value": "bulbs"}]
    assert "nextToken" not in tags
    iot.untag_resource(resourceArn=arn, tagKeys=["team", "absent"])
    assert iot.list_tags_for_resource(resourceArn=arn)["tags"] == [{"Key": "a b", "Value": ""}]


def test_tags_at_creation_go_with_the_resource(iot):
    name, tags = unique("tagged"), [{"Key": "team", "Value": "lamps"}]
    arn = iot.create_thing_group(thingGroupName=name, tags=tags)["thingGroupArn"]
    assert iot.list_tags_for_resource(resourceArn=arn)["tags"] == tags
    iot.delete_thing_group(thingGroupName=name)
    fails(lambda: iot.list_tags_for_resource(resourceArn=arn), "ResourceNotFoundException", status=404)
    iot.create_thing_group(thingGroupName=name)
    assert iot.list_tags_for_resource(resourceArn=arn)["tags"] == []


def test_refusals(iot):
    name = unique("lamp")
    thing = iot.create_thing(thingName=name)["thingArn"]
    cert = iot.create_keys_and_certificate()["certificateArn"]
    arn = iot.create_thing_group(thingGroupName=name)["thingGroupArn"]
    one = [{"Key": "a", "Value": "b"}]
    for untaggable in (thing, cert, "lamp"):
        fails(lambda: iot.tag_resource(resourceArn=untaggable, tags=one), "InvalidRequestException", untaggable)
    fails(lambda: iot.tag_resource(resourceArn=arn + "x", tags=one), "ResourceNotFoundException", arn + "x")
    fails(lambda: iot.untag_resource(resourceArn=arn + "x", tagKeys=["a"]), "ResourceNotFoundException")
    fails(lambda: iot.tag_resource(resourceArn=arn, tags=[{"Key": "aws:x", "Value": ""}]), "InvalidRequestException",
          'Tags cannot begin with "aws:", offending tag: aws:x')  # fmt: skip
    iot.tag_resource(resourceArn=arn, tags=[{"Key": f"k{n}", "Value": ""} for n in range(50)])
    fails(lambda: iot.tag_resource(resourceArn=arn, tags=one), "LimitExceededException", status=410)
    assert len(iot.list_tags_for_resource(resourceArn=arn)["tags"]) == 50
