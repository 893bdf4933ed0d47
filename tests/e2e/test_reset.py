"""`--allow-reset`: a server that tests have to themselves. docs/testing.md."""

import json
import statistics
import sys
import time

import paho.mqtt.client as paho
import pytest
from lib import ALLOW_ALL, BIN, ROOT, plain_env, run, until

sys.path.insert(0, str(ROOT / "packaging" / "python"))
from nameplate_server import MqttRefused, NameplateError, start  # noqa: E402

TEMPLATE = {
    "Parameters": {
        "AWS::IoT::Certificate::CommonName": {"Type": "String"},
        "AWS::IoT::Certificate::Id": {"Type": "String"},
    },
    "Resources": {
        "thing": {
            "Type": "AWS::IoT::Thing",
            "Properties": {"ThingName": {"Ref": "AWS::IoT::Certificate::CommonName"}},
        },
        "certificate": {
            "Type": "AWS::IoT::Certificate",
            "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"},
        },
        "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument": ALLOW_ALL}},
    },
}


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A server of the module's."""
    import os

    os.environ["NAMEPLATE_BIN"] = str(BIN)
    with start("--jitr-wait", "60", directory=tmp_path_factory.mktemp("own") / "data") as server:
        yield server
        assert "panicked" not in server.log(), server.log()
    del os.environ["NAMEPLATE_BIN"]


@pytest.fixture
def nameplate(own):
    own.reset()
    return own


def things(server):
    return sorted(thing["thingName"] for thing in server.client("iot").list_things()["things"])


def test_a_reset_empties_all_and_sends_devices_away(nameplate):
    lamp = nameplate.device("lamp")
    mqtt = lamp.connect()
    mqtt.publish("kept", "x", retain=True)
    s3 = nameplate.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="key", Body=b"body")
    assert nameplate.explain("lamp")
    nameplate.call("POST", "/nameplate/reset")
    mqtt.wait_disconnected()
    assert things(nameplate) == []
    assert s3.list_buckets()["Buckets"] == []
    assert nameplate.explain("lamp") == []
    with pytest.raises(MqttRefused):
        lamp.connect()
    # Names are free, and nothing of what was retained is left.
    other = nameplate.device("lamp").connect()
    other.subscribe("#")
    other.publish("now", "y")
    assert other.receive().topic == "now"


def test_a_snapshot_is_put_back_whole(nameplate):
    ca = nameplate.certificate_authority()
    ca.register(TEMPLATE)
    s3 = nameplate.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="key", Body=b"body")
    nameplate.snapshot("base")
    for turn in range(2):
        assert things(nameplate) == []
        ca.device("lamp").connect().close()
        assert things(nameplate) == ["lamp"]
        # The body goes from the bucket, and stays for the snapshot.
        s3.delete_object(Bucket="bucket", Key="key")
        nameplate.restore("base")
        assert s3.get_object(Bucket="bucket", Key="key")["Body"].read() == b"body", turn
    nameplate.reset()
    with pytest.raises(MqttRefused):
        ca.device("lamp").connect()
    nameplate.restore("base")
    ca.device("lamp").connect().close()
    nameplate.call("DELETE", "/nameplate/snapshots/base")
    with pytest.raises(NameplateError, match="no snapshot"):
        nameplate.restore("base")


def test_resets_take_milliseconds(nameplate, record_property):
    took = []
    for number in range(100):
        nameplate.client("iot").create_thing(thingName=f"thing-{number}")
        begun = time.perf_counter()
        nameplate.reset()
        took.append((time.perf_counter() - begun) * 1000)
    took.sort()
    record_property("reset_ms", {"median": statistics.median(took), "p99": took[98], "most": took[-1]})
    print(f"reset: median {statistics.median(took):.1f} ms, p99 {took[98]:.1f} ms, most {took[-1]:.1f} ms")
    assert things(nameplate) == []


def test_a_certificate_expires_when_the_clock_says_so(nameplate):
    ca = nameplate.certificate_authority()
    ca.register(TEMPLATE)
    device = ca.device("lamp", days=30)
    device.connect().close()
    nameplate.clock.forward(days=31)
    with pytest.raises(MqttRefused):
        device.connect()
    assert nameplate.explain("lamp")[0]["code"] == "certificate-expired"
    # Clients sign by the machine's clock, and are served all the same.
    assert things(nameplate) == ["lamp"]
    nameplate.reset()
    assert abs(nameplate.clock.now() - time.time()) < 60


def test_waits_end_when_the_clock_is_past_them(nameplate):
    ca = nameplate.certificate_authority()
    # Without a template: the first connection is held until somebody decides, for a minute here.
    ca.register()
    device = ca.device("lamp")
    import threading

    ended = []
    client = threading.Thread(target=lambda: ended.append(refused(device)))
    client.start()
    iot = nameplate.client("iot")
    until(lambda: iot.list_certificates()["certificates"], "the certificate is registered")
    begun = time.monotonic()
    nameplate.clock.forward(minutes=2)
    client.join(30)
    assert ended == [True]
    assert time.monotonic() - begun < 30


def refused(device):
    try:
        device.connect().close()
    except MqttRefused:
        return True
    return False


def test_faults_come_as_they_were_ordered(nameplate):
    device = nameplate.device("lamp")
    nameplate.fault("drop-connect", times=2, of="lamp")
    assert [refused(device) for _ in range(3)] == [True, True, False]
    assert [record["code"] for record in nameplate.explain("lamp")].count("fault-drop-connect") == 2

    mqtt = device.connect()
    nameplate.fault("lose-puback", of="lamp")
    with pytest.raises(TimeoutError):
        mqtt.publish("a", "first", timeout=1)
    mqtt.publish("a", "second")

    iot = nameplate.client("iot")
    nameplate.fault("throttle", times=1)
    with pytest.raises(iot.exceptions.ThrottlingException):
        iot.list_things()
    assert things(nameplate) == ["lamp"]
    nameplate.fault("throttle", times=1000)
    nameplate.clear_faults()
    assert things(nameplate) == ["lamp"]


def test_mqtt_5_devices_too(nameplate):
    mqtt = nameplate.device("lamp").connect(version=paho.MQTTv5)
    mqtt.subscribe("a")
    mqtt.publish("a", {"on": True})
    assert json.loads(mqtt.receive().payload) == {"on": True}


def test_without_the_flag_nothing_of_it_goes(server):
    from nameplate_server.server import Nameplate

    other = Nameplate.__new__(Nameplate)
    env = server.env
    other.endpoint_url, other.region = env["AWS_ENDPOINT_URL"], env["AWS_REGION"]
    other.access_key, other.secret_key = env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]
    for method, path in [("POST", "/nameplate/reset"), ("POST", "/nameplate/clock"), ("POST", "/nameplate/snapshots/a")]:
        with pytest.raises(NameplateError, match="403.*--allow-reset"):
            other.call(method, path)


def test_env_waits_for_the_server_and_speaks_other_shells(make_server, tmp_path):
    import subprocess

    server = make_server("--endpoint-port", "https", start=False)
    waiting = subprocess.Popen(
        [BIN, "env", "--wait", "60", "--json", "--data-dir", server.data_dir], stdout=subprocess.PIPE, text=True, env=plain_env()
    )
    server.start()
    out, _ = waiting.communicate(timeout=60)
    assert waiting.returncode == 0
    assert json.loads(out)["AWS_ENDPOINT_URL"] == server.api_url
    fish = run([BIN, "env", "--shell", "fish", "--data-dir", server.data_dir], env=plain_env()).stdout
    assert f"set -gx AWS_ENDPOINT_URL '{server.api_url}'\n" in fish
    powershell = run([BIN, "env", "--shell", "powershell", "--data-dir", server.data_dir], env=plain_env()).stdout
    assert f"$env:AWS_ENDPOINT_URL = '{server.api_url}'\n" in powershell
    address = server.client("iot").describe_endpoint(endpointType="iot:Data-ATS")["endpointAddress"]
    assert address == f"localhost:{server.https_port}"
    nobody = run([BIN, "env", "--wait", "1", "--data-dir", tmp_path / "none"], check=False, env=plain_env())
    assert nobody.returncode == 2
