"""AWS Chalice, unmodified, deploys the first build of a certificate vending machine: a REST API with a Lambda authorizer, an
API key and CORS, functions and their roles. It is deployed, called, deployed again with a change, and deleted."""

import json
import os
import sys

import pytest
import requests
from lib import run, unique, until

APP = """
import os
import boto3
from chalice import AuthResponse, Chalice, CORSConfig, ForbiddenError, Response

app = Chalice(app_name='vending')
app.api.binary_types.append('application/x-pem-file')
table = boto3.resource('dynamodb').Table(os.environ['TABLE'])
iot = boto3.client('iot')


@app.authorizer()
def operator(asked):
    # An empty list: this caller may call nothing.
    return AuthResponse(routes=['/serials/*'] if asked.token == 'let me in' else [], principal_id='operator')


@app.route('/')
def about():
    return {'version': VERSION}


@app.route('/serials/{serial}', methods=['PUT'], authorizer=operator)
def expect(serial):
    given = app.current_request.json_body
    table.put_item(Item={'serialNumber': serial, 'deviceToken': given['deviceToken']})
    who = app.current_request.context['authorizer']['principalId']
    return Response({'serialNumber': serial, 'by': who}, status_code=201, headers={'X-Expected': 'yes'})


@app.route('/certificate', methods=['GET'], cors=CORSConfig(allow_origin='https://factory.example', max_age=600))
def certificate():
    asked = app.current_request.query_params or {}
    row = table.get_item(Key={'serialNumber': asked.get('serialNumber', '-')}).get('Item')
    if row is None or row['deviceToken'] != asked.get('deviceToken'):
        raise ForbiddenError('Access Denied')
    made = iot.create_keys_and_certificate(setAsActive=True)
    iot.create_thing(thingName=row['serialNumber'])
    iot.attach_thing_principal(thingName=row['serialNumber'], principal=made['certificateArn'])
    return {'certificatePem': made['certificatePem'], 'keyPair': made['keyPair']}


@app.route('/root', methods=['GET'])
def root():
    return Response(b'\\x00\\xffbytes', headers={'Content-Type': 'application/x-pem-file'})


@app.route('/keyed', api_key_required=True)
def keyed():
    return {}


@app.lambda_function()
def count(event, context):
    print('asked to count')
    return {'items': table.scan(Select='COUNT')['Count'], 'asked': event}
"""

POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["iot:*", "dynamodb:*", "logs:*"], "Resource": "*"}],
}


class App:
    """A project of Chalice's."""

    def __init__(self, server, directory, table):
        self.directory = directory
        self.env = {**os.environ, **server.env, "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}", "TABLE": table}
        (directory / ".chalice").mkdir(parents=True)
        (directory / "requirements.txt").touch()
        (directory / ".chalice/policy.json").write_text(json.dumps(POLICY))

    def write(self, version, **stage):
        (self.directory / "app.py").write_text(APP.replace("VERSION", str(version)))
        settings = {
            "version": "2.0",
            "app_name": "vending",
            "autogen_policy": False,
            "iam_policy_file": "policy.json",
            "stages": {"dev": {"api_gateway_stage": "api", "environment_variables": {"TABLE": self.env["TABLE"]}, **stage}},
        }
        (self.directory / ".chalice/config.json").write_text(json.dumps(settings))

    def chalice(self, *arguments, **options):
        return run(["chalice", *arguments], cwd=self.directory, env=self.env, timeout=120, **options).stdout

    def deployed(self):
        return json.loads((self.directory / ".chalice/deployed/dev.json").read_text())["resources"]


@pytest.fixture
def app(server, tmp_path):
    table = server.client("dynamodb")
    name = unique("chalice")
    table.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "serialNumber", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "serialNumber", "AttributeType": "S"}],
    )
    yield App(server, tmp_path / "vending", name)
    table.delete_table(TableName=name)


def test_deployed_called_changed_and_deleted(server, app):
    app.write(1)
    assert "Rest API URL" in app.chalice("deploy")
    api = next(one["rest_api_id"] for one in app.deployed() if one["resource_type"] == "rest_api")
    url = f"http://{server.api}/_aws/execute-api/{api}/api"
    assert requests.get(f"{url}/").json() == {"version": 1}

    serial = unique("SN")
    body = {"deviceToken": "secret"}
    assert requests.put(f"{url}/serials/{serial}", json=body).status_code == 401
    refused = requests.put(f"{url}/serials/{serial}", json=body, headers={"Authorization": "somebody"})
    assert (refused.status_code, refused.json()) == (403, {"Message": "User is not authorized to access this resource"})
    made = requests.put(f"{url}/serials/{serial}", json=body, headers={"Authorization": "let me in"})
    assert (made.status_code, made.json(), made.headers["X-Expected"]) == (201, {"serialNumber": serial, "by": "operator"}, "yes")

    asked = requests.get(f"{url}/certificate", {"serialNumber": serial, "deviceToken": "secret"})
    assert asked.status_code == 200, asked.text
    assert asked.headers["Access-Control-Allow-Origin"] == "https://factory.example"
    assert "BEGIN CERTIFICATE" in asked.json()["certificatePem"]
    wrong = requests.get(f"{url}/certificate", {"serialNumber": serial, "deviceToken": "x"})
    assert (wrong.status_code, wrong.json()["Message"]) == (403, "Access Denied")
    before = requests.options(f"{url}/certificate")
    assert (before.status_code, before.headers["Access-Control-Max-Age"]) == (200, "600")
    assert requests.get(f"{url}/root", headers={"Accept": "application/x-pem-file"}).content == b"\x00\xffbytes"
    assert requests.get(f"{url}/keyed").status_code == 403
    assert json.loads(app.chalice("invoke", "-n", "count", input='{"a": 1}')) == {"items": 1, "asked": {"a": 1}}
    until(lambda: "asked to count" in app.chalice("logs", "-n", "count"), "what the function printed")

    # The second time it changes what is there, by patches and a document in the place of the first.
    app.write(2, api_gateway_endpoint_type="REGIONAL")
    assert "Updating rest API" in app.chalice("deploy")
    assert requests.get(f"{url}/").json() == {"version": 2}
    gateway = server.client("apigateway")
    assert gateway.get_rest_api(restApiId=api)["endpointConfiguration"]["types"] == ["REGIONAL"]

    app.chalice("delete")
    assert requests.get(f"{url}/").status_code == 403
    with pytest.raises(gateway.exceptions.NotFoundException):
        gateway.get_rest_api(restApiId=api)
