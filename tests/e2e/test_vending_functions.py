"""Functions of the owner's behind `/vending/functions/…`: curl is the device, the handler one as behind API Gateway.

The paths and shapes are those of AWS's two public samples of a certificate vending machine.
"""

import json

import pytest
from lib import ACCOUNT, REGION, run, unique
from test_functions import functions, invoked, role  # noqa: F401

SOURCE = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:vending/*"
SHOW = "import json\ndef handler(event, context):\n    return {'statusCode': 201, 'body': json.dumps(event)}\n"
VEND = """
import boto3, json
TOKENS = {"SN-1": "right"}
def told(status, body, kind):
    return {"statusCode": status, "headers": {"Content-Type": kind}, "body": body}
def handler(event, context):
    query = event["queryStringParameters"] or {}
    serial = query.get("serialNumber")
    if event["path"] != "/getcert" or TOKENS.get(serial) != query.get("deviceToken"):
        return told(500, "Access Denied", "text/plain")
    made = boto3.client("iot").create_keys_and_certificate(setAsActive=True)
    kept = {name: made[name] for name in ("certificateArn", "certificateId", "certificatePem", "keyPair")}
    return told(200, json.dumps(kept, indent="\\t"), "application/json")
"""


@pytest.fixture
def opened(functions):  # noqa: F811
    """Creates a function that the door may call; its name."""

    def create(door=None, **options):
        if door:
            options["Tags"] = {"nameplate:vending": door}
        name = functions(**options)
        functions.client.add_permission(
            FunctionName=name, StatementId="door", Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com", SourceArn=SOURCE,
        )  # fmt: skip
        return name

    return create


def curl(server, path, *words):
    """Status, content type and text."""
    told = run([
        "curl", "-sS", "--cacert", server.root_ca, "-w", "\n%{content_type}\n%{http_code}", *words,
        f"https://localhost:{server.https_port}/vending/functions/{path}",
    ]).stdout  # fmt: skip
    text, kind, status = told.rsplit("\n", 2)
    return int(status), kind, text


def test_the_first_samples_shape(server, opened):
    name = opened(app_py=VEND, Timeout=30)
    status, kind, text = curl(server, f"{name}/getcert?serialNumber=SN-1&deviceToken=right")
    assert (status, kind) == (200, "application/json"), text
    made = json.loads(text)
    assert "PRIVATE KEY" in made["keyPair"]["PrivateKey"]
    [record] = server.attempts(made["certificateId"])
    assert (record["code"], record["serialNumber"]) == ("function-vended", "SN-1")
    found = server.client("iot").describe_certificate(certificateId=made["certificateId"])
    assert found["certificateDescription"]["status"] == "ACTIVE"
    for asked in ("getcert?serialNumber=SN-1&deviceToken=wrong", "other"):
        assert curl(server, f"{name}/{asked}") == (500, "text/plain", "Access Denied")


def test_the_second_samples_shape(server, opened):
    name = opened("body", app_py="def handler(event, context):\n    return {'statusCode': 404, 'got': event['device_uid']}\n")
    status, kind, text = curl(server, f"{name}/registration", "-d", '{"device_uid": "U", "device_token": "T"}')
    assert (status, kind, json.loads(text)) == (200, "application/json", {"statusCode": 404, "got": "U"})
    assert curl(server, name, "-d", "no")[0] == 400


def test_both_formats_of_the_event(server, opened):
    words = ("-X", "PUT", "-H", "Authorization: Bearer x", "-d", '{"on": true}')
    status, _, text = curl(server, f"{opened(app_py=SHOW)}/shadow?serialNumber=SN%201", *words)
    event = json.loads(text)
    assert status == 201 and event["version"] == "1.0"
    assert (event["httpMethod"], event["path"], event["body"]) == ("PUT", "/shadow", '{"on": true}')
    assert event["queryStringParameters"] == {"serialNumber": "SN 1"}
    assert event["headers"]["Authorization"] == "Bearer x"
    _, _, text = curl(server, f"{opened('2.0', app_py=SHOW)}/shadow?serialNumber=SN%201", *words)
    event = json.loads(text)
    assert (event["version"], event["rawPath"], event["rawQueryString"]) == ("2.0", "/shadow", "serialNumber=SN%201")
    assert event["requestContext"]["http"]["method"] == "PUT"


def test_what_the_device_is_told_when_it_fails(server, functions, opened):  # noqa: F811
    shut = functions(app_py=SHOW)
    assert curl(server, shut) == curl(server, unique("none")) == (403, "application/json", '{"message":"Forbidden"}')
    assert f"add-permission --function-name {shut}" in server.log()
    thrown = opened(app_py="def handler(event, context):\n    print('looking')\n    raise Exception('no')\n")
    serial = unique("SN")
    told = curl(server, f"{thrown}/getcert?serialNumber={serial}&deviceToken=T")
    assert told == (502, "application/json", '{"message":"Internal server error"}')
    [record] = server.attempts(serial)
    assert (record["code"], record["printed"]) == ("function-failed", "looking")
    assert record["reason"].endswith("Exception: no") and "api" not in record
    assert curl(server, opened(app_py="def handler(event, context):\n    return {}\n"))[0] == 502
    assert curl(server, opened("3.0", app_py=SHOW))[0] == 500
