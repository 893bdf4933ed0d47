"""What befalls a fleet for which clocks differ by two minutes: a replica takes the place of the database, and nodes that do
not hear each other though each has the bus and the store."""

import contextlib
import json
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from lib import unique, until
from nodes import Fleet, Nats, Proxy, free_port
from postgres import Replica
from test_cluster import come_back, dial, message, say, sub

# Debian's libfaketime moves the clock that a process reads, and not the one by which it waits.
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


def clock(seconds):
    return {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"{seconds:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    assert FAKETIME, "libfaketime is not installed; scripts/test does that"
    # Each bus of the two tells the other what it is told, over a connection that can be cut.
    port = free_port()
    own = ["--cluster_name", "fleet", "--cluster", f"nats://127.0.0.1:{port}", "--no_advertise"]
    env = {2: clock(60), 3: clock(-60), 4: clock(-60)}
    fleet = Fleet(tmp_path_factory.mktemp("faults"), env=env, nats=own)
    between = Proxy(port)
    fleet.between = between
    fleet.other_nats = Nats(
        "--cluster_name", "fleet", "--cluster", f"nats://127.0.0.1:{free_port()}", "--no_advertise",
        "--routes", f"nats://127.0.0.1:{between.port}",
    )  # fmt: skip
    yield fleet
    fleet.end()
    fleet.other_nats.stop()
    between.close()


def test_clocks_that_differ_change_nothing(fleet, device):
    fleet.settled()
    one, fast, slow = fleet.nodes
    late = [node.log().count("is taken for dead") for node in fleet.nodes]
    root, client_id = unique("root"), unique("roams")
    events = dial(one, device, unique("watch"))
    sub(events, f"$aws/events/presence/+/{client_id}")
    held = dial(fast, device, client_id)
    for node in [slow, one, fast, slow, fast]:
        newer = dial(node, device, client_id)
        assert held.closed() and newer.ping()
        held = newer
    held.close()
    told = [json.loads(message(events)) for _ in range(12)]
    assert [event["eventType"] for event in told] == ["connected", "disconnected"] * 6
    assert [event["versionNumber"] for event in told] == [number // 2 for number in range(12)]
    events.close()

    with dial(slow, device, client_id, clean=False) as first:
        sub(first, f"{root}/t")
        first.send(b"\xe0\x00")
    with dial(fast, device, unique("pub")) as publisher:
        for number in range(5):
            assert say(publisher, f"{root}/t", str(number))
        with dial(one, device, client_id, clean=False) as second:
            assert [message(second) for _ in range(5)] == [str(number) for number in range(5)]
    # Nobody is taken for dead, since that goes by the database's clock.
    assert [node.log().count("is taken for dead") for node in fleet.nodes] == late
    # A certificate that the fast one issues is good at the slow one.
    issued = fast.service_device(Path(device.cert).parent)
    with dial(slow, issued, unique("new")) as client:
        assert client.ping()


def test_nodes_that_do_not_hear_each_other_have_one_client_and_lose_nothing(fleet, device):
    one, two, three = fleet.nodes
    bus = fleet.to_bus[three]
    before = bus.targets
    bus.targets = [fleet.other_nats.port]
    bus.cut()
    bus.mend()
    fleet.settled()
    root, client_id, keeps = unique("root"), unique("roams"), unique("keeps")
    kept = dial(three, device, keeps, clean=False)
    sub(kept, f"{root}/kept")
    held = dial(one, device, client_id)
    publisher = dial(two, device, unique("pub"))
    fleet.between.cut()
    until(lambda: fleet.metric(three, "peers_heard") == 0 and fleet.metric(one, "peers_heard") == 1, "they do not hear", 30)
    assert fleet.metric(three, "bus_up") == 1
    # The store says so instead.
    with dial(three, device, client_id) as newer:
        assert held.closed() and newer.ping()
        with dial(one, device, client_id) as newest:
            assert newer.closed() and newest.ping()
    # Not acknowledged before the session's node has it.
    publisher.publish(f"{root}/kept", b"1")
    assert publisher.ping()
    # So with a session that subscribes only now.
    late, second = dial(three, device, unique("late"), clean=False), dial(two, device, unique("pub"))
    sub(late, f"{root}/late")
    second.publish(f"{root}/late", b"2")
    assert second.ping()
    # One that starts meanwhile, and by the clock that is behind, has never heard the others.
    fresh = fleet.add(fleet.other_nats)
    assert fleet.metric(fresh, "peers_heard") == 1, "it hears the one on its side"
    other, began = unique("roams"), dial(one, device, unique("began"))
    older = dial(one, device, other)
    with dial(fresh, device, other) as newer:
        assert older.closed() and newer.ping()
        with dial(two, device, other) as newest:
            assert newer.closed() and newest.ping()
    assert began.ping()
    began.close()
    fleet.remove(fresh)
    fleet.between.mend()
    assert publisher.receive() == (0x40, b"\x00\x02")
    assert message(kept) == "1"
    assert second.receive() == (0x40, b"\x00\x02")
    assert message(late) == "2"
    fleet.settled()
    for client in (kept, publisher, late, second):
        client.close()
    bus.targets = before
    bus.cut()
    bus.mend()


def test_a_replica_takes_the_place_of_the_database(fleet, device):
    fleet.settled()
    replica = Replica(fleet.database)
    until(replica.is_in_step, "the replica is in step", 30)
    one, two, three = fleet.nodes
    root, client_id = unique("root"), unique("session")
    with dial(two, device, client_id, clean=False) as first:
        sub(first, f"{root}/t")
        first.send(b"\xe0\x00")
    stays, publisher = dial(three, device, unique("stays")), dial(one, device, unique("pub"))
    iot, made = one.client("iot"), []
    for number in range(20):
        iot.create_thing(thingName=f"{root}-{number}")
        made.append(f"{root}-{number}")
        assert say(publisher, f"{root}/t", str(number))
    fleet.database.control("stop", "-m", "immediate")
    assert stays.ping() and publisher.ping()
    replica.promote()
    for proxy in fleet.to_store.values():
        proxy.targets = [replica.port]
    iot = three.client("iot")

    def created():
        with contextlib.suppress(ClientError, BotoCoreError):
            return iot.create_thing(thingName=f"{root}-after")

    until(created, "it goes on", 60)
    for name in made:
        assert iot.describe_thing(thingName=name)["thingName"] == name
    with until(lambda: come_back(three, device, client_id), "the session is there", 60) as back:
        got = set()
        while got != set(range(20)):
            got.add(int(message(back)))
    assert stays.ping()
    assert all(node.process.poll() is None for node in fleet.nodes), "nobody was taken for dead"
    replica.end()
