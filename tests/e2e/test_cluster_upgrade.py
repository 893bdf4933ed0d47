"""A fleet that is brought to another release node by node, while its devices stay with it. The earlier release is the program
that PYTEST_CLUSTER_EARLIER names, and this one where nothing is named: then each node is started again. PYTEST_CLUSTER_TOO_OLD
names one that cannot use the tables of this one."""

import contextlib
import json
import os
import random
import re
import select
import threading
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from lib import ALLOW_ALL, BIN, DEADLINE, Ca, Raw, jitp_role, openssl, template, unique, until
from nodes import Fleet
from test_bulk import line, over, started
from test_cluster import come_back, dial, message, say, sub
from test_functions import TRUST
from test_vending import ask, batch, devices, listed

EARLIER = Path(os.environ.get("PYTEST_CLUSTER_EARLIER", BIN))
TOO_OLD = os.environ.get("PYTEST_CLUSTER_TOO_OLD")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    fleet = Fleet(tmp_path_factory.mktemp("upgrade"), program=EARLIER)
    yield fleet
    fleet.end()


def goes_on(fleet, device, ca, client_id, root, number):
    """What devices and owners do, over each pair of nodes."""
    for here, there in zip(fleet.nodes, [*fleet.nodes[1:], fleet.nodes[0]]):
        # The session is wherever its device is, with what was kept for it.
        with dial(there, device, unique("pub")) as publisher:
            assert say(publisher, f"{root}/kept", str(number))
            with until(lambda: come_back(here, device, client_id), "it comes back") as back:
                assert message(back) == str(number)
                number += 1
                assert say(publisher, f"{root}/kept", str(number)) and message(back) == str(number)
                number += 1
                back.send(b"\xe0\x00")
            # Of one client id there is one connection.
            name = unique("roams")
            with dial(there, device, name) as older, dial(here, device, name) as newer:
                assert older.closed() and newer.ping()
            # A shared subscription has one receiver.
            with dial(here, device, unique("member")) as one, dial(there, device, unique("member")) as other:
                topic = f"{root}/shared/{name}"
                for member in (one, other):
                    sub(member, f"$share/group/{topic}")
                for each in range(10):
                    assert say(publisher, topic, str(each))
                got, by_socket = 0, {one.socket: one, other.socket: other}
                while got < 10:
                    read = [member for member in (one, other) if member.buffer or member.socket.pending()]
                    read = read or [by_socket[each] for each in select.select(list(by_socket), [], [], DEADLINE)[0]]
                    assert read, f"{got} of 10"
                    for member in read:
                        assert member.receive()[0] == 0x32
                        got += 1
                assert one.ping() and other.ping()
        # Who comes for the first time is provisioned, and known at the other; what is revoked there ends here.
        new = ca.device(kind="ec")
        with dial(here, new, new.name) as first:
            assert first.ping()
            iot = there.client("iot")
            assert iot.describe_thing(thingName=new.name)["thingName"] == new.name
            assert there.client("iot-data").get_connection(clientId=new.name)["connected"] is True
            iot.update_certificate(certificateId=new.id, newStatus="REVOKED")
            assert first.closed()
        # Lines of a log are those of all.
        group = unique("group")
        here.client("logs").create_log_group(logGroupName=group)
        assert there.client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    return number


def test_nodes_of_two_releases_are_one_fleet(fleet, tmp_path):
    one = fleet.nodes[0]
    device, root, client_id = one.service_device(tmp_path), unique("root"), unique("session")
    ca = Ca(tmp_path / "ca", kind="ec").register(one, template=template(), role=jitp_role(one))
    with dial(one, device, client_id, clean=False) as first:
        sub(first, f"{root}/kept")
        first.send(b"\xe0\x00")
    number = goes_on(fleet, device, ca, client_id, root, 0)
    # Each node in its turn, and one back to where it was.
    turns = [(node, BIN) for node in fleet.nodes] + [(fleet.nodes[1], EARLIER), (fleet.nodes[1], BIN)]
    for node, program in turns:
        others = [other for other in fleet.nodes if other is not node]
        stays, events = dial(others[0], device, unique("stays")), dial(others[1], device, unique("watch"))
        gone, willed = unique("gone"), f"{root}/will/{unique('w')}"
        sub(events, f"$aws/events/presence/disconnected/{gone}")
        sub(events, willed)
        leaves = dial(node, device, gone, will=(willed, b"gone", False))
        publisher = dial(others[0], device, unique("pub"))
        assert node.stop() == 0
        assert leaves.closed()
        # The end of its clients is told, and what comes for a session is kept, whichever release goes.
        told = {message(events), message(events)}
        assert "gone" in told and json.loads((told - {"gone"}).pop())["clientId"] == gone, told
        assert say(publisher, f"{root}/kept", str(number), 30)
        node.program = program
        fleet.replace(node)
        fleet.settled()
        with until(lambda: come_back(node, device, client_id), "it comes back") as back:
            assert message(back) == str(number)
            back.send(b"\xe0\x00")
        number = goes_on(fleet, device, ca, client_id, root, number + 1)
        assert stays.ping() and events.ping()
        for client in (stays, events, publisher):
            client.close()
        iot = node.client("iot")

        def created():
            with contextlib.suppress(ClientError, BotoCoreError):
                return iot.create_thing(thingName=unique("thing"))

        assert until(created, "it takes calls")


def test_a_release_that_cannot_use_the_tables_says_so_and_the_others_go_on(fleet):
    one, _, three = fleet.nodes
    assert three.stop() == 0
    before = fleet.database.sql("SELECT version, usable_from FROM schema_version", "fleet").split("|")
    fleet.database.sql("UPDATE schema_version SET version = 4711, usable_from = 4711", "fleet")
    with pytest.raises(AssertionError, match="schema version 4711"):
        three.start()
    assert one.client("iot").create_thing(thingName=unique("thing"))["thingName"]
    # One that adds only may come before.
    fleet.database.sql(f"UPDATE schema_version SET usable_from = {before[1]}", "fleet")
    fleet.replace(three)
    fleet.settled()
    assert three.client("iot").create_thing(thingName=unique("thing"))["thingName"]
    fleet.database.sql(f"UPDATE schema_version SET version = {before[0]}", "fleet")


class Load:
    """What devices and owners go on with all the while, each in a thread of its own, and what they were told. Whatever is
    refused though it should not be is in `wrong`; where a node just ends, another is asked."""

    def __init__(self, fleet, tmp_path):
        one = fleet.nodes[0]
        self.fleet, self.tmp_path, self.root, self.dice = fleet, tmp_path, unique("load"), random.Random(16)
        self.device = one.service_device(tmp_path)
        self.ca = Ca(tmp_path / "ca", kind="ec").register(one, template=template(), role=jitp_role(one))
        self.ended, self.wrong, self.threads = threading.Event(), [], []
        self.number, self.told, self.seen = 0, {"own": set(), "in": set(), "shared": set()}, {}
        self.admitted, self.things, self.given, self.states = [], [], Counter(), {}
        iot, iam = one.client("iot"), one.client("iam")
        # A session, what a rule makes for another, and a group of two, all of which are away now and then.
        group = f"$share/{self.root}/{self.root}/shared"
        self.keepers = {"own": [unique("own")], "in": [unique("ruled")], "shared": [unique("member"), unique("member")]}
        filters = {"own": f"{self.root}/own", "in": f"{self.root}/out", "shared": group}
        for of, clients in self.keepers.items():
            for client_id in clients:
                with dial(self.dice.choice(fleet.nodes), self.device, client_id, clean=False) as client:
                    sub(client, filters[of])
                self.seen[client_id] = Counter()
        trust = TRUST.replace("lambda.amazonaws.com", "iot.amazonaws.com")
        role = iam.create_role(RoleName=unique("role"), AssumeRolePolicyDocument=trust)["Role"]
        iam.put_role_policy(RoleName=role["RoleName"], PolicyName="all", PolicyDocument=ALLOW_ALL)
        iot.create_topic_rule(
            ruleName=unique("rule").replace("-", "_"),
            topicRulePayload={
                "sql": f"SELECT n FROM '{self.root}/in'", "awsIotSqlVersion": "2016-03-23",
                "actions": [{"republish": {"roleArn": role["Arn"], "topic": f"{self.root}/out", "qos": 1}}],
            },
        )  # fmt: skip
        iot.update_indexing_configuration(thingIndexingConfiguration={"thingIndexingMode": "REGISTRY"})
        until(self._group, "there is a dynamic group", 30)
        self.shadowed = unique("shadowed")
        targets = [iot.create_thing(thingName=unique("target"))["thingArn"] for _ in range(30)]
        iot.create_thing(thingName=self.shadowed)
        self.job = unique("job")
        # It is under way all the while: whoever has the lease goes on.
        iot.create_job(
            jobId=self.job, targets=targets, document="{}", jobExecutionsRolloutConfig={"maximumPerMinute": 60}
        )
        policy = unique("policy")
        iot.create_policy(policyName=policy, policyDocument=ALLOW_ALL)
        at = SimpleNamespace(server=one, role=jitp_role(one), policy=policy, root=one.root_ca)
        self.vends = {node: SimpleNamespace(server=node, role=at.role, policy=policy, root=node.root_ca) for node in fleet.nodes}
        self.serials = [unique("sn") for _ in range(200)]
        name = batch(at, tmp_path, proof="token")
        listed(at, tmp_path, name, devices(at, self.serials, token="secret"))
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", tmp_path / "key",
                "-subj", "/CN=device", "-new", "-out", tmp_path / "csr")  # fmt: skip
        self.tasks = []

    def _group(self):
        iot, name = self.fleet.nodes[0].client("iot"), f"{self.root}-group"
        with contextlib.suppress(ClientError):
            return iot.create_dynamic_thing_group(thingGroupName=name, queryString=f"attributes.of:{self.root}")

    def begin(self):
        for what in [self.publish, self.come, self.vend, self.own, self.shadow, *map(self.keep, self.seen)]:
            self.threads.append(threading.Thread(target=self._until_it_ends, args=(what,), daemon=True))
            self.threads[-1].start()

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), "all come to an end"
        assert not self.wrong, self.wrong[:20]

    def _until_it_ends(self, what):
        while not self.ended.is_set():
            try:
                what()
            # The node that was asked has just ended.
            except (OSError, BotoCoreError):
                pass
            except ClientError as refused:
                self.wrong.append(f"{what.__name__}: {refused}")
            except Exception as other:
                self.wrong.append(f"{what.__name__}: {other!r}")
            # There is always something under way, and the nodes, and other tests, have time for what they do besides.
            self.ended.wait(0.1)

    def node(self):
        return self.dice.choice([node for node in self.fleet.nodes if node.process.poll() is None])

    def client(self, service):
        try:
            return self.node().client(service, read_timeout=30)
        except AssertionError as ended:
            raise ConnectionError from ended

    # What goes on.

    def publish(self):
        """Over a connection until that ends, to what sessions, a rule and a group have."""
        node = self.node()
        client = Raw("localhost", node.mqtt_port, node.root_ca, self.device)
        with client:
            code = client.connect(unique("pub"))
            assert code in (None, 0, 3), f"CONNACK {code}"
            if code != 0:
                return
            for _ in range(30):
                for of in self.told:
                    self.number += 1
                    number = self.number
                    payload = json.dumps({"n": number}) if of == "in" else str(number)
                    client.publish(f"{self.root}/{of}", payload.encode())
                    got = client.receive(40)
                    if got is None:
                        return
                    assert got == (0x40, b"\x00\x02"), got
                    self.told[of].add(number)
                if self.ended.is_set():
                    return

    def keep(self, client_id):
        def keeps():
            self.drain(client_id, self.node(), 1)

        return keeps

    def drain(self, client_id, node, seconds):
        """Takes what comes to a session for a while."""
        client = Raw("localhost", node.mqtt_port, node.root_ca, self.device)
        with client:
            code = client.connect(client_id, clean=False)
            assert code in (None, 0, 3), f"CONNACK {code}"
            while code == 0:
                try:
                    got = client.receive(seconds)
                except TimeoutError:
                    return
                if got is None:
                    return
                kind, body = got
                assert kind & 0xF0 == 0x30, got
                rest = body[2 + int.from_bytes(body[:2]) :]
                client.send(bytes([0x40, 2]) + rest[:2])
                text = rest[2:].decode()
                self.seen[client_id][json.loads(text)["n"] if text.startswith("{") else int(text)] += 1

    def come(self):
        """A device for the first time, until it is in; through the balancer, as all."""
        new = self.ca.device(kind="ec")
        while not self.ended.is_set():
            with contextlib.suppress(OSError), Raw("localhost", self.fleet.balancer.port, self.node().root_ca, new) as client:
                code = client.connect(new.name)
                if code == 0:
                    self.admitted.append(new.name)
                    return
                # 3: the node ends.
                assert code in (None, 3), f"CONNACK {code}"

    def vend(self):
        serial = self.dice.choice(self.serials)
        node = self.node()
        try:
            status, answer = ask(self.vends[node], serialNumber=serial, token="secret")
        except AssertionError:
            return
        self.given[serial] += status == 200
        assert status in (200, 409), (status, answer)

    def own(self):
        name = unique("thing")
        self.client("iot").create_thing(thingName=name, attributePayload={"attributes": {"of": self.root}})
        self.things.append(name)
        # What one node made the next knows.
        assert self.client("iot").describe_thing(thingName=name)["attributes"]["of"] == self.root

    def shadow(self):
        document = json.dumps({"state": {"reported": {"n": len(self.states)}}})
        answer = self.client("iot-data").update_thing_shadow(thingName=self.shadowed, payload=document)
        version = json.loads(answer["payload"].read())["version"]
        assert version not in self.states
        self.states[version] = len(self.states)

    def bulk(self, node):
        lines, fleet = 500, unique("bulk")
        csr = (self.tmp_path / "csr").read_text()
        content = "\n".join(line(f"{fleet}-{n}", csr) for n in range(lines)) + "\n"
        self.tasks.append((started(node, self.tmp_path, content), lines))

    def kept(self, clients):
        """What the store has of these sessions: their rows, and how many messages wait in how many rows."""
        names = ", ".join(f"'{client_id}'" for client_id in clients)
        return self.fleet.database.sql(
            f"""SELECT s.*, count(q.id), sum(q.messages) FROM mqtt_session AS s LEFT JOIN mqtt_queue AS q ON q.session_id = s.id
                WHERE s.client_id IN ({names}) GROUP BY s.id""",
            "fleet",
        )

    # What must be so afterwards.

    def check(self, has_died):
        nodes = self.fleet.nodes
        assert all(self.told.values()) and self.admitted and self.things and self.given and self.states, vars(self)
        for of, clients in self.keepers.items():
            def is_there(of=of, clients=clients):
                for client_id in clients:
                    self.drain(client_id, self.dice.choice(nodes), 0.5)
                seen = {number for client_id in clients for number in self.seen[client_id]}
                # What rules are at goes with their node (docs/rules.md).
                return self.told[of] <= seen or (of == "in" and has_died)

            try:
                until(is_there, f"all of {of} comes", 60)
            except AssertionError as late:
                seen = {number for client_id in clients for number in self.seen[client_id]}
                missing = sorted(self.told[of] - seen)
                raise AssertionError(f"{late}: {missing} of {len(self.told[of])}\n{self.kept(clients)}") from None
        for node in nodes:
            iot = node.client("iot")
            for name in [*self.admitted, *self.things]:
                iot.describe_thing(thingName=name)
        assert max(self.given.values()) == 1, self.given
        iot = nodes[0].client("iot")
        for serial in self.given:
            principals = iot.list_thing_principals(thingName=f"thing-{serial}")["principals"]
            active = [
                arn for arn in principals
                if iot.describe_certificate(certificateId=arn.rsplit("/", 1)[1])["certificateDescription"]["status"] == "ACTIVE"
            ]  # fmt: skip
            assert len(active) == 1, (serial, principals)
        shadow = json.loads(nodes[1].client("iot-data").get_thing_shadow(thingName=self.shadowed)["payload"].read())
        assert shadow["version"] >= max(self.states)
        for task, lines in self.tasks:
            ended = over(nodes[2], task)
            assert (ended["status"], ended["successCount"], ended["failureCount"]) == ("Completed", lines, 0), ended

        def executed():
            found = iot.list_job_executions_for_job(jobId=self.job, maxResults=200)["executionSummaries"]
            names = [each["thingArn"] for each in found]
            assert len(names) == len(set(names)), names
            return len(names) == 30

        until(executed, "the job is at all its things", 90)

        def members():
            pages = iot.get_paginator("list_things_in_thing_group").paginate(thingGroupName=f"{self.root}-group")
            return set(self.things) <= {name for page in pages for name in page["things"]}

        until(members, "the group has all things", 60)


def troubles(node):
    """What a node has logged as an error, but for what earlier releases say of a client that comes while they end."""
    entries = node.log().splitlines()
    return [entry for entry in entries if re.search(r"\bERROR\b|panicked", entry) and "the store is closed" not in entry]


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_nothing_is_lost_or_refused_while_nodes_are_replaced(tmp_path_factory, tmp_path, how):
    """Where they are killed, those of one release take over what those of the other had, either way."""
    # What is under load is the fleet: RSA would be most of what its devices' keys and certificates cost.
    fleet = Fleet(tmp_path_factory.mktemp("under-load"), program=EARLIER, flags=("--device-ca-key", "ecdsa"))
    try:
        load = Load(fleet, tmp_path)
        load.begin()
        one, two, three = fleet.nodes
        try:
            for node in [one, two, three] if how == "stopped" else [one, one, two, three]:
                before, others = load.number, [other for other in fleet.nodes if other is not node]
                until(lambda before=before: load.number > before + 60, "messages come", 60)
                load.bulk(node)
                if how == "stopped":
                    assert node.stop() == 0
                else:
                    dead = [other.log().count("is taken for dead") for other in others]
                    node.kill()
                    until(lambda dead=dead, others=others: dead != [other.log().count("is taken for dead") for other in others],
                          "it is taken for dead", 30)  # fmt: skip
                node.program = BIN
                fleet.replace(node)
                fleet.settled()
                for other in fleet.nodes:
                    assert not troubles(other), troubles(other)[:5]
        finally:
            load.end()
        load.check(has_died=how == "killed")
        for node in fleet.nodes:
            assert not troubles(node), troubles(node)[:5]
        print({of: len(told) for of, told in load.told.items()}, len(load.admitted), "devices,", len(load.things), "things,",
              len(load.given), "vended,", len(load.states), "states")  # fmt: skip
    finally:
        fleet.end()


@pytest.mark.skipif(not TOO_OLD, reason="PYTEST_CLUSTER_TOO_OLD names no program")
def test_a_release_that_is_too_old_says_so_and_changes_nothing(tmp_path_factory):
    fleet = Fleet(tmp_path_factory.mktemp("too-old"), count=2)
    try:
        one, two = fleet.nodes
        before = fleet.database.sql("SELECT version, usable_from FROM schema_version", "fleet")
        assert two.stop() == 0
        two.program = TOO_OLD
        with pytest.raises(AssertionError, match="schema version") as failed:
            two.start()
        print(failed.value)
        assert fleet.database.sql("SELECT version, usable_from FROM schema_version", "fleet") == before
        assert one.client("iot").create_thing(thingName=unique("thing"))["thingName"]
        two.program = BIN
        fleet.replace(two)
        fleet.settled()
    finally:
        fleet.end()


@pytest.mark.skipif(not TOO_OLD, reason="PYTEST_CLUSTER_TOO_OLD names no program")
def test_beside_nodes_that_are_too_old_this_release_does_not_start(tmp_path_factory):
    fleet = Fleet(tmp_path_factory.mktemp("beside"), count=2, program=TOO_OLD)
    try:
        one, two = fleet.nodes
        before = fleet.database.sql("SELECT version FROM schema_version", "fleet")
        assert two.stop() == 0
        two.program = BIN
        with pytest.raises(AssertionError, match="stop the servers of that release first") as failed:
            two.start()
        print(failed.value)
        assert fleet.database.sql("SELECT version FROM schema_version", "fleet") == before
        assert one.client("iot").create_thing(thingName=unique("thing"))["thingName"]
        # Once that one is stopped it brings the tables to its own, and the old one does not come back.
        assert one.stop() == 0
        fleet.replace(two)
        assert two.client("iot").create_thing(thingName=unique("thing"))["thingName"]
        with pytest.raises(AssertionError, match="schema version"):
            one.start()
        one.program = BIN
        fleet.replace(one)
        fleet.settled()
    finally:
        fleet.end()
