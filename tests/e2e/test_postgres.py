"""The registry in PostgreSQL as its operator meets it: one device, kills, an absent database, wrong passwords.

What the registry does there otherwise is the whole suite's with NAMEPLATE_TEST_ENGINE=postgres; `scripts/test` runs a
part of it.
"""

import concurrent.futures
import contextlib
import json
import threading
import urllib.error

import botocore.exceptions
import pytest
from lib import ACCOUNT, BIN, DEADLINE, Ca, Raw, Server, jitp_role, pages, plain_env, run, template, unique, until
from postgres import Postgres
from test_bulk import csr, line, over, report, started  # noqa: F401
from test_cluster import message, say, sub
from test_functions import TRUST


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


def ready(server):
    """Whether the server says that it is ready."""
    try:
        return server.get("/readyz") == "ready\n"
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

    # The database goes away under the server: it is not ready, its metrics say why, writes are refused as a service's
    # fault, nothing ends.
    assert ready(server) and "nameplate_store_up 1" in server.get("/metrics")
    database.control("stop", "-m", "immediate")
    until(lambda: not ready(server), "the database is away")
    assert server.get("/healthz") == "ok\n"
    metrics = server.get("/metrics")
    assert "nameplate_store_up 0" in metrics and "nameplate_things" not in metrics, metrics
    absent = server.aws("iot", "create-thing", "--thing-name", "absent", check=False)
    assert absent.returncode != 0 and "correct-horse" not in absent.stderr, absent
    database.control("start")
    until(lambda: ready(server), "the database is back")
    iot.create_thing(thingName="present")
    metrics = server.get("/metrics")
    assert 'nameplate_transactions_total{transaction="create-thing",outcome="committed"} 1' in metrics, metrics
    assert "nameplate_things 3" in metrics and "nameplate_store_up 1" in metrics, metrics
    server.pub(ca.device(), "postgres/hello", "third")

    # A directory that has not the keys of the registry is refused: its devices would trust another root.
    assert server.stop() == 0
    fresh = make_server("--store", url, directory="fresh", start=False)
    lost = run(fresh.command(), check=False, env=plain_env())
    assert lost.returncode == 1 and "keys" in lost.stderr, lost
    assert "another database with --store" in lost.stderr, lost
    assert "correct-horse" not in server.log() + lost.stdout + lost.stderr


def test_a_password_on_the_command_line_is_warned_of(database, make_server):
    """`ps` shows it to every user of the machine; it stays out of the log, and a variable hides it."""
    database.sql("CREATE DATABASE warned OWNER careful ENCODING UTF8 TEMPLATE template0")
    url = f"postgres://careful:correct-horse@127.0.0.1:{database.port}/warned"
    server = make_server("--store", url, directory="warned")
    [line] = [line for line in server.log().splitlines() if "--store holds a password" in line]
    assert "WARN" in line and "NAMEPLATE_STORE" in line, line
    assert server.stop() == 0
    server.flags, server.environment = (), {"NAMEPLATE_STORE": url}
    server.start()
    assert ready(server) and server.log().count("holds a password") == 1, server.log()
    assert "correct-horse" not in server.log()


def test_messages_wait_for_their_rules_while_the_database_is_away(database, make_server, tmp_path):
    """What was acknowledged goes through each action once it is back, and nothing is handed to the error action."""
    database.sql("CREATE DATABASE ruled OWNER careful ENCODING UTF8 TEMPLATE template0")
    server = make_server("--store", f"postgres://careful:correct-horse@127.0.0.1:{database.port}/ruled", directory="ruled")
    iot, iam, s3, dynamodb, logs = [server.client(name) for name in ["iot", "iam", "s3", "dynamodb", "logs"]]
    trust = TRUST.replace("lambda.amazonaws.com", "iot.amazonaws.com")
    role = iam.create_role(RoleName="rules", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    may = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    iam.put_role_policy(RoleName="rules", PolicyName="all", PolicyDocument=may)
    s3.create_bucket(Bucket="ruled")
    dynamodb.create_table(
        TableName="ruled", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "n", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "n", "AttributeType": "N"}],
    )  # fmt: skip
    logs.create_log_group(logGroupName="ruled")
    iot.create_thing(thingName="lamp")
    into = lambda key: {"s3": {"roleArn": role, "bucketName": "ruled", "key": key}}
    rule = {
        # What the statement asks waits too.
        "sql": f"SELECT n, get_registry_data('DescribeThing', 'lamp', '{role}').version AS version FROM 'in'",
        "awsIotSqlVersion": "2016-03-23",
        "actions": [
            {"republish": {"roleArn": role, "topic": "out", "qos": 1}},
            into("ended/${n}"),
            {"dynamoDBv2": {"roleArn": role, "putItem": {"tableName": "ruled"}}},
            {"cloudwatchLogs": {"roleArn": role, "logGroupName": "ruled"}},
        ],
        "errorAction": into("failed/${n}"),
    }
    iot.create_topic_rule(ruleName="waits", topicRulePayload=rule)
    device = server.service_device(tmp_path)
    publisher, subscriber = [Raw("localhost", server.mqtt_port, server.root_ca, device) for _ in range(2)]
    assert publisher.connect(unique("pub")) == 0 and subscriber.connect(unique("sub")) == 0
    sub(subscriber, "out")
    sent = iter(range(100))

    def publish():
        number = next(sent)
        assert say(publisher, "in", json.dumps({"n": number}))
        return number

    first = publish()
    assert json.loads(message(subscriber)) == {"n": first, "version": 1}
    for changed in ["nothing", "the role", "the rules"]:
        # Whatever of it is not known when the database goes.
        if changed == "the role":
            iam.put_role_policy(RoleName="rules", PolicyName="further", PolicyDocument=may)
        if changed == "the rules":
            iot.disable_topic_rule(ruleName="waits")
            iot.enable_topic_rule(ruleName="waits")
        # Some commits are under way: whether they happened is never answered.
        waiting = {publish() for _ in range(12)}
        database.control("stop", "-m", "immediate")
        waiting |= {publish() for _ in range(3)}
        until(lambda: not ready(server), "the database is away")
        waiting.add(publish())
        database.control("start")
        came = [json.loads(message(subscriber)) for _ in waiting]
        assert {one["n"] for one in came} == waiting and all(one["version"] == 1 for one in came), (changed, came)
    all_sent = set(range(next(sent)))

    def ended():
        items = {int(item["n"]["N"]) for item in dynamodb.scan(TableName="ruled")["Items"]}
        keys = [one["Key"] for one in s3.list_objects_v2(Bucket="ruled")["Contents"]]
        lines = {json.loads(one["message"])["n"] for one in logs.filter_log_events(logGroupName="ruled")["events"]}
        failed = [key for key in keys if key.startswith("failed/")]
        assert not failed, [s3.get_object(Bucket="ruled", Key=key)["Body"].read() for key in failed]
        return items == lines == {int(key.removeprefix("ended/")) for key in keys} == all_sent

    until(ended, "all actions have ended")
    publisher.close()
    subscriber.close()


def test_what_devices_left_is_there_after_the_databases_absence(database, make_server, tmp_path):
    """Messages for a session, each once, though commits were under way; a retained will; and a shadow says that it cannot."""
    database.sql("CREATE DATABASE left_there OWNER careful ENCODING UTF8 TEMPLATE template0")
    url = f"postgres://careful:correct-horse@127.0.0.1:{database.port}/left_there"
    server = make_server("--store", url, directory="left-there")
    device = server.service_device(tmp_path)
    dial = lambda: Raw("localhost", server.mqtt_port, server.root_ca, device)
    keeps, dies, watches, writes = [dial() for _ in range(4)]
    session = unique("keeps")
    assert keeps.connect(session, clean=False) == 0
    sub(keeps, "kept")
    keeps.close()
    assert dies.connect(unique("dies"), will=("gone", b"it is", True)) == 0
    assert watches.connect(unique("watches")) == 0 and writes.connect(unique("writes")) == 0
    sub(watches, "gone")
    sub(watches, "$aws/things/lamp/shadow/update/rejected")
    sent, acknowledged = [], []

    def acknowledgement(seconds=DEADLINE):
        kind, body = writes.receive(seconds)
        assert kind == 0x40, (kind, body)
        acknowledged.append(int.from_bytes(body))

    # Some commits are under way: whether they happened is never answered.
    with concurrent.futures.ThreadPoolExecutor(1) as beside:
        stopped = beside.submit(database.control, "stop", "-m", "immediate")
        with contextlib.suppress(TimeoutError):
            while not stopped.done():
                sent.append(len(sent) + 1)
                writes.publish("kept", str(sent[-1]).encode(), packet_id=sent[-1])
                if len(sent) - len(acknowledged) > 40:
                    acknowledgement(seconds=1)
        stopped.result()
    dies.close()
    watches.publish("$aws/things/lamp/shadow/update", b'{"state":{"reported":{"on":true}},"clientToken":"t"}', qos=0)
    told = {message(watches) for _ in range(2)}
    [rejected] = [json.loads(one) for one in told - {"it is"}]
    assert (rejected["code"], rejected["clientToken"]) == (500, "t"), told
    database.control("start")
    while len(acknowledged) < len(sent):
        acknowledgement()
    assert acknowledged == sent
    with dial() as back:
        assert back.connect(session, clean=False) == 0
        assert [int(message(back)) for _ in sent] == sent
        assert back.ping(), "and none of them comes twice"
    iot_data = server.client("iot-data")

    def kept():
        try:
            return iot_data.get_retained_message(topic="gone")["payload"] == b"it is"
        except iot_data.exceptions.ResourceNotFoundException:
            return False

    until(kept, "the will is retained")
    watches.close()
    writes.close()


def test_events_of_commits_that_were_not_answered_are_published(database, make_server, tmp_path):
    """Also where nothing is written afterwards that would tell of them."""
    database.sql("CREATE DATABASE eventful OWNER careful ENCODING UTF8 TEMPLATE template0")
    url = f"postgres://careful:correct-horse@127.0.0.1:{database.port}/eventful"
    server = make_server("--store", url, directory="eventful")
    iot = server.client("iot")
    iot.update_event_configurations(eventConfigurations={"THING": {"Enabled": True}})
    device = server.service_device(tmp_path)
    with Raw("localhost", server.mqtt_port, server.root_ca, device) as watches:
        assert watches.connect(unique("watches")) == 0
        sub(watches, "$aws/events/thing/+/created")

        stopped = threading.Event()

        def create(worker):
            number = 0
            while not stopped.is_set():
                number += 1
                with contextlib.suppress(botocore.exceptions.ClientError):
                    iot.create_thing(thingName=f"thing-{worker}-{number}")

        with concurrent.futures.ThreadPoolExecutor(8) as beside:
            calls = [beside.submit(create, worker) for worker in range(8)]
            until(lambda: len(iot.list_things(maxResults=250)["things"]) > 50, "some things are there")
            database.control("stop", "-m", "immediate")
            stopped.set()
            for call in calls:
                call.result()
        database.control("start")
        until(lambda: ready(server), "the database is back")
        things, _ = pages(iot.list_things, "things", maxResults=250)
        missing = {thing["thingName"] for thing in things}
        while missing:
            missing.discard(json.loads(message(watches))["thingName"])


def test_a_bulk_task_goes_on_after_the_databases_absence(database, make_server, csr, tmp_path):  # noqa: F811
    """No line is lost and none is done twice, whatever of them had been answered; and it needs no restart for that."""
    database.sql("CREATE DATABASE bulk OWNER careful ENCODING UTF8 TEMPLATE template0")
    server = make_server("--store", f"postgres://careful:correct-horse@127.0.0.1:{database.port}/bulk", directory="bulk")
    lines = 4_000
    fleet = unique("fleet")
    content = "\n".join(line(f"{fleet}-{n}", csr) for n in range(lines)) + "\n"
    task = started(server, tmp_path, content)
    iot = server.client("iot")
    for further in [1, 1_000]:
        done = lambda: iot.describe_thing_registration_task(taskId=task)["successCount"]
        until(lambda further=further: done() >= further, "some lines are done", 60)
        assert iot.describe_thing_registration_task(taskId=task)["status"] == "InProgress"
        database.control("stop", "-m", "immediate")
        until(lambda: not ready(server), "the database is away")
        database.control("start")
        until(lambda: ready(server), "the database is back")
    ended = over(server, task)
    assert (ended["status"], ended["successCount"], ended["failureCount"]) == ("Completed", lines, 0), ended
    results = report(server, task, "RESULTS")
    assert [result["lineNumber"] for result in results] == list(range(1, lines + 1))
    # What it says is what there is.
    certificate = results[-1]["response"]["ResourceArns"]["certificate"]
    things = iot.list_principal_things(principal=certificate)["things"]
    assert things == [f"{fleet}-{lines - 1}"]


@pytest.mark.parametrize("password", ["wrong-battery", "wrong%2Fstaple"])
def test_wrong_password_is_said_and_not_shown(database, tmp_path, password):
    url = f"postgres://careful:{password}@127.0.0.1:{database.port}/postgres"
    done = run([BIN, "serve", "--data-dir", tmp_path / "data", "--store", url], check=False, env=plain_env())
    assert done.returncode != 0 and "password" in done.stderr, done
    shown = done.stdout + done.stderr
    assert not any(secret in shown for secret in [password, password.replace("%2F", "/")]), shown


REFUSALS = {
    "nowhere": ("has no database", "createdb"),
    "invoices": ("tables of another program", "one of its own"),
    "newer": ("newer release", "Run that release or a later one"),
    "frozen": ("takes no writes", "primary server"),
    "rightless": ("has not the rights", "owner of the database"),
    "latin": ("LATIN1", "createdb -E UTF8"),
    "halted": ("cannot be reached", "whether it runs"),
    "unverified": ("not to be trusted", "sslrootcert"),
    "account": (ACCOUNT, "--account"),
    "crowded": ("no connection left", "CONNECTION LIMIT"),
}


@pytest.fixture(scope="module")
def unfit(database, tmp_path_factory):
    """URLs of databases that no server is to use, and a data directory of its own for each."""
    for name, options in [
        ("invoices", ""), ("newer", ""), ("frozen", ""), ("rightless", ""), ("account", ""),
        ("latin", "ENCODING LATIN1 LOCALE 'C' TEMPLATE template0"),
    ]:  # fmt: skip
        owner = "" if name == "rightless" else "OWNER careful"
        database.sql(f"CREATE DATABASE {name} {owner} {options}")
    database.sql("CREATE TABLE invoice (id INT)", "invoices")
    database.sql("CREATE TABLE schema_version (program TEXT PRIMARY KEY, version BIGINT NOT NULL)", "newer")
    database.sql("INSERT INTO schema_version VALUES ('nameplate', 4711)", "newer")
    database.sql("ALTER TABLE schema_version OWNER TO careful", "newer")
    database.sql("ALTER DATABASE frozen SET default_transaction_read_only = on")

    def at(name, port=database.port, more=""):
        return f"postgres://careful:correct-horse@127.0.0.1:{port}/{name}{more}"

    urls = {name: at(name) for name in REFUSALS}
    database.sql("CREATE ROLE crowded LOGIN CONNECTION LIMIT 3")
    database.sql("CREATE DATABASE crowded OWNER crowded ENCODING UTF8 TEMPLATE template0")
    urls["crowded"] = f"postgres://crowded@127.0.0.1:{database.port}/crowded?connections=4"
    urls |= {"halted": at("postgres", 1), "unverified": at("postgres", more="?sslmode=verify-full")}
    directories = tmp_path_factory.mktemp("unfit")
    server = Server(directories / "account", "--store", urls["account"]).start()
    assert server.stop() == 0
    return urls, directories


@pytest.mark.parametrize("name", REFUSALS)
def test_unfit_database_is_refused_in_a_sentence_that_says_what_to_do(unfit, name):
    urls, directories = unfit
    flags = ["--account", "444455556666"] if name == "account" else []
    done = run(
        [*Server(directories / name, "--store", urls[name]).command(), *flags], check=False, env=plain_env()
    )
    said = done.stderr.strip()
    assert done.returncode == 1 and not done.stdout, done
    assert all(words in said for words in REFUSALS[name]), said
    assert "\n" not in said and "correct-horse" not in said, said


def test_too_few_connections_are_lived_with(database, make_server, tmp_path):
    """A role that may have four connections: the server keeps within that, where it is told."""
    database.sql("CREATE ROLE poor LOGIN CONNECTION LIMIT 4")
    database.sql("CREATE DATABASE poor OWNER poor ENCODING UTF8 TEMPLATE template0")
    url = f"postgres://poor@127.0.0.1:{database.port}/poor?connections=4"
    server = make_server("--store", url)
    iot = server.client("iot", max_pool_connections=8)
    names = [unique("poor") for _ in range(8)]
    with concurrent.futures.ThreadPoolExecutor(8) as several:
        list(several.map(lambda name: iot.create_thing(thingName=name), names))
        list(several.map(lambda name: iot.describe_thing(thingName=name), names))
    assert len(iot.list_things()["things"]) == 8
