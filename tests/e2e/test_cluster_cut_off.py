"""A node that others go on without, though it lives and has clients: what it acknowledges none of them may miss."""

import urllib.error
from concurrent.futures import ThreadPoolExecutor

import pytest
from lib import DEADLINE, Server, unique, until
from nodes import Fleet
from test_cluster import Sender, come_back, dial, message, say, sub


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    fleet = Fleet(tmp_path_factory.mktemp("cut-off"))
    yield fleet
    fleet.end()


@pytest.fixture(autouse=True)
def whole(fleet):
    """Each test begins with three nodes that hear each other."""
    for node in fleet.nodes:
        mend(fleet, node)
    for node in fleet.nodes:
        if node.process.poll() is not None:
            fleet.replace(node)
    fleet.settled()


def cut(fleet, node):
    fleet.to_bus[node].cut()
    fleet.to_store[node].cut()


def mend(fleet, node):
    fleet.to_bus[node].mend()
    fleet.to_store[node].mend()


def told(publisher, seconds=DEADLINE):
    """Whether what was published is acknowledged; false where the connection ends before."""
    return publisher.receive(seconds) == (0x40, b"\x00\x02")


def taken_for_dead(fleet):
    """How many were so far, as the others log it."""
    return sum(node.log().count("is taken for dead") for node in fleet.nodes)


def test_what_a_node_without_bus_and_store_acknowledges_reaches_sessions_of_which_it_has_not_heard(fleet, device):
    one, two, _ = fleet.nodes
    root = unique("root")
    publisher, other = dial(one, device, unique("pub")), dial(one, device, unique("pub"))
    assert say(publisher, f"{root}/before", "nobody's")
    cut(fleet, one)
    with dial(two, device, unique("new"), clean=False) as keeps, dial(two, device, unique("new"), clean=False) as member:
        sub(keeps, f"{root}/kept")
        sub(member, f"$share/group/{root}/shared")
        publisher.publish(f"{root}/kept", b"1")
        other.publish(f"{root}/shared", b"2")
        assert publisher.ping() and other.ping(), "no acknowledgement"
        # QoS 0 is nobody's promise.
        publisher.publish(f"{root}/before", b"", qos=0)
        assert publisher.ping()
        mend(fleet, one)
        # Where it took so long that the node was taken for dead, its clients were told nothing.
        if told(publisher, 30):
            assert message(keeps) == "1"
        if told(other, 30):
            assert message(member) == "2"
    publisher.close()
    other.close()


def test_what_a_node_without_bus_and_store_acknowledges_reaches_clients_that_stay(fleet, device):
    one, two, _ = fleet.nodes
    topic = unique("topic")
    with dial(two, device, unique("sub")) as stays, dial(one, device, unique("pub")) as publisher:
        sub(stays, topic)
        assert say(publisher, topic, "0") and message(stays) == "0"
        before = taken_for_dead(fleet)
        cut(fleet, one)
        publisher.publish(topic, b"1")
        assert publisher.ping(), "no acknowledgement"
        # Nobody can tell yet which of them will be there.
        until(lambda: taken_for_dead(fleet) > before, "it is taken for dead", 60)
        # Its clients are to go to the others.
        assert publisher.closed()
        with pytest.raises(urllib.error.HTTPError, match="503"):
            one.get("/readyz")
        mend(fleet, one)
        assert one.process.wait(timeout=30) == 1
        # It may have come over the bus before the node heard: nobody was told so, and whoever publishes it does so again.
        stays.send(b"\xc0\x00")
        while (packet := stays.receive()) != (0xD0, b""):
            assert packet and packet[1].endswith(b"1"), packet


def test_a_node_without_the_store_hears_over_the_bus_that_it_is_taken_for_dead(fleet, device):
    one, two, _ = fleet.nodes
    with dial(one, device, unique("there")) as there:
        fleet.to_store[one].cut()
        # It cannot ask, and ends all the same; so nothing is acknowledged that others do not take from it.
        assert one.process.wait(timeout=60) == 1
        assert there.closed()
    assert "declared dead by the others" in one.log()
    fleet.to_store[one].mend()
    with dial(two, device, unique("goes-on")) as client:
        assert client.ping()


def test_without_the_bus_messages_for_clients_that_stay_are_acknowledged_and_come_later(fleet, device):
    one, two, _ = fleet.nodes
    topic = unique("topic")
    with dial(two, device, unique("sub")) as stays, dial(one, device, unique("pub")) as publisher:
        sub(stays, topic)
        assert say(publisher, topic, "0") and message(stays) == "0"
        fleet.to_bus[one].cut()
        # The node has the store since: it lives, and has the message for later.
        for number in range(1, 20):
            assert say(publisher, topic, str(number))
        fleet.to_bus[one].mend()
        assert [message(stays) for _ in range(1, 20)] == [str(number) for number in range(1, 20)]


def test_a_will_that_is_on_its_way_when_its_node_dies_is_published(fleet, device):
    one, two, _ = fleet.nodes
    topic, client_id = unique("will"), unique("keeps")
    with dial(two, device, client_id, clean=False) as keeps:
        sub(keeps, topic)
        keeps.send(b"\xe0\x00")
    fleet.to_bus[one].cut()
    leaves = dial(one, device, unique("leaves"), will=(topic, b"gone", False))
    leaves.close()
    # It is published, and has reached nobody.
    until(lambda: fleet.metric(one, "peer_messages_unsettled") == 1, "it waits for the session's node")
    one.kill()
    with until(lambda: come_back(two, device, client_id), "it comes back") as back:
        assert message(back, 60) == "gone"
        assert back.ping()


def test_what_a_node_acknowledges_before_it_is_killed_reaches_clients_that_stay(fleet, device):
    one, two, three = fleet.nodes
    topic = unique("topic")
    with dial(two, device, unique("sub")) as stays, ThreadPoolExecutor() as pool:
        sub(stays, topic)
        read = pool.submit(lambda: set(iter(lambda: int(message(stays)), 0)))
        senders, number = [Sender(one, device) for _ in range(4)], 0
        while sum(len(sender.told) for sender in senders) < 500:
            for sender in senders:
                for _ in range(20):
                    number += 1
                    sender.send(topic, number)
        one.kill()
        # What it acknowledged is where its reader is, before anything that is published now.
        with dial(three, device, unique("pub")) as last:
            assert say(last, topic, "0")
        got = read.result(DEADLINE)
        promised = {n for sender in senders for _, n in sender.told}
        assert promised <= got, sorted(promised - got)
        for sender in senders:
            sender.client.close()


@pytest.mark.parametrize("wrong", [("--bus", "nats://127.0.0.1:1"), ("--objects", "s3://not-there")])
def test_a_node_that_cannot_start_is_none_that_others_wait_for(fleet, tmp_path, wrong):
    one = fleet.nodes[0]
    before = fleet.database.sql("SELECT MAX(incarnation) FROM node", "fleet")
    flags = list(one.flags)
    flags[flags.index(wrong[0]) + 1] = wrong[1]
    with pytest.raises(AssertionError, match="cannot start"):
        Server(tmp_path / "node", *flags).start()
    assert fleet.database.sql(f"SELECT COUNT(*) FROM node WHERE live = 1 AND incarnation > {before}", "fleet") == "0"


def test_a_node_without_a_bus_does_not_start_beside_those_that_have_one(fleet, tmp_path):
    """It would let in clients whose ids others have, and hear no messages."""
    flags = list(fleet.nodes[0].flags)
    at = flags.index("--bus")
    with pytest.raises(AssertionError, match="start this one with the same --bus"):
        Server(tmp_path / "node", *flags[:at], "--cluster", *flags[at + 2:]).start()
