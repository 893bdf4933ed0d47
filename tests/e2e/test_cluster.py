"""Three nodes over PostgreSQL and NATS, behind a balancer: one fleet to devices and owners, also while parts fail."""

import contextlib
import http.client
import json
import os
import random
import re
import select
import socket
import subprocess
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from lib import ALLOW_ALL, BIN, DEADLINE, Ca, Raw, jitp_role, openssl, packet, run, template, unique, until
from nodes import Fleet
from test_device_ca import ca as ca_command
from test_device_ca import listed as cas
from test_functions import TRUST, zipped
from test_rights import Client, Versions
from test_tls_clients import s_client
from test_vending import ask, batch, devices, listed, publish

# How many faults. A longer run is by hand: PYTEST_CLUSTER_ROUNDS=100.
ROUNDS = int(os.environ.get("PYTEST_CLUSTER_ROUNDS", "3"))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    fleet = Fleet(tmp_path_factory.mktemp("fleet"))
    yield fleet
    fleet.end()


@pytest.fixture(autouse=True)
def whole(fleet):
    """Each test begins with three nodes that hear each other."""
    fleet.settled()


def dial(node, device, client_id, clean=True, will=None):
    client = Raw("localhost", node.mqtt_port, node.root_ca, device)
    assert client.connect(client_id, clean=clean, will=will) == 0, node.log()[-2000:]
    return client


def sub(client, topic, qos=1):
    kind, body = client.subscribe(topic, qos)
    assert kind == 0x90 and body[2] <= 1, body


def message(client, seconds=DEADLINE):
    """The next message, acknowledged."""
    got = client.receive(seconds)
    assert got is not None and got[0] & 0xF0 == 0x30, got
    kind, body = got
    length = int.from_bytes(body[:2])
    rest = body[2 + length:]
    if kind & 0x06:
        client.send(packet(0x40, rest[:2]))
        rest = rest[2:]
    return rest.decode()


def say(client, topic, payload, seconds=DEADLINE):
    """Publishes with QoS 1; whether it was acknowledged."""
    client.publish(topic, payload.encode())
    return client.receive(seconds) == (0x40, b"\x00\x02")


def test_a_device_that_connects_anywhere_is_provisioned_once_and_known_everywhere(fleet, tmp_path):
    one, two, three = fleet.nodes
    ca = Ca(tmp_path / "ca").register(one, template=template(), role=jitp_role(one))
    device = ca.device()
    for _ in range(3):
        done = one.mosquitto("mosquitto_pub", device, "-q", "1", "-t", "hello", "-i", device.name, "-m", "x",
                             port=fleet.balancer.port)  # fmt: skip
        assert done.returncode == 0, done
    for node in fleet.nodes:
        assert node.client("iot").describe_thing(thingName=device.name)["thingName"] == device.name
    # A shadow's answer and the delta reach who asks and who listens, wherever they are.
    with dial(two, device, device.name) as asks, dial(three, device, unique("watch")) as listens:
        sub(listens, f"$aws/things/{device.name}/shadow/update/accepted")
        assert say(asks, f"$aws/things/{device.name}/shadow/update", '{"state":{"reported":{"on":true}}}')
        assert json.loads(message(listens))["state"] == {"reported": {"on": True}}
    shadow = one.client("iot-data").get_thing_shadow(thingName=device.name)["payload"].read()
    assert json.loads(shadow)["state"] == {"reported": {"on": True}}


def test_a_device_is_vended_one_certificate_whichever_nodes_it_asks(fleet, tmp_path):
    one, two, three = fleet.nodes
    role, policy = jitp_role(one), unique("policy")
    one.client("iot").create_policy(policyName=policy, policyDocument=ALLOW_ALL)
    at = {node: SimpleNamespace(server=node, role=role, policy=policy, root=node.root_ca) for node in fleet.nodes}
    name, serial = batch(at[one], tmp_path, proof="token"), unique("sn")
    listed(at[one], tmp_path, name, devices(at[one], [serial], token="secret"))
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda node: ask(at[node], serialNumber=serial, token="secret"), fleet.nodes))
    [given] = [answer for status, answer in answers if status == 200]
    publish(at[three], tmp_path / "device", given["certificatePem"], given["privateKey"], given["rootCa"], serial)
    assert ask(at[two], serialNumber=serial, token="secret")[0] == 409


def test_a_revocation_closes_connections_at_all_nodes(fleet, tmp_path):
    one, two, three = fleet.nodes
    device = one.service_device(tmp_path)
    with dial(two, device, unique("there")) as there, dial(three, device, unique("there")) as further:
        one.client("iot").update_certificate(certificateId=device.id, newStatus="REVOKED")
        assert there.closed() and further.closed()


@pytest.mark.parametrize("version", [4, 5])
def test_a_right_that_one_node_gives_counts_at_all_from_then_on(fleet, tmp_path, version):
    here, there = fleet.nodes[0], fleet.nodes[1]
    device = here.service_device(tmp_path, policy=None)
    gives, data = Versions(here.client("iot"), device, None), here.client("iot-data")
    with there.raw(device) as raw:
        client = Client(raw, version, unique("right"))
        for way in ["publish", "subscribe", "told directly"] * 10:
            topic = unique("right")
            gives.prepare(topic)
            gives.give(topic)
            if way == "publish":
                assert client.publish(topic), topic
            elif way == "subscribe":
                assert client.subscribe(topic), topic
            else:
                data.send_direct_message(clientId=client.name, topic=topic, payload=b"x")
                assert client.receive() == topic


def test_messages_reach_subscribers_at_other_nodes(fleet, device):
    one, two, three = fleet.nodes
    root = unique("root")
    with dial(two, device, unique("sub")) as near, dial(three, device, unique("sub")) as far:
        # MQTT's alphabet, which is not that of the bus.
        for topic in [f"{root}/+/x", f"{root}/dots.and*stars/>/ ", f"{root}//"]:
            sub(near, topic)
            sub(far, topic)
        with dial(one, device, unique("pub")) as publisher:
            for topic in [f"{root}/a/x", f"{root}/dots.and*stars/>/ ", f"{root}//"]:
                assert say(publisher, topic, topic)
                assert message(near) == topic and message(far) == topic
    # Retained ones are in the store, and shared subscriptions have one receiver.
    with dial(one, device, unique("pub")) as publisher:
        publisher.publish(f"{root}/kept", b"kept", retain=True)
        assert publisher.receive() == (0x40, b"\x00\x02")
        with dial(three, device, unique("sub")) as late:
            sub(late, f"{root}/kept")
            assert message(late) == "kept"
        members = [dial(node, device, unique("member")) for node in fleet.nodes]
        got = []

        def listen(member):
            while (read := member.receive()) and read != (0xD0, b""):
                length = int.from_bytes(read[1][:2])
                got.append(int(read[1][2 + length + 2 :]))

        for member in members:
            sub(member, f"$share/group/{root}/shared")
        with ThreadPoolExecutor() as pool:
            for member in members:
                pool.submit(listen, member)
            for number in range(30):
                assert say(publisher, f"{root}/shared", str(number))
            until(lambda: len(got) >= 30, "each message has come")
            for member in members:
                member.send(b"\xc0\x00")
        assert sorted(got) == list(range(30))
        for member in members:
            member.close()


def test_the_newest_connection_of_a_client_id_has_it(fleet, device):
    one, two, three = fleet.nodes
    client_id = unique("roams")
    held = dial(one, device, client_id)
    for node in [two, three, one, two]:
        newer = dial(node, device, client_id)
        assert held.closed()
        assert newer.ping()
        held = newer
    data = three.client("iot-data")
    shown = data.get_connection(clientId=client_id)
    assert shown["connected"] is True
    data.delete_connection(clientId=client_id)
    assert held.closed()


def test_a_session_goes_where_its_device_goes(fleet, device):
    one, two, three = fleet.nodes
    client_id, root = unique("session"), unique("root")
    with dial(one, device, client_id, clean=False) as first:
        sub(first, f"{root}/#")
        first.send(b"\xe0\x00")
    with dial(three, device, unique("pub")) as publisher:
        for number in range(5):
            assert say(publisher, f"{root}/t", str(number))
        with dial(two, device, client_id, clean=False) as second:
            assert [message(second) for _ in range(5)] == [str(number) for number in range(5)]
            assert say(publisher, f"{root}/t", "live")
            assert message(second) == "live"
            second.send(b"\xe0\x00")
        assert say(publisher, f"{root}/t", "again")
        with dial(three, device, client_id, clean=False) as third:
            assert message(third) == "again"
        # A clean one ends it everywhere.
        dial(one, device, client_id).close()
        assert say(publisher, f"{root}/t", "nobody's")
        with dial(two, device, client_id, clean=False) as fourth:
            assert fourth.ping()


def test_a_device_ca_that_one_node_makes_is_all_nodes_at_once(fleet, tmp_path):
    one, two, three = fleet.nodes
    [first] = cas(one)
    assert "ISSUING" in ca_command(one, "new", "--key", "ecdsa").stdout

    def issuing(node):
        [own] = [each["certificateId"] for each in cas(node) if each["status"] == "ISSUING"]
        return own

    made = issuing(one)
    assert made != first["certificateId"]
    for node in [two, three]:
        until(lambda: issuing(node) == made, "the others have it", 30)
    # Each issues with it, and answers for what the others issued.
    (tmp_path / "issuer.pem").write_text([each["certificatePem"] for each in cas(one) if each["certificateId"] == made][0])
    for issues, answers in [(two, three), (three, one)]:
        device = issues.service_device(tmp_path)
        openssl("verify", "-CAfile", "issuer.pem", device.cert, cwd=tmp_path)
        ocsp = ["ocsp", "-issuer", "issuer.pem", "-CAfile", "issuer.pem", "-cert", device.cert,
                "-url", f"{answers.api_url}/nameplate/pki/ocsp"]  # fmt: skip
        until(lambda: f"{device.cert}: good" in openssl(*ocsp, cwd=tmp_path).stdout, "it is known there", 30)
        answers.client("iot").update_certificate(certificateId=device.id, newStatus="REVOKED")
        assert f"{device.cert}: revoked" in openssl(*ocsp, cwd=tmp_path).stdout
    assert three.get("/nameplate/pki/device-ca.pem") == one.get("/nameplate/pki/device-ca.pem")
    # A key that waits at one is another's to remove, also while a node is away.
    assert "CERTIFICATE REQUEST" in ca_command(two, "csr", "--key", "ecdsa").stdout
    [waiting] = [each for each in cas(two) if each["status"] == "WAITING"]
    assert three.stop() == 0
    assert "removed" in ca_command(one, "rm", waiting["keyId"]).stdout
    fleet.replace(three)
    for node in fleet.nodes:
        until(lambda: sorted(each["keyId"] for each in cas(node)) == sorted(each["keyId"] for each in cas(one)), "the same", 30)
    assert len(cas(three)) == 2 and issuing(three) == made


def test_a_session_of_tls_goes_on_at_another_node(fleet, device, tmp_path):
    one, two, three = fleet.nodes
    for version in ["-tls1_2", "-tls1_3"]:
        session = tmp_path / version
        assert s_client(one, device, version, "-sess_out", session) == (False, 0)
        for node in [two, three]:
            assert s_client(node, device, version, "-sess_in", session, "-sess_out", session) == (True, 0)


def test_lines_of_logs_are_the_same_at_each_node(fleet):
    logs = [node.client("logs") for node in fleet.nodes]
    group, now = unique("group"), int(time.time() * 1000)
    logs[0].create_log_group(logGroupName=group)
    logs[1].create_log_stream(logGroupName=group, logStreamName="s")
    for number, client in enumerate(logs):
        client.put_log_events(logGroupName=group, logStreamName="s", logEvents=[{"timestamp": now + number, "message": str(number)}])
    for client in logs:
        events = client.get_log_events(logGroupName=group, logStreamName="s", startFromHead=True)["events"]
        assert [event["message"] for event in events] == ["0", "1", "2"]
        assert len(client.filter_log_events(logGroupName=group, filterPattern="1")["events"]) == 1
    logs[2].delete_log_group(logGroupName=group)
    assert not any(client.describe_log_groups(logGroupNamePrefix=group)["logGroups"] for client in logs)


def test_clients_of_all_nodes_are_listed_at_each(fleet, device):
    _, two, three = fleet.nodes
    # The first of all by their names.
    names = [unique("!"), unique("!")]
    with dial(two, device, names[0]), dial(three, device, names[1]):
        for node in fleet.nodes:
            told = json.loads(run([BIN, "status", "--json", "--data-dir", node.data_dir]).stdout)["connections"]
            assert sorted(names) == [one["clientId"] for one in told["some"]][:2] and told["count"] >= 2, told


def status(node, *words):
    return run([BIN, "status", *words, "--data-dir", node.data_dir]).stdout


def test_status_tells_of_nodes_of_what_each_does_alone_and_how_far_it_is_followed(fleet):
    one, two, three = fleet.nodes

    def followed():
        told = json.loads(status(two, "--json"))
        nodes = told["nodes"]["all"]
        return told if all(node["live"] and node["behind"] == 0 for node in nodes) else None

    told = until(followed, "it has followed the others")
    assert "nodesMissing" not in told and told["nodes"]["standing"] == "sure"
    assert told["nodes"]["bus"]["up"] is True and told["nodes"]["bus"]["heard"] == 2
    nodes = told["nodes"]["all"]
    assert len(nodes) == 3 and [node["asked"] for node in nodes].count(True) == 1
    for node in nodes:
        assert node["asked"] or node["bus"]["heard"] is True, node
    done = [lease for node in nodes for lease in node["leases"]]
    assert "jobs" in done and len(done) == len(set(done)), done
    screen = status(three)
    assert f"3 nodes, bus nats://127.0.0.1:{fleet.to_bus[three].port}" in screen and "does alone: " in screen, screen
    # By name of the machine, since all may listen at the same port.
    assert screen.count(f"  {socket.gethostname()} api=") == 3, screen
    # What happened at one is told at each.
    assert json.loads(status(one, "--json"))["lastHour"]["connected"] == json.loads(status(three, "--json"))["lastHour"]["connected"] > 0


def test_what_functions_print_at_each_node_is_told_at_all(fleet):
    one, two, three = fleet.nodes
    role = one.client("iam").create_role(RoleName=unique("role"), AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    name = unique("prints")
    one.client("lambda").create_function(
        FunctionName=name, Runtime="python3.12", Role=role, Handler="app.handler", Timeout=30,
        Code={"ZipFile": zipped(app_py="def handler(event, context):\n    print('said', event['number'])\n")},
    )  # fmt: skip
    for number, node in enumerate(fleet.nodes):
        node.client("lambda").invoke(FunctionName=name, Payload=json.dumps({"number": number}))
    logs = [BIN, "logs", name, "--data-dir"]

    def said(*words):
        lines = run([*logs, two.data_dir, *words]).stdout.splitlines()
        return [line.split("said ")[1] for line in lines if "said " in line]

    until(lambda: said() == ["0", "1", "2"], "all have written")
    with subprocess.Popen([*logs, three.data_dir, "-f"], stdout=subprocess.PIPE, text=True) as follows:
        for number, node in enumerate([*fleet.nodes, one], 3):
            node.client("lambda").invoke(FunctionName=name, Payload=json.dumps({"number": number}))
        got = []
        for line in follows.stdout:
            got += [line.split("said ")[1].strip()] if "said " in line else []
            if len(got) == 7:
                break
        follows.terminate()
    assert sorted(got) == list("0123456"), got
    assert len(said("-n", "1000")) == 7


def test_who_logs_in_to_the_console_at_one_node_is_logged_in_at_all(fleet):
    one, two, three = fleet.nodes

    def ask(node, path, cookie="", **form):
        connection = http.client.HTTPConnection(node.api_url.removeprefix("http://"), timeout=DEADLINE)
        # As behind a balancer, which has one name.
        headers = {"host": "console.example", "cookie": cookie, "content-type": "application/x-www-form-urlencoded"}
        connection.request("POST" if form else "GET", path, urllib.parse.urlencode(form), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers

    key = {"access_key": one.env["AWS_ACCESS_KEY_ID"], "secret": one.env["AWS_SECRET_ACCESS_KEY"]}
    code, _, headers = ask(one, "/console/login", **key)
    assert code == 303, headers
    cookie = headers["set-cookie"].split(";")[0]
    for node in [two, three, one]:
        code, page, _ = ask(node, "/console/things", cookie)
        assert code == 200, page
    assert ask(two, "/console/things", "nameplate=" + "x" * 43)[0] == 303
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    assert ask(three, "/console/logout", cookie, token=token)[0] == 303
    for node in fleet.nodes:
        until(lambda: ask(node, "/console/things", cookie)[0] == 303, "it is logged out")


def test_a_killed_node_loses_no_session_and_its_wills_are_sent_once(fleet, device):
    one, two, three = fleet.nodes
    client_id, root = unique("survives"), unique("root")
    one.client("iot").create_thing(thingName=f"{root}-thing")
    events = dial(two, device, unique("watch"))
    sub(events, f"$aws/events/presence/disconnected/{root}-thing")
    thing = dial(three, device, f"{root}-thing")
    watcher = dial(one, device, unique("watch"))
    sub(watcher, f"{root}/will")
    away = dial(three, device, client_id, clean=False)
    sub(away, f"{root}/kept")
    dies = dial(three, device, unique("dies"), will=(f"{root}/will", b"gone", False))
    publisher = dial(one, device, unique("pub"))
    assert say(publisher, f"{root}/kept", "0")
    assert message(away) == "0"
    iot = two.client("iot")

    def connectivity():
        with contextlib.suppress(iot.exceptions.IndexNotReadyException):
            found = iot.search_index(queryString=f"thingName:{root}-thing")["things"]
            return found and found[0].get("connectivity")

    iot.update_indexing_configuration(thingIndexingConfiguration={
        "thingIndexingMode": "REGISTRY", "thingConnectivityIndexingMode": "STATUS"})  # fmt: skip
    until(lambda: (connectivity() or {}).get("connected") is True, "it is known to be connected")
    three.kill()
    assert away.closed() and dies.closed() and thing.closed()
    # Not acknowledged until somebody has its session. Its device gets on at its first try.
    publisher.publish(f"{root}/kept", b"1")
    with dial(two, device, client_id, clean=False) as back:
        # That the first was acknowledged may not have been on disk.
        assert next(got for got in iter(lambda: message(back), None) if got != "0") == "1"
        assert publisher.receive() == (0x40, b"\x00\x02")
        assert message(watcher) == "gone"
        watcher.send(b"\xc0\x00")
        assert watcher.receive() == (0xD0, b"")
    # The end of its connections is told once, and known everywhere.
    told = json.loads(message(events))
    assert (told["clientId"], told["disconnectReason"]) == (f"{root}-thing", "SERVER_ERROR")
    until(lambda: connectivity()["connected"] is False, "it is known to be gone")
    for node in [one, two]:
        assert node.client("iot-data").get_connection(clientId=f"{root}-thing")["connected"] is False
    fleet.replace(three)
    fleet.settled()
    assert events.ping()
    for client in [events, watcher]:
        client.close()


def test_a_node_that_is_killed_and_started_again_takes_its_place_at_once(fleet, device):
    one, two, three = fleet.nodes
    late = [node.log().count("is taken for dead") for node in [one, two]]
    three.kill()
    fleet.replace(three)
    # Nobody had to wait until its term was over.
    assert [node.log().count("is taken for dead") for node in [one, two]] == late
    fleet.settled()
    with dial(three, device, unique("again")) as client:
        assert client.ping()


def test_without_the_bus_devices_stay_and_messages_wait(fleet, device):
    one, two, _ = fleet.nodes
    client_id, root = unique("waits"), unique("root")
    with dial(two, device, client_id, clean=False) as keeps, dial(one, device, unique("pub")) as publisher:
        sub(keeps, f"{root}/kept")
        fleet.nats.stop()
        until(lambda: "bus between nodes is away" in one.get("/readyz"), "it is noticed")
        assert fleet.metric(one, "bus_up") == 0
        assert keeps.ping() and publisher.ping()
        publisher.publish(f"{root}/kept", b"1")
        assert publisher.ping(), "no acknowledgement"
        # Changes still reach all, by the store.
        other = two.service_device(one.data_dir.parent)
        with dial(one, other, unique("revoked")) as revoked:
            two.client("iot").update_certificate(certificateId=other.id, newStatus="REVOKED")
            assert revoked.closed()
        # And so does the end of an older connection.
        roams = unique("roams")
        held = dial(one, device, roams)
        with dial(two, device, roams) as newer:
            assert held.closed() and newer.ping()
        fleet.nats.start()
        assert publisher.receive() == (0x40, b"\x00\x02")
        assert message(keeps) == "1"


class Sender:
    """Publishes with QoS 1, and keeps in mind what it was told of each message, as long as its connection lasts."""

    def __init__(self, node, device):
        self.client = dial(node, device, unique("sender"))
        # A connection of TLS is one thread's at a time.
        self.lock = threading.Lock()
        self.sent, self.told = {}, set()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        with contextlib.suppress(OSError, ValueError):
            while True:
                select.select([self.client.socket], [], [], 1)
                with self.lock:
                    while self.client.buffer or self.client.socket.pending() or self._is_readable():
                        got = self.client.receive()
                        if got is None:
                            return
                        if got[0] == 0x40:
                            self.told.add(self.sent[int.from_bytes(got[1])])

    def _is_readable(self):
        return bool(select.select([self.client.socket], [], [], 0)[0])

    def send(self, topic, number):
        with self.lock, contextlib.suppress(OSError):
            self.sent[len(self.sent) + 1] = (topic, number)
            self.client.publish(topic, str(number).encode(), packet_id=len(self.sent))


def test_whatever_fails_nothing_acknowledged_is_lost(fleet, device):
    """A model of what clients were told, compared with what the fleet says after each fault."""
    dice = random.Random(16)
    root = unique("model")
    clients = [unique("model") for _ in range(4)]
    for client_id in clients:
        with dial(dice.choice(fleet.nodes), device, client_id, clean=False) as client:
            sub(client, f"{root}/{client_id}")
    number = 0
    faults = ["kill", "bus", "nats", "store", "database"]
    for round_ in range(ROUNDS):
        victim, fault = dice.choice(fleet.nodes), faults[round_ % len(faults)]
        senders = [Sender(node, device) for node in fleet.nodes]
        for phase in ["before", "during", "after"]:
            if phase == "during":
                begin(fleet, fault, victim)
            if phase == "after":
                mend(fleet, fault, victim)
            for _ in range(3):
                for client_id in clients:
                    number += 1
                    dice.choice(senders).send(f"{root}/{client_id}", number)
        fleet.settled()
        for client_id in clients:
            told = {(topic, n) for sender in senders for topic, n in sender.told}
            promised = {n for topic, n in told if topic == f"{root}/{client_id}"}
            node = dice.choice(fleet.nodes)
            with until(lambda: come_back(node, device, client_id), f"{client_id} comes back") as client:
                got = set()
                while promised - got:
                    got.add(int(message(client)))
                # Of one client id there is one connection, whichever node it comes to.
                with until(lambda: come_back(dice.choice(fleet.nodes), device, client_id), "it comes again"):
                    assert client.closed()
        for sender in senders:
            sender.client.close()


def come_back(node, device, client_id):
    client = Raw("localhost", node.mqtt_port, node.root_ca, device)
    if client.connect(client_id, clean=False) == 0:
        return client
    client.close()
    return None


def begin(fleet, fault, victim):
    match fault:
        case "kill":
            victim.kill()
        case "bus":
            fleet.to_bus[victim].cut()
        case "store":
            fleet.to_store[victim].cut()
        case "nats":
            fleet.nats.stop()
        case "database":
            fleet.database.control("stop", "-m", "fast")


def mend(fleet, fault, victim):
    match fault:
        case "bus":
            fleet.to_bus[victim].mend()
        case "store":
            fleet.to_store[victim].mend()
        case "nats":
            fleet.nats.start()
        case "database":
            fleet.database.control("start")
    ended = victim.process.poll() is not None
    if fault == "store" and not ended:
        # It may have been declared dead, and then ends by itself.
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline and not ended:
            ended = victim.process.poll() is not None
            time.sleep(0.05)
    if ended:
        fleet.replace(victim)


def test_a_session_arrives_that_is_on_its_way_when_the_database_goes(fleet, device):
    """Whether or not it was answered that it goes: what waits in it comes, and what comes from then on is kept for it."""
    one, two, three = fleet.nodes
    topic, client_id = unique("topic"), unique("moves")
    with dial(one, device, client_id, clean=False) as first:
        sub(first, topic)
    with dial(three, device, unique("pub")) as publisher:
        for number, node in enumerate([two, one, two]):
            assert say(publisher, topic, f"{number} before")
            with ThreadPoolExecutor(2) as beside:
                comes = beside.submit(come_back, node, device, client_id)
                fleet.database.control("stop", "-m", "immediate")
                fleet.database.control("start")
                came = comes.result()
            if came is not None:
                came.close()
            until(lambda number=number: say(publisher, topic, f"{number} after"), "it is kept")
            with until(lambda node=node: come_back(node, device, client_id), "it comes") as client:
                # Nobody has acknowledged either.
                missing = {f"{number} before", f"{number} after"}
                while missing:
                    missing.discard(message(client))
    assert all(node.process.poll() is None for node in fleet.nodes), "nobody was taken for dead"


def test_a_node_that_leaves_and_one_that_comes(fleet, device):
    one, _, three = fleet.nodes
    client_id, root = unique("rolls"), unique("root")
    with dial(three, device, client_id, clean=False) as before:
        sub(before, f"{root}/t")
        assert three.stop() == 0
        assert before.closed()
    with dial(one, device, unique("pub")) as publisher:
        assert say(publisher, f"{root}/t", "while it is away")
        fleet.replace(three)
        fleet.settled()
        with dial(three, device, client_id, clean=False) as after:
            assert message(after) == "while it is away"
