"""MQTT 5 with the clients that devices use: mosquitto, paho, and AWS's SDK.

AWS IoT developer guide: "MQTT", "MQTT 5 supported features".
"""

import json
import queue

import paho.mqtt.client as paho
import pytest
from lib import ACCOUNT, DEADLINE, REGION, unique, until
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions


@pytest.fixture
def device(server, tmp_path):
    return server.service_device(tmp_path)


class Paho:
    """A connected client of MQTT 5, with what came to it in queues."""

    def __init__(self, server, device, client_id=None, clean=True, will=None, **properties):
        self.messages, self.answers, self.ends = queue.Queue(), queue.Queue(), queue.Queue()
        self.client = paho.Client(
            paho.CallbackAPIVersion.VERSION2, client_id=unique() if client_id is None else client_id,
            protocol=paho.MQTTv5,
        )  # fmt: skip
        self.client.tls_set(server.root_ca, device.chain, device.key)
        connected = queue.Queue()
        self.client.on_connect = lambda _client, _data, flags, code, told: connected.put((flags, code, told))
        self.client.on_message = lambda _client, _data, message: self.messages.put(message)
        self.client.on_subscribe = lambda _client, _data, _id, codes, told: self.answers.put((codes, told))
        self.client.on_unsubscribe = lambda _client, _data, _id, codes, told: self.answers.put((codes, told))
        self.client.on_publish = lambda _client, _data, _id, code, told: self.answers.put((code, told))
        self.client.on_disconnect = lambda _client, _data, _flags, code, told: self.ends.put((code, told))
        if will:
            self.client.will_set(*will)
        self.client.connect(
            "localhost", server.mqtt_port, clean_start=clean, properties=self.made(PacketTypes.CONNECT, properties)
        )
        self.client.loop_start()
        self.flags, self.code, self.told = connected.get(timeout=DEADLINE)

    @staticmethod
    def made(packet, values):
        made = Properties(packet)
        for name, value in values.items():
            setattr(made, name, value)
        return made

    def publish(self, topic, payload, qos=1, retain=False, **properties):
        self.client.publish(topic, payload, qos, retain, self.made(PacketTypes.PUBLISH, properties))
        return self.answers.get(timeout=DEADLINE)

    def subscribe(self, *topics, **options):
        options = SubscribeOptions(**({"qos": 1} | options))
        self.client.subscribe([(topic, options) for topic in topics])
        return self.answers.get(timeout=DEADLINE)

    def message(self):
        return self.messages.get(timeout=DEADLINE)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def test_connack_says_what_there_is(server, device):
    with Paho(server, device, client_id="") as client:
        told = client.told.json()
        assert told.pop("AssignedClientIdentifier").startswith("$GEN/")
        assert told == {
            "ReceiveMaximum": 100,
            "MaximumQoS": 1,
            "RetainAvailable": 1,
            "MaximumPacketSize": 149504,
            "TopicAliasMaximum": 8,
            "WildcardSubscriptionAvailable": 1,
            "SubscriptionIdentifierAvailable": 0,
            "SharedSubscriptionAvailable": 1,
        }
        assert not client.flags.session_present


def test_request_and_response(server, device):
    """Whoever asks says where it listens, and finds its question in the answer."""
    asked, answers = f"ask/{unique()}", f"answers/{unique()}"
    with Paho(server, device) as service, Paho(server, device) as caller:
        service.subscribe(asked)
        caller.subscribe(answers)
        user = [("b", "2"), ("a", "1"), ("b", "2")]
        caller.publish(
            asked, b'{"n": 1}', ResponseTopic=answers, CorrelationData=b"\x00\xff", ContentType="application/json",
            PayloadFormatIndicator=1, MessageExpiryInterval=60, UserProperty=user,
        )  # fmt: skip
        question = service.message()
        got = question.properties
        assert got.UserProperty == user, "in their order"
        assert (got.ContentType, got.PayloadFormatIndicator) == ("application/json", 1)
        assert 0 < got.MessageExpiryInterval <= 60
        service.publish(got.ResponseTopic, b"yes", CorrelationData=got.CorrelationData)
        answer = caller.message()
        assert (answer.payload, answer.properties.CorrelationData) == (b"yes", b"\x00\xff")


def test_both_versions_hear_each_other(server, device):
    topic = f"both/{unique()}"
    with Paho(server, device) as five, server.subscriber(device, topic) as three:
        five.subscribe(topic)
        five.publish(topic, "from 5", ContentType="text/plain", UserProperty=("k", "v"))
        assert three.wait_for(1) == [(topic, "from 5")]
        assert five.message().properties.ContentType == "text/plain"
        server.pub(device, topic, "from 3")
        message = five.message()
        assert (message.payload, message.properties.json()) == (b"from 3", {})


def test_what_is_not_allowed_is_answered_and_the_connection_stays(server, tmp_path):
    arn = f"arn:aws:iot:{REGION}:{ACCOUNT}:"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"},
            {"Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"], "Resource": f"{arn}topic/mine/*"},
            {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": f"{arn}topicfilter/mine/*"},
        ],
    }
    device = server.service_device(tmp_path, json.dumps(policy))
    with Paho(server, device) as client:
        codes, _ = client.subscribe("mine/+", "yours/+", "mine/" + 7 * "/")
        assert [code.value for code in codes] == [1, 0x87, 0x8F]
        code, told = client.publish("yours/1", b"x")
        assert (code.value, told.ReasonString) == (0x87, "Not authorized")
        assert client.publish("mine/1", b"x")[0].value == 0
        assert client.message().topic == "mine/1"
        client.client.unsubscribe(["mine/+", "never"])
        assert [code.value for code in client.answers.get(timeout=DEADLINE)[0]] == [0, 0]
        assert client.ends.empty()
        # Nobody waits for the answer to QoS 0, so that the end has to say it.
        client.client.publish("yours/1", b"x", 0)
        assert client.ends.get(timeout=DEADLINE)[0].value == 0x87


def test_refusals_have_codes(server, device):
    for options, code in [
        ({"client_id": "$mine"}, 0x85),
        ({"will": ("w", b"x", 2)}, 0x9B),
        ({"will": ("$SYS/w", b"x", 1)}, 0x87),
        ({"MaximumPacketSize": 511}, 0x97),
        ({"AuthenticationMethod": "SCRAM"}, 0x87),
    ]:
        client = Paho(server, device, **options)
        assert client.code.value == code, options
        client.close()


def test_the_client_id_is_taken_over(server, device):
    name = unique()
    with Paho(server, device, client_id=name, will=(f"gone/{name}", b"x", 1)) as first:
        with Paho(server, device) as watcher, Paho(server, device, client_id=name) as second:
            assert first.ends.get(timeout=DEADLINE)[0].value == 0x8E
            first.client.loop_stop()
            assert second.subscribe("t")[0][0].value == 1
            assert watcher.ends.empty()


def test_topic_aliases_both_ways(server, device):
    topic = f"alias/{unique()}"
    with Paho(server, device, TopicAliasMaximum=3) as client:
        client.subscribe(topic)
        client.publish(topic, b"1", TopicAlias=8)
        client.publish("", b"2", TopicAlias=8)
        first, second = client.message(), client.message()
        assert (first.payload, first.topic, first.properties.TopicAlias) == (b"1", topic, 1)
        # paho resolves no alias; what counts is what was sent.
        assert (second.payload, second.topic, second.properties.TopicAlias) == (b"2", "", 1)
        client.client.publish(topic, b"3", 0, properties=client.made(PacketTypes.PUBLISH, {"TopicAlias": 9}))
        assert client.ends.get(timeout=DEADLINE)[0].value == 0x94


def test_a_small_client_is_spared_large_messages(server, device):
    topic = f"small/{unique()}"
    with Paho(server, device, MaximumPacketSize=512) as small, Paho(server, device) as other:
        small.subscribe(topic)
        other.publish(topic, b"x" * 600)
        other.publish(topic, b"fits")
        assert small.message().payload == b"fits"


def test_mosquitto_with_every_property(server, device):
    topic = f"mosquitto/{unique()}"
    shown = ("-V", "5", "-F", "message: %t %C|%D|%F|%R|%P|%p", "-D", "connect", "receive-maximum", "5",
             "-D", "connect", "user-property", "who", "sub", "-D", "subscribe", "user-property", "a", "b")  # fmt: skip
    with server.subscriber(device, topic, arguments=shown) as subscriber:
        properties = [
            ("connect", "session-expiry-interval", "60"), ("connect", "topic-alias-maximum", "4"),
            ("connect", "maximum-packet-size", "1000"), ("connect", "user-property", "who", "pub"),
            ("publish", "content-type", "text"), ("publish", "correlation-data", "c"),
            ("publish", "payload-format-indicator", "1"), ("publish", "response-topic", "r"),
            ("publish", "message-expiry-interval", "60"), ("publish", "topic-alias", "1"),
            ("publish", "user-property", "k", "v"), ("disconnect", "user-property", "so", "long"),
        ]  # fmt: skip
        words = [word for values in properties for word in ("-D", *values)]
        server.pub(device, topic, "hi", "-V", "5", *words)
        assert subscriber.wait_for(1) == [(topic, "text|c|1|r|k:v|hi")]


def test_awsiotsdk(server, device):
    """awscrt's client of MQTT 5, with topic aliases that it manages itself."""
    from awscrt import mqtt5
    from awsiot import mqtt5_client_builder

    topic, came, events = f"sdk/{unique()}", queue.Queue(), queue.Queue()
    client = mqtt5_client_builder.mtls_from_path(
        endpoint="localhost", port=server.mqtt_port, cert_filepath=str(device.chain), pri_key_filepath=str(device.key),
        ca_filepath=str(server.root_ca), client_id=unique(),
        topic_aliasing_options=mqtt5.TopicAliasingOptions(
            outbound_behavior=mqtt5.OutboundTopicAliasBehaviorType.LRU, outbound_cache_max_size=8,
            inbound_behavior=mqtt5.InboundTopicAliasBehaviorType.ENABLED, inbound_cache_max_size=8,
        ),
        on_publish_received=lambda data: came.put(data.publish_packet),
        on_lifecycle_connection_success=lambda data: events.put(data.negotiated_settings),
        on_lifecycle_connection_failure=lambda data: events.put(data.exception),
        on_lifecycle_stopped=lambda _: events.put("stopped"),
    )  # fmt: skip
    client.start()
    settings = events.get(timeout=DEADLINE)
    assert settings.maximum_qos == mqtt5.QoS.AT_LEAST_ONCE
    assert (settings.topic_alias_maximum_to_server, settings.maximum_packet_size_to_server) == (8, 149504)
    assert not settings.subscription_identifiers_available
    subscribe = mqtt5.SubscribePacket([mqtt5.Subscription(topic, mqtt5.QoS.AT_LEAST_ONCE)])
    codes = client.subscribe(subscribe).result(DEADLINE).reason_codes
    assert codes == [mqtt5.SubackReasonCode.GRANTED_QOS_1]
    for number in range(3):
        publish = mqtt5.PublishPacket(
            topic=topic, payload=str(number), qos=mqtt5.QoS.AT_LEAST_ONCE, content_type="text",
            response_topic="r", correlation_data=b"c", message_expiry_interval_sec=60,
            payload_format_indicator=mqtt5.PayloadFormatIndicator.AWS_MQTT5_PFI_UTF8,
            user_properties=[mqtt5.UserProperty("k", "v")],
        )  # fmt: skip
        acknowledged = client.publish(publish).result(DEADLINE)
        assert acknowledged.puback.reason_code == mqtt5.PubackReasonCode.SUCCESS
        got = came.get(timeout=DEADLINE)
        assert (got.topic, got.payload, got.content_type) == (topic, str(number).encode(), "text")
        # The client gives correlation data back as text where they are text.
        assert (got.response_topic, got.correlation_data) == ("r", "c")
        assert [(one.name, one.value) for one in got.user_properties] == [("k", "v")]
    client.stop()
    until(lambda: events.get(timeout=DEADLINE) == "stopped", "the client stops")
