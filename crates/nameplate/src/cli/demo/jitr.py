"""Lets a device in: gives it a thing and a policy, then makes its certificate ACTIVE."""

import json
import os

import boto3

iot = boto3.client("iot")
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"},
        {"Effect": "Allow", "Action": ["iot:Publish", "iot:Receive", "iot:Subscribe"], "Resource": "*"},
    ],
}


def handler(event, context):
    certificate_id = event.get("certificateId")
    if certificate_id is None:
        return "ready"
    described = iot.describe_certificate(certificateId=certificate_id)["certificateDescription"]
    arn = described["certificateArn"]
    attributes = {"attributes": {"country": os.environ["COUNTRY"]}}
    iot.create_thing(thingName=certificate_id, attributePayload=attributes)
    iot.attach_thing_principal(thingName=certificate_id, principal=arn)
    iot.create_policy(policyName=certificate_id, policyDocument=json.dumps(POLICY))
    iot.attach_policy(policyName=certificate_id, target=arn)
    iot.update_certificate(certificateId=certificate_id, newStatus="ACTIVE")
    print("let in:", certificate_id)
