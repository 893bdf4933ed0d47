"""How the program starts, finds its server, and ends, as its operators meet it."""

import http.client
import json
import os
import shutil
import signal
import subprocess

import pytest
from lib import BIN, DEADLINE, plain_env, run, template, unique, until


def call(*arguments, env=None, cwd=None, **options):
    return run([BIN, *arguments], check=False, env={**plain_env(), **(env or {})}, cwd=cwd, **options)


COMMANDS = {
    "env": ["env"],
    "run": ["run", "--data-dir", None, "--", "touch", "was-run"],
    "explain": ["explain"],
    "rm": ["rm", "thing", "lamp"],
    "bulk": ["bulk", "p.ndjson", "--template", "t.json"],
    "bulk-dry-run": ["bulk", "p.ndjson", "--template", "t.json", "--dry-run"],
    "simulate": ["simulate", "--params", "p.ndjson", "--template", "t.json"],
    "demo": ["demo"],
}


@pytest.fixture
def home(tmp_path):
    (tmp_path / "p.ndjson").write_text('{"Name": "lamp"}\n')
    (tmp_path / "t.json").write_text(json.dumps({
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": {"thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": "Name"}}}}}))  # fmt: skip
    return tmp_path


def test_a_command_reaches_the_server_of_its_directory_or_none(make_server, home):
    server = make_server()
    assert server.stop() == 0
    # Another server takes the very address; and the environment names it, too.
    other = make_server(directory="other")
    other.client("iot").create_thing(thingName="lamp")
    left = {"api": [other.api], "mqtt": [other.api], "https": [], "endpointHost": "localhost", "directory": "d"}
    tempting = {"AWS_ENDPOINT_URL": other.api_url, **other.env}

    def refused(words):
        for name, (command, *rest) in COMMANDS.items():
            rest = [server.data_dir if word is None else word for word in rest]
            place = [] if server.data_dir in rest else ["--data-dir", server.data_dir]
            done = call(command, *place, *rest, env=tempting, cwd=home)
            assert done.returncode == 2 and done.stdout.count("\n") < 4, (name, done)
            assert words in done.stderr and str(server.data_dir) in done.stderr, (name, done.stderr)
            assert "AWS_" not in done.stdout

    refused("no server serves")
    # As a server that was killed leaves it.
    (server.data_dir / "endpoints.json").write_text(json.dumps(left))
    refused("no server serves")
    # Its own server runs again, and the file is stale all the same.
    server.start()
    (server.data_dir / "endpoints.json").write_text(json.dumps(left))
    refused("is not the server of")
    assert not (home / "was-run").exists()
    assert other.client("iot").describe_thing(thingName="lamp")
    # A copy of a directory is another directory.
    server.stop()
    server.start()
    copy = home / "copy"
    shutil.copytree(server.data_dir, copy)
    done = call("rm", "thing", "lamp", "--data-dir", copy)
    assert done.returncode == 2 and "no server serves" in done.stderr


def test_a_directory_is_refused_that_is_not_whole(make_server, tmp_path):
    server = make_server("--account", "111122223333")
    assert server.stop() == 0

    def refused(*words, flags=("--account", "111122223333")):
        command = [word for word in server.command() if word not in server.flags]
        done = run([*command, *flags], check=False, env=plain_env())
        assert done.returncode == 1 and done.stdout == ""
        lines = done.stderr.strip().splitlines()
        assert len(lines) == 1 and all(word in lines[0] for word in words), done.stderr

    refused("111122223333", "--account is 123456789012", flags=("--account", "123456789012"))
    refused("us-east-1", "--region is eu-west-1", flags=("--region", "eu-west-1"))
    keys, away = server.data_dir / "keys", tmp_path / "away"
    keys.rename(away)
    refused("keys/root-ecdsa.pem is missing")
    assert not keys.exists()
    away.rename(keys)
    database = server.data_dir / "nameplate.db"
    database.rename(away)
    refused("nameplate.db is missing")
    database.write_bytes(away.read_bytes()[: away.stat().st_size // 2])
    refused(f"{database} cannot be used", "damaged or cut short", "backup")
    database.write_bytes(b"no database" * 1000)
    refused(f"{database} cannot be used", "not a SQLite database", "backup")
    away.replace(database)
    # Where nothing is said, it is what it was.
    server.flags = ()
    server.start()
    assert server.aws("sts", "get-caller-identity")["Account"] == "111122223333"


def test_variables_of_kubernetes_are_told_and_passed_over(make_server, home):
    kubernetes = {"NAMEPLATE_SERVICE_HOST": "10.0.0.1", "NAMEPLATE_PORT": "tcp://10.0.0.1:8883"}
    server = make_server(start=False)
    log = open(server.log_path, "w")
    env = {os.fsencode(name): os.fsencode(value) for name, value in {**plain_env(), **kubernetes}.items()}
    server.process = subprocess.Popen(server.command(), stdout=subprocess.PIPE, stderr=log, text=True,
                                      env={**env, b"NAMEPLATE_STRANGE": b"\xff", b"\xfe": b"\xff"})  # fmt: skip
    assert server.process.stdout.readline().startswith("ready ")
    assert "NAMEPLATE_PORT, NAMEPLATE_SERVICE_HOST, NAMEPLATE_STRANGE" in server.log() and "10.0.0.1" not in server.log()
    done = call("env", "--data-dir", server.data_dir, env=kubernetes)
    assert done.returncode == 0 and "NAMEPLATE_SERVICE_HOST" in done.stderr and "NAMEPLATE_PORT" not in done.stdout
    server.process.send_signal(signal.SIGHUP)
    assert server.process.wait(timeout=DEADLINE) == 0
    assert not (server.data_dir / "endpoints.json").exists()


def test_secrets_are_not_shown(tmp_path):
    url = "postgres://user:hunter2@db.example.com/iot"
    (tmp_path / "nameplate.toml").write_text(f'bus = "{url}')
    for flags, env in [
        (["--store", url], {}), ([], {"NAMEPLATE_STORE": url}), ([], {}), ([url], {}), (["--stoer", url], {}),
        (["--store", url.replace("user:", "user:pass@")], {}), (["--store", url.replace("user:", "user:pass@/")], {}),
        (["--store", url.replace("user:", "user:?a@")], {}),
        (["--api", url], {}), ([], {"NAMEPLATE_STOER": url, "NAMEPLATE_ACCOUNT": url}),
    ]:  # fmt: skip
        done = call("serve", "--data-dir", tmp_path / "d", *flags, env=env, cwd=tmp_path)
        assert done.returncode == 2 and done.stderr and "hunter2" not in done.stderr + done.stdout, done.stderr


def test_output_that_is_full_or_closed(server, home):
    commands = [["--help"], ["--version"], ["help", "serve"], ["demo"]]
    place = ["--data-dir", server.data_dir]
    commands += [["env", *place], ["explain", *place], ["trust", "--print", *place],
                 ["simulate", "--params", home / "p.ndjson", "--template", home / "t.json", *place]]  # fmt: skip
    for arguments in commands:
        with open("/dev/full", "w") as full:
            done = subprocess.run([BIN, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, env=plain_env())
            assert done.returncode == 2 and "panicked" not in done.stderr, (arguments, done)
            done = subprocess.run([BIN, *arguments], stdout=full, stderr=full, env=plain_env())
            assert done.returncode == 2, arguments
        done = subprocess.run(["sh", "-c", '"$0" "$@" >&- 2>&-', BIN, *map(str, arguments)], env=plain_env())
        assert done.returncode < 3, arguments


def test_a_server_whose_output_is_full_serves(make_server):
    server = make_server(start=False)
    with open("/dev/full", "w") as full:
        server.process = subprocess.Popen(server.command(), stdout=full, stderr=full, env=plain_env())
    until((server.data_dir / "endpoints.json").exists, "endpoints.json is there")
    server.api_url = f"http://{json.loads((server.data_dir / 'endpoints.json').read_text())['api'][0]}"
    assert server.get("/readyz") == "ready\n"
    assert server.stop() == 0


def test_the_ready_line_as_json(make_server, tmp_path):
    server = make_server(start=False)
    command = [word for word in server.command() if word != server.data_dir]
    command[command.index("--data-dir") : command.index("--data-dir") + 1] = ["--data-dir", "here"]
    server.data_dir = tmp_path / "here"
    server.process = subprocess.Popen([*command, "--log-format", "json"], stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL, text=True, env=plain_env(), cwd=tmp_path)  # fmt: skip
    line = json.loads(server.process.stdout.readline())
    assert line["ready"] is True and line["root-ca"] == str(tmp_path / "here" / "root-ca.pem")
    server.api_url = f"http://{line['api'][0]}"
    assert server.stop() == 0


def test_requests_that_are_under_way_are_answered(make_server):
    server = make_server()
    iot, s3 = server.client("iot"), server.client("s3")
    s3.create_bucket(Bucket="uploads")
    url = s3.generate_presigned_url("put_object", Params={"Bucket": "uploads", "Key": "slow"}, ExpiresIn=60)
    body = os.urandom(300_000)
    upload = http.client.HTTPConnection(server.api, timeout=DEADLINE)
    upload.putrequest("PUT", url.split(server.api, 1)[1])
    upload.putheader("content-length", str(len(body)))
    upload.endheaders(body[:100_000])
    half = http.client.HTTPConnection(server.api, timeout=DEADLINE)
    half.connect()
    half.sock.sendall(b"GET / HTTP/1.1\r\nhost:")
    # Its answer shows that the server has read what was sent before.
    iot.list_things()
    server.note_called()
    server.process.send_signal(signal.SIGTERM)
    until(lambda: "draining" in server.log(), "it drains")
    for at in range(100_000, len(body), 50_000):
        upload.send(body[at : at + 50_000])
    assert upload.getresponse().status == 200
    assert server.process.wait(timeout=DEADLINE) == 0
    server.start()
    assert server.client("s3").get_object(Bucket="uploads", Key="slow")["Body"].read() == body


def test_a_template_that_is_refused_is_not_said_to_be_saved(server, role):
    name, iot = unique("doubtful"), server.client("iot")
    body = template(attributes={"device type": "lamp"})
    new = {"templateName": name, "templateBody": json.dumps(body), "provisioningRoleArn": role}
    told = lambda: [line for line in server.log().splitlines() if f"{name} is saved" in line]  # noqa: E731
    with pytest.raises(iot.exceptions.InvalidRequestException):
        iot.create_provisioning_template(**{**new, "provisioningRoleArn": f"{role}-absent"})
    assert not told()
    iot.create_provisioning_template(**new)
    with pytest.raises(iot.exceptions.ResourceAlreadyExistsException):
        iot.create_provisioning_template(**new)
    assert len(told()) == 1 and "device type" in told()[0]


def test_the_quick_start_in_china(make_server):
    server = make_server("--region", "cn-north-1")
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "iot.amazonaws.com"}, "Action": "sts:AssumeRole"}]}  # fmt: skip
    iam, iot = server.client("iam"), server.client("iot")
    made = iam.create_role(RoleName="Provisioning", AssumeRolePolicyDocument=json.dumps(trust))
    assert made["Role"]["Arn"] == "arn:aws-cn:iam::123456789012:role/Provisioning"

    def follow(partition):
        policy = f"arn:{partition}:iam::aws:policy/service-role/AWSIoTThingsRegistration"
        iam.attach_role_policy(RoleName="Provisioning", PolicyArn=policy)

    def create(partition):
        iot.create_provisioning_template(
            templateName="Lamps", type="JITP", enabled=True, templateBody=json.dumps(template()),
            provisioningRoleArn=f"arn:{partition}:iam::123456789012:role/Provisioning")  # fmt: skip

    for step in (follow, create):
        with pytest.raises(Exception, match="in cn-north-1 ARNs are of aws-cn"):
            step("aws")
        step("aws-cn")
    # The whole of it, role, policy, template and first connection.
    done = call("demo", "--data-dir", server.data_dir)
    assert done.returncode == 0 and "arn:aws-cn:iam::123456789012:role/" in done.stdout, done


def test_a_second_signal_ends_at_once(make_server):
    server = make_server()
    url = server.client("s3")
    url.create_bucket(Bucket="uploads")
    url = url.generate_presigned_url("put_object", Params={"Bucket": "uploads", "Key": "k"}, ExpiresIn=60)
    upload = http.client.HTTPConnection(server.api, timeout=DEADLINE)
    upload.putrequest("PUT", url.split(server.api, 1)[1])
    upload.putheader("content-length", "10")
    upload.endheaders(b"half")
    server.get("/healthz")
    server.note_called()
    server.process.send_signal(signal.SIGINT)
    until(lambda: "draining" in server.log(), "it drains")
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(timeout=5) == 1


def test_others_are_served_while_devices_are_simulated(server, home):
    with open(home / "many.ndjson", "w") as out:
        for number in range(10_000):
            out.write(f'{{"Name": "lamp-{number}"}}\n')
    arguments = [BIN, "simulate", "--params", home / "many.ndjson", "--template", home / "t.json",
                 "--data-dir", server.data_dir]  # fmt: skip
    simulations = [subprocess.Popen(arguments, stdout=subprocess.DEVNULL, env=plain_env()) for _ in range(2)]
    asked = 0
    while any(simulation.poll() is None for simulation in simulations):
        assert server.get("/healthz") == "ok\n"
        asked += 1
    assert [simulation.returncode for simulation in simulations] == [0, 0] and asked > 50
