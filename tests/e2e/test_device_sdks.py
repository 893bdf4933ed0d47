"""What samples and suites of device SDKs do, where no other file has it: every option of awscrt's client of MQTT 5 and its
shape of MQTT 3, shared subscriptions of it, and gmqtt, which has a codec of its own.
"""

import asyncio
import queue
import ssl

import pytest
from lib import DEADLINE, run, unique, until


@pytest.fixture
def device(server, tmp_path):
    return server.service_device(tmp_path)


class Crt:
    """A client as the samples make it, started."""

    def __init__(self, server, device, **options):
        from awsiot import mqtt5_client_builder

        self.messages, self.events = queue.Queue(), queue.Queue()
        self.client = mqtt5_client_builder.mtls_from_path(
            endpoint="localhost", port=server.mqtt_port, cert_filepath=str(device.chain),
            pri_key_filepath=str(device.key), ca_filepath=str(server.root_ca),
            on_publish_received=lambda data: self.messages.put(data.publish_packet),
            on_lifecycle_connection_success=self.events.put, on_lifecycle_connection_failure=self.events.put,
            on_lifecycle_stopped=self.events.put, **options,
        )  # fmt: skip
        self.client.start()
        self.connected = self.events.get(timeout=DEADLINE)

    def subscribe(self, topic, **options):
        from awscrt import mqtt5

        one = mqtt5.Subscription(topic, mqtt5.QoS.AT_LEAST_ONCE, **options)
        asked = mqtt5.SubscribePacket([one], user_properties=[mqtt5.UserProperty("n", "v")])
        (code,) = self.client.subscribe(asked).result(DEADLINE).reason_codes
        assert code == mqtt5.SubackReasonCode.GRANTED_QOS_1

    def publish(self, topic, payload, **options):
        from awscrt import mqtt5

        sent = mqtt5.PublishPacket(topic=topic, payload=payload, qos=mqtt5.QoS.AT_LEAST_ONCE, **options)
        return self.client.publish(sent)

    def message(self):
        return self.messages.get(timeout=DEADLINE)

    def stop(self, *packet):
        self.client.stop(*packet)
        self.events.get(timeout=DEADLINE)


def test_every_option_of_the_client_of_mqtt_5(server, device):
    """As the suite of aws-crt-python sets them all, with the limits of AWS IoT Core on the client's side."""
    from awscrt import mqtt5

    client_id, topic = unique("all"), unique("all")
    pair = [mqtt5.UserProperty("n", "v")]
    will = mqtt5.PublishPacket(
        topic=f"{topic}/will", payload="gone", qos=mqtt5.QoS.AT_LEAST_ONCE, message_expiry_interval_sec=60,
        payload_format_indicator=mqtt5.PayloadFormatIndicator.AWS_MQTT5_PFI_UTF8, response_topic="r",
        correlation_data="c", content_type="text", user_properties=pair,
    )  # fmt: skip
    listener = Crt(server, device, client_id=unique("listener"))
    listener.subscribe(f"{topic}/will")
    client = Crt(
        server, device, client_id=client_id, will=will, will_delay_interval_sec=0, session_expiry_interval_sec=100,
        keep_alive_interval_sec=1000, request_response_information=True, request_problem_information=True,
        receive_maximum=1000, maximum_packet_size=10_000, user_properties=pair, username="name", password="secret",
        session_behavior=mqtt5.ClientSessionBehaviorType.REJOIN_ALWAYS,
        extended_validation_and_flow_control_options=mqtt5.ExtendedValidationAndFlowControlOptions.AWS_IOT_CORE_DEFAULTS,
        offline_queue_behavior=mqtt5.ClientOperationQueueBehaviorType.FAIL_ALL_ON_DISCONNECT,
    )  # fmt: skip
    agreed = client.connected.negotiated_settings
    assert (agreed.server_keep_alive_sec, agreed.session_expiry_interval_sec) == (1000, 100)
    assert agreed.retain_available and agreed.shared_subscriptions_available and not agreed.rejoined_session
    client.subscribe(f"{topic}/+", retain_as_published=True, retain_handling_type=mqtt5.RetainHandlingType.SEND_ON_SUBSCRIBE)
    # More than its receive maximum is under way at the same time.
    for sent in [client.publish(f"{topic}/{number % 12}", str(number)) for number in range(150)]:
        sent.result(DEADLINE)
    got = [client.message() for _ in range(150)]
    assert sorted(int(one.payload) for one in got) == list(range(150))
    assert all(one.topic == f"{topic}/{int(one.payload) % 12}" for one in got)
    dropped = mqtt5.UnsubscribePacket([f"{topic}/+", "never/subscribed"], user_properties=pair)
    assert len(client.client.unsubscribe(dropped).result(DEADLINE).reason_codes) == 2
    leave = mqtt5.DisconnectPacket(
        reason_code=mqtt5.DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE, session_expiry_interval_sec=60,
        reason_string="enough", user_properties=pair,
    )  # fmt: skip
    client.stop(leave)
    message = listener.message()
    assert (message.payload, message.content_type, message.response_topic) == (b"gone", "text", "r")
    listener.stop()
    again = Crt(server, device, client_id=client_id, session_behavior=mqtt5.ClientSessionBehaviorType.REJOIN_ALWAYS)
    assert again.connected.connack_packet.session_present
    again.stop()


def test_shared_subscriptions_of_the_sample(server, device):
    topic = unique("shared")
    subscribers = [Crt(server, device, client_id=unique("shared")) for _ in range(2)]
    for one in subscribers:
        one.subscribe(f"$share/group/{topic}/+")
    publisher = Crt(server, device, client_id=unique("shared"))
    for number in range(20):
        publisher.publish(f"{topic}/t", str(number)).result(DEADLINE)
    until(lambda: sum(one.messages.qsize() for one in subscribers) == 20, "each message reaches one of them")
    for one in [publisher, *subscribers]:
        one.stop()


def test_the_shape_of_mqtt_3_over_the_client_of_mqtt_5(server, device):
    from awscrt import io, mqtt, mqtt5

    tls = io.TlsContextOptions.create_client_with_mtls_from_path(str(device.chain), str(device.key))
    tls.override_default_trust_store_from_path(None, str(server.root_ca))
    options = mqtt5.ClientOptions(
        host_name="localhost", port=server.mqtt_port, tls_ctx=io.ClientTlsContext(tls),
        connect_options=mqtt5.ConnectPacket(client_id=unique("adapted")),
    )  # fmt: skip
    connection, got, topic = mqtt5.Client(options).new_connection(), queue.Queue(), unique("adapted")
    connection.connect().result(DEADLINE)
    subscribed, _ = connection.subscribe(topic, mqtt.QoS.AT_LEAST_ONCE, lambda payload, **_: got.put(payload))
    subscribed.result(DEADLINE)
    connection.publish(topic, "hello", mqtt.QoS.AT_LEAST_ONCE)[0].result(DEADLINE)
    assert got.get(timeout=DEADLINE) == b"hello"
    connection.unsubscribe(topic)[0].result(DEADLINE)
    connection.disconnect().result(DEADLINE)


@pytest.mark.parametrize("five", [True, False])
def test_gmqtt(server, device, five):
    import gmqtt

    topic = unique("gmqtt")

    async def talk():
        got, subscribed = asyncio.Queue(), asyncio.Event()
        client = gmqtt.Client(unique("gmqtt"), will_message=gmqtt.Message(f"{topic}/will", "gone", qos=1))
        client.on_message = lambda _, name, payload, qos, properties: got.put_nowait((name, payload, qos, properties))
        client.on_subscribe = lambda *_, **__: subscribed.set()
        context = ssl.create_default_context(cafile=server.root_ca)
        context.load_cert_chain(device.chain, device.key)
        version = gmqtt.constants.MQTTv50 if five else gmqtt.constants.MQTTv311
        await client.connect("localhost", server.mqtt_port, ssl=context, keepalive=30, version=version)
        client.subscribe(f"{topic}/+", qos=1)
        await asyncio.wait_for(subscribed.wait(), DEADLINE)
        more = {"content_type": "text", "user_property": [("a", "b"), ("a", "c")], "message_expiry_interval": 60}
        client.publish(f"{topic}/one", {"on": True}, qos=1, **(more if five else {}))
        name, payload, qos, properties = await asyncio.wait_for(got.get(), DEADLINE)
        assert (name, payload, qos) == (f"{topic}/one", b'{"on": true}', 1)
        if five:
            assert properties["content_type"] == ["text"]
            assert properties["user_property"] == more["user_property"]
        await client.disconnect()

    asyncio.run(talk())


def test_discovery_of_greengrass_says_that_it_is_not_built(server, device):
    """The request of the sample `basic_discovery`, which shows its certificate and signs nothing."""
    url = f"https://localhost:{server.https_port}/greengrass/discover/thing/any"
    done = run(["curl", "--silent", "--cacert", server.root_ca, "--cert", device.chain, "--key", device.key,
                "-w", "\n%{http_code}", url])  # fmt: skip
    body, status = done.stdout.rsplit("\n", 1)
    assert status == "501" and "greengrass" in body
