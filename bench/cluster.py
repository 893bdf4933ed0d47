"""What several nodes cost: processor of all processes for each first connection and each message, with 1, 2 and 3 nodes
over PostgreSQL and NATS, beside one node with the embedded store; and how soon a revocation at one node ends a connection
at another. On few cores nothing gets faster with more nodes: what counts is that a unit costs the same.

    scripts/bench cluster [--devices N] [--messages N] [--revocations N]
"""

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
TICKS = os.sysconf("SC_CLK_TCK")
# First connections to each node that are not counted, and how many come to a node before the next one's turn: programs
# that take turns at each device find their processor's caches cold, which a node under load does not.
WARM = RUN = 25


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


def measured(fleet, work, units):
    """Microseconds of processor for each unit, by part."""
    before = {name: processor(pids) for name, pids in fleet.parts().items()}
    work()
    return {name: (processor(pids) - before[name]) * 1e6 / units for name, pids in fleet.parts().items()}


def first_connections(fleet, directory, count):
    from lib import Ca, Raw, jitp_role, template

    one = fleet.nodes[0]
    ca = Ca(Path(directory) / "ca", kind="ec").register(one, template=template(), role=jitp_role(one))
    warm = WARM * len(fleet.nodes)
    devices = [ca.device(kind="ec") for _ in range(warm + count)]
    # All nodes know the CA.
    for node in fleet.nodes:
        node.client("iot").describe_ca_certificate(certificateId=ca.id)

    def connect(some):
        for number, device in enumerate(some):
            node = fleet.nodes[number // RUN % len(fleet.nodes)]
            with Raw("localhost", node.mqtt_port, node.root_ca, device) as client:
                assert client.connect(device.name) == 0, node.log()[-1000:]

    # What each node and each of its connections to the database does once is no cost of a device.
    connect(devices[:warm])
    return measured(fleet, lambda: connect(devices[warm:]), count)


def messages(fleet, directory, count, to, qos):
    from lib import Raw, packet, text, unique

    one, other = fleet.nodes[0], fleet.nodes[to]
    device = one.service_device(directory)
    topic = unique("bench")
    subscriber = Raw("localhost", other.mqtt_port, other.root_ca, device)
    assert subscriber.connect(unique("sub")) == 0
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nameplate", required=True)
    parser.add_argument("--devices", type=int, default=150)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--revocations", type=int, default=100)
    options = parser.parse_args()
    os.environ["NAMEPLATE_BIN"] = options.nameplate
    for count in [0, 1, 2, 3]:
        with tempfile.TemporaryDirectory(prefix="nameplate-bench-cluster-") as directory:
            fleet = several(directory, count) if count else Alone(directory)
            print(f"\n{count or 'one'} node{'s' if count > 1 else ''}" + ("" if count else ", embedded store"), flush=True)
            print(f"  µs of processor for each:      all   of which")
            print("  first connection           ", shown(first_connections(fleet, directory, options.devices)), flush=True)
            for qos in [0, 1]:
                cost = messages(fleet, directory, options.messages, 0, qos)
                print(f"  message, QoS {qos}, same node   ", shown(cost), flush=True)
                if count > 1:
                    cost = messages(fleet, directory, options.messages, 1, qos)
                    print(f"  message, QoS {qos}, across      ", shown(cost), flush=True)
            if count:
                rows = int(fleet.database.sql("SELECT COUNT(*) FROM notice", "fleet"))
                print(f"  notices written            {rows:9d}   read by each of {count - 1} other nodes")
            if count > 1:
                took = sorted(revocations(fleet, directory, options.revocations))
                at = lambda share: took[min(int(len(took) * share), len(took) - 1)]
                print(f"  revoked at one, closed at another: median {statistics.median(took):.0f} ms, p99 {at(0.99):.0f} ms")
            fleet.end()


main()
