"""The registry in PostgreSQL as its operator meets it: one device, kills, an absent database, wrong passwords.

What the registry does there otherwise is the whole suite's with NAMEPLATE_TEST_ENGINE=postgres; `scripts/test` runs a
part of it.
"""

import urllib.error

import pytest
from lib import BIN, Ca, jitp_role, plain_env, run, template, unique, until
from postgres import Postgres


@pytest.fixture(scope="module")
def database():
    """A server of its own: it is stopped on the way. Its role `careful` needs a password."""
    database = Postgres("-c fsync=off")
    database.sql("CREATE ROLE careful LOGIN PASSWORD 'correct-horse'")
    path = f"{database.directory}/data/pg_hba.conf"
    with open(path) as file:
        rules = file.read()
    with open(path, "w") as file:
        file.write(f"host all careful 127.0.0.1/32 scram-sha-256\n{rules}")
    database.sql("SELECT pg_reload_conf()")
    yield database
    database.end()


def counts(server):
    """Whether the server can count what is in the registry, for its metrics."""
    try:
        return server.get("/metrics") != ""
    except urllib.error.HTTPError as refused:
        assert refused.code == 503
        return False


def test_device_survives_kills_and_the_databases_absence(database, make_server, tmp_path):
    database.sql("CREATE DATABASE fleet OWNER careful ENCODING UTF8 TEMPLATE template0")
    url = f"postgres://careful:correct-horse@127.0.0.1:{database.port}/fleet"
    server = make_server("--store", url)
    iot = server.client("iot")
    name = unique("lamps")
    body = template(thing="AWS::IoT::Certificate::CommonName")
    ca = Ca(tmp_path / "ca").register(server, template=body, role=jitp_role(server))
    device = ca.device()
    server.pub(device, "postgres/hello", "first")

    # What was acknowledged is there after a kill, and the registry is taken up again at once.
    iot.create_thing(thingName=name)
    server.kill()
    server.start()
    iot = server.client("iot")
    assert {thing["thingName"] for thing in iot.list_things()["things"]} == {device.name, name}
    server.pub(device, "postgres/hello", "second")
    server.explained(device.id, "connected")

    # The database goes away under the server: its metrics say so, writes are refused as a service's fault, nothing ends.
    database.control("stop", "-m", "immediate")
    until(lambda: not counts(server), "the database is away")
    absent = server.aws("iot", "create-thing", "--thing-name", "absent", check=False)
    assert absent.returncode != 0 and "correct-horse" not in absent.stderr, absent
    database.control("start")
    until(lambda: counts(server), "the database is back")
    iot.create_thing(thingName="present")
    server.pub(ca.device(), "postgres/hello", "third")

    # A directory that has not the keys of the registry is refused: its devices would trust another root.
    assert server.stop() == 0
    fresh = make_server("--store", url, directory="fresh", start=False)
    lost = run(fresh.command(), check=False, env=plain_env())
    assert lost.returncode == 1 and "keys" in lost.stderr, lost
    assert "correct-horse" not in server.log() + lost.stdout + lost.stderr


@pytest.mark.parametrize("password", ["wrong-battery", "wrong%2Fstaple"])
def test_wrong_password_is_said_and_not_shown(database, tmp_path, password):
    url = f"postgres://careful:{password}@127.0.0.1:{database.port}/postgres"
    done = run([BIN, "serve", "--data-dir", tmp_path / "data", "--store", url], check=False, env=plain_env())
    assert done.returncode != 0 and "password" in done.stderr, done
    shown = done.stdout + done.stderr
    assert not any(secret in shown for secret in [password, password.replace("%2F", "/")]), shown
