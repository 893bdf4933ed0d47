"""Just-in-time registration by handlers as people wrote them over the years, for Node and Python, each run unchanged:
`aws-sdk` version 2 with callbacks and promises, `@aws-sdk` version 3 in both kinds of modules, allow-lists in DynamoDB.

AWS IoT developer guide: "Just-in-time registration"; AWS Lambda guide: "Define Lambda function handler in Node.js".
"""

import json
import subprocess

import boto3
import pytest
from botocore.exceptions import ClientError
from lib import ACCOUNT, ALLOW_ALL, BIN, HOST_ENV, REGION, ROOT, Ca, Server, plain_env, run, unique, until
from test_functions import TRUST, zipped

# The shape of AWS's first example: a chain of callbacks, the policy attached before the certificate is active, a region
# that is written down, the account's number taken from the event.
V2_CALLBACKS = """
const AWS = require('aws-sdk');

exports.handler = function (event, context, callback) {
  const accountId = event.awsAccountId.toString().trim();
  const iot = new AWS.Iot({ region: 'us-east-1', apiVersion: '2015-05-28' });
  const certificateId = event.certificateId.toString().trim();
  const arn = `arn:aws:iot:us-east-1:${accountId}:cert/${certificateId}`;
  const policyName = `Policy_${certificateId}`;
  const policyDocument = JSON.stringify({
    Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }],
  });
  const there = (err) => err && err.code !== 'ResourceAlreadyExistsException';
  iot.createPolicy({ policyName, policyDocument }, (err, data) => {
    if (there(err)) return callback(err, data);
    iot.attachPrincipalPolicy({ policyName, principal: arn }, (err, data) => {
      if (there(err)) return callback(err, data);
      iot.updateCertificate({ certificateId, newStatus: 'ACTIVE' }, (err, data) => {
        if (err) return callback(err, data);
        callback(null, 'activated ' + certificateId);
      });
    });
  });
};
"""
# Active first, then a thing whose shadow the handler writes at the endpoint that DescribeEndpoint answers.
V2_PROMISES = """
'use strict';
const Iot = require('aws-sdk/clients/iot');
const AWS = require('aws-sdk');
const iot = new Iot();

exports.handler = async (event) => {
  const { certificateId } = event;
  await iot.updateCertificate({ certificateId, newStatus: 'ACTIVE' }).promise();
  const { certificateDescription } = await iot.describeCertificate({ certificateId }).promise();
  const principal = certificateDescription.certificateArn;
  const thingName = `jitr-${certificateId.slice(0, 16)}`;
  await iot.createThing({ thingName, attributePayload: { attributes: { by: 'v2' } } }).promise();
  await iot.attachThingPrincipal({ thingName, principal }).promise();
  const { endpointAddress } = await iot.describeEndpoint({ endpointType: 'iot:Data-ATS' }).promise();
  const data = new AWS.IotData({ endpoint: endpointAddress });
  const payload = JSON.stringify({ state: { desired: { welcome: true } } });
  await data.updateThingShadow({ thingName, payload }).promise();
  await data.publish({ topic: `jitr/${thingName}`, qos: 1, payload: 'registered' }).promise();
  const policyDocument = JSON.stringify({
    Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }],
  });
  await iot.createPolicy({ policyName: thingName, policyDocument }).promise();
  await iot.attachPolicy({ policyName: thingName, target: principal }).promise();
};
"""
V3_COMMANDS = """
import { get } from 'node:https';
import {
  AttachPolicyCommand, AttachThingPrincipalCommand, CreatePolicyCommand, CreateThingCommand, DescribeCertificateCommand,
  DescribeEndpointCommand, IoTClient, UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import { IoTDataPlaneClient, UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane';

// Fetched while the module loads, as handlers do that open connections of their own.
const root = await new Promise((resolve, reject) => {
  get('https://www.amazontrust.com/repository/AmazonRootCA1.pem', (answer) => {
    let text = '';
    answer.on('data', (part) => { text += part; }).on('end', () => resolve(text));
  }).on('error', reject);
});
const iot = new IoTClient({ region: process.env.AWS_REGION });

export const handler = async ({ certificateId }, context) => {
  if (!root.startsWith('-----BEGIN CERTIFICATE-----')) throw new Error(`no root but ${root}`);
  const { certificateDescription } = await iot.send(new DescribeCertificateCommand({ certificateId }));
  const principal = certificateDescription.certificateArn;
  const thingName = `jitr-${certificateId.slice(0, 16)}`;
  await iot.send(new CreateThingCommand({ thingName, attributePayload: { attributes: { by: 'v3' } } }));
  await iot.send(new AttachThingPrincipalCommand({ thingName, principal }));
  const policyDocument = JSON.stringify({
    Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }],
  });
  await iot.send(new CreatePolicyCommand({ policyName: thingName, policyDocument }));
  await iot.send(new AttachPolicyCommand({ policyName: thingName, target: principal }));
  const { endpointAddress } = await iot.send(new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }));
  const data = new IoTDataPlaneClient({ endpoint: `https://${endpointAddress}` });
  const payload = Buffer.from(JSON.stringify({ state: { desired: { welcome: true } } }));
  await data.send(new UpdateThingShadowCommand({ thingName, payload }));
  await iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'ACTIVE' }));
  return { statusCode: 200, body: context.invokedFunctionArn };
};
"""
V3_AGGREGATED = """
const { IoT } = require('@aws-sdk/client-iot');
const iot = new IoT();

exports.handler = async function (event) {
  await iot.updateCertificate({ certificateId: event.certificateId, newStatus: 'ACTIVE' });
  const arn = `arn:aws:iot:${process.env.AWS_REGION}:${event.awsAccountId}:cert/${event.certificateId}`;
  try {
    await iot.createPolicy({ policyName: 'devices', policyDocument: process.env.POLICY });
  } catch (error) {
    if (error.name !== 'ResourceAlreadyExistsException') throw error;
  }
  await iot.attachPolicy({ policyName: 'devices', target: arn });
};
"""
# Only serial numbers that are in a table get in.
V2_ALLOW_LIST = """
const AWS = require('aws-sdk');
const iot = new AWS.Iot();
const table = new AWS.DynamoDB.DocumentClient();

exports.handler = async (event) => {
  const { certificateId } = event;
  const { certificateDescription } = await iot.describeCertificate({ certificateId }).promise();
  const pem = new (require('crypto').X509Certificate)(certificateDescription.certificatePem);
  const serial = /CN=(.*)/.exec(pem.subject)[1];
  const { Item } = await table.get({ TableName: process.env.TABLE, Key: { serial } }).promise();
  if (!Item) {
    await iot.updateCertificate({ certificateId, newStatus: 'REVOKED' }).promise();
    throw `${serial} is not on the list`;
  }
  await iot.attachPolicy({ policyName: Item.policy, target: certificateDescription.certificateArn }).promise();
  await iot.updateCertificate({ certificateId, newStatus: 'ACTIVE' }).promise();
};
"""
PYTHON_ALLOW_LIST = """
import os
import urllib.request

import boto3

# At import time, as handlers do that open connections of their own.
with urllib.request.urlopen("https://www.amazontrust.com/repository/AmazonRootCA1.pem") as answer:
    ROOT = answer.read().decode()
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
iot = boto3.client("iot", region_name="us-east-1")


def handler(event, context):
    assert ROOT.startswith("-----BEGIN CERTIFICATE-----"), ROOT
    certificate_id = event["certificateId"]
    described = iot.describe_certificate(certificateId=certificate_id)["certificateDescription"]
    from cryptography import x509

    certificate = x509.load_pem_x509_certificate(described["certificatePem"].encode())
    serial = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
    item = table.get_item(Key={"serial": serial}).get("Item")
    if item is None:
        iot.update_certificate(certificateId=certificate_id, newStatus="REVOKED")
        raise Exception(f"{serial} is not on the list")
    iot.attach_policy(policyName=item["policy"], target=described["certificateArn"])
    iot.update_certificate(certificateId=certificate_id, newStatus="ACTIVE")
    # What a table answers: numbers as Decimal.
    return {"count": item["count"], "serial": serial}
"""


def with_node(server):
    """Puts what AWS brings for Node where `nameplate function runtime install nodejs` does."""
    runtime = server.data_dir / "functions" / "runtime" / "nodejs"
    runtime.mkdir(parents=True)
    (runtime / "node_modules").symlink_to(ROOT / "tests" / "e2e" / "node" / "node_modules")
    return server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that waits long for functions, and has a policy to attach."""
    server = with_node(Server(tmp_path_factory.mktemp("handlers") / "data", "--jitr-wait", "30")).start()
    server.client("iot").create_policy(policyName="listed", policyDocument=ALLOW_ALL)
    yield server
    assert server.stop() == 0, server.log()
    assert "panicked" not in server.log(), server.log()


@pytest.fixture(scope="module")
def allow_list():
    """A table of serial numbers at another endpoint; what a function's environment needs to find it."""
    # It takes half a second, and every process imports this file.
    from moto.server import ThreadedMotoServer

    stand_in = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    stand_in.start()
    url = "http://{}:{}".format(*stand_in.get_host_and_port())
    dynamodb = boto3.resource(
        "dynamodb", endpoint_url=url, region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x"
    )
    table = dynamodb.create_table(
        TableName="devices", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "serial", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "serial", "AttributeType": "S"}],
    )  # fmt: skip
    table.environment = {"AWS_ENDPOINT_URL_DYNAMODB": url, "TABLE": "devices"}
    yield table
    stand_in.stop()


@pytest.fixture
def flow(server, tmp_path):
    """Sets a handler up on the shared server; takes its rule away, so that it is alone with its devices."""
    rules = []

    def make(*handler, **environment):
        ca, name, rule = set_up(server, tmp_path / "ca", *handler, **environment)
        rules.append(rule)
        return ca, name

    yield make
    for rule in rules:
        server.client("iot").delete_topic_rule(ruleName=rule)


def set_up(server, directory, runtime, file, code, **environment):
    """Role, function, rule and permission as the guide makes them, and a CA whose devices they are for; the CA, and the
    names of function and rule."""
    iam, functions, iot = server.client("iam"), server.client("lambda"), server.client("iot")
    role = iam.create_role(RoleName=unique("jitr"), AssumeRolePolicyDocument=TRUST)["Role"]
    iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn="arn:aws:iam::aws:policy/AWSIoTFullAccess")
    name, rule = unique("activate"), unique("jitr").replace("-", "_")
    arn = functions.create_function(
        FunctionName=name, Runtime=runtime, Role=role["Arn"], Handler=f"{file.split('.')[0]}.handler", Timeout=20,
        MemorySize=256, Code={"ZipFile": zipped(**{file: code})}, Environment={"Variables": environment},
    )["FunctionArn"]  # fmt: skip
    functions.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    iot.create_topic_rule(
        ruleName=rule,
        topicRulePayload={
            "sql": "SELECT * FROM '$aws/events/certificates/registered/#' "
            "WHERE certificateStatus = \"PENDING_ACTIVATION\"",
            "actions": [{"lambda": {"functionArn": arn}}],
        },
    )
    functions.add_permission(
        FunctionName=name, StatementId="iot-events", Action="lambda:InvokeFunction", Principal="iot.amazonaws.com",
        SourceArn=f"arn:aws:iot:{REGION}:{ACCOUNT}:rule/{rule}", SourceAccount=ACCOUNT,
    )  # fmt: skip
    ca = Ca(directory)
    ca.register(server)
    return ca, name, rule


@pytest.mark.parametrize(
    "runtime, file, code",
    [
        ("nodejs8.10", "index.js", V2_CALLBACKS),
        ("nodejs16.x", "index.js", V2_PROMISES),
        ("nodejs22.x", "index.mjs", V3_COMMANDS),
        ("nodejs18.x", "index.js", V3_AGGREGATED),
    ],
    ids=["v2 callbacks", "v2 promises", "v3 commands", "v3 aggregated"],
)
def test_a_handler_lets_a_device_in(server, flow, runtime, file, code):
    ca, name = flow(runtime, file, code, POLICY=ALLOW_ALL)
    device = ca.device()
    done = server.pub(device, "hello/x", "first", check=False)
    assert done.returncode == 0, (done.stderr, printed(server, name), server.log()[-3000:])
    assert status(server, device) == "ACTIVE"
    # It comes back as a known one.
    server.pub(device, "hello/x", "second")
    if "jitr-" in code:
        iot = server.client("iot")
        thing = f"jitr-{device.id[:16]}"
        assert iot.describe_thing(thingName=thing)["attributes"]["by"] in code
        [principal] = iot.list_thing_principals(thingName=thing)["principals"]
        assert principal.endswith(device.id)
        # The last that the handler did may be under way still.
        until(lambda: shadow(server, thing) == {"welcome": True}, "the shadow that the handler wrote")


@pytest.fixture(scope="module")
def bootstrap():
    """A handler in Rust on AWS's own runtime client, `lambda_runtime`, built once and kept beside the server's artefacts."""
    target = ROOT / "target"
    done = subprocess.run(
        ["cargo", "build", "--locked", "--quiet", "--manifest-path", ROOT / "tests/e2e/rust/Cargo.toml"],
        capture_output=True, text=True, env={**HOST_ENV, "CARGO_TARGET_DIR": str(target)}, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return (target / "debug" / "bootstrap").read_bytes()


def test_a_handler_in_rust_lets_a_device_in(server, flow, bootstrap):
    ca, name = flow("provided.al2023", "bootstrap", bootstrap)
    for device in (ca.device(), ca.device()):
        done = server.pub(device, "hello/x", "first", check=False)
        assert done.returncode == 0, (done.stderr, printed(server, name), server.log()[-3000:])
        iot = server.client("iot")
        thing = f"rust-{device.id[:16]}"
        assert iot.describe_thing(thingName=thing)["attributes"] == {"by": "rust"}
        assert iot.list_thing_principals(thingName=thing)["principals"][0].endswith(device.id)
        until(lambda: f"activated {device.id}" in printed(server, name), "the function says what it did")
    answer = server.client("lambda").invoke(FunctionName=name, Payload=b"{}")
    assert answer["FunctionError"] == "Unhandled"
    told = json.loads(answer["Payload"].read())
    assert told["errorMessage"] == "the event names no certificate", told


def shadow(server, thing):
    try:
        answer = server.client("iot-data").get_thing_shadow(thingName=thing)
    except ClientError:
        return None
    return json.loads(answer["payload"].read())["state"]["desired"]


def status(server, device):
    described = server.client("iot").describe_certificate(certificateId=device.id)
    return described["certificateDescription"]["status"]


def printed(server, function):
    return run([BIN, "logs", function, "--data-dir", server.data_dir], env=plain_env()).stdout


@pytest.mark.parametrize(
    "runtime, file, code",
    [("nodejs20.x", "index.js", V2_ALLOW_LIST), ("python3.9", "lambda_function.py", PYTHON_ALLOW_LIST)],
    ids=["node", "python"],
)
def test_a_table_says_who_comes_in(server, flow, allow_list, runtime, file, code):
    ca, name = flow(runtime, file, code, **allow_list.environment)
    listed, stranger = ca.device(), ca.device()
    allow_list.put_item(Item={"serial": listed.name, "policy": "listed", "count": 3})
    done = server.pub(listed, "hello/x", "first", check=False)
    assert done.returncode == 0, (done.stderr, printed(server, name), server.log()[-3000:])
    refused = server.pub(stranger, "hello/x", "first", check=False)
    assert refused.returncode != 0
    until(lambda: status(server, stranger) == "REVOKED", "the function revokes what is not listed")
    told = f"{stranger.name} is not on the list"
    until(lambda: told in printed(server, name), "the function says why")


def test_why_a_handler_let_nobody_in_is_told(make_server, tmp_path):
    """A string that is thrown has neither a type nor a stack."""
    server = with_node(make_server("--jitr-wait", "6", start=False)).start()
    code = "exports.handler = (event) => { console.log('looking'); throw 'not on the list'; };"
    ca, function, rule = set_up(server, tmp_path / "ca", "nodejs12.x", "index.js", code)
    device = ca.device()
    assert server.pub(device, "hello/x", "first", client_id="lamp", check=False).returncode != 0
    text = json.dumps(server.explained(device.id, "activation-timeout"))
    for word in (rule, function, "not on the list", "INFO looking"):
        assert word in text, text
