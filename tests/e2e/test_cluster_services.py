"""Devices at one node, and whoever deals with them at another: services answer, tell and keep order as one node does."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from lib import ALLOW_ALL, Ca, Raw, jitp_role, template, unique, until
from nodes import Fleet
from paho.mqtt.packettypes import PacketTypes
from test_cluster import dial, message, say, sub
from test_fleet_provisioning import Fleet as Provisioned
from test_fleet_provisioning import Paho
from test_functions import TRUST
from test_mqtt5 import Paho as Paho5


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    fleet = Fleet(tmp_path_factory.mktemp("services"), count=2)
    yield fleet
    fleet.end()


@pytest.fixture(scope="module")
def device(fleet, tmp_path_factory):
    return fleet.nodes[0].service_device(tmp_path_factory.mktemp("device"))


def test_a_delta_comes_in_the_order_of_its_versions_whoever_updates_where(fleet, device):
    here, there = fleet.nodes
    thing = unique("thing")
    here.client("iot").create_thing(thingName=thing)
    delta = f"$aws/things/{thing}/shadow/name/n/update/delta"
    calls = [node.client("iot-data") for node in fleet.nodes]
    with dial(here, device, thing) as lamp, dial(there, device, unique("app")) as app:
        sub(lamp, delta)
        for number in range(30):
            document = json.dumps({"state": {"desired": {"n": number}}})
            if number % 3 == 2:
                assert say(app, f"$aws/things/{thing}/shadow/name/n/update", document)
            else:
                calls[number % 3].update_thing_shadow(thingName=thing, shadowName="n", payload=document)
        got = [json.loads(message(lamp)) for _ in range(30)]
        assert sorted(each["version"] for each in got) == list(range(1, 31)), [each["version"] for each in got]
        assert {each["state"]["n"] for each in got} == set(range(30))
        assert lamp.ping(), "nothing twice"
        # What the device reports here is answered here, and read there.
        sub(lamp, f"$aws/things/{thing}/shadow/name/n/update/accepted")
        assert say(lamp, f"$aws/things/{thing}/shadow/name/n/update", '{"state":{"reported":{"n":29}}}')
        assert json.loads(message(lamp))["version"] == 31
        for call in calls:
            shadow = json.loads(call.get_thing_shadow(thingName=thing, shadowName="n")["payload"].read())
            assert shadow["state"] == {"desired": {"n": 29}, "reported": {"n": 29}} and shadow["version"] == 31
        calls[1].delete_thing_shadow(thingName=thing, shadowName="n")
        with pytest.raises(calls[0].exceptions.ResourceNotFoundException):
            calls[0].get_thing_shadow(thingName=thing, shadowName="n")


def test_a_job_is_told_at_one_node_carried_out_at_the_other_and_seen_at_both(fleet, device):
    here, there = fleet.nodes
    thing, jobs = unique("thing"), [unique("job") for _ in range(3)]
    arn = there.client("iot").create_thing(thingName=thing)["thingArn"]
    topic = f"$aws/things/{thing}/jobs"
    with Paho(here, device, thing) as lamp:
        lamp.subscribe(f"{topic}/notify", f"{topic}/notify-next")
        for node, job in zip([there, here, there], jobs):
            node.client("iot").create_job(jobId=job, targets=[arn], document='{"do":"it"}')
        told = [], []
        # One notice of the list for each job, and of the next one for the first alone.
        until(lambda: take(lamp, told) and len(told[0]) >= 3 and len(told[1]) >= 1, "it is told")
        assert [len(each["jobs"].get("QUEUED", [])) for each in told[0]] == [1, 2, 3], told[0]
        assert [each["execution"]["jobId"] for each in told[1]] == jobs[:1]
    # It is done at the other node, one after the other, and both say so.
    with Paho(there, device, thing) as lamp:
        for job in jobs:
            answers = f"{topic}/start-next", f"{topic}/{job}/update"
            lamp.subscribe(*[f"{each}/{how}" for each in answers for how in ("accepted", "rejected")])
            how, answer = lamp.ask(f"{topic}/start-next", {})
            assert (how, answer["execution"]["jobId"]) == ("accepted", job), answer
            how, answer = lamp.ask(f"{topic}/{job}/update", {"status": "SUCCEEDED"})
            assert how == "accepted", answer
    for node in fleet.nodes:
        for job in jobs:
            until(lambda: node.client("iot").describe_job(jobId=job)["job"]["status"] == "COMPLETED", "it is over", 30)


def take(client, told):
    while not client.messages.empty():
        topic, payload = client.messages.get()
        told[topic.endswith("-next")].append(json.loads(payload))
    return True


def test_a_claim_that_comes_to_one_node_makes_a_device_of_the_other(fleet, tmp_path):
    here, there = fleet.nodes
    claims = Provisioned(here, tmp_path)
    serial = unique("sn")
    with Paho(there, claims.claim, unique("claimer")) as claimer:
        topic = f"{claims.provision}/json"
        claimer.subscribe(*[f"{each}/{how}" for each in ("$aws/certificates/create/json", topic) for how in ("accepted", "rejected")])
        how, given = claimer.ask("$aws/certificates/create/json", {})
        assert how == "accepted", given
        asked = {"certificateOwnershipToken": given["certificateOwnershipToken"], "parameters": {"SerialNumber": serial}}
        how, answer = claimer.ask(topic, asked)
        assert (how, answer.get("thingName")) == ("accepted", f"lamp-{serial}"), answer
    device = claims.device(given["certificatePem"], given["privateKey"])
    for node in fleet.nodes:
        with dial(node, device, f"lamp-{serial}") as lamp:
            assert lamp.ping()


def test_a_delayed_will_goes_where_its_session_goes(fleet, device):
    here, there = fleet.nodes
    topic, client_id = unique("will"), unique("willed")
    with dial(there, device, unique("watch")) as watch:
        sub(watch, topic)
        for back_in_time in (True, False):
            client = paho_with_will(here, device, client_id, topic)
            drop(client)
            if back_in_time:
                # It is back at the other node before the delay is over: no will.
                with Paho5(there, device, client_id, clean=False, SessionExpiryInterval=60) as again:
                    assert again.flags.session_present
                assert watch.ping()
                continue
            assert message(watch, 60) == "gone"
        assert watch.ping(), "once"


def paho_with_will(node, device, client_id, topic):
    delay = Paho5.made(PacketTypes.WILLMESSAGE, {"WillDelayInterval": 3})
    client = Paho5(node, device, client_id, clean=False, will=(topic, "gone", 1, False, delay), SessionExpiryInterval=60)
    assert not client.code.is_failure
    return client


def drop(client):
    """The connection ends without a word."""
    client.client.loop_stop()
    client.client.socket().close()


def test_retained_messages_are_the_newest_at_each_node(fleet, device):
    root = unique("root")
    clients = [dial(node, device, unique("pub")) for node in fleet.nodes]
    for number in range(10):
        clients[number % 2].publish(f"{root}/t", str(number).encode(), retain=True)
        assert clients[number % 2].receive() == (0x40, b"\x00\x02")
        for node in fleet.nodes:
            assert node.client("iot-data").get_retained_message(topic=f"{root}/t")["payload"] == str(number).encode()
        with dial(fleet.nodes[1 - number % 2], device, unique("late")) as late:
            sub(late, f"{root}/t")
            assert message(late) == str(number)
    clients[0].publish(f"{root}/t", b"", retain=True)
    assert clients[0].receive() == (0x40, b"\x00\x02")
    with dial(fleet.nodes[1], device, unique("late")) as late:
        sub(late, f"{root}/t")
        assert late.ping(), "none"
    for client in clients:
        client.close()


def test_messages_and_what_rules_make_of_them_come_once_and_in_order(fleet, device):
    here, there = fleet.nodes
    root = unique("root")
    iam = here.client("iam")
    role = iam.create_role(RoleName=unique("role"), AssumeRolePolicyDocument=TRUST.replace("lambda.", "iot."))["Role"]
    iam.put_role_policy(RoleName=role["RoleName"], PolicyName="all", PolicyDocument=ALLOW_ALL)
    there.client("iot").create_topic_rule(
        ruleName=unique("rule").replace("-", "_"),
        topicRulePayload={
            "sql": f"SELECT n FROM '{root}/in'", "awsIotSqlVersion": "2016-03-23",
            "actions": [{"republish": {"roleArn": role["Arn"], "topic": f"{root}/out", "qos": 1}}],
        },
    )  # fmt: skip
    with dial(there, device, unique("sub")) as plain, dial(there, device, unique("sub"), clean=False) as keeps:
        for client in (plain, keeps):
            sub(client, f"{root}/in")
        with dial(there, device, unique("sub")) as made, dial(here, device, unique("pub")) as publisher:
            sub(made, f"{root}/out")
            for number in range(100):
                publisher.publish(f"{root}/in", json.dumps({"n": number}).encode(), packet_id=number + 1)
            assert [publisher.receive()[1] for _ in range(100)] == [(number + 1).to_bytes(2, "big") for number in range(100)]
            for client in (plain, keeps):
                assert [json.loads(message(client))["n"] for _ in range(100)] == list(range(100))
            assert sorted(json.loads(message(made))["n"] for _ in range(100)) == list(range(100))
            for client in (plain, keeps, made):
                assert client.ping(), "nothing twice"


def test_lifecycle_events_of_a_device_that_roams_come_in_order_at_the_other_node(fleet, device):
    here, there = fleet.nodes
    client_id = unique("roams")
    with dial(here, device, unique("watch")) as near, dial(there, device, unique("watch")) as far:
        for watch in (near, far):
            sub(watch, f"$aws/events/presence/+/{client_id}")
            sub(watch, f"$aws/events/subscriptions/+/{client_id}")
        held = None
        for node in [here, there, there, here]:
            newer = dial(node, device, client_id)
            sub(newer, "some/topic")
            assert held is None or held.closed()
            held = newer
        held.send(b"\xe0\x00")
        assert held.closed()
        for watch in (near, far):
            told = [json.loads(message(watch)) for _ in range(12)]
            presence = [each for each in told if each["eventType"] in ("connected", "disconnected")]
            assert [each["eventType"] for each in presence] == ["connected", "disconnected"] * 4, presence
            assert [each["versionNumber"] for each in presence] == [0, 0, 1, 1, 2, 2, 3, 3], presence
            assert sum(each["eventType"] == "subscribed" for each in told) == 4
            assert watch.ping(), "nothing twice"


def test_first_connections_at_both_nodes_at_once_make_one_thing_each(fleet, tmp_path):
    here, there = fleet.nodes
    for number in range(5):
        # The other node hears of it while the device is there already.
        ca = Ca(tmp_path / f"ca-{number}", kind="ec").register(here, template=template(), role=jitp_role(there))
        new = ca.device(kind="ec")

        def comes(node):
            with Raw("localhost", node.mqtt_port, node.root_ca, new) as client:
                return client.connect(unique(new.name))

        with ThreadPoolExecutor() as pool:
            codes = list(pool.map(comes, fleet.nodes))
        assert codes == [0, 0], (codes, [node.log()[-2000:] for node in fleet.nodes])
        for node in fleet.nodes:
            assert len(node.client("iot").list_thing_principals(thingName=new.name)["principals"]) == 1


def test_jobs_are_listed_newest_first_whichever_node_made_them(fleet):
    here, there = fleet.nodes
    iot = here.client("iot")
    thing = unique("thing")
    arn = iot.create_thing(thingName=thing)["thingArn"]
    jobs, templates = [], []
    for node in (here, there, here, here, there, there, here):
        jobs.append(unique("job"))
        node.client("iot").create_job(jobId=jobs[-1], targets=[arn], document="{}")
        templates.append(unique("template"))
        node.client("iot").create_job_template(jobTemplateId=templates[-1], document="{}", description="d")
    for node in fleet.nodes:
        pages = node.client("iot").get_paginator("list_jobs").paginate(PaginationConfig={"PageSize": 2})
        listed = [job["jobId"] for page in pages for job in page["jobs"]]
        assert [job for job in listed if job in jobs] == jobs[::-1]
        pages = node.client("iot").get_paginator("list_job_templates").paginate()
        listed = [each["jobTemplateId"] for page in pages for each in page["jobTemplates"]]
        assert [each for each in listed if each in templates] == templates
