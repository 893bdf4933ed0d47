"""What waits for a shared subscription in a fleet of three nodes is the group's: whoever of its members is back first gets
it, at whichever node, whatever becomes of the node that kept it."""

import contextlib
import queue
import time

import pytest
from lib import DEADLINE, unique, until
from nodes import Fleet
from test_cluster import dial, message, say, sub
from test_mqtt5 import Paho


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    fleet = Fleet(tmp_path_factory.mktemp("groups"))
    yield fleet
    fleet.end()


@pytest.fixture(autouse=True)
def whole(fleet):
    fleet.settled()


class Group:
    """A shared subscription whose members leave sessions behind, of MQTT 5."""

    def __init__(self, fleet, device, *nodes):
        self.fleet, self.device, self.topic = fleet, device, unique("topic")
        self.filter = f"$share/{unique('group')}/{self.topic}"
        self.members = [unique("member") for _ in nodes]
        for node, name in zip(nodes, self.members):
            with self.back(node, name) as member:
                codes, _ = member.subscribe(self.filter)
                assert codes[0].value == 1
        # Ten times a second a node tells the others who is connected to it. Before, each keeps what is meant for its members.
        time.sleep(0.5)

    def back(self, node, name):
        member = Paho(node, self.device, name, clean=False, SessionExpiryInterval=3600)
        assert not member.code.is_failure
        return member

    def say(self, node, numbers):
        """Publishes at a node, each acknowledged."""
        with dial(node, self.device, unique("pub")) as publisher:
            for number in numbers:
                assert say(publisher, self.topic, str(number), 30), number

    def keepers(self):
        """The nodes that keep something for the group, by what the database has."""
        found = self.fleet.database.sql(
            f"""SELECT DISTINCT node.name FROM mqtt_session JOIN mqtt_queue ON session_id = mqtt_session.id
            JOIN node ON node.incarnation = -mqtt_session.owner WHERE client_id = '{self.filter}'""",
            "fleet",
        )
        return [node for node in self.fleet.nodes if (node.data_dir / "node").read_text().strip() in found.split()]

    def rows(self):
        kept = self.fleet.database.sql(
            f"SELECT COUNT(*) FROM mqtt_session JOIN mqtt_queue ON session_id = mqtt_session.id WHERE client_id = '{self.filter}'",
            "fleet",
        )
        return int(kept)


def taken(member, count):
    return [int(member.message().payload) for _ in range(count)]


def rest(*members):
    """What else has come to members, once a while has passed."""
    found = []
    for member in members:
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(int(member.messages.get(timeout=0.5).payload))
    return found


@pytest.mark.parametrize("at", [0, 1, 2])
def test_whoever_is_back_first_gets_all_at_any_node(fleet, device, at):
    one, two, three = fleet.nodes
    group = Group(fleet, device, two, three)
    group.say(one, range(100))
    assert group.rows() > 0
    for name in group.members:
        assert one.client("iot-data").get_connection(clientId=name)["connected"] is False
    with group.back(fleet.nodes[at], group.members[at % 2]) as first:
        assert taken(first, 100) == list(range(100))
        until(lambda: group.rows() == 0, "nothing is kept any more")
        # It is there now, and gets what comes.
        group.say(three, [100])
        assert taken(first, 1) == [100]
        with group.back(one, group.members[1 - at % 2]) as second:
            assert rest(first, second) == []
    # With nobody there it waits again.
    time.sleep(0.5)
    group.say(two, range(101, 103))
    with group.back(fleet.nodes[at - 1], group.members[1 - at % 2]) as second:
        assert taken(second, 2) == [101, 102]
        assert rest(second) == []


@pytest.mark.parametrize("is_taken_on", [True, False])
def test_what_a_node_kept_that_is_killed_is_the_groups(fleet, device, is_taken_on):
    one, two, three = fleet.nodes
    group = Group(fleet, device, two, three)
    group.say(one, range(50))
    [keeper] = group.keepers()
    keeper.kill()
    if not is_taken_on:
        # As if who took on what that node left did not look for it: a release before this one.
        nobody = f"UPDATE mqtt_session SET owner = -99999 WHERE client_id = '{group.filter}'"
        fleet.database.sql(nobody, "fleet")
    # What comes meanwhile waits beside it, and is acknowledged where it does not wait for that node.
    other = two if keeper is three else three
    group.say(one, range(50, 60))
    with group.back(one, group.members[0]) as first:
        assert sorted(set(taken(first, 60))) == list(range(60))
        until(lambda: group.rows() == 0, "nothing is kept any more", 30)
        assert rest(first) == []
    fleet.replace(keeper)
    fleet.settled()
    with group.back(keeper, group.members[1]) as second, group.back(other, group.members[0]) as first:
        assert rest(first, second) == []


def test_a_node_that_keeps_what_waits_starts_again(fleet, device):
    one, two, three = fleet.nodes
    group = Group(fleet, device, two, three)
    group.say(one, range(20))
    [keeper] = group.keepers()
    assert keeper.stop() == 0
    fleet.replace(keeper)
    fleet.settled()
    with group.back(one, group.members[0]) as first:
        assert taken(first, 20) == list(range(20))
        assert rest(first) == []


def test_members_that_are_back_share_what_waits(fleet, device):
    one, two, three = fleet.nodes
    group = Group(fleet, device, two, three)
    count = 1000
    publisher = Paho(one, device)
    for number in range(count):
        publisher.client.publish(group.topic, str(number), 1)
    for _ in range(count):
        assert not publisher.answers.get(timeout=DEADLINE)[0].is_failure
    publisher.close()
    [keeper] = group.keepers()
    # Neither is where it waits, and the node of one is not heard until both are there.
    fleet.to_bus[keeper].cut()
    elsewhere = [node for node in fleet.nodes if node is not keeper]
    with group.back(elsewhere[0], group.members[0]) as first, group.back(elsewhere[1], group.members[1]) as second:
        assert rest(first, second) == []
        fleet.to_bus[keeper].mend()
        until(lambda: first.messages.qsize() + second.messages.qsize() >= count, "all have come", 60)
        shares = [first.messages.qsize(), second.messages.qsize()]
        assert min(shares) > count / 10, shares
        assert sorted(rest(first, second)) == list(range(count))


def test_what_waits_for_a_group_without_members_is_for_nobody(fleet, device):
    one, two, three = fleet.nodes
    group = Group(fleet, device, two, three)
    group.say(one, range(10))
    # One unsubscribes before what waits can come to it: another node's session ends, and it stays for the other.
    [keeper] = group.keepers()
    kept = group.rows()
    for name, clean in [(group.members[0], True), (group.members[1], True)]:
        assert group.rows() == kept
        with Paho(one, device, name, clean=clean) as gone:
            assert not gone.code.is_failure
            assert rest(gone) == []
    until(lambda: group.rows() == 0, "nothing is kept any more", 60)
    assert group.keepers() == [] and keeper.process.poll() is None
    with dial(three, device, group.members[0]) as late:
        sub(late, group.filter)
        group.say(two, ["new"])
        assert message(late) == "new"
