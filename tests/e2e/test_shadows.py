"""Device shadows: AWS IoT developer guide "AWS IoT Device Shadow service", with boto3, the AWS CLI, mosquitto's clients
and the shadow client of the AWS IoT device SDK; retained messages and publishing over HTTP."""

import json
import threading

import pytest
from awscrt import mqtt_request_response
from awsiot import ServiceStreamOptions, iotshadow, mqtt_connection_builder
from lib import DEADLINE, fails, pages, unique, until


@pytest.fixture(scope="module")
def data(server):
    return server.client("iot-data")


@pytest.fixture
def free(server, tmp_path):
    """A device that may do everything."""
    return server.service_device(tmp_path)


def document(answer):
    return json.loads(answer["payload"].read())


def update(data, thing, state, name=None, **members):
    names = {"shadowName": name} if name else {}
    payload = json.dumps({"state": state, **members})
    return document(data.update_thing_shadow(thingName=thing, payload=payload, **names))


def test_over_http(server, data, tmp_path):
    thing = unique("lamp")
    missing = lambda: data.get_thing_shadow(thingName=thing)  # noqa: E731
    fails(missing, "ResourceNotFoundException", f"No shadow exists with name: '{thing}'", status=404)
    accepted = update(data, thing, {"desired": {"led": "on"}}, clientToken="t")
    assert accepted["version"] == 1 and accepted["clientToken"] == "t"
    assert accepted["metadata"]["desired"]["led"]["timestamp"] == accepted["timestamp"]
    got = document(data.get_thing_shadow(thingName=thing))
    assert got["state"] == {"desired": {"led": "on"}, "delta": {"led": "on"}}
    assert update(data, thing, {"reported": {"led": "on"}}, version=1)["version"] == 2
    fails(lambda: update(data, thing, {"reported": {}}, version=1), "ConflictException", "Version conflict", status=409)
    fails(
        lambda: update(data, thing, {"desired": {"x": "x" * 8193}}), "RequestEntityTooLargeException", status=413
    )
    fails(lambda: update(data, thing, {"other": {}}), "InvalidRequestException", "invalid node", status=400)
    # As the guide shows it for the CLI.
    out = tmp_path / "out.json"
    server.aws(
        "iot-data", "update-thing-shadow", "--thing-name", thing,
        "--payload", '{"state":{"reported":{"led":null,"n":[1,2]}}}', out,
    )  # fmt: skip
    server.aws("iot-data", "get-thing-shadow", "--thing-name", thing, out)
    assert json.loads(out.read_text())["state"]["reported"] == {"n": [1, 2]}
    server.aws("iot-data", "delete-thing-shadow", "--thing-name", thing, out)
    assert json.loads(out.read_text())["version"] == 3
    fails(missing, "ResourceNotFoundException", status=404)
    assert update(data, thing, {"reported": {"a": 1}})["version"] == 4


def test_named_shadows(server, data):
    thing = unique("lamp")
    assert data.list_named_shadows_for_thing(thingName=thing)["results"] == []
    for name in ["n1", "n2", "n3"]:
        update(data, thing, {"reported": {"name": name}}, name=name)
    update(data, thing, {"reported": {"name": "classic"}})
    listed = server.aws("iot-data", "list-named-shadows-for-thing", "--thing-name", thing)
    assert sorted(listed["results"]) == ["n1", "n2", "n3"]
    page = data.list_named_shadows_for_thing(thingName=thing, pageSize=2)
    rest = data.list_named_shadows_for_thing(thingName=thing, pageSize=2, nextToken=page["nextToken"])
    assert page["results"] + rest["results"] == ["n1", "n2", "n3"]
    data.delete_thing_shadow(thingName=thing, shadowName="n2")
    assert data.list_named_shadows_for_thing(thingName=thing)["results"] == ["n1", "n3"]
    assert document(data.get_thing_shadow(thingName=thing))["state"]["reported"] == {"name": "classic"}


def test_over_mqtt(server, data, free):
    """An update over MQTT is answered, announced, and there for HTTP; one over HTTP is announced to devices."""
    thing = unique("lamp")
    shadow = f"$aws/things/{thing}/shadow"
    with server.subscriber(
        free, f"{shadow}/update/accepted", f"{shadow}/update/rejected", f"{shadow}/update/delta",
        f"{shadow}/update/documents", f"{shadow}/get/+", f"{shadow}/update",
    ) as subscriber:  # fmt: skip

        def told(count):
            """The documents by what stands behind the shadow's topic."""
            found = subscriber.wait_for(count)
            subscriber.lines.clear()
            return {topic.removeprefix(f"{shadow}/"): payload for topic, payload in found}

        server.pub(free, f"{shadow}/get", "")
        rejected = json.loads(told(1)["get/rejected"])
        assert (rejected["code"], rejected["message"]) == (404, f"No shadow exists with name: '{thing}'")
        server.pub(free, f"{shadow}/update", '{"state":{"reported":{"on":false}},"clientToken":"m"}')
        got = told(3)
        assert set(got) == {"update", "update/accepted", "update/documents"}
        assert json.loads(got["update/accepted"])["clientToken"] == "m"
        assert json.loads(got["update/documents"])["previous"]["version"] == 0
        assert document(data.get_thing_shadow(thingName=thing))["state"] == {"reported": {"on": False}}
        update(data, thing, {"desired": {"on": True}})
        got = told(3)
        assert json.loads(got["update/delta"])["state"] == {"on": True}
        server.pub(free, f"{shadow}/update", "no json")
        assert json.loads(told(2)["update/rejected"])["message"] == "Invalid JSON"
        # It is acknowledged after it is on disk.
        server.pub(free, f"{shadow}/update", '{"state":{"reported":{"on":true}}}')
        assert document(data.get_thing_shadow(thingName=thing))["version"] == 3


def test_a_will_changes_no_shadow(server, data, free):
    """AWS guide: device-shadow-comms-app."""
    thing = unique("lamp")
    topic = f"$aws/things/{thing}/shadow/update"
    with server.subscriber(free, topic) as subscriber:
        with server.raw(free) as raw:
            assert raw.connect(unique(), will=(topic, b'{"state":{"reported":{"x":1}}}', False)) == 0
        subscriber.wait_for(1)
    fails(lambda: data.get_thing_shadow(thingName=thing), "ResourceNotFoundException")


def test_the_shadow_client_of_the_device_sdk(server, free, data):
    thing = unique("lamp")
    connection = mqtt_connection_builder.mtls_from_path(
        endpoint="localhost", port=server.mqtt_port, cert_filepath=str(free.chain), pri_key_filepath=str(free.key),
        ca_filepath=server.root_ca, client_id=unique("sdk"), clean_session=True, keep_alive_secs=30,
    )  # fmt: skip
    connection.connect().result(DEADLINE)
    client = iotshadow.IotShadowClientV2(
        connection,
        mqtt_request_response.ClientOptions(max_request_response_subscriptions=4, max_streaming_subscriptions=2),
    )
    with pytest.raises(Exception) as caught:
        client.get_shadow(iotshadow.GetShadowRequest(thing_name=thing)).result(DEADLINE)
    assert caught.value.modeled_error.code == 404
    subscribed, deltas = threading.Event(), []
    stream = client.create_shadow_delta_updated_stream(
        iotshadow.ShadowDeltaUpdatedSubscriptionRequest(thing_name=thing),
        ServiceStreamOptions(
            incoming_event_listener=deltas.append, subscription_status_listener=lambda _: subscribed.set()
        ),
    )
    stream.open()
    assert subscribed.wait(DEADLINE)
    state = iotshadow.ShadowState(desired={"color": "red"}, reported={"color": "blue"})
    answer = client.update_shadow(iotshadow.UpdateShadowRequest(thing_name=thing, state=state)).result(DEADLINE)
    assert (answer.version, answer.state.desired) == (1, {"color": "red"})
    until(lambda: deltas, "the delta arrives")
    assert deltas[0].state == {"color": "red"}
    got = client.get_shadow(iotshadow.GetShadowRequest(thing_name=thing)).result(DEADLINE)
    assert (got.state.reported, got.state.delta) == ({"color": "blue"}, {"color": "red"})
    named = iotshadow.UpdateNamedShadowRequest(thing_name=thing, shadow_name="n", state=state)
    client.update_named_shadow(named).result(DEADLINE)
    gone = client.delete_shadow(iotshadow.DeleteShadowRequest(thing_name=thing)).result(DEADLINE)
    assert gone.version == 1
    assert data.list_named_shadows_for_thing(thingName=thing)["results"] == ["n"]
    connection.disconnect().result(DEADLINE)


def test_they_outlive_the_server(make_server):
    server = make_server()
    data = server.client("iot-data")
    for number in range(20):
        update(data, "lamp", {"reported": {"n": number}})
    update(data, "lamp", {"reported": {"n": 1}}, name="gone")
    data.delete_thing_shadow(thingName="lamp", shadowName="gone")
    server.kill()
    server.start()
    data = server.client("iot-data")
    got = document(data.get_thing_shadow(thingName="lamp"))
    assert (got["version"], got["state"]) == (20, {"reported": {"n": 19}})
    assert update(data, "lamp", {"reported": {}}, name="gone")["version"] == 2


def test_publishing_over_http(server, data, free):
    topic = f"http/{unique()}"
    with server.subscriber(free, topic) as subscriber:
        data.publish(topic=topic, qos=1, payload=b"Hello")
        server.aws(
            "iot-data", "publish", "--topic", topic, "--qos", "1",
            "--payload", "Hi",
        )  # fmt: skip
        assert subscriber.wait_for(2) == [(topic, "Hello"), (topic, "Hi")]
    fails(lambda: data.publish(topic="a/#", payload=b""), "InvalidRequestException", status=400)
    fails(lambda: data.publish(topic="$SYS/x", payload=b""), "InvalidRequestException", status=400)


def test_retained_messages(data):
    prefix = f"kept/{unique()}"
    for name in ["a", "b", "c"]:
        data.publish(topic=f"{prefix}/{name}", qos=1, retain=True, payload=name.encode())
    listed, _ = pages(data.list_retained_messages, "retainedTopics", maxResults=1)
    assert {f"{prefix}/{name}" for name in "abc"} <= {kept["topic"] for kept in listed}
    kept = data.get_retained_message(topic=f"{prefix}/b")
    assert (kept["payload"], kept["qos"]) == (b"b", 1)
    data.publish(topic=f"{prefix}/b", qos=1, retain=True, payload=b"")
    fails(lambda: data.get_retained_message(topic=f"{prefix}/b"), "ResourceNotFoundException", status=404)


def test_searching_by_shadows(make_server):
    """AWS guide: managing-index, with REGISTRY_AND_SHADOW and named shadows."""
    server = make_server()
    iot, data = server.client("iot"), server.client("iot-data")
    for number in range(3):
        iot.create_thing(thingName=f"lamp-{number}")
        update(data, f"lamp-{number}", {"reported": {"stats": {"battery": 70 + number}}, "desired": {"on": True}})
    update(data, "lamp-1", {"reported": {"on": True}})
    update(data, "lamp-2", {"reported": {"version": "1.1"}}, name="fw")
    server.aws(
        "iot", "update-indexing-configuration", "--thing-indexing-configuration",
        json.dumps({
            "thingIndexingMode": "REGISTRY_AND_SHADOW", "namedShadowIndexingMode": "ON",
            "filter": {"namedShadowNames": ["fw"]},
            "customFields": [{"name": "shadow.reported.stats.battery", "type": "Number"}],
        }),
    )  # fmt: skip
    until(lambda: iot.describe_index(indexName="AWS_Things")["indexStatus"] == "ACTIVE", "the index is ACTIVE")

    def finds(query, *names):
        found = lambda: [thing["thingName"] for thing in iot.search_index(queryString=query)["things"]]  # noqa: E731
        until(lambda: found() == list(names), f"{query} finds {names}; it finds {found()}", seconds=10)

    finds("shadow.reported.stats.battery>70", "lamp-1", "lamp-2")
    finds("shadow.hasDelta:true", "lamp-0", "lamp-2")
    finds("shadow.name.fw.reported.version:1.1", "lamp-2")
    (thing,) = iot.search_index(queryString="thingName:lamp-2")["things"]
    shadow = json.loads(thing["shadow"])
    assert shadow["reported"] == {"stats": {"battery": 72}} and shadow["hasDelta"]
    assert shadow["name"]["fw"]["reported"] == {"version": "1.1"}
    told = iot.get_statistics(queryString="*", aggregationField="shadow.reported.stats.battery")["statistics"]
    assert (told["count"], told["average"]) == (3, 71.0)
    update(data, "lamp-0", {"reported": {"stats": {"battery": 99}}})
    finds("shadow.reported.stats.battery:99", "lamp-0")
