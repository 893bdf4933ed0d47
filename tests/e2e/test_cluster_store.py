"""Two servers over one database, without a bus: what one commits the other follows, and what one leaves another takes up."""

import json
import subprocess
import threading
import urllib.error
from pathlib import Path

import pytest
from lib import ACCOUNT, BIN, TRUST_IOT, Ca, Raw, Server, jitp_role, plain_env, run, template, unique, until, user_key
from botocore.exceptions import ClientError
from postgres import Postgres
from test_bulk import BY_REQUEST, line, over, report, started
from test_device_ca import ca as cas
from test_device_ca import listed
from test_functions import TRUST, zipped
from test_jitr import ACTIVATE, flow

FOLLOWED = 5


@pytest.fixture(scope="module")
def database():
    database = Postgres("-c fsync=off")
    yield database
    database.end()


@pytest.fixture(scope="module")
def bodies(tmp_path_factory):
    """A store of objects that all servers reach."""
    store = Server(tmp_path_factory.mktemp("bodies") / "data").start()
    store.client("s3").create_bucket(Bucket="bodies")
    yield store
    store.stop()


@pytest.fixture(scope="module")
def flags(database, bodies, tmp_path_factory):
    """What each server is given. The key is its owner's."""
    key = tmp_path_factory.mktemp("owner") / "secrets.key"
    key.write_text(run(["openssl", "rand", "-base64", "32"]).stdout)
    database.sql("CREATE DATABASE fleet ENCODING UTF8 TEMPLATE template0")
    return [
        "--cluster", "--store", database.url("fleet"), "--secrets-key", key, "--objects", "s3://bodies",
        "--objects-endpoint", bodies.api_url, "--objects-credentials", bodies.data_dir / "credentials",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def cluster(flags, tmp_path_factory):
    home = tmp_path_factory.mktemp("cluster")
    servers = [Server(home / name, *flags).start() for name in ("one", "two")]
    yield servers
    for server in servers:
        server.stop()
        assert "panicked" not in server.log(), server.log()


def ready(server):
    try:
        return server.get("/readyz") == "ready\n"
    except urllib.error.HTTPError:
        return False


def test_a_server_shares_the_secrets_of_the_others(cluster):
    one, two = cluster
    for file in ["root-ca.pem", "device-ca.pem", "credentials", "keys/device-ca.pem"]:
        assert (one.data_dir / file).read_bytes() == (two.data_dir / file).read_bytes(), file
    assert ready(one) and ready(two)
    # What is in the database nobody opens without the owner's key.
    made = two.client("iot").create_keys_and_certificate(setAsActive=True)
    described = one.client("iot").describe_certificate(certificateId=made["certificateId"])
    assert described["certificateDescription"]["status"] == "ACTIVE"


def test_secrets_are_sealed_and_another_key_is_refused(cluster, database, flags, tmp_path):
    stored = database.sql("SELECT encode(sealed, 'escape') FROM secret", "fleet")
    secret = cluster[0].env["AWS_SECRET_ACCESS_KEY"]
    assert stored and "PRIVATE KEY" not in stored and secret not in stored
    for content, told in [
        (run(["openssl", "rand", "-base64", "32"]).stdout, "sealed with another key"),
        ("hunter2", "no 32 bytes"),
        (None, "No such file"),
    ]:
        key = tmp_path / "other.key"
        key.unlink(missing_ok=True)
        if content:
            key.write_text(content)
        server = Server(tmp_path / "other", *[flag if flag != flags[4] else key for flag in flags])
        done = run(server.command(), check=False, env=plain_env())
        assert done.returncode == 1 and told in done.stderr, done
        assert "hunter2" not in done.stderr, done
    # A directory with keys of its own is no server of these.
    own = Server(tmp_path / "own").start()
    own.stop()
    own.flags, own.store = flags, []
    done = run(own.command(), check=False, env=plain_env())
    assert done.returncode == 1 and "empty directory" in done.stderr, done


@pytest.mark.parametrize(
    ("missing", "told"),
    [("--store", "--store postgres://"), ("--objects", "--objects s3://"), ("--secrets-key", "--secrets-key FILE")],
)
def test_what_several_servers_need_is_asked_for(flags, tmp_path, missing, told):
    at = flags.index(missing)
    fewer = flags[:at] + flags[at + 2 :]
    if missing == "--objects":
        fewer = [flag for flag in fewer if "objects" not in str(flag) and flag not in flags[at + 2 :]]
    command = [BIN, "serve", "--data-dir", tmp_path / "data", *fewer]
    done = run(command, check=False, env=plain_env())
    assert done.returncode == 2 and told in done.stderr, done


def test_a_revocation_at_one_ends_the_connection_at_the_other(cluster, tmp_path):
    one, two = cluster
    ca = Ca(tmp_path / "ca").register(one, template=template(), role=jitp_role(one))
    for change in ["revoke", "detach"]:
        device = ca.device()
        # Registered here, known there at once.
        assert one.pub(device, "hello", "x").returncode == 0
        with Raw("localhost", two.mqtt_port, two.root_ca, device, server_name="localhost") as open_there:
            assert open_there.connect(device.name) == 0
            iot = one.client("iot")
            if change == "revoke":
                iot.update_certificate(certificateId=device.id, newStatus="REVOKED")
            else:
                arn = iot.describe_certificate(certificateId=device.id)["certificateDescription"]["certificateArn"]
                for policy in iot.list_attached_policies(target=arn)["policies"]:
                    iot.detach_policy(policyName=policy["policyName"], target=arn)
            open_there.socket.settimeout(FOLLOWED)
            assert open_there.closed()


def test_a_first_connection_goes_on_when_the_other_server_activates_it(cluster, tmp_path):
    one, two = cluster
    # Where the device comes: who has registered an authority is followed elsewhere a moment later.
    ca = Ca(tmp_path / "ca").register(one)
    device = ca.device()
    answers = []
    hold = threading.Thread(target=lambda: answers.append(one.pub(device, "hello", "x", check=False)))
    hold.start()
    iot = two.client("iot")

    def pending():
        try:
            return iot.describe_certificate(certificateId=device.id)["certificateDescription"]
        except iot.exceptions.ResourceNotFoundException:
            return None

    described = until(pending, "it is registered")
    assert described["status"] == "PENDING_ACTIVATION"
    policy = unique("all")
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}
    iot.create_policy(policyName=policy, policyDocument=json.dumps(document))
    iot.attach_policy(policyName=policy, target=described["certificateArn"])
    iot.update_certificate(certificateId=device.id, newStatus="ACTIVE")
    hold.join(timeout=30)
    assert answers and answers[0].returncode == 0, (answers, one.log())


def refused(call, **parameters):
    """The code of the refusal."""
    with pytest.raises(ClientError) as failed:
        call(**parameters)
    return failed.value.response["Error"]["Code"]


def test_a_change_is_decided_by_what_others_have_changed_a_moment_before(cluster, tmp_path):
    """Nothing is waited for: what a call at one has changed counts for the next call at the other, either way."""
    one, two = cluster
    iam, name = one.client("iam"), unique("role")
    there = two.client("lambda")

    def function():
        return {
            "FunctionName": unique("function"), "Runtime": "python3.12", "Handler": "app.handler",
            "Role": f"arn:aws:iam::{ACCOUNT}:role/{name}", "Code": {"ZipFile": zipped(app_py="handler = print")},
        }  # fmt: skip

    # That there is no such role is known there by now.
    assert refused(there.create_function, **function()) == "InvalidParameterValueException"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    there.create_function(**function())
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=TRUST_IOT)
    assert refused(there.create_function, **function()) == "InvalidParameterValueException"

    allow = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]})
    user, key = user_key(one)
    of_user = two.client("iot", key=key)
    assert refused(of_user.create_thing, thingName=unique("thing")) == "AccessDeniedException"
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=allow)
    of_user.create_thing(thingName=unique("thing"))
    iam.delete_user_policy(UserName=user, PolicyName="p")
    assert refused(of_user.create_thing, thingName=unique("thing")) == "AccessDeniedException"
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=allow)
    of_user.create_thing(thingName=unique("thing"))
    iam.update_access_key(UserName=user, AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert "Unrecognized" in refused(of_user.create_thing, thingName=unique("thing"))

    tables, at_two = one.client("dynamodb"), two.client("dynamodb")
    table, item = unique("table"), {"id": {"S": "x"}}
    for _ in range(2):
        tables.create_table(
            TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        )  # fmt: skip
        tables.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})
        at_two.put_item(TableName=table, Item=item)
        tables.delete_table(TableName=table)
        until(lambda: refused(tables.describe_table, TableName=table) == "ResourceNotFoundException", "it is gone")
        assert refused(at_two.put_item, TableName=table, Item=item) == "ResourceNotFoundException"

    # Devices, too: a CA that was registered, deactivated, activated a moment ago.
    ca = Ca(tmp_path / "ca").register(one, template=template(), role=jitp_role(one))
    first, second = ca.device(), ca.device()
    assert two.pub(first, "hello", "x").returncode == 0, two.log()[-2000:]
    for status in ["INACTIVE", "ACTIVE"]:
        one.client("iot").update_ca_certificate(certificateId=ca.id, newStatus=status)
        assert (two.pub(second, "hello", "x", check=False).returncode == 0) == (status == "ACTIVE")

    assert "CERTIFICATE REQUEST" in cas(one, "csr", "--key", "ecdsa").stdout
    [waiting] = [each for each in listed(one) if each["status"] == "WAITING"]
    assert "removed" in cas(two, "rm", waiting["keyId"]).stdout
    assert "is called" in cas(one, "rm", waiting["keyId"], check=False).stderr


def test_one_moves_things_of_all_between_dynamic_groups(cluster):
    one, two = cluster
    prefix = unique("lamp")
    two.client("iot").create_dynamic_thing_group(thingGroupName=prefix, queryString=f"thingName:{prefix}*")
    names = []
    for number in range(4):
        # Their keys come from blocks of two servers.
        names.append(f"{prefix}-{number}")
        cluster[number % 2].client("iot").create_thing(thingName=names[-1])
    for server in cluster:
        iot = server.client("iot")
        until(lambda: sorted(iot.list_things_in_thing_group(thingGroupName=prefix)["things"]) == names, "all are in it")
    one.client("iot").delete_thing(thingName=names[0])
    iot = two.client("iot")
    until(lambda: sorted(iot.list_things_in_thing_group(thingGroupName=prefix)["things"]) == names[1:], "one is gone")


def test_metrics_tell_of_the_servers(cluster):
    for server in cluster:
        metrics = server.get("/metrics")
        assert "nameplate_servers 2" in metrics or "nameplate_servers 3" in metrics, metrics
        until(lambda: "nameplate_notices_behind 0" in server.get("/metrics"), "it has followed")


def test_a_function_that_one_took_in_runs_at_the_other(cluster, tmp_path):
    one, two = cluster
    _, function = flow(one, ACTIVATE)
    # Its answer comes from where it is asked, and the rule is known there by then.
    asked = two.client("lambda").invoke(FunctionName=function, Payload=b'{"certificateId": "x", "awsAccountId": "y"}')
    assert asked.get("FunctionError") and b"x" in asked["Payload"].read()
    ca = Ca(tmp_path / "ca").register(two)
    assert two.pub(ca.device(), "hello/x", "first", client_id="lamp").returncode == 0, two.log()


def test_a_bulk_task_goes_on_when_its_server_is_killed(flags, cluster, make_server, tmp_path):
    one, _ = cluster
    lines = 4_000
    fleet = unique("fleet")
    key, csr = tmp_path / "device.key", tmp_path / "device.csr"
    subprocess.run(
        ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
         "-subj", "/CN=device", "-out", csr],
        check=True, capture_output=True,
    )  # fmt: skip
    request = csr.read_text()
    dying = make_server(*flags, directory="dying")
    content = "\n".join(line(f"{fleet}-{n}", request) for n in range(lines)) + "\n"
    task = started(dying, tmp_path, content, template=BY_REQUEST)
    iot = one.client("iot")

    def begun():
        found = iot.describe_thing_registration_task(taskId=task)
        return found["successCount"] > 0

    until(begun, "some lines are done", 120)
    dying.kill()
    done = iot.describe_thing_registration_task(taskId=task)
    assert done["status"] == "InProgress", done
    ended = over(one, task)
    assert ended["status"] == "Completed", ended
    assert (ended["successCount"], ended["failureCount"]) == (lines, 0)
    assert len(report(one, task, "RESULTS")) == lines
    assert "goes on after" in "".join(server.log() for server in cluster)


def test_what_a_killed_server_owed_is_sent_once_by_another(flags, cluster, make_server, tmp_path, database):
    one, two = cluster
    # As if it had died between a commit and its event.
    dying = make_server(*flags, directory="dying")
    number = int(database.sql("SELECT MAX(number) FROM node WHERE live = 1", "fleet"))
    dying.kill()
    topic = unique("$aws/events/thing/")
    key = (number << 48) + 900_000_000
    device = one.service_device(tmp_path)
    with one.subscriber(device, topic) as at_one, two.subscriber(device, topic, client_id="two") as at_two:
        database.sql(f"INSERT INTO outbox (id, topic, payload) VALUES ({key}, '{topic}', 'owed')", "fleet")
        until(lambda: at_one.messages or at_two.messages, "the event is sent", 60)
        until(
            lambda: int(database.sql("SELECT COUNT(*) FROM node", "fleet")) == 2
            and int(database.sql("SELECT COUNT(*) FROM outbox", "fleet")) == 0,
            "all is taken over and settled",
        )
        assert len(at_one.messages + at_two.messages) == 1


def test_neighbouring_releases_serve_side_by_side_and_others_are_told(cluster, flags, database, make_server):
    one, _ = cluster
    # A server of another release, as far as a database shows one.
    database.sql(
        "INSERT INTO node (number, incarnation, name, release, knows, addresses, started, until, live) VALUES"
        " (99, 999999, 'old', '0.0.1', 1, 'api=old.example:4566', now(), now() + interval '1 hour', 1)", "fleet",
    )  # fmt: skip
    further = make_server(*flags, directory="newer", start=False)
    done = run(further.command(), check=False, env=plain_env())
    assert done.returncode == 1, done
    assert "a server of release 0.0.1 (api=old.example:4566)" in done.stderr and "stop the servers of that release first" in done.stderr
    # The tables that it knows are those that this release can leave to it.
    database.sql("UPDATE node SET knows = (SELECT usable_from FROM schema_version) WHERE number = 99", "fleet")
    further.start()
    # What it says that this release does not know may be anything.
    before = one.client("iot").list_policies()["policies"]
    database.sql("INSERT INTO notice (incarnation, number, content) VALUES (999999, 1, '[[\"of-another-release\",1]]')", "fleet")
    assert further.client("iot").list_policies()["policies"] == before
    assert further.stop() == 0
    database.sql("DELETE FROM node WHERE number = 99", "fleet")


def test_the_owners_key_is_another_from_now_on(cluster, flags, database, make_server, tmp_path):
    one, two = cluster
    key = Path(flags[flags.index("--secrets-key") + 1])
    before, after = key.read_text(), run(["openssl", "rand", "-base64", "32"]).stdout
    command = [BIN, "cluster", "rotate-key", "--store", database.url("fleet"), "--secrets-key", key]
    assert "already" in run(command, env=plain_env()).stdout
    # Those that run read the file again when they meet what is sealed with the new one.
    key.write_text(after + before)
    assert "Remove the keys below it" in run(command, env=plain_env()).stdout
    key.write_text(after)
    cas(one, "csr", "--key", "ecdsa")
    [waiting] = [each for each in listed(one) if each["status"] == "WAITING"]
    until(lambda: waiting["keyId"] in [each.get("keyId") for each in listed(two)], "the other one has read it")
    assert "removed" in cas(two, "rm", waiting["keyId"]).stdout
    further = make_server(*flags, directory="further")
    assert further.stop() == 0
    key.write_text(before)
    other = Server(tmp_path / "other", *flags)
    done = run(other.command(), check=False, env=plain_env())
    assert done.returncode == 1 and "sealed with another key" in done.stderr, done
    key.write_text(after)


def test_a_server_goes_and_comes_back(cluster, tmp_path):
    one, two = cluster
    assert two.stop() == 0
    until(lambda: "nameplate_servers 1" in one.get("/metrics"), "it is known to be gone")
    device = one.service_device(tmp_path)
    two.start()
    until(lambda: "nameplate_servers 2" in one.get("/metrics"), "it is known to be back")
    assert ready(two)
    assert two.pub(device, "hello", "x").returncode == 0
