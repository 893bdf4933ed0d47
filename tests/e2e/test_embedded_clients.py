"""The connection sequences of clients that run where no test can, as their sources show them: FreeRTOS (coreMQTT and its
mutual authentication demo), a client that opens two connections, and the nucleus of Greengrass 2."""

import struct

import pytest
from lib import Raw, packet, text, unique
from test_mqtt5 import Paho

METRICS = "?SDK=FreeRTOS&Version=202212.00&Platform=Linux&MQTTLib=core-mqtt@2.1.1"


@pytest.fixture
def device(server, tmp_path):
    return server.service_device(tmp_path)


def by_alpn(server, device):
    """As on port 443 of AWS."""
    return Raw("localhost", server.https_port, server.root_ca, device, alpn=["x-amzn-mqtt-ca"])


def connects(raw, client_id, keep_alive, clean, username=None):
    """CONNACK's session present and code."""
    flags = (0x02 if clean else 0) | (0x80 if username else 0)
    head = text("MQTT") + bytes([4, flags]) + struct.pack("!H", keep_alive)
    raw.send(packet(0x10, head + text(client_id) + (text(username) if username else b"")))
    kind, body = raw.receive()
    assert kind == 0x20
    return tuple(body)


def test_freertos(server, device):
    client_id = unique("freertos")
    topic = f"{client_id}/example/topic"
    with by_alpn(server, device) as raw:
        # A first connection clears whatever session there is; its user name is for AWS's statistics alone.
        assert connects(raw, client_id, 60, True, METRICS) == (0, 0)
        raw.send(b"\xe0\x00")
        assert raw.closed()
    with by_alpn(server, device) as raw:
        assert connects(raw, client_id, 60, False, METRICS) == (0, 0)
        assert raw.subscribe(topic) == (0x90, b"\x00\x01\x01")
        raw.publish(topic, b"Hello World!")
        # PUBACK and the message, in whichever order.
        got = dict([raw.receive(), raw.receive()])
        assert got.pop(0x40) == b"\x00\x02"
        (body,) = got.values()
        assert list(got) == [0x32] and body.endswith(b"Hello World!")
        assert raw.ping()
        # It is cut off before it acknowledges, and resumes: the message comes once more, without DUP.
    with by_alpn(server, device) as raw:
        assert connects(raw, client_id, 60, False, METRICS) == (1, 0)
        kind, body = raw.receive()
        assert kind == 0x32 and body.endswith(b"Hello World!")
        at = 2 + len(topic)
        raw.send(packet(0x40, body[at : at + 2]))
        raw.send(packet(0xA2, b"\x00\x03" + text(topic)))
        assert raw.receive() == (0xB0, b"\x00\x03")
        raw.publish(topic, b"unheard", packet_id=4)
        assert raw.receive() == (0x40, b"\x00\x04")
        raw.send(b"\xe0\x00")
        assert raw.closed()


def test_two_connections_of_one_device(server, device):
    client_id = unique("two")
    with by_alpn(server, device) as first, by_alpn(server, device) as second:
        # A keep alive of 6 s is held as 30.
        assert connects(first, client_id, 6, False) == (0, 0)
        assert first.subscribe(f"{client_id}/#") == (0x90, b"\x00\x01\x01")
        assert connects(second, f"{client_id}-data", 6, False) == (0, 0)
        second.publish(f"{client_id}/data", b"1")
        assert second.receive() == (0x40, b"\x00\x02")
        kind, body = first.receive()
        assert kind == 0x32 and body.endswith(b"1")
        assert first.ping() and second.ping()
        connection = server.client("iot-data").get_connection
        assert all(connection(clientId=name)["connected"] for name in (client_id, f"{client_id}-data"))


def test_greengrass(server, device):
    """Two clients of MQTT 5 whose ids differ by `#2`, on the topics of deployments, jobs and the core's health."""
    core = unique("core")
    shadow = f"$aws/things/{core}/shadow/name/AWSManagedGreengrassV2Deployment"
    jobs = f"$aws/things/{core}/jobs"
    forever = {"SessionExpiryInterval": 0xFFFFFFFF, "ReceiveMaximum": 100, "TopicAliasMaximum": 0}
    with Paho(server, device, core, clean=False, **forever) as nucleus:
        assert nucleus.told.json()["SessionExpiryInterval"] == 3600
        for topics in [
            [f"{shadow}/update/accepted", f"{shadow}/update/delta", f"{shadow}/get/accepted"],
            [f"{jobs}/notify-namespace-aws-gg-deployment"],
            [f"{jobs}/+/namespace-aws-gg-deployment/get/{end}" for end in ("accepted", "rejected")],
        ]:
            codes, _ = nucleus.subscribe(*topics)
            assert [code.value for code in codes] == [1] * len(topics)
        code, _ = nucleus.publish(f"{shadow}/update", '{"state":{"reported":{"ggcVersion":"2.12.0"}}}')
        assert code == "Success"
        assert nucleus.message().topic == f"{shadow}/update/accepted"
        assert nucleus.publish(f"{shadow}/get", "")[0] == "Success"
        assert nucleus.message().topic == f"{shadow}/get/accepted"
        # Whoever asks for jobs is answered, whether they are built or not.
        asked = f"{jobs}/$next/namespace-aws-gg-deployment/get"
        assert nucleus.publish(asked, '{"clientToken":"t"}')[0] == "Success"
        assert nucleus.message().topic in (f"{asked}/rejected", f"{asked}/accepted")
        assert nucleus.publish(f"$aws/things/{core}/greengrassv2/health/json", "{}")[0] == "Success"
        with Paho(server, device, f"{core}#2", clean=False, **forever) as second:
            second.subscribe(f"{core}/work")
            nucleus.publish(f"{core}/work", "1")
            assert second.message().payload == b"1"
