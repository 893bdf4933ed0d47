"""`--quotas aws`: AWS's default rates, as SDKs and devices meet them. AWS General Reference: IoT Core quotas."""

import time

import pytest
from botocore.exceptions import ClientError
from lib import DEADLINE, Raw, Server, fails, unique, until


@pytest.fixture(scope="module")
def limited(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("quotas") / "data", "--quotas", "aws").start()
    yield server
    server.stop()


def counted(server, limit):
    for line in server.get("/metrics").splitlines():
        if line.startswith(f'nameplate_throttled_total{{limit="{limit}"}}'):
            return int(line.rsplit(" ", 1)[1])
    return 0


def test_an_sdk_sees_its_exception_and_gets_through_by_trying_again(limited):
    impatient = limited.client("iot", retries={"max_attempts": 0})
    refused = None
    for _ in range(20):
        try:
            impatient.list_indices()
        except ClientError as error:
            refused = error
    assert refused.response["Error"]["Code"] == "ThrottlingException"
    assert refused.response["Error"]["Message"].startswith("Rate exceeded")
    assert refused.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert isinstance(refused, impatient.exceptions.ThrottlingException)
    patient = limited.client("iot", retries={"max_attempts": 8, "mode": "standard"})
    tries = 0
    for _ in range(8):
        answer = patient.list_indices()
        tries += answer["ResponseMetadata"]["RetryAttempts"]
    assert tries > 0
    assert counted(limited, "ListIndices") > 0


def test_a_client_id_connects_once_a_second(limited, tmp_path):
    device = limited.service_device(tmp_path)
    name = unique("device")
    assert limited.pub(device, "a/b", "1", client_id=name).returncode == 0
    again = limited.pub(device, "a/b", "2", client_id=name, check=False)
    assert again.returncode != 0 and "unavailable" in (again.stdout + again.stderr).lower(), again
    limited.explained(device.id, "throttled-client-id", more=1)
    until(lambda: limited.pub(device, "a/b", "3", client_id=name, check=False).returncode == 0, "it comes again")
    assert counted(limited, "connects-of-client") > 0


def test_what_a_device_publishes_over_its_rate_is_discarded(limited, tmp_path):
    """A hundred at once, and then as many as come back; what is over is not acknowledged and not delivered."""
    device = limited.service_device(tmp_path)
    with Raw("127.0.0.1", limited.mqtt_port, limited.root_ca, device) as raw:
        assert raw.connect(unique("device")) == 0
        began = time.monotonic()
        for n in range(400):
            raw.publish("a/b", b"x", packet_id=n % 90 + 1)
        # Answers come in order, so this is behind all of them.
        raw.send(b"\xc0\x00")
        acknowledged = 0
        while (packet := raw.receive()) != (0xD0, b""):
            assert packet[0] == 0x40, packet
            acknowledged += 1
        took = time.monotonic() - began
    assert 100 <= acknowledged <= 101 + 100 * took, (acknowledged, took)
    assert counted(limited, "publishes-of-connection") == 400 - acknowledged
    assert limited.log().count("messages in and out over one connection") == 1
    # With the connection's end the record has all of them.
    def recorded():
        newest = limited.attempts(device.id)[0]
        return newest if newest["code"] == "throttled-publish" and newest.get("count") == 400 - acknowledged else None

    assert "discarded" in until(recorded, "all are on record")["reason"]


def test_throughput_is_delayed_and_nothing_is_lost(limited, tmp_path):
    device = limited.service_device(tmp_path)
    with Raw("127.0.0.1", limited.mqtt_port, limited.root_ca, device) as raw:
        assert raw.connect(unique("device")) == 0
        began = time.monotonic()
        # 1.25 MiB: half a MiB at once, the rest takes a second and a half.
        for n in range(10):
            raw.publish("a/b", b"x" * 128 * 1024, packet_id=n + 1)
        for _ in range(10):
            assert raw.receive()[0] == 0x40
        assert time.monotonic() - began > 1
        assert raw.ping()
    assert counted(limited, "bytes-of-connection") > 0


def test_shadows_are_asked_twenty_times_a_second(limited):
    data = limited.client("iot-data", retries={"max_attempts": 0})
    thing = unique("lamp")
    end = time.monotonic() + DEADLINE

    def over():
        try:
            data.update_thing_shadow(thingName=thing, payload=b'{"state": {"desired": {"a": 1}}}')
        except data.exceptions.ThrottlingException as error:
            return error
        return None

    refused = None
    while refused is None and time.monotonic() < end:
        refused = over()
    assert refused.response["ResponseMetadata"]["HTTPStatusCode"] == 429


def test_like_aws_starts(make_server):
    server = make_server("--like-aws")
    iot = server.client("iot", retries={"max_attempts": 0})
    iot.update_indexing_configuration(thingIndexingConfiguration={"thingIndexingMode": "OFF"})
    fails(
        lambda: iot.update_indexing_configuration(thingIndexingConfiguration={"thingIndexingMode": "OFF"}),
        "ThrottlingException",
        status=400,
    )
