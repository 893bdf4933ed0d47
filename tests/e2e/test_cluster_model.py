"""A fleet of three nodes against a model of what its clients and its owner were told, also while parts fail: messages that
sessions and groups keep, rules, retained messages, lifecycle events, things, jobs, dynamic groups, vending, and a node that
was taken for dead and goes on."""

import contextlib
import json
import os
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from lib import ALLOW_ALL, jitp_role, unique, until
from nodes import Fleet
from test_cluster import Sender, begin, come_back, dial, mend, message, say, sub
from test_functions import TRUST
from test_vending import ask, batch, devices, listed

# How many faults. A longer run is by hand: PYTEST_CLUSTER_ROUNDS=100.
ROUNDS = int(os.environ.get("PYTEST_CLUSTER_ROUNDS", "3"))
SEED = int(os.environ.get("PYTEST_CLUSTER_SEED", "16"))
FAULTS = ["freeze", "kill", "pause", "database", "bus", "store", "nats"]
THINGS = 4


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    fleet = Fleet(tmp_path_factory.mktemp("model"))
    yield fleet
    fleet.end()


class Model:
    """What was done, what was promised, and what was seen."""

    def __init__(self, fleet, device, dice, tmp_path):
        self.fleet, self.device, self.dice, self.tmp_path = fleet, device, dice, tmp_path
        self.root, self.number = unique("model"), 0
        # By topic: what was sent, what was acknowledged, and how often each was seen.
        self.sent, self.told, self.seen = {}, {}, {}
        self.retained = []
        self.things, self.jobs, self.serials = set(), [], []
        one = fleet.nodes[0]
        iot = one.client("iot")
        self.group = f"$share/{self.root}/{self.root}/shared"
        # Who keeps what: a session of its own, what a rule makes of it, and a group of three.
        self.keepers = {unique("keeps"): [f"{self.root}/own"], unique("ruled"): [f"{self.root}/out"]}
        self.members = {unique("member"): [self.group] for _ in fleet.nodes}
        for client_id, filters in (self.keepers | self.members).items():
            with dial(dice.choice(fleet.nodes), device, client_id, clean=False) as client:
                for topic in filters:
                    sub(client, topic)
        role = one.client("iam").create_role(
            RoleName=unique("role"), AssumeRolePolicyDocument=TRUST.replace("lambda.amazonaws.com", "iot.amazonaws.com")
        )["Role"]
        one.client("iam").put_role_policy(RoleName=role["RoleName"], PolicyName="all", PolicyDocument=ALLOW_ALL)
        iot.create_topic_rule(
            ruleName=unique("rule").replace("-", "_"),
            topicRulePayload={
                "sql": f"SELECT n FROM '{self.root}/in'", "awsIotSqlVersion": "2016-03-23",
                "actions": [{"republish": {"roleArn": role["Arn"], "topic": f"{self.root}/out", "qos": 1}}],
            },
        )  # fmt: skip
        iot.update_indexing_configuration(thingIndexingConfiguration={"thingIndexingMode": "REGISTRY"})
        policy = unique("policy")
        iot.create_policy(policyName=policy, policyDocument=ALLOW_ALL)
        at = SimpleNamespace(server=one, role=jitp_role(one), policy=policy, root=one.root_ca)
        self.batch = batch(at, tmp_path, proof="token")
        self.vends = {node: SimpleNamespace(server=node, role=at.role, policy=policy, root=node.root_ca) for node in fleet.nodes}

    def live(self):
        return [node for node in self.fleet.nodes if node.process.poll() is None]

    # What is done in each phase.

    def publish(self, senders):
        for topic in ["own", "in", "shared"]:
            for _ in range(3):
                self.number += 1
                sender = self.dice.choice(senders)
                payload = json.dumps({"n": self.number}) if topic == "in" else str(self.number)
                sender.send(f"{self.root}/{topic}", payload)

    def retain(self):
        """Retains over a connection of its own, and knows whether that was acknowledged."""
        self.number += 1
        self.retained.append((self.number, False))
        with contextlib.suppress(OSError, AssertionError):
            node = self.dice.choice(self.live())
            with dial(node, self.device, unique("retains")) as client:
                client.publish(f"{self.root}/kept", str(self.number).encode(), retain=True)
                if client.receive(8) == (0x40, b"\x00\x02"):
                    self.retained[-1] = (self.number, True)

    def own(self):
        """Calls of the owner's, each of which happens or is refused."""
        for node in self.live():
            iot = node.client("iot", read_timeout=20)
            name = unique(f"{self.root}-thing")
            with contextlib.suppress(ClientError, BotoCoreError):
                iot.create_thing(thingName=name, attributePayload={"attributes": {"of": self.root}})
                self.things.add(name)

    def vend(self, serial):
        def asks(node):
            with contextlib.suppress(Exception):
                return ask(self.vends[node], serialNumber=serial, token="secret")

        with ThreadPoolExecutor() as pool:
            return list(pool.map(asks, self.live()))

    # What must be so afterwards.

    def drain(self, client_ids, topic, promised):
        """Takes what waits in sessions until all that was promised has come, and what else is there."""
        seen = self.seen.setdefault(topic, Counter())
        for client_id in client_ids:
            node = self.dice.choice(self.fleet.nodes)
            with until(lambda: come_back(node, self.device, client_id), f"{client_id} comes back", 60) as client:
                # All that is there by the time it comes has come before the answer to a ping; what was promised may be on its way.
                client.send(b"\xc0\x00")
                is_answered = False
                while not is_answered or not (promised <= set(seen) or len(client_ids) > 1):
                    try:
                        got = client.receive()
                    except TimeoutError:
                        raise AssertionError(f"{client_id} is not given {sorted(promised - set(seen))} of {topic}") from None
                    if got == (0xD0, b""):
                        is_answered = True
                        continue
                    assert got is not None and got[0] & 0xF0 == 0x30, (client_id, topic, promised - set(seen), got)
                    self.take(client, got, seen)

    def take(self, client, got, seen):
        kind, body = got
        length = int.from_bytes(body[:2])
        rest = body[2 + length :]
        if kind & 0x06:
            client.send(bytes([0x40, 2]) + rest[:2])
            rest = rest[2:]
        text = rest.decode()
        seen[json.loads(text)["n"] if text.startswith("{") else int(text)] += 1

    def promised(self, senders, topic):
        whole = f"{self.root}/{topic}"
        numbers = (n for sender in senders for of, n in sender.told if of == whole)
        return {json.loads(n)["n"] if n.startswith("{") else int(n) for n in numbers}

    def check(self, senders, is_calm=False, has_died=False):
        own, ruled = self.keepers
        for client_ids, topic, seen_as in [([own], "own", "own"), ([ruled], "in", "out")]:
            # What rules are at goes with their node (docs/rules.md), and waits for what else may be away.
            promised = set() if topic == "in" and has_died else self.promised(senders, topic)
            self.drain(client_ids, seen_as, promised)
            if is_calm:
                assert {self.seen[seen_as][n] for n in promised} <= {1}, (topic, self.seen[seen_as])
        promised = self.promised(senders, "shared")
        if is_calm:
            # What came while no member was connected is for the first that is back, at any node.
            self.drain([self.dice.choice(list(self.members))], "shared", promised)
        until(lambda: self.drain(list(self.members), "shared", promised) or promised <= set(self.seen["shared"]),
              f"the group has {promised - set(self.seen.get('shared', ()))}", 30)  # fmt: skip
        if is_calm:
            assert {self.seen["shared"][n] for n in promised} <= {1}, self.seen["shared"]
        kept = max((n for n, told in self.retained if told), default=0)
        for node in self.fleet.nodes:
            with dial(node, self.device, unique("late")) as late:
                sub(late, f"{self.root}/kept")
                assert not kept or int(message(late)) >= kept

    def check_registry(self):
        for node in self.fleet.nodes:
            iot = node.client("iot")
            for name in self.things:
                iot.describe_thing(thingName=name)
        # Groups are kept up by whoever has the lease now.
        group = f"{self.root}-group"
        iot = self.dice.choice(self.fleet.nodes).client("iot")
        with contextlib.suppress(iot.exceptions.ResourceAlreadyExistsException):
            until(lambda: self.ready(iot, group), "there is an index", 30)

        def members():
            found, more = [], {}
            while True:
                page = iot.list_things_in_thing_group(thingGroupName=group, **more)
                found += page["things"]
                if "nextToken" not in page:
                    return self.things <= set(found)
                more = {"nextToken": page["nextToken"]}

        until(members, "the group has all things", 30)
        for job, targets in self.jobs:
            def told():
                found = [one["thingArn"] for node in self.fleet.nodes[:1] for one in self.executions(node, job)]
                assert len(found) == len(set(found)), found
                return len(found) == targets

            until(told, f"{job} is at all its things", 30)
        self.jobs = []
        for serial in self.serials:
            answers = self.vend(serial)
            given = [answer for answer in answers if answer and answer[0] == 200]
            thing = f"thing-{serial}"
            principals = iot.list_thing_principals(thingName=thing)["principals"]
            active = [
                arn for arn in principals
                if iot.describe_certificate(certificateId=arn.rsplit("/", 1)[1])["certificateDescription"]["status"] == "ACTIVE"
            ]  # fmt: skip
            assert len(given) <= 1 and len(active) == 1, (serial, answers, principals)
        self.serials = []

    def ready(self, iot, group):
        try:
            return iot.create_dynamic_thing_group(thingGroupName=group, queryString=f"attributes.of:{self.root}")
        except iot.exceptions.ResourceAlreadyExistsException:
            return True
        except ClientError:
            return None

    def executions(self, node, job):
        return node.client("iot").list_job_executions_for_job(jobId=job, maxResults=200)["executionSummaries"]

    def job(self):
        """A job for some things, through whichever node takes it."""
        targets = self.dice.sample(sorted(self.things), min(THINGS, len(self.things)))
        for node in self.live():
            iot, job = node.client("iot", read_timeout=20), unique("job")
            with contextlib.suppress(ClientError, BotoCoreError):
                arns = [iot.describe_thing(thingName=name)["thingArn"] for name in targets]
                iot.create_job(jobId=job, targets=arns, document="{}")
                self.jobs.append((job, len(targets)))
                return

    def serial(self):
        serial = unique("sn")
        for node in self.live():
            with contextlib.suppress(AssertionError):
                listed(self.vends[node], self.tmp_path, self.batch, devices(self.vends[node], [serial], token="secret"))
                self.serials.append(serial)
                return serial


def freeze(fleet, victim):
    """A node that stands still for so long that it is taken for dead, and then goes on: it may promise nothing more."""
    os.kill(victim.process.pid, signal.SIGSTOP)
    others = [node for node in fleet.nodes if node is not victim]
    until(lambda: all(fleet.metric(node, "peers_heard") == 1 for node in others), "it is not heard", 10)


def test_whatever_fails_each_promise_is_kept(fleet, device, tmp_path):
    dice = random.Random(SEED)
    fleet.settled()
    model = Model(fleet, device, dice, tmp_path)
    for round_ in range(ROUNDS):
        victim, fault = dice.choice(fleet.nodes), FAULTS[round_ % len(FAULTS)]
        print(f"round {round_}: {fault} at node {fleet.nodes.index(victim) + 1}", flush=True)
        calm = [Sender(node, device) for node in fleet.nodes]
        model.publish(calm)
        model.own()
        model.retain()
        until(lambda: all(len(sender.told) == len(sender.sent) for sender in calm), "all is acknowledged", 30)
        model.check(calm, is_calm=True)
        senders = [Sender(node, device) for node in fleet.nodes]
        running = [node.process.pid for node in fleet.nodes]
        held = dial(victim, device, unique("held"))
        serial = model.serial()
        live = [node for node in fleet.nodes if node is not victim or fault not in ("freeze", "pause", "kill")]
        others = [node for node in fleet.nodes if node is not victim]
        # Of an earlier round as well.
        told = [node.log().count("is taken for dead") for node in others]
        if fault in ("freeze", "pause"):
            freeze(fleet, victim)
        else:
            begin(fleet, fault, victim)
        model.publish([sender for sender, node in zip(senders, fleet.nodes) if node in live])
        if fault not in ("database", "freeze", "pause"):
            model.vend(serial)
            model.own()
            model.job()
            model.retain()
        if fault == "freeze":
            until(lambda: told != [node.log().count("is taken for dead") for node in others], "it is taken for dead", 30)
            os.kill(victim.process.pid, signal.SIGCONT)
            # It finds that by itself, and holds no client any longer.
            assert victim.process.wait(timeout=20) == 1, victim.log()[-2000:]
            assert held.closed()
            fleet.replace(victim)
        elif fault == "pause":
            time.sleep(2)
            os.kill(victim.process.pid, signal.SIGCONT)
            assert held.ping()
        else:
            mend(fleet, fault, victim)
        model.publish(senders)
        fleet.settled()
        model.check(senders, has_died=running != [node.process.pid for node in fleet.nodes])
        model.check_registry()
        for sender in [*calm, *senders]:
            sender.client.close()
        held.close()
