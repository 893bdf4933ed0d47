"""Devices in JavaScript: AWS's device SDK v2 (MQTT 3.1.1 and 5), the old device SDK, and MQTT.js, over TLS and over
WebSocket. Each connects as its README says, subscribes, publishes and hears itself."""

import json
from pathlib import Path

import pytest
from lib import plain_env, run, unique
from test_websocket import presigned

MODULES = Path(__file__).parent / "node" / "node_modules"

# What every script begins with: what it was given, and a client's end.
HEAD = """
const { readFileSync } = require('fs');
const { host, port, https, ca, cert, key, id, topic, url, access } = JSON.parse(process.argv[2]);
const read = { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) };
const done = (told) => { console.log(JSON.stringify(told)); process.exit(0); };
const fail = (error) => { console.error(error); process.exit(1); };
"""

SDK_V2 = """
const { mqtt, iot } = require('aws-iot-device-sdk-v2');
const builder = () => iot.AwsIotMqttConnectionConfigBuilder.new_mtls_builder_from_path(cert, key)
  .with_certificate_authority_from_path(undefined, ca).with_clean_session(false)
  .with_client_id(id).with_endpoint(host).with_port(port);
(async () => {
  const client = new mqtt.MqttClient();
  const first = client.new_connection(builder().build());
  const present = [await first.connect()];
  await first.subscribe(topic, mqtt.QoS.AtLeastOnce, () => {});
  await first.disconnect();
  const other = client.new_connection(builder().with_client_id(id + '-other').build());
  await other.connect();
  await other.publish(topic, 'missed', mqtt.QoS.AtLeastOnce);
  await other.disconnect();
  const second = client.new_connection(builder().build());
  const missed = new Promise((heard) => second.on('message', (name, payload) => heard(Buffer.from(payload).toString())));
  present.push(await second.connect());
  const heard = await missed;
  await second.disconnect();
  done({ present, heard });
})().catch(fail);
"""

SDK_V2_SHADOW = """
const { mqtt, iot, iotshadow } = require('aws-iot-device-sdk-v2');
(async () => {
  const connection = new mqtt.MqttClient().new_connection(
    iot.AwsIotMqttConnectionConfigBuilder.new_mtls_builder_from_path(cert, key)
      .with_certificate_authority_from_path(undefined, ca).with_client_id(id).with_endpoint(host).with_port(port).build());
  await connection.connect();
  const shadow = new iotshadow.IotShadowClient(connection);
  const one = mqtt.QoS.AtLeastOnce;
  const updated = new Promise((heard) => {
    shadow.subscribeToUpdateShadowAccepted({ thingName: id }, one, (error, answer) => heard(error || answer));
  });
  await shadow.subscribeToUpdateShadowRejected({ thingName: id }, one, (error, answer) => fail(error || answer));
  await shadow.publishUpdateShadow({ thingName: id, state: { desired: { on: true } }, clientToken: 't' }, one);
  const answer = await updated;
  await connection.disconnect();
  done({ desired: answer.state.desired, token: answer.clientToken, version: answer.version });
})().catch(fail);
"""

SDK_V2_MQTT5 = """
const { mqtt5, iot, auth } = require('aws-iot-device-sdk-v2');
const builders = {
  tls: () => iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromPath(host, cert, key).withPort(port),
  websocket: () => iot.AwsIotMqtt5ClientConfigBuilder.newWebsocketMqttBuilderWithSigv4Auth(host, {
    region: 'us-east-1', credentialsProvider: auth.AwsCredentialsProvider.newStatic(access.AccessKeyId, access.SecretAccessKey),
  }).withPort(https),
};
const over = async (name) => {
  const builder = builders[name]().withCertificateAuthorityFromPath(undefined, ca);
  builder.withConnectProperties({ clientId: `${id}-${name}`, keepAliveIntervalSeconds: 60 });
  const client = new mqtt5.Mqtt5Client(builder.build());
  const connected = new Promise((heard) => client.on('connectionSuccess', (event) => heard(event)));
  client.on('connectionFailure', (event) => fail(event.error));
  client.start();
  const { connack } = await connected;
  const message = new Promise((heard) => client.on('messageReceived', (event) => heard(event.message)));
  const suback = await client.subscribe({ subscriptions: [{ qos: mqtt5.QoS.AtLeastOnce, topicFilter: topic }] });
  const puback = await client.publish({
    qos: mqtt5.QoS.AtLeastOnce, topicName: topic, payload: name, contentType: 'text/plain',
    userProperties: [{ name: 'a', value: '1' }, { name: 'a', value: '2' }],
  });
  const got = await message;
  const stopped = new Promise((heard) => client.on('stopped', heard));
  client.stop();
  await stopped;
  client.close();
  return {
    qos: connack.maximumQos, granted: suback.reasonCodes, acknowledged: puback.reasonCode,
    payload: Buffer.from(got.payload).toString(), type: got.contentType,
    user: got.userProperties.map(({ name, value }) => name + value),
  };
};
(async () => done([await over('tls'), await over('websocket')]))().catch(fail);
"""

SDK_V1 = """
const awsIot = require('aws-iot-device-sdk');
const device = awsIot.device({ keyPath: key, certPath: cert, caPath: ca, clientId: id, host, port });
device.on('error', fail);
device.on('connect', () => device.subscribe(topic, { qos: 1 }, () => device.publish(topic, 'hello', { qos: 1 })));
device.on('message', (name, payload) => device.end(false, () => {
  const shadows = awsIot.thingShadow({ keyPath: key, certPath: cert, caPath: ca, clientId: id + '-s', host, port });
  shadows.on('error', fail);
  shadows.on('connect', () => shadows.register(id, {}, () => {
    shadows.update(id, { state: { desired: { on: true } } });
  }));
  shadows.on('status', (thing, status, token, state) => {
    shadows.end(false, () => done({ heard: payload.toString(), status, desired: state.state.desired }));
  });
}));
"""

SDK_V1_WEBSOCKET = """
const awsIot = require('aws-iot-device-sdk');
const device = awsIot.device({
  protocol: 'wss', clientId: id, host, port: https, region: 'us-east-1',
  accessKeyId: access.AccessKeyId, secretKey: access.SecretAccessKey,
});
device.on('error', fail);
device.on('connect', () => device.subscribe(topic, { qos: 1 }, () => device.publish(topic, 'hello', { qos: 1 })));
device.on('message', (name, payload) => device.end(false, () => done({ heard: payload.toString() })));
"""

MQTT_JS = """
const mqtt = require('mqtt');
const over = async (place, protocolVersion, options) => {
  const client = await mqtt.connectAsync(place, {
    ...options, protocolVersion, clientId: `${id}-${protocolVersion}`, reconnectPeriod: 0, ca: read.ca,
  });
  const heard = new Promise((heard) => client.on('message', (name, payload, packet) => heard([payload.toString(), packet])));
  const [granted] = await client.subscribeAsync(topic, { qos: 1 });
  const own = protocolVersion === 5 ? { properties: { userProperties: { a: '1' }, contentType: 'text/plain' } } : {};
  await client.publishAsync(topic, 'hello', { qos: 1, retain: false, ...own });
  const [payload, packet] = await heard;
  await client.endAsync();
  return { granted: granted.qos, payload, type: packet.properties?.contentType ?? null };
};
(async () => {
  const tls = { cert: read.cert, key: read.key };
  done([
    await over(`mqtts://${host}:${port}`, 4, tls),
    await over(`mqtts://${host}:${port}`, 5, tls),
    await over(url, 4, {}),
    await over(url, 5, {}),
  ]);
})().catch(fail);
"""


@pytest.fixture
def javascript(server, tmp_path):
    """Runs a script as a device that may do everything; what it printed."""
    assert (MODULES / "mqtt").is_dir(), "scripts/test installs it"
    (tmp_path / "node_modules").symlink_to(MODULES)
    device = server.service_device(tmp_path)
    access = {"AccessKeyId": server.env["AWS_ACCESS_KEY_ID"], "SecretAccessKey": server.env["AWS_SECRET_ACCESS_KEY"]}

    def call(script):
        place = f"localhost:{server.https_port}"
        given = {
            "host": "localhost", "port": server.mqtt_port, "https": server.https_port, "ca": server.root_ca,
            "cert": str(device.chain), "key": str(device.key), "id": unique("js"), "topic": unique("topic"),
            "url": f"wss://{place}{presigned(access, place)}", "access": access,
        }  # fmt: skip
        path = tmp_path / "device.cjs"
        path.write_text(HEAD + script)
        env = {**plain_env(), "NODE_EXTRA_CA_CERTS": server.root_ca}
        return json.loads(run(["node", path, json.dumps(given)], env=env, cwd=tmp_path).stdout)

    return call


def test_device_sdk_v2(javascript):
    assert javascript(SDK_V2) == {"present": [False, True], "heard": "missed"}
    assert javascript(SDK_V2_SHADOW) == {"desired": {"on": True}, "token": "t", "version": 1}


def test_device_sdk_v2_with_mqtt_5(javascript):
    expected = {"qos": 1, "granted": [1], "acknowledged": 0, "type": "text/plain", "user": ["a1", "a2"]}
    assert javascript(SDK_V2_MQTT5) == [{**expected, "payload": "tls"}, {**expected, "payload": "websocket"}]


def test_the_old_device_sdk(javascript):
    assert javascript(SDK_V1) == {"heard": "hello", "status": "accepted", "desired": {"on": True}}
    assert javascript(SDK_V1_WEBSOCKET) == {"heard": "hello"}


def test_mqtt_js(javascript):
    three = {"granted": 1, "payload": "hello", "type": None}
    five = {**three, "type": "text/plain"}
    assert javascript(MQTT_JS) == [three, five, three, five]
