"""File delivery over MQTT, in JSON and in CBOR as the library of FreeRTOS speaks it.

AWS IoT developer guide: "MQTT-based file delivery".
"""

import base64
import json

import cbor2
import pytest
from lib import ALLOW_ALL, DEADLINE, fails, pages, unique
from test_fleet_provisioning import ARN, Paho

FILE = bytes(range(256)) * 40 + b"end"


@pytest.fixture(scope="module")
def stream(server, iot, iam, tmp_path_factory):
    bucket, role = unique("bucket"), unique("files")
    server.client("s3").create_bucket(Bucket=bucket)
    server.client("s3").put_object(Bucket=bucket, Key="firmware.bin", Body=FILE)
    trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "iot.amazonaws.com"}, "Action": "sts:AssumeRole"}}
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    allow = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}}
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=json.dumps(allow))
    name = unique("stream")
    made = iot.create_stream(
        streamId=name, description="firmware", roleArn=arn,
        files=[{"fileId": 7, "s3Location": {"bucket": bucket, "key": "firmware.bin"}}],
    )  # fmt: skip
    assert (made["streamArn"], made["streamVersion"]) == (f"{ARN}:stream/{name}", 1)
    return name


@pytest.fixture(scope="module")
def device(server, tmp_path_factory):
    return server.service_device(tmp_path_factory.mktemp("streams"), ALLOW_ALL)


@pytest.mark.parametrize("form", ["json", "cbor"])
def test_a_file_is_read_in_blocks(server, stream, device, form):
    write, read = (cbor2.dumps, cbor2.loads) if form == "cbor" else (lambda value: json.dumps(value).encode(), json.loads)
    topic = f"$aws/things/thing/streams/{stream}"
    with Paho(server, device, unique("ota")) as client:
        client.subscribe(f"{topic}/data/{form}", f"{topic}/description/{form}", f"{topic}/rejected/{form}")

        def asked(word, request):
            client.client.publish(f"{topic}/{word}/{form}", write(request), 1)

        def answer():
            answered, payload = client.messages.get(timeout=DEADLINE)
            return answered.removeprefix(f"{topic}/"), read(payload)

        asked("describe", {"c": "tok"})
        assert answer() == (f"description/{form}", {"c": "tok", "s": 1, "d": "firmware", "r": [{"f": 7, "z": len(FILE)}]})
        asked("get", {"c": "rdy", "s": 1, "f": 7, "l": 4096, "o": 0, "n": 16})
        blocks = {}
        for _ in range(3):
            word, block = answer()
            assert (word, block["f"], block["c"]) == (f"data/{form}", 7, "rdy")
            blocks[block["i"]] = block["p"] if form == "cbor" else base64.b64decode(block["p"])
            assert len(blocks[block["i"]]) == block["l"]
        assert b"".join(blocks[number] for number in sorted(blocks)) == FILE
        # One that was lost is asked for by a bitmap.
        asked("get", {"f": 7, "l": 4096, "o": 0, "n": 1, "b": b"\x02" if form == "cbor" else "02"})
        assert answer()[1]["i"] == 1
        asked("get", {"c": "rdy", "f": 7, "l": 1})
        word, refused = answer()
        assert (word, refused["o"], refused["c"]) == (f"rejected/{form}", "BlockSizeOutOfBounds", "rdy")
        client.client.publish(f"{topic}/get/{form}", b"\xff", 1)
        assert answer()[1]["o"] == ("InvalidCbor" if form == "cbor" else "InvalidJson")


def test_a_stream_over_its_life(iot, stream):
    described = iot.describe_stream(streamId=stream)["streamInfo"]
    name = unique("stream")
    iot.create_stream(streamId=name, roleArn=described["roleArn"], files=described["files"], tags=[{"Key": "k", "Value": "v"}])
    assert iot.list_tags_for_resource(resourceArn=f"{ARN}:stream/{name}")["tags"] == [{"Key": "k", "Value": "v"}]
    assert iot.update_stream(streamId=name, description="other")["streamVersion"] == 2
    assert name in [one["streamId"] for one in pages(iot.list_streams, "streams")[0]]
    iot.delete_stream(streamId=name)
    fails(lambda: iot.describe_stream(streamId=name), "ResourceNotFoundException")
