"""Decides about each device before it is provisioned: only those on the list, and each gets its place in the world."""

import os

ALLOWED = os.environ["ALLOWED"].split()


def handler(event, context):
    if not event:
        return "ready"
    serial = event["parameters"]["SerialNumber"]
    allowed = serial in ALLOWED
    print("let in:" if allowed else "turned away:", serial)
    return {"allowProvisioning": allowed, "parameterOverrides": {"Location": os.environ["LOCATION"]}}
