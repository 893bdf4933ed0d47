"""Node programs under `nameplate run`: aws-sdk v2, which knows no AWS_ENDPOINT_URL, beside v3, which does."""

import json
from pathlib import Path

import pytest
from lib import BIN, plain_env, run, unique

MODULES = Path(__file__).parent / "node" / "node_modules"
V2 = """
const AWS = require('aws-sdk');
const Iot = require('aws-sdk/clients/iot');
(async () => {
  const name = process.argv[2];
  const made = await new AWS.Iot().createThing({ thingName: name }).promise();
  const found = await new Iot().describeThing({ thingName: name }).promise();
  const { endpointAddress } = await new Iot().describeEndpoint({ endpointType: 'iot:Data-ATS' }).promise();
  const shadow = { thingName: name, payload: '{"state":{"desired":{"on":true}}}' };
  const data = await new AWS.IotData({ endpoint: endpointAddress }).updateThingShadow(shadow).promise();
  AWS.config.update({ region: 'us-east-1' });
  const s3 = new AWS.S3();
  await s3.createBucket({ Bucket: name }).promise();
  await s3.putObject({ Bucket: name, Key: 'k', Body: 'body' }).promise();
  const object = await s3.getObject({ Bucket: name, Key: 'k' }).promise();
  const elsewhere = new AWS.DynamoDB({ endpoint: 'http://localhost:8000' });
  console.log(JSON.stringify({
    thing: [made.thingName, found.thingName],
    shadow: JSON.parse(data.payload).state.desired.on,
    object: object.Body.toString(),
    link: s3.getSignedUrl('getObject', { Bucket: name, Key: 'k' }),
    elsewhere: elsewhere.endpoint.href,
  }));
})();
"""
MODULE = """
import AWS from 'aws-sdk';
import { get } from 'https';
import { IoT } from '@aws-sdk/client-iot';
const old = await new AWS.Iot().listThings({ maxResults: 1 }).promise();
const recent = await new IoT().listThings({ maxResults: 1 });
const root = 'https://www.amazontrust.com/repository/AmazonRootCA1.pem';
const fetched = await (await fetch(root)).text();
const got = await new Promise((done) => get(root, (answer) => {
  let text = '';
  answer.on('data', (data) => { text += data; }).on('end', () => done(text));
}));
const page = await fetch(process.argv[2]);
console.log(JSON.stringify({ same: old.things[0].thingName === recent.things[0].thingName, fetched, got, page: page.status }));
"""


@pytest.fixture
def node(server, tmp_path):
    assert MODULES.is_dir(), "scripts/test installs it"
    (tmp_path / "node_modules").symlink_to(MODULES)

    def call(name, script, *arguments, **env):
        path = tmp_path / name
        path.write_text(script)
        command = [BIN, "run", "--data-dir", server.data_dir, "--", "node", path, *arguments]
        done = run(command, env={**plain_env(), **env}, cwd=tmp_path)
        assert "circular" not in done.stderr
        return json.loads(done.stdout)

    return call


def test_aws_sdk_2(server, node):
    name = unique("node")
    told = node("v2.cjs", V2, name)
    link = told.pop("link")
    assert told == {"thing": [name, name], "shadow": True, "object": "body", "elsewhere": "http://localhost:8000/"}
    assert link.startswith(f"{server.api_url}/{name}/k?")


def test_modules_and_amazons_root(server, node, iot):
    iot.create_thing(thingName=unique("node"))
    root = Path(server.root_ca).read_text()
    page = f"https://localhost:{server.https_port}/healthz"
    for env in ({}, {"NODE_EXTRA_CA_CERTS": "/etc/ssl/certs/ca-certificates.crt"}):
        told = node("module.mjs", MODULE, page, **env)
        assert told == {"same": True, "fetched": root, "got": root, "page": 200}


def test_a_bundle_and_options_of_ones_own(node, tmp_path):
    """An SDK that no `require` loads is known by where it sends what it signed."""
    (tmp_path / "mine.cjs").write_text("globalThis.mine = true;")
    script = """
    const https = require('https');
    const AWS = require('aws-sdk');
    const request = new AWS.HttpRequest(new AWS.Endpoint('iot.us-east-1.amazonaws.com'), 'us-east-1');
    Object.assign(request, { method: 'GET', path: '/things' });
    Object.assign(request.headers, { host: 'iot.us-east-1.amazonaws.com' });
    const signer = new AWS.Signers.V4(request, 'iot');
    AWS.config.getCredentials(() => {
      signer.addAuthorization(AWS.config.credentials, new Date());
      const { method, path, headers } = request;
      https.get({ host: 'iot.us-east-1.amazonaws.com', method, path, headers, agent: new https.Agent() }, (answer) => {
        answer.resume();
        console.log(JSON.stringify([answer.statusCode, mine]));
      });
    });
    """
    assert node("bundle.cjs", script, NODE_OPTIONS="--require ./mine.cjs") == [200, True]


def test_the_root_is_served_unsigned(server):
    root = Path(server.root_ca).read_text()
    assert server.get("/repository/AmazonRootCA1.pem") == root
    url = f"https://localhost:{server.https_port}/repository/AmazonRootCA1.pem"
    assert run(["curl", "-sSf", "--cacert", server.root_ca, url]).stdout == root
