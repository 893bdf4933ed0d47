"""Connections as the API tells of them, and lifecycle events. AWS IoT developer guide: life-cycle-events, direct messages."""

import json
import threading

from lib import DEADLINE, fails, run, text, unique, until, user_key


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


def test_who_may_send_direct_messages(server, tmp_path):
    """A device may, over HTTPS; and policies of either kind name the topic by a condition, `iot:Topic`."""
    send = {"Effect": "Allow", "Action": "iot:SendDirectMessage", "Resource": "*"}
    rest = {"Effect": "Allow", "Action": ["iot:Connect", "iot:Receive"], "Resource": "*"}
    reboot = {"StringEquals": {"iot:Topic": "cmd/reboot"}}

    def document(*statements):
        return {"Version": "2012-10-17", "Statement": list(statements)}

    device = server.service_device(tmp_path, json.dumps(document(rest, {**send, "Condition": reboot})))
    client_id = unique("target")
    with server.raw(device) as raw:
        assert raw.connect(client_id) == 0
        for topic, status in [("cmd/reboot", "200"), ("cmd/x", "403")]:
            done = run([
                "curl", "--silent", "--http1.1", "--cacert", server.root_ca, "--cert", device.chain, "--key", device.key,
                "--data-binary", "now", "--output", "/dev/null", "--write-out", "%{http_code}",
                f"https://localhost:{server.https_port}/connections/{client_id}/messages?topic={topic}",
            ])  # fmt: skip
            assert done.stdout == status, topic
        kind, body = raw.receive()
        assert (kind, body) == (0x30, text("cmd/reboot") + b"now")
        for statements, allowed in [
            ([{**send, "Condition": reboot}], {"cmd/reboot"}),
            ([send, {**send, "Effect": "Deny", "Condition": reboot}], {"cmd/x"}),
        ]:
            _, key = user_key(server, document(*statements))
            data = server.client("iot-data", key)
            for topic in ("cmd/reboot", "cmd/x"):
                sent = lambda: data.send_direct_message(clientId=client_id, topic=topic, payload=b"x")  # noqa: E731, B023
                if topic in allowed:
                    sent()
                    assert raw.receive() == (0x30, text(topic) + b"x")
                else:
                    fails(sent, "ForbiddenException", "iot:SendDirectMessage")
        assert raw.ping()
