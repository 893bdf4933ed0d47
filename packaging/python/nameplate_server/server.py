"""The server as a process, and what tests ask of it."""

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

#: What takes long to import; the server starts meanwhile.
IMPORTED_MEANWHILE = ("boto3", "botocore.auth", f"{__package__}.device")
#: How long the server may take to be ready, seconds. Machines that run many tests at once are slow.
START_LIMIT = 60
#: How long it may take to end.
STOP_LIMIT = 30
#: What would keep AWS's tools in the tests from reaching the server.
IN_THE_WAY = (
    "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
)  # fmt: skip
#: What variables that name the endpoint of one service begin with; they beat `AWS_ENDPOINT_URL`.
ONE_SERVICE = "AWS_ENDPOINT_URL_"
#: What has clients ask others for what is on this machine.
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
#: Lines of the log that are shown beside a failed test.
SHOWN_LINES = 100
ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}


class NameplateError(Exception):
    """The server could not be started, or refused what was asked of it."""


def in_the_way(environment):
    """Those of the variables that would keep AWS's tools from reaching the server."""
    return [name for name in environment if name in IN_THE_WAY or name.startswith(ONE_SERVICE)]


def binary():
    """The program: what `NAMEPLATE_BIN` names, or what this package has installed, or the one on the path."""
    named = os.environ.get("NAMEPLATE_BIN")
    if named:
        return named
    for scheme in (None, f"{os.name}_user"):
        folder = sysconfig.get_path("scripts", scheme) if scheme else sysconfig.get_path("scripts")
        candidate = Path(folder or "") / "nameplate"
        if candidate.is_file():
            return str(candidate)
    beside = Path(sys.executable).with_name("nameplate")
    found = str(beside) if beside.is_file() else shutil.which("nameplate")
    if not found:
        raise NameplateError("there is no program `nameplate`; set NAMEPLATE_BIN")
    return found


def start(*flags, directory=None):
    """Starts a server on free ports that tests may empty; `flags` are those of `nameplate serve`. It ends with
    `stop()`, or with the block of a `with` statement. Without `directory` it has a temporary one."""
    return Nameplate(flags, directory)


class Clock:
    """The server's clock, which certificates expire and waits end by."""

    def __init__(self, server):
        self._server = server

    def now(self):
        """Seconds since 1970."""
        return self._server.call("GET", "/nameplate/clock")["now"] / 1000

    def forward(self, seconds=0, *, minutes=0, hours=0, days=0):
        """Moves it forward. A reset puts it right."""
        total = seconds + 60 * (minutes + 60 * (hours + 24 * days))
        return self._server.call("POST", "/nameplate/clock", {"seconds": int(total)})["now"] / 1000


class Nameplate:
    """A server that tests have to themselves."""

    def __init__(self, flags=(), directory=None):
        self._temporary = None
        if directory is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="nameplate-")
            directory = self._temporary.name
        #: The data directory.
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._log_path = self.directory / "server.log"
        self._clients = {}
        self._devices = []
        self._number = 0
        self._marked = 0
        self._start(flags)
        #: The clock.
        self.clock = Clock(self)

    def _start(self, flags):
        command = [
            binary(), "serve", "--data-dir", str(self.directory), "--api", "127.0.0.1:0", "--mqtt", "127.0.0.1:0",
            "--https", "127.0.0.1:0", "--device-ca-key", "ecdsa", "--allow-reset", *flags,
        ]  # fmt: skip
        environment = {name: value for name, value in os.environ.items() if not name.startswith("NAMEPLATE_")}
        with open(self._log_path, "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=environment
            )
        line = []
        reader = threading.Thread(target=self._read, args=(line,), daemon=True)
        reader.start()
        for name in IMPORTED_MEANWHILE:
            importlib.import_module(name)
        reader.join(START_LIMIT)
        if not line or not line[0].startswith("ready "):
            self.process.kill()
            self.process.wait()
            raise NameplateError(f"the server did not start: {line and line[0]!r}\n{self.log()}")
        places = json.loads((self.directory / "endpoints.json").read_text())
        #: `http://HOST:PORT` of the AWS APIs.
        self.endpoint_url = f"http://{places['api'][0]}"
        #: Where devices connect: name and port. The server's certificate has this name, whatever `--endpoint-host` says.
        self.mqtt_host, self.mqtt_port = "localhost", _port(places["mqtt"][0])
        #: The port for HTTPS and for MQTT by ALPN.
        self.https_port = _port(places["https"][0])
        self.region = places["region"]
        #: Path of the PEM that devices trust the server by.
        self.root_ca = str(self.directory / "root-ca.pem")
        self.access_key, self.secret_key = _credentials(self.directory / "credentials")

    def _read(self, line):
        line.append(self.process.stdout.readline().decode(errors="replace"))

    @property
    def env(self):
        """Variables that point AWS's tools at the server."""
        return {
            **_past_proxies(os.environ),
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "NAMEPLATE_ROOT_CA": self.root_ca,
        }

    def log(self):
        """What the server has logged."""
        return self._log_path.read_text(errors="replace") if self._log_path.exists() else ""

    def _mark_log(self):
        """What is logged from now on is about the test that begins."""
        self._marked = self._log_path.stat().st_size if self._log_path.exists() else 0

    def _log_of_test(self):
        """The end of what was logged since."""
        if not self._log_path.exists():
            return ""
        with open(self._log_path, "rb") as log:
            log.seek(self._marked)
            lines = log.read().decode(errors="replace").splitlines()
        left_out = [f"({len(lines) - SHOWN_LINES} lines before; {self._log_path} has them)"]
        return "\n".join((left_out if len(lines) > SHOWN_LINES else []) + lines[-SHOWN_LINES:])

    def client(self, service, **options):
        """A boto3 client: `client("iot")`, `client("iot-data")`. The same one each time unless there are options."""
        import boto3
        import botocore.config

        if service in self._clients and not options:
            return self._clients[service]
        # Whatever proxy is set is for others.
        config = botocore.config.Config(retries={"total_max_attempts": 1}, proxies={}).merge(
            options.pop("config", botocore.config.Config())
        )
        session = boto3.session.Session(self.access_key, self.secret_key, region_name=self.region)
        client = session.client(service, endpoint_url=self.endpoint_url, config=config, **options)
        if not options:
            self._clients[service] = client
        return client

    def call(self, method, path, body=None):
        """A call of the server's own signed API; its JSON answer."""
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        data = b"" if body is None else json.dumps(body).encode()
        request = AWSRequest(method=method, url=self.endpoint_url + path, data=data)
        SigV4Auth(Credentials(self.access_key, self.secret_key), "nameplate", self.region).add_auth(request)
        sent = urllib.request.Request(
            request.url, data=data if method != "GET" else None, headers=dict(request.headers), method=method
        )
        # Whatever proxy is set is for others.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(sent, timeout=60) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as refused:
            text = refused.read().decode(errors="replace")
            raise NameplateError(f"{method} {path}: HTTP {refused.code}: {text}") from None
        except OSError as error:
            raise NameplateError(f"{method} {path}: {error}; {self._standing()}") from None

    def _standing(self):
        """Whether the process runs; if not, the end of its log."""
        try:
            status = self.process.wait(1)
        except subprocess.TimeoutExpired:
            return "the server's process runs"
        last = "\n".join(self.log().splitlines()[-SHOWN_LINES:])
        return f"the server has ended with status {status}:\n{last}"

    def reset(self):
        """Empties it, in milliseconds: devices are sent away, the clock is right again, no faults are to come. Snapshots
        stay."""
        self._leave()
        self.call("POST", "/nameplate/reset")

    def snapshot(self, name):
        """Keeps the registry aside under this name."""
        self.call("POST", f"/nameplate/snapshots/{name}")

    def restore(self, name):
        """Puts back what was kept aside."""
        self._leave()
        self.call("POST", f"/nameplate/snapshots/{name}/restore")

    def _leave(self):
        devices, self._devices = self._devices, []
        for device in devices:
            device.close()

    def fault(self, fault, times=1, of=None, delay=0.0):
        """Has something go wrong so often: `drop-connect`, `lose-connack`, `lose-suback`, `lose-puback`, `lose-pingresp`,
        `slow-hook` or `throttle`; only for this client id, template or operation, if `of` is given. `delay` in seconds."""
        body = {"fault": fault, "times": times, "delayMillis": int(delay * 1000)}
        if of is not None:
            body["of"] = of
        return self.call("POST", "/nameplate/faults", body)

    def clear_faults(self):
        """Nothing is to go wrong any more."""
        self.call("DELETE", "/nameplate/faults")

    def explain(self, subject=None, limit=20):
        """Records of connection attempts, newest first: of a client id, certificate id, serial number or address."""
        query = f"limit={limit}" if subject is None else f"limit={limit}&of={subject}"
        return self.call("GET", f"/nameplate/attempts?{query}")["attempts"]

    def device(self, name=None, *, policy=ALLOW_ALL, attributes=None):
        """A device that is registered: a thing with a certificate that is ACTIVE and has this policy."""
        self._number += 1
        name = name or f"device-{self._number}"
        iot = self.client("iot")
        payload = {"attributes": attributes} if attributes else {}
        iot.create_thing(thingName=name, attributePayload=payload)
        made = iot.create_keys_and_certificate(setAsActive=True)
        iot.attach_thing_principal(thingName=name, principal=made["certificateArn"])
        if policy is not None:
            document = policy if isinstance(policy, str) else json.dumps(policy)
            iot.create_policy(policyName=f"{name}-policy", policyDocument=document)
            iot.attach_policy(policyName=f"{name}-policy", target=made["certificateArn"])
        from .device import Device

        device = Device(self, name, made["certificatePem"], made["keyPair"]["PrivateKey"])
        self._devices.append(device)
        return device

    def certificate_authority(self, common_name="Test CA"):
        """A CA of the owner's, registered nowhere: `ca.register(template)`, then `ca.device("name")`."""
        from .device import CertificateAuthority

        return CertificateAuthority(self, common_name)

    def stop(self):
        """Ends it; its exit status."""
        self._leave()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_LIMIT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        if self._temporary is not None:
            self._temporary.cleanup()
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def _past_proxies(environment):
    """Where a proxy is set: variables that keep what is on this machine from it, beside what they say already."""
    if not any(environment.get(name) for name in PROXIES):
        return {}
    there = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    hosts = [host.strip() for host in there.split(",") if host.strip()]
    if "*" in hosts:
        return {}
    hosts += [host for host in ("127.0.0.1", "localhost") if host not in hosts]
    return {"NO_PROXY": ",".join(hosts), "no_proxy": ",".join(hosts)}


def _port(address):
    return int(address.rsplit(":", 1)[1])


def _credentials(path, patience=5.0):
    """The account's key, from a credentials file."""
    end = time.monotonic() + patience
    while True:
        found = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
        found = {name.strip(): value.strip() for name, value in found.items()}
        if {"aws_access_key_id", "aws_secret_access_key"} <= found.keys() or time.monotonic() > end:
            return found["aws_access_key_id"], found["aws_secret_access_key"]
        time.sleep(0.02)
