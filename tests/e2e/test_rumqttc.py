"""A device on rumqttc, the client that Rust programs use."""

import subprocess

from lib import ACCOUNT, HOST_ENV, REGION, ROOT, run, unique


def test_both_clients_of_rumqttc(server, tmp_path):
    target = ROOT / "target"
    done = subprocess.run(
        ["cargo", "build", "--locked", "--quiet", "--manifest-path", ROOT / "tests/e2e/rumqttc/Cargo.toml"],
        capture_output=True, text=True, env={**HOST_ENV, "CARGO_TARGET_DIR": str(target)}, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    policy = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"},'
        f'{{"Effect": "Deny", "Action": "iot:Publish", "Resource": "arn:aws:iot:{REGION}:{ACCOUNT}:topic/denied"}}]}}'
    )
    device = server.service_device(tmp_path, policy)
    program = target / "debug" / "rumqttc-device"
    words = [program, server.mqtt_port, server.root_ca, device.chain, device.key, unique("rumqttc")]
    assert run([str(word) for word in words]).stdout == "ok\n"
