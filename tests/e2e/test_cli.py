"""The command itself, as `contract.md`'s users call it: env, run, demo, simulate, explain, trust."""

import json
import re
import shutil
import subprocess

import pytest
from lib import BIN, DEADLINE, VENV_BIN, plain_env, run, template, unique, until


def nameplate(server, *arguments, check=True, **options):
    command, *rest = arguments
    place = ["--data-dir", server.data_dir]
    return run([BIN, command, *place, *rest], check=check, env=plain_env(), timeout=120, **options)


def test_programs_are_the_projects_own_or_debians():
    for program in ("aws", "node", "python"):
        assert shutil.which(program) == str(VENV_BIN / program)
    for program in ("bash", "curl", "mosquitto_pub", "openssl", "stdbuf"):
        assert shutil.which(program) in (f"/usr/bin/{program}", f"/bin/{program}"), "scripts/test installs it"


def test_env_is_for_eval(server, tmp_path):
    printed = server.sh('printf "%s\\n" "$AWS_ENDPOINT_URL" "$AWS_REGION" "$AWS_DEFAULT_REGION" "$NAMEPLATE_ROOT_CA"', tmp_path)
    assert printed.stdout.splitlines() == [server.api_url, "us-east-1", "us-east-1", server.root_ca]
    for script, says in [("aws sts get-caller-identity --query Account --output text", ["123456789012"]), ("aws sts no-such", [])]:
        # The program as it is installed, and the one that the other tests fork.
        told, forked = [server.sh(script, tmp_path, check=False, installed=installed) for installed in [True, False]]
        assert (told.returncode, told.stdout, told.stderr) == (forked.returncode, forked.stdout, forked.stderr)
        assert told.stdout.split() == says and (told.returncode == 0) == bool(says)


def test_env_without_a_server_says_what_to_do(tmp_path):
    done = run([BIN, "env", "--data-dir", tmp_path / "nothing"], check=False, env=plain_env())
    assert done.returncode != 0 and "serve" in done.stderr and not (tmp_path / "nothing").exists()


def test_run(server):
    done = nameplate(server, "run", "--", "sh", "-c", 'echo "$AWS_ENDPOINT_URL"; exit 7', check=False)
    assert done.stdout.strip() == server.api_url and done.returncode == 7


@pytest.mark.parametrize("flow", ["jitp", "jitr", "claim", "hook"])
def test_demo(tmp_path, flow):
    done = run([BIN, "demo", "--flow", flow], env=plain_env(), cwd=tmp_path, timeout=120)
    assert "ACTIVE" in done.stdout or "PENDING_ACTIVATION" in done.stdout
    if flow == "hook":
        assert re.search(r"turned away: SN-\w+-copied\n", done.stdout)
        assert re.search(r"let in: SN-\w+\n", done.stdout)
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


@pytest.fixture
def files(tmp_path, ca):
    """A template and certificates for it: two good, one without a country."""
    body = template(attributes={"country": {"Ref": "AWS::IoT::Certificate::Country"}},
                    parameters=["AWS::IoT::Certificate::Country"])  # fmt: skip
    (tmp_path / "template.json").write_text(json.dumps(body))
    certs = tmp_path / "certs"
    certs.mkdir()
    devices = [ca.device("/C=DE/CN={}", kind="ec") for _ in range(2)]
    for device in devices:
        (certs / f"{device.name}.pem").write_text(device.pem)
    return tmp_path, devices


def test_simulate_certificates(server, files, ca, role):
    home, devices = files
    before = server.client("iot").list_things(maxResults=250)["things"]
    arguments = ["simulate", "--template", home / "template.json", "--certs", home / "certs"]
    done = nameplate(server, *arguments, check=False)
    assert done.returncode == 1 and "ca-unknown" in done.stdout, "a connection would meet nobody who knows its CA"
    ca.register(server, json.loads((home / "template.json").read_text()), role)
    done = nameplate(server, *arguments)
    assert "2 devices" in done.stdout and any(device.name in done.stdout for device in devices)
    told = json.loads(nameplate(server, *arguments, "--json").stdout)
    assert len(told["devices"]) == 2 and all(device.name in json.dumps(told["devices"]) for device in devices)
    bad = ca.device("/CN={}", kind="ec")
    (home / "certs" / "bad.pem").write_text(bad.pem)
    done = nameplate(server, *arguments, check=False)
    assert done.returncode != 0 and "AWS::IoT::Certificate::Country" in done.stdout + done.stderr
    assert server.client("iot").list_things(maxResults=250)["things"] == before, "touches nothing"


def test_simulate_says_what_the_run_does(server, files, ca, role):
    """Same planner: the thing it promises is the thing that comes to exist."""
    home, devices = files
    ca.register(server, json.loads((home / "template.json").read_text()), role)
    told = json.loads(nameplate(server, "simulate", "--template", home / "template.json",
                                "--certs", home / "certs", "--json").stdout)  # fmt: skip
    for device in devices:
        server.pub(device, "foo/bar", "Hello")
        made = server.client("iot").describe_thing(thingName=device.name)
        assert made["attributes"] == {"country": "DE"}
        assert any(device.name in json.dumps(one["plan"]) for one in told["devices"])


def test_simulate_parameters_offline(tmp_path):
    (tmp_path / "t.json").write_text(json.dumps({
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": {"thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": "Name"}}}}}))  # fmt: skip
    (tmp_path / "p.ndjson").write_text('{"Name": "lamp-1"}\n{"Name": "my lamp"}\n')
    arguments = [BIN, "simulate", "--template", tmp_path / "t.json", "--params", tmp_path / "p.ndjson", "--offline"]
    done = run(arguments, check=False, env=plain_env(), cwd=tmp_path)
    assert done.returncode != 0
    assert "lamp-1" in done.stdout and "my lamp" in done.stdout + done.stderr


def test_simulate_a_hundred_thousand(tmp_path):
    (tmp_path / "t.json").write_text(json.dumps({
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": {"thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": "Name"}}}}}))  # fmt: skip
    with open(tmp_path / "p.ndjson", "w") as out:
        for number in range(100_000):
            out.write(f'{{"Name": "lamp{" " if number % 10 == 0 else "-"}{number}"}}\n')
    arguments = [BIN, "simulate", "--template", tmp_path / "t.json", "--params", tmp_path / "p.ndjson", "--offline"]
    done = run(arguments, check=False, env=plain_env(), cwd=tmp_path, timeout=300)
    assert done.returncode != 0
    assert "90000" in done.stdout.replace(",", "").replace(" ", "") and "10000" in done.stdout.replace(",", "")


def test_explain_finds_a_device_by_whatever_one_has(server, ca):
    device = ca.device(kind="ec")
    client_id = unique("explained")
    assert server.pub(device, "a", "b", client_id=client_id, check=False).returncode != 0
    serial = run(["openssl", "x509", "-in", device.cert, "-noout", "-serial"]).stdout.strip().split("=")[1]
    for subject in (device.id, f"arn:aws:iot:us-east-1:123456789012:cert/{device.id}", client_id, serial, str(int(serial, 16))):
        until(lambda: server.attempts(subject), f"explain {subject}")
        told = nameplate(server, "explain", subject)
        assert "ca-unknown" in told.stdout and device.id in told.stdout, told.stdout
    assert "127.0.0.1" in nameplate(server, "explain", "127.0.0.1").stdout
    nothing = nameplate(server, "explain", "0" * 64, check=False)
    assert "ca-unknown" not in nothing.stdout


def test_explain_tells_each_step_of_a_first_connection(server, ca, role):
    ca.register(server, template(), role)
    device = ca.device(kind="ec")
    server.pub(device, "a", "b")
    told = nameplate(server, "explain", device.id).stdout
    for word in (device.id, device.name, "tls", "issuer", "provisioned", "connected", ca.certificate_id):
        assert word.lower() in told.lower(), told


def test_trust_prints_before_it_does(server):
    done = nameplate(server, "trust", "--print")
    assert "root" in done.stdout.lower()


def test_unknown_commands(tmp_path):
    done = run([BIN, "conquer"], check=False, env=plain_env())
    assert done.returncode == 2 and "conquer" in done.stderr
    done = run([BIN, "serve", "--no-such-flag"], check=False, env=plain_env(), cwd=tmp_path)
    assert done.returncode == 2 and "--no-such-flag" in done.stderr
