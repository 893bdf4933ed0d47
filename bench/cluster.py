"""What several nodes cost: processor of all processes for each first connection and each message, with 1, 2 and 3 nodes
over PostgreSQL and NATS, beside one node with the embedded store; and how soon a revocation at one node ends a connection
at another. On few cores nothing gets faster with more nodes: what counts is that a unit costs the same. What programs do
while nothing happens, such as saying that they are there, is told apart and is no part of a unit, or it would depend on
how fast the devices of this bench are. At the end stands what 100 million devices need, computed from these figures.

    scripts/bench cluster [--devices N] [--at-once N] [--messages N] [--revocations N] [--held N] [--nodes 0,1,2,3]
"""

import argparse
import contextlib
import math
import os
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
TICKS = os.sysconf("SC_CLK_TCK")
# First connections to each node that are not counted, and how many come to a node before the next one's turn: programs
# that take turns at each device find their processor's caches cold, which a node under load does not.
WARM = RUN = 25
# Devices that are in the registry already. In one of fewer many are on the same pages of its indexes, where PostgreSQL undoes
# transactions of two nodes that meet.
REGISTERED = 200_000
# Seconds that pass after a start before it is measured what a fleet takes at rest, and for how long that is.
SETTLES, RESTS = 5, 10
# Filters of one SUBSCRIBE.
FILTERS = 8


def clock(pid):
    """Seconds of processor that a process has taken with all its threads: what clock_getcpuclockid names, CPUCLOCK_SCHED."""
    try:
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return 0


def processor(pids):
    """Seconds of processor that these processes and all they have started have taken."""
    children, own = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            pid = int(entry.name)
            children.setdefault(int(fields[1]), []).append(pid)
            # Of itself to the nanosecond, by its own clock, and of children that have ended.
            own[pid] = clock(pid) + sum(map(int, fields[13:15])) / TICKS
    total, todo, seen = 0, list(pids), set()
    while todo:
        pid = todo.pop()
        if pid not in seen:
            seen.add(pid)
            total += own.get(pid, 0)
            todo += children.get(pid, [])
    return total


class Alone:
    """One node with the embedded store."""

    def __init__(self, directory):
        from lib import Server

        self.nodes = [Server(Path(directory) / "alone").start()]

    def pids(self):
        return [self.nodes[0].process.pid]

    def parts(self):
        return {"nodes": self.pids()}

    def end(self):
        self.nodes[0].stop()


def several(directory, count):
    from nodes import Fleet

    fleet = Fleet(directory, count, direct=True)
    fleet.settled()
    postmaster = int((Path(fleet.database.directory) / "data" / "postmaster.pid").read_text().split()[0])
    parts = {"nodes": [node.process.pid for node in fleet.nodes], "PostgreSQL": [postmaster], "NATS": [fleet.nats.process.pid]}
    fleet.parts = lambda: parts
    fleet.pids = lambda: [pid for of in parts.values() for pid in of]
    return fleet


def spent(fleet, work):
    """Seconds of processor that each part took, and seconds that it took."""
    before, began = {name: processor(pids) for name, pids in fleet.parts().items()}, time.monotonic()
    work()
    took = time.monotonic() - began
    return {name: processor(pids) - before[name] for name, pids in fleet.parts().items()}, took


def at_rest(fleet):
    """Microseconds of processor that each part takes in a second in which nothing happens."""
    time.sleep(SETTLES)
    cost, took = spent(fleet, lambda: time.sleep(RESTS))
    fleet.rest = {name: seconds * 1e6 / took for name, seconds in cost.items()}
    return fleet.rest


def measured(fleet, work, units):
    """Microseconds of processor for each unit, by part, without what they take at rest."""
    cost, took = spent(fleet, work)
    return {name: (seconds * 1e6 - fleet.rest[name] * took) / units for name, seconds in cost.items()}


def registers(fleet, count):
    """Brings so many things with certificates into the registry of several nodes, like one that has come, under keys that are
    no node's."""
    first = 1000 << 48
    fleet.database.sql(
        f"""INSERT INTO thing (id, name, uuid, attributes, version)
            SELECT {first} + n, md5(n::TEXT), gen_random_uuid()::TEXT, '{{}}', 1 FROM generate_series(1, {count}) AS n;
            INSERT INTO certificate (id, hash, status, mode, ca_id, created, modified, version, not_before, not_after)
            SELECT {first} + n, sha256(n::TEXT::BYTEA), c.status, c.mode, c.ca_id, c.created, c.modified, 1, c.not_before,
            c.not_after FROM generate_series(1, {count}) AS n, (SELECT * FROM certificate LIMIT 1) AS c;
            INSERT INTO thing_principal (certificate_id, thing_id, exclusive) SELECT id, id, 0 FROM thing WHERE id > {first};
            INSERT INTO policy_certificate (policy_id, certificate_id)
            SELECT (SELECT MIN(policy_id) FROM policy_certificate), id FROM thing WHERE id > {first}""",
        "fleet",
    )
    # What it does by itself within a minute.
    fleet.database.sql("VACUUM ANALYZE", "fleet")


def first_connections(fleet, directory, count, at_once):
    from lib import Ca, Raw, jitp_role, template

    one = fleet.nodes[0]
    ca = Ca(Path(directory) / "ca", kind="ec").register(one, template=template(), role=jitp_role(one))
    warm = WARM * len(fleet.nodes)
    devices = [ca.device(kind="ec") for _ in range(warm + count)]
    # All nodes know the CA.
    for node in fleet.nodes:
        node.client("iot").describe_ca_certificate(certificateId=ca.id)

    def comes(number, device):
        node = fleet.nodes[number // RUN % len(fleet.nodes)]
        with Raw("localhost", node.mqtt_port, node.root_ca, device) as client:
            assert client.connect(device.name) == 0, node.log()[-1000:]

    def connect(some):
        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(comes, range(len(some)), some))

    # What each node and each of its connections to the database does once is no cost of a device.
    connect(devices[:warm])
    if hasattr(fleet, "database"):
        registers(fleet, REGISTERED)
    first = measured(fleet, lambda: connect(devices[warm:]), count)
    return first, measured(fleet, lambda: connect(devices[warm:]), count)


def memory(node):
    """Bytes that are a process's own."""
    for line in Path(f"/proc/{node.process.pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1]) * 1024
    return 0


def held(fleet, directory, count):
    """Bytes for each connection that is held and each filter: at its node, and at the other."""
    from lib import Raw, text, packet, unique

    one, other = fleet.nodes
    device = one.service_device(directory)
    prefix = unique("held")

    def dial(number):
        client = Raw("localhost", one.mqtt_port, one.root_ca, device)
        assert client.connect(f"{prefix}-{number}", keep_alive=1200) == 0
        return client

    # What the first ones bring with them is no connection's.
    clients = [dial(number) for number in range(WARM)]
    time.sleep(1)
    before = memory(one), memory(other)
    clients += [dial(number) for number in range(WARM, WARM + count)]
    time.sleep(1)
    connected = memory(one), memory(other)
    for number, client in enumerate(clients[WARM:]):
        filters = [text(f"cmd/{prefix}-{number}/{at}/#") + b"\x01" for at in range(FILTERS)]
        client.send(packet(0x82, b"\x00\x01" + b"".join(filters)))
        assert client.receive()[0] == 0x90
    time.sleep(1)
    subscribed = memory(one), memory(other)
    for client in clients:
        client.close()
    each = lambda after, earlier, units: [(now - then) / units for now, then in zip(after, earlier)]
    return *each(connected, before, count), *each(subscribed, connected, count * FILTERS)


def rule(node):
    """A rule that takes every message of a topic and publishes it to where nobody listens; the topic."""
    from lib import ALLOW_ALL, unique
    from test_functions import TRUST

    topic, name = unique("ruled"), unique("rule").replace("-", "_")
    iam = node.client("iam")
    trust = TRUST.replace("lambda.amazonaws.com", "iot.amazonaws.com")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=ALLOW_ALL)
    action = {"republish": {"roleArn": role, "topic": f"{topic}/out", "qos": 0}}
    payload = {"sql": f"SELECT * FROM '{topic}'", "awsIotSqlVersion": "2016-03-23", "actions": [action]}
    node.client("iot").create_topic_rule(ruleName=name, topicRulePayload=payload)
    return topic


def messages(fleet, directory, count, to, qos, topic=None):
    """To a subscriber at a node, or to `topic`, to which nobody subscribes."""
    from lib import Raw, packet, text, unique

    one, other = fleet.nodes[0], fleet.nodes[to]
    device = one.service_device(directory)
    is_heard = topic is None
    topic = topic or unique("bench")
    subscriber = Raw("localhost", other.mqtt_port, other.root_ca, device)
    assert subscriber.connect(unique("sub")) == 0
    if is_heard:
        subscriber.subscribe(topic, qos)
    publisher = Raw("localhost", one.mqtt_port, one.root_ca, device)
    assert publisher.connect(unique("pub")) == 0
    payload = b"x" * 256

    def listen(client, kind, wanted):
        got = 0
        while got < wanted:
            first, body = client.receive(120)
            if first & 0xF0 == kind:
                got += 1
            if kind == 0x30 and qos:
                length = int.from_bytes(body[:2])
                client.send(packet(0x40, body[2 + length : 4 + length]))

    def settle():
        while publisher.receive(120)[0] != 0x40:
            pass

    def publish():
        # A connection of TLS is one thread's at a time.
        window, under_way = 50, 0
        reads = threading.Thread(target=listen, args=(subscriber, 0x30, count))
        if is_heard:
            reads.start()
        for number in range(count):
            identifier = (number % 60000 + 1).to_bytes(2) if qos else b""
            if under_way == window:
                settle()
                under_way -= 1
            publisher.send(packet(0x30 | qos << 1, text(topic) + identifier + payload))
            under_way += qos
        for _ in range(under_way):
            settle()
        if is_heard:
            reads.join()

    cost = measured(fleet, publish, count)
    subscriber.close()
    publisher.close()
    return cost


def revocations(fleet, directory, count):
    """Milliseconds from the call at one node to the end of the connection at another."""
    from lib import Raw

    one, other = fleet.nodes[0], fleet.nodes[-1]
    iot = one.client("iot")
    took = []
    for _ in range(count):
        device = one.service_device(directory)
        with Raw("localhost", other.mqtt_port, other.root_ca, device) as client:
            assert client.connect(device.name) == 0
            begun = time.perf_counter()
            iot.update_certificate(certificateId=device.id, newStatus="REVOKED")
            assert client.closed()
            took.append((time.perf_counter() - begun) * 1000)
    return took


def shown(cost):
    return f"{sum(cost.values()):9.0f}   " + ", ".join(f"{name} {value:.0f}" for name, value in cost.items())


# What is assumed of 100 million devices, beside the figures.
DEVICES = 100e6
ASSUMED = {
    "connected": 0.4,  # of all devices, at a time
    "messages": 1 / 60,  # of each connected device a second, QoS 1, each for one rule
    "commands": 1 / 3600,  # to each, QoS 1, from whichever node
    "returns": 0.005 / 60,  # of connected devices that connect again, in a second
    "rush": 900,  # seconds in which all come back after a power cut
    "newcomers": 1e6 / 86400,  # a second
    "cores": 16,
    "memory": 64e9,
    "used": 0.5,  # of a node's processor, but for a rush
    "free": 0.2,  # of a node's memory, for what is under way
}


def plan(figures, a=ASSUMED):
    """What the figures come to: rows of what, how it is computed, and the result."""
    million = lambda value: f"{value / 1e6:.3g} million"
    connected = DEVICES * a["connected"]
    each = figures["connection"] + figures["filter"] + figures["heir"]
    others = connected * figures["filter elsewhere"]
    room = a["memory"] * (1 - a["free"])
    by_memory = math.ceil(connected * each / (room - others)) if room > others else None
    rates = {
        "message": connected * a["messages"],
        "command": connected * a["commands"],
        "return": connected * a["returns"],
        "newcomer": a["newcomers"],
    }
    cores = {name: rate * figures[name] / 1e6 for name, rate in rates.items()}
    by_processor = math.ceil(sum(cores.values()) / (a["cores"] * a["used"]))
    rush = connected / a["rush"]
    rows = [
        ("connected", f"100 million × {a['connected']:.0%}", million(connected)),
        ("memory of connections, each with a filter and its heir's share", f"{million(connected)} × {each / 1000:.1f} kB",
         f"{connected * each / 1e12:.2f} TB"),
        ("memory of the others' filters, each node", f"{million(connected)} × {figures['filter elsewhere']:.0f} B",
         f"{others / 1e9:.1f} GB"),
        ("nodes by memory", f"{connected * each / 1e9:.0f} GB ÷ ({room / 1e9:.0f} − {others / 1e9:.1f}) GB", str(by_memory)),
    ]  # fmt: skip
    told = {"message": "messages in, each for a rule", "command": "commands across nodes", "return": "connections of known devices",
            "newcomer": "first connections"}  # fmt: skip
    for name, rate in rates.items():
        rows.append((told[name], f"{rate:,.0f} a second × {figures[name]:.0f} µs of the nodes", f"{cores[name]:.1f} cores"))
    rows += [
        ("nodes by processor, half used", f"{sum(cores.values()):.1f} ÷ {a['cores'] * a['used']:.0f}", str(by_processor)),
        (f"all back within {a['rush'] / 60:.0f} minutes", f"{rush:,.0f} a second × {figures['return']:.0f} µs of the nodes",
         f"{rush * figures['return'] / 1e6:.0f} cores, {math.ceil(rush * figures['return'] / 1e6 / a['cores'])} nodes fully used"),
    ]  # fmt: skip
    for part in ["PostgreSQL", "NATS"]:
        usual = sum(rates[name] * figures[f"{name} {part}"] for name in rates) / 1e6
        of = figures[f"return {part}"]
        rows.append((f"{part}", f"the same rates, of which connections {of:.0f} µs", f"{usual:.1f} cores"))
        rows.append((f"{part} while all come back", f"{rush:,.0f} a second × {of:.0f} µs", f"{rush * of / 1e6:.0f} cores"))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nameplate", required=True)
    parser.add_argument("--devices", type=int, default=150)
    parser.add_argument("--at-once", type=int, default=8, help="devices that connect at a time")
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--revocations", type=int, default=100)
    parser.add_argument("--held", type=int, default=2000)
    parser.add_argument("--nodes", default="0,1,2,3")
    options = parser.parse_args()
    os.environ["NAMEPLATE_BIN"] = options.nameplate
    figures = {}

    def note(name, cost):
        for part, value in cost.items():
            figures[name if part == "nodes" else f"{name} {part}"] = value

    from lib import until

    for count in map(int, options.nodes.split(",")):
        with (
            tempfile.TemporaryDirectory(prefix="nameplate-bench-cluster-") as directory,
            contextlib.ExitStack() as at_the_end,
        ):
            fleet = several(directory, count) if count else Alone(directory)
            at_the_end.callback(fleet.end)
            print(f"\n{count or 'one'} node{'s' if count > 1 else ''}" + ("" if count else ", embedded store"), flush=True)
            print("  µs of processor for each:         all   of which")
            print("  second at rest             ", shown(at_rest(fleet)), flush=True)
            first, again = first_connections(fleet, directory, options.devices, options.at_once)
            print("  first connection           ", shown(first), flush=True)
            print("  connection of a known one  ", shown(again), flush=True)
            for qos in [0, 1]:
                cost = messages(fleet, directory, options.messages, 0, qos)
                print(f"  message, QoS {qos}, same node   ", shown(cost), flush=True)
                if count > 1:
                    across = messages(fleet, directory, options.messages, 1, qos)
                    print(f"  message, QoS {qos}, across      ", shown(across), flush=True)
            ruled = messages(fleet, directory, options.messages, 0, 1, rule(fleet.nodes[0]))
            print("  message, QoS 1, for a rule ", shown(ruled), flush=True)
            if count == 2:
                names = ["connection", "heir", "filter", "filter elsewhere"]
                figures |= dict(zip(names, held(fleet, directory, options.held)))
                print("  bytes of memory:            " + ", ".join(f"{name} {figures[name]:.0f}" for name in names), flush=True)
                for name, cost in {"newcomer": first, "return": again, "message": ruled, "command": across}.items():
                    note(name, cost)
            if count:
                rows = int(fleet.database.sql("SELECT COUNT(*) FROM notice", "fleet"))
                print(f"  notices written            {rows:9d}   read by each of {count - 1} other nodes")
            if count > 1:
                for without in ["", ", without the bus"]:
                    if without:
                        fleet.nats.stop()
                        until(lambda: not any(fleet.metric(node, "bus_up") for node in fleet.nodes), "the bus is away")
                    took = sorted(revocations(fleet, directory, options.revocations))
                    p99 = took[min(int(len(took) * 0.99), len(took) - 1)]
                    median = statistics.median(took)
                    print(f"  revoked at one, closed at another{without}: median {median:.0f} ms, p99 {p99:.0f} ms", flush=True)
    if figures:
        print("\n100 million devices")
        for what, how, result in plan(figures):
            print(f"| {what} | {how} | {result} |")


main()
