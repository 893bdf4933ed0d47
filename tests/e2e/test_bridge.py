"""A mosquitto that is connected here by a bridge, with mosquitto's defaults beside what any bridge to AWS IoT Core is
given (AWS: "How to bridge Mosquitto MQTT broker to AWS IoT")."""

import getpass
import socket
import subprocess

import pytest
from lib import DEADLINE, unique, until


class Mosquitto:
    """A broker on a free port with a bridge to the server."""

    def __init__(self, server, device, directory, prefix, *lines):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        config = directory / "mosquitto.conf"
        config.write_text("\n".join([
            # Started by root it would become somebody who cannot read the test's files.
            f"user {getpass.getuser()}", f"listener {self.port} 127.0.0.1", "allow_anonymous true", "log_type all", "log_dest stderr",
            "connection cloud", f"address localhost:{server.mqtt_port}", f"remote_clientid {prefix}",
            f"bridge_cafile {server.root_ca}", f"bridge_certfile {device.chain}", f"bridge_keyfile {device.key}",
            f"topic {prefix}/both both 1", f"topic {prefix}/out out 1", f"topic {prefix}/in in 1", *lines, "",
        ]))  # fmt: skip
        self.log_path = directory / "mosquitto.log"
        with open(self.log_path, "w") as log:
            command = ["/usr/sbin/mosquitto", "-c", str(config)]
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    def log(self):
        return self.log_path.read_text()

    def publish(self, topic, payload, *arguments):
        command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-q", "1", "-t", topic, "-m", payload]
        subprocess.run([*command, *arguments], check=True, timeout=DEADLINE)

    def hears(self, topic, count):
        command = ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(self.port), "-q", "1", "-t", topic, "-C", str(count)]
        return subprocess.Popen([*command, "-F", "%r %p"], stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(DEADLINE)


@pytest.mark.parametrize("version", ["mqttv311", "mqttv50"])
def test_a_bridge_with_defaults(server, tmp_path, version):
    device = server.service_device(tmp_path)
    prefix = unique("bridge")
    lines = [] if version == "mqttv311" else [f"bridge_protocol_version {version}"]
    with Mosquitto(server, device, tmp_path, prefix, *lines) as mosquitto:
        until(lambda: "Received CONNACK" in mosquitto.log(), "the bridge")
        # One attempt: no `try_private` that is refused, and then five seconds.
        attempts = server.attempts(device.id)
        assert [attempt["stages"][-1]["stage"] for attempt in attempts] == ["connected"], attempts
        assert mosquitto.log().count("(step 1)") == 1, mosquitto.log()
        subscriptions = server.client("iot-data").list_subscriptions
        until(lambda: len(subscriptions(clientId=prefix)["subscriptions"]) == 2, "what the bridge subscribes to")
        with server.subscriber(device, f"{prefix}/#") as subscriber:
            mosquitto.publish(f"{prefix}/out", "up")
            mosquitto.publish(f"{prefix}/both", "round")
            assert sorted(subscriber.wait_for(2)) == [(f"{prefix}/both", "round"), (f"{prefix}/out", "up")]
        # What it passed on does not come back to it, and RETAIN comes along.
        heard = mosquitto.hears(f"{prefix}/#", 2)
        try:
            until(lambda: f"{prefix}/#" in mosquitto.log(), "the local subscriber")
            server.pub(device, f"{prefix}/in", "down", "-r")
            server.pub(device, f"{prefix}/both", "also")
            out, _ = heard.communicate(timeout=DEADLINE)
        finally:
            heard.kill()
        # To who subscribes already, mosquitto's own clients hear it as live.
        assert [line.split()[1] for line in out.splitlines()] == ["down", "also"]
        kept = mosquitto.hears(f"{prefix}/in", 1)
        out, _ = kept.communicate(timeout=DEADLINE)
        assert out == "1 down\n", "retained there too"
