"""What the end-to-end tests are made of: a server, the clients that users have, and their keys.

Nothing here sleeps for a fixed time: whatever has to happen is polled for, with a deadline.
"""

import contextlib
import functools
import hashlib
import itertools
import json
import os
import queue
import re
import shlex
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import urllib.request
import uuid
from pathlib import Path

import boto3
import botocore.config
import postgres
from aws_cli import AwsCli
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


def _setting(name, default):
    """What whoever runs the tests has set. `_hide_the_host` takes it away, since servers would read it as a setting of
    theirs; xdist's workers, which inherit what it leaves, find it under another name."""
    return os.environ.setdefault(f"PYTEST_{name}", os.environ.get(name, str(default)))


ROOT = Path(__file__).resolve().parents[2]
BIN = Path(_setting("NAMEPLATE_BIN", ROOT / "target" / "debug" / "nameplate")).resolve()
VENV_BIN = ROOT / ".venv" / "bin"
# What fetches and builds needs what the host has set: where its tools are, and how they reach their indexes.
_OF_TOOLS = re.compile("HOME|PATH|(CARGO|RUSTUP|PIP|NPM|npm_config|NODE_EXTRA|SSL|REQUESTS)_.*|.*_(proxy|PROXY)")
_set = {name: value for name, value in os.environ.items() if _OF_TOOLS.fullmatch(name)}
HOST_ENV = json.loads(_setting("HOST_ENV", json.dumps(_set)))
# Where servers keep their registries: `sqlite`, or `postgres` for a database of each on a server that the run starts.
ENGINE = _setting("NAMEPLATE_TEST_ENGINE", "sqlite")
ACCOUNT = "123456789012"
REGION = "us-east-1"
# How long anything may take that should happen at once. Generous: the machine may be busy.
DEADLINE = 30
ALLOW_ALL = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}
)
_numbers = itertools.count(1)


def _hide_the_host():
    """Leaves of this machine what Debian's packages and the project's own environment bring, and nothing that a user
    of it has set: programs of /usr/local or of a home directory, settings of AWS's tools and of curl, proxies.
    `scripts/test` installs all that is left to be found."""
    kept = {"LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "TERM", "TMPDIR", "TZ", "USER", "RUST_BACKTRACE", "LLVM_PROFILE_FILE"}
    if "PYTEST_XDIST_WORKER" not in os.environ:
        # Who prints the summary prints as wide as it is told; tests run elsewhere.
        kept.add("COLUMNS")
    for name in set(os.environ) - kept:
        if not name.startswith("PYTEST_"):
            del os.environ[name]
    home = tempfile.TemporaryDirectory(prefix="nameplate-e2e-home-")
    os.environ |= {
        "PATH": f"{VENV_BIN}:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": home.name,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    }
    return home


# Removed by conftest.py: xdist's processes end without a look at what they have.
home = _hide_the_host()
# Of a run's processes this is one, counted from 0.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
# Where they keep keys for one another: in the home of the one that starts the others.
_KEPT = Path(os.environ.setdefault("PYTEST_KEPT", f"{home.name}/kept"))


def _kept(name):
    """What some process of the run has kept by this name."""
    with contextlib.suppress(FileNotFoundError):
        return (_KEPT / name).read_bytes()
    return None


def _keep(name, data):
    """Keeps it whole or not at all: others read meanwhile."""
    _KEPT.mkdir(mode=0o700, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=_KEPT, delete=False) as file:
        file.write(data)
    os.replace(file.name, _KEPT / name)


def unique(prefix="x"):
    """A name that no other test has."""
    return f"{prefix}-{next(_numbers)}-{uuid.uuid4().hex[:6]}"


def until(condition, what, seconds=DEADLINE):
    """Polls until the condition gives something true, and returns that."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what}: did not happen within {seconds} s")
        time.sleep(0.02)


def run(arguments, check=True, timeout=60, **options):
    """Runs a program to its end; on an unexpected failure the output is in the message."""
    done = subprocess.run(
        [str(word) for word in arguments], capture_output=True, text=True, timeout=timeout, **options
    )
    if check and done.returncode != 0:
        raise AssertionError(
            f"{shlex.join(map(str, arguments))} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
    return done


def openssl(*arguments, cwd=None, **options):
    return run(["openssl", *arguments], cwd=cwd, **options)


# A server makes three RSA keys at its first start: nearly all that the start takes. So many servers of a run make them, and
# those that follow take turns with these. Processes begin with different ones, or they would all make the same.
SERVER_KEYS = 4
_server_keys = itertools.count(WORKER)


class Server:
    """A running `nameplate serve` on free ports."""

    # (service, operation) of what any server answered with success, as far as it was asked before it stopped.
    called = set()

    def __init__(self, data_dir, *flags):
        self.data_dir = Path(data_dir)
        self.store = []
        if ENGINE == "postgres" and "--store" not in flags:
            self.store = ["--store", postgres.shared().database_of(self.data_dir)]
        self.flags = flags
        self.program = BIN
        # Variables beside those of this process.
        self.environment = {}
        self.log_path = self.data_dir.parent / f"{self.data_dir.name}.log"
        self.process = None
        self._env = None

    # Life.

    def start(self, *flags):
        """Starts it and waits for the `ready` line."""
        self.flags = flags or self.flags
        self._env = None
        keys = f"server-{next(_server_keys) % SERVER_KEYS}" if self.is_new_and_usual() else None
        if keys and self.take_keys(keys):
            keys = None
        log = open(self.log_path, "a")
        env = plain_env() | self.environment
        self.process = subprocess.Popen(self.command(), stdout=subprocess.PIPE, stderr=log, text=True, env=env)
        lines = _lines_of(self.process.stdout)
        try:
            line = lines.get(timeout=DEADLINE)
        except queue.Empty:
            line = ""
        if not line or not line.startswith("ready"):
            self.kill()
            raise AssertionError(f"no ready line but {line!r}\n{self.log()}")
        self.ready_line = line
        fields = dict(word.split("=", 1) for word in line.split()[1:])
        self.api = fields["api"]
        self.api_url = f"http://{fields['api']}"
        self.mqtt_port = int(fields["mqtt"].rsplit(":", 1)[1])
        self.https_port = int(fields["https"].rsplit(":", 1)[1])
        self.endpoint = fields["endpoint"]
        self.root_ca = fields["root-ca"]
        if keys:
            files = {file.name: file.read_text() for file in (self.data_dir / "keys").glob("*.pem")}
            _keep(keys, json.dumps(files).encode())
        return self

    def is_new_and_usual(self):
        """Whether its directory is not there yet, no setting or variable says what keys there are to be in it, and who runs it
        can read what this process makes."""
        others = ("--store", "--cluster", "--bus", "--device-ca-key", "--tls-", "--endpoint-host")
        usual = self.command()[0] == BIN and not self.environment
        return usual and not self.data_dir.exists() and not any(str(flag).startswith(others) for flag in self.flags)

    def take_keys(self, name):
        """Gives it the keys of an earlier server, and their certificates, before it makes its own; whether there are any."""
        kept = _kept(name)
        if kept is None:
            return False
        keys = self.data_dir / "keys"
        for directory in (self.data_dir, keys):
            directory.mkdir(mode=0o700, parents=True)
        for name, pem in json.loads(kept).items():
            (keys / name).touch(mode=0o600)
            (keys / name).write_text(pem)
        return True

    def command(self):
        return [
            self.program, "serve", "--data-dir", self.data_dir,
            "--api", "127.0.0.1:0", "--mqtt", "127.0.0.1:0", "--https", "127.0.0.1:0",
            *self.store, *self.flags,
        ]  # fmt: skip

    def stop(self):
        """SIGTERM, and the exit status."""
        if self.process is None or self.process.poll() is not None:
            return self.process and self.process.returncode
        with contextlib.suppress(OSError):
            self.note_called()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout=DEADLINE)
            assert "panicked" not in self.log(), self.log()
            return status
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"SIGTERM did not end it\n{self.log()}") from None

    def kill(self):
        """SIGKILL."""
        # What was called counts also where the server does not end well; one that never was ready was not called.
        with contextlib.suppress(OSError, AttributeError):
            self.note_called()
        self.process.kill()
        self.process.wait()

    def log(self):
        return self.log_path.read_text() if self.log_path.exists() else ""

    # Clients.

    @property
    def env(self):
        """The variables that `nameplate env` prints; asked once after each start."""
        if self._env is None:
            printed = run([BIN, "env", "--data-dir", self.data_dir], env=plain_env()).stdout
            exports = [words[1] for words in map(shlex.split, printed.splitlines()) if words[0] == "export"]
            self._env = dict(export.split("=", 1) for export in exports)
        return dict(self._env)

    def client(self, service, key=None, **config):
        """A boto3 client; `key` is what CreateAccessKey or AssumeRole gave, else the key of `nameplate env`."""
        env = self.env
        config = {"retries": {"total_max_attempts": 1, "mode": "standard"}, **config}
        key = key or {"AccessKeyId": env["AWS_ACCESS_KEY_ID"], "SecretAccessKey": env["AWS_SECRET_ACCESS_KEY"]}
        return client_of(
            service,
            endpoint_url=env["AWS_ENDPOINT_URL"],
            region_name=env["AWS_REGION"],
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
            aws_session_token=key.get("SessionToken"),
            config=botocore.config.Config(**config),
        )

    def sh(self, script, cwd, check=True, extra_env=None, installed=False):
        """Runs a script as a user would, after `eval "$(nameplate env)"`. Its `aws` is forked as in `aws`, unless it is
        to be the `installed` program."""
        env = {**plain_env(), **(extra_env or {})}
        aws = "" if installed else f"{aws_program()}:"
        env["PATH"] = f"{aws}{VENV_BIN}:{BIN.parent}:{env['PATH']}"
        text = f'eval "$(nameplate env --data-dir {shlex.quote(str(self.data_dir))})"\n{script}'
        return run(["bash", "-euo", "pipefail", "-c", text], check=check, cwd=cwd, env=env, timeout=120)

    def aws(self, *arguments, key=None, check=True, cwd=None):
        """The AWS CLI; its answer parsed where it is JSON. Its process is forked from one that has it in memory."""
        env = {**plain_env(), **self.env, "AWS_MAX_ATTEMPTS": "1", "AWS_PAGER": ""}
        if key:
            env |= {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
        done = aws_cli().run(arguments, env, cwd, 60)
        if not check:
            return done
        assert done.returncode == 0, f"{shlex.join(done.args)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        try:
            return json.loads(done.stdout) if done.stdout.strip() else {}
        except ValueError:
            return done.stdout

    # What it says about itself.

    def get(self, path):
        with urllib.request.urlopen(self.api_url + path, timeout=DEADLINE) as answer:
            return answer.read().decode()

    def note_called(self):
        pattern = r'nameplate_api_requests_total\{service="([\w-]+)",operation="(\w+)",status="2\d\d"\}'
        Server.called.update(re.findall(pattern, self.get("/metrics")))

    def counter(self, reason):
        """How many connection attempts ended with this reason."""
        start = f'nameplate_connection_attempts_total{{reason="{reason}"}} '
        for line in self.get("/metrics").splitlines():
            if line.startswith(start):
                return int(line[len(start):])
        return 0

    def attempts(self, subject):
        """What `nameplate explain` knows of a device, newest first."""
        done = run([BIN, "explain", "--json", "--data-dir", self.data_dir, subject], check=False, env=plain_env())
        if not done.stdout.strip():
            return []
        answer = json.loads(done.stdout)
        return answer["attempts"] if isinstance(answer, dict) else answer

    def explained(self, subject, code, more=0):
        """The newest record of a device; waits for it, and checks code, text form and counter."""
        record = until(
            lambda: next((a for a in self.attempts(subject)[:1] if a["code"] == code), None)
            or (None if len(self.attempts(subject)) <= more else self._wrong(subject, code)),
            f"a record of {subject} with {code}; there are {self.attempts(subject)}",
            seconds=10,
        )
        told = run([BIN, "explain", "--data-dir", self.data_dir, subject], check=False, env=plain_env()).stdout
        assert code in told and record["reason"] in told, told
        assert self.counter(code) >= 1, self.get("/metrics")
        return record

    def _wrong(self, subject, code):
        raise AssertionError(f"wanted {code}, got {self.attempts(subject)[0]}")

    # Devices.

    def mosquitto(self, program, device, *arguments, port=None, check=False):
        return run(self.mosquitto_command(program, device, *arguments, port=port), check=check, timeout=40)

    def mosquitto_command(self, program, device, *arguments, port=None):
        return [
            program, "--cafile", self.root_ca, "--cert", device.chain, "--key", device.key,
            "-h", "localhost", "-p", str(port or self.mqtt_port), *arguments,
        ]  # fmt: skip

    def pub(self, device, topic, message, *arguments, client_id=None, check=True):
        """mosquitto_pub as the tutorials call it."""
        return self.mosquitto(
            "mosquitto_pub", device, "-q", "1", "-t", topic, "-i", client_id or unique("pub"), "-m", message, "-d",
            *arguments, check=check,
        )  # fmt: skip

    def subscriber(self, device, *topics, client_id=None, qos=1, arguments=()):
        return Subscriber(self, device, topics, client_id or unique("sub"), qos, arguments)

    def raw(self, device, port=None, **options):
        return Raw("localhost", port or self.mqtt_port, self.root_ca, device, **options)

    def service_device(self, directory, policy=ALLOW_ALL):
        """A device with a certificate of the server's own CA, ACTIVE, and a policy. It brings a key, since making one is
        nearly all that CreateKeysAndCertificate takes."""
        iot = self.client("iot")
        device = Device(Path(directory), unique("device"))
        new_key(device.key)
        made = iot.create_certificate_from_csr(certificateSigningRequest=_request_of(device.key), setAsActive=True)
        device.chain.write_text(made["certificatePem"])
        device.cert.write_text(made["certificatePem"])
        device.arn = made["certificateArn"]
        device.policy = None
        if policy is not None:
            device.policy = unique("policy")
            iot.create_policy(policyName=device.policy, policyDocument=policy)
            iot.attach_policy(policyName=device.policy, target=device.arn)
        return device


_session = boto3.session.Session()
_making = threading.Lock()


def client_of(service, **options):
    """A boto3 client of the one session, which reads each service's model once; boto3 makes them one at a time."""
    with _making:
        return _session.client(service, **options)


@functools.cache
def aws_cli():
    """The process that is forked for calls of the AWS CLI: the whole run's, where there is one."""
    path = os.environ.get("PYTEST_AWS_CLI")
    return AwsCli(VENV_BIN / "python", path) if path else AwsCli.started(VENV_BIN / "python", plain_env())


@functools.cache
def aws_program():
    """The directory of an `aws` for the path of a shell, which is forked too."""
    return aws_cli().program(Path(home.name) / ".aws-cli", 120)


def plain_env():
    """The environment that programs are run in, to be added to."""
    return dict(os.environ)


def _lines_of(stream):
    lines = queue.Queue()

    def read():
        for line in stream:
            lines.put(line.rstrip("\n"))
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    return lines


class Subscriber:
    """mosquitto_sub, subscribed when the constructor returns, unless it was refused."""

    def __init__(self, server, device, topics, client_id, qos, arguments):
        topics = [word for topic in topics for word in ("-t", topic)]
        # stdbuf: its debug lines are not flushed otherwise.
        command = ["stdbuf", "-oL"] + server.mosquitto_command(
            "mosquitto_sub", device, "-i", client_id, "-q", str(qos), *topics, "-F", "message: %t %p", "-d", *arguments
        )
        self.process = subprocess.Popen(
            [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines = []
        self.ended = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        until(
            lambda: any(line.startswith("Subscribed") for line in self.lines) or self.ended.is_set(),
            f"{client_id} subscribes",
        )

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
        self.ended.set()

    @property
    def messages(self):
        """(topic, payload) of what arrived."""
        return [tuple(line.split(" ", 2)[1:]) for line in list(self.lines) if line.startswith("message: ")]

    def wait_for(self, count):
        return until(lambda: self.messages if len(self.messages) >= count else None, f"{count} messages: {self.lines}")

    def wait_closed(self):
        """Waits until the server has closed its connection (mosquitto_sub then tries again by itself)."""
        until(
            lambda: self.ended.is_set() or sum("sending CONNECT" in line for line in list(self.lines)) > 1,
            f"the connection closes: {self.lines}",
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def certificate_id(pem):
    """SHA-256 of the DER of the first certificate, in hexadecimal digits."""
    begin, end = ssl.PEM_HEADER, ssl.PEM_FOOTER
    body = pem.partition(begin)[2].partition(end)[0]
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(begin + body + end)).hexdigest()


class Device:
    """Files of a device: NAME.key, NAME.crt and NAME.chain.crt, which it presents."""

    def __init__(self, directory, name):
        self.directory = Path(directory)
        self.name = name
        self.key = self.directory / f"{name}.key"
        self.cert = self.directory / f"{name}.crt"
        self.chain = self.directory / f"{name}.chain.crt"

    @property
    def id(self):
        return certificate_id(self.pem)

    @property
    def pem(self):
        return self.cert.read_text()


class Ca:
    """A certificate authority of the user's, made with openssl."""

    def __init__(self, directory, subject=None, kind="rsa", parent=None):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        name = unique("ca")
        self.key = self.directory / f"{name}.key"
        self.cert = self.directory / f"{name}.pem"
        subject = subject or f"/C=US/O=Test/CN={name}"
        new_key(self.key, kind)
        if parent is None:
            openssl("req", "-x509", "-new", "-key", self.key, "-sha256", "-days", "1024", "-subj", subject,
                    "-out", self.cert)  # fmt: skip
        else:
            extensions = self.directory / f"{name}.ext"
            extensions.write_text("basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n")
            openssl("req", "-new", "-key", self.key, "-subj", subject, "-out", self.cert.with_suffix(".csr"))
            openssl("x509", "-req", "-in", self.cert.with_suffix(".csr"), "-CA", parent.cert, "-CAkey", parent.key,
                    "-CAcreateserial", "-days", "500", "-sha256", "-extfile", extensions, "-out", self.cert)  # fmt: skip

    @property
    def pem(self):
        return self.cert.read_text()

    @property
    def id(self):
        return certificate_id(self.pem)

    def device(self, subject="/C=US/CN={}", kind="rsa", digest="sha256", present="leaf+ca", dates=None, serial=None,
               key=None):  # fmt: skip
        """A device certificate as the tutorials make it: `openssl x509 -req`, version 1 with OpenSSL 3.0."""
        device = Device(self.directory, unique("device"))
        if key is None:
            new_key(device.key, kind)
        else:
            device.key.write_bytes(Path(key).read_bytes())
        csr = device.cert.with_suffix(".csr")
        openssl("req", "-new", "-key", device.key, "-subj", subject.format(device.name), "-out", csr)
        if dates:
            self._sign_with_dates(csr, device.cert, *dates)
        else:
            serials = ["-set_serial", serial] if serial else ["-CAcreateserial"]
            openssl("x509", "-req", "-in", csr, "-CA", self.cert, "-CAkey", self.key, *serials, "-days", "365",
                    f"-{digest}", "-out", device.cert)  # fmt: skip
        chain = {"leaf": "", "leaf+ca": self.pem}.get(present, present)
        device.chain.write_text(device.pem + chain)
        return device

    def _sign_with_dates(self, csr, out, start, end):
        # `openssl x509` of 3.0 has no option for the dates; `openssl ca` has.
        home = self.directory / unique("issue")
        home.mkdir()
        (home / "index.txt").write_text("")
        (home / "serial").write_text("01\n")
        (home / "ca.cnf").write_text(
            f"[ca]\ndefault_ca=c\n[c]\ndatabase={home}/index.txt\nserial={home}/serial\nnew_certs_dir={home}\n"
            f"default_md=sha256\npolicy=p\nemail_in_dn=no\nunique_subject=no\n"
            f"[p]\ncommonName=optional\ncountryName=optional\norganizationName=optional\n"
        )
        openssl("ca", "-batch", "-config", home / "ca.cnf", "-cert", self.cert, "-keyfile", self.key, "-in", csr,
                "-startdate", start, "-enddate", end, "-notext", "-out", out)  # fmt: skip

    def verification(self, code):
        """The certificate that proves possession of the CA's key: its CN is the registration code."""
        csr, out = self.directory / f"{unique('verification')}.csr", self.directory / f"{unique('verification')}.crt"
        csr.write_text(_verification_request(code))
        openssl("x509", "-req", "-in", csr, "-CA", self.cert, "-CAkey", self.key, "-CAcreateserial", "-days", "500",
                "-sha256", "-out", out)  # fmt: skip
        return out.read_text()

    def register(self, server, template=None, role=None, active=True, auto=True, mode=None, **more):
        """Registers it; `template` is a body (object) or the name of a template."""
        iot = server.client("iot")
        request = {"caCertificate": self.pem, "setAsActive": active, "allowAutoRegistration": auto, **more}
        if mode == "SNI_ONLY":
            request["certificateMode"] = mode
        else:
            request["verificationCertificate"] = self.verification(iot.get_registration_code()["registrationCode"])
        if isinstance(template, str):
            request["registrationConfig"] = {"templateName": template}
        elif template is not None:
            request["registrationConfig"] = {
                "templateBody": json.dumps(template),
                "roleArn": role or jitp_role(server),
            }
        self.certificate_id = iot.register_ca_certificate(**request)["certificateId"]
        return self


# So many RSA keys a run makes. One for each certificate took a seventh of the time of all end-to-end tests.
RSA_KEYS = 8
_rsa_keys = itertools.count(WORKER)


def new_key(path, kind="rsa"):
    """Writes a private key in PEM. An RSA key comes back after seven others; a key that nobody has had is `ec`."""
    if kind == "rsa":
        name = f"rsa-{next(_rsa_keys) % RSA_KEYS}.pem"
        if pem := _kept(name):
            Path(path).touch(mode=0o600)
            Path(path).write_bytes(pem)
        else:
            openssl("genrsa", "-out", path, "2048")
            _keep(name, Path(path).read_bytes())
    elif kind.startswith("rsa:"):
        openssl("genrsa", "-out", path, kind.split(":")[1])
    else:
        # What `openssl ecparam -genkey -noout` writes.
        curve = {"ec": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1}[kind]
        form = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        Path(path).touch(mode=0o600)
        Path(path).write_bytes(ec.generate_private_key(curve()).private_bytes(*form))


@functools.lru_cache(maxsize=256)
def _verification_request(code):
    """The signing request for a registration code, which is one server's for all CAs that are registered there."""
    with tempfile.TemporaryDirectory() as directory:
        key = Path(directory) / "key"
        new_key(key, "ec")
        return openssl("req", "-new", "-key", key, "-subj", f"/CN={code}").stdout


_requests = {}


def _request_of(key):
    """The signing request of a key that `new_key` wrote, made once; its subject is what CreateKeysAndCertificate has."""
    pem = Path(key).read_bytes()
    if pem not in _requests:
        _requests[pem] = openssl("req", "-new", "-key", key, "-subj", "/CN=AWS IoT Certificate").stdout
    return _requests[pem]


TRUST_IOT = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "iot.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def jitp_role(server, policies=("AWSIoTThingsRegistration",), trust=TRUST_IOT):
    """A role as the tutorials make it; its ARN."""
    iam = server.client("iam")
    name = unique("JITPRole")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    for policy in policies:
        iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/service-role/{policy}")
    return arn


def user_key(server, document=None):
    """An IAM user with an access key and an inline policy: (name, key)."""
    iam = server.client("iam")
    name = unique("user")
    iam.create_user(UserName=name)
    if document is not None:
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(document))
    return name, iam.create_access_key(UserName=name)["AccessKey"]


def template(thing="AWS::IoT::Certificate::CommonName", attributes=None, policy_name=None, parameters=(), **thing_more):
    """A JITP template body: a thing named by a parameter, the certificate, one policy."""
    name = {"Ref": thing} if thing.startswith("AWS::") else thing
    wanted = {p for p in (thing, *parameters) if p.startswith("AWS::")}
    policy = {"PolicyName": policy_name} if policy_name else {"PolicyDocument": ALLOW_ALL}
    properties = {"ThingName": name, **thing_more}
    if attributes:
        properties["AttributePayload"] = attributes
    return {
        "Parameters": {p: {"Type": "String"} for p in sorted(wanted | {"AWS::IoT::Certificate::Id"})},
        "Resources": {
            "thing": {"Type": "AWS::IoT::Thing", "Properties": properties},
            "certificate": {
                "Type": "AWS::IoT::Certificate",
                "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"},
            },
            "policy": {"Type": "AWS::IoT::Policy", "Properties": policy},
        },
    }


class Raw:
    """MQTT 3.1.1 by hand over TLS, for bytes that no client sends."""

    def __init__(self, host, port, root_ca, device=None, alpn=None, version=None, server_name="localhost",
                 ciphers=None, checked=True):  # fmt: skip
        context = ssl.create_default_context(cafile=root_ca)
        if ciphers:
            context.set_ciphers(ciphers)
        if device is not None:
            context.load_cert_chain(device.chain, device.key)
        if alpn:
            context.set_alpn_protocols(alpn)
        if version:
            context.minimum_version = context.maximum_version = version
        if server_name is None or not checked:
            context.check_hostname = False
        self.socket = context.wrap_socket(
            socket.create_connection((host, port), timeout=DEADLINE), server_hostname=server_name
        )
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data)
        return self

    def connect(self, client_id, keep_alive=60, clean=True, will=None):
        """Sends CONNECT and returns CONNACK's code; None where the connection closed without it."""
        self.send(connect_packet(client_id, keep_alive, clean, will))
        packet = self.receive()
        if packet is None:
            return None
        kind, body = packet
        assert kind == 0x20 and len(body) == 2, packet
        return body[1]

    def subscribe(self, topic, qos=1, packet_id=1):
        body = struct.pack("!H", packet_id) + text(topic) + bytes([qos])
        self.send(packet(0x82, body))
        return self.receive()

    def publish(self, topic, payload, qos=1, packet_id=2, retain=False):
        identifier = struct.pack("!H", packet_id) if qos else b""
        self.send(packet(0x30 | qos << 1 | int(retain), text(topic) + identifier + payload))

    def ping(self):
        self.send(b"\xc0\x00")
        return self.receive() == (0xD0, b"")

    def receive(self, seconds=DEADLINE):
        """The next packet as (first byte, body); None where the connection ended."""
        self.socket.settimeout(seconds)
        try:
            head = self._take(1)
            length, shift = 0, 0
            while True:
                byte = self._take(1)[0]
                length |= (byte & 0x7F) << shift
                shift += 7
                if not byte & 0x80:
                    break
            return head[0], self._take(length)
        except (EOFError, ConnectionError, ssl.SSLError):
            return None

    def _take(self, count):
        while len(self.buffer) < count:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError
            self.buffer += data
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def closed(self):
        """Whether the server ends the connection, whatever it still says before."""
        while True:
            if self.receive() is None:
                return True

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def text(value):
    data = value.encode()
    return struct.pack("!H", len(data)) + data


def packet(first, body):
    length, out = len(body), b""
    while True:
        byte = length & 0x7F
        length >>= 7
        out += bytes([byte | (0x80 if length else 0)])
        if not length:
            return bytes([first]) + out + body


def connect_packet(client_id, keep_alive=60, clean=True, will=None):
    flags = 0x02 if clean else 0
    payload = text(client_id)
    if will:
        topic, message, retain = will
        flags |= 0x04 | 0x08 | (0x20 if retain else 0)
        payload += text(topic) + struct.pack("!H", len(message)) + message
    return packet(0x10, text("MQTT") + bytes([4, flags]) + struct.pack("!H", keep_alive) + payload)


def fails(call, code, *words, status=None):
    """The call is refused with this error; its message holds the words. Returns the parsed answer."""
    from botocore.exceptions import ClientError

    try:
        answer = call()
    except ClientError as error:
        response = error.response
        got = response["Error"]["Code"]
        assert got == code, f"{got} instead of {code}: {response['Error']['Message']}"
        for word in words:
            assert word in response["Error"]["Message"], response["Error"]["Message"]
        if status is not None:
            assert response["ResponseMetadata"]["HTTPStatusCode"] == status
        return response
    raise AssertionError(f"not refused with {code}: {answer}")


def pages(call, member, token="nextToken", answer_token=None, **request):
    """All items of a list, page by page, and how many pages it took."""
    items, count, more = [], 0, {}
    while True:
        answer = call(**request, **more)
        items += answer[member]
        count += 1
        following = answer.get(answer_token or token)
        if following is None:
            return items, count
        assert following != "", "an absent token means the end, never an empty one"
        more = {token: following}
