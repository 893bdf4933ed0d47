"""What was acknowledged is there after SIGKILL; one server at a time; ends well when asked to."""

import os
import signal
import stat
import subprocess

from lib import BIN, DEADLINE, Ca, fails, plain_env, template, unique


def test_what_was_acknowledged_survives_sigkill(make_server):
    server = make_server()
    for round_ in range(3):
        iot = server.client("iot")
        names = [f"{unique('thing')}-{round_}" for _ in range(20)]
        for name in names:
            iot.create_thing(thingName=name)
        server.kill()
        server.start()
        iot = server.client("iot")
        for name in names:
            assert iot.describe_thing(thingName=name)["version"] == 1


def test_a_first_connection_survives_sigkill(make_server, tmp_path):
    """Durable before CONNACK."""
    server = make_server()
    ca = Ca(tmp_path / "ca").register(server, template())
    device = ca.device(kind="ec")
    with server.raw(device) as raw:
        assert raw.connect(unique()) == 0
        server.kill()
    server.start()
    iot = server.client("iot")
    assert iot.describe_thing(thingName=device.name)["version"] == 1
    described = iot.describe_certificate(certificateId=device.id)["certificateDescription"]
    assert described["status"] == "ACTIVE" and described["caCertificateId"] == ca.certificate_id
    assert len(iot.list_attached_policies(target=described["certificateArn"])["policies"]) == 1
    with server.raw(device) as raw:
        assert raw.connect(unique()) == 0


def test_many_first_connections_and_a_kill(make_server, tmp_path):
    """Whoever saw CONNACK 0 is registered; whoever did not can connect again."""
    from concurrent.futures import ThreadPoolExecutor

    server = make_server()
    ca = Ca(tmp_path / "ca").register(server, template())
    devices = [ca.device(kind="ec") for _ in range(24)]
    accepted = []

    def first(device):
        try:
            with server.raw(device) as raw:
                if raw.connect(unique()) == 0:
                    accepted.append(device)
                    if len(accepted) == 8:
                        server.kill()
        except OSError:
            pass

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(first, devices))
    assert len(accepted) >= 8
    server.start()
    iot = server.client("iot")
    for device in accepted:
        assert iot.describe_thing(thingName=device.name)["version"] == 1
    for device in devices:
        with server.raw(device) as raw:
            assert raw.connect(unique()) == 0
        assert iot.describe_thing(thingName=device.name)["version"] == 1


def test_keys_and_credentials_are_found_again(make_server):
    server = make_server()
    before, root = server.env, open(server.root_ca).read()
    mode = stat.S_IMODE(os.stat(server.data_dir / "credentials").st_mode)
    assert mode == 0o600
    assert server.stop() == 0
    server.start()
    after = server.env
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "NAMEPLATE_ROOT_CA"):
        assert before[name] == after[name]
    assert open(server.root_ca).read() == root


def test_a_second_server_on_the_directory_is_refused(make_server):
    server = make_server()
    second = subprocess.run(server.command(), capture_output=True, text=True, timeout=DEADLINE, env=plain_env())
    assert second.returncode == 1
    assert "ready" not in second.stdout
    assert str(server.data_dir) in second.stderr
    assert server.get("/healthz").strip() == "ok"
    server.kill()
    server.start()  # A dead one's lock holds nobody up.


def test_sigterm_drains(make_server, tmp_path):
    server = make_server()
    device = server.service_device(tmp_path)
    with server.raw(device) as raw:
        assert raw.connect(unique()) == 0
        assert server.stop() == 0
        assert raw.closed()
    server.start()
    assert server.stop() == 0


def test_sigint_too(make_server):
    server = make_server()
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(timeout=DEADLINE) == 0


def test_all_mistakes_in_settings_are_told_at_once(tmp_path):
    env = {**plain_env(), "NAMEPLATE_REGION": "nowhere at all"}
    (tmp_path / "nameplate.toml").write_text('first-connect = "later"\nno-such-setting = 1\n')
    done = subprocess.run(
        [BIN, "serve", "--data-dir", tmp_path / "data", "--api", "nonsense", "--account", "12", "--bus", "nats://x"],
        capture_output=True, text=True, timeout=DEADLINE, env=env, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2
    for words in (["api", "nonsense"], ["account", "12"], ["region", "nowhere at all"], ["first-connect", "later"],
                  ["no-such-setting"], ["bus", "nats://x"]):  # fmt: skip
        assert any(all(word in line for word in words) for line in done.stderr.splitlines()), (words, done.stderr)
    assert not (tmp_path / "data").exists(), "nothing was made"


def test_flag_beats_environment_beats_file(tmp_path, make_server):
    server = make_server("--account", "111122223333", start=False)
    env = {**plain_env(), "NAMEPLATE_ACCOUNT": "444455556666", "NAMEPLATE_REGION": "eu-west-1"}
    (tmp_path / "nameplate.toml").write_text('region = "eu-north-1"\nendpoint-host = "iot.example.com"\n')
    server.process = subprocess.Popen(server.command(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                      env=env, cwd=tmp_path)  # fmt: skip
    line = server.process.stdout.readline()
    fields = dict(word.split("=", 1) for word in line.split()[1:])
    assert fields["endpoint"] == "iot.example.com"
    server.api_url, server.root_ca = f"http://{fields['api']}", fields["root-ca"]
    made = server.client("iot").create_thing(thingName="x")
    assert made["thingArn"] == "arn:aws:iot:eu-west-1:111122223333:thing/x"
    assert server.client("iot").describe_endpoint()["endpointAddress"] == "iot.example.com"


def test_china(make_server):
    server = make_server("--region", "cn-north-1")
    made = server.client("iot").create_thing(thingName="x")
    assert made["thingArn"] == "arn:aws-cn:iot:cn-north-1:123456789012:thing/x"


def test_health_and_metrics(server):
    assert server.get("/healthz").strip() == "ok"
    assert server.get("/readyz").strip() == "ready"
    server.client("iot").list_things()
    metrics = server.get("/metrics")
    assert 'nameplate_api_requests_total{service="iot",operation="ListThings",status="200"}' in metrics
    for name in ("nameplate_connection_attempts_total", "nameplate_connections", "nameplate_things"):
        assert f"# TYPE {name} " in metrics


def test_secrets_stay_out_of_the_log(make_server, tmp_path):
    server = make_server("--log", "debug")
    device = server.service_device(tmp_path)
    key = server.client("iam")
    name = unique("user")
    key.create_user(UserName=name)
    made = key.create_access_key(UserName=name)["AccessKey"]
    server.pub(device, "a/b", "a secret message")
    fails(lambda: server.client("iot", {**made, "SecretAccessKey": "w" * 40}).list_things(), "InvalidSignatureException")
    log = server.log()
    for secret in (made["SecretAccessKey"], server.env["AWS_SECRET_ACCESS_KEY"], "PRIVATE KEY", "a secret message"):
        assert secret not in log
