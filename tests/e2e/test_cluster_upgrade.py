"""A fleet that is brought to another release node by node, while its devices stay with it. The earlier release is the program
that PYTEST_CLUSTER_EARLIER names, and this one where nothing is named: then each node is started again."""

import contextlib
import json
import os
import select
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from lib import BIN, DEADLINE, Ca, jitp_role, template, unique, until
from nodes import Fleet
from test_cluster import come_back, dial, message, say, sub

EARLIER = Path(os.environ.get("PYTEST_CLUSTER_EARLIER", BIN))


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
