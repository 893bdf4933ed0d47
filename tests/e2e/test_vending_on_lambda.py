"""The first build of a certificate vending machine that AWS describes: API Gateway, Lambda and DynamoDB, steps 1 to 8, by
the AWS CLI. What the page docs/vending-on-lambda.md prints is what runs here; curl is the device, over TLS, and
mosquitto_pub what it becomes."""

import json
import re

import pytest
from lib import ACCOUNT, BIN, REGION, ROOT, Server, plain_env, run, unique
from test_functions import TRUST, zipped
from test_jitr_handlers import with_node

# The first sample's shape once more, with DocumentClient.
NODE = """
const AWS = require('aws-sdk');
const iot = new AWS.Iot({ region: process.env.REGION });
const table = new AWS.DynamoDB.DocumentClient({ region: process.env.REGION });
const TableName = process.env.DYNAMODB_TABLE_NAME;
const told = (statusCode, body, kind) => ({ statusCode, headers: { 'Content-Type': kind }, body });

exports.handler = async (event) => {
  const { serialNumber, deviceToken } = event.queryStringParameters || {};
  if (event.path !== '/getcert' || event.body !== null) return told(500, 'Bad Request', 'text/plain');
  const { Item } = await table.get({
    TableName, Key: { serialNumber }, ProjectionExpression: 'deviceToken, certinfo', ConsistentRead: true,
  }).promise();
  if (!Item || Item.deviceToken !== deviceToken) {
    console.log('no entry for', serialNumber);
    return told(500, 'Access Denied', 'text/plain');
  }
  if (Item.certinfo) return told(500, 'Error issuing certificate!', 'text/plain');
  const made = await iot.createKeysAndCertificate({ setAsActive: true }).promise();
  const policyDocument = JSON.stringify({
    Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }],
  });
  await iot.createPolicy({ policyName: serialNumber, policyDocument }).promise();
  await iot.attachPrincipalPolicy({ policyName: serialNumber, principal: made.certificateArn }).promise();
  const attributePayload = { attributes: { RegistrationWay: 'CVM' }, merge: true };
  await iot.createThing({ thingName: serialNumber, attributePayload }).promise();
  await iot.attachThingPrincipal({ thingName: serialNumber, principal: made.certificateArn }).promise();
  const { Attributes } = await table.update({
    TableName, Key: { serialNumber }, UpdateExpression: 'set certinfo = :arn',
    ConditionExpression: 'attribute_not_exists(certinfo)', ExpressionAttributeValues: { ':arn': made.certificateArn },
    ReturnValues: 'UPDATED_NEW',
  }).promise();
  if (Attributes.certinfo !== made.certificateArn) throw new Error('the row is not what was written');
  return told(200, JSON.stringify(made, null, '\\t'), 'application/json');
};
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with what functions for Node need."""
    server = with_node(Server(tmp_path_factory.mktemp("first-build") / "data")).start()
    yield server
    assert server.stop() == 0, server.log()
    assert "panicked" not in server.log(), server.log()


def page(name):
    return re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / name).read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def built(server, tmp_path_factory):
    """What the page's commands printed; its files are in the directory that comes with it."""
    script = "".join(page("vending-on-lambda.md")) + 'printf "\\nurl=%s\\n" "$url"\n'
    script = script.replace("localhost:8443", f"localhost:{server.https_port}")
    script = script.replace("-p 8883", f"-p {server.mqtt_port}")
    directory = tmp_path_factory.mktemp("session")
    done = server.sh(script, directory, extra_env={"NAMEPLATE_DATA_DIR": str(server.data_dir)})
    server.url = re.search(r"^url=(.*)$", done.stdout, re.MULTILINE)[1]
    return done.stdout, directory


def get(server, url):
    """Status, content type and text."""
    told = run(["curl", "-sS", "--cacert", server.root_ca, "-w", "\n%{content_type}\n%{http_code}", url]).stdout
    text, kind, status = told.rsplit("\n", 2)
    return int(status), kind, text


def test_the_page_in_both_languages():
    blocks = page("vending-on-lambda.md")
    assert len(blocks) == 7 and blocks == page("vending-on-lambda.zh-CN.md")


def test_the_first_build_steps_1_to_8(server, built):
    printed, directory = built
    iot = server.client("iot")
    given = json.loads((directory / "identity.json").read_text())
    assert given["RootCA"] == (directory / "root.pem").read_text()
    certificate = iot.describe_certificate(certificateId=given["certificateId"])["certificateDescription"]
    assert certificate["status"] == "ACTIVE"
    assert iot.list_principal_things(principal=given["certificateArn"])["things"] == ["lamp-1"]
    assert iot.describe_thing(thingName="lamp-1")["attributes"] == {"RegistrationWay": "CVM"}
    row = server.client("dynamodb").get_item(TableName="deviceInfo", Key={"serialNumber": {"S": "SN-1"}})["Item"]
    assert (row["certinfo"]["S"], row["applyState"]["N"]) == (given["certificateArn"], "1")
    # The second sample's shape.
    registered = json.loads((directory / "registered.json").read_text())
    assert (registered["statusCode"], registered["status"]) == (200, "SUCCESS")
    row = server.client("dynamodb").get_item(TableName="devices", Key={"device_uid": {"S": "U-1"}})["Item"]
    assert (row["is_registered"]["N"], row["iot_core_thing_name"]["S"]) == ("1", "thing_U-1")
    assert iot.list_thing_principals(thingName="thing_U-1")["principals"]


def test_what_became_of_a_request(server, built):
    given = json.loads((built[1] / "identity.json").read_text())
    for subject in ("SN-1", "lamp-1", given["certificateId"]):
        [record] = [one for one in server.attempts(subject) if one["code"] == "function-vended"]
        assert record["certificateId"] == given["certificateId"]
        assert (record["request"], record["function"], record["status"]) == ("GET /getcert", "vend", 200)
        assert server.url.endswith(record["api"])
    assert "correct-horse" not in json.dumps(record)
    # By the serial number that a body has.
    [record] = [one for one in server.attempts("U-1") if one["code"] == "function-vended"]
    assert record["function"] == "register" and record["printed"].endswith("registered U-1 as thing_U-1"), record


def test_refused_and_again(server, built):
    iot = server.client("iot")
    for query in ("serialNumber=SN-1&deviceToken=wrong", "serialNumber=SN-9&deviceToken=correct-horse"):
        assert get(server, f"{server.url}/getcert?{query}") == (500, "text/plain", "Access Denied")
    [record] = server.attempts("SN-9")
    assert (record["code"], record["status"], record["printed"]) == (
        "function-refused", 500, "no such device, or not its token: SN-9",
    )
    told = run([BIN, "explain", "--data-dir", server.data_dir, "SN-9"], env=plain_env()).stdout
    assert "Failed at function [function-refused]: the function answered 500\n" in told, told
    old = iot.list_thing_principals(thingName="lamp-1")["principals"]
    status, kind, text = get(server, f"{server.url}/getcert?serialNumber=SN-1&deviceToken=correct-horse")
    assert (status, kind) == (200, "application/json"), text
    assert text.startswith("{\n\t\"certificateArn\"")
    # One live certificate.
    now = iot.list_thing_principals(thingName="lamp-1")["principals"]
    assert now == [json.loads(text)["certificateArn"]] and now != old
    # The second sample refuses in its body.
    words = ["-d", '{"device_uid": "U-1", "device_token": "x"}', "-H", "content-type: application/json"]
    told = run(["curl", "-sS", "--fail", "--cacert", server.root_ca, *words, f"{server.url}/registration"]).stdout
    assert json.loads(told)["message"] == "Device is already registered"


def test_the_first_samples_shape_in_node(server):
    """Set up with boto3, behind a resource that takes any path."""
    iam, functions, gateway = server.client("iam"), server.client("lambda"), server.client("apigateway")
    dynamodb, table, name = server.client("dynamodb"), unique("deviceInfo"), unique("vend")
    dynamodb.create_table(
        TableName=table, KeySchema=[{"AttributeName": "serialNumber", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "serialNumber", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    )  # fmt: skip
    dynamodb.get_waiter("table_exists").wait(TableName=table)
    serial = unique("SN")
    dynamodb.put_item(TableName=table, Item={"serialNumber": {"S": serial}, "deviceToken": {"S": "t"}})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    for policy in ("AmazonDynamoDBFullAccess", "AWSIoTFullAccess"):
        iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    function = functions.create_function(
        FunctionName=name, Runtime="nodejs16.x", Role=role, Handler="index.handler", Timeout=29,
        Code={"ZipFile": zipped(index_js=NODE)},
        Environment={"Variables": {"REGION": REGION, "DYNAMODB_TABLE_NAME": table}},
    )["FunctionArn"]  # fmt: skip
    api = gateway.create_rest_api(name=name)
    proxy = gateway.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="{proxy+}")["id"]
    method = {"restApiId": api["id"], "resourceId": proxy, "httpMethod": "ANY"}
    gateway.put_method(**method, authorizationType="NONE")
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"
    gateway.put_integration(**method, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    gateway.create_deployment(restApiId=api["id"], stageName="PROD")
    functions.add_permission(
        FunctionName=name, StatementId="api", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api['id']}/*/*/*",
    )
    url = f"https://localhost:{server.https_port}/_aws/execute-api/{api['id']}/PROD"
    assert get(server, f"{url}/getcert?serialNumber={serial}&deviceToken=x") == (500, "text/plain", "Access Denied")
    status, _, text = get(server, f"{url}/getcert?serialNumber={serial}&deviceToken=t")
    assert status == 200, text
    made = json.loads(text)
    assert server.client("iot").list_principal_things(principal=made["certificateArn"])["things"] == [serial]
    row = dynamodb.get_item(TableName=table, Key={"serialNumber": {"S": serial}})["Item"]
    assert row["certinfo"]["S"] == made["certificateArn"]
    again = get(server, f"{url}/getcert?serialNumber={serial}&deviceToken=t")
    assert again == (500, "text/plain", "Error issuing certificate!")
