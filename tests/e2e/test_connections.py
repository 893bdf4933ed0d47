"""Connections as the API tells of them, and lifecycle events. AWS IoT developer guide: life-cycle-events, direct messages."""

import json
import threading

from lib import DEADLINE, fails, unique, until


def test_lifecycle_events(server, tmp_path):
    device = server.service_device(tmp_path)
    client_id = unique("lives")
    with server.subscriber(device, f"$aws/events/presence/+/{client_id}", f"$aws/events/subscriptions/+/{client_id}") as watcher:
        with server.raw(device) as raw:
            assert raw.connect(client_id) == 0
            raw.subscribe("a/b")
            raw.send(b"\xe0\x00")
        told = [(topic.split("/")[-2], json.loads(text)) for topic, text in watcher.wait_for(3)]
    assert [kind for kind, _ in told] == ["connected", "subscribed", "disconnected"]
    connected, subscribed, disconnected = (document for _, document in told)
    assert set(connected) == {
        "clientId", "timestamp", "eventType", "sessionIdentifier", "principalIdentifier", "ipAddress", "versionNumber"
    }  # fmt: skip
    assert connected["principalIdentifier"] == device.id and connected["ipAddress"] in ("127.0.0.1", "::1")
    assert subscribed["topics"] == ["a/b"]
    assert disconnected["disconnectReason"] == "CLIENT_INITIATED_DISCONNECT" and disconnected["clientInitiatedDisconnect"]
    assert disconnected["sessionIdentifier"] == connected["sessionIdentifier"]


def test_connections_over_the_api(server, tmp_path):
    device = server.service_device(tmp_path)
    data = server.client("iot-data")
    client_id = unique("a client")
    fails(lambda: data.get_connection(clientId=client_id), "ResourceNotFoundException")
    with server.raw(device) as raw:
        assert raw.connect(client_id, clean=False) == 0
        raw.subscribe("a/b")
        found = data.get_connection(clientId=client_id, includeSocketInformation=True)
        assert found["connected"] and not found["cleanSession"] and found["sessionExpiry"] == 3600
        assert found["sourceIp"] in ("127.0.0.1", "::1")
        listed = data.list_subscriptions(clientId=client_id)["subscriptions"]
        assert listed == [{"topicFilter": "a/b", "qos": 1}]

        data.send_direct_message(clientId=client_id, topic="not/subscribed", payload=b"direct")
        kind, body = raw.receive()
        assert kind == 0x30 and body.endswith(b"direct")
        answers = []
        sending = threading.Thread(
            target=lambda: answers.append(
                data.send_direct_message(clientId=client_id, topic="t", payload=b"sure", confirmation=True)
            )
        )
        sending.start()
        kind, body = raw.receive()
        assert kind == 0x32
        raw.send(b"\x40\x02" + body[3:5])
        sending.join(DEADLINE)
        assert answers and answers[0]["traceId"]

        data.delete_connection(clientId=client_id)
        assert raw.closed()
    found = until(lambda: data.get_connection(clientId=client_id), "the end")
    assert not found["connected"] and found["disconnectReason"] == "API_INITIATED_DISCONNECT"
    assert data.list_subscriptions(clientId=client_id)["subscriptions"] == listed
    data.delete_connection(clientId=client_id, cleanSession=True)
    fails(lambda: data.delete_connection(clientId=client_id), "ResourceNotFoundException")
