"""MQTT sessions that outlive their connection, with the clients that users have. AWS IoT developer guide: mqtt, persistent
sessions."""

import random
import threading

import paho.mqtt.client as paho
import pytest
from awscrt import mqtt
from awsiot import mqtt_connection_builder
from lib import DEADLINE, unique, until


@pytest.fixture
def device(server, tmp_path):
    """A device that may do everything."""
    return server.service_device(tmp_path)


def test_mosquitto_sub_gets_what_it_missed_across_a_kill(make_server, tmp_path):
    server = make_server()
    device = server.service_device(tmp_path)
    client_id, topic = unique("keeps"), unique("topic")
    with server.subscriber(device, topic, client_id=client_id, arguments=["-c"]) as subscriber:
        server.pub(device, topic, "live")
        assert subscriber.wait_for(1) == [(topic, "live")]
    server.pub(device, topic, "while away")
    server.kill()
    server.start()
    server.pub(device, topic, "after the kill")
    with server.subscriber(device, topic, client_id=client_id, arguments=["-c"]) as subscriber:
        assert subscriber.wait_for(2) == [(topic, "while away"), (topic, "after the kill")]
        # It does not come again once it was acknowledged.
        server.pub(device, topic, "last")
        assert subscriber.wait_for(3)[2] == (topic, "last")
    # Without -c the session ends.
    with server.subscriber(device, unique("other"), client_id=client_id):
        server.pub(device, topic, "unheard")
    with server.raw(device) as raw:
        assert raw.connect(client_id, clean=False) == 0
        server.pub(device, topic, "still unheard")
        raw.send(b"\xc0\x00")
        assert raw.receive()[0] == 0xD0


def test_what_a_shared_subscription_missed_comes_to_whoever_is_back(make_server, tmp_path):
    server = make_server()
    device = server.service_device(tmp_path)
    members, topic = [unique("member") for _ in range(3)], unique("topic")
    shared = f"$share/group/{topic}"
    for client_id in members:
        with server.subscriber(device, shared, client_id=client_id, arguments=["-c"]):
            pass
    for number in range(30):
        server.pub(device, topic, str(number))
    server.kill()
    server.start()
    missed = [(topic, str(number)) for number in range(30)]
    # All of it, though chance would have had most of it wait for the others.
    with server.subscriber(device, shared, client_id=members[1], arguments=["-c"]) as back:
        assert back.wait_for(30) == missed
        server.pub(device, topic, "live")
        assert back.wait_for(31)[30:] == [(topic, "live")]
    with server.raw(device) as raw:
        assert raw.connect(members[0], clean=False) == 0
        raw.send(b"\xc0\x00")
        assert raw.receive()[0] == 0xD0, "nothing is left for the others"
    server.pub(device, topic, "once more")
    # Whoever joins it anew counts as well.
    with server.subscriber(device, shared) as newcomer:
        assert newcomer.wait_for(1) == [(topic, "once more")]


def test_a_will_outlives_a_kill_of_the_server(make_server, tmp_path):
    server = make_server()
    device = server.service_device(tmp_path)
    listener, topic = unique("listener"), unique("will")
    with server.raw(device) as raw:
        assert raw.connect(listener, clean=False) == 0
        assert raw.subscribe(topic) == (0x90, b"\x00\x01\x01")
    will = ["--will-topic", topic, "--will-payload", "gone", "--will-qos", "1"]
    with server.subscriber(device, unique("other"), arguments=will):
        server.kill()
    for round_ in range(2):
        server.start()
        with server.subscriber(device, topic, client_id=listener, arguments=["-c"]) as subscriber:
            server.pub(device, topic, "after")
            wills = [] if round_ else [(topic, "gone")]
            assert subscriber.wait_for(len(wills) + 1) == [*wills, (topic, "after")]
        # What it has acknowledged is written down.
        server.stop()


def test_session_present_and_order_with_paho(server, device):
    client_id, topic = unique("paho"), unique("topic")
    present, got, done = [], [], threading.Event()

    def client():
        made = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id, clean_session=False)
        made.tls_set(server.root_ca, device.chain, device.key)
        made.on_connect = lambda client, _, flags, code, __: present.append(flags.session_present)
        made.on_message = lambda _, __, message: (got.append(int(message.payload)), len(got) == 300 and done.set())
        made.connect("localhost", server.mqtt_port)
        made.loop_start()
        until(lambda: len(present) > 0, "CONNACK")
        return made

    first = client()
    subscribed = threading.Event()
    first.on_subscribe = lambda *_: subscribed.set()
    first.subscribe(topic, 1)
    assert subscribed.wait(DEADLINE)
    first.disconnect()
    first.loop_stop()
    publisher = paho.Client(paho.CallbackAPIVersion.VERSION2, unique("publisher"))
    publisher.tls_set(server.root_ca, device.chain, device.key)
    publisher.connect("localhost", server.mqtt_port)
    publisher.loop_start()
    for number in range(300):
        sent = publisher.publish(topic, str(number), 1)
    sent.wait_for_publish(DEADLINE)
    publisher.disconnect()
    publisher.loop_stop()
    assert present == [False]
    present.clear()
    second = client()
    assert done.wait(DEADLINE), f"{len(got)} of 300"
    assert present == [True] and got == list(range(300))
    second.disconnect()
    second.loop_stop()


def test_the_device_sdk_with_clean_session_off(server, device):
    """awsiotsdk's MQTT 3 client, whose default it is; it subscribes before it connects again."""
    client_id, topic = unique("sdk"), unique("topic")
    got = []

    def connection():
        return mqtt_connection_builder.mtls_from_path(
            cert_filepath=str(device.chain), pri_key_filepath=str(device.key), endpoint="localhost",
            port=server.mqtt_port, ca_filepath=server.root_ca, client_id=client_id, clean_session=False,
            keep_alive_secs=30,
        )  # fmt: skip

    first = connection()
    assert not first.connect().result(DEADLINE)["session_present"]
    subscribed, _ = first.subscribe(topic, mqtt.QoS.AT_LEAST_ONCE)
    assert subscribed.result(DEADLINE)["qos"] == mqtt.QoS.AT_LEAST_ONCE
    first.disconnect().result(DEADLINE)
    server.pub(device, topic, "missed")
    second = connection()
    second.on_message(lambda topic, payload, **_: got.append((topic, payload)))
    assert second.connect().result(DEADLINE)["session_present"]
    assert until(lambda: got, "the message that it missed") == [(topic, b"missed")]
    second.disconnect().result(DEADLINE)


def test_what_was_acknowledged_arrives_whatever_is_killed(make_server, tmp_path):
    """Publishers count PUBACKs, the server is killed at a moment of its own, and the subscriber hears all of it."""
    server = make_server()
    device = server.service_device(tmp_path)
    client_id, topic = unique("durable"), unique("topic")
    with server.raw(device) as raw:
        assert raw.connect(client_id, clean=False) == 0
        assert raw.subscribe(topic) == (0x90, b"\x00\x01\x01")
    dice = random.Random(17)
    acknowledged, got = set(), set()
    for round_ in range(3):
        stop_at = dice.randrange(20, 200)

        def publish(worker, round_=round_, stop_at=stop_at):
            try:
                with server.raw(device) as raw:
                    assert raw.connect(unique()) == 0
                    for number in range(200):
                        payload = f"{round_}-{worker}-{number}"
                        raw.publish(topic, payload.encode(), packet_id=number + 1)
                        assert raw.receive()[0] == 0x40
                        acknowledged.add(payload)
                        if worker == 0 and number == stop_at:
                            server.kill()
            except (OSError, TypeError):
                pass

        # One who listens meanwhile, acknowledging what it gets, and is cut off as well.
        def listen():
            try:
                with server.raw(device) as raw:
                    assert raw.connect(client_id, clean=False) == 0
                    hear(raw, got, stop=lambda: False)
            except (OSError, TypeError):
                pass

        workers = [threading.Thread(target=publish, args=(worker,)) for worker in range(3)]
        workers += [threading.Thread(target=listen)] if round_ % 2 else []
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(DEADLINE)
        server.start()
    with server.raw(device) as raw:
        assert raw.connect(client_id, clean=False) == 0
        hear(raw, got, stop=lambda: acknowledged <= got)
    assert len(acknowledged) > 100


def hear(raw, got, stop):
    """Takes messages and acknowledges them until there are no more to come."""
    while not stop():
        kind, body = raw.receive()
        if kind & 0xF0 == 0x30:
            length = int.from_bytes(body[:2], "big")
            packet_id, payload = body[2 + length : 4 + length], body[4 + length :]
            got.add(payload.decode())
            raw.send(b"\x40\x02" + packet_id)
