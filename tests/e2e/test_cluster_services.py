"""Devices at one node, and whoever deals with them at another: services answer, tell and keep order as one node does."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from lib import ALLOW_ALL, Ca, Raw, connect_packet, jitp_role, template, unique, until
from nodes import Fleet
from paho.mqtt.packettypes import PacketTypes
from test_cluster import dial, message, say, sub
from test_fleet_provisioning import Fleet as Provisioned
from test_fleet_provisioning import Paho
from test_functions import TRUST, zipped
from test_https_devices import curl
from test_mqtt5 import Paho as Paho5
from test_websocket import allow, user


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    fleet = Fleet(tmp_path_factory.mktemp("services"), count=2)
    yield fleet
    fleet.end()


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


def test_a_delayed_will_comes_where_its_session_ends_at_another_node_and_not_where_it_goes_on(fleet, device):
    here, there = fleet.nodes
    topic, client_id = unique("will"), unique("willed")
    with dial(there, device, unique("watch")) as watch:
        sub(watch, topic)
        for is_away in (True, False):
            for ends in (True, False):
                client = paho_with_will(here, device, client_id, topic, delay=600)
                drop(client) if is_away else client.client.loop_stop()
                # Without an interval of its own, the session that goes on ends with the second connection.
                with Paho5(there, device, client_id, clean=ends) as again:
                    assert again.flags.session_present is not ends
                    if ends:
                        assert message(watch) == "gone"
        with dial(here, device, unique("other")) as other:
            assert say(other, topic, "last") and message(watch) == "last"


def test_a_session_begins_at_one_node_of_two_that_are_asked_at_the_same_time(fleet, device):
    for _ in range(20):
        client_id = unique("twice")
        both = [Raw("localhost", node.mqtt_port, node.root_ca, device) for node in fleet.nodes]
        for client in both:
            client.send(connect_packet(client_id, clean=False))
        answers = [client.receive() for client in both]
        begun = [answer for answer in answers if answer == (0x20, b"\x00\x00")]
        assert len(begun) <= 1, answers
        for client in both:
            client.close()
        kept = f"SELECT COUNT(*) FROM mqtt_session WHERE client_id = '{client_id}'"
        # Who began it may have lost the client id before its CONNACK; whoever is let in then has that session.
        let_in = any(answer is not None and answer[0] == 0x20 and answer[1][1] == 0 for answer in answers)
        wanted = {1} if let_in else {0, 1}
        until(lambda kept=kept, of=wanted: int(fleet.database.sql(kept, "fleet")) in of, "nobody else's session is left")
        with dial(fleet.nodes[0], device, client_id) as last:
            assert last.ping()


def paho_with_will(node, device, client_id, topic, delay=3):
    delay = Paho5.made(PacketTypes.WILLMESSAGE, {"WillDelayInterval": delay})
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


def test_what_is_written_over_https_at_one_node_is_read_at_the_other_at_once(fleet, device):
    """Shadows, their names, retained messages and jobs, by the certificate of a device."""
    here, there = fleet.nodes
    thing, topic = unique("thing"), unique("kept")
    here.client("iot").create_thing(thingName=thing)
    for writer, reader in [(here, there), (there, here)] * 3:
        name = unique("shadow")
        path = f"/things/{thing}/shadow?name={name}"
        status, answer = curl(writer, device, path, "--data", '{"state": {"reported": {"on": true}}}')
        assert status == 200, answer
        assert curl(reader, device, path)[1]["state"] == {"reported": {"on": True}}
        names = curl(reader, device, f"/api/things/shadow/ListNamedShadowsForThing/{thing}")[1]["results"]
        assert names == [name]
        status, answer = curl(writer, device, f"/topics/{topic}?qos=1&retain=true", "--data-binary", name)
        assert status == 200, answer
        assert reader.client("iot-data").get_retained_message(topic=topic)["payload"] == name.encode()
        status, answer = curl(reader, device, path, "--request", "DELETE")
        assert status == 200, answer
        assert curl(writer, device, path)[0] == 404
        job = unique("job")
        arn = writer.client("iot").describe_thing(thingName=thing)["thingArn"]
        writer.client("iot").create_job(jobId=job, targets=[arn], document="{}")
        until(lambda job=job: curl(writer, device, f"/things/{thing}/jobs/{job}")[0] == 200, "the job is rolled out")
        status, answer = curl(reader, device, f"/things/{thing}/jobs/$next", "--request", "PUT", "--data", "{}")
        assert (status, answer["execution"]["jobId"]) == (200, job), answer
        status, answer = curl(reader, device, f"/things/{thing}/jobs/{job}", "--data", '{"status": "SUCCEEDED"}')
        assert status == 200, answer


def test_what_one_node_permits_is_permitted_at_the_other_at_once(fleet, tmp_path):
    here, there = fleet.nodes
    iot, iam = here.client("iot"), here.client("iam")
    device = here.service_device(tmp_path, policy=None)
    name, key = user(iam, allow("iot:Connect"))
    data, policy = there.client("iot-data", key), unique("policy")
    for number in range(10):
        topic = unique("topic")
        path = f"/topics/{topic}?retain={'true' if number % 2 else 'false'}"
        # What the other node has in memory of both from here on.
        assert curl(there, device, path, "--data-binary", "x")[0] == 403
        with pytest.raises(data.exceptions.ForbiddenException):
            data.publish(topic=topic, payload=b"x")
        statement = allow(["iot:Publish", "iot:RetainPublish"], f"topic/{topic}")
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        if number == 0:
            iot.create_policy(policyName=policy, policyDocument=document)
            iot.attach_policy(policyName=policy, target=device.arn)
        else:
            made = iot.create_policy_version(policyName=policy, policyDocument=document, setAsDefault=True)
            old = str(int(made["policyVersionId"]) - 1)
            iot.delete_policy_version(policyName=policy, policyVersionId=old)
        status, answer = curl(there, device, path, "--data-binary", "x")
        assert status == 200, answer
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
        data.publish(topic=topic, payload=b"x")


def test_what_one_node_made_is_there_at_the_other_at_once(fleet):
    """Of each kind that nodes have in memory, what was not there, and what was otherwise."""
    for near, far in [fleet.nodes, fleet.nodes[::-1]] * 3:
        one, other = near.client("iot"), far.client("iot")
        rule = unique("rule").replace("-", "_")
        one.create_topic_rule(ruleName=rule, topicRulePayload={"sql": "SELECT * FROM 'a'", "actions": []})
        assert not other.get_topic_rule(ruleName=rule)["rule"]["ruleDisabled"]
        one.disable_topic_rule(ruleName=rule)
        assert other.get_topic_rule(ruleName=rule)["rule"]["ruleDisabled"]
        one.delete_topic_rule(ruleName=rule)
        assert rule not in [each["ruleName"] for each in other.list_topic_rules()["rules"]]
        for enabled in (True, False):
            one.update_event_configurations(eventConfigurations={"THING_TYPE": {"Enabled": enabled}})
            told = other.describe_event_configurations()["eventConfigurations"]
            assert told["THING_TYPE"]["Enabled"] is enabled
            mode = "REGISTRY" if enabled else "OFF"
            one.update_indexing_configuration(thingIndexingConfiguration={"thingIndexingMode": mode})
            told = other.get_indexing_configuration()["thingIndexingConfiguration"]
            assert told["thingIndexingMode"] == mode
        role = unique("role")
        near.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument=TRUST)
        arn = far.client("iam").get_role(RoleName=role)["Role"]["Arn"]
        one, other = near.client("lambda"), far.client("lambda")
        code = zipped(app_py="def handler(event, context):\n    return event\n")
        one.create_function(
            FunctionName=role, Runtime="python3.12", Role=arn, Handler="app.handler", Timeout=30, Code={"ZipFile": code}
        )
        assert other.invoke(FunctionName=role, Payload=b"7")["Payload"].read() == b"7"
        one, other = near.client("apigateway"), far.client("apigateway")
        made = one.create_rest_api(name="a")
        api = made["id"]
        place = {"restApiId": api, "resourceId": made["rootResourceId"], "httpMethod": "GET"}
        one.put_method(**place, authorizationType="NONE")
        one.put_integration(**place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        one.put_method_response(**place, statusCode="200")
        one.put_integration_response(**place, statusCode="200")
        one.create_deployment(restApiId=api, stageName="s")
        assert far.get(f"/_aws/execute-api/{api}/s/") == ""
        assert other.get_rest_api(restApiId=api)["name"] == "a"
        one.update_rest_api(restApiId=api, patchOperations=[{"op": "replace", "path": "/name", "value": "b"}])
        assert other.get_rest_api(restApiId=api)["name"] == "b"
        one, other = near.client("dynamodb"), far.client("dynamodb")
        table, key = unique("table"), {"k": {"S": "a"}}
        one.create_table(
            TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        )  # fmt: skip
        assert "Item" not in other.get_item(TableName=table, Key=key)
        one.put_item(TableName=table, Item=key)
        assert other.get_item(TableName=table, Key=key)["Item"] == key
        assert other.scan(TableName=table)["Count"] == 1


def test_credentials_of_a_role_that_one_node_made_are_given_by_the_other(fleet, device):
    trust = TRUST.replace("lambda.amazonaws.com", "credentials.iot.amazonaws.com")
    for near, far in [fleet.nodes, fleet.nodes[::-1]] * 3:
        role = near.client("iam").create_role(RoleName=unique("role"), AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        alias = unique("alias")
        near.client("iot").create_role_alias(roleAlias=alias, roleArn=role)
        status, answer = curl(far, device, f"/role-aliases/{alias}/credentials")
        assert status == 200, answer


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
