"""What an operator watches: status, certificates by their end, the audit log, metrics with their board and alerts, the log."""

import json
import re
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from lib import BIN, Ca, fails, jitp_role, plain_env, run, template, unique, until, user_key

OBSERVE = Path(__file__).parents[2] / "docs/observe"


def nameplate(server, *arguments, check=True):
    return run([BIN, *arguments, "--data-dir", server.data_dir], check=check, env=plain_env())


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """A server of a small fleet: one device is in, one is refused, an operator may not do everything."""
    from lib import Server

    directory = tmp_path_factory.mktemp("watched")
    server = Server(directory / "data").start()
    ca = Ca(directory / "ca").register(server, template=template(), role=jitp_role(server))
    server.fleet = [ca.device(), ca.device()]
    server.pub(server.fleet[0], "status/hello", "first")
    stranger = Ca(directory / "other").device()
    server.pub(stranger, "status/hello", "refused", check=False)
    yield server
    assert server.stop() == 0, server.log()
    assert "panicked" not in server.log(), server.log()


def test_status_on_one_screen(watched):
    status = json.loads(nameplate(watched, "status", "--json").stdout)
    assert status["registry"]["things"] >= 1 and status["registry"]["caCertificates"] >= 1, status
    assert status["lastHour"]["provisioned"] >= 1 and status["lastHour"]["refused"] >= 1, status
    assert sum(status["lastHour"]["refusals"].values()) == status["lastHour"]["refused"], status
    assert status["addresses"]["api"] == [watched.api] and status["store"]["answers"], status
    device = watched.fleet[0]
    with watched.subscriber(device, "status/#", client_id=device.name):
        screen = nameplate(watched, "status").stdout
    assert re.search(rf"1 connected now\n  {device.name}  since .* from 127.0.0.1:\d+", screen), screen
    assert "refused  1 for " in screen and "end soon" in screen, screen


def test_certificates_by_their_end(watched):
    found = json.loads(nameplate(watched, "certificates", "--json").stdout)["certificates"]
    mine = [one for one in found if watched.fleet[0].name in one["things"]]
    assert [one["certificateId"] for one in mine] == [watched.fleet[0].id], found
    assert found == sorted(found, key=lambda one: one["notAfter"])
    told = nameplate(watched, "certificates").stdout
    assert watched.fleet[0].id[:16] in told and watched.fleet[0].id not in told, told
    # Certificates of these tests are valid for longer than a minute, and none has ended.
    assert nameplate(watched, "certificates", "--expired").stdout == "No certificate ends then.\n"
    assert nameplate(watched, "certificates", "--expiring", "0s", "--json").stdout.split() == ['{"certificates":[', "]}"]
    wrong = nameplate(watched, "certificates", "--expiring", "soon", check=False)
    assert wrong.returncode == 2 and "30d" in wrong.stderr, wrong


def entries(server, *arguments):
    return [json.loads(line) for line in nameplate(server, "audit", "--json", *arguments).stdout.splitlines()]


def test_the_audit_log_tells_changes_and_provisioning(watched):
    iot = watched.client("iot")
    name = unique("audited")
    iot.create_thing(thingName=name, attributePayload={"attributes": {"secret": "SECRET-VALUE"}})
    iot.list_things()
    _, key = user_key(watched, {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iot:DescribeThing", "Resource": "*"},
    ]})  # fmt: skip
    poor = watched.client("iot", key=key)
    fails(lambda: poor.delete_thing(thingName=name), "AccessDeniedException", status=403)
    watched.client("sts").get_caller_identity()
    found = entries(watched)
    calls = [one for one in found if one["event"] == "call" and one.get("resources", {}).get("thingName") == name]
    assert [(one["operation"], one["outcome"]) for one in calls] == [("CreateThing", "success"), ("DeleteThing", "refused")]
    made, refused = calls
    assert made["principal"].endswith(":root") and made["sourceIp"] == "127.0.0.1" and made["door"] == "api", made
    assert re.fullmatch(r"[0-9a-f-]{36}", made["requestId"]) and "Boto3" in made["userAgent"], made
    assert refused["accessKeyId"] == key["AccessKeyId"] and refused["error"] == "AccessDeniedException", refused
    assert not [one for one in found if one.get("operation") in ("ListThings", "GetCallerIdentity")]
    flows = [one for one in found if one["event"] == "provisioning" and one["flow"] == "jitp"]
    assert [one["certificateId"] for one in flows] == [watched.fleet[0].id], flows
    assert flows[0]["outcome"] == "success" and watched.fleet[0].name in str(flows[0]["plan"]), flows
    # Neither documents nor keys.
    text = json.dumps(found)
    for secret in ("SECRET-VALUE", key["SecretAccessKey"], "PRIVATE KEY", "AWSTemplateFormatVersion"):
        assert secret not in text
    assert entries(watched, "--since", "0s") == []
    assert "iot:CreateThing" in nameplate(watched, "audit", "--since", "1h").stdout


def test_the_audit_log_is_followed(watched):
    following = subprocess.Popen(
        [BIN, "audit", "--follow", "--json", "--since", "0s", "--data-dir", watched.data_dir],
        stdout=subprocess.PIPE, text=True, env=plain_env(),
    )  # fmt: skip
    name, seen = unique("followed"), []
    reader = threading.Thread(target=lambda: seen.extend(iter(following.stdout.readline, "")))
    reader.start()
    try:
        # `since` is the moment at which the command looked at the clock.
        until(lambda: watched.client("iot").create_thing(thingName=name) and any(name in line for line in seen), "an entry")
    finally:
        following.kill()
        following.wait()
        reader.join()


def test_the_board_and_the_alerts_use_what_is_exported(watched):
    """A metric that is renamed is renamed there, too."""
    watched.client("iot").list_things()
    exported = set()
    for line in watched.get("/metrics").splitlines():
        if line and not line.startswith("#"):
            exported.add(re.split(r"[{ ]", line, maxsplit=1)[0])
    board, alerts = json.loads((OBSERVE / "grafana.json").read_text()), (OBSERVE / "alerts.yml").read_text()
    used = set(re.findall(r"nameplate_[a-z_]+", json.dumps(board) + alerts))
    assert len(used) > 15 and used <= exported, used - exported
    listed = set(re.findall(r"`(nameplate_[a-z_]+)`", (OBSERVE / "README.md").read_text()))
    names = exported | {re.sub(r"_(bucket|sum|count)$", "", name) for name in exported}
    # Families without a sample yet.
    quiet = {"nameplate_fleet_requests_total", "nameplate_vending_requests_total", "nameplate_refusals_total"}
    assert listed - quiet <= names, listed - names
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids)) and all(panel["title"] for panel in board["panels"])


def test_the_alerts_are_well_formed():
    promtool = shutil.which("promtool")
    assert promtool, "promtool is in Debian's package prometheus"
    assert "SUCCESS" in run([promtool, "check", "rules", OBSERVE / "alerts.yml"]).stdout


def test_every_line_of_a_json_log_is_json(make_server, tmp_path):
    server = make_server(start=False)
    command = [*server.command(), "--log-format", "json"]
    done = []

    def started(*flags):
        """Runs a server that cannot start; what it says."""
        tried = run([*command, *flags], check=False, env=plain_env())
        assert tried.returncode != 0 and tried.stderr, tried
        done.extend(tried.stderr.splitlines())
        return tried

    assert "twelve digits" in started("--account", "12").stderr
    (tmp_path / "file").write_text("no directory")
    started("--data-dir", tmp_path / "file")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=plain_env())
    assert json.loads(process.stdout.readline())["ready"] is True
    # Its directory is held.
    started()
    process.terminate()
    _, log = process.communicate(timeout=60)
    done.extend(log.splitlines())
    for line in done:
        event = json.loads(line)
        assert event["level"] and event["timestamp"] and event["fields"]["message"], line
